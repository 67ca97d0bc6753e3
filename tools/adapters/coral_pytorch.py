"""coral-pytorch, in float64: a loss of ordered classes, of soft levels."""

import torch
from coral_pytorch.losses import coral_loss

LIBRARY = "coral-pytorch"
BESIDES = ("torch",)


def of_levels(z, p):
    """The logits here are of stopping, and there of lying above."""
    above = 1 - torch.from_numpy(p).cumsum(-1)[:, :-1]
    return coral_loss(-torch.from_numpy(z), above, reduction=None).numpy()


CALLS = {}
KINDS = {"coral_loss(-z, 1 - cumsum p)": {"function": of_levels, "kind": "ordered_stages"}}
