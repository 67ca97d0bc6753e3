"""XGBoost's multi-class metric at fixed margins, in float32, and what its objectives do."""

import numpy as np
import xgboost as xgb
from scipy.special import softmax

LIBRARY = "xgboost-cpu"


def soft_objective(p, factor=1.0):
    def objective(z, data):
        q = softmax(z, axis=1)
        return q - p, factor * q * (1 - q)

    return objective


def mlogloss(z, y, w=None):
    data = xgb.DMatrix(np.zeros((len(z), 1)), label=y, weight=w, base_margin=z)
    asked = {"objective": "multi:softprob", "num_class": z.shape[1], "eval_metric": "mlogloss"}
    return float(xgb.train(asked, data, num_boost_round=0).eval(data).split(":")[1])


X = np.array([[0.0], [0.0], [1.0], [1.0]])
P = np.array([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.0, 0.25, 0.75], [0.25, 0.0, 0.75]])
MEANS = (P[:2].mean(axis=0), P[2:].mean(axis=0))
SETTINGS = {"num_class": 3, "max_depth": 1, "min_child_weight": 0, "lambda": 0, "base_score": 0.5}


def trained(factor, eta, rounds):
    data = xgb.DMatrix(X)
    asked = {**SETTINGS, "eta": eta, "disable_default_eval_metric": 1}
    return xgb.train(asked, data, rounds, obj=soft_objective(P, factor))


def gap(factor, eta):
    """How far predictions are from the mean labels of equal rows, after 60 rounds."""
    margins = trained(factor, eta, 60).predict(xgb.DMatrix(X), output_margin=True)
    return float(np.abs(softmax(margins, axis=1)[[0, 2]] - MEANS).max())


def first_hessian(booster):
    """The Hessian of two rows of the first leaf, for one of them."""
    tree = booster.trees_to_dataframe()
    return float(tree[(tree.Tree == 0) & (tree.Feature == "Leaf")].Cover.iloc[0] / 2)


hard = xgb.DMatrix(X, label=[0, 1, 2, 2])
own = xgb.train({**SETTINGS, "objective": "multi:softprob", "eta": 1}, hard, 1)
binary = {"objective": "binary:logistic", "eval_metric": "logloss"}
quarter = xgb.DMatrix(np.zeros((1, 1)), label=[0.25], base_margin=[0.5])
MEASURED = {
    "Hessian of multi:softprob at q = 1/3": first_hessian(own),
    "Hessian of soft_objective at q = 1/3": first_hessian(trained(1.0, 1.0, 1)),
    "gap to the mean label, q(1 - q), eta 0.3": gap(1.0, 0.3),
    "gap to the mean label, q(1 - q), eta 1": gap(1.0, 1.0),
    "gap to the mean label, 2 q(1 - q), eta 0.3": gap(2.0, 0.3),
    "gap to the mean label, 2 q(1 - q), eta 1": gap(2.0, 1.0),
    "mlogloss of label 0.9 at z = (0, 1, 3)": mlogloss(np.array([[0.0, 1.0, 3.0]]), [0.9]),
    "mlogloss of label 0 at z = (0, 1, 3)": mlogloss(np.array([[0.0, 1.0, 3.0]]), [0]),
    "binary:logistic, logloss of label 0.25 at margin 0.5": float(
        xgb.train(binary, quarter, 0).eval(quarter).split(":")[1]
    ),
}
CALLS = {
    "multi:softprob, mlogloss": {
        "loss": mlogloss,
        "takes": ("logits", "labels"),
        "reduction": "mean",
        "dtype": "float32",
    },
    "multi:softprob, mlogloss, weight=w": {
        "loss": mlogloss,
        "takes": ("logits", "labels", "weights"),
        "reduction": "weighted_mean",
        "dtype": "float32",
    },
}
