"""Votes in their order, counts, and what they cost."""

from itertools import product
from math import comb, lgamma, log

from xentlib.exercises._kinds import Formula, Number


def _log_orders(*counts):
    return lgamma(sum(counts) + 1) - sum(lgamma(count + 1) for count in counts)


def _aic(log_likelihood, parameters):
    return 2 * parameters - 2 * log_likelihood


FIT, FAIR = 7 * log(0.7) + 3 * log(0.3), 10 * log(0.5)

two_layouts = Number(
    value=lambda: _log_orders(7, 3),
    slips={
        "that is the number of orders, and not yet its logarithm": lambda: comb(10, 7),
        "that is the logarithm of the number of tosses": lambda: log(10),
    },
)
bits_of_order = Number(
    value=lambda: _log_orders(7, 2, 1),
    slips={
        "that is ten times the entropy, which it tends to per vote": lambda: (
            -7 * log(0.7) - 2 * log(0.2) - log(0.1)
        ),
        "that is in bits": lambda: _log_orders(7, 2, 1) / log(2),
    },
)
all_counts = Number(
    value=lambda: sum(0.5**heads * 0.5 ** (3 - heads) for heads in range(4)),
    slips={"that is the sum over the eight sequences": lambda: 1},
)
across_layouts = Number(
    value=lambda: _aic(FIT, 1) - _aic(FAIR, 0),
    slips={
        "there the coefficient is in one of the two only": lambda: (
            _aic(FIT + _log_orders(7, 3), 1) - _aic(FAIR, 0)
        ),
        "that is with the sign turned: fair coin minus fit": lambda: _aic(FAIR, 0) - _aic(FIT, 1),
    },
)
how_many_labels = Formula(
    value=lambda n: sum(sum(c) == n for c in product(range(n + 1), repeat=3)),
    points=((1,), (2,), (5,), (10,)),
    slips={
        "that is the number of sequences": lambda n: 3**n,
        "that is with two classes": lambda n: n + 1,
    },
)
