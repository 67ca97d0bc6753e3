"""Cross-entropy losses from logits, per example, in nats, with their gradients and Hessian-vector
products.

With m the maximum of a row and *rest* as in `logits`, a hard label y costs (m - z_y) + log(1 +
rest), and a soft label p costs Σ_k p_k (m - z_k) + (Σ_k p_k) log(1 + rest). No term is
negative, so nothing cancels. The factor Σ p is 1 up to the tolerance of the row check; the code
keeps it, in the loss and in the gradient (Σ p) softmax(z) - p, so that the two agree.
"""

from functools import reduce
from math import fsum
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from xentlib import _checks, _tiles
from xentlib._arrays import any_array
from xentlib._checks import Floats, Values
from xentlib._summation import row_sum
from xentlib.logits import _probs, _shift_by_max, _without

LARGE = 1e290  # below it no maximum is so large that m - z leaves the range of floats
Normalizer = Literal["weights", "count"]


def _times(p, x):
    """p x with 0 · inf = 0: a masked class costs nothing where the label gives it no weight."""
    return np.where(p == 0, 0.0, p * x)


def _checked(logits, target_probs):
    _checks.same_shape(logits=logits, target_probs=target_probs)
    return _checks.logits("logits", logits), _checks.probabilities("target_probs", target_probs)


def _soft_loss(logits, target_probs):
    return _soft(*_checked(logits, target_probs))[-1]


def _soft_loss_and_gradient(logits, target_probs):
    return _soft_value_and_grad(*_checked(logits, target_probs))


def _soft(z, p):
    """Of checked logits and labels: their rows, Σ p, and the loss."""
    rows, total = _shift_by_max(z), row_sum(p)
    unit, distance = _distances(z, rows)
    return rows, total, unit * row_sum(_times(p, distance)) + total * np.log1p(rows.rest)


def _distances(z, rows):
    """A unit, 1 or 2, and m - z in that unit: of huge logits it is more than a float can hold."""
    if rows.top.max(initial=0.0) < LARGE:
        return 1.0, rows.distance
    return 2.0, rows.top[..., None] / 2 - z / 2


def _soft_value_and_grad(z, p):
    rows, total, loss = _soft(z, p)
    return loss[()], _gradient(rows, p, total)


def _gradient(rows, p, total):
    """(Σ p) q - p, with no difference of numbers near 1.

    Only at the maximum can q and p both be near Σ p; there it is Σ p - p less what the other
    classes have of q.
    """
    gradient = total[..., None] * _probs(rows) - p
    near = np.take_along_axis(p, rows.place, axis=-1) > total[..., None] / 2
    exact = row_sum(_without(p, rows.place)) - total * (rows.rest / (1 + rows.rest))
    at_top = np.where(near, exact[..., None], np.take_along_axis(gradient, rows.place, axis=-1))
    np.put_along_axis(gradient, rows.place, at_top, axis=-1)
    return gradient


def _hard_checked(logits, labels):
    _checks.same_names(("logits", logits, 0), ("labels", labels, 0))
    z = _checks.logits("logits", logits)
    y = _checks.labels("labels", labels, z.shape[-1], like=z, like_argument="logits")
    return z, y[..., None]


def _hard(logits, labels):
    z, y = _hard_checked(logits, labels)
    rows = _shift_by_max(z)
    return rows, y, np.take_along_axis(rows.distance, y, axis=-1)[..., 0] + np.log1p(rows.rest)


def _hard_loss(logits, labels):
    return _hard(logits, labels)[-1]


def _hard_loss_and_gradient(logits, labels):
    rows, y, loss = _hard(logits, labels)
    p = np.zeros_like(rows.distance)
    np.put_along_axis(p, y, 1.0, axis=-1)
    return loss, _gradient(rows, p, np.ones_like(rows.rest))


@any_array
@np.errstate(all="ignore")
def softmax_cross_entropy(logits: ArrayLike, target_probs: ArrayLike) -> Values:
    """Cross-entropy of softmax(logits) under soft labels, -Σ_k p_k log softmax(z)_k, row by row.

    Parameters
    ----------
    logits : (..., K), real; -inf masks a class
    target_probs : same shape, distributions

    Returns
    -------
    (...), nats; +inf where a label gives weight to a masked class

    Raises
    ------
    InvalidInput
        for logits that are NaN or +inf, a row that is no distribution, shapes or columns that
        differ.

    Examples
    --------
    >>> round(float(softmax_cross_entropy([0.0, 0.0], [0.3, 0.7])), 6)
    0.693147
    """
    return _tiles.run(_tiles.soft, _soft_loss, logits=logits, target_probs=target_probs)


@any_array
@np.errstate(all="ignore")
def softmax_cross_entropy_value_and_grad(
    logits: ArrayLike, target_probs: ArrayLike
) -> tuple[Values, Floats]:
    """`softmax_cross_entropy` and its gradient in the logits, (Σ_k p_k) softmax(z) - p.

    Parameters
    ----------
    logits : (..., K), real; -inf masks a class
    target_probs : same shape, distributions

    Returns
    -------
    loss : (...), nats
    gradient : same shape as the logits, nats per unit of logit

    Raises
    ------
    InvalidInput
        as `softmax_cross_entropy`.

    Examples
    --------
    >>> softmax_cross_entropy_value_and_grad([0.0, 0.0], [0.25, 0.75])[1]
    array([ 0.25, -0.25])
    """
    quick, formula = _tiles.soft_and_gradient, _soft_loss_and_gradient
    return _tiles.run(quick, formula, (False, True), logits=logits, target_probs=target_probs)


@any_array
@np.errstate(all="ignore")
def softmax_cross_entropy_with_integer_labels(logits: ArrayLike, labels: ArrayLike) -> Values:
    """Cross-entropy of softmax(logits) under hard labels, -log softmax(z)_y, row by row.

    Parameters
    ----------
    logits : (..., K), real; -inf masks a class
    labels : (...), integers 0 ... K-1

    Returns
    -------
    (...), nats; +inf where the label is a masked class

    Raises
    ------
    InvalidInput
        for logits that are NaN or +inf, a label outside 0 ... K-1, or shapes that differ.
    TypeError
        for labels that are not integers.

    Examples
    --------
    >>> float(softmax_cross_entropy_with_integer_labels([40.0, 0.0], 0)) == float(np.exp(-40.0))
    True
    """
    return _tiles.run(_tiles.hard, _hard_loss, logits=logits, labels=labels)


@any_array
@np.errstate(all="ignore")
def softmax_cross_entropy_with_integer_labels_value_and_grad(
    logits: ArrayLike, labels: ArrayLike
) -> tuple[Values, Floats]:
    """`softmax_cross_entropy_with_integer_labels` and its gradient in the logits, softmax(z) - e_y.

    Parameters
    ----------
    logits : (..., K), real; -inf masks a class
    labels : (...), integers 0 ... K-1

    Returns
    -------
    loss : (...), nats
    gradient : same shape as the logits, nats per unit of logit

    Raises
    ------
    InvalidInput, TypeError
        as `softmax_cross_entropy_with_integer_labels`.

    Examples
    --------
    >>> softmax_cross_entropy_with_integer_labels_value_and_grad([0.0, 0.0], 1)[1]
    array([ 0.5, -0.5])
    """
    quick, formula = _tiles.hard_and_gradient, _hard_loss_and_gradient
    return _tiles.run(quick, formula, (False, True), logits=logits, labels=labels)


@any_array
@np.errstate(all="ignore")
def softmax_cross_entropy_hvp(logits: ArrayLike, vectors: ArrayLike) -> Floats:
    """Hessian of the cross-entropy in the logits times vectors, (diag q - q qᵀ) v with q =
    softmax(z), row by row.

    The Hessian is the same for every label whose entries sum to 1.

    Parameters
    ----------
    logits : (..., K), real; -inf masks a class
    vectors : same shape, finite

    Returns
    -------
    same shape, nats per unit of logit

    Raises
    ------
    InvalidInput
        for logits that are NaN or +inf, vectors that are not finite, or shapes that differ.

    Examples
    --------
    >>> softmax_cross_entropy_hvp([0.0, 0.0], [1.0, 0.0])
    array([ 0.25, -0.25])
    """
    quick = _tiles.hessian_product
    return _tiles.run(quick, _hessian_product, (True,), logits=logits, vectors=vectors)


def _hessian_product(logits, vectors):
    _checks.same_shape(logits=logits, vectors=vectors)
    rows, v = _shift_by_max(_checks.logits("logits", logits)), _checks.finite("vectors", vectors)
    q = _probs(rows)
    # a power of two keeps differences in range; they are taken from the likeliest class, where
    # 1 - q would lose its digits
    exponent = np.frexp(np.abs(v).max(axis=-1, keepdims=True))[1] + 2
    v = np.ldexp(v, -exponent)
    v = v - np.take_along_axis(v, rows.place, axis=-1)
    product = q * (v - row_sum(q * v)[..., None])
    return np.ldexp(product, exponent) + 0.0


@any_array
@np.errstate(all="ignore")
def weighted_mean(
    losses: ArrayLike,
    weights: ArrayLike,
    normalize: Normalizer,
    *,
    where: ArrayLike | None = None,
) -> np.float64:
    """Weighted mean of per-example losses, Σ_i w_i ℓ_i over Σ_i w_i ("weights") or over N
    ("count").

    Give it *unweighted* losses. A loss of +inf with weight 0 counts 0.

    Parameters
    ----------
    losses : (N,), nats, N >= 1
    weights : (N,), finite, not negative
    normalize : "weights" or "count"; there is no default
    where : (N,), True or False, optional
        the rows that count, for both sums and for N; nothing looks at the others

    Returns
    -------
    (), nats

    Raises
    ------
    InvalidInput
        for no rows, a negative weight, weights that sum to 0 under "weights", or another word.
    TypeError
        for a `where` that is not of True and False.

    Examples
    --------
    >>> losses, weights = [1.0, 3.0], [1.0, 3.0]
    >>> tuple(float(weighted_mean(losses, weights, how)) for how in ("weights", "count"))
    (2.5, 5.0)
    >>> float(weighted_mean([1.0, np.nan], [1.0, 1.0], "count", where=[True, False]))
    1.0
    """
    with _checks.chosen(where, losses=losses, weights=weights) as (losses, weights):
        _checks.same_names(("losses", losses, 0), ("weights", weights, 0))
        losses = _checks.real("losses", losses)
        _checks.one_axis("losses", losses, "losses have shape (N,)")
        weights = _checks.weights("weights", weights, len(losses), "loss")
    return _mean("weights", (weights,), losses, normalize)


@np.errstate(all="ignore")
def class_weighted_mean(
    logits: ArrayLike,
    target_probs: ArrayLike,
    class_weights: ArrayLike,
    normalize: Normalizer,
    *,
    where: ArrayLike | None = None,
) -> np.float64:
    """Class-weighted mean cross-entropy of soft labels, Σ_i Σ_k w_k p_ik (-log q_ik), normalised.

    The divisor is Σ_i Σ_k w_k p_ik ("weights") or N ("count"); with q = softmax(logits).

    Parameters
    ----------
    logits : (N, K), real; -inf masks a class
    target_probs : (N, K), distributions
    class_weights : (K,), finite, not negative
    normalize : "weights" or "count"; there is no default
    where : (N,), True or False, optional
        the rows that count, for both sums and for N; nothing looks at the others

    Returns
    -------
    (), nats

    Raises
    ------
    InvalidInput, TypeError
        as `softmax_cross_entropy` and `weighted_mean`.

    Examples
    --------
    >>> round(float(class_weighted_mean([[0.0, 0.0]], [[0.5, 0.5]], [1.0, 3.0], "weights")), 6)
    0.693147
    """
    with _checks.chosen(where, logits=logits, target_probs=target_probs) as (logits, target_probs):
        z, p = _checked(*_checks.batch(logits=logits, target_probs=target_probs))
    weights = _class_weights(class_weights, p, logits=logits, target_probs=target_probs)
    unit, losses = _every_loss(z)
    return _mean("class_weights", (p, weights), losses, normalize, unit)


@np.errstate(all="ignore")
def class_weighted_mean_with_integer_labels(
    logits: ArrayLike,
    labels: ArrayLike,
    class_weights: ArrayLike,
    normalize: Normalizer,
    *,
    where: ArrayLike | None = None,
) -> np.float64:
    """Class-weighted mean cross-entropy of hard labels, Σ_i w_{y_i} (-log q_{i y_i}), normalised.

    The divisor is Σ_i w_{y_i} ("weights") or N ("count"); the one-hot form of the labels gives
    the same, bit for bit.

    Parameters
    ----------
    logits : (N, K), real; -inf masks a class
    labels : (N,), integers 0 ... K-1
    class_weights : (K,), finite, not negative
    normalize : "weights" or "count"; there is no default
    where : (N,), True or False, optional
        the rows that count, for both sums and for N; nothing looks at the others

    Returns
    -------
    (), nats

    Raises
    ------
    InvalidInput, TypeError
        as `softmax_cross_entropy_with_integer_labels` and `weighted_mean`.

    Examples
    --------
    >>> loss = class_weighted_mean_with_integer_labels([[0.0, 0.0]], [1], [1.0, 3.0], "count")
    >>> round(float(loss), 6)
    2.079442
    """
    with _checks.chosen(where, logits=logits, labels=labels) as (logits, labels):
        rows, y, losses = _hard(*_checks.batch(logits=logits, labels=labels))
    weights = _class_weights(class_weights, rows.distance, logits=logits)
    return _mean("class_weights", (weights[y[..., 0]],), losses, normalize)


@np.errstate(all="ignore")
def class_weighted_losses(
    logits: ArrayLike, target_probs: ArrayLike, class_weights: ArrayLike
) -> Values:
    """Class-weighted cross-entropy of soft labels, Σ_k w_k p_k (-log q_k) with q = softmax(logits),
    row by row.

    Their mean is `class_weighted_mean` under "count". A class of weight 0 costs 0, also where its
    loss is infinite.

    Parameters
    ----------
    logits : (..., K), real; -inf masks a class
    target_probs : same shape, distributions
    class_weights : (K,), finite, not negative

    Returns
    -------
    (...), nats; +inf where a label gives weight to a masked class of positive weight

    Raises
    ------
    InvalidInput
        as `softmax_cross_entropy`, and for a weight that is negative, infinite or NaN, or
        another number of weights.

    Examples
    --------
    >>> class_weighted_losses([[0.0, 0.0]], [[0.5, 0.5]], [1.0, 3.0]).round(6)
    array([1.386294])
    """
    z, p = _checked(logits, target_probs)
    weights = _class_weights(class_weights, p, logits=logits, target_probs=target_probs)
    unit, losses = _every_loss(z)
    return _weighed_rows(p, weights, losses, unit)


@np.errstate(all="ignore")
def class_weighted_losses_with_integer_labels(
    logits: ArrayLike, labels: ArrayLike, class_weights: ArrayLike
) -> Values:
    """Class-weighted cross-entropy of hard labels, w_y (-log q_y) with q = softmax(logits), row by
    row.

    The one-hot form of the labels gives the same, bit for bit.

    Parameters
    ----------
    logits : (..., K), real; -inf masks a class
    labels : (...), integers 0 ... K-1
    class_weights : (K,), finite, not negative

    Returns
    -------
    (...), nats; +inf where the label is a masked class of positive weight

    Raises
    ------
    InvalidInput, TypeError
        as `softmax_cross_entropy_with_integer_labels` and `class_weighted_losses`.

    Examples
    --------
    >>> class_weighted_losses_with_integer_labels([[0.0, 0.0]], [1], [1.0, 3.0]).round(6)
    array([2.079442])
    """
    z, y = _hard_checked(logits, labels)
    weights = _class_weights(class_weights, z, logits=logits)
    unit, losses = _every_loss(z)
    return _weighed_rows(np.ones(1), weights[y], np.take_along_axis(losses, y, axis=-1), unit)


def _weighed_rows(p, weights, losses, unit):
    """Σ_k p_k w_k ℓ_k row by row, where no product leaves the range of floats."""
    weight = _times_apart(np.frexp(p), np.frexp(weights))
    mantissa, exponent = _times_apart(weight, np.frexp(losses))
    largest = _largest(mantissa, exponent, axis=-1)
    total = row_sum(np.ldexp(mantissa, exponent - largest[..., None]))
    return (unit * np.ldexp(total, largest))[()]


def _class_weights(class_weights, rows, **tables):
    """Checked weights of the classes, named alike in the tables and there."""
    named = [(argument, table, -1) for argument, table in tables.items()]
    _checks.same_names(*named, ("class_weights", class_weights, 0))
    return _checks.weights("class_weights", class_weights, rows.shape[-1], "class")


def _every_loss(z):
    """A unit, 1 or 2, and -log softmax(z) in that unit, class by class."""
    rows = _shift_by_max(z)
    unit, distance = _distances(z, rows)
    return unit, distance + (np.log1p(rows.rest) / unit)[..., None]


def _mean(argument, weights, losses, normalize, unit=1.0):
    """The sum of the losses times their weights, each a product, over the divisor that `normalize`
    names.
    """
    _checks.one_of("normalize", normalize, ("weights", "count"))
    _checks.require_rows("losses" if argument == "weights" else "logits", losses)
    weight = reduce(_times_apart, map(np.frexp, weights))
    try:
        total, exponent = _sum_apart(*_times_apart(weight, np.frexp(losses)))
    except ValueError:
        rule = "losses of +inf and of -inf have no mean"
        raise _checks.InvalidInput("losses", rule, says="has both") from None
    divisor, other = _sum_apart(*weight) if normalize == "weights" else (len(losses), 0)
    if divisor == 0:
        raise _checks.InvalidInput(
            argument,
            "the weights of a weighted mean do not all vanish",
            value=0.0,
            says="sums to 0 over the rows",
        )
    mean = unit * np.ldexp(total / divisor, exponent - other)
    if np.isinf(mean) and np.isfinite(total):
        raise _checks.InvalidInput(
            argument, "the mean is a finite float", says="makes a mean that is larger"
        )
    return mean


def _times_apart(a, b):
    """The product of two pairs m, e that stand for m · 2^e: mantissas and exponents are multiplied
    apart, so that no product leaves the range of floats.
    """
    return _times(a[0], b[0]), a[1] + b[1]


def _sum_apart(mantissa, exponent):
    """Σ m · 2^e, rounded once, as a pair itself."""
    largest = _largest(mantissa, exponent)
    terms = np.ldexp(mantissa, exponent - largest)
    return fsum((row_sum(terms) if terms.ndim > 1 else terms).tolist()), int(largest)


def _largest(mantissa, exponent, axis=None):
    """The largest exponent of a number that is not 0."""
    nothing = np.iinfo(np.int32).min // 2
    return exponent.max(axis=axis, where=mantissa != 0, initial=nothing)
