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
from xentlib._summation import quotient, relative_entropy_terms, two_part_sum

Sure = NDArray[np.bool_]

TILE = 2**15  # entries, 256 KiB: a few such tiles stay in the cache
PARTS = 5  # tiles of memory
NARROW = 128  # classes at most of a tile that is copied class by class, so that sums are of rows
LOWEST, HIGHEST = -80.0, 600.0  # a largest logit between has an exponential far from the ends ...
LEAST = 1e-260  # ... of the range of floats, and so has the rest beside it, above this
SMALL = 1e-12  # times K²: a smaller rest is summed without the largest, on a finer grid
FEW = 8  # terms that are summed with one rounding, after halves of more were added
ORDINARY = 1e40  # of vectors: with softmax they make no product out of range


class Work:
    """Memory for copies of tiles, taken at once, which the next tile uses again."""

    def __init__(self, size: int) -> None:
        self.parts, self.used = np.empty((PARTS, size)), 0

    def like(self, table: NDArray[Any]) -> Floats:
        """Room for as many rows and classes."""
        room = self.parts[self.used, : table.size]
        self.used += 1
        rows, classes = table.shape
        return room.reshape(classes, rows).T if classes <= NARROW else room.reshape(rows, classes)

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
    work = Work(min(prod(shape), most * shape[-1]))
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
    sum of the others over it; and `room` for a tile.
    """

    z: Floats
    top: Floats
    exponentials: Floats
    largest: Floats
    rest: Floats
    room: Floats
    sure: Sure


def _look(work, logits):
    z = work.read(logits)
    exponentials, room = work.like(z), work.like(z)
    np.exp(z, out=exponentials)
    top, largest = z.max(axis=1), exponentials.max(axis=1)
    rest = quotient(*two_part_sum(exponentials, room, largest), largest)
    small = rest < SMALL * z.shape[1] ** 2
    if np.count_nonzero(small):
        few = np.flatnonzero(small)
        others = exponentials[few]
        others[np.arange(len(few)), others.argmax(axis=1)] = 0.0
        rest[few] = quotient(*two_part_sum(others, np.empty_like(others)), largest[few])
    sure = (top > LOWEST) & (top < HIGHEST) & (rest > LEAST)
    return _Look(z, top, exponentials, largest, rest, room, sure)


def _are_distributions(p, dtype):
    """Which rows surely are."""
    near = np.abs(np.add.reduce(p, axis=1) - 1) <= sum_tolerance(dtype, p.shape[1])
    return near if p.min() >= 0 else np.zeros_like(near)


def _sum(terms, room):
    """The sum of each row of terms that are not negative; they are overwritten."""
    size = terms.shape[1]
    while size > FEW:
        half = size // 2
        terms[:, :half] += terms[:, size - half : size]
        size -= half
    return np.add(*two_part_sum(terms[:, :size], room[:, :size]))


def _signed_sum(terms, room):
    """The sum of each row of terms of either sign, with one rounding."""
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
    return (loss,), rows.sure & _are_distributions(p, target_probs.dtype) & np.isfinite(loss)


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
    terms = work.like(p)
    loss = _soft_loss(rows, p, terms)
    np.copyto(terms, p)
    total = _sum(terms, rows.room)
    place = np.arange(len(p)), logits.argmax(axis=1)
    gradient = _times_softmax(rows, total)
    gradient -= p
    near = np.flatnonzero((p[place] > total / 2) & (rows.rest < 1))
    if len(near):
        top, others = place[1][near], p[near]
        others[np.arange(len(near)), top] = 0.0
        q = rows.rest[near] / (1 + rows.rest[near])
        gradient[near, top] = _sum(others, np.empty_like(others)) - total[near] * q
    sure = rows.sure & _are_distributions(p, target_probs.dtype) & np.isfinite(loss)
    return (loss, gradient), sure


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
    q, terms = _times_softmax(rows, 1.0), work.like(u)
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
    return (found,), sure & (q.max(axis=1) <= 1) & np.isfinite(found)


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
