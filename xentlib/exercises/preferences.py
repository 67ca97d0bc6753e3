"""Preferences: what they are, when they tell scores, what a fit makes of them."""

from fractions import Fraction

import numpy as np

from xentlib.exercises._kinds import Example, Formula, Number
from xentlib.preferences import connectivity, preference_loss


def _each_wins_and_a_fit(winners, losers):
    """Whether each of the items has won and has lost, and whether there is a fit."""
    both = set(winners) == set(losers)
    return float(both), float(connectivity(winners, losers).strong)


def _best_margin(share, flips):
    """Where the mean of the smoothed losses of flipped labels is least: its slope changes sign."""
    label, low, high = np.array([1 - flips, flips]), -20.0, 20.0
    seen = share * label + (1 - share) * label[::-1]
    for _ in range(60):
        margin = (low + high) / 2
        loss = seen @ preference_loss(np.full(2, margin) + [[-1e-5], [1e-5]], [label] * 2).T
        low, high = (margin, high) if loss[1] < loss[0] else (low, margin)
    return margin


def _shrunk_once(share, flips):
    """The margin of labels that are flipped, or smoothed, and not both."""
    seen = (1 - flips) * share + flips * (1 - share)
    return np.log(seen / (1 - seen))


def _wins(size, edge, doubt):
    """Of the winner of every pair, and of the next one, in the tables of the chapter."""
    between = [0.5 - edge, *[0.5] * (size - 3), 1 - doubt]
    return (size - 1) * (0.5 + edge), sum(between)


def _edge_for_the_first_place(size, doubt):
    """The edge at which both have as many wins: their difference is linear in it."""
    at_0, at_1 = (np.subtract(*_wins(size, edge, doubt)) for edge in (0.0, 1.0))
    return -at_0 / (at_1 - at_0)


votes = Number(
    value=lambda: Fraction(35, 100).denominator,
    slips={
        "that will do, but fewer will too": lambda: 100,
        "0.35 of one vote is no vote": lambda: 1,
        "0.35 of 10 is not whole": lambda: 10,
    },
)
each_wins = Example(
    sides=_each_wins_and_a_fit,
    hides=(
        (["a", "b", "c"], ["b", "c", "a"]),
        (["a", "a"], ["b", "c"]),
    ),
)
best_margin = Formula(
    value=_best_margin,
    points=((0.9, 0.2), (0.7, 0.1), (0.5, 0.3), (0.2, 0.25)),
    slips={
        "that is the clean share's": lambda p, e: np.log(p / (1 - p)),
        "the labels are flipped too, before they are smoothed": _shrunk_once,
        "that is the share; the margin is its logit": lambda p, e: (
            0.5 + (1 - 2 * e) ** 2 * (p - 0.5)
        ),
    },
)
edge = Formula(
    value=_edge_for_the_first_place,
    points=((3, 0.0), (4, 0.1), (10, 0.25)),
    slips={"a majority in every pair is not enough": lambda n, eta: 0.0},
)
