"""Wrong losses: each is right but for one part, and the checks that name it must refute it.

They compute in the dtype of their arguments, as losses do. `right` is the one without a fault.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xentlib.conformance._setting import Setting
from xentlib.conformance._subject import Subject

Rows = NDArray[Any]
Part = Callable[..., Any]
SMOOTHING = 0.25  # a power of two: exact in every dtype


def _log_softmax(z: Rows) -> Rows:
    distance = z - z.max(axis=-1, keepdims=True)
    return distance - np.log(np.exp(distance).sum(axis=-1, keepdims=True))


def _times(p: Rows, x: Rows) -> Rows:
    return np.where(p == 0, p, p * x)


def right_rows(z: Rows, p: Rows) -> Rows:
    """Cross-entropy of each row, with no difference of numbers near each other."""
    top = z.argmax(axis=-1)[..., None]
    distance = np.take_along_axis(z, top, axis=-1) - z
    others = np.exp(-distance)
    np.put_along_axis(others, top, 0, axis=-1)
    return _times(p, distance).sum(axis=-1) + np.log1p(others.sum(axis=-1))


def right_reduction(losses: Rows, weights: Rows, reduction: str) -> Any:
    """w ℓ, its sum, or that over N or over Σ w."""
    found = losses * weights if reduction == "none" else np.sum(losses * weights)
    return found / divisor(weights, reduction)


def divisor(weights: Rows, reduction: str) -> Any:
    """What a reduction divides by."""
    return {"mean": weights.dtype.type(len(weights)), "weighted_mean": weights.sum()}.get(
        reduction, weights.dtype.type(1)
    )


def softmax(z: Rows) -> Rows:
    """Of each row."""
    return np.exp(_log_softmax(z))


def right_slope(z: Rows, p: Rows) -> Rows:
    """q - p."""
    return softmax(z) - p


def right_slope_in_probs(q: Rows, p: Rows) -> Rows:
    """-p / q."""
    return -p / q


def right_product(z: Rows, p: Rows, v: Rows) -> Rows:
    """(diag q - q q') v."""
    q = softmax(z)
    return q * (v - (q * v).sum(axis=-1, keepdims=True))


def right_product_in_probs(q: Rows, p: Rows, v: Rows) -> Rows:
    """diag(p / q²) v."""
    return p / q**2 * v


def right_spread(rows: Rows, weights: Rows, reduction: str) -> Rows:
    """Each row of a derivative times what the reduction gives the row."""
    return rows * (weights / divisor(weights, reduction))[:, None]


@dataclass(frozen=True)
class Mistake:
    """A loss that is wrong in the parts that are given; `needs` says where people can make it."""

    name: str
    rows: Part = right_rows
    reduction: Part = right_reduction
    slope: Part = right_slope
    slope_in_probs: Part = right_slope_in_probs
    product: Part = right_product
    product_in_probs: Part = right_product_in_probs
    spread: Part = right_spread
    needs: frozenset[str] = frozenset()

    def subject(self, setting: Setting) -> Subject:
        """It, as a loss under test."""

        def prepared(first: Rows, second: Rows, *more: Rows) -> tuple[Rows, Rows, Rows]:
            p = second if setting.soft else np.eye(first.shape[-1], dtype=first.dtype)[second]
            one = np.ones(len(first), dtype=first.dtype)
            return first, p, more[0] if setting.weighted else one

        def loss(*arguments: Rows) -> Any:
            first, p, weights = prepared(*arguments)
            z = first if setting.logits else np.log(first)
            return self.reduction(self.rows(z, p), weights, setting.reduction)

        def grad(*arguments: Rows) -> Rows:
            first, p, weights = prepared(*arguments)
            slope = self.slope if setting.logits else self.slope_in_probs
            return self.spread(slope(first, p), weights, setting.reduction)

        def hvp(*arguments: Rows) -> Rows:
            *others, vectors = arguments
            first, p, weights = prepared(*others)
            product = self.product if setting.logits else self.product_in_probs
            return self.spread(product(first, p, vectors), weights, setting.reduction)

        return Subject(
            setting,
            loss,
            grad if setting.has_grad else None,
            hvp if setting.has_hvp else None,
        )


right: Mistake = Mistake("none")


# --- values


def naive_softmax_cross_entropy(logits: Rows, target_probs: Rows) -> Rows:
    """The loss as it is written first: -Σ p log(exp z / Σ exp z), row by row.

    Parameters
    ----------
    logits : (..., K)
    target_probs : same shape

    Returns
    -------
    (...), nats; NaN where a class is excluded or a logit is large

    Raises
    ------
    Nothing; that is the trouble with it.

    Examples
    --------
    >>> round(float(naive_softmax_cross_entropy(np.zeros(2), np.array([0.5, 0.5]))), 6)
    0.693147
    """
    q = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return -(target_probs * np.log(q)).sum(axis=-1)


def zero_times_infinity(z: Rows, p: Rows) -> Rows:
    """NaN where a label excludes a class that the prediction excludes too."""
    return -(p * _log_softmax(z)).sum(axis=-1)


def clipped(z: Rows, p: Rows) -> Rows:
    """q kept within ε and 1 - ε."""
    low = max(1e-7, 64 * float(np.finfo(z.dtype).eps))
    return -(p * np.log(np.clip(softmax(z), low, 1 - low))).sum(axis=-1)


def rounded_near_zero(z: Rows, p: Rows) -> Rows:
    """log(1 + rest) for log1p(rest): a loss below eps becomes 0."""
    return -_times(p, _log_softmax(z)).sum(axis=-1)


def in_bits(z: Rows, p: Rows) -> Rows:
    """Logarithms to base 2."""
    return right_rows(z, p) / z.dtype.type(np.log(2))


def mean_over_classes(z: Rows, p: Rows) -> Rows:
    """Off by the factor K, as a mean over all entries is."""
    return right_rows(z, p) / z.dtype.type(z.shape[-1])


def divergence(z: Rows, p: Rows) -> Rows:
    """KL(p ‖ q): the entropy of the label is missing."""
    logs = np.log(p, where=p > 0, out=np.zeros_like(p))
    return right_rows(z, p) + (p * logs).sum(axis=-1)


def of_the_likeliest(z: Rows, p: Rows) -> Rows:
    """The label's largest class for the label."""
    return right_rows(z, np.eye(p.shape[-1], dtype=p.dtype)[p.argmax(axis=-1)])


def where_the_label_is_one(z: Rows, p: Rows) -> Rows:
    """The indicator of p_k = 1 for p_k: 0 for every label that is no vertex."""
    return right_rows(z, p) * (p == 1).any(axis=-1)


def separate_sigmoids(z: Rows, p: Rows) -> Rows:
    """Binary cross-entropy of each logit, summed over classes."""
    return (np.logaddexp(z, np.zeros_like(z)) - _times(p, z)).sum(axis=-1)


def swapped(z: Rows, p: Rows) -> Rows:
    """H(q, p), the arguments in the wrong order."""
    return -_times(softmax(z), np.log(p)).sum(axis=-1)


def smoothed(z: Rows, p: Rows) -> Rows:
    """A label mixed with the uniform one."""
    return right_rows(z, (1 - SMOOTHING) * p + p.dtype.type(SMOOTHING) / p.shape[-1])


def without_normalizer(z: Rows, p: Rows) -> Rows:
    """Scores for log-probabilities."""
    return -_times(p, z).sum(axis=-1)


def quadratic(z: Rows, p: Rows) -> Rows:
    """The squared error of the probabilities, for their log-loss."""
    return ((softmax(z) - p) ** 2).sum(axis=-1)


def focal(z: Rows, p: Rows) -> Rows:
    """Each term times (1 - q)²."""
    log_q = _log_softmax(z)
    return -_times(p, (1 - np.exp(log_q)) ** 2 * log_q).sum(axis=-1)


def softened(z: Rows, p: Rows) -> Rows:
    """Logits over a temperature of 2."""
    return right_rows(z / 2, p)


def counted_from_one(z: Rows, p: Rows) -> Rows:
    """Each label one class too low."""
    return right_rows(z, np.roll(p, -1, axis=-1))


def first_class_is_reference(z: Rows, p: Rows) -> Rows:
    """The logit of the first class taken for 0."""
    return right_rows(np.concatenate([np.zeros_like(z[:, :1]), z[:, 1:]], axis=-1), p)


def by_place(z: Rows, p: Rows) -> Rows:
    """Class k with the weight k."""
    return -_times(p * np.arange(1, p.shape[-1] + 1, dtype=p.dtype), _log_softmax(z)).sum(axis=-1)


def last_class_left_out(z: Rows, p: Rows) -> Rows:
    """A sum that ends one class too early."""
    return -_times(p, _log_softmax(z))[:, :-1].sum(axis=-1)


def one_more(z: Rows, p: Rows) -> Rows:
    """A constant that no one counts."""
    return right_rows(z, p) + 1


def largest_finite(z: Rows, p: Rows) -> Rows:
    """The largest float for infinity."""
    return np.nan_to_num(right_rows(z, p))


# --- rows


def softmax_over_rows(z: Rows, p: Rows) -> Rows:
    """The batch's axis for the classes'."""
    return right_rows(z.T, p.T).mean() + np.zeros_like(z[:, 0]) if len(z) > 1 else right_rows(z, p)


def repeated_mean(z: Rows, p: Rows) -> Rows:
    """Every row gets the mean of the batch."""
    losses = right_rows(z, p)
    return np.full_like(losses, losses.mean())


def largest_row(z: Rows, p: Rows) -> Rows:
    """Every row gets the largest loss of the batch."""
    losses = right_rows(z, p)
    return np.full_like(losses, losses.max())


def shared_maximum(z: Rows, p: Rows) -> Rows:
    """All rows normalised by the sum of all rows."""
    total = np.log(np.exp(z).sum())
    return total - _times(p, z).sum(axis=-1)


def other_divisor(losses: Rows, weights: Rows, reduction: str) -> Any:
    """Sum and mean confused; rows divided by their number."""
    found = right_reduction(losses, weights, reduction)
    return found * len(losses) if "mean" in reduction else found / len(losses)


def first_row_alone(losses: Rows, weights: Rows, reduction: str) -> Any:
    """The other rows are forgotten."""
    return right_reduction(np.full_like(losses, losses[0]), weights, reduction)


def squared_weights(losses: Rows, weights: Rows, reduction: str) -> Any:
    """The weights enter twice."""
    return right_reduction(losses * weights, weights, reduction)


def no_weights(losses: Rows, weights: Rows, reduction: str) -> Any:
    """The weights are ignored."""
    return right_reduction(losses, np.ones_like(weights), reduction)


# --- derivatives


def descent(z: Rows, p: Rows) -> Rows:
    """p - q: the sign is wrong."""
    return p - softmax(z)


def slope_without_label(z: Rows, p: Rows) -> Rows:
    """q alone."""
    return softmax(z)


def slope_over_classes(z: Rows, p: Rows) -> Rows:
    """(q - p) / K."""
    return (softmax(z) - p) / z.dtype.type(z.shape[-1])


def slope_of_sigmoids(z: Rows, p: Rows) -> Rows:
    """σ(z) - p."""
    return 1 / (1 + np.exp(-z)) - p


def slope_of_a_clip(z: Rows, p: Rows) -> Rows:
    """0 where the prediction was clipped."""
    q = softmax(z)
    inside = (p * q).sum(axis=-1, keepdims=True) > 1e-7
    return np.where(inside, q - p, 0)


def naive_slope(z: Rows, p: Rows) -> Rows:
    """exp z / Σ exp z - p, which overflows."""
    return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True) - p


def ascent_in_probs(q: Rows, p: Rows) -> Rows:
    """p / q."""
    return p / q


def difference_in_probs(q: Rows, p: Rows) -> Rows:
    """q - p, the gradient in the logits."""
    return q - p


def diagonal(z: Rows, p: Rows, v: Rows) -> Rows:
    """diag q alone."""
    return softmax(z) * v


def diagonal_of_each(z: Rows, p: Rows, v: Rows) -> Rows:
    """diag q (1 - q), what a boosting library keeps of the Hessian."""
    q = softmax(z)
    return q * (1 - q) * v


def outer_product(z: Rows, p: Rows, v: Rows) -> Rows:
    """(q - p)(q - p)', the square of one score for its mean."""
    score = softmax(z) - p
    return score * (score * v).sum(axis=-1, keepdims=True)


def outer_product_in_part(z: Rows, p: Rows, v: Rows) -> Rows:
    """The Hessian and half of the score's square."""
    return right_product(z, p, v) + outer_product(z, p, v) / 2


def at_the_label(z: Rows, p: Rows, v: Rows) -> Rows:
    """diag p - p p'."""
    return p * (v - (p * v).sum(axis=-1, keepdims=True))


def bend_without_square(q: Rows, p: Rows, v: Rows) -> Rows:
    """diag(p / q) v."""
    return p / q * v


def bend_without_label(q: Rows, p: Rows, v: Rows) -> Rows:
    """diag(1 / q) v, its mean over labels."""
    return v / q


def not_reduced(rows: Rows, weights: Rows, reduction: str) -> Rows:
    """The derivative of the sum for that of the mean; divided where it must not be."""
    return rows if "mean" in reduction else rows / len(rows)
