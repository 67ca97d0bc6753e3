"""The command `xentlib`: hold a loss against the theorems, look claims up, verify them.

    xentlib conform my_losses:soft --reduction mean   a loss of a module, or of my_losses.py
    xentlib list                                      every claim of the book
    xentlib explain gibbs-inequality                  what a claim says, and what it rests on
    xentlib verify gibbs-inequality                   check it now, as python -m xentlib.verify

Exit: 0 all holds, 1 something is refuted, 2 usage, 3 nothing was checked, 4 undecided or broken.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import xentlib
from xentlib.command._conform import BROKEN, USAGE, add_conform, conform


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the commands, and give the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # no sign that a terminal lacks ends the run
            stream.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if given[:1] == ["verify"]:  # it has a parser of its own
            from xentlib.verify.__main__ import main as verify

            return verify(given[1:], program="xentlib verify")
        asked = _parser().parse_args(given)
        return asked.run(asked)
    except ImportError as missing:
        print(missing, file=sys.stderr)
        return BROKEN
    except LookupError as wrong:
        print(f"xentlib: {wrong.args[0]}", file=sys.stderr)
        return USAGE


def _parser() -> argparse.ArgumentParser:
    about, _, rest = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="xentlib",
        description=about,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"xentlib {xentlib.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("verify", help="check claims and derivations", add_help=False)
    loss = commands.add_parser("conform", help="hold a loss against the claims")
    loss.set_defaults(run=conform)
    add_conform(loss)
    table = commands.add_parser("list", help="every claim of the book, with its grade")
    table.set_defaults(run=_list)
    claim = commands.add_parser("explain", help="what a claim says, and what it rests on")
    claim.set_defaults(run=_explain)
    claim.add_argument("claim", metavar="CLAIM", help="a name, as in addresses or in Python")
    for one in (table, claim):
        one.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _list(asked: argparse.Namespace) -> int:
    from xentlib.command._claims import listed

    print(listed(as_json=asked.json))
    return 0


def _explain(asked: argparse.Namespace) -> int:
    from xentlib.command._claims import explained

    print(explained(asked.claim, as_json=asked.json))
    return 0
