"""Figures of the chapter cross entropy. They draw what they are given and compute nothing."""

from collections.abc import Mapping, Sequence

import numpy as np

from xentlib.figures._style import Picture, axes


def loss_of_a_label(
    probability: np.ndarray,
    losses: Mapping[str, np.ndarray],
    bounds: Sequence[tuple[float, float]],
    marks: Mapping[str, tuple[float, float]],
) -> Picture:
    """Cross-entropy against the probability that the prediction gives to one class, for a hard
    label and soft ones.
    """
    figure, ax = axes()
    for (name, loss), (place, bound) in zip(losses.items(), bounds, strict=True):
        (line,) = ax.plot(probability, loss, label=name)
        ax.plot(place, bound, "o", color=line.get_color(), clip_on=False)
    for name, (x, y) in marks.items():
        ax.annotate(
            name,
            (x, y),
            xytext=(-30, -26),
            textcoords="offset points",
            ha="right",
            arrowprops={"arrowstyle": "-", "linewidth": 0.8},
        )
    ax.set(
        xlabel="q₂, predicted probability of class 2",
        ylabel="cross-entropy (nats)",
        xlim=(0, 1),
        ylim=(0, 3),
    )
    ax.legend(fontsize=9)
    least = ", ".join(f"{bound:.3f}" for _, bound in bounds)
    return Picture(
        figure,
        (
            "Cross-entropy against the predicted probability of class 2. The hard label's "
            "curve falls to 0 at q₂ = 1. The soft labels' curves have their least values "
            f"above 0, where the prediction equals the label: {least} nats."
        ),
    )


def convergence(
    counts: np.ndarray, runs: Sequence[np.ndarray], limit: float, low: np.ndarray, high: np.ndarray
) -> Picture:
    """Mean loss of the first N draws for several runs, with the limit and a band between two
    quantiles.
    """
    figure, ax = axes()
    for run in runs:
        ax.semilogx(counts, run, color="#0b6e99", linestyle="-", linewidth=0.8, alpha=0.5)
    ax.fill_between(
        counts,
        low,
        high,
        color="#c2410c",
        alpha=0.15,
        linewidth=0,
        label="95 of 100 runs",
    )
    ax.axhline(limit, color="#c2410c", linestyle="--", label=f"H(p, q) = {limit:.3f} nats")
    ax.set(xlabel="N, draws from p", ylabel="mean of −log q (nats)", xlim=(counts[0], counts[-1]))
    ax.legend(fontsize=9)
    return Picture(
        figure,
        (
            f"{len(runs)} runs of the mean loss of the first N draws. They scatter widely at "
            f"first and close in on {limit:.3f} nats, mostly inside a band that stays between "
            "the least and the largest loss and narrows like one over the square root of N."
        ),
    )
