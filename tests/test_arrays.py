"""Arrays of other libraries, the standard's strictest and Dask's, against the functions on NumPy's.

What PyTorch and JAX do, gradients above all, is held by `tools/arrays.py`.
"""

import inspect
import json
import pickle
import re
import subprocess
import sys
import types
from pathlib import Path

import array_api_strict as strict
import dask
import dask.array as da
import numpy as np
import pytest
from distributed import Client

import xentlib as x
from xentlib import _blocks, _checks, _elsewhere
from xentlib._arrays import is_foreign
from xentlib._guest import Guests

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
from arrays import (  # noqa: E402
    CALLS,
    CHECKS,
    FOLDER,
    LIBRARIES,
    ROUNDINGS,
    SCHEMA,
    fingerprint,
    in_floats,
    parts,
)

INF, NAN = np.inf, np.nan
LOGITS, PROBS = CALLS["softmax_cross_entropy"]
LABELS = CALLS["one_hot"][0]
LOSSES, WEIGHTS, _ = CALLS["weighted_mean"]
ROWWISE = sorted(_blocks.GIVES)
STRICT = type(strict.asarray(0.0))


pytestmark = pytest.mark.usefixtures("quiet")


def made(values, make):
    return [make(value) if isinstance(value, np.ndarray) else value for value in values]


@pytest.fixture
def quiet():
    """The strict arrays are NumPy's inside, and would warn where 0 · ∞ is tried first."""
    with np.errstate(all="ignore"):
        yield


# --- which functions, and the road to them


def test_each_public_function_that_is_named_here_has_its_own_signature_there():
    there = set(x.__all__) & set(vars(_elsewhere))
    assert there == set(CALLS) == set(ROWWISE) | {"weighted_mean"}
    for name in CALLS:
        public, other = (
            [
                (each.name, each.default, each.kind)
                for each in inspect.signature(function).parameters.values()
            ]
            for function in (getattr(x, name), getattr(_elsewhere, name))
        )
        assert public == other


def test_plain_values_take_the_road_of_numpy():
    for value in (1, 1.0, "a", None, [1.0], (1, 2), np.float64(1), np.zeros(2), memoryview(b"a")):
        assert not is_foreign(value)
    for value in (strict.asarray(1.0), da.zeros(2)):
        assert is_foreign(value)


def test_an_array_of_no_known_library_is_one_for_numpy():
    class Table:
        shape = (2,)

        def __array__(self, dtype=None, copy=None):
            return np.array([0.5, 0.5])

    assert x.entropy(Table()) == x.entropy([0.5, 0.5])


ABSENT = [  # a package that is missing, an array, and what is said
    ("array_api_compat", "array_api_strict.asarray([0.0, 1.0])", "arrays"),
    ("dask", "type('Array', (), {'__module__': 'dask.array.core'})()", "dask"),
]


@pytest.mark.parametrize("missing, array, extra", ABSENT)
def test_a_package_that_is_missing_is_named_with_its_extra(missing, array, extra):
    code = (
        "import sys, array_api_strict, xentlib\n"
        f"sys.modules[{missing!r}] = None\n"
        "print(xentlib.softmax([0.0, 0.0]))\n"
        f"try: xentlib.softmax({array})\n"
        "except ImportError as error: print(error)"
    )
    run = [sys.executable, "-c", code]
    said = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert said == (
        f"[0.5 0.5]\nfor arrays of type Array {missing} is missing: "
        f'python -m pip install "xentlib[{extra}]"\n'
    )


# --- values


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", CALLS)
def test_the_standard_is_enough_and_gives_what_numpy_gives(name, dtype):
    values = [in_floats(value, dtype) for value in CALLS[name]]
    found = parts(getattr(x, name)(*made(values, strict.asarray)))
    exact = parts(getattr(x, name)(*values))
    for there, here in zip(found, exact, strict=True):
        assert type(there) is STRICT
        floats = any(isinstance(v, np.ndarray) and v.dtype.kind == "f" for v in values)
        assert there.dtype == (getattr(strict, np.dtype(dtype).name) if floats else strict.float64)
        assert there.shape == np.shape(here)
        close = ROUNDINGS * float(np.finfo(dtype).eps)
        np.testing.assert_allclose(np.asarray(there), here, rtol=close, atol=close)


@pytest.mark.parametrize("name", ROWWISE)
def test_there_too_any_number_of_axes_stands_before_the_classes(name):
    function = getattr(x, name)
    rows = parts(function(*made(CALLS[name], strict.asarray)))
    for change in (lambda v: v[None], lambda v: v[3], lambda v: v[:0]):
        for there, here in zip(
            parts(function(*made(CALLS[name], lambda v, change=change: strict.asarray(change(v))))),
            rows,
            strict=True,
        ):
            assert np.array_equal(np.asarray(there), change(np.asarray(here)), equal_nan=True)


@pytest.mark.parametrize("label, rest", [(0, 4.248354255291589e-18), (1, 40.0)])
def test_a_near_certain_loss_and_its_slope_keep_their_digits(label, rest):
    z = strict.asarray([40.0, 0.0])
    loss, gradient = x.softmax_cross_entropy_with_integer_labels_value_and_grad(z, label)
    soft, slope = x.softmax_cross_entropy_value_and_grad(z, np.eye(2)[label])
    assert float(loss) == float(soft) == pytest.approx(rest, rel=1e-15)
    assert np.array_equal(np.asarray(gradient), np.asarray(slope))
    if label == 0:
        assert float(gradient[0]) == -float(gradient[1]) == pytest.approx(-rest, rel=1e-15)


@pytest.mark.parametrize("exponent", [-3, -6, -9, -12])
def test_near_divergences_keep_their_digits(exponent):
    p = np.array([0.25, 0.75])
    q = p + 10.0**exponent * np.array([1.0, -1.0])
    there = float(x.kl_divergence(strict.asarray(p), strict.asarray(q)))
    assert there == pytest.approx(float(x.kl_divergence(p, q)), rel=1e-12)


def test_what_has_no_weight_costs_nothing_and_what_has_weight_is_not_hidden():
    z, p = strict.asarray([[0.0, -INF], [0.0, -INF]]), strict.asarray([[1.0, 0.0], [0.5, 0.5]])
    assert np.asarray(x.softmax_cross_entropy(z, p)).tolist() == [0.0, INF]
    assert np.asarray(x.cross_entropy(p, [[1.0, 0.0]] * 2)).tolist() == [0.0, INF]
    assert float(x.logsumexp(strict.asarray([-INF, -INF]))) == -INF


def test_minus_zero_never_comes_out():
    sure, z = strict.asarray([1.0, 0.0]), strict.asarray([2000.0, 0.0])
    results = [
        x.entropy(sure),
        x.cross_entropy(sure, sure),
        x.kl_divergence(sure, sure),
        x.softmax_cross_entropy(z, sure),
        x.softmax_cross_entropy_with_integer_labels(z, 0),
        x.log_softmax(z)[0],
        x.softmax_cross_entropy_hvp(z, sure)[0],
        x.votes_to_probs(strict.asarray([-0.0, 1.0]))[0],
        x.normalize_rows(strict.asarray([-0.0, 1.0]))[0],
    ]
    assert [str(float(result)) for result in results] == ["0.0"] * len(results)


def test_plain_values_beside_an_array_take_its_precision():
    z = LOGITS.astype(np.float32)
    found = x.softmax_cross_entropy(strict.asarray(z), PROBS.tolist())
    assert found.dtype == strict.float32
    there = x.softmax_cross_entropy(z.tolist(), strict.asarray(PROBS))
    assert there.dtype == strict.float64
    assert x.softmax(strict.asarray([[1, 2], [3, 4]])).dtype == strict.float64


@pytest.mark.parametrize("normalize", ["weights", "count"])
def test_a_weighted_mean_looks_at_no_row_that_is_left_out(normalize):
    where = np.array([True, True, False, True, True, False, True])
    losses = np.where(where, LOSSES, NAN)
    weights = np.where(where, WEIGHTS, -1.0)
    there = x.weighted_mean(*map(strict.asarray, (losses, weights)), normalize, where=where)
    assert float(there) == pytest.approx(
        float(x.weighted_mean(losses, weights, normalize, where=where)), rel=1e-14
    )


# --- what is refused


BAD = [  # name, arguments
    ("softmax", ([[0.0, NAN]],)),
    ("softmax", ([[0.0, 1.0], [INF, 0.0]],)),
    ("softmax", ([[0.0, 1.0], [-INF, -INF]],)),
    ("softmax", (1.0,)),
    ("softmax", (np.zeros((2, 0)),)),
    ("softmax", ([True, False],)),
    ("softmax", ([1j, 0j],)),
    ("logsumexp", ([[0.0, INF]],)),
    ("entropy", ([[0.5, 0.5], [1.5, -0.5]],)),
    ("entropy", ([[0.5, 0.5], [0.5, 0.47]],)),
    ("entropy", ([0.5, INF],)),
    ("entropy", ([[7.0, 3.0]],)),
    ("entropy", ([[[0.5, 0.5], [0.5, 0.47]]],)),
    ("smooth_labels", ([0.5, NAN], 0.1)),
    ("smooth_labels", ([0.5, 0.5], 1.5)),
    ("cross_entropy", ([0.5, 0.5], [[0.5, 0.5]])),
    ("cross_entropy", ([0.5, 0.5], [0.9, 0.9])),
    ("kl_divergence", ([0.5, 0.6], [0.5, 0.5])),
    ("softmax_cross_entropy", ([0.0, 0.0], [0.5, 0.5, 0.0])),
    ("softmax_cross_entropy", (np.zeros((2, 3, 4)), np.zeros((2, 4, 3)))),
    ("softmax_cross_entropy_value_and_grad", ([0.0, 0.0], [0.5, 0.6])),
    ("softmax_cross_entropy_with_integer_labels", ([[0.0, 0.0]], [2])),
    ("softmax_cross_entropy_with_integer_labels", ([[0.0, 0.0]], [-1])),
    ("softmax_cross_entropy_with_integer_labels", ([[0.0, 0.0]], [0, 1])),
    ("softmax_cross_entropy_with_integer_labels", ([[0.0, 0.0]], [1.0])),
    ("softmax_cross_entropy_with_integer_labels", (np.zeros((2, 3, 4)), np.zeros((2, 4), int))),
    ("softmax_cross_entropy_with_integer_labels_value_and_grad", ([[0.0, 0.0]], [2])),
    ("softmax_cross_entropy_hvp", ([0.0, 0.0], [1.0, INF])),
    ("softmax_cross_entropy_hvp", ([0.0, 0.0], [1.0])),
    ("one_hot", ([0, 3], 3)),
    ("one_hot", ([0.0], 3)),
    ("one_hot", ([0], 0)),
    ("votes_to_probs", ([[1.0, 2.0], [0.5, 1.0]],)),
    ("votes_to_probs", ([[1.0, 2.0], [-1.0, 1.0]],)),
    ("votes_to_probs", ([[1.0, 2.0], [0.0, 0.0]],)),
    ("votes_to_probs", ([[2.0**54, 2.0]],)),
    ("normalize_rows", ([[1.0, -2.0]],)),
    ("normalize_rows", ([[0.0, 0.0]],)),
    ("normalize_rows", ([[INF, 0.0]],)),
    ("weighted_mean", ([1.0, 2.0], [1.0, -1.0], "count")),
    ("weighted_mean", ([1.0, NAN], [1.0, 1.0], "count")),
    ("weighted_mean", ([INF, -INF], [1.0, 1.0], "count")),
    ("weighted_mean", ([1.0, 2.0], [0.0, 0.0], "weights")),
    ("weighted_mean", ([1.0, 2.0], [1.0, INF], "count")),
    ("weighted_mean", ([1.0, 2.0], [1.0], "count")),
    ("weighted_mean", ([[1.0, 2.0]], [1.0], "count")),
    ("weighted_mean", (np.zeros(0), np.zeros(0), "count")),
    ("weighted_mean", ([1.0], [1.0], "mean")),
]


def raised(call):
    with pytest.raises((x.InvalidInput, TypeError)) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("case", range(len(BAD)))
def test_bad_input_is_refused_in_the_words_of_numpy(case):
    name, values = BAD[case]
    arrays = [np.asarray(v) if isinstance(v, list) or v is values[0] else v for v in values]
    here = raised(lambda: getattr(x, name)(*arrays))
    there = raised(lambda: getattr(x, name)(*made(arrays, strict.asarray)))
    assert type(there) is type(here)
    assert str(there).replace("array_api_strict.", "") == str(here)
    if isinstance(here, x.InvalidInput):
        assert (there.row, there.column) == (here.row, here.column)
        assert pickle.loads(pickle.dumps(there)).rule == here.rule


def test_choices_of_rows_are_true_or_false_there_too():
    losses = strict.asarray([1.0, 2.0])
    with pytest.raises(TypeError, match="choices of rows need True or False$"):
        x.weighted_mean(losses, losses, "count", where=strict.asarray([1, 0]))
    with pytest.raises(x.InvalidInput, match="the mean of no rows is undefined"):
        x.weighted_mean(losses, losses, "count", where=[False, False])
    with pytest.raises(x.InvalidInput, match="there is one choice for each row"):
        x.weighted_mean(losses, losses, "count", where=[True])


def test_arrays_of_two_libraries_are_refused():
    class Other:
        dtype, shape, device = None, (2,), None

        def __array_namespace__(self, api_version=None):
            return types.ModuleType("other")

    says = r"^arrays of one library are needed: logits is a Array, target_probs is a Other \("
    with pytest.raises(TypeError, match=says):
        x.softmax_cross_entropy(strict.asarray([0.0, 0.0]), Other())


def test_the_tolerance_of_rows_knows_bfloat16():
    unit = 2.0**-7
    for size in (2, 1000):
        assert _checks.sum_tolerance(np.dtype("f4"), size, unit) == unit
    assert _checks.probabilities("p", np.float32([0.5, 0.5 + unit]), unit).shape == (2,)
    with pytest.raises(x.InvalidInput, match=r"^p sums to 1\.015625; .*\(tolerance 8e-03\)"):
        _checks.probabilities("p", np.float32([0.5, 0.5 + 2 * unit]), unit)


# --- where values cannot be seen


class Traced:
    """A truth without a value, as under a trace."""

    def __init__(self, error):
        self.error = error

    def __bool__(self):
        raise self.error


class ConcretizationTypeError(TypeError):
    """As JAX names it."""


def test_a_truth_that_has_no_value_is_told_from_one_that_fails():
    here = Guests(logits=strict.asarray([0.0]))
    assert here.truth(strict.asarray(True)) is True
    assert here.truth(strict.asarray(False)) is False
    assert here.truth(Traced(ConcretizationTypeError())) is None
    with pytest.raises(RuntimeError, match="no memory"):
        here.truth(Traced(RuntimeError("no memory")))


UNSEEN = [  # name, arguments of two rows, of which the second breaks a rule
    ("softmax", ([[0.0, 1.0], [INF, 0.0]],)),
    ("log_softmax", ([[0.0, 1.0], [-INF, -INF]],)),
    ("logsumexp", ([[0.0, 1.0], [INF, 0.0]],)),
    ("entropy", ([[0.5, 0.5], [0.5, 0.6]],)),
    ("cross_entropy", ([[0.5, 0.5], [1.0, 0.0]], [[0.5, 0.5], [1.5, -0.5]])),
    ("kl_divergence", ([[0.5, 0.5], [0.5, 0.6]], [[0.5, 0.5], [0.5, 0.5]])),
    ("smooth_labels", ([[0.5, 0.5], [0.0, 0.0]], 0.1)),
    ("softmax_cross_entropy", ([[0.0, 1.0], [0.0, 1.0]], [[0.5, 0.5], [0.0, 0.0]])),
    ("softmax_cross_entropy_value_and_grad", ([[0.0, 1.0]] * 2, [[0.5, 0.5], [2.0, 0.0]])),
    ("softmax_cross_entropy_hvp", ([[0.0, 1.0]] * 2, [[0.5, 0.5], [INF, 0.0]])),
    ("softmax_cross_entropy_with_integer_labels", ([[0.0, 1.0]] * 2, [1, -1])),
    ("softmax_cross_entropy_with_integer_labels_value_and_grad", ([[0.0, 1.0]] * 2, [1, 2])),
    ("one_hot", ([1, -1], 2)),
    ("votes_to_probs", ([[1.0, 2.0], [0.0, 0.5]],)),
    ("normalize_rows", ([[1.0, 2.0], [0.0, 0.0]],)),
]


@pytest.mark.parametrize("case", range(len(UNSEEN)))
def test_a_row_that_breaks_a_rule_unseen_is_nan(case, monkeypatch):
    name, values = UNSEEN[case]
    arrays = made([np.asarray(v) if isinstance(v, list) else v for v in values], strict.asarray)
    raised(lambda: getattr(x, name)(*arrays))
    monkeypatch.setattr(Guests, "truth", lambda self, flag: None)
    for result in parts(getattr(x, name)(*arrays)):
        good, bad = np.asarray(result)
        assert np.isnan(bad).all() and np.isfinite(good).all()


def test_a_mean_that_breaks_a_rule_unseen_is_nan(monkeypatch):
    monkeypatch.setattr(Guests, "truth", lambda self, flag: None)
    losses = strict.asarray([1.0, 2.0])
    assert float(x.weighted_mean(losses, [1.0, 1.0], "count")) == 1.5
    for weights in ([1.0, -1.0], [1.0, INF]):
        assert np.isnan(float(x.weighted_mean(losses, weights, "count")))
    assert np.isnan(float(x.weighted_mean(losses, [0.0, 0.0], "weights")))


def test_shapes_are_checked_unseen(monkeypatch):
    monkeypatch.setattr(Guests, "truth", lambda self, flag: None)
    with pytest.raises(x.InvalidInput, match="shapes match exactly"):
        x.softmax_cross_entropy(strict.asarray([0.0, 0.0]), strict.asarray([[0.5, 0.5]]))


# --- PyTorch and JAX, as they are stored


STORED = sorted(path.stem for path in FOLDER.glob("*.json"))


@pytest.mark.parametrize("library", STORED)
def test_what_is_stored_of_a_library_is_of_this_code_and_holds(library):
    assert set(STORED) == {"torch", "jax"} <= set(LIBRARIES)
    stored = json.loads((FOLDER / f"{library}.json").read_text(encoding="utf-8"))
    assert stored["schema"] == SCHEMA and stored["library"] == library
    again = f"run tools/arrays.py {library} again, where it is installed"
    assert stored["checked"] == fingerprint(), again
    assert stored["holds"] == [check.__name__ for check in CHECKS]
    assert stored["xentlib"] == x.__version__


# --- Dask


class Watched:
    """Rows in blocks of 2, which count how often one is read."""

    def __init__(self, rows):
        self.rows, self.read = rows, 0
        self.shape, self.dtype, self.ndim = rows.shape, rows.dtype, rows.ndim

    def __getitem__(self, place):
        self.read += 1
        return self.rows[place]


def lazy(value, chunks=2):
    return da.from_array(value, chunks=chunks)  # the classes in blocks of 2 too


@pytest.mark.parametrize("name", ROWWISE)
def test_dask_arrays_stay_lazy_and_give_the_same_bits(name):
    watched = [Watched(v) if isinstance(v, np.ndarray) else v for v in CALLS[name]]
    arrays = [
        da.from_array(v, chunks=2, meta=v.rows[:0]) if isinstance(v, Watched) else v
        for v in watched
    ]
    found = parts(getattr(x, name)(*arrays))
    assert not any(value.read for value in watched if isinstance(value, Watched))
    computed = dask.compute(*found, scheduler="synchronous")
    assert all(value.read for value in watched if isinstance(value, Watched))
    for there, done, here in zip(
        found, computed, parts(getattr(x, name)(*CALLS[name])), strict=True
    ):
        assert isinstance(there, da.Array) and there.dtype == np.float64
        assert there.shape == done.shape == here.shape and there.chunks[0] == (2, 2, 2, 1)
        assert np.array_equal(done, here)


@pytest.mark.parametrize("name", ROWWISE)
def test_lazily_too_any_number_of_axes_stands_before_the_classes(name):
    function = getattr(x, name)
    for change in (lambda v: v[None], lambda v: v[3]):
        values = made(CALLS[name], lambda v, change=change: np.asarray(change(v)))
        for there, here in zip(
            parts(function(*made(values, lazy))), parts(function(*values)), strict=True
        ):
            assert np.array_equal(np.asarray(there), here)


def test_a_mean_of_lazy_losses_is_a_number():
    losses = x.softmax_cross_entropy(lazy(LOGITS), lazy(PROBS))
    mean = x.weighted_mean(losses, lazy(WEIGHTS), "count")
    assert mean == x.weighted_mean(x.softmax_cross_entropy(LOGITS, PROBS), WEIGHTS, "count")


@pytest.mark.parametrize("place", [0, 1])
def test_plain_rows_beside_lazy_ones_take_their_blocks(place):
    values = [LOGITS, PROBS]
    values[place] = lazy(values[place], chunks=(3, 4))
    found = x.softmax_cross_entropy(*values)
    assert found.chunks == ((3, 3, 1),)
    assert np.array_equal(found.compute(), x.softmax_cross_entropy(LOGITS, PROBS))


def spoilt(row):
    rows = PROBS.copy()
    rows[row] *= 2
    return rows


@pytest.mark.parametrize("row", range(7))
def test_an_error_at_compute_names_the_row_among_all(row):
    losses = x.softmax_cross_entropy(lazy(LOGITS), lazy(spoilt(row)))
    error = raised(losses.compute)
    assert str(error).startswith(f"target_probs[{row}] sums to 2; ") and error.row == row
    label = lazy(np.where(LABELS[row] == LABELS, LABELS, 0), chunks=3) - 4 * (np.arange(7) == row)
    hard = x.softmax_cross_entropy_with_integer_labels(lazy(LOGITS), label)
    assert raised(hard.compute).row == row


def test_an_error_names_a_row_on_several_axes():
    z, p = da.stack([lazy(LOGITS)] * 2), da.stack([lazy(PROBS), lazy(spoilt(5))])
    assert raised(x.softmax_cross_entropy(z, p).compute).row == (1, 5)


def test_blocks_of_unknown_sizes_are_paired_and_an_error_names_the_block():
    kept = lazy(LABELS) > 0
    z, p, bad = (lazy(rows, chunks=(2, 4))[kept] for rows in (LOGITS, PROBS, spoilt(5)))
    assert np.isnan(z.shape[0])
    expected = x.softmax_cross_entropy(LOGITS[LABELS > 0], PROBS[LABELS > 0])
    assert np.array_equal(x.softmax_cross_entropy(z, p).compute(), expected)
    error = raised(x.softmax_cross_entropy(z, bad).compute)
    assert error.row == 0 and error.rule.endswith("; rows are counted within block (2,)")
    other = lazy(PROBS, chunks=(3, 4))[lazy(LABELS, chunks=3) > 0]
    error = raised(lambda: x.softmax_cross_entropy(z, other))
    assert str(error) == (
        "target_probs has blocks (3,); logits has (4,); blocks of unknown sizes are paired"
    )


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda z, p, y: x.softmax_cross_entropy(z, p[:3]), "shapes match exactly"),
        (
            lambda z, p, y: x.softmax_cross_entropy_with_integer_labels(z, y[:3]),
            "needs labels of shape (7,)",
        ),
        (lambda z, p, y: x.softmax(z.sum()), "a row (K,) or rows (..., K) are needed"),
        (lambda z, p, y: x.softmax(z[z > 0]), "compute_chunk_sizes() finds it"),
    ],
)
def test_shapes_are_refused_before_anything_is_computed(call, says):
    error = raised(lambda: call(lazy(LOGITS), lazy(PROBS), lazy(LABELS)))
    assert says in str(error)


def test_a_cluster_computes_losses_and_sends_errors_back():
    with Client(processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None):
        losses = x.softmax_cross_entropy(lazy(LOGITS), lazy(PROBS)).compute()
        error = raised(x.softmax_cross_entropy(lazy(LOGITS), lazy(spoilt(4))).compute)
    assert np.array_equal(losses, x.softmax_cross_entropy(LOGITS, PROBS))
    assert error.row == 4 and re.match(r"target_probs\[4\] sums to 2; ", str(error))
