"""Figures of the chapter on sets, orders and pools. They draw what they are given and compute
nothing themselves.
"""

from collections.abc import Mapping

import numpy as np

from xentlib.figures._style import Picture, axes, legend_above, on_triangle, triangle

MARKS = ("o", "s", "^")


def uniform_labels(truths: np.ndarray, found: np.ndarray) -> Picture:
    """An arrow from each truth to what cross-entropy finds of uniform labels on reported sets."""
    figure, ax = axes(height=3.6)
    triangle(ax, ("class 1", "class 2", "class 3"))
    start, end = on_triangle(truths), on_triangle(found)
    for a, b in zip(start, end, strict=True):
        ax.annotate("", xy=b, xytext=a, arrowprops={"arrowstyle": "->", "color": "#525252"})
    ax.plot(*start.T, "o", color="#0b6e99", linestyle="none", label="truth")
    ax.plot(*end.T, "s", color="#c2410c", linestyle="none", label="mean of the uniform labels")
    ax.plot(*on_triangle(np.full(3, 1 / 3)), "+", color="black", markersize=10, linestyle="none")
    legend_above(ax, columns=2, gap=1.2)
    return Picture(
        figure,
        (
            "The simplex of three classes, with its centre as a cross. From each of several "
            "truths an arrow leads to the mean of the uniform labels on the reported sets: all "
            "arrows point at the centre, and the farther from it the longer they are."
        ),
    )


def learning_curves(curve: Mapping[int, Mapping[str, np.ndarray]]) -> Picture:
    """Held-out losses of each model over the number of training words: means of several draws of
    the words, and bars of one standard deviation.
    """
    figure, ax = axes(height=3.4)
    sizes = list(curve)
    for name, mark in zip(curve[sizes[0]], MARKS, strict=True):
        draws = np.array([curve[size][name] for size in sizes])
        ax.errorbar(
            sizes, draws.mean(axis=1), draws.std(axis=1, ddof=1), marker=mark, capsize=3, label=name
        )
    ax.set(
        xscale="log",
        xlabel="training words",
        ylabel="held-out loss (nats a vote)",
        xticks=sizes,
        xticklabels=[f"{size:,}" for size in sizes],
    )
    ax.minorticks_off()
    legend_above(ax, columns=3)
    return Picture(
        figure,
        (
            "Held-out losses of three models over the number of training words, on a "
            "logarithmic axis, with bars for the spread over draws of the words. All fall and "
            "level out. At each number the thresholds are lowest, softmax is next, and the "
            "stages with one slope are highest; the bars are short from 300 words on."
        ),
    )
