"""Whether a difference is zero: one normal form of sums, facts of the hypotheses, `simplify`; and
how one expression is put in place of another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import permutations
from typing import Any

from sympy import (
    Derivative,
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
    together,
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
from xentlib.verify.sign import free_letters

PLACES = tuple(Dummy(integer=True, positive=True) for _ in range(9))  # indices of nested sums


def remainder(
    before: Expression, after: Expression, given: Sequence[Given]
) -> tuple[Expression, tuple[str, ...]]:
    """What is left of `before - after`, 0 where they are equal, and the facts that were not used.

    Ways that are tried: the difference; the same, its sums added term by term; the letters that lie
    between two bounds put as positive ones; the difference of the logarithms, where both are
    positive.
    """
    settled = []
    for difference, hypotheses in _ways(before, after, given):
        settled.append(_settled(difference, hypotheses))
        if settled[-1][0] == 0:
            return settled[-1]
    tried = []  # SymPy's simplification takes seconds, so that it comes last
    for left, unused in settled:
        tried.append((simplify(left), unused))
        if _vanishes(tried[-1][0]):
            return sympify(0), unused
    return tried[0]


def _ways(
    before: Expression, after: Expression, given: Sequence[Given]
) -> Iterator[tuple[Expression, Sequence[Given]]]:
    """Each difference that is 0 where the two are equal, with the hypotheses in its letters."""
    yield before - after, given
    letters = free_letters(given)
    moved = {v for side in (before, after) for d in side.atoms(Derivative) for v in d.variables}
    if moved & set(letters):  # nothing is put in place of what is differentiated in
        letters = {}
    known = [hypothesis._replace(facts=_in_letters(hypothesis, letters)) for hypothesis in given]
    rows = [fact for hypothesis in known for fact in hypothesis.facts if _is_a_row(fact[0])]
    sums = normal(_added((before - after).xreplace(letters)))
    yield _added(_with_rows_summed(sums, rows)), known
    before, after = (_in_positive_letters(side, letters) for side in (before, after))
    if letters:
        yield before - after, known
    if _is_positive(before) and _is_positive(after):
        yield log(before) - log(after), known


def _in_letters(hypothesis: Given, letters: Mapping[Any, Expression]) -> tuple[Any, ...]:
    return tuple((said, sympify(value).xreplace(letters)) for said, value in hypothesis.facts)


def _in_positive_letters(side: Expression, letters: Mapping[Any, Expression]) -> Expression:
    if not letters:
        return side
    return side.subs(letters).replace(lambda a: isinstance(a, Add), cancel)


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


def _settled(difference: Expression, given: Sequence[Given]) -> tuple[Expression, tuple[str, ...]]:
    """The difference in normal form, the facts put in, and the facts that were of no use."""
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
        if difference == 0:
            break
        difference = _done(_done(difference)).xreplace(decided).replace(in_range, lambda a: true)
        difference = normal(difference)
        for said, (total, value) in equations.items():
            put_in = normal(difference.subs(total, value))
            if put_in != difference:
                unused.pop(said, None)
            difference = put_in
    return difference, tuple(unused)


def _done(expression: Expression) -> Expression:
    """SymPy's `doit`, each term of a sum once for all: steps of a chain share most of theirs."""
    return Add(*map(_done_term, Add.make_args(expression)))


@lru_cache(4096)
def _done_term(term: Expression) -> Expression:
    return term.doit()


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
            fresh = {v: Dummy(v.name) for v, *_ in base.limits}
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


def _is_a_row(said: Any) -> bool:
    return isinstance(said, Sum) and isinstance(said.function, Indexed)


def _added(expression: Expression) -> Expression:
    """Sums over the same ranges in one, its terms over one denominator."""
    groups: dict[tuple[Any, ...], Expression] = {}
    rest = sympify(0)
    for term in Add.make_args(expand(expand_log(expression))):
        sums = [factor for factor in Mul.make_args(term) if isinstance(factor, Sum)]
        if len(sums) == 1:
            limits, inside = _in_order(sums[0])
            groups[limits] = groups.get(limits, sympify(0)) + term / sums[0] * inside
        else:
            rest += term
    return rest + Add(*(Sum(cancel(together(f)), *limits) for limits, f in groups.items()))


def _in_order(a: Expression) -> tuple[tuple[Any, ...], Expression]:
    """The limits and the term of a sum, its indices named by their places."""
    names = {v: place for place, (v, *_) in zip(PLACES, a.limits, strict=False)}
    return tuple((names[v], *ends) for v, *ends in a.limits), a.function.xreplace(names)


def _with_rows_summed(expression: Expression, rows: Sequence[tuple[Any, Any]]) -> Expression:
    """Of each sum of products, a factor that alone holds an index, and sums to a known value over
    it, replaced by the value.
    """

    def summed(a: Expression) -> Expression:
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


def put(expression: Any, pattern: Mapping[Any, Any]) -> Expression:
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


def _put_entries(expression: Expression, entry: Indexed, value: Expression) -> Expression:
    def is_an_entry(a: Expression) -> bool:
        return isinstance(a, Indexed) and a.base == entry.base

    return expression.replace(
        is_an_entry,
        lambda a: value.xreplace(dict(zip(entry.indices, a.indices, strict=True))),
    )


def _with_fresh_names(value: Expression) -> Expression:
    """The indices of its own sums renamed, so that they take no index from outside."""
    if not value.has(Sum, Product):
        return value
    inner = value.func(*map(_with_fresh_names, value.args))
    if not isinstance(inner, (Sum, Product)):
        return inner
    names = {v: Dummy(v.name, integer=True, positive=True) for v, *_ in inner.limits}
    return inner.xreplace(names)
