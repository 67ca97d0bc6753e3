"""Sets, orders and pools."""

import numpy as np

from xentlib.exercises._kinds import Example, Formula, Number

MODEL = np.array([0.5, 0.3, 0.2])


def _law(model):
    model = np.asarray(model, float)
    if model.shape != (3,) or model.min() <= 0 or abs(model.sum() - 1) > 1e-9:
        raise ValueError("three positive probabilities that sum to 1 are due")
    return model


def _up_to_a_constant(model):
    """The loss of the uniform label on the first two classes less log 2, and that of the set."""
    model = _law(model)
    return -np.log(model[:2]).mean() - np.log(2), -np.log(model[:2].sum())


def _of_four_grades():
    """Of an even prediction, the products of the thresholds' factors, added up."""
    chances = np.array([3, 2, 1]) / 4
    above = np.arange(4)[:, None] >= np.arange(1, 4)
    return np.where(above, chances, 1 - chances).prod(axis=1).sum()


def _smoothing(num_classes):
    """ε, from the mean of the labels where the first class is true."""
    labels = (1 - np.eye(num_classes)) / (num_classes - 1)
    own = labels[1:, 0].mean()  # each other class is ruled out as often
    return (1 - own) * num_classes / (num_classes - 1)


def _updated(law):
    """After an observation that is three times as likely under the first class."""
    weighed = np.array([3.0, 1.0]) * law
    return weighed / weighed.sum()


OPINIONS = np.array([[0.5, 0.5], [0.9, 0.1]])

ruled_out = Number(
    value=lambda: -np.log1p(-MODEL[0]),
    slips={
        "that is the loss of the uniform label on the two others": lambda: (
            -np.log(MODEL[1:]).mean()
        ),
        "that is the loss of the class that was ruled out, with its sign": lambda: np.log(MODEL[0]),
    },
)
up_to_a_constant = Example(
    sides=_up_to_a_constant,
    hides=(([0.25, 0.25, 0.5],), ([0.4, 0.4, 0.2],)),
)
four_grades = Number(
    value=_of_four_grades,
    slips={
        "a law would have that": lambda: 1,
        "that is of three grades": lambda: 8 / 9,
    },
)
smoothing_of_complements = Formula(
    value=_smoothing,
    points=((2,), (3,), (4,), (10,)),
    slips={
        "the truth shrinks twice: it must be missed by the report, and shares with the others": (
            lambda K: 1 - 1 / (K - 1)
        ),
        "that is what is left of the signal": lambda K: 1 / (K - 1) ** 2,
    },
)
updated_pool = Number(
    value=lambda: _updated(np.sqrt(OPINIONS.prod(axis=0)))[0],
    slips={
        "that is the linear pool of the updated opinions": lambda: np.mean(
            [_updated(law)[0] for law in OPINIONS]
        ),
        "that is the linear pool, updated": lambda: _updated(OPINIONS.mean(axis=0))[0],
        "that is the pool before the observation": lambda: 0.75,
    },
)
