"""Which road an argument takes. Arrays of NumPy, lists and tables go to the exact functions of this
library; those of PyTorch, JAX or CuPy to functions of the same names in `_elsewhere`, in their own
library; those of Dask to `_blocks`, block by block. Neither is loaded before such an array comes.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
PLAIN = np.ndarray, np.generic, list, tuple, int, float, str, type(None)


def families(value: Any) -> set[str]:
    """The packages that the classes of a value are of."""
    return {kind.__module__.partition(".")[0] for kind in type(value).__mro__}


def is_foreign(value: Any) -> bool:
    """An array that stays one of its own library."""
    if isinstance(value, PLAIN):
        return False
    return hasattr(value, "__array_namespace__") or bool({"torch", "dask"} & families(value))


def any_array(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """A public function that takes arrays of other libraries too, and gives back their kind."""

    @wraps(function)
    def on_any(*values: Parameters.args, **named: Parameters.kwargs) -> Result:
        foreign = [value for value in (*values, *named.values()) if is_foreign(value)]
        if not foreign:
            return function(*values, **named)
        return _at_home(foreign, on_any)(*values, **named)

    return on_any


def _at_home(arrays: list[Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """What computes the function for these arrays."""
    lazy = any("dask" in families(array) for array in arrays)
    try:
        if lazy:
            from xentlib import _blocks

            return _blocks.lazily(function)
        from xentlib import _elsewhere

        return getattr(_elsewhere, function.__name__)
    except ModuleNotFoundError as error:
        kinds = ", ".join(sorted({type(array).__name__ for array in arrays}))
        missing, extra = str(error.name).partition(".")[0], "dask" if lazy else "arrays"
        raise ImportError(
            f"for arrays of type {kinds} {missing} is missing: "
            f'python -m pip install "xentlib[{extra}]"'
        ) from error
