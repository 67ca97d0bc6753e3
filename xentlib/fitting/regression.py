"""The estimator: softmax regression with scikit-learn's conventions."""

import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import validation
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from xentlib import _checks
from xentlib._checks import Floats
from xentlib.fitting import partitions
from xentlib.fitting.design import Scale, blocks_of, shares
from xentlib.fitting.errors import (
    ON_THE_WAY,
    SEPARATED,
    UNDECIDED,
    UNUSED,
    NoFit,
    NotConverged,
    SeparatedWarning,
)
from xentlib.fitting.existing import plainly_exists, separates
from xentlib.fitting.inference import (
    Covariances,
    Fitted,
    Inference,
    infer,
    naive_and_sandwich,
    pearson,
)
from xentlib.fitting.newton import Objective, minimum, sampled
from xentlib.fitting.scorers import cross_entropies, mean_of
from xentlib.fitting.streamed import Streamed
from xentlib.fitting.targets import (
    ClassWeight,
    Slabs,
    class_weighted,
    hard_labels,
    is_large,
    is_soft,
    names_of,
    soft_labels,
    vertices,
)
from xentlib.labels import one_hot, votes_to_probs
from xentlib.logits import log_softmax, softmax
from xentlib.separation import existence

FOUND = ("classes_", "coef_", "intercept_", "loss_", "n_iter_", "separated_")
_validated: Any = validation.validate_data  # its types call X and y strings


def _weights(sample_weight, X):
    return _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)


class SoftmaxRegression(ClassifierMixin, BaseEstimator):
    """softmax(W x + b), fitted by cross-entropy: Σ_i w_i H(p_i, q_i) / Σ_i w_i + alpha/2 · ‖W‖².

    `fit` takes hard labels (N,) or soft ones (N, K), told apart by their shape, and so serves
    pipelines and model selection; `fit_soft` takes distributions alone, and `fit_counts` votes, of
    which each is one observation. The coefficients sum to zero over the classes. With alpha = 0,
    the default, the fit is the maximum likelihood fit for hard labels and for votes.

    Where labels are separated and alpha = 0 the likelihood has a least upper bound and no maximum:
    `NoFit` says so, or a warning, and then the coefficients are one place on the way, whose
    predictions have that bound as their likelihood, to `tol`. The warning is the default because
    model selection meets separated folds, where predictions are what is asked for and these are
    the ones of maximum likelihood; a small default alpha would change every other fit to spare it.

    Labels of many classes are not made a table: with N K above 2^25 logits are made a tile at a
    time, and soft labels may be sparse or a memory map. Dask arrays, X, labels and weights in the
    same partitions of rows, are fitted where they are (extra: dask), to the same minimum; an error
    names the partition and the row. A fit that fails or is interrupted leaves the estimator
    unfitted.

    Then `classes_` has shape (K,), `coef_` (K, features) in nats per unit of a feature,
    `intercept_` (K,) in nats; `loss_` is the objective at the fit, in nats an observation,
    `n_iter_` the number of Newton steps, and `separated_` says whether there is no maximum.

    Parameters
    ----------
    alpha : number, at least 0, of the penalty; the intercept is not penalised. For labels of N rows
        it is 1 / (C N) in scikit-learn's C, and 2 / (C N) for two classes
    fit_intercept : bool
    tol : the largest entry of the gradient at the end, nats per unit of a standardised feature;
        `NotConverged` where it is not reached
    max_iter : largest number of Newton steps
    verbose : print the loss after each step
    class_weight : None, or c_k for each class by its name (1 if not named), or "balanced", which is
        c_k = Σ_i w_i / (K Σ_i w_i p_ik); the loss of a row is Σ_k c_k p_k (-log q_k), and the
        divisor Σ_i w_i Σ_k c_k p_ik
    classes : names of the classes in the order of the columns of soft labels or counts, where no
        table names them; of hard labels, all that there are
    separated : "warn" or "raise", where there is no maximum of the likelihood

    Examples
    --------
    >>> x = [[0.0], [0.0], [1.0]]
    >>> model = SoftmaxRegression().fit(x, [[0.5, 0.5], [0.7, 0.3], [0.2, 0.8]])
    >>> model.predict_proba([[0.0], [1.0]]).round(6)
    array([[0.6, 0.4],
           [0.2, 0.8]])

    Model selection with soft labels: the score is minus the mean cross-entropy, in nats.

    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> x = np.linspace(-1, 1, 50)[:, None]
    >>> share = 1 / (1 + np.exp(-2 * x))
    >>> model = make_pipeline(StandardScaler(), SoftmaxRegression(alpha=0.01))
    >>> print(cross_val_score(model, x, np.column_stack([1 - share, share])).round(2))
    [-0.45 -0.61 -0.69 -0.61 -0.45]
    """

    classes_: NDArray[Any]
    n_features_in_: int
    coef_: Floats
    intercept_: Floats
    loss_: float
    n_iter_: int
    separated_: bool

    def __init__(
        self,
        alpha: float = 0.0,
        *,
        fit_intercept: bool = True,
        tol: float = 1e-9,
        max_iter: int = 500,
        verbose: bool = False,
        class_weight: ClassWeight = None,
        classes: Sequence[Any] | None = None,
        separated: Literal["warn", "raise"] = "warn",
    ):
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.tol = tol
        self.max_iter = max_iter
        self.verbose = verbose
        self.class_weight = class_weight
        self.classes = classes
        self.separated = separated

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn may give it: sparse features too."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    # --- three ways to label the rows

    def fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> "SoftmaxRegression":
        """Fit to hard labels, or to soft ones, as `fit_soft` does.

        Parameters
        ----------
        X : (N, features), finite; dense or sparse, or a Dask array, and then so are the others
        y : (N,), labels of any kind, at least two different; or (N, K), distributions
        sample_weight : (N,), not negative

        Returns
        -------
        self

        Raises
        ------
        NoFit
            where a class has no weight, or, if `separated` is "raise", the labels are separated
            and alpha is 0.
        NotConverged
            where the optimiser stops before the gradient is below `tol`.
        ValueError
            for features or labels that scikit-learn's checks refuse, for shares of two classes in
            one column, and for rows that are no distributions.
        """
        self._begin()
        if is_soft(y):
            return self.fit_soft(X, y, sample_weight)
        if partitions.is_lazy(X):
            return self._fitted_in_parts(X, "labels", y, sample_weight)
        _checks.same_names(("X", X, 0), ("y", y, 0), ("sample_weight", sample_weight, 0))
        rows, y = _validated(
            self, X, hard_labels(y), dtype=np.float64, accept_sparse="csr", ensure_min_samples=2
        )
        y = np.asarray(y)
        check_classification_targets(y)
        weight = _weights(sample_weight, rows)
        counted = np.unique(y[weight > 0])
        _at_least_two(counted)
        classes, labels = self._classes_of(y)
        return self._fitted(rows, vertices(labels, len(classes), rows.shape[1]), weight, classes)

    def fit_soft(
        self, X: ArrayLike, target_probs: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> "SoftmaxRegression":
        """Fit to soft labels.

        Parameters
        ----------
        X : (N, features), finite; dense or sparse
        target_probs : (N, K), distributions; the columns of a table name the classes. Where few
            classes have any weight, sparse rows. With N K above 2^25 no table of that size is
            made, a memory map is read some rows at a time, and features are made dense
        sample_weight : (N,), not negative; of labels cut off to their largest entries and divided
            by their sums, these sums let each count for what is left of it

        Returns
        -------
        self

        Raises
        ------
        InvalidInput
            for a row that is no distribution, or numbers of rows that differ.
        NoFit, NotConverged
            as `fit`.
        """
        self._begin()
        if partitions.is_lazy(X):
            return self._fitted_in_parts(X, "target_probs", target_probs, sample_weight)
        _checks.same_names(
            ("X", X, 0), ("target_probs", target_probs, 0), ("sample_weight", sample_weight, 0)
        )
        X = _validated(self, X, dtype=np.float64, accept_sparse="csr")
        p = soft_labels(X, target_probs)
        classes = names_of(target_probs, self.classes)
        return self._fitted(X, p, _weights(sample_weight, X), classes)

    def fit_counts(
        self, X: ArrayLike, counts: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> "SoftmaxRegression":
        """Fit to votes: each vote is one observation, so a row counts as often as it was voted on.

        Parameters
        ----------
        X : (N, features), finite; dense or sparse
        counts : (N, K), whole numbers, at least one vote in each row; the columns of a table name
            the classes
        sample_weight : (N,), not negative, of each vote of the row

        Returns
        -------
        self

        Raises
        ------
        InvalidInput
            for a count that is negative or not whole, or a row without a vote.
        NoFit, NotConverged
            as `fit`.
        """
        self._begin()
        if partitions.is_lazy(X):
            return self._fitted_in_parts(X, "counts", counts, sample_weight)
        _checks.same_names(("X", X, 0), ("counts", counts, 0), ("sample_weight", sample_weight, 0))
        X = _validated(self, X, dtype=np.float64, accept_sparse="csr")
        p = soft_labels(X, votes_to_probs(counts))
        classes = names_of(counts, self.classes)
        votes = _checks.counts("counts", counts).sum(axis=1)
        return self._fitted(X, p, votes * _weights(sample_weight, X), classes)

    # --- predictions

    def decision_function(self, X: ArrayLike) -> Floats:
        """Logits W x + b, (N, K); for two classes the difference of the second and the first,
        (N,), as in scikit-learn.
        """
        logits = self._logits(X)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Predicted distributions, (N, K)."""
        return softmax(self._logits(X))

    def predict_log_proba(self, X: ArrayLike) -> Floats:
        """Logarithms of the predicted distributions, (N, K), in nats."""
        return log_softmax(self._logits(X))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most likely class of each row, (N,)."""
        logits = self._logits(X)
        return self.classes_[logits.argmax(axis=1)]

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """For hard labels (N,) the accuracy, as in scikit-learn; for soft labels (N, K) minus the
        mean cross-entropy in nats. Higher is better in both.
        """
        if not is_soft(y):
            return float(super().score(X, y, sample_weight))
        losses = cross_entropies(self.predict_log_proba(X), y, self.classes_)
        return -mean_of(losses, sample_weight)

    # --- how certain

    def covariances(
        self, X: ArrayLike, target_probs: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Covariances:
        """Covariances of the fit, for independent rows and no penalty: naive and sandwich.

        The naive one, A⁻¹, is right for hard labels and for shares of votes weighted by their
        number, if the model is. The sandwich A⁻¹BA⁻¹ is right for any independent labels.
        Neither sees an error that all labels share, such as a teacher's.

        Parameters
        ----------
        X, target_probs, sample_weight : as fitted; hard labels, (N,), as names of classes

        Returns
        -------
        Covariances

        Raises
        ------
        InvalidInput
            as `fit_soft`, and for a fit with a penalty.
        ArithmeticError
            where the features are linearly dependent, to 1e-10 of their spread, or the
            predictions so certain that the information has no inverse, and for separated labels.
        """
        _, fit = self._as_fitted(X, target_probs, sample_weight)
        return naive_and_sandwich(fit)

    def inference(
        self,
        X: ArrayLike,
        target_probs: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        groups: Any = None,
        kind: str | None = None,
    ) -> Inference:
        """Coefficients with standard errors, tests and intervals, for a fit without a penalty.

        "naive" errors are right for hard labels and votes of independent rows, "sandwich" for any
        independent rows. Where rows share an item, an annotator or a source, `groups` says which:
        "cluster" adds the scores of a group, "jackknife" leaves each group out, which errs less
        where groups are few. For the same few annotators on all items each row is one vote, and
        there are two ways of grouping, the items and the annotators of `votes_from_table`.

        Parameters
        ----------
        X, target_probs, sample_weight : as for `covariances`
        groups : (N,), one name for each row; or a pair of such columns
        kind : "naive", "sandwich", "cluster" or "jackknife"; without one, "cluster" where there
            are groups, else "sandwich"

        Returns
        -------
        Inference

        Raises
        ------
        InvalidInput
            as `covariances`, for groups of another length, with a missing name, or fewer than two,
            and for groups that the kind does not take or lacks.
        ArithmeticError
            as `covariances`, and where a jackknife leaves out a group that a coefficient needs.

        Examples
        --------
        >>> x = [[0.0], [0.0], [1.0], [1.0]]
        >>> shares = [[0.5, 0.5], [0.7, 0.3], [0.2, 0.8], [0.4, 0.6]]
        >>> found = SoftmaxRegression().fit_soft(x, shares).inference(x, shares)
        >>> found.names
        ((1, 'x0'), (1, 'intercept'))
        >>> found.coef.round(4), found.se.round(4)
        (array([ 1.2528, -0.4055]), array([0.4474, 0.2946]))
        """
        X, fit = self._as_fitted(X, target_probs, sample_weight, groups=groups)
        contrasts = np.column_stack([self.coef_, self.intercept_])[:, : fit.design.shape[1]]
        features = getattr(self, "feature_names_in_", [f"x{j}" for j in range(X.shape[1])])
        return infer(
            fit,
            coef=contrasts[1:] - contrasts[0],
            classes=tuple(self.classes_.tolist()),
            features=(*map(str, features), "intercept")[: fit.design.shape[1]],
            kind=kind,
            groups=groups,
        )

    def _one_hot_of(self, labels):
        """Names of classes, (N,), as vertices; anything else as it is."""
        if np.ndim(labels) != 1 or np.size(labels) == 0:
            return labels
        known = self.classes_.tolist()
        rule = f"the fit has the classes {', '.join(map(repr, known))}"
        return one_hot(
            _checks.places("labels", _checks.names("labels", labels), known, rule), len(known)
        )

    def _as_fitted(self, X, target_probs, sample_weight, groups=None):
        """X, and the fit as its errors need it."""
        self._require_likelihood()
        for column in groups if isinstance(groups, (tuple, list)) else (groups,):
            _checks.same_names(("X", X, 0), ("groups", column, 0))
        X, p, weight = self._labelled(X, target_probs, sample_weight)
        share = shares(weight)
        scale = Scale.of(X, share, self.fit_intercept)
        design = scale.design(X, self.fit_intercept)
        back = scale.coefficients(np.eye(design.shape[1]))
        return X, Fitted(design, back, p, softmax(self._linear(X)), weight, share)

    def dispersion(self, X: ArrayLike, target_probs: ArrayLike) -> float:
        """Pearson's dispersion φ̂ = Σ_i Σ_k (p_ik - q_ik)² / q_ik / ((K-1) N - (K-1) D) of labels
        that were fitted with equal weights.

        One label is worth 1/φ̂ votes, where one number fits all directions. Above 1, the model
        does not fit.

        Parameters
        ----------
        X, target_probs : as for `covariances`

        Returns
        -------
        number
        """
        self._require_likelihood()
        X, p, _ = self._labelled(X, target_probs, None)
        q, dim = softmax(self._linear(X)), X.shape[1] + self.fit_intercept
        freedom = (p.shape[1] - 1) * (len(X) - dim)
        if freedom <= 0:
            raise _checks.InvalidInput(
                "X",
                f"more rows than the {dim} coefficients of a class are needed",
                value=len(X),
                says=f"has {len(X)} rows",
            )
        return float(pearson(p, q).sum() / freedom)

    # --- the fit itself

    def _classes_of(self, y):
        """The classes, sorted or as asked for, and the place of each label among them."""
        found, places = np.unique(y, return_inverse=True)
        if self.classes is None:
            return found, places.ravel()
        classes = names_of(np.empty((1, len(self.classes))), self.classes)
        known = {name: place for place, name in enumerate(classes.tolist())}
        for name in found.tolist():
            if name not in known:
                rule = f"a label is one of the classes, {classes.tolist()}"
                raise _checks.InvalidInput("y", rule, value=name, says=f"has {name!r}")
        return classes, np.array([known[name] for name in found.tolist()])[places.ravel()]

    def _require_likelihood(self):
        check_is_fitted(self)
        for name, plain in (("alpha", 0), ("class_weight", None)):
            value = getattr(self, name)
            if value != plain:
                rule = f"covariances and dispersion are of a fit with {name}={plain}"
                raise _checks.InvalidInput(name, rule, value=value)
        if self.separated_:
            raise ArithmeticError(SEPARATED)

    def _logits(self, X):
        check_is_fitted(self)
        return self._linear(_validated(self, X, dtype=np.float64, accept_sparse="csr", reset=False))

    def _linear(self, X):
        return X @ self.coef_.T + self.intercept_

    def _labelled(self, X, target_probs, sample_weight):
        check_is_fitted(self)
        _checks.same_names(
            ("X", X, 0), ("target_probs", target_probs, 0), ("sample_weight", sample_weight, 0)
        )
        X = np.asarray(_validated(self, X, dtype=np.float64, reset=False))
        p = soft_labels(X, self._one_hot_of(target_probs))
        if p.shape[1] != len(self.classes_):
            raise _checks.InvalidInput(
                "target_probs",
                f"the fit has {len(self.classes_)} classes",
                value=p.shape,
                says=f"has shape {p.shape}",
            )
        return X, p, _weights(sample_weight, X)

    def __sklearn_is_fitted__(self) -> bool:
        """Whether a fit has ended: what a fit finds is set at its end, all at once."""
        return hasattr(self, "coef_")

    def _fitted(self, X, p, weight, classes):
        p, weight = class_weighted(p, weight, self.class_weight, classes)
        share = shares(weight)
        used = share > 0
        if not used.all():
            X, p, share = X[used], p.rows(used) if isinstance(p, Slabs) else p[used], share[used]
        # standardised columns make Newton's steps short; the penalty stays one of the coefficients
        # asked for
        scale = Scale.of(X, share, self.fit_intercept)
        ridge = self._ridge(scale, share @ p == 0, classes)
        objective, sample = self._objective(X, share, p, scale, ridge)
        return self._minimised(objective, sample, scale, classes, labels=p)

    def _fitted_in_parts(self, X, named, labels, sample_weight):
        """The fit over the partitions of Dask arrays."""
        objective, scale, classes = self._in_parts(X, named, labels, sample_weight)
        self.n_features_in_ = X.shape[1]
        return self._minimised(objective, objective.sample(), scale, classes)

    def _in_parts(self, X, named, labels, sample_weight):
        parts = partitions.read(X, named, labels, sample_weight)
        if named == "labels":
            _at_least_two(partitions.counted(parts))
            classes = partitions.classes_of(parts)
            classes, _ = self._classes_of(classes)
            parts = partitions.with_vertices(parts, classes)
        else:
            classes = names_of(np.empty((0, labels.shape[1])), self.classes)
        parts, totals = partitions.weighed(parts, self.class_weight, classes)
        scale = partitions.scale_of(parts, X.shape[1], self.fit_intercept)
        ridge = self._ridge(scale, totals == 0, classes)
        objective = partitions.Scattered(parts, totals, scale, ridge, self.fit_intercept)
        return objective, scale, classes

    def _begin(self):
        """Forget an earlier fit, so that one that fails leaves nothing, and check the settings."""
        for name in FOUND:
            self.__dict__.pop(name, None)
        if not (np.isfinite(self.alpha) and self.alpha >= 0):
            raise _checks.InvalidInput(
                "alpha", "a penalty is finite and not negative", value=self.alpha
            )
        _checks.one_of("separated", self.separated, ("warn", "raise"))

    def _ridge(self, scale, unused, classes):
        """The penalty's curvature, for scaled features."""
        columns = len(scale.spread)
        size = columns + self.fit_intercept
        if self.fit_intercept and unused.any():
            direction = np.zeros((len(classes), size))
            direction[unused, -1] = -1.0
            raise NoFit(direction, UNUSED.format(repr(classes[unused][0].item())))
        ridge = np.zeros(size)
        ridge[:columns] = self.alpha / scale.spread**2
        return ridge

    def _minimised(self, objective, sample, scale, classes, labels=None):
        """The fit, and all that is found set at its end."""
        told = _told if self.verbose else _untold
        found = minimum(objective, sample, self.tol, self.max_iter, told)
        here = found.place
        ended = found.steps < self.max_iter or here.steepness <= self.tol
        direction = None
        if self.alpha == 0 and ended and not plainly_exists(objective, found):
            direction = _separating(objective, found, labels)
            if direction is not None and self.separated == "raise":
                raise NoFit(scale.coefficients(direction))
        W = scale.coefficients(here.W)
        columns = len(scale.spread)
        coef, intercept = W[:, :columns], W[:, columns:].sum(axis=1)
        loss = objective.exactly(here.W)
        if here.steepness > self.tol:
            raise NotConverged(coef, intercept, loss, here.steepness, found.steps, self.tol)
        ends = classes, coef, intercept, loss, found.steps, direction is not None
        self.__dict__.update(zip(FOUND, ends, strict=True))
        if self.separated_:
            warnings.warn(ON_THE_WAY, SeparatedWarning, stacklevel=4)
        return self

    def _objective(self, X, share, p, scale, ridge):
        """The objective, and that of a sample of the rows, where it serves."""
        centred = self.fit_intercept
        if is_large(p.shape, X.shape[1]):
            design = scale.design(X.toarray() if issparse(X) else X, centred)
            return Streamed(design, share, p, ridge, centred), None
        objective = Objective(blocks_of(X, scale, centred), share, p, ridge)
        return objective, sampled(objective)


def _at_least_two(counted):
    if len(counted) < 2:
        raise ValueError(f"y has one class only, {counted[0]!r}; at least two are needed")


def _separating(objective, found, labels):
    """A direction along which the loss falls for ever, or None, in the coefficients of scaled
    features.
    """
    for direction in (found.last, found.place.W):
        if separates(objective, direction):
            return direction / np.abs(direction).max()
    if not isinstance(objective, Objective):
        warnings.warn(UNDECIDED, SeparatedWarning, stacklevel=5)
        return None
    rows = np.concatenate([block.some(slice(None)) for block in objective.blocks], axis=1).T
    return existence(rows, labels).direction


def _told(step, loss):
    print(f"step {step}: {loss:.6f} nats")


def _untold(step, loss):
    pass
