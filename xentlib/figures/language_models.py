"""Figures of the chapter on language models. They draw what they are given and compute nothing
themselves.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import NullLocator

from xentlib.figures._style import Picture, axes, legend_above, power_of_ten

MARKS = "os^D"


def pool(temperatures: np.ndarray, shares: np.ndarray, means: Mapping[str, float]) -> Picture:
    """What a student says of class 1, by the temperature at which it learnt."""
    figure, ax = axes(height=3.0)
    ax.plot(temperatures, shares)
    for (name, mean), line in zip(means.items(), (":", "--"), strict=True):
        ax.axhline(mean, color="black", linewidth=1, linestyle=line, label=name)
    ax.set(xscale="log", xlabel="temperature", ylabel="share of class 1")
    ax.xaxis.set_major_formatter(power_of_ten)
    ax.xaxis.set_minor_locator(NullLocator())
    legend_above(ax)
    return Picture(
        figure,
        (
            "The share that a student gives class 1 rises with the temperature at which it "
            "learnt: from the arithmetic mean of its two teachers at 1 to their geometric mean, "
            "which it has nearly reached at 100."
        ),
    )


def recipes(kept: Sequence[int], costs: Mapping[str, Sequence[tuple[float, float]]]) -> Picture:
    """What each recipe costs a letter beyond the teacher's whole labels, with twice its standard
    error.
    """
    figure, ax = axes(height=3.6)
    for (name, found), mark in zip(costs.items(), MARKS, strict=True):
        means, errors = np.array(found).T
        ax.errorbar(kept, means, 2 * errors, label=name, marker=mark, markersize=5, capsize=3)
    ax.axhline(0, color="black", linewidth=1, linestyle="-")
    ax.set(
        xscale="log",
        xlabel="classes that a position keeps, or draws",
        ylabel="nats per letter above the whole label",
    )
    ax.set_yscale("symlog", linthresh=1e-2, linscale=0.6)
    ax.set_ylim(-4e-3, 2)
    ax.set_xticks(kept, [str(k) for k in kept])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_yticks([0, 0.01, 0.1, 1], ["0", "0.01", "0.1", "1"])
    ax.yaxis.set_minor_locator(NullLocator())
    legend_above(ax)
    return Picture(
        figure,
        (
            "Four recipes, by how many classes they keep. The renormalised top k costs most, as "
            "it is a little less, with a tail bucket several times less; all three fall as more "
            "is kept. Classes that are drawn cost less than a hundredth of a nat with one draw, "
            "and nearly nothing from four on."
        ),
    )
