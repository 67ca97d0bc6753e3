"""Hold the calls of a library against the claims, in an environment that has it, and store what
they do.

    PYTHON tools/conform.py ADAPTER.py [--into FOLDER]

An adapter is a file with `LIBRARY`, the name of a distribution, and `CALLS`: for each call, as
people write it, the arguments of `check_loss`, with `loss` a function of NumPy arrays. The result
is `LIBRARY.json`: versions, date, and the outcome of each check of each call.
"""

from __future__ import annotations

import argparse
import json
import platform
import runpy
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import xentlib
from xentlib.conformance import check_loss

FOLDER = Path(__file__).resolve().parent.parent / "xentlib" / "data" / "conformance"
SCHEMA = "xentlib-library/1"


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
        print(f"{call}: {report['counts'].get('holds', 0)} of {len(report['checks'])} hold")
    return path


def result(adapter: dict[str, Any]) -> dict[str, Any]:
    """What the calls of an adapter do, as JSON."""
    library, calls = adapter["LIBRARY"], adapter["CALLS"]
    if not calls:
        raise ValueError(f"the adapter of {library} has no calls")
    return {
        "schema": SCHEMA,
        "library": library,
        "version": version(library),
        "xentlib": xentlib.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
        "calls": {call: check_loss(**asked, name=call).as_dict() for call, asked in calls.items()},
    }


if __name__ == "__main__":
    main()
