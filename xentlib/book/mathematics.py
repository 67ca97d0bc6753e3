"""Formulas, set when the book is built: MathJax draws each as SVG, with MathML for readers of
screens. What a page shows of mathematics needs no script, no font and no style of an element.
"""

import hashlib
import json
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from py_mini_racer import MiniRacer
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from xentlib.book.javascript import engine

VENDOR = Path(__file__).resolve().parents[2] / "vendor"
MATHJAX = VENDOR / "tex-svg.js"
# what stands for a page where there is none: MathJax's own, from the same package
LITE_DOM = VENDOR / "liteDOM.js"
# In ex, of which a line has 40 on a phone of 390 pixels, and 24 in a box on one of 320: what is
# wider than ROOM may be broken in a line of text, what is wider than LINE on a line of its own;
# what is wider still scrolls.
ROOM, LINE = 16, 24

# MathJax looks at its page when it starts. Here the page is a thing of which every part is that
# same thing.
NO_PAGE = """
var window = globalThis, nothing = new Proxy(function () {}, {
  get: (_, key) => key === Symbol.toPrimitive ? () => ""
    : key === Symbol.iterator ? function* () {} : nothing,
  apply: () => nothing, construct: () => nothing, set: () => true});
var document = nothing, DOMParser = nothing, location = {href: "", protocol: "file:"};
var navigator = {appVersion: "", userAgent: "", platform: ""};
var MathJax = {startup: {ready: () => {}}};
"""
# A command that MathJax does not know becomes red text; one for which it would fetch an extension
# makes it throw "retry".
ENGINE = """
var adaptor = MathJax._.adaptors.liteAdaptor.liteAdaptor();
MathJax._.handlers.html_ts.RegisterHTMLHandler(adaptor);
var page = MathJax._.mathjax.mathjax.document("", {
  InputJax: new MathJax._.input.tex_ts.TeX(MathJax.config.tex),
  OutputJax: new MathJax._.output.svg_ts.SVG({fontCache: "global"})});
var visitor = new MathJax._.core.MmlTree.SerializedMmlVisitor.SerializedMmlVisitor();

function read(formula, display) {
  const item = new page.options.MathItem(formula, page.inputJax[0], display), found = [];
  item.setMetrics(16, 8, 1e6, 1e6, 1);
  try { item.compile(page); }
  catch (error) {
    return [item, error.retry ? "a command of an extension that is not vendored" : String(error)];
  }
  item.root.walkTree(node => {
    if (node.isKind("merror")) found.push(node.attributes.get("data-mjx-error"));
    if (node.isKind("mtext") && node.attributes.get("mathcolor") === "red")
      found.push("Undefined control sequence " + node.childNodes[0].getText());
  });
  return [item, found.join("; ")];
}
const problem = (formula, display) => read(formula, display)[1];

// The drawing without what only MathJax in a page would read: no names of nodes, no groups of one.
const SHORT = {"xlink:href": "href"}, SILENT = /^data-|^xmlns|^role$|^focusable$/;
function drawn(node) {
  if (node.kind === "#text") return node.value.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  const inside = node.children.map(drawn).join("");
  const names = Object.keys(node.attributes).filter(name => !SILENT.test(name));
  if (node.kind === "g" && (!names.length || !inside)) return inside;
  const attributes = names.map(name =>
    ` ${SHORT[name] || name}="${String(node.attributes[name]).replace("#MJX-TEX-", "#tex-")}"`);
  if (node.kind === "g" && /^<use (?!.*transform)[^>]*>$/.test(inside))
    return inside.replace("<use", "<use" + attributes.join(""));
  return inside ? `<${node.kind}${attributes.join("")}>${inside}</${node.kind}>`
    : `<${node.kind}${attributes.join("")}/>`;
}
const kindOf = node => node.attributes && node.attributes["data-mml-node"];
const shift = node =>
  +((/^translate\\(([-\\d.]+)/.exec(node.attributes.transform || "") || [0, 0])[1]);

// Where a formula may be broken, as TeX does in a line of text: behind a relation, a sum or a
// comma; between parentheses only where it would be too wide otherwise.
const {BIN, REL, OPEN, CLOSE, PUNCT} = MathJax._.core.MmlTree.MmlNode.TEXCLASS;
function breaks(row, edges, room) {
  let depth = 0, start = 0;
  const places = [], found = [];
  row.forEach((node, place) => {
    depth += (node.texClass === OPEN) - (node.texClass === CLOSE);
    if ([BIN, REL, PUNCT].includes(node.texClass) && place && place + 1 < row.length)
      places.push([place + 1, depth]);
  });
  for (const end of [...places.filter(([, deep]) => !deep).map(([place]) => place), row.length]) {
    if (edges[end] - edges[start] > room)
      found.push(...places.map(([place]) => place).filter(place => start < place && place < end));
    if (end < row.length) found.push(end);
    start = end;
  }
  return found;
}
function typeset(formula, display, short, room) {
  const [item, red] = read(formula, display);
  if (red) return JSON.stringify({trouble: "what MathJax shows in red: " + red});
  item.typeset(page);
  const svg = item.typesetRoot.children[0], outer = svg.children[0];
  if (!svg.attributes.viewBox)
    return JSON.stringify({trouble: "a formula as wide as its page, such as one with a tag"});
  const [x, y, width, height] = svg.attributes.viewBox.split(" ").map(Number);
  const ex = parseFloat(svg.attributes.width) / width;
  let row = item.root.childNodes[0].childNodes, parts = outer.children[0].children;
  while (row.length === 1 && parts.length === 1 && row[0].isKind("mstyle")) {
    row = row[0].childNodes[0].childNodes;      // a \\textstyle before all else
    parts = parts[0].children;
  }
  const edges = [x, ...parts.slice(1).map(shift), x + width];
  const breakable = width * ex > (display ? room : short) && row.length === parts.length;
  const starts = [0, ...(breakable ? breaks(row, edges, room / ex) : []), parts.length];
  const pieces = starts.slice(1).map((end, n) => {
    const left = edges[starts[n]], wide = edges[end] - left;
    const inside = starts.length > 2 ? parts.slice(starts[n], end) : outer.children;
    return {left, width: wide, ex: wide * ex, inside: inside.map(drawn).join("")};
  });
  return JSON.stringify({pieces, y, height, tall: svg.attributes.height,
    above: parseFloat(svg.attributes.style.split(":")[1]),
    mathml: visitor.visitTree(item.root).replace(/\\n\\s*/g, "")
      .replace(/ (data-mjx-[a-z]+|xmlns)="[^"]*"/g, "")});
}
function glyphs() {
  const found = {};
  for (const path of page.outputJax.fontCache.getCache().children)
    found[path.attributes.id.replace("MJX-TEX-", "tex-")] = path.attributes.d;
  return JSON.stringify(found);
}
"""
LOG = logging.getLogger(__name__)
PLACE = re.compile(r'<svg class="((?:up|down)-\d+)"')
BODY = re.compile(r"<body\b[^>]*>")
FOLLOWED = re.compile(
    r'(<span class="math (?:(?!<span class="math |</math></span></span>).)*</math></span></span>)'
    r"([.,;:!?)\]’”]+)",
    re.DOTALL,
)
GLYPH = re.compile(r'href="#(tex-[\w-]+)"')


def _scripts() -> tuple[str, ...]:
    return NO_PAGE, MATHJAX.read_text(), LITE_DOM.read_text(), ENGINE


@cache
def _engine() -> MiniRacer:
    return engine(*_scripts())


@cache
def formula_problem(formula: str, display: bool = True) -> str:
    """MathJax's complaint about one formula, or nothing."""
    return str(_engine().eval(f"problem({json.dumps(formula)}, {json.dumps(display)})"))


class Formulas:
    """The formulas of a book as HTML. What was set before is read from a store, a file that may
    be deleted; `glyphs` are the outlines that all drawings share.
    """

    def __init__(self, folder: Path) -> None:
        scripts = "".join((*_scripts(), f"{ROOM} {LINE}"))
        made_by = hashlib.sha256(scripts.encode()).hexdigest()[:16]
        self.store = folder / f"formulas-{made_by}.json"
        known = json.loads(self.store.read_text("utf-8")) if self.store.exists() else {}
        self.found: dict[str, Any] = known.get("formulas", {})
        self.glyphs: dict[str, str] = known.get("glyphs", {})
        self.fresh = False

    def save(self) -> None:
        """Write the store, whole or not at all."""
        if self.fresh:
            self.glyphs |= json.loads(str(_engine().eval("glyphs()")))
            self.store.parent.mkdir(parents=True, exist_ok=True)
            half = self.store.with_suffix(".half")
            half.write_text(json.dumps({"formulas": self.found, "glyphs": self.glyphs}), "utf-8")
            half.replace(self.store)
            self.fresh = False

    def drawing(self, formula: str, display: bool) -> dict[str, Any]:
        """One formula as MathJax draws it; a ValueError if it would be red, or needs a style."""
        key = f"{'display' if display else 'inline'} {formula}"
        if key not in self.found:
            words = ", ".join(json.dumps(word) for word in (formula, display, ROOM, LINE))
            drawing = json.loads(str(_engine().eval(f"typeset({words})")))
            if "trouble" in drawing:
                raise ValueError(drawing["trouble"])
            if " style=" in drawing["mathml"] + "".join(p["inside"] for p in drawing["pieces"]):
                raise ValueError("a formula that needs a style of its own")
            self.found[key], self.fresh = drawing, True
        return self.found[key]

    def html(self, formula: str, display: bool, number: str = "") -> str:
        """The element of one formula, which a keyboard reaches only if it is wide."""
        drawing = self.drawing(formula, display)
        pieces = "<wbr>".join(
            f'<svg class="{_name(drawing["above"])}" width="{piece["ex"]:.3f}ex" '
            f'height="{drawing["tall"]}" viewBox="{piece["left"]:.6g} {drawing["y"]} '
            f'{piece["width"]:.6g} {drawing["height"]}" aria-hidden="true">'
            f'<g transform="scale(1,-1)">{piece["inside"]}</g></svg>'
            for piece in drawing["pieces"]
        )
        wide = max(piece["ex"] for piece in drawing["pieces"]) > LINE
        tag = "div" if display else "span"
        scrolls = ' tabindex="0" role="group" aria-label="a wide formula, to be scrolled"'
        return (
            f'<{tag} class="math{" wide" if wide else ""} notranslate nohighlight" '
            f'data-tex="{escape(formula)}"{scrolls if wide else ""}>{number}{pieces}'
            f'<span class="mathml">{drawing["mathml"]}</span></{tag}>'
        )

    def sprite(self, html: str) -> str:
        """The outlines that formulas use; nothing without a formula."""
        used = sorted(set(GLYPH.findall(html)))
        outlines = "".join(f'<path id="{name}" d="{self.glyphs[name]}"/>' for name in used)
        glyphs = '<svg class="glyphs" width="0" height="0" aria-hidden="true"><defs>'
        return f"{glyphs}{outlines}</defs></svg>" if used else ""

    def finished(self, html: str) -> str:
        """A page with the outlines that its formulas use, and no line that begins with the comma
        behind one.
        """
        html = FOLLOWED.sub(r'<span class="joined">\1\2</span>', html)
        sprite = self.sprite(html)
        return BODY.sub(lambda body: f"{body[0]}\n{sprite}", html, 1) if sprite else html


def sheet(html: str) -> str:
    """The style sheet that puts the drawings of some pages on their lines."""
    places = sorted(set(PLACE.findall(html)))
    return "".join(f".{name}{{vertical-align:{_place(name)}ex}}\n" for name in places)


def _name(above: float) -> str:
    """The class of what stands that many ex above the line: -0.439 is "down-439"."""
    thousandths = round(above * 1000)
    return f"{'down' if thousandths < 0 else 'up'}-{abs(thousandths)}"


def _place(name: str) -> str:
    way, thousandths = name.split("-")
    return f"{int(thousandths) / (-1000 if way == 'down' else 1000):g}"


def _set(translator: Any, node: nodes.Node, formula: str, display: bool, number: str = "") -> None:
    """Write one formula into the page that a translator makes."""
    try:
        html = translator.builder.app.formulas.html(formula, display, number)
    except ValueError as error:
        LOG.warning("%s (in $%s…$)", error, formula[:40], location=node)
        html = escape(formula)
    translator.body.append(html)
    raise nodes.SkipNode


def inline(translator: Any, node: nodes.math) -> None:
    """A formula in a line of text."""
    _set(translator, node, node.astext().strip(), False)


def display(translator: Any, node: nodes.math_block) -> None:
    """A formula that stands alone, with its number and the link to it, if it has one."""
    formula, number = node.astext().strip(), ""
    if r"\\" in formula and not node.get("no-wrap", node.get("nowrap")):
        formula = rf"\begin{{split}}{formula}\end{{split}}"
    if node["number"]:
        before = len(translator.body)
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, "Link to this equation")
        number = "".join([*translator.body[before:], "</span>"])
        del translator.body[before:]
    if node["ids"]:
        translator.body.append(f'<span id="{node["ids"][0]}"></span>')
    _set(translator, node, formula, True, number)


def opened(app: Any) -> None:
    """A build begins: what was set before is at hand."""
    app.formulas = Formulas(Path(app.srcdir, "_build"))


def closed(app: Any, exception: Exception | None) -> None:
    """A build is done: every page gets the outlines that it uses."""
    if exception is None and app.builder.format == "html":
        app.formulas.save()
        pages = sorted(Path(app.outdir).rglob("*.html"))
        texts = [page.read_text("utf-8") for page in pages]
        for page, html in zip(pages, texts, strict=True):
            page.write_text(app.formulas.finished(html), "utf-8")
        Path(app.outdir, "_static", "places.css").write_text(sheet("".join(texts)), "utf-8")


def setup(app: Any) -> dict[str, bool]:
    """The renderer "drawn", for Sphinx's `html_math_renderer`."""
    app.add_html_math_renderer("drawn", (inline, None), (display, None))
    app.add_css_file("places.css")
    app.connect("builder-inited", opened)
    app.connect("build-finished", closed)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
