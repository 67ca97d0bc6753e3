"""Figures of the chapter on the geometry of the loss. They draw what they are given and compute
nothing themselves.
"""

from collections.abc import Mapping

import numpy as np

from xentlib.figures._style import Picture, axes


def along_the_slope(slopes: np.ndarray, curves: Mapping[str, np.ndarray]) -> Picture:
    """The least loss at each slope, one curve for each way to label."""
    figure, ax = axes(figsize=(6.6, 3.6))
    for name, values in curves.items():
        ax.plot(slopes, values, label=name)
        if values.argmin() < len(values) - 1:
            ax.plot(
                slopes[values.argmin()], values.min(), marker="o", color="black", linestyle="none"
            )
    ax.set(xlabel="slope, nats per unit of x", ylabel="loss of four labels, nats", ylim=(0, None))
    ax.legend(fontsize=9)
    return Picture(
        figure,
        (
            "The loss along the slope for three ways to label four points. With hard labels it "
            "falls to zero and has no minimum; with one inner label soft it falls to a floor "
            "above zero and has no minimum; with both inner labels soft it turns, and the "
            "minimum is marked."
        ),
    )
