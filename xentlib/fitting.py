"""Softmax regression on hard, soft or counted labels, with covariances that soft labels need
(extra: fit, SciPy and scikit-learn).

The loss, its gradient and its Hessian-vector products are xentlib's, the optimiser SciPy's, the
conventions scikit-learn's.
"""

from importlib.util import find_spec
from typing import NamedTuple

if find_spec("scipy") is None or find_spec("sklearn") is None:
    raise ModuleNotFoundError("xentlib.fitting needs the extra fit: pip install 'xentlib[fit]'")

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from xentlib import _checks
from xentlib.labels import one_hot, votes_to_probs
from xentlib.logits import softmax
from xentlib.losses import softmax_cross_entropy_hvp, softmax_cross_entropy_value_and_grad
from xentlib.separation import existence

CONSTANT = 1e-10  # a feature that varies by less, relative to its size, is rounding and no feature


class NoFit(ArithmeticError):
    """The loss has no minimum: it falls for ever along `direction` (K, features, and the intercept
    last, if there is one).
    """

    def __init__(self, direction):
        self.direction = direction
        super().__init__(
            "the labels are separated: the loss falls for ever along the direction that this "
            "error holds, so there is no fit. "
            "Add a penalty, or drop what separates them"
        )

    def __reduce__(self):
        """Pickle and copy make it again from its direction, not from its message."""
        return type(self), (self.direction,), self.__dict__


class Covariances(NamedTuple):
    """Of the coefficients less those of the first class, in the order class 1's features and
    intercept, class 2's ...: `naive`, the inverse of the information, and `sandwich`, each
    ((K-1) D, (K-1) D).
    """

    naive: np.ndarray
    sandwich: np.ndarray


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
    tol : the largest entry of the gradient at the end, nats per unit of a standardised feature
    max_iter : largest number of Newton steps
    verbose : print the loss after each step

    Examples
    --------
    >>> x = [[0.0], [0.0], [1.0]]
    >>> model = SoftmaxRegression().fit_soft(x, [[0.5, 0.5], [0.7, 0.3], [0.2, 0.8]])
    >>> model.predict_proba([[0.0], [1.0]]).round(6)
    array([[0.6, 0.4],
           [0.2, 0.8]])
    """

    def __init__(self, penalty=0.0, *, fit_intercept=True, tol=1e-9, max_iter=500, verbose=False):
        self.penalty = penalty
        self.fit_intercept = fit_intercept
        self.tol = tol
        self.max_iter = max_iter
        self.verbose = verbose

    # --- three ways to label the rows

    def fit(self, X, y, sample_weight=None):
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
        ValueError
            for features or labels that scikit-learn's checks refuse.
        """
        _checks.same_names(X=X, y=y)
        _checks.same_names(X=X, sample_weight=sample_weight)
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y has one class only, {self.classes_[0]!r}; at least two are needed")
        return self._fitted(
            X, one_hot(labels.ravel(), len(self.classes_)), _weights(sample_weight, X)
        )

    def fit_soft(self, X, target_probs, sample_weight=None):
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
        NoFit
            where there is no minimum.
        """
        _checks.same_names(X=X, target_probs=target_probs)
        _checks.same_names(X=X, sample_weight=sample_weight)
        X = validate_data(self, X, dtype=np.float64)
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

    def fit_counts(self, X, counts):
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
        NoFit
            where there is no minimum.
        """
        _checks.same_names(X=X, counts=counts)
        return self.fit_soft(
            X, votes_to_probs(counts), np.asarray(counts, dtype=np.float64).sum(axis=1)
        )

    # --- predictions

    def decision_function(self, X):
        """Logits W x + b, (N, K); for two classes the difference of the second and the first,
        (N,), as in scikit-learn.
        """
        logits = self._logits(X)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def predict_proba(self, X):
        """Predicted distributions, (N, K)."""
        return softmax(self._logits(X))

    def predict(self, X):
        """The most likely class of each row, (N,)."""
        logits = self._logits(X)
        return self.classes_[logits.argmax(axis=1)]

    # --- how certain

    def covariances(self, X, target_probs, sample_weight=None):
        """Covariances of the fit, for independent rows and no penalty: naive and sandwich.

        The naive one, A⁻¹, is right for hard labels and for shares of votes weighted by their
        number, if the model is. The sandwich A⁻¹BA⁻¹ is right for any independent labels.
        Neither sees an error that all labels share, such as a teacher's.

        Parameters
        ----------
        X, target_probs, sample_weight : as fitted; hard labels through one_hot

        Returns
        ------- Covariances: `naive` and `sandwich`, each ((K-1) D, (K-1) D), of the
        coefficients less those of the first class, in the order class 1's features and
        intercept, class 2's ...

        Raises
        ------
        InvalidInput
            as `fit_soft`.
        ArithmeticError
            where the features are linearly dependent.
        """
        if self.penalty != 0:
            raise _checks.InvalidInput(
                "penalty", "covariances are of a fit without a penalty", value=self.penalty
            )
        X, p, weight = self._labelled(X, target_probs, sample_weight)
        q, design = softmax(self._logits(X))[:, 1:], self._design(X)
        size = q.shape[1] * design.shape[1]
        spread = -q[:, :, None] * q[:, None, :]
        spread[:, np.arange(q.shape[1]), np.arange(q.shape[1])] += q
        information = np.einsum(
            "i,ikl,ia,ib->kalb", weight, spread, design, design, optimize=True
        ).reshape(size, size)
        scores = (weight[:, None, None] * (q - p[:, 1:])[:, :, None] * design[:, None, :]).reshape(
            len(X), size
        )
        try:
            naive = cho_solve(cho_factor(information), np.eye(size))
        except LinAlgError:
            raise ArithmeticError(
                "the features are linearly dependent, so their coefficients have no covariance"
            ) from None
        return Covariances(naive, naive @ (scores.T @ scores) @ naive)

    def dispersion(self, X, target_probs):
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
        q, dim = softmax(self._logits(X)), self._design(X).shape[1]
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
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return X @ self.coef_.T + self.intercept_

    def _design(self, X):
        return np.column_stack([X, np.ones(len(X))]) if self.fit_intercept else X

    def _labelled(self, X, target_probs, sample_weight):
        check_is_fitted(self)
        _checks.same_names(X=X, target_probs=target_probs)
        _checks.same_names(X=X, sample_weight=sample_weight)
        X = validate_data(self, X, dtype=np.float64, reset=False)
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
        used, share = weight > 0, weight / weight.sum()
        # standardised columns make Newton's steps short; the penalty stays one of the coefficients
        # asked for
        middle = share @ X if self.fit_intercept else np.zeros(X.shape[1])
        spread = np.sqrt(share @ (X - middle) ** 2)
        spread = np.where(spread > CONSTANT * np.abs(X).max(axis=0), spread, 1.0)
        design = self._design((X - middle) / spread)
        ridge = np.zeros(design.shape[1])
        ridge[: X.shape[1]] = self.penalty / spread**2
        classes, shape = p.shape[1], (p.shape[1], design.shape[1])

        def objective(flat):
            W = flat.reshape(shape)
            loss, gradient = softmax_cross_entropy_value_and_grad(design @ W.T, p)
            return share @ loss + (ridge * W**2).sum() / 2, (
                (share[:, None] * gradient).T @ design + ridge * W
            ).ravel()

        def hessian_times(flat, direction):
            D = direction.reshape(shape)
            bent = softmax_cross_entropy_hvp(design @ flat.reshape(shape).T, design @ D.T)
            return ((share[:, None] * bent).T @ design + ridge * D).ravel()

        def progress(intermediate_result):
            print(f"step {progress.step}: {intermediate_result.fun:.6f} nats")
            progress.step += 1

        progress.step = 1
        found = minimize(
            objective,
            np.zeros(classes * design.shape[1]),
            jac=True,
            hessp=hessian_times,
            method="trust-ncg",
            options={"gtol": self.tol, "maxiter": self.max_iter},
            callback=progress if self.verbose else None,
        )
        W = found.x.reshape(shape)
        steep = np.abs(found.jac).max()
        if self.penalty == 0 and not _balanced(
            softmax(design @ W.T)[used], found.jac.reshape(shape), design[used], share[used]
        ):
            answer = existence(design[used], p[used])
            if not answer.exists:
                direction = answer.direction / np.append(spread, 1.0)[: design.shape[1]]
                if self.fit_intercept:
                    direction[:, -1] -= direction[:, :-1] @ middle
                raise NoFit(direction)
        if steep > 1000 * self.tol:
            raise ArithmeticError(
                f"the optimiser stopped with a gradient of {steep:.1e} after {found.nit} "
                f"steps: {found.message}"
            )
        self.coef_ = W[:, : X.shape[1]] / spread
        self.intercept_ = (
            W[:, -1] - self.coef_ @ middle if self.fit_intercept else np.zeros(classes)
        )
        self.loss_, self.n_iter_ = float(found.fun), int(found.nit)
        return self
