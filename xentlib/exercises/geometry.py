"""Gradients, fits and where there is none."""

import numpy as np

import xentlib
from xentlib.exercises._kinds import Example, Formula, Number

LABEL, STEP = np.array([0.7, 0.2, 0.1]), 1e-4
LINE = np.column_stack([np.ones(4), [-2.0, -1.0, 1.0, 2.0]])


def _slopes():
    """The slopes of the loss at logits 0, by differences."""
    moves = STEP * np.eye(3)
    up, down = (xentlib.softmax_cross_entropy(sign * moves, [LABEL] * 3) for sign in (1, -1))
    return (up - down) / (2 * STEP)


def _soft_and_fitted(shares):
    """Whether some label is soft, and whether the four labels have a fit."""
    shares = np.asarray(shares, float)
    if shares.shape != (4,):
        raise ValueError("four shares of class 1 are due")
    answer = xentlib.existence(LINE, np.column_stack([1 - shares, shares]))
    return float(np.any((shares > 0) & (shares < 1))), float(answer.exists)


gradient = Number(
    value=_slopes,
    slips={
        "that is the step that lowers the loss": lambda: LABEL - 1 / 3,
        "that is the slope in q": lambda: -3 * LABEL,
    },
)
some_label = Example(sides=_soft_and_fitted, hides=(([0, 0.3, 0.7, 1],), ([0, 0, 1, 1],)))
what_is_left = Number(
    value=lambda: -0.7 * np.log(0.7) - 0.3 * np.log(0.3),
    slips={
        "that is for a hard label": lambda: -np.log(0.7),
        "that is what one half pays": lambda: np.log(2),
    },
)
intercept = Formula(
    value=lambda a, b, c: np.log(a + b + c) - np.log(3 - a - b - c),
    points=((0.2, 0.4, 0.9), (0, 0, 1), (0.5, 0.5, 0.5), (1, 0.7, 0.1)),
    slips={"that is the predicted probability, not its logit": lambda a, b, c: (a + b + c) / 3},
)
