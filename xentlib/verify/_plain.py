"""Markdown with LaTeX as one line of plain text: what has a sign gets it, the rest stays."""

from __future__ import annotations

import re
import textwrap
import unicodedata

RELATIONS = {
    "in": "∈", "notin": "∉", "subset": "⊂", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥",
    "ne": "≠", "neq": "≠", "iff": "⇔", "implies": "⇒", "to": "→", "mapsto": "↦", "propto": "∝",
    "approx": "≈", "sim": "∼", "preceq": "⪯", "times": "×", "mid": "|",
}  # fmt: skip
SIGNS = {
    "sum": "∑", "prod": "∏", "int": "∫", "infty": "∞", "nabla": "∇", "partial": "∂", "cdot": "·",
    "circ": "∘", "otimes": "⊗", "bigotimes": "⊗", "langle": "⟨", "rangle": "⟩", "lceil": "⌈",
    "rceil": "⌉", "ell": "ℓ", "top": "⊤", "sqrt": "√", "ldots": "…", "cdots": "⋯",
    "varepsilon": "ε", "varphi": "φ", "varpi": "ϖ", "varrho": "ϱ", "phi": "ϕ", "epsilon": "ϵ",
}  # fmt: skip
WORDS = {"log", "ln", "exp", "sin", "cos", "lim", "sup", "inf", "max", "min", "arg", "det"}
NOTHING = {
    "left", "right", "big", "bigl", "bigr", "Big", "Bigl", "Bigr", "displaystyle", "textstyle",
    "limits",
}  # fmt: skip
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
FONTS = "operatorname|mathrm|mathsf|mathbf|mathbb|mathcal|text"
GROUP = r"(\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+|[^\s\\{}])"
EMPHASIS = r"\*\*?((?:[^*$]|\$[^$]*\$)+)\*\*?"
WIDTH = 76  # of a line that fits beside the code of a chapter
EDGE = "\0"  # of a word: a space between letters and digits, else nothing


def plain(text: str) -> str:
    """One line of plain text for Markdown with LaTeX."""
    pieces = re.split(r"\$+", re.sub(EMPHASIS, r"\1", text))
    pieces[1::2] = map(_formula, pieces[1::2])  # every second piece is mathematics
    return " ".join("".join(pieces).split())


def short_lines(text: str) -> str:
    """The text in lines of at most `WIDTH` signs; what goes on in the next line is indented."""
    lines = []
    for line in text.split("\n"):
        begins = " " * (len(line) - len(line.lstrip()))
        lines += textwrap.wrap(
            line.strip(),
            width=WIDTH,
            initial_indent=begins,
            subsequent_indent=begins + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def _formula(text: str) -> str:
    text = re.sub(
        rf"\\(?:{FONTS})(?![A-Za-z])\s*{GROUP}", lambda m: EDGE + _bare(m[1]) + EDGE, text
    )
    text = re.sub(rf"\\[dt]?frac\s*{GROUP}\s*{GROUP}", _fraction, text)
    text = re.sub(r"\\([A-Za-z]+)", _sign, text)
    text = re.sub(rf"\\({'|'.join(ACCENTS)})\s*{GROUP}", _accented, text)
    text = re.sub(r"\\([,;:! {}|])", lambda m: {"|": "‖", "{": "{", "}": "}"}.get(m[1], " "), text)
    return re.sub(rf"(?<=[^\W_]){EDGE}+(?=[^\W_])", " ", text).replace(EDGE, "")


def _bare(group: str) -> str:
    return group[1:-1] if group[0] == "{" else group


def _fraction(found: re.Match[str]) -> str:
    parts = [_bare(group) for group in found.groups()]
    above, below = (part if re.fullmatch(r"\\?\w+", part) else f"({part})" for part in parts)
    return f"{above}/{below}{EDGE}"


def _accented(found: re.Match[str]) -> str:
    letter = _bare(found[2])
    return letter + ACCENTS[found[1]] if len(letter) == 1 else found[0]


def _sign(found: re.Match[str]) -> str:
    name = found[1]
    if name in RELATIONS:
        return f" {RELATIONS[name]} "
    if name in WORDS:
        return f"{EDGE}{name}{EDGE}"
    if name in NOTHING:
        return ""
    return SIGNS.get(name) or _greek(name) or found[0]


def _greek(name: str) -> str:
    case, letter = ("CAPITAL" if name[0].isupper() else "SMALL"), name.upper()
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {letter.replace('LAMBDA', 'LAMDA')}")
    except KeyError:
        return ""
