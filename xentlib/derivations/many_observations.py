"""Chapter 2: from one observation to many."""

from sympy import Derivative, IndexedBase, Rational, Symbol, exp, gamma, log, pi, sqrt, symbols

from xentlib.derivations.symbols import N, i, over_observations
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import number, real, size

s, f = symbols("s f", integer=True, nonnegative=True)
theta, x = symbols("theta x", real=True)
lam = Symbol("lambda", positive=True)
a = IndexedBase("a", real=True)


def _evidence(successes, failures):
    """∫ θ^s (1 - θ)^f dθ, Euler's integral at whole numbers."""
    return gamma(successes + 1) * gamma(failures + 1) / gamma(successes + failures + 2)


urn_step = Chain(
    start=_evidence(s + 1, f) / _evidence(s, f),
    steps=(((s + 1) / (s + f + 2), "each quotient of factorials leaves one factor"),),
    given=(number(s, 0, 6), number(f, 0, 6)),
)
"""The probability that the next toss is heads, a uniform θ integrated out."""


def _normal(centre):
    return exp(-((x - centre) ** 2) / 2) / sqrt(2 * pi)


log_odds = Chain(
    start=log(_normal(theta) / _normal(-theta)),
    steps=(
        (-((x - theta) ** 2) / 2 + (x + theta) ** 2 / 2, "the constants cancel"),
        (2 * theta * x, "expand the squares"),
    ),
    given=(number(theta), number(x)),
)
"""The log odds of two normal laws with means ±θ and variance 1: 2 θ x."""

squared_error = over_observations((a[i] - theta) ** 2) / 2
ridge = lam * theta**2 / 2
mean_instead_of_sum = Chain(
    start=Derivative(squared_error / N + ridge, theta),
    steps=(
        ((N * theta - over_observations(a[i])) / N + lam * theta, "differentiate under the sum"),
        (
            ((N + N * lam) * theta - over_observations(a[i])) / N,
            "the penalty of the mean is N times that of the sum",
        ),
    ),
    given=(size(N), real(a, N), number(theta), number(lam, 0, 2)),
)
"""With a ridge, the mean's slope is that of the sum with N times the ridge, over N."""
ridge_minimiser = Chain(
    start=Derivative(squared_error + ridge, theta)
    .subs(theta, over_observations(a[i]) / (N + lam))
    .doit(),
    steps=((Rational(0) * theta, "the slope of the sum vanishes there"),),
    given=(size(N), real(a, N), number(theta), number(lam, 0, 2)),
)
"""The slope of the sum's objective vanishes at Σ a_i/(N + λ)."""
