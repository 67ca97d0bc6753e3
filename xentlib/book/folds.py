"""Quiet machinery: code that only imports, or only shows a theorem, a derivation, a figure or a
table of the library, is folded in the pages. A theorem has it in the fold under its box, any other
output in a line of its own below.
"""

import ast
from collections.abc import Collection
from typing import Any

from docutils import nodes

SHOWN_BY = {"verify", "derived", "figures"}  # and what is imported from xentlib.book


class fold(nodes.container):
    """Code under a line that opens it; `about` is what it shows."""


def open_fold(translator: Any, node: fold) -> None:
    """An element that needs no script: a keyboard opens it, and so does a search in the page."""
    said = translator.attval(f"code: {node['about']}")
    translator.body.append(f'<details class="fold"><summary aria-label="{said}">code</summary>\n')


def close_fold(translator: Any, node: fold) -> None:
    """The end of a fold."""
    translator.body.append("</details>\n")


def about(code: str, shown_by: Collection[str] = SHOWN_BY) -> str:
    """What code shows that may be folded: "imports", or the name of the last thing that it shows;
    nothing for code that a reader should see.
    """
    lines = ast.parse(code).body
    if lines and all(isinstance(line, ast.Import | ast.ImportFrom) for line in lines):
        return "imports"
    last: Any = lines[-1].value if lines and isinstance(lines[-1], ast.Expr) else None
    shown = last.func if isinstance(last, ast.Call) else last
    root = shown
    while isinstance(root, ast.Attribute | ast.Subscript):
        root = root.value
    if last is root or not isinstance(root, ast.Name) or root.id not in shown_by:
        return ""
    checks = shown is root and root.id == "verify" and last.args
    return ast.unparse(last.args[0] if checks else shown)


def overviews(code: str) -> set[str]:
    """The names that code imports from xentlib.book: tables and graphs of claims."""
    lines = [line for line in ast.parse(code).body if isinstance(line, ast.ImportFrom)]
    ours = [line for line in lines if (line.module or "").startswith("xentlib.book")]
    return {alias.asname or alias.name for line in ours for alias in line.names}


def _part(cell: Any, name: str) -> Any:
    """The input or the output of a cell."""
    found = [part for part in cell.children if name in part.get("classes", ())]
    return found[0] if found else None


def _is_cell(node: Any) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def _only_prepares(node: Any) -> bool:
    """Whether it is a cell in sight that shows nothing."""
    return _is_cell(node) and bool(_part(node, "cell_input")) and not _part(node, "cell_output")


def fold_cells(app: Any, doctree: nodes.document) -> None:
    """Fold the code of each cell that a reader need not see. A cell without an output that stands
    directly before it, and prepares it, goes with it.
    """
    shown_by = set(SHOWN_BY)
    cells: list[Any] = list(doctree.findall(_is_cell))
    for cell in cells:
        code = _part(cell, "cell_input")
        if code is None:
            continue
        shown_by |= overviews(code.astext())
        if said := about(code.astext(), shown_by):
            output, before = _part(cell, "cell_output"), cell.previous_sibling()
            parts = [code]
            if output is not None and _only_prepares(before):
                parts = [*before.children, code]
                before.parent.remove(before)
            for part in parts:
                part.parent.remove(part)
            verdicts: list[Any] = list((output or cell).findall(_is_verdict))
            (verdicts[0] if verdicts else cell).append(
                nodes.container("", *parts, classes=["checked-by"])
                if verdicts
                else fold("", *parts, about=said)
            )


def _is_verdict(node: Any) -> bool:
    return isinstance(node, nodes.Element) and "verdict" in node.get("container_classes", ())


def name_domains(app: Any, doctree: nodes.document) -> None:
    """The lines of a theorem that say for which letters it holds have a class of their own."""
    for line in doctree.findall(nodes.paragraph):
        alone = len(line.children) == 1 and isinstance(line[0], nodes.emphasis)
        if alone and line.astext().startswith("For "):
            line["classes"].append("domain")


def setup(app: Any) -> None:
    """The node, and the step that makes it."""
    app.add_node(fold, html=(open_fold, close_fold))
    app.connect("doctree-read", fold_cells)
    app.connect("doctree-read", name_domains)
