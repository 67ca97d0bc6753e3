"""Hypotheses of derivations, each said once: how to draw exact values that satisfy it, and what
the algebra may use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from random import Random
from typing import Any, NamedTuple, TypeVar

from sympy import Indexed, IndexedBase, Rational, Sum, Symbol, sympify, true

from xentlib.verify._errors import Undecided
from xentlib.verify._sympy import Expression, Letter
from xentlib.verify._values import exact_value, format_letter
from xentlib.verify.quantity import unfold

T = TypeVar("T")
Known = Mapping[Letter, Any]
SIMPLEST: tuple[Expression, ...] = tuple(
    map(Rational, (1, 2, -1, 3, -2, "1/2", "1/3", "2/3", "-1/2"))
)

DRAWS = 100  # until something that may not be 0 is not

POSITIVE: tuple[Expression, ...] = tuple(map(Rational, (1, 2, 3, "1/2")))


class Source(Random):
    """Random values. `corner` asks for the edges of what may be drawn, `simplest` for one of so
    many simplest values.
    """

    corner = False
    simplest = 0

    def among(self, simple: Sequence[T], otherwise: Callable[[], T]) -> T:
        """One of the simplest values, if these are asked for."""
        if self.simplest and simple:
            return self.choice(simple[: self.simplest])
        return otherwise()


class Given(NamedTuple):
    """A symbol with its hypothesis: `draw(random, known)` gives a value or a table, `facts` and
    `bounds` are what the algebra may use; a bound that is None is none, and the upper one may be
    reached where it is `closed`. Nothing in `apart` is 0, at any place of a table.
    """

    symbol: Letter
    draw: Callable[..., Any]
    facts: tuple[tuple[Any, Any], ...] = ()
    bounds: tuple[Expression | None, Expression | None] | None = None
    closed: bool = False
    apart: tuple[Expression, ...] = ()

    def nonzero(self, *expressions: Expression) -> Given:
        """The same, and none of these expressions is 0; they are of this letter and of those that
        have a hypothesis before it. What a derivation divides by needs this, where it does not
        follow: `number(x).nonzero(x - y)`.
        """

        parts = tuple(map(unfold, expressions))

        def draw(random: Source, known: Known) -> Any:
            for _ in range(DRAWS):
                drawn = self.draw(random, known)
                if not any(map(_vanishes_at({**known, self.symbol: drawn}), parts)):
                    return drawn
                random.corner, random.simplest = False, 0  # there it may be 0 for ever
            raise Undecided(
                f"not one of {parts} is to be 0, and one is wherever {self.symbol} was drawn"
            )

        return self._replace(draw=draw, apart=(*self.apart, *parts))

    def beside(self, given: Sequence[Given]) -> str:
        """What is said after all hypotheses, of a kind that needs some words."""
        return ""


def _vanishes_at(point: Known) -> Callable[[Expression], bool]:
    """Whether an expression is 0 at a point, at any place that its open indices may have."""

    def vanishes(expression: Expression) -> bool:
        return any(
            exact_value(expression.subs(row), point) == 0 for row in places_in(expression, point)
        )

    return vanishes


def places_in(expression: Expression, point: Known) -> list[dict[Letter, int]]:
    """The places of a row, or of a column, if an expression has its index."""
    lengths: dict[Letter, int] = {}
    for entry in expression.atoms(Indexed):
        table = point[entry.base]
        for place in entry.indices:
            if not isinstance(table, (list, tuple)):
                break
            if place in expression.free_symbols - set(point):
                lengths[place] = len(table)
            table = table[0]
    ranges = (range(1, length + 1) for length in lengths.values())
    return [dict(zip(lengths, places, strict=True)) for places in product(*ranges)]


def assumes_no_more(assumed: Given, stated: Given) -> bool:
    """Whether a hypothesis asks of its symbol what is stated of it, or less: a size from 1 on,
    where one from 2 on is stated; positive entries, where a distribution is stated.
    """
    if assumed.symbol != stated.symbol or assumed.closed != stated.closed:
        return False
    if type(assumed) is not type(stated) and type(assumed) is not Given:
        return False
    fewer = all(fact in stated.facts for fact in assumed.facts)
    fewer = fewer and set(assumed.apart) <= set(stated.apart)
    return fewer and (assumed.bounds == stated.bounds or _from_below(assumed, stated))


def _from_below(assumed: Given, stated: Given) -> bool:
    """Whether one range has no upper end, and begins where the other does or below."""
    if not stated.bounds:
        return False
    low, high = assumed.bounds or (None, None)
    least = stated.bounds[0]
    return high is None and (low is None or (least is not None and bool(low <= least)))


def number(a: Symbol, low: int | None = None, high: int = 3) -> Given:
    """A rational strictly between `low` and `high`, with a denominator that floats hold exactly; a
    whole number from `low` to `high`, where the symbol is an integer.

    A range within [-1, 1] is a hypothesis, 0 < p < 1 for a chance, and so is the least whole
    number. Any other range only says where values are drawn.
    """
    _refuse_unless(isinstance(a, Symbol), f"number({a})", "it must be a Symbol")
    lowest, whole = (-3 if low is None else low), bool(a.is_integer)
    if a.is_positive:
        lowest = max(lowest, int(whole))
    elif a.is_nonnegative:
        lowest = max(lowest, 0)
    reach = f"number({a}, {lowest}, {high})"
    _refuse_unless(lowest < high + whole, reach, "nothing lies there")
    simple = [v for v in SIMPLEST if (lowest <= v <= high if whole else lowest < v < high)]
    simple = [int(v) for v in simple if v.is_Integer] if whole else simple

    def fraction(random: Source) -> Expression:
        drawn = Rational(random.randint(lowest * 64 + 1, high * 64 - 1), 64)
        return drawn if drawn or not a.is_nonzero else fraction(random)

    def draw(random: Source, known: Known) -> Expression:
        if not whole:
            return random.among(simple, lambda: fraction(random))
        if random.corner:
            return lowest
        return random.among(simple, lambda: random.randint(lowest, high))

    if whole:
        said = lowest if low is not None or a.is_nonnegative else None
        bounds = (said, high if lowest == high else None)
    else:
        bounds = (sympify(lowest), sympify(high)) if -1 <= lowest < high <= 1 else None
    return Given(symbol=a, draw=draw, bounds=bounds)


def share(a: Symbol) -> Given:
    """A number above 0 and at most 1; 1 itself is drawn too."""
    inside = number(a, 0, 1)
    _refuse_unless(bool(a.is_positive and not a.is_integer), f"share({a})", "declare it positive")

    def draw(random: Source, known: Known) -> Expression:
        return Rational(1) if random.random() < 1 / 3 else inside.draw(random, known)

    return inside._replace(draw=draw, closed=True)


def size(a: Symbol, low: int = 2, high: int = 4) -> Given:
    """A number of classes or of observations; the least is drawn each time, whatever the seed."""
    fits = isinstance(a, Symbol) and a.is_integer and a.is_positive
    _refuse_unless(bool(fits), f"size({a})", f"{a} must be integer and positive")
    return number(a, low, high)


def index(j: Symbol, upto: Letter) -> Given:
    """A position 1 ... upto."""
    fits = isinstance(j, Symbol) and j.is_integer and j.is_positive
    _refuse_unless(bool(fits), f"index({j}, {upto})", f"{j} must be integer and positive")
    return Given(
        symbol=j,
        draw=lambda random, known: _place(random, known[upto]),
        facts=((upto >= j, true), (j <= upto, true)),
    )


def _place(random: Source, upto: int) -> int:
    return random.among(range(1, upto + 1), lambda: random.randint(1, upto))


def _refuse_unless(fits: bool, said: str, rule: str) -> None:
    if not fits:
        raise ValueError(f"{said}: {rule}")


class Table(NamedTuple):
    """A kind of table: called with an IndexedBase and what measures it, it is a hypothesis."""

    name: str
    entries: Callable[[Source, int], list[Any]]

    def __call__(self, symbol: IndexedBase, upto: Letter, rows: Letter | None = None) -> Given:
        """One row of `upto` entries, or one for each of `rows` observations."""
        said = f"{self.name}({symbol}, {upto})"
        _refuse_unless(isinstance(symbol, IndexedBase), said, f"{symbol} must be an IndexedBase")

        def draw(random: Source, known: Known) -> list[Any]:
            drawn = [self.entries(random, known[upto]) for _ in range(known[rows] if rows else 1)]
            return drawn if rows else drawn[0]

        return Given(symbol=symbol, draw=draw)


def _each(simple: Sequence[Any], entry: Callable[[Source], Any]) -> Callable[..., list[Any]]:
    """So many entries, drawn one by one."""

    def entries(random: Source, length: int) -> list[Any]:
        return [random.among(simple, lambda: entry(random)) for _ in range(length)]

    return entries


def _some_zeros(random: Source, length: int) -> list[Any]:
    """The first is positive, so that they are not all 0."""

    def entry() -> Expression:
        return Rational((random.random() > 0.1) * random.randint(1, 256), 64)

    simple = (Rational(1), Rational(0))
    return [Rational(1, 2), *(random.among(simple, entry) for _ in range(length - 1))]


def shares(random: Source, length: int) -> list[Any]:
    """Positive fractions that sum to 1."""
    parts = [random.among((1, 2, 3), lambda: random.randint(1, 32)) for _ in range(length)]
    return [Rational(part, sum(parts)) for part in parts]


def _shares_and_vertices(random: Source, length: int) -> list[Any]:
    vertex = [Rational(1), *[Rational(0)] * (length - 1)]
    return vertex if random.corner else random.choice([shares(random, length), vertex])


real: Table = Table("real", _each(SIMPLEST, lambda random: Rational(random.randint(-128, 128), 64)))
positive: Table = Table(
    "positive", _each(POSITIVE, lambda random: Rational(random.randint(1, 256), 64))
)
nonnegative: Table = Table("nonnegative", _some_zeros)
whole: Table = Table("whole", _each((1, 2, 3), lambda random: random.randint(1, 6)))
_interior = Table("simplex", shares)
_with_faces = Table("simplex", _shares_and_vertices)


def simplex(p: IndexedBase, upto: Letter, rows: Letter | None = None) -> Given:
    """Distributions: the facts say that they sum to 1, the draws do, with zeros among them unless
    p is positive.
    """
    is_positive = getattr(p, "assumptions0", {}).get("positive")
    drawn = (_interior if is_positive else _with_faces)(p, upto, rows)
    k, i = Symbol("k", integer=True, positive=True), Symbol("i", integer=True, positive=True)
    entry = p[i, k] if rows else p[k]
    return drawn._replace(facts=((Sum(entry, (k, 1, upto)), sympify(1)),))


def total(n: Symbol, counts: IndexedBase, upto: Letter) -> Given:
    """n, the sum of a table drawn before it."""
    k = Symbol("k", integer=True, positive=True)
    return Given(
        symbol=n,
        draw=lambda random, known: sum(known[counts]),
        facts=((Sum(counts[k], (k, 1, upto)), n),),
    )


def labels(y: IndexedBase, rows: Letter, upto: Letter) -> Given:
    """One class 1 ... upto for each observation."""
    return Given(
        symbol=y,
        draw=lambda random, known: [_place(random, known[upto]) for _ in range(known[rows])],
        facts=((upto, y),),
    )


def every(given: Sequence[Given]) -> str:
    """For which letters something is shown under the hypotheses: every size, or all letters."""
    if any(hypothesis.beside(given) for hypothesis in given):
        return "every $K$ on the closed simplex"
    names = [format_letter(hypothesis.symbol) for hypothesis in given]
    sizes = [f"${name}$" for name in names if name in ("K", "N")]
    if sizes or not names:
        return f"every {' and '.join(sizes)}" if sizes else ""
    return f"all {', '.join(names)}"
