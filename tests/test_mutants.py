"""The judge of mutation testing: too few killed, a survivor without a reason, a reason without a
survivor; and functions laid bare.
"""

import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import mutants  # noqa: E402


@pytest.fixture(autouse=True)
def by_name(monkeypatch):
    monkeypatch.setattr(mutants, "described", lambda mutant: mutant)


def judge(killed, survivors, explained):
    results = {
        f"killed {number}": "killed" if number else "timeout" for number in range(killed)
    } | dict.fromkeys(survivors, "survived")
    return list(mutants.judged(results, set(explained)))


def test_enough_killed_and_every_survivor_explained():
    assert judge(19, ["a"], ["a"]) == []


def test_too_few_killed():
    assert judge(18, ["a", "b"], ["a", "b"]) == ["18 of 20 mutants killed; at least 95% are to be"]


def test_a_survivor_needs_a_reason_and_a_reason_a_survivor():
    assert judge(40, ["a", "b"], ["b", "c"]) == [
        "survives without a reason: a",
        "is explained and does not survive: c",
    ]


def test_a_mutant_that_no_test_reaches_is_not_killed():
    assert list(mutants.judged({"a": "no tests"}, set()))[0].startswith("0 of 1")


def test_every_reason_is_about_a_module_that_is_mutated():
    groups = tomllib.loads(mutants.SURVIVORS.read_text())["equivalent"]
    assert all(len(group["because"].split()) >= 4 and group["mutants"] for group in groups)
    named = [mutant for group in groups for mutant in group["mutants"]]
    assert len(named) == len(set(named)) and {mutant.split(".")[0] for mutant in named} <= set(
        mutants.MODULES
    )
    assert all((ROOT / "xentlib" / f"{place}.py").exists() for place in mutants.MODULES.values())


def test_a_decorated_function_is_laid_bare_and_does_the_same():
    text = (
        "from functools import cache\n\n\n@cache\n@cache\ndef f(x):\n    return x + 1\n\n\n"
        "class A:\n    @property\n    def g(self):\n        return 2\n\n    @staticmethod\n    "
        "def h():\n        return 3\n"
    )
    bare = mutants.undecorated(text)
    assert (
        "\ndef f(x):\n    return x + 1\nf = cache(cache(f))\n" in bare
        and "    def g(self):\n        return 2\n    g = property(g)\n" in bare
        and "    @staticmethod\n    def h" in bare
    )
    space = {}
    exec(bare, space)
    assert (space["f"](1), space["A"]().g, space["A"].h()) == (2, 2, 3)
    for module, place in mutants.MODULES.items():
        compile(mutants.undecorated((ROOT / "xentlib" / f"{place}.py").read_text()), module, "exec")


def test_an_unknown_module_is_named():
    with pytest.raises(SystemExit, match="no module to mutate: nothing; there are _checks"):
        mutants.main("nothing")
