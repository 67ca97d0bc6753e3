"""The chapter on neighbours: other losses that take soft labels, and what sets cross-entropy
apart.
"""

from dataclasses import replace
from fractions import Fraction as F
from functools import cache
from itertools import product

import numpy as np
from mpmath import mp, mpf
from sympy import (
    Function,
    Rational,
    Symbol,
    dsolve,
    gamma,
    integrate,
    limit,
    log,
    loggamma,
    oo,
    pi,
    solve,
    sqrt,
    symbols,
)
from sympy import exp as sympy_exp

from xentlib import (
    cross_entropy,
    dirichlet_log_likelihood,
    kl_divergence,
    multinomial_log_likelihood,
)
from xentlib.claims._finite import arg_max, interior, lattice, power, prod, to_mpf
from xentlib.derivations import entropy_and_kl as shapes
from xentlib.derivations import neighbours as derived
from xentlib.derivations.symbols import K, N, j, k, l, over_classes, p, q
from xentlib.verify import Claim
from xentlib.verify import hypotheses as domain
from xentlib.verify.evidence import Argued, Computed, Derived, Digits, Exact, Sampled, at_most, less
from xentlib.verify.formal import Formal
from xentlib.verify.quantity import AtLeast, AtMost, Equal
from xentlib.verify.samples import Domain

label, model = derived.any_p, derived.any_q

TRUTHS = ((F(1, 2), F(1, 3), F(1, 6)), (F(2, 3), F(1, 6), F(1, 6)), (F(1, 6), F(1, 3), F(1, 2)))
MODELS = tuple(interior(3, 6))
EVERY = tuple(lattice(3, 6))


def _log_score(truth, model):
    """exp of the expected score, an exact power."""
    return prod(power(b, 6 * a) for a, b in zip(truth, model, strict=True))


def _brier(truth, model):
    """Minus the expected squared distance of e_Y from the prediction."""
    return -sum(
        a * sum((F(int(place == other)) - b) ** 2 for other, b in enumerate(model))
        for place, a in enumerate(truth)
    )


def _zero_one(truth, model):
    """The probability that the most likely class of the prediction, ties shared, is right."""
    best = max(model)
    winners = [place for place, b in enumerate(model) if b == best]
    return sum(truth[place] for place in winners) / len(winners)


def _linear(truth, model):
    """Minus the expected Σ_k |e_Y - q|_k."""
    return -sum(
        a * sum(abs(F(int(place == other)) - b) for other, b in enumerate(model))
        for place, a in enumerate(truth)
    )


def _focal(truth, model):
    """exp of the expected score Σ p (1 - q) log q, an exact power."""
    return prod(power(b, 144 * a * (1 - b)) for a, b in zip(truth, model, strict=True))


SCORES = {
    "log": (_log_score, MODELS),
    "Brier": (_brier, EVERY),
    "0-1": (_zero_one, EVERY),
    "linear": (_linear, EVERY),
    "focal": (_focal, tuple(interior(3, 24))),
}


def _proper(name, truth):
    """Whether the truth is among the best predictions, and whether it is the only one."""
    score, models = SCORES[name]
    best = arg_max({model: score(truth, model) for model in models})
    return truth in best, best == {truth}


KINDS = {
    "log": (True, True),
    "Brier": (True, True),
    "0-1": (True, False),
    "linear": (False, False),
    "focal": (False, False),
}


def _but(score, kind):
    """The kinds of the five scores, but for one."""

    def kinds(name, truth):
        return kind if name == score else KINDS[name]

    return kinds


def _accuracy_rises():
    """Truths, each with two predictions of which the second is right more often."""
    return [
        (truth, low, high)
        for truth in TRUTHS
        for low, high in product(MODELS, repeat=2)
        if _zero_one(truth, low) < _zero_one(truth, high)
    ]


def _absolute(truth):
    """Minimisers of Σ |p - q| for a fixed soft label."""
    return arg_max(
        {model: -sum(abs(a - b) for a, b in zip(truth, model, strict=True)) for model in EVERY}
    )


def _likeliest_class(truth):
    return frozenset({tuple(F(int(a == max(truth))) for a in truth)})


proper_scores = Claim(
    title="Two strictly proper scores of soft labels",
    statement=(
        r"A score is *strictly proper* if its mean under $p$ is best at the "
        r"prediction $q=p$, and only there. The logarithmic score is, by Gibbs' "
        r"inequality. So is the Brier score $\|e_Y-q\|^2$, a loss: for $p,q\in\Delta$ "
        r"and a class $Y$ drawn from $p$, $<identity>$; so $<brier>$, with equality "
        r"iff $q=p$."
    ),
    relations={
        "identity": Equal(
            derived.expected_brier(label, model),
            derived.squared_distance(label, model) + 1 - derived.squared_length(label),
        ),
        "brier": AtLeast(derived.expected_brier(label, model), 1 - derived.squared_length(label)),
    },
    for_all=(domain.size(K), domain.simplex(label, K), domain.simplex(model, K)),
    meaning=(
        r"In the interior $H(p,q)-H(p)$ is the Bregman divergence of "
        r"$\varphi(p)=\sum_kp_k\log p_k$. The 0-1 score is proper, not strictly. The "
        r"linear score $\operatorname{E}\|e_Y-q\|_1$ and the focal loss are not proper, "
        r"though $\|p-q\|_1$ against a *fixed* soft label is least at $p$. Extended "
        r"linearly in $p$, every proper score accepts soft labels: the expected score "
        r"under $p$ is $\sum_kp_kS(e_k,q)$, for which $p$ is a best prediction. So the "
        r"mean label is one for random labels too."
    ),
    evidence=(
        Derived(
            part="the Bregman divergence of the negative entropy",
            chain=derived.bregman,
            computes=lambda p, q, **_: kl_divergence(p, q),
            mistakes={
                "the other way round": over_classes(q[k] * log(q[k] / p[k])),
                "without the slope's term": derived.bregman.last
                + over_classes(log(q[k]) * (p[k] - q[k])),
            },
        ),
        Derived(
            part="",
            of="identity",
            chain=derived.brier_of_any,
            mistakes={
                "without the constant": derived.squared_distance(label, model),
                "1 + |p|²": derived.brier_of_any.last + 2 * derived.squared_length(label),
            },
        ),
        Exact(
            part="five scores, three truths, all predictions on a lattice",
            cases=lambda: [(name, truth) for name in SCORES for truth in TRUTHS],
            lhs=_proper,
            rhs=lambda name, truth: KINDS[name],
            mistakes={
                "the focal loss is proper": _but("focal", (True, True)),
                "0-1 is strictly proper": _but("0-1", (True, True)),
                "the linear score is proper": _but("linear", (True, True)),
                "where accuracy rises, log loss falls": dict(
                    cases=_accuracy_rises,
                    lhs=lambda truth, low, high: _log_score(truth, low),
                    rhs=lambda truth, low, high: _log_score(truth, high),
                    relation=at_most,
                ),
            },
        ),
        Exact(
            part="absolute distance from a fixed label",
            cases=lambda: [(truth,) for truth in TRUTHS],
            lhs=_absolute,
            rhs=lambda truth: frozenset({truth}),
            mistakes={"its best prediction is the most likely class": _likeliest_class},
        ),
        shapes.cross_entropy_is_least_at_p.as_part("the logarithmic score"),
        derived.brier_is_strictly_proper.as_part("", of="brier"),
        Formal(
            part="",
            of="identity",
            theorem="proper_scores_identity",
        ),
        Formal(
            part="",
            of="brier",
            theorem="proper_scores_brier",
        ),
    ),
    uses=("entropy_and_kl.gibbs_inequality", "right_on_average.mean_label"),
)

# three labels with two classes, as squares of rationals, so that Hellinger's optimum is rational;
# and their chances
SQUARES = ((F(9, 25), F(16, 25)), (F(16, 25), F(9, 25)), (F(1), F(0)))
CHANCES = (F(1, 2), F(1, 4), F(1, 4))
MEAN = sum(c * label[0] for c, label in zip(CHANCES, SQUARES, strict=True))
ROOTS = {F(9, 25): F(3, 5), F(16, 25): F(4, 5), F(1): F(1), F(0): F(0)}
SHARES, LAW = (
    tuple(F(m, 20) for m in range(1, 20)),
    ((F(1, 2), F(1, 10)), (F(3, 10), F(2, 5)), (F(1, 5), F(9, 10))),
)


DISTANCES = {
    "squared": lambda a, b: (a - b) ** 2,
    "squared, reversed": lambda a, b: (b - a) ** 2,
    "absolute": lambda a, b: abs(a - b),
}


def _best_share(name):
    """The share of class 1 that is nearest on average to the shares of LAW."""
    return arg_max(
        {share: -sum(chance * DISTANCES[name](a, share) for chance, a in LAW) for share in SHARES}
    )


def _best_by_kl(reverse):
    """The same by divergence, from the labels or to them, compared as exact powers."""

    def score(share):
        pairs = [((a, share) if not reverse else (share, a), chance) for chance, a in LAW]
        return prod(
            power(y / x, 200 * chance * x) * power((1 - y) / (1 - x), 200 * chance * (1 - x))
            for (x, y), chance in pairs
        )

    return arg_max({share: score(share) for share in SHARES})


def _hellinger():
    """q_1 for the least mean of Σ (√p - √q)²: the squared means of the roots, normalised."""
    means = [
        sum(c * ROOTS[label[place]] for c, label in zip(CHANCES, SQUARES, strict=True)) ** 2
        for place in (0, 1)
    ]
    return means[0] / sum(means)


def _affinity(share):
    """E Σ √(P_k q_k): one minus half the mean squared distance of the roots."""
    means = [
        sum(c * ROOTS[label[place]] for c, label in zip(CHANCES, SQUARES, strict=True))
        for place in (0, 1)
    ]
    return sum(
        Rational(m.numerator, m.denominator) * sqrt(Rational(b.numerator, b.denominator))
        for m, b in zip(means, (share, 1 - share), strict=True)
    )


LAW_MEAN = sum(chance * a for chance, a in LAW)

LOW, MIDDLE, HIGH = symbols("a q b", positive=True)
SLOPE_AT_A, SLOPE_AT_B = symbols("D_a D_b", real=True)  # ∂_q D(a, q) and ∂_q D(b, q)
SHARE = Symbol("t", positive=True)
POTENTIALS = {
    "squared error": SHARE**2,
    "negative entropy": SHARE * log(SHARE),
    "Itakura-Saito": -log(SHARE),
    "exponential": sympy_exp(SHARE),
}


def _tied_slope(a, b, chance=None):
    """∂_q D(b, q), where the law on a and b with the mean q is stationary at q."""
    chance = (b - MIDDLE) / (b - a) if chance is None else chance
    return solve(chance * SLOPE_AT_A + (1 - chance) * SLOPE_AT_B, SLOPE_AT_B)[0]


def _from_its_curvature(name, order=2):
    """∫ g(t)(t - a) dt from a to q."""
    return integrate(POTENTIALS[name].diff(SHARE, order) * (SHARE - LOW), (SHARE, LOW, MIDDLE))


def _divergence_of_potential(name, swap=False):
    """φ(a) - φ(q) - φ'(q)(a - q), or with a and q swapped."""
    of, at = (MIDDLE, LOW) if swap else (LOW, MIDDLE)
    potential = POTENTIALS[name]
    return (
        potential.subs(SHARE, of)
        - potential.subs(SHARE, at)
        - potential.diff(SHARE).subs(SHARE, at) * (of - at)
    )


W, POINTS, AT = shapes.weights.symbol, derived.at, derived.to
bregman_means = Claim(
    title="Which losses are minimised by the mean",
    statement=(
        r"Let $\varphi$ be strictly convex and differentiable, and "
        r"$D_\varphi(p,q)=\varphi(p)-\varphi(q)-\langle\nabla\varphi(q),p-q\rangle$. "
        r"For $N$ points $p_i$ in its domain with weights $w_i>0$ that sum to 1, and "
        r"the mean $\bar p$, whatever values ($f_i$ at $p_i$, $\phi_m$ at $\bar p$, "
        r"$\phi_q$ at $q$) and slopes ($d$ at $\bar p$, $b$ at $q$) $\varphi$ has, "
        r"$<excess>$. That is positive unless $q=\bar p$, so the mean is the only "
        r"minimiser. Conversely, let $D(p,q)$ be a loss of two shares in an open "
        r"interval, and for every law of $p$ on two points let the mean loss be "
        r"stationary where $q$ is the mean. Take the law on $q-\alpha$ and $q+\beta$ "
        r"with the mean $q$, and let the slopes of $D$ in $q$ be $D_a$ and $D_b$ "
        r"there. Their mean is $<two points>$. It is 0 iff $D_a/\alpha=-D_b/\beta$: "
        r"the slope over $q-p$ is the same at both points. All points below $q$ pair "
        r"up with all above. So $\partial_qD(p,q)=g(q)(q-p)$, with one number $g(q)$ "
        r"for all $p\ne q$."
    ),
    relations={
        "excess": Equal(
            derived.mean_divergence(W, POINTS, AT)
            - derived.mean_divergence_from_the_mean(W, POINTS),
            derived.divergence_of_the_mean(POINTS, AT),
        ),
        "two points": derived.two_points.states,
    },
    for_all=(
        domain.size(K),
        domain.size(N),
        shapes.weights,
        domain.real(POINTS, K, N),
        domain.real(AT, K),
        domain.real(derived.f, N),
        domain.real(derived.b, K),
        domain.real(derived.d, K),
        domain.number(derived.at_q),
        domain.number(derived.at_mean),
        domain.number(derived.slope_a),
        domain.number(derived.slope_b),
        domain.number(derived.below, 0, 3),
        domain.number(derived.above, 0, 3),
    ),
    meaning=(
        r"For any law of $P$ the expectation takes the place of the weighted sum. In the"
        r" converse, if $D(p,p)=0$ and the slope is continuous in $q$, then "
        r"$D(p,q)=\int_p^qg(t)(t-p)\,dt$, which is $D_\varphi$ with $\varphi''=g$, and "
        r"$\varphi$ is strictly convex if the mean is the only minimiser. The order "
        r"matters: for reversed arguments it is another mean, and squared error hides "
        r"that. Absolute and Hellinger distance lead to a median and to a mean of roots."
    ),
    evidence=(
        Derived(
            part="",
            of="excess",
            chain=derived.bregman_excess,
            mistakes={
                "the divergence from q to the mean": derived.at_q
                - derived.at_mean
                - over_classes(derived.d[k] * (derived.to[k] - derived.mean)),
                "without the slope": derived.at_mean - derived.at_q,
            },
        ),
        Derived(
            part="",
            of="two points",
            chain=derived.two_points,
            mistakes={
                "the slopes themselves agree": derived.below
                * derived.above
                / (derived.below + derived.above)
                * (derived.slope_a - derived.slope_b),
            },
        ),
        Exact(
            part="the converse: two points a < q < b with the mean q tie their slopes",
            cases=lambda: [(LOW, HIGH), (LOW / 2, (1 + HIGH) / 2)],
            lhs=_tied_slope,
            rhs=lambda a, b: SLOPE_AT_A * (MIDDLE - b) / (MIDDLE - a),
            mistakes={
                "stationary at the midpoint": dict(
                    lhs=lambda a, b: _tied_slope(a, b, chance=Rational(1, 2))
                ),
                "both slopes have one sign": lambda a, b: SLOPE_AT_A * (b - MIDDLE) / (MIDDLE - a),
            },
        ),
        Exact(
            part="the converse: the integral of g(t)(t - p) is the divergence of φ with φ'' = g",
            cases=lambda: [(name,) for name in POTENTIALS],
            lhs=_from_its_curvature,
            rhs=_divergence_of_potential,
            mistakes={
                "g is the slope of φ": dict(lhs=lambda name: _from_its_curvature(name, order=1)),
                "the other way round": lambda name: _divergence_of_potential(name, swap=True),
            },
        ),
        Exact(
            part="squared error, in either order",
            cases=lambda: [("squared",), ("squared, reversed",)],
            lhs=_best_share,
            rhs=lambda name: frozenset({LAW_MEAN}),
            mistakes={"absolute distance too": dict(cases=lambda: [("absolute",)])},
        ),
        Exact(
            part="divergence from the labels, and to them",
            cases=lambda: [(False,), (True,)],
            lhs=_best_by_kl,
            rhs=lambda reverse: frozenset({F(3, 10) if reverse else LAW_MEAN}),
            mistakes={
                "the order does not matter": dict(lhs=lambda reverse: _best_by_kl(reverse=False))
            },
        ),
        Exact(
            part=(
                "Hellinger distance: the mean of roots is nearer than the mean, and than every "
                "point of a lattice"
            ),
            cases=lambda: [(share,) for share in (MEAN, *SHARES)],
            lhs=_affinity,
            rhs=lambda share: _affinity(_hellinger()),
            mistakes={
                "the mean is nearest": lambda share: min(_affinity(MEAN), _affinity(share)),
            },
            relation=less,
        ),
        Argued(
            part="general laws, and the loss from its slope",
            of="meaning",
            proof=(
                (
                    r"The identity is linear in the values and slopes of $\varphi$, so it"
                    r" holds for any law with an expectation in place of the sum."
                ),
                (
                    r"At $p=q$ the law on one point asks the slope 0, which is "
                    r"$g(q)(q-p)$ too."
                ),
                (
                    r"Integrate the slope from $p$, where $D$ is 0, to $q$, by parts: "
                    r"that is the divergence of a function with the second derivative "
                    r"$g$."
                ),
                (
                    r"If the mean is the only minimiser, $D(p,q)>0$ for $q\ne p$: "
                    r"$\varphi$ is strictly convex."
                ),
            ),
        ),
    ),
    uses=("entropy_and_kl.means", "entropy_and_kl.compensation"),
)

LABEL, MODEL = (F(1, 5), F(3, 10), F(1, 2)), (F(1, 10), F(7, 10), F(1, 5))


def _kl(a, b):
    return sum(to_mpf(x) * mp.log(to_mpf(x) / to_mpf(y)) for x, y in zip(a, b, strict=True))


def _dirichlet(label, model, s):
    shares = [s * to_mpf(b) for b in model]
    return (
        -(
            mp.loggamma(s)
            - sum(map(mp.loggamma, shares))
            + sum((a - 1) * mp.log(to_mpf(x)) for a, x in zip(shares, label, strict=True))
        )
        / s
    )


def _multinomial(label, model, n):
    counts = [n * to_mpf(a) for a in label]
    return (
        -(
            mp.loggamma(n + 1)
            - sum(mp.loggamma(c + 1) for c in counts)
            + sum(c * mp.log(to_mpf(b)) for c, b in zip(counts, model, strict=True))
        )
        / n
    )


def _printed(law, swap=False):
    """The divergence of a law's limit, and its value at 10^9, to five digits."""
    likelihood, first, second = (
        (_dirichlet, MODEL, LABEL) if law == "Dirichlet" else (_multinomial, LABEL, MODEL)
    )
    divergence = _kl(second, first) if swap else _kl(first, second)
    return mp.nstr(divergence, 5), mp.nstr(likelihood(LABEL, MODEL, mpf(10) ** 9), 5)


MANY_COUNTS = Domain(
    corners=lambda classes: [np.full(classes, 10**6)],
    draw=lambda rng, classes: rng.integers(10**5, 10**6, size=classes),
)


def _library_at_large_numbers(counts, q):
    """Minus the log of Dirichlet's density and of the multinomial mass, over n = Σ c."""
    n = counts.sum()
    density = dirichlet_log_likelihood(counts / n, n * q)
    return -np.array([density, multinomial_log_likelihood(counts, q)]) / n


def _two_divergences(counts, q):
    """From the prediction to the label, and from the label to the prediction."""
    p = counts / counts.sum()
    return np.array([kl_divergence(q, p), kl_divergence(p, q)])


THIRDS, QUARTERS = (Rational(1, 3), Rational(2, 3)), (Rational(1, 4), Rational(3, 4))


@cache
def _limit_of_the_likelihood(law):
    """The limit of -log of the density or mass over s, for the label (1/3, 2/3) and the
    prediction (1/4, 3/4).
    """
    s = Symbol("s", positive=True)
    label, model = THIRDS, QUARTERS
    if law == "Dirichlet":
        value = loggamma(s) + sum(
            (s * b - 1) * log(a) - loggamma(s * b) for a, b in zip(label, model, strict=True)
        )
    else:
        value = loggamma(s + 1) + sum(
            s * a * log(b) - loggamma(s * a + 1) for a, b in zip(label, model, strict=True)
        )
    return limit(-value / s, s, oo)


def _divergence_of(law, first=None, entropy=1):
    """KL from the prediction to the label for Dirichlet's law, the other way for the multinomial;
    `first` says from which to begin instead.
    """
    first = first or (QUARTERS if law == "Dirichlet" else THIRDS)
    second = THIRDS if first == QUARTERS else QUARTERS
    return sum(a * (entropy * log(a) - log(b)) for a, b in zip(first, second, strict=True))


def _density_at_the_face(a, exponent=None):
    """The limit of Dir((t, (1 - t)/2, (1 - t)/2); a, 7, 2) as t falls to 0."""
    t = Symbol("t", positive=True)
    power_of_t = t ** (a - 1 if exponent is None else exponent)
    density = gamma(a + 9) / (gamma(a) * gamma(7) * gamma(2)) * power_of_t * ((1 - t) / 2) ** 7
    return limit(density, t, 0)


def _three_cases(a):
    """Infinite below 1, 504/128 at 1, 0 above."""
    return oo if a < 1 else Rational(504, 128) if a == 1 else Rational(0)


def _log_of_three_cases(a):
    """The same as a logarithm, in floats."""
    return np.inf if a < 1 else np.log(504 / 128) if a == 1 else -np.inf


INTERIOR = Domain(
    corners=lambda classes: [np.full(classes, 1 / classes)],
    draw=lambda rng, classes: 0.8 * rng.dirichlet(np.ones(classes)) + 0.2 / classes,
)


def _around_one(rng, classes):
    return rng.choice([1.0, rng.uniform(0.1, 0.9), rng.uniform(1.1, 9.0)])


FACE_CONCENTRATION = Domain(
    corners=lambda classes: [0.5, 1.0, 7.0],
    draw=_around_one,
)


def _from_the_label_twice(counts, q):
    return [_two_divergences(counts, q)[1]] * 2


dirichlet_likelihood = Claim(
    title="A Dirichlet likelihood is the other divergence",
    statement=(
        r"Let $p,q\in\Delta^\circ$. As the concentration $s\to\infty$, "
        r"$-\tfrac1s\log\operatorname{Dir}(p;sq)\to\operatorname{KL}(q\,\|\,p)$, "
        r"whereas as the number of votes $n\to\infty$, "
        r"$-\tfrac1n\log\operatorname{Mult}(np;n,q)\to\operatorname{KL}(p\,\|\,q)$, "
        r"with $\Gamma$ for factorials where $np$ is not whole. For $p=(.2,.3,.5)$, "
        r"$q=(.1,.7,.2)$ these are $.34054$ and $.34259$. As one $p_k\to0$ and the "
        r"others tend to positive numbers, the Dirichlet density tends to infinity "
        r"for $sq_k<1$, to a finite positive value for $sq_k=1$, and to $0$ for "
        r"$sq_k>1$."
    ),
    in_words="limits: of a density, and of a mass",
    evidence=(
        Derived(
            part="Stirling's leading terms, Dirichlet",
            chain=derived.dirichlet,
            computes=lambda p, q, **_: kl_divergence(q, p),
            mistakes={
                "the divergence from the label": derived.kl_divergence,
                "cross-entropy": -over_classes(p[k] * log(q[k])),
            },
        ),
        Derived(
            part="Stirling's leading terms, multinomial",
            chain=derived.multinomial,
            computes=lambda p, q, **_: kl_divergence(p, q),
            mistakes={
                "counts cost cross-entropy": -over_classes(p[k] * log(q[k])),
                "the divergence from the prediction": over_classes(q[k] * log(q[k] / p[k])),
            },
        ),
        Digits(
            part="the two limits, and the values at 10^9",
            cases=lambda: [("Dirichlet", "0.34054"), ("multinomial", "0.34259")],
            lhs=lambda law, value: _printed(law),
            rhs=lambda law, value: (value, value),
            mistakes={
                "each other's divergence": dict(
                    lhs=lambda law, value: _printed(law, swap=True),
                ),
            },
        ),
        Sampled(
            part="the library at about 10^6, to 1 in 1000",
            cases=dict(counts=MANY_COUNTS, q=INTERIOR),
            lhs=_library_at_large_numbers,
            rhs=_two_divergences,
            mistakes={
                "both the divergence from the label": _from_the_label_twice,
                "minus log Dir itself": dict(
                    lhs=lambda counts, q: sum(counts) * _library_at_large_numbers(counts, q)
                ),
            },
            tolerance=1e-3,
            because="a limit, at a finite place",
        ),
        Exact(
            part="the two limits, with Γ itself",
            cases=lambda: [("Dirichlet",), ("multinomial",)],
            lhs=_limit_of_the_likelihood,
            rhs=_divergence_of,
            mistakes={
                "the same for both laws": dict(rhs=lambda law: _divergence_of(law, first=THIRDS)),
                "the entropy of the first is left out": dict(
                    rhs=lambda law: _divergence_of(law, entropy=0)
                ),
            },
        ),
        Exact(
            part="a label that tends to a face: below 1, at 1, above 1",
            cases=lambda: [(Rational(1, 2),), (Rational(1),), (Rational(3, 2),), (Rational(7),)],
            lhs=_density_at_the_face,
            rhs=_three_cases,
            mistakes={
                "0 or infinite, at 1 too": lambda a: oo if a <= 1 else Rational(0),
                "the exponent a for a - 1": dict(
                    lhs=lambda a: _density_at_the_face(a, exponent=a),
                ),
            },
        ),
        Sampled(
            part="the library on a face",
            cases=dict(a=FACE_CONCENTRATION),
            lhs=lambda a: dirichlet_log_likelihood([0.0, 0.5, 0.5], [a, 7.0, 2.0]),
            rhs=_log_of_three_cases,
            mistakes={
                "no density at 1 either": lambda a: np.inf if a <= 1 else -np.inf,
                "the entry of the face is left out": dict(
                    lhs=lambda a: dirichlet_log_likelihood([0.5, 0.5], [7.0, 2.0])
                ),
            },
        ),
        Argued(
            part="in general",
            proof=(
                (
                    r"Stirling: $\log\Gamma(x)=x\log x-x+O(\log x)$. Put in "
                    r"$-\tfrac1s\log\operatorname{Dir}$ and "
                    r"$-\tfrac1n\log\operatorname{Mult}$, the leading terms are the "
                    r"divergences, by the two derivations above."
                ),
                (
                    r"What is left out is a fixed number of terms $O(\log s)/s$, so it "
                    r"tends to 0; $K$, $p$ and $q$ stay."
                ),
                (
                    r"On the way to a face the density has the factor $p_k^{sq_k-1}$. As "
                    r"$p_k\to0$ it tends to 0, 1 or infinity, as $sq_k$ is above 1, 1, or"
                    r" below 1; the other factors tend to positive numbers."
                ),
                (
                    r"With two zeros, one exponent above and one below 1, the factors "
                    r"fight, and the limit depends on the way to the face: the statement "
                    r"is about one zero."
                ),
            ),
        ),
    ),
    uses=("entropy_and_kl.cross_entropy_decomposition", "categorical.proportions_maximise"),
)

# joint laws of two labels with two classes each: the first two have the same margins
JOINTS = (
    ((F(1, 4), F(1, 4)), (F(1, 4), F(1, 4))),
    ((F(2, 5), F(1, 10)), (F(1, 10), F(2, 5))),
    ((F(1, 2), F(1, 6)), (F(0), F(1, 3))),
)


def _margins(joint):
    return tuple(sum(row) for row in joint), tuple(map(sum, zip(*joint, strict=True)))


def _products():
    return [(first, second) for first in interior(2, 6) for second in interior(2, 6)]


def _by_product(joint, pair):
    """exp(-60 H(P, q ⊗ r)), an exact power."""
    return prod(
        power(a * b, 60 * entry)
        for a, row in zip(pair[0], joint, strict=True)
        for b, entry in zip(pair[1], row, strict=True)
    )


def _excess(joint):
    """exp(60 (H(margins) - H(joint))), an exact power: total correlation."""
    first, second = _margins(joint)
    return prod(
        power(entry / (a * b), 60 * entry)
        for a, row in zip(first, joint, strict=True)
        for b, entry in zip(second, row, strict=True)
        if entry
    )


def _separate_losses(P, q, r, **sizes):
    """The two losses of the library, on soft margins."""
    table = np.array(P)
    return cross_entropy(table.sum(axis=1), q) + cross_entropy(table.sum(axis=0), r)


def _total_correlation(P, **sizes):
    """The library's divergence of a table from the product of its margins."""
    table = np.array(P)
    product_law = np.outer(table.sum(axis=1), table.sum(axis=0))
    return kl_divergence(table.ravel(), product_law.ravel())


def _seen_by_separate_losses(joint):
    return (
        joint != JOINTS[0],
        joint == JOINTS[0],
    )


def _excess_and_own_margins(joint):
    return (
        _excess(joint) > 1,
        _by_product(joint, _margins(joint)) == _by_product(JOINTS[0], _margins(JOINTS[0])),
    )


# its mistakes are those of the evidence beside it
MARGINS_ARE_BEST = replace(derived.margins_are_best, part="", of="margins", mistakes={})

multi_label = Claim(
    title="Multi-label: what separate losses cannot see",
    statement=(
        r"Let $P$ be a joint law of two labels with $K$ and $L$ classes, all of whose "
        r"outcomes are possible, with the margins $a$ and $b$, and let the "
        r"predictions $q$ and $r$ be in the interior. The loss of the *product* "
        r"prediction has $<margins>$, with equality iff $q=a$ and $r=b$. Against the "
        r"joint entropy the same bound is $<least>$, with equality in the same place: "
        r"the separate losses leave the total correlation over."
    ),
    relations={
        "margins": AtLeast(
            derived.loss_of_a_product(derived.P, q, derived.r),
            derived.entropy_of_first(derived.a_k) + derived.entropy_of_second(derived.b_l),
        ),
        "least": AtLeast(
            derived.loss_of_a_product(derived.P, q, derived.r),
            derived.entropy_of_a_table(derived.P)
            + derived.divergence_from_a_product(derived.P, derived.a_k, derived.b_l),
        ),
    },
    for_all=(
        domain.size(K),
        domain.size(derived.L),
        derived.table,
        *derived.margins,
        domain.simplex(q, K),
        domain.simplex(derived.r, derived.L),
    ),
    meaning=(
        r"The total correlation is "
        r"$\operatorname{TC}(P)=\operatorname{KL}(P\,\|\,a\otimes b)$. "
        r"$\operatorname{TC}\ge0$, and $0$ only for independent labels. The sum of the "
        r"separate losses, on soft margins, is the same for all joint laws with these "
        r"margins: it cannot see $\operatorname{TC}$. The same holds for several labels,"
        r" and for laws with impossible outcomes."
    ),
    evidence=(
        Derived(
            part="the loss of a product prediction",
            chain=derived.two_labels,
            computes=_separate_losses,
            mistakes={
                "the joint entropy": -over_classes(
                    derived.over_second(derived.P[k, derived.l] * log(derived.P[k, derived.l]))
                ),
                "the first label twice": -2
                * over_classes(derived.over_second(derived.P[k, derived.l]) * log(q[k])),
            },
        ),
        Derived(
            part="what is left over",
            chain=derived.total_correlation,
            computes=_total_correlation,
            mistakes={
                "divided by one margin alone": over_classes(
                    derived.over_second(
                        derived.P[k, derived.l] * log(derived.P[k, derived.l] / derived.first)
                    )
                ),
                "with the opposite sign": -derived.total_correlation.last,
            },
        ),
        Exact(
            part="the best product",
            cases=lambda: [(joint,) for joint in JOINTS],
            lhs=lambda joint: arg_max({pair: _by_product(joint, pair) for pair in _products()}),
            rhs=lambda joint: frozenset({_margins(joint)}),
            mistakes={
                "the margins in the wrong order": lambda joint: frozenset({_margins(joint)[::-1]})
            },
        ),
        Exact(
            part="excess, of two laws with the same margins",
            cases=lambda: [(joint,) for joint in JOINTS],
            lhs=_excess_and_own_margins,
            rhs=lambda joint: (joint != JOINTS[0], joint != JOINTS[2]),
            mistakes={
                "the excess is 0": lambda joint: (False, joint != JOINTS[2]),
                "separate losses see the joint law": _seen_by_separate_losses,
            },
        ),
        Argued(
            part="several labels, impossible outcomes",
            of="meaning",
            proof=(
                (
                    r"$-\log\prod_lq_l=-\sum_l\log q_l$, and each term waits for its own "
                    r"margin only, by <cross_entropies_add_up>."
                ),
                (
                    r"By <gibbs_inequality> each is least where $q_l$ is that margin, "
                    r"impossible outcomes or not."
                ),
                (
                    r"What is left over is $\operatorname{KL}$ from $P$ to the product of its "
                    r"margins: at least 0, and 0 iff $P$ is that product."
                ),
            ),
        ),
        derived.best_separate_losses.as_part("", of="least"),
        MARGINS_ARE_BEST,
        derived.product_of_margins.as_part("total correlation is never negative"),
    ),
    uses=("entropy_and_kl.gibbs_inequality", "cross_entropy.cross_entropies_add_up"),
)


def _gauss(m, s, mu, sigma):
    return mp.quad(
        lambda y: mp.npdf(y, m, s) * -mp.log(mp.npdf(y, mu, sigma)),
        [m - 12 * s, m - 3 * s, m, m + 3 * s, m + 12 * s],
    )


def _normal_loss(m, s, mu, sigma, exponent=2):
    """The closed form of the claim."""
    return mp.log(2 * mp.pi * sigma**2) / 2 + (s**2 + (m - mu) ** 2) / (2 * sigma**exponent)


def _without_own_variance(m, s, mu, sigma):
    return _normal_loss(to_mpf(m), 0, to_mpf(mu), to_mpf(sigma))


def _variance_mistaken(m, s, mu, sigma):
    return _normal_loss(*map(to_mpf, (m, s, mu, sigma)), exponent=1)


def _as_if_never_negative(m, s, mu, sigma):
    return abs(_normal_loss(*map(to_mpf, (m, s, mu, sigma))))


def _normal_pairs():
    return [
        (F(1), F(2), F(0), F(3)),
        (F(1, 2), F(1), F(1, 3), F(2)),
        (F(1, 10), F(1, 10), F(0), F(1, 5)),
    ]


gaussian = Claim(
    title="The Gaussian neighbour",
    statement=(
        r"Let $Y$ have the values $y_i$ with weights $w_i>0$ that sum to 1, the mean "
        r"$\bar y$ and the variance $\operatorname{Var}(y)$. The expected loss $-\log "
        r"N(Y;\mu,\sigma^2)$ is $<loss>$. As a function of $\mu$ that is squared "
        r"error."
    ),
    relations={"loss": derived.gaussian.states},
    for_all=(
        domain.size(N),
        shapes.weights,
        domain.real(derived.values, N),
        domain.number(derived.mu),
        domain.number(derived.sigma, 0, 3),
    ),
    meaning=(
        r"$H\big(N(m,s^2),N(\mu,\sigma^2)\big)$ is the same, with $m$ for $\bar y$ "
        r"and $s^2$ for $\operatorname{Var}(y)$: only mean and variance count. The "
        r"best $\sigma^2$ is $s^2+(m-\mu)^2$, which has the target's own variance in "
        r"it. The *value* changes by $\log c$ if the unit is divided by $c$; the "
        r"minimiser and the divergence do not."
    ),
    evidence=(
        Derived(
            part="",
            of="loss",
            chain=derived.gaussian,
            mistakes={
                "the label's variance forgotten": log(2 * pi * derived.sigma**2) / 2
                + (derived.middle - derived.mu) ** 2 / (2 * derived.sigma**2),
                "without the half": 2 * derived.gaussian.last,
            },
        ),
        Derived(
            part="the slope in σ",
            chain=derived.gaussian_slope,
            mistakes={
                "σ̂² = (m - μ)²": (derived.sigma**2 - (derived.m - derived.mu) ** 2)
                / derived.sigma**3,
                "s for s²": (derived.sigma**2 - derived.s - (derived.m - derived.mu) ** 2)
                / derived.sigma**3,
            },
        ),
        Derived(
            part="another unit",
            chain=derived.rescaled,
            mistakes={
                "the value is the same": derived.normal_loss,
                "c times the value": derived.c * derived.normal_loss,
            },
        ),
        Computed(
            part="the integral for two normal laws",
            cases=_normal_pairs,
            lhs=lambda m, s, mu, sigma: _gauss(*map(to_mpf, (m, s, mu, sigma))),
            rhs=lambda m, s, mu, sigma: _normal_loss(*map(to_mpf, (m, s, mu, sigma))),
            mistakes={
                "with σ for σ² in the denominator": _variance_mistaken,
                "the target's variance forgotten": _without_own_variance,
                "the loss of a density is never negative": _as_if_never_negative,
            },
            digits=20,
        ),
        Argued(
            part="for any law",
            of="meaning",
            proof=(
                (
                    r"$-\log N(y;\mu,\sigma^2)$ is quadratic in $y$. So its expectation needs "
                    r"the first two moments of the label, whatever its law."
                ),
                (
                    r"In $\sigma$ the slope is negative below its zero and positive above it: "
                    r"the zero is the minimum."
                ),
                (
                    r"In a unit $c$ times as large both cross-entropy and entropy fall by "
                    r"$\log c$, so their difference does not change."
                ),
            ),
        ),
        derived.best_variance.as_part("the best variance"),
        derived.squared_error.as_part("any law with this mean and this variance"),
    ),
    uses=("cross_entropy.expected_log_likelihood",),
)


def _local_brier(truth, model):
    """The expected score -(1 - q_y)², which looks at the label's own entry alone."""
    return -sum(a * (1 - b) ** 2 for a, b in zip(truth, model, strict=True))


LOCAL_SCORES = {
    "log": _log_score,
    "-1/q": lambda truth, model: -sum(a / b for a, b in zip(truth, model, strict=True)),
    "Brier": _local_brier,
}


def _best_local(name, truth, models=None):
    """The best predictions on a lattice, where Σ p_k f(q_k) is the expected score."""
    return arg_max({model: LOCAL_SCORES[name](truth, model) for model in models or TRIPLES})


def _local_solution(a, factor=SHARE):
    """The solution f of p f'(p) = a."""
    f = Function("f")
    return dsolve(factor * f(SHARE).diff(SHARE) - a, f(SHARE)).rhs


PAIRS, TRIPLES = tuple(lattice(2, 12)), tuple(interior(3, 12))


def _scores_and_truths():
    return [
        (name, truth) for name in LOCAL_SCORES for truth in interior(3, 6) if len(set(truth)) > 1
    ]


why_the_logarithm = Claim(
    title="Why the logarithm",
    statement=(
        r"A score is *local* if it looks at $q_y$ alone: $S(y,q)=f_y(q_y)$. For "
        r"$K\ge3$, differentiable $f_y$ and distributions in the interior, the only "
        r"strictly proper local scores are $a\log q_y+b_y$ with $a>0$. These are "
        r"strictly proper: $<log>$, with equality iff $q=p$. No others are, for with "
        r"$D_k=f_k'(p_k)$ the expected score has at $q=p$, along $e_j-e_l$, the slope "
        r"$<tied>$. It must be 0 for all $p$, $j$ and $l$, so $f_k'(t)=a/t$, with one "
        r"$a$ for all classes. For $K=2$ every score is local, and the Brier score is "
        r"another."
    ),
    relations={
        "log": AtMost(
            derived.expected_log_score(p, q, derived.base),
            derived.expected_log_score(p, p, derived.base),
        ),
        "tied": derived.tied_slopes.states,
    },
    for_all=(
        domain.size(K),
        domain.index(j, K),
        domain.index(l, K),
        domain.simplex(p, K),
        domain.simplex(q, K),
        domain.number(derived.a, 0, 3),
        domain.real(derived.base, K),
        domain.real(derived.slope, K),
    ),
    evidence=(
        Derived(
            part="the logarithm satisfies the condition: p f'(p) is a constant",
            chain=derived.local_score,
            mistakes={
                "the slope alone, a/p": derived.a / derived.t,
                "p f'(p) = a p": derived.a * derived.t,
            },
        ),
        derived.log_score_is_strictly_proper.as_part("the logarithm is strictly proper", of="log"),
        Derived(
            part="the slopes that are tied",
            of="tied",
            chain=derived.tied_slopes,
        ),
        derived.local_brier_is_strictly_proper.as_part("two classes: the Brier score"),
        Exact(
            part="only the logarithm: solve p f'(p) = a for f",
            cases=lambda: [(Rational(1),), (Rational(1, 3),), (Rational(5, 2),)],
            lhs=_local_solution,
            rhs=lambda a: a * log(SHARE) + Symbol("C1"),
            mistakes={
                "the local score -1/q": lambda a: -a / SHARE + Symbol("C1"),
                "f' itself is constant": dict(lhs=lambda a: _local_solution(a, factor=1)),
            },
        ),
        Exact(
            part="three classes: which local scores find the truth",
            cases=_scores_and_truths,
            lhs=lambda name, truth: _best_local(name, truth) == {truth},
            rhs=lambda name, truth: name == "log",
            mistakes={
                "-1/q is proper": lambda name, truth: name != "Brier",
                "proper where two classes tie": lambda name, truth: len(set(truth)) == 2,
            },
        ),
        Exact(
            part="two classes: the Brier score is local, and strictly proper",
            cases=lambda: [(truth,) for truth in interior(2, 12)],
            lhs=lambda truth: _best_local("Brier", truth, PAIRS),
            rhs=lambda truth: frozenset({truth}),
            mistakes={
                "-1/q is as good": dict(
                    lhs=lambda truth: _best_local("-1/q", truth, tuple(interior(2, 12)))
                )
            },
        ),
        Argued(
            part="in general",
            proof=(
                (
                    r"Let the score be strictly proper. At $q=p$ the expected score is "
                    r"stationary along $e_j-e_l$, so $p_jf_j'(p_j)=p_lf_l'(p_l)$ for all "
                    r"$p$ in the interior."
                ),
                (
                    r"Let $K\ge3$. For any $s,s'\in(0,1)$ take $t<1-\max(s,s')$. Some $p$"
                    r" in the interior has $p_j=s$ and $p_l=t$, and another $p_j=s'$ and "
                    r"$p_l=t$: the third class takes the rest. So "
                    r"$sf_j'(s)=tf_l'(t)=s'f_j'(s')$: one number $a$ for all $s$, and by "
                    r"the first equality for all classes."
                ),
                r"So $f_j-a\log$ has the slope 0 on $(0,1)$: it is a constant $b_j$.",
                (
                    r"The expected score is then $a\sum_kp_k\log q_k$ and a constant. By "
                    r"<proper_scores> it is best at $p$ alone iff $a>0$."
                ),
                (
                    r"For $K=2$, $p_l=1-p_j$ is tied to $p_j$, so step 2 fails, and the "
                    r"condition leaves a free function."
                ),
            ),
        ),
    ),
    uses=(proper_scores,),
)
