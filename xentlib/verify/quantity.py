"""Quantities by their names, and relations between them: what a statement says and what is checked
are one thing.

A quantity prints as its name, such as H(p, q), and is checked as its definition; the library's
function of the same name, if there is one, computes it. A relation is rendered into the statement
of a claim, and evidence that covers it is run on it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from sympy import Add, Basic, Expr, Indexed, Integer, Mul, Pow, Sum, Symbol, exp, log, sympify

from xentlib.verify._latex import reading
from xentlib.verify._plain import plain
from xentlib.verify._sympy import Expression, Letter, Str


def entry(row: Any, *indices: Any) -> Expression:
    """An entry of a table or of its row: `entry(p, k)` is p[k], `entry(p[i], k)` is p[i, k]."""
    base, first = (row.base, row.indices) if isinstance(row, Indexed) else (row, ())
    return base[(*first, *indices)]


def _logarithm(value: float) -> float:
    return math.log(value) if value else -math.inf


LONG = 72  # signs of a relation in a message
OPERATIONS: dict[type, Callable[..., float]] = {  # in floats, so that infinities are kept
    Add: lambda *values: sum(values),
    Mul: lambda *values: math.prod(values),
    Pow: lambda base, power: base**power,
    exp: math.exp,
    log: _logarithm,
}


class Quantity(Expr):
    """A quantity of tables and numbers. Subclasses are made by `quantity`."""

    template: ClassVar[str]
    definition: ClassVar[Callable[..., Expression]]
    computes: ClassVar[Callable[..., Any] | None]
    is_commutative = True
    is_extended_real = True

    def __new__(cls, *arguments: Any) -> Quantity:
        return super().__new__(cls, *map(sympify, arguments))

    @property
    def unfolded(self) -> Expression:
        """What the name stands for."""
        return unfold(type(self).definition(*self.args))

    @property
    def free_symbols(self) -> set[Letter]:
        """Those of the definition: H(p, q) depends on the number of classes, which it names not."""
        return self.unfolded.free_symbols

    def _latex(self, printer: Any) -> str:
        return self.template.format(*map(printer._print, self.args))

    def _sympystr(self, printer: Any) -> str:
        return f"{type(self).__name__}({', '.join(map(printer._print, self.args))})"


def quantity(
    template: str, *, computes: Callable[..., Any] | None = None
) -> Callable[[Callable[..., Expression]], type[Quantity]]:
    """Name a quantity: the decorated function is its definition.

    Parameters: its LaTeX, with {} for each argument; the function of the library that computes it.

    >>> from sympy import IndexedBase, Sum, log, symbols
    >>> p, k, K = IndexedBase("p", positive=True), *symbols("k K", integer=True, positive=True)
    >>> @quantity("H({})")
    ... def entropy(p):
    ...     return -Sum(entry(p, k) * log(entry(p, k)), (k, 1, K))
    >>> entropy(p) + 1, entropy(p).unfolded
    (entropy(p) + 1, -Sum(log(p[k])*p[k], (k, 1, K)))
    """

    def named(definition: Callable[..., Expression]) -> type[Quantity]:
        members = {
            "template": template,
            "definition": staticmethod(definition),
            "computes": staticmethod(computes) if computes else None,
            "__doc__": definition.__doc__,
            "__module__": definition.__module__,
        }
        return type(definition.__name__, (Quantity,), members)

    return named


class _Called(Quantity):
    """One expression by a name of its own."""

    template: ClassVar[str] = "{}"
    definition: ClassVar[Callable[..., Expression]] = staticmethod(lambda name, meant: meant)
    computes: ClassVar[Callable[..., Any] | None] = None

    def _latex(self, printer: Any) -> str:
        return str(self.args[0])

    def _sympystr(self, printer: Any) -> str:
        return plain(f"${self.args[0]}$")


def called(name: str, meant: Any) -> Expression:
    """An expression by a name, in LaTeX, that is its alone: it prints as the name, is checked as
    the expression, and a derivation that starts with it writes it out on its first line.

    >>> from sympy import Symbol
    >>> t = Symbol("t", real=True)
    >>> called(r"\\bar t", t**2) + 1, called(r"\\bar t", t**2).unfolded
    (t̄ + 1, t**2)
    """
    return _Called(Str(name), meant)


def written_out(expression: Any) -> Any:
    """The expression with what is `called` by a name written out."""
    return expression.xreplace({part: part.args[1] for part in expression.atoms(_Called)})


def unfold(expression: Any) -> Any:
    """The expression with every name replaced by what it stands for."""
    expression = sympify(expression)
    if not isinstance(expression, Basic) or not expression.has(Quantity):
        return expression
    return expression.replace(lambda part: isinstance(part, Quantity), lambda part: part.unfolded)


def evaluated(expression: Any, point: Mapping[Any, Any]) -> float:
    """The value of an expression in floats, its quantities computed by the library where it has
    them.

    Parameters: an expression; for each letter in it a number or an array.
    Returns: a float; infinite values are kept.
    """
    if isinstance(expression, Quantity):
        computes = type(expression).computes
        if computes is None:
            return evaluated(expression.unfolded, point)
        return float(computes(*(_looked_up(argument, point) for argument in expression.args)))
    if isinstance(expression, Symbol | Indexed):
        return float(_looked_up(expression, point))
    if isinstance(expression, Sum):
        (index, low, high), *rest = expression.limits[::-1]
        inner = Sum(expression.function, *rest[::-1]) if rest else expression.function
        values = range(int(evaluated(low, point)), int(evaluated(high, point)) + 1)
        return math.fsum(
            evaluated(inner.xreplace({index: Integer(value)}), point) for value in values
        )
    if not expression.args:
        return float(expression)
    values = [evaluated(argument, point) for argument in expression.args]
    known = next((do for kind, do in OPERATIONS.items() if isinstance(expression, kind)), None)
    return known(*values) if known else float(expression.func(*values))


def _looked_up(argument: Any, point: Mapping[Any, Any]) -> Any:
    """A table, one of its rows or entries, or a number."""
    if isinstance(argument, Indexed):
        places = tuple(int(evaluated(place, point)) - 1 for place in argument.indices)
        return np.asarray(point[argument.base])[places]
    return point[argument] if argument in point else evaluated(argument, point)


@dataclass(frozen=True)
class Relation:
    """Two expressions and what holds between them; one of `Equal`, `AtMost`, `AtLeast`."""

    left: Any
    right: Any
    sign: ClassVar[str]
    said: ClassVar[str]

    def __post_init__(self) -> None:
        if type(self) is Relation:
            raise TypeError("a relation is one of Equal, AtMost, AtLeast")
        if unfold(self.left) == unfold(self.right):
            raise ValueError(f"{self.text}: a relation between an expression and itself")

    @property
    def latex(self) -> str:
        """As it is printed in a statement, without dollars."""
        return f"{reading(self.left)} {self.sign} {reading(self.right)}"

    @property
    def text(self) -> str:
        """As it is printed in a message."""
        return f"{self.left} {self.said} {self.right}"

    @property
    def on_lines(self) -> str:
        """The same, a long one on two lines."""
        between = " " if len(self.text) < LONG else "\n  "
        return f"{self.left}{between}{self.said} {self.right}"


def differs(stated: Relation, shown: Relation) -> str:
    """How what evidence shows is another relation than the one that is stated; nothing if it is
    the same: sign by sign and side by side, up to the names of bound letters.

    Each formula stands on a line of its own.
    """
    if type(stated) is not type(shown):
        return f"stated is\n  {stated.on_lines}\nshown is\n  {shown.on_lines}"
    for side in ("left", "right"):
        said, found = (unfold(getattr(relation, side)) for relation in (stated, shown))
        if _without_names(said) != _without_names(found):
            return (
                f"stated is\n  {stated.on_lines}\nits {side} side is not where the derivation "
                f"{'starts' if side == 'left' else 'ends'},\n  {getattr(shown, side)}"
            )
    return ""


def _without_names(expression: Any) -> Any:
    return expression if isinstance(expression, Symbol) else expression.as_dummy()


class Equal(Relation):
    """left = right"""

    sign: ClassVar[str] = "="
    said: ClassVar[str] = "="


class AtMost(Relation):
    """left ≤ right"""

    sign: ClassVar[str] = r"\le"
    said: ClassVar[str] = "≤"


class AtLeast(Relation):
    """left ≥ right"""

    sign: ClassVar[str] = r"\ge"
    said: ClassVar[str] = "≥"
