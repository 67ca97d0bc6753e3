"""The graph of claims: laid out by dagre, drawn as SVG in which every claim is a link."""

import json
import textwrap
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from py_mini_racer import MiniRacer

DAGRE = Path(__file__).with_name("dagre.min.js")  # version 3.1.3, MIT; its licence lies beside it
WIDTH, LINE, LETTERS, MARGIN = 150, 13, 25, 8
# from the strongest grade to the weakest: a sign and a colour; the word is always there too
LOOKS = {
    "proved": ("■", "#b7e4c7"),
    "proved in small cases": ("◧", "#d0ebd0"),
    "exact": ("●", "#cfe8ff"),
    "certified": ("◆", "#d9dcff"),
    "computed": ("★", "#e6dcff"),
    "sampled": ("○", "#fff3bf"),
    "simulated": ("◇", "#ffe8b0"),
    "argued": ("□", "#f1ebe4"),
    "cited": ("△", "#ffd8cc"),
}
LAYOUT = """
var structuredClone = thing => JSON.parse(JSON.stringify(thing));     // the engine has none
function layout(nodes, edges) {
  const graph = new dagre.graphlib.Graph()
    .setGraph({rankdir: "LR", nodesep: 10, ranksep: 44, marginx: 8, marginy: 8})
    .setDefaultEdgeLabel(() => ({}));
  for (const [name, width, height] of nodes) graph.setNode(name, {width, height});
  for (const [from, to] of edges) graph.setEdge(from, to);
  dagre.layout(graph);
  return JSON.stringify({
    size: [graph.graph().width, graph.graph().height],
    nodes: graph.nodes().map(n => [n, graph.node(n).x, graph.node(n).y]),
    edges: graph.edges().map(e => [e.v, e.w, graph.edge(e).points.map(p => [p.x, p.y])]),
  });
}
"""


@dataclass(frozen=True)
class Node:
    """A claim in the graph; `parts` are the grades of its evidence, strongest first."""

    name: str
    title: str
    grade: str
    weakest_link: str
    parts: tuple[str, ...]
    address: str

    @property
    def lines(self) -> list[str]:
        """What the box says, a line each."""
        weaker = (
            [f"rests on {LOOKS[self.weakest_link][0]} {self.weakest_link}"]
            if self.weakest_link != self.grade
            else []
        )
        return [
            *textwrap.wrap(self.title, LETTERS),
            "".join(LOOKS[part][0] for part in self.parts) + f" {self.grade}",
            *weaker,
        ]

    @property
    def height(self) -> int:
        """Of the box, in pixels."""
        return LINE * len(self.lines) + MARGIN


@cache
def _layout(nodes: tuple[Node, ...], edges: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Places of boxes and bends of arrows. The engine is closed at once: left to the end of
    Python, it may hang there.
    """
    with MiniRacer() as engine:
        engine.eval(DAGRE.read_text() + LAYOUT + "0")
        boxes = json.dumps([[node.name, WIDTH, node.height] for node in nodes])
        return json.loads(str(engine.eval(f"layout({boxes}, {json.dumps(edges)})")))


def _box(node: Node, x: float, y: float) -> str:
    left, top = x - WIDTH / 2, y - node.height / 2
    says = f"{node.title}. {node.grade}; the weakest that it rests on: {node.weakest_link}"
    rows = "".join(
        (
            f'<tspan x="{x:.0f}" '
            f'y="{top + MARGIN / 2 + LINE * (place + 0.8):.0f}">{escape(line)}</tspan>'
        )
        for place, line in enumerate(node.lines)
    )
    return (
        f'<a href="{escape(node.address)}" '
        f'aria-label="{escape(says)}"><title>{escape(says)}</title>'
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{WIDTH}" height="{node.height}" rx="3" '
        f'fill="{LOOKS[node.grade][1]}"/><text>{rows}</text></a>'
    )


@dataclass(frozen=True)
class Graph:
    """Claims and what they use: `edges` go from what is used to what uses it."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """What stands for the picture where it is not seen."""
        grades = ", ".join(
            f"{sign} {grade}"
            for grade, (sign, _) in LOOKS.items()
            if any(grade in node.parts for node in self.nodes)
        )
        return (
            f"The graph of {len(self.nodes)} claims and {len(self.edges)} uses, from what "
            "rests on nothing, on the left, to what rests on most, on the right. "
            "Each box is a claim and a link to its entry below; under the title stand a sign "
            "for each grade of its evidence and the grade of the whole, then the weakest "
            f"grade that it rests on, where that is weaker: {grades}. The table below says the "
            "same."
        )

    def svg(self) -> str:
        """The picture."""
        found = _layout(self.nodes, self.edges)
        width, height = found["size"]
        places = {name: (x, y) for name, x, y in found["nodes"]}
        lines = "".join(
            '<path d="M'
            + "L".join(f"{x:.0f} {y:.0f}" for x, y in points)
            + '" marker-end="url(#arrow)"/>'
            for _, _, points in found["edges"]
        )
        boxes = "".join(_box(node, *places[node.name]) for node in self.nodes)
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" class="claim-graph" role="group" '
            f'aria-label="{escape(self.text)}" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" '
            'font-family="sans-serif" font-size="11" text-anchor="middle">'
            '<defs><marker id="arrow" viewBox="0 0 6 6" refX="6" refY="3" markerWidth="6" '
            'markerHeight="6" orient="auto"><path d="M0 0L6 3L0 6z" fill="#666" '
            'stroke="none"/></marker></defs>'
            f'<g fill="none" stroke="#888">{lines}</g><g stroke="#555" '
            f'stroke-width="1">{boxes}</g></svg>'
        ).replace("<text>", '<text stroke="none" fill="black">')

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        return {"image/svg+xml": self.svg(), "text/plain": self.text}, {
            "image/svg+xml": {"alt": self.text, "inline": True}
        }
