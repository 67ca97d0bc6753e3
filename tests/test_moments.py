"""Expectations by two moments, and smooth densities: what holds is proved, and what these do not
give is refused.
"""

from dataclasses import replace

import pytest
from sympy import (
    Abs,
    IndexedBase,
    KroneckerDelta,
    Matrix,
    Rational,
    Sum,
    exp,
    log,
    symbols,
)

from xentlib.verify import (
    Chain,
    Expectation,
    Expected,
    Given,
    Refuted,
    Undecided,
    density,
    number,
    size,
    smooth,
    spd,
    vector,
)
from xentlib.verify.hypotheses import Source

K, N = symbols("K N", integer=True, positive=True)
i, j, k, l = symbols("i j k l", integer=True, positive=True)  # noqa: E741
x, m, a, theta = symbols("x m a theta", real=True)
v, rho = symbols("v rho", positive=True)
X, M, V, b = (IndexedBase(letter, real=True) for letter in ("x", "m", "V", "b"))
pi = IndexedBase("pi", positive=True)

ONE = Expectation(x=x, mean=m, cov=v)
MANY = Expectation(x=X, mean=M[i], cov=V[i, j], indices=(i, j), size=N)
ALIKE = Expectation(x=X, mean=m, cov=v * KroneckerDelta(i, j), indices=(i, j), size=N)
MEAN = Sum(X[i], (i, 1, N)) / N
numbers = number(m), number(v, 0, 3)


def over(term):
    return Sum(term, (k, 1, K))


ERROR = Expected(
    E=ONE,
    expression=(x - a) ** 2,
    steps=((v + (m - a) ** 2, "variance and squared bias"),),
    given=(*numbers, number(a)),
    mistakes={"without the variance": (m - a) ** 2, "expanded": v + m**2 - 2 * a * m + a**2},
)
OF_A_MEAN = Expected(
    E=ALIKE,
    expression=(MEAN - m) ** 2,
    steps=((v / N, "independent"),),
    given=(size(N), *numbers),
    mistakes={"not divided": v, "divided twice": v / N**2},
)
OF_A_SAMPLE = Expected(
    E=ALIKE,
    expression=Sum((X[k] - MEAN) ** 2, (k, 1, N)),
    steps=(((N - 1) * v, "one degree of freedom is lost"),),
    given=(size(N), *numbers),
    mistakes={"N of them": N * v},
)
QUADRATIC = Expected(
    E=MANY,
    expression=Sum(b[k] * X[k], (k, 1, N)) ** 2,
    steps=(
        (
            Sum(b[k] * b[l] * V[k, l], (k, 1, N), (l, 1, N)) + Sum(b[k] * M[k], (k, 1, N)) ** 2,
            "b'Vb and the square of b'm",
        ),
    ),
    given=(size(N), vector(M, N), spd(V, N), vector(b, N)),
    mistakes={"without the covariance": Sum(b[k] * M[k], (k, 1, N)) ** 2},
)


def refusal(evidence, error=Undecided):
    with pytest.raises(error) as caught:
        evidence.check()
    return str(caught.value)


@pytest.mark.parametrize("evidence", [ERROR, OF_A_MEAN, OF_A_SAMPLE, QUADRATIC])
def test_an_expectation_is_proved(evidence):
    assert "equal to that of a law on finitely many points" in evidence.check()


@pytest.mark.parametrize(
    ("evidence", "mistake"),
    [
        (ERROR, "without the variance"),
        (OF_A_MEAN, "not divided"),
        (OF_A_MEAN, "divided twice"),
        (OF_A_SAMPLE, "N of them"),
        (QUADRATIC, "without the covariance"),
    ],
)
def test_another_value_is_refuted(evidence, mistake):
    assert " it is " in evidence.refute(mistake)


def test_the_same_value_is_no_mistake():
    with pytest.raises(Undecided, match="is the expectation wherever it was tried"):
        ERROR.refute("expanded")


def test_a_false_step_is_refuted_and_named():
    steps = (*ERROR.steps, (v + m**2, "a = 0"))
    assert refusal(replace(ERROR, steps=steps), Refuted).startswith("step 2 (a = 0) fails at")


@pytest.mark.parametrize(
    ("of", "rule"),
    [
        (x**3, "needs more than two moments of x"),
        (exp(x), "is no polynomial in x"),
        (1 / x, "is no polynomial in x"),
        (Abs(x), "is no polynomial in x"),
        (Sum(X[k], (k, 1, N)) ** 3, "needs more than two moments"),
        (Sum(log(X[k]), (k, 1, N)), "is no polynomial in x"),
    ],
)
def test_what_two_moments_do_not_give_is_refused(of, rule):
    with pytest.raises(Undecided, match=rule):
        (MANY if of.has(Sum) else ONE)(of)


def test_a_moment_given_by_x_itself_is_refused():
    with pytest.raises(Undecided, match="a moment of x is given by x itself"):
        replace(ONE, mean=x)(x)
    with pytest.raises(Undecided, match="a moment of x is given by x itself"):
        replace(MANY, mean=X[i])(X[1])


def test_a_random_letter_with_a_hypothesis_is_refused():
    assert "x is random" in refusal(replace(ERROR, given=(*ERROR.given, number(x))))


def test_a_table_needs_indices_and_a_size():
    with pytest.raises(Undecided, match="the table x needs two indices and a size"):
        replace(MANY, size=None)(X[1])


@pytest.mark.parametrize(
    ("drawn", "rule"),
    [
        ([[1, 2], [2, 1]], "as one that no x has"),
        ([[0, 1], [1, 1]], "as one that no x has"),
        ([[2, 1], [0, 2]], "is not symmetric"),
    ],
)
def test_a_matrix_that_is_no_covariance_is_refused(drawn, rule):
    matrix = [[Rational(entry) for entry in row] for row in drawn]
    given = (size(N, 2, 2), vector(M, N), Given(V, lambda random, known: matrix), vector(b, N))
    assert rule in refusal(replace(QUADRATIC, given=given))


def test_a_variance_that_may_be_negative_is_refused():
    signed = replace(ERROR, E=replace(ONE, cov=-v), steps=((-v + (m - a) ** 2, "x"),))
    assert "as one that no x has" in refusal(signed)


def test_what_is_assumed_of_a_random_table_is_said_in_words():
    delta, (p_k, rho) = KroneckerDelta(i, j), symbols("p_k rho")
    drawn = Expectation(x=X, mean=p_k, cov=p_k * (1 - p_k) * delta, indices=(i, j), size=N)
    assert drawn.hypothesis == (
        "x random of any law with mean pₖ, variance pₖ (1 − pₖ), covariance of any two 0"
    )
    alike = Expectation(x=X, mean=0, cov=rho + (1 - rho) * delta, indices=(i, j), size=N)
    assert alike.hypothesis.endswith("mean 0, variance 1, covariance of any two ρ")


def test_correlated_observations():
    together = replace(ALIKE, cov=v * (rho + (1 - rho) * KroneckerDelta(i, j)))
    effect = replace(
        OF_A_MEAN,
        E=together,
        steps=((v * (1 + (N - 1) * rho) / N, "the design effect"),),
        given=(*OF_A_MEAN.given, number(rho, 0, 1)),
    )
    effect.check()
    assert refusal(replace(effect, steps=((v / N, "x"),)), Refuted).startswith("step 1 (x) fails")


def test_matrices_are_drawn_symmetric_and_positive_definite():
    for seed in range(20):
        drawn = Matrix(spd(V, N).draw(Source(seed), {N: 3}))
        assert drawn.is_symmetric() and drawn.is_positive_definite


def test_the_law_has_the_moments():
    point = next(Chain(0 * x, (), QUADRATIC.given).points(0))
    law = list(MANY.law(point))
    assert sum(weight for weight, _ in law) == 1 and min(weight for weight, _ in law) >= 0
    mean = [sum(weight * value[a] for weight, value in law) for a in range(point[N])]
    assert mean == point[M]
    for a, b in ((0, 0), (0, 1)):
        product = sum(weight * value[a] * value[b] for weight, value in law)
        assert product - mean[a] * mean[b] == point[V][a][b]


# densities
PI = density(pi, K, of=theta)
GIVEN = size(K), *PI.given
SCORE = PI.derivative(log(PI.at(k)))


def test_the_score_has_mean_zero_and_the_information_two_forms():
    Chain(over(pi[k] * SCORE), ((0 * K, "sums to 1 for all"),), GIVEN).check()
    second = PI.derivative(log(PI.at(k)), 2)
    Chain(-over(pi[k] * second), ((over(pi[k] * SCORE**2), "Bartlett"),), GIVEN).check()


@pytest.mark.parametrize(
    ("start", "wrong"),
    [
        (over(SCORE), 0 * K),
        (over(pi[k] ** 2 * SCORE), 0 * K),
        (over(pi[k] * SCORE**2), over(pi[k] * PI.derivative(log(PI.at(k)), 2))),
    ],
)
def test_what_holds_for_no_density_in_general_is_refuted(start, wrong):
    with pytest.raises(Refuted, match="fails at"):
        Chain(start, ((wrong, "x"),), GIVEN).check()


def test_the_derivatives_are_those_of_a_softmax():
    known = {K: 3}
    for given in PI.given:
        known[given.symbol] = given.draw(Source(0), known)
    assert [sum(known[given.symbol]) for given in PI.given] == [1, 0, 0]


def test_a_density_is_declared_as_one():
    with pytest.raises(ValueError, match="density: m is positive, so declare it"):
        density(M, K, of=theta)
    with pytest.raises(ValueError, match="the parameter v must be declared real, and no more"):
        density(pi, K, of=v)


def test_a_third_derivative_is_not_declared():
    with pytest.raises(Undecided, match="two derivatives are declared, and none of order 3"):
        PI.derivative(PI.at(k), 3)


def test_a_smooth_function_has_a_chain_rule_and_no_more():
    F = smooth(m, of=theta)
    given = F.given
    curve = F.derivative(F.at() ** 2, 2)
    assert curve == 2 * F.slope**2 + 2 * F.value * F.bend
    with pytest.raises(Refuted, match="fails at"):
        Chain(curve, ((2 * F.value * F.bend, "without the slopes"),), given).check()
    table = smooth(M, K, of=theta)
    moved = table.derivative(over(table.at(k) ** 2))
    Chain(moved, ((2 * over(M[k] * table.slope[k]), "x"),), (size(K), *table.given)).check()


def test_a_smooth_function_is_declared_as_one():
    with pytest.raises(ValueError, match="v must be declared real, and no more"):
        smooth(v, of=theta)
    with pytest.raises(ValueError, match="a table has a size, and a number has none"):
        smooth(M, of=theta)
