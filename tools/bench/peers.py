"""What people call today for the same numbers: NumPy by hand, SciPy, scikit-learn, PyTorch, JAX.

A peer gets arrays of its own kind, made before the clock runs, and its compiled function if it
has one. PyTorch and JAX are measured where they are installed.
"""

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
from scipy.special import entr as scipy_entr
from scipy.special import log_softmax, rel_entr, xlogy
from sklearn.metrics import log_loss

Task = Callable[..., Any]


def _naive_log_softmax(z: np.ndarray) -> np.ndarray:
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def _losses(log_softmax: Task) -> dict[str, Task]:
    """As they are written with any logarithm of the softmax."""

    def soft_and_gradient(z: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        log_q = log_softmax(z)
        return -(p * log_q).sum(axis=-1), np.exp(log_q) - p

    return {
        "soft loss": lambda z, p: -(p * log_softmax(z)).sum(axis=-1),
        "hard loss": lambda z, y: -log_softmax(z)[np.arange(len(z)), y],
        "soft loss and gradient": soft_and_gradient,
    }


def _naive_hvp(z: np.ndarray, v: np.ndarray) -> np.ndarray:
    q = np.exp(_naive_log_softmax(z))
    return q * (v - (q * v).sum(axis=-1, keepdims=True))


NAIVE: dict[str, Task] = _losses(_naive_log_softmax) | {
    "Hessian product": _naive_hvp,
    "entropy": lambda p: -(p * np.log(p)).sum(axis=-1),
    "cross-entropy": lambda p, q: -(p * np.log(q)).sum(axis=-1),
    "KL divergence": lambda p, q: (p * np.log(p / q)).sum(axis=-1),
}

SCIPY: dict[str, Task] = _losses(partial(log_softmax, axis=-1)) | {
    "entropy": lambda p: scipy_entr(p).sum(axis=-1),
    "cross-entropy": lambda p, q: -xlogy(p, q).sum(axis=-1),
    "KL divergence": lambda p, q: rel_entr(p, q).sum(axis=-1),
}


def _sklearn_hard(z: np.ndarray, y: np.ndarray) -> float:
    probs, classes = np.exp(_naive_log_softmax(z)), np.arange(z.shape[1])
    return log_loss(y, probs, labels=classes, normalize=False)


SKLEARN: dict[str, Task] = {"hard loss": _sklearn_hard}


def _torch() -> tuple[dict[str, Task], Callable[[np.ndarray], Any]]:
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(1)

    def grad(z: Any, p: Any) -> Any:
        z = z.detach().requires_grad_()
        loss = F.cross_entropy(z, p, reduction="none")
        (gradient,) = torch.autograd.grad(loss.sum(), z)
        return loss.detach(), gradient

    tasks: dict[str, Task] = {
        "soft loss": lambda z, p: F.cross_entropy(z, p, reduction="none"),
        "hard loss": lambda z, y: F.cross_entropy(z, y, reduction="none"),
        "soft loss and gradient": grad,
        "entropy": lambda p: torch.special.entr(p).sum(-1),
        "cross-entropy": lambda p, q: -torch.xlogy(p, q).sum(-1),
        "KL divergence": lambda p, q: F.kl_div(q.log(), p, reduction="none").sum(-1),
    }
    return tasks, torch.from_numpy


def _jax() -> tuple[dict[str, Task], Callable[[np.ndarray], Any]]:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")

    def soft(z: Any, p: Any) -> Any:
        return -(p * jax.nn.log_softmax(z)).sum(-1)

    def hard(z: Any, y: Any) -> Any:
        return -jnp.take_along_axis(jax.nn.log_softmax(z), y[..., None], axis=-1)[..., 0]

    def total(z: Any, p: Any) -> Any:
        loss = soft(z, p)
        return loss.sum(), loss

    def grad(z: Any, p: Any) -> Any:
        gradient, loss = jax.grad(total, has_aux=True)(z, p)
        return loss, gradient

    def waiting(act: Task) -> Task:
        compiled = jax.jit(act)
        return lambda *given: jax.block_until_ready(compiled(*given))

    tasks: dict[str, Task] = {
        "soft loss": soft,
        "hard loss": hard,
        "soft loss and gradient": grad,
        "entropy": lambda p: jax.scipy.special.entr(p).sum(-1),
        "cross-entropy": lambda p, q: -jax.scipy.special.xlogy(p, q).sum(-1),
        "KL divergence": lambda p, q: jax.scipy.special.rel_entr(p, q).sum(-1),
    }
    return {name: waiting(act) for name, act in tasks.items()}, jnp.asarray


def found() -> dict[str, tuple[dict[str, Task], Callable[[np.ndarray], Any]]]:
    """The tasks of each peer that is installed, and what makes its arrays."""
    peers = {
        "NumPy by hand": (NAIVE, np.asarray),
        "SciPy": (SCIPY, np.asarray),
        "scikit-learn": (SKLEARN, np.asarray),
    }
    if find_spec("torch"):
        peers["PyTorch"] = _torch()
    if find_spec("jax"):
        peers["JAX"] = _jax()
    return peers
