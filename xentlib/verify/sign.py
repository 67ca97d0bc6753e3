"""Signs that follow from the hypotheses: SymPy knows them of letters, and of a sum they follow from
its terms. Where nothing follows, nothing is said.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from sympy import (
    Derivative,
    Dummy,
    Indexed,
    Integral,
    Limit,
    Pow,
    Symbol,
    cancel,
    diff,
    factor,
    log,
    simplify,
    sympify,
    together,
)

from xentlib.verify._errors import Undecided
from xentlib.verify._sympy import Expression, Mul, Product, Sum
from xentlib.verify.hypotheses import Given

Limits: TypeAlias = tuple[Any, ...]


def positive(expression: Any, given: Iterable[Given] = ()) -> bool:
    """Whether it follows that the expression is positive, for every value of its letters."""
    return any(form.is_positive for form in _forms(expression, given))


def nonnegative(expression: Any, given: Iterable[Given] = ()) -> bool:
    """Whether it follows that the expression is nonnegative."""
    return any(form.is_nonnegative for form in _forms(expression, given))


def real(expression: Any, given: Iterable[Given] = ()) -> bool:
    """Whether it follows that the expression is real."""
    return any(form.is_real for form in _forms(expression, given))


def nonzero(expression: Any, given: Iterable[Given] = (), running: Limits = ()) -> bool:
    """Whether it follows that the expression is not 0: each factor has a sign, or is said not to
    be 0, or is 0 at most where its letter may not be. `running` are the indices of sums around it.
    """
    given, plain = tuple(given), sympify(expression).replace(Derivative, _differentiated)
    if plain.is_nonzero or positive(plain, given):
        return True
    return all(_is_apart(part, given, running) for part in Mul.make_args(factor(plain)))


def _differentiated(*derivative: Any) -> Expression:
    return Derivative(*derivative).doit()


def _is_apart(part: Expression, given: tuple[Given, ...], running: Limits) -> bool:
    said = [e for hypothesis in given for e in hypothesis.apart]
    if part in said or -part in said:
        return True
    if part.is_Pow:
        return nonzero(part.base, given, running)
    if isinstance(part, log) and positive(part.args[0], given):
        return nonzero(part.args[0] - 1, given, running)
    above = part.xreplace(_from_below(given))
    if any(side.is_nonzero or positive(side, given) for side in (part, -part, above, -above)):
        return True
    if isinstance(part, Sum) and _holds_a_positive_term(part, given, running):
        return True
    multiples = (simplify(part / e) for e in said)
    return any(m.is_number and m.is_nonzero for m in multiples) or _is_monotone(part, given)


def _holds_a_positive_term(part: Expression, given: tuple[Given, ...], running: Limits) -> bool:
    """Whether no term of a sum is negative, and that at an index of a sum around it is positive."""
    ((index, *ends), *others) = part.limits
    same = [other for other, *around in running if around == ends]
    return (
        not others
        and nonnegative(part.function, given)
        and any(positive(part.function.subs(index, other), given) for other in same)
    )


def _from_below(given: tuple[Given, ...]) -> dict[Any, Any]:
    """Each whole number without an upper bound, as its least value and what it has beyond that."""
    bounds = ((g.symbol, g.bounds) for g in given if g.bounds and g.symbol.is_integer)
    return {
        n: low + Dummy("n", integer=True, nonnegative=True)
        for n, (low, high) in bounds
        if low is not None and high is None
    }


def _is_monotone(part: Expression, given: tuple[Given, ...]) -> bool:
    """Whether it is 0 at 0 and nowhere else, for it rises or falls in a letter that is not 0."""
    letters = part.free_symbols
    if len(letters) != 1 or not (x := next(iter(letters))).is_nonzero or part.has(Sum, Product):
        return False
    slope = diff(part, x)
    return bool(part.subs(x, 0) == 0) and (positive(slope, given) or positive(-slope, given))


def divisors(expression: Any, running: Limits = ()) -> Iterator[tuple[Expression, Limits]]:
    """What an expression divides by, and the sums that it takes logarithms of, for their terms may
    cancel, each with the indices that run around it. Not what is within an integral or a limit: at
    its ends it needs no value.
    """
    if isinstance(expression, (Integral, Limit)):
        return
    if isinstance(expression, (Sum, Product)):
        running = (*running, *expression.limits)
    if isinstance(expression, log):
        factors = (a.as_base_exp()[0] for a in Mul.make_args(expression.args[0]))
        yield from ((base, running) for base in factors if base.is_Add)
    if isinstance(expression, Pow) and not expression.exp.is_nonnegative:
        yield expression.base, running
    for part in expression.args:
        yield from divisors(part, running)


def over_tables(limits: Iterable[Any]) -> bool:
    """Whether each index runs from 1 to a size, so that a sum over them is no empty one."""
    return all(
        len(limit) == 3 and limit[1] == 1 and limit[2].is_integer and limit[2].is_positive
        for limit in limits
    )


def _forms(expression: Any, given: Iterable[Given]) -> Iterable[Expression]:
    """The expression without sums, in the forms in which SymPy may see its sign."""
    plain = _without_sums(sympify(expression).xreplace(free_letters(given)), {})
    yield plain
    yield together(plain)
    yield factor(plain)


def free_letters(given: Iterable[Given]) -> dict[Any, Any]:
    """Every number between two bounds, once, by a letter whose sign SymPy knows: a positive one, or
    a nonnegative one where the upper bound is reached.
    """
    letters: dict[Any, Any] = {}
    for hypothesis in given:
        low, high = hypothesis.bounds or (None, None)
        if low is not None and high is not None:
            kind = "nonnegative" if hypothesis.closed else "positive"
            t = Dummy("t", **{kind: True})
            letters[hypothesis.symbol] = cancel((high + low * t) / (1 + t))
    return letters


def _without_sums(expression: Expression, letters: dict[Expression, Dummy]) -> Expression:
    """Each sum or product is one letter, with the sign that follows from its terms."""
    if isinstance(expression, Integral) and _is_positive_integral(expression):
        return letters.setdefault(expression, Dummy(positive=True))
    if not isinstance(expression, (Sum, Product)):
        inner = [_without_sums(a, letters) for a in expression.args]
        if isinstance(expression, Indexed) or inner == list(expression.args):
            return expression
        return expression.func(*inner)
    if expression not in letters:
        term = together(_without_sums(expression.function, letters))
        letters[expression] = Dummy(**_sign_of_the_whole(expression, term))
    return letters[expression]


def _is_positive_integral(expression: Expression) -> bool:
    ranges = all(
        len(limit) == 3 and (limit[2] - limit[1]).is_positive for limit in expression.limits
    )
    return ranges and bool(expression.function.is_positive)


def _sign_of_the_whole(expression: Expression, term: Expression) -> dict[str, bool]:
    never_empty = over_tables(expression.limits)
    if term.is_positive and (never_empty or isinstance(expression, Product)):
        return {"positive": True}
    if term.is_nonnegative and never_empty:
        return {"nonnegative": True}
    return {"real": True} if term.is_real and never_empty else {}


DECLARATIONS: tuple[dict[str, bool], ...] = tuple(
    Symbol("x", **kind, **whole).assumptions0
    for kind in ({"real": True}, {"nonnegative": True}, {"positive": True})
    for whole in ({}, {"integer": True})
) + (
    Symbol("x", real=True, nonzero=True).assumptions0,
)  # what the hypotheses say in words; anything else would be assumed in silence


def refuse_what_is_not_said(given: Iterable[Given]) -> None:
    """Raise where a letter is declared to be more than its hypothesis says in words: signs are
    derived from the letter.
    """
    for hypothesis in given:
        if hypothesis.symbol.assumptions0 not in DECLARATIONS:
            raise Undecided(
                f"{hypothesis.symbol} is declared more than real, not 0, nonnegative or positive, "
                "and whole: the hypotheses would not say it"
            )
