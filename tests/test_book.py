"""The guards: each rule is tried on the real book, and on a copy in which the fault that it is for
was planted.
"""

import copy
import json
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import guards  # noqa: E402
import light  # noqa: E402
from notebooks import canonical  # noqa: E402

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
SITE = ROOT / "_build" / "html"
PAGES = sorted(SITE.glob("chapters/*.html"))


# --- the notebooks


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_breaks_no_rule(path):
    assert guards.notebook_problems(path) == []


def test_contents_configuration_and_claims_agree():
    assert guards.book_problems() == [] and guards.claim_problems() == []


def code_cell(notebook, having):
    return next(cell for cell in notebook.cells if cell.cell_type == "code" and having(cell))


def text_cell(notebook):
    return next(
        cell
        for cell in notebook.cells
        if cell.cell_type == "markdown" and "**You will be able to**" in cell.source
    )


def shows(kind):
    return lambda cell: any(kind in output.get("data", {}) for output in cell.outputs)


def shows_plain_text(cell):
    return cell.outputs and set(cell.outputs[0].get("data", {})) == {"text/plain"}


def plain(notebook):
    return code_cell(notebook, shows_plain_text)


def says(text):
    """A change: the text cell says this instead."""
    return lambda notebook: text_cell(notebook).update(source=text)


def runs(code):
    """A change: a cell's code is this instead."""
    return lambda notebook: plain(notebook).update(source=code)


def draws(svg):
    """A change: a picture is this instead."""

    def change(notebook):
        cell = code_cell(notebook, shows("image/svg+xml"))
        cell.outputs[0].data["image/svg+xml"] = svg

    return change


def prints(kind, text):
    """A change: a cell's output has this too, or instead."""

    def change(notebook):
        plain(notebook).outputs[0].data[kind] = text

    return change


def stores(kind, **content):
    """A change: a cell stores one more output."""

    def change(notebook):
        plain(notebook).outputs.append(nbformat.v4.new_output(kind, **content))

    return change


def breaks_tex(notebook):
    code_cell(notebook, shows("text/latex")).outputs[0].data["text/latex"] = "$$\\frac{1}{2$$"


def cleared(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(execution_count=None, outputs=[])


def computes_first(notebook):
    code_cell(notebook, lambda cell: True).update(source="import math\nmath.pi > 3")


def adds_a_number(notebook):
    text_cell(notebook).source += " It is 0.123987."


def becomes_text(notebook):
    cell = plain(notebook)
    notebook.cells[notebook.cells.index(cell)] = nbformat.v4.new_markdown_cell(
        cell.source, id=cell.id
    )


def becomes_a_word(notebook):
    place = notebook.cells.index(plain(notebook))
    notebook.cells[place] = nbformat.v4.new_markdown_cell("loss", id="0123abcd")


FAULTS = {  # what is planted, and a word of the message that must name it
    "a cleared notebook": (
        cleared,
        "never executed",
    ),
    "a deleted output": (lambda nb: plain(nb).update(outputs=[]), "shows none"),
    "a cell that is skipped": (lambda nb: plain(nb).metadata.update(tags=["nbval-skip"]), "tags"),
    "an output that is ignored": (
        lambda nb: plain(nb).metadata.update(tags=["nbval-ignore-output"]),
        "tags",
    ),
    "a cell that may raise": (
        lambda nb: plain(nb).metadata.update(tags=["raises-exception"]),
        "tags",
    ),
    "a comment that skips": (
        lambda nb: plain(nb).update(source="# NBVAL_SKIP\n" + plain(nb).source),
        "turns a check off",
    ),
    "code turned into text": (becomes_text, "nobody runs it"),
    "a number in prose": (
        adds_a_number,
        "types 0.123987",
    ),
    "a theorem typed in prose": (
        says(":::{prf:theorem} Mine\nTrue.\n:::"),
        "types a theorem",
    ),
    "a Greek letter run into the next": (
        says("$\\thetaw$"),
        "Undefined control sequence \\thetaw",
    ),
    "a brace that is not closed": (
        says("$\\frac{1}{2$"),
        "Missing close brace",
    ),
    "a bracket that is not closed": (
        says("$\\left( 1 )$"),
        "Extra \\left",
    ),
    "an environment that is not closed": (
        says("$$\\begin{aligned} 1$$"),
        "Missing \\end{aligned}",
    ),
    "two exponents": (says("$x^2^3$"), "Double exponent"),
    "a command that needs the network": (
        says("$\\color{red}{x}$"),
        "not vendored",
    ),
    "a formula that does not end": (
        says("Let $q be."),
        "does not end",
    ),
    "broken TeX in an output": (
        breaks_tex,
        "Missing close brace",
    ),
    "an unknown macro": (
        says("$\\argmax_q$"),
        "Undefined control sequence \\argmax",
    ),
    "a script in prose": (
        says("<script>alert(1)</script>"),
        "active content",
    ),
    "a frame in prose": (
        says('<iframe src="a.html"></iframe>'),
        "active content: <iframe>",
    ),
    "a picture that runs a handler": (
        says('<img src="a.png" onerror="alert(1)">'),
        "active content: <img onerror>",
    ),
    "a link that runs something": (
        says("[here](JavaScript:alert(1))"),
        "a link that runs something",
    ),
    "a raw directive": (
        says("```{raw} html\n<script>alert(1)</script>\n```"),
        "a raw directive",
    ),
    "a script in a table that a cell shows": (
        prints("text/markdown", "| <script>alert(1)</script> |"),
        "active content: <script>",
    ),
    "a script in an output": (
        prints("text/html", "<script>alert(1)</script>"),
        "text/html",
    ),
    "a handler in a picture": (
        draws("<svg onload='alert(1)'/>"),
        "active content",
    ),
    "a script in a picture": (
        draws("<svg><script>alert(1)</script></svg>"),
        "active content: <script> in a picture",
    ),
    "a picture that loads another": (
        draws('<svg><image href="https://example.org/a.png"/></svg>'),
        "leads outside",
    ),
    "a picture whose style loads something": (
        draws("<svg><style>@import 'a.css'</style></svg>"),
        "a style that loads",
    ),
    "a picture that nbval skips": (
        prints("image/png", "iVBORw0KGgo="),
        "image/png",
    ),
    "a picture without alt text": (
        lambda nb: code_cell(nb, shows("image/svg+xml")).outputs[0].metadata.clear(),
        "alt text",
    ),
    "an error that is stored": (
        stores("error", ename="ValueError", evalue="", traceback=[]),
        "ends in ValueError",
    ),
    "a warning that is stored": (
        stores("stream", name="stderr", text="oh"),
        "stderr",
    ),
    "a bare float": (
        prints("text/plain", "np.float64(0.35667494393873245)"),
        "full-precision",
    ),
    "a definition": (runs("def f():\n    return 1\n\nf()"), "'def'"),
    "an exception swallowed": (
        runs("try:\n    x = 1\nexcept Exception:\n    pass\nx"),
        "'try'",
    ),
    "an assert": (runs("assert True\n1"), "'assert'"),
    "an installation": (runs("%pip install numpy"), "plain Python"),
    "verify is another function": (
        runs("verify = print\nverify(1)"),
        "another meaning",
    ),
    "claims are other claims": (
        runs("claims = 1\nclaims"),
        "another meaning",
    ),
    "the clock": (
        runs("import time\ntime.time()"),
        "which a chapter may not",
    ),
    "the locale": (
        runs("from locale import getlocale\ngetlocale()"),
        "which a chapter may not",
    ),
    "the network": (
        runs("import urllib.request\n1"),
        "which a chapter may not",
    ),
    "a path": (runs("import sys\nsys.path"), "may not"),
    "a hidden value": (lambda nb: plain(nb).update(source=plain(nb).source + ";"), "';'"),
    "a long cell": (runs("x = 1\n" * 11 + "x"), "one idea"),
    "a wide cell": (
        runs("x = 1  #" + "x" * 90 + "\nx"),
        "characters",
    ),
    "a first cell that computes": (
        computes_first,
        "first code cell",
    ),
    "another kernel": (
        lambda nb: nb.metadata.update(kernelspec={"name": "ir", "display_name": "R"}),
        "kernel",
    ),
    "errors allowed": (lambda nb: nb.metadata.update(allow_errors=True), "allows errors"),
    "a time stamp": (lambda nb: plain(nb).metadata.update(execution={"iopub": "now"}), "canonical"),
    "a cell removed": (lambda nb: nb.cells.remove(plain(nb)), "canonical"),
    "cells in another order": (
        lambda nb: nb.cells.append(nb.cells.pop(nb.cells.index(plain(nb)))),
        "canonical",
    ),
    "a word of code turned into text": (
        becomes_a_word,
        "canonical",
    ),
    "cells counted otherwise": (lambda nb: plain(nb).update(execution_count=99), "canonical"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_named(fault, tmp_path):
    plant, message = FAULTS[fault]
    notebook = nbformat.read(ROOT / "chapters" / "bayes.ipynb", as_version=4)
    plant(notebook)
    path = tmp_path / "bayes.ipynb"
    path.write_text(nbformat.writes(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    problems = guards.notebook_problems(path)
    assert any(problem.startswith("bayes.ipynb") and message in problem for problem in problems), (
        problems
    )


@pytest.mark.parametrize(
    "name, text, message",
    [
        ("notation.md", "<script>alert(1)</script>", "notation.md: has active content: <script>"),
        (
            "notation.md",
            "<a href='javascript:alert(1)'>x</a>",
            "notation.md: has active content: <a href>",
        ),
        ("notation.md", "$\\frac{1}{2$", "notation.md: has what MathJax shows in red"),
        (
            "conftest.py",
            "collect_ignore = ['bayes.ipynb']",
            "chapters/conftest.py: only notebooks and pages",
        ),
    ],
)
def test_a_fault_in_a_page_of_text_is_named(planted, name, text, message):
    path = planted / "chapters" / name
    path.write_text((path.read_text() if path.exists() else "") + f"\n{text}\n")
    assert any(problem.startswith(message) for problem in guards.book_problems()), (
        guards.book_problems()
    )


def test_a_broken_file_is_named(tmp_path):
    path = tmp_path / "bayes.ipynb"
    path.write_text((ROOT / "chapters" / "bayes.ipynb").read_text()[:-500])
    (problem,) = guards.notebook_problems(path)
    assert problem.startswith("bayes.ipynb: is not a notebook")


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """A copy of contents, configuration and chapters in which faults can be planted."""
    import shutil

    shutil.copytree(ROOT / "chapters", tmp_path / "chapters")
    for name in ("_toc.yml", "_config.yml"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.setattr(guards, "ROOT", tmp_path)
    monkeypatch.setattr(guards, "CHAPTERS", tmp_path / "chapters")
    return tmp_path


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    "name, old, new, message",
    [
        (
            "_toc.yml",
            "      - file: chapters/categorical\n",
            "",
            "chapters/categorical.ipynb is not in the contents",
        ),
        ("_toc.yml", "chapters/categorical", "chapters/category", "chapters/category has no file"),
        ("_toc.yml", "chapters/categorical", "chapters/bayes", "chapters/bayes is listed twice"),
        ("_config.yml", 'execute_notebooks: "off"', "execute_notebooks: cache", "execute is"),
        (
            "_config.yml",
            "    numfig: true",
            "    numfig: true\n    suppress_warnings: [myst]",
            "suppressed",
        ),
    ],
)
def test_contents_and_configuration_are_guarded(planted, name, old, new, message):
    assert guards.book_problems() == []
    change(planted / name, old, new)
    assert any(message in problem for problem in guards.book_problems())


@pytest.mark.parametrize(
    "old, new, message",
    [
        (
            '"verify(claims.map_and_mle)"',
            '"claims.map_and_mle"',
            "no cell verify(claims.map_and_mle)",
        ),
        (
            '"verify(claims.map_and_mle)"',
            '"verify(claims.bayes_rule)"',
            "verify(claims.bayes_rule) stands there 2 times",
        ),
        (
            '"verify(claims.map_and_mle)"',
            '"verify(claims.two_classes)"',
            "no claim of this chapter",
        ),
    ],
)
def test_a_claim_is_shown_by_exactly_one_cell(planted, old, new, message):
    assert guards.claim_problems() == []
    change(planted / "chapters" / "bayes.ipynb", old, new)
    assert any(message in problem for problem in guards.claim_problems())


def test_canonical_twice_is_canonical_once():
    for path in CHAPTERS:
        notebook = nbformat.read(path, as_version=4)
        once = canonical(copy.deepcopy(notebook))
        assert canonical(nbformat.reads(once, as_version=4)) == once == path.read_text()


def test_what_is_printed_in_pieces_is_stored_as_one():
    pieces = [
        nbformat.v4.new_output("stream", name=name, text=text)
        for name, text in (
            ("stdout", "a"),
            ("stdout", "b\n"),
            ("stderr", "c"),
            ("stdout", "d"),
            ("stdout", "e"),
        )
    ]
    whole = nbformat.reads(
        canonical(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=pieces)])),
        as_version=4,
    )
    assert [(output.name, output.text) for output in whole.cells[0].outputs] == [
        ("stdout", "ab\n"),
        ("stderr", "c"),
        ("stdout", "de"),
    ]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_code_cell_was_compared(path):
    """nbval's own report: as many cells as the chapter has, none skipped, none failed."""
    suite = ET.parse(ROOT / "_build" / "verified" / f"{path.stem}.xml").getroot().find("testsuite")
    assert suite.get("failures") == suite.get("errors") == suite.get("skipped") == "0"
    cells = sum(cell["cell_type"] == "code" for cell in json.loads(path.read_text())["cells"])
    assert len(list(suite.iter("testcase"))) == cells > 0


# --- the pages


def test_the_site_is_whole():
    assert {page.stem for page in PAGES} == {Path(name).name for name in guards.contents.pages()}
    assert (SITE / "index.html").exists()


def outside(text):
    return re.search(r"(?:https?:)?//(?!www\.w3\.org)[\w.-]+\.\w+", text)


@pytest.mark.parametrize("page", sorted(SITE.rglob("*.html")), ids=lambda page: page.stem)
def test_a_page_asks_no_other_host(page):
    soup = BeautifulSoup(page.read_text(), "html.parser")
    loads = [
        (tag.name, tag.get("src") or tag.get("href") or tag.get("data"))
        for tag in soup.find_all(
            ["script", "link", "img", "iframe", "object", "source", "video", "audio", "embed"]
        )
        if tag.get("rel") != ["canonical"]  # says where the page is, and loads nothing
    ]
    assert (
        loads
        or soup.find("meta", attrs={"http-equiv": "Refresh"})
        or "url=chapters/index.html" in page.read_text()
    )
    for name, address in loads:
        assert not outside(address or ""), f"{page.name}: <{name}> loads {address}"
    for tag in [*soup.find_all("style"), *soup.find_all(style=True)]:
        assert not re.search(
            r"url\(\s*['\"]?(?:https?:)?//", tag.get("style") or tag.string or ""
        ), page.name
    for script in soup.find_all("script"):
        assert not re.search(
            r"(?:import\(|fetch\(|src\s*=)\s*['\"](?:https?:)?//", script.string or ""
        ), page.name


def test_style_sheets_ask_no_other_host():
    sheets = list(SITE.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        assert not re.search(
            r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", sheet.read_text(errors="replace")
        ), sheet.name


FORMULA = re.compile(
    r'<(span|div) class="math( wide)? (?:(?!data-tex).)*data-tex(?:(?!data-tex).)*?'
    r'<span class="mathml"><math.*?</math></span></\1>',
    re.DOTALL,
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_formula_of_the_site_is_a_drawing_with_mathml_and_no_style(page):
    html = page.read_text()
    formulas = [found[0] for found in FORMULA.finditer(html)]
    assert len(formulas) == len(re.findall(r'class="math[ "]', html)), f"{page.name}: not drawn"
    for formula in formulas:
        assert "<svg" in formula and "<math" in formula, f"{page.name}: {formula[:90]}"
        assert " style=" not in formula, f"{page.name}: a style in {formula[:90]}"
        assert ("tabindex" in formula) == ('class="math wide' in formula), formula[:90]
    outlines = set(re.findall(r'<path id="(tex-[\w-]+)"', html))
    used = set(re.findall(r'href="#(tex-[\w-]+)"', html))
    assert used == outlines, f"{page.name}: outlines of glyphs {sorted(used ^ outlines)}"


@pytest.mark.parametrize("page", sorted(SITE.rglob("*.html")), ids=lambda page: page.stem)
def test_a_page_of_the_site_loads_the_scripts_that_serve_it_alone(page):
    html = page.read_text()
    assert light.page(html, page.name) == html, f"{page.name}: loads what it does not use"
    assert len(re.findall('<link rel="stylesheet"', html)) == (
        page.parent != SITE or "mode" in html
    )


def test_mathjax_is_not_in_the_site():
    assert not [path for path in SITE.rglob("*") if path.name in ("tex-svg.js", "liteDOM.js")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_formula_is_left_as_text(page):
    soup = BeautifulSoup(page.read_text(), "html.parser")
    for element in soup.select("script, style, pre, code, .math"):
        element.decompose()
    left = re.search(r"\\[a-zA-Z]+|\$|:::|\{(?:prf|doc|cite)", soup.find("article").get_text())
    assert not left, (
        f"{page.name}: '{left.string[max(0, left.start() - 40) : left.end() + 40]}' is "
        "shown as it was typed"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pictures_have_alt_text_and_ids_are_unique(page):
    soup = BeautifulSoup(page.read_text(), "html.parser")
    for image in soup.select("article img"):
        alt = image.get("alt", "")
        assert len(alt.split()) >= 10 and not re.search(r"\.(svg|png)", alt), (
            f"{page.name}: {image.get('src')} has alt '{alt}'"
        )
    ids = [tag["id"] for tag in soup.select("article [id]")]
    assert len(ids) == len(set(ids)), sorted({i for i in ids if ids.count(i) > 1})


def test_every_claim_has_its_box_and_the_claims_page_links_to_it():
    from xentlib.book.contents import CHAPTERS as claimed

    index = (SITE / "chapters" / "claims.html").read_text()
    for chapter, claims in claimed.items():
        soup = BeautifulSoup((SITE / "chapters" / f"{chapter}.html").read_text(), "html.parser")
        for claim in claims.values():
            assert soup.find(id=claim.label), f"{chapter}: no box {claim.label}"
            assert f'href="{chapter}.html#{claim.label}"' in index, (
                f"claims page: no link to {claim.label}"
            )
