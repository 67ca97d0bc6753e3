"""The whole book as one PDF: the built pages in their order, as one document that Chromium prints,
tagged, with an outline, page numbers, and links that lead from chapter to chapter.

    python tools/pdf.py FILE.pdf    needs the site in _build/html, and Chromium
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import yaml
from bs4 import BeautifulSoup, Tag
from environment import chromium

from xentlib.book import contents

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
POINTS = ("id", "for", "aria-labelledby", "aria-describedby", "aria-controls")  # name an element
LEFT_OUT = ("script", "button", "a.headerlink", ".prev-next-area", "div.toctree-wrapper")
GLYPH = re.compile(r'(<path id="(tex-[^"]+)" d="[^"]*"/>)')
SHEET = """
@page { size: A4; margin: 18mm 16mm 20mm; @bottom-center { content: counter(page); } }
hr { break-after: page; visibility: hidden; }
html { font-size: 72%; }
.cover { text-align: center; padding-top: 60mm; }
.cover .title { font-size: 28pt; }
h2, h3, h4 { break-after: avoid; }
figure, .cell_output svg, .cell_output img, tr { break-inside: avoid; }
pre { white-space: pre-wrap; }
.sd-summary-state-marker { display: none !important; }
.sd-card, .admonition { box-shadow: none !important; }
"""


def read(html: str) -> BeautifulSoup:
    """A page, parsed."""
    return BeautifulSoup(html, "html.parser")


def anchor(page: str, name: str = "") -> str:
    """What an element of a page is called in the one document; a glyph is one for all pages."""
    if name.startswith("tex-"):
        return name
    return f"{Path(page).name}--{name}" if name else Path(page).name


def article(page: str, html: BeautifulSoup, pages: list[str]) -> Tag:
    """The text of a page, its names and links as the one document has them."""
    found = html.find("article")
    if not isinstance(found, Tag):
        raise SystemExit(f"{page} has no article")
    for tag in found.select(", ".join(LEFT_OUT)):
        tag.decompose()
    for tag in found.find_all(True):
        for name in POINTS:
            if name in tag.attrs:
                value = tag[name]
                words = value.split() if isinstance(value, str) else value
                tag[name] = " ".join(anchor(page, word) for word in words)
        for name in ("href", "xlink:href", "src"):
            if name in tag.attrs:
                tag[name] = _address(page, str(tag[name]), pages)
                if tag.name == "a" and not str(tag[name]).startswith("#"):
                    _lead_out(tag, name)
        for name, value in tag.attrs.items():
            if isinstance(value, str) and "url(#" in value:
                tag[name] = re.sub(r"url\(#([^)]*)\)", rf"url(#{anchor(page)}--\1)", value)
    for fold in found.select("details:not(.listed)"):
        box = fold.find_previous_sibling(True)
        if not (box and "proof" in box.get_attribute_list("class")):
            fold["open"] = ""  # nobody opens a fold on paper; evidence and lists are on the site
    found["id"] = anchor(page)
    return found


def _address(page: str, link: str, pages: list[str]) -> str:
    """Where a link leads, from the one document: into itself, if what it names is there."""
    if link.startswith("#"):
        return f"#{anchor(page, link[1:])}"
    if re.match(r"[a-z]+:", link):
        return link
    path, _, name = link.partition("#")
    target = (Path(page).parent / path).with_suffix("").as_posix()
    target = re.sub(r"[^/]+/\.\./", "", target)
    if path.endswith(".html") and target in pages:
        return f"#{anchor(target, name)}"
    return f"{SITE.name}/chapters/{link}"


def _lead_out(link: Tag, name: str) -> None:
    """A link to a file of the site leads to its address, or nowhere while it has none."""
    path = str(link[name]).removeprefix(f"{SITE.name}/")
    if re.match(r"[a-z]+:", path):
        return
    if address := _config()["html"]["baseurl"]:
        link[name] = urljoin(address, path)
    else:
        link.unwrap()


def document(pages: list[str]) -> str:
    """The book as one page of HTML, which stands beside the site's folder."""
    htmls = {page: (SITE / f"{page}.html").read_text("utf-8") for page in pages}
    parsed = {page: read(html) for page, html in htmls.items()}
    links = [str(link["href"]) for link in parsed[pages[0]].select('link[rel="stylesheet"]')]
    styles = [f'<link rel="stylesheet" href="{SITE.name}/chapters/{link}">' for link in links]
    articles = {page: article(page, html, pages) for page, html in parsed.items()}
    titles = {page: text.h1.get_text() if text.h1 else page for page, text in articles.items()}
    listed = "".join(
        f'<li><a href="#{anchor(page)}">{title}</a></li>' for page, title in titles.items()
    )
    drawn = {name: path for html in htmls.values() for path, name in GLYPH.findall(html)}
    glyphs = "".join(drawn.values())
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en" class="whole" data-theme="light" data-mode="light"><head>',
            f'<meta charset="utf-8"><title>{titles[pages[0]]}</title>',
            *styles,
            f"<style>{SHEET}</style></head><body>",
            f'<svg width="0" height="0" aria-hidden="true"><defs>{glyphs}</defs></svg>',
            f'<div class="cover"><p class="title">{titles[pages[0]]}</p>',
            f"<p>{_config()['author']}</p></div>",
            f'<hr><nav class="contents"><h2>Contents</h2><ol>{listed}</ol></nav>',
            *(f"<hr>{text}" for text in articles.values()),
            "</body></html>",
        ]
    )


@cache
def _config() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))


def broken(html: str) -> list[str]:
    """Links into the document that lead nowhere, and names that it has twice."""
    names = Counter(re.findall(r'\sid="([^"]*)"', html))
    lost = sorted(set(re.findall(r'href="#([^"]*)"', html)) - set(names))
    found = [f"#{name} is nowhere" for name in lost]
    return found + [f"#{name} is there twice" for name, times in names.items() if times > 1]


def main(target: Path) -> None:
    """Print the book."""
    browser = chromium()
    if not (SITE / "index.html").exists():
        sys.exit("there is no site; run `make book`")
    html = document(contents.pages(ROOT))
    if problems := broken(html):
        sys.exit("\n".join(problems[:20]))
    source = SITE.parent / "book.html"
    source.write_text(html, "utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    options += ["--generate-pdf-document-outline", "--export-tagged-pdf"]
    command = [browser, *options, f"--print-to-pdf={target}", source.as_uri()]
    subprocess.run(command, check=True, capture_output=True)
    source.unlink()
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve())
