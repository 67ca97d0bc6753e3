"""CatBoost's multi-class metric at given scores, and what its objectives do."""

import numpy as np
from catboost import CatBoost, CatBoostError, MultiTargetCustomObjective
from catboost.utils import eval_metric
from scipy.special import softmax

LIBRARY = "catboost"


class SoftLabels(MultiTargetCustomObjective):
    def calc_ders_multi(self, z, p, weight):
        q = softmax(z)  # CatBoost maximises: p - q, and minus the Hessian
        return weight * (np.array(p) - q), weight * (np.outer(q, q) - np.diag(q))


def multiclass(z, y, w=None):
    (value,) = eval_metric(y, z, "MultiClass", weight=w)
    return value


X = np.array([[0.0], [0.0], [1.0], [1.0]])
P = np.array([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.0, 0.25, 0.75], [0.25, 0.0, 0.75]])
MEANS = (P[:2].mean(axis=0), P[2:].mean(axis=0))
SETTINGS = {"iterations": 60, "depth": 1, "l2_leaf_reg": 0.01, "thread_count": 1, "verbose": 0}
ALIKE = {"bootstrap_type": "No", "boost_from_average": False, "allow_writing_files": False}


def gap(eta):
    """How far predictions are from the mean labels of equal rows, after 60 rounds."""
    asked = {**SETTINGS, **ALIKE, "learning_rate": eta, "eval_metric": "MultiRMSE"}
    model = CatBoost({**asked, "loss_function": SoftLabels()}).fit(X, P)
    scores = model.predict(X, prediction_type="RawFormulaVal")
    return float(np.abs(softmax(scores, axis=1)[[0, 2]] - MEANS).max())


def refusal():
    """What MultiClass says of a row of probabilities as label."""
    try:
        CatBoost({**SETTINGS, **ALIKE, "loss_function": "MultiClass"}).fit(X, P)
    except CatBoostError as error:
        return str(error).partition(": ")[2]
    return ""


MEASURED = {
    "gap to the mean label, eta 0.3": gap(0.3),
    "MultiClass on rows of probabilities": refusal(),
    "MultiCrossEntropy of (0.25, 0.75) at (0, 0.5)": eval_metric(
        [[0.25], [0.75]], [[0.0], [0.5]], "MultiCrossEntropy"
    )[0],
    "CrossEntropy of label 0.25 at score 0.5": eval_metric([0.25], [0.5], "CrossEntropy")[0],
}
CALLS = {
    "MultiClass": {"loss": multiclass, "takes": ("logits", "labels"), "reduction": "mean"},
    "MultiClass, weight=w": {
        "loss": multiclass,
        "takes": ("logits", "labels", "weights"),
        "reduction": "weighted_mean",
    },
}
