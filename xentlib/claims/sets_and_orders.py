"""The chapter on labels that are sets, ordered or absent."""

from dataclasses import replace
from fractions import Fraction as F
from itertools import combinations
from math import isqrt

import numpy as np
from sympy import Symbol, log, solve, symbols

from xentlib import (
    continuation_ratio_loss,
    cumulative_logit_loss,
    linear_pool,
    logarithmic_pool,
    set_label_loss,
)
from xentlib.claims._finite import arg_max, interior, lattice, normalised, power, prod
from xentlib.derivations import entropy_and_kl as shapes
from xentlib.derivations import sets_and_orders as derived
from xentlib.derivations.lemmas import m, on_support, over_support
from xentlib.derivations.quantities import on_support as named
from xentlib.derivations.quantities import softmax
from xentlib.derivations.symbols import K, N, j, k, l, over_classes, p, q, z
from xentlib.verify import Claim
from xentlib.verify import hypotheses as domain
from xentlib.verify import samples as domains
from xentlib.verify.evidence import Argued, Derived, Exact, Sampled
from xentlib.verify.quantity import AtLeast, AtMost
from xentlib.verify.samples import Domain

SIZES = (2, 3, 4, 5, 8, 30)  # an order, or a set that says something, needs two classes


# --- a set


def _some_sets(num_classes):
    first = np.arange(num_classes) == 0
    return [first, ~first if num_classes > 1 else first, np.full(num_classes, True)]


def _a_set(rng, num_classes):
    chosen = rng.random(num_classes) < 0.5
    chosen[rng.integers(num_classes)] = True
    return chosen


SETS = Domain(corners=_some_sets, draw=_a_set)


def _two_sums(logits, chosen):
    """-log q(S), from two sums of exponentials."""
    return np.logaddexp.reduce(logits) - np.logaddexp.reduce(logits[chosen])


def _at_the_mean_logit(logits, chosen):
    return np.logaddexp.reduce(logits) - logits[chosen].mean()


set_labels = Claim(
    title="A label that is a set",
    statement=(
        r"Let the label say that the class is one of a set $S$ of $m$ classes, and no "
        r"more, and let $q(S)>0$ be what the prediction has there. The set costs $-\log "
        r"q(S)$. A label $p$ with its mass on $S$, positive there, costs $<split>$, so "
        r"$<least>$, with equality iff $p$ is the prediction given $S$. The uniform "
        r"label on $S$ costs $<uniform>$."
    ),
    relations={
        "split": derived.a_label_on_the_set.states,
        "least": AtMost(-log(derived.mass(q)), named.divergence(p, q)),
        "uniform": derived.uniform_on_the_set.states,
    },
    for_all=on_support,
    meaning=(
        r"So the uniform label asks for more than the set says: that the classes of the "
        r"set be equally likely. Its loss is an upper bound of the set's, plus $\log m$. "
        r"The prediction given $S$, computed again at each step, is what EM puts in "
        r"place of the label."
    ),
    evidence=(
        Derived(
            part="",
            of="split",
            chain=derived.a_label_on_the_set,
            mistakes={
                "without the divergence within the set": -log(derived.mass(q)) + named.entropy(p),
                "the divergence of the prediction from the label": -log(derived.mass(q))
                + named.entropy(p)
                + over_support(
                    q[k] / derived.mass(q) * log(q[k] / (derived.mass(q) * p[k])),
                ),
            },
        ),
        derived.a_set_costs_least.as_part("", of="least"),
        Derived(
            part="",
            of="uniform",
            chain=derived.uniform_on_the_set,
            mistakes={
                "a uniform label on the set is the set": -log(derived.mass(q)),
                "it is that up to a constant": -log(derived.mass(q)) + log(m),
            },
        ),
        Sampled(
            part="the library's loss of a set",
            cases=dict(logits=domains.logits, chosen=SETS),
            lhs=lambda logits, chosen: set_label_loss(logits, chosen),
            rhs=_two_sums,
            tolerance=1e-11,
            because="of logits of ten thousand, two sums of exponentials lose digits",
            mistakes={
                "the mean logit of the set": _at_the_mean_logit,
            },
        ),
    ),
    uses=("entropy_and_kl.cross_entropy_decomposition", "five_meanings.virtual_evidence"),
)


# --- sets that are reported at random

TRUTHS = ((F(3, 5), F(3, 10), F(1, 10)), (F(1, 5), F(1, 5), F(3, 5)), (F(1, 2), F(1, 4), F(1, 4)))
CLASSES = (0, 1, 2)


def _supersets():
    """Each set of classes, and the chance that it is reported for a class that it has: every other
    class is added with the chance 1/2.
    """
    return {chosen: F(1, 4) for n in (1, 2, 3) for chosen in combinations(CLASSES, n)}


REPORTS = {  # of a set, for a class that it has
    "supersets": _supersets(),
    "one class is ruled out": {pair: F(1, 2) for pair in combinations(CLASSES, 2)},
    "half are censored": {(0,): F(1), (1,): F(1, 2), (2,): F(1, 2), (1, 2): F(1, 2)},
}
INFORMATIVE = {  # vague only where the class is the first: the chance depends on the class
    ((0, 1, 2), 0): F(1),
    ((1,), 1): F(1),
    ((2,), 2): F(1),
}
NOT_TOLD_APART = {(0, 1): F(1), (2,): F(1)}


def _law(truth, chances):
    """How often each set is reported."""
    return {chosen: c * sum(truth[k] for k in chosen) for chosen, c in chances.items()}


def _best_by(law, truth):
    """The predictions with the largest likelihood of the reported sets, on a lattice."""
    models = set(interior(3, 20)) | {truth}
    return arg_max(
        {
            model: prod(
                power(sum((model[k] for k in chosen), F(0)), 80 * share)
                for chosen, share in law.items()
            )
            for model in models
        }
    )


def _likeliest(truth, kind):
    return _best_by(_law(truth, REPORTS[kind]), truth)


def _mean_of_uniform(truth, kind):
    """What cross-entropy finds of uniform labels on the sets: their mean."""
    law = _law(truth, REPORTS[kind])
    return frozenset({tuple(sum(law[s] / len(s) for s in law if k in s) for k in CLASSES)})


def _ignored(truth, kind):
    """The likelihood that takes informative reports for random ones."""
    law = {chosen: truth[k] * chance for (chosen, k), chance in INFORMATIVE.items()}
    return _best_by(law, truth)


def _without_naming(truth, kind):
    return _best_by(_law(truth, NOT_TOLD_APART), truth)


coarsening_at_random = Claim(
    title="Coarsening at random",
    statement=(
        r"Let $b_{kl}$ be the chance that set $S_l$ is reported if the class is $k$: "
        r"$c_l$, the same for each class in $S_l$ and for each prediction, and 0 for "
        r"other classes, with $\sum_lb_{kl}=1$. Under a prediction $q$ the report $S_l$ "
        r"then has the probability $P_q(S_l)=c_l\,q(S_l)$, and $<law>$: up to a "
        r"constant, $-\log q(S)$ is a negative log-likelihood. If the truth has $P_l$ "
        r"on the sets, and the prediction $Q_l$, the mean loss is $<least>$, with equality "
        r"iff $Q_l=P_l$ for every $l$."
    ),
    relations={
        "law": derived.reports.states,
        "least": derived.sets_are_proper.states,
    },
    for_all=(domain.size(K), *derived.sets, domain.simplex(q, K), *derived.of_sets),
    meaning=(
        r"So the truth is a best prediction. If it is in the interior, it is the only one "
        r"iff the indicators of the sets span $\mathbb R^K$. Without the hypothesis on "
        r"$b$ the loss is no likelihood, and finds something else. Classes that are "
        r"ruled out, groups of a hierarchy, and a grade of which one knows only that it "
        r"was passed, are sets; what must be asked of them is why they were not told "
        r"more exactly."
    ),
    evidence=(
        Derived(
            part="",
            of="law",
            chain=derived.reports,
            mistakes={
                "the masses of the sets sum to 1 by themselves": derived.over_sets(
                    derived.mass_of(q, l)
                ),
            },
        ),
        derived.sets_are_proper.as_part("", of="least"),
        Exact(
            part="three classes, three ways to report: the likelihood finds the truth",
            cases=lambda: [(truth, kind) for truth in TRUTHS for kind in REPORTS],
            lhs=_likeliest,
            rhs=lambda truth, kind: frozenset({truth}),
            mistakes={
                "uniform labels on the sets find it": _mean_of_uniform,
                "informative reports may be taken for random ones": dict(lhs=_ignored),
                "any sets will do": dict(lhs=_without_naming),
            },
        ),
        Argued(
            part="when the truth is the only minimiser",
            of="meaning",
            proof=(
                (
                    r"By the statement $q$ is a minimiser iff $q(S_l)=\pi(S_l)$ for every "
                    r"$l$: iff $q-\pi$ is orthogonal to the indicators of all sets."
                ),
                r"If they span $\mathbb R^K$, $q=\pi$.",
                (
                    r"If not, let $d\ne0$ be orthogonal to them. The vector of ones is "
                    r"$\sum_lc_l\mathbf 1_{S_l}$, so $d$ sums to 0, and for $\pi$ in the "
                    r"interior and a small $t$, $\pi+td$ is another minimiser."
                ),
            ),
        ),
    ),
    uses=(set_labels,),
)


# --- a class that is ruled out

complementary_labels = Claim(
    title="A class that it is not",
    statement=(
        r"Let the class have the law $p$ on $K$ classes, and let one of the other $K-1$ "
        r"be named as what it is not, each as likely. The label that is uniform on what "
        r"is left has the mean $<uniform>$ at class $j$: a smoothed truth. The label with "
        r"$1-(K-1)$ at the class that was named and 1 elsewhere has $<signed>$: it is "
        r"right on average, and negative for $K>2$."
    ),
    relations={
        "uniform": derived.uniform_on_others.states,
        "signed": derived.signed_complement.states,
    },
    for_all=(domain.size(K), domain.simplex(p, K), domain.index(j, K)),
    meaning=(
        r"The first keeps $1/(K-1)^2$ of the signal: for ten classes one part in 81. The "
        r"second has a loss without a bound, as all signed labels have. The likelihood "
        r"of the set, $-\log(1-q_j)$ for a class $j$ that is ruled out, has neither fault."
    ),
    evidence=(
        Derived(
            part="",
            of="uniform",
            chain=derived.uniform_on_others,
            mistakes={
                "a uniform label on what is left is unbiased": p[j] + 0 * K,
                "it shrinks by K - 1": p[j] / (K - 1) + (1 - 1 / (K - 1)) / K,
            },
        ),
        Derived(
            part="",
            of="signed",
            chain=derived.signed_complement,
            mistakes={
                "minus the vertex of the named class": -derived.ruled_out.subs(k, j),
            },
        ),
    ),
    uses=(
        coarsening_at_random,
        "smoothing.label_smoothing",
        "five_meanings.signed_labels",
    ),
)


# --- a set of labels

CERTAIN = tuple(tuple(F(k == place) for place in CLASSES) for k in CLASSES)
SETS_OF_LABELS = {
    "six to nine tenths": ((F(6, 10), F(4, 10)), (F(9, 10), F(1, 10))),
    "one to nine tenths": ((F(1, 10), F(9, 10)), (F(9, 10), F(1, 10))),
    "the first class at least one half": (
        CERTAIN[0],
        (F(1, 2), F(1, 2), F(0)),
        (F(1, 2), F(0), F(1, 2)),
    ),
    "every label on two classes": CERTAIN[:2],
}


def _mixtures(labels):
    """Of some labels, with weights in twelfths."""
    return {
        tuple(
            sum(w * p for w, p in zip(weights, column, strict=True))
            for column in zip(*labels, strict=True)
        )
        for weights in lattice(len(labels), 12)
    }


def _to_the_power(model, label):
    """exp(-600 H(label, model)): all labels here have whole numbers of 600ths."""
    return prod(power(q, 600 * p) for q, p in zip(model, label, strict=True))


def _fewest_regrets(kind):
    """The predictions whose worst loss over the labels is least, of many."""
    labels = SETS_OF_LABELS[kind]
    models = _mixtures(labels) | set(lattice(len(labels[0]), 20))
    return arg_max({q: min(_to_the_power(q, p) for p in labels) for q in models})


def _of_largest_entropy(labels):
    (best,) = arg_max({p: 1 / _to_the_power(p, p) for p in labels})
    return frozenset({best})


def _most_entropy(kind):
    return _of_largest_entropy(_mixtures(SETS_OF_LABELS[kind]))


def _centroid(kind):
    labels = SETS_OF_LABELS[kind]
    return frozenset({tuple(sum(column) / len(labels) for column in zip(*labels, strict=True))})


def _of_the_list(kind):
    """The label of the list, not of its mixtures, that has the largest entropy: the first."""
    labels = SETS_OF_LABELS[kind]
    best = arg_max({p: 1 / _to_the_power(p, p) for p in labels})
    return frozenset({min(best)})


def _optimist(kind):
    """The predictions whose best loss over the labels is least."""
    labels = SETS_OF_LABELS[kind]
    return arg_max({q: max(_to_the_power(q, p) for p in labels) for q in _mixtures(labels)})


worst_label = Claim(
    title="Ready for the worst label",
    statement=(
        r"Let $Q\subset\Delta$ be a closed convex set of labels, and $r$ the label in $Q$ with the "
        r"largest entropy. The worst loss over the labels, $\max_{p\in Q}H(p,q)$, is least at "
        r"$q=r$ and nowhere else, and there it is $H(r)$. For, with a label $p$ and the mixture "
        r"$r_\varepsilon=(1-\varepsilon)r+\varepsilon p$, $0<\varepsilon<1$, $<step>$, with "
        r"equality iff $p=r$."
    ),
    relations={
        "step": AtLeast(derived.a_step_from_the_top.start, derived.a_step_from_the_top.last)
    },
    for_all=derived.a_step_from_the_top.given,
    meaning=(
        r"Of labels in a list the worst is worst of their mixtures too, so the best prediction is "
        r"the mixture with the largest entropy, and in general neither their mean nor one of the "
        r"list. Of all labels on a set $S$ it is the uniform one: that is what a uniform label on "
        r"$S$ is for. The optimist, who minimises over the label as well, goes to the label with "
        r"the least entropy."
    ),
    evidence=(
        derived.a_step_from_the_top.as_part("", of="step"),
        Exact(
            part="four sets of labels",
            cases=lambda: [(kind,) for kind in SETS_OF_LABELS],
            lhs=_fewest_regrets,
            rhs=_most_entropy,
            mistakes={
                "their mean": _centroid,
                "the label of the list with the largest entropy": _of_the_list,
                "the optimist's": _optimist,
            },
        ),
        Argued(
            part="at r, and nowhere else",
            proof=(
                (
                    r"$Q$ is compact and the entropy continuous, so there is such an $r$. For "
                    r"$p\in Q$ every mixture $r_\varepsilon$ is in $Q$, so $H(r_\varepsilon)\le "
                    r"H(r)$. With the relation, $\varepsilon H(p,r_\varepsilon)\le H(r)-"
                    r"(1-\varepsilon)H(r)$: that is $H(p,r_\varepsilon)\le H(r)$. Classes with "
                    r"$r_k=0$ add $-\varepsilon p_k\log(\varepsilon p_k)$ to both sides of the "
                    r"relation, and those with $p_k=0$ leave it true, so it holds at the edge too."
                ),
                (
                    r"Let $\varepsilon\to0$. If $r_k=0<p_k$ for some class, $H(p,r_\varepsilon)$ "
                    r"would grow without a bound, so there is none, and $H(p,r)\le H(r)$: at $q=r$ "
                    r"no label costs more than $r$ itself."
                ),
                (
                    r"For any $q$ the worst label costs at least what $r$ costs, and "
                    r"$H(r,q)\ge H(r)$, with equality iff $q=r$, by <gibbs_inequality>. That "
                    r"also says that there is one $r$ only."
                ),
            ),
        ),
        Argued(
            part="lists, sets of classes, and the optimist",
            of="meaning",
            proof=(
                (
                    r"The loss is linear in the label, by <convexity>, so over mixtures of a list "
                    r"it is largest at one of the list. The labels on $S$ are the mixtures of its "
                    r"vertices, and the uniform one has the largest entropy, $\log|S|$."
                ),
                (
                    r"$\min_qH(p,q)=H(p)$, so the least over both is the least entropy of a label "
                    r"in $Q$."
                ),
            ),
        ),
    ),
    uses=(
        set_labels,
        "entropy_and_kl.gibbs_inequality",
        "entropy_and_kl.convexity",
    ),
)


# --- orders

ORDINAL = dict(logits=domains.logits, label=domains.simplex)


def _log_law(logits):
    """log q of one stage after the other."""
    stops, goes = -np.logaddexp(0, -logits), -np.logaddexp(0, logits)
    return np.append(stops, 0) + np.concatenate([[0], np.cumsum(goes)])


def _of_everyone(logits, label):
    """The stages' losses, each over all rows."""
    steps = logits[:-1]
    return label[:-1] @ np.logaddexp(0, -steps) + (1 - label[:-1]) @ np.logaddexp(0, steps)


continuation_ratios = Claim(
    title="One question after the other",
    statement=(
        r"Let each of $K$ classes be reached through yes and no to some of $J$ questions, "
        r"of which the $l$-th has the logit $z_l$: $y_{kl}=1$ where class $k$ needs a yes, "
        r"$n_{kl}=1$ where it needs a no, and 0 else. The cross-entropy with this "
        r"prediction is $<questions>$: binary losses, each weighed by the share of the "
        r"label that is asked the question. One order is to stop at the first, the "
        r"second, ... of $n$ stages, which one passes with the chances $r_i$: what stops "
        r"has $<law>$, and who passes all stages makes up the rest."
    ),
    relations={"questions": derived.questions.states, "law": derived.stages_make_a_law.states},
    for_all=(
        domain.size(K),
        domain.size(derived.J),
        domain.simplex(p, K),
        *derived.questions.given[3:],
        domain.real(derived.answer, derived.J),
        domain.size(derived.n, 1),
        domain.positive(derived.passes, derived.n),
    ),
    meaning=(
        r"So the loss of continuation ratios is cross-entropy, for soft labels too, and "
        r"a likelihood wherever that is one. It is no more ordinal than softmax: with "
        r"logits of their own the stages reach every distribution in the interior. The "
        r"order is in what the stages share, one slope for instance."
    ),
    evidence=(
        Derived(
            part="",
            of="questions",
            chain=derived.questions,
            mistakes={
                "every question waits for everyone": derived.over_questions(
                    over_classes(derived.yes[k, l] * p[k]) * -derived.sure
                    + (1 - over_classes(derived.yes[k, l] * p[k])) * -derived.unsure
                ),
            },
        ),
        derived.stages_make_a_law.as_part("", of="law"),
        Sampled(
            part="the library's loss of stages, of soft labels",
            cases=ORDINAL,
            lhs=lambda logits, label: continuation_ratio_loss(logits[:-1], label),
            rhs=lambda logits, label: -np.dot(label, _log_law(logits[:-1])),
            sizes=SIZES,
            mistakes={"each stage over all rows": _of_everyone},
        ),
    ),
    uses=("entropy_and_kl.merging",),
)


def _thresholds(logits, label):
    """The binary losses of all thresholds."""
    steps, above = logits[:-1], 1 - np.cumsum(label)[:-1]
    return above @ np.logaddexp(0, -steps) + (1 - above) @ np.logaddexp(0, steps)


def _factors(grade, chances):
    """exp(-C(e_y, c)), where c_1, c_2, ... are the chances to lie above a grade."""
    return prod(c if place < grade else 1 - c for place, c in enumerate(chances))


def _constant_mass(num_classes):
    """The constants that Σ_y v_y exp(-C(e_y, c)) may be for all c, with any weights v."""
    chances = symbols(f"c1:{num_classes}")
    weights, constant = symbols(f"v1:{num_classes + 1}"), Symbol("constant")
    mass = sum(v * _factors(grade, chances) for grade, v in enumerate(weights)) - constant
    coefficients = mass.expand().as_poly(*chances).coeffs()
    return solve(coefficients, [*weights, constant], dict=True)[0].get(constant, constant)


NEAR_AND_FAR = [  # chances of four grades, where the first is true
    (((F(4, 10)), F(6, 10), F(0), F(0)), (F(4, 10), F(0), F(6, 10), F(0))),
    ((F(1, 2), F(1, 4), F(1, 4), F(0)), (F(1, 2), F(0), F(1, 4), F(1, 4))),
]


def _sees_the_order(near, far):
    """Whether cross-entropy, and the thresholds' loss, prefer the near miss to the far one."""
    above = [[sum(law[place + 1 :]) for place in range(3)] for law in (near, far)]
    return near[0] > far[0], _factors(0, above[0]) > _factors(0, above[1])


cumulative_thresholds = Claim(
    title="Thresholds with a loss each",
    statement=(
        r"Let $N=K-1$ thresholds ask whether the class lies above the first grade, the "
        r"second, ..., each a label $p_i$ with two classes, and let $C$ be the sum of "
        r"their cross-entropies. It is strictly proper: $<proper>$, with equality iff "
        r"$q_i=p_i$ for all $i$. But it is no negative log-likelihood, even of hard "
        r"labels. For three grades, with the chances $c_1>c_2$ to lie above, $<mass>$, "
        r"which is below 1 and depends on the prediction. For $K\ge3$ no weights $v_y$ "
        r"make $\sum_yv_ye^{-C(e_y,c)}$ a constant other than 0."
    ),
    relations={
        "proper": AtLeast(derived.loss_of_thresholds(p, q), derived.loss_of_thresholds(p, p)),
        "mass": derived.total_mass.states,
    },
    for_all=(
        domain.size(K),
        domain.size(N),
        domain.simplex(p, K, N),
        domain.simplex(q, K, N),
        domain.number(derived.c_1, 0, 1),
        domain.number(derived.c_2, 0, 1),
    ),
    meaning=(
        r"So its estimates are right on average, and its standard errors are a sandwich, "
        r"for hard labels too. It is another loss than the likelihood of a cumulative "
        r"logit model, which is $-\log(c_{y-1}-c_y)$. And it sees the order: of two "
        r"predictions with the same $q_y$ the one that misses by less costs less, where "
        r"cross-entropy sees no difference."
    ),
    evidence=(
        derived.thresholds_are_proper.as_part("", of="proper"),
        Derived(
            part="",
            of="mass",
            chain=derived.total_mass,
            mistakes={
                "the upper threshold alone decides": derived.c_2,
                "missing is what lies above both": 1 - derived.c_1 * derived.c_2,
            },
        ),
        Exact(
            part="no weights make it a likelihood, for 3, 4 and 5 grades",
            cases=lambda: [(3,), (4,), (5,)],
            lhs=_constant_mass,
            rhs=lambda num_classes: 0,
            mistakes={"nor for two": dict(cases=lambda: [(2,), (3,)])},
        ),
        Exact(
            part="the order: a near miss and a far one",
            cases=lambda: NEAR_AND_FAR,
            lhs=_sees_the_order,
            rhs=lambda near, far: (near[0] != far[0], near != far),
            mistakes={
                "cross-entropy sees the order": lambda near, far: (near != far, near != far),
            },
        ),
        Sampled(
            part="the library's loss of thresholds, of soft labels",
            cases=ORDINAL,
            lhs=lambda logits, label: cumulative_logit_loss(logits[:-1], label),
            rhs=_thresholds,
            sizes=SIZES,
            tolerance=1e-9,
            because="of logits of ten thousand, 1 - Σp loses digits",
            mistakes={
                "the thresholds over those who pass the ones before": (
                    lambda logits, label: continuation_ratio_loss(-logits[:-1], label)
                ),
            },
        ),
        Argued(
            part="no weights, for every K",
            proof=(
                (
                    r"The sum is a polynomial in $c_1,\dots,c_{K-1}$, of degree 1 in each. Let "
                    r"it be a constant wherever $1>c_1>\dots>c_{K-1}>0$. This set is open, so "
                    r"all other coefficients are 0."
                ),
                (
                    r"At $c_1=0$ the terms of $y\ge2$ vanish, and $v_1\prod_{i\ge2}(1-c_i)$ is "
                    r"left. As $K\ge3$ there is a $c_2$, and it is a constant only if $v_1=0$."
                ),
                r"So the polynomial is 0 at $c_1=0$, and everywhere.",
            ),
        ),
    ),
    uses=(continuation_ratios, "entropy_and_kl.gibbs_inequality"),
)


# --- no label


def _m_step(q, power_of_q):
    """The prediction that cross-entropy finds, free of a model, where the labels are the powers of
    the last prediction, normalised.
    """
    return normalised(entry**power_of_q for entry in q)


def _em_step(labelled, unlabelled, label=lambda share: share):
    """The share of the first class after a step of EM that starts where the labels alone end: each
    unlabelled row has the prediction in place of a label.
    """
    share = labelled[0] / sum(labelled)
    return (labelled[0] + unlabelled * label(share)) / (sum(labelled) + unlabelled)


LABELLED = ((F(2), F(3)), (F(5), F(1)), (F(3), F(4)))  # labels of each class at one input
SHARP = ((F(1, 2), F(1, 3), F(1, 6)), (F(1, 6), F(2, 3), F(1, 6)))


def _of_half_labels(labelled, unlabelled):
    return (labelled[0] + unlabelled / 2) / (sum(labelled) + unlabelled)


def _hard_step(labelled, unlabelled):
    return _em_step(labelled, unlabelled, lambda share: F(int(share > F(1, 2))))


no_label = Claim(
    title="An input without a label",
    statement=(
        r"Let a model of $q(y\mid x)$ have parameters that say nothing of the law of $x$. "
        r"An input without a label is a label that is the set of all classes: $<none>$ "
        r"for every prediction. EM puts the prediction $p$ in place of the label, and what it "
        r"adds is least at that prediction: $<still>$, with equality iff $q=p$. What "
        r"moves it is another loss, the entropy of the prediction: $<slope>$, 0 for all "
        r"$j$ only where all classes are equally likely, and negative where the logit is "
        r"above its mean. Descending it makes the likely likelier."
    ),
    relations={
        "none": derived.all_classes.states,
        "still": AtLeast(named.cross_entropy(p, q), named.entropy(p)),
        "slope": derived.slope_of_entropy.states,
    },
    for_all=(*on_support, domain.size(K), domain.real(z, K), domain.index(j, K)),
    meaning=(
        r"So self-training and pseudo-labels gain what they gain from sharpening, from a "
        r"threshold, or from what the model shares between inputs, and not from a "
        r"likelihood: entropy that is minimised is a prior that unlikely borders run "
        r"between inputs. A model of $p(x,y)$ is another thing, as "
        r"$p(x)=\sum_yp(x,y)$ has its parameters."
    ),
    evidence=(
        Derived(
            part="",
            of="none",
            chain=derived.all_classes,
            mistakes={"the loss of the likeliest class": log(K)},
        ),
        replace(shapes.cross_entropy_is_least_at_p, mistakes={}).as_part("", of="still"),
        Derived(
            part="",
            of="slope",
            chain=derived.slope_of_entropy,
            mistakes={
                "the slope of cross-entropy": softmax(z, j) - 1 / K,
                "without the mean logit": -softmax(z, j) * z[j],
            },
        ),
        Exact(
            part="labels that are powers of the prediction",
            cases=lambda: [(q, 1) for q in interior(3, 6)],
            lhs=_m_step,
            rhs=lambda q, power_of_q: q,
            mistakes={"sharpened labels stand still": dict(cases=lambda: [(q, 2) for q in SHARP])},
        ),
        Exact(
            part="EM with labelled and unlabelled rows: where the labels alone end, it stays",
            cases=lambda: [(labelled, F(n)) for labelled in LABELLED for n in (1, 3)],
            lhs=_em_step,
            rhs=lambda labelled, unlabelled: labelled[0] / sum(labelled),
            mistakes={
                "an unlabelled row is half a label of each class": _of_half_labels,
                "hard pseudo-labels are EM": dict(lhs=_hard_step),
            },
        ),
    ),
    uses=(
        set_labels,
        "many_observations.conditional_suffices",
        "entropy_and_kl.gibbs_inequality",
        "five_meanings.em_step",
    ),
)


# --- pools

OPINIONS = (  # of two experts, whose geometric means are rational
    ((F(1, 10), F(2, 5), F(1, 2)), (F(2, 5), F(1, 10), F(1, 2))),
    ((F(1, 2), F(1, 4), F(1, 4)), (F(8, 9), F(1, 25), F(16, 225))),
)
EVIDENCE = ((F(1), F(2), F(3)), (F(4), F(1), F(1)))


def _root(value):
    """The square root of a fraction that has a rational one."""
    root = F(isqrt(value.numerator), isqrt(value.denominator))
    if root * root != value:
        raise ValueError(f"{value} is no square")
    return root


def _arithmetic(opinions):
    return tuple(sum(column) / len(opinions) for column in zip(*opinions, strict=True))


def _geometric(opinions):
    """With the weights one half, by the ratios to the first class."""
    ratios = [prod(column) for column in zip(*opinions, strict=True)]
    return normalised(_root(ratio / ratios[0]) for ratio in ratios)


def _updated(law, evidence):
    """After Bayes' rule."""
    return normalised(a * b for a, b in zip(law, evidence, strict=True))


def _merged(law):
    """The first two classes in one."""
    return (law[0] + law[1], *law[2:])


def _bayes_first(opinions, evidence, pool=_geometric):
    return pool([_updated(law, evidence) for law in opinions])


def _bayes_last(opinions, evidence, pool=_geometric):
    return _updated(pool(opinions), evidence)


def _log_odds_of_the_pool(p, w, j, l, **others):  # noqa: E741
    """Of two classes, after each opinion was updated."""
    updated = [normalised(np.array(law) * others["lambda"]) for law in p]
    pool = logarithmic_pool(updated, w)
    return np.log(pool[j - 1] / pool[l - 1])


two_pools = Claim(
    title="Two pools",
    statement=(
        r"Let $N$ opinions $p_i$ have weights $w_i>0$ that sum to 1. The *linear* pool is "
        r"$\sum_iw_ip_i$; the *logarithmic* pool is $\prod_ip_i^{w_i}$, normalised. The "
        r"linear pool commutes with merging: for any group of classes $<merging>$. The "
        r"logarithmic pool commutes with Bayes' rule: where an observation $o$ has the "
        r"likelihoods $\lambda_k$, the log-odds of the pool of updated opinions are "
        r"$<Bayes>$, those of the pool, updated. Neither does what the other does."
    ),
    relations={
        "merging": derived.linear_pool_merges.states,
        "Bayes": derived.logarithmic_pool_updates.states,
    },
    for_all=derived.logarithmic_pool_updates.given + derived.linear_pool_merges.given[-1:],
    meaning=(
        r"Cross-entropy fitted to all opinions finds the linear pool. Mean logits, as of "
        r"an ensemble, are the logarithmic one. So labels may be merged before they are "
        r"averaged or after, but beliefs that have seen evidence apart may not be."
    ),
    evidence=(
        Derived(
            part="",
            of="merging",
            chain=derived.linear_pool_merges,
            computes=lambda w, p, g, **_: np.dot(g, linear_pool(p, w)),
            mistakes={"the mean without weights": derived.mean_of_the_groups},
        ),
        Derived(
            part="",
            of="Bayes",
            chain=derived.logarithmic_pool_updates,
            computes=_log_odds_of_the_pool,
            mistakes={
                "the observation counts once for each opinion": N
                * log(derived.update[j] / derived.update[l])
                + derived.log_odds_of_the_pool,
                "the observation is lost": derived.log_odds_of_the_pool,
            },
        ),
        Exact(
            part="Bayes' rule before the pool, or after it",
            cases=lambda: [(opinions, e) for opinions in OPINIONS for e in EVIDENCE],
            lhs=_bayes_first,
            rhs=_bayes_last,
            mistakes={
                "so does the linear pool": dict(
                    lhs=lambda opinions, e: _bayes_first(opinions, e, _arithmetic),
                    rhs=lambda opinions, e: _bayes_last(opinions, e, _arithmetic),
                )
            },
        ),
        Exact(
            part="merging before the pool, or after it",
            cases=lambda: [(opinions,) for opinions in OPINIONS],
            lhs=lambda opinions: _arithmetic([_merged(law) for law in opinions]),
            rhs=lambda opinions: _merged(_arithmetic(opinions)),
            mistakes={
                "so does the logarithmic pool": dict(
                    lhs=lambda opinions: _geometric([_merged(law) for law in opinions]),
                    rhs=lambda opinions: _merged(_geometric(opinions)),
                )
            },
        ),
    ),
    uses=("entropy_and_kl.means",),
)
