"""Raw votes become counts, soft labels and groups; how far annotators agree; what is refused."""

import re
import sys
from fractions import Fraction as F
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.inter_rater import fleiss_kappa

from xentlib import InvalidInput, votes, votes_to_probs
from xentlib.data import tables
from xentlib.fitting import SoftmaxRegression
from xentlib.votes import (
    disagreement,
    effective_sample_size,
    effective_votes,
    vote_correlation,
    votes_from_table,
)

ITEMS = ["dog", "cat", "dog", "cat", "dog", "eel"]
PEOPLE = ["Bo", "Bo", "Al", "Al", "Cy", "Cy"]
LABELS = ["yes", "no", "no", "no", "yes", "no"]
ROUNDING = 1e-12  # a few sums of numbers near 1


def table(items=ITEMS, people=PEOPLE, labels=LABELS, **how):
    return votes_from_table(items, people, labels, **how)


def test_votes_are_counted_by_item_as_first_seen_and_by_class_in_order():
    found = table()
    assert found.items == ("dog", "cat", "eel") and found.annotators == ("Bo", "Al", "Cy")
    assert found.classes == ("no", "yes")
    assert found.counts.tolist() == [[1, 2], [2, 0], [1, 0]]
    assert (found.shares == votes_to_probs(found.counts)).all()
    assert found.counts.dtype == np.int64


def test_each_vote_is_found_again_by_its_names():
    found = table()
    assert [found.items[i] for i in found.item_of] == ITEMS
    assert [found.annotators[j] for j in found.annotator_of] == PEOPLE
    assert [found.classes[k] for k in found.label_of] == LABELS


def test_a_frame_keeps_the_names_and_a_fit_takes_and_holds_them():
    frame = table().frame()
    assert list(frame.index) == ["dog", "cat", "eel"] and list(frame.columns) == ["no", "yes"]
    assert (frame.to_numpy() == table().shares).all()
    features = pd.DataFrame({"legs": [4.0, 4.5, 0.0]}, index=["dog", "cat", "eel"])
    model = SoftmaxRegression(alpha=1.0).fit(features, frame)
    assert model.classes_.tolist() == ["no", "yes"]
    message = "target_probs[0] is named 'dog'; X has 'cat' there; names match in order"
    with pytest.raises(InvalidInput, match=f"^{re.escape(message)}$"):
        model.fit(features.sort_index(), frame)


def test_without_pandas_the_frame_says_what_it_needs(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ModuleNotFoundError, match="^frame needs pandas: pip install pandas$"):
        table().frame()


def test_classes_come_in_the_order_asked_for_and_keep_an_empty_column():
    found = table(classes=["yes", "maybe", "no"])
    assert found.classes == ("yes", "maybe", "no")
    assert found.counts.tolist() == [[2, 0, 1], [0, 0, 2], [0, 0, 1]]
    assert [found.classes[k] for k in found.label_of] == LABELS


@pytest.mark.parametrize(
    "kind",
    [
        list,
        tuple,
        np.array,
        pd.Series,
        lambda column: pd.Series(column).astype("category"),
        lambda column: pd.Series(column, dtype="string"),
        lambda column: np.array(column, dtype=object),
    ],
)
def test_lists_arrays_and_columns_of_tables_are_read_alike(kind):
    found, plain = table(kind(ITEMS), kind(PEOPLE), kind(LABELS)), table()
    assert found.items == plain.items and found.classes == plain.classes
    assert (found.counts == plain.counts).all() and (found.item_of == plain.item_of).all()
    assert all(type(name) is str for name in found.items)


def test_of_no_names_there_are_no_places():
    names, places = votes.codes([])
    assert names == () and places.shape == (0,) and places.dtype == np.int64


def test_numbers_are_names_too():
    found = table(np.array([7, 7, 3]), [1, 2, 1], np.array([2, 0, 10]))
    assert found.items == (7, 3) and found.classes == (0, 2, 10)
    dates = np.array(["2026-01-02", "2026-01-01"], dtype="datetime64[D]")
    assert table(dates, [1, 1], [0, 1]).items == tuple(dates)


def test_an_annotator_who_labels_an_item_twice_is_named_or_counted():
    items, people, labels = [*ITEMS, "cat"], [*PEOPLE, "Al"], [*LABELS, "yes"]
    with pytest.raises(InvalidInput) as trouble:
        table(items, people, labels)
    assert str(trouble.value) == (
        "annotators[6] is 'Al', who labelled item 'cat' in row 3; an annotator labels an item "
        "once, unless repeats='keep'"
    )
    assert (trouble.value.row, trouble.value.value) == (6, "Al")
    assert table(items, people, labels, repeats="keep").counts[1].tolist() == [2, 1]


@pytest.mark.parametrize("hole", [None, np.nan, pd.NA, pd.NaT, ""])
@pytest.mark.parametrize("place", range(3))
def test_a_missing_value_is_refused_with_its_row(hole, place):
    columns = [list(ITEMS), list(PEOPLE), list(LABELS)]
    columns[place][4] = hole
    argument = ("items", "annotators", "labels")[place]
    rule = re.escape(f"{argument}[4] is missing, {hole!r}; rows with a missing value are dropped")
    for kind in (list, lambda column: pd.Series(column, dtype=object)):
        with pytest.raises(InvalidInput, match=rule) as trouble:
            table(*map(kind, columns))
        assert trouble.value.row == 4


@pytest.mark.parametrize(
    "act, error, message",
    [
        (
            lambda: table(people=PEOPLE[:5]),
            InvalidInput,
            "annotators has 5 rows; items has 6 rows; there is one for each",
        ),
        (
            lambda: table(labels=LABELS[:5]),
            InvalidInput,
            "labels has 5 rows; items has 6 rows; there is one for each",
        ),
        (lambda: table([], [], []), InvalidInput, "items has no rows; at least one vote is needed"),
        (
            lambda: table(classes=["yes", "maybe"]),
            InvalidInput,
            "labels[1] is 'no'; classes are 'yes', 'maybe'",
        ),
        (
            lambda: table(classes=["yes", "no", "yes"]),
            InvalidInput,
            "classes[2] is 'yes'; each class is named once",
        ),
        (
            lambda: table(labels=[0, "a", 0, 0, 0, 0]),
            TypeError,
            "labels are of kinds that have no order, int and str; give classes in the order wanted",
        ),
        (
            lambda: table("dog"),
            TypeError,
            "items is one str; a column is needed, one name for each row",
        ),
        (
            lambda: table(classes="yes"),
            TypeError,
            "classes is one str; a column is needed, one name for each row",
        ),
        (
            lambda: table(np.ma.array(range(6))),
            TypeError,
            "items is one MaskedArray; a column is needed, one name for each row",
        ),
        (
            lambda: table(np.zeros((6, 2))),
            InvalidInput,
            "items has shape (6, 2); a column is needed, one name for each row: shape (N,)",
        ),
        (
            lambda: table([["dog"]] * 6),
            TypeError,
            "items[0] is a list; a name is a number or a text",
        ),
        (
            lambda: table(repeats="drop"),
            InvalidInput,
            "repeats is 'drop'; it is one of 'refuse', 'keep'",
        ),
        (
            lambda: table(pd.Series(ITEMS), pd.Series(PEOPLE, index=[0, 1, 2, 3, 5, 4])),
            InvalidInput,
            "annotators[4] is named 5; items has 4 there; names match in order",
        ),
    ],
)
def test_bad_tables_are_refused_by_name_and_place(act, error, message):
    with pytest.raises(error) as trouble:
        act()
    assert str(trouble.value) == message


# --- agreement


def test_disagreement_is_the_share_of_pairs_that_differ():
    for row in [(2, 1, 0), (3, 0, 0), (1, 1, 1), (4, 2, 5), (0, 2, 0)]:
        people = [k for k, number in enumerate(row) for _ in range(number)]
        pairs = list(combinations(people, 2))
        share = F(sum(a != b for a, b in pairs), len(pairs))
        assert disagreement(row) == pytest.approx(float(share), rel=ROUNDING, abs=0)


def test_disagreement_has_no_bias():
    """Over all sequences of three independent votes with the law (1/5, 7/10, 1/10)."""
    law, mean = (F(1, 5), F(7, 10), F(1, 10)), 0.0
    for sequence in product(range(3), repeat=3):
        chance = law[sequence[0]] * law[sequence[1]] * law[sequence[2]]
        mean += float(chance) * disagreement([sequence.count(k) for k in range(3)])
    assert mean == pytest.approx(float(1 - sum(share**2 for share in law)), rel=ROUNDING)


def test_disagreement_is_one_less_the_agreement_that_fleiss_means():
    """His κ is 1 - mean disagreement / (1 - Σ of the squared shares of all votes)."""
    _, counts = tables.fleiss_1971()
    shares = counts.sum(axis=0) / counts.sum()
    kappa = 1 - disagreement(counts).mean() / (1 - (shares**2).sum())
    assert kappa == pytest.approx(fleiss_kappa(counts), rel=ROUNDING)


def test_disagreement_of_many_votes_loses_no_digits():
    assert disagreement([2**52, 1]) == pytest.approx(2 / (2**52 + 1), rel=ROUNDING)


def test_the_correlation_of_votes_is_that_of_the_definition():
    counts = np.array([[3, 1, 0], [0, 2, 2], [1, 1, 5]])
    sequences = [np.repeat(np.arange(3), row) for row in counts]
    between = [
        np.mean(a[:, None] != b) for a, b in combinations(sequences, 2)
    ]  # each pair of items alike, whatever its number of votes
    expected = 1 - disagreement(counts).mean() / np.mean(between)
    assert vote_correlation(counts) == pytest.approx(expected, rel=ROUNDING)


def test_the_correlation_of_votes_is_found_in_a_simulation():
    """Items' own shares from a Dirichlet law of concentration 4 correlate votes by 1/5."""
    rng = np.random.default_rng(5)
    counts = np.array([rng.multinomial(5, own) for own in rng.dirichlet([2, 1, 1], size=20_000)])
    assert vote_correlation(counts) == pytest.approx(1 / 5, abs=0.01)  # 3 standard errors
    alone = rng.multinomial(5, [0.5, 0.25, 0.25], size=20_000)
    assert vote_correlation(alone) == pytest.approx(0, abs=0.01)


def test_correlated_votes_are_worth_what_the_claim_says():
    assert effective_votes(7, 1 / 5) == pytest.approx(7 / 2.2, rel=ROUNDING)
    assert effective_votes([1, 2, 10], 0).tolist() == [1, 2, 10]
    assert effective_votes([1, 2, 10], 1).tolist() == [1, 1, 1]
    assert effective_votes(3, -0.25) == pytest.approx(6, rel=ROUNDING)


@pytest.mark.parametrize(
    "act, message",
    [
        (
            lambda: disagreement([[2, 1], [1, 0]]),
            "counts[1] has fewer than two votes; two votes are compared; leave rows with fewer out",
        ),
        (lambda: disagreement([0.5, 1.5]), "counts[0] is 0.5; a count is a whole number"),
        (
            lambda: vote_correlation([2, 1]),
            "counts has shape (2,); two items or more are compared: shape (N, K)",
        ),
        (
            lambda: vote_correlation([[2, 1]]),
            "counts has shape (1, 2); two items or more are compared: shape (N, K)",
        ),
        (
            lambda: vote_correlation([[2, 0], [3, 0]]),
            "counts has votes for one class only; votes that never differ have no correlation",
        ),
        (lambda: effective_votes([1, 0], 0.5), "votes[1] is 0.0; a share has at least one vote"),
        (lambda: effective_votes(np.inf, 0.5), "votes is inf; a share has at least one vote"),
        (lambda: effective_votes(5, 1.5), "correlation is 1.5; a correlation is at most 1"),
        (
            lambda: effective_votes([2, 5], -0.25),
            "correlation is -0.25; any two of 5 votes have a correlation above -1/4",
        ),
    ],
)
def test_bad_numbers_of_votes_are_refused(act, message):
    with pytest.raises(InvalidInput) as trouble:
        act()
    assert str(trouble.value) == message


@pytest.mark.parametrize(
    "act, value",
    [
        (lambda: table(classes=["yes", "no", "yes"]), "yes"),
        (lambda: disagreement([[2, 1], [1, 0]]), 1),
        (lambda: vote_correlation([2, 1]), (2,)),
    ],
)
def test_an_error_carries_the_value_that_it_refuses(act, value):
    with pytest.raises(InvalidInput) as trouble:
        act()
    assert trouble.value.value == value


@pytest.mark.parametrize("votes, correlation", [("a", 0.5), (1, "a")])
def test_what_is_no_number_is_named(votes, correlation):
    name = "votes" if votes == "a" else "correlation"
    with pytest.raises(TypeError, match=f"^{name} has dtype <U1; values need real numbers$"):
        effective_votes(votes, correlation)


@pytest.mark.parametrize("name", [name for name in votes.__all__ if name[0].islower()])
def test_each_function_is_documented_with_an_example(name):
    text = getattr(votes, name).__doc__
    assert all(part in text for part in ("Parameters\n", "Returns\n", "Raises\n", ">>>"))


def test_importance_weights_are_worth_what_kish_says():
    assert effective_sample_size([2.0, 2.0, 2.0]) == pytest.approx(3)
    assert effective_sample_size([1e300, 1e300, 0.0]) == pytest.approx(2)
    assert effective_sample_size(np.r_[1.0, np.zeros(9)]) == 1
    for bad, said in (([], "weights"), ([0.0, 0.0], "positive"), ([1.0, -1.0], r"weights\[1\]")):
        with pytest.raises(InvalidInput, match=said):
            effective_sample_size(bad)


@pytest.mark.parametrize("weights", [[1.0, 1e308], [1.0, 5e-324], [1.0, 2.0, 1e200]])
def test_harmless_underflow_of_weights_is_not_seen(weights):
    with np.errstate(all="raise"):
        found = effective_sample_size(weights)
    assert found == pytest.approx(
        float(sum(map(F, weights)) ** 2 / sum(F(w) ** 2 for w in weights))
    )
