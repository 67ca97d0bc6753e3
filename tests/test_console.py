"""The command `xentlib`: what it prints, what it takes, and each of its exits."""

import json
import os
import subprocess
import sys
from importlib import import_module

import pytest

import xentlib
from xentlib.claims import CLAIMS
from xentlib.command import main
from xentlib.conformance import CHECKS, KINDS

LOSSES = """import numpy as np
from xentlib import softmax_cross_entropy as soft

print("this is no report")


def bits(logits, target_probs):
    return soft(logits, target_probs) / np.log(2)


def mean(logits, target_probs):
    return soft(logits, target_probs).mean()


def gone(logits, target_probs):
    raise OSError("no device")


def gradient(logits, target_probs):
    return np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True) - target_probs


class Holder:
    loss = staticmethod(soft)


number = 3
"""


@pytest.fixture
def losses(tmp_path, monkeypatch):
    (tmp_path / "their_losses.py").write_text(LOSSES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    sys.modules.pop("their_losses", None)


@pytest.fixture
def run(capsys):
    def run(*arguments):
        try:
            code = main(arguments)
        except SystemExit as trouble:
            code = trouble.code
        return code, *capsys.readouterr()

    return run


# --- conform


@pytest.mark.parametrize("where", ["their_losses", "their_losses.py"])
def test_a_loss_of_a_module_or_a_file_is_held_against_the_claims(losses, run, where):
    code, out, err = run("conform", f"{where}:bits")
    assert code == 1 and "this is no report" in err
    assert out.startswith("bits (logits, target_probs; none; float64): ")
    assert "refuted  in_nats" in out and "chapters/cross-entropy.html#claim-units" in out


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["xentlib:softmax_cross_entropy", "--dtype", "float32"], 0),
        (["their_losses:Holder.loss"], 0),
        (["their_losses:mean", "--reduction", "mean"], 0),
        (["their_losses:mean"], 4),
        (["their_losses:gone"], 4),
        (["xentlib:softmax_cross_entropy", "--expect", "in_nats=they say bits"], 1),
    ],
)
def test_the_exit_says_what_the_report_says(losses, run, arguments, code):
    assert run("conform", *arguments)[0] == code


def test_a_gradient_and_what_is_expected_are_told_by_name(losses, run):
    known = ["gradient_where_most_wrong=naive"]
    expected = [word for one in known for word in ("--expect", one)]
    loss = ["their_losses:Holder.loss", "--grad", "their_losses:gradient"]
    code, out, _ = run("conform", *loss, "--json", *expected)
    found = json.loads(out)
    assert code == 0 and found["ok"] and found["counts"]["expected"] == 1
    assert run("conform", *loss)[0] == 1


def test_a_hard_loss_is_asked_other_questions(run):
    loss = "xentlib:softmax_cross_entropy_with_integer_labels"
    code, out, _ = run("conform", loss, "--takes", "logits,labels", "--json")
    assert code == 0 and "mean_label" in json.loads(out)["not_asked"]


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["their_losses:bit"], "their_losses has no bit; near it: bits"),
        (["their_losses:number"], "their_losses:number is int, which cannot be called"),
        (["their_losses"], "their_losses is no MODULE:FUNCTION"),
        (["nonesuch:loss"], "no module is named nonesuch"),
        (["nonesuch.py:loss"], "no file nonesuch.py"),
        (["their_losses:bits", "--takes", "scores,labels"], "takes is ('scores', 'labels')"),
        (["their_losses:bits", "--dtype", "decimal"], "decimal"),
        (["their_losses:bits", "--expect", "in_nats"], "CHECK=REASON is needed"),
        (["their_losses:bits", "--expect", "in_nat=bits"], "near it: in_nats"),
        (["their_losses:bits", "--reduction", "batchmean"], "invalid choice"),
    ],
)
def test_what_cannot_be_meant_is_usage(losses, run, arguments, says):
    code, out, err = run("conform", *arguments)
    assert (code, out) == (2, "") and says in err


def test_a_module_that_breaks_is_named_with_its_line(losses, run):
    (losses / "broken_losses.py").write_text("x = 1\nimport nonesuch_package\n", encoding="utf-8")
    code, _, err = run("conform", "broken_losses:loss")
    assert code == 4 and "broken_losses.py:2: ModuleNotFoundError" in err


# --- list and explain


def test_the_list_has_every_claim_once(run):
    code, out, _ = run("list")
    assert code == 0
    lines = [line.split() for line in out.splitlines() if line.startswith("  ")]
    assert [words[0] for words in lines] == list(CLAIMS)
    assert all(words[1] == CLAIMS[words[0]].grade for words in lines)


def test_the_list_as_json_has_pages_and_checks(run):
    found = {claim["name"]: claim for claim in json.loads(run("list", "--json")[1])}
    assert list(found) == list(CLAIMS)
    assert found["units"]["page"] == "chapters/cross-entropy.html#claim-units"
    assert found["units"]["checks"] == ["in_nats"]
    assert sum(len(claim["checks"]) for claim in found.values()) == len(CHECKS) + len(KINDS)


@pytest.mark.parametrize("name", ["units", "cross_entropy.units", "claim-units"])
def test_a_claim_is_explained_with_all_that_it_says(run, name):
    code, out, _ = run("explain", name)
    claim = CLAIMS["units"]
    assert code == 0 and out.startswith("Units, and perplexity (units)\n")
    assert "for all: " in out and "xentlib verify units" in out and "in_nats" in out
    for word in (*claim.mistakes, "chapters/cross-entropy.html#claim-units", "evidence:"):
        assert word in out
    found = json.loads(run("explain", name, "--json")[1])
    assert found["statement"] == claim.text and found["mistakes"] == list(claim.mistakes)


@pytest.mark.parametrize(
    "wrong, near", [("gibbs-inequalty", "gibbs_inequality"), ("clip", "clipping"), ("qqq", "list")]
)
def test_a_wrong_name_lists_near_ones(run, wrong, near):
    code, out, err = run("explain", wrong)
    assert (code, out) == (2, "") and f"no claim is named {wrong}" in err and near in err


# --- verify, and the command itself


def test_verify_is_the_command_of_the_engine(run):
    code, out, _ = run("verify", "units", "--json")
    assert code == 0 and json.loads(out)["results"][0]["name"].endswith(".units")
    assert run("verify", "nonesuch_claim")[0] == 2
    assert "usage: xentlib verify" in run("verify", "--help")[1]


def test_the_command_says_what_there_is(run):
    code, out, _ = run("--help")
    assert code == 0 and all(word in out for word in ("conform", "list", "explain", "Exit: 0"))
    assert run("--version")[1] == f"xentlib {xentlib.__version__}\n"
    assert run()[0] == 2 and run("nonesuch")[0] == 2


WITHOUT_SYMPY = """import sys
from importlib.abc import MetaPathFinder
class No(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("sympy", "mpmath"):
            raise ModuleNotFoundError(name, name=name)
    def invalidate_caches(self):
        pass
import importlib.util
known = importlib.util.find_spec
def find_spec(name, package=None):
    return None if name in ("sympy", "mpmath") else known(name, package)
importlib.util.find_spec = find_spec
sys.meta_path.insert(0, No())
from xentlib.command import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "arguments, code",
    [(["list"], 4), (["verify"], 4), (["conform", "xentlib:softmax_cross_entropy"], 0)],
)
def test_without_sympy_losses_are_checked_and_claims_say_what_to_install(arguments, code):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_SYMPY, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ},
        timeout=300,
    )
    assert done.returncode == code, done.stderr
    assert ("pip install 'xentlib[verify]'" in done.stderr) == (code == 4)
    assert "Traceback" not in done.stderr


def test_conformance_loads_numpy_alone():
    code = "import sys, xentlib.conformance; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"sympy", "mpmath", "scipy", "sklearn", "pytest", "xentlib.claims"}
    assert not heavy & set(done.stdout.split())
    assert import_module("xentlib.conformance.answers").oracle()["count"] == 234
