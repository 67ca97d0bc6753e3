"""A content-security policy in every page: only the book's own files are loaded, only scripts that
were there when it was built run.
"""

import base64
import hashlib
from html.parser import HTMLParser

import active_content

# the theme's style sheets have pictures in data: addresses
RULES = (
    "default-src 'none'; script-src 'self' 'unsafe-hashes' {scripts}; style-src 'self' {styles}; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'"
)


class _Inline(HTMLParser):
    """Collects what stands in a page itself: scripts, those of event handlers included, and the
    styles outside the text.
    """

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.scripts, self.styles, self.styled = [], [], []
        self.into, self.articles = None, 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.articles += tag == "article"
        self.scripts += [value for name, value in attributes if name.startswith("on")]
        self.styled += [f"<{tag} style={value!r}>" for name, value in attributes if name == "style"]
        self.into = None
        if tag == "script" and "src" not in dict(attributes):
            self.into = self.scripts
        if tag == "style" and not self.articles:
            self.into = self.styles
        if self.into is not None:
            self.into.append("")

    def handle_endtag(self, tag):
        self.articles -= tag == "article"
        self.into = None

    def handle_data(self, data):
        if self.into is not None:
            self.into[-1] += data


def _hashes(texts):
    digests = {hashlib.sha256(text.encode()).digest() for text in texts}
    return " ".join(sorted(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests))


def policy(html):
    """The policy of one page."""
    inline = _Inline(html)
    return RULES.format(scripts=_hashes(inline.scripts), styles=_hashes(inline.styles))


def protect(page):
    """Write the policy into a page, before anything that it governs. A script within the text
    itself is refused: the policy would allow it; and so is a style of an element, which it would
    not.
    """
    html = page.read_text("utf-8")
    found = list(active_content.article_problems(html))
    found += [f"a style that its policy forbids: {styled}" for styled in _Inline(html).styled]
    if found:
        raise SystemExit("\n".join(f"{page.name}: has {problem}" for problem in found))
    if html.count("<head>") != 1:
        raise SystemExit(f"{page}: a page has one <head>")
    page.write_text(
        html.replace(
            "<head>",
            f'<head>\n    <meta http-equiv="Content-Security-Policy" content="{policy(html)}">',
        ),
        "utf-8",
    )
