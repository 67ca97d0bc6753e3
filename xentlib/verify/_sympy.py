"""SymPy, as the engine sees it: the one place that knows that SymPy ships no stubs.

What its own annotations say is too narrow (a Sum has no `limits`, `doit` gives a Basic), so the
engine says `Expression` or `Letter` of a type, and looks no further.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import sympy
from sympy import MatrixBase, MatrixExpr
from sympy.core.function import AppliedUndef as _AppliedUndef
from sympy.core.relational import Ge, Le
from sympy.core.relational import Relational as _Relational
from sympy.core.symbol import Str as _Str
from sympy.logic.boolalg import BooleanAtom
from sympy.printing.latex import LatexPrinter as _LatexPrinter
from sympy.printing.str import StrPrinter

Expression: TypeAlias = Any  # of SymPy
Letter: TypeAlias = Any  # a Symbol or an IndexedBase
Limit: TypeAlias = tuple[Letter, Expression, Expression]  # of a sum: its index, from, to
Pattern: TypeAlias = Mapping[Expression, Expression]  # what is put in place of which letters

Add: Any = sympy.Add
AppliedUndef: Any = _AppliedUndef
GreaterEqual: Any = Ge
LessEqual: Any = Le
Matrix: Any = (MatrixBase, MatrixExpr)
Relation: Any = (_Relational, bool, BooleanAtom)
Relational: Any = _Relational
LatexPrinter: Any = _LatexPrinter
Mul: Any = sympy.Mul
Printer: Any = StrPrinter
Product: Any = sympy.Product
Str: Any = _Str
Sum: Any = sympy.Sum
