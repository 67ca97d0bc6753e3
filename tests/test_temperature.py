"""Temperature and smoothing undone: values by hand, edges, errors."""

import mpmath as mp
import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from xentlib import (
    InvalidInput,
    cross_entropy,
    distillation_loss,
    distillation_loss_value_and_grad,
    fit_temperature,
    one_hot,
    smooth_labels,
    softmax,
    softmax_cross_entropy,
    tempered_softmax,
    undo_smoothing,
)
from xentlib.temperature import _Spread

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


# --- the temperature that fits best


def drawn(seed):
    """Logits on any scale, and labels that a temperature made or that are no model's."""
    rng = np.random.default_rng(seed)
    rows, classes = rng.integers(2, 40), rng.integers(2, 9)
    z = rng.normal(size=(rows, classes)) * 10 ** rng.uniform(-2, 2)
    made = tempered_softmax(z, z.std() * rng.uniform(0.3, 3))
    return z, made if seed % 2 else 0.5 * made + 0.5 * rng.dirichlet(np.ones(classes), rows)


def test_the_temperature_by_hand():
    assert fit_temperature([0.0, 2 * np.log(3.0)], [0.25, 0.75]) == pytest.approx(2.0, rel=1e-15)
    three = np.log([[1.0, 4.0, 9.0], [9.0, 1.0, 4.0]])
    assert fit_temperature(three, softmax(three / 2)) == pytest.approx(2.0, rel=1e-14)
    assert np.shape(fit_temperature(LOGITS, softmax(LOGITS))) == ()


@pytest.mark.parametrize("seed", range(20))
def test_the_temperature_is_that_of_a_search(seed):
    z, p = drawn(seed)
    found = fit_temperature(z, p)

    def mean(log_temperature):
        return softmax_cross_entropy(z / np.exp(log_temperature), p).mean()

    around = np.log(z.std()) + np.array([-6.0, 6.0])
    searched = minimize_scalar(mean, bounds=around, method="bounded", options={"xatol": 1e-9})
    assert found == pytest.approx(np.exp(searched.x), rel=1e-5)
    assert mean(np.log(found)) <= searched.fun * (1 + 1e-15)


@pytest.mark.parametrize("seed", range(10))
def test_the_temperature_keeps_its_digits(seed):
    z, p = drawn(seed)
    p = p.astype(np.float32) if seed < 5 else p  # rows that sum to 1 only to their rounding
    with mp.workdps(40):
        logits, labels = ([[mp.mpf(float(v)) for v in row] for row in table] for table in (z, p))

        def slope(beta):
            total = mp.mpf(0)
            for row, label in zip(logits, labels, strict=True):
                shares = [mp.exp(beta * (v - max(row))) for v in row]
                size = sum(shares) / sum(label)
                terms = zip(shares, label, row, strict=True)
                total += sum((a / size - b) * v for a, b, v in terms)
            return total

        want = 1 / mp.findroot(slope, 1 / float(fit_temperature(z, p)), tol=1e-60)
    assert fit_temperature(z, p) == pytest.approx(float(want), rel=1e-13)


def test_a_temperature_takes_few_steps(monkeypatch):
    """A wrong slope would lead to the same temperature, later: the bounds close in anyway."""
    excess, taken = _Spread.excess, []
    monkeypatch.setattr(_Spread, "excess", lambda self, b: taken.append(b) or excess(self, b))
    for seed in range(20):
        fit_temperature(*drawn(seed))
        assert len(taken) <= 12
        taken.clear()


def test_the_temperature_moves_with_the_scale_and_not_with_an_offset():
    z, p = drawn(1)
    found = fit_temperature(z, p)
    for scale in (1e-300, 1e-3, 1e5, 1e300):
        assert fit_temperature(z * scale, p) == pytest.approx(found * scale, rel=1e-13, abs=0)
    assert fit_temperature(z + 8.0, p) == pytest.approx(found, rel=1e-12)
    order = np.random.default_rng(0).permutation(z.shape[1])
    assert fit_temperature(z[:, order], p[:, order]) == pytest.approx(found, rel=1e-14)
    assert fit_temperature(np.stack([z, z]), np.stack([p, p])) == pytest.approx(found, rel=1e-14)


def test_the_limits_of_a_temperature():
    right, wrong = one_hot([0, 1], 2), one_hot([1, 0], 2)
    z = [[3.0, 1.0], [0.0, 0.5]]
    assert fit_temperature(z, right) == 0.0 and fit_temperature(z, wrong) == np.inf
    assert fit_temperature(z, np.full((2, 2), 0.5)) == np.inf
    assert fit_temperature(LOGITS, np.full((2, 3), 1 / 3)) == np.inf
    for seed in range(20):  # to rounding: the slope at uniform predictions is seldom exactly 0
        z = np.random.default_rng(seed).normal(size=(50, 7))
        assert fit_temperature(z, np.full((50, 7), 1 / 7)) == np.inf
    tied = [[1.0, 1.0, 0.0]]
    assert fit_temperature(tied, [[0.3, 0.7, 0.0]]) == 0.0
    # the third class is masked, and counts in no row
    assert fit_temperature([[2.0, 0.0, -np.inf]], [[0.75, 0.25, 0.0]]) == pytest.approx(
        2 / np.log(3), rel=1e-15
    )
    # shares that are too small for their product with anything
    assert fit_temperature([1e308, 0.0], [1.0, 5e-324]) == pytest.approx(
        -1e308 / np.log(5e-324), rel=1e-14
    )


def test_scales_of_logits_that_lie_far_apart_do_not_hide_each_other():
    """The first row alone decides: the second is too small to be seen, or too large to be wrong."""
    want = 2 / np.log(3)
    for other in (1e-250, 1e250):
        z, p = [[2.0, 0.0], [other, 0.0]], [[0.75, 0.25], [1.0, 0.0]]
        assert fit_temperature(z, p) == pytest.approx(want, rel=1e-14)
    # half a unit of a row of 1e250 is wrong: its own temperature, and the first row costs nothing
    assert fit_temperature([[2.0, 0.0], [1e250, 0.0]], [[0.75, 0.25]] * 2) == pytest.approx(
        1e250 / np.log(3), rel=1e-13
    )


@pytest.mark.parametrize(
    "logits, labels, says",
    [
        ([[1.0, 1.0]], [[0.5, 0.5]], "^logits are equal in each row; otherwise every temperature"),
        ([[1.0, -np.inf]], [[1.0, 0.0]], "^logits are equal in each row"),
        (
            [[0.0, 1.0], [1.0, -np.inf]],
            [[0.5, 0.5]] * 2,
            r"^target_probs\[1\] gives weight to a masked class; the loss would be infinite",
        ),
        (np.zeros((0, 2)), np.zeros((0, 2)), "^logits has no rows; the mean of no rows"),
        ([[0.0, 1.0]], [[0.5, 0.6]], r"^target_probs\[0\] sums to 1.1"),
        ([[0.0, 1.0], [5e-324, 0.0]], [[0.5, 0.5]], r"^target_probs has shape \(1, 2\)"),
        ([[0.0, 1e289], [5e-324, 0.0]], [[0.5, 0.5]] * 2, "^logits differ too little and too much"),
    ],
)
def test_what_has_no_best_temperature_is_refused(logits, labels, says):
    with pytest.raises(InvalidInput, match=says):
        fit_temperature(logits, labels)


# --- errors


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
