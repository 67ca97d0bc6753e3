"""A chapter passes only if each of its cells was executed and compared, whatever the user's own
settings say; what failed is named in one line: file, cell, reason.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import environment  # noqa: E402
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output  # noqa: E402

import chapters  # noqa: E402

STORED = {"text/plain": "2"}


def written(root, *sources, stored=STORED):
    """A book of one chapter; its last cell has an output, right or wrong."""
    *first, last = sources
    cells = [new_code_cell(source, execution_count=1) for source in first]
    shown = new_output("execute_result", stored, execution_count=1)
    cells += [new_markdown_cell("text"), new_code_cell(last, outputs=[shown], execution_count=1)]
    (root / "chapters").mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells), root / "chapters" / "a.ipynb")


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A folder with what each chapter depends on, in place of the project's own."""
    for name in chapters.ALWAYS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("as it is", "utf-8")
    monkeypatch.setattr(chapters, "ROOT", tmp_path)
    monkeypatch.setattr(chapters, "VERIFIED", tmp_path / "_build" / "verified")
    monkeypatch.setitem(environment.FIXED, "IPYTHONDIR", str(tmp_path / "_build" / "ipython"))
    chapters.record_what_is_opened()
    return tmp_path


def test_what_is_as_stored_passes_and_is_not_executed_again_until_something_read_changed(book):
    (book / "chapters").mkdir()
    (book / "chapters" / "data.csv").write_text("1,1", "utf-8")
    read = f"text = open({str(book / 'chapters' / 'data.csv')!r}, encoding='utf-8').read()"
    written(book, read, "sum(map(int, text.split(',')))")
    assert chapters.changed("a") == ["there is no report of it"]
    assert chapters.verify("a") == "a.ipynb: 2 cells executed, every output as it is stored"
    assert chapters.changed("a") == []
    assert set(chapters.reported("a")[0]) == {
        *chapters.ALWAYS,
        "chapters/a.ipynb",
        "chapters/data.csv",
    }
    (book / "chapters" / "data.csv").write_text("2,0", "utf-8")
    assert chapters.changed("a") == ["chapters/data.csv changed"]


@pytest.mark.parametrize(
    "name, value",
    [
        ("PYTEST_ADDOPTS", "--nbval-lax"),
        ("PYTEST_ADDOPTS", "-k none"),
        ("PYTHONOPTIMIZE", "2"),
        ("MATPLOTLIBRC", "nowhere"),
    ],
)
def test_a_false_output_is_named_whatever_the_user_has_set(book, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    written(
        book, "import os", f"assert {name!r} not in os.environ; 1 + 1", stored={"text/plain": "3"}
    )
    with pytest.raises(SystemExit) as refused:
        chapters.verify("a")
    said = "a.ipynb, cell 3: mismatch 'text/plain': 3 is stored, 2 was executed; if that is right"
    assert said in str(refused.value)
    assert not (chapters.VERIFIED / "a.xml").exists()


def test_an_exception_is_named_with_its_message(book):
    written(book, "class Refuted(Exception): pass", "raise Refuted('at 1: 2 against 3')")
    with pytest.raises(SystemExit, match=r"a.ipynb, cell 3: Refuted: at 1: 2 against 3"):
        chapters.verify("a")


def test_a_run_that_compares_nothing_fails(book, monkeypatch):
    written(book, "1 + 1", stored={"text/plain": "3"})
    monkeypatch.setattr(chapters, "COMPARING", "--nbval-lax")
    with pytest.raises(SystemExit, match="a.ipynb: a false output passed, so that nothing was"):
        chapters.verify("a")


def test_a_cell_that_was_not_compared_fails(book):
    written(book, "1 + 1", "# NBVAL_SKIP\n1 + 1", stored={"text/plain": "3"})
    with pytest.raises(SystemExit, match=r"a.ipynb, cell 3: |1 of 2 code cells were compared"):
        chapters.verify("a")


def test_a_run_that_died_shows_its_log(book, monkeypatch):
    written(book, "1 + 1")
    monkeypatch.setattr(chapters, "COMPARING", "--no-such-option")
    with pytest.raises(SystemExit, match=r"could not run[\s\S]*no-such-option"):
        chapters.verify("a")


PROXIES = ("http", "https", "no")
HOSTILE = {
    "PYTEST_ADDOPTS": "--nbval-lax",
    "PYTHONSAFEPATH": "1",
    "PYTHONPATH": "/nowhere",
    "PYTHONOPTIMIZE": "2",
    "MATPLOTLIBRC": "/nowhere",
    "LC_ALL": "de_DE.ISO-8859-1",
    "JUPYTER_CONFIG_PATH": "/nowhere",
    "OMP_NUM_THREADS": "64",
}


def test_everything_that_make_runs_has_fixed_surroundings():
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    door = [sys.executable, "-I", str(ROOT / "tools" / "environment.py")]
    done = subprocess.run(
        [*door, sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], **HOSTILE},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    seen = json.loads(done.stdout)
    assert set(seen) == {"PATH", *environment.FIXED}
    passed = {"PATH", "TMPDIR", "TERM", "LD_LIBRARY_PATH", "MAKEFLAGS", "MAKELEVEL", "PYTHON", "CH"}
    passed |= {
        "MODULES",
        "PYTHONS",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        *(f"{p}_proxy" for p in PROXIES),
    }
    assert passed | {f"{p}_proxy".upper() for p in PROXIES} == environment.LET_THROUGH
    assert environment.INSTALLERS == ("PIP_", "UV_")
    assert seen["LC_ALL"] == "C.UTF-8" and seen["OMP_NUM_THREADS"] == "1"


def test_make_goes_through_the_door_and_refuses_to_ignore_failures():
    def make(*words):
        return subprocess.run(
            ["make", *words, "--dry-run", "clean"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            encoding="utf-8",
        )

    assert "tools/environment.py" in make().stdout
    for letter in ("-i", "-t", "-kt"):
        done = make(letter)
        assert done.returncode == 2 and "would take what failed" in done.stderr
