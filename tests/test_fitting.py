"""Softmax regression against two other libraries, against theory, and at the places where no fit exists."""
import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import parametrize_with_checks

from xentlib import InvalidInput, existence, one_hot, softmax, votes_to_probs
from xentlib.fitting import NoFit, SoftmaxRegression

SAME_FIT = 1e-6      # both optimisers stop at small gradients, not at none
STUDY = np.random.default_rng(5)
X = STUDY.normal(size=(300, 4)) * [1.0, 0.1, 10.0, 1.0] + [0.0, 1.0, 50.0, 0.0]
TRUTH = softmax((X - X.mean(axis=0)) @ (STUDY.normal(size=(3, 4)) * 0.7 / [1.0, 0.1, 10.0, 1.0]).T)
COUNTS = STUDY.multinomial(5, TRUTH)
SOFT, HARD = votes_to_probs(COUNTS), np.array([STUDY.choice(3, p=row) for row in TRUTH])


# The checks fit separable data, where the default has no fit: hence the penalty. None is excused; scikit-learn itself skips its check
# of array-API input unless SCIPY_ARRAY_API is set.
@parametrize_with_checks([SoftmaxRegression(penalty=1e-3)])
def test_the_conventions_of_scikit_learn(estimator, check):
    check(estimator)


def contrasts(model):
    """Coefficients less those of the first class, the intercept last, as statsmodels has them."""
    return np.column_stack([model.coef_ - model.coef_[0], model.intercept_ - model.intercept_[0]])[1:].T


def test_hard_labels_are_fitted_as_by_statsmodels_with_its_standard_errors():
    model, other = SoftmaxRegression().fit(X, HARD), sm.MNLogit(HARD, sm.add_constant(X, prepend=False)).fit(disp=0, tol=1e-12, method="newton")
    assert np.abs(contrasts(model) - other.params).max() < SAME_FIT
    assert model.loss_ == pytest.approx(-other.llf / len(X), rel=1e-12)
    assert np.sqrt(np.diag(model.covariances(X, one_hot(HARD, 3)).naive)) == pytest.approx(other.bse.T.ravel(), rel=1e-6)


@pytest.mark.parametrize("penalty", [0.0, 0.01])
def test_hard_labels_are_fitted_as_by_scikit_learn(penalty):
    other = LogisticRegression(C=1 / (penalty * len(X)) if penalty else np.inf, tol=1e-12, max_iter=10_000, solver="newton-cg").fit(X, HARD)
    model = SoftmaxRegression(penalty).fit(X, HARD)
    assert np.abs(model.predict_proba(X) - other.predict_proba(X)).max() < SAME_FIT
    assert np.abs((model.coef_ - model.coef_[0]) - (other.coef_ - other.coef_[0])).max() < SAME_FIT


def test_soft_labels_are_fitted_as_replicated_rows():
    rows = np.repeat(np.arange(len(X)), COUNTS.sum(axis=1))
    votes = np.concatenate([np.repeat(np.arange(3), row) for row in COUNTS])
    assert np.abs(SoftmaxRegression().fit_soft(X, SOFT).coef_ - SoftmaxRegression().fit(X[rows], votes).coef_).max() < SAME_FIT
    assert np.abs(SoftmaxRegression().fit_counts(X, COUNTS).coef_ - SoftmaxRegression().fit(X[rows], votes).coef_).max() < SAME_FIT


def test_weights_are_replications_and_a_weight_of_zero_is_no_row():
    weights = STUDY.integers(0, 3, size=len(X))
    repeated = np.repeat(np.arange(len(X)), weights)
    assert np.abs(SoftmaxRegression().fit_soft(X, SOFT, weights).coef_ - SoftmaxRegression().fit_soft(X[repeated], SOFT[repeated]).coef_).max() < SAME_FIT


def test_names_of_classes_are_kept():
    names = np.array(["low", "mid", "top"])
    model = SoftmaxRegression().fit(X, names[HARD])
    assert list(model.classes_) == list(names) and set(model.predict(X)) <= set(names)


def test_exact_predictions_are_recovered_from_a_few_rows():
    weights = np.array([[0.0, 0.0], [1.0, -0.5], [-2.0, 1.5]])
    few = STUDY.normal(size=(12, 2))
    model = SoftmaxRegression(fit_intercept=False).fit_soft(few, softmax(few @ weights.T))
    assert np.abs((model.coef_ - model.coef_[0]) - weights).max() < 1e-7


def test_the_mean_prediction_is_the_mean_label():
    for model in (SoftmaxRegression().fit_soft(X, SOFT), SoftmaxRegression(penalty=1.0).fit_soft(X, SOFT)):
        assert model.predict_proba(X).mean(axis=0) == pytest.approx(SOFT.mean(axis=0), abs=1e-8)


def test_the_sandwich_of_an_intercept_is_the_variance_of_a_mean():
    """K = 2, no feature that matters: the logit of a mean, by the delta method."""
    labels = np.array([0.1, 0.4, 0.5, 0.9, 0.8, 0.3])
    constant = np.ones((6, 1))
    found = SoftmaxRegression(fit_intercept=False).fit_soft(constant, np.column_stack([1 - labels, labels])).covariances(constant, np.column_stack([1 - labels, labels]))
    spread = labels.mean() * (1 - labels.mean())
    assert found.naive == pytest.approx(1 / (6 * spread)) and found.sandwich == pytest.approx(labels.var() / 6 / spread**2)


def test_votes_are_worth_their_number():
    """Means of ten independent votes with a right mean: φ̂ is near 1/10, and the sandwich near a tenth of the naive covariance."""
    rng = np.random.default_rng(11)
    features = rng.normal(size=(4000, 2))
    labels = rng.multinomial(10, softmax(features @ np.array([[0.0, 0.0], [1.0, 0.0], [0.0, -1.0]]).T)) / 10
    model = SoftmaxRegression().fit_soft(features, labels)
    naive, sandwich = model.covariances(features, labels)
    assert 1 / model.dispersion(features, labels) == pytest.approx(10, rel=0.05)
    assert np.diag(sandwich) / np.diag(naive) == pytest.approx(np.full(6, 0.1), rel=0.1)
    assert model.covariances(features, labels, np.full(4000, 10.0)).naive == pytest.approx(naive / 10)


def test_iris_has_no_fit_and_the_direction_shows_why():
    data = load_iris()
    with pytest.raises(NoFit, match="falls for ever") as trouble:
        SoftmaxRegression().fit(data.data, data.target)
    values = np.column_stack([data.data, np.ones(150)]) @ trouble.value.direction.T
    own = values[np.arange(150), data.target]
    assert (values.max(axis=1) - own).max() < 1e-6 and np.ptp(values, axis=1).max() > 1e-3


LINE = np.array([[1.0, -2.0], [1.0, -1.0], [1.0, 1.0], [1.0, 2.0]])


@pytest.mark.parametrize("softened, exists", [((), False), ((1,), False), ((2,), False), ((1, 2), True), ((0,), True), ((3,), True), ((0, 1, 2, 3), True)])
def test_which_labels_must_be_soft(softened, exists):
    labels = np.array([0.0, 0.0, 1.0, 1.0])
    labels[list(softened)] = 0.3
    found = existence(LINE, np.column_stack([1 - labels, labels]))
    assert found.exists is exists
    if exists:
        assert found.balance.min() > 0 and np.abs((np.column_stack([1 - labels, labels]) - found.balance).T @ LINE).max() < 1e-9
        SoftmaxRegression(fit_intercept=False).fit_soft(LINE, np.column_stack([1 - labels, labels]))
    else:
        with pytest.raises(NoFit):
            SoftmaxRegression(fit_intercept=False).fit_soft(LINE, np.column_stack([1 - labels, labels]))


def test_a_class_that_nobody_voted_for_has_no_fit():
    soft = np.array([[0.5, 0.5, 0.0], [0.3, 0.7, 0.0]])
    assert not existence([[1.0], [1.0]], soft).exists


def test_dependent_features_have_a_fit_that_is_not_unique():
    assert existence(np.column_stack([LINE, LINE[:, 0]]), np.full((4, 2), 0.5)).exists


def test_a_penalty_gives_separated_labels_a_fit():
    assert SoftmaxRegression(penalty=0.1).fit(LINE[:, 1:], [0, 0, 1, 1]).predict([[-3.0]]) == [0]


@pytest.mark.parametrize("act, error, says", [
    (lambda: existence([[1.0], [np.inf]], [[1, 0], [0, 1]]), InvalidInput, r"features\[1, 0\] is inf"),
    (lambda: existence([[1.0]], [[1, 0], [0, 1]]), InvalidInput, "features has 1 rows"),
    (lambda: existence(np.zeros((0, 2)), np.zeros((0, 3))), InvalidInput, "mean of no rows"),
    (lambda: existence([1.0, 2.0], [0.5, 0.5]), InvalidInput, "rows"),
    (lambda: SoftmaxRegression().fit_soft(X, COUNTS), InvalidInput, "votes_to_probs"),
    (lambda: SoftmaxRegression().fit_soft(X, SOFT[:-1]), InvalidInput, "X has 300 rows"),
    (lambda: SoftmaxRegression().fit_counts(X, -COUNTS), InvalidInput, "not negative"),
    (lambda: SoftmaxRegression().fit_soft(X, np.ones((300, 1))), InvalidInput, "two classes"),
    (lambda: SoftmaxRegression(penalty=-1).fit(X, HARD), InvalidInput, "penalty"),
    (lambda: SoftmaxRegression().fit_soft(X, SOFT, np.zeros(300)), ValueError, "non-zero"),
    (lambda: SoftmaxRegression().fit_soft(X, SOFT).covariances(X, SOFT[:, :2] / SOFT[:, :2].sum(axis=1, keepdims=True).clip(0.1)), InvalidInput, "sum|classes"),
    (lambda: SoftmaxRegression().fit_soft(X[:5], SOFT[:5] * 0.9 + 0.1 / 3).dispersion(X[:5], SOFT[:5]), InvalidInput, "more rows than the 5"),
    (lambda: SoftmaxRegression().fit_soft(np.zeros((300, 1)), SOFT).covariances(np.zeros((300, 1)), SOFT), ArithmeticError, "linearly dependent"),
    (lambda: SoftmaxRegression(max_iter=1).fit(X, HARD), ArithmeticError, "gradient of"),
])
def test_bad_input_names_the_rule(act, error, says):
    with pytest.raises(error, match=says):
        act()


def test_progress_can_be_watched(capsys):
    SoftmaxRegression(verbose=True).fit(X, HARD)
    assert capsys.readouterr().out.startswith("step 1: ")
