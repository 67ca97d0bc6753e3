"""Figures of the chapter on evaluation. They draw what they are given and compute nothing
themselves.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from xentlib.figures._style import COLOURS, Picture, axes, legend_above


def bounds(
    votes: Sequence[int], low: Sequence[float], high: Sequence[float], truth: float
) -> Picture:
    """The mean entropy of shares of so many votes, and the mean of what other votes pay, beside the
    entropy of their law.
    """
    figure, ax = axes(height=3.4)
    ax.plot(votes, high, "s--", label="each vote, as the others predict it", color=COLOURS[1])
    ax.axhline(truth, label="entropy of the law", color="black", linestyle=":", linewidth=1.5)
    ax.plot(votes, low, "o-", label="entropy of the shares", color=COLOURS[0])
    ax.set(xlabel="votes on an item", ylabel="mean (nats)", ylim=(0, None))
    legend_above(ax, columns=1)
    return Picture(
        figure,
        f"Two curves over the number of votes, from {votes[0]} to {votes[-1]}, with the entropy of "
        f"their law, {truth:.2f} nats, as a dotted line between them. The entropy of the shares "
        f"rises from {low[0]:.2f} to {low[-1]:.2f}; what a vote costs as the others predict it "
        f"falls from {high[0]:.2f} to {high[-1]:.2f}. Neither meets the line.",
    )


def reliability(
    confidence: np.ndarray, shares: Mapping[str, np.ndarray], items: np.ndarray
) -> Picture:
    """The share of the labels against what a model says, one line for each kind of label; bins
    without items are left out.
    """
    figure, ax = axes(height=4.0)
    filled = items > 0
    ax.plot([0, 1], [0, 1], color="black", linewidth=1, linestyle=":", label="calibrated")
    for (name, share), colour, mark in zip(shares.items(), COLOURS, "os", strict=False):
        ax.plot(confidence[filled], share[filled], label=name, color=colour, marker=mark)
    ax.set(
        xlabel="predicted share of the class that the model bets on",
        ylabel="its share of the labels",
        xlim=(0.3, 1),
        ylim=(0.3, 1),
    )
    legend_above(ax, columns=1)
    return Picture(
        figure,
        f"Reliability in {int(filled.sum())} bins of what a model says, with the diagonal dotted. "
        f"One line for {' and one for '.join(shares)}: the first lies close to the diagonal, the "
        "second above it.",
    )
