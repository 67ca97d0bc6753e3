"""Chapters executed and compared by nbval, with one line for each cell that failed: file, cell, and
the rule or the difference.

    python tools/chapters.py [NAME ...]     those that are not verified as they are, two at a time
    python tools/chapters.py --elsewhere    all, in surroundings in which outputs must hold too

nbval's report of a chapter stands for its verification, with the hash of each file that was read:
a chapter is verified again only if one of them changed. The last cell of what is executed has a
false output on purpose. If that passes, nothing was compared, and the chapter fails.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from environment import ELSEWHERE, fixed

ROOT = Path(__file__).resolve().parent.parent
VERIFIED = ROOT / "_build" / "verified"
COMPARING = "--nbval"
ALWAYS = ("requirements.txt", "tools/chapters.py", "tools/environment.py")  # read for each chapter
COLOUR = re.compile(r"\x1b\[[0-9;]*m|#x1B\[[0-9;]*m")
MISMATCH = re.compile(r"mismatch '[^']*'")
EXCEPTION = re.compile(
    r"(?:[A-Z]\w*(?:Error|Warning|Interrupt)|Refuted|Undecided|InvalidInput|NoFit)\b.*:"
)
# IPython runs this before the first cell; what a chapter opens is noted by Python's own audit
STARTUP = """
def _note_what_is_opened():
    import sys
    opened = sys._opened = set()
    def note(event, arguments):
        if event == "open" and isinstance(arguments[0], str):
            opened.add(arguments[0])
    sys.addaudithook(note)
_note_what_is_opened()
del _note_what_is_opened
"""
CANARY = """
import pathlib, sys
modules = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
pathlib.Path(REPORT).write_text("\\n".join(sorted(filter(None, modules | sys._opened))), "utf-8")
"true"
"""


def reason(name, text):
    """The exception that ended a cell, or the output that changed, from nbval's account of it."""
    lines = [line.strip() for line in COLOUR.sub("", text).splitlines() if line.strip()]
    exceptions = [line for line in lines if EXCEPTION.match(line)]
    if exceptions:
        return exceptions[-1]
    kind = next((found.group() for line in lines if (found := MISMATCH.search(line))), None)
    if kind is None:
        return lines[0] if lines else "nbval gave no reason"
    executed, stored = (
        " | ".join(dict.fromkeys(line[2:122] for line in lines if line.startswith(sign)))
        for sign in ("- ", "+ ")  # nbval's signs: what is gone when the stored one is taken
    )
    return (
        f"{kind}: {stored or 'nothing'} is stored, {executed or 'nothing'} was executed; "
        f"if that is right, make notebooks CH={name} stores it"
    )


def problems(path, cases):
    """One line for each cell that failed, and one if some cell was not compared."""
    places = [
        place
        for place, cell in enumerate(nbformat.read(path, as_version=4).cells, 1)
        if cell.cell_type == "code"
    ]
    *cases, canary = cases or [None]
    for case in cases:
        for trouble in [*case.findall("failure"), *case.findall("error"), *case.findall("skipped")]:
            number = int(re.search(r"\d+$", case.get("name")).group())
            text = f"{trouble.get('message') or ''}\n{trouble.text or ''}"
            yield f"{path.name}, cell {places[number]}: {reason(path.stem, text)}"
    if len(cases) != len(places):
        yield f"{path.name}: {len(cases)} of {len(places)} code cells were compared"
    elif not MISMATCH.search("".join(canary.itertext())):
        yield f"{path.name}: a false output passed, so that nothing was compared"


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def inside(listed):
    """The files of the project among those that a chapter read, by their paths in the project."""
    for name in {str(Path(name)) for name in listed}:
        path = Path(name)
        if path.is_relative_to(ROOT) and path.is_file():
            relative = path.relative_to(ROOT)
            if relative.parts[0] not in ("_build", ".venv"):
                yield str(relative)


def subject(name, read):
    """What a report is about: the hash of each file that was read, missing ones too."""
    return {
        path: sha256(ROOT / path) if (ROOT / path).is_file() else "missing"
        for path in sorted({f"chapters/{name}.ipynb", *ALWAYS, *read})
    }


def reported(name):
    """What the report of a chapter is about, and how many cells were compared; None without one."""
    try:
        tree = ET.parse(VERIFIED / f"{name}.xml")
    except (FileNotFoundError, ET.ParseError):
        return None
    about = {part.get("name"): part.get("value") for part in tree.iter("property")}
    return about, len(list(tree.iter("testcase")))


def changed(name):
    """Why a chapter is not verified as it is; nothing if it is."""
    found = reported(name)
    if found is None:
        return ["there is no report of it"]
    about, _ = found
    return [
        f"{path} changed" for path, now in subject(name, about).items() if about.get(path) != now
    ]


def prepared(path, report):
    """The notebook as it is executed: with a last cell whose output is false, and which lists what
    was read.
    """
    notebook = nbformat.read(path, as_version=4)
    false = nbformat.v4.new_output("execute_result", {"text/plain": "'false'"}, execution_count=1)
    source = CANARY.replace("REPORT", repr(str(report)))
    cell = nbformat.v4.new_code_cell(source, outputs=[false], execution_count=1)
    notebook.cells.append(cell)
    return notebook


def summary(path, report, log):
    """The report of a chapter; exits unless every cell was compared, and none failed."""
    if not report.exists():
        raise SystemExit(f"{path.name}: nbval could not run\n{log.read_text('utf-8')}")
    tree = ET.parse(report)
    suite = next(tree.iter("testsuite"))
    cases = suite.findall("testcase")
    found = list(problems(path, cases))
    if found:
        raise SystemExit("\n".join(found) + f"\nThe whole account is in {log.relative_to(ROOT)}")
    suite.remove(cases[-1])
    suite.set("tests", str(len(cases) - 1))
    suite.set("failures", "0")
    return tree


def verify(name, *, seconds=120, surroundings=None):
    """Execute every cell of a chapter, compare every output, and leave nbval's report only if all
    is well.
    """
    path, kept = ROOT / "chapters" / f"{name}.ipynb", VERIFIED / f"{name}.xml"
    fresh, log, read = (VERIFIED / f"{name}.{kind}" for kind in ("new", "log", "read"))
    executed = VERIFIED / f"{name}.ipynb"
    VERIFIED.mkdir(parents=True, exist_ok=True)
    for old in (kept, fresh, read):
        old.unlink(missing_ok=True)
    before = subject(name, [])
    nbformat.write(prepared(path, read), executed)
    options = ["-c", "/dev/null", f"--rootdir={VERIFIED}", "-p", "no:cacheprovider", COMPARING]
    options += ["--nbval-current-env", "--nbval-cell-timeout", str(seconds), f"--junitxml={fresh}"]
    with log.open("w", encoding="utf-8") as account:
        subprocess.run(
            [sys.executable, "-m", "pytest", *options, str(executed)],
            env=fixed(**surroundings or {}),
            stdout=account,
            stderr=subprocess.STDOUT,
        )
    tree = summary(path, fresh, log)
    about = subject(name, inside(read.read_text("utf-8").splitlines())) | before
    properties = ET.SubElement(next(tree.iter("testsuite")), "properties")
    for file, digest in about.items():
        ET.SubElement(properties, "property", name=file, value=digest)
    number = len(list(tree.iter("testcase")))
    if surroundings is None:
        tree.write(fresh, encoding="utf-8", xml_declaration=True)
        fresh.replace(kept)
    return f"{path.name}: {number} cells executed, every output as it is stored"


def record_what_is_opened():
    """Have IPython note which files are opened, from the start of each kernel."""
    startup = Path(fixed()["IPYTHONDIR"], "profile_default", "startup", "opened.py")
    startup.parent.mkdir(parents=True, exist_ok=True)
    startup.write_text(STARTUP, "utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="chapters; without one, all")
    parser.add_argument("--elsewhere", action="store_true", help="in other surroundings")
    parser.add_argument("--seconds", type=int, default=120, help="the longest time of one cell")
    asked = parser.parse_args()
    known = sorted(path.stem for path in (ROOT / "chapters").glob("*.ipynb"))
    if unknown := sorted(set(asked.names) - set(known)):
        raise SystemExit(f"no chapter {', '.join(unknown)}; there are {', '.join(known)}")
    surroundings = ELSEWHERE if asked.elsewhere else None
    names = [name for name in asked.names or known if surroundings or changed(name)]
    record_what_is_opened()

    def tried(name):
        try:
            print(verify(name, seconds=asked.seconds, surroundings=surroundings), flush=True)
        except SystemExit as error:
            print(error, file=sys.stderr, flush=True)
            return name

    with ThreadPoolExecutor(2) as pool:
        failed = [name for name in pool.map(tried, names) if name]
    if failed:
        raise SystemExit(f"not verified: {', '.join(failed)}")


if __name__ == "__main__":
    main()
