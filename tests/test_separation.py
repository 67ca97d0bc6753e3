"""Whether a fit exists: the linear program, and what the estimator says where none does."""

import sys

import numpy as np
import pytest
from sklearn.datasets import load_iris

from xentlib import existence, one_hot, separation
from xentlib.fitting import NoFit, SeparatedWarning, SoftmaxRegression


def test_a_row_without_weight_cannot_give_a_fit():
    """The last label would balance the others, if it counted."""
    labels = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0, 1]], dtype=float)
    x = [[-2.0], [-1.0], [1.0], [2.0], [-1.5]]
    SoftmaxRegression().fit_soft(x, labels)
    with pytest.raises(NoFit):
        SoftmaxRegression(separated="raise").fit_soft(x, labels, [1, 1, 1, 1, 0])


def test_iris_has_no_fit_and_the_direction_shows_why():
    data = load_iris()
    with pytest.raises(NoFit) as trouble:
        SoftmaxRegression(separated="raise").fit(data.data, data.target)
    assert str(trouble.value) == (
        "the labels are separated: the loss falls for ever along the direction that this "
        "error holds, so there is no fit. Add a penalty, alpha=1e-3 to start with, or drop "
        "what separates them"
    )
    values = np.column_stack([data.data, np.ones(150)]) @ trouble.value.direction.T
    own = values[np.arange(150), data.target]
    assert (values.max(axis=1) - own).max() < 1e-6 and np.ptp(values, axis=1).max() > 1e-3


LINE = np.array([[1.0, -2.0], [1.0, -1.0], [1.0, 1.0], [1.0, 2.0]])


@pytest.mark.parametrize(
    "softened, exists",
    [
        ((), False),
        ((1,), False),
        ((2,), False),
        ((1, 2), True),
        ((0,), True),
        ((3,), True),
        ((0, 1, 2, 3), True),
    ],
)
def test_which_labels_must_be_soft(softened, exists):
    labels = np.array([0.0, 0.0, 1.0, 1.0])
    labels[list(softened)] = 0.3
    found = existence(LINE, np.column_stack([1 - labels, labels]))
    assert found.exists is exists
    if exists:
        assert (
            found.balance.min() > 0
            and np.abs((np.column_stack([1 - labels, labels]) - found.balance).T @ LINE).max()
            < 1e-9
        )
        SoftmaxRegression(fit_intercept=False).fit_soft(LINE, np.column_stack([1 - labels, labels]))
    else:
        with pytest.raises(NoFit):
            SoftmaxRegression(fit_intercept=False, separated="raise").fit_soft(
                LINE, np.column_stack([1 - labels, labels])
            )


def test_a_direction_is_one_in_the_features_own_units():
    x = LINE * [1e6, 1e-9]
    wide = np.column_stack([x, np.zeros(4), 3 * x[:, 1]])
    found = existence(wide, one_hot([0, 0, 1, 1], 2))
    gaps = wide @ (found.direction[1] - found.direction[0])
    assert (
        not found.exists
        and (gaps[:2] <= 1e-7).all()
        and (gaps[2:] >= -1e-7).all()
        and np.abs(gaps).max() > 0.1
    )
    assert existence(wide, [[1, 0], [0, 1], [1, 0], [0, 1]]).exists


def test_repeated_rows_share_their_balance():
    x, labels = np.array([[1.0], [1.0], [2.0]]), np.array([[0.9, 0.1], [0.5, 0.5], [0.3, 0.7]])
    found = existence(x, labels)
    assert (
        found.exists
        and found.balance.sum(axis=1) == pytest.approx(np.ones(3))
        and np.abs((labels - found.balance).T @ x).max() < 1e-12
    )
    mixed = existence([[1.0], [1.0], [1.0]], [[1, 0], [0, 1], [1, 0]])
    assert mixed.balance == pytest.approx(np.tile([2 / 3, 1 / 3], (3, 1)))


def test_certificates_that_do_not_hold_are_refused(monkeypatch):
    separated = one_hot([0, 0, 1, 1], 2)
    with monkeypatch.context() as patch:
        patch.setattr(separation, "_solved", lambda *program, **more: np.array([1.0]))
        with pytest.raises(
            ArithmeticError,
            match=(
                "^whether a fit exists could not be decided to the accuracy of the linear program$"
            ),
        ):
            existence(LINE[:, 1:], separated)
    monkeypatch.setattr(separation, "_direction", lambda x, p: None)
    with pytest.raises(
        ArithmeticError,
        match="^whether a fit exists could not be decided to the accuracy of the linear program$",
    ):
        existence(LINE[:, 1:], separated)
    with pytest.raises(ArithmeticError, match="^the linear program was not solved: .*nfeasible"):
        separation._solved(np.ones(1), A_eq=np.ones((1, 1)), b_eq=[-1.0], bounds=(0, 1))


def test_scipy_is_asked_for_by_name_where_it_is_needed(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    assert existence(LINE, np.full((4, 2), 0.5)).exists
    message = r"^existence needs the extra fit: pip install 'xentlib\[fit\]'$"
    with pytest.raises(ModuleNotFoundError, match=message):
        existence(LINE, one_hot([0, 0, 1, 1], 2))


def separable(x, labels):
    """For one feature and an intercept: whether the labels change once, or never, along it."""
    return np.abs(np.diff(np.asarray(labels)[np.argsort(x)])).sum() <= 1


@pytest.mark.parametrize("offset", [0.0, 1e7, 1e8, 1.7e9, 1.7e12, -1.7e12])
@pytest.mark.parametrize("intercept", ["one", "three", "dummies"])
def test_an_offset_of_a_feature_decides_nothing(offset, intercept):
    steps = np.arange(4.0)
    first = np.array([1.0, 1.0, 0.0, 0.0])
    constant = {
        "one": np.ones((4, 1)),
        "three": np.full((4, 1), 3.0),
        "dummies": np.column_stack([first, 1 - first]),
    }[intercept]
    x = np.column_stack([offset + steps, constant])
    for labels in np.ndindex(2, 2, 2, 2):
        label = np.array(labels)
        if intercept == "dummies":  # each pair has an intercept of its own; the slope is one
            apart = (label[1] - label[0]) * (label[3] - label[2]) >= 0
        else:
            apart = separable(steps, label)
        found = existence(x, one_hot(label, 2))
        assert found.exists is not apart
        if apart:
            values = x @ (found.direction[1] - found.direction[0])
            own = np.where(label == 1, values, -values)
            rounding = 4 * np.spacing(np.abs(found.direction).max() * np.abs(x).max())
            assert own.min() >= -rounding and own.max() > 0.1


def test_a_feature_that_is_nearly_constant_is_no_intercept():
    for labels in ([0, 0, 1, 1], [0, 1, 1, 1]):
        assert existence(1.7e12 + np.arange(4.0)[:, None], one_hot(labels, 2)).exists


def test_features_at_the_ends_of_the_range():
    x = np.array([[-1e308, 1e-310], [1e308, 5e-324], [1.7e308, 0.0]])
    found = existence(x, one_hot([0, 1, 1], 2))
    assert not found.exists and np.isfinite(found.direction).all()
    assert existence(x[:, 1:], one_hot([0, 1, 1], 2)).exists is False


def test_a_class_that_nobody_voted_for_has_no_fit():
    soft = np.array([[0.5, 0.5, 0.0], [0.3, 0.7, 0.0]])
    assert not existence([[1.0], [1.0]], soft).exists


def test_dependent_features_have_a_fit_that_is_not_unique():
    assert existence(np.column_stack([LINE, LINE[:, 0]]), np.full((4, 2), 0.5)).exists


def test_a_penalty_gives_separated_labels_a_fit():
    assert SoftmaxRegression(alpha=0.1).fit(LINE[:, 1:], [0, 0, 1, 1]).predict([[-3.0]]) == [0]


@pytest.mark.parametrize("intercept", [True, False])
def test_the_default_warns_and_predicts_as_the_best_likelihood_does(intercept):
    """The supremum of the likelihood is 1 for each row that is parted, and the shares elsewhere."""
    x, y = LINE[[0, 0, 1, 2, 3, 3]][:, intercept:], np.array([0, 0, 0, 1, 1, 1])
    model = SoftmaxRegression(fit_intercept=intercept)
    with pytest.warns(SeparatedWarning, match="^the labels are separated: the loss has no minimum"):
        model.fit(x, y)
    assert model.separated_ and model.loss_ < 1e-8
    assert np.abs(model.predict_proba(x)[:, 1] - y).max() < 1e-8
    with pytest.raises(ArithmeticError, match="^the labels are separated"):
        model.covariances(x, one_hot(y, 2))
    assert not SoftmaxRegression(0.1).fit(x, y).separated_


def test_labels_that_are_separated_in_part_are_found_without_a_linear_program(monkeypatch):
    """A dummy that goes with one class only, among rows that overlap: 50,000 of them."""
    random = np.random.default_rng(3)
    x = random.normal(size=(50_000, 2))
    y = (random.uniform(size=50_000) < 1 / (1 + np.exp(-x[:, 0]))).astype(int)
    dummy = (random.uniform(size=50_000) < 0.01) & (y == 1)
    monkeypatch.setattr("xentlib.fitting.regression.existence", None)
    SoftmaxRegression(separated="raise").fit(x, y)
    with pytest.raises(NoFit) as caught:
        SoftmaxRegression(separated="raise").fit(np.column_stack([x, dummy]), y)
    direction = caught.value.direction[1] - caught.value.direction[0]
    assert direction[2] > 1 and np.abs(direction[[0, 1, 3]]).max() < 1e-5


def test_predictions_that_vanish_for_rounding_do_not_make_a_fit():
    """Every row ends at one margin, so that the correction of the moments takes all that is left
    of q: sixteen rows of scikit-learn's checks.
    """
    x = np.repeat([[1.0, 3.0], [2.0, 1.0], [3.0, 3.0], [4.0, 1.0]], 4, axis=0)
    with pytest.raises(NoFit):
        SoftmaxRegression(separated="raise").fit(x, np.repeat([0, 1, 0, 1], 4))
