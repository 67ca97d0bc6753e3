"""How fast and how exact xentlib was beside others when it was last measured: a stored result of
`make bench`, with its date, the class of the processor, and versions.
"""

import ast
import hashlib
import json
import textwrap
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, NamedTuple

MEASURED = ("_summation", "_tiles", "information", "logits", "losses")  # modules of xentlib

WIDTH = 76  # of a line that fits beside the code of a page


class Ratio(NamedTuple):
    """The time of xentlib over that of a `peer`, the middle half of what was seen (`low` to
    `high`), and both in seconds.
    """

    task: str
    size: str
    dtype: str
    peer: str
    ratio: float
    low: float
    high: float
    ours: float
    theirs: float


class Growth(NamedTuple):
    """What an element of a soft loss `of` a library took, in nanoseconds; `along` says what
    grows.
    """

    along: str
    rows: int
    classes: int
    of: str
    ns: float


class Accuracy(NamedTuple):
    """The `worst` and the `median` error in units of the last place, and the share of numbers that
    are `much` off: by more than 3.
    """

    task: str
    of: str
    numbers: int
    worst: float
    median: float
    much: float


class Memory(NamedTuple):
    """What a task took beyond its input and what it returns, in `percent` of the logits."""

    task: str
    size: str
    of: str
    percent: float


class Head(NamedTuple):
    """A step of a linear head, in `seconds`, and the `percent` of a table of logits that it took
    beside the gradients.
    """

    task: str
    size: str
    of: str
    seconds: float
    percent: float


class Speed(NamedTuple):
    """A run of `make bench`; `floor` is in nanoseconds an element, by what it is the price of."""

    date: str
    processor: str
    versions: Mapping[str, str]
    measured: str
    floor: Mapping[str, float]
    losses: tuple[Ratio, ...]
    fits: tuple[Ratio, ...]
    threads: tuple[Ratio, ...]
    accuracy: tuple[Accuracy, ...]
    memory: tuple[Memory, ...]
    growth: tuple[Growth, ...]
    heads: tuple[Head, ...]

    def lines(self, along: str) -> dict[str, tuple[list[int], list[float]]]:
        """Of the growth along "rows" or "classes": by name, the sizes and what an element took."""
        found: dict[str, tuple[list[int], list[float]]] = {}
        for point in self.growth:
            if point.along == along:
                sizes, took = found.setdefault(point.of, ([], []))
                sizes.append(point.rows if along == "rows" else point.classes)
                took.append(point.ns)
        return found

    def __str__(self) -> str:
        return _told(f"{self.date}, {self.processor}", self.versions)


def load() -> Speed:
    """The stored result.

    Returns
    -------
    Speed

    Source
    ------
    `make bench STORE=1`, with PyTorch and JAX installed.

    Examples
    --------
    >>> load().versions["xentlib"]
    '0.1.0'
    """
    stored = _stored("speed.json")
    tables = stored["tables"]
    return Speed(
        date=stored["date"],
        processor=stored["processor"],
        versions=stored["versions"],
        measured=stored["measured"],
        floor={line["of"]: line["ns"] for line in tables["floor"]},
        **{name: _lines(Ratio, tables[name]) for name in ("losses", "fits", "threads")},
        accuracy=_lines(Accuracy, tables["accuracy"]),
        memory=_lines(Memory, tables["memory"]),
        growth=_lines(Growth, tables["growth"]),
        heads=_lines(Head, tables["heads"]),
    )


class Compiled(NamedTuple):
    """What kernels that are compiled would buy: trials, which are not shipped."""

    date: str
    versions: Mapping[str, str]
    losses: tuple[Ratio, ...]
    accuracy: tuple[Accuracy, ...]

    def __str__(self) -> str:
        return _told(self.date, self.versions)


def compiled() -> Compiled:
    """The stored result of the trials.

    Returns
    -------
    Compiled

    Source
    ------
    `tools/bench/compiled.py`, with Numba, numexpr, PyTorch and gcc.

    Examples
    --------
    >>> sorted({row.peer for row in compiled().losses})
    ['C', 'NumPy by hand', 'Numba', 'PyTorch', 'numexpr']
    """
    stored = _stored("compiled.json")
    return Compiled(
        date=stored["date"],
        versions=stored["versions"],
        losses=_lines(Ratio, stored["losses"]),
        accuracy=_lines(Accuracy, stored["accuracy"]),
    )


def _stored(name: str) -> dict[str, Any]:
    return json.loads(files("xentlib.data").joinpath(name).read_text(encoding="utf-8"))


def _told(head: str, versions: Mapping[str, str]) -> str:
    listed = ", ".join(map(" ".join, versions.items()))
    return textwrap.fill(f"{head}; {listed}", WIDTH)


def _lines(kind: Any, table: list[dict[str, Any]]) -> tuple[Any, ...]:
    return tuple(kind(**line) for line in table)


def fingerprint() -> str:
    """Half the SHA-256 of the code that is measured, without its docstrings and comments: where it
    is another, measure again.
    """
    found = hashlib.sha256()
    for name in MEASURED:
        source = files("xentlib").joinpath(f"{name}.py").read_text(encoding="utf-8")
        for node in _without_docstrings(ast.parse(source)):
            found.update(ast.dump(node).encode())
    return found.hexdigest()[:32]


def _without_docstrings(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_text(body[0]):
            del body[0]
    yield from tree.body


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
