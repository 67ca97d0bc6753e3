"""Scores of things that were compared two at a time: the model of Bradley and Terry."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from xentlib import _checks
from xentlib._checks import Floats
from xentlib.fitting.errors import NoFit
from xentlib.fitting.inference import Inference
from xentlib.fitting.regression import SoftmaxRegression
from xentlib.logits import softmax
from xentlib.preferences import Comparisons, comparisons, connected

NEVER_PREFERRED = (
    "nothing of {} is ever preferred to anything of {}: the loss falls for ever as the scores of "
    "the former do, so there is no fit. Leave one part out, or add comparisons"
)
MOST_NAMED = 4  # names of a part that a message holds


class BradleyTerry(BaseEstimator):
    """P(the first is preferred to the second) = σ(s_first - s_second), fitted by cross-entropy:
    Σ_m w_m H(a_m, σ(δ_m)) / Σ_m w_m.

    A preference a_m is 1 for the first, 0 for the second, or anything between: a share of votes,
    with their number as its weight, a tie as one half, a model's probability. The scores sum to 0.
    Whether there is a fit is asked of the comparisons, by `connectivity`; the fit itself is
    `SoftmaxRegression` on differences of items.

    Then `items_` has the names, in the order in which they are first seen, `scores_` (items,) in
    nats, and `loss_` is the objective at the fit, in nats a comparison.

    Parameters
    ----------
    reference : the item with which `inference` compares the others; the first seen if not given
    tol : the largest entry of the gradient at the end; `NotConverged` where it is not reached
    max_iter : largest number of Newton steps

    Examples
    --------
    >>> first, second = ["a", "b", "a"], ["b", "c", "c"]
    >>> model = BradleyTerry().fit(first, second, [0.8, 0.5, 0.8])
    >>> dict(zip(model.items_, model.scores_.round(6).tolist()))
    {'a': 0.924196, 'b': -0.462098, 'c': -0.462098}
    >>> model.predict_proba(["a"], ["c"]).round(6)
    array([0.8])
    """

    items_: tuple[Any, ...]
    scores_: Floats
    loss_: float

    def __init__(self, *, reference: Any = None, tol: float = 1e-9, max_iter: int = 500):
        self.reference = reference
        self.tol = tol
        self.max_iter = max_iter

    @np.errstate(under="ignore")
    def fit(
        self,
        first: Any,
        second: Any,
        preferences: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> "BradleyTerry":
        """Fit the scores.

        Parameters
        ----------
        first, second : (M,), names of what is compared: numbers or texts
        preferences : (M,), from 0 (for the second) to 1 (for the first); all 1 if not given
        sample_weight : (M,), not negative

        Returns
        -------
        self

        Raises
        ------
        InvalidInput
            for a preference outside [0, 1], an item compared with itself, a missing name, columns
            of different lengths, no rows, and comparisons of two parts that nothing joins: the
            message names both.
        NoFit
            where nothing of one part is ever preferred to anything of another: the message names
            both, and `direction` (2, items) is along which the loss falls.
        NotConverged
            where the optimiser stops before the gradient is below `tol`.
        """
        found = comparisons(first, second, preferences)
        weight = _weights(sample_weight, found)
        _refuse_what_has_no_fit(found, weight > 0)
        place = self._place_among(found.items)
        model = SoftmaxRegression(
            fit_intercept=False,
            tol=self.tol,
            max_iter=self.max_iter,
            classes=("second", "first"),
            separated="raise",
        ).fit_soft(_design(found, place), _labels(found), weight)
        scores = np.insert(np.diff(model.coef_, axis=0)[0], place, 0.0)
        # all at once: a fit that fails leaves the one before it whole
        self.items_, self._place, self._model = found.items, place, model
        self.scores_, self.loss_ = scores - scores.mean(), model.loss_
        return self

    def predict_proba(self, first: Any, second: Any) -> Floats:
        """Probabilities (M,) that the first is preferred to the second."""
        check_is_fitted(self)
        found = self._as_fitted(comparisons(first, second, None))
        margin = self.scores_[found.first] - self.scores_[found.second]
        return softmax(np.column_stack([margin, np.zeros_like(margin)]))[:, 0]

    def inference(
        self,
        first: Any,
        second: Any,
        preferences: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
        groups: Any = None,
        kind: str | None = None,
    ) -> Inference:
        """Scores less that of the reference, with standard errors, tests and intervals.

        "naive" errors are right for votes of independent comparisons. Where people or prompts
        give many comparisons each, `groups` says which: see `SoftmaxRegression.inference`.

        Parameters
        ----------
        first, second, preferences, sample_weight : as fitted
        groups : (M,), one name for each comparison; or a pair of such columns
        kind : "naive", "sandwich", "cluster" or "jackknife"; without one, "cluster" where there
            are groups, else "sandwich"

        Returns
        -------
        Inference

        Raises
        ------
        InvalidInput
            as `fit`, for an item that was not fitted, and for groups as `SoftmaxRegression`.

        Examples
        --------
        >>> first, second, share = ["a", "b", "a"], ["b", "c", "c"], [0.8, 0.5, 0.7]
        >>> model = BradleyTerry(reference="c").fit(first, second, share)
        >>> found = model.inference(first, second, share)
        >>> found.names, found.coef.round(3), found.se.round(3)
        ((('first', 'a'), ('first', 'b')), array([ 1.027, -0.146]), array([0.15, 0.13]))
        """
        check_is_fitted(self)
        found = self._as_fitted(comparisons(first, second, preferences))
        told = self._model.inference(
            _design(found, self._place).toarray(),
            _labels(found),
            sample_weight=sample_weight,
            groups=groups,
            kind=kind,
        )
        others = np.delete(np.arange(len(self.items_)), self._place)
        return replace(told, names=tuple(("first", str(self.items_[place])) for place in others))

    def _place_among(self, items):
        """Where the reference stands among the items."""
        if self.reference is None:
            return 0
        rule = f"it is one of the items, {_listed(items)}"
        return int(_checks.places("reference", [self.reference], items, rule)[0])

    def _as_fitted(self, found):
        """The comparisons, by places among the items of the fit."""
        rule = f"the fit has the items {_listed(self.items_)}"
        place = _checks.places("items", found.items, self.items_, rule)
        return Comparisons(self.items_, place[found.first], place[found.second], found.share)


def _design(found, place):
    """Of each comparison 1 for the first and -1 for the second, without the item at a place."""
    rows, one = np.arange(len(found.share)), np.ones(len(found.share))
    columns = np.concatenate([found.first, found.second])
    entries = np.concatenate([one, -one]), (np.tile(rows, 2), columns)
    table = csr_array(entries, shape=(len(rows), len(found.items)))
    return table[:, np.delete(np.arange(len(found.items)), place)]


def _labels(found):
    return np.column_stack([1 - found.share, found.share])


def _weights(sample_weight, found):
    if sample_weight is None:
        return np.ones(len(found.share))
    weight = _checks.weights("sample_weight", sample_weight, len(found.share), "comparison")
    if not weight.any():
        rule = "some comparison has a weight above 0"
        raise _checks.InvalidInput("sample_weight", rule, value=0.0, says="is 0 throughout")
    return weight


def _refuse_what_has_no_fit(found, used):
    """Raise where the comparisons that are used do not tell all scores; name two parts."""
    kept = (column[used] for column in found[1:])
    told = connected(Comparisons(found.items, *kept))
    if told.strong:
        return
    upper, lower = _listed(told.upper), _listed(told.lower)
    if not told.compared:
        says = f"compares nothing of {upper} with anything of {lower}"
        rule = "how the scores of two parts lie to each other needs a comparison that joins them"
        raise _checks.InvalidInput("second", rule, value=(told.upper, told.lower), says=says)
    falls = np.array([item in told.lower for item in found.items])
    raise NoFit(np.stack([0.0 * falls, -1.0 * falls]), NEVER_PREFERRED.format(lower, upper))


def _listed(names):
    """The first of some names, and how many there are beside these."""
    some = ", ".join(map(repr, names[:MOST_NAMED]))
    return some + (f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")
