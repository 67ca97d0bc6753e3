"""Wrong formulas for the losses of `kinds`, as people write them. Each takes the same arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[Any]


def _log_softmax(z: Rows) -> Rows:
    return z - np.logaddexp.reduce(z, axis=-1)[..., None]


def _loss(x: Rows) -> Rows:
    """-log σ(x)."""
    return np.logaddexp(0, -x)


# --- a truncated label


def _kept(logits: Rows, indices: Rows) -> Rows:
    return np.take_along_axis(_log_softmax(logits), indices, axis=-1)


def without_tail(logits: Rows, indices: Rows, sparse_probs: Rows) -> Rows:
    """-Σ p log q over the kept classes."""
    return -(sparse_probs * _kept(logits, indices)).sum(axis=-1)


def label_renormalised(logits: Rows, indices: Rows, sparse_probs: Rows) -> Rows:
    """The same, over τ."""
    return without_tail(logits, indices, sparse_probs) / sparse_probs.sum(axis=-1)


def both_renormalised(logits: Rows, indices: Rows, sparse_probs: Rows) -> Rows:
    """KL of the shares among the kept classes: their mass is not learnt."""
    log_a = _log_softmax(np.take_along_axis(logits, indices, axis=-1))
    s = sparse_probs / sparse_probs.sum(axis=-1, keepdims=True)
    return (s * (np.log(s) - log_a)).sum(axis=-1)


def _tail(logits: Rows, indices: Rows) -> Rows:
    return np.log1p(-np.exp(_kept(logits, indices)).sum(axis=-1))


def divergence_with_bucket(logits: Rows, indices: Rows, sparse_probs: Rows) -> Rows:
    """KL with a tail bucket: without the entropy of the label."""
    rest = 1 - sparse_probs.sum(axis=-1)
    own = (sparse_probs * np.log(sparse_probs)).sum(axis=-1) + rest * np.log(rest)
    loss = without_tail(logits, indices, sparse_probs) - rest * _tail(logits, indices)
    return loss + own


def spread_tail(logits: Rows, indices: Rows, sparse_probs: Rows) -> Rows:
    """The rest of the label in equal parts on the dropped classes."""
    dropped = logits.shape[-1] - indices.shape[-1]
    rest = (1 - sparse_probs.sum(axis=-1, keepdims=True)) / dropped
    label = np.repeat(rest, logits.shape[-1], axis=-1)
    np.put_along_axis(label, indices, sparse_probs, axis=-1)
    return -(label * _log_softmax(logits)).sum(axis=-1)


# --- a set


def uniform_on_set(logits: Rows, sets: Rows) -> Rows:
    """Cross-entropy of the uniform label."""
    return each_of_set(logits, sets) / sets.sum(axis=-1)


def each_of_set(logits: Rows, sets: Rows) -> Rows:
    """-Σ log q over the set."""
    return -(sets * _log_softmax(logits)).sum(axis=-1)


def likeliest_of_set(logits: Rows, sets: Rows) -> Rows:
    """-max log q over the set."""
    return -np.where(sets, _log_softmax(logits), -np.inf).max(axis=-1)


def sigmoids_of_set(logits: Rows, sets: Rows) -> Rows:
    """Binary losses: any number of classes may be true."""
    return (np.logaddexp(0, logits) - sets * logits).sum(axis=-1)


# --- a preference


def first_is_preferred(margins: Rows, preferences: Rows) -> Rows:
    """-log σ(δ), as where every label is 1."""
    return _loss(margins)


def rounded_preference(margins: Rows, preferences: Rows) -> Rows:
    """0.75 taken for 1."""
    return _loss(np.where(preferences > 0.5, margins, -margins))


def turned_margin(margins: Rows, preferences: Rows) -> Rows:
    """The second for the first."""
    return preferences * _loss(-margins) + (1 - preferences) * _loss(margins)


def corrected_preference(margins: Rows, preferences: Rows) -> Rows:
    """The loss over 1 - 2ε that undoes noise ε = 1 - a, for which smoothing was asked."""
    difference = preferences * _loss(margins) - (1 - preferences) * _loss(-margins)
    return difference / (2 * preferences - 1)


# --- ordered classes


def stages_of_everyone(logits: Rows, target_probs: Rows) -> Rows:
    """Each stage asks those too who never reached it."""
    p = target_probs[:, :-1]
    return (p * _loss(logits) + (1 - p) * _loss(-logits)).sum(axis=-1)


def thresholds(logits: Rows, target_probs: Rows) -> Rows:
    """The sum of threshold losses, which is no likelihood."""
    below = np.cumsum(target_probs, axis=-1)[:, :-1]
    return (below * _loss(logits) + (1 - below) * _loss(-logits)).sum(axis=-1)


def _stages(logits: Rows, target_probs: Rows) -> Rows:
    p = target_probs[:, :-1]
    beyond = 1 - np.cumsum(p, axis=-1)
    return p * _loss(logits) + beyond * _loss(-logits)


def going_on(logits: Rows, target_probs: Rows) -> Rows:
    """Logits of the other answer."""
    return _stages(-logits, target_probs).sum(axis=-1)


def mean_over_stages(logits: Rows, target_probs: Rows) -> Rows:
    """Too small by their number."""
    return _stages(logits, target_probs).mean(axis=-1)


# --- the calibration error


def _best(target_probs: Rows, probs: Rows) -> tuple[Rows, Rows]:
    best = probs.argmax(axis=-1)[:, None]
    share, confidence = (np.take_along_axis(p, best, axis=-1)[:, 0] for p in (target_probs, probs))
    return share, confidence


def _gaps(share: Rows, confidence: Rows, bins: int) -> tuple[Rows, Rows]:
    """Of each bin that has items its gap, and its share of them."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    items = np.bincount(place, minlength=bins)
    total = np.bincount(place, share - confidence, minlength=bins)
    some = items > 0
    return np.abs(total[some] / items[some]), items[some] / len(place)


def error_of_the_majority(target_probs: Rows, probs: Rows, bins: int) -> Any:
    """Against the label's likeliest class."""
    hard = np.eye(target_probs.shape[-1])[target_probs.argmax(axis=-1)]
    gap, share = _gaps(*_best(hard, probs), bins)
    return (gap * share).sum()


def root_of_squares(target_probs: Rows, probs: Rows, bins: int) -> Any:
    """The second norm for the first."""
    gap, share = _gaps(*_best(target_probs, probs), bins)
    return np.sqrt((gap**2 * share).sum())


def bins_alike(target_probs: Rows, probs: Rows, bins: int) -> Any:
    """The mean over bins, however few items they have."""
    return _gaps(*_best(target_probs, probs), bins)[0].mean()


def largest_gap(target_probs: Rows, probs: Rows, bins: int) -> Any:
    """The maximum over bins."""
    return _gaps(*_best(target_probs, probs), bins)[0].max()


def without_bins(target_probs: Rows, probs: Rows, bins: int) -> Any:
    """The mean over items of |share - confidence|."""
    share, confidence = _best(target_probs, probs)
    return np.abs(share - confidence).mean()


def of_the_first_class(target_probs: Rows, probs: Rows, bins: int) -> Any:
    """Whether q of class 1 is calibrated."""
    gap, share = _gaps(target_probs[:, 0], probs[:, 0], bins)
    return (gap * share).sum()
