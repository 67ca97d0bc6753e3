"""Wrong statements that were met in public: each names what refutes it; the page counts them."""

from pathlib import Path

import nbformat
import pytest

from xentlib.book.contents import CHAPTERS, CLAIMS
from xentlib.book.met_page import counts, not_refuted, refuted
from xentlib.data.wrong_statements import Statement, load

ROOT = Path(__file__).resolve().parents[1]
MET = load()


def shown(page):
    return page._repr_mimebundle_()["text/plain"]


def test_each_is_refuted_by_a_mistake_of_a_claim_or_says_why_not():
    for statement in MET:
        assert bool(statement.claim) == bool(statement.mistake) != bool(statement.why), statement
        assert not statement.added or statement.mistake, statement
        if statement.claim:
            assert statement.mistake in CLAIMS[statement.claim].mistakes, statement


def test_each_was_met_at_an_address_of_its_own_and_stands_once():
    assert all(statement.met.startswith("https://") for statement in MET)
    assert len({statement.met for statement in MET}) == len(MET)
    assert len({statement.says.lower() for statement in MET}) == len(MET)


def test_each_is_one_sentence():
    for statement in MET:
        assert statement.says[0].isupper() and statement.says.endswith("."), statement
        assert "\n" not in statement.says + statement.why and statement.why[-1:] != ".", statement


def test_they_stand_in_the_order_of_the_claims_and_those_that_pass_come_last():
    places = [list(CLAIMS).index(s.claim) if s.claim else len(CLAIMS) for s in MET]
    assert places == sorted(places)


def test_the_page_counts_what_is_stored():
    few = [
        Statement("One.", "https://a", claim="units", mistake="2 to the power of nats"),
        Statement("Two.", "https://b", claim="units", mistake="nats called bits", added=True),
        Statement("Three.", "https://c", why="it is vague"),
        Statement("Four.", "https://d", why="it is vague", plain=True),
    ]
    assert [
        [cell.strip() for cell in line.split("|")[2:-1]]
        for line in shown(counts(few)).split("\n")[2:]
    ] == [["3", "1", "4"], ["1", "0", "1"], ["1", "0", "1"], ["1", "1", "2"]]
    assert "One." in shown(refuted(CHAPTERS, few)) and "Three." not in shown(refuted(CHAPTERS, few))
    assert shown(not_refuted(few)).count("Not refuted") == 2


def test_a_statement_whose_mistake_no_claim_has_is_named():
    strange = [Statement("One.", "https://a", claim="units", mistake="it is free")]
    with pytest.raises(LookupError, match="no such mistake: units: it is free"):
        refuted(CHAPTERS, strange)


def test_the_page_shows_each_statement_with_its_address_once():
    notebook = nbformat.read(ROOT / "chapters" / "met-in-the-wild.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    text = "\n".join(output.data["text/x-myst"] for output in outputs)
    for statement in MET:
        assert text.count(f"“{statement.says}” ([met here]({statement.met}))") == 1, statement
        if statement.claim:
            assert CLAIMS[statement.claim].label in text
    plain = sum(statement.plain for statement in MET)
    assert f"| statements met | {len(MET) - plain} | {plain} | {len(MET)} |" in text


def test_mistakes_that_were_added_are_refuted():
    for statement in MET:
        if statement.added:
            assert CLAIMS[statement.claim].refute(statement.mistake)
