"""Preferences: the loss by hand and by many digits, whether comparisons tell scores, and the fit
against an optimiser of another library.
"""

from itertools import product

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.sparse.csgraph import connected_components
from sklearn.base import clone

import xentlib as x
from xentlib.fitting import BradleyTerry, NoFit, NotConverged
from xentlib.preferences import connectivity, preference_loss, preference_loss_value_and_grad
from xentlib.studies.preferences import reader_pairs

CLOSE = 1e-12
FITTED = 1e-6  # as far as an optimiser without second derivatives goes
margins = st.floats(-700, 700)
shares = st.floats(0, 1)


# --- the loss


def test_the_loss_by_hand():
    assert preference_loss(0.0, 0.7) == pytest.approx(np.log(2), rel=CLOSE)
    assert preference_loss([np.log(3)] * 2, [1, 0]) == pytest.approx(np.log([4 / 3, 4]), rel=CLOSE)


def test_a_hard_preference_is_a_hard_label():
    z = np.array([[2.0, 0.0], [-1.0, 0.0]])
    hard = x.softmax_cross_entropy_with_integer_labels(z, [0, 1])
    assert preference_loss(z[:, 0], [1, 0]).tolist() == hard.tolist()


def test_a_number_gives_a_number_and_a_table_a_table():
    assert np.ndim(preference_loss(1.0, 0.5)) == 0
    assert np.ndim(preference_loss_value_and_grad(1.0, 0.5)[1]) == 0
    assert preference_loss(np.zeros((2, 3)), np.ones((2, 3))).shape == (2, 3)
    assert preference_loss([], []).shape == (0,)


@given(margins, shares)
def test_the_loss_agrees_with_many_digits(margin, share):
    with mp.workdps(400):
        want = mp.log1p(mp.exp(margin)) - mp.mpf(share) * mp.mpf(margin)
        slope = 1 / (1 + mp.exp(-margin)) - mp.mpf(share)
    loss, got = preference_loss_value_and_grad(margin, share)
    assert loss == preference_loss(margin, share)
    assert float(loss) == pytest.approx(float(want), rel=CLOSE, abs=1e-300)
    assert float(got) == pytest.approx(float(slope), rel=1e-9, abs=1e-15)


@pytest.mark.parametrize(
    ("margin", "share", "message"),
    [
        ([0.0], [1.5], r"preferences\[0\] is 1.5; a preference lies between 0"),
        ([0.0, 0.0], [0.5, np.nan], r"preferences\[1\] is nan; a preference lies"),
        ([np.inf], [0.5], r"margins\[0\] is inf; a margin is finite"),
        ([0.0, 1.0], [0.5], r"preferences has shape \(1,\); margins has shape \(2,\)"),
    ],
)
def test_bad_input_is_named(margin, share, message):
    with pytest.raises(x.InvalidInput, match=message):
        preference_loss(margin, share)


def test_preferences_are_numbers():
    with pytest.raises(TypeError, match="preferences need real numbers"):
        preference_loss([0.0], ["first"])


# --- whether comparisons tell scores


def _graph(steps, size):
    table = np.zeros((size, size))
    table[tuple(np.transpose(steps))] = 1
    return table


@pytest.mark.parametrize("kept", range(1, 64))
def test_three_items_are_told_as_scipy_says(kept):
    steps = [(a, b) for a, b in product(range(3), repeat=2) if a != b]
    steps = [step for place, step in enumerate(steps) if kept >> place & 1]
    items = sorted({item for step in steps for item in step})
    found = connectivity(*zip(*steps, strict=True))
    graph = _graph(steps, 3)[np.ix_(items, items)]
    parts, _ = connected_components(graph, connection="strong")
    whole, _ = connected_components(graph, connection="weak")
    assert found.strong == (parts == 1)
    assert found.compared == (whole == 1)
    if found.strong:
        assert set(found.walk) == set(items) and found.walk[0] == found.walk[-1]
        assert {*zip(found.walk, found.walk[1:], strict=False)} <= set(steps)
    else:
        assert sorted(found.upper + found.lower) == items and found.upper and found.lower
        assert not {*product(found.lower, found.upper)} & set(steps)


def test_a_soft_preference_is_a_step_both_ways():
    assert connectivity(["a"], ["b"], [0.001]).walk == ("a", "b", "a")
    assert connectivity(["a"], ["b"], [0.0]).lower == ("a",)
    assert connectivity(["a"], ["b"], [1.0]).lower == ("b",)


def test_a_long_ladder_has_a_short_walk():
    rungs = np.arange(2000)
    found = connectivity(rungs[:-1], rungs[1:], np.full(1999, 0.6))
    assert found.strong and len(found.walk) == 3999


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ((["a", "b"], ["b", "b"]), r"second\[1\] is 'b', the first too; an item is not compared"),
        ((["a"], ["b", "c"]), r"second has 2 rows; first has 1 rows"),
        ((["a", None], ["b", "c"]), r"first\[1\] is missing"),
        (([], []), r"first has no rows; at least one comparison"),
        ((["a"], ["b"], [2]), r"preferences\[0\] is 2.0; a preference lies between 0"),
        ((["a"], ["b"], [[0.5]]), r"preferences has shape \(1, 1\); one preference for each"),
        ((["a", "b"], ["b", "a"], [0.5]), r"preferences has 1 rows; first has 2 rows"),
    ],
)
def test_bad_comparisons_are_named(columns, message):
    with pytest.raises(x.InvalidInput, match=message):
        connectivity(*columns)
    with pytest.raises(x.InvalidInput, match=message):
        BradleyTerry().fit(*columns)


# --- the fit


def _comparisons(seed, items=6, rows=60):
    rng = np.random.default_rng(seed)
    first = rng.integers(0, items, size=rows)
    second = (first + rng.integers(1, items, size=rows)) % items
    return first, second, rng.uniform(size=rows).round(1), rng.integers(1, 5, size=rows)


def _by_scipy(first, second, share, weight):
    def loss(scores):
        margin = scores[first] - scores[second]
        return weight @ (np.logaddexp(0, margin) - share * margin)

    found = minimize(loss, np.zeros(first.max() + 1), method="BFGS", options={"gtol": 1e-9})
    return found.x - found.x.mean(), found.fun / weight.sum()


@pytest.mark.parametrize("seed", range(5))
def test_scores_are_those_of_scipy(seed):
    columns = _comparisons(seed)
    model = BradleyTerry().fit(*columns)
    scores, loss = _by_scipy(*columns)
    assert model.scores_[np.argsort(model.items_)] == pytest.approx(scores, abs=FITTED)
    assert model.loss_ == pytest.approx(loss, rel=FITTED)
    assert model.scores_.sum() == pytest.approx(0, abs=CLOSE)


def test_votes_one_by_one_give_the_same_scores_as_their_share():
    first, second = ["a", "b", "a"], ["b", "c", "c"]
    shares = BradleyTerry().fit(first, second, [0.7, 0.8, 0.5], sample_weight=[10, 5, 2])
    votes = [[1] * 7 + [0] * 3, [1] * 4 + [0], [1, 0]]
    times = [10, 5, 2]
    one_by_one = BradleyTerry().fit(
        np.repeat(first, times), np.repeat(second, times), sum(votes, [])
    )
    assert one_by_one.scores_ == pytest.approx(shares.scores_, abs=1e-9)


def test_turning_comparisons_round_changes_nothing():
    first, second, share, weight = _comparisons(1)
    model = BradleyTerry().fit(first, second, share, weight)
    turned = BradleyTerry().fit(second, first, 1 - share, weight)
    order = [turned.items_.index(item) for item in model.items_]
    assert turned.scores_[order] == pytest.approx(model.scores_, abs=1e-9)


def test_predictions_are_those_of_the_scores():
    model = BradleyTerry().fit(*_comparisons(2))
    a, b = model.items_[:2]
    want = 1 / (1 + np.exp(model.scores_[1] - model.scores_[0]))
    assert model.predict_proba([a, b], [b, a]) == pytest.approx([want, 1 - want], rel=CLOSE)
    with pytest.raises(x.InvalidInput, match="is 'new'; the fit has the items"):
        model.predict_proba([a], ["new"])


def test_without_a_fit_the_error_names_two_parts_and_the_way_down():
    with pytest.raises(
        NoFit, match="nothing of 'b', 'c' is ever preferred to anything of 'a'"
    ) as e:
        BradleyTerry().fit(["a", "b", "c"], ["b", "c", "b"])
    assert e.value.direction.tolist() == [[0, 0, 0], [0, -1, -1]]


def test_parts_that_nothing_joins_are_named():
    with pytest.raises(x.InvalidInput, match="nothing of 'a', 'b' with anything of 'c', 'd'"):
        BradleyTerry().fit(["a", "c"], ["b", "d"], [0.5, 0.5])


def test_a_comparison_of_weight_0_joins_nothing():
    first, second = ["a", "c", "b"], ["b", "d", "c"]
    BradleyTerry().fit(first, second, [0.5] * 3, sample_weight=[1, 1, 1e-9])
    with pytest.raises(x.InvalidInput, match="compares nothing of 'a', 'b' with"):
        BradleyTerry().fit(first, second, [0.5] * 3, sample_weight=[1, 1, 0])
    with pytest.raises(x.InvalidInput, match="sample_weight is 0 throughout"):
        BradleyTerry().fit(first, second, [0.5] * 3, sample_weight=[0, 0, 0])


def test_a_fit_that_fails_leaves_the_one_before_it_whole():
    model = BradleyTerry().fit(["a", "b", "a"], ["b", "c", "c"], [0.8, 0.5, 0.8])
    scores, loss = model.scores_, model.loss_
    with pytest.raises(NotConverged):
        model.set_params(max_iter=1).fit(["x", "y"], ["y", "z"], [0.999, 0.2])
    assert model.items_ == ("a", "b", "c")
    assert model.scores_ is scores and model.loss_ == loss
    assert model.predict_proba(["a"], ["c"]) == pytest.approx([0.8], rel=1e-6)


def test_long_parts_are_not_listed_whole():
    rungs = np.arange(10)
    with pytest.raises(NoFit, match="nothing of 1, 2, 3, 4 and 5 more is ever preferred"):
        BradleyTerry().fit(rungs[:-1], rungs[1:])


def test_an_unknown_reference_is_refused():
    with pytest.raises(
        x.InvalidInput, match="reference.* is 'z'; it is one of the items, 'a', 'b'"
    ):
        BradleyTerry(reference="z").fit(["a"], ["b"], [0.5])


@pytest.mark.parametrize("seed", range(5))
def test_scores_spread_no_farther_than_the_loss_allows(seed):
    """By the claim: log 2 times the weight of all, over the least weight of a step."""
    first, second, share, weight = _comparisons(seed, items=4)
    wins = np.zeros((4, 4))
    np.add.at(wins, (first, second), weight * share)
    np.add.at(wins, (second, first), weight * (1 - share))
    model = BradleyTerry().fit(first, second, share, weight)
    assert np.ptp(model.scores_) <= np.log(2) * wins.sum() / wins[wins > 0].min()


# --- how certain


def test_naive_errors_are_those_of_votes_by_hand():
    """Two items, n votes: the error of a logit, 1/√(n q (1 - q))."""
    model = BradleyTerry(reference="b").fit(["a"], ["b"], [0.7], sample_weight=[10])
    found = model.inference(["a"], ["b"], [0.7], sample_weight=[10], kind="naive")
    assert found.names == (("first", "a"),)
    assert found.coef == pytest.approx([np.log(7 / 3)], rel=1e-9)
    assert found.se == pytest.approx([1 / np.sqrt(10 * 0.21)], rel=1e-9)


def test_a_tie_written_as_two_votes_makes_naive_errors_smaller():
    first, second, share = ["a", "a", "a", "a"], ["b"] * 4, [1, 0.5, 0, 1]
    model = BradleyTerry().fit(first, second, share)
    once, twice = (
        model.inference(first, second, share, sample_weight=[w] * 4, kind="naive") for w in (1, 2)
    )
    assert (once.coef == twice.coef).all()
    assert once.se / twice.se == pytest.approx([np.sqrt(2)], rel=1e-9)


@pytest.mark.parametrize("kind", ["sandwich", "cluster", "jackknife"])
def test_a_difference_is_the_same_from_either_side(kind):
    pairs = reader_pairs()
    columns, groups = pairs[:3], None if kind == "sandwich" else pairs.record
    one = BradleyTerry(reference="reader 1").fit(*columns)
    other = BradleyTerry(reference="reader 2").fit(*columns)
    there = one.inference(*columns, groups=groups, kind=kind)
    back = other.inference(*columns, groups=groups, kind=kind)
    assert there.names[0] == ("first", "reader 2") and back.names[0] == ("first", "reader 1")
    assert there.coef[0] == pytest.approx(-back.coef[0], rel=1e-8)
    assert there.se[0] == pytest.approx(back.se[0], rel=1e-8)


def test_the_cluster_sandwich_is_that_of_its_formula():
    pairs = reader_pairs()
    model = BradleyTerry().fit(*pairs[:3])
    found = model.inference(*pairs[:3], groups=pairs.record)
    items = np.array(model.items_)
    design = (pairs.first[:, None] == items).astype(float) - (pairs.second[:, None] == items)
    q = 1 / (1 + np.exp(-design @ model.scores_))
    design = design[:, 1:]
    bread = np.linalg.inv((design * (q * (1 - q))[:, None]).T @ design)
    pull = design * (pairs.preference - q)[:, None]
    sums = np.array([pull[pairs.record == record].sum(axis=0) for record in range(45)])
    want = bread @ (45 / 44 * sums.T @ sums) @ bread
    assert found.covariance == pytest.approx(want, rel=1e-6, abs=1e-12)


def test_parameters_are_those_of_scikit_learn():
    model = BradleyTerry(reference="b", tol=1e-6, max_iter=7)
    assert clone(model).get_params() == {"reference": "b", "tol": 1e-6, "max_iter": 7}


# --- the study


def test_readers_are_compared_on_each_record():
    pairs = reader_pairs()
    assert len(pairs.first) == 10 * 45
    assert set(np.unique(pairs.record, return_counts=True)[1]) == {10}
    of_2_and_4 = (pairs.first == "reader 2") & (pairs.second == "reader 4")
    assert set(pairs.preference[of_2_and_4]) == {0.0, 0.5, 1.0}
    assert pairs.preference[of_2_and_4].sum() == 25  # 9 higher, 32 equal


@pytest.mark.parametrize("argument", ["first", "second"])
def test_no_column_is_named(argument):
    columns = {"first": [0, 1, 2], "second": [1, 2, 0], argument: None}
    with pytest.raises(TypeError, match=f"^{argument} is a NoneType; a column is needed"):
        connectivity(**columns)


def test_harmless_underflow_of_a_preference_is_not_seen():
    with np.errstate(all="raise"), pytest.raises(NoFit):
        BradleyTerry().fit([0, 0], [1, 1], [0.0, 0.0])
    with np.errstate(all="raise"):
        BradleyTerry().fit([0, 1, 0], [1, 2, 2], [0.4, 0.6, 5e-324])
