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
from xentlib.claims._library import (
    beyond_the_support,
    mean_over_votes,
    of_a_mixture,
    of_the_mean_label,
)
from xentlib.derivations import entropy_and_kl as derived
from xentlib.derivations.lemmas import m, on_support, over_support
from xentlib.derivations.quantities import cross_entropy as H
from xentlib.derivations.quantities import on_support as named
from xentlib.derivations.symbols import K, N, k, l, over_classes, p, q
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
    equal,
    less,
)
from xentlib.verify.formal import Formal
from xentlib.verify.hypotheses import (
    labels,
    nonnegative,
    number,
    positive,
    real,
    simplex,
    size,
)
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
    for_all=on_support,
    meaning=(
        r"If some $p_k>0=q_k$, then $H(p,q)$ and the divergence are both $+\infty$, and "
        r"$H(p)$ is finite."
    ),
    evidence=(
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
            of="meaning",
            proof=(
                (
                    r"A class with $p_k=0$ adds nothing to any of the three, by "
                    r"<cross_entropy_definition>."
                ),
                (
                    r"If $p_k>0=q_k$ for some $k$, its terms $-p_k\log q_k$ and "
                    r"$p_k\log\frac{p_k}{q_k}$ are $+\infty$, and no term is $-\infty$. $H(p)$ "
                    r"has finite terms only."
                ),
            ),
        ),
        Formal(
            part="",
            of="sum",
            theorem="cross_entropy_decomposition_sum",
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


def _excess_of_the_reverse(p):
    """Of D(q‖p) over D(p‖q), where q is p in the reverse order: none, as it swaps the two."""
    p = (p + 1 / len(p)) / 2
    return xentlib.kl_divergence(p[::-1], p) - xentlib.kl_divergence(p, p[::-1])


gibbs_inequality = Claim(
    title="Gibbs' inequality, its equality case, and Pinsker's bound",
    statement=(
        r"For $p,q\in\Delta$: $<gibbs>$, with equality iff $p=q$. More precisely "
        r"$<pinsker>$, with equality iff $p=q$."
    ),
    relations={
        "gibbs": AtLeast(named.divergence(p, q), 0),
        "pinsker": AtMost(derived.absolute_distance(p, q) ** 2, 2 * named.divergence(p, q)),
    },
    for_all=on_support,
    meaning=(r"The second gives the first, as $\lVert p-q\rVert_1=0$ iff $p=q$."),
    evidence=(
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
                "symmetric": dict(
                    cases=dict(p=domains.simplex, q=domains.simplex),
                    rhs=lambda p, q: xentlib.kl_divergence(q, p),
                    relation=equal,
                ),
                "never symmetric": dict(
                    cases=dict(p=domains.simplex),
                    lhs=lambda p: abs(_excess_of_the_reverse(p)),
                    rhs=lambda p: 1e-6 * (p != p[::-1]).any(),
                ),
                "constant .501": lambda p, q: 1.002 * _half_square(p, q),
            },
            relation=at_least,
        ),
        Formal(
            part="",
            of="gibbs",
            theorem="gibbs_inequality_gibbs",
            equality=((p, q),),
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
    return xentlib.entropy(p) - mean_over_votes(
        p, lambda shares: xentlib.kl_divergence(shares, p), 3
    )


def _entropy_less_reverse_divergence(p):
    return xentlib.entropy(p) - mean_over_votes(
        p, lambda shares: xentlib.kl_divergence(p, shares), 3
    )


labels_and_a_model = (
    size(K, 1),
    size(N, 1),
    derived.weights,
    simplex(derived.any_p, K, N),
    positive(q, K),
)
floor_of_vote_shares = Claim(
    title="The entropy of vote shares is too low a floor",
    statement=(
        r"Let a random label have the values $p_i\in\Delta$ with chances $w_i>0$, as the"
        r" shares of $n$ independent votes from $\pi$ have, and the mean $\bar "
        r"p=\sum_iw_ip_i$, positive on the $K$ classes. Then $<paid>$ for every $q>0$, "
        r"so a model with $q=\bar p$ pays $H(\bar p)$ on average. But the mean of the "
        r"labels' own entropies is smaller, by Gibbs' inequality, unless all labels are "
        r"equal: $<floor>$."
    ),
    relations={
        "paid": derived.cross_entropy_to_the_mean.states,
        "floor": derived.entropy_of_the_mean.states,
    },
    for_all=labels_and_a_model,
    meaning=(
        r"For the shares $\hat p$ of $n$ votes from $\pi$: $\operatorname{E}H(\hat "
        r"p)=H(\pi)-\operatorname{E}\operatorname{KL}(\hat p\,\|\,\pi)$. With $K$ "
        r"classes of positive probability the difference is "
        r"$\frac{K-1}{2n}+\frac{\sum_k\pi_k^{-1}-1}{12n^2}+O(n^{-3})$. For "
        r"$\pi=(.7,.2,.1)$ and $n=10$: $\operatorname{E}H(\hat p)=.6860$, "
        r"$\operatorname{E}\operatorname{KL}(\hat p\,\|\,\pi)=.1158$, $H(\pi)=.8018$."
    ),
    evidence=(
        Derived(
            part="",
            of="floor",
            chain=derived.entropy_of_the_mean,
            mistakes={
                "the entropy of the mean label is the floor": derived.entropy_of_their_mean(
                    derived.any_p
                ),
            },
        ),
        Derived(part="", of="paid", chain=derived.cross_entropy_to_the_mean),
        derived.mean_entropy_is_below.as_part("the mean entropy is below, labels in the interior"),
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
            lhs=lambda p: mean_over_votes(p, xentlib.entropy, 3),
            rhs=_entropy_less_divergence,
            mistakes={"the divergence turned round": _entropy_less_reverse_divergence},
        ),
        Argued(
            part="the size of the difference",
            of="meaning",
            proof=(
                r"Let $d=\hat p-\pi$ and $\varphi(x)=(1+x)\log(1+x)-x$.",
                (
                    r"$\operatorname{KL}(\hat p\,\|\,\pi)=\sum_k\pi_k\varphi(d_k/\pi_k)$,"
                    r" for $d$ sums to 0."
                ),
                (
                    r"By Taylor, "
                    r"$\varphi(x)=\frac{x^2}2-\frac{x^3}6+\frac{x^4}{12}-\frac{x^5}{20}+O(x^6)$"
                    r" for $|x|\le\frac12$."
                ),
                (
                    r"The central moments of a binomial share are "
                    r"$\operatorname{E}d_k^2=\frac{\pi_k(1-\pi_k)}n$, "
                    r"$\operatorname{E}d_k^3=\frac{\pi_k(1-\pi_k)(1-2\pi_k)}{n^2}$, "
                    r"$\operatorname{E}d_k^4=\frac{3\pi_k^2(1-\pi_k)^2}{n^2}+O(n^{-3})$; "
                    r"those of order 5 and 6 are $O(n^{-3})$."
                ),
                (
                    r"The squares give $\sum_k\frac{1-\pi_k}{2n}=\frac{K-1}{2n}$. Cubes "
                    r"and fourth powers give "
                    r"$\frac1{n^2}\sum_k\frac{1-\pi_k}{\pi_k}\bigl(-\frac{1-2\pi_k}6+\frac{1-\pi_k}4\bigr)"
                    r"=\frac1{12n^2}\sum_k\frac{1-\pi_k^2}{\pi_k}"
                    r"=\frac{\sum_k\pi_k^{-1}-1}{12n^2}$."
                ),
                (
                    r"The event $|d_k|>\pi_k/2$ changes nothing: $\varphi$ is bounded on "
                    r"it, and by Hoeffding's inequality its probability decreases "
                    r"exponentially in $n$."
                ),
            ),
        ),
        Formal(
            part="",
            of="paid",
            theorem="floor_of_vote_shares_paid",
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
        r"Let $p\in\Delta$ be fixed. Over any set of models, cross-entropy "
        r"$H(p,q_\theta)$ and divergence $\operatorname{KL}(p\,\|\,q_\theta)$ have the "
        r"same minimisers; where they are finite, the values differ by $H(p)$: "
        r"$<values>$."
    ),
    relations={
        "values": Equal(named.cross_entropy(p, q), named.entropy(p) + named.divergence(p, q)),
    },
    for_all=on_support,
    meaning=(
        r"Where one is infinite, so is the other. If the label depends on $\theta$ this "
        r"can fail: for $p=q_\theta$ every $\theta$ has divergence 0, while only the "
        r"$q_\theta$ of least entropy minimises the cross-entropy."
    ),
    evidence=(
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
        Derived(part="the values", of="values", chain=derived.decomposition_on_support),
        Formal(
            part="the values",
            of="values",
            theorem="same_minimiser_values",
        ),
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
        r"For labels $p,r\in\Delta$ and predictions $q,u\in\Delta^\circ$, $H$ is affine "
        r"in the label, $<affine>$, and convex in the prediction, $<convex>$, with "
        r"equality iff $q_k=u_k$ wherever $p_k>0$. For $K\ge2$ it is not convex in both "
        r"together: at a label $a\in\Delta^\circ$, $<bent>$, which is negative for "
        r"$\alpha\ne0$, $\sum_k\alpha_k=0$, and small $t>0$. But the divergence is, for "
        r"labels $a,b\in\Delta^\circ$: $<joint>$, with equality iff $b_k/u_k=a_k/q_k$ for all $k$."
    ),
    relations={
        "affine": derived.affine_in_the_label.states,
        "convex": AtMost(
            derived.cross_entropy_to_a_mixture(derived.any_p, q, derived.u),
            (1 - derived.epsilon) * H(derived.any_p, q)
            + derived.epsilon * H(derived.any_p, derived.u),
        ),
        "bent": derived.bent_along_a_line.states,
        "joint": derived.kl_is_convex_in_both.states,
    },
    for_all=(
        size(K),
        simplex(derived.any_p, K),
        simplex(derived.any_r, K),
        simplex(q, K),
        simplex(derived.u, K),
        number(derived.epsilon, 0, 1),
        simplex(derived.mass_p, K),
        simplex(derived.mass_q, K),
        real(derived.alpha, K),
        number(derived.t, 0, 2),
    ),
    meaning=(
        r"So $H$ is strictly convex between $q$ and $u$ iff these differ on the support "
        r"of $p$. For $K\ge2$ it is convex in $(p,q)$ jointly near *no* interior point. "
        r"The entropy $H(p)$ is strictly concave in the interior. "
        r"$\operatorname{KL}$ is jointly convex on the closed simplex too, as a limit, "
        r"but not strictly: on the diagonal it is 0."
    ),
    evidence=(
        Derived(part="", of="affine", chain=derived.affine_in_the_label),
        Derived(part="", of="bent", chain=derived.bent_along_a_line),
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
            part="the closed simplex",
            of="meaning",
            proof=(
                (
                    r"At $p,q,p',q'\in\Delta$ the divergence is the limit of its values "
                    r"at $(1-\delta)p+\delta u$ and so on, $u$ the centre and "
                    r"$\delta\to0$: along this segment it is convex, by joint convexity "
                    r"inside, and lower semicontinuous."
                ),
                (
                    r"The inequality $\le$ is kept in the limit, so the divergence is "
                    r"jointly convex on $\Delta\times\Delta$, with values in "
                    r"$[0,\infty]$."
                ),
                (
                    r"Where $q$ or $u$ has zeros, the convexity of $H$ is read term by "
                    r"term, for $-\log$ is convex on $[0,1]$, with the value $+\infty$ at"
                    r" 0."
                ),
            ),
        ),
        derived.convex_in_the_prediction.as_part("", of="convex"),
        derived.kl_is_convex_in_both.as_part("", of="joint"),
        Formal(
            part="",
            of="affine",
            theorem="convexity_affine",
        ),
        derived.entropy_is_concave.as_part("the entropy, on the way from p to r"),
    ),
    uses=(cross_entropy_decomposition,),
)


compensation = Claim(
    title="The compensation identity",
    statement=(
        r"Let labels $p_i\in\Delta$ have weights $w_i>0$ that sum to 1 and the mean "
        r"$\bar p=\sum_iw_ip_i$, and let $q$ be positive on the $K$ classes where $\bar "
        r"p$ is. Then $<cross>$ and $<divergence>$."
    ),
    relations={
        "cross": derived.cross_entropy_to_the_mean.states,
        "divergence": derived.through_the_mean.states,
    },
    for_all=labels_and_a_model,
    meaning=(
        r"So averaging the soft labels of one input loses nothing for $q$. Where "
        r"$q_k=0<\bar p_k$ for some class, both sides of both are $+\infty$."
    ),
    evidence=(
        Derived(part="", of="cross", chain=derived.cross_entropy_to_the_mean),
        Derived(
            part="",
            of="divergence",
            chain=derived.through_the_mean,
            mistakes={
                "the mean divergence to the mean label forgotten": derived.divergence_of_their_mean(
                    derived.any_p, q
                )
            },
        ),
        Derived(
            part="the cross-entropies, without zeros",
            chain=derived.mean_label,
            computes=of_the_mean_label,
            mistakes={"averaging logits instead": derived.averaged_logits},
        ),
        Derived(
            part="the divergences, without zeros",
            chain=derived.compensation,
            computes=lambda p, q, w, N, K: np.dot(w, [xentlib.kl_divergence(row, q) for row in p]),
            mistakes={
                "KL is affine in p": over_classes(derived.mixture * log(derived.mixture / q[k]))
            },
        ),
        Formal(
            part="",
            of="cross",
            theorem="compensation_cross",
        ),
    ),
    uses=(cross_entropy_decomposition, floor_of_vote_shares),
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
        r"Let $w_i>0$, $\sum w_i=1$. For labels $p_i\in\Delta$ with the mean $\bar "
        r"p=\sum_iw_ip_i$, $<first>$, where $q\in\Delta$ is positive wherever $\bar p$ "
        r"is: the least value is at the *arithmetic* mean $q=\bar p$, and nowhere else, "
        r"by Gibbs' inequality. Turned round, on the $m$ classes of $u\in\Delta$ and for"
        r" labels $r_i$ that are positive there, $<second>$. Here $Z$ is the sum of "
        r"$\prod_ir_{ik}^{w_i}$ over all classes, and $\rho\ge0$ the part of it that is "
        r"on others than these $m$. Equality holds iff $u_k=\prod_ir_{ik}^{w_i}/Z$ and "
        r"$\rho=0$: at the *geometric* mean, renormalised."
    ),
    relations={
        "first": derived.through_the_mean.states,
        "second": derived.least_at_the_geometric_mean.states,
    },
    for_all=(
        size(K, 1),
        size(N, 1),
        derived.weights,
        simplex(derived.any_p, K, N),
        simplex(q, K),
        size(m, 1),
        positive(derived.r, m, N),
        simplex(derived.u, m),
        number(derived.rest, 0, 3),
    ),
    meaning=(
        r"If the supports of all labels have no class in common, "
        r"$\sum_iw_i\operatorname{KL}(u\,\|\,r_i)$ is $+\infty$ for every $u$, also "
        r"where any two supports meet."
    ),
    evidence=(
        Derived(
            part="",
            of="first",
            chain=derived.through_the_mean,
            mistakes={
                "the first label does as well as the mean": derived.mean_divergence_from_the_mean(
                    derived.any_p
                )
            },
        ),
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
            part="no common class",
            of="meaning",
            proof=(
                (
                    r"$\operatorname{KL}(u\,\|\,r_i)$ is $+\infty$ where some "
                    r"$u_k>0=r_{ik}$."
                ),
                (
                    r"If no class is in every support, each class $k$ with $u_k>0$ is "
                    r"missing from some $r_i$, which has the weight $w_i>0$: so every $u$"
                    r" costs $+\infty$."
                ),
            ),
        ),
        derived.least_at_the_geometric_mean.as_part("", of="second"),
        derived.renormalised.as_part("the second, for labels without zeros"),
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
        r"Let each of $K$ classes be in one of $M$ groups, $g_k$, no group without a "
        r"class, and let $p_g,q_g$ be the masses of the groups. Then $<rule>$. Merging "
        r"classes never raises the cross-entropy: with $o_k\ge0$ for what the other "
        r"classes of its group have in $q$, $<lower>$, where the left side is "
        r"$H((p_g),(q_g))$."
    ),
    relations={
        "rule": Equal(H(derived.any_p, q), derived.merging.last),
        "lower": AtMost(derived.merging_lowers.start, H(derived.any_p, q)),
    },
    for_all=(
        size(derived.groups, 1),
        size(K),
        labels(derived.group, K, derived.groups),
        simplex(derived.any_p, K),
        simplex(q, K),
        nonnegative(derived.in_its_group, K),
    ),
    meaning=(
        r"A group without a share of $p$ adds nothing. What merging takes away is the "
        r"second sum, and only where classes of one group have a share each. Merging never "
        r"raises the divergence either: that is the log-sum inequality."
    ),
    evidence=(
        Derived(part="", of="rule", chain=derived.merging),
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
        derived.merging_lowers.as_part("", of="lower"),
        Formal(
            part="",
            of="lower",
            theorem="merging_lower",
        ),
        derived.log_sum.as_part("the divergence, K groups of L classes each"),
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
        r"Let $Y_1,\ldots,Y_n$ be iid from $p\in\Delta$, $\varepsilon>0$, and let $A$ "
        r"hold the sequences $y$ with $p(y)>0$ and $|-\frac1n\log "
        r"p(y)-H(p)|\le\varepsilon$. With $M=|A|$ and $H=H(p)$ the chances of its sequences "
        r"are $e^{-n(H+\varepsilon)}+a_k$ and $e^{-n(H-\varepsilon)}-b_k$, where $a_k,b_k\ge0$. "
        r"So $<few>$ and $<many>$: $P(A)\,e^{n(H-\varepsilon)}\le|A|\le e^{n(H+\varepsilon)}$."
        "\n\n"
        r"Let the sequences of $A$ have the chances $w_k$ and be off by $x_k$, the others have "
        r"$v_k$ and be off by the root of $\varepsilon^2+c_k$. Then $<chebyshev>$, where the "
        r"variance is that of one term over $n$: $P(A)\ge1-\operatorname{Var}(\log "
        r"p_Y)/(n\varepsilon^2)$. The most probable sequence need not be typical: for "
        r"$p=(\tfrac14,\tfrac34)$ a sequence with $h$ heads is in $A$ iff "
        r"$|h/n-\tfrac14|\log3\le\varepsilon$."
    ),
    relations={
        "few": derived.sequences_are_few.states,
        "many": derived.sequences_are_many.states,
        "chebyshev": derived.few_are_far.states,
    },
    for_all=(
        size(derived.sequences, 1),
        size(derived.length, 1),
        number(derived.entropy_of_one, 0, 3),
        number(derived.tolerance, 0, 3),
        nonnegative(derived.beyond, derived.sequences),
        nonnegative(derived.short_of, derived.sequences),
        size(derived.others, 1),
        nonnegative(derived.chance_inside, derived.sequences),
        real(derived.off, derived.sequences),
        nonnegative(derived.outside, derived.others),
        nonnegative(derived.further, derived.others),
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
        derived.sequences_are_few.as_part("", of="few"),
        derived.sequences_are_many.as_part("", of="many"),
        derived.few_are_far.as_part("", of="chebyshev"),
        derived.variance_of_the_mean.as_part("the variance of a mean of n terms"),
        Derived(
            part="how far a sequence of the coin (1/4, 3/4) is off, for the share h of heads",
            chain=derived.rate_of_the_coin,
            mistakes={
                "log 4 for log 3": (derived.heads - Rational(1, 4)) * log(4),
                "off from one half": (derived.heads - Rational(1, 2)) * log(3),
            },
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
        r"Let $q\in\Delta^\circ$, $q_h\propto q\,e^h$ for a real function $h$ of the "
        r"class, and let $p\in\Delta$ give $h$ the mean that $q$ gives it, $M$. Then "
        r"$<angle>$."
    ),
    relations={
        "angle": derived.right_angle.states,
    },
    for_all=(
        size(K, 1),
        simplex(q, K),
        real(derived.h, K),
        derived.same_mean,
        simplex(derived.any_p, K),
    ),
    meaning=(
        r"In an exponential family $q_\theta\propto r\,e^{\langle\theta,T\rangle}$ let "
        r"the member $q_*$ have $\operatorname{E}_{q_*}T=\operatorname{E}_pT$. With "
        r"$h=\langle\theta-\theta_*,T\rangle$ this is "
        r"$\operatorname{KL}(p\,\|\,q_\theta)=\operatorname{KL}(p\,\|\,q_*)+"
        r"\operatorname{KL}(q_*\,\|\,q_\theta)$"
        r" for every $\theta$: $q_*$ is the one best approximation of $p$ in the family."
        r" It also holds where $q_*$ is a limit of members."
    ),
    evidence=(
        Derived(part="", of="angle", chain=derived.right_angle),
        Derived(
            part="q_θ ∝ q_* exp(h) with E_p h = E_q h, without zeros",
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
            part="a limit of members",
            of="meaning",
            proof=(
                (
                    r"Let $q_*$ be a limit of members on a smaller support $S$. It is "
                    r"then on an exposed face: some $v$ has $\langle v,T\rangle$ largest "
                    r"exactly on $S$."
                ),
                (
                    r"As $\operatorname{E}_p\langle "
                    r"v,T\rangle=\operatorname{E}_{q_*}\langle v,T\rangle$ is that "
                    r"largest value, $p$ lives on $S$ too."
                ),
                (
                    r"On $S$, $\log(q_\theta/q_*)$ is a limit of affine functions of $T$,"
                    r" which form a closed set, so it is one of them: $p$ and $q_*$ give "
                    r"it one mean."
                ),
                (
                    r"So "
                    r"$\operatorname{E}_p\log\frac{q_*}{q_\theta}"
                    r"=\operatorname{E}_{q_*}\log\frac{q_*}{q_\theta}$,"
                    r" which is the identity. By Gibbs' inequality $q_*$ is the one best."
                ),
            ),
        ),
    ),
    uses=(gibbs_inequality,),
)
