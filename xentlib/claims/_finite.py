"""Small families in exact rationals, over which claims are enumerated."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction as F
from math import comb
from math import prod as math_prod
from typing import Any

from mpmath import mpf
from sympy import Rational

Point = tuple[F, ...]  # a distribution
Rows = Sequence[tuple[Hashable, int]]  # inputs, each with the label of one observation
Models = Mapping[Any, Sequence[F]]  # a prediction for each input


def arg_max(values: Mapping[Any, Any]) -> frozenset[Any]:
    """The keys of the largest value, as a set: there may be ties."""
    best = max(values.values())
    return frozenset(key for key, value in values.items() if value == best)


def _compositions(parts: int, total: int) -> Iterator[tuple[int, ...]]:
    """All ways to write `total` as so many whole numbers, in lexicographic order."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _compositions(parts - 1, total - first):
            yield (first, *rest)


def lattice(num_classes: int, denominator: int) -> Iterator[Point]:
    """All distributions with entries in whole multiples of 1/denominator, faces included."""
    for parts in _compositions(num_classes, denominator):
        yield tuple(F(part, denominator) for part in parts)


def interior(num_classes: int, denominator: int) -> Iterator[Point]:
    """The points of the lattice with every entry positive."""
    return (point for point in lattice(num_classes, denominator) if all(point))


def binomial(successes: int, trials: int, theta: F) -> F:
    """Probability of so many successes."""
    return comb(trials, successes) * theta**successes * (1 - theta) ** (trials - successes)


def to_mpf(value: F | int) -> Any:
    """A fraction to the digits that mpmath works with at the moment."""
    return mpf(value.numerator) / value.denominator


def prod(factors: Iterable[Any]) -> Any:
    """Product, 1 if there are no factors."""
    return math_prod(factors, start=F(1))


def power(base: F, exponent: F | int) -> Any:
    """base ** exponent for fractions: a fraction where the exponent is whole, SymPy's exact power
    where not.
    """
    if exponent.denominator == 1:
        return base ** int(exponent)
    return Rational(base.numerator, base.denominator) ** Rational(
        exponent.numerator, exponent.denominator
    )


def by_row(data: Rows, models: Models) -> Any:
    """The likelihood of rows (x, label), one factor for each row."""
    return prod(models[x][label] for x, label in data)


def by_input(
    data: Rows,
    models: Models,
    exponents: Callable[[list[int]], Sequence[Any]] = lambda counts: counts,
) -> Any:
    """∏_x ∏_k q_k(x)^e_k, where the exponents e follow from the counts of the labels at x."""
    counted = {
        x: [data.count((x, label)) for label in range(len(model))] for x, model in models.items()
    }
    return prod(
        power(q, e)
        for x, model in models.items()
        for q, e in zip(model, exponents(counted[x]), strict=True)
    )


def normalised(weights: Iterable[Any]) -> tuple[Any, ...]:
    """Weights divided by their sum, as a tuple."""
    weights = tuple(weights)
    return tuple(weight / sum(weights) for weight in weights)
