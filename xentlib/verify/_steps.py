"""How a derivation is shown: each step on a line of its own, with its reason beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import sympify

from xentlib.verify._latex import reading
from xentlib.verify._plain import plain
from xentlib.verify._sympy import Expression
from xentlib.verify.quantity import written_out

SIGNS = {"=": "=", "<=": r"\le", ">=": r"\ge"}
BY_DEFINITION = "by definition"  # the reason of a first step that stands on the line of the name


def bundle(start: Expression, steps: Iterable[tuple[str, Any, str]]) -> dict[str, str]:
    """A start and its steps `(sign, expression, reason)` by kind of output. What the name of the
    start stands for is on the first line.
    """
    first, text, steps = reading(start), str(start), list(steps)
    if (meant := written_out(start)) != start:
        first, text = f"{first} = {reading(meant)}", f"{text}\n  = {meant}"
    elif steps[0][2] == BY_DEFINITION:
        meant = sympify(steps.pop(0)[1])
        first, text = f"{first} = {reading(meant)}", f"{text}\n  = {meant}    ({BY_DEFINITION})"
    rows, lines = [f"& {first}"], [_line(first)]
    for sign, expression, reason in steps:
        step = f"{SIGNS[sign]} {reading(sympify(expression))}"
        rows += [rf"&\quad {step}", rf"&\qquad\quad \small\text{{{reason}}}"]
        lines.append(_line(step, reason))
        text += f"\n  {sign} {expression}    ({plain(reason)})"
    return {
        "text/plain": text,
        "text/latex": "$$\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}$$",
        "text/x-myst": "\n".join(["::::{div} derivation", *lines, "::::", ""]),
    }


def _line(formula: str, reason: str = "") -> str:
    body = "\n\n".join([rf"$\displaystyle {formula}$", *filter(None, [reason])])
    return f":::{{div}} step\n{body}\n:::"
