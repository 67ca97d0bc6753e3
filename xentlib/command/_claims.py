"""Claims as text and as JSON: what they say, without checking them."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Any

from xentlib.claims import CLAIMS, MODULES
from xentlib.conformance import checks_of
from xentlib.verify import Claim
from xentlib.verify._plain import plain


def listed(as_json: bool) -> str:
    """Every claim: chapter by chapter a line each, or JSON."""
    if as_json:
        return json.dumps([_brief(claim) for claim in CLAIMS.values()], indent=2)
    width = max(map(len, CLAIMS))
    lines: list[str] = []
    for module in MODULES:
        lines += ["", _chapter(module)] if lines else [_chapter(module)]
        own = [claim for claim in CLAIMS.values() if _module(claim) == module]
        lines += [f"  {c.name:{width}}  {c.grade:9}  {plain(c.title)}" for c in own]
    return "\n".join(lines)


def explained(name: str, as_json: bool) -> str:
    """Statement, domain, headline, evidence, mistakes and page of a claim.

    Raises LookupError, with the names near it, where no claim is called so.
    """
    claim = _named(name)
    return json.dumps(_whole(claim), indent=2) if as_json else _text(claim)


def _named(name: str) -> Claim:
    asked = name.removeprefix("claim-").replace("-", "_").rpartition(".")[2]
    if asked in CLAIMS:
        return CLAIMS[asked]
    words = {word: other for other in CLAIMS for word in other.split("_")}
    near = get_close_matches(asked, CLAIMS) or [
        other for other in CLAIMS if get_close_matches(asked, other.split("_"), cutoff=0.8)
    ]
    if not near:
        near = [words[word] for word in get_close_matches(asked, words)]
    hint = f"; near it: {', '.join(near[:5])}" if near else "; xentlib list names all"
    raise LookupError(f"no claim is named {name}{hint}")


def _module(claim: Claim) -> str:
    return claim.module.rpartition(".")[2]


def _chapter(module: str) -> str:
    return module.replace("_", "-")


def _brief(claim: Claim) -> dict[str, Any]:
    return {
        "name": claim.name,
        "title": plain(claim.title),
        "chapter": _chapter(_module(claim)),
        "page": f"chapters/{_chapter(_module(claim))}.html#{claim.label}",
        "grade": claim.grade,
        "headline": plain(claim.headline),
        "mistakes": len(claim.mistakes),
        "checks": [check.name for check in checks_of(claim.name)],
    }


def _whole(claim: Claim) -> dict[str, Any]:
    return {
        **_brief(claim),
        "statement": claim.text,
        "for_all": list(claim.domain),
        "meaning": claim.meaning,
        "evidence": [{"grade": e.grade, "part": e.part} for e in claim.evidence],
        "mistakes": list(claim.mistakes),
        "uses": [used.name for used in claim.premises],
        "stated_in": claim.where,
    }


def _text(claim: Claim) -> str:
    whole = _whole(claim)
    parts = [f"{plain(claim.title)} ({claim.name})", plain(claim.text)]
    if claim.domain:
        parts.append(f"for all: {plain('; '.join(claim.domain))}")
    if claim.meaning:
        parts.append(f"meaning, not graded: {plain(claim.meaning)}")
    parts.append(plain(claim.headline))
    evidence = [f"  {e.grade:9} {plain(e.part or 'the whole statement')}" for e in claim.evidence]
    parts.append("\n".join(["evidence:", *evidence]))
    mistakes = [f"  {plain(mistake)}" for mistake in claim.mistakes]
    parts.append("\n".join([f"mistakes that it must refute: {len(mistakes)}", *mistakes]))
    for word, names in (("uses", whole["uses"]), ("asked of a loss", whole["checks"])):
        if names:
            parts.append(f"{word}: {', '.join(names)}")
    parts.append(f"{whole['page']}\nto check it now: xentlib verify {claim.name}")
    return "\n\n".join(parts)
