"""Sparse labels: values by hand, edges, an independent oracle, gradients as slopes, errors."""

import mpmath as mp
import numpy as np
import pytest

import xentlib
from xentlib import InvalidInput, normalize_rows, softmax, softmax_cross_entropy, votes_to_probs
from xentlib.sparse import (
    sampled_labels,
    softmax_cross_entropy_with_sparse_labels,
    softmax_cross_entropy_with_sparse_labels_value_and_grad,
    softmax_cross_entropy_with_tail_bucket,
    softmax_cross_entropy_with_tail_bucket_value_and_grad,
    top_k,
)

CLOSE = 1e-13  # a few roundings
LOGITS = np.array([[0.3, -1.0, 2.0, 0.0], [5.0, 0.0, -5.0, 1.0]])
TEACHER = np.array([[0.5, 0.1, 0.15, 0.25], [0.05, 0.05, 0.1, 0.8]])
LOSSES = {
    "sparse": (
        softmax_cross_entropy_with_sparse_labels,
        softmax_cross_entropy_with_sparse_labels_value_and_grad,
    ),
    "bucket": (
        softmax_cross_entropy_with_tail_bucket,
        softmax_cross_entropy_with_tail_bucket_value_and_grad,
    ),
}
both = pytest.mark.parametrize("loss, with_gradient", LOSSES.values(), ids=LOSSES)


def test_the_likeliest_classes_come_first_and_of_equals_the_first():
    indices, kept = top_k(TEACHER, 2)
    assert indices.tolist() == [[0, 3], [3, 2]] and kept.tolist() == [[0.5, 0.25], [0.8, 0.1]]
    assert top_k([0.25, 0.25, 0.5], 2)[0].tolist() == [2, 0]
    assert top_k([0.25, 0.25, 0.5], 3)[1].sum() == 1


def test_a_sparse_loss_by_hand():
    z = np.log([0.5, 0.25, 0.25])
    assert softmax_cross_entropy_with_sparse_labels(z, [1], [0.5]) == pytest.approx(np.log(2))
    found = softmax_cross_entropy_with_tail_bucket(z, [1], [0.5])
    assert found == pytest.approx(np.log(4) / 2 + np.log(4 / 3) / 2, rel=CLOSE)


@both
def test_where_all_is_kept_it_is_the_cross_entropy(loss, with_gradient):
    want, slope = xentlib.softmax_cross_entropy_value_and_grad(LOGITS, TEACHER)
    found, gradient = with_gradient(LOGITS, *top_k(TEACHER, 4))
    assert found == pytest.approx(want, rel=CLOSE) and loss(LOGITS, *top_k(TEACHER, 4)) == (
        pytest.approx(want, rel=CLOSE)
    )
    assert gradient == pytest.approx(slope, abs=CLOSE)


def test_a_kept_part_is_the_renormalised_label_times_its_mass():
    indices, kept = top_k(TEACHER, 2)
    loss = softmax_cross_entropy_with_sparse_labels
    renormalised = loss(LOGITS, indices, normalize_rows(kept))
    assert loss(LOGITS, indices, kept) == pytest.approx(kept.sum(axis=1) * renormalised, rel=CLOSE)


def test_a_bucket_is_one_class_whatever_it_holds():
    indices, kept = top_k(TEACHER, 2)
    q = softmax(LOGITS)
    merged = np.take_along_axis(q, indices, axis=1)
    merged = np.column_stack([merged, 1 - merged.sum(axis=1)])
    label = np.column_stack([kept, 1 - kept.sum(axis=1)])
    want = xentlib.cross_entropy(label, merged)
    assert softmax_cross_entropy_with_tail_bucket(LOGITS, indices, kept) == pytest.approx(
        want, rel=1e-12
    )


@both
@pytest.mark.parametrize("k", [1, 2, 3])
def test_gradients_are_slopes(loss, with_gradient, k):
    label = top_k(TEACHER, k)
    value, gradient = with_gradient(LOGITS, *label)
    assert value == pytest.approx(loss(LOGITS, *label), rel=CLOSE)
    for place, step in enumerate(1e-6 * np.eye(4)):
        slope = (loss(LOGITS + step, *label) - loss(LOGITS - step, *label)) / 2e-6
        assert gradient[:, place] == pytest.approx(slope, abs=1e-8)
    assert gradient.sum(axis=1) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("top", [-40.0, 0.0, 40.0])
def test_a_bucket_keeps_its_digits_where_the_tail_is_nearly_all_or_nothing(top):
    z = [top, 0.3, 0.1]
    with mp.workdps(60):
        a, b, c = map(mp.exp, map(mp.mpf, z))
        rest = 1 - mp.mpf(0.7)
        want = -mp.mpf(0.7) * mp.log(a / (a + b + c)) - rest * mp.log((b + c) / (a + b + c))
    assert softmax_cross_entropy_with_tail_bucket(z, [0], [0.7]) == pytest.approx(
        float(want), rel=4e-16 * 4
    )


def test_masked_classes_cost_infinitely_much_or_nothing():
    z = [0.0, -np.inf, 0.0]
    assert softmax_cross_entropy_with_sparse_labels(z, [1], [0.5]) == np.inf
    assert softmax_cross_entropy_with_sparse_labels(z, [1, 0], [0.0, 1.0]) == np.log(2)
    bucket = softmax_cross_entropy_with_tail_bucket
    assert bucket(z, [0, 2], [0.5, 0.25]) == np.inf  # a tail of a masked class
    assert bucket(z, [0, 2], [0.5, 0.5]) == np.log(2)


def test_a_tail_without_classes_may_have_what_rounding_left():
    kept = np.full(10, 0.1, dtype=np.float32)
    found, gradient = softmax_cross_entropy_with_tail_bucket_value_and_grad(
        np.zeros(10), np.arange(10), kept
    )
    assert found == pytest.approx(np.log(10), rel=1e-6) and np.abs(gradient).max() < 1e-6
    assert softmax_cross_entropy_with_tail_bucket([0.0, 0.0], [0, 1], [0.5, 0.25]) == np.inf


def test_draws_are_votes_with_the_mean_of_the_teacher():
    rng = np.random.default_rng(0)
    rows = np.broadcast_to(TEACHER[0], (4000, 4))
    indices, shares = sampled_labels(rows, 3, rng)
    assert indices.shape == shares.shape == (4000, 3)
    assert (shares * 3 == np.round(shares * 3)).all() and (shares.sum(axis=1) == 1).all()
    dense = np.zeros((4000, 4))
    np.put_along_axis(dense, indices, shares, axis=1)
    error = np.sqrt(TEACHER[0] * (1 - TEACHER[0]) / 3 / 4000)
    assert (np.abs(dense.mean(axis=0) - TEACHER[0]) < 5 * error).all()
    spread = ((dense - TEACHER[0]) ** 2).sum(axis=1).mean()
    assert spread == pytest.approx((1 - (TEACHER[0] ** 2).sum()) / 3, rel=0.05)


def test_more_draws_than_classes_fit_into_the_classes():
    indices, shares = sampled_labels(TEACHER, 100, np.random.default_rng(1))
    assert indices.shape == (2, 4) and (np.sort(indices) == np.arange(4)).all()
    votes = votes_to_probs(np.round(100 * shares))
    assert votes == pytest.approx(shares)


def test_draws_of_short_floats_are_draws_of_a_distribution():
    row = np.full(7, 1 / 7, dtype=np.float16)
    assert sampled_labels(row, 5, np.random.default_rng(0))[1].sum() == pytest.approx(1)


def test_any_number_of_axes_stands_before_the_classes():
    indices, kept = top_k(TEACHER, 2)
    for loss, with_gradient in LOSSES.values():
        rows = loss(LOGITS, indices, kept)
        batch = [np.stack([table, table[::-1]]) for table in (LOGITS, indices, kept)]
        assert (loss(*batch) == np.stack([rows, rows[::-1]])).all()
        assert with_gradient(*batch)[1].shape == (2, 2, 4)
        assert loss(LOGITS[0], indices[0], kept[0]) == rows[0]


@both
def test_huge_logits_leave_no_nan(loss, with_gradient):
    with np.errstate(all="raise"):
        for z in ([1e308, -1e308, 0.0], [-np.inf, 0.0, 1e300]):
            value, gradient = with_gradient(z, [1], [0.5])
            assert not np.isnan(value) and not np.isnan(gradient).any()


def test_float32_and_lists_are_taken():
    z = LOGITS.astype(np.float32)
    want = softmax_cross_entropy(z, TEACHER)
    found = softmax_cross_entropy_with_sparse_labels(z, np.arange(4)[None].repeat(2, 0), TEACHER)
    assert found == pytest.approx(want, rel=CLOSE)


REFUSED = {
    "a class twice": ([0, 0], [0.5, 0.25], r"indices\[1\] is 0; a row keeps each class once"),
    "no such class": ([0, 4], [0.5, 0.25], r"indices\[1\] is 4; an index is one of 0 ... 3"),
    "a padding of -1": ([0, -1], [0.5, 0.25], r"indices\[1\] is -1; an index is one of 0 ... 3"),
    "a tail below 0": ([0, 1], [0.75, 0.5], r"sparse_probs sums to 1.25; .* at most 1"),
    "a tail above 1": ([0, 1], [0.5, -0.75], r"sparse_probs\[1\] is -0.75; .* not negative"),
    "no number": ([0, 1], [0.5, np.nan], r"sparse_probs\[1\] is nan; NaN is not a number"),
    "more than there are": ([0, 1, 2, 3, 0], [0.1] * 5, r"with k at most 4"),
    "another shape": ([0, 1], [0.5], r"shapes match exactly"),
}


@both
@pytest.mark.parametrize("indices, kept, said", REFUSED.values(), ids=REFUSED)
def test_what_is_no_sparse_label_is_named(loss, with_gradient, indices, kept, said):
    for function in (loss, with_gradient):
        with pytest.raises(InvalidInput, match=said):
            function(LOGITS[0], indices, kept)


def test_places_of_errors_are_those_of_the_batch():
    with pytest.raises(InvalidInput) as found:
        softmax_cross_entropy_with_tail_bucket(LOGITS, [[0, 1], [2, 2]], [[0.5, 0.1]] * 2)
    assert (found.value.row, found.value.column, found.value.value) == (1, 1, 2)
    with pytest.raises(TypeError, match="indices has dtype float64; indices need integers"):
        softmax_cross_entropy_with_tail_bucket(LOGITS[0], [0.0], [0.5])


def test_how_many_are_kept_or_drawn_is_checked():
    with pytest.raises(InvalidInput, match="k is 5; there are 4 classes"):
        top_k(TEACHER, 5)
    with pytest.raises(InvalidInput, match="k is 0; at least 1"):
        top_k(TEACHER, 0)
    with pytest.raises(TypeError, match="k is 2.0; a whole number"):
        top_k(TEACHER, 2.0)
    with pytest.raises(InvalidInput, match="num_draws is 0; at least 1"):
        sampled_labels(TEACHER, 0, np.random.default_rng(0))
    with pytest.raises(TypeError, match="rng is a int; np.random.default_rng"):
        sampled_labels(TEACHER, 1, 0)
    with pytest.raises(InvalidInput, match="sums to 1.5"):
        top_k([1.0, 0.5], 1)
