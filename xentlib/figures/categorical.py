"""Figures of the chapter categorical. They draw what they are given and compute nothing."""

from collections.abc import Mapping, Sequence

import numpy as np

from xentlib.figures._style import Picture, axes, legend_above, on_triangle, triangle


def simplex(paths: Mapping[str, np.ndarray], names: Sequence[str]) -> Picture:
    """Where softmax sends straight lines of logits: curves inside the triangle, which never reach
    its edges.
    """
    figure, ax = axes(height=4.6)
    for label, probs in paths.items():
        ax.plot(*on_triangle(probs).T, label=label)
    ax.plot(*on_triangle([1 / 3, 1 / 3, 1 / 3]), "o", color="black", markersize=5)
    triangle(ax, names)
    legend_above(ax, columns=1, gap=1.2)
    return Picture(
        figure,
        (
            "The simplex of three classes as a triangle. Straight lines of logits through the "
            "origin become curves through the centre, the uniform distribution; each runs "
            "towards corners or edges and stays inside."
        ),
    )
