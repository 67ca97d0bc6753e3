"""Hold the calls of a library against the claims, in an environment that has it, and store what
they do.

    PYTHON tools/conform.py ADAPTER.py [--into FOLDER]

An adapter, such as those in `tools/adapters`, is a file with `LIBRARY`, the name of a distribution,
and `CALLS`: for each call, as people write it, the arguments of `check_loss`, with `loss` a
function of NumPy arrays. It may have `KINDS`, calls with a `function` and a `kind` for
`check_kind`, `BESIDES`, distributions that the library computes with, and `MEASURED`, what is no
call of a loss: numbers or words by name. The result is `LIBRARY.json`:
versions, date, a fingerprint of what was asked, and the outcome of each check of each call. Where
the fingerprint is another, the checks have changed: run the adapters again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import runpy
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

import xentlib
from xentlib.conformance import CHECKS, KINDS, REDUCTIONS, check_kind, check_loss
from xentlib.conformance._setting import DTYPES, FIRST, SECOND, Setting

FOLDER = Path(__file__).resolve().parent.parent / "xentlib" / "data" / "conformance"
SCHEMA = "xentlib-library/2"


def short(report: dict[str, Any]) -> dict[str, Any]:
    """Of a report what the checks of this release do not say themselves."""
    kept = ("name", "outcome", "message", "case")
    rows = report["checks"]
    return {
        "setting": report["setting"],
        "holds": [row["name"] for row in rows if row["outcome"] == "holds"],
        "fails": [{key: row[key] for key in kept} for row in rows if row["outcome"] != "holds"],
    }


def fingerprint() -> str:
    """Half the SHA-256 of what is asked: each check's name, claim and words, and its cases."""
    found = hashlib.sha256()
    for check in CHECKS.values():
        found.update(f"{check.name} {check.claim} {check.asks} {sorted(check.needs)}\n".encode())
        for setting in _settings():
            if check.can_ask(setting):
                for case in check.cases(setting):
                    found.update(f"{setting} {case}\n".encode())
    return found.hexdigest()[:32]


def fingerprint_of_kinds() -> str:
    """The same of the kinds of labels, for libraries that have calls of them."""
    found = hashlib.sha256()
    for kind in KINDS.values():
        found.update(f"{kind.name} {kind.claim} {kind.asks} {kind.cases} {[*kind.slips]}".encode())
    return found.hexdigest()[:32]


def _of_kinds(calls: dict[str, Any]) -> dict[str, Any]:
    """What calls of kinds of labels do."""
    if not calls:
        return {}
    kept = ("name", "outcome", "message", "case")
    reports = {call: check_kind(asked["function"], asked["kind"]) for call, asked in calls.items()}
    rows = {
        call: {key: report.as_dict()["checks"][0][key] for key in kept}
        for call, report in reports.items()
    }
    return {"asked_of_kinds": fingerprint_of_kinds(), "kinds": rows}


def _settings() -> Iterator[Setting]:
    """Those in which cases can differ."""
    for first, second, dtype in product(FIRST, SECOND, DTYPES):
        yield Setting((first, second), "none", np.dtype(dtype), has_grad=True, has_hvp=True)
    for reduction in REDUCTIONS:
        if reduction != "mean":
            takes = ("logits", "target_probs", "weights")
            yield Setting(takes, reduction, np.dtype("float64"))


def main(arguments: list[str] | None = None) -> Path:
    """Run an adapter, store what was found, and say how much holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("adapter", type=Path)
    parser.add_argument("--into", type=Path, default=FOLDER)
    asked = parser.parse_args(arguments)
    found = result(runpy.run_path(str(asked.adapter)))
    asked.into.mkdir(parents=True, exist_ok=True)
    path = asked.into / f"{found['library']}.json"
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for call, report in found["calls"].items():
        held = len(report["holds"])
        print(f"{call}: {held} of {held + len(report['fails'])} hold")
    for call, row in found.get("kinds", {}).items():
        print(f"{call}: {row['name']} {row['outcome']} {row['message']}")
    return path


def result(adapter: dict[str, Any]) -> dict[str, Any]:
    """What the calls of an adapter do, as JSON."""
    library, calls, kinds = adapter["LIBRARY"], adapter["CALLS"], adapter.get("KINDS", {})
    if not calls and not kinds:
        raise ValueError(f"the adapter of {library} has no calls")
    return {
        "schema": SCHEMA,
        "library": library,
        "version": version(library),
        "besides": {name: version(name) for name in adapter.get("BESIDES", ())},
        "xentlib": xentlib.__version__,
        "asked": fingerprint(),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
        "measured": adapter.get("MEASURED", {}),
        "calls": {
            call: short(check_loss(**asked, name=call).as_dict()) for call, asked in calls.items()
        },
        **_of_kinds(kinds),
    }


if __name__ == "__main__":
    main()
