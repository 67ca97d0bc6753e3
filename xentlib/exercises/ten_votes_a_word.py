"""Rows, weights and votes of a lexicon, and of the reader's own."""

from fractions import Fraction as F

import numpy as np

import xentlib
from xentlib.data import vader
from xentlib.exercises._kinds import Number


def _excess():
    """The mean loss of a sure prediction, less the mean entropy of the votes."""
    shares = xentlib.votes_to_probs(vader.load().counts)
    sure = np.full(shares.shape, 0.05)
    sure[np.arange(len(sure)), shares.argmax(axis=1)] = 0.9
    return xentlib.cross_entropy(shares, sure).mean() - xentlib.entropy(shares).mean()


def _floor(votes, raised):
    """The mean entropy of the shares, with the first term of what it lacks or without."""
    counts = np.asarray(votes, float)
    shares = xentlib.votes_to_probs(counts)
    lacks = ((counts > 0).sum(axis=1) - 1) / (2 * counts.sum(axis=1))
    return (xentlib.entropy(shares) + raised * lacks).mean()


weights_of_rows = Number(
    value=lambda: np.bincount([0, 0, 1, 1, 1, 1, 1, 2, 2, 2]),
    slips={
        "the three rows then count as one vote": lambda: [0.2, 0.5, 0.3],
        "each class counts the same then": lambda: [1, 1, 1],
    },
)
pooled_share = Number(
    value=lambda: F(8 + 3, 10 + 30),
    slips={"that is the mean of the two shares": lambda: F(F(8, 10) + F(3, 30), 2)},
)


def _loss():
    return _excess() + xentlib.entropy(xentlib.votes_to_probs(vader.load().counts)).mean()


majority = Number(
    value=_excess,
    slips={"that is the loss itself, floor and all": _loss},
)
own_floor = Number(
    value=lambda votes: _floor(votes, raised=True),
    slips={
        "that is the entropy of the shares, which is too low a floor": lambda votes: _floor(
            votes, raised=False
        )
    },
    example=([[3, 2, 0], [5, 0, 0], [1, 3, 1]],),
)
