"""The chapter on preferences: soft labels for pairs, and scores that are fitted to them."""

from fractions import Fraction as F
from itertools import combinations, permutations

import numpy as np
from sympy import Rational, Sum, exp, log

import xentlib
from xentlib.derivations import preferences as derived
from xentlib.derivations.quantities import sigmoid
from xentlib.derivations.symbols import N, j, l
from xentlib.fitting import BradleyTerry
from xentlib.preferences import connectivity, preference_loss, preference_loss_value_and_grad
from xentlib.verify import Claim
from xentlib.verify import hypotheses as domain
from xentlib.verify.evidence import Argued, Derived, Exact, Sampled
from xentlib.verify.samples import Domain

margin, share, W, s = derived.margin, derived.share, derived.W, derived.s


def _loss_of_any_share(delta, a):
    """By the library, which takes shares from 0 to 1: the loss is linear in the share."""
    return (1 - a) * preference_loss(delta, 0.0) + a * preference_loss(delta, 1.0)


preference_is_votes = Claim(
    title="A preference is a likelihood iff it is votes",
    statement=(
        r"Let $H(a,q)$ be the cross-entropy of two classes, $a$ and $q$ the shares of the first. "
        r"Where the first of two is preferred with the probability $\sigma(\delta)$, a preference "
        r"$a$ for it, hard or soft, costs $<loss>$. Of $n$ votes in order $m$ are for the first: "
        r"$<votes>$, so they are a preference of $m/n$ with the weight $n$. With the weight $w$, "
        r"and for all margins in an interval, preferences have a likelihood that differs from "
        r"$-w\,H$ by a term without $\delta$ iff $w$ is one of $1,2,3,\dots$ and they are $m/w$ "
        r"with whole $m$. So a tie as one half has no room beside win and loss where the weight is "
        r"1: $<one>$. With the weight 2 it is a vote for each, in two orders: $<two>$."
    ),
    relations={
        "loss": derived.loss_of_a_margin.states,
        "votes": derived.votes.states,
        "one": derived.tie_of_weight_one.states,
        "two": derived.tie_of_weight_two.states,
    },
    for_all=(
        domain.number(margin),
        domain.number(share),
        domain.number(derived.n, 0, 9),
        domain.number(derived.m, 0, 9),
    ),
    meaning=(
        r"A preference of 0.7 is 7 of 10 votes, and no less will do: with the weight 1 it is a "
        r"loss that has its minimum in the right place, and no likelihood. The loss of direct "
        r"preference optimisation is this, with $\beta$ times a difference of log-ratios as "
        r"$\delta$."
    ),
    evidence=(
        Derived(
            part="",
            of="loss",
            chain=derived.loss_of_a_margin,
            computes=_loss_of_any_share,
            mistakes={
                "only the preferred one counts": -share * log(sigmoid(margin)),
                "a reward for the margin beside the loss of a win": log(1 + exp(-margin))
                - share * margin,
            },
        ),
        Derived(
            part="",
            of="votes",
            chain=derived.votes,
            mistakes={
                "of weight 1": derived.preference_loss(margin, derived.m / derived.n),
            },
        ),
        Derived(
            part="",
            of="one",
            chain=derived.tie_of_weight_one,
            mistakes={"win, tie and loss make a law": sigmoid(margin) + sigmoid(-margin)},
        ),
        Derived(
            part="",
            of="two",
            chain=derived.tie_of_weight_two,
            mistakes={
                "a tie in one order": 1 - sigmoid(margin) * sigmoid(-margin),
            },
        ),
        Argued(
            part="which weights",
            proof=(
                (
                    r"A preference $a$ is the label $(a,1-a)$ of two classes, and its loss "
                    r"the cross-entropy to $(\sigma(\delta),\sigma(-\delta))$. An interval of "
                    r"margins is an open set of predictions, so <integer_weights> says which $w$, "
                    r"and that the label is the proportions of $w$ votes."
                ),
            ),
        ),
    ),
    uses=("integer_weights.integer_weights", "categorical.two_classes"),
)


def _rows(table):
    """The comparisons of a table of wins (n, n), as columns: first, second, weight."""
    table = np.asarray(table, float)
    return (*np.nonzero(table), table[table > 0])


def _fit(table):
    """The library's scores for a table of wins, in the order of its rows."""
    first, second, weight = _rows(table)
    model = BradleyTerry(tol=1e-12).fit(first, second, sample_weight=weight)
    return model.scores_[np.argsort(model.items_)]


def _foreseen(table, scores):
    """The wins of each item that scores foresee."""
    games = np.asarray(table, float) + np.transpose(table)
    return (games / (1 + np.exp(scores - scores[:, None]))).sum(axis=1)


def _win_logits(table):
    """The logits of the shares of wins, as scores."""
    won, lost = np.sum(table, axis=1), np.sum(table, axis=0)
    return np.log(won / lost)


def _library_slope(W, s, l, **_):  # noqa: E741
    """The slope in the score of one item, of the library's losses of all comparisons."""
    W, s = np.array(W), np.array(s)
    first, second = np.indices(W.shape)
    _, slope = preference_loss_value_and_grad(s[first] - s[second], np.ones(W.shape))
    pull = W * slope
    return pull[l - 1].sum() - pull[:, l - 1].sum()


def _off_diagonal(table):
    return table * (1 - np.eye(len(table)))


def _growing(size):
    return np.add.outer(np.arange(size) ** 2, 1.0 + np.arange(size))


unequal = Domain(
    corners=lambda size: [_off_diagonal(_growing(size))],
    draw=lambda rng, size: _off_diagonal(rng.uniform(0.1, 3, size=(size, size))),
)  # tables of wins, each pair with a weight of its own

expected_wins = Claim(
    title="A fit foresees the wins",
    statement=(
        r"Let $W_{ij}\ge0$ be the total weight with which $i$ is preferred to $j$: a comparison "
        r"of weight $w$ adds $wa$ to $W_{ij}$ and $w(1-a)$ to $W_{ji}$. The loss of the scores is "
        r"$L(s)=\sum_i\sum_jW_{ij}\,H(1,\sigma(s_i-s_j))$, and its slope in the score of $l$ is "
        r"$<slope>$. So at a fit, and only there, each item's wins are those that the scores "
        r"foresee."
    ),
    relations={"slope": derived.expected_wins.states},
    for_all=(
        domain.size(N),
        domain.index(l, N),
        domain.nonnegative(W, N, N),
        domain.real(s, N),
    ),
    meaning=(
        r"The labels act through the total of each item's wins. A preference of 0.7 gives 0.7 "
        r"of a win to one and 0.3 to the other."
    ),
    evidence=(
        Derived(
            part="",
            of="slope",
            chain=derived.expected_wins,
            computes=_library_slope,
            mistakes={
                "the wins less those foreseen": derived.won(l) - derived.foreseen(l),
                "each opponent once, however often": Sum(sigmoid(s[l] - s[j]), (j, 1, N))
                - derived.won(l),
            },
        ),
        Sampled(
            part="the library's fit foresees the wins",
            cases=dict(table=unequal),
            lhs=lambda table: _foreseen(table, _fit(table)),
            rhs=lambda table: np.sum(table, axis=1),
            mistakes={
                "the logit of the share of wins is a fit": dict(
                    lhs=lambda table: _foreseen(table, _win_logits(table))
                ),
            },
            tolerance=1e-9,
            sizes=(3, 4, 5, 8),
        ),
        Argued(
            part="only there",
            proof=(
                r"$L$ is convex in the scores, by <convex_in_the_weights> with $e_i-e_j$ as the "
                r"features of a comparison; so it is least exactly where no score has a slope."
            ),
        ),
    ),
    uses=("geometry.convex_in_the_weights", "geometry.score_equations"),
)

PAIRS = tuple(combinations(range(4), 2))
STEPS = tuple(permutations(range(4), 2))


def _some(of):
    """All sets of them in which each of four items occurs."""
    sets = (chosen for size in range(len(of) + 1) for chosen in combinations(of, size))
    return [(chosen,) for chosen in sets if len({item for pair in chosen for item in pair}) == 4]


def _strong(first_and_second, preference):
    """What the library says."""
    first, second = zip(*first_and_second, strict=True)
    return connectivity(first, second, [preference] * len(first)).strong


def _no_part_is_shut(steps):
    """Whether from each part of the items a step leads out of it."""
    parts = [set(part) for size in (1, 2, 3) for part in combinations(range(4), size)]
    return all(any(a in part and b not in part for a, b in steps) for part in parts)


def _all_are_joined(pairs):
    """Whether comparisons lead from item 0 to all, in so many rounds as there are items."""
    joined = {0}
    for _ in range(4):
        joined |= {item for pair in pairs if joined & set(pair) for item in pair}
    return len(joined) == 4


def _each_wins_and_loses(steps):
    """Whether each item has won something and lost something."""
    return {a for a, _ in steps} == {b for _, b in steps} == set(range(4))


def _shown(table):
    """1 where the library shows a closed walk through all items along wins alone, 0 where it shows
    two parts of which one never wins against the other; what is no certificate is no number.
    """
    first, second, _ = _rows(table)
    found, every = connectivity(first, second), set(range(len(table)))
    if found.strong:
        walk = found.walk
        along = all(table[a][b] > 0 for a, b in zip(walk, walk[1:], strict=False))
        return 1.0 if along and walk[0] == walk[-1] and set(walk) == every else np.nan
    shut = not any(table[a][b] > 0 for a in found.lower for b in found.upper)
    return 0.0 if shut and found.upper and {*found.upper, *found.lower} == every else np.nan


def _each_reaches_each(table):
    """Whether all entries of (1 + A)^n are positive, A where one wins against another."""
    step = np.eye(len(table)) + (np.asarray(table) > 0)
    return float((np.linalg.matrix_power(step, len(table)) > 0).all())


def _ladder(size):
    """Each beats the next."""
    return np.eye(size, k=1)


def _some_upsets(rng, size):
    upset = rng.random((size, size)) < rng.choice([0.5, 2, 6]) / size**2
    return _ladder(size) + upset * np.tri(size, k=-1)


def _upsets_of_the_first(size):
    """The last beats the first, the last but one the second, and so on."""
    return np.eye(size)[::-1] * np.tri(size, k=-1)


ladders = Domain(
    corners=lambda size: [_ladder(size), _ladder(size) + _upsets_of_the_first(size)],
    draw=_some_upsets,
)

connected_scores = Claim(
    title="When comparisons tell the scores",
    statement=(
        r"Let $W$ and $L$ be as in the claim before. $L$ has a minimum that is unique but for one "
        r"constant that is added to all scores, iff from each item a path leads to each other "
        r"one, every item on it preferred to the next ($W_{ij}>0$). If every preference lies "
        r"strictly between 0 and 1, that is so iff comparisons join all items. Along a path of "
        r"$N$ steps with the weights $c+r_k$, $r_k\ge0$, that rise by $\delta_k$, $<path>$. If "
        r"nothing of a part is preferred to anything outside, and all its scores are lowered by "
        r"$t$, then what the comparisons across cost, with the weights $w_k$ and the gaps $g_k$, "
        r"falls to 0, and is never 0 unless there are none: $<across>$."
    ),
    relations={"path": derived.path.states, "across": derived.apart.states},
    for_all=(
        domain.size(N, 1),
        domain.number(derived.least, 0, 3),
        domain.nonnegative(derived.more, N),
        domain.real(derived.rise, N),
        domain.nonnegative(derived.weight, N),
        domain.real(derived.gap, N),
        domain.number(derived.moved, 0, 3),
    ),
    meaning=(
        r"Where a path of weight $c$ at least leads from the lowest score of a fit to the "
        r"highest, the two are at most $\log2\sum_{ij}W_{ij}/c$ apart. Where two parts were never "
        r"compared, each may have a fit, and nothing tells how they lie to each other."
    ),
    evidence=(
        derived.path.as_part("", of="path"),
        derived.apart.as_part("", of="across"),
        Exact(
            part="four items, every set of hard preferences: no part is shut",
            cases=lambda: _some(STEPS),
            lhs=lambda steps: _strong(steps, 1),
            rhs=_no_part_is_shut,
            floats="comparisons by the library",
            mistakes={
                "comparisons that join all items suffice": _all_are_joined,
                "each wins something and loses something": _each_wins_and_loses,
            },
        ),
        Exact(
            part="four items, every set of soft preferences: comparisons join all",
            cases=lambda: _some(PAIRS),
            lhs=lambda pairs: _strong(pairs, 0.7),
            rhs=_all_are_joined,
            floats="comparisons by the library",
            mistakes={
                "soft preferences need strong connection as hard ones do": _no_part_is_shut,
                "soft preferences suffice": lambda pairs: len(pairs) > 0,
            },
        ),
        Sampled(
            part="the library's walks and parts, checked step by step",
            cases=dict(table=ladders),
            lhs=_shown,
            rhs=_each_reaches_each,
            mistakes={
                "the last must beat the first": lambda table: float(table[-1][0] > 0),
            },
            sizes=(3, 4, 5, 8, 30),
        ),
        Argued(
            part="in general",
            proof=(
                (
                    r"Let there be paths. The shortest from the lowest score to the highest has "
                    r"each pair at most once, so by the bound of the statement the loss is at "
                    r"least the path's least weight $c$ times the spread of the scores. With "
                    r"their mean held at 0, $L$ grows beyond bounds, and has a minimum, for it is "
                    r"continuous. At the fit $L(s)\le L(0)=\log2\sum W_{ij}$."
                ),
                (
                    r"On a segment between two minimisers $L$ is constant, so by "
                    r"<convex_in_the_weights> no margin of a comparison changes along it; as "
                    r"comparisons join all items, all scores move alike."
                ),
                (
                    r"Let there be no path from an item to some other. All that paths from it "
                    r"reach is a part of which nothing is preferred to anything outside. If there "
                    r"are comparisons across, lowering the part lowers the loss for ever: no "
                    r"minimum. If there are none, lowering it changes nothing: a minimum is not "
                    r"unique."
                ),
                (
                    r"A preference strictly between 0 and 1 makes $W_{ij}$ and $W_{ji}$ positive: "
                    r"each comparison is a step both ways."
                ),
            ),
        ),
    ),
    uses=(expected_wins, "geometry.convex_in_the_weights", "geometry.existence"),
)


def _order(values):
    """The places from the least to the largest, and no ties."""
    return np.argsort(np.round(values, 9), kind="stable")


def _balanced(rng, size):
    """A table of wins in which each pair has one win between them."""
    above = np.triu(rng.uniform(0.02, 0.98, size=(size, size)), k=1)
    return above + np.triu(1 - above, k=1).T * np.tri(size, k=-1)


def _majorities(table):
    """How many others each item beats by a majority."""
    return np.sum(np.asarray(table) > np.transpose(table), axis=1)


even = Domain(
    corners=lambda size: [_balanced(np.random.default_rng(size), size)],
    draw=_balanced,
)

borda_order = Claim(
    title="In a balanced design the order is Borda's",
    statement=(
        r"Let every two items be compared with the same total weight $w$, and let $W_i$ be the "
        r"wins of $i$. At a fit, with the strengths $\gamma_i=e^{s_i}$, $<wins>$. The factor after "
        r"the difference is positive: so $s_i>s_j$ iff $W_i>W_j$."
    ),
    relations={"wins": derived.borda.states},
    for_all=(
        domain.size(N),
        domain.index(derived.i, N),
        domain.index(derived.j, N),
        domain.positive(derived.strength, N),
        domain.number(derived.each, 0, 3),
    ),
    meaning=(
        r"The order by wins is Borda's count, divided by a constant. With other designs it may be "
        r"another: who meets the weak more often wins more often."
    ),
    evidence=(
        Derived(
            part="",
            of="wins",
            chain=derived.borda,
            mistakes={
                "wins are the weight times the strength": (
                    derived.strength[derived.i] - derived.strength[derived.j]
                )
                * derived.each,
                "wins differ as the scores do": derived.each
                * (log(derived.strength[derived.i]) - log(derived.strength[derived.j])),
            },
        ),
        Sampled(
            part="the library's order",
            cases=dict(table=even),
            lhs=lambda table: _order(_fit(table)),
            rhs=lambda table: _order(np.sum(table, axis=1)),
            mistakes={
                "the order of majorities": lambda table: _order(_majorities(table)),
                "in any design": dict(cases=dict(table=unequal)),
            },
            sizes=(3, 4, 5, 8),
        ),
        Argued(
            part="the sign",
            proof=(
                (
                    r"By <expected_wins> the wins at a fit are those foreseen, "
                    r"$W_i=w\sum_{k\ne i}\gamma_i/(\gamma_i+\gamma_k)$. The sum of the formula "
                    r"has $k=i$ too, which adds $w/2$ to the wins of both."
                ),
                (
                    r"Each term of the last sum is positive, so $W_i-W_j$ has the sign of "
                    r"$\gamma_i-\gamma_j$, which is that of $s_i-s_j$."
                ),
            ),
        ),
    ),
    uses=(expected_wins,),
)


def _close_winner(size, edge=F(1, 100), doubt=F(1, 100)):
    """Item 0 beats each other one by an edge, the last loses to all but hardly to item 0, and all
    between are even.
    """
    table = [[F(1, 2)] * size for _ in range(size)]
    for other in range(1, size):
        table[0][other], table[other][0] = F(1, 2) + edge, F(1, 2) - edge
    for between in range(1, size - 1):
        table[between][-1], table[-1][between] = 1 - doubt, doubt
    return table


def _places(size):
    """Of the winner of every pair: how many it beats, and how many have more wins."""
    table = _close_winner(size)
    wins = [sum(row) - F(1, 2) for row in table]
    return sum(a > F(1, 2) for a in table[0]), sum(won > wins[0] for won in wins)


def _floats(size):
    return np.array([[float(a) for a in row] for row in _close_winner(size)]) * (1 - np.eye(size))


condorcet_winner = Claim(
    title="The winner of every pair may come last but one",
    statement=(
        r"Of $N\ge3$ items, each pair compared with the weight 1, let the first be preferred to "
        r"each other one by $\tfrac12+\eta$, let the others but the last be even with each "
        r"other, and let each of these be preferred to the last by $1-\zeta$. Each of them has "
        r"more wins than the first by $<second>$. Where that is positive, the winner of every "
        r"pair is last but one in the order of a fit. It is never last."
    ),
    relations={"second": derived.second.states},
    for_all=(
        domain.size(N, 3, 6),
        domain.number(derived.edge, 0, 1),
        domain.number(derived.doubt, 0, 1),
    ),
    meaning=(
        r"A fit weighs how clearly an item wins; majorities do not. Neither is wrong: they answer "
        r"two questions."
    ),
    evidence=(
        Derived(
            part="",
            of="second",
            chain=derived.second,
            mistakes={
                "a fit never puts it below another": -N * derived.edge - derived.doubt,
                "the edge counts once": Rational(1, 2) - derived.edge - derived.doubt,
            },
        ),
        Exact(
            part="tables for 3 to 8 items: all beaten, and all but one have more wins",
            cases=lambda: [(size,) for size in range(3, 9)],
            lhs=_places,
            rhs=lambda size: (size - 1, size - 2),
            mistakes={
                "second at most": lambda size: (size - 1, min(1, size - 2)),
                "it can come last": lambda size: (size - 1, size - 1),
            },
        ),
        Exact(
            part="the library's fits of these tables",
            cases=lambda: [(size,) for size in range(3, 9)],
            lhs=lambda size: int((_fit(_floats(size)) > _fit(_floats(size))[0] + 1e-6).sum()),
            rhs=lambda size: size - 2,
            floats="fits by the library",
            mistakes={"it comes second": lambda size: min(size - 2, 1)},
        ),
        Argued(
            part="the order, and never last",
            proof=(
                r"The design is balanced, so the order is that of wins, by <borda_order>.",
                (
                    r"Who is preferred to each other one by more than $\tfrac12$ has more than "
                    r"$\tfrac12(N-1)$ wins, which is the mean, so somebody has fewer."
                ),
            ),
        ),
    ),
    uses=(borda_order,),
)


def _turned(scores, turn):
    """The scores, over the table of shares that they give, with a part of what each pair leaves
    room for added round the cycle of all items.
    """
    size = len(scores)
    table = _off_diagonal(1 / (1 + np.exp(scores - scores[:, None])))
    room = np.minimum(table, table.T)[np.arange(size), (np.arange(size) + 1) % size].min()
    ring = np.roll(np.eye(size), 1, axis=1)
    return np.vstack([scores, table + turn * room * (ring - ring.T)])


def _draw_turned(rng, size):
    scores = rng.normal(size=size)
    return _turned(scores - scores.mean(), rng.uniform(-1, 1))


turned = Domain(
    corners=lambda size: [_turned(np.linspace(-1, 1, size), 0.9)],
    draw=_draw_turned,
)

cycles = Claim(
    title="A cycle is invisible",
    statement=(
        r"Whatever the scores, going round a cycle one way is as likely as the other: $<round>$. "
        r"At equal scores the foreseen wins $F_l$ of an item and its wins $W_l$ differ by "
        r"$<rest>$. So a fit has equal scores iff each item has as many wins as losses. More: "
        r"what is added to the wins of each item of a cycle of three or more over the next one, "
        r"and taken from its losses to it, moves no score."
    ),
    relations={"round": derived.kolmogorov.states, "rest": derived.at_rest.states},
    for_all=(
        domain.size(N, 3),
        domain.real(s, N),
        domain.nonnegative(W, N, N),
        domain.index(l, N),
    ),
    meaning=(
        r"Of three items of which each beats the next for sure, a fit says 50 to 50 of each pair, "
        r"with a loss of $\log2$ where a table of pairs would have 0."
    ),
    evidence=(
        Derived(
            part="",
            of="round",
            chain=derived.kolmogorov,
            mistakes={
                "as likely as an order of the three": sigmoid(s[1] - s[2])
                * sigmoid(s[2] - s[3])
                * sigmoid(s[1] - s[3]),
                "one way or the other": 1
                - sigmoid(s[1] - s[2]) * sigmoid(s[2] - s[3]) * sigmoid(s[3] - s[1]),
            },
        ),
        Derived(
            part="",
            of="rest",
            chain=derived.at_rest,
            mistakes={
                "the wins less the losses": Sum(W[l, j] - W[j, l], (j, 1, N)) / 2,
                "the losses": Sum(W[j, l], (j, 1, N)) / 2,
            },
        ),
        Sampled(
            part="scores, found again after a cycle is added to their shares",
            cases=dict(scores_and_table=turned),
            lhs=lambda scores_and_table: _fit(scores_and_table[1:]),
            rhs=lambda scores_and_table: scores_and_table[0],
            mistakes={
                "who gains by the cycle rises": dict(
                    lhs=lambda scores_and_table: _win_logits(scores_and_table[1:])
                ),
            },
            tolerance=1e-9,
            because="as far as a fit converges; scores of 0 are among them",
            sizes=(3, 4, 5, 8),
        ),
        Argued(
            part="equal scores, and a cycle that is added",
            proof=(
                (
                    r"By <expected_wins> scores are a fit iff each item's wins are those that they "
                    r"foresee; at equal scores each margin is 0, and half of an item's comparisons "
                    r"are foreseen."
                ),
                (
                    r"Round a cycle an item gains against the next what it loses against the one "
                    r"before; its wins, and the comparisons of each pair, stay. So the same scores "
                    r"are a fit, and a fit that comparisons tell is the only one, by "
                    r"<connected_scores>."
                ),
            ),
        ),
    ),
    uses=(expected_wins, connected_scores),
)


def _smoothed_twice(pi, varepsilon):
    """The library's smoothing twice, of which 2 ε is the uniform part; flips by ε, twice, are
    flips by 1 - ε, twice.
    """
    part = 2 * min(varepsilon, 1 - varepsilon)
    return xentlib.smooth_labels(xentlib.smooth_labels([pi, 1 - pi], part), part)[0]


flip, truth, keep = derived.flips, derived.truth, derived.keep

smoothing_shrinks_again = Claim(
    title="Smoothing shrinks what noise has shrunk",
    statement=(
        r"Let the first be preferred by a share $\pi$ of people, and let each label be flipped "
        r"with the probability $\varepsilon$. A loss that smooths labels by flips of the same "
        r"$\varepsilon$ has on average the label $<twice>$. Its best margin is the logit of that, "
        r"and no other, as $\log\frac\pi{1-\pi}$ is for $\pi$."
    ),
    relations={"twice": derived.smoothed_twice.states},
    for_all=(domain.number(truth, 0, 1), domain.number(flip, 0, 1)),
    meaning=(
        r"On clean and certain labels the smoothed loss has the margin "
        r"$\log\frac{1-\varepsilon}\varepsilon$ for each pair. For language models it is known as "
        r"conservative DPO. Flips of $\varepsilon$ are a uniform part of $2\varepsilon$: a "
        r"`label_smoothing` of one library is half of that of another."
    ),
    evidence=(
        Derived(
            part="",
            of="twice",
            chain=derived.smoothed_twice,
            computes=_smoothed_twice,
            mistakes={
                "smoothing removes the noise": truth + 0 * flip,
                "it shrinks once": Rational(1, 2) + (1 - 2 * flip) * (truth - Rational(1, 2)),
                "smoothing that mixes with the uniform label": Rational(1, 2)
                + (1 - 2 * flip) * (1 - flip) * (truth - Rational(1, 2)),
            },
        ),
        derived.logit_is_best.as_part("the best margin"),
        Exact(
            part="shares of 9/10 and others: where the noise and both together lead",
            cases=lambda: [(F(a, 10), F(e, 10)) for a in (1, 6, 9) for e in (1, 2, 3)],
            lhs=lambda share, e: _flipped(_flipped(share, e), e),
            rhs=lambda share, e: F(1, 2) + (1 - 2 * e) ** 2 * (share - F(1, 2)),
            mistakes={
                "as if labels were flipped once by 2 ε": lambda share, e: _flipped(share, 2 * e)
            },
        ),
    ),
    uses=("smoothing.smoothing_as_noise", preference_is_votes),
)


def _flipped(share, e):
    return (1 - e) * share + e * (1 - share)


QUARTER = 0.25  # of the labels are flipped
CHANNEL = [[1 - QUARTER, QUARTER], [QUARTER, 1 - QUARTER]]


def _both_losses(margins):
    """What a label for the first costs: by the library's corrected label, and by its likelihood."""
    z = np.column_stack([margins, np.zeros_like(margins)])
    label = xentlib.backward_corrected_labels(0, CHANNEL)
    likelihood = xentlib.forward_corrected_loss(z, np.zeros(len(z), int), CHANNEL)
    return np.stack([xentlib.logsumexp(z) - z @ label, likelihood])


def _by_formula(margins, divisor=1 - 2 * QUARTER):
    """The same by the formulas of the claim."""
    first, second = (np.logaddexp(0, sign * np.array(margins)) for sign in (-1, 1))
    backward = ((1 - QUARTER) * first - QUARTER * second) / divisor
    return np.stack([backward, -np.log(QUARTER + (1 - 2 * QUARTER) * np.exp(-first))])


margins = Domain(
    corners=lambda size: [np.linspace(-3, 3, size)],
    draw=lambda rng, size: rng.normal(size=size) * 5,
)

two_ways_back = Claim(
    title="Two losses that find the clean preference",
    statement=(
        r"Let $\kappa=1-2\varepsilon>0$, so that flips make $\pi_\varepsilon=\frac12+\kappa"
        r"(\pi-\frac12)$ of $\pi$, and let "
        r"$\tilde H(\delta)=\frac{(1-\varepsilon)H(1,\sigma(\delta))-\varepsilon "
        r"H(0,\sigma(\delta))}{1-2\varepsilon}$ be the backward-corrected loss of a label for the "
        r"first. It is unbiased: $<unbiased>$. But it falls without end: $<falls>$. The likelihood "
        r"of the flipped label has $q_\varepsilon=\frac12+\kappa(q-\frac12)$, with "
        r"$q=\sigma(\delta)$, as its chance, and on average the loss $<finds>$, with equality iff "
        r"$q=\pi$. The chance is bounded, $<most>$ and $<least>$, so the loss of a label lies "
        r"between $-\log(1-\varepsilon)$ and $-\log\varepsilon$."
    ),
    relations={
        "unbiased": derived.unbiased.states,
        "falls": derived.unbounded.states,
        "finds": derived.found.states,
        "most": derived.most_likely.states,
        "least": derived.least_likely.states,
    },
    for_all=(
        domain.number(truth, 0, 1),
        domain.number(keep, 0, 1),
        domain.number(margin),
        domain.number(derived.model, 0, 1),
    ),
    meaning=(
        r"The first is known as robust DPO. One label whose margin nothing else holds takes it to "
        r"$-\infty$; it must be stopped early or penalised. The second is a likelihood; a label "
        r"that the model is sure of pulls no more, right or wrong, and it is not convex."
    ),
    evidence=(
        Derived(
            part="",
            of="unbiased",
            chain=derived.unbiased,
            mistakes={
                "for the noisy share": derived.preference_loss(margin, derived.noisy(truth)),
                "up to the scale": keep * derived.preference_loss(margin, truth),
            },
        ),
        derived.unbounded.as_part("", of="falls"),
        derived.found.as_part("", of="finds"),
        derived.most_likely.as_part("", of="most"),
        derived.least_likely.as_part("", of="least"),
        Sampled(
            part="the library's corrected labels and its likelihood of a noisy label",
            cases=dict(margins=margins),
            lhs=_both_losses,
            rhs=_by_formula,
            mistakes={
                "the correction without its divisor": lambda margins: _by_formula(margins, 1.0),
                "both are the corrected loss": lambda margins: _by_formula(margins)[[0, 0]],
            },
        ),
        Argued(
            part="the bounds of the loss",
            proof=(
                r"Minus a logarithm falls as the chance rises, and "
                r"$\tfrac{1-\kappa}2=\varepsilon$ and $\tfrac{1+\kappa}2=1-\varepsilon$ bound the "
                r"chance of either label, that of the other one being $1-q_\varepsilon$."
            ),
        ),
    ),
    uses=(
        smoothing_shrinks_again,
        "five_meanings.noisy_channel",
        "five_meanings.backward_correction",
        "five_meanings.signed_labels",
    ),
)
