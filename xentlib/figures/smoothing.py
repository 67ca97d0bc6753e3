"""Figures of the chapter on smoothing. They draw what they are given and compute nothing
themselves.
"""

from collections.abc import Mapping

import numpy as np

from xentlib.figures._style import Picture, axes, legend_above, on_triangle, triangle


def recipes(truth: np.ndarray, paths: Mapping[str, np.ndarray]) -> Picture:
    """Where recipes for labels move the target, on the triangle of distributions with three
    classes.
    """
    figure, ax = axes(height=3.8)
    triangle(ax, ["class 1", "class 2", "class 3"])
    for (name, path), marker in zip(paths.items(), "osv", strict=False):
        ax.plot(*on_triangle(path).T, marker=marker, markersize=4, label=name)
    ax.plot(
        *on_triangle(truth),
        marker="*",
        markersize=15,
        color="black",
        linestyle="none",
        label="the truth",
    )
    legend_above(ax, gap=1.2)
    return Picture(
        figure,
        (
            "The triangle of three classes. From a truth near class 1 three paths start: "
            "smoothing goes straight towards the centre, temperature goes there on a bent "
            "path, and a larger weight of class 3 leads towards class 3."
        ),
    )
