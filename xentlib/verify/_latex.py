"""LaTeX in the order in which one reads it aloud."""

from __future__ import annotations

import re
from collections.abc import Callable

from sympy import Indexed, Symbol, log

from xentlib.verify._sympy import Expression, LatexPrinter, Mul, Product, Sum


class _Reading(LatexPrinter):
    """p_k log q_k, not (log q_k) p_k; and products of sums as they are said."""

    _default_settings = {
        **LatexPrinter._default_settings,
        "order": "none",
        "mul_symbol": " ",
        "fold_short_frac": False,
    }

    def _print_Mul(self, expr: Expression) -> str:
        if not isinstance(expr, Mul):  # SymPy sends powers such as 1/x here as well
            return super()._print_Mul(expr)

        def rank(factor: Expression) -> tuple[int, int, str]:
            """Numbers, then letters, then entries of tables, those with fewer indices first and
            each kind by name, then functions, then sums.
            """
            if isinstance(factor, Indexed):
                return 1, len(factor.indices), str(factor.base)
            if hasattr(factor, "template") and ENTRY.fullmatch(self._print(factor)):
                return 1, 1, self._print(factor)
            if factor.is_Symbol:
                return 1, 0, str(factor)
            return (0 if factor.is_Number else 3 if isinstance(factor, Sum) else 2), 0, ""

        factors = sorted(expr.args, key=rank)
        for place, factor in enumerate(factors):
            if isinstance(factor, Sum) and _is_subtracted(factor):
                factors[place] = -_signed(factor)
                number = factors.pop(0) if factors[0].is_Number else 1
                factors = [-number, *factors] if number != -1 else factors
                return self._print(Mul(*factors, evaluate=False))
        return super()._print_Mul(Mul(*factors, evaluate=False))

    def _as_ordered_terms(self, expr: Expression, order: str | None = None) -> list[Expression]:
        """Of a sum; factors are sorted above, names stand in the order of their text, logarithms
        in that of their length, and what is subtracted stands last, numbers and letters first.
        """
        terms = list(map(_signed, expr.as_ordered_terms()))
        if all(getattr(term.as_coeff_Mul()[1], "template", "") for term in expr.args):
            terms.sort(key=self._print)
        if all(term.has(log) and not term.has(Sum, Product) for term in expr.args):
            terms.sort(key=lambda term: len(str(term)))
        return sorted(terms, key=_place)

    def _print_Symbol(self, expr: Expression, style: str = "plain") -> str:
        said = super()._print_Symbol(expr, style).replace("{max}", r"{\max}")
        return said.replace(r"\epsilon", r"\varepsilon")

    def _print_Sum(self, expr: Expression) -> str:
        if _is_subtracted(expr.function):
            return self._print(_signed(expr))
        inner = super()._print_Sum(Sum(expr.function, expr.limits[0]))
        return " ".join([*map(self._over("sum"), expr.limits[:0:-1]), inner])

    def _print_Product(self, expr: Expression) -> str:
        inner = super()._print_Product(Product(expr.function, expr.limits[0]))
        return " ".join([*map(self._over("prod"), expr.limits[:0:-1]), inner])

    def _over(self, sign: str) -> Callable[..., str]:
        """The sign of a sum or product with its limits, the first of several."""

        def printed(limit: Expression) -> str:
            index, low, high = map(self._print, limit)
            return rf"\{sign}_{{{index}={low}}}^{{{high}}}"

        return printed

    def _print_Indexed(self, expr: Expression) -> str:
        places = list(map(self._print, expr.indices))
        between = "" if all(len(place) == 1 for place in places) else ","
        place, name = between.join(places), str(expr.base.label)
        base = self._print(expr.base)
        if name.endswith("'"):  # a prime is an exponent, so that of a power needs braces
            base = f"{{{self._print(Symbol(name[:-1]))}'}}"
        return f"{base}_{place if len(place) == 1 else f'{{{place}}}'}"

    def _print_log(self, expr: Expression, exp: str | None = None) -> str:
        inner = rf"\left({self._print(expr.args[0])}\right)"
        return rf"\log^{{{exp}}}{inner}" if exp else rf"\log{inner}"

    def _print_KroneckerDelta(self, expr: Expression, exp: str | None = None) -> str:
        return rf"\mathbf{{1}}[{self._print(expr.args[0])} = {self._print(expr.args[1])}]"


ENTRY = re.compile(r"(\\bar )?\w_(\w|\{[^{}]*\})")  # a named one, such as q_j
ALONE = re.compile(  # the logarithm of a letter or of P(x), with nothing after it to be read with
    r"\\log\\left\(((?:\d+|[A-Za-z]|\\[A-Za-z]+)(?:_\{[^{}]*\}|_\w|\([^()]*\))?)\\right\)"
    r"(?=\s*(?:$|[-+=,:}&]|\\right|\\le\b|\\ge\b))"
)


def _is_subtracted(term: Expression) -> bool:
    """Whether it is printed with a minus."""
    if isinstance(term, Sum):
        return _is_subtracted(term.function)
    return bool(term.as_coeff_Mul()[0].is_negative)


def _place(term: Expression) -> int:
    """Of a term in a sum: what is added, numbers and letters that are subtracted, the rest."""
    return _is_subtracted(term) and (1 if (-term).is_Atom else 2)


def _signed(term: Expression) -> Expression:
    """A sum of what is subtracted as a sum that is subtracted."""
    if isinstance(term, Sum) and _is_subtracted(term):
        inner = _signed(term.function)
        return Mul(-1, Sum(-inner, *term.limits), evaluate=False)
    return term


def reading(expression: Expression) -> str:
    """LaTeX in the order in which one reads it aloud."""
    return ALONE.sub(r"\\log \1", _Reading().doprint(expression))
