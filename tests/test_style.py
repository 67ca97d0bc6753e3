"""One form for all Python, no dead names, and types that hold."""

import json
import os
import subprocess
import sys
from pathlib import Path
from sysconfig import get_path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
from notebooks import CELLS  # noqa: E402

NOTEBOOKS = sorted(str(path) for path in (ROOT / "chapters").glob("*.ipynb"))
COMMANDS = {
    "ruff check": ["ruff", "check", "--no-cache", "."],
    "ruff format": ["ruff", "format", "--no-cache", "--check", "."],
    "ruff format of cells": ["ruff", "format", "--no-cache", "--check", *CELLS, *NOTEBOOKS],
    "pyright": ["basedpyright", "--pythonpath", sys.executable],
}
CONTENT = (
    "book",
    "claims",
    "data",
    "derivations",
    "exercises",
    "figures",
)  # modules of the book, no library
BASE_WITHOUT_TYPES = (
    "xentlib.fitting.BradleyTerry",
    "xentlib.fitting.preferences.BradleyTerry",
    "xentlib.fitting.SoftmaxRegression",
    "xentlib.fitting.regression.SoftmaxRegression",
    "xentlib.verify.quantity.Quantity",
)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_the_code_is_in_style(command):
    done = _ran(command, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_every_public_type_is_known_where_the_library_is_installed(tmp_path):
    """As a user's checker sees it: outside the checkout, without its stubs for SymPy."""
    command = [*COMMANDS["pyright"], "--verifytypes", "xentlib", "--ignoreexternal", "--outputjson"]
    done = _ran(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)})
    symbols = json.loads(done.stdout)["typeCompleteness"]["symbols"]
    assert {"xentlib.entropy", "xentlib.fitting.NoFit", "xentlib.verify.Chain"} <= {
        symbol["name"] for symbol in symbols
    }
    unknown = [_with_reasons(symbol) for symbol in symbols if _is_to_be_typed(symbol)]
    assert not unknown, "types that are not known:\n" + "\n".join(unknown)


def _is_to_be_typed(symbol):
    known = symbol["isTypeKnown"] and not symbol["isTypeAmbiguous"]
    of_the_library = symbol["name"].split(".")[1] not in CONTENT
    return of_the_library and not known and symbol["name"] not in BASE_WITHOUT_TYPES


def _with_reasons(symbol):
    return f"{symbol['name']}: {'; '.join(d['message'] for d in symbol['diagnostics'])}"


def _ran(command, **where):
    program = Path(get_path("scripts"), command[0])
    return subprocess.run([program, *command[1:]], capture_output=True, encoding="utf-8", **where)
