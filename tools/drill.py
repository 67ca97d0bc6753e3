"""A fault drill: one fault at a time is planted in a copy of the book, and the check that is there
for its kind must catch it.

    python tools/drill.py [WORD ...]        all faults and all hardships, or those whose kind or
    name has one of the words

A fault is caught if its check fails and the message names the place. A hardship (no network, a
full disk, an interrupt ...) is borne if the build says what is wrong, if anything is, and
leaves a whole site. Every check is first run on an unspoilt copy, where it must pass. Exits
with 1 if anything slips through, or could not be tried. Needs make book; on Linux, and as root
for the full disk.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]
from environment import BYTECODE, fixed  # noqa: E402
from faults import all_faults, change, notebook, output  # noqa: E402
from publish import copied  # noqa: E402

WORKERS, SECONDS_A_CELL, PATIENCE = 2, "20", 600
PYTHON = sys.executable
MEMORY, STARVED = 4_000_000, 400_000  # kilobytes of address space


def _report(chapter, *, how=""):
    return f"{PYTHON} tools/chapters.py {how} --seconds {SECONDS_A_CELL} {chapter}"


def _tests(file, *having):
    return f"{PYTHON} -m pytest -q -x tests/{file}" + (
        f" -k '{' '.join(having)}'" if having else ""
    )


def _verified(name):
    return (
        f"{PYTHON} -c 'from xentlib.claims import CLAIMS; from xentlib.verify import "
        f'verify; verify(CLAIMS["{name}"])\''
    )


def _downloaded(package):
    return (
        f"{PYTHON} -m pip download -q --disable-pip-version-check --no-deps "
        "--require-hashes --no-cache-dir -d _build/wheels -r <(sed -n "
        f"'/^{package}==/,/^[^ ]*$/p' requirements.txt | grep -E '^{package}|--hash')"
    )


OF_THE_SITE = "site or host or alt_text or left_as_text or has_its_box"
CHECKS = {  # what runs in a copy: the command and its surroundings
    "guards": lambda: (f"{PYTHON} tools/guards.py", {}),
    "chapter": lambda name: (_report(name), {}),
    "elsewhere": lambda name: (_report(name, how="--elsewhere"), {}),
    "optimised": lambda name: (_verified(name), {"PYTHONOPTIMIZE": "1"}),
    "memory": lambda name: (f"ulimit -v {MEMORY}; {_report(name)}", {}),
    "starved": lambda name: (f"ulimit -v {STARVED}; {_report(name)}", {}),
    "tests": lambda *words: (_tests(*words), {}),
    "doctests": lambda: (f"{PYTHON} -m pytest -q --doctest-modules xentlib/information.py", {}),
    "pages": lambda: (f"{PYTHON} tools/publish.py pages _build/pages", {}),
    "site": lambda: (_tests("test_book.py", OF_THE_SITE), {}),
    "receipt": lambda: (f"{PYTHON} tools/receipt.py", {}),
    "download": lambda package: (_downloaded(package), {}),
}


def built(root):
    """What builds have made, with their times, so that make takes it as done."""
    (root / "_build").mkdir(exist_ok=True)
    for name in ("verified", "sites"):
        shutil.copytree(ROOT / "_build" / name, root / "_build" / name)
    (root / "_build" / "html").symlink_to(os.readlink(ROOT / "_build" / "html"))


def run(check, plant=None):
    """The exit status and what was said, in a fresh copy."""
    verb, *words = check.split()
    command, surroundings = CHECKS[verb](*words)
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        root = copied(Path(folder, "book"))
        built(root)
        if "test_architecture" in check:  # it lists what git knows
            subprocess.run("git init -q && git add -A", shell=True, cwd=root, check=True)
        if plant:
            plant(root)
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=root,
            env=fixed(PYTHONPATH=str(root), PYTHONPYCACHEPREFIX=str(BYTECODE), **surroundings),
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
        )
        return done.returncode, done.stdout + done.stderr


def caught(fault):
    """Nothing, if the fault was caught and named; else what went wrong."""
    try:
        status, said = run(fault.check, fault.plant)
    except (LookupError, OSError, subprocess.TimeoutExpired) as error:
        return f"could not be planted or tried: {error}"
    return (
        "slipped through"
        if status == 0
        else ""
        if re.search(fault.says, said, re.DOTALL)
        else f"was not named; the end of what was said:\n{said[-800:]}"
    )


# --- hardships: the whole of make, in a copy of its own


def whole(folder):
    """A copy in which make has everything done."""
    root = Path(folder, "book")
    copied(root)
    built(root)
    for stamp in ("chapters.stamp", "book.stamp"):
        shutil.copy2(ROOT / "_build" / stamp, root / "_build")
    (root / ".venv").symlink_to(ROOT / ".venv")
    return root


def site(root):
    """The hash of the site that a reader would open, from its files."""
    return subprocess.run(
        [
            PYTHON,
            "-c",
            "import receipt, pathlib; print(receipt.site_hash(pathlib.Path('_build/html')))",
        ],
        cwd=root,
        env=fixed(PYTHONPATH=str(ROOT / "tools")),
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout.strip()


def start(root, *prefix):
    """`make book`, in a session of its own."""
    clean = {name: value for name, value in fixed().items() if not name.startswith("MAKE")}
    return subprocess.Popen(
        [*prefix, "make", "book"],
        cwd=root,
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )


def end(process):
    said, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, said


def again(root):
    """Have make render the pages again."""
    (root / "_config.yml").touch()


def rendered(process):
    """Wait until the pages are being rendered."""
    for line in process.stdout:
        if line.startswith("== book"):
            time.sleep(2)
            return


def no_network(root):
    (root / "chapters" / "index.ipynb").touch()
    before = site(root)
    status, said = end(
        start(root, "unshare", "-rn", "bash", "-c", 'ip link set lo up && exec "$@"', "bash")
    )
    return (
        []
        if status == 0 and "index.ipynb: " in said and site(root) == before
        else [f"exit {status}: {said[-500:]}"]
    )


def read_only(root):
    again(root)
    before = site(root)
    subprocess.run(["chmod", "-R", "a-w", "_build"], cwd=root, check=True)
    status, said = end(
        start(root, *(["setpriv", "--bounding-set", "-all"] if os.geteuid() == 0 else []))
    )
    same = site(root) == before
    subprocess.run(["chmod", "-R", "u+w", "_build"], cwd=root, check=True)
    return (
        []
        if status and same and re.search("_build cannot be written to: Permission denied", said)
        else [f"exit {status}, same site: {same}: {said[-500:]}"]
    )


def full_disk(root):
    if os.geteuid():
        return ["could not be tried: only root can mount a small disk"]
    before = site(root)
    used = int(
        subprocess.run(
            ["du", "-sk", "_build"], cwd=root, capture_output=True, encoding="utf-8", check=True
        ).stdout.split()[0]
    )
    disk = root / "disk"
    disk.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={used + 4000}k", "tmpfs", str(disk)], check=True
    )
    try:
        shutil.copytree(root / "_build", disk / "_build", symlinks=True)
        shutil.rmtree(root / "_build")
        (root / "_build").symlink_to(disk / "_build")
        again(root)
        status, said = end(start(root))
        same, left = site(root) == before, list((disk / "_build").glob("next.*"))
        return (
            []
            if status and same and not left and re.search("No space left on device", said)
            else [f"exit {status}, same site: {same}, left: {left}: {said[-500:]}"]
        )
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def _stopped(root, signal_number):
    before = site(root)
    again(root)
    process = start(root)
    rendered(process)
    os.killpg(process.pid, signal_number)
    status, _ = end(process)
    trouble = (
        []
        if status and site(root) == before
        else [f"stopped: exit {status}, same site: {site(root) == before}"]
    )
    status, said = end(start(root))
    left = list((root / "_build").glob("next.*"))
    return trouble + (
        []
        if status == 0 and site(root) == before and not left
        else [f"after it: exit {status}, left: {left}: {said[-500:]}"]
    )


def interrupt(root):
    return _stopped(root, signal.SIGINT)


def killed(root):
    return _stopped(root, signal.SIGKILL)


def killed_in_a_chapter(root):
    (root / "chapters" / "integer-weights.ipynb").touch()
    (root / "_build" / "verified" / "integer-weights.xml").unlink()
    process = start(root)
    time.sleep(6)
    os.killpg(process.pid, signal.SIGKILL)
    end(process)
    trusted = (root / "_build" / "verified" / "integer-weights.xml").exists()
    status, said = end(start(root))
    return (
        []
        if not trusted and status == 0 and "integer-weights.ipynb: " in said
        else [f"a report after a kill: {trusted}; exit {status}: {said[-500:]}"]
    )


def two_at_once(root):
    before = site(root)
    again(root)
    first = start(root)
    time.sleep(1)
    second = start(root)
    results = [end(first), end(second)]
    waited = any("another make runs in this folder; waiting" in said for _, said in results)
    return (
        []
        if [status for status, _ in results] == [0, 0] and waited and site(root) == before
        else [f"waited: {waited}; {results}"]
    )


def spoilt(plant, says):
    """A book with one fault, given to make: it fails, names the place, and the site stays."""

    def hardship(root):
        before = site(root)
        plant(root)
        status, said = end(start(root))
        well = status and site(root) == before and re.search(says, said)
        return [] if well else [f"exit {status}: {said[-500:]}"]

    return hardship


HARDSHIPS = {
    "no network": no_network,
    "a folder that is read-only": read_only,
    "a full disk": full_disk,
    "an interrupt": interrupt,
    "a build that is killed": killed,
    "a chapter that is killed": killed_in_a_chapter,
    "two builds at once": two_at_once,
    "a dead link, for make": spoilt(
        change("chapters/index.ipynb", "claim-ways-out", "claim-way-out"), "index.ipynb"
    ),
    "a cell that is skipped, for make": spoilt(
        notebook("counts", lambda book: book.cells[1].metadata.update(tags=["nbval-skip"])),
        "counts.ipynb, cell 2: has tags",
    ),
    "a digit, for make": spoilt(
        output("counts", "multinomial_log_likelihood(counts, q)", "text/plain", "0.1372", "0.1373"),
        r"counts.ipynb, cell \d+: mismatch",
    ),
}


def borne(hardship):
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        try:
            return "; ".join(HARDSHIPS[hardship](whole(folder)))
        except (OSError, subprocess.SubprocessError) as error:
            return f"could not be tried: {error}"


# --- the drill


def timed(work):
    def done(thing):
        started = time.monotonic()
        return thing, work(thing), time.monotonic() - started

    return done


def main(*words):
    # a job in the background ignores interrupts, and so would the build that is to be interrupted
    signal.signal(signal.SIGINT, signal.default_int_handler)
    started = time.monotonic()

    def wanted(kind, name):
        return not words or any(word in f"{kind} {name}" for word in words)

    faults = [fault for fault in all_faults() if wanted(fault.kind, fault.name)]
    hardships = [name for name in HARDSHIPS if wanted("hardship", name)]
    checks = sorted({fault.check for fault in faults if not fault.check.startswith("starved")})
    failed, counted = [], Counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        for check, (status, said) in zip(checks, pool.map(run, checks), strict=True):
            if status:
                failed.append(f"{check} fails on the unspoilt book:\n{said[-1500:]}")
        if failed:
            raise SystemExit("\n".join(failed))
        print(
            f"{len(checks)} checks pass on the unspoilt book, {time.monotonic() - started:.0f} s",
            flush=True,
        )
        tried = chain(
            (
                (fault.kind, fault.name, fault.check, trouble, took)
                for fault, trouble, took in pool.map(timed(caught), faults)
            ),
            (
                ("hardship", name, "make book", trouble, took)
                for name, trouble, took in map(timed(borne), hardships)
            ),
        )
        for kind, name, check, trouble, took in tried:
            print(
                f"{'MISSED' if trouble else 'caught'}  {kind}: {name} ({check}, {took:.0f} s)",
                flush=True,
            )
            counted[kind] += not trouble
            if trouble:
                failed.append(f"{kind}: {name} {trouble}")
    number = len(faults) + len(hardships)
    print(
        (
            f"{number - len(failed)} of {number} caught and named, or borne, in "
            f"{time.monotonic() - started:.0f} s: "
        )
        + ", ".join(f"{kind} {number}" for kind, number in counted.items())
    )
    if failed:
        raise SystemExit("\n".join(failed))


if __name__ == "__main__":
    main(*sys.argv[1:])
