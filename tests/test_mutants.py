"""The judge of mutation testing: too few killed, a survivor without a reason, a reason without a
survivor; and functions laid bare.
"""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import mutants  # noqa: E402


@pytest.fixture
def judge(monkeypatch):
    """Judges mutants by name: `a = 1  # survives: so` is the line as it was and as it became."""
    reason = mutants.REASON
    monkeypatch.setattr(mutants, "described", lambda m: (m, [m] if reason.search(m) else []))

    def judged(killed, survivors, explained=()):
        results = {
            f"killed {number}": "killed" if number else "timeout" for number in range(killed)
        } | dict.fromkeys(survivors, "survived")
        return list(mutants.judged(results, explained))

    return judged


EQUIVALENT = "x = 1  # survives: the same"


def test_enough_killed_and_every_survivor_explained(judge):
    assert judge(19, [EQUIVALENT], [EQUIVALENT]) == []


def test_too_few_killed(judge):
    two = [EQUIVALENT, "y = 2  # survives: the same"]
    assert judge(18, two, two) == ["18 of 20 mutants killed; at least 95% are to be"]


def test_a_survivor_needs_a_reason_and_a_reason_a_survivor(judge):
    idle = "z = 3  # survives: it does not"
    assert judge(40, ["a", EQUIVALENT], [EQUIVALENT, idle]) == [
        "survives without a reason: a",
        f"says why it survives, and nothing does: {idle}",
    ]


@pytest.mark.usefixtures("judge")
def test_a_mutant_that_no_test_reaches_is_not_killed():
    assert list(mutants.judged({"a": "no tests"}, ()))[0].startswith("0 of 1")


def test_the_reason_stands_at_the_end_of_the_line_or_above_it(monkeypatch):
    shown = {
        "end": "--- a\n+++ b\n def f():\n-    x = 1  # survives: the same\n+    x = 2",
        "above": " # survives: the same\n-    x = 1\n+    x = 2\n     y = 3",
        "none": " # survives: another line\n def f():\n-    x = 1\n+    x = 2",
    }
    monkeypatch.setattr(mutants, "mutmut", lambda _, mutant: shown[mutant])
    assert [len(mutants.described(mutant)[1]) for mutant in shown] == [1, 1, 0]
    assert mutants.described("none")[0].endswith(": x = 2")


def test_every_module_of_numerics_and_engine_is_mutated():
    assert set(
        [
            "_checks",
            "losses",
            "preferences",
            "fitting/preferences",
            "verify/chain",
            "verify/_algebra",
        ]
    ) <= set(mutants.MODULES)


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
    for module in mutants.MODULES:
        compile(
            mutants.undecorated((ROOT / "xentlib" / f"{module}.py").read_text()), module, "exec"
        )


def test_an_unknown_module_is_named():
    with pytest.raises(SystemExit, match="no module to mutate: nothing; there are _arrays"):
        mutants.main("nothing")
