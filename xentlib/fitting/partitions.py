"""Fits over the partitions of Dask arrays (extra: dask), on threads, processes or a cluster.

Every partition makes an objective of its own rows, which stays where Dask keeps it. What they find
is added in one order, neighbours first, whichever ends first: the same partitions give the same
coefficients, on however many workers, and again where a worker was lost.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xentlib import _checks
from xentlib._checks import Floats, InvalidInput
from xentlib.fitting import curvature, streamed, targets
from xentlib.fitting.curvature import Solver
from xentlib.fitting.design import Scale, blocks_of, dense_sizes
from xentlib.fitting.newton import Objective, Place, objective_of, sample_size
from xentlib.labels import votes_to_probs

Labelling = str  # "labels", "target_probs" or "counts": what the labels of the rows are


def is_lazy(X: Any) -> bool:
    """Whether it is a Dask array."""
    return hasattr(X, "__dask_graph__")


def dask() -> Any:
    """The package dask, which nothing else needs."""
    if find_spec("dask") is None:
        raise ModuleNotFoundError("Dask arrays need the extra dask: pip install 'xentlib[dask]'")
    return import_module("dask")


class Part(NamedTuple):
    """Rows of one partition: features, labels as they came or soft, and weights."""

    X: Floats
    labels: Any
    weight: Floats


def read(X: Any, named: Labelling, labels: Any, sample_weight: Any) -> list[Any]:
    """The parts, checked when they are computed, and kept where they are."""
    arrays = {"X": X, named: labels}
    if sample_weight is not None:
        arrays["sample_weight"] = sample_weight
    blocks, starts = {}, _starts(X)
    for name, array in arrays.items():
        if not is_lazy(array):
            raise TypeError(
                f"{name} is a {type(array).__name__}; X is a Dask array, and so are all"
            )
        if array.numblocks[0] != X.numblocks[0]:
            rule = f"X has {X.numblocks[0]} partitions of rows; they match"
            says = f"has {array.numblocks[0]}"
            raise InvalidInput(name, rule, value=array.numblocks[0], says=says)
        whole = array.rechunk({1: -1}) if array.ndim == 2 else array
        blocks[name] = whole.to_delayed().ravel()
    part = dask().delayed(_part, pure=False)
    parts = [
        part(number, start, named, *own)
        for number, (start, *own) in enumerate(zip(starts, *blocks.values(), strict=True))
    ]
    return list(dask().persist(*parts))


def _starts(X):
    """Where each partition begins, or nothing where their sizes are not known."""
    sizes = X.chunks[0]
    if np.isnan(sizes).any():
        return [None] * len(sizes)
    return np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(int).tolist()


def _part(number, start, named, X, labels, sample_weight=None):
    try:
        with _checks.from_row(start or 0):
            return _checked(named, X, labels, sample_weight)
    except InvalidInput as error:
        rule = f"{error.rule}; in partition {number}"
        rule += "" if start is not None else ", whose rows are counted from 0"
        parts = error.row, error.column, error.value, error.says
        raise InvalidInput(error.argument, rule, *parts) from None


def _checked(named, X, labels, sample_weight):
    X = _checks.finite("X", X)
    weight = np.ones(len(X))
    if sample_weight is not None:
        weight = _checks.weights("sample_weight", sample_weight, len(X), "row")
    if named == "labels":
        labels = np.asarray(targets.hard_labels(labels))
        _checks.as_many("y", labels, X, "X")
    elif named == "counts":
        votes = _checks.counts("counts", labels).sum(axis=1)
        labels, weight = targets.soft_labels(X, votes_to_probs(labels)), votes * weight
    else:
        labels = targets.soft_labels(X, labels)
    return Part(X, labels, weight)


# --- what the parts find, added


def merged(values: Sequence[Any], combine: Callable[[Any, Any], Any]) -> Any:
    """All values combined, neighbours first."""
    joined, values = dask().delayed(combine, pure=False), list(values)
    while len(values) > 1:
        pairs = zip(values[::2], [*values[1::2], None], strict=False)
        values = [a if b is None else joined(a, b) for a, b in pairs]
    return values[0].compute()


def each(parts: Sequence[Any], act: Callable[..., Any], *arguments: Any) -> list[Any]:
    """What an act gives for each part, yet to be computed. The arguments are sent once."""
    act = dask().delayed(act, pure=False)
    arguments = tuple(dask().delayed(a, traverse=False) for a in arguments)
    return [act(part, *arguments) for part in parts]


def added(a: Any, b: Any) -> Any:
    """Sums, of several things at once."""
    return tuple(x + y for x, y in zip(a, b, strict=True)) if isinstance(a, tuple) else a + b


def _largest(a, b):
    return tuple(map(max, a, b)) if isinstance(a, tuple) else max(a, b)


def _both(a, b):
    return a and b


def classes_of(parts: Sequence[Any]) -> NDArray[Any]:
    """The hard labels that occur, sorted."""
    return merged(each(parts, lambda part: np.unique(part.labels)), np.union1d)


def counted(parts: Sequence[Any]) -> NDArray[Any]:
    """The hard labels that occur in rows of positive weight, sorted."""
    return merged(each(parts, lambda part: np.unique(part.labels[part.weight > 0])), np.union1d)


def with_vertices(parts: Sequence[Any], classes: NDArray[Any]) -> list[Any]:
    """Parts whose hard labels, each one of the classes, are soft ones."""

    def softened(part, classes):
        order = np.argsort(classes)
        place = order[np.searchsorted(classes[order], part.labels)]
        return part._replace(labels=targets.vertices(place, len(classes), part.X.shape[1]))

    return each(parts, softened, classes)


def weighed(
    parts: Sequence[Any], class_weight: targets.ClassWeight, classes: NDArray[Any]
) -> tuple[list[Any], Floats]:
    """Parts with weights that sum to 1, and no row of weight 0; and the classes' totals of it."""
    if isinstance(class_weight, str):
        most = merged(each(parts, lambda part: part.weight.max(initial=0.0)), _largest)
        total = merged(each(parts, lambda part, m: part.weight / m @ part.labels, most), added)
        of_classes = targets.balanced(class_weight, total)
        class_weight = dict(zip(classes.tolist(), of_classes.tolist(), strict=True))

    def by_class(part, class_weight, classes):
        p, weight = targets.class_weighted(part.labels, part.weight, class_weight, classes)
        used = weight > 0
        p = p.rows(used) if isinstance(p, targets.Slabs) else p[used]
        return Part(part.X[used], p, weight[used])

    parts = each(parts, by_class, class_weight, classes)
    most = merged(each(parts, lambda part: part.weight.max(initial=0.0)), _largest)
    if not most > 0:
        raise ValueError("sample_weight has no positive weight")
    sums = merged(each(parts, lambda part, most: (part.weight / most).sum(), most), added)

    def shared(part, most, sums):
        return part._replace(weight=part.weight / most / sums)

    parts = list(dask().persist(*each(parts, shared, most, sums)))
    lengths = dask().compute(*each(parts, lambda part: len(part.weight)))
    parts = [part for part, length in zip(parts, lengths, strict=True) if length]
    return parts, merged(each(parts, lambda part: part.weight @ part.labels), added)


def scale_of(parts: Sequence[Any], columns: int, centred: bool) -> Scale:
    """Where the features lie, and how widely they spread."""
    middle = np.zeros(columns)
    if centred:
        middle = merged(each(parts, lambda part: part.weight @ part.X), added)

    def sizes(part, middle):
        return dense_sizes(part.X, part.weight, middle)

    def joined(a, b):
        return np.maximum(a[0], b[0]), a[1] + b[1]

    return Scale.of_sizes(middle, *merged(each(parts, sizes, middle), joined))


class Scattered:
    """The objective of all rows, of which each part has some."""

    parts: list[Any]
    centred: bool
    moments: Floats
    ridge: Floats
    totals: Floats
    kind: str

    def __init__(
        self, parts: Sequence[Any], totals: Floats, scale: Scale, ridge: Floats, centred: bool
    ) -> None:
        def objective(part, scale, centred):
            size = part.X.shape[1] + centred
            if targets.is_large(part.labels.shape, part.X.shape[1]):
                design = scale.design(part.X, centred)
                return streamed.Streamed(design, part.weight, part.labels, np.zeros(size), centred)
            blocks = blocks_of(part.X, scale, centred)
            return Objective(blocks, part.weight, part.labels, np.zeros(size))

        self.parts = list(dask().persist(*each(parts, objective, scale, centred)))
        self.ridge, self.totals, self.centred = ridge, totals, centred
        self.moments = merged(each(self.parts, lambda part: part.moments), added)
        few = self.moments.size <= curvature.LARGEST
        self.kind = "whole" if few else "alike"
        self._square = merged(each(self.parts, lambda part: part.square()), added)

    def sample(self) -> Objective | None:
        """The objective of some rows, or all where they are few, on this machine."""
        if self.kind != "whole":
            return None
        lengths = list(dask().compute(*each(self.parts, lambda part: part.length)))
        step = max(1, sum(lengths) // sample_size(self.kind, *self.moments.shape))
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        some = dask().delayed(lambda part, first: part.some(first, step), pure=False)
        pieces = dask().compute(
            *[
                some(part, int(-start % step))
                for part, start in zip(self.parts, starts, strict=True)
            ]
        )
        columns = np.concatenate([columns for columns, _ in pieces], axis=1)
        labels = np.concatenate([labels for _, labels in pieces])
        return objective_of(columns, labels, self.ridge)

    def start(self) -> Floats:
        """Zeros, or the fit of an intercept alone."""
        if self.kind == "whole":
            return np.zeros_like(self.moments)
        return streamed.first(self.totals, self.moments.shape[1], self.centred)

    def solver(self, place: Place) -> Solver:
        """One curvature for all classes, but for their totals."""
        return streamed.alike(self._square, self.totals, self.ridge)

    def at(self, W: Floats) -> Place:
        """Everything about one place; each part keeps what it has of it."""
        places = list(dask().persist(*each(self.parts, lambda part, W: part.at(W), W)))
        found = each(places, lambda place: (place.loss, place.gradient))
        loss, gradient = merged(found, added)
        loss += (self.ridge * W * W).sum() / 2
        return Place(W, float(loss), gradient + self.ridge * W, places)

    def _with_places(self, act, place, V):
        act, V = dask().delayed(act, pure=False), dask().delayed(V, traverse=False)
        return [act(part, own, V) for part, own in zip(self.parts, place.probs, strict=True)]

    def times(self, place: Place, V: Floats) -> Floats:
        """The Hessian there times V."""
        found = self._with_places(lambda part, own, V: part.times(own, V), place, V)
        return merged(found, added) + self.ridge * V

    def exactly(self, W: Floats) -> float:
        """The objective at W as a sum of terms that are not negative."""
        found = merged(each(self.parts, lambda part, W: part.exactly(W), W), added)
        return float(found + (self.ridge * W * W).sum() / 2)

    # --- what shows whether there is a minimum

    def interior(self) -> bool:
        """Whether every label gives every class some weight."""
        return merged(each(self.parts, lambda part: part.interior()), _both)

    def moved(self, V: Floats) -> float:
        """How far apart V x moves the logits of a row, at most."""
        return merged(each(self.parts, lambda part, V: part.moved(V), V), _largest)

    def square(self) -> Floats:
        """Σ m x x', (D, D)."""
        return self._square

    def keeps_half(self, place: Place, V: Floats) -> bool:
        """Whether q - V x keeps more than half of every q."""
        found = self._with_places(lambda part, own, V: part.keeps_half(own, V), place, V)
        return merged(found, _both)

    def slack(self, V: Floats) -> tuple[float, float]:
        """How far V x falls below its maximum, at most: of all classes, and of those that have some
        of the row's label.
        """
        return merged(each(self.parts, lambda part, V: part.slack(V), V), _largest)
