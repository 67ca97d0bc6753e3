"""How the book shows what is its own: boxes with names, and claims beside functions."""

from functools import cache
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref

from xentlib.book import cards, folds, live, mathematics, route, site, statements
from xentlib.claims import MODULES
from xentlib.verify import Claim

NOTATION = "/chapters/notation"


def name_contents(app: Any, doctree: nodes.document) -> None:
    """sphinx-proof and sphinx-exercise call the inside of every box by one id; name it after its
    box.
    """
    for section in doctree.findall(nodes.section):
        if section["ids"] and section["ids"][0] in (
            "proof-content",
            "exercise-content",
            "solution-content",
        ):
            section["ids"] = [
                (section.parent["ids"] or section.parent.parent["ids"])[0] + "-inside"
            ]


def link_symbols(app: Any, doctree: Any) -> None:
    """Under the equation that a chapter opens with, a link to what its letters mean."""
    page = app.env.docname
    section = next(iter(doctree.findall(nodes.section)), doctree)
    opening = [node for node in section.children if isinstance(node, nodes.math_block)]
    if opening and page.rpartition("/")[2].replace("-", "_") in MODULES:
        link = pending_xref("", refdomain="std", reftype="doc", reftarget=NOTATION, refdoc=page)
        link["refexplicit"] = True
        link += nodes.inline("", "symbols")
        place = section.index(opening[0]) + 1
        section.insert(place, nodes.paragraph("", "", link, classes=["symbols"]))


def name_checks(
    app: Any, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Under each function of the library, the claims whose evidence runs it."""
    checks = checked_by().get(name.removeprefix("xentlib."), ())
    if checks:
        lines += [
            "",
            "Checked by "
            + ", ".join(f":ref:`{claim.title} <{claim.place}>`" for claim in checks)
            + ".",
        ]


def open_entry(translator: Any, node: nodes.citation) -> None:
    """An entry of the bibliography is an item of a list, for readers of screens too."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        translator.body.append('<ol class="citation-list">\n')
    translator.body.append(translator.starttag(node, "li", CLASS="citation"))


def close_entry(translator: Any, node: nodes.citation) -> None:
    """The end of an entry, and of the list behind the last."""
    following = node.next_node(descend=False, siblings=True)
    last = not isinstance(following, nodes.citation)
    translator.body.append("</li>\n</ol>\n" if last else "</li>\n")


@cache
def checked_by() -> dict[str, list[Claim]]:
    """The claims that run each public function."""
    from xentlib.book.contents import CHAPTERS, CLAIMS
    from xentlib.book.provenance import trace

    found: dict[str, list[Claim]] = {}
    for name, entry in trace(CHAPTERS).items():
        for function in entry.computed:
            found.setdefault(function, []).append(CLAIMS[name])
    return found


def setup(app: Any) -> dict[str, bool]:
    """The Sphinx extension."""
    app.connect("doctree-read", name_contents)
    app.connect("doctree-read", link_symbols)
    app.connect("autodoc-process-docstring", name_checks)
    app.add_node(nodes.citation, override=True, html=(open_entry, close_entry))
    for part in (cards, folds, live, route, site, statements):
        part.setup(app)
    return mathematics.setup(app)
