"""Softmax at a temperature, the loss of distillation, with a teacher's softened distribution as
soft labels, and the temperature that fits labels best.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from xentlib import _checks
from xentlib._checks import Floats, Values
from xentlib._summation import row_sum
from xentlib.logits import _shift_by_max, softmax
from xentlib.losses import (
    _checked,
    _distances,
    _soft,
    _soft_value_and_grad,
    _sum_apart,
    _times_apart,
)

EPS = float(np.finfo(float).eps)
FLAT = 8 * EPS  # a slope at β = 0 that rounding may have made
MOST_APART = 2000  # binary digits between the least and the greatest difference of logits
NEWTON, BISECTIONS = 60, 80  # 2^63 steps separate all positive floats


def _softened(z, T):
    """softmax(z / T), from z less its maximum: overflow is then probability 0."""
    tempered = z / T
    if np.isinf(tempered[np.isfinite(z)]).any():
        tempered = (z - z.max(axis=-1, keepdims=True)) / T
    return softmax(tempered)


def _student_and_labels(logits, teacher_logits, temperature):
    """The student's tempered logits, the teacher's tempered distribution, and the temperature."""
    _checks.same_shape(logits=logits, teacher_logits=teacher_logits)
    student = _checks.logits("logits", logits)
    teacher = _checks.logits("teacher_logits", teacher_logits)
    temperature = _checks.scale("temperature", temperature)
    tempered = student / temperature
    if np.isinf(tempered[np.isfinite(student)]).any() or np.isinf(np.square(temperature)):
        rule = "the logits over a temperature, and its square, are finite"
        raise _checks.InvalidInput("temperature", rule, value=temperature)
    return tempered, _softened(teacher, temperature), temperature


@np.errstate(all="ignore")
def tempered_softmax(logits: ArrayLike, temperature: float) -> Floats:
    """softmax(z / T): flatter than softmax for T > 1, sharper for T < 1, with the same order of
    the classes.

    Parameters
    ----------
    logits : (..., K), real; -inf masks a class
    temperature : positive number

    Returns
    -------
    same shape, distributions

    Raises
    ------
    InvalidInput
        for logits that are NaN or +inf, or a temperature that is not positive.

    Examples
    --------
    >>> tempered_softmax([0.0, 2 * np.log(3.0)], 2.0).round(6)
    array([0.25, 0.75])
    """
    z, T = _checks.logits("logits", logits), _checks.scale("temperature", temperature)
    return _softened(z, T)


@np.errstate(all="ignore")
def distillation_loss(logits: ArrayLike, teacher_logits: ArrayLike, temperature: float) -> Values:
    """T² H(softmax(v/T), softmax(z/T)) row by row: the cross-entropy of a student under its
    teacher's softened labels.

    Parameters
    ----------
    logits : (..., K), real, the student's z
    teacher_logits : same shape, real, the teacher's v
    temperature : positive number T

    Returns
    -------
    (...), nats times T²

    Raises
    ------
    InvalidInput
        for logits that are NaN or +inf, shapes that differ, or a temperature that is not positive.

    Examples
    --------
    >>> round(float(distillation_loss([0.0, 0.0], [1.0, 5.0], 2.0)), 6)       # 4 log 2
    2.772589
    """
    student, labels, temperature = _student_and_labels(logits, teacher_logits, temperature)
    return temperature * (temperature * _soft(student, labels)[-1][()])


@np.errstate(all="ignore")
def distillation_loss_value_and_grad(
    logits: ArrayLike, teacher_logits: ArrayLike, temperature: float
) -> tuple[Values, Floats]:
    """`distillation_loss` and its gradient in the student's logits, T (softmax(z/T) -
    softmax(v/T)).

    Parameters
    ----------
    logits : (..., K), real, the student's z
    teacher_logits : same shape, real, the teacher's v
    temperature : positive number T

    Returns
    -------
    loss : (...), nats times T²
    gradient : same shape as the logits

    Raises
    ------
    InvalidInput
        as `distillation_loss`.

    Examples
    --------
    >>> distillation_loss_value_and_grad([0.0, 0.0], [0.0, 2 * np.log(3.0)], 2.0)[1].round(6)
    array([ 0.5, -0.5])
    """
    student, labels, temperature = _student_and_labels(logits, teacher_logits, temperature)
    loss, gradient = _soft_value_and_grad(student, labels)
    return temperature * (temperature * loss), temperature * gradient


@np.errstate(all="ignore")
def fit_temperature(logits: ArrayLike, target_probs: ArrayLike) -> np.float64:
    """The temperature T at which softmax(z / T) has the least mean cross-entropy under soft labels:
    temperature scaling (Guo et al. 2017).

    The mean is convex in 1/T, so there is one minimum. With d_k = max z - z_k and q = softmax(z /
    T) it is where the predicted mean of d is that of the labels, Σ_i Σ_k (Σp_i) q_ik d_ik = Σ_i
    Σ_k p_ik d_ik. Use labels that the model was not fitted to.

    Parameters
    ----------
    logits : (..., K), real; -inf masks a class
    target_probs : same shape, distributions; hard labels by `one_hot`

    Returns
    -------
    (), a positive temperature; 0 where each label lies on the largest logits, so that the loss
    falls as long as T does; +inf where no finite temperature is better than uniform predictions,
    to rounding

    Raises
    ------
    InvalidInput
        as `softmax_cross_entropy`; for no rows, a label that gives weight to a masked class,
        where every loss is infinite, and logits equal in each row, where every loss is the same.

    Examples
    --------
    >>> round(float(fit_temperature([0.0, 2 * np.log(3.0)], [0.25, 0.75])), 6)
    2.0
    >>> float(fit_temperature([[2.0, 0.0], [3.0, 1.0]], [[0.7, 0.3], [0.2, 0.8]]))
    inf
    """
    z, p = _checked(logits, target_probs)
    masked = z == -np.inf
    _checks.refuse_rows(
        "target_probs",
        ((p > 0) & masked).any(axis=-1),
        "the loss would be infinite at every temperature",
        "gives weight to a masked class",
    )
    z, p, masked = (table.reshape(-1, z.shape[-1]) for table in (z, p, masked))
    _checks.require_rows("logits", z)
    unit, distance = _distances(z, _shift_by_max(z))
    distance = np.where(masked, 0.0, distance)
    if not distance.any():
        rule = "otherwise every temperature has the same loss; some logits of a row must differ"
        raise _checks.InvalidInput("logits", rule, says="are equal in each row")
    if not (distance[p > 0]).any():
        return np.float64(0.0)
    spread, middle = _scaled(distance, masked, p)
    if spread.excess(0.0)[0] <= FLAT:
        return np.float64(np.inf)
    mantissa, exponent = np.frexp(_root(spread))
    return np.float64(unit * np.ldexp(1 / mantissa, middle - exponent))


class _Spread(NamedTuple):
    """Differences d from the largest logit of each row, 0 where a class is masked; which count,
    d > 0; the least of those; how many classes of a row have d = 0; Σ p; and log Σ_i Σ_k p d.
    """

    distance: Floats
    counts: np.ndarray
    least: float
    ties: np.ndarray
    total: Floats
    log_of_labels: float

    def excess(self, beta):
        """log Σ_i Σ_k (Σp_i) q_ik d_ik - log Σ_i Σ_k p_ik d_ik at q = softmax(βz), which falls in
        β, and its slope.

        The factor exp(-β least) is kept apart: it may be too small for a float.
        """
        shrunk = np.where(self.counts, np.exp(-beta * (self.distance - self.least)), 0.0)
        factor = np.exp(-beta * self.least)
        first, second = shrunk * self.distance, shrunk * self.distance * self.distance
        size = self.ties + factor * row_sum(shrunk)
        first, second = row_sum(first) / size, row_sum(second) / size
        mean = row_sum(self.total * first)
        slope = -row_sum(self.total * (second - factor * first * first)) / mean
        return float(np.log(mean) - beta * self.least - self.log_of_labels), float(slope)


def _scaled(distance, masked, p):
    """The differences, times a power of two that puts them about 1, and its exponent."""
    counts = distance > 0
    _, exponents = np.frexp(distance[counts])
    least, most = int(exponents.min()), int(exponents.max())
    if most - least > MOST_APART:
        rule = f"the differences lie within a factor of 2^{MOST_APART} of each other"
        raise _checks.InvalidInput("logits", rule, says="differ too little and too much")
    middle = (least + most) // 2
    distance = np.ldexp(distance, -middle)
    labels, exponent = _sum_apart(*_times_apart(np.frexp(p), np.frexp(distance)))
    log_of_labels = math.log(labels) + exponent * math.log(2.0)
    ties = (~counts & ~masked).sum(axis=-1)
    smallest = float(distance[counts].min())
    return _Spread(distance, counts, smallest, ties, row_sum(p), log_of_labels), middle


def _root(spread):
    """The β > 0 at which the excess of `spread` is 0: Newton's steps, kept between bounds that
    close in; where that takes long, halving.
    """
    low, high = 5e-324, float(np.finfo(float).max)
    beta = 1 / float(spread.distance[spread.counts].mean())
    for step in range(NEWTON + BISECTIONS):
        excess, slope = spread.excess(beta)
        low, high = (beta, high) if excess > 0 else (low, beta)
        newton = beta - excess / slope if slope < 0 else np.nan
        if abs(excess) <= 4 * EPS * (1 + beta * spread.least) or abs(newton - beta) <= EPS * beta:
            return newton if low <= newton <= high else beta
        farther = 8 * beta if excess > 0 else beta / 8
        inside = [guess for guess in (newton, farther) if low < guess < high]
        beta = inside[0] if inside and step < NEWTON else math.sqrt(low) * math.sqrt(high)
    return beta
