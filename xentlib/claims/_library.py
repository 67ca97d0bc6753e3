"""What the library computes, at the places that derivations name: classes count from 1."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

import xentlib
from xentlib.claims._lattice import count_vectors

Row = Sequence[float]


def hessian_entry(z: Row, K: int, j: int, **point: Any) -> float:
    """Entry (j, l) of the Hessian of cross-entropy in the logits."""
    return float(xentlib.softmax_cross_entropy_hvp(z, np.eye(K)[point["l"] - 1])[j - 1])


def quadratic_form(q: Row, v: Row, **sizes: int) -> float:
    """v' (diag q - q q') v, the Hessian at the logits log q along v."""
    with np.errstate(divide="ignore"):  # a class without probability has the logit -∞
        logits = np.log(q)
    return float(np.dot(v, xentlib.softmax_cross_entropy_hvp(logits, v)))


def of_frequencies(q: Row, y: Sequence[int], K: int, N: int) -> float:
    """N times the cross-entropy of the labels' frequencies."""
    votes = np.bincount(np.array(y) - 1, minlength=K)
    return N * float(xentlib.cross_entropy(xentlib.votes_to_probs(votes), q))


def of_the_mean_label(p: Sequence[Row], q: Row, w: Row, **sizes: int) -> float:
    """The cross-entropy of the weighted mean of labels."""
    return float(xentlib.cross_entropy(np.array(w) @ np.array(p), q))


def beyond_the_support(function: Callable[..., Any]) -> Callable[..., float]:
    """A function of p and q, given on the support of p: one more class has the rest of q."""

    def of_whole_distributions(p: Row, q: Row, s: float, **others: Any) -> float:
        return float(function([*p, 0], [*q, 1 - s]))

    return of_whole_distributions


def of_a_mixture(p: Row, r: Row, q: Row, t: float, **sizes: int) -> float:
    """The cross-entropy of a mixture of two labels."""
    return float(xentlib.cross_entropy((1 - t) * np.array(p) + t * np.array(r), q))


def beta_function(a: float, b: float) -> float:
    """B(a, b), from Dirichlet's density at the centre."""
    density = np.exp(xentlib.dirichlet_log_likelihood([0.5, 0.5], [a, b]))
    return 0.5 ** (a + b - 2) / float(density)


@cache
def _all_counts(num_classes: int, votes: int) -> np.ndarray:
    return np.array(count_vectors(num_classes, votes))


def mean_over_votes(p: Row, value: Callable[[Any], Any], votes: int) -> float:
    """The mean of a value of the shares of so many independent votes from p."""
    counts = _all_counts(len(p), votes)
    law = np.broadcast_to(np.asarray(p, dtype=float), counts.shape)
    chances = np.exp(xentlib.multinomial_log_likelihood(counts, law))
    return sum(
        float(chance) * float(value(row / votes))
        for chance, row in zip(chances, counts, strict=True)
        if chance
    )
