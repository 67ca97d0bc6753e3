"""One form for all Python, no dead names, and types that hold."""

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


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_the_code_is_in_style(command):
    program = Path(get_path("scripts"), command[0])
    done = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
