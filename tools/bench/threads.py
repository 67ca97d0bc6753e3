"""One thread and two: what the clock on the wall says of half the rows in each of two threads."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
from losses import batch, size_of
from pairs import compare, row

import xentlib

ROWS, CLASSES = 100_000, 100
THREADS = 2


def table() -> Iterator[dict[str, Any]]:
    """The soft loss in two threads over one, and both over PyTorch with as many."""
    arrays = batch(ROWS, CLASSES)
    z, p = arrays["z"], arrays["p"]
    alone = partial(xentlib.softmax_cross_entropy, z, p)
    size = size_of(ROWS, CLASSES)
    with ThreadPoolExecutor(THREADS) as pool:

        def shared() -> np.ndarray:
            halves = pool.map(
                xentlib.softmax_cross_entropy,
                np.array_split(z, THREADS),
                np.array_split(p, THREADS),
            )
            return np.concatenate(list(halves))

        times = compare(shared, alone, pairs=7, wall=True)
        yield row("soft loss, two threads", size, "float64", "xentlib, one thread", times)
        if find_spec("torch"):
            import torch
            from torch.nn.functional import cross_entropy

            given = torch.from_numpy(z), torch.from_numpy(p)
            theirs = partial(cross_entropy, *given, reduction="none")
            for threads, ours in ((1, alone), (THREADS, shared)):
                torch.set_num_threads(threads)
                times = compare(ours, theirs, pairs=7, wall=True)
                name = f"PyTorch, {threads} threads" if threads > 1 else "PyTorch, one thread"
                task = "soft loss, two threads" if threads > 1 else "soft loss"
                yield row(task, size, "float64", name, times)
            torch.set_num_threads(1)
