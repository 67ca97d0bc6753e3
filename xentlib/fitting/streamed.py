"""The objective where rows times classes are too many to hold: logits are made a tile at a time,
and the labels act through their moments S = Σ m p x' alone, which are computed once.

At predictions that are one for all rows, the curvature is (diag c - c c') ⊗ Σ m x x' with c the
classes' shares of the weight. That is nearly so elsewhere, and preconditions Newton's equations in
memory for one matrix of coefficients; the steps start where it is exact.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.linalg import eigh
from scipy.sparse import issparse

from xentlib._checks import Floats
from xentlib.fitting.curvature import Solver
from xentlib.fitting.newton import Place
from xentlib.linear import Head, losses_of

LARGE = 2**25  # rows times classes, above which no table of them is made: 256 MiB
UNSEEN = 1e-10  # curvature for what the features do not vary in, beside that of scaled ones


def alike(square: Floats, totals: Floats, ridge: Floats) -> Solver:
    """What solves (c_k Σ m x x' + ridge) v_k = right_k for each class, and centres: in the basis
    in which Σ m x x' is one and the ridge is diagonal.
    """
    unseen = UNSEEN * np.trace(square) / len(square) * np.eye(len(square))
    penalty, basis = eigh(np.diag(ridge), square + unseen)
    least = totals[totals > 0].min()
    curvature = np.maximum(totals, least)[:, None] + np.maximum(penalty, 0)

    def solved(right):
        V = (right @ basis / curvature) @ basis.T
        return V - V.mean(axis=0)

    return solved


def first(totals: Floats, size: int, centred: bool) -> Floats:
    """The fit of an intercept alone, or zeros."""
    W = np.zeros((len(totals), size))
    if centred:
        logs = np.log(totals)
        W[:, -1] = logs - logs.mean()
    return W


class Streamed:
    """The objective of a design x (N, D), whose last column is 1 if `centred`, with the rows'
    shares of the weight and labels (N, K): a table, sparse rows, or slabs.
    """

    kind: str = "alike"
    x: Floats
    shares: Floats
    labels: Any
    centred: bool
    masses: Floats
    moments: Floats
    ridge: Floats
    totals: Floats

    def __init__(
        self, x: Floats, shares: Floats, labels: Any, ridge: Floats, centred: bool
    ) -> None:
        self.x, self.shares, self.labels = x, shares, labels
        self.ridge, self.centred = ridge, centred
        self.moments = np.zeros((labels.shape[1], x.shape[1]))
        self.masses, self.totals = np.zeros(len(x)), np.zeros(labels.shape[1])
        for rows in Head(x, self.moments).slabs:
            p, share = labels[rows], shares[rows]
            self.masses[rows] = share * p.sum(axis=1)
            self.totals += share @ p
            self.moments += p.T @ (share[:, None] * x[rows])

    def start(self) -> Floats:
        """The fit of an intercept alone."""
        return first(self.totals, self.x.shape[1], self.centred)

    def solver(self, place: Place) -> Solver:
        """One curvature for all classes, but for their totals."""
        return alike(self.square(), self.totals, self.ridge)

    @np.errstate(over="ignore", invalid="ignore", under="ignore")
    def at(self, W: Floats) -> Place:
        """Everything about one place, but that `probs` has log Σ exp(W x) of each row instead."""
        head, normalizers = Head(self.x, W), np.zeros(len(self.x))
        gradient = self.ridge * W - self.moments
        for rows in head.slabs:
            streams = head.stream(rows)
            rest = np.concatenate([stream.rest for _, stream in streams])
            top = np.concatenate([stream.top for _, stream in streams])
            normalizers[rows] = top + np.log1p(rest)
            scaled = (self.masses[rows] / (1 + rest))[:, None] * self.x[rows]
            for classes, e in head.exponentials(rows, streams):
                gradient[classes] += e.T @ scaled
        loss = self.masses @ normalizers + (self.ridge * W * W).sum() / 2
        return Place(W, float(loss - (self.moments * W).sum()), gradient, [normalizers])

    def times(self, place: Place, V: Floats) -> Floats:
        """The Hessian there times V: Σ m (diag q - q q') V x x' + ridge V."""
        product = self.ridge * V
        head, other = Head(self.x, place.W), Head(self.x, V)
        for rows in head.slabs:
            x, mass = self.x[rows], self.masses[rows]
            mean = np.zeros(len(x))
            for classes in head.tiles if len(head.tiles) > 1 else ():
                for piece, q, u in self._pieces(head, other, place, rows, classes):
                    mean[piece] += np.einsum("ik,ik->i", q, u)
            for classes in head.tiles:
                for piece, q, u in self._pieces(head, other, place, rows, classes):
                    if len(head.tiles) == 1:
                        mean[piece] = np.einsum("ik,ik->i", q, u)
                    u -= mean[piece, None]
                    u *= q
                u = other.tile(rows, classes)
                product[classes] += u.T @ (mass[:, None] * x)
        return product

    def _pieces(self, head, other, place, rows, classes):
        """q and V x of a tile, piece by piece."""
        z, u = head.logits(rows, classes), other.logits(rows, classes)
        normalizers = place.probs[0][rows]
        for piece in head.pieces(rows):
            np.subtract(z[piece], normalizers[piece, None], out=z[piece])
            yield piece, np.exp(z[piece], out=z[piece]), u[piece]

    def exactly(self, W: Floats) -> float:
        """The objective at W as a sum of terms that are not negative."""
        with np.errstate(all="ignore"):
            losses = losses_of(Head(self.x, W), self._tiles)
        return float(self.shares @ losses + (self.ridge * W * W).sum() / 2)

    def _tiles(self, rows: slice) -> Callable[[slice, slice], Floats]:
        p = self.labels[rows]
        if issparse(p):
            return lambda piece, classes: p[piece].toarray()[:, classes]
        return lambda piece, classes: p[piece, classes]

    # --- what shows whether there is a minimum

    def interior(self) -> bool:
        """Whether every label gives every class some weight."""
        if issparse(self.labels):
            return self.labels.nnz == np.prod(self.labels.shape)
        return all(bool((self.labels[rows] > 0).all()) for rows in Head(self.x, self.moments).slabs)

    def moved(self, V: Floats) -> float:
        """How far apart V x moves the logits of a row, at most."""
        return max(float((top - low).max()) for _, top, low in self._ends(V))

    def _ends(self, V):
        """Of each slab, the largest and the least of V x in a row."""
        head = Head(self.x, V)
        for rows in head.slabs:
            tops, lows = [], []
            for classes in head.tiles:
                z = head.logits(rows, classes)
                tops.append(z.max(axis=1))
                lows.append(z.min(axis=1))
            yield rows, np.max(tops, axis=0), np.min(lows, axis=0)

    def square(self) -> Floats:
        """Σ m x x', (D, D)."""
        return (self.x.T * self.masses) @ self.x

    def keeps_half(self, place: Place, V: Floats) -> bool:
        """Whether q - V x keeps more than half of every q."""
        head, other = Head(self.x, place.W), Head(self.x, V)
        return all(
            bool((u < q / 2).all())
            for rows in head.slabs
            for classes in head.tiles
            for _, q, u in self._pieces(head, other, place, rows, classes)
        )

    def slack(self, V: Floats) -> tuple[float, float]:
        """How far V x falls below its maximum, at most: of all classes, and of those that have some
        of the row's label.
        """
        most, off, head = 0.0, 0.0, Head(self.x, V)
        for rows, top, low in self._ends(V):
            most = max(most, float((top - low).max()))
            p, columns = self._tiles(rows), head.tiles
            for piece in head.pieces(rows):
                for classes in columns:
                    label = p(piece, classes)
                    row, column = np.nonzero(label)
                    own = self.x[rows][piece][row]
                    z = np.einsum("ij,ij->i", own, V[classes][column])
                    off = max(off, float((top[piece][row] - z).max(initial=0.0)))
        return most, off
