"""Fits in memory for a tile: the same as those that hold everything."""

import tracemalloc

import numpy as np
import pytest
from scipy import sparse

from xentlib import InvalidInput, linear, one_hot, softmax
from xentlib.fitting import NoFit, SeparatedWarning, SoftmaxRegression, targets
from xentlib.fitting.streamed import Streamed

SAME_FIT = 1e-7  # both end at gradients below 1e-9, where curvatures are near 1e-2


@pytest.fixture(params=[(128, 2**23, 2**15), (64, 256, 64)], ids=["one tile", "tiles"])
def streamed(request, monkeypatch):
    """Every fit is as if its labels were too many, and its tiles are small."""
    for name, size in zip(("ROWS", "TILE", "CACHED"), request.param, strict=True):
        monkeypatch.setattr(linear, name, size)
    monkeypatch.setattr(targets, "LARGE", 0)
    monkeypatch.setattr(targets, "LARGEST", 0)


def drawn(rows, columns, classes, seed=0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, columns)) + 3
    p = softmax((x - 3) @ random.normal(size=(columns, classes)))
    p = (p + random.dirichlet(np.ones(classes), rows)) / 2
    return x, p, (p.cumsum(axis=1) > random.uniform(size=(rows, 1))).argmax(axis=1)


X, SOFT, HARD = drawn(300, 3, 7)
WEIGHTS = np.random.default_rng(1).integers(0, 3, 300)
FEW = sparse.csr_array(
    np.where(SOFT > 0.1, SOFT, 0) / np.where(SOFT > 0.1, SOFT, 0).sum(1)[:, None]
)
PLAIN = {}  # fits that hold everything
KINDS = {
    "soft": (SOFT, {}),
    "float32": (SOFT.astype(np.float32), {}),
    "few classes": (FEW, {}),
    "hard": (HARD, {}),
    "a penalty": (SOFT, {"alpha": 0.1}),
    "no intercept": (FEW, {"alpha": 0.01, "fit_intercept": False}),
    "classes weighted": (SOFT, {"class_weight": {2: 3.0}}),
    "few classes weighted": (FEW, {"class_weight": "balanced"}),
}


def fitted(name, weights=None):
    labels, settings = KINDS[name]
    return SoftmaxRegression(**settings).fit(X, labels, weights)


for name in KINDS:
    PLAIN[name] = fitted(name), fitted(name, WEIGHTS)


@pytest.mark.parametrize("name", KINDS)
def test_a_streamed_fit_is_the_fit(streamed, name, monkeypatch):
    made = []
    monkeypatch.setattr(
        Streamed, "start", lambda self: made.append(self) or np.zeros_like(self.moments)
    )
    for model, plain in zip((fitted(name), fitted(name, WEIGHTS)), PLAIN[name], strict=True):
        assert np.abs(model.coef_ - plain.coef_).max() < SAME_FIT
        assert np.abs(model.intercept_ - plain.intercept_).max() < 5 * SAME_FIT
        assert model.loss_ == pytest.approx(plain.loss_, rel=1e-12)
    assert len(made) == 2


def test_the_objective_its_gradient_and_its_curvature_agree(streamed):
    """By differences of 1e-5, under weights and a penalty."""
    x = np.column_stack([X, np.ones(300)])
    objective = Streamed(x, WEIGHTS / WEIGHTS.sum(), SOFT, np.array([0.1, 0.2, 0.3, 0.0]), True)
    W, V = np.random.default_rng(2).normal(size=(2, 7, 4))
    here, ahead, behind = (objective.at(W + step * V) for step in (0, 1e-5, -1e-5))
    slope = (ahead.loss - behind.loss) / 2e-5
    assert (here.gradient * V).sum() == pytest.approx(slope, rel=1e-8)
    bent = (ahead.gradient - behind.gradient) / 2e-5
    assert objective.times(here, V) == pytest.approx(bent, rel=1e-6, abs=1e-8)
    assert objective.exactly(W) == pytest.approx(here.loss, rel=1e-13)


def test_at_the_start_one_step_is_exact(streamed):
    """There the predictions are one for all rows, and the preconditioner is the inverse."""
    x = np.column_stack([X - X.mean(axis=0), np.ones(300)])
    objective = Streamed(x, np.full(300, 1 / 300), SOFT, np.zeros(4), True)
    here = objective.at(objective.start())
    assert np.abs(here.gradient[:, -1]).max() < 1e-15
    V = np.random.default_rng(0).normal(size=(7, 4))
    V -= V.mean(axis=0)
    assert objective.solver(here)(objective.times(here, V)) == pytest.approx(V, rel=1e-7, abs=1e-9)


def test_separated_labels_are_found_or_are_said_to_be_undecided(streamed):
    x = np.arange(6.0)[:, None]
    apart = one_hot([0, 0, 0, 1, 1, 1], 2)
    with pytest.warns(SeparatedWarning, match="^the labels are separated"):
        assert SoftmaxRegression(tol=1e-4).fit(x, apart).separated_
    with pytest.raises(NoFit) as caught:
        SoftmaxRegression(tol=1e-4, separated="raise").fit(x, apart)
    (low, _), (high, _) = caught.value.direction
    assert high > low
    # the middle class decides: along no direction that the steps took are all rows apart
    mixed = np.array([[1, 0, 0], [1, 0, 0], [0.5, 0.5, 0], [0, 1, 0], [0, 0.5, 0.5], [0, 0, 1.0]])
    with pytest.warns(SeparatedWarning, match="was not decided"):
        SoftmaxRegression(tol=1e-3).fit(x, mixed)


@pytest.mark.parametrize(
    "labels, message",
    [
        (FEW * 2, r"^target_probs\[0\] sums to 2; a distribution sums to 1 \(tolerance 1e-06\)$"),
        (-FEW, r"^target_probs\[0\] has one that is not; an entry is finite and not negative$"),
        (FEW[:9], "^target_probs has 9 rows; X has 300 rows; there is one label for each$"),
        (SOFT * np.where(np.arange(300) == 222, 2, 1)[:, None], r"^target_probs\[222\] sums to 2;"),
    ],
)
def test_bad_labels_name_the_row_among_all(streamed, labels, message, monkeypatch):
    monkeypatch.setattr(targets, "SLAB", 70)
    with pytest.raises(InvalidInput, match=message):
        SoftmaxRegression().fit_soft(X, labels)


def test_memory_is_a_few_matrices_of_coefficients_and_a_tile(tmp_path, monkeypatch):
    """500 rows under 20,000 classes, whose logits would take 80 MB; a coefficient matrix 0.5."""
    for module, name, size in (
        (linear, "ROWS", 16),
        (targets, "SLAB", 2**18),
        (targets, "LARGE", 2**20),
    ):
        monkeypatch.setattr(module, name, size)
    rows, classes = 500, 20_000
    random = np.random.default_rng(0)
    x = random.normal(size=(rows, 2))
    table = np.lib.format.open_memmap(
        tmp_path / "labels.npy", "w+", dtype=np.float32, shape=(rows, classes)
    )
    high = (x[:, :1] > 0) ^ (np.arange(classes) < classes / 2)
    table[:] = np.where(high, 1.5, 0.5) / classes
    del high
    tracemalloc.start()
    model = SoftmaxRegression(tol=1e-5).fit(x, table)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert model.coef_.shape == (classes, 2) and model.n_iter_ >= 1
    assert peak < 25e6
