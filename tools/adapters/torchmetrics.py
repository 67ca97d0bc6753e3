"""torchmetrics, in float64: it has no cross-entropy, so what comes nearest to it."""

import torch
from torchmetrics.functional.classification import multiclass_calibration_error
from torchmetrics.functional.regression import kl_divergence
from torchmetrics.functional.text import perplexity

LIBRARY = "torchmetrics"
BESIDES = ("torch",)


def log_perplexity(z, y):
    return perplexity(torch.from_numpy(z)[None], torch.from_numpy(y)[None]).log().numpy()


def divergence_mean(q, p):
    return kl_divergence(torch.from_numpy(p), torch.from_numpy(q)).numpy()


def divergence(q, p):
    return kl_divergence(torch.from_numpy(p), torch.from_numpy(q), reduction="none").numpy()


def error_of_shares(p, q, bins):
    rows = torch.from_numpy(q), torch.from_numpy(p)
    return multiclass_calibration_error(*rows, num_classes=q.shape[1], n_bins=bins).numpy()


def error_of_majorities(p, q, bins):
    return error_of_shares(p.argmax(axis=-1), q, bins)


SOFT = ("probs", "target_probs")
CALLS = {
    "perplexity(z, y).log()": {
        "loss": log_perplexity,
        "takes": ("logits", "labels"),
        "reduction": "mean",
    },
    "kl_divergence(p, q)": {"loss": divergence_mean, "takes": SOFT, "reduction": "mean"},
    'kl_divergence(p, q, reduction="none")': {"loss": divergence, "takes": SOFT},
}
KINDS = {
    "multiclass_calibration_error(q, p)": {
        "function": error_of_shares,
        "kind": "calibration_error",
    },
    "multiclass_calibration_error(q, p.argmax(-1))": {
        "function": error_of_majorities,
        "kind": "calibration_error",
    },
}
