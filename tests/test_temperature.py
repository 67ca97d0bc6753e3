"""Temperature and smoothing undone: values by hand, edges, errors."""

import numpy as np
import pytest

from xentlib import (
    InvalidInput,
    cross_entropy,
    distillation_loss,
    distillation_loss_value_and_grad,
    smooth_labels,
    softmax,
    tempered_softmax,
    undo_smoothing,
)

LOGITS, TEACHER = (
    np.array([[0.3, -1.0, 2.0], [5.0, 0.0, -5.0]]),
    np.array([[1.0, 0.0, 0.5], [-1.0, 2.0, 0.0]]),
)


def test_a_temperature_divides_the_logits():
    assert tempered_softmax(LOGITS, 1.0) == pytest.approx(softmax(LOGITS), abs=0)
    assert tempered_softmax([0.0, np.log(9.0)], 2.0) == pytest.approx([0.25, 0.75])
    assert tempered_softmax([0.0, -np.inf], 3.0).tolist() == [1.0, 0.0]


def test_the_loss_of_distillation_is_a_cross_entropy_times_the_square():
    assert distillation_loss(LOGITS, TEACHER, 2.0) == pytest.approx(
        4 * cross_entropy(softmax(TEACHER / 2), softmax(LOGITS / 2))
    )
    assert distillation_loss(LOGITS[0], TEACHER[0], 1.0) == pytest.approx(
        cross_entropy(softmax(TEACHER[0]), softmax(LOGITS[0]))
    )


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_its_gradient_is_that_of_differences(temperature):
    loss, gradient = distillation_loss_value_and_grad(LOGITS, TEACHER, temperature)
    assert loss == pytest.approx(distillation_loss(LOGITS, TEACHER, temperature))
    step = 1e-6 * np.eye(3)
    for k in range(3):
        slope = (
            distillation_loss(LOGITS + step[k], TEACHER, temperature)
            - distillation_loss(LOGITS - step[k], TEACHER, temperature)
        ) / 2e-6
        assert gradient[:, k] == pytest.approx(slope, abs=1e-7)


def test_undone_smoothing_is_the_label():
    labels = np.array([[1.0, 0.0, 0.0], [0.2, 0.3, 0.5]])
    for epsilon in (0.0, 0.1, 0.9):
        found = undo_smoothing(smooth_labels(labels, epsilon), epsilon)
        assert found == pytest.approx(labels, abs=1e-14) and (found >= 0).all()


@pytest.mark.parametrize(
    "act, says",
    [
        (lambda: tempered_softmax(LOGITS, 0), "temperature is 0.0; a positive, finite number"),
        (lambda: tempered_softmax(LOGITS, np.inf), "temperature is inf"),
        (
            lambda: tempered_softmax(LOGITS, [1.0]),
            r"^temperature has shape \(1,\); a single number is needed$",
        ),
        (lambda: distillation_loss(LOGITS, TEACHER[:1], 1.0), r"teacher_logits has shape \(1, 3\)"),
        (
            lambda: distillation_loss(LOGITS, TEACHER * np.nan, 1.0),
            r"teacher_logits\[0, 0\] is nan",
        ),
        (lambda: distillation_loss_value_and_grad(LOGITS, TEACHER, -1), "temperature is -1.0"),
        (lambda: tempered_softmax([np.nan, 0.0], 1.0), r"^logits\[0\] is nan"),
        (lambda: distillation_loss([1e300, 0.0], [1.0, 2.0], 1e-10), "^temperature is 1e-10"),
        (lambda: distillation_loss(LOGITS * np.nan, TEACHER, 1.0), r"^logits\[0, 0\] is nan"),
        (
            lambda: distillation_loss_value_and_grad(LOGITS * np.nan, TEACHER, 1.0),
            r"^logits\[0, 0\] is nan",
        ),
        (
            lambda: distillation_loss_value_and_grad(LOGITS, TEACHER * np.nan, 1.0),
            r"^teacher_logits\[0, 0\] is nan",
        ),
        (lambda: undo_smoothing([0.5, 0.6], 0.1), r"^probs sums to 1.1"),
        (lambda: undo_smoothing([0.5, 0.5], 2), r"^epsilon is 2"),
        (
            lambda: undo_smoothing([0.99, 0.01], 0.1),
            r"probs\[1\] is 0.01; a distribution smoothed by 0.1 has no entry below 0.05",
        ),
        (lambda: undo_smoothing([0.5, 0.5], 1.0), "epsilon is 1.0; below 1"),
    ],
)
def test_bad_input_names_place_and_rule(act, says):
    with pytest.raises(InvalidInput, match=says):
        act()


def test_a_temperature_is_a_real_number():
    with pytest.raises(TypeError, match="^temperature has dtype <U1; scales need real numbers$"):
        tempered_softmax(LOGITS, "2")
    with pytest.raises(InvalidInput) as trouble:
        tempered_softmax(LOGITS, [1.0])
    assert trouble.value.value == (1,)


def test_the_smallest_and_the_largest_temperatures():
    assert tempered_softmax([1e300, 0.0], 1e-10).tolist() == [1.0, 0.0]
    assert tempered_softmax([5.0, 3.0], 1e-308).tolist() == [1.0, 0.0]
    assert tempered_softmax([5.0, 3.0, 5.0], 5e-324).tolist() == [0.5, 0.0, 0.5]
    assert tempered_softmax([5.0, 3.0], 1e200).tolist() == [0.5, 0.5]
    for temperature in (1e200, 1e-308):
        with pytest.raises(InvalidInput, match="^temperature is"):
            distillation_loss([5.0, 3.0], [1.0, 2.0], temperature)
    assert distillation_loss([5.0, 3.0], [3.0, 5.0], 1e-200) == pytest.approx(
        2e-200, rel=1e-15, abs=0
    )
