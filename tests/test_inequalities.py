"""Bounds: what holds is proved with its case of equality, and an author who errs or deceives is
refused by a message that names the rule.
"""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Abs, IndexedBase, Rational, Sum, Symbol, cos, exp, log, symbols

import xentlib
from xentlib.derivations.categorical import pairs
from xentlib.verify import (
    Bounded,
    Convex,
    Dropped,
    Given,
    Refuted,
    Rowwise,
    Termwise,
    Undecided,
    number,
    positive,
    real,
    share,
    simplex,
    size,
    support,
    total,
)
from xentlib.verify._algebra import _in_order, _with_rows_summed, put

K, N, m = symbols("K N m", integer=True, positive=True)
i, j, k, l = symbols("i j k l", integer=True, positive=True)  # noqa: E741
t, s, a, b = symbols("t s a b", positive=True)
x, d = symbols("x d", real=True)
p, q, w = (IndexedBase(letter, positive=True) for letter in "pqw")
r, v = (IndexedBase(letter, real=True) for letter in "rv")
each = ((k, 1, K),)
LOGARITHM = Convex(t=t, gap=t - 1 - log(t), zero=1)
SQUARE = Convex(t=x, gap=x**2, zero=0)
GIVEN = size(K), simplex(p, K), simplex(q, K)


def over(term):
    return Sum(term, (k, 1, K))


def by_logarithm(**changed):
    fields = {"lemma": LOGARITHM, "weight": p[k], "argument": q[k] / p[k], "limits": each}
    return Termwise(**{**fields, **changed})


KL = over(p[k] * log(p[k] / q[k]))
STEPS = (
    (by_logarithm(), over(q[k] - p[k]), "log t is at most t - 1"),
    ("=", 0 * K, "both sum to 1"),
)
GIBBS = Bounded(
    start=-KL,
    steps=STEPS,
    given=GIVEN,
    equality={q[k]: p[k]},
    mistakes={
        "five squares": -5 * over((p[k] - q[k]) ** 2),
        "one square": -over((p[k] - q[k]) ** 2),
        "equality everywhere": {},
        "equality between": {q[k]: (p[k] + 1 / K) / 2},
        "equality where it is": {q[k]: p[k]},
    },
)


def refusal(bound, error=Undecided):
    with pytest.raises(error) as caught:
        bound.check()
    return str(caught.value)


def test_gibbs_is_proved_with_its_case_of_equality():
    found = GIBBS.check()
    assert "2 steps, 1 of them an inequality" in found
    assert found.endswith("equality iff q[k] = p[k]")
    assert GIBBS.grade == "proved"


def test_without_a_claim_the_case_of_equality_is_said_all_the_same():
    assert replace(GIBBS, equality=None).check().endswith("equality iff q[k] = p[k] for every k")


def test_a_wrong_bound_is_refuted_at_an_exact_point():
    assert GIBBS.refute("five squares").startswith("at K = 2, p = (2/3, 1/3), q = (1/3, 2/3)")
    assert "−0.231 is not <= −1.111" in GIBBS.refute("five squares")


def test_a_true_bound_that_is_named_a_mistake_stays_undecided():
    with pytest.raises(Undecided, match="no point was found .* it may be true"):  # Pinsker
        GIBBS.refute("one square")


@pytest.mark.parametrize("mistake", ["equality everywhere", "equality between"])
def test_equality_claimed_too_often_is_refuted(mistake):
    assert "is not 0" in GIBBS.refute(mistake)


def test_equality_where_it_is_is_no_mistake():
    with pytest.raises(Undecided, match="equal where q.* wherever it was tried"):
        GIBBS.refute("equality where it is")


@pytest.mark.parametrize(
    ("equality", "rule"),
    [
        ({}, "that equality holds always does not follow"),
        ({q[k]: 1 / K}, r"that equality holds where q\[k\] = 1/K does not follow"),
    ],
)
def test_a_claim_of_equality_that_does_not_hold_is_refused(equality, rule):
    with pytest.raises(Undecided, match=rule):
        replace(GIBBS, equality=equality).check()


def test_a_claim_of_equality_that_leaves_cases_out_is_refused():
    two = Bounded(
        start=-a * b,
        steps=((Dropped(amount=a * b), 0 * a, "both positive"),),
        given=(number(a, 0, 2), number(b, 0, 2)),
    )
    assert two.check().endswith("equality never")
    square = Bounded(
        start=-((x - d) ** 2) * (x - 1) ** 2,
        steps=((Dropped(amount=(x - d) ** 2 * (x - 1) ** 2), 0 * x, "a square"),),
        given=(number(x), number(d)),
        equality={x: d},
    )
    assert "that equality holds only where x = d does not follow" in refusal(square)


def test_equality_of_some_entries_is_not_equality_of_all():
    first = Bounded(
        start=-p[j] * (q[j] / p[j] - 1 - log(q[j] / p[j])),
        steps=((by_logarithm(weight=p[j], argument=q[j] / p[j], limits=()), 0 * K, "one entry"),),
        given=(*GIVEN, Given(j, lambda random, known: 1)),
        equality={q[j]: p[j]},
    )
    assert "only where q[j] = p[j] does not follow" in refusal(first)


LEMMAS = {
    "a slope that does not vanish": (
        Convex(t=t, gap=(t - 1) / 2 - log(t), zero=1),
        Refuted,
        r"is false: its slope at 1 is -1/2",
    ),
    "a gap that does not vanish": (
        Convex(t=t, gap=t - log(t), zero=1),
        Refuted,
        "is false: its gap at 1 is 1",
    ),
    "a curvature of either sign": (
        Convex(t=t, gap=(t - 1) ** 3, zero=1),
        Undecided,
        "its curvature 6.* is not shown > 0",
    ),
    "a gap that is bent down": (
        Convex(t=t, gap=1 + log(t) - t, zero=1),
        Undecided,
        r"its curvature -1/t\*\*2 is not shown > 0",
    ),
    "a gap with a corner": (Convex(t=t, gap=Abs(t - 1), zero=1), Undecided, "has a slope"),
    "a gap that waves": (Convex(t=x, gap=1 - cos(x), zero=0), Undecided, "has a slope"),
    "a pole inside": (
        Convex(t=t, gap=1 / (t - 2) ** 2 - 1 - 2 * (t - 1), zero=1),
        Undecided,
        "powers of what is positive",
    ),
    "another letter": (
        Convex(t=t, gap=a * (t - 1 - log(t)), zero=1),
        Undecided,
        "is about t and no other letter",
    ),
    "a zero outside": (Convex(t=t, gap=(t + 1) ** 2, zero=-1), Undecided, "-1 is no value"),
    "a letter that is whole": (
        Convex(t=K, gap=(K - 1) ** 2, zero=1),
        Undecided,
        "declared positive, or real, and no more",
    ),
}


@pytest.mark.parametrize("name", LEMMAS)
def test_a_wrong_lemma_is_refused(name):
    lemma, error, rule = LEMMAS[name]
    with pytest.raises(error, match=rule):
        lemma.check()


def test_a_wrong_lemma_is_refused_in_a_bound_though_its_equation_holds():
    wrong = Convex(t=t, gap=(t - 1) / 2 - log(t), zero=1)
    steps = (
        (by_logarithm(lemma=wrong), over(q[k] - p[k]) / 2, "half of it"),
        ("=", 0 * K, "both sum to 1"),
    )
    assert "step 1 (half of it): the lemma" in refusal(replace(GIBBS, steps=steps), Refuted)


@pytest.mark.parametrize(
    "lemma",
    [
        LOGARITHM,
        SQUARE,
        Convex(t=x, gap=exp(x) - 1 - x, zero=0),
        Convex(t=t, gap=t**3 - 3 * t + 2, zero=1),
    ],
)
def test_a_lemma_holds(lemma):
    lemma.check()


def test_a_signed_weight_is_refused_though_the_equation_holds():
    signed = Bounded(
        start=over(r[k] * log(q[k] / p[k])),
        steps=((by_logarithm(weight=r[k]), over(r[k] * (q[k] / p[k] - 1)), "x"),),
        given=(*GIVEN, real(r, K)),
    )
    assert "Termwise: that the weight r[k] is nonnegative does not follow" in refusal(signed)


def test_an_argument_of_any_sign_is_refused():
    term = Convex(t=t, gap=t**2 - 2 * t + 1, zero=1)
    signed = Bounded(
        start=-over(p[k] * (r[k] - 1) ** 2),
        steps=((by_logarithm(lemma=term, argument=r[k]), 0 * K, "x"),),
        given=(size(K), simplex(p, K), real(r, K)),
    )
    assert "the argument r[k] is positive does not follow" in refusal(signed)


def test_a_signed_square_is_refused():
    signed = Bounded(
        start=-over(r[k] * v[k] ** 2),
        steps=((Dropped(amount=over(r[k] * v[k] ** 2)), 0 * K, "squares"),),
        given=(size(K), real(r, K), real(v, K)),
    )
    assert "Dropped: that the amount" in refusal(signed)


def test_a_step_that_is_not_the_slack_is_refuted():
    steps = ((by_logarithm(), 2 * over(q[k] - p[k]) + 1, "wrong"), *STEPS[1:])
    assert refusal(replace(GIBBS, steps=steps), Refuted).startswith("step 1 (wrong): fails at")


def test_a_sum_that_starts_late_is_refused():
    with pytest.raises(Undecided, match="each index runs from 1 to a size"):
        by_logarithm(limits=((k, 2, K),)).check(GIVEN)


def test_the_other_direction_is_checked_too():
    upwards = Bounded(
        start=KL,
        relation=">=",
        steps=((by_logarithm(), over(p[k] - q[k]), "x"), ("=", 0 * K, "both sum to 1")),
        given=GIVEN,
        mistakes={"one": 1 + 0 * K},
    )
    assert upwards.check().endswith("q[k] = p[k] for every k")
    assert "is not >= 1" in upwards.refute("one")
    assert "fails at" in refusal(replace(upwards, relation="<="), Refuted)


REFUSED = {
    "no inequality": (replace(GIBBS, steps=(("=", 0 * K, "x"),)), "every step is an =; a Chain"),
    "an unknown rule": (replace(GIBBS, steps=(("<", 0 * K, "x"),)), "step 1 is no"),
    "a lost reason": (replace(GIBBS, steps=((by_logarithm(), 0 * K),)), "step 1 is no"),
    "an unknown relation": (replace(GIBBS, relation="<"), 'a bound is "<=" or ">="'),
    "numbers only": (
        Bounded(start=log(2), steps=((Dropped(amount=1 - log(2)), 1, "x"),), given=()),
        "about numbers only",
    ),
    "a symbol without a hypothesis": (
        replace(GIBBS, given=GIVEN[:2]),
        "q has no hypothesis",
    ),
    "a declaration that no words say": (
        Bounded(
            start=-Symbol("e", even=True),
            steps=((Dropped(amount=Symbol("e", even=True) ** 2), 0 * K, "x"),),
            given=(size(K), Given(Symbol("e", even=True), lambda random, known: 2)),
        ),
        "declared more than real",
    ),
    "draws against the declaration": (
        replace(
            GIBBS,
            given=(*GIVEN[:2], simplex(q, K)._replace(draw=lambda random, known: [1, 0, 0, 0])),
        ),
        "q was drawn 0, which is not positive",
    ),
    "a fraction that is drawn beyond": (
        Bounded(
            start=-(1 - a),
            steps=((Dropped(amount=1 - a), 0 * a, "x"),),
            given=(number(a, 0, 1)._replace(draw=lambda random, known: Rational(3, 2)),),
        ),
        "a was drawn 3/2, outside what is assumed",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_bound_is_refused(name):
    bound, rule = REFUSED[name]
    assert rule in refusal(bound)


def test_a_number_without_bounds_is_not_below_one():
    beyond = Bounded(
        start=-(1 - a),
        steps=((Dropped(amount=1 - a), 0 * a, "x"),),
        given=(number(a, 0, 2),),
    )
    assert "Dropped: that the amount 1 - a is nonnegative does not follow" in refusal(beyond)
    assert replace(beyond, given=(number(a, 0, 1),)).check().endswith("equality never")
    assert replace(beyond, given=(share(a),)).check().endswith("equality iff 1 - a = 0")
    assert replace(beyond, given=(share(a),), equality={a: 1}).check().endswith("iff a = 1")


def test_hypotheses_are_said_in_words():
    both = replace(GIBBS, given=(*GIVEN, number(a, 0, 1), share(b)))
    assert both.hypotheses[-2:] == ("0 < a < 1", "0 < b ≤ 1")


@pytest.mark.parametrize("make", [share])
def test_a_share_is_declared_positive(make):
    with pytest.raises(ValueError, match="x.: declare it positive"):
        make(x)


# rows
table, weights = simplex(p, K, N), simplex(w, N)._replace(facts=((Sum(w[i], (i, 1, N)), 1),))
MEAN = Sum(w[i] * p[i, k], (i, 1, N))
SOFT = Sum(w[i] * over(p[i, k] * v[k]) ** 2, (i, 1, N)) - over(MEAN * v[k]) ** 2
HARD = over(MEAN * v[k] ** 2) - over(MEAN * v[k]) ** 2


def by_rows(**changed):
    fields = {"lemma": pairs, "weight": w[i], "row": {q[k]: p[i, k]}, "limits": ((i, 1, N),)}
    return Rowwise(**{**fields, **changed})


NOISE = Bounded(
    start=SOFT,
    steps=((by_rows(), HARD, "a variance"),),
    given=(size(K), size(N), weights, table, real(v, K)),
)


def test_a_bound_by_rows_is_proved():
    assert "= 0 for every i" in NOISE.check()


def test_rows_that_are_no_distributions_are_refused():
    any_rows = replace(NOISE, given=(*NOISE.given[:3], positive(p, K, N), real(v, K)))
    with pytest.raises(Undecided, match="Rowwise: what its lemma assumes of q does not follow"):
        by_rows().check(any_rows.given)


def test_rows_of_any_sign_are_refused():
    given = (size(K), size(N), weights, simplex(r, K, N), real(v, K))
    with pytest.raises(Undecided, match="Rowwise: what its lemma assumes of q does not follow"):
        by_rows(row={q[k]: r[i, k]}).check(given)


def test_a_lemma_with_more_hypotheses_than_the_bound_is_refused():
    with pytest.raises(Undecided, match="Rowwise: what its lemma assumes of v does not follow"):
        by_rows().check(NOISE.given[:-1])


def test_signed_weights_of_rows_are_refused():
    given = (*NOISE.given, real(r, N))
    with pytest.raises(Undecided, match=r"Rowwise: that the weight r\[i\] is nonnegative"):
        by_rows(weight=r[i]).check(given)


def test_a_lemma_that_ends_in_no_squares_is_refused():
    signed = replace(pairs, steps=((over(q[k] * (v[k] - over(q[k] * v[k])) * v[k]), "x"),))
    with pytest.raises(Undecided, match="in which its lemma ends, is nonnegative does not follow"):
        by_rows(lemma=signed).check(NOISE.given)


def test_a_false_lemma_is_refuted():
    wrong = replace(pairs, steps=((over(q[k] * v[k] ** 2), "x"),))
    with pytest.raises(Refuted, match="Rowwise, its lemma: step 1"):
        by_rows(lemma=wrong).check(NOISE.given)


# faces
def over_support(term):
    return Sum(term, (k, 1, m))


inside = ((k, 1, m),)
FACES = Bounded(
    start=-over_support(p[k] * log(p[k] / q[k])),
    steps=(
        (by_logarithm(limits=inside), over_support(q[k] - p[k]), "log t is at most t - 1"),
        ("=", s - 1, "p sums to 1, q to s"),
        (Dropped(amount=1 - s), 0 * s, "q has no more than 1 on the support"),
    ),
    given=support(p=p, q=q, m=m, s=s),
    equality={q[k]: p[k], s: 1},
    computes=lambda p, q: -xentlib.kl_divergence(p, q),
)


def test_gibbs_is_proved_on_the_closed_simplex_and_the_library_computes_it_there():
    found = FACES.check()
    assert "equality iff q[k] = p[k], s = 1" in found
    assert "with 1, 2, 3, 30 classes, zeros among them" in found
    assert "infinite at 6 draws where q is 0 on the support" in found


def test_on_a_face_equality_on_the_support_is_not_enough():
    assert "holds where q[k] = p[k] does not follow" in refusal(
        replace(FACES, equality={q[k]: p[k]})
    )


def test_on_a_face_q_need_not_sum_to_one():
    whole = replace(FACES, steps=(FACES.steps[0], ("=", 0 * s, "both sum to 1")))
    assert "step 2 (both sum to 1): fails at" in refusal(whole, Refuted)


def interior_only(p, q):
    p, q = np.array(p), np.array(q)
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.sum(p * np.log(p / q))


def clipped(p, q):
    return -np.sum(np.array(p) * np.log(np.maximum(p, 1e-9) / np.maximum(q, 1e-9)))


@pytest.mark.parametrize(
    ("computes", "words"),
    [
        (interior_only, "the library gives nan"),
        (clipped, "where q misses p"),
        (lambda p, q: -xentlib.cross_entropy(p, q), "the support"),
    ],
)
def test_a_library_that_is_wrong_on_a_face_is_refuted(computes, words):
    assert words in refusal(replace(FACES, computes=computes), Refuted)


def test_a_library_function_is_compared_in_the_interior_too():
    inside_only = replace(GIBBS, computes=lambda K, p, q: -xentlib.kl_divergence(p, q))
    assert "the library computes the start" in inside_only.check()
    wrong = replace(GIBBS, computes=lambda K, p, q: -xentlib.kl_divergence(q, p))
    assert "the library gives" in refusal(wrong, Refuted)


def test_a_support_needs_positive_letters():
    with pytest.raises(ValueError, match="r is positive on the support"):
        support(p=p, q=r, m=m, s=s)
    with pytest.raises(ValueError, match="a counts classes"):
        support(p=p, q=q, m=a, s=s)


def test_counts_on_their_support():
    n, c = Symbol("n", positive=True), IndexedBase("c", positive=True)
    given = support(p=p, q=q, m=m, s=s)
    bound = Bounded(
        start=over_support(c[k] * log(q[k])),
        steps=(
            (
                by_logarithm(weight=c[k], argument=n * q[k] / c[k], limits=inside),
                over_support(c[k] * log(c[k] / n)) + n * s - n,
                "log t is at most t - 1",
            ),
            (Dropped(amount=n * (1 - s)), over_support(c[k] * log(c[k] / n)), "s is at most 1"),
        ),
        given=(given[0], positive(c, m), total(n, c, m), *given[2:]),
        equality={q[k]: c[k] / n, s: 1},
    )
    bound.check()


def test_what_is_put_in_place_keeps_its_own_indices():
    mean = Sum(w[i] * p[i, k], (i, 1, N))
    there = put(q[i], {q[k]: mean}).subs(N, 2).doit()
    assert there == w[1] * p[1, i] + w[2] * p[2, i]
    beside = put(q[i], {q[k]: r[k] + mean}).subs(N, 2).doit()
    assert beside == r[i] + there


def test_sums_are_renamed_without_capture():
    inner = Symbol("_0", integer=True, positive=True)
    ((place, *_),), term = _in_order(over(q[k] * Sum(p[inner, k], (inner, 1, N))))
    assert term.subs(N, 1).doit() == q[place] * p[1, place]


def test_a_row_is_summed_only_where_nothing_else_holds_its_index():
    row = [(over(p[i, k]), 1)]
    alone = Sum(w[i] * p[i, k], (k, 1, K), (i, 1, N))
    beside = Sum(w[i] * p[i, k] * v[k], (k, 1, K), (i, 1, N))
    assert _with_rows_summed(alone, row) == Sum(w[i], (i, 1, N))
    assert _with_rows_summed(beside, row) == beside


class Lying(Dropped):
    def check(self, given):
        """Whatever the sign."""


def test_a_rule_that_lies_is_refuted_by_numbers():
    steps = ((Lying(amount=-a), b, "x"),)
    lie = Bounded(start=a + b, steps=steps, given=(number(a, 0, 3), number(b, 0, 3)))
    assert "it lies beyond by" in refusal(lie, Refuted)
