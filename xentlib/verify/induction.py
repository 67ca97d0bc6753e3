"""Induction: a value for the first n, a step that gives each next one, and a closed form that fits
both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sympy import Product, Rational, Sum, sympify

from xentlib.verify._algebra import put
from xentlib.verify._errors import Refuted, Undecided
from xentlib.verify._latex import reading
from xentlib.verify._sympy import Expression, Letter, Pattern
from xentlib.verify._values import agree, count, evaluate, format_point, four_digits
from xentlib.verify.chain import POINTS, Chain
from xentlib.verify.hypotheses import Given
from xentlib.verify.proof import Proof, points_of, points_to_refute, zero
from xentlib.verify.quantity import Equal, Relation

TRIED = 4  # so many n, from the first on, get numbers


def unrolled(expression: Any, n: Letter) -> Expression:
    """Each sum or product up to n + 1 with its last term outside."""

    def reaches_beyond(a: Expression) -> bool:
        return isinstance(a, Sum | Product) and a.limits[-1][2] == n + 1

    def split(a: Expression) -> Expression:
        *inner, (v, low, _) = a.limits
        last = a.function.subs(v, n + 1)
        last = type(a)(last, *inner) if inner else last
        rest = type(a)(a.function, *inner, (v, low, n))
        return rest + last if isinstance(a, Sum) else rest * last

    return sympify(expression).replace(reaches_beyond, split)


@dataclass(frozen=True, kw_only=True)
class Induction(Proof):
    """A quantity that is `base` at n = `first`, and `step` at n + 1 where it is `value` at n, is
    `right` at every n.

    The step is shown by the chain `unfold`, of two parts: its end, with `value` in place of
    `before`, the quantity of the first part, and `reads` put in place of the letters of the
    second, is `step`. `read_as` says in words why the chain's start is the quantity at n + 1; that
    is not checked, so it is printed. `left` is the name of the quantity, where a claim has a
    relation to be shown. Tables in `given` have a row for each n that is tried.
    """

    n: Letter
    base: Expression
    value: Letter
    step: Expression
    right: Expression
    unfold: Chain
    before: Expression
    read_as: str
    reads: Pattern = field(default_factory=dict)
    first: int = 1
    left: Expression | None = None

    @property
    def states(self) -> Relation:
        """What it shows, if the quantity has a name."""
        if self.left is None:
            raise AttributeError("an induction without a left side states no relation")
        return Equal(self.left, self.right)

    @property
    def assumed(self) -> tuple[Given, ...]:
        """What it assumes of its letters, but for how many n are tried."""
        return tuple(g for g in self.given if g.bounds is None or g.bounds[0] != g.bounds[1])

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """What is assumed, one line for each symbol."""
        said = zip(self.given, super().hypotheses, strict=True)
        return (f"{self.n} ≥ {self.first}", *(line for g, line in said if g in self.assumed))

    @property
    def reach(self) -> str:
        """For which n, and by what."""
        return f"every ${self.n}$ from {self.first} on, by induction"

    def check(self, seed: int = 0) -> str:
        """Raise unless base, step and unfolding are shown."""
        self._refuse_what_is_no_induction()
        self._compare(self.right, seed)
        base, right = sympify(self.base), self._right(self.first)
        if base != right.doit() and not zero(base - right.doit(), self.given):
            raise Undecided(f"the base: {base} - ({right}) is not simplified to 0")
        following = unrolled(self._right(self.n + 1), self.n)
        stepped = sympify(self.step).subs(self.value, self.right)
        if not zero(following - stepped, self._at_some_n):
            raise Undecided(f"the step: {following} - ({stepped}) is not simplified to 0")
        self._check_unfolding(seed)
        steps = len(self.unfold.steps)
        return (
            f"base n = {self.first} and step from n to n + 1, both simplified to 0 and equal at "
            f"{POINTS} exact points to 50 digits; the step by a chain of {count(steps, 'step')}, "
            f"read so: {self.read_as}"
        )

    def _refuse_what_is_no_induction(self) -> None:
        if not self.n.is_integer:
            raise Undecided(f"{self.n} must be declared integer")
        if not sympify(self.right).has(self.n):
            raise Undecided(f"{self.right} does not depend on {self.n}")
        if not sympify(self.step).has(self.value):
            raise Undecided(f"the step {self.step} does not use the value before it, {self.value}")
        if not self.read_as.strip():
            raise Undecided("read_as must say how the chain is read as the step")

    def _right(self, n: Any) -> Expression:
        return sympify(self.right).subs(self.n, n)

    @property
    def _at_some_n(self) -> tuple[Given, ...]:
        """The hypotheses, with some n and some value at it."""
        last = self.first + TRIED - 2  # the tables have a row for the next one
        return (
            *self.given,
            Given(self.n, lambda random, known: random.randint(self.first, last)),
            Given(self.value, lambda random, known: Rational(random.randint(1, 64), 64)),
        )

    def _compare(self, right: Any, seed: int) -> None:
        """Raise at the first n where the recursion gives another number."""
        if found := next(self._differences(right, points_of(self.given, seed)), None):
            raise Refuted(found)

    def _differences(self, right: Any, points: Iterable[dict[Letter, Any]]) -> Iterator[str]:
        for point in points:
            value = self._number(self.base, point, {})
            for n in range(self.first, self.first + TRIED):
                closed = self._number(right, point, {self.n: n})
                if not agree(value, closed):
                    where = "the base" if n == self.first else f"the step to n = {n}"
                    here = format_point({**point, self.n: n})
                    both = f"{four_digits(value)}, not {four_digits(closed)}"
                    yield f"{where}: at {here} it is {both}"
                    break
                if n < self.first + TRIED - 1:
                    value = self._number(self.step, point, {self.n: n, self.value: value})

    def _number(
        self, expression: Any, point: dict[Letter, Any], letters: dict[Letter, Any]
    ) -> Expression:
        try:
            return evaluate(sympify(expression).subs(letters), point)
        except Undecided as trouble:
            raise Undecided(
                f"the base and {TRIED - 1} steps are tried, up to n = {self.first + TRIED - 1}: "
                f"{trouble}"
            ) from None

    def _check_unfolding(self, seed: int) -> None:
        try:
            self.unfold.check(seed)
        except (Refuted, Undecided) as trouble:
            raise type(trouble)(f"the unfolding: {trouble}") from None
        end = put(self.unfold.last, {self.before: self.value})
        if not end.has(self.value):
            raise Undecided(f"the unfolding does not end in {self.before}")
        read = put(end, self.reads)
        if read != sympify(self.step) and not zero(read - self.step, self._at_some_n):
            raise Undecided(f"the unfolding ends in {read}, which is not the step {self.step}")

    def refute(self, mistake: str, seed: int = 0) -> str:
        """An n at which the recursion gives another number than the wrong closed form."""
        wrong = self.mistakes[mistake]
        points = points_to_refute(self.given, seed)
        if found := next(self._differences(wrong, points), None):
            return found
        raise Undecided(f"{wrong} agrees with the recursion wherever it was tried")

    def describe(self, mistake: str) -> str:
        """What the mistake says, as Markdown."""
        return f"$${reading(sympify(self.mistakes[mistake]))}$$"
