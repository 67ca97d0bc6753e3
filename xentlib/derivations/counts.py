"""Chapter 6: soft labels that are counts."""

from sympy import IndexedBase, Product, Symbol, factorial, log

from xentlib.derivations.symbols import K, k, over_classes, q
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import number, simplex, size, total, whole

n = Symbol("n", integer=True, positive=True)
c = IndexedBase("c", integer=True, positive=True)
lam = Symbol("lambda", positive=True)

classes, votes, model = size(K), (whole(c, K), total(n, c, K)), simplex(q, K)
coefficient = factorial(n) / Product(factorial(c[k]), (k, 1, K))
log_coefficient = log(factorial(n)) - over_classes(log(factorial(c[k])))
of_proportions = -over_classes(c[k] / n * log(q[k]))

multinomial = Chain(
    start=-log(coefficient * Product(q[k] ** c[k], (k, 1, K))),
    steps=(
        (-log_coefficient - over_classes(c[k] * log(q[k])), "log of a product"),
        (n * of_proportions - log_coefficient, "counts are n times proportions"),
    ),
    given=(classes, *votes, model),
)
"""-log Mult(c; n, q) is n H(c/n, q) less the log of the number of orders."""
poisson = Chain(
    start=over_classes(-lam * q[k] + c[k] * log(lam * q[k]) - log(factorial(c[k]))),
    steps=(
        (
            -lam
            + n * log(lam)
            - log(factorial(n))
            + (log_coefficient + over_classes(c[k] * log(q[k]))),
            "q sums to 1, the counts to n; log n! is taken off and added",
        ),
    ),
    given=(classes, *votes, model, number(lam, 0, 9)),
)
"""Independent Poisson counts are a Poisson total times a multinomial, as logarithms."""
