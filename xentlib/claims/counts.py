"""Chapter 6: soft labels that are counts."""

from fractions import Fraction as F
from itertools import permutations, product
from math import factorial, lgamma, log

import numpy as np
from mpmath import mp, mpf
from sympy import Product, Rational, exp
from sympy import log as symbolic_log

import xentlib
from xentlib.claims._finite import (
    arg_max,
    binomial,
    interior,
    lattice,
    normalised,
    power,
    prod,
    to_mpf,
)
from xentlib.claims._lattice import (
    coefficient,
    count_vectors,
    lattice_total,
    power_of_the_sum,
    prod_of,
)
from xentlib.claims._library import of_frequencies
from xentlib.derivations import counts as derived
from xentlib.derivations.lemmas import m, on_support
from xentlib.derivations.symbols import K, N, i, k, over_classes, q, y
from xentlib.verify import Claim
from xentlib.verify.evidence import Argued, Computed, Derived, Digits, Exact, at_most, equal
from xentlib.verify.formal import Formal
from xentlib.verify.hypotheses import labels, number, simplex, size, total, whole
from xentlib.verify.quantity import Equal

MODELS = ((F(1, 5), F(7, 10), F(1, 10)), (F(1, 3), F(1, 3), F(1, 3)), (F(1, 4), F(3, 4), F(0)))


def _sequences():
    return [
        (labels, model)
        for votes in (1, 2, 4)
        for labels in product(range(3), repeat=votes)
        for model in MODELS
    ]


def _probability(labels, model):
    return prod(model[label] for label in labels)


def _orders(labels):
    return sorted(set(permutations(labels)))


def _exponential(labels, model, times=None, entropy=False):
    """exp(-times · H(p̂, q)), or with the entropy of p̂ taken off."""
    votes = len(labels)
    shares = [F(labels.count(place), votes) for place in range(len(model))]
    times = votes if times is None else times
    loss = prod(power(b, times * a) for a, b in zip(shares, model, strict=True) if a)
    return loss / prod(power(a, times * a) for a in shares if a) if entropy else loss


def _in_any_order(labels, model):
    return len(_orders(labels)) * _probability(labels, model)


def _at_the_mean_loss(labels, model):
    return _exponential(labels, model, times=1)


type_identity = Claim(
    title="The probability of ordered votes",
    statement=(
        r"Let $y_1,\ldots,y_N$ be $N$ independent votes for $K$ classes, drawn from "
        r"$q\in\Delta^\circ$, and $\hat p$ their proportions. The probability of the "
        r"votes in their order is $<product>$, exactly."
    ),
    relations={
        "product": Equal(Product(q[y[i]], (i, 1, N)), exp(-N * derived.cross_entropy_of_labels(q)))
    },
    for_all=(size(K, 1), size(N, 1), labels(y, N, K), simplex(q, K)),
    meaning=(
        r"On the boundary it holds too: a class with $q_k=0$ that has no vote may be "
        r"left out, and if it has one, both sides are 0. For $q=(.2,.7,.1)$ and counts "
        r"$(1,3,1)$ that is $0.00686$."
    ),
    evidence=(
        Derived(
            part="",
            of="product",
            chain=derived.ordered_votes,
            computes=lambda q, y, K, N: np.exp(-of_frequencies(q, y, K, N)),
            mistakes={"the mean loss for the sum": exp(-derived.cross_entropy_of_labels(q))},
        ),
        Exact(
            part="every sequence of 1, 2 or 4 votes, faces among the models",
            cases=_sequences,
            lhs=_probability,
            rhs=_exponential,
            mistakes={
                "exp(-n KL)": lambda labels, model: _exponential(labels, model, entropy=True),
                "the mean over the votes": _at_the_mean_loss,
            },
        ),
        Exact(
            part="the example, in each of its 20 orders",
            cases=lambda: [(labels, MODELS[0]) for labels in _orders((0, 1, 1, 1, 2))],
            lhs=_exponential,
            rhs=lambda labels, model: F(686, 100000),
            mistakes={"the counts instead of the order": _in_any_order},
        ),
        Formal(
            part="",
            of="product",
            theorem="type_identity_product",
        ),
    ),
    uses=("cross_entropy.nll_is_n_cross_entropies",),
)


multinomial = Claim(
    title="The multinomial likelihood is cross-entropy plus a constant",
    statement=(
        r"Let $c$ be the counts of $n$ independent votes from $q\in\Delta^\circ$, some "
        r"perhaps 0. Then $<loss>$. Only the first term depends on $q$."
    ),
    relations={
        "loss": Equal(
            -derived.log_multinomial(derived.c, derived.n, q),
            derived.n * derived.of_proportions - derived.log_coefficient,
        )
    },
    for_all=(size(K, 1), *derived.votes, simplex(q, K)),
    meaning=(
        r"The same holds on the boundary: leave out the classes with $q_k=0$, which get "
        r"no votes. With the coefficient $\frac{n!}{\prod_kc_k!}$, the number of orders,"
        r" the probabilities of all $c$ sum to $(\sum_kq_k)^n=1$, as those of all "
        r"sequences do."
    ),
    evidence=(
        Formal(part="the coefficient, by Coq", theorem="multinomial"),
        Derived(
            part="",
            of="loss",
            chain=derived.multinomial,
            computes=lambda c, n, q, K: -xentlib.multinomial_log_likelihood(c, q),
            mistakes={
                "the coefficient omitted": derived.n * derived.of_proportions,
                "n omitted": derived.of_proportions - derived.log_coefficient,
            },
        ),
        derived.sequences.as_part("the sum over all sequences"),
        Exact(
            part="the sum over all counts, as a polynomial in q",
            cases=lambda: [(size, votes) for size in (2, 3, 4) for votes in (1, 2, 3, 4)],
            lhs=lattice_total,
            rhs=power_of_the_sum,
            mistakes={
                "a sum of 1 without the coefficient": dict(
                    lhs=lambda size, votes: lattice_total(size, votes, lambda counts: 1)
                )
            },
        ),
        Formal(
            part="",
            of="loss",
            theorem="multinomial_loss",
        ),
    ),
    uses=(type_identity,),
)


def _count_cases():
    return [
        (counts,)
        for size, most in ((2, 12), (3, 9), (4, 6))
        for votes in range(1, most + 1)
        for counts in count_vectors(size, votes)
    ]


def _entropy_power(counts):
    """exp(n H(c/n)), rational."""
    return 1 / prod(F(count, sum(counts)) ** count for count in counts if count)


def _inflated(counts, exponent):
    """C (n + 1)^exponent, C the number of orders."""
    return coefficient(counts) * (sum(counts) + 1) ** exponent


def _price_cases():
    return [
        (counts, model)
        for votes in (3, 6)
        for counts in count_vectors(3, votes)
        for model in MODELS[:2]
    ]


def _count_probability(counts, model):
    return coefficient(counts) * prod(b**count for b, count in zip(model, counts, strict=True))


def _loss_power(counts, model, entropy):
    return prod(b**count for b, count in zip(model, counts, strict=True)) * (
        _entropy_power(counts) if entropy else 1
    )


def _at_the_cross_entropy(counts, model):
    return _loss_power(counts, model, entropy=False)


def _by_its_upper_bound(counts):
    return _entropy_power(counts) / (sum(counts) + 1)


ordered_and_counted = Claim(
    title="The order costs the entropy",
    statement=(
        r"Let the counts $c$ have the total $n$ and be positive on $m$ of $K$ classes, "
        r"let $q>0$ there, and let $\hat p=c/n$. With $\Delta(c,n)=H(\hat "
        r"p)-\frac1n\log\frac{n!}{\prod_kc_k!}$, $<price>$. Here "
        r"$0\le\Delta(c,n)\le\frac{(K-1)\log(n+1)}n$, hence $\operatorname{KL}(\hat "
        r"p\,\|\,q)\le-\frac1n\log\operatorname{Mult}(c;n,q)\le\operatorname{KL}(\hat "
        r"p\,\|\,q)+\frac{(K-1)\log(n+1)}n$. Votes in their order cost the "
        r"*cross-entropy* per vote, exactly; the counts alone cost the *divergence* per "
        r"vote, in the limit."
    ),
    relations={
        "price": Equal(
            -derived.log_probability(derived.some, derived.n, q) / derived.n,
            derived.divergence_of_proportions(derived.some, derived.n, q)
            + derived.cost_of_the_order(derived.some, derived.n),
        )
    },
    for_all=(
        on_support[0],
        whole(derived.some, m),
        total(derived.n, derived.some, m),
        *on_support[2:],
    ),
    evidence=(
        Derived(
            part="the price in its two terms",
            of="price",
            chain=derived.price_of_counts,
            mistakes={
                "counts cost the divergence, exactly": derived.divergence_of_proportions(
                    derived.some, derived.n, q
                ),
                "the order is taken off": derived.divergence_of_proportions(
                    derived.some, derived.n, q
                )
                - derived.cost_of_the_order(derived.some, derived.n),
            },
        ),
        Formal(
            part="the probabilities of all counts add up, by Coq", theorem="multinomial_theorem"
        ),
        Exact(
            part="C ≤ e^(nH), all counts up to n = 12, 9, 6 for K = 2, 3, 4",
            cases=_count_cases,
            lhs=coefficient,
            rhs=_entropy_power,
            mistakes={
                "Stirling's constants dropped: they are equal": dict(relation=equal),
                "the upper bound serves below too": _by_its_upper_bound,
            },
            relation=at_most,
        ),
        Exact(
            part="e^(nH) ≤ C (n + 1)^(K - 1), the same",
            cases=_count_cases,
            lhs=_entropy_power,
            rhs=lambda counts: _inflated(counts, len(counts) - 1),
            mistakes={"log(n + 1)/n for every K": lambda counts: _inflated(counts, 1)},
            relation=at_most,
        ),
        Exact(
            part="the counts, three classes",
            cases=_price_cases,
            lhs=_count_probability,
            rhs=lambda counts, model: _loss_power(counts, model, entropy=True),
            mistakes={"the counts cost the cross-entropy": _at_the_cross_entropy},
            relation=at_most,
        ),
        Argued(
            part="in general",
            proof=(
                (
                    r"Draw the votes from $\hat p$ itself, and let "
                    r"$M(c')=\frac{n!}{\prod_kc_k'!}\prod_k\hat p_k^{c_k'}$ be the "
                    r"probability of counts $c'$. By <type_identity> "
                    r"$M(c)=\frac{n!}{\prod_kc_k!}e^{-nH(\hat p)}=e^{-n\Delta(c,n)}$."
                ),
                r"A probability is at most 1: $\Delta(c,n)\ge0$.",
                (
                    r"No other counts $c'$ are more probable under $\hat p$: they have no"
                    r" votes outside the classes of $c$, and "
                    r"$M(c')/M(c)=\prod_k\frac{c_k!}{c_k'!}c_k^{c_k'-c_k}\le1$, because "
                    r"$c_k!/c_k'!\le c_k^{c_k-c_k'}$ for each $k$ and the powers of $n$ "
                    r"cancel."
                ),
                (
                    r"There are at most $(n+1)^{K-1}$ counts, as $K-1$ of them fix the "
                    r"last, and their probabilities add up to 1: so "
                    r"$M(c)\ge(n+1)^{-(K-1)}$, which is "
                    r"$\Delta(c,n)\le\frac{(K-1)\log(n+1)}n$."
                ),
                (
                    r"The formula of the statement adds $\operatorname{KL}(\hat "
                    r"p\,\|\,q)$ to all sides."
                ),
            ),
        ),
        Formal(
            part="",
            of="price",
            theorem="ordered_and_counted_price",
        ),
    ),
    uses=(type_identity, multinomial, "entropy_and_kl.cross_entropy_decomposition"),
)


def _minimisers(label, models):
    """argmin of H(label, ·), compared as exact powers."""
    m = label[0].denominator * label[-1].denominator
    return arg_max(
        {
            model: prod(power(b, m * a) for a, b in zip(label, model, strict=True) if a)
            for model in models
        }
    )


FAR = range(40, 44)  # members of a sequence so late that the models no longer change places
COINS = tuple(interior(2, 6))


def _approaching(label, m, towards=F(1, 2)):
    """A rational label at distance of order 1/m."""
    return tuple(
        (1 - F(1, m)) * a + F(1, m) * b for a, b in zip(label, (towards, 1 - towards), strict=True)
    )


def _limit_cases():
    return [
        (label, towards) for label in lattice(2, 4) for towards in (F(0), F(1, 3), F(1, 2), F(1))
    ]


def _late(label, towards, models=COINS):
    return frozenset().union(*(_minimisers(_approaching(label, m, towards), models) for m in FAR))


def _ever_nearer(label, towards, last):
    """The first members of a sequence of models that tends to the label."""
    return tuple(_approaching(label, m, towards) for m in range(2, last))


WITH_A_VERTEX = ((F(1), F(0)), (F(1, 2), F(1, 2)))
TIED = ((F(1, 4), F(3, 4)), (F(3, 4), F(1, 4)))


def _all_that_tie(label, towards):
    return _minimisers(label, TIED)


irrational_labels = Claim(
    title="Labels that are no proportions",
    statement=(
        r"Let $q_\theta\in\Delta^\circ$ be continuous in $\theta$ and $p^{(m)}\to p$. "
        r"Every limit point in $\Theta$ of minimisers of $H(p^{(m)},q_\theta)$ minimises"
        r" $H(p,q_\theta)$; if $\Theta$ is compact, minimisers and limit points exist. "
        r"If $\Theta$ is compact and $\hat\theta$ minimises $H(p,q_\theta)$, then for a "
        r"*suitable* sequence of rational $p^{(m)}\to p$ the multinomial maximum "
        r"likelihood fits tend to $q_{\hat\theta}$."
    ),
    in_words="limits, and the existence of minimisers",
    evidence=(
        Exact(
            part="five coins, labels that approach: the late fits are among the fits",
            cases=_limit_cases,
            lhs=_late,
            rhs=lambda label, towards: _minimisers(label, COINS),
            mistakes={
                "a model on the boundary": dict(
                    cases=lambda: [((F(1), F(0)), F(0))],
                    lhs=lambda label, towards: _late(label, towards, WITH_A_VERTEX),
                    rhs=lambda label, towards: _minimisers(label, WITH_A_VERTEX),
                ),
                "a minimiser exists without compactness": dict(
                    cases=lambda: [((F(1), F(0)), F(0))],
                    lhs=lambda label, towards: _minimisers(label, _ever_nearer(label, towards, 43)),
                    rhs=lambda label, towards: _minimisers(label, _ever_nearer(label, towards, 44)),
                ),
            },
            relation=at_most,
        ),
        Exact(
            part="two coins that tie: only the nearer one is reached",
            cases=lambda: [((F(1, 2), F(1, 2)), F(1)), ((F(1, 2), F(1, 2)), F(0))],
            lhs=lambda label, towards: _late(label, towards, TIED),
            rhs=lambda label, towards: frozenset({max(TIED) if towards else min(TIED)}),
            mistakes={"every sequence reaches every minimiser": _all_that_tie},
        ),
        Exact(
            part="the label tilted towards the fit has that fit alone",
            cases=lambda: [((F(1, 2), F(1, 2)), model) for model in TIED],
            lhs=lambda label, model: _minimisers(_middle(label, model), TIED),
            rhs=lambda label, model: frozenset({model}),
            mistakes={
                "the label itself does it": dict(lhs=lambda label, model: _minimisers(label, TIED))
            },
        ),
        Argued(
            part="in general",
            proof=(
                (
                    r"Let minimisers $\theta_m\to\theta$ along a subsequence. For every "
                    r"$t$, $H(p^{(m)},q_{\theta_m})\le H(p^{(m)},q_t)$."
                ),
                (
                    r"$\log q_{\theta_m}\to\log q_\theta$, because $q_\theta$ is "
                    r"continuous, and in the interior. So in the limit $H(p,q_\theta)\le "
                    r"H(p,q_t)$: $\theta$ minimises."
                ),
                (
                    r"On a compact $\Theta$ the continuous $H(p^{(m)},q_\theta)$ has a "
                    r"minimiser, and every sequence a limit point."
                ),
                (
                    r"For the last sentence let $\hat q=q_{\hat\theta}$ and "
                    r"$p_\varepsilon=(1-\varepsilon)p+\varepsilon\hat q$. Then "
                    r"$H(p_\varepsilon,\cdot)=(1-\varepsilon)H(p,\cdot)+\varepsilon "
                    r"H(\hat q,\cdot)$. Both parts are least at $\hat q$, the second "
                    r"nowhere else, by <gibbs_inequality>: $\hat q$ is the only fit to "
                    r"$p_\varepsilon$."
                ),
                (
                    r"By steps 2 and 3 the fits to rational labels close to "
                    r"$p_\varepsilon$ are close to $\hat q$. Let $\varepsilon\to0$."
                ),
                (
                    r"A rational label with denominator $m$ is $m$ votes, and by "
                    r"<multinomial> its fit is their maximum likelihood fit."
                ),
            ),
        ),
    ),
    uses=(multinomial, "entropy_and_kl.gibbs_inequality"),
)


def _middle(a, b):
    return tuple((x + y) / 2 for x, y in zip(a, b, strict=True))


def _poisson(count, rate):
    return rate**count * exp(-rate) / factorial(count)


def _poisson_cases():
    """Counts, multiples of a rate that need not sum to 1, and the rate."""
    multiples = ((F(1, 5), F(4, 5)), (F(1, 3), F(2, 3)), (F(1, 5), F(1, 5)), (F(1), F(2)))
    return [(counts, each, F(5, 2)) for counts in ((0, 0), (1, 2), (3, 1)) for each in multiples]


def _rational(value):
    return Rational(value.numerator, value.denominator)


def _independent(counts, shares, rate):
    return prod_of(
        _poisson(count, _rational(rate * share))
        for count, share in zip(counts, shares, strict=True)
    )


def _of_the_total(counts, multiples, rate):
    """A Poisson total with the sum of the rates, and a multinomial with their shares."""
    return _together(counts, normalised(multiples), rate * sum(multiples))


def _together(counts, shares, rate):
    return _poisson(sum(counts), _rational(rate)) * _rational(_count_probability(counts, shares))


def _poisson_total(**point):
    """log Pois(n; λ) and the library's log Mult(c; n, q)."""
    rate, n = point["lambda"], point["n"]
    return (
        n * log(rate)
        - rate
        - lgamma(n + 1)
        + xentlib.multinomial_log_likelihood(point["c"], point["q"])
    )


poisson_trick = Claim(
    title="The Poisson trick",
    statement=(
        r"For $q\in\Delta^\circ$, $\lambda>0$ and counts that are not all 0, $n$ in "
        r"total: $<trick>$."
    ),
    relations={
        "trick": Equal(
            over_classes(derived.log_poisson(derived.c[k], derived.lam * q[k])),
            derived.log_poisson(derived.n, derived.lam)
            + derived.log_multinomial(derived.c, derived.n, q),
        )
    },
    for_all=(size(K, 1), *derived.votes, simplex(q, K), number(derived.lam, 0, 9)),
    meaning=(
        r"Without any counts both sides are $-\lambda$. So a multinomial likelihood may "
        r"be fitted as independent Poisson counts with a free total."
    ),
    evidence=(
        Derived(
            part="",
            of="trick",
            chain=derived.poisson,
            computes=_poisson_total,
            mistakes={
                "the total forgotten": derived.log_coefficient
                + over_classes(derived.c[k] * symbolic_log(q[k])),
                "K rates of λ": derived.poisson.last - (K - 1) * derived.lam,
            },
        ),
        Exact(
            part="any rates, of which λ q are a case; counts of 0 among them",
            cases=_poisson_cases,
            lhs=_independent,
            rhs=_of_the_total,
            mistakes={"the total's rate is λ also without Σ q = 1": _together},
        ),
    ),
    uses=(multinomial,),
)


def _extended_mass(q):
    """∫ q^y (1 - q)^(1 - y) / (Γ(1 + y) Γ(2 - y)) dy over [0, 1]."""
    q = to_mpf(q)
    return mp.quad(
        lambda y: q**y * (1 - q) ** (1 - y) / (mp.gamma(1 + y) * mp.gamma(2 - y)), [0, 0.5, 1]
    )


def _extended_series(q):
    """The same by 1/(Γ(1+y)Γ(2-y)) = sin(πy)/π · (1/y + 1/(1-y)), and the series of
    (e^(ay) - 1)/y.
    """
    q = to_mpf(q)

    def part(first, second):
        a = mp.mpc(mp.log(first / second), mp.pi)
        return second / mp.pi * mp.im(mp.nsum(lambda n: a**n / (n * mp.factorial(n)), [1, mp.inf]))

    return part(q, 1 - q) + part(1 - q, q)


def _of_votes(heads, n, theta):
    """The probability of the votes in their order, heads first."""
    return prod(theta if place < heads else 1 - theta for place in range(n))


def _of_counts(heads, n, theta):
    """The probability of so many heads, summed over all sequences that have them."""
    return sum(
        prod(theta if vote else 1 - theta for vote in votes)
        for votes in product((0, 1), repeat=n)
        if sum(votes) == heads
    )


def _likelihood_ratio(likelihood, heads, n):
    return likelihood(heads, n, F(heads, n)) / likelihood(heads, n, F(1, 2))


def _aic(likelihood, heads, n, theta, parameters):
    return 2 * parameters - 2 * mp.log(to_mpf(likelihood(heads, n, theta)))


def _aic_difference(likelihood, heads, n):
    """AIC of the fit, with one parameter, minus that of the fair coin, with none."""
    return _aic(likelihood, heads, n, F(heads, n), 1) - _aic(likelihood, heads, n, F(1, 2), 0)


def _bic_difference(likelihood, heads, n, rows):
    """The same of BIC, whose penalty is log N for each parameter, N the number of rows."""
    return _aic_difference(likelihood, heads, n) - 2 + mp.log(rows)


def _some_votes():
    return [(7, 10), (3, 8), (1, 5)]


def _plain_mass(q):
    """∫ q^y (1 - q)^(1 - y) dy over [0, 1], no coefficient at all."""
    q = to_mpf(q)
    return mp.quad(lambda y: q**y * (1 - q) ** (1 - y), [0, 1])


def _aic_across_layouts(heads, n):
    return _aic(_of_counts, heads, n, F(heads, n), 1) - _aic(_of_votes, heads, n, F(1, 2), 0)


def _scaled_from_the_centre(q):
    return 2 * to_mpf(max(q, 1 - q)) * _extended_series(F(1, 2))


def _bic_as_if_by_votes(heads, n):
    return _bic_difference(_of_counts, heads, n, rows=1)


constants = Claim(
    title="Which constants may be dropped",
    statement=(
        r"Let $n$ votes with counts $c$ be laid out as $n$ ordered votes, with the "
        r"log-likelihood $\ell(c,q)=\sum_kc_k\log q_k$, or as one row of counts. The "
        r"layouts differ by the coefficient, $<layout>$. It cancels in likelihood "
        r"ratios, $<ratio>$, and for models $q$ and $r$ of $d$ and $e$ parameters in "
        r"differences of AIC, $<aic>$, but only within one layout. Differences of BIC, "
        r"where each parameter costs the logarithm of the number of rows, $n$ or 1, are "
        r"not the same: $<bic>$."
    ),
    relations={
        "layout": Equal(
            derived.log_multinomial(derived.c, derived.n, q),
            derived.log_of_votes(derived.c, q) + derived.log_orders(derived.c, derived.n),
        ),
        "ratio": Equal(
            derived.log_multinomial(derived.c, derived.n, q)
            - derived.log_multinomial(derived.c, derived.n, derived.other),
            derived.log_of_votes(derived.c, q) - derived.log_of_votes(derived.c, derived.other),
        ),
        "aic": derived.differences_of_aic.states,
        "bic": derived.differences_of_bic.states,
    },
    for_all=(
        size(K, 1),
        *derived.votes,
        simplex(q, K),
        simplex(derived.other, K),
        number(derived.parameters, 0, 4),
        number(derived.of_other, 0, 4),
    ),
    meaning=(
        r"Every factor $c(X)$ of the likelihood that does not depend on $\theta$ cancels"
        r" so: it adds $\log c(X)$ to every log-likelihood of these data. A binomial "
        r"coefficient extended to fractional $y$ by Gamma functions is no normaliser: "
        r"$\int_0^1\frac{q^y(1-q)^{1-y}}{\Gamma(1+y)\Gamma(2-y)}\,dy$ is $.5895$ at "
        r"$q=.5$ and $.4244$ at $q=.9$."
    ),
    evidence=(
        Derived(
            part="",
            of="ratio",
            chain=derived.ratio,
            mistakes={
                "counts against votes: the coefficient is left": derived.ratio.last
                + derived.log_orders(derived.c, derived.n),
            },
        ),
        Derived(
            part="",
            of="layout",
            chain=derived.layout,
            mistakes={
                "both layouts have one log-likelihood": derived.log_of_votes(derived.c, q),
            },
        ),
        Derived(
            part="",
            of="aic",
            chain=derived.differences_of_aic,
            mistakes={
                "no penalty for parameters": 2 * derived.log_of_votes(derived.c, derived.other)
                - 2 * derived.log_of_votes(derived.c, q),
            },
        ),
        Derived(
            part="",
            of="bic",
            chain=derived.differences_of_bic,
            mistakes={
                "BIC is as indifferent as AIC": derived.differences_of_bic.last
                - (derived.parameters - derived.of_other) * symbolic_log(derived.n),
            },
        ),
        Exact(
            part="likelihood ratios of the fit and a fair coin, three samples",
            cases=_some_votes,
            lhs=lambda heads, n: _likelihood_ratio(_of_votes, heads, n),
            rhs=lambda heads, n: _likelihood_ratio(_of_counts, heads, n),
            mistakes={
                "the likelihoods themselves agree": dict(
                    lhs=lambda heads, n: _of_votes(heads, n, F(1, 2)),
                    rhs=lambda heads, n: _of_counts(heads, n, F(1, 2)),
                )
            },
        ),
        Computed(
            part="differences of AIC, the same",
            cases=_some_votes,
            lhs=lambda heads, n: _aic_difference(_of_votes, heads, n),
            rhs=lambda heads, n: _aic_difference(_of_counts, heads, n),
            mistakes={"AIC of counts against AIC of votes": _aic_across_layouts},
        ),
        Computed(
            part="differences of BIC, n rows or 1: they are log n apart",
            cases=_some_votes,
            lhs=lambda heads, n: _bic_difference(_of_votes, heads, n, rows=n),
            rhs=lambda heads, n: _bic_difference(_of_counts, heads, n, rows=1) + mp.log(n),
            mistakes={"BIC agrees across layouts": _bic_as_if_by_votes},
        ),
        Computed(
            part="the mass of the extended coefficient",
            cases=lambda: [(F(1, 2),), (F(9, 10),), (F(1, 100),)],
            lhs=_extended_mass,
            rhs=_extended_series,
            mistakes={
                "the coefficient has no effect": _plain_mass,
                "the mass at 1/2 scaled by the larger share": _scaled_from_the_centre,
            },
            digits=30,
        ),
        Digits(
            part="its digits",
            cases=lambda: [(F(1, 2), "0.5895"), (F(9, 10), "0.4244")],
            lhs=lambda q, digits: mp.nstr(_extended_mass(q), 4),
            rhs=lambda q, digits: digits,
            mistakes={"a coefficient of 1": dict(lhs=lambda q, digits: mp.nstr(_plain_mass(q), 4))},
        ),
    ),
    uses=(multinomial,),
)


def _rising(start, steps):
    return prod(start + step for step in range(steps))


def _of_the_urn(counts, parameters):
    """Pólya's urn, over every order of the votes: each vote puts one more of its class in."""
    votes = [place for place, count in enumerate(counts) for _ in range(count)]
    mass = F(0)
    for order in set(permutations(votes)):
        drawn, chance = [F(a) for a in parameters], F(1)
        for place in order:
            chance *= drawn[place] / sum(drawn)
            drawn[place] += 1
        mass += chance
    return mass


def _by_rising_factorials(counts, parameters):
    orders = factorial(sum(counts)) // prod(map(factorial, counts))
    each = prod(_rising(a, count) for a, count in zip(parameters, counts, strict=True))
    return F(orders * each) / _rising(sum(parameters), sum(counts))


def _at_the_mean(counts, parameters):
    """As if the votes were independent, with the mean share of each class."""
    orders = factorial(sum(counts)) // prod(map(factorial, counts))
    shares = [F(a) / sum(parameters) for a in parameters]
    return orders * prod(share**count for share, count in zip(shares, counts, strict=True))


def _counts_and_parameters():
    parameters = ((F(1), F(1), F(1)), (F(1, 2), F(2), F(3, 2)))
    return [(counts, a) for a in parameters for counts in ((1, 2, 1), (0, 3, 1), (4, 0, 0))]


ITEMS = {  # two kinds of items: how often, and the share of one class
    "alike": ((F(1, 2), F(1, 10)), (F(1, 2), F(3, 4))),
    "few high": ((F(4, 5), F(1, 5)), (F(1, 5), F(9, 10))),
}


def _chances(items, votes):
    """Of 0 to all votes for the class, over the items."""
    return [
        sum(share * binomial(count, votes, theta) for share, theta in ITEMS[items])
        for count in range(votes + 1)
    ]


def _best_mean(items, votes):
    """The mean share where the expected log-likelihood has its maximum, over all concentrations."""
    masses = [to_mpf(mass) for mass in _chances(items, votes)]
    mean = to_mpf(sum(share * theta for share, theta in ITEMS[items]))

    def slopes(m, s):
        """In the two parameters of the law, a = sm and b = s(1 - m)."""
        a, b = s * m, s * (1 - m)
        whole = mp.digamma(s) - mp.digamma(s + votes)
        first = [mp.digamma(a + count) - mp.digamma(a) + whole for count in range(votes + 1)]
        other = [mp.digamma(b + count) - mp.digamma(b) + whole for count in range(votes + 1)]
        pairs = list(zip(masses, first, reversed(other), strict=True))
        return [mp.fsum(x * y for x, y, _ in pairs), mp.fsum(x * y for x, _, y in pairs)]

    return mp.findroot(slopes, (mean, mpf(2)))[0], mean


def _against_the_mean(items, votes):
    best, mean = _best_mean(items, votes)
    if abs(best - mean) < mpf("1e-20"):
        return "the mean"
    return "below it" if best < mean else "above it"


def _where_it_is(items, votes):
    if votes == 2:
        return "the mean"
    return {"alike": "below it", "few high": "above it"}[items]


def _all_in_the_library(votes, m, s):
    counts, parameters = [votes, 0], [s * m, s * (1 - m)]
    return float(np.exp(xentlib.dirichlet_multinomial_log_likelihood(counts, parameters)))


def _one_in_the_library(m, s):
    return _all_in_the_library(1, m, s)


def _two_in_the_library(m, s):
    return _all_in_the_library(2, m, s)


dirichlet_multinomial = Claim(
    title="Votes that share an item, as a likelihood",
    statement=(
        r"Let an item's own shares have a Dirichlet law with the mean shares $m_k$ and the "
        r"concentration $s$, and draw votes from them. One vote is for class $k$ with $<one>$, "
        r"whatever $s$ is. Two are both for it with $<two>$."
    ),
    relations={"one": derived.one_vote.states, "two": derived.two_votes.states},
    for_all=derived.shared_share,
    meaning=(
        r"So single votes cannot tell an item that everybody is unsure about from items on which "
        r"people are sure, and differ: no likelihood of them has a concentration in it. Two votes "
        r"an item can: any two of them have the correlation $1/(s+1)$. From three votes on the law "
        r"itself matters. If the items' shares have another one, the best Dirichlet law has "
        r"another mean than they have, and its likelihood misses the mean share; cross-entropy "
        r"does not."
    ),
    evidence=(
        Derived(
            part="",
            of="one",
            chain=derived.one_vote,
            computes=_one_in_the_library,
            mistakes={"a vote that tells how sure people are": derived.two_votes.last},
        ),
        Derived(
            part="",
            of="two",
            chain=derived.two_votes,
            computes=_two_in_the_library,
            mistakes={
                "two votes are independent": derived.mean_share**2,
                "the correlation 1/s": derived.mean_share**2
                + derived.mean_share * (1 - derived.mean_share) / derived.s,
            },
        ),
        Exact(
            part="three classes: Pólya's urn, over every order",
            cases=_counts_and_parameters,
            lhs=_of_the_urn,
            rhs=_by_rising_factorials,
            mistakes={"a multinomial at the mean": _at_the_mean},
        ),
        Digits(
            part="items of two kinds: where the best Dirichlet law has its mean",
            cases=lambda: [(items, votes) for items in ITEMS for votes in (2, 3, 5)],
            lhs=_against_the_mean,
            rhs=_where_it_is,
            mistakes={
                "a Dirichlet law is always right about the mean": dict(
                    rhs=lambda items, votes: _where_it_is(items, 2)
                ),
                "from three votes on it is too low": dict(
                    rhs=lambda items, votes: _where_it_is("alike", votes)
                ),
            },
        ),
    ),
    uses=(multinomial,),
)
