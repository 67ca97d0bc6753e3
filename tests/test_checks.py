"""Bad input: the message names argument, place, value and rule; the exception carries them."""
import numpy as np
import pytest

import xentlib as x

NAN, INF = np.nan, np.inf
HALF = [0.5, 0.5]

WRONG_VALUES = [   # call, argument, row, column, part of the message
    (lambda: x.entropy([[0.5, 0.5], [0.5, 0.47]]), "p", 1, None, "p[1] sums to 0.97; a distribution sums to 1 (tolerance 1e-08)"),
    (lambda: x.entropy([0.5, 0.47]), "p", None, None, "p sums to 0.97"),
    (lambda: x.entropy([[1.5, -0.5]]), "p", 0, 1, "p[0, 1] is -0.5; a probability is not negative"),
    (lambda: x.entropy([1.5, -0.5]), "p", None, 1, "p[1] is -0.5"),
    (lambda: x.cross_entropy([1.0, 0.0], [NAN, 1.0]), "q", None, 0, "NaN"),
    (lambda: x.cross_entropy([1.0, 0.0], [1.0, INF]), "q", None, 1, "finite"),
    (lambda: x.cross_entropy([1.0, 0.0], [[1.0, 0.0]]), "q", None, None, "shapes match exactly"),
    (lambda: x.cross_entropy([7, 3], [0.7, 0.3]), "p", None, None, "votes_to_probs"),
    (lambda: x.kl_divergence(HALF, [0.0, 0.0]), "q", None, None, "sums to 0"),
    (lambda: x.entropy(0.5), "p", None, None, "has shape ()"),
    (lambda: x.entropy(np.ones((2, 2, 2))), "p", None, None, "has shape (2, 2, 2)"),
    (lambda: x.entropy([]), "p", None, None, "at least one class"),
    (lambda: x.entropy([[0.5, 0.5], [1.0]]), "p", None, None, "ragged"),
    (lambda: x.softmax([0.0, INF]), "logits", None, 1, "-inf for a masked class"),
    (lambda: x.softmax([[0.0, 0.0], [0.0, NAN]]), "logits", 1, 1, "NaN"),
    (lambda: x.logsumexp([[0.0, 0.0], [-INF, -INF]]), "logits", 1, None, "is -inf in every class"),
    (lambda: x.log_softmax([-INF]), "logits", None, None, "is -inf in every class"),
    (lambda: x.softmax_cross_entropy([[0.0, NAN]], [[1.0, 0.0]]), "logits", 0, 1, "NaN"),
    (lambda: x.softmax_cross_entropy([0.0, 0.0], [0.0, 0.0]), "target_probs", None, None, "sums to 0"),
    (lambda: x.softmax_cross_entropy([0.0, 0.0], [0.5, 0.25, 0.25]), "target_probs", None, None, "shapes match"),
    (lambda: x.softmax_cross_entropy_with_integer_labels([[0.0, 0.0]], [-1]), "labels", 0, None, "labels[0] is -1; a label is one of 0 ... 1"),
    (lambda: x.softmax_cross_entropy_with_integer_labels([[0.0, 0.0]], [2]), "labels", 0, None, "labels[0] is 2"),
    (lambda: x.softmax_cross_entropy_with_integer_labels([0.0, 0.0], 2), "labels", None, None, "labels is 2"),
    (lambda: x.softmax_cross_entropy_with_integer_labels([[0.0, 0.0]], [0, 1]), "labels", None, None, "labels of shape (1,)"),
    (lambda: x.softmax_cross_entropy_with_integer_labels([0.0, 0.0], [0]), "labels", None, None, "labels of shape ()"),
    (lambda: x.softmax_cross_entropy_hvp([0.0, 0.0], [0.0, INF]), "vectors", None, 1, "finite"),
    (lambda: x.softmax_cross_entropy_hvp([0.0, 0.0], [0.0]), "vectors", None, None, "shapes match"),
    (lambda: x.one_hot([[0]], 2), "labels", None, None, "shape () or (N,)"),
    (lambda: x.one_hot([0, 2], 2), "labels", 1, None, "labels[1] is 2"),
    (lambda: x.one_hot([0], 0), "num_classes", None, None, "at least one class"),
    (lambda: x.smooth_labels(HALF, 1.5), "epsilon", None, None, "between 0 and 1"),
    (lambda: x.smooth_labels(HALF, NAN), "epsilon", None, None, "between 0 and 1"),
    (lambda: x.smooth_labels(HALF, [0.1]), "epsilon", None, None, "single number"),
    (lambda: x.votes_to_probs([[1, 0], [0, 0]]), "counts", 1, None, "has no votes"),
    (lambda: x.votes_to_probs([1, -1]), "counts", None, 1, "not negative"),
    (lambda: x.votes_to_probs([1.5, 0.0]), "counts", None, 0, "whole number"),
    (lambda: x.votes_to_probs([2**53, 2**53]), "counts", None, None, "2^53"),
    (lambda: x.multinomial_log_likelihood([1, 1], [1.0]), "probs", None, None, "shapes match"),
    (lambda: x.categorical_log_likelihood([0], HALF), "labels", None, None, "labels of shape ()"),
    (lambda: x.weighted_mean([], [], "count"), "losses", None, None, "the mean of no rows"),
    (lambda: x.weighted_mean([1.0], [0.0], "weights"), "weights", None, None, "do not all vanish"),
    (lambda: x.weighted_mean([1.0], [-1.0], "count"), "weights", None, 0, "not negative"),
    (lambda: x.weighted_mean([1.0], [NAN], "count"), "weights", None, 0, "NaN"),
    (lambda: x.weighted_mean([1.0], [INF], "count"), "weights", None, 0, "finite"),
    (lambda: x.weighted_mean([NAN], [1.0], "count"), "losses", None, None, "NaN"),
    (lambda: x.weighted_mean([[1.0]], [1.0], "count"), "losses", None, None, "(N,)"),
    (lambda: x.weighted_mean([1.0], [1.0, 2.0], "count"), "weights", None, None, "one weight for each loss"),
    (lambda: x.weighted_mean([1.0], [1.0], "mean"), "normalize", None, None, "'weights', 'count'"),
    (lambda: x.class_weighted_mean([0.0, 0.0], HALF, [1, 1], "count"), "logits", None, None, "shape (N, K)"),
    (lambda: x.class_weighted_mean(np.zeros((0, 2)), np.zeros((0, 2)), [1, 1], "count"), "logits", None, None, "the mean of no rows"),
    (lambda: x.class_weighted_mean([[0.0, 0.0]], [[1.0, 0.0]], [0, 1], "weights"), "class_weights", None, None, "do not all vanish"),
    (lambda: x.class_weighted_mean_with_integer_labels([[0.0, 0.0]], [0], [1, -1], "count"), "class_weights", None, 1, "not negative"),
    (lambda: x.perplexity(NAN), "cross_entropy", None, None, "NaN"),
    (lambda: x.continuous_categorical_log_normalizer([[0.5, 0.5], [0.5, 0.6]]), "probs", 1, None, "sums to 1.1"),
    (lambda: x.dirichlet_log_likelihood(HALF, [1.0, 0.0]), "concentration", None, 1, "concentration[1] is 0.0; a positive, finite number"),
    (lambda: x.dirichlet_log_likelihood([HALF], [[1.0, INF]]), "concentration", 0, 1, "positive, finite"),
    (lambda: x.dirichlet_log_likelihood(HALF, [1.0]), "concentration", None, None, "shapes match"),
    (lambda: x.dirichlet_log_likelihood([[1.0, 0.0, 0.0]], [[1.0, 0.5, 2.0]]), "probs", 0, None, "lies on a face; the density has no limit"),
    (lambda: x.virtual_evidence_loss([[0.0, 0.0]], [[0.5, -0.1]]), "evidence", 0, 1, "a likelihood is not negative"),
    (lambda: x.virtual_evidence_loss([0.0, 0.0], [INF, 1.0]), "evidence", None, 0, "finite"),
    (lambda: x.virtual_evidence_loss([[0.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 0.0]]), "evidence", 1, None, "is 0 in every class"),
    (lambda: x.virtual_evidence_loss([0.0, 0.0], [1.0]), "evidence", None, None, "shapes match"),
    (lambda: x.virtual_evidence_loss([NAN, 0.0], HALF), "logits", None, 0, "NaN"),
    (lambda: x.responsibilities([[0.0, -INF]], [[0.0, 1.0]]), "evidence", 0, None, "not masked"),
    (lambda: x.forward_corrected_loss([0.0, 0.0], 0, [[1.0, 0.0]]), "channel", None, None, "shape (2, 2) is needed"),
    (lambda: x.forward_corrected_loss([0.0, 0.0], 2, np.eye(2)), "labels", None, None, "labels is 2"),
    (lambda: x.forward_corrected_loss([0.0, 0.0], 0, [[0.5, 0.4], [0.0, 1.0]]), "channel", 0, None, "channel[0] sums to 0.9"),
    (lambda: x.backward_corrected_labels([0], [[0.5, 0.5], [0.5, 0.5]]), "channel", None, None, "linearly dependent rows"),
    (lambda: x.backward_corrected_labels([0], [0.5, 0.5]), "channel", None, None, "square table"),
    (lambda: x.backward_corrected_labels([3], np.eye(2)), "labels", 0, None, "labels[0] is 3"),
]


@pytest.mark.parametrize("case", range(len(WRONG_VALUES)))
def test_a_wrong_value_is_named_with_its_place_and_rule(case):
    call, argument, row, column, message = WRONG_VALUES[case]
    with pytest.raises(x.InvalidInput) as caught:
        call()
    error = caught.value
    assert (error.argument, error.row, error.column) == (argument, row, column)
    assert message in str(error)
    assert error.rule in str(error) and isinstance(error, ValueError)


WRONG_KINDS = [
    lambda: x.entropy(np.ma.masked_array([0.5, 0.5], [False, True])),
    lambda: x.entropy(np.array([0.5, 0.5], dtype=object)),
    lambda: x.entropy(np.array([0.5 + 0j, 0.5])),
    lambda: x.entropy(["0.5", "0.5"]),
    lambda: x.entropy([True, False]),
    lambda: x.entropy(None),
    lambda: x.softmax_cross_entropy_with_integer_labels([[0.0, 0.0]], [1.0]),
    lambda: x.softmax_cross_entropy_with_integer_labels([[0.0, 0.0]], [True]),
    lambda: x.one_hot([0.0], 2),
    lambda: x.one_hot([0], 2.0),
    lambda: x.one_hot([0], True),
    lambda: x.weighted_mean([1.0], ["1"], "count"),
    lambda: x.virtual_evidence_loss([0.0, 0.0], [True, False]),
    lambda: x.dirichlet_log_likelihood(HALF, ["1", "1"]),
    lambda: x.forward_corrected_loss([0.0, 0.0], 0.0, np.eye(2)),
    lambda: x.backward_corrected_labels([1.0], np.eye(2)),
]


@pytest.mark.parametrize("case", range(len(WRONG_KINDS)))
def test_a_wrong_kind_of_input_is_a_type_error(case):
    with pytest.raises(TypeError):
        WRONG_KINDS[case]()


def test_every_entry_is_checked_even_where_p_is_zero():
    with pytest.raises(x.InvalidInput):
        x.cross_entropy([1.0, 0.0, 0.0], [1.0, NAN, 0.0])


def test_the_tolerance_follows_the_dtype():
    third = np.full(3, 1 / 3, dtype=np.float16)
    assert x.entropy(third) == pytest.approx(np.log(3), rel=1e-3)
    with pytest.raises(x.InvalidInput, match="tolerance 1e-08"):
        x.entropy(third.astype(np.float64))
    with pytest.raises(x.InvalidInput, match="tolerance 1e-03"):
        x.entropy(np.array([0.5, 0.498], dtype=np.float16))


def test_columns_in_another_order_are_an_error():
    class Table(np.ndarray):
        columns = None

    p, q = (np.array([[0.25, 0.75]]).view(Table) for _ in range(2))
    p.columns, q.columns = ["cat", "dog"], ["dog", "cat"]
    with pytest.raises(x.InvalidInput, match="columns match in name and order"):
        x.cross_entropy(p, q)
    q.columns = ["cat", "dog"]
    assert x.cross_entropy(p, q) == x.entropy(p)


def test_inputs_are_never_written_to():
    z, p = np.array([[1.0, -2.0, 0.5]]), np.array([[0.2, 0.3, 0.5]])
    z.flags.writeable = p.flags.writeable = False
    before = z.copy(), p.copy()
    x.softmax_cross_entropy_value_and_grad(z, p)
    x.cross_entropy(p, p)
    assert (z == before[0]).all() and (p == before[1]).all()


def test_lists_views_and_memmaps_work(tmp_path):
    z = np.arange(12.0).reshape(4, 3)
    want = x.logsumexp(z)
    memmap = np.memmap(tmp_path / "z", dtype=float, mode="w+", shape=z.shape)
    memmap[:] = z
    assert (x.logsumexp(memmap) == want).all()
    assert (x.logsumexp(z.tolist()) == want).all()
    assert (x.logsumexp(np.asfortranarray(z)) == want).all()
    assert (x.logsumexp(np.repeat(z, 2, axis=1)[:, ::2]) == want).all()


@pytest.mark.parametrize("function", [x.softmax, x.log_softmax, x.logsumexp, x.entropy, x.continuous_categorical_log_normalizer])
def test_no_rows_give_no_results(function):
    assert len(function(np.zeros((0, 3)))) == 0
    assert x.softmax_cross_entropy(np.zeros((0, 3)), np.zeros((0, 3))).shape == (0,)
    assert x.softmax_cross_entropy_with_integer_labels(np.zeros((0, 3)), []).shape == (0,)


def test_a_caller_that_raises_on_every_floating_point_flag_sees_none():
    z = np.array([[0.0, -800.0, -np.inf], [1e308, -1e308, 0.0]])
    p = np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])
    with np.errstate(all="raise"):
        x.softmax_cross_entropy_value_and_grad(z, p)
        x.softmax_cross_entropy_with_integer_labels_value_and_grad(z, [0, 0])
        x.softmax_cross_entropy_hvp(z, p)
        x.softmax(z), x.log_softmax(z), x.logsumexp(z)
        x.cross_entropy(p, p[::-1]), x.kl_divergence(p, p[::-1]), x.entropy(p)
        x.kl_divergence([1.0, 0.0], [5e-324, 1.0])
        x.multinomial_log_likelihood([[0, 3]], [[1.0, 0.0]]), x.categorical_log_likelihood([1], [[1.0, 0.0]])
        x.class_weighted_mean(z, p, [1, 1, 1], "count"), x.weighted_mean([np.inf, 1.0], [0.0, 1.0], "weights")
        x.perplexity(1e6), x.smooth_labels([1.0, 0.0], 1e-320), x.votes_to_probs([1, 2**52])
        x.continuous_categorical_log_normalizer([[0.5, 0.5, 0.0], [1.0, 5e-324, 5e-324]])
        x.dirichlet_log_likelihood([[1.0, 0.0]], [[1.0, 0.5]]), x.dirichlet_log_likelihood([0.5, 0.5], [1e-300, 1e12])
        x.virtual_evidence_loss_value_and_grad(z, [[0.0, 1e-300, 1.0]] * 2), x.responsibilities(z, p), x.forward_corrected_loss(z, [0, 1], np.eye(3)), x.backward_corrected_labels([0], np.eye(3))


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_short_floats_are_computed_in_double(dtype):
    z = np.array([[3.0, -1.0, 0.5]], dtype=dtype)
    assert x.logsumexp(z).dtype == np.float64
    assert x.logsumexp(z) == x.logsumexp(z.astype(float))
