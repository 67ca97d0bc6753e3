"""Every derivation is taken by a claim, which checks it, or by a chapter, which shows it; and each
bound, induction, order and optimum has mistakes.
"""

import json
import re
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

from xentlib import claims, derivations
from xentlib.verify import Chain, Proof
from xentlib.verify.proof import derivations_in, same

ROOT = Path(__file__).parents[1]
MODULES = sorted(path.stem for path in Path(derivations.__path__[0]).glob("[a-z]*.py"))
IMPORT = r"from xentlib\.derivations import (\w+)(?: as (\w+))?"


def derivations_of(name):
    """Those that stand at the top of a module, also under the names of another."""
    module = vars(import_module(f"xentlib.derivations.{name}"))
    return {each: found for each, found in module.items() if isinstance(found, (Chain, Proof))}


def in_claims():
    evidence = [claim.evidence for claim in claims.CLAIMS.values()]
    return [found for each in evidence for found in derivations_in(each)]


def in_chapters():
    """The names `module.derivation` in the code of the chapters."""
    names = set()
    for path in (ROOT / "chapters").glob("*.ipynb"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
        for module, alias in re.findall(IMPORT, code):
            names |= {
                f"{module}.{used}" for used in re.findall(rf"\b{alias or module}\.(\w+)", code)
            }
    return names


def taken_by_none(found, by_claims, by_chapters):
    """The names of derivations that no claim and no chapter takes, under any name."""
    taken = [*by_claims, *(found[name] for name in by_chapters if name in found)]
    return [name for name, one in found.items() if not any(same(one, other) for other in taken)]


def test_a_claim_or_a_chapter_takes_every_derivation():
    found = {
        f"{module}.{name}": one
        for module in MODULES
        for name, one in derivations_of(module).items()
    }
    assert len(found) > 150
    assert taken_by_none(found, in_claims(), in_chapters()) == []


def test_a_derivation_that_nothing_takes_is_named():
    found = {"a.one": SimpleNamespace(), "a.two": SimpleNamespace(), "b.one": SimpleNamespace()}
    assert taken_by_none(found, [found["a.one"]], {"a.two", "c.one"}) == ["b.one"]
    assert taken_by_none({**found, "c.two": found["b.one"]}, [], {"b.one"}) == ["a.one", "a.two"]


@pytest.mark.parametrize("module", MODULES)
def test_each_has_mistakes(module):
    proofs = [item for item in derivations_of(module).items() if isinstance(item[1], Proof)]
    assert not [name for name, found in proofs if len(found.mistakes) < 2]
