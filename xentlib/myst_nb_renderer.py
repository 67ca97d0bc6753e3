"""How a page that myst-nb builds shows a verdict, as a theorem box, and a picture, with the alt
text that its figure wrote. myst-nb finds it by its entry point, in any book.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docutils import nodes

RECORD = "application/vnd.xentlib.verdict+json"  # that of xentlib.verify, which needs SymPy


class Renderer:
    """A myst-nb plug-in, found by its entry point."""

    mime_priority_overrides: list[tuple[str, str, int]] = [("*", "text/x-myst", 1)]

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> "list[nodes.Node] | None":
        """The nodes of an output of one kind; None leaves it to myst-nb."""
        from docutils import nodes

        if data.mime_type == RECORD:  # for the receipt, not for the page
            return []
        if data.mime_type == "text/x-myst" and not inline:
            return renderer._render_markdown_base(data, fmt="myst", inline=False)
        if data.mime_type == "image/svg+xml":
            about = data.output_metadata.get("image/svg+xml", {})
            if about.get("inline"):  # its links work in the page itself only
                inside = f'<div class="inline-figure">{data.content}</div>'
                return [nodes.raw("", inside, format="html")]
            if "alt" not in about:  # a picture of somebody else
                return None
            (image,) = renderer.render_image(data)
            image["alt"] = about["alt"]
            image["classes"] += ["map"] if about.get("map") else []
            return [image]
        return None
