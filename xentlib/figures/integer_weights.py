"""Figures of chapter 7. They draw what they are given and compute nothing themselves."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from xentlib.figures._style import (
    Picture,
    axes,
    legend_above,
    on_triangle,
    panels,
    power_of_ten,
    triangle,
)


def four_digits(values: ArrayLike) -> np.ndarray:
    """Plotted values to four significant digits, so that another processor draws the same bytes."""
    return np.array([float(f"{value:.3e}") for value in np.ravel(values)]).reshape(np.shape(values))


def mass(theta: np.ndarray, two: np.ndarray, points: np.ndarray, three: np.ndarray) -> Picture:
    """The Lebesgue mass of e^(-H(p, q)) against q: two classes as a curve, three as a map, both
    relative to the largest.
    """
    figure, (left, right) = panels(1, 2, height=2.9, width_ratios=[1, 1.4])
    left.plot(theta, four_digits(two))
    left.set(
        xlabel="q, probability of class 1", ylabel="mass Z(q), K = 2", xlim=(0, 1), ylim=(0, 0.55)
    )
    across, up = on_triangle(points).T
    shown = right.tricontourf(
        across, up, four_digits(three), levels=np.linspace(0, 1, 11), cmap="cividis"
    )
    triangle(right, ["class 1", "class 2", "class 3"])
    figure.colorbar(shown, ax=right, label="share of the centre's, K = 3", shrink=0.8)
    return Picture(
        figure,
        "The mass of the product of powers over all labels, as the prediction q varies. Left, "
        "two classes: a curve that rises from 0 at q = 0 to one half at q = one half, and "
        "falls again. "
        "Right, three classes: a map over the triangle, highest at the centre and falling to "
        "zero at the edges. If the product were a density, both would be constant.",
        is_map=True,
    )


def distance(weights: np.ndarray, defects: np.ndarray, votes: Sequence[int]) -> Picture:
    """The least defect against the weight, on a logarithmic scale; it falls to the axis at whole
    numbers only, where the zeros are drawn as rings.
    """
    figure, ax = axes(height=3.2)
    floor = 1e-6  # stands for 0: lower than every other defect that is drawn
    ax.semilogy(
        weights,
        np.maximum(four_digits(defects), floor),
        label="the best law of the label still misses by",
    )
    ax.plot(
        votes,
        [floor] * len(votes),
        "o",
        markersize=9,
        markerfacecolor="white",
        markeredgecolor="#c2410c",
        markeredgewidth=2,
        linestyle="none",
        clip_on=False,
        zorder=5,
        label="exactly 0: a likelihood",
    )
    ax.yaxis.set_major_formatter(power_of_ten)
    for number in votes:
        ax.annotate(
            f"{number} vote{'s' * (number > 1)}",
            (number, floor),
            xytext=(9, 5),
            textcoords="offset points",
        )
    ax.set(
        xlabel="w, weight of the loss on one soft label",
        ylabel="distance to a likelihood",
        xlim=(0, max(weights) + 0.5),
        ylim=(floor, 1),
    )
    legend_above(ax, columns=1)
    return Picture(
        figure,
        "Distance to a likelihood against the weight w of the cross-entropy, on a logarithmic "
        "scale. The curve starts at one third for w near 0, falls, and plunges to exactly "
        f"zero at w = {', '.join(map(str, votes))}, "
        "where rings mark that a likelihood exists: that of so many votes. Between them it "
        "rises again, to lower and lower hills, and never touches zero.",
    )


def two_fits(means: np.ndarray, parameters: np.ndarray) -> Picture:
    """The maximum likelihood fit of the continuous categorical against the mean label, beside the
    fit by cross-entropy.
    """
    figure, ax = axes(height=3.9)
    ax.plot(means, parameters, label="continuous categorical: λ̂")
    ax.plot(means, means, label="cross-entropy: the mean itself")
    ax.set(xlabel="mean of the labels", ylabel="fitted parameter", xlim=(0, 1), ylim=(0, 1))
    legend_above(ax, columns=1)
    return Picture(
        figure,
        (
            "Fitted parameter against the mean of the labels. Cross-entropy gives the "
            "diagonal. The continuous categorical gives a steeper S-shaped curve through the "
            "centre: its parameter is always more extreme than the mean."
        ),
    )
