"""LaTeX as one reads it aloud: numbers, then letters, then functions, then sums."""

import pytest
from sympy import (
    Add,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Mul,
    Product,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
    symbols,
)

from xentlib.derivations.quantities import sigmoid, softmax
from xentlib.derivations.symbols import K, i, j, k, over_classes, p, q, y, z
from xentlib.verify._latex import reading

a, b = symbols("a b", positive=True)
x = Symbol("x")
r = IndexedBase("r", positive=True)


@pytest.mark.parametrize(
    "expression, text",
    [
        (over_classes(p[k] * log(q[k])), r"\sum_{k=1}^{K} p_k \log q_k"),
        (-over_classes(log(q[k]) * p[k]), r"- \sum_{k=1}^{K} p_k \log q_k"),
        (log(b) * over_classes(q[k]) * a * 3, r"3 a \log\left(b\right) \sum_{k=1}^{K} q_k"),
        (
            over_classes(q[k]) * over_classes(p[k]) * log(a) * (a + b) * 2,
            (
                r"2 \left(a + b\right) \log\left(a\right) \left(\sum_{k=1}^{K} "
                r"p_k\right) \sum_{k=1}^{K} q_k"
            ),
        ),
        (1 / (1 + exp(a)), r"\frac{1}{e^{a} + 1}"),
        (a / b, r"\frac{a}{b}"),
        (Rational(1, 2) * a, r"\frac{a}{2}"),
        (Rational(1, 2) * a * log(b), r"\frac{a \log b}{2}"),
        (exp(z[j]) / over_classes(exp(z[k])), r"\frac{e^{z_j}}{\sum_{k=1}^{K} e^{z_k}}"),
        (KroneckerDelta(j, k) * q[k], r"q_k \mathbf{1}[j = k]"),
        (log(a) * x * (1 - x), r"x \left(1 - x\right) \log a"),
        (a * (b + 1) * log(a), r"a \left(b + 1\right) \log a"),
        (
            Sum(a * (b + 2), (k, 1, K)) * (x + 1),
            r"\left(x + 1\right) \sum_{k=1}^{K} a \left(b + 2\right)",
        ),
        (
            (b + 1) * over_classes(q[k] + p[k]) * a,
            r"a \left(b + 1\right) \sum_{k=1}^{K} \left(p_k + q_k\right)",
        ),
        (a * b + b * a**2 + 1, r"b a^{2} + a b + 1"),
        (Mul(a, Add(Integer(1), b, evaluate=False), evaluate=False), r"a \left(b + 1\right)"),
        (Mul(Integer(2), Integer(3), a, evaluate=False), r"2 \cdot 3 a"),
        (Mul(log(a), a, a, evaluate=False), r"a a \log a"),
        (-a, "- a"),
        (b * a * Symbol("N"), "N a b"),
        (a - 1 - b * (a + 1), r"a - 1 - b \left(a + 1\right)"),
        (
            a * log(x) + b * log(1 - x) + log(x * (1 - x)),
            r"a \log x + b \log\left(1 - x\right) + \log\left(x \left(1 - x\right)\right)",
        ),
        (log(sigmoid(x)) + 1, r"\log \sigma(x) + 1"),
        ((1 - softmax(z, k)) * softmax(z, j), r"q_j \left(1 - q_k\right)"),
        (Symbol("epsilon") + 1, r"\varepsilon + 1"),
        (b - a, "b - a"),
        (-a - b, "- a - b"),
        (q[j] - p[j], "q_j - p_j"),
        (Sum(-a * p[k], (k, 1, K)), r"- \sum_{k=1}^{K} a p_k"),
        (a * Sum(-p[k], (k, 1, K)), r"- a \sum_{k=1}^{K} p_k"),
        (-3 * Sum(-p[k], (k, 1, K)), r"3 \sum_{k=1}^{K} p_k"),
        (-Sum(-p[k], (k, 1, K)), r"\sum_{k=1}^{K} p_k"),
        (Sum(Sum(-r[i, k], (k, 1, K)), (i, 1, 2)), r"- \sum_{i=1}^{2} \sum_{k=1}^{K} r_{ik}"),
        (Product(r[i, k], (k, 1, K), (i, 1, 2)), r"\prod_{i=1}^{2} \prod_{k=1}^{K} r_{ik}"),
        (r[i, k] * z[i], r"z_i r_{ik}"),
        (IndexedBase("pi'")[k] ** 2, r"{\pi'}_k^{2}"),
        (r[i, y[i]], "r_{i,y_i}"),
        (log(a) ** 2, r"\log^{2}\left(a\right)"),
        (log(a + b), r"\log\left(a + b\right)"),
        (-log(Integer(2)), r"- \log 2"),
        (log(q[k]) - 1, r"\log q_k - 1"),
        (Symbol("p_max"), r"p_{\max}"),
    ],
)
def test_products_are_written_as_they_are_said(expression, text):
    assert reading(expression) == text
