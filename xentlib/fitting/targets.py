"""What the labels of a fit are: hard or soft, their classes, and what each class weighs."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xentlib import _checks
from xentlib._checks import Floats, InvalidInput

ClassWeight = Mapping[Any, float] | str | None
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


def soft_labels(X: Any, target_probs: ArrayLike) -> Floats:
    """Distributions (N, K), one for each row of X."""
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
    p: Floats, weight: Floats, class_weight: ClassWeight, classes: NDArray[Any]
) -> tuple[Floats, Floats]:
    """Labels and weights of rows with which Σ_i w_i H(p_i, q_i) is the class-weighted loss
    Σ_i w_i Σ_k c_k p_ik (-log q_ik): c p over its sum, and w times that sum.
    """
    if class_weight is None:
        return p, weight
    weighted = p * _of_classes(class_weight, p, weight, classes)
    sums = weighted.sum(axis=1)
    return np.where(sums[:, None] > 0, weighted / np.where(sums > 0, sums, 1)[:, None], p), (
        weight * sums
    )


def _of_classes(class_weight, p, weight, classes):
    if isinstance(class_weight, str):
        _checks.one_of("class_weight", class_weight, ("balanced",))
        unit = weight / weight.max()
        total = unit @ p
        return unit.sum() / (len(classes) * np.where(total > 0, total, 1))
    known = classes.tolist()
    for name in class_weight:
        if name not in known:
            rule = f"it names classes, {', '.join(map(repr, known))}"
            raise InvalidInput("class_weight", rule, value=name, says=f"has the key {name!r}")
    weights = [class_weight.get(name, 1.0) for name in known]
    return _checks.weights("class_weight", weights, len(known), "class")
