"""Induction: base, step and unfolding are each checked, and each can be refused."""

from dataclasses import replace

import pytest
from sympy import IndexedBase, Product, Sum, log, symbols

from xentlib.verify import Chain, Induction, Refuted, Undecided, number, positive, simplex, size
from xentlib.verify.induction import unrolled

K, L, M, n = symbols("K L M n", integer=True, positive=True)
i, k, l = symbols("i k l", integer=True, positive=True)  # noqa: E741
h, a = symbols("h a", positive=True)
p, q, b, prefix = (IndexedBase(letter, positive=True) for letter in ("p", "q", "b", "a"))

TOTAL = Sum(q[k], (k, 1, K))
BEFORE = Sum(prefix[l], (l, 1, L))
POWER = Induction(
    n=n,
    base=TOTAL,
    value=h,
    step=h * TOTAL,
    right=TOTAL**n,
    unfold=Chain(
        start=Sum(prefix[l] * q[k], (k, 1, K), (l, 1, L)),
        steps=((BEFORE * TOTAL, "each is followed by each"),),
        given=(size(K), size(L), positive(prefix, L), positive(q, K)),
    ),
    before=BEFORE,
    read_as="a holds the products along all sequences of n",
    given=(size(K), positive(q, K)),
    mistakes={"n times": n * TOTAL, "the same": TOTAL ** (2 * n) / TOTAL**n},
)
SQUARES = Induction(
    n=n,
    base=1 + 0 * K,
    value=h,
    step=h + (2 * n + 1),
    right=n**2,
    unfold=Chain(
        start=(a + 1) ** 2,
        steps=((a**2 + (2 * a + 1), "expand"),),
        given=(number(a, 0, 5),),
    ),
    before=a**2,
    reads={a: n},
    read_as="a is n: a square of n + 1 dots is one of n dots with two edges and a corner",
    given=(),
    mistakes={"a triangle": n * (n + 1) / 2},
)


def refusal(induction, error=Undecided):
    with pytest.raises(error) as caught:
        induction.check()
    return str(caught.value)


@pytest.mark.parametrize("induction", [POWER, SQUARES])
def test_base_step_and_unfolding_are_proved(induction):
    found = induction.check()
    assert found.startswith("base n = 1 and step from n to n + 1")
    assert found.endswith(induction.read_as)


def test_a_wrong_closed_form_is_refuted_where_it_first_fails():
    assert POWER.refute("n times").startswith(
        "the step to n = 3: at K = 2, q = (1, 1), n = 3 it is 8, not 6"
    )
    assert "n = 2 it is 4, not 3" in SQUARES.refute("a triangle")


def test_a_right_closed_form_is_no_mistake():
    with pytest.raises(Undecided, match="agrees with the recursion wherever it was tried"):
        POWER.refute("the same")


def test_a_wrong_base_is_refuted():
    assert "the base: at " in refusal(replace(SQUARES, base=2 + 0 * K), Refuted)


def test_a_base_that_is_right_for_the_sizes_that_are_drawn_is_refused():
    late = (M - 2) * (M - 3) * (M - 4)
    narrow = replace(SQUARES, base=1 + late, given=(number(M, 2, 4),))
    assert refusal(narrow).startswith("the base: ")


def test_a_wrong_step_is_refuted():
    assert "the step to n = 2" in refusal(replace(SQUARES, step=h + 2 * n), Refuted)


def test_a_step_that_is_right_for_the_first_n_alone_is_refuted():
    late = (n - 1) * (n - 2) * (n - 3)  # 0 wherever it is tried
    assert "is not simplified to 0" in refusal(replace(SQUARES, step=h + 2 * n + 1 + late))


def test_a_step_that_the_chain_does_not_show_is_refused():
    other = replace(SQUARES.unfold, steps=((a**2 + 2 * a + 1, "expand"),), start=(a + 1) * (a + 1))
    assert SQUARES.check() == replace(SQUARES, unfold=other).check()
    longer = Chain(
        start=(a + 2) ** 2, steps=((a**2 + (4 * a + 4), "expand"),), given=(number(a, 0, 5),)
    )
    assert "which is not the step" in refusal(replace(SQUARES, unfold=longer))


def test_a_false_unfolding_is_refuted():
    wrong = replace(SQUARES.unfold, steps=((a**2 + (3 * a + 1), "expand"),))
    assert refusal(replace(SQUARES, unfold=wrong), Refuted).startswith("the unfolding: step 1")


def test_an_unfolding_without_the_value_before_is_refused():
    assert "does not end in a**3" in refusal(replace(SQUARES, before=a**3))


def test_letters_of_the_unfolding_that_are_not_read_are_refused():
    assert "which is not the step" in refusal(replace(SQUARES, reads={}))


REFUSED = {
    "a letter that is no integer": ({"n": a, "right": a**2}, "must be declared integer"),
    "a closed form without n": ({"right": 1 + 0 * n}, "does not depend on n"),
    "a step from nothing": ({"step": 2 * n + 1}, "does not use the value before it"),
    "a reading that is not said": ({"read_as": " "}, "read_as must say"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_induction_is_refused(name):
    changed, rule = REFUSED[name]
    assert rule in refusal(replace(SQUARES, **changed))


def test_a_table_that_ends_too_early_is_refused():
    of_one = -Sum(p[n, k] * log(p[n, k]), (k, 1, K))
    short = replace(
        SQUARES,
        base=of_one.subs(n, 1),
        step=h + of_one.subs(n, n + 1),
        right=Sum(of_one.subs(n, i), (i, 1, n)),
        given=(size(K), number(M, 2, 2), simplex(p, K, M)),
    )
    assert "the base and 3 steps are tried, up to n = 4: no value for p[3, 1]" in refusal(short)


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        (Sum(b[i], (i, 1, n + 1)), Sum(b[i], (i, 1, n)) + b[n + 1]),
        (Product(b[i], (i, 1, n + 1)), Product(b[i], (i, 1, n)) * b[n + 1]),
        (
            Sum(p[i, k], (k, 1, K), (i, 1, n + 1)),
            Sum(p[i, k], (k, 1, K), (i, 1, n)) + Sum(p[n + 1, k], (k, 1, K)),
        ),
        (Sum(b[i], (i, 1, n)), Sum(b[i], (i, 1, n))),
    ],
)
def test_the_last_term_is_put_outside(whole, parts):
    assert unrolled(whole, n) == parts


def test_hypotheses_say_from_which_n_on():
    assert POWER.hypotheses[0] == "n ≥ 1"
