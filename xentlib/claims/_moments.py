"""Label sets with the same moments, and what agrees between them."""

from collections.abc import Sequence
from fractions import Fraction as F
from typing import Any

from xentlib.claims._finite import prod

Numbers = Sequence[Any]  # whole numbers or fractions
Table = Sequence[Numbers]


def predictions_of(design: Table, powers: Table) -> list[list[Any]]:
    """softmax(W x) for each x of the design, where the rows of `powers` are e^W."""
    rows = [
        [prod(F(base) ** value for base, value in zip(row, x, strict=True)) for row in powers]
        for x in design
    ]
    return [[entry / sum(row) for entry in row] for row in rows]


LINE = (-1, 0, 1)  # a feature beside a 1
FIRST = ((F(1, 2), F(1, 2)), (F(1, 2), F(1, 2)), (F(1, 2), F(1, 2)))
SHIFTS = (F(1, 4), F(-1, 4), F(1, 8))
WEIGHTS = ((1, 1, 1), (1, 2, 1), (2, 1, 3))
TWO_CLASS_POWERS = (((1, 1), (1, 1)), ((1, 2), (3, 1)), ((2, 5), (1, 1)))
SAME_MOMENTS = (1, -2, 1)  # orthogonal to 1 and to the feature
SAME_MEAN = (1, 0, -1)  # orthogonal to 1 alone


def moved(by: F, weights: Numbers, steps: Numbers = SAME_MOMENTS) -> tuple[Numbers, ...]:
    """Labels whose Σ w_i p_i x_i' differs from that of FIRST by Σ steps_i x_i' alone."""
    return tuple(
        (a + by * step / w, b - by * step / w)
        for (a, b), step, w in zip(FIRST, steps, weights, strict=True)
    )


def _rows(powers: Table) -> list[list[Any]]:
    return predictions_of([(1, x) for x in LINE], powers)


def loss(labels: Table, powers: Table, weights: Numbers) -> Any:
    """exp(-8 Σ w_i H(p_i, q_i)), an exact power."""
    return prod(
        b ** int(8 * w * a)
        for label, row, w in zip(labels, _rows(powers), weights, strict=True)
        for a, b in zip(label, row, strict=True)
    )


def divergence(labels: Table, powers: Table, weights: Numbers) -> Any:
    """exp(-8 Σ w_i KL(p_i, q_i)), an exact power."""
    own = prod(
        a ** int(8 * w * a) for label, w in zip(labels, weights, strict=True) for a in label if a
    )
    return loss(labels, powers, weights) / own


def scatter(labels: Table, powers: Table, weights: Numbers) -> Any:
    """The first entry of Σ w_i² (q_i - p_i)(q_i - p_i)' ⊗ x_i x_i', where x_i begins with a 1."""
    return sum(
        w**2 * (row[0] - label[0]) ** 2
        for label, row, w in zip(labels, _rows(powers), weights, strict=True)
    )
