"""The one line for a failed cell: file, cell, reason; and no pass where something was not
compared.
"""

import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent


def report_of(tmp_path, cases, failed="1"):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("text"),
            nbformat.v4.new_code_cell("import math"),
            nbformat.v4.new_markdown_cell("text"),
            nbformat.v4.new_code_cell("1"),
        ]
    )
    nbformat.write(notebook, tmp_path / "a.ipynb")
    (tmp_path / "a.log").write_text("the whole account")
    if cases is not None:
        (tmp_path / "a.xml").write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import run_chapter; "
        "print(run_chapter.summary(*sys.argv[2:5], int(sys.argv[5])))"
    )
    return subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            str(ROOT / "tools"),
            *(str(tmp_path / name) for name in ("a.ipynb", "a.xml", "a.log")),
            failed,
        ],
        capture_output=True,
        text=True,
    )


def case(number, inside=""):
    return f'<testcase classname="a.ipynb" name="Cell {number}">{inside}</testcase>'


def test_two_compared_cells_pass(tmp_path):
    done = report_of(tmp_path, case(0) + case(1), failed="0")
    assert done.returncode == 0 and "2 cells executed" in done.stdout


def test_a_failed_claim_is_named_with_file_cell_and_counter_example(tmp_path):
    done = report_of(
        tmp_path,
        case(0)
        + case(
            1,
            (
                '<failure message="Notebook cell execution failed">Traceback\n'
                "#x1B[31mRefuted#x1B[39m: Two classes: at 1: 2 against 3</failure>"
            ),
        ),
    )
    assert (
        done.returncode == 1
        and "a.ipynb, cell 4: Refuted: Two classes: at 1: 2 against 3" in done.stderr
    )


def test_a_changed_output_is_named(tmp_path):
    done = report_of(
        tmp_path,
        case(0) + case(1, "<failure message=''> mismatch 'text/plain'\n - 1\n + 2\n</failure>"),
    )
    assert (
        done.returncode == 1
        and "a.ipynb, cell 4: mismatch 'text/plain'; executed and stored differ: - 1 | + 2"
        in done.stderr
    )


def test_a_cell_that_was_not_compared_fails(tmp_path):
    assert "1 of 2 code cells were compared" in report_of(tmp_path, case(0), failed="0").stderr
    assert (
        report_of(
            tmp_path, case(0) + case(1, '<skipped message="skipped by tag"/>'), failed="0"
        ).returncode
        == 1
    )


def test_a_run_that_died_shows_its_log(tmp_path):
    done = report_of(tmp_path, None)
    assert (
        done.returncode == 1
        and "could not run" in done.stderr
        and "the whole account" in done.stderr
    )
