"""The pieces of numerical analysis that other modules rest on, against exact arithmetic; rows and
batches; no minus zero.
"""

import math
from fractions import Fraction as F

import mpmath as mp
import numpy as np
import pytest

import xentlib as x
from xentlib import _summation

ROUNDING = 2.0**-53


def relative(got, want):
    return abs(mp.mpf(float(got)) - want) / abs(want)


# --- sums


@pytest.mark.parametrize(
    "row",
    [
        [1e16, 1.0, -1e16],
        [1e16, 1.0, 1.0, -1e16],
        [1.0, 1e100, 1.0, -1e100],
        [0.1] * 10,
        [1.0] + [2.0**-53] * 7,
        [3.0],
        [1e16, -1e16, 0.5, 0.25, 0.125],
        [2.0**-53, 1.0, 2.0**-53, 1.0],
    ],
)
def test_a_sum_is_rounded_about_once(row):
    assert _summation.row_sum(np.array(row)) == pytest.approx(
        math.fsum(row), rel=2 * ROUNDING, abs=0
    )


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 64, 100])
def test_sums_of_any_length_and_of_several_rows(length):
    rng = np.random.default_rng(length)
    rows = rng.normal(size=(4, length)) * 10.0 ** rng.integers(-8, 9, size=(4, length))
    found = _summation.row_sum(rows)
    assert found.shape == (4,)
    for row, total in zip(rows, found, strict=True):
        assert total == _summation.row_sum(row)
        assert (
            abs(total - math.fsum(row))
            <= 2 * ROUNDING * abs(math.fsum(row)) + length * ROUNDING**2 * abs(row).sum() * 4
        )


def test_a_sum_with_infinity_is_infinite():
    with np.errstate(invalid="ignore"):
        assert _summation.row_sum(np.array([1.0, np.inf, 2.0])) == np.inf and _summation.row_sum(
            np.array([[1.0, -np.inf], [1.0, 2.0]])
        ).tolist() == [-np.inf, 3.0]


def test_a_product_is_the_exact_sum_of_two_floats():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=2000) * 2.0 ** rng.integers(-40, 40, 2000), rng.random(2000)
    high, low = _summation.two_product(a, b)
    assert (high == a * b).all()
    assert all(
        F(h) + F(e) == F(s) * F(t)
        for h, e, s, t in zip(high.tolist(), low.tolist(), a.tolist(), b.tolist(), strict=True)
    )


# --- series


@pytest.mark.parametrize("s", [1e-300, 1e-8, 0.01, 0.1, 0.3, 1 / 3, -0.2])
def test_the_tail_of_artanh(s):
    with mp.workdps(60):
        want = mp.atanh(mp.mpf(s)) / mp.mpf(s) - 1
        if s * s > 0:
            assert relative(_summation.atanh_tail(np.array([s]))[0], want) < 4 * ROUNDING
    assert _summation.atanh_tail(np.zeros((2, 3))).tolist() == [[0.0] * 3] * 2


@pytest.mark.parametrize(
    "a",
    [
        1e-3,
        0.3,
        0.5,
        0.999,
        1.0,
        1.5,
        2.0,
        3.7,
        15.0,
        15.5,
        16.0,
        16.5,
        17.0,
        20.0,
        33.3,
        1e3,
        1e8,
        1e15,
    ],
)
def test_the_error_of_stirlings_formula(a):
    with mp.workdps(60):
        e = mp.mpf(a)
        want = mp.loggamma(e) - ((e - mp.mpf(1) / 2) * mp.log(e) - e + mp.log(2 * mp.pi) / 2)
        assert relative(_summation.stirling_error(np.array([a]))[0], want) < 20 * ROUNDING


@pytest.mark.parametrize(
    "p, q",
    [
        (0.5, 0.5),
        (0.5, 0.25),
        (0.25, 0.5),
        (0.3, 0.30000001),
        (0.30000001, 0.3),
        (0.9, 0.1),
        (0.1, 0.9),
        (3e-200, 1e-200),
        (1e-200, 3e-200),
        (5e-324, 1.0),
        (1.0, 5e-324),
        (1e-310, 1e-5),
        (1.0, 1e-300),
        (1e-300, 1.0),
        (0.5, 0.2499),
        (0.4, 0.1999999),
        (1e-12, 1e-12 * 1.9),
        (1.1e-200, 3.7e-200),
        (1.7e-250, 6.1e-250),
        (2.3e-150, 1.9e-149),
    ],
)
def test_a_term_of_the_divergence(p, q):
    with mp.workdps(420):
        a, b = mp.mpf(p), mp.mpf(q)
        want = a * mp.log(a / b) - a + b
        with np.errstate(all="ignore"):
            got = _summation.relative_entropy_terms(np.array([p]), np.array([q]))[0]
        assert got >= 0 and (
            got == 0
            if want == 0
            else relative(got, want) < 30 * ROUNDING or abs(mp.mpf(float(got)) - want) < 5e-324
        )


def test_terms_of_the_divergence_at_zero():
    with np.errstate(all="ignore"):
        assert _summation.relative_entropy_terms(
            np.array([0.0, 0.0, 0.5]), np.array([0.25, 0.0, 0.0])
        ).tolist() == [0.25, 0.0, np.inf]


# --- rows and batches

Z = np.array([[0.3, -1.0, 2.0], [0.0, -np.inf, 1.0], [5.0, 5.0, 5.0], [-700.0, 10.0, 0.0]])
P = np.array([[0.2, 0.3, 0.5], [0.5, 0.0, 0.5], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
Q = np.array([[0.1, 0.6, 0.3], [0.5, 0.0, 0.5], [0.25, 0.25, 0.5], [0.0, 0.5, 0.5]])
COUNTS = np.array([[1.0, 3.0, 1.0], [0.0, 0.0, 0.0], [2.0, 0.0, 5.0], [1.0, 1.0, 1.0]])
A = np.array([[1.0, 2.0, 3.0], [0.5, 1.0, 4.0], [2.0, 1.0, 3.0], [1.0, 1.0, 0.7]])
Y = np.array([2, 0, 1, 0])
SETS = np.array([[True, False, True], [True, True, False], [False, False, True], [True] * 3])
STEPS = np.array([[0.3, -1.0], [0.0, 2.0], [5.0, 5.0], [-700.0, 10.0]])
CHANNEL = np.array([[0.8, 0.1, 0.1], [0.2, 0.8, 0.0], [0.0, 0.4, 0.6]])
V = np.array([[1.0, -2.0, 0.5], [0.0, 1.0, 0.0], [1.0, 1.0, -3.0], [2.0, 0.0, 1.0]])


@pytest.mark.parametrize(
    "function, arguments",
    [
        (x.softmax, (Z,)),
        (x.log_softmax, (Z,)),
        (x.logsumexp, (Z,)),
        (x.entropy, (P,)),
        (x.cross_entropy, (P, Q)),
        (x.kl_divergence, (P, Q)),
        (x.votes_to_probs, (COUNTS[[0, 2, 3]],)),
        (x.categorical_log_likelihood, (Y, Q)),
        (x.multinomial_log_likelihood, (COUNTS, Q)),
        (x.dirichlet_log_likelihood, (P, A)),
        (x.continuous_categorical_log_normalizer, (Q,)),
        (x.softmax_cross_entropy, (Z, P)),
        (x.softmax_cross_entropy_value_and_grad, (Z, P)),
        (x.softmax_cross_entropy_with_integer_labels, (Z, Y)),
        (x.softmax_cross_entropy_with_integer_labels_value_and_grad, (Z, Y)),
        (x.softmax_cross_entropy_hvp, (Z, V)),
        (x.virtual_evidence_loss, (Z, P)),
        (x.virtual_evidence_loss_value_and_grad, (Z, P)),
        (x.responsibilities, (Z, Q)),
        (x.set_label_loss_value_and_grad, (Z, SETS)),
        (x.continuation_ratio_loss_value_and_grad, (STEPS, P)),
        (x.continuation_ratio_probs, (STEPS,)),
        (x.cumulative_logit_loss_value_and_grad, (STEPS, P)),
        (x.cumulative_logit_probs, (-np.sort(-STEPS),)),
        (lambda z, y: x.forward_corrected_loss(z, y, CHANNEL), (Z, Y)),
        (lambda y: x.backward_corrected_labels(y, CHANNEL), (Y,)),
        (lambda y: x.one_hot(y, 3), (Y,)),
        (lambda p: x.smooth_labels(p, 0.3), (P,)),
        (lambda p: x.smooth_labels(p, 0.3), (Q,)),
    ],
)
def test_a_batch_is_its_rows(function, arguments):
    whole = function(*arguments)
    rows = [function(*row) for row in zip(*arguments, strict=True)]
    for part, parts in (
        zip(whole, zip(*rows, strict=True), strict=True)
        if isinstance(whole, tuple)
        else [(whole, rows)]
    ):
        np.testing.assert_array_equal(part, np.array(parts))


# --- minus zero


def signed_zero(value):
    return bool(np.any((np.asarray(value) == 0) & np.signbit(value)))


VERTICES = [
    [1.0],
    [1.0, 0.0],
    [1.0, -0.0],
    [-0.0, 1.0],
    [0.5, 0.5],
    [0.25, 0.25, 0.5],
    [-0.0, 0.5, 0.5],
    [0.0, 0.0, 1.0],
]
LOGITS = [
    [0.0],
    [-0.0],
    [0.0, 0.0],
    [-0.0, -0.0],
    [-0.0, 0.0],
    [-np.inf, 0.0],
    [1e4, -1e4],
    [-1e4, 1e4],
    [0.0, 0.0, 0.0],
    [-0.0, -np.inf, -0.0],
    [5.0, -900.0, 3.0],
]


@pytest.mark.parametrize("p", VERTICES, ids=str)
def test_distributions_give_no_minus_zero(p):
    found = [
        x.entropy(p),
        x.continuous_categorical_log_normalizer(p),
        x.votes_to_probs(4 * np.array(p)),
        x.smooth_labels(p, 0.0),
        x.smooth_labels(p, 1.0),
        x.dirichlet_log_likelihood(p, np.ones(len(p))),
    ]
    found += [x.categorical_log_likelihood(label, p) for label in range(len(p))]
    for q in VERTICES:
        if len(p) == len(q):
            found += [
                x.cross_entropy(p, q),
                x.kl_divergence(p, q),
                x.multinomial_log_likelihood(4 * np.array(p), q),
            ]
    assert not any(map(signed_zero, found))


@pytest.mark.parametrize("z", LOGITS, ids=str)
def test_logits_give_no_minus_zero(z):
    size = len(z)
    found = [x.logsumexp(z), x.softmax(z), x.log_softmax(z)]
    for label in range(size):
        found += [
            *x.softmax_cross_entropy_with_integer_labels_value_and_grad(z, label),
            x.forward_corrected_loss(z, label, np.eye(size)),
            x.class_weighted_mean_with_integer_labels([z], [label], np.zeros(size), "count"),
        ]
    for p in (p for p in VERTICES if len(p) == size):
        found += [
            *x.softmax_cross_entropy_value_and_grad(z, p),
            *x.virtual_evidence_loss_value_and_grad(z, p),
            *x.set_label_loss_value_and_grad(z, np.array(p) > 0),
            x.softmax_cross_entropy_hvp(z, np.array(p) - 0.5),
            x.softmax_cross_entropy_hvp(z, -np.array(p)),
        ]
    assert not any(map(signed_zero, found))


def test_tables_and_units_give_no_minus_zero():
    for table in (
        np.eye(2),
        np.eye(2)[::-1],
        np.eye(3)[[1, 2, 0]],
        [[0.75, 0.25], [0.25, 0.75]],
        [[1 / 3, 0.0, 2 / 3], [0.25, 0.25, 0.5], [0.5, 0.5, 0.0]],
    ):
        assert not signed_zero(x.backward_corrected_labels(np.arange(len(table)), table))
    assert not signed_zero(x.nats_to_bits([0.0, -0.0])) and not signed_zero(
        x.weighted_mean([-0.0], [1.0], "count")
    )
