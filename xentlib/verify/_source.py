"""The text of a function or a lambda, as it was written."""

import ast
import inspect
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def _tree(file):
    text = Path(file).read_text()
    return text, [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Lambda)]


def _end(code):
    """Where the last of a lambda's code stands in its file: (line, column)."""
    return max(
        ((line, column) for _, line, _, column in code.co_positions() if line and column),
        default=None,
    )


def source_of(thing):
    """A lambda as text, a function as its name, a mapping as `key = text` for each key, a tuple by
    its parts, anything else as Python writes it.
    """
    if isinstance(thing, Mapping):
        return "\n".join(f"{key} = {source_of(value)}" for key, value in thing.items())
    if isinstance(thing, tuple):
        return "(" + ", ".join(map(source_of, thing)) + ")"
    if not inspect.isfunction(thing):
        return getattr(thing, "__name__", None) or repr(thing)
    if thing.__name__ != "<lambda>":
        return thing.__name__
    text, lambdas = _tree(inspect.getfile(thing))
    first, end = thing.__code__.co_firstlineno, _end(thing.__code__)
    found = [
        node
        for node in lambdas
        if node.lineno == first and (node.body.end_lineno, node.body.end_col_offset) == end
    ]
    return (
        ast.get_source_segment(text, found[0]) if found else thing.__name__
    )  # nothing is found under -X no_debug_ranges
