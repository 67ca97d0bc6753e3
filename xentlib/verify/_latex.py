"""LaTeX in the order in which one reads it aloud."""

from sympy import Indexed, Mul, Sum, Symbol
from sympy.printing.latex import LatexPrinter


class _Reading(LatexPrinter):
    """p_k log q_k, not (log q_k) p_k; and products of sums as they are said."""

    _default_settings = {
        **LatexPrinter._default_settings,
        "order": "none",
        "mul_symbol": " ",
        "fold_short_frac": False,
    }

    def _print_Mul(self, e):
        if not isinstance(e, Mul):  # SymPy sends powers such as 1/x here as well
            return super()._print_Mul(e)

        def rank(factor):
            return (
                0
                if factor.is_Number
                else 1
                if isinstance(factor, Symbol | Indexed)
                else 3
                if isinstance(factor, Sum)
                else 2
            )

        return super()._print_Mul(Mul(*sorted(e.args, key=rank), evaluate=False))

    def _as_ordered_terms(self, e, order=None):
        return e.as_ordered_terms()  # sums keep SymPy's order; only factors are sorted here

    def _print_KroneckerDelta(self, e):
        return rf"\mathbf{{1}}[{self._print(e.args[0])} = {self._print(e.args[1])}]"


def reading(expression):
    """LaTeX in the order in which one reads it aloud."""
    return _Reading().doprint(expression)
