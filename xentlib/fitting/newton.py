"""The end of a fit: Newton's own steps."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator, minres

POLISH = 5  # Newton steps at most, after the optimiser's own


def _operator(size: int, times: Callable[[Any], Any]) -> Any:
    """A matrix by what it does to a vector; SciPy's class has no types that say so."""
    kind: Any = LinearOperator
    return kind((size, size), matvec=times, dtype=float)


def polished(objective, hessian_times, start, tol, classes, progress):
    """A plain Newton step from near a minimum, or more until the gradient is below `tol`, and how
    many: there the loss falls by less than its rounding, which stops the optimiser.
    """
    place, (loss, gradient), size = start, objective(start), len(start)
    for step in range(POLISH):
        hessian: Any = _operator(size, partial(hessian_times, place))
        newton = minres(hessian, -gradient, rtol=1e-6, maxiter=2 * size)[0].reshape(classes, -1)
        newton = (newton - newton.mean(axis=0)).ravel()  # what moves all classes alike is rounding
        value, slope = objective(place + newton)
        if not np.abs(slope).max() < np.abs(gradient).max():
            return place, loss, gradient, step
        place, loss, gradient = place + newton, value, slope
        progress(loss)
        if np.abs(gradient).max() <= tol:
            return place, loss, gradient, step + 1
    return place, loss, gradient, POLISH
