"""How the code is written: what a reader meets has a name, a type and a sentence."""

import ast
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from xentlib import derivations
from xentlib.verify import Chain, Proof

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("claims", "derivations", "exercises", "figures", "studies", "data", "book")
LONGEST_LAMBDA = 80


def sources(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def named(paths):
    return pytest.mark.parametrize(
        "path", paths, ids=lambda path: path.relative_to(ROOT).as_posix()
    )


@named(sources("xentlib", "tests", "tools"))
def test_what_is_longer_than_a_line_has_a_name(path):
    text = path.read_text(encoding="utf-8")
    found = [
        f"line {node.lineno}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Lambda) and len(ast.get_source_segment(text, node)) > LONGEST_LAMBDA
    ]
    assert not found, f"lambdas longer than {LONGEST_LAMBDA} characters: {', '.join(found)}"


def public_functions(body):
    """Functions and methods without an underscore, but for those within functions."""
    for node in body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from public_functions(node.body)


@named(sources(*(f"xentlib/{room}" for room in ROOMS)))
def test_a_public_function_has_types_and_says_what_it_is(path):
    for function in public_functions(ast.parse(path.read_text(encoding="utf-8")).body):
        found = function.args
        taken = [*found.posonlyargs, *found.args, *found.kwonlyargs, found.vararg, found.kwarg]
        bare = [a.arg for a in taken if a and a.arg != "self" and a.annotation is None]
        assert function.returns and not bare, f"{function.name} lacks types: {bare or 'its own'}"
        assert ast.get_docstring(function), f"{function.name} has no docstring"


def is_derivation(value):
    parts = list(value.values()) if isinstance(value, Mapping) else [value]
    return bool(parts) and all(isinstance(part, (Chain, Proof)) for part in parts)


@pytest.mark.parametrize("module", [found.name for found in iter_modules(derivations.__path__)])
def test_a_derivation_says_what_it_derives(module):
    room = import_module(f"xentlib.derivations.{module}")
    statements = ast.parse(Path(room.__file__).read_text(encoding="utf-8")).body
    for statement, after in zip(statements, [*statements[1:], None], strict=True):
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
            says = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            assert says or not is_derivation(getattr(room, name)), f"{name} has no docstring"
