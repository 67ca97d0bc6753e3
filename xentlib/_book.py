"""How the book shows outputs of its own: claims as theorem boxes, pictures with the alt text that their figure wrote."""
from docutils import nodes


class Renderer:
    """A myst-nb plug-in, found by its entry point."""

    mime_priority_overrides = [("*", "text/x-myst", 1)]

    @staticmethod
    def handle_mime(renderer, data, inline):
        if data.mime_type == "text/x-myst" and not inline:
            return renderer._render_markdown_base(data, fmt="myst", inline=False)
        if data.mime_type == "image/svg+xml":
            image, = renderer.render_image(data)
            image["alt"] = data.output_metadata.get("image/svg+xml", {}).get("alt", "")
            return [image]
        return None


def name_contents(app, doctree):
    """sphinx-proof and sphinx-exercise call the inside of every box by one id; name it after its box."""
    for section in doctree.findall(nodes.section):
        if section["ids"] and section["ids"][0] in ("proof-content", "exercise-content", "solution-content"):
            section["ids"] = [(section.parent["ids"] or section.parent.parent["ids"])[0] + "-inside"]


def setup(app):
    """The Sphinx extension."""
    app.connect("doctree-read", name_contents)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
