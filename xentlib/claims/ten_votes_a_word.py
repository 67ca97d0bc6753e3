"""The chapter on votes: soft labels that are counts."""

from fractions import Fraction as F
from functools import cache
from itertools import product

from sympy import Rational, Symbol, diff, log, solve

from xentlib.claims._finite import by_input, by_row, interior, power, prod
from xentlib.data import vader
from xentlib.derivations import cross_entropy as one_input
from xentlib.derivations import ten_votes_a_word as derived
from xentlib.derivations.symbols import K, N, q, y
from xentlib.verify import Claim
from xentlib.verify import hypotheses as domain
from xentlib.verify.evidence import Argued, Derived, Exact
from xentlib.verify.formal import Formal
from xentlib.verify.quantity import Equal

MODELS = {"a": (F(1, 2), F(1, 3), F(1, 6)), "b": (F(1, 5), F(1, 5), F(3, 5))}


def _data_sets():
    rows = list(product("ab", range(3)))
    return [(tuple(rows[place] for place in places),) for places in product(range(6), repeat=3)]


def _by_group(data, weight=lambda n: n):
    """exp(-Σ_x weight · H(p̂_x, q(x)))."""

    def exponents(counts):
        return [F(weight(sum(counts)) * count, max(sum(counts), 1)) for count in counts]

    return by_input(data, MODELS, exponents)


def _of_the_mean_prediction(data):
    mean = [sum(MODELS[x][label] for x, _ in data) / len(data) for label in range(3)]
    return prod(mean[label] for _, label in data)


@cache
def _lexicon_exponents():
    """For each class, what its log-probability is multiplied by: in the loss of 75,200 hard votes,
    one vote at a time.
    """
    totals = [0, 0, 0]
    for row in vader.load().ratings.tolist():
        for rating in row:
            totals[(rating > 0) - (rating < 0) + 1] += 1
    return tuple(totals)


@cache
def _soft_exponents(weight):
    """The same in the loss of 7,520 soft labels, each of the given weight."""
    return tuple(
        sum(F(int(count), 10) * weight for count in column) for column in vader.load().counts.T
    )


grouping = Claim(
    title="Hard labels at repeated inputs are soft labels",
    statement=(
        r"Let $N$ hard labels $y_i$ stand at one input, with frequencies $\hat p$ and "
        r"one positive prediction $q$ for all. Their loss is $<input>$."
    ),
    relations={"input": Equal(one_input.loss_of_labels, N * one_input.cross_entropy_of_labels(q))},
    for_all=(domain.size(K), domain.size(N), domain.labels(y, N, K), domain.simplex(q, K)),
    meaning=(
        r"So training on hard labels with ties in $x$ *is* training on the soft labels "
        r"$\hat p_x$ with weights $n_x$, the numbers of labels at $x$: sums over "
        r"different $x$ add up. For the lexicon: the loss of 75,200 hard votes is 10 "
        r"times that of 7,520 soft labels, for any $q$."
    ),
    evidence=(
        Exact(
            part="three rows, two inputs, three classes",
            cases=_data_sets,
            lhs=lambda data: by_row(data, MODELS),
            rhs=_by_group,
            mistakes={
                "unweighted": lambda data: _by_group(data, lambda n: 1),
                "the log of the mean prediction": _of_the_mean_prediction,
            },
        ),
        Exact(
            part="the lexicon, as exponents of q, class by class",
            cases=lambda: [(0,), (1,), (2,)],
            lhs=lambda place: _lexicon_exponents()[place],
            rhs=lambda place: _soft_exponents(10)[place],
            floats="in whole numbers, from arrays that the lexicon is read into",
            mistakes={"weight 1 for each token": lambda place: _soft_exponents(1)[place]},
        ),
        Argued(
            part="sums over inputs",
            of="meaning",
            proof=(
                (
                    r"The rows at one $x$ are $n_x$ labels with one prediction $q(x)$: by the "
                    r"statement, which is a case of <nll_is_n_cross_entropies>, their loss is "
                    r"$n_xH(\hat p_x,q(x))$."
                ),
                r"The loss of all rows is the sum over the different $x$.",
            ),
        ),
        Derived(
            part="",
            of="input",
            chain=one_input.nll_of_frequencies,
            mistakes={"without the number of labels": one_input.nll_of_frequencies.last / N},
        ),
        Formal(
            part="",
            of="input",
            theorem="grouping_input",
        ),
    ),
    uses=("cross_entropy.nll_is_n_cross_entropies", "counts.type_identity"),
)


def _item_votes():
    """Two items with m votes each, and a prediction for each."""
    counts = [(a, m - a) for m in (3,) for a in range(m + 1)]
    return [
        (3, first, second, q1, q2)
        for first in counts
        for second in counts
        for q1 in interior(2, 3)
        for q2 in interior(2, 4)
    ]


def _replicated(m, first, second, q1, q2):
    return prod(
        model[label]
        for votes, model in ((first, q1), (second, q2))
        for label, count in enumerate(votes)
        for _ in range(count)
    )


def _soft(m, first, second, q1, q2, weights=lambda m, votes: [F(v, m) for v in votes], times=None):
    return prod(
        power(q, (times or m) * w)
        for model, votes in ((q1, first), (q2, second))
        for q, w in zip(model, weights(m, votes), strict=True)
    )


def _per_class(m, first, second, q1, q2):
    totals = [a + b for a, b in zip(first, second, strict=True)]

    def weights(m, votes):
        return [F(v, t) if t else F(0) for v, t in zip(votes, totals, strict=True)]

    return _soft(m, first, second, q1, q2, weights)


def _ridge_minimiser(values, weight, penalty):
    """argmin of Σ weight (a - θ)²/2 + penalty θ²/2."""
    return F(weight * sum(values), 1) / (weight * len(values) + penalty)


replicated_rows = Claim(
    title="Replicated rows",
    statement=(
        r"Let $c_i\in\mathbb N^K$ be the counts of $m$ votes on item $i$, of $N$ "
        r"items, and the predictions $q_i$ in the interior. The data set of $mN$ rows "
        r"in which item $i$ stands $c_{ik}$ times with label $k$ has the likelihood "
        r"$\prod_i\prod_kq_{ik}^{c_{ik}}$, and its negative logarithm is $m$ times "
        r"the loss of the soft labels $c_i/m$: $<rows>$."
    ),
    relations={
        "rows": Equal(
            -log(derived.replicated), derived.m * derived.loss_of_shares(derived.c, derived.m, q)
        )
    },
    for_all=(
        domain.size(K),
        domain.size(N),
        domain.number(derived.m, 1, 6),
        domain.nonnegative(derived.c, K, N),
        domain.simplex(q, K, N),
    ),
    meaning=(
        r"As the loss is linear in weights, a solver that takes real weights fits soft "
        r"labels from the rows $(x_i,k)$ with weights $p_{ik}$: without a penalty, or "
        r"with a penalty that is scaled by $m$ too."
    ),
    evidence=(
        Exact(
            part="two items, three votes each",
            cases=_item_votes,
            lhs=_replicated,
            rhs=_soft,
            mistakes={
                "weights normalised per class": _per_class,
                "m forgotten": lambda *case: _soft(*case, times=1),
            },
        ),
        Exact(
            part="a penalty, with squared error",
            cases=lambda: [((1, 4), m, lam) for m in (2, 10) for lam in (F(1, 2), F(3))],
            lhs=lambda values, m, lam: _ridge_minimiser(values, m, m * lam),
            rhs=lambda values, m, lam: _ridge_minimiser(values, 1, lam),
            mistakes={
                "the same ridge after replication": dict(
                    lhs=lambda values, m, lam: _ridge_minimiser(values, m, lam)
                )
            },
        ),
        Argued(
            part="a solver with real weights",
            of="meaning",
            proof=(
                (
                    r"A row $(x_i,k)$ with the weight $p_{ik}$ adds $-p_{ik}\log q_{ik}$. All "
                    r"of them add up to the soft loss $L$."
                ),
                (
                    r"With replicated rows $c_{ik}=mp_{ik}$ takes the place of $p_{ik}$: the "
                    r"loss is $mL$."
                ),
                (
                    r"By <scale_and_constants> $m(L+\lambda R)$ has the minimisers of "
                    r"$L+\lambda R$. But $mL+\lambda R$ is as if $\lambda$ were $\frac\lambda "
                    r"m$."
                ),
            ),
        ),
        Derived(
            part="",
            of="rows",
            chain=derived.replicated_rows,
            mistakes={"m left out": derived.replicated_rows.last / derived.m},
        ),
        derived.replication_keeps_the_order.as_part("a penalty that is scaled too"),
        Formal(
            part="",
            of="rows",
            theorem="replicated_rows_rows",
        ),
    ),
    uses=(grouping, "many_observations.scale_and_constants"),
)


def _vote_tables():
    return [
        (tuple(sizes), tuple(heads))
        for sizes in ((1, 9), (2, 2), (1, 3), (2, 4, 2), (3, 3, 3))
        for heads in product(*(range(size + 1) for size in sizes))
    ]


def _pooled(sizes, heads):
    return F(sum(heads), sum(sizes))


def _unweighted(sizes, heads):
    return sum(F(h, s) for h, s in zip(heads, sizes, strict=True)) / len(sizes)


def _covariance(sizes, heads):
    shares, count = [F(h, s) for h, s in zip(heads, sizes, strict=True)], len(sizes)
    return (
        sum(s * share for s, share in zip(sizes, shares, strict=True)) / count
        - F(sum(sizes), count) * sum(shares) / count
    )


HALF = F(1, 2)


def _fit(heads, totals):
    """Where the slope of Σ -heads log t - (total - heads) log(1 - t) vanishes."""
    t, ones = Symbol("t", positive=True), Rational(str(sum(heads)))
    others = Rational(str(sum(totals))) - ones
    root = solve(diff(-ones * log(t) - others * log(1 - t), t), t)[0]
    return F(root.p, root.q)


def _both_fits(sizes, heads, pooled, unweighted):
    return (
        _fit(heads, sizes),
        _fit([F(h, n) for h, n in zip(heads, sizes, strict=True)], [1] * len(sizes)),
    )


def _unweighted_twice(sizes, heads, pooled, unweighted):
    return (
        unweighted,
        unweighted,
    )


weights_are_part_of_the_model = Claim(
    title="Weights are part of the model",
    statement=(
        r"Of $N$ items, item $i$ has $n_i>0$ votes, $c_i$ of them for class 1. The "
        r"pooled share minus the unweighted mean of the shares is the empirical "
        r"covariance of votes and shares over the mean of the votes: $<weights>$. So "
        r"they agree iff that covariance is 0."
    ),
    relations={
        "weights": Equal(
            derived.heads / derived.votes - derived.shares / N,
            derived.covariance_with_shares(derived.n, derived.c) / (derived.votes / N),
        )
    },
    for_all=(domain.size(N), domain.whole(derived.n, N), domain.nonnegative(derived.c, N)),
    meaning=(
        r"With an intercept only, the first is the MLE, and the second the minimiser of "
        r"the unweighted soft cross-entropy. For $n=(1,9)$, $c=(1,0)$ they are $1/10$ "
        r"and $1/2$. In other models the two fits agree, for all counts, if the $n_i$ "
        r"are equal, or $q$ is free per *item*, or the model is saturated in $x$ and "
        r"$n_i$ is constant within each $x$."
    ),
    evidence=(
        Derived(
            part="",
            of="weights",
            chain=derived.pooled_against_unweighted,
            mistakes={
                "the mean of the sizes forgotten": derived.pooled_against_unweighted.last
                * derived.votes,
                "the covariance itself": derived.pooled_against_unweighted.last
                * derived.votes
                / derived.N,
            },
        ),
        Exact(
            part="1/10 and 1/2, and an example where they agree: the two score equations solved",
            cases=lambda: [((1, 9), (1, 0), F(1, 10), F(1, 2)), ((2, 4), (1, 2), HALF, HALF)],
            lhs=_both_fits,
            rhs=lambda sizes, heads, pooled, unweighted: (pooled, unweighted),
            mistakes={"proportions suffice": _unweighted_twice},
        ),
        Exact(
            part="when they agree, small tables",
            cases=_vote_tables,
            lhs=lambda sizes, heads: _pooled(sizes, heads) == _unweighted(sizes, heads),
            rhs=lambda sizes, heads: _covariance(sizes, heads) == 0,
            mistakes={
                "only if the numbers of votes are equal": lambda sizes, heads: len(set(sizes)) == 1
            },
        ),
        Argued(
            part="other models",
            of="meaning",
            proof=(
                (
                    r"If all $n_i$ are one $n$, the weighted objective is $n$ times the "
                    r"unweighted one."
                ),
                r"If $q$ is free per item, both are least at $q_i=\frac{c_i}{n_i}$.",
                (
                    r"If the model is saturated in $x$, each $x$ is fitted alone, with one "
                    r"$n_i$ there: that is the first case."
                ),
            ),
        ),
    ),
    uses=(grouping,),
)
