"""What weights, posteriors, criteria and folds are worth."""

from fractions import Fraction as F
from itertools import product

import numpy as np

from xentlib.exercises._kinds import Example, Number

ROUNDING = 1e-12
WEIGHTS = np.array([5.0, 1.0, 1.0, 1.0])


def _standard_error(of_row):
    """Of the weighted mean of four rows, from the variance of each."""
    return np.sqrt((WEIGHTS**2 * of_row).sum()) / WEIGHTS.sum()


def _left_out():
    """The squared error of one of two votes, predicted by the other, over two kinds of items."""
    worlds = [(F(1, 2), F(1, 10)), (F(1, 2), F(9, 10))]
    masses = (
        (mass * (share if a else 1 - share) * (share if b else 1 - share), (a - b) ** 2)
        for mass, share in worlds
        for a, b in product((0, 1), repeat=2)
    )
    return float(sum(mass * error for mass, error in masses))


def _of_votes():
    """The two errors if weights count votes, and if they do not."""
    return [_standard_error(0.25 / WEIGHTS), _standard_error(0.25 * np.ones(4))]


def _kish(weights):
    return sum(weights) ** 2 / sum(weight**2 for weight in weights)


def _scatters(variances):
    """What cross-entropy and the squared distance scatter by, for a slope at two inputs, from the
    variance of the label at each.
    """
    x, q = np.array([1.0, 2.0]), np.array([2 / 3, 4 / 5])
    slopes, variances = q * (1 - q), np.asarray(variances, float)
    if variances.shape != (2,) or not (variances > 0).all():
        raise ValueError("give two variances above 0")
    if (variances > slopes + ROUNDING).any():
        raise ValueError(f"no label with such a mean varies by more than {slopes[1]:.2f} at x = 2")
    of_entropy, of_squares = (
        (x**2 * g**2 * variances).sum() / (x**2 * g * slopes).sum() ** 2
        for g in (np.ones(2), slopes)
    )
    return of_entropy, of_squares


two_errors = Number(
    value=_of_votes,
    slips={
        "the two kinds are the other way round": lambda: _of_votes()[::-1],
        "these are variances; take the root": lambda: [error**2 for error in _of_votes()],
    },
)
cross_entropy_wins = Example(
    sides=_scatters, at_most=True, hides=(([2 / 9, 4 / 25],), ([0.2, 0.1],))
)
fair_weight = Number(
    value=lambda: 8 / (1 + 7 * 0.2),
    slips={
        "that is for independent votes": lambda: 8,
        "that treats a label as one vote": lambda: 1,
        "the weight is 1/φ, not φ": lambda: (1 + 7 * 0.2) / 8,
    },
)
vote_by_vote = Number(
    value=_left_out,
    slips={
        "that is the error on a new item": lambda: 0.25,
        "that is the variance of a vote once its item is known": lambda: 0.09,
    },
)
own_weights = Number(
    value=_kish,
    slips={
        "that is what frequencies are worth": sum,
        "that is the number of rows": len,
    },
    example=([3.0, 1.0, 1.0, 0.5],),
)
