"""Figures of the chapter on what soft labels estimate. They draw what they are given and compute
nothing themselves.
"""

from collections.abc import Mapping

import numpy as np

from xentlib.figures._style import Picture, axes, legend_above


def spreads(errors: Mapping[str, float], middle: float, truth: float) -> Picture:
    """Three normal curves around one middle, each with a standard error by its name; a line where
    the truth is.
    """
    figure, ax = axes(height=3.3)
    reach = 3.5 * max(errors.values())
    slopes = np.linspace(middle - reach, middle + reach, 400)
    styles = ((":", "#c2410c", 2), ("-", "#0b6e99", 4), ("--", "black", 1.5))
    for (name, error), (style, colour, width) in zip(errors.items(), styles, strict=True):
        ax.plot(
            slopes,
            np.exp(-0.5 * ((slopes - middle) / error) ** 2) / error / np.sqrt(2 * np.pi),
            linestyle=style,
            color=colour,
            linewidth=width,
            label=f"{name}: {error:.3f}",
        )
    ax.axvline(truth, color="black", linewidth=1, linestyle="-.")
    ax.set(xlabel="fitted slope", ylabel="density over samples", ylim=(0, None))
    legend_above(ax, columns=3, title="standard error")
    return Picture(
        figure,
        (
            "Three normal curves of a fitted slope for labels of five votes, around one middle "
            "beside the true slope. The curves of the sandwich and of the real scatter coincide. "
            "The naive curve is more than twice as wide and less than half as high."
        ),
    )


def errors_by_kind(fits: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Picture:
    """Three standard errors of a slope for each kind of label, from fitted slopes, naive errors and
    sandwich errors: how much the fits really scatter, and what two formulas say on average.
    """
    figure, ax = axes(height=3.3)
    places = np.arange(len(fits))
    rows = {
        "naive": ("s", "#c2410c", [naive.mean() for _, naive, _ in fits.values()]),
        "real scatter": ("o", "black", [fitted.std() for fitted, _, _ in fits.values()]),
        "sandwich": ("x", "#0b6e99", [sandwich.mean() for _, _, sandwich in fits.values()]),
    }
    for name, (marker, colour, values) in rows.items():
        ax.plot(
            values,
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
    legend_above(ax, columns=3)
    return Picture(
        figure,
        (
            "Three standard errors for five kinds of labels with one mean. The naive one is "
            "the same for all. The real scatter equals it for hard labels, falls for votes "
            "that share an item, for independent votes and Dirichlet shares, and is zero for "
            "the truth itself. The sandwich follows the real scatter throughout."
        ),
    )


def worth(votes: np.ndarray, curves: Mapping[str, np.ndarray]) -> Picture:
    """How many independent votes so many votes on one item are worth, a line for each
    correlation.
    """
    figure, ax = axes()
    for name, values in curves.items():
        ax.plot(votes, values, label=name)
    ax.set(
        xlabel="votes on an item",
        ylabel="independent votes",
        xticks=votes[:: len(votes) // 5],
        ylim=(0, None),
    )
    legend_above(ax, columns=2)
    last = ", ".join(f"{values[-1]:.1f}" for values in curves.values())
    return Picture(
        figure,
        (
            "Effective votes against votes on an item. Without correlation the line is the "
            "diagonal. With correlation each curve flattens early: "
            f"{votes[-1]} votes are worth {last}."
        ),
    )


def majority(votes: np.ndarray, wins: np.ndarray, share: float) -> Picture:
    """The chance that the majority names class 1, beside the mean share."""
    figure, ax = axes()
    ax.plot(votes, wins, marker="o", label="mean of the majority label")
    ax.axhline(share, color="#c2410c", linestyle="--", label="mean of the share")
    ax.set(
        xlabel="votes on an item",
        ylabel="class 1, on average",
        xticks=votes,
        ylim=(0.5, 1),
    )
    legend_above(ax)
    return Picture(
        figure,
        (
            "Two means of a label against the number of votes. The mean share is a flat line at "
            f"{share:.1f}. The mean of the majority label starts there with one vote and rises to "
            f"{wins[-1]:.2f} with {votes[-1]}."
        ),
    )
