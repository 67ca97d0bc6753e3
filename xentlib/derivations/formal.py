"""Relations of claims whose theorem Coq proved: `formal/tie.py` writes them in Coq's language, and
Coq checks that each theorem has the statement that the page prints.
"""

from typing import NamedTuple

from xentlib.derivations.quantities import on_support as named
from xentlib.derivations.symbols import p, q
from xentlib.verify.quantity import AtLeast, AtMost, Equal, Relation


class Tied(NamedTuple):
    """A relation for all p and q, and whether it is an equality exactly where p = q.

    `sums_to_one` says whether p and q must lie in the simplex, or need only be nonnegative.
    """

    relation: Relation
    equality: bool = False
    sums_to_one: bool = True


decomposition = Equal(named.cross_entropy(p, q), named.entropy(p) + named.divergence(p, q))
"""Cross-entropy is entropy plus divergence."""
gibbs = AtLeast(named.divergence(p, q), 0)
"""The divergence is never negative."""
least_value = AtMost(named.entropy(p), named.cross_entropy(p, q))
"""Cross-entropy is never below the entropy of the label."""

TIED = {
    "cross_entropy_decomposition": Tied(relation=decomposition, sums_to_one=False),
    "gibbs_inequality": Tied(relation=gibbs, equality=True),
    "least_value": Tied(relation=least_value, equality=True),
}
