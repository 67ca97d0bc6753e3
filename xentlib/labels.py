"""Labels become target distributions: class indices, smoothed labels, votes, rounded rows."""

import numpy as np
from numpy.typing import ArrayLike

from xentlib import _checks
from xentlib._arrays import any_array
from xentlib._checks import Floats
from xentlib._summation import row_sum


@any_array
@np.errstate(all="ignore")
def one_hot(labels: ArrayLike, num_classes: int) -> Floats:
    """Hard labels as vertices of the simplex: row i is 1 at its label and 0 elsewhere.

    Parameters
    ----------
    labels : (...), integers 0 ... K-1
    num_classes : K

    Returns
    -------
    (..., K), distributions

    Raises
    ------
    InvalidInput
        for a label outside 0 ... K-1.
    TypeError
        for labels that are not integers.

    Examples
    --------
    >>> one_hot([1, 0], 3)
    array([[0., 1., 0.],
           [1., 0., 0.]])
    """
    num_classes = _checks.num_classes("num_classes", num_classes)
    labels = _checks.labels("labels", labels, num_classes)
    probs = np.zeros(labels.shape + (num_classes,))
    np.put_along_axis(probs, labels[..., None], 1.0, axis=-1)
    return probs


@any_array
@np.errstate(all="ignore")
def smooth_labels(target_probs: ArrayLike, epsilon: float) -> Floats:
    """Labels mixed with the uniform distribution, (1 - ε) p + ε/K.

    Parameters
    ----------
    target_probs : (..., K), distributions
    epsilon : number from 0 to 1

    Returns
    -------
    same shape, distributions

    Raises
    ------
    InvalidInput
        for an ε outside [0, 1] or a row that is no distribution.

    Examples
    --------
    >>> smooth_labels([1.0, 0.0], 0.1)
    array([0.95, 0.05])
    """
    target_probs, _ = _checks.exact_probabilities("target_probs", target_probs)
    epsilon = _checks.fraction("epsilon", epsilon)
    return (1 - epsilon) * target_probs + epsilon / target_probs.shape[-1]


@np.errstate(all="ignore")
def undo_smoothing(probs: ArrayLike, epsilon: float) -> Floats:
    """The distribution that smoothing by ε turns into `probs`, (q - ε/K) / (1 - ε): for
    predictions of a free model.

    Parameters
    ----------
    probs : (..., K), distributions, no entry below ε/K
    epsilon : number from 0 to less than 1

    Returns
    -------
    same shape, distributions

    Raises
    ------
    InvalidInput
        for an ε outside [0, 1), a row that is no distribution, or an entry that no smoothed
        distribution has.

    Examples
    --------
    >>> undo_smoothing([0.95, 0.05], 0.1)
    array([1., 0.])
    """
    probs, tolerance = _checks.exact_probabilities("probs", probs)
    epsilon = _checks.fraction("epsilon", epsilon)
    if epsilon == 1:
        raise _checks.InvalidInput(
            "epsilon", "below 1: labels smoothed by 1 say nothing", value=epsilon
        )
    found = (probs - epsilon / probs.shape[-1]) / (1 - epsilon)
    least = epsilon / probs.shape[-1]
    rule = f"a distribution smoothed by {epsilon:g} has no entry below {least:.6g}"
    _checks.require_nonnegative("probs", probs, found, rule, tolerance)
    found = np.maximum(found, 0.0)
    sums = found.sum(axis=-1, keepdims=True)  # rounding below 0 was cut off
    # survives: divided by a sum so near to 1, a row differs in the last digits
    return np.where(np.abs(sums - 1) > _checks.SUM_TOLERANCE / 2, found / sums, found)


@any_array
@np.errstate(all="ignore")
def votes_to_probs(counts: ArrayLike) -> Floats:
    """Votes as proportions, c_k / Σ_j c_j.

    Parameters
    ----------
    counts : (..., K), whole numbers, at least one vote in each row

    Returns
    -------
    same shape, distributions

    Raises
    ------
    InvalidInput
        for a count that is negative or not whole, or a row without a vote.

    Examples
    --------
    >>> votes_to_probs([7, 3, 0])
    array([0.7, 0.3, 0. ])
    """
    counts = _checks.counts("counts", counts, some=True)
    return counts / counts.sum(axis=-1, keepdims=True) + 0.0


@any_array
@np.errstate(all="ignore")
def normalize_rows(shares: ArrayLike) -> Floats:
    """Rows divided by their sums, s_k / Σ_j s_j: for probabilities that were rounded, to 16 bits or
    to a few digits.

    Parameters
    ----------
    shares : (..., K), finite, not negative, some entry of each row positive

    Returns
    -------
    same shape, distributions

    Raises
    ------
    InvalidInput
        for an entry that is negative, infinite or NaN, or a row of zeros.

    Examples
    --------
    >>> normalize_rows([0.6, 0.3, 0.3])
    array([0.5 , 0.25, 0.25])
    """
    shares = _checks.shares("shares", shares)
    _, exponent = np.frexp(shares.max(axis=-1, keepdims=True))
    unit = np.ldexp(shares, -exponent)  # neither the sum nor the quotient leaves the range
    return unit / row_sum(unit)[..., None] + 0.0
