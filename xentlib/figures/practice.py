"""Figures of the chapter on practice. They draw what they are given and compute nothing
themselves.
"""

from collections.abc import Sequence

import numpy as np

from xentlib.figures._style import Picture, axes


def ascent(log_likelihoods: Sequence[float]) -> Picture:
    """The log-likelihood after each step of EM."""
    figure, ax = axes(height=2.9)
    ax.plot(np.arange(len(log_likelihoods)), log_likelihoods, marker="o", markersize=4)
    ax.set(xlabel="step of EM", ylabel="log-likelihood, nats")
    return Picture(
        figure,
        (
            "The log-likelihood over the steps of EM. It rises at every step, by more than ten "
            "nats at the first and hardly at all after the fifth."
        ),
    )
