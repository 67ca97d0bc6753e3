"""How certain the coefficients of a fit are, for independent rows."""

from typing import NamedTuple

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from xentlib._checks import Floats
from xentlib.fitting.design import CONSTANT, Scale


class Covariances(NamedTuple):
    """Of the coefficients less those of the first class, in the order class 1's features and
    intercept, class 2's ...: `naive`, the inverse of the information, and `sandwich`, each
    ((K-1) D, (K-1) D).
    """

    naive: Floats
    sandwich: Floats


def covariances_of(X: Floats, p: Floats, q: Floats, weight: Floats, centred: bool) -> Covariances:
    """Of the fit with predictions q, (N, K), to labels p with these weights; `centred` says that
    there is an intercept.
    """
    share, q = shares(weight), q[:, 1:]
    scale = Scale.of(X, share, centred)
    design = scale.design(X, centred)
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


def shares(weight: Floats) -> Floats:
    """Weights over their sum, which itself may leave the range of floats."""
    unit = weight / weight.max()
    return unit / unit.sum()
