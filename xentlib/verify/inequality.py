"""Why one expression lies above another: by a sum that cannot be negative.

It cannot, because of a lemma on one number (`Termwise`, by `Convex`), because each row of it is a
sum of squares (`Rowwise`), or as its letters stand (`Dropped`). The signs that this needs are
derived from the hypotheses; each rule says when the sum is 0.
"""

from dataclasses import dataclass, field
from typing import Any

from sympy import (
    Indexed,
    Mul,
    Pow,
    Sum,
    Symbol,
    diff,
    exp,
    expand_log,
    fraction,
    log,
    simplify,
    sympify,
)

from xentlib.verify import sign
from xentlib.verify._algebra import put
from xentlib.verify._errors import Refuted, Undecided
from xentlib.verify._sympy import Expression, Letter, Limit, Pattern
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import Given, assumes_no_more
from xentlib.verify.proof import size_at, zero
from xentlib.verify.quantity import unfold

NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class Convex:
    """The lemma `gap(t) >= 0`, with `gap(t) = 0` only at `zero`, for every t that the letter may
    be: gap and slope vanish at `zero`, and the curvature is positive everywhere, or with `bent_by`
    everywhere but at one t.
    """

    t: Letter
    gap: Expression
    zero: Expression
    bent_by: "Termwise | None" = None

    def check(self) -> None:
        """Raise unless the lemma is shown."""
        t, gap, there = self.t, sympify(self.gap), sympify(self.zero)
        if t not in (Symbol(t.name, positive=True), Symbol(t.name, real=True)):
            raise Undecided(f"the lemma {self}: {t} is declared positive, or real, and no more")
        if gap.free_symbols != {t}:
            raise Undecided(f"the lemma {self} is about {t} and no other letter")
        if not is_smooth(gap, t):
            raise Undecided(
                f"the lemma {self}: a gap is made of sums, products, exponentials, and logarithms "
                f"and powers of what is positive, so that it has a slope for every {t}"
            )
        if not self.may_be(there):
            raise Undecided(f"the lemma {self}: {there} is no value that {t} may have")
        for words, derivative in (("gap", gap), ("slope", diff(gap, t))):
            value = simplify(derivative.subs(t, there))
            if value != 0:
                raise Refuted(f"the lemma {self} is false: its {words} at {there} is {value}")
        if self.bent_by is not None:
            self._check_bend(self.bent_by)
        elif not sign.positive(self.curvature):
            raise Undecided(f"the lemma {self}: its curvature {self.curvature} is not shown > 0")

    def _check_bend(self, rule: "Termwise") -> None:
        """Raise unless the curvature is a positive weight times the gap of another lemma, which is
        0 at one t at most.
        """
        rule.check(())
        numerator, denominator = fraction(sympify(rule.argument).together())
        deviation = numerator - denominator * rule.lemma.zero
        once = _never_zero(diff(deviation, self.t), ()) and not diff(deviation, self.t).has(self.t)
        if rule.limits or not sign.positive(rule.weight) or not once:
            raise Undecided(f"the lemma {self}: its curvature may vanish more than once")
        if simplify(expand_log(self.curvature - rule.slack())) != 0:
            raise Undecided(f"the lemma {self}: its curvature is not {rule.slack()}")

    def may_be(self, value: Any, given: tuple[Given, ...] = ()) -> bool:
        """Whether it follows that an expression is a value that t may have."""
        return sign.positive(value, given) if self.t.is_positive else sign.real(value, given)

    @property
    def domain(self) -> str:
        """The values that t may have, in words."""
        return "positive" if self.t.is_positive else "real"

    @property
    def curvature(self) -> Expression:
        """The second derivative of the gap."""
        return simplify(diff(self.gap, self.t, 2))

    def at(self, argument: Any) -> Expression:
        """The gap at an argument."""
        return sympify(self.gap).subs(self.t, argument)

    def __str__(self) -> str:
        return f"{self.gap} >= 0"


def is_smooth(expression: Expression, t: Letter, given: tuple[Given, ...] = ()) -> bool:
    """Whether an expression has a slope at every t: what holds no t is real, and logarithms and
    powers are taken of what is positive.
    """
    if not expression.has(t):
        return sign.real(expression, given)
    if isinstance(expression, log):
        proper = sign.positive(expression.args[0], given)
    elif isinstance(expression, exp) or expression == t or expression.is_Add or expression.is_Mul:
        proper = True
    elif isinstance(expression, Pow):
        base, power = expression.as_base_exp()
        proper = bool(power.is_integer and power.is_nonnegative) or sign.positive(base, given)
    else:
        proper = False
    return proper and all(is_smooth(part, t, given) for part in expression.args)


@dataclass(frozen=True, kw_only=True)
class Termwise:
    """Above by `Sum(weight * gap(argument))`: each argument is one that the lemma is about, and no
    weight is negative.
    """

    lemma: Convex
    weight: Expression
    argument: Expression
    limits: tuple[Limit, ...] = ()

    def slack(self) -> Expression:
        """By how much the right side lies above the left."""
        return _summed(self.weight * self.lemma.at(self.argument), self.limits)

    def check(self, given: tuple[Given, ...]) -> None:
        """Raise unless the slack cannot be negative."""
        self.lemma.check()
        _refuse_other_sums(self, self.limits)
        _refuse_a_sign(self, self.weight, given)
        if not self.lemma.may_be(self.argument, given):
            raise Undecided(
                f"Termwise: that the argument {self.argument} is {self.lemma.domain} does not "
                f"follow from the hypotheses, and the lemma {self.lemma} needs it"
            )

    def equality(self, given: tuple[Given, ...]) -> str:
        """When the slack is 0."""
        numerator, denominator = fraction(sympify(self.argument).together())
        there = denominator * self.lemma.zero
        if _never_zero(numerator - there, given):
            return _vanishing(self.weight, given) + _for_every(self.limits)
        return f"{numerator} = {there}" + _where(self.weight, self.limits, given)

    def vanishes(self, pattern: Pattern, given: tuple[Given, ...]) -> bool:
        """Whether the slack is 0 where the pattern is put."""
        return zero(put(self.argument - self.lemma.zero, pattern), _with_indices(self, given))

    def forces(
        self, entry: Any, value: Any, given: tuple[Given, ...], points: list[dict[Letter, Any]]
    ) -> bool:
        """Whether the slack is 0 only where the entry has the value, at every index."""
        numerator, denominator = fraction(sympify(self.argument).together())
        deviation = numerator - denominator * self.lemma.zero
        return (
            sign.positive(self.weight, given)
            and _runs_over_all(entry, self.limits, points)
            and _is_solved_by(deviation, entry, value, _with_indices(self, given))
        )


@dataclass(frozen=True, kw_only=True)
class Rowwise:
    """Above by `Sum(weight * lemma.start)`, where the chain `lemma` ends in what cannot be
    negative, squares for instance; `row` says what its letters are here, `{q[k]: p[i, k]}`.
    """

    lemma: Chain
    weight: Expression
    row: Pattern = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()

    def slack(self) -> Expression:
        """By how much the right side lies above the left."""
        return _summed(self.weight * put(unfold(self.lemma.start), self.row), self.limits)

    def check(self, given: tuple[Given, ...]) -> None:
        """Raise unless the slack cannot be negative."""
        try:
            self.lemma.check()
        except (Refuted, Undecided) as trouble:
            raise type(trouble)(f"Rowwise, its lemma: {trouble}") from None
        if not sign.nonnegative(unfold(self.lemma.last), self.lemma.given):
            raise Undecided(
                f"Rowwise: that {self.lemma.last}, in which its lemma ends, is nonnegative does "
                "not follow from the hypotheses"
            )
        _refuse_other_sums(self, self.limits)
        _refuse_a_sign(self, self.weight, given)
        self._refuse_other_rows(given)

    def _refuse_other_rows(self, given: tuple[Given, ...]) -> None:
        """Raise unless what the lemma assumes holds of each row."""
        rows = {getattr(entry, "base", entry): (entry, value) for entry, value in self.row.items()}
        for assumed in self.lemma.given:
            if assumed.symbol in rows:
                entry, value = rows[assumed.symbol]
                free = type(assumed) is Given and assumed.bounds is None
                holds = free and _as_declared(entry, value, given)
            else:
                holds = any(assumes_no_more(assumed, here) for here in given)
            if not (holds and all(self._holds_of_rows(fact, given) for fact in assumed.facts)):
                raise Undecided(
                    f"Rowwise: what its lemma assumes of {assumed.symbol} does not follow of the "
                    "rows from the hypotheses"
                )

    def _holds_of_rows(self, fact: tuple[Any, Any], given: tuple[Given, ...]) -> bool:
        said, value = (put(side, self.row) for side in fact)
        if (said, value) == tuple(map(sympify, fact)):
            return True  # it is not about what the rows replace
        return isinstance(said, Sum) and zero(said - value, _with_indices(self, given))

    def equality(self, given: tuple[Given, ...]) -> str:
        """When the slack is 0."""
        return f"{put(unfold(self.lemma.last), self.row)} = 0" + _where(
            self.weight, self.limits, given
        )

    def vanishes(self, pattern: Pattern, given: tuple[Given, ...]) -> bool:
        """Whether the slack is 0 where the pattern is put."""
        squares = put(put(unfold(self.lemma.last), self.row), pattern)
        return zero(squares, _with_indices(self, given))

    def forces(
        self, entry: Any, value: Any, given: tuple[Given, ...], points: list[dict[Letter, Any]]
    ) -> bool:
        """Of squares nothing is derived but what `equality` says."""
        return False


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """Above by an amount that is nonnegative as its letters stand: 1 - s for a share s, a sum of
    squares with weights.
    """

    amount: Expression

    def slack(self) -> Expression:
        """By how much the right side lies above the left."""
        return sympify(self.amount)

    def check(self, given: tuple[Given, ...]) -> None:
        """Raise unless the slack cannot be negative."""
        _refuse_a_sign(self, self.amount, given)

    def equality(self, given: tuple[Given, ...]) -> str:
        """When the slack is 0."""
        return _vanishing(self.amount, given)

    def vanishes(self, pattern: Pattern, given: tuple[Given, ...]) -> bool:
        """Whether the slack is 0 where the pattern is put."""
        return zero(put(self.amount, pattern), given)

    def forces(
        self, entry: Any, value: Any, given: tuple[Given, ...], points: list[dict[Letter, Any]]
    ) -> bool:
        """Whether the slack is 0 only where the letter has the value."""
        return isinstance(entry, Symbol) and _is_solved_by(
            fraction(sympify(self.amount).together())[0], entry, value, given
        )


def _summed(term: Expression, limits: tuple[Limit, ...]) -> Expression:
    return Sum(term, *limits) if limits else term


def _refuse_other_sums(rule: Any, limits: tuple[Limit, ...]) -> None:
    if not sign.over_tables(limits):
        raise Undecided(f"{type(rule).__name__}: each index runs from 1 to a size, not {limits}")


def _refuse_a_sign(rule: Any, weight: Any, given: tuple[Given, ...]) -> None:
    if not sign.nonnegative(weight, given):
        name = "amount" if isinstance(rule, Dropped) else "weight"
        raise Undecided(
            f"{type(rule).__name__}: that the {name} {weight} is nonnegative does not follow from "
            "the hypotheses"
        )


def _is_solved_by(deviation: Any, entry: Any, value: Any, given: tuple[Given, ...]) -> bool:
    """Whether a deviation is linear in the entry and 0 at the value, so nowhere else."""
    slope = simplify(diff(deviation, entry))
    return (
        _never_zero(slope, given)
        and not slope.has(entry)
        and zero(put(deviation, {entry: value}), given)
    )


def _runs_over_all(entry: Any, limits: tuple[Limit, ...], points: list[dict[Letter, Any]]) -> bool:
    """Whether the limits reach every entry of a table, as it was drawn."""
    if not isinstance(entry, Indexed):
        return True
    sizes = {v: high for v, _, high in limits}
    for point in points:
        table = point[entry.base]
        for index in entry.indices:
            if index not in sizes or len(table) != size_at(sizes[index], point):
                return False
            table = table[0]
    return True


def _as_declared(entry: Any, value: Any, given: tuple[Given, ...]) -> bool:
    """Whether a value has what the letter is declared to have."""
    value = sympify(value)
    needs = (
        (entry.is_positive, sign.positive),
        (entry.is_nonnegative, sign.nonnegative),
        (entry.is_real, sign.real),
    )
    signs = all(holds(value, given) for wanted, holds in needs if wanted)
    return signs and (not entry.is_integer or bool(value.is_integer))


def _never_zero(expression: Any, given: tuple[Given, ...]) -> bool:
    return sign.positive(expression, given) or sign.positive(-expression, given)


def _vanishing(amount: Any, given: tuple[Given, ...]) -> str:
    """When an amount is 0: without the factors that are positive anyway."""
    numerator, _ = fraction(sympify(amount).together())
    factors = [f for f in Mul.make_args(numerator) if not _never_zero(f, given)]
    return f"{Mul(*factors)} = 0" if factors else NEVER


def _for_every(limits: tuple[Limit, ...]) -> str:
    return f" for every {', '.join(str(v) for v, *_ in limits)}" if limits else ""


def _where(weight: Any, limits: tuple[Limit, ...], given: tuple[Given, ...]) -> str:
    if not sign.positive(weight, given):
        return f" wherever {weight} > 0"
    return _for_every(limits)


def _with_indices(rule: Any, given: tuple[Given, ...]) -> tuple[Given, ...]:
    """The hypotheses, with one place in the tables for each index of the rule's sum."""
    return (*given, *(_place(v, high) for v, _, high in rule.limits))


def _place(v: Letter, high: Any) -> Given:
    return Given(v, lambda random, known: random.randint(1, size_at(high, known)))
