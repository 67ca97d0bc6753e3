"""The chapter on what soft labels estimate, and how exactly."""

from fractions import Fraction as F
from itertools import product
from math import comb

import numpy as np
from mpmath import mp, mpf

from xentlib.claims._finite import arg_max, binomial, interior, power, prod, to_mpf
from xentlib.claims._library import of_the_mean_label, quadratic_form
from xentlib.derivations import categorical as shared
from xentlib.derivations import entropy_and_kl as shapes
from xentlib.derivations import right_on_average as derived
from xentlib.derivations.lemmas import m, on_support
from xentlib.derivations.quantities import on_support as named
from xentlib.derivations.symbols import K, N, p, q, v, z
from xentlib.fitting import SoftmaxRegression
from xentlib.verify import Claim
from xentlib.verify import hypotheses as domain
from xentlib.verify.evidence import (
    Argued,
    Computed,
    Derived,
    Digits,
    Exact,
    Sampled,
    Simulated,
    less,
)
from xentlib.verify.formal import Formal
from xentlib.verify.quantity import AtLeast, AtMost, Equal
from xentlib.verify.samples import Domain

label = derived.any_p

MODELS, FINE = tuple(interior(3, 6)), tuple(interior(3, 12))
# laws of a random label, as (probability, label): hard, soft, skewed, three points
LAWS = (
    ((F(1, 2), (F(1), F(0), F(0))), (F(1, 3), (F(0), F(1), F(0))), (F(1, 6), (F(0), F(0), F(1)))),
    ((F(1), (F(1, 2), F(1, 3), F(1, 6))),),
    ((F(1, 2), (F(2, 3), F(1, 3), F(0))), (F(1, 2), (F(1, 3), F(1, 3), F(1, 3)))),
    ((F(2, 3), (F(1, 4), F(1, 2), F(1, 4))), (F(1, 3), (F(1), F(0), F(0)))),
)


def _mean(law):
    return tuple(sum(chance * label[place] for chance, label in law) for place in range(3))


def _score(law, model):
    """exp(-72 E H(P, q)) as an exact power."""
    return prod(
        power(b, 72 * chance * label[place])
        for chance, label in law
        for place, b in enumerate(model)
        if label[place]
    )


def _minimisers(law):
    return arg_max({model: _score(law, model) for model in MODELS})


def _mode(law):
    """The label with the largest probability."""
    return max(law, key=lambda pair: pair[0])[1]


def _rounded(law):
    """Every label replaced by its most likely class."""
    return tuple(
        (chance, tuple(F(int(a == max(label))) / label.count(max(label)) for a in label))
        for chance, label in law
    )


def _geometric(law):
    """The renormalised geometric mean of the labels, rounded to the nearest model; faces give 0."""
    values = [prod(power(label[place], 6 * chance) for chance, label in law) for place in range(3)]
    return frozenset({tuple(values)})


mean_label = Claim(
    title="Right on average is enough",
    statement=(
        r"Let $N$ labels $P_i\in\Delta$, of any kind, have weights $w_i>0$ that sum to "
        r"1, and the mean $p=\sum_iw_iP_i$. Over the $m$ classes that some label has, "
        r"the mean loss of one prediction $q$ for all of them is $<mean>$, which is "
        r"$H(p,q)$. It is least at the mean, and only there: $<least>$, with equality "
        r"iff $q=p$."
    ),
    relations={
        "mean": derived.only_the_mean_counts.states,
        "least": AtLeast(named.cross_entropy(p, q), named.entropy(p)),
    },
    for_all=(*on_support, domain.size(N), shapes.weights, domain.simplex(derived.of_rows, m, N)),
    meaning=(
        r"In general: let $P$ be a random label with $\operatorname{E}[P\mid "
        r"x]=q_{\theta_0}(x)$, of any distribution, and let no other $\theta$ than "
        r"$\theta_0$ have $q_\theta(x)=q_{\theta_0}(x)$ for almost all $x$. Then "
        r"$\theta_0$ is the only minimiser of $\operatorname{E}H(P,q_\theta(x))$, for "
        r"so it is at each $x$, with the mean given $x$ for $p$."
    ),
    evidence=(
        Derived(
            part="",
            of="mean",
            chain=derived.only_the_mean_counts,
            mistakes={
                "the labels are sharpened first": derived.of_sharpened_labels,
            },
        ),
        Derived(
            part="the library's mean label, for labels in the interior",
            chain=shapes.mean_label,
            computes=of_the_mean_label,
            mistakes={"the geometric mean for the mean": shapes.averaged_logits},
        ),
        shapes.cross_entropy_is_least_at_p.as_part("", of="least"),
        Formal(
            part="",
            of="mean",
            theorem="mean_label_mean",
        ),
        Formal(
            part="",
            of="least",
            theorem="mean_label_least",
        ),
    ),
    uses=("entropy_and_kl.gibbs_inequality", "entropy_and_kl.compensation"),
)


def _turned(law):
    """The same law with the classes in the opposite order: another mean."""
    return tuple((chance, label[::-1]) for chance, label in law)


def _sharp(place):
    """A law with one label, steep in one class."""
    return ((F(1), tuple(F(10 if other == place else 1, 12) for other in range(3))),)


# a law of the label at each of two inputs, of which the second is twice as frequent; one
# prediction must serve both; the last two laws are steep, so that the two divergences disagree
PAIRS = (
    *((LAWS[a], _turned(LAWS[b])) for a, b in ((0, 3), (1, 3), (2, 0), (2, 1))),
    (_sharp(0), _sharp(1)),
)


def _shared(first, second):
    """Minimisers over one prediction for both inputs."""
    return arg_max({model: _score(first, model) * _score(second, model) ** 2 for model in FINE})


def _scatter(law):
    """Trace of the covariance of the label."""
    return sum(chance * sum(a * a for a in label) for chance, label in law) - sum(
        a * a for a in _mean(law)
    )


def _hardened(law):
    """Hard labels with the same mean."""
    return tuple(
        (share, tuple(F(int(place == other)) for other in range(3)))
        for place, share in enumerate(_mean(law))
    )


def _kl_power(a, b, m):
    return prod(power(y / x, m * x) for x, y in zip(a, b, strict=True) if x)


def _projection(first, second, reverse=False):
    """argmin over one prediction of the mean divergence from, or to, the mean labels."""
    scores = {}
    for model in FINE:
        pairs = [(_mean(first), model), (_mean(second), model)]
        parts = [_kl_power(b, a, 72) if reverse else _kl_power(a, b, 72) for a, b in pairs]
        scores[model] = parts[0] * parts[1] ** 2
    return arg_max(scores)


def _least_scattered(first, second):
    return frozenset({_mean(min(first, second, key=_scatter))})


def _reverse_projection(first, second):
    return _projection(first, second, reverse=True)


misspecified = Claim(
    title="If the model is wrong",
    statement=(
        r"Let $(x_i,P_i)$ be iid with $\operatorname{E}\|x\|^2<\infty$, let "
        r"$q_\theta(x)$ be the softmax of a linear function of $x$, with one class "
        r"held fixed as reference, and let the expected loss have one finite "
        r"minimiser $\theta^*$. Then the fits tend to "
        r"$\theta^*=\operatorname{arg\,min}_\theta\operatorname{E}_x"
        r"\operatorname{KL}(\operatorname{E}[P\mid"
        r" x]\,\|\,q_\theta(x))$, almost surely. Hard and soft labels with the same "
        r"conditional mean share it. For $N$ different inputs with the frequencies "
        r"$w_i$, the mean labels $p_i$ and the predictions $q_i$, both in the "
        r"interior, the mean loss is $<projected>$, and no model changes the entropies."
    ),
    relations={"projected": derived.projected.states},
    for_all=(
        domain.size(K),
        domain.size(N),
        shapes.weights,
        domain.simplex(p, K, N),
        domain.simplex(q, K, N),
    ),
    evidence=(
        Exact(
            part="two inputs that must share a prediction: the projection of the mean labels",
            cases=lambda: list(PAIRS),
            lhs=_shared,
            rhs=_projection,
            mistakes={"the reverse projection": _reverse_projection},
        ),
        Exact(
            part="hard labels with the same means",
            cases=lambda: list(PAIRS),
            lhs=_shared,
            rhs=lambda first, second: _shared(_hardened(first), _hardened(second)),
            mistakes={"only the least scattered labels count": _least_scattered},
        ),
        Derived(
            part="finitely many inputs: the loss and the divergences",
            of="projected",
            chain=derived.projected,
            mistakes={
                "the divergences alone": derived.mean_divergence(p, q),
            },
        ),
        Argued(
            part="the limit",
            proof=(
                (
                    r"The loss of each observation is convex in $\theta$, by "
                    r"<convex_in_the_weights>, and its mean is finite, for "
                    r"$H(P,\operatorname{softmax}z)\le\log K+2\max|z|$."
                ),
                (
                    r"By the law of large numbers the averages converge, almost surely, "
                    r"at each point of a dense countable set; they are convex, so they "
                    r"converge uniformly on compact sets."
                ),
                (
                    r"On a sphere around $\theta^*$ they end up above their value at "
                    r"$\theta^*$, so by convexity their minimisers are inside; the sphere"
                    r" may be as small as one likes."
                ),
                (
                    r"By <mean_label> the expected loss at $x$ is that of the mean label,"
                    r" which is its divergence and an entropy without $\theta$."
                ),
            ),
        ),
        Formal(
            part="",
            of="projected",
            theorem="misspecified_projected",
        ),
    ),
    uses=(mean_label, "five_meanings.population_limit", "geometry.convex_in_the_weights"),
)


def _covariance(law):
    mean = _mean(law)
    return [
        [
            sum(chance * label[a] * label[b] for chance, label in law) - mean[a] * mean[b]
            for b in range(3)
        ]
        for a in range(3)
    ]


def _hard_covariance(law):
    mean = _mean(law)
    return [[(mean[a] if a == b else 0) - mean[a] * mean[b] for b in range(3)] for a in range(3)]


def _along(matrix, direction):
    return sum(
        x * matrix[a][b] * y for a, x in enumerate(direction) for b, y in enumerate(direction)
    )


DIRECTIONS = ((F(1), F(0), F(-1)), (F(1), F(-2), F(1)), (F(1), F(1), F(-2)), (F(3), F(-1), F(-2)))
FLAT = ((F(1, 2), (F(1, 2), F(1, 2), F(0))), (F(1, 2), (F(0), F(0), F(1))))


def _trace_of_the_gap(law):
    return sum(_hard_covariance(law)[a][a] - _covariance(law)[a][a] for a in range(3))


def _is_hard(law):
    return all(max(label) == 1 for _, label in law)


def _mean_of_the_lost_squares(law):
    """E[1 - |P|²]."""
    return sum(chance * (1 - sum(a * a for a in label)) for chance, label in law)


def _soft_laws_and_directions():
    return [(law, v) for law in (*LAWS, FLAT) for v in DIRECTIONS if not _is_hard(law)]


def _mean_of_the_own_variances(w, p, v, **sizes):
    """Of each label along v, as the library's Hessian has it."""
    return np.dot(w, [quadratic_form(label, v) for label in p])


labels_along_a_direction = (
    domain.size(K),
    domain.size(N),
    shapes.weights,
    domain.simplex(label, K, N),
    domain.real(v, K),
)
hard_labels_are_noisiest = Claim(
    title="Hard labels are the noisiest",
    statement=(
        r"Let $N$ labels $p_i\in\Delta$ have weights $w_i>0$ that sum to 1, and the "
        r"mean $\bar p$. Their covariance $\operatorname{Cov}(p)$ is at most that of "
        r"hard labels with this mean, $\operatorname{diag}\bar p-\bar p\bar "
        r"p^{\mathsf T}$: along any direction $v$, $<order>$. The gap is the mean of "
        r"the labels' own variances, $<gap>$, and its trace is $<trace>$. That is 0, "
        r"and equality holds along every $v$, iff no label has two classes: iff all "
        r"are one-hot."
    ),
    relations={
        "order": AtMost(
            derived.variance_of_labels(label, v), derived.variance_of_hard_labels(label, v)
        ),
        "gap": Equal(
            derived.variance_of_hard_labels(label, v) - derived.variance_of_labels(label, v),
            derived.own_variances(label, v),
        ),
        "trace": AtLeast(derived.lost_squares(label), 0),
    },
    for_all=labels_along_a_direction,
    meaning=(
        r"In general: for any random $P\in\Delta$ with $\operatorname{E}[P\mid x]=\pi$, "
        r"$\operatorname{Cov}(P\mid x)\preceq\operatorname{diag}\pi-\pi\pi^{\mathsf T}$,"
        r" and the gap is $\operatorname{E}[\operatorname{diag}P-PP^{\mathsf T}\mid x]$,"
        r" with trace $\operatorname{E}[1-\|P\|^2\mid x]$, which is 0 iff $P$ is one-hot"
        r" almost surely: expectations for the sums."
    ),
    evidence=(
        Formal(part="equality in every direction, by Coq", theorem="equality_iff_onehot"),
        Derived(
            part="",
            of="gap",
            chain=derived.any_noise,
            computes=_mean_of_the_own_variances,
            mistakes={
                "soft labels scatter more": -derived.any_noise.last,
                "the variance between the labels, not within them": derived.any_soft,
            },
        ),
        derived.soft_is_below_hard.as_part("", of="order"),
        Derived(
            part="such a variance is a sum of squares",
            chain=shared.pairs,
            computes=quadratic_form,
            mistakes={"each pair twice": 2 * shared.pairs.last},
        ),
        Derived(
            part="the trace",
            chain=derived.trace_of_the_gap,
            mistakes={"as if the mean were the only label": derived.of_the_mean},
        ),
        derived.trace_is_nonnegative.as_part("", of="trace"),
        Formal(
            part="",
            of="order",
            theorem="hard_labels_are_noisiest_order",
        ),
        Formal(
            part="",
            of="gap",
            theorem="hard_labels_are_noisiest_gap",
        ),
        Formal(
            part="",
            of="trace",
            theorem="hard_labels_are_noisiest_trace",
        ),
    ),
    uses=("categorical.exponential_family",),
)

PEOPLE, ITEMS_A_POINT, TRIALS = 5, 1500, 30_000
MEANS = (0.25, 0.8)
INPUTS = np.array([1.0, 3.0])


def _matrices(means=MEANS, people=PEOPLE):
    """θ*, A and B for one item, half of the items at each input."""
    slope = 0.0
    for _ in range(60):
        q1 = 1 / (1 + np.exp(-slope * INPUTS))
        slope += ((np.array(means) - q1) @ INPUTS) / ((q1 * (1 - q1)) @ INPUTS**2)
    q1 = 1 / (1 + np.exp(-slope * INPUTS))
    votes = np.array(means) * (1 - np.array(means)) / people
    return (
        slope,
        (q1 * (1 - q1)) @ INPUTS**2 / 2,
        (votes + (np.array(means) - q1) ** 2) @ INPUTS**2 / 2,
    )


def _scaled(rng):
    """N (θ̂ - θ*)² for each trial."""
    slope, _, _ = _matrices()
    return (2 * ITEMS_A_POINT * (_at_random_inputs(rng) - slope) ** 2,)


def _at_random_inputs(rng):
    """Slopes without an intercept, x in {1, 3} at random, fitted to soft labels of five votes by
    Newton's method, one for each trial.
    """
    first = rng.binomial(2 * ITEMS_A_POINT, 0.5, size=TRIALS)
    sizes = np.stack([first, 2 * ITEMS_A_POINT - first], axis=1)
    shares = rng.binomial(PEOPLE * sizes, MEANS) / (PEOPLE * sizes)
    slope = np.zeros(TRIALS)
    for _ in range(30):
        q1 = 1 / (1 + np.exp(-slope[:, None] * INPUTS))
        slope += (sizes * (shares - q1)) @ INPUTS / ((sizes * q1 * (1 - q1)) @ INPUTS**2)
    return slope


def _sandwich():
    _, a, b = _matrices()
    return b / a**2


def _within_only():
    """The formula with B from the votes alone, as if the model were right."""
    _, a, _ = _matrices()
    votes = np.array(MEANS) * (1 - np.array(MEANS)) / PEOPLE
    return (votes @ INPUTS**2 / 2) / a**2


SHARES_OF_CLASS_1 = Domain(
    corners=lambda size: [np.linspace(0.2, 0.7, size + 1)],
    draw=lambda rng, size: rng.uniform(0.1, 0.9, size + 1),
)


def _library_sandwich(share):
    """Variance of the fitted logit of class 1, as the library reports it."""
    one, labels = np.ones((len(share), 1)), np.column_stack([1 - share, share])
    model = SoftmaxRegression(fit_intercept=False).fit_soft(one, labels)
    return model.covariances(one, labels).sandwich[0, 0]


def _scatter_about_the_mean(share):
    return ((share - share.mean()) ** 2).sum()


def _curvature(share):
    """N A: the second derivative of the total loss in the logit, at the fit."""
    return len(share) * share.mean() * (1 - share.mean())


def _unbiased_scatter(share):
    return np.var(share, ddof=1) * len(share) / _curvature(share) ** 2


sandwich = Claim(
    title="The sandwich",
    statement=(
        r"Under the conditions of *If the model is wrong*, with "
        r"$\operatorname{E}xx^{\mathsf T}$ nonsingular, the fit $\hat\theta$ to $N$ "
        r"labels has $\sqrt N(\hat\theta-\theta^*)\to N(0,A^{-1}BA^{-1})$ in law, "
        r"with $A=\operatorname{E}[(\operatorname{diag}q-qq^{\mathsf T})\otimes "
        r"xx^{\mathsf T}]$ and $B=\operatorname{E}[(q-P)(q-P)^{\mathsf T}\otimes "
        r"xx^{\mathsf T}]$ at $\theta^*$, in the coordinates of the classes that are "
        r"not held fixed. With weights $w\ge0$, drawn with $(x,P)$, where "
        r"$\operatorname{E}w^2\|x\|^2<\infty$, $\operatorname{E}w\,xx^{\mathsf T}$ is "
        r"finite and nonsingular, and $\theta^*$ is the one finite minimiser of the "
        r"weighted loss, $A=\operatorname{E}w(\cdots)$ and "
        r"$B=\operatorname{E}w^2(\cdots)$. The estimates from $N$ rows with the "
        r"weights $w_i$, labels $p_i$ and logits $z_i$ come from the loss: let the "
        r"coefficients move by a number $\theta$ times a direction $D$, so the logits "
        r"by $\theta u_i$ with $u_i=Dx_i$, and let $q_i$ be the predictions there. At "
        r"$\theta=0$ that of $NA$, along $D$, is $<inner>$, and that of $NB$ is "
        r"$<outer>$."
    ),
    relations={
        "inner": derived.inner_along.states,
        "outer": derived.outer_along.states,
    },
    for_all=(
        domain.size(K),
        domain.size(N),
        domain.number(derived.at_theta),
        domain.positive(derived.w, N),
        domain.simplex(label, K, N),
        domain.real(z, K, N),
        domain.real(derived.u, K, N),
    ),
    evidence=(
        Derived(
            part="one intercept, two classes: A and B from the loss",
            chain=derived.one_intercept,
            mistakes={
                "the inverse of A": 1 / (derived.share * (1 - derived.share)),
                "B alone": derived.squares,
                "B over A, as if A were what scatters": derived.squares
                / (derived.share * (1 - derived.share)),
            },
        ),
        Derived(
            part="A of N rows, along any direction",
            of="inner",
            chain=derived.inner_along,
        ),
        Derived(
            part="B of N rows, along any direction",
            of="outer",
            chain=derived.outer_along,
            mistakes={
                "w counts once in B": derived.weighted_once,
            },
        ),
        Sampled(
            part="the library's sandwich for one intercept, as far as its fit converges",
            cases=dict(share=SHARES_OF_CLASS_1),
            lhs=_library_sandwich,
            rhs=lambda share: _scatter_about_the_mean(share) / _curvature(share) ** 2,
            mistakes={
                "the naive one": lambda share: 1 / _curvature(share),
                "the scatter divided by N - 1 for N": _unbiased_scatter,
            },
            tolerance=1e-6,
            because="as far as a fit converges",
        ),
        Simulated(
            part=(
                f"{TRIALS} samples of {2 * ITEMS_A_POINT} soft labels of {PEOPLE} votes, a "
                "wrong model with one slope"
            ),
            cases=_scaled,
            lhs=lambda squares: squares,
            rhs=_sandwich,
            mistakes={
                "the inverse of A alone": lambda: 1 / _matrices()[1],
                "the inverse of B": lambda: 1 / _matrices()[2],
                "scatter within inputs only": _within_only,
            },
        ),
        Argued(
            part="in general",
            proof=(
                (
                    r"By <misspecified> $\hat\theta\to\theta^*$. Expand the score, "
                    r"$s_i=(q-P_i)\otimes x_i$, at $\theta^*$: "
                    r"$0=\tfrac1N\sum_is_i(\theta^*)+\bar A(\hat\theta-\theta^*)$, with "
                    r"$\bar A$ a mean Hessian between the two."
                ),
                (
                    r"The $s_i(\theta^*)$ are independent, with the mean 0, because "
                    r"$\theta^*$ minimises, and the covariance $B$, which is finite as "
                    r"$|q-P|\le\sqrt2$. By the central limit theorem $\tfrac1{\sqrt "
                    r"N}\sum_is_i\to N(0,B)$."
                ),
                (
                    r"$\bar A\to A$ by the law of large numbers, uniformly near "
                    r"$\theta^*$. $A$ is positive definite, by <convex_in_the_weights>: "
                    r"$q$ is in the interior, and the $x$ span."
                ),
                (
                    r"So $\sqrt N(\hat\theta-\theta^*)=-\bar A^{-1}\tfrac1{\sqrt "
                    r"N}\sum_is_i\to N(0,A^{-1}BA^{-1})$, by Slutsky's theorem."
                ),
                (
                    r"Weights multiply $s$ by $w$, so $B$ by $w^2$ and $A$ by $w$, as the"
                    r" two derivations for $N$ rows show."
                ),
            ),
        ),
    ),
    uses=(misspecified, "geometry.convex_in_the_weights"),
)


def _ratio(people):
    """Sandwich over naive variance for means of independent votes, at any x, K = 2: B/A."""
    chance = F(3, 10)
    return _variance(_vote_mean_law(people, chance)) / (chance * (1 - chance))


def _trace_of_a_less_b(share, one):
    """Trace of A - B for a label that is always (1/2, 1/2) at x = 0 and hard, of mean `share`, at
    x = 1, each half the time; the row is (1, x), or x alone.
    """
    laws = {0: [(F(1), F(1, 2))], 1: [(share, F(1)), (1 - share, F(0))]}
    return sum(
        F(1, 2) * (one + x * x) * (_hard_variance(law) - _variance(law)) for x, law in laws.items()
    )


def _wrong_mean(misfit=1):
    """B/A for hard labels at x in {1, 3} with means 0 and 1/2, and one slope alone; `misfit`
    weighs the part of B that a right mean has not.
    """
    slope = mp.findroot(
        lambda s: 1 / (1 + mp.exp(-s)) + 3 * (1 / (1 + mp.exp(-3 * s)) - mpf(1) / 2), -0.2
    )
    first, second = 1 / (1 + mp.exp(-slope)), 1 / (1 + mp.exp(-3 * slope))
    a = first * (1 - first) + 9 * second * (1 - second)
    b = 9 * mpf(1) / 4 + misfit * (first**2 + 9 * (second - mpf(1) / 2) ** 2)
    return b / a


naive_is_conservative = Claim(
    title="The naive covariance is conservative",
    statement=(
        r"For weight 1, independent items and a correct mean: let the label at $x$ "
        r"have $N$ values $p_i$ with chances $w_i$, and let the prediction be their "
        r"mean $\bar p$. Move the coefficients along $D$, so the logits along $v=Dx$. "
        r"There the mean square of the score is at most the curvature, $<order>$, and "
        r"the gap is $<gap>$. In the mean over $x$ that is $B\preceq A$, with the $A$ "
        r"and $B$ of *The sandwich*. With one class held fixed, where $A$ is "
        r"nonsingular, $A^{-1}BA^{-1}\preceq A^{-1}$: the covariance $A^{-1}$ that "
        r"treats the loss as a negative log-likelihood is *conservative*. With an "
        r"intercept the two are equal only for hard labels."
    ),
    relations={
        "order": AtMost(
            derived.squared_scores(label, v), derived.variance_of_hard_labels(label, v)
        ),
        "gap": Equal(
            derived.variance_of_hard_labels(label, v) - derived.variance_of_labels(label, v),
            derived.own_variances(label, v),
        ),
    },
    for_all=labels_along_a_direction,
    meaning=(
        r"For any law of the label an expectation takes the place of the sum. Single "
        r"coefficients may tie, and without an intercept a soft label at $x=0$ costs "
        r"nothing. For the means of $n$ independent votes the naive covariance is $n$ "
        r"times too large. It is no bound if the mean is wrong: with hard labels of "
        r"means $0$ and $\tfrac12$ at $x=1,3$ and one slope, $B/A=1.155$."
    ),
    evidence=(
        Exact(
            part="means of n votes",
            cases=lambda: [(people,) for people in (1, 2, 5, 10)],
            lhs=_ratio,
            rhs=lambda people: F(1, people),
            mistakes={
                "the naive variance is right, as for one vote": lambda people: _ratio(1),
                "the square root of n": dict(lhs=lambda people: _ratio(people) ** 2),
            },
        ),
        Exact(
            part="soft at x = 0, hard at x = 1: the trace of A - B, with an intercept and without",
            cases=lambda: [(share, one) for share in (F(3, 4), F(1, 3)) for one in (0, 1)],
            lhs=_trace_of_a_less_b,
            rhs=lambda share, one: F(one, 8),
            mistakes={
                "true only for hard labels, without an intercept too": dict(
                    lhs=lambda share, one: _trace_of_a_less_b(share, 1)
                ),
            },
        ),
        Digits(
            part="a wrong mean",
            cases=lambda: [()],
            lhs=lambda: mp.nstr(_wrong_mean(), 4),
            rhs=lambda: "1.155",
            mistakes={
                "conservative there too: the misfit left out of B": dict(
                    lhs=lambda: mp.nstr(_wrong_mean(misfit=0), 4)
                )
            },
        ),
        derived.score_is_below_hessian.as_part("", of="order"),
        Derived(
            part="",
            of="gap",
            chain=derived.any_noise,
            mistakes={"the naive covariance is too small": -derived.any_noise.last},
        ),
        Argued(
            part="the order of the covariances, and when they are equal",
            proof=(
                (
                    r"$D\mapsto\langle D,AD\rangle$ and $\langle D,BD\rangle$ are means "
                    r"over $x$ of the curvature and of the mean square of the score along"
                    r" $v=Dx$. The first relation orders them at each $x$: $B\preceq A$."
                ),
                (
                    r"For any $u$, $u^{\mathsf T}A^{-1}(A-B)A^{-1}u\ge0$, as it is the "
                    r"form of $A-B$ at $A^{-1}u$: $A^{-1}BA^{-1}\preceq A^{-1}$."
                ),
                (
                    r"If these are equal, so are $A$ and $B$, and the gap is 0 along "
                    r"every $D$, at almost every $x$. With an intercept $v=Dx$ may be any"
                    r" direction that leaves the fixed class alone, also where $x$ is 0 "
                    r"otherwise. A label whose class has no variance along all of these "
                    r"is a vertex: it is hard."
                ),
            ),
        ),
    ),
    uses=(hard_labels_are_noisiest, sandwich),
)


def _vote_mean_law(votes, chance=F(2, 5)):
    return [(binomial(c, votes, chance), F(c, votes)) for c in range(votes + 1)]


def _variance(law):
    mean = sum(mass * share for mass, share in law)
    return sum(mass * share**2 for mass, share in law) - mean**2


def _hard_variance(law):
    """Variance of a hard label with the mean of this law."""
    mean = sum(mass * share for mass, share in law)
    return mean * (1 - mean)


def _dirichlet_variance(concentration, chance=F(2, 5)):
    """Variance of a Beta law with this total and mean, from its moments a(a + 1)/(s(s + 1))."""
    a = concentration * chance
    return a * (a + 1) / (concentration * (concentration + 1)) - chance**2


FULL = F(2, 5) * F(3, 5)


def _two_point_laws(mean=F(2, 5), parts=10):
    """Laws of a share of class 1 with this mean, on two points of a lattice, hard labels among
    them.
    """
    for low, high in product(range(parts + 1), repeat=2):
        a, b = F(low, parts), F(high, parts)
        if a < mean < b:
            yield ((b - mean) / (b - a), a), ((mean - a) / (b - a), b)


bartlett = Claim(
    title="Bartlett's second identity",
    statement=(
        r"Let a label have $N$ values $p_i\in\Delta$ with chances $w_i$, and let the "
        r"prediction be their mean $\bar p$. The loss $\omega H$, of the weight "
        r"$\omega$, has in the logits along $v$ the expected Hessian "
        r"$\omega\,v^{\mathsf T}(\operatorname{diag}\bar p-\bar p\bar p^{\mathsf "
        r"T})v$, and its score has the variance $\omega^2$ times $<score>$. Hessian "
        r"and variance are equal along every $v$ iff "
        r"$\omega\operatorname{Cov}(p)=\operatorname{diag}\bar p-\bar p\bar "
        r"p^{\mathsf T}$. The first minus the second is $<gap>$. So for $\omega=1$ they "
        r"are equal iff the labels are hard, and for $\omega<1$ never, where $\bar p$ "
        r"is no vertex."
    ),
    relations={
        "score": Equal(derived.squared_scores(label, v), derived.variance_of_labels(label, v)),
        "gap": derived.bartlett_gap.states,
    },
    for_all=(*labels_along_a_direction, domain.number(derived.omega, 0, 3)),
    meaning=(
        r"For any law of the label an expectation takes the place of the sum. Means "
        r"of $\omega$ votes satisfy the identity. For $\omega>1$ so does a Dirichlet "
        r"law with concentration $s=\omega-1$, though $\omega H$ is not its negative "
        r"log-likelihood. A smooth model of the label that is right has the mean score 0, and "
        r"its mean curvature is the mean square of its score; a weight counts once in the "
        r"first and twice in the second."
    ),
    evidence=(
        Exact(
            part="means of w votes",
            cases=lambda: [(votes,) for votes in (1, 2, 3, 7)],
            lhs=lambda votes: votes * _variance(_vote_mean_law(votes)),
            rhs=lambda votes: FULL,
            mistakes={
                "for w = 1 and a soft label": dict(
                    lhs=lambda votes: _variance(_vote_mean_law(votes + 1))
                )
            },
        ),
        Exact(
            part="a Dirichlet law",
            cases=lambda: [(F(2),), (F(5, 2),), (F(11),)],
            lhs=lambda w: w * _dirichlet_variance(w - 1),
            rhs=lambda w: FULL,
            mistakes={"with s = w": dict(lhs=lambda w: w * _dirichlet_variance(w))},
        ),
        Exact(
            part="below weight 1: too little variance, for every law on two points of a lattice",
            cases=lambda: [(w, law) for w in (F(1, 2), F(9, 10)) for law in _two_point_laws()],
            lhs=lambda w, law: w * _variance(law),
            rhs=lambda w, law: _hard_variance(law),
            mistakes={
                "a weight below 1 makes no difference": dict(lhs=lambda w, law: _variance(law))
            },
            relation=less,
        ),
        Derived(
            part="",
            of="score",
            chain=derived.score_of_labels,
            mistakes={
                "soft labels' scores scatter as those of hard ones": derived.any_hard,
            },
        ),
        Derived(
            part="",
            of="gap",
            chain=derived.bartlett_gap,
            mistakes={"the weight cancels": derived.bartlett_gap.last.subs(derived.omega, 1)},
        ),
        Formal(
            part="",
            of="score",
            theorem="bartlett_score",
        ),
        Formal(
            part="",
            of="gap",
            theorem="bartlett_gap",
        ),
        Derived(
            part="any smooth model that is right: its mean score",
            chain=derived.mean_score,
            mistakes={"the mean squared score": derived.information.last},
        ),
        Derived(
            part="its mean curvature and its mean squared score",
            chain=derived.information,
            mistakes={"half of it, as for least squares": derived.information.last / 2},
        ),
        Derived(
            part="the same, with a weight",
            chain=derived.weighted_information,
            mistakes={
                "the weight counts once in both": derived.weighted_information.last / derived.weight
            },
        ),
    ),
    uses=(hard_labels_are_noisiest, "geometry.hessian_in_the_logits"),
)


def _kl_at(y, mu):
    a, b = to_mpf(y), to_mpf(mu)
    return a * mp.log(a / b) + (1 - a) * mp.log((1 - a) / (1 - b))


def _entropy_at(y):
    a = to_mpf(y)
    return -a * mp.log(a) - (1 - a) * mp.log(1 - a)


def _shares_and_fits():
    """A share y, a fitted mean and a dispersion."""
    pairs = ((F(1, 4), F(7, 10)), (F(4, 5), F(1, 3)))
    return [(y, mu, dispersion) for y, mu in pairs for dispersion in (F(1), F(1, 5))]


def _minus_cross_entropy(y, mu, dispersion):
    return -(_kl_at(y, mu) + _entropy_at(y)) / to_mpf(dispersion)


def _quasi_integral(y, mu, dispersion):
    """∫ (y - t) / (φ t (1 - t)) dt from y to μ."""
    share, phi = to_mpf(y), to_mpf(dispersion)
    return mp.quad(lambda t: (share - t) / (phi * t * (1 - t)), [share, to_mpf(mu)])


def _pearson(votes, model, weighted=True):
    """E Σ_k (P_k - π_k)² / π_k for the shares of votes."""
    total = F(0)
    for first, second in product(range(votes + 1), repeat=2):
        if first + second <= votes:
            counts = (first, second, votes - first - second)
            chance = (
                comb(votes, first)
                * comb(votes - first, second)
                * prod(b**c for b, c in zip(model, counts, strict=True))
            )
            total += chance * sum(
                (F(c, votes) - b) ** 2 / (b if weighted else 1)
                for b, c in zip(model, counts, strict=True)
            )
    return total


def _turned_divergence(y, mu, dispersion):
    return -_kl_at(mu, y) / to_mpf(dispersion)


quasi_likelihood = Claim(
    title="The quasi-likelihood",
    statement=(
        r"Let a share $0<y<1$ of class 1 of two have the mean $\theta$ and the "
        r"variance $\varphi\,\theta(1-\theta)$. Then "
        r"$-\operatorname{KL}(y\,\|\,\theta)/\varphi$ is its quasi-log-likelihood: it "
        r"is 0 at $\theta=y$, and its slope is the residual over the variance, "
        r"$<slope>$. For $K$ classes with $\operatorname{E}P=q$ and "
        r"$\operatorname{Cov}(P)=\varphi(\operatorname{diag}q-qq^{\mathsf T})$, "
        r"Pearson's sum of $(P_k-q_k)^2/q_k$ has the mean $<pearson>$."
    ),
    relations={
        "slope": derived.quasi_score.states,
        "pearson": derived.pearson.states,
    },
    for_all=(
        domain.number(derived.theta, 0, 1),
        domain.number(derived.y, 0, 1),
        domain.number(derived.phi, 0, 2),
        domain.size(K),
        domain.simplex(q, K),
    ),
    meaning=(
        r"So the quasi-log-likelihood is "
        r"$\int_y^\theta\frac{y-t}{\varphi\,t(1-t)}\,dt$. One soft label has the "
        r"variance of a mean of $1/\varphi$ votes: it is worth so many. Pearson's "
        r"$\hat\varphi=\sum_i\sum_k(p_{ik}-q_{ik})^2/q_{ik}$, divided by $(K-1)N$ "
        r"minus the number of free coefficients, estimates $\varphi$. If the mean is "
        r"right, $\varphi\le1$, for hard labels are the noisiest: a larger "
        r"$\hat\varphi$ is a sign of misfit."
    ),
    evidence=(
        Derived(
            part="",
            of="slope",
            chain=derived.quasi_score,
            mistakes={
                "the dispersion forgotten": derived.quasi_score.last * derived.phi,
                "the reverse divergence": derived.reverse_score,
            },
        ),
        Exact(
            part="shares of n votes: 1/φ is n",
            cases=lambda: [(votes,) for votes in (1, 2, 3, 7)],
            lhs=lambda votes: FULL / _variance(_vote_mean_law(votes)),
            rhs=lambda votes: F(votes),
            mistakes={
                "a label is worth n - 1 votes, as for a Dirichlet law": lambda votes: F(votes - 1)
            },
        ),
        Exact(
            part="Pearson's sum for one item of three classes has the mean (K - 1)φ",
            cases=lambda: [(votes, model) for votes in (1, 2, 3) for model in interior(3, 4)],
            lhs=_pearson,
            rhs=lambda votes, model: F(2, votes),
            mistakes={
                "KN in the denominator": lambda votes, model: F(3, votes),
                "squares without their weights": dict(
                    lhs=lambda votes, model: _pearson(votes, model, weighted=False)
                ),
            },
        ),
        Computed(
            part="the integral, by quadrature",
            cases=_shares_and_fits,
            lhs=_quasi_integral,
            rhs=lambda y, mu, dispersion: -_kl_at(y, mu) / to_mpf(dispersion),
            mistakes={
                "minus cross-entropy: the entropy stays": _minus_cross_entropy,
                "from the fit to the label": _turned_divergence,
                "φ counts for nothing": lambda y, mu, dispersion: -_kl_at(y, mu),
            },
            digits=30,
        ),
        Derived(
            part="",
            of="pearson",
            chain=derived.pearson,
            mistakes={"K degrees of freedom, φ each": K * derived.phi},
        ),
    ),
    uses=(hard_labels_are_noisiest,),
)


def null_drops(rng: np.random.Generator, trials: int, items: int = 120) -> np.ndarray:
    """Twice the drop of the loss that a slope brings, where the true slope is 0 and the truth is
    .4, labels of PEOPLE votes; one for each trial.
    """
    x = np.array([-1.0, 0.0, 1.0])
    size = items // 3  # items at each input: the mean label there is all that the fit sees
    labels = rng.binomial(PEOPLE * size, 0.4, size=(trials, 3)) / (PEOPLE * size)
    intercept, slope = np.zeros(trials), np.zeros(trials)
    for _ in range(12):
        q1 = 1 / (1 + np.exp(-intercept[:, None] - np.outer(slope, x)))
        spread, residual = q1 * (1 - q1), labels - q1
        a, b, c = spread.sum(axis=1), spread @ x, spread @ x**2
        first, second = residual.sum(axis=1), residual @ x
        intercept += (c * first - b * second) / (a * c - b * b)
        slope += (a * second - b * first) / (a * c - b * b)
    moved = intercept[:, None] + np.outer(slope, x)
    still = labels.mean(axis=1, keepdims=True)
    losses = np.logaddexp(0, moved) - labels * moved
    null = -labels * np.log(still) - (1 - labels) * np.log(1 - still)
    return 2 * size * (null - losses).sum(axis=1)


def _drops(rng):
    return (null_drops(rng, 30_000, items=12_000),)


def _many_drops(rng):
    return (null_drops(rng, 250_000, items=12_000),)


likelihood_ratio_scale = Claim(
    title="The scale of a test",
    statement=(
        r"Let the mean $\pi$ of the label at $x$ be in the model, "
        r"$\operatorname{Cov}(P\mid x)=\varphi(\operatorname{diag}\pi-\pi\pi^{\mathsf "
        r"T})$, and let $r$ restrictions hold. Then twice the difference of the "
        r"minimal losses tends to $\varphi\chi^2_r$ in law, not to $\chi^2_r$. For "
        r"shares of $n$ independent votes $\varphi=1/n$. If no one $\varphi$ fits, "
        r"the limit is a weighted sum of $\chi^2_1$."
    ),
    in_words="a limit in law",
    evidence=(
        Simulated(
            part="30 000 tests of one slope, 12 000 labels of five votes: the mean",
            cases=_drops,
            lhs=lambda drops: drops,
            rhs=lambda: 1 / PEOPLE,
            mistakes={
                "χ², whatever the labels": lambda: 1.0,
                "φ = 1/s, for a Dirichlet law with as many votes": lambda: 1 / (PEOPLE - 1),
            },
        ),
        Simulated(
            part="a tail: how often φ times the upper 5% point of χ² is passed, in 250 000",
            cases=_many_drops,
            lhs=lambda drops: (drops * PEOPLE > 3.8414588).astype(float),
            rhs=lambda: 0.05,
            mistakes={
                "χ² itself, whatever the labels": dict(
                    lhs=lambda drops: (drops > 3.8414588).astype(float)
                )
            },
        ),
        Exact(
            part="φ for shares of n votes",
            cases=lambda: [(votes,) for votes in (1, 2, 5, 10)],
            lhs=lambda votes: _variance(_vote_mean_law(votes)) / FULL,
            rhs=lambda votes: F(1, votes),
            mistakes={"1/(n + 1)": lambda votes: F(1, votes + 1)},
        ),
        Argued(
            part="in general",
            proof=(
                (
                    r"By <sandwich> the scaled score tends to $Z\sim N(0,B)$. Expanding "
                    r"the loss at $\theta^*$, twice its drop to the free minimum tends to"
                    r" $Z^{\mathsf T}A^{-1}Z$."
                ),
                (
                    r"Under the restrictions $\theta=\theta^*+Gh$, with $G$ of full rank,"
                    r" it tends to $Z^{\mathsf T}RZ$ with $R=G(G^{\mathsf "
                    r"T}AG)^{-1}G^{\mathsf T}$."
                ),
                (
                    r"The difference is $Z^{\mathsf T}(A^{-1}-R)Z$. The matrix "
                    r"$M=A^{1/2}(A^{-1}-R)A^{1/2}$ is a projection of rank $r$, for "
                    r"$A^{1/2}RA^{1/2}$ is the projection on the range of $A^{1/2}G$."
                ),
                (
                    r"By <quasi_likelihood>'s hypothesis $B=\varphi A$, so "
                    r"$Z=\sqrt\varphi\,A^{1/2}\xi$ with $\xi$ standard normal: the "
                    r"difference is $\varphi\,\xi^{\mathsf T}M\xi$, which has the law of "
                    r"$\varphi\chi^2_r$."
                ),
                (
                    r"In general it is a sum of squares of independent standard normals, "
                    r"weighted by the eigenvalues of $(A^{-1}-R)B$."
                ),
            ),
        ),
    ),
    uses=(sandwich, quasi_likelihood),
)

LEVELS = (F(1, 2), F(1), F(3, 2), F(2), F(5, 2), F(3), F(4), F(6))
SLOPES = ((F(1), F(2)), (F(3), F(1)), (F(1, 2), F(5, 2)))  # softmax of a + b x, as whole powers


def _odds(base, step, x):
    """Share of class 1 at x, where its odds are base · step^x."""
    odds = base * step**x
    return odds / (1 + odds)


def _hardest(share):
    """The most likely class, as a label."""
    return F(int(share > F(1, 2)))


def _stationary(base, step, label=lambda share: share, inputs=(0, 1, 2)):
    """The candidates at which Σ (q - p)(1, x) is 0, for labels made from the truth."""
    labels = {x: label(_odds(base, step, x)) for x in inputs}
    return frozenset(
        (a, b)
        for a, b in product(LEVELS, repeat=2)
        if all(
            sum((_odds(a, b, x) - labels[x]) * x**moment for x in inputs) == 0 for moment in (0, 1)
        )
    )


exact_recovery = Claim(
    title="Exact labels give the exact fit",
    statement=(
        r"Let $N$ labels be exact, $p_i=q_{\theta_0}(x_i)$, and positive, as those of "
        r"a softmax are. The total loss of predictions $q_i$ has $<least>$, with "
        r"equality iff $q_i=p_i$ for all $i$. So $\theta_0$ is the only minimiser, "
        r"for a *finite* sample, if no other $\theta$ has the same predictions at all "
        r"$x_i$."
    ),
    relations={"least": derived.exact_labels_are_recovered.states},
    for_all=(domain.size(K), domain.size(N), domain.simplex(p, K, N), domain.simplex(q, K, N)),
    meaning=(r"Hard labels have no such case: theirs scatter, and their fit with them."),
    evidence=(
        derived.exact_labels_are_recovered.as_part("", of="least"),
        Exact(
            part=(
                "three inputs, three truths, 64 candidates: the score equations hold at the truth "
                "alone"
            ),
            cases=lambda: list(SLOPES),
            lhs=_stationary,
            rhs=lambda base, step: frozenset({(base, step)}),
            mistakes={
                "with the most likely class for the label": dict(
                    lhs=lambda base, step: _stationary(base, step, label=_hardest)
                ),
                "for a design that does not identify": dict(
                    lhs=lambda base, step: _stationary(base, step, inputs=(1,))
                ),
            },
        ),
        Formal(
            part="",
            of="least",
            theorem="exact_recovery_least",
        ),
    ),
    uses=("geometry.score_equations", mean_label),
)


def _majority(chance, votes):
    """Probability that class 1 wins, for an odd number of votes."""
    return sum(binomial(count, votes, chance) for count in range(votes // 2 + 1, votes + 1))


def _dying_bias(chance, votes):
    return chance + (_majority(chance, votes + 2) - chance) / votes**2


def _chances_and_votes():
    return [
        (chance, votes) for chance in (F(11, 20), F(3, 5), F(9, 10)) for votes in range(1, 21, 2)
    ]


majority_vote = Claim(
    title="A majority is no share",
    statement=(
        r"Two classes, an odd number $2n+1$ of independent votes, each for class 1 with "
        r"the chance $0<\pi<1$. One vote has the mean $\pi$. Let the majority label have"
        r" the mean $M$; two more votes turn it only where one class leads by one vote "
        r"and gets neither, so its mean is then $<step>$. So the majority label of "
        r"$2n+1$ votes has the mean $<majority>$. From three votes on that is not $\pi$,"
        r" unless $\pi=\tfrac12$: it is on the side of the more likely class, and the "
        r"bias grows with $n$."
    ),
    relations={
        "step": derived.two_more_votes.states,
        "majority": derived.majority.states,
    },
    for_all=(
        domain.number(derived.n, 0, 4),
        domain.number(derived.share_pi, 0, 1),
        domain.number(derived.value, 0, 1),
    ),
    meaning=(
        r"For $\pi=.6$ the mean is $81/125$ with 3 votes, and above $.997$ with 201. One"
        r" sampled vote has the mean $\pi$."
    ),
    evidence=(
        Exact(
            part="the example, and five votes",
            cases=lambda: [(3, F(81, 125)), (5, F(2133, 3125))],
            lhs=lambda votes, value: _majority(F(3, 5), votes),
            rhs=lambda votes, value: value,
            mistakes={
                "the majority is unbiased": dict(lhs=lambda votes, value: _majority(F(3, 5), 1)),
                "all agree": dict(lhs=lambda votes, value: F(3, 5) ** votes),
            },
        ),
        Exact(
            part="from 201 votes on, above .997",
            cases=lambda: [(201,), (301,)],
            lhs=lambda votes: F(997, 1000),
            rhs=lambda votes: _majority(F(3, 5), votes),
            mistakes={"the majority tends to the share": lambda votes: F(3, 5) + F(1, votes)},
            relation=less,
        ),
        Exact(
            part="the bias grows",
            cases=_chances_and_votes,
            lhs=_majority,
            rhs=lambda chance, votes: _majority(chance, votes + 2),
            mistakes={"the bias dies with n": _dying_bias},
            relation=less,
        ),
        Exact(
            part="one sampled vote",
            cases=lambda: [(chance,) for chance in (F(1, 4), F(3, 5))],
            lhs=lambda chance: _majority(chance, 1),
            rhs=lambda chance: chance,
            mistakes={"so for three": dict(lhs=lambda chance: _majority(chance, 3))},
        ),
        derived.majority.as_part("", of="majority"),
        Derived(
            part="",
            of="step",
            chain=derived.two_more_votes,
            mistakes={"two more votes change nothing": derived.value + 0 * derived.n},
        ),
    ),
    uses=(mean_label,),
)


def _vote_variance(law, votes):
    """Variance of the share of `votes` votes that are independent given the item's own share,
    drawn from a law.
    """
    moments = [
        sum(
            mass * binomial(c, votes, g) * F(c, votes) ** power_of
            for mass, g in law
            for c in range(votes + 1)
        )
        for power_of in (1, 2)
    ]
    return moments[1] - moments[0] ** 2


def _effect(law, votes, factor=lambda n, rho: 1 + (n - 1) * rho):
    mean = sum(mass * g for mass, g in law)
    rho = (sum(mass * g * g for mass, g in law) - mean**2) / (mean * (1 - mean))
    return factor(votes, rho) * mean * (1 - mean) / votes


SHARES = (
    ((F(1, 2), F(1, 5)), (F(1, 2), F(4, 5))),
    ((F(1, 3), F(0)), (F(2, 3), F(1, 2))),
    ((F(1), F(2, 5)),),
)


def _correlation_and_effect(s, n):
    return (
        _dirichlet_variance(s) / FULL,
        1 + (n - 1) * _dirichlet_variance(s) / FULL,
    )


correlated_votes = Claim(
    title="Votes that share an item",
    statement=(
        r"Let $N$ votes on an item have the mean $\pi$ each, and each two the "
        r"correlation $0<\rho<1$ along every direction: their cross-covariance is "
        r"$\rho(\operatorname{diag}\pi-\pi\pi^{\mathsf T})$. Then their share has the "
        r"covariance $[1+(N-1)\rho](\operatorname{diag}\pi-\pi\pi^{\mathsf T})/N$: "
        r"along any direction, where vote $i$ becomes a number $x_i$ with the mean "
        r"$\mu$ and the variance $\sigma^2$, it has the variance $<share>$."
    ),
    relations={"share": derived.pairs_of_votes.states},
    for_all=(
        domain.size(N),
        domain.number(derived.variance_along, 0, 3),
        domain.number(derived.rho, 0, 1),
    ),
    meaning=(
        r"It is worth $N/[1+(N-1)\rho]$ independent votes. That is the case where the "
        r"votes are independent given the item's own share $G$, with "
        r"$\operatorname{E}[G\mid x]=\pi$ and $\operatorname{Cov}(G\mid "
        r"x)=\rho(\operatorname{diag}\pi-\pi\pi^{\mathsf T})$. A Dirichlet law of $G$ "
        r"with concentration $s$ has $\rho=1/(s+1)$; for 7 votes and $s=4$ the factor "
        r"is $2.2$."
    ),
    evidence=(
        Derived(part="", of="share", chain=derived.pairs_of_votes),
        derived.variance_along_any_direction,
        derived.variance_of_a_share.as_part("the share of one class"),
        Derived(
            part="independent given G, any two classes: the covariance from all pairs of votes",
            chain=derived.shared_item,
            mistakes={
                "n votes are worth n": derived.multinomial / N,
                "1 + nρ": (derived.multinomial + N * derived.between) / N,
            },
        ),
        Derived(
            part="with the covariance between items a multiple ρ",
            chain=derived.design_effect,
            mistakes={
                "n votes, whatever they share": derived.multinomial / N,
                "nρ for (n - 1)ρ": (1 + N * derived.rho) * derived.multinomial / N,
            },
        ),
        Exact(
            part="three laws of an item's share",
            cases=lambda: [(law, votes) for law in SHARES for votes in (1, 2, 5)],
            lhs=_vote_variance,
            rhs=_effect,
            mistakes={
                "independent all the same": lambda law, votes: _effect(law, votes, lambda n, rho: 1)
            },
        ),
        Exact(
            part="a Dirichlet law: ρ, and the factor",
            cases=lambda: [(F(4), 7), (F(2), 3), (F(1, 2), 10)],
            lhs=_correlation_and_effect,
            rhs=lambda s, n: (1 / (s + 1), (s + n) / (s + 1)),
            mistakes={"ρ = 1/s": lambda s, n: (1 / s, 1 + (n - 1) / s)},
        ),
    ),
    uses=(hard_labels_are_noisiest, quasi_likelihood),
)


# worlds of votes for class 1: the laws of an item and of an annotator, and for each pair the chance
WORLDS = (
    ((F(1, 2), F(1, 2)), (F(1, 2), F(1, 2)), ((F(1, 5), F(1, 2)), (F(1, 2), F(4, 5)))),
    ((F(1, 3), F(2, 3)), (F(1, 4), F(3, 4)), ((F(0), F(1, 2)), (F(1, 3), F(1)))),
    ((F(1),), (F(1, 2), F(1, 2)), ((F(1, 10), F(9, 10)),)),
)


def _three_variances(world):
    """Of a vote: by its item, by its annotator, and what is left."""
    of_item, of_annotator, chances = world
    cells = [
        (a * b, row, column)
        for row, a in enumerate(of_item)
        for column, b in enumerate(of_annotator)
    ]
    mean = sum(mass * chances[row][column] for mass, row, column in cells)
    rows = [sum(b * c for b, c in zip(of_annotator, row, strict=True)) for row in chances]
    columns = [
        sum(a * row[place] for a, row in zip(of_item, chances, strict=True))
        for place in range(len(of_annotator))
    ]
    items = sum(a * (share - mean) ** 2 for a, share in zip(of_item, rows, strict=True))
    people = sum(b * (share - mean) ** 2 for b, share in zip(of_annotator, columns, strict=True))
    return items, people, mean * (1 - mean) - items - people


def _votes_and_chances(world, items, people):
    """Every table of votes, with its chance, over all items and annotators that may be drawn."""
    of_item, of_annotator, chances = world
    for rows in product(range(len(of_item)), repeat=items):
        for columns in product(range(len(of_annotator)), repeat=people):
            drawn = prod(of_item[row] for row in rows) * prod(of_annotator[c] for c in columns)
            cells = [chances[row][column] for row in rows for column in columns]
            for votes in product((0, 1), repeat=items * people):
                mass = drawn * prod(
                    chance if vote else 1 - chance
                    for vote, chance in zip(votes, cells, strict=True)
                )
                if mass:
                    yield mass, votes


def _sums_of_squares(votes, items, people):
    """Of the residuals of items, of annotators and of votes, with G/(G - 1) each, over (NR)²."""
    mean = F(sum(votes), items * people)
    left = [vote - mean for vote in votes]
    groups = (
        [sum(left[row * people : (row + 1) * people]) for row in range(items)],
        [sum(left[column::people]) for column in range(people)],
        left,
    )
    return tuple(
        F(len(group), len(group) - 1) * sum(e * e for e in group) / (items * people) ** 2
        for group in groups
    )


def _counted(world, items, people):
    """Over every table of votes: the variance of the mean, and what two formulas give for it."""
    first = second = by_items = both = F(0)
    for mass, votes in _votes_and_chances(world, items, people):
        mean = F(sum(votes), items * people)
        first, second = first + mass * mean, second + mass * mean**2
        of_items, of_people, of_votes = _sums_of_squares(votes, items, people)
        by_items += mass * of_items
        both += mass * (of_people + of_items - of_votes)
    return second - first**2, by_items, both


def _by_the_claim(world, items, people, in_people=F(1), too_little=1):
    v_i, v_a, v_v = _three_variances(world)
    whole = v_i / items + in_people * v_a / people + v_v / (items * people)
    less = (v_i * (1 - F(1, items)) + v_a * (1 - F(1, people))) / (items * people - 1)
    return whole, v_i / items + v_v / (items * people), whole - too_little * less


def _as_many_annotators(world, items, people):
    return _by_the_claim(world, items, people, F(people, items * people))


def _without_the_small_term(world, items, people):
    return _by_the_claim(world, items, people, too_little=0)


def _two_ways(votes, taken_away=1):
    """The two-way formula for the votes of items given twice, over the slope of the mean."""
    both = np.vstack([votes, votes])
    left = both - both.mean()
    items, people, each = (
        len(group) / (len(group) - 1) * (group**2).sum() / left.size**2
        for group in (left.sum(axis=1), left.sum(axis=0), left.ravel())
    )
    q = both.mean()
    return (people + items - taken_away * each) / (q * (1 - q)) ** 2


def _of_the_intercept(votes):
    both = np.vstack([votes, votes])  # every item a second time, as another one, with -x for x
    items, people = (place.ravel() for place in np.indices(both.shape))
    x = np.where(items < len(votes), 1.0, -1.0)[:, None]
    labels = both.ravel().astype(int)
    found = SoftmaxRegression().fit(x, labels).inference(x, labels, groups=(items, people))
    return found.covariance[1, 1]


def _of_four_items(rng, annotators):
    return (rng.random((4, annotators)) < rng.random((4, 1)) / 2 + rng.random(annotators) / 2) * 1.0


tables_of_votes = Domain(
    corners=lambda k: [np.indices((4, k)).sum(axis=0) % 2.0, np.eye(4, k)],
    draw=_of_four_items,
)

crossed_annotators = Claim(
    title="The same annotators label every item",
    statement=(
        r"Let the same $R\ge2$ annotators label $N\ge2$ items. Let the score $y_{ij}$ of "
        r"annotator $j$ on item $i$ have a part of the item, one of the annotator and one of "
        r"the vote, uncorrelated, with the variances $v_I$, $v_A$ and $v_V$. Their mean has the "
        r"variance $<mean>$. Let $V_g=\frac G{G-1}\sum_gs_g^2/(NR)^2$, with $s_g$ the sum of "
        r"$y_{ij}-\bar y$ over the group $g$ of $G$. Then $<items>$, without the annotators, "
        r"and $<both>$."
    ),
    relations={
        "mean": derived.variance_of_a_crossed_mean.states,
        "items": derived.by_items.states,
        "both": derived.two_ways.states,
    },
    for_all=derived.crossed,
    meaning=(
        r"The annotators' part $v_A/R$ does not vanish however many items they label, and the "
        r"item sandwich never sees it. The two-way formula does, and misses a term of the order "
        r"$1/(NR)$. With the one factor $\frac{NR}{(N-1)(R-1)}$ for all three sums of squares "
        r"it misses none. A score that depends on an item, an annotator and a vote, drawn "
        r"independently, has such parts: what it is on average given its item, given its "
        r"annotator, and the rest."
    ),
    evidence=(
        Derived(
            part="",
            of="mean",
            chain=derived.variance_of_a_crossed_mean,
            mistakes={
                "NR independent votes": (
                    derived.of_items + derived.of_annotators + derived.of_votes
                )
                / (N * derived.R),
                "what is the annotators' averages out over items": derived.of_items / N
                + derived.of_annotators / (N * derived.R)
                + derived.of_votes / (N * derived.R),
            },
        ),
        Derived(
            part="a score with the mean",
            chain=derived.one_score_with_the_mean,
            mistakes={"only with itself": derived.of_votes / (N * derived.R)},
        ),
        Derived(
            part="",
            of="items",
            chain=derived.by_items,
            mistakes={"the item sandwich is right for new annotators": derived.of_a_crossed_mean},
        ),
        Derived(part="the sandwich by annotators", chain=derived.by_annotators),
        Derived(
            part="",
            of="both",
            chain=derived.two_ways,
            mistakes={
                "exactly right": derived.of_a_crossed_mean,
                "the votes need not be taken away": derived.by_items.last
                + derived.by_annotators.last,
            },
        ),
        Derived(part="one factor for all three", chain=derived.with_one_factor),
        Exact(
            part="votes of three worlds: every table of them",
            cases=lambda: [(world, 2, 2) for world in WORLDS] + [(WORLDS[1], 3, 2)],
            lhs=_counted,
            rhs=_by_the_claim,
            mistakes={
                "annotators as many as items": _as_many_annotators,
                "no small-sample term": _without_the_small_term,
            },
        ),
        Sampled(
            part="the library's errors of an intercept, of items given twice, with the feature ±1",
            cases=dict(votes=tables_of_votes),
            lhs=_of_the_intercept,
            rhs=_two_ways,
            mistakes={"the votes taken away twice": lambda votes: _two_ways(votes, 2)},
            where=lambda votes: 0 < votes.mean() < 1 and _two_ways(votes) > 0.01,
            tolerance=1e-6,
            because="as far as a fit converges",
            sizes=(2, 3, 4, 5),
        ),
    ),
    uses=(sandwich, correlated_votes),
)
