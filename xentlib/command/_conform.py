"""`xentlib conform`: a loss that a module or a file holds, against the claims."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout
from difflib import get_close_matches
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from xentlib.conformance import REDUCTIONS, Report, check_loss

HOLDS, REFUTED, USAGE, NOTHING, BROKEN = range(5)
WRONG = ("refuted", "held, against expectation")


class Unusable(Exception):
    """A module that cannot be imported: the message says where and why."""


def add_conform(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("loss", metavar="MODULE:FUNCTION", help="or FILE.py:FUNCTION")
    parser.add_argument("--takes", default="logits,target_probs", metavar="WORDS")
    parser.add_argument("--reduction", default="none", choices=REDUCTIONS)
    parser.add_argument("--dtype", default="float64")
    parser.add_argument("--grad", metavar="MODULE:FUNCTION", help="its gradient")
    parser.add_argument("--hvp", metavar="MODULE:FUNCTION", help="its Hessian times vectors")
    parser.add_argument(
        "--expect",
        action="append",
        default=[],
        metavar="CHECK=REASON",
        help="a check that is known to fail, and why",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def conform(asked: argparse.Namespace) -> int:
    """Print the report, and give the exit code."""
    try:
        report = _report(asked)
    except Unusable as trouble:
        print(trouble, file=sys.stderr)
        return BROKEN
    except (ValueError, TypeError) as wrong:
        raise LookupError(str(wrong)) from wrong
    print(json.dumps(report.as_dict(), indent=2) if asked.json else report)
    return exit_code(report)


def exit_code(report: Report) -> int:
    """Of the worst outcome: refuted, then what gave no numbers; of no check that of nothing."""
    if not report.rows:
        return NOTHING
    bad = [row.outcome for row in report.rows if not row.good]
    if any(outcome in WRONG for outcome in bad):
        return REFUTED
    return BROKEN if bad else HOLDS


def _report(asked: argparse.Namespace) -> Report:
    with redirect_stdout(sys.stderr):  # what a module or a loss prints is no report
        loss, grad, hvp = (name and _function(name) for name in (asked.loss, asked.grad, asked.hvp))
        return check_loss(
            loss,
            takes=tuple(asked.takes.split(",")),
            grad=grad,
            hvp=hvp,
            reduction=asked.reduction,
            dtype=asked.dtype,
            expected_failures=dict(map(_expected, asked.expect)),
            name=asked.loss.rpartition(":")[2],
        )


def _expected(text: str) -> tuple[str, str]:
    name, equals, reason = text.partition("=")
    if not equals:
        raise ValueError(f"--expect {text}: CHECK=REASON is needed")
    return name, reason


def _function(name: str) -> Callable[..., Any]:
    where, colon, path = name.rpartition(":")
    if not (colon and where and path):
        raise ValueError(f"{name} is no MODULE:FUNCTION")
    found: Any = _module(where)
    for part in path.split("."):
        if not hasattr(found, part):
            near = get_close_matches(part, dir(found))
            hint = f"; near it: {', '.join(near)}" if near else ""
            raise ValueError(f"{where} has no {part}{hint}")
        found = getattr(found, part)
    if not callable(found):
        raise ValueError(f"{name} is {type(found).__name__}, which cannot be called")
    return found


def _module(name: str) -> ModuleType:
    """A module as seen from the working directory, or that of a file."""
    if str(Path.cwd()) not in sys.path:  # a script's path has its own folder in that place
        sys.path.insert(0, str(Path.cwd()))
    try:
        return _of_file(Path(name)) if name.endswith(".py") else import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name and f"{name}.".startswith(f"{missing.name}."):
            raise ValueError(f"no module is named {name}") from None
        raise Unusable(_described(missing)) from missing
    except (Exception, SystemExit) as trouble:
        if isinstance(trouble, FileNotFoundError) and trouble.filename == name:
            raise ValueError(f"no file {name}") from None
        raise Unusable(_described(trouble)) from trouble


def _of_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise FileNotFoundError(2, "no such file", str(path))
    if path.stem in sys.modules and getattr(sys.modules[path.stem], "__file__", "") == str(path):
        return sys.modules[path.stem]  # a file that is named twice is one module
    spec = spec_from_file_location(path.stem, path)
    assert spec and spec.loader  # it ends in .py
    module = sys.modules[path.stem] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _described(trouble: BaseException) -> str:
    frame = traceback.extract_tb(trouble.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}: {type(trouble).__name__}: {trouble}"
