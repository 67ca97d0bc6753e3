"""The pages without what they do not use."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import csp
import light


def page(head="", body=""):
    return f"<html><head>{head}</head><body>{body}</body></html>"


def loads(source, **attributes):
    return f'<script src="../_static/{source}?v=1"></script>\n'


def test_a_script_that_no_list_names_is_refused():
    with pytest.raises(SystemExit, match="counts.html: loads a script .* does not list: more.js"):
        light.page(page(loads("more.js")), "counts.html")
    with pytest.raises(SystemExit, match="does not list: alert"):
        light.page(page("<script>alert(1)</script>"), "counts.html")


@pytest.mark.parametrize(
    "source, body",
    [
        ("copybutton.js", '<div class="highlight-python">'),
        ("searchtools.js", '<div id="search-results">'),
        ("togglebutton.js", '<div class="admonition dropdown">'),
        ("formulas.js", '<span data-tex="p">'),
        ("simplex.js", '<xent-weights w="1.5">'),
        ("folds.js", '<details class="fold">'),
        ("previews.js", '<a href="counts.html#claim-type-identity">'),
        ("chooser.js", '<div class="chooser" data-cards="{}">'),
        ("design-tabs.js", '<div class="sd-tab-set docutils">'),
    ],
)
def test_a_script_is_loaded_where_it_serves_and_is_not_in_the_way(source, body):
    assert "<script" not in light.page(page(loads(source)), "a.html")
    assert "<script defer" in light.page(page(loads(source), body), "a.html")


def test_what_the_web_font_has_is_not_loaded_as_a_script():
    html = light.page(page(loads("scripts/fontawesome.js") + loads("doctools.js") * 2), "a.html")
    assert "fontawesome" not in html and html.count("doctools.js") == 1


def test_icons_that_no_page_shows_are_left_out():
    css = '.fa-moon:before{content:"\\f186"}.fa-user:before,.fa-sun:before{content:"\\f185"}'
    kept = light.icons(css + '.fa-egg:before{content:"\\f7fb"}p{margin:0}', {"fa-moon", "fa-sun"})
    assert kept == css + "p{margin:0}" + light.NEW_FACE


def test_style_sheets_become_one_with_what_they_import(tmp_path):
    static = tmp_path / "_static"
    (static / "styles").mkdir(parents=True)
    (static / "basic.css").write_text("a{background:url(file.png)}")
    (static / "styles" / "theme.css").write_text('@import "../basic.css";')
    (static / "book.css").write_text("b{background:url('data:x')}")
    links = (
        '<link href="../_static/styles/theme.css?digest=1" rel="stylesheet" />'
        '<link rel="stylesheet" type="text/css" href="../_static/book.css?v=1" />'
    )
    made = {}
    html = light.sheets(page(links), tmp_path, made)
    (name,) = made.values()
    assert html.count("<link") == 1 and f'href="../_static/{name}"' in html
    assert (static / name).read_text() == (
        "@charset \"UTF-8\";\na{background:url(../file.png)}\nb{background:url('data:x')}\n"
    )


def test_a_picture_has_its_place_before_it_is_fetched(tmp_path):
    (tmp_path / "_images").mkdir()
    (tmp_path / "_images" / "a.svg").write_text('<svg x="1" width="75pt" height="30pt" >')
    html = light.pictures('<img alt="b" src="../_images/a.svg" />', tmp_path)
    assert html == '<img alt="b" src="../_images/a.svg" loading="lazy" width="100" height="40" />'


def test_a_style_of_an_element_is_refused_and_a_style_of_a_page_is_known(tmp_path):
    path = tmp_path / "a.html"
    path.write_text(page(body='<p style="color: red">'))
    with pytest.raises(SystemExit, match="a.html: has a style that its policy forbids: <p style"):
        csp.protect(path)
    known = csp.policy(page("<style>p{}</style>"))
    assert "style-src 'self' 'sha256-" in known and "unsafe-inline" not in known
    inside = page(body="<article><style>p{}</style></article>")
    assert "style-src 'self' ;" in csp.policy(inside)
