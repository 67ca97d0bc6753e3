"""Figures of the chapter on what to report. They draw what they are given and compute nothing."""

from collections.abc import Mapping

import numpy as np

from xentlib.figures._style import Picture, axes, legend_above


def posteriors(
    theta: np.ndarray, densities: Mapping[str, np.ndarray], scatter: np.ndarray
) -> Picture:
    """Posterior densities of one share by the weight of the loss, and how the mean label really
    scatters.
    """
    figure, ax = axes(height=3.8)
    ax.fill_between(theta, scatter, color="0.8", linewidth=0, label="how the mean label scatters")
    for name, density in densities.items():
        ax.plot(theta, density, label=name)
    ax.set(
        xlabel="θ, share of class 1",
        ylabel="density",
        xlim=(theta[0], theta[-1]),
        ylim=(0, None),
    )
    legend_above(ax)
    return Picture(
        figure,
        (
            "Posterior densities of a share around .4, one for each weight of the loss, over a "
            "grey hill that shows how the mean label really scatters. The curve of weight 1 is "
            "more than twice as wide as the hill, that of weight 5 lies on it, that of weight 10 "
            "is narrower."
        ),
    )
