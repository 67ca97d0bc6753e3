"""Two expressions with one order: the second is a strictly monotone map of the first.

So on every set of values of what moves, a model class, a grid, all of the simplex, they have the
same minimisers and maximisers, or exchanged ones where the map decreases. That covers a positive
factor, a constant, a logarithm, and any chain of these.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sympy import Indexed, Symbol, diff, simplify, sympify

from xentlib.verify import sign
from xentlib.verify._errors import Undecided
from xentlib.verify._latex import reading
from xentlib.verify._sympy import Expression, Letter
from xentlib.verify._values import agree, evaluate, format_point, four_digits
from xentlib.verify.chain import POINTS, Chain
from xentlib.verify.hypotheses import Source, every
from xentlib.verify.inequality import is_smooth
from xentlib.verify.proof import Proof, points_of, points_to_refute

MOVES = 4  # from each point, in search of a counter-example


@dataclass(frozen=True, kw_only=True)
class SameOrder(Proof):
    """`other` is `through` at t = `one`, and `through` is strictly monotone in t; what it holds
    besides t stays, while the letters `moving` move. Put what stays first in `given`.

    A mistake is another expression that is said to have the order of `one`.
    """

    one: Expression
    other: Expression
    moving: tuple[Letter, ...]
    t: Letter
    through: Expression
    reason: str

    @property
    def reach(self) -> str:
        """For which letters, and by what."""
        return f"{every(self.given)}; every set of {self._moves}, by one strictly monotone map"

    @property
    def slope(self) -> Expression:
        """The derivative of the map."""
        return simplify(diff(self.through, self.t))

    @property
    def increases(self) -> bool:
        """Whether the map increases strictly; where it decreases strictly, False."""
        if sign.positive(self.slope, self.given):
            return True
        if sign.positive(-self.slope, self.given):
            return False
        raise Undecided(
            f"that the map {self.through} is strictly monotone does not follow: "
            f"its slope {self.slope} has no sign that the hypotheses give"
        )

    def check(self, seed: int = 0) -> str:
        """Raise unless the second expression is a strictly monotone map of the first."""
        self._refuse_what_moves()
        self._refuse_another_domain()
        for _ in points_of(self.given, seed):
            pass  # each value is as its letter is declared
        image = sympify(self.through).subs(self.t, self.one)
        if image != sympify(self.other):
            Chain(self.other, ((image, self.reason),), self.given).check(seed)
        kind = "increases" if self.increases else "decreases"
        both = (
            "both have the same minimisers and the same maximisers"
            if self.increases
            else "the minimisers of one are the maximisers of the other"
        )
        return (
            f"the second is {self.through} of the first, simplified to 0 and equal at {POINTS} "
            f"exact points to 50 digits; the map {kind} strictly, for its slope is {self.slope}, "
            f"and nothing in it moves with {self._moves}: on every set of {self._moves} {both}"
        )

    @property
    def _moves(self) -> str:
        return ", ".join(map(str, self.moving))

    def _refuse_what_moves(self) -> None:
        order = [g.symbol for g in self.given]
        if missing := set(self.moving) - set(order):
            raise Undecided(f"{min(map(str, missing))} has no hypothesis; it is said to move")
        first = min(order.index(letter) for letter in self.moving)
        stays = _letters(self.through) - {self.t}
        if moved := stays & set(self.moving):
            raise Undecided(
                f"the map {self.through} moves with {min(map(str, moved))}, so it is not one map"
            )
        if late := {s for s in order[first:] if s not in self.moving}:
            raise Undecided(
                f"{min(map(str, late))} comes after what moves, so it may move too; put what stays "
                "first"
            )
        if not _letters(self.one) & set(self.moving):
            raise Undecided(f"{self.one} does not move with {self._moves}")

    def _refuse_another_domain(self) -> None:
        if self.t not in (Symbol(self.t.name, positive=True), Symbol(self.t.name, real=True)):
            raise Undecided(f"the map: {self.t} is declared positive, or real, and no more")
        if not is_smooth(sympify(self.through), self.t, self.given):
            raise Undecided(
                f"the map {self.through} is not seen to be real, with a slope: it is made of sums, "
                " products, exponentials, and logarithms and powers of what is positive"
            )
        holds = sign.positive if self.t.is_positive else sign.real
        if not holds(self.one, self.given):
            kind = "positive" if self.t.is_positive else "real"
            raise Undecided(f"that {self.one} is {kind}, as the map takes it, does not follow")

    def refute(self, mistake: str, seed: int = 0) -> str:
        """Two points that the wrong expression puts in another order than the first one does."""
        wrong, turn = sympify(self.mistakes[mistake]), 1 if self.increases else -1
        for here, there in self._pairs(seed):
            try:
                a, b = evaluate(self.one, here), evaluate(self.one, there)
                c, d = evaluate(wrong, here) * turn, evaluate(wrong, there) * turn
            except Undecided:  # no value there, so no counter-example there
                continue
            if not agree(a, b) and (agree(c, d) or (a < b) != (c < d)):
                moved = {letter: there[letter] for letter in self.moving}
                return (
                    f"at {format_point(here)} and at {format_point(moved)} the first is "
                    f"{_both(a, b)}, and this {_both(c * turn, d * turn)}"
                )
        raise Undecided(f"{wrong} has the order of {self.one} wherever it was tried")

    def _pairs(self, seed: int) -> Iterator[tuple[dict[Letter, Any], dict[Letter, Any]]]:
        """Points that differ in what moves and in nothing else."""
        random = Source(seed)
        for here in points_to_refute(self.given, seed):
            for _ in range(MOVES):
                there = dict(here)
                for g in self.given:
                    if g.symbol in self.moving:
                        there[g.symbol] = g.draw(random, there)
                yield here, there

    def describe(self, mistake: str) -> str:
        """What the mistake says, as Markdown."""
        return f"$${reading(sympify(self.mistakes[mistake]))}$$"


def _both(a: Expression, b: Expression) -> str:
    return f"{four_digits(a)} and {four_digits(b)}"


def _letters(expression: Any) -> set[Letter]:
    expression = sympify(expression)
    return expression.free_symbols | {e.base for e in expression.atoms(Indexed)}
