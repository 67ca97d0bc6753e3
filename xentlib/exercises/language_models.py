"""Labels of a teacher that keep few classes, are drawn, or are softened by a temperature."""

from itertools import product

import numpy as np

from xentlib.exercises._kinds import Example, Formula, Number

TEACHER = np.array([0.5, 0.2, 0.15, 0.1, 0.05])
PAIR = np.array([[0.9, 0.1], [0.5, 0.5]])


def _gap(k):
    """The divergence of the k likeliest classes, renormalised, from the teacher, term by term."""
    kept = np.sort(TEACHER)[::-1][:k]
    label = kept / kept.sum()
    return float((label * np.log(label / kept)).sum())


def _kept_terms(p, q):
    """0, and the sum of p log(p/q) over the two likeliest classes of p."""
    p, q = np.asarray(p, float), np.asarray(q, float)
    for law in (p, q):
        if law.shape != (3,) or law.min() <= 0 or abs(law.sum() - 1) > 1e-9:
            raise ValueError("two distributions of three classes are due, all positive")
    kept = np.argsort(-p, kind="stable")[:2]
    return 0.0, float((p[kept] * np.log(p[kept] / q[kept])).sum())


def _mean_share(first, chance, divide):
    """Of class 1 of two, over all that two draws can be."""
    p, r = np.array([first, 1 - first]), np.array([chance, 1 - chance])
    total = 0.0
    for drawn in product((0, 1), repeat=2):
        weights = np.array([p[place] / r[place] for place in drawn])
        weights = weights / (weights.sum() if divide else 2)
        share = sum(w for w, place in zip(weights, drawn, strict=True) if place == 0)
        total += r[list(drawn)].prod() * share
    return total


def _best_chance(p, q):
    """Of drawing class 1 of two: the least mean square of a weighted gradient, by halving."""
    vertices = np.eye(2)
    lengths = np.linalg.norm(np.array([q, 1 - q]) - vertices, axis=1)
    squares = (np.array([p, 1 - p]) * lengths) ** 2
    low, high = 0.0, 1.0
    for _ in range(60):
        r = (low + high) / 2
        rising = squares[1] / (1 - r) ** 2 > squares[0] / r**2
        low, high = (low, r) if rising else (r, high)
    return r


def _read_at_one(T):
    """The share of class 1 of a student that learnt at T, by halving the slope of its loss."""
    tempered = PAIR ** (1 / T)
    tempered /= tempered.sum(axis=1, keepdims=True)
    low, z, high = -50.0, 0.0, 50.0
    for _ in range(80):
        z = (low + high) / 2
        slope = (1 / (1 + np.exp(-z / T)) - tempered[:, 0]).sum()
        low, high = (low, z) if slope > 0 else (z, high)
    return 1 / (1 + np.exp(-z))


kept_gap = Number(
    value=lambda: _gap(2),
    slips={
        "that is the mass that is dropped": lambda: 0.3,
        "that is the distance, in total": lambda: 0.6,
        "that is its square: the gap is of first order": lambda: 0.09,
    },
)
kept_divergence = Example(
    sides=_kept_terms,
    hides=(([0.5, 0.3, 0.2], [0.5, 0.3, 0.2]), ([0.6, 0.3, 0.1], [0.2, 0.2, 0.6])),
    at_most=True,
)
divided_weights = Number(
    value=lambda: _mean_share(0.1, 0.5, divide=True),
    slips={
        "that is the teacher, which the weights as they are would give": lambda: _mean_share(
            0.1, 0.5, divide=False
        ),
        "that is the law that is drawn from": lambda: 0.5,
    },
)
proposal = Formula(
    value=_best_chance,
    points=((0.3, 0.6), (0.9, 0.5), (0.2, 0.1)),
    slips={
        "that is the teacher; how long is the gradient of each class?": lambda p, q: p,
        "the gradient of class 1 is long where q is far from it": lambda p, q: (
            p * q / (p * q + (1 - p) * (1 - q))
        ),
    },
)
share_at_one = Number(
    value=lambda: _read_at_one(2.0),
    slips={
        "that is the mean of the teachers, which T = 1 finds": lambda: _read_at_one(1.0),
        "that is what it says at T = 2; its logits are twice as large": lambda: 0.625,
        "that is the geometric mean, for T → ∞": lambda: 0.75,
    },
)
