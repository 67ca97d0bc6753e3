"""Softmax regression against two other libraries, against theory, and at the places where no fit
exists.
"""

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression

from xentlib import (
    InvalidInput,
    existence,
    one_hot,
    softmax,
    softmax_cross_entropy,
    votes_to_probs,
)
from xentlib.fitting import NoFit, NotConverged, SoftmaxRegression

SAME_FIT = 1e-6  # both optimisers stop at small gradients, not at none
STUDY = np.random.default_rng(5)
X = STUDY.normal(size=(300, 4)) * [1.0, 0.1, 10.0, 1.0] + [0.0, 1.0, 50.0, 0.0]
TRUTH = softmax((X - X.mean(axis=0)) @ (STUDY.normal(size=(3, 4)) * 0.7 / [1.0, 0.1, 10.0, 1.0]).T)
COUNTS = STUDY.multinomial(5, TRUTH)
SOFT, HARD = votes_to_probs(COUNTS), np.array([STUDY.choice(3, p=row) for row in TRUTH])
ZEROS = np.zeros((300, 1))


def contrasts(model):
    """Coefficients less those of the first class, the intercept last, as statsmodels has them."""
    return np.column_stack([model.coef_ - model.coef_[0], model.intercept_ - model.intercept_[0]])[
        1:
    ].T


def test_hard_labels_are_fitted_as_by_statsmodels_with_its_standard_errors():
    model, other = (
        SoftmaxRegression().fit(X, HARD),
        sm.MNLogit(HARD, sm.add_constant(X, prepend=False)).fit(disp=0, tol=1e-12, method="newton"),
    )
    assert np.abs(contrasts(model) - other.params).max() < SAME_FIT
    assert model.loss_ == pytest.approx(-other.llf / len(X), rel=1e-12)
    naive, sandwich = model.covariances(X, HARD)
    assert np.sqrt(np.diag(naive)) == pytest.approx(other.bse.T.ravel(), rel=1e-6)
    assert (sandwich == model.covariances(X, one_hot(HARD, 3)).sandwich).all()


@pytest.mark.parametrize("penalty", [0.0, 0.01])
def test_hard_labels_are_fitted_as_by_scikit_learn(penalty):
    other = LogisticRegression(
        C=1 / (penalty * len(X)) if penalty else np.inf,
        tol=1e-12,
        max_iter=10_000,
        solver="newton-cg",
    ).fit(X, HARD)
    model = SoftmaxRegression(penalty).fit(X, HARD)
    assert np.abs(model.predict_proba(X) - other.predict_proba(X)).max() < SAME_FIT
    assert np.abs((model.coef_ - model.coef_[0]) - (other.coef_ - other.coef_[0])).max() < SAME_FIT


def test_two_classes_have_twice_the_penalty_of_scikit_learn():
    two = HARD[HARD < 2]
    other = LogisticRegression(C=0.3, tol=1e-12, max_iter=10_000, solver="newton-cg")
    other.fit(X[HARD < 2], two)
    model = SoftmaxRegression(2 / (0.3 * len(two))).fit(X[HARD < 2], two)
    assert np.abs(model.predict_proba(X) - other.predict_proba(X)).max() < SAME_FIT


def test_soft_labels_are_fitted_as_replicated_rows():
    rows = np.repeat(np.arange(len(X)), COUNTS.sum(axis=1))
    votes = np.concatenate([np.repeat(np.arange(3), row) for row in COUNTS])
    assert (
        np.abs(
            SoftmaxRegression().fit_soft(X, SOFT).coef_
            - SoftmaxRegression().fit(X[rows], votes).coef_
        ).max()
        < SAME_FIT
    )
    assert (
        np.abs(
            SoftmaxRegression().fit_counts(X, COUNTS).coef_
            - SoftmaxRegression().fit(X[rows], votes).coef_
        ).max()
        < SAME_FIT
    )


def test_weights_are_replications_and_a_weight_of_zero_is_no_row():
    weights = STUDY.integers(0, 3, size=len(X))
    repeated = np.repeat(np.arange(len(X)), weights)
    assert (
        np.abs(
            SoftmaxRegression().fit_soft(X, SOFT, weights).coef_
            - SoftmaxRegression().fit_soft(X[repeated], SOFT[repeated]).coef_
        ).max()
        < SAME_FIT
    )


def test_votes_count_one_by_one_where_rows_have_unequal_numbers():
    counts = STUDY.multinomial(STUDY.integers(1, 9, size=300), TRUTH)
    rows, votes = (
        np.repeat(np.arange(300), counts.sum(axis=1)),
        np.concatenate([np.repeat(np.arange(3), row) for row in counts]),
    )
    assert (
        np.abs(
            SoftmaxRegression().fit_counts(X, counts).coef_
            - SoftmaxRegression().fit(X[rows], votes).coef_
        ).max()
        < SAME_FIT
    )
    assert (
        np.abs(
            SoftmaxRegression().fit_counts(X, counts.tolist()).coef_
            - SoftmaxRegression().fit_counts(X, counts).coef_
        ).max()
        == 0
    )


def test_a_table_of_objects_that_are_numbers_is_a_table_of_numbers():
    table = X.astype(object)
    model = SoftmaxRegression().fit_soft(table, SOFT)
    assert (
        model.predict_proba(table) == SoftmaxRegression().fit_soft(X, SOFT).predict_proba(X)
    ).all()
    assert (model.covariances(table, SOFT).sandwich == model.covariances(X, SOFT).sandwich).all()


def test_a_constant_feature_takes_no_part():
    constant = np.column_stack([X, np.full(300, 3.0)])
    assert (
        np.abs(
            SoftmaxRegression().fit_soft(constant, SOFT).predict_proba(constant)
            - SoftmaxRegression().fit_soft(X, SOFT).predict_proba(X)
        ).max()
        < SAME_FIT
    )


def test_without_an_intercept_there_is_none():
    model = SoftmaxRegression(fit_intercept=False).fit_soft(X, SOFT)
    assert (model.intercept_ == 0).all() and np.abs(
        (model.predict_proba(X) - SOFT).T @ X
    ).max() < 1e-4
    assert model.predict_proba(np.zeros((1, 4))) == pytest.approx(np.full((1, 3), 1 / 3))


def test_two_rows_are_enough_and_so_is_one_degree_of_freedom():
    assert SoftmaxRegression(alpha=1.0).fit([[0.0], [1.0]], [0, 1]).predict(
        [[0.0], [1.0]]
    ).tolist() == [0, 1]
    labels = np.array([[0.2, 0.8], [0.6, 0.4], [0.5, 0.5]])
    model = SoftmaxRegression().fit_soft([[0.0], [1.0], [2.0]], labels)
    q = model.predict_proba([[0.0], [1.0], [2.0]])
    assert model.dispersion([[0.0], [1.0], [2.0]], labels) == pytest.approx(
        ((labels - q) ** 2 / q).sum()
    )


def test_names_of_classes_are_kept():
    names = np.array(["low", "mid", "top"])
    model = SoftmaxRegression().fit(X, names[HARD])
    assert list(model.classes_) == list(names) and set(model.predict(X)) <= set(names)


def test_exact_predictions_are_recovered_from_a_few_rows():
    weights = np.array([[0.0, 0.0], [1.0, -0.5], [-2.0, 1.5]])
    few = STUDY.normal(size=(12, 2))
    model = SoftmaxRegression(fit_intercept=False).fit_soft(few, softmax(few @ weights.T))
    assert np.abs((model.coef_ - model.coef_[0]) - weights).max() < 1e-7


def test_coefficients_sum_to_zero_over_the_classes():
    model = SoftmaxRegression().fit_soft(X, SOFT)
    assert np.abs(model.coef_.sum(axis=0)).max() < 1e-9 and abs(model.intercept_.sum()) < 1e-9


def test_the_mean_prediction_is_the_mean_label():
    for model in (
        SoftmaxRegression().fit_soft(X, SOFT),
        SoftmaxRegression(alpha=1.0).fit_soft(X, SOFT),
    ):
        assert model.predict_proba(X).mean(axis=0) == pytest.approx(SOFT.mean(axis=0), abs=1e-8)


def test_the_sandwich_of_an_intercept_is_the_variance_of_a_mean():
    """K = 2, no feature that matters: the logit of a mean, by the delta method."""
    labels = np.array([0.1, 0.4, 0.5, 0.9, 0.8, 0.3])
    constant = np.ones((6, 1))
    found = (
        SoftmaxRegression(fit_intercept=False)
        .fit_soft(constant, np.column_stack([1 - labels, labels]))
        .covariances(constant, np.column_stack([1 - labels, labels]))
    )
    spread = labels.mean() * (1 - labels.mean())
    assert found.naive == pytest.approx(1 / (6 * spread)) and found.sandwich == pytest.approx(
        labels.var() / 6 / spread**2
    )


def test_votes_are_worth_their_number():
    """Means of ten independent votes with a right mean: φ̂ is near 1/10, and the sandwich near a
    tenth of the naive covariance.
    """
    rng = np.random.default_rng(11)
    features = rng.normal(size=(4000, 2))
    labels = (
        rng.multinomial(10, softmax(features @ np.array([[0.0, 0.0], [1.0, 0.0], [0.0, -1.0]]).T))
        / 10
    )
    model = SoftmaxRegression().fit_soft(features, labels)
    naive, sandwich = model.covariances(features, labels)
    assert 1 / model.dispersion(features, labels) == pytest.approx(10, rel=0.05)
    assert np.diag(sandwich) / np.diag(naive) == pytest.approx(np.full(6, 0.1), rel=0.1)
    assert model.covariances(features, labels, np.full(4000, 10.0)).naive == pytest.approx(
        naive / 10
    )


FIT = SoftmaxRegression().fit_soft(X, SOFT)


@pytest.mark.parametrize(
    "act, message",
    [
        (
            lambda: existence([[1.0], [np.inf]], [[1, 0], [0, 1]]),
            "features[1, 0] is inf; a finite number is needed",
        ),
        (
            lambda: existence([[1.0]], [[1, 2]]),
            (
                "target_probs[0] sums to 3; a distribution sums to 1 (tolerance 1e-06); counts "
                "become distributions by votes_to_probs"
            ),
        ),
        (
            lambda: existence([[1.0]], [[1, 0], [0, 1]]),
            "target_probs has 2 rows; features has 1 rows; there is one label for each",
        ),
        (
            lambda: existence(np.zeros((0, 2)), np.zeros((0, 3))),
            "features has no rows; the mean of no rows is undefined",
        ),
        (
            lambda: existence([1.0, 2.0], [0.5, 0.5]),
            "features has shape (2,); rows (N, ·) are needed",
        ),
        (
            lambda: SoftmaxRegression().fit_soft(X, COUNTS),
            (
                "target_probs[0] sums to 5; a distribution sums to 1 (tolerance 1e-06); counts "
                "are fitted by fit_counts"
            ),
        ),
        (
            lambda: SoftmaxRegression().fit_soft(X, SOFT[:-1]),
            "target_probs has 299 rows; X has 300 rows; there is one label for each",
        ),
        (
            lambda: SoftmaxRegression().fit_soft(X, np.ones((300, 1))),
            "target_probs has shape (300, 1); at least two classes are needed",
        ),
        (
            lambda: SoftmaxRegression(alpha=-1).fit(X, HARD),
            "alpha is -1; a penalty is finite and not negative",
        ),
        (
            lambda: SoftmaxRegression(alpha=np.inf).fit(X, HARD),
            "alpha is inf; a penalty is finite and not negative",
        ),
        (
            lambda: FIT.covariances(X, COUNTS),
            (
                "target_probs[0] sums to 5; a distribution sums to 1 (tolerance 1e-06); counts "
                "are fitted by fit_counts"
            ),
        ),
        (
            lambda: FIT.covariances(X, SOFT[:-1]),
            "target_probs has 299 rows; X has 300 rows; there is one label for each",
        ),
        (
            lambda: FIT.covariances(X, np.full((300, 2), 0.5)),
            "target_probs has shape (300, 2); the fit has 3 classes",
        ),
        (
            lambda: FIT.dispersion(X[:5], SOFT[:5]),
            "X has 5 rows; more rows than the 5 coefficients of a class are needed",
        ),
    ],
)
def test_bad_input_names_place_value_and_rule(act, message):
    with pytest.raises(InvalidInput) as trouble:
        act()
    assert str(trouble.value) == message
    assert trouble.value.value is not None


@pytest.mark.parametrize(
    "act, error, says",
    [
        (lambda: SoftmaxRegression().fit_counts(X, -COUNTS), InvalidInput, "not negative"),
        (lambda: SoftmaxRegression().fit_soft(X, SOFT, np.zeros(300)), ValueError, "non-zero"),
        (lambda: SoftmaxRegression().fit(X, HARD, -np.ones(300)), ValueError, "[Nn]egative"),
        (lambda: SoftmaxRegression().fit_soft(X, SOFT, -np.ones(300)), ValueError, "[Nn]egative"),
        (lambda: FIT.covariances(X, SOFT, -np.ones(300)), ValueError, "[Nn]egative"),
        (lambda: FIT.covariances(X[:, :3], SOFT), ValueError, "3 features"),
        (lambda: FIT.predict(X[:, :3]), ValueError, "3 features"),
        (
            lambda: SoftmaxRegression().fit(X, np.full(300, 7)),
            ValueError,
            r"^y has one class only, .*7.*; at least two are needed$",
        ),
        (
            lambda: SoftmaxRegression().fit_soft(ZEROS, SOFT).covariances(ZEROS, SOFT),
            ArithmeticError,
            "^the features are linearly dependent, so their coefficients have no covariance$",
        ),
        (
            lambda: SoftmaxRegression(max_iter=1).fit(X, HARD),
            ArithmeticError,
            r"^the optimiser stopped with a gradient of \d.*e.* after 1 steps; tol is 1.0e-09",
        ),
    ],
)
def test_what_cannot_be_fitted_says_why(act, error, says):
    with pytest.raises(error, match=says):
        act()


def test_progress_can_be_watched(capsys):
    SoftmaxRegression().fit(X, HARD)
    assert capsys.readouterr().out == ""
    model = SoftmaxRegression(verbose=True).fit(X, HARD)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        f"step {number}" for number in range(1, model.n_iter_ + 1)
    ]
    assert lines[-1].endswith(f": {model.loss_:.6f} nats")


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_soft_labels_in_short_floats_are_fitted(dtype):
    random = np.random.default_rng(0)
    X, p = random.normal(size=(300, 2)), random.dirichlet([2.0, 3.0, 4.0], 300)
    short = SoftmaxRegression().fit_soft(X, p.astype(dtype))
    assert short.coef_ == pytest.approx(SoftmaxRegression().fit_soft(X, p).coef_, abs=1e-3)


def test_covariances_of_a_penalised_fit_are_refused():
    x, p = [[0.0], [1.0], [2.0]], [[0.5, 0.5], [0.7, 0.3], [0.2, 0.8]]
    with pytest.raises(InvalidInput, match="alpha is 1.0; .* of a fit with alpha=0"):
        SoftmaxRegression(alpha=1.0).fit_soft(x, p).covariances(x, p)


def test_a_fit_ends_where_newton_ends():
    """On anes96, seven classes, whose 36 coefficients the trust region leaves 2e-9 off."""
    data = sm.datasets.anes96.load_pandas()
    x = data.exog[["logpopul", "selfLR", "age", "educ", "income"]].to_numpy()
    y = data.endog.to_numpy().astype(int)
    model = SoftmaxRegression().fit(x, y)
    other = sm.MNLogit(y, sm.add_constant(x, prepend=False)).fit(disp=0, tol=1e-14, method="newton")
    assert contrasts(model) == pytest.approx(other.params, rel=0, abs=1e-13)
    assert (SoftmaxRegression(tol=1e-15).fit(x, y).coef_ == model.coef_).all()
    naive = model.covariances(x, one_hot(y, 7)).naive
    assert np.sqrt(np.diag(naive)) == pytest.approx(other.bse.T.ravel(), rel=1e-11)


def test_a_tolerance_that_is_not_reached_is_said_and_the_coefficients_are_kept():
    for settings in ({"max_iter": 2}, {"tol": 1e-300}):
        with pytest.raises(NotConverged) as caught:
            SoftmaxRegression(**settings).fit_soft(X, SOFT)
        error, tol = caught.value, settings.get("tol", 1e-9)
        assert error.gradient > error.tol == tol and error.coef.shape == (3, 4)
        logits = X @ error.coef.T + error.intercept
        assert softmax_cross_entropy(logits, SOFT).mean() == pytest.approx(error.loss)


def test_dependent_features_have_no_covariance():
    random = np.random.default_rng(0)
    for _ in range(199):
        rows, groups = random.integers(30, 200), random.integers(2, 6)
        dummies = np.eye(groups)[np.append(np.arange(groups), random.integers(0, groups, rows))]
        x = np.column_stack([dummies, random.normal(size=len(dummies))])
        x *= 10.0 ** random.integers(-3, 4)
        p = softmax(random.normal(size=(len(x), 3)))
        model = SoftmaxRegression(max_iter=50).fit_soft(x, p)
        with pytest.raises(ArithmeticError, match="^the features are linearly dependent"):
            model.covariances(x, p)
        independent = SoftmaxRegression(fit_intercept=False).fit_soft(x, p)
        assert np.isfinite(independent.covariances(x, p).naive).all()


def test_an_offset_changes_no_covariance_of_a_slope():
    moved = X + [1e6, 0.0, 0.0, -1e7]
    here, there = (SoftmaxRegression().fit_soft(x, SOFT).covariances(x, SOFT) for x in (X, moved))
    slopes = [0, 1, 2, 3, 5, 6, 7, 8]
    for a, b in zip(here, there, strict=True):
        assert a[np.ix_(slopes, slopes)] == pytest.approx(b[np.ix_(slopes, slopes)], rel=1e-6)


@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_a_class_without_weight_has_its_own_words(penalty):
    unused = np.column_stack([SOFT[:, 0], np.zeros(300), 1 - SOFT[:, 0]])
    with pytest.raises(NoFit, match="^no label gives class 1 any weight") as caught:
        SoftmaxRegression(penalty).fit_soft(X, unused)
    assert caught.value.direction.tolist() == [[0.0] * 5, [0.0] * 4 + [-1.0], [0.0] * 5]
    names = np.array(["low", "mid", "top"])[HARD]
    with pytest.raises(NoFit, match="^no label gives class 'mid' any weight"):
        SoftmaxRegression(penalty).fit(X, names, (HARD != 1).astype(float))
    # without an intercept the penalty holds the class, and so may the features
    SoftmaxRegression(1.0, fit_intercept=False).fit_soft(X, unused)


@pytest.mark.parametrize("weight", [5e-324, 1e308])
def test_weights_at_the_ends_of_the_range_are_weights(weight):
    weights = np.full(300, weight)
    one, other = SoftmaxRegression().fit_soft(X, SOFT), SoftmaxRegression()
    assert (other.fit_soft(X, SOFT, weights).coef_ == one.coef_).all()
    plain, scaled = one.covariances(X, SOFT), other.covariances(X, SOFT, weights)
    assert scaled.sandwich == pytest.approx(plain.sandwich, rel=1e-12)
    assert scaled.naive * weight == pytest.approx(plain.naive, rel=1e-9) or weight < 1
