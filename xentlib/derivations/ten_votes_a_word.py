"""The chapter on votes: counts, replicated rows, weights."""

from typing import Any

from sympy import IndexedBase, Product, Symbol, log

from xentlib.derivations.symbols import K, N, i, k, over_classes, over_observations, q
from xentlib.verify import SameOrder
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import nonnegative, number, simplex, size, whole
from xentlib.verify.quantity import called, entry, quantity

c, n = (
    IndexedBase("c", nonnegative=True),
    IndexedBase("n", positive=True),
)  # heads and votes of each item

votes, heads, shares = (over_observations(term) for term in (n[i], c[i], c[i] / n[i]))


@quantity(r"\operatorname{{Cov}}({0}_i,{1}_i/{0}_i)")
def covariance_with_shares(n: Any, c: Any) -> Any:
    """Of the votes and the share of class 1, over the items: the mean of n c/n is that of c."""
    mean_votes, mean_heads, mean_share = (
        over_observations(term) / N
        for term in (entry(n, i), entry(c, i), entry(c, i) / entry(n, i))
    )
    return mean_heads - mean_votes * mean_share


pooled_against_unweighted = Chain(
    start=called(r"\hat p_{\text{votes}}", heads / votes)
    - called(r"\hat p_{\text{items}}", shares / N),
    steps=(
        (
            covariance_with_shares(n, c) / (votes / N),
            "common denominator: above it stands the covariance of $n_i$ and $c_i/n_i$",
        ),
    ),
    given=(size(N), whole(n, N), nonnegative(c, N)),
)
"""Pooled minus unweighted share: the covariance of sizes and shares, over the mean size."""

m = Symbol("m", integer=True, positive=True)
replicated = Product(Product(q[i, k] ** c[i, k], (k, 1, K)), (i, 1, N))


@quantity(r"\sum_i H({}_i/{},{}_i)")
def loss_of_shares(c: Any, m: Any, q: Any) -> Any:
    """Of soft labels that are shares of m votes."""
    return over_observations(-over_classes(entry(c, i, k) / m * log(entry(q, i, k))))


replicated_rows = Chain(
    start=-log(replicated),
    steps=(
        (
            over_observations(-over_classes(c[i, k] * log(q[i, k]))),
            "log of products: each row that stands c times adds its loss c times",
        ),
        (
            m * loss_of_shares(c, m, q),
            "counts are m times shares",
        ),
    ),
    given=(size(K), size(N), number(m, 1, 6), nonnegative(c, K, N), simplex(q, K, N)),
)
"""The negative log-likelihood of replicated rows is m times the loss of the shares."""

loss, ridge = Symbol("L", real=True), Symbol("R", real=True)
value = Symbol("t", real=True)
penalty = Symbol("lambda", positive=True)
replication_keeps_the_order = SameOrder(
    one=loss + penalty * ridge,
    other=m * loss + m * penalty * ridge,
    moving=(loss, ridge),
    t=value,
    through=m * value,
    reason="a positive factor",
    given=(number(m, 1, 6), number(penalty, 0, 3), number(loss), number(ridge)),
    mistakes={
        "the same penalty after replication": m * loss + penalty * ridge,
        "the loss alone": m * loss,
    },
)
"""m times the loss with m times the penalty has the minimisers of both."""
