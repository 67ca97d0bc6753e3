"""LaTeX in the order in which one reads it aloud."""

from __future__ import annotations

from sympy import Indexed, Mul, Sum, Symbol

from xentlib.verify._sympy import Expression, LatexPrinter


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

        def rank(factor: Expression) -> int:
            return (
                0
                if factor.is_Number
                else 1
                if isinstance(factor, Symbol | Indexed)
                else 3
                if isinstance(factor, Sum)
                else 2
            )

        return super()._print_Mul(Mul(*sorted(expr.args, key=rank), evaluate=False))

    def _as_ordered_terms(self, expr: Expression, order: str | None = None) -> list[Expression]:
        """Of a sum; factors are sorted above, and names stand in the order of their text."""
        if all(getattr(term.as_coeff_Mul()[1], "template", "") for term in expr.args):
            return sorted(expr.args, key=self._print)
        return list(expr.as_ordered_terms())

    def _print_KroneckerDelta(self, expr: Expression, exp: str | None = None) -> str:
        return rf"\mathbf{{1}}[{self._print(expr.args[0])} = {self._print(expr.args[1])}]"


def reading(expression: Expression) -> str:
    """LaTeX in the order in which one reads it aloud."""
    return _Reading().doprint(expression)
