"""All 234 exact answers of xentlib/data/oracle, each within the tolerance that it names."""

import hashlib
from fractions import Fraction

import numpy as np
import pytest

import xentlib as x
from xentlib.conformance import answers

ORACLE = answers.oracle()
CASES = ORACLE["cases"]
NORMALIZE = {"sum_of_weights": "weights", "N": "count"}


def smoothed(labels, num_classes, epsilon):
    return x.smooth_labels(x.one_hot(labels, num_classes), epsilon)


def smoothed_weighted_nll_mean(logits, labels, class_weights, smoothing, normalise):
    assert normalise == "sum_of_label_weights"
    targets = smoothed(labels, np.shape(logits)[-1], smoothing)
    return (
        x.class_weighted_mean(logits, targets, class_weights, normalize="count")
        * len(labels)
        / np.sum(np.asarray(class_weights)[labels])
    )


def hessian(targets, logits):
    z = logits[0]
    vectors = np.eye(len(z), dtype=z.dtype)
    return float(np.sum(targets[0], dtype=float)) * np.array(
        [x.softmax_cross_entropy_hvp(z, v) for v in vectors]
    )


def weighted_nll_mean(logits, labels, class_weights, normalise="N"):
    return x.class_weighted_mean_with_integer_labels(
        logits, labels, class_weights, NORMALIZE[normalise]
    )


def weighted_ce_mean(logits, targets, class_weights, normalise="sum_of_weights"):
    return x.class_weighted_mean(logits, targets, class_weights, NORMALIZE[normalise])


def sample_weighted_mean(logits, labels, sample_weights):
    losses = x.softmax_cross_entropy_with_integer_labels(logits, labels)
    return x.weighted_mean(losses, sample_weights, "weights")


def smoothed_nll(logits, labels, smoothing):
    return x.softmax_cross_entropy(logits, smoothed(labels, logits.shape[-1], smoothing))


def cross_entropy_of_counts(counts, p):
    return x.cross_entropy(x.votes_to_probs(counts), p)


def categorical_loglik(counts, p):
    return -np.sum(counts) * cross_entropy_of_counts(counts, p)


def grad_logits(targets, logits):
    return x.softmax_cross_entropy_value_and_grad(logits, targets)[1]


def grad_logits_hard(logits, labels):
    return x.softmax_cross_entropy_with_integer_labels_value_and_grad(logits, labels)[1]


def ce_minus_h_minus_kl(p, q):
    return x.cross_entropy(p, q) - x.entropy(p) - x.kl_divergence(p, q)


# a categorical log-likelihood of counts is -n H(c/n, p): the oracle's `p` is fed as it is stored
OPERATIONS = {
    "nll_from_logits": x.softmax_cross_entropy_with_integer_labels,
    "cross_entropy_from_logits": lambda targets, logits: x.softmax_cross_entropy(logits, targets),
    "cross_entropy": x.cross_entropy,
    "kl": x.kl_divergence,
    "entropy": x.entropy,
    "log_softmax": x.log_softmax,
    "weighted_nll_mean": weighted_nll_mean,
    "weighted_ce_mean": weighted_ce_mean,
    "sample_weighted_mean": sample_weighted_mean,
    "smooth_labels": lambda labels, K, smoothing: smoothed(labels, K, smoothing),
    "smoothed_nll": smoothed_nll,
    "smoothed_weighted_nll_mean": smoothed_weighted_nll_mean,
    "multinomial_logpmf": lambda counts, n, p: x.multinomial_log_likelihood(counts, p),
    "categorical_loglik": categorical_loglik,
    "multinomial_coeff_free_identity": cross_entropy_of_counts,
    "grad_logits": grad_logits,
    "grad_logits_hard": grad_logits_hard,
    "hessian_logits": hessian,
    "identity_ce_minus_h_minus_kl": ce_minus_h_minus_kl,
}
NOT_IN_XENTLIB = {"grad_probs"}


def decoded(value, dtype):
    """Floats are C hex strings, rounded to their dtype; integers and words stay as they are."""

    def leaf(v):
        return (
            float.fromhex(v)
            if isinstance(v, str) and v not in NORMALIZE and v != "sum_of_label_weights"
            else v
        )

    def walk(v):
        return [walk(w) for w in v] if isinstance(v, list) else leaf(v)

    value = walk(value)
    if not isinstance(value, list):
        return value
    array = np.array(value)
    return array.astype(dtype) if array.dtype.kind == "f" else array


def leaves(expected):
    return (
        [leaf for item in expected for leaf in leaves(item)]
        if isinstance(expected, list)
        else [expected]
    )


def passes(got, leaf, rtol, atol):
    """`abs(got - want) <= atol + rtol abs(want)`, in rationals against the 40 printed digits."""
    want = float.fromhex(leaf["f64"]) if leaf["f64"] not in ("inf", "-inf") else float(leaf["f64"])
    if got == want:
        return True
    if not (np.isfinite(got) and np.isfinite(want)):
        return False
    exact = Fraction(leaf["dec"])
    return abs(Fraction(float(got)) - exact) <= Fraction(atol or 0) + Fraction(rtol or 0) * abs(
        exact
    )


def test_the_oracle_is_untouched():
    assert (
        hashlib.sha256(answers.text().encode()).hexdigest()
        == "05cc90b4b90fc9b9861cd44f7e2131df6732a7c16de5b5fc86d8822617d37a7f"
    )


def test_the_oracle_is_whole():
    assert len(CASES) == ORACLE["count"] == 234
    assert {case["op"] for case in CASES} == set(OPERATIONS) | NOT_IN_XENTLIB


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["op"] not in NOT_IN_XENTLIB], ids=lambda c: c["id"]
)
def test_xentlib_agrees_with_80_digits(case):
    operation, expected = OPERATIONS[case["op"]], case["expected"]
    inputs = {name: decoded(value, case["dtype"]) for name, value in case["inputs"].items()}
    if isinstance(expected, dict) and "raises" in expected:
        with pytest.raises(
            TypeError if expected["raises"] == "label_dtype" else x.InvalidInput
        ) as caught:
            operation(**inputs)
        if expected["raises"] != "label_dtype":
            error = caught.value
            names = (
                {"p": "probs"}
                if case["op"] == "multinomial_logpmf"
                else {"targets": "target_probs"}
            )
            if expected["argument"]:
                assert error.argument == names.get(expected["argument"], expected["argument"])
            if expected["row"] is not None:
                assert error.row == expected["row"]
            if expected["class_or_value"] is not None:
                assert expected["class_or_value"] == (
                    error.value if expected["raises"] == "label_range" else error.column
                )
        return
    if "unnormalised" in case["tags"]:
        with pytest.raises(x.InvalidInput, match="sums to 0.875"):
            operation(**inputs)
        return
    got, want = np.ravel(operation(**inputs)), leaves(expected)
    assert len(got) == len(want)
    for value, leaf in zip(got, want, strict=True):
        assert passes(value, leaf, case["rtol"], case["atol"]), f"{value!r} is not {leaf['dec']}"
    assert not np.any((got == 0) & np.signbit(got)), "-0.0 came out"


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["op"] in NOT_IN_XENTLIB], ids=lambda c: c["id"]
)
def test_the_gradient_in_the_probabilities_is_minus_p_over_q(case):
    """Not a function of xentlib, so the oracle checks the derivative that SymPy takes of -Σ p log
    q.
    """
    from sympy import Rational, diff, log, symbols

    q, p = symbols("q p", positive=True)
    slope = diff(-p * log(q), q)
    inputs = {name: decoded(value, case["dtype"]) for name, value in case["inputs"].items()}
    for p_k, q_k, leaf in zip(
        np.ravel(inputs["p"]), np.ravel(inputs["q"]), leaves(case["expected"]), strict=True
    ):
        want = slope.subs(
            {
                p: Rational(*float(p_k).as_integer_ratio()),
                q: Rational(*float(q_k).as_integer_ratio()),
            }
        )
        assert abs(Fraction(int(want.p), int(want.q)) - Fraction(leaf["dec"])) <= Fraction(
            1, 10**35
        ) * abs(Fraction(leaf["dec"]))
