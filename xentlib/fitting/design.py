"""Features on one scale, where Newton's steps are short."""

from typing import NamedTuple

import numpy as np

from xentlib._checks import Floats

CONSTANT = 1e-10  # a feature that varies by less, relative to its size, is rounding and no feature


class Scale(NamedTuple):
    """Where the features lie, `middle` (0 without an intercept), and how widely they `spread`."""

    middle: Floats
    spread: Floats

    @classmethod
    def of(cls, X, share, centred):
        middle = share @ X if centred else np.zeros(X.shape[1])
        spread = np.sqrt(share @ (X - middle) ** 2)
        return cls(middle, np.where(spread > CONSTANT * np.abs(X).max(axis=0), spread, 1.0))

    def design(self, X, centred):
        X = (X - self.middle) / self.spread
        return np.column_stack([X, np.ones(len(X))]) if centred else X

    def coefficients(self, W):
        """Coefficients of the features themselves, and the intercept last, from scaled ones."""
        coef = W[:, : len(self.spread)] / self.spread
        return np.column_stack([coef, W[:, len(self.spread) :] - (coef @ self.middle)[:, None]])
