"""Chapter 4: from the negative log-likelihood to cross-entropy."""

from fractions import Fraction as F
from itertools import product
from math import lcm

import numpy as np
from sympy import Symbol, exp, limit, log

import xentlib
from xentlib.claims._finite import by_input, by_row, interior, lattice, prod
from xentlib.derivations import cross_entropy as derived
from xentlib.derivations.symbols import K, N, i, j, k, l, over_classes, over_observations, p, q, y
from xentlib.verify import Claim
from xentlib.verify import samples as domains
from xentlib.verify.evidence import Argued, Derived, Exact, Sampled, Simulated, at_least, at_most

e = Symbol("e", positive=True)


def _power(point, probs):
    """∏ q^p as an integer power: exp(-m H(p, q)), with m the common denominator of p, and m."""
    m = lcm(*(a.denominator for a in point))
    return prod(b ** int(a * m) for a, b in zip(point, probs, strict=True)), m


expected_log_likelihood = Claim(
    title="Cross-entropy is an expected negative log-likelihood",
    statement=(
        r"For all $p,q\in\Delta$: $H(p,q)=\operatorname{E}_{Y\sim p}[-\log q_Y]$. So a hard "
        r"label drawn from $p$ gives an unbiased loss, and an unbiased gradient in the logits."
    ),
    evidence=(
        Derived(
            part="the value, q in the interior",
            chain=derived.expected_loss,
            computes=lambda p, q, K: xentlib.cross_entropy(p, q),
            mistakes={
                "the expected likelihood": over_classes(derived.any_p[k] * q[k]),
                "minus the log of the expected likelihood": -log(
                    over_classes(derived.any_p[k] * q[k])
                ),
            },
        ),
        Derived(
            part="the gradient, with q = softmax(z)",
            chain=derived.gradient,
            computes=lambda p, q, K, j: xentlib.softmax_cross_entropy_value_and_grad(np.log(q), p)[
                1
            ][j - 1],
            mistakes={
                "the gradient with the sign of p - q": derived.any_p[j] - q[j],
                "the gradient of a uniform label": q[j] - 1 / K,
            },
        ),
        Sampled(
            part="faces, in floats",
            cases=dict(p=domains.simplex, q=domains.simplex),
            lhs=lambda p, q: xentlib.cross_entropy(p, q),
            rhs=lambda p, q: (
                np.inf
                if any(a > 0 and b == 0 for a, b in zip(p, q, strict=True))
                else sum(
                    a * -xentlib.categorical_log_likelihood(place, q)
                    for place, a in enumerate(p)
                    if a > 0
                )
            ),
        ),
        Argued(
            part="q on the boundary",
            proof=(
                "A class with p_k = 0 adds nothing to either side. If p_k > 0 = q_k for some "
                "k, then -log q_Y is +∞ with positive probability, and so is its expectation, "
                "as is H(p, q)."
            ),
        ),
    ),
    uses=("categorical.categorical_pmf",),
)


def _soft_total(y, q, K, N):
    """The library's cross-entropy takes distributions: a row with total s is s times one."""
    totals = np.sum(y, axis=1)
    return np.dot(totals, xentlib.cross_entropy(np.array(y) / totals[:, None], q))


nll_is_a_double_sum = Claim(
    title="The negative log of the product",
    statement=(
        r"$-\log\prod_i\prod_kq_{ik}^{y_{ik}}=-\sum_i\sum_ky_{ik}\log q_{ik}$ for all real "
        r"exponents $y_{ik}\ge0$, with $q_{ik}>0$. For one observation and a vertex $e_y$ it "
        r"is $H(e_y,q)=-\log q_y$."
    ),
    evidence=(
        Derived(
            part="soft exponents",
            chain=derived.soft_nll,
            computes=_soft_total,
            mistakes={
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
            part="hard labels",
            chain=derived.hard_nll,
            computes=lambda q, y, K, N: (
                -xentlib.categorical_log_likelihood(np.array(y) - 1, q).sum()
            ),
            mistakes={"the sign kept": over_observations(log(q[i, y[i]]))},
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


nll_is_n_cross_entropies = Claim(
    title="NLL = N · H(p̂, q)",
    statement=(
        r"Without covariates $-\sum_i\log q_{y_i}=N\,H(\hat p,q)$, where $\hat p$ holds the "
        r"frequencies of the labels. With covariates it is $N\sum_x\hat p(x)\,H(\hat "
        r"p(\cdot\mid x),q(\cdot\mid x))$."
    ),
    evidence=(
        Derived(
            part="without covariates",
            chain=derived.nll_of_frequencies,
            computes=lambda q, y, K, N: (
                N
                * xentlib.cross_entropy(
                    xentlib.votes_to_probs(np.bincount(np.array(y) - 1, minlength=K)), q
                )
            ),
            mistakes={
                "N forgotten": derived.nll_of_frequencies.last / N,
                "p̂ and q exchanged": -N * over_classes(q[k] * log(derived.frequency)),
            },
        ),
        Exact(
            part="with covariates, three rows",
            cases=_grouped_cases,
            lhs=by_row,
            rhs=by_input,
            mistakes={
                "repeated labels counted once": lambda data, model: by_input(
                    data, model, lambda counts: [int(count > 0) for count in counts]
                )
            },
        ),
        Argued(
            part="with covariates, in general",
            proof=(
                "Sort the rows by x: within one x the first identity holds with n_x = N p̂(x) "
                "rows, and the sums over the different x add up."
            ),
        ),
    ),
    uses=(nll_is_a_double_sum,),
)


def _joints():
    """Joint laws on 2 × 2 and 2 × 2 × 2 outcomes, dependent ones among them."""
    for size, step in ((2, 1), (3, 3)):
        for shift in range(0, 8, step):
            weights = [
                (3 * place + shift) % 5 + (place in (0, 2**size - 1)) * 2
                for place in range(2**size)
            ]
            yield tuple(F(w, sum(weights)) for w in weights), size


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


cross_entropies_add_up = Claim(
    title="Cross-entropies add up",
    statement=(
        r"For any joint distribution $p$ with marginals $p_1,\ldots,p_N$: "
        r"$H(p,\,q_1\otimes\cdots\otimes q_N)=\sum_iH(p_i,q_i)$. What must factorise is $q$. "
        r"So a total of soft losses is one cross-entropy on $K^N$ outcomes."
    ),
    evidence=(
        Derived(
            part="two factors",
            chain=derived.additivity,
            mistakes={
                "only the first marginal": -over_classes(
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
                "a dependent q and a product p": dict(
                    lhs=lambda joint, size: _joint_power(
                        _product_of(_marginals(joint, size)), size, _dependent_model(size)
                    )
                ),
                "H(p) of the joint is the sum of marginal entropies": dict(
                    lhs=lambda joint, size: _power(joint, joint)[0],
                    rhs=lambda joint, size: _power(joint, _product_of(_marginals(joint, size)))[0],
                ),
            },
        ),
        Argued(
            part="N factors",
            proof=(
                "Group the first N - 1 factors into one: the identity for two factors splits "
                "off the last, and induction does the rest."
            ),
        ),
    ),
    uses=(expected_log_likelihood,),
)


def _lattice_pairs():
    return [(a, b) for size in (2, 3) for a in lattice(size, 4) for b in lattice(size, 4)]


def _floats(point):
    return [float(a) for a in point]


def _naive(a, b):
    """-Σ p log q in floats, without a convention for zero: is it infinite, as NumPy gives it?"""
    with np.errstate(all="ignore"):
        return bool(np.isposinf(-(np.array(_floats(a)) * np.log(_floats(b))).sum()))


cross_entropy_definition = Claim(
    kind="definition",
    title="Cross-entropy and its edge cases",
    statement=(
        r"$H:\Delta\times\Delta\to[0,\infty]$, $H(p,q)=-\sum_kp_k\log q_k$ with $0\log0=0$ and "
        r"$0\cdot\infty=0$. $H(p,q)=\infty$ iff $\operatorname{supp} "
        r"p\not\subset\operatorname{supp} q$. $H$ is jointly lower semicontinuous, and "
        r"discontinuous exactly where it is finite and some $p_k=q_k=0$. "
        r"The least value of $H(p,\cdot)$ is $H(p)$: a soft-label loss cannot go below it."
    ),
    evidence=(
        Exact(
            part="where the library gives infinity, on lattices",
            cases=_lattice_pairs,
            lhs=lambda a, b: bool(np.isposinf(xentlib.cross_entropy(_floats(a), _floats(b)))),
            rhs=lambda a, b: any(x > 0 and not w for x, w in zip(a, b, strict=True)),
            mistakes={
                "support inclusion reversed": lambda a, b: any(
                    w > 0 and not x for x, w in zip(a, b, strict=True)
                ),
                "ε-clipping": dict(
                    lhs=lambda a, b: bool(
                        np.isposinf(
                            -(np.array(_floats(a)) * np.log(np.clip(_floats(b), 1e-15, 1))).sum()
                        )
                    )
                ),
                "0 · log 0 left to the floats": dict(lhs=_naive),
            },
        ),
        Exact(
            part="the least value, on lattices, as powers",
            cases=_lattice_pairs,
            lhs=lambda a, b: _power(a, b)[0],
            rhs=lambda a, b: _power(a, a)[0],
            mistakes={
                "a perfect fit has loss 0": dict(
                    lhs=lambda a, b: _power(a, a)[0], rhs=lambda a, b: F(1), relation=at_least
                )
            },
            relation=at_most,
        ),
        Exact(
            part="the jump at p = q = 0, along p = ε, q = exp(-1/ε)",
            cases=lambda: [()],
            lhs=lambda: limit(-e * log(exp(-1 / e)), e, 0, "+"),
            rhs=lambda: 1,
            mistakes={"continuous everywhere": lambda: 0},
        ),
        Argued(
            part="semicontinuity",
            proof=(
                "Each term -p log q is at least 0 and continuous, with values in [0, ∞], except at "
                "p = q = 0, where its value 0 is the least it can have: so it is lower "
                "semicontinuous, and so is the sum. "
                "Where H is infinite, lower semicontinuity is continuity. Where it is finite and "
                "no p_k = q_k = 0, every term is continuous; where some p_k = q_k = 0, the path of "
                "the evidence above makes that term jump while the others hardly move."
            ),
        ),
        Argued(
            part="the least value in general",
            proof=(
                "H(p, q) - H(p) = KL(p‖q) ≥ 0 by log t ≤ t - 1, applied to t = q_k/p_k "
                "wherever p_k > 0."
            ),
        ),
    ),
    uses=("categorical.proportions_maximise",),
)


units = Claim(
    title="Units, and perplexity",
    statement=(
        r"For a base $b>1$: $H_b=H/\ln b$. The minimiser is free of $b$; the gradient is scaled by "
        r"$1/\ln b$. The perplexity $b^{H_b}=\prod_kq_k^{-p_k}$, an inverse weighted geometric "
        r"mean, is free of the base. "
        r"Over several observations it is the exponential of the *mean* cross-entropy."
    ),
    evidence=(
        Derived(
            part="the unit",
            chain=derived.units,
            computes=lambda p, q, K, b: xentlib.cross_entropy(p, q) / np.log(b),
            mistakes={"multiplied by ln b": derived.cross_entropy * log(derived.base)},
        ),
        Derived(
            part="perplexity, as a logarithm to base b",
            chain=derived.perplexity,
            computes=lambda p, q, K, b: (
                np.log(xentlib.perplexity(xentlib.cross_entropy(p, q))) / np.log(b)
            ),
            mistakes={
                "2 to the power of nats": derived.cross_entropy * log(2) / log(derived.base),
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


coding = Claim(
    title="Cross-entropy as the length of a code",
    statement=(
        r"Let $q\in\Delta^\circ$, $K\ge2$. A prefix code with lengths $\lceil-\log_2q_k\rceil$ "
        r"exists, and $H_2(p,q)\le\operatorname{E}_pL<H_2(p,q)+1$. Every prefix code has "
        r"$\operatorname{E}_pL\ge H_2(p)$."
    ),
    evidence=(
        Exact(
            part="the code for q, on lattices",
            cases=_codes,
            lhs=_within_a_bit,
            rhs=lambda point, probs: (True, True),
            mistakes={
                "rounded instead of rounded up": dict(
                    lhs=lambda point, probs: _within_a_bit(point, probs, _rounded_length)
                ),
                "one bit is never lost": lambda point, probs: (
                    True,
                    _spend(point, [_ceil_length(b) for b in probs]) == 1 / _power(point, probs)[0],
                ),
            },
        ),
        Exact(
            part="every code with lengths up to 4",
            cases=lambda: [
                (point, lengths) for point in lattice(3, 4) for lengths in _length_vectors()
            ],
            lhs=_spend,
            rhs=lambda point, lengths: 1 / _power(point, point)[0],
            mistakes={
                "every code spends H₂(p, q)": dict(
                    cases=lambda: [
                        (point, lengths)
                        for point in interior(3, 4)
                        for lengths in _length_vectors()
                    ],
                    rhs=lambda point, lengths: 1 / _power(point, (F(1, 8), F(1, 8), F(3, 4)))[0],
                )
            },
            relation=at_least,
        ),
        Argued(
            part="in general",
            proof=(
                "2^-L ≤ q for L = ⌈-log₂ q⌉, so Kraft's sum is at most 1 and a prefix code exists; "
                "L lies in [-log₂ q, -log₂ q + 1), and averages of it over p do likewise. "
                "For any prefix code put r_k = 2^-L_k over Kraft's sum S ≤ 1: E L = H₂(p, r) - "
                "log₂ S ≥ H₂(p, r) ≥ H₂(p)."
            ),
        ),
    ),
    uses=(cross_entropy_definition,),
)

TRUTH, MODEL = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.7, 0.1])
LENGTH, RUNS = 50, 4000


def _mean_losses(rng):
    """-(1/N) log ∏ q_Y for independent runs of N draws from p."""
    drawn = rng.choice(3, size=(RUNS, LENGTH), p=TRUTH)
    return (-np.log(MODEL)[drawn].mean(axis=1),)


def _exact_variance():
    return np.dot(TRUTH, np.log(MODEL) ** 2) - np.dot(TRUTH, np.log(MODEL)) ** 2


asymptotic_equipartition = Claim(
    title="Asymptotic equipartition",
    statement=(
        r"Let $Y_1,Y_2,\ldots$ be iid from $p$. Then $-\frac1N\log\prod_{i\le N}q_{Y_i}\to "
        r"H(p,q)$ almost surely; both are $+\infty$ in the end if $\operatorname{supp} "
        r"p\not\subset\operatorname{supp} q$. Otherwise the left side has mean $H(p,q)$ and "
        r"variance $\operatorname{Var}_{Y\sim p}(\log q_Y)/N$."
    ),
    evidence=(
        Derived(
            part="the variance of one term",
            chain=derived.variance,
            mistakes={"the second moment": over_classes(p[k] * log(q[k]) ** 2)},
        ),
        Simulated(
            part=f"the mean, {RUNS} runs of N = {LENGTH}",
            cases=_mean_losses,
            lhs=lambda means: means,
            rhs=lambda: xentlib.cross_entropy(TRUTH, MODEL),
            mistakes={
                "the limit is H(q)": lambda: xentlib.entropy(MODEL),
                "the limit is H(p)": lambda: xentlib.entropy(TRUTH),
                "minus log Σ p q": lambda: -np.log(TRUTH @ MODEL),
            },
        ),
        Simulated(
            part=f"the variance, {RUNS} runs of N = {LENGTH}",
            cases=_mean_losses,
            lhs=lambda means: (means - xentlib.cross_entropy(TRUTH, MODEL)) ** 2,
            rhs=lambda: _exact_variance() / LENGTH,
            mistakes={"variance without 1/N": _exact_variance},
        ),
        Argued(
            part="almost sure convergence",
            proof=(
                "If supp p ⊂ supp q the terms -log q_Y are bounded, independent and have mean H(p, "
                "q). The fourth moment of their centred mean is at most C/N², which is summable, "
                "so by Borel-Cantelli the mean converges almost surely. "
                "If p_k > 0 = q_k, class k is drawn sooner or later, almost surely, and from then "
                "on the product is 0."
            ),
        ),
    ),
    uses=(expected_log_likelihood,),
)
