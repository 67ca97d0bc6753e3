"""What MathJax would show in red: every formula is read by the vendored MathJax itself, in a
JavaScript engine without a page.
"""

import atexit
import json
from functools import cache
from pathlib import Path

from active_content import CODE, MATHEMATICS
from py_mini_racer import MiniRacer

MATHJAX = Path(__file__).resolve().parent.parent / "vendor" / "tex-svg.js"

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
READER = """
var reader = new MathJax._.input.tex_ts.TeX(MathJax.config.tex);
reader.setMmlFactory(new MathJax._.core.MmlTree.MmlFactory.MmlFactory());
function problem(formula, display) {
  const item = new MathJax._.core.MathItem.AbstractMathItem(formula, reader, display), found = [];
  try { item.root = reader.compile(item, {}); }
  catch (error) {
    return error.retry ? "a command of an extension that is not vendored" : String(error);
  }
  item.root.walkTree(node => {
    if (node.isKind("merror")) found.push(node.attributes.get("data-mjx-error"));
    if (node.isKind("mtext") && node.attributes.get("mathcolor") === "red")
      found.push("Undefined control sequence " + node.childNodes[0].getText());
  });
  return found.join("; ");
}
"""


@cache
def _mathjax():
    context = MiniRacer()
    atexit.register(context.close)  # left to the end of Python, it may hang there
    for script in (NO_PAGE, MATHJAX.read_text(), READER):
        context.eval(script + "\n0")
    return context


@cache
def formula_problem(formula, display=True):
    """MathJax's complaint about one formula, or nothing."""
    return _mathjax().eval(f"problem({json.dumps(formula)}, {json.dumps(display)})")


def formulas(text):
    """The formulas of a Markdown text, code left out: (formula, whether it is displayed)."""
    return [
        (display or inline, bool(display))
        for display, inline in MATHEMATICS.findall(CODE.sub(" ", text))
    ]


def problems(text):
    """What is wrong with the formulas of a text."""
    if CODE.sub(" ", text).replace("\\$", "").count("$") % 2:
        yield "a formula that does not end"
    for formula, display in formulas(text):
        if problem := formula_problem(formula, display):
            yield f"what MathJax shows in red: {problem} (in ${formula[:40].strip()}…$)"
