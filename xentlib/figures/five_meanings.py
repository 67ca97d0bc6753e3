"""Figures of chapter 8. They draw what they are given and compute nothing themselves."""

from collections.abc import Mapping, Sequence

import numpy as np

from xentlib.figures._style import (
    COLOURS,
    Picture,
    axes,
    legend_above,
    on_triangle,
    panels,
    triangle,
)
from xentlib.figures.integer_weights import four_digits

HIGHEST = 1.5


def landscapes(
    points: np.ndarray,
    maps: Mapping[str, tuple[np.ndarray, np.ndarray]],
    names: Sequence[str],
    label: np.ndarray,
) -> Picture:
    """Losses over the simplex of predictions, each above its own least value, with its minimiser;
    `maps` has (losses, minimiser) by name.
    """
    figure, grid = panels(2, 2, height=5)
    across, up = on_triangle(points).T
    for ax, (name, (losses, best)) in zip(grid, maps.items(), strict=True):
        finite = np.where(np.isfinite(losses), losses, np.inf)
        above = np.minimum(finite - finite.min(), 2 * HIGHEST)
        shown = ax.tricontourf(
            across,
            up,
            four_digits(above),
            levels=np.linspace(0, HIGHEST, 13),
            cmap="cividis_r",
            extend="max",
        )
        ax.plot(
            *on_triangle(label),
            "o",
            markersize=7,
            markerfacecolor="white",
            markeredgecolor="black",
            linestyle="none",
        )
        ax.plot(
            *on_triangle(best),
            "*",
            markersize=16,
            color="#c2410c",
            markeredgecolor="white",
            linestyle="none",
            clip_on=False,
        )
        triangle(ax, names)
        ax.set_title(name, fontsize=12, pad=20)
    figure.colorbar(shown, ax=grid, label="nats above the least value", shrink=0.6)
    return Picture(
        figure,
        "Four maps over the triangle of predictions, for one soft label, drawn as a ring. A "
        "star marks where each loss is least. Cross-entropy and divergence have the same map, "
        "and the star in the ring. "
        "The loss of virtual evidence falls towards the corner of the label's largest class, "
        "where its star is. The continuous categorical has its star between the ring and that "
        "corner.",
        is_map=True,
    )


def objectives(
    theta: np.ndarray, curves: Mapping[str, np.ndarray], optima: Sequence[float]
) -> Picture:
    """Several losses of one prediction (θ, 1 - θ) on the same labels, each above its own least
    value, with the optimum.
    """
    figure, ax = axes(height=3.3)
    for (name, losses), best in zip(curves.items(), optima, strict=True):
        (line,) = ax.plot(
            theta, four_digits(losses - np.min(losses)), label=f"{name}: θ = {best:.4f}"
        )
        ax.plot(best, 0, "o", color=line.get_color(), clip_on=False, zorder=5)
    ax.set(
        xlabel="θ, predicted probability of class 1",
        ylabel="loss above its least\n(nats an item)",
        xlim=(0, 1),
        ylim=(0, 0.4),
    )
    legend_above(ax, columns=1)
    places = ", ".join(f"{best:.4f}" for best in optima)
    return Picture(
        figure,
        (
            "Losses of one prediction on the same four soft labels, each for another meaning "
            "of the labels. Every curve is a bowl, and the bottoms stand at different places: "
            f"θ = {places}."
        ),
    )


def climbing(
    theta: np.ndarray, likelihood: np.ndarray, bounds: Sequence[np.ndarray], path: Sequence[float]
) -> Picture:
    """EM: the log-likelihood, and the lower bounds that touch it at each step of the path."""
    figure, ax = axes(height=3.3)
    ax.plot(theta, likelihood, color="black", linestyle="-", label="log-likelihood")
    for place, bound in enumerate(bounds):
        ax.plot(theta, bound, linestyle="--", linewidth=1.2, label=f"bound at step {place}")
    heights = np.interp(path, theta, likelihood)
    ax.plot(path, heights, "o", color="#c2410c", linestyle="none", zorder=5, label="the steps")
    ax.set(
        xlabel="θ, predicted probability of class 1",
        ylabel="log-likelihood (nats)",
        xlim=(0, 1),
        ylim=(np.min(likelihood) - 0.6, np.max(likelihood) + 0.15),
    )
    legend_above(ax)
    steps = ", ".join(f"{place:.3f}" for place in path)
    return Picture(
        figure,
        (
            "A concave log-likelihood in black. From each step a dashed lower bound touches "
            "it from below; the top of the bound is the next step. The steps climb: θ = "
            f"{steps}."
        ),
    )


MAKERS = (  # name of the meaning, what was drawn from what, and the loss
    ("votes", ("q", "n classes", "their shares p"), "n H(p, q)"),
    ("evidence", ("q", "hidden class", "a reading, λ"), "−log Σ λₖqₖ"),
    ("responsibilities", ("q, λ", "posterior r", "label r, until q moves"), "H(r, q)"),
    ("noisy channel", ("q", "hidden class", "another class y"), "−log (Tᵀq)ᵧ"),
    ("the truth", ("nature, π", "a law of mean π", "label p"), "H(p, q)"),
)


def makers() -> Picture:
    """Who made the label: a row for each meaning, with what was drawn from what, and the loss that
    belongs to it. What is seen is shaded.
    """
    figure, ax = axes(height=4.8)
    ax.set(xlim=(0, 3.1), ylim=(-0.35, len(MAKERS)))
    ax.axis("off")
    for row, (name, steps, loss) in enumerate(reversed(MAKERS)):
        ax.text(0, row + 0.55, name, weight="bold", va="center")
        ax.text(3.1, row + 0.55, loss, va="center", ha="right", color=COLOURS[0])
        for place, step in enumerate(steps):
            seen = place == 2
            box = {"boxstyle": "round,pad=0.35", "facecolor": "#d9e8ef" if seen else "white"}
            across = (0.25, 1.1, 2.35)[place]
            ax.text(across, row + 0.1, step, ha="center", va="center", bbox=box)
            if place:
                start = (0.45, 1.5)[place - 1]
                end = (0.72, 1.72)[place - 1]
                ax.annotate(
                    "", (end, row + 0.1), xytext=(start, row + 0.1), arrowprops={"arrowstyle": "->"}
                )
    told = "; ".join(f"{name}: {', then '.join(steps)}" for name, steps, _ in MAKERS)
    return Picture(
        figure, f"Five rows of three boxes with arrows, one for each meaning of a label. {told}."
    )
