"""Derivations: a first expression, and steps that each equal the one before, with a reason.

Every `=` is checked in two ways: SymPy simplifies the difference to zero, and both sides agree
at random exact points to 50 digits. What is assumed is said once, by a `Given`: it draws the
points and gives the algebra its facts.
"""

from dataclasses import dataclass
from itertools import permutations
from random import Random

from sympy import (
    Add,
    Derivative,
    Dummy,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Mul,
    N,
    Product,
    Rational,
    Sum,
    Symbol,
    exp,
    expand,
    expand_log,
    nan,
    oo,
    simplify,
    sympify,
    true,
    zoo,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom

from xentlib.verify._latex import reading

POINTS, DIGITS = 5, 50


class Refuted(ArithmeticError):
    """A counter-example was found; the message shows it."""


class Undecided(ArithmeticError):
    """Nothing was shown: not simplified, no number, no case to look at, a mistake that passes."""


def exact(expression, point, finite=True):
    """The value at a point: symbols first, so that a derivative is taken of the explicit sum, then
    the tables.
    """
    scalars = {s: v for s, v in point.items() if isinstance(s, Symbol)}

    def known(a):
        return isinstance(a, Indexed) and a.base in point and all(i.is_Integer for i in a.indices)

    def entry(a):
        value = point[a.base]
        for i in a.indices:
            value = value[int(i) - 1]
        return sympify(value)

    expression = expression.subs(scalars)
    while (expression := expression.doit()).has(Indexed):
        looked_up = expression.replace(known, entry)
        if looked_up == expression:
            raise Undecided(f"no value for {expression}")
        expression = looked_up
    if expression.free_symbols or expression.has(nan) or (finite and expression.has(zoo, oo, -oo)):
        raise Undecided(f"left over: {expression}")
    return N(expression, DIGITS)


def agree(a, b):
    """Equal to 45 of 50 digits."""
    return abs(a - b) <= Rational(1, 10**45) * (1 + abs(b))


def normal(expression):
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


def _term(term, limits):
    """One product under sums: inner sums are merged in, then the factors fall apart by the symbols
    that they share.
    """
    constant, groups, factors = sympify(1), [], []
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


def _named(function, bounds):
    """The first of all namings of the bound symbols, in the order of their text; one that brings a
    delta's own sum inside goes before.
    """

    def preference(candidate):
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


def _may_be_assumed(hypothesis, fact, given):
    """Whether a fact is one that a hypothesis may bring: that an index or a label lies in its
    table, or what the entries of a table sum to, perhaps weighted by the entries of another.
    """
    said, value = fact
    if isinstance(said, Relational):
        ends = said.args
        upper = next((end for end in ends if end in given and end != hypothesis.symbol), None)
        return value is true and said in (upper >= hypothesis.symbol, hypothesis.symbol <= upper)
    if not isinstance(said, Sum):
        return isinstance(value, IndexedBase)
    entries = Mul.make_args(said.function)
    tables = [entry.base for entry in entries if isinstance(entry, Indexed)]
    limits = len(said.limits) == 1 and said.limits[0][1] == 1 and said.limits[0][2] in given
    return limits and len(tables) == len(entries) == len(set(tables)) and set(tables) <= set(given)


def _said(given, drawn):
    """A hypothesis in words, with what was drawn of a size."""
    symbol = given.symbol
    ranges = [said for said, _ in given.facts if isinstance(said, Relational)]
    sums = [f"Σ {said.function} = {value}" for said, value in given.facts if isinstance(said, Sum)]
    if ranges:
        upper = next(end for end in ranges[0].args if end != symbol)
        kind = f"{symbol} = 1, …, {upper}"
    elif isinstance(symbol, IndexedBase):
        words = {"integer": "whole", "positive": "positive"}
        known = [word for key, word in words.items() if symbol.assumptions0.get(key)]
        kind = f"{symbol}[·] {' and '.join(known) or 'real'}"
        if "positive" not in known and 0 in _flat(drawn):
            kind += ", zeros among them"
    elif symbol.is_integer:
        kind = f"{symbol} whole, {min(drawn)} to {max(drawn)} drawn"
    else:
        kind = f"{symbol} {'positive' if symbol.is_positive else 'real'}"
    return ", ".join([kind, *sums])


def _flat(table):
    return [inner for row in table for inner in _flat(row)] if isinstance(table, list) else [table]


@dataclass(frozen=True)
class Chain:
    """`start`, then `(expression, reason)` steps, under the hypotheses `given`."""

    start: object
    steps: tuple
    given: tuple

    @property
    def last(self):
        return self.steps[-1][0]

    def points(self, seed):
        """Random points that satisfy the hypotheses; sizes come before what they measure."""
        random = Random(seed)
        for _ in range(POINTS):
            point = {}
            for given in self.given:
                try:
                    point[given.symbol] = given.draw(random, point)
                except KeyError as missing:
                    raise Undecided(
                        f"{given.symbol} is measured by {missing.args[0]}, which has no hypothesis "
                        f"before it; put size({missing.args[0]}) or its own hypothesis first"
                    ) from None
            yield point

    @property
    def hypotheses(self):
        """What is assumed, one line for each symbol, as it is printed under a statement."""
        drawn = list(self.points(0))
        return tuple(_said(given, [point[given.symbol] for point in drawn]) for given in self.given)

    @property
    def symbolic(self):
        """Whether something is left that varies: a number times one letter is still a number."""
        ends = [sympify(self.start), sympify(self.last)]
        letters = set().union(*(end.free_symbols for end in ends))
        varying = [end.as_independent(*letters, as_Add=False) for end in ends]
        same_letters = varying[0][1] == varying[1][1]
        return bool(letters) and not (same_letters and varying[0][0] != varying[1][0])

    def _refuse_what_was_not_said(self):
        """Raise where a hypothesis is missing, is invented, or where a step is no expression."""
        given = {hypothesis.symbol: hypothesis for hypothesis in self.given}
        for hypothesis in self.given:
            for fact in hypothesis.facts:
                if not _may_be_assumed(hypothesis, fact, given):
                    raise Undecided(
                        f"{hypothesis.symbol} brings the fact {fact[0]} = {fact[1]}: a hypothesis "
                        "may say what a table sums to, with weights that are a table, or that an "
                        "index lies in its table, and nothing else"
                    )
        for place, expression in enumerate([self.start, *(step[0] for step in self.steps)]):
            where = f"step {place}" if place else "the start"
            if isinstance(expression, Relational | bool | BooleanAtom):
                raise Undecided(f"{where} is a relation; a chain has only =")
            bound = {v for inner in expression.atoms(Sum, Product) for v, *_ in inner.limits}
            bound |= {v for inner in expression.atoms(Derivative) for v in inner.variables}
            bases = {entry.base for entry in expression.atoms(Indexed)}
            labels = {base.label for base in bases}
            scalars = {s for s in expression.free_symbols if isinstance(s, Symbol)}
            missing = (bases | (scalars - bound - labels)) - set(given)
            if missing:
                name = min(map(str, missing))
                raise Undecided(f"{name} has no hypothesis; {where} uses it")

    def _is_zero(self, difference):
        facts = [fact for given in self.given for fact in given.facts]
        decided = {a: b for a, b in facts if isinstance(a, Relational)}
        looked_up = {(upto, y) for upto, y in facts if isinstance(y, IndexedBase)}
        equations = [(normal(a), b) for a, b in facts if isinstance(a, Sum)]

        def in_range(a):
            return isinstance(a, Relational) and any(
                {upto, *(e.base for e in a.atoms(Indexed))} >= {upto, y} and upto in a.args
                for upto, y in looked_up
            )

        difference = normal(expand_log(difference))
        for _ in range(
            2
        ):  # a normal form brings a Kronecker delta under its own sum, where doit can use it
            difference = normal(
                difference.doit().doit().xreplace(decided).replace(in_range, lambda a: true)
            )
            for total, value in equations:
                difference = normal(difference.subs(total, value))
        factors = Mul.make_args(simplify(difference))
        return any(
            factor == 0 or (factor.is_real and simplify(exp(factor)) == 1) for factor in factors
        )

    def check(self, seed=0):
        """Raise unless every `=` holds in both ways."""
        if not self.steps:
            raise Undecided("a chain without a step shows nothing")
        self._refuse_what_was_not_said()
        if self.start == self.last:
            raise Undecided(
                "the chain compares an expression with itself"
                if len(self.steps) == 1
                else "the chain returns to its start, so it shows nothing"
            )
        before, points = self.start, list(self.points(seed))
        values = [exact(before, point) for point in points]
        for place, (after, reason) in enumerate(self.steps, 1):  # numbers first: they refute
            if before == after:
                raise Undecided(f"step {place} ({reason}) compares an expression with itself")
            before = after
            values_before, values = values, [exact(after, point) for point in points]
            for point, left, right in zip(points, values_before, values, strict=True):
                if not agree(left, right):
                    raise Refuted(
                        f"step {place} ({reason}) fails at {shown(point)}: {N(left, 6)} is "
                        f"not {N(right, 6)}"
                    )
        before = self.start
        for place, (after, reason) in enumerate(self.steps, 1):
            if not self._is_zero(before - after):
                raise Undecided(
                    f"step {place} ({reason}): SymPy does not simplify the difference to 0; the "
                    f"two are equal at {POINTS} points"
                )
            before = after

    def refute(self, wrong, seed=0):
        """The counter-example to `start = wrong`, as text."""
        for point in self.points(seed):
            try:
                right, value = exact(self.start, point), exact(wrong, point, finite=False)
            except Undecided:  # no value there, so no counter-example there
                continue
            if value.is_finite is False:
                return f"at {shown(point)} it is infinite, not {float(right):.4g}"
            if not agree(right, value):
                return f"at {shown(point)} it gives {float(value):.4g}, not {float(right):.4g}"
        raise Undecided(f"{wrong} agrees with {self.start} wherever it was tried")

    def wrong(self, end):
        """What a mistake says that the chain ends in, as Markdown."""
        return (
            f"$$\\begin{{aligned}}\n& {reading(self.start)} \\\\\n&\\quad \\overset{{?}}{{=}} "
            f"{reading(sympify(end))}\n\\end{{aligned}}$$"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        rows = [rf"& {reading(self.start)}"]
        for expression, reason in self.steps:
            rows += [rf"&\quad = {reading(expression)}", rf"&\qquad\quad \small\textit{{{reason}}}"]
        text = "\n".join(
            [
                str(self.start),
                *(f"  = {expression}    ({reason})" for expression, reason in self.steps),
            ]
        )
        return {
            "text/plain": text,
            "text/latex": "$$\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}$$",
        }


def shown(point):
    """A point as `K = 3, p = (1/2, 1/4, 1/4)`."""

    def text(value):
        return (
            "(" + ", ".join(map(text, value)) + ")"
            if isinstance(value, list | tuple)
            else f"{value:.4g}"
            if isinstance(value, float)
            else str(value)
        )

    return ", ".join(f"{symbol} = {text(value)}" for symbol, value in point.items())
