"""An author who errs or deceives: each attack on the engine is refused, and the message names the
rule. Those of one line are in test_texts.py, beside the words of all that shows nothing.
"""

from fractions import Fraction as F

import numpy as np
import pytest
from sympy import Eq, IndexedBase, Rational, Sum, Symbol, log, symbols, true

from xentlib.verify import (
    Chain,
    Claim,
    Derived,
    Exact,
    Given,
    Refuted,
    Sampled,
    Simulated,
    Undecided,
    index,
    less,
    number,
    samples,
    simplex,
    size,
    verify,
)

K, N = symbols("K N", integer=True, positive=True)
j, k = symbols("j k", integer=True, positive=True)
a, b = Symbol("a", positive=True), Symbol("b", positive=True)
p, q = IndexedBase("p", positive=True), IndexedBase("q", positive=True)
entropy = -Sum(p[k] * log(p[k]), (k, 1, K))
total = Sum(p[k], (k, 1, K))


def uniform(random, known):
    return [Rational(1, known[K])] * known[K]


def invented(*facts):
    return size(K), Given(symbol=p, draw=uniform, facts=facts)


def bounded(fact):
    return size(K), index(j, K)._replace(facts=(fact,))


CHAINS = {
    "a fact that narrow draws hide": (
        Chain(
            start=entropy,
            steps=((log(K), "p is a distribution"),),
            given=invented((Sum(p[k] * log(p[k]), (k, 1, K)), -log(K))),
        ),
        r"brings the fact .* a hypothesis may say what a table sums to",
    ),
    "a fact about squares": (
        Chain(
            start=Sum(p[k] ** 2, (k, 1, K)),
            steps=((1 / K, "known"),),
            given=invented((Sum(p[k] ** 2, (k, 1, K)), 1 / K)),
        ),
        "and nothing else",
    ),
    "a bound on K among the facts": (
        Chain(start=a, steps=((a * 1 + 0 * K, "x"),), given=(*bounded((K <= 4, true)), number(a))),
        r"K <= 4 = True",
    ),
    "a chain that returns to its start": (
        Chain(
            start=log(a * b),
            steps=((log(a) + log(b), "out"), (log(a * b), "and back")),
            given=(number(a, 1, 3), number(b, 1, 3)),
        ),
        "returns to its start",
    ),
    "a symbol without a hypothesis": (
        Chain(start=total, steps=((Sum(q[k], (k, 1, K)), "x"),), given=(size(K), simplex(p, K))),
        r"q has no hypothesis; step 1 uses q\[k\]",
    ),
    "a size after what it measures": (
        Chain(start=total, steps=((1 + 0 * K, "x"),), given=(simplex(p, K), size(K))),
        r"p is measured by K, which has no hypothesis before it; put size\(K\)",
    ),
    "a relation for an expression": (
        Chain(start=a, steps=((Eq(a, b), "a lost comma"),), given=(number(a), number(b))),
        "step 1 is a relation; a chain has only =",
    ),
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_is_refused(name):
    chain, message = CHAINS[name]
    with pytest.raises(Undecided, match=message):
        chain.check()


def test_a_false_later_step_is_refuted_though_an_earlier_one_is_undecided():
    root = Symbol("r", positive=True)
    chain = Chain(
        start=total,
        steps=((Sum(2 * p[k], (k, 1, K)) - 1, "true, undecided"), (root, "false")),
        given=(size(K), simplex(p, K)._replace(facts=()), number(root, 2, 3)),
    )
    with pytest.raises(Refuted, match="step 2"):
        chain.check()


def test_a_number_times_a_letter_is_not_proved():
    number_only = Chain(start=a * log(4), steps=((2 * a * log(2), "power"),), given=(number(a),))
    letters = Chain(start=log(a**2), steps=((2 * log(a), "power"),), given=(number(a, 1, 3),))
    assert Derived(part="", chain=number_only).grade == "exact"
    assert Derived(part="", chain=letters).grade == "proved"


def half(value):
    return F(value, 2)


def cases():
    return [(1,), (2,)]


def sampled(**changes):
    fields = dict(part="", cases={"p": samples.simplex}, lhs=lambda p: 0 * p[0], rhs=np.prod)
    return Sampled(**{**fields, **changes})


def test_equality_is_not_less():
    with pytest.raises(Refuted, match="1 against 1"):
        sampled(
            lhs=lambda p: 1.0, rhs=lambda p: 1.0 + 0 * p[0], relation=less, sizes=(2, 3, 4, 5)
        ).check()


def test_one_class_alone_shows_nothing():
    with pytest.raises(Undecided, match="with 2 classes 0 of at least 5 different draws"):
        sampled(rhs=lambda p: 0.0, where=lambda p: len(p) == 1).check()


def test_what_fails_at_four_classes_alone_is_refuted():
    with pytest.raises(Refuted):
        sampled(rhs=lambda p: float(len(p) == 4)).check()


def test_a_small_difference_of_small_values_is_refuted():
    with pytest.raises(Refuted):
        sampled(lhs=lambda p: 1e-13, rhs=lambda p: 2e-13).check()


def test_one_case_needs_a_reason_and_the_reason_opens_no_other_door():
    one = Exact(part="", cases=lambda: [(1,)], lhs=half, rhs=lambda value: F(value) / 2)
    with pytest.raises(Undecided, match="1 of at least 2 cases"):
        one.check()
    few = Simulated(
        part="", cases=lambda rng: (rng.random(1000),), lhs=lambda u: u, rhs=lambda: 0.5
    )
    with pytest.raises(Undecided, match="of the value; at most 5%"):
        few.check()


def test_no_for_yes_is_no_mistake():
    evidence = Exact(
        part="",
        cases=cases,
        lhs=lambda value: value > 0,
        rhs=lambda value: True,
        mistakes={"it is not so": lambda value: False},
    )
    with pytest.raises(Undecided, match="it only says no for yes"):
        evidence.refute("it is not so")


def test_the_claim_is_tried_at_the_cases_that_a_mistake_brings():
    evidence = Exact(
        part="",
        cases=lambda: [(0,), (2,)],
        lhs=lambda value: value * value,
        rhs=lambda value: 2 * value,
        mistakes={"three times": dict(cases=lambda: [(3,)], rhs=lambda value: 4 * value)},
    )
    with pytest.raises(Undecided, match="the claim fails at the mistake's own cases: at 3"):
        evidence.refute("three times")


def test_a_use_that_does_not_exist_is_named():
    claim = Claim(title="T", statement="S.", evidence=(), uses=("bayes.nothing",))
    with pytest.raises(Undecided, match="it uses bayes.nothing, which is no claim"):
        _ = claim.premises
    with pytest.raises(Undecided, match="without evidence"):
        verify(claim)
