"""A small book of its own for a test."""

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace


def built(folder, *extensions, **config):
    """Where its pages are, built from the sources in a folder; a warning is an error. What it tells
    docutils of nodes and directives is forgotten behind it.
    """
    html = folder / "html"
    settings = {"extensions": list(extensions), "html_theme": "alabaster", **config}
    with docutils_namespace():
        Sphinx(
            folder,
            None,
            html,
            folder / "trees",
            "html",
            confoverrides=settings,
            status=None,
            warningiserror=True,
        ).build()
    return html
