"""Log-likelihoods of hard labels, of counts of votes, and of labels that are distributions, in
nats.
"""

from math import fsum, lgamma

import numpy as np
from numpy.typing import ArrayLike

from xentlib import _checks, _summation
from xentlib._checks import Values

LARGEST = 2.0**1000  # its product with any logarithm is a float
TINY = 2.0**-300  # e^745, the largest ratio of two floats below 1, times this is still a float


@np.errstate(all="ignore")
def categorical_log_likelihood(labels: ArrayLike, probs: ArrayLike) -> Values:
    """Log-likelihood of one hard label for each row, log q_y.

    Parameters
    ----------
    labels : (...), integers 0 ... K-1
    probs : (..., K), distributions

    Returns
    -------
    (...), nats; -inf where the label has probability 0

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
    _checks.same_names(("probs", probs, 0), ("labels", labels, 0))
    probs = _checks.probabilities("probs", probs)
    labels = _checks.labels("labels", labels, probs.shape[-1], like=probs, like_argument="probs")
    return np.log(np.take_along_axis(probs, labels[..., None], axis=-1)[..., 0])[()]


@np.errstate(all="ignore")
def multinomial_log_likelihood(counts: ArrayLike, probs: ArrayLike) -> Values:
    """Log pmf of the counts of independent votes, log(n! / ∏ c_k!) + Σ_k c_k log q_k, coefficient
    included.

    In saddle-point form: no difference of huge logarithms, so 10^15 votes cost no digits. The
    probabilities are used as they are stored, also where they sum to 1 only to rounding.

    Parameters
    ----------
    counts : (..., K), whole numbers, each row with its sum at most 2^53
    probs : same shape, distributions

    Returns
    -------
    (...), nats; -inf where a class of probability 0 has votes

    Raises
    ------
    InvalidInput
        for a count that is negative or not whole, a row that is no distribution, or shapes that
        differ.

    Examples
    --------
    >>> round(float(np.exp(multinomial_log_likelihood([1, 3, 1], [0.2, 0.7, 0.1]))), 5)
    0.1372
    """
    _checks.same_shape(counts=counts, probs=probs)
    c, q = _checks.counts("counts", counts), _checks.probabilities("probs", probs)
    n = c.sum(axis=-1)
    each, whole = -_correction(c), _correction(n)
    return _total(_minus_divergence(c, n, q), n * _excess(q), each, whole)[()]


def _total(*parts):
    """The sum of numbers for each class (..., K) and for each row (...), rounded about once, in no
    order.
    """
    size = max(np.ndim(part) for part in parts)
    parts = [part if np.ndim(part) == size else part[..., None] for part in parts]
    return _summation.symmetric_sum(np.concatenate(parts, axis=-1))


def _minus_divergence(c, n, q):
    """The terms -(c log(c/nq) - c + nq), where the rounding of nq itself enters at first order;
    -inf where q = 0 < c.

    For n the sum of c, they and n (Σ q - 1) sum to Σ c log(n q / c).
    """
    mean, mean_low = _summation.two_product(n[..., None], q)
    terms = _summation.relative_entropy_terms(c, mean)
    terms = terms + np.where(mean > 0, mean_low - c * (mean_low / mean), 0.0)
    # a mean below the range of normal floats is only a logarithm
    logarithm = np.log(c) - np.log(n)[..., None] - np.log(q)
    return 0.0 - np.where((mean < 1e-290) & (q > 0) & (c > 0), c * logarithm - c + mean, terms)


def _excess(q):
    """Σ_k q_k - 1 for each row, rounded once."""
    return np.array([fsum([*row, -1.0]) for row in q.reshape(-1, q.shape[-1])]).reshape(
        q.shape[:-1]
    )


@np.errstate(all="ignore")
def dirichlet_log_likelihood(probs: ArrayLike, concentration: ArrayLike) -> Values:
    """Log density of each row under a Dirichlet law, log Γ(s)/∏ Γ(a_k) + Σ_k (a_k - 1) log p_k
    with s = Σ_k a_k.

    With respect to Lebesgue measure on the first K - 1 entries. In saddle-point form, as the
    multinomial.

    Parameters
    ----------
    probs : (..., K), distributions
    concentration : same shape, positive numbers a_k, each row with its sum at most 2^1000

    Returns
    -------
    (...), nats; on a face +inf where a_k < 1, -inf where a_k > 1

    Raises
    ------
    InvalidInput
        for a row that is no distribution, a concentration that is not positive or not finite,
        shapes that differ, or a row on a face where one a_k < 1 and another a_k > 1: no limit
        exists there.

    Examples
    --------
    >>> round(float(dirichlet_log_likelihood([0.2, 0.3, 0.5], [2.0, 3.0, 5.0])), 6)
    2.140654
    """
    _checks.same_shape(probs=probs, concentration=concentration)
    p, a = _checks.probabilities("probs", probs), _checks.positive("concentration", concentration)
    low, high = ((p == 0) & (a < 1)).any(axis=-1), ((p == 0) & (a > 1)).any(axis=-1)
    rule = "the density has no limit where one p_k = 0 has a_k < 1 and another a_k > 1"
    _checks.refuse_rows("probs", low & high, rule, "lies on a face")
    s = _summation.symmetric_sum(a)
    rule = "a row of concentrations sums to at most 2^1000"
    _checks.refuse_rows("concentration", s > LARGEST, rule, "sums to more")
    # an entry 0 with a_k = 1 does not count; the others are decided below
    inside = np.where(p == 0, a / s[..., None], p)
    each = (np.log(a) - np.log(2 * np.pi)) / 2 - _summation.stirling_error(a)
    # far below its mean, log p is large: its factor a - 1 is no difference of two such logarithms
    logarithm, mean = np.log(inside), s[..., None] * inside
    far = 2 * mean < a
    ratio = np.log(s)[..., None] - np.log(a)
    terms = np.where(far, (a - 1) * logarithm, _minus_divergence(a, s, inside))
    each = each + np.where(far, a * ratio + (a - mean), -logarithm)
    whole = _summation.stirling_error(s) - (np.log(s) - np.log(2 * np.pi)) / 2
    density = _total(terms, s * _excess(inside), each, whole)
    return np.where(high, -np.inf, np.where(low, np.inf, density))[()]


@np.errstate(all="ignore")
def dirichlet_multinomial_log_likelihood(counts: ArrayLike, concentration: ArrayLike) -> Values:
    """Log probability of votes on items whose own shares have a Dirichlet law,
    log n!/∏ c_k! + log Γ(s)/Γ(s + n) + Σ_k log Γ(a_k + c_k)/Γ(a_k) with s = Σ_k a_k and
    n = Σ_k c_k.

    In saddle-point form, as the multinomial: two divergences from the mean of what is known
    after the votes, (a + c)/(s + n), to the votes and to the law, and corrections that are small.

    Parameters
    ----------
    counts : (..., K), whole numbers of votes c_k, not negative
    concentration : same shape, positive numbers a_k, each row with its sum at most 2^1000

    Returns
    -------
    (...), nats

    Raises
    ------
    InvalidInput
        for a count that is negative or not whole, a concentration that is not positive or not
        finite, or shapes that differ.

    Examples
    --------
    >>> round(float(np.exp(dirichlet_multinomial_log_likelihood([2, 1], [1.0, 1.0]))), 6)
    0.25
    """
    _checks.same_shape(counts=counts, concentration=concentration)
    c, a = _checks.counts("counts", counts), _checks.positive("concentration", concentration)
    n, s = c.sum(axis=-1), _summation.symmetric_sum(a)
    rule = "a row of concentrations sums to at most 2^1000"
    _checks.refuse_rows("concentration", s > LARGEST, rule, "sums to more")
    after = (a + c) / (s + n)[..., None]
    far = c > a  # there the ratio might leave the range of floats
    log_factor = np.where(far, np.log(a + c) - np.log(a), np.log1p(c / np.where(far, 1.0, a)))
    each = _summation.stirling_error(a + c) - _summation.stirling_error(a) - log_factor / 2
    each = each - _correction(c)
    whole = _summation.stirling_error(s) - _summation.stirling_error(s + n) + np.log1p(n / s) / 2
    # the slope of both together in `after` is (s + n) everywhere: that `after` is rounded, and sums
    # to 1 nearly, is made up for by leaving its excess out
    votes, law = _minus_divergence(c, n, after), _minus_divergence(a, s, after)
    return np.where(n > 0, _total(votes, law, each, whole + _correction(n)), 0.0)[()]


def _correction(count):
    """log c! - (c log c - c), 0 for no votes."""
    safe = np.maximum(count, 1.0)
    return np.where(count > 0, _summation.stirling_error(safe) + np.log(2 * np.pi * safe) / 2, 0.0)


@np.errstate(all="ignore")
def continuous_categorical_log_normalizer(probs: ArrayLike) -> Values:
    """Log of the Lebesgue mass of e^(-H(p, q)) on the simplex, log ∫ ∏_k q_k^p_k d(p_1 ...
    p_(K-1)).

    The mass is the divided difference of exp at log q_1, ..., log q_K. It is summed as Σ_m
    h_m(x) / (m + K - 1)! with x = log q - min log q, where h_m is the complete homogeneous
    symmetric polynomial: no term is negative, so ties and near ties cost no digits.

    Parameters
    ----------
    probs : (..., K), distributions q

    Returns
    -------
    (...), nats; -inf where some q_k = 0

    Raises
    ------
    InvalidInput
        for a row that is no distribution.

    Examples
    --------
    >>> round(float(np.exp(continuous_categorical_log_normalizer([0.7, 0.2, 0.1]))), 6)
    0.130966
    """
    q = _checks.probabilities("probs", probs)
    size, zero = q.shape[-1], (q == 0).any(axis=-1)
    x = np.log(np.where(zero[..., None], 1.0, q))
    least = x.min(axis=-1)
    x = x - least[..., None]
    term = np.full(
        x.shape, TINY
    )  # (K - 1)!/(m + K - 1)! h_m of the first k entries, scaled against overflow
    total, m = term[..., -1], 0
    while (term[..., -1] > total * 1e-18).any() or m <= x.max(initial=0.0):
        m += 1
        term = np.cumsum(x * term, axis=-1) / (m + size - 1)
        total = total + term[..., -1]
    return np.where(
        zero & (size > 1), -np.inf, least + (np.log(total) - np.log(TINY)) - lgamma(size)
    )[()]
