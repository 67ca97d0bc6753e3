"""Chapter 3: the categorical likelihood."""

from fractions import Fraction as F
from itertools import product

import numpy as np
from mpmath import mp
from sympy import Interval, Rational, Symbol, diff, log, oo, solve, solveset, sqrt
from sympy.calculus.util import minimum

import xentlib
from xentlib.claims._finite import arg_max, interior, lattice, normalised, power, prod, to_mpf
from xentlib.claims._library import hessian_entry, quadratic_form
from xentlib.derivations import categorical as derived
from xentlib.derivations.lemmas import m as support_size
from xentlib.derivations.lemmas import on_support
from xentlib.derivations.symbols import K, c, j, k, l, over_classes, q, softmax, v, z
from xentlib.verify import Claim
from xentlib.verify import samples as domains
from xentlib.verify.evidence import Argued, Computed, Derived, Digits, Exact, Sampled, at_least
from xentlib.verify.formal import Formal
from xentlib.verify.hypotheses import index, number, positive, real, simplex, size, total
from xentlib.verify.quantity import AtLeast, AtMost, Equal

t = Symbol("t", positive=True)
VERTICES = {
    size: tuple(tuple(int(a == b) for b in range(size)) for a in range(size))
    for size in (1, 2, 3, 4)
}


def _one_hot_cases():
    return [(y, point) for size in (2, 3) for y in VERTICES[size] for point in lattice(size, 4)]


def _product_form(y, point):
    return prod(a**b for a, b in zip(point, y, strict=True))  # 0**0 is 1


def _sum_form(y, point):
    return sum(a * b for a, b in zip(point, y, strict=True))


def _mean_label(point):
    """Σ P(y) y over the vertices y, with P(y) in its product form."""
    vertices = VERTICES[len(point)]
    return tuple(
        sum(_product_form(y, point) * y[place] for y in vertices) for place in range(len(point))
    )


def _one_hot_of_the_largest(point):
    return VERTICES[len(point)][point.index(max(point))]


def _soft_labels():
    return [(point, point) for size in (2, 3) for point in interior(size, 4)]


def _power_form(y, point):
    return prod(power(a, F(b)) for a, b in zip(point, y, strict=True))


def _total_of_the_library(q, K):
    return np.exp(xentlib.categorical_log_likelihood(np.arange(K), [q] * K)).sum()


categorical_pmf = Claim(
    title="The categorical distribution",
    statement=(
        r"For a label $e_y$, one of the vertices $e_1,\ldots,e_K$, and $q\in\Delta$ let "
        r"$P(e_y)=\sum_k(e_y)_kq_k$. Then $<one>$; the $K$ probabilities sum to 1, "
        r"$<total>$; and the mean of the label $Y$ is $q$: entry by entry, $<mean>$."
    ),
    relations={
        "one": Equal(derived.probability_of(derived.any_q, derived.y1), derived.any_q[derived.y1]),
        "total": Equal(over_classes(derived.probability_of(derived.any_q, l), l), 1),
        "mean": Equal(
            over_classes(
                derived.probability_of(derived.any_q, l) * derived.KroneckerDelta(j, l), l
            ),
            derived.any_q[j],
        ),
    },
    for_all=(size(K, 1), index(derived.y1, K), index(j, K), simplex(derived.any_q, K)),
    meaning=(
        r"With $0^0=1$ the same is $P(y)=\prod_kq_k^{y_k}$, for vertices $y$ alone. A "
        r"true probability is a mean of labels, and itself a label only if one class is "
        r"certain."
    ),
    evidence=(
        Derived(
            part="",
            of="one",
            chain=derived.sum_form,
            computes=lambda q, y, K: np.exp(xentlib.categorical_log_likelihood(y - 1, q)),
            mistakes={
                "K yes-or-no questions, as binary cross-entropy asks them": derived.any_q[
                    derived.y1
                ]
                * derived.Product(1 - derived.any_q[k], (k, 1, K)),
                "all classes": over_classes(derived.any_q[k] ** 2),
            },
        ),
        Derived(
            part="",
            of="total",
            chain=derived.sums_to_one,
            computes=_total_of_the_library,
            mistakes={"the total is K": K},
        ),
        Derived(
            part="the product form, q in the interior, as logarithms",
            chain=derived.product_form,
            computes=lambda q, y, K: xentlib.categorical_log_likelihood(y - 1, q),
            mistakes={"every class is a factor": over_classes(log(q[k]))},
        ),
        Exact(
            part="the product form, with zeros",
            cases=_one_hot_cases,
            lhs=_product_form,
            rhs=_sum_form,
            mistakes={"the sum form for soft labels": dict(cases=_soft_labels, lhs=_power_form)},
        ),
        Derived(
            part="",
            of="mean",
            chain=derived.mean_label,
            mistakes={"as if every class were as likely": 1 / K},
        ),
        Exact(
            part="the mean of the label, on lattices",
            cases=lambda: [(point,) for size in (1, 2, 3) for point in lattice(size, 4)],
            lhs=_mean_label,
            rhs=lambda point: point,
            mistakes={
                "the true probability is 0 or 1 (the walk, slip E5)": _one_hot_of_the_largest
            },
        ),
        Formal(
            part="",
            of="one",
            theorem="categorical_pmf_one",
        ),
        Formal(
            part="",
            of="total",
            theorem="categorical_pmf_total",
        ),
        Formal(
            part="",
            of="mean",
            theorem="categorical_pmf_mean",
        ),
    ),
)


def _labels():
    return [
        (point,)
        for size in (2, 3)
        for denominator in (1, 2, 3, 4)
        for point in lattice(size, denominator)
    ]


def _indicator_likelihood(point, probs):
    return prod(b for a, b in zip(point, probs, strict=True) if a == 1)


one_hot_lemma = Claim(
    kind="lemma",
    title="Where the indicator may be written as the label",
    statement=(r"For $y\in\Delta$: $\mathbf 1\{y_k=1\}=y_k$ for all $k$ iff $y$ is a vertex."),
    in_words="an equivalence, proved both ways",
    meaning=(
        r"If $y$ is not a vertex, no entry is 1, so the indicator form "
        r"$\prod_kq_k^{\mathbf 1\{y_k=1\}}$ equals 1 for every $q$: it is no likelihood "
        r"of a soft label."
    ),
    evidence=(
        Formal(part="", theorem="hard_iff_onehot"),
        Exact(
            part="the indicator form",
            cases=lambda: [(y, probs) for y in lattice(3, 4) for probs in interior(3, 5)],
            lhs=_indicator_likelihood,
            rhs=lambda y, probs: _sum_form(y, probs) if max(y) == 1 else F(1),
            mistakes={"the walk's formula as a soft likelihood (slip E6)": _power_form},
        ),
        Exact(
            part="labels on lattices",
            cases=_labels,
            lhs=lambda y: all((share == 1) == share for share in y),
            rhs=lambda y: max(y) == 1,
            mistakes={
                "true where one class leads": lambda y: max(y) > F(1, 2),
                "true where some share is zero": lambda y: min(y) == 0,
            },
        ),
    ),
    uses=(categorical_pmf,),
)


def _pairs_of_logits():
    """Pairs of logits z = log w, as the weights w: a shift of z is a factor of w."""
    weights = [tuple(map(F, w)) for w in product((1, 2, 4), repeat=3)]
    return [(a, b) for a in weights for b in weights]


def _softmax_of_logs(weights):
    """softmax(log w), where exp and log cancel: w over its sum."""
    return normalised(weights)


def _clipped_to_fifty(z):
    return xentlib.log_softmax(np.clip(z, -50, 50))


def _moved_by_a_second_log(z):
    """How far the softmax moves where the logarithms of probabilities are taken for logits."""
    return abs(xentlib.softmax(xentlib.log_softmax(z)) - xentlib.softmax(z)).max()


def _difference_of_logits(z, j, K, **point):
    """Logits j and l, told apart by the library's log-softmax."""
    return xentlib.log_softmax(z)[j - 1] - xentlib.log_softmax(z)[point["l"] - 1]


softmax_bijection = Claim(
    title="Softmax",
    statement=(
        r"A number added to every logit is lost, $<shift>$. Every $q\in\Delta^\circ$ is "
        r"reached, $<inverse>$; and softmax tells every difference of logits, "
        r"$<difference>$. So, up to such a number, it is a bijection: from "
        r"$\mathbb R^K/\mathbb R\mathbf 1$ onto $\Delta^\circ$. For every $m$, $<lse>$."
    ),
    relations={
        "shift": Equal(derived.softmax_shifted(z, derived.m, j), derived.softmax_at(z, j)),
        "inverse": Equal(derived.softmax_of_logs(q, j), q[j]),
        "difference": Equal(
            log(derived.softmax_at(z, j)) - log(derived.softmax_at(z, l)), z[j] - z[l]
        ),
        "lse": Equal(derived.stable_lse.start, derived.lse_of(z)),
    },
    for_all=(
        size(K, 1),
        real(z, K),
        simplex(q, K),
        number(derived.m),
        index(j, K),
        index(l, K),
    ),
    meaning=(
        r"With $m=\max_kz_k$ nothing overflows. Softmax commutes with permutations of "
        r"the classes."
    ),
    evidence=(
        Formal(part="one-to-one up to a constant, by Coq", theorem="softmax_one_to_one"),
        Derived(
            part="",
            of="shift",
            chain=derived.shift,
            computes=lambda z, K, j, m: xentlib.softmax(np.array(z) + m)[j - 1],
            mistakes={
                "the largest logit taken off above only": derived.exp(z[j] + derived.m)
                / over_classes(derived.exp(z[k]))
            },
        ),
        Derived(
            part="",
            of="inverse",
            chain=derived.right_inverse,
            computes=lambda q, K, j: xentlib.softmax(np.log(q))[j - 1],
            mistakes={"log forgotten": derived.right_inverse.last * K},
        ),
        Derived(
            part="",
            of="lse",
            chain=derived.stable_lse,
            computes=lambda z, K, m: xentlib.logsumexp(z),
            mistakes={
                "m not added back": derived.stable_lse.last - derived.m,
                "m left in the sum": log(derived.exp(derived.m) + over_classes(derived.exp(z[k]))),
            },
        ),
        Derived(
            part="",
            of="difference",
            chain=derived.left_inverse,
            computes=_difference_of_logits,
            mistakes={
                "it tells a ratio of logits": z[j] / z[l],
                "the other way round": z[l] - z[j],
            },
        ),
        Exact(
            part="one-to-one only up to shifts: logits log 1, log 2, log 4",
            cases=_pairs_of_logits,
            lhs=lambda a, b: _softmax_of_logs(a) == _softmax_of_logs(b),
            rhs=lambda a, b: len({x / y for x, y in zip(a, b, strict=True)}) == 1,
            mistakes={"softmax is injective on ℝᴷ": lambda a, b: a == b},
        ),
        Sampled(
            part="permutations and far logits, in floats",
            cases=dict(z=domains.logits),
            lhs=lambda z: xentlib.log_softmax(z[::-1] + 1e4)[::-1],
            rhs=lambda z: xentlib.log_softmax(z),
            mistakes={
                "a second softmax changes nothing": dict(
                    lhs=lambda z: xentlib.softmax(xentlib.softmax(z)),
                    rhs=lambda z: xentlib.softmax(z),
                ),
                "softmax divides by the sum": dict(
                    lhs=lambda z: xentlib.softmax(1 + abs(z)),
                    rhs=lambda z: (1 + abs(z)) / (1 + abs(z)).sum(),
                ),
                "logits clipped to ±50, to be safe": _clipped_to_fifty,
                "the order of the classes does not matter": lambda z: xentlib.log_softmax(z)[::-1],
                "the logarithms of probabilities are no logits": dict(
                    lhs=_moved_by_a_second_log,
                    rhs=lambda z: 1e-6 * (z != z[0]).any(),
                    relation=at_least,
                ),
            },
            tolerance=1e-9,
        ),
        Formal(
            part="",
            of="shift",
            theorem="softmax_bijection_shift",
        ),
        Formal(
            part="",
            of="inverse",
            theorem="softmax_bijection_inverse",
        ),
        Formal(
            part="",
            of="difference",
            theorem="softmax_bijection_difference",
        ),
        Formal(
            part="",
            of="lse",
            theorem="softmax_bijection_lse",
        ),
    ),
)
z0, z1, r = derived.z0, derived.z1, derived.r

two_classes = Claim(
    title="Two classes",
    statement=(
        r"For $K=2$: $<probability>$, and binary cross-entropy at $z_1-z_0$ is the "
        r"two-class cross-entropy of the label $(1-r,r)$, soft labels included: "
        r"$<loss>$."
    ),
    relations={
        "probability": Equal(derived.softmax_of_two(z0, z1), derived.sigmoid(z1 - z0)),
        "loss": Equal(
            -r * log(derived.sigmoid(z1 - z0)) - (1 - r) * log(1 - derived.sigmoid(z1 - z0)),
            -r * log(derived.softmax_of_two(z0, z1))
            - (1 - r) * log(1 - derived.softmax_of_two(z0, z1)),
        ),
    },
    for_all=(number(z0), number(z1), number(r)),
    evidence=(
        Derived(
            part="",
            of="probability",
            chain=derived.two_classes,
            computes=lambda z0, z1: xentlib.softmax([z0, z1])[1],
            mistakes={
                "σ(z₁)": 1 / (1 + derived.exp(-z1)),
                "σ(z₀ - z₁)": 1 / (1 + derived.exp(z1 - z0)),
            },
        ),
        Derived(part="", of="loss", chain=derived.binary_cross_entropy),
        Derived(
            part="the loss, as the library computes it",
            chain=derived.binary_cross_entropy_of_labels,
            computes=lambda z0, z1, r: xentlib.softmax_cross_entropy([z0, z1], [1 - r, r]),
            mistakes={
                "only the positive class counts": r * log(1 + derived.exp(z0 - z1)),
                "the label exchanged": log(derived.exp(z0) + derived.exp(z1))
                - (1 - r) * z1
                - r * z0,
            },
        ),
    ),
    uses=(softmax_bijection,),
)


def _counts_on_the_lattice():
    return [
        (counts,)
        for size in (2, 3)
        for total in (1, 2, 3, 6)
        for counts in product(range(total + 1), repeat=size)
        if sum(counts) == total
    ]


def _best_on_the_lattice(counts):
    return arg_max(
        {
            point: prod(a**b for a, b in zip(point, counts, strict=True))
            for point in lattice(len(counts), 6)
        }
    )


def _proportions(counts):
    return frozenset({tuple(F(count, sum(counts)) for count in counts)})


def _smoothed(counts):
    return frozenset({tuple(F(count + 1, sum(counts) + len(counts)) for count in counts)})


def _mode_only(counts):
    best = counts.index(max(counts))
    return frozenset({tuple(F(int(place == best)) for place in range(len(counts)))})


def _hardy_weinberg_fit(c1, c2, c3):
    return solve(diff(c1 * log(t**2) + c2 * log(2 * t * (1 - t)) + c3 * log((1 - t) ** 2), t), t)[0]


def _below_its_tangent(a):
    """The least value of the tangent at a minus log t, and where its slope vanishes."""
    above, positive = log(a) + (t - a) / a - log(t), Interval.open(0, oo)
    return minimum(above, t, positive), tuple(solveset(diff(above, t), t, positive))


def _genotypes():
    return [(a, b, c) for a in (1, 2, 5) for b in (1, 4) for c in (1, 3)]


proportions_maximise = Claim(
    title="The maximum likelihood estimate of a free distribution",
    statement=(
        r"Let $c\in[0,\infty)^K$, $n=\sum_kc_k>0$, and name the $m$ classes with $c_k>0$"
        r" first. Let $\ell(c,q)=\sum_kc_k\log q_k$. For every $q\in\Delta$ that is "
        r"positive there $<bound>$, with equality only at $q=c/n$: on all of $\Delta$, "
        r"where other $q$ have the likelihood 0, "
        r"$\operatorname*{arg\,max}\limits_{q\in\Delta}\ell(c,q)=\{c/n\}$."
    ),
    relations={"bound": AtMost(derived.of_counts, derived.of_proportions)},
    for_all=(
        on_support[0],
        positive(c, support_size),
        total(derived.n, c, support_size),
        *on_support[2:],
    ),
    meaning=(
        r"Any other $q$ loses $n\,\operatorname{KL}(c/n\,\|\,q)$. Over $\Delta^\circ$, "
        r"all that a softmax reaches, the maximum is attained iff every $c_k>0$."
        "\n\n"
        r"On a constrained model the model must be used: for Hardy-Weinberg proportions "
        r"$q=(\theta^2,2\theta(1-\theta),(1-\theta)^2)$ the estimate is "
        r"$\hat\theta=(2c_1+c_2)/(2n)$; maximising the binomial likelihood of one "
        r"marginal count is something else."
    ),
    evidence=(
        derived.proportions_maximise.as_part("", of="bound"),
        Derived(
            part="the loss of any other interior q",
            chain=derived.gap,
            computes=lambda K, c, n, q: n * xentlib.kl_divergence(np.array(c) / n, q),
            mistakes={
                "reverse divergence": derived.n * over_classes(q[k] * log(derived.n * q[k] / c[k])),
                "not multiplied by n": derived.gap.last / derived.n,
            },
        ),
        Derived(
            part="its lower bound by the tangent",
            chain=derived.tangent,
            mistakes={"the second total forgotten": derived.n * over_classes(q[k])},
        ),
        Exact(
            part=(
                "log t ≤ log a + (t - a)/a with equality only at t = a, for a = 1 and two others "
                "(SymPy's calculus)"
            ),
            cases=lambda: [(Rational(1),), (Rational(2),), (Rational(1, 3),)],
            lhs=_below_its_tangent,
            rhs=lambda a: (0, (a,)),
            mistakes={"it touches at the slope, 1/a": lambda a: (0, (1 / a,))},
        ),
        Exact(
            part="counts and distributions on a lattice, faces included",
            cases=_counts_on_the_lattice,
            lhs=_best_on_the_lattice,
            rhs=_proportions,
            mistakes={"(c + 1)/(n + K)": _smoothed, "all mass on the mode": _mode_only},
        ),
        Derived(
            part="Hardy-Weinberg, the score",
            chain=derived.hardy_weinberg,
            mistakes={
                "heterozygotes counted twice": (
                    2 * derived.c1
                    + 2 * derived.c2
                    - 2 * (derived.c1 + derived.c2 + derived.c3) * derived.theta
                )
                / (derived.theta * (1 - derived.theta))
            },
        ),
        Exact(
            part="Hardy-Weinberg, the estimate",
            cases=_genotypes,
            lhs=_hardy_weinberg_fit,
            rhs=lambda a, b, c: Rational(2 * a + b, 2 * (a + b + c)),
            mistakes={
                "the first marginal maximised alone": lambda a, b, c: sqrt(Rational(a, a + b + c))
            },
        ),
        Argued(
            part="attained in Δ°",
            of="meaning",
            proof=(
                (
                    r"All classes with $c_k>0$ need $q_k>0$, and the maximiser over $\Delta$ "
                    r"is $c/n$ alone. It is in $\Delta^\circ$ iff every $c_k>0$."
                ),
                (
                    r"If some $c_k=0$, the points $(1-\delta)\tfrac cn+\delta u$ of "
                    r"$\Delta^\circ$, $u$ the centre, tend to $c/n$ as $\delta\to0$, and "
                    r"$\ell$ to its maximum: no point of $\Delta^\circ$ attains it."
                ),
            ),
        ),
        Formal(
            part="",
            of="bound",
            theorem="proportions_maximise_bound",
        ),
    ),
    uses=(categorical_pmf,),
)

WALK = (F(1, 5), F(7, 10), F(1, 10))  # the walk's prediction


def _artanh_series(x):
    """-log x = 2 artanh((1 - x)/(1 + x)), summed."""
    ratio = to_mpf((1 - x) / (1 + x))
    return 2 * sum(ratio ** (2 * n + 1) / (2 * n + 1) for n in range(80))


def _nats_in(base):
    """The unit in nats: 1 for nats themselves."""
    return mp.log(to_mpf(base)) if base != 1 else mp.mpf(1)


def _prediction_as_label(p, q):
    return (
        _power_form(q, q),
        1 / _power_form(q, q),
    )


walk_example = Claim(
    kind="example",
    title="The walk's example, computed",
    statement=(
        r"For the label $p=(0,1,0)$ and the prediction $q=(0.2,0.7,0.1)$ the likelihood "
        r"is $7/10$, the cross-entropy $-\log0.7=0.356674943938\ldots$ nat "
        r"$=0.514573172829\ldots$ bit, and the perplexity $10/7$."
    ),
    in_words="a numeric example",
    evidence=(
        Exact(
            part="the likelihood and the perplexity, of this label and of the two others",
            cases=lambda: [(label, WALK) for label in ((0, 1, 0), (1, 0, 0), (0, 0, 1))],
            lhs=lambda p, q: (_product_form(p, q), 1 / _product_form(p, q)),
            rhs=lambda p, q: (q[p.index(1)], 1 / q[p.index(1)]),
            mistakes={
                "the prediction is the label (the walk, slip E11)": _prediction_as_label,
                "the mean of the probabilities": lambda p, q: (sum(q) / 3, 3 / sum(q)),
            },
        ),
        Derived(
            part="the cross-entropy",
            chain=derived.walk_example,
            computes=lambda: xentlib.cross_entropy([0, 1, 0], [0.2, 0.7, 0.1]),
            mistakes={
                "logarithm to base 10, for no unit is named (slip E8)": log(Rational(10, 7))
                / log(10),
                "summed over all classes": -log(Rational(2, 10))
                - log(Rational(7, 10))
                - log(Rational(1, 10)),
            },
        ),
        Computed(
            part="the logarithm by its series",
            cases=lambda: [(F(7, 10),), (F(1, 2),), (F(9, 10),)],
            lhs=lambda x: -mp.log(to_mpf(x)),
            rhs=_artanh_series,
            mistakes={"the series not doubled": lambda x: _artanh_series(x) / 2},
        ),
        Digits(
            part="the digits, in nats and in bits",
            cases=lambda: [(1, "0.356674943938732"), (F(2), "0.514573172829758")],
            lhs=lambda base, digits: mp.nstr(_artanh_series(F(7, 10)) / _nats_in(base), 15),
            rhs=lambda base, digits: digits,
            mistakes={
                "bits multiplied by log 2": dict(
                    lhs=lambda base, digits: mp.nstr(_artanh_series(F(7, 10)) * _nats_in(base), 15)
                )
            },
        ),
    ),
    uses=(categorical_pmf,),
)

exponential_family = Claim(
    title="The categorical distribution in its logits",
    statement=(
        r"With $q=\operatorname{softmax}(z)$ the logarithm of $P(e_j)=q_j$ is linear in "
        r"the label, minus one number, $<form>$. The gradient of that number is $q$, "
        r"$<gradient>$, and its Hessian $\operatorname{diag}q-qq^\top$, $<hessian>$. "
        r"For $v\in\mathbb R^K$ $<pairs>$, so $<sign>$, with equality iff all $v_k$ are equal."
    ),
    relations={
        "form": Equal(
            log(derived.softmax_at(z, j)),
            over_classes(derived.KroneckerDelta(k, j) * z[k]) - derived.lse_of(z),
        ),
        "gradient": Equal(derived.mean_map.start, derived.softmax_at(z, j)),
        "hessian": Equal(
            derived.Derivative(derived.softmax_at(z, j), z[l]),
            derived.softmax_at(z, j) * (derived.KroneckerDelta(j, l) - derived.softmax_at(z, l)),
        ),
        "pairs": Equal(derived.quadratic_form(v, q), derived.pairs.last),
        "sign": AtLeast(derived.quadratic_form(v, q), 0),
    },
    for_all=(
        size(K, 1),
        real(z, K),
        simplex(q, K),
        real(v, K),
        index(j, K),
        index(l, K),
    ),
    meaning=(
        r"The form is the variance of $\langle v,Y\rangle$, so the matrix is "
        r"$\operatorname{Cov}(Y)$. Its kernel is $\mathbb R\mathbf 1$, and its rank "
        r"$K-1$."
    ),
    evidence=(
        Derived(
            part="",
            of="hessian",
            chain=derived.hessian,
            computes=hessian_entry,
            mistakes={
                "diag(q(1 - q)), as boosting takes it": softmax
                * (1 - softmax)
                * derived.KroneckerDelta(j, l),
                "diag q": softmax * derived.KroneckerDelta(j, l),
            },
        ),
        Derived(
            part="",
            of="form",
            chain=derived.exponential_family,
            computes=lambda z, K, j: xentlib.categorical_log_likelihood(j - 1, xentlib.softmax(z)),
            mistakes={"not normalised": z[j]},
        ),
        Derived(
            part="",
            of="gradient",
            chain=derived.mean_map,
            computes=lambda z, K, j: xentlib.softmax(z)[j - 1],
            mistakes={"the logits themselves": z[j]},
        ),
        Derived(
            part="",
            of="pairs",
            chain=derived.pairs,
            computes=quadratic_form,
            mistakes={
                "each pair twice": 2 * derived.pairs.last,
                "the mean not taken off": over_classes(q[k] * v[k] ** 2),
            },
        ),
        derived.log_sum_exp_is_convex.as_part("", of="sign"),
        Formal(
            part="",
            of="form",
            theorem="exponential_family_form",
        ),
        Formal(
            part="",
            of="gradient",
            theorem="exponential_family_gradient",
        ),
        Formal(
            part="",
            of="pairs",
            theorem="exponential_family_pairs",
        ),
        Formal(
            part="",
            of="sign",
            theorem="exponential_family_sign",
        ),
    ),
    uses=(softmax_bijection,),
)
