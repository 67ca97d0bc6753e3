"""What readers take along: the notebooks with their library, and the site, each as one file.

python tools/takeaway.py notebooks FOLDER    notebooks.zip: each notebook's first cell installs
                                             the library that lies beside it
python tools/takeaway.py site FOLDER         site.zip: the pages, to be read without a network
python tools/takeaway.py try [NAME ...]      takes notebooks.zip apart where there is nothing
                                             but Jupyter, runs the notebooks that are named,
                                             or all, and holds every output against the stored
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import nbformat
import package
import yaml
from notebooks import CHAPTERS, ROOT, canonical

from xentlib.book.site import BRANCH

INSIDE = "xentlib-notebooks"
PINS = "constraints.txt"
CONTENTS = "xentlib/book/_toc.yml"  # where an installed book finds its chapters
INSTALL = """# The library that these notebooks were run with; the first time this takes a minute.
%pip install -q -c {pins} "{wheel}"
"""
TRY = """
import sys, nbformat
from nbclient import NotebookClient
def said(cell):
    for output in cell.get("outputs", []):
        yield output.get("text") or output.get("data", {}).get("text/plain", "")
wrong = []
for name in sys.argv[1:]:
    stored = nbformat.read(name, as_version=4)
    ran = NotebookClient(nbformat.read(name, as_version=4), timeout=600).execute()
    for number, (old, new) in enumerate(zip(stored.cells[1:], ran.cells[1:]), 1):
        if list(said(old)) != list(said(new)):
            wrong.append(f"{name}, cell {number}: {list(said(new))} and not {list(said(old))}")
    print(f"{name}: {len(ran.cells) - 1} cells", flush=True)
sys.exit("\\n".join(wrong) or 0)
"""


def packed(target: Path, files: dict[str, bytes]) -> Path:
    """A zip of the same bytes for the same files, whenever and wherever it is made."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name)  # of 1980, the earliest day that a zip knows
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return target


def whole_wheel(wheel: Path) -> bytes:
    """A wheel of the library with the rooms that the notebooks need besides: the book, its figures
    and its studies.
    """
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    (record,) = [name for name in files if name.endswith(".dist-info/RECORD")]
    for room in package.STAY:
        for path in (ROOT / "xentlib" / room).glob("*.*"):
            files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    files[CONTENTS] = (ROOT / "_toc.yml").read_bytes()
    files[record] = "".join(
        f"{name},sha256={_digest(data)},{len(data)}\n" if name != record else f"{name},,\n"
        for name, data in sorted(files.items())
    ).encode()
    with tempfile.TemporaryDirectory() as folder:
        return packed(Path(folder, wheel.name), files).read_bytes()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def pins(lock: str) -> str:
    """The versions of a lock, without its hashes."""
    return "".join(
        f"{line}\n" for line in re.findall(r"^\w[^\\\n]*==[^\\\n]*?(?= ?\\?$)", lock, re.M)
    )


def exported(text: str, wheel: str, constraints: str = PINS) -> str:
    """A notebook whose first cell installs a wheel; its outputs stay."""
    notebook = nbformat.reads(text, as_version=4)
    cell = nbformat.v4.new_code_cell(INSTALL.format(pins=constraints, wheel=wheel).rstrip("\n"))
    notebook.cells.insert(0, cell)
    return canonical(notebook)


def repository() -> str:
    """Its address, once _config.yml has it."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    return config["sphinx"]["config"]["html_context"]["repository"].rstrip("/")


def alone(folder: Path, wheel: str, files: dict[str, bytes], address: str) -> None:
    """Each notebook as one file, which finds the library at the address of the published site."""
    place, published = folder / "notebooks", f"{address}/raw/{BRANCH}/notebooks"
    place.mkdir()
    for name in (wheel, PINS):
        (place / name).write_bytes(files[name])
    for path in sorted(CHAPTERS.glob("*.ipynb")):
        needs = f"xentlib[notebooks] @ {published}/{wheel}"
        text = exported(path.read_text("utf-8"), needs, f"{published}/{PINS}")
        (place / path.name).write_text(text, "utf-8")


def notebooks(folder: Path, address: str = "") -> Path:
    """notebooks.zip in a folder, and with an address of a repository each notebook alone."""
    with tempfile.TemporaryDirectory() as place:
        sdist = package.build_sdist(Path(place))
        wheel = package.build_wheel(sdist, Path(place))
        files = {wheel.name: whole_wheel(wheel)}
    files[PINS] = pins((ROOT / "requirements.txt").read_text("utf-8")).encode()
    for path in CHAPTERS.glob("*.ipynb"):
        files[path.name] = exported(path.read_text("utf-8"), f"./{wheel.name}[notebooks]").encode()
    if address:
        alone(folder, wheel.name, files, address)
    named = {f"{INSIDE}/{name}": data for name, data in files.items()}
    return packed(folder / "notebooks.zip", named)


def site(folder: Path) -> Path:
    """site.zip in a folder: what is published, without what only a server needs."""
    pages = ROOT / "_build" / "html"
    if not (pages / "index.html").exists():
        sys.exit("there is no site; run `make book`")
    files = {
        f"cross-entropy/{path.relative_to(pages).as_posix()}": path.read_bytes()
        for path in pages.rglob("*")
        if path.is_file() and path.name not in {".nojekyll", ".buildinfo"}
    }
    return packed(folder / "site.zip", files)


def attempt(names: list[str]) -> None:
    """Run exported notebooks in an environment that has Jupyter's kernel and nothing else."""
    place = ROOT / "_build" / "take"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    with zipfile.ZipFile(notebooks(place)) as archive:
        archive.extractall(place)
    inside, python = place / INSIDE, place / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", place / "venv"], check=True)
    jupyter = ["-m", "pip", "install", "-q", "-c", inside / PINS, "ipykernel", "nbclient"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run([python, *jupyter], check=True, env=clean)
    chosen = [f"{name}.ipynb" for name in names] or sorted(p.name for p in inside.glob("*.ipynb"))
    done = subprocess.run([python, "-c", TRY, *chosen], cwd=inside, env=clean)
    sys.exit(done.returncode)


def main(verb: str = "", *words: str) -> None:
    """Do what is said."""
    if verb == "try":
        attempt(list(words))
    elif verb in ("notebooks", "site") and len(words) == 1:
        made = {"notebooks": notebooks, "site": site}[verb](Path(words[0]).resolve())
        print(f"{made}: {made.stat().st_size} bytes")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
