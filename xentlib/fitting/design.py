"""Features on one scale, where Newton's steps are short, in blocks of rows that a cache holds.

A block has what the optimiser needs of its rows x: W x for coefficients, Σ r x' for residuals,
Σ r x² for a diagonal, and some rows themselves.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import issparse

from xentlib._checks import Floats

CONSTANT = 1e-10  # a feature that varies by less, relative to its size, is rounding and no feature
BLOCK = 1024  # rows


def shares(weight: Floats) -> Floats:
    """Weights over their sum, which itself may leave the range of floats."""
    unit = weight / weight.max()
    return unit / unit.sum()


class Scale(NamedTuple):
    """Where the features lie, `middle` (0 without an intercept), and how widely they `spread`."""

    middle: Floats
    spread: Floats

    @classmethod
    def of(cls, X: Any, share: Floats, centred: bool) -> "Scale":
        """Of features (N, d), dense or sparse, in rows with these shares of the weight."""
        middle = share @ X if centred else np.zeros(X.shape[1])
        return cls.of_sizes(
            middle, *(_sparse_sizes if issparse(X) else dense_sizes)(X, share, middle)
        )

    @classmethod
    def of_sizes(cls, middle: Floats, most: Floats, square: Floats) -> "Scale":
        """Of the features' largest sizes, and their mean squares about the middle."""
        spread = np.sqrt(square)
        return cls(middle, np.where(spread > CONSTANT * most, spread, 1.0))

    def design(self, X: Floats, centred: bool) -> Floats:
        """The features scaled, (N, d), and a column of ones if `centred`."""
        X = (X - self.middle) / self.spread
        return np.column_stack([X, np.ones(len(X))]) if centred else X

    def coefficients(self, W: Floats) -> Floats:
        """Coefficients of the features themselves, and the intercept last, from scaled ones."""
        coef = W[:, : len(self.spread)] / self.spread
        return np.column_stack([coef, W[:, len(self.spread) :] - (coef @ self.middle)[:, None]])


def dense_sizes(X: Floats, share: Floats, middle: Floats) -> tuple[Floats, Floats]:
    """The largest size of each feature, and its mean square about the middle."""
    most, square = np.zeros(X.shape[1]), np.zeros(X.shape[1])
    for start in range(0, len(X), BLOCK):
        rows = X[start : start + BLOCK]
        np.maximum(most, np.abs(rows).max(axis=0), out=most)
        square += share[start : start + BLOCK] @ (rows - middle) ** 2
    return most, square


def _sparse_sizes(X, share, middle):
    """The same from the entries that are stored; the others are zeros."""
    columns, size = X.indices, X.shape[1]
    of_row = np.repeat(share, np.diff(X.indptr))
    most = np.zeros(size)
    np.maximum.at(most, columns, np.abs(X.data))
    square = np.bincount(columns, of_row * (X.data - middle[columns]) ** 2, size)
    stored = np.bincount(columns, of_row, size)
    return most, square + np.maximum(1 - stored, 0) * middle**2


class Rows:
    """A block of dense rows, held as columns (D, n), along which arithmetic is fast."""

    columns: Floats

    def __init__(self, columns: Floats) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return self.columns.shape[1]

    def times(self, W: Floats) -> Floats:
        """Logits (K, n) of coefficients (K, D)."""
        return W @ self.columns

    def moments(self, r: Floats) -> Floats:
        """Σ r x', (K, D), of residuals (K, n)."""
        return r @ self.columns.T

    def squares(self, r: Floats) -> Floats:
        """Σ r x², (K, D)."""
        return r @ (self.columns**2).T

    def some(self, rows: slice) -> Floats:
        """Some of the rows, as columns."""
        return self.columns[:, rows]


class SparseRows:
    """All rows, sparse, and never made dense: they are divided by the spread, and the centre, one
    for all rows, is taken off what comes out.
    """

    X: Any
    scale: Scale
    centred: bool

    def __init__(self, X: Any, scale: Scale, centred: bool) -> None:
        self.X, self.scale, self.centred = X, scale, centred

    def __len__(self) -> int:
        return self.X.shape[0]

    def times(self, W: Floats) -> Floats:
        """Logits (K, n) of coefficients (K, D)."""
        own = self.scale.coefficients(W)
        logits = (self.X @ own[:, : self.X.shape[1]].T).T
        return logits + own[:, -1:] if self.centred else logits

    def moments(self, r: Floats) -> Floats:
        """Σ r x', (K, D), of residuals (K, n)."""
        total = r.sum(axis=1, keepdims=True)
        moments = ((self.X.T @ r.T).T - total * self.scale.middle) / self.scale.spread
        return np.column_stack([moments, total]) if self.centred else moments

    def squares(self, r: Floats) -> Floats:
        """Σ r x², (K, D)."""
        middle, spread = self.scale
        total = r.sum(axis=1, keepdims=True)
        of_squares, of_rows = (self.X.multiply(self.X).T @ r.T).T, (self.X.T @ r.T).T
        squares = (of_squares - 2 * middle * of_rows + total * middle**2) / spread**2
        return np.column_stack([squares, total]) if self.centred else squares

    def some(self, rows: slice) -> Floats:
        """Some of the rows, dense, as columns."""
        return self.scale.design(self.X[rows].toarray(), self.centred).T


Block = Rows | SparseRows


def blocks_of(X: Any, scale: Scale, centred: bool) -> list[Block]:
    """The rows of features (N, d) on that scale, with a feature that is 1 if `centred`."""
    if issparse(X):
        return [SparseRows(X, scale, centred)]
    middle, spread = scale.middle[:, None], scale.spread[:, None]
    blocks: list[Block] = []
    for start in range(0, len(X), BLOCK):
        rows = X[start : start + BLOCK].T
        columns = np.ones((X.shape[1] + centred, rows.shape[1]))
        np.subtract(rows, middle, out=columns[: X.shape[1]])
        columns[: X.shape[1]] /= spread
        blocks.append(Rows(columns))
    return blocks


def in_blocks(values: Floats, blocks: list[Block]) -> list[Floats]:
    """Values whose last axis is rows, in pieces as long as the blocks."""
    ends = np.cumsum([len(block) for block in blocks])[:-1]
    return np.split(values, ends, axis=-1)
