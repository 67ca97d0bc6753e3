"""Chapter 4: from the negative log-likelihood to cross-entropy."""

from typing import Any

from sympy import (
    Derivative,
    Expr,
    IndexedBase,
    KroneckerDelta,
    Product,
    Rational,
    Sum,
    Symbol,
    expand_log,
    log,
)

from xentlib.derivations import quantities as named
from xentlib.derivations.lemmas import m, on_support, over_support
from xentlib.derivations.lemmas import s as share_of_support
from xentlib.derivations.symbols import (
    K,
    N,
    cross_entropy,
    i,
    j,
    k,
    l,
    lse,
    over_classes,
    over_observations,
    p,
    q,
    softmax,
    y,
    z,
)
from xentlib.verify import Induction, SameOrder
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import (
    Given,
    index,
    labels,
    nonnegative,
    number,
    real,
    shares,
    simplex,
    size,
)
from xentlib.verify.quantity import entry, quantity

L = Symbol("L", integer=True, positive=True)
P = IndexedBase("P", positive=True)  # a joint distribution on K × L outcomes
a, b = (IndexedBase(letter, positive=True) for letter in "ab")
base = Symbol("b", positive=True)

classes, rows = size(K), size(N)
any_p = IndexedBase("p", nonnegative=True)  # faces of the simplex included

expected_loss = Chain(
    start=over_classes(any_p[l] * -log(Product(q[k] ** KroneckerDelta(k, l), (k, 1, K))), l),
    steps=(
        (
            over_classes(any_p[l] * -over_classes(KroneckerDelta(k, l) * log(q[k])), l),
            "log of the product",
        ),
        (-over_classes(any_p[l] * log(q[l]), l), "one term for each outcome"),
    ),
    given=(classes, simplex(any_p, K), simplex(q, K)),
)
"""The mean over labels from p of -log of their probability is H(p, q)."""
gradient = Chain(
    start=Derivative(over_classes(any_p[l] * (lse - z[l]), l), z[j]),
    steps=(
        (
            over_classes(any_p[l] * (softmax - KroneckerDelta(j, l)), l),
            "the loss of class l is log-sum-exp less its logit; differentiate each",
        ),
        (softmax * over_classes(any_p[l], l) - any_p[j], "the indicator picks one share"),
        (softmax - any_p[j], "the shares sum to 1"),
    ),
    given=(classes, index(j, K), simplex(any_p, K), real(z, K)),
)
"""The mean over labels from p of the gradients q - e_Y in the logits is q - p."""
exponent = IndexedBase("y", nonnegative=True)
likelihood = Product(Product(q[i, k] ** exponent[i, k], (k, 1, K)), (i, 1, N))
soft_nll = Chain(
    start=-log(likelihood),
    steps=(
        (-expand_log(log(likelihood)), "log of products, all factors positive"),
        (
            over_observations(-over_classes(exponent[i, k] * log(q[i, k]))),
            "one sum over classes for each observation",
        ),
    ),
    given=(classes, rows, nonnegative(exponent, K, N), simplex(q, K, N)),
)
"""-log of a product of powers is a double sum, for all exponents that are not negative."""
hard_likelihood = Product(Product(q[i, k] ** KroneckerDelta(k, y[i]), (k, 1, K)), (i, 1, N))
hard_nll = Chain(
    start=-log(hard_likelihood),
    steps=(
        (-expand_log(log(hard_likelihood)), "log of products"),
        (-over_observations(log(q[i, y[i]])), "one term is left for each observation"),
    ),
    given=(classes, rows, labels(y, N, K), simplex(q, K, N)),
)
"""For hard labels one term is left for each observation."""
frequency = over_observations(KroneckerDelta(k, y[i])) / N
nll_of_frequencies = Chain(
    start=-over_observations(log(q[y[i]])),
    steps=(
        (
            -over_observations(over_classes(KroneckerDelta(k, y[i]) * log(q[k]))),
            "write the label as an indicator",
        ),
        (
            -over_classes(over_observations(KroneckerDelta(k, y[i])) * log(q[k])),
            "exchange the sums: count the labels",
        ),
        (-N * over_classes(frequency * log(q[k])), "counts are N times frequencies"),
    ),
    given=(classes, rows, labels(y, N, K), simplex(q, K)),
)
"""The negative log-likelihood of N hard labels is N H(frequencies, q)."""


def _joint(random, known):
    flat = shares(random, known[K] * known[L])
    return [flat[row * known[L] : (row + 1) * known[L]] for row in range(known[K])]


def over_second(term: Expr) -> Expr:
    """Σ_l of a term, over the classes of the second label."""
    return Sum(term, (l, 1, L))


additivity = Chain(
    start=-over_classes(over_second(P[k, l] * log(a[k] * b[l]))),
    steps=(
        (
            -over_classes(over_second(P[k, l] * log(a[k])))
            - over_classes(over_second(P[k, l] * log(b[l]))),
            "log of a product",
        ),
        (
            -over_classes(over_second(P[k, l]) * log(a[k]))
            - over_second(over_classes(P[k, l]) * log(b[l])),
            "each logarithm waits for its own marginal",
        ),
    ),
    given=(
        classes,
        size(L),
        Given(
            symbol=P,
            draw=_joint,
        ),
        simplex(a, K),
        simplex(b, L),
    ),
)
"""Cross-entropy against a product is the sum of the cross-entropies of the marginals."""
units = Chain(
    start=-over_classes(p[k] * log(q[k]) / log(base)),
    steps=((cross_entropy / log(base), "one common factor"),),
    given=(classes, simplex(p, K), simplex(q, K), number(base, 2, 9)),
)
"""Cross-entropy to base b is cross-entropy in nats over ln b."""
gradient_in_a_unit = Chain(
    start=Derivative((lse - over_classes(any_p[k] * z[k])) / log(base), z[j]),
    steps=(((softmax - any_p[j]) / log(base), "the unit is one constant factor"),),
    given=(classes, index(j, K), simplex(any_p, K), real(z, K), number(base, 2, 9)),
)
"""So is its gradient in the logits."""
perplexity = Chain(
    start=-over_classes(p[k] * log(q[k]) / log(base)),
    steps=(
        (cross_entropy / log(base), "one common factor"),
        (
            log(Product(q[k] ** (-p[k]), (k, 1, K))) / log(base),
            "a sum of logarithms is the logarithm of a product",
        ),
    ),
    given=(classes, simplex(p, K), simplex(q, K), number(base, 2, 9)),
)
"""The logarithm of the perplexity, to base b, is the cross-entropy to base b."""


def _chances(random, known):
    """A probability for each observation."""
    return [Rational(random.randint(1, 63), 64) for _ in range(known[N])]


text_perplexity = Chain(
    start=over_observations(-log(b[i])) / N,
    steps=(
        (
            log(Product(b[i] ** (-1 / N), (i, 1, N))),
            "the mean of logarithms is the logarithm of a geometric mean",
        ),
    ),
    given=(rows, Given(symbol=b, draw=_chances)),
)
"""The mean loss of a text is the log of a geometric mean of inverse probabilities."""
variance = Chain(
    start=over_classes(p[k] * (-log(q[k]) - cross_entropy.xreplace({k: l})) ** 2),
    steps=(
        (
            over_classes(p[k] * log(q[k]) ** 2) - over_classes(p[k] * log(q[k])) ** 2,
            "mean of squares less square of mean",
        ),
    ),
    given=(classes, simplex(p, K), simplex(q, K)),
)
"""The variance of -log q_Y is a mean of squares less the square of the mean."""

# Induction over the observations: a table of n observations is one of all outcomes of the first
# n - 1, and of the last
n, tried = (Symbol(letter, integer=True, positive=True) for letter in ("n", "M"))
before = Symbol("h", positive=True)  # the cross-entropy of the first n


any_joint = IndexedBase("P", nonnegative=True)


def _of_one(observation):
    return -over_classes(any_p[observation, k] * log(q[observation, k]))


def _joint_with_a_zero(random, known):
    first, *others = _joint(random, known)
    return [[first[0] + first[1], Rational(0), *first[2:]], *others]


of_the_first = -over_classes(over_second(any_joint[k, l]) * log(a[k]))
one_more = Chain(
    start=-over_classes(over_second(any_joint[k, l] * log(a[k] * b[l]))),
    steps=(
        (
            of_the_first - over_second(over_classes(any_joint[k, l]) * log(b[l])),
            "the logarithm of a product; each logarithm waits for its own marginal",
        ),
    ),
    given=(
        classes,
        size(L),
        Given(symbol=any_joint, draw=_joint_with_a_zero),
        simplex(a, K),
        simplex(b, L),
    ),
)
"""The cross-entropy to a product of two predictions, each against its marginal."""

cross_entropies_add_up = Induction(
    n=n,
    base=_of_one(1),
    value=before,
    step=before + _of_one(n + 1),
    right=Sum(_of_one(i), (i, 1, n)),
    unfold=one_more,
    before=of_the_first,
    reads={over_classes(any_joint[k, l]): any_p[n + 1, l], b[l]: q[n + 1, l], L: K},
    read_as=(
        "P has a row for each of the outcomes of the first n observations and a column for each "
        "class of the next one; a is the product of the first n predictions, b the next"
    ),
    given=(classes, number(tried, 4, 4), simplex(any_p, K, tried), simplex(q, K, tried)),
    mistakes={
        "the mean of the cross-entropies": Sum(_of_one(i), (i, 1, n)) / n,
        "the first alone": _of_one(1) + 0 * n,
        "n times the first": n * _of_one(1),
    },
)
"""The cross-entropy of n observations is the sum of their own."""


# Faces: the sums go over the m classes where p is positive


@quantity(r"\operatorname{{E}}_{{Y\sim {0}}}[-\log {1}_Y]")
def expected_loss_of_a_label(p: Any, q: Any) -> Any:
    """The mean over labels Y from p of -log of their probability, a product with one factor."""
    probability = Product(entry(q, k) ** KroneckerDelta(k, l), (k, 1, m))
    return Sum(entry(p, l) * -log(probability), (l, 1, m))


expected_loss_on_support = Chain(
    start=named.on_support.cross_entropy(p, q),
    steps=(
        (over_support(p[k] * -log(q[k])), "the sign goes to each logarithm"),
        (expected_loss_of_a_label(p, q), "the probability of a label has one factor"),
    ),
    given=on_support,
)
"""H(p, q) is the mean over labels from p of -log of their probability, on faces too."""


@quantity(r"H(\hat p, {})")
def cross_entropy_of_labels(q: Any) -> Any:
    """The cross-entropy of the frequencies of the labels y."""
    return -over_classes(frequency * log(entry(q, k)))


label_counts = Chain(
    start=nll_of_frequencies.start,
    steps=(*nll_of_frequencies.steps[:2], (N * cross_entropy_of_labels(q), "counts are N times p̂")),
    given=nll_of_frequencies.given,
)
"""The negative log-likelihood of N hard labels is N H(frequencies, q), by its name."""
inputs = Symbol("M", integer=True, positive=True)
x = IndexedBase("x", integer=True, positive=True)
both_seen = KroneckerDelta(j, x[i]) * KroneckerDelta(k, y[i])


def over_inputs(term: Expr) -> Expr:
    """Σ_j of a term, over the different inputs."""
    return Sum(term, (j, 1, inputs))


@quantity(r"\sum_x\sum_k\hat p(x, k)\log {}(k\mid x)")
def mean_log_by_input(q: Any) -> Any:
    """Σ over inputs and classes of their joint frequency times log q."""
    return over_inputs(over_classes(over_observations(both_seen) / N * log(entry(q, j, k))))


labels_by_input = Chain(
    start=-over_observations(log(q[x[i], y[i]])),
    steps=(
        (
            -over_observations(over_inputs(over_classes(both_seen * log(q[j, k])))),
            "write input and label as indicators",
        ),
        (
            -over_inputs(over_classes(over_observations(both_seen) * log(q[j, k]))),
            "exchange the sums: count the pairs",
        ),
        (-N * mean_log_by_input(q), "counts are N times frequencies"),
    ),
    given=(
        classes,
        rows,
        size(inputs, 1, 4),
        labels(x, N, inputs),
        labels(y, N, K),
        simplex(q, K, inputs),
    ),
)
"""With covariates it is -N times the mean of log q(k | x) over the joint frequencies."""


@quantity("H_b({}, {})")
def cross_entropy_to_base(p: Any, q: Any) -> Any:
    """Cross-entropy with logarithms to base b."""
    return -over_support(entry(p, k) * log(entry(q, k)) / log(base))


@quantity(r"\prod_k {1}_k^{{-{0}_k}}")
def inverse_geometric_mean(p: Any, q: Any) -> Any:
    """The perplexity, over the classes where p is positive."""
    return Product(entry(q, k) ** (-entry(p, k)), (k, 1, m))


unit_on_support = Chain(
    start=cross_entropy_to_base(p, q),
    steps=((named.on_support.cross_entropy(p, q) / log(base), "one common factor"),),
    given=(*on_support, number(base, 2, 9)),
)
"""Cross-entropy to base b is cross-entropy in nats over ln b, on faces too."""
perplexity_on_support = Chain(
    start=unit_on_support.start,
    steps=(
        *unit_on_support.steps,
        (
            log(inverse_geometric_mean(p, q)) / log(base),
            "a sum of logarithms is the logarithm of a product",
        ),
    ),
    given=unit_on_support.given,
)
"""So is the logarithm of the perplexity to base b, on faces too."""
unit, nats = Symbol("c", positive=True), Symbol("t", real=True)  # c stands for ln b
a_unit_keeps_the_order = SameOrder(
    one=named.on_support.cross_entropy(p, q).unfolded,
    other=named.on_support.cross_entropy(p, q).unfolded / unit,
    moving=(share_of_support, q),
    t=nats,
    through=nats / unit,
    reason="one common factor",
    given=(number(unit, 0, 3), *on_support),
    mistakes={
        "the divergence the other way round": over_support(q[k] * log(q[k] / p[k])),
        "the minus sign lost": over_support(p[k] * log(q[k])) / unit,
    },
)
"""In bits or in nats, the same prediction is best."""
