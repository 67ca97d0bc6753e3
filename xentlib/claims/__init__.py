"""Every claim of the book: one module a chapter, found by the name of its file.

`CLAIMS[name]` is a claim, `chapter(module)` the claims of one chapter in the order of its module.
Importing one chapter's claims imports no other chapter's; `CLAIMS` imports them all when it is
first asked for.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from xentlib.verify import Claim

CLAIMS: dict[str, Claim]
MODULES = tuple(
    sorted(found.name for found in pkgutil.iter_modules(__path__) if found.name[0] != "_")
)


def chapter(module: str) -> dict[str, Claim]:
    """The claims of one chapter, by name, in the order of its module."""
    found = import_module(f"{__name__}.{module}")
    return {name: claim for name, claim in vars(found).items() if isinstance(claim, Claim)}


@cache
def _all() -> dict[str, Claim]:
    claims: dict[str, Claim] = {}
    for module in MODULES:
        for name, claim in chapter(module).items():
            if name in claims:
                raise ImportError(f"two claims have one name: {name}")
            claims[name] = claim
    return claims


def __getattr__(name: str) -> dict[str, Claim]:
    if name == "CLAIMS":
        return _all()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
