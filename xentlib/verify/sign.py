"""Signs that follow from the hypotheses: SymPy knows them of letters, and of a sum they follow from
its terms. Where nothing follows, nothing is said.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import Dummy, Expr, Indexed, Product, Rational, Sum, Symbol, factor, sympify, together

from xentlib.verify._errors import Undecided
from xentlib.verify.hypotheses import Given


class Fraction(Given):
    """0 < symbol < 1."""

    words = "between 0 and 1"
    may_be_one = False


class Share(Given):
    """0 < symbol <= 1."""

    words = "above 0, at most 1"
    may_be_one = True


def fraction(a: Symbol) -> Given:
    """A number strictly between 0 and 1, which the signs may use: 1 - a is positive."""
    return Fraction(_declared_positive(a, "fraction"), _inside)


def share(a: Symbol) -> Given:
    """A number above 0 and at most 1, which the signs may use; 1 itself is drawn too."""
    return Share(_declared_positive(a, "share"), _inside_or_one)


def _declared_positive(a: Symbol, kind: str) -> Symbol:
    if not (isinstance(a, Symbol) and a.is_positive and not a.is_integer):
        raise ValueError(f"{kind}({a}): {a} must be a Symbol declared positive, and not an integer")
    return a


def _inside(random: Any, known: Mapping) -> Rational:
    return Rational(random.randint(1, 63), 64)


def _inside_or_one(random: Any, known: Mapping) -> Rational:
    return Rational(1) if random.random() < 1 / 3 else _inside(random, known)


def positive(expression: Any, given: Iterable[Given] = ()) -> bool:
    """Whether it follows that the expression is positive, for every value of its letters."""
    return any(form.is_positive for form in _forms(expression, given))


def nonnegative(expression: Any, given: Iterable[Given] = ()) -> bool:
    """Whether it follows that the expression is nonnegative."""
    return any(form.is_nonnegative for form in _forms(expression, given))


def real(expression: Any, given: Iterable[Given] = ()) -> bool:
    """Whether it follows that the expression is real."""
    return any(form.is_real for form in _forms(expression, given))


def over_tables(limits: Iterable[tuple]) -> bool:
    """Whether each index runs from 1 to a size, so that a sum over them is no empty one."""
    return all(
        len(limit) == 3 and limit[1] == 1 and limit[2].is_integer and limit[2].is_positive
        for limit in limits
    )


def _forms(expression: Any, given: Iterable[Given]) -> Iterable[Expr]:
    """The expression without sums, in the forms in which SymPy may see its sign."""
    plain = _without_sums(sympify(expression).xreplace(free_letters(given)), {})
    yield plain
    yield together(plain)
    yield factor(plain)


def free_letters(given: Iterable[Given]) -> dict[Expr, Expr]:
    """What lies in (0, 1) is 1/(1 + t) of a positive t, and SymPy knows signs of t."""
    letters: dict[Expr, Expr] = {}
    for hypothesis in given:
        if isinstance(hypothesis, Share):
            letters[hypothesis.symbol] = 1 / (1 + Dummy("t", nonnegative=True))
        elif isinstance(hypothesis, Fraction):
            letters[hypothesis.symbol] = 1 / (1 + Dummy("t", positive=True))
    return letters


def _without_sums(expression: Expr, letters: dict[Expr, Dummy]) -> Expr:
    """Each sum or product is one letter, with the sign that follows from its terms."""
    if not isinstance(expression, Sum | Product):
        inner = [_without_sums(a, letters) for a in expression.args]
        if isinstance(expression, Indexed) or inner == list(expression.args):
            return expression
        return expression.func(*inner)
    if expression not in letters:
        term = together(_without_sums(expression.function, letters))
        letters[expression] = Dummy(**_sign_of_the_whole(expression, term))
    return letters[expression]


def _sign_of_the_whole(expression: Expr, term: Expr) -> dict[str, bool]:
    never_empty = over_tables(expression.limits)
    if term.is_positive and (never_empty or isinstance(expression, Product)):
        return {"positive": True}
    if term.is_nonnegative and never_empty:
        return {"nonnegative": True}
    return {"real": True} if term.is_real and never_empty else {}


DECLARATIONS = tuple(
    Symbol("x", **kind, **whole).assumptions0
    for kind in ({"real": True}, {"nonnegative": True}, {"positive": True})
    for whole in ({}, {"integer": True})
)  # what the hypotheses say in words; anything else would be assumed in silence


def refuse_draws_against_the_letters(points: Iterable[Mapping], given: Iterable[Given]) -> None:
    """Raise where a value that was drawn is not what its letter is declared to be: signs are
    derived from the letter, and numbers come from the draws.
    """
    kinds = {hypothesis.symbol: hypothesis for hypothesis in given}
    for symbol in kinds:
        if symbol.assumptions0 not in DECLARATIONS:
            raise Undecided(
                f"{symbol} is declared more than real, nonnegative or positive, and whole: the "
                "hypotheses would not say it"
            )
    for point in points:
        for symbol, drawn in point.items():
            for value in _entries(drawn):
                for fact, truth in symbol.assumptions0.items():
                    if getattr(value, f"is_{fact}", None) is (not truth):
                        said = fact if truth else f"not {fact}"
                        raise Undecided(f"{symbol} is declared {said} and drawn as {value}")
                kind = kinds[symbol]
                if isinstance(kind, Fraction | Share) and not (
                    0 < value < 1 or kind.may_be_one and value == 1
                ):
                    raise Undecided(f"{symbol} is said to be {kind.words} and drawn as {value}")


def _entries(drawn: Any) -> Iterable[Expr]:
    if isinstance(drawn, list | tuple):
        for row in drawn:
            yield from _entries(row)
    else:
        yield sympify(drawn)
