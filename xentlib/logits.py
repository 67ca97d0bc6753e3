"""From logits to probabilities, without overflow and without losing the small ones.

Everything here follows from a shift by the maximum m of a row: the distances m - z_k, and the
*rest*, the sum of exp(z_k - m) over all classes but one at the maximum. Then the sum of
exponentials is exp(m) (1 + rest). What is written here holds for every row; ordinary rows take the
quick forms of `_tiles`, which tests hold to it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from xentlib import _checks, _tiles
from xentlib._arrays import any_array
from xentlib._checks import Floats, Values
from xentlib._summation import row_sum


class _Rows(NamedTuple):
    """The maximum m, `distance` m - z, `exponentials` exp(z - m), and `rest`, their sum minus the
    maximum's own 1; `place` (..., 1) is where the maximum stands.
    """

    top: Floats
    distance: Floats
    exponentials: Floats
    rest: Floats
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


def _log_sum(rows):
    """log Σ_k exp(z_k)."""
    return rows.top + np.log1p(rows.rest)


def _log_probs(rows):
    """z_k - log Σ_j exp(z_j)."""
    return 0.0 - (rows.distance + np.log1p(rows.rest)[..., None])


def _probs(rows):
    """exp(z_k) / Σ_j exp(z_j)."""
    return rows.exponentials / (1 + rows.rest)[..., None]


def _log_sum_of_any(z):
    """The same of validated logits, -inf of a row that is -inf throughout."""
    nothing = (z == -np.inf).all(axis=-1)
    rows = _shift_by_max(np.where(nothing[..., None], 0.0, z))
    return np.where(nothing, -np.inf, _log_sum(rows))


def _logsumexp(logits):
    return _log_sum_of_any(_checks.logits("logits", logits, masked=True))


def _log_softmax(logits):
    return _log_probs(_shift_by_max(_checks.logits("logits", logits)))


def _softmax(logits):
    return _probs(_shift_by_max(_checks.logits("logits", logits)))


@any_array
@np.errstate(all="ignore")
def logsumexp(logits: ArrayLike) -> Values:
    """Logarithm of the sum of exponentials of each row, log Σ_k exp(z_k).

    Parameters
    ----------
    logits : (..., K), real or -inf

    Returns
    -------
    (...), nats; -inf for a row that is -inf throughout

    Raises
    ------
    InvalidInput
        for NaN or +inf.

    Examples
    --------
    >>> round(float(logsumexp([1000.0, 1000.0])), 6)
    1000.693147
    """
    return _tiles.run(_tiles.logsumexp, _logsumexp, logits=logits)


@any_array
@np.errstate(all="ignore")
def log_softmax(logits: ArrayLike) -> Floats:
    """Logarithm of the softmax of each row, z_k - log Σ_j exp(z_j).

    Parameters
    ----------
    logits : (..., K), real; -inf masks a class

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
    return _tiles.run(_tiles.log_softmax, _log_softmax, (True,), logits=logits)


@any_array
@np.errstate(all="ignore")
def softmax(logits: ArrayLike) -> Floats:
    """Probabilities of each row of logits, exp(z_k) / Σ_j exp(z_j).

    Parameters
    ----------
    logits : (..., K), real; -inf masks a class

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
    return _tiles.run(_tiles.softmax, _softmax, (True,), logits=logits)
