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
    factorial,
    gamma,
    log,
    pi,
    sqrt,
    symbols,
)

from xentlib.derivations.cross_entropy import L
from xentlib.derivations.symbols import K, N, i, j, k, l, over_classes, over_observations
from xentlib.verify import Bounded, Convex, Dropped, Induction, Optimum, SameOrder, Termwise
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import index, nonnegative, number, positive, real, simplex, size
from xentlib.verify.quantity import called, entry, quantity

s, f = symbols("s f", integer=True, nonnegative=True)
theta, x = symbols("theta x", real=True)
lam = Symbol("lambda", positive=True)
a = IndexedBase("a", real=True)


def _evidence(successes, failures):
    """∫ θ^s (1 - θ)^f dθ, Euler's integral at whole numbers."""
    return gamma(successes + 1) * gamma(failures + 1) / gamma(successes + failures + 2)


_one_more = called(r"\textstyle\int_0^1\theta^{s+1}(1-\theta)^f\,d\theta", _evidence(s + 1, f))
_so_far = called(r"\textstyle\int_0^1\theta^s(1-\theta)^f\,d\theta", _evidence(s, f))
urn_step = Chain(
    start=called(r"P(\text{heads}\mid s,f)", _one_more / _so_far),
    steps=(
        (
            factorial(s + 1)
            * factorial(f)
            / factorial(s + f + 2)
            / (factorial(s) * factorial(f) / factorial(s + f + 1)),
            "Euler's integral, twice",
        ),
        ((s + 1) / (s + f + 2), "each quotient of factorials leaves one factor"),
    ),
    given=(number(s, 0, 6), number(f, 0, 6)),
)
"""The probability that the next toss is heads, a uniform θ integrated out."""


def _normal(x, centre):
    return exp(-((x - centre) ** 2) / 2) / sqrt(2 * pi)


@quantity(r"\log\frac{{P(y=1\mid {1})}}{{P(y=0\mid {1})}}")
def log_odds_of_yes(theta: Any, x: Any) -> Any:
    """Of two labels that are equally likely before x is seen."""
    return log(_normal(x, theta) / _normal(x, -theta))


log_odds = Chain(
    start=log_odds_of_yes(theta, x),
    steps=(
        (-((x - theta) ** 2) / 2 + (x + theta) ** 2 / 2, "the constants cancel"),
        (2 * theta * x, "expand the squares"),
    ),
    given=(number(theta), number(x)),
)
"""The log odds of two normal laws with means ±θ and variance 1: 2 θ x."""

# The three points (1, 1), (3, 1), (-1, 1) and their conditional likelihood
bend = Symbol("t", real=True)


def _above_its_tangent(odds: int) -> Convex:
    """log(1 + exp t) lies above its tangent at t = log odds."""
    tangent = log(1 + odds) + Rational(odds, 1 + odds) * (bend - log(odds))
    return Convex(t=bend, gap=log(1 + exp(bend)) - tangent, zero=log(odds))


@quantity(r"\ell({})")
def conditional_log_likelihood(theta: Any) -> Any:
    """Of the three points: log σ(2θ) + log σ(6θ) + log σ(-2θ)."""
    return -log(1 + exp(-2 * theta)) - log(1 + exp(-6 * theta)) - log(1 + exp(2 * theta))


conditional_maximum = Bounded(
    start=conditional_log_likelihood(theta),
    steps=(
        (
            "=",
            8 * theta - 2 * log(1 + exp(2 * theta)) - log(1 + exp(6 * theta)),
            "-log(1 + exp(-t)) = t - log(1 + exp t)",
        ),
        (
            Termwise(lemma=_above_its_tangent(2), weight=Rational(2), argument=2 * theta),
            Rational(16, 3) * theta
            + Rational(4, 3) * log(2)
            - 2 * log(3)
            - log(1 + exp(6 * theta)),
            "a convex function lies above its tangent at log 2",
        ),
        (
            Termwise(lemma=_above_its_tangent(8), weight=Rational(1), argument=6 * theta),
            4 * log(Rational(2, 3)),
            "and above that at log 8",
        ),
    ),
    given=(number(theta),),
    equality={theta: log(2) / 2},
    mistakes={
        "the joint estimate, 1, is the conditional one": {theta: Rational(1)},
        "the lost factor 2: it is log 2": {theta: log(2)},
        "every point fits as a fair coin": -3 * log(2) + 0 * theta,
    },
)
"""The conditional likelihood of the three points is largest at θ = log(2)/2 alone."""

joint_maximum = Optimum(
    kind="max",
    objective=-((1 - theta) ** 2 + (3 - theta) ** 2 + (-1 - theta) ** 2) / 2,
    over=number(theta),
    entry=theta,
    at=Rational(1),
    given=(),
    mistakes={"the sum of the points": Rational(3), "the conditional estimate": log(2) / 2},
)
"""The joint likelihood of the three points is largest at their mean."""


def _minus_its_inverse(theta: Any) -> Any:
    """Of σ(2θ) σ(6θ), the conditional likelihood of the points (1, 1) and (3, 1)."""
    return -(1 + exp(-2 * theta)) * (1 + exp(-6 * theta))


separated_rises_for_ever = SameOrder(
    one=theta,
    other=_minus_its_inverse(theta),
    moving=(theta,),
    t=bend,
    through=_minus_its_inverse(bend),
    reason="both factors fall with θ",
    given=(number(theta),),
    mistakes={
        "it is best at their mean, 2": -((theta - 2) ** 2),
        "the third point changes nothing": _minus_its_inverse(theta) * (1 + exp(2 * theta)),
    },
)
"""Without the third point the conditional likelihood rises with θ for ever."""

squared_error = over_observations((a[i] - theta) ** 2) / 2
ridge = lam * theta**2 / 2
mean_instead_of_sum = Chain(
    start=Derivative(called(r"J(\theta)", squared_error / N + ridge), theta),
    steps=(
        ((N * theta - over_observations(a[i])) / N + lam * theta, "differentiate under the sum"),
        (
            ((N + N * lam) * theta - over_observations(a[i])) / N,
            "the penalty of the mean is $N$ times that of the sum",
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

# P holds the probabilities of the first 1, 2, ..., N labels
of_prefix = IndexedBase("P", positive=True)


@quantity(r"P(y_{{\le {1}}})")
def of_the_first(P: Any, n: Any) -> Any:
    """The probability of the first n labels."""
    return entry(P, n)


@quantity(r"P(y_{{{1}+1}}\mid y_{{\le {1}}})")
def of_the_next(P: Any, n: Any) -> Any:
    """The conditional probability of the label after the first n."""
    return entry(P, n + 1) / entry(P, n)


def chained(P: Any) -> Any:
    """The first label, and each next one given all before it."""
    return of_the_first(P, 1) * Product(of_the_next(P, i), (i, 1, N - 1))


chain_rule = Chain(
    start=of_the_first(of_prefix, N),
    steps=((chained(of_prefix), "each factor takes the probability one label further"),),
    given=(size(N), positive(of_prefix, N)),
)
"""The chain rule of probability: a product of N factors, with no independence."""

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


# K values of θ and L of ψ, with priors and likelihoods of the labels and of the inputs
prior, of_labels = IndexedBase("w", positive=True), IndexedBase("f", nonnegative=True)
prior_of_inputs, of_inputs = IndexedBase("v", positive=True), IndexedBase("g", nonnegative=True)


@quantity(r"p(\theta_{4}\mid x,y)")
def joint_posterior(w: Any, f: Any, v: Any, g: Any, parameter: Any) -> Any:
    """Of a value of θ, from the joint likelihood with ψ summed out."""
    both = entry(w, k) * entry(f, k) * entry(v, l) * entry(g, l)
    return Sum(both.subs(k, parameter), (l, 1, L)) / Sum(both, (l, 1, L), (k, 1, K))


@quantity(r"\frac{{{0}_{2}{1}_{2}}}{{\sum_k{0}_k{1}_k}}")
def conditional_posterior(w: Any, f: Any, parameter: Any) -> Any:
    """The same from the labels' likelihood alone."""
    return entry(w, parameter) * entry(f, parameter) / over_classes(entry(w, k) * entry(f, k))


# what was seen is possible for some value of each parameter
some_labels = nonnegative(of_labels, K).nonzero(over_classes(prior[k] * of_labels[k]))
some_inputs = nonnegative(of_inputs, L).nonzero(
    Sum(prior_of_inputs[l] * of_inputs[l], (l, 1, L)),
    Sum(prior[k] * of_labels[k] * prior_of_inputs[l] * of_inputs[l], (l, 1, L), (k, 1, K)),
)
same_posterior = Chain(
    start=joint_posterior(prior, of_labels, prior_of_inputs, of_inputs, j),
    steps=(
        (
            conditional_posterior(prior, of_labels, j),
            "the sum over ψ is one factor, above and below",
        ),
    ),
    given=(
        size(K, 1),
        size(L, 1),
        simplex(prior, K),
        some_labels,
        simplex(prior_of_inputs, L),
        some_inputs,
        index(j, K),
    ),
)
"""With independent priors the posterior of θ needs no likelihood of the inputs."""

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

of_label, best_input = Symbol("f", nonnegative=True), Symbol("c", positive=True)
profile_keeps_the_order = SameOrder(
    one=of_label,
    other=best_input * of_label,
    moving=(of_label,),
    t=at_x,
    through=best_input * at_x,
    reason="the best ψ is the same for every θ",
    given=(number(best_input, 0, 3), number(of_label, 0, 3)),
    mistakes={
        "inputs that share θ, a factor that moves with it": best_input
        / (1 + of_label) ** 2
        * of_label,
        "the inverse": best_input / (1 + of_label),
    },
)
"""The joint likelihood at the best ψ has the order of the conditional one."""

# Along a direction the sum of the losses has the slope S, and the penalty r
slope_of_sum, slope_of_penalty = symbols("S r", real=True)
slope_of_mean = slope_of_sum / N + lam * slope_of_penalty
slope_of_objective = (slope_of_sum + lam * slope_of_penalty) / N
slopes = Chain(
    start=slope_of_mean,
    steps=(
        (
            slope_of_objective + (1 - 1 / N) * lam * slope_of_penalty,
            "1 = 1/N + (1 - 1/N)",
        ),
    ),
    given=(size(N, 1), number(lam, 0, 2), number(slope_of_sum), number(slope_of_penalty)),
)
"""Where the slope of the sum's objective is 0, the mean's keeps (1 - 1/N) λ r."""

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
    given=(size(N, 1), positive(batch, N), real(of_batch, N)),
)
"""Mean of all minus mean of the batch means: the covariance of sizes and means over a mean size."""

# A prior on K values of θ; the probability of two heads is the mean of θ²
weight, value = IndexedBase("w", positive=True), IndexedBase("theta", real=True)


@quantity(r"\operatorname{{Cov}}_{{{0},{1}}}(y_1,y_2)")
def covariance(w: Any, values: Any) -> Any:
    """P(1, 1) minus the square of P(1), of two labels that are independent given θ."""
    return over_classes(entry(w, k) * entry(values, k) ** 2) - (
        over_classes(entry(w, k) * entry(values, k)) ** 2
    )


pairs_of_values = (
    over_classes(over_classes(weight[k] * weight[l] * (value[k] - value[l]) ** 2, l)) / 2
)
covariance_of_two = Chain(
    start=covariance(weight, value),
    steps=((pairs_of_values, "expand the square; the weights sum to 1"),),
    given=(size(K, 1), simplex(weight, K), real(value, K)),
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
