"""A scorer for model selection that takes hard and soft labels."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.metadata_routing import MetadataRequest

from xentlib import _checks
from xentlib._checks import Floats, InvalidInput
from xentlib.fitting.targets import is_soft, plain_labels


class CrossEntropyScorer:
    """Minus the mean cross-entropy of a classifier's predictions, in nats an observation: higher is
    better.

    It serves any classifier with `predict_log_proba` or `predict_proba`: hard labels are names
    among its `classes_`, soft labels (N, K) have these as columns, in order. `neg_cross_entropy`
    is one, for `scoring=`.

    Parameters
    ----------
    sample_weight : whether metadata routing passes it weights: True, False, None (an error where
        they are given), or another name, as in scikit-learn

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> x, labels = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]
    >>> model = GaussianNB().fit(x, labels)
    >>> soft = [[0.9, 0.1], [0.5, 0.5], [0.5, 0.5], [0.1, 0.9]]
    >>> round(neg_cross_entropy(model, x, soft), 6)
    -0.537745
    """

    sample_weight: bool | str | None

    def __init__(self, sample_weight: bool | str | None = None) -> None:
        self.sample_weight = sample_weight

    def __repr__(self) -> str:
        return "neg_cross_entropy"

    def __call__(
        self, estimator: Any, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Minus the mean over the rows of H(p, q), or their weighted mean; -inf where a label has
        weight where the prediction is 0.
        """
        losses = cross_entropies(_log_probs(estimator, X), y, estimator.classes_)
        return -mean_of(losses, sample_weight)

    def set_score_request(self, *, sample_weight: bool | str | None) -> "CrossEntropyScorer":
        """The scorer with another answer to metadata routing."""
        return type(self)(sample_weight)

    def get_metadata_routing(self) -> Any:
        """What scikit-learn asks it for."""
        request = MetadataRequest(owner=self)
        request.score.add_request(param="sample_weight", alias=self.sample_weight)
        return request


neg_cross_entropy: CrossEntropyScorer = CrossEntropyScorer()


def mean_of(losses: Floats, sample_weight: ArrayLike | None) -> float:
    """The weighted mean; a row of weight 0 takes no part, whatever it costs."""
    if sample_weight is None:
        return float(losses.mean())
    weights = _checks.weights("sample_weight", sample_weight, len(losses), "row")
    used = weights > 0
    return float(np.average(losses[used], weights=weights[used]))


def _log_probs(estimator, X):
    with np.errstate(divide="ignore"):
        if hasattr(estimator, "predict_log_proba"):
            return np.asarray(estimator.predict_log_proba(X), dtype=float)
        return np.log(np.asarray(estimator.predict_proba(X), dtype=float))


def cross_entropies(log_probs: Floats, y: Any, classes: Any) -> Floats:
    """Of each row, (N,), for predictions log q, (N, K), under hard or soft labels."""
    known = np.asarray(classes).tolist()
    if is_soft(y):
        p, _ = _checks.exact_probabilities("y", y)
        names = _checks.names_along(y, -1)
        if p.shape != log_probs.shape:
            rule = f"the predictions have shape {log_probs.shape}"
            raise InvalidInput("y", rule, value=p.shape, says=f"has shape {p.shape}")
        if names is not None and names != list(range(len(known))) and names != known:
            rule = f"the classes of the fit are {known}, in order"
            raise InvalidInput("y", rule, value=names, says=f"has the columns {names}")
        return -np.where(p > 0, p * np.where(p > 0, log_probs, 0), 0).sum(axis=1) + 0.0
    labels = np.asarray(plain_labels(y)).ravel().tolist()
    column = _checks.places(
        "y", labels, known, f"a label is one of the classes of the fit, {known}"
    )
    return -log_probs[np.arange(len(labels)), column] + 0.0
