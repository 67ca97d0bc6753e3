"""Figures of the chapter bayes. They draw what they are given and compute nothing."""

from collections.abc import Mapping, Sequence

import numpy as np

from xentlib.figures._style import Picture, axes, legend_above


def posteriors(
    theta: np.ndarray, densities: Mapping[str, np.ndarray], modes: Sequence[float]
) -> Picture:
    """Three posterior densities of a coin over θ, each with the place where it, or its image in
    the logit, is largest.
    """
    figure, ax = axes(height=3.8)
    for (name, density), mode in zip(densities.items(), modes, strict=True):
        (line,) = ax.plot(theta, density, label=f"{name}: {mode:.3g}")
        ax.axvline(mode, color=line.get_color(), linestyle=line.get_linestyle(), linewidth=1)
    ax.set(
        xlabel="θ, probability of heads",
        ylabel="density, relative to its peak",
        xlim=(0, 1),
        ylim=(0, None),
    )
    legend_above(ax, title="prior and coordinate: mode", columns=1)
    places = ", ".join(f"{mode:.3g}" for mode in modes)
    return Picture(
        figure,
        (
            "Three posterior densities for 7 heads in 10 tosses, each from a prior that is "
            f"called flat. Their peaks stand at three different places: θ = {places}."
        ),
    )
