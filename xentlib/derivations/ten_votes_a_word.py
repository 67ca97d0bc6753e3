"""The chapter on votes: counts, replicated rows, weights."""

from sympy import IndexedBase

from xentlib.derivations.symbols import N, i, over_observations
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import size, whole

c, n = (IndexedBase(letter, positive=True) for letter in "cn")  # heads and votes of each item

votes, heads, shares = (over_observations(term) for term in (n[i], c[i], c[i] / n[i]))
pooled_against_unweighted = Chain(
    start=heads / votes - shares / N,
    steps=(
        (
            (heads / N - votes / N * (shares / N)) / (votes / N),
            "common denominator: above it stands the covariance of n and c/n",
        ),
    ),
    given=(size(N), whole(n, N), whole(c, N)),
)
"""Pooled less unweighted share: the covariance of sizes and shares, over the mean size."""
