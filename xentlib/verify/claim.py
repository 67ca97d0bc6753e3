"""The engine: a claim is a statement with evidence, evidence has a grade and mistakes, a verdict
prints them.

A check raises `Refuted` with a counter-example, or `Undecided` where nothing was shown; it
never returns False and never asserts. A mistake runs through the same check on the same draws
and must be refuted there, by a counter-example that is printed: a mistake that passes, that
crashes, or that stays undecided is an error.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module

from xentlib.verify._display import bundle
from xentlib.verify.chain import Refuted, Undecided
from xentlib.verify.evidence import GRADES

FEWEST_MISTAKES = 2


def _module_that_states_it() -> str:
    return sys._getframe(2).f_globals.get("__name__", "")  # 0 is here, 1 the claim's __init__


@dataclass(frozen=True, kw_only=True, eq=False)
class Claim:
    """A statement and its evidence. Evidence with `part=""` covers the whole statement, other
    evidence the part it names.

    `uses` are claims, or names such as "categorical.one_hot_lemma", looked up beside the module
    that states this claim, so that importing one module imports no other.
    """

    title: str
    statement: str
    evidence: tuple
    uses: tuple[Claim | str, ...] = ()
    kind: str = "theorem"
    module: str = field(default_factory=_module_that_states_it)

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
        except (ImportError, AttributeError):
            found = None
        if not isinstance(found, Claim):
            raise Undecided(f"{self.title}: it uses {used}, which is no claim")
        return found

    @property
    def label(self):
        return "claim-" + self.name.replace("_", "-")

    @property
    def place(self):
        """The label of its entry on the claims page."""
        return self.label.replace("claim-", "where-", 1)

    @property
    def grade(self):
        """The weakest grade needed to cover the whole statement."""
        whole = [e.grade for e in self.evidence if not e.part]
        return (
            min(whole, key=GRADES.index)
            if whole
            else max((e.grade for e in self.evidence), key=GRADES.index)
        )

    @property
    def headline(self):
        """The grade in words, with the better grades of parts."""
        better = [
            grade
            for grade in GRADES[: GRADES.index(self.grade)]
            if grade in {e.grade for e in self.evidence}
        ]
        return self.grade.capitalize() + (f" (parts: {', '.join(better)})" if better else "")

    @property
    def weakest_link(self):
        """The weakest grade among this claim and all that it uses."""
        return max([self.grade, *(used.weakest_link for used in self.premises)], key=GRADES.index)

    @property
    def mistakes(self):
        return tuple(mistake for e in self.evidence for mistake in e.mistakes)


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: for each evidence what it says, and for each mistake the
    counter-example.
    """

    claim: Claim
    findings: tuple
    refuted: Mapping

    @property
    def record(self):
        """What was found, as JSON: the receipt of the book is made from these."""
        claim = self.claim
        return {
            "claim": claim.name,
            "grade": claim.grade,
            "evidence": [
                {"grade": e.grade, "part": e.part, "found": finding}
                for e, finding in zip(claim.evidence, self.findings, strict=True)
            ],
            "mistakes": [
                {"mistake": mistake, "counter_example": found}
                for mistake, found in self.refuted.items()
            ],
        }

    def _repr_mimebundle_(self, include=None, exclude=None):
        return bundle(self)


def verify(claim, seed=0):
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
    findings, refuted = [], {}
    for evidence in claim.evidence:
        try:
            findings.append(evidence.check(seed))
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
