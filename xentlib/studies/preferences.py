"""Readers of one set of records as items that are compared: who gives the higher grade?"""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from xentlib.data.tables import dawid_skene_1979


class Pairs(NamedTuple):
    """Comparisons of readers, (M,) each: the names of the `first` and the `second`, how far the
    first gives the higher grade, `preference`, and the `record` that both read.
    """

    first: np.ndarray
    second: np.ndarray
    preference: np.ndarray
    record: np.ndarray


def reader_pairs() -> Pairs:
    """Five anaesthetists, each two of them compared on each of 45 records.

    The preference is the share of pairs of readings in which the first's grade is the higher one,
    where equal grades count one half: one pair for most, three where the reader who read each
    record three times is among the two.

    Returns
    -------
    Pairs, 450 comparisons

    Examples
    --------
    >>> pairs = reader_pairs()
    >>> len(pairs.first), float(np.mean(pairs.preference == 0.5).round(3))
    (450, 0.638)
    """
    grades, observers = dawid_skene_1979()
    columns = [grades[:, observers == reader] for reader in range(observers.max() + 1)]
    pairs = list(combinations(range(len(columns)), 2))
    shares = [_share_above(columns[a], columns[b]) for a, b in pairs]
    names = np.array([f"reader {reader + 1}" for reader in range(len(columns))])
    first, second = np.repeat(np.array(pairs), len(grades), axis=0).T
    records = np.tile(np.arange(len(grades)), len(pairs))
    return Pairs(names[first], names[second], np.concatenate(shares), records)


def _share_above(a, b):
    """How often, row by row, a reading of a is above one of b, equal ones one half."""
    gap = a[:, :, None] - b[:, None, :]
    return ((np.sign(gap) + 1) / 2).mean(axis=(1, 2))
