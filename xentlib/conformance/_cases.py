"""Small exact cases, the smallest first: whole logits, probabilities that are halves of halves.

Such numbers are exact in every dtype, so that what a check refutes is the loss and not the input.
The first case that breaks a loss is therefore the smallest of the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from math import ceil, inf, log

from xentlib.conformance._setting import Setting

Row = tuple[float, ...]
LARGE = 1e4  # exp of it leaves the range of every dtype, and it is a float16
SURE = 200.0  # exp of minus it is 0 in float32, and below eps elsewhere


@dataclass(frozen=True)
class Case:
    """Rows of predictions (logits, or probabilities) and of labels (distributions: a hard label is
    its vertex), their weights, and directions for slopes and Hessians.
    """

    first: tuple[Row, ...]
    labels: tuple[Row, ...]
    weights: Row = ()
    vectors: tuple[Row, ...] = ()

    @property
    def classes(self) -> int:
        """K."""
        return len(self.first[0])


LOGITS: dict[int, tuple[Row, ...]] = {
    2: ((0.0, 0.0), (1.0, 0.0), (0.0, 2.0)),
    3: ((0.0, 0.0, 0.0), (2.0, 1.0, 0.0), (0.0, -1.0, 3.0)),
}
PROBS: dict[int, tuple[Row, ...]] = {
    2: ((0.5, 0.5), (0.75, 0.25), (0.125, 0.875), (2.0**-6, 1 - 2.0**-6)),
    3: ((0.5, 0.25, 0.25), (0.125, 0.25, 0.625)),
}
SOFT: dict[int, tuple[Row, ...]] = {
    2: ((0.5, 0.5), (0.25, 0.75)),
    3: ((0.5, 0.5, 0.0), (0.5, 0.125, 0.375)),
}
HARD: dict[int, tuple[Row, ...]] = {
    2: ((1.0, 0.0), (0.0, 1.0)),
    3: ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}
DIRECTIONS: dict[int, tuple[Row, ...]] = {
    2: ((1.0, 0.0), (1.0, -1.0)),
    3: ((1.0, 0.0, 0.0), (1.0, -2.0, 0.0)),
}
TANGENTS: dict[int, tuple[Row, ...]] = {2: ((1.0, -1.0),), 3: ((1.0, -1.0, 0.0), (1.0, 1.0, -2.0))}


def predictions(setting: Setting) -> dict[int, tuple[Row, ...]]:
    """Of each number of classes some predictions, as the loss takes them."""
    return LOGITS if setting.logits else PROBS


def labels(setting: Setting) -> dict[int, tuple[Row, ...]]:
    """Of each number of classes some labels, hard ones alone where the loss takes no others."""
    return {k: (*HARD[k], *SOFT[k]) if setting.soft else HARD[k] for k in HARD}


def one(first: Row, label: Row, *vectors: Row) -> Case:
    """A case of one row."""
    return Case((first,), (label,), vectors=vectors)


def plain(setting: Setting) -> Iterator[Case]:
    """One row: each prediction with each label."""
    for k, rows in predictions(setting).items():
        yield from (one(*pair) for pair in product(rows, labels(setting)[k]))


def hard(setting: Setting) -> Iterator[Case]:
    """One row: each prediction with each vertex."""
    for k, rows in predictions(setting).items():
        yield from (one(*pair) for pair in product(rows, HARD[k]))


def soft(setting: Setting) -> Iterator[Case]:
    """One row: each prediction with each label that is no vertex."""
    for k, rows in predictions(setting).items():
        yield from (one(*pair) for pair in product(rows, SOFT[k]))


def pairs(setting: Setting) -> Iterator[Case]:
    """Two rows that differ in prediction and label, then two equal ones."""
    for k, rows in predictions(setting).items():
        known = labels(setting)[k]
        for place in range(len(rows) - 1):
            chosen = rows[place : place + 2]
            yield Case(chosen, (known[place % len(known)], known[-1]))
        yield Case((rows[-1],) * 2, (known[0],) * 2)


def directed(setting: Setting) -> Iterator[Case]:
    """One row and one direction; then two rows, each with its own."""
    directions = DIRECTIONS if setting.logits else TANGENTS
    for case in plain(setting):
        for direction in directions[case.classes]:
            yield Case(case.first, case.labels, vectors=(direction,))
    for case in pairs(setting):
        known = directions[case.classes]
        yield Case(case.first, case.labels, vectors=(known[0], known[-1]))


def weighted(setting: Setting) -> Iterator[Case]:
    """Two rows with weights that differ, one of them 0 in the last."""
    for weights in ((1.0, 3.0), (2.0, 2.0), (0.0, 2.0)):
        for case in pairs(setting):
            yield Case(case.first, case.labels, weights)


def excluded(setting: Setting) -> Row:
    """A prediction of two classes that rules out the second."""
    return (0.0, -inf) if setting.logits else (1.0, 0.0)


def zero_times(setting: Setting) -> Iterator[Case]:
    """A class that both exclude."""
    yield one(excluded(setting), (1.0, 0.0))
    yield one((0.0, 1.0, -inf) if setting.logits else (0.25, 0.75, 0.0), (0.0, 1.0, 0.0))
    if setting.soft:
        yield one((0.0, 1.0, -inf) if setting.logits else (0.25, 0.75, 0.0), (0.5, 0.5, 0.0))


def impossible(setting: Setting) -> Iterator[Case]:
    """A class that the prediction excludes and the label does not."""
    yield one(excluded(setting), (0.0, 1.0))
    if setting.soft:
        yield one(excluded(setting), (0.5, 0.5))
        yield one((-inf, 0.0, 1.0) if setting.logits else (0.0, 0.5, 0.5), (0.25, 0.25, 0.5))


def certain(setting: Setting) -> Iterator[Case]:
    """The right class, predicted with certainty."""
    yield one((SURE, 0.0) if setting.logits else (1.0, 0.0), (1.0, 0.0))
    yield one((0.0, 0.0, SURE) if setting.logits else (0.0, 0.0, 1.0), (0.0, 0.0, 1.0))


def near_certain(setting: Setting) -> Iterator[Case]:
    """A loss of some eps / 10, or of eps."""
    if setting.logits:
        gap = float(ceil(-log(setting.eps)) + 2)  # a loss of some eps / 10
        yield one((gap, 0.0), (1.0, 0.0))
        yield one((0.0, gap, 0.0), (0.0, 1.0, 0.0))
    else:
        yield one((1 - setting.eps, setting.eps), (1.0, 0.0))


def large(setting: Setting) -> Iterator[Case]:
    """Logits whose exponentials no dtype holds."""
    if setting.logits:
        yield one((LARGE, 0.0), (0.0, 1.0))
        yield one((LARGE, 0.0, LARGE), (0.0, 1.0, 0.0))
        if setting.soft:
            yield one((LARGE, 0.0), (0.5, 0.5))
            yield one((-LARGE, -LARGE, 0.0), (0.5, 0.25, 0.25))


def small_probability(setting: Setting) -> Iterator[Case]:
    """Probabilities far below what people clip to."""
    yield one((2 * setting.eps, 1 - 2 * setting.eps), (1.0, 0.0))
    if setting.dtype.name != "float16":
        yield one((2.0**-100, 1.0), (1.0, 0.0))


def uniform(setting: Setting) -> Iterator[Case]:
    """All classes alike."""
    for k in (2, 4, 8):
        first = ((0.0,) if setting.logits else (1 / k,)) * k
        yield one(first, (1.0,) + (0.0,) * (k - 1))
        if setting.soft:
            yield one(first, (0.5, 0.5) + (0.0,) * (k - 2))


def label_predicted(setting: Setting) -> Iterator[Case]:
    """q = p."""
    for label in ((0.5, 0.5), (0.25, 0.75), (0.5, 0.25, 0.25), (0.25,) * 4):
        yield one(_predicting(label, setting), label)


def _predicting(label: tuple[float, ...], setting: Setting) -> tuple[float, ...]:
    return tuple(log(p) for p in label) if setting.logits else label


def two_predictions(setting: Setting) -> Iterator[Case]:
    """A prediction, and the label itself as the other."""
    for k, rows in predictions(setting).items():
        for label in (label for label in SOFT[k] if 0 not in label):
            for row in rows:
                yield Case((row, _predicting(label, setting)), (label, label))


def one_class(setting: Setting) -> Iterator[Case]:
    """K = 1."""
    for value in (0.0, 2.0) if setting.logits else (1.0,):
        yield one((value,), (1.0,))


def two_classes(setting: Setting) -> Iterator[Case]:
    """K = 2."""
    return (case for case in plain(setting) if case.classes == 2)


def two_labels(setting: Setting) -> Iterator[Case]:
    """One prediction with two labels, and one direction."""
    for k, rows in predictions(setting).items():
        known = (*HARD[k][:2], SOFT[k][1]) if setting.soft else HARD[k]
        for row in rows[1:]:
            for p, r in pairwise(known):
                yield Case((row, row), (p, r), vectors=(DIRECTIONS[k][0],) * 2)


def votes(setting: Setting) -> Iterator[Case]:
    """Hard labels at one input."""
    for k, rows in predictions(setting).items():
        known = HARD[k]
        for row in rows[1:]:
            yield Case((row,) * 2, (known[0], known[1]))
            yield Case((row,) * 4, (known[0], known[1], known[1], known[1]))


def three_rows(setting: Setting) -> Iterator[Case]:
    """Three rows that differ."""
    for k, rows in predictions(setting).items():
        known = labels(setting)[k]
        yield Case((rows[0], rows[1], rows[-1]), (known[1], known[-1], known[0]))


def plain_slopes(setting: Setting) -> Iterator[Case]:
    """What a gradient is asked for."""
    if setting.logits:
        yield from plain(setting)
        yield from pairs(setting)
    else:
        yield from directed(setting)


def written(row: Row) -> str:
    """A row as it can be copied: whole numbers without a point."""
    return "[" + ", ".join(f"{value:.17g}" for value in row) + "]"
