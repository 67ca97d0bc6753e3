"""Other losses, and what they find or cannot see."""

import numpy as np

from xentlib.exercises._kinds import Example, Formula, Number

LABELS = np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]])


def _focal(truth):
    """The prediction that the focal loss finds: where its slope changes sign."""
    low, high = 0.5, 1 - 1e-12
    for _ in range(60):
        q = (low + high) / 2
        slope = truth * (np.log(q) - (1 - q) / q) - (1 - truth) * (np.log(1 - q) - q / (1 - q))
        low, high = (q, high) if slope < 0 else (low, q)
    return low


def _differ(first, second):
    """Whether two tables differ, and whether their margins do."""
    first, second = np.asarray(first, float), np.asarray(second, float)
    for table in (first, second):
        if table.shape != (2, 2) or table.min() < 0 or abs(table.sum() - 1) > 1e-9:
            raise ValueError("two tables of two rows and two columns are due, each of total 1")
    gap = first - second
    margins = np.abs([gap.sum(axis=0), gap.sum(axis=1)]).max()
    return float(np.abs(gap).max() > 1e-9), float(margins > 1e-9)


focal = Number(
    value=lambda: _focal(0.95),
    slips={
        "that is the truth, which a proper loss would find": lambda: 0.95,
        "that is the most likely class": lambda: 1,
    },
)
joint_tables = Example(
    sides=_differ,
    hides=(
        ([[0.5, 0.5], [0, 0]], [[0.25, 0.25], [0.25, 0.25]]),
        ([[1, 0], [0, 0]], [[1, 0], [0, 0]]),
    ),
)
scatter = Number(
    value=lambda: 2 * LABELS[:, 0].var(),
    slips={
        "that is of one class; there are two": lambda: LABELS[:, 0].var(),
        "divide by the number of labels": lambda: 6 * LABELS[:, 0].var(),
    },
)
best_variance = Formula(
    value=lambda s, miss: ((miss + s) ** 2 + (miss - s) ** 2) / 2,
    points=((1, 0), (0.5, 2), (3, 0.1), (0, 1)),
    slips={
        "the targets scatter too, not only the mean misses": lambda s, miss: miss**2,
        "the mean misses too": lambda s, miss: s**2,
    },
)
