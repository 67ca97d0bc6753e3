"""Mutation testing of the library and of the engine: what the tests would not notice if it were
otherwise.

    python tools/mutants.py [MODULE ...]    all modules, or those named: losses, verify/chain, ...
    python tools/mutants.py since REVISION  those that changed since then

mutmut changes one thing at a time in a copy and runs the tests that reach it; tests that go
through the claims are left out. It passes over decorated functions, so in the copy `@d` before
a function becomes `f = d(f)` after it. Exits with 1 if fewer than 95% of all mutants are
killed, or if one survives in a line that does not say why: `# survives: a reason`, at its end or
above it; or if a line says so where none survives. Needs the environment of audits:
`make mutants`.
"""

import ast
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "_build" / "mutation"
REASON = re.compile(r"# survives: (.+)")
NOT_MUTATED = {"__init__", "__main__", "_errors", "_sympy"}  # they bring names together
MODULES = tuple(
    str(path.relative_to(ROOT / "xentlib").with_suffix(""))
    for folder in ("", "verify", "fitting", "conformance")
    for path in sorted((ROOT / "xentlib" / folder).glob("*.py"))
    if path.stem not in NOT_MUTATED
)
TESTS = (
    "test_arrays",
    "test_attacks",
    "test_chain",
    "test_checks",
    "test_conformance",
    "test_engine",
    "test_errors",
    "test_fitting",
    "test_formal",
    "test_gallina",
    "test_hypotheses",
    "test_induction",
    "test_inference",
    "test_inequalities",
    "test_kernels",
    "test_latent",
    "test_latex",
    "test_matrix",
    "test_model_selection",
    "test_moments",
    "test_newton",
    "test_numerics",
    "test_oracle",
    "test_order_and_optimum",
    "test_quantity",
    "test_separation",
    "test_source",
    "test_sparse",
    "test_summation",
    "test_temperature",
    "test_texts",
    "test_votes",
)
FEWEST_KILLED = 0.95
KILLED = ("killed", "timeout")
SETTINGS = """
[tool.mutmut]
source_paths = ["xentlib"]
only_mutate = [{only}]
also_copy = ["xentlib", "formal", "references.bib", "pyproject.toml", "requirements.txt"]
pytest_add_cli_args = ["-x"]
pytest_add_cli_args_test_selection = [{tests}]
"""


def undecorated(text):
    """A module in which `@d` before a function is `f = d(f)` after it."""
    lines = text.splitlines()
    functions = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    ]
    for node in sorted(functions, key=lambda node: node.lineno, reverse=True):
        wrapped = node.name
        for decorator in reversed(node.decorator_list):
            wrapped = f"{ast.unparse(decorator)}({wrapped})"
        if not wrapped.startswith("staticmethod("):  # which mutmut sees
            lines.insert(node.end_lineno, f"{' ' * node.col_offset}{node.name} = {wrapped}")
            del lines[node.decorator_list[0].lineno - 1 : node.lineno - 1]
    return "\n".join(lines) + "\n"


def prepared(modules):
    """A copy of the library and of its tests, with mutmut's settings."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    for folder in ("xentlib", "tests", "formal"):
        shutil.copytree(ROOT / folder, WORK / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for module in MODULES:
        path = WORK / "xentlib" / f"{module}.py"
        path.write_text(undecorated(path.read_text()))
    for name in ("requirements.txt", "references.bib"):
        shutil.copy(ROOT / name, WORK)
    only = ", ".join(f'"xentlib/{module}.py"' for module in modules)
    tests = ", ".join(f'"tests/{test}.py"' for test in TESTS)
    (WORK / "pyproject.toml").write_text(
        (ROOT / "pyproject.toml").read_text() + SETTINGS.format(only=only, tests=tests)
    )


def mutmut(*words):
    return subprocess.run(
        [str(Path(sys.executable).with_name("mutmut")), *words],
        cwd=WORK,
        capture_output=True,
        text=True,
    ).stdout


def described(mutant):
    """The module and function of a mutant, the line as it became, and whether the line as it was,
    or the one above it, says why it survives.
    """
    name = re.sub(r"^xentlib\.(?:\w+\.)?(\w+)\.(?:x_|xǁ)(.+)__mutmut_\d+$", r"\1.\2", mutant)
    lines = [line for line in mutmut("show", mutant).splitlines() if line[:3] not in ("---", "+++")]
    became = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
    places = [place for place, line in enumerate(lines) if line.startswith("-")]
    above = [lines[place][1:].strip() for place in range(min(places) - 1, max(places) + 1)]
    reasons = [line for line in above if REASON.search(line)]
    return f"{name.replace('ǁ', '.')}: {became}", reasons


def judged(results, explained):
    """What is wrong: too few killed, survivors without a reason, reasons where nothing survives;
    `explained` are the lines that give one.
    """
    survivors = sorted(name for name, result in results.items() if result not in KILLED)
    killed = len(results) - len(survivors)
    if killed < FEWEST_KILLED * len(results):
        yield f"{killed} of {len(results)} mutants killed; at least {FEWEST_KILLED:.0%} are to be"
    idle = Counter(explained)
    for mutant in survivors:
        said, reasons = described(mutant)
        if not reasons:
            yield f"survives without a reason: {said}"
        idle -= Counter({reason: idle[reason] for reason in reasons})
    yield from (f"says why it survives, and nothing does: {line}" for line in sorted(idle))


def reasons_in(module):
    """The lines of a module that say why a mutant of theirs survives."""
    lines = (ROOT / "xentlib" / f"{module}.py").read_text().splitlines()
    return [line.strip() for line in lines if REASON.search(line)]


def since(revision):
    """The modules that changed since a revision."""
    changed = subprocess.run(
        ["git", "diff", "--name-only", revision],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return [module for module in MODULES if f"xentlib/{module}.py" in changed]


def main(*modules):
    started = time.monotonic()
    modules = modules or MODULES
    if modules[0] == "since":
        modules = since(*modules[1:])
    if not modules:
        raise SystemExit("no module to mutate has changed")
    if not set(modules) <= set(MODULES):
        raise SystemExit(
            f"no module to mutate: {', '.join(sorted(set(modules) - set(MODULES)))}; there "
            f"are {', '.join(MODULES)}"
        )
    prepared(modules)
    done = subprocess.run([str(Path(sys.executable).with_name("mutmut")), "run"], cwd=WORK)
    results = dict(
        re.findall(r"^\s+(\S+): (.+)$", mutmut("results", "--all", "true"), re.MULTILINE)
    )
    if done.returncode or not results:
        raise SystemExit("mutmut did not run")
    explained = [line for module in modules for line in reasons_in(module)]
    found = list(judged(results, explained))
    counted = Counter(results.values())
    print(
        (
            f"\n{len(results)} mutants of {len(modules)} modules in "
            f"{time.monotonic() - started:.0f} s: "
        )
        + ", ".join(f"{number} {result}" for result, number in counted.items())
    )
    if found:
        raise SystemExit("\n".join(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
