"""Bad input: the message names argument, place, value and rule; the exception carries them."""

import re
from functools import partial

import numpy as np
import pytest

import xentlib as x

NAN, INF = np.nan, np.inf
HALF, EMPTY = [0.5, 0.5], np.zeros((0, 2))
LAST_TWO = [False, True, True]
THREE = [1.0, 2.0, 3.0]
LABELS_OFF = np.zeros((3, 2)), [[0.5, 0.5], [0.5, 0.5], [1.0, 0.5]], [1.0, 1.0]
LABELS_MISSING = np.zeros((3, 2)), [-100, 0, -100], [1.0, 1.0]
LEFT_OUT = x.class_weighted_mean_with_integer_labels
hard_mean = x.class_weighted_mean_with_integer_labels

WRONG_VALUES = [  # call, row, column, value, the whole message
    (
        lambda: x.entropy([[0.5, 0.5], [0.5, 0.47]]),
        1,
        None,
        0.97,
        "p[1] sums to 0.97; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: x.entropy([0.5, 0.47]),
        None,
        None,
        0.97,
        "p sums to 0.97; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: x.entropy([[1.5, -0.5]]),
        0,
        1,
        -0.5,
        "p[0, 1] is -0.5; a probability is not negative",
    ),
    (lambda: x.entropy([1.5, -0.5]), None, 1, -0.5, "p[1] is -0.5; a probability is not negative"),
    (
        lambda: x.cross_entropy([1.0, 0.0], [NAN, 1.0]),
        None,
        0,
        NAN,
        "q[0] is nan; NaN is not a number",
    ),
    (
        lambda: x.cross_entropy([1.0, 0.0], [1.0, INF]),
        None,
        1,
        INF,
        "q[1] is inf; a probability is finite",
    ),
    (
        lambda: x.cross_entropy([1.0, 0.0], [[1.0, 0.0]]),
        None,
        None,
        (1, 2),
        "q has shape (1, 2); p has shape (2,); shapes match exactly",
    ),
    (
        lambda: x.cross_entropy([7, 3], [0.7, 0.3]),
        None,
        None,
        10.0,
        (
            "p sums to 10; a distribution sums to 1 (tolerance 1e-06); counts become "
            "distributions by votes_to_probs, labels by one_hot"
        ),
    ),
    (
        lambda: x.kl_divergence([0.5, 0.4], HALF),
        None,
        None,
        0.9,
        "p sums to 0.9; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: x.kl_divergence(HALF, [0.0, 0.0]),
        None,
        None,
        0.0,
        "q sums to 0; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: x.entropy(0.5),
        None,
        None,
        (),
        "p has shape (); a row (K,) or rows (..., K) are needed",
    ),
    (
        lambda: x.entropy(np.full((2, 2, 2), 0.25)),
        (0, 0),
        None,
        0.5,
        "p[0, 0] sums to 0.5; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: x.entropy([[[0.25, 0.75], [0.75, 0.25]], [[0.5, 0.75], [0.5, 0.25]]]),
        (1, 0),
        None,
        1.25,
        (
            "p[1, 0] sums to 1.25; a distribution sums to 1 (tolerance 1e-06); classes on axis 1 "
            "are moved to the last by np.moveaxis(·, 1, -1)"
        ),
    ),
    (
        lambda: x.entropy([[0.3333, 0.3333, 0.3333]]),
        0,
        None,
        0.9999,
        (
            "p[0] sums to 0.9999; a distribution sums to 1 (tolerance 1e-06); rows that were "
            "rounded are divided by their sums by normalize_rows"
        ),
    ),
    (
        partial(
            x.softmax_cross_entropy_with_integer_labels,
            np.zeros((2, 3, 4)),
            np.zeros((2, 4), dtype=int),
        ),
        None,
        None,
        (2, 4),
        (
            "labels has shape (2, 4); logits of shape (2, 3, 4) needs labels of shape (2, 3); "
            "classes on axis 1 are moved to the last by np.moveaxis(·, 1, -1)"
        ),
    ),
    (
        lambda: x.softmax_cross_entropy(np.zeros((2, 3, 4)), np.full((2, 4, 3), 1 / 3)),
        None,
        None,
        (2, 4, 3),
        (
            "target_probs has shape (2, 4, 3); logits has shape (2, 3, 4); shapes match exactly; "
            "classes on axis 1 are moved to the last by np.moveaxis(·, 1, -1)"
        ),
    ),
    (
        lambda: x.weighted_mean(THREE, [1.0, 1.0, -1.0], "count", where=LAST_TWO),
        None,
        2,
        -1.0,
        "weights[2] is -1.0; a weight is not negative",
    ),
    (
        lambda: x.weighted_mean([NAN, 2.0, NAN], np.ones(3), "count", where=LAST_TWO),
        2,
        None,
        NAN,
        "losses[2] is nan; NaN is not a number",
    ),
    (
        lambda: x.weighted_mean([1.0, 2.0, 3.0], [1.0], "count", where=LAST_TWO),
        None,
        None,
        (1,),
        "weights has shape (1,); one weight for each loss is needed: shape (2,)",
    ),
    (
        lambda: x.weighted_mean([1.0, 2.0], [1.0, 1.0], "count", where=LAST_TWO),
        None,
        None,
        (3,),
        "where has shape (3,); losses has shape (2,); there is one choice for each row, shape (N,)",
    ),
    (
        lambda: x.weighted_mean([1.0, 2.0], [1.0, 1.0], "count", where=[False, False]),
        None,
        None,
        0,
        "where keeps no row; the mean of no rows is undefined",
    ),
    (
        lambda: x.class_weighted_mean(*LABELS_OFF, "count", where=LAST_TWO),
        2,
        None,
        1.5,
        "target_probs[2] sums to 1.5; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: LEFT_OUT(*LABELS_MISSING, "count", where=LAST_TWO),
        2,
        None,
        -100,
        "labels[2] is -100; a label is one of 0 ... 1; rows without a label are left out first, or "
        "by where= of a weighted mean",
    ),
    (
        lambda: x.class_weighted_losses([0.0, 0.0], HALF, [1.0, 1.0, 1.0]),
        None,
        None,
        (3,),
        "class_weights has shape (3,); one weight for each class is needed: shape (2,)",
    ),
    (
        lambda: x.normalize_rows([[1.0, -0.5]]),
        0,
        1,
        -0.5,
        "shares[0, 1] is -0.5; a share is not negative",
    ),
    (lambda: x.normalize_rows([INF]), None, 0, INF, "shares[0] is inf; a share is finite"),
    (
        lambda: x.normalize_rows([[1.0], [0.0]]),
        1,
        None,
        None,
        "shares[1] is 0 throughout; a row has a positive entry",
    ),
    (
        lambda: x.undo_smoothing([0.5, 0.4], 0.1),
        None,
        None,
        0.9,
        "probs sums to 0.9; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: x.undo_smoothing(HALF, 2),
        None,
        None,
        2.0,
        "epsilon is 2.0; a fraction lies between 0 and 1",
    ),
    (
        lambda: x.undo_smoothing(HALF, 1),
        None,
        None,
        1.0,
        "epsilon is 1.0; below 1: labels smoothed by 1 say nothing",
    ),
    (
        lambda: x.undo_smoothing([[0.5, 0.4, 0.1], [0.02, 0.9, 0.08]], 0.1),
        1,
        0,
        0.02,
        "probs[1, 0] is 0.02; a distribution smoothed by 0.1 has no entry below 0.0333333",
    ),
    (  # what smoothing by so much makes small is beyond rounding before it
        lambda: x.undo_smoothing([0.45 - 5e-7, 0.55 + 5e-7], 0.9),
        None,
        0,
        0.45 - 5e-7,
        "probs[0] is 0.4499995; a distribution smoothed by 0.9 has no entry below 0.45",
    ),
    (lambda: x.entropy([]), None, None, (0,), "p has shape (0,); at least one class is needed"),
    (
        lambda: x.entropy([[0.5, 0.5], [1.0]]),
        None,
        None,
        None,
        "p is ragged; all rows have one length",
    ),
    (
        lambda: x.softmax([0.0, INF]),
        None,
        1,
        INF,
        "logits[1] is inf; a logit is finite, or -inf for a masked class",
    ),
    (
        lambda: x.softmax([[0.0, 0.0], [0.0, NAN]]),
        1,
        1,
        NAN,
        "logits[1, 1] is nan; NaN is not a number",
    ),
    (
        lambda: x.softmax([[0.0, 0.0], [-INF, -INF]]),
        1,
        None,
        -INF,
        "logits[1] is -inf in every class; at least one class must not be masked",
    ),
    (
        lambda: x.log_softmax([-INF]),
        None,
        None,
        -INF,
        "logits is -inf in every class; at least one class must not be masked",
    ),
    (
        lambda: x.softmax_cross_entropy([[0.0, NAN]], [[1.0, 0.0]]),
        0,
        1,
        NAN,
        "logits[0, 1] is nan; NaN is not a number",
    ),
    (
        lambda: x.softmax_cross_entropy([0.0, 0.0], [0.0, 0.0]),
        None,
        None,
        0.0,
        "target_probs sums to 0; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: x.softmax_cross_entropy([0.0, 0.0], [0.5, 0.25, 0.25]),
        None,
        None,
        (3,),
        "target_probs has shape (3,); logits has shape (2,); shapes match exactly",
    ),
    (
        lambda: x.softmax_cross_entropy_with_integer_labels([[0.0, 0.0]], [-1]),
        0,
        None,
        -1,
        "labels[0] is -1; a label is one of 0 ... 1; rows without a label are left out first, or "
        "by where= of a weighted mean",
    ),
    (
        lambda: x.softmax_cross_entropy_with_integer_labels([[0.0, 0.0]], [2]),
        0,
        None,
        2,
        "labels[0] is 2; a label is one of 0 ... 1",
    ),
    (
        lambda: x.softmax_cross_entropy_with_integer_labels([0.0, 0.0], 2),
        None,
        None,
        2,
        "labels is 2; a label is one of 0 ... 1",
    ),
    (
        lambda: x.softmax_cross_entropy_with_integer_labels([[0.0, 0.0]], [0, 1]),
        None,
        None,
        (2,),
        "labels has shape (2,); logits of shape (1, 2) needs labels of shape (1,)",
    ),
    (
        lambda: x.softmax_cross_entropy_with_integer_labels([0.0, 0.0], [0]),
        None,
        None,
        (1,),
        "labels has shape (1,); logits of shape (2,) needs labels of shape ()",
    ),
    (
        lambda: x.softmax_cross_entropy_hvp([0.0, 0.0], [0.0, INF]),
        None,
        1,
        INF,
        "vectors[1] is inf; a finite number is needed",
    ),
    (
        lambda: x.softmax_cross_entropy_hvp([0.0, 0.0], [0.0]),
        None,
        None,
        (1,),
        "vectors has shape (1,); logits has shape (2,); shapes match exactly",
    ),
    (lambda: x.one_hot([0, 2], 2), 1, None, 2, "labels[1] is 2; a label is one of 0 ... 1"),
    (lambda: x.one_hot([0], 0), None, None, 0, "num_classes is 0; at least one class is needed"),
    (
        lambda: x.smooth_labels(HALF, 1.5),
        None,
        None,
        1.5,
        "epsilon is 1.5; a fraction lies between 0 and 1",
    ),
    (
        lambda: x.smooth_labels(HALF, NAN),
        None,
        None,
        NAN,
        "epsilon is nan; a fraction lies between 0 and 1",
    ),
    (
        lambda: x.smooth_labels(HALF, [0.1]),
        None,
        None,
        (1,),
        "epsilon has shape (1,); a single number is needed",
    ),
    (
        lambda: x.votes_to_probs([[1, 0], [0, 0]]),
        1,
        None,
        None,
        "counts[1] has no votes; a row has at least one vote",
    ),
    (
        lambda: x.votes_to_probs([1, -1]),
        None,
        1,
        -1.0,
        "counts[1] is -1.0; a count is not negative",
    ),
    (
        lambda: x.votes_to_probs([1.5, 0.0]),
        None,
        0,
        1.5,
        "counts[0] is 1.5; a count is a whole number",
    ),
    (
        lambda: x.votes_to_probs([2**53, 2**53]),
        None,
        None,
        None,
        "counts sums to more; a row of counts sums to at most 2^53",
    ),
    (
        lambda: x.multinomial_log_likelihood([1, 1], [1.0]),
        None,
        None,
        (1,),
        "probs has shape (1,); counts has shape (2,); shapes match exactly",
    ),
    (
        lambda: x.categorical_log_likelihood([0], HALF),
        None,
        None,
        (1,),
        "labels has shape (1,); probs of shape (2,) needs labels of shape ()",
    ),
    (
        lambda: x.weighted_mean([], [], "count"),
        None,
        None,
        0,
        "losses has no rows; the mean of no rows is undefined",
    ),
    (
        lambda: x.weighted_mean([1.0], [0.0], "weights"),
        None,
        None,
        0.0,
        "weights sums to 0 over the rows; the weights of a weighted mean do not all vanish",
    ),
    (
        lambda: x.weighted_mean([1.0], [-1.0], "count"),
        None,
        0,
        -1.0,
        "weights[0] is -1.0; a weight is not negative",
    ),
    (
        lambda: x.weighted_mean([1.0], [NAN], "count"),
        None,
        0,
        NAN,
        "weights[0] is nan; NaN is not a number",
    ),
    (
        lambda: x.weighted_mean([1.0], [INF], "count"),
        None,
        0,
        INF,
        "weights[0] is inf; a weight is finite",
    ),
    (
        lambda: x.weighted_mean([NAN], [1.0], "count"),
        0,
        None,
        NAN,
        "losses[0] is nan; NaN is not a number",
    ),
    (
        lambda: x.weighted_mean([[1.0]], [1.0], "count"),
        None,
        None,
        (1, 1),
        "losses has shape (1, 1); losses have shape (N,)",
    ),
    (
        lambda: x.weighted_mean([1.0], [1.0, 2.0], "count"),
        None,
        None,
        (2,),
        "weights has shape (2,); one weight for each loss is needed: shape (1,)",
    ),
    (
        lambda: x.weighted_mean([1.0], [1.0], "mean"),
        None,
        None,
        "mean",
        "normalize is 'mean'; it is one of 'weights', 'count'",
    ),
    (
        lambda: x.class_weighted_mean([0.0, 0.0], HALF, [1, 1], "count"),
        None,
        None,
        (2,),
        "logits has shape (2,); a mean over rows needs shape (N, K)",
    ),
    (
        lambda: x.class_weighted_mean(EMPTY, EMPTY, [1, 1], "count"),
        None,
        None,
        0,
        "logits has no rows; the mean of no rows is undefined",
    ),
    (
        lambda: x.class_weighted_mean([[0.0, 0.0]], [[1.0, 0.0]], [0, 1], "weights"),
        None,
        None,
        0.0,
        "class_weights sums to 0 over the rows; the weights of a weighted mean do not all vanish",
    ),
    (
        lambda: hard_mean([[0.0, 0.0]], [0], [1, -1], "count"),
        None,
        1,
        -1.0,
        "class_weights[1] is -1.0; a weight is not negative",
    ),
    (lambda: x.perplexity(NAN), None, None, NAN, "cross_entropy is nan; NaN is not a number"),
    (
        lambda: x.continuous_categorical_log_normalizer([[0.5, 0.5], [0.5, 0.6]]),
        1,
        None,
        1.1,
        "probs[1] sums to 1.1; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: x.dirichlet_log_likelihood(HALF, [1.0, 0.0]),
        None,
        1,
        0.0,
        "concentration[1] is 0.0; a positive, finite number is needed",
    ),
    (
        lambda: x.dirichlet_log_likelihood([HALF], [[1.0, INF]]),
        0,
        1,
        INF,
        "concentration[0, 1] is inf; a positive, finite number is needed",
    ),
    (
        lambda: x.dirichlet_log_likelihood(HALF, [1.0]),
        None,
        None,
        (1,),
        "concentration has shape (1,); probs has shape (2,); shapes match exactly",
    ),
    (
        lambda: x.dirichlet_log_likelihood([[1.0, 0.0, 0.0]], [[1.0, 0.5, 2.0]]),
        0,
        None,
        None,
        (
            "probs[0] lies on a face; the density has no limit where one p_k = 0 has a_k < 1 "
            "and another a_k > 1"
        ),
    ),
    (
        lambda: x.virtual_evidence_loss([[0.0, 0.0]], [[0.5, -0.1]]),
        0,
        1,
        -0.1,
        "likelihoods[0, 1] is -0.1; a likelihood is not negative",
    ),
    (
        lambda: x.virtual_evidence_loss([0.0, 0.0], [INF, 1.0]),
        None,
        0,
        INF,
        "likelihoods[0] is inf; a likelihood is finite",
    ),
    (
        lambda: x.virtual_evidence_loss([[0.0, 0.0]] * 2, [[1.0, 0.0], [0.0, 0.0]]),
        1,
        None,
        None,
        (
            "likelihoods[1] is 0 in every class; some class must be able to give the "
            "observation; a product too small for a float is given as log_likelihoods"
        ),
    ),
    (
        lambda: x.virtual_evidence_loss([0.0, 0.0], [1.0]),
        None,
        None,
        (1,),
        "likelihoods has shape (1,); logits has shape (2,); shapes match exactly",
    ),
    (
        lambda: x.virtual_evidence_loss([NAN, 0.0], HALF),
        None,
        0,
        NAN,
        "logits[0] is nan; NaN is not a number",
    ),
    (
        lambda: x.responsibilities([[0.0, -INF]], [[0.0, 1.0]]),
        0,
        None,
        None,
        (
            "likelihoods[0] is 0 in every class that is not masked; some class that is not masked "
            "must be able to give the observation"
        ),
    ),
    (
        lambda: x.forward_corrected_loss([0.0, 0.0], 0, [[1.0, 0.0]]),
        None,
        None,
        (1, 2),
        "channel has shape (1, 2); shape (2, 2) is needed, one row for each class",
    ),
    (
        lambda: x.forward_corrected_loss([0.0, 0.0], 2, np.eye(2)),
        None,
        None,
        2,
        "labels is 2; a label is one of 0 ... 1",
    ),
    (
        lambda: x.forward_corrected_loss([0.0, 0.0], 0, [[0.5, 0.4], [0.0, 1.0]]),
        0,
        None,
        0.9,
        "channel[0] sums to 0.9; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: x.backward_corrected_labels([0], [[0.5, 0.5], [0.5, 0.5]]),
        None,
        None,
        None,
        "channel has linearly dependent rows; backward correction needs a channel with an inverse",
    ),
    (
        lambda: x.backward_corrected_labels([0], [0.5, 0.5]),
        None,
        None,
        (2,),
        "channel has shape (2,); a square table is needed, one row for each class",
    ),
    (
        lambda: x.backward_corrected_labels([3], np.eye(2)),
        0,
        None,
        3,
        "labels[0] is 3; a label is one of 0 ... 1",
    ),
    (
        lambda: x.categorical_log_likelihood(0, [0.5, 0.4]),
        None,
        None,
        0.9,
        "probs sums to 0.9; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: x.multinomial_log_likelihood([1, 1], [0.5, 0.4]),
        None,
        None,
        0.9,
        "probs sums to 0.9; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: x.multinomial_log_likelihood([[1, 1], [2**53, 2]], [HALF, HALF]),
        1,
        None,
        None,
        "counts[1] sums to more; a row of counts sums to at most 2^53",
    ),
    (
        lambda: x.dirichlet_log_likelihood([0.5, 0.4], [1.0, 1.0]),
        None,
        None,
        0.9,
        "probs sums to 0.9; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: x.smooth_labels([0.5, 0.4], 0.1),
        None,
        None,
        0.9,
        "target_probs sums to 0.9; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: x.forward_corrected_loss([NAN, 0.0], 0, np.eye(2)),
        None,
        0,
        NAN,
        "logits[0] is nan; NaN is not a number",
    ),
    (
        lambda: x.forward_corrected_loss([[0.0, 0.0]], [0, 1], np.eye(2)),
        None,
        None,
        (2,),
        "labels has shape (2,); logits of shape (1, 2) needs labels of shape (1,)",
    ),
    (
        lambda: x.forward_corrected_loss([0.0, 0.0], 0, np.eye(3)),
        None,
        None,
        (3, 3),
        "channel has shape (3, 3); shape (2, 2) is needed, one row for each class",
    ),
    (
        lambda: x.softmax_cross_entropy_hvp([NAN, 0.0], [0.0, 1.0]),
        None,
        0,
        NAN,
        "logits[0] is nan; NaN is not a number",
    ),
    (
        lambda: x.softmax_cross_entropy_hvp([0.0, 0.0], [[0.0], [0.0, 1.0]]),
        None,
        None,
        None,
        "vectors is ragged; all rows have one length",
    ),
    (
        lambda: x.softmax_cross_entropy_with_integer_labels([NAN, 0.0], 0),
        None,
        0,
        NAN,
        "logits[0] is nan; NaN is not a number",
    ),
    (
        lambda: x.class_weighted_mean([[0.0, 0.0]], [[1.0, 0.0]], [1.0], "count"),
        None,
        None,
        (1,),
        "class_weights has shape (1,); one weight for each class is needed: shape (2,)",
    ),
    (
        lambda: x.class_weighted_mean([[0.0] * 3], [[1, 0, 0]], [1.0, 1.0], "count"),
        None,
        None,
        (2,),
        "class_weights has shape (2,); one weight for each class is needed: shape (3,)",
    ),
    (
        lambda: x.class_weighted_mean([[0.0, 0.0]], [[1.0, 0.0]], [NAN, 1.0], "count"),
        None,
        0,
        NAN,
        "class_weights[0] is nan; NaN is not a number",
    ),
    (
        lambda: hard_mean([[0.0, 0.0, 0.0]], [0], [1.0], "count"),
        None,
        None,
        (1,),
        "class_weights has shape (1,); one weight for each class is needed: shape (3,)",
    ),
    (
        lambda: hard_mean([[0.0, 0.0]], [1], [1, 0], "weights"),
        None,
        None,
        0.0,
        "class_weights sums to 0 over the rows; the weights of a weighted mean do not all vanish",
    ),
    (
        lambda: hard_mean([0.0, 0.0], 0, [1, 1], "count"),
        None,
        None,
        (2,),
        "logits has shape (2,); a mean over rows needs shape (N, K)",
    ),
    (
        lambda: hard_mean(EMPTY, [], [1, 1], "count"),
        None,
        None,
        0,
        "logits has no rows; the mean of no rows is undefined",
    ),
    (
        lambda: x.virtual_evidence_loss([[0.0, 0.0]], [[NAN, 1.0]]),
        0,
        0,
        NAN,
        "likelihoods[0, 0] is nan; NaN is not a number",
    ),
    (
        lambda: x.responsibilities([0.0, -INF], [0.0, 1.0]),
        None,
        None,
        None,
        (
            "likelihoods is 0 in every class that is not masked; some class that is not masked "
            "must be able to give the observation"
        ),
    ),
    (lambda: x.nats_to_bits([1.0, NAN]), 1, None, NAN, "x[1] is nan; NaN is not a number"),
    (
        lambda: x.nats_to_bits([[1.0, 2.0], [NAN, NAN]]),
        (1, 0),
        None,
        NAN,
        "x[1, 0] is nan; NaN is not a number",
    ),
    (
        lambda: x.perplexity(np.full((2, 1, 1), NAN)),
        (0, 0, 0),
        None,
        NAN,
        "cross_entropy[0, 0, 0] is nan; NaN is not a number",
    ),
    (
        lambda: x.smooth_labels(HALF, -0.5),
        None,
        None,
        -0.5,
        "epsilon is -0.5; a fraction lies between 0 and 1",
    ),
    (
        lambda: x.entropy([2.0, 0.5]),
        None,
        None,
        2.5,
        "p sums to 2.5; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: x.entropy([2.0, 0.0]),
        None,
        None,
        2.0,
        (
            "p sums to 2; a distribution sums to 1 (tolerance 1e-06); counts become "
            "distributions by votes_to_probs, labels by one_hot"
        ),
    ),
    (
        lambda: x.entropy([0.75, 0.5, 1.0]),
        None,
        None,
        2.25,
        (
            "p sums to 2.25; a distribution sums to 1 (tolerance 1e-06); shares of the second of "
            "two classes become rows by np.column_stack([1 - p, p])"
        ),
    ),
    (
        lambda: x.entropy([[1.0], [0.75]]),
        1,
        None,
        0.75,
        (
            "p[1] sums to 0.75; a distribution sums to 1 (tolerance 1e-06); shares of the second "
            "of two classes become rows by np.column_stack([1 - p, p])"
        ),
    ),
    (
        lambda: x.entropy([[1.0, 0.0], [3.0, 1.0]]),
        1,
        None,
        4.0,
        (
            "p[1] sums to 4; a distribution sums to 1 (tolerance 1e-06); counts become "
            "distributions by votes_to_probs"
        ),
    ),
    (
        lambda: x.class_weighted_mean([[0.0], [0.0, 1.0]], [[1.0], [1.0]], [1], "count"),
        None,
        None,
        None,
        "logits is ragged; all rows have one length",
    ),
    (
        lambda: x.weighted_mean([[1.0], [1.0, 2.0]], [1.0, 1.0], "count"),
        None,
        None,
        None,
        "losses is ragged; all rows have one length",
    ),
    (
        lambda: x.one_hot([[0], [0, 1]], 2),
        None,
        None,
        None,
        "labels is ragged; all rows have one length",
    ),
    (
        lambda: x.backward_corrected_labels([0], [[1.0, 0.0]]),
        None,
        None,
        (1, 2),
        "channel has shape (1, 2); a square table is needed, one row for each class",
    ),
    (lambda: x.one_hot(5, 2), None, None, 5, "labels is 5; a label is one of 0 ... 1"),
    (
        lambda: x.votes_to_probs([1.0, INF]),
        None,
        1,
        INF,
        "counts[1] is inf; a count is a whole number",
    ),
]


@pytest.mark.parametrize("case", range(len(WRONG_VALUES)))
def test_a_wrong_value_is_named_with_its_place_and_rule(case):
    call, row, column, value, message = WRONG_VALUES[case]
    with pytest.raises(x.InvalidInput) as caught:
        call()
    error = caught.value
    assert str(error) == message and isinstance(error, ValueError)
    assert (error.row, error.column) == (row, column)
    assert error.value == value or np.isnan(error.value) and np.isnan(value)
    assert re.split(r"\[| ", message)[0] == error.argument and message.endswith(f"; {error.rule}")


class Attached:
    """As a tensor of PyTorch with a gradient, of which NumPy makes no array."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


WRONG_KINDS = [  # call, the whole message
    (
        lambda: x.softmax(Attached()),
        "logits is of type Attached, of which NumPy makes no array (Can't call numpy() on Tensor "
        "that requires grad.); a tensor is passed as .detach().cpu(), one in bfloat16 with "
        ".float()",
    ),
    (
        lambda: x.softmax(np.zeros(2, "V2")),  # NumPy has no bfloat16, and holds it as such
        "logits has dtype |V2; logits need real numbers, in a dtype of NumPy's own; "
        ".astype(np.float32) gives one",
    ),
    (
        lambda: x.weighted_mean([1.0, 2.0], [1.0, 1.0], "count", where=[1, 0]),
        "where has dtype int64; choices of rows need True or False",
    ),
    (
        lambda: x.entropy(np.ma.masked_array([0.5, 0.5], [False, True])),
        "p is a masked array; fill or drop the masked entries first",
    ),
    (
        lambda: x.entropy(np.array([0.5, 0.5], dtype=object)),
        "p has dtype object; probabilities need real numbers",
    ),
    (
        lambda: x.entropy(np.array([0.5 + 0j, 0.5])),
        "p has dtype complex128; probabilities need real numbers",
    ),
    (lambda: x.entropy(["0.5", "0.5"]), "p has dtype <U3; probabilities need real numbers"),
    (lambda: x.entropy([True, False]), "p has dtype bool; probabilities need real numbers"),
    (lambda: x.entropy(None), "p has dtype object; probabilities need real numbers"),
    (
        lambda: x.softmax_cross_entropy_with_integer_labels([[0.0, 0.0]], [1.0]),
        "labels has dtype float64; labels need integers",
    ),
    (
        lambda: x.softmax_cross_entropy_with_integer_labels([[0.0, 0.0]], [True]),
        "labels has dtype bool; labels need integers",
    ),
    (lambda: x.one_hot([0.0], 2), "labels has dtype float64; labels need integers"),
    (lambda: x.one_hot([0], 2.0), "num_classes is 2.0; a number of classes is an integer"),
    (lambda: x.one_hot([0], True), "num_classes is True; a number of classes is an integer"),
    (
        lambda: x.weighted_mean([1.0], ["1"], "count"),
        "weights has dtype <U1; weights need real numbers",
    ),
    (
        lambda: x.virtual_evidence_loss([0.0, 0.0], [True, False]),
        "likelihoods has dtype bool; likelihoods need real numbers",
    ),
    (
        lambda: x.dirichlet_log_likelihood(HALF, ["1", "1"]),
        "concentration has dtype <U1; concentrations need real numbers",
    ),
    (
        lambda: x.forward_corrected_loss([0.0, 0.0], 0.0, np.eye(2)),
        "labels has dtype float64; labels need integers",
    ),
    (lambda: x.softmax(["a"]), "logits has dtype <U1; logits need real numbers"),
    (lambda: x.nats_to_bits(["a"]), "x has dtype <U1; values need real numbers"),
    (lambda: x.smooth_labels(HALF, "a"), "epsilon has dtype <U1; fractions need real numbers"),
    (lambda: x.votes_to_probs(["a"]), "counts has dtype <U1; counts need real numbers"),
    (
        lambda: x.softmax_cross_entropy_hvp([0.0], ["a"]),
        "vectors has dtype <U1; vectors need real numbers",
    ),
    (
        lambda: x.backward_corrected_labels([1.0], np.eye(2)),
        "labels has dtype float64; labels need integers",
    ),
]


@pytest.mark.parametrize("case", range(len(WRONG_KINDS)))
def test_a_wrong_kind_of_input_is_a_type_error(case):
    call, message = WRONG_KINDS[case]
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        call()


def test_every_entry_is_checked_even_where_p_is_zero():
    with pytest.raises(x.InvalidInput):
        x.cross_entropy([1.0, 0.0, 0.0], [1.0, NAN, 0.0])


def test_the_tolerance_follows_the_dtype():
    third = np.full(3, 1 / 3, dtype=np.float16)
    assert x.entropy(third) == pytest.approx(np.log(3), rel=1e-3)
    with pytest.raises(x.InvalidInput, match="tolerance 1e-06.* normalize_rows"):
        x.entropy(third.astype(np.float64))
    assert x.entropy(x.normalize_rows(third)) == pytest.approx(np.log(3), rel=1e-15)
    with pytest.raises(x.InvalidInput, match="tolerance 1e-03"):
        x.entropy(np.array([0.5, 0.498], dtype=np.float16))


@pytest.mark.parametrize(
    "excess, classes, passes",
    [
        (2.0**-19, 2, True),
        (2.0**-19 + 2.0**-23, 2, False),
        (-(2.0**-19), 2, True),
        (2.0**-19 + 2.0**-23, 3, True),
        (2.0**-18, 4, True),
        (2.0**-18 + 2.0**-22, 4, False),
    ],
)
def test_the_tolerance_is_eight_roundings_for_each_class(excess, classes, passes):
    row = np.array([0.5, 0.5 + excess] + [0.0] * (classes - 2), dtype=np.float32)
    if passes:
        x.entropy(row)
    else:
        with pytest.raises(x.InvalidInput, match="sums to"):
            x.entropy(row)


@pytest.mark.parametrize("classes", [2, 10, 100, 1000])
def test_short_rows_held_as_double_pass_and_rounded_ones_are_told_the_door(classes):
    exact = np.random.default_rng(classes).dirichlet(np.ones(classes), 300)
    assert x.entropy(exact.astype(np.float32).astype(float)).shape == (300,)
    for rounded in (exact.astype(np.float16).astype(float), exact[:, :3].round(2)):
        divided = x.normalize_rows(rounded + (rounded.sum(axis=1, keepdims=True) == 0))
        assert divided.sum(axis=1) == pytest.approx(np.ones(300), abs=1e-15)
    for row in ([0.33, 0.33, 0.33], [0.34, 0.34, 0.34], [0.3335, 0.3335, 0.3335]):
        with pytest.raises(x.InvalidInput, match="divided by their sums by normalize_rows$"):
            x.entropy(row)
    with pytest.raises(x.InvalidInput, match=r"\(tolerance 1e-06\)$"):
        x.entropy([0.3, 0.3, 0.3])


def test_the_largest_count_is_allowed():
    assert x.votes_to_probs([2**53, 0]).tolist() == [1.0, 0.0]


def test_huge_entries_are_named_also_where_their_sum_overflows():
    with np.errstate(all="raise"), pytest.raises(x.InvalidInput, match=r"channel\[0\] sums to inf"):
        x.backward_corrected_labels([0], [[1e308, 1e308], [0.0, 1.0]])


class Table(np.ndarray):
    """An array that names its columns, as a data frame does."""

    columns = None


def tables(first, second):
    p, q = (np.array([[0.25, 0.75]]).view(Table) for _ in range(2))
    p.columns, q.columns = first, second
    return p, q


@pytest.mark.parametrize(
    "first, second, message",
    [
        (
            ["cat", "dog"],
            ["dog", "cat"],
            "q[0] is named 'dog'; p has 'cat' there; names match in order",
        ),
        (
            ["cat", "cat"],
            ["cat", "cat"],
            "q has the names ['cat', 'cat']; each class is named once",
        ),
    ],
)
def test_columns_that_do_not_match_are_an_error(first, second, message):
    with pytest.raises(x.InvalidInput) as caught:
        x.cross_entropy(*tables(first, second))
    assert (str(caught.value), caught.value.argument) == (message, "q")
    assert message.endswith(caught.value.rule)


@pytest.mark.parametrize(
    "first, second",
    [
        (["cat", "dog"], ["cat", "dog"]),
        (None, ["dog", "cat"]),
        (["dog", "dog"], None),
        (None, ["dog", "dog"]),
        (None, None),
    ],
)
def test_columns_are_compared_where_both_have_them(first, second):
    p, q = tables(first, second)
    assert x.cross_entropy(p, q) == x.entropy(np.array([[0.25, 0.75]]))


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


@pytest.mark.parametrize(
    "function",
    [x.softmax, x.log_softmax, x.logsumexp, x.entropy, x.continuous_categorical_log_normalizer],
)
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
        (
            x.multinomial_log_likelihood([[0, 3]], [[1.0, 0.0]]),
            x.categorical_log_likelihood([1], [[1.0, 0.0]]),
        )
        (
            x.class_weighted_mean(z, p, [1, 1, 1], "count"),
            x.weighted_mean([np.inf, 1.0], [0.0, 1.0], "weights"),
        )
        x.perplexity(1e6), x.smooth_labels([1.0, 0.0], 1e-320), x.votes_to_probs([1, 2**52])
        x.continuous_categorical_log_normalizer([[0.5, 0.5, 0.0], [1.0, 5e-324, 5e-324]])
        (
            x.dirichlet_log_likelihood([[1.0, 0.0]], [[1.0, 0.5]]),
            x.dirichlet_log_likelihood([0.5, 0.5], [1e-300, 1e12]),
        )
        (
            x.virtual_evidence_loss_value_and_grad(z, [[0.0, 1e-300, 1.0]] * 2),
            x.responsibilities(z, p),
            x.forward_corrected_loss(z, [0, 1], np.eye(3)),
            x.backward_corrected_labels([0], np.eye(3)),
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_short_floats_are_computed_in_double(dtype):
    z = np.array([[3.0, -1.0, 0.5]], dtype=dtype)
    assert x.logsumexp(z).dtype == np.float64
    assert x.logsumexp(z) == x.logsumexp(z.astype(float))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_labels_in_short_floats_pass_through_every_composition(dtype, classes):
    random = np.random.default_rng(classes)
    z = random.normal(size=(300, classes))
    exact = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    p, close = exact.astype(dtype), 4 * float(np.finfo(dtype).eps) + 1e-12
    smoothed = x.smooth_labels(p, 0.1)
    unsmoothed = x.undo_smoothing(x.smooth_labels(exact, 0.1).astype(dtype), 0.1)
    vertices = x.one_hot(z.argmax(axis=1), classes)
    undone = x.undo_smoothing(x.smooth_labels(vertices, 0.1).astype(dtype), 0.1)
    for made, want in (
        (p, exact),
        (smoothed, x.smooth_labels(exact, 0.1)),
        (x.smooth_labels(smoothed, 0.1), x.smooth_labels(x.smooth_labels(exact, 0.1), 0.1)),
        (unsmoothed, exact),
        (undone, vertices),
    ):
        assert np.abs(np.asarray(made, dtype=float) - want).max() <= close
        for uses in (
            lambda p: x.softmax_cross_entropy(z, p),
            lambda p: x.softmax_cross_entropy_value_and_grad(z, p)[1],
            lambda p: x.class_weighted_mean(z, p, np.ones(classes), "weights"),
            lambda p: x.cross_entropy(p, exact),
            lambda p: x.kl_divergence(p, exact),
            lambda p: x.virtual_evidence_loss(z, p),
            lambda p: x.responsibilities(z, p),
            lambda p: x.entropy(p),
        ):
            assert np.abs(uses(made) - uses(want)).max() <= 100 * close
