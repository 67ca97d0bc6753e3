"""Derivations: a first expression, and steps that each equal the one before, with a reason.

Every `=` is checked in two ways: both sides agree at exact points to 50 digits, then SymPy
simplifies the difference to zero. What is assumed is said once, by a `Given`: it draws the points
and gives the algebra its facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from sympy import (
    Basic,
    Expr,
    Float,
    Indexed,
    IndexedBase,
    MatrixSymbol,
    N,
    Product,
    Symbol,
    log,
    sympify,
    true,
)

from xentlib.verify import sign
from xentlib.verify._algebra import remainder
from xentlib.verify._errors import Refuted, Undecided
from xentlib.verify._latex import reading
from xentlib.verify._limit import within
from xentlib.verify._steps import bundle
from xentlib.verify._sympy import (
    Add,
    AppliedUndef,
    Expression,
    Letter,
    Matrix,
    Mul,
    Relation,
    Relational,
    Sum,
)
from xentlib.verify._values import (
    DIGITS,
    Point,
    agree,
    evaluate,
    exact_value,
    format_expression,
    format_letter,
    format_number,
    format_point,
)
from xentlib.verify.hypotheses import Given, Source, places_in
from xentlib.verify.quantity import Equal, Quantity, unfold

POINTS = 5
SIMPLE_POINTS = 12  # where a counter-example is looked for first
SECONDS = 60.0  # for the numbers of all steps, and for the algebra of each
NEAR = 4  # times the width of what is drawn: farther off a bound says nothing of it
LONGEST_DIFFERENCE = 60  # signs of a difference that is printed beside its value
ASSUMED = ("integer", "positive", "nonnegative", "negative", "nonpositive", "nonzero", "real")
DRAWN = ", drawn "  # between a hypothesis and what was drawn of it
LOWERED = str.maketrans("ijkl", "ᵢⱼₖₗ")


class Step(NamedTuple):
    """What was found of a step: `holds`, `refuted` or `undecided`, and why in words."""

    place: int
    reason: str
    outcome: str
    said: str

    def __str__(self) -> str:
        return f"step {self.place} ({self.reason}){self.said}"


@dataclass(frozen=True)
class Chain:
    """`start`, then `(expression, reason)` steps, under the hypotheses `given`."""

    start: Expression
    steps: tuple[tuple[Expression, str], ...]
    given: tuple[Given, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", _as_expression(self.start))
        if _are_steps(self.steps):  # what is no step is told by `check`
            steps = tuple((_as_expression(step[0]), step[1]) for step in self.steps)
            object.__setattr__(self, "steps", steps)

    @property
    def last(self) -> Expression:
        """What it ends in."""
        return self.steps[-1][0]

    @cached_property
    def unfolded(self) -> Chain:
        """The same chain with each quantity replaced by what its name stands for."""
        if not _are_steps(self.steps) or not any(map(_is_named, self._expressions())):
            return self
        steps = tuple((unfold(expression), reason) for expression, reason in self.steps)
        return Chain(start=unfold(self.start), steps=steps, given=self.given)

    def _expressions(self) -> list[Expression]:
        return [self.start, *(step[0] for step in self.steps)]

    @property
    def number_of_steps(self) -> int:
        """Those that SymPy did not take by itself while they were typed."""
        return sum(before != after for before, after, _ in self._equations())

    def _equations(self) -> Iterator[tuple[Expression, Expression, str]]:
        before = self.start
        for after, reason in self.steps:
            yield before, after, reason
            before = after

    def points(self, seed: int) -> Iterator[dict[Letter, Any]]:
        """Points that satisfy the hypotheses, the first at the edges of what is drawn, the others
        at random; sizes come before what they measure.
        """
        random = Source(seed)
        for place in range(POINTS):
            random.corner = place == 0
            yield self._point(random)

    def simple_points(self, seed: int) -> Iterator[dict[Letter, Any]]:
        """Points of small whole numbers, the simplest first."""
        random = Source(seed)
        for place in range(SIMPLE_POINTS):
            random.simplest = 1 + place // 3
            yield self._point(random)

    def _point(self, random: Source) -> dict[Letter, Any]:
        point: dict[Letter, Any] = {}
        for given in self.given:
            try:
                point[given.symbol] = given.draw(random, point)
            except KeyError as missing:
                raise Undecided(
                    f"{given.symbol} is measured by {missing.args[0]}, which has no hypothesis "
                    f"before it; put size({missing.args[0]}) or its own hypothesis first"
                ) from None
            _refuse_what_was_not_assumed(given, point[given.symbol], point)
        return point

    @property
    def states(self) -> Equal:
        """That its two ends are equal."""
        return Equal(self.start, self.last)

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """What is assumed, one line for each symbol, as it is printed under a statement."""
        drawn = list(self.points(0))
        said = (_said(given, [point[given.symbol] for point in drawn]) for given in self.given)
        beside = (given.beside(self.given) for given in self.given)
        return (*said, *filter(None, beside))

    @cached_property
    def symbolic(self) -> bool:
        """Whether something is left that varies: a number times one letter is still a number."""
        if self.unfolded is not self:
            return self.unfolded.symbolic
        letters = self.start.free_symbols | self.last.free_symbols
        varying = [end.as_independent(*letters, as_Add=False) for end in (self.start, self.last)]
        same_letters = varying[0][1] == varying[1][1]
        return bool(letters) and not (same_letters and varying[0][0] != varying[1][0])

    def check(self, seed: int = 0, seconds: float = SECONDS) -> None:
        """Raise unless every `=` holds in both ways."""
        steps = self.verdicts(seed, seconds)
        for outcome, error in (("refuted", Refuted), ("undecided", Undecided)):
            for step in steps:
                if step.outcome == outcome:
                    raise error(str(step))

    def verdicts(self, seed: int = 0, seconds: float = SECONDS) -> tuple[Step, ...]:
        """What is found of each step: numbers of all steps first, for they refute, then algebra.

        Raises `Undecided` where the chain as a whole says nothing.
        """
        if self.unfolded is not self:
            return self.unfolded.verdicts(seed, seconds)
        self._refuse_what_is_no_chain()
        self._refuse_what_was_not_said()
        self._refuse_a_return()
        points = list(self.points(seed))
        steps = self._by_numbers(points, seed, seconds)
        if any(step.outcome == "refuted" for step in steps):
            return steps
        if all(step.outcome == "holds" for step in steps):
            self._refuse_bounds_far_off(points, seed)
            self._refuse_a_division()
        return tuple(
            self._by_algebra(step, before, after, seconds) if step.outcome == "holds" else step
            for step, (before, after, _) in zip(steps, self._equations(), strict=True)
        )

    def _refuse_what_is_no_chain(self) -> None:
        if not _are_steps(self.steps):
            raise Undecided(
                "each step is a pair (expression, reason), and a single step needs its comma: "
                "steps=((expression, reason),)"
            )
        if not self.steps:
            raise Undecided("a chain without a step shows nothing")
        if not isinstance(self.given, tuple | list) or isinstance(self.given, Given):
            raise Undecided("a single hypothesis needs its comma: given=(number(a),)")
        for place, expression in enumerate(self._expressions()):
            _refuse_what_is_no_expression(expression, f"step {place}" if place else "the start")

    def _refuse_a_return(self) -> None:
        if without_names(self.start) == without_names(self.last):
            raise Undecided(
                "the chain compares an expression with itself"
                if len(self.steps) == 1
                else "the chain returns to its start, so it shows nothing"
            )

    def _refuse_what_was_not_said(self) -> None:
        """Raise where a hypothesis is missing, said twice, or invented."""
        given: dict[Letter, Given] = {}
        for hypothesis in self.given:
            if not isinstance(hypothesis, Given):
                raise Undecided(f"{hypothesis} is no hypothesis; number({hypothesis}) is one")
            if hypothesis.symbol in given:
                raise Undecided(f"{hypothesis.symbol} has two hypotheses")
            if str(hypothesis.symbol) in map(str, given):
                raise Undecided(
                    f"{hypothesis.symbol} is the name of two letters; a reader sees one"
                )
            given[hypothesis.symbol] = hypothesis
        for hypothesis in self.given:
            said = [side for fact in hypothesis.facts for side in fact]
            said += [bound for bound in hypothesis.bounds or () if bound is not None]
            if any(sympify(side).has(Float) for side in said if not isinstance(side, IndexedBase)):
                raise Undecided(f"{hypothesis.symbol} brings a float; write a Rational")
            for fact in hypothesis.facts:
                if not _may_be_assumed(hypothesis, fact, given):
                    raise Undecided(
                        f"{hypothesis.symbol} brings the fact {fact[0]} = {fact[1]}: a hypothesis "
                        "may say what a table sums to, with weights that are a table, or that an "
                        "index lies in its table, and nothing else"
                    )
                of_a_table = isinstance(getattr(fact[0], "function", None), Indexed)  # Σ p[k]
                shown = {unfold(self.start), unfold(self.last)}
                if not of_a_table and {*map(unfold, fact)} == shown:
                    raise Undecided(
                        f"{hypothesis.symbol} brings the fact {fact[0]} = {fact[1]}, which is what "
                        "the chain is to show"
                    )
        for place, expression in enumerate([self.start, *(step[0] for step in self.steps)]):
            where = f"step {place}" if place else "the start"
            for letter in sorted(_bound(expression) & set(given), key=str):
                raise Undecided(
                    f"{letter} has a hypothesis, and {where} sums over {letter}: a reader sees one "
                    "letter; call the other one otherwise"
                )
            for letter in sorted(_letters(expression) - set(given), key=str):
                raise Undecided(_without_hypothesis(letter, expression, where, given))

    def _refuse_bounds_far_off(self, points: list[dict[Letter, Any]], seed: int) -> None:
        """Raise where nothing is drawn near a bound that is assumed: it would be said, and not
        looked at.
        """
        for given in self.given:
            for bound in given.bounds or ():
                tried = bound is None or _is_near(bound, [p[given.symbol] for p in points])
                if not tried:
                    more = [*points, *self.simple_points(seed)]
                    tried = _is_near(bound, [p[given.symbol] for p in more])
                if not tried:
                    raise Undecided(
                        f"{given.symbol} is bounded by {bound}, and nothing is drawn near that: a "
                        "bound so far off says nothing of what was looked at"
                    )

    def _refuse_a_division(self) -> None:
        """Raise where an expression divides by what may be 0, as far as the hypotheses say."""
        for place, expression in enumerate(self._expressions()):
            for divisor, running in dict.fromkeys(sign.divisors(expression)):
                if not sign.nonzero(divisor, self.given, running):
                    raise Undecided(
                        f"{f'step {place}' if place else 'the start'} divides by {divisor}, and "
                        "that it is not 0 does not follow from the hypotheses; the last of its "
                        f"letters can say so, by .nonzero({divisor})"
                    )

    def _by_numbers(
        self, points: list[dict[Letter, Any]], seed: int, seconds: float
    ) -> tuple[Step, ...]:
        """Each step at each point, to 50 digits."""
        expressions = [self.start, *(step[0] for step in self.steps)]
        self._refuse_facts_that_fail(points)
        found: list[Any] = []
        for place, expression in enumerate(expressions):
            try:
                found.append(within(seconds, lambda e=expression: _values(e, points)))
            except Undecided as trouble:
                found.append(f"step {place}: {trouble}" if place else f"the start: {trouble}")
        steps = []
        for place, (before, after, reason) in enumerate(self._equations(), 1):
            sides = found[place - 1], found[place]
            troubles = [side for side in sides if isinstance(side, str)]
            if before == after:
                step = Step(place, reason, "holds", ": SymPy takes it while it is typed")
            elif troubles:
                step = Step(place, reason, "undecided", f" shows nothing; {troubles[0]}")
            elif all(agree(a, b) for a, b in zip(*sides, strict=True)):
                step = Step(place, reason, "holds", f": equal at {len(points)} points")
            else:
                step = Step(place, reason, "refuted", self._failure(before, after, points, seed))
            steps.append(step)
        return tuple(steps)

    def _refuse_facts_that_fail(self, points: list[dict[Letter, Any]]) -> None:
        sums = [fact for given in self.given for fact in given.facts if isinstance(fact[0], Sum)]
        for total, value in sums:
            for point in points:
                for row in places_in(total, point):
                    left, right = (sympify(side).subs(row) for side in (total, value))
                    if not agree(*_values(left, [point]), *_values(right, [point])):
                        raise Undecided(
                            f"Σ {total.function} = {value} is assumed, and fails at "
                            f"{format_point(point)}, which was drawn"
                        )

    def _failure(
        self, before: Expression, after: Expression, points: list[dict[Letter, Any]], seed: int
    ) -> str:
        """The simplest counter-example, with the difference where it is short."""
        for point in [*self.simple_points(seed), *points]:
            try:
                left, right = (exact_value(side, point) for side in (before, after))
            except Undecided:  # no value there, so no counter-example there
                continue
            if not agree(N(left, DIGITS), N(right, DIGITS)):
                break
        else:
            raise AssertionError("a point that failed does not")  # pragma: no cover
        return (
            f" fails at {format_point(point)}: {format_number(left)} is not "
            f"{format_number(right)}{self._difference(before, after, left - right)}"
        )

    def _difference(self, before: Expression, after: Expression, value: Expression) -> str:
        try:
            left, _ = within(5.0, lambda: remainder(before, after, self.given))
        except (Undecided, NotImplementedError, TypeError, ValueError):
            return ""
        text = format_expression(left)
        if len(text) > LONGEST_DIFFERENCE or not left.free_symbols:
            return f" (the difference is {format_number(value)})"
        return f" (the difference is {format_number(value)} = {text})"

    def _by_algebra(
        self, step: Step, before: Expression, after: Expression, seconds: float
    ) -> Step:
        if before == after:
            return step
        try:
            left, unused = within(seconds, lambda: remainder(before, after, self.given))
        except Undecided as trouble:
            return step._replace(outcome="undecided", said=f": {trouble}{step.said}")
        except RuntimeError as trouble:  # a fault within SymPy, or too deep a recursion
            said = f": SymPy broke off ({trouble}){step.said}"
            return step._replace(outcome="undecided", said=said)
        if left == 0:
            return step._replace(said=": holds")
        facts = f"; not used: {', '.join(unused)}" if unused else ""
        return step._replace(
            outcome="undecided",
            said=(
                f": SymPy does not simplify the difference to 0; the two are equal at {POINTS} "
                f"points; what is left: {format_expression(left)}{facts}"
            ),
        )

    def refute(self, wrong: Expression, seed: int = 0) -> str:
        """The counter-example to `start = wrong`, as text: finite and of small numbers, if such a
        one is found.
        """
        if self.unfolded is not self:
            return self.unfolded.refute(wrong, seed)
        wrong, compared, infinite = unfold(wrong), False, ""
        for point in [*self.simple_points(seed), *self.points(seed)]:
            try:
                right, value = exact_value(self.start, point), exact_value(wrong, point, False)
            except Undecided:  # no value there, so no counter-example there
                continue
            a, b = N(right, DIGITS), N(value, DIGITS)
            where, truth = f"at {format_point(point)} it", format_number(right, 4)
            if b.is_finite is False:
                infinite = infinite or f"{where} is infinite, not {truth}"
            elif a.is_real and b.is_real:
                compared = True
                if not agree(a, b):
                    if format_number(value, 4) == truth:
                        raise Undecided(f"{where} gives {truth} too, to 4 digits: nobody errs so")
                    return f"{where} gives {format_number(value, 4)}, not {truth}"
        if infinite:
            return infinite
        if not compared:
            raise Undecided(f"{wrong} or {self.start} has no real value wherever it was tried")
        raise Undecided(f"{wrong} agrees with {self.start} wherever it was tried")

    def show_mistake(self, end: Expression) -> str:
        """What a mistake says that the chain ends in, as Markdown."""
        return (
            f"$$\\begin{{aligned}}\n& {reading(self.start)} \\\\\n&\\quad \\overset{{?}}{{=}} "
            f"{reading(sympify(end))}\n\\end{{aligned}}$$"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return bundle(self.start, (("=", *step) for step in self.steps))


def _is_named(expression: Any) -> bool:
    return isinstance(expression, Basic) and expression.has(Quantity)


def without_names(expression: Expression) -> Expression:
    """The expression with its bound letters named in one way."""
    return expression if isinstance(expression, Symbol) else expression.as_dummy()


def _as_expression(value: Any) -> Expression:
    whole = isinstance(value, (int, Fraction)) and not isinstance(value, bool)
    return sympify(value) if whole else value


def _are_steps(steps: Any) -> bool:
    return isinstance(steps, (tuple, list)) and all(
        isinstance(step, (tuple, list)) and len(step) == 2 and isinstance(step[1], str)
        for step in steps
    )


def _refuse_what_is_no_expression(expression: Any, where: str) -> None:
    if isinstance(expression, Relation):
        raise Undecided(f"{where} is a relation; a chain has only =")
    if isinstance(expression, float) or isinstance(expression, Basic) and expression.has(Float):
        raise Undecided(f"{where} holds a float; write a Rational")
    matrices = expression.atoms(MatrixSymbol) if isinstance(expression, Basic) else ()
    if matrices or isinstance(expression, Matrix):
        name = min(map(str, matrices), default="this matrix")
        raise Undecided(f"no hypothesis for {name}; matrices have no form")
    if not isinstance(expression, Expr):
        raise Undecided(f"{where} is {expression!r}, which is no expression of SymPy")
    for unknown in expression.atoms(AppliedUndef):
        raise Undecided(f"{where} has the function {unknown}; an unknown function has no value")


def _letters(expression: Expression) -> set[Letter]:
    """What must have a hypothesis: letters that are not bound, and tables."""
    bases = {entry.base for entry in expression.atoms(Indexed)}
    labels = {base.label for base in bases}
    return bases | {s for s in expression.free_symbols - labels if isinstance(s, Symbol)}


def _bound(expression: Expression) -> set[Letter]:
    """The letters that run in sums and products."""
    return {limit[0] for inner in expression.atoms(Sum, Product) for limit in inner.limits}


def _without_hypothesis(letter: Letter, expression: Expression, where: str, given: Any) -> str:
    if str(letter) in map(str, given):
        return (
            f"{letter} has a hypothesis, and {where} uses another {letter}: the two are declared "
            "with different assumptions"
        )
    entries = sorted(str(e) for e in expression.atoms(Indexed) if e.base == letter)
    return f"{letter} has no hypothesis; {where} uses {entries[0] if entries else 'it'}"


def _values(expression: Expression, points: Sequence[Point]) -> list[Expression]:
    """The values at all points; raise where one has none, and say why if that is known."""
    values = []
    for point in points:
        try:
            values.append(evaluate(expression, point))
        except Undecided as trouble:
            raise Undecided(
                f"at {format_point(point)}: {trouble}{_zero_in_a_logarithm(expression, point)}"
            ) from None
    return values


def _zero_in_a_logarithm(expression: Expression, point: Point) -> str:
    zeros = [
        str(symbol)
        for symbol, value in point.items()
        if 0 in _flat(value) and symbol in _letters(expression)
    ]
    if not (zeros and expression.has(log)):
        return ""
    return f"; {zeros[0]} was drawn with a 0 and log 0 occurs; declare it positive"


def _may_be_assumed(hypothesis: Given, fact: tuple[Any, Any], given: dict[Letter, Given]) -> bool:
    """Whether a fact is one that a hypothesis may bring: that an index or a label lies in its
    table, or what the entries of a table sum to, perhaps weighted by the entries of another.
    """
    said, value = fact
    if isinstance(said, Relational):
        ends = said.args
        upper = next((end for end in ends if end in given and end != hypothesis.symbol), None)
        return value is true and said in (upper >= hypothesis.symbol, hypothesis.symbol <= upper)
    if not isinstance(said, Sum):
        return value == hypothesis.symbol and isinstance(value, IndexedBase) and said in given
    entries = Mul.make_args(said.function)
    tables = [entry.base for entry in entries if isinstance(entry, Indexed)]
    limits = len(said.limits) == 1 and said.limits[0][1] == 1 and said.limits[0][2] in given
    return limits and len(tables) == len(entries) == len(set(tables)) and set(tables) <= set(given)


def _refuse_what_was_not_assumed(given: Given, drawn: Any, point: Point) -> None:
    """Raise where a drawn value is not what its letter, its bounds and its facts say."""
    low, high = given.bounds or (None, None)
    known = given.symbol.assumptions0
    tops = [point[upto] for upto, y in given.facts if isinstance(y, IndexedBase) and upto in point]
    for value in _flat(drawn):
        said = f"{given.symbol} was drawn {value}"
        number = sympify(value)
        if number.has(Float):
            raise Undecided(f"{said}, a float; draw a Rational")
        for word in ASSUMED:
            if known.get(word) and getattr(number, f"is_{word}") is False:
                raise Undecided(f"{said}, which is not {word}")
        strict = not given.symbol.is_integer
        outside = (low is not None and (number <= low if strict else number < low)) or (
            high is not None and (number >= high if strict and not given.closed else number > high)
        )
        if outside or any(not 1 <= number <= top for top in tops):
            raise Undecided(f"{said}, outside what is assumed")


def _is_near(bound: Expression, drawn: list[Any]) -> bool:
    """Whether something is drawn within a few times the width of all that is drawn."""
    width = max(drawn) - min(drawn)
    return bool(min(abs(value - bound) for value in drawn) <= NEAR * width)


def _said(given: Given, drawn: list[Any]) -> str:
    """A hypothesis in words, and after `DRAWN` what was drawn of a whole number, or that a table
    was drawn with zeros.
    """
    symbol, name = given.symbol, format_letter(given.symbol)
    is_table, sign = isinstance(symbol, IndexedBase), _sign_of(symbol)
    tops = [upto for upto, y in given.facts if isinstance(y, IndexedBase)]
    tops += [e for said, _ in given.facts if isinstance(said, Relational) for e in said.args]
    tops = [upto for upto in tops if upto != symbol]
    sums = [fact for fact in given.facts if isinstance(fact[0], Sum)]
    low, high = given.bounds or (None, None)
    few, entries = "", f"{name}[{'·, ·' if _has_rows(drawn) else '·'}]"
    if tops:
        upto = f"1, …, {format_expression(tops[0])}"
        return f"{entries} among {upto}" if is_table else f"{name} = {upto}"
    if is_table:
        kinds = ["whole"] * bool(symbol.assumptions0.get("integer")) + [sign] * bool(sign)
        kind = f"{entries} {', '.join(kinds) or 'real'}"
        few = "with zeros" * (sign == "≥ 0" and 0 in _flat(drawn))
    elif any(value == symbol for _, value in sums):
        return " = ".join([name, *(_total(said) for said, _ in sums)])
    elif symbol.is_integer and low is not None and low == high:
        kind = f"{name} = {low}"
    elif symbol.is_integer:
        few = ", ".join(map(str, sorted(set(drawn))))
        kind = f"{name} {'whole' if low is None else f'≥ {low}'}"
    elif low is not None and high is not None:
        kind = f"{low} < {name} {'≤' if given.closed else '<'} {high}".replace("-", "−")
    else:
        kind = f"{name} {sign or 'real'}"
    totals = [f"{_total(said)} = {format_expression(value)}" for said, value in sums]
    return ", ".join([kind, *totals, *map(_apart, given.apart)]) + (few and DRAWN + few)


def _apart(expression: Expression) -> str:
    """That it is not 0, as two sides: `x ≠ y`."""
    taken = [term for term in Add.make_args(expression) if term.could_extract_minus_sign()]
    right = -Add(*taken)
    return f"{format_expression(expression + right)} ≠ {format_expression(right)}"


def _total(said: Expression) -> str:
    """A sum of entries, such as `Σₖ p[k]`."""
    index = str(said.limits[0][0]).translate(LOWERED)
    return f"Σ{index} {format_expression(said.function).replace('*', ' ')}"


def _has_rows(drawn: list[Any]) -> bool:
    """Whether what was drawn is a table of two indices."""
    return isinstance(drawn[0], (list, tuple)) and isinstance(drawn[0][0], (list, tuple))


def _sign_of(symbol: Letter) -> str:
    """What its declaration says of its sign."""
    known = symbol.assumptions0
    signs = {"positive": "> 0", "nonnegative": "≥ 0", "nonzero": "≠ 0"}
    return next((sign for word, sign in signs.items() if known.get(word)), "")


def without_draws(said: str) -> str:
    """A hypothesis in words, as a statement has it: not what was drawn."""
    return said.partition(DRAWN)[0]


def what_was_drawn(said: str) -> str:
    """The other part of it, such as `K = 1, 3, 4` and `p with zeros`; nothing, if there is none."""
    kind, _, few = said.partition(DRAWN)
    name = kind.partition(" ")[0].partition("[")[0]
    return (f"{name} {few}" if few.startswith("with") else f"{name} = {few}") if few else ""


def _flat(table: Any) -> list[Any]:
    if isinstance(table, (list, tuple)):
        return [inner for row in table for inner in _flat(row)]
    return [table]
