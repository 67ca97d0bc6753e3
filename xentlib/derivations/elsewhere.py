"""Derivations from outside this book, as they were published: for the page "Your own claims".

Source: {cite}`crossvalidated7440`. The question sets out for the divergence of one normal
distribution from another and asks why its last line is wrong; its update gives the last line that
is right.
"""

from sympy import Rational, log, pi, symbols

from xentlib.verify import Chain, number

mu_1, mu_2 = symbols("mu_1 mu_2", real=True)
sigma_1, sigma_2 = symbols("sigma_1 sigma_2", positive=True)
given = (number(mu_1), number(mu_2), number(sigma_1, 0, 3), number(sigma_2, 0, 3))

_log_part = log(2 * pi * sigma_2**2) / 2
_entropy = (1 + log(2 * pi * sigma_1**2)) / 2
_moments = (sigma_1**2 + mu_1**2 - 2 * mu_1 * mu_2 + mu_2**2) / (2 * sigma_2**2)
_square = (sigma_1**2 + (mu_1 - mu_2) ** 2) / (2 * sigma_2**2)


def _chain(last):
    """From the moments E x and E x², which are taken as known, to a last line."""
    return Chain(
        start=_log_part + _moments - _entropy,
        steps=(
            (_log_part + _square - _entropy, "the square is completed"),
            (last, "everything is put together"),
        ),
        given=given,
    )


normal_divergence_as_asked = _chain(log(sigma_2 / sigma_1) + _square)
"""The divergence of one normal law from another, as the question has it: wrong at the end."""
normal_divergence = _chain(log(sigma_2 / sigma_1) + _square - Rational(1, 2))
"""The same, with the last line of the question's update."""
