"""Every bound, induction, order and optimum of the derivations holds, and its mistakes do not."""

from importlib import import_module

import pytest

from xentlib import claims
from xentlib.verify import Proof

FOUND = {
    f"{chapter}.{name}": evidence
    for chapter in claims.MODULES
    for name, evidence in vars(import_module(f"xentlib.derivations.{chapter}")).items()
    if isinstance(evidence, Proof)
}


@pytest.mark.parametrize("name", FOUND)
def test_it_holds(name):
    assert FOUND[name].grade == "proved"
    assert FOUND[name].check()


@pytest.mark.parametrize("name", FOUND)
def test_each_mistake_has_a_counter_example(name):
    evidence = FOUND[name]
    assert len(evidence.mistakes) >= 2
    for mistake in evidence.mistakes:
        assert evidence.refute(mistake)
        assert evidence.describe(mistake)
