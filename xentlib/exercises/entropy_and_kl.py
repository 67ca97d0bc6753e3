"""Means of labels, floors, and what a divergence bounds."""

import numpy as np

import xentlib
from xentlib.exercises._kinds import Example, Number

LABELS = np.array([[1, 0, 0], [0, 1, 0], [0.2, 0.2, 0.6]])


def _straight_and_detour(a, b, c):
    return (
        xentlib.kl_divergence(a, c),
        xentlib.kl_divergence(a, b) + xentlib.kl_divergence(b, c),
    )


def _best_on_a_grid(steps=10):
    """The prediction on a lattice with the least total cross-entropy."""
    grid = np.array([(i, j, steps - i - j) for i in range(1, steps) for j in range(1, steps - i)])
    losses = -(LABELS.sum(axis=0) * np.log(grid / steps)).sum(axis=1)
    return grid[losses.argmin()] / steps


three_labels = Number(
    value=_best_on_a_grid,
    slips={
        "that is the mean of the two hard labels": lambda: [0.5, 0.5, 0],
        "that is the total of the labels, not yet a distribution": lambda: LABELS.sum(axis=0),
    },
)
two_votes = Number(
    value=lambda: np.log(2),
    slips={"that is the mean entropy of the shares": lambda: np.log(2) / 2},
)
detour = Example(
    sides=_straight_and_detour,
    at_most=True,
    hides=(([0.5, 0.5], [0.5, 0.5], [0.2, 0.8]), ([0.5, 0.5], [0.1, 0.9], [0.4, 0.6])),
)
excess = Number(
    value=lambda: (2 * 0.84 - 2 * 0.80) ** 0.5,
    slips={
        "the 2 under the root is forgotten": lambda: 0.04**0.5,
        "that is the mean divergence": lambda: 0.04,
    },
)
own_excess = Number(
    value=lambda labels, probs: xentlib.kl_divergence(labels, probs).mean(),
    slips={
        "that is the loss, floor and all": lambda p, q: xentlib.cross_entropy(p, q).mean(),
        "that is the divergence the other way round": lambda p, q: xentlib.kl_divergence(
            q, p
        ).mean(),
    },
    example=([[0.7, 0.3], [0.2, 0.8]], [[0.6, 0.4], [0.4, 0.6]]),
)
