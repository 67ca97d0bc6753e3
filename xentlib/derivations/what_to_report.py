"""The chapter on what to report with a fit to soft labels."""

from typing import Any

from sympy import IndexedBase, KroneckerDelta, Sum, Symbol, log

from xentlib.derivations import quantities as named
from xentlib.derivations.entropy_and_kl import weights
from xentlib.derivations.symbols import K, N, i, j, k, over_classes, over_observations
from xentlib.verify import Bounded, Dropped, Expectation, Expected
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import number, positive, real, simplex, size
from xentlib.verify.quantity import called, entry, quantity
from xentlib.votes import effective_sample_size

x, w = IndexedBase("x", real=True), IndexedBase("w", positive=True)
mu, phi, rho = (
    Symbol("mu", real=True),
    Symbol("varphi", positive=True),
    Symbol("rho", positive=True),
)
variance = Symbol("v", positive=True)
total, squares = over_observations(w[i]), over_observations(w[i] ** 2)

# Three kinds of weights
equal_or_not = KroneckerDelta(i, j)


def variance_of_the_mean(of_row: Any) -> Any:
    """Of the weighted mean of uncorrelated rows, from the variance of row i."""
    pair = w[i] * w[j] * of_row * equal_or_not
    return called(r"\operatorname{Var}(\bar x_w)", Sum(pair, (i, 1, N), (j, 1, N)) / total**2)


of_precisions = Chain(
    start=variance_of_the_mean(phi / w[i]),
    steps=(
        (over_observations(phi * w[i]) / total**2, r"each row with itself, $w_i^2\varphi/w_i$"),
        (phi / total, "one sum of the weights goes"),
    ),
    given=(size(N), positive(w, N), number(phi, 0, 3)),
)
"""The variance of a weighted mean whose weights are precisions."""
of_importances = Chain(
    start=variance_of_the_mean(variance),
    steps=((variance * squares / total**2, "each row with itself, $w_i^2v$"),),
    given=(size(N), positive(w, N), number(variance, 0, 3)),
)
"""The variance of a weighted mean of rows that are equally uncertain."""


@quantity(r"\frac{{(\sum_i {0}_i)^2}}{{\sum_i {0}_i^2}}", computes=effective_sample_size)
def kish(w: Any) -> Any:
    """The size of an unweighted sample that is as good."""
    return over_observations(entry(w, i)) ** 2 / over_observations(entry(w, i) ** 2)


def _in_floats(w: Any, N: int) -> float:
    return float(effective_sample_size(w))


pairs = Sum((w[i] - w[j]) ** 2, (i, 1, N), (j, 1, N))
kish_is_below_n = Bounded(
    start=kish(w),
    steps=((Dropped(amount=pairs / (2 * squares)), N, "expand $\\sum_{ij}(w_i-w_j)^2$"),),
    given=(size(N), positive(w, N)),
    computes=_in_floats,
    mistakes={"as good as half the rows": N / 2, "always all rows": {}},
)
"""Kish's size is at most the number of rows."""

# Optimism: N ways in which the labels may come, with their chances; the fit sees the label
P, Q = IndexedBase("p", positive=True), IndexedBase("q", positive=True)
ways = (size(K), size(N), weights, simplex(P, K, N), simplex(Q, K, N))
chance = weights.symbol
mean_label = over_observations(chance[i] * P[i, k])


@quantity(r"\textstyle\sum_i w_iH({0}_i,{1}_i)")
def seen_loss(p: Any, q: Any) -> Any:
    """Of the label that the fit saw, on average."""
    return -over_observations(chance[i] * over_classes(entry(p, i, k) * log(entry(q, i, k))))


@quantity(r"\textstyle\sum_{{ij}} w_iw_jH({0}_j,{1}_i)")
def new_loss(p: Any, q: Any) -> Any:
    """Of a new label of the same item, on average."""
    new = Sum(chance[j] * entry(p, j, k), (j, 1, N))
    return -over_observations(chance[i] * over_classes(new * log(entry(q, i, k))))


@quantity(r"\textstyle\sum_k\operatorname{{Cov}}({0}_k,\log {1}_k)")
def covariance_with_the_logarithm(p: Any, q: Any) -> Any:
    """Of label and log-prediction, over the ways."""
    centred = entry(p, i, k) - Sum(chance[j] * entry(p, j, k), (j, 1, N))
    return over_observations(chance[i] * over_classes(centred * log(entry(q, i, k))))


optimism = Chain(
    start=new_loss(P, Q) - seen_loss(P, Q),
    steps=((covariance_with_the_logarithm(P, Q), "the loss is affine in the label"),),
    given=ways,
)
"""How much better a fit looks on the labels that it saw."""
centred_label = P[i, k] - Sum(chance[j] * P[j, k], (j, 1, N))
with_the_prediction = over_observations(chance[i] * over_classes(centred_label * Q[i, k]))

# The same for the squared distance, where the covariance of the labels is all that counts
label = IndexedBase("y", real=True)
dispersed = Expectation(
    x=label, mean=mu, cov=phi * variance * KroneckerDelta(i, j), indices=(i, j), size=N
)
mean_seen = over_observations(label[i]) / N
new_square = phi * variance + (mu - mean_seen) ** 2
seen_square = over_observations((label[i] - mean_seen) ** 2) / N
squared_moments = Expected(
    E=dispersed,
    expression=new_square - seen_square,
    steps=(
        (
            phi * variance + phi * variance / N - (1 - 1 / N) * phi * variance,
            "a new label errs by its own variance and by the mean's",
        ),
    ),
    given=(size(N), number(mu), number(variance, 0, 3), number(phi, 0, 1)),
    mistakes={
        "what one hard label has, as AIC counts": 2 * variance / N,
        "none, for labels are soft": 0 * N,
    },
)
"""A new label's squared distance to the mean of N labels, minus that of the labels themselves."""
squared_optimism = Chain(
    start=called(
        r"\operatorname{E}(y-\bar y)^2-\operatorname{E}\tfrac1N{\textstyle\sum_i}(y_i-\bar y)^2",
        squared_moments.last,
    ),
    steps=((2 * phi * variance / N, "the label's own variance goes"),),
    given=(size(N), number(phi, 0, 1), number(variance, 0, 3)),
)
"""The optimism of the squared distance."""

# Folds by row: N votes on one item, and a memoriser that predicts a vote by the item's others
vote = IndexedBase("x", real=True)
alike = Expectation(
    x=vote,
    mean=mu,
    cov=variance * (rho + (1 - rho) * KroneckerDelta(i, j)),
    indices=(i, j),
    size=N,
)
mean_vote = over_observations(vote[i]) / N
others = (N * mean_vote - vote[i]) / (N - 1)
left_out = Expected(
    E=alike,
    expression=over_observations((vote[i] - others) ** 2) / N,
    steps=(((1 - rho) * variance * N / (N - 1), "what votes on one item share cancels"),),
    given=(
        size(N, 2),
        number(mu),
        number(variance, 0, 3),
        number(rho, 0, 1),
    ),
    mistakes={
        "a vote that is left out is as good as a new item": variance,
        "the others are known exactly": (1 - rho) * variance,
    },
)
"""The squared error of a vote that is predicted by the other votes on its item."""
leak = Chain(
    start=called(
        r"\operatorname{E}(\text{new item})^2-\operatorname{E}(\text{left out})^2",
        variance - (1 - rho) * variance * N / (N - 1),
    ),
    steps=((variance * (N * rho - 1) / (N - 1), "over one denominator"),),
    given=(size(N, 2), number(variance, 0, 3), number(rho, 0, 1)),
)
"""By how much the memoriser looks better than it is on new items."""

# Which score to train on: inputs with the squares a of a feature, the slopes s of the prediction,
# and the variances V of the label; g is what a loss multiplies its residual by
a, s, V, g = (IndexedBase(letter, positive=True) for letter in "asVg")
inputs = (size(N, 1, 3), positive(a, N), positive(s, N), positive(V, N))


def of_multipliers(g: Any, V: Any) -> Any:
    """The scatter of a slope, from the entries of g and V at input i."""
    return over_observations(a[i] * g**2 * V) / over_observations(a[i] * g * s[i]) ** 2


@quantity(r"\frac{{\sum_i a_i{0}_i^2{2}_i}}{{(\sum_i a_i{0}_i{1}_i)^2}}")
def scatter(g: Any, s: Any, V: Any) -> Any:
    """Of the fit whose residuals are multiplied by g, to first order."""
    return of_multipliers(entry(g, i), entry(V, i))


@quantity(r"\frac1{{\sum_i a_i{0}_i^2/{1}_i}}")
def least_scatter(s: Any, V: Any) -> Any:
    """What the residual over its variance reaches."""
    return 1 / over_observations(a[i] * entry(s, i) ** 2 / entry(V, i))


cross = (g[i] * V[i] * s[j] - g[j] * V[j] * s[i]) ** 2 / (V[i] * V[j])
slack = Sum(a[i] * a[j] * cross, (i, 1, N), (j, 1, N)) / 2
best_weights = Bounded(
    start=scatter(g, s, V),
    relation=">=",
    steps=(
        (
            Dropped(
                amount=slack
                / over_observations(a[i] * s[i] ** 2 / V[i])
                / over_observations(a[i] * g[i] * s[i]) ** 2
            ),
            least_scatter(s, V),
            "Cauchy and Schwarz: all pairs of inputs",
        ),
    ),
    given=(*inputs, positive(g, N)),
    mistakes={
        "every multiplier does as well": {},
        "never below twice that": 2 * least_scatter(s, V),
    },
)
"""No multiplier of the residual scatters less than the slope over the variance."""
least = 1 / over_observations(a[i] * s[i])
with_cross_entropy = Chain(
    start=called(r"S(1)", of_multipliers(1, phi * s[i])),
    steps=((phi / over_observations(a[i] * s[i]), "one of the two sums goes"),),
    given=(*inputs[:3], number(phi, 0, 3)),
)
"""Cross-entropy multiplies by 1: it reaches the least where the variance is φ times the slope."""
with_squares = Chain(
    start=called(r"S(s)", of_multipliers(s[i], phi)),
    steps=((phi / over_observations(a[i] * s[i] ** 2), "one of the two sums goes"),),
    given=(*inputs[:3], number(phi, 0, 3)),
)
"""The squared distance multiplies by the slope: it reaches the least at a constant variance."""

# A posterior from a loss with weight ω: a flat prior, N labels of two classes with the mean m
omega, m = Symbol("omega", positive=True), Symbol("m", positive=True)
first, second = called("a", 1 + omega * N * m), called("b", 1 + omega * N * (1 - m))
centre = called(r"\bar\theta", (1 + omega * N * m) / (2 + omega * N))


def moment(order: int) -> Any:
    """Of the share, under the Beta law."""
    return named.beta_function(first + order, second) / named.beta_function(first, second)


spread_of_a_posterior = Chain(
    start=called(r"\operatorname{Var}(\theta)", moment(2) - moment(1) ** 2),
    steps=(
        (
            first * (first + 1) / ((first + second) * (first + second + 1))
            - (first / (first + second)) ** 2,
            r"$\Gamma(a+1)=a\,\Gamma(a)$",
        ),
        (centre * (1 - centre) / (omega * N + 3), r"$a+b=\omega N+2$"),
    ),
    given=(size(N), number(omega, 0, 3), number(m, 0, 1)),
)
"""The variance of the posterior that the loss with weight ω gives."""
share, theta = IndexedBase("y", real=True), Symbol("theta", positive=True)
of_the_loss = over_observations(-share[i] * log(theta) - (1 - share[i]) * log(1 - theta))
mean_share = called(r"\bar y", over_observations(share[i]) / N)
kernel = Chain(
    start=called(r"-\omega\textstyle\sum_iH(y_i,\theta)", -omega * of_the_loss),
    steps=(
        (
            omega * N * mean_share * log(theta) + omega * N * (1 - mean_share) * log(1 - theta),
            "the labels count by their mean",
        ),
    ),
    given=(size(N), number(omega, 0, 3), real(share, N), number(theta, 0, 1)),
)
"""The logarithm of what the loss multiplies the prior by: that of a Beta law."""
