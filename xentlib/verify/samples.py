"""Valid inputs for claims: corners first, then seeded random ones. A domain lists its corners and
draws the rest.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

SIZES = (1, 2, 3, 4, 5, 8, 30)  # numbers of classes
RANDOM_DRAWS = 20  # for each number of classes, besides the corners
CORNER_DRAWS = 40  # at most so many combinations of corners for each


class Domain(NamedTuple):
    """`corners(K)` are the awkward inputs with K classes, `draw(rng, K)` one random input."""

    corners: Callable[[int], Sequence[ArrayLike]]
    draw: Callable[[np.random.Generator, int], ArrayLike]


def _corner_probs(k: int) -> list[Floats]:
    vertex, last = np.eye(k)[0], np.eye(k)[-1]
    return [np.full(k, 1 / k), vertex, last, (vertex + last) / 2]


def _corner_logits(k: int) -> list[Floats]:
    return [np.zeros(k), np.linspace(-1e4, 1e4, k), 30.0 * np.eye(k)[0], np.full(k, -700.0)]


simplex: Domain = Domain(
    corners=_corner_probs,
    draw=lambda rng, k: rng.dirichlet(np.full(k, rng.choice([0.3, 1.0, 10.0]))),
)
logits: Domain = Domain(
    corners=_corner_logits,
    draw=lambda rng, k: rng.normal(size=k) * rng.choice([1.0, 30.0]),
)


def draws(
    given: Mapping[str, Domain], seed: int, sizes: Iterable[int] = SIZES
) -> Iterator[tuple[int, dict[str, ArrayLike]]]:
    """The number of classes and a dict of one input for each name: combinations of corners, then
    random ones, for each number of classes.
    """
    rng = np.random.default_rng(seed)
    for k in sizes:
        corners = list(product(*(domain.corners(k) for domain in given.values())))
        for place in rng.permutation(len(corners))[:CORNER_DRAWS]:
            # survives: a corner has an entry for each name
            yield k, dict(zip(given, corners[place], strict=True))
        for _ in range(RANDOM_DRAWS):
            yield k, {name: domain.draw(rng, k) for name, domain in given.items()}
