"""Theorems that a proof assistant proved: evidence that holds the sources against a certificate.

Coq itself runs in `make formal` and once a week. Here the certificate must name the theorem, the
theories must be the ones that it is about, and the theorem may rest on no axiom but the three of
classical mathematics that the library of Coq's users is built on.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from xentlib.verify._errors import Undecided
from xentlib.verify._sympy import Letter
from xentlib.verify.gallina import statement
from xentlib.verify.hypotheses import Given
from xentlib.verify.quantity import Relation

FOLDER = Path(__file__).resolve().parents[2] / "formal"  # of a checkout
CLASSICAL = {
    "boolp.propositional_extensionality",
    "boolp.functional_extensionality_dep",
    "boolp.constructive_indefinite_description",
}

PROVED_FALSE, PROOF_REFUSED = "proved the negation of", "refuses this proof for"


class Stated(NamedTuple):
    """A relation of a claim, its domain, and wrong right sides of it by their names."""

    relation: Relation
    domain: tuple[Given, ...]
    wrong: Mapping[str, Any]


@cache
def certificate(folder: Path = FOLDER) -> dict[str, Any]:
    """What Coq proved, held against the theories as they are.

    Raises: Undecided where a theory is not the one that was certified.
    """
    found = json.loads((folder / "certificate.json").read_text("utf-8"))
    now = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.glob("*.v"))
    }
    changed = sorted(
        name for name in now | found["sources"] if now.get(name) != found["sources"].get(name)
    )
    if changed:
        raise Undecided(
            f"formal/{changed[0]} is not the theory that was certified; make formal proves it again"
        )
    return found


def _elsewhere(theorem: str) -> str:
    """What an installed library, which has no certificate, says of a theorem."""
    return f"Coq proved {theorem}; its certificate is in the book's repository"


@cache
def said(folder: Path = FOLDER) -> dict[str, str]:
    """What each theorem says that is made from a relation: `says_` and `wrong_`, by their names.

    `formal/tie.py` writes them, Coq proved theorems about them, and the certificate holds the file.
    """
    certificate(folder)
    found = re.findall(
        r"^Definition (\w+) \(R : realType\) : Prop :=\n  (.+)\.$",
        (folder / "says.v").read_text("utf-8"),
        re.MULTILINE,
    )
    return dict(found)


@dataclass(frozen=True, kw_only=True)
class Formal:
    """A theorem of `formal/`. Its mistakes are theorems too: their negation was proved.

    It may be `of` a relation of the claim. Then what it says, hypotheses and all, must be what is
    made from that relation and from the domain that the claim states for it; of a bound, with the
    pairs of tables that are equal exactly where its sides are. And of each mistake in this relation
    it says whether Coq proved that it is false, or only refused this proof of it.
    """

    part: str
    theorem: str
    of: str = ""
    equality: tuple[tuple[Letter, Letter], ...] = ()
    mistakes: Mapping[str, str] = field(default_factory=dict)
    stated: Stated | None = None

    @property
    def grade(self) -> str:
        """What a machine that knows mathematics proved."""
        return "proved"

    def tied_to(
        self, relation: Relation, domain: tuple[Given, ...], wrong: Mapping[str, Any]
    ) -> Formal:
        """The same as evidence for a relation on a domain, beside its wrong right sides."""
        return replace(self, stated=Stated(relation=relation, domain=domain, wrong=wrong))

    @cached_property
    def statements(self) -> dict[str, str]:
        """What is made from the relation: what the theorem must say, and each mistake."""
        if self.stated is None:
            return {}
        relation, domain, wrong = self.stated
        made = {
            f"says_{self.theorem}": statement(relation, domain, equality=self.equality),
        }
        for number, right in enumerate(wrong.values(), 1):
            try:
                text = statement(replace(relation, right=right), domain)
            except Undecided:
                continue  # it has no form in Coq's language
            made[f"wrong_{self.theorem}_{number}"] = text
        return made

    def check(self, seed: int = 0) -> str:
        """What Coq proved, and when."""
        if not FOLDER.exists():
            return _elsewhere(self.theorem)
        found, proved = certificate(FOLDER), self._entry(self.theorem)
        self._refuse_another_statement()
        version = found["prover"].rpartition(" ")[2]
        return (
            f"checked by Coq {version} on {found['date']}, "
            f"[formal/{proved['file']}, line {proved['line']}]: "
            f"`` {self.theorem} : {' '.join(proved['statement'].split())} ``"
            f"{self._of_the_mistakes()}"
        )

    @property
    def reach(self) -> str:
        """For which cases, and by what."""
        where = "" if self.of else " on the closed simplex"
        return f"every $K${where}; proved by Coq as {self.theorem}"

    def describe(self, mistake: str) -> str:
        """What is proved of a mistake."""
        return f"`{self.mistakes[mistake]}`"

    def refute(self, mistake: str, seed: int = 0) -> str:
        """The theorem that says that the mistake is false."""
        if not FOLDER.exists():
            return _elsewhere(self.mistakes[mistake])
        entry = self._entry(self.mistakes[mistake])
        return f"Coq proved {self.mistakes[mistake]} : {' '.join(entry['statement'].split())}"

    def _entry(self, name: str) -> dict[str, Any]:
        entry = certificate(FOLDER)["theorems"].get(name)
        if entry is None:
            raise Undecided(f"no theorem {name} in formal/certificate.json")
        if beyond := sorted(set(entry["axioms"]) - CLASSICAL):
            raise Undecided(f"{name} rests on the axiom {beyond[0]}")
        return entry

    def _refuse_another_statement(self) -> None:
        """Raise where what is made from the relation is not what Coq proved."""
        proved = said(FOLDER) if self.of else {}
        for name, text in self.statements.items():
            if proved.get(name) != text:
                raise Undecided(
                    f"Coq proved {self.theorem} of another relation: {name} is "
                    f"{proved.get(name, 'nowhere')}, and the relation says {text}"
                )

    def _of_the_mistakes(self) -> str:
        """Of each mistake that has a form in Coq's language, what Coq says of it."""
        made, theorems = self.statements, certificate(FOLDER)["theorems"]
        names = list(self.stated.wrong) if self.stated else []
        words: dict[str, list[str]] = {PROVED_FALSE: [], PROOF_REFUSED: []}
        for number, mistake in enumerate(names, 1):
            if f"wrong_{self.theorem}_{number}" in made:
                false = f"not_{self.theorem}_{number}" in theorems
                words[PROVED_FALSE if false else PROOF_REFUSED].append(f"*{mistake}*")
        said_of = [f"{how} {', '.join(found)}" for how, found in words.items() if found]
        if not self.of:
            return "; this statement was written by hand, beside the words of the claim"
        made_from = "; its hypotheses and its statement are made from the relation"
        return made_from + "".join(f"; Coq {how}" for how in said_of)
