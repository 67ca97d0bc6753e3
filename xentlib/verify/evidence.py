"""Kinds of evidence, each with its grade: what it checks, and how it refutes a mistake.

Each kind does what `Evidence` says. A mistake runs through the same check on the same draws.
"""

from __future__ import annotations

import dis
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Protocol

import numpy as np
from mpmath import mp, mpf
from sympy import Basic, Float, simplify, sympify

from xentlib.verify import samples as domains
from xentlib.verify._errors import Refuted, Undecided
from xentlib.verify._source import source_of
from xentlib.verify._sympy import Expression, Letter
from xentlib.verify._values import as_floats, count, evaluate, format_point
from xentlib.verify._watch import watched
from xentlib.verify.chain import POINTS, Chain, without_names
from xentlib.verify.hypotheses import Given, every
from xentlib.verify.quantity import Relation

GRADES = (
    "proved",
    "proved in small cases",
    "exact",
    "certified",
    "computed",
    "sampled",
    "simulated",
    "argued",
    "cited",
)  # from the strongest to the weakest
FEWEST_SIZES = 4  # numbers of classes, of two and more
FEWEST_DRAWS = 5  # for each number of classes but one
CLAIM_IN_A_STEP = r"<([a-z_0-9]+)>"
FEWEST_WORDS = 8  # of an argument, no two alike
BIBLIOGRAPHY = Path(__file__).resolve().parents[2] / "references.bib"  # of a checkout
Pairs = Iterator[tuple[str, Any, Any]]  # where, left, right


class Evidence(Protocol):
    """What a claim rests on: covers the whole statement, or the `part` that it names."""

    @property
    def part(self) -> str:
        """What of the statement it covers; nothing for all of it."""
        ...

    @property
    def grade(self) -> str:
        """One of `GRADES`."""
        ...

    @property
    def mistakes(self) -> Mapping[str, Any]:
        """What people get wrong, by name."""
        ...

    @property
    def reach(self) -> str:
        """For which cases, and by what, without running it."""
        ...

    def check(self, seed: int = 0) -> str:
        """What was found; raise `Refuted` with a counter-example, or `Undecided`."""
        ...

    def refute(self, mistake: str, seed: int = 0) -> str:
        """The counter-example to a mistake; raise `Undecided` if there is none."""
        ...

    def describe(self, mistake: str) -> str:
        """What a mistake says, as Markdown."""
        ...


def equal(a: Any, b: Any) -> bool:
    """Whether two values are the same: as Python says, and for SymPy's, as `simplify` says.

    >>> from sympy import sqrt
    >>> equal(sqrt(8), 2 * sqrt(2)), equal((1, 2), (2, 1))
    (True, False)
    """
    if a == b or not (isinstance(a, Basic) or isinstance(b, Basic)):
        return bool(a == b)
    difference: Expression = sympify(a) - sympify(b)  # type: ignore[operator]
    return bool(simplify(difference) == 0)


def at_least(a: Any, b: Any) -> bool:
    """Whether a is b or more: equality counts, and SymPy decides what is a number.

    >>> at_least(2, 2), at_least(1, 2)
    (True, False)
    """
    return bool(a >= b)


def at_most(a: Any, b: Any) -> bool:
    """Whether a is b or less: equality counts.

    >>> at_most(2, 2), at_most(2, 1)
    (True, False)
    """
    return bool(a <= b)


def less(a: Any, b: Any) -> bool:
    """Whether a is strictly less than b: equality does not count.

    >>> less(1, 2), less(2, 2)
    (True, False)
    """
    return bool(a < b)


RELATIONS = (equal, at_least, at_most, less)
LEAST_DIGITS, WIDEST_TOLERANCE, WIDEST_WITH_A_REASON = 12, 1e-9, 1e-2
FEWEST_SIMULATED, WIDEST_INTERVAL = 1000, 0.05  # of the value, five standard errors


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """A left side stands in a relation to a right side, wherever both are looked at."""

    part: str
    lhs: Callable[..., Any]
    rhs: Callable[..., Any]
    mistakes: Mapping[str, Any] = field(default_factory=dict)
    relation: Callable[..., bool] = equal

    def _pairs(self, seed: int) -> Pairs:
        raise NotImplementedError

    def _summary(self, number: int) -> str:
        raise NotImplementedError

    def _refuse_too_little(self, pairs: list[tuple[str, Any, Any]]) -> None:
        raise NotImplementedError

    def _holds(self, left: Any, right: Any) -> bool:
        return self.relation(left, right)

    def check(self, seed: int = 0) -> str:
        """What was found."""
        pairs, counter_example = self._compared(seed)
        if counter_example:
            raise Refuted(counter_example)
        self._refuse_too_little(pairs)
        if self.relation is not equal:
            refuse_a_bound_far_off([(left, right) for _, left, right in pairs])
        return self._summary(len({place for place, *_ in pairs}))

    def _compared(self, seed: int) -> tuple[list[tuple[str, Any, Any]], str]:
        """What was compared, up to the first counter-example, and that as text, or nothing."""
        self._refuse_what_shows_nothing()
        pairs: list[tuple[str, Any, Any]] = []
        for place, left, right in self._pairs(seed):
            pairs.append((place, left, right))
            if not self._holds(left, right):
                where = f"at {place}: " if place else ""
                return pairs, f"{where}{_plain(left)} against {_plain(right)}"
        return pairs, ""

    def _refuse_what_shows_nothing(self) -> None:
        if self.relation not in RELATIONS:
            named = ", ".join(relation.__name__ for relation in RELATIONS)
            raise Undecided(f"a relation is one of {named}, so that all know what it rejects")
        if _same_code(self.lhs, self.rhs):
            raise Undecided("a relation compares a thing with itself")

    def refute(self, mistake: str, seed: int = 0) -> str:
        """The counter-example to a mistake."""
        spoilt = replace(self, **self._changed(mistake))
        try:
            self._refuse_a_straw_man(mistake)
            pairs, counter_example = spoilt._compared(seed)
        except (Undecided, Refuted):
            raise
        except (ArithmeticError, LookupError, TypeError) as error:
            raise Undecided(f"it ends in {type(error).__name__}, and says nothing") from error
        if counter_example and len({isinstance(side, str) for side in pairs[-1][1:]}) > 1:
            raise Undecided(f"it says something of another kind: {counter_example}")
        if not counter_example:
            raise Undecided("it passes the check that it should fail")
        return counter_example

    def _refuse_a_straw_man(self, mistake: str) -> None:
        """Where a mistake brings its own cases beside another change, the claim is true there too;
        where it changes both sides, neither is a constant; and a right side that says one yes or
        no, whatever it is given, is the check negated.
        """
        changed = self._changed(mistake)
        if "cases" in changed and len(changed) > 1:
            try:
                there = replace(self, cases=changed["cases"])  # type: ignore[misc]
                _, trouble = there._compared(0)
            except (Undecided, TypeError):  # the claim says nothing of these cases
                return
            if trouble:
                raise Undecided(f"the claim fails at the mistake's own cases: {trouble}")
        elif {"lhs", "rhs"} <= set(changed):
            if any(map(_ignores_its_arguments, (changed["lhs"], changed["rhs"]))):
                raise Undecided("it has another left side and a constant: that is another claim")
        elif set(changed) == {"rhs"} and _ignores_its_arguments(wrong := changed["rhs"]):
            arguments = [None] * wrong.__code__.co_argcount
            if not (wrong.__code__.co_names or wrong.__code__.co_freevars):
                constant = _plain(wrong(*arguments))
                if constant not in ("True", "False"):
                    raise Undecided(f"it is {constant} whatever it is given; err by a formula")
            if isinstance(wrong(*arguments), bool):
                raise Undecided("it only says no for yes; name the wrong value that people take")

    def _changed(self, mistake: str) -> Mapping[str, Any]:
        """What the mistake puts in place of what: a mapping, or another right side."""
        wrong = self.mistakes[mistake]
        return wrong if isinstance(wrong, Mapping) else {"rhs": wrong}

    def describe(self, mistake: str) -> str:
        """What a mistake says, as Python."""
        return f"```python\n{source_of(self._changed(mistake))}\n```"


@dataclass(frozen=True, kw_only=True)
class _Cases(_Compared):
    """`lhs(*case)` and `rhs(*case)` for every case. `only` says why there is but one."""

    cases: Callable[[], Iterable[tuple[Any, ...]]]
    only: str = ""
    fewest: ClassVar[int] = 1

    def _pairs(self, seed: int) -> Pairs:
        cases, lhs, rhs = map(self._prepared, (self.cases, self.lhs, self.rhs))
        for case in cases():
            yield ", ".join(map(_plain, case)), lhs(*case), rhs(*case)

    def _prepared(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return function

    def _refuse_too_little(self, pairs: list[tuple[str, Any, Any]]) -> None:
        number = len({place for place, *_ in pairs})
        if number < (1 if self.only else self.fewest):
            raise Undecided(
                f"{number} of at least {self.fewest} cases: one case shows nothing in general; "
                "where the statement is about one, say so with only=..."
            )


@dataclass(frozen=True, kw_only=True)
class Exact(_Cases):
    """Every case, in exact arithmetic: a float anywhere on the way is an error. `floats` says why
    there must be some, where a statement is about floats; the grade is then "computed".
    """

    floats: str = ""
    fewest: ClassVar[int] = 2
    named: ClassVar[str] = "exact"

    @property
    def grade(self) -> str:
        """Exact, or computed, if there are floats."""
        return "computed" if self.floats else self.named

    @property
    def reach(self) -> str:
        """By what."""
        return f"every case that is named, {self.floats or 'in rationals'}"

    def _prepared(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return function if self.floats else watched(function)

    def _pairs(self, seed: int) -> Pairs:
        for place, left, right in super()._pairs(seed):
            _refuse_what_is_not_exact(left, right)
            yield place, left, right

    def _refuse_too_little(self, pairs: list[tuple[str, Any, Any]]) -> None:
        super()._refuse_too_little(pairs)
        first = next(iter(self.cases()))
        for side, before in ((self.rhs, pairs[0][2]), (self.lhs, pairs[0][1])):
            if _plain(side(*first)) != _plain(before):
                raise Undecided(
                    f"at {pairs[0][0]}: a side gives another value when it is asked again"
                )
        used = [_arguments_used(side) for side in (self.lhs, self.rhs)]
        if self.only or self.fewest < 2 or None in used:
            return
        seen = {place for places in used if places is not None for place in places}
        told_apart = {
            tuple(_plain(value) for place, value in enumerate(case) if place in seen)
            for case in self.cases()
        }
        if len(told_apart) < self.fewest:
            raise Undecided("the cases differ only in what neither side looks at")

    def _summary(self, number: int) -> str:
        how = self.floats or "in exact arithmetic"
        return f"{f'{number} cases, every one' if number > 1 else '1 case,'} {how}"


@dataclass(frozen=True, kw_only=True)
class Certified(Exact):
    """As `Exact`, where a case is a certificate: a dual vector, a ray, a polynomial."""

    fewest: ClassVar[int] = 1
    named: ClassVar[str] = "certified"

    @property
    def reach(self) -> str:
        """By what."""
        return "certificates, in rationals"

    def _summary(self, number: int) -> str:
        return f"{number} certificate{'s' * (number != 1)}, checked in exact arithmetic"


@dataclass(frozen=True, kw_only=True)
class _To60Digits(_Cases):
    """Cases that are computed with 60 digits."""

    grade = "computed"

    @property
    def reach(self) -> str:
        """By what."""
        return "two computations in 60 digits"

    def _pairs(self, seed: int) -> Pairs:
        with mp.workdps(60):
            yield from super()._pairs(seed)


@dataclass(frozen=True, kw_only=True)
class Computed(_To60Digits):
    """A value by two methods, in 60 digits; they agree to `digits`."""

    digits: int = 40

    def _refuse_what_shows_nothing(self) -> None:
        super()._refuse_what_shows_nothing()
        if self.digits < LEAST_DIGITS:
            raise Undecided(f"{self.digits} digits; two methods agree to at least {LEAST_DIGITS}")

    def _pairs(self, seed: int) -> Pairs:
        for place, left, right in super()._pairs(seed):
            yield place, mpf(left), mpf(right)

    def _holds(self, left: Any, right: Any) -> bool:
        return bool(abs(left - right) <= mpf(10) ** -self.digits * abs(right))

    def _summary(self, number: int) -> str:
        return f"{number} value{'s' * (number != 1)} by two methods, to {self.digits} digits"


@dataclass(frozen=True, kw_only=True)
class Digits(_To60Digits):
    """What is computed to 60 digits, printed to fewer: texts, and comparisons of values that lie
    far apart.
    """

    def _pairs(self, seed: int) -> Pairs:
        for place, left, right in super()._pairs(seed):
            _refuse_what_is_not_exact(left, right)
            yield place, left, right

    def _summary(self, number: int) -> str:
        return f"{number} comparison{'s' * (number != 1)} of printed digits, computed to 60"


@dataclass(frozen=True, kw_only=True)
class Sampled(_Compared):
    """Draws from `cases`, a dict of domains, corners first; equal means within `tolerance` of
    |right|. `because` says why the tolerance is of 1 + |right|, or wider than 1e-9.
    """

    cases: Mapping[str, domains.Domain]
    where: Callable[..., bool] | None = None
    tolerance: float = 1e-12
    because: str = ""
    sizes: tuple[int, ...] = domains.SIZES
    grade = "sampled"

    @property
    def reach(self) -> str:
        """For which numbers of classes, and to within what."""
        sizes = ", ".join(map(str, self.sizes))
        return f"random draws with {sizes} classes, corners first, to within {self.tolerance:g}"

    def _refuse_what_shows_nothing(self) -> None:
        super()._refuse_what_shows_nothing()
        widest = WIDEST_WITH_A_REASON if self.because else WIDEST_TOLERANCE
        if not 0 < self.tolerance <= widest:
            raise Undecided(
                f"a tolerance of {self.tolerance:g}; at most {widest:g}"
                + (", even with a reason" if self.because else " without a reason (because=...)")
            )

    def check(self, seed: int = 0) -> str:
        """What was found."""
        found = super().check(seed)
        drawn = list(domains.draws(self.cases, seed, self.sizes))
        met = [(size, draw) for size, draw in drawn if self.where is None or self.where(**draw)]
        if self.where is not None and len(met) == len(drawn):
            raise Undecided("where= holds at every draw, so it is no hypothesis; leave it out")
        for name, side in (("left", self.lhs), ("right", self.rhs)):
            for argument in _idle_arguments(side, met):
                raise Undecided(
                    f"the {name} side looks at {argument}, and changes nowhere if {argument} does: "
                    "it does not depend on it; a constant is written as one"
                )
        return found

    def _refuse_too_little(self, pairs: list[tuple[str, Any, Any]]) -> None:
        """Draws are counted while they are made, for each number of classes."""

    def _pairs(self, seed: int) -> Pairs:
        met: dict[int, set[str]] = {size: set() for size in self.sizes if size > 1}
        if len(met) < FEWEST_SIZES:
            raise Undecided(f"{len(met)} of at least {FEWEST_SIZES} numbers of classes")
        finite = False
        for size, draw in domains.draws(self.cases, seed, self.sizes):
            if self.where is None or self.where(**draw):
                left, right = np.broadcast_arrays(self.lhs(**draw), self.rhs(**draw))
                place = format_point({name: _listed(value) for name, value in draw.items()})
                met.setdefault(size, set()).add(place)
                finite = finite or bool(np.isfinite(left).any() or np.isfinite(right).any())
                for a, b in zip(np.ravel(left).tolist(), np.ravel(right).tolist(), strict=True):
                    if np.isnan(a) or np.isnan(b):
                        raise Undecided(f"at {place}: not a number")
                    yield place, a, b
        for size, places in met.items():
            if size > 1 and len(places) < FEWEST_DRAWS:
                raise Undecided(
                    f"with {size} classes {len(places)} of at least {FEWEST_DRAWS} different draws "
                    "met the hypotheses"
                )
        if not finite:
            raise Undecided("both sides are infinite at every draw: nothing was compared")

    def _holds(self, left: Any, right: Any) -> bool:
        scale = abs(right) + bool(self.because)
        slack = self.tolerance * scale if np.isfinite(right) else 0.0
        if self.relation is equal:
            return left == right or abs(left - right) <= slack
        if self.relation is less:
            return left < right
        return left == right or self.relation(
            left, right + slack if self.relation is at_most else right - slack
        )

    def _summary(self, number: int) -> str:
        reason = f" ({self.because})" if self.because else ""
        return (
            f"{number} draws with {', '.join(map(str, self.sizes))} classes, corners first, to "
            f"within {self.tolerance:g}{reason}"
        )


@dataclass(frozen=True, kw_only=True)
class Simulated(_Compared):
    """`cases(rng)` draws independent values, as arrays; the mean of `lhs(*arrays)` is `rhs()`
    within five of its own standard errors.
    """

    cases: Callable[[np.random.Generator], tuple[Any, ...]]
    grade = "simulated"
    errors: ClassVar[float] = 5.0

    @property
    def reach(self) -> str:
        """By what."""
        return f"Monte Carlo, within {self.errors:g} of its own standard errors"

    def _refuse_what_shows_nothing(self) -> None:
        super()._refuse_what_shows_nothing()
        if self.relation is not equal:
            raise Undecided("a mean is simulated to be equal to its value, and nothing else")

    def _pairs(self, seed: int) -> Pairs:
        sample = np.asarray(self.lhs(*self.cases(np.random.default_rng(seed))), dtype=float)
        if len(sample) < FEWEST_SIMULATED:
            raise Undecided(f"{len(sample)} of at least {FEWEST_SIMULATED} draws")
        if not np.isfinite(sample).all():
            raise Undecided("the simulation is not finite")
        if np.ptp(sample) == 0:
            raise Undecided(
                f"the simulation does not vary: {sample[0]:g} in all {len(sample)} draws bounds a "
                f"share of others by {3 / len(sample):.2g} (95%), and shows no mean"
            )
        error = sample.std(ddof=1) / np.sqrt(len(sample))
        yield f"{len(sample)} draws", (float(sample.mean()), float(error)), float(self.rhs())

    def _refuse_too_little(self, pairs: list[tuple[str, Any, Any]]) -> None:
        """The interval is narrow beside the value; of a mean of 0, beside the standard deviation,
        which says how many draws there are.
        """
        ((place, (_, error), value),) = pairs
        scale = abs(value) or error * int(place.split()[0]) ** 0.5
        if self.errors * error > WIDEST_INTERVAL * scale:
            raise Undecided(
                f"five standard errors are {self.errors * error / scale:.0%} of the value; at most "
                f"{WIDEST_INTERVAL:.0%} decides anything"
            )

    def _holds(self, left: Any, right: Any) -> bool:
        return abs(left[0] - right) <= self.errors * left[1]

    def _summary(self, number: int) -> str:
        return f"a Monte-Carlo mean within {self.errors:g} of its own standard errors"


@dataclass(frozen=True, kw_only=True)
class Derived:
    """A chain, and the library function that computes what it ends in: `computes(**point)` at the
    chain's own points. It may be `of` a relation of the claim: then it must run from the left side
    of that relation to its right side.
    """

    part: str
    chain: Chain
    of: str = ""
    computes: Callable[..., Any] | None = None
    mistakes: Mapping[str, Any] = field(default_factory=dict)
    tolerance: ClassVar[float] = 1e-12

    @property
    def grade(self) -> str:
        """Proved, or exact, if nothing varies."""
        return "proved" if self.chain.symbolic else "exact"

    @property
    def reach(self) -> str:
        """For which letters, in how many steps."""
        which = every(self.chain.given)
        return (
            f"{f'{which}; ' if which else ''}{count(self.chain.number_of_steps, 'step')}"
            f"{', and the library computes it' if self.computes else ''}"
        )

    @property
    def states(self) -> Relation:
        """What it shows."""
        return self.chain.states

    @property
    def given(self) -> tuple[Given, ...]:
        """Those of its chain."""
        return self.chain.given

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """Those of its chain, in words."""
        return self.chain.hypotheses

    def check(self, seed: int = 0) -> str:
        """What was found: of the chain, then of the library."""
        self.chain.check(seed)
        if self.computes:
            for point in self.chain.points(seed + 1):
                self._refuse_another_value(self.computes, point)
        steps = self.chain.number_of_steps
        bridge = (
            f"; the library computes the last expression, at {POINTS} points to within "
            f"{self.tolerance:g}"
        )
        return (
            f"{f'{steps} steps, each' if steps > 1 else '1 step,'} simplified to 0 and equal "
            f"at {POINTS} exact points to 50 digits{bridge if self.computes else ''}"
        )

    def _refuse_another_value(self, computes: Callable[..., Any], point: dict[Any, Any]) -> None:
        value = evaluate(self.chain.unfolded.last, point)
        if not value.is_real:
            raise Undecided(f"at {format_point(point)} the derivation has no real value")
        want = float(value)
        got = float(computes(**{str(name): as_floats(entry) for name, entry in point.items()}))
        if not abs(got - want) <= self.tolerance * (1 + abs(want)):
            raise Refuted(
                f"the library gives {got:.6g} at {format_point(point)}, the derivation {want:.6g}"
            )

    def refute(self, mistake: str, seed: int = 0) -> str:
        """The counter-example to a wrong end of the chain."""
        return self.chain.refute(self.mistakes[mistake], seed)

    def describe(self, mistake: str) -> str:
        """What a mistake says, as a formula."""
        return self.chain.show_mistake(self.mistakes[mistake])


@dataclass(frozen=True, kw_only=True)
class DerivedCases:
    """One chain for each of a few sizes, named in `chains`; a mistake is a pair, the name of a
    chain and a wrong end of it.
    """

    part: str
    chains: Mapping[str, Chain]
    mistakes: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
    grade = "proved in small cases"

    @property
    def reach(self) -> str:
        """For which cases."""
        return ", ".join(self.chains)

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """Those of all its chains, one line for each symbol."""
        lines: dict[Letter, list[str]] = {}
        for chain in self.chains.values():
            for given, line in zip(chain.given, chain.hypotheses, strict=False):
                if line not in lines.setdefault(given.symbol, []):
                    lines[given.symbol].append(line)
        return tuple(" or ".join(said) for said in lines.values())

    def check(self, seed: int = 0) -> str:
        """What was found of all chains."""
        if len(self.chains) < 2:
            raise Undecided("one case is no family")
        chains = self.chains.values()
        ends = {(without_names(chain.start), without_names(chain.last)) for chain in chains}
        if len(ends) < len(self.chains):
            raise Undecided("one chain under two names is one case")
        for name, chain in self.chains.items():
            try:
                chain.check(seed)
            except (Refuted, Undecided) as trouble:
                raise type(trouble)(f"{name}: {trouble}") from None
        return (
            f"{', '.join(self.chains)}: each simplified to 0 and equal at {POINTS} exact "
            "points to 50 digits"
        )

    def refute(self, mistake: str, seed: int = 0) -> str:
        """The counter-example to a wrong end of a chain."""
        name, wrong = self.mistakes[mistake]
        return f"{name}, {self.chains[name].refute(wrong, seed)}"

    def describe(self, mistake: str) -> str:
        """What a mistake says, as a formula."""
        name, wrong = self.mistakes[mistake]
        return self.chains[name].show_mistake(wrong)


class _Words:
    """Evidence that a reader judges: it has no mistakes to refute."""

    mistakes: Mapping[str, Any] = MappingProxyType({})

    def refute(self, mistake: str, seed: int = 0) -> str:
        """None is refuted by words."""
        raise Undecided(f"words refute nothing, so not '{mistake}'")

    def describe(self, mistake: str) -> str:
        """None is described."""
        raise KeyError(mistake)


@dataclass(frozen=True, kw_only=True)
class Argued(_Words):
    """A written proof, or a tuple of its steps; say in it which parts are checked elsewhere.

    `<name>` in a step is a claim that the step uses: it is printed by its title, and the claim
    that is argued must use it. An argument `of="meaning"` is for what is printed beside the
    statement, and has no part in its grade.
    """

    part: str
    proof: str | tuple[str, ...]
    of: str = ""
    grade = "argued"

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of the argument."""
        return (self.proof,) if isinstance(self.proof, str) else self.proof

    @property
    def names(self) -> tuple[str, ...]:
        """The claims that its steps use."""
        return tuple(re.findall(CLAIM_IN_A_STEP, " ".join(self.steps)))

    @property
    def reach(self) -> str:
        """The argument, in one line."""
        return " ".join(self.steps)

    def check(self, seed: int = 0) -> str:
        """The argument, if it is one, its steps in a numbered list."""
        if len(set(self.reach.lower().split())) < FEWEST_WORDS:
            raise Undecided("an argument needs words")
        if len(self.steps) == 1:
            return self.reach
        numbered = (f"  {place}. {step}" for place, step in enumerate(self.steps, 1))
        return "\n\n" + "\n".join(numbered)


@dataclass(frozen=True, kw_only=True)
class Cited(_Words):
    """Proved in a source of the bibliography: its key, and where in it."""

    part: str
    key: str
    place: str
    of: str = ""
    grade = "cited"

    @property
    def reach(self) -> str:
        """Where it is proved."""
        return f"{self.key}, {self.place}"

    def check(self, seed: int = 0) -> str:
        """Where it is proved, if there is such a source."""
        if not self.place.strip():
            raise Undecided(f"where in {self.key} it is proved is not said")
        if BIBLIOGRAPHY.exists() and f"{{{self.key}," not in BIBLIOGRAPHY.read_text("utf-8"):
            raise Undecided(f"the bibliography has no source {self.key}")
        return f"{{cite}}`{self.key}`, {self.place}"


FAR = 10.0  # of what is bounded: farther off, a bound says nothing of it


def refuse_a_bound_far_off(sides: list[tuple[Any, Any]]) -> None:
    """Raise where a bound is nowhere nearer to what it bounds than `FAR` times its size; a bound of
    0 says the sign, and any other so far off says nothing.
    """
    try:
        values = [(float(a), float(b)) for a, b in sides]
    except (TypeError, ValueError):  # no numbers: sets, or texts
        return
    finite = [(a, b) for a, b in values if np.isfinite(a) and np.isfinite(b)]
    sizes = sorted(max(map(abs, side)) for side in zip(*finite, strict=True)) or [0.0]
    nearest = min((abs(a - b) for a, b in finite), default=0.0)
    if sizes[0] and nearest > FAR * sizes[0]:
        raise Undecided(
            f"the two sides are nowhere nearer than {nearest:.4g}, and one is nowhere larger than "
            f"{sizes[0]:.4g}: a bound so far off says nothing"
        )


FEW = 8  # draws in which others are put, an argument at a time, for each number of classes


def _idle_arguments(side: Any, drawn: list[tuple[int, dict[str, Any]]]) -> Iterator[str]:
    """The arguments that a side's code looks at, and that change its value nowhere, each put alone
    from another draw; of one argument, its number of classes may.
    """
    places = _arguments_used(side) or set()
    by_size: dict[int, list[dict[str, Any]]] = {}
    for size, draw in drawn:
        by_size.setdefault(size, []).append(draw)
    if len(places) == 1 and len({_bits(side, draws[0]) for draws in by_size.values()}) > 1:
        return
    names = {side.__code__.co_varnames[place] for place in places} & set(drawn[0][1])
    for name in sorted(names):
        pairs = (
            (draw, {**draw, name: other[name]})
            for draws in by_size.values()
            for draw in draws[:: len(draws) // FEW or 1]
            for other in draws[:: len(draws) // FEW or 1]
        )
        if all(_bits(side, one) == _bits(side, other) for one, other in pairs):
            yield name


def _bits(side: Any, draw: dict[str, Any]) -> bytes:
    return (np.asarray(side(**draw)) + 0.0).tobytes()  # -0.0 is 0


def _same_code(f: Any, g: Any) -> bool:
    parts = [
        (h.__code__.co_code, h.__code__.co_consts, h.__code__.co_names, h.__closure__)
        if hasattr(h, "__code__")
        else h
        for h in (f, g)
    ]
    return f is g or parts[0] == parts[1]


def _arguments_used(function: Any) -> set[int] | None:
    """The places of the arguments that a function's code looks at; nothing, if it has no code or
    takes any number.
    """
    code = getattr(function, "__code__", None)
    if code is None or code.co_flags & (0x04 | 0x08):  # *arguments, **keywords
        return None
    looks = ("LOAD_FAST", "LOAD_DEREF", "LOAD_CLOSURE")
    steps = [step for step in dis.get_instructions(code) if step.opname.startswith(looks)]
    names = {str(step.argval) for step in steps} | {  # two in one step, since Python 3.13
        name for step in steps if isinstance(step.argval, tuple) for name in step.argval
    }
    arguments = code.co_varnames[: code.co_argcount]
    return {place for place, name in enumerate(arguments) if name in names}


def _ignores_its_arguments(function: Any) -> bool:
    """Whether a function of something is a constant: its code never looks at what it is given."""
    code = getattr(function, "__code__", None)
    return bool(code and code.co_argcount and _arguments_used(function) == set())


def _refuse_what_is_not_exact(left: Any, right: Any) -> None:
    if not (_is_exact(left) and _is_exact(right)):
        raise Undecided(f"{left!r} or {right!r} is not exact")


def _is_exact(value: Any) -> bool:
    if isinstance(value, Basic):
        return not value.has(Float)
    if isinstance(value, (tuple, list, frozenset)):
        return all(map(_is_exact, value))
    return isinstance(value, (int, Fraction, str))


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _plain(value: Any) -> str:
    """A value as text: at most four digits of a float, for another processor prints others."""
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(map(_plain, value)) + ")"
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{_plain(key)}: {_plain(entry)}" for key, entry in value.items()) + "}"
        )
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(map(_plain, value))) + "}"
    return f"{float(value):.4g}" if isinstance(value, (float, mpf)) else str(value)
