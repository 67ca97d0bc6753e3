"""Products, urns, batches and penalties."""

from fractions import Fraction as F
from math import factorial

import numpy as np

from xentlib.exercises._kinds import Example, Formula, Number


def _means(*batches):
    """The mean of the batches' means, and that of all their numbers."""
    return np.mean([np.mean(batch) for batch in batches]), np.mean(np.concatenate(batches))


red_red_blue = Number(
    value=lambda: F(factorial(2) * factorial(1), factorial(4)),  # Euler's integral
    slips={"that is as if the ball went back alone": lambda: F(1, 8)},
)
third_bit = Number(
    value=lambda: F(sum((a, b, a ^ b) == (1, 1, 0) for a in (0, 1) for b in (0, 1)), 4),
    slips={"that is the product of the marginals": lambda: F(1, 8)},
)
batch_means = Example(sides=_means, hides=(([1, 5], [2, 8]), ([3], [1, 5])))
same_fit = Formula(
    value=lambda number, penalty: penalty / number,
    points=((5, 1), (2, 3), (100, 0.5), (7, 7)),
    slips={
        "that is the other way round": lambda number, penalty: penalty * number,
        "the mean is N times smaller than the sum; so must the penalty be": lambda n, a: a,
    },
)
