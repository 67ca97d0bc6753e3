"""What the figures under the reader's hand must say: numbers of xentlib, for the functions of
vendor/simplex.js. The tests ask them of the script without a page, `tools/browser.py` in one.
"""

from fractions import Fraction
from itertools import product
from math import factorial, isclose, log, prod

import numpy as np

import xentlib

TOLERANCE = 1e-12  # of a number near 1; a sum of three logarithms leaves 1e-15
EDGES = ([1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 3, 1], [1, 1, 1], [1, 3, 1], [99, 1, 0])
WEIGHTS = [step / 20 for step in range(10, 81)]  # all that the slider has
ROWS = range(6)


def distributions():
    """Pairs of count vectors: edges and corners with each other, and at random."""
    rng = np.random.default_rng(17)
    yield from product(EDGES, EDGES)
    yield from rng.integers(0, 101, size=(200, 2, 3)).tolist()


def _parts(p, q, bits):
    nats = xentlib.entropy(p), xentlib.kl_divergence(p, q), xentlib.cross_entropy(p, q)
    return [float(xentlib.nats_to_bits(part) if bits else part) for part in nats]


def _mass(w, a, b):
    """w (w - 1) ... / (a! b!), exactly; for whole weights by the library's multinomial law."""
    if w.is_integer() and a + b <= w:
        counts, uniform = [w - a - b, a, b], [1 / 3] * 3
        return float(np.exp(xentlib.multinomial_log_likelihood(counts, uniform) + w * log(3)))
    falling = prod((Fraction(w) - step for step in range(a + b)), start=Fraction(1))
    return float(falling / (factorial(a) * factorial(b)))


def answers():
    """A function of the script, its arguments, and the numbers that it must give."""
    for p, q in distributions():
        if sum(p) and sum(q):
            shares = [(np.array(counts) / sum(counts)).tolist() for counts in (p, q)]
            for bits in (False, True):
                yield "parts", [{"p": p, "q": q, "n": 0, "bits": bits}], _parts(*shares, bits)
    for w in WEIGHTS:
        for row in ROWS:
            for a in range(row + 1):
                yield "mass", [w, a, row - a], [_mass(w, a, row - a)]


def differences(found):
    """Where numbers that were found, None for ∞, are not those of xentlib."""
    asked = list(answers())
    for (function, arguments, wanted), said in zip(asked, found, strict=True):
        said = said if isinstance(said, list) else [said]
        said = [float("inf") if number is None else number for number in said]
        for here, there in zip(said, wanted, strict=True):
            if not isclose(here, there, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
                yield f"{function}({arguments}) is {here}, and by xentlib {there}"
