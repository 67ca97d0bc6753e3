"""Chains: normal forms of sums, values at exact points, and what is said and shown."""

from fractions import Fraction as F

import pytest
from sympy import (
    Function,
    IndexedBase,
    KroneckerDelta,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
    oo,
    sympify,
    zoo,
)

from xentlib.derivations.symbols import K, N, i, j, k, l, over_classes, p, q, y
from xentlib.verify.chain import Chain, Refuted, Undecided, agree, exact, normal, shown
from xentlib.verify.hypotheses import index, labels, number, positive, real, simplex, size

a, b, t = Symbol("a", positive=True), Symbol("b", positive=True), Symbol("t", real=True)
x = IndexedBase("x", real=True)
m = Symbol("m", integer=True, positive=True)


# --- values


def test_a_value_has_fifty_digits():
    assert exact(log(K), {K: sympify(2)}) == log(2).n(50)
    assert exact(over_classes(p[k] ** 2), {K: 2, p: [F(1, 3), F(2, 3)]}) == Rational(5, 9).n(50)
    assert exact(
        Sum(q[y[i]], (i, 1, N)), {N: 2, y: [2, 1], q: [Rational(1, 4), Rational(3, 4)]}
    ) == sympify(1).n(50)
    assert exact(Sum(x[i, k], (k, 1, K), (i, 1, N)), {N: 2, K: 2, x: [[1, 2], [3, 4]]}) == sympify(
        10
    ).n(50)


def test_a_derivative_is_taken_of_the_explicit_sum():
    assert exact(Sum(t * x[k], (k, 1, K)).diff(t), {K: 3, t: sympify(2), x: [1, 2, 3]}) == sympify(
        6
    ).n(50)


@pytest.mark.parametrize("expression", [oo * a, -oo * a, zoo * a, log(t)])
def test_an_infinite_value_is_none_unless_it_is_asked_for(expression):
    point = {a: sympify(1), t: sympify(0)}
    with pytest.raises(Undecided, match="left over"):
        exact(expression, point)
    assert exact(expression, point, finite=False).is_finite is False


def test_what_has_no_value_is_named():
    with pytest.raises(Undecided, match=r"^no value for x\[3\]$"):
        exact(x[K], {K: 3})
    with pytest.raises(Undecided, match=r"^left over: a$"):
        exact(a + 0 * K, {K: 3})
    with pytest.raises(Undecided, match="^left over: nan$"):
        exact(t / t.subs(t, 0), {t: 0})


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
        ((a**2 - b**2) / (a - b), a + b, (number(a), number(b, 4, 9))),
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
        "the two are equal at 5 points$",
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


def test_a_wrong_step_is_told_with_six_digits():
    chain = Chain(
        start=Rational(1, 3) * a / a,
        steps=((Rational(1, 7) * a / a, "slip"),),
        given=(number(a)._replace(draw=lambda random, known: Rational(1, 2)),),
    )
    with pytest.raises(
        Refuted, match=r"^step 1 \(slip\) fails at a = 1/2: 0\.333333 is not 0\.142857$"
    ):
        chain.check()


def test_a_wrong_end_is_told_with_four_digits():
    chain = Chain(
        start=a,
        steps=((a + 0 * b, "x"),),
        given=(number(a)._replace(draw=lambda random, known: Rational(1, 3)),),
    )
    assert chain.refute(a + Rational(1, 3)) == "at a = 1/3 it gives 0.6667, not 0.3333"
    assert chain.refute(1 / (a - Rational(1, 3))) == "at a = 1/3 it is infinite, not 0.3333"
    with pytest.raises(Undecided, match=r"^a agrees with a wherever it was tried$"):
        chain.refute(a)


def test_a_wrong_end_without_a_value_somewhere_is_refuted_elsewhere():
    values = iter([0, 1, 1, 1, 1])
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
        "text/latex": "$$\\begin{aligned}\n& \\log{\\left(a b \\right)} \\\\\n"
        "&\\quad = \\log{\\left(a "
        "\\right)} + \\log{\\left(b \\right)} \\\\\n&\\qquad\\quad \\small\\textit{log of a "
        "product} \\\\\n"
        "&\\quad = \\log{\\left(a \\right)} + \\log{\\left(b \\right)} \\\\\n&\\qquad\\quad "
        "\\small\\textit{order}\n\\end{aligned}$$",
    }
    assert chain.wrong(2 * a) == (
        "$$\\begin{aligned}\n& \\log{\\left(a b \\right)} \\\\\n&\\quad \\overset{?}{=} 2 "
        "a\n\\end{aligned}$$"
    )
    assert "\\overset{?}{=} 3\n" in chain.wrong(3)


def test_points_are_those_of_the_seed():
    chain = Chain(
        start=a,
        steps=((a * b / b, "x"),),
        given=(number(a), number(b)),
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
        shown({"K": 3, "p": (Rational(1, 2), [1, 0.123456789])}) == "K = 3, p = (1/2, (1, 0.1235))"
    )
    assert shown({"p": [1.0, 2.5]}) == "p = (1, 2.5)"
