"""The chapter on evaluation with soft labels."""

from fractions import Fraction as F
from itertools import product
from math import comb

import numpy as np
from mpmath import mp, mpf
from sympy import Rational, expand, gamma, integrate, log, sqrt, symbols

import xentlib
from xentlib.claims._finite import binomial, prod
from xentlib.claims._library import mean_over_votes
from xentlib.derivations import evaluating as derived
from xentlib.derivations import neighbours as scores
from xentlib.derivations.entropy_and_kl import weights
from xentlib.derivations.symbols import K, N, k, over_classes, p, z
from xentlib.evaluation import (
    calibration_error,
    entropy_bounds,
    excess_brier,
    undo_focal,
    votes_to_buy,
)
from xentlib.verify import Claim
from xentlib.verify import hypotheses as domain
from xentlib.verify import samples as domains
from xentlib.verify.evidence import (
    Argued,
    Derived,
    Digits,
    Exact,
    Sampled,
    Simulated,
    at_most,
    less,
)
from xentlib.verify.quantity import unfold
from xentlib.verify.samples import Domain
from xentlib.votes import disagreement

label, model = derived.any_p, derived.any_q


def _points(order):
    """So many points of (0, 1), and one more, at equal distances."""
    return [F(place + 1, order + 2) for place in range(order + 1)]


def _difference(values):
    """The last of the differences of values at equal distances."""
    order = len(values) - 1
    return sum((-1) ** (order - a) * comb(order, a) * value for a, value in enumerate(values))


def _even_above(votes):
    return votes + 2 - votes % 2


def _of_a_function_of_votes(votes, order):
    """The difference of the mean of any function of the votes, with letters for its values."""
    values = symbols(f"T0:{votes + 1}")
    means = [
        sum(
            value * Rational(chance.numerator, chance.denominator)
            for heads, value in enumerate(values)
            for chance in [binomial(heads, votes, t)]
        )
        for t in _points(order)
    ]
    return expand(_difference(means))


def _of_the_entropy(votes):
    points = [Rational(t.numerator, t.denominator) for t in _points(_even_above(votes))]
    return _difference([-t * log(t) - (1 - t) * log(1 - t) for t in points])


def _of_the_parabola(votes):
    """The same of 4t(1 - t) log 2, which has the entropy's values at 0, 1/2 and 1."""
    points = [Rational(t.numerator, t.denominator) for t in _points(_even_above(votes))]
    return _difference([4 * t * (1 - t) * log(2) for t in points])


PAIR = 2  # votes


def _as_the_other_predicts(p):
    """The mean of what the library gives as the end above, for a pair of votes."""
    return mean_over_votes(p, lambda row: entropy_bounds(np.round(PAIR * row), 0.5).high, PAIR)


def _loss_of_one_vote(p, itself=0):
    """E H(p, r), where r are the smoothed shares of the other vote; or with the vote itself."""

    def loss(own, other):
        seen = itself * np.eye(len(p))[own] + np.eye(len(p))[other] + 0.5
        return -np.log(seen[own] / seen.sum())

    classes = np.flatnonzero(p)
    return sum(p[a] * p[b] * loss(a, b) for a in classes for b in classes)


no_unbiased_floor = Claim(
    title="No function of the votes is an unbiased floor",
    statement=(
        r"Let $h(t)$ be the entropy of two classes with the shares $t$ and $1-t$, and for $m\ge2$ "
        r"let $h_m(t)=-(m-2)!\,[(-1)^mt^{1-m}+(1-t)^{1-m}]$. Then $<second>$, and $<next>$. So "
        r"$h_m$ is the derivative of order $m$, and for even $m$ it is negative everywhere. No "
        r"function of $n$ votes, whatever $n$ is, has the mean $h(t)$ for all $t$ of an open "
        r"interval. From above there is a bound: if the predictions $r_i$, with the chances "
        r"$w_i$, do not look at a vote from $p$, then it costs on average $<above>$, with "
        r"equality iff each $r_i=p$."
    ),
    relations={
        "second": derived.second_derivative.states,
        "next": derived.next_derivative.states,
        "above": derived.other_votes_cost_more.states,
    },
    for_all=(
        domain.number(derived.t, 0, 1),
        domain.number(derived.order, 2, 6),
        domain.size(K),
        domain.size(N),
        weights,
        domain.simplex(p, K),
        domain.simplex(derived.r, K, N),
    ),
    meaning=(
        r"So every correction of the entropy of vote shares is an approximation, and what can be "
        r"had is an interval: $\operatorname{E}H(\hat p)\le H(\pi)\le\operatorname{E}H(\pi,r)$, "
        r"where $r$ are smoothed shares of the other votes. Its ends need no more than the votes."
    ),
    evidence=(
        Derived(
            part="",
            of="second",
            chain=derived.second_derivative,
            mistakes={"the term of class 2 forgotten": -1 / derived.t},
        ),
        Derived(
            part="",
            of="next",
            chain=derived.next_derivative,
            mistakes={
                "no new factor": derived.next_derivative.last / (derived.order - 1),
                "the inner derivative of 1 - t forgotten": derived.derivative_of_entropy(
                    derived.order + 1, derived.t
                )
                + 2 * gamma(derived.order) * (1 - derived.t) ** (-derived.order),
            },
        ),
        derived.other_votes_cost_more.as_part("", of="above"),
        Exact(
            part="n up to 4: the difference of an even order above n, for every function",
            cases=lambda: [(votes,) for votes in (1, 2, 3, 4)],
            lhs=lambda votes: _of_a_function_of_votes(votes, _even_above(votes)),
            rhs=lambda votes: 0,
            mistakes={
                "of order n already": dict(lhs=lambda votes: _of_a_function_of_votes(votes, votes))
            },
        ),
        Exact(
            part="the same difference of the entropy is below 0",
            cases=lambda: [(votes,) for votes in (1, 2, 3, 4)],
            lhs=_of_the_entropy,
            rhs=lambda votes: 0,
            relation=less,
            mistakes={
                "so is that of a parabola, the Brier score's floor": dict(lhs=_of_the_parabola)
            },
        ),
        Sampled(
            part="what the library gives from above, for two votes",
            because="where p is a vertex the smoothing alone is left",
            sizes=(2, 3, 4, 5),
            cases=dict(p=domains.simplex),
            lhs=_as_the_other_predicts,
            rhs=_loss_of_one_vote,
            mistakes={
                "a vote may help to predict itself": lambda p: _loss_of_one_vote(p, itself=1)
            },
        ),
        Argued(
            part="no function of the votes",
            proof=(
                (
                    r"Given $t$, the chance of each outcome of $n$ votes is a polynomial in $t$ "
                    r"of degree $n$, for the votes for class 1 are binomial. So the mean of any "
                    r"function of the votes is one of degree at most $n$."
                ),
                (
                    r"Take an even $m>n$. On an interval where the mean were $h$, both would have "
                    r"the same derivative of order $m$."
                ),
                r"That of the polynomial is 0, and $h_m<0$: there is no such interval.",
                (
                    r"With more classes, let two shares move while their sum $s$ stays: in the "
                    r"part $t$ of the first the mean is a polynomial, and the entropy is "
                    r"$s\,h(t)$ and a constant."
                ),
            ),
        ),
    ),
    uses=("entropy_and_kl.floor_of_vote_shares",),
)


def _excess_by_the_library(p, q, N, **sizes):
    return mean_over_votes(p, lambda row: excess_brier(np.round(N * row), q), N)


def _disagreement_by_the_library(p, N, **sizes):
    return mean_over_votes(p, lambda row: disagreement(np.round(N * row)), N)


excess_of_the_brier_score = Claim(
    title="Two votes are enough for the Brier score",
    statement=(
        r"Let $\hat p$ be the shares of $N\ge2$ independent votes from $p\in\Delta$, and $D$ the "
        r"share of the pairs of votes that differ. Then for every prediction $q\in\Delta$ "
        r"$<distance>$, too large by the noise of the votes, $<pairs>$, and so $<excess>$: "
        r"without bias, the squared distance of the prediction from the law of the votes."
    ),
    relations={
        "distance": derived.plug_in_distance.states,
        "pairs": derived.pairs_that_differ.states,
        "excess": derived.excess_of_brier.states,
    },
    for_all=(
        domain.size(K),
        domain.size(N),
        domain.simplex(label, K),
        domain.simplex(model, K),
    ),
    meaning=(
        r"$\|p-q\|^2$ is what the mean Brier score of a vote exceeds its floor $1-\|p\|^2$ by, as "
        r"$\operatorname{KL}(p\,\|\,q)$ is for cross-entropy. Of the two, the first can be "
        r"estimated without bias, from two votes on each item; the second from no number of "
        r"votes, for $H(p,q)$ can and $H(p)$ cannot."
    ),
    evidence=(
        Derived(
            part="",
            of="distance",
            chain=derived.plug_in_distance,
            mistakes={
                "vote shares are as good as the truth": scores.squared_distance(label, model),
                "the noise of one vote": scores.squared_distance(label, model) + derived.spread,
            },
        ),
        Derived(
            part="",
            of="pairs",
            chain=derived.pairs_that_differ,
            computes=_disagreement_by_the_library,
            mistakes={"1 - |p̂|², each vote paired with itself too": derived.spread * (1 - 1 / N)},
        ),
        Derived(
            part="",
            of="excess",
            chain=derived.excess_of_brier,
            computes=_excess_by_the_library,
            mistakes={
                "D/(N - 1) is taken away": derived.excess_of_brier.last
                + derived.spread / N
                - derived.spread / (N - 1),
                "all of D is taken away": derived.excess_of_brier.last
                + derived.spread / N
                - derived.spread,
            },
        ),
    ),
    uses=("neighbours.proper_scores", no_unbiased_floor),
)

CONFIDENCE = 0.75  # of every item of the bin


def _shares_of_kinds(p):
    """Kinds of items, each as frequent as p says: their shares of class 1."""
    return np.linspace(0, 1, len(p))


def _over_items(p, value, items=3):
    """The mean of a value of a bin of so many items, whose kinds are drawn from p."""
    shares = _shares_of_kinds(p)
    return sum(
        np.prod(p[list(kinds)]) * value(shares[list(kinds)])
        for kinds in product(np.flatnonzero(p), repeat=items)
    )


def _squared_by_the_library(shares):
    probs = np.tile([CONFIDENCE, 1 - CONFIDENCE], (len(shares), 1))
    return calibration_error(np.column_stack([shares, 1 - shares]), probs, 1).squared


gap_of_a_bin = Claim(
    title="The gap of a bin, squared, without bias",
    statement=(
        r"Of $N\ge2$ items of a bin let $d_i$ be the share of votes for the predicted class less "
        r"its predicted probability. Let the $d_i$ have the mean $\mu$, the gap of the bin, and "
        r"the variance $\sigma^2$, each two uncorrelated. Then $<plug in>$: a calibrated model, "
        r"with $\mu=0$, seems to have a gap. Over pairs of different items $<pairs>$."
    ),
    relations={
        "plug in": derived.plug_in_calibration.states,
        "pairs": derived.pairs_of_items.states,
    },
    for_all=derived.of_a_bin,
    meaning=(
        r"Items that are drawn independently have such gaps, with one vote each or more; more "
        r"votes make $\sigma^2$ smaller, and nothing else. The mean of $|\bar d|$, which is what "
        r"the expected calibration error (ECE) adds up, is at least $|\mu|$ in each bin, and "
        r"above 0 for a calibrated model."
    ),
    evidence=(
        Derived(
            part="",
            of="plug in",
            chain=derived.plug_in_calibration,
            mistakes={
                "calibrated, so no gap is seen": derived.mu**2,
                "the variance of one item": derived.mu**2 + derived.variance,
            },
        ),
        Derived(
            part="",
            of="pairs",
            chain=derived.pairs_of_items,
            mistakes={"items with themselves count too": derived.plug_in_calibration.last},
        ),
        derived.by_moments.as_part("as it is computed, by two moments"),
        Sampled(
            part="the library, over all bins of three items, of as many kinds as there are classes",
            because="the gap may be 0",
            sizes=(2, 3, 4, 5),
            cases=dict(p=domains.simplex),
            lhs=lambda p: _over_items(p, _squared_by_the_library),
            rhs=lambda p: (np.dot(p, _shares_of_kinds(p)) - CONFIDENCE) ** 2,
            mistakes={
                "the square of the mean gap": dict(
                    lhs=lambda p: _over_items(p, lambda row: (row.mean() - CONFIDENCE) ** 2)
                )
            },
        ),
        Argued(
            part="the absolute gap",
            of="meaning",
            proof=(
                (
                    r"The absolute value is convex, so by Jensen's inequality the mean of $|\bar "
                    r"d|$ is at least $|\operatorname{E}\bar d|=|\mu|$; for $\mu=0$ it is above, "
                    r"unless $\bar d=0$ always."
                ),
            ),
        ),
    ),
    uses=(excess_of_the_brier_score,),
)


def _gap(chance, number):
    """The mean of the majority of so many votes, less the chance of one."""
    wins = sum(binomial(heads, number, chance) for heads in range(number // 2 + 1, number + 1))
    return wins - chance


def _three_decimals(value):
    return f"{float(value):.3f}"


calibrated_against_the_majority = Claim(
    title="Calibrated, and far from the majority",
    statement=(
        r"Let a vote be for class 1 with the chance $0<\pi<1$, and let a model say so: $q=\pi$. "
        r"Against one vote it has no gap. Against the majority of three, which has the mean "
        r"$M_3$, its gap is $<three>$, on the side of the majority. With more votes, in odd "
        r"numbers, it grows in size, unless $\pi=\tfrac12$, and tends to the share of the votes "
        r"against the majority, $1-\pi$ for $\pi>\tfrac12$."
    ),
    relations={"three": derived.three_votes.states},
    for_all=(domain.number(derived.pi, 0, 1),),
    meaning=(
        r"For $\pi=.6$ the gap is $.153$ with 11 votes, and $.379$ with 101. On items of all "
        r"kinds, a model that says each item's $\pi$ has against the majority of many votes the "
        r"calibration error $\operatorname{E}[1-\max_k\pi_k]$: it measures how people differ, and "
        r"not the model."
    ),
    evidence=(
        Derived(
            part="",
            of="three",
            chain=derived.three_votes,
            mistakes={
                "three agree": derived.pi**3 - derived.pi,
            },
        ),
        Exact(
            part="the digits, for 11 and 101 votes",
            cases=lambda: [(11, "0.153"), (101, "0.379")],
            lhs=lambda number, text: _three_decimals(_gap(F(3, 5), number)),
            rhs=lambda number, text: text,
            floats="to three decimals",
            mistakes={
                "the majority is as good as a vote": dict(
                    lhs=lambda number, text: _three_decimals(_gap(F(3, 5), 1) * number)
                ),
                "more votes, less noise": dict(
                    lhs=lambda number, text: _three_decimals(_gap(F(3, 5), 3) / number)
                ),
            },
        ),
        Exact(
            part="the gap grows",
            cases=lambda: [(F(a, 10), n) for a in (6, 7, 9) for n in (1, 3, 5, 21)],
            lhs=_gap,
            rhs=lambda chance, number: _gap(chance, number + 2),
            relation=less,
            mistakes={"it dies out": lambda chance, number: _gap(chance, number) / 2},
        ),
        Argued(
            part="growth and limit",
            proof=(
                (
                    r"By <majority_vote> two more votes add "
                    r"$\binom{2n+1}n(\pi(1-\pi))^{n+1}(2\pi-1)$ to the mean of the majority, "
                    r"which has the sign of $2\pi-1$."
                ),
                (
                    r"By the law of large numbers the share of votes tends to $\pi$, so for "
                    r"$\pi>\frac12$ the majority is class 1 with a chance that tends to 1."
                ),
            ),
        ),
        Argued(
            part="items of all kinds",
            of="meaning",
            proof=(
                (
                    r"Where the largest share is one, the majority of many votes tends to the "
                    r"largest one's class. The model bets on it too, with the confidence "
                    r"$\max_k\pi_k$."
                ),
                (
                    r"So in every bin the gap is the mean of $1-\max_k\pi_k$, which is not "
                    r"negative, and the bins add up."
                ),
            ),
        ),
    ),
    uses=("right_on_average.majority_vote", gap_of_a_bin),
)


logit_rows = Domain(
    corners=lambda classes: [np.arange(3.0 * classes).reshape(3, classes) / 3],
    draw=lambda rng, classes: 2 * rng.normal(size=(3, classes)),
)
label_rows = Domain(
    corners=lambda classes: [(np.eye(classes)[[0, -1, 0]] + 1 / classes) / 2],
    draw=lambda rng, classes: rng.dirichlet(np.ones(classes), size=3),
)


def _of_the_labels(p, z):
    return (p * z).sum(axis=1).mean()


def _of_smoothed_labels(p, z):
    return _of_the_labels(xentlib.smooth_labels(p, 0.1), z)


def _has_a_temperature(p, z):
    """Whether the labels lie between uniform predictions and sure ones, and not at an end."""
    return z.mean() + 0.05 < _of_the_labels(p, z) < z.max(axis=1).mean() - 0.05


def _of_the_fit(p, z):
    return _of_the_labels(xentlib.softmax(z / xentlib.fit_temperature(z, p)), z)


def _of_the_majority(p, z):
    return _of_the_labels(np.eye(p.shape[1])[p.argmax(axis=1)], z)


temperature_scaling = Claim(
    title="Temperature scaling with soft labels",
    statement=(
        r"Let $N$ items have logits $z_i$ and labels $p_i\in\Delta$, and let $L(\beta)$ be the "
        r"mean of $H(p_i,q_i)$ with $q_i=\operatorname{softmax}(\beta z_i)$, so that $\beta=1/T$. "
        r"Its slope is the mean logit as predicted, less that of the labels: $<slope>$. It is "
        r"convex in $\beta$: $<convex>$. But in $T$ its curvature is $<bend>$, which is negative "
        r"for all large $T$, if not all logits of each row are equal and some $0<T<\infty$ is "
        r"best."
    ),
    relations={
        "slope": derived.slope_in_beta.states,
        "convex": derived.variance_is_nonnegative.states,
        "bend": derived.bend_in_temperature.states,
    },
    for_all=(
        domain.size(K),
        domain.size(N),
        domain.simplex(label, K, N),
        domain.real(z, K, N),
        domain.number(derived.beta, 0, 3),
        domain.number(derived.T, 0, 4),
    ),
    meaning=(
        r"So the best temperature is a one-parameter maximum of a likelihood where labels are "
        r"votes, and what it makes equal for any labels are two numbers, $\frac1N\sum_i\langle "
        r"q_i,z_i\rangle=\frac1N\sum_i\langle p_i,z_i\rangle$. Labels that are right on average "
        r"give the temperature of the truth. Majority labels have another mean logit, and so "
        r"another temperature, in general a smaller one."
    ),
    evidence=(
        Derived(
            part="",
            of="slope",
            chain=derived.slope_in_beta,
            mistakes={
                "labels minus predictions": -derived.slope_in_beta.last,
                "the labels drop out": derived.mean_logit_predicted(z, derived.beta),
            },
        ),
        derived.variance_is_nonnegative.as_part("", of="convex"),
        Derived(
            part="the curvature",
            chain=derived.bend_in_beta,
            mistakes={"for each T": derived.bend_in_beta.last / derived.beta**2},
        ),
        Derived(
            part="",
            of="bend",
            chain=derived.bend_in_temperature,
            mistakes={
                "convex in T too": derived.mean_variance_of_logits(z, 1 / derived.T) / derived.T**4,
            },
        ),
        Sampled(
            part="the library's temperature makes the two means equal",
            because="the mean may be near 0",
            tolerance=1e-9,
            sizes=(3, 4, 5, 8),
            cases=dict(p=label_rows, z=logit_rows),
            where=_has_a_temperature,
            lhs=_of_the_fit,
            rhs=_of_the_labels,
            mistakes={
                "majority labels have the same": _of_the_majority,
                "smoothed labels have the same": _of_smoothed_labels,
                "no temperature below 0 is best": dict(
                    where=None,
                    lhs=lambda p, z: z.mean(),
                    rhs=_of_the_labels,
                    relation=at_most,
                ),
            },
        ),
        Argued(
            part="negative for large T",
            proof=(
                (
                    r"A best $\beta>0$ has the slope 0, and the slope rises, strictly where some "
                    r"row's logits differ: at $\beta=0$ it is negative. There $q_i$ is uniform."
                ),
                (
                    r"As $T\to\infty$ the variances stay bounded, so their part, divided by $T$, "
                    r"tends to 0; what stands beside it tends to twice that negative slope."
                ),
            ),
        ),
        Argued(
            part="labels that are right on average",
            of="meaning",
            proof=(
                (
                    r"The slope is affine in the labels, so its mean over labels with the mean "
                    r"$\pi_i$ is that of the labels $\pi_i$: with many items both vanish at one "
                    r"$\beta$."
                ),
                (
                    r"A majority label moves the weight of a label to its largest class. Where "
                    r"the model orders the classes as people do, that is the class with the "
                    r"largest logit: the mean logit of the labels rises, and with it $\beta$."
                ),
            ),
        ),
    ),
    uses=(
        "geometry.gradient_in_the_logits",
        "right_on_average.mean_label",
        "right_on_average.hard_labels_are_noisiest",
    ),
)


def _by_differences(q, power):
    """p in proportion to minus one over the slope of -(1 - t)^γ log t, by differences."""
    step = 1e-6 * q * (1 - q)

    def loss(t):
        return -((1 - t) ** power) * np.log(t)

    odds = 2 * step / (loss(q - step) - loss(q + step))
    return odds / odds.sum()


def _without_the_slope_of_the_factor(q):
    odds = q / (1 - q) ** 2
    return odds / odds.sum()


def _odds_of_focal(q, power):
    return q / ((1 - q) ** power - power * (1 - q) ** (power - 1) * q * mp.log(q))


STEPS = 40  # of a bisection, for three digits


def _least_focal(truth, power=2):
    """Where the focal loss is least: odds in proportion to the truth, by bisection."""

    def share(a, level):
        low, high = mpf(0), mpf(1)
        for _ in range(STEPS):
            middle = (low + high) / 2
            low, high = (
                (middle, high) if _odds_of_focal(middle, power) < a * level else (low, middle)
            )
        return low

    low, high = mpf(0), mpf(100)
    for _ in range(STEPS):
        level = (low + high) / 2
        total = sum(share(a, level) for a in truth)
        low, high = (level, high) if total < 1 else (low, level)
    return [share(a, low) for a in truth]


def _digits(values, number=3):
    return " ".join(str(mp.nstr(value, number)) for value in values)


def _temperatures(truth):
    """For each two neighbours, what the difference of their logits must be multiplied by."""
    q = _least_focal(truth)
    return [
        mp.log(truth[a] / truth[a + 1]) / mp.log(q[a] / q[a + 1]) for a in range(len(truth) - 1)
    ]


inside = Domain(
    corners=lambda classes: [np.full(classes, 1 / classes)],
    draw=lambda rng, classes: 0.9 * rng.dirichlet(np.ones(classes)) + 0.1 / classes,
)
TRUTH = (mpf(6) / 10, mpf(3) / 10, mpf(1) / 10)

focal_loss_undone = Claim(
    title="The focal loss undone",
    statement=(
        r"Let $f(t)=-(1-t)^\gamma\log t$ with $\gamma>0$, the focal loss of a class with the "
        r"predicted share $0<t<1$, and $w(t)=t/\big((1-t)^\gamma-\gamma(1-t)^{\gamma-1}t\log "
        r"t\big)$. Then $<slope>$, and $f$ is strictly convex. So for each $q$ inside the simplex "
        r"and $p_k=w(q_k)/\sum_lw(q_l)$ the mean loss $\sum_kp_kf(q_k)$ is least at this $q$, and "
        r"only there; and each $p$ inside the simplex has one such $q$."
    ),
    relations={"slope": derived.slope_of_focal.states},
    for_all=(domain.number(derived.t, 0, 1), domain.number(derived.power, 0, 4)),
    meaning=(
        r"With $\gamma=2$ the truth $(.6,.3,.1)$ is trained to $(.489,.353,.158)$, and $w$ brings "
        r"it back. A temperature does not: it would have to be one for the first two classes, and "
        r"another for the last two."
    ),
    evidence=(
        Derived(
            part="",
            of="slope",
            chain=derived.slope_of_focal,
            mistakes={
                "the factor is a constant weight": -((1 - derived.t) ** derived.power) / derived.t,
                "as for cross-entropy": -1 / derived.t,
            },
        ),
        Derived(
            part="the curvature",
            chain=derived.bend_of_focal,
            mistakes={
                "no term of both slopes": derived.bend_of_focal.last
                - 2 * derived.power * (1 - derived.t) ** (derived.power - 1) / derived.t
            },
        ),
        derived.focal_is_convex.as_part("strictly convex, for powers up to 1"),
        derived.steep_focal_is_convex.as_part("strictly convex, for powers of 1 + δ"),
        Sampled(
            part="the library, against slopes by differences",
            because="a slope by differences",
            tolerance=1e-6,
            sizes=(2, 3, 4, 8),
            cases=dict(q=inside),
            lhs=lambda q: undo_focal(q, 2.0),
            rhs=lambda q: _by_differences(q, 2.0),
            mistakes={
                "divide by the factor": _without_the_slope_of_the_factor,
                "a temperature of one half": lambda q: q**2 / (q**2).sum(),
            },
        ),
        Digits(
            part="where (.6, .3, .1) is trained to, and another power",
            cases=lambda: [(2, "0.489 0.353 0.158"), (1, "0.533 0.341 0.126")],
            lhs=lambda power, text: _digits(_least_focal(TRUTH, power)),
            rhs=lambda power, text: text,
            mistakes={
                "to the truth": dict(lhs=lambda power, text: _digits(TRUTH, power)),
            },
        ),
        Digits(
            part="the temperatures that two classes would need differ",
            cases=lambda: [()],
            only="the example of the meaning",
            lhs=lambda: _digits(_temperatures(TRUTH)),
            rhs=lambda: "2.13 1.37",
            mistakes={"one for all": dict(lhs=lambda: _digits(_temperatures(TRUTH)[:1] * 2))},
        ),
        Argued(
            part="least, and one q for each p",
            proof=(
                (
                    r"Move from $q$ inside the simplex along a direction that sums to 0: the "
                    r"slope of the mean loss is $\sum_kp_kf'(q_k)d_k=-\sum_kd_k/\sum_lw(q_l)=0$. "
                    r"As the mean loss is strictly convex there, $q$ is its only minimum."
                ),
                (
                    r"Where some share of $q$ is 0 the mean loss is infinite, for all $p_k>0$: no "
                    r"minimum is on the boundary."
                ),
                (
                    r"The other way round: for $p$ inside the simplex the mean loss is "
                    r"continuous, and infinite at the boundary, so it has a minimum inside. There "
                    r"the slopes $p_kf'(q_k)$ of all classes agree, which says that $p_k$ is in "
                    r"proportion to $w(q_k)$."
                ),
            ),
        ),
    ),
    uses=("neighbours.proper_scores",),
)


U = symbols("u", positive=True)
CALIBRATED, LEVEL = 199, F(9, 10)  # items, and the promised coverage: the 180th of 199 scores


def _covered(threshold, largest):
    """The chance that a vote is in the set of all classes with 1 - q at most a threshold, for two
    classes and a model that is right; the larger share is uniform on (1/2, 1). Or the largest.
    """
    low, high = (max(Rational(1, 2), 1 - threshold), 1)
    value = 2 if largest else 2 * U
    found = integrate(value, (U, low, high))
    if threshold > Rational(1, 2) and not largest:
        found += integrate(2 * (1 - U), (U, Rational(1, 2), threshold))
    return found


def _worlds():
    """A threshold that covers 9 of 10 majorities, or votes; of which; and what is covered."""
    for_majorities, for_votes = Rational(45, 100), 1 - sqrt(Rational(1, 10))
    return [
        (for_majorities, True, Rational(9, 10)),
        (for_majorities, False, Rational(6975, 10_000)),
        (for_votes, False, Rational(9, 10)),
    ]


BOUND = derived.votes_are_covered_less.states
SIDES = unfold(BOUND.left), unfold(BOUND.right)


def _both_sides(share, others=0):
    """What is covered and its bound, where the majority always is."""
    values = {derived.majority_share: share, derived.covered: 1, derived.others: others}
    return tuple(side.subs(values) for side in SIDES)


def _conformal(rng):
    """Scores of a calibration set labelled by majorities, and one more item with a vote."""
    scores = np.sort(1 - rng.uniform(0.5, 1, (40_000, CALIBRATED)), axis=1)
    threshold = scores[:, int(LEVEL * (CALIBRATED + 1)) - 1]
    largest = rng.uniform(0.5, 1, len(scores))
    return threshold, largest, rng.random(len(scores)) < largest


def _vote_is_covered(threshold, largest, votes_for_it):
    return np.where(votes_for_it, 1 - largest <= threshold, largest <= threshold)


def _on_average():
    """E of 1 - (1 - s)² with 2s the 180th of 199 uniform numbers: a Beta law's two moments."""
    place, number = int(LEVEL * (CALIBRATED + 1)), CALIBRATED
    mean, square = F(place, number + 1), F(place * (place + 1), (number + 1) * (number + 2))
    return mean - square / 4


conformal_on_majorities = Claim(
    title="Coverage of majorities is not coverage of votes",
    statement=(
        r"Let the majority class of an item have the share $a\in(0,1]$ of the votes, and be in a "
        r"set of classes with the chance $s\in(0,1]$; let $b\ge0$ be the share of votes that the "
        r"set covers of other classes, on average. Then a vote is covered with the chance "
        r"$<bound>$: with the chance of the majority, less the votes against it. That may be all."
    ),
    relations={"bound": derived.votes_are_covered_less.states},
    for_all=derived.votes_are_covered_less.given,
    meaning=(
        r"Split conformal prediction that is calibrated on majority labels promises that "
        r"$1-\alpha$ of the majorities of new items are covered, and no more. Where $\pi=(.6,.4)$ "
        r"everywhere the set $\{1\}$ covers every majority, and 60% of the votes. If the larger "
        r"of two shares is uniform on $(\tfrac12,1)$ and the model knows it, sets that cover nine "
        r"of ten majorities cover 69.75% of votes; calibrated on one vote an item, they cover 90%."
    ),
    evidence=(
        derived.votes_are_covered_less.as_part("", of="bound"),
        Exact(
            part="two classes, the larger share uniform, calibrated on majorities or on votes",
            cases=_worlds,
            lhs=lambda threshold, largest, value: _covered(threshold, largest),
            rhs=lambda threshold, largest, value: value,
            mistakes={
                "coverage carries over from the majority": dict(
                    lhs=lambda threshold, largest, value: _covered(threshold, True)
                ),
            },
        ),
        Exact(
            part="it may be all: the majority always in the set, and no other class",
            cases=lambda: [(Rational(6, 10),), (Rational(51, 100),), (Rational(1),)],
            lhs=lambda share: _both_sides(share)[0],
            rhs=lambda share: _both_sides(share)[1],
            mistakes={
                "whatever else is in the set": dict(
                    lhs=lambda share: _both_sides(share, others=share / 10)[0]
                )
            },
        ),
        Simulated(
            part="199 majorities calibrate, at 90%, and a vote is to be covered",
            cases=_conformal,
            lhs=_vote_is_covered,
            rhs=_on_average,
            mistakes={"as promised": lambda: LEVEL},
        ),
    ),
    uses=(calibrated_against_the_majority,),
)

THREE_PREDICTIONS = ((F(1, 2), F(1, 3), F(1, 6)), (F(9, 10), F(1, 20), F(1, 20)), (F(1, 4),) * 4)


robust_or_proper = Claim(
    title="A loss is robust to noise or strictly proper",
    statement=(
        r"Let a loss be symmetric: what the $K\ge2$ classes would cost at one prediction, $s_k$, "
        r"sums to one $C$ for all predictions. Then under equal shares $u$ all predictions cost "
        r"the same, $<uniform>$, so the loss is not strictly proper. But if a label from "
        r"$p\in\Delta$ becomes another class, $\tilde Y$, with the chance $0<\eta<1$, each as "
        r"likely as the others, the mean loss is $<noise>$: for $\eta<1-\tfrac1K$ it orders "
        r"predictions as without noise."
    ),
    relations={
        "uniform": derived.at_equal_shares.states,
        "noise": derived.under_noise.states,
    },
    for_all=derived.under_noise.given,
    meaning=(
        r"The absolute error $\|e_y-q\|_1$ is symmetric, with $C=2(K-1)$, and so is 0-1 loss. "
        r"Cross-entropy and the Brier score are strictly proper, so they are not: a model that is "
        r"scored on noisy labels is scored for predicting the noise."
    ),
    evidence=(
        Derived(
            part="",
            of="uniform",
            chain=derived.at_equal_shares,
            mistakes={"C itself": derived.constant + 0 * K},
        ),
        Derived(
            part="",
            of="noise",
            chain=derived.under_noise,
            mistakes={
                "noise costs the same for all, and no factor": over_classes(
                    label[k] * derived.loss[k]
                )
                + derived.eta * derived.constant / (K - 1),
                "noise over all K classes": (1 - derived.eta)
                * over_classes(label[k] * derived.loss[k])
                + derived.eta * derived.constant / K,
            },
        ),
        Exact(
            part="absolute error is symmetric, three predictions",
            cases=lambda: [(q,) for q in THREE_PREDICTIONS],
            lhs=lambda q: sum(2 * (1 - share) for share in q),
            rhs=lambda q: 2 * (len(q) - 1),
            mistakes={
                "and so is cross-entropy, as exp of the sum at equal shares": dict(
                    lhs=lambda q: prod(1 / share for share in q), rhs=lambda q: len(q) ** len(q)
                )
            },
        ),
        Argued(
            part="the order",
            proof=(
                (
                    r"The factor $1-\eta K/(K-1)$ is positive iff $\eta<1-\frac1K$, and what is "
                    r"added does not depend on the prediction."
                ),
            ),
        ),
    ),
    uses=("neighbours.proper_scores",),
)


def _variance(number, rho, cost):
    """What so many votes give a vote's worth of money, but for a factor."""
    return (1 + (number - 1) * rho) * (cost + number) / number


def _cheapest(rho, cost):
    return min(range(1, 60), key=lambda number: (_variance(number, rho, cost), number))


def _costs():
    return [
        (F(rho, 100), cost)
        for rho in (1, 5, 13, 30, 32, 50, 90, 100)
        for cost in (F(0), F(1), F(4), F(21, 10), F(17, 2))
    ]


def _root_rounded(rho, cost):
    return max(1, round(float(cost * (1 - rho) / rho) ** 0.5))


which_votes_to_buy = Claim(
    title="Which votes to buy",
    statement=(
        r"Let $n$ votes on each of $B/(c+n)$ items be what a budget $B$ buys, where an item costs "
        r"as much as $c$ votes. Let the loss of one vote have the variance $\sigma^2$, and two on "
        r"one item the correlation $0<\rho<1$; then the mean loss has the variance "
        r"$\operatorname{Var}(n)=\frac{1+(n-1)\rho}n\sigma^2\cdot\frac{c+n}B$. $<best>$, with "
        r"equality iff $n=\sqrt{c(1-\rho)/\rho}$. And $<step>$: of whole numbers the best is the "
        r"least $n$ with $n(n+1)\ge c(1-\rho)/\rho$."
    ),
    relations={
        "best": derived.best_votes.states,
        "step": derived.one_more_vote.states,
    },
    for_all=(domain.number(derived.n, 0, 9), *derived.of_a_budget),
    meaning=(
        r"For $c=4$ and $\rho=.3$ that is 3. If items cost nothing, one vote on each of as many "
        r"as possible. By the Rao-Blackwell effect $\rho$ is the variance of the soft loss over "
        r"that of the hard: so $N$ items with soft labels are worth $N/\rho$ with one vote. The "
        r"difference of two models has a small $\rho$ where they differ little on average: there "
        r"soft labels save most. From one vote on each item $\rho$ cannot be seen: the mean and "
        r"the variance of a single vote are the same for every $\rho$."
    ),
    evidence=(
        derived.best_votes.as_part("", of="best"),
        Derived(
            part="",
            of="step",
            chain=derived.one_more_vote,
            mistakes={
                "one more vote always helps": derived.cost
                * (1 - derived.rho)
                / (derived.n * (derived.n + 1))
                * derived.variance
                / derived.budget,
                "n² for n(n + 1)": derived.one_more_vote.last
                + derived.cost
                * (1 - derived.rho)
                * derived.variance
                / derived.budget
                * (1 / derived.n**2 - 1 / (derived.n * (derived.n + 1))),
            },
        ),
        Exact(
            part="the library's whole number, against all up to 59",
            cases=_costs,
            lhs=lambda rho, cost: votes_to_buy(float(rho), float(cost)),
            rhs=_cheapest,
            floats="in whole numbers, from floats that hold the costs",
            mistakes={
                "the root, rounded": _root_rounded,
                "as many as an item costs": lambda rho, cost: max(1, round(cost)),
            },
        ),
        Argued(
            part="the least whole number",
            proof=(
                (
                    r"The gain of one more vote falls in $n$ and is positive iff "
                    r"$n(n+1)<c(1-\rho)/\rho$: so the variance falls as long as that holds, and "
                    r"not after."
                ),
            ),
        ),
        Argued(
            part="soft labels, and one vote",
            of="meaning",
            proof=(
                (
                    r"By <correlated_votes> the mean of $n$ votes on an item has the variance "
                    r"$\sigma^2[1+(n-1)\rho]/n$, which tends to $\rho\sigma^2$ as the votes "
                    r"become many: that of the soft loss."
                ),
                (
                    r"So $N$ items with soft labels have the variance $\rho\sigma^2/N$, and with "
                    r"one vote each it takes $N/\rho$ items."
                ),
            ),
        ),
    ),
    uses=("five_meanings.rao_blackwell", "right_on_average.correlated_votes"),
)
