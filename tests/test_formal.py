"""The certificate fits the theories, and what does not fit is refused; Coq itself is not needed."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from xentlib.claims.entropy_and_kl import cross_entropy_decomposition, gibbs_inequality
from xentlib.derivations.lemmas import m
from xentlib.derivations.quantities import on_support as named
from xentlib.derivations.symbols import p, q
from xentlib.verify import AtMost, Equal, Undecided, size
from xentlib.verify.formal import CLASSICAL, FOLDER, Formal, certificate, said
from xentlib.verify.hypotheses import positive

FEWEST = 130  # theorems; a proof that is lost is noticed


def test_every_theorem_is_certified_and_nothing_is_assumed():
    found = certificate(FOLDER)
    named = {
        name
        for path in FOLDER.glob("*.v")
        for name in re.findall(r"^Theorem (\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert set(found["theorems"]) == named and len(named) >= FEWEST
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


def test_the_statements_are_made_from_the_relations_that_the_pages_print(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    import tie

    assert tie.says() == (FOLDER / "says.v").read_text("utf-8"), "python formal/tie.py"
    assert tie.refused() == (FOLDER / "refused.v").read_text("utf-8"), "python formal/tie.py"
    proved = {name for name in said(FOLDER) if name.startswith("says_")}
    assert {name.removeprefix("says_") for name in proved} <= set(certificate(FOLDER)["theorems"])


def _tied(claim, name):
    """The evidence by which Coq proved a relation of a claim, as it is checked."""
    found = next(e for e in claim.evidence if isinstance(e, Formal) and e.of == name)
    return claim.as_run(found)


def test_a_theorem_is_shown_with_its_statement_and_what_was_said_of_the_mistakes():
    text = _tied(cross_entropy_decomposition, "sum").check()
    assert "[formal/closed.v, line " in text and "eH p q = (eH p p + eKL p q)%E" in text
    assert "Coq proved the negation of *KL(q‖p) for KL(p‖q)*" in text


SUM = cross_entropy_decomposition.relations["sum"]


@pytest.mark.parametrize(
    "wrong",
    [
        Equal(SUM.left, named.entropy(p) - named.divergence(p, q)),
        AtMost(SUM.left, SUM.right),
        Equal(SUM.left, named.entropy(q) + named.divergence(p, q)),
    ],
    ids=["sign", "bound", "letter"],
)
def test_a_theorem_about_another_relation_is_refused(wrong):
    changed = cross_entropy_decomposition.with_relation("sum", wrong)
    with pytest.raises(Undecided, match="of another relation: says_cross_entropy_decompo"):
        _tied(changed, "sum").check()


def test_a_theorem_that_assumes_more_than_the_claim_is_refused():
    without_sums = (size(m, 1), positive(p, m), positive(q, m))
    fewer = replace(cross_entropy_decomposition, for_all=without_sums)
    with pytest.raises(Undecided, match="of another relation"):
        _tied(fewer, "sum").check()


def test_a_theorem_by_the_name_of_another_is_refused():
    other = Formal(part="", of="gibbs", theorem="cross_entropy_decomposition_sum")
    with pytest.raises(Undecided, match="of another relation"):
        gibbs_inequality.as_run(other).check()
    elsewhere = Formal(part="", of="gibbs", theorem="gibbs_inequality")
    with pytest.raises(Undecided, match="says_gibbs_inequality is nowhere"):
        gibbs_inequality.as_run(elsewhere).check()


def test_where_a_bound_is_an_equality_is_part_of_the_theorem():
    found = _tied(gibbs_inequality, "gibbs")
    assert found.check()
    with pytest.raises(Undecided, match="of another relation"):
        replace(found, equality=()).check()
