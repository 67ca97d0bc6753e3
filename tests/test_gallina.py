"""Relations and domains in Coq's language: read as they are meant, or refused."""

import pytest
from sympy import Derivative, IndexedBase, KroneckerDelta, Sum, Symbol, exp, factorial, log

from xentlib.derivations.lemmas import m, on_support, over_support
from xentlib.derivations.quantities import entropy
from xentlib.derivations.quantities import on_support as named
from xentlib.derivations.symbols import K, N, i, j, k, over_classes, p, q, y, z
from xentlib.verify import AtLeast, AtMost, Equal, Undecided, number, simplex, size
from xentlib.verify.gallina import statement
from xentlib.verify.hypotheses import index, labels, nonnegative, positive, real, total, whole

c = IndexedBase("c", integer=True, nonnegative=True)
n = Symbol("n", integer=True, positive=True)
a = Symbol("a", real=True)
SOME = IndexedBase("r", nonnegative=True)


def test_hypotheses_are_those_of_the_domain():
    assert statement(AtLeast(entropy(p), 0), (size(K), simplex(p, K))) == (
        "forall (K : finType) (p : K -> R), (2 <= #|K|)%N -> (forall (k : K), 0 < p k) -> "
        "\\sum_(k : K) p k = 1 -> 0 <= - (\\sum_(k : K) p k * ln (p k))"
    )
    fewer = statement(AtLeast(entropy(p), 0), (size(K, 1), positive(p, K)))
    assert "(1 <= #|K|)%N" in fewer and "= 1" not in fewer


def test_only_letters_that_the_relation_speaks_of_are_taken():
    given = (size(K), simplex(q, K), real(z, K), number(a))
    said = statement(AtMost(over_classes(q[k]), 2), given)
    assert "z" not in said and "(q : K -> R)" in said


def test_faces_are_the_closed_simplex_in_extended_numbers():
    bound = AtMost(named.entropy(p), named.cross_entropy(p, q))
    assert statement(bound, on_support, equality=((p, q),)) == (
        "forall (K : finType) (p q : K -> R), simplex p -> simplex q -> "
        "(eH p p <= eH p q /\\ (eH p p = eH p q <-> (forall k, p k = q k)))%E"
    )


def test_what_a_prediction_costs_itself_is_not_read_as_an_entropy_on_its_own_support():
    said = statement(AtLeast(named.entropy(q), 0), on_support)
    assert "eH" not in said and "\\sum_(k : m) q k * ln (q k)" in said and "s <= 1" in said


def test_labels_and_counts_have_their_types():
    drawn = Sum(log(q[y[i]]), (i, 1, N))
    said = statement(AtMost(drawn, 0), (size(K), size(N), labels(y, N, K), simplex(q, K)))
    assert "(y : N -> K)" in said and "ln (q (y i))" in said
    counted = Equal(log(factorial(n)), over_classes(log(factorial(c[k]))))
    said = statement(counted, (size(K), whole(c, K), total(n, c, K)))
    assert "(c : K -> nat)" in said and "((c k)`!)%:R" in said
    assert "\\sum_(k : K) (c k)%:R = n%:R :> R" in said


def test_a_derivative_is_one_in_one_entry():
    slope = Equal(Derivative(over_classes(exp(z[k])), z[j]), exp(z[j]))
    said = statement(slope, (size(K), real(z, K), index(j, K)))
    assert "is_derive ((z j) : R)" in said and "if k == j then t else z k" in said


@pytest.mark.parametrize(
    "relation, given, message",
    [
        (AtMost(log(SOME[j]), 1), (size(K), nonnegative(SOME, K), index(j, K)), "has a logarithm"),
        (AtMost(1 / a, 1), (number(a),), "is not 0"),
        (AtMost(over_support(q[k]), 2), (size(m, 1),), "nothing is said of"),
        (AtMost(Sum(p[k], (k, 1, K - 1)), 1), (size(K), simplex(p, K)), "a sum from 1 to K - 1"),
        (AtMost(SOME[j] ** a, 1), (size(K), nonnegative(SOME, K), index(j, K), number(a)), "base"),
    ],
    ids=["logarithm", "quotient", "letter", "sum", "power"],
)
def test_what_coq_would_read_otherwise_is_refused(relation, given, message):
    with pytest.raises(Undecided, match=message):
        statement(relation, given)


def test_letters_of_one_name_stay_apart():
    soft, hard = IndexedBase("y", nonnegative=True), y
    both = Equal(over_classes(soft[k]), over_classes(KroneckerDelta(k, hard[i])))
    given = (size(K), size(N), nonnegative(soft, K), labels(hard, N, K), index(i, N))
    said = statement(both, given)
    assert "(y : K -> R)" in said and "(y' : N -> K)" in said
