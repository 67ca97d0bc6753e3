"""The only validator: every public function of the numerics passes its arguments through here.

A wrong kind of object is a `TypeError`; a wrong value is an `InvalidInput`, which names the
place and the rule. Validated arrays come back as float64 (labels: as int64); the caller's array
is never written to.
"""

import numpy as np

SUM_TOLERANCE = (
    1e-8  # a row of probabilities sums to 1 within this, or within 8 K eps of its own dtype ...
)
LARGEST_TOLERANCE = 1e-3  # ... but never within more than this
LARGEST_COUNT = 2.0**53  # whole numbers beyond it have gaps in float64


class InvalidInput(ValueError):
    """A value that breaks a rule: `argument`, `row`, `column`, `value` and `rule` say which and
    where.
    """

    def __init__(self, argument, rule, row=None, column=None, value=None, says=None):
        self.argument, self.row, self.column, self.value, self.rule = (
            argument,
            row,
            column,
            value,
            rule,
        )
        self.says = says
        place = ", ".join(str(index) for index in (row, column) if index is not None)
        where = f"{argument}[{place}]" if place else argument
        super().__init__(f"{where} {says or f'is {value}'}; {rule}")

    def __reduce__(self):
        """Pickle and copy make it again from its parts, not from its message."""
        parts = self.argument, self.rule, self.row, self.column, self.value, self.says
        return type(self), parts, self.__dict__


def _refuse(bad, array, argument, rule):
    """Raise for the first entry of `array` that is bad."""
    if bad.any():
        *row, column = (int(index) for index in np.argwhere(bad)[0])
        raise InvalidInput(argument, rule, *row or [None], column, array[*row, column].item())


def _plain_array(argument, value):
    try:
        return np.asarray(value)
    except ValueError:
        raise InvalidInput(argument, "all rows have one length", says="is ragged") from None


def _array(argument, value, what, kinds="fiu"):
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{argument} is a masked array; fill or drop the masked entries first")
    array = _plain_array(argument, value)
    if array.size == 0 and isinstance(value, (list, tuple)):
        array = array.astype(np.int64)
    if array.dtype.kind not in kinds:
        raise TypeError(
            f"{argument} has dtype {array.dtype}; {what} need "
            f"{'integers' if kinds == 'iu' else 'real numbers'}"
        )
    return array


def _rows(argument, value, what):
    """A row or rows of finite-or-infinite real numbers, in float64, and the dtype that they came
    in.
    """
    array = _array(argument, value, what)
    if array.ndim not in (1, 2):
        raise InvalidInput(
            argument,
            "one row (K,) or rows (N, K) are needed",
            value=array.shape,
            says=f"has shape {array.shape}",
        )
    if array.shape[-1] == 0:
        raise InvalidInput(
            argument,
            "at least one class is needed",
            value=array.shape,
            says=f"has shape {array.shape}",
        )
    dtype, array = array.dtype, array.astype(np.float64, copy=False)
    _refuse(np.isnan(array), array, argument, "NaN is not a number")
    return array, dtype


def logits(argument, value):
    """Logits: real, -inf for a masked class, at least one class not masked."""
    array, _ = _rows(argument, value, "logits")
    _refuse(array == np.inf, array, argument, "a logit is finite, or -inf for a masked class")
    masked = (array == -np.inf).all(axis=-1)
    if masked.any():
        row = None if array.ndim == 1 else int(np.argmax(masked))
        raise InvalidInput(
            argument,
            "at least one class must not be masked",
            row,
            value=-np.inf,
            says="is -inf in every class",
        )
    return array


def probabilities(argument, value):
    """Distributions over the last axis: non-negative, each row summing to 1."""
    array, dtype = _rows(argument, value, "probabilities")
    _refuse(array < 0, array, argument, "a probability is not negative")
    _refuse(array == np.inf, array, argument, "a probability is finite")
    tolerance = sum_tolerance(dtype, array.shape[-1])
    with np.errstate(over="ignore"):
        sums = array.sum(axis=-1)
    wrong = ~(np.abs(sums - 1) <= tolerance)
    if wrong.any():
        row = None if array.ndim == 1 else int(np.argmax(wrong))
        entries, total = (array, sums) if row is None else (array[row], sums[row])
        rule = f"a distribution sums to 1 (tolerance {tolerance:.0e})"
        if total >= 2 and (entries == np.floor(entries)).all():
            rule += "; counts become distributions by votes_to_probs"
        raise InvalidInput(argument, rule, row, value=total.item(), says=f"sums to {total:.10g}")
    return array


def sum_tolerance(dtype, size):
    """What rounding may move the sum of `size` entries of this dtype by, between the two bounds."""
    eps = np.finfo(dtype).eps if dtype.kind == "f" else np.finfo(float).eps
    return min(max(SUM_TOLERANCE, 8 * size * float(eps)), LARGEST_TOLERANCE)


def exact_probabilities(argument, value):
    """`probabilities` for a function that hands rows on: rows whose sum is 1 only to the rounding
    of a shorter float are divided by it, since what is handed on is float64; and their tolerance.
    """
    array = probabilities(argument, value)
    tolerance = sum_tolerance(_plain_array(argument, value).dtype, array.shape[-1])
    sums = array.sum(axis=-1, keepdims=True)
    return np.where(np.abs(sums - 1) > SUM_TOLERANCE, array / sums, array), tolerance


def counts(argument, value, some=False):
    """Votes per class: whole numbers, not negative, each row with its sum below 2^53 (and above 0,
    where `some`).
    """
    array, _ = _rows(argument, value, "counts")
    _refuse(array < 0, array, argument, "a count is not negative")
    _refuse(
        (array != np.floor(array)) | np.isinf(array), array, argument, "a count is a whole number"
    )
    for wrong, rule, says in (
        (
            array.sum(axis=-1) > LARGEST_COUNT,
            "a row of counts sums to at most 2^53",
            "sums to more",
        ),
        (some & (array.sum(axis=-1) == 0), "a row has at least one vote", "has no votes"),
    ):
        if wrong.any():
            raise InvalidInput(
                argument, rule, None if array.ndim == 1 else int(np.argmax(wrong)), says=says
            )
    return array


def labels(argument, value, num_classes, like=None, like_argument=""):
    """Class indices 0 ... K-1, one for each row of `like`, where it is given."""
    array = _array(argument, value, "labels", kinds="iu")
    if array.ndim > 1 or (like is not None and array.shape != like.shape[:-1]):
        need = (
            f"{like_argument} of shape {like.shape} needs labels of shape {like.shape[:-1]}"
            if like is not None
            else "labels have shape () or (N,)"
        )
        raise InvalidInput(argument, need, value=array.shape, says=f"has shape {array.shape}")
    wrong = (array < 0) | (array >= num_classes)
    if wrong.any():
        row = None if array.ndim == 0 else int(np.argmax(wrong))
        raise InvalidInput(
            argument,
            f"a label is one of 0 ... {num_classes - 1}",
            row,
            value=array[wrong].flat[0].item(),
        )
    return array.astype(np.int64)


def weights(argument, value, length, each):
    """Finite weights, not negative, `length` of them: one for each row or class."""
    array = _array(argument, value, "weights")
    if array.shape != (length,):
        raise InvalidInput(
            argument,
            f"one weight for each {each} is needed: shape ({length},)",
            value=array.shape,
            says=f"has shape {array.shape}",
        )
    array = array.astype(np.float64)
    _refuse(np.isnan(array), array, argument, "NaN is not a number")
    _refuse(array < 0, array, argument, "a weight is not negative")
    _refuse(array == np.inf, array, argument, "a weight is finite")
    return array


def real(argument, value):
    """Real numbers of any shape, +inf and -inf among them."""
    array = _array(argument, value, "values").astype(np.float64)
    if np.isnan(array).any():
        row, column, *_ = *np.argwhere(np.isnan(array))[0].tolist(), None, None
        raise InvalidInput(argument, "NaN is not a number", row, column, np.nan)
    return array


def not_negative(argument, value):
    """Real numbers of any shape, none below 0 by more than the sums of rows may be off."""
    array = real(argument, value)
    wrong = array < -LARGEST_TOLERANCE
    if wrong.any():
        row, column, *_ = *np.argwhere(wrong)[0].tolist(), None, None
        rule = "a cross-entropy is not negative; it is minus a log-likelihood"
        raise InvalidInput(argument, rule, row, column, array[wrong].flat[0].item())
    return array


def num_classes(argument, value):
    """A whole number of classes, at least one."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{argument} is {value!r}; a number of classes is an integer")
    if value < 1:
        raise InvalidInput(argument, "at least one class is needed", value=value)
    return int(value)


def _number(argument, value, what):
    """One real number."""
    array = _array(argument, value, what)
    if array.ndim:
        raise InvalidInput(
            argument,
            "a single number is needed",
            value=array.shape,
            says=f"has shape {array.shape}",
        )
    return float(array)


def fraction(argument, value):
    """A real number from 0 to 1."""
    number = _number(argument, value, "fractions")
    if not 0 <= number <= 1:
        raise InvalidInput(argument, "a fraction lies between 0 and 1", value=number)
    return number


def same_shape(**arguments):
    """The two arguments have one shape and, where both name their columns, the same columns in the
    same order.
    """
    (first, a), (second, b) = arguments.items()
    shape, other = (_plain_array(name, value).shape for name, value in arguments.items())
    if shape != other:
        raise InvalidInput(
            second,
            f"{first} has shape {shape}; shapes match exactly",
            value=other,
            says=f"has shape {other}",
        )
    columns, others = getattr(a, "columns", None), getattr(b, "columns", None)
    if columns is not None and others is not None and list(columns) != list(others):
        raise InvalidInput(
            second,
            f"{first} has columns {list(columns)}; columns match in name and order",
            value=list(others),
            says=f"has columns {list(others)}",
        )
    if columns is not None and others is not None and len(set(columns)) != len(columns):
        raise InvalidInput(
            second,
            "each column is named once",
            value=list(others),
            says=f"has columns {list(others)}",
        )
    same_names(0, **arguments)


def same_names(axis=0, other_axis=None, **arguments):
    """Two arguments that name an axis they share, as pandas does, name it alike, in one order."""
    (first, a), (second, b) = arguments.items()
    names = []
    for value, which in ((a, axis), (b, axis if other_axis is None else other_axis)):
        axes = getattr(value, "axes", None)
        if not isinstance(axes, list) or not -len(axes) <= which < len(axes):
            return
        names.append(list(axes[which]))
    for place, (name, other) in enumerate(zip(*names, strict=False)):
        if name != other:
            raise InvalidInput(
                second,
                f"{first} has {name!r} there; pandas names match in order",
                place,
                value=other,
                says=f"is named {other!r}",
            )


def rows_match(**arguments):
    """Both are tables, with one number of rows."""
    (first, a), (second, b) = arguments.items()
    for name, table in arguments.items():
        if table.ndim != 2:
            raise InvalidInput(
                name, "rows (N, ·) are needed", value=table.shape, says=f"has shape {table.shape}"
            )
    if len(a) != len(b):
        raise InvalidInput(
            second,
            f"{first} has {len(a)} rows; there is one label for each",
            value=len(b),
            says=f"has {len(b)} rows",
        )


def scale(argument, value):
    """A positive, finite number."""
    number = _number(argument, value, "scales")
    if not 0 < number < np.inf:
        raise InvalidInput(argument, "a positive, finite number is needed", value=number)
    return number


def one_of(argument, value, allowed):
    """One of the allowed words."""
    if not (isinstance(value, str) and value in allowed):
        raise InvalidInput(
            argument,
            f"it is one of {', '.join(map(repr, allowed))}",
            value=value,
            says=f"is {value!r}",
        )
    return value


def some_rows(argument, array):
    """At least one row: the mean of nothing is not a number."""
    if len(array) == 0:
        raise InvalidInput(
            argument, "the mean of no rows is undefined", value=0, says="has no rows"
        )


def finite(argument, value):
    """A row or rows of finite real numbers."""
    array, _ = _rows(argument, value, "vectors")
    _refuse(np.isinf(array), array, argument, "a finite number is needed")
    return array


def positive(argument, value):
    """A row or rows of positive, finite real numbers."""
    array, _ = _rows(argument, value, "concentrations")
    _refuse((array <= 0) | np.isinf(array), array, argument, "a positive, finite number is needed")
    return array


def evidence(argument, value):
    """Likelihoods P(o|k) of one observation under each class: finite, not negative, some of them
    positive.
    """
    array, _ = _rows(argument, value, "likelihoods")
    _refuse(array < 0, array, argument, "a likelihood is not negative")
    _refuse(np.isinf(array), array, argument, "a likelihood is finite")
    no_row(
        argument,
        (array == 0).all(axis=-1),
        "some class must be able to give the observation",
        "is 0 in every class",
    )
    return array


def no_row(argument, wrong, rule, says):
    """Raise for the first row that is wrong."""
    if np.any(wrong):
        raise InvalidInput(
            argument, rule, None if np.ndim(wrong) == 0 else int(np.argmax(wrong)), says=says
        )


def not_below(argument, array, result, rule, tolerance=SUM_TOLERANCE):
    """Raise for the first entry whose result is negative beyond rounding."""
    _refuse(result < -tolerance, array, argument, rule)


def channel(argument, value, num_classes=None):
    """A table P(reading | class): square, each row a distribution."""
    array = probabilities(argument, value)
    if array.ndim != 2 or array.shape[0] != array.shape[1] or num_classes not in (None, len(array)):
        need = f"shape ({num_classes}, {num_classes})" if num_classes else "a square table"
        raise InvalidInput(
            argument,
            f"{need} is needed, one row for each class",
            value=array.shape,
            says=f"has shape {array.shape}",
        )
    return array


def batch(**arguments):
    """The arguments as they are, where the first of them is a batch of rows: its mean needs an
    axis to run over.
    """
    (first, value), *_ = arguments.items()
    shape = _plain_array(first, value).shape
    if len(shape) != 2:
        raise InvalidInput(
            first, "a mean over rows needs shape (N, K)", value=shape, says=f"has shape {shape}"
        )
    return arguments.values()
