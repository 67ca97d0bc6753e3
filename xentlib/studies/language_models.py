"""Letters as tokens: a teacher that looks two letters back, a student that looks one letter back,
and what a truncated label does to it.

The student is a table, one distribution for each letter before; the labels of all contexts that
end in that letter share it. Each class begins with half a count, so that no share is 0.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

LETTERS = 27  # the end of a word, and a to z
START, TRUST = 0.5, 5.0  # a class's count at the beginning; letters that one letter back is worth
ROUNDS, STILL = 2000, 1e-12  # of the bucket's iteration


class Contexts(NamedTuple):
    """`before` (C, 2), the two letters of each context; `times` (C,), how often it was met; and
    `teacher` (C, 27), the distribution of the next letter.
    """

    before: np.ndarray
    times: np.ndarray
    teacher: np.ndarray


def halves(tokens: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words among tokens, in lower case, each once, in two halves: those with one `stem` are in
    one half, every other stem of the alphabet in the first.
    """
    words = sorted({token.lower() for token in tokens if re.fullmatch("[A-Za-z]+", token)})
    first = set(sorted(set(map(stem, words)))[::2])
    return [w for w in words if stem(w) in first], [w for w in words if stem(w) not in first]


def stem(word: str) -> str:
    """The first four letters of a word: words that share these are seldom independent."""
    return word[:4]


def triples(words: Sequence[str]) -> np.ndarray:
    """Counts (27, 27, 27) of two letters and the next; 0 stands before the first and after the last
    letter of a word.
    """
    counts = np.zeros((LETTERS,) * 3)
    for word in words:
        np.add.at(counts, tuple(_places(word)), 1)
    return counts


def _places(word):
    tokens = [0, 0, *(ord(letter) - ord("a") + 1 for letter in word), 0]
    return np.array([tokens[:-2], tokens[1:-1], tokens[2:]])


def contexts(words: Sequence[str]) -> Contexts:
    """The contexts of words with a teacher that is fitted to these words: the shares after two
    letters, drawn towards the shares after one.
    """
    counts = triples(words)
    after_one = counts.sum(axis=0) + START
    after_one /= after_one.sum(axis=-1, keepdims=True)
    times = counts.sum(axis=-1)
    teacher = (counts + TRUST * after_one) / (times[..., None] + TRUST)
    before = np.argwhere(times)
    met = tuple(before.T)
    return Contexts(before, times[met].astype(int), teacher[met])


def student(found: Contexts, labels: np.ndarray) -> np.ndarray:
    """Shares (27, 27) of the next letter after each letter, from labels (C, 27) of the contexts,
    which need not sum to 1.
    """
    counts = np.full((LETTERS, LETTERS), START)
    np.add.at(counts, found.before[:, 1], found.times[:, None] * labels)
    return counts / counts.sum(axis=-1, keepdims=True)


def student_of_buckets(found: Contexts, kept: np.ndarray) -> np.ndarray:
    """The same with a tail bucket: kept probabilities (C, 27), 0 where a class is dropped. What is
    left of 1 is spread as the student itself spreads it, until that stands still (EM).
    """
    last, rest = found.before[:, 1], 1 - kept.sum(axis=-1, keepdims=True)
    table = np.full((LETTERS, LETTERS), 1 / LETTERS)
    for _ in range(ROUNDS):
        tails = np.where(kept > 0, 0.0, table[last])
        sums = tails.sum(axis=-1, keepdims=True)
        spread = np.divide(tails, sums, out=np.zeros_like(tails), where=sums > 0)
        following = student(found, kept + rest * spread)
        moved, table = np.abs(following - table).max(), following
        if moved < STILL:
            return table
    raise RuntimeError(f"the bucket's iteration still moves by {moved:.1e}")


def dense(indices: np.ndarray, sparse_probs: np.ndarray) -> np.ndarray:
    """Sparse labels (C, k) as rows (C, 27), 0 for what is not kept."""
    labels = np.zeros((len(indices), LETTERS))
    np.put_along_axis(labels, indices, sparse_probs, axis=-1)
    return labels


def each_position(found: Contexts) -> Contexts:
    """The same contexts, one row for each time that they were met."""
    rows = np.repeat(np.arange(len(found.times)), found.times)
    return Contexts(found.before[rows], np.ones(len(rows), dtype=int), found.teacher[rows])


def losses(table: np.ndarray, words: Sequence[str]) -> np.ndarray:
    """Of each word (W,): what its letters and its end cost the student, in nats."""
    costs = -np.log(table)
    return np.array([costs[tuple(_places(word)[1:])].sum() for word in words])


def per_letter(costs: np.ndarray, words: Sequence[str]) -> tuple[float, float]:
    """The mean of costs (W,) per letter, ends counted, and its standard error over stems."""
    lengths = np.array([len(word) + 1 for word in words])
    mean = costs.sum() / lengths.sum()
    _, groups = np.unique([stem(word) for word in words], return_inverse=True)
    residuals = np.bincount(groups, costs - mean * lengths)
    return float(mean), float(np.sqrt((residuals**2).sum()) / lengths.sum())
