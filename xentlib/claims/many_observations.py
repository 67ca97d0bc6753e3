"""Chapter 2: from one observation to many."""

from fractions import Fraction as F
from itertools import permutations, product

import numpy as np
from sympy import Add, Rational, Symbol, diff, expand, integrate, log, real_roots, solve

from xentlib.claims._finite import arg_max, normalised, prod
from xentlib.derivations import many_observations as derived
from xentlib.derivations.symbols import K, N, j, k, over_classes
from xentlib.verify import Claim
from xentlib.verify.evidence import Argued, Derived, Exact
from xentlib.verify.hypotheses import index, number, positive, real, simplex, size
from xentlib.verify.quantity import AtMost, Equal

BITS = (0, 1)
t = Symbol("t", positive=True)

# Outcomes are read off independent noise: y_i = 1 iff its die, with faces 0 ... 5, falls below a
# threshold set by x_i.
FACES = range(6)
THRESHOLD = {"a": 1, "b": 4}


def _by_counting(
    xs, ys, outcome=lambda xs, dice: [d < THRESHOLD[x] for x, d in zip(xs, dice, strict=True)]
):
    hits = sum(tuple(outcome(xs, dice)) == ys for dice in product(FACES, repeat=len(xs)))
    return F(hits, 6 ** len(xs))


def _conditional(x, y):
    share = F(THRESHOLD[x], 6)
    return share if y else 1 - share


def _sequences():
    return [
        (xs, ys)
        for n in (1, 2, 3)
        for xs in product("ab", repeat=n)
        for ys in product(BITS, repeat=n)
    ]


def _pooled(x, y):
    share = F(sum(THRESHOLD.values()), 12)
    return share if y else 1 - share


def _xor(xs, dice):
    first, second = (d < 3 for d in dice[:2])
    return first, second, first != second


def _tables():
    """Joint laws of three bits."""
    for shift in range(0, 8, 3):
        yield normalised(F((3 * place + shift) % 7 + 1) for place in range(8))


def _probability(table, prefix):
    return sum(
        mass
        for bits, mass in zip(product(BITS, repeat=3), table, strict=True)
        if bits[: len(prefix)] == prefix
    )


def _chain_rule(table, bits):
    return prod(
        _probability(table, bits[: place + 1]) / _probability(table, bits[:place])
        for place in range(3)
    )


def _marginal(table, place, bit):
    return sum(
        mass
        for bits, mass in zip(product(BITS, repeat=3), table, strict=True)
        if bits[place] == bit
    )


def _neighbours_covariates(xs, ys):
    return prod(_conditional(x, y) for x, y in zip(xs[1:] + xs[:1], ys, strict=True))


def _tables_and_bits():
    return [(table, bits) for table in _tables() for bits in product(BITS, repeat=3)]


def _by_marginals(table, bits):
    return prod(_marginal(table, place, bit) for place, bit in enumerate(bits))


def _pooled_likelihood(xs, ys):
    return prod(_pooled(x, y) for x, y in zip(xs, ys, strict=True))


product_rule = Claim(
    title="The product rule",
    statement=(
        r"With no independence at all, labels from finite sets have, given $x$ and "
        r"$\theta$, the probability $<chain>$, where every $P(y_{\le i})>0$, so that "
        r"these are defined. If the labels are mutually independent given all $x$ and "
        r"$\theta$, and $y_i$ depends on $x_i$ only, each factor is $b_i=P(y_i\mid "
        r"x_i,\theta)$, so $P(y\mid x,\theta)=\prod_i P(y_i\mid x_i,\theta)$."
    ),
    relations={
        "chain": Equal(
            derived.of_the_first(derived.of_prefix, N),
            derived.chained(derived.of_prefix),
        )
    },
    for_all=(size(N), positive(derived.of_prefix, N)),
    meaning=(
        r"The labels need not be identically distributed. The token-level cross-entropy "
        r"of an autoregressive model is an exact negative log-likelihood, by the first "
        r"product."
    ),
    evidence=(
        Exact(
            part="outcomes read off independent dice, N ≤ 3",
            cases=_sequences,
            lhs=_by_counting,
            rhs=lambda xs, ys: prod(_conditional(x, y) for x, y in zip(xs, ys, strict=True)),
            mistakes={
                "pairwise independence is enough (y₃ = y₁ xor y₂)": dict(
                    cases=lambda: [("aaa", ys) for ys in product(BITS, repeat=3)],
                    lhs=lambda xs, ys: _by_counting(xs, ys, _xor),
                    rhs=lambda xs, ys: F(1, 2) ** len(ys),
                ),
                "a neighbour's covariate": _neighbours_covariates,
                "one conditional for all, as if identically distributed (slip E3)": (
                    _pooled_likelihood
                ),
            },
        ),
        Derived(
            part="",
            of="chain",
            chain=derived.chain_rule,
            mistakes={
                "the first label forgotten": derived.chained(derived.of_prefix)
                / derived.of_prefix[1],
            },
        ),
        Exact(
            part="the chain rule, three dependent bits",
            cases=_tables_and_bits,
            lhs=lambda table, bits: table[bits[0] * 4 + bits[1] * 2 + bits[2]],
            rhs=_chain_rule,
            mistakes={"the chain rule with marginals": _by_marginals},
        ),
        derived.product_rule.as_part("under independence"),
    ),
)


def _integrated_out(bits):
    """∫ ∏ θ^y (1-θ)^(1-y) dθ over a uniform θ."""
    heads = sum(bits)
    return integrate(expand(t**heads * (1 - t) ** (len(bits) - heads)), (t, 0, 1))


def _urn(bits):
    """Drawing from an urn that starts with one ball of each colour and gets another of the colour
    that was drawn.
    """
    chance, heads = Rational(1), 0
    for place, bit in enumerate(bits):
        chance *= Rational(heads + 1 if bit else place - heads + 1, place + 2)
        heads += bit
    return chance


def _lopsided_urn(bits):
    """The same urn, where a ball is added for heads alone."""
    chance, heads = Rational(1), 0
    for bit in bits:
        chance *= Rational(heads + 1 if bit else 1, heads + 2)
        heads += bit
    return chance


def _under_beta(function, a, b):
    """E of a polynomial in θ under a Beta(a, b) prior, a and b whole."""
    density = t ** (a - 1) * (1 - t) ** (b - 1)
    return integrate(expand(function * density), (t, 0, 1)) / integrate(expand(density), (t, 0, 1))


def _covariance_of_two_labels(a, b):
    """Cov(y₁, y₂) from the four probabilities P(y₁, y₂)."""
    joint = {
        bits: _under_beta(t ** sum(bits) * (1 - t) ** (2 - sum(bits)), a, b)
        for bits in product(BITS, repeat=2)
    }
    return joint[1, 1] - (joint[1, 0] + joint[1, 1]) * (joint[0, 1] + joint[1, 1])


def _coin_sequences():
    return [(bits,) for n in (1, 2, 3, 4, 5) for bits in product(BITS, repeat=n)]


def _bits_and_orders():
    return [(bits, order) for bits in product(BITS, repeat=4) for order in permutations(range(4))]


exchangeable_is_not_independent = Claim(
    title="Integrating the parameter out makes the data dependent",
    statement=(
        r"Let $\theta$ have the values $\theta_1,\ldots,\theta_K$ with positive weights "
        r"$w_k$ that sum to 1, and let two binary labels be independent given $\theta$, "
        r"each 1 with probability $\theta$. With $\theta$ integrated out $<covariance>$,"
        r" the variance of $\theta$: it is 0 iff all values agree."
    ),
    relations={
        "covariance": Equal(
            derived.covariance(derived.weight, derived.value), derived.pairs_of_values
        )
    },
    for_all=(size(K, 1), simplex(derived.weight, K), real(derived.value, K)),
    meaning=(
        r"So the labels are independent iff $\theta$ is constant; for any prior, if "
        r"$y_1,y_2,\ldots$ are iid given $\theta$, they are exchangeable and identically"
        r" distributed, and $\operatorname{Cov}(y_1,y_2)=\operatorname{Var}\theta$. For "
        r"a uniform prior $P(1,1)=1/3\ne1/4$, and after $s$ heads and $f$ tails the next"
        r" is heads with probability $(s+1)/(s+f+2)$."
    ),
    evidence=(
        Derived(
            part="the next toss under a uniform prior, for symbolic s and n",
            chain=derived.urn_step,
            mistakes={
                "tails are due (the gambler)": (derived.f + 1) / (derived.s + derived.f + 2),
                "one estimate plugged in": derived.s / (derived.s + derived.f),
            },
        ),
        Derived(
            part="",
            of="covariance",
            chain=derived.covariance_of_two,
            mistakes={
                "the mean of θ² itself": over_classes(derived.weight[k] * derived.value[k] ** 2),
                "each pair twice": 2 * derived.pairs_of_values,
            },
        ),
        derived.covariance_is_not_negative.as_part("never negative, and when it is 0"),
        Exact(
            part="all sequences of up to 5 tosses",
            cases=_coin_sequences,
            lhs=_integrated_out,
            rhs=_urn,
            mistakes={"product of marginals": lambda bits: Rational(1, 2) ** len(bits)},
        ),
        Exact(
            part="exchangeable, up to 4 tosses",
            cases=_bits_and_orders,
            lhs=lambda bits, order: _urn(bits),
            rhs=lambda bits, order: _urn(tuple(bits[place] for place in order)),
            mistakes={
                "balls are added for heads alone": dict(
                    lhs=lambda bits, order: _lopsided_urn(bits),
                    rhs=lambda bits, order: _lopsided_urn([bits[place] for place in order]),
                )
            },
        ),
        Exact(
            part="the covariance under nine Beta priors, whose variance is known",
            cases=lambda: list(product((1, 2, 3), repeat=2)),
            lhs=_covariance_of_two_labels,
            rhs=lambda a, b: Rational(a * b, (a + b) ** 2 * (a + b + 1)),
            mistakes={
                "the variance of one label": lambda a, b: Rational(a * b, (a + b) ** 2),
            },
        ),
    ),
    uses=(product_rule,),
)

# A table p(x, y | θ, ψ) = p(y | x, θ) p(x | ψ) with two values of everything
THETA = {"low": {"a": F(1, 4), "b": F(1, 3)}, "high": {"a": F(3, 4), "b": F(1, 2)}}
PSI = {"mostly a": {"a": F(4, 5), "b": F(1, 5)}, "mostly b": {"a": F(1, 5), "b": F(4, 5)}}
SHARED = {"low": PSI["mostly a"], "high": PSI["mostly b"]}
DATA = tuple(product(product("ab", BITS), repeat=2))


def _label_likelihood(data, theta):
    return prod(THETA[theta][x] if y else 1 - THETA[theta][x] for x, y in data)


def _input_likelihood(data, law):
    return prod(law[x] for x, _ in data)


EVERY_PAIR = tuple(product(THETA, PSI))


def _joint_fit(data, pairs=EVERY_PAIR):
    return frozenset(
        theta
        for theta, psi in arg_max(
            {
                (theta, psi): _label_likelihood(data, theta) * _input_likelihood(data, PSI[psi])
                for theta, psi in pairs
            }
        )
    )


def _conditional_fit(*data):
    return arg_max({theta: _label_likelihood(data, theta) for theta in THETA})


PRIOR = {"low": F(2, 3), "high": F(1, 3)}


def _marginal_posterior(*data):
    return normalised(
        sum(
            PRIOR[theta]
            * weight
            * _label_likelihood(data, theta)
            * _input_likelihood(data, PSI[psi])
            for psi, weight in zip(PSI, (F(1, 5), F(4, 5)), strict=True)
        )
        for theta in THETA
    )


def _fit_without_inputs_that_share(*data):
    return arg_max(
        {
            theta: _label_likelihood(data, theta) * _input_likelihood(data, SHARED[theta])
            for theta in THETA
        }
    )


def _posterior_of_theta(*data):
    return normalised(PRIOR[theta] * _label_likelihood(data, theta) for theta in THETA)


def _without_the_prior(*data):
    return normalised(_label_likelihood(data, theta) for theta in THETA)


conditional_suffices = Claim(
    title="Joint and conditional likelihood",
    statement=(
        r"Let $p(x,y\mid\theta,\psi)=p(y\mid x,\theta)\,p(x\mid\psi)$ with every pair "
        r"$(\theta,\psi)\in\Theta\times\Psi$ allowed and $0<c=\sup_\psi "
        r"p(x\mid\psi)<\infty$ attained. Then the MLE of $\theta$ from the joint "
        r"likelihood is the MLE from the conditional one. Let $\theta$ have $K$ values "
        r"with prior weights $w_k$ and $f_k=p(y\mid x,\theta_k)$, and $\psi$ "
        r"independently $L$ values with $v_l$ and $g_l=p(x\mid\psi_l)$; neither all "
        r"$f_k$ nor all $g_l$ are 0. With $\psi$ summed out the posterior is the "
        r"conditional one, $<posterior>$."
    ),
    relations={
        "posterior": Equal(
            derived.joint_posterior(
                derived.prior, derived.of_labels, derived.prior_of_inputs, derived.of_inputs, j
            ),
            derived.conditional_posterior(derived.prior, derived.of_labels, j),
        )
    },
    for_all=(
        size(K, 1),
        size(derived.L, 1),
        simplex(derived.prior, K),
        derived.some_labels,
        simplex(derived.prior_of_inputs, derived.L),
        derived.some_inputs,
        index(j, K),
    ),
    meaning=(
        r"With independent prior densities and $0<\int "
        r"p(x\mid\psi)\,\varpi(\psi)\,d\psi<\infty$ the posterior of $\theta$ is the "
        r"same too."
    ),
    evidence=(
        Exact(
            part="two observations, two values of everything",
            cases=lambda: DATA,
            lhs=lambda *data: _joint_fit(data),
            rhs=_conditional_fit,
            mistakes={
                "the joint for the conditional, though inputs share θ (the walk, slip E4)": dict(
                    lhs=_fit_without_inputs_that_share
                ),
                "θ and ψ constrained together": dict(
                    lhs=lambda *data: _joint_fit(data, (("low", "mostly a"), ("high", "mostly b")))
                ),
            },
        ),
        Derived(
            part="",
            of="posterior",
            chain=derived.same_posterior,
            mistakes={
                "the prior of θ left out": derived.of_labels[j]
                / over_classes(derived.of_labels[k]),
                "every value of θ stays as likely as before": derived.prior[j],
            },
        ),
        Exact(
            part="the posterior there",
            cases=lambda: DATA,
            lhs=_marginal_posterior,
            rhs=_posterior_of_theta,
            mistakes={"prior of θ forgotten": _without_the_prior},
        ),
        Argued(
            part="prior densities",
            of="meaning",
            proof=(
                (
                    r"With independent priors the posterior of $\theta$ is proportional "
                    r"to $\varpi(\theta)\,p(y\mid x,\theta)\int "
                    r"p(x\mid\psi)\,\varpi(\psi)\,d\psi$, by <bayes_rule>."
                ),
                (
                    r"The integral is positive, finite and does not depend on $\theta$, so it "
                    r"cancels."
                ),
            ),
        ),
        derived.profile_keeps_the_order.as_part("the MLE, on any parameter space"),
    ),
    uses=(product_rule, "bayes.bayes_rule"),
)

u = Symbol("u", positive=True)  # exp(2θ)
centre = Symbol("theta", real=True)


def _joint_mle(data):
    """Where the slope of the joint Gaussian log-likelihood vanishes."""
    loss = sum((x - (2 * y - 1) * centre) ** 2 for x, y in data) / 2
    return solve(diff(loss, centre), centre)[0]


def _conditional_mles(data):
    """exp(2θ) at the positive roots of the conditional score Σ x (2y-1) σ(-(2y-1) 2 θ x), cleared
    of denominators.
    """
    score = Add(*((2 * y - 1) * x / (1 + u ** ((2 * y - 1) * x)) for x, y in data))
    numerator = score.together().as_numer_denom()[0]
    return tuple(root for root in real_roots(expand(numerator), u) if root > 0)


THREE = ((1, 1), (3, 1), (-1, 1))


def _both_estimates(data, joint, conditional):
    return (
        _joint_mle(data),
        tuple(log(root) / 2 for root in _conditional_mles(data)),
    )


def _conditional_doubled(data, joint, conditional):
    return (
        joint,
        tuple(2 * value for value in conditional),
    )


def _joint_for_both(data, joint, conditional):
    return (
        joint,
        (joint,),
    )


gaussian_discriminant = Claim(
    kind="example",
    title="Joint and conditional fits that differ",
    statement=(
        r"Let $y$ be Bernoulli$(\tfrac12)$ and $x\mid y$ normal with mean $(2y-1)\theta$"
        r" and variance 1. Then the log odds of $y=1$ are $<odds>$. For the data "
        r"$(x,y)=(1,1),(3,1),(-1,1)$ the joint MLE is $1$. The conditional "
        r"log-likelihood is "
        r"$\ell(\theta)=\log\sigma(2\theta)+\log\sigma(6\theta)+\log\sigma(-2\theta)$, "
        r"and $<maximum>$, with equality only at the conditional MLE, "
        r"$\theta=\tfrac12\log2$. Without the third point the joint MLE is $2$ and the "
        r"conditional MLE does not exist."
    ),
    relations={
        "odds": Equal(
            derived.log_odds_of_yes(derived.theta, derived.x), 2 * derived.theta * derived.x
        ),
        "maximum": AtMost(
            derived.conditional_log_likelihood(derived.theta), 4 * log(Rational(2, 3))
        ),
    },
    for_all=(number(derived.theta), number(derived.x)),
    evidence=(
        derived.conditional_maximum.as_part("", of="maximum"),
        derived.joint_maximum.as_part("the joint MLE"),
        derived.separated_rises_for_ever.as_part("without the third point: minus 1/exp ℓ(θ)"),
        Derived(
            part="",
            of="odds",
            chain=derived.log_odds,
            mistakes={
                "σ(θx): the lost factor 2": derived.theta * derived.x,
                "squares not expanded": derived.theta**2 * derived.x,
            },
        ),
        Exact(
            part="the three points, and without the third",
            cases=lambda: [(THREE, 1, (log(2) / 2,)), (THREE[:2], 2, ())],
            lhs=_both_estimates,
            rhs=lambda data, joint, conditional: (joint, conditional),
            mistakes={
                "the covariates tell nothing about θ": _joint_for_both,
                "the lost factor 2, in the estimate": _conditional_doubled,
            },
        ),
    ),
    uses=(conditional_suffices,),
)

GRID = tuple(F(k, 12) for k in range(1, 12))


def _likelihoods(heads, tosses):
    return {theta: theta**heads * (1 - theta) ** (tosses - heads) for theta in GRID}


def _flips():
    return [(heads, tosses) for tosses in (1, 2, 7) for heads in range(tosses + 1)]


def _argmax_of_logs(heads, tosses):
    return arg_max(
        {
            theta: log(Rational(v.numerator, v.denominator))
            for theta, v in _likelihoods(heads, tosses).items()
        }
    )


def _argmax_of_squared_logs(heads, tosses):
    return arg_max(
        {
            theta: log(Rational(v.numerator, v.denominator)) ** 2
            for theta, v in _likelihoods(heads, tosses).items()
        }
    )


def _gone_below_normal_floats(n):
    return F(1, 2**n) if n <= 1022 else F(0)


logarithm_keeps_the_argmax = Claim(
    title="Taking logarithms",
    statement=(
        r"$\log$ is strictly increasing on $(0,\infty)$, so it keeps the argmax over the"
        r" $\theta$ that have positive likelihood $f$."
    ),
    in_words="an equality of sets of maximisers, shown by one order",
    meaning=(
        r"If there are any, the other $\theta$, with likelihood 0 and logarithm "
        r"$-\infty$, are in neither argmax. Minus the logarithm, over $N$, turns the order "
        r"round: the most likely $\theta$ are those of least loss. In floats it also keeps "
        r"the likelihood from vanishing: a product of 1100 factors $\tfrac12$ is $0.0$, while "
        r"its logarithm is $-1100\log2$."
    ),
    evidence=(
        Exact(
            part="coins on a grid",
            cases=_flips,
            lhs=lambda heads, tosses: arg_max(_likelihoods(heads, tosses)),
            rhs=_argmax_of_logs,
            mistakes={"any transformation will do (log²)": _argmax_of_squared_logs},
        ),
        Exact(
            part=(
                "1070 to 1100 factors: the product of floats is 2⁻ⁿ up to n = 1074, the least "
                "float, and 0 beyond"
            ),
            cases=lambda: [(n,) for n in range(1070, 1101)],
            lhs=lambda n: F(float(np.prod(np.full(n, 0.5)))),
            rhs=lambda n: F(1, 2**n) if n <= 1074 else F(0),
            floats="of a float with its value as a fraction",
            mistakes={
                "floats never underflow": lambda n: F(1, 2**n),
                "they underflow at the least normal float": _gone_below_normal_floats,
            },
        ),
        derived.logarithm_keeps_the_order,
        derived.negative_logarithm_turns_the_order.as_part("minus the logarithm, over N"),
    ),
)

SCALES = ((F(1), F(0)), (F(3), F(-7)), (F(1, 5), F(2)))


def _losses(seed):
    return {place: F((seed * (place + 3) ** 2) % 11, 3) for place in range(6)}


def _batched():
    """Batches: equal ones, unequal ones, and unequal ones whose means happen to balance."""
    return [
        (((1, 5), (2, 8)),),
        (((3, 1, 4), (1, 5, 9)),),
        (((1, 5), (2, 8), (9,)),),
        (((0, 0), (9,)),),
        (((1, 5), (2, 8), (4,)),),
        (((2, 4), (3,)),),
    ]


def _mean(values):
    return F(sum(values), len(values))


def _mean_of_all(batches):
    return _mean([value for batch in batches for value in batch])


def _mean_of_batch_means(batches):
    return _mean([_mean(batch) for batch in batches])


def _off_the_mean(batches):
    return _mean_of_all(batches) - _mean_of_batch_means(batches)


def _covariance_of_sizes(batches):
    sizes, means = [len(batch) for batch in batches], [_mean(batch) for batch in batches]
    return _mean([(size - _mean(sizes)) * mean for size, mean in zip(sizes, means, strict=True)])


def _mean_size(batches):
    return _mean([len(batch) for batch in batches])


def _equally_large(batches):
    return len({len(batch) for batch in batches}) == 1


def _by_a_negative_factor(seed, a, b):
    return arg_max({k: a * v + b for k, v in _losses(seed).items()})


scale_and_constants = Claim(
    title="Scale and constants",
    statement=(
        r"$\operatorname*{arg\,min} f=\operatorname*{arg\,min}(af+b)$ for $a>0$. With a "
        r"*fixed* penalty $\lambda R$, replacing the sum $F$ of $N$ losses by their mean "
        r"$F/N$ may change the minimiser: it is as if $\lambda$ were $N\lambda$. Where "
        r"along some direction $F$ has the slope $S$ and $R$ the slope $r$, the mean's "
        r"objective has the slope $<slope>$: that of the sum's objective over $N$, and a "
        r"term that is left where that is 0."
        "\n\n"
        r"The mean of all values minus the mean of the batch means is, for $N$ batches of"
        r" sizes $b_i$ and means $m_i$, $<batches>$: the covariance of sizes and means, "
        r"over the mean size; 0 for equal batches, and for unequal ones only by chance."
    ),
    relations={
        "slope": Equal(
            derived.slope_of_mean,
            derived.slope_of_objective + (1 - 1 / N) * derived.lam * derived.slope_of_penalty,
        ),
        "batches": derived.batches.states,
    },
    for_all=(
        size(N, 1),
        number(derived.lam, 0, 2),
        number(derived.slope_of_sum),
        number(derived.slope_of_penalty),
        positive(derived.batch, N),
        real(derived.of_batch, N),
    ),
    meaning=(
        r"So for differentiable convex objectives with unique minimisers the minimiser "
        r"is unchanged iff $N=1$, $\lambda=0$ or $\nabla R(\hat\theta)=0$ at the "
        r"minimiser of the sum's objective."
    ),
    evidence=(
        Derived(
            part="squared error with a ridge, symbolic N",
            chain=derived.mean_instead_of_sum,
            mistakes={
                "1/N is harmless with a ridge (slip E8)": (
                    (derived.N + derived.lam) * derived.theta
                    - derived.over_observations(derived.a[derived.i])
                )
                / derived.N
            },
        ),
        Derived(
            part="",
            of="slope",
            chain=derived.slopes,
            mistakes={
                "the penalty weighs the same": derived.slope_of_objective,
            },
        ),
        Derived(
            part="",
            of="batches",
            chain=derived.batches,
            mistakes={
                "not over the mean size, in general": derived.batches.last * derived.mean_of_batches
            },
        ),
        Exact(
            part="finitely many parameters",
            cases=lambda: [(seed, a, b) for seed in range(1, 9) for a, b in SCALES],
            lhs=lambda seed, a, b: arg_max({k: -v for k, v in _losses(seed).items()}),
            rhs=lambda seed, a, b: arg_max({k: -(a * v + b) for k, v in _losses(seed).items()}),
            mistakes={"a negative factor keeps the minimisers": _by_a_negative_factor},
        ),
        Derived(
            part="the ridge minimiser",
            chain=derived.ridge_minimiser,
            mistakes={
                "the plain mean minimises too": derived.lam
                * derived.over_observations(derived.a[derived.i])
                / derived.N
            },
        ),
        Exact(
            part="six ways to fill batches",
            cases=_batched,
            lhs=_off_the_mean,
            rhs=lambda batches: _covariance_of_sizes(batches) / _mean_size(batches),
            mistakes={
                "the mean of batch means is the mean (an unequal last batch)": dict(
                    lhs=_mean_of_all, rhs=_mean_of_batch_means
                ),
                "not over the mean size": _covariance_of_sizes,
            },
        ),
        Exact(
            part="when it is 0, the same six",
            cases=_batched,
            lhs=lambda batches: _off_the_mean(batches) == 0,
            rhs=lambda batches: _covariance_of_sizes(batches) == 0,
            mistakes={"only if the batches are equally large": _equally_large},
        ),
        Argued(
            part="the equivalence",
            of="meaning",
            proof=(
                (
                    r"At the minimiser of the sum's objective $S+\lambda r=0$ along every"
                    r" direction."
                ),
                (
                    r"There the slope of the mean's objective is $(1-\tfrac1N)\lambda r$,"
                    r" by the formula of the statement."
                ),
                (
                    r"A differentiable convex function is least where its slope is 0 "
                    r"along every direction, and nowhere else: that is, where "
                    r"$\lambda=0$, $N=1$ or $\nabla R=0$."
                ),
            ),
        ),
        derived.scale_and_constants.as_part("a positive factor and a constant"),
        derived.mean_with_a_penalty.as_part("as if λ were Nλ, any loss and penalty"),
    ),
)
