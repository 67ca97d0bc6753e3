"""Figures of the chapter on what soft labels estimate. They draw what they are given and compute
nothing themselves.
"""

import numpy as np

from xentlib.figures._style import Picture, axes


def spreads(fits, truth, naive):
    """Histograms of a fitted slope over many samples, one for each kind of label with the same
    mean, and the naive normal curve.
    """
    figure, ax = axes(figsize=(6.6, 3.8))
    low, high = (
        min(np.min(values) for values in fits.values()),
        max(np.max(values) for values in fits.values()),
    )
    edges = np.linspace(np.floor(low * 20) / 20, np.ceil(high * 20) / 20, 61)
    for (name, values), style in zip(fits.items(), ("-", "--", "-."), strict=False):
        counts, _ = np.histogram(values, edges)
        ax.stairs(
            counts / len(values) / np.diff(edges),
            edges,
            linewidth=1.8,
            linestyle=style,
            label=f"{name}: standard error {np.std(values):.3f}",
            baseline=None,
        )
    ax.axvline(truth, color="black", linewidth=1, linestyle=":")
    middle = (edges[1:] + edges[:-1]) / 2
    ax.plot(
        middle,
        np.exp(-0.5 * ((middle - truth) / naive) ** 2) / naive / np.sqrt(2 * np.pi),
        color="#6b7280",
        linestyle=":",
        label=f"naive: standard error {naive:.3f}",
    )
    ax.set(xlabel="fitted slope", ylabel="density over samples", ylim=(0, None))
    ax.legend(fontsize=9)
    return Picture(
        figure,
        (
            "Histograms of a fitted slope over many samples, for two kinds of labels with the "
            "same mean. Both centre at the true slope. Hard labels scatter most and follow the "
            "naive curve; labels of five votes scatter less than half as much."
        ),
    )


def errors_by_kind(fits):
    """Three standard errors of a slope for each kind of label: how much the fits really scatter,
    and what two formulas say on average.
    """
    figure, ax = axes(figsize=(6.6, 3.8))
    places = np.arange(len(fits))
    rows = {
        "naive": ("s", "#c2410c", lambda fit: fit.naive.mean()),
        "real scatter": ("o", "black", lambda fit: fit.fitted.std()),
        "sandwich": ("x", "#0b6e99", lambda fit: fit.sandwich.mean()),
    }
    for name, (marker, colour, value) in rows.items():
        ax.plot(
            [value(fit) for fit in fits.values()],
            places,
            marker=marker,
            color=colour,
            markersize=10 if marker == "x" else 8,
            markeredgewidth=2,
            fillstyle="none" if marker == "o" else "full",
            linestyle="none",
            label=name,
        )
    ax.set(
        xlabel="standard error of the slope",
        yticks=places,
        yticklabels=list(fits),
        xlim=(-0.005, None),
        ylim=(-0.5, len(fits) - 0.5),
    )
    ax.invert_yaxis()
    ax.legend(fontsize=9, loc="center left", bbox_to_anchor=(0.05, 0.25))
    return Picture(
        figure,
        (
            "Three standard errors for five kinds of labels with one mean. The naive one is "
            "the same for all. The real scatter equals it for hard labels, falls for votes "
            "that share an item, for independent votes and Dirichlet shares, and is zero for "
            "the truth itself. The sandwich follows the real scatter throughout."
        ),
    )
