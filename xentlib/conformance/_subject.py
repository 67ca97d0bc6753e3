"""The loss under test: called with arrays of its dtype, and its results taken as float64."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xentlib.conformance._cases import Case
from xentlib.conformance._setting import Setting

Function = Callable[..., Any]
FAULTS = ("error", "shape", "not numbers", "random")  # none of them says that a loss is wrong


class Faulty(Exception):
    """What the loss did instead of giving numbers: `kind`, one of `FAULTS`, and `message`."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind, self.message = kind, message
        super().__init__(kind, message)


class Subject:
    """A loss, its gradient and its Hessian product, in one setting."""

    setting: Setting
    loss: Function
    grad: Function | None
    hvp: Function | None

    def __init__(
        self,
        setting: Setting,
        loss: Function,
        grad: Function | None = None,
        hvp: Function | None = None,
    ) -> None:
        self.setting, self.loss, self.grad, self.hvp = setting, loss, grad, hvp

    def values(self, case: Case) -> NDArray[np.float64]:
        """The losses of a case: (N,), or (1,) where they are reduced."""
        shape = (len(case.first),) if self.setting.reduction == "none" else ()
        return np.atleast_1d(self._called("loss", self.loss, self._arguments(case), shape))

    def gradient(self, case: Case) -> NDArray[np.float64]:
        """(N, K)."""
        assert self.grad
        shape = (len(case.first), case.classes)
        return self._called("grad", self.grad, self._arguments(case), shape)

    def hessian_product(self, case: Case) -> NDArray[np.float64]:
        """(N, K), with the case's vectors."""
        assert self.hvp
        vectors = np.array(case.vectors, dtype=self.setting.dtype)
        arguments = [*self._arguments(case), vectors]
        return self._called("hvp", self.hvp, arguments, vectors.shape)

    def rounding(self, case: Case, *values: NDArray[np.float64]) -> float:
        """The tolerance of a case whose losses have these values."""
        entries = [abs(z) for row in case.first for z in row if self.setting.logits and isfinite(z)]
        finite = [np.abs(value[np.isfinite(value)]).max(initial=0.0) for value in values]
        scale = 1.0 + max(entries, default=0.0) + float(max(finite, default=0.0))
        return self.setting.rounding(case.classes, scale)

    def _arguments(self, case: Case) -> list[Any]:
        dtype, labels = self.setting.dtype, np.array(case.labels)
        first = np.array(case.first, dtype=dtype)
        second = labels.astype(dtype) if self.setting.soft else labels.argmax(axis=-1)
        weights = np.array(case.weights or (1.0,) * len(first), dtype=dtype)
        return [first, second, weights][: len(self.setting.takes)]

    def _called(
        self, name: str, function: Function, arguments: list[Any], shape: tuple[int, ...]
    ) -> NDArray[np.float64]:
        return called(name, function, arguments, shape, (*self.setting.takes, "vectors"))


def called(
    name: str,
    function: Function,
    arguments: list[Any],
    shape: tuple[int, ...],
    takes: tuple[str, ...],
) -> NDArray[np.float64]:
    """What a function gives, as float64 of a shape; it is given copies, and may not change them."""
    given = [np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments]
    try:
        with np.errstate(all="ignore"):
            result = function(*given)
    except Exception as trouble:
        raise Faulty("error", f"{name} raised {type(trouble).__name__}: {trouble}") from trouble
    for before, after, argument in zip(arguments, given, takes, strict=False):
        if not np.array_equal(before, after):
            raise Faulty("error", f"{name} changed its argument {argument}")
    return _numbers(name, result, shape)


def _numbers(name: str, result: Any, shape: tuple[int, ...]) -> NDArray[np.float64]:
    try:
        found = np.asarray(result)
    except Exception as trouble:
        raise Faulty(
            "not numbers", f"{name} gave {type(result).__name__}, of which NumPy makes no array"
        ) from trouble
    if found.dtype.kind not in "fiu":
        kind = found.dtype if isinstance(result, (np.ndarray, np.generic)) else type(result)
        raise Faulty("not numbers", f"{name} gave {getattr(kind, '__name__', kind)}")
    if found.shape != shape:
        raise Faulty("shape", f"{name} gave the shape {found.shape}; {shape} is needed")
    return found.astype(np.float64)
