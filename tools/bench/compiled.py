"""What would a compiled kernel buy? The soft loss and its gradient with the sums of xentlib, in C
and by Numba, and the plain formula by numexpr, beside xentlib: trials, which are not shipped.

    PYTHON tools/bench/compiled.py     with Numba, numexpr and PyTorch, and gcc

The result is `xentlib/data/compiled.json`, which the book shows.
"""

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
    os.environ[name] = "1"

# ruff: noqa: E402
import ctypes
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE)]

import numba
import numexpr
import numpy as np
import peers
from accuracy import CLASSES, MUCH, exact, extreme_rows, ulps
from losses import batch, size_of
from pairs import compare, row

import xentlib

STORED = ROOT / "xentlib" / "data" / "compiled.json"
FLAGS = ("-O3", "-march=x86-64-v3", "-shared", "-fPIC")
SIZES = {(100, 3): 15, (10_000, 10): 15, (10_000, 100): 7, (64, 50_257): 5}  # and pairs of looks
ROWS = 1_000  # of those that are hard to compute
TASK = "soft loss and gradient"


def in_c(folder: str) -> Any:
    """The kernel of `kernel.c`."""
    path = Path(folder) / "kernel.so"
    subprocess.run(["gcc", *FLAGS, str(HERE / "kernel.c"), "-o", str(path), "-lm"], check=True)
    table = np.ctypeslib.ndpointer(np.float64, flags="C")
    kernel = ctypes.CDLL(str(path)).soft
    kernel.argtypes, kernel.restype = [table] * 4 + [ctypes.c_long] * 2, None

    def act(z: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        loss, gradient = np.empty(len(z)), np.empty_like(z)
        kernel(z, p, loss, gradient, *z.shape)
        return loss, gradient

    return act


@numba.njit(inline="always")
def _add(s, lost, x):
    """As in `kernel.c`."""
    t = s + x
    b = t - s
    return t, lost + ((s - (t - b)) + (x - b))


@numba.njit
def by_numba(z, p):
    """The same in Python, line by line."""
    loss, g = np.empty(len(z)), np.empty(z.shape)
    classes = z.shape[1]
    for i in range(len(z)):
        m = z[i].argmax()
        top, rest, r, others, o = z[i, m], 0.0, 0.0, 0.0, 0.0
        for j in range(classes):
            d = z[i, j] - top
            b = d - z[i, j]
            e = math.exp(d)
            g[i, j] = e + e * ((z[i, j] - (d - b)) + (-top - b))
            if j != m:
                rest, r = _add(rest, r, g[i, j])
                others, o = _add(others, o, p[i, j])
        rest += r
        log_rest, total, t, s, lost = math.log1p(rest), 0.0, 0.0, 0.0, 0.0
        for j in range(classes):
            s, lost = _add(s, lost, p[i, j] * (top - z[i, j] + log_rest))
            total, t = _add(total, t, p[i, j])
        total += t
        loss[i] = s + lost
        for j in range(classes):
            g[i, j] = g[i, j] * (total / (1 + rest)) - p[i, j]
        g[i, m] = others + o - total * (rest / (1 + rest))
    return loss, g


def by_numexpr(z: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The plain formula: its sums are numexpr's own."""
    top = z.max(axis=1, keepdims=True)
    e = numexpr.evaluate("exp(z - top)", {"z": z, "top": top})
    total = numexpr.evaluate("sum(e, axis=1)", {"e": e})[:, None]
    given = {"z": z, "p": p, "top": top, "log_total": np.log(total)}
    loss = numexpr.evaluate("sum(p * (log_total - (z - top)), axis=1)", given)
    return loss, numexpr.evaluate("e / total - p", {"e": e, "total": total, "p": p})


def ratios(acts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The time of xentlib over that of each."""
    for (rows, classes), pairs in SIZES.items():
        arrays = batch(rows, classes)
        for peer, (act, array) in acts.items():
            theirs = partial(act, array(arrays["z"]), array(arrays["p"]))
            ours = partial(xentlib.softmax_cross_entropy_value_and_grad, arrays["z"], arrays["p"])
            times = compare(ours, theirs, pairs=pairs)
            yield row(TASK, size_of(rows, classes), "float64", peer, times)


def errors(acts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Errors of the losses of hard labels, given as one-hot rows, which lose most digits."""
    z, y = (table[:ROWS] for table in extreme_rows()[:2])
    p = np.eye(CLASSES)[y]
    true, _ = exact(z, p)
    ours = {"xentlib": (xentlib.softmax_cross_entropy_value_and_grad, np.asarray)}
    for of, (act, array) in (ours | acts).items():
        off = ulps(np.asarray(act(array(z), array(p))[0]), true)
        found = {"worst": float(off.max()), "median": float(np.median(off))}
        much = float((off > MUCH).mean())
        yield {
            "task": "loss, one-hot labels",
            "of": of,
            "numbers": len(true),
            **found,
            "much": much,
        }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        tasks, array = peers.found()["PyTorch"]
        acts = {
            "C": (in_c(folder), np.asarray),
            "Numba": (by_numba, np.asarray),
            "numexpr": (by_numexpr, np.asarray),
            "NumPy by hand": (peers.NAIVE[TASK], np.asarray),
            "PyTorch": (tasks[TASK], array),
        }
        said = subprocess.run(
            ["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True
        )
        stored = {
            "date": datetime.now(UTC).date().isoformat(),
            "versions": {"gcc": said.stdout.strip()}
            | {name: version(name) for name in ("numba", "numexpr", "numpy", "torch")},
            "losses": list(ratios(acts)),
            "accuracy": list(errors(acts)),
        }
    STORED.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
