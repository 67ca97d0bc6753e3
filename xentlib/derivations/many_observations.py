"""Chapter 2: from one observation to many."""

from sympy import (
    Derivative,
    IndexedBase,
    Product,
    Rational,
    Sum,
    Symbol,
    exp,
    gamma,
    log,
    pi,
    sqrt,
    symbols,
)

from xentlib.derivations.cross_entropy import L
from xentlib.derivations.symbols import K, N, i, j, k, over_observations
from xentlib.verify import Induction, SameOrder
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import index, number, positive, real, simplex, size

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

# The product rule, by induction: a table of n observations is one of all outcomes of the first
# n - 1, and of the last
n, tried = (Symbol(letter, integer=True, positive=True) for letter in ("n", "M"))
before = Symbol("h", positive=True)  # the probability of the first n
each = IndexedBase("b", positive=True)  # of each observation, given those before it
first, following = IndexedBase("P", positive=True), IndexedBase("Q", positive=True)
first_of_all = Sum(first[i] * following[i, k], (k, 1, L))
one_more = Chain(
    start=first[i] * following[i, j],
    steps=((first_of_all * following[i, j], "what may follow the first n adds up to all of it"),),
    given=(size(K), size(L), simplex(first, K), simplex(following, L, K), index(i, K), index(j, L)),
)
"""What may follow the first n observations adds up to the chance of these."""

product_rule = Induction(
    n=n,
    base=each[1],
    value=before,
    step=before * each[n + 1],
    right=Product(each[i], (i, 1, n)),
    unfold=one_more,
    before=first_of_all,
    reads={following[i, j]: each[n + 1]},
    read_as=(
        "P holds the probabilities of all outcomes of the first n observations, Q those of the "
        "next one given each of them: under independence, its own"
    ),
    given=(number(tried, 4, 4), positive(each, tried)),
    mistakes={"the sum": Sum(each[i], (i, 1, n)), "a power of the first": each[1] ** n},
)
"""Under independence the probability of n observations is a product."""


# Orders: f is the value of the likelihood, or of any objective, at a parameter
f_value, g_value = Symbol("f", positive=True), Symbol("f", real=True)
factor, constant = Symbol("a", positive=True), Symbol("b", real=True)
at_t, at_x = Symbol("t", positive=True), Symbol("x", real=True)
logarithm_keeps_the_order = SameOrder(
    one=f_value,
    other=log(f_value),
    moving=(f_value,),
    t=at_t,
    through=log(at_t),
    reason="the logarithm itself",
    given=(number(f_value, 0, 3),),
    mistakes={
        "its square does too": log(f_value) ** 2,
        "the negative logarithm has the same maximiser": -log(f_value),
    },
)
"""A positive value and its logarithm have one order."""

negative_logarithm_turns_the_order = SameOrder(
    one=f_value,
    other=-log(f_value) / N,
    moving=(f_value,),
    t=at_t,
    through=-log(at_t) / N,
    reason="minus a logarithm, over N",
    given=(size(N), number(f_value, 0, 3)),
    mistakes={"the same maximiser": log(f_value), "of its square": log(f_value) ** 2},
)
"""Minus a logarithm, over N, turns the order round."""

scale_and_constants = SameOrder(
    one=g_value,
    other=factor * g_value + constant,
    moving=(g_value,),
    t=at_x,
    through=factor * at_x + constant,
    reason="a positive factor and a constant",
    given=(number(factor, 0, 3), number(constant), number(g_value)),
    mistakes={
        "a negative factor": -factor * g_value + constant,
        "the square": g_value**2,
    },
)
"""A positive factor and a constant keep the order."""
