"""How a loss is called, how its results are reduced, and how far it may round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

FIRST = ("logits", "probs")
SECOND = ("target_probs", "labels")
REDUCTIONS = ("none", "sum", "mean", "weighted_mean")
DTYPES = ("float64", "float32", "float16")
OWN_STEPS = 8  # roundings beside those of the K classes: maximum, difference, logarithm, ...


@dataclass(frozen=True)
class Setting:
    """What a loss takes and gives; `tags` are what checks can ask of it."""

    takes: tuple[str, ...]
    reduction: str
    dtype: np.dtype[Any]
    has_grad: bool = False
    has_hvp: bool = False

    def __post_init__(self) -> None:
        takes = self.takes
        known = len(takes) in (2, 3) and takes[0] in FIRST and takes[1] in SECOND
        if not known or takes[2:] not in ((), ("weights",)):
            raise ValueError(
                f"takes is {takes!r}; it is one of {FIRST}, one of {SECOND}, and 'weights' or not"
            )
        if self.reduction not in REDUCTIONS:
            raise ValueError(f"reduction is {self.reduction!r}; it is one of {REDUCTIONS}")
        if self.reduction == "weighted_mean" and not self.weighted:
            raise ValueError("reduction is 'weighted_mean'; takes names no weights")
        if self.weighted and self.reduction == "mean":
            raise ValueError(
                "reduction is 'mean' with weights: say 'weighted_mean', which divides by their "
                "sum, or hold the losses with 'none' or 'sum'"
            )
        if self.dtype.name not in DTYPES:
            raise ValueError(f"dtype is {self.dtype.name}; it is one of {DTYPES}")

    @property
    def logits(self) -> bool:
        """Whether its first argument are logits."""
        return self.takes[0] == "logits"

    @property
    def soft(self) -> bool:
        """Whether its second argument are distributions."""
        return self.takes[1] == "target_probs"

    @property
    def weighted(self) -> bool:
        """Whether its third argument are weights of the rows."""
        return len(self.takes) == 3

    @property
    def eps(self) -> float:
        """The distance from 1 to the next number of its dtype."""
        return float(np.finfo(self.dtype).eps)

    @property
    def tags(self) -> frozenset[str]:
        """What a check can need."""
        more = [word for word, so in (("grad", self.has_grad), ("hvp", self.has_hvp)) if so]
        soft = "soft" if self.soft else "hard"
        return frozenset({*self.takes, soft, self.reduction, self.dtype.name, *more})

    def rounding(self, classes: int, scale: float) -> float:
        """How far an honest evaluation may be off: (K + 8) eps times the largest number in it.

        Each of K exponentials, products and additions rounds once, and so do some 8 other steps;
        a rounded logit z errs by |z| eps, which is absolute in the loss. So `scale` is 1 + |loss|
        + max |z|: a loss that forms -Σ p z + lse(z) in its own dtype is held to no more than it
        can give. What must hold to more digits, near 0, is a check of its own.
        """
        return (classes + OWN_STEPS) * self.eps * scale

    def __str__(self) -> str:
        return f"{', '.join(self.takes)}; {self.reduction}; {self.dtype.name}"
