"""Chapter 1: Bayes, maximum a posteriori, maximum likelihood."""

from fractions import Fraction as F
from itertools import product
from math import comb, factorial

from mpmath import beta as beta_function
from mpmath import mp
from sympy import Rational, Symbol, diff, exp, expand, integrate, log, solve

import xentlib
from xentlib.claims._finite import arg_max, binomial, normalised, to_mpf
from xentlib.claims._library import beta_function as library_beta_function
from xentlib.derivations import bayes as derived
from xentlib.derivations.symbols import K, i, j, k, over_classes
from xentlib.verify import Claim
from xentlib.verify.evidence import Argued, Certified, Computed, Derived, Digits, Exact, at_most
from xentlib.verify.formal import Formal
from xentlib.verify.hypotheses import index, number, positive, size
from xentlib.verify.quantity import Equal

t = Symbol("t", positive=True)
s, f = derived.s, derived.f
WEIGHTS = tuple(product((1, 2, 3), repeat=3))  # unnormalised, ties included
COIN = tuple(F(k, 8) for k in range(1, 8))  # a finite parameter space


def _area(density):
    """∫ of a polynomial in t from 0 to 1."""
    return integrate(expand(density), (t, 0, 1))


def _joint_tables():
    """Joint laws of a parameter with 2 values and an observation with 3, as rows of numbers that
    sum to 1.
    """
    for first, second in product(WEIGHTS[::4], WEIGHTS[::5]):
        total = sum(first) + sum(second)
        yield tuple(F(w, total) for w in first), tuple(F(w, total) for w in second)


def _posterior_by_counting(table, x):
    return normalised(row[x] for row in table)


def _posterior_by_formula(table, x):
    prior = [sum(row) for row in table]
    likelihood = [row[x] / sum(row) for row in table]
    evidence = sum(a * b for a, b in zip(likelihood, prior, strict=True))
    return tuple(a * b / evidence for a, b in zip(likelihood, prior, strict=True))


def _joint_cases():
    return [(table, x) for table in _joint_tables() for x in range(3)]


def _likelihood_normalised(table, x):
    return normalised(row[x] / sum(row) for row in table)


def _divided_by_the_maximum(table, x):
    numerators = [row[x] for row in table]
    return tuple(n / max(numerators) for n in numerators)


def _beta_density(theta, a, b, s, f):
    """The library's density of Beta(a + s, b + f)."""
    return exp(xentlib.dirichlet_log_likelihood([theta, 1 - theta], [a + s, b + f]))


bayes_rule = Claim(
    title="Bayes' rule",
    statement=(
        r"Let $P_{j,i}>0$ be the joint probability of a parameter $\theta_j$, one of "
        r"$K$, and of data $X_i$, one of $L$. With $\varpi(\theta_j)=\sum_iP_{j,i}$, "
        r"$P(X_i)=\sum_jP_{j,i}$ and the conditional probabilities that these define, "
        r"$<rule>$: the posterior is $p(\theta\mid "
        r"X)=p(X\mid\theta)\,\varpi(\theta)/P(X)$. It sums to 1, $<total>$."
    ),
    relations={
        "rule": Equal(
            log(derived.posterior_of(derived.joint, j, i)),
            log(derived.likelihood_of(derived.joint, j, i))
            + log(derived.prior(derived.joint, j))
            - log(derived.evidence_of(derived.joint, i)),
        ),
        "total": Equal(over_classes(derived.posterior_of(derived.joint, k, i)), 1),
    },
    for_all=(
        size(K, 1),
        size(derived.L, 1),
        positive(derived.joint, derived.L, K),
        index(j, K),
        index(i, derived.L),
    ),
    meaning=(
        r"Probabilities of 0 do no harm where $P(X)>0$. For a prior density and "
        r"$0<P(X)=\int p(X\mid\theta)\,\varpi(\theta)\,d\theta<\infty$ the same quotient"
        r" is the posterior density, and it integrates to 1."
    ),
    evidence=(
        Derived(
            part="",
            of="rule",
            chain=derived.bayes_rule,
            mistakes={
                "base rates neglected: the prior is left out": log(
                    derived.likelihood_of(derived.joint, j, i)
                )
                - log(derived.evidence_of(derived.joint, i)),
                "the condition transposed, p(X|θ) for p(θ|X)": log(
                    derived.likelihood_of(derived.joint, j, i)
                ),
            },
        ),
        Derived(
            part="",
            of="total",
            chain=derived.posterior_total,
            mistakes={"it sums to the evidence": derived.evidence_of(derived.joint, i)},
        ),
        Exact(
            part="two parameters, by counting",
            cases=_joint_cases,
            lhs=_posterior_by_counting,
            rhs=_posterior_by_formula,
            mistakes={
                "prior forgotten, as where base rates are neglected": _likelihood_normalised,
                "divided by the maximum": _divided_by_the_maximum,
            },
        ),
        Derived(
            part="binomial data with a Beta prior",
            chain=derived.beta_posterior,
            computes=_beta_density,
            mistakes={
                "one count too many": derived.beta_posterior.last * derived.theta,
                "normalised as the prior was": derived.theta ** (derived.a + derived.s - 1)
                * (1 - derived.theta) ** (derived.b + derived.f - 1)
                / derived.beta_function,
            },
        ),
        Argued(
            part="densities in general",
            of="meaning",
            proof=(
                (
                    r"The joint density of $(\theta,X)$ is "
                    r"$p(X\mid\theta)\,\varpi(\theta)$."
                ),
                (
                    r"Its integral over $\theta$ is $P(X)$, positive and finite by "
                    r"hypothesis."
                ),
                (
                    r"So the quotient is the conditional density of $\theta$, and it "
                    r"integrates to $P(X)/P(X)=1$."
                ),
            ),
        ),
        Formal(
            part="",
            of="rule",
            theorem="bayes_rule_rule",
        ),
        Formal(
            part="",
            of="total",
            theorem="bayes_rule_total",
        ),
    ),
)


def _prior_cases():
    return [(prior, likelihood) for prior in WEIGHTS[::2] for likelihood in WEIGHTS]


def _map_set(prior, likelihood):
    return arg_max(dict(enumerate(a * b for a, b in zip(prior, likelihood, strict=True))))


def _order_of_two_models(heads, tails):
    """Whether the fair coin has more evidence than a uniform θ."""
    area = _area(t**heads * (1 - t) ** tails)
    return F(1, 2) ** (heads + tails) > F(area.p, area.q)


def _order_of_the_peaks(heads, tails):
    n = heads + tails
    return F(1, 2) ** n > F(heads, n) ** heads * F(tails, n) ** tails


def _tosses():
    return [(heads, n - heads) for n in (4, 10) for heads in range(n + 1)]


def _map_set_of_the_posterior(prior, likelihood):
    return arg_max(
        dict(enumerate(normalised(F(a * b) for a, b in zip(prior, likelihood, strict=True))))
    )


def _one_over_all_orders(heads, tails):
    return Rational(1, (heads + tails + 1) * comb(heads + tails, heads))


def _fair_coin_by_counting(heads, tails):
    return (heads + tails + 1) * comb(heads + tails, heads) > 2 ** (heads + tails)


def _mle_set(prior, likelihood):
    return arg_max(dict(enumerate(likelihood)))


evidence_does_not_depend_on_the_parameter = Claim(
    title="The evidence does not depend on the parameter",
    statement=(
        r"Let $g=p(X\mid\theta,M)\,\varpi(\theta\mid M)$, and let the evidence be "
        r"$0<Z=P(X\mid M)<\infty$, so that $p(\theta\mid X,M)=g/Z$. As sets, possibly "
        r"empty or with many members, $\operatorname*{arg\,max}\limits_\theta p(\theta\mid "
        r"X,M)=\operatorname*{arg\,max}\limits_\theta p(X\mid\theta,M)\,\varpi(\theta\mid M)$."
    ),
    in_words="an equality of sets of maximisers, shown by one order",
    meaning=(
        r"To compare *models*, the evidence is needed: $P(M\mid X)\propto P(M)\,P(X\mid "
        r"M)$. For a sequence of tosses with 7 heads in 10, let $M_1$ say "
        r"$\theta=\tfrac12$ and $M_2$ that $\theta$ is uniform. The peak of $M_2$, "
        r"$0.7^7\,0.3^3$, is the higher, but its evidence $1/1320$ is below the $1/1024$"
        r" of $M_1$."
    ),
    evidence=(
        Exact(
            part="finitely many parameters",
            cases=_prior_cases,
            lhs=_map_set_of_the_posterior,
            rhs=_map_set,
            mistakes={"prior dropped with the evidence": _mle_set},
        ),
        Exact(
            part="the evidence of M₂, sequences of 4 and of 10 tosses: 1/1320 for 7 heads in 10",
            cases=_tosses,
            lhs=lambda heads, tails: _area(t**heads * (1 - t) ** tails),
            rhs=_one_over_all_orders,
            mistakes={"evidence of the count": lambda heads, tails: Rational(1, heads + tails + 1)},
        ),
        Exact(
            part="which of the two has more, the same tosses",
            cases=_tosses,
            lhs=_order_of_two_models,
            rhs=_fair_coin_by_counting,
            mistakes={"models compared by their peaks": _order_of_the_peaks},
        ),
        derived.evidence_keeps_the_order,
    ),
    uses=(bayes_rule,),
)


def _area_by_factorials(factor, jacobian):
    return Rational(
        factor * factorial(7 - jacobian) * factorial(3 - jacobian), factorial(11 - 2 * jacobian)
    )


def _binomial_over_negative_binomial(theta, s, f):
    """The library's binomial, over the same with one head fewer and a last toss that is heads."""
    coin = [theta, 1 - theta]
    fixed, stopped = (xentlib.multinomial_log_likelihood([h, f], coin) for h in (s, s - 1))
    return exp(fixed - stopped) / theta


def _sum_over_the_coins(n, theta):
    """The likelihood of one head, summed over a grid of coins, over their number."""
    return sum(binomial(1, n, coin) for coin in COIN) / len(COIN)


def _sum_without_coefficients(n, theta):
    return sum(theta**s * (1 - theta) ** (n - s) for s in range(n + 1))


def _area_of_seven_heads(factor, jacobian):
    return _area(factor * t ** (7 - jacobian) * (1 - t) ** (3 - jacobian))


def _area_without_its_factor(factor, jacobian):
    return _area_by_factorials(1, jacobian)


def _area_scaled_alone(factor, jacobian):
    return Rational(factor, 1320)


likelihood_has_no_area = Claim(
    kind="definition",
    title="Likelihood",
    statement=(
        r"A likelihood of $\theta$ is $p(X\mid\theta)$ as a function of $\theta$, up to "
        r"a factor $c(X)>0$ that does not depend on $\theta$. Its area means nothing. "
        r"For $s$ heads and $f$ tails it is $<sequence>$ for the sequence, and $<count>$"
        r" for the count. Sampling until $s+f$ tosses or until $s$ heads gives one "
        r"likelihood: $<stopping>$, in which there is no $\theta$."
    ),
    relations={
        "sequence": Equal(derived.area_of_sequence(s, f), derived.sequence_area.last),
        "count": Equal(derived.area_of_count(s, f), derived.count_area.last),
        "stopping": Equal(
            derived.binomial_likelihood(s, f) / derived.negative_binomial_likelihood(s, f),
            (s + f) / s,
        ),
    },
    for_all=(number(derived.theta, 0, 1), number(s, 1, 6), number(f, 1, 6)),
    meaning=(
        r"For 7 heads in 10 the areas are $1/1320$ and $1/11$, and that of the sequence "
        r"over $\operatorname{logit}\theta$ is $1/252$. A *probability of data* does sum"
        r" to 1, $\sum_Xp(X\mid\theta)=1$ for each $\theta$: that is what a model is."
    ),
    evidence=(
        Exact(
            part="probabilities of data sum to 1: binomial, n ≤ 7, seven coins",
            cases=lambda: [(n, theta) for n in range(1, 8) for theta in COIN],
            lhs=lambda n, theta: sum(binomial(s, n, theta) for s in range(n + 1)),
            rhs=lambda n, theta: F(1),
            mistakes={
                "a likelihood is a distribution of θ": dict(lhs=_sum_over_the_coins),
                "sum without the coefficient": dict(lhs=_sum_without_coefficients),
            },
        ),
        Derived(
            part="",
            of="sequence",
            chain=derived.sequence_area,
            mistakes={"the coefficient changes no area": derived.count_area.last},
        ),
        Derived(
            part="",
            of="count",
            chain=derived.count_area,
            mistakes={"one over the number of tosses": 1 / (s + f)},
        ),
        Exact(
            part="the three areas",
            cases=lambda: [(1, 0), (comb(10, 7), 0), (1, 1)],
            lhs=_area_of_seven_heads,
            rhs=_area_by_factorials,
            mistakes={
                "the same area in every coordinate": _area_scaled_alone,
                "the same area whatever c(X) is": _area_without_its_factor,
            },
        ),
        Derived(
            part="",
            of="stopping",
            chain=derived.binomial_against_negative_binomial,
            computes=_binomial_over_negative_binomial,
            mistakes={
                "the failures were fixed": (derived.s + derived.f) / derived.f,
                "a factor with θ in it": (derived.s + derived.f) * derived.theta / derived.s,
            },
        ),
    ),
)


def _map_by_pairs(prior, likelihood):
    """The members that no other beats: each likelihood ratio is at least the reverse prior odds."""
    return frozenset(
        a
        for a in range(3)
        if all(F(likelihood[a], likelihood[b]) >= F(prior[b], prior[a]) for b in range(3))
    )


def _constant_priors():
    return [(constant, likelihood) for constant in (F(1, 3), F(2)) for likelihood in WEIGHTS]


def _first_maximiser(constant, likelihood):
    return frozenset({likelihood.index(max(likelihood))})


def _most_probable_a_priori(prior, likelihood):
    return arg_max(dict(enumerate(prior)))


map_and_mle = Claim(
    title="MAP and maximum likelihood",
    statement=(
        r"Let $f=p(X\mid\theta)$. "
        r"$\hat\theta_{\mathrm{MAP}}=\operatorname*{arg\,max}\limits_\theta f\,\varpi(\theta)$ and "
        r"$\hat\theta_{\mathrm{MLE}}=\operatorname*{arg\,max}\limits_\theta f$. "
        r"If $\varpi$ is a positive constant $c$ on $\Theta$, they are the same set."
    ),
    in_words="an equality of sets of maximisers, shown by one order",
    meaning=(r"In general they are not: the MAP weighs likelihood ratios against prior odds."),
    evidence=(
        Exact(
            part="three parameters, any prior: likelihood ratios against prior odds",
            cases=_prior_cases,
            lhs=_map_set,
            rhs=_map_by_pairs,
            mistakes={
                "the MAP is always the MLE (the walk, slip E1)": _mle_set,
                "the prior decides alone": _most_probable_a_priori,
            },
        ),
        Exact(
            part="three parameters, a constant prior",
            cases=_constant_priors,
            lhs=lambda constant, likelihood: _map_set((constant,) * 3, likelihood),
            rhs=_mle_set,
            mistakes={"one maximiser is kept where two tie": _first_maximiser},
        ),
        derived.flat_prior_keeps_the_order,
    ),
    uses=(evidence_does_not_depend_on_the_parameter,),
)


def _mode(y, n, a, b):
    return solve(diff((y + a - 1) * log(t) + (n - y + b - 1) * log(1 - t), t), t)[0]


def _mean(y, n, a, b):
    weight = t ** (y + a - 1) * (1 - t) ** (n - y + b - 1)
    return _area(weight * t) / _area(weight)


def _whole_betas():
    return [(y, n, a, b) for n in (2, 10) for y in range(n + 1) for a in (1, 5) for b in (1, 2)]


def _three_estimates(y, n, a, b):
    return (
        Rational(y, n),
        Rational(y + a - 1, n + a + b - 2),
        Rational(y + a, n + a + b),
    )


def _mean_for_the_map(y, n, a, b):
    return (
        Rational(y, n),
        Rational(y + a, n + a + b),
        Rational(y + a, n + a + b),
    )


map_is_not_mle = Claim(
    kind="example",
    title="A coin for which MAP, MLE and posterior mean differ",
    statement=(
        r"With $s$ heads, $f$ tails and a Beta$(a,b)$ prior the posterior mean is "
        r"$<mean>$, and, where $s+a>1$ and $f+b>1$, the only MAP is "
        r"$(s+a-1)/(s+f+a+b-2)$. For 7 heads, 3 tails and Beta$(5,2)$: MLE $7/10$, MAP "
        r"$11/15$, posterior mean $12/17$."
    ),
    relations={
        "mean": Equal(derived.posterior_mean(derived.a, derived.b, s, f), derived.coin_mean.last)
    },
    for_all=(number(derived.a, 0, 5), number(derived.b, 0, 5), number(s, 1, 6), number(f, 1, 6)),
    evidence=(
        Derived(
            part="",
            of="mean",
            chain=derived.coin_mean,
            mistakes={
                "the MAP for the mean": (s + derived.a - 1) / (s + f + derived.a + derived.b - 2),
                "the prior forgotten, in the mean": s / (s + f),
            },
        ),
        derived.beta_maximum.as_part("the MAP, for A = s + a - 1 and B = f + b - 1"),
        Derived(
            part="the mean of a Beta law",
            chain=derived.beta_mean,
            mistakes={
                "the mode, which is not symmetric in general": (derived.a - 1)
                / (derived.a + derived.b - 2),
                "one toss too many": derived.a / (derived.a + derived.b + 1),
            },
        ),
        Derived(
            part="the slope, zero at the MAP",
            chain=derived.beta_mode,
            mistakes={
                "mean taken for the mode": (
                    (derived.a + derived.s)
                    - (derived.a + derived.b + derived.s + derived.f) * derived.theta
                )
                / (derived.theta * (1 - derived.theta)),
                "prior forgotten": (derived.s - (derived.s + derived.f) * derived.theta)
                / (derived.theta * (1 - derived.theta)),
            },
        ),
        Exact(
            part="the mean, for whole numbers",
            cases=_whole_betas,
            lhs=_mean,
            rhs=lambda y, n, a, b: Rational(y + a, n + a + b),
            mistakes={
                "mode taken for the mean": lambda y, n, a, b: Rational(y + a - 1, n + a + b - 2)
            },
        ),
        Exact(
            part="7/10, 11/15, 12/17, and two other coins",
            cases=lambda: [(7, 10, 5, 2), (3, 10, 2, 2), (1, 4, 4, 3)],
            lhs=lambda *coin: (_mode(coin[0], coin[1], 1, 1), _mode(*coin), _mean(*coin)),
            rhs=_three_estimates,
            mistakes={"MAP = (y + a)/(n + a + b)": _mean_for_the_map},
        ),
    ),
    uses=(map_and_mle,),
)

MAPS = {"odds": lambda x: x / (1 - x), "square": lambda x: x * x, "one minus": lambda x: 1 - x}


def _equivariance_cases():
    return [(y, n, name) for n in (3, 8) for y in range(n + 1) for name in MAPS]


def _likelihood_of_image(y, n, name, factor=lambda theta, name: 1):
    """The likelihood as a function of g(θ), maximised over the images."""
    return arg_max(
        {MAPS[name](theta): binomial(y, n, theta) * factor(theta, name) for theta in COIN}
    )


def _slope(theta, name):
    return {"odds": (1 - theta) ** 2, "square": 1 / (2 * theta), "one minus": 1}[name]


def _posterior_mean(y, n, name, of=lambda x, name: x):
    weights = normalised(binomial(y, n, theta) for theta in COIN)
    return sum(weight * of(theta, name) for weight, theta in zip(weights, COIN, strict=True))


def _images_of_the_maximisers(y, n, name):
    return frozenset(
        MAPS[name](theta) for theta in arg_max({theta: binomial(y, n, theta) for theta in COIN})
    )


def _score_of_the_library(eta, s, f):
    return -xentlib.softmax_cross_entropy_value_and_grad(
        [[0.0, eta]] * (s + f), [[0.0, 1.0]] * s + [[1.0, 0.0]] * f
    )[1][:, 1].sum()


def _posterior_mean_of_the_image(y, n, name):
    return _posterior_mean(y, n, name, lambda x, name: MAPS[name](x))


mle_is_equivariant = Claim(
    title="Maximum likelihood is equivariant",
    statement=(
        r"Let $g$ be a bijection of the parameter space, and $f$ the likelihood at "
        r"$\theta$. In the parameter $g(\theta)$ the likelihood has the value $c\,f$, "
        r"with one factor $c>0$ for all $\theta$: its maximisers are the images under $g$ of "
        r"the maximisers of the likelihood of $\theta$."
    ),
    in_words="an equality of sets of maximisers, shown by one order",
    meaning=(r"The same is false of posterior means."),
    evidence=(
        Exact(
            part="coins on a grid, three bijections",
            cases=_equivariance_cases,
            lhs=_likelihood_of_image,
            rhs=_images_of_the_maximisers,
            mistakes={
                "posterior means are equivariant": dict(
                    lhs=_posterior_mean_of_the_image,
                    rhs=lambda y, n, name: MAPS[name](_posterior_mean(y, n, name)),
                ),
                "a likelihood multiplied by a Jacobian": dict(
                    lhs=lambda y, n, name: _likelihood_of_image(y, n, name, _slope)
                ),
            },
        ),
        Derived(
            part="the logit of a coin",
            chain=derived.logit_score,
            computes=_score_of_the_library,
            mistakes={
                "sign of the score": -derived.logit_score.last,
                "a Jacobian added": derived.flat_in_theta_read_in_the_logit.last,
            },
        ),
        derived.new_names_keep_the_order,
    ),
    uses=(likelihood_has_no_area,),
)


def _three_modes(y, n):
    """The density's stationary points, solved by SymPy: flat in θ; flat in θ and read in the
    logit; flat in the logit.
    """
    u = Symbol("u", positive=True)  # the odds, exp of the logit
    flat = solve(diff(y * log(t) + (n - y) * log(1 - t), t), t)
    in_logit = solve(diff((y + 1) * log(u) - (n + 2) * log(1 + u), u), u)
    flat_in_logit = solve(diff((y - 1) * log(t) + (n - y - 1) * log(1 - t), t), t)
    return tuple(flat), tuple(odds / (1 + odds) for odds in in_logit), tuple(flat_in_logit)


def _flat_cases():
    return [(y, n) for n in range(4, 11) for y in range(2, n - 1)]


def _three_modes_in_closed_form(y, n):
    return (
        (Rational(y, n),),
        (Rational(y + 1, n + 2),),
        (Rational(y - 1, n - 2),),
    )


def _priors_on_a_grid():
    return [
        (prior, y, name)
        for prior in product((1, 2), repeat=len(COIN))
        for y in (2, 5)
        for name in ("odds", "square")
    ][::5]


def _map_of_the_images(prior, y, name):
    return arg_max(
        {MAPS[name](theta): w * binomial(y, 7, theta) for theta, w in zip(COIN, prior, strict=True)}
    )


def _images_of_the_map(prior, y, name):
    return frozenset(
        MAPS[name](theta)
        for theta in arg_max(
            {theta: w * binomial(y, 7, theta) for theta, w in zip(COIN, prior, strict=True)}
        )
    )


def _map_with_a_jacobian(prior, y, name):
    return arg_max(
        {
            MAPS[name](theta): w * binomial(y, 7, theta) * _slope(theta, name)
            for theta, w in zip(COIN, prior, strict=True)
        }
    )


map_is_not_equivariant = Claim(
    title="MAP is not equivariant",
    statement=(
        r"Let $s\ge2$ tosses be heads and $f\ge2$ tails. A prior flat in $\theta$ gives "
        r"the MAP $s/(s+f)$. The same posterior, as a density of the logit, is largest "
        r"at $\theta=(s+1)/(s+f+2)$. A prior flat in the logit, maximised in $\theta$, "
        r"gives $(s-1)/(s+f-2)$. They differ, $<first>$ and $<second>$, unless $s=f$."
    ),
    relations={
        "first": Equal(s / (s + f) - (s + 1) / (s + f + 2), (s - f) / ((s + f) * (s + f + 2))),
        "second": Equal((s - 1) / (s + f - 2) - s / (s + f), (s - f) / ((s + f) * (s + f - 2))),
    },
    for_all=(number(s, 2, 6), number(f, 2, 6)),
    meaning=(
        r"For 7 heads in 10 they are $7/10$, $2/3$, $3/4$. On a countable $\Theta$ there"
        r" is no Jacobian, and the MAP is equivariant for every prior."
    ),
    evidence=(
        Exact(
            part="the three values, n ≤ 10",
            cases=_flat_cases,
            lhs=_three_modes,
            rhs=_three_modes_in_closed_form,
            mistakes={
                "flat means flat in every coordinate (the walk, slip E2)": lambda y, n: (
                    ((Rational(y, n),),) * 3
                )
            },
        ),
        Derived(
            part="flat in θ",
            chain=derived.flat_in_theta,
            mistakes={
                "Laplace's rule of succession, which is the mean": (
                    (derived.s + 1) - (derived.s + derived.f + 2) * derived.theta
                )
                / (derived.theta * (1 - derived.theta))
            },
        ),
        Derived(
            part="flat in θ, read in the logit",
            chain=derived.flat_in_theta_read_in_the_logit,
            mistakes={
                "Jacobian omitted": derived.logit_score.last,
                "Jacobian upside down": (derived.s - 1)
                - (derived.s + derived.f - 2) * derived.sigmoid,
            },
        ),
        Derived(
            part="flat in the logit, read in θ",
            chain=derived.flat_in_the_logit_read_in_theta,
            mistakes={"Jacobian omitted (in θ)": derived.flat_in_theta.last},
        ),
        derived.beta_maximum.as_part(
            "the maximum in θ: flat in θ with A = s, B = f; flat in the logit with one less"
        ),
        derived.logit_maximum.as_part("the maximum in the logit: A = s + 1, B = f + 1"),
        Derived(
            part="",
            of="first",
            chain=derived.flat_in_theta_against_its_logit,
            mistakes={"over n alone": (derived.s - derived.f) / (derived.s + derived.f)},
        ),
        Derived(
            part="",
            of="second",
            chain=derived.flat_in_theta_against_flat_in_the_logit,
            mistakes={"over n - 2 alone": (derived.s - derived.f) / (derived.s + derived.f - 2)},
        ),
        Exact(
            part="when they agree, n ≤ 10",
            cases=_flat_cases,
            lhs=lambda y, n: len(set(_three_modes(y, n))) == 1,
            rhs=lambda y, n: 2 * y == n,
            mistakes={"they agree wherever n is even": lambda y, n: n % 2 == 0},
        ),
        Exact(
            part="finitely many parameters",
            cases=_priors_on_a_grid,
            lhs=_map_of_the_images,
            rhs=_images_of_the_map,
            mistakes={"a Jacobian where there is no density": dict(lhs=_map_with_a_jacobian)},
        ),
    ),
    uses=(mle_is_equivariant, map_is_not_mle),
)


def _disagreement(truth, tosses):
    """P(MAP ≠ MLE) for Θ = {1/4, 3/4} with prior (9/10, 1/10), by enumeration over the number of
    heads.
    """
    total = F(0)
    for heads in range(tosses + 1):
        likelihood = {
            theta: theta**heads * (1 - theta) ** (tosses - heads) for theta in (F(1, 4), F(3, 4))
        }
        posterior = {
            theta: likelihood[theta] * prior
            for theta, prior in ((F(1, 4), F(9, 10)), (F(3, 4), F(1, 10)))
        }
        if arg_max(likelihood) != arg_max(posterior):
            total += binomial(heads, tosses, truth)
    return Rational(total.numerator, total.denominator)


def _hoeffding(truth, tosses):
    """exp(-2 N d²) with d = 2/3 - 1/2 - 1/N: MAP ≠ MLE needs at most N/2 + 1 heads."""
    gap = Rational(2, 3) - Rational(1, 2) - Rational(1, tosses)
    return exp(-2 * tosses * gap**2)


def _in_the_lead(truth, tosses, leads):
    """The probability that heads minus tails is one of `leads`."""
    total = sum(
        binomial(heads, tosses, truth) for heads in range(tosses + 1) if 2 * heads - tosses in leads
    )
    return Rational(F(total).numerator, F(total).denominator)


def _only_at_ties(truth, n):
    return _in_the_lead(truth, n, (0,))


prior_washes_out = Claim(
    title="The prior washes out",
    statement=(
        r"Let $X_1,X_2,\ldots$ be iid (the model may be wrong), $\Theta$ finite, the "
        r"prior positive, $\operatorname{E}\log^+p(X_1\mid\theta)<\infty$ for all "
        r"$\theta$, and $\theta^*$ the only maximiser of $\operatorname{E}\log "
        r"p(X_1\mid\theta)$, with a finite value. Then almost surely "
        r"$\mathrm{MAP}=\mathrm{MLE}=\{\theta^*\}$ for all large $N$. Without "
        r"uniqueness, or on a continuous $\Theta$, this fails."
    ),
    in_words="a limit",
    evidence=(
        Exact(
            part=(
                "an example: Θ = {1/4, 3/4}, prior (9/10, 1/10), truth 2/3, 7 ≤ N ≤ 60, "
                "against Hoeffding's bound"
            ),
            cases=lambda: [(F(2, 3), n) for n in range(7, 61)],
            lhs=_disagreement,
            rhs=_hoeffding,
            mistakes={"the prior only breaks ties": _only_at_ties},
            relation=at_most,
        ),
        Exact(
            part="truth 1/2, two best values of Θ: they differ iff heads lead by 0, 1 or 2",
            cases=lambda: [(F(1, 2), n) for n in range(7, 61)],
            lhs=_disagreement,
            rhs=lambda truth, n: _in_the_lead(truth, n, (0, 1, 2)),
            mistakes={"uniqueness is not needed": dict(rhs=_hoeffding, relation=at_most)},
        ),
        Exact(
            part="continuous Θ: Beta(5,2) agrees with the MLE only where 5y = 4n",
            cases=lambda: [(n,) for n in range(1, 41)],
            lhs=lambda n: frozenset(y for y in range(n + 1) if F(y + 4, n + 5) == F(y, n)),
            rhs=lambda n: frozenset({4 * n // 5} if n % 5 == 0 else ()),
            mistakes={"a continuous Θ washes out exactly": lambda n: frozenset(range(n + 1))},
        ),
        Argued(
            part="in general",
            proof=(
                (
                    r"By the strong law of large numbers the mean log-likelihood of each "
                    r"of the finitely many $\theta$ tends almost surely to its "
                    r"expectation, to $-\infty$ where that is $-\infty$."
                ),
                (
                    r"So the log-likelihood of $\theta^*$ leads that of every other by a "
                    r"positive multiple of $N$ for all large $N$: "
                    r"$\mathrm{MLE}=\{\theta^*\}$."
                ),
                (
                    r"By <bayes_rule> the log posterior odds are that lead plus the log "
                    r"prior odds, which are fixed, and are overtaken once and for all: "
                    r"$\mathrm{MAP}=\{\theta^*\}$."
                ),
                (
                    r"In the example the bounds sum to a finite number, so by the lemma "
                    r"of Borel and Cantelli only finitely many $N$ disagree."
                ),
                (
                    r"With truth $\tfrac12$ both values of $\Theta$ are equally good. "
                    r"Twice the heads minus $N$ is a symmetric random walk, which returns "
                    r"to 0 infinitely often, and each time $\mathrm{MAP}\ne\mathrm{MLE}$."
                ),
            ),
        ),
    ),
    uses=(map_and_mle, bayes_rule),
)


POINTS = (-2, -1, 1, 2)
RAY = (1, 1)  # intercept and slope


def _slope_along(labels, ray):
    """How fast the loss Σ lse(0, z) - p z changes far out along a ray: Σ max(z, 0) - p z, with z =
    ray · (1, x).
    """
    scores = [ray[0] + ray[1] * x for x in POINTS]
    return sum(max(z, 0) - p * z for p, z in zip(labels, scores, strict=True))


def _balance(labels, interior_labels):
    """Σ (p - r)(1, x), for distributions r that are interior."""
    residuals = [p - r for p, r in zip(labels, interior_labels, strict=True)]
    return (
        sum(residuals),
        sum(d * x for d, x in zip(residuals, POINTS, strict=True)),
        all(0 < r < 1 for r in interior_labels),
    )


def _pulled_back_by_every_soft_label(labels, ray):
    return sum(p * (1 - p) for p in labels)


HALF = F(1, 2)
ONE_SOFT, TWO_SOFT = (0, HALF, 1, 1), (0, HALF, HALF, 1)
INSIDE = (F(1, 10), F(3, 10), F(7, 10), F(9, 10))
SEPARATED, OVERLAPPING = (0, 0, 1, 1), (0, 1, 0, 1)


def _logistic_integral(a, b):
    """∫ σ(β)^a σ(-β)^b dβ by quadrature over β itself, cut where the integrand is below 10^-40."""
    ends = [-150 / a, -20, 0, 20, 150 / b]
    return mp.quad(lambda x: mp.exp(-b * x - (a + b) * mp.log1p(mp.exp(-x))), ends)


def _balanced_labels():
    return [
        (TWO_SOFT, INSIDE),
        (OVERLAPPING, (F(3, 10), F(4, 10), F(6, 10), F(7, 10))),
    ]


def _beta_of_one_more_each(a, b):
    return beta_function(to_mpf(a) + 1, to_mpf(b) + 1)


flat_prior_may_be_improper = Claim(
    title="A flat prior can give an improper posterior",
    statement=(
        r"One weight $\beta$ with a flat prior, $N$ observations at $x=1$ with soft "
        r"labels $p_i$, $a=\sum_ip_i$ and $b=N-a$: over $t=\sigma(\beta)$ the "
        r"posterior's integrand is $<integrand>$. If $0<\sum_i p_i<N$, its integral is "
        r"finite: $<integral>=B(a,b)$. For one label $p=0.9$ it is "
        r"$\pi/\sin(\pi/10)=10.16641\ldots$"
        "\n\n"
        r"If all labels are 0, it is not. For $\beta\le0$ let $e^\beta=\frac1{1+c}$, $c\ge0$. "
        r"The logarithm of the likelihood is $<zero>$: on a half line the likelihood does "
        r"not fall below $2^{-N}$, so it has no finite integral, and the posterior is "
        r"improper. If all labels are 1, turn $\beta$ round."
    ),
    meaning=(
        r"In general, for a finite convex $f$ on $\mathbb R^d$: $\int e^{-f}<\infty$ iff"
        r" the minimisers of $f$ form a non-empty bounded set. So with a flat prior, and"
        r" one class fixed, soft-label softmax regression has a proper generalised "
        r"posterior iff its cross-entropy has a minimiser and the design has full column"
        r" rank. One soft label is not enough: with intercept and slope at $x=-2,-1,1,2$"
        r" the labels $0,\tfrac12,1,1$ leave it improper, and $0,\tfrac12,\tfrac12,1$ "
        r"make it proper."
    ),
    relations={
        "integrand": Equal(
            derived.integrand(derived.a, derived.b), derived.flat_weight_posterior.last
        ),
        "integral": Equal(derived.beta_integral, derived.beta_function),
        "zero": derived.all_labels_zero.states,
    },
    for_all=(
        number(derived.t, 0, 1),
        number(derived.a, 0, 4),
        number(derived.b, 0, 4),
        number(derived.below_one, 0, 3),
        size(derived.observed, 1),
    ),
    evidence=(
        Derived(
            part="",
            of="integrand",
            chain=derived.flat_weight_posterior,
            mistakes={
                "dβ = dt: the Jacobian forgotten": derived.t**derived.a
                * (1 - derived.t) ** derived.b
            },
        ),
        Derived(
            part="",
            of="integral",
            chain=derived.beta_normaliser,
            computes=library_beta_function,
            mistakes={
                "B(S+1, N-S+1)": derived.beta_function.subs(
                    {derived.a: derived.a + 1, derived.b: derived.b + 1}, simultaneous=True
                )
            },
        ),
        Computed(
            part="the integral against B, 25 digits",
            cases=lambda: [(F(9, 10), F(1, 10)), (F(1, 2), F(3, 2)), (F(12, 5), F(3, 5))],
            lhs=lambda a, b: _logistic_integral(to_mpf(a), to_mpf(b)),
            rhs=lambda a, b: beta_function(to_mpf(a), to_mpf(b)),
            mistakes={"B(S + 1, N - S + 1): the differential forgotten": _beta_of_one_more_each},
            digits=25,
        ),
        Computed(
            part="one label p: B(p, 1 - p) = π/sin(π(1 - p))",
            cases=lambda: [(F(9, 10),), (F(1, 4),), (F(2, 3),)],
            lhs=lambda p: beta_function(to_mpf(p), 1 - to_mpf(p)),
            rhs=lambda p: mp.pi / mp.sin(mp.pi * (1 - to_mpf(p))),
            mistakes={"the cosine for the sine": lambda p: mp.pi / mp.cos(mp.pi * (1 - to_mpf(p)))},
        ),
        Digits(
            part="its digits",
            cases=lambda: [(F(9, 10), "10.16641"), (F(1, 2), "3.141593")],
            lhs=lambda p, digits: mp.nstr(_logistic_integral(to_mpf(p), 1 - to_mpf(p)), 7),
            rhs=lambda p, digits: digits,
            mistakes={
                "the flat prior's height is 1/2": lambda p, digits: mp.nstr(mp.mpf(digits) / 2, 7)
            },
        ),
        Certified(
            part="labels that leave it improper: along a ray the loss does not rise in the end",
            cases=lambda: [(ONE_SOFT, RAY), (SEPARATED, (0, 1))],
            lhs=_slope_along,
            rhs=lambda labels, ray: 0,
            mistakes={
                "one soft label is enough": _pulled_back_by_every_soft_label,
                "the ray of one soft label serves for two": dict(cases=lambda: [(TWO_SOFT, RAY)]),
            },
        ),
        Certified(
            part="labels that make it proper: the score equations, solved inside",
            cases=_balanced_labels,
            lhs=_balance,
            rhs=lambda labels, inside: (0, 0, True),
            mistakes={
                "the same certificate for one soft label": dict(cases=lambda: [(ONE_SOFT, INSIDE)])
            },
        ),
        derived.all_labels_zero.as_part("", of="zero"),
        Argued(
            part="convex functions",
            of="meaning",
            proof=(
                (
                    r"Let the minimisers of $f$ form a non-empty bounded set. Then every "
                    r"sublevel set of the convex $f$ is bounded."
                ),
                (
                    r"So $f$ lies above its minimum by some $\delta>0$ on a sphere around"
                    r" a minimiser, and by convexity grows at least so fast beyond it: "
                    r"$f(x)\ge a|x|-b$ with $a>0$, and $\int e^{-f}<\infty$."
                ),
                (
                    r"Let them not. Then some sublevel set is unbounded, and there is a "
                    r"direction $v$ along which $f$ never rises, from whatever point."
                ),
                (
                    r"Take $c>\inf f$. The set $\{f\le c\}$ contains a ball, and with it "
                    r"every translate of the ball along $v$: it has infinite volume, and "
                    r"$e^{-f}\ge e^{-c}$ there."
                ),
            ),
        ),
        Argued(
            part="softmax regression",
            of="meaning",
            proof=(
                (
                    r"With one class fixed and full column rank the loss is strictly "
                    r"convex. So its minimisers, if any, are one"
                    r" point, a bounded set."
                ),
                (
                    r"Without full column rank the loss is constant along some direction:"
                    r" its minimisers are none, or unbounded."
                ),
                (
                    r"Either way the statement on convex functions, with the loss for "
                    r"$f$, applies."
                ),
            ),
        ),
        Argued(
            part="one certificate rules out every ray",
            of="meaning",
            proof=(
                (
                    r"Let $\sum_i(p_i-r_i)(1,x_i)=0$ with every $r_i$ strictly between 0 "
                    r"and 1."
                ),
                (
                    r"Along a ray with scores $z_i$ the loss changes, far out, at the "
                    r"rate $\sum_i\max(z_i,0)-p_iz_i=\sum_i\max(z_i,0)-r_iz_i$, as the "
                    r"scores are linear in $(1,x_i)$."
                ),
                (
                    r"Each term of the second sum is positive unless $z_i=0$, and the "
                    r"scores of a ray other than 0 do not all vanish where the design has"
                    r" full column rank."
                ),
                (
                    r"So the loss rises along every ray, and its minimisers form a "
                    r"bounded set."
                ),
            ),
        ),
    ),
    uses=(bayes_rule,),
)
