"""How a verdict is shown: as five plain lines, in the book as a theorem box with one fold, and as a
record for the receipt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from xentlib.verify._plain import plain
from xentlib.verify._values import count
from xentlib.verify.chain import what_was_drawn

if TYPE_CHECKING:
    from xentlib.verify.claim import Claim, Verdict
    from xentlib.verify.evidence import Evidence

RECORD = "application/vnd.xentlib.verdict+json"
WHOLE = "the whole statement"
ALONE = re.compile(r"^\$\$\n(.*)\n\$\$$", re.MULTILINE)
THEORY = re.compile(r"\[(formal/\w+\.v), line (\d+)\]")
NAMED = 3  # so many mistakes are named on the line that counts them


def five_lines(verdict: Verdict) -> str:
    """Statement, headline, what is covered, mistakes refuted, where: one line each."""
    claim, mistakes = verdict.claim, list(verdict.refuted)
    covered = "; ".join(f"{plain(e.part or WHOLE)} ({e.grade})" for e in claim.evidence)
    named = "; ".join(map(plain, mistakes[:NAMED])) + ("; …" if len(mistakes) > NAMED else "")
    return "\n".join(
        [
            plain(claim.text),
            f"{plain(claim.title)}: {claim.headline}",
            f"covers: {covered}",
            f"refutes {count(len(mistakes), 'mistake')}: {named}",
            f"stated in {claim.where}",
        ]
    )


def bundle(verdict: Verdict) -> dict[str, Any]:
    """The verdict by kind of output."""
    claim, refuted = verdict.claim, verdict.refuted
    meaning = [claim.meaning] if claim.meaning else []
    statement = "\n\n".join([claim.text, *_hypotheses(claim), *meaning])
    return {
        "text/plain": str(verdict),
        "text/markdown": _markdown(claim, statement, _evidence(verdict), refuted),
        "text/x-myst": _myst(claim, statement, _with_sources(_evidence(verdict, _link)), refuted),
        RECORD: verdict.record,
    }


def _evidence(verdict: Verdict, link: Callable[[Claim], str] | None = None) -> str:
    claim = verdict.claim
    return "\n".join(
        f"- **{e.grade.capitalize()}** ({e.part or WHOLE}). "
        f"{claim.said_by(e, found, link)}{_drawn(e)}"
        for e, found in zip(claim.evidence, verdict.findings, strict=True)
    )


def _with_sources(text: str) -> str:
    """The text with a link to each theory that it names, as `[formal/base.v, line 12]`."""
    return THEORY.sub(r"[{download}`\1, line \2 <../\1>`]", text)


def _drawn(evidence: Evidence) -> str:
    """Of which sizes its points are, and which tables have zeros there."""
    drawn = filter(None, map(what_was_drawn, getattr(evidence, "hypotheses", ())))
    return f"; drawn: {said}" if (said := "; ".join(drawn)) else ""


def _link(claim: Claim) -> str:
    return f"{{prf:ref}}`{claim.title} <{claim.label}>`"


def _markdown(claim: Claim, statement: str, evidence: str, refuted: Mapping[str, str]) -> str:
    named = f"**{claim.kind.capitalize()} ({claim.title}).** {statement}"
    mistakes = "\n".join(
        f"- ✗ *{mistake}*. Refuted: `{counter_example}`"
        for mistake, counter_example in refuted.items()
    )
    return (
        "> " + named.replace("\n\n", "\n>\n> ") + "\n\n"
        f"*{claim.headline} · {count(len(refuted), 'mistake')} refuted*\n\n{evidence}\n{mistakes}"
    )


def _myst(claim: Claim, statement: str, evidence: str, refuted: Mapping[str, str]) -> str:
    wrong = {mistake: e.describe(mistake) for e in claim.evidence for mistake in e.mistakes}
    body = f":label: {claim.label}\n\n{_breakable(statement)}"
    box = _directive(f"prf:{claim.kind}", claim.title, body, "::::")
    place = f"{{ref}}`Where it stands among the claims <{claim.place}>`"
    folds = "\n".join(
        _directive("dropdown", f"✗ {mistake}", f"{wrong[mistake]}\n\nRefuted: `{found}`")
        for mistake, found in refuted.items()
    )
    said = f"{claim.in_short} · {count(len(refuted), 'wrong version')} refuted"
    inside = f":class-container: verdict\n\n{evidence}\n\n{place}\n\n{folds}"
    return f"{box}\n\n{_directive('dropdown', said, inside, '::::')}\n"


def _breakable(statement: str) -> str:
    """The statement with its formulas on lines of their own written as text, which a narrow page
    may break.
    """
    return ALONE.sub(r":::{div} formula\n$\\displaystyle \1$\n:::", statement)


def _directive(name: str, argument: str, body: str, fence: str = ":::") -> str:
    return f"{fence}{{{name}}} {argument}\n{body}\n{fence}"


def _hypotheses(claim: Claim) -> list[str]:
    """One line for each set of hypotheses; it names its parts, unless it is all
    that is assumed.
    """
    parts: dict[tuple[str, ...], list[str]] = {}
    for part, said in claim.hypotheses:
        parts.setdefault(said, []).append(part or WHOLE)
    alone = list(parts.values()) == [[WHOLE]]
    return [
        "*For " + "; ".join(said) + ("" if alone else f" ({', '.join(of)})") + ".*"
        for said, of in parts.items()
    ]
