"""Chapter 7: is the product of powers a likelihood?"""

from collections.abc import Callable
from fractions import Fraction as F
from itertools import pairwise
from math import ceil, comb, factorial, lcm
from typing import Any

import numpy as np
from mpmath import mp, mpf
from sympy import Poly, Rational, Symbol, integer_nthroot, limit, log, oo, simplify, sqrt
from sympy import exp as symbolic_exp
from sympy import log as symbolic_log

import xentlib
from xentlib.claims._finite import lattice, power, prod, to_mpf
from xentlib.claims._lattice import lattice_total, power_of_the_sum
from xentlib.claims._library import beta_function
from xentlib.derivations import integer_weights as derived
from xentlib.derivations.entropy_and_kl import cross_entropy_is_least_at_p
from xentlib.derivations.lemmas import m as support_size
from xentlib.derivations.lemmas import on_support as on_the_closed_simplex
from xentlib.derivations.quantities import on_support
from xentlib.derivations.symbols import K, k, over_classes, p, q
from xentlib.verify import Claim
from xentlib.verify import samples as domains
from xentlib.verify.evidence import (
    Argued,
    Certified,
    Computed,
    Derived,
    DerivedCases,
    Digits,
    Exact,
    Sampled,
    Simulated,
    at_least,
    at_most,
    equal,
    less,
)
from xentlib.verify.formal import Formal
from xentlib.verify.hypotheses import nonnegative, number, positive, simplex, size
from xentlib.verify.quantity import AtLeast, AtMost, Equal

H = on_support.cross_entropy
z = Symbol("z", positive=True)
THETA = Symbol("theta", positive=True)

geometric_mean = Claim(
    title="A geometric mean of likelihoods",
    statement=(
        r"Let $q>0$ on the $m$ classes where $p\in\Delta$ is positive. Then "
        r"$<identity>$, and $<bound>$."
    ),
    relations={
        "identity": Equal(H(p, q), -log(derived.product_of_powers)),
        "bound": AtMost(-H(p, q), log(derived.arithmetic)),
    },
    for_all=(size(support_size, 1), simplex(p, support_size), positive(q, support_size)),
    meaning=(
        r"So $e^{-H(p,q)}=\prod_kq_k^{p_k}=\exp\operatorname{E}_{Y\sim p}\log q_Y$ is "
        r"the weighted *geometric* mean of the likelihoods $q_k$ of the hard labels, and"
        r" at most their arithmetic mean $\sum_kp_kq_k$. Where $q_k=0<p_k$ for some "
        r"class it is 0."
    ),
    evidence=(
        derived.product_is_below_the_mean.as_part("", of="bound"),
        Derived(
            part="",
            of="identity",
            chain=derived.power_on_the_support,
            mistakes={"the arithmetic mean": -log(derived.arithmetic)},
        ),
        Derived(
            part="the logarithm, q in the interior, any p",
            chain=derived.geometric_mean,
            computes=lambda p, q, K: -xentlib.cross_entropy(p, q),
            mistakes={
                "the arithmetic mean, of all classes": log(over_classes(derived.any_p[k] * q[k])),
                "the harmonic mean": -log(over_classes(derived.any_p[k] / q[k])),
            },
        ),
        Sampled(
            part="the inequality, faces too, in floats",
            cases=dict(p=domains.simplex, q=domains.simplex),
            lhs=lambda p, q: np.exp(-xentlib.cross_entropy(p, q)),
            rhs=lambda p, q: np.dot(p, q),
            mistakes={"always equal": dict(relation=equal)},
            relation=at_most,
        ),
        Formal(
            part="",
            of="identity",
            theorem="geometric_mean_identity",
        ),
        Formal(
            part="",
            of="bound",
            theorem="geometric_mean_bound",
        ),
    ),
    uses=("cross_entropy.expected_log_likelihood",),
)


def _logarithmic_mean(theta):
    theta = to_mpf(theta)
    return (2 * theta - 1) / (mp.log(theta) - mp.log(1 - theta))


def _mass_by_quadrature(theta):
    theta = to_mpf(theta)
    return mp.quad(lambda t: theta**t * (1 - theta) ** (1 - t), [0, 1])


def _mass_of_two(eta):
    """The library's mass for q = σ(η)."""
    return np.exp(xentlib.continuous_categorical_log_normalizer(xentlib.softmax([eta, 0.0])))


mass_of_two_classes = Claim(
    title="The mass for two classes",
    statement=(
        r"Let $t$ be the share of class 1 in the label, and $q\in(0,1)$ its prediction. "
        r"For $q\ne\tfrac12$, with $\eta=\log q-\log(1-q)$, the mass "
        r"$\int_0^1q^t(1-q)^{1-t}\,dt$ is $\frac{2q-1}{\log q-\log(1-q)}$, the "
        r"*logarithmic mean* of $q$ and $1-q$: $<mass>$. Where these are one number $a$, "
        r"it is that number: $<equal>$. So at $q=\tfrac12$ it is $\tfrac12$."
    ),
    relations={
        "mass": derived.mass_of_two.states,
        "equal": derived.mass_of_equals.states,
    },
    for_all=(number(derived.eta), number(derived.a, 0, 1)),
    evidence=(
        Derived(
            part="q other than 1/2, as σ(η) with η = log q - log(1 - q)",
            of="mass",
            chain=derived.mass_of_two,
            computes=_mass_of_two,
            mistakes={
                "the quadratic mean": ((derived.sigmoid**2 + (1 - derived.sigmoid) ** 2) / 2)
                ** Rational(1, 2),
                "the harmonic mean": 2 * derived.sigmoid * (1 - derived.sigmoid),
                "the geometric mean": (derived.sigmoid * (1 - derived.sigmoid)) ** Rational(1, 2),
            },
        ),
        Derived(
            part="q = 1/2: both classes have one number a",
            of="equal",
            chain=derived.mass_of_equals,
            mistakes={"their sum": 2 * derived.a},
        ),
    ),
    uses=(geometric_mean,),
)


def _divided(probs):
    """Σ_k q_k / ∏_{j≠k} log(q_k/q_j) at 60 digits."""
    x = [mp.log(to_mpf(b)) for b in probs]
    return sum(
        mp.exp(a) / mp.fprod(a - other for place, other in enumerate(x) if place != here)
        for here, a in enumerate(x)
    )


def _series(probs):
    """Σ_m h_m(x) / (m + K - 1)!, with x = log q minus its least entry, times that entry's
    exponential.
    """
    x = [mp.log(to_mpf(b)) for b in probs]
    least, size = min(x), len(x)
    x = [a - least for a in x]
    complete, total, m = (
        [mpf(1)] * size,
        mpf(1) / mp.factorial(size - 1),
        0,
    )  # h_m of the first k entries
    while m < 40 or complete[-1] / mp.factorial(m + size - 1) > total * mpf(10) ** -60:
        m, running, row = m + 1, mpf(0), []
        for a, before in zip(x, complete, strict=True):
            running += a * before
            row.append(running)
        complete = row
        total += complete[-1] / mp.factorial(m + size - 1)
    return mp.exp(least) * total


def _triangle(probs):
    """The mass for three classes by quadrature in two dimensions."""
    a, b, c = (to_mpf(value) for value in probs)
    with mp.workdps(20):
        return mp.quad(
            lambda s: mp.quad(lambda t: a**s * b**t * c ** (1 - s - t), [0, 1 - s]), [0, 1]
        )


MASSES = (
    (F(7, 10), F(2, 10), F(1, 10)),
    (F(1, 3), F(2, 3)),
    (F(4, 10), F(3, 10), F(2, 10), F(1, 10)),
    (F(1, 2), F(1, 2) - F(1, 10**6), F(1, 10**6)),
    (F(1, 15), F(2, 15), F(3, 15), F(4, 15), F(5, 15)),
)


def _in_floats(probs):
    """The library's mass, rounded to 12 digits."""
    return mp.nstr(
        mp.exp(
            mpf(float(xentlib.continuous_categorical_log_normalizer([float(b) for b in probs])))
        ),
        11,
    )


def _wrong_sign(probs):
    return _divided(probs) * (-1) ** (len(probs) - 1)


def _dirichlet_constant(probs):
    return mp.fprod(mp.gamma(1 + to_mpf(b)) for b in probs) / mp.gamma(1 + len(probs))


def _geometric_over_two(probs, digits):
    return mp.nstr(mp.root(mp.fprod(map(to_mpf, probs)), 3) / 2, 6)


general_mass = Claim(
    title="The mass for K classes",
    statement=(
        r"With respect to Lebesgue measure on $(p_1,\ldots,p_{K-1})$, for distinct "
        r"$q_k>0$, and for ties by continuity: $Z(q)=\int_\Delta "
        r"e^{-H(p,q)}\,dp=\sum_k\frac{q_k}{\prod_{j\ne k}(\log q_k-\log q_j)}$, the "
        r"divided difference of $\exp$ at $\log q_1,\ldots,\log q_K$. For the uniform "
        r"$u$ it is $Z(u)=1/K!$, and $Z(.7,.2,.1)=0.130966$. The integral along one pair "
        r"of classes, with total share $s$, $\log q_1=x$ and $\log q_2=x+d$, is $<pair>$."
    ),
    relations={"pair": derived.one_pair.states},
    for_all=(number(derived.s, 0, 1), number(derived.x), number(derived.d)),
    evidence=(
        Derived(
            part="one pair of classes with total s",
            of="pair",
            chain=derived.one_pair,
            mistakes={
                "the denominator turned round": -derived.one_pair.last,
                "the total forgotten": (
                    symbolic_exp(derived.s * (derived.x + derived.d))
                    - symbolic_exp(derived.s * derived.x)
                )
                / derived.s,
            },
        ),
        DerivedCases(
            part="the formula has the same recursion",
            chains=derived.recursions,
            mistakes={
                "sign of the denominators (hidden for odd K)": (
                    "K = 4",
                    -derived.divided(derived.points[:4]),
                ),
                "without the denominators": (
                    "K = 3",
                    sum(symbolic_exp(point) for point in derived.points[:3]),
                ),
            },
        ),
        Computed(
            part="five distributions, near ties among them, against a series without cancellation",
            cases=lambda: [(probs,) for probs in MASSES],
            lhs=_divided,
            rhs=_series,
            mistakes={
                "the denominators turned round": _wrong_sign,
                "a Dirichlet constant": _dirichlet_constant,
            },
            digits=30,
        ),
        Computed(
            part="three classes, by quadrature",
            cases=lambda: [(MASSES[0],), ((F(1, 6), F(1, 2), F(1, 3)),)],
            lhs=_triangle,
            rhs=_divided,
            mistakes={"without the smallest class": lambda probs: _divided(probs[:2])},
            digits=15,
        ),
        Digits(
            part="the library, to 11 digits",
            cases=lambda: [(probs,) for probs in MASSES],
            lhs=_in_floats,
            rhs=lambda probs: mp.nstr(_series(probs), 11),
            mistakes={"1/K! for every q": lambda probs: mp.nstr(1 / mp.factorial(len(probs)), 11)},
        ),
        Digits(
            part="the digits, for (.7, .2, .1) and the centre",
            cases=lambda: [(MASSES[0], "0.130966"), ((F(1, 3),) * 3, "0.166667")],
            lhs=lambda probs, digits: digits,
            rhs=lambda probs, digits: mp.nstr(_series(probs), 6),
            mistakes={"the geometric mean over K - 1": _geometric_over_two},
        ),
        Argued(
            part="in general",
            proof=(
                r"Let $x_k=\log q_k$, all different.",
                (
                    r"Fix $p_2,\ldots,p_{K-1}$ and let $p_1+p_K=s$. The inner integral "
                    r"over $p_1$ is that of one pair, $(e^{sx_1}-e^{sx_K})/(x_1-x_K)$, "
                    r"derived above."
                ),
                (
                    r"So $Z$ of $K$ classes is the difference of two such masses of $K-1$"
                    r" classes, without $x_K$ and without $x_1$, divided by $x_1-x_K$: "
                    r"the recursion of divided differences."
                ),
                (
                    r"The closed form has it too: the coefficient of $e^{x_k}$ in "
                    r"$(x_1-x_K)\sum_ke^{x_k}/\prod_{j\ne k}(x_k-x_j)$ is "
                    r"$\frac{(x_k-x_K)-(x_k-x_1)}{\prod_{j\ne k}(x_k-x_j)}$, the "
                    r"difference of those without $x_K$ and without $x_1$."
                ),
                (
                    r"Both are $e^{x_1}$ for $K=1$, hence equal for all $K$, by "
                    r"induction."
                ),
                (
                    r"$Z$ is continuous in $q$, by dominated convergence, which settles "
                    r"ties. At $u$ the integrand is $1/K$, and the simplex has the volume"
                    r" $1/(K-1)!$."
                ),
            ),
        ),
    ),
    uses=(mass_of_two_classes,),
)


def _near_the_centre(size):
    """The closed form at entries that differ from 1/K by a few times 10^-20 or less."""
    with mp.workdps(180):
        return _divided([F(1, size) + F(2 * place - size + 1, 10**20) for place in range(size)])


mass_is_at_most = Claim(
    title="The mass is largest at the centre",
    statement=(
        r"Give finitely many labels $p_i\in\Delta$ the masses $w_i>0$. Then $<finite>$. "
        r"Let the masses be balanced, $\sum_iw_ip_{ik}=\frac1{K!}$ for each class $k$. Then "
        r"the right side is $\frac1{K!}$ for every $q$, and at the uniform $q$ so is the left "
        r"one: there $e^{-H(p_i,q)}=\frac1K$, and the masses sum to $\frac K{K!}$."
    ),
    meaning=(
        r"Lebesgue measure is so balanced. With an integral for the sum, "
        r"$Z(q)\le\frac1{K!}$, with equality iff $q$ is uniform."
    ),
    relations={
        "finite": derived.mass_is_at_most_the_mean.states,
    },
    for_all=(
        size(K, 1),
        size(derived.over_labels, 1),
        positive(derived.some_w, derived.over_labels),
        simplex(derived.some_p, K, derived.over_labels),
        simplex(q, K),
    ),
    evidence=(
        Sampled(
            part="random distributions, the centre first, in floats",
            cases=dict(q=domains.simplex),
            lhs=lambda q: xentlib.continuous_categorical_log_normalizer(q),
            rhs=lambda q: -sum(np.log(place) for place in range(1, len(q) + 1)),
            mistakes={
                "at least 1/K!": dict(relation=at_least),
                "at most 1/K^K": lambda q: -len(q) * np.log(len(q)),
            },
            relation=at_most,
        ),
        derived.mass_is_at_most_the_mean.as_part("", of="finite"),
        Computed(
            part="the centre, by the formula for distinct points, 10^-20 away from it",
            cases=lambda: [(size,) for size in range(2, 6)],
            lhs=_near_the_centre,
            rhs=lambda size: 1 / mp.factorial(size),
            mistakes={"1/(K - 1)! there": lambda size: 1 / mp.factorial(size - 1)},
            digits=15,
        ),
        Argued(
            part="under Lebesgue measure",
            of="meaning",
            proof=(
                r"$e^{-H(p,q)}\le\sum_kp_kq_k$ for every $p$, by <geometric_mean>.",
                (
                    r"Under the uniform law on the simplex each $p_k$ has the mean $1/K$,"
                    r" and the simplex has the volume $1/(K-1)!$: the integral of the "
                    r"right side is $\sum_k\frac{q_k}K\cdot\frac1{(K-1)!}=\frac1{K!}$."
                ),
                (
                    r"Both sides are continuous in $p$, so equality of the integrals "
                    r"needs equality for every $p$; at $p\in\Delta^\circ$ it makes all "
                    r"$q_k$ equal, by the same claim."
                ),
            ),
        ),
    ),
    uses=(general_mass, geometric_mean),
)


def _optimum(label, extra):
    """Where H(label, (θ, 1 - θ)) + extra(θ) is least, among a thousand candidates."""

    def loss(theta):
        model = [float(theta), 1 - float(theta)]
        return float(xentlib.cross_entropy([label, 1 - label], model) + extra(theta))

    return min((F(place, 1000) for place in range(1, 1000)), key=loss)


def _log_mass(theta):
    return float(xentlib.continuous_categorical_log_normalizer([float(theta), 1 - float(theta)]))


def _two_optima(label, sharper):
    """The best θ for cross-entropy, and for the continuous categorical."""
    return (
        _optimum(float(label), lambda theta: 0.0),
        _optimum(float(label), _log_mass),
    )


def _mass_nearby(theta):
    return _logarithmic_mean(theta + F(1, 24))


never_a_density = Claim(
    title="It is no density on the simplex",
    statement=(
        r"Let $K\ge2$. Over no open set of $q$ is $e^{-H(p,q)}$, up to a constant "
        r"factor, a density of the label with respect to Lebesgue measure: its mass "
        r"$Z(q)$ depends on $q$. Divided by it, it is another model, the *continuous "
        r"categorical* $f(p;q)=\prod_kq_k^{p_k}/Z$. Its loss, over the $m$ classes where "
        r"$p$ is positive, is $<loss>$."
    ),
    relations={
        "loss": derived.density_of_a_label.states,
    },
    for_all=(
        size(support_size, 1),
        simplex(p, support_size),
        positive(q, support_size),
        number(derived.mass, 0, 3),
    ),
    meaning=(r"For the label (.7, .3) cross-entropy is least at .7, this at .935."),
    evidence=(
        Computed(
            part="the mass at five places, one by quadrature",
            cases=lambda: [(F(place, 12),) for place in (1, 2, 3, 4, 5)],
            lhs=_mass_by_quadrature,
            rhs=_logarithmic_mean,
            mistakes={"constant on a small interval: that of q + 1/24": _mass_nearby},
        ),
        Digits(
            part="the two optima, on a grid of step 1/1000",
            cases=lambda: [(F(7, 10), F(935, 1000)), (F(3, 10), F(65, 1000))],
            lhs=_two_optima,
            rhs=lambda label, sharper: (label, sharper),
            mistakes={
                "dividing by the mass changes nothing": lambda label, sharper: (label, label)
            },
        ),
        Derived(
            part="the loss of the continuous categorical",
            of="loss",
            chain=derived.density_of_a_label,
            mistakes={"the mass with the other sign": H(p, q) - log(derived.mass)},
        ),
        Argued(
            part="in general",
            proof=(
                (
                    r"$Z$ is analytic on the interior: it is an integral of $e^{\langle "
                    r"p,x\rangle}$ over a bounded set, with $x=\log q$."
                ),
                (
                    r"It is $1/K!$ at the centre and smaller elsewhere, by the claim on "
                    r"where the mass is largest: so it is not constant for $K\ge2$."
                ),
                (
                    r"The interior is connected, and an analytic function that is not "
                    r"constant on it is constant on no open part of it."
                ),
            ),
        ),
    ),
    uses=(mass_is_at_most,),
)


def _moment_sign(weight, theta=F(1, 3)):
    """Whether some moment that is a mean of squares times X(w - X) would have to be negative, for
    n up to 4.
    """
    for n in range(5):
        value = prod(weight - j for j in range(n + 2)) * (theta * (1 - theta)) ** (n + 1)
        if value < 0:
            return True
    return False


def _has_a_law(weight):
    """Whether labels of this weight have a law: for whole numbers by the multinomial theorem,
    otherwise by the sign of a moment.
    """
    if weight.denominator == 1:
        return lattice_total(2, int(weight)) == power_of_the_sum(2, int(weight))
    return not _moment_sign(weight)


def _rational(value):
    """A fraction as SymPy's rational."""
    return Rational(value.numerator, value.denominator)


WEIGHTS = tuple(
    F(a, b)
    for a, b in (
        (1, 4),
        (1, 2),
        (9, 10),
        (1, 1),
        (11, 10),
        (3, 2),
        (2, 1),
        (5, 2),
        (3, 1),
        (10, 3),
        (4, 1),
        (9, 2),
        (99, 20),
    )
)


def _first_negative(weight):
    """The first j for which binom(w, j) is negative."""
    value, j = F(1), 0
    while value >= 0:
        value = value * (weight - j) / (j + 1)
        j += 1
    return j


def _concentrated(n):
    """E[X (n - X) ∏_{0<j<n} (X - j)²] from the falling moments of weight n."""
    X = Symbol("X")
    polynomial = X * (n - X)
    for j in range(1, n):
        polynomial *= (X - j) ** 2
    return derived.falling_moment(polynomial.expand(), X).subs(derived.w, n).expand()


def _unconcentrated(n):
    """E[X (n - X)] at weight n + 1 and θ = 1/3."""
    return (
        derived.falling_moment((Symbol("X") * (n - Symbol("X"))).expand(), Symbol("X"))
        .subs(derived.w, n + 1)
        .subs(derived.theta, Rational(1, 3))
    )


integer_weights = Claim(
    title="The integer-weight theorem",
    statement=(
        r"Let $K\ge2$, $w>0$ and $U\subset\Delta^\circ$ be non-empty and open. There are"
        r" a finite signed Borel measure $\mu$ on $\Delta$ and $c\ne0$ with $\int "
        r"e^{-wH(p,q)}\,d\mu(p)=c$ for all $q\in U$ **iff $w$ is one of $1,2,3,\ldots$**"
        r" Then $\mu=c\sum_{|a|=w}\frac{w!}{\prod_ka_k!}\,\delta_{a/w}$, and nothing "
        r"else."
        "\n\n"
        r"In words: a law of the label alone, at every outcome, whose log-likelihood is "
        r"$-w\cdot$cross-entropy plus a term without $q$ exists iff $w$ is a positive "
        r"whole number; and then the label is the proportions of $w$ categorical votes."
    ),
    in_words="an equivalence over all measures, and a sum over all ways to share w votes",
    evidence=(
        Formal(
            part="whole numbers suffice, for every K and w, by Coq", theorem="counts_sum_to_one"
        ),
        Exact(
            part="whole numbers suffice: K ≤ 4, w ≤ 6, as polynomials in q",
            cases=lambda: [(size, weight) for size in (2, 3, 4) for weight in range(1, 7)],
            lhs=lattice_total,
            rhs=power_of_the_sum,
            mistakes={
                "equal masses on the lattice": dict(
                    lhs=lambda size, weight: lattice_total(size, weight, lambda c: 1)
                )
            },
        ),
        Derived(
            part="step 3: the differential equation",
            chain=derived.differential_equation,
            mistakes={
                "the inner derivative forgotten": derived.w * derived.f,
                "for w = 1 only": symbolic_exp(derived.t) * derived.f,
            },
        ),
        Derived(
            part="step 3: the lowest coefficient at a zero of order m",
            chain=derived.lowest_coefficient,
            mistakes={
                "a double zero of the bracket": derived.a * (derived.w - 2 * derived.m),
                "the order is w + 1": derived.a * (derived.w - derived.m - 1),
                "any order will do for w > 1": derived.a * derived.w,
            },
        ),
        DerivedCases(
            part="positive measures: a mean of squares, for every w and q",
            chains=derived.moments,
            mistakes={
                "not monic": ("n = 1", 2 * derived.moments["n = 1"].last),
                "second moments are enough: w(w - 1)": ("n = 1", derived.moments["n = 0"].last),
                "one factor of w too few": (
                    "n = 2",
                    derived.moments["n = 2"].last / (derived.w - 3),
                ),
            },
        ),
        Exact(
            part="positive measures: which of 13 weights have a law",
            cases=lambda: [(weight,) for weight in WEIGHTS],
            lhs=_has_a_law,
            rhs=lambda weight: weight.denominator == 1,
            mistakes={
                "any w > 0": lambda weight: weight > 0,
                "only w = 1, hard labels alone (the walk, slip E10)": lambda weight: weight == 1,
                "any w ≥ 1": lambda weight: weight >= 1,
                "half-integers too": lambda weight: weight.denominator <= 2,
            },
        ),
        Exact(
            part="positive measures: w = n puts X on 0, ..., n",
            cases=lambda: [(n,) for n in range(1, 6)],
            lhs=_concentrated,
            rhs=lambda n: Rational(0),
            mistakes={"w = n + 1 does too": dict(lhs=_unconcentrated)},
        ),
        Exact(
            part="the first negative mass that other weights would need",
            cases=lambda: [(weight,) for weight in WEIGHTS if weight.denominator > 1],
            lhs=_first_negative,
            rhs=lambda weight: int(weight) + 2,
            mistakes={
                "at the first j above w": lambda weight: int(weight) + 1,
            },
        ),
        Argued(
            part="the theorem",
            proof=(
                (
                    r"$F(\eta)=\int e^{w\langle p,\eta\rangle}\,d\mu(p)$ is entire, as "
                    r"$\mu$ is finite and $\Delta$ bounded, and $F(\eta+s\mathbf "
                    r"1)=e^{ws}F(\eta)$."
                ),
                (
                    r"Where $\operatorname{softmax}(\eta)\in U$, "
                    r"$F(\eta)=c\,(\sum_ke^{\eta_k})^w$; both sides are real-analytic on "
                    r"$\mathbb R^K$, so this holds on all of it."
                ),
                (
                    r"Along $f(t)=F(0,t,0,\ldots,0)$ it says $f=c\,(a+e^t)^w$ with "
                    r"$a=K-1$, so $f'(t)\,(a+e^t)=we^tf(t)$ for real $t$, hence for "
                    r"complex $t$."
                ),
                (
                    r"At $t_0=\log a+i\pi$ the bracket has a simple zero. If $f$ has "
                    r"there a zero of order $m$, perhaps 0, the lowest coefficients give "
                    r"$a(w-m)=0$: $w=m$ is a whole number."
                ),
                r"The converse is the multinomial theorem, which Coq proves above.",
                (
                    r"Two measures with one $c$ have one $F$, hence one Fourier "
                    r"transform, hence are equal. The chapter has the proof in full."
                ),
            ),
        ),
    ),
    uses=("counts.multinomial", never_a_density),
)


def _lattice_mass(votes, denominator, model):
    """Σ over labels a/denominator of the binomial coefficient times e^(-votes · H(label, q))."""
    labels = [(a, denominator - a) for a in range(denominator + 1)]
    return sum(
        comb(denominator, label[0])
        * prod(power(b, F(votes * a, denominator)) for b, a in zip(model, label, strict=True))
        for label in labels
    )


def _copied_vote(model, weight):
    """Total mass of two labels that are copies of one vote, each with the given weight."""
    return sum(power(b, weight) * power(b, weight) for b in model)


def _copied_vote_once(model, weight):
    """Total mass of one of these labels."""
    return sum(power(b, weight) for b in model)


def _independent_labels(model, weight):
    """Total mass of two independent labels on the vertices, each with the given weight."""
    return sum(power(a, weight) * power(b, weight) for a in model for b in model)


SQUARES = ((F(1, 4), F(3, 4)), (F(1, 9), F(8, 9)), (F(1, 2), F(1, 2)))


def _on_a_finer_lattice(votes, denominator, model):
    return _lattice_mass(votes, denominator + 1, model)


label_is_votes = Claim(
    title="What a label with a likelihood is",
    statement=(
        r"Let $q$ range over an open set. Under weight $1$ the only law is the "
        r"categorical on the vertices: a label that is not a vertex has probability 0. "
        r"Under weight $n$ the label lies on the lattice $\tfrac1n\mathbb Z^K$. Labels "
        r"that share $q$, with weights $w_i>0$, have one loss, that of their mean $\bar "
        r"p=\sum_iw_ip_i/\sum_iw_i$: $<one>$. So they have a joint law with "
        r"log-likelihood $-\sum_iw_iH(P_i,q)+h$, where $h$ does not depend on $q$, iff "
        r"$\sum_iw_i$ is a positive whole number; if they are to be independent, each "
        r"with such a law, then each $w_i$ must be whole."
    ),
    relations={"one": derived.one_loss.states},
    for_all=(
        size(K, 1),
        size(derived.over_labels, 1),
        positive(derived.weight, derived.over_labels),
        simplex(derived.some_p, K, derived.over_labels),
        simplex(q, K),
    ),
    evidence=(
        Exact(
            part="weight n on the lattice 1/n",
            cases=lambda: [(votes, votes, model) for votes in range(1, 6) for model in SQUARES],
            lhs=_lattice_mass,
            rhs=lambda votes, denominator, model: 1,
            mistakes={"on the lattice 1/(n + 1)": dict(lhs=_on_a_finer_lattice)},
        ),
        Exact(
            part="two copies of one vote, weight one half each",
            cases=lambda: [(model, F(1, 2)) for model in SQUARES],
            lhs=_copied_vote,
            rhs=lambda model, weight: 1,
            mistakes={
                "taken for independent: each weight must be whole even then": dict(
                    lhs=_independent_labels
                ),
                "one copy is enough": dict(lhs=_copied_vote_once),
            },
        ),
        Exact(
            part=(
                "two independent labels, weight one half each, have more mass on the vertices "
                "than two copies"
            ),
            cases=lambda: [(model, F(1, 2)) for model in SQUARES],
            lhs=_copied_vote,
            rhs=_independent_labels,
            mistakes={"Σ w_i = 1 is enough for independent labels": dict(relation=equal)},
            relation=less,
        ),
        Derived(
            part="one loss of the mean label",
            of="one",
            chain=derived.one_loss,
            mistakes={
                "as if the weights summed to 1": derived.loss_of_the_mean(derived.some_p, q),
            },
        ),
        Argued(
            part="in general",
            proof=(
                (
                    r"By the integer-weight theorem the law is unique, and it lives on "
                    r"$a/n$ with whole $a_k\ge0$, $\sum_ka_k=n$; for $n=1$ on the "
                    r"vertices."
                ),
                (
                    r"$\sum_iw_iH(P_i,q)=W\,H(\bar P,q)$ with $W=\sum_iw_i$, derived "
                    r"above: so a joint law of the labels makes a law of $\bar P$ with "
                    r"weight $W$, and the theorem asks that $W$ be whole."
                ),
                (
                    r"Conversely let $W$ be whole, and all labels one and the same label "
                    r"of weight $W$."
                ),
                (
                    r"Independent labels have a law each, and the theorem applies to "
                    r"each."
                ),
            ),
        ),
    ),
    uses=(integer_weights,),
)


# for each weight b, d and the dual weights ν_m = ν_-m in millionths, at logits m log B with B =
# b^denominator(w): found by a linear program, and here it is checked what they prove
CERTIFICATES = {
    F(11, 10): (F(21, 20), F(1, 10**6), {0: 201160, 6: -248876, 30: 150544}),
    F(3, 2): (F(3, 2), F(1, 10**7), {0: 198839, 3: -247267, 20: 153314}),
    F(5, 2): (F(3, 2), F(1, 10**7), {0: -95753, 2: 113693, 5: -201844, 14: 136588}),
    F(7, 2): (F(3, 2), F(1, 10**7), {0: 150065, 1: -112054, 3: 83367, 6: -137913, 14: 91632}),
}


def _inverse_power(base, weight, places=60):
    """Two rationals, 10^-places apart, with base^-weight between them."""
    scaled = (
        10 ** (places * weight.denominator)
        * base.denominator**weight.numerator
        // base.numerator**weight.numerator
    )
    below = int(integer_nthroot(scaled, weight.denominator)[0])
    return F(below, 10**places), F(below + 1, 10**places)


def _from_above(weight, table):
    """Σ_m u_m z^(M + m) with u_m ≥ ν_m (1 + B^m)^-w for m = -M, ..., M: rationals, and z > 0, so
    the sum is at least that of the irrational coefficients.
    """
    b, most = CERTIFICATES[weight][0], max(table)
    base, end = b**weight.denominator, b**weight.numerator
    coefficients = [F(0)] * (2 * most + 1)
    for m, value in table.items():
        upper = max(value * bound for bound in _inverse_power(1 + base**m, weight))
        coefficients[most + m] = F(ceil(upper * 10**60), 10**60)
        coefficients[most - m] = F(ceil(upper * end**m * 10**60), 10**60)
    return coefficients


def _bernstein(coefficients, end):
    """Whole numbers in the ratio of the Bernstein coefficients of Σ_m a_m z^m on [1, end]."""
    degree = len(coefficients) - 1
    shifted = [
        sum(a * comb(m, j) for m, a in enumerate(coefficients) if m >= j) * (end - 1) ** j
        for j in range(degree + 1)
    ]
    values = [
        sum(shifted[j] * F(comb(i, j), comb(degree, j)) for j in range(i + 1))
        for i in range(degree + 1)
    ]
    common = lcm(*(value.denominator for value in values))
    return [int(value * common) for value in values]


def _is_positive(values, halvings=40):
    """Whether the polynomial with these Bernstein coefficients is shown to be positive: they are,
    or they are on each half. The first and the last are values of the polynomial.
    """
    if min(values) > 0:
        return True
    if values[0] <= 0 or values[-1] <= 0 or halvings == 0:
        return False
    degree, left, right = len(values) - 1, [], []
    for step in range(degree + 1):  # de Casteljau, times 2^degree
        left.append(values[0] << (degree - step))
        right.append(values[-1] << (degree - step))
        values = [first + second for first, second in pairwise(values)]
    return _is_positive(left, halvings - 1) and _is_positive(right[::-1], halvings - 1)


def _stays_below(coefficients, level, end):
    """Whether Σ_m u_m z^m < level z^M, M the middle place, is shown on all of [1, end]."""
    gap = [-a for a in coefficients]
    gap[len(gap) // 2] += level
    return _is_positive(_bernstein(gap, end))


def certified_bound(weight: F, scale: int = 1, other: dict[int, F] | None = None) -> F:
    """A lower bound of the defect for K = 2, from a polynomial that stays below d on all of [1,
    B^w]; 0, which bounds every defect, if it does not.

    With y_m = B^m and u_m ≥ ν_m (1 + B^m)^-w the polynomial is Σ u_m z^m at z = B^(w p), for
    every p at once. If it is at most d, a law with defect ε has Σ ν - ε Σ|ν| ≤ d μ(Δ) ≤ d 2^w (1
    + ε). All numbers are rational, and rounded to the safe side. `other` replaces some of the ν.
    """
    b, d, table = CERTIFICATES[weight]
    dual = {m: F(scale * value, 10**6) for m, value in {**table, **(other or {})}.items()}
    if not _stays_below(_from_above(weight, dual), d, b**weight.numerator):
        return F(0)
    everywhere = [value for m, value in dual.items() for _ in range(2 if m else 1)]
    ceiling = 2 ** (int(weight) + 1)  # at least 2^w
    return (sum(everywhere) - d * ceiling) / (sum(map(abs, everywhere)) + d * ceiling)


def _larger_at_the_end(weight, bound):
    """The certificates with the last ν a twentieth larger: a polynomial that leaves its bound."""
    table = CERTIFICATES[weight][2]
    last = max(table)
    return certified_bound(weight, other={last: table[last] * F(21, 20)})


def _upper_bound_holds(bound):
    """w = 3/2, masses on 0, 1/2 and 1: (a + b s³ + a s⁶)² against (1 ± bound)² (1 + s⁴)³ for all s
    = y^(1/4) ≥ 0.
    """
    s = Symbol("s")
    a, b, bound = (
        Rational(989043, 10**6),
        Rational(819350, 10**6),
        Rational(bound.numerator, bound.denominator),
    )
    mass = a + b * s**3 + a * s**6
    above = Poly(((1 + bound) ** 2 * (1 + s**4) ** 3 - mass**2).expand(), s)
    below = Poly((mass**2 - (1 - bound) ** 2 * (1 + s**4) ** 3).expand(), s)
    return all(gap.count_roots(0, None) == 0 and gap.eval(1) > 0 for gap in (above, below))


def _closed_form(size, weight):
    root = Rational(size) ** (1 - _rational(weight))
    return (root - 1) / (root + 1)


def _equal_masses(size, weight):
    """The largest distance from 1 that equal masses 2/(1 + K^(1 - w)) on the vertices leave, over
    a lattice of predictions with the vertices and the centre.
    """
    mass = 2 / (1 + Rational(size) ** (1 - _rational(weight)))
    return max(
        abs(mass * sum(power(b, weight) for b in model) - 1) for model in lattice(size, size)
    )


def _dual_bound(size, weight):
    """Σν/Σ|ν| for ν = 1 at each vertex and -K^w at the centre: a bound for every law if Σ ν_q
    e^(-wH(p, q)) ≤ 0 for all p, which is seen on a lattice; infinite if not.
    """
    centre = -(Rational(size) ** _rational(weight))
    seen = centre * power(F(1, size), weight)  # e^(-wH(p, u)) is K^-w for every p
    if any(seen + (max(label) == 1) > 0 for label in lattice(size, size)):
        return oo
    return (size + centre) / (size - centre)


def _to_four_places(value):
    """Ten-thousandths, rounded."""
    return int(mp.nint(10**4 * value))


def _closed_value(weight):
    root = mpf(2) ** (1 - to_mpf(weight))
    return (root - 1) / (root + 1)


MIDDLE = sqrt(2) - 2


def _signed_masses_stay(low, high, middle=MIDDLE):
    """For w = 1/2, masses 1, `middle`, 1 on 0, 1/2, 1: whether √(1 + 2t²) + middle t with t =
    (q(1 - q))^(1/4) is between low and high for every t in [0, 1/√2].
    """
    t, low, high = Symbol("t", real=True), _rational(low), _rational(high)
    above = Poly(((high - middle * t) ** 2 - 1 - 2 * t**2).expand(), t)  # concave: see the ends
    below = Poly((1 + 2 * t**2 - (low - middle * t) ** 2).expand(), t)  # no root: see one place
    ends = [above.eval(0), above.eval(1 / sqrt(2))]
    return (
        bool(above.LC() < 0)
        and all(bool(simplify(value) >= 0) for value in ends)
        and bool(below.discriminant() < 0)
        and bool(below.eval(0) > 0)
    )


SIGNED = ((F(9, 10), F(1)), (F(91, 100), F(1)))


def _defect_of_votes(votes):
    """What the votes' own law leaves of 1, as a polynomial in q: 0 at whole weights."""
    return lattice_total(2, votes) - power_of_the_sum(2, votes)


def _light_weights():
    """Numbers of classes, and weights up to 1."""
    return [(size, weight) for size in (2, 3, 4) for weight in (F(1, 4), F(1, 2), F(3, 4), F(1))]


def _ten_thousandths():
    """Weights up to 1, and the distance for K = 2 in ten-thousandths."""
    return [
        (F(1, 4), 2542),
        (F(1, 2), 1716),
        (F(3, 4), 864),
        (F(9, 10), 346),
        (F(1), 0),
    ]


def _limit_at_zero(size):
    """Of the distance as w goes to 0."""
    return limit((Rational(size) ** (1 - z) - 1) / (Rational(size) ** (1 - z) + 1), z, 0)


def _stated_bounds():
    """Weights above 1, and what the distance is at least."""
    return [
        (F(7, 2), F(12, 10**5)),
        (F(5, 2), F(112, 10**5)),
        (F(3, 2), F(109, 10**4)),
        (F(11, 10), F(44, 10**4)),
    ]


def _limit_at_one(size):
    """Of the distance as w goes to 1."""
    return limit((Rational(size) ** (1 - z) - 1) / (Rational(size) ** (1 - z) + 1), z, 1)


def _straight_line(size, weight):
    return Rational(size - 1, size + 1) * (1 - _rational(weight))


distance_to_a_likelihood = Claim(
    title="How far from a likelihood",
    statement=(
        r"Let $d(w)=\inf_{\mu\ge0}\sup_{q\in\Delta^\circ}\bigl|\int "
        r"e^{-wH}\,d\mu-1\bigr|$. For $0<w\le1$ and every $K\ge2$: "
        r"$d(w)=\frac{K^{1-w}-1}{K^{1-w}+1}$, reached by equal masses $2/(1+K^{1-w})$ on "
        r"the vertices, which miss 1 by as much at the centre, $<centre>$; for $K=2$ "
        r"that is $.2542$ at $w=\tfrac14$, $.1716$ at $\tfrac12$, $.0864$ at $\tfrac34$, "
        r"$.0346$ at $.9$, and it tends to $\frac{K-1}{K+1}$ as $w\to0$. It is $0$ at "
        r"$w=1,2,3,\ldots$ For $K=2$ it is at least $.0044$ at $1.1$, $.00112$ at $2.5$ "
        r"and $.00012$ at $3.5$, and between $.0109$ and $.01097$ at $1.5$. A law with "
        r"defect $\varepsilon$ gives each vertex a mass of at least $1-\varepsilon$. "
        r"With signed measures the infimum is $0$ for every $w$."
    ),
    relations={"centre": derived.balanced.states},
    for_all=(size(K), number(derived.w, 0, 1)),
    evidence=(
        Derived(
            part="equal masses on the vertices, for every K and w: the two extremes",
            of="centre",
            chain=derived.balanced,
            mistakes={
                "masses 1": derived.K ** (1 - derived.w) - 1,
                "the denominator forgotten": (derived.K ** (1 - derived.w) - 1) / 2,
            },
        ),
        Exact(
            part="K = 2, 3, 4 and w ≤ 1: what the masses reach is what every law must leave",
            cases=_light_weights,
            lhs=_equal_masses,
            rhs=_dual_bound,
            mistakes={
                "the exponential of the weighted loss as it stands, masses 1": (
                    lambda size, weight: Rational(size) ** (1 - _rational(weight)) - 1
                ),
                "linear in w": _straight_line,
            },
        ),
        Digits(
            part="the four digits for w ≤ 1",
            cases=_ten_thousandths,
            lhs=lambda weight, places: places,
            rhs=lambda weight, places: _to_four_places(_closed_value(weight)),
            mistakes={
                "digits of a line": lambda weight, places: _to_four_places(to_mpf(1 - weight) / 3)
            },
        ),
        Exact(
            part="the limit as w goes to 0",
            cases=lambda: [(size,) for size in (2, 3, 5)],
            lhs=_limit_at_zero,
            rhs=lambda size: Rational(size - 1, size + 1),
            mistakes={"a light label is nearly a likelihood: as w → 1": _limit_at_one},
        ),
        Certified(
            part="lower bounds above 1, over every p",
            cases=_stated_bounds,
            lhs=lambda weight, bound: certified_bound(weight),
            rhs=lambda weight, bound: bound,
            mistakes={
                "a weight above 1 counts as the whole votes in it": dict(
                    relation=at_most, rhs=lambda weight, bound: _defect_of_votes(int(weight))
                ),
                "half as much again": lambda weight, bound: bound * F(3, 2),
                "a certificate with its sign turned": dict(
                    lhs=lambda weight, bound: certified_bound(weight, scale=-1)
                ),
                "the last ν larger, as ν_14 of 7/2": dict(lhs=_larger_at_the_end),
            },
            relation=at_least,
        ),
        Certified(
            part="the upper bound at 3/2",
            cases=lambda: [(F(1097, 10**5),), (F(11, 1000),)],
            lhs=_upper_bound_holds,
            rhs=lambda bound: bound > 0,
            mistakes={
                "a defect of .0109 is reached by these masses": dict(
                    lhs=lambda bound: _upper_bound_holds(bound - F(7, 10**5))
                )
            },
        ),
        Certified(
            part="signed masses at w = 1/2 stay in an interval, for every q",
            cases=lambda: list(SIGNED),
            lhs=_signed_masses_stay,
            rhs=lambda low, high: low < high,
            mistakes={
                "two hundredths higher": dict(
                    lhs=lambda low, high: _signed_masses_stay(low + F(1, 50), high)
                ),
                "below 99/100": dict(
                    lhs=lambda low, high: _signed_masses_stay(low, high - F(1, 100))
                ),
                "half the mass taken away": dict(
                    lhs=lambda low, high: _signed_masses_stay(low, high, Rational(-1, 2))
                ),
            },
        ),
        Exact(
            part="scaled to lie around 1, they do better than every law",
            cases=lambda: list(SIGNED),
            lhs=lambda low, high: _rational((high - low) / (high + low)),
            rhs=lambda low, high: _closed_form(2, F(1, 2)),
            mistakes={"positivity is not needed": dict(relation=at_least)},
            relation=less,
        ),
        Argued(
            part="w ≤ 1, the vertices, and signed measures",
            proof=(
                (
                    r"Let $\mu\ge0$ have the defect $\varepsilon$. As $q\to e_k$, "
                    r"$e^{-wH(p,q)}\to1$ at $p=e_k$ and $\to0$ elsewhere, and it is at "
                    r"most 1: so, by dominated convergence, "
                    r"$\mu(\{e_k\})\ge1-\varepsilon$."
                ),
                (
                    r"At the centre these masses alone give $K\cdot "
                    r"K^{-w}(1-\varepsilon)\le1+\varepsilon$, which is "
                    r"$\varepsilon\ge\frac{K^{1-w}-1}{K^{1-w}+1}$."
                ),
                (
                    r"Equal masses $2/(1+K^{1-w})$ reach it, because $\sum_kq_k^w$ lies "
                    r"between 1 and $K^{1-w}$ for $w\le1$, and both extremes are derived "
                    r"above."
                ),
                r"At whole $w$ the integer-weight theorem gives 0.",
                (
                    r"Signed: the functions $q\mapsto e^{-wH(p,q)}$, $p\in\Delta$, span a"
                    r" dense part of the continuous functions on $\Delta$. For a measure "
                    r"that kills them all has, on each open face, a Mellin transform that"
                    r" vanishes on an open set, so it is 0 there, from the interior down "
                    r"to the vertices."
                ),
            ),
        ),
    ),
    uses=(integer_weights,),
)


def _pinning(n, base, shift=0, weight=None):
    """Σ g_m (1 + B^m)^weight for g(z) = (z - 1)(B^n - z) ∏_{0<j<n} (z - B^j - shift)²; the weight
    is n.
    """
    polynomial = Poly((z - 1) * (base**n - z), z)
    for j in range(1, n):
        polynomial *= Poly((z - base**j - shift) ** 2, z)
    return sum(
        polynomial.coeff_monomial(z**m) * (1 + base**m) ** (weight or n) for m in range(2 * n + 1)
    )


def _one_atom(y):
    """One atom of mass 2 at X = log 2/log 3 gives y^X · 2; at y = 1 and 3 it is 1 + y, as the two
    vertices give.
    """
    return 2 * Rational(y) ** (symbolic_log(2) / symbolic_log(3))


def _three_points(weight):
    """Σ g_m (1 + 4^m)^w for g(z) = (z - 1)(4^w - z): negative means that no law fits these three
    q.
    """
    end = Rational(4) ** Rational(weight.numerator, weight.denominator)
    coefficients = (-end, 1 + end, Rational(-1))
    return sum(
        g * (1 + Rational(4) ** m) ** Rational(weight.numerator, weight.denominator)
        for m, g in enumerate(coefficients)
    )


def _on_the_curve(weight, middle):
    """Total mass on the Hardy-Weinberg curve: the vertices e_1 and e_3 and, at weight 1, the label
    (1/2, 0, 1/2) with mass `middle`.
    """
    ends = THETA ** (2 * weight) + (1 - THETA) ** (2 * weight)
    return (ends + middle * (THETA * (1 - THETA)) ** weight).expand()


def _with_rejection(model, weight):
    """Mass that K^(w - 1) on each vertex leaves for the outcome 'rejected'."""
    return 1 - sum(power(F(1, len(model)), 1 - weight) * power(b, weight) for b in model)


ways_out = Claim(
    title="The scope of the theorem, and the ways out",
    statement=(
        r"Let $K=2$ and $\mu\ge0$. At $w=n$, $2n+1$ different $q$ already force $\mu$; "
        r"$2n$ do not. At $w<1$, three different $q$ already leave no $\mu$. For signed "
        r"$\mu$ the theorem holds if the $q$ have a limit point in $(0,1)$. For $K\ge3$ "
        r"a *curve* of $q$ is not enough: on "
        r"$q=(\theta^2,2\theta(1-\theta),(1-\theta)^2)$ weight $\tfrac12$ has the law "
        r"$P(e_1)=\theta$, $P(e_3)=1-\theta$, and weight $1$ has one in which the label "
        r"$(\tfrac12,0,\tfrac12)$ takes the place of $e_2$, with probability "
        r"$2\theta(1-\theta)$: $<curve>$. Other ways out: an extra outcome 'rejected'; a "
        r"label fixed by design and an event of probability $e^{-wH(p,q)}$ observed."
    ),
    relations={"curve": derived.on_the_curve.states},
    for_all=(number(derived.theta, 0, 1),),
    evidence=(
        Exact(
            part="2n + 1 values of q",
            cases=lambda: [(n, base) for n in range(1, 6) for base in (2, 4)],
            lhs=_pinning,
            rhs=lambda n, base: 0,
            mistakes={
                "so at weight n + 1": dict(lhs=lambda n, base: _pinning(n, base, weight=n + 1)),
                "atoms elsewhere": dict(lhs=lambda n, base: _pinning(n, base, shift=1)),
            },
        ),
        Exact(
            part="two values of q leave freedom at n = 1",
            cases=lambda: [(1,), (3,)],
            lhs=_one_atom,
            rhs=lambda y: Rational(1 + y),
            mistakes={
                "a third value leaves it too": dict(
                    lhs=lambda y: _one_atom(y**2), rhs=lambda y: Rational(1 + y**2)
                )
            },
        ),
        Certified(
            part="three values of q at w = 1/4, 1/2, 3/4",
            cases=lambda: [(F(1, 4),), (F(1, 2),), (F(3, 4),)],
            lhs=_three_points,
            rhs=lambda weight: Rational(0),
            mistakes={
                "three values leave a law": dict(relation=at_least),
                "so above weight 1": dict(lhs=lambda weight: _three_points(1 + weight)),
            },
            relation=less,
        ),
        Derived(
            part="why: a norm is convex",
            chain=derived.concave_share,
            mistakes={"concave": -derived.concave_share.last},
        ),
        Derived(part="the curve at weight 1", of="curve", chain=derived.on_the_curve),
        Exact(
            part="the curve, as polynomials in θ",
            cases=lambda: [(Rational(1, 2), 0), (Rational(1), 2)],
            lhs=_on_the_curve,
            rhs=lambda weight, middle: Rational(1),
            mistakes={
                "for K ≥ 3 a curve forces the law of hard labels": dict(
                    lhs=lambda weight, middle: _on_the_curve(weight, 0)
                ),
                "the middle label with half the mass": dict(
                    lhs=lambda weight, middle: _on_the_curve(weight, Rational(middle) / 2)
                ),
            },
        ),
        Exact(
            part="rejection leaves a probability, at w = 1/2",
            cases=lambda: [(model, F(1, 2)) for model in (*SQUARES, (F(1, 5), F(4, 5)))],
            lhs=_with_rejection,
            rhs=lambda model, weight: 0,
            mistakes={
                "nothing is ever rejected": dict(relation=equal),
                "masses 1 leave room too": dict(
                    lhs=lambda model, weight: 1 - _copied_vote_once(model, weight)
                ),
            },
            relation=at_least,
        ),
        Argued(
            part="in general",
            proof=(
                (
                    r"Put $X=wp$ and $y=q/(1-q)$: the law satisfies $\int "
                    r"y^X\,d\mu=(1+y)^w$."
                ),
                (
                    r"At $w=n$ take for any $y_1<\cdots<y_{2n+1}$ the sum "
                    r"$g(x)=\sum_mg_my_m^x$ with simple zeros at 0 and $n$ and double "
                    r"ones between. It is at least 0 on $[0,n]$, and its integral "
                    r"$\sum_mg_m(1+y_m)^n=\sum_j\binom nj g(j)$ is 0. So $X$ sits at the "
                    r"zeros $0,\ldots,n$, and $n+1$ of the equations then fix the masses."
                ),
                (
                    r"$2n$ values: move the atom at 0 a little inwards; the other $n+1$ "
                    r"masses and $n-1$ places can follow, for the $2n$ equations are "
                    r"independent in them, as a sum of $2n$ exponentials has at most "
                    r"$2n-1$ zeros."
                ),
                (
                    r"At $w<1$ take for any $y_1<y_2<y_3$ the combination that kills 1 "
                    r"and $y^w$ and is positive on $y^x$ between. With $u=y^w$ it is "
                    r"positive on concave functions of $u$, and $(1+y)^w=(1+u^{1/w})^w$ "
                    r"is strictly convex in $u$, as derived above."
                ),
                (
                    r"Signed $\mu$: an analytic function is known from its values at a "
                    r"limit point, so the integer-weight theorem applies."
                ),
                (
                    r"Rejection: $\sum_kK^{w-1}q_k^w\le1$ for $w\le1$. By design: "
                    r"$e^{-wH}\le1$."
                ),
            ),
        ),
    ),
    uses=(distance_to_a_likelihood, integer_weights),
)


def _mean(theta):
    """Mean of the continuous categorical with K = 2: λ/(2λ - 1) + 1/(2 artanh(1 - 2λ))."""
    lam = to_mpf(theta) if isinstance(theta, F) else theta
    return lam / (2 * lam - 1) + 1 / (2 * mp.atanh(1 - 2 * lam))


def _mean_by_quadrature(theta):
    lam = to_mpf(theta)
    return mp.quad(lambda t: t * lam**t * (1 - lam) ** (1 - t), [0, 1]) / _logarithmic_mean(theta)


def _mean_of_three(probs, place):
    """∂ log Z / ∂ log λ_k: the divided difference with log λ_k taken twice, over Z."""
    doubled = (*probs, probs[place])
    return _series(doubled) / _series(probs)


def _mean_by_difference(probs, place):
    x = [mp.log(to_mpf(b)) for b in probs]

    def log_mass(step):
        moved = [a + step * (here == place) for here, a in enumerate(x)]
        return mp.log(
            sum(
                mp.exp(a) / mp.fprod(a - b for there, b in enumerate(moved) if there != here)
                for here, a in enumerate(moved)
            )
        )

    return mp.diff(log_mass, 0)


THREE = (F(62, 100), F(335, 1000), F(45, 1000))

continuous_categorical = Claim(
    title="The continuous categorical",
    statement=(
        r"For $K=2$ the continuous categorical gives the share $t$ of class 1 in a label a "
        r"density proportional to $\lambda^t(1-\lambda)^{1-t}$, so to $e^{\eta t}$ with "
        r"$\eta=\log\lambda-\log(1-\lambda)$. For $\lambda\ne\tfrac12$ its mean is $<mean>$, "
        r"where the first term is $\frac\lambda{2\lambda-1}$. That is the slope of the "
        r"logarithm of its mass, $<slope>$. For $\lambda=.9$ it is $0.66988$: the mean is "
        r"*not* $\lambda$."
    ),
    meaning=(
        r"For $K$ classes $f(p;\lambda)=\prod_k\lambda_k^{p_k}/Z(\lambda)$ is an exponential "
        r"family on $\Delta$ with the natural parameter $\eta=\log\lambda$, and its mean is "
        r"$\nabla_\eta\log Z$. For two, "
        r"$\mu(\lambda)=\frac\lambda{2\lambda-1}+\frac1{2\operatorname{artanh}(1-2\lambda)}$."
    ),
    relations={
        "mean": derived.mean_by_integrals.states,
        "slope": derived.mean_of_two.states,
    },
    for_all=(number(derived.eta),),
    evidence=(
        Derived(
            part="",
            of="mean",
            chain=derived.mean_by_integrals,
            mistakes={
                "the share of the other class": 1 - derived.mean_by_integrals.last,
                "the second term forgotten": derived.sigmoid / (2 * derived.sigmoid - 1),
            },
        ),
        Derived(
            part="",
            of="slope",
            chain=derived.mean_of_two,
            mistakes={
                "the mean is λ": derived.sigmoid,
                "the second term with the other sign": derived.sigmoid / (2 * derived.sigmoid - 1)
                + 1 / derived.eta,
            },
        ),
        Computed(
            part="K = 2, against quadrature",
            cases=lambda: [(F(9, 10),), (F(3, 5),), (F(1, 100),)],
            lhs=_mean_by_quadrature,
            rhs=_mean,
            mistakes={"the mean is λ itself": lambda theta: to_mpf(theta)},
            digits=30,
        ),
        Computed(
            part=(
                "K = 3: the gradient, by a divided difference with a point doubled and by "
                "numerical differentiation"
            ),
            cases=lambda: [(THREE, place) for place in range(3)],
            lhs=_mean_by_difference,
            rhs=_mean_of_three,
            mistakes={"λ is the mean": lambda probs, place: to_mpf(probs[place])},
            digits=20,
        ),
        Digits(
            part="the digits",
            cases=lambda: [(F(9, 10), "0.66988"), (F(1, 10), "0.33012")],
            lhs=lambda theta, digits: digits,
            rhs=lambda theta, digits: mp.nstr(_mean_by_quadrature(theta), 5),
            mistakes={"λ": lambda theta, digits: mp.nstr(to_mpf(theta), 5)},
        ),
        Argued(
            part="for K classes",
            of="meaning",
            proof=(
                (
                    r"$e^{\langle p,\eta\rangle}/Z$ is an exponential family with the "
                    r"statistic $p$ on a bounded set, so $Z$ may be differentiated under "
                    r"the integral, and $\nabla_\eta\log Z=\int p\,e^{\langle "
                    r"p,\eta\rangle}dp/Z$ is the mean of $p$."
                ),
                (
                    r"For $K=2$, "
                    r"$\eta=\log\lambda-\log(1-\lambda)=-2\operatorname{artanh}(1-2\lambda)$;"
                    r" put it into the derivative of $\log Z$, with $Z$ from the claim on"
                    r" the mass for $K$ classes."
                ),
            ),
        ),
    ),
    uses=(general_mass, never_a_density),
)


def _sigmoid(eta):
    return 1 / (1 + mp.exp(-eta))


def _mean_at(eta):
    return mp.exp(eta) / mp.expm1(eta) - 1 / eta


def _fit(share):
    """The λ whose mean is the share: the maximum likelihood estimate."""
    return _sigmoid(mp.findroot(lambda eta: _mean_at(eta) - to_mpf(share), 3))


POSITIVE = [mpf(10) ** -15, 1, 10, 50, 200, mp.inf]


def _over_both_sides(integrand: Callable[[Any], Any]) -> Any:
    """∫ over the whole line, but for a hair around 0, where the formulas are 0/0."""
    return mp.quad(lambda eta: integrand(eta) + integrand(-eta), POSITIVE)


def _mean_fit(theta):
    """E[λ̂] for one observation, ∫ σ(η) f(μ(η)) μ'(η) dη over the estimate's logit η."""
    lam = to_mpf(theta)

    def integrand(eta):
        mean, slope = _mean_at(eta), 1 / eta**2 - mp.exp(eta) / mp.expm1(eta) ** 2
        density = lam**mean * (1 - lam) ** (1 - mean) / _logarithmic_mean(theta)
        return _sigmoid(eta) * density * slope

    return _over_both_sides(integrand)


def _mean_fit_by_parts(theta):
    """The same as 1 - ∫ P(p ≤ μ(η)) σ'(η) dη."""
    logit = mp.log(to_mpf(theta)) - mp.log(1 - to_mpf(theta))

    def integrand(eta):
        below = mp.expm1(logit * _mean_at(eta)) / mp.expm1(logit)
        return below * _sigmoid(eta) * _sigmoid(-eta)

    return 1 - _over_both_sides(integrand)


SHARE, TRUE = F(7, 10), F(9, 10)


def _drawn(rng):
    """20,000 draws from the continuous categorical with K = 2, λ = .9, by the inverse of its
    distribution function.
    """
    eta = np.log(0.9) - np.log(0.1)
    return (np.log1p(rng.random(20_000) * np.expm1(eta)) / eta,)


def _share_for_both(share, digits):
    return (
        mp.nstr(to_mpf(share), 5),
        mp.nstr(to_mpf(share), 5),
    )


two_estimands = Claim(
    title="Two estimands",
    statement=(
        r"Let $N$ labels of two classes have the shares $x_i$ of class 1 and weights $w_i$ "
        r"that sum to 1. Their mean cross-entropy to one prediction $q$ has the slope "
        r"$<first>$: it is least where $q$ is the mean label, and only there. Their mean loss "
        r"under the continuous categorical has in $\eta=\log\lambda-\log(1-\lambda)$ the "
        r"slope $<second>$: it is 0 where $\mu(\lambda)$, not $\lambda$, is the mean label. "
        r"Given a mean label of $.7$, the first gives $.7$ and the second "
        r"$\hat\lambda=.93536$. The second is *not* unbiased: for one label and "
        r"$\lambda=.9$ its mean is $.734$."
    ),
    meaning=(
        r"On labels drawn from the continuous categorical with parameter $\lambda$, the first "
        r"is consistent for the mean $\mu(\lambda)$, the second for $\lambda$."
    ),
    relations={
        "first": derived.slope_of_cross_entropy.states,
        "second": derived.slope_of_its_own_loss.states,
    },
    for_all=(
        *derived.of_labels,
        number(derived.predicted, 0, 1),
        number(derived.eta),
    ),
    evidence=(
        Derived(
            part="",
            of="first",
            chain=derived.slope_of_cross_entropy,
            mistakes={
                "the slope is the residual": derived.predicted - derived.mean_of_shares,
                "of the reverse divergence": log(derived.predicted / (1 - derived.predicted)),
            },
        ),
        Derived(
            part="",
            of="second",
            chain=derived.slope_of_its_own_loss,
            mistakes={
                "λ is the mean label": derived.sigmoid - derived.mean_of_shares,
            },
        ),
        Digits(
            part="the two fits to a mean label of 7/10",
            cases=lambda: [(SHARE, "0.93536"), (1 - SHARE, "0.06464")],
            lhs=lambda share, digits: (digits, mp.nstr(to_mpf(share), 5)),
            rhs=lambda share, digits: (mp.nstr(_fit(share), 5), mp.nstr(_mean(_fit(share)), 5)),
            mistakes={"cross-entropy estimates λ: one fit for both": _share_for_both},
        ),
        Computed(
            part="the mean of the second, two integrals",
            cases=lambda: [(TRUE,), (F(3, 4),)],
            lhs=_mean_fit,
            rhs=_mean_fit_by_parts,
            mistakes={
                "it is unbiased": lambda theta: to_mpf(theta),
                "it has the mean of the label": _mean,
            },
            digits=14,
        ),
        Digits(
            part="its digits",
            cases=lambda: [(TRUE, "0.734"), (1 - TRUE, "0.266")],
            lhs=lambda theta, digits: digits,
            rhs=lambda theta, digits: mp.nstr(_mean_fit_by_parts(theta), 3),
            mistakes={"the digits of λ": lambda theta, digits: mp.nstr(to_mpf(theta), 3)},
        ),
        Simulated(
            part="20,000 labels: their mean, the fit by cross-entropy",
            cases=_drawn,
            lhs=lambda shares: shares,
            rhs=lambda: float(_mean(TRUE)),
            mistakes={"cross-entropy estimates λ": lambda: float(to_mpf(TRUE))},
        ),
        Argued(
            part="consistency",
            of="meaning",
            proof=(
                (
                    r"With $q$ free, cross-entropy is least at the mean label, by the "
                    r"compensation identity, and that tends to "
                    r"$\operatorname{E}P=\mu(\lambda)$ by the law of large numbers."
                ),
                (
                    r"The likelihood of an exponential family is largest where its mean "
                    r"equals the mean label."
                ),
                (
                    r"$\mu$ is continuous, and strictly increasing, for its slope in "
                    r"$\eta$ is a variance: so $\hat\lambda=\mu^{-1}(\text{mean label})$ "
                    r"tends to $\lambda$."
                ),
                (
                    r"Each is inconsistent for the other's target unless "
                    r"$\mu(\lambda)=\lambda$, at $\lambda=\frac12$."
                ),
            ),
        ),
    ),
    uses=(continuous_categorical, "entropy_and_kl.compensation"),
)


def _from_a_third(entry):
    """How far an entry is from 1/3, to ten digits."""
    return F(str(mp.nstr(abs(entry - mpf(1) / 3), 10)))


def _parameter_digits(place, digits):
    return mp.nstr(to_mpf(THREE[place]), 4)


sharper_parameter = Claim(
    title="The parameter is sharper than the mean",
    statement=(
        r"For $K=2$ and $\lambda\ne\tfrac12$: "
        r"$|\mu(\lambda)-\tfrac12|<|\lambda-\tfrac12|$. For $K\ge3$ this fails "
        r"coordinate by coordinate: $\lambda=(.62,.335,.045)$ has the mean "
        r"$(.4196,.3547,.2257)$, whose second entry is *farther* from $\tfrac13$. With "
        r"$\eta$ for half the logit of $\lambda$, $2\lambda-1=\tanh\eta$ and "
        r"$2\mu-1=\coth\eta-\frac1\eta$. The first minus the second is "
        r"$\frac1\eta-\frac2{\sinh2\eta}$: $<difference>$."
    ),
    relations={"difference": derived.sharper.states},
    for_all=(number(derived.eta),),
    evidence=(
        Derived(
            part="2λ - 1 minus 2μ - 1, with half the logit η",
            of="difference",
            chain=derived.sharper,
            mistakes={
                "the difference is 1/η": 1 / derived.eta,
                "flatter: the difference has the other sign": -derived.sharper.last,
            },
        ),
        Digits(
            part="three classes, four digits",
            cases=lambda: [(0, "0.4196"), (1, "0.3547"), (2, "0.2257")],
            lhs=lambda place, digits: digits,
            rhs=lambda place, digits: mp.nstr(_mean_of_three(THREE, place), 4),
            mistakes={"the mean is λ, for three classes": _parameter_digits},
        ),
        Digits(
            part="the first and the third entry of the mean are nearer to 1/3",
            cases=lambda: [(0,), (2,)],
            lhs=lambda place: _from_a_third(_mean_of_three(THREE, place)),
            rhs=lambda place: _from_a_third(to_mpf(THREE[place])),
            mistakes={"in every coordinate": dict(cases=lambda: [(1,)])},
            relation=less,
        ),
        Argued(
            part="K = 2",
            proof=(
                (
                    r"With $\eta$ half the logit, $2\lambda-1=\tanh\eta$, and "
                    r"$2\mu-1=\coth\eta-\frac1\eta$ by the claim on the continuous "
                    r"categorical."
                ),
                (
                    r"Their difference is $\frac1\eta-\frac2{\sinh2\eta}$, derived above."
                    r" It has the sign of $\eta$, because $\sinh x>x$ for $x>0$ and both "
                    r"terms are odd."
                ),
                (
                    r"$2\mu-1$ has the sign of $\eta$ as well: $\mu$ increases strictly "
                    r"with $\eta$, for its slope is a variance, and is $\frac12$ at 0."
                ),
                r"So $0<|2\mu-1|<|2\lambda-1|$ for $\eta\ne0$.",
            ),
        ),
    ),
    uses=(continuous_categorical,),
)


def _beta_integral(a, b):
    """∫ q^a (1 - q)^b dq over [0, 1], by expanding: exact for whole a and b."""
    return sum(F((-1) ** j * comb(b, j), a + j + 1) for j in range(b + 1))


def _triangle_integral(a, b, c):
    """∫∫ q1^a q2^b (1 - q1 - q2)^c over the simplex: first over q2 = (1 - q1) v."""
    return _beta_integral(b, c) * _beta_integral(a, b + c + 1)


def _gammas(a, b, c):
    return F(factorial(a) * factorial(b) * factorial(c), factorial(a + b + c + 2))


def _mode(a, b, c, less=0):
    """The best of a lattice for q1^(a-less) q2^(b-less) q3^(c-less)."""
    exponents = [F(count - less) for count in (a, b, c)]

    def density(model):
        return prod(power(value, count) for value, count in zip(model, exponents, strict=True))

    return max(lattice(3, a + b + c), key=density)


WHOLE = tuple((a, b, c) for a in range(1, 4) for b in range(1, 4) for c in range(1, 4))


def _too_few_gammas(a, b, c):
    return _gammas(a, b, c) * (a + b + c + 1) * (a + b + c + 2)


pseudo_counts = Claim(
    title="As a function of the prediction it is a density",
    statement=(
        r"Let $p\in\Delta$, $n\ge0$ and $a_k=np_k$. Integrated over the share of one class "
        r"after another, $e^{-nH(p,q)}=\prod_kq_k^{a_k}$ is $<integral>$, where $\sum_ka_k=n$. "
        r"So $e^{-nH(p,\cdot)}$, normalised, is the density of $\operatorname{Dir}(1+np)$. "
        r"For $n>0$ its mode is $p$: $<mode>$, with equality iff $q=p$. Soft labels are "
        r"legitimate fractional pseudo-counts."
    ),
    meaning="The integral over one class after another is that over the simplex, by Fubini.",
    relations={
        "integral": derived.dirichlet_integral.states,
        "mode": AtLeast(on_support.cross_entropy(p, q), on_support.entropy(p)),
    },
    for_all=(
        size(K, 1),
        nonnegative(derived.counts, K),
        *on_the_closed_simplex,
    ),
    evidence=(
        Derived(
            part="K = 2, real exponents",
            chain=derived.two_powers,
            computes=lambda a, s: beta_function(a + 1, s + 1),
            mistakes={
                "Dir(np): one too few": derived.two_powers.last.subs(
                    {derived.a: derived.a - Rational(1, 2), derived.s: derived.s - Rational(1, 2)}
                ),
                "one over the other binomial": 1 / derived.two_powers.last,
            },
        ),
        Exact(
            part="K = 3, whole exponents",
            cases=lambda: list(WHOLE),
            lhs=_triangle_integral,
            rhs=_gammas,
            mistakes={"Γ(n + 1) below": _too_few_gammas},
        ),
        Exact(
            part="the mode, K = 3",
            cases=lambda: list(WHOLE),
            lhs=lambda a, b, c: _mode(a, b, c),
            rhs=lambda a, b, c: tuple(F(count, a + b + c) for count in (a, b, c)),
            mistakes={"Dir(np), without the 1": dict(lhs=lambda a, b, c: _mode(a, b, c, less=1))},
        ),
        derived.dirichlet_integral.as_part("", of="integral"),
        cross_entropy_is_least_at_p.as_part("", of="mode"),
        Argued(
            part="the integral as one over one class after another",
            of="meaning",
            proof=(
                (
                    r"Let $\theta$ be the share of the last class. The shares of the "
                    r"others are $1-\theta$ times a point of the simplex of one class "
                    r"less, so their volume is $(1-\theta)^{K-2}$ times that of this "
                    r"simplex, by Fubini."
                ),
                (
                    r"Their powers $q_k^{a_k}$ give $(1-\theta)$ to the power of the sum "
                    r"of their exponents. So the integral is the one for $K-1$ classes "
                    r"times Euler's integral over $\theta$, which is the step of the "
                    r"induction."
                ),
            ),
        ),
    ),
    uses=(geometric_mean, "cross_entropy.cross_entropy_definition"),
)
