"""Preferences between two things: the loss of a difference of scores, and whether comparisons tell
the scores at all.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xentlib import _checks
from xentlib._checks import Floats, Values
from xentlib.losses import (
    softmax_cross_entropy,
    softmax_cross_entropy_value_and_grad,
)
from xentlib.votes import codes

__all__ = [
    "Connectivity",
    "connectivity",
    "preference_loss",
    "preference_loss_value_and_grad",
]


def preference_loss(margins: ArrayLike, preferences: ArrayLike) -> Values:
    """Cross-entropy of a preference in the Bradley-Terry model, -a log σ(δ) - (1 - a) log σ(-δ),
    with the margin δ = score of the first less score of the second.

    It is the loss of direct preference optimisation too, whose margin is β times a difference of
    log-ratios.

    Parameters
    ----------
    margins : (...), finite, in nats
    preferences : same shape, from 0 (for the second) to 1 (for the first)

    Returns
    -------
    (...), nats

    Raises
    ------
    InvalidInput
        for a margin that is not finite, a preference outside [0, 1], or shapes that differ.

    Source
    ------
    bradley1952; for the margins of language models rafailov2023.

    Examples
    --------
    >>> preference_loss([0.0, 2.0], [0.7, 1.0]).round(6)
    array([0.693147, 0.126928])
    """
    return softmax_cross_entropy(*_as_classes(margins, preferences))


def preference_loss_value_and_grad(
    margins: ArrayLike, preferences: ArrayLike
) -> tuple[Values, Values]:
    """`preference_loss` and its slope in the margin, σ(δ) - a.

    Parameters
    ----------
    margins, preferences : as for `preference_loss`

    Returns
    -------
    loss : (...), nats
    slope : (...), nats per nat of the margin

    Raises
    ------
    InvalidInput
        as `preference_loss`.

    Examples
    --------
    >>> preference_loss_value_and_grad([0.0, 0.0], [0.75, 1.0])[1]
    array([-0.25, -0.5 ])
    """
    loss, gradient = softmax_cross_entropy_value_and_grad(*_as_classes(margins, preferences))
    return loss, gradient[..., 0][()]


def _as_classes(margins, preferences):
    """Logits and labels of two classes: the first is preferred, the second is."""
    _checks.same_shape(margins=margins, preferences=preferences)
    margin = _checks.real("margins", margins)
    rule = "a margin is finite"
    _checks.refuse_rows("margins", ~np.isfinite(margin), rule, values=margin)
    share = _checks.preferences("preferences", preferences)
    return np.stack([margin, np.zeros_like(margin)], -1), np.stack([share, 1 - share], -1)


class Comparisons(NamedTuple):
    """Checked comparisons: the names of the `items`, in the order in which they are first seen;
    of each comparison the places of its `first` and `second` among them, and its `share`, the
    preference for the first; all (M,).
    """

    items: tuple[Any, ...]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    share: Floats


def comparisons(first: Any, second: Any, preferences: ArrayLike | None) -> Comparisons:
    """Comparisons as they are given, checked; without preferences each first is preferred."""
    _checks.same_names(("first", first, 0), ("second", second, 0), ("preferences", preferences, 0))
    one, other = _checks.names("first", first), _checks.names("second", second)
    _checks.as_many("second", other, one, "first")
    if not one:
        rule = "at least one comparison is needed"
        raise _checks.InvalidInput("first", rule, says="has no rows")
    for row, (a, b) in enumerate(zip(one, other, strict=True)):
        if a == b:
            rule = "an item is not compared with itself"
            raise _checks.InvalidInput(
                "second", rule, row, value=b, says=f"is {b!r}, the first too"
            )
    share = np.ones(len(one))
    if preferences is not None:
        share = _checks.preferences("preferences", preferences)
        rule = "one preference for each comparison is needed: shape (M,)"
        _checks.one_axis("preferences", share, rule)
        _checks.as_many("preferences", share, one, "first")
    items, places = codes([name for pair in zip(one, other, strict=True) for name in pair])
    return Comparisons(items, places[::2], places[1::2], share)


class Connectivity(NamedTuple):
    """Whether comparisons tell the scores, `strong`, and what shows it.

    If so, `walk` is a closed walk through all items, in which each is preferred, in some
    comparison and to some extent, to the next. If not, `upper` and `lower` are two parts that hold
    all items, and nothing of `lower` is ever preferred to anything of `upper`; `compared` says
    whether anything of one was compared with anything of the other at all.
    """

    strong: bool
    walk: tuple[Any, ...]
    upper: tuple[Any, ...]
    lower: tuple[Any, ...]
    compared: bool


def connectivity(first: Any, second: Any, preferences: ArrayLike | None = None) -> Connectivity:
    """Whether the scores of a Bradley-Terry model have a fit that is unique up to one constant,
    with a certificate: whether everything is preferred to everything else, in some steps.

    A preference strictly between 0 and 1 is a step both ways. Weights above 0 change nothing.

    Parameters
    ----------
    first, second : (M,), names of what is compared: numbers or texts
    preferences : (M,), from 0 (for the second) to 1 (for the first); all 1 if not given

    Returns
    -------
    Connectivity

    Raises
    ------
    InvalidInput
        for a preference outside [0, 1], an item compared with itself, a missing name, columns of
        different lengths, or no rows.

    Source
    ------
    ford1957.

    Examples
    --------
    >>> connectivity(["a", "b", "c"], ["b", "c", "a"]).walk
    ('a', 'b', 'c', 'a')
    >>> connectivity(["a", "b"], ["b", "c"]).lower
    ('b', 'c')
    >>> connectivity(["a", "b"], ["b", "c"], [0.7, 0.9]).strong
    True
    """
    return connected(comparisons(first, second, preferences))


def connected(found: Comparisons) -> Connectivity:
    """`connectivity` of checked comparisons."""
    size = len(found.items)
    over: list[list[int]] = [[] for _ in range(size)]  # to what each is preferred
    under: list[list[int]] = [[] for _ in range(size)]  # what is preferred to each
    rows = zip(found.first.tolist(), found.second.tolist(), found.share.tolist(), strict=True)
    for one, other, share in rows:
        for a, b, preferred in ((one, other, share > 0), (other, one, share < 1)):
            if preferred:
                over[a].append(b)
                under[b].append(a)
    either = [a + b for a, b in zip(over, under, strict=True)]
    joined, down, up = _reached(either), _reached(over), _reached(under)
    if len(joined) < size:  # nothing lies between the two parts: which is called upper says nothing
        return Connectivity(False, (), *_parts(found.items, joined), False)
    if len(down) < size:
        lower, upper = _parts(found.items, down)
        return Connectivity(False, (), upper, lower, True)
    if len(up) < size:
        return Connectivity(False, (), *_parts(found.items, up), True)
    walk = tuple(found.items[place] for place in _closed_walk(down, up))
    return Connectivity(True, walk, (), (), True)


def _reached(steps: Sequence[Sequence[int]]) -> dict[int, int]:
    """What steps from place 0 reach, the nearest first, and from where each was first reached."""
    came_from, waiting = {0: 0}, deque([0])
    while waiting:
        here = waiting.popleft()
        for there in steps[here]:
            if there not in came_from:
                came_from[there] = here
                waiting.append(there)
    return came_from


def _parts(items, some):
    """The items at some places, and the others."""
    return (
        tuple(item for place, item in enumerate(items) if place in some),
        tuple(item for place, item in enumerate(items) if place not in some),
    )


def _closed_walk(down: dict[int, int], up: dict[int, int]) -> list[int]:
    """From place 0 to each place that is not yet on the walk, the farthest first, and back."""
    walk, seen = [0], {0}
    for place in reversed(down):
        if place not in seen:
            there = [place]
            while there[-1]:
                there.append(down[there[-1]])
            back = [place]
            while back[-1]:
                back.append(up[back[-1]])
            walk += there[-2::-1] + back[1:]
            seen.update(there, back)
    return walk
