"""What an element costs as batches grow, and what the machine itself asks: memory and exp."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import peers
from losses import batch
from pairs import median_seconds

import xentlib

CLASSES, MOST_ROWS = 10, 300_000
ELEMENTS, MOST_CLASSES = 1_000_000, 100_000
LINES = ("NumPy by hand", "PyTorch")
BYTES = 1 << 26  # larger than the caches


def table() -> Iterator[dict[str, Any]]:
    """Nanoseconds an element of the soft loss: at 10 classes by rows, and at a million elements by
    classes.
    """
    found = peers.found()
    acts = {"xentlib": (xentlib.softmax_cross_entropy, np.asarray)}
    acts |= {
        name: (tasks["soft loss"], array) for name, (tasks, array) in found.items() if name in LINES
    }
    rows = [int(n) for n in np.geomspace(1, MOST_ROWS, 12).round()]
    classes = [int(k) for k in np.geomspace(2, MOST_CLASSES, 11).round()]
    sizes = [("rows", n, CLASSES) for n in rows]
    sizes += [("classes", ELEMENTS // k, k) for k in classes]
    for along, n, k in sizes:
        arrays = batch(n, k)
        for name, (act, array) in acts.items():
            took = median_seconds(partial(act, array(arrays["z"]), array(arrays["p"])))
            yield {"along": along, "rows": n, "classes": k, "of": name, "ns": took / (n * k) * 1e9}


def floor() -> Iterator[dict[str, Any]]:
    """What an element of float64 and float32 costs at least: to be read from memory twice, as
    logit and as label, and to be exponentiated.
    """
    for dtype in ("float64", "float32"):
        x = np.full(BYTES // np.dtype(dtype).itemsize, -1.0, dtype)
        read = median_seconds(x.sum) / x.size * 2e9
        small, out = x[:16_384], np.empty(16_384, dtype)
        yield {"of": f"reading two {dtype}", "ns": read}
        ours = median_seconds(partial(np.exp, small, out=out)) / small.size * 1e9
        yield {"of": f"np.exp, {dtype}", "ns": ours}
