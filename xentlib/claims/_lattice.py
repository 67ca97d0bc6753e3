"""Sums over count vectors, as polynomials in q."""

from collections.abc import Callable, Iterable, Sequence
from math import factorial

from sympy import Expr, Rational, Symbol, expand

from xentlib.claims._finite import lattice


def count_vectors(num_classes: int, votes: int) -> list[tuple[int, ...]]:
    """All ways to give so many votes to so many classes."""
    return [tuple(int(a * votes) for a in point) for point in lattice(num_classes, votes)]


def coefficient(counts: Sequence[int]) -> int:
    """n! / ∏ c_k!, a whole number."""
    result = factorial(sum(counts))
    for count in counts:
        result //= factorial(count)
    return result


def lattice_total(
    num_classes: int, votes: int, weight: Callable[[Sequence[int]], int] = coefficient
) -> Expr:
    """Σ weight(c) ∏ q_k^c_k over all counts c of so many votes, expanded."""
    q = [Symbol(f"q{place}", positive=True) for place in range(1, num_classes + 1)]
    terms = (
        weight(counts) * prod_of(a**count for a, count in zip(q, counts, strict=True))
        for counts in count_vectors(num_classes, votes)
    )
    return expand(sum(terms))


def prod_of(factors: Iterable[Expr]) -> Expr:
    """Product of SymPy expressions."""
    result = Rational(1)
    for factor in factors:
        result *= factor
    return result


def power_of_the_sum(num_classes: int, votes: int) -> Expr:
    """(Σ q_k)^n, expanded."""
    return expand(
        sum(Symbol(f"q{place}", positive=True) for place in range(1, num_classes + 1)) ** votes
    )
