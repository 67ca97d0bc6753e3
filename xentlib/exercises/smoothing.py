"""Smoothing, its prior, temperature and weights."""

import numpy as np

import xentlib
from xentlib.exercises._kinds import Formula, Number

SEEN = np.array([0.62, 0.21, 0.12, 0.05])


def _smoothing(classes, epsilon):
    """The matrix that smooths a distribution."""
    return (1 - epsilon) * np.eye(classes) + epsilon / classes


def _best(target):
    """The share of the first class in the prediction with the least loss, for a target."""
    q = np.linspace(1e-4, 1 - 1e-4, 9999)
    return q[(-target * np.log(q) - (1 - target) * np.log(1 - q)).argmin()]


undo = Number(
    value=lambda: np.linalg.solve(_smoothing(4, 0.2), SEEN),
    slips={
        "these do not sum to 1: divide by 1 - ε": lambda: SEEN - 0.05,
        "that smooths once more": lambda: _smoothing(4, 0.2) @ SEEN,
    },
)
alpha = Number(
    value=lambda: 1 / (1 / 0.1 - 1),
    slips={"that is ε; the item's own vote counts beside the others": lambda: 0.1},
)
washes_out = Number(
    value=lambda: (_smoothing(3, 0.1) @ [0.9, 0.05, 0.05])[0],
    slips={"that is the truth, which a fixed prior would reach": lambda: 0.9},
)
class_weights = Number(
    value=lambda: _best(0.1 * 9 / (0.1 * 9 + 0.9)),
    slips={"that is the truth, which the weights move": lambda: 0.1},
)
colder = Formula(
    value=lambda q, T: xentlib.tempered_softmax(np.log([q, 1 - q]), T)[0],
    points=((0.9, 2), (0.5, 7), (0.2, 0.5), (0.7, 1)),
    slips={"normalise, so that both classes sum to 1": lambda q, T: q ** (1 / T)},
)
