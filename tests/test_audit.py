"""The audit of the pins can fail: with a known vulnerability, and with a pin that was not looked
up.
"""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import audit  # noqa: E402

LOCK = """\
Mini_Racer==0.14.1 \\
    --hash=sha256:00
    # via -r requirements.in
soupsieve==2.10 ; python_full_version < '3.11.5' \\
    --hash=sha256:11
soupsieve==4.1.2 ; python_full_version >= '3.11.5' \\
    --hash=sha256:22
"""
PINS = {("mini-racer", "0.14.1"), ("soupsieve", "2.10"), ("soupsieve", "4.1.2")}


def entry(name, version, *vulns):
    return {"name": name, "version": version, "vulns": list(vulns)}


CLEAN = [
    {"dependencies": [entry("mini-racer", "0.14.1"), entry("soupsieve", "2.10")], "fixes": []},
    {"dependencies": [entry("soupsieve", "4.1.2")], "fixes": []},
]


def test_every_pin_is_wanted_whatever_its_system():
    assert set(audit.pins(LOCK)) == PINS
    text = (ROOT / "requirements.txt").read_text()
    assert (
        len(list(audit.pins(text)))
        == sum("==" in line for line in text.splitlines() if line[:1].isalnum())
        > 100
    )


def test_a_requirement_without_a_version_is_no_pin():
    with pytest.raises(ValueError, match="'numpy>=2' pins nothing"):
        list(audit.pins("numpy>=2"))


def test_one_version_at_a_time():
    assert audit.rounds(PINS) == ["mini-racer==0.14.1\nsoupsieve==2.10\n", "soupsieve==4.1.2\n"]


def test_all_pins_looked_up_and_clean():
    assert list(audit.findings(PINS, CLEAN)) == []


def test_a_skipped_pin_is_a_failure():
    """What pip-audit reports where its database cannot be reached: every package skipped, and
    success.
    """
    skipped = [
        {
            "dependencies": [
                {
                    "name": name,
                    "skip_reason": "Dependency not found on PyPI and could not be audited",
                }
                for name, _ in PINS
            ],
            "fixes": [],
        }
    ]
    assert list(audit.findings(PINS, skipped)) == [
        "3 of 3 pins were not looked up: mini-racer==0.14.1, soupsieve==2.10, soupsieve==4.1.2"
    ]


def test_another_version_looked_up_does_not_stand_for_the_pin():
    reports = [
        {"dependencies": [entry("mini-racer", "0.15.0"), entry("soupsieve", "2.10")]},
        CLEAN[1],
    ]
    assert list(audit.findings(PINS, reports)) == [
        "1 of 3 pins were not looked up: mini-racer==0.14.1"
    ]


def test_a_vulnerability_is_named_with_its_cure():
    known = {"id": "PYSEC-0000-1", "fix_versions": ["2.11"], "aliases": [], "description": ""}
    reports = [
        {"dependencies": [entry("mini-racer", "0.14.1"), entry("soupsieve", "2.10", known)]},
        CLEAN[1],
    ]
    assert list(audit.findings(PINS, reports)) == ["soupsieve==2.10: PYSEC-0000-1, mended in 2.11"]
