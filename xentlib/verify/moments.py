"""Expectations of what is known by its first two moments, and unknown smooth densities known by
their derivatives at a point.

No law is assumed. Of a random x, or of a random table, only mean and covariance are declared, and
only polynomials of degree 2 have an expectation; the numbers come from a law on finitely many exact
points that has these moments. Of a density in a parameter only what holds for every smooth one is
used: it is positive, it sums to 1, and so its derivatives sum to 0.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sympy import (
    Add,
    Derivative,
    Dummy,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Mul,
    Pow,
    Rational,
    Sum,
    Symbol,
    expand,
    sympify,
)

from xentlib.verify._errors import Refuted, Undecided
from xentlib.verify._latex import reading
from xentlib.verify._sympy import Expression, Letter, Limit
from xentlib.verify._values import (
    Point,
    agree,
    count,
    evaluate,
    format_expression,
    format_letter,
    format_point,
    four_digits,
)
from xentlib.verify.chain import POINTS, Chain
from xentlib.verify.hypotheses import Given, Known, Source, Table, every, number, real, shares
from xentlib.verify.proof import Proof, points_of, points_to_refute, size_at

DEGREE = 2


def _in_words(value: Expression) -> str:
    return format_expression(sympify(value)).replace("*", " ")


vector: Table = real  # m[1], ..., m[d]


def spd(V: Letter, d: Letter) -> Given:
    """A symmetric positive definite matrix, drawn as L L' of an exact triangle L."""

    def draw(random: Source, known: Known) -> list[list[Expression]]:
        n = known[d]
        triangle = [[_entry(random, row, column) for column in range(n)] for row in range(n)]
        return [
            [sum(a * b for a, b in zip(left, right, strict=True)) for right in triangle]
            for left in triangle
        ]

    return Given(symbol=V, draw=draw)


def _entry(random: Source, row: int, column: int) -> Expression:
    if column > row:
        return Rational(0)
    return Rational(random.randint(1, 16) if row == column else random.randint(-8, 8), 8)


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """E of a random x with a mean and a variance, or of a random table with `mean` at the first of
    `indices` and `cov` at the two, each index from 1 to `size`.

    >>> from sympy import symbols
    >>> x, m, V = symbols("x m V")
    >>> Expectation(x=x, mean=m, cov=V)((x - 1) ** 2)
    V + m**2 - 2*m + 1
    """

    x: Letter
    mean: Expression
    cov: Expression
    indices: tuple[Letter, ...] = ()
    size: Letter | None = None

    def __call__(self, expression: Any) -> Expression:
        """The expectation, in mean and covariance; `Undecided` where these do not give it."""
        self._refuse_what_is_no_moment()
        return Add(*(self._of_term(term, limits) for term, limits in _terms(sympify(expression))))

    @property
    def hypothesis(self) -> str:
        """What is assumed of x, in words."""
        moments = {"mean": self.mean, "variance": self._spread(1)}
        if self.indices:
            moments["covariance of any two"] = self._spread(0)
        said = ", ".join(f"{name} {_in_words(value)}" for name, value in moments.items())
        return f"{format_letter(self.x)} random of any law with {said}"

    def _spread(self, same: int) -> Expression:
        return sympify(self.cov).replace(KroneckerDelta, lambda *_: Rational(same))

    def _refuse_what_is_no_moment(self) -> None:
        if isinstance(self.x, IndexedBase) and not (len(self.indices) == 2 and self.size):
            raise Undecided(f"the table {self.x} needs two indices and a size for its covariance")
        if any(self._holds(sympify(moment)) for moment in (self.mean, self.cov)):
            raise Undecided(f"a moment of {self.x} is given by {self.x} itself")

    def _holds(self, expression: Expression) -> bool:
        return expression.has(self.x) or any(e.base == self.x for e in expression.atoms(Indexed))

    def _of_term(self, term: Expression, limits: tuple[Limit, ...]) -> Expression:
        random, others = [], []
        for factor in Mul.make_args(term):
            base, power = factor.as_base_exp()
            if self._is_random(base) and power.is_Integer and power > 0:
                random += [base] * int(power)
            elif self._holds(factor):
                raise Undecided(f"{factor} is no polynomial in {self.x}")
            else:
                others.append(factor)
        if len(random) > DEGREE:
            raise Undecided(f"{Mul(*random)} needs more than two moments of {self.x}")
        value = Mul(*others) * self._moment(random)
        return Sum(value, *limits) if limits else value

    def _is_random(self, base: Expression) -> bool:
        return base == self.x or isinstance(base, Indexed) and base.base == self.x

    def _moment(self, random: list[Expression]) -> Expression:
        places = [a.indices[0] if isinstance(a, Indexed) else None for a in random]
        means = Mul(*(self._mean_at(place) for place in places))
        return means + self._cov_at(*places) if len(random) == DEGREE else means

    def _mean_at(self, place: Any) -> Expression:
        return sympify(self.mean).xreplace({self.indices[0]: place} if self.indices else {})

    def _cov_at(self, a: Any, b: Any) -> Expression:
        names = dict(zip(self.indices, (a, b), strict=True)) if self.indices else {}
        return sympify(self.cov).xreplace(names)

    def law(self, point: Point) -> Iterator[tuple[Expression, Any]]:
        """Weights and values of a law on finitely many exact points that has these moments."""
        if self.size is None:
            mean, cov = exact_rational(self.mean, point), [[exact_rational(self.cov, point)]]
            yield from ((weight, mean + step[0]) for weight, step in _steps(cov, self.x))
            return
        places = range(1, size_at(self.size, point) + 1)
        mean = [exact_rational(self._mean_at(sympify(a)), point) for a in places]
        cov = [
            [exact_rational(self._cov_at(sympify(a), sympify(b)), point) for b in places]
            for a in places
        ]
        for weight, step in _steps(cov, self.x):
            yield weight, [a + b for a, b in zip(mean, step, strict=True)]


def exact_rational(expression: Any, point: Point) -> Expression:
    """The value of an expression of rationals, as one."""
    value = evaluate(sympify(expression), point)
    rational = Rational(str(value)).limit_denominator(10**12)
    if not agree(value, rational):
        raise Undecided(
            f"{expression} is {value:.6g} at {format_point(point)}, which is not rational"
        )
    return rational


def _terms(expression: Expression) -> list[tuple[Expression, tuple[Limit, ...]]]:
    """An expression as products under sums: every sum outside of every product."""
    if isinstance(expression, Add):
        return [pair for part in expression.args for pair in _terms(part)]
    if isinstance(expression, Mul):
        return _multiplied([_terms(part) for part in expression.args])
    if isinstance(expression, Pow) and expression.exp.is_Integer and expression.exp > 0:
        return _multiplied([_terms(expression.base) for _ in range(int(expression.exp))])
    if isinstance(expression, Sum):
        fresh = {v: Dummy(v.name, integer=True, positive=True) for v, *_ in expression.limits}
        limits = tuple((fresh[v], *ends) for v, *ends in expression.limits)
        inside = _terms(expand(expression.function.xreplace(fresh)))
        return [(term, (*inner, *limits)) for term, inner in inside]
    return [(expression, ())]


def _multiplied(
    lists: list[list[tuple[Expression, tuple[Limit, ...]]]],
) -> list[tuple[Expression, tuple[Limit, ...]]]:
    product: list[tuple[Expression, tuple[Limit, ...]]] = [(sympify(1), ())]
    for factors in lists:
        product = [
            (term * factor, (*limits, *more))
            for term, limits in product
            for factor, more in factors
        ]
    return product


def _steps(cov: list[list[Expression]], x: Any) -> Iterator[tuple[Expression, list[Expression]]]:
    """Weights and values of a law with mean 0 and this covariance: away from 0 along the columns of
    its factors L D L', in both directions.
    """
    size, rest = len(cov), [list(row) for row in cov]
    if any(cov[a][b] != cov[b][a] for a in range(size) for b in range(a)):
        raise Undecided(f"the covariance of {x} was drawn as one that is not symmetric")
    total = Rational(0)
    reach = 1 + sum(abs(cov[a][a]) for a in range(size))  # so far that the weights leave some at 0
    for place in range(size):
        pivot = rest[place][place]
        column = [rest[row][place] for row in range(size)]
        if pivot < 0 or pivot == 0 and any(column):
            raise Undecided(f"the covariance of {x} was drawn as one that no {x} has")
        if pivot == 0:
            continue
        step = [entry / pivot * reach for entry in column]
        weight = pivot / reach**2 / 2
        total += 2 * weight
        yield weight, step
        yield weight, [-entry for entry in step]
        rest = [
            [rest[a][b] - column[a] * column[b] / pivot for b in range(size)] for a in range(size)
        ]
    yield 1 - total, [Rational(0)] * size


@dataclass(frozen=True, kw_only=True)
class Expected(Proof):
    """A chain that starts with the expectation `E` of `expression`; steps as in a chain."""

    E: Expectation
    expression: Expression
    steps: tuple[tuple[Expression, str], ...]

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """What is assumed, one line for each symbol."""
        return (*super().hypotheses, self.E.hypothesis)

    @property
    def reach(self) -> str:
        """For which letters, and by what."""
        steps = count(len(self.steps), "step")
        return f"{every(self.given)}; any law with these two moments, {steps}"

    @property
    def last(self) -> Expression:
        """What the expectation is."""
        return sympify(self.steps[-1][0])

    def check(self, seed: int = 0) -> str:
        """Raise unless the moments give the first expression, and each step equals the one before,
        by numbers of a law and by algebra.
        """
        if any(g.symbol == self.E.x for g in self.given):
            raise Undecided(f"{self.E.x} is random, so it has moments and no hypothesis")
        if not self.steps:
            raise Undecided("a chain without a step shows nothing")
        first = self.E(self.expression)
        for found in self._differences(first, points_of(self.given, seed)):
            raise Refuted(f"the moments: {found}")
        before = first
        for place, (after, reason) in enumerate(self.steps, 1):
            if before != sympify(after):
                self._check_step(before, after, reason, place, seed)
            before = sympify(after)
        steps = count(len(self.steps), "step")
        return (
            f"expectation by two moments, equal to that of a law on finitely many points at "
            f"{POINTS} exact points to 50 digits; {steps}, each "
            "simplified to 0 and equal there"
        )

    def _check_step(
        self, before: Expression, after: Any, reason: str, place: int, seed: int
    ) -> None:
        try:
            Chain(before, ((sympify(after), reason),), self.given).check(seed)
        except (Refuted, Undecided) as trouble:
            raise type(trouble)(str(trouble).replace("step 1", f"step {place}", 1)) from None

    def _differences(self, value: Any, points: Iterable[Point]) -> Iterator[str]:
        """Where a value is not the mean over a law that has the moments."""
        for point in points:
            law = self.E.law(point)
            mean = Add(*(w * evaluate(self.expression, {**point, self.E.x: x}) for w, x in law))
            want = evaluate(sympify(value), point)
            if not agree(mean, want):
                yield f"at {format_point(point)} it is {four_digits(mean)}, not {four_digits(want)}"

    def refute(self, mistake: str, seed: int = 0) -> str:
        """A law whose expectation is another value."""
        points = points_to_refute(self.given, seed)
        for found in self._differences(self.mistakes[mistake], points):
            return found
        raise Undecided(f"{self.mistakes[mistake]} is the expectation wherever it was tried")

    def describe(self, mistake: str) -> str:
        """What the mistake says, as Markdown."""
        return f"$$E[{reading(self.expression)}] = {reading(sympify(self.mistakes[mistake]))}$$"


@dataclass(frozen=True)
class Jet:
    """A table, or a number, that depends on a parameter in any smooth way, near a point: `at(k)`
    has its value and its first two derivatives there, and `given` are its hypotheses.
    """

    value: Letter
    slope: Letter
    bend: Letter
    parameter: Letter
    given: tuple[Given, ...]

    def at(self, *places: Any) -> Expression:
        """The value at the parameter, up to second order: with the place in a table."""
        value, slope, bend = (
            part[places] if places else part for part in (self.value, self.slope, self.bend)
        )
        return value + self.parameter * slope + self.parameter**2 * bend / 2

    def derivative(self, expression: Any, order: int = 1) -> Expression:
        """Of an expression in `at(...)`, at the point; of order 1 or 2."""
        if order not in (1, 2):
            raise Undecided(f"two derivatives are declared, and none of order {order}")
        return Derivative(expression, (self.parameter, order)).doit().subs(self.parameter, 0)


def density(pi: Letter, K: Letter, *, of: Letter) -> Jet:
    """Any positive density on K outcomes that is twice differentiable in the parameter `of`: it
    sums to 1 for each value, so its first and second derivatives sum to 0. Drawn as a softmax.

    Raises ValueError where pi is not declared positive, or the parameter not real and no more.
    """
    if not pi.assumptions0.get("positive"):
        raise ValueError(f"density: {pi} is positive, so declare it positive")
    slope, bend = _derivatives(pi, of)
    k = Symbol("k", integer=True, positive=True)

    def first(random: Source, known: Known) -> list[Expression]:
        return _centred(known[pi], _any(random, known[K]))

    def second(random: Source, known: Known) -> list[Expression]:
        scores = [a / b for a, b in zip(known[slope], known[pi], strict=True)]
        squares = _centred(known[pi], [score**2 for score in scores])
        bends = _centred(known[pi], _any(random, known[K]))
        return [a + b for a, b in zip(squares, bends, strict=True)]

    def sums(table: Letter, value: int) -> tuple[tuple[Expression, Expression], ...]:
        return ((Sum(table[k], (k, 1, K)), sympify(value)),)

    given = (
        Given(pi, lambda random, known: shares(random, known[K]), sums(pi, 1)),
        Given(slope, first, sums(slope, 0)),
        Given(bend, second, sums(bend, 0)),
    )
    return Jet(pi, slope, bend, of, given)


def smooth(F: Letter, K: Letter | None = None, *, of: Letter) -> Jet:
    """Any real table of K numbers, or any number, that is twice differentiable in the parameter
    `of`. Drawn as a polynomial.

    Raises ValueError where F is not declared real and no more, or a table has no K.
    """
    if F.assumptions0 != Symbol("x", real=True).assumptions0:
        raise ValueError(f"smooth: {F} must be declared real, and no more")
    if isinstance(F, IndexedBase) != (K is not None):
        raise ValueError(f"smooth: a table has a size, and a number has none; {F}, {K}")
    slope, bend = _derivatives(F, of)
    letters = (F, slope, bend)
    given = tuple(real(letter, K) if K is not None else number(letter) for letter in letters)
    return Jet(F, slope, bend, of, given)


def _derivatives(letter: Letter, of: Letter) -> list[Letter]:
    if of != Symbol(of.name, real=True):
        raise ValueError(f"the parameter {of} must be declared real, and no more")
    return [type(letter)(f"{letter}{mark}", real=True) for mark in ("'", "''")]


def _any(random: Source, length: int) -> list[Expression]:
    return [Rational(random.randint(-64, 64), 32) for _ in range(length)]


def _centred(weights: list[Expression], values: list[Expression]) -> list[Expression]:
    """weight * (value - mean), which sums to 0: the derivative of a softmax."""
    mean = sum(a * b for a, b in zip(weights, values, strict=True))
    return [a * (b - mean) for a, b in zip(weights, values, strict=True)]
