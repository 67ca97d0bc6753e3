"""Evidence, readings and drawn labels."""

import numpy as np

import xentlib
from xentlib.exercises._kinds import Example, Formula, Number

BLUNT = np.array([[0.8, 0.2, 0.0], [0.0, 0.2, 0.8], [0.4, 0.2, 0.4]])
HONEST = np.array([[0.8, 0.2], [0.2, 0.8]])


def _differ(first, second):
    """Whether two distributions of three classes differ, and whether their readings do."""
    first, second = xentlib.normalize_rows([first, second])
    apart = np.abs(first - second).max() > 1e-9
    return float(apart), float(np.abs((first - second) @ BLUNT).max() > 1e-9)


def _best_for_the_readings():
    """The prediction with the least mean loss on the readings of nine cats in ten."""
    q = np.linspace(0.001, 0.999, 999)
    seen = np.array([0.9, 0.1]) @ HONEST
    return q[(-seen[0] * np.log(q) - seen[1] * np.log(1 - q)).argmin()]


def _shares(*parts):
    return np.array(parts) / np.sum(parts)


prior_in_a_posterior = Number(
    value=lambda: 0.3 * 0.9 / (0.3 * 0.9 + 0.7 * 0.1),
    slips={
        "that is her posterior, with her prior still in it": lambda: 0.3,
        "there her prior is put in once more": lambda: 0.3 * 0.1 / (0.3 * 0.1 + 0.7 * 0.9),
    },
)
noisy_readings = Number(
    value=_best_for_the_readings,
    slips={
        "that is the truth, which the readings blur": lambda: 0.9,
        "that is the share of right readings": lambda: 0.8,
    },
)
blunt_channel = Example(sides=_differ, hides=(([1, 0, 0], [0, 1, 0]), ([0, 0, 1], [0, 0, 1])))


def _mean_squared_distance(p):
    """Of a drawn vertex from the label."""
    return p @ ((np.eye(len(p)) - p) ** 2).sum(axis=1)


drawn_label = Formula(
    value=_mean_squared_distance,
    points=((_shares(7, 2, 1),), (_shares(1, 1),), (_shares(1, 0, 0),), (_shares(1, 2, 3, 4),)),
    slips={"that is the chance that two draws agree": lambda p: (p**2).sum()},
)
