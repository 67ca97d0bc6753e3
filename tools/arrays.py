"""Hold the functions on arrays of another library against those on NumPy's, in an environment that
has it, array-api-compat and xentlib, and store what was found.

    OMP_NUM_THREADS=1 PYTHON tools/arrays.py torch|jax [--into FOLDER]

Each check compares values, derivatives by the library's own automatic differentiation, or errors;
one that fails stops with a message, and nothing is stored. The result is `LIBRARY.json`: versions,
date, a fingerprint of what was checked, and what was measured: errors in units of the last place of
the dtype, and times over those of the library's own call. Where the fingerprint is another, the
code or the checks have changed: run this again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import xentlib as x

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "xentlib" / "data" / "arrays"
SCHEMA = "xentlib-arrays/1"
CHECKED = (
    Path(__file__),
    *(ROOT / "xentlib" / f"{n}.py" for n in ("_arrays", "_guest", "_elsewhere")),
)
INF = np.inf
LOGITS_OF_TWO = np.array([[0.0, 1.0], [2.0, 0.0]])
ROUNDINGS = 32  # of the dtype, at numbers of the size of the logits: no sum is compensated


def _cases() -> dict[str, tuple[Any, ...]]:
    """Arguments of each function: masked classes, faces of the simplex, near distributions."""
    rng = np.random.default_rng(7)
    logits = rng.normal(size=(7, 4)) * 5
    logits[1, 2] = logits[4, 0] = -INF
    logits[5] = 0.5  # all are at the maximum
    probs, others = (rng.dirichlet(np.ones(4), size=7) for _ in range(2))
    probs[2] = 0.0, 1.0, 0.0, 0.0
    probs[1, 2], probs[1, 3] = 0.0, probs[1, 2] + probs[1, 3]
    others[2] = 0.0, 0.5, 0.5, 0.0
    others[3] = probs[3] * (1 + 1e-9 * np.array([1.0, -1.0, 1.0, -1.0]))
    others[6, 1], others[6, 2] = 0.0, others[6, 1] + others[6, 2]
    labels = np.array([0, 1, 2, 3, 0, 1, 2])
    counts = rng.integers(0, 9, size=(7, 4)) + np.eye(7, 4)
    shares = others * rng.uniform(0.1, 9.0, size=(7, 1))
    losses, weights = rng.normal(size=7), rng.uniform(size=7)
    losses[2], weights[2] = INF, 0.0
    return {
        "cross_entropy": (probs, others),
        "entropy": (probs,),
        "kl_divergence": (probs, others),
        "log_softmax": (logits,),
        "logsumexp": (logits,),
        "normalize_rows": (shares,),
        "one_hot": (labels, 4),
        "smooth_labels": (probs, 0.1),
        "softmax": (logits,),
        "softmax_cross_entropy": (logits, probs),
        "softmax_cross_entropy_hvp": (logits, rng.normal(size=(7, 4))),
        "softmax_cross_entropy_value_and_grad": (logits, probs),
        "softmax_cross_entropy_with_integer_labels": (logits, labels),
        "softmax_cross_entropy_with_integer_labels_value_and_grad": (logits, labels),
        "votes_to_probs": (counts,),
        "weighted_mean": (losses, weights, "weights"),
    }


CALLS = _cases()
LOSSES = {
    name: f"{name}_value_and_grad"
    for name in ("softmax_cross_entropy", "softmax_cross_entropy_with_integer_labels")
}


def _with(function: Callable[..., Any], fixed: tuple[Any, ...], *arrays: Any) -> Any:
    return function(*arrays, *fixed)


class Torch:
    """PyTorch, as the checks need it."""

    def __init__(self) -> None:
        import torch

        self.module, self.kind, self.floats = torch, torch.Tensor, ("float32", "float64")

    def made(self, value: Any, dtype: str = "float64") -> Any:
        if not isinstance(value, np.ndarray):
            return value
        tensor = self.module.from_numpy(np.array(value))
        return tensor.to(getattr(self.module, dtype)) if value.dtype.kind == "f" else tensor

    def plain(self, array: Any) -> np.ndarray:
        return array.detach().double().numpy()

    def name_of(self, dtype: Any) -> str:
        return str(dtype).partition(".")[2]

    def grad(self, function: Callable[..., Any], *arrays: Any) -> list[Any]:
        leaves = [array.clone().requires_grad_() for array in arrays]
        return list(self.module.autograd.grad(function(*leaves).sum(), leaves))

    def grad_by_function(self, function: Callable[..., Any], array: Any) -> Any:
        return self.module.func.grad(lambda leaf: function(leaf).sum())(array)

    def hessian(self, function: Callable[..., Any], row: Any) -> Any:
        return self.module.autograd.functional.hessian(function, row)

    def traced(
        self, function: Callable[..., Any], fixed: tuple[Any, ...], whole: bool = True
    ) -> Any:
        """In one graph, where `whole`: there PyTorch cannot make our exceptions."""
        self.module._dynamo.reset()
        inner = partial(_with, function, fixed)
        return self.module.compile(inner, backend="eager", fullgraph=whole)

    def each_row(self, function: Callable[..., Any], fixed: tuple[Any, ...]) -> Any:
        return self.module.func.vmap(partial(_with, function, fixed))

    def own_loss(self) -> Any:
        return partial(self.module.nn.functional.cross_entropy, reduction="none")

    def backward(self, function: Callable[..., Any]) -> Any:
        def run(first: Any, *others: Any) -> Any:
            leaf = first.detach().requires_grad_()
            function(leaf, *others).sum().backward()
            return leaf.grad

        return run

    def settle(self, results: Any) -> None:
        """PyTorch has computed on a processor when it returns."""


class Jax:
    """JAX, as the checks need it."""

    def __init__(self) -> None:
        import jax

        jax.config.update("jax_enable_x64", True)
        self.module, self.kind, self.floats = jax, jax.Array, ("float32", "float64")

    def made(self, value: Any, dtype: str = "float64") -> Any:
        if not isinstance(value, np.ndarray):
            return value
        return self.module.numpy.asarray(value, dtype if value.dtype.kind == "f" else None)

    def plain(self, array: Any) -> np.ndarray:
        return np.asarray(array.astype("float64"))

    def name_of(self, dtype: Any) -> str:
        return str(dtype)

    def grad(self, function: Callable[..., Any], *arrays: Any) -> list[Any]:
        places = tuple(range(len(arrays)))
        return list(self.module.grad(lambda *a: function(*a).sum(), places)(*arrays))

    def grad_by_function(self, function: Callable[..., Any], array: Any) -> Any:
        return self.grad(function, array)[0]

    def hessian(self, function: Callable[..., Any], row: Any) -> Any:
        return self.module.hessian(function)(row)

    def traced(
        self, function: Callable[..., Any], fixed: tuple[Any, ...], whole: bool = True
    ) -> Any:
        return self.module.jit(partial(_with, function, fixed))

    def each_row(self, function: Callable[..., Any], fixed: tuple[Any, ...]) -> Any:
        return self.module.vmap(partial(_with, function, fixed))

    def own_loss(self) -> Any:
        """As optax has it."""

        def loss(z: Any, target: Any) -> Any:
            logs = self.module.nn.log_softmax(z, axis=-1)
            if target.ndim == z.ndim:
                return -(target * logs).sum(-1)
            return -self.module.numpy.take_along_axis(logs, target[:, None], axis=-1)[:, 0]

        return loss

    def backward(self, function: Callable[..., Any]) -> Any:
        return self.module.grad(lambda *arrays: function(*arrays).sum())

    def settle(self, results: Any) -> None:
        self.module.block_until_ready(results)


LIBRARIES = {"torch": Torch, "jax": Jax}


def parts(result: Any) -> tuple[Any, ...]:
    return result if isinstance(result, tuple) else (result,)


def in_floats(value: Any, dtype: str) -> Any:
    """An array of floats in another dtype; whatever else, as it is."""
    floats = isinstance(value, np.ndarray) and value.dtype.kind == "f"
    return value.astype(dtype) if floats else value


def near(found: np.ndarray, exact: Any, roundings: float, dtype: str, where: str) -> None:
    """Equal to so many roundings of a dtype, infinities and signs too."""
    close = roundings * (2.0**-7 if dtype == "bfloat16" else float(np.finfo(dtype).eps))
    np.testing.assert_allclose(found, exact, rtol=close, atol=close, err_msg=where)


def refused(call: Callable[[], Any]) -> x.InvalidInput:
    try:
        found = call()
    except x.InvalidInput as error:
        return error
    raise AssertionError(f"not refused: {found}")


# --- the checks


def values_kinds_and_dtypes(lib: Any) -> None:
    for dtype in lib.floats:
        for name, values in CALLS.items():
            short = [in_floats(value, dtype) for value in values]
            found = parts(getattr(x, name)(*(lib.made(value, dtype) for value in values)))
            for there, here in zip(found, parts(getattr(x, name)(*short)), strict=True):
                assert isinstance(there, lib.kind), name
                assert name == "one_hot" or lib.name_of(there.dtype) == dtype, name
                near(lib.plain(there), here, ROUNDINGS, dtype, f"{name}, {dtype}")


def traces_give_the_same(lib: Any) -> None:
    for name, values in CALLS.items():
        function = getattr(x, name)
        arrays = [lib.made(value) for value in values if isinstance(value, np.ndarray)]
        fixed = tuple(value for value in values if not isinstance(value, np.ndarray))
        plain = parts(function(*arrays, *fixed))
        ways = [lib.traced] if name == "weighted_mean" else [lib.traced, lib.each_row]
        for way in ways:
            for there, here in zip(parts(way(function, fixed)(*arrays)), plain, strict=True):
                near(lib.plain(there), lib.plain(here), 4, "float64", f"{name}, {way.__name__}")


def gradients_in_the_logits_are_exact(lib: Any) -> None:
    for name, twin in LOSSES.items():
        values = CALLS[name]
        exact = getattr(x, twin)(*values)[1]
        z, target = map(lib.made, values)
        loss = partial(_swapped, getattr(x, name), target)
        near(lib.plain(lib.grad(loss, z)[0]), exact, ROUNDINGS, "float64", name)
        near(lib.plain(lib.grad_by_function(loss, z)), exact, ROUNDINGS, "float64", name)
    sure, label = lib.made(np.array([40.0, 0.0])), lib.made(np.array(0))
    loss = partial(_swapped, x.softmax_cross_entropy_with_integer_labels, label)
    slope = lib.plain(lib.grad(loss, sure)[0])
    np.testing.assert_allclose(slope, np.exp(-40.0) * np.array([-1.0, 1.0]), rtol=1e-14)


def _swapped(function: Callable[..., Any], second: Any, first: Any) -> Any:
    return function(first, second)


def gradients_in_distributions_are_right_and_never_nan(lib: Any) -> None:
    with np.errstate(all="ignore"):
        p, q = CALLS["kl_divergence"]
        z, target = CALLS["softmax_cross_entropy"]
        log_p, log_q = np.log(p), np.log(q)
        free = (p == 0) & (q == 0)
        expected = {  # what has no derivative, at p = 0, has 0
            "entropy": [np.where(p == 0, 0.0, -log_p - 1)],
            "cross_entropy": [np.where(free, 0.0, -log_q), np.where(p == 0, 0.0, -p / q)],
            "kl_divergence": [
                np.where(p == 0, 0.0, log_p - log_q + 1),
                np.where(p == 0, 0.0, -p / q),
            ],
        }
    for name, exact in expected.items():
        found = lib.grad(getattr(x, name), *map(lib.made, CALLS[name]))
        for there, here in zip(found, exact, strict=True):
            near(lib.plain(there), here, ROUNDINGS, "float64", name)
    logs = x.log_softmax(z)
    found = lib.plain(lib.grad(x.softmax_cross_entropy, lib.made(z), lib.made(target))[1])
    masked = (target == 0) & (logs == -INF)
    near(found[~masked], -logs[~masked], ROUNDINGS, "float64", "labels of a loss")
    assert np.isfinite(found[masked]).all()


def hessians_are_right_also_at_ties(lib: Any) -> None:
    label = lib.made(np.array([0.25, 0.25, 0.5]))
    for row in (np.zeros(3), np.array([1.0, 1.0, -2.0]), np.array([0.3, -1.0, 2.0])):
        q = x.softmax(row)
        exact = np.diag(q) - np.outer(q, q)
        for function in (partial(_swapped, x.softmax_cross_entropy, label), x.logsumexp):
            found = lib.plain(lib.hessian(function, lib.made(row)))
            near(found, exact, ROUNDINGS, "float64", f"Hessian at {row}")


def bfloat16_is_rounded_once(lib: Any) -> None:
    rng = np.random.default_rng(3)
    z = lib.made(rng.normal(size=(50, 20)) * 4, "bfloat16")
    p, y = x.softmax(lib.made(rng.normal(size=(50, 20)), "bfloat16")), rng.integers(0, 20, size=50)
    plain, rows = lib.plain(z), lib.plain(p)
    total = rows.sum(axis=-1)  # rows of bfloat16 sum to 1 only to its rounding
    logs = x.log_softmax(plain)
    for found, exact in (
        (x.softmax_cross_entropy(z, p), -(rows * logs).sum(axis=-1)),
        (x.softmax_cross_entropy_with_integer_labels(z, lib.made(y)), -logs[np.arange(50), y]),
        (x.logsumexp(z), x.logsumexp(plain)),
    ):
        assert lib.name_of(found.dtype) == "bfloat16"
        near(lib.plain(found), exact, 0.51, "bfloat16", "bfloat16")
    (slope,) = lib.grad(partial(_swapped, x.softmax_cross_entropy, p), z)
    assert lib.name_of(slope.dtype) == "bfloat16"
    exact = total[:, None] * x.softmax(plain) - rows
    near(lib.plain(slope), exact, 0.51, "bfloat16", "gradient in bfloat16")
    assert "tolerance 8e-03" in str(refused(lambda: x.entropy(2 * p)))


def errors_are_those_of_numpy(lib: Any) -> None:
    z, p, y = LOGITS_OF_TWO, np.array([[0.5, 0.5], [0.5, 0.6]]), np.array([0, -1])
    bad = np.array([[0.0, 1.0], [np.nan, 0.0]])
    cases = [
        (x.softmax_cross_entropy, (z, p)),
        (x.softmax_cross_entropy, (bad, p)),
        (x.softmax_cross_entropy, (z, p[0])),
        (x.softmax_cross_entropy_with_integer_labels, (z, y)),
        (x.softmax_cross_entropy_with_integer_labels, (z, y[:1])),
        (x.entropy, (p,)),
    ]
    for function, values in cases:
        here = refused(lambda: function(*values))  # noqa: B023
        arrays = [lib.made(value) for value in values]
        there = refused(lambda: function(*arrays))  # noqa: B023
        assert str(there) == str(here) and there.row == here.row
    arrays = lib.made(bad), lib.made(np.array([[0.5, 0.5]] * 2))
    loss = partial(_swapped, x.softmax_cross_entropy, arrays[1])
    for slope in (lib.grad_by_function, lib.grad):
        assert refused(lambda: slope(loss, arrays[0])).row == 1  # noqa: B023


def under_a_trace_shapes_are_checked_and_bad_rows_are_nan(lib: Any) -> None:
    z, p, y = map(lib.made, (LOGITS_OF_TWO, np.array([[0.5, 0.5], [0.5, 0.6]]), np.array([0, -1])))
    hard = x.softmax_cross_entropy_with_integer_labels
    for way in (lib.traced, lib.each_row):
        for function, target in ((x.softmax_cross_entropy, p), (hard, y)):
            good, bad = lib.plain(way(function, ())(z, target))
            assert np.isfinite(good) and np.isnan(bad), way.__name__
    traced = lib.traced(x.softmax_cross_entropy, (), whole=False)
    assert "shapes match exactly" in str(refused(lambda: traced(z, p[0])))


CHECKS = (
    values_kinds_and_dtypes,
    traces_give_the_same,
    gradients_in_the_logits_are_exact,
    gradients_in_distributions_are_right_and_never_nan,
    hessians_are_right_also_at_ties,
    bfloat16_is_rounded_once,
    errors_are_those_of_numpy,
    under_a_trace_shapes_are_checked_and_bad_rows_are_nan,
)


# --- what is measured


def measured(lib: Any) -> dict[str, float]:
    return accuracy(lib) | times(lib)


def accuracy(lib: Any, rows: int = 20_000, classes: int = 10) -> dict[str, float]:
    """Errors of hard losses of random rows, in units of the last place: ours, and the library's."""
    rng, found = np.random.default_rng(1), {}
    z, y = rng.normal(size=(rows, classes)) * 15, rng.integers(0, classes, size=rows)
    for dtype, digits in (("float32", 24), ("bfloat16", 8)):
        array = lib.made(z, dtype)
        exact = x.softmax_cross_entropy_with_integer_labels(lib.plain(array), y)
        unit = 2.0 ** (np.floor(np.log2(exact)) + 1 - digits)
        losses = {"ours": x.softmax_cross_entropy_with_integer_labels, "its own": lib.own_loss()}
        for whose, loss in losses.items():
            error = np.abs(lib.plain(loss(array, lib.made(y))) - exact) / unit
            found[f"{dtype}, {whose}: median error, ulp"] = _three(np.median(error))
            found[f"{dtype}, {whose}: largest error, ulp"] = _three(error.max())
            beyond = float(np.mean(error > 3))
            found[f"{dtype}, {whose}: share of rows beyond 3 ulp"] = _three(beyond)
    return found


def times(lib: Any, pairs: int = 5) -> dict[str, float]:
    """Processor time of ours over the library's own call: medians of pairs, in turn."""
    rng, found = np.random.default_rng(2), {}
    dtype = "float32"
    for rows, classes in ((100, 3), (4096, 100)):
        z = lib.made(rng.normal(size=(rows, classes)), dtype)
        p = x.softmax(lib.made(rng.normal(size=(rows, classes)), dtype))
        y = lib.made(rng.integers(0, classes, size=rows))
        own, repeat = lib.own_loss(), max(1, 50_000 // (rows * classes))
        acts = {
            "soft": (x.softmax_cross_entropy, p),
            "hard": (x.softmax_cross_entropy_with_integer_labels, y),
        }
        for kind, (ours, target) in acts.items():
            for what, wrap in (("value", lambda f: f), ("value and gradient", lib.backward)):
                both = wrap(ours), wrap(own)
                if isinstance(lib, Jax):
                    both = tuple(map(lib.module.jit, both))
                ratio = _ratio(lib, *(partial(act, z, target) for act in both), repeat, pairs)
                found[f"{kind} {what}, {rows} × {classes}, {dtype}: ratio"] = _three(ratio)
    return found


def _ratio(lib: Any, ours: Any, theirs: Any, repeat: int, pairs: int) -> float:
    def seconds(act: Callable[[], Any]) -> float:
        start = time.process_time()
        for _ in range(repeat):
            lib.settle(act())
        return time.process_time() - start

    seconds(ours), seconds(theirs)
    return statistics.median(seconds(ours) / seconds(theirs) for _ in range(pairs))


def _three(number: float) -> float:
    """Three digits."""
    return float(f"{number:.3g}")


def fingerprint() -> str:
    """Half the SHA-256 of the code that was checked, and of the checks."""
    found = hashlib.sha256()
    for path in CHECKED:
        found.update(path.read_bytes())
    return found.hexdigest()[:32]


def main(arguments: list[str] | None = None) -> Path:
    """Run the checks, and store what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("library", choices=LIBRARIES)
    parser.add_argument("--into", type=Path, default=FOLDER)
    asked = parser.parse_args(arguments)
    lib = LIBRARIES[asked.library]()
    for check in CHECKS:
        check(lib)
        print(f"{asked.library}: {check.__name__.replace('_', ' ')}", flush=True)
    result = {
        "schema": SCHEMA,
        "library": asked.library,
        "version": version(asked.library),
        "besides": {"array-api-compat": version("array-api-compat")},
        "xentlib": x.__version__,
        "checked": fingerprint(),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
        "holds": [check.__name__ for check in CHECKS],
        "measured": measured(lib),
    }
    asked.into.mkdir(parents=True, exist_ok=True)
    path = asked.into / f"{asked.library}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
