"""One chapter executed and compared by nbval, with one line for each cell that failed: file, cell,
and the rule or the difference.

    python tools/run_chapter.py CHAPTER REPORT [SECONDS A CELL]       exits with 1 unless every code
    cell was compared, and none failed

The report is nbval's, with the hashes of the notebook and of the library that it is about.
"""

import hashlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
NBVAL = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout"]
COLOUR = re.compile(r"\x1b\[[0-9;]*m|#x1B\[[0-9;]*m")
MISMATCH = re.compile(r"mismatch '[^']*'")


def reason(text):
    """The exception that ended a cell, or the output that changed, from nbval's account of it."""
    lines = [line.strip() for line in COLOUR.sub("", text).splitlines() if line.strip()]
    exceptions = [
        line
        for line in lines
        if re.match(
            r"(?:[A-Z]\w*(?:Error|Warning|Interrupt)|Refuted|Undecided|InvalidInput)\b.*:", line
        )
    ]
    changed = [line for line in lines if re.match(r"[-+?] ", line) and not line.startswith("? ")]
    kinds = [line for line in lines if MISMATCH.search(line)]
    if exceptions:
        return exceptions[-1]
    if kinds:
        return f"{MISMATCH.search(kinds[0]).group()}; executed and stored differ: " + " | ".join(
            line[:120] for line in changed[:4]
        )
    return lines[0] if lines else "nbval gave no reason"


def problems(chapter, cases):
    """One line for each cell that failed, and one if some cell was not compared."""
    places = [
        place
        for place, cell in enumerate(nbformat.read(chapter, as_version=4).cells, 1)
        if cell.cell_type == "code"
    ]
    for case in cases:
        for trouble in [*case.findall("failure"), *case.findall("error"), *case.findall("skipped")]:
            number = int(re.search(r"\d+$", case.get("name")).group())
            yield (
                f"{chapter}, cell {places[number]}: "
                f"{reason((trouble.get('message') or '') + chr(10) + (trouble.text or ''))}"
            )
    if len(cases) != len(places):
        yield f"{chapter}: {len(cases)} of {len(places)} code cells were compared"


def summary(chapter, report, log, failed):
    """The report, and what is said of the chapter; exits unless every code cell was compared, and
    none failed.
    """
    if not Path(report).exists():
        raise SystemExit(f"{chapter}: nbval could not run\n{Path(log).read_text()}")
    tree = ET.parse(report)
    cases = list(tree.getroot().iter("testcase"))
    found = list(problems(chapter, cases))
    if found or failed:
        raise SystemExit(
            "\n".join(found or [f"{chapter}: nbval failed"]) + f"\nThe whole account is in {log}"
        )
    return tree, f"{chapter}: {len(cases)} cells executed, every output as it is stored"


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def subject(chapter):
    """What a report is about: the hash of the notebook, and one of all files of the library."""
    code = sorted(path for path in (ROOT / "xentlib").rglob("*") if path.suffix in (".py", ".js"))
    listed = "".join(f"{path.relative_to(ROOT)} {sha256(path)}\n" for path in code)
    return {
        "notebook": sha256(Path(chapter)),
        "library": hashlib.sha256(listed.encode()).hexdigest(),
    }


def main(chapter, report, seconds="120"):
    """Execute every cell of a chapter, compare every output, and leave nbval's report only if all
    is well.
    """
    about = subject(chapter)
    fresh, log = Path(f"{report}.new"), Path(report).with_suffix(".log")
    fresh.unlink(missing_ok=True)
    with log.open("w") as account:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *NBVAL, seconds, chapter, f"--junitxml={fresh}"],
            stdout=account,
            stderr=subprocess.STDOUT,
        )
    tree, said = summary(chapter, fresh, log, done.returncode)
    print(said, flush=True)
    properties = ET.SubElement(next(tree.getroot().iter("testsuite")), "properties")
    for name, digest in about.items():
        ET.SubElement(properties, "property", name=name, value=digest)
    tree.write(fresh, encoding="utf-8", xml_declaration=True)
    fresh.replace(report)


if __name__ == "__main__":
    main(*sys.argv[1:])
