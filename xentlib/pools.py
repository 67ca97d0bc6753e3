"""Several distributions of one thing, such as the beliefs of experts, made one."""

import numpy as np
from numpy.typing import ArrayLike

from xentlib import _checks
from xentlib._checks import Floats
from xentlib._summation import row_sum
from xentlib.logits import _probs, _shift_by_max
from xentlib.losses import _times


def _classes_first(probs, weights):
    """Checked opinions (..., K, J) and their weights, so that sums run over the opinions."""
    p, w = _checks.opinions(probs=probs, weights=weights)
    return np.swapaxes(p, -1, -2), w


@np.errstate(all="ignore")
def linear_pool(probs: ArrayLike, weights: ArrayLike) -> Floats:
    """The weighted mean of distributions, Σ_i w_i p_ik: what cross-entropy fits to them all.

    Parameters
    ----------
    probs : (..., J, K), J distributions
    weights : (J,), a distribution

    Returns
    -------
    (..., K), distributions

    Raises
    ------
    InvalidInput
        for a row that is no distribution, weights that are none, or another number of weights.

    Examples
    --------
    >>> linear_pool([[0.5, 0.5], [0.9, 0.1]], [0.5, 0.5]).round(6)
    array([0.7, 0.3])
    """
    opinions, w = _classes_first(probs, weights)
    return row_sum(w * opinions) + 0.0


@np.errstate(all="ignore")
def logarithmic_pool(probs: ArrayLike, weights: ArrayLike) -> Floats:
    """The weighted geometric mean of distributions, renormalised: Π_i p_ik^w_i over its sum.

    An opinion with a weight has a veto: a class to which it gives 0 has 0 in the pool.

    Parameters
    ----------
    probs : (..., J, K), J distributions
    weights : (J,), a distribution

    Returns
    -------
    (..., K), distributions

    Raises
    ------
    InvalidInput
        as `linear_pool`, and where each class has the veto of an opinion.

    Examples
    --------
    >>> logarithmic_pool([[0.5, 0.5], [0.9, 0.1]], [0.5, 0.5])
    array([0.75, 0.25])
    """
    opinions, w = _classes_first(probs, weights)
    logits = row_sum(_times(w, np.log(opinions)))
    rule = "some class has a positive probability in each opinion that has a weight"
    nothing = (logits == -np.inf).all(axis=-1)
    _checks.refuse_rows("probs", nothing, rule, "leaves no class to all opinions")
    return _probs(_shift_by_max(logits))
