"""What a page says of itself to those who have not opened it: its description, its words in the
search, its address, a picture, where to report a hole, and where its notebook runs.

The address of the site is `baseurl` in _config.yml, that of the repository `repository` beside it.
While one is empty, what needs it is left out.
"""

import re
import tomllib
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

PAGES: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("pages.toml").read_text("utf-8")
)
CARD = "card.png"
BRANCH = "gh-pages"  # where the workflow publishes the site
LOG = logging.getLogger(__name__)


class Words(SphinxTransform):
    """The words of a page are entries of the index, which the search looks at first."""

    default_priority = 800  # before the index is collected

    def apply(self, **_: Any) -> None:
        """Put the entries at the head of the page."""
        page = Path(self.env.docname).name
        if page not in PAGES:
            LOG.warning("has no description: xentlib/book/pages.toml", location=self.env.docname)
            return
        title = next(iter(self.document.findall(nodes.section)))
        words = [("single", word, title["ids"][0], "main", None) for word in PAGES[page]["words"]]
        self.document.insert(0, addnodes.index(entries=words, inline=False))


def plain(title: str) -> str:
    """A title without the elements that a page sets it with."""
    return unescape(re.sub(r"<[^>]+>", "", title))


def metadata(page: str, title: str, base: str) -> str:
    """What stands in the head of a page: its description, and for a shared link its picture."""
    name = page.rpartition("/")[2]
    if name not in PAGES:
        return ""
    told = PAGES[name]["description"]
    shown = {"og:title": title, "og:description": told, "og:type": "article"}
    if base:
        shown |= {"og:url": f"{base}{page}.html", "og:image": f"{base}_static/{CARD}"}
    return "".join(
        [f'<meta name="description" content="{escape(told)}">\n']
        + [f'<meta property="{key}" content="{escape(value)}">\n' for key, value in shown.items()]
    )


def report(page: str, title: str, repository: str) -> str:
    """The line that ends a page, once the repository has an address."""
    if not repository:
        return ""
    asked = urlencode({"title": f"A hole in {page}.html: {title}"})
    new = escape(f"{repository.rstrip('/')}/issues/new?{asked}")
    return (
        f'<p class="report"><a href="{new}">Report a hole</a> · '
        f'<a href="{escape(repository)}">The repository</a></p>'
    )


def machines(page: str, repository: str) -> dict[str, str]:
    """Where others lend a machine that runs a notebook of a repository on GitHub. Binder and
    Codespaces install the lock of the checkout; Colab opens the notebook that installs by itself.
    """
    host, _, place = repository.rstrip("/").removeprefix("https://").partition("/")
    if host != "github.com":
        return {}
    name = page.rpartition("/")[2]
    colab = f"https://colab.research.google.com/github/{place}/blob/{BRANCH}/notebooks/{name}.ipynb"
    return {
        "Binder": f"https://mybinder.org/v2/gh/{place}/HEAD?labpath={quote(page, '')}.ipynb",
        "Colab": colab,
        "Codespaces": f"https://codespaces.new/{place}",
    }


def take_along(page: str, repository: str) -> str:
    """The line that ends a notebook: how to run it oneself."""
    ways = machines(page, repository)
    name = page.rpartition("/")[2]
    links = [f'<a href="{escape(link)}">{way}</a>' for way, link in ways.items()]
    if ways:
        links.append(f'<a href="../notebooks/{name}.ipynb" download>this notebook alone</a>')
    links.append('<a href="../notebooks.zip">notebooks.zip</a>')
    told = ", which installs the library beside it" if not ways else ""
    return (
        f'<p class="take-along">This page is a notebook: <code>{name}.ipynb</code>. '
        f"Run it: {' · '.join(links)}{told}</p>"
    )


def sitemap(pages: list[str], base: str) -> str:
    """The addresses of all pages, for search engines."""
    places = "".join(f"<url><loc>{escape(base)}{page}.html</loc></url>\n" for page in pages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'
    )


def _base(app: Any) -> str:
    base = app.config.html_baseurl
    return f"{base.rstrip('/')}/" if base else ""


def _page(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    title = plain(context.get("title", "")) or app.config.html_title
    author = f'<meta name="author" content="{escape(app.config.author)}">\n'
    context["metatags"] = context.get("metatags", "") + metadata(page, title, _base(app)) + author
    if doctree is not None:
        repository = app.config.html_context.get("repository", "")
        if app.env.doc2path(page).endswith(".ipynb"):
            context["body"] += take_along(page, repository)
        context["body"] += report(page, title, repository)


def _finished(app: Any, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html" and _base(app):
        from xentlib.figures.social import card

        pages = sorted(app.env.found_docs)
        Path(app.outdir, "sitemap.xml").write_text(sitemap(pages, _base(app)), "utf-8")
        card(Path(app.outdir, "_static", CARD))


def setup(app: Any) -> None:
    """Connect all of it."""
    app.add_transform(Words)
    app.connect("html-page-context", _page)
    app.connect("build-finished", _finished)
