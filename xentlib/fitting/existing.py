"""Whether a minimum exists near where the steps ended, without a linear program where it is plain.

By the theorem of `existence`, a fit exists if predictions in the interior have exactly the moments
of the labels.
"""

import numpy as np

from xentlib._checks import Floats
from xentlib.fitting.newton import Minimum, Objective, Place
from xentlib.separation import SMALLEST

NEAR = 1e-3  # logits moved by the last Newton step; of separated labels each moves some by about 1


def plainly_exists(objective: Objective, found: Minimum) -> bool:
    """Whether predictions are found that show it. Labels in the interior are such themselves.

    A Newton step V solves Σ m (diag q - q q') V x x' = Σ m (p - q) x', so that the predictions
    q + (diag q - q q') V x have the moments of the labels, and are in the interior where V x moves
    the logits of a row apart by less than 1. Conjugate gradients solve it nearly: hence `NEAR`.
    """
    if objective.interior():
        return True
    near = found.steps > 0 and objective.moved(found.last) < NEAR
    return near or _balanced(objective, found.place)


def _balanced(objective: Objective, place: Place) -> bool:
    """The same for predictions q - C x: the gradient Σ m (q - p) x' is what the moments of q are
    off by, and C = gradient (Σ m x x')⁻¹ makes up for it. Half of q has to
    remain: of a q that tends to 0, all of it is taken, up to rounding.
    """
    correction = place.gradient @ np.linalg.pinv(objective.square(), hermitian=True)
    return objective.keeps_half(place, correction)


def separates(objective: Objective, V: Floats) -> bool:
    """Whether along V the loss falls for ever: where V x has its maximum over the classes at each
    class that has some of a row's label, to the accuracy of `existence`, and is not constant.
    """
    most, off = objective.slack(V)
    return most > 0 and off <= SMALLEST * most
