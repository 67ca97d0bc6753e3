"""Figures of the chapter on preferences. They draw what they are given and compute nothing
themselves.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from xentlib.figures._style import Picture, axes, legend_above

SHIFT = 0.22  # between the intervals of one reader
MARKS = "osD"  # of the kinds of errors


def losses(margin: np.ndarray, curves: Mapping[str, np.ndarray]) -> Picture:
    """Losses of a label for the first, as its margin grows."""
    figure, ax = axes(height=3.6)
    for name, values in curves.items():
        ax.plot(margin, values, label=name)
    ax.axhline(0, color="black", linewidth=1, linestyle=":")
    ax.set(
        xlabel="margin δ (nats)",
        ylabel="loss of a label for the first (nats)",
        xlim=(-4, 6),
        ylim=(-1, 4),
    )
    legend_above(ax)
    return Picture(
        figure,
        (
            "Four losses of one label, against the margin. The plain one falls to 0. The smoothed "
            "one is lowest a little above 1 and rises again. The corrected one crosses 0 "
            "and goes on falling in a straight line. The likelihood of a flipped label runs "
            "between two flat ends and never leaves them."
        ),
    )


def scores(names: Sequence[str], intervals: Mapping[str, np.ndarray]) -> Picture:
    """Differences of scores to one reader, an interval for each kind of error."""
    figure, ax = axes(height=3.4)
    places = np.arange(len(names), dtype=float)
    for number, (mark, (kind, ends)) in enumerate(zip(MARKS, intervals.items(), strict=True)):
        at = places + SHIFT * (number - (len(intervals) - 1) / 2)
        middle = ends.mean(axis=1)
        ax.errorbar(at, middle, yerr=ends[:, 1] - middle, fmt=mark, capsize=3, label=kind)
    ax.axhline(0, color="black", linewidth=1, linestyle=":")
    ax.set_xticks(places, names)
    ax.set(ylabel="score less that of reader 1 (nats)")
    legend_above(ax, columns=3)
    return Picture(
        figure,
        (
            "Differences of four readers to reader 1, each with three intervals. Those of naive "
            "errors are the widest, those of the sandwich for independent comparisons half as "
            "wide, and those that know the records lie between. Only the intervals of reader 2 "
            "are all above 0."
        ),
    )
