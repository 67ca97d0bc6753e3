"""Formulas in the pages: drawn when the book is built, with MathML, without a script or a style."""

import re

import pytest
from bs4 import BeautifulSoup
from small_book import built

from xentlib.book.mathematics import LINE, ROOM, Formulas, sheet

SUM = r"H(p,q)=-\sum_k p_k\log q_k"
PAGE = f"""
The loss $H(p,q)$
=========================

.. toctree::

   other

The loss is :math:`{SUM}`.

.. math::
   :label: twice

   a &= b \\\\
     &= c

As :eq:`twice` says.
"""


@pytest.fixture
def formulas(tmp_path):
    return Formulas(tmp_path)


def parsed(html):
    return BeautifulSoup(html, "html.parser")


@pytest.mark.parametrize("display", [False, True])
def test_a_formula_has_a_drawing_and_mathml_and_no_style(formulas, display):
    html = formulas.html(SUM, display)
    soup = parsed(html)
    assert soup.find("math").get_text() == "H(p,q)=−∑kpklog\u2061qk"
    assert soup.find("svg")["aria-hidden"] == "true" and soup.find("use")["href"].startswith("#")
    assert not soup.find_all(style=True) and soup.find(attrs={"data-tex": True})["data-tex"] == SUM
    assert soup.find("math").get("display") == ("block" if display else None)


def test_an_outline_is_in_the_page_once_and_a_line_is_where_it_was(formulas):
    html = formulas.html("p", False) + formulas.html("p+q", False)
    formulas.save()
    page = formulas.finished(f"<html><head></head><body class='a'>{html}</body></html>")
    soup = parsed(page)
    drawn = {use["href"][1:] for use in soup.find_all("use")}
    assert [path["id"] for path in soup.select("svg.glyphs path")] == sorted(drawn)
    for svg in soup.select("span.math svg"):
        assert f".{svg['class'][0]}{{vertical-align:-0." in sheet(page)


def test_no_line_begins_with_the_comma_behind_a_formula(formulas):
    one, two = formulas.html("p", False), formulas.html("q", False)
    formulas.save()
    page = formulas.finished(f"<body><p>{one}, or {two} (all {one}).</p>{two}</body>")
    joined = parsed(page).select("span.joined")
    assert [span.contents[-1] for span in joined] == [",", ")."]
    assert [span.find(attrs={"data-tex": True})["data-tex"] for span in joined] == ["p", "p"]
    assert len(parsed(page).select("span.math")) == 4


def test_a_wide_formula_on_lines_of_its_own_can_be_broken_and_a_short_one_is_whole(formulas):
    wide = parsed(formulas.html(f"{SUM}=H(p)+D(p,q)", True))
    assert len(wide.select("svg")) > 1 and "wide" not in wide.div["class"]
    assert len(parsed(formulas.html("a=b", True)).select("svg")) == 1


def test_what_was_set_before_is_set_alike(tmp_path):
    first = Formulas(tmp_path)
    html = first.html(SUM, True)
    first.save()
    again = Formulas(tmp_path)
    assert again.html(SUM, True) == html and not again.fresh and again.glyphs == first.glyphs


ELSEWHERE = "not vendored|Undefined control sequence"  # at the first sight of a command, and later


@pytest.mark.parametrize(
    "formula, trouble",
    [
        (r"\frac{1}{2", "Missing close brace"),
        (r"\argmax q", "Undefined control sequence"),
        (r"\color{red}{x}", ELSEWHERE),
        (r"x \tag{3}", "as wide as its page"),
        (r"\cssId{a}{x}", ELSEWHERE),
    ],
)
def test_what_would_be_red_or_styled_is_refused(formulas, formula, trouble):
    with pytest.raises(ValueError, match=trouble):
        formulas.html(formula, True)


def test_a_keyboard_stops_at_wide_formulas_alone(formulas):
    narrow, wide = "p", rf"\frac{{{'+'.join(['x_{k}'] * 20)}}}{{2}}"
    assert "tabindex" not in formulas.html(narrow, True) + formulas.html(narrow, False)
    for html in (formulas.html(wide, True), formulas.html(wide, False)):
        tag = parsed(html).find(True)
        assert (tag["tabindex"], tag["role"]) == ("0", "group") and "formula" in tag["aria-label"]


def widths(html):
    return [float(svg["width"].removesuffix("ex")) for svg in parsed(html).find_all("svg")]


def test_a_long_formula_in_a_line_is_broken_behind_relations_and_sums(formulas):
    long = r"e^{-H(p,q)}=\prod_k q_k^{p_k}=\exp\operatorname{E}_{Y\sim p}\log q_Y"
    html = formulas.html(long, False)
    pieces = widths(html)
    whole = widths(formulas.html(rf"\mathord{{{long}}}", False))
    assert len(pieces) == 3 == html.count("<wbr>") + 1 and max(pieces) < LINE
    assert sum(pieces) == pytest.approx(sum(whole), abs=0.01) and sum(whole) > ROOM
    assert "=" in parsed(html).find("math").get_text()
    assert len(widths(formulas.html(long, True))) == 3
    inside = "f(" + ",".join(["x_{k}"] * 12) + ")=1"
    assert len(widths(formulas.html(inside, False))) > 2
    assert len(widths(formulas.html("f(" + ",".join("xyz" * 2) + ")=1", False))) == 2


def test_titles_contents_numbers_and_links_have_their_formulas(tmp_path):
    (tmp_path / "index.rst").write_text(PAGE.replace("$H(p,q)$", ":math:`H(p,q)`"))
    (tmp_path / "other.rst").write_text("The weight :math:`\\omega`\n=========================\n")
    html = built(tmp_path, "xentlib.book.mathematics", html_math_renderer="drawn")
    for name in ("index", "other"):
        soup = parsed((html / f"{name}.html").read_text())
        outlines = {path["id"] for path in soup.select("svg.glyphs path")}
        assert {use["href"][1:] for use in soup.find_all("use")} == outlines != set()
        assert soup.select(".sphinxsidebar .math svg") and soup.select("h1 .math svg")
        assert "\\" not in soup.title.string
    soup = parsed((html / "index.html").read_text())
    (number,) = soup.select("div.math .eqno")
    assert number.get_text().startswith("(1)") and soup.find("a", href="#equation-twice")
    assert soup.find(id="equation-twice")
    assert re.search(r"<mtable", str(soup.select("div.math")[0]))
