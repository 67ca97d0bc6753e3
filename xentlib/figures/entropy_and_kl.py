"""Figures of chapter 5. They draw what they are given and compute nothing themselves."""

from collections.abc import Sequence

import numpy as np

from xentlib.figures._style import Picture, axes, legend_above, on_triangle, panels, triangle


def stacked(parts: Sequence[tuple[str, np.ndarray, np.ndarray, np.ndarray]]) -> Picture:
    """Cross-entropy as entropy with divergence on top, for each part (name of the axis,
    positions, entropies, divergences).
    """
    figure, both = panels(1, len(parts), height=3.4, sharey=True)
    for ax, (name, positions, entropies, divergences) in zip(both, parts, strict=True):
        ax.stackplot(
            positions,
            entropies,
            divergences,
            colors=["#8fbcd4", "#f0b48f"],
            labels=["entropy H(p)", "divergence KL(p‖q)"],
        )
        ax.plot(
            positions,
            [a + b for a, b in zip(entropies, divergences, strict=True)],
            color="black",
            linestyle="-",
            linewidth=1.5,
            label="cross-entropy H(p, q)",
        )
        ax.set(xlabel=name, xlim=(positions[0], positions[-1]), ylim=(0, None))
    both[0].set_ylabel("nats")
    figure.legend(
        *both[0].get_legend_handles_labels(), loc="outside upper left", ncols=2, frameon=False
    )
    return Picture(
        figure,
        "Two panels of stacked areas, entropy below and divergence above; their sum is the "
        "cross-entropy. Left, the label moves: the entropy is a hill, yet the sum is a "
        "straight line. "
        "Right, the prediction moves: the entropy is a flat floor, and the divergence on it "
        "falls to zero where the prediction equals the label.",
    )


def right_angle(
    curve: np.ndarray,
    label: np.ndarray,
    nearest: np.ndarray,
    members: Sequence[np.ndarray],
    names: Sequence[str],
) -> Picture:
    """A family of models as a curve in the simplex, a label off it, its projection, and other
    members.
    """
    figure, ax = axes(height=4.8)
    ax.plot(*on_triangle(curve).T, label="the family")
    for member in members:
        ax.plot(*on_triangle([nearest, member]).T, color="#c2410c", linestyle="-", linewidth=0.8)
        ax.plot(*on_triangle([label, member]).T, color="#7c3aed", linestyle=":", linewidth=1)
    ax.plot(
        *on_triangle([label, nearest]).T,
        color="#c2410c",
        linestyle="--",
        label="KL(p‖q*), the same for all",
    )
    for name, point, offset in (
        ("p", label, (8, 4)),
        ("q*", nearest, (-20, 6)),
        *((f"q{place}", member, (-18, 2)) for place, member in enumerate(members, 1)),
    ):
        ax.plot(*on_triangle(point), "o", color="black", markersize=5)
        ax.annotate(name, tuple(on_triangle(point)), xytext=offset, textcoords="offset points")
    triangle(ax, names)
    legend_above(ax, gap=1.2)
    return Picture(
        figure,
        "The simplex of three classes with the Hardy-Weinberg family as a curve from corner to "
        "corner. The label p lies off the curve, its projection q* on it, and two further "
        "members beside. "
        "The way from p to any member costs as much as the way to q* plus the way from there "
        "along the curve.",
    )
