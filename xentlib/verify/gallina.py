"""A relation and its domain in Gallina, the language of Coq: what a theorem must say for the page
to name it.

A number of classes K becomes any finite set K, a table a function on it, and what is given of a
letter a hypothesis; only letters that the relation speaks of are taken. Names such as H(p, q) are
written out. Two readings need care. Coq's logarithm is 0 where there is none, and so is its
quotient by 0: what has a logarithm, or is divided by, must be positive by the letters' own
hypotheses. And a domain that names the classes where the label is positive stands for the whole
closed simplex: there H and KL are those of `extended.v`, with values in [0, ∞].
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sympy import (
    Derivative,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Pow,
    Rational,
    Symbol,
    factorial,
    log,
    sympify,
)
from sympy import exp as sympy_exp

from xentlib.verify._errors import Undecided
from xentlib.verify._sympy import Add, Expression, Letter, Mul, Product, Sum
from xentlib.verify.faces import on_the_support
from xentlib.verify.hypotheses import Given
from xentlib.verify.quantity import AtMost, Equal, Quantity, Relation, entry, unfold

Types = Mapping[Letter, Any]  # of each index, the size that it goes up to
SUM, TERM, FACTOR, POWER, WHOLE = range(5)  # how tightly a text holds together
PLACES = ("h", "i", "k")  # of a table, in a hypothesis
WORDS = {"R", "in", "at", "as", "fun", "fix", "let", "if", "end", "return", "using", "where"}
NAMED = {"cross_entropy": "eH {0} {1}", "entropy": "eH {0} {0}", "divergence": "eKL {0} {1}"}


def statement(
    relation: Relation, given: Sequence[Given], *, equality: Sequence[tuple[Letter, Letter]] = ()
) -> str:
    """What a theorem says that proves the relation on its domain.

    Parameters: a relation; its domain; of a bound, the pairs of tables that are equal exactly where
    both sides are.
    Returns: a term of type Prop, on one line.
    Raises: Undecided where the relation or the domain has no form in Coq's language.

    >>> from sympy import IndexedBase, Sum, Symbol
    >>> from xentlib.verify import AtLeast, size
    >>> from xentlib.verify.hypotheses import positive
    >>> K, k = (Symbol(name, integer=True, positive=True) for name in "Kk")
    >>> c = IndexedBase("c", positive=True)
    >>> print(statement(AtLeast(Sum(c[k], (k, 1, K)), 0), (size(K, 1), positive(c, K))))
    ... # doctest: +NORMALIZE_WHITESPACE
    forall (K : finType) (c : K -> R), (1 <= #|K|)%N -> (forall (k : K), 0 < c k)
    -> 0 <= \\sum_(k : K) c k
    """
    spread = on_the_support(tuple(given))
    if spread and all(_is_named(side, spread.symbol) for side in _sides(relation)):
        return _on_the_closed_simplex(relation, str(spread.symbol), equality)
    return _Writer(relation, given).written(equality)


def _is_named(expression: Any, prediction: Letter) -> bool:
    """Whether it is a sum of H(p, q), H(p) and KL(p‖q), over the classes where p is positive."""
    if isinstance(expression, Add):
        return all(_is_named(part, prediction) for part in expression.args)
    if not isinstance(expression, Quantity) or expression.args[0] == prediction:
        return expression == 0
    name, tables = type(expression).__name__, expression.args
    sizes = {size for total in expression.unfolded.find(Sum) for _, _, size in total.limits}
    if name not in NAMED or len(sizes) != 1:
        return False
    k = Symbol("k", integer=True, positive=True)
    p, q = entry(tables[0], k), entry(tables[-1], k)
    over = (k, 1, sizes.pop())
    stands_for = Sum(p * log(p / q), over) if name == "divergence" else -Sum(p * log(q), over)
    return expression.unfolded.as_dummy() == stands_for.as_dummy()


def _on_the_closed_simplex(
    relation: Relation, prediction: str, equality: Sequence[tuple[Letter, Letter]]
) -> str:
    """For all labels and predictions, zeros among them, in [0, ∞]."""
    tables = {str(table) for side in _sides(relation) for table in side.atoms(IndexedBase)}
    names = [*sorted(tables - {prediction}), *sorted(tables & {prediction})]
    left, right = map(_named, _sides(relation))
    said = _related(relation, left, right, _ends(equality))
    assumed = " -> ".join(f"simplex {name}" for name in names)
    return f"forall (K : finType) ({' '.join(names)} : K -> R), {assumed} -> ({said})%E"


def _sides(relation: Relation) -> tuple[Any, Any]:
    return sympify(relation.left), sympify(relation.right)


def _named(expression: Any) -> str:
    if isinstance(expression, Quantity):
        return NAMED[type(expression).__name__].format(*expression.args)
    if isinstance(expression, Add):
        return f"({' + '.join(sorted(map(_named, expression.args)))})"
    return "0"


def _ends(equality: Sequence[tuple[Letter, Letter]]) -> str:
    return " /\\ ".join(f"(forall k, {one} k = {other} k)" for one, other in equality)


def _related(relation: Relation, left: str, right: str, ends: str, of: str = "") -> str:
    if isinstance(relation, Equal):
        return f"{left} = {right}{of}"
    low, high = (left, right) if isinstance(relation, AtMost) else (right, left)
    bound = f"{low} <= {high}{of}"
    return f"{bound} /\\ ({low} = {high}{of} <-> {ends})" if ends else bound


class _Writer:
    """Writes one relation: which letters there are, of which types, and what is said of them."""

    def __init__(self, relation: Relation, given: Sequence[Given]) -> None:
        self.relation = relation
        self.left, self.right = map(unfold, _sides(relation))
        self.given = {hypothesis.symbol: hypothesis for hypothesis in given}
        self.shapes: dict[Letter, tuple[Letter, ...]] = {}
        self.labels = {g.symbol: g.facts[0][0] for g in given if _are_labels(g)}
        self.free: dict[Letter, Letter] = {g.symbol: g.facts[0][0].lhs for g in given if _place(g)}
        self.names: dict[Letter, str] = {}
        self.sizes: set[Letter] = set()
        for side in (self.left, self.right):
            self._look(side, self.free)

    # what there is

    def _look(self, expression: Any, types: Types) -> None:
        """Note the shape of each table, from the sums that it stands in."""
        if isinstance(expression, Sum | Product):
            types = dict(types)
            for index, low, high in expression.limits:
                if low != 1 or not isinstance(high, Symbol):
                    raise Undecided(f"a sum from {low} to {high} has no form in Coq's language yet")
                types[index] = high
                self.sizes.add(high)
            self._look(expression.function, types)
        elif expression.is_Indexed:
            shape = tuple(self._type_of(place, types) for place in expression.indices)
            if self.shapes.setdefault(expression.base, shape) != shape:
                raise Undecided(f"{expression.base} has two shapes")
            self.sizes |= set(shape)
            for place in expression.indices:
                self._look(place, types)
        elif isinstance(expression, Derivative):
            self._look(expression.expr, types)
            for variable, _ in expression.variable_count:
                self._look(variable, types)
        else:
            for part in expression.args:
                self._look(part, types)

    def _type_of(self, place: Any, types: Types) -> Letter:
        if place in types:
            return types[place]
        if place.is_Indexed and place.base in self.labels:
            return self.labels[place.base]
        raise Undecided(f"the place {place} has no form in Coq's language yet")

    def _taken(self) -> list[Given]:
        """The hypotheses on the letters of the relation, and on those that these speak of."""
        wanted = set(self.shapes) | _letters(self.left) | _letters(self.right)
        while True:
            more = {
                letter
                for symbol in wanted & set(self.given)
                for fact in self.given[symbol].facts
                for side in fact
                for letter in _letters(sympify(side))
                if letter in self.given
            }
            if more <= wanted:
                break
            wanted |= more
        if lost := [letter for letter in wanted if self._is_free(letter)]:
            raise Undecided(f"nothing is said of {lost[0]}")
        return [hypothesis for symbol, hypothesis in self.given.items() if symbol in wanted]

    def _is_free(self, letter: Letter) -> bool:
        return letter not in self.given and letter not in self.sizes

    # what is written

    def written(self, equality: Sequence[tuple[Letter, Letter]]) -> str:
        """The whole statement."""
        taken = self._taken()
        places = self.labels | self.free
        self.sizes |= {places[h.symbol] for h in taken if h.symbol in places}
        for hypothesis in taken:
            for one, other in hypothesis.facts if not _place(hypothesis) else ():
                if hypothesis.symbol not in self.labels:
                    self._look_at_fact(one, other)
        sizes = [letter for letter in self.given if letter in self.sizes]
        assumed = [said for hypothesis in taken for said in self._assumed(hypothesis)]
        bound = [(self._name(size), "finType") for size in sizes]
        bound += [
            (self._name(h.symbol), self._type(h.symbol))
            for h in taken
            if h.symbol not in self.sizes
        ]
        said = self._said(_ends(equality))
        return f"forall {_binders(bound)}, {' -> '.join([*assumed, said])}"

    def _said(self, ends: str) -> str:
        if isinstance(self.left, Derivative):
            return self._derived(self.left)
        left, right = self._text(self.left, SUM), self._text(self.right, SUM)
        return _related(self.relation, left, right, ends, self._of_reals(self.left, self.right))

    def _of_reals(self, *sides: Any) -> str:
        """Said where whole numbers stand in it, which any ring has."""
        whole = any(_whole(letter) for side in sides for letter in _letters(side) - self.sizes)
        return " :> R" if whole else ""

    def _derived(self, slope: Any) -> str:
        """That the left side has the derivative on the right."""
        ((variable, times),) = slope.variable_count
        if times != 1 or not isinstance(self.relation, Equal):
            raise Undecided("such a derivative has no form in Coq's language yet")
        right = self._text(self.right, WHOLE)
        if isinstance(variable, Symbol):
            name, start = self._name(variable), self._name(variable)
            inner = self._text(slope.expr, SUM)
        else:
            table, place = self._name(variable.base), self._text_of_place(variable.indices[0])
            size = self._name(self.shapes[variable.base][0])
            name, start = "t", f"({table} {place})"
            moved = f"let {table} := fun k : {size} => if k == {place} then t else {table} k in"
            inner = f"{moved} {self._text(slope.expr, SUM)}"
        return f"is_derive ({start} : R) (1 : R) (fun {name} : R => {inner} : R) ({right} : R)"

    def _look_at_fact(self, one: Any, other: Any) -> None:
        types: dict[Letter, Letter] = dict(self.free)
        for table in (part for side in (one, other) for part in _entries(side)):
            shape = self.shapes.get(table.base, ())
            types.update(dict(zip(table.indices, shape, strict=False)))
        for side in (one, other):
            self._look(sympify(side), types)

    def _type(self, letter: Letter) -> str:
        if letter in self.free:
            return self._name(self.free[letter])
        kind = "nat" if _whole(letter) else "R"
        if letter in self.labels:
            kind = self._name(self.labels[letter])
        arrows = "".join(f"{self._name(size)} -> " for size in self.shapes.get(letter, ()))
        return arrows + kind

    def _assumed(self, hypothesis: Given) -> Iterable[str]:
        letter = hypothesis.symbol
        low, high = hypothesis.bounds or (None, None)
        if letter in self.sizes:
            if low:
                yield f"({low} <= #|{self._name(letter)}|)%N"
            return
        if letter in self.free or letter in self.labels:
            return
        yield from self._signs(letter)
        if _whole(letter):
            if low and not (low == 1 and letter.is_positive):
                yield f"({low} <= {self._name(letter)})%N"
        else:
            for bound, form in (
                (low, "{1} < {0}"),
                (high, "{0} <= {1}" if hypothesis.closed else "{0} < {1}"),
            ):
                if bound is not None and not (
                    bound == 0 and form == "{1} < {0}" and letter.is_positive
                ):
                    yield form.format(self._name(letter), self._text(sympify(bound), SUM))
        for one, other in hypothesis.facts:
            yield self._fact(sympify(one), sympify(other))

    def _signs(self, letter: Letter) -> Iterable[str]:
        known = letter.assumptions0
        sign = "<" if known.get("positive") else "<=" if known.get("nonnegative") else ""
        if not sign or (_whole(letter) and sign == "<="):
            return
        shape = self.shapes.get(letter, ())
        places = PLACES[len(PLACES) - len(shape) :]
        bound = _binders(
            [(place, self._name(size)) for place, size in zip(places, shape, strict=True)]
        )
        said = f"0 {sign} {' '.join([self._name(letter), *places])}"
        said = f"({said})%N" if _whole(letter) else said
        yield f"(forall {bound}, {said})" if places else said

    def _fact(self, one: Any, other: Any) -> str:
        rows: dict[Letter, Letter] = {}
        for table in (part for side in (one, other) for part in _entries(side)):
            rows.update(dict(zip(table.indices, self.shapes[table.base], strict=True)))
        free = [
            letter
            for letter in sorted(one.free_symbols | other.free_symbols, key=str)
            if letter in rows and letter not in self.given
        ]
        said = f"{self._text(one, SUM)} = {self._text(other, SUM)}{self._of_reals(one, other)}"
        bound = _binders([(self._name(i), self._name(rows[i])) for i in free])
        return f"(forall {bound}, {said})" if free else said

    def _name(self, letter: Letter) -> str:
        if letter not in self.names:
            plain = re.sub(r"\W", "", str(letter)).lstrip("_") or "x"
            plain = f"{plain}_" if plain in WORDS else plain
            while plain in self.names.values():
                plain += "'"
            self.names[letter] = plain
        return self.names[letter]

    def _text_of_place(self, place: Any) -> str:
        if place.is_Indexed:
            places = " ".join(map(self._text_of_place, place.indices))
            return f"({self._name(place.base)} {places})"
        return self._name(place)

    def _text(self, expression: Any, least: int) -> str:
        """A term, in parentheses unless it holds together as tightly as is asked."""
        text, holds = self._term(expression)
        return text if holds >= least else f"({text})"

    def _term(self, expression: Any) -> tuple[str, int]:
        if isinstance(expression, Rational):
            return self._number(expression)
        if isinstance(expression, Symbol):
            if expression in self.sizes:
                return f"#|{self._name(expression)}|%:R", POWER
            name = self._name(expression)
            return (f"{name}%:R", POWER) if _whole(expression) else (name, WHOLE)
        if expression.is_Indexed:
            places = " ".join(map(self._text_of_place, expression.indices))
            text = f"{self._name(expression.base)} {places}"
            return (f"({text})%:R", POWER) if _whole(expression.base) else (text, POWER)
        if isinstance(expression, Add):
            return self._sum(expression.as_ordered_terms()), SUM
        if isinstance(expression, Sum | Product):
            sign = "sum" if isinstance(expression, Sum) else "prod"
            limits = expression.limits[::-1]
            signs = "".join(
                f"\\{sign}_({self._name(index)} : {self._name(size)}) " for index, _, size in limits
            )
            return signs + self._text(expression.function, FACTOR), TERM
        if isinstance(expression, Mul):
            return self._product(expression)
        if isinstance(expression, Pow):
            return self._power(expression)
        if isinstance(expression, sympy_exp):
            return f"expR {self._argument(expression.args[0])}", POWER
        if isinstance(expression, log):
            if not expression.args[0].is_positive:
                raise Undecided(f"{expression}: Coq must know that this has a logarithm")
            return f"ln {self._argument(expression.args[0])}", POWER
        if isinstance(expression, KroneckerDelta):
            one, other = map(self._text_of_place, expression.args[:2])
            return f"({one} == {other})%:R", POWER
        if isinstance(expression, factorial):
            return f"({self._natural(expression.args[0])}`!)%:R", POWER
        raise Undecided(f"{expression} has no form in Coq's language yet")

    def _argument(self, expression: Any) -> str:
        text, holds = self._term(expression)
        return text if holds == WHOLE else f"({text})"

    def _natural(self, expression: Any) -> str:
        if isinstance(expression, Symbol) and _whole(expression) and expression not in self.sizes:
            return self._name(expression)
        if expression.is_Indexed and _whole(expression.base):
            return self._text_of_place(expression)
        if isinstance(expression, Integer) and expression >= 0:
            return str(expression)
        raise Undecided(f"{expression} is no whole number of Coq's language yet")

    def _number(self, number: Any) -> tuple[str, int]:
        text = str(abs(number.p)) if abs(number.p) <= 1 else f"{abs(number.p)}%:R"
        text = f"{text} / {number.q}%:R" if number.q != 1 else text
        holds = FACTOR if number.q != 1 else WHOLE
        return (
            (f"- {text}" if holds == WHOLE else f"- ({text})", FACTOR)
            if number < 0
            else (text, holds)
        )

    def _sum(self, terms: Sequence[Any]) -> str:
        text = ""
        for term in terms:
            less = term.as_coeff_Mul()[0].is_negative
            said = self._text(-term if less else term, TERM)
            if text:
                text += f" {'-' if less else '+'} {said}"
            else:
                text = f"- {self._text(-term, POWER)}" if less else said
        return text

    def _product(self, expression: Any) -> tuple[str, int]:
        if expression.as_coeff_Mul()[0].is_negative:
            return f"- {self._text(-expression, POWER)}", FACTOR
        above, below = [], []
        for factor in expression.args:
            if isinstance(factor, Pow) and factor.exp.could_extract_minus_sign():
                below.append(factor)
            elif isinstance(factor, Rational) and factor.q != 1:
                above += [Integer(factor.p)] if factor.p != 1 else []
                below.append(Pow(factor.q, -1, evaluate=False))
            else:
                above.append(factor)
        text = " * ".join(self._text(factor, POWER) for factor in above) or "1"
        for factor in below:
            text += f" / {self._text(self._divisor(factor), POWER)}"
        return text, FACTOR

    def _divisor(self, power: Any) -> Expression:
        divisor = power.base ** (-power.exp)
        if not (divisor.is_positive or divisor.is_nonzero):
            raise Undecided(f"{divisor}: Coq must know that this is not 0")
        return divisor

    def _power(self, expression: Any) -> tuple[str, int]:
        base, exponent = expression.base, expression.exp
        if exponent.could_extract_minus_sign():
            return f"({self._text(self._divisor(expression), POWER)})^-1", POWER
        if exponent.is_integer:
            return f"{self._argument(base)} ^+ {self._natural(exponent)}", FACTOR
        if not base.is_positive:
            raise Undecided(f"{expression}: Coq must know that the base is positive")
        return f"{self._argument(base)} `^ {self._argument(exponent)}", FACTOR


def _binders(bound: Sequence[tuple[str, str]]) -> str:
    """`(p q : K -> R) (j : K)`: names of one type side by side."""
    kinds = dict.fromkeys(kind for _, kind in bound)
    groups = {kind: " ".join(name for name, of in bound if of == kind) for kind in kinds}
    return " ".join(f"({names} : {kind})" for kind, names in groups.items())


def _are_labels(hypothesis: Given) -> bool:
    return bool(hypothesis.facts) and isinstance(hypothesis.facts[0][1], IndexedBase)


def _place(hypothesis: Given) -> bool:
    return bool(hypothesis.facts) and bool(getattr(hypothesis.facts[0][0], "is_Relational", False))


def _letters(expression: Any) -> set[Letter]:
    """The letters that an expression depends on, tables by their names."""
    if isinstance(expression, IndexedBase):
        return {expression}
    tables = {part.base for part in _entries(expression)}
    shadows = {table.label for table in tables}
    free = {letter for letter in expression.free_symbols if isinstance(letter, Symbol)}
    return (free - shadows) | tables


def _entries(expression: Any) -> list[Any]:
    return sorted(sympify(expression).atoms(Indexed), key=str)


def _whole(letter: Letter) -> bool:
    return bool(letter.assumptions0.get("integer"))
