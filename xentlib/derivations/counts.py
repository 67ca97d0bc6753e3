"""Chapter 6: soft labels that are counts."""

from typing import Any

from sympy import IndexedBase, Integer, Product, Sum, Symbol, factorial, log

from xentlib.derivations.cross_entropy import L
from xentlib.derivations.symbols import K, k, l, over_classes, q
from xentlib.verify import Induction
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import Given, number, positive, simplex, size, total
from xentlib.verify.quantity import entry, quantity

n = Symbol("n", integer=True, positive=True)
c = IndexedBase("c", integer=True, nonnegative=True)
lam = Symbol("lambda", positive=True)


def _some_votes(random, known):
    """A class with votes, and others that may have none."""
    return [Integer(random.randint(low, 3)) for low in (1, *(0,) * (known[K] - 1))]


votes = Given(symbol=c, draw=_some_votes), total(n, c, K)
classes, model = size(K), simplex(q, K)
log_coefficient = log(factorial(n)) - over_classes(log(factorial(c[k])))


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
