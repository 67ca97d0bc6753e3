"""How the book shows what is its own: claims as theorem boxes, pictures with the alt text that
their figure wrote, and claims beside functions.
"""

from functools import cache
from typing import Any

from docutils import nodes

from xentlib.book import mathematics
from xentlib.verify import Claim
from xentlib.verify._display import RECORD


class Renderer:
    """A myst-nb plug-in, found by its entry point."""

    mime_priority_overrides = [("*", "text/x-myst", 1)]

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Node] | None:
        """The nodes of an output of one kind; None leaves it to myst-nb."""
        if data.mime_type == RECORD:  # for the receipt, not for the page
            return []
        if data.mime_type == "text/x-myst" and not inline:
            return renderer._render_markdown_base(data, fmt="myst", inline=False)
        if data.mime_type == "image/svg+xml":
            about = data.output_metadata.get("image/svg+xml", {})
            if about.get("inline"):  # its links work in the page itself only
                return [
                    nodes.raw(
                        "",
                        (
                            '<div class="wide-figure" role="region" aria-label="a wide '
                            f'figure, to be scrolled" tabindex="0">{data.content}</div>'
                        ),
                        format="html",
                    )
                ]
            (image,) = renderer.render_image(data)
            image["alt"] = about.get("alt", "")
            return [image]
        return None


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
    app.connect("autodoc-process-docstring", name_checks)
    app.add_node(nodes.citation, override=True, html=(open_entry, close_entry))
    return mathematics.setup(app)
