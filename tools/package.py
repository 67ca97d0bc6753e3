"""Build the wheel and the sdist, read what is in them, and use them where nothing else is.

    python tools/package.py [PYTHON ...]     in a new environment of each Python, or of this one

The sdist is built from the files that git knows, the wheel from the sdist. Nothing is built with
the network; what the library needs is installed with the versions of the lock.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser
from email.parser import Parser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.txt"
OUT = ROOT / "_build" / "package"
LARGEST = 1_500_000  # bytes of a wheel: text compresses well, a picture would show
ROOMS = ("claims", "command", "conformance", "data", "derivations", "fitting", "verify")
STAY = ("book", "exercises", "figures", "studies")  # of the repository alone
NEEDED = ("xentlib/__init__.py", "xentlib/py.typed", "xentlib/data/oracle/oracle.json")
NEEDED += ("xentlib/data/oracle/README.md", "xentlib/data/fleiss_1971.csv")
RUNS = 7  # imports that are timed

OWN = """
import numpy as np
import xentlib
from xentlib.conformance import check_loss

def own(logits, labels):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.log(np.exp(shifted).sum(axis=-1)) - np.take_along_axis(
        shifted, labels[:, None], axis=-1)[:, 0]

report = check_loss(own, takes=("logits", "labels"), expected_failures={"near_certain": "rounded"})
report.raise_if_failed()
print(report.summary, "with xentlib", xentlib.__version__)
"""
TIMES = """
from time import perf_counter
start = perf_counter(); import numpy; middle = perf_counter(); import xentlib; end = perf_counter()
print(middle - start, end - middle)
"""


def main(pythons: list[str]) -> None:
    """Build, read and use; a problem ends it with its name."""
    shutil.rmtree(OUT, ignore_errors=True)
    sdist = build_sdist(OUT)
    wheel = build_wheel(sdist, OUT)
    problems = [*wheel_problems(*read_wheel(wheel)), *sdist_problems(names_of(sdist))]
    if problems:
        sys.exit("\n".join(problems))
    count = len(read_wheel(wheel)[0])
    print(f"{wheel.name}: {count} files, {wheel.stat().st_size} bytes; {sdist.name}: as it must be")
    for python in pythons or [sys.executable]:
        use(wheel, python)
    run_tests_of(sdist)


# --- building


def build_sdist(out: Path) -> Path:
    """The sdist, from a copy of what git knows."""
    copy = out / "copy"
    for name in _known():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    return out / _backend("build_sdist", copy, out)


def _known() -> list[str]:
    """The files that git knows; without git those that can belong to a package."""
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, cwd=ROOT)
    names = listed.stdout.split("\0")[:-1] or [
        path.relative_to(ROOT).as_posix()
        for pattern in ("*.*", "LICENSE*", "xentlib/**/*", "tests/**/*")
        for path in ROOT.glob(pattern)
        if "__pycache__" not in path.parts
    ]
    return [name for name in names if (ROOT / name).is_file()]


def build_wheel(sdist: Path, out: Path) -> Path:
    """The wheel, from the unpacked sdist."""
    return out / _backend("build_wheel", unpack(sdist, out / "from"), out)


def unpack(sdist: Path, folder: Path) -> Path:
    """The folder inside an sdist."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (inside,) = folder.iterdir()
    return inside


def _backend(hook: str, source: Path, out: Path) -> str:
    code = f"from setuptools import build_meta; print(build_meta.{hook}({str(out)!r}))"
    return _run([sys.executable, "-c", code], cwd=source).split()[-1]


def _run(command: list[str], **more) -> str:
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


# --- what is in them


def read_wheel(wheel: Path) -> tuple[list[str], str, str, int]:
    """The names of its files, its metadata, its entry points and its size."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (info,) = {name.partition("/")[0] for name in names if ".dist-info/" in name}
        texts = [
            archive.read(f"{info}/{name}").decode() for name in ("METADATA", "entry_points.txt")
        ]
    return names, *texts, wheel.stat().st_size


def names_of(sdist: Path) -> list[str]:
    """The files of an sdist, from its own folder on."""
    with tarfile.open(sdist) as archive:
        return [member.name.partition("/")[2] for member in archive if member.isfile()]


def wheel_problems(names: list[str], metadata: str, entries: str, size: int) -> Iterator[str]:
    """What is wrong with a wheel."""
    yield from _library_problems("wheel", names)
    for name in names:
        if not re.match(r"xentlib/|xentlib-[\w.]+\.dist-info/", name):
            yield f"wheel: {name} does not belong there"
    if size > LARGEST:
        yield f"wheel: {size} bytes are more than {LARGEST}"
    yield from _metadata_problems(metadata)
    parser = ConfigParser(delimiters="=")
    parser.read_string(entries)
    targets = {group: dict(parser[group]) for group in parser.sections()}
    if "xentlib" not in targets.get("console_scripts", {}):
        yield "wheel: no command xentlib"
    for group, found in targets.items():
        for name, target in found.items():
            path = target.partition(":")[0].replace(".", "/")
            if not {f"{path}.py", f"{path}/__init__.py"} & set(names):
                yield f"wheel: {group}: {name} = {target} leads nowhere"


def _library_problems(kind: str, names: list[str]) -> Iterator[str]:
    have = set(names)
    sources = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("xentlib/*.py")]
    for room in ROOMS:
        found = ROOT.glob(f"xentlib/{room}/*.py")
        sources += [path.relative_to(ROOT).as_posix() for path in found]
    for name in (*NEEDED, *sources):
        if name not in have:
            yield f"{kind}: {name} is missing"
    for name in names:
        room = name.split("/")[1] if name.startswith("xentlib/") and name.count("/") > 1 else ""
        if room and room not in ROOMS:
            yield f"{kind}: {name} stays in the repository"
        if re.search(r"__pycache__|\.pyc$|\.ipynb$|(?:^|/)\.", name):
            yield f"{kind}: {name} does not belong there"


def _metadata_problems(text: str) -> Iterator[str]:
    found = Parser().parsestr(text)
    if "## Two commands" not in str(found.get_payload()):
        yield "wheel: its long description is not the README"
    if found["Description-Content-Type"] != "text/markdown":
        yield "wheel: its long description is not Markdown"
    for field in ("Author", "Summary", "License-Expression", "Requires-Python", "Keywords"):
        if not found[field]:
            yield f"wheel: it has no {field}"
    always = [need for need in found.get_all("Requires-Dist", []) if "extra ==" not in need]
    if always != ["numpy"]:
        yield f"wheel: it needs {always}, not NumPy alone"
    said = " ".join(found.get_all("Classifier", []))
    for minor in range(11, 15):
        if f"Python :: 3.{minor}" not in said:
            yield f"wheel: no classifier names Python 3.{minor}"
    if "Typing :: Typed" not in said:
        yield "wheel: no classifier says that it is typed"


def sdist_problems(names: list[str]) -> Iterator[str]:
    """What is wrong with an sdist."""
    yield from _library_problems("sdist", names)
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "tests/conftest.py"):
        if name not in names:
            yield f"sdist: {name} is missing"
    tests = [name for name in names if name.startswith("tests/test_")]
    if len(tests) < 20:
        yield f"sdist: {len(tests)} files of tests are too few"
    for name in tests:
        if re.search(rf"xentlib\.(?:{'|'.join(STAY)})\b", (ROOT / name).read_text("utf-8")):
            yield f"sdist: {name} needs what stays in the repository"


# --- using them


def use(wheel: Path, python: str) -> None:
    """Install the wheel in a new environment of a Python, and try it as a stranger would."""
    version = _run([python, "-c", "import sys; print(*sys.version_info[:2], sep='.')"]).strip()
    place = OUT / f"python-{version}"
    _run([python, "-m", "venv", "--without-pip", str(place)])
    _install(place, f"xentlib @ {wheel.as_uri()}")
    inside, command = str(place / "bin/python"), str(place / "bin/xentlib")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    print(_run([inside, "-c", OWN], cwd=place, env=clean).strip(), "on Python", version)
    loss = [command, "conform", "xentlib:softmax_cross_entropy", "--dtype", "float32"]
    _run(loss, cwd=place, env=clean)
    told = subprocess.run([command, "list"], capture_output=True, text=True, cwd=place, env=clean)
    if told.returncode != 4 or "pip install" not in told.stderr:
        sys.exit(f"Python {version}: xentlib list without SymPy: {told.stdout}{told.stderr}")
    _report_times(inside, place, clean)
    _install(place, f"xentlib[verify] @ {wheel.as_uri()}")
    lines = _run([command, "list"], cwd=place, env=clean).count("\n")
    _run([command, "explain", "gibbs-inequality"], cwd=place, env=clean)
    _run([command, "verify", "gibbs_inequality", "units"], cwd=place, env=clean)
    print(f"Python {version}: xentlib conform, list ({lines} lines), explain and verify ran")


def _report_times(inside: str, place: Path, environment: dict[str, str]) -> None:
    """Print how long an import takes beyond NumPy's: the first, which compiles, is not counted."""
    timed = [_run([inside, "-c", TIMES], cwd=place, env=environment) for _ in range(RUNS + 1)][1:]
    pairs = [tuple(map(float, line.split())) for line in timed]
    own = statistics.median(own for _, own in pairs)
    ratio = statistics.median(own / numpy for numpy, own in pairs)
    print(
        f"import xentlib: {own:.3f} s beyond NumPy, {ratio:.2f} of NumPy's own (median of {RUNS})"
    )


def _install(place: Path, what: str) -> None:
    """With the versions and the hashes of the lock, and nothing that must be built."""
    uv = str(Path(sys.executable).parent / "uv")
    command = [uv, "pip", "install", "-q", "--system-certs", "--no-build", "-c", str(LOCK)]
    _run([*command, "--python", str(place / "bin/python"), what])


def run_tests_of(sdist: Path) -> None:
    """Run the tests of the sdist in its own folder, with this environment's packages."""
    folder = unpack(sdist, OUT / "tests")
    bytecode = str(OUT / "bytecode")  # else each process of a test would compile SymPy again
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONPYCACHEPREFIX": bytecode}
    code = "import xentlib; print(xentlib.__file__)"
    where = _run([sys.executable, "-c", code], cwd=folder, env=environment).strip()
    if not where.startswith(str(folder)):
        sys.exit(f"the tests of the sdist would run {where}")
    command = [sys.executable, "-m", "pytest", "-n", "2", "tests"]
    print("the sdist alone:", _run(command, cwd=folder, env=environment).strip().splitlines()[-1])


if __name__ == "__main__":
    main(sys.argv[1:])
