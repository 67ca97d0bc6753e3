"""Losses of hidden classes: values by hand, edges, an independent oracle, gradients as slopes,
channels both ways.
"""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from strategies import logit_row, pairs, simplex

import xentlib as x

CLOSE = 1e-12
CHANNEL = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.0, 0.4, 0.6]])


def test_evidence_by_hand():
    assert x.virtual_evidence_loss(np.log([0.25, 0.75]), [0.4, 0.8]) == pytest.approx(
        -np.log(0.7), rel=CLOSE
    )
    assert x.responsibilities(np.log([0.25, 0.75]), [0.4, 0.8]) == pytest.approx(
        [1 / 7, 6 / 7], rel=CLOSE
    )


def test_certain_evidence_is_a_hard_label():
    z = np.array([[2.0, 0.5, -1.0], [0.0, 1.0, 0.3]])
    hard = x.softmax_cross_entropy_with_integer_labels(z, [0, 2])
    assert x.virtual_evidence_loss(z, x.one_hot([0, 2], 3)) == pytest.approx(hard, rel=CLOSE)
    assert x.forward_corrected_loss(z, [0, 2], np.eye(3)) == pytest.approx(hard, rel=CLOSE)


def test_evidence_without_information_costs_its_constant():
    assert x.virtual_evidence_loss([3.0, -2.0, 0.0], [0.1, 0.1, 0.1]) == pytest.approx(
        -np.log(0.1), rel=CLOSE
    )


def test_impossible_evidence_costs_infinitely_much():
    loss, gradient = x.virtual_evidence_loss_value_and_grad(
        [[0.0, -np.inf], [0.0, 0.0]], [[0.0, 1.0], [1.0, 1.0]]
    )
    assert loss[0] == np.inf and np.isnan(gradient[0]).all()
    assert loss[1] == 0.0 and (gradient[1] == 0.0).all()
    assert x.forward_corrected_loss([0.0, -np.inf], 1, np.eye(2)) == np.inf
    assert x.forward_corrected_loss([0.0, 0.0], 1, [[1.0, 0.0], [1.0, 0.0]]) == np.inf
    assert x.forward_corrected_loss(
        [[0.0, 0.0]] * 2, [0, 1], [[1.0, 0.0], [1.0, 0.0]]
    ).tolist() == [0.0, np.inf]


@given(pairs(logit_row, simplex))
def test_evidence_agrees_with_many_digits(zp):
    z, evidence = zp
    with mp.workdps(60):
        logits = [mp.mpf(float(v)) for v in z - z.max()]
        weights = [mp.mpf(float(v)) for v in evidence]
        total = sum(map(mp.exp, logits))
        likelihood = sum(w * mp.exp(v) for w, v in zip(weights, logits, strict=True)) / total
        want = float(-mp.log(likelihood))
    assert x.virtual_evidence_loss(z, evidence) == pytest.approx(want, rel=1e-11, abs=1e-11)


@given(pairs(lambda num_classes: logit_row(num_classes, largest=20), simplex))
def test_the_gradient_is_the_slope(zp):
    z, evidence = zp
    _, gradient = x.virtual_evidence_loss_value_and_grad(z, evidence)
    step = 1e-6
    for k in range(len(z)):
        high, low = z.copy(), z.copy()
        high[k] += step
        low[k] -= step
        slope = (
            x.virtual_evidence_loss(high, evidence) - x.virtual_evidence_loss(low, evidence)
        ) / (2 * step)
        assert gradient[k] == pytest.approx(slope, abs=1e-7)
    assert x.responsibilities(z, evidence) == pytest.approx(x.softmax(z) - gradient, abs=1e-12)


@given(pairs(logit_row, simplex))
def test_evidence_never_costs_more_than_cross_entropy(zp):
    z, p = zp
    assert x.virtual_evidence_loss(z, p) <= x.softmax_cross_entropy(z, p) + 1e-9


def test_evidence_in_logarithms_is_the_same_and_does_not_underflow():
    z, likelihoods = np.array([0.3, -0.2, 1.0]), np.array([0.1, 0.0, 0.4])
    with np.errstate(divide="ignore"):
        log_likelihoods = np.log(likelihoods)
    for function in (x.virtual_evidence_loss, x.responsibilities):
        found = function(z, log_likelihoods=log_likelihoods)
        assert (found == function(z, likelihoods)).all()
    # 2,000 annotators, each with likelihoods 0.6 and 0.4 of what was seen
    each = np.array([0.6, 0.4])
    with pytest.raises(x.InvalidInput, match="too small for a float is given as log_likelihoods"):
        x.responsibilities([0.0, 5.0], each**2000)
    loss, gradient = x.virtual_evidence_loss_value_and_grad(
        [0.0, 5.0], log_likelihoods=2000 * np.log(each)
    )
    assert loss == pytest.approx(-2000 * np.log(0.6) + np.log1p(np.exp(5.0)), rel=1e-14)
    assert gradient == pytest.approx(x.softmax([0.0, 5.0]) - [1.0, 0.0], rel=1e-12)


@pytest.mark.parametrize(
    "given, error, says",
    [
        ({}, TypeError, "^either likelihoods or log_likelihoods must be given"),
        (
            {"likelihoods": [1.0, 0.5], "log_likelihoods": [0.0, -1.0]},
            TypeError,
            "^either likelihoods or log_likelihoods must be given, and not both$",
        ),
        (
            {"log_likelihoods": [-np.inf, -np.inf]},
            x.InvalidInput,
            "^log_likelihoods is -inf in every class; some class must be able",
        ),
        ({"log_likelihoods": [0.0, np.inf]}, x.InvalidInput, r"^log_likelihoods\[1\] is inf"),
        ({"log_likelihoods": [0.0]}, x.InvalidInput, r"^log_likelihoods has shape \(1,\)"),
    ],
)
def test_evidence_is_given_once(given, error, says):
    with pytest.raises(error, match=says):
        x.virtual_evidence_loss([0.0, 0.0], **given)


def test_the_channel_is_read_by_columns():
    z = np.array([0.3, -0.2, 1.0])
    for reading in range(3):
        assert x.forward_corrected_loss(z, reading, CHANNEL) == pytest.approx(
            -np.log((x.softmax(z) @ CHANNEL)[reading]), rel=CLOSE
        )
        assert x.forward_corrected_loss(z, reading, CHANNEL) != pytest.approx(
            -np.log((CHANNEL @ x.softmax(z))[reading]), rel=1e-3
        )


def test_backward_corrected_labels_are_right_on_average():
    corrected = x.backward_corrected_labels(np.arange(3), CHANNEL)
    assert CHANNEL @ corrected == pytest.approx(np.eye(3), abs=1e-13)
    assert corrected.sum(axis=1) == pytest.approx(np.ones(3)) and (corrected < 0).any()
    assert x.backward_corrected_labels(1, CHANNEL).shape == (3,)


def test_a_row_and_a_batch_of_it_agree():
    z, evidence = np.array([0.3, -0.2, 1.0]), np.array([0.1, 0.9, 0.4])
    for function in (x.virtual_evidence_loss, x.responsibilities):
        assert (function(z, evidence) == function(z[None], evidence[None])[0]).all()
    assert (
        x.forward_corrected_loss(z, 1, CHANNEL)
        == x.forward_corrected_loss(z[None], [1], CHANNEL)[0]
    )
    assert x.virtual_evidence_loss(np.zeros((0, 3)), np.zeros((0, 3))).shape == (0,)
