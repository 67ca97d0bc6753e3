"""Where a claim stands: its derivations, the functions of the library that its evidence runs, and
the claims that use it.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from types import FunctionType
from typing import Any, NamedTuple

import xentlib
from xentlib import derivations
from xentlib.verify import Claim
from xentlib.verify.chain import Chain


class Trace(NamedTuple):
    """By name: chains of xentlib.derivations, public functions of xentlib, and claims."""

    derived: tuple[str, ...]
    computed: tuple[str, ...]
    used_by: tuple[str, ...]


@cache
def _chains() -> dict[int, str]:
    """The place of every chain in xentlib.derivations, by identity."""
    found: dict[int, str] = {}
    for module in pkgutil.iter_modules(derivations.__path__):
        for name, value in vars(
            importlib.import_module(f"xentlib.derivations.{module.name}")
        ).items():
            for chain in value.values() if isinstance(value, Mapping) else [value]:
                if isinstance(chain, Chain):
                    found.setdefault(id(chain), f"derivations.{module.name}.{name}")
    return found


def _parts(thing: Any) -> Iterator[Any]:
    """What a piece of evidence holds: chains and functions, in fields, mappings and tuples."""
    if isinstance(thing, Chain) or inspect.isfunction(thing):
        yield thing
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from _parts(value)
    elif isinstance(thing, tuple):
        for value in thing:
            yield from _parts(value)


def _public(function: FunctionType, seen: set[FunctionType]) -> Iterator[str]:
    """The public functions of xentlib that a function calls, also through helpers beside it."""
    if function in seen:
        return
    seen.add(function)
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        codes += [constant for constant in code.co_consts if inspect.iscode(constant)]
        for name in code.co_names:
            helper = function.__globals__.get(name)
            if name in xentlib.__all__:
                yield name
            elif inspect.isfunction(helper) and helper.__module__.startswith("xentlib.claims"):
                yield from _public(helper, seen)


def trace(chapters: Mapping[str, Mapping[str, Claim]]) -> dict[str, Trace]:
    """The trace of every claim of `chapters`, by name."""
    found = {}
    for claims in chapters.values():
        for name, claim in claims.items():
            parts = [
                part
                for evidence in claim.evidence
                for field, value in vars(evidence).items()
                if field != "mistakes"
                for part in _parts(value)
            ]
            derived = {_chains()[id(part)]: None for part in parts if isinstance(part, Chain)}
            computed = {
                function: None
                for part in parts
                if inspect.isfunction(part)
                for function in _public(part, set())
            }
            found[name] = Trace(tuple(derived), tuple(sorted(computed)), ())
    users = {
        name: tuple(
            other.name
            for claims in chapters.values()
            for other in claims.values()
            if any(used.name == name for used in other.premises)
        )
        for name in found
    }
    return {name: entry._replace(used_by=users[name]) for name, entry in found.items()}
