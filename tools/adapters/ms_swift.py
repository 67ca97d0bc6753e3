"""ms-swift, in float64: the loss of its distillation, of whole labels and of the top k. The file is
run alone: the package around it loads much that the loss does not need.
"""

import runpy
from importlib.metadata import distribution

import torch

LIBRARY = "ms-swift"
BESIDES = ("torch",)
FILE = distribution(LIBRARY).locate_file("swift/rlhf_trainers/gkd_loss.py")
LOSS = runpy.run_path(str(FILE))


def each(z, **teacher):
    """The loss of each row, as a batch of one token."""
    known = torch.zeros(1, 1, dtype=torch.long)
    losses = [
        LOSS["gkd_loss"](
            torch.from_numpy(z[i : i + 1])[None],
            LOSS["TeacherOutput"](
                **{name: torch.from_numpy(rows[i : i + 1])[None] for name, rows in teacher.items()}
            ),
            known,
            beta=0,
            temperature=1,
        )[0]
        for i in range(len(z))
    ]
    return torch.stack(losses).numpy()


def whole(z, p):
    return each(z, full_logits=torch.from_numpy(p).log().numpy())


def top_k(z, indices, kept):
    return each(z, topk_logprobs=torch.from_numpy(kept).log().numpy(), topk_indices=indices)


CALLS = {"gkd_loss, whole label, beta 0": {"loss": whole, "takes": ("logits", "target_probs")}}
KINDS = {"gkd_loss, top k, beta 0": {"function": top_k, "kind": "tail_bucket"}}
