"""Exact means exact throughout: a float that an author's code makes anywhere is seen, however it is
turned into a bool, a whole number or a text before it comes out.

Each function is compiled again with every value that it computes handed to `_seen`, and so is each
function that it calls. The libraries that compute exactly are taken as they are.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from decimal import Decimal
from functools import cache, partial
from types import FunctionType, MethodType
from typing import Any

import mpmath
import numpy as np
import sympy

from xentlib.verify._errors import Undecided
from xentlib.verify._source import code_like, is_of_a_library

FLOATS = (float, complex, np.inexact, Decimal, sympy.Float, mpmath.mpf, mpmath.mpc)
MAKERS = (float, complex, eval, exec, compile, operator.truediv, operator.itruediv)
EXACT_OF_MATH = {"ceil", "comb", "factorial", "floor", "gcd", "isqrt", "lcm", "perm", "prod"}
INEXACT_MODULES = {"cmath", "ctypes", "decimal", "math", "random", "statistics", "_statistics"}


def watched(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which now raises `Undecided` where it meets a float."""
    return _seen(function)


def _seen(value: Any) -> Any:
    """A value of the author's code, or the same function, watched; raise at a float."""
    kind = type(value)
    if kind in (int, bool, str, tuple, list, dict):
        return value
    if isinstance(value, FLOATS) or (isinstance(value, np.ndarray) and value.dtype.kind in "fc"):
        raise Undecided(f"{value!r} is a float; what is exact computes with none on its way")
    if isinstance(value, sympy.Basic):
        if value.has(sympy.Float):
            raise Undecided(f"{value} holds a float; what is exact computes with none on its way")
        return value
    if isinstance(value, FunctionType):
        return value if is_of_a_library(value) else _watched(value)
    if isinstance(value, MethodType):
        return MethodType(_seen(value.__func__), value.__self__)
    if isinstance(value, partial):
        return partial(_seen(value.func), *value.args, **value.keywords)
    if hasattr(value, "cache_info"):
        return _cached(value)  # type: ignore[arg-type]
    if callable(value):
        _refuse_a_maker_of_floats(value)
    if not isinstance(value, type):
        _refuse_arithmetic_of_its_own(kind)
    return value


def _made(value: Any) -> Any:
    """What a call gave: a container is looked into, for a library may have filled it."""
    if isinstance(value, dict):
        _made(tuple(value.values()))
    elif isinstance(value, (tuple, list, set, frozenset)):
        for entry in value:
            _made(entry)
    return _seen(value)


@cache
def _cached(function: Any) -> Callable[..., Any]:
    return cache(_seen(function.__wrapped__))


def _refuse_a_maker_of_floats(function: Any) -> None:
    module, name = getattr(function, "__module__", None), getattr(function, "__name__", "")
    numeric = isinstance(function, np.ufunc) or str(module).partition(".")[0] == "numpy"
    inexact = module in INEXACT_MODULES and name not in EXACT_OF_MATH
    if function in MAKERS or inexact or numeric:
        raise Undecided(f"{name} computes with floats; what is exact computes with none")


@cache
def _refuse_arithmetic_of_its_own(kind: type) -> None:
    """Raise where an operator or a property of an object runs code that is not looked into."""
    for name, member in vars(kind).items():
        code = member.fget if isinstance(member, property) else member
        hidden = isinstance(member, property) or name.startswith("__")
        if hidden and isinstance(code, FunctionType) and not is_of_a_library(code):
            raise Undecided(f"{kind.__name__}.{name} computes out of sight; write a function")


@cache
def _watched(function: FunctionType) -> FunctionType:
    if "__seen__" in function.__globals__:
        return function
    code = code_like(function.__code__, Watch)
    if code is None:
        raise Undecided(f"the source of {function.__name__} is not found, and a float may hide")
    scope = {**function.__globals__, "__seen__": _seen, "__made__": _made}
    copy = FunctionType(code, scope, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


class Watch(ast.NodeTransformer):
    """Every value that is computed is handed to `__seen__`, what a call gives to `__made__`."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        silent = (ast.Starred, ast.Slice, ast.JoinedStr, ast.FormattedValue, ast.NamedExpr)
        loaded = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        if not isinstance(node, ast.expr) or isinstance(node, silent) or not loaded:
            return node
        if isinstance(node, ast.Constant) and not isinstance(node.value, float | complex):
            return node
        if isinstance(node, ast.Tuple) and any(isinstance(part, ast.Slice) for part in node.elts):
            return node
        watcher = "__made__" if isinstance(node, ast.Call) else "__seen__"
        call = ast.Call(ast.Name(watcher, ast.Load()), [node], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        node.value = self.visit(node.value)
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        node.body = [self.visit(statement) for statement in node.body]
        return node
