"""The engine: a claim is a statement with evidence, evidence has a grade and mistakes, a verdict
prints them.

A check raises `Refuted` with a counter-example, or `Undecided` where nothing was shown; it
never returns False and never asserts. A mistake runs through the same check on the same draws
and must be refuted there, by a counter-example that is printed: a mistake that passes, that
crashes, or that stays undecided is an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from xentlib._boxes import bundle
from xentlib.chain import Refuted, Undecided
from xentlib.evidence import GRADES

FEWEST_MISTAKES = 2


@dataclass(frozen=True)
class Claim:
    """A statement and its evidence. Evidence with `part=""` covers the whole statement, other
    evidence the part it names.
    """

    title: str
    statement: str
    evidence: tuple
    uses: tuple = ()
    kind: str = "theorem"
    name: str = ""
    module: str = ""

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
        return max([self.grade, *(used.weakest_link for used in self.uses)], key=GRADES.index)

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
