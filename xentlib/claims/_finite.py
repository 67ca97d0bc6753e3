"""Small families in exact rationals, over which claims are enumerated."""

from fractions import Fraction as F
from math import comb
from math import prod as math_prod

from mpmath import mpf
from sympy import Rational


def arg_max(values):
    """The keys of the largest value, as a set: there may be ties."""
    best = max(values.values())
    return frozenset(key for key, value in values.items() if value == best)


def _compositions(parts, total):
    """All ways to write `total` as so many whole numbers, in lexicographic order."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _compositions(parts - 1, total - first):
            yield (first, *rest)


def lattice(num_classes, denominator):
    """All distributions with entries in whole multiples of 1/denominator, faces included."""
    for parts in _compositions(num_classes, denominator):
        yield tuple(F(part, denominator) for part in parts)


def interior(num_classes, denominator):
    """The points of the lattice with every entry positive."""
    return (point for point in lattice(num_classes, denominator) if all(point))


def binomial(successes, trials, theta):
    """Probability of so many successes."""
    return comb(trials, successes) * theta**successes * (1 - theta) ** (trials - successes)


def to_mpf(value):
    """A fraction to the digits that mpmath works with at the moment."""
    return mpf(value.numerator) / value.denominator


def prod(factors):
    """Product, 1 if there are no factors."""
    return math_prod(factors, start=F(1))


def power(base, exponent):
    """base ** exponent for fractions: a fraction where the exponent is whole, SymPy's exact power
    where not.
    """
    if exponent.denominator == 1:
        return base ** int(exponent)
    return Rational(base.numerator, base.denominator) ** Rational(
        exponent.numerator, exponent.denominator
    )


def by_row(data, models):
    """The likelihood of rows (x, label), one factor for each row."""
    return prod(models[x][label] for x, label in data)


def by_input(data, models, exponents=lambda counts: counts):
    """∏_x ∏_k q_k(x)^e_k, where the exponents e follow from the counts of the labels at x."""
    counted = {
        x: [data.count((x, label)) for label in range(len(model))] for x, model in models.items()
    }
    return prod(
        power(q, e)
        for x, model in models.items()
        for q, e in zip(model, exponents(counted[x]), strict=True)
    )


def normalised(weights):
    """Weights divided by their sum, as a tuple."""
    weights = tuple(weights)
    return tuple(weight / sum(weights) for weight in weights)
