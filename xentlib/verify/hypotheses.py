"""Hypotheses of derivations, each said once: how to draw exact values that satisfy it, and the
facts it gives the algebra.
"""

from collections.abc import Callable
from typing import NamedTuple

from sympy import IndexedBase, Rational, Sum, Symbol, sympify, true


class Given(NamedTuple):
    """A symbol with its hypothesis: `draw(random, known)` gives a value or a table, `facts` what
    the algebra may use.
    """

    symbol: Symbol | IndexedBase
    draw: Callable
    facts: tuple = ()


def number(a, low=-3, high=3):
    """A rational in [low, high], with a denominator that floats hold exactly; whole, where the
    symbol is an integer.
    """
    low = max(low, 0) if a.is_positive else low
    return Given(
        symbol=a,
        draw=lambda random, known: (
            random.randint(low, high)
            if a.is_integer
            else Rational(random.randint(low * 64 + 1, high * 64 - 1), 64)
        ),
    )


def size(a, low=2, high=4):
    """A number of classes or of observations."""
    return number(a, low, high)


def index(j, upto):
    """A position 1 ... upto."""
    return Given(
        symbol=j,
        draw=lambda random, known: random.randint(1, known[upto]),
        facts=((upto >= j, true), (j <= upto, true)),
    )


def _table(entries):
    """Rows of what `entries` draws: one row, or one for each of `rows` observations."""

    def given(symbol, upto, rows=None):
        def draw(random, known):
            drawn = [entries(random, known[upto]) for _ in range(known[rows] if rows else 1)]
            return drawn if rows else drawn[0]

        return Given(
            symbol=symbol,
            draw=draw,
        )

    return given


def shares(random, length):
    parts = [random.randint(1, 32) for _ in range(length)]
    return [Rational(part, sum(parts)) for part in parts]


real = _table(
    lambda random, length: [Rational(random.randint(-128, 128), 64) for _ in range(length)]
)
positive = _table(
    lambda random, length: [Rational(random.randint(1, 256), 64) for _ in range(length)]
)
nonnegative = _table(
    lambda random, length: [
        Rational(1, 2),
        *(
            Rational((random.random() > 0.1) * random.randint(1, 256), 64)
            for _ in range(length - 1)
        ),
    ]
)
whole = _table(lambda random, length: [random.randint(1, 6) for _ in range(length)])
_interior = _table(shares)
_with_faces = _table(
    lambda random, length: random.choice(
        [shares(random, length), [Rational(1), *[Rational(0)] * (length - 1)]]
    )
)


def simplex(p, upto, rows=None):
    """Distributions: the facts say that they sum to 1, the draws do, with zeros among them unless
    p is positive.
    """
    k, i = Symbol("k", integer=True, positive=True), Symbol("i", integer=True, positive=True)
    entry = p[i, k] if rows else p[k]
    return (_interior if p.assumptions0.get("positive") else _with_faces)(p, upto, rows)._replace(
        facts=((Sum(entry, (k, 1, upto)), sympify(1)),)
    )


def total(n, counts, upto):
    """n, the sum of a table drawn before it."""
    k = Symbol("k", integer=True, positive=True)
    return Given(
        symbol=n,
        draw=lambda random, known: sum(known[counts]),
        facts=((Sum(counts[k], (k, 1, upto)), n),),
    )


def labels(y, rows, upto):
    """One class 1 ... upto for each observation."""
    return Given(
        symbol=y,
        draw=lambda random, known: [random.randint(1, known[upto]) for _ in range(known[rows])],
        facts=((upto, y),),
    )
