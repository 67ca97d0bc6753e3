"""Observers with errors of their own, by EM: a hidden class for each item, a table of readings for
each observer.
"""

from typing import NamedTuple

import numpy as np

from xentlib import responsibilities, virtual_evidence_loss


class Observed(NamedTuple):
    """The `shares` of the classes (K,), the observers' `tables` P(reading | class) (R, K, K), the
    `responsibilities` (N, K), and the `log_likelihoods` of the steps, in nats.
    """

    shares: np.ndarray
    tables: np.ndarray
    responsibilities: np.ndarray
    log_likelihoods: np.ndarray


def _evidence(tables: np.ndarray, readings: np.ndarray, observers: np.ndarray) -> np.ndarray:
    """∏_j P(reading j | class), (N, K)."""
    return np.prod(
        [
            tables[observer][:, column].T
            for observer, column in zip(observers, readings.T, strict=True)
        ],
        axis=0,
    )


def fit_observers(
    readings: np.ndarray, observers: np.ndarray, num_classes: int, steps: int = 200
) -> Observed:
    """Maximum likelihood by EM, started at the shares of the readings.

    Each step is a cross-entropy fit to *updated* soft labels: the new shares are the mean
    responsibilities, and each observer's table the shares of the readings, weighted by them.

    Parameters
    ----------
    readings : (N, J), integers 0 ... K-1
    observers : (J,), which observer read
    num_classes : K
    steps : number of steps

    Returns
    -------
    Observed
    """
    seen = np.eye(num_classes)[readings]  # (N, J, K)
    labels, found = seen.mean(axis=1), []
    for _ in range(steps):
        shares = labels.mean(axis=0)
        tables = np.stack(
            [
                np.einsum("ik,ijl->kl", labels, seen[:, observers == observer])
                for observer in np.unique(observers)
            ]
        )
        tables = tables / tables.sum(axis=2, keepdims=True)
        evidence = _evidence(tables, readings, observers)
        logits = np.tile(np.log(shares), (len(readings), 1))
        found.append(-virtual_evidence_loss(logits, evidence).sum())
        labels = responsibilities(logits, evidence)
    return Observed(shares, tables, labels, np.array(found))
