"""What MathJax would show in red: every formula of a text is read by the vendored MathJax, the one
that draws the pages.
"""

from active_content import CODE, MATHEMATICS

from xentlib.book.mathematics import formula_problem


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
