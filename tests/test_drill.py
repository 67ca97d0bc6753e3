"""The fault drill itself: every fault can be planted today and changes something, and a fault that
nothing catches is reported.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import drill  # noqa: E402
import faults  # noqa: E402
import mutants  # noqa: E402

FAULTS = faults.all_faults()


def git(root, command):
    return subprocess.run(
        f"git -c user.name=drill -c user.email=drill@localhost {command}",
        shell=True,
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A copy of the book and of its site, which git can put right again."""
    root = drill.copied(tmp_path_factory.mktemp("drill") / "book")
    (root / ".gitignore").write_text("")
    drill.built(root)
    git(root, "init -q")
    git(root, "add -A")
    git(root, "commit -q -m book")
    return root


def test_every_fault_can_be_planted_and_changes_something(book):
    for fault in FAULTS:
        if fault.kind != "notebook" and not fault.check.startswith(
            "starved"
        ):  # test_book plants the former
            fault.plant(book)
            assert git(book, "status --porcelain"), f"{fault.kind}: {fault.name} changes nothing"
            git(book, "reset -q --hard")
            git(book, "clean -fdq")


def test_no_two_faults_have_one_name_and_each_has_a_check():
    names = [(fault.kind, fault.name) for fault in FAULTS]
    assert len(names) == len(set(names)) >= 150
    assert {fault.check.split()[0] for fault in FAULTS} == set(drill.CHECKS)


def test_a_fault_is_named_by_the_tests_that_its_check_runs():
    for fault in FAULTS:
        for file in re.findall(r"FAILED tests/(test_\w+\.py)", fault.says):
            assert fault.check.split()[1] == file, f"{fault.kind}: {fault.name}"


def test_a_text_that_is_gone_is_an_error_of_the_drill(tmp_path):
    (tmp_path / "a.txt").write_text("b")
    with pytest.raises(LookupError, match="a.txt has no 'c' to spoil"):
        faults.change("a.txt", "c", "d")(tmp_path)


@pytest.mark.parametrize(
    "status, said, trouble",
    [
        (0, "all is well", "slipped through"),
        (1, "something is wrong", "was not named"),
        (1, "a.txt, cell 3: wrong", ""),
    ],
)
def test_a_fault_is_caught_only_if_its_place_is_named(monkeypatch, status, said, trouble):
    monkeypatch.setattr(drill, "run", lambda check, plant: (status, said))
    found = drill.caught(faults.Fault("kind", "name", None, "guards", r"a\.txt, cell \d"))
    assert found.startswith(trouble) and bool(found) == bool(trouble)


def test_a_drill_with_a_miss_fails(monkeypatch, capsys):
    monkeypatch.setattr(
        drill, "all_faults", lambda: [faults.Fault("kind", "one that slips", None, "guards", "x")]
    )
    monkeypatch.setattr(drill, "run", lambda check, plant=None: (0, ""))
    with pytest.raises(SystemExit, match="one that slips slipped through"):
        drill.main("slips")
    assert "MISSED  kind: one that slips" in capsys.readouterr().out
    monkeypatch.setattr(drill, "run", lambda check, plant=None: (1, "broken"))
    with pytest.raises(SystemExit, match="guards fails on the unspoilt book"):
        drill.main("slips")


def test_the_referees_report_counts_what_is_planted():
    report = (ROOT / "chapters" / "referees-report.ipynb").read_text()
    kinds = {
        "cells of a notebook": "notebook",
        "stored outputs": "output",
        "the built site": "site",
        "the kernel": "kernel",
        "the engine": "engine",
        "the library": "library",
        "the oracle": "oracle",
        "sources": "sources",
        "the house": "house",
        "figures under the hand": "figure",
        "claims": "claim",
        "pages": "page",
        "derivations": "derivation",
        "theorems in Coq": "formal",
        "contents": "contents",
        "supply": "supply",
        "surroundings": "surroundings",
        "words": "words",
        "the repository": "repository",
    }
    planted = Counter(fault.kind for fault in FAULTS)
    assert set(kinds.values()) == set(planted)
    for words, kind in kinds.items():
        assert f"| {words} | {planted[kind]} |" in report, f"{kind}: {planted[kind]}"
    assert f"| hardships | {len(drill.HARDSHIPS)} |" in report
    reasons = sum(len(mutants.reasons_in(module)) for module in mutants.MODULES)
    assert f"engine, {len(mutants.MODULES)} modules" in report
    assert f"{reasons} lines say why a mutant of theirs is no mistake" in report
