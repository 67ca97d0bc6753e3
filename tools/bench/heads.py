"""A linear head with many classes: loss and gradients of one step, without a table of logits,
beside PyTorch, which holds it. In time and in memory.
"""

from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
from losses import size_of
from memory import extra
from pairs import compare

import xentlib

ROWS, COLUMNS, CLASSES, KEPT = 512, 64, 50_257, 32
PAIRS = 3


def batch() -> dict[str, np.ndarray]:
    """Features x, a head W, and labels that keep some classes: indices and sparse probabilities."""
    rng = np.random.default_rng(5)
    places = rng.integers(0, CLASSES // KEPT, size=(ROWS, KEPT)) + np.arange(KEPT) * (
        CLASSES // KEPT
    )  # distinct
    return {
        "x": rng.normal(size=(ROWS, COLUMNS)),
        "W": rng.normal(size=(CLASSES, COLUMNS)) / 8,
        "indices": places,
        "probs": rng.dirichlet(np.ones(KEPT), size=ROWS),
    }


def _torch_step(x: Any, W: Any, indices: Any, probs: Any) -> Any:
    import torch

    x, W = x.detach().requires_grad_(), W.detach().requires_grad_()
    log_q = torch.log_softmax(x @ W.T, dim=-1)
    loss = -(probs * log_q.gather(-1, indices)).sum(-1)
    return loss.detach(), torch.autograd.grad(loss.sum(), (x, W))


def table() -> Iterator[dict[str, Any]]:
    """The step of each, in seconds, and the percent of a table of logits that it takes beside the
    gradients.
    """
    given = batch()
    step = xentlib.linear_softmax_cross_entropy_with_sparse_labels_value_and_grad
    ours = partial(step, *given.values())
    logits, gradients = 8 * ROWS * CLASSES, 8 * (ROWS + CLASSES) * COLUMNS
    size = f"{size_of(ROWS, CLASSES)}, {COLUMNS} features"
    line = {"task": "step of a head", "size": size}
    if not find_spec("torch"):
        return
    import torch

    torch.set_num_threads(1)

    theirs = partial(_torch_step, *map(torch.from_numpy, given.values()))
    times = compare(ours, theirs, pairs=PAIRS)
    for name, act, seconds in (("xentlib", ours, "ours"), ("PyTorch", theirs, "theirs")):
        percent = max(0.0, 100 * (extra(act) - gradients) / logits)
        yield line | {"of": name, "seconds": times[seconds], "percent": percent}
