"""Figures of the chapter cross entropy. They draw what they are given and compute nothing."""

from collections.abc import Mapping, Sequence

import numpy as np

from xentlib.figures._style import COLOURS, Picture, axes, legend_above, power_of_ten


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
            xytext=(0, 64),
            textcoords="offset points",
            ha="center",
            arrowprops={"arrowstyle": "-", "linewidth": 0.8},
        )
    ax.set(
        xlabel="q₂, predicted probability of class 2",
        ylabel="cross-entropy (nats)",
        xlim=(0, 1),
        ylim=(0, 3),
    )
    legend_above(ax, columns=3)
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
    ax.xaxis.set_major_formatter(power_of_ten)
    ax.axhline(limit, color="#c2410c", linestyle="--", label=f"H(p, q) = {limit:.3f} nats")
    ax.set(xlabel="N, draws from p", ylabel="mean of −log q (nats)", xlim=(counts[0], counts[-1]))
    legend_above(ax, columns=3)
    return Picture(
        figure,
        (
            f"{len(runs)} runs of the mean loss of the first N draws. They scatter widely at "
            f"first and close in on {limit:.3f} nats, mostly inside a band that stays between "
            "the least and the largest loss and narrows like one over the square root of N."
        ),
    )


def paid_on_average(label: np.ndarray, q: np.ndarray) -> Picture:
    """A rectangle for each class: as wide as its chance under the label, as high as what it costs;
    their areas add up to the cross-entropy.
    """
    figure, ax = axes(height=3.6)
    prices, ends = -np.log(q), np.cumsum(label)
    middles = ends - label / 2
    ax.bar(
        middles,
        prices,
        width=label,
        color=COLOURS[: len(label)],
        alpha=0.35,
        edgecolor="black",
        linewidth=1,
    )
    for number, (middle, price, share) in enumerate(zip(middles, prices, label, strict=True), 1):
        ax.annotate(
            f"class {number}\n{share:.1f} × {price:.2f}",
            (middle - share / 2, price),
            xytext=(2, 4),
            textcoords="offset points",
        )
    total = float(label @ prices)
    ax.axhline(total, color="black", linestyle="--", linewidth=1.5, label=f"H(p, q) = {total:.3f}")
    ax.set(
        xlabel="chance that the class is drawn, p",
        ylabel="price of the class, −log q (nats)",
        xlim=(0, 1),
        ylim=(0, 1.25 * prices.max()),
    )
    legend_above(ax)
    return Picture(
        figure,
        (
            f"{len(label)} rectangles side by side, one a class: its width is the chance that the "
            "class is drawn, its height the price of that class. The areas add up to the "
            f"cross-entropy, {total:.3f} nats, which a dashed line shows as the mean height."
        ),
    )
