"""The estimator and the scorer where scikit-learn meets them: its conventions, pipelines, model
selection with soft labels, and tables.
"""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn import config_context
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from xentlib import InvalidInput, normalize_rows, one_hot, softmax, softmax_cross_entropy
from xentlib.fitting import NoFit, SoftmaxRegression, neg_cross_entropy

STUDY = np.random.default_rng(8)
X = STUDY.normal(size=(200, 3)) * [1.0, 5.0, 0.1] + [0.0, 3.0, 9.0]
TRUTH = softmax((X - X.mean(axis=0)) / X.std(axis=0) @ STUDY.normal(size=(3, 3)))
COUNTS = STUDY.multinomial(4, TRUTH)
SOFT = COUNTS / 4
HARD = np.array([STUDY.choice(3, p=row) for row in TRUTH])
NAMES = np.array(["neg", "neu", "pos"])
SAME_FIT = 1e-8


# Some checks fit separable data, which the default warns of. None is excused; scikit-learn itself
# skips its check of array-API input unless SCIPY_ARRAY_API is set.
@pytest.mark.filterwarnings("ignore::xentlib.fitting.SeparatedWarning")
@parametrize_with_checks([SoftmaxRegression(), SoftmaxRegression(alpha=0.1)])
def test_the_conventions_of_scikit_learn(estimator, check):
    check(estimator)


def piped(**settings):
    return make_pipeline(StandardScaler(), SoftmaxRegression(**settings))


def test_labels_are_told_apart_by_their_shape():
    soft = SoftmaxRegression().fit(X, SOFT)
    assert (soft.coef_ == SoftmaxRegression().fit_soft(X, SOFT).coef_).all()
    hard = SoftmaxRegression().fit(X, HARD)
    assert np.abs(hard.coef_ - SoftmaxRegression().fit(X, one_hot(HARD, 3)).coef_).max() < SAME_FIT
    assert (SoftmaxRegression().fit(X.tolist(), SOFT.tolist()).coef_ == soft.coef_).all()


def test_soft_labels_pass_through_pipelines_and_cross_validation():
    scores = cross_val_score(piped(alpha=0.1), X, SOFT)
    for score, held in zip(scores, np.split(np.arange(200), 5), strict=True):
        rest = np.setdiff1d(np.arange(200), held)
        model = piped(alpha=0.1).fit(X[rest], SOFT[rest])
        logits = np.log(model.predict_proba(X[held]))
        assert score == pytest.approx(-softmax_cross_entropy(logits, SOFT[held]).mean(), rel=1e-12)


def test_a_grid_of_penalties_is_searched_in_two_processes():
    grid = {"softmaxregression__alpha": [10.0, 0.01]}
    search = GridSearchCV(piped(), grid, n_jobs=2).fit(X, SOFT)
    assert search.best_params_ == {"softmaxregression__alpha": 0.01}
    assert search.best_score_ == cross_val_score(piped(alpha=0.01), X, SOFT).mean()
    assert search.score(X, SOFT) == search.best_estimator_.score(X, SOFT)


def test_a_copy_has_the_settings_and_a_pickle_the_fit():
    settings = {"alpha": 0.2, "class_weight": {0: 2.0}, "classes": [0, 1, 2], "separated": "raise"}
    model = SoftmaxRegression(**settings).fit(X, SOFT)
    assert {name: clone(model).get_params()[name] for name in settings} == settings
    assert (pickle.loads(pickle.dumps(model)).predict_proba(X) == model.predict_proba(X)).all()
    assert repr(pickle.loads(pickle.dumps(neg_cross_entropy))) == "neg_cross_entropy"


def test_weights_are_routed_to_the_fit_and_to_the_score():
    weights = np.where(np.arange(200) % 3 == 0, 0.0, 1.0)
    weights_of = {"params": {"sample_weight": weights}, "cv": 4}
    with config_context(enable_metadata_routing=True):
        model = SoftmaxRegression(alpha=0.1).set_fit_request(sample_weight=True)
        pipe = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), model)
        scorer = neg_cross_entropy.set_score_request(sample_weight=True)
        scores = cross_validate(pipe, X, SOFT, scoring=scorer, **weights_of)["test_score"]
        for score, held in zip(scores, np.split(np.arange(200), 4), strict=True):
            rest = np.setdiff1d(np.arange(200), held)
            fit = pipe.fit(X[rest], SOFT[rest], sample_weight=weights[rest])
            counted = held[weights[held] > 0]
            assert score == pytest.approx(neg_cross_entropy(fit, X[counted], SOFT[counted]))
        with pytest.raises(ValueError, match="sample_weight"):
            cross_validate(pipe, X, SOFT, scoring=neg_cross_entropy, **weights_of)


def test_the_score_is_accuracy_or_minus_the_mean_cross_entropy():
    model = SoftmaxRegression().fit(X, HARD)
    assert model.score(X, HARD) == (model.predict(X) == HARD).mean()
    logits = X @ model.coef_.T + model.intercept_
    losses = softmax_cross_entropy(logits, SOFT)
    assert model.score(X, SOFT) == pytest.approx(-losses.mean(), rel=1e-12)
    weights = np.arange(200)
    expected = -(weights * losses).sum() / weights.sum()
    assert model.score(X, SOFT, weights) == pytest.approx(expected, rel=1e-12)
    with pytest.raises(
        InvalidInput, match=r"^sample_weight\[0\] is -1.0; a weight is not negative"
    ):
        model.score(X, SOFT, np.full(200, -1.0))


@pytest.mark.parametrize(
    "model", [LogisticRegression(), RandomForestClassifier(5, random_state=0), DummyClassifier()]
)
def test_the_scorer_serves_any_classifier_and_names_of_any_kind(model):
    model.fit(X, NAMES[HARD])
    q = model.predict_proba(X)
    with np.errstate(divide="ignore"):
        losses = -np.log(q[np.arange(200), HARD])
    assert neg_cross_entropy(model, X, NAMES[HARD]) == pytest.approx(-losses.mean(), rel=1e-12)
    if np.isfinite(losses).all() and q.min() > 0:
        assert neg_cross_entropy(model, X, NAMES[HARD]) == pytest.approx(-log_loss(HARD, q))
    assert neg_cross_entropy(model, X, q) == pytest.approx(
        (q * np.log(np.where(q > 0, q, 1))).sum() / 200
    )
    assert cross_val_score(model, X, NAMES[HARD], scoring=neg_cross_entropy).shape == (5,)


def test_the_scorer_takes_a_classifier_that_has_no_logarithms():
    class Plain:
        classes_ = np.array([0, 1])

        def predict_proba(self, X):
            return np.tile([0.0, 1.0], (len(X), 1))

    assert neg_cross_entropy(Plain(), X[:2], [1, 1]) == 0.0
    assert neg_cross_entropy(Plain(), X[:2], [0, 1]) == -np.inf
    assert neg_cross_entropy(Plain(), X[:2], [0, 1], sample_weight=[0, 3]) == 0.0


def test_logarithms_of_predictions_keep_their_digits():
    model = SoftmaxRegression(alpha=1e-3).fit(X, SOFT)
    far = X[:1] + 1e5
    logits = far @ model.coef_.T + model.intercept_
    found = model.predict_log_proba(far)
    assert found.min() < -800 and np.isfinite(found).all()
    assert found == pytest.approx(logits - logits.max(), rel=1e-12)
    assert np.exp(model.predict_log_proba(X)) == pytest.approx(model.predict_proba(X), rel=1e-13)


# --- names of classes, tables


def test_classes_are_named_by_a_table_or_by_the_argument():
    frame = pd.DataFrame(SOFT, columns=NAMES)
    for model in (
        SoftmaxRegression().fit(X, frame),
        SoftmaxRegression().fit_counts(X, pd.DataFrame(COUNTS, columns=NAMES)),
        SoftmaxRegression(classes=list(NAMES)).fit_soft(X, SOFT),
        SoftmaxRegression(classes=list(NAMES)).fit(X, NAMES[HARD]),
    ):
        assert model.classes_.tolist() == NAMES.tolist() and set(model.predict(X)) <= set(NAMES)
    assert SoftmaxRegression().fit(X, frame).score(X, frame) < 0
    other = ["pos", "neu", "neg"]
    turned = SoftmaxRegression(classes=other).fit(X, NAMES[HARD])
    plain = SoftmaxRegression().fit(X, NAMES[HARD])
    assert turned.classes_.tolist() == other
    assert np.abs(turned.coef_[::-1] - plain.coef_).max() < SAME_FIT


def test_nullable_tables_of_pandas_are_tables():
    plain = SoftmaxRegression().fit(X, SOFT)
    frame = pd.DataFrame(X).astype("Float64")
    labels = pd.DataFrame(SOFT).astype("Float64")
    counts = pd.DataFrame(COUNTS).astype("Int64")
    assert np.abs(SoftmaxRegression().fit(frame, labels).coef_ - plain.coef_).max() < SAME_FIT
    assert np.abs(SoftmaxRegression().fit_counts(X, counts).coef_ - plain.coef_).max() < SAME_FIT
    hard = SoftmaxRegression().fit(X, HARD)
    for y in (pd.Series(HARD, dtype="Int64"), pd.Series(HARD).astype("category")):
        assert (SoftmaxRegression().fit(X, y).coef_ == hard.coef_).all()


FRAME, SERIES = pd.DataFrame(X), pd.Series(HARD)
FIT = SoftmaxRegression().fit(X, pd.DataFrame(SOFT, columns=NAMES))
RATES = np.full(200, 0.25)


def _other_index(table):
    return table.set_axis(np.arange(200)[::-1], axis=0)


MOVED_COUNTS = _other_index(pd.DataFrame(COUNTS))
NAMED = SoftmaxRegression(classes=["neg", "pos", "neu"])
BALANCED = SoftmaxRegression(class_weight="balanced")


@pytest.mark.parametrize(
    "fit, message",
    [
        (
            lambda: SoftmaxRegression().fit(FRAME, _other_index(pd.DataFrame(SOFT))),
            "target_probs[0] is named 199; X has 0 there; names match in order",
        ),
        (
            lambda: SoftmaxRegression().fit(FRAME, _other_index(SERIES)),
            "y[0] is named 199; X has 0 there; names match in order",
        ),
        (
            lambda: SoftmaxRegression().fit(FRAME, SERIES, _other_index(pd.Series(RATES))),
            "sample_weight[0] is named 199; X has 0 there; names match in order",
        ),
        (
            lambda: SoftmaxRegression().fit_counts(FRAME, MOVED_COUNTS),
            "counts[0] is named 199; X has 0 there; names match in order",
        ),
        (
            lambda: NAMED.fit(X, pd.DataFrame(SOFT, columns=NAMES)),
            "target_probs[1] is named 'neu'; classes has 'pos' there; names match in order",
        ),
        (
            lambda: SoftmaxRegression(classes=["a", "b"]).fit(X, SOFT),
            "classes is ['a', 'b']; 3 different classes are needed, one a column",
        ),
        (
            lambda: SoftmaxRegression(classes=["neg", "pos"]).fit(X, NAMES[HARD]),
            "y has 'neu'; a label is one of the classes, ['neg', 'pos']",
        ),
        (
            lambda: FIT.score(X, pd.DataFrame(SOFT, columns=["neg", "pos", "neu"])),
            "y has the columns ['neg', 'pos', 'neu']; the classes of the fit are "
            "['neg', 'neu', 'pos'], in order",
        ),
        (
            lambda: FIT.score(X, SOFT[:, :2] + SOFT[:, 2:] / 2),
            "y has shape (200, 2); the predictions have shape (200, 3)",
        ),
        (
            lambda: neg_cross_entropy(FIT, X[:2], ["neg", "bad"]),
            "y[1] is 'bad'; a label is one of the classes of the fit, ['neg', 'neu', 'pos']",
        ),
        (
            lambda: SoftmaxRegression().fit(X, RATES),
            "y lies between 0 and 1; a label in one column is a class; shares of the second of two "
            "classes become rows by np.column_stack([1 - p, p])",
        ),
        (
            lambda: SoftmaxRegression().fit_soft(X, np.full(200, 0.25)),
            "target_probs sums to 50; a distribution sums to 1 (tolerance 1e-06); shares of the "
            "second of two classes become rows by np.column_stack([1 - p, p])",
        ),
        (
            lambda: SoftmaxRegression().fit_soft(X, np.ones(200)),
            "target_probs sums to 200; a distribution sums to 1 (tolerance 1e-06); counts are "
            "fitted by fit_counts, labels by one_hot",
        ),
        (
            lambda: SoftmaxRegression().fit(X, COUNTS),
            "target_probs[0] sums to 4; a distribution sums to 1 (tolerance 1e-06); counts are "
            "fitted by fit_counts",
        ),
        (
            lambda: SoftmaxRegression(class_weight={"pos": 2.0}).fit(X, HARD),
            "class_weight has the key 'pos'; it names classes, 0, 1, 2",
        ),
        (
            lambda: SoftmaxRegression(class_weight="even").fit(X, HARD),
            "class_weight is 'even'; it is one of 'balanced'",
        ),
        (
            lambda: SoftmaxRegression(class_weight={1: -2.0}).fit(X, HARD),
            "class_weight[1] is -2.0; a weight is not negative",
        ),
        (
            lambda: SoftmaxRegression(separated="hide").fit(X, HARD),
            "separated is 'hide'; it is one of 'warn', 'raise'",
        ),
        (
            lambda: BALANCED.fit(X, SOFT).covariances(X, SOFT),
            "class_weight is balanced; covariances and dispersion are of a fit with "
            "class_weight=None",
        ),
    ],
)
def test_what_does_not_fit_together_is_named(fit, message):
    with pytest.raises(InvalidInput) as caught:
        fit()
    assert str(caught.value) == message


def test_the_remedy_for_shares_of_two_classes_fits():
    model = SoftmaxRegression().fit(X, np.column_stack([1 - RATES, RATES]))
    assert model.predict_proba(X)[:, 1] == pytest.approx(RATES)


# --- weights of classes


@pytest.mark.parametrize("weight", [{0: 3.0, 2: 0.5}, "balanced"])
def test_class_weights_of_soft_labels_are_those_of_replicated_hard_rows(weight):
    rows = np.repeat(np.arange(200), COUNTS.sum(axis=1))
    votes = np.concatenate([np.repeat(np.arange(3), row) for row in COUNTS])
    hard = SoftmaxRegression(alpha=0.01, class_weight=weight).fit(X[rows], votes)
    other = LogisticRegression(
        C=np.inf, class_weight=weight, tol=1e-12, max_iter=1000, solver="newton-cg"
    ).fit(StandardScaler().fit_transform(X)[rows], votes)
    for model in (
        SoftmaxRegression(alpha=0.01, class_weight=weight).fit(X, SOFT),
        SoftmaxRegression(alpha=0.01, class_weight=weight).fit_counts(X, COUNTS),
    ):
        assert np.abs(model.coef_ - hard.coef_).max() < SAME_FIT
        assert model.loss_ == pytest.approx(hard.loss_, rel=1e-12)
    plain = SoftmaxRegression(class_weight=weight).fit(X, SOFT)
    q = other.predict_proba(StandardScaler().fit_transform(X))
    assert np.abs(plain.predict_proba(X) - q).max() < 1e-6


def test_a_class_weight_is_the_weight_of_rows_that_have_that_class_alone():
    weights = np.array([2.0, 0.5, 1.0])
    one = SoftmaxRegression(class_weight=dict(enumerate(weights))).fit(X, HARD)
    assert np.abs(one.coef_ - SoftmaxRegression().fit(X, HARD, weights[HARD]).coef_).max() < 1e-8
    with pytest.raises(NoFit, match="^no label gives class 1 any weight"):
        SoftmaxRegression(class_weight={1: 0.0}).fit(X, HARD)


def test_each_vote_of_a_row_has_the_weight_of_the_row():
    weights = STUDY.integers(0, 3, size=200)
    repeated = np.repeat(np.arange(200), weights)
    one = SoftmaxRegression().fit_counts(X, COUNTS, weights)
    other = SoftmaxRegression().fit_counts(X[repeated], COUNTS[repeated])
    assert np.abs(one.coef_ - other.coef_).max() < SAME_FIT


# --- sparse features


@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csr_array, sparse.csc_array])
@pytest.mark.parametrize("intercept", [True, False])
def test_sparse_features_are_fitted_as_dense_ones(kind, intercept):
    x = np.where(STUDY.uniform(size=(6000, 6)) < 0.2, STUDY.normal(2, 1, size=(6000, 6)), 0)
    p = softmax(x @ STUDY.normal(size=(6, 3)) * 0.5)
    weights = STUDY.integers(1, 4, size=6000)
    dense = SoftmaxRegression(0.01, fit_intercept=intercept).fit(x, p, weights)
    model = SoftmaxRegression(0.01, fit_intercept=intercept).fit(kind(x), p, weights)
    assert np.abs(model.coef_ - dense.coef_).max() < SAME_FIT
    assert np.abs(model.predict_proba(kind(x)) - dense.predict_proba(x)).max() < SAME_FIT


def test_sparse_features_are_never_made_dense():
    """2,000 rows of 30,000 words: dense, they are half a gigabyte."""
    random = np.random.default_rng(1)
    words = sparse.random_array((2000, 30_000), density=1e-3, format="csr", rng=random)
    p = normalize_rows(random.uniform(size=(2000, 2)) + 0.1)
    words.toarray = None
    model = SoftmaxRegression(alpha=1e-3).fit(words, p)
    assert model.coef_.shape == (2, 30_000)
    residual = (model.predict_proba(words) - p) / 2000
    gradient = (words.T @ residual).T + 1e-3 * model.coef_
    assert np.abs(gradient).max() < 1e-8
