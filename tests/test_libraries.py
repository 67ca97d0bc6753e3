"""What other libraries do, as it is stored and as the page says it."""

import ast
import json
import re
import runpy
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import nbformat
import pytest

from xentlib.book import libraries_page
from xentlib.conformance import CHECKS, KINDS
from xentlib.data import libraries

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import conform  # noqa: E402
import prose  # noqa: E402

PAGE = ROOT / "chapters" / "your-library.ipynb"
ADAPTERS = sorted((ROOT / "tools" / "adapters").glob("*.py"))
IN_THE_LOCK = ("scikit_learn", "scipy", "statsmodels")  # run again here, whole
AGAIN = "the checks are others now: run tools/conform.py with each file of tools/adapters"
WORDS = """PyTorch torch Keras optax XGBoost LightGBM CatBoost scikit-learn SciPy statsmodels
torchmetrics KLDivLoss batchmean reduction"""


def stored(name):
    return json.loads((conform.FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def adapted(path):
    """What an adapter says of itself, without running it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    return ast.literal_eval(said["LIBRARY"]), [ast.literal_eval(key) for key in said["CALLS"].keys]


def problems(found):
    """What is wrong with a stored result."""
    if found["schema"] != conform.SCHEMA:
        yield f"schema {found['schema']}"
    if not re.match(r"\d+\.\d+", found["version"]):
        yield f"version {found['version']!r}"
    if date.fromisoformat(found["date"]) < date(2026, 1, 1):
        yield f"date {found['date']}"
    if found["asked"] != conform.fingerprint():
        yield AGAIN
    for call, report in found["calls"].items():
        names = [*report["holds"], *(row["name"] for row in report["fails"])]
        if not names or len(set(names)) != len(names) or set(names) - set(CHECKS):
            yield f"{call}: not the checks of this release"
    if found.get("asked_of_kinds") != (
        conform.fingerprint_of_kinds() if "kinds" in found else None
    ):
        yield AGAIN
    for call, row in found.get("kinds", {}).items():
        slip = row["message"].partition("; it looks like: ")[2]
        if row["name"] not in KINDS or slip and slip not in KINDS[row["name"]].slips:
            yield f"{call}: not the kinds of this release"


@pytest.mark.parametrize("name", libraries.NAMES)
def test_a_stored_result_has_version_and_date_and_is_of_these_checks(name):
    assert list(problems(stored(name))) == []


@pytest.mark.parametrize(
    "spoilt, says",
    [
        ({"asked": "0" * 32}, AGAIN),
        ({"version": ""}, "version ''"),
        ({"date": "1970-01-01"}, "date 1970-01-01"),
        ({"schema": "xentlib-library/1"}, "schema xentlib-library/1"),
        (
            {"calls": {"f": {"holds": ["units"], "fails": []}}},
            "f: not the checks of this release",
        ),
        ({"kinds": {}}, AGAIN),
        (
            {
                "asked_of_kinds": conform.fingerprint_of_kinds(),
                "kinds": {"f": {"name": "set", "message": ""}},
            },
            "f: not the kinds of this release",
        ),
    ],
)
def test_what_is_wrong_in_a_stored_result_is_named(spoilt, says):
    assert list(problems({**stored("scipy"), **spoilt})) == [says]


def test_a_check_that_asks_something_else_changes_the_fingerprint(monkeypatch):
    before, check = conform.fingerprint(), CHECKS["in_nats"]
    others = (
        {"in_nats": replace(check, asks="Else.")},
        {"in_nats": replace(check, cases=CHECKS["exact_values"].cases)},
        {"new": check},
    )
    for other in others:
        monkeypatch.setattr(conform, "CHECKS", {**CHECKS, **other})
        assert conform.fingerprint() != before


def test_a_kind_that_asks_something_else_changes_its_fingerprint(monkeypatch):
    before, kind = conform.fingerprint_of_kinds(), KINDS["set_label"]
    for other in (replace(kind, cases=kind.cases[:1]), replace(kind, asks="Else.")):
        monkeypatch.setattr(conform, "KINDS", {**KINDS, "set_label": other})
        assert conform.fingerprint_of_kinds() != before


def test_each_adapter_has_its_stored_result_and_no_other_is_there():
    said = dict(adapted(path) for path in ADAPTERS)
    assert sorted(said) == sorted(libraries.NAMES)
    assert sorted(path.stem for path in conform.FOLDER.glob("*.json")) == sorted(said)
    for name, calls in said.items():
        assert list(libraries.load()[name].calls) == calls, name


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", IN_THE_LOCK)
def test_libraries_of_the_lock_do_today_what_is_stored(name):
    again = conform.result(runpy.run_path(str(ROOT / "tools" / "adapters" / f"{name}.py")))
    kept = stored(again["library"])
    outcomes = [
        {
            call: (report["setting"], report["holds"], [row["name"] for row in report["fails"]])
            for call, report in found["calls"].items()
        }
        for found in (again, kept)
    ]
    assert again["version"] == kept["version"] and outcomes[0] == outcomes[1]


def texts():
    return prose.notebook_texts(PAGE).values()


def foreign_lines(block):
    """The lines of a block that stand in no adapter: nobody has run them."""
    run = {line.strip() for path in ADAPTERS for line in path.read_text("utf-8").splitlines()}
    return [line for line in block.splitlines() if line.strip() not in run | {""}]


def test_the_code_of_other_libraries_on_the_page_is_the_code_that_was_run():
    blocks = [b for text in texts() for kind, b in prose.FENCE.findall(text) if kind == "python"]
    assert len(blocks) >= 5
    for block in blocks:
        assert foreign_lines(block) == [] and len(block.splitlines()) <= 10
    assert foreign_lines(blocks[0].replace("log1p", "log")) != []


def test_the_calls_on_the_page_are_those_of_the_stored_results():
    cells = nbformat.read(PAGE, as_version=4).cells
    shown = [o["data"]["text/plain"] for c in cells for o in c.get("outputs", []) if "data" in o]
    told = "\n".join(shown)
    for name, library in libraries.load().items():
        text = libraries_page.calls_of(library)._repr_mimebundle_()["text/plain"]
        assert text in told, f"{name}: the page does not show its calls"
        for call, row in stored(name).get("kinds", {}).items():
            assert f"- `{call}`, as {row['name'].replace('_', ' ')}: {row['outcome']}" in text
        counts = re.findall(r"` holds (\d+) of (\d+)", text)
        calls = stored(name)["calls"].values()
        assert counts == [
            (str(len(call["holds"])), str(len(call["holds"]) + len(call["fails"])))
            for call in calls
        ]


def test_the_page_has_the_words_that_people_search():
    text = "\n".join(texts())
    phrases = [*WORDS.split(), "knowledge distillation", "abel smoothing", "soft targets"]
    assert [word for word in phrases if word not in text] == []


def unequal(printed):
    """The lines of a text that give a number of PyTorch and another one of this library."""
    pairs = re.findall(r"^([\d.]+) = ([\d.]+).*$", printed, re.MULTILINE)
    assert pairs
    return [pair for pair in pairs if pair[0] != pair[1]]


def test_the_numbers_of_pytorch_are_those_of_the_formulas():
    cells = nbformat.read(ROOT / "chapters" / "neural-networks.ipynb", as_version=4).cells
    printed = "".join(o.get("text", "") for cell in cells for o in cell.get("outputs", []))
    assert unequal(printed) == []
    assert unequal(printed.replace("1.110645 = ", "1.110646 = ", 1)) == [("1.110646", "1.110645")]
