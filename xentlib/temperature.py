"""Softmax at a temperature, and the loss of distillation: a teacher's softened distribution as
soft labels.
"""

import numpy as np
from numpy.typing import ArrayLike

from xentlib import _checks
from xentlib._checks import Floats, Values
from xentlib.logits import _probs, _shift_by_max
from xentlib.losses import _soft, _soft_value_and_grad


def _softened(z, T):
    """softmax(z / T), from z less its maximum: overflow is then probability 0."""
    tempered = z / T
    if np.isinf(tempered[np.isfinite(z)]).any():
        tempered = (z - z.max(axis=-1, keepdims=True)) / T
    return _probs(_shift_by_max(tempered))


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
