"""Evaluation with votes: what is without bias, over all votes there are; what is refused."""

from fractions import Fraction as F
from itertools import product
from math import comb, log

import numpy as np
import pytest
from mpmath import mp, mpf
from scipy.optimize import minimize

from xentlib import InvalidInput, entropy, evaluation, one_hot
from xentlib.evaluation import (
    calibration_error,
    entropy_bounds,
    excess_brier,
    loss_variances,
    undo_focal,
    votes_to_buy,
)

ROUNDING = 1e-12  # a few sums of numbers near 1
SEARCH = 1e-5  # as far as a minimiser finds the place of a minimum
LAW = (F(1, 5), F(7, 10), F(1, 10))


def over_votes(value, votes, law=LAW):
    """The mean of a value of the counts, over every sequence of independent votes."""
    mean = 0.0
    for sequence in product(range(len(law)), repeat=votes):
        chance = float(np.prod([float(law[k]) for k in sequence]))
        mean += chance * value(np.bincount(sequence, minlength=len(law)))
    return mean


# --- the excess of the Brier score


def test_the_excess_of_the_brier_score_by_hand():
    """Shares (2/3, 1/3) lie 1/18 from (1/2, 1/2); two of three pairs differ: 1/18 - 2/9."""
    assert excess_brier([2, 1], [0.5, 0.5]) == pytest.approx(1 / 18 - 2 / 9, rel=ROUNDING)
    assert excess_brier([4, 0], [1.0, 0.0]) == 0


@pytest.mark.parametrize("votes", [2, 3, 4])
def test_the_excess_of_the_brier_score_has_no_bias(votes):
    q = np.array([0.5, 0.25, 0.25])
    found = over_votes(lambda counts: excess_brier(counts, q), votes)
    assert found == pytest.approx(((np.array(LAW, float) - q) ** 2).sum(), rel=ROUNDING)


def test_rows_of_any_shape_are_looked_at_one_by_one():
    counts = np.arange(2, 26).reshape(2, 4, 3)
    probs = np.full((2, 4, 3), 1 / 3)
    found = excess_brier(counts, probs)
    assert found.shape == (2, 4)
    assert found[1, 2] == excess_brier(counts[1, 2], probs[1, 2])
    low, high = entropy_bounds(counts, 0.5)
    assert (
        low.shape == high.shape == (2, 4) and high[0, 3] == entropy_bounds(counts[0, 3], 0.5).high
    )


# --- bounds of the entropy


def test_the_bounds_of_the_entropy_by_hand():
    low, high = entropy_bounds([2, 1], 1.0)
    assert low == entropy([2 / 3, 1 / 3])
    assert high == pytest.approx(-(2 * log(2 / 4) + log(1 / 4)) / 3, rel=ROUNDING)
    assert entropy_bounds([1, 0, 0], 0.5).high == pytest.approx(log(3), rel=ROUNDING)


@pytest.mark.parametrize("votes", [1, 2, 4])
@pytest.mark.parametrize("pseudo_count", [0.1, 0.5, 2.0])
def test_the_entropy_lies_between_the_means_of_its_bounds(votes, pseudo_count):
    truth = entropy(np.array(LAW, float))
    low = over_votes(lambda counts: entropy_bounds(counts, pseudo_count).low, votes)
    high = over_votes(lambda counts: entropy_bounds(counts, pseudo_count).high, votes)
    assert low < truth < high


def test_both_bounds_close_in_as_votes_become_many():
    low, high = entropy_bounds(np.array([7000, 2000, 1000]), 0.5)
    assert 0 < high - low < 3 / 10_000  # about (K - 1)/n


# --- calibration


def test_gaps_of_bins_by_hand():
    """Four items at .7, of which two are right; two at .9, both right; one alone at .5."""
    confidence = np.array([0.7] * 4 + [0.9] * 2 + [0.5])
    probs = np.column_stack([confidence, 1 - confidence])
    found = calibration_error(one_hot([0, 1, 1, 0, 0, 0, 0], 2), probs, 10)
    assert found.items.tolist() == [0, 0, 0, 0, 0, 1, 0, 4, 0, 2]
    assert found.share[[5, 7, 9]].tolist() == [1, 0.5, 1]
    assert found.confidence[[5, 7, 9]] == pytest.approx([0.5, 0.7, 0.9], rel=ROUNDING)
    d = [0.3, -0.7, -0.7, 0.3]
    pairs = [d[i] * d[j] for i, j in product(range(4), repeat=2) if i != j]
    squared = (4 * np.mean(pairs) + 2 * 0.1**2) / 6  # the item alone has no pair
    assert found.squared == pytest.approx(squared, rel=ROUNDING)
    assert found.ece == pytest.approx((4 * 0.2 + 2 * 0.1 + 0.5) / 7, rel=ROUNDING)


@pytest.mark.parametrize("chance", [F(3, 4), F(1, 2)])
def test_the_squared_gap_has_no_bias_and_the_ece_has(chance):
    """Three items at .75, with every outcome of one vote each."""
    probs = np.tile([0.75, 0.25], (3, 1))
    squared = ece = 0.0
    for labels in product((0, 1), repeat=3):
        mass = float(chance ** labels.count(0) * (1 - chance) ** labels.count(1))
        found = calibration_error(one_hot(labels, 2), probs, 4)
        squared, ece = squared + mass * found.squared, ece + mass * found.ece
    assert squared == pytest.approx(float(chance - F(3, 4)) ** 2, rel=ROUNDING, abs=ROUNDING)
    assert ece > abs(float(chance) - 0.75) + 0.01


def test_soft_labels_are_taken_as_they_are_and_edges_belong_to_one_bin():
    probs = np.array([[0.5, 0.5], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    found = calibration_error([[0.25, 0.75], [1, 0], [0.5, 0.5], [0.5, 0.5]], probs, 2)
    assert found.items.tolist() == [0, 4]
    assert found.share[1] == pytest.approx((0.25 + 1 + 0.5 + 0.5) / 4, rel=ROUNDING)


def test_a_perfect_model_is_calibrated_against_votes_and_not_against_majorities():
    """q = .6 everywhere. The majority of 11 is for class 1 in .753 of the items."""
    wins = sum(comb(11, k) * 0.6**k * 0.4 ** (11 - k) for k in range(6, 12))
    items = 2000
    probs = np.tile([0.6, 0.4], (items, 1))
    votes = one_hot((np.arange(items) >= 0.6 * items).astype(int), 2)
    majority = one_hot((np.arange(items) >= round(wins * items)).astype(int), 2)
    assert calibration_error(votes, probs, 10).ece == pytest.approx(0, abs=ROUNDING)
    assert calibration_error(majority, probs, 10).ece == pytest.approx(0.153, abs=0.0005)


# --- the focal loss


def focal(q, p, gamma):
    return -(p * (1 - q) ** gamma * np.log(q)).sum()


@pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("truth", [(0.6, 0.3, 0.1), (0.05, 0.9, 0.05), (0.25, 0.35, 0.4)])
def test_what_the_focal_loss_found_is_undone(gamma, truth):
    """Found by a minimiser of another library that knows no formula."""
    p = np.array(truth)

    def loss(z):
        q = np.exp(z - z.max())
        return focal(q / q.sum(), p, gamma)

    z = minimize(loss, np.log(p), method="BFGS", options={"gtol": 1e-9}).x
    q = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    assert undo_focal(q, gamma) == pytest.approx(p, abs=10 * SEARCH)


def test_a_vertex_and_equal_shares_stay():
    rows = np.array([[1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0.0]])
    assert undo_focal(rows, 2.0) == pytest.approx(rows, abs=ROUNDING)


def test_nearly_sure_predictions_keep_their_digits():
    """By the formula, with digits enough for 1 - 1e-100."""
    with mp.workdps(150):
        for small in (1e-3, 1e-9, 1e-15, 1e-100):
            q = [1 - mpf(small), mpf(small)]
            w = [a / ((1 - a) ** 2 - 2 * (1 - a) * a * mp.log(a)) for a in q]
            truth = float(w[1] / sum(w))
            assert undo_focal([1 - small, small], 2.0)[1] == pytest.approx(truth, rel=1e-12)


# --- votes and their price


KINDS = (((F(1, 4), F(3, 4)), (0.5, 2.0)), ((F(2, 3), F(1, 3)), (1.0, 0.25)))  # law, losses


def test_the_variances_of_the_loss_of_a_vote_have_no_bias():
    """Two kinds of items, equally frequent; three items with two votes each, every outcome."""
    laws, losses = zip(*KINDS, strict=True)
    means = [sum(float(a) * b for a, b in zip(*kind, strict=True)) for kind in KINDS]
    insides = [
        sum(float(a) * (b - mean) ** 2 for a, b in zip(law, loss, strict=True))
        for law, loss, mean in zip(laws, losses, means, strict=True)
    ]
    between = within = 0.0
    outcomes = [
        (kind, c, F(1, 2) * comb(2, c) * laws[kind][0] ** c * laws[kind][1] ** (2 - c))
        for kind in (0, 1)
        for c in (0, 1, 2)
    ]
    for items in product(outcomes, repeat=3):
        mass = float(np.prod([float(chance) for *_, chance in items]))
        found = loss_variances(
            [losses[kind] for kind, *_ in items], [(c, 2 - c) for _, c, _ in items]
        )
        between, within = between + mass * found.between, within + mass * found.within
    assert within == pytest.approx(np.mean(insides), rel=ROUNDING)
    assert between == pytest.approx(np.var(means), rel=ROUNDING)


def test_the_correlation_is_the_part_between():
    found = evaluation.LossVariances(1.0, 3.0)
    assert found.correlation == 0.25


@pytest.mark.parametrize("rho", [0.01, 0.1, 0.3, 0.5, 0.97, 1.0])
@pytest.mark.parametrize("cost", [0, 0.5, 1, 4, 30])
def test_no_other_number_of_votes_has_a_smaller_variance(rho, cost):
    def variance(n):
        return (1 + (n - 1) * rho) * (cost + n) / n

    best = votes_to_buy(rho, cost)
    assert best == min(range(1, 200), key=lambda n: (round(variance(n), 12), n))


def test_a_product_that_is_met_exactly_buys_the_fewer_votes():
    """c (1 - ρ)/ρ = 6 = 2·3 and 12 = 3·4: two numbers are equally good."""
    assert votes_to_buy(0.5, 6.0) == 2 and votes_to_buy(0.5, 12.0) == 3
    assert votes_to_buy(0.5, 6.0000001) == 3
    assert votes_to_buy(0.5, 1e7 * (1e7 + 1)) == 10_000_000


HALVES = [[0.5, 0.5]] * 2


@pytest.mark.parametrize(
    "act, message",
    [
        (
            lambda: excess_brier([[2, 1], [1, 0]], HALVES),
            "counts[1] has fewer than two votes; two votes are compared; leave rows with fewer out",
        ),
        (lambda: excess_brier([1.5, 1], [0.5, 0.5]), "counts[0] is 1.5; a count is a whole number"),
        (
            lambda: excess_brier([2, 1], [0.5, 0.6]),
            "probs sums to 1.1; a distribution sums to 1 (tolerance 1e-06)",
        ),
        (
            lambda: excess_brier([2, 1, 0], [0.5, 0.5]),
            "probs has shape (2,); counts has shape (3,); shapes match exactly",
        ),
        (lambda: entropy_bounds([0, 0], 0.5), "counts has no votes; a row has at least one vote"),
        (
            lambda: entropy_bounds([1, 2], 0.0),
            "pseudo_count is 0.0; a positive, finite number is needed",
        ),
        (lambda: calibration_error(HALVES, HALVES, 0), "bins is 0; at least one bin is needed"),
        (
            lambda: calibration_error(HALVES, [[0.5, 0.5], [0.9, 0.1]], 10),
            "probs has 2 rows; a gap needs two items; none of 10 bins has them",
        ),
        (
            lambda: calibration_error([0.5, 0.5], [0.5, 0.5], 2),
            "probs has shape (2,); a mean over rows needs shape (N, K)",
        ),
        (
            lambda: undo_focal([0.5, 0.5], 0.0),
            "gamma is 0.0; a positive, finite number is needed",
        ),
        (
            lambda: undo_focal([0.5, 0.4], 2.0),
            "probs sums to 0.9; a distribution sums to 1 (tolerance 1e-06)",
        ),
        (
            lambda: loss_variances(HALVES, [[1, 1], [1, 0]]),
            "counts[1] has fewer than two votes; two votes are compared; leave rows with fewer out",
        ),
        (
            lambda: loss_variances([[0.5, np.inf]] * 2, [[1, 1]] * 2),
            "losses[0, 1] is inf; a finite number is needed",
        ),
        (
            lambda: loss_variances([[0.5, 1]], [[1, 1]]),
            "losses has one row; two items or more are compared",
        ),
        (
            lambda: votes_to_buy(0.0, 4),
            "correlation is 0.0; it is above 0 and at most 1; at 0 and below, votes on one item "
            "are as good as any",
        ),
        (
            lambda: votes_to_buy(1.5, 4),
            "correlation is 1.5; it is above 0 and at most 1; at 0 and below, votes on one item "
            "are as good as any",
        ),
        (lambda: votes_to_buy(0.5, -1), "item_cost is -1.0; a finite cost, not negative"),
        (lambda: votes_to_buy(0.5, np.inf), "item_cost is inf; a finite cost, not negative"),
        (
            lambda: votes_to_buy(1e-300, 1e300),
            "correlation is 1e-300; c (1 - ρ)/ρ is below 2^53: no more votes are counted",
        ),
    ],
)
def test_bad_input_is_refused_by_name_and_place(act, message):
    with pytest.raises(InvalidInput) as trouble:
        act()
    assert str(trouble.value) == message


@pytest.mark.parametrize("bins", [2.0, True, "10"])
def test_a_number_of_bins_is_an_integer(bins):
    with pytest.raises(TypeError, match=r"^bins is .*; a number of bins is an integer$"):
        calibration_error(HALVES, HALVES, bins)


def test_inputs_are_never_written_to():
    counts, probs = np.array([[2, 1], [1, 3]]), np.array(HALVES)
    for array in (counts, probs):
        array.flags.writeable = False
    excess_brier(counts, probs), entropy_bounds(counts, 0.5), undo_focal(probs, 2.0)
    calibration_error(probs, probs, 2), loss_variances(probs, counts)


@pytest.mark.parametrize("name", [name for name in evaluation.__all__ if name[0].islower()])
def test_each_function_is_documented_with_an_example(name):
    text = getattr(evaluation, name).__doc__
    assert all(part in text for part in ("Parameters\n", "Returns\n", "Raises\n", ">>>"))


# --- what leaves the range of floats


def test_a_pseudo_count_without_end_predicts_all_classes_alike():
    for pseudo_count in (1e200, 1e308, 1.7e308):
        high = entropy_bounds([[4, 0, 2], [1, 2, 3]], pseudo_count).high
        np.testing.assert_allclose(high, [log(3)] * 2, rtol=ROUNDING)


@pytest.mark.parametrize("loss", [1e200, -1e200, 1e308, -1e308])
def test_losses_whose_squares_overflow_are_refused(loss):
    with pytest.raises(InvalidInput, match="^losses leaves it when squared; their squares stay"):
        loss_variances([[loss, 0.0], [0.0, 1.0]], [[3, 1], [1, 3]])


def test_more_bins_than_are_counted_are_refused():
    with pytest.raises(InvalidInput, match=r"^bins is 10{12}; at most 1000000 bins are counted"):
        calibration_error([[1, 0]] * 3, [[0.75, 0.25]] * 3, 10**12)


@pytest.mark.parametrize("argument", ["correlation", "item_cost"])
def test_one_number_is_needed_and_named(argument):
    numbers = {"correlation": 0.3, "item_cost": 2.0, argument: np.array([0.1, 0.2])}
    with pytest.raises(InvalidInput, match=f"^{argument} has shape"):
        votes_to_buy(**numbers)
    with pytest.raises(InvalidInput, match=f"^{argument} is nan; NaN is not a number"):
        votes_to_buy(**{**numbers, argument: np.nan})
