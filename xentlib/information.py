"""Entropy, cross-entropy and Kullback-Leibler divergence of distributions, in nats.

0 log 0 is 0, and -log 0 is +inf: decided here, quoted elsewhere. Nothing is clipped.
"""

import numpy as np
from numpy.typing import ArrayLike

from xentlib import _checks, _summation, _tiles
from xentlib._arrays import any_array
from xentlib._checks import Values


def _plogq(p, q):
    """p log q, with 0 log 0 = 0 and p log 0 = -inf."""
    return p * np.log(np.where(p == 0, 1.0, q))


def _entropy(p):
    p = _checks.probabilities("p", p)
    return 0.0 - _summation.row_sum(_plogq(p, p))


def _cross_entropy(p, q):
    return 0.0 - _summation.row_sum(_plogq(*_checked(p, q)))


def _kl_divergence(p, q):
    p, q = _checked(p, q)
    terms = _summation.relative_entropy_terms(p, q)
    return _summation.row_sum(terms) + _summation.row_sum(p - q)


def _checked(p, q):
    _checks.same_shape(p=p, q=q)
    return _checks.probabilities("p", p), _checks.probabilities("q", q)


@any_array
@np.errstate(all="ignore")
def entropy(p: ArrayLike) -> Values:
    """Shannon entropy of each row, H(p) = -Σ_k p_k log p_k.

    Parameters
    ----------
    p : (..., K), distributions

    Returns
    -------
    (...), nats

    Raises
    ------
    InvalidInput
        for an entry that is NaN or negative, or a row that does not sum to 1.

    Examples
    --------
    >>> round(float(nats_to_bits(entropy([0.5, 0.25, 0.25]))), 12)
    1.5
    """
    return _tiles.run(_tiles.entropy, _entropy, p=p)


@any_array
@np.errstate(all="ignore")
def cross_entropy(p: ArrayLike, q: ArrayLike) -> Values:
    """Cross-entropy of q under p, row by row, H(p, q) = -Σ_k p_k log q_k.

    It is +inf where some p_k > 0 meets q_k = 0.

    Parameters
    ----------
    p, q : (..., K), distributions of one shape

    Returns
    -------
    (...), nats

    Raises
    ------
    InvalidInput
        for an entry that is NaN or negative, a row that does not sum to 1, shapes or columns
        that differ.

    Examples
    --------
    >>> round(float(cross_entropy([0, 1, 0], [0.2, 0.7, 0.1])), 6)
    0.356675
    """
    return _tiles.run(_tiles.cross_entropy, _cross_entropy, p=p, q=q)


@any_array
@np.errstate(all="ignore")
def kl_divergence(p: ArrayLike, q: ArrayLike) -> Values:
    """Kullback-Leibler divergence of q from p, row by row, KL(p‖q) = Σ_k p_k log(p_k / q_k).

    The rows are used as they are stored: where they sum to 1 only to rounding, a value can be a
    hair below 0.

    Parameters
    ----------
    p, q : (..., K), distributions of one shape

    Returns
    -------
    (...), nats; +inf where some p_k > 0 meets q_k = 0

    Raises
    ------
    InvalidInput
        for an entry that is NaN or negative, a row that does not sum to 1, shapes or columns
        that differ.

    Examples
    --------
    >>> float(kl_divergence([0.5, 0.5], [0.5, 0.5]))
    0.0
    """
    return _tiles.run(_tiles.kl_divergence, _kl_divergence, p=p, q=q)


@np.errstate(all="ignore")
def nats_to_bits(x: ArrayLike) -> Values:
    """Nats as bits, x / log 2.

    Parameters
    ----------
    x : any shape, nats

    Returns
    -------
    same shape, bits

    Raises
    ------
    InvalidInput
        for NaN.

    Examples
    --------
    >>> float(nats_to_bits(np.log(8.0)))
    3.0
    """
    return (_checks.real("x", x) / np.log(2.0) + 0.0)[()]


@np.errstate(all="ignore")
def perplexity(cross_entropy: ArrayLike) -> Values:
    """Perplexity, exp of a cross-entropy in nats: the size of the fair die that would be as hard
    to guess.

    Parameters
    ----------
    cross_entropy : any shape, nats

    Returns
    -------
    same shape, a number of outcomes

    Raises
    ------
    InvalidInput
        for NaN, or a number below 0 by more than rounding: a log-likelihood, say.

    Examples
    --------
    >>> round(float(perplexity(np.log(6.0))), 12)
    6.0
    """
    return np.exp(_checks.cross_entropies("cross_entropy", cross_entropy))[()]
