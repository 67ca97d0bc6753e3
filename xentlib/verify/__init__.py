"""Derivations and statements that a machine checks: all that an outsider needs, from one place.

    from xentlib.verify import Chain, Claim, Derived, simplex, size, verify

This package knows nothing of cross-entropy and imports nothing else of xentlib.
"""

import sys
from importlib.util import find_spec

if not (find_spec("sympy") and find_spec("mpmath")):
    _MISSING = "xentlib.verify needs the extra verify: pip install 'xentlib[verify]'"
    if sys.argv[:1] == ["-m"] and "xentlib.verify" in sys.orig_argv:
        print(_MISSING, file=sys.stderr)
        raise SystemExit(4)  # an exception would exit with 1, which says "refuted"
    raise ImportError(_MISSING)

from xentlib.verify._errors import Refuted, Undecided
from xentlib.verify.bounded import Bounded
from xentlib.verify.chain import Chain, Step
from xentlib.verify.claim import FEWEST_MISTAKES, Claim, Verdict, check, verify
from xentlib.verify.evidence import (
    GRADES,
    Argued,
    Certified,
    Cited,
    Computed,
    Derived,
    DerivedCases,
    Digits,
    Evidence,
    Exact,
    Sampled,
    Simulated,
    at_least,
    at_most,
    equal,
    less,
)
from xentlib.verify.faces import support
from xentlib.verify.formal import Formal
from xentlib.verify.hypotheses import (
    Given,
    index,
    labels,
    nonnegative,
    number,
    positive,
    real,
    share,
    simplex,
    size,
    total,
    whole,
)
from xentlib.verify.induction import Induction
from xentlib.verify.inequality import Convex, Dropped, Rowwise, Termwise
from xentlib.verify.moments import Expectation, Expected, density, smooth, spd, vector
from xentlib.verify.optimum import Optimum
from xentlib.verify.order import SameOrder
from xentlib.verify.proof import Proof
from xentlib.verify.quantity import AtLeast, AtMost, Equal, called, quantity
from xentlib.verify.samples import Domain

__all__ = [
    "AtLeast",
    "AtMost",
    "FEWEST_MISTAKES",
    "GRADES",
    "Argued",
    "Bounded",
    "Certified",
    "Chain",
    "Cited",
    "Claim",
    "Computed",
    "Convex",
    "Derived",
    "DerivedCases",
    "Digits",
    "Domain",
    "Dropped",
    "Evidence",
    "Equal",
    "Exact",
    "Expectation",
    "Expected",
    "Formal",
    "Given",
    "Induction",
    "Optimum",
    "Proof",
    "Refuted",
    "Rowwise",
    "SameOrder",
    "Sampled",
    "Simulated",
    "Step",
    "Termwise",
    "Undecided",
    "Verdict",
    "at_least",
    "at_most",
    "called",
    "check",
    "density",
    "equal",
    "index",
    "labels",
    "less",
    "nonnegative",
    "number",
    "positive",
    "real",
    "share",
    "simplex",
    "size",
    "smooth",
    "spd",
    "support",
    "total",
    "vector",
    "verify",
    "quantity",
    "whole",
]
