"""Three kinds of answers: a number, a formula, a counter-example. Each says what it makes of one,
in a line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

DOTS = "Put your answer in place of the dots."
RIGHT, NOT_YET = "Right", "Not yet"
NEAR = 2e-3  # of the answer: who rounds to three digits is right
EQUAL = 1e-9  # two sides that differ by less in floats are the same number


def _is(answer: Any, value: Any) -> bool:
    """Whether an answer is a value, to three digits."""
    try:
        found, right = np.asarray(answer, float), np.asarray(value, float)
    except (TypeError, ValueError):
        return False
    return found.shape == right.shape and np.allclose(found, right, rtol=NEAR, atol=1e-9)


def _shown(value: Any) -> str:
    numbers = np.asarray(value, float)
    if numbers.ndim:
        return "(" + ", ".join(map(_shown, numbers)) + ")"
    return f"{float(numbers.round(12)):.4g}"  # without the rest of what cancels


def _dots(given: tuple[Any, ...]) -> bool:
    return not given or any(part is ... for part in given)


@dataclass(frozen=True, kw_only=True)
class Number:
    """The answer is a number, or some in a row. `slips` are what people get in its place, by what
    they did; with data of the reader's own, all are functions of these, as of `example`.
    """

    value: Callable[..., Any]
    slips: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    example: tuple[Any, ...] = ()

    def __call__(self, *given: Any) -> str:
        """What is said of the last of `given`, the answer; what stands before it are data."""
        if _dots(given):
            return DOTS
        *data, answer = given
        try:
            value = self.value(*data)
            if _is(answer, value):
                return f"{RIGHT}: {_shown(value)}."
            for slip, wrong in self.slips.items():
                if _is(answer, wrong(*data)):
                    return f"{NOT_YET}: {slip}."
        except (TypeError, ValueError) as trouble:
            return f"{NOT_YET}: {trouble}."
        return f"{NOT_YET}."


@dataclass(frozen=True, kw_only=True)
class Formula:
    """The answer is a function, which is held against `value` at some points."""

    value: Callable[..., Any]
    points: tuple[tuple[Any, ...], ...]
    slips: Mapping[str, Callable[..., Any]] = field(default_factory=dict)

    def __call__(self, *given: Any) -> str:
        """What is said of a formula."""
        if _dots(given):
            return DOTS
        formula = given[-1]
        for point in self.points:
            place = ", ".join(map(_shown, point))
            try:
                found = formula(*point)
            except Exception as trouble:  # whatever a reader's formula raises, is said
                return f"{NOT_YET}: at {place} it ends in {type(trouble).__name__}: {trouble}."
            if not _is(found, self.value(*point)):
                for slip, wrong in self.slips.items():
                    if _is(found, wrong(*point)):
                        return f"{NOT_YET}: {slip}."
                return f"{NOT_YET}: at {place} it should not be {found}."
        return f"{RIGHT}, at {len(self.points)} points."


@dataclass(frozen=True, kw_only=True)
class Example:
    """The answer is a place where an argument fails: where two sides that it calls equal differ.
    `hides` are places at which it is true by accident.
    """

    sides: Callable[..., tuple[Any, Any]]
    hides: tuple[tuple[Any, ...], ...]
    at_most: bool = False  # where the argument says that the first is at most the second

    def __call__(self, *given: Any) -> str:
        """What is said of a place."""
        if _dots(given):
            return DOTS
        try:
            left, right = self.sides(*given)
        except (TypeError, ValueError) as trouble:
            return f"{NOT_YET}: {trouble}."
        if left - right > EQUAL or (right - left > EQUAL and not self.at_most):
            return f"{RIGHT}: here it is {_shown(left)} against {_shown(right)}."
        return f"{NOT_YET}: here it is {_shown(left)} against {_shown(right)}, as was argued."
