"""Figures of the chapter on votes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from xentlib.figures._style import Picture, axes, legend_above, on_triangle, triangle


def vote_shares(probs: ArrayLike, names: Sequence[str]) -> Picture:
    """How many tokens have each combination of ten votes: a disc for each, its area the number of
    tokens.
    """
    figure, ax = axes(height=4.8)
    places, numbers = np.unique(
        np.round(np.asarray(probs) * 10).astype(int), axis=0, return_counts=True
    )
    ax.scatter(*on_triangle(places / 10).T, s=numbers / 5, color="#0b6e99", alpha=0.75, linewidth=0)
    triangle(ax, names)
    at_corners = int(numbers[(places == 10).any(axis=1)].sum())
    return Picture(
        figure,
        f"The simplex of three classes with a disc at each of the {len(places)} combinations "
        "of ten votes that occur, its area the number of tokens. "
        f"The largest discs are at the corners negative and positive: {at_corners} tokens are "
        "unanimous. The others spread along the three edges and over the inside.",
    )


def held_out_scores(
    scores: Sequence[Sequence[float]],
    names: Sequence[str],
    floors: tuple[float, float],
    marginal: float,
) -> Picture:
    """Held-out cross-entropy for each way to label the training words: one dot a split, the splits
    joined by lines.
    """
    figure, ax = axes(height=3.6)
    places = range(len(names))
    for split in scores:
        ax.plot(
            places,
            split,
            color="#0b6e99",
            linestyle="-",
            linewidth=0.8,
            alpha=0.6,
            marker="o",
            markersize=5,
        )
    for value, label, style in (
        (marginal, "marginal of the training words", "--"),
        (floors[1], "raised floor, for the noise of ten votes", "-."),
        (floors[0], "entropy floor of the test words", ":"),
    ):
        ax.axhline(
            value, color="#c2410c", linestyle=style, linewidth=1.5, label=f"{label}: {value:.2f}"
        )
    ax.set_xticks(places, names)
    ax.set(
        ylabel="held-out cross-entropy (nats a vote)", ylim=(0, None), xlim=(-0.4, len(names) - 0.6)
    )
    legend_above(ax, columns=1)
    lowest = sum(min(split) == split[0] for split in scores)
    return Picture(
        figure,
        f"Held-out cross-entropy of {len(scores)} splits by stem, for three ways to label the "
        f"training words. {names[0].capitalize()} are lowest in {lowest} of {len(scores)} "
        "splits. "
        f"The scores lie between {np.min(scores):.2f} and {np.max(scores):.2f}, above the "
        f"entropy floor of {floors[0]:.2f} and the raised floor of {floors[1]:.2f}, and below the "
        f"{marginal:.2f} of the marginal.",
    )
