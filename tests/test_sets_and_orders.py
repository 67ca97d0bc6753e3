"""Labels that are sets or have an order, and pools: values by hand, edges, independent oracles,
gradients as slopes, and what is refused.
"""

import re

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import logit_row, pairs, simplex

import xentlib as x

CLOSE = 1e-13
ULP = float(np.finfo(float).eps)


@st.composite
def a_set(draw, num_classes=None):
    members = draw(st.lists(st.booleans(), min_size=num_classes, max_size=num_classes))
    members[draw(st.integers(0, num_classes - 1))] = True
    return np.array(members)


@st.composite
def graded(draw):
    """Logits of the steps, and a label on the grades."""
    p = draw(simplex(num_classes=draw(st.integers(2, 6))))
    return draw(logit_row(num_classes=len(p) - 1, largest=30)), p


def slopes(loss, z, step=1e-6):
    return [(loss(z + step * e) - loss(z - step * e)) / (2 * step) for e in np.eye(len(z))]


# --- sets


def test_a_set_costs_minus_the_logarithm_of_what_it_has():
    assert x.set_label_loss(np.log([0.5, 0.3, 0.2]), [True, False, True]) == pytest.approx(
        -np.log(0.7), rel=CLOSE
    )


def test_a_set_of_one_class_is_a_hard_label_and_the_whole_set_says_nothing():
    z = np.array([[2.0, 0.5, -1.0], [0.0, 1.0, 0.3]])
    hard = x.softmax_cross_entropy_with_integer_labels_value_and_grad(z, [0, 2])
    alone = x.set_label_loss_value_and_grad(z, x.one_hot([0, 2], 3) == 1)
    for got, want in zip(alone, hard, strict=True):
        assert got == pytest.approx(want, rel=CLOSE)
    loss, gradient = x.set_label_loss_value_and_grad(z, np.full((2, 3), True))
    assert (loss == 0).all() and (gradient == 0).all()


def test_a_set_of_masked_classes_costs_infinitely_much():
    loss, gradient = x.set_label_loss_value_and_grad([0.0, -np.inf], [False, True])
    assert loss == np.inf and np.isnan(gradient).all()
    assert x.set_label_loss([0.0, -np.inf], [True, False]) == 0


@given(pairs(logit_row, a_set))
def test_the_loss_of_a_set_keeps_its_digits(zs):
    z, chosen = zs
    with mp.workdps(60):
        powers = [mp.exp(mp.mpf(float(v)) - mp.mpf(float(z.max()))) for v in z]
        inside = mp.fsum(e for e, s in zip(powers, chosen, strict=True) if s)
        outside = mp.fsum(e for e, s in zip(powers, chosen, strict=True) if not s)
        want = float(mp.log1p(outside / inside))
    assert x.set_label_loss(z, chosen) == pytest.approx(want, rel=16 * ULP, abs=1e-300)


@given(pairs(lambda num_classes: logit_row(num_classes, largest=20), a_set))
def test_the_gradient_of_a_set_is_the_slope(zs):
    z, chosen = zs
    _, gradient = x.set_label_loss_value_and_grad(z, chosen)
    assert gradient == pytest.approx(slopes(lambda z: x.set_label_loss(z, chosen), z), abs=1e-7)
    assert gradient == pytest.approx(x.softmax(z) - x.responsibilities(z, chosen + 0.0), abs=1e-12)


# --- orders


def test_stages_by_hand():
    z = np.log([0.5 / 0.5, 0.3 / 0.2])  # half stop at once; 3 of 5 others at the next stage
    assert x.continuation_ratio_probs(z) == pytest.approx([0.5, 0.3, 0.2], rel=CLOSE)
    assert x.continuation_ratio_loss(z, [0.0, 0.0, 1.0]) == pytest.approx(-np.log(0.2), rel=CLOSE)


def test_thresholds_by_hand():
    z = np.log([0.5 / 0.5, 0.2 / 0.8])  # half above the first grade, a fifth above the second
    assert x.cumulative_logit_probs(z) == pytest.approx([0.5, 0.3, 0.2], rel=CLOSE)
    assert x.cumulative_logit_loss(z, [0.0, 1.0, 0.0]) == pytest.approx(-np.log(0.4), rel=CLOSE)


@given(graded())
def test_the_stages_add_up_to_cross_entropy(zp):
    z, p = zp
    law = x.continuation_ratio_probs(z)
    assert law.sum() == pytest.approx(1, abs=1e-13)
    want = x.cross_entropy(p, x.normalize_rows(law))
    assert x.continuation_ratio_loss(z, p) == pytest.approx(want, rel=1e-11)


@given(graded())
def test_thresholds_are_binary_losses_of_the_tails(zp):
    z, p = zp
    law, tails = x.cumulative_logit_probs(np.sort(z)[::-1]), np.cumsum(p[::-1])[-2::-1]
    assert law.sum() == pytest.approx(1, abs=1e-13) and law.min() >= 0
    two = np.stack([np.zeros(len(z)), z], axis=-1)
    labels = np.clip(np.stack([1 - tails, tails], axis=-1), 0, 1)
    want = x.softmax_cross_entropy(two, labels).sum()
    assert x.cumulative_logit_loss(z, p) == pytest.approx(want, rel=1e-11, abs=1e-11)


@pytest.mark.parametrize("name", ["continuation_ratio_loss", "cumulative_logit_loss"])
@given(zp=graded())
def test_the_gradient_of_an_order_is_the_slope(name, zp):
    z, p = zp
    _, gradient = getattr(x, f"{name}_value_and_grad")(z, p)
    assert gradient == pytest.approx(slopes(lambda z: getattr(x, name)(z, p), z), abs=1e-7)


def test_far_logits_keep_their_digits():
    assert x.continuation_ratio_loss([40.0], [1.0, 0.0]) == pytest.approx(np.exp(-40), rel=1e-15)
    assert x.cumulative_logit_loss([-1e4], [0.0, 1.0]) == 1e4
    inner = x.cumulative_logit_probs([40.0, 39.0])[1]
    assert inner == pytest.approx(1 / (1 + np.exp(-40)) - 1 / (1 + np.exp(-39)), rel=0.2)
    with mp.workdps(60):
        want = float(1 / (1 + mp.exp(-40)) - 1 / (1 + mp.exp(-39)))
    assert inner == pytest.approx(want, rel=1e-14)


# --- pools


def test_pools_by_hand():
    opinions = [[0.5, 0.5], [0.9, 0.1]]
    assert x.linear_pool(opinions, [0.5, 0.5]) == pytest.approx([0.7, 0.3], rel=CLOSE)
    assert x.logarithmic_pool(opinions, [0.5, 0.5]) == pytest.approx([0.75, 0.25], rel=CLOSE)
    assert x.logarithmic_pool(opinions, [1.0, 0.0]) == pytest.approx([0.5, 0.5], rel=CLOSE)


def test_an_opinion_without_weight_has_no_veto():
    opinions = [[0.5, 0.5, 0.0], [0.2, 0.0, 0.8]]
    assert x.logarithmic_pool(opinions, [0.5, 0.5]).tolist() == [1.0, 0.0, 0.0]
    assert x.logarithmic_pool(opinions, [1.0, 0.0]) == pytest.approx([0.5, 0.5, 0.0], rel=CLOSE)


@given(pairs(logit_row, logit_row, logit_row))
def test_the_logarithmic_pool_is_the_softmax_of_mean_logits(rows):
    logits, weights = np.array(rows) / 1000, np.array([0.5, 0.25, 0.25])
    pool = x.logarithmic_pool(x.softmax(logits), weights)
    assert pool == pytest.approx(x.softmax(weights @ logits), abs=1e-12)


@given(pairs(simplex, simplex, simplex))
def test_cross_entropy_with_the_linear_pool_is_the_mean_cross_entropy(rows):
    p, q, model = rows
    model = x.smooth_labels(model, 0.5)
    pool = x.linear_pool([p, q], [0.25, 0.75])
    want = 0.25 * x.cross_entropy(p, model) + 0.75 * x.cross_entropy(q, model)
    assert x.cross_entropy(pool, model) == pytest.approx(want, abs=1e-12)


def test_batches_of_opinions_are_pooled_one_by_one():
    opinions = np.random.default_rng(0).dirichlet(np.ones(3), (4, 2))
    for pool in (x.linear_pool, x.logarithmic_pool):
        whole = pool(opinions, [0.3, 0.7])
        assert (whole == [pool(rows, [0.3, 0.7]) for rows in opinions]).all()


# --- what is refused

REFUSED = [
    (
        lambda: x.set_label_loss([[0.0, 0.0]] * 2, [[True, False], [False, False]]),
        "sets[1] is empty; a set has at least one class",
    ),
    (
        lambda: x.set_label_loss([0.0, 0.0], [True]),
        "sets has shape (1,); logits has shape (2,); shapes match exactly",
    ),
    (
        lambda: x.continuation_ratio_loss(np.zeros((2, 0)), [[1.0], [1.0]]),
        "target_probs has shape (2, 1); an order needs at least two classes",
    ),
    (
        lambda: x.cumulative_logit_loss([0.0, 0.0, 0.0], [0.2, 0.3, 0.5]),
        "logits has shape (3,); target_probs has shape (3,), and 3 classes have 2 steps",
    ),
    (
        lambda: x.continuation_ratio_loss([np.inf], [0.5, 0.5]),
        "logits[0] is inf; a finite number is needed",
    ),
    (
        lambda: x.cumulative_logit_probs([[2.0, 1.0], [0.0, 1.0]]),
        "logits[1, 1] is 1.0; it is at most the one before it: the classes have an order",
    ),
    (
        lambda: x.cumulative_logit_loss([0.0, 0.0], [0.5, 0.3, 0.3]),
        "target_probs sums to 1.1; a distribution sums to 1 (tolerance 1e-06)",
    ),
    (
        lambda: x.linear_pool([0.5, 0.5], [1.0]),
        "probs has shape (2,); opinions have shape (..., J, K), one row for each",
    ),
    (
        lambda: x.linear_pool([[0.5, 0.5]], [0.5, 0.5]),
        "weights has shape (2,); one weight for each opinion: shape (1,)",
    ),
    (
        lambda: x.logarithmic_pool([[1.0, 0.0], [0.0, 1.0]], [0.5, 0.5]),
        "probs leaves no class to all opinions; "
        "some class has a positive probability in each opinion that has a weight",
    ),
]


@pytest.mark.parametrize("case", range(len(REFUSED)))
def test_the_message_names_argument_place_value_and_rule(case):
    call, message = REFUSED[case]
    with pytest.raises(x.InvalidInput, match=f"^{re.escape(message)}$"):
        call()


def test_sets_are_of_true_and_false():
    with pytest.raises(
        TypeError, match="^sets has dtype int64; sets of classes need True or False"
    ):
        x.set_label_loss([0.0, 0.0], [1, 0])
