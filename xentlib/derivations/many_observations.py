"""Chapter 2: from one observation to many."""

from typing import Any

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
from xentlib.derivations.symbols import K, N, i, j, k, l, over_classes, over_observations
from xentlib.verify import Bounded, Dropped, Induction, SameOrder
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import index, nonnegative, number, positive, real, simplex, size
from xentlib.verify.quantity import entry, quantity

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
before = Symbol("h", nonnegative=True)  # the probability of the first n
each = IndexedBase("b", nonnegative=True)  # of each observation, given those before it
first, following = IndexedBase("P", nonnegative=True), IndexedBase("Q", nonnegative=True)
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
    given=(number(tried, 4, 4), nonnegative(each, tried)),
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

fit, penalty = Symbol("F", real=True), Symbol("R", real=True)
mean_with_a_penalty = SameOrder(
    one=fit + N * lam * penalty,
    other=fit / N + lam * penalty,
    moving=(fit, penalty),
    t=at_x,
    through=at_x / N,
    reason="N is a common factor",
    given=(size(N), number(lam, 0, 2), number(fit), number(penalty)),
    mistakes={
        "the sum in place of the mean": fit + lam * penalty,
        "λ over N": fit / N + lam * penalty / N,
    },
)
"""The mean of losses with a penalty has the order of their sum with N times the penalty."""

batch, of_batch = IndexedBase("b", positive=True), IndexedBase("m", real=True)
mean_of_batches = over_observations(batch[i]) / N
batches = Chain(
    start=over_observations(batch[i] * of_batch[i]) / over_observations(batch[i])
    - over_observations(of_batch[i]) / N,
    steps=(
        (
            over_observations((batch[i] - mean_of_batches.xreplace({i: j})) * of_batch[i])
            / N
            / mean_of_batches,
            "N mean sizes are the sum of the sizes",
        ),
    ),
    given=(size(N), positive(batch, N), real(of_batch, N)),
)
"""Mean of all less mean of the batch means: the covariance of sizes and means over a mean size."""

# A prior on K values of θ; the probability of two heads is the mean of θ²
weight, value = IndexedBase("w", positive=True), IndexedBase("theta", real=True)


@quantity(r"\operatorname{{Cov}}_{{{0},{1}}}(y_1,y_2)")
def covariance(w: Any, values: Any) -> Any:
    """P(1, 1) less the square of P(1), of two labels that are independent given θ."""
    return over_classes(entry(w, k) * entry(values, k) ** 2) - (
        over_classes(entry(w, k) * entry(values, k)) ** 2
    )


pairs_of_values = (
    over_classes(over_classes(weight[k] * weight[l] * (value[k] - value[l]) ** 2, l)) / 2
)
covariance_of_two = Chain(
    start=covariance(weight, value),
    steps=((pairs_of_values, "expand the square; the weights sum to 1"),),
    given=(size(K), simplex(weight, K), real(value, K)),
)
"""The covariance of two labels, θ integrated out: half a mean squared distance of two θ."""
covariance_is_not_negative = Bounded(
    start=covariance(weight, value),
    relation=">=",
    steps=(
        ("=", pairs_of_values, "expand the square; the weights sum to 1"),
        (Dropped(amount=pairs_of_values), 0 * K, "squares with positive weights"),
    ),
    given=covariance_of_two.given,
    mistakes={"independent after all": {}, "the mean of squares": over_classes(value[k] ** 2)},
)
"""It is 0 only where all values of θ agree."""
