"""What readers take along: the notebooks, the PDF, and the machines that others lend."""

import json
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import pdf  # noqa: E402
import takeaway  # noqa: E402

LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
UV = (Path(sys.executable).with_name("uv"), "pip")
PROMISED = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))


# --- notebooks


def test_the_first_cell_installs_and_the_others_are_those_of_the_book():
    path = ROOT / "chapters" / "counts.ipynb"
    exported = takeaway.exported(path.read_text(), "./x.whl[notebooks]")
    first, *rest = nbformat.reads(exported, 4).cells
    assert '%pip install -q -c constraints.txt "./x.whl[notebooks]"' in first.source
    stored = nbformat.read(path, as_version=4).cells
    assert [(cell.source, cell.get("outputs")) for cell in rest][1:3] == [
        (cell.source, cell.get("outputs")) for cell in stored
    ][1:3]
    assert len(rest) == len(stored)


def test_the_pins_are_those_of_the_lock():
    pins = takeaway.pins(LOCK).splitlines()
    assert len(pins) == len(re.findall(r"^[a-z0-9][^ ]*==", LOCK, re.M)) > 100
    assert [line for line in pins if "hash" in line or "\\" in line] == []
    assert any(line.startswith("numpy==") for line in pins)


def test_a_zip_has_the_same_bytes_whatever_the_order(tmp_path):
    files = {"b": b"2", "a": b"1"}
    one = takeaway.packed(tmp_path / "1.zip", files).read_bytes()
    assert one == takeaway.packed(tmp_path / "2.zip", {"a": b"1", "b": b"2"}).read_bytes()


def test_the_wheel_of_the_notebooks_has_the_rooms_they_need_and_a_true_record(tmp_path):
    record = "xentlib-0.dist-info/RECORD"
    small = takeaway.packed(tmp_path / "x.whl", {"xentlib/__init__.py": b"", record: b""})
    whole = tmp_path / "whole.whl"
    whole.write_bytes(takeaway.whole_wheel(small))
    with zipfile.ZipFile(whole) as archive:
        lines = archive.read(record).decode().splitlines()
        listed = {line.split(",")[0]: line for line in lines}
        assert sorted(listed) == sorted(archive.namelist())
        for name in ("xentlib/book/_toc.yml", "xentlib/figures/_style.py"):
            digest = takeaway._digest(archive.read(name))
            assert listed[name].split(",")[1] == f"sha256={digest}"
        assert archive.read("xentlib/book/_toc.yml") == (ROOT / "_toc.yml").read_bytes()


def test_a_notebook_alone_installs_the_library_that_is_published(tmp_path):
    wheel, record = "xentlib-0-py3-none-any.whl", "xentlib-0.dist-info/RECORD"
    about = {
        "xentlib/__init__.py": b"",
        record: b"",
        "xentlib-0.dist-info/WHEEL": b"Wheel-Version: 1.0\nTag: py3-none-any\n",
        "xentlib-0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: xentlib\nVersion: 0\n"
        b"Provides-Extra: notebooks\n",
    }
    small = takeaway.packed(tmp_path / wheel, about)
    files = {wheel: takeaway.whole_wheel(small), takeaway.PINS: takeaway.pins(LOCK).encode()}
    site = tmp_path / "raw" / "gh-pages"
    site.mkdir(parents=True)
    takeaway.alone(site, wheel, files, tmp_path.as_uri())
    names = {path.stem for path in (site / "notebooks").glob("*.ipynb")}
    assert names == {path.stem for path in (ROOT / "chapters").glob("*.ipynb")}
    first = nbformat.read(site / "notebooks" / "bayes.ipynb", 4).cells[0].source
    (line,) = re.findall(r"^%pip (install .*)$", first, re.M)
    into = tmp_path / "installed"
    offline = ["--no-deps", "--offline", "--target", into]
    subprocess.run([*UV, *shlex.split(line), *offline], check=True, cwd=tmp_path)
    assert (into / "xentlib" / "figures" / "social.py").exists()


# --- the PDF


PAGES = ["chapters/a", "chapters/b"]
HTML = """<html><body><article class="bd-article"><h1>A<a class="headerlink" href="#x">#</a></h1>
<p id="x">See <a href="b.html#y">b</a>, <a href="#x">x</a>, <a href="../receipt.json">r</a>
<svg aria-labelledby="x"><use xlink:href="#x" clip-path="url(#x)"/></svg>
<img src="../_images/p.svg"/> <a href="https://example.org/#z">out</a></p>
<script>no()</script></article></body></html>"""


def written(name, html=HTML):
    return str(pdf.article(f"chapters/{name}", pdf.read(html), PAGES))


def test_links_lead_into_the_document_where_it_has_what_they_name():
    text = written("a")
    for piece in (
        'id="a--x"',
        'href="#b--y"',
        'href="#a--x"',
        'aria-labelledby="a--x"',
        'clip-path="url(#a--x)"',
        'src="html/chapters/../_images/p.svg"',
        'href="https://example.org/#z"',
    ):
        assert piece in text, piece
    assert "script" not in text and "headerlink" not in text


def test_a_link_to_a_file_of_the_site_leads_to_its_address_or_nowhere(monkeypatch):
    assert "receipt.json" not in written("a") and "file:" not in written("a")
    config = {"html": {"baseurl": "https://book.example/soft/"}}
    monkeypatch.setattr(pdf, "_config", lambda: config)
    assert 'href="https://book.example/soft/receipt.json"' in written("a")


def test_on_paper_folds_are_open_but_evidence_and_lists():
    fold = "<details class='{}'><p>x</p></details>"
    html = HTML.replace("<script>", fold.format("hint") + fold.format("listed") + "<script>")
    html = html.replace("<script>", f"<div class='proof'></div>{fold.format('verdict')}<script>")
    folds = BeautifulSoup(written("a", html), "html.parser").select("details")
    assert [fold.has_attr("open") for fold in folds] == [True, False, False]


def test_a_link_of_the_document_that_leads_nowhere_is_named():
    text = written("a")
    assert pdf.broken(text) == ["#b--y is nowhere"]
    both = text + written("b", HTML.replace('id="x"', 'id="y"'))
    assert pdf.broken(both) == ["#b--x is nowhere"]
    assert "#a--x is there twice" in pdf.broken(text + text)


def test_what_is_no_page_is_named():
    with pytest.raises(SystemExit, match="chapters/a has no article"):
        written("a", "<html></html>")


# --- the machines that others lend


def test_binder_installs_the_lock_and_the_library_for_a_promised_python():
    assert (ROOT / "binder" / "requirements.txt").read_text() == "-r ../requirements.txt\n"
    runtime = (ROOT / "binder" / "runtime.txt").read_text().strip()
    assert runtime.removeprefix("python-") in PROMISED
    asked = ["install", "--dry-run", "--offline", "-r", "binder/requirements.txt"]
    done = subprocess.run(
        [*UV, *asked, "--python", sys.executable], capture_output=True, encoding="utf-8", cwd=ROOT
    )
    assert "Would make no changes" in done.stderr, done.stderr
    build = ROOT / "binder" / "postBuild"
    assert build.stat().st_mode & 0o111, "binder/postBuild cannot be executed"
    assert "--no-deps --no-build-isolation --no-index -e ." in build.read_text()


def test_codespaces_makes_the_environment_of_the_makefile_for_a_promised_python():
    asked = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    assert asked["image"].rpartition(":")[2] in PROMISED
    goal = asked["postCreateCommand"].removeprefix("make ")
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(rf"^{re.escape(goal)}:", makefile, re.MULTILINE)
    python = asked["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert python == ".venv/bin/python" and "BIN := .venv/bin" in makefile
