"""Check claims and derivations from the command line.

python -m xentlib.verify                            every claim of the book
python -m xentlib.verify gibbs-inequality bayes     a claim, a chapter of the book, any module
python -m xentlib.verify my_claims.py               the claims and derivations at the top of a file

Exit: 0 all hold, 1 one is refuted, 2 usage, 3 nothing was checked, 4 undecided or broken.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import redirect_stdout
from io import TextIOWrapper
from pathlib import Path
from time import perf_counter

from xentlib.verify._errors import Refuted, Undecided
from xentlib.verify._report import Result, as_json, as_junit, exit_code, summary
from xentlib.verify._subjects import (
    BOOK,
    Broken,
    NoSuchName,
    Subject,
    described,
    find,
    place,
    place_of,
)
from xentlib.verify.claim import Claim, verify
from xentlib.verify.proof import Proof

PROGRAM = "python -m xentlib.verify"


def main(arguments: list[str] | None = None, program: str = PROGRAM) -> int:
    """Check what the arguments name, report, and give the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # no sign that a terminal lacks ends the run
            stream.reconfigure(errors="backslashreplace")
    parser = _parser(program)
    asked = parser.parse_args(arguments)
    try:
        if asked.junit:  # known before the work, whether it can be written
            Path(asked.junit).touch()
        with redirect_stdout(sys.stderr):  # what a file prints is no report
            results = _checked(asked.names or [BOOK], progress=asked.v or sys.stderr.isatty())
        if asked.junit:
            Path(asked.junit).write_bytes(as_junit(results))
    except (NoSuchName, OSError) as trouble:
        parser.error(str(trouble))
    if asked.json:
        print(as_json(results))
    else:
        for result in results:
            if result.outcome != "holds":
                print(f"{result.place}: {result.outcome}: {result.name}: {result.message}")
        print(summary(results))
    return exit_code(results)


def _parser(program: str) -> argparse.ArgumentParser:
    about, _, rest = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        prog=program,
        description=about,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME|FILE", help="a claim, a chapter, a module, or a .py file"
    )
    parser.add_argument("--junit", metavar="FILE", help="write JUnit's XML to a file")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("-v", action="store_true", help="print progress, also without a terminal")
    return parser


def _checked(arguments: list[str], progress: bool) -> list[Result]:
    """The results of all subjects, each checked once."""
    found: dict[int, Subject] = {}
    results: list[Result] = []
    for argument in arguments:
        try:
            subjects = find(argument)
        except Broken as trouble:
            results.append(Result(argument, trouble.place, "broken", trouble.message))
            continue
        if not subjects:
            message = "no claim and no chain stands at its top"
            results.append(Result(argument, argument, "empty", message))
        found.update((id(subject.thing), subject) for subject in subjects)
    for number, subject in enumerate(found.values(), 1):
        result = _check(subject)
        results.append(result)
        if progress:
            line = f"[{number}/{len(found)}] {result.name}: {result.outcome}"
            print(f"{line} ({result.seconds:.1f} s)", file=sys.stderr, flush=True)
    return results


def _check(subject: Subject) -> Result:
    where = place(subject.file, subject.line)
    record = None
    start = perf_counter()
    try:
        if isinstance(subject.thing, Claim):
            verdict = verify(subject.thing)
            message, record = str(verdict), verdict.record
        elif isinstance(subject.thing, Proof):
            message = subject.thing.prove()
        else:
            subject.thing.check()
            message = f"every step of {len(subject.thing.steps)} holds"
        outcome = "holds"
    except Refuted as trouble:
        outcome, message = "refuted", str(trouble)
    except Undecided as trouble:
        outcome, message = "undecided", str(trouble)
    except (Exception, SystemExit) as trouble:
        where = place_of(trouble, subject.file, subject.line)
        outcome, message = "broken", described(trouble)
    return Result(subject.name, where, outcome, message, perf_counter() - start, record)


if __name__ == "__main__":
    sys.exit(main())
