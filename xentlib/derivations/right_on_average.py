"""The chapter on what soft labels estimate."""

from typing import Any

from sympy import (
    Derivative,
    IndexedBase,
    KroneckerDelta,
    Rational,
    Sum,
    Symbol,
    binomial,
    exp,
    log,
    symbols,
)

from xentlib.derivations import quantities as named
from xentlib.derivations.entropy_and_kl import weights
from xentlib.derivations.lemmas import (
    each_entry,
    each_observation,
    logarithm,
    m,
    on_support,
    over_support,
)
from xentlib.derivations.symbols import K, N, i, j, k, l, over_classes, over_observations, p, q, v
from xentlib.verify import (
    Bounded,
    Dropped,
    Expectation,
    Expected,
    Induction,
    Rowwise,
    Termwise,
    density,
)
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import Given, index, number, positive, real, simplex, size
from xentlib.verify.quantity import called, entry, quantity

w = IndexedBase("w", positive=True)
theta, phi, y = (Symbol(name, positive=True) for name in ("theta", "varphi", "y"))
classes, rows = size(K), size(N)

pi = over_observations(w[i] * p[i, k])  # the mean label
hard = over_classes(pi * v[k] ** 2) - over_classes(pi * v[k]) ** 2
soft = over_observations(w[i] * over_classes(p[i, k] * v[k]) ** 2) - over_classes(pi * v[k]) ** 2
lost = over_observations(
    w[i] * (over_classes(p[i, k] * v[k] ** 2) - over_classes(p[i, k] * v[k]) ** 2)
)
noise = Chain(
    start=called(r"\operatorname{Var}(\text{hard})-\operatorname{Var}(\text{soft})", hard - soft),
    steps=((lost, "the square of the mean cancels"),),
    given=(classes, rows, weights, simplex(p, K, N), real(v, K)),
)
"""Hard labels' covariance minus soft ones', along a direction: the labels' own variances."""


@quantity(r"\operatorname{{KL}}({}\,\|\,{})")
def divergence_of_shares(y: Any, theta: Any) -> Any:
    """Of two shares of class 1, with two classes."""
    return y * log(y / theta) + (1 - y) * log((1 - y) / (1 - theta))


divergence = divergence_of_shares(y, theta)
quasi_score = Chain(
    start=Derivative(-divergence / phi, theta),
    steps=(
        ((y / theta - (1 - y) / (1 - theta)) / phi, "differentiate"),
        ((y - theta) / (phi * theta * (1 - theta)), "the residual over the variance"),
    ),
    given=(number(theta, 0, 1), number(y, 0, 1), number(phi, 0, 2)),
)
"""The slope of -KL(y ‖ θ)/φ: the residual over the variance."""
pearson = Chain(
    start=over_classes(phi * (q[k] - q[k] ** 2) / q[k]),
    steps=(((K - 1) * phi, "one for each class; q sums to 1"),),
    given=(classes, simplex(q, K), number(phi, 0, 2)),
)
"""Pearson's sum for one label: each variance over its mean."""
# votes on one item, independent given its own shares of the classes k and l; the moments
# are those of these shares, over items, and delta is 1 where k = l
rho = Symbol("rho", positive=True)
same, mean_k, mean_l, both = symbols("delta m_k m_l m_kl", real=True)
multinomial = same * mean_k - mean_k * mean_l  # diag π - ππ', one entry
between = both - mean_k * mean_l  # the covariance of the item's own shares
pair = KroneckerDelta(i, j) * same * mean_k + (1 - KroneckerDelta(i, j)) * both
shared_item = Chain(
    start=called(
        r"\operatorname{Cov}(\text{share}_k,\text{share}_l)",
        Sum(pair, (i, 1, N), (j, 1, N)) / N**2 - mean_k * mean_l,
    ),
    steps=(
        (
            (N * same * mean_k + N * (N - 1) * both) / N**2 - mean_k * mean_l,
            "N votes with themselves, N(N - 1) pairs that share the item alone",
        ),
        ((multinomial + (N - 1) * between) / N, "the square of the mean, over all pairs"),
    ),
    given=(
        rows,
        number(same, 0, 1),
        number(mean_k, 0, 1),
        number(mean_l, 0, 1),
        number(both, 0, 1),
    ),
)
"""The covariance of shares of N votes that share an item, from all pairs of votes."""
design_effect = Chain(
    start=called(
        r"\operatorname{Cov}(\text{share}_k,\text{share}_l)",
        (Sum(pair, (i, 1, N), (j, 1, N)) / N**2 - mean_k * mean_l).subs(
            both, mean_k * mean_l + rho * multinomial
        ),
    ),
    steps=(
        ((multinomial + (N - 1) * rho * multinomial) / N, "as before, over all pairs"),
        ((1 + (N - 1) * rho) * multinomial / N, "one common factor"),
    ),
    given=(rows, number(same, 0, 1), number(mean_k, 0, 1), number(mean_l, 0, 1), number(rho, 0, 1)),
)
"""With ρ between votes on one item it is 1 + (N - 1) ρ times that of independent ones."""
reverse_score = Derivative(
    -(theta * log(theta / y) + (1 - theta) * log((1 - theta) / (1 - y))) / phi, theta
)
eta = Symbol("eta", real=True)
label = IndexedBase("y", real=True)
share = named.sigmoid(eta)
squares = over_observations(weights.symbol[i] * (share - label[i]) ** 2)
cost = log(1 + exp(eta)) - label[i] * eta  # of one soft label, at the logit η
one_intercept = Chain(
    start=called(
        r"\frac B{A^2}",
        over_observations(weights.symbol[i] * Derivative(cost, eta) ** 2)
        / over_observations(weights.symbol[i] * Derivative(cost, (eta, 2))) ** 2,
    ),
    steps=(
        (
            squares / over_observations(weights.symbol[i] * share * (1 - share)) ** 2,
            "the score is q - p, its slope q(1 - q)",
        ),
        (squares / (share * (1 - share)) ** 2, "the weights sum to 1"),
    ),
    given=(rows, weights, real(label, N), number(eta)),
)
"""The sandwich B/A² for one intercept, with A and B from the loss."""


@quantity(r"\textstyle\sum_i H({0}_i,{1}_i)")
def total_loss(p: Any, q: Any) -> Any:
    """Of labels, each with a prediction of its own."""
    return -over_observations(over_classes(entry(p, i, k) * log(entry(q, i, k))))


@quantity(r"\textstyle\sum_i H({0}_i)")
def total_entropy(p: Any) -> Any:
    """Of labels, their own."""
    return -over_observations(over_classes(entry(p, i, k) * log(entry(p, i, k))))


exact_labels_are_recovered = Bounded(
    start=total_loss(p, q),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=logarithm, weight=p[i, k], argument=q[i, k] / p[i, k], limits=each_entry
            ),
            over_observations(over_classes(p[i, k] - q[i, k]))
            - over_observations(over_classes(p[i, k] * log(p[i, k]))),
            "log t is at most t - 1, at q over the label",
        ),
        (
            "=",
            total_entropy(p),
            "each row sums to 1",
        ),
    ),
    given=(classes, rows, simplex(p, K, N), simplex(q, K, N)),
    equality={q[i, k]: p[i, k]},
    mistakes={
        "the mean label for all": {q[i, k]: Sum(p[l, k], (l, 1, N)) / N},
        "every prediction": {},
    },
)
"""A free prediction for each item is best at the label of the item, and only there."""


# Votes that share an item, by their moments: any law, any dependence with one correlation
vote = IndexedBase("x", real=True)
share_pi = Symbol("pi", positive=True)
variance = share_pi * (1 - share_pi)  # of one vote for a class
correlation = number(rho, 0, 1)
votes = Expectation(
    x=vote,
    mean=share_pi,
    cov=variance * (rho + (1 - rho) * KroneckerDelta(i, j)),
    indices=(i, j),
    size=N,
)
mean_vote = over_observations(vote[i]) / N
variance_of_a_share = Expected(
    E=votes,
    expression=(mean_vote - share_pi) ** 2,
    steps=(
        (
            variance * (rho * N**2 + (1 - rho) * N) / N**2,
            "N² pairs with the correlation, and N votes with themselves",
        ),
        ((1 + (N - 1) * rho) * variance / N, "the design effect"),
    ),
    given=(rows, number(share_pi, 0, 1), correlation),
    mistakes={
        "a share of independent votes": variance / N,
        "a share of one vote": variance,
    },
)
"""The variance of a share of votes that are correlated: the design effect."""

# Bartlett's identities, for any smooth density
at_theta = Symbol("theta", real=True)
model = density(IndexedBase("pi", positive=True), K, of=at_theta)
log_density = log(model.at(k))
mean_score = Chain(
    start=over_classes(model.value[k] * model.derivative(log_density)),
    steps=((0 * K, "the density sums to 1 for every parameter"),),
    given=(classes, *model.given),
)
"""The score has mean 0."""

information = Chain(
    start=-over_classes(model.value[k] * model.derivative(log_density, 2)),
    steps=(
        (
            over_classes(model.slope[k] ** 2 / model.value[k]) - over_classes(model.bend[k]),
            "the second derivative of a logarithm",
        ),
        (
            over_classes(model.value[k] * model.derivative(log_density) ** 2),
            "the density sums to 1 for every parameter",
        ),
    ),
    given=(classes, *model.given),
)
"""The information equality: the mean curvature is the mean squared score."""

weight = Symbol("w", positive=True)
weighted_information = Chain(
    start=-over_classes(model.value[k] * weight * model.derivative(log_density, 2)),
    steps=(
        (
            over_classes(model.value[k] * (weight * model.derivative(log_density)) ** 2) / weight,
            "a weight counts once in the Hessian, and twice in the variance of the score",
        ),
    ),
    given=(classes, *model.given, number(weight, 0, 3)),
)
"""With a weight, the mean curvature is the mean squared weighted score over the weight."""


z, u = (IndexedBase(letter, real=True) for letter in "zu")

# Labels with zeros: whole faces of the simplex are among them
any_p = IndexedBase("p", nonnegative=True)
any_pi = over_observations(w[i] * any_p[i, k])
any_labels = (classes, rows, weights, simplex(any_p, K, N))


def mean_of(p: Any) -> Any:
    """The mean label, one class."""
    return over_observations(w[i] * entry(p, i, k))


@quantity(r"{1}^{{\mathsf T}}\operatorname{{Cov}}({0})\,{1}")
def variance_of_labels(p: Any, v: Any) -> Any:
    """Of finitely many weighted labels, along v."""
    squares = over_observations(w[i] * over_classes(entry(p, i, k) * entry(v, k)) ** 2)
    return squares - over_classes(mean_of(p) * entry(v, k)) ** 2


@quantity(r"{1}^{{\mathsf T}}(\operatorname{{diag}}\bar {0}-\bar {0}\bar {0}^{{\mathsf T}})\,{1}")
def variance_of_hard_labels(p: Any, v: Any) -> Any:
    """Of hard labels with the same mean, along v."""
    squares = over_classes(mean_of(p) * entry(v, k) ** 2)
    return squares - over_classes(mean_of(p) * entry(v, k)) ** 2


@quantity(r"\textstyle\sum_i w_i\operatorname{{Var}}_{{{0}_i}}({1})")
def own_variances(p: Any, v: Any) -> Any:
    """The mean of the labels' own variances, along v."""
    squares = over_classes(entry(p, i, k) * entry(v, k) ** 2)
    return over_observations(w[i] * (squares - over_classes(entry(p, i, k) * entry(v, k)) ** 2))


@quantity(r"\textstyle\sum_i w_i(1-\lVert {0}_i\rVert^2)")
def lost_squares(p: Any) -> Any:
    """How far the labels are from one-hot."""
    return over_observations(w[i] * (1 - over_classes(entry(p, i, k) ** 2)))


@quantity(r"\textstyle\sum_i w_i\langle\bar {0}-{0}_i,{1}\rangle^2")
def squared_scores(p: Any, v: Any) -> Any:
    """The mean square of the score along v, where the prediction is the mean label."""
    score = over_classes((mean_of(p).xreplace({i: j}) - entry(p, i, k)) * entry(v, k))
    return over_observations(w[i] * score**2)


any_soft, any_hard = variance_of_labels(any_p, v), variance_of_hard_labels(any_p, v)
any_noise = Chain(
    start=any_hard - any_soft,
    steps=((own_variances(any_p, v), "the square of the mean cancels"),),
    given=(*any_labels, real(v, K)),
)
"""The gap between hard and soft labels along v: the mean of the labels' own variances."""
any_q = IndexedBase("q", nonnegative=True)
any_pairs = Chain(
    start=over_classes(any_q[k] * v[k] ** 2) - over_classes(any_q[k] * v[k]) ** 2,
    steps=(
        (
            over_classes(over_classes(any_q[k] * any_q[l] * (v[k] - v[l]) ** 2, l)) / 2,
            "expand the square; q sums to 1",
        ),
    ),
    given=(classes, simplex(any_q, K), real(v, K)),
)
"""A variance along v is a sum of squares over pairs of classes, with zeros too."""
soft_is_below_hard = Bounded(
    start=any_soft,
    steps=(
        (
            Rowwise(
                lemma=any_pairs,
                weight=w[i],
                row={any_q[k]: any_p[i, k]},
                limits=each_observation,
            ),
            any_hard,
            "the label's own variance is a sum of squares",
        ),
    ),
    given=any_noise.given,
    mistakes={
        "soft labels are as noisy": {},
        "soft labels have no noise": 0 * K,
    },
)
"""Soft labels are at most as noisy as hard ones with the same mean, on the closed simplex."""
score_of_labels = Chain(
    start=squared_scores(any_p, v),
    steps=((any_soft, "the square of the mean, once less"),),
    given=any_noise.given,
)
"""With a correct mean the variance of the score is that of the label."""
score_is_below_hessian = Bounded(
    start=squared_scores(any_p, v),
    steps=(("=", any_soft, "the square of the mean, once less"), *soft_is_below_hard.steps),
    given=any_noise.given,
    mistakes={
        "the naive variance is right for every label": {},
        "half of it is enough": any_hard / 2,
    },
)
"""With a correct mean the variance of the score is at most the curvature."""
omega = Symbol("omega", positive=True)
bartlett_gap = Chain(
    start=omega * any_hard - omega**2 * any_soft,
    steps=(
        (
            omega * (1 - omega) * any_hard + omega**2 * own_variances(any_p, v),
            "the gap of the labels, and what the weight leaves",
        ),
    ),
    given=(*any_noise.given, number(omega, 0, 3)),
)
"""The Hessian of a weighted loss minus the variance of its score."""
trace_of_the_gap = Chain(
    start=over_classes(any_pi - any_pi**2)
    - over_classes(over_observations(w[i] * any_p[i, k] ** 2) - any_pi**2),
    steps=(
        (
            lost_squares(any_p),
            "the squares of the mean cancel; each label sums to 1",
        ),
    ),
    given=any_labels,
)
"""The trace of the gap, from the variances of the entries."""
of_the_mean = 1 - over_classes(any_pi**2)
two_draws_differ = over_observations(
    w[i]
    * over_classes(over_classes(any_p[i, k] * any_p[i, l] * (1 - KroneckerDelta(k, l)) ** 2, l))
)
trace_is_nonnegative = Bounded(
    start=trace_of_the_gap.last,
    relation=">=",
    steps=(
        ("=", two_draws_differ, "two draws differ: all pairs, minus those of one class"),
        (Dropped(amount=two_draws_differ), 0 * K, "no pair counts against it"),
    ),
    given=any_labels,
    mistakes={"soft labels have the trace 0 too": {}, "at least one half": Rational(1, 2) + 0 * K},
)
"""The trace of the gap is 0 only where no label has two classes: where all are one-hot."""

# On the m classes that some label has; elsewhere both sides would be infinite, or both have 0
of_rows = IndexedBase("P", nonnegative=True)


@quantity(r"\textstyle\sum_i w_iH({0}_i,{1})")
def mean_loss_of_one(rows: Any, q: Any) -> Any:
    """Of one prediction for all labels."""
    return over_observations(w[i] * -over_support(entry(rows, i, k) * log(entry(q, k))))


@quantity(r"H(\textstyle\sum_i w_i{0}_i,{1})")
def loss_of_their_mean(rows: Any, q: Any) -> Any:
    """The cross-entropy from the mean label to a prediction."""
    return -over_support(over_observations(w[i] * entry(rows, i, k)) * log(entry(q, k)))


only_the_mean_counts = Chain(
    start=mean_loss_of_one(of_rows, q),
    steps=((loss_of_their_mean(of_rows, q), "exchange the sums"),),
    given=(*on_support, rows, weights, simplex(of_rows, m, N)),
)
"""The mean loss of one prediction: only the mean label counts, for labels with zeros too."""
sharpened = of_rows[i, k] ** 2 / Sum(of_rows[i, l] ** 2, (l, 1, m))
of_sharpened_labels = over_observations(w[i] * -over_support(sharpened * log(q[k])))

# Votes along any direction: x is the entry of v at the class that is voted for
mean_along, variance_along = Symbol("mu", real=True), Symbol("sigma^2", positive=True)
votes_along = Expectation(
    x=vote,
    mean=mean_along,
    cov=variance_along * (rho + (1 - rho) * KroneckerDelta(i, j)),
    indices=(i, j),
    size=N,
)
variance_along_any_direction = Expected(
    E=votes_along,
    expression=(mean_vote - mean_along) ** 2,
    steps=(
        (
            variance_along * (rho * N**2 + (1 - rho) * N) / N**2,
            "N² pairs with the correlation, and N votes with themselves",
        ),
        ((1 + (N - 1) * rho) * variance_along / N, "the design effect"),
    ),
    given=(rows, number(mean_along), number(variance_along, 0, 3), correlation),
    mistakes={
        "n votes are worth n, whatever they share": variance_along / N,
        "Nρ for (N - 1)ρ, along a direction": (1 + N * rho) * variance_along / N,
        "as if they were one vote": variance_along,
    },
)
"""The variance of a share of correlated votes along any direction."""


@quantity(r"\frac1{{N^2}}\sum_{{i,j}}\operatorname{{Cov}}(x_i,x_j)")
def mean_covariance(rho: Any, sigma2: Any) -> Any:
    """Of all pairs of votes, where each two have the correlation ρ."""
    pair = sigma2 * (rho + (1 - rho) * KroneckerDelta(i, j))
    return Sum(pair, (i, 1, N), (j, 1, N)) / N**2


pairs_of_votes = Chain(
    start=mean_covariance(rho, variance_along),
    steps=(
        (
            variance_along * (rho * N**2 + (1 - rho) * N) / N**2,
            "N² pairs with the correlation, and N votes with themselves",
        ),
        ((1 + (N - 1) * rho) * variance_along / N, "the design effect"),
    ),
    given=(rows, number(variance_along, 0, 3), correlation),
)
"""The variance of a mean of correlated votes, from all pairs of them."""

# The majority of 2n + 1 votes, with the chance π of a vote for class 1
n, value = Symbol("n", integer=True, nonnegative=True), Symbol("M", positive=True)
a_pair, odds = share_pi * (1 - share_pi), 2 * share_pi - 1


@quantity(r"\binom{{2{0}+1}}{0}{1}^{0}(1-{1})^{{{0}+1}}")
def one_behind(n: Any, pi: Any) -> Any:
    """The chance that class 1 is one vote behind."""
    return binomial(2 * n + 1, n) * pi**n * (1 - pi) ** (n + 1)


@quantity(r"\binom{{2{0}+1}}{0}{1}^{{{0}+1}}(1-{1})^{0}")
def one_ahead(n: Any, pi: Any) -> Any:
    """The chance that class 1 leads by one vote."""
    return binomial(2 * n + 1, n) * pi ** (n + 1) * (1 - pi) ** n


behind, ahead = one_behind(n, share_pi), one_ahead(n, share_pi)
two_more_votes = Chain(
    start=value + behind * share_pi**2 - ahead * (1 - share_pi) ** 2,
    steps=(
        (
            value + binomial(2 * n + 1, n) * a_pair ** (n + 1) * odds,
            "one common factor; the rest is π - (1 - π)",
        ),
    ),
    given=(number(n, 0, 4), number(share_pi, 0, 1), number(value, 0, 1)),
)
"""What two more votes do: they turn the majority only where it leads by one vote."""
majority = Induction(
    n=n,
    left=Symbol(r"{M_{2n+1}}"),
    base=share_pi,
    value=value,
    step=value + binomial(2 * n + 1, n) * a_pair ** (n + 1) * odds,
    right=share_pi + odds * Sum(binomial(2 * j - 1, j) * a_pair**j, (j, 1, n)),
    unfold=two_more_votes,
    before=value,
    read_as=(
        "class 1 wins with 2n + 3 votes if it won with 2n + 1, unless it led by one vote and lost "
        "both of the two more; or if it was one vote behind and won both"
    ),
    first=0,
    given=(number(share_pi, 0, 1),),
    mistakes={
        "the majority has the mean π": share_pi + 0 * n,
        "the bias does not depend on n": share_pi + odds * a_pair + 0 * n,
    },
)
"""The chance that a majority of 2n + 1 votes is for class 1."""


# The sandwich, of weighted rows along a direction u of the logits
def _there(z: Any, u: Any, index: Any = k) -> Any:
    """One logit of a row that moves along u."""
    return entry(z, i, index) + at_theta * entry(u, i, index)


def _loss_there(p: Any, z: Any, u: Any) -> Any:
    return log(over_classes(exp(_there(z, u)))) - over_classes(entry(p, i, k) * _there(z, u))


def _share_there(z: Any, u: Any) -> Any:
    return exp(_there(z, u)) / over_classes(exp(_there(z, u, l)), l)


@quantity(r"\sum_i w_iH({0}_i,\operatorname{{softmax}}({1}_i+\theta {2}_i))")
def weighted_loss(p: Any, z: Any, u: Any) -> Any:
    """Of rows whose logits move along u."""
    return over_observations(w[i] * _loss_there(p, z, u))


@quantity(r"\sum_i w_i\operatorname{{Var}}_{{q_i}}({1}_i)")
def weighted_variances(z: Any, u: Any) -> Any:
    """Of the moves, under the prediction at θ."""
    share = _share_there(z, u)
    squares = over_classes(share * entry(u, i, k) ** 2)
    return over_observations(w[i] * (squares - over_classes(share * entry(u, i, k)) ** 2))


@quantity(
    r"\sum_i w_i^2\big(\tfrac{{\partial}}{{\partial\theta}}"
    r"H({0}_i,\operatorname{{softmax}}({1}_i+\theta {2}_i))\big)^2"
)
def squares_of_slopes(p: Any, z: Any, u: Any) -> Any:
    """Of the weighted loss of each row, along u."""
    return over_observations(w[i] ** 2 * Derivative(_loss_there(p, z, u), at_theta) ** 2)


@quantity(r"\sum_i w_i^2\langle q_i-{0}_i,{2}_i\rangle^2")
def squares_of_residuals(p: Any, z: Any, u: Any) -> Any:
    """Of the prediction minus the label, along u."""
    residual = _share_there(z, u) - entry(p, i, k)
    return over_observations(w[i] ** 2 * over_classes(residual * entry(u, i, k)) ** 2)


of_rows_along = (
    classes,
    rows,
    Given(symbol=at_theta, draw=lambda random, known: Rational(0)),  # where the line starts
    positive(w, N),
    simplex(any_p, K, N),
    real(z, K, N),
    real(u, K, N),
)
outer_along = Chain(
    start=squares_of_slopes(any_p, z, u),
    steps=((squares_of_residuals(any_p, z, u), "the prediction minus the label, along u"),),
    given=of_rows_along,
)
"""N times B: the squares of the scores, with the squares of the weights."""
weighted_once = over_observations(
    w[i] * over_classes((_share_there(z, u) - any_p[i, k]) * u[i, k]) ** 2
)
inner_along = Chain(
    start=Derivative(weighted_loss(any_p, z, u), (at_theta, 2)),
    steps=(
        (
            weighted_variances(z, u),
            "the variance of u under each prediction; the label drops out",
        ),
    ),
    given=of_rows_along,
)
"""N times A: the curvature, with the weights."""


# Finitely many inputs: the loss, and the divergences from the mean labels there
@quantity(r"\textstyle\sum_i w_iH({0}_i,{1}_i)")
def mean_loss(p: Any, q: Any) -> Any:
    """Of labels, each with a prediction of its own, by weight."""
    return over_observations(w[i] * -over_classes(entry(p, i, k) * log(entry(q, i, k))))


@quantity(r"\textstyle\sum_i w_iH({0}_i)")
def own_entropies(p: Any) -> Any:
    """Of labels, the mean of their own, by weight."""
    return over_observations(w[i] * -over_classes(entry(p, i, k) * log(entry(p, i, k))))


@quantity(r"\textstyle\sum_i w_i\operatorname{{KL}}({0}_i\,\|\,{1}_i)")
def mean_divergence(p: Any, q: Any) -> Any:
    """From labels to their predictions, by weight."""
    quotients = entry(p, i, k) / entry(q, i, k)
    return over_observations(w[i] * over_classes(entry(p, i, k) * log(quotients)))


projected = Chain(
    start=mean_loss(p, q),
    steps=((mean_divergence(p, q) + own_entropies(p), "add and subtract log p"),),
    given=(classes, rows, weights, simplex(p, K, N), simplex(q, K, N)),
)
"""The mean loss is the mean divergence from the mean labels, and what no model changes."""

# N items that the same R annotators label: the score of annotator j on item i has a part of the
# item, one of the annotator and one of the vote, uncorrelated, with these variances
R = Symbol("R", integer=True, positive=True)
of_items, of_annotators, of_votes = symbols("v_I v_A v_V", nonnegative=True)
crossed = (size(N), size(R), number(of_items), number(of_annotators), number(of_votes))


def of_two_scores(i: Any, j: Any, k: Any, other: Any) -> Any:
    """The covariance of the scores of annotator j on item i and of another annotator on item k."""
    item, annotator = KroneckerDelta(i, k), KroneckerDelta(j, other)
    return of_items * item + of_annotators * annotator + of_votes * item * annotator


def over_scores(term: Any, *indices: Any) -> Any:
    """The sum over items i and k, and annotators j and l, as far as they are given."""
    return Sum(term, *((index, 1, N if index in (i, k) else R) for index in indices))


of_a_crossed_mean = of_items / N + of_annotators / R + of_votes / (N * R)
variance_of_a_crossed_mean = Chain(
    start=called(
        r"\operatorname{Var}(\bar y)",
        over_scores(of_two_scores(i, j, k, l), i, j, k, l) / (N * R) ** 2,
    ),
    steps=(
        (
            (N * R**2 * of_items + N**2 * R * of_annotators + N * R * of_votes) / (N * R) ** 2,
            "of all pairs of scores $NR^2$ share the item, $N^2R$ the annotator, $NR$ both",
        ),
        (of_a_crossed_mean, "divide"),
    ),
    given=crossed,
)
"""The variance of the mean score, from all pairs of scores."""
one_score_with_the_mean = Chain(
    start=called(
        r"\operatorname{Cov}(y_{ij},\bar y)", over_scores(of_two_scores(i, j, k, l), k, l) / (N * R)
    ),
    steps=(
        (
            (R * of_items + N * of_annotators + of_votes) / (N * R),
            "$R$ scores share the item, $N$ the annotator, and one is this",
        ),
        (of_a_crossed_mean, "divide: as if with itself"),
    ),
    given=(*crossed[:2], index(i, N), index(j, R), *crossed[2:]),
)
"""Each score has the covariance with their mean that the mean has with itself."""


def of_residuals(i: Any, j: Any, k: Any, other: Any, *indices: Any) -> Any:
    """The covariances of two scores minus their mean, summed over indices, over (NR)²."""
    term = of_two_scores(i, j, k, other) - of_a_crossed_mean
    return over_scores(term, *indices) / (N * R) ** 2


within_items = of_residuals(i, j, i, l, i, j, l)
within_annotators = of_residuals(i, j, k, j, i, j, k)
of_each = of_residuals(i, j, i, j, i, j)
items_expected = N / (N - 1) * within_items
annotators_expected = R / (R - 1) * within_annotators
votes_expected = N * R / (N * R - 1) * of_each
by_items = Chain(
    start=called(r"\operatorname{E}V_{\text{items}}", items_expected),
    steps=(
        (
            (of_items + (of_annotators + of_votes) / R - of_a_crossed_mean) / (N - 1),
            "within an item each two scores share it, and each shares the rest with itself alone",
        ),
        ((of_items + of_votes / R) / N, "the annotators' part is that of the mean: it cancels"),
    ),
    given=crossed,
)
"""What the item sandwich is on average: nothing of the annotators."""
by_annotators = Chain(
    start=called(r"\operatorname{E}V_{\text{annotators}}", annotators_expected),
    steps=(((of_annotators + of_votes / N) / R, "the same, the other way round"),),
    given=crossed,
)
"""What the sandwich by annotators is on average: nothing of the items."""
too_little = (of_items * (1 - 1 / N) + of_annotators * (1 - 1 / R)) / (N * R - 1)
two_ways = Chain(
    start=called(
        r"\operatorname{E}(V_{\text{annotators}}+V_{\text{items}}-V_{\text{votes}})",
        annotators_expected + items_expected - votes_expected,
    ),
    steps=(
        (
            (of_annotators + of_votes / N) / R
            + (of_items + of_votes / R) / N
            - (of_items + of_annotators + of_votes - of_a_crossed_mean) / (N * R - 1),
            "each of the three on average",
        ),
        (
            of_a_crossed_mean - too_little,
            "the votes' part was counted twice",
        ),
    ),
    given=crossed,
)
"""What the two-way formula is on average: the variance of the mean, minus a term of 1/(NR)."""
with_one_factor = Chain(
    start=called(
        r"\operatorname{E}\tfrac{NR}{(N-1)(R-1)}(S_{\text{annotators}}+S_{\text{items}}"
        r"-S_{\text{votes}})",
        N * R / ((N - 1) * (R - 1)) * (within_annotators + within_items - of_each),
    ),
    steps=((of_a_crossed_mean, "each loses its share of the mean"),),
    given=crossed,
)
"""With one factor for all three it is the variance of the mean, whatever N and R."""
