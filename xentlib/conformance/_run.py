"""One check, run on one loss: the first of its cases that breaks it, and how."""

from __future__ import annotations

from xentlib.conformance._cases import Case, written
from xentlib.conformance._comparison import Comparison
from xentlib.conformance._setting import Setting
from xentlib.conformance._subject import Faulty, Subject
from xentlib.conformance.checks import Check
from xentlib.conformance.report import Row


def outcome_of(check: Check, subject: Subject) -> tuple[str, str, str]:
    """Outcome, message and case."""
    for number, case in enumerate(check.cases(subject.setting)):
        try:
            found = check.compare(subject, case)
            if number == 0 or not found.holds:
                refuse_chance(found, check.compare(subject, case))
        except Faulty as trouble:
            return trouble.kind, trouble.message, described(case, subject.setting)
        if not found.holds:
            return "refuted", found.says, described(case, subject.setting)
    return "holds", "", ""


def refuse_chance(found: Comparison, again: Comparison) -> None:
    """Two calls with equal arguments give the same."""
    if not found.is_same(again):
        raise Faulty("random", "two calls with equal arguments differ")


def described(case: Case, setting: Setting) -> str:
    """The arguments of a case, to be copied."""
    labels: object = _table(case.labels)
    if not setting.soft:
        labels = [row.index(1.0) for row in case.labels]
    parts = [f"{setting.takes[0]}={_table(case.first)}", f"{setting.takes[1]}={labels}"]
    if case.weights:
        parts.append(f"weights={written(case.weights)}")
    if case.vectors:
        parts.append(f"vectors={_table(case.vectors)}")
    return ", ".join(parts)


def _table(rows: tuple[tuple[float, ...], ...]) -> str:
    return "[" + ", ".join(map(written, rows)) + "]"


def row_of(check: Check, subject: Subject, reason: str | None = None) -> Row:
    """The row of a report; with a reason the check is expected to fail."""
    outcome, message, case = outcome_of(check, subject)
    if reason is not None:
        message = f"{outcome}: {message}" if message else ""
        outcome = "held, against expectation" if outcome == "holds" else "expected"
    return Row(check.name, check.claim, check.asks, outcome, message, case, reason or "")
