"""Lemmas that bounds rest on, and the hypotheses of a label on its support."""

from typing import Any

from sympy import Sum, Symbol, exp, log

from xentlib.derivations.symbols import K, N, i, k, l, p, q
from xentlib.verify import Convex, Termwise, support

m = Symbol("m", integer=True, positive=True)  # classes where p is positive
s = Symbol("s", positive=True)  # what q sums to on them
t, x = Symbol("t", positive=True), Symbol("x", real=True)

logarithm = Convex(t=t, gap=t - 1 - log(t), zero=1)  # log t <= t - 1
exponential = Convex(t=x, gap=exp(x) - 1 - x, zero=0)  # exp x >= 1 + x
square = Convex(t=x, gap=x**2, zero=0)
pinsker = Convex(
    t=t,
    gap=(2 * t + 4) * (t * log(t) - t + 1) - 3 * (t - 1) ** 2,
    zero=1,
    bent_by=Termwise(lemma=logarithm, weight=4, argument=1 / t),
)  # 3 (t - 1)² <= (2 t + 4)(t log t - t + 1)

each_class, each_pair = ((k, 1, K),), ((k, 1, K), (l, 1, K))
each_observation, each_entry = ((i, 1, N),), ((k, 1, K), (i, 1, N))
in_the_support = ((k, 1, m),)
on_support = support(p=p, q=q, m=m, s=s)


def over_support(term: Any) -> Any:
    """Σ_k of a term, over the classes where p is positive."""
    return Sum(term, (k, 1, m))
