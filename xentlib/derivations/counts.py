"""Chapter 6: soft labels that are counts."""

from typing import Any

from sympy import (
    IndexedBase,
    Integer,
    KroneckerDelta,
    Product,
    Sum,
    Symbol,
    exp,
    factorial,
    gamma,
    log,
    symbols,
)

from xentlib.derivations.cross_entropy import L, cross_entropy_of_labels
from xentlib.derivations.lemmas import m, over_support
from xentlib.derivations.lemmas import on_support as support_of
from xentlib.derivations.symbols import K, N, i, k, l, over_classes, over_observations, q, y
from xentlib.verify import Induction
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import (
    Given,
    labels,
    number,
    positive,
    simplex,
    size,
    total,
    whole,
)
from xentlib.verify.quantity import called, entry, quantity

n = Symbol("n", integer=True, positive=True)
c = IndexedBase("c", integer=True, nonnegative=True)
lam = Symbol("lambda", positive=True)


def _some_votes(random, known):
    """A class with votes, and others that may have none."""
    return [Integer(random.randint(low, 3)) for low in (1, *(0,) * (known[K] - 1))]


votes = Given(symbol=c, draw=_some_votes), total(n, c, K)
classes, model = size(K, 1), simplex(q, K)
log_coefficient = log(factorial(n)) - over_classes(log(factorial(c[k])))

ordered_votes = Chain(
    start=Product(q[y[i]], (i, 1, N)),
    steps=(
        (exp(over_observations(log(q[y[i]]))), "a product is the exponential of a sum"),
        (
            exp(over_classes(over_observations(KroneckerDelta(k, y[i])) * log(q[k]))),
            "count the votes of each class",
        ),
        (exp(-N * cross_entropy_of_labels(q)), "counts are N times proportions"),
    ),
    given=(size(K, 1), size(N, 1), labels(y, N, K), simplex(q, K)),
)
"""The probability of N votes in their order is exp(-N H(proportions, q))."""


@quantity(r"\log\operatorname{{Mult}}({};{},{})")
def log_multinomial(c: Any, n: Any, q: Any) -> Any:
    """The log-probability of counts of n votes."""
    orders = factorial(n) / Product(factorial(entry(c, k)), (k, 1, K))
    return log(orders * Product(entry(q, k) ** entry(c, k), (k, 1, K)))


@quantity("H({}/{},{})")
def loss_of_proportions(c: Any, n: Any, q: Any) -> Any:
    """The cross-entropy of the proportions and q."""
    return -over_classes(entry(c, k) / n * log(entry(q, k)))


of_proportions = loss_of_proportions(c, n, q)

multinomial = Chain(
    start=-log_multinomial(c, n, q),
    steps=(
        (-log_coefficient - over_classes(c[k] * log(q[k])), "log of a product"),
        (n * of_proportions - log_coefficient, "counts are $n$ times proportions"),
    ),
    given=(classes, *votes, model),
)
"""-log Mult(c; n, q) is n H(c/n, q) minus the log of the number of orders."""


@quantity(r"\log\operatorname{{Pois}}({};{})")
def log_poisson(count: Any, rate: Any) -> Any:
    """The log-probability of a count."""
    return count * log(rate) - rate - log(factorial(count))


poisson = Chain(
    start=called(r"\log P(c\mid\lambda q)", over_classes(log_poisson(c[k], lam * q[k]))),
    steps=(
        (
            -lam
            + n * log(lam)
            - log(factorial(n))
            + (log_coefficient + over_classes(c[k] * log(q[k]))),
            r"$q$ sums to 1, the counts to $n$; $\log n!$ is taken off and added",
        ),
        (log_poisson(n, lam) + log_multinomial(c, n, q), "the total, and the shares"),
    ),
    given=(classes, *votes, model, number(lam, 0, 9)),
)
"""Independent Poisson counts are a Poisson total times a multinomial, as logarithms."""

# On the m classes that have votes, named first
some = IndexedBase("c", integer=True, positive=True)


@quantity(r"\log\operatorname{{Mult}}({};{},{})")
def log_probability(c: Any, n: Any, q: Any) -> Any:
    """The log-probability of counts, over the classes that have votes."""
    orders = factorial(n) / Product(factorial(entry(c, k)), (k, 1, m))
    return log(orders * Product(entry(q, k) ** entry(c, k), (k, 1, m)))


@quantity(r"\operatorname{{KL}}({}/{}\,\|\,{})")
def divergence_of_proportions(c: Any, n: Any, q: Any) -> Any:
    """What q costs beyond the entropy of the proportions."""
    return over_support(entry(c, k) / n * log(entry(c, k) / n / entry(q, k)))


@quantity(r"\Delta({},{})")
def cost_of_the_order(c: Any, n: Any) -> Any:
    """H(c/n) minus the log of the number of orders over n."""
    orders = factorial(n) / Product(factorial(entry(c, k)), (k, 1, m))
    return -over_support(entry(c, k) / n * log(entry(c, k) / n)) - log(orders) / n


price_of_counts = Chain(
    start=-log_probability(some, n, q) / n,
    steps=(
        (
            divergence_of_proportions(some, n, q) + cost_of_the_order(some, n),
            "cross-entropy is entropy plus divergence",
        ),
    ),
    given=(support_of[0], whole(some, m), total(n, some, m), *support_of[2:]),
)
"""Counts cost the divergence per vote, and what the order does not cost."""

# Constants. Two models, q and r, with d and e parameters
other = IndexedBase("r", positive=True)
parameters, of_other = symbols("d e", integer=True, nonnegative=True)


@quantity(r"\ell({},{})")
def log_of_votes(c: Any, q: Any) -> Any:
    """The log-likelihood of the votes in their order."""
    return over_classes(entry(c, k) * log(entry(q, k)))


@quantity(r"\log\frac{{{1}!}}{{\prod_k{0}_k!}}")
def log_orders(c: Any, n: Any) -> Any:
    """The logarithm of the number of orders."""
    return log(factorial(n) / Product(factorial(entry(c, k)), (k, 1, K)))


@quantity(r"\operatorname{{AIC}}_{{\text{{votes}}}}({1})")
def aic_by_votes(c: Any, q: Any, d: Any) -> Any:
    """Of the votes in their order."""
    return 2 * d - 2 * log_of_votes(c, q)


@quantity(r"\operatorname{{AIC}}_{{\text{{counts}}}}({2})")
def aic_by_counts(c: Any, n: Any, q: Any, d: Any) -> Any:
    """Of the counts."""
    return 2 * d - 2 * log_multinomial(c, n, q)


@quantity(r"\operatorname{{BIC}}_{{\text{{votes}}}}({2})")
def bic_by_votes(c: Any, n: Any, q: Any, d: Any) -> Any:
    """Of the votes in their order, a row for each."""
    return d * log(n) - 2 * log_of_votes(c, q)


@quantity(r"\operatorname{{BIC}}_{{\text{{counts}}}}({2})")
def bic_by_counts(c: Any, n: Any, q: Any, d: Any) -> Any:
    """Of the counts, in one row."""
    return d * log(1) - 2 * log_multinomial(c, n, q)


two_models = classes, *votes, model, simplex(other, K)
penalties = number(parameters, 0, 4), number(of_other, 0, 4)
layout = Chain(
    start=log_multinomial(c, n, q),
    steps=((log_of_votes(c, q) + log_orders(c, n), "log of a product"),),
    given=(classes, *votes, model),
)
"""Counts have the log-likelihood of the votes, plus that of the coefficient."""
ratio = Chain(
    start=log_multinomial(c, n, q) - log_multinomial(c, n, other),
    steps=((log_of_votes(c, q) - log_of_votes(c, other), "the coefficient cancels"),),
    given=two_models,
)
"""Log-likelihood ratios are the same for counts and for votes."""
differences_of_aic = Chain(
    start=aic_by_counts(c, n, q, parameters) - aic_by_counts(c, n, other, of_other),
    steps=(
        (
            aic_by_votes(c, q, parameters) - aic_by_votes(c, other, of_other),
            "the coefficient cancels",
        ),
    ),
    given=(*two_models, *penalties),
)
"""So are differences of AIC."""
differences_of_bic = Chain(
    start=bic_by_votes(c, n, q, parameters) - bic_by_votes(c, n, other, of_other),
    steps=(
        (
            bic_by_counts(c, n, q, parameters)
            - bic_by_counts(c, n, other, of_other)
            + (parameters - of_other) * log(n),
            "the coefficient cancels; n rows, or one",
        ),
    ),
    given=(*two_models, *penalties),
)
"""Differences of BIC are not: the number of rows is another."""

# The probabilities of all sequences of n votes, by induction over n
length, before = Symbol("N", integer=True, positive=True), Symbol("h", positive=True)
prefix = IndexedBase("a", positive=True)  # the probabilities of the sequences of n votes
unnormalised = IndexedBase("q", positive=True)
all_classes = over_classes(unnormalised[k])
all_prefixes = Sum(prefix[l], (l, 1, L))
sequences = Induction(
    n=length,
    base=all_classes,
    value=before,
    step=before * all_classes,
    right=all_classes**length,
    unfold=Chain(
        start=Sum(prefix[l] * unnormalised[k], (k, 1, K), (l, 1, L)),
        steps=((all_prefixes * all_classes, "each sequence is followed by each class"),),
        given=(classes, size(L), positive(prefix, L), positive(unnormalised, K)),
    ),
    before=all_prefixes,
    read_as=(
        "a has the product of q along each of the sequences of n votes, L of them; one more vote "
        "multiplies each by each entry of q"
    ),
    given=(classes, positive(unnormalised, K)),
    mistakes={"n times the sum": length * all_classes, "the sum": all_classes + 0 * length},
)
"""The products along all sequences of n votes add up to a power of the sum."""

# Votes on an item whose own shares have a Dirichlet law, with the mean share of one class and the
# concentration s: the probability that all of n votes are for that class
mean_share, s = Symbol("m", positive=True), Symbol("s", positive=True)


def all_for_one(votes: Any) -> Any:
    """The probability of so many votes for the class, and none for another."""
    of_class = gamma(s * mean_share + votes) / gamma(s * mean_share)
    return of_class * gamma(s) / gamma(s + votes)


shared_share = (number(mean_share, 0, 1), number(s))
one_vote = Chain(
    start=called("P(k)", all_for_one(1)),
    steps=(
        (s * mean_share / s, r"$\Gamma(a+1)=a\,\Gamma(a)$"),
        (mean_share, "the concentration cancels"),
    ),
    given=shared_share,
)
"""The probability of one vote has nothing of the concentration in it."""
two_votes = Chain(
    start=called("P(k,k)", all_for_one(2)),
    steps=(
        (
            s * mean_share * (s * mean_share + 1) / (s * (s + 1)),
            r"$\Gamma(a+2)=a(a+1)\,\Gamma(a)$",
        ),
        (
            mean_share**2 + mean_share * (1 - mean_share) / (s + 1),
            "two independent votes, and what they share",
        ),
    ),
    given=shared_share,
)
"""The probability of two votes tells it."""
