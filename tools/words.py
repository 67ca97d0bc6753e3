"""What no machine understands: the words of pages, claims, reasons and docstrings, of the
repository and its bibliography; what evidence looks at, what a cell runs and a figure draws; how
pages look, and what make and the workflow do. Each has its digest in tests/words.toml, beside the
day since which it stands. Whoever changes a word reads it beside what it says, and then writes it
down.

    python tools/words.py          what has changed since; exits with 1 if anything has
    python tools/words.py read     writes it down, with today's date
"""

import ast
import datetime
import hashlib
import pkgutil
import re
import sys
import tomllib
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import nbformat

from xentlib import derivations
from xentlib.book.contents import CHAPTERS
from xentlib.verify import Chain, Proof

ROOT = Path(__file__).resolve().parent.parent
LEDGER = ROOT / "tests" / "words.toml"
REPOSITORY = ("README.md", "CONTRIBUTING.md", "STYLE.md", "CHANGELOG.md", "formal/README.md")
REPOSITORY += (
    "CITATION.cff",
    "references.bib",
    "Makefile",
    "pyproject.toml",
    ".github/workflows/book.yml",
)
LOOKS = ("vendor/book.css", "vendor/folds.js", "vendor/simplex.js", "vendor/icon.svg")
LOOKS += ("_config.yml", "_toc.yml")
LOOKS += ("vendor/chooser.js", "xentlib/book/cards.toml", "xentlib/book/pages.toml")


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


def _cells(path):
    """All cells of a notebook: the code too, for a solution may stand at another exercise."""
    for place, cell in enumerate(nbformat.read(path, as_version=4).cells, 1):
        yield f"cell {place}", digest(cell.source)


def _docstrings(path):
    """The docstrings of a module: its own, and those of its classes and functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            where = f"{getattr(node, 'name', 'head')} (line {getattr(node, 'lineno', 1)})"
            yield where, digest(ast.get_docstring(node) or "")


def _defined(path):
    """What a module defines, each function, constant or claim, whatever its layout."""
    text = path.read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if not isinstance(node, ast.Import | ast.ImportFrom | ast.Expr):
            targets = getattr(node, "targets", [getattr(node, "target", node)])
            name = getattr(node, "name", None) or ast.unparse(targets[0]).splitlines()[0]
            written = re.sub(r"\s", "", ast.get_source_segment(text, node) or "")
            yield f"{name} (line {node.lineno})", digest(re.sub(r",(?=[)\]}])", "", written))


def _parts(name):
    """The parts of a text of the repository: by headings, entries, jobs or goals."""
    text = (ROOT / name).read_text(encoding="utf-8")
    start = {".bib": "@", ".yml": r"(?:  )?\w[\w-]*:", "": r"[.\w$]+.*:", ".toml": r"\["}
    beginning = start.get(Path(name).suffix, "#+ ")
    for number, part in enumerate(re.split(rf"\n(?={beginning})", text), 1):
        yield f"{number}: {part.strip().splitlines()[0][:50]}", digest(part)


def standing():
    """The digests of today: by file or module, by the place in it."""
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        yield path.name, dict(_cells(path))
    for name in (*(f"chapters/{path.name}" for path in _pages_of_text()), *REPOSITORY):
        yield name.removeprefix("chapters/"), dict(_parts(name))
    for chapter, claims in CHAPTERS.items():
        yield f"claims of {chapter}", {n: digest(*_said_of(c)) for n, c in claims.items()}
        yield f"cases of {chapter}", dict(_cases(chapter))
    for found in pkgutil.iter_modules(derivations.__path__, "xentlib.derivations."):
        yield f"reasons of {found.name}", dict(_reasons(import_module(found.name)))
    for path in sorted((ROOT / "xentlib").rglob("*.py")):
        yield f"docstrings of {path.relative_to(ROOT)}", dict(_docstrings(path))
        if path.parent.name in ("claims", "figures"):
            kind = {"claims": "evidence", "figures": "figures"}[path.parent.name]
            yield f"{kind} of {path.stem}", dict(_defined(path))
    yield "looks", {name: digest((ROOT / name).read_text(encoding="utf-8")) for name in LOOKS}


def _pages_of_text():
    return sorted((ROOT / "chapters").glob("*.md"))


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
