"""The stored run of `make bench`, and the page that shows it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import xentlib
from xentlib.book import speed_page
from xentlib.data import speed

ROOT = Path(__file__).resolve().parent.parent
FOUND = speed.load()


def _cells(page):
    """The rows of a table, without head and rule."""
    lines = page._repr_mimebundle_()["text/plain"].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_what_is_stored_was_measured_on_this_code():
    assert FOUND.measured == speed.fingerprint(), "the losses have changed: make bench STORE=1"
    assert FOUND.versions["xentlib"] == xentlib.__version__


def test_the_fingerprint_sees_code_and_no_docstrings(monkeypatch, tmp_path):
    for name in speed.MEASURED:
        text = (ROOT / "xentlib" / f"{name}.py").read_text(encoding="utf-8")
        other = text.replace('"""', '"""Other words. ', 1) + "\n# and a comment\n"
        (tmp_path / f"{name}.py").write_text(other, encoding="utf-8")
    monkeypatch.setattr(speed, "files", lambda _: tmp_path)
    assert speed.fingerprint() == FOUND.measured
    path = tmp_path / "losses.py"
    path.write_text(path.read_text() + "\nLARGE = 1e9\n")
    assert speed.fingerprint() != FOUND.measured


def test_every_peer_of_the_page_was_measured_and_has_its_version():
    peers = {row.peer for row in FOUND.losses}
    assert peers == {"NumPy by hand", "SciPy", "scikit-learn", "PyTorch", "JAX"}
    assert {"numpy", "scipy", "scikit-learn", "torch", "jax"} <= set(FOUND.versions)


def test_ratios_are_times_over_times():
    for row in (*FOUND.losses, *FOUND.fits, *FOUND.threads):
        assert row.low <= row.ratio <= row.high
        assert row.ratio == pytest.approx(row.ours / row.theirs, rel=0.5)


def test_what_is_slower_comes_first_and_the_worst_before_the_rest():
    shown = [float(cells[4]) for cells in _cells(speed_page.slower(FOUND.losses))]
    lost = [row.ratio for row in FOUND.losses if row.low > speed_page.EQUAL]
    assert shown == [round(ratio, 1) for ratio in sorted(lost, reverse=True)]


def test_a_line_of_ratios_has_each_peer_in_its_column():
    rows = [row for row in FOUND.losses if row.dtype == "float64"]
    lines = {tuple(cells[:2]): cells[2:] for cells in _cells(speed_page.ratios(FOUND.losses))}
    peers = list(dict.fromkeys(row.peer for row in rows))
    for row in rows:
        assert lines[row.task, row.size][peers.index(row.peer)] == f"{row.ratio:.2f}"


def test_losses_keep_their_digits_where_others_lose_them_all():
    worst = {(row.task, row.of): row.worst for row in FOUND.accuracy}
    for task, most in {"hard loss": 3, "soft loss": 3, "gradient, hard labels": 4}.items():
        assert worst[task, "xentlib"] <= most
    assert worst["hard loss", "PyTorch"] > speed_page.ALL_DIGITS


def test_kernels_that_were_tried_keep_the_digits_that_the_plain_formula_loses():
    worst = {row.of: row.worst for row in speed.compiled().accuracy}
    assert all(worst[name] <= 3 for name in ("xentlib", "C", "Numba"))
    assert worst["numexpr"] > speed_page.ALL_DIGITS


def test_a_table_that_is_not_there_is_named_with_those_that_are():
    run = [sys.executable, str(ROOT / "tools" / "bench"), "loses"]
    said = subprocess.run(run, capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert re.search(r"no table loses; there are floor, losses, .*fits", said.stderr)
