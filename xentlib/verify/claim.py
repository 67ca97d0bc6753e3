"""The engine: a claim is a statement with evidence, evidence has a grade and mistakes, a verdict
prints them.

A check raises `Refuted` with a counter-example, or `Undecided` where nothing was shown; it
never returns False and never asserts. A mistake runs through the same check on the same draws
and must be refuted there, by a counter-example that is printed: a mistake that passes, that
crashes, or that stays undecided is an error.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from sympy import Expr

from xentlib.verify._display import bundle, five_lines
from xentlib.verify._errors import Refuted, Undecided
from xentlib.verify._plain import short_lines
from xentlib.verify._values import count
from xentlib.verify.chain import SECONDS, Chain, without_draws
from xentlib.verify.evidence import GRADES, Evidence
from xentlib.verify.hypotheses import Given, assumes_no_more
from xentlib.verify.proof import Proof, hypotheses_of
from xentlib.verify.quantity import Relation, differs

FEWEST_MISTAKES = 2
MEANING = "meaning"  # of what is printed beside a statement
NAMED_PARTS = 2
SHORT = 24  # characters, of a part that is named on the line under a theorem
LONG = 60  # characters of TeX, of a formula within a line
WORDS = ("proved", "checked", "argued")  # what a reader sees of the grades, which are finer
OUTCOMES = ("refuted", "undecided", "holds")  # of a step, the worst first


class Place(NamedTuple):
    """Where a claim is stated."""

    module: str
    file: str
    line: int


def _here() -> Place:
    frame = sys._getframe(2)  # 0 is this function, 1 the claim's __init__, 2 who states the claim
    return Place(frame.f_globals.get("__name__", ""), frame.f_code.co_filename, frame.f_lineno)


def weakest(grades: Iterable[str]) -> str:
    """The last of the grades in the order of `GRADES`."""
    return max(grades, key=GRADES.index)


def _with_formula(text: str, name: str, formula: str) -> str:
    """The text with a formula for the name: a long one stands on lines of its own, with the point
    or comma that follows it.
    """
    alone = re.compile(rf" ?\$<{re.escape(name)}>\$([.,:;]?) ?")
    if len(formula) < LONG or not alone.search(text):
        return text.replace(f"<{name}>", formula)
    return alone.sub(lambda found: f"\n\n$$\n{formula}{found[1]}\n$$\n\n", text).strip()


def _relation(evidence: Evidence) -> str:
    """The name of the relation that it is run on, if it is of one."""
    return getattr(evidence, "of", "")


def _some(some: int, every: int) -> str:
    """How many of the formulas of a statement."""
    if some < every:
        return f"{some} of {every} formulas"
    return {1: "its formula", 2: "both formulas"}.get(every, f"all {every} formulas")


def _is_tied(evidence: Evidence) -> bool:
    """Whether a proof assistant proved a relation by it."""
    return hasattr(evidence, "tied_to") and bool(_relation(evidence))


def _first(parts: list[str]) -> str:
    """The first parts by name, the others by number."""
    more = len(parts) - NAMED_PARTS
    return "; ".join([*parts[:NAMED_PARTS], *([f"{more} more"] if more > 0 else [])])


def _counted(parts: list[str]) -> str:
    """A part with a short name, or how many there are."""
    alone = len(parts) == 1 and len(parts[0]) <= SHORT
    return parts[0] if alone else count(len(parts), "part")


def word_of(grade: str) -> str:
    """Proved, checked or argued."""
    return {"proved": "proved", "argued": "argued", "cited": "argued"}.get(grade, "checked")


@dataclass(frozen=True, kw_only=True, eq=False)
class Claim:
    """A statement and its evidence. Evidence with `part=""` covers the whole statement, other
    evidence the part it names.

    `relations` are what the statement says in formulas: `<name>` in the statement is replaced by
    the relation as it is printed, and evidence that is `of` the relation must show that very
    relation, so that what is read and what is checked are one thing. `for_all` is their domain: it
    is printed under the statement, and evidence for the whole may assume no more. A claim without a
    relation says in `in_words` why it has none. `meaning` are words beside it: printed under the
    statement, and never graded.

    `uses` are claims, or names such as "categorical.one_hot_lemma", looked up beside the module
    that states this claim, so that importing one module imports no other.
    """

    title: str
    statement: str
    evidence: tuple[Evidence, ...]
    relations: Mapping[str, Relation] = field(default_factory=dict)
    for_all: tuple[Given, ...] = ()
    in_words: str = ""
    meaning: str = ""
    uses: tuple[Claim | str, ...] = ()
    kind: str = "theorem"
    stated: Place = field(default_factory=_here)

    def __post_init__(self) -> None:
        for name in self.relations:
            if self.statement.count(f"<{name}>") != 1:
                raise Undecided(f"{self.title}: <{name}> must stand once in the statement")
        if left := re.search(r"<[a-z_ ]+>", self.text):
            raise Undecided(f"{self.title}: {left.group()} is no relation of the claim")

    @property
    def text(self) -> str:
        """The statement as it is printed, with its relations."""
        text = self.statement
        for name, relation in self.relations.items():
            text = _with_formula(text, name, relation.latex)
        return text

    @property
    def module(self) -> str:
        """The module that states it."""
        return self.stated.module

    @property
    def where(self) -> str:
        """`module.name`, or `file:line` of a claim without a name."""
        if self.name:
            return f"{self.module}.{self.name}"
        return f"{Path(self.stated.file).name}:{self.stated.line}"

    @property
    def name(self) -> str:
        """The variable that holds it in its module."""
        names = vars(sys.modules.get(self.module, sys)).items()
        return next((name for name, value in names if value is self), "")

    @property
    def premises(self) -> tuple[Claim, ...]:
        """The claims that it uses."""
        return tuple(self._looked_up(used) for used in self.uses)

    def _looked_up(self, used: Claim | str) -> Claim:
        if isinstance(used, Claim):
            return used
        module, _, name = used.rpartition(".")
        package = self.module.rpartition(".")[0]
        try:
            found = getattr(import_module(f"{package}.{module}" if package else module), name)
        except (ModuleNotFoundError, AttributeError):
            found = None
        if not isinstance(found, Claim):
            raise Undecided(f"{self.title}: it uses {used}, which is no claim")
        return found

    def as_run(self, evidence: Evidence) -> Evidence:
        """Evidence as it is checked: a theorem knows the relation that it is of, and its domain."""
        tied_to = getattr(evidence, "tied_to", None)
        relation = self.relations.get(_relation(evidence))
        if tied_to is None or relation is None:
            return evidence
        beside = [e for e in self.evidence if _relation(e) == _relation(evidence)]
        wrong = {
            name: right
            for other in beside
            if other is not evidence
            for name, right in other.mistakes.items()
            if isinstance(right, Expr)
        }
        return tied_to(relation, self.for_all, wrong)

    def with_relation(self, name: str, relation: Relation) -> Claim:
        """The claim with another relation in the place of one: a change for `check` to refuse.

        Raises KeyError, with the names that there are, where none is called so.
        """
        if name not in self.relations:
            raise KeyError(
                f"{self.title}: no relation {name}; there are {', '.join(self.relations)}"
            )
        return replace(self, relations={**self.relations, name: relation})

    def said_by(
        self, evidence: Evidence, text: str, link: Callable[[Claim], str] | None = None
    ) -> str:
        """What evidence says: each claim that an argument names by its title, or as a link."""
        names = getattr(evidence, "names", ())
        by_name = {used.name: used for used in self.premises} if names else {}
        for name in names:
            if name not in by_name:
                raise Undecided(f"{self.title}: its argument names <{name}>, which it does not use")
            used = by_name[name]
            text = text.replace(f"<{name}>", link(used) if link else used.title)
        return text

    @property
    def label(self) -> str:
        """The label of its box."""
        return "claim-" + self.name.replace("_", "-")

    @property
    def place(self) -> str:
        """The label of its entry on the claims page."""
        return self.label.replace("claim-", "where-", 1)

    @property
    def _covering(self) -> list[Evidence]:
        """The evidence that covers the whole statement: the strongest of it; or the strongest for
        each of its relations; or none, where all evidence is for parts.
        """
        for names in ([""], list(self.relations)):
            found = [
                min(whole, key=lambda e: GRADES.index(e.grade))
                for name in names
                if (whole := [e for e in self.evidence if not e.part and _relation(e) == name])
            ]
            if found and len(found) == len(names):
                return found
        return []

    @cached_property
    def grade(self) -> str:
        """The weakest of what covers the whole statement; where nothing does, of all parts.

        Words, argued or cited, count whatever part they are for, unless they are of the meaning.
        """
        words = [e for e in self.evidence if word_of(e.grade) == "argued" and e.part]
        of_it = [e for e in words if _relation(e) != MEANING]
        return weakest(e.grade for e in [*(self._covering or self.evidence), *of_it])

    @property
    def headline(self) -> str:
        """What is proved, checked and argued of the statement, each with what it covers.

        A word without parts covers the whole: "Proved for every K · checked: faces".
        """
        return self._covered(_first)

    @property
    def in_short(self) -> str:
        """The headline on one line: many parts, or a long one, are counted."""
        return self._covered(_counted)

    def _covered(self, of_parts: Callable[[list[str]], str]) -> str:
        best = max(self._covering, key=lambda e: GRADES.index(e.grade), default=None)
        covers = word_of(best.grade) if best else ""
        lines = []
        for word in WORDS:
            of_it = [e for e in self.evidence if _relation(e) != MEANING]
            named = [e.part or _relation(e) for e in of_it if word_of(e.grade) == word]
            if best and word == covers:
                reach = best.reach.partition(";")[0]
                known = word == "proved" and reach.startswith(("every", "all "))
                alone = word if not lines else f"{word}: the whole"
                lines.append(f"{word} for {reach}" if known else alone)
            elif parts := list(dict.fromkeys(part for part in named if part)):
                lines.append(f"{word}: {of_parts(parts)}")
        if tied := {_relation(e) for e in self.evidence if _is_tied(e)}:
            lines.append(f"formal: {_some(len(tied), len(self.relations))}")
        headline = " · ".join(lines)
        return headline[:1].upper() + headline[1:]

    @cached_property
    def weakest_link(self) -> str:
        """The weakest grade among this claim and all that it uses."""
        return weakest(claim.grade for claim in self._and_all_below(()))

    def _and_all_below(self, above: tuple[Claim, ...]) -> Iterator[Claim]:
        if self in above:
            raise Undecided(f"{self.title}: it rests on itself")
        yield self
        for used in self.premises:
            yield from used._and_all_below((*above, self))

    @property
    def domain(self) -> tuple[str, ...]:
        """For which letters its relations are stated, in words."""
        return tuple(map(without_draws, hypotheses_of(self.for_all))) if self.for_all else ()

    @property
    def hypotheses(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What the whole assumes, and what each part that is derived assumes, if it is not that or
        less, in words.
        """
        stated = self.domain
        found = [("", stated)] if stated else []
        for evidence in self.evidence:
            said = tuple(map(without_draws, _hypotheses(evidence)))
            if set(said) - set(stated) - self._stated_as_much(evidence):
                found.append((evidence.part, said))
        return tuple(found)

    def _stated_as_much(self, evidence: Evidence) -> set[str]:
        """The hypotheses of evidence that ask no more than what is stated, in words."""
        given: tuple[Given, ...] = getattr(evidence, "given", ()) if self.for_all else ()
        return {
            without_draws(said)
            for said, assumed in zip(hypotheses_of(given), given, strict=False)
            if any(assumes_no_more(assumed, other) for other in self.for_all)
        }

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The names of its mistakes."""
        return tuple(mistake for e in self.evidence for mistake in e.mistakes)

    def refute(self, mistake: str, seed: int = 0) -> str:
        """The counter-example to one of its mistakes, as its evidence finds it, in short lines.

        Raises KeyError, with the names that there are, where none is called so.
        """
        for evidence in self.evidence:
            if mistake in evidence.mistakes:
                return short_lines(evidence.refute(mistake, seed))
        raise KeyError(f"{self.title}: no mistake {mistake}; there are {'; '.join(self.mistakes)}")


def _hypotheses(evidence: Evidence) -> tuple[str, ...]:
    """Those of what is derived."""
    return getattr(evidence, "hypotheses", ())


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: for each evidence what it says, and for each mistake the
    counter-example.
    """

    claim: Claim
    findings: tuple[str, ...]
    refuted: Mapping[str, str]

    @property
    def record(self) -> dict[str, Any]:
        """What was found, as JSON: the receipt of the book is made from these."""
        claim = self.claim
        return {
            "claim": claim.name,
            "grade": claim.grade,
            "evidence": [
                {
                    "grade": e.grade,
                    "part": e.part,
                    **({"hypotheses": list(said)} if (said := _hypotheses(e)) else {}),
                    "found": claim.said_by(e, finding),
                }
                for e, finding in zip(claim.evidence, self.findings, strict=True)
            ],
            "mistakes": [
                {"mistake": mistake, "counter_example": found}
                for mistake, found in self.refuted.items()
            ],
        }

    def __str__(self) -> str:
        return five_lines(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return bundle(self)


def _refuse_another_domain(claim: Claim) -> None:
    """Raise where the domain is not stated, or evidence for the whole assumes more than it."""
    if not claim.relations:
        if not claim.in_words:
            raise Undecided(
                f"{claim.title}: it has no relation, and does not say in_words why it has none"
            )
        return
    if not claim.for_all:
        raise Undecided(f"{claim.title}: for_all must say for which letters its relations hold")
    for name in claim.relations:
        shown = [e for e in claim.evidence if _relation(e) == name and hasattr(e, "given")]
        more = [_assumed_beyond(e, claim.for_all) for e in shown]
        whole = [found for e, found in zip(shown, more, strict=True) if not e.part]
        if beyond := next(filter(None, whole or (more if all(more) else [])), ""):
            raise Refuted(
                f"{claim.title}: the evidence for <{name}> assumes {beyond}, which is not stated; "
                f"stated is {'; '.join(claim.domain)}"
            )


def _assumed_beyond(evidence: Any, stated: tuple[Given, ...]) -> str:
    """The first hypothesis of evidence that asks more than what is stated, in words."""
    for assumed in getattr(evidence, "assumed", evidence.given):
        if not any(assumes_no_more(assumed, other) for other in stated):
            return hypotheses_of(evidence.given)[evidence.given.index(assumed)]
    return ""


def _refuse_another_relation(claim: Claim) -> None:
    """Raise where a relation has no evidence that is run on it, or evidence of another one."""
    for name, relation in claim.relations.items():
        shown = [evidence for evidence in claim.evidence if _relation(evidence) == name]
        if not any(hasattr(e, "states") or hasattr(e, "tied_to") for e in shown):
            raise Undecided(
                f"{claim.title}: no evidence is run on the relation <{name}>, {relation.text}"
            )
        for evidence in shown:
            states = getattr(
                evidence, "states", relation
            )  # words state what a reader reads in them
            if how := differs(relation, states):
                where = evidence.part or "the whole statement"
                raise Refuted(f"{claim.title} ({where}):\n{how}{_example(evidence, relation)}")
    for evidence in claim.evidence:
        name = _relation(evidence)
        if name == MEANING and word_of(evidence.grade) == "argued" and claim.meaning:
            continue
        if name and name not in claim.relations:
            raise Undecided(f"{claim.title}: evidence is of <{name}>, which is no relation of it")


def _example(evidence: Evidence, relation: Relation) -> str:
    """Where another right side than a chain's is wrong, in numbers, if it is."""
    chain = getattr(evidence, "chain", None)
    if chain is None or differs(relation, replace(chain.states, right=relation.right)):
        return ""
    try:
        return f"\n{chain.refute(relation.right)}".replace(" it gives ", "\nit gives ")
    except Undecided:
        return ""


def verify(claim: Claim, seed: int = 0) -> Verdict:
    """Check every evidence of a claim and refute every mistake; raise, naming claim and evidence,
    where one fails.
    """
    if not claim.evidence:
        raise Undecided(f"{claim.title}: a claim without evidence")
    if len(claim.mistakes) < FEWEST_MISTAKES:
        raise Undecided(
            f"{claim.title}: {len(claim.mistakes)} of at least {FEWEST_MISTAKES} mistakes are named"
        )
    if len(set(claim.mistakes)) < len(claim.mistakes):
        raise Undecided(f"{claim.title}: two mistakes have one name")
    _refuse_another_relation(claim)
    _refuse_another_domain(claim)
    findings: list[str] = []
    refuted: dict[str, str] = {}
    for evidence in claim.evidence:
        try:
            findings.append(claim.as_run(evidence).check(seed))
            claim.said_by(evidence, findings[-1])
        except (Refuted, Undecided) as trouble:
            raise type(trouble)(
                f"{claim.title} ({evidence.part or 'the whole statement'}): {trouble}"
            ) from None
        for mistake in evidence.mistakes:
            try:
                refuted[mistake] = evidence.refute(mistake, seed)
            except Undecided as trouble:
                raise Undecided(f"{claim.title}, mistake '{mistake}': {trouble}") from None
    return Verdict(claim, tuple(findings), refuted)


def _of_a_claim(claim: Claim, seed: int) -> str:
    """The verdict's five lines; of a claim that is refused, why, in short lines."""
    try:
        return str(verify(claim, seed))
    except (Refuted, Undecided) as trouble:
        return short_lines(f"{type(trouble).__name__.lower()}: {trouble}")


def check(thing: Claim | Chain | Proof, seed: int = 0, seconds: float = SECONDS) -> str:
    """What `verify` or a chain's own check finds, as text, also where nothing holds.

    Parameters: a claim, or a chain or a proof that no claim uses yet; a seed for the points; a
    limit for the numbers of a chain, and for the algebra of each of its steps.
    Returns: the verdict's five lines, or, in lines of at most 76 signs, why the claim is refused;
    or of a chain `holds: ...`, `refuted: ...`, `undecided: ...`, and then
    what was found of each other step of the chain.

    >>> from sympy import symbols
    >>> from xentlib.verify import Chain, number
    >>> a, b = symbols("a b", real=True)
    >>> steps = (((a + b) ** 2, "expand"), (a**2 + b**2, "drop the rest"))
    >>> chain = Chain(start=a**2 + 2 * a * b + b**2, steps=steps, given=(number(a), number(b)))
    >>> print(check(chain))
    refuted: step 2 (drop the rest) fails at a = 1, b = 1: 4 is not 2 (the difference is 2 = 2*a*b)
      step 1 (expand): equal at 5 points
    """
    try:
        if isinstance(thing, Claim):
            return _of_a_claim(thing, seed)
        if isinstance(thing, Proof):
            return f"holds: {thing.prove(seed)}"
        steps = thing.verdicts(seed, seconds)
    except (Refuted, Undecided) as trouble:
        return f"{type(trouble).__name__.lower()}: {trouble}"
    first = min(steps, key=lambda step: OUTCOMES.index(step.outcome))
    if first.outcome == "holds":
        number = thing.number_of_steps
        return f"holds: {number} step{'s' * (number != 1)}"
    others = [f"  {step}" for step in steps if step is not first]
    return "\n".join([f"{first.outcome}: {first}", *others])
