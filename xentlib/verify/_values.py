"""Values of expressions at exact points, and how points and numbers are printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import (
    Indexed,
    Integer,
    N,
    Rational,
    Symbol,
    nan,
    oo,
    pretty,
    sympify,
    zoo,
)

from xentlib.verify._errors import Undecided
from xentlib.verify._sympy import Add, Expression, Letter, Mul, Printer, Product, Sum

DIGITS = 50
LONGEST = 12  # signs of a fraction that is printed as one
Point = Mapping[Letter, Any]


def evaluate(expression: Expression, point: Point, finite: bool = True) -> Expression:
    """The value at a point to 50 digits; raise `Undecided` where there is none."""
    return N(exact_value(expression, point, finite), DIGITS)


def exact_value(expression: Expression, point: Point, finite: bool = True) -> Expression:
    """The value at a point: symbols first, so that a derivative is taken of the explicit sum, then
    the tables.
    """

    def known(a: Expression) -> bool:
        return isinstance(a, Indexed) and a.base in point and all(i.is_Integer for i in a.indices)

    scalars = {s: v for s, v in point.items() if isinstance(s, Symbol)}
    expression = written_out(sympify(expression).subs(scalars))
    while (expression := written_out(expression.doit())).has(Indexed):
        looked_up = expression.replace(known, lambda a: _entry(a, point[a.base]))
        if looked_up == expression:
            raise Undecided(f"no value for {expression}")
        expression = looked_up
    if expression.free_symbols or expression.has(nan) or (finite and expression.has(zoo, oo, -oo)):
        raise Undecided(f"left over: {expression}")
    return expression


def written_out(expression: Expression) -> Expression:
    """Sums and products over known numbers as their terms, the outer first: the limit of an inner
    one may be the index of an outer one.
    """
    if not expression.has(Sum, Product):
        return expression
    if not isinstance(expression, (Sum, Product)):
        return expression.func(*map(written_out, expression.args))
    *inner, (letter, low, high) = expression.limits
    if not (low.is_Integer and high.is_Integer and high >= low - 1):
        return expression
    body = expression.func(expression.function, *inner) if inner else expression.function
    terms = [written_out(body.subs(letter, Integer(n))) for n in range(int(low), int(high) + 1)]
    return Add(*terms) if isinstance(expression, Sum) else Mul(*terms)


def _entry(a: Expression, table: Any) -> Expression:
    """An entry of a table, counted from 1."""
    for i in a.indices:
        if not isinstance(table, (list, tuple)):
            raise Undecided(f"no value for {a}: it has more indices than its table")
        if not 1 <= i <= len(table):
            raise Undecided(f"no value for {a}: its table has the places 1 to {len(table)}")
        table = table[int(i) - 1]
    if isinstance(table, (list, tuple)):
        raise Undecided(f"no value for {a}: its table has more indices")
    return sympify(table)


def agree(a: Expression, b: Expression) -> bool:
    """Equal to 45 of 50 digits."""
    return bool(abs(a - b) <= Rational(1, 10**45) * (1 + abs(b)))


class _Short(Printer):
    """As SymPy prints it, with Greek letters and raised whole powers."""

    def _print_Symbol(self, expr: Expression) -> str:
        return format_letter(expr)

    def _print_Pow(self, expr: Expression, rational: bool = False) -> str:
        base, power = expr.args
        if power.is_Integer and power > 1 and base.is_Symbol:
            return self._print(base) + str(power).translate(RAISED)
        return super()._print_Pow(expr, rational)


VARIANTS = {"varepsilon": "ε", "varphi": "φ", "varpi": "ϖ", "varrho": "ϱ"}  # unknown to SymPy
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_letter(letter: Any) -> str:
    """The name of a number or of a table, Greek as a letter."""
    name = str(letter)
    return VARIANTS.get(name) or str(pretty(Symbol(name), use_unicode=True))


def format_expression(expression: Expression) -> str:
    """An expression on one line."""
    return _Short().doprint(expression).replace("-", "−")


def format_number(value: Expression, digits: int = 6) -> str:
    """A short fraction as it is, any other number to so many digits."""
    if value.is_Rational and len(str(value)) <= LONGEST:
        return format_expression(value)
    return format_expression(N(value, digits))


def four_digits(value: Expression) -> str:
    """A number to four digits, a whole one without zeros."""
    return f"{float(value):.4g}".replace("-", "−")


def format_point(point: Mapping[Any, Any]) -> str:
    """A point as `K = 3, p = (1/2, 1/4, 1/4)`."""

    def text(value: Any) -> str:
        if isinstance(value, (list, tuple)):
            return "(" + ", ".join(map(text, value)) + ")"
        return f"{value:.4g}" if isinstance(value, float) else str(value).replace("-", "−")

    def name(symbol: Any) -> str:
        return symbol if isinstance(symbol, str) else format_letter(symbol)

    return ", ".join(f"{name(symbol)} = {text(value)}" for symbol, value in point.items())


def count(number: int, thing: str) -> str:
    """A number of things, in words: `2 steps`."""
    return f"{number} {thing}{'s' * (number != 1)}"


def as_floats(value: Any) -> Any:
    """A drawn value or table as floats; whole numbers stay whole."""
    if isinstance(value, list):
        return [as_floats(entry) for entry in value]
    return value if isinstance(value, int) else float(value)
