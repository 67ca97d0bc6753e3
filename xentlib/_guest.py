"""Arguments in the library of their arrays: one namespace of names, one device, one dtype; held to
the rules of `_checks` where values can be seen.

Short floats are computed in 32 bits and given back in their own dtype. Plain values beside an array
are brought to its device and precision. Where a value cannot be seen, as under a trace of `jit`,
`vmap` or `compile`, shapes and dtypes are checked, and a row that breaks a rule becomes NaN.
"""

import sys
from collections.abc import Callable
from typing import Any

import array_api_compat
import numpy as np

from xentlib import _checks
from xentlib._arrays import families, is_foreign

Array = Any  # of any library
KINDS = {"fiu": ("real floating", "integral"), "iu": "integral", "b": "bool"}  # of the standard
UNSEEN = {"ConcretizationTypeError", "DataDependentOutputException"}  # of JAX, of fake tensors


class Guests:
    """The arguments of one call, by name, as arrays of one library, `xp`."""

    def __init__(self, **arguments: Any) -> None:
        own = {name: value for name, value in arguments.items() if is_foreign(value)}
        (first, *_) = own.values()
        self.xp: Any = _namespace(own)
        self.library = families(first)
        # JAX takes what has no place of its own to where the others are
        self.place = {} if "jax" in self.xp.__name__ else {"device": first.device}
        self.given = {
            name: value if name in own else self._bring(name, value)
            for name, value in arguments.items()
        }
        floats = [
            value.dtype for value in own.values() if self.xp.isdtype(value.dtype, "real floating")
        ]
        self.dtype = self.xp.result_type(*floats) if floats else self._default("real floating")
        short = self.xp.finfo(self.dtype).bits < 32
        self.working_dtype = self.xp.float32 if short else self.dtype

    def _default(self, kind: str) -> Any:
        return self.xp.__array_namespace_info__().default_dtypes()[kind]

    def _bring(self, argument: str, value: Any) -> Array:
        return self.xp.asarray(_checks.plain_array(argument, value), **self.place)

    def _plain(self, array: Array) -> np.ndarray:
        """The numbers of an array, for a message."""
        if self.xp.isdtype(array.dtype, "real floating"):
            array = self.xp.astype(array, self.working_dtype, copy=False)  # NumPy has no bfloat16
        if "torch" in self.library:
            return np.asarray(array.detach().cpu().tolist(), str(array.dtype).partition(".")[2])
        if not self.place:
            array = sys.modules["jax"].lax.stop_gradient(array)
        return np.asarray(array.get() if "cupy" in self.library else array)

    def truth(self, flag: Array) -> bool | None:
        """What an array of one truth says, or nothing where it has no value: under a trace."""
        torch = "torch" in self.library
        if torch and (sys.modules["torch"].compiler.is_compiling() or flag.device.type == "meta"):
            return None
        try:
            return bool(flag)
        except (TypeError, RuntimeError) as error:
            names = {kind.__name__ for kind in type(error).__mro__}
            if names & UNSEEN or torch and "vmap" in str(error):
                return None
            raise

    def held(self, array: Array, good: Array, refuse: Callable[[np.ndarray], Any]) -> Array:
        """The array, where each row is good; else `refuse` names the first that is not. Where
        nothing can be seen, a row that is not good becomes NaN."""
        seen = self.truth(self.xp.all(good))
        if seen is None:
            return self.xp.where(good[..., None], array, np.nan)
        if not seen:
            refuse(self._plain(array))
        return array

    def _of(self, argument: str, what: str, letters: str) -> Array:
        """The array, if its dtype is of a kind that `_checks` knows by these letters."""
        array = self.given[argument]
        if not self.xp.isdtype(array.dtype, KINDS[letters]):
            rule = f"{what} need {_checks.KINDS[letters]}"
            raise TypeError(f"{argument} has dtype {array.dtype}; {rule}")
        return array

    def floats(self, argument: str, what: str) -> Array:
        """Real numbers of any shape, in the dtype of the computation."""
        return self.xp.astype(self._of(argument, what, "fiu"), self.working_dtype, copy=False)

    def choices(self, argument: str) -> Array:
        """True or False, of any shape."""
        return self._of(argument, "choices of rows", "b")

    def _rows(self, argument: str, what: str) -> Array:
        array = self.floats(argument, what)
        _checks.shape_of_rows(argument, tuple(array.shape))
        return array

    def logits(self, argument: str, masked: bool = False) -> Array:
        """As `_checks.logits`."""
        z = self._rows(argument, "logits")
        top = self.xp.max(z, axis=-1)
        good = top < np.inf if masked else (top < np.inf) & (top > -np.inf)
        return self.held(z, good, lambda plain: _checks.logits(argument, plain, masked))

    def probabilities(self, argument: str) -> Array:
        """As `_checks.probabilities`, with the tolerance of the dtype that came in."""
        p = self._rows(argument, "probabilities")
        came_in = self.given[argument].dtype
        kinds = [kind for kind in (came_in, p.dtype) if self.xp.isdtype(kind, "real floating")]
        eps = max(float(self.xp.finfo(kind).eps) for kind in kinds)
        tolerance = _checks.sum_tolerance(np.dtype(float), p.shape[-1], eps)
        lowest, sums = self.xp.min(p, axis=-1), self.xp.sum(p, axis=-1)
        good = (lowest >= 0) & (self.xp.abs(sums - 1) <= tolerance)
        return self.held(p, good, lambda plain: _checks.probabilities(argument, plain, eps))

    def counts(self, argument: str) -> Array:
        """As `_checks.counts`, with some vote in each row."""
        c = self._rows(argument, "counts")
        whole = self.xp.all((c >= 0) & (c == self.xp.floor(c)), axis=-1)
        sums = self.xp.sum(c, axis=-1)
        good = whole & (sums > 0) & (sums <= _checks.LARGEST_COUNT)
        return self.held(c, good, lambda plain: _checks.counts(argument, plain, some=True))

    def shares(self, argument: str) -> Array:
        """As `_checks.shares`."""
        s = self._rows(argument, "shares")
        lowest, largest = self.xp.min(s, axis=-1), self.xp.max(s, axis=-1)
        good = (lowest >= 0) & (largest > 0) & (largest < np.inf)
        return self.held(s, good, lambda plain: _checks.shares(argument, plain))

    def finite(self, argument: str) -> Array:
        """As `_checks.finite`."""
        v = self._rows(argument, "vectors")
        good = self.xp.all(self.xp.isfinite(v), axis=-1)
        return self.held(v, good, lambda plain: _checks.finite(argument, plain))

    def labels(self, argument: str, num_classes: int, like: str = "") -> Array:
        """As `_checks.labels`, with an axis for the classes. Where nothing can be seen, a label
        may be any."""
        y = self._of(argument, "labels", "iu")
        if like:
            shapes = tuple(y.shape), tuple(self.given[like].shape)
            _checks.shape_of_labels(argument, *shapes, like)
        index = self.xp.astype(y, self._default("indexing"), copy=False)
        if self.truth(self.xp.all((index >= 0) & (index < num_classes))) is False:
            _checks.labels(argument, self._plain(y), num_classes)
        return index[..., None]

    def put(self, array: Array, index: Array, value: Array | float) -> Array:
        """A copy with a value at one index of each row."""
        if "torch" in self.library:
            return array.scatter(-1, index, value)
        chosen = self.xp.arange(array.shape[-1], **self.place) == index
        return self.xp.where(chosen, value, array)

    def at(self, array: Array, index: Array) -> Array:
        """The entry of each row at its index, NaN where there is no such entry."""
        known = (index >= 0) & (index < array.shape[-1])
        found = self.xp.take_along_axis(array, self.xp.where(known, index, 0), axis=-1)
        return self.xp.where(known, found, np.nan)[..., 0]

    def one_hot(self, index: Array, num_classes: int) -> Array:
        """1 at the index of each row and 0 elsewhere, or NaN where there is no such entry."""
        known = (index >= 0) & (index < num_classes)
        chosen = self.xp.arange(num_classes, **self.place) == index
        return self.xp.where(known, self.xp.astype(chosen, self.working_dtype), np.nan)

    def plain(self) -> dict[str, np.ndarray]:
        """The numbers of all arguments."""
        return {name: self._plain(value) for name, value in self.given.items()}

    def back(self, *results: Array) -> Any:
        """Results in the dtype that came in, one or several."""
        cast: tuple[Array, ...] = tuple(
            self.xp.astype(result, self.dtype, copy=False) for result in results
        )
        return cast if results[1:] else cast[0]


def _namespace(arrays: dict[str, Array]) -> Any:
    """The library of arrays, under the names of the standard."""
    if all("torch" in families(array) for array in arrays.values()):
        import array_api_compat.torch as xp  # torch.compile traces this, and no look-up

        return xp
    try:
        return array_api_compat.array_namespace(*arrays.values())
    except TypeError as error:
        kinds = ", ".join(f"{name} is a {type(array).__name__}" for name, array in arrays.items())
        raise TypeError(f"arrays of one library are needed: {kinds} ({error})") from None
