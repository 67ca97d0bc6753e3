"""What a loss must give, to 50 digits and rounded once, at the very floats that it was given.

Python's `decimal` computes it from the definition: no code of the library, and none of a loss
under test, takes part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

from xentlib.conformance._cases import Case, Row
from xentlib.conformance._setting import Setting

DIGITS = 50
ZERO = Decimal(0)
NEVER = Decimal("-Infinity")  # the logarithm of 0
Floats = NDArray[np.float64]


def as_given(row: Sequence[float], setting: Setting) -> list[Decimal]:
    """A row after it was rounded to the dtype, without further rounding."""
    return [Decimal(float(value)) for value in np.asarray(row, dtype=setting.dtype)]


def log_probs(row: Sequence[float], setting: Setting) -> list[Decimal]:
    """log q of one prediction; of logits after softmax."""
    given = as_given(row, setting)
    if not setting.logits:
        return [value.ln() if value else NEVER for value in given]
    top = max(given)
    total = sum(((z - top).exp() for z in given if z != NEVER), ZERO)
    return [z - top - total.ln() if z != NEVER else NEVER for z in given]


def row_loss(first: Sequence[float], label: Sequence[float], setting: Setting) -> Decimal:
    """-Σ p log q with 0 log 0 = 0."""
    terms = zip(as_given(label, setting), log_probs(first, setting), strict=True)
    return sum((-p * log_q for p, log_q in terms if p), ZERO)


def factors(case: Case, setting: Setting) -> list[Decimal]:
    """What the reduction multiplies each row by."""
    rows = len(case.first)
    weights = as_given(case.weights or (1.0,) * rows, setting)
    divisor = {"mean": Decimal(rows), "weighted_mean": sum(weights, ZERO)}
    return [weight / divisor.get(setting.reduction, Decimal(1)) for weight in weights]


def losses(case: Case, setting: Setting) -> Floats:
    """The loss of a case: one number a row, or one number."""
    with localcontext(prec=DIGITS):
        rows = [
            factor * row_loss(first, label, setting) if factor else ZERO
            for factor, first, label in _rows(case, setting)
        ]
        found = rows if setting.reduction == "none" else [sum(rows, ZERO)]
        return np.array([float(value) for value in found])


def _rows(case: Case, setting: Setting) -> Iterator[tuple[Decimal, Row, Row]]:
    """Of each row what the reduction multiplies it by, the prediction and the label."""
    return zip(factors(case, setting), case.first, case.labels, strict=True)


def gradient(case: Case, setting: Setting) -> Floats:
    """In logits, (Σ p) q - p times the factor of the row."""
    with localcontext(prec=DIGITS):
        return np.array(
            [
                [float(factor * entry) for entry in _slope(first, label, setting)]
                for factor, first, label in _rows(case, setting)
            ]
        )


def _slope(first: Sequence[float], label: Sequence[float], setting: Setting) -> list[Decimal]:
    p, q = as_given(label, setting), _probs(first, setting)
    return [sum(p, ZERO) * q_k - p_k for p_k, q_k in zip(p, q, strict=True)]


def _probs(first: Sequence[float], setting: Setting) -> list[Decimal]:
    return [value.exp() for value in log_probs(first, setting)]


def hessian_product(case: Case, setting: Setting) -> Floats:
    """In logits, (Σ p)(diag q - q q') v times the factor of the row."""
    with localcontext(prec=DIGITS):
        found = []
        for (factor, first, label), vector in zip(_rows(case, setting), case.vectors, strict=True):
            q, v = _probs(first, setting), as_given(vector, setting)
            scale = factor * sum(as_given(label, setting), ZERO)
            mean = sum((q_k * v_k for q_k, v_k in zip(q, v, strict=True)), ZERO)
            found.append([float(scale * a * (b - mean)) for a, b in zip(q, v, strict=True)])
        return np.array(found)


def along(case: Case, setting: Setting, order: int) -> Floats:
    """In probabilities, the first or second derivative along each row's vector, whose entries sum
    to 0: -Σ p v / q, or Σ p (v / q)², times the factor of the row.
    """
    with localcontext(prec=DIGITS):
        found = []
        for (factor, first, label), vector in zip(_rows(case, setting), case.vectors, strict=True):
            rows = zip(*(as_given(row, setting) for row in (label, first, vector)), strict=True)
            terms = (p * (-v / q) ** order for p, q, v in rows if p)
            found.append(float(factor * sum(terms, ZERO)))
        return np.array(found)
