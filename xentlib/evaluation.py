"""Evaluation with votes and soft labels: how much of a score is the votes' own noise, whether a
model is calibrated, what undoes the focal loss, and which votes to buy.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xentlib import _checks
from xentlib._checks import Floats, Values
from xentlib.information import entropy
from xentlib.labels import votes_to_probs
from xentlib.votes import disagreement

__all__ = [
    "Calibration",
    "EntropyBounds",
    "LossVariances",
    "calibration_error",
    "entropy_bounds",
    "excess_brier",
    "loss_variances",
    "undo_focal",
    "votes_to_buy",
]

MOST_BINS = 1_000_000


class EntropyBounds(NamedTuple):
    """`low` and `high` (...), nats: on average over votes, one below and one above the entropy."""

    low: Values
    high: Values


class Calibration(NamedTuple):
    """`squared`, the mean squared gap of the bins without bias; `ece`, the mean absolute gap, which
    is too large; and of each bin, as arrays (bins,): its number of `items`, and their mean
    `confidence` and `share` of the label, 0 where a bin is empty.
    """

    squared: float
    ece: float
    items: NDArray[np.int64]
    confidence: Floats
    share: Floats


class LossVariances(NamedTuple):
    """Of the loss of one vote, nats²: the variance `between` items and that `within` them."""

    between: float
    within: float

    @property
    def correlation(self) -> float:
        """Of the losses of two votes on one item: between / (between + within)."""
        return self.between / (self.between + self.within)


@np.errstate(all="ignore")
def excess_brier(counts: ArrayLike, probs: ArrayLike) -> Values:
    """How far predictions are from the law π of the votes, without bias: Σ_k (p̂_k - q_k)² - D/n.

    With p̂ the shares of n independent votes and D their `disagreement`, its mean is Σ_k (π_k -
    q_k)², the Brier score less its floor. A single value may be below 0; a mean over items is what
    is reported.

    Parameters
    ----------
    counts : (..., K), whole numbers, at least two votes in each row
    probs : same shape, distributions q

    Returns
    -------
    (...)

    Raises
    ------
    InvalidInput
        for a count that is negative or not whole, a row with fewer than two votes, a row that is
        no distribution, or shapes that differ.

    Examples
    --------
    >>> excess_brier([[2, 1], [3, 0]], [[0.5, 0.5], [0.5, 0.5]]).round(6)
    array([-0.166667,  0.5     ])
    """
    _checks.same_shape(counts=counts, probs=probs)
    probs = _checks.probabilities("probs", probs)
    noise = disagreement(counts) / _checks.counts("counts", counts).sum(axis=-1)
    return (np.square(votes_to_probs(counts) - probs).sum(axis=-1) - noise)[()]


@np.errstate(all="ignore")
def entropy_bounds(counts: ArrayLike, pseudo_count: float) -> EntropyBounds:
    """Two values that are below and above the entropy of the law of the votes, on average.

    `low` is H(p̂), the entropy of the shares. `high` is what each vote costs as the others, with a
    pseudo-count a for each class, predict it: -Σ_k (c_k/n) log((c_k - 1 + a) / (n - 1 + K a)). No
    function of the votes has the entropy for its mean.

    Parameters
    ----------
    counts : (..., K), whole numbers, at least one vote in each row
    pseudo_count : positive number a, the same before any vote is seen; 1/2 is usual

    Returns
    -------
    EntropyBounds

    Raises
    ------
    InvalidInput
        for a count that is negative or not whole, a row without a vote, or a pseudo-count that is
        not positive.

    Examples
    --------
    >>> low, high = entropy_bounds([7, 2, 1], 0.5)
    >>> round(float(low), 4), round(float(high), 4)
    (0.8018, 1.0293)
    """
    pseudo_count = _checks.scale("pseudo_count", pseudo_count)
    counts = _checks.counts("counts", counts, some=True)
    unit = max(1.0, pseudo_count)  # K a of the largest floats would overflow
    others = np.where(counts > 0, counts - 1, 0.0) / unit + pseudo_count / unit
    rest = (counts.sum(axis=-1, keepdims=True) - 1) / unit
    number = rest + counts.shape[-1] * (pseudo_count / unit)
    shares = votes_to_probs(counts)
    high = -(shares * (np.log(others) - np.log(number))).sum(axis=-1)
    return EntropyBounds(entropy(shares), high[()])


def calibration_error(target_probs: ArrayLike, probs: ArrayLike, bins: int) -> Calibration:
    """Whether the class that a model bets on has the share of the labels that it says, in bins.

    Of each item the confidence is the largest q_k, and the share is p_k of that class: its votes'
    share, or 0 or 1 for a hard label. With d the share less the confidence, the squared gap of a
    bin is ((Σd)² - Σd²) / (N(N - 1)), the mean over pairs of different items: without bias for the
    squared mean gap, if items are independent draws. (Σd/N)² is not, and nor is the absolute gap.

    Parameters
    ----------
    target_probs : (N, K), distributions; hard labels by `one_hot`
    probs : (N, K), distributions q
    bins : number of intervals of one width, [0, 1/bins), ..., [1 - 1/bins, 1]

    Returns
    -------
    Calibration
        `squared` weights the bins of two items and more by their numbers of items, `ece` all bins.

    Raises
    ------
    InvalidInput
        for rows that are no distributions, shapes that differ, fewer bins than one, or bins so
        narrow that none has two items.
    TypeError
        for a number of bins that is no integer.

    Examples
    --------
    >>> labels, probs = [[1, 0], [0, 1], [1, 0]], [[0.75, 0.25]] * 3
    >>> found = calibration_error(labels, probs, 4)
    >>> round(found.squared, 4), round(found.ece, 4), found.items.tolist()
    (-0.1042, 0.0833, [0, 0, 0, 3])
    """
    _checks.same_shape(target_probs=target_probs, probs=probs)
    targets = _checks.probabilities("target_probs", target_probs)
    q, targets = _checks.batch(probs=_checks.probabilities("probs", probs), targets=targets)
    bins = _checks.how_many("bins", bins, "a number of bins is an integer", "one bin")
    if bins > MOST_BINS:
        raise _checks.InvalidInput("bins", f"at most {MOST_BINS} bins are counted", value=bins)
    best = q.argmax(axis=-1)[:, None]
    confidence, share = (np.take_along_axis(rows, best, axis=-1)[:, 0] for rows in (q, targets))
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    items = np.bincount(place, minlength=bins)
    if items.max() < 2:
        rule = f"a gap needs two items; none of {bins} bins has them"
        raise _checks.InvalidInput("probs", rule, says=f"has {len(q)} rows")
    gap = share - confidence
    total, squares = (np.bincount(place, x, minlength=bins) for x in (gap, gap * gap))
    more = items > 1
    pairs = (total[more] ** 2 - squares[more]) / (items[more] - 1)  # times the number of items
    means = (np.bincount(place, x, minlength=bins) for x in (confidence, share))
    return Calibration(
        float(pairs.sum() / items[more].sum()),
        float(np.abs(total).sum() / len(q)),
        items,
        *(mean / np.maximum(items, 1) for mean in means),
    )


@np.errstate(all="ignore")
def undo_focal(probs: ArrayLike, gamma: float) -> Floats:
    """The distribution for which the focal loss is least at `probs`: p_k in proportion to q_k /
    ((1 - q_k)^γ - γ (1 - q_k)^(γ - 1) q_k log q_k), for predictions of a free model.

    Parameters
    ----------
    probs : (..., K), distributions q
    gamma : positive number γ, the power of the loss -(1 - q)^γ log q

    Returns
    -------
    same shape, distributions; a vertex, and a class of probability 0, stay

    Raises
    ------
    InvalidInput
        for a γ that is not positive, or a row that is no distribution.

    Source
    ------
    charoenphakdee2021

    Examples
    --------
    >>> undo_focal([0.489, 0.353, 0.158], 2.0).round(2)
    array([0.6, 0.3, 0.1])
    """
    q, _ = _checks.exact_probabilities("probs", probs)
    gamma = _checks.scale("gamma", gamma)
    rest = 1 - q
    top = np.expand_dims(q.argmax(axis=-1), -1)
    others = np.array(q)
    np.put_along_axis(others, top, 0.0, axis=-1)
    np.put_along_axis(rest, top, others.sum(axis=-1, keepdims=True), axis=-1)  # no cancellation
    minus_log = np.where(q > 0.5, -np.log1p(-rest), -np.log(q))
    odds = -minus_log - gamma * np.log(rest) - np.log1p(gamma * q * minus_log / rest)
    odds = np.where(q > 0, odds, -np.inf)
    weights = np.exp(odds - odds.max(axis=-1, keepdims=True))
    vertex = (rest == 0).any(axis=-1, keepdims=True)
    return np.where(vertex, q, weights / weights.sum(axis=-1, keepdims=True))


@np.errstate(all="ignore")
def loss_variances(losses: ArrayLike, counts: ArrayLike) -> LossVariances:
    """How much the loss of one vote varies between items and within them, each without bias.

    `losses` are what each class would cost, a_ik = -log q_ik, or the difference of two models. The
    variance of the mean over N items with n votes each is (between + within/n) / N. Within is the
    mean of n/(n - 1) times the variance of the votes' losses on an item; between is the variance of
    the items' mean losses, less what their votes add to it. It may come out below 0.

    Parameters
    ----------
    losses : (N, K), finite, in nats
    counts : (N, K), whole numbers, at least two items, and two votes in each row

    Returns
    -------
    LossVariances

    Raises
    ------
    InvalidInput
        for a loss that is not finite, or whose square is not, a count that is negative or not
        whole, a row with fewer than two votes, fewer than two items, or shapes that differ.

    Examples
    --------
    >>> found = loss_variances([[0.0, 1.0], [0.0, 1.0]], [[3, 1], [1, 3]])
    >>> round(found.between, 6), round(found.within, 6)
    (0.0625, 0.25)
    """
    _checks.same_shape(losses=losses, counts=counts)
    a = _checks.finite("losses", losses)
    a, votes = _checks.batch(losses=a, counts=_checks.counts("counts", counts))
    number = votes.sum(axis=-1)
    rule = "two votes are compared; leave rows with fewer out"
    _checks.refuse_rows("counts", number < 2, rule, "has fewer than two votes", number)
    if len(a) < 2:
        raise _checks.InvalidInput("losses", "two items or more are compared", says="has one row")
    with np.errstate(all="ignore"):
        mean = (votes * a).sum(axis=-1) / number
        within = (votes * np.square(a - mean[:, None])).sum(axis=-1) / (number - 1)
        between = mean.var(ddof=1) - (within / number).mean()
        found = LossVariances(float(between), float(within.mean()))
    if not np.isfinite(found).all():
        rule = "their squares stay in the range of floats"
        raise _checks.InvalidInput("losses", rule, value=a.max(), says="leaves it when squared")
    return found


def votes_to_buy(correlation: float, item_cost: float) -> int:
    """How many votes on each item make the mean loss most exact for the money: the least n with
    n (n + 1) >= c (1 - ρ) / ρ.

    One vote costs 1, an item c besides: to find, to clean, to run a model on. The claim is *Which
    votes to buy*.

    Parameters
    ----------
    correlation : ρ of the losses of two votes on one item, above 0 and at most 1
    item_cost : c, in votes, 0 or more

    Returns
    -------
    whole number, at least 1

    Raises
    ------
    InvalidInput
        for a correlation that is not above 0, or above 1, or a cost that is negative or not finite.

    Examples
    --------
    >>> votes_to_buy(0.3, 4.0)
    3
    """
    rho = _checks.number("correlation", correlation)
    if not 0 < rho <= 1:
        rule = "it is above 0 and at most 1; at 0 and below, votes on one item are as good as any"
        raise _checks.InvalidInput("correlation", rule, value=rho)
    cost = _checks.number("item_cost", item_cost)
    if not 0 <= cost < math.inf:
        raise _checks.InvalidInput("item_cost", "a finite cost, not negative", value=cost)
    product = cost * (1 - rho) / rho
    if not product < _checks.LARGEST_COUNT:
        rule = "c (1 - ρ)/ρ is below 2^53: no more votes are counted"
        raise _checks.InvalidInput("correlation", rule, value=rho)
    number = max(1, math.ceil(math.sqrt(product + 0.25) - 0.5))
    while number > 1 and (number - 1) * number >= product:
        number -= 1
    while number * (number + 1) < product:
        number += 1
    return number
