"""What is folded in the pages, and what a page loads when a reader points at a theorem."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from docutils import nodes, utils

from xentlib.book import statements
from xentlib.book.contents import CHAPTERS, CLAIMS
from xentlib.book.folds import about, fold, fold_cells, overviews
from xentlib.book.sphinx_extension import link_symbols

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"


@pytest.mark.parametrize(
    "code, shows",
    [
        ("import numpy as np\n\nfrom xentlib.verify import verify", "imports"),
        ("import numpy as np\nnp.seterr(all='raise')", ""),
        ("verify(claims.bayes_rule)", "claims.bayes_rule"),
        ("verify(claims.bayes_rule).record", ""),
        ("print(verify(claim))", ""),
        ("print(check(claim.with_relation('mean', slip)))", ""),
        ("derived.moments['n = 0']", "derived.moments['n = 0']"),
        ("x = 1\nfigures.mass(x)", "figures.mass"),
        ("figures.mass(x)\nx.round(4)", ""),
        ("figures = 1", ""),
        ("figures", ""),
        ("p, q = [0.5], [0.5]\nxentlib.cross_entropy(p, q)", ""),
        ("reach_table(CHAPTERS, 'proved')", ""),
        ("", ""),
    ],
)
def test_only_imports_and_what_the_library_shows_are_folded(code, shows):
    assert about(code) == shows


def test_what_the_overviews_show_is_folded_under_the_name_that_it_is_imported_by():
    code = "from xentlib.book.claims_page import glossary, reach_table as reached\nimport numpy"
    assert overviews(code) == {"glossary", "reached"}
    assert about("reached(CHAPTERS, 'proved')", overviews(code)) == "reached"


def cell(code, *outputs):
    """A cell as myst-nb makes it."""
    source = nodes.literal_block(code, code)
    parts = [nodes.container("", source, classes=["cell_input"])]
    parts += [nodes.container("", *outputs, classes=["cell_output"])] if outputs else []
    return nodes.container("", *parts, nb_element="cell_code", classes=["cell"])


def folded(*parts):
    document = utils.new_document("page")
    document += nodes.section("", *parts)
    fold_cells(None, document)
    return document[0]


def picture():
    return nodes.image(uri="a.svg")


def test_code_stands_folded_under_what_it_shows_and_takes_what_prepares_it_along():
    page = folded(
        nodes.paragraph("", "Look."),
        cell("x = 1"),
        cell("figures.mass(x)", picture()),
        cell("x = 2"),
        nodes.paragraph("", "And here."),
        cell("figures.mass(x)", picture()),
    )
    first, alone, last = (part for part in page.children if isinstance(part, nodes.container))
    assert [child.__class__ for child in first] == [nodes.container, fold]
    assert first[1]["about"] == "figures.mass"
    assert first[1].astext().split() == ["x", "=", "1", "figures.mass(x)"]
    assert not list(alone.findall(fold)) and last[1].astext() == "figures.mass(x)"


def test_the_code_of_a_check_stands_in_the_fold_under_its_theorem():
    verdict = nodes.container("", nodes.rubric("", "Proved"), container_classes=["verdict"])
    (checked,) = folded(cell("verify(claims.bayes_rule)", verdict))
    assert not list(checked.findall(fold))
    assert verdict[-1].astext() == "verify(claims.bayes_rule)"


def test_a_theorem_after_another_keeps_its_own_check():
    verdicts = [
        nodes.container("", nodes.rubric("", "Proved"), container_classes=["verdict"])
        for _ in range(2)
    ]
    page = folded(cell("verify(claims.a)", verdicts[0]), cell("verify(claims.b)", verdicts[1]))
    assert len(page.children) == 2
    assert [box[-1].astext() for box in verdicts] == ["verify(claims.a)", "verify(claims.b)"]


def test_a_number_that_the_prose_teaches_stays_in_sight():
    (seen,) = folded(cell("f'{loss:.4f}'", nodes.literal_block("", "'0.5'")))
    assert not list(seen.findall(fold)) and len(seen.children) == 2


# --- the pages


def in_sight(cells):
    """The code that a reader must see at once: all but what only shows, and what prepares that."""
    nothing = nbformat.v4.new_markdown_cell()
    for cell, following in zip(cells, [*cells[1:], nothing], strict=True):
        shows = following.cell_type == "code" and about(following.source) not in ("", "imports")
        if cell.cell_type == "code" and not about(cell.source) and (cell.outputs or not shows):
            yield cell.source


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_shows_what_computes_and_folds_the_rest(chapter):
    page = BeautifulSoup((SITE / "chapters" / f"{chapter}.html").read_text("utf-8"), "html.parser")
    notebook = nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4)
    seen = [code.get_text().strip() for code in page.select(".cell > .cell_input")]
    assert seen == list(in_sight(notebook.cells))
    assert not page.select("details .output.text_plain, details .output.stream")
    for line in page.select("details.fold > summary"):
        assert line.get_text() == "code" and line["aria-label"].startswith("code: ")
    verdicts = page.select("details.verdict")
    checks = {code.get_text().strip() for code in page.select("details.verdict > * .checked-by")}
    assert checks == {f"verify(claims.{name})" for name in CHAPTERS[chapter]}
    assert len(verdicts) == len(checks)
    for box in verdicts:
        assert re.search(r" · \d+ wrong versions refuted$", box.summary.get_text().strip())
    assert len(page.select("p.symbols a[href='notation.html']")) == 1


def test_every_theorem_can_be_shown_at_a_link():
    found = {}
    for path in sorted((SITE / "_static" / "statements").glob("*.js")):
        told = json.loads(f"[{path.read_text('utf-8').strip()[len('statements(') : -2]}]")
        page, outlines, boxes = told
        assert page == path.stem
        drawn = set(re.findall(r'href="#(tex-[^"]+)"', "".join(boxes.values())))
        assert drawn == set(re.findall(r'id="(tex-[^"]+)"', outlines))
        found |= boxes
    assert set(found) == {claim.label for claim in CLAIMS.values()}
    for claim in CLAIMS.values():
        assert not re.search(r"<a\b|\bid=|tabindex", found[claim.label])
        text = BeautifulSoup(found[claim.label], "html.parser").get_text()
        assert f"({claim.title})" in text.replace("’", "'") or "$" in claim.title


def test_a_page_without_a_theorem_has_no_script():
    assert statements.script("notation", "<p>no box</p>", None) == ""


def test_symbols_are_linked_under_the_equation_that_a_chapter_opens_with():
    class App:
        class env:
            docname = "chapters/counts"

    def opened(name, *parts):
        App.env.docname = f"chapters/{name}"
        document = utils.new_document("page")
        document += nodes.section("", nodes.title("", "Counts"), *parts)
        link_symbols(App, document)
        return document[0]

    page = opened("counts", nodes.math_block("", "a"), nodes.paragraph("", "b"))
    assert [part.astext() for part in page] == ["Counts", "a", "symbols", "b"]
    assert page[2][0]["reftarget"] == "/chapters/notation"
    assert len(opened("practice", nodes.math_block("", "a"))) == 2
    assert len(opened("counts", nodes.section("", nodes.math_block("", "a")))) == 2
