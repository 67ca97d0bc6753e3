"""Figures of the chapter on the geometry of the loss. They draw what they are given and compute
nothing themselves.
"""

from collections.abc import Mapping

import numpy as np

from xentlib.figures._style import COLOURS, Picture, axes, legend_above, on_triangle, triangle


def along_the_slope(slopes: np.ndarray, curves: Mapping[str, np.ndarray]) -> Picture:
    """The least loss at each slope, one curve for each way to label."""
    figure, ax = axes(height=3.1)
    for name, values in curves.items():
        ax.plot(slopes, values, label=name)
        if values.argmin() < len(values) - 1:
            ax.plot(
                slopes[values.argmin()], values.min(), marker="o", color="black", linestyle="none"
            )
    ax.set(xlabel="slope, nats per unit of x", ylabel="loss of four labels, nats", ylim=(0, None))
    legend_above(ax)
    return Picture(
        figure,
        (
            "The loss along the slope for three ways to label four points. With hard labels it "
            "falls to zero and has no minimum; with one inner label soft it falls to a floor "
            "above zero and has no minimum; with both inner labels soft it turns, and the "
            "minimum is marked."
        ),
    )


def pulls(prediction: np.ndarray, labels: Mapping[str, np.ndarray]) -> Picture:
    """An arrow from one prediction to each label: the gradient in the logits, turned round."""
    figure, ax = axes(height=4.6)
    triangle(ax, ["class 1", "class 2", "class 3"])
    start = on_triangle(prediction)
    for (name, label), colour in zip(labels.items(), COLOURS, strict=False):
        end = on_triangle(label)
        arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": 2, "shrinkA": 6, "shrinkB": 2}
        ax.annotate("", tuple(end), xytext=tuple(start), arrowprops=arrow)
        ax.plot(*end, marker="o", color=colour, linestyle="none", label=name, clip_on=False)
    ax.plot(*start, marker="*", markersize=14, color="black", linestyle="none", label="prediction")
    legend_above(ax, gap=1.2)
    return Picture(
        figure,
        (
            f"The triangle of three classes with one prediction and {len(labels)} labels. From the "
            "prediction an arrow runs to each label, hard or soft. Class by class it is minus the "
            "gradient in the logits."
        ),
    )
