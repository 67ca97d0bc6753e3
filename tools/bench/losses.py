"""How long losses and divergences take, beside what people call today."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import peers
from pairs import PAIRS, compare, row

import xentlib

OURS: dict[str, Callable[..., object]] = {
    "soft loss": xentlib.softmax_cross_entropy,
    "hard loss": xentlib.softmax_cross_entropy_with_integer_labels,
    "soft loss and gradient": xentlib.softmax_cross_entropy_value_and_grad,
    "Hessian product": xentlib.softmax_cross_entropy_hvp,
    "entropy": xentlib.entropy,
    "cross-entropy": xentlib.cross_entropy,
    "KL divergence": xentlib.kl_divergence,
}
TAKES = {  # the arrays that a task is given, by the names of `batch`
    "soft loss": "zp",
    "hard loss": "zy",
    "soft loss and gradient": "zp",
    "Hessian product": "zv",
    "entropy": "p",
    "cross-entropy": "pq",
    "KL divergence": "pq",
}
SIZES = {  # rows, classes and pairs of looks
    (1, 3): PAIRS,
    (100, 3): PAIRS,
    (10_000, 10): PAIRS,
    (10_000, 100): 7,
    (64, 50_257): 5,
}
LARGE = 1_000  # rows from which the divergences are measured
DTYPES = ("float64", "float32")


def batch(rows: int, classes: int, dtype: str = "float64") -> dict[str, np.ndarray]:
    """Logits z, soft labels p, predictions q, hard labels y, and vectors v."""
    rng = np.random.default_rng(2)
    z = (rng.normal(size=(rows, classes)) * 3).astype(dtype)
    gamma = rng.standard_exponential(size=(2, rows, classes))
    p, q = (gamma / gamma.sum(axis=-1, keepdims=True)).astype(dtype)
    y = rng.integers(0, classes, size=rows)
    return {"z": z, "p": p, "q": q, "y": y, "v": rng.normal(size=z.shape).astype(dtype)}


def size_of(rows: int, classes: int) -> str:
    """As the tables write it."""
    return f"{rows:,} × {classes:,}".replace(",", " ")


def table() -> Iterator[dict[str, Any]]:
    """Each task at each size in each precision, beside each peer that has it."""
    found = peers.found()
    for (rows, classes), pairs in SIZES.items():
        for dtype in DTYPES:
            arrays = batch(rows, classes, dtype)
            for task, ours in OURS.items():
                if TAKES[task][0] == "p" and (rows < LARGE or dtype == "float32"):
                    continue
                given = [arrays[name] for name in TAKES[task]]
                for peer, (tasks, array) in found.items():
                    if task in tasks:
                        theirs = partial(tasks[task], *map(array, given))
                        times = compare(partial(ours, *given), theirs, pairs=pairs)
                        yield row(task, size_of(rows, classes), dtype, peer, times)
