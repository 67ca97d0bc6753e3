"""The text of a function or a lambda, as it was written."""

from __future__ import annotations

import ast
import inspect
import linecache
import sysconfig
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from textwrap import dedent
from types import CodeType, FunctionType
from typing import Any

import mpmath
import numpy as np
import sympy

LIBRARIES = [str(Path(str(library.__file__)).parent) for library in (sympy, mpmath, np)]
STANDARD = sysconfig.get_path("stdlib")


def source_of(thing: Any) -> str:
    """A lambda as text, a function as its name, a mapping as `key = text` for each key, a tuple by
    its parts, anything else as Python writes it; then the definitions of the functions it names.
    """
    definitions = dict.fromkeys(filter(None, map(_definition, _functions(thing))))
    return "\n\n\n".join([_text(thing), *definitions])


def _text(thing: Any) -> str:
    if isinstance(thing, Mapping):
        return "\n".join(f"{key} = {_text(value)}" for key, value in thing.items())
    if isinstance(thing, tuple):
        return "(" + ", ".join(map(_text, thing)) + ")"
    if inspect.isfunction(thing) and thing.__name__ == "<lambda>":
        return _text_of_lambda(thing)
    return getattr(thing, "__name__", None) or repr(thing)


def _functions(thing: Any) -> Iterator[FunctionType]:
    """The functions with a name within it, of libraries and of this one apart."""
    if isinstance(thing, Mapping):
        thing = tuple(thing.values())
    if isinstance(thing, tuple):
        for part in thing:
            yield from _functions(part)
        return
    function = inspect.unwrap(thing) if callable(thing) else None
    if isinstance(function, FunctionType) and function.__name__ != "<lambda>":
        file = function.__code__.co_filename
        if not (is_of_a_library(function) or file.startswith(str(Path(__file__).parent))):
            yield function


def _definition(function: FunctionType) -> str:
    """How it is defined, without its docstring; nothing, where that is not to be found."""
    try:
        text = dedent(inspect.getsource(function))
        (node,) = ast.parse(text).body
    except (OSError, SyntaxError, ValueError):
        return ""
    if not isinstance(node, ast.FunctionDef):
        return ""
    lines = text.rstrip().splitlines()
    if ast.get_docstring(node) and len(node.body) > 1:
        documented = node.body[0]
        del lines[documented.lineno - 1 : documented.end_lineno]
    return "\n".join(lines)


def is_of_a_library(function: FunctionType) -> bool:
    """Whether it is Python's own, or of a library that computes exactly, or of none (`<string>`:
    what a dataclass writes).
    """
    file = function.__code__.co_filename
    standard = file.startswith(STANDARD) and "site-packages" not in file
    return standard or file == "<string>" or any(file.startswith(folder) for folder in LIBRARIES)


def line_of(name: str, file: str) -> int | None:
    """The line of a file that first assigns to a name at the top."""
    for statement in ast.parse(_read(file)).body:
        targets = getattr(statement, "targets", [getattr(statement, "target", None)])
        if any(isinstance(t, ast.Name) and t.id == name for t in targets):
            return statement.lineno
    return None


def _text_of_lambda(function: FunctionType) -> str:
    """The text of the lambdas on its line that compile to its code, if it is one text."""
    code = function.__code__
    texts = {
        text
        for line, shape, text in _lambdas(code.co_filename)
        if line == code.co_firstlineno and shape == _shape(code)
    }
    return texts.pop() if len(texts) == 1 else function.__name__


@cache
def _lambdas(file: str) -> list[tuple[int, tuple[Any, ...], str]]:
    """Each lambda of a file: its line, the shape of its code, its text.

    Code positions differ between versions of Python, and a constant may have none. So each lambda
    is moved to lines of its own, and its code is found by the first of them.
    """
    text = _read(file)
    try:
        tree = ast.parse(text)
    except SyntaxError:  # a cell with magic, say
        return []
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Lambda)]  # outer before inner
    found = [(node.lineno, _segment(text, node)) for node in nodes]
    lines = text.count("\n") + 2
    for number, (node, (line, _)) in enumerate(zip(nodes, found, strict=True), 1):
        ast.increment_lineno(node, number * lines + line - node.lineno)
    module = compile(tree, file, "exec", dont_inherit=True)
    codes = {code.co_firstlineno: code for code in _codes(module)}
    return [
        (line, _shape(codes[node.lineno]), text)
        for node, (line, text) in zip(nodes, found, strict=True)
        if node.lineno in codes  # code that is never reached is not compiled
    ]


def _segment(text: str, node: ast.Lambda) -> str:
    """The text of a node, its later lines moved to the left."""
    first, *rest = (ast.get_source_segment(text, node) or "<lambda>").splitlines()
    return "\n".join([first, *dedent("\n".join(rest)).splitlines()])


def _codes(code: CodeType) -> Iterator[CodeType]:
    """The lambdas' code within some code."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)
            if inner.co_name == "<lambda>":
                yield inner


def _shape(code: CodeType) -> tuple[Any, ...]:
    """What code does, wherever it is written."""
    constants = [_shape(c) if isinstance(c, CodeType) else (type(c), c) for c in code.co_consts]
    return (
        code.co_code,
        tuple(constants),
        code.co_names,
        code.co_varnames,
        code.co_freevars,
    )


def _read(file: str) -> str:
    return "".join(linecache.getlines(file))  # as UTF-8, and the cells of a notebook too


def code_like(code: CodeType, transformer: type[ast.NodeTransformer]) -> CodeType | None:
    """The code that the transformed file has where this one has `code`; nothing, if it is not to be
    found.
    """
    pairs = _both_codes(code.co_filename, transformer)
    return next((changed for plain, changed in pairs if plain == _place_and_shape(code)), None)


@cache
def _both_codes(
    file: str, transformer: type[ast.NodeTransformer]
) -> list[tuple[tuple[Any, ...], CodeType]]:
    text = _read(file)
    try:
        trees = ast.parse(text), transformer().visit(ast.parse(text))
    except SyntaxError:  # a cell with magic, say
        return []
    plain, changed = (_all_codes(compile(tree, file, "exec", dont_inherit=True)) for tree in trees)
    return [(_place_and_shape(a), b) for a, b in zip(plain, changed, strict=True)]


def _place_and_shape(code: CodeType) -> tuple[Any, ...]:
    return (code.co_firstlineno, code.co_name, *_shape(code))


def _all_codes(code: CodeType) -> Iterator[CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from _all_codes(inner)
