"""The two ways in which a check fails."""


class Refuted(ArithmeticError):
    """A counter-example was found; the message shows it."""


class Undecided(ArithmeticError):
    """Nothing was shown: not simplified, no number, no case to look at, a mistake that passes."""
