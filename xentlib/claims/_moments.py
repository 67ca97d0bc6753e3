"""Label sets with the same moments, and what agrees between them."""

from fractions import Fraction as F

from xentlib.claims._finite import prod


def predictions_of(design, powers):
    rows = [
        [prod(F(base) ** value for base, value in zip(row, x, strict=True)) for row in powers]
        for x in design
    ]
    return [[entry / sum(row) for entry in row] for row in rows]


LINE = (-1, 0, 1)  # a feature beside a 1; (1, -2, 1) is orthogonal to both


FIRST = ((F(1, 2), F(1, 2)), (F(1, 2), F(1, 2)), (F(1, 2), F(1, 2)))


SHIFTS = (F(1, 4), F(-1, 5), F(1, 6))


def _shifted(by):
    """Labels with the same moments Σ p_i x_i'."""
    return tuple(
        (a + by * step, b - by * step) for (a, b), step in zip(FIRST, (1, -2, 1), strict=True)
    )


def same_mean_only(by):
    """Labels with the same mean, and another moment with the feature."""
    return tuple(
        (a + by * step, b - by * step) for (a, b), step in zip(FIRST, (1, 0, -1), strict=True)
    )


def _rows(powers):
    return predictions_of([(1, x) for x in LINE], powers)


def _loss(labels, powers):
    """exp(-60 Σ H(p_i, q_i)), an exact power."""
    return prod(
        b ** int(60 * a)
        for label, row in zip(labels, _rows(powers), strict=True)
        for a, b in zip(label, row, strict=True)
    )


def _scatter(labels, powers):
    """The first entry of Σ (q - p)(q - p)' ⊗ xx'."""
    return sum((row[0] - label[0]) ** 2 for label, row in zip(labels, _rows(powers), strict=True))


def _own(labels):
    """exp(-60 Σ H(p_i)), an exact power."""
    return prod(a ** int(60 * a) for label in labels for a in label if a)


def what_agrees(by, powers, other=_shifted):
    labels = other(by)
    return (
        _loss(labels, powers) == _loss(FIRST, powers),
        _own(labels) == _own(FIRST),
        _scatter(labels, powers) == _scatter(FIRST, powers),
    )


TWO_CLASS_POWERS = (((1, 1), (1, 1)), ((1, 2), (3, 1)), ((2, 5), (1, 1)))
