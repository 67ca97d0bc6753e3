"""Figures of the chapter on neighbours. They draw what they are given and compute nothing
themselves.
"""

from collections.abc import Mapping

import numpy as np

from xentlib.figures._style import Picture, axes, legend_above

LINES = (
    ("-", "#0b6e99"),
    ("--", "#c2410c"),
    ("-.", "#4d7c0f"),
    (":", "#7c3aed"),
    ((0, (5, 1, 1, 1, 1, 1)), "#525252"),
)


def scores(share: np.ndarray, losses: Mapping[str, np.ndarray], truth: float) -> Picture:
    """Expected losses of a prediction, one curve for each score, with its lowest point."""
    figure, ax = axes(height=3.5)
    for (name, values), (line, colour) in zip(losses.items(), LINES, strict=True):
        ax.plot(share, values, label=name, linestyle=line, color=colour)
        if np.sum(values == values.min()) == 1:
            ax.plot(
                share[np.argmin(values)],
                values.min(),
                marker="o",
                markersize=5,
                color="black",
                linestyle="none",
            )
    ax.axvline(truth, color="black", linewidth=1, linestyle=":")
    ax.set(
        xlabel="predicted share of class 1", ylabel="expected loss (its own unit)", ylim=(0, 1.5)
    )
    legend_above(ax, columns=3)
    return Picture(
        figure,
        (
            "Five expected losses of a prediction, where the truth is 70 to 30. The "
            "logarithmic and the Brier loss are lowest at .7. The linear one falls all the way "
            "to 1. The focal one is lowest below .7. The 0-1 loss is a step at one half."
        ),
    )
