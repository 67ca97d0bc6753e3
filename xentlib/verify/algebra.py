"""What the kinds of evidence share: to put one expression in place of another, to know that one is
0, and the points and the words of hypotheses.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sympy import (
    Add,
    Dummy,
    Expr,
    Indexed,
    Mul,
    Product,
    Sum,
    Symbol,
    cancel,
    expand,
    expand_log,
    sympify,
    together,
)

from xentlib.verify import sign
from xentlib.verify._algebra import normal
from xentlib.verify._errors import Refuted, Undecided
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import Given

PLACES = tuple(Dummy(integer=True, positive=True) for _ in range(9))  # indices of nested sums


def put(expression: Any, pattern: Mapping) -> Expr:
    """The expression with `{q[k]: p[k]}` put in place of every entry of q, whatever its index;
    letters and whole expressions are put in place as they stand, one after the other.
    """
    expression = sympify(expression)
    for entry, value in pattern.items():
        if isinstance(entry, Indexed):
            expression = _put_entries(expression, entry, _with_fresh_names(sympify(value)))
        elif isinstance(entry, Symbol):
            expression = expression.subs(entry, value)
        else:
            expression = expression.xreplace({entry: value})
    return expression


def _put_entries(expression: Expr, entry: Indexed, value: Expr) -> Expr:
    def is_an_entry(a: Expr) -> bool:
        return isinstance(a, Indexed) and a.base == entry.base

    return expression.replace(
        is_an_entry,
        lambda a: value.xreplace(dict(zip(entry.indices, a.indices, strict=True))),
    )


def _with_fresh_names(value: Expr) -> Expr:
    """The indices of its own sums renamed, so that they take no index from outside."""
    if not value.has(Sum, Product):
        return value
    inner = value.func(*map(_with_fresh_names, value.args))
    if not isinstance(inner, Sum | Product):
        return inner
    names = {v: Dummy(integer=True, positive=True) for v, *_ in inner.limits}
    return inner.xreplace(names)


class Equation(Chain):
    """A chain whose algebra also adds sums term by term, knows what lies between 0 and 1,
    and uses under an outer sum what each row sums to.
    """

    def _is_zero(self, difference: Expr) -> bool:
        letters = sign.free_letters(self.given)
        given = tuple(
            g._replace(
                facts=tuple((said, sympify(value).xreplace(letters)) for said, value in g.facts)
            )
            for g in self.given
        )
        free = Chain(self.start, self.steps, given)
        rows = [fact for g in free.given for fact in g.facts if _is_a_row(fact[0])]
        difference = difference.xreplace(letters)
        added = _added(_with_rows_summed(normal(_added(difference)), rows))
        return added == 0 or free._is_zero(added) or free._is_zero(difference)


def _is_a_row(said: Any) -> bool:
    return isinstance(said, Sum) and isinstance(said.function, Indexed)


def _added(expression: Expr) -> Expr:
    """Sums over the same ranges in one, its terms over one denominator."""
    groups: dict[tuple, Expr] = {}
    rest = sympify(0)
    for term in Add.make_args(expand(expand_log(expression))):
        sums = [factor for factor in Mul.make_args(term) if isinstance(factor, Sum)]
        if len(sums) == 1:
            limits, inside = _in_order(sums[0])
            groups[limits] = groups.get(limits, sympify(0)) + term / sums[0] * inside
        else:
            rest += term
    return rest + Add(*(Sum(cancel(together(f)), *limits) for limits, f in groups.items()))


def _in_order(a: Sum) -> tuple[tuple, Expr]:
    """The limits and the term of a sum, its indices named by their places."""
    names = {v: place for place, (v, *_) in zip(PLACES, a.limits, strict=False)}
    return tuple((names[v], *ends) for v, *ends in a.limits), a.function.xreplace(names)


def _with_rows_summed(expression: Expr, rows: list) -> Expr:
    """Of each sum of products, a factor that alone holds an index, and sums to a known value over
    it, replaced by the value.
    """

    def summed(a: Expr) -> Expr:
        for said, value in rows:
            ((v, low, high),) = said.limits
            for factor in Mul.make_args(a.function):
                if not (isinstance(factor, Indexed) and factor.base == said.function.base):
                    continue
                names = dict(zip(said.function.indices, factor.indices, strict=True))
                index, others = names[v], a.function / factor
                alone = list(factor.indices).count(index) == 1 and not others.has(index)
                if alone and (index, low, high) in [tuple(limit) for limit in a.limits]:
                    rest = [limit for limit in a.limits if limit[0] != index]
                    term = others * sympify(value).xreplace(names)
                    return summed(Sum(term, *rest)) if rest else term
        return a

    return expression.replace(lambda a: isinstance(a, Sum), summed)


def zero(expression: Any, given: tuple[Given, ...]) -> bool:
    """Whether it is 0 by the algebra of a chain and by its numbers."""
    expression = sympify(expression)
    if expression == 0:
        return True
    chain = Equation(start=expression, steps=((sympify(0), "it vanishes"),), given=given)
    try:
        chain.check()
    except (Refuted, Undecided):
        return False
    return True


def points_of(given: tuple[Given, ...], seed: int = 0, seeds: int = 1) -> Iterator[dict]:
    """Exact points that satisfy the hypotheses, each value as its letter is declared."""
    chain = Chain(start=sympify(0), steps=(), given=given)
    for place in range(seeds):
        points = list(chain.points(seed + place))
        sign.refuse_draws_against_the_letters(points, given)
        yield from points


def hypotheses_of(given: tuple[Given, ...]) -> tuple[str, ...]:
    """What is assumed, one line for each symbol."""
    lines = Chain(start=sympify(0), steps=(), given=given).hypotheses
    return tuple(_in_words(g, line) for g, line in zip(given, lines, strict=True))


def _in_words(given: Given, line: str) -> str:
    if isinstance(given, sign.Fraction | sign.Share):
        return f"{given.symbol} {given.words}"
    known = given.symbol.assumptions0
    if known.get("nonnegative") and not known.get("positive"):
        return line.replace(" real", " nonnegative", 1)
    return line


def size_at(high: Any, point: Mapping) -> int:
    """The size that a limit of a sum has at a point."""
    letters = {symbol: value for symbol, value in point.items() if isinstance(symbol, Symbol)}
    return int(sympify(high).subs(letters))


def as_floats(value: Any) -> Any:
    """A drawn value or table as floats; whole numbers stay whole."""
    if isinstance(value, list):
        return [as_floats(entry) for entry in value]
    return value if isinstance(value, int) else float(value)
