"""An optimum: a point where no direction has a slope, of an objective whose curvature has one sign
everywhere.

Over a simplex the directions sum to 0 and the point must be a distribution; over real or positive
letters, or between bounds, every direction counts. All of these are convex and open, so the point
is best among all: along each line the objective bends one way.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sympy import Derivative, Indexed, IndexedBase, Rational, Sum, Symbol, sympify

from xentlib.verify import sign
from xentlib.verify._algebra import normal, put
from xentlib.verify._errors import Refuted, Undecided
from xentlib.verify._latex import reading
from xentlib.verify._sympy import Expression, Letter
from xentlib.verify._values import agree, evaluate, format_point, four_digits
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import Given, Known, Source, every, real
from xentlib.verify.proof import Proof, hypotheses_of, points_of, points_to_refute, zero


@dataclass(frozen=True, kw_only=True)
class Optimum(Proof):
    """`kind` is "max" or "min" of `objective` over the letter or table of the hypothesis `over`: a
    `simplex`, positive or real numbers, perhaps between bounds. `at` is the point, an expression in
    the index of `entry`.

    A mistake is another point.
    """

    kind: str
    objective: Expression
    over: Given
    entry: Expression
    at: Expression

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """What is assumed, one line for each symbol."""
        return hypotheses_of((*self.given, self.over))

    @property
    def _constraint(self) -> Expression | None:
        """The sum over the table that is 1, if it is a simplex."""
        return self.over.facts[0][0] if self.over.facts else None

    @property
    def reach(self) -> str:
        """For which letters, and by what."""
        letters = every((*self.given, self.over))
        return f"{letters}; slope 0 in every direction, and a curvature of one sign"

    def check(self, seed: int = 0) -> str:
        """Raise unless the point is feasible, stationary, and the curvature has one sign."""
        self._refuse_what_is_no_optimum()
        for _ in points_of((*self.given, self.over), seed):
            pass  # each value is as its letter is declared
        self._check_feasible()
        self._check_stationary(seed)
        strict = self._check_curvature()
        where = "the open simplex" if self._constraint is not None else f"all {self.over.symbol}"
        return (
            f"at {self.entry} = {self.at} the constraint holds and every direction has slope 0; "
            f"the curvature along a direction d is {self._curvature}, of one sign over {where}: "
            f"{'the one' if strict else 'a'} {self.kind}imum"
        )

    def _refuse_what_is_no_optimum(self) -> None:
        if self.kind not in ("max", "min"):
            raise Undecided(f'an optimum is a "max" or a "min", not {self.kind!r}')
        base = getattr(self.entry, "base", self.entry)
        if base != self.over.symbol:
            raise Undecided(f"{self.entry} is no entry of {self.over.symbol}")
        if not sympify(self.objective).has(base):
            raise Undecided(f"the objective does not depend on {base}")
        if put(self.at, {}).has(base):
            raise Undecided(f"the point {self.at} is given by {base} itself")
        total = self._constraint
        known = total is None or isinstance(total.function, Indexed) and self.over.facts[0][1] == 1
        if len(self.over.facts) > 1 or not known:
            raise Undecided("over: a simplex of one row, or real numbers without a hypothesis")
        kinds = ("positive",) if total is not None else ("positive", "real")
        if base.assumptions0 not in [Symbol("x", **{kind: True}).assumptions0 for kind in kinds]:
            raise Undecided(f"over: {base} must be declared {' or '.join(kinds)}, and no more")
        if self.over.closed:
            raise Undecided(f"over: {base} may be at the edge of what is open")

    def _check_feasible(self) -> None:
        base, total = self.over.symbol, self._constraint
        lies_in = sign.positive if base.assumptions0.get("positive") else sign.real
        if not lies_in(self.at, self.given):
            kind = "positive" if lies_in is sign.positive else "real"
            raise Undecided(f"that the point {self.at} is {kind} does not follow")
        low, high = self.over.bounds or (None, None)
        if low is not None and not sign.positive(self.at - low, self.given):
            raise Undecided(f"that the point {self.at} is above {low} does not follow")
        if high is not None and not sign.positive(high - self.at, self.given):
            raise Undecided(f"that the point {self.at} is below {high} does not follow")
        if total is not None and not zero(put(total, {self.entry: self.at}) - 1, self.given):
            raise Undecided(f"that the point {self.at} sums to 1 does not follow")

    @property
    def _direction(self) -> Given:
        """A direction: a letter or a table that sums to 0 where the point sums to 1."""
        if not isinstance(self.over.symbol, IndexedBase):
            d = Symbol("d", real=True)
            return Given(d, lambda random, known: Rational(random.randint(-64, 64), 64))
        d = IndexedBase("d", real=True)
        if self._constraint is None:
            return real(d, self._size)
        ((k, low, high),) = self._constraint.limits
        return Given(d, _summing_to_zero(high), ((Sum(d[k], (k, low, high)), sympify(0)),))

    @property
    def _size(self) -> Any:
        indices = self.entry.indices
        limits = [
            limit
            for inner in sympify(self.objective).atoms(Sum)
            for limit in inner.limits
            if limit[0] in indices
        ]
        if not limits:
            raise Undecided(f"the objective has no sum over the index of {self.entry}")
        return limits[0][2]

    def _moved(self) -> tuple[Expression, Letter]:
        s, d = Symbol("s", real=True), self._direction.symbol
        step = d[self.entry.indices] if isinstance(d, IndexedBase) else d
        return put(self.objective, {self.entry: self.entry + s * step}), s

    def _along(self, order: int) -> Expression:
        """A derivative along the direction, where it starts."""
        moved, s = self._moved()
        return Derivative(moved, (s, order)).doit().subs(s, 0).doit()

    def _check_stationary(self, seed: int) -> None:
        slope = put(self._along(1), {self.entry: self.at})
        given = (*self.given, self._direction)
        if slope == 0:
            return
        try:
            Chain(slope, ((sympify(0), "the slope vanishes"),), given).check(seed)
        except Refuted as trouble:
            raise Refuted(f"the point {self.at} is not stationary: {trouble}") from None
        except Undecided as trouble:
            raise Undecided(f"that {self.at} is stationary is not shown: {trouble}") from None

    @property
    def _curvature(self) -> Expression:
        return normal(self._along(2))

    def _check_curvature(self) -> bool:
        turned = self._curvature * (1 if self.kind == "min" else -1)
        given = (*self.given, self.over, self._direction)
        if not sign.nonnegative(turned, given):
            raise Undecided(
                f"that the curvature {self._curvature} has the sign of a {self.kind}imum does not "
                "follow from the hypotheses"
            )
        return self._vanishes_only_at_zero(turned, given)

    def _vanishes_only_at_zero(self, curvature: Expression, given: tuple[Given, ...]) -> bool:
        """Whether it is a sum of positive multiples of each square of the direction."""
        d = self._direction.symbol
        if isinstance(d, Symbol):
            return sign.positive(curvature / d**2, given)
        if not isinstance(curvature, Sum) or len(curvature.limits) != 1:
            terms = curvature.args if curvature.is_Mul else ()
            sums = [term for term in terms if isinstance(term, Sum)]
            if len(sums) != 1 or not sign.positive(curvature / sums[0], given):
                return False
            curvature = sums[0]
        index, low, high = curvature.limits[0]
        whole = low == 1 and high == (
            self._constraint.limits[0][2] if self._constraint is not None else self._size
        )
        return whole and sign.positive(curvature.function / d[index] ** 2, given)

    def refute(self, mistake: str, seed: int = 0) -> str:
        """Hypotheses under which the wrong point is worse than the right one."""
        wrong = sympify(self.mistakes[mistake])
        for point, at_wrong, at_right in self._values(wrong, seed):
            worse = at_wrong < at_right if self.kind == "max" else at_wrong > at_right
            if worse and not agree(at_wrong, at_right):
                return (
                    f"at {format_point(point)} it gives {four_digits(at_wrong)}, and "
                    f"{self.entry} = {self.at} gives {four_digits(at_right)}"
                )
        raise Undecided(f"{self.entry} = {wrong} is as good wherever it was tried")

    def _values(
        self, wrong: Expression, seed: int
    ) -> Iterator[tuple[dict[Letter, Any], Expression, Expression]]:
        ends = [put(self.objective, {self.entry: at}) for at in (wrong, self.at)]
        for point in points_to_refute(self.given, seed):
            try:
                yield point, *(evaluate(end, point) for end in ends)
            except Undecided:  # no value there, so no counter-example there
                continue

    def describe(self, mistake: str) -> str:
        """What the mistake says, as Markdown."""
        wrong = reading(sympify(self.mistakes[mistake]))
        return rf"$${reading(self.entry)} \overset{{?}}{{=}} {wrong}$$"


def _summing_to_zero(high: Letter) -> Callable[[Source, Known], list[Expression]]:
    def draw(random: Source, known: Known) -> list[Expression]:
        drawn = [Rational(random.randint(-64, 64), 64) for _ in range(known[high])]
        return [value - sum(drawn) / len(drawn) for value in drawn]

    return draw
