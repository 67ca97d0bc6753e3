"""The 234 exact answers of `xentlib/data/oracle`: to 40 digits, no library under test took part.

Those on losses, gradients and Hessians are checks, in the dtype for which they were computed;
`cases` gives all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from xentlib.conformance._cases import Case
from xentlib.conformance._comparison import Comparison, Floats
from xentlib.conformance._setting import Setting
from xentlib.conformance._subject import Subject

VALUES = {
    ("logits", "target_probs"): ("cross_entropy_from_logits", "logits", "targets"),
    ("logits", "labels"): ("nll_from_logits", "logits", "labels"),
    ("probs", "target_probs"): ("cross_entropy", "q", "p"),
}
GRADIENTS = {"target_probs": "grad_logits", "labels": "grad_logits_hard"}
HESSIANS = {"target_probs": "hessian_logits"}
LEFT_OUT = {"unnormalised", "error"}  # what a strict library refuses


@dataclass(frozen=True)
class Answer(Case):
    """A case with what must come."""

    want: Any = None


def text() -> str:
    """The file as it is stored."""
    return (files("xentlib.data") / "oracle" / "oracle.json").read_text(encoding="utf-8")


@cache
def oracle() -> dict[str, Any]:
    """Its contents, as its README describes them.

    Examples
    --------
    >>> oracle()["count"]
    234
    """
    return json.loads(text())


def _number(leaf: Any) -> float:
    if isinstance(leaf, dict):
        leaf = leaf["f64"]
    return float.fromhex(leaf) if isinstance(leaf, str) else float(leaf)


def numbers(value: Any) -> Any:
    """Stored floats, or answers, as nested tuples of floats."""
    return tuple(map(numbers, value)) if isinstance(value, list) else _number(value)


def _cases(operation: str, setting: Setting) -> Iterator[dict[str, Any]]:
    for case in oracle()["cases"]:
        right = case["op"] == operation and case["dtype"] == setting.dtype.name
        if right and isinstance(case["expected"], list) and not LEFT_OUT & set(case["tags"]):
            yield case


def _rows(
    setting: Setting, operation: str, first: str, second: str
) -> Iterator[tuple[tuple[float, ...], tuple[float, ...], Any]]:
    for case in _cases(operation, setting):
        given = numbers(case["inputs"][first])
        labels = case["inputs"][second]
        vertices = np.eye(len(given[0]))
        known = numbers(labels) if setting.soft else [tuple(vertices[y].tolist()) for y in labels]
        expected = numbers(case["expected"])
        known = known if len(known) == len(given) else known * len(given)
        yield from zip(given, known, expected, strict=False)


def values(setting: Setting) -> Iterator[Answer]:
    """Losses, row by row."""
    asked = VALUES.get((setting.takes[0], setting.takes[1]))
    for first, label, want in _rows(setting, *asked) if asked else ():
        yield Answer((first,), (label,), want=want)


def gradients(setting: Setting) -> Iterator[Answer]:
    """Gradients in the logits, row by row."""
    operation = GRADIENTS[setting.takes[1]]
    second = "targets" if setting.soft else "labels"
    for first, label, want in _rows(setting, operation, "logits", second):
        yield Answer((first,), (label,), want=want)


def hessians(setting: Setting) -> Iterator[Answer]:
    """Whole Hessians: one row K times, with a unit vector each."""
    for operation in filter(None, [HESSIANS.get(setting.takes[1])]):
        for first, label, want in _rows(setting, operation, "logits", "targets"):
            k = len(first)
            units = tuple(map(tuple, np.eye(k).tolist()))
            yield Answer((first,) * k, (label,) * k, vectors=units, want=want)


def value(subject: Subject, case: Case) -> Comparison:
    """The loss is the answer."""
    want = np.atleast_1d(_want(case))
    return Comparison(subject.values(case), want, subject.rounding(case, want))


def gradient(subject: Subject, case: Case) -> Comparison:
    """The gradient is the answer."""
    return Comparison(subject.gradient(case), _want(case)[None], subject.rounding(case))


def hessian(subject: Subject, case: Case) -> Comparison:
    """The Hessian is the answer, over K where rows are averaged."""
    divisor = case.classes if "mean" in subject.setting.reduction else 1
    want = _want(case) / divisor
    return Comparison(subject.hessian_product(case), want, subject.rounding(case))


def _want(case: Case) -> Floats:
    assert isinstance(case, Answer)
    return np.asarray(case.want, dtype=np.float64)
