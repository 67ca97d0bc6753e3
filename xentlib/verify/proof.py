"""What the kinds of proof share: their fields, points, and to know that an expression is 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from typing import Any, Self

from sympy import Symbol, sympify

from xentlib.verify._errors import Refuted, Undecided
from xentlib.verify._sympy import Expression, Letter
from xentlib.verify.chain import Chain, without_names
from xentlib.verify.hypotheses import Given
from xentlib.verify.sign import refuse_what_is_not_said

SEEDS = 4  # so many times the points of a check are tried against a mistake


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A derivation that is evidence by itself: for a whole statement as it stands, for a part of
    one by `as_part`.
    """

    given: tuple[Given, ...]
    mistakes: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""
    of: str = ""  # a relation of the claim, which must be the one that is shown

    @property
    def grade(self) -> str:
        """What a derivation that is checked for every size is."""
        return "proved"

    def as_part(self, part: str = "", *, of: str = "") -> Self:
        """The same, as evidence for the part of a statement that is named, or for a relation."""
        return replace(self, part=part, of=of)

    @property
    def derivation(self) -> Self:
        """What is derived, whatever part of a statement it covers and whatever people get wrong."""
        return replace(self, part="", of="", mistakes={})

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """What is assumed, one line for each symbol."""
        return hypotheses_of(self.given)

    @property
    def reach(self) -> str:
        """For which cases, and by what."""
        raise NotImplementedError

    def check(self, seed: int = 0) -> str:
        """What was found."""
        raise NotImplementedError

    def prove(self, seed: int = 0) -> str:
        """What the check found, if every mistake is refuted too."""
        found = self.check(seed)
        for mistake in self.mistakes:
            try:
                self.refute(mistake, seed)
            except Undecided as trouble:
                raise Undecided(f"mistake '{mistake}': {trouble}") from None
        return found

    def refute(self, mistake: str, seed: int = 0) -> str:
        """The counter-example to a mistake."""
        raise NotImplementedError

    def describe(self, mistake: str) -> str:
        """What a mistake says, as Markdown."""
        raise NotImplementedError


def same(a: Any, b: Any) -> bool:
    """Whether two chains or proofs are one derivation."""
    both = isinstance(a, Proof) and isinstance(b, Proof) and type(a) is type(b)
    return a is b or (both and a.derivation == b.derivation)


def derivations_in(thing: Any) -> Iterator[Chain | Proof]:
    """The chains and proofs that evidence holds, itself and then what it rests on."""
    if isinstance(thing, (Chain, Proof)):
        yield thing
    if isinstance(thing, Mapping):
        parts = tuple(thing.values())
    elif is_dataclass(thing) and not isinstance(thing, Chain):
        parts = tuple(value for name, value in vars(thing).items() if name != "mistakes")
    else:
        parts = thing if isinstance(thing, tuple) else ()
    for part in parts:
        yield from derivations_in(part)


def zero(expression: Any, given: tuple[Given, ...]) -> bool:
    """Whether it is 0 by the algebra of a chain and by its numbers."""
    expression = sympify(expression)
    if without_names(expression) == 0:
        return True
    chain = Chain(start=expression, steps=((sympify(0), "it vanishes"),), given=given)
    try:
        chain.check()
    except (Refuted, Undecided):
        return False
    return True


def points_of(given: tuple[Given, ...], seed: int = 0) -> Iterator[dict[Letter, Any]]:
    """Exact points that satisfy the hypotheses, each value as its letter is declared."""
    refuse_what_is_not_said(given)
    yield from _no_steps(given).points(seed)


def points_to_refute(given: tuple[Given, ...], seed: int = 0) -> Iterator[dict[Letter, Any]]:
    """Points of small whole numbers first, then more than a check looks at."""
    yield from _no_steps(given).simple_points(seed)
    for place in range(SEEDS):
        yield from points_of(given, seed + place)


def hypotheses_of(given: tuple[Given, ...]) -> tuple[str, ...]:
    """What is assumed, one line for each symbol."""
    return _no_steps(given).hypotheses


def _no_steps(given: tuple[Given, ...]) -> Chain:
    return Chain(start=sympify(0), steps=(), given=given)


def size_at(high: Expression, point: Mapping[Letter, Any]) -> int:
    """The size that a limit of a sum has at a point."""
    letters = {symbol: value for symbol, value in point.items() if isinstance(symbol, Symbol)}
    return int(sympify(high).subs(letters))
