"""Figures of the chapter on smoothing. They draw what they are given and compute nothing
themselves.
"""

from collections.abc import Mapping

import numpy as np

from xentlib.figures._style import Picture, axes, legend_above, on_triangle, triangle


def misled_students(inputs: np.ndarray, students: Mapping[float, np.ndarray]) -> Picture:
    """What each student predicts, by the input at which its teacher was asked; the truth is one
    half.
    """
    figure, ax = axes(height=3.1)
    ax.axhline(0.5, color="black", linewidth=1, linestyle="-", label="the truth")
    for place, shares in students.items():
        (line,) = ax.plot(inputs, shares, label=f"asked at x = {place:g}")
        there = np.interp(place, inputs, shares)
        ax.plot(place, there, marker="o", color=line.get_color(), linestyle="none")
    ax.set(xlabel="input x", ylabel="share of class 2", ylim=(0, 1))
    legend_above(ax)
    return Picture(
        figure,
        (
            f"The share of class 2 that {len(students)} students predict, over the input. All "
            "their marks lie just above the truth, a level line at one half. The nearer to 0 a "
            "teacher was asked, the steeper is the curve of its student, and the farther is it "
            "from the truth at the edges."
        ),
    )


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
