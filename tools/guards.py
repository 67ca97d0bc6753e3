"""Guards for what nbval and Sphinx let through: each problem is one line that names file, cell and
rule.

    python tools/guards.py          checks every chapter, the contents and the configuration
    python tools/guards.py tests    checks the report of the tests: which ran, and how many
    python tools/guards.py fewest   writes down how many ran, as the fewest that may

Exits with 1 if anything is wrong.
"""

import ast
import json
import re
import sys
import tomllib
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import nbformat
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
import active_content
import mathjax
import prose
from notebooks import CHAPTERS, ROOT, canonical

from xentlib.book import contents

FEWEST = ROOT / "tests" / "fewest.toml"
AT_THE_START = ("conftest.py", "sitecustomize.py", "usercustomize.py")
MAY_SKIP = "SCIPY_ARRAY_API is not set"  # scikit-learn leaves this one check of its own out
LONGEST_CELL, LONGEST_LINE = 10, 78
FORBIDDEN_NODES = {
    ast.FunctionDef: "def",
    ast.AsyncFunctionDef: "def",
    ast.ClassDef: "class",
    ast.Try: "try",
    ast.Assert: "assert",
    ast.With: "with",
}
FORBIDDEN_NAMES = {
    "sys",
    "os",
    "subprocess",
    "rcParams",
    "figsize",
    "exec",
    "eval",
    "exit",
    "quit",
    "open",
    "__import__",
    "filterwarnings",
    "setattr",
    "globals",
    "getattr",
    "time",
    "datetime",
    "locale",
    "platform",
    "random_state",
    "socket",
    "urllib",
    "requests",
}
NEVER_REBOUND = {"verify", "claims"}
PAGE_ELEMENTS = {
    "a",
    "div",
}  # in a page of text: a link to a file beside the pages, and the receipt's place
SHOWN = {
    "text/plain",
    "text/markdown",
    "text/latex",
    "text/x-myst",
    "image/svg+xml",
    "application/vnd.xentlib.verdict+json",
}
DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.]*\w)")
STUDY = re.compile(r"^from xentlib\.(studies|data) import (\w+)$", re.MULTILINE)


def outputs_of(cell):
    """The texts that a cell shows, by kind."""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            yield "stream", output.text
        else:
            yield from (
                (kind, data if isinstance(data, str) else json.dumps(data, ensure_ascii=False))
                for kind, data in output.get("data", {}).items()
            )


def imports(node):
    """Whether a statement imports, and does nothing else."""
    return isinstance(node, (ast.Import, ast.ImportFrom))


def code_problems(source):
    """What a chapter's code may not do."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        yield f"is not plain Python (line {error.lineno}): no magics, no half sentences"
        return
    for node in ast.walk(tree):
        if type(node) in FORBIDDEN_NODES:
            yield f"has '{FORBIDDEN_NODES[type(node)]}': put it into the library"
        names = {
            getattr(node, "id", ""),
            getattr(node, "attr", ""),
            getattr(node, "arg", ""),
            (getattr(node, "module", "") or "").split(".")[0],
        }
        names |= {
            alias.name.split(".")[0]
            for alias in getattr(node, "names", [])
            if isinstance(alias, ast.alias)
        }
        yield from (
            f"uses '{name}', which a chapter may not"
            for name in sorted(names & FORBIDDEN_NAMES, key=str)
        )
        if (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Store)
            and node.id in NEVER_REBOUND
        ):
            yield f"gives '{node.id}' another meaning"
    lines = source.split("\n")
    start = next((node.lineno for node in tree.body if not imports(node)), len(lines) + 1)
    idea = len(lines) + 1 - start
    if idea > LONGEST_CELL:
        yield f"has {idea} lines after its imports; one idea fits into {LONGEST_CELL}"
    if max(map(len, lines)) > LONGEST_LINE:
        yield f"has a line of {max(map(len, lines))} characters; a page shows {LONGEST_LINE}"
    if source.rstrip().endswith(";"):
        yield "ends in ';', which hides what nbval compares"


def shows_a_value(source):
    """Whether the last statement is an expression, so that an output is due."""
    body = ast.parse(source).body
    return bool(body) and isinstance(body[-1], ast.Expr)


def output_problems(cell):
    for output in cell.outputs:
        if output.output_type == "error":
            yield f"ends in {output.get('ename', 'an error')}"
        if output.output_type == "stream" and output.name == "stderr":
            yield "writes to stderr"
        if output.output_type in ("display_data", "execute_result"):
            if set(output.data) - SHOWN:
                yield (
                    f"shows {', '.join(sorted(set(output.data) - SHOWN))}: only text, formulas "
                    "and SVG are shown"
                )
            if (
                "image/svg+xml" in output.data
                and not output.metadata.get("image/svg+xml", {}).get("alt", "").strip()
            ):
                yield "shows a picture without alt text"
            if "image/svg+xml" in output.data and output.metadata.get("image/svg+xml", {}).get(
                "alt"
            ) != output.data.get("text/plain"):
                yield "has an alt text that is not the picture's own text"
    for kind, text in outputs_of(cell):
        if kind == "image/svg+xml":
            yield from (f"has {problem}" for problem in active_content.picture_problems(text))
        if kind in ("text/markdown", "text/x-myst"):
            yield from (f"has {problem}" for problem in active_content.text_problems(text))
        if kind in ("text/markdown", "text/latex", "text/x-myst"):
            yield from (f"shows {problem}" for problem in mathjax.problems(text))
        if kind in ("text/plain", "stream") and re.search(r"np\.float|\d\.\d{13,}", text):
            yield "prints a full-precision float; another processor prints other last digits"


def behind(code):
    """The source of the studies and data that a chapter imports; it computes with their numbers."""
    return "".join(
        path.read_text()
        for folder, name in STUDY.findall(code)
        if (path := ROOT / "xentlib" / folder / f"{name}.py").exists()
    )


def adapters_of(code):
    """The adapters, where a chapter shows what other libraries did: it names what was called."""
    if "xentlib.data import libraries" not in code:
        return ""
    return "".join(path.read_text() for path in sorted((ROOT / "tools/adapters").glob("*.py")))


def prose_problems(source, printed, code=""):
    text = active_content.CODE.sub(" ", source)
    for number in DECIMAL.findall(text):
        if not re.search(rf"(?<![\d.]){re.escape(number)}(?!\d)", printed):
            yield f"types {number}, which no cell of the chapter prints"
    code += "".join(block for _, block in prose.FENCE.findall(source)) + adapters_of(code)
    yield from prose.number_problems(source, printed + code + behind(code))
    yield from prose.name_problems(source, code)
    yield from prose.block_problems(source)
    yield from (f"has {problem}" for problem in mathjax.problems(source))
    if re.search(r"\{prf:(theorem|lemma|definition|example|proposition|corollary)\}", source):
        yield "types a theorem; a theorem is what verify(claim) shows"
    yield from (f"has {problem}" for problem in active_content.text_problems(source))
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    if any(
        isinstance(node, (ast.Call, ast.Assign, ast.Import, ast.ImportFrom))
        for node in ast.walk(tree)
    ):
        yield "is Python in a text cell: nobody runs it"


def notebook_problems(path):
    """One line for each rule that a notebook breaks."""
    name = path.name
    try:
        text = path.read_text()
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # any reader's failure is one problem of this file
        return [f"{name}: is not a notebook ({type(error).__name__}: {str(error).splitlines()[0]})"]
    found = []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        found.append(f"{name}: names another kernel than python3")
    if notebook.metadata.get("allow_errors") or notebook.metadata.get("execution", {}).get(
        "allow_errors"
    ):
        found.append(f"{name}: allows errors")
    printed = "\n".join(text for cell in code for _, text in outputs_of(cell))
    typed = "\n".join(cell.source for cell in code)
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    found.extend(f"{name}: {problem}" for problem in prose.exercise_problems(texts))
    for number, cell in enumerate(notebook.cells, 1):
        where = f"{name}, cell {number}"
        if cell.metadata.get("tags", []) not in ([], [prose.RECIPE]):
            found.append(
                f"{where}: has tags {cell.metadata['tags']}; nothing is skipped, ignored or hidden"
            )
        if cell.cell_type == "raw":
            found.append(f"{where}: is a raw cell, which nobody checks")
        if cell.cell_type == "markdown":
            problems = prose_problems(cell.source, printed, typed)
            found.extend(f"{where}: {problem}" for problem in problems)
        if cell.cell_type == "code":
            if re.search(r"NBVAL_|#\s*type:|noqa", cell.source):
                found.append(f"{where}: has a comment that turns a check off")
            problems = list(code_problems(cell.source))
            found.extend(f"{where}: {problem}" for problem in problems)
            found.extend(f"{where}: {problem}" for problem in output_problems(cell))
            if cell.execution_count is None:
                found.append(f"{where}: was never executed, so nothing is compared")
            elif (
                not any("plain Python" in problem for problem in problems)
                and shows_a_value(cell.source)
                and not cell.outputs
            ):
                found.append(f"{where}: ends in a value and shows none")
    walk = [cell for cell in code if prose.RECIPE not in cell.metadata.get("tags", [])]
    if walk and not all(map(imports, ast.parse(walk[0].source).body)):
        found.append(f"{name}: the first code cell imports, and does nothing else")
    if not found and canonical(notebook) != text:
        found.append(f"{name}: is not in canonical form; run `make notebooks CH={path.stem}`")
    return found


def verified_claims(path):
    """The names N of the cells `verify(claims.N)`."""
    names = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and (
            found := re.fullmatch(r"verify\(claims\.(\w+)\)", cell.source)
        ):
            names.append(found.group(1))
    return names


def book_problems():
    """Contents, configuration, and claims against chapters."""
    pages, files = (
        contents.pages(ROOT),
        sorted(path for path in CHAPTERS.iterdir() if path.suffix in (".ipynb", ".md")),
    )
    found = [
        f"chapters/{path.name}: only notebooks and pages of text stand among the chapters"
        for path in sorted(CHAPTERS.iterdir())
        if path not in files and path.name != "__pycache__" and path.name[0] != "."
    ]
    found += [
        f"_toc.yml: {page} has no file"
        for page in pages
        if not any((ROOT / f"{page}{suffix}").exists() for suffix in (".ipynb", ".md"))
    ]
    found += [
        f"_toc.yml: {path.relative_to(ROOT)} is not in the contents"
        for path in files
        if str(path.relative_to(ROOT).with_suffix("")) not in pages
    ]
    found += [
        f"_toc.yml: {page} is listed twice" for page in sorted(set(pages)) if pages.count(page) > 1
    ]
    for path in files:
        if path.suffix == ".md":
            text = path.read_text()
            found += [
                f"{path.name}: has {problem}"
                for problem in [
                    *mathjax.problems(text),
                    *active_content.text_problems(text, PAGE_ELEMENTS),
                ]
            ]
            said = [*prose.name_problems(text), *prose.block_problems(text)]
            found += [f"{path.name}: {problem}" for problem in said]
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    if config["execute"] != {"execute_notebooks": "off"}:
        found.append(
            "_config.yml: execute is {execute_notebooks: off} and nothing else; nbval executes"
        )
    if config["sphinx"]["config"].get("suppress_warnings") or config["sphinx"]["config"].get(
        "nitpick_ignore"
    ):
        found.append("_config.yml: a warning is suppressed")
    return found


def claim_problems():
    """Every claim is shown by exactly one verify cell, in its own chapter, in the order of its
    module.
    """
    from xentlib.book.contents import CHAPTERS as claimed

    found, listed = [], [Path(page).name for page in contents.pages(ROOT)]
    for chapter, claims in claimed.items():
        path = CHAPTERS / f"{chapter}.ipynb"
        shown = verified_claims(path) if path.exists() else []
        found += [
            f"{path.name}: no cell verify(claims.{name})" for name in claims if name not in shown
        ]
        found += [
            f"{path.name}: verify(claims.{name}) stands there {shown.count(name)} times"
            for name in sorted(set(shown))
            if shown.count(name) > 1
        ]
        found += [
            f"{path.name}: verify(claims.{name}), which is no claim of this chapter"
            for name in shown
            if name not in claims
        ]
        if not found and shown != list(claims):
            found.append(f"{path.name}: claims stand in another order than in their module")
    if list(claimed) != [page for page in listed if page in claimed]:
        found.append("_toc.yml: chapters stand in another order than their claims")
    return found


def ran(report):
    """The tests of a report, by file."""
    names = (case.get("classname", "").split(".") for case in ET.parse(report).iter("testcase"))
    return Counter(f"tests/{n[1]}.py" if n[0] == "tests" else "examples of xentlib" for n in names)


def report_problems(report):
    """Of the tests' own report: a file of which fewer tests ran than there were, a test that was
    skipped or expected to fail; and what would turn tests off unseen, which no test can tell.
    """
    now, fewest = ran(report), tomllib.loads(FEWEST.read_text(encoding="utf-8"))
    for file in sorted({*now, *fewest, *(f"tests/{p.name}" for p in ROOT.glob("tests/test_*.py"))}):
        least = fewest.get(file, 0)
        if now[file] < max(least, 1):
            yield f"{file}: {now[file]} of its tests ran, fewer than {max(least, 1)}"
    if now.total() > 1.1 * sum(fewest.values()):
        yield f"{now.total()} tests ran; `python tools/guards.py fewest` writes them down"
    for case in ET.parse(report).iter("testcase"):
        for why in case.findall("skipped"):
            if (why.get("message") or "").startswith(MAY_SKIP):
                continue
            yield f"{case.get('classname')} {case.get('name')}: was skipped ({why.get('message')})"


def hook_problems():
    """A hook of pytest could have every test pass: there is one conftest.py, and no hook in it."""
    outside = re.compile(r"\.venv|_build|drafts|\.git$")
    rooms = [path for path in ROOT.iterdir() if not outside.match(path.name)]
    for path in [*ROOT.glob("*.py"), *(f for room in rooms for f in room.rglob("*.py"))]:
        where = path.relative_to(ROOT)
        if path.name in AT_THE_START and where != Path("tests/conftest.py"):
            yield f"{where}: could turn tests off; there is tests/conftest.py alone"
        if where.parts[0] == "tests":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = getattr(node, "name", None) or getattr(node, "id", "") or ""
                if re.match(r"pytest_(?!plugins$)\w+|pytest_plugins$", name):
                    yield f"{where}: has {name}, a hook, which could turn tests off"
                if isinstance(node, ast.keyword) and node.arg == "autouse":
                    yield f"{where}: has a fixture of every test, which could turn tests off"


def main(verb=""):
    report = ROOT / "_build" / "tests.xml"
    if verb == "fewest":
        lines = [f'"{file}" = {number}\n' for file, number in sorted(ran(report).items())]
        head = "# The tests of each file; fewer are an error. See tools/guards.py.\n"
        FEWEST.write_text(head + "".join(lines), encoding="utf-8")
        return
    if verb == "tests":
        if found := [*report_problems(report), *hook_problems()]:
            raise SystemExit("\n".join(found))
        return
    found = [
        problem for path in sorted(CHAPTERS.glob("*.ipynb")) for problem in notebook_problems(path)
    ]
    found += [*book_problems(), *hook_problems()]
    found = found or claim_problems()
    if found:
        raise SystemExit("\n".join(found))
    print(
        f"{len(list(CHAPTERS.glob('*.ipynb')))} notebooks, {len(contents.pages(ROOT))} pages: "
        "no problem"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
