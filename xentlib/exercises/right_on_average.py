"""What labels are worth, and what a majority and a standard error make of them."""

from itertools import product

import numpy as np

from xentlib.exercises._kinds import Number

TWO = np.repeat([0.9, 0.5], 50)


def _error(shares, less=0):
    """The standard error of the mean share, with N - less below."""
    shares = np.asarray(shares, float)
    return np.sqrt(((shares - shares.mean()) ** 2).sum() / (len(shares) - less) / len(shares))


def _as_hard(shares):
    return np.sqrt(np.mean(shares) * (1 - np.mean(shares)) / len(shares))


def _majority_of_three():
    votes = np.array(list(product((0, 1), repeat=3)))
    won = votes[votes.sum(axis=1) > 1]
    return np.prod(np.where(won == 1, 0.6, 0.4), axis=1).sum()


def _both_errors():
    """Naive and sandwich, of the logit of a mean of .7."""
    curvature = 100 * 0.7 * 0.3
    return [1 / np.sqrt(curvature), np.sqrt(100 * 0.2**2) / curvature]


design_effect = Number(
    value=lambda: 1 / (0.2 + 0.8 / 8),  # what votes share, and what is their own
    slips={
        "that is as if they were independent": lambda: 8,
        "that is the most that any number of votes is worth": lambda: 1 / 0.2,
        "there are n - 1 other votes, not n": lambda: 8 / (1 + 8 * 0.2),
    },
)
three_annotators = Number(
    value=_majority_of_three,
    slips={
        "that is the share; the majority exaggerates it": lambda: 0.6,
        "that is when all three agree": lambda: 0.6**3,
    },
)
sandwich_by_hand = Number(
    value=_both_errors,
    slips={"that is of the share, and not of its logit": lambda: [_as_hard(TWO), _error(TWO)]},
)
own_labels = Number(
    value=_error,
    slips={
        "that is for hard labels, which scatter most": _as_hard,
        "divide by N for once, and not by N - 1": lambda shares: _error(shares, less=1),
    },
    example=([0.2, 0.4, 0.4, 0.8, 1.0],),
)
