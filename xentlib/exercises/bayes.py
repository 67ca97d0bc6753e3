"""Coins, priors and evidence."""

from fractions import Fraction as F
from math import comb

from xentlib.exercises._kinds import Example, Formula, Number


def _evidences(heads, tails):
    """Of a fair coin, and of one with a uniform prior."""
    return F(1, 2) ** (heads + tails), F(1, (heads + tails + 1) * comb(heads + tails, heads))


def _mean_squares(*probabilities):
    """The square of the mean, and the mean of the square, of three coins."""
    if len(probabilities) != 3 or min(probabilities) < 0 or abs(sum(probabilities) - 1) > 1e-9:
        raise ValueError("three probabilities that sum to 1 are due")
    coins = 0.25, 0.5, 0.75
    mean = sum(p * coin for p, coin in zip(probabilities, coins, strict=True))
    return mean**2, sum(p * coin**2 for p, coin in zip(probabilities, coins, strict=True))


base_rates = Number(
    value=lambda: F(9, 9 + 99),  # of 1000 people: the ill and the well with a positive test
    slips={
        "that is P(positive | ill); the prior is left out": lambda: 0.9,
        "that is P(positive and ill); it is not yet divided by the evidence": lambda: 0.009,
    },
)
count_of_heads = Number(
    value=lambda: F(2 * 2**10, 2 * 2**10 + 3**3 + 3**7),
    slips={
        "the prior is left out": lambda: F(2**10, 2**10 + 3**3 + 3**7),
        "that is the probability of the coin with three quarters": lambda: F(2187, 4262),
    },
)
peaks = Example(sides=_evidences, at_most=True, hides=((9, 1), (0, 5)))
squares = Example(sides=_mean_squares, hides=((1, 0, 0), (0, 1, 0), (0, 0, 1)))
prior_tosses = Formula(
    value=lambda a, b, n: (a + b) / (a + b + n),
    points=((1, 1, 10), (5, 2, 10), (0.5, 0.5, 1), (3, 7, 0)),
)
