"""Bounds: a first expression, and steps that each equal the one before or lie above it, with a
reason.

That a step lies above by a certain sum is checked as every `=` is, in two ways; that the sum cannot
be negative is a rule's, of `inequality`. When the two ends are equal is a result of the same steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sympy import sympify

from xentlib.verify._algebra import put
from xentlib.verify._errors import Refuted, Undecided
from xentlib.verify._latex import reading
from xentlib.verify._steps import bundle
from xentlib.verify._sympy import Expression, Letter, Pattern
from xentlib.verify._values import agree, count, evaluate, format_point, four_digits
from xentlib.verify.chain import POINTS, Chain, without_names
from xentlib.verify.evidence import refuse_a_bound_far_off
from xentlib.verify.faces import bridge, on_the_support
from xentlib.verify.hypotheses import every
from xentlib.verify.inequality import NEVER, Dropped, Rowwise, Termwise
from xentlib.verify.proof import Proof, points_of, points_to_refute
from xentlib.verify.quantity import AtLeast, AtMost, Relation, unfold

RULES = (Termwise, Rowwise, Dropped)
Rule = Termwise | Rowwise | Dropped | str  # one of RULES, or "="


@dataclass(frozen=True, kw_only=True)
class Bounded(Proof):
    """`start <= ...`, or `start >= ...` with `relation=">="`: steps `(rule, expression, reason)`,
    where a rule is "=" or one of Termwise, Rowwise, Dropped.

    `equality` is where the ends are claimed to be equal and nowhere else, `{q[k]: p[k]}`; without
    it, the condition that the steps give is said. `computes` is the library's function for the
    start: under the hypotheses of a `support` it is compared on faces. A mistake is another last
    expression, or a mapping: another place of equality.
    """

    start: Expression
    steps: tuple[tuple[Rule, Expression, str], ...]
    relation: str = "<="
    equality: Pattern | None = None
    computes: Callable[..., Any] | None = None

    @property
    def last(self) -> Expression:
        """What the start is bounded by."""
        return sympify(self.steps[-1][1])

    @property
    def states(self) -> Relation:
        """What it shows."""
        return (AtMost if self.relation == "<=" else AtLeast)(self.start, self.last)

    @property
    def unfolded(self) -> Bounded:
        """The same with each quantity replaced by what its name stands for."""
        steps = tuple((*step[:1], *map(unfold, step[1:2]), *step[2:]) for step in self.steps)
        mistakes = {
            name: wrong if isinstance(wrong, Mapping) else unfold(wrong)
            for name, wrong in self.mistakes.items()
        }
        return replace(self, start=unfold(self.start), steps=steps, mistakes=mistakes)

    @property
    def rules(self) -> tuple[Any, ...]:
        """The steps that are no `=`."""
        return tuple(rule for rule, *_ in self.steps if rule != "=")

    @property
    def reach(self) -> str:
        """For which letters, in how many steps."""
        on_faces = on_the_support(self.given) is not None
        which = "every $K$ on the closed simplex" if on_faces else every(self.given)
        return (
            f"{which}; {count(len(self.steps), 'step')}, {len(self.rules)} of them an inequality"
            f"{', and the library computes it' if self.computes else ''}"
        )

    def check(self, seed: int = 0) -> str:
        """Raise unless every step is shown; say by which lemmas, and when the ends are equal."""
        return self.unfolded._check(seed)

    def _check(self, seed: int) -> str:
        self._refuse_what_is_no_bound()
        points = list(points_of(self.given, seed))
        before = sympify(self.start)
        for place, (rule, after, reason) in enumerate(self.steps, 1):
            try:
                equation = self._equation(before, rule, after, reason)
                if without_names(equation.start) != without_names(equation.last):
                    equation.check(seed)
                if rule != "=":
                    self._check_rule(rule, points)
            except (Refuted, Undecided) as trouble:
                words = str(trouble).removeprefix(f"step 1 ({reason})").removeprefix(":")
                raise type(trouble)(f"step {place} ({reason}): {words.strip()}") from None
            before = sympify(after)
        self._check_equality(points)
        ends = (self.start, self.last)
        refuse_a_bound_far_off([tuple(evaluate(e, at) for e in ends) for at in points])
        found = [self._says()]
        if self.computes:
            found.append(bridge(self.start, self.given, self.computes, self.relation))
        return "; ".join(found)

    def _refuse_what_is_no_bound(self) -> None:
        if self.relation not in ("<=", ">="):
            raise Undecided(f'a bound is "<=" or ">=", not {self.relation!r}')
        for place, step in enumerate(self.steps, 1):
            if len(step) != 3 or not (step[0] == "=" or isinstance(step[0], RULES)):
                raise Undecided(
                    f"step {place} is no (rule, expression, reason) with one of the rules "
                    '"=", Termwise, Rowwise, Dropped'
                )
        if not self.rules:
            raise Undecided("every step is an =; a Chain says so")
        ends = Chain(self.start, ((self.last, "the ends"),), self.given)
        if sympify(self.start) == self.last or not ends.symbolic:
            raise Undecided("the bound is about numbers only, or about one expression")

    def _equation(self, before: Expression, rule: Any, after: Any, reason: str) -> Chain:
        """The equation that a step needs: what it adds is the slack of its rule."""
        slack = 0 if rule == "=" else rule.slack()
        left = before + slack if self.relation == "<=" else before - slack
        return Chain(start=left, steps=((sympify(after), reason),), given=self.given)

    def _check_rule(self, rule: Any, points: list[dict[Letter, Any]]) -> None:
        rule.check(self.given)
        for point in points:  # the second way: no rule is trusted that a number contradicts
            value = evaluate(rule.slack(), point)
            if value < 0 and not agree(value, sympify(0)):
                raise Refuted(f"at {format_point(point)} it lies beyond by {four_digits(-value)}")

    def _check_equality(self, points: list[dict[Letter, Any]]) -> None:
        if self.equality is None:
            return
        if not all(rule.vanishes(self.equality, self.given) for rule in self.rules):
            raise Undecided(
                f"that equality holds {_where(self.equality)} does not follow from the steps"
            )
        for entry, value in self.equality.items():
            if not any(rule.forces(entry, value, self.given, points) for rule in self.rules):
                raise Undecided(
                    f"that equality holds only where {entry} = {value} does not follow from the "
                    f"steps; they say: equality iff {self.condition}"
                )

    @property
    def condition(self) -> str:
        """When the ends are equal, as the steps say it."""
        conditions = dict.fromkeys(rule.equality(self.given) for rule in self.rules)
        return NEVER if any(c.startswith(NEVER) for c in conditions) else "; and ".join(conditions)

    def _says(self) -> str:
        equal = self.condition if self.equality is None else _pattern(self.equality)
        lemmas = dict.fromkeys(
            f"{rule.lemma} for {rule.lemma.t} {rule.lemma.domain} with 0 only at "
            f"{rule.lemma.zero}, since gap and slope vanish there and the curvature is "
            f"{rule.lemma.curvature} {'>= 0, and 0 once at most' if rule.lemma.bent_by else '> 0'}"
            for rule in self.rules
            if isinstance(rule, Termwise)
        )
        number, bounds = len(self.steps), len(self.rules)
        return "; ".join(
            [
                f"{count(number, 'step')}, {bounds} of them an inequality, each "
                f"simplified to 0 and equal at {POINTS} exact points to 50 digits",
                *lemmas,
                f"equality {'never' if equal == NEVER else f'iff {equal}'}",
            ]
        )

    def refute(self, mistake: str, seed: int = 0) -> str:
        """A point where the wrong bound fails, to 50 digits; none found is Undecided."""
        return self.unfolded._refute(self.unfolded.mistakes[mistake], seed)

    def _refute(self, wrong: Any, seed: int) -> str:
        if isinstance(wrong, Mapping):
            return self._refute_equality(wrong, seed)
        for point, left, right in self._values(self.start, wrong, seed):
            if (left > right if self.relation == "<=" else left < right) and not agree(left, right):
                return (
                    f"at {format_point(point)} {four_digits(left)} is not {self.relation} "
                    f"{four_digits(right)}"
                )
        raise Undecided(
            f"no point was found where {self.start} {self.relation} {wrong} fails: it may be true"
        )

    def _refute_equality(self, pattern: Pattern, seed: int) -> str:
        ends = put(self.start, pattern), put(self.last, pattern)
        for point, left, right in self._values(*ends, seed):
            if not agree(left, right):
                return (
                    f"equality {_where(pattern)}: at {format_point(point)} "
                    f"{four_digits(left)} is not {four_digits(right)}"
                )
        raise Undecided(f"the two ends are equal {_where(pattern)}, wherever it was tried")

    def _values(
        self, left: Any, right: Any, seed: int
    ) -> Iterator[tuple[dict[Letter, Any], Expression, Expression]]:
        for point in points_to_refute(self.given, seed):
            try:
                yield point, evaluate(left, point), evaluate(sympify(right), point)
            except Undecided:  # no value there, so no counter-example there
                continue

    def describe(self, mistake: str) -> str:
        """What the mistake says, as Markdown."""
        wrong = self.mistakes[mistake]
        if isinstance(wrong, Mapping):
            return f"Equality {_where(wrong)}."
        sign = r"\le" if self.relation == "<=" else r"\ge"
        return (
            f"$$\\begin{{aligned}}\n& {reading(sympify(self.start))} \\\\\n"
            f"&\\quad \\overset{{?}}{{{sign}}} {reading(sympify(wrong))}\n\\end{{aligned}}$$"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        steps = (
            ("=" if rule == "=" else self.relation, after, reason)
            for rule, after, reason in self.steps
        )
        return bundle(sympify(self.start), steps)


def _pattern(pattern: Pattern) -> str:
    return ", ".join(f"{entry} = {value}" for entry, value in pattern.items())


def _where(pattern: Pattern) -> str:
    return f"where {_pattern(pattern)}" if pattern else "always"
