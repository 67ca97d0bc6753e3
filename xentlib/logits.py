"""From logits to probabilities, without overflow and without losing the small ones.

Everything here follows from a shift by the maximum m of a row: the distances m - z_k, and the
*rest*, the sum of exp(z_k - m) over all classes but one at the maximum. Then the sum of
exponentials is exp(m) (1 + rest).
"""

from typing import NamedTuple

import numpy as np

from xentlib import _checks
from xentlib._summation import row_sum


class _Rows(NamedTuple):
    """The maximum m, `distance` m - z, `exponentials` exp(z - m), and `rest`, their sum less the
    maximum's own 1; `place` (..., 1) is where the maximum stands.
    """

    top: np.ndarray
    distance: np.ndarray
    exponentials: np.ndarray
    rest: np.ndarray
    place: np.ndarray


def _shift_by_max(logits):
    """What the losses need of validated logits. Call it where floating-point warnings are off."""
    top = logits.max(axis=-1, keepdims=True)
    distance = top - logits
    part = (
        top - distance
    )  # Knuth's two-sum: what the subtraction rounded away, which an exponential would magnify
    lost = (top - (distance + part)) + (part - logits)
    exponentials = np.exp(-distance)
    exponentials = exponentials - exponentials * np.where(np.isfinite(lost), lost, 0.0)
    place = logits.argmax(axis=-1)[..., None]
    rest = row_sum(_without(exponentials, place))
    return _Rows(top[..., 0], distance, exponentials, rest, place)


def _without(x, place):
    """A copy of x with 0 at one place of each row."""
    others = x.copy()
    np.put_along_axis(others, place, 0.0, axis=-1)
    return others


@np.errstate(all="ignore")
def logsumexp(logits):
    """Logarithm of the sum of exponentials of each row, log Σ_k exp(z_k).

    Parameters
    ----------
    logits : (K,) or (N, K), real; -inf masks a class

    Returns
    -------
    () or (N,), nats

    Raises
    ------
    InvalidInput
        for NaN, +inf, or a row that is -inf throughout.

    Examples
    --------
    >>> round(float(logsumexp([1000.0, 1000.0])), 6)
    1000.693147
    """
    rows = _shift_by_max(_checks.logits("logits", logits))
    return (rows.top + np.log1p(rows.rest))[()]


@np.errstate(all="ignore")
def log_softmax(logits):
    """Logarithm of the softmax of each row, z_k - log Σ_j exp(z_j).

    Parameters
    ----------
    logits : (K,) or (N, K), real; -inf masks a class

    Returns
    -------
    same shape, nats, at most 0

    Raises
    ------
    InvalidInput
        for NaN, +inf, or a row that is -inf throughout.

    Examples
    --------
    >>> log_softmax([0.0, 0.0]).round(4)
    array([-0.6931, -0.6931])
    """
    rows = _shift_by_max(_checks.logits("logits", logits))
    return 0.0 - (rows.distance + np.log1p(rows.rest)[..., None])


@np.errstate(all="ignore")
def softmax(logits):
    """Probabilities of each row of logits, exp(z_k) / Σ_j exp(z_j).

    Parameters
    ----------
    logits : (K,) or (N, K), real; -inf masks a class

    Returns
    -------
    same shape, probabilities

    Raises
    ------
    InvalidInput
        for NaN, +inf, or a row that is -inf throughout.

    Examples
    --------
    >>> softmax([1e4, 1e4, -np.inf])
    array([0.5, 0.5, 0. ])
    """
    rows = _shift_by_max(_checks.logits("logits", logits))
    return rows.exponentials / (1 + rows.rest)[..., None]
