"""The tables of the page on speed and accuracy, from the stored result of `make bench`."""

from collections.abc import Iterable, Iterator, Sequence

from xentlib.book.claims_page import Link, Page, table
from xentlib.data.speed import Accuracy, Head, Memory, Ratio

EQUAL = 1.05  # a ratio up to here is no difference that a noisy machine shows
LARGE, ALL_DIGITS = 1000, 2**52  # units of the last place


def _page(lines: Iterable[str]) -> Page:
    kept = list(lines)

    def same(link: Link) -> Iterator[str]:
        yield from kept

    return Page(same)


def slower(rows: Iterable[Ratio], most: int | None = None) -> Page:
    """Where xentlib took longer than a peer, the worst first; with `most`, that many."""
    lost = sorted((row for row in rows if row.low > EQUAL), key=lambda row: -row.ratio)
    header = ("task", "rows × classes", "precision", "beside", "ratio", "middle half")
    cells = ([*_place(row), row.peer, f"{row.ratio:.1f}", _half(row)] for row in lost[:most])
    return _page(table(header, cells))


def ratios(rows: Iterable[Ratio], dtype: str = "float64") -> Page:
    """The ratio beside each peer in one precision: a line for each task and size."""
    rows = [row for row in rows if row.dtype == dtype]
    peers = list(dict.fromkeys(row.peer for row in rows))
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        found.setdefault(_place(row)[:2], {})[row.peer] = f"{row.ratio:.2f}"
    header = ("task", "rows × classes", *peers)
    lines = ([*place, *(cells.get(peer, "") for peer in peers)] for place, cells in found.items())
    return _page(table(header, lines))


def errors(rows: Iterable[Accuracy]) -> Page:
    """Errors in units of the last place: the middle one, the worst, and how many are off."""
    header = ("task", "of", "numbers", "median", "worst", "off by more than 3")
    lines = (
        (
            row.task,
            row.of,
            str(row.numbers),
            f"{row.median:.2f}",
            _size(row.worst),
            f"{row.much:.1%}",
        )
        for row in rows
    )
    return _page(table(header, lines))


def memory(rows: Sequence[Memory]) -> Page:
    """Percent of the logits that a task takes beyond its input and its result."""
    of = list(dict.fromkeys(row.of for row in rows))
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row.task, {})[row.of] = f"{row.percent:.0f}%"
    lines = ([task, *(cells.get(name, "") for name in of)] for task, cells in found.items())
    return _page(table(("task", *of), lines))


def heads(rows: Iterable[Head]) -> Page:
    """A step of a linear head: seconds, and what it takes of a table of logits."""
    header = ("of", "rows × classes", "seconds", "of a table of logits")
    lines = ((row.of, row.size, f"{row.seconds:.2f}", f"{row.percent:.0f}%") for row in rows)
    return _page(table(header, lines))


def _place(row: Ratio) -> tuple[str, str, str]:
    return row.task, row.size, row.dtype


def _half(row: Ratio) -> str:
    return f"{row.low:.1f} to {row.high:.1f}"


def _size(x: float) -> str:
    """Large numbers by their power of ten, and by a word where no digit is right."""
    if x < LARGE:
        return f"{x:.2f}"
    if x >= ALL_DIGITS:
        return "all digits"
    digits, exponent = f"{x:.0e}".split("e")
    return rf"${digits}\cdot10^{{{int(exponent)}}}$"
