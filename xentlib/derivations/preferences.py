"""The chapter on preferences: what a share of preference is, and what scores of comparisons see."""

from typing import Any

from sympy import Derivative, IndexedBase, Rational, Sum, Symbol, exp, log, sqrt

import xentlib.preferences
from xentlib.derivations.lemmas import logarithm
from xentlib.derivations.quantities import sigmoid
from xentlib.derivations.symbols import N, i, j, k, l, over_observations
from xentlib.verify import (
    Bounded,
    Chain,
    Dropped,
    Optimum,
    Termwise,
    called,
    index,
    nonnegative,
    number,
    positive,
    real,
    size,
)
from xentlib.verify.quantity import quantity

margin, share = Symbol("delta", real=True), Symbol("a", real=True)


@quantity(r"H({1},\sigma({0}))", computes=xentlib.preferences.preference_loss)
def preference_loss(margin: Any, share: Any) -> Any:
    """What the margin costs, where the first is preferred to this extent."""
    return -share * log(sigmoid(margin)) - (1 - share) * log(sigmoid(-margin))


# What a preference is
loss_of_a_margin = Chain(
    start=preference_loss(margin, share),
    steps=((log(1 + exp(margin)) - share * margin, "log σ(-δ) = log σ(δ) - δ"),),
    given=(number(margin), number(share)),
)
"""The label enters as a factor of the margin alone."""
n, m = Symbol("n", positive=True), Symbol("m", nonnegative=True)  # votes, and those for the first
votes = Chain(
    start=called(
        r"-\log\bigl(\sigma(\delta)^m\sigma(-\delta)^{n-m}\bigr)",
        -log(sigmoid(margin) ** m * sigmoid(-margin) ** (n - m)),
    ),
    steps=(
        (-m * log(sigmoid(margin)) - (n - m) * log(sigmoid(-margin)), "the logarithm of a product"),
        (n * preference_loss(margin, m / n), "take n out"),
    ),
    given=(number(margin), number(n, 0, 9), number(m, 0, 9)),
)
"""n votes in order, m of them for the first, are a preference of m/n with the weight n."""


def mass(weight: int, coefficients: tuple[int, int, int]) -> Any:
    """What the outcomes 1, 1/2 and 0 have in total, each so many times exp(-weight · loss)."""
    outcomes = (1, Rational(1, 2), 0)
    return sum(
        times * exp(-weight * preference_loss(margin, outcome))
        for times, outcome in zip(coefficients, outcomes, strict=True)
    )


tie_of_weight_one = Chain(
    start=mass(1, (1, 1, 1)),
    steps=(
        (
            sigmoid(margin) + sqrt(sigmoid(margin) * sigmoid(-margin)) + sigmoid(-margin),
            "write the losses out",
        ),
        (1 + 1 / (exp(margin / 2) + exp(-margin / 2)), "σ(δ) and σ(-δ) sum to 1"),
    ),
    given=(number(margin),),
)
"""With a tie as half a vote of weight 1 the total is above 1, and depends on the margin."""
tie_of_weight_two = Chain(
    start=mass(2, (1, 2, 1)),
    steps=(
        (
            sigmoid(margin) ** 2 + 2 * sigmoid(margin) * sigmoid(-margin) + sigmoid(-margin) ** 2,
            "write the losses out",
        ),
        (1 + 0 * margin, "a square of a sum that is 1"),
    ),
    given=(number(margin),),
)
"""With weight 2 a tie is one vote for each, in either order, and the total is 1."""

# What a fit sees
W, s = IndexedBase("W", nonnegative=True), IndexedBase("s", real=True)  # weights, scores
scores = (size(N), nonnegative(W, N, N), real(s, N))
total_loss = called("L(s)", over_observations(Sum(W[i, j] * log(1 + exp(s[j] - s[i])), (j, 1, N))))


def foreseen(item: Any) -> Any:
    """The wins of an item that the scores foresee."""
    return Sum((W[item, j] + W[j, item]) * sigmoid(s[item] - s[j]), (j, 1, N))


def won(item: Any) -> Any:
    """The wins that it has: what it was preferred by, with weights."""
    return Sum(W[item, j], (j, 1, N))


expected_wins = Chain(
    start=Derivative(total_loss, s[l]),
    steps=((foreseen(l) - won(l), "differentiate: only terms with l change"),),
    given=(size(N), index(l, N), *scores[1:]),
)
"""The slope in a score: foreseen wins less wins."""

# Whether there is a fit: a path of N steps, each from an item to one that it is preferred to
least = Symbol("c", positive=True)  # weight that each step of the path has at least
more, rise = IndexedBase("r", nonnegative=True), IndexedBase("delta", real=True)
path = Bounded(
    start=Sum((least + more[k]) * log(1 + exp(rise[k])), (k, 1, N)),
    relation=">=",
    steps=(
        (
            Dropped(
                amount=Sum(
                    least * log(1 + exp(-rise[k])) + more[k] * log(1 + exp(rise[k])),
                    (k, 1, N),
                )
            ),
            least * Sum(rise[k], (k, 1, N)),
            "log(1 + exp δ) is δ and log(1 + exp(-δ)), which is positive; more weight costs more",
        ),
    ),
    given=(size(N, 1), nonnegative(more, N), real(rise, N), number(least, 0, 3)),
    mistakes={
        "twice the rise": 2 * least * Sum(rise[k], (k, 1, N)),
        "every step costs log 2 at least": least * N * log(2),
    },
)
"""What a path costs is at least its least weight times the rise of the scores along it."""
weight, gap = IndexedBase("w", nonnegative=True), IndexedBase("g", real=True)
moved = Symbol("t", positive=True)
apart = Bounded(
    start=Sum(weight[k] * log(1 + exp(-gap[k] - moved)), (k, 1, N)),
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=weight[k],
                argument=1 + exp(-gap[k] - moved),
                limits=((k, 1, N),),
            ),
            exp(-moved) * Sum(weight[k] * exp(-gap[k]), (k, 1, N)),
            "log t is at most t - 1",
        ),
    ),
    given=(size(N, 1), nonnegative(weight, N), real(gap, N), number(moved, 0, 3)),
    mistakes={
        "twice as fast": exp(-2 * moved) * Sum(weight[k] * exp(-gap[k]), (k, 1, N)),
        "as exp(-t), whatever the weights and gaps": exp(-moved) + 0 * N,
    },
)
"""What the comparisons across cost falls to 0 as the part that never wins is moved down by t."""

# A balanced design: every two items are compared with the weight w; strength = exp(score)
strength, each = IndexedBase("gamma", positive=True), Symbol("w", positive=True)


def wins_foreseen(item: Any) -> Any:
    """Against all, itself among them, which is a half for each item."""
    return each * Sum(strength[item] / (strength[item] + strength[k]), (k, 1, N))


borda = Chain(
    start=called("W_i-W_j", wins_foreseen(i) - wins_foreseen(j)),
    steps=(
        (
            each
            * Sum(
                strength[i] / (strength[i] + strength[k])
                - strength[j] / (strength[j] + strength[k]),
                (k, 1, N),
            ),
            "term by term",
        ),
        (
            (strength[i] - strength[j])
            * each
            * Sum(
                strength[k] / ((strength[i] + strength[k]) * (strength[j] + strength[k])), (k, 1, N)
            ),
            "one common denominator: the difference of the strengths comes out",
        ),
    ),
    given=(size(N), index(i, N), index(j, N), positive(strength, N), number(each, 0, 3)),
)
"""Wins differ by the difference of the strengths, times what is positive."""

edge, doubt = Symbol("eta", positive=True), Symbol("zeta", positive=True)
second = Chain(
    start=called(
        "W_2-W_1",
        (Rational(1, 2) - edge + Sum(Rational(1, 2), (k, 1, N - 3)) + 1 - doubt)
        - Sum(Rational(1, 2) + edge, (k, 1, N - 1)),
    ),
    steps=((Rational(1, 2) - N * edge - doubt, "add up, and subtract"),),
    given=(size(N, 3, 6), number(edge, 0, 1), number(doubt, 0, 1)),
)
"""By how much the second item has more wins than the winner of every pair."""

# Cycles
three = IndexedBase("s", real=True)
kolmogorov = Chain(
    start=called(
        r"P(1\succ2)P(2\succ3)P(3\succ1)",
        sigmoid(s[1] - s[2]) * sigmoid(s[2] - s[3]) * sigmoid(s[3] - s[1]),
    ),
    steps=(
        (
            sigmoid(s[2] - s[1]) * sigmoid(s[3] - s[2]) * sigmoid(s[1] - s[3]),
            "the margins round the cycle sum to 0",
        ),
    ),
    given=(size(N, 3), real(s, N)),
)
"""Going round a cycle one way is as likely as the other."""
at_rest = Chain(
    start=called("F_l-W_l", Sum((W[l, j] + W[j, l]) * sigmoid(0), (j, 1, N)) - won(l)),
    steps=((Sum(W[j, l] - W[l, j], (j, 1, N)) / 2, "σ(0) is one half"),),
    given=(size(N), index(l, N), nonnegative(W, N, N)),
)
"""At equal scores the slope is half of the losses less the wins."""

# Noise: the label is flipped with the probability (1 - κ)/2
truth, keep = Symbol("pi", positive=True), Symbol("kappa", positive=True)
half = Rational(1, 2)


def through(share: Any) -> Any:
    """What flips make of a share."""
    return half + keep * (share - half)


@quantity(r"{}_\varepsilon")
def noisy(share: Any) -> Any:
    """The same, by its name."""
    return through(share)


@quantity("H({},{})")
def cross_entropy_of_shares(share: Any, model: Any) -> Any:
    """Of two classes, the shares of the first."""
    return -share * log(model) - (1 - share) * log(1 - model)


@quantity("H({})")
def entropy_of_share(share: Any) -> Any:
    """Of two classes, the share of the first."""
    return cross_entropy_of_shares(share, share)


flips = Symbol("varepsilon", positive=True)


def flipped(share: Any) -> Any:
    """What a flip with the probability ε makes of a share."""
    return (1 - flips) * share + flips * (1 - share)


smoothed_twice = Chain(
    start=called(r"\pi_{\varepsilon\varepsilon}", flipped(flipped(truth))),
    steps=(
        (flipped(half + (1 - 2 * flips) * (truth - half)), "what the noise does"),
        (half + (1 - 2 * flips) ** 2 * (truth - half), "and smoothing does it again"),
    ),
    given=(number(truth, 0, 1), number(flips, 0, 1)),
)
"""Flips, and smoothing with their ε, each take the factor 1 - 2ε off the distance from 1/2."""
logit_is_best = Optimum(
    kind="min",
    objective=log(1 + exp(margin)) - truth * margin,
    over=number(margin),
    entry=margin,
    at=log(truth / (1 - truth)),
    given=(number(truth, 0, 1),),
    mistakes={"the share itself": truth, "the preference less its opposite": 2 * truth - 1},
)
"""The best margin for a share is its logit."""


@quantity(r"\tilde H({})")
def corrected(margin: Any) -> Any:
    """The loss of a label for the first, corrected backward."""
    return ((1 + keep) * preference_loss(margin, 1) - (1 - keep) * preference_loss(margin, 0)) / (
        2 * keep
    )


unbiased = Chain(
    start=noisy(truth) * corrected(margin) + (1 - noisy(truth)) * corrected(-margin),
    steps=((preference_loss(margin, truth), "H(1, σ(δ)) has π, H(1, σ(-δ)) the rest"),),
    given=(number(truth, 0, 1), number(keep, 0, 1), number(margin)),
)
"""On average over the noise it is the loss of the clean share."""
unbounded = Bounded(
    start=corrected(margin),
    steps=(
        (
            "=",
            log(1 + exp(-margin)) - (1 - keep) / (2 * keep) * margin,
            "H(0, σ(δ)) is H(1, σ(δ)) + δ",
        ),
        (
            Termwise(lemma=logarithm, weight=1 + 0 * keep, argument=1 + exp(-margin)),
            exp(-margin) - (1 - keep) / (2 * keep) * margin,
            "log t is at most t - 1",
        ),
    ),
    given=(number(keep, 0, 1), number(margin)),
    mistakes={
        "never above the loss itself": log(1 + exp(-margin)) + 0 * keep,
        "at most 0": 0 * keep,
    },
)
"""So it falls for ever as the margin grows."""
model = Symbol("q", positive=True)  # σ(δ)
found = Bounded(
    start=cross_entropy_of_shares(noisy(truth), noisy(model)),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=through(truth),
                argument=through(model) / through(truth),
            ),
            -noisy(truth) * log(noisy(truth))
            - (1 - noisy(truth)) * log(1 - noisy(model))
            + noisy(truth)
            - noisy(model),
            "log t is at most t - 1, at the first's chance over its share",
        ),
        (
            Termwise(
                lemma=logarithm,
                weight=1 - through(truth),
                argument=(1 - through(model)) / (1 - through(truth)),
            ),
            entropy_of_share(noisy(truth)),
            "and at the second's",
        ),
    ),
    given=(number(truth, 0, 1), number(keep, 0, 1), number(model, 0, 1)),
    equality={model: truth},
    mistakes={"at the noisy share": {model: through(truth)}, "at one half": {model: half}},
)
"""The loss that knows of the flips is least at the clean share, and only there."""
most_likely = Bounded(
    start=noisy(model),
    steps=((Dropped(amount=keep * (1 - model)), (1 + keep) / 2, "q is at most 1"),),
    given=(number(keep, 0, 1), number(model, 0, 1)),
    mistakes={"at most q": model + 0 * keep, "at most one half": half + 0 * keep},
)
"""A label has no greater chance than 1 - ε, whatever the margin."""
least_likely = Bounded(
    start=noisy(model),
    relation=">=",
    steps=((Dropped(amount=keep * model), (1 - keep) / 2, "q is at least 0"),),
    given=(number(keep, 0, 1), number(model, 0, 1)),
    mistakes={"at least q": model + 0 * keep, "one half at least": half + 0 * keep},
)
"""And none smaller than ε."""
