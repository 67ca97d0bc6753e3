"""Figures of the chapter on practice. They draw what they are given and compute nothing
themselves.
"""

from collections.abc import Sequence

import numpy as np

from xentlib.figures._style import Picture, panels


def _highest(probs: np.ndarray) -> str:
    """The grades with the largest probability."""
    return " or ".join(str(grade + 1) for grade in np.flatnonzero(probs == probs.max()))


def moved(names: Sequence[int], readings: np.ndarray, inferred: np.ndarray) -> Picture:
    """For each of some patients the shares of the readings, as bars, and what a model infers from
    them, as points; rows are patients, columns grades.
    """
    figure, each = panels(1, len(names), height=2.8, sharey=True)
    grades = np.arange(1, readings.shape[1] + 1)
    for ax, name, read, found in zip(each, names, readings, inferred, strict=True):
        ax.bar(grades, read, color="#9ca3af", width=0.7, label="readings")
        ax.plot(grades, found, "o", color="#c2410c", markersize=7, label="inferred")
        ax.set(title=f"patient {name}", xticks=grades, xlabel="grade", ylim=(0, 1.05))
    each[0].set_ylabel("probability")
    figure.legend(
        *each[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False
    )
    told = "; ".join(
        f"patient {name}, mostly read as {_highest(read)}, becomes {_highest(found)}"
        for name, read, found in zip(names, readings, inferred, strict=True)
    )
    return Picture(
        figure,
        (
            f"Bars of the shares of readings for {len(names)} patients, and points of what the "
            f"model infers, each nearly all on one grade: {told}."
        ),
    )
