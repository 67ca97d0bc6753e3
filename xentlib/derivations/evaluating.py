"""The chapter on evaluation with soft labels."""

from typing import Any

from sympy import (
    Derivative,
    IndexedBase,
    KroneckerDelta,
    Sum,
    Symbol,
    exp,
    gamma,
    log,
    sqrt,
)

from xentlib.derivations import neighbours as scores
from xentlib.derivations import quantities as named
from xentlib.derivations.entropy_and_kl import weights
from xentlib.derivations.lemmas import each_entry, each_observation, logarithm, square
from xentlib.derivations.right_on_average import any_pairs
from xentlib.derivations.symbols import (
    K,
    N,
    i,
    j,
    k,
    l,
    over_classes,
    over_observations,
    p,
    v,
    z,
)
from xentlib.verify import Bounded, Dropped, Expectation, Expected, Rowwise, Termwise
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import number, real, share, simplex, size, total
from xentlib.verify.quantity import called, entry, quantity

classes, rows = size(K), size(N)
any_p, any_q = (IndexedBase(letter, nonnegative=True) for letter in "pq")

# N votes on one item, independent, with the law p: what they say of a distance and of a spread


def of_two_votes(p: Any, k: Any) -> Any:
    """The chance that the votes i and j are both for class k."""
    return KroneckerDelta(i, j) * entry(p, k) + (1 - KroneckerDelta(i, j)) * entry(p, k) ** 2


def over_votes(term: Any) -> Any:
    """The sum over all pairs of votes i and j, each with itself among them."""
    return Sum(term, (i, 1, N), (j, 1, N))


@quantity(r"\operatorname{{E}}\lVert\hat p-{1}\rVert^2")
def distance_of_shares(p: Any, q: Any) -> Any:
    """The mean squared distance of the shares of N votes from q, by pairs of votes."""
    squares = over_votes(of_two_votes(p, k)) / N**2
    return over_classes(squares - 2 * entry(p, k) * entry(q, k) + entry(q, k) ** 2)


@quantity(r"\operatorname{{E}}D")
def mean_disagreement(p: Any) -> Any:
    """How often two different votes of N differ, on average."""
    different = over_votes((1 - KroneckerDelta(i, j)) * of_two_votes(p, k)) / (N * (N - 1))
    return 1 - over_classes(different)


spread = 1 - scores.squared_length(any_p)
plug_in_distance = Chain(
    start=distance_of_shares(any_p, any_q),
    steps=(
        (
            over_classes(
                (N * any_p[k] + N * (N - 1) * any_p[k] ** 2) / N**2
                - 2 * any_p[k] * any_q[k]
                + any_q[k] ** 2
            ),
            "N votes with themselves, N(N - 1) pairs of different ones",
        ),
        (
            scores.squared_distance(any_p, any_q) + spread / N,
            "complete the square; the shares sum to 1",
        ),
    ),
    given=(classes, size(N, 1), simplex(any_p, K), simplex(any_q, K)),
)
"""The squared distance of vote shares from a prediction: too large by the votes' own noise."""
pairs_that_differ = Chain(
    start=mean_disagreement(any_p),
    steps=((spread, "N(N - 1) pairs, each of two independent votes"),),
    given=(classes, rows, simplex(any_p, K)),
)
"""How often two votes differ is 1 - |p|² on average: the Brier score of the truth."""
excess_of_brier = Chain(
    start=distance_of_shares(any_p, any_q) - mean_disagreement(any_p) / N,
    steps=(
        (
            scores.squared_distance(any_p, any_q),
            "each of the two on average: the noise of the votes cancels",
        ),
    ),
    given=(classes, rows, simplex(any_p, K), simplex(any_q, K)),
)
"""The distance without the votes' noise, as two votes or more give it."""

# The entropy: no such correction. Of two classes, with the share t, derivative by derivative
order = Symbol("m", integer=True, positive=True)
t = Symbol("t", positive=True)


@quantity("h({})")
def entropy_of_two(t: Any) -> Any:
    """Of two classes, in the share of the first."""
    return -t * log(t) - (1 - t) * log(1 - t)


@quantity("h_{{{0}}}({1})")
def derivative_of_entropy(m: Any, t: Any) -> Any:
    """The derivative of order m of the entropy of two classes, from the second on."""
    return -gamma(m - 1) * ((-1) ** m * t ** (1 - m) + (1 - t) ** (1 - m))


second_derivative = Chain(
    start=Derivative(entropy_of_two(t), (t, 2)),
    steps=((derivative_of_entropy(2, t), "differentiate twice"),),
    given=(number(t, 0, 1),),
)
"""The second derivative of the entropy of two classes."""
next_derivative = Chain(
    start=Derivative(derivative_of_entropy(order, t), t),
    steps=((derivative_of_entropy(order + 1, t), "differentiate, and one more factor"),),
    given=(number(order, 2, 6), number(t, 0, 1)),
)
"""From one derivative to the next."""

# ... but bounds on both sides: r are predictions that do not look at the vote that they are to meet
r = IndexedBase("r", positive=True)


@quantity(r"\textstyle\sum_i w_iH({0},{1}_i)")
def loss_of_others(p: Any, r: Any) -> Any:
    """The mean loss of predictions that are random, under one law of the vote."""
    return over_observations(weights.symbol[i] * -over_classes(entry(p, k) * log(entry(r, i, k))))


other_votes_cost_more = Bounded(
    start=loss_of_others(p, r),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=weights.symbol[i] * p[k],
                argument=r[i, k] / p[k],
                limits=each_entry,
            ),
            over_observations(weights.symbol[i] * over_classes(p[k] - r[i, k]))
            - over_observations(weights.symbol[i] * over_classes(p[k] * log(p[k]))),
            "log t is at most t - 1, at r over p",
        ),
        ("=", named.entropy(p), "each sums to 1, and so do the weights"),
    ),
    given=(classes, rows, weights, simplex(p, K), simplex(r, K, N)),
    equality={r[i, k]: p[k]},
    mistakes={
        "other votes cost nothing, for they are right on average": {},
        "equal shares would do": {r[i, k]: 1 / K},
    },
)
"""Predictions from other votes cost more than the entropy on average: a bound from above."""

# A bin of N items: the gap of item i, share of votes minus prediction, has a mean and a variance
mu, variance = Symbol("mu", real=True), Symbol("sigma^2", positive=True)
gap = IndexedBase("d", real=True)


def of_two_gaps(mu: Any, variance: Any) -> Any:
    """The mean of the product of the gaps of the items i and j."""
    return mu**2 + KroneckerDelta(i, j) * variance


@quantity(r"\operatorname{{E}}\bar d^2")
def mean_squared_gap(mu: Any, variance: Any) -> Any:
    """Of the mean gap of a bin, by pairs of items."""
    return over_votes(of_two_gaps(mu, variance)) / N**2


@quantity(r"\operatorname{{E}}\tfrac1{{N(N-1)}}\textstyle\sum_{{i\ne j}}d_id_j")
def mean_product_of_gaps(mu: Any, variance: Any) -> Any:
    """Of two different items, over all pairs."""
    return over_votes((1 - KroneckerDelta(i, j)) * of_two_gaps(mu, variance)) / (N * (N - 1))


of_a_bin = (rows, number(mu), number(variance, 0, 3))
plug_in_calibration = Chain(
    start=mean_squared_gap(mu, variance),
    steps=((mu**2 + variance / N, "N² pairs with the mean, and N items with themselves"),),
    given=of_a_bin,
)
"""The squared mean gap of a bin is too large, by the variance of a mean."""
pairs_of_items = Chain(
    start=mean_product_of_gaps(mu, variance),
    steps=((mu**2, "different items have independent gaps"),),
    given=of_a_bin,
)
"""Pairs of different items give the squared gap without bias."""
by_moments = Expected(
    E=Expectation(x=gap, mean=mu, cov=variance * KroneckerDelta(i, j), indices=(i, j), size=N),
    expression=(over_observations(gap[i]) ** 2 - over_observations(gap[i] ** 2)) / (N * (N - 1)),
    steps=((mu**2, "the squares are taken away"),),
    given=of_a_bin,
    mistakes={
        "the squares may stay": mu**2 + variance / N,
        "the squares are taken away twice": mu**2 - variance / N,
    },
)
"""The same, as it is computed: the square of the sum minus the sum of the squares."""

# A calibrated model against majorities: three votes with the chance π
pi = Symbol("pi", positive=True)
three_votes = Chain(
    start=called(r"M_3-\pi", pi**3 + 3 * pi**2 * (1 - pi) - pi),
    steps=((pi * (1 - pi) * (2 * pi - 1), "three factors"),),
    given=(number(pi, 0, 1),),
)
"""How far the majority of three votes is from one vote, on average."""

# Temperature: the mean loss of N items in β = 1/T
beta, T = Symbol("beta", positive=True), Symbol("T", positive=True)


def cooled(z: Any, beta: Any, index: Any = k) -> Any:
    """The prediction for item i at β."""
    return exp(beta * entry(z, i, index)) / over_classes(exp(beta * entry(z, i, l)), l)


@quantity(r"L({2})")
def loss_at(p: Any, z: Any, beta: Any) -> Any:
    """The mean cross-entropy of N items at the inverse temperature β."""
    logsum = log(over_classes(exp(beta * entry(z, i, k))))
    return over_observations(logsum - beta * over_classes(entry(p, i, k) * entry(z, i, k))) / N


@quantity(r"\textstyle\frac1N\sum_i\langle q_i,{0}_i\rangle")
def mean_logit_predicted(z: Any, beta: Any) -> Any:
    """Of the items, under their predictions at β."""
    return over_observations(over_classes(cooled(z, beta) * entry(z, i, k))) / N


@quantity(r"\textstyle\frac1N\sum_i\langle {0}_i,{1}_i\rangle")
def mean_logit_labelled(p: Any, z: Any) -> Any:
    """Of the items, under their labels."""
    return over_observations(over_classes(entry(p, i, k) * entry(z, i, k))) / N


@quantity(r"\textstyle\frac1N\sum_i\operatorname{{Var}}_{{q_i}}({0}_i)")
def mean_variance_of_logits(z: Any, beta: Any) -> Any:
    """Of the items, under their predictions at β."""
    square = over_classes(cooled(z, beta) * entry(z, i, k) ** 2)
    return over_observations(square - over_classes(cooled(z, beta) * entry(z, i, k)) ** 2) / N


of_logits = (classes, rows, simplex(any_p, K, N), real(z, K, N), number(beta, 0, 3))
slope_in_beta = Chain(
    start=Derivative(loss_at(any_p, z, beta), beta),
    steps=(
        (
            mean_logit_predicted(z, beta) - mean_logit_labelled(any_p, z),
            "the slope of a logarithm of a sum is a mean",
        ),
    ),
    given=of_logits,
)
"""The slope in the inverse temperature: the mean logit as predicted, minus that of the labels."""
bend_in_beta = Chain(
    start=Derivative(loss_at(any_p, z, beta), (beta, 2)),
    steps=((mean_variance_of_logits(z, beta), "the slope of a mean is a variance"),),
    given=of_logits,
)
"""The curvature in the inverse temperature: a variance; the labels drop out."""

variance_is_nonnegative = Bounded(
    start=Derivative(loss_at(any_p, z, beta), (beta, 2)),
    relation=">=",
    steps=(
        ("=", mean_variance_of_logits(z, beta), "the slope of a mean is a variance"),
        (
            Rowwise(
                lemma=any_pairs,
                weight=1 / N,
                row={any_q[k]: cooled(z, beta), v[k]: z[i, k]},
                limits=each_observation,
            ),
            0 * K,
            "each variance is a sum of squares",
        ),
    ),
    given=of_logits,
    mistakes={"it is the same for all logits": {}, "at least one": 1 + 0 * K},
)
"""The mean loss is convex in the inverse temperature."""
bend_in_temperature = Chain(
    start=Derivative(loss_at(any_p, z, 1 / T), (T, 2)),
    steps=(
        (
            (
                mean_variance_of_logits(z, 1 / T) / T
                + 2 * (mean_logit_predicted(z, 1 / T) - mean_logit_labelled(any_p, z))
            )
            / T**3,
            "differentiate through 1/T, twice",
        ),
    ),
    given=(classes, rows, simplex(any_p, K, N), real(z, K, N), number(T, 0, 4)),
)
"""The curvature in the temperature itself: below 0 where T is large, if a best T exists."""

# Focal loss: one class with the predicted share t; γ = 0 is cross-entropy
power = Symbol("gamma", positive=True)


@quantity(r"f({0})")
def focal(t: Any, power: Any) -> Any:
    """What a label costs whose class has the predicted share t."""
    return -((1 - t) ** power) * log(t)


@quantity(r"w({0})")
def odds_of_focal(t: Any, power: Any) -> Any:
    """What the truth is proportional to, class by class, where the focal loss is least."""
    return t / ((1 - t) ** power - power * (1 - t) ** (power - 1) * t * log(t))


slope_of_focal = Chain(
    start=Derivative(focal(t, power), t),
    steps=((-1 / odds_of_focal(t, power), "differentiate; one common denominator"),),
    given=(number(t, 0, 1), number(power, 0, 4)),
)
"""The slope of the focal loss, minus one over the odds of the truth."""
bend_of_focal = Chain(
    start=Derivative(focal(t, power), (t, 2)),
    steps=(
        (
            (1 - t) ** power / t**2
            + 2 * power * (1 - t) ** (power - 1) / t
            - power * (power - 1) * (1 - t) ** (power - 2) * log(t),
            "differentiate twice",
        ),
    ),
    given=(number(t, 0, 1), number(power, 0, 4)),
)
"""The curvature of the focal loss of one class."""
weak = share(power)
focal_is_convex = Bounded(
    start=Derivative(focal(t, power), (t, 2)),
    relation=">=",
    steps=(
        ("=", bend_of_focal.last, "differentiate twice"),
        (
            Termwise(
                lemma=logarithm,
                weight=power * (1 - power) * (1 - t) ** (power - 2),
                argument=1 / t,
            ),
            (1 - t) ** power / t**2 + power * (1 + power) * (1 - t) ** (power - 1) / t,
            "the logarithm of 1/t is at most 1/t - 1",
        ),
    ),
    given=(number(t, 0, 1), weak),
    mistakes={
        "the logarithm with the other sign": bend_of_focal.last
        + 2 * power * (power - 1) * (1 - t) ** (power - 2) * log(t),
        "the term with the logarithm forgotten": bend_of_focal.last
        + power * (power - 1) * (1 - t) ** (power - 2) * log(t),
    },
)
"""With a power of at most 1 the focal loss of one class is strictly convex."""
more = Symbol("delta", nonnegative=True)
steep_focal_is_convex = Bounded(
    start=Derivative(focal(t, 1 + more), (t, 2)),
    relation=">=",
    steps=(
        ("=", bend_of_focal.last.subs(power, 1 + more), "differentiate twice"),
        (
            Termwise(lemma=logarithm, weight=more * (1 + more) * (1 - t) ** (more - 1), argument=t),
            (1 - t) ** (1 + more) / t**2
            + 2 * (1 + more) * (1 - t) ** more / t
            + more * (1 + more) * (1 - t) ** more,
            "the logarithm of t is at most t - 1",
        ),
    ),
    given=(number(t, 0, 1), number(more, 0, 3)),
    mistakes={
        "as curved as cross-entropy": 1 / t**2,
        "the term with the logarithm twice": bend_of_focal.last.subs(power, 1 + more)
        - more * (1 + more) * (1 - t) ** (more - 1) * log(t),
    },
)
"""With a power above 1 too."""

# What votes buy: n votes on each of as many items as a budget pays, an item costs c votes
n, cost, budget = (Symbol(letter, positive=True) for letter in ("n", "c", "B"))
rho = Symbol("rho", positive=True)


@quantity(r"\operatorname{{Var}}({0})")
def variance_bought(n: Any, rho: Any, cost: Any, budget: Any, variance: Any) -> Any:
    """Of the mean over all items, with n votes on each."""
    return (1 + (n - 1) * rho) * variance / n / (budget / (cost + n))


of_a_budget = (
    number(rho, 0, 1),
    number(cost, 0, 9),
    number(budget, 0, 9),
    number(variance, 0, 3),
)
best_votes = Bounded(
    start=variance_bought(n, rho, cost, budget, variance),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=square,
                weight=variance / (n * budget),
                argument=sqrt(rho) * n - sqrt(cost * (1 - rho)),
            ),
            (sqrt(cost * rho) + sqrt(1 - rho)) ** 2 * variance / budget,
            "the difference is a square",
        ),
    ),
    given=(number(n, 0, 9), *of_a_budget),
    equality={n: sqrt(cost * (1 - rho) / rho)},
    mistakes={
        "as many votes as an item costs": {n: cost},
        "the root turned over": {n: sqrt(cost * rho / (1 - rho))},
    },
)
"""What a budget buys at best, and with how many votes an item."""
one_more_vote = Chain(
    start=variance_bought(n, rho, cost, budget, variance)
    - variance_bought(n + 1, rho, cost, budget, variance),
    steps=(
        (
            (cost * (1 - rho) / (n * (n + 1)) - rho) * variance / budget,
            "what the budget buys is a sum of ρn, of c(1 - ρ)/n and of a constant",
        ),
    ),
    given=(number(n, 0, 9), *of_a_budget),
)
"""What one more vote on each item gains: its sign says where to stop."""

# A set of classes: the majority class has the share a of the votes, and is in the set with the
# chance s; the other classes of the set have the share b
majority_share, covered, others = (
    Symbol("a", positive=True),
    Symbol("s", positive=True),
    Symbol("b", nonnegative=True),
)


@quantity(r"{0}{1}+{2}")
def coverage_of_votes(share: Any, covered: Any, others: Any) -> Any:
    """The chance that a vote is in the set."""
    return share * covered + others


votes_are_covered_less = Bounded(
    start=coverage_of_votes(majority_share, covered, others),
    relation=">=",
    steps=(
        (
            Dropped(amount=(1 - majority_share) * (1 - covered) + others),
            covered - (1 - majority_share),
            "what is left is a product of shares, and a share",
        ),
    ),
    given=(share(majority_share), share(covered), number(others, 0, 1)),
    mistakes={"coverage carries over": covered, "nothing is lost": {}},
)
"""A vote is covered no less than its majority, less the votes that are against it."""

# A loss that is symmetric: its values at one prediction, over all classes, sum to C
loss = IndexedBase("s", real=True)
constant, eta = Symbol("C", real=True), Symbol("eta", positive=True)
of_others = Sum((1 - KroneckerDelta(k, l)) * loss[l], (l, 1, K)) / (K - 1)
symmetric = (classes, real(loss, K), total(constant, loss, K))
at_equal_shares = Chain(
    start=called(r"\operatorname{E}_{Y\sim u}s_Y", over_classes(loss[k] / K)),
    steps=((constant / K, "the values of all classes sum to C"),),
    given=symmetric,
)
"""Under equal shares the mean of a symmetric loss is the same for every prediction."""
under_noise = Chain(
    start=called(
        r"\operatorname{E}s_{\tilde Y}",
        over_classes(any_p[k] * ((1 - eta) * loss[k] + eta * of_others)),
    ),
    steps=(
        (
            (1 - eta * K / (K - 1)) * over_classes(any_p[k] * loss[k]) + eta * constant / (K - 1),
            "the other classes have what is left of C",
        ),
    ),
    given=(*symmetric, simplex(any_p, K), number(eta, 0, 1)),
)
"""With noise the mean of a symmetric loss is its clean mean, by a factor, and a constant."""
