"""LightGBM's multi-class metric at fixed scores, and what its objectives do."""

import lightgbm as lgb
import numpy as np
from scipy.special import softmax

LIBRARY = "lightgbm"
QUIET = {"verbosity": -1, "num_threads": 1, "boost_from_average": False}
ANY_LEAF = {"min_data_in_leaf": 1, "min_data_in_bin": 1, "min_sum_hessian_in_leaf": 0}


def soft_objective(p, factor=1.0):
    def objective(z, data):
        q = softmax(z, axis=1)
        return q - p, factor * q * (1 - q)

    return objective


def metric_at(scores, labels, weights, **asked):
    """A metric at given scores: one round with a step of nearly 0."""
    data = lgb.Dataset(np.zeros((len(scores), 1)), label=labels, weight=weights, init_score=scores)
    seen = {}
    settings = {**QUIET, "learning_rate": 1e-300, **asked}
    watch = [lgb.record_evaluation(seen)]
    lgb.train(settings, data, 1, valid_sets=[data], valid_names=["at"], callbacks=watch)
    return float(seen["at"][asked["metric"]][0])


def multi_logloss(z, y, w=None):
    asked = {"objective": "multiclass", "metric": "multi_logloss", "num_class": z.shape[1]}
    return metric_at(z, y, w, **asked)


X = np.array([[0.0], [0.0], [1.0], [1.0]])
P = np.array([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.0, 0.25, 0.75], [0.25, 0.0, 0.75]])
MEANS = (P[:2].mean(axis=0), P[2:].mean(axis=0))


def trained(objective, eta, rounds):
    data = lgb.Dataset(X, label=[0, 1, 2, 2])
    asked = {**QUIET, **ANY_LEAF, "num_class": 3, "learning_rate": eta, "objective": objective}
    return lgb.train(asked, data, rounds)


def gap(factor, eta):
    """How far predictions are from the mean labels of equal rows, after 60 rounds."""
    scores = trained(soft_objective(P, factor), eta, 60).predict(X, raw_score=True)
    return float(np.abs(softmax(scores, axis=1)[[0, 2]] - MEANS).max())


def first_hessian(booster):
    """The Hessian of the four rows of the first tree, for one of them."""
    return float(booster.trees_to_dataframe().weight.iloc[0] / 4)


soft_binary = {"objective": "cross_entropy", "metric": "cross_entropy"}
z = np.array([[0.0, 1.0, 3.0]])
MEASURED = {
    "Hessian of multiclass at q = 1/3": first_hessian(trained("multiclass", 1.0, 1)),
    "Hessian of soft_objective at q = 1/3": first_hessian(trained(soft_objective(P), 1.0, 1)),
    "gap to the mean label, q(1 - q), eta 0.3": gap(1.0, 0.3),
    "gap to the mean label, q(1 - q), eta 1": gap(1.0, 1.0),
    "gap to the mean label, 2 q(1 - q), eta 0.3": gap(2.0, 0.3),
    "gap to the mean label, 2 q(1 - q), eta 1": gap(2.0, 1.0),
    "multi_logloss of label 0.9 at z = (0, 1, 3)": multi_logloss(z, [0.9]),
    "multi_logloss of label 0 at z = (0, 1, 3)": multi_logloss(z, [0]),
    "cross_entropy of label 0.25 at score 0.5": metric_at([0.5], [0.25], None, **soft_binary),
}
CALLS = {
    "multiclass, multi_logloss": {
        "loss": multi_logloss,
        "takes": ("logits", "labels"),
        "reduction": "mean",
    },
    "multiclass, multi_logloss, weight=w": {
        "loss": multi_logloss,
        "takes": ("logits", "labels", "weights"),
        "reduction": "weighted_mean",
    },
}
