"""Theorems that a proof assistant proved: evidence that holds the sources against a certificate.

Coq itself runs in `make formal` and once a week. Here the certificate must name the theorem, the
theories must be the ones that it is about, and the theorem may rest on no axiom but the three of
classical mathematics that the library of Coq's users is built on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from xentlib.verify._errors import Undecided
from xentlib.verify.quantity import Relation

FOLDER = Path(__file__).resolve().parents[2] / "formal"  # of a checkout
CLASSICAL = {
    "boolp.propositional_extensionality",
    "boolp.functional_extensionality_dep",
    "boolp.constructive_indefinite_description",
}


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


@dataclass(frozen=True, kw_only=True)
class Formal:
    """A theorem of `formal/`. Its mistakes are theorems too: their negation was proved.

    It may be `of` a relation of the claim, the one that it `states`: then a tie was proved as well,
    that the theorem says what is made from this relation.
    """

    part: str
    theorem: str
    of: str = ""
    states: Relation | None = None
    mistakes: Mapping[str, str] = field(default_factory=dict)

    @property
    def grade(self) -> str:
        """What a machine that knows mathematics proved."""
        return "proved"

    def check(self, seed: int = 0) -> str:
        """What Coq proved, and when."""
        if not FOLDER.exists():
            return _elsewhere(self.theorem)
        found, entry = certificate(FOLDER), self._entry(self.theorem)
        if self.of:
            self._entry(f"tie_{self.theorem}")
        version = found["prover"].rpartition(" ")[2]
        return (
            f"checked by Coq {version} on {found['date']}, "
            f"[formal/{entry['file']}, line {entry['line']}]: "
            f"`` {self.theorem} : {' '.join(entry['statement'].split())} ``"
        )

    @property
    def reach(self) -> str:
        """For which cases, and by what."""
        return f"every $K$ on the closed simplex; proved by Coq as {self.theorem}"

    def describe(self, mistake: str) -> str:
        """What is proved of a mistake."""
        return f"`{self.mistakes[mistake]}`"

    def _entry(self, name: str) -> dict[str, Any]:
        entry = certificate(FOLDER)["theorems"].get(name)
        if entry is None:
            raise Undecided(f"no theorem {name} in formal/certificate.json")
        if beyond := sorted(set(entry["axioms"]) - CLASSICAL):
            raise Undecided(f"{name} rests on the axiom {beyond[0]}")
        return entry

    def refute(self, mistake: str, seed: int = 0) -> str:
        """The theorem that says that the mistake is false."""
        if not FOLDER.exists():
            return _elsewhere(self.mistakes[mistake])
        entry = self._entry(self.mistakes[mistake])
        return f"Coq proved {self.mistakes[mistake]} : {' '.join(entry['statement'].split())}"
