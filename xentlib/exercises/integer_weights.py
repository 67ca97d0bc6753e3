"""Which weighted losses are likelihoods."""

from math import comb

import numpy as np

from xentlib.exercises._kinds import Example, Number

Q = np.array([0.2, 0.7, 0.1])


def _of_a_vote_and_a_half(q):
    """The total of the lattice's masses, extended to weight 3/2, and 1."""
    if not 0 <= q <= 1:
        raise ValueError("q is a probability")
    return (1 - q) ** 1.5 + 1.5 * q * (1 - q) ** 0.5, 1.0


def _vertices():
    """The mass on each of two vertices that keeps the total nearest to 1, and how near."""
    q = np.linspace(0, 1, 20001)
    totals = np.sqrt(q) + np.sqrt(1 - q)
    masses = np.linspace(0.8, 0.9, 100001)
    worst = np.maximum(abs(masses * totals.min() - 1), abs(masses * totals.max() - 1))
    return masses[worst.argmin()], worst.min()


two_copies = Number(
    value=lambda: sum(share**0.5 * share**0.5 for share in Q),
    slips={
        "that is for one of them alone": lambda: np.sqrt(Q).sum(),
        "that is for two labels that may differ": lambda: np.sqrt(Q).sum() ** 2,
    },
)
three_votes = Number(
    value=lambda: [comb(3, votes) for votes in range(4)],
    slips={
        "then each label has as much, and the total is not 1": lambda: [1, 1, 1, 1],
        "that is half of the way: each of the eight sequences has mass 1": lambda: [1, 2, 2, 1],
    },
)
vote_and_a_half = Example(sides=_of_a_vote_and_a_half, hides=((0.0,),))
half_a_vote = Number(
    value=_vertices,
    slips={
        "masses 1 miss on one side only": lambda: [1, 2**0.5 - 1],
        "that is the bracket divided by its largest value": lambda: [0.5**0.5, 1 - 0.5**0.5],
    },
)
