"""The pages without what they do not use: scripts that serve nothing on a page, icons that no page
shows, what only a debugger reads. A script that is not in the list is refused.
"""

import hashlib
import re

from fontTools import subset
from fontTools.ttLib import TTFont

# Each script, and what a page must have for it: no script is loaded where it has nothing to do.
HEADING, CODE, FOLD = r"<body", r'class="highlight', r'class="(?:[^"]* )?(?:toggle|dropdown)[ "]'
SCRIPTS = {
    "documentation_options.js": HEADING,
    "doctools.js": HEADING,
    "sphinx_highlight.js": HEADING,  # the words that were searched for
    "scripts/sphinx-book-theme.js": HEADING,
    "scripts/bootstrap.js": HEADING,
    "scripts/pydata-sphinx-theme.js": HEADING,
    "clipboard.min.js": CODE,
    "copybutton.js": CODE,
    "togglebutton.js": FOLD,
    "design-tabs.js": r'class="sd-tab-set',
    "formulas.js": r"data-tex=",
    "simplex.js": r"<xent-",
    "folds.js": r"<details",
    "previews.js": r'href="[^"]*#claim-',
    "chooser.js": r'class="chooser"',
    "searchtools.js": r'id="search-results"',
    "language_data.js": r'id="search-results"',
    "searchindex.js": r'id="search-results"',
}
INLINE = {  # by its first words
    "document.documentElement.dataset.mode": HEADING,  # light or dark, before anything is seen
    "let toggle": FOLD,
    "var togglebuttonSelector": FOLD,
    "// Activate the search field on page load": r'id="search-results"',
}
# icons that the web font has too; options of what the book does not use
DROPPED = ("scripts/fontawesome.js", "DOCUMENTATION_OPTIONS.")
UNUSED = (
    "_static/locales/**/*",
    "_static/**/*.map",
    "_static/scripts/fontawesome.js*",
    "_static/vendor/fontawesome/webfonts/*",
    "_static/copybutton_funcs.js",
    "_static/*webpack-macros.html",
    "_static/basic.css",
)
ACCESSIBLE = {
    # the sidebar has the title of the book, which belongs to a landmark
    '<div id="pst-primary-sidebar" class': '<div id="pst-primary-sidebar" role="navigation" '
    'aria-label="The book" class',
    # a button is called what is written on it
    'search-button__button pst-js-only" title="Search" aria-label="Search"': (
        'search-button__button pst-js-only" title="Search"'
    ),
}
SCRIPT = re.compile(r"[ \t]*<script\b([^>]*)>(.*?)</script>\n?", re.DOTALL)
PRELOAD = re.compile(r'[ \t]*<link rel="preload" as="script"[^>]*>\n?')
SHEET = re.compile(r'<link\b[^>]*href="([^"?]*_static/)([\w./-]+\.css)[^"]*"[^>]*>\s*')
STYLE_OF_AN_ELEMENT = re.compile(r'(<(?:td|table)\b[^>]*) style="[^"]*"')
ICON = re.compile(r'((?:\.fa-[\w-]+::?before,?)+)\{content:"\\([0-9a-f]+) ?"\}')
FACE = re.compile(r"@font-face\{[^}]*\}")
PICTURE = re.compile(r'(<img\b[^>]*? src="(?:\.\./)?_images/([\w.-]+\.svg)")')
SIZE = re.compile(r'<svg\b[^>]*? width="([\d.]+)pt" height="([\d.]+)pt"')
NEW_FACE = (
    "@font-face{font-display:block;font-family:Font Awesome\\ 6 Free;font-style:normal;"
    'font-weight:900;src:url(../icons.woff) format("woff")}'
)


def scripts(html, name):
    """A page with the scripts that serve it, each once, none in the way of the text."""
    seen = set()

    def kept(found):
        attributes, inside = found.groups()
        source = re.search(r'src="(?:\.\./)*(?:_static/)?([^"?]+)', attributes)
        what = source[1] if source else inside.strip()
        if what.startswith(DROPPED) or what in seen:
            return ""
        seen.add(what)
        rules = [
            rule
            for start, rule in (SCRIPTS if source else INLINE).items()
            if what.startswith(start)
        ]
        if not rules:
            raise SystemExit(
                f"{name}: loads a script that tools/light.py does not list: {what[:60]}"
            )
        if not re.search(rules[0], html):
            return ""
        return (
            found[0]
            if not source or "defer" in attributes
            else found[0].replace("<script", "<script defer", 1)
        )

    return SCRIPT.sub(kept, html)


def page(html, name):
    """One page, lighter."""
    html = STYLE_OF_AN_ELEMENT.sub(r"\1", scripts(PRELOAD.sub("", html), name))
    for old, new in ACCESSIBLE.items():
        html = html.replace(old, new)
    return html


def pictures(html, site):
    """A page whose pictures are fetched when they come near, and have their place until then."""

    def placed(found):
        size = SIZE.search((site / "_images" / found[2]).read_text("utf-8"))
        if not size:
            return found[0]
        width, height = (round(float(length) * 4 / 3) for length in size.groups())
        return f'{found[1]} loading="lazy" width="{width}" height="{height}"'

    return PICTURE.sub(placed, html)


def icons(css, used):
    """The theme's style sheet with the icons that are used alone."""

    def kept(found):
        return found[0] if set(re.findall(r"\.(fa-[\w-]+)", found[1])) & used else ""

    return FACE.sub("", ICON.sub(kept, css)) + NEW_FACE


def font(source, numbers, target):
    """The outlines of some icons, as a web font."""
    options = subset.Options(
        flavor="woff", layout_features=[], name_IDs=[0, 1, 2, 13, 14], notdef_outline=True
    )
    options.recalc_timestamp = False
    with TTFont(source, recalcTimestamp=False) as whole:
        cut = subset.Subsetter(options)
        cut.populate(unicodes=numbers)
        cut.subset(whole)
        whole.flavor = "woff"
        whole.save(target)


def sheets(html, site, made):
    """A page whose style sheets are one: a dozen requests before the first word are many."""
    found = list(SHEET.finditer(html))
    names = tuple(sheet[2] for sheet in found)
    if not names:
        return html
    if names not in made:
        text = '@charset "UTF-8";\n' + "".join(_sheet(site / "_static", name) for name in names)
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        made[names] = f"styles/all-{digest}.css"
        (site / "_static" / made[names]).write_text(text, "utf-8")
    first = f'<link rel="stylesheet" href="{found[0][1]}{made[names]}" />\n'
    html = html[: found[0].start()] + first + html[found[0].end() :]
    return SHEET.sub(lambda sheet: sheet[0] if made[names] in sheet[0] else "", html)


def _sheet(static, name):
    """A style sheet as it reads from the folder _static/styles, what it imports included."""
    path = static / name
    css = re.sub(r"^@charset[^;]*;|/\*#.*?\*/", "", path.read_text("utf-8").lstrip("\ufeff"))
    up = "" if path.parent.name == "styles" else "../"
    css = re.sub(r"url\((['\"]?)(?!data:|#|['\"]|/)", rf"url(\1{up}", css)

    def imported(found):
        return _sheet(static, str((path.parent / found[1]).resolve().relative_to(static.resolve())))

    css = re.sub(r'@import\s*(?:url\()?"([^"]+)"\)?;', imported, css)
    return css.rstrip() + "\n"


def lighten(site):
    """The site, lighter."""
    static = site / "_static"
    pages = sorted(site.rglob("*.html"))
    texts = {path: path.read_text("utf-8") for path in pages if static not in path.parents}
    scripted = [
        path.read_text("utf-8")
        for path in sorted(static.rglob("*.js"))
        if "fontawesome" not in path.name
    ]
    used = set(re.findall(r"\bfa-[\w-]+", "".join([*texts.values(), *scripted])))
    theme = static / "styles" / "pydata-sphinx-theme.css"
    theme.write_text(icons(theme.read_text("utf-8"), used), "utf-8")
    written = "".join(path.read_text("utf-8") for path in sorted(static.rglob("*.css")))
    numbers = {int(found[2], 16) for found in ICON.finditer(written)}
    numbers |= {ord(letter) for letter in written if "\ue000" <= letter <= "\uf8ff"}
    font(static / "vendor/fontawesome/webfonts/fa-solid-900.ttf", numbers, static / "icons.woff")
    made = {}
    for path, html in texts.items():
        html = pictures(page(html, path.name), site)
        path.write_text(sheets(html, site, made), "utf-8")
    for sheet in sorted({name for names in made for name in names}):
        (static / sheet).unlink()
    for pattern in UNUSED:
        for path in sorted(site.glob(pattern)):
            if path.is_file():
                path.unlink()
