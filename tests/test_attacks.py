"""An author who errs or deceives: each attack on the engine is refused, and the message names the
rule. Those of one line are in test_texts.py, beside the words of all that shows nothing.
"""

import math
import operator
from decimal import Decimal
from fractions import Fraction as F
from functools import cache, partial, reduce

import mpmath
import numpy as np
import pytest
from sympy import (
    Eq,
    Float,
    IndexedBase,
    Integer,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    log,
    sqrt,
    symbols,
    true,
)

from xentlib.verify import (
    Argued,
    Bounded,
    Chain,
    Cited,
    Claim,
    Derived,
    DerivedCases,
    Dropped,
    Exact,
    Given,
    Refuted,
    Sampled,
    Simulated,
    Undecided,
    at_least,
    index,
    less,
    number,
    positive,
    real,
    samples,
    simplex,
    size,
    verify,
)
from xentlib.verify.hypotheses import assumes_no_more

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


# --- chains that hide something


def chain(start, *ends, given):
    return Chain(start=start, steps=tuple((end, "x") for end in ends), given=given)


def table_of(values, known, facts=(), bounds=None):
    return Given(symbol=known, draw=lambda random, point: values, facts=facts, bounds=bounds)


def table_of_ones(facts):
    return Given(symbol=p, draw=lambda random, known: [1] * known[K], facts=facts)


y = IndexedBase("y", integer=True, positive=True)
beyond = Piecewise((1, y[1] >= K), (0, True))
squares = Sum(p[k] ** 2, (k, 1, K))
HIDING = {
    "a return under another name of the bound letter": (
        partial(
            chain,
            squares,
            Sum((p[k] + 1) ** 2, (k, 1, K)) - 2 * total - K,
            Sum(p[j] ** 2, (j, 1, K)),
            given=(size(K), positive(p, K)),
        ),
        "returns to its start",
    ),
    "a float": (
        partial(chain, a, a * (0.1 + 0.2) / 0.3, given=(number(a),)),
        "step 1 holds a float",
    ),
    "a float deep inside": (
        partial(chain, squares, Sum(p[k] ** 2.0, (k, 1, K)), given=(size(K), simplex(p, K))),
        "step 1 holds a float",
    ),
    "draws of floats": (
        partial(chain, (a + b) ** 2, a**2 + 2 * a * b + b**2, given=(number(a), table_of(0.5, b))),
        "b was drawn 0.5.*, a float",
    ),
    "draws that are not what the letter says": (
        partial(chain, log(a**2), 2 * log(a), given=(table_of(-Rational(1), a),)),
        "a was drawn -1, which is not positive",
    ),
    "a table whose draws are not what its letter says": (
        partial(chain, squares, squares + 0 * a + total - 1, given=(size(K), table_of([1, -1], p))),
        "p was drawn -1, which is not positive",
    ),
    "a sum that the draws do not have": (
        partial(
            chain,
            squares,
            squares * total,
            given=(size(K, 2, 2), table_of([1, 2], p, facts=((total, Integer(1)),))),
        ),
        r"Σ p\[k\] = 1 is assumed, and fails at K = 2, p = \(1, 2\), which was drawn",
    ),
    "bounds that the draws do not have": (
        partial(
            chain,
            sqrt((1 - a) ** 2),
            1 - a,
            given=(table_of(Rational(2), a, bounds=(Integer(0), Integer(1))),),
        ),
        "a was drawn 2, outside what is assumed",
    ),
    "labels that are always the last": (
        partial(
            chain,
            beyond,
            1 + 0 * K,
            given=(size(K), Given(y, lambda random, known: [known[K]], facts=((K, y),))),
        ),
        "does not simplify",
    ),
    "labels beyond the table": (
        partial(
            chain,
            Sum(p[y[j]], (j, 1, 1)) + K,
            p[y[1]] + K * 1 + 0 * j,
            given=(size(K), simplex(p, K), Given(y, lambda random, known: [9], facts=((K, y),))),
        ),
        "y was drawn 9, outside what is assumed",
    ),
    "a telescope that begins at 0": (
        partial(
            chain, Sum(p[k] - p[k - 1], (k, 1, K)), p[K] - p[0], given=(size(K), simplex(p, K))
        ),
        r"no value for p\[0\]: its table has the places 1 to",
    ),
    "an edge where there is no value": (
        partial(chain, (K**2 - K) / (K - 1) / K, 1 + 0 * N, given=(size(K, 1, 60),)),
        "at K = 1: left over: nan",
    ),
}


@pytest.mark.parametrize("name", HIDING)
def test_a_chain_that_hides_something_is_refused(name):
    hiding, message = HIDING[name]
    with pytest.raises(Undecided, match=message):
        hiding().check()


def test_steps_that_are_none_are_not_counted():
    padded = chain(log(a * b), log(a * b), log(a) + log(b), log(b) + log(a), given=PAIR)
    assert Derived(part="", chain=padded).check().startswith("1 step, simplified")


def test_a_family_of_one_chain_with_other_letters_is_one_case():
    twice = {
        name: chain(Sum(2 * p[v], (v, 1, K)), 2 + 0 * K, given=(size(K), simplex(p, K)))
        for name, v in (("first", j), ("second", k))
    }
    with pytest.raises(Undecided, match="one chain under two names is one case"):
        DerivedCases(part="", chains=twice).check()


PAIR = number(a, 1, 3), number(b, 1, 3)
x, n = Symbol("x", real=True), Symbol("n", integer=True, positive=True)
r = IndexedBase("r", real=True)


def between(low, high, value=lambda random, known: Rational(random.randint(1, 63), 64)):
    return Given(symbol=x, draw=value, bounds=(Integer(low), Integer(high)))


def few(random, known):
    return random.randint(2, 4)


FAR_OFF = "x is bounded by -1000000000, and nothing is drawn near that: a bound so far off"
SILENT = {
    "a quotient by a difference": (
        partial(chain, (a**2 - b**2) / (a - b), a + b, given=PAIR),
        r"the start divides by a - b, and that it is not 0 does not follow from the hypotheses",
    ),
    "a quotient in the second step": (
        partial(chain, a * b + b**2, b * (a**2 - b**2) / (a - b), b * (a + b), given=PAIR),
        r"step 1 divides by a - b",
    ),
    "a square of a difference, multiplied out": (
        partial(
            chain,
            (a - b) / (a**2 - 2 * a * b + b**2),
            1 / (a - b),
            given=PAIR,
        ),
        r"the start divides by a\*\*2 - 2\*a\*b \+ b\*\*2",
    ),
    "a difference to a negative power": (
        partial(chain, (a**2 - b**2) * (a - b) ** -2, (a + b) / (a - b), given=PAIR),
        r"the start divides by a - b",
    ),
    "a difference below a sum": (
        partial(
            chain,
            Sum((p[k] ** 2 - q[k] ** 2) / (p[k] - q[k]), (k, 1, K)),
            Sum(p[k] + q[k], (k, 1, K)),
            given=(size(K), positive(p, K), positive(q, K)),
        ),
        r"the start divides by p\[k\] - q\[k\]",
    ),
    "a sum that may cancel": (
        partial(
            chain,
            Sum(b * r[k], (k, 1, K)) / Sum(r[k], (k, 1, K)),
            b,
            given=(size(K), real(r, K), number(b)),
        ),
        r"divides by Sum\(r\[k\]",
    ),
    "a size less one": (
        partial(chain, (n**2 - n) / (n - 1), n + 0 * n, given=(size(n, 1)._replace(draw=few),)),
        r"the start divides by n - 1",
    ),
    "the logarithm of a base that may be 1": (
        partial(chain, log(a**2) / log(b), 2 * log(a) / log(b), given=PAIR),
        r"the start divides by log\(b\)",
    ),
    "the logarithm of a difference": (
        partial(chain, log((a - b) ** 2 * a), log(a) + log((a - b) ** 2), given=PAIR),
        r"the start divides by a - b",
    ),
    "a number that may be 0": (
        partial(chain, (x**2 + x) / x, x + 1, given=(number(x),)),
        r"the start divides by x",
    ),
    "a bound that no draw comes near": (
        partial(chain, (x + 1) ** 2, x**2 + 2 * x + 1, given=(between(-(10**9), 1),)),
        FAR_OFF,
    ),
    "a bound that no draw comes near, and one draw": (
        partial(
            chain,
            (x + 1) ** 2,
            x**2 + 2 * x + 1,
            given=(between(-(10**9), 10**9, lambda random, known: Rational(1)),),
        ),
        FAR_OFF,
    ),
    "a whole number from far below": (
        partial(
            chain,
            (n + 1) ** 2,
            n**2 + 2 * n + 1,
            given=(Given(n, few, bounds=(Integer(-(10**9)), None)),),
        ),
        "n is bounded by -1000000000",
    ),
}


@pytest.mark.parametrize("name", SILENT)
def test_what_a_chain_does_not_say_is_asked_for(name):
    silent, message = SILENT[name]
    with pytest.raises(Undecided, match=message):
        silent().check()


def test_what_is_said_not_to_be_0_is_divided_by_and_printed():
    apart = (number(a, 1, 3), number(b, 1, 3).nonzero(a - b))
    said = chain((a**2 - b**2) / (a - b), a + b, given=apart)
    said.check()
    assert said.hypotheses == ("a > 0", "b > 0, a ≠ b")
    assert all(point[a] != point[b] for point in [*said.points(0), *said.simple_points(0)])
    assert not assumes_no_more(apart[1], PAIR[1]) and assumes_no_more(PAIR[1], apart[1])
    same = chain(1 / (a - b), 1 / (a - b), given=(number(a), table_of(3, b).nonzero(a - a * b / 3)))
    with pytest.raises(Undecided, match="is to be 0, and one is wherever b was drawn"):
        list(same.points(0))


# --- floats that come out as something else


def third(n):
    return n / 3


@cache
def cached_third(n):
    return n / 3


def far_below(n):
    def inner(m):
        return third(m)

    return int(inner(n) * 3)


class Near:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return abs(self.n - other) < 1e-9

    def __hash__(self):
        return 0

    @property
    def half(self):
        return int(self.n / 2)

    def third(self):
        return int(third(self.n))


LAUNDERED = {
    "a comparison": lambda n: n / 3 < n,
    "a comparison of two": lambda n: n / 3 <= n / 2,
    "a constant": lambda n: n > 0.5,
    "an f-string": lambda n: f"{n / 3:.3f}",
    "int": lambda n: int(n / 3 * 3),
    "round": lambda n: round(n / 3 * 3),
    "bool": lambda n: bool(n / 3),
    "str": lambda n: str(n / 3),
    "a condition": lambda n: 1 if n / 3 else 0,
    "a helper": lambda n: int(third(n) * 3),
    "a helper within a helper": far_below,
    "a cached helper": lambda n: int(cached_third(n) * 3),
    "a default": lambda n, half=0.5: int(n * half * 2),
    "a generator": lambda n: sum(int(m / 2) for m in range(n)),
    "a key": lambda n: sorted([n, 2, 1], key=float)[0] + n,
    "map": lambda n: len(list(map(third, [n]))) + n,
    "a library's function": lambda n: math.isclose(n, n + 0),
    "a root": lambda n: math.floor(math.sqrt(n * n)),
    "an array": lambda n: int(np.linalg.matrix_rank(np.eye(n))),
    "eval": lambda n: eval("int(n / 3)"),
    "an operator": lambda n: int(operator.truediv(n, 3) * 3),
    "SymPy's floats": lambda n: int((Rational(n) / 3).evalf() * 3),
    "mpmath": lambda n: int(mpmath.mpf(n) / 3 * 3),
    "Decimal": lambda n: int(Decimal(n) / 3 * 3),
    "a method": lambda n: Near(n).third(),
    "a property": lambda n: Near(n).half,
    "an operator of one's own": lambda n: Near(n) == n,
    "partial": lambda n: int(partial(third, n)() * 3),
    "reduce": lambda n: int(reduce(lambda x, m: x / m, [n, 3]) * 3),
}


@pytest.mark.parametrize("how", LAUNDERED)
def test_a_float_is_seen_however_it_comes_out(how):
    wash = LAUNDERED[how]
    evidence = Exact(part="", cases=cases, lhs=wash, rhs=lambda n: wash(n + 0))
    with pytest.raises(Undecided, match="float|computes out of sight"):
        evidence.check()
    with pytest.raises(Undecided, match="float|computes out of sight"):
        Exact(part="", cases=lambda: [(wash(1),), (2,)], lhs=half, rhs=lambda n: F(n) / 2).check()


def test_with_a_reason_floats_are_let_through_and_the_grade_is_computed():
    fields = dict(part="", cases=cases, lhs=LAUNDERED["int"], rhs=lambda n: n)
    evidence = Exact(**fields, floats="in floats, which round to whole numbers here")
    assert evidence.grade == "computed" and Exact(**fields).grade == "exact"
    assert evidence.check() == "2 cases, every one in floats, which round to whole numbers here"


def test_exact_arithmetic_of_every_kind_goes_through():
    def everything(n):
        pairs = {F(m, 3): [m, *range(m)] for m in (1, n)}
        best = max(pairs, key=lambda share: (share, -len(pairs[share])))
        roots = [m for m in range(n + 1) if m * m == n or (least := m) < 0 > least]
        return f"{best} {sqrt(n)} {math.comb(n, 1)} {sum(pairs[best][0:1])} {roots}"

    Exact(part="", cases=cases, lhs=everything, rhs=lambda n: everything(n + 0)).check()


# --- cases, draws, mistakes, words, uses


def test_cases_that_differ_in_what_nobody_looks_at_are_one():
    with pytest.raises(Undecided, match="the cases differ only in what neither side looks at"):
        Exact(
            part="",
            cases=lambda: [(1, "first"), (1, "second")],
            lhs=lambda n, name: n + n,
            rhs=lambda n, name: 2 * n,
        ).check()


def test_one_input_that_is_drawn_again_and_again_is_one_draw():
    same = samples.Domain(lambda k: [np.full(k, 1 / k)], lambda rng, k: np.full(k, 1 / k))
    with pytest.raises(Undecided, match="with 2 classes 1 of at least 5 different draws"):
        sampled(cases={"p": same}, lhs=lambda p: p.max(), rhs=lambda p: 1 / len(p)).check()


def test_a_mistake_about_something_else_is_none():
    evidence = Exact(
        part="",
        cases=cases,
        lhs=lambda n: n + n,
        rhs=lambda n: 2 * n,
        mistakes={"1 is 2": dict(lhs=lambda n: 1, rhs=lambda n: 2 + 0 * n)},
    )
    with pytest.raises(Undecided, match="another left side and a constant"):
        evidence.refute("1 is 2")


def test_a_mean_is_not_simulated_to_be_less():
    below = Simulated(
        part="", cases=lambda rng: (rng.random(9000),), lhs=abs, rhs=lambda: 9.0, relation=less
    )
    with pytest.raises(Undecided, match="simulated to be equal"):
        below.check()


def test_one_word_eight_times_is_no_argument():
    with pytest.raises(Undecided, match="needs words"):
        Argued(part="", proof="Clearly " * 8).check()


def test_a_source_without_a_place_is_no_citation():
    with pytest.raises(Undecided, match="where in shannon1948 it is proved is not said"):
        Cited(part="", key="shannon1948", place=" ").check()


egg = Claim(title="Egg", statement="s", evidence=(Argued(part="", proof="x"),), uses=("hen",))
hen = Claim(title="Hen", statement="s", evidence=(Argued(part="", proof="x"),), uses=(egg,))


def test_claims_do_not_rest_on_themselves(monkeypatch):
    monkeypatch.setattr(Claim, "_looked_up", lambda self, used: hen if used == "hen" else used)
    with pytest.raises(Undecided, match="it rests on itself"):
        _ = egg.weakest_link


# --- what is assumed, what is called by one name, and mistakes that nobody makes


squared = Sum(p[k] * q[k], (k, 1, K))
another_a = Symbol("a", real=True)
DISGUISED = {
    "a hypothesis that is the conclusion": (
        partial(
            chain,
            squared,
            1 + 0 * K,
            given=(size(K), simplex(q, K), table_of_ones(facts=((squared, Integer(1)),))),
        ),
        "p brings the fact .*, which is what the chain is to show",
    ),
    "two letters of one name": (
        partial(
            chain,
            log(a**2) + another_a,
            2 * log(a) + another_a,
            given=(number(a, 1, 3), number(another_a, 1, 3)),
        ),
        "a is the name of two letters",
    ),
    "a letter that runs in a sum too": (
        partial(
            chain,
            Sum(k * a, (k, 1, K)),
            a * K * (K + 1) / 2,
            given=(size(K), number(a), number(k, 0, 3)),
        ),
        "k has a hypothesis, and the start sums over k",
    ),
    "a float among the bounds": (
        partial(
            chain,
            sqrt((1 - a) ** 2),
            1 - a,
            given=(table_of(Rational(1, 2), a, bounds=(Integer(0), Float(1))),),
        ),
        "a brings a float; write a Rational",
    ),
}


@pytest.mark.parametrize("name", DISGUISED)
def test_a_chain_that_is_something_else_is_refused(name):
    disguised, message = DISGUISED[name]
    with pytest.raises(Undecided, match=message):
        disguised().check()


def test_a_mistake_too_small_to_be_seen_is_none():
    nearly = log(a) + log(b) + Rational(1, 10**40)
    derived = Derived(
        part="",
        chain=chain(log(a * b), log(a) + log(b), given=PAIR),
        mistakes={"a little more": nearly},
    )
    with pytest.raises(Undecided, match=r"it gives 1\.386 too, to 4 digits"):
        derived.refute("a little more")


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda n: 7, "it is 7 whatever it is given; err by a formula"),
        (lambda n: n // 0, "it ends in ZeroDivisionError, and says nothing"),
        (lambda n: f"{n}", "it says something of another kind"),
    ],
)
def test_a_mistake_that_nobody_makes_is_none(wrong, message):
    evidence = Exact(
        part="", cases=cases, lhs=lambda n: n + n, rhs=lambda n: 2 * n, mistakes={"it": wrong}
    )
    with pytest.raises(Undecided, match=message):
        evidence.refute("it")


def test_a_side_that_copies_the_other_is_refused():
    seen = {}

    def left(n):
        seen["it"] = n * n
        return n * n

    with pytest.raises(Undecided, match="at 1: a side gives another value when it is asked again"):
        Exact(part="", cases=cases, lhs=left, rhs=lambda n: seen["it"]).check()


# --- sides and bounds that say nothing

IDLE = {
    "0 times a sum": lambda p: 0 * p.sum() + 1,
    "ones": lambda p: np.ones_like(p).mean(),
    "a power of 0": lambda p: p[0] ** 0,
    "what is taken away again": lambda p: 1 + (p - p).sum(),
    "the largest of two": lambda p: max(1.0, p[0] / 2),
    "a length by itself": lambda p: len(p) / p.size,
    "below the last digit": lambda p: 1 + 1e-20 * p[0],
}


@pytest.mark.parametrize("how", IDLE)
def test_a_side_that_does_not_depend_on_what_it_looks_at_is_refused(how):
    for sides in ({"lhs": IDLE[how], "rhs": lambda p: 1.0}, {"lhs": np.sum, "rhs": IDLE[how]}):
        sides["lhs"] = (lambda p: p.sum()) if sides["lhs"] is np.sum else sides["lhs"]
        with pytest.raises(Undecided, match="side looks at p, and changes nowhere if p does"):
            sampled(**sides).check()


def test_one_idle_argument_of_two_is_named():
    with pytest.raises(Undecided, match="the right side looks at q, and changes nowhere if q does"):
        sampled(
            cases={"p": samples.simplex, "q": samples.simplex},
            lhs=lambda p, q: (p * p).sum() * q.sum(),
            rhs=lambda p, q: np.dot(p, p) + 0 * q[0],
        ).check()
    with pytest.raises(Undecided, match="the left side looks at p"):
        sampled(lhs=lambda p: 0 * (p[0] - 0.5), rhs=lambda p: 0.0).check()  # 0 and -0


def test_a_constant_that_is_written_as_one_and_a_number_of_classes_go_through():
    sampled(lhs=lambda p: p.sum(), rhs=lambda p: 1.0).check()
    sampled(lhs=lambda p: (0 * p + 1).sum() * p.sum(), rhs=lambda p: float(len(p))).check()


@pytest.mark.parametrize("bound", [-(10**9), -(10**3), 10**9])
def test_a_bound_far_off_says_nothing(bound):
    relation = at_least if bound < 0 else less
    with pytest.raises(Undecided, match="a bound so far off says nothing"):
        sampled(lhs=lambda p: p.max(), rhs=lambda p: bound, relation=relation).check()
    with pytest.raises(Undecided, match="a bound so far off says nothing"):
        Exact(
            part="",
            cases=cases,
            lhs=lambda n: n * n,
            rhs=lambda n: bound * n,
            relation=relation,
        ).check()


def test_a_proved_bound_far_off_says_nothing():
    bounded = Bounded(
        start=a,
        steps=((Dropped(amount=a + 10**9), -(10**9) - 0 * a, "a is positive"),),
        relation=">=",
        given=(number(a),),
    )
    with pytest.raises(Undecided, match="a bound so far off says nothing"):
        bounded.check()


def test_a_bound_of_0_says_the_sign():
    sampled(lhs=lambda p: p.max() + 50, rhs=lambda p: 0.0, relation=at_least).check()


@pytest.mark.parametrize("where", [lambda p: p.sum() > -1e9, lambda p: True, lambda p: len(p) > 0])
def test_a_hypothesis_that_every_draw_meets_is_none(where):
    with pytest.raises(Undecided, match="where= holds at every draw, so it is no hypothesis"):
        sampled(lhs=lambda p: p.sum(), rhs=lambda p: 1.0, where=where).check()


def test_infinity_at_every_draw_is_no_equality():
    with pytest.raises(Undecided, match="infinite at every draw"):
        sampled(lhs=lambda p: np.inf * p.sum(), rhs=lambda p: np.inf * p.max()).check()
