"""The only validator: every public function of the numerics passes its arguments through here.

A wrong kind of object is a `TypeError`; a wrong value is an `InvalidInput`, which names the
place and the rule. Validated arrays come back as float64 (labels: as int64); the caller's array
is never written to.
"""

from collections.abc import Iterable, Iterator, Sequence, Sized, ValuesView
from contextlib import contextmanager
from functools import cache
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_] | np.bool_
Place = int | tuple[int, ...] | None  # of a row
Values = np.float64 | Floats  # a number for one row, an array for rows

SUM_TOLERANCE = 1e-6  # a row sums to 1 within this, or within 8 K eps of its own dtype ...
LARGEST_TOLERANCE = 1e-3  # ... but never within more than this
ROUNDED = 0.025  # a row that was rounded to 16 bits, or to two digits, is seldom farther from 1
LARGEST_COUNT = 2.0**53  # whole numbers beyond it have gaps in float64
MOST_CLASSES = 2**31 - 1
AXIS_1 = "; classes on axis 1 are moved to the last by np.moveaxis(·, 1, -1)"
SHARES = "shares of the second of two classes become rows by np.column_stack([1 - p, p])"


class InvalidInput(ValueError):
    """A value that breaks a rule: `argument`, `row`, `column`, `value` and `rule` say which and
    where. `row` is a tuple where more than one axis stands before the classes.
    """

    argument: str
    rule: str
    row: int | tuple[int, ...] | None
    column: int | None
    value: Any
    says: str | None

    def __init__(
        self,
        argument: str,
        rule: str,
        row: int | tuple[int, ...] | None = None,
        column: int | None = None,
        value: Any = None,
        says: str | None = None,
    ) -> None:
        self.argument, self.row, self.column, self.value, self.rule = (
            argument,
            row,
            column,
            value,
            rule,
        )
        self.says = says
        indices = (*(row if isinstance(row, tuple) else (row,)), column)
        place = ", ".join(str(index) for index in indices if index is not None)
        where = f"{argument}[{place}]" if place else argument
        super().__init__(f"{where} {says or f'is {value}'}; {rule}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy make it again from its parts, not from its message."""
        parts = self.argument, self.rule, self.row, self.column, self.value, self.says
        return type(self), parts, self.__dict__


def _first(wrong: Flags) -> Place:
    """Where the first True stands: nothing, a number, or a tuple of several."""
    index = tuple(np.argwhere(wrong)[0].tolist())
    return index if len(index) > 1 else index[0] if index else None


def _refuse(bad: NDArray[np.bool_], array: NDArray[Any], argument: str, rule: str) -> None:
    """Raise for the first entry of `array` that is bad; the last axis is its column."""
    if bad.any():
        row = _first(bad.any(axis=-1))
        column = int(np.argmax(bad[row]))
        raise InvalidInput(argument, rule, row, column, array[row][..., column].item())


def refuse_rows(
    argument: str, wrong: Flags, rule: str, says: str | None = None, values: Any = None
) -> None:
    """Raise for the first row that is wrong; `values`, if given, has one for each row."""
    if np.any(wrong):
        value = None if values is None else np.asarray(values)[wrong].flat[0].item()
        raise InvalidInput(argument, rule, _first(wrong), value=value, says=says)


def _refuse_shape(argument: str, shape: tuple[int, ...], rule: str) -> NoReturn:
    raise InvalidInput(argument, rule, value=shape, says=f"has shape {shape}")


def plain_array(argument: str, value: Any) -> NDArray[Any]:
    """The values of a table as an array of NumPy, without its names; where pandas has values
    missing it is refused."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise InvalidInput(argument, "all rows have one length", says="is ragged") from None
    except (TypeError, RuntimeError) as error:  # a tensor with a gradient, on a GPU, in bfloat16
        kind = type(value).__name__
        raise TypeError(
            f"{argument} is of type {kind}, of which NumPy makes no array ({error}); "
            "a tensor is passed as .detach().cpu(), one in bfloat16 with .float()"
        ) from error
    if hasattr(value, "isna") and (array.dtype == object or not _is_plain(value, array)):
        return _nullable(argument, value)
    return array


def _is_plain(table: Any, array: NDArray[Any]) -> bool:
    """Whether each column of a table, perhaps its only one, is of a dtype of NumPy's own."""
    dtypes = getattr(table, "dtypes", getattr(table, "dtype", array.dtype))
    every = np.atleast_1d(np.asarray(dtypes, dtype=object))
    return all(isinstance(dtype, np.dtype) for dtype in every)


def _nullable(argument: str, table: Any) -> NDArray[Any]:
    """pandas' nullable columns as an array of their numbers, where none is missing."""
    missing = np.asarray(table.isna())
    refuse_rows(argument, missing, "missing values are filled or dropped first", "is missing")
    dtypes = np.atleast_1d(np.asarray(table.dtypes, dtype=object))
    plain = [
        dtype if isinstance(dtype, np.dtype) else getattr(dtype, "numpy_dtype", np.dtype(object))
        for dtype in dtypes
    ]
    return table.to_numpy(dtype=np.result_type(*plain))


KINDS = {"fiu": "real numbers", "iu": "integers", "b": "True or False"}


def _array(argument: str, value: Any, what: str, kinds: str = "fiu") -> NDArray[Any]:
    if type(value) is np.ndarray and value.dtype.kind in kinds:
        return value
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{argument} is a masked array; fill or drop the masked entries first")
    array = plain_array(argument, value)
    if array.size == 0 and isinstance(value, (list, tuple)):
        array = array.astype(np.int64)
    if array.dtype.kind not in kinds:
        rule = f"{what} need {KINDS[kinds]}"
        if array.dtype.kind == "V" and "f" in kinds:  # bfloat16 and its like, of ml_dtypes
            rule += ", in a dtype of NumPy's own; .astype(np.float32) gives one"
        raise TypeError(f"{argument} has dtype {array.dtype}; {rule}")
    return array


def table(argument: str, value: Any, what: str) -> NDArray[Any]:
    """A row or rows of real numbers, in their own dtype; nothing looks at them."""
    array = _array(argument, value, what)
    shape_of_rows(argument, array.shape)
    return array


def _rows(argument: str, value: Any, what: str) -> tuple[Floats, np.dtype[Any]]:
    """A row or rows of finite-or-infinite real numbers, in float64, and the dtype that they came
    in.
    """
    array = table(argument, value, what)
    dtype, array = array.dtype, array.astype(np.float64, copy=False)
    _refuse(np.isnan(array), array, argument, "NaN is not a number")
    return array, dtype


def shape_of_rows(argument: str, shape: tuple[int, ...]) -> None:
    """Some axis is that of the classes, and there are classes."""
    if not shape:
        _refuse_shape(argument, shape, "a row (K,) or rows (..., K) are needed")
    if shape[-1] == 0:
        _refuse_shape(argument, shape, "at least one class is needed")


def logits(argument: str, value: Any, masked: bool = False) -> Floats:
    """Logits: real, -inf for a masked class, at least one class not masked, unless `masked`."""
    array, _ = _rows(argument, value, "logits")
    _refuse(array == np.inf, array, argument, "a logit is finite, or -inf for a masked class")
    if not masked:
        refuse_rows(
            argument,
            (array == -np.inf).all(axis=-1),
            "at least one class must not be masked",
            "is -inf in every class",
            array[..., 0],
        )
    return array


def probabilities(argument: str, value: Any, eps: float | None = None) -> Floats:
    """Distributions over the last axis: non-negative, each row summing to 1, to the rounding of
    its dtype, or of the one whose unit `eps` is.
    """
    array, dtype = _rows(argument, value, "probabilities")
    _refuse(array < 0, array, argument, "a probability is not negative")
    _refuse(array == np.inf, array, argument, "a probability is finite")
    tolerance = sum_tolerance(dtype, array.shape[-1], eps)
    with np.errstate(over="ignore"):
        sums = array.sum(axis=-1)
    wrong = ~(np.abs(sums - 1) <= tolerance)
    if wrong.any():
        row = _first(wrong)
        total, entries = sums[row].item(), array[row]
        rule = f"a distribution sums to 1 (tolerance {tolerance:.0e})"
        if total >= 2 and (entries == np.floor(entries)).all():
            rule += "; counts become distributions by votes_to_probs"
            rule += ", labels by one_hot" if array.ndim == 1 else ""
        elif (array <= 1).all() and (array.shape[-1] == 1 or array.ndim == 1 and total >= 2):
            rule += f"; {SHARES}"
        elif array.ndim > 2 and (np.abs(array.sum(axis=1) - 1) <= tolerance).all():
            rule += AXIS_1
        elif abs(total - 1) <= ROUNDED:
            rule += "; rows that were rounded are divided by their sums by normalize_rows"
        raise InvalidInput(argument, rule, row, value=total, says=f"sums to {total:.10g}")
    return array


@cache
def sum_tolerance(dtype: np.dtype[Any], size: int, eps: float | None = None) -> float:
    """What rounding may move the sum of `size` entries of this dtype by, between the two bounds.
    A row of distributions that was rounded once is off by half a unit: bfloat16 has the unit 2^-7.
    """
    if eps is None:
        eps = float(np.finfo(dtype if dtype.kind == "f" else float).eps)
    return min(max(SUM_TOLERANCE, 8 * size * eps), max(LARGEST_TOLERANCE, eps))


def exact_probabilities(argument: str, value: Any) -> tuple[Floats, float]:
    """`probabilities` for a function that hands rows on: rows whose sum is 1 only to the rounding
    of a shorter float are divided by it, since what is handed on is float64; and their tolerance.
    """
    array = probabilities(argument, value)
    tolerance = sum_tolerance(plain_array(argument, value).dtype, array.shape[-1])
    sums = array.sum(axis=-1, keepdims=True)
    return np.where(np.abs(sums - 1) > SUM_TOLERANCE / 2, array / sums, array), tolerance


def counts(argument: str, value: Any, some: bool = False) -> Floats:
    """Votes per class: whole numbers, not negative, each row with its sum below 2^53 (and above 0,
    where `some`).
    """
    array, _ = _rows(argument, value, "counts")
    _refuse(array < 0, array, argument, "a count is not negative")
    _refuse(
        (array != np.floor(array)) | np.isinf(array), array, argument, "a count is a whole number"
    )
    sums = array.sum(axis=-1)
    rule = "a row of counts sums to at most 2^53"
    refuse_rows(argument, sums > LARGEST_COUNT, rule, "sums to more")
    if some:
        refuse_rows(argument, sums == 0, "a row has at least one vote", "has no votes")
    return array


def labels(
    argument: str,
    value: Any,
    num_classes: int,
    like: Floats | None = None,
    like_argument: str = "",
) -> NDArray[np.int64]:
    """Class indices 0 ... K-1, one for each row of `like`, where it is given."""
    array = _array(argument, value, "labels", kinds="iu")
    if like is not None:
        shape_of_labels(argument, array.shape, like.shape, like_argument)
    if np.count_nonzero((array < 0) | (array >= num_classes)):
        rule = f"a label is one of 0 ... {num_classes - 1}"
        refuse_rows(argument, array >= num_classes, rule, values=array)
        rule += "; rows without a label are left out first, or by where= of a weighted mean"
        refuse_rows(argument, array < 0, rule, values=array)
    return array.astype(np.int64)


def shape_of_labels(
    argument: str, shape: tuple[int, ...], like: tuple[int, ...], like_argument: str
) -> None:
    """One label for each row of a table of shape `like`."""
    if shape != like[:-1]:
        rule = f"{like_argument} of shape {like} needs labels of shape {like[:-1]}"
        if like[:1] == shape[:1] and like[2:] == shape[1:]:
            rule += AXIS_1
        _refuse_shape(argument, shape, rule)


def weights(argument: str, value: Any, length: int, each: str) -> Floats:
    """Finite weights, not negative, `length` of them: one for each row or class."""
    array = _array(argument, value, "weights")
    if array.shape != (length,):
        rule = f"one weight for each {each} is needed: shape ({length},)"
        _refuse_shape(argument, array.shape, rule)
    array = array.astype(np.float64)
    _refuse(np.isnan(array), array, argument, "NaN is not a number")
    _refuse(array < 0, array, argument, "a weight is not negative")
    _refuse(array == np.inf, array, argument, "a weight is finite")
    return array


def real(argument: str, value: Any) -> Floats:
    """Real numbers of any shape, +inf and -inf among them."""
    array = _array(argument, value, "values").astype(np.float64)
    refuse_rows(argument, np.isnan(array), "NaN is not a number", values=array)
    return array


def cross_entropies(argument: str, value: Any) -> Floats:
    """Real numbers of any shape, none below 0 by more than the sums of rows may be off."""
    array = real(argument, value)
    rule = "a cross-entropy is not negative; it is minus a log-likelihood"
    refuse_rows(argument, array < -LARGEST_TOLERANCE, rule, values=array)
    return array


def num_classes(argument: str, value: Any) -> int:
    """A whole number of classes, at least one."""
    number = how_many(argument, value, "a number of classes is an integer", "one class")
    if number > MOST_CLASSES:
        raise InvalidInput(argument, "at most 2^31 - 1 classes are possible", says="is more")
    return number


def how_many(
    argument: str, value: Any, kind: str = "a whole number is needed", least: str = "1"
) -> int:
    """A whole number from 1 on, `least` in words; `kind` says what else is no such number."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{argument} is {value!r}; {kind}")
    if value < 1:
        raise InvalidInput(argument, f"at least {least} is needed", value=value)
    return int(value)


def _number(argument: str, value: Any, what: str) -> float:
    """One real number."""
    array = _array(argument, value, what)
    if array.ndim:
        _refuse_shape(argument, array.shape, "a single number is needed")
    return float(array)


def number(argument: str, value: Any) -> float:
    """One real number, +inf and -inf among them."""
    found = _number(argument, value, "numbers")
    if np.isnan(found):
        raise InvalidInput(argument, "NaN is not a number", value=found)
    return found


def fraction(argument: str, value: Any) -> float:
    """A real number from 0 to 1."""
    number = _number(argument, value, "fractions")
    if not 0 <= number <= 1:
        raise InvalidInput(argument, "a fraction lies between 0 and 1", value=number)
    return number


def preferences(argument: str, value: Any) -> Floats:
    """Real numbers of any shape from 0 to 1: how far the first of two is preferred."""
    array = _array(argument, value, "preferences").astype(np.float64)
    wrong = ~((array >= 0) & (array <= 1))
    rule = "a preference lies between 0, for the second, and 1, for the first"
    refuse_rows(argument, wrong, rule, values=array)
    return array


def scale(argument: str, value: Any) -> float:
    """A positive, finite number."""
    number = _number(argument, value, "scales")
    if not 0 < number < np.inf:
        raise InvalidInput(argument, "a positive, finite number is needed", value=number)
    return number


def one_of(argument: str, value: Any, allowed: Sequence[str]) -> str:
    """One of the allowed words."""
    if not (isinstance(value, str) and value in allowed):
        rule = f"it is one of {', '.join(map(repr, allowed))}"
        raise InvalidInput(argument, rule, value=value, says=f"is {value!r}")
    return value


def same_shape(**arguments: Any) -> None:
    """The two arguments have one shape, and one set of names on each axis that both name."""
    (first, a), (second, b) = arguments.items()
    shape, other = (_shape(name, value) for name, value in arguments.items())
    if shape != other:
        rule = f"{first} has shape {shape}; shapes match exactly"
        if len(shape) > 2 and (_last(shape) == other or _last(other) == shape):
            rule += AXIS_1
        _refuse_shape(second, other, rule)
    if type(a) is type(b) is np.ndarray:
        return  # without names
    for axis in range(-len(shape), 0):
        same_names((first, a, axis), (second, b, axis))


def _last(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape with axis 1 moved to the last."""
    return shape[:1] + shape[2:] + shape[1:2]


def same_names(*axes: tuple[str, Any, int]) -> None:
    """Axes that mean the same, each an argument's name, its value and which axis of it, are named
    alike, in one order, where they are named at all, as pandas does.
    """
    named = [(argument, axis, names_along(value, axis)) for argument, value, axis in axes]
    named = [(argument, axis, names) for argument, axis, names in named if names is not None]
    for argument, axis, others in named[1:]:
        first, _, names = named[0]
        if axis == -1 and len(set(others)) < len(others):
            rule = "each class is named once"
            raise InvalidInput(argument, rule, value=others, says=f"has the names {others}")
        for place, (name, other) in enumerate(zip(names, others, strict=False)):
            if name != other:
                rule = f"{first} has {name!r} there; names match in order"
                where = (place, None) if axis == 0 else (None, place)
                raise InvalidInput(argument, rule, *where, other, f"is named {other!r}")


def names_along(value: Any, axis: int) -> list[Any] | None:
    """The names along an axis of a table, or nothing."""
    axes = getattr(value, "axes", None)
    if isinstance(axes, list):
        return list(axes[axis]) if -len(axes) <= axis < len(axes) else None
    columns = getattr(value, "columns", None)
    return list(columns) if columns is not None and axis == -1 else None


def rows_match(**arguments: Any) -> None:
    """Both are tables, with one number of rows."""
    (first, a), (second, b) = arguments.items()
    for name, table in arguments.items():
        if table.ndim != 2:
            _refuse_shape(name, table.shape, "rows (N, ·) are needed")
    (rows, _), (others, _) = a.shape, b.shape  # a sparse table has no length
    if rows != others:
        rule = f"{first} has {rows} rows; there is one label for each"
        raise InvalidInput(second, rule, value=others, says=f"has {others} rows")


@contextmanager
def chosen(where: Any, **arguments: Any) -> Iterator[list[Any]]:
    """The arguments without the rows that `where` leaves out, at which nothing looks; an error
    inside names a row by its place among all of them. Without a `where`, all rows stay.
    """
    if where is None:
        yield list(arguments.values())
        return
    (first, value), *_ = arguments.items()
    kept = _array("where", where, "choices of rows", kinds="b")
    shapes = {name: _shape(name, table) for name, table in arguments.items()}
    if kept.ndim != 1 or kept.shape != shapes[first][:1]:
        rule = f"{first} has shape {shapes[first]}; there is one choice for each row, shape (N,)"
        _refuse_shape("where", kept.shape, rule)
    same_names((first, value, 0), ("where", where, 0))
    if not kept.any():
        rule = "the mean of no rows is undefined"
        raise InvalidInput("where", rule, value=0, says="keeps no row")
    places = np.flatnonzero(kept).tolist()
    try:
        yield [
            (table if hasattr(table, "shape") else plain_array(name, table))[kept]
            if shapes[name][:1] == kept.shape
            else table
            for name, table in arguments.items()
        ]
    except InvalidInput as error:
        row, column, name = error.row, error.column, error.argument
        if isinstance(row, int) and name in shapes:
            row = places[row]
        elif isinstance(column, int) and len(shapes.get(name, ())) == 1:
            column = places[column]
        raise InvalidInput(name, error.rule, row, column, error.value, error.says) from None


def _shape(argument: str, value: Any) -> tuple[int, ...]:
    """The shape of an array or a table, whatever is in it."""
    return tuple(value.shape) if hasattr(value, "shape") else plain_array(argument, value).shape


def require_rows(argument: str, array: NDArray[Any]) -> None:
    """At least one row: the mean of nothing is not a number."""
    if len(array) == 0:
        rule = "the mean of no rows is undefined"
        raise InvalidInput(argument, rule, value=0, says="has no rows")


def finite(argument: str, value: Any) -> Floats:
    """A row or rows of finite real numbers."""
    array, _ = _rows(argument, value, "vectors")
    _refuse(np.isinf(array), array, argument, "a finite number is needed")
    return array


def positive(argument: str, value: Any) -> Floats:
    """A row or rows of positive, finite real numbers."""
    array, _ = _rows(argument, value, "concentrations")
    _refuse((array <= 0) | np.isinf(array), array, argument, "a positive, finite number is needed")
    return array


def likelihoods(argument: str, value: Any) -> Floats:
    """Likelihoods P(o|k) of one observation under each class: finite, not negative, some of them
    positive.
    """
    array, _ = _rows(argument, value, "likelihoods")
    _refuse(array < 0, array, argument, "a likelihood is not negative")
    _refuse(np.isinf(array), array, argument, "a likelihood is finite")
    refuse_rows(
        argument,
        (array == 0).all(axis=-1),
        "some class must be able to give the observation; a product too small for a float is "
        "given as log_likelihoods",
        "is 0 in every class",
    )
    return array


def log_likelihoods(argument: str, value: Any) -> Floats:
    """Logarithms of likelihoods: real, -inf where a class cannot give the observation."""
    array, _ = _rows(argument, value, "log-likelihoods")
    _refuse(array == np.inf, array, argument, "a log-likelihood is finite, or -inf")
    rule = "some class must be able to give the observation"
    refuse_rows(argument, (array == -np.inf).all(axis=-1), rule, "is -inf in every class")
    return array


def shares(argument: str, value: Any) -> Floats:
    """Rows that are distributions up to a factor: finite, not negative, some entry positive."""
    array, _ = _rows(argument, value, "shares")
    _refuse(array < 0, array, argument, "a share is not negative")
    _refuse(np.isinf(array), array, argument, "a share is finite")
    nothing = (array == 0).all(axis=-1)
    refuse_rows(argument, nothing, "a row has a positive entry", "is 0 throughout")
    return array


def require_nonnegative(
    argument: str, array: Floats, result: Floats, rule: str, tolerance: float = SUM_TOLERANCE
) -> None:
    """Raise for the first entry whose result is negative beyond rounding."""
    _refuse(result < -tolerance, array, argument, rule)


def sets(argument: str, value: Any) -> NDArray[np.bool_]:
    """Sets of classes as rows of True and False, none of them empty."""
    array = _array(argument, value, "sets of classes", kinds="b")
    if array.ndim == 0:
        _refuse_shape(argument, array.shape, "a row (K,) or rows (..., K) are needed")
    refuse_rows(argument, ~array.any(axis=-1), "a set has at least one class", "is empty")
    return array


def grades(**arguments: Any) -> tuple[Floats, Floats]:
    """Logits of the K-1 steps between K ordered classes, and labels on these classes."""
    (first, logits), (second, target_probs) = arguments.items()
    same_names((first, logits, 0), (second, target_probs, 0))
    p = probabilities(second, target_probs)
    steps = p.shape[-1] - 1
    if not steps:
        _refuse_shape(second, p.shape, "an order needs at least two classes")
    z = finite(first, logits)
    if z.shape != (*p.shape[:-1], steps):
        rule = f"{second} has shape {p.shape}, and {steps + 1} classes have {steps} steps"
        _refuse_shape(first, z.shape, rule)
    return z, p


def falling(argument: str, value: Any) -> Floats:
    """Finite numbers of which none is larger than the one before it."""
    array = finite(argument, value)
    rises = np.diff(array, axis=-1, prepend=array[..., :1]) > 0
    _refuse(rises, array, argument, "it is at most the one before it: the classes have an order")
    return array


def opinions(**arguments: Any) -> tuple[Floats, Floats]:
    """Rows (..., J, K), J distributions of one thing, and weights (J,), a distribution too."""
    (first, probs), (second, weights) = arguments.items()
    same_names((first, probs, -2), (second, weights, 0))
    p, w = probabilities(first, probs), probabilities(second, weights)
    if p.ndim < 2:
        _refuse_shape(first, p.shape, "opinions have shape (..., J, K), one row for each")
    if w.shape != p.shape[-2:-1]:
        _refuse_shape(second, w.shape, f"one weight for each opinion: shape {p.shape[-2:-1]}")
    return p, w


def channel(argument: str, value: Any, num_classes: int | None = None) -> Floats:
    """A table P(reading | class): square, each row a distribution."""
    array = probabilities(argument, value)
    if array.ndim != 2 or array.shape[0] != array.shape[1] or num_classes not in (None, len(array)):
        need = f"shape ({num_classes}, {num_classes})" if num_classes else "a square table"
        _refuse_shape(argument, array.shape, f"{need} is needed, one row for each class")
    return array


def batch(**arguments: Any) -> ValuesView[Any]:
    """The arguments as they are, where the first of them is a batch of rows: its mean needs an
    axis to run over.
    """
    (first, value), *_ = arguments.items()
    shape = plain_array(first, value).shape
    if len(shape) != 2:
        _refuse_shape(first, shape, "a mean over rows needs shape (N, K)")
    return arguments.values()


def one_axis(argument: str, array: NDArray[Any], rule: str) -> None:
    """One number for each row."""
    if array.ndim != 1:
        _refuse_shape(argument, array.shape, rule)


def names(argument: str, value: Any) -> list[Any]:
    """A column of names, numbers or texts, one for each row, none of them missing."""
    if isinstance(value, (str, bytes, np.ma.MaskedArray)):
        kind = type(value).__name__
        raise TypeError(f"{argument} is one {kind}; a column is needed, one name for each row")
    shape = getattr(value, "shape", None)
    if shape is not None and len(shape) != 1:
        _refuse_shape(argument, shape, "a column is needed, one name for each row: shape (N,)")
    if not isinstance(value, Iterable):
        kind = type(value).__name__
        raise TypeError(f"{argument} is a {kind}; a column is needed, one name for each row")
    plain = isinstance(value, np.ndarray) and value.dtype.kind not in "mM"
    found: list[Any] = np.asarray(value).tolist() if plain else list(value)
    for row, name in enumerate(found):
        try:
            hash(name)
        except TypeError:
            kind = type(name).__name__
            raise TypeError(
                f"{argument}[{row}] is a {kind}; a name is a number or a text"
            ) from None
        if _is_missing(name):
            rule = "rows with a missing value are dropped first"
            raise InvalidInput(argument, rule, row, value=name, says=f"is missing, {name!r}")
    return found


def _is_missing(name: Any) -> bool:
    """None, an empty text, or what is not equal to itself, as NaN and pandas' NaT and NA."""
    try:
        return name is None or name == "" or bool(name != name)
    except TypeError:  # NA is neither equal nor unequal
        return True


def as_many(argument: str, column: Sized, like: Sized, like_argument: str) -> None:
    """Two columns have one length."""
    if len(column) != len(like):
        rule = f"{like_argument} has {len(like)} rows; there is one for each"
        raise InvalidInput(argument, rule, value=len(column), says=f"has {len(column)} rows")


def places(
    argument: str, column: Sequence[Any], known: Sequence[Any], rule: str
) -> NDArray[np.int64]:
    """Of each name of a column its place among those that are known."""
    place = {name: number for number, name in enumerate(known)}
    for row, name in enumerate(column):
        if name not in place:
            raise InvalidInput(argument, rule, row, value=name, says=f"is {name!r}")
    return np.array([place[name] for name in column], dtype=np.int64)


def sparse_rows(
    indices: Any, sparse_probs: Any, like: Floats, like_argument: str
) -> tuple[NDArray[np.int64], Floats]:
    """Which classes a row keeps, each once, and what they have of its 1."""
    same_shape(indices=indices, sparse_probs=sparse_probs)
    kept, dtype = _rows("sparse_probs", sparse_probs, "probabilities")
    if kept.shape[:-1] != like.shape[:-1] or kept.shape[-1] > like.shape[-1]:
        rule = f"{like_argument} of shape {like.shape} needs sparse labels of shape "
        rule += f"{(*like.shape[:-1], 'k')} with k at most {like.shape[-1]}".replace("'", "")
        _refuse_shape("indices", kept.shape, rule)
    places = _array("indices", indices, "indices", kinds="iu")
    rule = f"an index is one of 0 ... {like.shape[-1] - 1}"
    wrong = (places < 0) | (places >= like.shape[-1])
    _refuse(wrong, places, "indices", rule)
    places = places.astype(np.int64)
    order = np.argsort(places, axis=-1, kind="stable")
    twice = np.zeros_like(places, dtype=bool)
    repeats = np.diff(np.take_along_axis(places, order, axis=-1), axis=-1) == 0
    np.put_along_axis(twice, order[..., 1:], repeats, axis=-1)
    _refuse(twice, places, "indices", "a row keeps each class once; repeats are added up first")
    _refuse(kept < 0, kept, "sparse_probs", "a probability is not negative")
    _refuse(kept == np.inf, kept, "sparse_probs", "a probability is finite")
    sums, tolerance = kept.sum(axis=-1), sum_tolerance(dtype, kept.shape[-1])
    rule = f"what is kept of a distribution sums to at most 1 (tolerance {tolerance:.0e})"
    if (wrong := sums > 1 + tolerance).any():
        row = _first(wrong)
        total = sums[row].item()
        raise InvalidInput("sparse_probs", rule, row, value=total, says=f"sums to {total:.10g}")
    return places, kept


def unread(argument: str, value: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    """Probabilities of this shape, as they are: what is in them is looked at slab by slab."""
    array = _array(argument, value, "probabilities")
    if array.shape != shape:
        _refuse_shape(argument, array.shape, f"shape {shape} is needed")
    return array


@contextmanager
def from_row(start: int, shape: tuple[int, ...] | None = None) -> Iterator[None]:
    """An error inside names a row by its place among all of them, of which those inside begin at
    `start`; and where all have a shape, by its place there.
    """
    try:
        yield
    except InvalidInput as error:
        row: Any = start + error.row if isinstance(error.row, int) else error.row
        column = error.column
        if row is None and column is not None:  # one number for each row
            column += start
        if shape is not None and isinstance(row, int):
            index = tuple(int(i) for i in np.unravel_index(row, shape))
            row = index if len(index) > 1 else index[0] if index else None
        parts = error.rule, row, column, error.value, error.says
        raise InvalidInput(error.argument, *parts) from None
