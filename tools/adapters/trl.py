"""TRL, in float64: what its distillation computes from the logits of student and teacher."""

import torch
from trl.experimental.gkd import GKDTrainer
from trl.experimental.server_distillation import server_distillation_trainer as served

LIBRARY = "trl"
BESIDES = ("torch",)


def at(beta):
    def loss(z, p):
        rows = torch.from_numpy(z), torch.from_numpy(p).log()
        return GKDTrainer.generalized_jsd_loss(*rows, beta=beta).numpy()

    return {"loss": loss, "takes": ("logits", "target_probs"), "reduction": "mean"}


def with_a_bucket(z, indices, kept):
    own = torch.from_numpy(z).log_softmax(-1).gather(-1, torch.from_numpy(indices))
    label = torch.from_numpy(kept).log()
    (own, some), (label, _) = (
        served._add_tail_bucket(rows, torch.ones_like(rows, dtype=torch.bool))
        for rows in (own, label)
    )
    return served._jsd_divergence(own, label, 0, some).sum(-1).numpy()


CALLS = {
    "generalized_jsd_loss(z, log p, beta=0)": at(0),
    "generalized_jsd_loss(z, log p), beta 0.5": at(0.5),
    "generalized_jsd_loss(z, log p, beta=1)": at(1),
}
KINDS = {
    "server distillation, top k with a tail bucket": {
        "function": with_a_bucket,
        "kind": "tail_bucket",
    },
}
