"""Your loss against the theorems of the book: each check is a claim that a loss must satisfy.

    from xentlib.conformance import check_loss
    print(check_loss(my_loss, takes=("logits", "target_probs")))

It needs NumPy alone, and calls the loss with NumPy arrays. A loss of another library is wrapped
where it is named, for example

    lambda z, p: F.cross_entropy(torch.tensor(z), torch.tensor(p), reduction="none").numpy()
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from xentlib.conformance._run import row_of
from xentlib.conformance._setting import REDUCTIONS, Setting
from xentlib.conformance._subject import Function, Subject
from xentlib.conformance.checks import CHECKS, Check
from xentlib.conformance.kinds import KINDS, Kind, check_kind
from xentlib.conformance.report import NotConforming, Report, Row

__all__ = [
    "CHECKS",
    "KINDS",
    "REDUCTIONS",
    "Check",
    "Kind",
    "NotConforming",
    "Report",
    "Row",
    "check_kind",
    "check_loss",
    "checks_of",
    "parametrize_loss",
]

LOGITS = ("logits", "target_probs")


def checks_of(claim: str) -> tuple[Check | Kind, ...]:
    """The checks that a claim of the book has: of a loss, or of a kind of labels.

    Parameters
    ----------
    claim : its name in Python, for example "units"

    Returns
    -------
    tuple of Check and Kind
        empty, where nothing is asked of a loss

    Examples
    --------
    >>> [check.name for check in checks_of("units")]
    ['in_nats']
    """
    asked = (*CHECKS.values(), *KINDS.values())
    return tuple(check for check in asked if check.claim == claim)


def _subject(
    loss: Function,
    takes: tuple[str, ...],
    grad: Function | None,
    hvp: Function | None,
    reduction: str,
    dtype: DTypeLike,
) -> Subject:
    setting = Setting(tuple(takes), reduction, np.dtype(dtype), grad is not None, hvp is not None)
    return Subject(setting, loss, grad, hvp)


def _asked(setting: Setting, expected: Mapping[str, str]) -> tuple[Check, ...]:
    """The checks of a setting; a failure that is expected of no such check is an error."""
    asked = tuple(check for check in CHECKS.values() if check.can_ask(setting))
    names = [check.name for check in asked]
    for name, reason in expected.items():
        if name not in names:
            near = get_close_matches(name, names)
            hint = f"; near it: {', '.join(near)}" if near else ""
            raise ValueError(f"expected_failures names {name!r}, which is not asked here{hint}")
        if not (isinstance(reason, str) and reason.strip()):
            raise ValueError(f"expected_failures[{name!r}] is {reason!r}; it is a reason, in words")
    return asked


def _name_of(loss: Function) -> str:
    return getattr(loss, "__name__", "") or type(loss).__name__


def check_loss(
    loss: Callable[..., Any],
    *,
    takes: tuple[str, ...] = LOGITS,
    grad: Callable[..., Any] | None = None,
    hvp: Callable[..., Any] | None = None,
    reduction: str = "none",
    dtype: DTypeLike = "float64",
    expected_failures: Mapping[str, str] | None = None,
    name: str = "",
) -> Report:
    """Ask of a loss what the claims of the book say of cross-entropy, value for value.

    `loss(first, second)` or `loss(first, second, weights)` is called with NumPy arrays of `dtype`:
    logits or probabilities (N, K), then distributions (N, K) or integer labels (N,), then weights
    (N,). Each check runs through small exact cases; a failure names the first that breaks the loss.
    The tolerance is `(K + 8) eps (1 + |loss| + max |z|)` of the dtype.

    Parameters
    ----------
    loss : callable, gives (N,) or, reduced, a number; in nats
    takes : one of "logits", "probs"; one of "target_probs", "labels"; "weights" or not
    grad : callable of the same arguments, or None
        gives (N, K): the gradient in the first argument of what `loss` gives, or of its sum where
        the reduction is "none"
    hvp : callable of the same arguments and vectors (N, K), or None
        gives (N, K): that Hessian times the vectors
    reduction : "none", "sum", "mean" (over N; PyTorch's "batchmean") or "weighted_mean" (over Σ w)
    dtype : float64, float32 or float16
    expected_failures : reasons by name of check; such a check must fail, and a failure is no fault
    name : how the report calls the loss; its own name, if it is empty

    Returns
    -------
    Report
        printed it is a table; `raise_if_failed` raises NotConforming, `as_dict` is for JSON. A loss
        that raises, gives another shape, no numbers, or another result on a second call is reported
        as "error", "shape", "not numbers" or "random", which says nothing of its formula.

    Raises
    ------
    ValueError
        for words that are none of these, or a failure that is expected of no check.

    Examples
    --------
    >>> from xentlib import softmax_cross_entropy
    >>> print(check_loss(softmax_cross_entropy).summary)
    softmax_cross_entropy (logits, target_probs; none; float64): 20 of 20 hold
    >>> from xentlib.conformance.mistakes import naive_softmax_cross_entropy
    >>> print(check_loss(naive_softmax_cross_entropy)["zero_times_log_zero"].message)
    nan, not 0
    """
    subject = _subject(loss, takes, grad, hvp, reduction, dtype)
    expected = dict(expected_failures or {})
    asked = _asked(subject.setting, expected)
    rows = tuple(row_of(check, subject, expected.get(check.name)) for check in asked)
    names = {row.name for row in rows}
    others = tuple(check for check in CHECKS if check not in names)
    return Report(name or _name_of(loss), str(subject.setting), rows, others)


@dataclass(frozen=True)
class _Call:
    """One check of one loss; called, it raises where the loss fails."""

    check: Check
    subject: Subject
    name: str

    def __call__(self) -> None:
        row = row_of(self.check, self.subject)
        Report(self.name, str(self.subject.setting), (row,)).raise_if_failed()


def parametrize_loss(
    loss: Callable[..., Any],
    *,
    takes: tuple[str, ...] = LOGITS,
    grad: Callable[..., Any] | None = None,
    hvp: Callable[..., Any] | None = None,
    reduction: str = "none",
    dtype: DTypeLike = "float64",
    expected_failures: Mapping[str, str] | None = None,
) -> Any:
    """A decorator: one test for each check, named by it, for a function of one argument `check`.

    Parameters
    ----------
    loss, takes, grad, hvp, reduction, dtype, expected_failures : as `check_loss`

    Returns
    -------
    pytest's mark "parametrize"
        an expected failure is a strict "xfail" with its reason

    Raises
    ------
    ValueError
        as `check_loss`.

    Examples
    --------
    >>> from xentlib import softmax_cross_entropy
    >>> @parametrize_loss(softmax_cross_entropy)
    ... def test_my_loss(check):
    ...     check()
    """
    import pytest

    subject = _subject(loss, takes, grad, hvp, reduction, dtype)
    expected = dict(expected_failures or {})
    cases = []
    for check in _asked(subject.setting, expected):
        reason = expected.get(check.name, "")
        xfail = [pytest.mark.xfail(reason=reason, strict=True, raises=NotConforming)]
        marks = xfail if reason else []
        call = _Call(check, subject, _name_of(loss))
        cases.append(pytest.param(call, id=check.name, marks=marks))
    return pytest.mark.parametrize("check", cases)
