"""Log-likelihoods of hard labels and of counts of votes, in nats."""
from math import fsum

import numpy as np

from xentlib import _checks, _series


@np.errstate(all="ignore")
def categorical_log_likelihood(labels, probs):
    """Log-likelihood of one hard label for each row, log q_y.

    Parameters
    ----------
    labels : () or (N,), integers 0 ... K-1
    probs : (K,) or (N, K), distributions

    Returns
    -------
    () or (N,), nats; -inf where the label has probability 0

    Raises
    ------
    InvalidInput
        for a label outside 0 ... K-1, a row that is no distribution, or shapes that differ.
    TypeError
        for labels that are not integers.

    Examples
    --------
    >>> round(float(categorical_log_likelihood(1, [0.2, 0.7, 0.1])), 6)
    -0.356675
    """
    probs = _checks.probabilities("probs", probs)
    labels = _checks.labels("labels", labels, probs.shape[-1], like=probs, like_argument="probs")
    return (np.log(np.take_along_axis(probs, labels[..., None], axis=-1)[..., 0]) + 0.0)[()]


@np.errstate(all="ignore")
def multinomial_log_likelihood(counts, probs):
    """Log pmf of the counts of independent votes, log(n! / ∏ c_k!) + Σ_k c_k log q_k, coefficient included.

    In saddle-point form: no difference of huge logarithms, so 10^15 votes cost no digits. The
    probabilities are used as they are stored, also where they sum to 1 only to rounding.

    Parameters
    ----------
    counts : (K,) or (N, K), whole numbers, each row with its sum at most 2^53
    probs : same shape, distributions

    Returns
    -------
    () or (N,), nats; -inf where a class of probability 0 has votes

    Raises
    ------
    InvalidInput
        for a count that is negative or not whole, a row that is no distribution, or shapes that differ.

    Examples
    --------
    >>> round(float(np.exp(multinomial_log_likelihood([1, 3, 1], [0.2, 0.7, 0.1]))), 5)
    0.1372
    """
    _checks.same_shape(counts=counts, probs=probs)
    c, q = _checks.counts("counts", counts), _checks.probabilities("probs", probs)
    n, voted = c.sum(axis=-1), c > 0
    mean, mean_low = _series.two_product(n[..., None], q)
    # Σ c log(c/nq) = Σ (c log(c/nq) - c + nq) + n (1 - Σ q); the entries' own rounding of nq enters at first order
    terms = _series.relative_entropy_terms(c, mean) + (1 - c / np.where(mean > 0, mean, 1.0)) * mean_low
    terms = np.where(voted & (q == 0), np.inf, terms)
    excess = _excess(q)
    safe = np.where(voted, c, 1.0)
    stirling = np.where(n > 0, _series.stirling_error(np.maximum(n, 1.0)), 0.0) - np.where(voted, _series.stirling_error(safe), 0.0).sum(axis=-1)
    spread = np.where(n > 0, np.log(2 * np.pi * np.maximum(n, 1.0)), 0.0) - np.where(voted, np.log(2 * np.pi * safe), 0.0).sum(axis=-1)
    return (0.0 - _series.row_sum(terms) + n * excess + stirling + spread / 2 + 0.0)[()]


def _excess(q):
    """Σ_k q_k - 1 for each row, rounded once."""
    return np.array([fsum([*row, -1.0]) for row in q.reshape(-1, q.shape[-1])]).reshape(q.shape[:-1])
