"""The chapter on what to report with a fit to soft labels."""

from fractions import Fraction as F

from mpmath import mp, mpf

from xentlib.claims._finite import binomial, to_mpf
from xentlib.derivations import entropy_and_kl as shapes
from xentlib.derivations import what_to_report as derived
from xentlib.derivations.symbols import K, N
from xentlib.verify import Claim
from xentlib.verify import hypotheses as domain
from xentlib.verify.evidence import Derived, Digits, Exact
from xentlib.verify.quantity import AtLeast, AtMost


def _masses(trials, chance):
    """Of 0 to `trials` votes."""
    return [binomial(count, trials, chance) for count in range(trials + 1)]


# labels with chances: of each kind of weight a small world in which all is counted
WORLDS = tuple((F(mean, 5), weights) for mean in (1, 2) for weights in ((1, 2), (3, 1, 1), (2, 2)))


def _variance(rows):
    """Of a sum of independent rows, each a list of masses and what they add, from every outcome."""
    outcomes = [(F(1), F(0))]
    for row in rows:
        outcomes = [(a * mass, total + x) for a, total in outcomes for mass, x in row]
    mean = sum(mass * total for mass, total in outcomes)
    return sum(mass * (total - mean) ** 2 for mass, total in outcomes)


def _variance_of_shares(chance, weights):
    """Of the weighted mean of shares of w votes each."""
    return _variance(
        [(mass, F(count, sum(weights))) for count, mass in enumerate(_masses(weight, chance))]
        for weight in weights
    )


def _variance_of_rows(chance, weights):
    """Of the weighted mean of single votes."""
    return _variance([(1 - chance, F(0)), (chance, F(weight, sum(weights)))] for weight in weights)


def _over_the_sum(chance, weights):
    return chance * (1 - chance) / sum(weights)


def _over_the_rows(chance, weights):
    return chance * (1 - chance) / len(weights)


def _with_squares(chance, weights):
    return chance * (1 - chance) * F(sum(w * w for w in weights), sum(weights) ** 2)


three_kinds_of_weights = Claim(
    title="Three kinds of weights",
    statement=(
        r"Let $x_1,\dots,x_N$ be uncorrelated with one mean, and let $\bar x_w=\sum_iw_ix_i/"
        r"\sum_iw_i$. If the weights are *precisions*, $\operatorname{Var}(x_i)=\varphi/w_i$, "
        r"its variance is $<precisions>$. If they are *importances* of equally uncertain rows, "
        r"$\operatorname{Var}(x_i)=v$, it is $<importances>$: that of $n$ rows without weights, "
        r"with $n$ the size of Kish, and $<kish>$."
    ),
    relations={
        "precisions": derived.of_precisions.states,
        "importances": derived.of_importances.states,
        "kish": AtMost(derived.kish(derived.w), N),
    },
    for_all=(
        domain.size(N),
        domain.positive(derived.w, N),
        domain.number(derived.phi, 0, 3),
        domain.number(derived.variance, 0, 3),
    ),
    meaning=(
        r"*Frequencies*, $w_i$ equal rows written as one, are precisions of a share of $w_i$ "
        r"votes, with the variance of one vote for $\varphi$. The estimate is the same for all "
        r"three kinds, and so is the fitted model: what differs is the error, and no program can "
        r"know which kind it was given."
    ),
    evidence=(
        Derived(
            part="",
            of="precisions",
            chain=derived.of_precisions,
            mistakes={"as many as there are rows": derived.phi / N},
        ),
        Derived(
            part="",
            of="importances",
            chain=derived.of_importances,
            mistakes={"weights change nothing": derived.variance / N},
        ),
        derived.kish_is_below_n.as_part("", of="kish"),
        Exact(
            part="frequencies: shares of w votes, from every outcome",
            cases=lambda: list(WORLDS),
            lhs=_variance_of_shares,
            rhs=_over_the_sum,
            mistakes={
                "one formula for all weights": _with_squares,
                "N rows, whatever they stand for": _over_the_rows,
            },
        ),
        Exact(
            part="importances: single votes, from every outcome",
            cases=lambda: list(WORLDS),
            lhs=_variance_of_rows,
            rhs=_with_squares,
            mistakes={"the sum of the weights for the sample size": _over_the_sum},
        ),
    ),
    uses=("right_on_average.quasi_likelihood",),
)


TRUTH, ITEMS = F(2, 5), 20


def _covers(weight, votes, items, heads):
    """Whether the central 95% of the posterior hold the truth, for so many heads in all."""
    share = F(heads, votes * items)
    first, second = 1 + weight * items * share, 1 + weight * items * (1 - share)
    below = mp.betainc(to_mpf(first), to_mpf(second), 0, to_mpf(TRUTH), regularized=True)
    return mpf("0.025") <= below <= mpf("0.975")


def _coverage(weight, votes, items=ITEMS):
    """The chance that a posterior interval holds the truth, from every outcome."""
    masses = _masses(votes * items, TRUTH)
    held = (mass for heads, mass in enumerate(masses) if _covers(weight, votes, items, heads))
    return sum(held)


def _as_often_as_said(coverage):
    """Of 101 outcomes one has a mass of up to .08, so that no interval covers exactly 95%."""
    if abs(coverage - F(95, 100)) < F(1, 100):
        return "as said"
    return "too often" if coverage > F(95, 100) else "too rarely"


def _width(weight, right):
    """What an interval does that has another weight than the right one."""
    return "as said" if weight == right else "too often" if weight < right else "too rarely"


def _posterior_of_votes(votes, shares, theta):
    """The likelihood of every vote, behind labels that are shares of n votes."""
    result = F(1)
    for share in shares:
        for vote in [1] * int(votes * share) + [0] * int(votes * (1 - share)):
            result *= theta if vote else 1 - theta
    return result


def _of_the_loss(votes, shares, theta, weight=None):
    """exp(-ω Σ H), an exact power where the weight makes whole exponents."""
    weight = votes if weight is None else weight
    exponent = weight * sum(shares)
    other = weight * len(shares) - exponent
    if F(exponent).denominator != 1:
        return None
    return theta ** int(exponent) * (1 - theta) ** int(other)


def _of_twice_the_votes(votes, shares, theta):
    return _of_the_loss(votes, shares, theta, 2 * votes)


BELIEFS = tuple(
    (votes, shares, F(theta, 7))
    for votes, shares in (
        (2, (F(1, 2), F(1))),
        (4, (F(1, 4), F(3, 4), F(0))),
        (5, (F(2, 5), F(3, 5))),
    )
    for theta in (2, 3, 5)
)
generalised_posterior = Claim(
    title="A posterior from a loss has the weight's width",
    statement=(
        r"Let $y_1,\dots,y_N\in[0,1]$ be soft labels of two classes with the mean $m$, and "
        r"$\theta$ the prediction for all. Multiply a flat prior by $e^{-\omega\sum_i"
        r"H(y_i,\theta)}$, with a weight $\omega>0$: $<kernel>$, with $\bar y=m$. Then "
        r"$\theta$ has a Beta law with the mean $\bar\theta=\frac{1+\omega Nm}{2+\omega N}$, and "
        r"$<spread>$."
    ),
    relations={"kernel": derived.kernel.states, "spread": derived.spread_of_a_posterior.states},
    for_all=(
        domain.size(N),
        domain.number(derived.omega, 0, 3),
        domain.real(derived.share, N),
        domain.number(derived.theta, 0, 1),
        domain.number(derived.m, 0, 1),
    ),
    meaning=(
        r"The mean label itself scatters by $\varphi\pi(1-\pi)/N$, so for large $N$ the interval "
        r"is as wide as the scatter iff $\omega\varphi=1$. Labels of $n$ independent votes have "
        r"$\varphi=1/n$; the weight $n$ gives the posterior of the votes themselves, and weight 1 "
        r"an interval that is $\sqrt n$ times too wide. No one weight is right where $\varphi$ "
        r"differs by direction."
    ),
    evidence=(
        Derived(
            part="",
            of="kernel",
            chain=derived.kernel,
            mistakes={
                "the labels' own entropy is a part of it": derived.kernel.last + derived.omega * N
            },
        ),
        Derived(
            part="",
            of="spread",
            chain=derived.spread_of_a_posterior,
            mistakes={
                "the variance of ωN draws": derived.centre
                * (1 - derived.centre)
                / (derived.omega * N),
                "the same for every weight": derived.centre * (1 - derived.centre) / (N + 3),
            },
        ),
        Exact(
            part="weight n: the likelihood of the votes behind the labels",
            cases=lambda: list(BELIEFS),
            lhs=_posterior_of_votes,
            rhs=_of_the_loss,
            mistakes={
                "twice the votes": _of_twice_the_votes,
            },
        ),
        Digits(
            part="20 labels of 5 votes, truth .4: does a 95% interval cover it as often as that?",
            cases=lambda: [(1,), (5,), (10,)],
            lhs=lambda weight: _as_often_as_said(_coverage(weight, votes=5)),
            rhs=lambda weight: _width(weight, right=5),
            mistakes={
                "weight 1 is the Bayesian answer": lambda weight: _width(weight, right=1),
                "each label counts for ten": lambda weight: _width(weight, right=10),
            },
        ),
    ),
    uses=("right_on_average.quasi_likelihood",),
)


def _new_and_seen(votes, items):
    """The mean loss of new labels minus that of the labels that the fit saw, from every outcome:
    the fit is the share of all votes, with half a vote for each class added.
    """
    trials, gap = votes * items, mpf(0)
    for heads, mass in enumerate(_masses(trials, TRUTH)):
        q = to_mpf(F(2 * heads + 1, 2 * trials + 2))
        costs = -mp.log(q), -mp.log(1 - q)
        new, seen = (
            to_mpf(share) * costs[0] + to_mpf(1 - share) * costs[1]
            for share in (TRUTH, F(heads, trials))
        )
        gap += to_mpf(mass) * (new - seen)
    return gap


def _of_squares(votes):
    return mp.nstr(2 / mpf(votes * ITEMS), 2)


optimism = Claim(
    title="How much better a fit looks than it is",
    statement=(
        r"Let the label of an item come in one of $N$ ways, $p_i$ with the chance $w_i$, and let "
        r"the fit that saw it predict $q_i$. On new labels it costs more than on those that it "
        r"saw, on average, by $<optimism>$. For a squared distance, the mean of $N$ labels with "
        r"the variance $\varphi v$ each, and $v$ that of a hard one, $<squares>$."
    ),
    relations={
        "optimism": derived.optimism.states,
        "squares": derived.squared_optimism.states,
    },
    for_all=(
        domain.size(K),
        domain.size(N),
        shapes.weights,
        domain.simplex(derived.P, K, N),
        domain.simplex(derived.Q, K, N),
        domain.number(derived.phi, 0, 1),
        domain.number(derived.variance, 0, 3),
    ),
    meaning=(
        r"AIC adds $d/N$ to the mean loss, for $d$ parameters: the optimism of hard labels, to "
        r"first order. With the dispersion $\varphi$ it is $\varphi d/N$, and in general "
        r"$\operatorname{tr}(A^{-1}B)/N$, as TIC has it: the steps of a fit are $A^{-1}$ times "
        r"the scores, whose covariance is $B$. So AIC asks labels of $n$ votes to pay $n$ times "
        r"too much for a parameter, and chooses models that are too small."
    ),
    evidence=(
        Derived(
            part="",
            of="optimism",
            chain=derived.optimism,
            mistakes={
                "the labels' covariance with the prediction itself": derived.with_the_prediction
            },
        ),
        derived.squared_moments.as_part("the squared distance, from its moments"),
        Derived(
            part="",
            of="squares",
            chain=derived.squared_optimism,
            mistakes={
                "d/N, whatever the labels": 2 * derived.variance / N,
                "half of it": derived.phi * derived.variance / N,
            },
        ),
        Digits(
            part="an intercept, 20 labels of n votes with truth .4: from every outcome, as 1/(nN)",
            cases=lambda: [(votes,) for votes in (1, 2, 5)],
            lhs=lambda votes: mp.nstr(_new_and_seen(votes, ITEMS), 2),
            rhs=lambda votes: mp.nstr(1 / mpf(votes * ITEMS), 2),
            mistakes={
                "AIC's d/N": lambda votes: mp.nstr(1 / mpf(ITEMS), 2),
                "twice that, as for a squared distance": _of_squares,
            },
        ),
    ),
    uses=("right_on_average.sandwich",),
)


def _table_of_votes(law, votes):
    """Every outcome of the votes on one item, whose share is drawn from a law first."""
    for mass, share in law:
        for count, chance in enumerate(_masses(votes, share)):
            yield mass * chance, [1] * count + [0] * (votes - count)


def _left_out_error(law, votes):
    """The mean squared error of a vote that is predicted by the others on its item."""
    return sum(
        mass * sum((x - F(sum(row) - x, votes - 1)) ** 2 for x in row) / votes
        for mass, row in _table_of_votes(law, votes)
    )


def _new_item_error(law):
    """Of a vote on an item that was never seen, predicted by the mean of all items."""
    mean = sum(mass * share for mass, share in law)
    return mean * (1 - mean)


def _gap_of_folds(law, votes):
    return _new_item_error(law) - _left_out_error(law, votes)


def _by_correlation(law, votes):
    mean = sum(mass * share for mass, share in law)
    spread = sum(mass * share**2 for mass, share in law) - mean**2
    v = mean * (1 - mean)
    return v * (votes * spread / v - 1) / (votes - 1)


ITEM_LAWS = (
    ((F(1, 2), F(1, 10)), (F(1, 2), F(9, 10))),
    ((F(1, 3), F(0)), (F(2, 3), F(1, 2))),
    ((F(1), F(2, 5)),),
)

row_folds = Claim(
    title="Folds by row leak",
    statement=(
        r"Let an item have $N\ge2$ votes with the variance $v$ and any two the correlation "
        r"$\rho$. A memoriser predicts a vote by the mean of the item's other votes, and on an "
        r"item that it has not seen by the mean of all items. Then $<leak>$: folds that split the "
        r"votes of an item make it look better than it is on new items iff $\rho>1/N$."
    ),
    relations={"leak": derived.leak.states},
    for_all=derived.leak.given,
    meaning=(
        r"Soft labels that are written as replicated rows, one for each class with its weight, "
        r"are votes on one item: whoever splits rows at random has each item on both sides. Split "
        r"by item. The memoriser has learned nothing that helps with a new one."
    ),
    evidence=(
        Derived(
            part="",
            of="leak",
            chain=derived.leak,
            mistakes={
                "on new items a memoriser knows nothing": derived.variance,
                "all of what votes share": derived.rho * derived.variance,
            },
        ),
        derived.left_out.as_part("the error of a vote that is left out"),
        Exact(
            part="three laws of an item's share: every outcome of its votes",
            cases=lambda: [(law, votes) for law in ITEM_LAWS for votes in (2, 3, 5)],
            lhs=_gap_of_folds,
            rhs=_by_correlation,
            mistakes={
                "folds by row are fair": lambda law, votes: F(0),
            },
        ),
    ),
    uses=("right_on_average.correlated_votes",),
)

# the design of a slope: whole inputs with the odds 2^x, so that all slopes are rational
DESIGN = tuple((x, F(2) ** x / (1 + F(2) ** x)) for x in (-2, -1, 1, 2, 3))


def _ratio_of_scatters(variances):
    """Of the fit by squared distance, over that by cross-entropy."""
    slopes = [q * (1 - q) for _, q in DESIGN]
    squares = [F(x) ** 2 for x, _ in DESIGN]

    def scatter(multipliers):
        both = zip(squares, multipliers, variances, slopes, strict=True)
        top, root = F(0), F(0)
        for a, g, variance, slope in both:
            top, root = top + a * g**2 * variance, root + a * g * slope
        return top / root**2

    return scatter(slopes) / scatter([F(1)] * len(slopes))


def _which_is_better(variances):
    ratio = _ratio_of_scatters(variances)
    return "cross-entropy" if ratio > 1 else "squares" if ratio < 1 else "neither"


HARD = tuple(q * (1 - q) for _, q in DESIGN)


def _if_less_noisy(variances):
    below = all(v <= hard for v, hard in zip(variances, HARD, strict=True))
    return "cross-entropy" if below else "squares"


def _if_hard(variances):
    return "cross-entropy" if variances == HARD else "squares"


KINDS = (
    (HARD, "cross-entropy"),
    (tuple(v / 5 for v in HARD), "cross-entropy"),
    (tuple(F(1, 50) for _ in DESIGN), "squares"),
    (tuple(F(1, 20) - v / 10 for v in HARD), "squares"),
)

best_score = Claim(
    title="When cross-entropy is the most exact score",
    statement=(
        r"Let a proper loss multiply the residual at input $i$ by $g_i>0$ in the equation of a "
        r"slope: cross-entropy by 1, the squared distance by the slope $s_i$ of the prediction. "
        r"With $a_i$ the square of the feature and $V_i$ the variance of the label, the fit "
        r"scatters by $S(g)=\sum_ia_ig_i^2V_i/(\sum_ia_ig_is_i)^2$ to first order. Then $<best>$. "
        r"Cross-entropy reaches that bound where $V_i=\varphi s_i$, $<entropy>$, and the squared "
        r"distance where $V_i=\varphi$ is constant, $<squares>$."
    ),
    relations={
        "best": AtLeast(
            derived.scatter(derived.g, derived.s, derived.V),
            derived.least_scatter(derived.s, derived.V),
        ),
        "entropy": derived.with_cross_entropy.states,
        "squares": derived.with_squares.states,
    },
    for_all=(
        *derived.inputs,
        domain.positive(derived.g, N),
        domain.number(derived.phi, 0, 3),
    ),
    meaning=(
        r"With two classes the slope of the prediction is $q(1-q)$, the variance of a hard "
        r"label: cross-entropy is the most exact for hard labels and for votes. A teacher whose "
        r"error is of one size everywhere is another thing, and there the Brier score scatters "
        r"less. Both estimate the same parameter if the mean is right."
    ),
    evidence=(
        derived.best_weights.as_part("", of="best"),
        Derived(
            part="",
            of="entropy",
            chain=derived.with_cross_entropy,
            mistakes={"the bound of the other variances": derived.with_squares.last},
        ),
        Derived(
            part="",
            of="squares",
            chain=derived.with_squares,
            mistakes={"that of cross-entropy": derived.with_cross_entropy.last},
        ),
        Exact(
            part="a slope at five inputs: which score scatters less",
            cases=lambda: [(variances,) for variances, _ in KINDS],
            lhs=_which_is_better,
            rhs=lambda variances: dict(KINDS)[variances],
            mistakes={
                "cross-entropy wherever labels are less noisy than hard ones": _if_less_noisy,
                "the squared distance for all that is soft": _if_hard,
            },
        ),
    ),
    uses=("right_on_average.sandwich",),
)
