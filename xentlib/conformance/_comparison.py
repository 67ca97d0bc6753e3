"""What came from a loss beside what must come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """What came, what must come, and how far they may be apart."""

    got: Floats
    want: Floats
    tolerance: Floats | float
    of: str = ""

    @property
    def holds(self) -> bool:
        """Whether every number is the wanted one, to the tolerance; NaN never is."""
        return not self._bad.any()

    @property
    def _bad(self) -> NDArray[np.bool_]:
        with np.errstate(invalid="ignore"):
            near = np.abs(self.got - self.want) <= self.tolerance
        return ~(near & np.isfinite(self.want) | (self.got == self.want))

    @property
    def says(self) -> str:
        """The first number that is wrong."""
        place = tuple(np.argwhere(self._bad)[0].tolist())
        where = f" at {list(place)}" if self.got.size > 1 else ""
        of = f"{self.of}: " if self.of else ""
        return f"{of}{self.got[place] + 0.0:.6g}, not {self.want[place] + 0.0:.6g}{where}"

    def is_same(self, other: Comparison) -> bool:
        """Whether both came out alike, bit for bit."""
        return all(
            np.array_equal(a, b, equal_nan=True)
            for a, b in ((self.got, other.got), (self.want, other.want))
        )
