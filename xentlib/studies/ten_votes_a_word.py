"""Softmax regression on the letters of a word: trained on soft labels, on majority votes, on one
sampled vote.

The loss, its gradient and the scores are xentlib's; features, splits, stems and the optimiser
come from libraries.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GroupShuffleSplit
from snowballstemmer import stemmer

from xentlib import (
    cross_entropy,
    entropy,
    one_hot,
    softmax_cross_entropy,
    softmax_cross_entropy_hvp,
    softmax_cross_entropy_value_and_grad,
    votes_to_probs,
)
from xentlib.data.vader import Votes

PENALTIES = (3e-4, 1e-4, 3e-5)  # from strong to weak, each fit starting from the one before
LABELS = ("soft labels", "majority vote", "one sampled vote")


class Words(NamedTuple):
    """`words` and their `stems` (N,), and the `counts` of votes (N, 3)."""

    words: np.ndarray
    stems: np.ndarray
    counts: np.ndarray


class Score(NamedTuple):
    """Held-out cross-entropies of one split, in nats a vote: one for each way to label the
    training words, and the references.
    """

    soft: float
    majority: float
    one_vote: float
    marginal: float
    floor: float
    raised_floor: float


def shapes_of(tokens: Iterable[str]) -> np.ndarray:
    """Two features of a token's spelling, (N, 2): its length in letters less seven, and whether it
    begins with un, in, dis or mis.
    """
    return np.array(
        [
            [len(token) - 7.0, float(token.lower().startswith(("un", "in", "dis", "mis")))]
            for token in tokens
        ]
    )


def words_of(votes: Votes) -> Words:
    """The tokens that are plain lower-case words, each at its first place in the lexicon."""
    tokens = np.array(votes.tokens)
    first = np.zeros(len(tokens), dtype=bool)
    first[np.unique(tokens, return_index=True)[1]] = True
    chosen = first & np.array([bool(re.fullmatch("[a-z]+", token)) for token in votes.tokens])
    return Words(
        tokens[chosen],
        np.array(stemmer("english").stemWords(tokens[chosen].tolist())),
        votes.counts[chosen],
    )


def split(groups: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places for training, validation and test, 60 : 20 : 20 of the groups, no group in two of
    them.
    """
    rest, test = next(
        GroupShuffleSplit(1, test_size=0.2, random_state=seed).split(groups, groups=groups)
    )
    train, validation = next(
        GroupShuffleSplit(1, test_size=0.25, random_state=seed).split(rest, groups=groups[rest])
    )
    return rest[train], rest[validation], test


def training_labels(
    counts: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The three ways to label: all ten votes as proportions, the class with most votes, one vote
    drawn at random.
    """
    probs = votes_to_probs(counts)
    drawn = (rng.random((len(counts), 1)) >= np.cumsum(probs, axis=1)).sum(axis=1)
    return probs, one_hot(counts.argmax(axis=1), 3), one_hot(drawn, 3)


def fit(
    features: Any, target_probs: np.ndarray, penalty: float, start: np.ndarray | None = None
) -> np.ndarray:
    """Weights (3, d) and intercepts (3,), in one row, that minimise the mean cross-entropy plus
    penalty/2 times the squared weights.

    Newton's method, for its exactness: scores then agree on every processor to more digits than
    are printed.
    """
    n, d = features.shape
    transposed = features.T.tocsr()

    def back(in_logits, weights):
        return np.concatenate(
            [((transposed @ in_logits).T / n + penalty * weights).ravel(), in_logits.mean(axis=0)]
        )

    def objective(parameters):
        weights = parameters[: 3 * d].reshape(3, d)
        loss, gradient = softmax_cross_entropy_value_and_grad(
            logits_of(features, parameters), target_probs
        )
        return loss.mean() + penalty / 2 * np.square(weights).sum(), back(gradient, weights)

    def hessian_times(parameters, direction):
        in_logits = softmax_cross_entropy_hvp(
            logits_of(features, parameters), logits_of(features, direction)
        )
        return back(in_logits, direction[: 3 * d].reshape(3, d))

    start = np.zeros(3 * d + 3) if start is None else start
    found = minimize(
        objective,
        start,
        jac=True,
        hessp=hessian_times,
        method="trust-ncg",
        options={"gtol": 1e-8, "maxiter": 200},
    )
    if not found.success:
        raise RuntimeError(f"no minimum was found at penalty {penalty}: {found.message}")
    return found.x


def logits_of(features: Any, parameters: np.ndarray) -> np.ndarray:
    """Scores of the three classes."""
    d = features.shape[1]
    return features @ parameters[: 3 * d].reshape(3, d).T + parameters[3 * d :]


def held_out(words: Words, groups: np.ndarray, seed: int) -> Score:
    """One split: fit on each kind of label, choose the penalty on the validation words, score on
    the test words.
    """
    train, validation, test = split(groups, seed)
    letters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(1, 4), min_df=3, sublinear_tf=True
    ).fit(words.words[train])
    x_train, x_validation, x_test = (
        letters.transform(words.words[places]) for places in (train, validation, test)
    )
    p_validation, p_test = (votes_to_probs(words.counts[places]) for places in (validation, test))
    scores = []
    for target_probs in training_labels(words.counts[train], np.random.default_rng(seed)):
        parameters, candidates = None, []
        for penalty in PENALTIES:
            parameters = fit(x_train, target_probs, penalty, parameters)
            losses = [
                softmax_cross_entropy(logits_of(x, parameters), p).mean()
                for x, p in ((x_validation, p_validation), (x_test, p_test))
            ]
            candidates.append(tuple(losses))
        scores.append(min(candidates)[1])
    marginal = np.tile(votes_to_probs(words.counts[train].sum(axis=0)), (len(test), 1))
    return Score(
        *scores,
        marginal=cross_entropy(p_test, marginal).mean(),
        floor=entropy(p_test).mean(),
        raised_floor=raised(words.counts[test]),
    )


def raised(counts: np.ndarray) -> float:
    """Mean entropy of the votes' shares plus (classes used - 1)/2n, the first term of what n votes
    hide of the entropy that they are drawn from.
    """
    used, votes = (counts > 0).sum(axis=1), counts.sum(axis=1)
    return (entropy(votes_to_probs(counts)) + (used - 1) / (2 * votes)).mean()


def compare(
    words: Words,
    groups: np.ndarray,
    seeds: Iterable[int],
    progress: Callable[[str], object] = print,
) -> list[Score]:
    """Scores for several splits, one line of progress each."""
    scores = []
    for seed in seeds:
        scores.append(held_out(words, groups, seed))
        progress(
            f"split {seed}: "
            + ", ".join(
                f"{name} {score:.3f}" for name, score in zip(LABELS, scores[-1], strict=False)
            )
        )
    return scores
