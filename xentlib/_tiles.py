"""Rows of a table by tiles that stay in the cache of a processor, whatever the size of the table.

A *quick* form does ordinary rows, and says of which rows it is sure: they are valid input, and the
result is as exact as the formula's. The others go to the *formula*, which checks them and knows
every edge. The quick forms of logits take exp(z) as it is, of logits of moderate size: where no
maximum is subtracted, nothing is rounded before the exponential.
"""

from collections.abc import Callable, Iterator
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xentlib import _checks
from xentlib._checks import Floats, InvalidInput, sum_tolerance
from xentlib._summation import relative_entropy_terms, two_part_sum

Sure = NDArray[np.bool_]

TILE = 2**15  # entries, 256 KiB: a few such tiles stay in the cache
NARROW = 128  # classes at most of a tile that is copied class by class, so that sums are of rows
LOWEST, HIGHEST = -80.0, 600.0  # a largest logit between has an exponential far from the ends ...
LEAST = 1e-260  # ... of the range of floats, and so has the rest beside it, above this
SMALL = 1e-12  # times K²: a smaller rest is summed without the largest, on a finer grid
PLAIN = 3  # terms at most that are just added
FEW = 4  # terms that are summed with one rounding, after halves of more were added
ORDINARY = 1e40  # of vectors: with softmax they make no product out of range


class Work:
    """Memory for copies of tiles, which the next tile, no larger, uses again."""

    def __init__(self) -> None:
        self.rooms: list[Floats] = []
        self.used = 0

    def like(self, table: NDArray[Any]) -> Floats:
        """Room for as many rows and classes."""
        if self.used == len(self.rooms):
            order = "F" if table.shape[1] <= NARROW else "C"
            self.rooms.append(np.empty(table.shape, order=order))
        self.used += 1
        return self.rooms[self.used - 1][: len(table)]

    def copy(self, table: NDArray[Any]) -> Floats:
        """The table in float64, in that room."""
        room = self.like(table)
        room[...] = table
        return room

    def read(self, table: NDArray[Any]) -> Floats:
        """The table in float64, for reading: a copy only where that is quicker, or needed."""
        plain = table.dtype == np.float64 and (table.shape[1] > NARROW or len(table) == 1)
        return table if plain else self.copy(table)


Quick = Callable[..., tuple[tuple[Floats, ...], Sure]]


def run(
    quick: Quick, formula: Callable[..., Any], wide: tuple[bool, ...] = (False,), **arguments: Any
) -> Any:
    """The results for all rows of the arguments, one, or as many as `wide` has entries: a row for
    each row where it is true, else a number. What is wrong is named by `formula(**arguments)`.
    """
    try:
        tables = _tables(**arguments)
    except (InvalidInput, TypeError):
        formula(**arguments)
        raise
    shape = tables[0].shape
    results = tuple(np.empty(shape if each else shape[:-1]) for each in wide)
    most = max(1, TILE // shape[-1])
    work = Work()
    for place in _places(shape[:-1], most):
        blocks = _by_rows([table[place] for table in tables])
        work.used = 0
        found, sure = quick(work, *blocks)
        if np.count_nonzero(sure) < len(sure):
            _mend(found, ~sure, formula, arguments, blocks)
        for result, part in zip(results, found, strict=True):
            result[place] = part.reshape(result[place].shape)
    return results[0][()] if len(results) == 1 else tuple(result[()] for result in results)


def _tables(**arguments):
    """The arguments as arrays of the right kind and shape, in their own dtype; nothing looks at the
    values, but for labels.
    """
    (first, value), *others = arguments.items()
    if "labels" in arguments:
        z, labels = _checks.table(first, value, "logits"), arguments["labels"]
        _checks.same_names((first, value, 0), ("labels", labels, 0))
        return z, _checks.labels("labels", labels, z.shape[-1], like=z, like_argument=first)
    if others:
        _checks.same_shape(**arguments)
    return tuple(_checks.table(name, value, "numbers") for name, value in arguments.items())


def _places(shape: tuple[int, ...], most: int) -> Iterator[tuple[int | slice, ...]]:
    """Where blocks of at most `most` rows stand, along all axes but the last."""
    if 0 in shape:
        return
    inner = prod(shape[1:])
    if not shape:
        yield ()
    elif inner > most:
        for index in range(shape[0]):
            for rest in _places(shape[1:], most):
                yield index, *rest
    else:
        step = most // inner
        for start in range(0, shape[0], step):
            yield (slice(start, start + step),)


def _by_rows(blocks):
    """Blocks with one axis before the classes."""
    *lead, _ = blocks[0].shape
    if len(lead) == 1:
        return blocks
    return [np.reshape(block, (prod(lead), *block.shape[len(lead) :])) for block in blocks]


def _mend(found, odd, formula, arguments, blocks):
    """Put the formula's results in the odd rows; if it refuses one, let it name the place."""
    try:
        mended = formula(*(block[odd] for block in blocks))
    except InvalidInput:
        formula(**arguments)
        raise
    for part, rows in zip(found, mended if len(found) > 1 else (mended,), strict=True):
        part[odd] = rows


class _Look(NamedTuple):
    """As `logits._Rows`, of a tile: `exponentials` exp(z), the `largest` of them, and `rest`, the
    sum of the others over it; and `room` and `spare`, for a tile each.
    """

    z: Floats
    top: Floats
    exponentials: Floats
    largest: Floats
    rest: Floats
    room: Floats
    spare: Floats
    sure: Sure


def _look(work, logits):
    z = work.read(logits)
    exponentials = np.exp(z, out=work.like(z))
    room, spare = work.like(z), work.like(z)
    if z.shape[1] > NARROW:
        place = np.arange(len(z)), z.argmax(axis=1)
        top, largest = z[place], exponentials[place]
        others = _sum_without(exponentials, place, room)
    else:
        top = np.maximum.reduce(z, axis=1)
        two = _of_few if z.shape[1] <= PLAIN else _of_some
        largest, others = two(exponentials, room)
    rest = others / largest
    sure = (top > LOWEST) & (top < HIGHEST) & (rest > LEAST)
    return _Look(z, top, exponentials, largest, rest, room, spare, sure)


def _of_few(x, room):
    """The largest entry of each row, and the sum of the others."""
    largest, *columns = x.T
    others = np.zeros(len(x))
    for column in columns:
        others = others + np.minimum(largest, column)
        largest = np.maximum(largest, column)
    return largest, others


def _of_some(x, room):
    """The same, with one rounding."""
    largest = np.maximum.reduce(x, axis=1)
    others = np.add(*two_part_sum(x, room, largest))
    small = others < largest * (SMALL * x.shape[1] ** 2)
    if np.count_nonzero(small):
        few = np.flatnonzero(small)
        rows = x[few]
        rows[np.arange(len(few)), rows.argmax(axis=1)] = 0.0
        others[few] = np.add(*two_part_sum(rows, np.empty_like(rows)))
    return largest, others


def _sum_without(x, place, room):
    """The sum of each row but for one entry; the largest of the others is added last, since it may
    be nearly all of the sum.
    """
    kept = x[place]
    x[place] = 0.0
    second = place[0], x.argmax(axis=1)
    large = x[second]
    x[second] = 0.0
    total = _sum(x, room) + large
    x[second] = large
    x[place] = kept
    return total


def _are_distributions(p, dtype, sums=None):
    """Which rows surely are."""
    sums = np.add.reduce(p, axis=1) if sums is None else sums
    near = np.abs(sums - 1) <= sum_tolerance(dtype, p.shape[1])
    if not np.minimum.reduce(p, axis=None) >= 0:
        near[:] = False
    return near


def _sum(terms, room):
    """The sum of each row of terms that are not negative."""
    size = terms.shape[1]
    if size <= PLAIN:
        return np.add.reduce(terms, axis=1)
    while size > FEW:
        half, left = size // 2, size - size // 2
        np.add(terms[:, :half], terms[:, left:size], out=room[:, :half])
        if terms is not room:
            room[:, half:left] = terms[:, half:left]
        terms, size = room, left
    few = terms[:, :size]
    return np.add(*two_part_sum(few, np.empty_like(few)))


def _signed_sum(terms, room):
    """The sum of each row of terms of either sign, with one rounding."""
    if terms.shape[1] <= PLAIN:
        return np.add.reduce(terms, axis=1)
    size = np.add.reduce(np.abs(terms, out=room), axis=1)
    return np.add(*two_part_sum(terms, room, size=size))


def softmax(work: Work, logits: NDArray[Any]) -> tuple[Any, Sure]:
    """exp(z) / (exp(top) (1 + rest))."""
    rows = _look(work, logits)
    return (_times_softmax(rows, 1.0),), rows.sure


def log_softmax(work: Work, logits: NDArray[Any]) -> tuple[Any, Sure]:
    """(z - top) - log(1 + rest)."""
    rows = _look(work, logits)
    np.subtract(rows.z, rows.top[:, None], out=rows.room)
    np.subtract(rows.room, np.log1p(rows.rest)[:, None], out=rows.room)
    return (rows.room,), rows.sure


def logsumexp(work: Work, logits: NDArray[Any]) -> tuple[Any, Sure]:
    """Top + log(1 + rest)."""
    rows = _look(work, logits)
    return (rows.top + np.log1p(rows.rest),), rows.sure


def soft(work: Work, logits: NDArray[Any], target_probs: NDArray[Any]) -> tuple[Any, Sure]:
    """Σ p_k (top - z_k + log(1 + rest))."""
    rows, p = _look(work, logits), work.read(target_probs)
    loss = _soft_loss(rows, p, rows.exponentials)
    right = _are_distributions(p, target_probs.dtype)
    return (loss,), rows.sure & right & np.isfinite(loss)


def _soft_loss(rows, p, terms):
    np.subtract(rows.top[:, None], rows.z, out=terms)
    terms += np.log1p(rows.rest)[:, None]
    terms *= p
    return _sum(terms, rows.room)


def soft_and_gradient(
    work: Work, logits: NDArray[Any], target_probs: NDArray[Any]
) -> tuple[Any, Sure]:
    """`soft` and (Σ p) q - p; see `losses._gradient` for what is taken at the top."""
    rows, p = _look(work, logits), work.read(target_probs)
    loss = _soft_loss(rows, p, rows.spare)
    total = _sum(p, rows.spare)
    right = _are_distributions(p, target_probs.dtype, total)
    gradient = _times_softmax(rows, total)
    gradient -= p
    most = np.maximum.reduce(p, axis=1)
    near = np.flatnonzero((most > total / 2) & (rows.rest < 1))
    if len(near):
        top = logits[near].argmax(axis=1)
        here = np.flatnonzero(p[near, top] > total[near] / 2)
        near, top = near[here], top[here]
        others = p[near]
        others[np.arange(len(near)), top] = 0.0
        q = rows.rest[near] / (1 + rows.rest[near])
        gradient[near, top] = _sum(others, np.empty_like(others)) - total[near] * q
    return (loss, gradient), rows.sure & right & np.isfinite(loss)


def _times_softmax(rows, factor):
    """The softmax of the rows times a factor of each, in the room of the exponentials."""
    exponentials = rows.exponentials
    exponentials *= (factor / (rows.largest * (1 + rows.rest)))[:, None]
    return exponentials


def hard(work: Work, logits: NDArray[Any], labels: NDArray[np.int64]) -> tuple[Any, Sure]:
    """top - z_y + log(1 + rest)."""
    rows = _look(work, logits)
    return (_hard_loss(rows, (np.arange(len(labels)), labels)),), rows.sure


def _hard_loss(rows, place):
    return rows.top - rows.z[place] + np.log1p(rows.rest)


def hard_and_gradient(
    work: Work, logits: NDArray[Any], labels: NDArray[np.int64]
) -> tuple[Any, Sure]:
    """`hard` and q - e_y."""
    rows, place = _look(work, logits), (np.arange(len(labels)), labels)
    loss = _hard_loss(rows, place)
    near = (rows.z[place] == rows.top) & (rows.rest < 1)
    gradient = _times_softmax(rows, 1.0)
    at_label = np.where(near, -(rows.rest / (1 + rows.rest)), gradient[place] - 1)
    gradient[place] = at_label
    return (loss, gradient), rows.sure


def hessian_product(work: Work, logits: NDArray[Any], vectors: NDArray[Any]) -> tuple[Any, Sure]:
    """q (u - Σ q u) of u = v - v_top, as `losses._hessian_product`."""
    rows, u = _look(work, logits), work.copy(vectors)
    size = np.abs(u, out=rows.room).max(axis=1)
    u -= u[np.arange(len(u)), logits.argmax(axis=1)][:, None]
    q, terms = _times_softmax(rows, 1.0), rows.spare
    np.multiply(q, u, out=terms)
    u -= _signed_sum(terms, rows.room)[:, None]
    u *= q
    u += 0.0
    return (u,), rows.sure & (size < ORDINARY) & ((size > 1 / ORDINARY) | (size == 0))


def entropy(work: Work, p: NDArray[Any]) -> tuple[Any, Sure]:
    """-Σ p log p."""
    probs = work.read(p)
    return _expected_log(work, probs, probs, _are_distributions(probs, p.dtype))


def cross_entropy(work: Work, p: NDArray[Any], q: NDArray[Any]) -> tuple[Any, Sure]:
    """-Σ p log q."""
    first, second = work.read(p), work.read(q)
    sure = _are_distributions(first, p.dtype) & _are_distributions(second, q.dtype)
    return _expected_log(work, first, second, sure)


def _expected_log(work, p, q, sure):
    """Of q at most 1, so that no term is negative; the least of nan, for 0 log 0, and 0 is 0."""
    terms = np.log(q, out=work.like(q))
    terms *= p
    np.fmin(terms, 0.0, out=terms)
    np.negative(terms, out=terms)
    found = _sum(terms, work.like(p)) + 0.0
    return (found,), sure & (np.maximum.reduce(q, axis=1) <= 1) & np.isfinite(found)


def kl_divergence(work: Work, p: NDArray[Any], q: NDArray[Any]) -> tuple[Any, Sure]:
    """Σ (p log(p/q) - p + q) + Σ (p - q)."""
    first, second = work.copy(p), work.copy(q)
    sure = _are_distributions(first, p.dtype) & _are_distributions(second, q.dtype)
    terms, room = work.like(p), work.like(p)
    flat = (table.ravel(order="K") for table in (first, second))
    terms.ravel(order="K")[...] = relative_entropy_terms(*flat)
    found = _sum(terms, room)
    first -= second
    found += _signed_sum(first, room)
    return (found,), sure & np.isfinite(found)
