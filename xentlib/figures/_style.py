"""One look for every figure, and bytes that are the same on every machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from numpy.typing import ArrayLike

STYLE: dict[Any, Any] = {
    "svg.hashsalt": "xentlib",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Arial"],
    "font.size": 11,
    "figure.facecolor": "white",
    "figure.figsize": (6.4, 3.6),
    "figure.constrained_layout.use": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(
        color=["#0b6e99", "#c2410c", "#4d7c0f", "#7c3aed"], linestyle=["-", "--", "-.", ":"]
    ),
    "legend.frameon": False,
    "lines.linewidth": 2,
}


@dataclass(frozen=True)
class Picture:
    """A figure and the text that stands for it; shown as SVG."""

    figure: Figure
    alt: str

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        text = StringIO()
        with mpl.rc_context(STYLE):
            self.figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
        return {"image/svg+xml": text.getvalue(), "text/plain": self.alt}, {
            "image/svg+xml": {"alt": self.alt}
        }


def axes(**options: Any) -> tuple[Figure, Axes]:
    """A figure in the book's style and its one pair of axes."""
    figure, (only,) = panels(1, 1, **options)
    return figure, only


def panels(rows: int, columns: int, **options: Any) -> tuple[Figure, list[Axes]]:
    """A figure in the book's style and its pairs of axes, row by row."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=options.pop("figsize", STYLE["figure.figsize"]))
        return figure, list(np.ravel(figure.subplots(rows, columns, **options)))


CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(3) / 2]])


def on_triangle(probs: ArrayLike) -> np.ndarray:
    """Points of the simplex with three classes as points of the plane."""
    return np.asarray(probs) @ CORNERS


def triangle(ax: Axes, names: Sequence[str]) -> None:
    """The outline of the simplex with its corners named."""
    outline = np.vstack([CORNERS, CORNERS[:1]])
    ax.plot(*outline.T, color="black", linewidth=1, linestyle="-")
    for corner, name, (dx, dy, side) in zip(
        CORNERS,
        names,
        [(-0.02, -0.06, "right"), (0.02, -0.06, "left"), (0, 0.03, "center")],
        strict=True,
    ):
        ax.text(corner[0] + dx, corner[1] + dy, name, ha=side)
    ax.set_aspect("equal")
    ax.axis("off")
