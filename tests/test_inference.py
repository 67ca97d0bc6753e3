"""Errors of coefficients against statsmodels, against sums over pairs of rows, against refits, and
by hand; what is refused, and what is said.
"""

import re
import sys
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
import scipy.linalg
import scipy.stats
import statsmodels.api as sm

from xentlib import InvalidInput, one_hot, softmax, votes_to_probs
from xentlib.fitting import SoftmaxRegression
from xentlib.fitting.inference import FEW, KINDS

SAME_FIT = 1e-6  # relative: both optimisers stop at small gradients, not at none
ROUNDING = 1e-9  # relative: of sums over some hundreds of rows, and an inverse
STUDY = np.random.default_rng(8)
N = 120
X = STUDY.normal(size=(N, 2)) * [1.0, 20.0] + [0.0, 100.0]
TRUTH = softmax((X - X.mean(axis=0)) @ np.array([[0.0, 1.0, -0.5], [0.0, 0.02, 0.03]]))
HARD = np.array([STUDY.choice(3, p=row) for row in TRUTH])
SOFT = votes_to_probs(STUDY.multinomial(5, TRUTH))
WEIGHTS = STUDY.integers(1, 4, size=N).astype(float)
ITEMS, PEOPLE = np.repeat(np.arange(30), 4), np.tile(np.array(["Al", "Bo", "Cy", "Di"]), 30)
TWO = np.column_stack([1 - SOFT[:, 1], SOFT[:, 1]])  # two classes
BINARY = (HARD == 1).astype(int)
MODEL = SoftmaxRegression().fit_soft(X, SOFT)
LATE = sm.add_constant(X, prepend=False)  # the intercept last


def binomial(labels, **how):
    """statsmodels' fit of two classes."""
    family = sm.families.Binomial()
    return sm.GLM(labels, LATE, family=family).fit(tol=1e-14, **how)


# --- other libraries


def test_naive_errors_of_hard_labels_are_those_of_statsmodels():
    other = sm.MNLogit(HARD, LATE).fit(disp=0, tol=1e-12, method="newton")
    found = SoftmaxRegression().fit(X, HARD).inference(X, HARD, kind="naive")
    assert found.coef == pytest.approx(other.params.T.ravel(), rel=SAME_FIT)
    assert found.se == pytest.approx(other.bse.T.ravel(), rel=SAME_FIT)
    assert found.z == pytest.approx(other.tvalues.T.ravel(), rel=SAME_FIT)
    assert found.p_values == pytest.approx(other.pvalues.T.ravel(), rel=1e-5)
    ends = np.asarray(other.conf_int()).reshape(-1, 2)
    assert found.intervals() == pytest.approx(ends, rel=SAME_FIT)
    assert found.aic == pytest.approx(other.aic, rel=ROUNDING)


def test_the_sandwich_of_soft_labels_is_that_of_statsmodels():
    other = binomial(TWO[:, 1], cov_type="HC0")
    found = SoftmaxRegression().fit_soft(X, TWO).inference(X, TWO)
    assert found.kind == "sandwich"
    assert found.covariance == pytest.approx(np.asarray(other.cov_params()), rel=SAME_FIT)
    assert found.p_values == pytest.approx(np.asarray(other.pvalues), rel=1e-5)


@pytest.mark.parametrize("groups", [ITEMS, PEOPLE], ids=["items", "people"])
@pytest.mark.parametrize("labels", [BINARY.astype(float), TWO[:, 1]], ids=["hard", "soft"])
def test_one_way_of_grouping_is_that_of_statsmodels(labels, groups):
    """Its own correction has N besides, so it is left out there and put in here."""
    codes = np.unique(groups, return_inverse=True)[1]
    how = {"groups": codes, "use_correction": False}
    other = binomial(labels, cov_type="cluster", cov_kwds=how)
    both = np.column_stack([1 - labels, labels])
    found = SoftmaxRegression().fit_soft(X, both).inference(X, both, groups=groups)
    number = len(set(groups.tolist()))
    expected = np.asarray(other.cov_params()) * number / (number - 1)
    assert found.covariance == pytest.approx(expected, rel=SAME_FIT)
    assert found.groups == (number,) and found.df == number - 1 and found.kind == "cluster"


def test_one_way_of_grouping_hard_labels_is_that_of_statsmodels_logit():
    codes = np.unique(PEOPLE, return_inverse=True)[1]
    how = {"groups": codes, "use_correction": False}
    other = sm.Logit(BINARY, LATE).fit(
        disp=0, tol=1e-12, method="newton", cov_type="cluster", cov_kwds=how
    )
    found = SoftmaxRegression().fit(X, BINARY).inference(X, BINARY, groups=PEOPLE)
    assert found.se == pytest.approx(other.bse * np.sqrt(4 / 3), rel=SAME_FIT)


# --- sums over pairs of rows


def information_and_scores(p, weights, model=MODEL):
    """A (M, M) and the scores (N, M), a row at a time, in the features' own units."""
    q = model.predict_proba(X)
    information, scores = 0.0, []
    for x, label, predicted, weight in zip(LATE, p, q, weights, strict=True):
        spread = np.diag(predicted) - np.outer(predicted, predicted)
        information = information + weight * np.kron(spread[1:, 1:], np.outer(x, x))
        scores.append(weight * np.kron((label - predicted)[1:], x))
    return information, np.array(scores)


def alike(*columns):
    """Which two rows share a group of each of these ways, times G/(G - 1)."""
    names = list(zip(*columns, strict=True))
    number = len(set(names))
    return np.array([[a == b for b in names] for a in names]) * number / (number - 1)


def clipped(covariance, information):
    """Without negative eigenvalues in units in which the information is the identity."""
    half = np.real(scipy.linalg.sqrtm(information))
    values, vectors = np.linalg.eigh(half @ covariance @ half)
    back = np.linalg.solve(half, vectors)
    return back @ np.diag(np.maximum(values, 0)) @ back.T, values[0] < 0


@pytest.mark.parametrize("people, positive", [(40, True), (5, False)])
@pytest.mark.parametrize("weights", [np.ones(N), WEIGHTS], ids=["plain", "weighted"])
def test_two_ways_are_a_sum_over_all_pairs_of_rows_that_share_a_group(weights, people, positive):
    """B = Σ_ij s_i s_jᵀ over pairs of one item, and of one annotator, less those of both."""
    draw = np.random.default_rng(people)
    a, b = draw.integers(0, 50, size=N), draw.integers(0, people, size=N)
    model = SoftmaxRegression().fit_soft(X, SOFT, weights)
    information, scores = information_and_scores(SOFT, weights, model)
    bread = np.linalg.inv(information)
    middle = scores.T @ (alike(a) + alike(b) - alike(a, b)) @ scores
    expected, negative = clipped(bread @ middle @ bread, information)
    assert negative != positive
    found = model.inference(X, SOFT, sample_weight=weights, groups=(a, b))
    assert found.covariance == pytest.approx(expected, rel=1e-4, abs=1e-9)
    assert any("negative eigenvalues" in note for note in found.notes) == negative
    assert found.groups == (len(set(a.tolist())), len(set(b.tolist())))
    assert found.df == min(found.groups) - 1
    assert found.tic == pytest.approx(2 * found.loss + 2 * np.trace(expected @ information))


def test_two_ways_are_those_of_statsmodels_before_its_correction():
    codes = np.unique(PEOPLE, return_inverse=True)[1]
    both = np.column_stack([ITEMS, codes])
    how = {"groups": both, "use_correction": False}
    other = binomial(BINARY.astype(float), cov_type="cluster", cov_kwds=how)
    model = SoftmaxRegression().fit(X, BINARY)
    parts = [
        model.inference(X, BINARY, groups=groups).covariance * (number - 1) / number
        for groups, number in ((ITEMS, 30), (PEOPLE, 4), (np.arange(N), N))
    ]
    expected = np.asarray(other.cov_params())
    assert parts[0] + parts[1] - parts[2] == pytest.approx(expected, rel=1e-5)


def test_the_order_of_rows_and_the_names_of_groups_do_not_matter():
    found = MODEL.inference(X, SOFT, groups=(ITEMS, PEOPLE))
    order = STUDY.permutation(N)
    other = MODEL.inference(
        X[order], SOFT[order], groups=([f"item {i}" for i in ITEMS[order]], PEOPLE[order])
    )
    assert other.covariance == pytest.approx(found.covariance, rel=ROUNDING)
    shuffled = MODEL.inference(X, SOFT, groups=(ITEMS[order], PEOPLE[order]))
    assert shuffled.covariance != pytest.approx(found.covariance, rel=0.01)
    swapped = MODEL.inference(X, SOFT, groups=(PEOPLE, ITEMS))
    assert swapped.covariance == pytest.approx(found.covariance, rel=ROUNDING)


def test_each_row_a_group_of_its_own_is_the_sandwich():
    found = MODEL.inference(X, SOFT, groups=np.arange(N))
    assert found.covariance * (N - 1) / N == pytest.approx(
        MODEL.inference(X, SOFT).covariance, rel=ROUNDING
    )
    naive, sandwich = MODEL.covariances(X, SOFT)
    assert (MODEL.inference(X, SOFT).covariance == sandwich).all()
    assert (MODEL.inference(X, SOFT, kind="naive").covariance == naive).all()


def test_two_equal_ways_are_one():
    both = MODEL.inference(X, SOFT, groups=(ITEMS, ITEMS))
    assert both.covariance == pytest.approx(
        MODEL.inference(X, SOFT, groups=ITEMS).covariance, rel=ROUNDING
    )


def test_rows_without_weight_are_no_rows_and_their_groups_no_groups():
    weights = np.where(ITEMS < 20, 1.0, 0.0)
    kept = weights > 0
    model = SoftmaxRegression().fit_soft(X, SOFT, weights)
    for kind in KINDS:
        groups = (ITEMS, PEOPLE) if kind in ("cluster", "jackknife") else None
        part = (ITEMS[kept], PEOPLE[kept]) if groups else None
        found = model.inference(X, SOFT, sample_weight=weights, groups=groups, kind=kind)
        fewer = model.inference(X[kept], SOFT[kept], groups=part, kind=kind)
        assert found.covariance == pytest.approx(fewer.covariance, rel=ROUNDING)
        assert found.rows == fewer.rows == 80 and found.groups == fewer.groups
        assert found.dispersion == pytest.approx(fewer.dispersion, rel=ROUNDING)


# --- refits


def refitted(groups, labels=SOFT, x=X):
    """(G-1)/G Σ_g d dᵀ, each group left out and the rest fitted anew."""
    whole = SoftmaxRegression().fit_soft(x, labels).inference(x, labels).coef
    moves = []
    for group in dict.fromkeys(groups):
        rest = np.array([other != group for other in groups])
        model = SoftmaxRegression().fit_soft(x[rest], labels[rest])
        moves.append(model.inference(x[rest], labels[rest]).coef - whole)
    moves = np.array(moves)
    return (len(moves) - 1) / len(moves) * moves.T @ moves


def test_a_jackknife_is_that_of_refits():
    found = MODEL.inference(X, SOFT, groups=PEOPLE, kind="jackknife")
    assert found.covariance == pytest.approx(refitted(PEOPLE.tolist()), rel=1e-5, abs=1e-9)


def test_a_two_way_jackknife_is_that_of_refits_as_far_as_short_steps_go():
    """A step of .01 is near enough to a refit, to a hundredth of its length."""
    x, labels, draw = X[:48, :1], TWO[:48], np.random.default_rng(1)
    items, people = draw.integers(0, 16, size=48).tolist(), draw.integers(0, 12, size=48).tolist()
    pairs = list(zip(items, people, strict=True))
    parts = [refitted(groups, labels, x) for groups in (items, people, pairs)]
    expected = parts[0] + parts[1] - parts[2]
    assert np.linalg.eigvalsh(expected).min() > 0
    model = SoftmaxRegression().fit_soft(x, labels)
    found = model.inference(x, labels, groups=(items, people), kind="jackknife")
    assert found.se == pytest.approx(np.sqrt(np.diag(expected)), rel=0.01)


def test_a_group_without_which_there_is_no_fit_is_named():
    marked = np.column_stack([X, ITEMS == 3])
    soft = 0.5 * SOFT + 0.5 / 3
    model = SoftmaxRegression().fit_soft(marked, soft)
    with pytest.raises(ArithmeticError, match="^without group 3 there is no fit, .*'cluster'$"):
        model.inference(marked, soft, groups=ITEMS, kind="jackknife")
    assert np.isfinite(model.inference(marked, soft, groups=ITEMS).se).all()


def test_a_group_whose_rest_is_separated_is_named():
    line = np.array([[-2.0], [-1.0], [1.0], [2.0], [1.5], [-1.5]])
    hard, groups = [0, 0, 1, 1, 0, 1], ["a", "b", "a", "b", "odd", "odd"]
    model = SoftmaxRegression().fit(line, hard)
    with pytest.raises(ArithmeticError, match="^without group 'odd' there is no fit"):
        model.inference(line, hard, groups=groups, kind="jackknife")


# --- by hand: one intercept, q = 1/2, A = 4 · 1/4 = 1, residuals .4, .2, -.3, -.3

ONES = np.ones((4, 1))
FOUR = np.array([[0.1, 0.9], [0.3, 0.7], [0.8, 0.2], [0.8, 0.2]])
HALVES, STRIPES = ["a", "a", "b", "b"], [1, 2, 1, 2]


def by_hand(labels=FOUR, **how):
    return (
        SoftmaxRegression(fit_intercept=False).fit_soft(ONES, labels).inference(ONES, labels, **how)
    )


@pytest.mark.parametrize(
    "how, variance",
    [
        ({"kind": "naive"}, 1.0),
        ({"kind": "sandwich"}, 0.38),
        ({"groups": HALVES}, 2 * (0.36 + 0.36)),
        ({"groups": STRIPES}, 2 * (0.01 + 0.01)),
        ({"groups": (HALVES, STRIPES)}, 1.44 + 0.04 - 0.38 * 4 / 3),
        ({"groups": HALVES, "kind": "jackknife"}, np.log(4) ** 2),  # the halves have .2 and .8
    ],
)
def test_errors_by_hand(how, variance):
    found = by_hand(**how)
    assert found.covariance == pytest.approx(variance, rel=ROUNDING)
    assert found.se == pytest.approx(np.sqrt(variance), rel=ROUNDING)
    assert found.coef == pytest.approx(0, abs=ROUNDING) and found.names == ((1, "x0"),)


def test_tests_and_intervals_are_those_of_t_with_one_degree_less_than_groups():
    found = MODEL.inference(X, SOFT, groups=(ITEMS, PEOPLE))
    law = scipy.stats.t(3)
    assert found.z == pytest.approx(found.coef / found.se, rel=ROUNDING)
    assert found.p_values == pytest.approx(2 * law.sf(np.abs(found.z)), rel=ROUNDING)
    for level in (0.5, 0.95):
        low, high = found.intervals(level).T
        assert (high - low) / 2 == pytest.approx(law.ppf((1 + level) / 2) * found.se, rel=ROUNDING)
        assert (high + low) / 2 == pytest.approx(found.coef, rel=ROUNDING)


# --- a covariance that is none


def test_a_two_way_variance_that_is_negative_gives_no_error_and_is_said():
    """Residuals .3, -.3, -.3, .3: each half and each stripe adds up to 0, so V = -V_votes."""
    labels = np.array([[0.2, 0.8], [0.8, 0.2], [0.8, 0.2], [0.2, 0.8]])
    found = by_hand(labels, groups=(HALVES, STRIPES))
    assert found.covariance == pytest.approx(0, abs=ROUNDING)
    assert np.isnan([found.se, found.z, found.p_values]).all()
    assert np.isnan(found.intervals()).all() and "nan" in str(found)
    assert any(note.startswith("The two-way covariance had negative") for note in found.notes)


def test_negative_eigenvalues_are_clipped_whatever_the_units_of_a_feature():
    draw, units = np.random.default_rng(5), np.array([1e-3, 1e4])
    groups = draw.integers(0, 50, size=N), draw.integers(0, 5, size=N)
    plain = MODEL.inference(X, SOFT, groups=groups)
    scaled = SoftmaxRegression().fit_soft(X * units, SOFT).inference(X * units, SOFT, groups=groups)
    assert "negative eigenvalues" in plain.notes[1] and "negative" in scaled.notes[1]
    factor = np.tile([*units, 1.0], 2)
    assert scaled.se * factor == pytest.approx(plain.se, rel=1e-5, nan_ok=True)


# --- what else the result holds


def test_votes_have_an_aic_and_soft_labels_that_are_none_have_not():
    counts = STUDY.multinomial(4, TRUTH)
    model, number = SoftmaxRegression().fit_counts(X, counts), np.full(N, 4.0)
    shares = votes_to_probs(counts)
    found = model.inference(X, shares, sample_weight=number)
    rows = np.repeat(np.arange(N), 4)
    votes = np.concatenate([np.repeat(np.arange(3), row) for row in counts])
    other = sm.MNLogit(votes, LATE[rows]).fit(disp=0, tol=1e-12, method="newton")
    assert found.aic == pytest.approx(other.aic, rel=ROUNDING)
    assert model.inference(X, shares).aic is None
    soft = MODEL.inference(X, SOFT)
    assert soft.aic is None and "no likelihood of them was maximised" in soft.notes[-1]
    assert f"TIC {soft.tic:.6g}" in soft.notes[-1] and f"QAIC {soft.qaic:.6g}" in soft.notes[-1]
    hard = SoftmaxRegression().fit(X, HARD)
    grouped = hard.inference(X, HARD, groups=ITEMS)
    assert grouped.aic is None and "rows that share a group" in grouped.notes[-1]
    assert f"TIC {grouped.tic:.6g}" in grouped.notes[-1]
    alone = hard.inference(X, HARD)
    assert alone.notes == (f"AIC {alone.aic:.6g}, TIC {alone.tic:.6g}.",)


def test_criteria_are_those_of_their_formulas():
    found = MODEL.inference(X, SOFT, kind="naive")
    information, scores = information_and_scores(SOFT, np.ones(N))
    trace = np.trace(np.linalg.solve(information, scores.T @ scores))
    assert found.loss == pytest.approx(N * MODEL.loss_, rel=ROUNDING)
    assert found.tic == pytest.approx(2 * found.loss + 2 * trace, rel=ROUNDING)
    assert found.dispersion == pytest.approx(MODEL.dispersion(X, SOFT), rel=ROUNDING)
    assert found.qaic == pytest.approx(2 * found.loss / found.dispersion + 12, rel=ROUNDING)
    heavy = MODEL.inference(X, SOFT, sample_weight=np.full(N, 5.0))
    assert heavy.dispersion == pytest.approx(5 * found.dispersion, rel=ROUNDING)


def test_tic_is_twice_the_loss_on_new_rows():
    """In the mean of 100 samples, each loss less that of the truth, which scatters for nothing."""
    rng, x = np.random.default_rng(4), np.linspace(-2, 2, 150)[:, None]
    mean = 1 / (1 + np.exp(-x[:, 0]))
    truth = np.column_stack([1 - mean, mean])
    fresh, said = [], []
    for _ in range(100):
        labels = rng.beta(mean, 1 - mean)
        both = np.column_stack([1 - labels, labels])
        model = SoftmaxRegression().fit_soft(x, both)
        found, q = model.inference(x, both), model.predict_proba(x)
        fresh.append(2 * (truth * np.log(truth / q)).sum())
        said.append(found.tic - 2 * (both * -np.log(truth)).sum())
    error = np.std(np.subtract(fresh, said)) / np.sqrt(100)
    assert np.mean(fresh) == pytest.approx(1, abs=0.3)  # φ = 1/2, two coefficients
    assert np.mean(said) == pytest.approx(np.mean(fresh), abs=3 * error) and error < 0.3


def test_few_groups_are_said_to_be_few():
    small = MODEL.inference(X, SOFT, groups=np.arange(N) % (FEW - 1))
    assert small.notes[0].startswith("19 groups are few: the standard errors themselves are known")
    assert "t with 18 degrees" in small.notes[0]
    enough = MODEL.inference(X, SOFT, groups=np.arange(N) % FEW)
    assert not any("few" in note for note in enough.notes)


def test_the_result_is_printed_as_a_table():
    table = pd.DataFrame({"age": [0.0, 0.0, 1.0, 1.0]})
    shares = [[0.5, 0.5], [0.7, 0.3], [0.2, 0.8], [0.4, 0.6]]
    found = SoftmaxRegression().fit_soft(table, shares).inference(table, shares)
    assert str(found) == (
        "rows:       4\n"
        "covariance: sandwich\n"
        "loss:       2.56775 nats\n"
        "dispersion: 0.08929\n"
        "\n"
        "1 against 0      coef   std err         z     P>|z|    [0.025    0.975]\n"
        "-----------------------------------------------------------------------\n"
        "age            1.2528    0.4474    2.8000     0.005    0.3758    2.1297\n"
        "intercept     -0.4055    0.2946   -1.3762     0.169   -0.9829    0.1720\n"
        "\n"
        "- AIC is not defined: these labels are no counts, so no likelihood of them was\n"
        "  maximised. Compare models by TIC 5.31408, by QAIC 61.5176 with the\n"
        "  dispersion of the largest model in all of them, or by the cross-entropy of\n"
        "  rows that were held out."
    )
    text = str(MODEL.inference(X, SOFT, groups=(ITEMS, PEOPLE), kind="jackknife"))
    assert "groups:     30 and 4\nreference:  t, 3 degrees of freedom" in text
    assert "1 against 0" in text and "2 against 0" in text and "P>|t|" in text


def test_features_and_classes_keep_their_names():
    table = pd.DataFrame(X, columns=["height", "weight"])
    names = np.array(["low", "mid", "top"])[HARD]
    model = SoftmaxRegression().fit(table, names)
    found = model.inference(table, names)
    assert found.names[0] == ("mid", "height") and found.names[-1] == ("top", "intercept")
    assert found.classes == ("low", "mid", "top")
    again = model.inference(table, one_hot(HARD, 3))
    assert (again.covariance == found.covariance).all()
    with pytest.raises(InvalidInput, match=r"^target_probs\[0\] is named 119; X has 0 there;"):
        model.inference(table, pd.Series(names[::-1], index=table.index[::-1]))
    frame = found.frame(level=0.9)
    assert list(frame.columns) == ["coef", "se", "z", "p", "low", "high"]
    row = frame.loc[("top", "weight")]
    assert row["coef"] == found.coef[4] and row["high"] == found.intervals(0.9)[4, 1]


def test_without_pandas_the_frame_says_what_it_needs(monkeypatch):
    found = by_hand()
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ModuleNotFoundError, match="^frame needs pandas: pip install pandas$"):
        found.frame()


def test_a_result_does_not_change():
    with pytest.raises(FrozenInstanceError):
        by_hand().kind = "naive"  # pyright: ignore


@pytest.mark.parametrize(
    "how, message",
    [
        ({"groups": np.zeros(N)}, "groups has one group, (0.0,); at least two groups are needed"),
        ({"groups": (ITEMS, ["x"] * N)}, "groups has one group, ('x',); at least two groups"),
        ({"groups": ITEMS[:-1]}, "groups has 119 rows; X has 120 rows; there is one for each"),
        ({"groups": (ITEMS, PEOPLE[1:])}, "groups[1] has 119 rows; X has 120 rows"),
        ({"groups": (ITEMS, PEOPLE, ITEMS)}, "groups has 3 columns; one column of groups, or two"),
        ({"groups": np.zeros((N, 2))}, "groups has shape (120, 2); a column is needed"),
        ({"groups": [None, *range(N - 1)]}, "groups[0] is missing, None; rows with a missing"),
        ({"groups": (ITEMS, [*PEOPLE[:-1], np.nan])}, "groups[1][119] is missing, nan; rows with"),
        ({"kind": "cluster"}, "groups is not given; kind='cluster' needs groups"),
        ({"kind": "jackknife"}, "groups is not given; kind='jackknife' needs groups"),
        ({"kind": "naive", "groups": ITEMS}, "groups is given; kind='naive' takes no groups"),
        ({"kind": "sandwich", "groups": ITEMS}, "groups is given; kind='sandwich' takes no groups"),
        (
            {"kind": "HC3"},
            "kind is 'HC3'; it is one of 'sandwich', 'naive', 'cluster', 'jackknife'",
        ),
    ],
)
def test_bad_groups_and_kinds_are_refused(how, message):
    with pytest.raises(InvalidInput, match=re.escape(message)):
        MODEL.inference(X, SOFT, **how)


@pytest.mark.parametrize("level", [0.0, 1.0, 95, -0.5])
def test_a_level_lies_between_0_and_1(level):
    with pytest.raises(InvalidInput, match="^level is"):
        by_hand().intervals(level)


def test_a_label_that_the_fit_does_not_know_is_refused():
    with pytest.raises(InvalidInput, match=r"labels\[0\] is 7; the fit has the classes 0, 1, 2"):
        MODEL.inference(X, np.full(N, 7))


def test_groups_in_another_order_than_the_rows_are_refused():
    table, groups = pd.DataFrame(X), pd.Series(PEOPLE, index=np.arange(N)[::-1])
    model = SoftmaxRegression().fit_soft(table, SOFT)
    with pytest.raises(InvalidInput, match="names match in order"):
        model.inference(table, SOFT, groups=(ITEMS, groups))


def test_a_penalised_fit_has_no_inference():
    model = SoftmaxRegression(0.1).fit_soft(X, SOFT)
    with pytest.raises(InvalidInput, match="fit with alpha=0"):
        model.inference(X, SOFT)
