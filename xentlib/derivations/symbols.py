"""The letters of the book, with their assumptions."""

from sympy import Expr, IndexedBase, Sum, exp, log, symbols

K, N = symbols("K N", integer=True, positive=True)  # classes, observations
i, j, k, l = symbols("i j k l", integer=True, positive=True)  # noqa: E741
p, q = (IndexedBase(letter, positive=True) for letter in "pq")  # distributions
c = IndexedBase("c", positive=True)  # votes per class
y = IndexedBase("y", integer=True, positive=True)  # hard labels, 1 ... K
z, v = (IndexedBase(letter, real=True) for letter in "zv")  # logits, a direction


def over_classes(term: Expr, index: Expr = k) -> Expr:
    """Σ_k of a term."""
    return Sum(term, (index, 1, K))


def over_observations(term: Expr) -> Expr:
    """Σ_i of a term."""
    return Sum(term, (i, 1, N))


lse = log(over_classes(exp(z[k])))
softmax = exp(z[j]) / over_classes(exp(z[k]))
entropy = -over_classes(p[k] * log(p[k]))
cross_entropy = -over_classes(p[k] * log(q[k]))
kl_divergence = over_classes(p[k] * log(p[k] / q[k]))
