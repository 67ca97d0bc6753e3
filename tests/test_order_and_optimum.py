"""Orders that a monotone map keeps, and optima: what is refused, and by which rule."""

from dataclasses import replace

import pytest
from sympy import Abs, IndexedBase, Rational, Sum, Symbol, log, symbols

from xentlib.verify import (
    Given,
    Optimum,
    Refuted,
    SameOrder,
    Undecided,
    number,
    positive,
    real,
    share,
    simplex,
    size,
    total,
)

K = Symbol("K", integer=True, positive=True)
k = Symbol("k", integer=True, positive=True)
t, a, b, n, f = symbols("t a b n f", positive=True)
x, g, mu = symbols("x g mu", real=True)
p, q, c = (IndexedBase(letter, positive=True) for letter in "pqc")
v, r = (IndexedBase(letter, real=True) for letter in "vr")


def over(term):
    return Sum(term, (k, 1, K))


KL, ENTROPY = over(p[k] * log(p[k] / q[k])), -over(p[k] * log(p[k]))
CROSS_ENTROPY = -over(p[k] * log(q[k]))
SAME = SameOrder(
    one=KL,
    other=CROSS_ENTROPY,
    moving=(q,),
    t=x,
    through=x + ENTROPY,
    reason="a difference of logarithms",
    given=(size(K), simplex(p, K), simplex(q, K)),
    mistakes={"the reverse": over(q[k] * log(q[k] / p[k])), "twice as much": 2 * CROSS_ENTROPY},
)
LINE = SameOrder(
    one=g,
    other=a * g + mu,
    moving=(g,),
    t=x,
    through=a * x + mu,
    reason="a factor and a constant",
    given=(number(a, 0, 3), number(mu), number(g)),
)


def refusal(evidence, error=Undecided):
    with pytest.raises(error) as caught:
        evidence.check()
    return str(caught.value)


def test_a_constant_keeps_the_minimisers():
    found = SAME.check()
    assert "increases strictly" in found
    assert found.endswith("on every set of q both have the same minimisers and the same maximisers")


def test_a_decreasing_map_exchanges_them():
    turned = replace(LINE, other=-a * g, through=-a * x)
    assert turned.check().endswith("the minimisers of one are the maximisers of the other")


def test_another_order_is_refuted_at_two_points():
    assert "the first is 0.3041 and 0.2668, and this 0.2594 and 0.2817" in SAME.refute(
        "the reverse"
    )
    with pytest.raises(Undecided, match="has the order of"):
        SAME.refute("twice as much")


ORDERS = {
    "a label that moves with the model": (replace(SAME, moving=(p,)), "moves with p"),
    "a map that moves with q": (
        replace(SAME, through=x + CROSS_ENTROPY - KL),
        "moves with q, so it is not one map",
    ),
    "what may move too": (
        replace(SAME, given=(SAME.given[0], SAME.given[2], SAME.given[1])),
        "p comes after what moves, so it may move too",
    ),
    "a total that moves with the counts": (
        SameOrder(
            one=over(c[k]),
            other=over(c[k]) / n,
            moving=(c,),
            t=t,
            through=t / n,
            reason="x",
            given=(size(K), positive(c, K), total(n, c, K)),
        ),
        "n comes after what moves",
    ),
    "a factor of any sign": (
        replace(LINE, other=r[1] * g, through=r[1] * x, given=(size(K), real(r, K), number(g))),
        "is strictly monotone does not follow",
    ),
    "a square over all numbers": (replace(LINE, other=g**2, through=x**2), "strictly monotone"),
    "a corner": (replace(LINE, other=Abs(g), through=Abs(x)), "with a slope"),
    "a logarithm of any number": (
        replace(LINE, other=log(g), t=t, through=log(t)),
        "that g is positive, as the map takes it, does not follow",
    ),
    "a letter declared too much": (
        replace(LINE, t=Symbol("x", integer=True)),
        "is declared positive, or real, and no more",
    ),
    "what does not move": (replace(LINE, one=mu, through=x, other=mu), "mu does not move with g"),
    "a letter without a hypothesis": (replace(LINE, moving=(f,)), "f has no hypothesis"),
}


@pytest.mark.parametrize("name", ORDERS)
def test_what_is_no_order_is_refused(name):
    order, rule = ORDERS[name]
    assert rule in refusal(order)


def test_a_map_that_does_not_lead_there_is_refuted():
    assert "step 1 (a difference of logarithms) fails" in refusal(
        replace(SAME, through=x - ENTROPY), Refuted
    )


LIKELIHOOD = Optimum(
    kind="max",
    objective=over(p[k] * log(q[k])),
    over=simplex(q, K),
    entry=q[k],
    at=p[k],
    given=(size(K), simplex(p, K)),
    mistakes={"uniform": 1 / K, "itself": p[k] + 0 * K},
)
COIN = Optimum(
    kind="max",
    objective=a * log(t) + b * log(1 - t),
    over=number(t, 0, 1),
    entry=t,
    at=a / (a + b),
    given=(number(a, 0, 4), number(b, 0, 4)),
    mistakes={"one more of each": (a + 1) / (a + b + 2)},
)
MEAN = Optimum(
    kind="min",
    objective=over((v[k] - mu) ** 2),
    over=number(mu),
    entry=mu,
    at=over(v[k]) / K,
    given=(size(K), real(v, K)),
    mistakes={"the first": v[1]},
)
EACH = Optimum(
    kind="min",
    objective=over((v[k] - r[k]) ** 2),
    over=real(r, K),
    entry=r[k],
    at=v[k],
    given=(size(K), real(v, K)),
)


@pytest.mark.parametrize("optimum", [LIKELIHOOD, COIN, MEAN, EACH])
def test_an_optimum_is_proved_and_is_the_only_one(optimum):
    assert optimum.check().endswith(f"the one {optimum.kind}imum")


def test_where_the_curvature_may_vanish_it_is_not_said_to_be_the_only_one():
    flat = replace(EACH, objective=over((v[k] - r[k]) ** 2 * u[k]), given=(*EACH.given, weights))
    assert flat.check().endswith("a minimum")


u = IndexedBase("u", nonnegative=True)
weights = Given(u, lambda random, known: [Rational(0)] * (known[K] - 1) + [Rational(1)])


@pytest.mark.parametrize(
    ("optimum", "mistake", "words"),
    [
        (LIKELIHOOD, "uniform", "it gives −0.6931, and q[k] = p[k] gives −0.6365"),
        (COIN, "one more of each", "gives −1.938"),
        (MEAN, "the first", "gives"),
    ],
)
def test_a_worse_point_is_refuted(optimum, mistake, words):
    assert words in optimum.refute(mistake)


def test_a_point_as_good_is_no_mistake():
    with pytest.raises(Undecided, match="is as good wherever it was tried"):
        LIKELIHOOD.refute("itself")


def test_a_point_with_a_slope_is_refuted():
    assert "the point 1/K is not stationary" in refusal(replace(LIKELIHOOD, at=1 / K), Refuted)


OPTIMA = {
    "the other kind": (replace(LIKELIHOOD, kind="min"), "has the sign of a minimum"),
    "an unknown kind": (replace(LIKELIHOOD, kind="best"), 'a "max" or a "min"'),
    "a point off the simplex": (replace(LIKELIHOOD, at=2 * p[k]), "sums to 1 does not follow"),
    "a point that may be negative": (
        replace(LIKELIHOOD, at=v[k], given=(*LIKELIHOOD.given, real(v, K))),
        "is positive does not follow",
    ),
    "a share that may be at the edge": (replace(COIN, over=share(t)), "t may be at the edge"),
    "a coin with more than one": (replace(COIN, at=a / b), "is below 1 does not follow"),
    "a positive letter without a bound": (replace(COIN, over=number(t, 0, 2)), "has the sign of a"),
    "a point given by itself": (replace(LIKELIHOOD, at=q[k]), "is given by q itself"),
    "another letter": (replace(LIKELIHOOD, entry=p[k]), "is no entry of q"),
    "an objective without it": (replace(LIKELIHOOD, objective=ENTROPY), "does not depend on q"),
    "zeros in the open simplex": (
        replace(LIKELIHOOD, over=simplex(u, K), entry=u[k], objective=over(p[k] * log(u[k]))),
        "must be declared positive",
    ),
    "a saddle": (
        Optimum(kind="min", objective=x**3, over=number(x), entry=x, at=0 * a, given=(number(a),)),
        "has the sign of a minimum",
    ),
}


@pytest.mark.parametrize("name", OPTIMA)
def test_what_is_no_optimum_is_refused(name):
    optimum, rule = OPTIMA[name]
    assert rule in refusal(optimum)
