"""Cross-entropy of a linear head, softmax(W x), from features and weights, without a table of
logits: the "linear cross-entropy" of large vocabularies.

Rows are taken a slab at a time, and the classes of a slab a tile at a time. A row keeps its maximum
m, the *rest* of `logits` and the label's distance Σ p (m - z); where a tile raises m, what was
before falls by the same amount. So the loss is Σ p (m - z) + (Σ p) log(1 + rest) here too, and no
term is negative.

What it costs in accuracy is the rounding of the logits. With u = 2⁻⁵³ and s the largest Σ_d |W_kd
x_d| of a row, a logit is off by at most D u s, and m - z is rounded by 2 u s. The sizes of the
loss's derivatives in the logits sum to at most 2 Σ p. So the loss is off by at most (Σ p) e with
e = 2 (D + 2) u s, and by a few roundings of its own size. That of a hard label is log(1 + Σ exp(z_k
- z_y)), whose exponentials are off by the factor exp(e) at most, and so is the loss: a tiny one
keeps its digits.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xentlib import _checks
from xentlib._checks import Floats, Values

ROWS = 128  # of a slab: with fewer, products of matrices are slower
TILE = 2**23  # logits held at a time, 64 MiB
CACHED = 2**15  # of them worked on at a time

Labels = Callable[[slice, slice], Floats]  # of some rows, a tile (rows, classes)


class Stream:
    """Rows whose logits come a tile at a time: the maximum `top`, its class `place`, `rest`, and of
    labels their `mass` Σ p, their `distance` Σ p (top - z), and what they give the top class.
    """

    top: Floats
    place: NDArray[np.int64]
    rest: Floats
    mass: Floats
    distance: Floats
    of_top: Floats

    def __init__(self, rows: int) -> None:
        self.top, self.place = np.full(rows, -np.inf), np.zeros(rows, dtype=np.int64)
        self.rest, self.mass, self.distance, self.of_top = np.zeros((4, rows))

    def add(self, z: Floats, start: int, p: Floats | None = None) -> None:
        """Take the logits of the classes from `start` on. They become exp(z - top)."""
        rows, place = np.arange(len(z)), z.argmax(axis=1)
        here = z[rows, place]
        raised = here > self.top
        top = np.maximum(self.top, here)
        fall = top - self.top
        np.subtract(z, top[:, None], out=z)
        if p is not None:
            self.distance += np.where(self.mass > 0, self.mass * fall, 0) + _distance(p, z)
            self.mass += p.sum(axis=1)
            self.of_top = np.where(raised, p[rows, place], self.of_top)
        np.exp(z, out=z)
        z[raised, place[raised]] = 0.0
        self.rest = np.where(raised, (1 + self.rest) * np.exp(-fall), self.rest) + z.sum(axis=1)
        z[raised, place[raised]] = 1.0
        self.place = np.where(raised, place + start, self.place)
        self.top = top

    @property
    def losses(self) -> Floats:
        """Cross-entropies of the rows."""
        return self.distance + self.mass * np.log1p(self.rest)

    @property
    def near(self) -> NDArray[np.bool_]:
        """Where the top class may have nearly all of q and of p, whose difference loses digits."""
        return self.of_top > self.mass / 2

    def exponentials(self, z: Floats) -> None:
        """Of logits, exp(z - top), in place."""
        np.subtract(z, self.top[:, None], out=z)
        np.exp(z, out=z)

    def residuals(self, e: Floats, start: int, p: Floats) -> Floats:
        """(Σ p) q - p of a tile, in place of its exponentials, and its sums over the classes. Where
        the top class is `near`, 0 stands there for minus the sum of all others.
        """
        e *= (self.mass / (1 + self.rest))[:, None]
        e -= p
        place = self.place - start
        here = self.near & (place >= 0) & (place < e.shape[1])
        e[here, place[here]] = 0.0
        return e.sum(axis=1)


def _distance(p, z):
    """Σ p (top - z), with 0 · inf = 0."""
    return -np.where(p == 0, 0.0, p * z).sum(axis=1)


class Head:
    """Features x (N, D) and weights W (K, D), and one buffer for their logits."""

    x: Floats
    W: Floats
    slabs: list[slice]
    tiles: list[slice]
    piece: int
    buffer: Floats

    def __init__(self, x: Floats, W: Floats) -> None:
        self.x, self.W = x, W
        classes, rows = len(W), max(ROWS, CACHED // len(W))
        width = min(classes, TILE // rows)
        self.slabs = [slice(i, min(i + rows, len(x))) for i in range(0, len(x), rows)]
        self.tiles = [slice(k, min(k + width, classes)) for k in range(0, classes, width)]
        self.piece = max(1, CACHED // width)
        self.buffer = np.empty(min(rows, len(x)) * width)

    def tile(self, rows: slice, classes: slice) -> Floats:
        """The part of the buffer for logits of these rows and classes."""
        shape = rows.stop - rows.start, classes.stop - classes.start
        return self.buffer[: shape[0] * shape[1]].reshape(shape)

    def logits(self, rows: slice, classes: slice) -> Floats:
        """W x of these rows and classes, in the buffer."""
        return np.matmul(self.x[rows], self.W[classes].T, out=self.tile(rows, classes))

    def pieces(self, rows: slice) -> list[slice]:
        """The rows of a slab, as many at a time as a cache holds."""
        size = rows.stop - rows.start
        return [slice(i, min(i + self.piece, size)) for i in range(0, size, self.piece)]

    def stream(self, rows: slice, labels: Labels | None = None) -> list[tuple[slice, Stream]]:
        """One pass over the classes of a slab."""
        streams = [(piece, Stream(piece.stop - piece.start)) for piece in self.pieces(rows)]
        for classes in self.tiles:
            z = self.logits(rows, classes)
            for piece, stream in streams:
                stream.add(z[piece], classes.start, labels and labels(piece, classes))
        for piece, stream in streams:
            with _checks.from_row(rows.start + piece.start):
                wrong, rule = ~np.isfinite(stream.top), "logits stay in the range of floats"
                _checks.refuse_rows("features", wrong, rule, "times the weights leaves it")
        return streams

    def exponentials(
        self, rows: slice, streams: list[tuple[slice, Stream]]
    ) -> Iterator[tuple[slice, Floats]]:
        """exp(z - top) of a slab that was streamed, a tile at a time: what the buffer still holds,
        or made again, where that was more than one tile.
        """
        for classes in self.tiles:
            if len(self.tiles) > 1:
                z = self.logits(rows, classes)
                for piece, stream in streams:
                    stream.exponentials(z[piece])
            yield classes, self.tile(rows, classes)


def losses_of(head: Head, labels: Callable[[slice], Labels]) -> Floats:
    """Cross-entropies (N,) under what gives the labels of a slab."""
    losses = np.zeros(len(head.x))
    for rows in head.slabs:
        streams = head.stream(rows, labels(rows))
        losses[rows] = np.concatenate([stream.losses for _, stream in streams])
    return losses + 0.0


def _losses_and_gradients(head, labels):
    """The losses, and the gradients of their sum in the features and in the weights."""
    losses, of_x, of_W = np.zeros(len(head.x)), np.zeros_like(head.x), np.zeros_like(head.W)
    for rows in head.slabs:
        x, own = head.x[rows], labels(rows)
        streams = head.stream(rows, own)
        losses[rows] = np.concatenate([stream.losses for _, stream in streams])
        total = np.zeros(len(x))
        for classes, e in head.exponentials(rows, streams):
            for piece, stream in streams:
                p = own(piece, classes)
                total[piece] += stream.residuals(e[piece], classes.start, p)
            of_W[classes] += e.T @ x
            of_x[rows] += e @ head.W[classes]
        near = np.concatenate([stream.near for _, stream in streams])
        place = np.concatenate([stream.place for _, stream in streams])[near]
        np.add.at(of_W, place, -total[near, None] * x[near])
        of_x[rows][near] -= total[near, None] * head.W[place]
    return losses + 0.0, of_x, of_W


# --- the labels of a slab


def _whole(target_probs):
    """Soft labels (N, K), looked at when they are needed."""

    def of_slab(rows):
        with _checks.from_row(rows.start):
            p = _checks.probabilities("target_probs", target_probs[rows])
        return lambda piece, classes: p[piece, classes]

    return of_slab


def _few(places, probs):
    """Labels that give a few classes (N, k) these probabilities (N, k), and the others nothing."""

    def of_slab(rows):
        def of_tile(piece, classes):
            here, p = places[rows][piece] - classes.start, probs[rows][piece]
            table = np.zeros((len(here), classes.stop - classes.start))
            row, column = np.nonzero((here >= 0) & (here < table.shape[1]))
            np.add.at(table, (row, here[row, column]), p[row, column])
            return table

        return of_tile

    return of_slab


def _checked(features, weights):
    """The head, and the leading dimensions of its rows."""
    x, W = _checks.finite("features", features), _checks.finite("weights", weights)
    if W.ndim != 2 or W.shape[1] != x.shape[-1]:
        rule = f"features of shape {x.shape} need weights of shape (K, {x.shape[-1]})"
        raise _checks.InvalidInput("weights", rule, value=W.shape, says=f"has shape {W.shape}")
    if not len(W):
        raise _checks.InvalidInput("weights", "at least one class is needed", says="has no rows")
    return Head(x.reshape(-1, x.shape[-1]), W), x.shape[:-1]


def _soft(features, weights, target_probs):
    _checks.same_names(("features", features, 0), ("target_probs", target_probs, 0))
    _checks.same_names(("weights", weights, 0), ("target_probs", target_probs, -1))
    head, lead = _checked(features, weights)
    p = _checks.unread("target_probs", target_probs, (*lead, len(head.W)))
    return head, lead, _whole(p.reshape(-1, len(head.W)))


def _hard(features, weights, labels):
    _checks.same_names(("features", features, 0), ("labels", labels, 0))
    head, lead = _checked(features, weights)
    like = np.broadcast_to(0.0, (*lead, len(head.W)))
    y = _checks.labels("labels", labels, len(head.W), like=like, like_argument="logits")
    return head, lead, _few(y.reshape(-1, 1), np.ones((y.size, 1)))


def _sparse(features, weights, indices, sparse_probs):
    named = (("indices", indices, 0), ("sparse_probs", sparse_probs, 0))
    _checks.same_names(("features", features, 0), *named)
    head, lead = _checked(features, weights)
    like = np.broadcast_to(0.0, (*lead, len(head.W)))
    places, kept = _checks.sparse_rows(indices, sparse_probs, like, "logits")
    return head, lead, _few(*(part.reshape(-1, kept.shape[-1]) for part in (places, kept)))


def _in_range(losses):
    """The losses, which are infinite only where logits of finite numbers overflowed."""
    rule = "logits stay in the range of floats"
    _checks.refuse_rows("features", np.isinf(losses), rule, "times the weights leaves it")
    return losses


def _value(head, lead, labels):
    with _checks.from_row(0, lead):
        return _in_range(losses_of(head, labels)).reshape(lead)[()]


def _value_and_grad(head, lead, labels):
    with _checks.from_row(0, lead):
        losses, of_x, of_W = _losses_and_gradients(head, labels)
        _in_range(losses)
    return losses.reshape(lead)[()], of_x.reshape(*lead, head.x.shape[1]), of_W


# --- public


@np.errstate(all="ignore")
def linear_softmax_cross_entropy(
    features: ArrayLike, weights: ArrayLike, target_probs: ArrayLike
) -> Values:
    """Cross-entropy of softmax(W x) under soft labels, -Σ_k p_k log softmax(W x)_k, row by row, in
    memory for a tile of logits.

    Parameters
    ----------
    features : (..., D), finite
    weights : (K, D), finite; for an intercept let a feature be 1
    target_probs : (..., K), distributions; a memory map is read a slab at a time

    Returns
    -------
    (...), nats

    Raises
    ------
    InvalidInput
        for features or weights that are not finite, a row that is no distribution, shapes that
        differ, or logits beyond the range of floats.

    Examples
    --------
    >>> round(float(linear_softmax_cross_entropy([1.0], [[40.0], [0.0]], [0.5, 0.5])), 6)
    20.0
    """
    return _value(*_soft(features, weights, target_probs))


@np.errstate(all="ignore")
def linear_softmax_cross_entropy_value_and_grad(
    features: ArrayLike, weights: ArrayLike, target_probs: ArrayLike
) -> tuple[Values, Floats, Floats]:
    """`linear_softmax_cross_entropy`, and the gradients of the sum of the
    losses, Σ_i W' r_i and Σ_i r_i x_i' with the residuals r = (Σ p) q - p.

    Parameters
    ----------
    features : (..., D), finite
    weights : (K, D), finite; for an intercept let a feature be 1
    target_probs : (..., K), distributions; a memory map is read a slab at a time

    Returns
    -------
    loss : (...), nats
    of_features : (..., D), each row W' r, nats per unit of feature
    of_weights : (K, D), Σ r x', nats per unit of weight

    Raises
    ------
    InvalidInput
        as `linear_softmax_cross_entropy`.

    Examples
    --------
    >>> x, W = [[1.0], [-1.0]], [[0.0], [0.0]]
    >>> linear_softmax_cross_entropy_value_and_grad(x, W, [[0.25, 0.75], [0.75, 0.25]])[2]
    array([[ 0.5],
           [-0.5]])
    """
    return _value_and_grad(*_soft(features, weights, target_probs))


@np.errstate(all="ignore")
def linear_softmax_cross_entropy_with_integer_labels(
    features: ArrayLike, weights: ArrayLike, labels: ArrayLike
) -> Values:
    """Cross-entropy of softmax(W x) under hard labels, -log softmax(W x)_y, row by row, in memory
    for a tile of logits.

    Parameters
    ----------
    features : (..., D), finite
    weights : (K, D), finite; for an intercept let a feature be 1
    labels : (...), integers 0 ... K-1

    Returns
    -------
    (...), nats

    Raises
    ------
    InvalidInput
        for features or weights that are not finite, a label outside 0 ... K-1, shapes that
        differ, or logits beyond the range of floats.
    TypeError
        for labels that are not integers.

    Examples
    --------
    >>> W = [[40.0], [0.0]]
    >>> loss = linear_softmax_cross_entropy_with_integer_labels([1.0], W, 0)
    >>> float(loss) == float(np.exp(-40.0))
    True
    """
    return _value(*_hard(features, weights, labels))


@np.errstate(all="ignore")
def linear_softmax_cross_entropy_with_integer_labels_value_and_grad(
    features: ArrayLike, weights: ArrayLike, labels: ArrayLike
) -> tuple[Values, Floats, Floats]:
    """`linear_softmax_cross_entropy_with_integer_labels`, and the gradients of the sum of the
    losses, Σ_i W' r_i and Σ_i r_i x_i' with the residuals r = q - e_y.

    Parameters
    ----------
    features : (..., D), finite
    weights : (K, D), finite; for an intercept let a feature be 1
    labels : (...), integers 0 ... K-1

    Returns
    -------
    loss : (...), nats
    of_features : (..., D), each row W' r, nats per unit of feature
    of_weights : (K, D), Σ r x', nats per unit of weight

    Raises
    ------
    InvalidInput
        as `linear_softmax_cross_entropy_with_integer_labels`.

    Examples
    --------
    >>> x, W = [[1.0], [-1.0]], [[0.0], [0.0]]
    >>> linear_softmax_cross_entropy_with_integer_labels_value_and_grad(x, W, [1, 0])[2]
    array([[ 1.],
           [-1.]])
    """
    return _value_and_grad(*_hard(features, weights, labels))


@np.errstate(all="ignore")
def linear_softmax_cross_entropy_with_sparse_labels(
    features: ArrayLike, weights: ArrayLike, indices: ArrayLike, sparse_probs: ArrayLike
) -> Values:
    """Cross-entropy of softmax(W x) under labels that are known for a few classes, -Σ_j p_j log
    softmax(W x)_{k_j}, row by row, in memory for a tile of logits.

    With a sum τ it is τ H(p/τ, q): a label cut off to its k largest entries counts for what is left
    of it. Divide the rows by their sums to let each count alike.

    Parameters
    ----------
    features : (..., D), finite
    weights : (K, D), finite; for an intercept let a feature be 1
    indices : (..., k), integers 0 ... K-1, distinct in each row
    sparse_probs : same shape, what the label gives them, not negative, with a sum τ of at most 1

    Returns
    -------
    (...), nats

    Raises
    ------
    InvalidInput
        for features or weights that are not finite, an index outside 0 ... K-1 or twice,
        probabilities that are negative or sum to more than 1, shapes that differ, or logits
        beyond the range of floats.
    TypeError
        for indices that are not integers.

    Examples
    --------
    >>> W = [[0.0], [0.0], [0.0], [0.0]]
    >>> loss = linear_softmax_cross_entropy_with_sparse_labels([1.0], W, [3, 1], [0.5, 0.25])
    >>> round(float(loss / np.log(4)), 6)
    0.75
    """
    return _value(*_sparse(features, weights, indices, sparse_probs))


@np.errstate(all="ignore")
def linear_softmax_cross_entropy_with_sparse_labels_value_and_grad(
    features: ArrayLike, weights: ArrayLike, indices: ArrayLike, sparse_probs: ArrayLike
) -> tuple[Values, Floats, Floats]:
    """`linear_softmax_cross_entropy_with_sparse_labels`, and the gradients of the sum of the
    losses, Σ_i W' r_i and Σ_i r_i x_i' with the residuals r = τ q - p.

    Parameters
    ----------
    features : (..., D), finite
    weights : (K, D), finite; for an intercept let a feature be 1
    indices : (..., k), integers 0 ... K-1, distinct in each row
    sparse_probs : same shape, what the label gives them, not negative, with a sum τ of at most 1

    Returns
    -------
    loss : (...), nats
    of_features : (..., D), each row W' r, nats per unit of feature
    of_weights : (K, D), Σ r x', nats per unit of weight

    Raises
    ------
    InvalidInput
        as `linear_softmax_cross_entropy_with_sparse_labels`.

    Examples
    --------
    >>> x, W = [[1.0]], [[0.0], [0.0], [0.0], [0.0]]
    >>> found = linear_softmax_cross_entropy_with_sparse_labels_value_and_grad
    >>> found(x, W, [[3, 1]], [[0.5, 0.25]])[2].ravel()
    array([ 0.1875, -0.0625,  0.1875, -0.3125])
    """
    return _value_and_grad(*_sparse(features, weights, indices, sparse_probs))
