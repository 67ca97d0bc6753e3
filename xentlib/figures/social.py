"""The picture that stands beside a shared link."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from xentlib.figures._style import CORNERS, STYLE, on_triangle

LABEL, PREDICTION = (0.2, 0.2, 0.6), (0.5, 0.3, 0.2)


def card(path: Path) -> None:
    """The triangle of predictions with one label, one prediction and the contours of the loss, 1200
    by 630 pixels, as PNG at `path`.
    """
    with mpl.rc_context({**STYLE, "font.size": 22}):
        figure = Figure(figsize=(12, 6.3))
        words, simplex = figure.subplots(1, 2, width_ratios=[1, 1.1])
        words.axis("off")
        words.text(
            0.06, 0.72, "Is cross-entropy\na likelihood?", fontsize=38, weight="bold", va="center"
        )
        words.text(0.06, 0.4, r"$H(p,q)=-\sum_k\,p_k\,\log\,q_k$", va="center")
        words.text(0.06, 0.2, "of a soft label p\nand a prediction q", va="center")
        q = np.array([(a, b, 240 - a - b) for a in range(1, 239) for b in range(1, 240 - a)]) / 240
        loss = -np.log(q) @ LABEL
        levels = -np.log(LABEL) @ LABEL + np.array([0.02, 0.1, 0.25, 0.5])
        x, y = on_triangle(q).T
        simplex.tricontour(x, y, loss, levels, colors="#0b6e99", alpha=0.5, linewidths=2)
        simplex.plot(*CORNERS[[0, 1, 2, 0]].T, color="black", linestyle="-")
        for name, at, colour in (("p", LABEL, "#c2410c"), ("q", PREDICTION, "#0b6e99")):
            x, y = on_triangle(at)
            simplex.plot(x, y, "o", color=colour, markersize=18)
            simplex.text(x + 0.04, y, name, color=colour, style="italic", fontsize=30, va="center")
        simplex.set_aspect("equal")
        simplex.axis("off")
        figure.savefig(path, format="png", dpi=100, metadata={"Software": None})
