"""What a loss did in each check, as a table and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from xentlib.conformance._claims import page_of, title_of

SCHEMA = "xentlib-conformance/1"
GOOD = ("holds", "expected")
OUTCOMES = (
    "holds",
    "expected",
    "refuted",
    "error",
    "shape",
    "not numbers",
    "random",
    "held, against expectation",
)


class NotConforming(AssertionError):
    """A loss failed a check that was not expected to fail."""


@dataclass(frozen=True)
class Row:
    """One check: `outcome` is one of `OUTCOMES`; `message` says what came and what must come,
    `case` the smallest arguments that break it, `reason` why that was expected.
    """

    name: str
    claim: str
    asks: str
    outcome: str
    message: str = ""
    case: str = ""
    reason: str = ""

    @property
    def good(self) -> bool:
        """Whether nothing is to be done."""
        return self.outcome in GOOD

    @property
    def title(self) -> str:
        """The title of its claim."""
        return title_of(self.claim)

    @property
    def page(self) -> str:
        """The address of its claim in the built book."""
        return page_of(self.claim)

    def __str__(self) -> str:
        lines = [f"  {self.outcome:8} {self.name}"]
        if self.outcome != "holds":
            lines += [f"           {self.message}"] if self.message else []
            lines += [f"           at {self.case}"] if self.case else []
            lines += [f"           expected: {self.reason}"] if self.reason else []
            lines += [f"           {self.title}", f"           {self.page}"]
        return "\n".join(lines)


@dataclass(frozen=True)
class Report:
    """What a loss did: `rows` of the checks that were asked, `not_asked` the names of the others,
    which have no answer in this setting. Printed it is a table.
    """

    loss: str
    setting: str
    rows: tuple[Row, ...]
    not_asked: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every check holds, or fails as expected; of no check it is false."""
        return bool(self.rows) and all(row.good for row in self.rows)

    def __getitem__(self, name: str) -> Row:
        return {row.name: row for row in self.rows}[name]

    @property
    def summary(self) -> str:
        """How many hold, of how many that were asked."""
        held = sum(row.outcome == "holds" for row in self.rows)
        return f"{self.loss} ({self.setting}): {held} of {len(self.rows)} hold"

    def __str__(self) -> str:
        return "\n".join([self.summary, *map(str, self.rows)])

    def raise_if_failed(self) -> None:
        """Raise `NotConforming` with the rows that are not good."""
        if not self.ok:
            bad = [str(row) for row in self.rows if not row.good] or ["  no check was asked"]
            raise NotConforming("\n".join([self.summary, *bad]))

    def as_dict(self) -> dict[str, Any]:
        """For JSON: `schema`, the loss, how it was called, the counts of outcomes, and each row."""
        return {
            "schema": SCHEMA,
            "loss": self.loss,
            "setting": self.setting,
            "ok": self.ok,
            "counts": dict(Counter(row.outcome for row in self.rows)),
            "checks": [{**asdict(row), "title": row.title, "page": row.page} for row in self.rows],
            "not_asked": list(self.not_asked),
        }
