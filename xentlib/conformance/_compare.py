"""What is compared: the loss with the exact one, or with itself where a theorem relates the two."""

from __future__ import annotations

from math import inf

import numpy as np

from xentlib.conformance import _exact
from xentlib.conformance._cases import Case, one, written
from xentlib.conformance._comparison import Comparison
from xentlib.conformance._setting import OWN_STEPS
from xentlib.conformance._subject import Subject

SHIFTS = (1.0, -64.0, 1000.0)


def value(subject: Subject, case: Case) -> Comparison:
    """The loss is the exact one."""
    want = _exact.losses(case, subject.setting)
    return Comparison(subject.values(case), want, subject.rounding(case, want))


def tiny_value(subject: Subject, case: Case) -> Comparison:
    """The loss is the exact one to its own digits: the tolerance is relative."""
    want = _exact.losses(case, subject.setting)
    return Comparison(subject.values(case), want, _tightly(subject, case) * np.abs(want))


def zero_value(subject: Subject, case: Case) -> Comparison:
    """The loss is the exact one to the roundings of numbers near 1, whatever the logits."""
    want = _exact.losses(case, subject.setting)
    return Comparison(subject.values(case), want, _tightly(subject, case))


def _tightly(subject: Subject, case: Case) -> float:
    """Where distances of logits are whole numbers, only (K + 8) eps is lost."""
    return (case.classes + OWN_STEPS) * subject.setting.eps


def gradient(subject: Subject, case: Case) -> Comparison:
    """In logits q - p; in probabilities the slopes along directions that sum to 0."""
    setting = subject.setting
    if setting.logits:
        want, got = _exact.gradient(case, setting), subject.gradient(case)
        return Comparison(got, want, subject.rounding(case))
    want = _exact.along(case, setting, order=1)
    got = (subject.gradient(case) * np.array(case.vectors)).sum(axis=-1)
    return Comparison(got, want, subject.rounding(case, want), "the slope along the vector")


def sure_gradient(subject: Subject, case: Case) -> Comparison:
    """The gradient in logits whose distances are whole numbers, as large as they may be."""
    want, got = _exact.gradient(case, subject.setting), subject.gradient(case)
    return Comparison(got, want, _tightly(subject, case))


def gradient_sum(subject: Subject, case: Case) -> Comparison:
    """The entries of a row sum to 0."""
    got = subject.gradient(case).sum(axis=-1)
    return Comparison(got, np.zeros_like(got), subject.rounding(case), "the sum of a row")


def hessian_product(subject: Subject, case: Case) -> Comparison:
    """In logits (diag q - q q') v; in probabilities the bend along v."""
    setting = subject.setting
    sizes = np.abs(case.vectors)
    if setting.logits:
        want = _exact.hessian_product(case, setting)
        return Comparison(subject.hessian_product(case), want, subject.rounding(case) * sizes.max())
    want = _exact.along(case, setting, order=2)
    got = (subject.hessian_product(case) * np.array(case.vectors)).sum(axis=-1)
    return Comparison(got, want, subject.rounding(case, want), "the bend along the vector")


def _relation(subject: Subject, case: Case, other: Case, of: str) -> Comparison:
    """The loss of a case is that of another."""
    got, want = subject.values(other), subject.values(case)
    tolerance = subject.rounding(case, want) + subject.rounding(other, got)
    return Comparison(got, want, tolerance, of)


def shifted(subject: Subject, case: Case) -> Comparison:
    """A number added to every logit changes nothing; the worst of several is compared."""
    found = []
    for shift in SHIFTS:
        moved = Case(tuple(tuple(z + shift for z in row) for row in case.first), case.labels)
        found.append(_relation(subject, case, moved, f"with {shift:g} added to every logit"))
        if not found[-1].holds:
            break
    return found[-1]


def reordered(subject: Subject, case: Case) -> Comparison:
    """The classes in the opposite order, in prediction and label."""
    turned = Case(tuple(row[::-1] for row in case.first), tuple(row[::-1] for row in case.labels))
    return _relation(subject, case, turned, "with the classes in the opposite order")


def with_a_class_excluded(subject: Subject, case: Case) -> Comparison:
    """One more class, which the prediction excludes and the label too."""
    never = -inf if subject.setting.logits else 0.0
    more = Case(
        tuple((*row, never) for row in case.first), tuple((*row, 0.0) for row in case.labels)
    )
    return _relation(subject, case, more, "with one more class, excluded")


def mixed(subject: Subject, case: Case) -> Comparison:
    """The loss of half one label and half another is half the sum of their losses."""
    (first, *_), (p, r) = case.first, case.labels
    middle = one(first, tuple((a + b) / 2 for a, b in zip(p, r, strict=True)))
    ends = [subject.values(one(first, label)) for label in (p, r)]
    tolerance = 2 * subject.rounding(middle, *ends)
    return Comparison(subject.values(middle), (ends[0] + ends[1]) / 2, tolerance, "of the mean")


def grouped(subject: Subject, case: Case) -> Comparison:
    """The mean of N hard labels at one input is their soft label's loss."""
    soft = tuple(np.mean(case.labels, axis=0).tolist())
    each = [subject.values(one(case.first[0], label)) for label in case.labels]
    got, want = subject.values(one(case.first[0], soft)), np.mean(each, axis=0)
    tolerance = 2 * subject.rounding(case, want)
    return Comparison(got, want, tolerance, "of the shares of the hard labels")


def excess(subject: Subject, case: Case) -> Comparison:
    """The loss less that at q = p is KL(p ‖ q); the second row predicts the label."""
    (q, own), (p, _) = case.first, case.labels
    at_q, at_p = (subject.values(one(row, p)) for row in (q, own))
    want = _exact.losses(one(q, p), subject.setting) - _exact.losses(one(own, p), subject.setting)
    tolerance = 2 * subject.rounding(case, at_q)
    return Comparison(at_q - at_p, want, tolerance, "the loss less that of q = p")


def exchanged(subject: Subject, case: Case) -> Comparison:
    """Rows do not see each other: (a, b) and (c, d) lose together what (a, d) and (c, b) do."""
    a, b, c = case.first
    p, r, s = case.labels
    pairs = [((a, b), (p, r)), ((c, c), (s, s)), ((a, c), (p, s)), ((c, b), (s, r))]
    ab, cc, ac, cb = (subject.values(Case(*pair)) for pair in pairs)
    tolerance = 4 * subject.rounding(case, ab, cc)
    return Comparison(ac + cb, ab + cc, tolerance, "after rows have changed places")


def bent_alike(subject: Subject, case: Case) -> Comparison:
    """Two rows that differ in the label alone have one Hessian."""
    (first, _), (p, r), (v, _) = case.first, case.labels, case.vectors
    got, want = (subject.hessian_product(one(first, label, v)) for label in (r, p))
    tolerance = 2 * subject.rounding(case) * np.abs(v).max()
    return Comparison(got, want, tolerance, f"with the label {written(r)}")
