"""The page "Which of these is false?": thirty wrong statements among true ones, nothing typed but
why people believe them.
"""

from pathlib import Path

import nbformat
import pytest

from xentlib.book import quiz_page
from xentlib.book.contents import CHAPTERS, CLAIMS
from xentlib.book.quiz_page import QUESTIONS, TRUE, quiz

ROOT = Path(__file__).resolve().parents[1]
FALSE = [question for question in QUESTIONS if question[1] != TRUE]


def test_thirty_are_false_and_each_says_why_people_believe_it():
    assert len(FALSE) == 30 and len(QUESTIONS) - len(FALSE) >= 10
    assert len(set(QUESTIONS)) == len(QUESTIONS)
    for name, mistake, why in QUESTIONS:
        assert bool(why) == bool(mistake), name
        assert not mistake or mistake in CLAIMS[name].mistakes, f"{name} has no {mistake}"
        assert "\n" not in why and why[-1:] != ".", name


def test_they_stand_in_the_order_of_the_chapters_and_true_ones_are_scattered():
    order = list(CHAPTERS)
    chapters = [next(c for c in order if name in CHAPTERS[c]) for name, *_ in QUESTIONS]
    assert chapters == sorted(chapters, key=order.index)
    true = [place for place, (_, mistake, _) in enumerate(QUESTIONS) if not mistake]
    gaps = {b - a for a, b in zip(true, true[1:], strict=False)}
    assert len(gaps) > 2, "who counts could guess them"


def test_a_mistake_that_a_claim_does_not_have_is_named(monkeypatch):
    monkeypatch.setattr(quiz_page, "QUESTIONS", [("clipping", "it is free", "it costs nothing")])
    with pytest.raises(KeyError, match="What clipping does: no mistake it is free; there are"):
        quiz(CLAIMS)


def test_the_page_shows_each_statement_folded_with_its_counter_example():
    notebook = nbformat.read(ROOT / "chapters" / "which-is-false.ipynb", as_version=4)
    (shown,) = (o for cell in notebook.cells for o in cell.get("outputs", []))
    folds = shown.data["text/x-myst"].split(":::{dropdown} ")[1:]
    assert len(folds) == len(QUESTIONS)
    for number, (fold, (name, mistake, why)) in enumerate(zip(folds, QUESTIONS, strict=True), 1):
        title, body = fold.split("\n", 1)
        assert title.startswith(f"{number}. ") and CLAIMS[name].label in body
        if mistake:
            assert "**False.**" in body and why in body and "and found: `" in body
            assert "alse" not in title and why not in title
        else:
            assert "**True**" in body and CLAIMS[name].text in body
