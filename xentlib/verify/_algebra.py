"""Whether a difference is zero: one normal form of sums, facts of the hypotheses, `simplify`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

from sympy import (
    Dummy,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Symbol,
    cancel,
    exp,
    expand,
    expand_log,
    log,
    simplify,
    sympify,
    true,
)

from xentlib.verify._sympy import (
    Add,
    Expression,
    GreaterEqual,
    LessEqual,
    Mul,
    Product,
    Relational,
    Sum,
)
from xentlib.verify.hypotheses import Given


def remainder(
    before: Expression, after: Expression, given: Sequence[Given]
) -> tuple[Expression, tuple[str, ...]]:
    """What is left of `before - after`, 0 where they are equal, and the facts that were not used.

    Three ways are tried: the difference; the same, with the letters that lie between two bounds put
    as positive ones; the difference of the logarithms, where both are positive.
    """
    left, unused = _reduced(before - after, given)
    if _vanishes(left):
        return sympify(0), unused
    for difference in _other_ways(before, after, given):
        other, unused_there = _reduced(difference, given)
        if _vanishes(other):
            return sympify(0), unused_there
    return left, unused


def _other_ways(
    before: Expression, after: Expression, given: Sequence[Given]
) -> Iterator[Expression]:
    bounded = {h.symbol: _between(*h.bounds) for h in given if h.bounds and None not in h.bounds}
    before, after = (_in_positive_letters(side, bounded) for side in (before, after))
    if bounded:
        yield before - after
    if _is_positive(before) and _is_positive(after):
        yield log(before) - log(after)


def _between(low: Expression, high: Expression) -> Expression:
    """Every number between two bounds, once, by a positive letter."""
    letter = Dummy(positive=True)
    return cancel((low + high * letter) / (1 + letter))


def _in_positive_letters(side: Expression, bounded: dict[Expression, Expression]) -> Expression:
    if not bounded:
        return side
    return side.subs(bounded).replace(lambda a: isinstance(a, Add), cancel)


def _is_positive(side: Expression) -> bool:
    """Whether SymPy knows it, a sum or a product over 1 to a positive number of positive terms
    being positive.
    """

    def positive(a: Expression) -> bool:
        full = isinstance(a, (Sum, Product)) and all(
            low == 1 and high.is_positive for _, low, high in a.limits
        )
        return full and _is_positive(a.function)

    return bool(side.replace(positive, lambda a: Dummy(positive=True)).is_positive)


def _vanishes(left: Expression) -> bool:
    return any(
        factor == 0 or (factor.is_real and simplify(exp(factor)) == 1)
        for factor in Mul.make_args(left)
    )


def _reduced(difference: Expression, given: Sequence[Given]) -> tuple[Expression, tuple[str, ...]]:
    facts = [fact for hypothesis in given for fact in hypothesis.facts]
    decided = {a: b for a, b in facts if isinstance(a, Relational)}
    tables = [(upto, y) for upto, y in facts if isinstance(y, IndexedBase)]
    equations = {f"Σ {a.function} = {b}": (normal(a), b) for a, b in facts if isinstance(a, Sum)}
    unused = dict.fromkeys(equations)

    def in_range(a: Expression) -> bool:
        """Whether it says that an entry of a table of labels is no greater than their number."""
        return isinstance(a, (GreaterEqual, LessEqual)) and any(
            a.gts == upto and isinstance(a.lts, Indexed) and a.lts.base == y for upto, y in tables
        )

    difference = normal(expand_log(difference))
    # twice: a normal form brings a Kronecker delta under its own sum, where doit can use it
    for _ in range(2):
        difference = difference.doit().doit().xreplace(decided).replace(in_range, lambda a: true)
        difference = normal(difference)
        for said, (total, value) in equations.items():
            put_in = normal(difference.subs(total, value))
            if put_in != difference:
                unused.pop(said, None)
            difference = put_in
    return simplify(difference), tuple(unused)


def normal(expression: Expression) -> Expression:
    """Every Sum expanded; each term split into independent sums; bound symbols named, and limits
    ordered, in one way.
    """
    if not expression.has(Sum):
        return expression
    if not isinstance(expression, Sum):
        return expression.func(*map(normal, expression.args))
    return Add(
        *(
            _term(term, list(expression.limits))
            for term in Add.make_args(expand(normal(expression.function)))
        )
    )


def _term(term: Expression, limits: list[Expression]) -> Expression:
    """One product under sums: inner sums are merged in, then the factors fall apart by the symbols
    that they share.
    """
    constant: Expression = sympify(1)
    groups: list[tuple[set[Expression], list[Expression], list[Expression]]] = []
    factors: list[Expression] = []
    for factor in Mul.make_args(term):
        base, power = factor.as_base_exp()
        merged = isinstance(base, Sum) and power.is_Integer and power > 0
        for _ in range(int(power) if merged else 0):
            fresh = {v: Dummy() for v, *_ in base.limits}
            limits = limits + [(fresh[v], low, high) for v, low, high in base.limits]
            factors.extend(Mul.make_args(base.function.xreplace(fresh)))
        factors.extend([] if merged else [factor])
    for delta in [
        f for f in factors if isinstance(f, KroneckerDelta)
    ]:  # under two sums with one range, it joins them
        ends = [limit for limit in limits if limit[0] in delta.args]
        if len(ends) == 2 and ends[0][1:] == ends[1][1:]:
            factors.remove(delta)
            limits.remove(ends[0])
            factors = [f.xreplace({ends[0][0]: ends[1][0]}) for f in factors]
    for variable, low, high in limits:
        groups.append(({variable}, [(variable, low, high)], []))
    for factor in factors:
        touched = [group for group in groups if group[0] & factor.free_symbols]
        if not touched:
            constant *= factor
            continue
        groups = [group for group in groups if group not in touched]
        groups.append(
            (
                set().union(*(g[0] for g in touched)),
                sum((g[1] for g in touched), []),
                [*sum((g[2] for g in touched), []), factor],
            )
        )
    return constant * Mul(*(_named(Mul(*inside), bounds) for _, bounds, inside in groups))


def _named(function: Expression, bounds: list[Expression]) -> Expression:
    """The first of all namings of the bound symbols, in the order of their text; one that brings a
    delta's own sum inside goes before.
    """

    def preference(candidate: Expression) -> tuple[bool, str]:
        innermost = candidate.limits[0][0]
        return all(innermost not in delta.args for delta in candidate.atoms(KroneckerDelta)), str(
            candidate
        )

    taken = {
        int(v.name[1:])
        for inner in function.atoms(Sum, Product)
        for v, *_ in inner.limits
        if v.name[1:].isdigit()
    }  # named before: a sum in a logarithm, say
    candidates = []
    for order in permutations(bounds):
        names = {
            v: Symbol(f"_{place}", integer=True, positive=True)
            for place, (v, *_) in enumerate(order, max(taken, default=-1) + 1)
        }
        candidates.append(
            Sum(function.xreplace(names), *((names[v], low, high) for v, low, high in order))
        )
    first = min(candidates, key=preference)
    return first.doit() if function == 1 else first
