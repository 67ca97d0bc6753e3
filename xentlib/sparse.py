"""Labels that keep few of many classes: a teacher's top k, and classes that are drawn from it.

A sparse label is two tables: `indices`, which classes are kept, and `sparse_probs`, what they have.
What these leave of 1 is the tail. A label that is to be renormalised goes through `normalize_rows`.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xentlib import _checks
from xentlib._checks import Floats, Values
from xentlib._summation import row_sum
from xentlib.logits import _log_sum_of_any, _probs, _shift_by_max
from xentlib.losses import _soft, _soft_value_and_grad

Indices = NDArray[np.int64]


def _largest(table, k):
    """Where the k largest entries of each row stand, the first of equal ones first."""
    return np.argsort(-table, axis=-1, kind="stable")[..., :k]


@np.errstate(all="ignore")
def top_k(target_probs: ArrayLike, k: int) -> tuple[Indices, Floats]:
    """The k likeliest classes of each row and their probabilities, the likeliest first; of equal
    ones the first class first.

    Parameters
    ----------
    target_probs : (..., K), distributions
    k : whole number from 1 to K

    Returns
    -------
    indices : (..., k), integers 0 ... K-1
    sparse_probs : same shape, not negative, each row with a sum of at most 1

    Raises
    ------
    InvalidInput
        for a k above K or below 1, or a row that is no distribution.

    Examples
    --------
    >>> indices, sparse_probs = top_k([0.1, 0.6, 0.3], 2)
    >>> indices.tolist(), sparse_probs.tolist()
    ([1, 2], [0.6, 0.3])
    """
    target_probs, _ = _checks.exact_probabilities("target_probs", target_probs)
    most, k = target_probs.shape[-1], _checks.how_many("k", k)
    if k > most:
        raise _checks.InvalidInput("k", f"there are {most} classes", value=k)
    indices = _largest(target_probs, k)
    return indices, np.take_along_axis(target_probs, indices, axis=-1)


@np.errstate(all="ignore")
def sampled_labels(
    target_probs: ArrayLike, num_draws: int, rng: np.random.Generator
) -> tuple[Indices, Floats]:
    """Shares of n classes that are drawn from each row: n votes of the teacher, as a sparse label.

    Its mean is the row, and n times its cross-entropy is a negative log-likelihood.

    Parameters
    ----------
    target_probs : (..., K), distributions
    num_draws : whole number n, at least 1
    rng : random generator of NumPy

    Returns
    -------
    indices : (..., min(n, K)), integers 0 ... K-1
    sparse_probs : same shape, multiples of 1/n, each row with the sum 1

    Raises
    ------
    InvalidInput
        for fewer than one draw, or a row that is no distribution.
    TypeError
        for an `rng` that is no generator.

    Examples
    --------
    >>> indices, sparse_probs = sampled_labels([0.1, 0.6, 0.3], 10, np.random.default_rng(0))
    >>> indices.tolist(), sparse_probs.tolist()
    ([1, 2, 0], [0.7, 0.2, 0.1])
    """
    target_probs, _ = _checks.exact_probabilities("target_probs", target_probs)
    n = _checks.how_many("num_draws", num_draws)
    if not isinstance(rng, np.random.Generator):
        kind = type(rng).__name__
        raise TypeError(f"rng is a {kind}; np.random.default_rng(seed) makes a generator")
    counts = rng.multinomial(n, target_probs / target_probs.sum(axis=-1, keepdims=True))
    indices = _largest(counts, n)
    return indices, np.take_along_axis(counts, indices, axis=-1) / n


def _checked(logits, indices, sparse_probs):
    z = _checks.logits("logits", logits)
    return (z, *_checks.sparse_rows(indices, sparse_probs, z, "logits"))


def _dense(z, indices, kept):
    p = np.zeros_like(z)
    np.put_along_axis(p, indices, kept, axis=-1)
    return p


@np.errstate(all="ignore")
def softmax_cross_entropy_with_sparse_labels(
    logits: ArrayLike, indices: ArrayLike, sparse_probs: ArrayLike
) -> Values:
    """Cross-entropy of softmax(logits) under sparse labels as they are, -Σ_{k kept} p_k log
    softmax(z)_k, row by row: the tail counts 0, so a row has the weight of what it keeps.

    Parameters
    ----------
    logits : (..., K), real; -inf masks a class
    indices : (..., k), integers 0 ... K-1, distinct in each row
    sparse_probs : same shape, not negative, each row with a sum of at most 1

    Returns
    -------
    (...), nats; +inf where a label gives weight to a masked class

    Raises
    ------
    InvalidInput
        for logits that are NaN or +inf, an index outside 0 ... K-1 or twice in a row, more indices
        than classes, probabilities that are negative or sum to more than 1, or shapes that differ.
    TypeError
        for indices that are not integers.

    Examples
    --------
    >>> round(float(softmax_cross_entropy_with_sparse_labels([0.0, 0.0, 0.0], [2], [0.5])), 6)
    0.549306
    """
    z, indices, kept = _checked(logits, indices, sparse_probs)
    return _soft(z, _dense(z, indices, kept))[-1][()]


@np.errstate(all="ignore")
def softmax_cross_entropy_with_sparse_labels_value_and_grad(
    logits: ArrayLike, indices: ArrayLike, sparse_probs: ArrayLike
) -> tuple[Values, Floats]:
    """`softmax_cross_entropy_with_sparse_labels` and its gradient in the logits, τ softmax(z) - p
    with τ the sum of the row and p = 0 for classes that are not kept.

    Parameters
    ----------
    logits : (..., K), real; -inf masks a class
    indices : (..., k), integers 0 ... K-1, distinct in each row
    sparse_probs : same shape, not negative, each row with a sum of at most 1

    Returns
    -------
    loss : (...), nats
    gradient : same shape as the logits, nats per unit of logit

    Raises
    ------
    InvalidInput, TypeError
        as `softmax_cross_entropy_with_sparse_labels`.

    Examples
    --------
    >>> softmax_cross_entropy_with_sparse_labels_value_and_grad([0.0, 0.0], [1], [0.5])[1]
    array([ 0.25, -0.25])
    """
    z, indices, kept = _checked(logits, indices, sparse_probs)
    return _soft_value_and_grad(z, _dense(z, indices, kept))


def _bucketed(logits, indices, sparse_probs):
    """Logits and label of the kept classes and of the tail as one class; which are kept; the logits
    of the tail, and where it has no class.
    """
    z, indices, kept = _checked(logits, indices, sparse_probs)
    tail = z.copy()
    np.put_along_axis(tail, indices, -np.inf, axis=-1)
    of_tail = _log_sum_of_any(tail)
    nothing = of_tail == -np.inf
    rest = np.maximum(1 - row_sum(kept), 0.0)
    rest = np.where(nothing & (rest <= _checks.SUM_TOLERANCE), 0.0, rest)  # rounding, of no class
    merged = np.concatenate([np.take_along_axis(z, indices, axis=-1), of_tail[..., None]], axis=-1)
    return merged, np.concatenate([kept, rest[..., None]], axis=-1), indices, tail, nothing


@np.errstate(all="ignore")
def softmax_cross_entropy_with_tail_bucket(
    logits: ArrayLike, indices: ArrayLike, sparse_probs: ArrayLike
) -> Values:
    """Cross-entropy where all classes that are not kept are one class, -Σ_{k kept} p_k log q_k - (1
    - τ) log(1 - Σ_{k kept} q_k) with q = softmax(z) and τ the sum of the row's probabilities.

    Parameters
    ----------
    logits : (..., K), real; -inf masks a class
    indices : (..., k), integers 0 ... K-1, distinct in each row
    sparse_probs : same shape, not negative, each row with a sum of at most 1

    Returns
    -------
    (...), nats; +inf where a label gives weight to a masked class, or to a tail without classes

    Raises
    ------
    InvalidInput, TypeError
        as `softmax_cross_entropy_with_sparse_labels`.

    Examples
    --------
    >>> loss = softmax_cross_entropy_with_tail_bucket([0.0, 0.0, 0.0, 0.0], [2], [0.5])
    >>> round(float(loss), 6)                                     # (log 4 + log 4/3) / 2
    0.836988
    """
    merged, label, *_ = _bucketed(logits, indices, sparse_probs)
    return _soft(merged, label)[-1][()]


@np.errstate(all="ignore")
def softmax_cross_entropy_with_tail_bucket_value_and_grad(
    logits: ArrayLike, indices: ArrayLike, sparse_probs: ArrayLike
) -> tuple[Values, Floats]:
    """`softmax_cross_entropy_with_tail_bucket` and its gradient in the logits: q_k - p_k for a kept
    class, and for the others (τ - Σ_{k kept} q_k) times the student's own shares of the tail.

    Parameters
    ----------
    logits : (..., K), real; -inf masks a class
    indices : (..., k), integers 0 ... K-1, distinct in each row
    sparse_probs : same shape, not negative, each row with a sum of at most 1

    Returns
    -------
    loss : (...), nats
    gradient : same shape as the logits, nats per unit of logit

    Raises
    ------
    InvalidInput, TypeError
        as `softmax_cross_entropy_with_sparse_labels`.

    Examples
    --------
    >>> softmax_cross_entropy_with_tail_bucket_value_and_grad([0.0] * 4, [1], [0.5])[1].round(4)
    array([ 0.0833, -0.25  ,  0.0833,  0.0833])
    """
    merged, label, indices, tail, nothing = _bucketed(logits, indices, sparse_probs)
    loss, of_merged = _soft_value_and_grad(merged, label)
    shares = _probs(_shift_by_max(np.where(nothing[..., None], 0.0, tail)))
    gradient = np.where(nothing[..., None], 0.0, of_merged[..., -1:] * shares)
    np.put_along_axis(gradient, indices, of_merged[..., :-1], axis=-1)
    return loss, gradient + 0.0
