"""The chapter on label smoothing, distillation and temperature."""

from typing import Any

from sympy import Derivative, Expr, IndexedBase, KroneckerDelta, Rational, Sum, Symbol, exp, log

from xentlib.derivations import quantities as named
from xentlib.derivations.cross_entropy import any_p
from xentlib.derivations.lemmas import (
    each_class,
    in_the_support,
    logarithm,
    on_support,
    over_support,
)
from xentlib.derivations.lemmas import m as support_size
from xentlib.derivations.lemmas import s as covered
from xentlib.derivations.lemmas import x as real_t
from xentlib.derivations.symbols import (
    K,
    N,
    c,
    cross_entropy,
    i,
    j,
    k,
    l,
    over_classes,
    over_observations,
    p,
    q,
    z,
)
from xentlib.verify import Bounded, Dropped, SameOrder, Termwise
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import Given, index, number, positive, real, simplex, size
from xentlib.verify.quantity import called, entry, quantity

epsilon, alpha, T, t = (Symbol(name, positive=True) for name in ("varepsilon", "alpha", "T", "t"))
delta, x, s = Symbol("delta", positive=True), Symbol("x", positive=True), Symbol("s", real=True)
y = Symbol("y", integer=True, positive=True)
classes, chosen = size(K), index(j, K)

from_uniform = called(r"\operatorname{KL}(u\,\|\,q)", over_classes(log(1 / K / q[k]) / K))
smoothing = Chain(
    start=called(
        r"H((1-\varepsilon)p+\varepsilon u,\,q)",
        -over_classes(((1 - epsilon) * p[k] + epsilon / K) * log(q[k])),
    ),
    steps=(
        (
            (1 - epsilon) * named.cross_entropy(p, q)
            + epsilon
            * (
                log(K) + called(r"\operatorname{KL}(u\,\|\,q)", over_classes(log(1 / K / q[k]) / K))
            ),
            "the uniform part is log K plus its divergence from the prediction",
        ),
    ),
    given=(classes, simplex(p, K), simplex(q, K), number(epsilon, 0, 1)),
)
"""H of a smoothed label: the label's own, and log K + KL(u ‖ q)."""
logit_gap = Chain(
    start=called(r"z_y-z_k", log((1 - epsilon + epsilon / K) / (epsilon / K))),
    steps=((log(1 + K * (1 - epsilon) / epsilon), "divide"),),
    given=(classes, number(epsilon, 0, 1)),
)
"""The gap between the logits of a smoothed vertex."""
weighted = over_classes(c[k] * p[k])
class_weights = Chain(
    start=called(r"L_c", -over_classes(c[k] * p[k] * log(q[k]))),
    steps=(
        (
            weighted * -over_classes(c[k] * p[k] / weighted.xreplace({k: l}) * log(q[k])),
            "one common factor",
        ),
    ),
    given=(classes, simplex(p, K), simplex(q, K), positive(c, K)),
)
"""Weights of classes: a total times the cross-entropy of a label that moved."""

prior_strength = alpha / (1 + alpha)
as_a_prior = Chain(
    start=called(
        r"-\log\bigl(q_y\prod_kq_k^{\alpha/K}\bigr)",
        -log(q[y]) - over_classes(alpha / K * log(q[k])),
    ),
    steps=(
        (
            (1 + alpha)
            * -over_classes(
                ((1 - prior_strength) * KroneckerDelta(k, y) + prior_strength / K) * log(q[k])
            ),
            "1 - ε is 1/(1 + α), and ε is α/(1 + α)",
        ),
    ),
    given=(classes, index(y, K), simplex(q, K), number(alpha, 0, 4)),
)
"""A loss with a Dirichlet factor is (1 + α) times that of a smoothed label."""
as_noise = Chain(
    start=called(
        r"\operatorname{E}[-\log q_{\tilde Y}\mid y]",
        (1 - epsilon) * -log(q[y]) + epsilon * over_classes(-log(q[k]) / K),
    ),
    steps=(
        (
            -over_classes(((1 - epsilon) * KroneckerDelta(k, y) + epsilon / K) * log(q[k])),
            "the chances of each class, collected",
        ),
    ),
    given=(classes, index(y, K), simplex(q, K), number(epsilon, 0, 1)),
)
"""The expected loss of a label that is uniform with chance ε is that of a smoothed label."""

other = log(over_classes(exp(z[l] / T), l))
at_temperature = exp(z[j] / T) / over_classes(exp(z[k] / T))


@quantity(r"H({},\operatorname{{softmax}}({}/T))")
def tempered_loss(p: Any, z: Any) -> Any:
    """The cross-entropy of logits that are divided by the temperature."""
    return -over_classes(entry(p, k) * (entry(z, k) / T - other))


tempered_gradient = Chain(
    start=Derivative(T**2 * tempered_loss(any_p, z), z[j]),
    steps=(
        (
            T * (over_classes(any_p[k]) * at_temperature - any_p[j]),
            "a factor 1/T from the chain rule",
        ),
        (T * (at_temperature - any_p[j]), "the teacher's shares sum to 1"),
    ),
    given=(classes, chosen, simplex(any_p, K), real(z, K), number(T, 0, 4)),
)
"""The gradient of T² H at temperature T is T (q_T - p)."""
here = Given(
    symbol=s,
    draw=lambda random, known: Rational(0),
)  # s = 1/T, at infinite temperature
cooled = exp(s * z[j]) / over_classes(exp(s * z[k]))
slope_at = cooled * (z[j] - over_classes(exp(s * z[k]) * z[k]) / over_classes(exp(s * z[k])))
slope_in_the_inverse = Chain(
    start=Derivative(cooled, s),
    steps=((slope_at, "quotient rule"),),
    given=(classes, chosen, here, real(z, K)),
)
"""The slope of softmax(s z) in s, s the inverse temperature."""
mean_logit = over_classes(z[k]) / K
at_infinity = Chain(
    start=called(r"\frac{\partial q_j}{\partial(1/T)}\Big|_{1/T=0}", slope_at.subs(s, 0)),
    steps=(((z[j] - mean_logit) / K, "every class has the share 1/K"),),
    given=(classes, chosen, real(z, K)),
)
"""That slope at infinite temperature: the centred logits over K."""
moved_coefficient = Chain(
    start=Derivative(called(r"\beta", log((t + delta) / (1 - t - delta)) / x), delta),
    steps=(
        (
            x / ((t + delta) * (1 - t - delta) * x**2),
            "the inverse of A, times the error's moment with x",
        ),
    ),
    given=(
        number(t, 0, 1)._replace(draw=lambda random, known: Rational(random.randint(1, 31), 64)),
        number(delta, 0, 1)
        ._replace(draw=lambda random, known: Rational(random.randint(1, 31), 64))
        .nonzero(1 - t - delta),
        number(x, 0, 4),
    ),
)
"""How fast a slope moves with the teacher's error: A^-1 times the error's moment with x."""

# Bounds: p is any label, with zeros or without
on_the_way = number(epsilon, 0, 1)
smoothed = (1 - epsilon) * any_p[k] + epsilon / K


def _mixed(share: Any) -> Expr:
    return (1 - epsilon) * share + epsilon / K


@quantity(r"H((1-\varepsilon){0}+\varepsilon u,{1})")
def cross_entropy_of_smoothed(p: Any, q: Any) -> Any:
    """What q costs where p is mixed with the uniform label u."""
    return -over_classes(_mixed(entry(p, k)) * log(entry(q, k)))


@quantity(r"H((1-\varepsilon){}+\varepsilon u)")
def entropy_of_smoothed(p: Any) -> Any:
    """The entropy of p mixed with the uniform label u."""
    return -over_classes(_mixed(entry(p, k)) * log(_mixed(entry(p, k))))


smoothed_labels_are_best = Bounded(
    start=cross_entropy_of_smoothed(any_p, q),
    relation=">=",
    steps=(
        (
            Termwise(lemma=logarithm, weight=smoothed, argument=q[k] / smoothed, limits=each_class),
            over_classes(smoothed - q[k]) - over_classes(smoothed * log(smoothed)),
            "log t is at most t - 1, at q over the smoothed label",
        ),
        ("=", entropy_of_smoothed(any_p), "both sum to 1"),
    ),
    given=(classes, simplex(any_p, K), simplex(q, K), on_the_way),
    equality={q[k]: smoothed},
    mistakes={
        "one added to every share": {q[k]: (any_p[k] + 1) / (K + 1)},
        "the uniform prediction": {q[k]: 1 / K},
    },
)
"""The cross-entropy from smoothed labels is least at these, and only there."""

temperature_keeps_the_order = SameOrder(
    one=cross_entropy,
    other=T**2 * cross_entropy,
    moving=(q,),
    t=real_t,
    through=T**2 * real_t,
    reason="a positive factor",
    given=(classes, simplex(p, K), number(T, 0, 4), simplex(q, K)),
    mistakes={"minus it": -(T**2) * cross_entropy, "the reverse": over_classes(q[k] * log(p[k]))},
)
"""The factor T² keeps the order."""

a, b = (IndexedBase(letter, real=True) for letter in "ab")  # an error p - π, and log q

corrected = (1 - epsilon) * q[k] + epsilon / K
forward_correction = Bounded(
    start=-over_classes(smoothed * log(corrected)),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=logarithm, weight=smoothed, argument=corrected / smoothed, limits=each_class
            ),
            over_classes(smoothed - corrected) - over_classes(smoothed * log(smoothed)),
            "log t is at most t - 1, at the noisy prediction over the noisy truth",
        ),
        ("=", -over_classes(smoothed * log(smoothed)), "both sum to 1"),
    ),
    given=smoothed_labels_are_best.given,
    equality={q[k]: any_p[k]},
    mistakes={
        "it arrives at the noisy distribution, as smoothing does": {q[k]: smoothed},
        "the uniform prediction": {q[k]: 1 / K},
    },
)
"""The likelihood that knows of the noise is best at the clean distribution, and only there."""

any_row = IndexedBase("p", nonnegative=True)
smoothed_row = (1 - prior_strength) * any_row[i, k] + prior_strength / K


@quantity(r"\sum_i H(p_i^\varepsilon,{}_i)")
def loss_of_smoothed_rows(q: Any) -> Any:
    """Of all labels, each smoothed by the prior's strength."""
    return over_observations(-over_classes(smoothed_row * log(entry(q, i, k))))


as_priors = Chain(
    start=over_observations(
        -over_classes(any_row[i, k] * log(q[i, k])) - over_classes(alpha / K * log(q[i, k]))
    ),
    steps=(
        (
            (1 + alpha) * loss_of_smoothed_rows(q),
            "1 - ε is 1/(1 + α), and ε is α/(1 + α)",
        ),
    ),
    given=(classes, size(N), simplex(any_row, K, N), simplex(q, K, N), number(alpha, 0, 4)),
)
"""Losses with a Dirichlet factor for each item are (1 + α) times those of smoothed labels."""

weight = c[k] * p[k]
weight_of_all = over_support(c[k] * p[k])
own_label = weight / weight_of_all.xreplace({k: l})
weighted_loss = -over_support(weight * log(q[k]))
least_weighted = -over_support(weight * log(own_label))


def _moved(c: Any, p: Any) -> Expr:
    """The label proportional to c p."""
    return entry(c, k) * entry(p, k) / Sum(entry(c, l) * entry(p, l), (l, 1, support_size))


@quantity(r"\textstyle\sum_k {}_k{}_k")
def total_weight(c: Any, p: Any) -> Any:
    """The mean weight of a class."""
    return over_support(entry(c, k) * entry(p, k))


@quantity(r"H(p^{{{0}}},{2})")
def cross_entropy_of_moved(c: Any, p: Any, q: Any) -> Any:
    """What q costs where the label proportional to c p is true."""
    return -over_support(_moved(c, p) * log(entry(q, k)))


@quantity(r"H(p^{{{}}})")
def entropy_of_moved(c: Any, p: Any) -> Any:
    """The entropy of the label proportional to c p."""
    return -over_support(_moved(c, p) * log(_moved(c, p)))


weighted_on_support = Chain(
    start=weighted_loss,
    steps=((total_weight(c, p) * cross_entropy_of_moved(c, p, q), "one common factor"),),
    given=(*on_support, positive(c, support_size)),
)
"""Weights of classes, on the closed simplex: a total times the cross-entropy of another label."""
class_weights_move_the_optimum = Bounded(
    start=weighted_loss,
    relation=">=",
    steps=(
        (
            "=",
            weight_of_all * -over_support(own_label * log(q[k])),
            "one common factor",
        ),
        (
            Termwise(
                lemma=logarithm, weight=weight, argument=q[k] / own_label, limits=in_the_support
            ),
            least_weighted + over_support(weight - weight_of_all.xreplace({k: l}) * q[k]),
            "log t is at most t - 1, at q over the weighted label",
        ),
        (
            "=",
            least_weighted + weight_of_all * (1 - covered),
            "q sums to s on the support",
        ),
        (
            Dropped(amount=weight_of_all * (1 - covered)),
            least_weighted,
            "q has no more than 1 there",
        ),
        ("=", total_weight(c, p) * entropy_of_moved(c, p), "one common factor"),
    ),
    given=(*on_support, positive(c, support_size)),
    equality={q[k]: own_label, covered: 1},
    mistakes={
        "class weights keep the target": {q[k]: p[k], covered: 1},
        "every prediction": {},
    },
)
"""With class weights the loss is a total times a cross-entropy, least at a label that moved."""

any_r = IndexedBase("r", nonnegative=True)
apart = any_p[k] - any_r[k]
squares_of_logs = over_classes(log(q[k]) ** 2)
teacher_bound = Bounded(
    start=(named.cross_entropy(any_p, q) - named.cross_entropy(any_r, q)) ** 2,
    steps=(
        ("=", over_classes(apart * log(q[k])) ** 2, "cross-entropy is linear in the label"),
        (
            Dropped(
                amount=over_classes(
                    over_classes((apart * log(q[l]) - apart.xreplace({k: l}) * log(q[k])) ** 2, l)
                )
                / 2
            ),
            over_classes(apart**2) * squares_of_logs,
            "the difference is a sum of squares",
        ),
    ),
    given=(classes, simplex(any_p, K), simplex(any_r, K), simplex(q, K)),
    mistakes={
        "a quarter of it": over_classes(apart**2) * squares_of_logs / 4,
        "the error alone": over_classes(apart**2),
    },
)
"""The loss moves at most with the error of the label: Cauchy's inequality."""
