"""What no machine understands: the words of pages, claims, reasons and docstrings, how many cases
were looked at, what a figure draws, and how pages look. Each has its digest in tests/words.toml,
beside the day since which it stands. Whoever changes a word reads it beside what it says, and then
writes it down.

    python tools/words.py          what has changed since; exits with 1 if anything has
    python tools/words.py read     writes it down, with today's date
"""

import ast
import datetime
import hashlib
import inspect
import pkgutil
import re
import sys
import tomllib
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import nbformat
import prose

import xentlib
from xentlib import derivations, fitting, inference, verify, votes
from xentlib.book.contents import CHAPTERS
from xentlib.verify import Chain, Proof

ROOT = Path(__file__).resolve().parent.parent
LEDGER = ROOT / "tests" / "words.toml"
LOOKS = ("vendor/book.css", "vendor/graph.js", "vendor/icon.svg", "_config.yml", "_toc.yml")


def digest(*said):
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:8]


def _said_of(claim):
    """What a claim says in words."""
    yield from (claim.kind, claim.title, claim.text, claim.meaning, claim.in_words)
    yield from (used if isinstance(used, str) else used.name for used in claim.uses)
    for evidence in claim.evidence:
        fields = ("part", "proof", "key", "place", "only", "because")
        yield from (str(getattr(evidence, field, "")) for field in fields)
        yield from evidence.mistakes


def _cases(chapter):
    """How many cases each claim of a chapter was checked on, as its stored verdict says."""
    notebook = nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if verdict := output.get("data", {}).get("application/vnd.xentlib.verdict+json"):
                found = (evidence["found"] for evidence in verdict["evidence"])
                yield verdict["claim"], digest(*found)


def _reasons(module):
    """The reasons of each derivation of a module."""
    for name, value in vars(module).items():
        for chain in value.values() if isinstance(value, Mapping) else (value,):
            if isinstance(chain, Chain | Proof):
                yield name, digest(*(step[-1] for step in getattr(chain, "steps", ())))


def _docstrings(thing):
    for name in getattr(thing, "__all__", None) or (n for n in vars(thing) if n[0] != "_"):
        found = getattr(thing, name)
        if inspect.isfunction(found) or inspect.isclass(found):
            yield name, digest(inspect.getdoc(found) or "")


def _drawn(path):
    """Each function of a module of figures, whatever its layout."""
    text = path.read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            written = re.sub(r"\s", "", ast.get_source_segment(text, node) or "")
            yield node.name, digest(re.sub(r",(?=[)\]}])", "", written))


def standing():
    """The digests of today: by file or module, by the place in it."""
    for page, texts in prose.pages():
        yield page, {f"cell {place}": digest(text) for place, text in texts.items()}
    readme = re.split(r"\n(?=#+ )", (ROOT / "README.md").read_text(encoding="utf-8"))
    yield "README.md", {text.splitlines()[0]: digest(text) for text in readme}
    for chapter, claims in CHAPTERS.items():
        yield f"claims of {chapter}", {n: digest(*_said_of(c)) for n, c in claims.items()}
        yield f"cases of {chapter}", dict(_cases(chapter))
    for found in pkgutil.iter_modules(derivations.__path__, "xentlib.derivations."):
        yield f"reasons of {found.name}", dict(_reasons(import_module(found.name)))
    for thing in (xentlib, votes, fitting.SoftmaxRegression, inference.Inference, verify):
        yield f"docstrings of {thing.__name__}", dict(_docstrings(thing))
    for path in sorted((ROOT / "xentlib" / "figures").glob("*.py")):
        yield f"figures of {path.stem}", dict(_drawn(path))
    yield "looks", {name: digest((ROOT / name).read_text(encoding="utf-8")) for name in LOOKS}


def problems():
    """One line for each place whose words are not those that were written down."""
    written = tomllib.loads(LEDGER.read_text(encoding="utf-8"))
    since, found = written.pop("since"), dict(standing())
    for where in sorted({*written, *found}):
        old, now = written.get(where, "").split(), found.get(where, {})
        changed = [place for place, said in now.items() if said not in old]
        lost = len(set(old) - set(now.values()))
        if changed or lost or old != list(now.values()):
            place = ", ".join(changed) or (f"{lost} taken away" if lost else "another order")
            yield f"{where}: {place}: not as it stands since {since}"


def read():
    lines = [f'since = "{datetime.date.today()}"']
    lines += [f'"{where}" = "{" ".join(now.values())}"' for where, now in standing() if now]
    head = "# Digests of what people read: see tools/words.py. One line a page or module.\n"
    LEDGER.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


def main(verb=""):
    if verb == "read":
        read()
    elif found := list(problems()):
        told = "read each beside what it says, then `python tools/words.py read`"
        raise SystemExit("\n".join([*found, told]))


if __name__ == "__main__":
    main(*sys.argv[1:])
