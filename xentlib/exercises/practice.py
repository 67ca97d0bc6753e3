"""Weights, AIC, effective votes, and votes of the reader's own."""

from functools import cache

import numpy as np

from xentlib.data import tables, vader
from xentlib.exercises._kinds import Number
from xentlib.studies.other_libraries import soft_fits
from xentlib.studies.ten_votes_a_word import shapes_of


@cache
def _falls():
    """By how much AIC falls with the prefix, from the formula behind each reported number."""
    votes = vader.load()
    x = np.column_stack([np.ones(len(votes.tokens)), shapes_of(votes.tokens)])
    share = votes.counts[:, 2] / 10
    both = zip(soft_fits(x, share), soft_fits(x[:, :2], share), strict=True)
    return [2 * (large.value - small.value) - 2 for large, small in both]


def _errors():
    """Of the share of the first diagnosis: patients scatter, and 180 coins would."""
    votes = tables.fleiss_1971()[1][:, 0]
    share = votes.sum() / 180
    of_patients = np.sqrt(((votes - 6 * share) ** 2).sum()) / 180
    return of_patients, (share * (1 - share) / 180) ** 0.5


def _worth(votes):
    """What a row of votes is worth, by Fleiss' kappa: pairs that agree, against chance."""
    votes = np.asarray(votes, float)
    n = votes.sum(axis=1)[0]
    if (votes.sum(axis=1) != n).any():
        raise ValueError("each row has as many votes")
    agree = ((votes * (votes - 1)).sum(axis=1) / (n * (n - 1))).mean()
    chance = ((votes.sum(axis=0) / votes.sum()) ** 2).sum()
    return n / (1 + (n - 1) * (agree - chance) / (1 - chance))


def _number_of_votes(votes):
    return np.asarray(votes, float).sum(axis=1)[0]


without_weights = Number(
    value=lambda: np.full(3, 1 / 3),
    slips={
        "that is with the weights": lambda: [0.2, 0.6, 0.2],
        "normalise, so that they sum to 1": lambda: [0.2, 0.2, 0.2],
    },
)
three_times_aic = Number(
    value=_falls,
    slips={"the prefix is one parameter, which costs 2": lambda: [fall + 2 for fall in _falls()]},
)
effective_votes = Number(
    value=_errors,
    slips={"that is in the other order": lambda: _errors()[::-1]},
)
own_votes = Number(
    value=_worth,
    slips={"that is as if the votes on an item were independent": _number_of_votes},
    example=([[5, 0], [4, 1], [1, 4], [0, 5], [3, 2]],),
)
