"""What hypotheses draw, at both ends of their ranges, and what they tell the algebra; and the
corners of domains.
"""

import numpy as np
import pytest
from sympy import IndexedBase, Rational, Sum, Symbol, symbols, true

from xentlib.verify import hypotheses as given
from xentlib.verify import samples as domains
from xentlib.verify.faces import support
from xentlib.verify.proof import hypotheses_of

K, N, n = symbols("K N n", integer=True, positive=True)
j, k, i = symbols("j k i", integer=True, positive=True)
t, u = Symbol("t", real=True), Symbol("u", positive=True)
p, any_p, c, y = (
    IndexedBase("p", positive=True),
    IndexedBase("p", nonnegative=True),
    IndexedBase("c", integer=True, positive=True),
    IndexedBase("y", integer=True, positive=True),
)


class Lowest(given.Source):
    """Every draw is the least that it can be."""

    def randint(self, low, high):
        return low

    def random(self):
        return 0.0

    def choice(self, options):
        return options[0]


class Highest(Lowest):
    """Every draw is the greatest that it can be."""

    def randint(self, low, high):
        return high

    def random(self):
        return 1.0

    def choice(self, options):
        return options[-1]


def ends(hypothesis, **known):
    names = {str(symbol): symbol for symbol in (K, N, n, c)}
    known = {names[name]: value for name, value in known.items()}
    return tuple(hypothesis.draw(random, known) for random in (Lowest(), Highest()))


@pytest.mark.parametrize(
    "hypothesis, low, high",
    [
        (lambda: given.number(t), Rational(-191, 64), Rational(191, 64)),
        (lambda: given.number(t, 0, 1), Rational(1, 64), Rational(63, 64)),
        (lambda: given.number(u), Rational(1, 64), Rational(191, 64)),
        (lambda: given.number(u, 0, 3), Rational(1, 64), Rational(191, 64)),
        (lambda: given.number(u, 2, 5), Rational(129, 64), Rational(319, 64)),
        (lambda: given.number(t, -2, 1), Rational(-127, 64), Rational(63, 64)),
        (lambda: given.number(n, 2, 9), 2, 9),
        (lambda: given.number(n, 1, 9), 1, 9),
        (lambda: given.number(n, -2, 9), 1, 9),
        (lambda: given.size(K), 2, 4),
        (lambda: given.size(K, 1, 7), 1, 7),
    ],
)
def test_a_number_lies_between_its_ends(hypothesis, low, high):
    assert ends(hypothesis()) == (low, high) and hypothesis().facts == ()


def test_an_index_lies_in_its_table_and_the_algebra_knows_it():
    assert ends(given.index(j, K), K=5) == (1, 5)
    assert given.index(j, K).symbol == j and given.index(j, K).facts == (
        (K >= j, true),  # noqa: SIM300 SymPy keeps both ways apart
        (j <= K, true),
    )


@pytest.mark.parametrize(
    "table, low, high",
    [
        (given.real, [-2, -2, -2], [2, 2, 2]),
        (given.positive, [Rational(1, 64)] * 3, [4, 4, 4]),
        (given.nonnegative, [Rational(1, 2), 0, 0], [Rational(1, 2), 4, 4]),
        (given.whole, [1, 1, 1], [6, 6, 6]),
    ],
)
def test_a_table_has_a_row_for_each_observation(table, low, high):
    assert ends(table(IndexedBase("x"), K), K=3) == (low, high)
    assert ends(table(IndexedBase("x"), K, N), K=3, N=2) == ([low, low], [high, high])
    assert table(IndexedBase("x"), K).facts == ()


def test_a_table_is_made_of_what_its_entries_draw():
    table = given.Table("t", lambda random, length: [random.randint(0, 9)] * length)
    one, rows = table(c, K), table(c, K, N)
    assert (one.symbol, one.facts, rows.symbol) == (c, (), c)
    asked = []
    given.Table("t", lambda random, length: asked.append(length) or [0])(c, K).draw(
        Lowest(), {K: 4}
    )
    assert asked == [4]
    assert ends(one, K=2) == ([0, 0], [9, 9]) and ends(rows, K=2, N=3) == (
        [[0, 0]] * 3,
        [[9, 9]] * 3,
    )


def test_shares_are_whole_parts_of_their_sum():
    class Counting(Lowest):
        drawn = iter([1, 3])

        def randint(self, low, high):
            assert (low, high) == (1, 32)
            return next(self.drawn)

    assert given.shares(Counting(), 2) == [Rational(1, 4), Rational(3, 4)]


def test_distributions_sum_to_one_and_the_algebra_knows_it():
    third = [Rational(1, 3)] * 3
    assert ends(given.simplex(p, K), K=3) == (third, third)
    assert ends(given.simplex(any_p, K), K=3) == (third, [1, 0, 0])
    assert ends(given.simplex(any_p, K, N), K=3, N=2) == ([third, third], [[1, 0, 0]] * 2)
    assert given.simplex(p, K).facts == ((Sum(p[k], (k, 1, K)), 1),)
    assert given.simplex(p, K, N).facts == ((Sum(p[i, k], (k, 1, K)), 1),)
    drawn = given.shares(given.Source(3), 5)
    assert sum(drawn) == 1 and len(set(drawn)) > 1 and all(0 < share < 1 for share in drawn)
    assert given.shares(Lowest(), 2) == [Rational(1, 2)] * 2
    assert all(
        0 < max(share.q for share in given.shares(given.Source(seed), 2)) <= 64
        for seed in range(50)
    )


def test_a_total_is_that_of_its_counts():
    hypothesis = given.total(n, c, K)
    assert hypothesis.symbol == n and ends(hypothesis, c=[1, 3, 2]) == (6, 6)
    assert hypothesis.facts == ((Sum(c[k], (k, 1, K)), n),)


def test_there_is_a_label_for_each_observation():
    hypothesis = given.labels(y, N, K)
    assert ends(hypothesis, K=3, N=2) == ([1, 1], [3, 3]) and hypothesis.facts == ((K, y),)


# --- domains


def test_the_corners_are_the_awkward_inputs():
    assert [corner.tolist() for corner in domains.simplex.corners(3)] == [
        [1 / 3] * 3,
        [1, 0, 0],
        [0, 0, 1],
        [0.5, 0, 0.5],
    ]
    assert [corner.tolist() for corner in domains.logits.corners(3)] == [
        [0, 0, 0],
        [-1e4, 0, 1e4],
        [30, 0, 0],
        [-700, -700, -700],
    ]


def test_draws_are_corners_first_for_each_number_of_classes():
    pairs = list(domains.draws({"p": domains.simplex, "z": domains.logits}, 1))
    drawn, sizes = [draw for _, draw in pairs], [size for size, _ in pairs]
    assert sizes == [len(draw["p"]) for draw in drawn]
    assert list(dict.fromkeys(sizes)) == [1, 2, 3, 4, 5, 8, 30]
    assert all(sizes.count(size) == 16 + 20 for size in set(sizes))
    corners = {
        (tuple(p), tuple(z)) for p in domains.simplex.corners(5) for z in domains.logits.corners(5)
    }
    last = [(tuple(draw["p"]), tuple(draw["z"])) for draw in drawn if len(draw["p"]) == 5]
    assert set(last[:16]) == corners and not corners & set(last[16:])
    assert all(
        abs(draw["p"].sum() - 1) < 1e-12 and len(draw["z"]) == len(draw["p"]) for draw in drawn
    )


def test_at_most_forty_combinations_of_corners_are_drawn_and_none_twice():
    drawn = [
        draw for size, draw in domains.draws(dict.fromkeys("pqr", domains.simplex), 1) if size == 3
    ]
    assert len(drawn) == 60
    combined = [tuple(tuple(draw[name]) for name in "pqr") for draw in drawn[:40]]
    assert len(set(combined)) == 40


def test_a_seed_gives_its_draws_again_and_another_seed_others():
    first, again, other = (
        [
            np.concatenate(list(draw.values()))
            for _, draw in domains.draws({"p": domains.simplex, "z": domains.logits}, seed)
        ]
        for seed in (7, 7, 8)
    )
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert not all((a == b).all() for a, b in zip(first, other, strict=True))


def test_random_logits_are_near_or_far_and_random_shares_even_or_uneven():
    rng = np.random.default_rng(0)
    spreads = [domains.logits.draw(rng, 50).std() for _ in range(40)]
    assert min(spreads) < 2 and max(spreads) > 20
    largest = [domains.simplex.draw(rng, 50).max() for _ in range(60)]
    assert min(largest) < 0.05 and max(largest) > 0.12


def test_a_number_that_is_not_0_is_never_drawn_0_and_says_so():
    eta = Symbol("eta", real=True, nonzero=True)
    given_eta = given.number(eta, -1, 1)
    for seed in range(400):
        assert given_eta.draw(given.Source(seed), {})
    assert hypotheses_of((given.number(eta),)) == ("η ≠ 0",)


def test_a_support_says_which_classes_it_counts():
    p, q = (IndexedBase(name, positive=True) for name in "pq")
    m, s = Symbol("m", integer=True, positive=True), Symbol("s", positive=True)
    said = hypotheses_of(support(p=p, q=q, m=m, s=s))
    assert said[-2] == "q[·] > 0, Σₖ q[k] = s"
    assert said[-1] == "the m classes are those where p is positive: there may be others"
