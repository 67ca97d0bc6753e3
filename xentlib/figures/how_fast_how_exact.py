"""The figure of the page on speed. It draws what it is given and computes nothing itself."""

from collections.abc import Mapping, Sequence

from matplotlib.ticker import NullFormatter

from xentlib.figures._style import COLOURS, Picture, legend_above, panels, power_of_ten

Lines = Mapping[str, tuple[Sequence[float], Sequence[float]]]


def growth(by_rows: Lines, by_classes: Lines, floor: float) -> Picture:
    """Nanoseconds an element of the soft loss, by name, against the rows and against the classes;
    and what the machine asks at least.
    """
    figure, axes = panels(2, 1, height=6.0)
    for ax, lines, what in zip(
        axes,
        (by_rows, by_classes),
        ("rows, of 10 classes", "classes, of a million elements"),
        strict=True,
    ):
        for name, (sizes, took) in lines.items():
            ax.loglog(sizes, took, label=name)
        ax.axhline(
            floor, color=COLOURS[3], linestyle=":", linewidth=1.5, label="the machine's floor"
        )
        ax.xaxis.set_major_formatter(power_of_ten)
        ax.yaxis.set_major_formatter(power_of_ten)
        ax.yaxis.set_minor_formatter(NullFormatter())
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.set(xlabel=what, ylabel="ns per element")
    legend_above(axes[0])
    large = {name: took[-1] for name, (_, took) in by_rows.items()}
    return Picture(
        figure,
        (
            "Nanoseconds per element of the soft loss, on two logarithmic axes. Above, against the "
            "number of rows of 10 classes: each line falls while the cost of a call is shared by "
            "more rows, and is flat from some thousand rows on, at "
            + ", ".join(f"{took:.0f} for {name}" for name, took in large.items())
            + ". Below, against the number of classes at a million elements. A dotted line is "
            f"what the machine asks at least, {floor:.0f}: an exponential, and reading both arrays."
        ),
    )
