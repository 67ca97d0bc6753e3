"""One look for every figure, and bytes that are the same on every machine."""

from dataclasses import dataclass
from io import StringIO

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

STYLE = {
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
    "axes.prop_cycle": mpl.cycler(
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

    def _repr_mimebundle_(self, include=None, exclude=None):
        text = StringIO()
        with mpl.rc_context(STYLE):
            self.figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
        return {"image/svg+xml": text.getvalue(), "text/plain": self.alt}, {
            "image/svg+xml": {"alt": self.alt}
        }


def axes(columns=1, **options):
    """A figure in the book's style and its axes."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=options.pop("figsize", STYLE["figure.figsize"]))
        return figure, figure.subplots(1, columns, **options)


CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(3) / 2]])


def on_triangle(probs):
    """Points of the simplex with three classes as points of the plane."""
    return np.asarray(probs) @ CORNERS


def triangle(ax, names):
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
