"""Softmax and models of shares."""

import numpy as np

import xentlib
from xentlib.exercises._kinds import Example, Formula, Number

COUNTS = np.array([5, 4, 1])
SHARE = 0.7  # of one allele among the twenty: two each in five, one each in four


def _differ(first, second):
    """Whether two rows of logits differ, and whether their predictions do, as 1 and 0."""
    first, second = np.asarray(first, float), np.asarray(second, float)
    apart = np.abs(xentlib.softmax(first) - xentlib.softmax(second)).max()
    return float(np.any(first != second)), float(apart > 1e-12)


def _lost(theta):
    """The nats that the Hardy-Weinberg model loses, as a difference of two log-likelihoods."""
    model = [theta**2, 2 * theta * (1 - theta), (1 - theta) ** 2]
    return COUNTS @ (np.log(COUNTS / COUNTS.sum()) - np.log(model))


one_logit = Number(
    value=lambda: xentlib.softmax([2, 1.5])[1],
    slips={
        "that is σ(z₁), which forgets z₀": lambda: 1 / (1 + np.exp(-1.5)),
        "that is the other class": lambda: xentlib.softmax([2, 1.5])[0],
    },
)
same_prediction = Example(sides=_differ, hides=(([1, 2], [1, 2]), ([1, 2], [2, 1])))
hardy_weinberg = Number(
    value=lambda: _lost(SHARE),
    slips={
        "that is per person, and there are ten": lambda: _lost(SHARE) / 10,
        "fit θ from the alleles, two a person": lambda: _lost(0.5**0.5),
    },
)
covariance = Formula(
    value=lambda a, b: -(a * b),
    points=((0.2, 0.7), (0.5, 0.5), (0.1, 0.1)),
    slips={
        "that is E[y_j] E[y_k], which is taken off": lambda a, b: a * b,
        "they are not independent: one being 1, the other is 0": lambda a, b: 0,
    },
)
