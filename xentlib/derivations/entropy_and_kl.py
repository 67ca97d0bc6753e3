"""Chapter 5: entropy, Kullback-Leibler divergence and their geometry."""

from sympy import Derivative, IndexedBase, Product, Rational, Symbol, exp, log

from xentlib.derivations.cross_entropy import L, over_second
from xentlib.derivations.symbols import (
    K,
    N,
    cross_entropy,
    entropy,
    i,
    k,
    kl_divergence,
    l,
    over_classes,
    over_observations,
    p,
    q,
)
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import Given, number, real, shares, simplex, size

t, Z = Symbol("t", positive=True), Symbol("Z", positive=True)
s = Symbol("s", real=True)
w, r = (IndexedBase(letter, positive=True) for letter in "wr")
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
    start=cross_entropy,
    steps=(
        (
            -over_classes(p[k] * log(p[k])) + over_classes(p[k] * (log(p[k]) - log(q[k]))),
            "add and subtract log p",
        ),
        (entropy + kl_divergence, "a difference of logarithms"),
    ),
    given=(classes, label, model),
)
"""H(p, q) = H(p) + KL(p ‖ q)."""
tangent = Chain(
    start=over_classes(p[k] * (q[k] / p[k] - 1)),
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
    start=Derivative(gap, (t, 2)),
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
    given=(classes, here, label, model, real(beta, K)),
)
"""The second derivative of H along a line in q: a sum of squares over p."""
moved_p, moved_q = p[k] + s * alpha[k], q[k] + s * beta[k]
joint_curvature = Chain(
    start=Derivative(-over_classes(moved_p * log(moved_q)), (s, 2)),
    steps=(
        (
            over_classes(moved_p * beta[k] ** 2 / moved_q**2 - 2 * alpha[k] * beta[k] / moved_q),
            "product rule, term by term",
        ),
    ),
    given=(classes, here, label, model, real(alpha, K), real(beta, K)),
)
"""The second derivative of H along a line in (p, q)."""
bent_down = Chain(
    start=over_classes(
        p[k] * (epsilon * alpha[k]) ** 2 / q[k] ** 2 - 2 * alpha[k] * (epsilon * alpha[k]) / q[k]
    ),
    steps=(
        (-epsilon * over_classes(alpha[k] ** 2 / q[k] * (2 - epsilon * p[k] / q[k])), "collect"),
    ),
    given=(classes, label, model, real(alpha, K), number(epsilon, 0, 2)),
)
"""Along (α, εα) it is negative for small ε: H is not jointly convex."""
kl_curvature = Chain(
    start=Derivative(over_classes(moved_p * (log(moved_p) - log(moved_q))), (s, 2)),
    steps=(
        (
            over_classes(
                alpha[k] ** 2 / moved_p
                - 2 * alpha[k] * beta[k] / moved_q
                + moved_p * beta[k] ** 2 / moved_q**2
            ),
            "the termwise Hessian: 1/p, -1/q, p/q²",
        ),
        (over_classes((alpha[k] - moved_p * beta[k] / moved_q) ** 2 / moved_p), "a perfect square"),
    ),
    given=(classes, here, label, model, real(alpha, K), real(beta, K)),
)
"""The second derivative of KL along a line in (p, q) is a sum of squares."""

mixture = over_observations(w[i] * p[i, k])
weights = simplex(w, N)._replace(facts=((over_observations(w[i]), Rational(1)),))
labels = simplex(p, K, N)
compensation = Chain(
    start=over_observations(w[i] * over_classes(p[i, k] * log(p[i, k] / q[k]))),
    steps=(
        (
            over_observations(
                w[i] * over_classes(p[i, k] * (log(p[i, k] / mixture) + log(mixture / q[k])))
            ),
            "through the mean label",
        ),
        (
            over_observations(w[i] * over_classes(p[i, k] * log(p[i, k] / mixture)))
            + over_classes(mixture * log(mixture / q[k])),
            "the second logarithm waits for the mean label",
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
reverse_compensation = Chain(
    start=over_observations(w[i] * over_classes(q[k] * log(q[k] / p[i, k]))),
    steps=(
        (
            over_classes(q[k] * log(q[k]))
            - over_classes(q[k] * over_observations(w[i] * log(p[i, k]))),
            "the weights sum to 1",
        ),
        (
            over_classes(q[k] * (log(q[k]) - log(geometric / Z))) - log(Z),
            "a sum of logarithms is one of a product; q sums to 1",
        ),
    ),
    given=(classes, rows, weights, labels, model, number(Z, 0, 2)),
)
"""The mean of KL(q ‖ p_i) is KL of q from the geometric mean, up to log Z."""


def _table(random, known):
    flat = shares(random, known[K] * known[L])
    return [flat[row * known[L] : (row + 1) * known[L]] for row in range(known[K])]


p_group, q_group = over_second(P[k, l]), over_second(Q[k, l])
chain_rule = Chain(
    start=-over_classes(over_second(P[k, l] * log(Q[k, l]))),
    steps=(
        (
            -over_classes(over_second(P[k, l] * (log(q_group) + log(Q[k, l] / q_group)))),
            "first the group, then the class within it",
        ),
        (
            -over_classes(p_group * log(q_group))
            - over_classes(p_group * over_second(P[k, l] / p_group * log(Q[k, l] / q_group))),
            "each logarithm waits for its own weights",
        ),
    ),
    given=(
        classes,
        size(L),
        Given(
            symbol=P,
            draw=_table,
        ),
        Given(
            symbol=Q,
            draw=_table,
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
    start=over_classes(p[k] * log(p[k] / tilted)),
    steps=(
        (
            over_classes(p[k] * log(p[k] / q[k]))
            - over_classes(p[k] * h[k])
            + log(over_classes(q[l] * exp(h[l]), l)),
            "the logarithm of the tilted distribution; p sums to 1",
        ),
        (
            over_classes(p[k] * log(p[k] / q[k]))
            - over_classes(q[k] * h[k])
            + log(over_classes(q[l] * exp(h[l]), l)),
            "p and q give h the same mean",
        ),
        (
            over_classes(p[k] * log(p[k] / q[k])) + over_classes(q[k] * log(q[k] / tilted)),
            "read backwards, with q for p",
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
