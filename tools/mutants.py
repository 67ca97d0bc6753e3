"""Mutation testing of the library and of the engine: what the tests would not notice if it were
otherwise.

    python tools/mutants.py [MODULE ...]        all modules, or those named: information, chain, ...
    python tools/mutants.py since REVISION      those that changed since then

mutmut changes one thing at a time in a copy and runs the tests that reach it; tests that go
through the claims are left out. It passes over decorated functions, so in the copy `@d` before
a function becomes `f = d(f)` after it. Exits with 1 if fewer than 95% of all mutants are
killed, or if one survives that `survivors.toml` does not explain, or one is explained that does
not survive. Needs the environment of audits: `make mutants`.
"""

import ast
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "_build" / "mutation"
SURVIVORS = Path(__file__).with_name("survivors.toml")
MODULES = {  # by name, the place of each
    Path(place).name: place
    for place in (
        "_checks",
        "_summation",
        "logits",
        "information",
        "labels",
        "likelihood",
        "losses",
        "latent",
        "temperature",
        "separation",
        "fitting",
        "inference",
        "votes",
        "verify/chain",
        "verify/hypotheses",
        "verify/samples",
        "verify/evidence",
        "verify/claim",
        "verify/_display",
        "verify/_source",
        "verify/_latex",
    )
}
TESTS = (
    "test_checks",
    "test_numerics",
    "test_oracle",
    "test_latent",
    "test_temperature",
    "test_fitting",
    "test_inference",
    "test_votes",
    "test_engine",
    "test_chain",
    "test_hypotheses",
    "test_latex",
    "test_summation",
    "test_texts",
)
FEWEST_KILLED = 0.95
SETTINGS = """
[tool.mutmut]
source_paths = ["xentlib"]
only_mutate = [{only}]
also_copy = ["xentlib", "pyproject.toml", "requirements.txt"]
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
    for folder in ("xentlib", "tests"):
        shutil.copytree(ROOT / folder, WORK / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for module in MODULES:
        path = WORK / "xentlib" / f"{MODULES[module]}.py"
        path.write_text(undecorated(path.read_text()))
    shutil.copy(ROOT / "requirements.txt", WORK)
    only = ", ".join(f'"xentlib/{MODULES[module]}.py"' for module in modules)
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
    """A mutant as `module.function: the line as it became`: its number changes whenever anything
    above it does.
    """
    name = re.sub(
        r"^xentlib\.(?:verify\.)?(\w+)\.(?:x_|xǁ)(.+)__mutmut_\d+$", r"\1.\2", mutant
    ).replace("ǁ", ".")
    changed = [
        line[1:].strip()
        for line in mutmut("show", mutant).splitlines()
        if line.startswith("+") and not line.startswith("+++")
    ]
    return f"{name}: {' '.join(changed)}"


def judged(results, explained):
    """What is wrong: too few killed, survivors without a reason, reasons for what does not
    survive.
    """
    killed = sum(result in ("killed", "timeout") for result in results.values())
    survivors = {
        described(mutant)
        for mutant, result in results.items()
        if result not in ("killed", "timeout")
    }
    if killed < FEWEST_KILLED * len(results):
        yield f"{killed} of {len(results)} mutants killed; at least {FEWEST_KILLED:.0%} are to be"
    yield from (
        f"survives without a reason: {survivor}" for survivor in sorted(survivors - explained)
    )
    yield from (
        f"is explained and does not survive: {survivor}"
        for survivor in sorted(explained - survivors)
    )


def since(revision):
    """The modules that changed since a revision."""
    changed = subprocess.run(
        ["git", "diff", "--name-only", revision],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return [module for module in MODULES if f"xentlib/{MODULES[module]}.py" in changed]


def main(*modules):
    started = time.monotonic()
    modules = modules or tuple(MODULES)
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
    explained = {
        mutant
        for group in tomllib.loads(SURVIVORS.read_text())["equivalent"]
        for mutant in group["mutants"]
        if mutant.split(".")[0] in modules
    }
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
