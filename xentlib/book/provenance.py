"""Where a claim stands: its derivations, the functions of the library that its evidence runs, and
the claims that use it.
"""

import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import FunctionType
from typing import Any, NamedTuple

import xentlib
from xentlib import derivations
from xentlib.verify import Chain, Claim, Evidence, Given, Proof
from xentlib.verify.proof import derivations_in, same


class Trace(NamedTuple):
    """By name: chains and proofs of xentlib.derivations, functions of xentlib, and claims."""

    derived: tuple[str, ...]
    computed: tuple[str, ...]
    used_by: tuple[str, ...]


@cache
def _derivations() -> tuple[tuple[str, Chain | Proof], ...]:
    """Every chain and proof in xentlib.derivations, with its place."""
    return tuple(
        (f"derivations.{module.name}.{name}", part)
        for module in pkgutil.iter_modules(derivations.__path__)
        for name, value in vars(import_module(f"xentlib.derivations.{module.name}")).items()
        for part in (value.values() if isinstance(value, Mapping) else [value])
        if isinstance(part, (Chain, Proof))
    )


def _derived(evidence: Evidence) -> Iterator[str]:
    """The places of the derivations that evidence rests on; the first of them must have one."""
    for number, part in enumerate(derivations_in(evidence)):
        place = next((place for place, known in _derivations() if same(known, part)), "")
        if place:
            yield place
        elif not number:
            raise LookupError(f"{evidence.part or 'the whole statement'}: derived elsewhere")


def _functions(thing: Any) -> Iterator[FunctionType]:
    """The functions that a piece of evidence runs, in fields, mappings and tuples."""
    if inspect.isfunction(thing):
        yield thing
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from _functions(value)
    elif isinstance(thing, tuple) and not isinstance(thing, Given):
        for value in thing:
            yield from _functions(value)


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
            derived = {place: None for e in claim.evidence for place in _derived(e)}
            computed = {
                public
                for evidence in claim.evidence
                for field, value in vars(evidence).items()
                if field != "mistakes"
                for function in _functions(value)
                for public in _public(function, set())
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
