"""LaTeX as one reads it aloud: numbers, then letters, then functions, then sums."""

import pytest
from sympy import Add, Integer, KroneckerDelta, Mul, Rational, Sum, Symbol, exp, log, symbols

from xentlib.derivations.symbols import K, j, k, over_classes, p, q, z
from xentlib.verify._latex import reading

a, b = symbols("a b", positive=True)
x = Symbol("x")


@pytest.mark.parametrize(
    "expression, text",
    [
        (over_classes(p[k] * log(q[k])), r"\sum_{k=1}^{K} {p}_{k} \log{\left({q}_{k} \right)}"),
        (-over_classes(log(q[k]) * p[k]), r"- \sum_{k=1}^{K} {p}_{k} \log{\left({q}_{k} \right)}"),
        (log(b) * over_classes(q[k]) * a * 3, r"3 a \log{\left(b \right)} \sum_{k=1}^{K} {q}_{k}"),
        (
            over_classes(q[k]) * over_classes(p[k]) * log(a) * (a + b) * 2,
            (
                r"2 \left(a + b\right) \log{\left(a \right)} \left(\sum_{k=1}^{K} "
                r"{p}_{k}\right) \sum_{k=1}^{K} {q}_{k}"
            ),
        ),
        (1 / (1 + exp(a)), r"\frac{1}{e^{a} + 1}"),
        (a / b, r"\frac{a}{b}"),
        (Rational(1, 2) * a, r"\frac{a}{2}"),
        (Rational(1, 2) * a * log(b), r"\frac{a \log{\left(b \right)}}{2}"),
        (exp(z[j]) / over_classes(exp(z[k])), r"\frac{e^{{z}_{j}}}{\sum_{k=1}^{K} e^{{z}_{k}}}"),
        (KroneckerDelta(j, k) * q[k], r"{q}_{k} \mathbf{1}[j = k]"),
        (log(a) * x * (1 - x), r"x \left(1 - x\right) \log{\left(a \right)}"),
        (a * (b + 1) * log(a), r"a \left(b + 1\right) \log{\left(a \right)}"),
        (
            Sum(a * (b + 2), (k, 1, K)) * (x + 1),
            r"\left(x + 1\right) \sum_{k=1}^{K} a \left(b + 2\right)",
        ),
        (
            (b + 1) * over_classes(q[k] + p[k]) * a,
            r"a \left(b + 1\right) \sum_{k=1}^{K} \left({p}_{k} + {q}_{k}\right)",
        ),
        (a * b + b * a**2 + 1, r"b a^{2} + a b + 1"),
        (Mul(a, Add(Integer(1), b, evaluate=False), evaluate=False), r"a \left(b + 1\right)"),
        (Mul(Integer(2), Integer(3), a, evaluate=False), r"2 \cdot 3 a"),
        (Mul(log(a), a, a, evaluate=False), r"a a \log{\left(a \right)}"),
        (-a, "- a"),
    ],
)
def test_products_are_written_as_they_are_said(expression, text):
    assert reading(expression) == text
