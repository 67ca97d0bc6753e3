"""What other libraries do with soft labels: called as their users would call them, on data that
are given.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import statsmodels.api as sm
from scipy.special import gammaln
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from xentlib import cross_entropy

STRICT: dict[str, Any] = {"disp": 0, "tol": 1e-14, "maxiter": 200}


class Fit(NamedTuple):
    """`call`, the fitted coefficients (D,), what is `reported` as log-likelihood, and the formula
    that gives the same: `says` and `value`.
    """

    call: str
    coefficients: np.ndarray
    reported: float
    says: str
    value: float


def soft_fits(features: np.ndarray, share: np.ndarray) -> list[Fit]:
    """Three calls of statsmodels that take shares of the second class without a word, and what
    each reports as log-likelihood.

    Parameters
    ----------
    features : (N, D), with a column of ones
    share : (N,), soft labels for two classes

    Returns
    -------
    three Fits
    """
    labels = np.column_stack([1 - share, share])
    multinomial = sm.MNLogit(labels, features).fit(method="newton", **STRICT)
    binomial = sm.GLM(share, features, family=sm.families.Binomial()).fit(tol=1e-14)
    logit = sm.Logit(share, features).fit(method="newton", **STRICT)
    predicted = binomial.predict(features)
    total = -cross_entropy(labels, np.column_stack([1 - predicted, predicted])).sum()
    coefficient = (gammaln(2) - gammaln(1 + share) - gammaln(2 - share)).sum()
    margin = (2 * share - 1) * (features @ logit.params)
    return [
        Fit("MNLogit(labels, x)", multinomial.params.ravel(), multinomial.llf, "-Σ CE", total),
        Fit(
            "GLM(share, x, Binomial())",
            binomial.params,
            binomial.llf,
            "-Σ CE + Σ log Γ(2)/(Γ(1+p) Γ(2-p))",
            total + coefficient,
        ),
        Fit(
            "Logit(share, x)",
            logit.params,
            logit.llf,
            "Σ log σ((2p - 1) η)",
            -np.logaddexp(0, -margin).sum(),
        ),
    ]


def refusals(features: np.ndarray, share: np.ndarray) -> Iterator[tuple[str, str]]:
    """What scikit-learn says to soft labels: call and message."""
    labels = np.column_stack([1 - share, share])
    for call, act in (
        ("log_loss(labels, probs)", lambda: log_loss(labels, labels)),
        ("LogisticRegression().fit(x, labels)", lambda: LogisticRegression().fit(features, labels)),
    ):
        try:
            act()
        except ValueError as error:
            yield call, str(error).split(", got")[0]
        else:
            yield call, "accepted"


def replicated(share: np.ndarray, probs: np.ndarray) -> float:
    """Total cross-entropy by scikit-learn's log_loss: each row once for each class, weighted by
    the label's share of it.
    """
    rows, classes = np.repeat(np.arange(len(share)), 2), np.tile([0, 1], len(share))
    return log_loss(
        classes,
        probs[rows],
        sample_weight=np.column_stack([1 - share, share]).ravel(),
        normalize=False,
    )
