"""Why there is no fit, or none yet."""

from typing import Any

from xentlib._checks import Floats

SEPARATED = (
    "the labels are separated: the loss falls for ever along the direction that this error "
    "holds, so there is no fit. Add a penalty, alpha=1e-3 to start with, or drop what "
    "separates them"
)
ON_THE_WAY = (
    "the labels are separated: the loss has no minimum, and falls for ever along some direction. "
    "The coefficients are one place on the way; the predictions are those of the least loss, to "
    "tol. A penalty gives a minimum, alpha=1e-3 to start with; separated='raise' makes this an "
    "error that holds the direction"
)
UNDECIDED = (
    "whether the labels are separated was not decided, as they are too many for the linear program "
    "that knows: if they are, the loss has no minimum, and the coefficients are one place on the "
    "way. A penalty gives a minimum, alpha=1e-3 to start with"
)
UNUSED = (
    "no label gives class {} any weight: the loss falls for ever as its intercept does, with a "
    "penalty too, which spares the intercept, so there is no fit. Leave the class out"
)


class SeparatedWarning(UserWarning):
    """The loss has no minimum, and the coefficients are one place on the way to its bound."""


class NoFit(ArithmeticError):
    """The loss has no minimum: it falls for ever along `direction` (K, features, and the intercept
    last, if there is one).
    """

    direction: Floats
    reason: str

    def __init__(self, direction: Floats, reason: str = SEPARATED) -> None:
        self.direction, self.reason = direction, reason
        super().__init__(reason)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy make it again from its parts."""
        return type(self), (self.direction, self.reason), self.__dict__


class NotConverged(ArithmeticError):
    """The optimiser stopped too early: `coef`, `intercept` and `loss` are where, `gradient` is the
    largest entry there, as `tol` measures it, after `steps` steps.
    """

    coef: Floats
    intercept: Floats
    loss: float
    gradient: float
    steps: int
    tol: float

    def __init__(
        self,
        coef: Floats,
        intercept: Floats,
        loss: float,
        gradient: float,
        steps: int,
        tol: float,
    ) -> None:
        self.coef, self.intercept, self.loss = coef, intercept, loss
        self.gradient, self.steps, self.tol = gradient, steps, tol
        super().__init__(
            f"the optimiser stopped with a gradient of {gradient:.1e} after {steps} steps; "
            f"tol is {tol:.1e}. Raise max_iter or tol; this error holds the coefficients"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy make it again from its parts."""
        parts = self.coef, self.intercept, self.loss, self.gradient, self.steps, self.tol
        return type(self), parts, self.__dict__
