"""What pages say to those who have not opened them: descriptions, words of the search, addresses;
the cards of the first page, and the way through the book.
"""

import ast
import itertools
import json
import re
import sys
from html import unescape
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

from xentlib.book import cards, route, site
from xentlib.book.contents import pages
from xentlib.book.javascript import engine
from xentlib.figures import social

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import mathjax  # noqa: E402
import prose  # noqa: E402
import publish  # noqa: E402
from cards import printed as ran  # noqa: E402

SITE = ROOT / "_build" / "html"
NAMES = [Path(page).name for page in pages()]
SEARCHED = {  # what people type, and the page that answers
    "soft labels": "index",
    "annotators": "index",
    "PyTorch": "your-library",
    "knowledge distillation": "smoothing",
    "label smoothing": "smoothing",
    "AIC": "library-audit",
}

# --- descriptions and words


def test_each_page_has_one_description_and_no_other_page_has_it():
    assert list(site.PAGES) == NAMES
    said = [page["description"] for page in site.PAGES.values()]
    assert len(set(said)) == len(said)
    for name, text in zip(NAMES, said, strict=True):
        assert 50 <= len(text) <= 160 and text[-1] == ".", f"{name}: {len(text)} characters"


@pytest.mark.parametrize("words, page", SEARCHED.items())
def test_what_people_search_is_a_word_of_the_page_that_answers(words, page):
    assert words in site.PAGES[page]["words"]


def test_a_word_of_the_search_leads_to_one_page():
    words = [word.lower() for page in site.PAGES.values() for word in page["words"]]
    assert len(set(words)) == len(words) and all(page["words"] for page in site.PAGES.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_built_page_says_what_it_is(name):
    head, *_ = (SITE / "chapters" / f"{name}.html").read_text("utf-8").partition("</head>")
    soup = BeautifulSoup(head, "html.parser")
    for which in ({"name": "description"}, {"property": "og:description"}):
        (found,) = soup.find_all("meta", attrs=which)
        assert found["content"] == site.PAGES[name]["description"]


def test_the_title_of_a_shared_link_has_no_elements():
    assert site.plain('<span class="section-number">6. </span>A &amp; B') == "6. A & B"
    for name in NAMES:
        head, *_ = (SITE / "chapters" / f"{name}.html").read_text("utf-8").partition("</head>")
        assert "<" not in unescape(re.search('og:title" content="([^"]*)"', head)[1])


def test_a_description_is_escaped_and_other_pages_have_none():
    assert 'content="q &lt; &quot;p&quot;"' in site.metadata("chapters/bayes", 'q < "p"', "")
    assert site.metadata("genindex", "Index", "") == ""


SEARCH = """
var window = globalThis, document = {getElementById: () => null, addEventListener: () => {}};
var SPHINX_HIGHLIGHT_ENABLED = false, DOCUMENTATION_OPTIONS = {}, _ = text => text;
var _ready = () => {};
function first(query) {
  const found = Search._performSearch(...Search._parseQuery(query));
  return found.length ? found.pop()[0] : "nothing";
}
"""


def test_what_people_search_is_found_first():
    scripts = ("_static/language_data.js", "_static/searchtools.js", "searchindex.js")
    search = engine(SEARCH, *((SITE / script).read_text("utf-8") for script in scripts))
    for page, told in site.PAGES.items():
        for words in told["words"]:
            found = search.eval(f"first({json.dumps(words)})")
            assert found == f"chapters/{page}", f"{words}: found first in {found}"
    assert search.eval('first("zebras")') == "nothing"


# --- addresses


HOME, CODE = "https://book.example/soft/", "https://code.example/soft"


def test_the_addresses_are_in_one_place_and_are_addresses():
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    home = config["html"]["baseurl"]
    code = config["sphinx"]["config"]["html_context"]["repository"]
    for address in (home, code):
        assert not address or re.fullmatch(r"https://[\w.-]+/\S*", address)
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert cited.get("repository-code", "") == code and cited.get("url", "") == home


def test_without_an_address_nothing_needs_one():
    said = site.metadata("chapters/bayes", "Bayes", "")
    assert "og:description" in said and "og:image" not in said and "og:url" not in said
    assert site.report("chapters/bayes", "Bayes", "") == ""
    if not yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["html"]["baseurl"]:
        assert not (SITE / "sitemap.xml").exists() and not (SITE / "_static/card.png").exists()


def test_with_an_address_a_page_has_a_picture_and_the_site_a_map():
    said = site.metadata("chapters/bayes", "Bayes", HOME)
    assert f'property="og:image" content="{HOME}_static/card.png"' in said
    assert f'property="og:url" content="{HOME}chapters/bayes.html"' in said
    assert f"<loc>{HOME}chapters/bayes.html</loc>" in site.sitemap(["chapters/bayes"], HOME)


def test_with_a_repository_a_page_says_where_to_report_a_hole():
    line = unescape(site.report("chapters/bayes", "1. Bayes & MAP", CODE))
    assert f'href="{CODE}/issues/new?title=A+hole+in+chapters%2Fbayes.html' in line
    assert "Bayes+%26+MAP" in line and f'<a href="{CODE}">' in line


LENT = "https://github.com/example/soft"


def test_with_a_repository_on_github_a_notebook_runs_at_a_click():
    line = unescape(site.take_along("chapters/bayes", LENT))
    assert re.findall('href="([^"]*)"', line) == [
        "https://mybinder.org/v2/gh/example/soft/HEAD?labpath=chapters%2Fbayes.ipynb",
        "https://colab.research.google.com/github/example/soft/blob/gh-pages/notebooks/bayes.ipynb",
        "https://codespaces.new/example/soft",
        "../notebooks/bayes.ipynb",
        "../notebooks.zip",
    ]
    assert site.take_along("chapters/bayes", f"{LENT}/") == site.take_along("chapters/bayes", LENT)
    workflow = (ROOT / ".github" / "workflows" / "book.yml").read_text("utf-8")
    assert f"git init -q -b {site.BRANCH} ." in workflow


def test_without_one_it_is_taken_along_and_asks_no_other_host():
    for repository in ("", CODE):
        line = site.take_along("chapters/bayes", repository)
        assert re.findall('href="([^"]*)"', line) == ["../notebooks.zip"]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_that_it_is_a_notebook_if_it_is_one(name):
    html = (SITE / "chapters" / f"{name}.html").read_text("utf-8")
    found = BeautifulSoup(html, "html.parser").select("p.take-along")
    assert len(found) == (ROOT / "chapters" / f"{name}.ipynb").exists()


def test_the_social_card_is_a_picture_of_1200_by_630(tmp_path):
    social.card(tmp_path / "card.png")
    data = (tmp_path / "card.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert [int.from_bytes(data[at : at + 4], "big") for at in (16, 20)] == [1200, 630]


def test_a_lost_address_leads_to_the_first_page_the_search_and_the_index():
    html = publish.LOST.format(title="T", root="/soft/")
    links = re.findall(r'<a href="/soft/([^"]+)"', html)
    assert len(links) == 3 and all((SITE / link).exists() for link in links)
    assert (SITE / "404.html").exists() and "src=" not in html


# --- the cards


def test_every_way_through_the_questions_ends_at_one_card():
    reached = set()
    for values in itertools.product(*(question["answers"] for question in cards.QUESTIONS)):
        given = {}
        for question, value in zip(cards.QUESTIONS, values, strict=True):
            when = question.get("when", {})
            if all(given.get(name) == answer for name, answer in when.items()):
                given[question["name"]] = value
        led = [
            name
            for name, card in cards.CARDS.items()
            if any(given.items() >= when.items() for when in card["answers"])
        ]
        assert len(led) == 1, f"{given} leads to {led}"
        reached.update(led)
    assert reached == set(cards.CARDS)


def number(printed):
    """What is printed first."""
    return float(re.search(r"-?\d+\.\d+", printed)[0])


STORED = json.loads((cards.HERE / "cards.json").read_text("utf-8"))
TABS = [(name, tab) for name, card in cards.CARDS.items() for tab in card["code"]]


@pytest.mark.parametrize("name, tab", TABS)
def test_the_code_of_a_card_runs_and_all_its_tabs_find_one_number(name, tab):
    card = cards.CARDS[name]["code"]
    code = card[tab]
    if tab == "PyTorch":  # not in the lock
        stored = STORED["runs"][name]
        assert stored["code"] == code, f"{name}: run tools/cards.py where torch is installed"
        printed = stored["printed"]
    else:
        printed = ran(code)
    assert number(printed) == pytest.approx(number(ran(card["xentlib"])), rel=1e-3)
    lines = [line for line in code.strip().splitlines() if line]
    assert len(lines) <= 10 and all(len(line) <= 78 for line in code.splitlines())
    ast.parse(code)


def test_what_was_run_elsewhere_is_of_the_cards_that_there_are():
    assert set(STORED["runs"]) == {
        n for n, card in cards.CARDS.items() if "PyTorch" in card["code"]
    }
    assert set(cards.TABS) >= {tab for _, tab in TABS}


@pytest.mark.parametrize("name", cards.CARDS)
def test_the_words_of_a_card_name_what_exists(name):
    text = "\n\n".join(cards.CARDS[name][field] for field in cards.ROWS)
    assert [*prose.name_problems(text), *mathjax.problems(text)] == []


def test_the_cards_stand_on_the_first_page_the_first_one_open():
    soup = BeautifulSoup((SITE / "chapters" / "index.html").read_text("utf-8"), "html.parser")
    folds = soup.select(".cards details")
    assert [fold["id"] for fold in folds] == [f"card-{name}" for name in cards.CARDS]
    assert [fold.has_attr("open") for fold in folds] == [True] + [False] * (len(folds) - 1)
    (chooser,) = soup.select(".chooser")
    assert chooser.has_attr("hidden") and json.loads(chooser["data-cards"])
    assert [len(fold.select(".sd-tab-set label")) for fold in folds] == [
        len(card["code"]) for card in cards.CARDS.values()
    ]


def test_the_poster_names_each_card_and_its_loss_and_the_first_page_leads_to_it():
    html = (SITE / "chapters" / "poster.html").read_text("utf-8")
    _, *rows = BeautifulSoup(html, "html.parser").select(".poster tr")
    for row, card in zip(rows, cards.CARDS.values(), strict=True):
        assert row.th.text.strip() == card["poster"]
        formulas = [formula["data-tex"] for formula in row.td.select("[data-tex]")]
        assert formulas == re.findall(r"\$(.*?)\$", card["loss"])
        words = re.findall(r"[\w-]+", re.sub(r"\$.*?\$|\{.*?`.*?`", "", card["loss"]))
        assert words and set(words) <= set(re.findall(r"[\w-]+", row.td.text))
    first = (SITE / "chapters" / "index.html").read_text("utf-8")
    assert BeautifulSoup(first, "html.parser").select('article a[href="poster.html"]')


def test_on_a_phone_a_line_of_the_poster_says_which_column_it_is():
    style = (ROOT / "vendor" / "book.css").read_text("utf-8")
    said = re.findall(r'\.poster td:nth-child\((\d)\)::before \{ content: "(.*?):? "; \}', style)
    assert said == [(str(n), title) for n, title in enumerate(cards.ROWS.values(), 2)]


# --- the route


def test_minutes_count_words_and_boxes_and_neither_code_nor_exercises(tmp_path):
    words = "one two $a b c$ {doc}`x` five " * 40
    (tmp_path / "a.md").write_text(f"# a\n\n{words}\n\n```python\ncode code\n```\n")
    counted = 201 / route.WORDS_A_MINUTE
    assert route.minutes(tmp_path / "a.md") == pytest.approx(counted)
    more = f"\n## Exercises\n\n{words}\n## Summary\n\nend"
    with (tmp_path / "a.md").open("a") as file:
        file.write(more)
    assert route.minutes(tmp_path / "a.md") == pytest.approx(counted + 2 / route.WORDS_A_MINUTE)


def test_the_short_route_takes_less_than_an_hour():
    html = (SITE / "chapters" / "index.html").read_text("utf-8")
    total = int(re.search(r"In all (\d+) minutes", html)[1])
    assert total == sum(map(int, re.findall(r"</a>, (\d+) minutes:", html)))
    assert 40 <= total < 60
