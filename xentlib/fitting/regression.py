"""The estimator: softmax regression with scikit-learn's conventions."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import validation
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from xentlib import _checks
from xentlib._checks import Floats
from xentlib.fitting.design import CONSTANT, Scale, blocks_of
from xentlib.fitting.errors import UNUSED, NoFit, NotConverged
from xentlib.fitting.existing import parted, plainly_exists
from xentlib.fitting.newton import Objective, minimum, sampled
from xentlib.labels import one_hot, votes_to_probs
from xentlib.logits import softmax
from xentlib.separation import existence

_validated: Any = validation.validate_data  # its types call X and y strings


class Covariances(NamedTuple):
    """Of the coefficients less those of the first class, in the order class 1's features and
    intercept, class 2's ...: `naive`, the inverse of the information, and `sandwich`, each
    ((K-1) D, (K-1) D).
    """

    naive: Floats
    sandwich: Floats


def _weights(sample_weight, X):
    return _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)


def _shares(weight):
    """Weights over their sum, which itself may leave the range of floats."""
    unit = weight / weight.max()
    return unit / unit.sum()


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
        if self.penalty != 0:
            raise _checks.InvalidInput(
                "penalty", "covariances are of a fit without a penalty", value=self.penalty
            )
        X, p, weight = self._labelled(X, target_probs, sample_weight)
        share, q = _shares(weight), softmax(self._logits(X))[:, 1:]
        scale = Scale.of(X, share, self.fit_intercept)
        design = scale.design(X, self.fit_intercept)
        singular = np.linalg.svd(np.sqrt(share)[:, None] * design, compute_uv=False)
        if len(X) < design.shape[1] or singular[-1] <= CONSTANT * singular[0]:
            raise ArithmeticError(
                "the features are linearly dependent, so their coefficients have no covariance"
            )
        size = q.shape[1] * design.shape[1]
        spread = -q[:, :, None] * q[:, None, :]
        spread[:, np.arange(q.shape[1]), np.arange(q.shape[1])] += q
        information = np.einsum(
            "i,ikl,ia,ib->kalb", share, spread, design, design, optimize=True
        ).reshape(size, size)
        scores = (share[:, None, None] * (q - p[:, 1:])[:, :, None] * design[:, None, :]).reshape(
            len(X), size
        )
        try:
            naive = cho_solve(cho_factor(information), np.eye(size))
        except LinAlgError:
            raise ArithmeticError(
                "the predictions are so certain that the information has no inverse"
            ) from None
        sandwich = naive @ (scores.T @ scores) @ naive
        back = np.kron(np.eye(q.shape[1]), scale.coefficients(np.eye(design.shape[1])))
        with np.errstate(over="ignore"):
            naive = back.T @ naive @ back / weight.max() / (weight / weight.max()).sum()
        return Covariances(naive, back.T @ sandwich @ back)

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
        share = _shares(weight)
        used = share > 0
        if not used.all():
            X, p, share = X[used], p[used], share[used]
        unused = share @ p == 0
        # standardised columns make Newton's steps short; the penalty stays one of the coefficients
        # asked for
        scale = Scale.of(X, share, self.fit_intercept)
        size = X.shape[1] + self.fit_intercept
        if self.fit_intercept and unused.any():
            direction = np.zeros((p.shape[1], size))
            direction[unused, -1] = -1.0
            raise NoFit(direction, UNUSED.format(repr(self.classes_[unused][0].item())))
        ridge = np.zeros(size)
        ridge[: X.shape[1]] = self.penalty / scale.spread**2
        blocks = blocks_of(X, scale, self.fit_intercept)
        objective = Objective(blocks, share, p, ridge)
        told = _told if self.verbose else _untold
        found = minimum(objective, sampled(objective), self.tol, self.max_iter, told)
        here = found.place
        ended = found.steps < self.max_iter or here.steepness <= self.tol
        if self.penalty == 0 and ended and not plainly_exists(objective, found):
            _require_fit(objective, here, p, scale)
        W = scale.coefficients(here.W)
        coef, intercept = W[:, : X.shape[1]], W[:, X.shape[1] :].sum(axis=1)
        loss = objective.exactly(here.W)
        if here.steepness > self.tol:
            raise NotConverged(coef, intercept, loss, here.steepness, found.steps, self.tol)
        self.coef_, self.intercept_ = coef, intercept
        self.loss_, self.n_iter_ = loss, found.steps
        return self


def _require_fit(objective, here, p, scale):
    if parted(objective, here.W):
        raise NoFit(scale.coefficients(here.W / np.abs(here.W).max()))
    rows = np.concatenate([block.some(slice(None)) for block in objective.blocks], axis=1).T
    direction = existence(rows, p).direction
    if direction is not None:
        raise NoFit(scale.coefficients(direction))


def _told(step, loss):
    print(f"step {step}: {loss:.6f} nats")


def _untold(step, loss):
    pass
