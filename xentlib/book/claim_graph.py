"""The claims by chapter: laid out by dagre, drawn as SVG in which every chapter is a link."""

import json
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from py_mini_racer import MiniRacer

DAGRE = Path(__file__).with_name("dagre.min.js")  # version 3.1.3, MIT; its licence lies beside it
WIDTH, HEIGHT, LINE = 112, 40, 14
COLOURS = {"proved": "#2a9d5c", "checked": "#4c78c8", "argued": "#c9a227"}  # the words stand there
LAYOUT = """
var structuredClone = thing => JSON.parse(JSON.stringify(thing));     // the engine has none
function layout(nodes, edges) {
  const graph = new dagre.graphlib.Graph()
    .setGraph({rankdir: "TB", nodesep: 6, ranksep: 28, edgesep: 7, marginx: 4, marginy: 4})
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
    """A chapter in the graph: how many of its claims are proved, checked and argued."""

    name: str
    title: str
    address: str
    words: tuple[tuple[str, int], ...]

    @property
    def says(self) -> str:
        """The numbers, in words."""
        return ", ".join(f"{number} {word}" for word, number in self.words)


@cache
def _layout(nodes: tuple[Node, ...], edges: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Places of boxes and bends of arrows. The engine is closed at once: left to the end of
    Python, it may hang there.
    """
    with MiniRacer() as engine:
        engine.eval(DAGRE.read_text() + LAYOUT + "0")
        boxes = json.dumps([[node.name, WIDTH, HEIGHT] for node in nodes])
        return json.loads(str(engine.eval(f"layout({boxes}, {json.dumps(edges)})")))


def _box(node: Node, x: float, y: float) -> str:
    left, top = x - WIDTH / 2, y - HEIGHT / 2
    every, done, bars = sum(number for _, number in node.words), 0, ""
    for word, number in node.words:
        bars += (
            f'<rect x="{left + WIDTH * done / every:.1f}" y="{top + HEIGHT - 6:.0f}" '
            f'width="{WIDTH * number / every:.1f}" height="6" fill="{COLOURS[word]}"/>'
        )
        done += number
    return (
        f'<a href="{escape(node.address)}" aria-label="{escape(node.title)}: {node.says}">'
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{WIDTH}" height="{HEIGHT}" '
        f'fill="white" stroke="#555"/>{bars}'
        f'<text x="{x:.0f}" y="{top + LINE:.0f}" font-weight="bold">{escape(node.title)}</text>'
        f'<text x="{x:.0f}" y="{top + 2 * LINE:.0f}">{node.says}</text></a>'
    )


@dataclass(frozen=True)
class Graph:
    """Chapters, and which use claims of which: `edges` go from what is used to what uses it."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """What stands for the picture where it is not seen."""
        return (
            f"The graph of {len(self.nodes)} chapters: {len(self.edges)} arrows go down, each "
            "from a chapter to one whose claims use its claims. Each box is a link to the claims "
            "of the chapter, in the list below, and says how many are proved, checked and argued."
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
            f'<g fill="none" stroke="#888">{lines}</g>{boxes}</svg>'
        )

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        return {"image/svg+xml": self.svg(), "text/plain": self.text}, {
            "image/svg+xml": {"alt": self.text, "inline": True}
        }
