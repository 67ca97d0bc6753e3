"""How fast and how exact is it, beside others? Ratios of processor times on one thread, from pairs
of runs that alternate on this machine.

    make bench                     every table, in about ten minutes
    make bench T="losses memory"   those tables
    make bench STORE=1             every table, into xentlib/data/speed.json, which the book shows

A ratio below 1 means that xentlib took less time; beside it stand the range of the middle half and
both medians. PyTorch and JAX are measured where they are installed: `PYTHON tools/bench` with such
a Python. Nothing here is a test, and no test is timed.
"""

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

# ruff: noqa: E402
import argparse
import json
import platform
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tools" / "bench")]

import accuracy
import fits
import growth
import heads
import losses
import memory
import threads

import xentlib
from xentlib.data import speed

STORED = ROOT / "xentlib" / "data" / "speed.json"
TABLES = {
    "floor": growth.floor,
    "losses": losses.table,
    "accuracy": accuracy.table,
    "memory": memory.table,
    "threads": threads.table,
    "growth": growth.table,
    "heads": heads.table,
    "fits": fits.table,
}
PEERS = ("numpy", "scipy", "scikit-learn", "statsmodels", "torch", "jax")
SETS = ("avx512f", "avx2", "avx")  # of instructions, the widest first


def processor() -> str:
    """The class of this processor: its kind and the widest instructions that it has."""
    path = Path("/proc/cpuinfo")
    flags = set(path.read_text().split()) if path.exists() else set()
    widest = next((name.upper() for name in SETS if name in flags), "no AVX")
    return f"{platform.machine()}, {widest}, {os.cpu_count()} cores"


def versions() -> dict[str, str]:
    """Those of xentlib and of the peers that are here."""
    found = {"xentlib": xentlib.__version__, "Python": platform.python_version()}
    for peer in PEERS:
        try:
            found[peer] = version(peer)
        except PackageNotFoundError:
            print(f"{peer} is not installed: left out", file=sys.stderr)
    return found


def said(line: dict[str, Any]) -> str:
    """A line of a table, numbers short."""
    short = (f"{x:.3g}" if isinstance(x, float) else str(x) for x in line.values())
    return "  ".join(f"{name} {x}" for name, x in zip(line, short, strict=True))


def measured(names: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Some tables, each line shown as soon as it is known."""
    tables: dict[str, list[dict[str, Any]]] = {}
    start = time.monotonic()
    for place, name in enumerate(names, 1):
        print(f"== {name} ({place} of {len(names)}, {time.monotonic() - start:.0f} s)", flush=True)
        tables[name] = []
        for line in TABLES[name]():
            tables[name].append(line)
            print("   " + said(line), flush=True)
    print(f"== {time.monotonic() - start:.0f} s")
    return tables


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=", ".join(TABLES))
    parser.add_argument("--store", action="store_true", help="all tables, for the book")
    asked = parser.parse_args()
    unknown = set(asked.tables) - set(TABLES)
    if unknown or (asked.store and asked.tables):
        parser.error(
            f"no table {', '.join(sorted(unknown))}; there are {', '.join(TABLES)}"
            if unknown
            else "all tables are stored, or none"
        )
    tables = measured(asked.tables or list(TABLES))
    if asked.store:
        stored = {
            "date": datetime.now(UTC).date().isoformat(),
            "processor": processor(),
            "versions": versions(),
            "measured": speed.fingerprint(),
            "tables": tables,
        }
        STORED.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"stored in {STORED.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
