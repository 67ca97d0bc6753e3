"""Chapter 5: entropy, Kullback-Leibler divergence and their geometry."""

from collections.abc import Mapping
from math import fsum
from typing import Any

from sympy import (
    Abs,
    Derivative,
    IndexedBase,
    KroneckerDelta,
    Product,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
)

from xentlib.derivations import quantities as named
from xentlib.derivations.cross_entropy import L, over_second
from xentlib.derivations.lemmas import (
    each_class,
    in_the_support,
    logarithm,
    m,
    on_support,
    over_support,
    pinsker,
    x,
)
from xentlib.derivations.lemmas import s as covered
from xentlib.derivations.symbols import (
    K,
    N,
    cross_entropy,
    i,
    j,
    k,
    l,
    over_classes,
    over_observations,
    p,
    q,
)
from xentlib.verify import (
    Bounded,
    Dropped,
    Expectation,
    Expected,
    Rowwise,
    SameOrder,
    Termwise,
)
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import (
    Given,
    Source,
    nonnegative,
    number,
    positive,
    real,
    shares,
    simplex,
    size,
)
from xentlib.verify.hypotheses import labels as labels_of
from xentlib.verify.quantity import called, entry, quantity

t, Z = Symbol("t", positive=True), Symbol("Z", positive=True)
s = Symbol("s", real=True)
w, r, u = (IndexedBase(letter, positive=True) for letter in "wru")
h, alpha, beta = (IndexedBase(letter, real=True) for letter in ("h", "alpha", "beta"))
epsilon = Symbol("epsilon", positive=True)
P, Q = (IndexedBase(letter, positive=True) for letter in "PQ")
M = Symbol("M", real=True)

classes, rows = size(K), size(N)
label, model = simplex(p, K), simplex(q, K)
here = Given(
    symbol=s,
    draw=lambda random, known: Rational(0),
)  # a second derivative along a line, taken where the line starts

decomposition = Chain(
    start=named.cross_entropy(p, q),
    steps=(
        (cross_entropy, "by definition"),
        (
            -over_classes(p[k] * log(p[k])) + over_classes(p[k] * (log(p[k]) - log(q[k]))),
            r"add and subtract $\log p_k$",
        ),
        (named.entropy(p) + named.divergence(p, q), "a difference of logarithms"),
    ),
    given=(classes, label, model),
)
"""H(p, q) = H(p) + KL(p ‖ q)."""
tangent = Chain(
    start=called(r"{\textstyle\sum_k}\,p_k(t_k-1)", over_classes(p[k] * (q[k] / p[k] - 1))),
    steps=((over_classes(q[k]) - over_classes(p[k]), "expand"), (0 * K, "both sum to 1")),
    given=(classes, label, model),
)
"""The sum that bounds KL from below by log t ≤ t - 1 is 0."""
gap = (2 * t + 4) * (t * log(t) - t + 1) - 3 * (t - 1) ** 2
pinsker_slope = Chain(
    start=Derivative(gap, t),
    steps=((4 * ((t + 1) * log(t) - 2 * (t - 1)), "product rule, collect"),),
    given=(number(t, 0, 4),),
)
"""The slope of the gap between two sides of the inequality behind Pinsker's bound."""
pinsker_curvature = Chain(
    start=Derivative(called("h(t)", gap), (t, 2)),
    steps=(
        (4 * (log(t) + (t + 1) / t - 2), "differentiate the slope"),
        (4 * (log(t) - (1 - 1 / t)), "collect"),
    ),
    given=(number(t, 0, 4),),
)
"""Its curvature, 4 (log t - 1 + 1/t), which is not negative."""
pinsker_weights = Chain(
    start=over_classes(q[k] * (2 * p[k] / q[k] + 4) / 3),
    steps=(
        ((2 * over_classes(p[k]) + 4 * over_classes(q[k])) / 3, "expand"),
        (2 + 0 * K, "both sum to 1"),
    ),
    given=(classes, label, model),
)
"""The weights that Cauchy and Schwarz leave sum to 2."""
affine_in_p = Chain(
    start=-over_classes(((1 - t) * p[k] + t * r[k]) * log(q[k])),
    steps=(((1 - t) * cross_entropy + t * -over_classes(r[k] * log(q[k])), "expand"),),
    given=(classes, label, simplex(r, K), model, number(t, 0, 1)),
)
"""H of a mixture of labels is the mixture of their H."""
curvature_in_q = Chain(
    start=Derivative(-over_classes(p[k] * log(q[k] + s * beta[k])), (s, 2)),
    steps=(
        (
            over_classes(p[k] * beta[k] ** 2 / (q[k] + s * beta[k]) ** 2),
            "differentiate each term twice",
        ),
    ),
    given=(classes, here, label, model, real(beta, K).nonzero(q[k] + s * beta[k])),
)
"""The second derivative of H along a line in q: a sum of squares over p."""
moved_p, moved_q = p[k] + s * alpha[k], q[k] + s * beta[k]
directions = real(alpha, K).nonzero(moved_p), real(beta, K).nonzero(moved_q)
joint_curvature = Chain(
    start=Derivative(-over_classes(moved_p * log(moved_q)), (s, 2)),
    steps=(
        (
            over_classes(moved_p * beta[k] ** 2 / moved_q**2 - 2 * alpha[k] * beta[k] / moved_q),
            "product rule, term by term",
        ),
    ),
    given=(classes, here, label, model, *directions),
)
"""The second derivative of H along a line in (p, q)."""
bent_down = Chain(
    start=called(
        r"\tfrac{d^2}{ds^2}H(p+s\alpha,q+s\varepsilon\alpha)\big|_{s=0}",
        over_classes(
            p[k] * (epsilon * alpha[k]) ** 2 / q[k] ** 2
            - 2 * alpha[k] * (epsilon * alpha[k]) / q[k]
        ),
    ),
    steps=(
        (-epsilon * over_classes(alpha[k] ** 2 / q[k] * (2 - epsilon * p[k] / q[k])), "collect"),
    ),
    given=(classes, label, model, real(alpha, K), number(epsilon, 0, 2)),
)
"""Along (α, εα) it is negative for small ε: H is not jointly convex."""
kl_curvature = Chain(
    start=Derivative(
        called(
            r"\operatorname{KL}(p+s\alpha\,\|\,q+s\beta)",
            over_classes(moved_p * (log(moved_p) - log(moved_q))),
        ),
        (s, 2),
    ),
    steps=(
        (
            over_classes(
                alpha[k] ** 2 / moved_p
                - 2 * alpha[k] * beta[k] / moved_q
                + moved_p * beta[k] ** 2 / moved_q**2
            ),
            "term by term: the second derivatives are $1/p$, $-1/q$ and $p/q^2$",
        ),
        (over_classes((alpha[k] - moved_p * beta[k] / moved_q) ** 2 / moved_p), "a perfect square"),
    ),
    given=(classes, here, label, model, *directions),
)
"""The second derivative of KL along a line in (p, q) is a sum of squares."""

mixture = over_observations(w[i] * p[i, k])
weights = simplex(w, N)._replace(facts=((over_observations(w[i]), Rational(1)),))
labels = simplex(p, K, N)


@quantity(r"\bar {0}_{1}")
def average_label(p: Any, k: Any) -> Any:
    """The mean share of a class."""
    return over_observations(w[i] * entry(p, i, k))


mean = average_label(p, k)
spread_of_labels = over_observations(w[i] * over_classes(p[i, k] * log(p[i, k] / mean)))
compensation = Chain(
    start=called(
        r"{\textstyle\sum_i}\,w_i\operatorname{KL}(p_i\,\|\,q)",
        over_observations(w[i] * over_classes(p[i, k] * log(p[i, k] / q[k]))),
    ),
    steps=(
        (
            over_observations(
                w[i] * over_classes(p[i, k] * (log(p[i, k] / mean) + log(mean / q[k])))
            ),
            r"through the mean label $\bar p$",
        ),
        (
            spread_of_labels + over_classes(mean * log(mean / q[k])),
            "the second logarithm waits for the mean label",
        ),
        (
            called(r"{\textstyle\sum_i}\,w_i\operatorname{KL}(p_i\,\|\,\bar p)", spread_of_labels)
            + called(r"\operatorname{KL}(\bar p\,\|\,q)", over_classes(mean * log(mean / q[k]))),
            "by definition",
        ),
    ),
    given=(classes, rows, weights, labels, model),
)
"""The mean of KL(p_i ‖ q) is that from the mean label, plus KL(mean ‖ q)."""
mean_label = Chain(
    start=-over_observations(w[i] * over_classes(p[i, k] * log(q[k]))),
    steps=((-over_classes(mixture * log(q[k])), "exchange the sums"),),
    given=(classes, rows, weights, labels, model),
)
"""The mean of H(p_i, q) is H(mean label, q)."""
geometric = Product(p[i, k] ** w[i], (i, 1, N))
# H(g, q) with the renormalised geometric mean of the labels: what averaging their logits gives
averaged_logits = -over_classes(geometric * log(q[k])) / over_classes(
    Product(p[i, l] ** w[i], (i, 1, N)), l
)


@quantity("g_{1}")
def renormalised_mean(p: Any, k: Any) -> Any:
    """The geometric mean of the shares of a class, over the sum of all."""
    return Product(entry(p, i, k) ** w[i], (i, 1, N)) / Z


from_geometric = over_classes(q[k] * (log(q[k]) - log(renormalised_mean(p, k))))
reverse_compensation = Chain(
    start=called(
        r"{\textstyle\sum_i}\,w_i\operatorname{KL}(q\,\|\,p_i)",
        over_observations(w[i] * over_classes(q[k] * log(q[k] / p[i, k]))),
    ),
    steps=(
        (
            over_classes(q[k] * log(q[k]))
            - over_classes(q[k] * over_observations(w[i] * log(p[i, k]))),
            "the weights sum to 1",
        ),
        (
            from_geometric - log(Z),
            r"$\log g_k=\sum_iw_i\log p_{ik}-\log Z$; and $q$ sums to 1",
        ),
        (called(r"\operatorname{KL}(q\,\|\,g)", from_geometric) - log(Z), "by definition"),
    ),
    given=(classes, rows, weights, labels, model, number(Z, 0, 2)),
)
"""The mean of KL(q ‖ p_i) is KL of q from the geometric mean, up to log Z."""


def joint_table(random: Any, known: Any) -> list[Any]:
    """A joint distribution of K and L classes, a row for each of the K."""
    flat = shares(random, known[K] * known[L])
    return [flat[row * known[L] : (row + 1) * known[L]] for row in range(known[K])]


p_group, q_group = over_second(P[k, l]), over_second(Q[k, l])


@quantity(r"{0}_{{{1}\cdot}}")
def of_group(P: Any, k: Any) -> Any:
    """What the classes of a group have together."""
    return over_second(entry(P, k, l))


between = -over_classes(of_group(P, k) * log(of_group(Q, k)))
within = -over_classes(
    of_group(P, k) * over_second(P[k, l] / of_group(P, k) * log(Q[k, l] / of_group(Q, k)))
)
chain_rule = Chain(
    start=called("H(P,Q)", -over_classes(over_second(P[k, l] * log(Q[k, l])))),
    steps=(
        (
            -over_classes(
                over_second(P[k, l] * (log(of_group(Q, k)) + log(Q[k, l] / of_group(Q, k))))
            ),
            "first the group, then the class within it",
        ),
        (
            between + within,
            "each logarithm waits for its own weights",
        ),
        (
            called(r"H(P_{k\cdot},Q_{k\cdot})", between)
            + called(r"{\textstyle\sum_k}\,P_{k\cdot}H(P_{\cdot\mid k},Q_{\cdot\mid k})", within),
            "by definition",
        ),
    ),
    given=(
        classes,
        size(L),
        Given(
            symbol=P,
            draw=joint_table,
        ),
        Given(
            symbol=Q,
            draw=joint_table,
        ),
    ),
)
"""H of groups and classes is H of the groups plus the mean H within them."""


def _same_mean(random, known):
    """A distribution other than q with the same mean of h: q moved along a direction orthogonal to
    1 and h.
    """
    target, values = known[q], known[h]
    step = [Rational(random.randint(-8, 8)) for _ in target]
    length = len(target)
    centred = [v - sum(values) / length for v in values]
    step = [v - sum(step) / length for v in step]
    norm = sum(v * v for v in centred)
    if norm:
        along = sum(a * b for a, b in zip(step, centred, strict=True)) / norm
        step = [a - along * b for a, b in zip(step, centred, strict=True)]
    longest = max((-a / b for a, b in zip(step, target, strict=True)), default=0)
    return [b + a / (2 * longest) if longest > 0 else b for a, b in zip(step, target, strict=True)]


def _mean(random, known):
    return sum(a * b for a, b in zip(known[q], known[h], strict=True))


tilted = q[k] * exp(h[k]) / over_classes(q[l] * exp(h[l]), l)
pythagoras = Chain(
    start=called(r"\operatorname{KL}(p\,\|\,q_h)", over_classes(p[k] * log(p[k] / tilted))),
    steps=(
        (
            named.divergence(p, q)
            - over_classes(p[k] * h[k])
            + log(over_classes(q[l] * exp(h[l]), l)),
            "the logarithm of $q_h$; and $p$ sums to 1",
        ),
        (
            named.divergence(p, q)
            - over_classes(q[k] * h[k])
            + log(over_classes(q[l] * exp(h[l]), l)),
            "$p$ and $q$ give $h$ the same mean",
        ),
        (
            named.divergence(p, q)
            + called(r"\operatorname{KL}(q\,\|\,q_h)", over_classes(q[k] * log(q[k] / tilted))),
            "read backwards, with $q$ for $p$",
        ),
    ),
    given=(
        size(K, 3, 4),
        model,
        real(h, K),
        Given(
            symbol=M,
            draw=_mean,
            facts=((over_classes(p[k] * h[k]), M), (over_classes(q[k] * h[k]), M)),
        ),
        simplex(p, K)._replace(draw=_same_mean),
    ),
)
"""KL to a tilted member is KL to the member with the mean of p, plus KL from there."""

# Bounds. On the support of p, named first, p is positive and q sums to s <= 1; there the sums are
# all of the sums over K classes, for 0 log 0 = 0.
cross_entropy_on_support = -over_support(p[k] * log(q[k]))
entropy_on_support = -over_support(p[k] * log(p[k]))
kl_on_support = over_support(p[k] * log(p[k] / q[k]))
gibbs = Bounded(
    start=kl_on_support,
    relation=">=",
    steps=(
        (
            Termwise(lemma=logarithm, weight=p[k], argument=q[k] / p[k], limits=in_the_support),
            over_support(p[k] - q[k]),
            "log t is at most t - 1, at t = q/p",
        ),
        ("=", 1 - covered, "p sums to 1, and q to s on the support of p"),
        (Dropped(amount=1 - covered), 0 * covered, "q has no more than 1 there"),
    ),
    given=on_support,
    equality={q[k]: p[k], covered: 1},
    mistakes={
        "equality everywhere": {},
        "equality where q is uniform": {q[k]: 1 / m, covered: 1},
        "five squared distances lie below": 5 * over_support((p[k] - q[k]) ** 2),
    },
)
"""Gibbs' inequality: the divergence is nonnegative, and 0 only where q is p."""

cross_entropy_is_least_at_p = Bounded(
    start=cross_entropy_on_support,
    relation=">=",
    steps=(
        (
            Termwise(lemma=logarithm, weight=p[k], argument=q[k] / p[k], limits=in_the_support),
            entropy_on_support + over_support(p[k] - q[k]),
            "log t is at most t - 1, at t = q/p",
        ),
        ("=", entropy_on_support + 1 - covered, "p sums to 1, and q to s on the support of p"),
        (Dropped(amount=1 - covered), entropy_on_support, "q has no more than 1 there"),
    ),
    given=on_support,
    equality={q[k]: p[k], covered: 1},
    mistakes={
        "equality everywhere": {},
        "equality where q is uniform": {q[k]: covered / m},
        "twice the entropy lies below": 2 * entropy_on_support,
    },
)
"""The cross-entropy is at least the entropy, and equal to it only where q is p."""

same_order = SameOrder(
    one=kl_on_support,
    other=cross_entropy_on_support,
    moving=(covered, q),
    t=x,
    through=x + entropy_on_support,
    reason="a difference of logarithms",
    given=on_support,
    mistakes={
        "the reverse divergence": over_support(q[k] * log(q[k] / p[k])),
        "the entropy of the prediction": -over_support(q[k] * log(q[k])),
    },
)
"""Cross-entropy and divergence order predictions alike."""


between_p = (1 - epsilon) * p[k] + epsilon * r[k]
on_the_way = number(epsilon, 0, 1)

entropy_is_concave = Bounded(
    start=-over_classes(between_p * log(between_p)),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=(1 - epsilon) * p[k],
                argument=between_p / p[k],
                limits=each_class,
            ),
            -over_classes(
                (1 - epsilon) * (p[k] * log(p[k]) + between_p - p[k])
                + epsilon * r[k] * log(between_p)
            ),
            "log t is at most t - 1, at the mixture over p",
        ),
        (
            Termwise(
                lemma=logarithm,
                weight=epsilon * r[k],
                argument=between_p / r[k],
                limits=each_class,
            ),
            -over_classes((1 - epsilon) * p[k] * log(p[k]) + epsilon * r[k] * log(r[k])),
            "and at the mixture over r; the mixture is what the two are on average",
        ),
    ),
    given=(classes, label, simplex(r, K), on_the_way),
    equality={r[k]: p[k]},
    mistakes={
        "the entropy is affine": {},
        "the entropy of the mixture is log 2 above": log(2)
        - over_classes((1 - epsilon) * p[k] * log(p[k]) + epsilon * r[k] * log(r[k])),
    },
)
"""The entropy is concave."""

other_model = simplex(u, K)


weighted_logarithms = over_observations(w[i] * log(p[i, k]))
geometric_mean = exp(weighted_logarithms)
normaliser = over_classes(geometric_mean.xreplace({k: l}), l)
renormalised = Bounded(
    start=over_classes(q[k] * log(q[k])) - over_classes(q[k] * weighted_logarithms),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=q[k],
                argument=geometric_mean / (normaliser * q[k]),
                limits=each_class,
            ),
            1 - over_classes(geometric_mean) / normaliser - log(normaliser),
            "log t is at most t - 1, at the geometric mean over q; q sums to 1",
        ),
        ("=", -log(normaliser), "the normaliser is the sum"),
    ),
    given=(classes, rows, weights, labels, model),
    equality={q[k]: geometric_mean / normaliser},
    mistakes={
        "at the arithmetic mean": {q[k]: mixture},
        "twice the logarithm of the sum": -2 * log(normaliser),
    },
)
"""The mean divergence to labels is least at their renormalised geometric mean."""


mass_p, mass_q = (IndexedBase(letter, positive=True) for letter in ("a", "b"))


def _margin(margin, joint):
    """The mass of each group, which is the sum of its row."""
    return Given(
        symbol=margin,
        draw=lambda random, known: [sum(row) for row in known[joint]],
        facts=((over_second(joint[k, l]), margin[k]),),
    )


log_sum = Bounded(
    start=over_classes(over_second(P[k, l] * log(P[k, l] / Q[k, l]))),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=P[k, l],
                argument=Q[k, l] * mass_p[k] / (P[k, l] * mass_q[k]),
                limits=((l, 1, L), (k, 1, K)),
            ),
            over_classes(mass_p[k] * log(mass_p[k] / mass_q[k])),
            "log t is at most t - 1, at the quotient of the shares within a group",
        ),
    ),
    given=(*chain_rule.given, _margin(mass_p, P), _margin(mass_q, Q)),
    mistakes={
        "equality always": {},
        "twice that": 2 * over_classes(mass_p[k] * log(mass_p[k] / mass_q[k])),
    },
)
"""The log-sum inequality, for groups of classes."""


step, share_of = IndexedBase("d", real=True), IndexedBase("c", positive=True)

spread = (2 * p[k] + 4 * q[k]) / 3  # these weights sum to 2
distance = Abs(p[k] - q[k])

mean_entropy_is_below = Bounded(
    start=-over_observations(w[i] * over_classes(p[i, k] * log(p[i, k]))),
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=w[i] * p[i, k],
                argument=mixture / p[i, k],
                limits=((k, 1, K), (i, 1, N)),
            ),
            over_observations(w[i]) * over_classes(mixture)
            - over_observations(w[i] * over_classes(p[i, k]))
            - over_classes(mixture * log(mixture)),
            "log t is at most t - 1, at the mean label over each label",
        ),
        ("=", -over_classes(mixture * log(mixture)), "all sum to 1"),
    ),
    given=(classes, rows, weights, labels),
    mistakes={
        "the reverse, for one label": -over_classes(p[1, k] * log(p[1, k])) / 2,
        "equality everywhere": {},
    },
)
"""The mean entropy of labels is at most the entropy of the mean label."""

# Faces: the sums go over the m classes where p is positive, and q has 1 - s on others
H_on_support, entropy_of, KL_on_support = named.on_support
decomposition_on_support = Chain(
    start=H_on_support(p, q),
    steps=(
        (
            entropy_of(p) + over_support(p[k] * (log(p[k]) - log(q[k]))),
            "add and subtract log p",
        ),
        (entropy_of(p) + KL_on_support(p, q), "a difference of logarithms"),
    ),
    given=on_support,
)
"""H(p, q) = H(p) + KL(p ‖ q), on faces too."""


def _distance_in_floats(p: Any, q: Any) -> float:
    return fsum(abs(a - b) for a, b in zip(p, q, strict=True))


@quantity(r"\lVert {}-{}\rVert_1", computes=_distance_in_floats)
def absolute_distance(p: Any, q: Any) -> Any:
    """The sum of |p - q|; where p is 0 it is what q has there."""
    return over_support(Abs(entry(p, k) - entry(q, k))) + 1 - covered


cauchy_schwarz_on_support = Chain(
    start=over_support(step[k] ** 2 / share_of[k]) * over_support(share_of[k])
    - over_support(step[k]) ** 2,
    steps=(
        (
            over_support(
                Sum(
                    share_of[k]
                    * share_of[l]
                    * (step[k] / share_of[k] - step[l] / share_of[l]) ** 2,
                    (l, 1, m),
                )
            )
            / 2,
            "expand the square",
        ),
    ),
    given=(size(m, 1, 4), real(step, m), positive(share_of, m)),
)
"""Cauchy and Schwarz over a support, as a sum of squares."""
elsewhere, inside = 1 - covered, over_support(distance)
total_spread = 2 + 4 * covered  # three times the sum of the spread over the support
pinsker_on_support = Bounded(
    start=absolute_distance(p, q) ** 2,
    steps=(
        (
            Dropped(amount=4 * elsewhere / total_spread * (inside - total_spread / 4) ** 2),
            6 * inside**2 / total_spread + 3 * elsewhere / 2,
            "what q has elsewhere is one more class: complete the square",
        ),
        (
            Rowwise(
                lemma=cauchy_schwarz_on_support,
                weight=6 / total_spread,
                row={step[k]: distance, share_of[k]: spread},
            ),
            6 / total_spread * over_support((p[k] - q[k]) ** 2 / spread) * over_support(spread)
            + 3 * elsewhere / 2,
            "Cauchy and Schwarz on the support",
        ),
        (
            "=",
            2 * over_support((p[k] - q[k]) ** 2 / spread) + 3 * elsewhere / 2,
            "p sums to 1, and q to s",
        ),
        (
            Termwise(
                lemma=pinsker,
                weight=2 * q[k] ** 2 / (2 * p[k] + 4 * q[k]),
                argument=p[k] / q[k],
                limits=in_the_support,
            ),
            2 * over_support(p[k] * log(p[k] / q[k]) - p[k] + q[k]) + 3 * elsewhere / 2,
            "3(t - 1)² is at most (2t + 4)(t log t - t + 1), at t = p/q",
        ),
        ("=", 2 * KL_on_support(p, q) - elsewhere / 2, "p sums to 1, and q to s"),
        (Dropped(amount=elsewhere / 2), 2 * KL_on_support(p, q), "q has no more than 1 there"),
    ),
    given=on_support,
    equality={q[k]: p[k], covered: 1},
    mistakes={
        "one divergence is enough": KL_on_support(p, q),
        "the bound is an equality": {},
    },
)
"""Half the squared distance is at most the divergence, on faces too (Pinsker)."""
any_p, any_r = (IndexedBase(letter, nonnegative=True) for letter in "pr")


# Labels with zeros, one by one: p^p is 1 at p = 0, so its logarithm is p log p there too. The mean
# label is positive on the K classes: others have no label of positive weight, and add nothing
every_class, every_row = size(K, 1, 4), size(N, 1, 4)


def _with_zeros(random: Source, known: Mapping) -> list[list[Any]]:
    """Labels with zeros; the first one has none, so that the mean label has none."""
    others = [_or_a_vertex(random, known[K]) for _ in range(known[N] - 1)]
    return [shares(random, known[K]), *others]


def _or_a_vertex(random: Source, length: int) -> list[Any]:
    place = random.randrange(length)
    vertex = [Rational(int(other == place)) for other in range(length)]
    return random.choice([vertex, shares(random, length)])


some_labels = (every_class, every_row, weights, simplex(any_p, K, N)._replace(draw=_with_zeros))
with_zeros = over_observations(w[i] * any_p[i, k])


def _times_its_log(share: Any) -> Any:
    """p log p, 0 at 0."""
    return log(share**share)


@quantity(r"\sum_iw_iH({0}_i)")
def mean_entropy(p: Any) -> Any:
    """The mean entropy of labels, zeros among them."""
    return over_observations(w[i] * -over_classes(_times_its_log(entry(p, i, k))))


@quantity(r"\sum_iw_iH({0}_i,{1})")
def mean_cross_entropy(p: Any, q: Any) -> Any:
    """The mean cross-entropy from labels to one prediction."""
    return over_observations(w[i] * -over_classes(entry(p, i, k) * log(entry(q, k))))


@quantity(r"\sum_iw_i\operatorname{{KL}}({0}_i\,\|\,{1})")
def mean_divergence(p: Any, q: Any) -> Any:
    """The mean divergence from labels, zeros among them, to one prediction."""
    return over_observations(
        w[i] * over_classes(_times_its_log(entry(p, i, k)) - entry(p, i, k) * log(entry(q, k)))
    )


@quantity(r"\sum_iw_i\operatorname{{KL}}({0}_i\,\|\,\bar {0})")
def mean_divergence_from_the_mean(p: Any) -> Any:
    """The mean divergence from labels, zeros among them, to their mean."""
    mean = over_observations(w[i] * entry(p, i, k))
    inside = _times_its_log(entry(p, i, k)) - entry(p, i, k) * log(mean)
    return over_observations(w[i] * over_classes(inside))


@quantity(r"H(\bar {0})")
def entropy_of_their_mean(p: Any) -> Any:
    """The entropy of the mean label."""
    mean = over_observations(w[i] * entry(p, i, k))
    return -over_classes(mean * log(mean))


@quantity(r"H(\bar {0},{1})")
def cross_entropy_of_their_mean(p: Any, q: Any) -> Any:
    """The cross-entropy from the mean label to a prediction."""
    return -over_classes(over_observations(w[i] * entry(p, i, k)) * log(entry(q, k)))


@quantity(r"\operatorname{{KL}}(\bar {0}\,\|\,{1})")
def divergence_of_their_mean(p: Any, q: Any) -> Any:
    """The divergence from the mean label to a prediction."""
    mean = over_observations(w[i] * entry(p, i, k))
    return over_classes(mean * (log(mean) - log(entry(q, k))))


any_model = positive(q, K)
cross_entropy_to_the_mean = Chain(
    start=mean_cross_entropy(any_p, q),
    steps=((cross_entropy_of_their_mean(any_p, q), "exchange the sums"),),
    given=(*some_labels, any_model),
)
"""The mean cross-entropy from labels is that from their mean."""
through_the_mean = Chain(
    start=mean_divergence(any_p, q),
    steps=(
        (
            mean_divergence_from_the_mean(any_p)
            + over_observations(w[i] * over_classes(any_p[i, k] * (log(with_zeros) - log(q[k])))),
            "add and subtract the logarithm of the mean label",
        ),
        (
            mean_divergence_from_the_mean(any_p) + divergence_of_their_mean(any_p, q),
            "exchange the sums",
        ),
    ),
    given=(*some_labels, any_model),
)
"""The mean divergence is that from the mean label, plus its own, for labels with zeros too."""
entropy_of_the_mean = Chain(
    start=mean_entropy(any_p),
    steps=(
        (
            -over_observations(w[i] * over_classes(any_p[i, k] * log(with_zeros)))
            - mean_divergence_from_the_mean(any_p),
            "add and subtract the logarithm of the mean label",
        ),
        (
            entropy_of_their_mean(any_p) - mean_divergence_from_the_mean(any_p),
            "exchange the sums",
        ),
    ),
    given=some_labels,
)
"""The mean entropy of labels is that of their mean, minus the mean divergence to it."""

# The other mean: on the m classes where q is positive, which every label has; on classes that all
# labels have and q has not, the geometric mean has rest more
rest = Symbol("rho", nonnegative=True)
their_logarithms = over_observations(w[i] * log(r[i, k]))
their_geometric_mean = exp(their_logarithms)


@quantity(r"\sum_iw_i\operatorname{{KL}}({1}\,\|\,{0}_i)")
def mean_reverse_divergence(p: Any, q: Any) -> Any:
    """The mean divergence from a prediction to labels that have all its classes."""
    return over_observations(
        w[i] * over_support(entry(q, k) * (log(entry(q, k)) - log(entry(p, i, k))))
    )


@quantity("Z")
def total_of_geometric_means(rho: Any) -> Any:
    """The sum of the geometric mean over the classes of u, and others that all labels have."""
    return over_support(exp(over_observations(w[i] * log(r[i, k])))) + rho


normaliser_of_all = total_of_geometric_means(rest)
least_at_the_geometric_mean = Bounded(
    start=mean_reverse_divergence(r, u),
    relation=">=",
    steps=(
        (
            "=",
            over_support(u[k] * log(u[k])) - over_support(u[k] * their_logarithms),
            "the weights sum to 1",
        ),
        (
            Termwise(
                lemma=logarithm,
                weight=u[k],
                argument=their_geometric_mean / (normaliser_of_all.unfolded * u[k]),
                limits=in_the_support,
            ),
            rest / normaliser_of_all - log(normaliser_of_all),
            "log t is at most t - 1, at the geometric mean over u; u sums to 1",
        ),
        (
            Dropped(amount=rest / normaliser_of_all.unfolded),
            -log(normaliser_of_all),
            "not negative",
        ),
    ),
    given=(
        size(m, 1, 4),
        every_row,
        weights,
        positive(r, m, N),
        simplex(u, m),
        number(rest, 0, 3),
    ),
    equality={u[k]: their_geometric_mean / normaliser_of_all.unfolded, rest: 0},
    mistakes={
        "equality everywhere": {},
        "the arithmetic mean is as good": {
            u[k]: over_observations(w[i] * r[i, k])
            / over_support(over_observations(w[i] * r[i, k])),
            rest: 0,
        },
        "twice the least value": 1 - 2 * log(normaliser_of_all),
    },
)
"""The mean divergence to labels is least at their renormalised geometric mean, on faces too."""

# Merging, for any grouping: class k is in group g[k], which has A[g] of the label and B[g] of the
# prediction; each group has a class
group, groups = (
    IndexedBase("g", integer=True, positive=True),
    Symbol("M", integer=True, positive=True),
)
of_groups = Sum(KroneckerDelta(j, group[k]), (k, 1, K))


def _each_group_once(random: Source, known: Mapping) -> list[int]:
    """Each class in a group, no group without one."""
    first = [*range(1, known[groups] + 1)]
    placed = [*first, *(random.randint(1, known[groups]) for _ in range(known[K] - len(first)))]
    return random.sample(placed, len(placed))


@quantity(r"H\bigl(({0}_g),({1}_g)\bigr)")
def cross_entropy_of_groups(p: Any, q: Any) -> Any:
    """The cross-entropy of the masses of the groups."""
    own, other = (over_classes(KroneckerDelta(j, group[k]) * entry(table, k)) for table in (p, q))
    return -Sum(own * log(other), (j, 1, groups))


@quantity(r"\sum_g{0}_gH({0}_{{\cdot\mid g}},{1}_{{\cdot\mid g}})")
def cross_entropy_within_groups(p: Any, q: Any) -> Any:
    """Each class by its share of the prediction's mass of its group."""
    of_its_group = Sum(KroneckerDelta(group[k], group[l]) * entry(q, l), (l, 1, K))
    return -over_classes(entry(p, k) * (log(entry(q, k)) - log(of_its_group)))


merging = Chain(
    start=-over_classes(any_p[k] * log(q[k])),
    steps=(
        (
            -over_classes(any_p[k] * log(Sum(KroneckerDelta(group[k], group[l]) * q[l], (l, 1, K))))
            + cross_entropy_within_groups(any_p, q),
            "first the group, then the class within it",
        ),
        (
            cross_entropy_of_groups(any_p, q) + cross_entropy_within_groups(any_p, q),
            "count each class with its group",
        ),
    ),
    given=(
        size(groups, 1, 2),
        size(K, 2, 4),
        labels_of(group, K, groups)._replace(draw=_each_group_once),
        simplex(any_p, K),
        model,
    ),
)
"""H is that of the groups plus the mean within them, for any grouping, zeros in p included."""
in_its_group = IndexedBase("o", nonnegative=True)  # what the others of its group have
with_others = q[k] + in_its_group[k]
merging_lowers = Bounded(
    start=-over_classes(any_p[k] * log(with_others)),
    steps=(
        (
            Termwise(
                lemma=logarithm, weight=any_p[k], argument=q[k] / with_others, limits=each_class
            ),
            -over_classes(any_p[k] * log(q[k]))
            - over_classes(any_p[k] * in_its_group[k] / with_others),
            "log t is at most t - 1, at the share of a class in its group",
        ),
        (
            Dropped(amount=over_classes(any_p[k] * in_its_group[k] / with_others)),
            -over_classes(any_p[k] * log(q[k])),
            "what the others have is not negative",
        ),
    ),
    given=(size(K, 2, 4), simplex(any_p, K), model, nonnegative(in_its_group, K)),
    mistakes={
        "merging raises it to twice as much": -2 * over_classes(any_p[k] * log(with_others)) - 1,
        "merging changes nothing": {},
    },
)
"""Each class counted with its group costs no more."""

# Convexity. Labels with zeros, predictions without; where r and q differ only on classes without
# a share of p, the bound is an equality
between_models = (1 - epsilon) * q[k] + epsilon * u[k]


def _half(weight: Any, model: Any) -> Termwise:
    return Termwise(
        lemma=logarithm,
        weight=weight * any_p[k],
        argument=model / between_models,
        limits=each_class,
    )


convex_in_the_prediction = Bounded(
    start=-over_classes(any_p[k] * log(between_models)),
    steps=(
        (
            _half(1 - epsilon, q[k]),
            over_classes(
                any_p[k]
                * (
                    (1 - epsilon) * (q[k] / between_models - 1 - log(q[k]))
                    - epsilon * log(between_models)
                )
            ),
            "log t is at most t - 1, at q over the mixture",
        ),
        (
            _half(epsilon, u[k]),
            (1 - epsilon) * -over_classes(any_p[k] * log(q[k]))
            + epsilon * -over_classes(any_p[k] * log(u[k])),
            "and at the other; the two quotients meet in 1",
        ),
    ),
    given=(every_class, simplex(any_p, K), model, other_model, on_the_way),
    mistakes={
        "affine in the prediction too": {},
        "convex on the other side": -(1 - epsilon) * over_classes(any_p[k] * log(q[k])),
    },
)
"""H is convex in the prediction; equality wherever p > 0 needs equal predictions there."""


@quantity(r"H((1-\varepsilon){0}+\varepsilon {1},{2})")
def cross_entropy_of_a_mixture(p: Any, r: Any, q: Any) -> Any:
    """The cross-entropy from a mixture of two labels."""
    mixed = (1 - epsilon) * entry(p, k) + epsilon * entry(r, k)
    return -over_classes(mixed * log(entry(q, k)))


@quantity(r"H({0},(1-\varepsilon){1}+\varepsilon {2})")
def cross_entropy_to_a_mixture(p: Any, q: Any, u: Any) -> Any:
    """The cross-entropy to a mixture of two predictions."""
    mixed = (1 - epsilon) * entry(q, k) + epsilon * entry(u, k)
    return -over_classes(entry(p, k) * log(mixed))


@quantity(
    r"\operatorname{{KL}}((1-\varepsilon){}+\varepsilon {}\,\|\,(1-\varepsilon){}+\varepsilon {})"
)
def divergence_of_mixtures(a: Any, b: Any, q: Any, u: Any) -> Any:
    """The divergence from a mixture of labels to the same mixture of predictions."""
    labels, models = (
        (1 - epsilon) * entry(one, k) + epsilon * entry(other, k) for one, other in ((a, b), (q, u))
    )
    return over_classes(labels * log(labels / models))


@quantity(r"\tfrac{{d^2}}{{ds^2}}H({0}+s\alpha,{1}+st\alpha)\big|_{{s=0}}")
def curvature_along_a_line(p: Any, q: Any) -> Any:
    """The second derivative of H along (alpha, t alpha), differentiated term by term."""
    step = t * alpha[k]
    return over_classes(
        entry(p, k) * step**2 / entry(q, k) ** 2 - 2 * alpha[k] * step / entry(q, k)
    )


affine_in_the_label = Chain(
    start=cross_entropy_of_a_mixture(any_p, any_r, q),
    steps=(
        (
            (1 - epsilon) * named.cross_entropy(any_p, q) + epsilon * named.cross_entropy(any_r, q),
            "expand",
        ),
    ),
    given=(every_class, simplex(any_p, K), simplex(any_r, K), model, on_the_way),
)
"""H of a mixture of labels is the mixture of their H, by its name."""
bent_along_a_line = Chain(
    start=curvature_along_a_line(mass_p, q),
    steps=((-t * over_classes(alpha[k] ** 2 / q[k] * (2 - t * mass_p[k] / q[k])), "collect"),),
    given=(every_class, simplex(mass_p, K), model, real(alpha, K), number(t, 0, 2)),
)
"""Along (alpha, t alpha) H bends down for small t."""


mixed_p, mixed_q = (
    (1 - epsilon) * one[k] + epsilon * other[k] for one, other in ((mass_p, mass_q), (q, u))
)
kl_is_convex_in_both = Bounded(
    start=divergence_of_mixtures(mass_p, mass_q, q, u),
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=(1 - epsilon) * mass_p[k],
                argument=q[k] * mixed_p / (mass_p[k] * mixed_q),
                limits=each_class,
            ),
            over_classes(
                (1 - epsilon)
                * (q[k] * mixed_p / mixed_q - mass_p[k] + mass_p[k] * log(mass_p[k] / q[k]))
                + epsilon * mass_q[k] * log(mixed_p / mixed_q)
            ),
            "log t is at most t - 1, at a quotient of quotients",
        ),
        (
            Termwise(
                lemma=logarithm,
                weight=epsilon * mass_q[k],
                argument=u[k] * mixed_p / (mass_q[k] * mixed_q),
                limits=each_class,
            ),
            (1 - epsilon) * named.divergence(mass_p, q) + epsilon * named.divergence(mass_q, u),
            "and for the other pair; the two products meet in the mixture",
        ),
    ),
    given=(every_class, simplex(mass_p, K), model, simplex(mass_q, K), other_model, on_the_way),
    equality={mass_q[k]: mass_p[k] * u[k] / q[k]},
    mistakes={
        "equality only where both pairs are the same": {mass_q[k]: q[k]},
        "half of it is enough": (named.divergence(mass_p, q) + named.divergence(mass_q, u)) / 4,
    },
)
"""The divergence is convex in both arguments together."""


@quantity(r"\operatorname{{KL}}({0}\,\|\,{1})")
def divergence_with_zeros(p: Any, q: Any) -> Any:
    """The divergence from a label with zeros to a prediction without."""
    return over_classes(_times_its_log(entry(p, k)) - entry(p, k) * log(entry(q, k)))


@quantity(r"\operatorname{{KL}}({0}\,\|\,{1}_{2})")
def divergence_to_tilted(p: Any, q: Any, h: Any) -> Any:
    """The divergence from a label, zeros among it, to q exp(h), normalised."""
    normalised = entry(q, k) * exp(entry(h, k)) / over_classes(entry(q, l) * exp(entry(h, l)), l)
    return over_classes(_times_its_log(entry(p, k)) - entry(p, k) * log(normalised))


@quantity(r"\operatorname{{KL}}({0}\,\|\,{0}_{1})")
def divergence_of_tilting(q: Any, h: Any) -> Any:
    """The divergence from q to q exp(h), normalised."""
    normalised = entry(q, k) * exp(entry(h, k)) / over_classes(entry(q, l) * exp(entry(h, l)), l)
    return over_classes(entry(q, k) * log(entry(q, k) / normalised))


def _same_mean_or_a_vertex(random: Source, known: Mapping) -> list[Any]:
    """A distribution on the edge of the simplex, if there is one with the mean of h."""
    moved, target = _same_mean(random, known), known[q]
    steps = [a - b for a, b in zip(moved, target, strict=True)]
    longest = max((-a / b for a, b in zip(steps, target, strict=True)), default=0)
    return [b + a / longest if longest > 0 else b for a, b in zip(steps, target, strict=True)]


log_of_the_tilt = log(over_classes(q[l] * exp(h[l]), l))
same_mean = Given(
    symbol=M,
    draw=_mean,
    facts=((over_classes(any_p[k] * h[k]), M), (over_classes(q[k] * h[k]), M)),
)
right_angle = Chain(
    start=divergence_to_tilted(any_p, q, h),
    steps=(
        (
            divergence_with_zeros(any_p, q) - over_classes(any_p[k] * h[k]) + log_of_the_tilt,
            "the logarithm of the tilted distribution; p sums to 1",
        ),
        (
            divergence_with_zeros(any_p, q) - over_classes(q[k] * h[k]) + log_of_the_tilt,
            "p and q give h the same mean",
        ),
        (
            divergence_with_zeros(any_p, q) + divergence_of_tilting(q, h),
            "read backwards, with q for p",
        ),
    ),
    given=(
        every_class,
        model,
        real(h, K),
        same_mean,
        simplex(any_p, K)._replace(draw=_same_mean_or_a_vertex),
    ),
)
"""The Pythagorean identity, for labels with zeros too."""

# The typical set, as M sequences, each with a chance of at least exp(-n (H + epsilon))
sequences, length = (Symbol(letter, integer=True, positive=True) for letter in ("M", "n"))
entropy_of_one, tolerance = Symbol("H", nonnegative=True), Symbol("varepsilon", positive=True)
beyond = IndexedBase("a", nonnegative=True)
least_chance = exp(-length * (entropy_of_one + tolerance))


@quantity(r"P(A)")
def chance_of_the_set(a: Any) -> Any:
    """The sum of the chances of the sequences, each at least exp(-n (H + epsilon))."""
    return Sum(least_chance + entry(a, k), (k, 1, sequences))


sequences_are_few = Bounded(
    start=sequences * least_chance,
    steps=(
        ("=", Sum(least_chance, (k, 1, sequences)), "one for each sequence"),
        (
            Dropped(amount=Sum(beyond[k], (k, 1, sequences))),
            chance_of_the_set(beyond),
            "none of them has less",
        ),
    ),
    given=(
        size(sequences, 1, 4),
        size(length, 1, 4),
        number(entropy_of_one, 0, 3),
        number(tolerance, 0, 3),
        nonnegative(beyond, sequences),
    ),
    mistakes={
        "their chance is that of one of them": least_chance + 0 * sequences,
        "equality always": {},
    },
)
"""So many sequences have at least that chance together."""

greatest_chance = exp(-length * (entropy_of_one - tolerance))
short_of = IndexedBase("b", nonnegative=True)


@quantity(r"P(A)")
def chance_from_above(b: Any) -> Any:
    """The sum of the chances of the sequences, each at most exp(-n (H - epsilon))."""
    return Sum(greatest_chance - entry(b, k), (k, 1, sequences))


sequences_are_many = Bounded(
    start=chance_from_above(short_of),
    steps=(
        (
            "=",
            sequences * greatest_chance - Sum(short_of[k], (k, 1, sequences)),
            "one for each sequence",
        ),
        (
            Dropped(amount=Sum(short_of[k], (k, 1, sequences))),
            sequences * greatest_chance,
            "none of them has more",
        ),
    ),
    given=(
        size(sequences, 1, 4),
        size(length, 1, 4),
        number(entropy_of_one, 0, 3),
        number(tolerance, 0, 3),
        nonnegative(short_of, sequences),
    ),
    mistakes={
        "one sequence has it all": greatest_chance + 0 * sequences,
        "their chance is that of all of them, always": {},
    },
)
"""So many sequences have at most that chance together."""

# Chebyshev: M sequences in the set with chances w and deviations x, L others with chances v, whose
# squared deviations are epsilon² + c
chance_inside, off = IndexedBase("w", nonnegative=True), IndexedBase("x", real=True)
outside, further = IndexedBase("v", nonnegative=True), IndexedBase("c", nonnegative=True)
others = Symbol("L", integer=True, positive=True)


@quantity(r"\operatorname{{Var}}\bigl(-\tfrac1n\log p(Y)\bigr)")
def mean_square_off(w: Any, x: Any, v: Any, c: Any) -> Any:
    """The mean square of how far each sequence is off."""
    return Sum(entry(w, k) * entry(x, k) ** 2, (k, 1, sequences)) + Sum(
        entry(v, k) * (tolerance**2 + entry(c, k)), (k, 1, others)
    )


@quantity(r"P(\text{{not }}A)")
def chance_of_the_others(v: Any) -> Any:
    """The sum of the chances of the sequences that are off by more."""
    return Sum(entry(v, k), (k, 1, others))


few_are_far = Bounded(
    start=mean_square_off(chance_inside, off, outside, further),
    relation=">=",
    steps=(
        (
            Dropped(amount=Sum(chance_inside[k] * off[k] ** 2, (k, 1, sequences))),
            Sum(outside[k] * (tolerance**2 + further[k]), (k, 1, others)),
            "squares inside count for it",
        ),
        (
            Dropped(amount=Sum(outside[k] * further[k], (k, 1, others))),
            tolerance**2 * chance_of_the_others(outside),
            "the others are off by at least epsilon",
        ),
    ),
    given=(
        size(sequences, 1, 4),
        size(others, 1, 4),
        number(tolerance, 0, 3),
        nonnegative(chance_inside, sequences),
        real(off, sequences),
        nonnegative(outside, others),
        nonnegative(further, others),
    ),
    mistakes={
        "all are far": {},
        "twice as many": 2 * tolerance**2 * chance_of_the_others(outside),
    },
)
"""Chebyshev's inequality, for finitely many sequences."""

one_variance, middle = Symbol("V", positive=True), Symbol("H", real=True)
terms = IndexedBase("x", real=True)
independent_terms = Expectation(
    x=terms, mean=middle, cov=one_variance * KroneckerDelta(i, j), indices=(i, j), size=N
)
variance_of_the_mean = Expected(
    E=independent_terms,
    expression=(Sum(terms[i], (i, 1, N)) / N - middle) ** 2,
    steps=((one_variance / N, "of all pairs only those of a term with itself count"),),
    given=(size(N, 2, 4), number(middle), number(one_variance, 0, 3)),
    mistakes={
        "the mean varies as one term does": one_variance,
        "over the square of the number": one_variance / N**2,
    },
)
"""The variance of a mean of N uncorrelated terms is that of one over N."""

heads = Symbol("h", nonnegative=True)
entropy_of_the_coin = log(4) / 4 + log(Rational(4, 3)) * 3 / 4
rate_of_the_coin = Chain(
    start=heads * log(4) + (1 - heads) * log(Rational(4, 3)) - entropy_of_the_coin,
    steps=(((heads - Rational(1, 4)) * log(3), "log 4 minus log 4/3 is log 3"),),
    given=(number(heads, 0, 1),),
)
"""The coin (1/4, 3/4): how far a sequence with the share h of heads is off."""
