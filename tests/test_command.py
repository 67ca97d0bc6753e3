"""The command `python -m xentlib.verify`: what it finds, what it says, and each of its exits."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from xentlib.claims import CLAIMS
from xentlib.derivations import elsewhere
from xentlib.verify import Claim, check
from xentlib.verify._subjects import NoSuchName, find
from xentlib.verify.chain import Chain
from xentlib.verify.evidence import Exact
from xentlib.verify.hypotheses import number

HEAD = """from sympy import Symbol
from xentlib.verify import Chain, Claim, Derived, number

a = Symbol("a", real=True)


def chain(*ends):
    steps = tuple((end, f"reason {place}") for place, end in enumerate(ends, 1))
    return Chain(start=(a + 1) ** 2, steps=steps, given=(number(a),))


"""
RIGHT = "right = chain(a**2 + 2 * a + 1)\n"
WRONG = "wrong = chain(a**2 + 2 * a + 1, a**2 + 1)\n"
OPEN = "open_end = chain()\n"
CLAIM = """square = Claim(
    title="The square",
    statement="$(a+1)^2$ is a square.",
    in_words="a test",
    evidence=(
        Derived(
            part="",
            chain=chain(a**2 + 2 * a + 1),
            mistakes={"freshman": a**2 + 1, "twice": 2 * a + 1},
        ),
    ),
)
"""
BROKEN_CLAIM = CLAIM.replace('"twice": 2 * a + 1', '"twice": 1 / len([])')
LINE = HEAD.count("\n") + 1


def command(folder, *arguments, **settings):
    return subprocess.run(
        [sys.executable, "-m", "xentlib.verify", *arguments],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


@pytest.mark.parametrize(
    "text, code, line",
    [
        (HEAD + RIGHT + CLAIM, 0, "2 holds"),
        (HEAD + RIGHT + WRONG, 1, f"f.py:{LINE + 1}: refuted: f.wrong: step 2 (reason 2) fails at"),
        (HEAD + RIGHT + OPEN, 4, f"f.py:{LINE + 1}: undecided: f.open_end: "),
        (HEAD + OPEN + WRONG, 1, "1 refuted, 1 undecided"),
        (HEAD, 3, "f.py: empty: f.py: no claim and no chain stands at its top"),
        ("", 3, "1 empty"),
        ("x = 1\ny = (\n", 4, "f.py:2: broken: f.py: SyntaxError: '(' was never closed"),
        ("x = 1\n\nimport nonesuch\n", 4, "f.py:3: broken: f.py: ModuleNotFoundError: No module"),
        (HEAD + BROKEN_CLAIM, 4, f"f.py:{LINE + 8}: broken: f.py: ZeroDivisionError: division"),
        ("import sys\nsys.exit(0)\n", 4, "f.py:2: broken: f.py: SystemExit: 0"),
    ],
)
def test_each_exit(write, tmp_path, text, code, line):
    found = command(tmp_path, write("f.py", text))
    assert (found.returncode, found.stderr) == (code, "")
    assert line in found.stdout


def test_a_claim_that_crashes_while_it_is_checked_is_broken_and_the_others_are_checked(
    write, tmp_path
):
    crash = CLAIM.replace("mistakes={", "computes=lambda a: 1 / len([]),\n            mistakes={")
    found = command(tmp_path, write("f.py", HEAD + crash + WRONG))
    assert found.returncode == 1
    crashed = next(row for row, text in enumerate((HEAD + crash).splitlines(), 1) if "len(" in text)
    assert f"f.py:{crashed}: broken: f.square: ZeroDivisionError: division by zero" in found.stdout
    assert "1 refuted, 1 broken" in found.stdout


@pytest.mark.parametrize(
    "wrong, near",
    [
        ("gibbs_inequalty", "gibbs_inequality"),
        ("gibs", "gibbs_inequality"),
        ("counst", "counts"),
        ("bayes.flat_prior_may_be_imroper", "flat_prior_may_be_improper"),
        ("test_comand.py", "test_command.py"),
        ("xentlib.derivations.bayes.logarithm_keps", ""),
    ],
)
def test_a_wrong_name_lists_near_ones(wrong, near, monkeypatch):
    monkeypatch.chdir(Path(__file__).parent)
    with pytest.raises(NoSuchName, match=f"(named|no file) {wrong}.*{near}"):
        find(wrong)


def test_a_wrong_name_is_usage(tmp_path):
    found = command(tmp_path, "my_claim.py")
    assert (found.returncode, found.stdout) == (2, "") and "no file my_claim.py" in found.stderr


def test_what_cannot_be_understood_or_written_is_usage(write, tmp_path):
    right = write("f.py", HEAD + RIGHT)
    for arguments in (["--nonesuch"], [right, "--junit", "no/folder.xml"], ["folder/"]):
        assert command(tmp_path, *arguments).returncode == 2


def test_names_are_claims_chapters_and_modules(write, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    write("my_claims.py", HEAD + RIGHT + WRONG)

    def names(argument):
        return [subject.name for subject in find(argument)]

    gibbs = "xentlib.claims.entropy_and_kl.gibbs_inequality"
    for name in ("gibbs_inequality", "gibbs-inequality", gibbs, "entropy-and-kl.gibbs-inequality"):
        assert names(name) == [gibbs]
    assert names("bayes") == names("xentlib.claims.bayes") and len(names("bayes")) > 1
    assert set(names("bayes")) < set(names("xentlib.claims"))
    assert len(names("xentlib.claims")) == len(CLAIMS)
    assert names("my_claims") == ["my_claims.right", "my_claims.wrong"]
    assert names("my_claims.wrong") == ["my_claims.wrong"]
    assert names("json") == []


def test_a_bare_name_imports_its_own_chapter_alone():
    code = (
        "import sys; from xentlib.verify._subjects import find; find('gibbs-inequality'); "
        "print(*sorted(m for m in sys.modules if m.startswith('xentlib.claims.')))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    chapters = [name for name in found.stdout.split() if "._" not in name]
    assert chapters == ["xentlib.claims.entropy_and_kl"]


def test_a_claim_is_checked_once_and_its_chain_not_again(write, tmp_path):
    text = HEAD + CLAIM + "also = square\nchain_of_it = square.evidence[0].chain\n"
    assert command(tmp_path, write("f.py", text), "f.py").stdout == "1 holds\n"


def test_files_may_share_a_name_and_import_their_neighbours(tmp_path):
    for folder, end in (("one", RIGHT), ("two", WRONG)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "json.py").write_text(HEAD + end, encoding="utf-8")
    (tmp_path / "one" / "head.py").write_text(HEAD, encoding="utf-8")
    (tmp_path / "one" / "user.py").write_text("from head import *\n" + RIGHT, encoding="utf-8")
    found = command(tmp_path, "one/json.py", "two/json.py", "one/user.py")
    assert found.returncode == 1 and "1 refuted, 2 holds" in found.stdout


def test_progress_is_a_line_for_each_with_seconds(write, tmp_path):
    found = command(tmp_path, write("f.py", HEAD + RIGHT + WRONG), "-v")
    first, second = found.stderr.splitlines()
    assert first.startswith("[1/2] f.right: holds (") and first.endswith(" s)")
    assert second.startswith("[2/2] f.wrong: refuted (")


def test_a_terminal_shows_progress_unasked(write, tmp_path):
    shown, terminal = os.openpty()
    subprocess.run(
        [sys.executable, "-m", "xentlib.verify", write("f.py", HEAD + RIGHT)],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=terminal,
    )
    os.close(terminal)
    assert os.read(shown, 1000).startswith(b"[1/1] f.right: holds (")
    os.close(shown)


def test_json_is_all_that_is_printed(write, tmp_path):
    text = "print('noise')\n" + HEAD + CLAIM + WRONG
    found = command(tmp_path, write("f.py", text), write("e.py", ""), "--json")
    report = json.loads(found.stdout)
    assert report["exit"] == found.returncode == 1 and "noise" in found.stderr
    outcomes = {result["name"]: result["outcome"] for result in report["results"]}
    assert outcomes == {"e.py": "empty", "f.square": "holds", "f.wrong": "refuted"}
    claim = next(result for result in report["results"] if result["name"] == "f.square")
    assert claim["record"]["claim"] == "square" and claim["record"]["grade"] == "proved"
    assert "refutes 2 mistakes: freshman; twice" in claim["message"]


def test_junit_counts_what_fails(write, tmp_path):
    strange = WRONG.replace("wrong", "odd").replace("chain(", "Chain(start=a, given=(number(a),), ")
    strange = strange.replace("a**2 + 2 * a + 1, a**2 + 1", 'steps=((a + 1, "<b>\\x00&"),)')
    text = HEAD + CLAIM + WRONG + OPEN + strange
    assert command(tmp_path, write("f.py", text), "--junit", "out.xml").returncode == 1
    suite = ElementTree.parse(tmp_path / "out.xml").getroot()[0]
    assert [suite.get(key) for key in ("tests", "failures", "errors")] == ["4", "2", "1"]
    cases = {case.get("name"): case for case in suite}
    assert not list(cases["square"]) and cases["square"].get("classname") == "f"
    assert "step 2 (reason 2) fails at" in cases["wrong"].findtext("failure", "")
    assert [error.get("type") for error in cases["open_end"].iter("error")] == ["undecided"]
    assert "<b>\N{REPLACEMENT CHARACTER}&" in cases["odd"].findtext("failure", "")


def test_a_terminal_without_the_signs_of_mathematics_ends_no_run(write, tmp_path):
    text = HEAD + RIGHT.replace("chain(", "Chain(start=a, steps=((a + 1, 'ε ≥ 0'),), given=(")
    text = text.replace("given=(a**2 + 2 * a + 1)", "given=(number(a),))")
    found = command(tmp_path, write("f.py", text), PYTHONIOENCODING="ascii")
    assert found.returncode == 1 and r"(\u03b5 \u2265 0)" in found.stdout


@pytest.mark.parametrize("missing", ["sympy", "mpmath"])
def test_a_missing_extra_is_named(write, tmp_path, missing):
    write("sitecustomize.py", f"import sys\nsys.modules[{missing!r}] = None\n")
    said = "xentlib.verify needs the extra verify: pip install 'xentlib[verify]'"
    found = command(tmp_path, "bayes", PYTHONPATH=paths(tmp_path))
    assert (found.returncode, found.stdout, found.stderr) == (4, "", said + "\n")
    imported = subprocess.run(
        [sys.executable, "-c", "import xentlib.verify"],
        env={**os.environ, "PYTHONPATH": paths(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert imported.stderr.splitlines()[-1] == f"ImportError: {said}"


def paths(folder):
    return os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])


def test_a_check_says_what_a_check_would_raise():
    from sympy import Symbol

    a = Symbol("a", real=True)
    right, wrong, none = (
        Chain(start=(a + 1) ** 2, steps=steps, given=(number(a),))
        for steps in (((a**2 + 2 * a + 1, "expand"),), ((a**2 + 1, "slip"),), ())
    )
    assert check(right) == "holds: 1 step"
    assert check(wrong).startswith("refuted: step 1 (slip) fails at a = ")
    assert check(none) == "undecided: a chain without a step shows nothing"
    bare = Claim(title="A claim", statement="s", evidence=())
    assert check(bare) == "undecided: A claim: a claim without evidence"
    proper = Claim(
        title="A claim",
        statement="s",
        in_words="a test",
        evidence=(
            Exact(
                part="",
                cases=lambda: [(1,), (2,)],
                lhs=lambda x: x + x,
                rhs=lambda x: 2 * x,
                mistakes={"one": lambda x: x, "three": lambda x: 3 * x},
            ),
        ),
    )
    assert check(proper).splitlines()[1] == "A claim: Checked"


def test_the_derivation_from_elsewhere_is_refused_at_the_line_that_its_update_replaced():
    said = check(elsewhere.normal_divergence_as_asked)
    assert said.startswith("refuted: step 2 (everything is put together) fails at μ₁ = 1, ")
    assert check(elsewhere.normal_divergence) == "holds: 2 steps"
