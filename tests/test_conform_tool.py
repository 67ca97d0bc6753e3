"""What a library's calls do, stored: by an adapter, with versions and date."""

import json
import sys
from pathlib import Path

import pytest

from xentlib.conformance import slips

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import conform  # noqa: E402

ADAPTER = """
import numpy as np
from scipy.special import log_softmax

LIBRARY = "scipy"


def entropy(logits, labels):
    return -np.take_along_axis(log_softmax(logits, axis=-1), labels[:, None], axis=-1)[:, 0]


CALLS = {
    "-log_softmax(z)[y]": {"loss": entropy, "takes": ("logits", "labels")},
    "in float32": {"loss": entropy, "takes": ("logits", "labels"), "dtype": "float32"},
}
"""


def test_the_calls_of_a_library_are_stored_with_versions_and_date(tmp_path, capsys):
    (tmp_path / "adapter.py").write_text(ADAPTER, encoding="utf-8")
    path = conform.main([str(tmp_path / "adapter.py"), "--into", str(tmp_path / "found")])
    found = json.loads(path.read_text(encoding="utf-8"))
    assert path.name == "scipy.json" and found["schema"] == conform.SCHEMA
    assert list(found["calls"]) == ["-log_softmax(z)[y]", "in float32"]
    assert all(found[word] for word in ("version", "xentlib", "numpy", "python", "date"))
    report = found["calls"]["-log_softmax(z)[y]"]
    bad = [(row["name"], row["outcome"]) for row in report["fails"]]
    assert bad == [("near_certain", "refuted")] and len(report["holds"]) == 14
    assert "-log_softmax(z)[y]: 14 of 15 hold" in capsys.readouterr().out


def test_an_adapter_without_calls_is_refused():
    with pytest.raises(ValueError, match="the adapter of scipy has no calls"):
        conform.result({"LIBRARY": "scipy", "CALLS": {}})


def test_calls_of_kinds_of_labels_are_stored_with_the_slip_that_they_look_like():
    slip = slips.uniform_on_set
    kinds = {"even(z, sets)": {"function": slip, "kind": "set_label"}}
    found = conform.result({"LIBRARY": "scipy", "CALLS": {}, "KINDS": kinds})
    row = found["kinds"]["even(z, sets)"]
    assert row["name"] == "set_label" and row["outcome"] == "refuted"
    assert row["message"].endswith("it looks like: a uniform label on the set")
    assert found["asked_of_kinds"] == conform.fingerprint_of_kinds() and found["calls"] == {}
