"""Losses of a linear head against the same losses of its logits, and against exact arithmetic."""

import tracemalloc

import mpmath as mp
import numpy as np
import pytest

import xentlib as x
from xentlib import linear

UNIT = 2.0**-53
ROUNDINGS = 40  # of the loss's own size, in units: exp, log, products, and sums in pairs
SHAPES = [(300, 70, 5), (50, 7, 3), (129, 20, 4), (1, 3, 2), (5, 1, 2), (0, 3, 2)]  # N, K, D
CUTS = {"one tile": (128, 2**23, 2**15), "tiles": (16, 1000, 100), "odd tiles": (8, 56, 5)}


@pytest.fixture(params=CUTS)
def cut(request, monkeypatch):
    """Rows and classes cut into tiles in several ways."""
    for name, size in zip(("ROWS", "TILE", "CACHED"), CUTS[request.param], strict=True):
        monkeypatch.setattr(linear, name, size)


def drawn(rows, classes, columns, seed=0, scale=1.0):
    """Features, weights, soft labels and hard ones, of which half are the likeliest class."""
    random = np.random.default_rng(seed)
    features = random.normal(size=(rows, columns)) * scale
    weights = random.normal(size=(classes, columns))
    labels = random.integers(0, classes, rows)
    labels[::2] = (features @ weights.T).argmax(axis=1)[::2]
    return features, weights, random.dirichlet(np.full(classes, 0.3), rows), labels


def sizes(features, weights):
    """The largest Σ |W x| of a row."""
    return (np.abs(features) @ np.abs(weights).T).max(axis=1, initial=0.0)


def bound(features, weights, loss, hard=False):
    """What the module states: D + 2 roundings of the logits, twice, and a few of the loss."""
    most = np.minimum(loss, 1.0) if hard else 1.0
    off = 2 * (features.shape[1] + 2) * sizes(features, weights)
    return UNIT * (most * off + ROUNDINGS * loss)


@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_losses_are_those_of_the_logits(cut, shape, scale):
    """Both are within the bound of the truth, so that they differ by at most twice of it."""
    features, weights, p, labels = drawn(*shape, scale=scale)
    pairs = [
        (
            x.linear_softmax_cross_entropy_value_and_grad(features, weights, p),
            x.softmax_cross_entropy_value_and_grad(features @ weights.T, p),
        ),
        (
            x.linear_softmax_cross_entropy_with_integer_labels_value_and_grad(
                features, weights, labels
            ),
            x.softmax_cross_entropy_with_integer_labels_value_and_grad(
                features @ weights.T, labels
            ),
        ),
    ]
    for (loss, of_features, of_weights), (other, residual) in pairs:
        assert (np.abs(loss - other) <= 2 * bound(features, weights, other)).all()
        # one rounding of a logit moves a residual by at most itself
        off = 2 * UNIT * (shape[2] * sizes(features, weights) + ROUNDINGS)
        moved = (off * np.abs(features).max(axis=1, initial=0.0)).sum()
        assert np.abs(of_features - residual @ weights).max(initial=0.0) <= 2 * shape[1] * (
            off.max(initial=0.0) * np.abs(weights).max()
        )
        assert np.abs(of_weights - residual.T @ features).max() <= 2 * moved


def exact_loss(features, weights, p):
    """In 60 digits, of the floats as they are."""
    with mp.workdps(60):
        z = [mp.fdot(map(mp.mpf, row), map(mp.mpf, features)) for row in weights.tolist()]
        place = max(range(len(z)), key=z.__getitem__)
        rest = sum(mp.exp(v - z[place]) for k, v in enumerate(z) if k != place)
        label = sum(mp.mpf(a) * (z[place] - v) for a, v in zip(p, z, strict=True))
        return label + sum(map(mp.mpf, p)) * mp.log1p(rest)


@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_the_error_is_within_the_bound_of_exact_arithmetic(cut, scale):
    features, weights, p, labels = drawn(60, 9, 6, seed=1, scale=scale)
    tables = {"soft": p, "hard": x.one_hot(labels, 9)}
    losses = {
        "soft": x.linear_softmax_cross_entropy(features, weights, p),
        "hard": x.linear_softmax_cross_entropy_with_integer_labels(features, weights, labels),
    }
    for name, loss in losses.items():
        rows = zip(features.tolist(), tables[name].tolist(), strict=True)
        truth = [exact_loss(row, weights, label) for row, label in rows]
        error = np.array([float(abs(mp.mpf(a) - b)) for a, b in zip(loss, truth, strict=True)])
        assert (error <= bound(features, weights, loss, hard=name == "hard")).all()
    z = features @ weights.T
    naive = np.log(np.exp(z).sum(axis=1)) - z[np.arange(60), labels]
    refused = np.abs(naive - loss) > bound(features, weights, loss, hard=True)
    assert refused.any() == (scale > 1)


def test_a_loss_and_a_gradient_that_are_tiny_keep_their_digits(cut):
    """By hand: log(1 + e⁻⁴⁰) is e⁻⁴⁰, less half its square."""
    loss, of_features, of_weights = (
        x.linear_softmax_cross_entropy_with_integer_labels_value_and_grad(
            [[1.0]], [[40.0], [0.0]], [0]
        )
    )
    tiny = np.exp(-40.0)
    assert loss == [tiny]
    assert of_features == pytest.approx(np.array([[-40 * tiny]]), rel=1e-15, abs=0)
    assert of_weights == pytest.approx(np.array([[-tiny], [tiny]]), rel=1e-15, abs=0)


def test_hard_labels_are_their_vertices_and_few_classes_are_their_table_bit_for_bit(cut):
    features, weights, _, labels = drawn(70, 30, 4)
    random = np.random.default_rng(2)
    classes = 1 + random.random((70, 29)).argsort(axis=1)[:, :5]  # distinct, and none is 0
    shares = random.dirichlet(np.ones(6), 70)[:, :5]
    table = np.zeros((70, 30))
    np.add.at(table, (np.arange(70)[:, None], classes), shares)
    table[:, 0] += 1 - table.sum(axis=1)
    whole = np.column_stack([classes, np.zeros(70, dtype=int)])
    pairs = [
        (
            x.linear_softmax_cross_entropy_with_integer_labels_value_and_grad(
                features, weights, labels
            ),
            x.one_hot(labels, 30),
        ),
        (
            x.linear_softmax_cross_entropy_with_sparse_labels_value_and_grad(
                features, weights, whole, np.column_stack([shares, 1 - shares.sum(axis=1)])
            ),
            table,
        ),
    ]
    for found, soft in pairs:
        other = x.linear_softmax_cross_entropy_value_and_grad(features, weights, soft)
        for a, b in zip(found, other, strict=True):
            assert a == pytest.approx(b, rel=1e-13, abs=1e-15)
    for a, b in zip(
        pairs[0][0],
        x.linear_softmax_cross_entropy_value_and_grad(features, weights, pairs[0][1]),
        strict=True,
    ):
        assert (a == b).all()


def test_a_label_that_is_cut_off_counts_for_what_is_left_of_it(cut):
    features, weights, p, _ = drawn(40, 12, 3)
    classes = np.argsort(-p, axis=1)[:, :3]
    kept = np.take_along_axis(p, classes, axis=1)
    mass = kept.sum(axis=1)
    part, of_features, of_weights = (
        x.linear_softmax_cross_entropy_with_sparse_labels_value_and_grad(
            features, weights, classes, kept
        )
    )
    label = np.zeros_like(p)
    np.put_along_axis(label, classes, kept / mass[:, None], axis=1)
    whole = x.softmax_cross_entropy(features @ weights.T, label)
    assert part == pytest.approx(mass * whole, rel=1e-13)
    residual = mass[:, None] * (x.softmax(features @ weights.T) - label)
    assert of_features == pytest.approx(residual @ weights, rel=1e-11, abs=1e-13)
    assert of_weights == pytest.approx(residual.T @ features, rel=1e-11, abs=1e-13)
    assert (np.abs(part - whole) > 1e-3).all()


def test_any_number_of_axes_stands_before_the_features(cut):
    features, weights, p, labels = drawn(24, 6, 3)
    flat = x.linear_softmax_cross_entropy_value_and_grad(features, weights, p)
    deep = x.linear_softmax_cross_entropy_value_and_grad(
        features.reshape(2, 3, 4, 3), weights, p.reshape(2, 3, 4, 6)
    )
    assert [part.shape for part in deep] == [(2, 3, 4), (2, 3, 4, 3), (6, 3)]
    assert all((a.ravel() == b.ravel()).all() for a, b in zip(flat, deep, strict=True))
    one = x.linear_softmax_cross_entropy_with_integer_labels(features[0], weights, labels[0])
    assert one.shape == () and one == pytest.approx(
        x.softmax_cross_entropy_with_integer_labels(weights @ features[0], labels[0])
    )


def test_memory_is_a_tile_whatever_the_number_of_logits(tmp_path):
    rows, classes = 2000, 20_000
    random = np.random.default_rng(0)
    features, weights = random.normal(size=(rows, 2)), random.normal(size=(classes, 2))
    labels = random.integers(0, classes, rows)
    table = np.lib.format.open_memmap(
        tmp_path / "labels.npy", "w+", dtype=np.float32, shape=(rows, classes)
    )
    table[:] = np.float32(1 / classes)
    slab = 128 * classes * 8
    tracemalloc.start()
    hard = x.linear_softmax_cross_entropy_with_integer_labels(features, weights, labels)
    of_hard = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    x.linear_softmax_cross_entropy(features[:300], weights, table[:300])
    of_soft = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert hard.shape == (rows,)
    assert of_hard < 1.3 * slab < rows * classes  # a byte for each logit would be more
    assert of_soft < 3 * slab  # the labels of a slab, in float64, and flags for their checks


BAD = np.full((5, 3), 1 / 3)
BAD[4] = [0.5, 0.25, 0.125]


X, W = np.ones((5, 2)), np.ones((3, 2))
NEGATIVE = [[[1], [1], [1], [-1], [1]]]
soft, hard = x.linear_softmax_cross_entropy, x.linear_softmax_cross_entropy_with_integer_labels
sparse = x.linear_softmax_cross_entropy_with_sparse_labels


@pytest.mark.parametrize(
    "act, message",
    [
        (
            lambda: soft(X, W, BAD),
            "target_probs[4] sums to 0.875; a distribution sums to 1 (tolerance 1e-06)",
        ),
        (
            lambda: soft(X[None], W, BAD[None] * NEGATIVE),
            "target_probs[0, 3, 0] is -0.3333333333333333; a probability is not negative",
        ),
        (
            lambda: soft(X, W, BAD[:4]),
            "target_probs has shape (4, 3); shape (5, 3) is needed",
        ),
        (
            lambda: soft(X, np.ones((3, 4)), BAD),
            "weights has shape (3, 4); features of shape (5, 2) need weights of shape (K, 2)",
        ),
        (
            lambda: hard([[1.0], [1e200]], [[1e200], [0.0]], [0, 1]),
            "features[1] times the weights leaves it; logits stay in the range of floats",
        ),
        (
            lambda: hard(X[:2], W, [0, 3]),
            "labels[1] is 3; a label is one of 0 ... 2",
        ),
        (
            lambda: sparse(X[:2], W, [[0, 1], [2, 3]], [[0.5, 0.5], [0.5, 0.25]]),
            "indices[1, 1] is 3; an index is one of 0 ... 2",
        ),
        (
            lambda: sparse(X[:2], W, [[0, 1], [2, 1]], [[0.5, 0.5], [0.75, 0.5]]),
            "sparse_probs[1] sums to 1.25; what is kept of a distribution sums to at most 1 "
            "(tolerance 1e-06)",
        ),
    ],
)
def test_bad_input_names_the_row_among_all(act, message, monkeypatch):
    monkeypatch.setattr(linear, "ROWS", 2)
    monkeypatch.setattr(linear, "CACHED", 2)
    with pytest.raises(x.InvalidInput) as caught:
        act()
    assert str(caught.value) == message


# --- what leaves the range of floats


LABELS = {
    "": ([[0.2, 0.3, 0.5]],),
    "_with_integer_labels": ([2],),
    "_with_sparse_labels": ([[0, 2]], [[0.5, 0.4]]),
}


@pytest.mark.parametrize("kind", LABELS)
@pytest.mark.parametrize("twin", ["", "_value_and_grad"])
def test_a_logit_below_all_floats_is_refused_like_one_above(kind, twin):
    loss = getattr(x, f"linear_softmax_cross_entropy{kind}{twin}")
    for sign in (1, -1):
        weights = [[1.0, 0.0], [0.0, 1.0], [0.0, sign * 1e308]]
        with pytest.raises(x.InvalidInput, match="^features.*logits stay in the range of floats"):
            loss([[1.0, 3.0]], weights, *LABELS[kind])


@pytest.mark.parametrize("kind", LABELS)
def test_weights_of_no_class_are_refused(kind):
    loss = getattr(x, f"linear_softmax_cross_entropy{kind}")
    with pytest.raises(x.InvalidInput, match="^weights has no rows; at least one class"):
        loss([[1.0, 3.0]], np.zeros((0, 2)), *LABELS[kind])
