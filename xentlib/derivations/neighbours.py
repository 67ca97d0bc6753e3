"""The chapter on the neighbours of cross-entropy."""

from typing import Any

from sympy import Derivative, IndexedBase, KroneckerDelta, Rational, Sum, Symbol, log, pi

from xentlib.derivations.cross_entropy import L, any_p, over_second
from xentlib.derivations.entropy_and_kl import P, joint_table, weights
from xentlib.derivations.lemmas import each_class, logarithm, square
from xentlib.derivations.quantities import divergence
from xentlib.derivations.symbols import (
    K,
    N,
    i,
    j,
    k,
    kl_divergence,
    l,
    over_classes,
    over_observations,
    p,
    q,
)
from xentlib.verify import Bounded, Expectation, Expected, Termwise
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import Given, index, number, real, simplex, size
from xentlib.verify.quantity import called, entry, quantity

classes, rows = size(K), size(N)
label, model = simplex(p, K), simplex(q, K)
table = Given(symbol=P, draw=joint_table)  # a joint distribution of two labels, none impossible

bregman = Chain(
    start=called(
        r"D_\varphi(p,q)",
        over_classes(p[k] * log(p[k]))
        - over_classes(q[k] * log(q[k]))
        - over_classes((log(q[k]) + 1) * (p[k] - q[k])),
    ),
    steps=(
        (
            kl_divergence - over_classes(p[k]) + over_classes(q[k]),
            "the logarithms of q meet; what is left is the totals",
        ),
        (divergence(p, q), "both sum to 1"),
    ),
    given=(classes, label, model),
)
"""The Bregman divergence of the negative entropy is KL."""
brier = Chain(
    start=called(
        r"\operatorname{E}\|e_Y-q\|^2",
        over_classes(any_p[l] * (over_classes(q[k] ** 2) - 2 * q[l] + 1), l),
    ),
    steps=(
        (
            over_classes((any_p[k] - q[k]) ** 2) + 1 - over_classes(any_p[k] ** 2),
            "complete the square; the shares sum to 1",
        ),
    ),
    given=(classes, simplex(any_p, K), model),
)
"""The expected squared distance of a label from q: |p - q|² + 1 - |p|²."""

f, b, d = (
    IndexedBase(letter, real=True) for letter in "fbd"
)  # φ at each label; its gradients at q and at the mean
at_q, at_mean = Symbol("phi_q", real=True), Symbol("phi_m", real=True)
at, to = (IndexedBase(letter, real=True) for letter in "pq")  # points of any kind
mean = Sum(weights.symbol[j] * at[j, k], (j, 1, N))


@quantity(r"\sum_i {0}_iD_\varphi({1}_i,{2})")
def mean_divergence(w: Any, p: Any, q: Any) -> Any:
    """From labels with the values f of φ to q, where φ has the value φ(q) and the gradient b."""
    gap = over_classes(b[k] * (entry(p, i, k) - entry(q, k)))
    return over_observations(entry(w, i) * (f[i] - at_q - gap))


@quantity(r"\sum_i {0}_iD_\varphi({1}_i,\bar {1})")
def mean_divergence_from_the_mean(w: Any, p: Any) -> Any:
    """From the labels to their mean, where φ has the value φ(mean) and the gradient d."""
    gap = over_classes(d[k] * (entry(p, i, k) - mean))
    return over_observations(entry(w, i) * (f[i] - at_mean - gap))


@quantity(r"D_\varphi(\bar {0},{1})")
def divergence_of_the_mean(p: Any, q: Any) -> Any:
    """From the mean label to q."""
    moments = Sum(weights.symbol[j] * entry(p, j, k), (j, 1, N))
    return at_mean - at_q - over_classes(b[k] * (moments - entry(q, k)))


bregman_excess = Chain(
    start=mean_divergence(weights.symbol, at, to)
    - mean_divergence_from_the_mean(weights.symbol, at),
    steps=(
        (
            at_mean
            - at_q
            - over_classes(b[k] * (mean - to[k]))
            + over_classes(d[k] * (over_observations(weights.symbol[i] * at[i, k]) - mean)),
            "the weights sum to 1; φ at the labels cancels",
        ),
        (divergence_of_the_mean(at, to), "the labels have this mean"),
    ),
    given=(
        classes,
        rows,
        weights,
        real(at, K, N),
        real(to, K),
        real(f, N),
        real(b, K),
        real(d, K),
        number(at_q),
        number(at_mean),
    ),
)
"""What q costs above the mean, for any values and slopes of φ: D_φ(mean, q)."""

slope_a, slope_b = (Symbol(name, real=True) for name in ("D_a", "D_b"))
below, above = Symbol("alpha", positive=True), Symbol("beta", positive=True)  # of q
two_points = Chain(
    start=above / (below + above) * slope_a + below / (below + above) * slope_b,
    steps=(
        (
            below * above / (below + above) * (slope_a / below - slope_b / -above),
            "a positive factor, and the difference of two ratios",
        ),
    ),
    given=(number(slope_a), number(slope_b), number(below, 0, 3), number(above, 0, 3)),
)
"""The mean slope of a law on q - α and q + β, mean q: 0 iff the ratios slope/(q - p) agree."""

s, n = Symbol("s", positive=True), Symbol("n", positive=True)
dirichlet = Chain(
    start=called(
        r"-\tfrac1s\ell_{\operatorname{Dir}}",
        -(
            (s * log(s) - s)
            - over_classes(s * q[k] * log(s * q[k]) - s * q[k])
            + over_classes(s * q[k] * log(p[k]))
        )
        / s,
    ),
    steps=(
        (
            over_classes(q[k] * log(q[k])) - over_classes(q[k] * log(p[k])),
            "q sums to 1, so log s cancels",
        ),
        (divergence(q, p), "the divergence from the prediction to the label"),
    ),
    given=(classes, label, model, number(s, 0, 9)),
)
"""-log of a Dirichlet density over s, in Stirling's leading terms: KL(q ‖ p)."""
multinomial = Chain(
    start=called(
        r"-\tfrac1n\ell_{\operatorname{mult}}",
        -(
            (n * log(n) - n)
            - over_classes(n * p[k] * log(n * p[k]) - n * p[k])
            + over_classes(n * p[k] * log(q[k]))
        )
        / n,
    ),
    steps=(
        (
            over_classes(p[k] * log(p[k])) - over_classes(p[k] * log(q[k])),
            "p sums to 1, so log n cancels",
        ),
        (divergence(p, q), "the divergence from the label to the prediction"),
    ),
    given=(classes, label, model, number(n, 0, 9)),
)
"""-log of a multinomial mass over n, in Stirling's leading terms: KL(p ‖ q)."""

r = IndexedBase("r", positive=True)
two_labels = Chain(
    start=called(r"H(P,qr)", -over_classes(over_second(P[k, l] * log(q[k] * r[l])))),
    steps=(
        (
            -over_classes(over_second(P[k, l]) * log(q[k]))
            - over_second(over_classes(P[k, l]) * log(r[l])),
            "a logarithm of a product, and each part waits for its own margin",
        ),
    ),
    given=(
        classes,
        size(L),
        table,
        model,
        simplex(r, L),
    ),
)
"""The loss of a product prediction for two labels sees their margins alone."""
first, second = Sum(P[k, i], (i, 1, L)), Sum(P[i, l], (i, 1, K))  # margins
total_correlation = Chain(
    start=called(
        r"H(P_1)+H(P_2)-H(P)",
        over_classes(over_second(P[k, l] * log(P[k, l])))
        - over_classes(first * log(first))
        - over_second(second * log(second)),
    ),
    steps=(
        (
            over_classes(over_second(P[k, l] * (log(P[k, l]) - log(first) - log(second)))),
            "each logarithm of a margin, spread over the table",
        ),
        (
            called(
                r"\operatorname{KL}(P\,\|\,P_1P_2)",
                over_classes(over_second(P[k, l] * log(P[k, l] / (first * second)))),
            ),
            "the divergence from the product of the margins",
        ),
    ),
    given=(
        classes,
        size(L),
        table,
    ),
)
"""What is left over is the divergence of the table from the product of its margins."""

m, mu = (Symbol(name, real=True) for name in ("m", "mu"))
sigma, c = Symbol("sigma", positive=True), Symbol("c", positive=True)
values = IndexedBase("y", real=True)
middle = Sum(weights.symbol[j] * values[j], (j, 1, N))


@quantity(r"\bar {1}")
def mean_of(w: Any, y: Any) -> Any:
    """Of a law with finitely many values."""
    return Sum(entry(w, j) * entry(y, j), (j, 1, N))


@quantity(r"\operatorname{{Var}}({1})")
def variance_of(w: Any, y: Any) -> Any:
    """Of a law with finitely many values."""
    return over_observations(entry(w, i) * (entry(y, i) - mean_of(w, y)) ** 2)


mean_square = variance_of(weights.symbol, values) + (mean_of(weights.symbol, values) - mu) ** 2
gaussian = Chain(
    start=called(
        r"\operatorname{E}[-\log N(Y;\mu,\sigma^2)]",
        over_observations(
            weights.symbol[i]
            * (log(2 * pi * sigma**2) / 2 + (values[i] - mu) ** 2 / (2 * sigma**2))
        ),
    ),
    steps=(
        (
            log(2 * pi * sigma**2) / 2 + mean_square / (2 * sigma**2),
            "the mean square distance from μ is the variance plus the squared bias",
        ),
    ),
    given=(rows, weights, real(values, N), number(mu), number(sigma, 0, 3)),
)
"""The expected loss of N(μ, σ²), for any law with finitely many values."""
normal_loss = log(2 * pi * sigma**2) / 2 + (s**2 + (m - mu) ** 2) / (2 * sigma**2)
gaussian_slope = Chain(
    start=Derivative(normal_loss, sigma),
    steps=(((sigma**2 - s**2 - (m - mu) ** 2) / sigma**3, "one common denominator"),),
    given=(number(m), number(mu), number(s, 0, 3), number(sigma, 0, 3)),
)
"""Its slope in σ, whose zero is σ² = s² + (m - μ)²."""
rescaled = Chain(
    start=log(2 * pi * (c * sigma) ** 2) / 2
    + ((c * s) ** 2 + (c * m - c * mu) ** 2) / (2 * (c * sigma) ** 2),
    steps=((normal_loss + log(c), "the fraction does not change, the logarithm does"),),
    given=(number(m), number(mu), number(s, 0, 3), number(sigma, 0, 3), number(c, 0, 3)),
)
"""In a unit c times as small it is larger by log c."""

t, a, h = Symbol("t", positive=True), Symbol("a", positive=True), Symbol("b", real=True)
local_score = Chain(
    start=called(r"t\,f'(t)", t * Derivative(a * log(t) + h, t)),
    steps=((a, "differentiate"),),
    given=(number(t, 0, 1), number(a, 0, 3), number(h)),
)
"""t f'(t) is a constant for f = a log t + b."""

slope = IndexedBase("D", real=True)  # f_k'(q_k) at q = p
tied_slopes = Chain(
    start=over_classes(p[k] * slope[k] * (KroneckerDelta(j, k) - KroneckerDelta(k, l))),
    steps=((p[j] * slope[j] - p[l] * slope[l], "two classes are left of the sum"),),
    given=(classes, index(j, K), index(l, K), label, real(slope, K)),
)
"""The slope of the expected local score along e_j - e_l, where the prediction is the label."""
base = IndexedBase("b", real=True)


@quantity(r"\textstyle\sum_k {0}_k(a\log {1}_k+{2}_k)")
def expected_log_score(p: Any, q: Any, b: Any) -> Any:
    """Of a logarithm with a positive factor and constants."""
    return over_classes(entry(p, k) * (a * log(entry(q, k)) + entry(b, k)))


log_score_is_strictly_proper = Bounded(
    start=expected_log_score(p, q, base),
    steps=(
        (
            Termwise(lemma=logarithm, weight=a * p[k], argument=q[k] / p[k], limits=each_class),
            expected_log_score(p, p, base) + a * over_classes(q[k] - p[k]),
            "log t is at most t - 1, at q over p",
        ),
        ("=", expected_log_score(p, p, base), "both sum to 1"),
    ),
    given=(classes, label, model, number(a, 0, 3), real(base, K)),
    equality={q[k]: p[k]},
    mistakes={"a uniform prediction is as good": {q[k]: 1 / K}, "every prediction is": {}},
)
"""A positive multiple of the logarithm, plus constants, is strictly proper."""
share_p, share_q = (Symbol(letter, positive=True) for letter in "pq")  # of class 1 of two
local_brier_is_strictly_proper = Bounded(
    start=-share_p * (1 - share_q) ** 2 - (1 - share_p) * share_q**2,
    steps=(
        (
            Termwise(lemma=square, weight=1 + 0 * share_p, argument=share_q - share_p),
            -share_p * (1 - share_p),
            "complete the square",
        ),
    ),
    given=(number(share_p, 0, 1), number(share_q, 0, 1)),
    equality={share_q: share_p},
    mistakes={
        "best at one half, whatever p": {share_q: Rational(1, 2)},
        "never above that of a fair coin": 0 * share_p - Rational(1, 4),
    },
)
"""With two classes the score -(1 - q_y)² looks at q_y alone, and is strictly proper."""

# Bounds: p and q are any distributions, with zeros or without
any_q = IndexedBase("q", nonnegative=True)


@quantity(r"\operatorname{{E}}_{{Y\sim {0}}}\lVert e_Y-{1}\rVert^2")
def expected_brier(p: Any, q: Any) -> Any:
    """The mean squared distance of a hard label from the prediction."""
    own = over_classes(entry(q, k) ** 2) - 2 * entry(q, l) + 1
    return over_classes(entry(p, l) * own, l)


@quantity(r"\lVert {}-{}\rVert^2")
def squared_distance(p: Any, q: Any) -> Any:
    """Of two distributions."""
    return over_classes((entry(p, k) - entry(q, k)) ** 2)


@quantity(r"\lVert {}\rVert^2")
def squared_length(p: Any) -> Any:
    """The sum of the squares."""
    return over_classes(entry(p, k) ** 2)


brier_of_any = Chain(
    start=expected_brier(any_p, any_q),
    steps=(
        (
            squared_distance(any_p, any_q) + 1 - squared_length(any_p),
            "complete the square; the shares sum to 1",
        ),
    ),
    given=(classes, simplex(any_p, K), simplex(any_q, K)),
)
"""The expected Brier score, on the closed simplex: |p - q|² + 1 - |p|²."""
brier_is_strictly_proper = Bounded(
    start=expected_brier(any_p, any_q),
    relation=">=",
    steps=(
        (
            Termwise(lemma=square, weight=1, argument=any_q[k] - any_p[k], limits=each_class),
            1 - squared_length(any_p),
            "complete the square; the shares sum to 1",
        ),
    ),
    given=(classes, simplex(any_p, K), simplex(any_q, K)),
    equality={any_q[k]: any_p[k]},
    mistakes={
        "the uniform prediction": {any_q[k]: 1 / K},
        "every prediction": {},
        "the value at a vertex": 1 + 0 * K,
    },
)
"""The expected Brier score is least at the label, and only there."""

a_k, b_l = (IndexedBase(letter, positive=True) for letter in "ab")
margins = (
    Given(
        symbol=a_k,
        draw=lambda random, known: [sum(row) for row in known[P]],
        facts=((over_second(P[k, l]), a_k[k]), (over_classes(a_k[k]), 1)),
    ),
    Given(
        symbol=b_l,
        draw=lambda random, known: [sum(column) for column in zip(*known[P], strict=True)],
        facts=((over_classes(P[k, l]), b_l[l]), (over_second(b_l[l]), 1)),
    ),
)
product_of_margins = Bounded(
    start=over_classes(over_second(P[k, l] * log(P[k, l] / (q[k] * r[l])))),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=P[k, l],
                argument=q[k] * r[l] / P[k, l],
                limits=((l, 1, L), (k, 1, K)),
            ),
            1 - over_classes(q[k]) * over_second(r[l]),
            "log t is at most t - 1, at the product over the joint distribution",
        ),
        ("=", 0 * K, "all sum to 1"),
    ),
    given=(
        classes,
        size(L),
        table,
        margins[0],
        model,
        simplex(r, L),
    ),
    equality={P[k, l]: q[k] * r[l]},
    mistakes={"always": {}, "for uniform tables only": {P[k, l]: 1 / (K * L)}},
)
"""The mutual information is nonnegative, and 0 only for a product of margins."""


@quantity(r"H({},{}\otimes {})")
def loss_of_a_product(P: Any, q: Any, r: Any) -> Any:
    """The cross-entropy of a joint law and a product prediction."""
    return -over_classes(over_second(entry(P, k, l) * log(entry(q, k) * entry(r, l))))


@quantity("H({})")
def entropy_of_a_table(P: Any) -> Any:
    """The joint entropy."""
    return -over_classes(over_second(entry(P, k, l) * log(entry(P, k, l))))


@quantity(r"\operatorname{{KL}}({}\,\|\,{}\otimes {})")
def divergence_from_a_product(P: Any, a: Any, b: Any) -> Any:
    """Of a joint law from the product of two laws: the total correlation, for its margins."""
    ratio = entry(P, k, l) / (entry(a, k) * entry(b, l))
    return over_classes(over_second(entry(P, k, l) * log(ratio)))


@quantity("H({})")
def entropy_of_first(a: Any) -> Any:
    """Of the first margin."""
    return -over_classes(entry(a, k) * log(entry(a, k)))


@quantity("H({})")
def entropy_of_second(b: Any) -> Any:
    """Of the second margin."""
    return -over_second(entry(b, l) * log(entry(b, l)))


separate_losses = loss_of_a_product(P, q, r)
margins_are_best = Bounded(
    start=separate_losses,
    relation=">=",
    steps=(
        (
            "=",
            -over_classes(a_k[k] * log(q[k])) - over_second(b_l[l] * log(r[l])),
            "a logarithm of a product, and each part waits for its own margin",
        ),
        (
            Termwise(lemma=logarithm, weight=a_k[k], argument=q[k] / a_k[k], limits=each_class),
            -over_classes(a_k[k] * log(a_k[k])) - over_second(b_l[l] * log(r[l])),
            "log t is at most t - 1, at the first prediction over its margin",
        ),
        (
            Termwise(lemma=logarithm, weight=b_l[l], argument=r[l] / b_l[l], limits=((l, 1, L),)),
            entropy_of_first(a_k) + entropy_of_second(b_l),
            "and at the second",
        ),
    ),
    given=(classes, size(L), table, *margins, model, simplex(r, L)),
    equality={q[k]: a_k[k], r[l]: b_l[l]},
    mistakes={"every product": {}, "uniform predictions": {q[k]: 1 / K, r[l]: 1 / L}},
)
"""Of separate predictions the margins have the least loss, and no others."""

second_moment = s**2 + (m - mu) ** 2
best_variance = Bounded(
    start=normal_loss,
    relation=">=",
    steps=(
        (
            Termwise(lemma=logarithm, weight=Rational(1, 2), argument=second_moment / sigma**2),
            log(2 * pi * second_moment) / 2 + Rational(1, 2),
            "log t is at most t - 1, at the mean square over the variance",
        ),
    ),
    given=(number(m), number(mu), number(s, 0, 3), number(sigma, 0, 3)),
    mistakes={
        "the target's own variance": log(2 * pi * (second_moment + 1)) / 2 + 1,
        "equality where sigma is s": {sigma: s},
    },
)
"""The best variance of a normal prediction is the mean square about its mean."""

target = Symbol("y", real=True)
squared_error = Expected(
    E=Expectation(x=target, mean=m, cov=s**2),
    expression=log(2 * pi * sigma**2) / 2 + (target - mu) ** 2 / (2 * sigma**2),
    steps=((normal_loss, "the mean square is the variance plus the squared bias"),),
    given=best_variance.given,
    mistakes={
        "without the variance": log(2 * pi * sigma**2) / 2 + (m - mu) ** 2 / (2 * sigma**2),
        "without the bias": log(2 * pi * sigma**2) / 2 + s**2 / (2 * sigma**2),
    },
)
"""The expected loss of a normal prediction, by the two moments of the target."""

best_separate_losses = Bounded(
    start=separate_losses,
    relation=">=",
    steps=(
        *margins_are_best.steps,
        (
            "=",
            entropy_of_a_table(P) + divergence_from_a_product(P, a_k, b_l),
            "each logarithm of a margin, spread over the table",
        ),
    ),
    given=margins_are_best.given,
    equality=margins_are_best.equality,
    mistakes=margins_are_best.mistakes,
)
"""The least separate losses: the entropies of the margins, the joint one and what is left over."""
