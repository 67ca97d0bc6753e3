"""What the losses of other libraries do in the checks of `xentlib.conformance`: stored results,
each from an environment of its own.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, NamedTuple

NAMES = (
    "torch",
    "torchmetrics",
    "trl",
    "ms-swift",
    "coral-pytorch",
    "optax",
    "keras",
    "scikit-learn",
    "scipy",
    "statsmodels",
    "xgboost-cpu",
    "lightgbm",
    "catboost",
)


class Failure(NamedTuple):
    """A check that a call failed: `outcome`, what came and must come, and the smallest case."""

    check: str
    outcome: str
    message: str
    case: str

    def __str__(self) -> str:
        return f"{self.check} ({self.outcome})\n    {self.message}\n    {self.case}"


class Call(NamedTuple):
    """A call as people write it, its `setting`, and the checks that it holds and fails."""

    name: str
    setting: str
    holds: tuple[str, ...]
    fails: tuple[Failure, ...]

    @property
    def asked(self) -> int:
        """How many checks it was asked."""
        return len(self.holds) + len(self.fails)

    def failure(self, check: str) -> Failure:
        """What it did in a check that it failed."""
        return {failure.check: failure for failure in self.fails}[check]

    def __str__(self) -> str:
        return f"{self.name}: {len(self.holds)} of {self.asked} hold"


class OfKind(NamedTuple):
    """A call held against the loss of a `kind` of labels: `outcome`, "holds" if it is that, and
    what came, what must come, and which slip it looks like.
    """

    kind: str
    outcome: str
    message: str

    @property
    def looks_like(self) -> str:
        """The slip, or nothing."""
        return self.message.partition("; it looks like: ")[2]


class Library(NamedTuple):
    """A distribution with its `version`, those that it computes with, the `date` of the run, the
    fingerprint of what was `asked`, its calls, those of other `kinds` of labels, and what else was
    `measured`.
    """

    name: str
    version: str
    besides: Mapping[str, str]
    date: str
    asked: str
    calls: Mapping[str, Call]
    kinds: Mapping[str, OfKind]
    measured: Mapping[str, float | str]

    @property
    def versions(self) -> str:
        """Its own, and those of what it computes with."""
        more = "".join(f", {name} {version}" for name, version in self.besides.items())
        return f"{self.name} {self.version}{more}"


def load() -> dict[str, Library]:
    """The stored results by name of the distribution.

    Returns
    -------
    dict of Library, in the order of `NAMES`

    Source
    ------
    `tools/conform.py` with the adapters in `tools/adapters`.

    Examples
    --------
    >>> found = load()["scipy"]
    >>> print(found.calls["-xlogy(p, q).sum(axis=-1)"])
    -xlogy(p, q).sum(axis=-1): 18 of 18 hold
    """
    folder = files("xentlib.data").joinpath("conformance")
    return {
        name: _library(json.loads(folder.joinpath(f"{name}.json").read_text(encoding="utf-8")))
        for name in NAMES
    }


def _library(stored: dict[str, Any]) -> Library:
    return Library(
        name=stored["library"],
        version=stored["version"],
        besides=stored["besides"],
        date=stored["date"],
        asked=stored["asked"],
        calls={name: _call(name, report) for name, report in stored["calls"].items()},
        kinds={
            call: OfKind(row["name"], row["outcome"], row["message"])
            for call, row in stored.get("kinds", {}).items()
        },
        measured=stored["measured"],
    )


def _call(name: str, report: dict[str, Any]) -> Call:
    fails = (
        Failure(row["name"], row["outcome"], row["message"], row["case"]) for row in report["fails"]
    )
    return Call(name, report["setting"], tuple(report["holds"]), tuple(fails))
