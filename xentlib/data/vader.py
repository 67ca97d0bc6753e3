"""The 75,200 human votes of the VADER sentiment lexicon, from the package vaderSentiment (MIT
licence).

Ten raters gave each of 7,520 tokens a whole number from -4 (most negative) to 4 (most
positive). The lexicon keeps their ratings beside the mean that it is used for; this module
reads the ratings.
"""

from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np

CLASSES = ("negative", "neutral", "positive")
RELEASE, DIGEST = (
    "3.3.2",
    "1ec9c6e9",
)  # the release that the chapter describes, and how its lexicon's SHA-256 begins


class Votes(NamedTuple):
    """`tokens` (N,), `ratings` (N, 10) from -4 to 4, stored `means` and `deviations` (N,)."""

    tokens: tuple[str, ...]
    ratings: np.ndarray
    means: np.ndarray
    deviations: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """Votes for negative, neutral and positive: (N, 3), whole numbers that sum to 10."""
        return np.stack(
            [(np.sign(self.ratings) == sign).sum(axis=1) for sign in (-1, 0, 1)], axis=1
        )


def load() -> Votes:
    """Read the lexicon of the installed package.

    Returns
    -------
    Votes, one row for each line of the lexicon

    Raises
    ------
    RuntimeError
        if the package or this release of it is not installed, or its lexicon is not the one
        that the chapter describes.

    Source
    ------
    hutto2014

    Examples
    --------
    >>> load().counts.sum(axis=0)
    array([36231,  9680, 29289])
    """
    try:
        import vaderSentiment
    except ModuleNotFoundError:
        raise RuntimeError(
            "xentlib.data.vader needs the extra verify: pip install 'xentlib[verify]'"
        ) from None

    path = Path(vaderSentiment.__file__).parent / "vader_lexicon.txt"
    content = path.read_bytes()
    if version("vaderSentiment") != RELEASE or not sha256(content).hexdigest().startswith(DIGEST):
        raise RuntimeError(
            f"vaderSentiment {version('vaderSentiment')}: this is not the lexicon of "
            f"release {RELEASE}"
        )
    rows = [line.split("\t") for line in content.decode("utf-8").splitlines() if line.strip()]
    ratings = np.array([[int(rating) for rating in row[3].strip("[]").split(",")] for row in rows])
    return Votes(
        tuple(row[0] for row in rows),
        ratings,
        *(np.array([float(row[column]) for row in rows]) for column in (1, 2)),
    )
