"""Each relation of each claim, changed as an author might slip: the claim refuses it by name."""

from collections.abc import Iterator
from typing import Any

import pytest
from sympy import Indexed, IndexedBase, Sum

from xentlib.claims import CLAIMS
from xentlib.verify import Claim, check
from xentlib.verify._plain import WIDTH, short_lines
from xentlib.verify.quantity import AtLeast, AtMost, Equal, Relation, unfold

OTHER = {Equal: AtMost, AtMost: AtLeast, AtLeast: AtMost}


def slips(relation: Relation) -> Iterator[tuple[str, Relation]]:
    """What an author might write instead, each with its name."""
    kind, left, right = type(relation), relation.left, relation.right
    yield "another sign between the sides", OTHER[kind](left, right)
    yield "a lost factor", kind(left, right / 2)
    yield "a lost minus", kind(-left, right)
    yield "one more term", kind(left, right + 1)
    tables = sorted({e.base for e in unfold(left).atoms(Indexed)}, key=str)
    if len(tables) > 1:
        one, other = tables[:2]
        yield f"{one} for {other}", kind(swapped(left, one, other), right)
    if found := sorted(unfold(left).atoms(Sum), key=str):
        (_, _, size), *_ = found[0].limits
        yield "a mean for a sum", kind(left / size, right)


def swapped(expression: Any, one: IndexedBase, other: IndexedBase) -> Any:
    """The expression with two tables exchanged."""
    exchanged = {one: other, other: one}
    return unfold(expression).replace(
        lambda part: isinstance(part, Indexed) and part.base in exchanged,
        lambda part: Indexed(exchanged[part.base], *part.indices),
    )


SLIPS = [
    pytest.param(claim, name, changed, id=f"{claim.name}-{name}-{slip}".replace(" ", "-"))
    for claim in CLAIMS.values()
    for name, relation in claim.relations.items()
    for slip, changed in slips(relation)
    if unfold(changed.left) != unfold(relation.left)
    or unfold(changed.right) != unfold(relation.right)
    or type(changed) is not type(relation)
]


@pytest.mark.parametrize(("claim", "name", "changed"), SLIPS)
def test_a_slip_in_a_relation_is_refused_in_short_lines(
    claim: Claim, name: str, changed: Relation
) -> None:
    said = check(claim.with_relation(name, changed)).split("\n")
    assert said[0].startswith(f"refuted: {claim.title[:40]}") and "stated is" in said
    assert max(map(len, said)) <= WIDTH


def test_slips_are_planted_in_every_chapter() -> None:
    chapters = {claim.module for claim in CLAIMS.values()}
    planted = {param.values[0].module for param in SLIPS}
    assert planted == chapters
    assert {type(param.values[2]) for param in SLIPS} == {Equal, AtMost, AtLeast}


def test_a_relation_that_is_not_there_is_not_changed() -> None:
    claim = CLAIMS["gibbs_inequality"]
    with pytest.raises(KeyError, match="no relation Gibbs; there are gibbs, pinsker"):
        claim.with_relation("Gibbs", claim.relations["gibbs"])


def test_why_a_changed_claim_is_refused_is_said_with_both_sides() -> None:
    claim = CLAIMS["geometric_mean"]
    bound = claim.relations["bound"]
    assert check(claim.with_relation("bound", Equal(bound.left, bound.right))) == (
        "refuted: A geometric mean of likelihoods (the whole statement):\n"
        "stated is\n  -cross_entropy(p, q) = log(Sum(p[k]*q[k], (k, 1, m)))\n"
        "shown is\n  -cross_entropy(p, q) ≤ log(Sum(p[k]*q[k], (k, 1, m)))"
    )
    assert short_lines("a " * 60) == "a " * 37 + "a\n  " + "a " * 21 + "a"
