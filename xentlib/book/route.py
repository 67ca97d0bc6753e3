"""A way through some pages of the book, with the minutes that it takes."""

import re
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

WORDS_A_MINUTE = 200  # of prose
MINUTES_A_BOX = 0.25  # a statement is read; its evidence stays folded
NOT_READ = re.compile(
    r"^```.*?^```|^## (?:Exercises|Break it yourself)\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL
)
ONE_WORD = re.compile(r"\$\$.*?\$\$|\$[^$]+\$|\{[\w:+-]+\}`[^`]*`|\]\([^)]*\)", re.DOTALL)
WORD = re.compile(r"[\w’'-]*\w[\w’'-]*")


def minutes(page: Path) -> float:
    """How long a page takes: its words up to the exercises, a formula or a link as one word, and
    its boxes. Code, exercises and what is folded are not counted.
    """
    if page.suffix == ".md":
        texts, boxes = [page.read_text("utf-8")], 0
    else:
        cells = nbformat.read(page, as_version=4).cells
        texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
        boxes = sum(cell.source.startswith("verify(") for cell in cells)
    prose = ONE_WORD.sub(" x ", NOT_READ.sub(" ", "\n\n".join(texts)))
    return len(WORD.findall(prose)) / WORDS_A_MINUTE + boxes * MINUTES_A_BOX


def found(folder: Path, name: str) -> Path:
    """The source of a page."""
    notebook = folder / f"{name}.ipynb"
    return notebook if notebook.exists() else folder / f"{name}.md"


class Route(SphinxDirective):
    """A numbered list of pages with their minutes, and the sum."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """The list, from a line for each page: its name, and why it is read."""
        folder = Path(self.env.doc2path(self.env.docname)).parent
        lines, total = [], 0
        for place, line in enumerate(self.content, 1):
            name, _, why = line.partition(": ")
            taken = round(minutes(found(folder, name)))
            self.env.note_dependency(str(found(folder, name)))
            total += taken
            lines.append(f"{place}. {{doc}}`{name}`, {taken} minutes: {why}")
        lines += [
            "",
            f"In all {total} minutes: {WORDS_A_MINUTE} words a minute, and {60 * MINUTES_A_BOX:g} "
            "seconds for each statement in a box; code, folds and exercises are not counted.",
        ]
        node = nodes.container()
        self.state.nested_parse(StringList(lines, "route"), self.content_offset, node)
        return node.children


def setup(app: Any) -> None:
    """The directive `route`."""
    app.add_directive("route", Route)
