"""The quick forms of rows by tiles: as exact as the formulas beside them, whatever the size and the
place of a row, with no memory of the size of the input, and no other word for what is wrong.
"""

import tracemalloc

import mpmath as mp
import numpy as np
import pytest
from test_numerics import ULPS, exact

import xentlib as x
from xentlib import _tiles, information, logits, losses
from xentlib._summation import two_part_sum

BOTH = 2 * ULPS  # a quick form and a formula may be off to either side
CLOSE = 2e-15  # relative; entries of gradients that are no difference of neighbours
PART = 0.05  # of the input: the memory that a loss may take


@pytest.fixture
def small_tiles(monkeypatch):
    """Tiles of 12 entries, so that few rows make many."""
    monkeypatch.setattr(_tiles, "TILE", 12)


def extreme(rng, rows, classes):
    """Logits of every spread, around several offsets, some rows nearly certain; and labels."""
    z = rng.normal(size=(rows, classes)) * 10 ** rng.uniform(-2, 2.3, size=(rows, 1))
    z += rng.choice([0.0, 7.3, -60.0, -300.0, 1e4], size=(rows, 1))
    sure = rng.random(rows) < 0.3
    z[sure, rng.integers(0, classes, sure.sum())] += rng.uniform(5, 60, sure.sum())
    p = rng.gamma(10 ** rng.uniform(-1.5, 1, size=(rows, 1)), size=(rows, classes)) + 1e-300
    y = np.where(rng.random(rows) < 0.5, z.argmax(axis=1), rng.integers(0, classes, rows))
    return z, p / p.sum(axis=1, keepdims=True), y


def exact_parts(z):
    """The distances to the top, and log(1 + rest), where the rest leaves the top's own 1 out."""
    z = exact(z)
    top = max(z)
    others = list(z)
    others.remove(top)
    return [top - v for v in z], mp.log1p(mp.fsum(mp.exp(v - top) for v in others))


def ulps(got, want):
    return float(abs(mp.mpf(float(got)) - want) / mp.mpf(float(np.spacing(abs(float(want))))))


@pytest.mark.parametrize("classes, rows", [(2, 800), (3, 800), (10, 300), (100, 40), (200, 20)])
def test_losses_of_extreme_rows_are_within_three_ulp(classes, rows):
    z, p, y = extreme(np.random.default_rng(classes), rows, classes)
    soft, hard = x.softmax_cross_entropy(z, p), x.softmax_cross_entropy_with_integer_labels(z, y)
    sums = x.logsumexp(z)
    with mp.workdps(60):
        for row in range(rows):
            distances, log_rest = exact_parts(z[row])
            terms = zip(exact(p[row]), distances, strict=True)
            assert ulps(soft[row], mp.fsum(a * (d + log_rest) for a, d in terms)) <= ULPS
            assert ulps(hard[row], distances[y[row]] + log_rest) <= ULPS
            top = mp.mpf(float(z[row].max()))  # of either sign: the sum may cancel
            larger = float(max(abs(top), log_rest))
            assert abs(mp.mpf(float(sums[row])) - top - log_rest) <= ULPS * np.spacing(larger)


def test_a_rest_that_is_nearly_all_of_one_class_is_not_rounded_at_each_addition():
    rng, rows, classes = np.random.default_rng(0), 200, 200
    z = rng.uniform(-3, 3, (rows, classes))
    z[:, 0] = 40 + rng.uniform(0, 1, rows)
    z[:, 1] = z[:, 0] - rng.uniform(5, 30, rows)
    losses = x.softmax_cross_entropy_with_integer_labels(z, np.zeros(rows, dtype=int))
    with mp.workdps(60):
        assert max(ulps(losses[row], exact_parts(z[row])[1]) for row in range(rows)) <= ULPS


def test_gradients_and_products_keep_their_small_entries():
    z, p, y = extreme(np.random.default_rng(8), 300, 5)
    vectors = np.random.default_rng(9).normal(size=z.shape)
    gradient = x.softmax_cross_entropy_with_integer_labels_value_and_grad(z, y)[1]
    product = x.softmax_cross_entropy_hvp(z, vectors)
    with mp.workdps(400):
        for row in range(300):
            distances, log_rest = exact_parts(z[row])
            q = [mp.exp(-d - log_rest) for d in distances]
            v = exact(vectors[row])
            mean = mp.fsum(a * b for a, b in zip(q, v, strict=True))
            for k in range(5):
                others = mp.fsum(q[:k] + q[k + 1 :])
                slope = -others if k == y[row] else q[k]
                near = abs(mp.mpf(float(gradient[row, k])) - slope)
                assert near <= CLOSE * abs(slope) + 5e-324
                bend = abs(mp.mpf(float(product[row, k])) - q[k] * (v[k] - mean))
                assert bend <= 4 * CLOSE * q[k] * mp.fsum(
                    a * abs(v[k] - b) for a, b in zip(q, v, strict=True)
                ) + mp.mpf(5e-324)


FORMS = {
    "logsumexp": (x.logsumexp, logits._logsumexp, "z"),
    "log_softmax": (x.log_softmax, logits._log_softmax, "z"),
    "softmax": (x.softmax, logits._softmax, "z"),
    "soft": (x.softmax_cross_entropy, losses._soft_loss, "zp"),
    "hard": (x.softmax_cross_entropy_with_integer_labels, losses._hard_loss, "zy"),
    "entropy": (x.entropy, information._entropy, "p"),
    "cross_entropy": (x.cross_entropy, information._cross_entropy, "pq"),
}
PAIRS = {
    "soft": (x.softmax_cross_entropy_value_and_grad, losses._soft_loss_and_gradient, "zp"),
    "hard": (
        x.softmax_cross_entropy_with_integer_labels_value_and_grad,
        losses._hard_loss_and_gradient,
        "zy",
    ),
}


def drawn(letters, rows, classes, seed=0):
    z, p, y = extreme(np.random.default_rng(seed), rows, classes)
    q = np.random.default_rng(seed + 1).dirichlet(np.ones(classes), size=rows)
    tables = {"z": z, "p": p, "y": y, "q": q}
    return [tables[letter] for letter in letters]


@pytest.mark.parametrize("classes", [1, 2, 3, 9, 40, 129, 300])
@pytest.mark.parametrize("name", FORMS)
def test_a_quick_form_is_its_formula(name, classes):
    quick, formula, letters = FORMS[name]
    arguments = drawn(letters, 60, classes)
    with np.errstate(all="ignore"):
        want = formula(*arguments)
    off = np.abs(quick(*arguments) - want) / np.spacing(np.maximum(np.abs(want), 1e-300))
    assert off.max() <= BOTH + (8 if name in ("softmax", "log_softmax") else 0)


@pytest.mark.parametrize("classes", [2, 9, 129])
@pytest.mark.parametrize("name", PAIRS)
def test_a_quick_gradient_is_its_formula(name, classes):
    quick, formula, letters = PAIRS[name]
    arguments = drawn(letters, 200, classes)
    with np.errstate(all="ignore"):
        loss, gradient = formula(*arguments)
    found = quick(*arguments)
    assert found[0] == pytest.approx(loss, rel=CLOSE, abs=0)
    assert np.abs(found[1] - gradient).max() <= CLOSE
    certain = np.abs(gradient).max(axis=1) < 1e-3  # whole rows of small entries
    if name == "hard":
        assert certain.any()
        assert found[1][certain] == pytest.approx(gradient[certain], rel=CLOSE, abs=1e-300)


def test_a_quick_divergence_and_product_are_their_formulas():
    p, q, z = drawn("pqz", 200, 7)
    vectors = np.random.default_rng(2).normal(size=z.shape) * 10.0 ** np.arange(-3, 4)
    with np.errstate(all="ignore"):
        divergence = information._kl_divergence(p, q)
        product = losses._hessian_product(z, vectors)
    assert x.kl_divergence(p, q) == pytest.approx(divergence, rel=CLOSE, abs=1e-16)
    found = x.softmax_cross_entropy_hvp(z, vectors)
    assert np.abs(found - product).max() <= 1e4 * CLOSE  # vectors are as large as 1e3 · 4


@pytest.mark.parametrize("rows", [0, 1, 3, 4, 5, 8, 9])
@pytest.mark.parametrize("name", FORMS)
def test_results_do_not_know_the_borders_of_tiles(small_tiles, name, rows):
    """Tiles hold 4 rows of 3 classes."""
    function, _, letters = FORMS[name]
    arguments = drawn(letters, rows, 3)
    found = function(*arguments)
    alone = [function(*row) for row in zip(*arguments, strict=True)]
    assert len(found) == rows
    assert np.array_equal(found, np.array(alone).reshape(found.shape))


@pytest.mark.parametrize("shape", [(2, 3, 5), (3, 4, 5, 2), (7, 1, 3), (0, 4, 3), (4, 0, 3)])
def test_any_number_of_axes_stand_before_the_classes(small_tiles, shape):
    *lead, classes = shape
    z, p, y = extreme(np.random.default_rng(3), int(np.prod(lead)), classes)
    loss, gradient = x.softmax_cross_entropy_value_and_grad(z, p)
    found = x.softmax_cross_entropy_value_and_grad(z.reshape(shape), p.reshape(shape))
    assert np.array_equal(found[0], loss.reshape(lead))
    assert np.array_equal(found[1], gradient.reshape(shape))
    hard = x.softmax_cross_entropy_with_integer_labels(z.reshape(shape), y.reshape(lead))
    assert hard.shape == tuple(lead)
    moved = np.moveaxis(np.ascontiguousarray(np.moveaxis(z.reshape(shape), -1, 0)), 0, -1)
    assert np.array_equal(x.softmax_cross_entropy(moved, p.reshape(shape)), found[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int64])
def test_other_numbers_are_computed_in_float64(dtype):
    z, p = drawn("zp", 50, 6)
    z = np.clip(z, -500, 500).astype(dtype)
    assert np.array_equal(
        x.softmax_cross_entropy(z, p), x.softmax_cross_entropy(z.astype(float), p)
    )


@pytest.mark.parametrize(
    "place, value, message",
    [
        ("z", np.nan, r"^logits\[9, 1\] is nan; NaN is not a number$"),
        ("z", np.inf, r"^logits\[9, 1\] is inf; a logit is finite"),
        ("p", np.nan, r"^target_probs\[9, 1\] is nan; NaN is not a number$"),
        ("p", -0.25, r"^target_probs\[9, 1\] is -0.25; a probability is not negative$"),
        ("p", 0.75, r"^target_probs\[9\] sums to 1.25; a distribution sums to 1"),
    ],
)
def test_what_is_wrong_in_a_later_tile_is_named_by_its_own_row(small_tiles, place, value, message):
    z, p = np.zeros((11, 2)), np.full((11, 2), 0.5)
    (z if place == "z" else p)[9, 1] = value
    for function in (x.softmax_cross_entropy, x.softmax_cross_entropy_value_and_grad):
        with pytest.raises(x.InvalidInput, match=message):
            function(z, p)


def test_the_first_wrong_argument_is_named_before_an_earlier_row_of_the_second(small_tiles):
    z, p = np.zeros((11, 2)), np.full((11, 2), 0.5)
    p[0], z[9] = 0.75, np.nan
    with pytest.raises(x.InvalidInput, match=r"^logits\[9, 0\]"):
        x.softmax_cross_entropy(z, p)
    with pytest.raises(x.InvalidInput, match=r"^logits\[9, 0\]"):
        x.softmax_cross_entropy_with_integer_labels(z, np.full(11, 5))


@pytest.mark.parametrize("name", [*FORMS, *(f"{name} gradient" for name in PAIRS)])
def test_memory_is_not_of_the_size_of_the_input(name):
    function, _, letters = (FORMS | {f"{n} gradient": p for n, p in PAIRS.items()})[name]
    rows, classes = 100_000, 100
    few = drawn(letters, 1000, classes)
    result = function(*few)  # what is imported or cached, once
    arguments = [np.concatenate([part] * (rows // 1000)) for part in few]
    tracemalloc.start()
    try:
        result = function(*arguments)
        taken = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    given = sum(part.nbytes for part in (result if isinstance(result, tuple) else (result,)))
    assert taken - given <= PART * 8 * rows * classes


# --- sums


@pytest.mark.parametrize("size", [1, 2, 7, 8, 100, 1000])
def test_a_sum_of_two_parts_is_exact_beyond_a_float(size):
    rng = np.random.default_rng(size)
    terms = rng.random((50, size)) * 10 ** rng.uniform(-12, 0, size=(50, size))
    high, low = two_part_sum(terms, np.empty_like(terms))
    less = terms[:, 0].copy()
    without = two_part_sum(terms, np.empty_like(terms), less)
    with mp.workdps(60):
        for row in range(50):
            total = mp.fsum(exact(terms[row]))
            assert abs(mp.mpf(float(high[row])) + mp.mpf(float(low[row])) - total) < 1e-26 * total
            rest = mp.fsum(exact(terms[row, 1:]))
            found = mp.mpf(float(without[0][row])) + mp.mpf(float(without[1][row]))
            assert abs(found - rest) < 1e-26 * total
