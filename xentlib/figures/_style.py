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
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike

WIDTH = 5.4  # inches: on a phone, 358 px wide, 10 points are 9 px

COLOURS = ["#0b6e99", "#c2410c", "#4d7c0f", "#7c3aed"]  # told apart by the colour-blind too
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

STYLE: dict[Any, Any] = {
    "svg.hashsalt": "xentlib",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Arial"],
    "font.size": 11,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=COLOURS, linestyle=["-", "--", "-.", ":"]),
    "lines.linewidth": 2,
}


@dataclass(frozen=True)
class Picture:
    """A figure and the text that stands for it; shown as SVG. Where colours are a scale they stay
    as they are on a dark page.
    """

    figure: Figure
    alt: str
    is_map: bool = False

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        text = StringIO()
        with mpl.rc_context(STYLE):
            self.figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
        about = {"alt": self.alt} | ({"map": True} if self.is_map else {})
        return {"image/svg+xml": text.getvalue(), "text/plain": self.alt}, {"image/svg+xml": about}


def axes(**options: Any) -> tuple[Figure, Axes]:
    """A figure in the book's style and its one pair of axes."""
    figure, (only,) = panels(1, 1, **options)
    return figure, only


def panels(
    rows: int, columns: int, *, height: float = 3.4, **options: Any
) -> tuple[Figure, list[Axes]]:
    """A figure in the book's style and its pairs of axes, row by row."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, height))
        return figure, list(np.ravel(figure.subplots(rows, columns, **options)))


def legend_above(ax: Axes, columns: int = 2, gap: float = 0.2, **options: Any) -> None:
    """The names of the lines over the axes, where they hide nothing; a triangle needs a gap for the
    name of its upper corner.
    """
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderaxespad=gap,
        ncols=columns,
        columnspacing=1.2,
        frameon=False,
        alignment="left",
        **options,
    )


@FuncFormatter
def power_of_ten(value: float, _: int) -> str:
    """A mark of a logarithmic axis, in letters that are no smaller than others."""
    exponent = round(np.log10(value)) if value > 0 else 0
    return "1" if exponent == 0 else f"10{str(exponent).translate(RAISED)}"


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
        [(-0.03, -0.03, "left"), (0.03, -0.03, "right"), (0, 0.03, "center")],
        strict=True,
    ):
        ax.text(corner[0] + dx, corner[1] + dy, name, ha=side, va="bottom" if dy > 0 else "top")
    ax.set_aspect("equal")
    ax.axis("off")
