"""The chapter on what soft labels estimate."""

from sympy import Derivative, IndexedBase, KroneckerDelta, Rational, Sum, Symbol, exp, log, symbols

from xentlib.derivations.categorical import pairs
from xentlib.derivations.entropy_and_kl import weights
from xentlib.derivations.lemmas import each_class, each_entry, each_observation, logarithm
from xentlib.derivations.symbols import K, N, i, j, k, l, over_classes, over_observations, p, q, v
from xentlib.verify import (
    Bounded,
    Dropped,
    Expectation,
    Expected,
    Given,
    Rowwise,
    Termwise,
    density,
)
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import number, positive, real, simplex, size

w = IndexedBase("w", positive=True)
theta, phi, y = (Symbol(name, positive=True) for name in ("theta", "phi", "y"))
classes, rows = size(K), size(N)

pi = over_observations(w[i] * p[i, k])  # the mean label
hard = over_classes(pi * v[k] ** 2) - over_classes(pi * v[k]) ** 2
soft = over_observations(w[i] * over_classes(p[i, k] * v[k]) ** 2) - over_classes(pi * v[k]) ** 2
lost = over_observations(
    w[i] * (over_classes(p[i, k] * v[k] ** 2) - over_classes(p[i, k] * v[k]) ** 2)
)
noise = Chain(
    start=hard - soft,
    steps=((lost, "the square of the mean cancels"),),
    given=(classes, rows, weights, simplex(p, K, N), real(v, K)),
)
"""Hard labels' covariance less soft ones', along a direction: the labels' own variances."""

divergence = y * log(y / theta) + (1 - y) * log((1 - y) / (1 - theta))
quasi_score = Chain(
    start=Derivative(-divergence / phi, theta),
    steps=(
        ((y / theta - (1 - y) / (1 - theta)) / phi, "differentiate"),
        ((y - theta) / (phi * theta * (1 - theta)), "the residual over the variance"),
    ),
    given=(number(theta, 0, 1), number(y, 0, 1), number(phi, 0, 2)),
)
"""The slope of -KL(y ‖ θ)/φ: the residual over the variance."""
# votes on one item, independent given its own shares of the classes k and l; the moments
# are those of these shares, over items, and delta is 1 where k = l
rho = Symbol("rho", positive=True)
same, mean_k, mean_l, both = symbols("delta m_k m_l m_kl", real=True)
multinomial = same * mean_k - mean_k * mean_l  # diag π - ππ', one entry
between = both - mean_k * mean_l  # the covariance of the item's own shares
pair = KroneckerDelta(i, j) * same * mean_k + (1 - KroneckerDelta(i, j)) * both
shared_item = Chain(
    start=Sum(pair, (i, 1, N), (j, 1, N)) / N**2 - mean_k * mean_l,
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
    start=((multinomial + (N - 1) * between) / N).subs(both, mean_k * mean_l + rho * multinomial),
    steps=(((1 + (N - 1) * rho) * multinomial / N, "one common factor"),),
    given=(rows, number(same, 0, 1), number(mean_k, 0, 1), number(mean_l, 0, 1), number(rho, 0, 1)),
)
"""With ρ between votes on one item it is 1 + (N - 1) ρ times that of independent ones."""
reverse_score = Derivative(
    -(theta * log(theta / y) + (1 - theta) * log((1 - theta) / (1 - y))) / phi, theta
)
eta = Symbol("eta", real=True)
label = IndexedBase("y", real=True)
share = exp(eta) / (1 + exp(eta))
squares = over_observations(weights.symbol[i] * (share - label[i]) ** 2)
cost = log(1 + exp(eta)) - label[i] * eta  # of one soft label, at the logit η
one_intercept = Chain(
    start=over_observations(weights.symbol[i] * Derivative(cost, eta) ** 2)
    / over_observations(weights.symbol[i] * Derivative(cost, (eta, 2))) ** 2,
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

# Bounds, of finitely many weighted labels, along any direction v
hard_labels_are_noisiest = Bounded(
    start=soft,
    steps=(
        (
            Rowwise(lemma=pairs, weight=w[i], row={q[k]: p[i, k]}, limits=each_observation),
            hard,
            "the label's own variance is a sum of squares",
        ),
    ),
    given=noise.given,
    mistakes={
        "soft labels are as noisy": {p[i, k]: p[1, k]},
        "soft labels have no noise": 0 * K,
    },
)
"""Soft labels are at most as noisy as hard labels with the same mean."""

of_labels = over_observations(w[i] * -over_classes(p[i, k] * log(q[k])))
mean_label_is_best = Bounded(
    start=of_labels,
    relation=">=",
    steps=(
        ("=", -over_classes(pi * log(q[k])), "exchange the sums"),
        (
            Termwise(lemma=logarithm, weight=pi, argument=q[k] / pi, limits=each_class),
            over_classes(pi - q[k]) - over_classes(pi * log(pi)),
            "log t is at most t - 1, at q over the mean label",
        ),
        ("=", -over_classes(pi * log(pi)), "both sum to 1"),
    ),
    given=(classes, rows, weights, simplex(p, K, N), simplex(q, K)),
    equality={q[k]: pi},
    mistakes={"the first label": {q[k]: p[1, k]}, "every prediction": {}},
)
"""One prediction for all labels is best at their mean, and only there."""

exact_labels_are_recovered = Bounded(
    start=-over_observations(over_classes(p[i, k] * log(q[i, k]))),
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
            -over_observations(over_classes(p[i, k] * log(p[i, k]))),
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
        "as if the votes were independent": variance / N,
        "as if they were one vote": variance,
    },
)
"""The variance of a share of votes that are correlated: the design effect."""

bias = Symbol("b", real=True)
target = Expectation(x=eta, mean=phi + bias, cov=theta)
bias_and_variance = Expected(
    E=target,
    expression=(eta - phi) ** 2,
    steps=((theta + bias**2, "the variance, and the square of the bias"),),
    given=(number(theta, 0, 3), number(phi, 0, 3), number(bias)),
    mistakes={"the bias alone": bias**2, "without the square": theta + bias},
)
"""The mean squared error is the variance plus the squared bias."""


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


# The sandwich, of one item along a direction u of the logits: B is the weighted mean of the squares
# of the score, and A that of the curvature
z, u = (IndexedBase(letter, real=True) for letter in "zu")
moved = z[k] + at_theta * u[k]
moved_loss = log(over_classes(exp(moved))) - over_classes(p[k] * moved)
predicted = exp(moved) / over_classes(exp(moved)).xreplace({k: l})
one_item = (
    classes,
    Given(symbol=at_theta, draw=lambda random, known: Rational(0)),  # where the line starts
    simplex(p, K),
    real(z, K),
    real(u, K),
)
score_along = Chain(
    start=Derivative(moved_loss, at_theta),
    steps=((over_classes((predicted - p[k]) * u[k]), "the prediction less the label, along u"),),
    given=one_item,
)
"""The slope of the cross-entropy along u."""

curvature_along = Chain(
    start=Derivative(moved_loss, (at_theta, 2)),
    steps=(
        (
            over_classes(predicted * u[k] ** 2) - over_classes(predicted * u[k]) ** 2,
            "the variance of u under the prediction; the label drops out",
        ),
    ),
    given=one_item,
)
"""The curvature of the cross-entropy along u."""


# Labels with zeros: whole faces of the simplex are among them
any_p = IndexedBase("p", nonnegative=True)
any_pi = over_observations(w[i] * any_p[i, k])
any_labels = (classes, rows, weights, simplex(any_p, K, N))
own_variance = over_classes(any_p[i, k] * v[k] ** 2) - over_classes(any_p[i, k] * v[k]) ** 2
any_soft = (
    over_observations(w[i] * over_classes(any_p[i, k] * v[k]) ** 2)
    - over_classes(any_pi * v[k]) ** 2
)
any_hard = over_classes(any_pi * v[k] ** 2) - over_classes(any_pi * v[k]) ** 2
any_noise = Chain(
    start=any_hard - any_soft,
    steps=((over_observations(w[i] * own_variance), "the square of the mean cancels"),),
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
trace_of_the_gap = Chain(
    start=over_classes(any_pi - any_pi**2)
    - over_classes(over_observations(w[i] * any_p[i, k] ** 2) - any_pi**2),
    steps=(
        (
            over_observations(w[i] * (1 - over_classes(any_p[i, k] ** 2))),
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
        ("=", two_draws_differ, "two draws differ: all pairs, less those of one class"),
        (Dropped(amount=two_draws_differ), 0 * K, "no pair counts against it"),
    ),
    given=any_labels,
    mistakes={"soft labels have the trace 0 too": {}, "at least one half": Rational(1, 2) + 0 * K},
)
"""The trace of the gap is 0 only where no label has two classes: where all are one-hot."""

# On the K classes that some label has; elsewhere both sides would be infinite, or both have 0
only_the_mean_counts = Chain(
    start=over_observations(w[i] * -over_classes(any_p[i, k] * log(q[k]))),
    steps=((-over_classes(any_pi * log(q[k])), "exchange the sums"),),
    given=(*any_labels, positive(q, K)),
)
"""The mean loss of one prediction: only the mean label counts, for labels with zeros too."""
sharpened = any_p[i, k] ** 2 / over_classes(any_p[i, l] ** 2, l)
of_sharpened_labels = over_observations(w[i] * -over_classes(sharpened * log(q[k])))

# Votes along any direction: x is the entry of v at the class that is voted for
mean_along, variance_along = Symbol("mu", real=True), Symbol("sigma2", positive=True)
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
