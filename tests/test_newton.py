"""The optimiser: every way to a minimum ends at one, in few steps, whatever the rows are like."""

import numpy as np
import pytest
from scipy import sparse

from xentlib import one_hot, softmax
from xentlib.fitting import NotConverged, SoftmaxRegression, curvature, newton
from xentlib.fitting.design import Scale, blocks_of

STEEP = 2e-9  # in the features' own units, which are near 1 here; the default tol is 1e-9


def drawn(rows, columns, classes, seed=0, strength=1.0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, columns))
    p = softmax(x @ random.normal(size=(columns, classes)) * strength)
    return x, p, (p.cumsum(axis=1) > random.uniform(size=(rows, 1))).argmax(axis=1)


def steepness(model, x, p, alpha=0.0):
    residual = (model.predict_proba(x) - p) / len(x)
    return max(
        np.abs(residual.T @ x + alpha * model.coef_).max(), np.abs(residual.sum(axis=0)).max()
    )


def objective_of(x, p, ridge=0.0, weights=None):
    share = np.full(len(x), 1 / len(x)) if weights is None else weights / weights.sum()
    blocks = blocks_of(x, Scale.of(x, share, True), True)
    return newton.Objective(blocks, share, p, np.full(x.shape[1] + 1, ridge))


def test_the_objective_its_gradient_and_its_curvature_agree():
    """By differences of 1e-5, over 3 blocks of rows."""
    x, p, _ = drawn(2500, 3, 4)
    objective = objective_of(x, p, 0.1, np.random.default_rng(1).uniform(size=2500))
    W, V = np.random.default_rng(2).normal(size=(2, 4, 4))
    here = objective.at(W)
    ahead, behind = objective.at(W + 1e-5 * V), objective.at(W - 1e-5 * V)
    slope = (ahead.loss - behind.loss) / 2e-5
    assert (here.gradient * V).sum() == pytest.approx(slope, rel=1e-8)
    bent = (ahead.gradient - behind.gradient) / 2e-5
    assert objective.times(here, V) == pytest.approx(bent, rel=1e-6, abs=1e-9)
    assert objective.exactly(W) == pytest.approx(here.loss, rel=1e-13)


def test_the_whole_curvature_is_inverted():
    x, p, _ = drawn(1500, 3, 4)
    objective = objective_of(x, p, 0.01)
    here = objective.at(np.zeros((4, 4)))
    V = np.random.default_rng(0).normal(size=(4, 4))
    V -= V.mean(axis=0)
    assert curvature.solver(objective, here.probs)(objective.times(here, V)) == pytest.approx(V)


def test_of_a_step_that_is_too_long_a_part_is_taken():
    x, p, _ = drawn(1500, 3, 4)
    objective = objective_of(x, p)
    here = objective.at(np.zeros((4, 4)))
    for size in (1e2, 1e4):
        assert objective.at(-size * here.gradient).loss > here.loss
        there = newton._searched(objective, here, -size * here.gradient)
        assert there is not None and there.loss < here.loss


def test_few_steps_and_the_last_digits():
    x, p, labels = drawn(1000, 5, 3)
    model = SoftmaxRegression().fit(x, labels)
    assert model.n_iter_ <= 8 and steepness(model, x, one_hot(labels, 3)) < 1e-15


@pytest.mark.parametrize("order", ["drawn", "sorted", "a rare class", "a rare dummy"])
def test_the_sample_need_not_be_like_the_rows(order):
    x, p, labels = drawn(20_000, 4, 3, seed=4)
    if order == "sorted":
        rows = np.lexsort((x[:, 0], labels))
        x, labels = x[rows], labels[rows]
    if order == "a rare class":
        labels[1:7] = 3  # none of them in a sample of every tenth row
    if order == "a rare dummy":
        x = np.column_stack([x, np.zeros(20_000)])
        x[1:10, 4] = 1.0
        labels[1:4] = [0, 1, 2]
    model = SoftmaxRegression().fit(x, labels)
    assert steepness(model, x, one_hot(labels, labels.max() + 1)) < STEEP
    assert model.n_iter_ <= 25


def test_features_that_nearly_depend_on_each_other():
    x, p, labels = drawn(20_000, 4, 3, seed=4)
    x[:, 3] = x[:, 2] + 1e-4 * x[:, 3]
    model = SoftmaxRegression().fit(x, labels)
    assert steepness(model, x, one_hot(labels, 3)) < STEEP


@pytest.mark.parametrize("kind", ["by class", "one by one"])
def test_a_curvature_that_is_not_whole_leads_to_the_same_minimum(kind, monkeypatch):
    x, p, _ = drawn(5000, 6, 4)
    alpha = 1e-3
    whole = SoftmaxRegression(alpha).fit(x, p)
    monkeypatch.setattr(curvature, "LARGEST", 10 if kind == "by class" else 2)
    objective = objective_of(x, p)
    assert curvature.kind_of(objective) == kind
    model = SoftmaxRegression(alpha).fit(x, p)
    assert np.abs(model.coef_ - whole.coef_).max() < 1e-6
    assert steepness(model, x, p, alpha) < STEEP
    if kind == "one by one":
        some = SoftmaxRegression(alpha).fit(sparse.csr_array(x), p)
        assert np.abs(some.coef_ - whole.coef_).max() < 1e-6


@pytest.mark.parametrize("rows", [1000, 20_000])
def test_at_the_floor_of_rounding_the_steps_end(rows):
    """No tolerance that floats cannot reach makes it go on; what it reached is kept."""
    x, p, labels = drawn(rows, 4, 3)
    with pytest.raises(NotConverged) as caught:
        SoftmaxRegression(tol=1e-300).fit(x, labels)
    assert caught.value.gradient < 1e-15 and caught.value.steps < 40


@pytest.mark.parametrize("strength", [0.0, 30.0])
def test_labels_that_say_nothing_and_labels_that_are_nearly_certain(strength):
    x, p, _ = drawn(3000, 3, 3, strength=strength)
    p = (p + 1e-9) / (1 + 3e-9)
    model = SoftmaxRegression().fit(x, p)
    assert steepness(model, x, p) < STEEP


def test_an_offset_and_a_scale_of_features_change_no_prediction():
    x, p, labels = drawn(6000, 3, 3)
    plain = SoftmaxRegression().fit(x, labels)
    moved = x * [1e-6, 1.0, 1e8] + [1.0, -1e6, 0.0]
    model = SoftmaxRegression().fit(moved, labels)
    assert np.abs(model.predict_proba(moved) - plain.predict_proba(x)).max() < 1e-7
