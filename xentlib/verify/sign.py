"""Signs that follow from the hypotheses: SymPy knows them of letters, and of a sum they follow from
its terms. Where nothing follows, nothing is said.
"""

from collections.abc import Iterable
from typing import Any

from sympy import Dummy, Indexed, Symbol, cancel, factor, sympify, together

from xentlib.verify._errors import Undecided
from xentlib.verify._sympy import Expression, Product, Sum
from xentlib.verify.hypotheses import Given


def positive(expression: Any, given: Iterable[Given] = ()) -> bool:
    """Whether it follows that the expression is positive, for every value of its letters."""
    return any(form.is_positive for form in _forms(expression, given))


def nonnegative(expression: Any, given: Iterable[Given] = ()) -> bool:
    """Whether it follows that the expression is nonnegative."""
    return any(form.is_nonnegative for form in _forms(expression, given))


def real(expression: Any, given: Iterable[Given] = ()) -> bool:
    """Whether it follows that the expression is real."""
    return any(form.is_real for form in _forms(expression, given))


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
    if not isinstance(expression, (Sum, Product)):
        inner = [_without_sums(a, letters) for a in expression.args]
        if isinstance(expression, Indexed) or inner == list(expression.args):
            return expression
        return expression.func(*inner)
    if expression not in letters:
        term = together(_without_sums(expression.function, letters))
        letters[expression] = Dummy(**_sign_of_the_whole(expression, term))
    return letters[expression]


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
