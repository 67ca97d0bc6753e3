"""A content-security policy in every page: only the book's own files are loaded, only scripts that
were there when it was built run.
"""

import base64
import hashlib
from html.parser import HTMLParser

import active_content

# MathJax writes style elements and attributes, the theme's style sheets have pictures in data:
# addresses
RULES = (
    "default-src 'none'; script-src 'self' 'unsafe-hashes' {hashes}; style-src 'self' "
    "'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action "
    "'self'; base-uri 'none'"
)


class _Scripts(HTMLParser):
    """Collects the scripts that stand in a page itself, those of event handlers included."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.inline, self.inside = [], False

    def handle_starttag(self, tag, attributes):
        self.inside = tag == "script" and "src" not in dict(attributes)
        self.inline += [value for name, value in attributes if name.startswith("on")] + [
            ""
        ] * self.inside

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.inline[-1] += data


def policy(html):
    """The policy of one page."""
    scripts = _Scripts()
    scripts.feed(html)
    digests = sorted(
        {
            base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            for script in scripts.inline
        }
    )
    return RULES.format(hashes=" ".join(f"'sha256-{digest}'" for digest in digests))


def protect(page):
    """Write the policy into a page, before anything that it governs. A script within the text
    itself is refused: the policy would allow it.
    """
    html = page.read_text("utf-8")
    found = list(active_content.article_problems(html))
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
