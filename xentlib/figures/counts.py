"""Figures of chapter 6. They draw what they are given and compute nothing themselves."""

import numpy as np

from xentlib.figures._style import Picture, axes, legend_above, power_of_ten


def ordered_and_counted(
    votes: np.ndarray,
    ordered: np.ndarray,
    counted: np.ndarray,
    bound: np.ndarray,
    divergence: float,
) -> Picture:
    """Cost per vote of n votes with fixed proportions: in their order, and as counts, with the
    bound on the latter.
    """
    figure, ax = axes()
    ax.semilogx(votes, ordered, label=f"in their order: H = {ordered[-1]:.3f}")
    ax.semilogx(votes, counted, marker="o", markersize=4, label="as counts")
    ax.fill_between(
        votes,
        divergence,
        bound,
        color="#c2410c",
        alpha=0.12,
        linewidth=0,
        label="between KL and its bound",
    )
    ax.xaxis.set_major_formatter(power_of_ten)
    ax.axhline(
        divergence, color="#4d7c0f", linestyle="-.", linewidth=1.5, label=f"KL = {divergence:.3f}"
    )
    ax.set(
        xlabel="n, votes",
        ylabel="−log probability per vote (nats)",
        xlim=(votes[0], votes[-1]),
        ylim=(0, None),
    )
    legend_above(ax)
    return Picture(
        figure,
        (
            "Cost per vote against the number of votes. In their order the votes cost "
            f"{ordered[-1]:.3f} nats each, a flat line. As counts they cost less and less, "
            f"falling towards the divergence, {divergence:.3f} nats, from above."
        ),
    )
