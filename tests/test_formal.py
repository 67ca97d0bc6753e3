"""The certificate fits the theories, and what does not fit is refused; Coq itself is not needed."""

import json
import re
import shutil
from pathlib import Path

import pytest

from xentlib.derivations.formal import TIED
from xentlib.verify import Undecided
from xentlib.verify.formal import CLASSICAL, FOLDER, Formal, certificate


def test_every_theorem_is_certified_and_nothing_is_assumed():
    found = certificate(FOLDER)
    named = {
        name
        for path in FOLDER.glob("*.v")
        for name in re.findall(r"^Theorem (\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    tied = {name for name in found["theorems"] if name.startswith("tie_")}
    assert set(found["theorems"]) == named | tied and len(named) == 28
    assert all(set(entry["axioms"]) <= CLASSICAL for entry in found["theorems"].values())
    for path in FOLDER.glob("*.v"):
        text = re.sub(r"\(\*.*?\*\)", "", path.read_text("utf-8"), flags=re.DOTALL)
        assumed = r"\b(Admitted|admit|Axioms?|Parameters?|Conjecture|Unset Guard Checking)\b"
        assert not re.search(assumed, text), path.name


@pytest.mark.parametrize(
    "spoil, message",
    [
        (lambda folder: (folder / "base.v").write_text("(* other *)"), "base.v is not the theory"),
        (lambda folder: (folder / "more.v").write_text("Axiom x : False."), "more.v is not the"),
        (lambda folder: (folder / "types.v").unlink(), "types.v is not the theory"),
    ],
    ids=["changed", "added", "removed"],
)
def test_theories_that_were_not_certified_are_refused(tmp_path, spoil, message):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "formal"))
    assert certificate(folder)
    spoil(folder)
    certificate.cache_clear()
    with pytest.raises(Undecided, match=message):
        certificate(folder)


def test_a_theorem_that_is_not_there_or_rests_on_more_is_refused(tmp_path, monkeypatch):
    with pytest.raises(Undecided, match="no theorem nowhere in formal/certificate.json"):
        Formal(part="", theorem="nowhere").check()
    folder = Path(shutil.copytree(FOLDER, tmp_path / "formal"))
    found = json.loads((folder / "certificate.json").read_text("utf-8"))
    found["theorems"]["multinomial"]["axioms"] = ["everything"]
    (folder / "certificate.json").write_text(json.dumps(found), "utf-8")
    monkeypatch.setattr("xentlib.verify.formal.FOLDER", folder)
    with pytest.raises(Undecided, match="multinomial rests on the axiom everything"):
        Formal(part="", theorem="multinomial").check()


def test_the_ties_are_made_from_the_relations_that_the_pages_print(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    import tie

    assert tie.text() == (FOLDER / "tie.v").read_text("utf-8")
    assert {f"tie_{name}" for name in TIED} <= set(certificate(FOLDER)["theorems"])
