"""Every bound, induction, order and optimum of the derivations holds, and its mistakes do not."""

from importlib import import_module

import pytest

from xentlib import claims
from xentlib.verify import Proof
from xentlib.verify.proof import same

FOUND = {
    f"{chapter}.{name}": evidence
    for chapter in claims.MODULES
    for name, evidence in vars(import_module(f"xentlib.derivations.{chapter}")).items()
    if isinstance(evidence, Proof)
}
IN_CLAIMS = [
    evidence
    for claim in claims.CLAIMS.values()
    for evidence in claim.evidence
    if isinstance(evidence, Proof)
]
ALONE = [name for name, found in FOUND.items() if not any(same(found, e) for e in IN_CLAIMS)]


@pytest.mark.parametrize("name", ALONE)  # the others are checked with their claims
def test_it_holds(name):
    assert FOUND[name].grade == "proved"
    assert FOUND[name].check()


def test_each_has_mistakes():
    assert not [name for name, found in FOUND.items() if len(found.mistakes) < 2]


@pytest.mark.parametrize("name", ALONE)
def test_each_mistake_has_a_counter_example(name):
    evidence = FOUND[name]
    for mistake in evidence.mistakes:
        assert evidence.refute(mistake)
        assert evidence.describe(mistake)
