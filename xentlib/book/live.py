"""Figures under the reader's hand. A page holds each as a drawing with its words, made here by the
functions of vendor/simplex.js; where scripts run, the same file lets the reader move it.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from py_mini_racer import MiniRacer
from sphinx.util.docutils import SphinxDirective

from xentlib.book.javascript import engine

SCRIPT = Path(__file__).resolve().parents[2] / "vendor" / "simplex.js"


@cache
def _engine() -> MiniRacer:
    return engine(SCRIPT.read_text("utf-8"))


def call(function: str, *arguments: object) -> Any:
    """What a function of the script says of some arguments; ∞ is null there and None here."""
    words = ", ".join(json.dumps(argument) for argument in arguments)
    return json.loads(str(_engine().eval(f"JSON.stringify(xent.{function}({words}))")))


class live(nodes.General, nodes.Element):
    """A figure under the reader's hand: its element, its attributes, what is drawn in it."""


def counts(text: str) -> list[int]:
    """The proportions of a distribution of three classes, "1-3-1"."""
    found = [int(count) for count in text.split("-")]
    if len(found) != 3 or not any(found):
        raise ValueError(f"{text} are no proportions of three classes, such as 1-3-1")
    return found


class _Live(SphinxDirective):
    """The figure, with the content as its caption."""

    has_content = True
    kind: ClassVar[str]

    def run(self) -> list[nodes.Node]:
        """The figure of docutils."""
        state = {key: value for key, value in self.options.items() if key != "name"}
        shown = {
            key: "-".join(map(str, value)) if isinstance(value, list) else value
            for key, value in state.items()
        }
        figure = nodes.figure()
        figure += live(kind=self.kind, shown=shown, drawing=call(self.kind, state))
        figure += nodes.caption("", "", *self.parse_inline(" ".join(self.content))[0])
        self.set_source_info(figure)
        self.add_name(figure)
        return [figure]


class Simplex(_Live):
    """The label p and the prediction q on the triangle of three classes; n votes, or 0."""

    kind = "simplex"
    option_spec: ClassVar[dict[str, Any]] = {
        "p": counts,
        "q": counts,
        "n": directives.nonnegative_int,
        "name": directives.unchanged,
    }


class Weights(_Live):
    """The masses that the loss with the weight w needs, were it a likelihood."""

    kind = "weights"
    option_spec: ClassVar[dict[str, Any]] = {"w": float, "name": directives.unchanged}


def opened(translator: Any, node: live) -> None:
    """The element, and within it what is seen where no script runs."""
    words = "".join(f' {key}="{value}"' for key, value in node["shown"].items())
    name = f"xent-{node['kind']}"
    translator.body.append(f"<{name}{words}>{node['drawing']}</{name}>")
    raise nodes.SkipNode


def setup(app: Any) -> None:
    """The directives `simplex` and `weights`."""
    app.add_node(live, html=(opened, None))
    app.add_directive("simplex", Simplex)
    app.add_directive("weights", Weights)
