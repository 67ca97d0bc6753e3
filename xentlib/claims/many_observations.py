"""Chapter 2: from one observation to many."""

from fractions import Fraction as F
from itertools import permutations, product

import numpy as np
from sympy import Rational, Symbol, expand, integrate, log, real_roots

from xentlib.claims._finite import arg_max, normalised, prod
from xentlib.derivations import many_observations as derived
from xentlib.verify import Claim
from xentlib.verify.evidence import Argued, Derived, Exact

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


product_rule = Claim(
    title="The product rule",
    statement=(
        r"If $y_1,\ldots,y_N$ are mutually independent given all $x$ and $\theta$, and $y_i$ "
        r"depends on $x_i$ only, then $P(y\mid x,\theta)=\prod_i P(y_i\mid x_i,\theta)$. They need "
        r"not be identically distributed. "
        r"With no independence at all, $P(y\mid x)=\prod_t P(y_t\mid y_{<t},x)$: the token-level "
        r"cross-entropy of an autoregressive model is an exact negative log-likelihood."
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
                    rhs=lambda xs, ys: F(1, 8),
                ),
                "a neighbour's covariate": lambda xs, ys: prod(
                    _conditional(x, y) for x, y in zip(xs[1:] + xs[:1], ys, strict=True)
                ),
                "one pooled conditional": lambda xs, ys: prod(
                    _pooled(x, y) for x, y in zip(xs, ys, strict=True)
                ),
            },
        ),
        Exact(
            part="the chain rule, three dependent bits",
            cases=lambda: [
                (table, bits) for table in _tables() for bits in product(BITS, repeat=3)
            ],
            lhs=lambda table, bits: table[bits[0] * 4 + bits[1] * 2 + bits[2]],
            rhs=_chain_rule,
            mistakes={
                "the chain rule with marginals": lambda table, bits: prod(
                    _marginal(table, place, bit) for place, bit in enumerate(bits)
                )
            },
        ),
        Argued(
            part="in general",
            proof=(
                "Mutual independence given (x, θ) is by definition that the joint conditional law "
                "is the product of the conditional laws, and each of these is P(y_i|x_i, θ) by the "
                "second hypothesis. "
                "The chain rule multiplies conditional probabilities whose denominators cancel, "
                "one after the other."
            ),
        ),
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


def _coin_sequences():
    return [(bits,) for n in (1, 2, 3, 4, 5) for bits in product(BITS, repeat=n)]


exchangeable_is_not_independent = Claim(
    title="Integrating the parameter out makes the data dependent",
    statement=(
        r"If $y_1,y_2,\ldots$ are iid given $\theta$, and $\theta$ is integrated out, they are "
        r"exchangeable and identically distributed, but for binary labels "
        r"$\operatorname{Cov}(y_1,y_2)=\operatorname{Var}\theta\ge0$: independent iff $\theta$ is "
        r"almost surely constant. "
        r"For a uniform prior $P(1,1)=1/3\ne1/4$, and after $s$ heads in $n$ tosses the next is "
        r"heads with probability $(s+1)/(n+2)$."
    ),
    evidence=(
        Derived(
            part="the next toss, for symbolic s and n",
            chain=derived.urn_step,
            mistakes={
                "one estimate plugged in": derived.s / (derived.s + derived.f + 1),
                "as before the first toss": Rational(1, 2) + 0 * derived.s,
            },
        ),
        Exact(
            part="all sequences of up to 5 tosses",
            cases=_coin_sequences,
            lhs=_integrated_out,
            rhs=_urn,
            mistakes={"product of marginals": lambda bits: Rational(1, 2) ** len(bits)},
        ),
        Exact(
            part="exchangeable, up to 4 tosses",
            cases=lambda: [
                (bits, order)
                for bits in product(BITS, repeat=4)
                for order in permutations(range(4))
            ],
            lhs=lambda bits, order: _urn(bits),
            rhs=lambda bits, order: _urn(tuple(bits[place] for place in order)),
            mistakes={
                "the order matters": lambda bits, order: (
                    _urn(bits) if order == (0, 1, 2, 3) else Rational(0)
                )
            },
        ),
        Exact(
            part="the covariance of a uniform coin",
            cases=lambda: [()],
            lhs=lambda: _integrated_out((1, 1)) - _integrated_out((1,)) ** 2,
            rhs=lambda: integrate(t**2, (t, 0, 1)) - integrate(t, (t, 0, 1)) ** 2,
            mistakes={"no covariance": lambda: Rational(0)},
        ),
        Argued(
            part="the covariance in general",
            proof=(
                "Given θ the labels are independent with mean θ, so E[y₁y₂] = E[θ²] and "
                "Cov(y₁, y₂) = E[θ²] - E[θ]² = Var θ. If it is 0 then θ is almost surely "
                "constant, and the labels are independent; if not, they are not."
            ),
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


conditional_suffices = Claim(
    title="Joint and conditional likelihood",
    statement=(
        r"Let $p(x,y\mid\theta,\psi)=p(y\mid x,\theta)\,p(x\mid\psi)$ with "
        r"$(\theta,\psi)\in\Theta\times\Psi$ free of each other and $0<\sup_\psi "
        r"p(x\mid\psi)<\infty$ attained. "
        r"Then the MLE of $\theta$ from the joint likelihood is the MLE from the conditional one. "
        r"With independent priors and $0<\int p(x\mid\psi)\,\varpi(\psi)\,d\psi<\infty$ the "
        r"posterior of $\theta$ is the same too."
    ),
    evidence=(
        Exact(
            part="two observations, two values of everything",
            cases=lambda: DATA,
            lhs=lambda *data: _joint_fit(data),
            rhs=_conditional_fit,
            mistakes={
                "p(x|θ) dropped though it shares θ": dict(
                    lhs=lambda *data: arg_max(
                        {
                            theta: _label_likelihood(data, theta)
                            * _input_likelihood(data, SHARED[theta])
                            for theta in THETA
                        }
                    )
                ),
                "θ and ψ constrained together": dict(
                    lhs=lambda *data: _joint_fit(data, (("low", "mostly a"), ("high", "mostly b")))
                ),
            },
        ),
        Exact(
            part="the posterior there",
            cases=lambda: DATA,
            lhs=_marginal_posterior,
            rhs=lambda *data: normalised(
                PRIOR[theta] * _label_likelihood(data, theta) for theta in THETA
            ),
            mistakes={
                "prior of θ forgotten": lambda *data: normalised(
                    _label_likelihood(data, theta) for theta in THETA
                )
            },
        ),
        Argued(
            part="in general",
            proof=(
                "For each θ the largest joint likelihood over ψ is p(y|x,θ) times the attained "
                "supremum of p(x|ψ), a positive number free of θ. Integrated over independent "
                "priors the same happens with the integral in place of the supremum."
            ),
        ),
    ),
    uses=(product_rule,),
)

u = Symbol("u", positive=True)  # exp(2θ)


def _joint_mle(data):
    """The mean of (2y - 1) x, where the joint Gaussian log-likelihood is largest."""
    return Rational(sum((2 * y - 1) * x for x, y in data), len(data))


def _conditional_mles(data):
    """exp(2θ) at the positive roots of the conditional score Σ x (2y-1) σ(-(2y-1) 2 θ x), cleared
    of denominators.
    """
    score = sum((2 * y - 1) * x / (1 + u ** ((2 * y - 1) * x)) for x, y in data)
    numerator = score.together().as_numer_denom()[0]
    return tuple(root for root in real_roots(expand(numerator), u) if root > 0)


THREE = ((1, 1), (3, 1), (-1, 1))

gaussian_discriminant = Claim(
    kind="example",
    title="Joint and conditional fits that differ",
    statement=(
        r"Let $y$ be Bernoulli$(\tfrac12)$ and $x\mid y$ normal with mean $(2y-1)\theta$ and "
        r"variance 1. Then $P(y=1\mid x)=\sigma(2\theta x)$. For the data "
        r"$(x,y)=(1,1),(3,1),(-1,1)$ the joint MLE is $1$ and the conditional MLE is "
        r"$\tfrac12\log2$. "
        r"Without the third point the joint MLE is $2$ and the conditional MLE does not exist."
    ),
    evidence=(
        Derived(
            part="the log odds",
            chain=derived.log_odds,
            mistakes={
                "σ(θx): the lost factor 2": derived.theta * derived.x,
                "squares not expanded": derived.theta**2 * derived.x,
            },
        ),
        Exact(
            part="the three points",
            cases=lambda: [(THREE,)],
            lhs=lambda data: (
                _joint_mle(data),
                tuple(log(root) / 2 for root in _conditional_mles(data)),
            ),
            rhs=lambda data: (Rational(1), (log(2) / 2,)),
            mistakes={"covariates never matter": lambda data: (Rational(1), (Rational(1),))},
        ),
        Exact(
            part="without the third",
            cases=lambda: [(THREE[:2],)],
            lhs=lambda data: (_joint_mle(data), _conditional_mles(data)),
            rhs=lambda data: (Rational(2), ()),
            mistakes={"both exist": lambda data: (Rational(2), (Rational(2),))},
        ),
        Argued(
            part="roots are maxima",
            proof=(
                "The conditional log-likelihood Σ log σ((2y-1)2θx) is concave in θ, so a root "
                "of its slope is its maximum, and where there is none it has no maximum."
            ),
        ),
    ),
    uses=(conditional_suffices,),
)

GRID = tuple(F(k, 12) for k in range(1, 12))


def _likelihoods(heads, tosses):
    return {theta: theta**heads * (1 - theta) ** (tosses - heads) for theta in GRID}


def _flips():
    return [(heads, tosses) for tosses in (1, 2, 7) for heads in range(tosses + 1)]


logarithm_keeps_the_argmax = Claim(
    title="Taking logarithms",
    statement=(
        r"$\log$ is strictly increasing on $(0,\infty)$, so it keeps the argmax when some "
        r"$\theta$ has positive likelihood. In floats it also keeps the likelihood from "
        r"vanishing: a product of 1100 factors $\tfrac12$ is $0.0$, while its logarithm is "
        r"$-1100\log2$."
    ),
    evidence=(
        Exact(
            part="coins on a grid",
            cases=_flips,
            lhs=lambda heads, tosses: arg_max(_likelihoods(heads, tosses)),
            rhs=lambda heads, tosses: arg_max(
                {
                    theta: log(Rational(v.numerator, v.denominator))
                    for theta, v in _likelihoods(heads, tosses).items()
                }
            ),
            mistakes={
                "any transformation will do (log²)": lambda heads, tosses: arg_max(
                    {
                        theta: log(Rational(v.numerator, v.denominator)) ** 2
                        for theta, v in _likelihoods(heads, tosses).items()
                    }
                )
            },
        ),
        Exact(
            part=(
                "1074 to 1100 factors: the product underflows iff 2⁻ⁿ is at most half the "
                "least float"
            ),
            cases=lambda: [(n,) for n in range(1070, 1101)],
            lhs=lambda n: bool(np.prod(np.full(n, 0.5)) == 0.0),
            rhs=lambda n: F(1, 2**n) <= F(5e-324) / 2,
            mistakes={"floats never underflow": lambda n: False},
        ),
        Argued(
            part="in general",
            proof=(
                "If a likelihood value is the largest, and positive, then its logarithm is the "
                "largest of all logarithms, zero likelihoods having logarithm -∞; and the "
                "other way round, since log is strictly increasing."
            ),
        ),
    ),
)

SCALES = ((F(1), F(0)), (F(3), F(-7)), (F(1, 5), F(2)))


def _losses(seed):
    return {place: F((seed * (place + 3) ** 2) % 11, 3) for place in range(6)}


def _unequal_batches():
    return [((1, 5, 2, 8, 4), 2), ((0, 0, 9), 2)]


def _mean_of_batch_means(values, size):
    batches = [values[start : start + size] for start in range(0, len(values), size)]
    return sum(F(sum(batch), len(batch)) for batch in batches) / len(batches)


scale_and_constants = Claim(
    title="Scale and constants",
    statement=(
        r"$\operatorname*{arg\,min} f=\operatorname*{arg\,min}(af+b)$ for $a>0$. With a *fixed* "
        r"penalty $\lambda R$, replacing $\sum_i$ by $\frac1N\sum_i$ changes the minimiser: it is "
        r"as if $\lambda$ were $N\lambda$. "
        r"For differentiable convex objectives with unique minimisers, the minimiser is unchanged "
        r"iff $N=1$, $\lambda=0$ or $\nabla R(\hat\theta)=0$ at the minimiser of the sum's "
        r"objective."
    ),
    evidence=(
        Exact(
            part="finitely many parameters",
            cases=lambda: [(seed, a, b) for seed in range(1, 9) for a, b in SCALES],
            lhs=lambda seed, a, b: arg_max({k: -v for k, v in _losses(seed).items()}),
            rhs=lambda seed, a, b: arg_max({k: -(a * v + b) for k, v in _losses(seed).items()}),
            mistakes={
                "a negative factor": lambda seed, a, b: arg_max(
                    {k: a * v + b for k, v in _losses(seed).items()}
                )
            },
        ),
        Derived(
            part="squared error with a ridge, symbolic N",
            chain=derived.mean_instead_of_sum,
            mistakes={
                "1/N is harmless with a ridge": (
                    (derived.N + derived.lam) * derived.theta
                    - derived.over_observations(derived.a[derived.i])
                )
                / derived.N
            },
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
            part="batches of equal size",
            cases=lambda: [((1, 5, 2, 8), 2), ((3, 1, 4, 1, 5, 9), 3)],
            lhs=lambda values, size: F(sum(values), len(values)),
            rhs=_mean_of_batch_means,
            mistakes={
                "mean of batch means with an unequal last batch": dict(cases=_unequal_batches)
            },
        ),
        Argued(
            part="the equivalence",
            proof=(
                "At the minimiser of the sum's objective, ΣF' + λR' = 0. The mean's objective "
                "has there the slope ΣF'/N + λR' = λR'(1 - 1/N). By convexity the point "
                "minimises it iff that vanishes: λ = 0, N = 1 or R' = 0."
            ),
        ),
    ),
)
