"""logits, information, labels, likelihood and losses: values by hand, edges, 80-digit oracles,
properties.
"""

import math

import mpmath as mp
import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from strategies import logit_row, pairs, simplex

import xentlib as x

ULPS = 3  # the contract: losses within 3 units in the last place
CLOSE = 1e-13  # a few hundred roundings of order-one numbers
mp.mp.dps = 420  # exp(-800) beside 1 needs 350 digits


def exact(numbers):
    return [mp.mpf(float(v)) for v in numbers]


def exact_loss(logits, target_probs):
    z, p = exact(logits), exact(target_probs)
    top = max(z)
    lse = top + mp.log(sum(mp.exp(v - top) for v in z))
    return sum(a * (lse - b) for a, b in zip(p, z, strict=True) if a)


def ulps(got, want):
    return abs(mp.mpf(float(got)) - want) / mp.mpf(float(np.spacing(abs(float(want)))))


# --- logits


def test_softmax_of_equal_logits_is_uniform():
    assert (x.softmax(np.zeros(4)) == 0.25).all()


def test_a_masked_class_has_probability_zero_and_costs_nothing_without_weight():
    assert x.softmax([0.0, -np.inf]).tolist() == [1.0, 0.0]
    assert x.log_softmax([0.0, -np.inf]).tolist() == [0.0, -np.inf]
    assert x.softmax_cross_entropy([0.0, -np.inf], [1.0, 0.0]) == 0.0
    assert x.softmax_cross_entropy([0.0, -np.inf], [0.5, 0.5]) == np.inf
    assert x.softmax_cross_entropy_with_integer_labels([0.0, -np.inf], 1) == np.inf


def test_the_logarithm_of_a_sum_of_nothing_is_minus_infinity():
    nothing = [-np.inf, -np.inf]
    assert x.logsumexp(nothing) == -np.inf
    assert x.logsumexp([[nothing, [0.0, 0.0]]]).tolist() == [[-np.inf, math.log(2)]]
    for function in (x.softmax, x.log_softmax):
        with pytest.raises(x.InvalidInput, match="^logits is -inf in every class"):
            function(nothing)


def test_one_class_is_certain():
    assert x.softmax([-3.0]).tolist() == [1.0]
    assert x.entropy([1.0]) == 0.0 and not np.signbit(x.entropy([1.0]))
    assert x.softmax_cross_entropy([-3.0], [1.0]) == 0.0


@given(logit_row())
def test_log_softmax_agrees_with_scipy(z):
    np.testing.assert_allclose(
        x.log_softmax(z), scipy.special.log_softmax(z), rtol=1e-11, atol=1e-11
    )
    np.testing.assert_allclose(x.softmax(z).sum(), 1, rtol=CLOSE)
    np.testing.assert_allclose(x.logsumexp(z), scipy.special.logsumexp(z), rtol=1e-12, atol=1e-12)


@given(logit_row(largest=100), st.integers(-1000, 1000))
def test_softmax_ignores_a_common_shift(z, c):
    np.testing.assert_allclose(x.softmax(z + c), x.softmax(z), atol=1e-12)


# --- information


def test_uniform_entropy_is_log_k():
    for k in (1, 2, 3, 10, 1000):
        assert x.entropy(np.full(k, 1 / k)) == pytest.approx(math.log(k), rel=1e-15)


def test_a_vertex_has_no_entropy():
    assert x.entropy([0.0, 1.0, 0.0]) == 0.0


def test_a_label_of_probability_zero_costs_infinitely_much():
    assert x.cross_entropy([0.5, 0.5], [1.0, 0.0]) == np.inf
    assert x.kl_divergence([0.5, 0.5], [1.0, 0.0]) == np.inf
    assert x.cross_entropy([1.0, 0.0], [1.0, 0.0]) == 0.0


def test_nothing_is_clipped():
    assert x.cross_entropy([1.0, 0.0], [1e-20, 1.0]) == pytest.approx(20 * math.log(10), rel=1e-15)
    assert x.kl_divergence([1.0, 0.0], [5e-324, 1.0]) == pytest.approx(-math.log(5e-324), rel=1e-15)


@given(pairs(simplex, simplex))
def test_information_agrees_with_scipy(pq):
    p, q = pq
    np.testing.assert_allclose(
        x.kl_divergence(p, q), scipy.special.rel_entr(p, q).sum(), rtol=1e-11, atol=1e-15
    )
    np.testing.assert_allclose(x.entropy(p), scipy.stats.entropy(p), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(
        x.cross_entropy(p, q), x.entropy(p) + x.kl_divergence(p, q), rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize("step", [1e-3, 1e-6, 1e-9, 1e-12])
def test_divergence_of_neighbours_keeps_its_digits(step):
    p, q = np.array([0.3, 0.7]), np.array([0.3 + step, 0.7 - step])
    want = sum(a * mp.log(a / b) for a, b in zip(exact(p), exact(q), strict=True))
    assert abs(mp.mpf(float(x.kl_divergence(p, q))) - want) <= 1e-12 * abs(want)


def test_units():
    assert x.nats_to_bits(math.log(2)) == 1.0
    assert x.perplexity(np.log([2.0, 4.0])).round(12).tolist() == [2.0, 4.0]
    assert x.perplexity(np.inf) == np.inf


# --- labels


def test_labels_become_distributions():
    assert x.one_hot(np.uint8(2), 3).tolist() == [0.0, 0.0, 1.0]
    assert x.smooth_labels([[1.0, 0.0, 0.0]], 0.3).round(12).tolist() == [[0.8, 0.1, 0.1]]
    assert x.votes_to_probs([[1, 3], [5, 0]]).tolist() == [[0.25, 0.75], [1.0, 0.0]]


@given(simplex(), st.floats(0, 1))
def test_smoothing_stays_in_the_simplex(p, epsilon):
    smooth = x.smooth_labels(p, epsilon)
    x.entropy(smooth)  # validates
    assert (smooth >= epsilon / len(p) * (1 - CLOSE)).all()


@given(simplex(), st.floats(0, 0.99))
def test_smoothing_is_undone(p, epsilon):
    rounding = 1e-15 / (1 - epsilon)
    undone = x.undo_smoothing(x.smooth_labels(p, epsilon), epsilon)
    assert undone == pytest.approx(p, rel=0, abs=rounding)


def test_what_rounding_took_below_a_smoothed_distribution_is_no_surplus():
    undone = x.undo_smoothing([0.25 - 4e-7, 0.75 + 4e-7], 0.5)
    assert undone.tolist() == [0, 1]


def test_rows_at_both_ends_of_the_range_are_divided_by_their_sums():
    rows = [[1e308, 1e308], [5e-324, 5e-324], [3.0, 1.0]]
    assert x.normalize_rows(rows).tolist() == [[0.5, 0.5], [0.5, 0.5], [0.75, 0.25]]


@pytest.mark.parametrize("function", [x.normalize_rows, x.votes_to_probs])
def test_a_share_of_nothing_has_no_sign(function):
    assert not np.signbit(function([-0.0, 2.0])).any()


# --- likelihood


def test_a_label_has_the_log_of_its_probability():
    assert x.categorical_log_likelihood([0, 1], [[0.25, 0.75], [1.0, 0.0]]).tolist() == [
        math.log(0.25),
        -np.inf,
    ]


def exact_multinomial(counts, probs):
    c, q = [int(v) for v in counts], exact(probs)
    with mp.workdps(60):
        return (
            mp.loggamma(sum(c) + 1)
            - sum(mp.loggamma(k + 1) for k in c)
            + sum(k * mp.log(v) for k, v in zip(c, q, strict=True) if k)
        )


def test_multinomial_by_hand():
    assert x.multinomial_log_likelihood([1, 1], [0.5, 0.5]) == pytest.approx(
        math.log(0.5), rel=1e-15
    )
    assert x.multinomial_log_likelihood([0, 0], [0.5, 0.5]) == 0.0
    assert x.multinomial_log_likelihood([5, 0], [1.0, 0.0]) == 0.0
    assert x.multinomial_log_likelihood([[0, 2]], [[1.0, 0.0]]).tolist() == [-np.inf]


@pytest.mark.parametrize("seed", range(40))
def test_multinomial_keeps_its_digits_at_any_size(seed):
    rng = np.random.default_rng(seed)
    q = rng.dirichlet(np.ones(rng.integers(2, 6)))
    counts = rng.multinomial(
        int(10 ** rng.uniform(0, 15)), q if seed % 4 else rng.dirichlet(np.ones(len(q)))
    )
    want = exact_multinomial(counts, q)
    assert abs(mp.mpf(float(x.multinomial_log_likelihood(counts, q))) - want) <= 1e-14 * abs(want)


@given(pairs(simplex))
def test_multinomial_agrees_with_scipy(pq):
    (q,) = pq
    counts = np.arange(len(q)) + 1
    np.testing.assert_allclose(
        x.multinomial_log_likelihood(counts, q),
        scipy.stats.multinomial.logpmf(counts, counts.sum(), q),
        rtol=1e-9,
    )


# --- densities on the simplex, against 50 digits


def exact_log_mass(q):
    """log Σ_m h_m(x)/(m + K - 1)! with exact logarithms of the floats q, shifted by the least."""
    logs = [mp.log(v) for v in exact(q)]
    least, size = min(logs), len(logs)
    term, total, m = [mp.mpf(1)] * size, mp.mpf(1), 0
    while term[-1] > total * mp.mpf(10) ** -50 or m <= max(logs) - least:
        m, running, row = m + 1, mp.mpf(0), []
        for a, before in zip(logs, term, strict=True):
            running += (a - least) * before
            row.append(running / (m + size - 1))
        term = row
        total += term[-1]
    return least + mp.log(total) - mp.loggamma(size)


TIES = [
    [1.0],
    [0.5, 0.5],
    [1 / 3] * 3,
    [0.5, 0.5 - 1e-9, 1e-9],
    [0.7, 0.2, 0.1],
    [1 - 2e-300, 1e-300, 1e-300],
    [1e-320, 1.0],
    [0.05] * 20,
]


@pytest.mark.parametrize("q", TIES, ids=range(len(TIES)))
def test_the_mass_of_a_geometric_mean_keeps_its_digits_at_ties(q):
    with mp.workdps(50):
        assert abs(
            mp.mpf(float(x.continuous_categorical_log_normalizer(q))) - exact_log_mass(q)
        ) < 1e-13 * (1 + abs(math.log(min(q))))


@pytest.mark.parametrize("seed", range(20))
def test_the_mass_of_a_geometric_mean_keeps_its_digits(seed):
    rng = np.random.default_rng(seed)
    q = np.maximum(rng.dirichlet(np.full(rng.integers(2, 9), rng.choice([0.05, 1, 30]))), 1e-300)
    with mp.workdps(50):
        assert (
            abs(mp.mpf(float(x.continuous_categorical_log_normalizer(q))) - exact_log_mass(q))
            < 1e-13
        )


def test_the_mass_by_hand():
    assert x.continuous_categorical_log_normalizer([0.5, 0.5]) == pytest.approx(
        -math.log(2), rel=1e-15
    )
    assert x.continuous_categorical_log_normalizer(np.full(1000, 1e-3)) == pytest.approx(
        -math.lgamma(1001), rel=1e-14
    )
    assert x.continuous_categorical_log_normalizer([1.0, 0.0]) == -np.inf
    assert x.continuous_categorical_log_normalizer([1.0]) == 0.0


@pytest.mark.parametrize("seed", range(40))
def test_the_dirichlet_keeps_its_digits_at_any_concentration(seed):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(rng.integers(2, 6), rng.choice([1.0, 30.0])))
    a = 10 ** rng.uniform(-3, 12) * (p if seed % 2 else rng.dirichlet(np.full(len(p), 3.0)))
    with mp.workdps(60):
        pe, ae = exact(p), exact(a)
        want = (
            mp.loggamma(sum(ae))
            - sum(map(mp.loggamma, ae))
            + sum((b - 1) * mp.log(c) for b, c in zip(ae, pe, strict=True))
        )
        assert abs(mp.mpf(float(x.dirichlet_log_likelihood(p, a))) - want) < 1e-14 * (1 + abs(want))


def exact_dirichlet_multinomial(counts, concentration):
    """By logarithms of Gamma functions, to the digits that mpmath has now."""
    c, a = ([mp.mpf(float(entry)) for entry in row] for row in (counts, concentration))
    n, s = mp.fsum(c), mp.fsum(a)
    orders = mp.loggamma(n + 1) - mp.fsum(mp.loggamma(count + 1) for count in c)
    each = (mp.loggamma(b + count) - mp.loggamma(b) for b, count in zip(a, c, strict=True))
    return orders + mp.loggamma(s) - mp.loggamma(s + n) + mp.fsum(each)


@pytest.mark.parametrize("most", [3, 1e3, 1e12])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_dirichlet_multinomial_of_many_votes_and_of_few(most, scale):
    rng = np.random.default_rng(int(most))
    counts = np.floor(rng.random((20, 4)) * most) * (rng.random((20, 4)) < 0.8)
    a = rng.gamma(1.0, size=(20, 4)) * scale + 1e-9
    found = x.dirichlet_multinomial_log_likelihood(counts, a)
    with mp.workdps(60):
        for row, (c, b) in enumerate(zip(counts, a, strict=True)):
            want = exact_dirichlet_multinomial(c, b)
            assert abs(mp.mpf(float(found[row])) - want) < 1e-13 * (1 + abs(want))


def test_the_dirichlet_multinomial_of_two_classes_by_hand():
    masses = np.exp(
        x.dirichlet_multinomial_log_likelihood([[2, 0], [1, 1], [0, 2]], np.ones((3, 2)))
    )
    assert masses == pytest.approx([1 / 3] * 3, rel=1e-14)
    assert x.dirichlet_multinomial_log_likelihood([0, 0], [1.0, 2.0]) == 0
    tiny = x.dirichlet_multinomial_log_likelihood([3, 0], [1e-310, 2.0])
    with mp.workdps(400):
        assert tiny == pytest.approx(float(exact_dirichlet_multinomial([3, 0], [1e-310, 2.0])))
    with pytest.raises(x.InvalidInput, match="concentration"):
        x.dirichlet_multinomial_log_likelihood([1, 0], [0.0, 1.0])
    with pytest.raises(x.InvalidInput, match="counts"):
        x.dirichlet_multinomial_log_likelihood([1.5, 0], [1.0, 1.0])


def test_the_dirichlet_on_a_face():
    assert x.dirichlet_log_likelihood([1.0, 0.0], [2.0, 0.5]) == np.inf
    assert x.dirichlet_log_likelihood([1.0, 0.0], [2.0, 3.0]) == -np.inf
    assert x.dirichlet_log_likelihood([1.0, 0.0], [2.0, 1.0]) == pytest.approx(
        math.log(2), rel=1e-14
    )
    assert x.dirichlet_log_likelihood(np.full((2, 3), 1 / 3), np.ones((2, 3))) == pytest.approx(
        [math.log(2)] * 2, rel=1e-14
    )


@given(pairs(simplex))
def test_the_dirichlet_agrees_with_scipy(row):
    (p,) = row
    p = (p + 0.01) / (p + 0.01).sum()
    if len(p) > 1:
        a = np.linspace(0.5, 4.0, len(p))
        assert x.dirichlet_log_likelihood(p, a) == pytest.approx(
            scipy.stats.dirichlet.logpdf(p / p.sum(), a), rel=1e-9, abs=1e-9
        )


# --- losses

ROWS = [
    (num_classes, scale, shift, seed)
    for num_classes in (2, 3, 10, 100)
    for scale in (0.1, 3, 15, 60)
    for shift in (0, 1e4)
    for seed in range(3)
]


@pytest.mark.parametrize("num_classes, scale, shift, seed", ROWS)
def test_losses_are_within_three_ulp(num_classes, scale, shift, seed):
    rng = np.random.default_rng([num_classes, seed])
    z, p = rng.normal(size=num_classes) * scale + shift, rng.dirichlet(np.ones(num_classes))
    likely, other = int(z.argmax()), int(rng.integers(num_classes))
    assert ulps(x.softmax_cross_entropy(z, p), exact_loss(z, p)) <= ULPS
    short = p.astype(np.float32)
    assert ulps(x.softmax_cross_entropy(z, short), exact_loss(z, short)) <= ULPS
    for label in (likely, other):
        loss = x.softmax_cross_entropy_with_integer_labels(z, label)
        assert ulps(loss, exact_loss(z, x.one_hot(label, num_classes))) <= ULPS


def test_a_nearly_certain_label_keeps_its_tiny_loss():
    assert x.softmax_cross_entropy_with_integer_labels([30.0, 0.0, -1.0], 0) == pytest.approx(
        math.exp(-30) + math.exp(-31), rel=1e-12
    )
    assert x.softmax_cross_entropy_with_integer_labels([40.0, 0.0], 0) == math.exp(-40)


@given(pairs(logit_row, simplex))
def test_the_gradient_is_the_slope_of_the_loss(zp):
    z, p = zp
    z = z / 1e3
    gradient = x.softmax_cross_entropy_value_and_grad(z, p)[1]
    step = 1e-5
    for k, unit in enumerate(np.eye(len(z))):
        slope = (
            x.softmax_cross_entropy(z + step * unit, p)
            - x.softmax_cross_entropy(z - step * unit, p)
        ) / (2 * step)
        assert gradient[k] == pytest.approx(slope, abs=1e-8)


@given(pairs(logit_row, logit_row))
def test_the_hessian_is_the_slope_of_the_gradient(zv):
    z, v = zv[0] / 1e3, zv[1] / 1e4
    p, step = np.full(len(z), 1 / len(z)), 1e-5
    forward, back = (x.softmax_cross_entropy_value_and_grad(z + s * v, p)[1] for s in (step, -step))
    np.testing.assert_allclose(
        x.softmax_cross_entropy_hvp(z, v), (forward - back) / (2 * step), atol=1e-7
    )


def test_the_gradient_keeps_the_factor_of_a_row_that_sums_to_one_only_to_rounding():
    p = np.full(7, 1 / 7, dtype=np.float32)
    z = np.linspace(-3, 3, 7)
    gradient = x.softmax_cross_entropy_value_and_grad(z, p)[1]
    assert abs(math.fsum(gradient)) < 1e-15 < abs(math.fsum(p.astype(float)) - 1)


@given(logit_row(), st.data())
def test_hard_labels_and_their_one_hot_form_agree_bit_for_bit(z, data):
    batch = np.stack([z, z[::-1]])
    labels = np.array(data.draw(st.lists(st.integers(0, len(z) - 1), min_size=2, max_size=2)))
    targets = x.one_hot(labels, len(z))
    weights = np.array(data.draw(st.lists(st.floats(0.1, 10), min_size=len(z), max_size=len(z))))
    hard, soft = (
        x.softmax_cross_entropy_with_integer_labels_value_and_grad(batch, labels),
        x.softmax_cross_entropy_value_and_grad(batch, targets),
    )
    assert (hard[0] == soft[0]).all() and (hard[1] == soft[1]).all()
    assert (x.softmax_cross_entropy_with_integer_labels(batch, labels) == hard[0]).all() and (
        x.softmax_cross_entropy(batch, targets) == soft[0]
    ).all()
    for normalize in ("weights", "count"):
        assert x.class_weighted_mean_with_integer_labels(
            batch, labels, weights, normalize
        ) == x.class_weighted_mean(batch, targets, weights, normalize)


def test_a_row_and_a_batch_of_it_agree():
    z, p = np.array([0.3, -1.0, 2.0]), np.array([0.2, 0.3, 0.5])
    assert x.softmax_cross_entropy(z, p) == x.softmax_cross_entropy(z[None], p[None])[0]
    assert np.shape(x.softmax_cross_entropy(z, p)) == ()
    assert (
        x.softmax_cross_entropy_with_integer_labels(z, np.int8(2))
        == x.softmax_cross_entropy_with_integer_labels(z[None], [2])[0]
    )
    assert (
        x.softmax_cross_entropy_hvp(z, p) == x.softmax_cross_entropy_hvp(z[None], p[None])[0]
    ).all()


def test_a_weighted_mean_names_its_divisor():
    assert x.weighted_mean([1.0, 3.0], [1.0, 3.0], "weights") == 2.5
    assert x.weighted_mean([1.0, 3.0], [1.0, 3.0], "count") == 5.0
    assert x.weighted_mean([np.inf, 3.0], [0.0, 1.0], "weights") == 3.0
    with pytest.raises(TypeError):
        x.weighted_mean([1.0], [1.0])


def test_class_weights_by_hand():
    z, p, w = np.zeros((2, 2)), np.array([[1.0, 0.0], [0.5, 0.5]]), [1.0, 3.0]
    assert x.class_weighted_mean(z, p, w, "count") == pytest.approx(math.log(2) * 3 / 2, rel=1e-15)
    assert x.class_weighted_mean(z, p, w, "weights") == pytest.approx(math.log(2), rel=1e-15)


@pytest.mark.parametrize("normalize", ["weights", "count"])
def test_nothing_looks_at_the_rows_that_are_left_out(normalize):
    kept = np.array([True, False, True])
    z, p = (
        np.array([[0.0, 1.0], [np.nan, np.inf], [2.0, 0.5]]),
        [[0.5, 0.5], [7.0, 0.0], [0.0, 1.0]],
    )
    labels, w = [1, -100, 0], np.array([1.0, 3.0])
    soft, hard = x.class_weighted_mean, x.class_weighted_mean_with_integer_labels
    some = np.array(p)[kept]
    assert soft(z, p, w, normalize, where=kept) == soft(z[kept], some, w, normalize)
    assert hard(z, labels, w, normalize, where=kept) == hard(z[kept], [1, 0], w, normalize)
    found = x.weighted_mean([1.0, np.nan, 4.0], [1.0, -1.0, 2.0], normalize, where=kept)
    assert found == {"weights": 3.0, "count": 4.5}[normalize]
    assert (
        x.weighted_mean([1.0], [2.0], normalize, where=[True])
        == {"weights": 1, "count": 2}[normalize]
    )


@given(pairs(logit_row, simplex), st.data())
def test_class_weighted_losses_are_rows_of_their_mean(zp, data):
    z, p = (np.stack([v, v[::-1]]) for v in zp)
    w = np.array(data.draw(st.lists(st.floats(0, 10), min_size=len(z[0]), max_size=len(z[0]))))
    losses, labels = x.class_weighted_losses(z, p, w), p.argmax(axis=1)
    mean = x.class_weighted_mean(z, p, w, "count")
    assert losses.mean() == pytest.approx(mean, rel=1e-14, abs=1e-320)
    for row in range(2):
        want = sum(
            mp.mpf(float(weight)) * exact_loss(z[row], vertex) * mp.mpf(float(share))
            for weight, share, vertex in zip(w, p[row], np.eye(len(w)), strict=True)
        )
        assert abs(mp.mpf(float(losses[row])) - want) <= 2e-15 * abs(want) + 5e-324
    plain = x.class_weighted_losses(z, p, np.ones_like(w))
    assert plain == pytest.approx(x.softmax_cross_entropy(z, p), rel=2e-15)
    hard = x.class_weighted_losses_with_integer_labels(z, labels, w)
    assert (hard == x.class_weighted_losses(z, x.one_hot(labels, len(w)), w)).all()


def test_class_weighted_losses_at_the_edges():
    soft, hard = x.class_weighted_losses, x.class_weighted_losses_with_integer_labels
    z, p, w = np.zeros((2, 2, 2)), np.full((2, 2, 2), 0.5), [1.0, 3.0]
    assert soft(z, p, w) == pytest.approx(np.full((2, 2), 2 * math.log(2)), rel=1e-15)
    assert hard(z, [[0, 1], [1, 0]], w).round(6).tolist() == [
        [0.693147, 2.079442],
        [2.079442, 0.693147],
    ]
    assert np.shape(soft([0.0, 0.0], [0.5, 0.5], w)) == () == np.shape(hard([0.0, 0.0], 1, w))
    assert soft(np.zeros((0, 2)), np.zeros((0, 2)), w).shape == (0,)
    # a class that is masked costs nothing without a weight
    assert soft([0.0, -np.inf], [0.5, 0.5], [1.0, 0.0]) == 0.0 == hard([0.0, -np.inf], 1, [1, 0])
    assert soft([0.0, -np.inf], [0.5, 0.5], [1.0, 1e-300]) == np.inf
    assert soft([1e308, -1e308], [0.5, 0.5], [0.0, 1e-308]) == pytest.approx(1.0, rel=1e-15)
    assert hard([1e308, -1e308], 1, [0.0, 1e-308]) == pytest.approx(2.0, rel=1e-15)
    assert soft([1e308, 0.0], [0.5, 0.5], [0.0, 5e-324]) == pytest.approx(
        0.5 * (5e-324 * 1e308), rel=1e-15, abs=0
    )
    # a row of short floats sums to 1 only to their rounding; the factor stays
    row, logits = np.full(7, 1 / 7, dtype=np.float32), np.linspace(-3, 3, 7)
    assert soft(logits, row, np.ones(7)) == pytest.approx(
        x.softmax_cross_entropy(logits, row), rel=2e-15
    )


def test_derivatives_at_a_near_certain_label_keep_their_digits():
    z, tail = [40.0, 0.0], 4.248354255291589e-18  # e^-40 / (1 + e^-40)
    want = pytest.approx([-tail, tail], rel=1e-15, abs=0)
    hard = x.softmax_cross_entropy_with_integer_labels_value_and_grad
    assert hard(z, 0)[1] == want
    assert x.softmax_cross_entropy_value_and_grad(z, [1.0, 0.0])[1] == want
    assert x.virtual_evidence_loss_value_and_grad(z, [1.0, 0.0])[1] == want
    assert x.softmax_cross_entropy_hvp(z, [0.0, 1.0]) == want
    assert x.softmax_cross_entropy_hvp(z, [-1.0, 0.0]) == want
    # a label that is itself near 1: p = (1 - 1e-18, 1e-18) is stored as (1, 1e-18)
    found = x.softmax_cross_entropy_value_and_grad(z, [1.0, 1e-18])[1]
    assert found == pytest.approx([1e-18 - tail, tail - 1e-18], rel=1e-15, abs=0)


def test_hessian_product_of_the_largest_vectors():
    assert x.softmax_cross_entropy_hvp([0.0, -np.inf], [-1e308, 1e308]).tolist() == [0.0, 0.0]
    found = x.softmax_cross_entropy_hvp([0.0, 0.0], [-1e308, 1e308])
    assert found == pytest.approx([-0.5e308, 0.5e308], rel=1e-15)


# truths by mpmath with 700 digits
@pytest.mark.parametrize(
    ("counts", "probs", "truth"),
    [
        ([1, 1], [5e-324, 1], -743.7469247408213),
        ([2, 3], [1e-315, 1], -1448.3260234962913),
        ([2, 0, 3], [0.5, 1e-320, 0.5], -1.1631508098056809),
        ([0, 0], [1e-320, 1], 0.0),
    ],
)
def test_counts_of_classes_with_subnormal_probability(counts, probs, truth):
    assert x.multinomial_log_likelihood(counts, probs) == pytest.approx(truth, rel=1e-15, abs=0)


@pytest.mark.parametrize(
    ("probs", "concentration", "truth"),
    [
        ([1e-320, 1], [2, 3], -734.3423342411859),
        ([1e-320, 1], [0.5, 3], 368.3490819243494),
        ([1e-320, 1], [1e300, 1], -7.36827240890974e302),
        ([0.5, 0.5], [1e300, 1e300], 345.5085461867421),
        ([0.3, 0.7], [1e300, 2], -1.203972804325936e300),
        ([0.3, 0.7], [5e-324, 2], -743.5927740609941),
        ([0.3, 0.7], [5e-324, 5e-324], -743.5725713536765),
        ([0.5, 0.25, 0.25], [1, 0.5, 0.5], 0.24156447527049044),  # s p_1 = 1
    ],
)
def test_dirichlet_densities_at_the_ends_of_the_range(probs, concentration, truth):
    found = x.dirichlet_log_likelihood(probs, concentration)
    assert found == pytest.approx(truth, rel=1e-15, abs=0)


def test_concentrations_whose_sum_is_no_number_are_refused():
    with pytest.raises(x.InvalidInput, match="at most 2"):
        x.dirichlet_log_likelihood([0.5, 0.5], [1e308, 1e308])


def test_log_likelihoods_do_not_depend_on_the_order_of_the_classes():
    random = np.random.default_rng(3)
    for _ in range(100):
        size = random.integers(3, 12)
        order, probs = random.permutation(size), random.dirichlet(np.ones(size))
        counts, concentration = random.integers(0, 50, size), random.gamma(2.0, 3.0, size)
        for likelihood, first, second in (
            (x.multinomial_log_likelihood, counts, probs),
            (x.dirichlet_log_likelihood, probs, concentration),
        ):
            assert likelihood(first[order], second[order]) == likelihood(first, second)


@pytest.mark.parametrize("normalize", ["weights", "count"])
def test_means_at_the_ends_of_the_range(normalize):
    assert x.weighted_mean([1e308, 1e308], [1.0, 1.0], normalize) == 1e308
    ends = x.weighted_mean([0.7, 0.7], [5e-324, 5e-324], normalize)
    assert ends == (0.7 if normalize == "weights" else 5e-324)
    # a weight below the range of floats is not 0: its loss is counted, also if infinite
    z, p = [[0.0, -np.inf]], [[1.0, 5e-324]]
    assert x.class_weighted_mean(z, p, [1.0, 0.1], normalize) == np.inf
    huge = x.class_weighted_mean([[1e308, -1e308]], [[0.9, 0.1]], [1.0, 1.0], normalize)
    assert huge == pytest.approx(2e307, rel=1e-15)
    for weight in (5e-324, 1.0, 1e308):
        found = x.class_weighted_mean([[0.0, 0.0]], [[0.5, 0.5]], [weight] * 2, "weights")
        assert found == pytest.approx(math.log(2), rel=1e-15)


def test_means_that_are_no_number_and_log_likelihoods_are_refused():
    with pytest.raises(x.InvalidInput, match="makes a mean that is larger"):
        x.weighted_mean([1e308], [1e308], "count")
    with pytest.raises(x.InvalidInput, match="have no mean"):
        x.weighted_mean([np.inf, -np.inf], [1.0, 1.0], "weights")
    with pytest.raises(x.InvalidInput, match="not negative"):
        x.perplexity(-8.6)


def test_a_tiny_share_of_the_largest_distance_of_logits_is_no_overflow():
    found = x.softmax_cross_entropy([1e308, -1e308], [1.0, 5e-324])
    assert found == pytest.approx(9.881312916824931e-16, rel=1e-15)
