"""What a browser would run, or fetch, from a text, a picture or a page: only known elements, no
handlers, no addresses but the book's own.
"""

import re
from html.parser import HTMLParser

PICTURE = set(
    [
        "svg",
        "g",
        "path",
        "use",
        "text",
        "tspan",
        "rect",
        "circle",
        "line",
        "polygon",
        "polyline",
        "defs",
        "a",
        "title",
        "desc",
        "clippath",
        "style",
        "marker",
        "metadata",
        "image",
        "lineargradient",
        "stop",
        "rdf:rdf",
        "cc:work",
        "dc:type",
        "dc:format",
        "dc:title",
        "dc:creator",
        "dc:date",
        "cc:agent",
    ]
)
ACTIVE = set(
    [
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
        "link",
        "meta",
        "frame",
        "frameset",
        "applet",
        "portal",
        "foreignobject",
        "audio",
        "video",
        "source",
    ]
)
ADDRESSES = {"href", "xlink:href", "src", "srcset", "data", "action", "formaction", "poster"}
RUNS = re.compile(r"^\s*(?:javascript|vbscript|data)\s*:", re.IGNORECASE)
CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
MATHEMATICS = re.compile(r"\$\$(.+?)\$\$|\$([^$]+?)\$", re.DOTALL)
RAW = re.compile(r"\{raw\}|^\s*\.\. raw::", re.MULTILINE)
LINK = re.compile(r"\]\(\s*<?\s*(?:javascript|vbscript|data)\s*:", re.IGNORECASE)


class _Elements(HTMLParser):
    """All elements, each with its attributes and whether it stands within <article>."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.found, self.depth = [], 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.depth += tag == "article"
        self.found.append((tag, attributes, self.depth > 0))

    def handle_endtag(self, tag):
        self.depth -= tag == "article"


def _attribute_problems(tag, attributes):
    for name, value in attributes:
        if (
            name.startswith("on")
            or name in ADDRESSES
            and RUNS.match(value or "")
            or name == "srcdoc"
        ):
            yield f"active content: <{tag} {name}>"


def text_problems(text, allowed=()):
    """Of a Markdown text: raw elements, but those allowed, and links that run something."""
    prose = MATHEMATICS.sub(" ", CODE.sub(" ", text))
    if RAW.search(text):
        yield "active content: a raw directive"
    if LINK.search(prose):
        yield "active content: a link that runs something"
    for tag, attributes, _ in _Elements(prose).found:
        if tag not in allowed:
            yield f"active content: <{tag}>, and raw elements are not for chapters"
        yield from _attribute_problems(tag, attributes)


def picture_problems(svg):
    """Of a picture: elements that pictures do not need, handlers, and addresses outside the
    picture.
    """
    for tag, attributes, _ in _Elements(svg).found:
        if tag not in PICTURE:
            yield f"active content: <{tag}> in a picture"
        yield from _attribute_problems(tag, attributes)
        yield from (
            f"active content: <{tag} {name}> leads outside the picture"
            for name, value in attributes
            if name in ADDRESSES and not (value or "").startswith("#")
        )
    if re.search(r"url\(\s*['\"]?(?!#)|@import", svg):
        yield "active content: a style that loads something"


def article_problems(html):
    """Of a built page: what runs or loads within the text itself."""
    for tag, attributes, inside in _Elements(html).found:
        if inside:
            if tag in ACTIVE:
                yield f"active content: <{tag}>"
            yield from _attribute_problems(tag, attributes)
