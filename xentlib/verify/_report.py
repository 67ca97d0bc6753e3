"""What the command found, as JUnit's XML and as JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from xml.etree import ElementTree

EXIT = {"holds": 0, "refuted": 1, "undecided": 4, "broken": 4, "empty": 3}
WORST_FIRST = ("refuted", "broken", "undecided", "empty", "holds")
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Result:
    """One subject's outcome, one of `EXIT`, and why."""

    name: str
    place: str
    outcome: str
    message: str
    seconds: float = 0.0
    record: dict[str, Any] | None = None


def exit_code(results: Sequence[Result]) -> int:
    """That of the worst outcome; of no result, that of nothing checked."""
    outcomes = {result.outcome for result in results} or {"empty"}
    return EXIT[next(outcome for outcome in WORST_FIRST if outcome in outcomes)]


def summary(results: Sequence[Result]) -> str:
    """How many of each outcome, the worst first."""
    counts = Counter(result.outcome for result in results)
    return ", ".join(f"{counts[word]} {word}" for word in WORST_FIRST if counts[word])


def as_json(results: Sequence[Result]) -> str:
    """All results, and the exit code."""
    found = [asdict(result) for result in results]
    return json.dumps({"exit": exit_code(results), "results": found}, indent=2)


def as_junit(results: Sequence[Result]) -> bytes:
    """A test case for each result: a failure is refuted, an error anything else that fails."""
    bad = Counter(
        "failure" if r.outcome == "refuted" else "error" for r in results if EXIT[r.outcome]
    )
    suite = ElementTree.Element(
        "testsuite",
        name="xentlib.verify",
        tests=str(len(results)),
        failures=str(bad["failure"]),
        errors=str(bad["error"]),
        time=f"{sum(result.seconds for result in results):.3f}",
    )
    for result in results:
        module, _, name = result.name.rpartition(".")
        case = ElementTree.SubElement(
            suite, "testcase", classname=_xml(module), name=_xml(name), time=f"{result.seconds:.3f}"
        )
        if EXIT[result.outcome]:
            kind = "failure" if result.outcome == "refuted" else "error"
            text = _xml(f"{result.place}: {result.message}")
            trouble = ElementTree.SubElement(case, kind, type=result.outcome, message=text)
            trouble.text = text
    root = ElementTree.Element("testsuites")
    root.append(suite)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _xml(text: str) -> str:
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
