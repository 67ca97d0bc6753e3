"""Chapter 5: entropy, Kullback-Leibler divergence and their geometry."""

from fractions import Fraction as F
from functools import cache
from itertools import combinations
from math import lcm

import numpy as np
from mpmath import mp, mpf
from sympy import Rational, log

import xentlib
from xentlib.claims._finite import arg_max, interior, lattice, normalised, power, prod, to_mpf
from xentlib.claims._lattice import coefficient, count_vectors
from xentlib.claims._library import beyond_the_support, of_a_mixture, of_the_mean_label
from xentlib.derivations import entropy_and_kl as derived
from xentlib.derivations.lemmas import over_support
from xentlib.derivations.quantities import on_support as named
from xentlib.derivations.symbols import K, k, l, over_classes, p, q
from xentlib.verify import Claim
from xentlib.verify import samples as domains
from xentlib.verify.evidence import (
    Argued,
    Computed,
    Derived,
    Digits,
    Exact,
    Sampled,
    at_least,
    at_most,
    less,
)
from xentlib.verify.formal import Formal
from xentlib.verify.quantity import AtLeast, AtMost, Equal


def _minus_h(point, probs, m):
    """exp(-m H(p, q)) in exact arithmetic."""
    return prod(power(b, m * a) for a, b in zip(point, probs, strict=True) if a)


def _minus_kl(point, probs, m):
    """exp(-m KL(p‖q)) = ∏ (q/p)^(m p), 0 where the divergence is infinite."""
    return prod(power(b / a, m * a) for a, b in zip(point, probs, strict=True) if a)


def _denominator(*points):
    return lcm(*(a.denominator for point in points for a in point))


def _pairs():
    return [(a, b) for size in (2, 3) for a in lattice(size, 4) for b in lattice(size, 4)]


def _entropy_plus_divergence(p, q):
    return xentlib.entropy(p) + xentlib.kl_divergence(p, q)


cross_entropy_decomposition = Claim(
    title="Cross-entropy is entropy plus divergence",
    statement=(
        r"For $p,q\in\Delta$ with $\operatorname{supp} p\subset\operatorname{supp} q$: "
        r"$<sum>$."
    ),
    relations={
        "sum": Equal(named.cross_entropy(p, q), named.entropy(p) + named.divergence(p, q)),
    },
    meaning=(
        r"If some $p_k>0=q_k$, then $H(p,q)$ and the divergence are both $+\infty$, and $H(p)$ is "
        r"finite."
    ),
    evidence=(
        Formal(
            part="in the extended numbers, for any finite set of classes, by Coq",
            theorem="cross_entropy_decomposition",
        ),
        Derived(
            part="",
            of="sum",
            chain=derived.decomposition_on_support,
            computes=beyond_the_support(_entropy_plus_divergence),
            mistakes={
                "KL(q‖p) for KL(p‖q)": named.entropy(p) + over_support(q[k] * log(q[k] / p[k])),
                "H(q) for H(p)": -over_support(q[k] * log(q[k])) + named.divergence(p, q),
            },
        ),
        Derived(
            part="p and q in the interior",
            chain=derived.decomposition,
            computes=lambda p, q, K: _entropy_plus_divergence(p, q),
        ),
        Sampled(
            part="faces, infinities among them, in floats",
            because="a divergence of 0 is a difference of rounded logarithms",
            cases=dict(p=domains.simplex, q=domains.simplex),
            lhs=lambda p, q: xentlib.cross_entropy(p, q),
            rhs=_entropy_plus_divergence,
            mistakes={"the entropy forgotten": lambda p, q: xentlib.kl_divergence(p, q)},
        ),
        Argued(
            part="faces",
            proof=(
                "A class with p_k = 0 adds nothing to any of the three sums. If p_k > 0 = q_k "
                "for some k, then H(p, q) and the divergence are both +∞, and H(p) is finite."
            ),
        ),
    ),
    uses=("cross_entropy.cross_entropy_definition",),
)


def _near(k):
    """A uniform distribution with a little moved from the first class to the last."""
    step = np.zeros(k)
    step[0], step[-1] = 0.02 / k, -0.02 / k
    return [np.full(k, 1 / k) + step * (k > 1)]


close_by = domains.Domain(
    corners=lambda k: [*domains.simplex.corners(k), *_near(k)],
    draw=domains.simplex.draw,
)


def _half_square(p, q):
    return np.abs(p - q).sum() ** 2 / 2


def _same_support(a, b):
    return all((x > 0) == (y > 0) for x, y in zip(a, b, strict=True))


gibbs_inequality = Claim(
    title="Gibbs' inequality, its equality case, and Pinsker's bound",
    statement=(
        r"For $p,q\in\Delta$: $<gibbs>$, with equality iff $p=q$. More precisely $<pinsker>$, with "
        r"equality iff $p=q$."
    ),
    relations={
        "gibbs": AtLeast(named.divergence(p, q), 0),
        "pinsker": AtMost(derived.absolute_distance(p, q) ** 2, 2 * named.divergence(p, q)),
    },
    meaning=r"The second gives the first, as $\lVert p-q\rVert_1=0$ iff $p=q$.",
    evidence=(
        Formal(part="the first bound and its equality, by Coq", theorem="gibbs_inequality"),
        derived.pinsker_on_support.as_part("", of="pinsker"),
        derived.gibbs.as_part("", of="gibbs"),
        Derived(
            part="what log t ≤ t - 1 gives",
            chain=derived.tangent,
            mistakes={"the sums do not cancel": over_classes(q[k]) + 0 * K},
        ),
        Derived(
            part="the slope of (2t + 4)(t log t - t + 1) - 3(t - 1)²",
            chain=derived.pinsker_slope,
            mistakes={
                "the factor 2t + 4 held fixed": (2 * derived.t + 4) * log(derived.t)
                - 6 * (derived.t - 1)
            },
        ),
        Derived(
            part="its curvature",
            chain=derived.pinsker_curvature,
            mistakes={"without the 1/t": 4 * (log(derived.t) - 1)},
        ),
        Derived(
            part="the weights for Cauchy and Schwarz",
            chain=derived.pinsker_weights,
            mistakes={
                "p weighed once": (over_classes(p[k]) + 4 * over_classes(q[k])) / 3,
            },
        ),
        Exact(
            part="the equality case, on lattices, as powers",
            cases=_pairs,
            lhs=lambda a, b: _minus_kl(a, b, _denominator(a)) == 1,
            rhs=lambda a, b: a == b,
            mistakes={"equality iff the supports are the same": _same_support},
        ),
        Sampled(
            part="the bound, in floats",
            because="both sides may be 0, up to rounding",
            cases=dict(p=close_by, q=close_by),
            lhs=lambda p, q: xentlib.kl_divergence(p, q),
            rhs=_half_square,
            mistakes={
                "a distance, with the triangle inequality": dict(
                    cases=dict(p=domains.simplex, q=domains.simplex, r=domains.simplex),
                    lhs=lambda p, q, r: xentlib.kl_divergence(p, r),
                    rhs=lambda p, q, r: xentlib.kl_divergence(p, q) + xentlib.kl_divergence(q, r),
                    relation=at_most,
                ),
                "constant .501": lambda p, q: 1.002 * _half_square(p, q),
            },
            relation=at_least,
        ),
    ),
    uses=(cross_entropy_decomposition,),
)


@cache
def _vote_shares(n, size):
    """All ways to share n votes among the classes, with the number of orders of each."""
    return [
        (tuple(F(count, n) for count in counts), coefficient(counts))
        for counts in count_vectors(size, n)
    ]


def _mean_over_votes(point, n, value):
    """E of value(p̂) over n independent votes from π, in the digits that mpmath works with."""
    return sum(
        to_mpf(ways * prod(b ** int(n * a) for a, b in zip(shares, point, strict=True)))
        * value(shares)
        for shares, ways in _vote_shares(n, len(point))
        if all(b for a, b in zip(shares, point, strict=True) if a)
    )


def _digits_of_h(point, probs=None):
    """H(p, q), or H(p), in the digits that mpmath works with."""
    return -sum(
        to_mpf(a) * mp.log(to_mpf(b)) for a, b in zip(point, probs or point, strict=True) if a
    )


def _mean_entropy(point, n):
    return _mean_over_votes(point, n, _digits_of_h)


def _mean_divergence(point, n):
    return _mean_over_votes(
        point, n, lambda shares: _digits_of_h(shares, point) - _digits_of_h(shares)
    )


def _vote_cases():
    laws = ((F(7, 10), F(1, 5), F(1, 10)), (F(1, 2), F(1, 2)), (F(1, 4), F(0), F(3, 4)))
    return [(point, n) for point in laws for n in (1, 2, 5, 10)]


def _half_of_pearson(point, n):
    """E of ½ Σ (p̂ - π)²/π, exactly."""
    return sum(
        ways
        * prod(b ** int(n * a) for a, b in zip(shares, point, strict=True))
        * sum((a - b) ** 2 / b for a, b in zip(shares, point, strict=True))
        / 2
        for shares, ways in _vote_shares(n, len(point))
    )


def _second_order(point, n):
    """The first two terms of E KL(p̂‖π) in powers of 1/n."""
    return to_mpf(F(len(point) - 1, 2 * n) + (sum(1 / share for share in point) - 1) / (12 * n**2))


def _many_votes():
    return [
        ((F(1, 2), F(1, 2)), 60),
        ((F(1, 4), F(3, 4)), 400),
        ((F(1, 2), F(1, 4), F(1, 4)), 60),
    ]


def _library_mean(p, value, n=3):
    """The library's E of value(p̂) over n votes from p."""
    total = 0.0
    for counts in count_vectors(len(p), n):
        chance = np.exp(xentlib.multinomial_log_likelihood(np.array(counts), p))
        total += chance * value(np.array(counts) / n) if chance else 0.0
    return total


def _models_to_pay_for():
    return [
        ((F(7, 10), F(1, 5), F(1, 10)), model, n)
        for model in ((F(1, 5), F(1, 5), F(3, 5)), (F(7, 10), F(1, 5), F(1, 10)))
        for n in (1, 3, 10)
    ]


def _mean_payment(point, model, n):
    return _mean_over_votes(point, n, lambda shares: _digits_of_h(shares, model))


def _first_order(point, n):
    """The first term of E KL(p̂‖π) in powers of 1/n."""
    return mpf(len(point) - 1) / (2 * n)


def _entropy_less_one_term(point, n):
    return _digits_of_h(point) - _first_order(point, n)


def _paid_less(point, model, n):
    return _digits_of_h(point, model) - _first_order(point, n)


def _inner_points():
    return [(point, n) for size in (2, 3) for point in interior(size, 4) for n in (1, 2, 5)]


def _printed_examples():
    return [
        ((F(7, 10), F(1, 5), F(1, 10)), 10, ".6860 .1158 .8018"),
        ((F(1, 2), F(1, 2)), 2, ".3466 .3466 .6931"),
    ]


def _entropy_less_divergence(p):
    return xentlib.entropy(p) - _library_mean(p, lambda shares: xentlib.kl_divergence(shares, p))


def _entropy_less_reverse_divergence(p):
    return xentlib.entropy(p) - _library_mean(p, lambda shares: xentlib.kl_divergence(p, shares))


floor_of_vote_shares = Claim(
    title="The entropy of vote shares is too low a floor",
    statement=(
        r"Let $\hat p$ be the shares of $n$ independent votes from $\pi\in\Delta$. Then "
        r"$\operatorname{E}H(\hat p,q)=H(\pi,q)$ for every $q$, so a model with $q=\pi$ pays "
        r"$H(\pi)$ on average, but "
        r"$\operatorname{E}H(\hat p)=H(\pi)-\operatorname{E}\operatorname{KL}(\hat p\,\|\,\pi)$. "
        r"With $K$ classes of positive probability the difference is "
        r"$\frac{K-1}{2n}+\frac{\sum_k\pi_k^{-1}-1}{12n^2}+O(n^{-3})$. "
        r"For $\pi=(.7,.2,.1)$ and $n=10$: $\operatorname{E}H(\hat p)=.6860$, "
        r"$\operatorname{E}\operatorname{KL}(\hat p\,\|\,\pi)=.1158$, $H(\pi)=.8018$."
    ),
    evidence=(
        Computed(
            part="the mean entropy, by enumeration of all votes, n ≤ 10, a face among the π",
            cases=_vote_cases,
            lhs=_mean_entropy,
            rhs=lambda point, n: _digits_of_h(point) - _mean_divergence(point, n),
            mistakes={
                "the entropy of the shares is the floor": lambda point, n: _digits_of_h(point),
                "the correction is exact": _entropy_less_one_term,
            },
        ),
        Computed(
            part="what a model pays, q = (.2, .2, .6) among others",
            cases=_models_to_pay_for,
            lhs=_mean_payment,
            rhs=lambda point, model, n: _digits_of_h(point, model),
            mistakes={"more votes, less to pay": _paid_less},
        ),
        Exact(
            part="half of Pearson's distance has the mean (K - 1)/2n",
            cases=_inner_points,
            lhs=_half_of_pearson,
            rhs=lambda point, n: F(len(point) - 1, 2 * n),
            mistakes={
                "K/2n: the total costs no degree of freedom": lambda point, n: F(len(point), 2 * n),
                "1/n² in place of 1/n": lambda point, n: F(len(point) - 1, 2 * n**2),
            },
        ),
        Digits(
            part="two terms of the series, against enumeration, 3 digits",
            cases=_many_votes,
            lhs=lambda point, n: mp.nstr(_mean_divergence(point, n), 3),
            rhs=lambda point, n: mp.nstr(_second_order(point, n), 3),
            mistakes={
                "one term has three digits": lambda point, n: mp.nstr(_first_order(point, n), 3)
            },
        ),
        Digits(
            part="the digits of the example, and of a fair coin with 2 votes",
            cases=_printed_examples,
            lhs=lambda point, n, digits: _three_digits(point, n),
            rhs=lambda point, n, digits: digits,
            mistakes={
                "one vote fewer": dict(lhs=lambda point, n, digits: _three_digits(point, n - 1))
            },
        ),
        Sampled(
            part="three votes, in the library's floats, faces included",
            because="an entropy of 0 is rounded",
            sizes=(1, 2, 3, 4, 5),
            cases=dict(p=domains.simplex),
            lhs=lambda p: _library_mean(p, xentlib.entropy),
            rhs=_entropy_less_divergence,
            mistakes={"the divergence turned round": _entropy_less_reverse_divergence},
        ),
        Argued(
            part="in general",
            proof=(
                "H(·, q) is affine and E p̂ = π, so E H(p̂, q) = H(π, q). At q = π subtract "
                "E KL(p̂‖π). For the size put d = p̂ - π and φ(x) = (1 + x) log(1 + x) - x: the "
                "sum "
                "of π_k φ(d_k/π_k) is KL(p̂‖π), and φ(x) = x²/2 - x³/6 + x⁴/12 - x⁵/20 + O(x⁶) for "
                "|x| ≤ 1/2. The central moments of a share are E d² = π(1 - π)/n, E d³ = π(1 - "
                "π)(1 - 2π)/n² and E d⁴ = 3π²(1 - π)²/n² + O(n⁻³); E d⁵ and E d⁶ are O(n⁻³). The "
                "squares give (K - 1)/2n. Cubes and fourth powers give, over n², the sum of (1 - "
                "π)[-(1 - 2π)/6 + (1 - π)/4]/π = (1 - π²)/(12 π), and Σ (1 - π²)/π = Σ 1/π - 1. "
                "The event |d_k| > π_k/2 changes nothing: φ is bounded on it, and by Hoeffding its "
                "probability decreases exponentially in n."
            ),
        ),
    ),
    uses=(cross_entropy_decomposition, gibbs_inequality),
)


def _three_digits(point, n):
    """E H(p̂), E KL(p̂‖π) and H(π), to four decimals."""
    values = _mean_entropy(point, n), _mean_divergence(point, n), _digits_of_h(point)
    return " ".join(str(mp.nstr(value, 4, strip_zeros=False)).lstrip("0") for value in values)


MODELS, COINS = tuple(interior(3, 6))[::3], tuple(interior(2, 4))


def _best(label, score):
    return arg_max({model: score(label, model) for model in MODELS})


def _label_pairs():
    return [(label,) for label in lattice(3, 4)]


def _own_prediction(coins, exponential):
    """The models that score best when the label is the model's own prediction."""
    m = _denominator(*coins)
    return arg_max({model: exponential(model, model, m) for model in coins})


def _surest(coins):
    return arg_max({coin: max(coin) for coin in coins})


def _own_minimisers(coins):
    return (_own_prediction(coins, _minus_kl), _own_prediction(coins, _minus_h))


def _least_sure(coins):
    return (
        frozenset(coins),
        arg_max({coin: min(coin) for coin in coins}),
    )


def _best_by_reverse_divergence(label):
    return _best(label, lambda a, b: _minus_kl(b, a, 12))


same_minimiser = Claim(
    title="Same minimiser, other value",
    statement=(
        r"Let $p\in\Delta$ be fixed. Over any set of models, cross-entropy $H(p,q_\theta)$ and "
        r"divergence $\operatorname{KL}(p\,\|\,q_\theta)$ have the same minimisers; where they are "
        r"finite, the values differ by $H(p)$."
    ),
    meaning=(
        r"Where one is infinite, so is the other. If the label depends on $\theta$ this can fail: "
        r"for $p=q_\theta$ every $\theta$ has divergence 0, while only the $q_\theta$ of least "
        r"entropy minimises the cross-entropy."
    ),
    evidence=(
        Formal(part="over the whole simplex, by Coq", theorem="least_value"),
        Exact(
            part="a restricted model of four points, fixed labels",
            cases=_label_pairs,
            lhs=lambda label: _best(label, lambda a, b: _minus_h(a, b, 12)),
            rhs=lambda label: _best(label, lambda a, b: _minus_kl(a, b, 12)),
            mistakes={"the reverse divergence, exactly": _best_by_reverse_divergence},
        ),
        Exact(
            part="a label that is the model's own prediction",
            cases=lambda: [(COINS,), (COINS[1:],), (tuple(interior(2, 5)),)],
            lhs=_own_minimisers,
            rhs=lambda coins: (frozenset(coins), _surest(coins)),
            mistakes={
                "the same minimisers there": lambda coins: (frozenset(coins), frozenset(coins)),
                "the least sure wins": _least_sure,
            },
        ),
        derived.same_order.as_part(""),
    ),
    uses=(cross_entropy_decomposition,),
)


def _middle(a, b):
    return tuple((x + y) / 2 for x, y in zip(a, b, strict=True))


def _strictness_cases():
    points = list(lattice(3, 2))
    return [
        (label, a, b)
        for label in points
        for a, b in combinations(points, 2)
        if _minus_h(label, a, 2) and _minus_h(label, b, 2)
    ]


def _strict_in_q(label, a, b):
    return _minus_h(label, _middle(a, b), 2) ** 2 > _minus_h(label, a, 2) * _minus_h(label, b, 2)


def _four():
    points = list(interior(2, 4))
    return [(a, b, c, d) for a in points for b in points for c in points for d in points]


def _joint_middle(exponential):
    """exp(-8 H) at the middle of (a, b) and (c, d), squared, with 8 a common denominator;
    log-concave means convex H.
    """
    return lambda a, b, c, d: exponential(_middle(a, c), _middle(b, d), 8) ** 2


def _joint_ends(exponential):
    return lambda a, b, c, d: exponential(a, b, 8) * exponential(c, d, 8)


def _differ_on_the_support(label, a, b):
    return any(x and y != z for x, y, z in zip(label, a, b, strict=True))


convexity = Claim(
    title="What is convex",
    statement=(
        r"Let $K\ge2$. $H(p,q)$ is affine in $p$ and convex in $q$; where it is finite it is "
        r"strictly convex between $q$ and $q'$ iff these differ on the support of $p$. It is "
        r"convex in $(p,q)$ jointly near *no* interior point: along $(\alpha,\varepsilon\alpha)$ "
        r"its second derivative is negative for small $\varepsilon>0$. "
        r"$\operatorname{KL}(p\,\|\,q)$ *is* jointly convex, but not strictly."
    ),
    evidence=(
        Derived(
            part="affine in p",
            chain=derived.affine_in_p,
            computes=of_a_mixture,
            mistakes={"the second label forgotten": (1 - derived.t) * derived.cross_entropy},
        ),
        Derived(
            part="the curvature of H along a line in q",
            chain=derived.curvature_in_q,
            mistakes={
                "not squared": over_classes(
                    p[k] * derived.beta[k] / (q[k] + derived.s * derived.beta[k])
                )
            },
        ),
        Derived(
            part="the curvature of H along a line in (p, q)",
            chain=derived.joint_curvature,
            mistakes={
                "without the cross term": over_classes(
                    derived.moved_p * derived.beta[k] ** 2 / derived.moved_q**2
                )
            },
        ),
        Derived(
            part="its sign along (α, εα)",
            chain=derived.bent_down,
            mistakes={
                "the sign of the cross term": derived.epsilon
                * over_classes(derived.alpha[k] ** 2 / q[k] * (2 + derived.epsilon * p[k] / q[k]))
            },
        ),
        Derived(
            part="the curvature of KL along a line in (p, q)",
            chain=derived.kl_curvature,
            mistakes={
                "the square not completed": over_classes(
                    derived.alpha[k] ** 2 / derived.moved_p
                    + derived.moved_p * derived.beta[k] ** 2 / derived.moved_q**2
                )
            },
        ),
        Exact(
            part="strictness in q at midpoints, on a lattice, as powers",
            cases=_strictness_cases,
            lhs=_strict_in_q,
            rhs=_differ_on_the_support,
            mistakes={"strict in q for every p": lambda label, a, b: a != b},
        ),
        Exact(
            part="KL jointly at midpoints, on a lattice, as powers",
            cases=_four,
            lhs=_joint_middle(_minus_kl),
            rhs=_joint_ends(_minus_kl),
            mistakes={
                "H jointly convex": dict(lhs=_joint_middle(_minus_h), rhs=_joint_ends(_minus_h)),
                "KL strictly jointly convex": dict(
                    cases=lambda: [case for case in _four() if case[:2] != case[2:]],
                    lhs=_joint_ends(_minus_kl),
                    rhs=_joint_middle(_minus_kl),
                    relation=less,
                ),
            },
            relation=at_least,
        ),
        Argued(
            part="in general",
            proof=(
                "Second derivatives decide on open segments: Σ p β²/q² ≥ 0 vanishes iff β = 0 on "
                "the support of p, and a sum of squares over p makes KL convex. With α ≠ 0 and ε "
                "below 2 q_k/p_k for every k, the curvature of H along (α, εα) is negative. "
                "Faces: KL is a limit of its values inside along the segment to the centre, and "
                "limits of convex functions are convex; on the diagonal p = q it is 0, so not "
                "strict. Strictness of H on faces is read termwise, for -log is strictly convex."
            ),
        ),
    ),
    uses=(cross_entropy_decomposition,),
)


compensation = Claim(
    title="The compensation identity",
    statement=(
        r"Let $w_i\ge0$, $\sum w_i=1$ and $\bar p=\sum w_ip_i$. Then $\sum_iw_iH(p_i,q)=H(\bar "
        r"p,q)$ and "
        r"$\sum_iw_i\operatorname{KL}(p_i\,\|\,q)=\sum_iw_i\operatorname{KL}(p_i\,\|\,\bar "
        r"p)+\operatorname{KL}(\bar p\,\|\,q)$. So averaging the soft labels of one input "
        r"loses nothing for $q$."
    ),
    evidence=(
        Derived(
            part="the cross-entropies",
            chain=derived.mean_label,
            computes=of_the_mean_label,
            mistakes={"averaging logits instead": derived.averaged_logits},
        ),
        Derived(
            part="the divergences",
            chain=derived.compensation,
            computes=lambda p, q, w, N, K: np.dot(w, [xentlib.kl_divergence(row, q) for row in p]),
            mistakes={
                "KL is affine in p": over_classes(derived.mixture * log(derived.mixture / q[k]))
            },
        ),
        Argued(
            part="faces",
            proof=(
                "Classes with p_ik = 0 drop out of every sum, items with w_i = 0 too. If q_k = "
                "0 where the mean label is positive, some item with w_i > 0 is positive there, "
                "and both sides are +∞."
            ),
        ),
    ),
    uses=(cross_entropy_decomposition,),
)


def _two_labels():
    """Pairs whose geometric mean, with weights one half, is rational."""
    return [
        ((F(1, 10), F(9, 10)), (F(1, 2), F(1, 2))),
        ((F(1, 5), F(4, 5)), (F(1, 2), F(1, 2))),
        ((F(1, 10), F(9, 10)), (F(9, 10), F(1, 10))),
    ]


CANDIDATES = tuple(F(part, 60) for part in range(1, 60))


def _least(first, second, exponential):
    """The candidates that minimise the mean divergence, compared as exact powers."""
    scores = {
        (theta, 1 - theta): exponential(first, second, (theta, 1 - theta)) for theta in CANDIDATES
    }
    return arg_max(scores)


def _forward(first, second, model):
    return _minus_kl(first, model, 10) * _minus_kl(second, model, 10)


def _reverse(first, second, model):
    return _minus_kl(model, first, 60) * _minus_kl(model, second, 60)


def _arithmetic(first, second):
    return _middle(first, second)


def _geometric(first, second):
    return tuple(
        F(int(root.p), int(root.q))
        for root in (
            Rational(a.numerator, a.denominator)
            for a in normalised(power(a * b, F(1, 2)) for a, b in zip(first, second, strict=True))
        )
    )


def _three_labels():
    points = list(lattice(3, 2))
    return [(a, b, c) for a in points for b in points for c in points]


def _finite_somewhere(a, b, c):
    """Whether some q on the lattice has a finite Σ KL(q‖p_i)."""
    return any(prod(_minus_kl(q, label, 2) for label in (a, b, c)) > 0 for q in lattice(3, 2))


def _support(point):
    return {place for place, share in enumerate(point) if share}


def _common_class(a, b, c):
    return len(_support(a) & _support(b) & _support(c)) > 0


def _meet_pairwise(a, b, c):
    return all(len(_support(x) & _support(y)) > 0 for x, y in ((a, b), (a, c), (b, c)))


def _geometric_not_renormalised(a, b):
    return frozenset({tuple(power(x * y, F(1, 2)) for x, y in zip(a, b, strict=True))})


def _mean_reverse_divergence(p, q, w, N, K, Z):
    return np.dot(w, [xentlib.kl_divergence(q, row) for row in p])


means = Claim(
    title="Which mean",
    statement=(
        r"Let $w_i>0$, $\sum w_i=1$. Then $\sum_iw_i\operatorname{KL}(p_i\,\|\,q)$ has the one "
        r"minimiser $q=\sum w_ip_i$, the arithmetic mean. If the supports of all the $p_i$ have "
        r"a class in common, $\sum_iw_i\operatorname{KL}(q\,\|\,p_i)$ has the one minimiser "
        r"$q\propto\prod_ip_i^{w_i}$, the geometric mean, renormalised; if not, it is $+\infty$ "
        r"for every $q$, also where any two supports meet."
    ),
    evidence=(
        Derived(
            part="the second, for any Z > 0",
            chain=derived.reverse_compensation,
            computes=_mean_reverse_divergence,
            mistakes={
                "without log Z": over_classes(
                    q[k] * (log(q[k]) - log(derived.geometric / derived.Z))
                ),
                "the arithmetic mean inside": over_classes(
                    q[k] * (log(q[k]) - log(derived.mixture))
                ),
            },
        ),
        Exact(
            part="the first, two labels, 59 candidates",
            cases=_two_labels,
            lhs=lambda a, b: _least(a, b, _forward),
            rhs=lambda a, b: frozenset({_arithmetic(a, b)}),
            mistakes={
                "the geometric mean for the first": lambda a, b: frozenset({_geometric(a, b)})
            },
        ),
        Exact(
            part="the second, two labels, 59 candidates",
            cases=_two_labels,
            lhs=lambda a, b: _least(a, b, _reverse),
            rhs=lambda a, b: frozenset({_geometric(a, b)}),
            mistakes={
                "the arithmetic mean for the second": lambda a, b: frozenset({_arithmetic(a, b)}),
                "the geometric mean not renormalised": _geometric_not_renormalised,
            },
        ),
        Exact(
            part="the second is finite somewhere iff there is a common class, three labels",
            cases=_three_labels,
            lhs=_finite_somewhere,
            rhs=_common_class,
            mistakes={"supports that meet pairwise are enough": _meet_pairwise},
        ),
        Argued(
            part="in general",
            proof=(
                "By the compensation identity the first is a constant plus KL(mean‖q), which "
                "Gibbs' inequality minimises, only at the mean. For the second take Z = Σ_k "
                "∏_i p_ik^w_i, which is positive iff some class is in every support. Then the sum "
                "is KL(q‖g) - log Z for the renormalised g, where q lives on the common classes, "
                "and +∞ where it does not. If no class is common, every class of q is missing "
                "from some p_i, so every q costs +∞."
            ),
        ),
    ),
    uses=(gibbs_inequality, compensation),
)

PARTITIONS = (((0, 1), (2,)), ((0,), (1, 2)), ((0, 2), (1,)), ((0, 1, 2),))


def _merge_cases():
    return [(a, b, groups) for a in lattice(3, 3) for b in interior(3, 4) for groups in PARTITIONS]


def _grouped(point, groups):
    return tuple(sum(point[place] for place in group) for group in groups)


def _within(a, b, groups, weights=None):
    """exp(-m Σ_g p_g H(p within g, q within g)), with m = 3 (or exponents by other weights of the
    groups).
    """
    result = F(1)
    for group, total, model in zip(groups, _grouped(a, groups), _grouped(b, groups), strict=True):
        for place in group:
            if a[place]:
                share = a[place] / total * (total if weights is None else weights[group])
                result *= power(b[place] / model, 3 * share)
    return result


def _by_q(a, b, groups):
    return _minus_h(_grouped(a, groups), _grouped(b, groups), 3) * _within(
        a, b, groups, dict(zip(groups, _grouped(b, groups), strict=True))
    )


def _merged_and_within(a, b, groups):
    return _minus_h(_grouped(a, groups), _grouped(b, groups), 3) * _within(a, b, groups)


def _equal_conditionals():
    return [((F(1, 3), F(1, 3), F(1, 3)), (F(1, 4), F(1, 4), F(1, 2)), ((0, 1), (2,)))]


def _first_two_merged(p, q):
    return xentlib.cross_entropy(np.append(p[:2].sum(), p[2:]), np.append(q[:2].sum(), q[2:]))


merging = Claim(
    title="Merging classes",
    statement=(
        r"Let the classes fall into groups, with group probabilities $p_g,q_g$ and conditional "
        r"ones within a group. Then $H(p,q)=H\bigl((p_g),(q_g)\bigr)+\sum_gp_gH(p_{\cdot\mid "
        r"g},q_{\cdot\mid g})$, where $0$ times an undefined conditional is $0$. Merging "
        r"classes never increases cross-entropy; what it takes away is the second sum."
    ),
    evidence=(
        Derived(
            part="K groups of L classes each",
            chain=derived.chain_rule,
            computes=lambda P, Q, K, L: xentlib.cross_entropy(np.ravel(P), np.ravel(Q)),
            mistakes={
                "groups weighted by q": -over_classes(derived.p_group * log(derived.q_group))
                - over_classes(
                    derived.q_group
                    * derived.over_second(
                        derived.P[k, l] / derived.p_group * log(derived.Q[k, l] / derived.q_group)
                    )
                )
            },
        ),
        Exact(
            part="three classes, every grouping, as powers",
            cases=_merge_cases,
            lhs=lambda a, b, groups: _minus_h(a, b, 3),
            rhs=_merged_and_within,
            mistakes={
                "q's weights for p's": _by_q,
                "unchanged where the conditionals agree": dict(
                    cases=_equal_conditionals,
                    rhs=lambda a, b, groups: _minus_h(_grouped(a, groups), _grouped(b, groups), 3),
                ),
            },
        ),
        Sampled(
            part="merging the first two classes, in floats",
            cases=dict(p=domains.simplex, q=domains.simplex),
            lhs=lambda p, q: xentlib.cross_entropy(p, q),
            rhs=_first_two_merged,
            mistakes={"merging never lowers it": dict(relation=at_most)},
            relation=at_least,
            where=lambda p, q: len(p) > 1,
        ),
        Argued(
            part="in general",
            proof=(
                "Write q_k = q_g · q_{k|g} and open the logarithm; Σ_{k in g} p_k = p_g "
                "collects the first part. Groups with p_g = 0 add nothing. Each within-group "
                "cross-entropy is at least 0, and the difference is their sum with weights p_g."
            ),
        ),
    ),
    uses=(cross_entropy_decomposition,),
)


def _typical(point, ratio, n):
    """The shares of n draws from p with |-(1/n) log p(y) - H(p)| ≤ ε = log r, and the number of
    sequences that have them; all as powers, m a common denominator.
    """
    m = _denominator(point)
    return [
        (shares, ways)
        for shares, ways in _vote_shares(n, len(point))
        if _minus_h(point, point, m * n) <= _minus_h(shares, point, m * n) * ratio ** (m * n)
        and _minus_h(shares, point, m * n) <= _minus_h(point, point, m * n) * ratio ** (m * n)
    ]


def _sequences_in(point, ratio, n):
    """How many sequences are typical, to the power m."""
    return sum(ways for _, ways in _typical(point, ratio, n)) ** _denominator(point)


def _size_bound(point, ratio, n):
    """exp(n m (H + ε))."""
    m = _denominator(point)
    return ratio ** (m * n) / _minus_h(point, point, m * n)


def _least_size(point, ratio, n):
    """(P(A) exp(n (H - ε)))^m."""
    m = _denominator(point)
    chance = sum(ways * _minus_h(shares, point, n) for shares, ways in _typical(point, ratio, n))
    return chance**m / (_minus_h(point, point, m * n) * ratio ** (m * n))


def _typical_cases():
    laws = ((F(1, 4), F(3, 4)), (F(1, 3), F(2, 3)), (F(1, 2), F(1, 4), F(1, 4)))
    return [(p, r, n) for p in laws for r in (F(6, 5), F(3, 2)) for n in range(1, 13)]


def _coin_heads(ratio, n):
    """The typical numbers of heads of the coin (1/4, 3/4), from the probabilities."""
    return frozenset(int(n * a) for (a, _), _ in _typical((F(1, 4), F(3, 4)), ratio, n))


def _near_a_quarter(ratio, n):
    return frozenset(h for h in range(n + 1) if 3 ** abs(4 * h - n) <= ratio ** (4 * n))


def _probable_enough(ratio, n):
    return frozenset(h for h in range(n + 1) if F(3) ** (4 * h - n) <= ratio ** (4 * n))


def _near_a_quarter_by_log_4(ratio, n):
    return frozenset(h for h in range(n + 1) if 4 ** abs(4 * h - n) <= ratio ** (4 * n))


typical_set = Claim(
    title="The typical set",
    statement=(
        r"Let $Y_1,\ldots,Y_n$ be iid from $p\in\Delta$, $\varepsilon>0$, and let $A$ hold the "
        r"sequences $y$ with $p(y)>0$ and $|-\frac1n\log p(y)-H(p)|\le\varepsilon$. Then "
        r"$P(A)\,e^{n(H(p)-\varepsilon)}\le|A|\le e^{n(H(p)+\varepsilon)}$ and "
        r"$P(A)\ge1-\operatorname{Var}(\log p_Y)/(n\varepsilon^2)$. The most probable sequence "
        r"need not be typical: for $p=(\tfrac14,\tfrac34)$ a sequence with $h$ heads is in $A$ iff "
        r"$|h/n-\tfrac14|\log3\le\varepsilon$."
    ),
    evidence=(
        Exact(
            part="at most so many, three laws, ε = log 6/5 and log 3/2, n ≤ 12, as powers",
            cases=_typical_cases,
            lhs=_sequences_in,
            rhs=_size_bound,
            mistakes={
                "at most exp(nH), without ε": lambda point, ratio, n: _size_bound(point, F(1), n)
            },
            relation=at_most,
        ),
        Exact(
            part="at least so many, the same",
            cases=_typical_cases,
            lhs=_least_size,
            rhs=_sequences_in,
            mistakes={
                "P(A) forgotten: it is 1": dict(
                    lhs=lambda point, ratio, n: _size_bound(point, 1 / ratio, n)
                )
            },
            relation=at_most,
        ),
        Exact(
            part="who belongs to it, the coin (1/4, 3/4), n ≤ 12",
            cases=lambda: [(r, n) for r in (F(6, 5), F(3, 2)) for n in range(1, 13)],
            lhs=_coin_heads,
            rhs=_near_a_quarter,
            mistakes={
                "the most probable sequences": _probable_enough,
                "log 4 for log 3: the chance of tails forgotten": _near_a_quarter_by_log_4,
            },
        ),
        Argued(
            part="in general",
            proof=(
                "Each sequence of A has a probability between exp(-n(H + ε)) and exp(-n(H - ε)). "
                "These probabilities sum to P(A) ≤ 1, which gives both bounds on the number. "
                "-(1/n) log p(Y) is a mean of n independent terms with mean H(p) and variance "
                "Var(log p_Y), and Chebyshev's inequality bounds the chance that it is off by "
                "more than ε. For the coin -(1/n) log p(y) = h/n log 4 + (1 - h/n) log 4/3, which "
                "is H(p) plus (h/n - 1/4) log 3."
            ),
        ),
    ),
    uses=("cross_entropy.asymptotic_equipartition",),
)


def _hardy_weinberg(theta):
    return theta**2, 2 * theta * (1 - theta), (1 - theta) ** 2


def _moment_cases():
    return [(label, F(part, 4)) for label in interior(3, 4) for part in range(1, 4)]


def _projection(label):
    return _hardy_weinberg((2 * label[0] + label[1]) / 2)


COMMON = 64  # makes every exponent whole


def _left(label, theta):
    return _minus_kl(label, _hardy_weinberg(theta), COMMON)


def _right_angle(label, theta, projection=_projection, last=_minus_kl):
    return _minus_kl(label, projection(label), COMMON) * last(
        projection(label), _hardy_weinberg(theta), COMMON
    )


def _last_side_turned(label, theta):
    return _right_angle(label, theta, last=lambda a, b, m: _minus_kl(b, a, m))


def _off_the_family(label, theta):
    return _right_angle(label, theta, projection=lambda a: _middle(a, _projection(a)))


pythagoras = Claim(
    title="A Pythagorean identity",
    statement=(
        r"Let $q_\theta\propto r\,e^{\langle\theta,T\rangle}$ be an exponential family on $K$ "
        r"outcomes and $q_*$ a member, or a limit of members, with "
        r"$\operatorname{E}_{q_*}T=\operatorname{E}_pT$. Then "
        r"$\operatorname{KL}(p\,\|\,q_\theta)=\operatorname{KL}(p\,\|\,q_*)"
        r"+\operatorname{KL}(q_*\,\|\,q_\theta)$ "
        r"for every $\theta$. So $q_*$ is the one best approximation of $p$ in the family."
    ),
    evidence=(
        Derived(
            part="q_θ ∝ q_* exp(h) with E_p h = E_q h",
            chain=derived.pythagoras,
            computes=lambda K, q, h, M, p: xentlib.kl_divergence(p, xentlib.softmax(np.log(q) + h)),
            mistakes={
                "the last divergence turned round": over_classes(p[k] * log(p[k] / q[k]))
                + over_classes(derived.tilted * log(derived.tilted / q[k])),
                "no right angle": over_classes(p[k] * log(p[k] / q[k])),
            },
        ),
        Exact(
            part="Hardy-Weinberg, as powers",
            cases=_moment_cases,
            lhs=_left,
            rhs=_right_angle,
            mistakes={
                "the last divergence turned round, exactly": _last_side_turned,
                "the same moments, off the family": _off_the_family,
            },
        ),
        Argued(
            part="in general",
            proof=(
                "For a member q_* put h = ⟨θ - θ_*, T⟩: then q_θ ∝ q_* e^h, and p and q_* give h "
                "one mean. If q_* is a limit of members on a smaller support, p lives there too "
                "(else its mean of T would be another), and log(q_*/q_θ) is still the limit of "
                "affine functions of T on that support. Gibbs' inequality gives the last sentence. "
                "Faces of p: a class with p_k = 0 drops out of the two divergences from p, and the "
                "identity needs only E_p h."
            ),
        ),
    ),
    uses=(gibbs_inequality,),
)
