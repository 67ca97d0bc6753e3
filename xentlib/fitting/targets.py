"""What the labels of a fit are: hard or soft, their classes, and what each class weighs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, issparse

from xentlib import _checks
from xentlib._checks import Floats, InvalidInput
from xentlib.fitting.curvature import LARGEST
from xentlib.fitting.streamed import LARGE
from xentlib.labels import one_hot

ClassWeight = Mapping[Any, float] | str | None
SLAB = 2**22  # entries of labels that are checked at a time
AS_COUNTS = "counts become distributions by votes_to_probs"


def is_soft(y: Any) -> bool:
    """Whether labels are rows over two classes or more."""
    shape = y.shape if hasattr(y, "shape") else np.asarray(y).shape
    return len(shape) == 2 and shape[1] > 1


def plain_labels(y: Any) -> Any:
    """Labels (N,), as they are but for pandas' nullable numbers, which become plain ones."""
    return _checks.plain_array("y", y) if hasattr(getattr(y, "dtype", None), "numpy_dtype") else y


def hard_labels(y: Any) -> Any:
    """Labels (N,); shares of two classes are refused."""
    y = plain_labels(y)
    plain = np.asarray(y)
    if plain.dtype.kind == "f" and ((plain >= 0) & (plain <= 1)).all() and (plain % 1 != 0).any():
        raise InvalidInput(
            "y",
            f"a label in one column is a class; {_checks.SHARES}",
            value=plain[plain % 1 != 0].flat[0].item(),
            says="lies between 0 and 1",
        )
    return y


class Slabs:
    """A large table of distributions (N, K) as it is, in a memory map or in short floats, which
    becomes checked and exact in the rows that are asked for.
    """

    table: NDArray[Any]
    shape: tuple[int, ...]
    __array_ufunc__ = None  # weights @ slabs comes here

    def __init__(self, table: NDArray[Any]) -> None:
        self.table, self.shape = table, table.shape

    def __getitem__(self, rows: slice) -> Floats:
        with _checks.from_row(rows.start or 0):
            return _checks.exact_probabilities("target_probs", self.table[rows])[0]

    def rows(self, chosen: NDArray[np.bool_]) -> "Slabs":
        """The chosen rows alone."""
        return Slabs(self.table[chosen])

    def __rmatmul__(self, weight: Floats) -> Floats:
        return sum((weight[rows] @ self[rows] for rows in self.slabs), np.zeros(self.shape[1]))

    @property
    def slabs(self) -> Iterator[slice]:
        """The rows, some at a time."""
        size = max(1, SLAB // self.shape[1])
        return (slice(i, i + size) for i in range(0, self.shape[0], size))


def soft_labels(X: Any, target_probs: Any) -> Any:
    """Distributions (N, K), one for each row of X: a table, or what stands for a large one."""
    sparse, shape = issparse(target_probs), np.shape(target_probs)
    if len(shape) == 2 and (sparse or is_large(shape, X.shape[1])):
        _checks.rows_match(X=X, target_probs=target_probs)
        if sparse:
            few = _sparse_labels(csr_array(target_probs, dtype=np.float64))
            return few if is_large(shape, X.shape[1]) else few.toarray()
        large = Slabs(_checks.unread("target_probs", target_probs, shape))
        for rows in large.slabs:
            large[rows]
        return large
    try:
        target_probs, _ = _checks.exact_probabilities("target_probs", target_probs)
    except InvalidInput as trouble:
        if AS_COUNTS not in trouble.rule:
            raise
        rule = trouble.rule.replace(AS_COUNTS, "counts are fitted by fit_counts")
        place = trouble.row, trouble.column, trouble.value, trouble.says
        raise InvalidInput("target_probs", rule, *place) from None
    _checks.rows_match(X=X, target_probs=target_probs)
    if target_probs.shape[1] < 2:
        raise InvalidInput(
            "target_probs",
            "at least two classes are needed",
            value=target_probs.shape,
            says=f"has shape {target_probs.shape}",
        )
    return target_probs


def _sparse_labels(p):
    """Checked, and each entry stored once."""
    p.sum_duplicates()
    row = np.repeat(np.arange(p.shape[0]), np.diff(p.indptr))
    tolerance = _checks.sum_tolerance(p.dtype, p.shape[1])
    wrong = ~((p.data >= 0) & (p.data < np.inf))
    sums = p.sum(axis=1)
    for flags, rule, says, values in (
        (
            np.isin(np.arange(len(sums)), row[wrong]),
            "an entry is finite and not negative",
            "has one that is not",
            None,
        ),
        (
            ~(np.abs(sums - 1) <= tolerance),
            f"a distribution sums to 1 (tolerance {tolerance:.0e})",
            None,
            sums,
        ),
    ):
        if flags.any():
            first = int(flags.argmax())
            value = None if values is None else float(values[first])
            says = says or f"sums to {value:.10g}"
            raise InvalidInput("target_probs", rule, first, value=value, says=says)
    p.eliminate_zeros()
    return p


def is_large(shape: tuple[int, ...], columns: int) -> bool:
    """Whether no table of this shape is to be made for so many features: where classes are few, it
    is no larger than what a fit holds of the features.
    """
    return shape[0] * shape[1] > LARGE and shape[1] * columns > LARGEST


def vertices(labels: NDArray[Any], num_classes: int, columns: int) -> Any:
    """Hard labels as soft ones: a table, or sparse rows where that would be a large one."""
    if not is_large((len(labels), num_classes), columns):
        return one_hot(labels, num_classes)
    ones, ends = np.ones(len(labels)), np.arange(len(labels) + 1)
    return csr_array((ones, labels, ends), shape=(len(labels), num_classes))


def names_of(target_probs: Any, classes: Sequence[Any] | None) -> NDArray[Any]:
    """The classes of soft labels: as asked for, as a table names its columns, or 0 ... K-1."""
    columns = _checks.names_along(target_probs, -1)
    size = np.shape(target_probs)[-1]
    if classes is None:
        _checks.same_names(("target_probs", target_probs, -1), ("target_probs", target_probs, -1))
        return np.arange(size) if columns is None else np.array(columns)
    asked = list(classes)
    if len(asked) != size or len(set(asked)) < size:
        rule = f"{size} different classes are needed, one a column"
        raise InvalidInput("classes", rule, value=asked)
    for place, (name, own) in enumerate(zip(asked, columns or asked, strict=True)):
        if name != own:
            rule = f"classes has {name!r} there; names match in order"
            raise InvalidInput("target_probs", rule, None, place, own, f"is named {own!r}")
    return np.array(asked)


def class_weighted(
    p: Any, weight: Floats, class_weight: ClassWeight, classes: NDArray[Any]
) -> tuple[Any, Floats]:
    """Labels and weights of rows with which Σ_i w_i H(p_i, q_i) is the class-weighted loss
    Σ_i w_i Σ_k c_k p_ik (-log q_ik): c p over its sum, and w times that sum.
    """
    if class_weight is None:
        return p, weight
    p = p[:] if isinstance(p, Slabs) else p
    of_classes = _of_classes(class_weight, p, weight, classes)
    if issparse(p):
        weighted = p @ diags_array(of_classes)
        sums = weighted.sum(axis=1)
        return diags_array(1 / np.where(sums > 0, sums, 1)) @ weighted, weight * sums
    weighted = p * of_classes
    sums = weighted.sum(axis=1)
    return np.where(sums[:, None] > 0, weighted / np.where(sums > 0, sums, 1)[:, None], p), (
        weight * sums
    )


def balanced(class_weight: ClassWeight, total: Floats) -> Floats:
    """Weights under which all classes weigh alike, from what they weigh."""
    _checks.one_of("class_weight", class_weight, ("balanced",))
    return total.sum() / (len(total) * np.where(total > 0, total, 1))


def _of_classes(class_weight, p, weight, classes):
    if isinstance(class_weight, str):
        return balanced(class_weight, weight / weight.max() @ p)
    known = classes.tolist()
    for name in class_weight:
        if name not in known:
            rule = f"it names classes, {', '.join(map(repr, known))}"
            raise InvalidInput("class_weight", rule, value=name, says=f"has the key {name!r}")
    weights = [class_weight.get(name, 1.0) for name in known]
    return _checks.weights("class_weight", weights, len(known), "class")
