"""Two models of words to evaluate: one trained on soft labels, one on majority votes, each at one
penalty, with the words held out that they are evaluated on.
"""

from typing import NamedTuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from xentlib.data import vader
from xentlib.studies.ten_votes_a_word import (
    fit,
    logits_of,
    split,
    training_labels,
    words_of,
)

PENALTY = 1e-4  # that of the middle in the comparison of labels


class HeldOut(NamedTuple):
    """Of words that no model has seen: the `counts` of votes (N, 3), and the logits (N, 3) of the
    model trained on soft labels, and on majority votes.
    """

    counts: np.ndarray
    soft: np.ndarray
    majority: np.ndarray


def two_models(seed: int) -> tuple[HeldOut, HeldOut]:
    """Words of the lexicon to calibrate on, and words to test on, no stem in two of the three sets.

    Parameters
    ----------
    seed : of the split

    Returns
    -------
    HeldOut, HeldOut, a fifth of the stems each
    """
    words = words_of(vader.load())
    train, validation, test = split(words.stems, seed)
    letters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(1, 4), min_df=3, sublinear_tf=True
    ).fit(words.words[train])
    x = letters.transform(words.words[train])
    soft, majority, _ = training_labels(words.counts[train], np.random.default_rng(seed))
    models = [fit(x, labels, PENALTY) for labels in (soft, majority)]
    calibrate, judge = (
        HeldOut(
            words.counts[places],
            *(logits_of(letters.transform(words.words[places]), model) for model in models),
        )
        for places in (validation, test)
    )
    return calibrate, judge
