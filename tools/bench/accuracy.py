"""How many units in the last place losses are off, on rows that are hard to compute."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import peers
from losses import OURS
from mpmath import mp, mpf

import xentlib

ROWS, CLASSES = 4_000, 8
DIGITS = 60
MUCH = 3  # units in the last place


def extreme_rows() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logits of every size, far from 0 and nearly equal or far apart, with hard and soft labels
    that may be nearly certain.
    """
    rng = np.random.default_rng(7)
    spread = 10 ** rng.uniform(-3, 2.5, size=(ROWS, 1))
    offset = rng.choice([0.0, 0.0, 1e2, -1e4], size=(ROWS, 1))
    z = rng.normal(size=(ROWS, CLASSES)) * spread + offset
    y = np.where(rng.random(ROWS) < 0.5, z.argmax(axis=-1), rng.integers(0, CLASSES, size=ROWS))
    share = rng.dirichlet(np.full(CLASSES, 0.3), size=ROWS)
    return z, y, xentlib.normalize_rows(np.maximum(share, 1e-30))


def exact(z: np.ndarray, p: np.ndarray) -> tuple[list[mpf], list[mpf]]:
    """The losses and the entries of their gradients, to 60 digits; p are weights of the classes, as
    they are stored.
    """
    losses, gradients = [], []
    with mp.workdps(DIGITS):
        for row, weights in zip(z.tolist(), p.tolist(), strict=True):
            w, x = list(map(mpf, weights)), list(map(mpf, row))
            top, total = max(x), mp.fsum(w)
            first = x.index(top)
            each = [mp.exp(one - top) for one in x]
            rest = mp.fsum(each[:first] + each[first + 1 :])
            gaps = mp.fsum(a * (top - b) for a, b in zip(w, x, strict=True))
            losses.append(gaps + total * mp.log1p(rest))
            for a, b in zip(each, w, strict=True):  # (Σ p) q - p, in which no ones cancel
                pairs = (a * other - c * b for c, other in zip(each, w, strict=True))
                gradients.append(mp.fsum(pairs) / (1 + rest))
    return losses, gradients


def ulps(found: np.ndarray, true: list[mpf]) -> np.ndarray:
    """How far each number is from the true one, in units of its last place."""
    nearest = np.array([float(x) for x in true])
    unit = np.spacing(np.maximum(np.abs(nearest), np.finfo(float).tiny))
    with mp.workdps(DIGITS):
        return np.array(
            [
                float(abs(mpf(float(a)) - b) / mpf(float(u))) if np.isfinite(a) else np.inf
                for a, b, u in zip(found, true, unit, strict=True)
            ]
        )


def table() -> Iterator[dict[str, Any]]:
    """The worst number of each, and the share of numbers that are off by more than 3 units. The
    gradient is that of hard labels: of soft ones it is a difference, of numbers that are rounded.
    """
    z, y, p = extreme_rows()
    one_hot = np.eye(CLASSES)[y]
    hard, gradient = exact(z, one_hot)
    soft, _ = exact(z, p)
    asked = (
        ("hard loss", "hard loss", (z, y), hard),
        ("soft loss", "soft loss", (z, p), soft),
        ("gradient, hard labels", "soft loss and gradient", (z, one_hot), gradient),
    )
    for name, task, given, true in asked:
        calls = {"xentlib": partial(OURS[task], *given)}
        for peer, (tasks, array) in peers.found().items():
            if task in tasks and peer != "scikit-learn":  # that one gives a sum
                calls[peer] = partial(tasks[task], *map(array, given))
        for of, call in calls.items():
            result = call()
            numbers = np.asarray(result[1] if "gradient" in task else result)
            off = ulps(numbers.ravel(), true)
            yield {
                "task": name,
                "of": of,
                "numbers": len(true),
                "worst": float(off.max()),
                "median": float(np.median(off)),
                "much": float((off > MUCH).mean()),
            }
