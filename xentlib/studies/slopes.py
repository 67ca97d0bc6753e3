"""Many small samples at once: the slope of a logit, fitted to soft labels of each sample, with
both kinds of standard errors.
"""

from typing import NamedTuple

import numpy as np

NEWTON_STEPS = 20


class Slopes(NamedTuple):
    """`fitted` slopes (T,), and their `naive` and `sandwich` standard errors (T,), one for each
    sample.
    """

    fitted: np.ndarray
    naive: np.ndarray
    sandwich: np.ndarray


def fit_slopes(x: np.ndarray, labels: np.ndarray) -> Slopes:
    """Slopes without an intercept, q_1 = σ(s x), two classes.

    Parameters
    ----------
    x : (N,), the feature
    labels : (T, N), the label's share of class 1, T samples

    Returns
    -------
    Slopes
    """
    slope = np.zeros(len(labels))
    for _ in range(NEWTON_STEPS):
        q = 1 / (1 + np.exp(-np.outer(slope, x)))
        information = (q * (1 - q)) @ x**2
        slope += ((labels - q) @ x) / information
    scores = (((labels - q) * x) ** 2).sum(axis=1)
    return Slopes(slope, 1 / np.sqrt(information), np.sqrt(scores) / information)


def kinds_of_labels(
    rng: np.random.Generator, truth: np.ndarray, samples: int
) -> dict[str, np.ndarray]:
    """Labels of five kinds with the same mean, each (samples, N): none of them knows of the
    others.
    """
    shape = (samples, len(truth))
    own = rng.beta(
        4 * truth, 4 * (1 - truth), size=shape
    )  # an item's own share: concentration 4, so ρ = 1/5
    return {
        "hard": rng.binomial(1, truth, size=shape).astype(float),
        "5 votes that share an item": rng.binomial(5, own) / 5,
        "a Dirichlet share": own,
        "5 independent votes": rng.binomial(5, truth, size=shape) / 5,
        "the truth itself": np.tile(truth, (samples, 1)),
    }
