"""The chapter on what soft labels estimate."""

from sympy import Derivative, IndexedBase, KroneckerDelta, Sum, Symbol, exp, log, symbols

from xentlib.derivations.categorical import pairs
from xentlib.derivations.entropy_and_kl import weights
from xentlib.derivations.lemmas import each_class, each_observation, logarithm
from xentlib.derivations.symbols import K, N, i, j, k, over_classes, over_observations, p, q, v
from xentlib.verify import Bounded, Rowwise, Termwise
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import number, real, simplex, size

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

divergence = y * log(y / theta) + (1 - y) * log((1 - y) / (1 - theta))
quasi_score = Chain(
    start=Derivative(-divergence / phi, theta),
    steps=(
        ((y / theta - (1 - y) / (1 - theta)) / phi, "differentiate"),
        ((y - theta) / (phi * theta * (1 - theta)), "the residual over the variance"),
    ),
    given=(number(theta, 0, 1), number(y, 0, 1), number(phi, 0, 2)),
)
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
design_effect = Chain(
    start=((multinomial + (N - 1) * between) / N).subs(both, mean_k * mean_l + rho * multinomial),
    steps=(((1 + (N - 1) * rho) * multinomial / N, "one common factor"),),
    given=(rows, number(same, 0, 1), number(mean_k, 0, 1), number(mean_l, 0, 1), number(rho, 0, 1)),
)
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
