"""The question of the first page, "What is your soft label?": a card for each answer, folded, the
questions that lead to one of them where a script can ask, and all cards on one sheet.
"""

import json
import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

HERE = Path(__file__).parent
DATA = tomllib.loads((HERE / "cards.toml").read_text("utf-8"))
QUESTIONS: list[dict[str, Any]] = DATA["questions"]
CARDS: dict[str, dict[str, Any]] = DATA["cards"]
TABS = ("PyTorch", "scikit-learn", "statsmodels", "xentlib")
ROWS = {
    "loss": "Loss",
    "weight": "Weight",
    "errors": "Standard errors",
    "aic": "AIC?",
    "why": "Because",
}


def lines(name: str, opened: bool = False) -> Iterator[str]:
    """One card in MyST."""
    card = CARDS[name]
    yield from (f"::::::{{dropdown}} {card['title']}", f":name: card-{name}")
    yield from ([":open:", ""] if opened else [""])
    for field, title in ROWS.items():
        yield from (title, f": {card[field]}", "")
    yield from (":::::{tab-set}", ":sync-group: library", "")
    for tab in TABS:
        if tab in card["code"]:
            yield from (f"::::{{tab-item}} {tab}", f":sync: {tab}", "", "```python")
            yield from card["code"][tab].strip().splitlines()
            yield from ("```", "::::", "")
    yield from (":::::", "::::::", "")


def poster() -> Iterator[str]:
    """All cards on one sheet in MyST: a row for each, without code."""
    yield from ("::::{list-table}", ":header-rows: 1", ":stub-columns: 1")
    yield from (":widths: auto", "")
    for card in ({"poster": "Your label is", **ROWS}, *CARDS.values()):
        first, *others = (card[field] for field in ("poster", *ROWS))
        yield from (f"* - {first}", *(f"  - {text}" for text in others))
    yield "::::"


def _fieldset(question: dict[str, Any]) -> str:
    name = question["name"]
    choices = "".join(
        f'<label><input type="radio" name="{name}" value="{value}"> {escape(text)}</label>'
        for value, text in question["answers"].items()
    )
    when = escape(json.dumps(question.get("when", {})))
    legend = f"<legend>{escape(question['asks'])}</legend>"
    return f'<fieldset data-when="{when}">{legend}{choices}</fieldset>'


def questions() -> str:
    """The questions in HTML, hidden until a script has what it needs to ask them."""
    leads = escape(json.dumps({name: card["answers"] for name, card in CARDS.items()}))
    return (
        f'<div class="chooser" data-cards="{leads}" hidden>'
        f"{''.join(map(_fieldset, QUESTIONS))}"
        '<p><span role="status"></span> '
        f'<button type="button">All {len(CARDS)} cards</button></p></div>'
    )


class Cards(SphinxDirective):
    """Where a page shows the cards."""

    def run(self) -> list[nodes.Node]:
        """The questions, and all cards, the first of them open."""
        run = json.loads((HERE / "cards.json").read_text("utf-8"))
        text = [line for place, name in enumerate(CARDS) for line in lines(name, not place)]
        text.append(
            f"The tabs of PyTorch were run with {run['library']} {run['version']} on "
            f"{run['date']}; the others run in the tests of this book."
        )
        node = nodes.container(classes=["cards"])
        self.state.nested_parse(StringList(text, "cards.toml"), self.content_offset, node)
        return [nodes.raw("", questions(), format="html"), node]


class Poster(SphinxDirective):
    """Where a page shows the sheet."""

    def run(self) -> list[nodes.Node]:
        """The table; the style sheet prints a page that holds it on A4, landscape."""
        node = nodes.container(classes=["poster"])
        self.state.nested_parse(StringList([*poster()], "cards.toml"), self.content_offset, node)
        return [node]


def setup(app: Any) -> None:
    """The directives `cards` and `poster`."""
    app.add_directive("cards", Cards)
    app.add_directive("poster", Poster)
