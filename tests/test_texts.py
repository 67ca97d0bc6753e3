"""What evidence says, word by word: its findings, its counter-examples, its box; and that a seed
is passed on.
"""

import pickle
from dataclasses import dataclass, replace
from fractions import Fraction as F
from pathlib import Path
from types import SimpleNamespace

import mpmath
import numpy as np
import pytest
from sympy import Float, IndexedBase, Rational, Symbol, cos, log, sin, sqrt

from xentlib.verify import Claim, Verdict, verify
from xentlib.verify import samples as domains
from xentlib.verify._display import _drawn, _hypotheses
from xentlib.verify._errors import Refuted, Undecided
from xentlib.verify._plain import plain
from xentlib.verify._values import as_floats
from xentlib.verify.chain import Chain
from xentlib.verify.evidence import (
    Argued,
    Certified,
    Cited,
    Computed,
    Derived,
    DerivedCases,
    Digits,
    Exact,
    Sampled,
    Simulated,
    _is_exact,
    _plain,
    at_least,
    at_most,
    equal,
    less,
)
from xentlib.verify.hypotheses import number, simplex
from xentlib.verify.hypotheses import size as size_from

a, b = Symbol("a", positive=True), Symbol("b", positive=True)


def anywhere(random, known):
    return Rational(random.randint(1, 190), 64)


GIVEN = tuple(number(letter)._replace(draw=anywhere) for letter in (a, b))
ONE, TWO = (
    Chain(start=log(a * b), steps=((log(a) + log(b), "product"),), given=GIVEN),
    Chain(
        start=log(a * b),
        steps=((log(a) + log(b), "product"), (log(a**2) / 2 + log(b), "square")),
        given=GIVEN,
    ),
)
POINT = dict(p=domains.simplex)


def cases(number):
    return lambda: [(F(place),) for place in range(number)]


def square(value):
    return value * value


def power(value):
    return value**2


def summed(p):
    return p.sum()


def of(kind, given, lhs=square, rhs=power, **more):
    """Evidence for a whole statement, of so many cases or of those that are given."""
    given = cases(given) if isinstance(given, int) else given
    return kind(part="", cases=given, lhs=lhs, rhs=rhs, **more)


def simulated(draw, mean, **more):
    return Simulated(
        part="", cases=lambda rng: (draw(rng),), lhs=lambda u: u, rhs=lambda: mean, **more
    )


def claimed(*evidence):
    return Claim(title="A claim", statement="S.", in_words="a test", evidence=evidence)


@pytest.mark.parametrize(
    "evidence, finding",
    [
        (of(Exact, 1, only="the statement is about 0"), "1 case, in exact arithmetic"),
        (of(Exact, 2), "2 cases, every one in exact arithmetic"),
        (of(Certified, 1), "1 certificate, checked in exact arithmetic"),
        (of(Certified, 2), "2 certificates, checked in exact arithmetic"),
        (
            of(
                Computed,
                lambda: [(2,)],
                lhs=mpmath.sqrt,
                rhs=lambda x: mpmath.exp(mpmath.log(x) / 2),
            ),
            "1 value by two methods, to 40 digits",
        ),
        (
            of(
                Computed,
                lambda: [(2,), (3,)],
                lhs=mpmath.sqrt,
                rhs=lambda x: mpmath.exp(mpmath.log(x) / 2),
                digits=30,
            ),
            "2 values by two methods, to 30 digits",
        ),
        (of(Digits, 1), "1 comparison of printed digits, computed to 60"),
        (of(Digits, 2), "2 comparisons of printed digits, computed to 60"),
        (
            of(Sampled, POINT, lhs=summed, rhs=lambda p: 1.0),
            ("144 draws with 1, 2, 3, 4, 5, 8, 30 classes, corners first, to within 1e-12"),
        ),
        (
            simulated(lambda rng: rng.random(10000), 0.5),
            "a Monte-Carlo mean within 5 of its own standard errors",
        ),
        (
            Derived(part="", chain=ONE),
            "1 step, simplified to 0 and equal at 5 exact points to 50 digits",
        ),
        (
            Derived(part="", chain=TWO),
            "2 steps, each simplified to 0 and equal at 5 exact points to 50 digits",
        ),
        (
            Derived(part="", chain=TWO, computes=lambda a, b: np.log(a * b)),
            (
                "2 steps, each simplified to 0 and equal at 5 exact points to 50 digits; the "
                "library computes the last expression, at 5 points to within 1e-12"
            ),
        ),
        (
            DerivedCases(part="", chains={"K = 2": ONE, "K = 3": TWO}),
            "K = 2, K = 3: each simplified to 0 and equal at 5 exact points to 50 digits",
        ),
        (
            Argued(part="", proof="There are eight words in this short argument."),
            "There are eight words in this short argument.",
        ),
        (Cited(part="", key="shannon1948", place="page 3"), "{cite}`shannon1948`, page 3"),
    ],
)
def test_a_finding_says_what_was_done(evidence, finding):
    assert evidence.check() == finding


@pytest.mark.parametrize(
    "evidence, message",
    [
        (of(Exact, 3, lhs=square, rhs=lambda x: x + 0), "at 2: 4 against 2"),
        (of(Exact, lambda: [()], lhs=lambda: 1, rhs=lambda: 2), "1 against 2"),
        (
            of(
                Exact,
                lambda: [(F(1, 2), (1, 2), {"x": 3}, frozenset("ba"))],
                lhs=lambda *c: 1,
                rhs=lambda *c: "a",
            ),
            "at 1/2, (1, 2), {x: 3}, {a, b}: 1 against a",
        ),
        (
            of(
                Exact, lambda: [(1,), (2,)], lhs=lambda x: sqrt(2) * x, rhs=lambda x: Rational(3, 2)
            ),
            "at 1: sqrt(2) against 3/2",
        ),
        (
            of(
                Computed,
                lambda: [(2, F(1, 3))],
                lhs=lambda x, y: mpmath.mpf(1) / 3,
                rhs=lambda x, y: mpmath.mpf(2),
            ),
            "at 2, 1/3: 0.3333 against 2",
        ),
        (
            of(Computed, lambda: [(mpmath.mpf("0.123456"),)], lhs=lambda x: x, rhs=lambda x: 2 * x),
            "at 0.1235: 0.1235 against 0.2469",
        ),
        (of(Sampled, POINT, lhs=summed, rhs=lambda p: 1.5), "at p = (1): 1 against 1.5"),
        (
            simulated(lambda rng: np.tile([1.0, 2.0, 3.0, 4.0], 250), 9.0),
            "at 1000 draws: (2.5, 0.03537) against 9",
        ),
    ],
)
def test_a_counter_example_says_where(evidence, message):
    with pytest.raises(Refuted) as caught:
        evidence.check()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "evidence, message",
    [
        (
            of(Exact, 0),
            (
                "0 of at least 2 cases: one case shows nothing in general; where the statement is "
                "about one, say so with only=..."
            ),
        ),
        (of(Exact, 1, lhs=square, rhs=square), "a relation compares a thing with itself"),
        (
            of(Exact, 1, lhs=lambda x: 0.5, rhs=power),
            "0.5 is a float; what is exact computes with none on its way",
        ),
        (of(Sampled, POINT, lhs=summed, rhs=lambda p: np.nan), "at p = (1): not a number"),
        (
            of(
                Sampled,
                POINT,
                lhs=summed,
                rhs=lambda p: 1.0,
                where=lambda p: len(p) == 1 and p[0] < 0,
            ),
            "with 2 classes 0 of at least 5 different draws met the hypotheses",
        ),
        (
            simulated(lambda rng: np.ones(1000), 1.0),
            (
                "the simulation does not vary: 1 in all 1000 draws bounds a share of others by "
                "0.003 (95%), and shows no mean"
            ),
        ),
        (simulated(lambda rng: np.arange(999.0), 499.0), "999 of at least 1000 draws"),
        (
            simulated(lambda rng: np.arange(1000.0) % 4, 1.5),
            "five standard errors are 12% of the value; at most 5% decides anything",
        ),
        (
            simulated(lambda rng: np.arange(1000.0) % 4 - 1.5, 0.0),
            "five standard errors are 16% of the value; at most 5% decides anything",
        ),
        (
            of(Exact, 2, relation=max),
            (
                "a relation is one of equal, at_least, at_most, less, so that all know what it "
                "rejects"
            ),
        ),
        (of(Computed, 2, digits=11), "11 digits; two methods agree to at least 12"),
        (
            of(Sampled, POINT, tolerance=1.1e-9),
            "a tolerance of 1.1e-09; at most 1e-09 without a reason (because=...)",
        ),
        (
            of(Sampled, POINT, tolerance=0.1, because="a limit"),
            "a tolerance of 0.1; at most 0.01, even with a reason",
        ),
        (of(Sampled, POINT, sizes=(1, 2, 3, 4)), "3 of at least 4 numbers of classes"),
        (
            DerivedCases(part="", chains={"K = 2": ONE, "K = 3": ONE}),
            "one chain under two names is one case",
        ),
        (Cited(part="", key="key2006", place="page 3"), "the bibliography has no source key2006"),
        (
            simulated(lambda rng: np.append(np.ones(999), np.inf), 1.0),
            "the simulation is not finite",
        ),
        (DerivedCases(part="", chains={"K = 2": ONE}), "one case is no family"),
        (Argued(part="", proof="Seven words are too few for this."), "an argument needs words"),
    ],
)
def test_what_shows_nothing_says_why(evidence, message):
    with pytest.raises(Undecided) as caught:
        evidence.check()
    assert str(caught.value) == message


def test_a_bridge_that_fails_names_the_point():
    fixed = tuple(g._replace(draw=lambda random, known: Rational(1, 2)) for g in GIVEN)
    with pytest.raises(Refuted) as caught:
        Derived(
            part="",
            chain=Chain(start=log(a * b), steps=((log(a) + log(b), "product"),), given=fixed),
            computes=lambda a, b: 1.23456789 + 0 * a,
        ).check()
    assert (
        str(caught.value)
        == "the library gives 1.23457 at a = 1/2, b = 1/2, the derivation -1.38629"
    )


@pytest.mark.parametrize(
    "off, passes",
    [(0.0, True), (1.6e-12, True), (-1.6e-12, True), (1.8e-12, False), (-1.8e-12, False)],
)
def test_a_bridge_is_held_to_its_tolerance_relative_to_one_more_than_the_value(off, passes):
    fixed = (number(a)._replace(draw=lambda random, known: Rational(7, 5)),)
    bridge = Derived(
        part="",
        chain=Chain(start=log(a**2), steps=((2 * log(a), "power"),), given=fixed),
        computes=lambda a: 2 * np.log(a) + off,
    )  # 1 + 2 log 1.4 is 1.67
    if passes:
        bridge.check()
    else:
        with pytest.raises(Refuted):
            bridge.check()


# --- relations and values


def test_relations():
    assert at_least(2, 1) is at_least(1, 1) is True and at_least(1, 2) is False
    assert at_most(1, 2) is at_most(1, 1) is True and at_most(2, 1) is False
    assert less(1, 2) is True and less(1, 1) is less(2, 1) is False


@pytest.mark.parametrize(
    "left, right, same",
    [
        (F(1, 2), F(2, 4), True),
        (F(1, 2), F(1, 3), False),
        ("a", "a", True),
        ("a", "b", False),
        ((1, 2), (1, 2), True),
        ((1, 2), (2, 1), False),
        (sin(a) ** 2 + cos(a) ** 2, 1, True),
        (1, sin(a) ** 2 + cos(a) ** 2, True),
        (sqrt(2), Rational(3, 2), False),
        (2 * a, a, False),
        (a, -a, False),
        (a + 1, a, False),
        (Rational(1, 2), F(1, 2), True),
    ],
)
def test_equal_is_decided_exactly(left, right, same):
    assert bool(equal(left, right)) is same


@pytest.mark.parametrize(
    "value, exact",
    [
        (1, True),
        (F(1, 2), True),
        ("a", True),
        (True, True),
        ((1, F(1, 2)), True),
        ([1, (2, "x")], True),
        (frozenset({1}), True),
        (sqrt(2), True),
        ((1, sqrt(2)), True),
        (0.5, False),
        ((1, 0.5), False),
        ([1, [2.0]], False),
        (frozenset({0.5}), False),
        (Float(0.5), False),
        (a * Float(0.5), False),
        (None, False),
        (np.float64(1), False),
    ],
)
def test_a_float_anywhere_is_not_exact(value, exact):
    assert _is_exact(value) is exact


@pytest.mark.parametrize(
    "value, text",
    [
        (F(1, 3), "1/3"),
        (0.123456, "0.1235"),
        (mpmath.mpf("12345.678"), "1.235e+04"),
        ((1, 0.5, (2,)), "(1, 0.5, (2))"),
        ([1, 2], "(1, 2)"),
        ({"x": 0.25, "y": (1, 2)}, "{x: 0.25, y: (1, 2)}"),
        (frozenset({"c", "a", "b"}), "{a, b, c}"),
        ("word", "word"),
        (sqrt(2), "sqrt(2)"),
        (True, "True"),
    ],
)
def test_values_are_printed_short(value, text):
    assert _plain(value) == text


def test_tables_become_floats_and_whole_numbers_stay_whole():
    found = as_floats([Rational(1, 2), 3, [Rational(4), 2]])
    assert found == [0.5, 3, [4.0, 2]] and [
        type(found[0]),
        type(found[1]),
        type(found[2][0]),
        type(found[2][1]),
    ] == [float, int, float, int]


# --- tolerances


@pytest.mark.parametrize(
    "relation, left, right, holds",
    [
        (equal, 1.0, 1.0, True),
        (equal, 3.0 + 2.9e-12, 3.0, True),
        (equal, 3.0 - 2.9e-12, 3.0, True),
        (equal, 3.0 + 3.1e-12, 3.0, False),
        (equal, 3.0 - 3.1e-12, 3.0, False),
        (equal, -3.0 + 2.9e-12, -3.0, True),
        (equal, 3.0, -3.0, False),
        (equal, 1e-13, 0.0, False),
        (equal, np.inf, np.inf, True),
        (equal, 1.0, np.inf, False),
        (equal, np.inf, 1.0, False),
        (equal, -np.inf, np.inf, False),
        (at_least, 3.0 - 2.9e-12, 3.0, True),
        (at_least, 3.0 - 3.1e-12, 3.0, False),
        (at_least, 4.0, 3.0, True),
        (at_least, np.inf, np.inf, True),
        (at_least, 1.0, np.inf, False),
        (at_most, 3.0 + 2.9e-12, 3.0, True),
        (at_most, 3.0 + 3.1e-12, 3.0, False),
        (at_most, 2.0, 3.0, True),
        (at_most, 2.0, np.inf, True),
        (at_most, np.inf, 2.0, False),
        (less, 1.0, 2.0, True),
        (less, 2.0 - 1e-13, 2.0, True),
        (less, 2.0, 2.0, False),
        (less, 2.0 + 1e-13, 2.0, False),
        (less, 3.0, 2.0, False),
    ],
)
def test_a_sampled_relation_has_the_slack_of_its_tolerance(relation, left, right, holds):
    evidence = of(Sampled, POINT, lhs=lambda p: left, rhs=lambda p: right, relation=relation)
    assert bool(evidence._holds(left, right)) is holds


@pytest.mark.parametrize("gap, holds", [(0.9e-12, True), (1.1e-12, False)])
def test_with_a_reason_the_tolerance_is_of_one_more_than_the_value(gap, holds):
    evidence = of(Sampled, POINT, lhs=None, rhs=None, because="it may be 0")
    assert bool(evidence._holds(gap, 0.0)) is holds
    assert evidence._holds(3.0 + 4 * gap, 3.0) is holds


def test_computed_digits_are_relative():
    evidence = of(Computed, list, lhs=mpmath.sqrt, rhs=mpmath.exp, digits=10)
    for size in (mpmath.mpf(5), mpmath.mpf("0.01"), mpmath.mpf(-3)):
        assert evidence._holds(size * (1 + mpmath.mpf("0.9e-10")), size) and not evidence._holds(
            size * (1 + mpmath.mpf("1.1e-10")), size
        )


def test_a_gap_that_is_just_the_tolerance_holds():
    assert of(Computed, list, lhs=mpmath.sqrt, rhs=mpmath.exp, digits=0)._holds(
        mpmath.mpf(6), mpmath.mpf(3)
    )
    assert of(Sampled, POINT, lhs=None, rhs=None, tolerance=0.5)._holds(1.5, 1.0) and not of(
        Sampled, POINT, lhs=None, rhs=None, tolerance=0.5
    )._holds(1.5001, 1.0)
    assert NOISE._holds((5.0, 1.0), 0.0)
    fixed = (number(a)._replace(draw=lambda random, known: Rational(1)),)
    Derived(
        part="",
        chain=Chain(start=log(a**2), steps=((2 * log(a), "power"),), given=fixed),
        computes=lambda a: 1e-12,
    ).check()


def test_a_simulation_has_the_standard_error_of_its_mean():
    evidence = simulated(lambda rng: np.tile([1, 2, 3, 6], 250), 3)
    ((place, (mean, error), right),) = evidence._pairs(0)
    assert (place, mean, right) == ("1000 draws", 3.0, 3.0) and error == pytest.approx(
        np.sqrt(3500 / 999) / np.sqrt(1000), rel=1e-14
    )
    assert (
        evidence._holds((3.0, 1.0), 7.9)
        and not evidence._holds((3.0, 1.0), 8.1)
        and evidence._holds((3.0, 1.0), -1.9)
    )


def test_sixty_digits_are_at_work():
    seen = []
    for kind in (Computed, Digits):
        of(
            kind,
            lambda: [()],
            lhs=lambda: seen.append(mpmath.mp.dps) or "1",
            rhs=lambda: str(seen and 1),
        ).check()
    assert seen == [60, 60]


def test_draws_may_be_plain_numbers():
    plain = domains.Domain(corners=lambda k: [0.5], draw=lambda rng, k: 0.25)
    with pytest.raises(Refuted, match=r"^at t = 0\.5: 0\.5 against 2$"):
        of(Sampled, dict(t=plain), lhs=lambda t: t, rhs=lambda t: 2.0).check()


def test_lengths_that_differ_are_an_error():
    with pytest.raises(ValueError):
        _ = Verdict(claimed(PLAIN, PART), ("one finding",), {}).record
    with pytest.raises(ValueError):
        of(Sampled, POINT, lhs=lambda p: np.ones(2), rhs=lambda p: np.ones(3)).check()


# --- seeds


def told(call):
    try:
        return str(call())
    except Refuted as refuted:
        return str(refuted)


NOISE = simulated(lambda rng: rng.random(1000), 9.0, mistakes={"m": lambda: 8.0, "n": lambda: 7.0})
WRONG = of(
    Sampled,
    dict(p=domains.simplex),
    lhs=lambda p: p[0],
    rhs=lambda p: 2.0 if len(p) == 5 and p[0] not in (0.0, 0.2, 0.5, 1.0) else p[0] + 0,
    mistakes={
        "m": dict(
            where=lambda p: len(p) == 5 and p[0] not in (0.0, 0.2, 0.5, 1.0), rhs=lambda p: 3.0
        )
    },
)
SLIP = Derived(
    part="",
    chain=Chain(start=a, steps=((a + b, "slip"),), given=GIVEN),
    computes=None,
    mistakes={"m": a + 2 * b, "n": b},
)
FAMILY = DerivedCases(
    part="", chains={"first": SLIP.chain, "second": ONE}, mistakes={"m": ("first", a + 2 * b)}
)
BRIDGE = Derived(part="", chain=ONE, computes=lambda a, b: 0 * a)


@pytest.mark.parametrize("evidence", [NOISE, WRONG, SLIP, FAMILY, BRIDGE])
def test_a_check_uses_its_seed(evidence):
    assert (
        told(evidence.check) == told(lambda: evidence.check(0)) == told(lambda: evidence.check(0))
    )
    assert (
        told(lambda: evidence.check(1)) == told(lambda: evidence.check(1)) != told(evidence.check)
    )


@pytest.mark.parametrize("evidence", [NOISE, WRONG, SLIP, FAMILY])
def test_a_refutation_uses_its_seed(evidence):
    assert (
        told(lambda: evidence.refute("m"))
        == told(lambda: evidence.refute("m", 0))
        == told(lambda: evidence.refute("m", 0))
    )
    assert (
        told(lambda: evidence.refute("m", 1))
        == told(lambda: evidence.refute("m", 1))
        != told(lambda: evidence.refute("m"))
    )


def test_the_bridge_looks_at_other_points_than_the_chain():
    seen = []
    Derived(part="", chain=ONE, computes=lambda a, b: seen.append((a, b)) or np.log(a * b)).check(3)
    assert seen == [(float(point[a]), float(point[b])) for point in ONE.points(4)]


def test_verify_passes_its_seed_on():
    claim = claimed(Derived(part="", chain=ONE, computes=None, mistakes={"m": a + 2 * b, "n": b}))
    found = {seed: verify(claim, seed).refuted for seed in (0, 1)}
    assert verify(claim).refuted == found[0] != found[1]
    assert verify(claim, 1).refuted == found[1]
    loud = claimed(NOISE)
    assert (
        told(lambda: verify(loud)) == told(lambda: verify(loud, 0)) != told(lambda: verify(loud, 1))
    )


# --- claims and boxes

PLAIN = of(Exact, 2, mistakes={"three": lambda x: 3 * x, "half": lambda x: x / 2})
PART = Exact(
    part="a part", cases=cases(3), lhs=square, rhs=power, mistakes={"four": lambda x: 4 * x}
)


def test_a_failure_is_told_with_title_and_part():
    with pytest.raises(Refuted, match=r"^A claim \(the whole statement\): at 2: 4 against 2$"):
        verify(claimed(of(Exact, 3, lhs=square, rhs=lambda x: x + 0, mistakes=PLAIN.mistakes)))
    with pytest.raises(
        Undecided, match=r"^A claim, mistake 'same': it passes the check that it should fail$"
    ):
        verify(
            claimed(of(Exact, 3, mistakes={"same": lambda x: x * x + 0, "three": lambda x: 3 * x}))
        )
    with pytest.raises(Undecided, match="^A claim: a claim without evidence$"):
        verify(claimed())
    with pytest.raises(Undecided, match="^A claim: 1 of at least 2 mistakes are named$"):
        verify(claimed(PART))
    with pytest.raises(Undecided, match="^A claim: two mistakes have one name$"):
        verify(claimed(PART, PART))


def test_a_headline_says_what_is_proved_checked_and_argued():
    argued = Argued(part="in general", proof="There are eight words in this short argument.")
    proved = Derived(part="x", chain=ONE)
    part = PART.part
    assert claimed(PART, argued).headline == f"Checked: {part} · argued: in general"
    assert (
        claimed(proved, PART, argued).headline
        == f"Proved: x · checked: {part} · argued: in general"
    )
    whole = Argued(part="", proof=argued.proof)
    assert claimed(proved, whole).headline == "Proved: x · argued: the whole"
    assert claimed(whole).headline == "Argued" and claimed(PLAIN).headline == "Checked"
    assert claimed(Derived(part="", chain=ONE), PART).headline.startswith("Proved")
    many = [Derived(part=part, chain=ONE) for part in "xyz"]
    assert claimed(*many).headline == "Proved: x; y; 1 more"
    assert claimed(*many, argued).in_short == "Proved: 3 parts · argued: in general"
    long = Derived(part="a part whose name is long", chain=ONE)
    assert claimed(long).in_short == "Proved: 1 part" and claimed(whole).in_short == "Argued"


def test_an_argument_in_steps_is_a_numbered_list_and_names_claims_that_it_uses():
    steps = ("Take any $q$, by <the_name>.", "Then nothing here is left to do, so stop.")
    argued = Argued(part="in general", proof=steps)
    with pytest.raises(Undecided, match="its argument names <the_name>, which it does not use"):
        verify(claimed(PLAIN, argued, PART))
    stated = replace(claimed(PLAIN, argued, PART), uses=(the_name,))
    shown = verify(stated)._repr_mimebundle_()
    assert "\n  1. Take any $q$, by A title.\n  2. Then nothing" in shown["text/markdown"]
    assert "by {prf:ref}`A title <claim-the-name>`." in shown["text/x-myst"]
    assert stated.said_by(argued, argued.reach) == "Take any $q$, by A title. " + steps[1]


def test_the_weakest_link_is_the_weakest_of_all_below():
    argued = Claim(
        title="t",
        statement="s",
        evidence=(Argued(part="", proof="There are eight words in this short argument."),),
    )
    cited = Claim(
        title="t", statement="s", evidence=(Cited(part="", key="k", place="p"),), uses=(argued,)
    )
    proved = Claim(
        title="t", statement="s", evidence=(Derived(part="", chain=ONE),), uses=(argued,)
    )
    assert (
        proved.weakest_link,
        cited.weakest_link,
        Claim(title="t", statement="s", evidence=(PLAIN,), uses=(proved,)).weakest_link,
    ) == ("argued", "cited", "argued")
    assert (
        Claim(
            title="t",
            statement="s",
            evidence=(Simulated(part="", cases=None, lhs=None, rhs=None),),
            uses=(claimed(PLAIN),),
        ).weakest_link
        == "simulated"
    )


a_claim_of_claim_s = claimed()
the_name = Claim(
    title="A title",
    statement="First.\n\nSecond $x\\le\\tfrac12$.",
    evidence=(PLAIN, PART),
    in_words="a test",
    kind="example",
)


def test_labels_follow_from_the_variable_that_holds_the_claim():
    claim = a_claim_of_claim_s
    assert claim.label == "claim-a-claim-of-claim-s" and claim.place == "where-a-claim-of-claim-s"
    assert (claim.kind, claim.uses, claim.module) == ("theorem", (), __name__)
    assert claim.where == f"{__name__}.a_claim_of_claim_s"
    unnamed = Claim(title="t", statement="s", evidence=())
    assert unnamed.name == "" and unnamed.where == f"test_texts.py:{unnamed.stated.line}"
    with open(__file__, encoding="utf-8") as lines:
        assert "unnamed = Claim" in list(lines)[unnamed.stated.line - 1]


def test_a_claim_takes_keywords_only_and_no_name():
    with pytest.raises(TypeError, match="positional"):
        Claim("t", "s", ())  # type: ignore
    with pytest.raises(TypeError, match="name"):
        Claim(title="t", statement="s", evidence=(), name="n")  # type: ignore


def test_a_verdict_prints_five_plain_lines():
    assert str(verify(the_name)).splitlines() == [
        "First. Second x ≤ 1/2.",
        "A title: Checked",
        "covers: the whole statement (exact); a part (exact)",
        "refutes 3 mistakes: three; half; four",
        f"stated in {__name__}.the_name",
    ]


def test_no_more_mistakes_are_named_than_fit_on_a_line():
    more = replace(PLAIN, mistakes={**PLAIN.mistakes, "five": lambda x: 5 * x})
    printed = str(verify(claimed(more, PART)))
    assert "refutes 4 mistakes: three; half; five; …" in printed.splitlines()


@pytest.mark.parametrize(
    "text, line",
    [
        (r"For *all* $q\in\Delta$:\n\n$H\,(q)\ge0$", "For all q ∈ Δ: H (q) ≥ 0"),
        (r"$\operatorname{KL}(\hat p\,\|\,q_\lambda)$", "KL(p̂ ‖ q_λ)"),
        (r"$\frac{n!}{2}x\log\pi-\frac1n\log\operatorname{Mult}$", "(n!)/2 x log π-1/n log Mult"),
        (r"$\hat\theta$, $\tilde{q}$, $\hat{ab}$", r"θ̂, q̃, \hat{ab}"),
        (r"$p(x\mid y)$ **iff $w\{1\}$**", "p(x | y) iff w{1}"),
        (r"costs 3 * 2, a_b, \unknown $\unknown{x}$", r"costs 3 * 2, a_b, \unknown \unknown{x}"),
        (r"$\textstyle\sum_ip_i$ is $\text{all}$", "∑_ip_i is all"),
    ],
)
def test_plain_text_has_signs_and_keeps_what_has_none(text, line):
    assert plain(text.replace(r"\n", "\n")) == line


def test_errors_survive_a_pickle():
    for error in (Refuted("at 1: 2 against 3"), Undecided("nothing was shown")):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), again.args, str(again)) == (type(error), error.args, str(error))


@dataclass(frozen=True)
class Assumed(Exact):
    chain: SimpleNamespace

    @property
    def hypotheses(self):
        return self.chain.hypotheses


def test_the_box_says_what_is_assumed_and_where():
    chain, other = (SimpleNamespace(hypotheses=said) for said in (("K ≥ 2", "p > 0"), ("q > 0",)))

    def lines(*evidence):
        claim = Claim(title="t", statement="s", in_words="a test", evidence=evidence)
        boxes = verify(claim)._repr_mimebundle_()
        assert all(line in boxes["text/markdown"] for line in _hypotheses(claim))
        return boxes["text/x-myst"].split("\n::::\n")[0].split("s\n\n")[1:]

    def assumed(chain, **fields):
        return Assumed(cases=PLAIN.cases, lhs=square, rhs=power, chain=chain, **fields)

    whole = assumed(chain, part="", mistakes=PLAIN.mistakes)
    assert lines(PLAIN) == []
    assert lines(whole) == ["*For K ≥ 2; p > 0.*"]
    assert lines(whole, PART) == ["*For K ≥ 2; p > 0.*"]
    assert lines(assumed(chain, part="b", mistakes=PLAIN.mistakes)) == ["*For K ≥ 2; p > 0 (b).*"]
    assert lines(whole, assumed(chain, part="b"), assumed(other, part="c")) == [
        "*For K ≥ 2; p > 0 (the whole statement, b).*\n\n*For q > 0 (c).*"
    ]
    assert verify(claimed(whole)).record["evidence"][0]["hypotheses"] == ["K ≥ 2", "p > 0"]


def test_a_part_that_assumes_no_more_than_the_whole_has_no_line_of_its_own():
    a, b = Symbol("a", positive=True), Symbol("b", real=True, nonzero=True)
    n, w = Symbol("n", integer=True, positive=True), IndexedBase("w", nonnegative=True)
    steps = ((a**2 + 2 * a * b + b**2, "open"),)
    whole = Chain(start=(a + b) ** 2, steps=steps, given=(number(a), number(b)))
    size_of = replace(whole, given=(size_from(n, 1, 3),))
    claim = Claim(
        title="t",
        statement="$<it>$",
        relations={"it": whole.states},
        for_all=(size_from(n, 2, 3), simplex(w, n), number(a), number(b)),
        evidence=(
            Derived(part="", of="it", chain=whole),
            Derived(part="less", chain=size_of),
            Derived(part="more", chain=replace(whole, given=(number(a), number(b, -1, 1)))),
        ),
    )
    assert _hypotheses(claim) == [
        "*For n ≥ 2; w[·] ≥ 0, Σₖ w[k] = 1; a > 0; b ≠ 0 (the whole statement).*",
        "*For a > 0; −1 < b < 1 (more).*",
    ]
    assert _drawn(claim.evidence[0]) == "" and _drawn(claim.evidence[1]).startswith("; drawn: n = ")


def test_a_box_is_written_as_it_is():
    verdict = verify(the_name)
    assert verdict._repr_mimebundle_() == {
        "text/plain": str(verdict),
        "text/markdown": "> **Example (A title).** First.\n>\n> Second $x\\le\\tfrac12$.\n\n"
        "*Checked · 3 mistakes refuted*\n\n"
        "- **Exact** (the whole statement). 2 cases, every one in exact arithmetic\n- "
        "**Exact** (a part). 3 cases, every one in exact arithmetic\n"
        "- ✗ *three*. Refuted: `at 1: 1 against 3`\n- ✗ *half*. Refuted: `at 1: 1 against "
        "1/2`\n- ✗ *four*. Refuted: `at 1: 1 against 4`",
        "text/x-myst": "::::{prf:example} A title\n:label: claim-the-name\n\n"
        "First.\n\nSecond $x\\le\\tfrac12$.\n::::\n\n"
        "::::{dropdown} Checked · 3 wrong versions refuted\n:class-container: verdict\n\n"
        "- **Exact** (the whole statement). 2 cases, every one in exact arithmetic\n- "
        "**Exact** (a part). 3 cases, every one in exact arithmetic\n\n"
        "{ref}`Where it stands among the claims <where-the-name>`\n\n"
        ":::{dropdown} ✗ three\n```python\nrhs = lambda x: 3 * x\n```\n\nRefuted: `at 1: 1 "
        "against 3`\n:::\n"
        ":::{dropdown} ✗ half\n```python\nrhs = lambda x: x / 2\n```\n\nRefuted: `at 1: 1 "
        "against 1/2`\n:::\n"
        ":::{dropdown} ✗ four\n```python\nrhs = lambda x: 4 * x\n```\n\nRefuted: `at 1: 1 "
        "against 4`\n:::\n::::\n",
        "application/vnd.xentlib.verdict+json": verdict.record,
    }


def test_a_wrong_version_is_a_formula_or_python():
    assert (
        SLIP.describe("n")
        == "$$\\begin{aligned}\n& a \\\\\n&\\quad \\overset{?}{=} b\n\\end{aligned}$$"
    )
    assert (
        FAMILY.describe("m")
        == "$$\\begin{aligned}\n& a \\\\\n&\\quad \\overset{?}{=} a + 2 b\n\\end{aligned}$$"
    )
    assert (
        of(
            Exact, None, lhs=None, rhs=None, mistakes={"m": dict(lhs=square, relation=less)}
        ).describe("m")
        == "```python\nlhs = square\nrelation = less\n\n\n"
        "def square(value):\n    return value * value\n```"
    )
    assert FAMILY.refute("m").startswith("first, at a = ")


def test_no_output_shows_a_name_that_changes_each_time():
    for path in sorted((Path(__file__).parents[1] / "chapters").glob("*.ipynb")):
        assert "Dummy_" not in path.read_text("utf-8"), path.name


def test_a_formula_on_a_line_of_its_own_may_be_broken_in_the_book_and_not_elsewhere():
    statement = "So\n\n$$\na = b.\n$$\n\nand on."
    claim = Claim(title="t", statement=statement, in_words="a test", evidence=(PLAIN,))
    boxes = verify(claim)._repr_mimebundle_()
    assert ":::{div} formula\n$\\displaystyle a = b.$\n:::\n\nand on." in boxes["text/x-myst"]
    assert "$$\na" not in boxes["text/x-myst"] and "$$\na = b." in boxes["text/markdown"]
