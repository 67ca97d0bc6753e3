"""scikit-learn's log loss."""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV, calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

LIBRARY = "scikit-learn"


def replicated_log_loss(p, q):
    """H(p, q), the mean over rows: each row once for each class, with the label as weight."""
    n, k = p.shape
    y, rows = np.tile(np.arange(k), n), np.repeat(q, k, axis=0)
    return log_loss(y, rows, labels=np.arange(k), sample_weight=p.ravel())


def mean(q, y):
    return log_loss(y, q, labels=np.arange(q.shape[1]))


def weighted(q, y, w):
    return log_loss(y, q, labels=np.arange(q.shape[1]), sample_weight=w)


def total(q, y):
    return log_loss(y, q, labels=np.arange(q.shape[1]), normalize=False)


def soft(q, p):
    return log_loss(p, q)


def replicated(q, p):
    return replicated_log_loss(p, q)


HARD, SOFT = ("probs", "labels"), ("probs", "target_probs")
CALLS = {
    "log_loss(y, q)": {"loss": mean, "takes": HARD, "reduction": "mean"},
    "log_loss(y, q), float32": {
        "loss": mean,
        "takes": HARD,
        "reduction": "mean",
        "dtype": "float32",
    },
    "log_loss(y, q, sample_weight=w)": {
        "loss": weighted,
        "takes": (*HARD, "weights"),
        "reduction": "weighted_mean",
    },
    "log_loss(y, q, normalize=False)": {"loss": total, "takes": HARD, "reduction": "sum"},
    "log_loss(p, q)": {"loss": soft, "takes": SOFT, "reduction": "mean"},
    "replicated_log_loss(p, q)": {"loss": replicated, "takes": SOFT, "reduction": "mean"},
}


def refusal(function, *arguments):
    """What it says of soft labels."""
    try:
        function(*arguments)
    except ValueError as trouble:
        return str(trouble)
    return "taken"


SHARES = np.array([0.25, 0.75, 0.5, 1.0])
INPUTS = np.arange(4.0)[:, None]
MEASURED = {
    "calibration_curve of shares": refusal(calibration_curve, SHARES, SHARES),
    "CalibratedClassifierCV of shares": refusal(
        CalibratedClassifierCV(LogisticRegression(), cv=2).fit, INPUTS, SHARES
    ),
}
