"""Chapter 4: from the negative log-likelihood to cross-entropy."""

from fractions import Fraction as F
from itertools import product
from math import lcm

import numpy as np
from mpmath import mp
from sympy import Piecewise, Rational, Symbol, diff, exp, limit, log, simplify

import xentlib
from xentlib.claims._finite import arg_max, by_input, by_row, interior, lattice, prod, to_mpf
from xentlib.claims._lattice import coefficient, count_vectors
from xentlib.claims._library import beyond_the_support, of_frequencies
from xentlib.derivations import cross_entropy as derived
from xentlib.derivations import entropy_and_kl as least
from xentlib.derivations.lemmas import on_support, over_support
from xentlib.derivations.quantities import on_support as named
from xentlib.derivations.symbols import (
    K,
    N,
    i,
    j,
    k,
    l,
    over_classes,
    over_observations,
    p,
    q,
    softmax,
    y,
)
from xentlib.verify import Claim
from xentlib.verify import samples as domains
from xentlib.verify.evidence import (
    Argued,
    Cited,
    Computed,
    Derived,
    Exact,
    Sampled,
    Simulated,
    at_least,
    at_most,
    equal,
    less,
)
from xentlib.verify.faces import support
from xentlib.verify.formal import Formal
from xentlib.verify.hypotheses import labels, nonnegative, number, simplex, size
from xentlib.verify.quantity import AtLeast, AtMost, Equal

e = Symbol("e", positive=True)


def _power(point, probs):
    """∏ q^p as an integer power: exp(-m H(p, q)), with m the common denominator of p, and m."""
    m = lcm(*(a.denominator for a in point))
    return prod(b ** int(a * m) for a, b in zip(point, probs, strict=True)), m


def _gradient(logits, label):
    return xentlib.softmax_cross_entropy_value_and_grad(logits, label)[1]


def _with_indicators(p, q):
    with np.errstate(divide="ignore"):
        return -np.log(np.prod(q[p == 1]))


def _infinite_at_every_zero(p, q):
    return np.inf if min(q) == 0 else xentlib.cross_entropy(p, q)


def _expected_loss(p, q):
    return (
        np.inf
        if any(a > 0 and b == 0 for a, b in zip(p, q, strict=True))
        else sum(
            a * -xentlib.categorical_log_likelihood(place, q) for place, a in enumerate(p) if a > 0
        )
    )


def _gap_of_the_mixed_label(p, r, q):
    """Between the loss of (p + r)/2 and the mean of the two losses: none but the rounding."""
    q = (q + 1 / len(q)) / 2
    mean = (xentlib.cross_entropy(p, q) + xentlib.cross_entropy(r, q)) / 2
    return abs(xentlib.cross_entropy((p + r) / 2, q) - mean)


expected_log_likelihood = Claim(
    title="Cross-entropy is an expected negative log-likelihood",
    statement=(
        r"Let $p,q\in\Delta$ with $\operatorname{supp} p\subset\operatorname{supp} q$. "
        r"Then $<value>$."
    ),
    relations={"value": derived.expected_loss_on_support.states},
    for_all=on_support,
    meaning=(
        r"So a hard label drawn from $p$ gives an unbiased loss, and, with "
        r"$q=\operatorname{softmax}(z)$, an unbiased gradient in the logits. If some "
        r"$p_k>0=q_k$, both sides are $+\infty$."
    ),
    evidence=(
        Derived(
            part="",
            of="value",
            chain=derived.expected_loss_on_support,
            computes=beyond_the_support(xentlib.cross_entropy),
            mistakes={
                "minus the log of the expected likelihood": -log(over_support(p[k] * q[k])),
                "the expected likelihood": over_support(p[k] * q[k]),
            },
        ),
        Derived(
            part="the value, zeros in p, q in the interior",
            chain=derived.expected_loss,
            computes=lambda p, q, K: xentlib.cross_entropy(p, q),
        ),
        Derived(
            part="the gradient in a logit, with q = softmax(z): the mean over Y of q - e_Y",
            chain=derived.gradient,
            computes=lambda p, z, K, j: _gradient(z, p)[j - 1],
            mistakes={
                "the gradient with the sign of p - q": derived.any_p[j] - softmax,
                "in q instead of the logits": -derived.any_p[j] / softmax,
                "the gradient of a uniform label": softmax - 1 / K,
            },
        ),
        Sampled(
            part="faces, in floats",
            cases=dict(p=domains.simplex, q=domains.simplex),
            lhs=lambda p, q: xentlib.cross_entropy(p, q),
            rhs=_expected_loss,
            mistakes={
                "the formula with indicators is the same (the walk, slip E12)": _with_indicators,
                "a zero in q is infinite for every label": _infinite_at_every_zero,
                "two mixed losses are not the loss of the mixed label": dict(
                    cases=dict(p=domains.simplex, r=domains.simplex, q=domains.simplex),
                    lhs=_gap_of_the_mixed_label,
                    rhs=lambda p, r, q: 1e-6 * (abs(p - r).max() > 1e-3),
                    relation=at_least,
                ),
            },
        ),
        Argued(
            part="q on the boundary",
            of="meaning",
            proof=(
                r"A class with $p_k=0$ adds nothing to either side.",
                (
                    r"If $p_k>0=q_k$ for some $k$, then $-\log q_Y=+\infty$ with the "
                    r"probability $p_k$ at least: its expectation is $+\infty$, and so is "
                    r"$H(p,q)$."
                ),
            ),
        ),
    ),
    uses=("categorical.categorical_pmf",),
)


def _soft_total(y, q, K, N):
    """The library's cross-entropy takes distributions: a row with total s is s times one."""
    totals = np.sum(y, axis=1)
    return np.dot(totals, xentlib.cross_entropy(np.array(y) / totals[:, None], q))


def _hard_total(q, y, K, N):
    return -xentlib.categorical_log_likelihood(np.array(y) - 1, q).sum()


nll_is_a_double_sum = Claim(
    title="The negative log of the product",
    statement=(
        r"For all real exponents $y_{ik}\ge0$ and predictions $q_i\in\Delta^\circ$, "
        r"$<soft>$. For hard labels, where row $i$ is the vertex $e_{y_i}$, $<hard>$."
    ),
    relations={
        "soft": derived.soft_nll.states,
        "hard": derived.hard_nll.states,
    },
    for_all=(
        size(K, 1),
        size(N, 1),
        nonnegative(derived.exponent, K, N),
        simplex(q, K, N),
        labels(y, N, K),
    ),
    meaning=(r"For one observation it is $H(e_y,q)=-\log q_y$."),
    evidence=(
        Derived(
            part="",
            of="soft",
            chain=derived.soft_nll,
            computes=_soft_total,
            mistakes={
                "no sum over classes (the question, slip E9): class 1 alone": -over_observations(
                    derived.exponent[i, 1] * log(q[i, 1])
                ),
                "the log of a sum": -over_observations(
                    log(over_classes(derived.exponent[i, k] * q[i, k]))
                ),
                "the mean over all N·K entries": derived.soft_nll.last / (N * K),
                "y and q exchanged": -over_observations(
                    over_classes(q[i, k] * log(derived.exponent[i, k]))
                ),
            },
        ),
        Derived(
            part="",
            of="hard",
            chain=derived.hard_nll,
            computes=_hard_total,
            mistakes={"the sign kept": over_observations(log(q[i, y[i]]))},
        ),
        Formal(
            part="",
            of="soft",
            theorem="nll_is_a_double_sum_soft",
        ),
    ),
    uses=("many_observations.product_rule", "many_observations.logarithm_keeps_the_argmax"),
)


def _grouped_cases():
    rows = list(product("ab", (0, 1, 2)))
    return [
        (
            (rows[a], rows[b], rows[c]),
            {"a": (F(1, 2), F(1, 3), F(1, 6)), "b": (F(1, 5), F(1, 5), F(3, 5))},
        )
        for a in range(6)
        for b in range(6)
        for c in range(6)
    ]


def _each_label_once(data, model):
    return by_input(data, model, lambda counts: [int(count > 0) for count in counts])


nll_is_n_cross_entropies = Claim(
    title="NLL = N · H(p̂, q)",
    statement=(
        r"Let $\hat p$ hold the frequencies of inputs $x_i$, one of $M$, with labels "
        r"$y_i$, one of $K$, and let $q_{x,k}=q(k\mid x)>0$. Then $<by input>$. Without "
        r"covariates, with one input for all, this is "
        r"$<plain>$."
    ),
    relations={
        "by input": derived.labels_by_input.states,
        "plain": Equal(derived.loss_of_labels, N * derived.cross_entropy_of_labels(q)),
    },
    for_all=(
        size(K),
        size(N),
        size(derived.inputs, 1),
        labels(derived.x, N, derived.inputs),
        labels(y, N, K),
        simplex(q, K, derived.inputs),
        simplex(q, K),
    ),
    meaning=(
        r"Input by input the first is $N\sum_x\hat p(x)\,H(\hat p(\cdot\mid "
        r"x),q(\cdot\mid x))$."
    ),
    evidence=(
        Derived(
            part="",
            of="plain",
            chain=derived.nll_of_frequencies,
            computes=of_frequencies,
            mistakes={
                "N forgotten": derived.nll_of_frequencies.last / N,
                "p̂ and q exchanged": -N * over_classes(q[k] * log(derived.frequency)),
            },
        ),
        Derived(
            part="",
            of="by input",
            chain=derived.labels_by_input,
            mistakes={"the mean, not the total": -derived.mean_log_by_input(q)},
        ),
        Exact(
            part="with covariates, three rows",
            cases=_grouped_cases,
            lhs=by_row,
            rhs=by_input,
            mistakes={"repeated labels counted once": _each_label_once},
        ),
        Formal(
            part="",
            of="plain",
            theorem="nll_is_n_cross_entropies_plain",
        ),
    ),
    uses=(nll_is_a_double_sum,),
)


def _joints():
    """Joint laws on 2 × 2 and 2 × 2 × 2 outcomes, dependent ones among them."""
    for labels_in_one, step in ((2, 1), (3, 3)):
        last = 2**labels_in_one - 1
        for shift in range(0, 8, step):
            weights = [
                (3 * place + shift) % 5 + (place in (0, last)) * 2 for place in range(last + 1)
            ]
            yield tuple(F(w, sum(weights)) for w in weights), labels_in_one


MODELS = ((F(1, 3), F(2, 3)), (F(1, 4), F(3, 4)), (F(4, 5), F(1, 5)))


def _marginals(joint, size):
    outcomes = list(product((0, 1), repeat=size))
    return [
        tuple(
            sum(
                mass for mass, outcome in zip(joint, outcomes, strict=True) if outcome[place] == bit
            )
            for bit in (0, 1)
        )
        for place in range(size)
    ]


def _product_of(laws):
    return tuple(
        prod(law[bit] for law, bit in zip(laws, outcome, strict=True))
        for outcome in product((0, 1), repeat=len(laws))
    )


def _joint_power(joint, size, models=None):
    return _power(joint, models or _product_of(MODELS[:size]))[0]


def _marginal_powers(joint, size):
    m = lcm(*(mass.denominator for mass in joint))
    return prod(
        b ** int(a * m)
        for law, model in zip(_marginals(joint, size), MODELS, strict=False)
        for a, b in zip(law, model, strict=True)
    )


def _dependent_model(size):
    weights = [3 if len(set(outcome)) == 1 else 1 for outcome in product((0, 1), repeat=size)]
    return tuple(F(w, sum(weights)) for w in weights)


cubes = domains.Domain(
    corners=lambda k: [np.full((k, k, k), k**-3.0), _diagonal(k)],
    draw=lambda rng, k: rng.dirichlet(np.full(k**3, 0.3)).reshape(k, k, k),
)


def _diagonal(k):
    """Three labels that always agree."""
    joint = np.zeros((k, k, k))
    joint[range(k), range(k), range(k)] = 1 / k
    return joint


def _cross_entropy_of_the_whole(joint, a, b, c):
    model = a[:, None, None] * b[:, None] * c
    return xentlib.cross_entropy(joint.ravel(), model.ravel())


def _cross_entropies_of_the_parts(joint, a, b, c):
    marginals = joint.sum(axis=(1, 2)), joint.sum(axis=(0, 2)), joint.sum(axis=(0, 1))
    return [
        float(xentlib.cross_entropy(own, model))
        for own, model in zip(marginals, (a, b, c), strict=True)
    ]


def _power_of_a_dependent_model(joint, size):
    return _joint_power(_product_of(_marginals(joint, size)), size, _dependent_model(size))


def _mean_of_the_parts(joint, a, b, c):
    return np.mean(_cross_entropies_of_the_parts(joint, a, b, c))


def _product_of_the_parts(joint, a, b, c):
    return np.prod(_cross_entropies_of_the_parts(joint, a, b, c))


def _of_the_outer_product(P, a, b, K, L):
    return xentlib.cross_entropy(np.ravel(P), np.outer(a, b).ravel())


cross_entropies_add_up = Claim(
    title="Cross-entropies add up",
    statement=(
        r"Let $p$ be any joint distribution of $N$ labels with $K$ classes each, "
        r"$p_1,\ldots,p_N$ its marginals, and $q_i\in\Delta^\circ$. Then $<many>$. For "
        r"two labels, with $K$ and $L$ classes, marginals $P_1,P_2$ and predictions "
        r"$a,b$: $<two>$."
    ),
    relations={
        "many": derived.cross_entropies_add_up.states,
        "two": derived.two_add_up.states,
    },
    for_all=(
        size(K, 1),
        size(derived.L),
        nonnegative(derived.any_joint, derived.L, K),
        simplex(derived.a, K),
        simplex(derived.b, derived.L),
        size(N, 1),
        simplex(derived.any_p, K, N),
        simplex(q, K, N),
    ),
    meaning=(
        r"What must factorise is $q$, not $p$. So a total of soft losses is one "
        r"cross-entropy on $K^N$ outcomes."
    ),
    evidence=(
        Formal(part="q positive, by Coq", theorem="cross_entropies_add_up"),
        Derived(
            part="two factors, of any two sizes",
            chain=derived.additivity,
            computes=_of_the_outer_product,
            mistakes={
                "only the first marginal: N = 1 (the walk, slip E7)": -over_classes(
                    derived.over_second(derived.P[k, l]) * log(derived.a[k])
                ),
                "product for sum": over_classes(
                    derived.over_second(derived.P[k, l]) * log(derived.a[k])
                )
                * derived.over_second(over_classes(derived.P[k, l]) * log(derived.b[l])),
            },
        ),
        Exact(
            part="N ≤ 3, binary, as powers of q",
            cases=lambda: list(_joints()),
            lhs=_joint_power,
            rhs=_marginal_powers,
            mistakes={
                "H(p) of the joint is the sum of marginal entropies": dict(
                    lhs=lambda joint, size: _power(joint, joint)[0],
                    rhs=lambda joint, size: _power(joint, _product_of(_marginals(joint, size)))[0],
                ),
                "a dependent q and a product p": dict(lhs=_power_of_a_dependent_model),
            },
        ),
        Sampled(
            part="three factors of any size, in floats",
            cases=dict(joint=cubes, a=domains.simplex, b=domains.simplex, c=domains.simplex),
            lhs=_cross_entropy_of_the_whole,
            rhs=lambda joint, a, b, c: sum(_cross_entropies_of_the_parts(joint, a, b, c)),
            mistakes={
                "product for sum, three factors": _product_of_the_parts,
                "the mean of the three": _mean_of_the_parts,
            },
            where=lambda joint, a, b, c: min(map(min, (a, b, c))) > 0,
        ),
        derived.cross_entropies_add_up.as_part("", of="many"),
        Derived(part="", of="two", chain=derived.two_add_up),
        Formal(
            part="",
            of="two",
            theorem="cross_entropies_add_up_two",
        ),
    ),
    uses=(expected_log_likelihood,),
)


def _lattice_pairs():
    return [(a, b) for size in (2, 3) for a in lattice(size, 4) for b in lattice(size, 4)]


def _one_hot_of_the_largest(point):
    return tuple(F(int(place == point.index(max(point)))) for place in range(len(point)))


def _is_infinite(loss):
    return np.isposinf(loss).astype(float)


def _naive(p, q):
    """-Σ p log q in floats, without a convention for zero."""
    with np.errstate(all="ignore"):
        return _is_infinite(-(p * np.log(q)).sum())


def _clipped(p, q, eps=1e-15):
    """-Σ p log max(q, ε)."""
    return -(p * np.log(np.maximum(q, eps))).sum()


def _tables(rows, classes):
    """Labels and predictions, one row for each observation."""
    label, prediction = np.full(classes, 1 / classes), np.arange(1, classes + 1.0)
    return np.tile(label, (rows, 1)), np.tile(prediction / prediction.sum(), (rows, 1))


def _without_the_sum(label, prediction):
    return -label * np.log(prediction)


faces = domains.Domain(
    corners=lambda k: [np.array(point, dtype=float) for point in lattice(k, 2)],
    draw=domains.simplex.draw,
)


def _of_the_likeliest_class(a, b):
    return _power(a, _one_hot_of_the_largest(a))[0]


cross_entropy_definition = Claim(
    kind="definition",
    title="Cross-entropy and its edge cases",
    statement=(
        r"$H:\Delta\times\Delta\to[0,\infty]$, $H(p,q)=-\sum_kp_k\log q_k$, where a "
        r"class with $p_k=0$ adds 0, whatever $q_k$ is, and one with $p_k>0=q_k$ adds "
        r"$\infty$: so $H(p,q)=\infty$ iff $\operatorname{supp} "
        r"p\not\subset\operatorname{supp} q$. The least value of $H(p,\cdot)$ is $H(p)$:"
        r" $<least>$, with equality iff $q=p$."
    ),
    relations={
        "least": AtLeast(named.cross_entropy(p, q), named.entropy(p)),
    },
    for_all=on_support,
    meaning=(
        r"A soft-label loss cannot go below the entropy of its label. $H$ is jointly "
        r"lower semicontinuous, and discontinuous exactly where it is finite and some "
        r"$p_k=q_k=0$."
    ),
    evidence=(
        Sampled(
            part="where the library gives infinity (1 for yes)",
            cases=dict(p=faces, q=faces),
            lhs=lambda p, q: _is_infinite(xentlib.cross_entropy(p, q)),
            rhs=lambda p, q: float(np.any((p > 0) & (q == 0))),
            mistakes={
                "ε-clipping": dict(lhs=lambda p, q: _is_infinite(_clipped(p, q))),
                "0 · log 0 left to the floats": dict(lhs=_naive),
                "support inclusion reversed": lambda p, q: float(np.any((q > 0) & (p == 0))),
            },
        ),
        Exact(
            part="shapes: one number for each observation",
            cases=lambda: [(rows, classes) for rows in (1, 2, 5) for classes in (2, 3)],
            lhs=lambda rows, classes: np.shape(xentlib.cross_entropy(*_tables(rows, classes))),
            rhs=lambda rows, classes: (rows,),
            floats="of the shapes of arrays of floats",
            mistakes={
                "the sum over classes is missing (the question, slip E9)": dict(
                    lhs=lambda rows, classes: np.shape(_without_the_sum(*_tables(rows, classes)))
                )
            },
        ),
        Exact(
            part="the least value, on lattices, as powers",
            cases=_lattice_pairs,
            lhs=lambda a, b: _power(a, b)[0],
            rhs=lambda a, b: _power(a, a)[0],
            mistakes={
                "the best prediction is the most probable class": _of_the_likeliest_class,
                "a perfect fit costs nothing: the loss is the divergence": dict(
                    rhs=lambda a, b: _power(a, b)[0] / _power(a, a)[0], relation=equal
                ),
                "at most log K, what a uniform prediction costs": dict(
                    rhs=lambda a, b: F(1, len(b)) ** _power(a, b)[1], relation=at_least
                ),
            },
            relation=at_most,
        ),
        Exact(
            part="the jump at p = q = 0, along p = ε, q = exp(-c/ε)",
            cases=lambda: [(1,), (Rational(1, 3),), (5,)],
            lhs=lambda c: limit(-e * log(exp(-c / e)), e, 0, "+"),
            rhs=lambda c: c,
            mistakes={"continuous, as along q = ε^c": lambda c: limit(-e * log(e**c), e, 0, "+")},
        ),
        Argued(
            part="semicontinuity",
            of="meaning",
            proof=(
                (
                    r"Each term $-p_k\log q_k$ is at least 0 and continuous on $[0,1]^2$,"
                    r" with values in $[0,\infty]$, except at $p_k=q_k=0$, where its "
                    r"value 0 is the least it can have: so it is lower semicontinuous, "
                    r"and so is a sum of such terms."
                ),
                r"Where $H$ is infinite, lower semicontinuity is continuity.",
                r"Where $H$ is finite and no $p_k=q_k=0$, every term is continuous.",
                (
                    r"Where $H$ is finite and some $p_k=q_k=0$, the path "
                    r"$p_k=\varepsilon$, $q_k=e^{-c/\varepsilon}$ makes that term $c$ as "
                    r"$\varepsilon\to0$, the jump that is computed above, while the "
                    r"others hardly move."
                ),
            ),
        ),
        least.cross_entropy_is_least_at_p.as_part("", of="least"),
        Formal(
            part="",
            of="least",
            theorem="cross_entropy_definition_least",
            equality=((q, p),),
        ),
    ),
    uses=("categorical.proportions_maximise",),
)


COINS = tuple(interior(2, 6))


def _bits(point, probs):
    """-m H in bits, a sum of logarithms to base 2, as SymPy compares it: exactly."""
    m = lcm(*(a.denominator for a in point))
    return sum(
        int(a * m) * log(Rational(b.numerator, b.denominator), 2)
        for a, b in zip(point, probs, strict=True)
    )


def _whole_bits(point, probs):
    return sum(a * _ceil_length(b) for a, b in zip(point, probs, strict=True))


def _log_perplexity(p, q, K, b):
    return np.log(xentlib.perplexity(xentlib.cross_entropy(p, q))) / np.log(b)


CAP = F(1, 10)  # ε


def _clipped_power(point, probs, cap=CAP):
    """exp(-m H) with every q below ε replaced by ε."""
    return _power(point, [max(b, cap) for b in probs])[0]


def _rare_classes():
    """Labels with shares below ε."""
    return [
        ((F(1, 20), F(19, 20)),),
        ((F(1, 50), F(49, 50)),),
        ((F(1, 20), F(1, 20), F(9, 10)),),
    ]


def _clipped_slope(odds):
    """The derivative of -log max(σ(z), ε) in the logit z of the true class, at z = log odds."""
    share = 1 / (1 + exp(-logit))
    cap = Rational(CAP.numerator, CAP.denominator)
    loss = Piecewise((-log(share), share > cap), (-log(cap), True))
    return simplify(diff(loss, logit).subs(logit, log(odds)))


def _slope(odds):
    """q - 1, the derivative without clipping."""
    return odds / (1 + odds) - 1


logit = Symbol("z", real=True)


def _odds():
    return [(Rational(odds),) for odds in ("1/1000", "1/20", "2/19", "1/8", "1", "7")]


def _slope_above_the_cap(odds, of=lambda odds: odds / (1 + odds)):
    return _slope(odds) if of(odds) > Rational(1, 10) else Rational(0)


def _capped_at_uniform(p, q):
    return min(np.log(len(p)), xentlib.cross_entropy(p, q))


clipping = Claim(
    title="What clipping does",
    statement=(
        r"Let $0<\varepsilon<1$ and "
        r"$H^\varepsilon(p,q)=-\sum_kp_k\log\max(q_k,\varepsilon)$. Then "
        r"$H^\varepsilon\le\min(H,-\log\varepsilon)$, so a loss is capped: with "
        r"$\max(q_k,\varepsilon)=q_k+u_k=\varepsilon+v_k$, where $u_k,v_k\ge0$, "
        r"$<below>$ and $<cap>$."
    ),
    relations={
        "below": derived.clipping_lowers.states,
        "cap": derived.clipping_caps.states,
    },
    for_all=(
        size(K, 1),
        simplex(derived.any_p, K),
        simplex(q, K),
        nonnegative(derived.lift, K),
        number(derived.cap, 0, 1),
        nonnegative(derived.excess, K),
    ),
    meaning=(
        r"For a hard label the gradient in the logits is $q-e_y$ as long as "
        r"$q_y>\varepsilon$, and 0 where $q_y<\varepsilon$: the model learns nothing "
        r"where it is most wrong. And $q=p$ need no longer be best: for "
        r"$\varepsilon=\tfrac1{10}$ and $p=(\tfrac1{20},\tfrac{19}{20})$ the prediction "
        r"$(0,1)$ has a lower clipped loss."
    ),
    evidence=(
        Exact(
            part="two classes: the slope in the logit of the true class, ε = 1/10",
            cases=_odds,
            lhs=_clipped_slope,
            rhs=_slope_above_the_cap,
            mistakes={
                "clipping caps the value and leaves the gradient": _slope,
                "odds taken for probabilities": lambda odds: _slope_above_the_cap(odds, of=F),
            },
        ),
        Sampled(
            part="the cap, in floats",
            cases=dict(p=faces, q=faces),
            lhs=lambda p, q: _clipped(p, q, 1e-3),
            rhs=lambda p, q: min(-np.log(1e-3), xentlib.cross_entropy(p, q)),
            mistakes={
                "cross-entropy itself has the cap": dict(
                    lhs=lambda p, q: xentlib.cross_entropy(p, q)
                ),
                "the cap is the loss of a uniform prediction": _capped_at_uniform,
            },
            relation=at_most,
        ),
        Exact(
            part="labels with shares below ε, as powers: the commonest class alone is better",
            cases=_rare_classes,
            lhs=lambda p: _clipped_power(p, p),
            rhs=lambda p: _clipped_power(p, _one_hot_of_the_largest(p)),
            mistakes={
                "so it is without clipping": dict(
                    lhs=lambda p: _power(p, p)[0],
                    rhs=lambda p: _power(p, _one_hot_of_the_largest(p))[0],
                )
            },
            relation=less,
        ),
        Argued(
            part="the gradient for any number of classes",
            of="meaning",
            proof=(
                (
                    r"Near every $q$ with $q_y>\varepsilon$ the loss of the hard label "
                    r"$y$ is $-\log q_y$, which has the gradient $q-e_y$ in the logits, "
                    r"by the claim on the expected log-likelihood at $p=e_y$."
                ),
                (
                    r"Near every $q$ with $q_y<\varepsilon$ it is the constant "
                    r"$-\log\varepsilon$, and a constant has the gradient 0."
                ),
            ),
        ),
        derived.clipping_lowers.as_part("", of="below"),
        derived.clipping_caps.as_part("", of="cap"),
        Formal(
            part="",
            of="below",
            theorem="clipping_below",
        ),
        Formal(
            part="",
            of="cap",
            theorem="clipping_cap",
        ),
    ),
    uses=(cross_entropy_definition, expected_log_likelihood),
)


def _least_in_whole_bits(label):
    return arg_max({model: -_whole_bits(label, model) for model in COINS})


units = Claim(
    title="Units, and perplexity",
    statement=(
        r"Let $b>0$ be other than 1, and $p,q\in\Delta$ with $\operatorname{supp} "
        r"p\subset\operatorname{supp} q$. Then $<unit>$, and $<perplexity>$. So the "
        r"perplexity $b^{H_b}=\prod_kq_k^{-p_k}$, an inverse weighted geometric mean, "
        r"does not depend on the base."
    ),
    relations={
        "unit": derived.unit_on_support.states,
        "perplexity": derived.perplexity_on_support.states,
    },
    for_all=(*on_support, derived.any_base),
    meaning=(
        r"The minimisers of $H_b(p,\cdot)$ do not depend on $b$; the gradient in the "
        r"logits is scaled by $1/\log b$. The perplexity is $+\infty$ where $H$ is. Over "
        r"several observations it is the exponential of the *mean* cross-entropy."
    ),
    evidence=(
        Derived(
            part="",
            of="unit",
            chain=derived.unit_on_support,
            mistakes={
                "multiplied by ln b": -over_support(p[k] * log(q[k])) * log(derived.base),
                "nats called bits": -over_support(p[k] * log(q[k])),
            },
        ),
        Derived(
            part="",
            of="perplexity",
            chain=derived.perplexity_on_support,
            mistakes={
                "perplexity is an arithmetic mean of 1/q, on faces too": log(
                    over_support(p[k] / q[k])
                )
                / log(derived.base),
            },
        ),
        derived.a_unit_keeps_the_order.as_part("the minimisers over any set of models"),
        Derived(
            part="the unit, in the interior",
            chain=derived.units,
            computes=lambda p, q, K, b: xentlib.cross_entropy(p, q) / np.log(b),
        ),
        Derived(
            part="the gradient in a logit",
            chain=derived.gradient_in_a_unit,
            computes=lambda p, z, K, j, b: _gradient(z, p)[j - 1] / np.log(b),
            mistakes={
                "the gradient has no unit": softmax - derived.any_p[j],
                "multiplied by ln b, the gradient": (softmax - derived.any_p[j])
                * log(derived.base),
            },
        ),
        Exact(
            part="the minimisers, among coins, in bits and in nats",
            cases=lambda: [(label,) for label in lattice(2, 6)],
            lhs=lambda label: arg_max({model: _bits(label, model) for model in COINS}),
            rhs=lambda label: arg_max({model: _power(label, model)[0] for model in COINS}),
            mistakes={"in whole bits": _least_in_whole_bits},
        ),
        Derived(
            part="perplexity, as a logarithm to base b",
            chain=derived.perplexity,
            computes=_log_perplexity,
            mistakes={
                "2 to the power of nats": derived.cross_entropy * log(2) / log(derived.base),
                "the square root of the loss": log(derived.cross_entropy) / (2 * log(derived.base)),
                "the exponential of minus the entropy": -derived.cross_entropy / log(derived.base),
                "an arithmetic mean of 1/q": log(over_classes(p[k] / q[k])) / log(derived.base),
            },
        ),
        Derived(
            part="several observations",
            chain=derived.text_perplexity,
            computes=lambda b, N: np.log(xentlib.perplexity(np.mean(-np.log(b)))),
            mistakes={"the mean of the perplexities": log(over_observations(1 / derived.b[i]) / N)},
        ),
    ),
    uses=(cross_entropy_definition,),
)


def _ceil_length(b):
    length = 0
    while F(1, 2**length) > b:
        length += 1
    return length


def _rounded_length(b):
    """The whole number nearest to -log₂ q: q² against 2^-(2L+1)."""
    length = _ceil_length(b)
    return length - 1 if length and b * b * 2 ** (2 * length - 1) > 1 else length


def _codes():
    return [(a, b) for a in lattice(3, 4) for b in interior(3, 8)]


def _kraft(lengths):
    return sum(F(1, 2**length) for length in lengths)


def _spend(point, lengths):
    """2^(m E L), to compare with exp(m H(p, q)) = ∏ q^(-m p)."""
    m = lcm(*(a.denominator for a in point))
    return 2 ** int(m * sum(a * length for a, length in zip(point, lengths, strict=True)))


def _within_a_bit(point, probs, length=_ceil_length):
    lengths = [length(b) for b in probs]
    power, m = _power(point, probs)
    return _kraft(lengths) <= 1, 1 / power <= _spend(point, lengths) < 2**m / power


def _length_vectors():
    return [lengths for lengths in product(range(1, 5), repeat=3) if _kraft(lengths) <= 1]


def _no_bit_lost(point, probs):
    return (
        True,
        _spend(point, [_ceil_length(b) for b in probs]) == 1 / _power(point, probs)[0],
    )


def _labels_and_lengths():
    return [(point, lengths) for point in lattice(3, 4) for lengths in _length_vectors()]


def _inner_labels_and_lengths():
    return [(point, lengths) for point in interior(3, 4) for lengths in _length_vectors()]


coding = Claim(
    title="Cross-entropy as the length of a code",
    statement=(
        r"Call whole numbers $L_k\ge0$ with $\sum_k2^{-L_k}\le1$ the lengths of a code. "
        r"Let $q\in\Delta^\circ$ and $L_k=\lceil-\log_2q_k\rceil$. That "
        r"adds to $-\log_2q_k$ something below 1, which is $c_k/(1+c_k)$ for some "
        r"$c_k\ge0$. Then $<kraft>$, so these are the lengths of a code, and for every "
        r"$p\in\Delta$ both $<least>$ and $<most>$. Of any code let $r_k=2^{-L_k}$ on the "
        r"$m$ classes where $p$ is positive, where they sum to $s\le1$: $<any>$, with "
        r"equality iff $r=p$."
    ),
    relations={
        "kraft": AtMost(derived.kraft.start, 1),
        "least": derived.at_least_the_bits.states,
        "most": derived.within_a_bit.states,
        "any": derived.no_code_is_shorter.states,
    },
    for_all=(
        size(K, 1),
        simplex(derived.any_p, K),
        simplex(q, K),
        nonnegative(derived.extra, K),
        *support(p=p, q=derived.share_of_a_word, m=derived.m, s=derived.share_of_support),
    ),
    meaning=(
        r"No length is rounded up by a whole bit: $\operatorname{E}_pL<H_2(p,q)+1$. By "
        r"Kraft's inequality the lengths of a code, so defined, are those of a prefix "
        r"code, and no others."
    ),
    evidence=(
        Cited(part="Kraft's inequality", of="meaning", key="cover2006", place="Theorem 5.2.1"),
        Exact(
            part="the code for q, on lattices",
            cases=_codes,
            lhs=_within_a_bit,
            rhs=lambda point, probs: (True, True),
            mistakes={
                "rounded instead of rounded up": dict(
                    lhs=lambda point, probs: _within_a_bit(point, probs, _rounded_length)
                ),
                "one bit is never lost": _no_bit_lost,
            },
        ),
        Exact(
            part="every code with lengths up to 4",
            cases=_labels_and_lengths,
            lhs=_spend,
            rhs=lambda point, lengths: 1 / _power(point, point)[0],
            mistakes={
                "every code spends H₂(p, q)": dict(
                    cases=_inner_labels_and_lengths,
                    rhs=lambda point, lengths: 1 / _power(point, (F(1, 8), F(1, 8), F(3, 4)))[0],
                )
            },
            relation=at_least,
        ),
        derived.kraft.as_part("", of="kraft"),
        derived.at_least_the_bits.as_part("", of="least"),
        derived.within_a_bit.as_part("", of="most"),
        derived.no_code_is_shorter.as_part("", of="any"),
    ),
    uses=(cross_entropy_definition,),
)

TRUTH, MODEL = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.7, 0.1])
LENGTH, RUNS = 50, 4000
ENUMERATED = ((F(1, 2), F(3, 10), F(1, 5)), (F(1, 5), F(7, 10), F(1, 10)))


def _mean_losses(rng):
    """-(1/N) log ∏ q_Y for independent runs of N draws from p."""
    drawn = rng.choice(3, size=(RUNS, LENGTH), p=TRUTH)
    return (-np.log(MODEL)[drawn].mean(axis=1),)


def _mean_loss_moments(n):
    """Mean and variance of -(1/n) log ∏ q_Y by enumeration of all counts of n draws."""
    truth, losses = ENUMERATED[0], [-mp.log(to_mpf(b)) for b in ENUMERATED[1]]
    chances = [
        (
            to_mpf(coefficient(counts) * prod(a**c for a, c in zip(truth, counts, strict=True))),
            sum(c * loss for c, loss in zip(counts, losses, strict=True)) / n,
        )
        for counts in count_vectors(3, n)
    ]
    mean = sum(chance * loss for chance, loss in chances)
    return mean, sum(chance * (loss - mean) ** 2 for chance, loss in chances)


def _moments_of_one_term():
    losses = [-mp.log(to_mpf(b)) for b in ENUMERATED[1]]
    mean = sum(to_mpf(a) * loss for a, loss in zip(ENUMERATED[0], losses, strict=True))
    square = sum(to_mpf(a) * loss**2 for a, loss in zip(ENUMERATED[0], losses, strict=True))
    return mean, square - mean**2


def _one_over_the_root(n):
    return _moments_of_one_term()[1] / mp.sqrt(n)


def _variance_of_the_loss(p, q, K):
    """Var of the library's loss of a hard label drawn from p."""
    losses = -xentlib.categorical_log_likelihood(np.arange(K), [q] * K)
    return np.dot(p, (losses - np.dot(p, losses)) ** 2)


asymptotic_equipartition = Claim(
    title="Asymptotic equipartition",
    statement=(
        r"Let $Y_1,Y_2,\ldots$ be iid from $p$. Then $-\frac1N\log\prod_{i\le "
        r"N}q_{Y_i}\to H(p,q)$ almost surely; if $\operatorname{supp} "
        r"p\not\subset\operatorname{supp} q$, the left side is $+\infty$ from some $N$ "
        r"on, as $H(p,q)$ is. Otherwise the left side has mean $H(p,q)$ and variance "
        r"$\operatorname{Var}_{Y\sim p}(\log "
        r"q_Y)/N$, where, for $p$ and $q$ on the support of $p$, $<variance>$."
    ),
    relations={
        "variance": derived.variance.states,
    },
    for_all=(size(K, 1), simplex(p, K), simplex(q, K)),
    evidence=(
        Derived(
            part="the variance of one term",
            of="variance",
            chain=derived.variance,
            computes=_variance_of_the_loss,
            mistakes={"the second moment": over_classes(p[k] * log(q[k]) ** 2)},
        ),
        Simulated(
            part=f"the mean, {RUNS} runs of N = {LENGTH}",
            cases=_mean_losses,
            lhs=lambda means: means,
            rhs=lambda: xentlib.cross_entropy(TRUTH, MODEL),
            mistakes={
                "the limit is H(p)": lambda: xentlib.entropy(TRUTH),
                "the limit is H(q)": lambda: xentlib.entropy(MODEL),
                "minus log Σ p q": lambda: -np.log(TRUTH @ MODEL),
            },
        ),
        Computed(
            part="the mean, by enumeration of all draws, N = 1, 2, 5, 12",
            cases=lambda: [(n,) for n in (1, 2, 5, 12)],
            lhs=lambda n: _mean_loss_moments(n)[0],
            rhs=lambda n: _moments_of_one_term()[0],
            mistakes={"the total, not the mean": lambda n: n * _moments_of_one_term()[0]},
        ),
        Computed(
            part="the variance, by the same enumeration",
            cases=lambda: [(n,) for n in (1, 2, 5, 12)],
            lhs=lambda n: _mean_loss_moments(n)[1],
            rhs=lambda n: _moments_of_one_term()[1] / n,
            mistakes={
                "1/√N, as for a standard deviation": _one_over_the_root,
            },
        ),
        Argued(
            part="almost sure convergence",
            proof=(
                (
                    r"If $\operatorname{supp} p\subset\operatorname{supp} q$, the terms "
                    r"$-\log q_{Y_i}$ are bounded and independent, and their mean is "
                    r"$H(p,q)$, by the claim on the expected log-likelihood."
                ),
                (
                    r"In the fourth moment of the sum of $N$ centred terms $X_i$ only "
                    r"$\operatorname{E}X_i^4$ and "
                    r"$\operatorname{E}X_i^2\operatorname{E}X_j^2$ are not 0: it is at "
                    r"most $CN^2$, and that of their mean at most $C/N^2$, which is "
                    r"summable."
                ),
                (
                    r"By Markov's inequality and Borel-Cantelli the mean converges almost"
                    r" surely."
                ),
                (
                    r"If $p_k>0=q_k$, class $k$ is drawn sooner or later, almost surely, "
                    r"and from then on the product is 0."
                ),
            ),
        ),
    ),
    uses=(expected_log_likelihood,),
)
