"""Softmax regression on hard, soft or counted labels, with covariances that soft labels need
(extra: fit, SciPy and scikit-learn).

The loss, its gradient and its Hessian-vector products are xentlib's, the optimiser SciPy's, the
conventions scikit-learn's.
"""

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from itertools import count
from typing import Any, NamedTuple

if find_spec("scipy") is None or find_spec("sklearn") is None:
    raise ModuleNotFoundError("xentlib.fitting needs the extra fit: pip install 'xentlib[fit]'")

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.sparse.linalg import LinearOperator, minres
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import validation
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from xentlib import _checks
from xentlib._checks import Floats
from xentlib.inference import Fitted, Inference, infer, naive_and_sandwich
from xentlib.labels import one_hot, votes_to_probs
from xentlib.logits import softmax
from xentlib.losses import _hessian_product, _soft_value_and_grad
from xentlib.separation import existence

_validated: Any = validation.validate_data  # its types call X and y strings
CONSTANT = 1e-10  # a feature that varies by less, relative to its size, is rounding and no feature
POLISH = 5  # Newton steps at most, after the optimiser's own
SEPARATED = (
    "the labels are separated: the loss falls for ever along the direction that this error "
    "holds, so there is no fit. Add a penalty, penalty=1e-3 to start with, or drop what "
    "separates them"
)
UNUSED = (
    "no label gives class {} any weight: the loss falls for ever as its intercept does, with a "
    "penalty too, which spares the intercept, so there is no fit. Leave the class out"
)
# scikit-learn's checks that fit separated labels, which have no fit without a penalty:
# check_estimator(SoftmaxRegression(), expected_failed_checks=SEPARATED_CHECKS)
SEPARATED_CHECKS = dict.fromkeys(
    (
        "check_classifiers_classes",
        "check_dict_unchanged",
        "check_dont_overwrite_parameters",
        "check_estimators_fit_returns_self",
        "check_estimators_overwrite_params",
        "check_estimators_pickle",
        "check_f_contiguous_array_estimator",
        "check_fit2d_1feature",
        "check_fit2d_predict1d",
        "check_methods_sample_order_invariance",
        "check_methods_subset_invariance",
        "check_non_transformer_estimators_n_iter",
        "check_pipeline_consistency",
        "check_positive_only_tag_during_fit",
        "check_readonly_memmap_input",
        "check_sample_weight_equivalence_on_dense_data",
        "check_sample_weights_not_overwritten",
        "check_sample_weights_shape",
    ),
    "its labels are separated: NoFit without a penalty",
)


class NoFit(ArithmeticError):
    """The loss has no minimum: it falls for ever along `direction` (K, features, and the intercept
    last, if there is one).
    """

    direction: Floats
    reason: str

    def __init__(self, direction: Floats, reason: str = SEPARATED) -> None:
        self.direction, self.reason = direction, reason
        super().__init__(reason)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy make it again from its parts."""
        return type(self), (self.direction, self.reason), self.__dict__


class NotConverged(ArithmeticError):
    """The optimiser stopped too early: `coef`, `intercept` and `loss` are where, `gradient` is the
    largest entry there, as `tol` measures it, after `steps` steps.
    """

    coef: Floats
    intercept: Floats
    loss: float
    gradient: float
    steps: int
    tol: float

    def __init__(
        self,
        coef: Floats,
        intercept: Floats,
        loss: float,
        gradient: float,
        steps: int,
        tol: float,
    ) -> None:
        self.coef, self.intercept, self.loss = coef, intercept, loss
        self.gradient, self.steps, self.tol = gradient, steps, tol
        super().__init__(
            f"the optimiser stopped with a gradient of {gradient:.1e} after {steps} steps; "
            f"tol is {tol:.1e}. Raise max_iter or tol; this error holds the coefficients"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy make it again from its parts."""
        parts = self.coef, self.intercept, self.loss, self.gradient, self.steps, self.tol
        return type(self), parts, self.__dict__


class Covariances(NamedTuple):
    """Of the coefficients less those of the first class, in the order class 1's features and
    intercept, class 2's ...: `naive`, the inverse of the information, and `sandwich`, each
    ((K-1) D, (K-1) D).
    """

    naive: Floats
    sandwich: Floats


class _Scale(NamedTuple):
    """Where the features lie, `middle` (0 without an intercept), and how widely they `spread`."""

    middle: Floats
    spread: Floats

    @classmethod
    def of(cls, X, share, centred):
        middle = share @ X if centred else np.zeros(X.shape[1])
        spread = np.sqrt(share @ (X - middle) ** 2)
        return cls(middle, np.where(spread > CONSTANT * np.abs(X).max(axis=0), spread, 1.0))

    def design(self, X, centred):
        X = (X - self.middle) / self.spread
        return np.column_stack([X, np.ones(len(X))]) if centred else X

    def coefficients(self, W):
        """Coefficients of the features themselves, and the intercept last, from scaled ones."""
        coef = W[:, : len(self.spread)] / self.spread
        return np.column_stack([coef, W[:, len(self.spread) :] - (coef @ self.middle)[:, None]])


def _balanced(q, gradient, design, share):
    """Whether predictions near q, all in the interior, have exactly the moments of the labels: by
    the theorem a fit then exists.

    The gradient Σ w (q - p) x' is what the moments of q are off by; taking C x from each q,
    with C = gradient (Σ w x x')⁻¹, makes up for it.
    """
    correction = gradient @ np.linalg.pinv((share[:, None] * design).T @ design, hermitian=True)
    return bool((q - design @ correction.T > 0).all())


def _weights(sample_weight, X):
    return _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)


def _shares(weight):
    """Weights over their sum, which itself may leave the range of floats."""
    unit = weight / weight.max()
    return unit / unit.sum()


def _operator(size: int, times: Callable[[Any], Any]) -> Any:
    """A matrix by what it does to a vector; SciPy's class has no types that say so."""
    kind: Any = LinearOperator
    return kind((size, size), matvec=times, dtype=float)


def _polished(objective, hessian_times, start, tol, classes, progress):
    """A plain Newton step from near a minimum, or more until the gradient is below `tol`, and how
    many: there the loss falls by less than its rounding, which stops the optimiser.
    """
    place, (loss, gradient), size = start, objective(start), len(start)
    for step in range(POLISH):
        hessian: Any = _operator(size, partial(hessian_times, place))
        newton = minres(hessian, -gradient, rtol=1e-6, maxiter=2 * size)[0].reshape(classes, -1)
        newton = (newton - newton.mean(axis=0)).ravel()  # what moves all classes alike is rounding
        value, slope = objective(place + newton)
        if not np.abs(slope).max() < np.abs(gradient).max():
            return place, loss, gradient, step
        place, loss, gradient = place + newton, value, slope
        progress(loss)
        if np.abs(gradient).max() <= tol:
            return place, loss, gradient, step + 1
    return place, loss, gradient, POLISH


def _soft_labels(X, target_probs):
    target_probs, _ = _checks.exact_probabilities("target_probs", target_probs)
    _checks.rows_match(X=X, target_probs=target_probs)
    return target_probs


class SoftmaxRegression(ClassifierMixin, BaseEstimator):
    """softmax(W x + b), fitted by cross-entropy: Σ_i w_i H(p_i, q_i) / Σ_i w_i + penalty/2 · ‖W‖².

    `fit` takes hard labels, `fit_soft` distributions, `fit_counts` votes, of which each is one
    observation. The coefficients sum to zero over the classes. Without a penalty the fit is the
    maximum likelihood fit for hard labels and for votes; it raises `NoFit` where none exists.

    Then `classes_` has shape (K,), `coef_` (K, features) in nats per unit of a feature,
    `intercept_` (K,) in nats; `loss_` is the objective at the fit, in nats an observation, and
    `n_iter_` the number of Newton steps.

    Parameters
    ----------
    penalty : number, at least 0; the intercept is not penalised
    fit_intercept : bool
    tol : the largest entry of the gradient at the end, nats per unit of a standardised feature;
        `NotConverged` where it is not reached
    max_iter : largest number of the optimiser's steps, after which no last one is taken
    verbose : print the loss after each step

    Examples
    --------
    >>> x = [[0.0], [0.0], [1.0]]
    >>> model = SoftmaxRegression().fit_soft(x, [[0.5, 0.5], [0.7, 0.3], [0.2, 0.8]])
    >>> model.predict_proba([[0.0], [1.0]]).round(6)
    array([[0.6, 0.4],
           [0.2, 0.8]])
    """

    classes_: NDArray[Any]
    coef_: Floats
    intercept_: Floats
    loss_: float
    n_iter_: int

    def __init__(
        self,
        penalty: float = 0.0,
        *,
        fit_intercept: bool = True,
        tol: float = 1e-9,
        max_iter: int = 500,
        verbose: bool = False,
    ):
        self.penalty = penalty
        self.fit_intercept = fit_intercept
        self.tol = tol
        self.max_iter = max_iter
        self.verbose = verbose

    # --- three ways to label the rows

    def fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> "SoftmaxRegression":
        """Fit to hard labels.

        Parameters
        ----------
        X : (N, features), finite
        y : (N,), labels of any kind, at least two different
        sample_weight : (N,), not negative

        Returns
        -------
        self

        Raises
        ------
        NoFit
            where the labels are separated and there is no penalty.
        NotConverged
            where the optimiser stops before the gradient is below `tol`.
        ValueError
            for features or labels that scikit-learn's checks refuse.
        """
        _checks.same_names(("X", X, 0), ("y", y, 0), ("sample_weight", sample_weight, 0))
        X, y = map(np.asarray, _validated(self, X, y, dtype=np.float64, ensure_min_samples=2))
        check_classification_targets(y)
        weight = _weights(sample_weight, X)
        counted = np.unique(y[weight > 0])
        if len(counted) < 2:
            raise ValueError(f"y has one class only, {counted[0]!r}; at least two are needed")
        self.classes_, labels = np.unique(y, return_inverse=True)
        return self._fitted(X, one_hot(labels.ravel(), len(self.classes_)), weight)

    def fit_soft(
        self, X: ArrayLike, target_probs: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> "SoftmaxRegression":
        """Fit to soft labels.

        Parameters
        ----------
        X : (N, features), finite
        target_probs : (N, K), distributions
        sample_weight : (N,), not negative

        Returns
        -------
        self

        Raises
        ------
        InvalidInput
            for a row that is no distribution, or numbers of rows that differ.
        NoFit, NotConverged
            where there is no minimum, as where a class has no weight, or it was not reached.
        """
        _checks.same_names(
            ("X", X, 0), ("target_probs", target_probs, 0), ("sample_weight", sample_weight, 0)
        )
        X = np.asarray(_validated(self, X, dtype=np.float64))
        target_probs = _soft_labels(X, target_probs)
        if target_probs.shape[1] < 2:
            raise _checks.InvalidInput(
                "target_probs",
                "at least two classes are needed",
                value=target_probs.shape,
                says=f"has shape {target_probs.shape}",
            )
        self.classes_ = np.arange(target_probs.shape[1])
        return self._fitted(X, target_probs, _weights(sample_weight, X))

    def fit_counts(self, X: ArrayLike, counts: ArrayLike) -> "SoftmaxRegression":
        """Fit to votes: each vote is one observation, so a row counts as often as it was voted on.

        Parameters
        ----------
        X : (N, features), finite
        counts : (N, K), whole numbers, at least one vote in each row

        Returns
        -------
        self

        Raises
        ------
        InvalidInput
            for a count that is negative or not whole, or a row without a vote.
        NoFit, NotConverged
            where there is no minimum, as where a class has no weight, or it was not reached.
        """
        _checks.same_names(("X", X, 0), ("counts", counts, 0))
        return self.fit_soft(
            X, votes_to_probs(counts), np.asarray(counts, dtype=np.float64).sum(axis=1)
        )

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

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most likely class of each row, (N,)."""
        logits = self._logits(X)
        return self.classes_[logits.argmax(axis=1)]

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
        X, target_probs, sample_weight : as fitted; hard labels through one_hot

        Returns
        -------
        Covariances

        Raises
        ------
        InvalidInput
            as `fit_soft`, and for a fit with a penalty.
        ArithmeticError
            where the features are linearly dependent, to 1e-10 of their spread, or the
            predictions so certain that the information has no inverse.
        """
        _, fit = self._as_fitted(X, target_probs, sample_weight)
        return Covariances(*naive_and_sandwich(fit))

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
        X, target_probs, sample_weight : as fitted; hard labels, (N,), as names of classes too
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
        target_probs = self._one_hot_of(target_probs)
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
        check_is_fitted(self)
        if np.ndim(labels) != 1 or np.size(labels) == 0:
            return labels
        column = _checks.names("labels", labels)
        place = {name: k for k, name in enumerate(self.classes_.tolist())}
        for row, name in enumerate(column):
            if name not in place:
                rule = f"the fit has the classes {', '.join(map(repr, place))}"
                raise _checks.InvalidInput("labels", rule, row, value=name, says=f"is {name!r}")
        return one_hot([place[name] for name in column], len(place))

    def _as_fitted(self, X, target_probs, sample_weight, groups=None):
        """X, and the fit as its errors need it."""
        if self.penalty != 0:
            raise _checks.InvalidInput(
                "penalty", "covariances are of a fit without a penalty", value=self.penalty
            )
        for column in groups if isinstance(groups, (tuple, list)) else (groups,):
            _checks.same_names(("X", X, 0), ("groups", column, 0))
        X, p, weight = self._labelled(X, target_probs, sample_weight)
        share = _shares(weight)
        scale = _Scale.of(X, share, self.fit_intercept)
        design = scale.design(X, self.fit_intercept)
        back = scale.coefficients(np.eye(design.shape[1]))
        q = softmax(X @ self.coef_.T + self.intercept_)
        return X, Fitted(design, back, p, q, weight, share)

    def dispersion(self, X: ArrayLike, target_probs: ArrayLike) -> float:
        """Pearson's dispersion φ̂ = Σ_i Σ_k (p_ik - q_ik)² / q_ik / ((K-1) N - (K-1) D) of labels
        that were fitted with equal weights.

        One label is worth 1/φ̂ votes, where one number fits all directions. Above 1, the model
        does not fit.

        Parameters
        ----------
        X, target_probs : as fitted

        Returns
        -------
        number
        """
        X, p, _ = self._labelled(X, target_probs, None)
        q, dim = softmax(self._logits(X)), X.shape[1] + self.fit_intercept
        freedom = (p.shape[1] - 1) * (len(X) - dim)
        if freedom <= 0:
            raise _checks.InvalidInput(
                "X",
                f"more rows than the {dim} coefficients of a class are needed",
                value=len(X),
                says=f"has {len(X)} rows",
            )
        return float(((p - q) ** 2 / q).sum() / freedom)

    # --- the fit itself

    def _logits(self, X):
        check_is_fitted(self)
        X = np.asarray(_validated(self, X, dtype=np.float64, reset=False))
        return X @ self.coef_.T + self.intercept_

    def _labelled(self, X, target_probs, sample_weight):
        check_is_fitted(self)
        _checks.same_names(
            ("X", X, 0), ("target_probs", target_probs, 0), ("sample_weight", sample_weight, 0)
        )
        X = np.asarray(_validated(self, X, dtype=np.float64, reset=False))
        p = _soft_labels(X, target_probs)
        if p.shape[1] != len(self.classes_):
            raise _checks.InvalidInput(
                "target_probs",
                f"the fit has {len(self.classes_)} classes",
                value=p.shape,
                says=f"has shape {p.shape}",
            )
        return X, p, _weights(sample_weight, X)

    def _fitted(self, X, p, weight):
        if not (np.isfinite(self.penalty) and self.penalty >= 0):
            raise _checks.InvalidInput(
                "penalty", "a penalty is finite and not negative", value=self.penalty
            )
        share, classes = _shares(weight), p.shape[1]
        used = share > 0
        # standardised columns make Newton's steps short; the penalty stays one of the coefficients
        # asked for
        scale = _Scale.of(X, share, self.fit_intercept)
        design = scale.design(X, self.fit_intercept)
        unused = share @ p == 0
        if self.fit_intercept and unused.any():
            direction = np.zeros((classes, design.shape[1]))
            direction[unused, -1] = -1.0
            raise NoFit(direction, UNUSED.format(repr(self.classes_[unused][0].item())))
        ridge = np.zeros(design.shape[1])
        ridge[: X.shape[1]] = self.penalty / scale.spread**2
        shape = classes, design.shape[1]

        def objective(flat):
            W = flat.reshape(shape)
            with np.errstate(all="ignore"):
                loss, gradient = _soft_value_and_grad(design @ W.T, p)
            return share @ loss + (ridge * W**2).sum() / 2, (
                (share[:, None] * gradient).T @ design + ridge * W
            ).ravel()

        def hessian_times(flat, direction):
            D = direction.reshape(shape)
            with np.errstate(all="ignore"):
                bent = _hessian_product(design @ flat.reshape(shape).T, design @ D.T)
            return ((share[:, None] * bent).T @ design + ridge * D).ravel()

        numbers = count(1)

        def progress(loss):
            if self.verbose:
                print(f"step {next(numbers)}: {loss:.6f} nats")

        found = minimize(
            objective,
            np.zeros(classes * design.shape[1]),
            jac=True,
            hessp=hessian_times,
            method="trust-ncg",
            options={"gtol": self.tol, "maxiter": self.max_iter},
            callback=lambda intermediate_result: progress(intermediate_result.fun),
        )
        if self.penalty == 0 and not _balanced(
            softmax(design @ found.x.reshape(shape).T)[used],
            found.jac.reshape(shape),
            design[used],
            share[used],
        ):
            answer = existence(design[used], p[used])
            if not answer.exists:
                raise NoFit(scale.coefficients(answer.direction))
        place, loss, gradient, more = found.x, found.fun, found.jac, 0
        if found.nit < self.max_iter:
            place, loss, gradient, more = _polished(
                objective, hessian_times, place, self.tol, classes, progress
            )
        W = scale.coefficients(place.reshape(shape))
        coef, intercept = W[:, : X.shape[1]], W[:, X.shape[1] :].sum(axis=1)
        steep, steps = float(np.abs(gradient).max()), int(found.nit) + more
        if steep > self.tol:
            raise NotConverged(coef, intercept, float(loss), steep, steps, self.tol)
        self.coef_, self.intercept_ = coef, intercept
        self.loss_, self.n_iter_ = float(loss), steps
        return self
