"""Chapter 7: is the product of powers a likelihood?"""

from collections.abc import Sequence
from typing import Any

from sympy import (
    Derivative,
    Expr,
    IndexedBase,
    Integer,
    Integral,
    Limit,
    Poly,
    Product,
    Rational,
    Sum,
    Symbol,
    binomial,
    coth,
    exp,
    expand,
    factorial,
    ff,
    gamma,
    log,
    sinh,
    symbols,
    tanh,
)

from xentlib.derivations.cross_entropy import any_p
from xentlib.derivations.lemmas import in_the_support, logarithm, on_support, over_support
from xentlib.derivations.lemmas import m as support_size
from xentlib.derivations.quantities import on_support as on_the_support
from xentlib.derivations.quantities import sigmoid as logistic
from xentlib.derivations.symbols import K, i, k, l, over_classes, p, q
from xentlib.verify import Bounded, Induction, Termwise
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import Given, nonnegative, number, positive, simplex, size
from xentlib.verify.quantity import called, entry, quantity

t, w, a, theta, s, u, tau = symbols("t w a theta s u tau", positive=True)
eta, d = symbols("eta d", real=True, nonzero=True)
x = Symbol("x", real=True)
m = Symbol("m", integer=True, positive=True)
c, r = symbols("c r", positive=True)


def _nonzero(symbol, low=-96, high=96):
    places = [place for place in range(low, high) if place]
    return Given(
        symbol=symbol,
        draw=lambda random, known: Rational(random.choice(places), 32),
    )


geometric_mean = Chain(
    start=called(r"\log G", log(Product(q[k] ** any_p[k], (k, 1, K)))),
    steps=((over_classes(any_p[k] * log(q[k])), "log of a product of powers"),),
    given=(size(K), simplex(any_p, K), simplex(q, K)),
)
"""The logarithm of a weighted geometric mean of likelihoods is minus the cross-entropy."""
sigmoid = logistic(eta)
mass_of_two = Chain(
    start=called(r"\int_0^1q^t(1-q)^{1-t}\,dt", Integral((1 - sigmoid) * exp(t * eta), (t, 0, 1))),
    steps=(
        ((1 - sigmoid) * (exp(eta) - 1) / eta, "an exponential is its own integral"),
        ((2 * sigmoid - 1) / eta, "with q the sigmoid of η"),
    ),
    given=(_nonzero(eta),),
)
"""The mass of q^p (1 - q)^(1 - p) over p in [0, 1], with q = σ(η): (2 q - 1)/η."""
one_pair = Chain(
    start=called(r"\int_0^sq_1^{s-t}q_2^t\,dt", exp(s * x) * Integral(exp(t * d), (t, 0, s))),
    steps=(
        ((exp(s * (x + d)) - exp(s * x)) / ((x + d) - x), "an exponential is its own integral"),
    ),
    given=(number(s, 0, 1), number(x), _nonzero(d)),
)
"""The mass along one pair of classes with total s: a divided difference of exp."""


def divided(points: Sequence[Expr]) -> Expr:
    """Σ_k exp(x_k) / ∏_{j≠k} (x_k - x_j)."""
    total = Rational(0)
    for place, point in enumerate(points):
        denominator = Rational(1)
        for other, there in enumerate(points):
            denominator *= point - there if other != place else 1
        total += exp(point) / denominator
    return total


points = symbols("x1:6", real=True)


_THIRTY_SECONDS = [Rational(place, 32) for place in range(-96, 96)]


def _distinct(symbol, others):
    anywhere = Given(symbol=symbol, draw=lambda random, known: random.choice(_THIRTY_SECONDS))
    return anywhere.nonzero(*(symbol - other for other in others))


def _recursion(size):
    """Fewer classes by one: the formula with the first, and with the last, point left out."""
    chosen = points[:size]
    return Chain(
        start=(divided(chosen[:-1]) - divided(chosen[1:])) / (chosen[0] - chosen[-1]),
        steps=((divided(chosen), "collect the coefficient of each exponential"),),
        given=tuple(_distinct(point, chosen[:place]) for place, point in enumerate(chosen)),
    )


recursions = {f"K = {size}": _recursion(size) for size in (3, 4, 5)}
"""The divided difference of exp has the recursion that the mass has."""

f = c * (a + exp(t)) ** w
differential_equation = Chain(
    start=called(r"(a+e^t)\,f'(t)", Derivative(f, t) * (a + exp(t))),
    steps=((w * exp(t) * f, "chain rule"),),
    given=(number(t, 0, 2), number(w, 0, 5), number(a, 0, 3), number(c, 0, 3)),
)
"""f = c (a + e^t)^w satisfies f' (a + e^t) = w e^t f."""
lowest_coefficient = Chain(
    start=called(
        r"L_m", Limit(m / tau * a * (1 - exp(tau)) + w * a * exp(tau), tau, 0, "+")
    ),  # (f' (a + e^t) - w e^t f) / f for f = τ^m at t = log a + iπ + τ
    steps=((a * (w - m), "$1-e^\\tau$ is $-\\tau$ to first order"),),
    given=(number(m, 1, 6), number(w, 0, 6), number(a, 0, 3)),
)
"""At a zero of order m that equation says a (w - m) = 0."""


def falling_moment(polynomial: Expr, variable: Expr) -> Expr:
    """The mean of a polynomial in X where the mean of X (X - 1) ... (X - j + 1) is w (w - 1) ...
    (w - j + 1) θ^j.
    """
    poly, total = Poly(polynomial, variable), Rational(0)
    for j in range(poly.degree(), -1, -1):
        leading = poly.coeff_monomial(variable**j)
        total += leading * expand(ff(w, j), func=True) * theta**j
        poly = poly - Poly(leading * expand(ff(variable, j), func=True), variable)
    return total


def _krawtchouk(n, variable, number_of_trials):
    """The monic Krawtchouk polynomial of degree n, for a success probability θ."""
    total = 0
    for j in range(n + 1):
        total += (
            binomial(n, j) * ff(number_of_trials - n + j, j) * (-theta) ** j * ff(variable, n - j)
        )
    return expand(total, func=True)


def moment_square(n: int) -> Expr:
    """E[X (w - X) K_n(X - 1; w - 2, θ)²] from the falling moments."""
    X = Symbol("X")
    square = expand(X * (w - X) * _krawtchouk(n, X - 1, w - 2) ** 2)
    return falling_moment(square, X)


def _moment(n):
    return Chain(
        start=called(
            r"\operatorname{E}[X(w-X)%s]" % (rf"K_{n}(X)^2" if n else ""), moment_square(n)
        ),
        steps=(
            (
                factorial(n) * expand(ff(w, n + 2), func=True) * (theta * (1 - theta)) ** (n + 1),
                "expand and factor",
            ),
        ),
        given=(number(w, 0, 5), number(theta, 0, 1)),
    )


moments = {f"n = {n}": _moment(n) for n in range(5)}
"""A mean of squares, times X (w - X), has the sign of w (w - 1) ... (w - n - 1)."""

vertices = 2 / (1 + K ** (1 - w))  # equal masses on the vertices
weight_below_one = number(w, 0, 1)
balanced = Chain(
    start=vertices * K ** (1 - w) - 1,
    steps=(
        (1 - vertices, "what the masses miss at the centre, they miss at the vertices"),
        ((K ** (1 - w) - 1) / (K ** (1 - w) + 1), "common denominator"),
    ),
    given=(size(K), weight_below_one),
)
"""Equal masses on the vertices miss 1 by as much at the centre as at the vertices."""
concave_share = Chain(
    start=Derivative((1 + u**r) ** (1 / r), (u, 2)),
    steps=(((r - 1) * u ** (r - 2) * (1 + u**r) ** (1 / r - 2), "chain rule twice, collect"),),
    given=(number(u, 0, 3), number(r, 1, 5)),
)
"""The curvature of (1 + u^r)^(1/r), a norm: positive for r > 1."""

mean_of_two = Chain(
    start=called(r"\frac{d}{d\eta}\log Z", Derivative(log((exp(eta) - 1) / eta), eta)),
    steps=(
        (exp(eta) / (exp(eta) - 1) - 1 / eta, "differentiate the logarithm of the mass"),
        (sigmoid / (2 * sigmoid - 1) - 1 / eta, "in λ, the sigmoid of η"),
    ),
    given=(_nonzero(eta),),
)
"""The slope of the log of its mass, for two classes, at λ = σ(η)."""
mass_along = Integral(exp(eta * t), (t, 0, 1))


@quantity(r"\mu(\lambda)")
def mean_share(logit: Any) -> Any:
    """The mean of the continuous categorical with two classes: of the share of class 1, whose
    density is proportional to exp of the logit times the share.
    """
    return Integral(t * exp(logit * t), (t, 0, 1)) / Integral(exp(logit * t), (t, 0, 1))


mean_by_integrals = Chain(
    start=mean_share(eta),
    steps=(
        (exp(eta) / (exp(eta) - 1) - 1 / eta, "integrate, by parts above"),
        (sigmoid / (2 * sigmoid - 1) - 1 / eta, "in λ, the sigmoid of η"),
    ),
    given=(_nonzero(eta),),
)
"""The mean of the continuous categorical with two classes, at λ = σ(η)."""
sharper = Chain(
    start=tanh(eta).rewrite(exp) - (coth(eta).rewrite(exp) - 1 / eta),
    steps=(
        (1 / eta - 2 / sinh(2 * eta).rewrite(exp), "coth - tanh is 2/sinh of twice the argument"),
    ),
    given=(_nonzero(eta),),
)
"""How much sharper the parameter is than the mean: 1/s - 2/sinh 2s, s half the logit."""
two_powers = Chain(
    start=Integral(theta**a * (1 - theta) ** s, (theta, 0, 1)),
    steps=((gamma(a + 1) * gamma(s + 1) / gamma(a + s + 2), "Euler's integral"),),
    given=(
        number(a, 0, 4)._replace(draw=lambda random, known: random.randint(1, 4)),
        number(s, 0, 4)._replace(draw=lambda random, known: random.randint(1, 4)),
    ),
)
"""∫ θ^a (1 - θ)^s dθ in Gamma functions."""

# Bounds, on the m classes where p is positive; q is anything positive there
arithmetic = over_support(p[k] * q[k])
on_m_classes = (*on_support[:2], positive(q, support_size))
product_of_powers = Product(q[k] ** p[k], (k, 1, support_size))
power_on_the_support = Chain(
    start=on_the_support.cross_entropy(p, q),
    steps=((-log(product_of_powers), "log of a product of powers"),),
    given=on_m_classes,
)
"""Cross-entropy is minus the logarithm of a geometric mean, for labels with zeros too."""
product_is_below_the_mean = Bounded(
    start=-on_the_support.cross_entropy(p, q),
    steps=(
        ("=", log(product_of_powers), "the product of powers"),
        (
            Termwise(
                lemma=logarithm, weight=p[k], argument=q[k] / arithmetic, limits=in_the_support
            ),
            log(arithmetic),
            "log t is at most t - 1, at q over its mean; p sums to 1",
        ),
    ),
    given=on_m_classes,
    mistakes={"equality everywhere": {}, "half the mean": log(arithmetic / 2)},
)
"""The logarithm of the weighted geometric mean is at most that of the arithmetic mean."""
mass_of_equals = Chain(
    start=Integral(a**t * a ** (1 - t), (t, 0, 1)),
    steps=((a, "the integrand is a for every t"),),
    given=(number(a, 0, 1),),
)
"""The mass where both classes have the same number a: it is a."""

# Named, for the statements
mass = Symbol("Z", positive=True)
density_of_a_label = Chain(
    start=-log(product_of_powers / mass),
    steps=((on_the_support.cross_entropy(p, q) + log(mass), "log of a quotient, and of powers"),),
    given=(*on_m_classes, number(mass, 0, 3)),
)
"""Minus the logarithm of the continuous categorical: cross-entropy and the log of its mass."""

weight = IndexedBase("w", positive=True)
some_p = IndexedBase("p", nonnegative=True)
over_labels = Symbol("N", integer=True, positive=True)
all_weight = Sum(weight[i], (i, 1, over_labels))
mean_of_labels = Sum(weight[i] * some_p[i, k], (i, 1, over_labels)) / all_weight


@quantity(r"\sum_iw_iH({0}_i,{1})")
def weighted_losses(p: Any, q: Any) -> Any:
    """The total of weighted cross-entropies from labels to one prediction."""
    return Sum(weight[i] * -over_classes(entry(p, i, k) * log(entry(q, k))), (i, 1, over_labels))


@quantity(r"H(\bar {0},{1})")
def loss_of_the_mean(p: Any, q: Any) -> Any:
    """The cross-entropy from the weighted mean of the labels."""
    total = Sum(weight[i] * entry(p, i, k), (i, 1, over_labels))
    return -over_classes(total / all_weight * log(entry(q, k)))


one_loss = Chain(
    start=weighted_losses(some_p, q),
    steps=(
        (all_weight * loss_of_the_mean(some_p, q), "exchange the sums, and divide by the total"),
    ),
    given=(
        size(K, 1, 4),
        size(over_labels, 1, 4),
        positive(weight, over_labels),
        simplex(some_p, K, over_labels),
        simplex(q, K),
    ),
)
"""Weighted losses with one prediction are one loss, of the mean label, with the total weight."""

on_the_curve = Chain(
    start=theta**2 + 2 * theta * (1 - theta) + (1 - theta) ** 2,
    steps=((Integer(1), "the three labels of weight 1 on the curve"),),
    given=(number(theta, 0, 1),),
)
"""On the curve the vertices and the label between them have total mass 1, at weight 1."""

# The geometric mean below the arithmetic one, for finitely many labels with equal mean entries
some_w = IndexedBase("w", positive=True)
geometric_of = exp(over_classes(some_p[i, l] * log(q[l]), l))
each_label = ((k, 1, K), (i, 1, over_labels))


@quantity(r"\sum_iw_ie^{{-H({0}_i,{1})}}")
def mass_of_labels(p: Any, q: Any) -> Any:
    """The total of exp(-H) of finitely many labels."""
    return Sum(
        some_w[i] * exp(over_classes(entry(p, i, l) * log(entry(q, l)), l)), (i, 1, over_labels)
    )


mass_is_at_most_the_mean = Bounded(
    start=mass_of_labels(some_p, q),
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=some_w[i] * some_p[i, k] * geometric_of,
                argument=q[k] / geometric_of,
                limits=each_label,
            ),
            over_classes(q[k] * Sum(some_w[i] * some_p[i, k], (i, 1, over_labels))),
            "log t is at most t - 1, at q over the geometric mean; each label sums to 1",
        ),
    ),
    given=(
        size(K, 1, 4),
        size(over_labels, 1, 4),
        positive(some_w, over_labels),
        simplex(some_p, K, over_labels),
        simplex(q, K),
    ),
    mistakes={
        "equality always": {},
        "half of it": over_classes(q[k] * Sum(some_w[i] * some_p[i, k], (i, 1, over_labels))) / 2,
    },
)
"""The mass of finitely many labels is at most the prediction's mean of their sums."""

# Pseudo-counts: a[i] >= 0 for each class; one class more, its share integrated last
counts = IndexedBase("a", nonnegative=True)
n, tried, before = (
    Symbol("K", integer=True, positive=True),
    Symbol("M", integer=True, positive=True),
    Symbol("D", positive=True),
)
last_count, other_counts = symbols("c s", nonnegative=True)
counted = Sum(counts[i], (i, 1, n))
one_class_more = Chain(
    start=before * Integral(theta**last_count * (1 - theta) ** other_counts, (theta, 0, 1)),
    steps=(
        (
            before
            * gamma(last_count + 1)
            * gamma(other_counts + 1)
            / gamma(last_count + other_counts + 2),
            "Euler's integral",
        ),
    ),
    given=(
        number(before, 0, 3),
        number(last_count, 0, 4)._replace(draw=lambda random, known: random.randint(0, 4)),
        number(other_counts, 0, 4)._replace(draw=lambda random, known: random.randint(0, 4)),
    ),
)
"""One class more, with a share theta that all others lose."""
dirichlet_integral = Induction(
    n=n,
    left=Symbol(r"{\int_\Delta\prod_kq_k^{a_k}\,dq}"),
    base=Integer(1),
    value=before,
    step=before
    * gamma(counts[n + 1] + 1)
    * gamma(counted + n)
    / gamma(counted + counts[n + 1] + n + 1),
    right=Product(gamma(counts[i] + 1), (i, 1, n)) / gamma(counted + n),
    unfold=one_class_more,
    before=before,
    reads={last_count: counts[n + 1], other_counts: counted + n - 1},
    read_as=(
        "theta is the share of the next class, and D the integral for the first K classes; scaled "
        "to what theta leaves, their exponents give (1 - theta) to the power of their sum, and "
        "their K - 1 free coordinates to the power of K - 1"
    ),
    given=(number(tried, 4, 4), nonnegative(counts, tried)),
    mistakes={
        "Dir(np), one too few in each": Product(gamma(counts[i] + 1), (i, 1, n))
        / gamma(counted + 1),
        "without the Gamma functions of the entries": 1 / gamma(counted + n),
    },
)
"""The integral of a product of powers over the simplex, in Gamma functions."""

# Two estimands: N labels, the shares x of class 1 of two, with weights that sum to 1
shares = IndexedBase("x", nonnegative=True)
chance = IndexedBase("w", positive=True)
predicted = Symbol("q", positive=True)
observations = Symbol("N", integer=True, positive=True)


def weighted(term: Any) -> Any:
    """Its weighted mean over the labels."""
    return Sum(chance[i] * term, (i, 1, observations))


mean_of_shares = weighted(shares[i])
weights_that_sum_to_1 = simplex(chance, observations)._replace(
    facts=((Sum(chance[i], (i, 1, observations)), Integer(1)),)
)
of_labels = (size(observations, 1, 4), weights_that_sum_to_1, nonnegative(shares, observations))
slope_of_cross_entropy = Chain(
    start=Derivative(
        -weighted(shares[i] * log(predicted) + (1 - shares[i]) * log(1 - predicted)), predicted
    ),
    steps=(
        (
            -mean_of_shares / predicted + (1 - mean_of_shares) / (1 - predicted),
            "differentiate; the weights sum to 1",
        ),
        (
            (predicted - mean_of_shares) / (predicted * (1 - predicted)),
            "one common denominator",
        ),
    ),
    given=(*of_labels, number(predicted, 0, 1)),
)
"""The slope of the mean cross-entropy in the prediction has the sign of what it has too much."""
slope_of_its_own_loss = Chain(
    start=Derivative(weighted(log((exp(eta) - 1) / eta) - eta * shares[i]), eta),
    steps=(
        (
            exp(eta) / (exp(eta) - 1) - 1 / eta - mean_of_shares,
            "differentiate the logarithm of the mass; the weights sum to 1",
        ),
        (mean_share(eta) - mean_of_shares, "which is the mean of the law, by its integrals"),
    ),
    given=(*of_labels, _nonzero(eta)),
)
"""The slope of the loss of the continuous categorical: its mean minus the mean label."""
