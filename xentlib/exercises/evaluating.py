"""What votes say of a model, and which to buy."""

import numpy as np

import xentlib
from xentlib.exercises._kinds import Example, Formula, Number


def _excess(votes, probs, others=True):
    """The mean over items of the squared distance of shares and predictions, less the votes' own
    variance, from n - 1 if it is to have no bias.
    """
    votes, probs = np.asarray(votes, float), np.asarray(probs, float)
    number = votes.sum(axis=-1, keepdims=True)
    shares = votes / number
    own = shares * (1 - shares) / (number - others)
    return float(((shares - probs) ** 2 - own).sum(axis=-1).mean())


def _plain(votes, probs):
    """The same without the correction."""
    return float(((xentlib.votes_to_probs(votes) - np.asarray(probs)) ** 2).sum(axis=-1).mean())


def _of_three(share):
    """The mean of the majority of three votes, and of one."""
    if not 0 <= share <= 1:
        raise ValueError("a share lies between 0 and 1")
    return share**3 + 3 * share**2 * (1 - share), share


def _cheapest(rho, cost):
    """The number of votes with the least variance for the money, by halving where it turns."""
    low, high = 1e-6, 1e6

    def variance(n):
        return (1 + (n - 1) * rho) * (cost + n) / n

    for _ in range(200):
        middle = (low * high) ** 0.5
        falls = variance(middle * (1 + 1e-6)) < variance(middle)
        low, high = (middle, high) if falls else (low, middle)
    return low


VOTES, SAID = [[3, 1]], [[0.9, 0.1]]
two_distances = Number(
    value=lambda: _excess(VOTES, SAID),
    slips={
        "that is from the shares, with the votes' noise": lambda: _plain(VOTES, SAID),
        "the noise is too small by 3/4; two different votes differ more often": lambda: _excess(
            VOTES, SAID, others=False
        ),
    },
)
majority_share = Example(sides=_of_three, hides=((0,), (0.5,), (1,)))
best_temperature = Number(
    value=lambda: xentlib.fit_temperature([2.0, 0.0], [0.7, 0.3]),
    slips={
        "that is 1/T": lambda: 1 / xentlib.fit_temperature([2.0, 0.0], [0.7, 0.3]),
        "that is for majority labels, of which all are for the larger logit": lambda: 0,
    },
)
number_of_votes = Formula(
    value=_cheapest,
    points=((0.3, 4), (0.5, 1), (0.1, 2), (0.9, 30)),
    slips={
        "the two shares are exchanged": lambda rho, cost: (cost * rho / (1 - rho)) ** 0.5,
        "take the root": lambda rho, cost: cost * (1 - rho) / rho,
    },
)
own_brier_excess = Number(
    value=_excess,
    slips={"that is the distance of the shares, which is too large": _plain},
    example=(
        [[3, 2, 0], [5, 0, 0], [1, 3, 1]],
        [[0.5, 0.4, 0.1], [0.8, 0.1, 0.1], [0.2, 0.6, 0.2]],
    ),
)
