"""Figures of the chapter on what soft labels estimate. They draw what they are given and compute nothing themselves."""
import numpy as np

from xentlib.figures._style import Picture, axes


def spreads(fits, truth, naive):
    """Histograms of a fitted slope over many samples, one for each kind of label with the same mean, and the naive normal curve."""
    figure, ax = axes(figsize=(6.6, 3.8))
    low, high = min(np.min(values) for values in fits.values()), max(np.max(values) for values in fits.values())
    edges = np.linspace(np.floor(low * 20) / 20, np.ceil(high * 20) / 20, 61)
    for (name, values), style in zip(fits.items(), ("-", "--", "-."), strict=False):
        counts, _ = np.histogram(values, edges)
        ax.stairs(counts / len(values) / np.diff(edges), edges, linewidth=1.8, linestyle=style, label=f"{name}: standard error {np.std(values):.3f}", baseline=None)
    ax.axvline(truth, color="black", linewidth=1, linestyle=":")
    middle = (edges[1:] + edges[:-1]) / 2
    ax.plot(middle, np.exp(-0.5 * ((middle - truth) / naive) ** 2) / naive / np.sqrt(2 * np.pi), color="#6b7280", linestyle=":", label=f"naive: standard error {naive:.3f}")
    ax.set(xlabel="fitted slope", ylabel="density over samples", ylim=(0, None))
    ax.legend(fontsize=9)
    return Picture(figure, "Histograms of a fitted slope over many samples, for two kinds of labels with the same mean. Both centre at the true slope. Hard labels scatter most and follow the naive curve; labels of five votes scatter less than half as much.")
