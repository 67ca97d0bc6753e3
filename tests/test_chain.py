"""Chains: normal forms of sums, values at exact points, and what is said and shown."""

from fractions import Fraction as F
from functools import partial
from threading import Thread

import pytest
from sympy import (
    Eq,
    Function,
    IndexedBase,
    KroneckerDelta,
    MatrixSymbol,
    Piecewise,
    Product,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
    oo,
    sqrt,
    sympify,
    zoo,
)

from xentlib.derivations.symbols import K, N, i, j, k, l, over_classes, p, q, y
from xentlib.verify import Chain, Refuted, Undecided, check
from xentlib.verify._algebra import normal
from xentlib.verify._values import agree, evaluate, format_point, written_out
from xentlib.verify.chain import SIMPLE_POINTS, what_was_drawn, without_draws
from xentlib.verify.hypotheses import index, labels, number, positive, real, simplex, size

a, b, t = Symbol("a", positive=True), Symbol("b", positive=True), Symbol("t", real=True)
x = IndexedBase("x", real=True)
m = Symbol("m", integer=True, positive=True)


# --- values


def test_a_value_has_fifty_digits():
    assert evaluate(log(K), {K: sympify(2)}) == log(2).n(50)
    assert evaluate(over_classes(p[k] ** 2), {K: 2, p: [F(1, 3), F(2, 3)]}) == Rational(5, 9).n(50)
    assert evaluate(
        Sum(q[y[i]], (i, 1, N)), {N: 2, y: [2, 1], q: [Rational(1, 4), Rational(3, 4)]}
    ) == sympify(1).n(50)
    assert evaluate(
        Sum(x[i, k], (k, 1, K), (i, 1, N)), {N: 2, K: 2, x: [[1, 2], [3, 4]]}
    ) == sympify(10).n(50)


def test_a_derivative_is_taken_of_the_explicit_sum():
    assert evaluate(
        Sum(t * x[k], (k, 1, K)).diff(t), {K: 3, t: sympify(2), x: [1, 2, 3]}
    ) == sympify(6).n(50)


@pytest.mark.parametrize("expression", [oo * a, -oo * a, zoo * a, log(t)])
def test_an_infinite_value_is_none_unless_it_is_asked_for(expression):
    point = {a: sympify(1), t: sympify(0)}
    with pytest.raises(Undecided, match="left over"):
        evaluate(expression, point)
    assert evaluate(expression, point, finite=False).is_finite is False


def test_what_has_no_value_is_named():
    with pytest.raises(Undecided, match=r"^no value for x\[3\]$"):
        evaluate(x[K], {K: 3})
    with pytest.raises(Undecided, match=r"^left over: a$"):
        evaluate(a + 0 * K, {K: 3})
    with pytest.raises(Undecided, match="^left over: nan$"):
        evaluate(t / t.subs(t, 0), {t: 0})


def test_agreement_is_to_45_digits_relative_to_one_more_than_the_size():
    unit = Rational(1, 10**45)
    for b_value in (0, 3, -3, Rational(1, 2)):
        slack = unit * (1 + abs(sympify(b_value)))
        assert agree(b_value + slack, b_value) and agree(b_value - slack, b_value)
        assert not agree(b_value + slack * Rational(1001, 1000), b_value) and not agree(
            b_value - slack * Rational(1001, 1000), b_value
        )


# --- normal forms


@pytest.mark.parametrize(
    "expression, form",
    [
        (a + log(b), "a + log(b)"),
        (Sum(p[j] * q[j], (j, 1, K)), "Sum(p[_0]*q[_0], (_0, 1, K))"),
        (Sum(3 * a * p[j], (j, 1, K)), "3*a*Sum(p[_0], (_0, 1, K))"),
        (Sum(p[j] + 2, (j, 1, K)), "2*K + Sum(p[_0], (_0, 1, K))"),
        (Sum(1, (j, 1, K)), "K"),
        (Sum(1, (j, 1, K), (i, 1, N)), "K*N"),
        (Sum(a, (j, 1, K)), "K*a"),
        (
            Sum((p[j] + q[j]) ** 2, (j, 1, K)),
            (
                "2*Sum(p[_0]*q[_0], (_0, 1, K)) + Sum(p[_0]**2, (_0, 1, K)) + Sum(q[_0]**2, "
                "(_0, 1, K))"
            ),
        ),
        (Sum(p[j] * q[k], (j, 1, K), (k, 1, K)), "Sum(p[_0], (_0, 1, K))*Sum(q[_0], (_0, 1, K))"),
        (Sum(p[j] * q[k], (j, 1, K), (k, 1, N)), "Sum(p[_0], (_0, 1, K))*Sum(q[_0], (_0, 1, N))"),
        (Sum(x[i, k], (k, 1, K), (i, 1, N)), "Sum(x[_0, _1], (_0, 1, N), (_1, 1, K))"),
        (Sum(x[i, k], (i, 1, N), (k, 1, K)), "Sum(x[_0, _1], (_0, 1, N), (_1, 1, K))"),
        (
            Sum(KroneckerDelta(j, k) * p[j] * q[k], (j, 1, K), (k, 1, K)),
            "Sum(p[_0]*q[_0], (_0, 1, K))",
        ),
        (
            Sum(KroneckerDelta(j, k) * x[i, j] * q[k], (j, 1, K), (k, 1, K), (i, 1, N)),
            "Sum(q[_0]*x[_1, _0], (_0, 1, K), (_1, 1, N))",
        ),
        (
            Sum(KroneckerDelta(j, k) * p[j] * q[k], (j, 1, K), (k, 1, N)),
            "Sum(KroneckerDelta(_0, _1)*p[_0]*q[_1], (_0, 1, K), (_1, 1, N))",
        ),
        (
            Sum(KroneckerDelta(j, l) * p[j], (j, 1, K)),
            "Sum(KroneckerDelta(_0, l)*p[_0], (_0, 1, K))",
        ),
        (
            Sum(Sum(x[i, k], (k, 1, K)) ** 2, (i, 1, N)),
            "Sum(x[_0, _1]*x[_0, _2], (_0, 1, N), (_1, 1, K), (_2, 1, K))",
        ),
        (
            Sum(Sum(x[i, k], (k, 1, K)) * p[i], (i, 1, N)),
            "Sum(p[_0]*x[_0, _1], (_0, 1, N), (_1, 1, K))",
        ),
        (
            Sum(Sum(q[k], (k, 1, K)) ** 2 * p[i], (i, 1, N)),
            "Sum(p[_0], (_0, 1, N))*Sum(q[_0], (_0, 1, K))**2",
        ),
        (
            Sum(1 / Sum(x[i, k], (k, 1, K)), (i, 1, N)),
            "Sum(1/Sum(x[_1, _0], (_0, 1, K)), (_1, 1, N))",
        ),
        (
            Sum(log(Sum(x[k, i], (k, 1, K))), (i, 1, N)),
            "Sum(log(Sum(x[_0, _1], (_0, 1, K))), (_1, 1, N))",
        ),
        (
            Sum(log(Sum(x[i, k] * q[j], (k, 1, K), (j, 1, K))), (i, 1, N)),
            "N*log(Sum(q[_0], (_0, 1, K))) + Sum(log(Sum(x[_1, _0], (_0, 1, K))), (_1, 1, N))",
        ),
        (Sum(p[j], (j, 1, K)) ** 2, "Sum(p[_0], (_0, 1, K))**2"),
        (log(Sum(p[j] * 2, (j, 1, K))), "log(2*Sum(p[_0], (_0, 1, K)))"),
    ],
)
def test_a_sum_has_one_normal_form(expression, form):
    found = normal(expression)
    assert str(found) == form
    for bound in {v for total in found.atoms(Sum) for v, *_ in total.limits}:
        assert bound.is_integer and bound.is_positive


def test_equal_sums_have_equal_forms_whatever_their_letters_and_their_order():
    assert normal(Sum(x[i, k] * x[i, l], (k, 1, K), (l, 1, K), (i, 1, N))) == normal(
        Sum(x[m, j] * x[m, k], (m, 1, N), (j, 1, K), (k, 1, K))
    )
    assert normal(Sum(p[j] * log(q[j]), (j, 1, K)) - Sum(log(q[m]) * p[m], (m, 1, K))) == 0
    assert normal(Sum(p[j], (j, 1, K)) - Sum(p[j], (j, 1, N))) != 0


def test_the_rows_and_the_columns_of_a_table_are_not_confused():
    by_row, by_column = (Sum(log(Sum(entry, (k, 1, K))), (i, 1, N)) for entry in (x[i, k], x[k, i]))
    assert normal(by_row - by_column) != 0


def test_rows_and_columns_are_not_confused_in_an_exponent_that_becomes_a_product():
    by_row, by_column = (Sum(exp(Sum(entry, (m, 1, K))), (k, 1, K)) for entry in (x[k, m], x[m, k]))
    assert normal(by_row) != normal(by_column)


def test_a_label_is_looked_up_under_two_sums():
    whole = Sum(KroneckerDelta(j, y[i]) * x[i, j], (j, 1, K), (i, 1, N))
    Chain(
        start=whole,
        steps=((Sum(x[i, y[i]], (i, 1, N)), "look up"),),
        given=(size(K), size(N), labels(y, N, K), real(x, K, N)),
    ).check()


# --- what is equal to zero


@pytest.mark.parametrize(
    "start, end, given",
    [
        (log(a * b), log(a) + log(b), (number(a), number(b))),
        (log(exp(t) + exp(2 * t)), t + log(1 + exp(t)), (number(t),)),
        (
            -(1 - b) * log(1 - 1 / (1 + exp(a - t))),
            (1 - b) * (log(1 + exp(a - t)) + (t - a)),
            (number(t), number(a), number(b, 0, 1)),
        ),
        ((a**2 - b**2) / (a - b), a + b, (number(a), number(b, 4, 9).nonzero(a - b))),
        (log(a / b) ** 2, (log(a) - log(b)) ** 2, (number(a), number(b))),
        (
            Sum(p[k] * (a + log(q[k])), (k, 1, K)),
            a + Sum(p[k] * log(q[k]), (k, 1, K)),
            (size(K), simplex(p, K), simplex(q, K), number(a)),
        ),
        (Sum(p[k], (k, 1, K)).diff(p[j]), sympify(1), (size(K), index(j, K), positive(p, K))),
    ],
)
def test_true_equalities_are_decided(start, end, given):
    Chain(
        start=start,
        steps=((end, "it is so"),),
        given=given,
    ).check()


@pytest.mark.parametrize(
    "start, end, given",
    [
        (a + 1, a + 2, (number(a),)),
        (log(a * b), log(a) + log(b) + 1, (number(a), number(b))),
        (2 * Sum(p[k], (k, 1, K)), sympify(1), (size(K), simplex(p, K))),
        (Function("f")(a) * 0 + 1, sympify(2), (number(a),)),
    ],
)
def test_false_equalities_are_refuted(start, end, given):
    with pytest.raises(Refuted):
        Chain(
            start=start,
            steps=((end, "it is not so"),),
            given=given,
        ).check()


@pytest.mark.parametrize("difference", [1, -1, 2, log(2), Rational(1, 10**50)])
def test_what_is_not_zero_does_not_pass_where_points_see_nothing(monkeypatch, difference):
    chain = Chain(
        start=a + difference,
        steps=((a, "it is not so"),),
        given=(number(a),),
    )
    monkeypatch.setattr("xentlib.verify.chain.agree", lambda left, right: True)
    with pytest.raises(
        Undecided,
        match=r"^step 1 \(it is not so\): SymPy does not simplify the difference to 0; "
        "the two are equal at 5 points; what is left: .+$",
    ):
        chain.check()


def test_an_index_that_is_not_said_to_lie_in_the_table_is_not_taken_to():
    anywhere = number(j, 1, 2)
    chain = Chain(
        start=Sum(KroneckerDelta(j, k) * p[k], (k, 1, K)),
        steps=((p[j], "look up"),),
        given=(size(K), size(N), labels(y, N, K), simplex(p, K), anywhere),
    )
    with pytest.raises(Undecided, match="does not simplify"):
        chain.check()
    Chain(
        start=chain.start,
        steps=chain.steps,
        given=(*chain.given[:-1], index(j, K)),
    ).check()


# --- what is said


def test_a_wrong_step_is_told_with_fractions_and_the_difference():
    chain = Chain(
        start=Rational(1, 3) * a / a,
        steps=((Rational(1, 7) * a / a, "slip"),),
        given=(number(a)._replace(draw=lambda random, known: Rational(1, 2)),),
    )
    with pytest.raises(
        Refuted,
        match=r"^step 1 \(slip\) fails at a = 1/2: 1/3 is not 1/7 \(the difference is 4/21\)$",
    ):
        chain.check()


def test_a_wrong_end_is_told_with_fractions():
    chain = Chain(
        start=a,
        steps=((a + 0 * b, "x"),),
        given=(number(a)._replace(draw=lambda random, known: Rational(1, 3)),),
    )
    assert chain.refute(a + Rational(1, 3)) == "at a = 1/3 it gives 2/3, not 1/3"
    assert chain.refute(1 / (a - Rational(1, 3))) == "at a = 1/3 it is infinite, not 1/3"
    with pytest.raises(Undecided, match=r"^a agrees with a wherever it was tried$"):
        chain.refute(a)


def test_a_wrong_end_without_a_value_somewhere_is_refuted_elsewhere():
    values = iter([0] * SIMPLE_POINTS + [0, 1, 1, 1, 1])
    chain = Chain(
        start=t,
        steps=((t + 0, "x"),),
        given=(number(t)._replace(draw=lambda random, known: sympify(next(values))),),
    )
    assert (
        chain.refute(t / t * 2 + log(t) * 0 + Piecewise((zoo * 0, t < 1), (0, True)))
        == "at t = 1 it gives 2, not 1"
    )


def test_a_chain_without_steps_says_so():
    with pytest.raises(Undecided, match="^a chain without a step shows nothing$"):
        Chain(
            start=a,
            steps=(),
            given=(number(a),),
        ).check()


def test_a_chain_is_shown_as_text_and_as_formulas():
    chain = Chain(
        start=log(a * b),
        steps=((log(a) + log(b), "log of a product"), (log(b) + log(a) + 0, "order")),
        given=(number(a), number(b)),
    )
    assert chain._repr_mimebundle_() == {
        "text/plain": (
            "log(a*b)\n  = log(a) + log(b)    (log of a product)\n  = log(a) + log(b)    (order)"
        ),
        "text/latex": "$$\\begin{aligned}\n& \\log\\left(a b\\right) \\\\\n"
        "&\\quad = \\log a + \\log b \\\\\n&\\qquad\\quad \\small\\text{log of a product} \\\\\n"
        "&\\quad = \\log a + \\log b \\\\\n&\\qquad\\quad "
        "\\small\\text{order}\n\\end{aligned}$$",
        "text/x-myst": (
            "::::{div} derivation\n:::{div} step\n$\\displaystyle \\log\\left(a b\\right)$\n:::\n"
            ":::{div} step\n$\\displaystyle = \\log a + \\log b$\n\nlog of a product\n:::\n"
            ":::{div} step\n$\\displaystyle = \\log a + \\log b$\n\norder\n:::\n::::\n"
        ),
    }
    assert chain.show_mistake(2 * a) == (
        "$$\\begin{aligned}\n& \\log\\left(a b\\right) \\\\\n&\\quad \\overset{?}{=} 2 "
        "a\n\\end{aligned}$$"
    )
    assert "\\overset{?}{=} 3\n" in chain.show_mistake(3)


def anywhere(random, known):
    return Rational(random.randint(1, 190), 64)


def test_points_are_those_of_the_seed():
    chain = Chain(
        start=a,
        steps=((a + b - a * b / a, "x"),),
        given=tuple(number(letter)._replace(draw=anywhere) for letter in (a, b)),
    )
    assert (
        list(chain.points(3)) == list(chain.points(3)) != list(chain.points(4))
        and len(list(chain.points(0))) == 5
    )
    wrong = Chain(
        start=a,
        steps=((a + b, "slip"),),
        given=chain.given,
    )

    def told(call):
        with pytest.raises(Refuted) as caught:
            call()
        return str(caught.value)

    assert told(wrong.check) == told(lambda: wrong.check(0)) != told(lambda: wrong.check(1))
    assert told(lambda: wrong.check(5)) == told(lambda: wrong.check(5))
    assert (
        chain.refute(a + b)
        == chain.refute(a + b, 0)
        != chain.refute(a + b, 1)
        == chain.refute(a + b, 1)
    )


def test_a_point_is_shown_by_name():
    assert (
        format_point({"K": 3, "p": (Rational(1, 2), [1, 0.123456789])})
        == "K = 3, p = (1/2, (1, 0.1235))"
    )
    assert format_point({"p": [1.0, 2.5]}) == "p = (1, 2.5)"


# --- fourteen slips of somebody who types a first chain, and more: what is told

A = MatrixSymbol("A", 2, 2)
other_a = Symbol("a")
some_p = IndexedBase("p", nonnegative=True)
LETTERS = (number(a), number(b))
CLASSES = (size(K), simplex(p, K))


def chain(start, *ends, given=LETTERS):
    return Chain(start=start, steps=tuple((end, "a reason") for end in ends), given=given)


@pytest.mark.parametrize(
    "slip, message",
    [
        (
            lambda: chain(over_classes(p[k]), 1, given=(simplex(p, K), size(K))),
            "p is measured by K, which has no hypothesis before it; put size(K) or its own",
        ),
        (
            lambda: chain(over_classes(q[k]), 1, given=CLASSES),
            "q has no hypothesis; the start uses q[k]",
        ),
        (lambda: chain(a + b, 2 * b, given=(number(a),)), "b has no hypothesis; the start uses it"),
        (
            lambda: chain(a, Eq(a, b)),
            "step 1 is a relation; a chain has only =",
        ),
        (lambda: chain(a, a == b), "step 1 is a relation; a chain has only ="),
        (
            lambda: Chain(start=a, steps=((a + b, "a lost comma")), given=LETTERS),
            "each step is a pair (expression, reason), and a single step needs its comma",
        ),
        (lambda: Chain(start=a, steps=((a + b,),), given=LETTERS), "each step is a pair"),
        (lambda: Chain(start=a, steps=a + b, given=LETTERS), "each step is a pair"),
        (
            lambda: chain(a, a + 1, given=number(a)),
            "a single hypothesis needs its comma: given=(number(a),)",
        ),
        (lambda: chain(a, a + 1, given=(a,)), "a is no hypothesis; number(a) is one"),
        (lambda: chain(a, a + 1, given=(number(a), number(a))), "a has two hypotheses"),
        (
            partial(
                chain,
                over_classes(some_p[k] * log(some_p[k])),
                2,
                given=(size(K), simplex(some_p, K)),
            ),
            "p was drawn with a 0 and log 0 occurs; declare it positive",
        ),
        (lambda: chain(A, 2 * A), "no hypothesis for A; matrices have no form"),
        (lambda: chain(A[0, 0], 2 * a), "no hypothesis for A; matrices have no form"),
        (lambda: chain("a + b", a), "the start is 'a + b', which is no expression of SymPy"),
        (lambda: chain(a, 0.5 * a), "step 1 holds a float; write a Rational"),
        (lambda: chain(0.5, a), "the start holds a float; write a Rational"),
        (
            lambda: chain(other_a, 2 * other_a),
            "a has a hypothesis, and the start uses another a: the two are declared with",
        ),
        (
            lambda: chain(Function("f")(a), a),
            "the start has the function f(a); an unknown function has no value",
        ),
        (
            lambda: chain(over_classes(p[k - 1]), 1, given=CLASSES),
            "no value for p[0]: its table has the places 1 to",
        ),
        (
            lambda: chain(over_classes(p[k + 1]), 1, given=CLASSES),
            "no value for p[3]: its table has the places 1 to 2",
        ),
        (
            lambda: chain(over_classes(p[k, k]), 1, given=CLASSES),
            "no value for p[1, 1]: it has more indices than its table",
        ),
        (
            lambda: chain(over_classes(x[k]), 1, given=(size(K), real(x, K, K))),
            "no value for x[1]: its table has more indices",
        ),
    ],
)
def test_a_slip_is_told_in_words(slip, message):
    with pytest.raises(Undecided) as caught:
        slip().check()
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "slip, message",
    [
        (lambda: size(a), "size(a): a must be integer and positive"),
        (lambda: size(Symbol("n", integer=True)), "size(n): n must be integer and positive"),
        (lambda: size(3), "size(3): 3 must be integer and positive"),
        (lambda: index(a, K), "index(a, K): a must be integer and positive"),
        (lambda: number(p), "number(p): it must be a Symbol"),
        (lambda: number(a, 3, 2), "number(a, 3, 2): nothing lies there"),
        (lambda: number(a, -2, 0), "number(a, 0, 0): nothing lies there"),
        (lambda: simplex(a, K), "simplex(a, K): a must be an IndexedBase"),
        (lambda: real(a, K), "real(a, K): a must be an IndexedBase"),
    ],
)
def test_a_hypothesis_is_looked_at_when_it_is_made(slip, message):
    with pytest.raises(ValueError) as caught:
        slip()
    assert str(caught.value) == message


def test_numbers_are_expressions():
    chain(over_classes(p[k]), 1, given=CLASSES).check()
    assert check(chain(1, a, given=(number(a),))).startswith(
        "refuted: step 1 (a reason) fails at a"
    )


# --- numbers first, then algebra; one verdict a step; a limit


def test_the_simplest_counter_example_is_told_with_the_difference():
    mu, sigma = Symbol("mu", real=True), Symbol("sigma", positive=True)
    wrong = Chain(
        start=-(sigma**2) / 2,
        steps=((-(sigma**2) / 2 + 0, "the same"), (mu**2 - sigma**2 / 2, "the second moment")),
        given=(number(mu), number(sigma, 0, 3)),
    )
    assert check(wrong) == (
        "refuted: step 2 (the second moment) fails at μ = 1, σ = 1: −1/2 is not 1/2 "
        "(the difference is −1 = −μ²)\n"
        "  step 1 (the same): SymPy takes it while it is typed"
    )


def test_each_step_has_a_verdict_with_what_is_left_and_the_facts_not_used():
    ends = sqrt((3 - a) ** 2), 3 - a, (9 - a**2) / (3 + a)
    said = check(chain(*ends, given=(*CLASSES, number(a)))).splitlines()
    assert said[0].startswith(
        "undecided: step 1 (a reason): SymPy does not simplify the difference to 0; the two are "
        "equal at 5 points; what is left: "
    )
    assert said[0].endswith("; not used: Σ p[k] = 1")
    assert said[1] == "  step 2 (a reason): holds"


def test_a_step_without_a_value_hides_no_false_one():
    found = check(chain(a, a + log(b - b * a / a), a + 1, a + 2))
    assert found.startswith("refuted: step 3 (a reason) fails at")
    assert "\n  step 1 (a reason) shows nothing; step 1: at " in found


def test_a_step_that_is_evaluated_while_it_is_typed_counts_for_nothing():
    typed = chain(log(a * b), log(a * b), log(a) + log(b))
    typed.check()
    assert check(typed) == "holds: 1 step" and typed.number_of_steps == 1
    with pytest.raises(Undecided, match="returns to its start"):
        chain(a, a, a).check()


@pytest.mark.parametrize("in_a_thread", [False, True])
def test_a_step_ends_when_its_time_is_over(monkeypatch, in_a_thread):
    def forever(*arguments):
        while True:
            sum(range(1000))

    monkeypatch.setattr("xentlib.verify.chain.remainder", forever)
    said = []

    def go():
        said.append(check(chain((a + 1) ** 2, a**2 + 2 * a + 1), seconds=0.2))

    if in_a_thread:
        thread = Thread(target=go)
        thread.start()
        thread.join()
    else:
        go()
    assert said == ["undecided: step 1 (a reason): undecided after 0.2 s: equal at 5 points"]


def test_a_fault_within_sympy_leaves_a_step_undecided(monkeypatch):
    def broken(*arguments):
        raise RuntimeError("generator raised StopIteration")

    monkeypatch.setattr("xentlib.verify.chain.remainder", broken)
    said = check(chain((a + 1) ** 2, a**2 + 2 * a + 1))
    assert said == (
        "undecided: step 1 (a reason): SymPy broke off (generator raised StopIteration): equal at "
        "5 points"
    )


def test_a_sum_up_to_an_outer_index_is_written_out():
    nested = Sum(Sum(p[j], (j, 1, k)), (k, 1, K))
    assert written_out(nested.subs(K, 3)) == 3 * p[1] + 2 * p[2] + p[3]
    assert written_out(Sum(p[j], (j, 1, 0))) == 0
    shadowed = Sum(k * Sum(p[k], (k, 1, 2)), (k, 1, 2))
    assert written_out(shadowed) == 3 * (p[1] + p[2])
    said = check(chain(nested, nested + 1, given=CLASSES))
    assert said.startswith("refuted: step 1 (a reason) fails at K = 2, p = (1/2, 1/2): 3/2 is not")


def test_both_sides_may_be_positive_and_then_their_logarithms_are_compared():
    product = Product(p[k] ** 2, (k, 1, K))
    chain(product, exp(2 * over_classes(log(p[k]))), given=(size(K), positive(p, K))).check()
    unsigned = IndexedBase("p", real=True)
    wrong = chain(
        Product(unsigned[k] ** 2, (k, 1, K)),
        exp(2 * over_classes(log(unsigned[k]))),
        given=(size(K), real(unsigned, K)),
    )
    with pytest.raises(Undecided):
        wrong.check()


def test_a_range_within_one_is_known_to_the_algebra_and_printed():
    for letter, low in ((Symbol("r", real=True), -1), (Symbol("p", positive=True), 0)):
        root = chain(sqrt((1 - letter) ** 2), 1 - letter, given=(number(letter, low, 1),))
        root.check()
        assert root.hypotheses == (f"{low} < {letter} < 1".replace("-", "−"),)
    wide = chain(sqrt((3 - a) ** 2), 3 - a, given=(number(a, 0, 3),))
    assert wide.hypotheses == ("a > 0",)
    with pytest.raises(Undecided, match="does not simplify"):
        wide.check()


def test_the_edges_are_drawn_whatever_the_seed_and_printed():
    n = Symbol("n", integer=True, positive=True)
    for seed in range(6):
        first = next(
            chain(a, a, given=(size(K, 1, 4), simplex(some_p, K), number(n, 2, 9))).points(seed)
        )
        assert (first[K], first[n], first[some_p]) == (1, 2, [1])
    drawn = chain(a, a, given=(size(K), number(n, 1, 9), number(m, 3, 3), number(a))).hypotheses
    assert drawn[0].startswith("K ≥ 2, drawn 2, ") and drawn[1].startswith("n ≥ 1, drawn 1, ")
    assert drawn[2:] == ("m = 3", "a > 0")
    assert without_draws(drawn[0]) == "K ≥ 2" and without_draws("a > 0") == "a > 0"
    assert what_was_drawn("K ≥ 2, drawn 2, 4") == "K = 2, 4" and not what_was_drawn("a > 0")
    assert what_was_drawn("p[·] ≥ 0, Σₖ p[k] = 1, drawn with zeros") == "p with zeros"
    assert chain(1 / (m - 1), 1, given=(size(m, 1, 3),)).points(0)
    with pytest.raises(Undecided, match="at m = 1: left over"):
        chain((m - 1) / (m**2 - m), 1 / m + 0 * k, given=(size(m, 1, 3),)).check()


def test_a_wrong_end_without_a_real_value_is_undecided():
    with pytest.raises(Undecided, match="has no real value wherever it was tried"):
        chain(a, a).refute(log(-a))
