"""Chapter 3: the categorical likelihood."""

from dataclasses import replace
from functools import partial
from typing import Any

from sympy import Derivative, IndexedBase, KroneckerDelta, Product, Rational, Symbol, exp, log

from xentlib.derivations.lemmas import in_the_support, logarithm, on_support, over_support
from xentlib.derivations.lemmas import m as support_size
from xentlib.derivations.lemmas import s as covered
from xentlib.derivations.quantities import sigmoid
from xentlib.derivations.quantities import softmax as prediction
from xentlib.derivations.symbols import K, c, j, k, l, lse, over_classes, q, softmax, v, z
from xentlib.verify import Bounded, Dropped, Termwise
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import index, number, positive, real, simplex, size, total
from xentlib.verify.quantity import called, entry, quantity

m = Symbol("m", real=True)
n = Symbol("n", positive=True)
y1 = Symbol("y", integer=True, positive=True)  # one hard label
r = Symbol("r", real=True)
theta = Symbol("theta", positive=True)
c1, c2, c3 = (Symbol(f"c{which}", integer=True, positive=True) for which in (1, 2, 3))
z0, z1 = Symbol("z0", real=True), Symbol("z1", real=True)

classes, chosen = size(K, 1), index(j, K)


@quantity("P(e_{1})")
def probability_of(q: Any, y: Any) -> Any:
    """Of a vertex: the sum over classes of its entry times q."""
    return over_classes(KroneckerDelta(k, y) * entry(q, k))


@quantity(r"\operatorname{{softmax}}({0})_{1}")
def softmax_at(z: Any, j: Any) -> Any:
    """The probability of a class in the logits."""
    return exp(entry(z, j)) / over_classes(exp(entry(z, k)))


@quantity(r"\operatorname{{softmax}}({0}+{1}\mathbf 1)_{2}")
def softmax_shifted(z: Any, m: Any, j: Any) -> Any:
    """The same where a number is added to every logit."""
    return exp(entry(z, j) + m) / over_classes(exp(entry(z, k) + m))


@quantity(r"\operatorname{{lse}}({})")
def lse_of(z: Any) -> Any:
    """The logarithm of the sum of the exponentials."""
    return log(over_classes(exp(entry(z, k))))


@quantity(r"\operatorname{{softmax}}({0},{1})_1")
def softmax_of_two(z0: Any, z1: Any) -> Any:
    """The probability of the second of two classes."""
    return exp(z1) / (exp(z0) + exp(z1))


any_q = IndexedBase("q", nonnegative=True)  # faces of the simplex included
sum_form = Chain(
    start=probability_of(any_q, y1),
    steps=(
        (over_classes(KroneckerDelta(k, y1) * any_q[k]), "by definition"),
        (any_q[y1], "one term is left"),
    ),
    given=(classes, index(y1, K), simplex(any_q, K)),
)
"""P(y) = Σ y_k q_k is the probability of the class that y names."""
sums_to_one = Chain(
    start=over_classes(over_classes(KroneckerDelta(k, l) * any_q[k]), l),
    steps=(
        (over_classes(any_q[l], l), "one term for each outcome"),
        (1 + 0 * K, "q is a distribution"),
    ),
    given=(classes, simplex(any_q, K)),
)
"""These probabilities sum to 1 over the K vertices."""
mean_label = Chain(
    start=over_classes(over_classes(KroneckerDelta(k, l) * any_q[k]) * KroneckerDelta(j, l), l),
    steps=(
        (over_classes(any_q[l] * KroneckerDelta(j, l), l), "the probability of each vertex"),
        (any_q[j], "one vertex has a 1 there"),
    ),
    given=(classes, chosen, simplex(any_q, K)),
)
"""The mean of the label is q: faces included."""
product_form = Chain(
    start=log(Product(q[k] ** KroneckerDelta(k, y1), (k, 1, K))),
    steps=(
        (over_classes(KroneckerDelta(k, y1) * log(q[k])), "log of the product"),
        (log(q[y1]), "one term is left"),
    ),
    given=(classes, index(y1, K), simplex(q, K)),
)
"""log ∏ q_k^y_k is the log-probability of the class that y names."""
shift = Chain(
    start=softmax_shifted(z, m, j),
    steps=(
        (exp(z[j] + m) / over_classes(exp(z[k] + m)), "by definition"),
        (
            exp(m) * exp(z[j]) / over_classes(exp(m) * exp(z[k])),
            "the shift is a factor of every term",
        ),
        (softmax_at(z, j), "it cancels"),
    ),
    given=(classes, chosen, real(z, K), number(m)),
)
"""A number added to every logit leaves softmax as it is."""


@quantity(r"\operatorname{{softmax}}(\log {0})_{1}")
def softmax_of_logs(q: Any, j: Any) -> Any:
    """The probability of a class where the logits are logarithms of q."""
    exponential = partial(exp, evaluate=False)
    return exponential(log(entry(q, j))) / over_classes(exponential(log(entry(q, k))))


right_inverse = Chain(
    start=softmax_of_logs(q, j),
    steps=((q[j] / over_classes(q[k]), "exp undoes log"), (q[j], "q sums to 1")),
    given=(classes, chosen, simplex(q, K)),
)
"""softmax(log q) = q."""
other = index(l, K)
softmax_l = exp(z[l]) / over_classes(exp(z[k]))
left_inverse = Chain(
    start=log(softmax) - log(softmax_l),
    steps=((z[j] - z[l], "both logarithms lose the same log-sum-exp"),),
    given=(classes, chosen, other, real(z, K)),
)
"""A difference of log-probabilities is the difference of the logits."""
stable_lse = Chain(
    start=m + log(over_classes(exp(z[k] - m))),
    steps=(
        (m + log(exp(-m) * over_classes(exp(z[k]))), "a common factor"),
        (lse, "its logarithm is -m"),
    ),
    given=(classes, real(z, K), number(m)),
)
"""log-sum-exp with any number m taken out first."""
two_classes = Chain(
    start=exp(z1) / (exp(z0) + exp(z1)),
    steps=((1 / (1 + exp(-(z1 - z0))), "divide by exp(z1)"),),
    given=(number(z0), number(z1)),
)
"""softmax of two logits is the sigmoid of their difference."""
binary_cross_entropy = Chain(
    start=called(
        r"\operatorname{BCE}(r,\sigma(z_1-z_0))",
        -r * log(sigmoid(z1 - z0)) - (1 - r) * log(1 - sigmoid(z1 - z0)),
    ),
    steps=(
        (
            r * log(1 + exp(-(z1 - z0))) + (1 - r) * (log(1 + exp(-(z1 - z0))) + (z1 - z0)),
            r"$1-\sigma(t)=e^{-t}\sigma(t)$",
        ),
        (log(1 + exp(-(z1 - z0))) + (1 - r) * (z1 - z0), "collect"),
        (log(exp(z0) + exp(z1)) - r * z1 - (1 - r) * z0, "log-sum-exp of the two logits"),
        (
            -r * log(softmax_of_two(z0, z1)) - (1 - r) * log(1 - softmax_of_two(z0, z1)),
            "the two probabilities",
        ),
    ),
    given=(number(z0), number(z1), number(r)),
)
"""Binary cross-entropy at the difference of two logits is the two-class cross-entropy."""
binary_cross_entropy_of_labels = replace(
    binary_cross_entropy, given=(number(z0), number(z1), number(r, 0, 1))
)
"""The same for soft labels."""
excess = over_classes(c[k] / n * log(c[k] / n / q[k]))
gap = Chain(
    start=called(r"\ell(c,c/n)", over_classes(c[k] * log(c[k] / n)))
    - called(r"\ell(c,q)", over_classes(c[k] * log(q[k]))),
    steps=(
        (n * excess, "a difference of logarithms"),
        (n * called(r"\operatorname{KL}(c/n\,\|\,q)", excess), "by definition"),
    ),
    given=(classes, positive(c, K), total(n, c, K), simplex(q, K)),
)
"""What any q loses against c/n, in log-likelihood: n KL(c/n ‖ q)."""
tangent = Chain(
    start=called(r"{\textstyle\sum_k}\,c_k(t_k-1)", over_classes(c[k] * (n * q[k] / c[k] - 1))),
    steps=((n * over_classes(q[k]) - over_classes(c[k]), "expand"), (0 * n, "both totals are $n$")),
    given=(classes, positive(c, K), total(n, c, K), simplex(q, K)),
)
"""The sum that bounds that loss from below by log t ≤ t - 1 is 0."""
hardy_weinberg = Chain(
    start=Derivative(
        c1 * log(theta**2) + c2 * log(2 * theta * (1 - theta)) + c3 * log((1 - theta) ** 2), theta
    ),
    steps=(
        ((2 * c1 + c2) / theta - (c2 + 2 * c3) / (1 - theta), "differentiate"),
        ((2 * c1 + c2 - 2 * (c1 + c2 + c3) * theta) / (theta * (1 - theta)), "common denominator"),
    ),
    given=(number(theta, 0, 1), number(c1, 1, 6), number(c2, 1, 6), number(c3, 1, 6)),
)
"""The score of the Hardy-Weinberg model, whose zero is (2 c1 + c2)/2n."""
walk_example = Chain(
    start=called("H(e_2,q)", -log(Rational(7, 10))),
    steps=((log(Rational(10)) - log(Rational(7)), r"$\log\frac ab=\log a-\log b$"),),
    given=(),
)
"""The cross-entropy of the walk's hard label: log 10 - log 7."""
exponential_family = Chain(
    start=log(softmax),
    steps=(
        (z[j] - lse, "log of a quotient"),
        (over_classes(KroneckerDelta(k, j) * z[k]) - lse, "the label picks its logit"),
    ),
    given=(classes, chosen, real(z, K)),
)
"""log P(y) in the logits: the label's logit less log-sum-exp."""
mean_map = Chain(
    start=Derivative(lse_of(z), z[j]),
    steps=(
        (softmax, "differentiate the logarithm of a sum"),
        (prediction(z, j), "by definition"),
    ),
    given=(classes, chosen, real(z, K)),
)
"""The gradient of log-sum-exp is softmax."""
hessian = Chain(
    start=Derivative(prediction(z, j), z[l]),
    steps=(
        (
            prediction(z, j) * KroneckerDelta(j, l) - prediction(z, j) * prediction(z, l),
            "quotient rule",
        ),
        (prediction(z, j) * (KroneckerDelta(j, l) - prediction(z, l)), "collect"),
    ),
    given=(classes, chosen, other, real(z, K)),
)
"""The Hessian of log-sum-exp is diag q - q q'."""


@quantity(r"{0}^\top(\operatorname{{diag}}{1}-{1}{1}^\top){0}")
def quadratic_form(v: Any, q: Any) -> Any:
    """The variance of the entry of v that a label from q picks."""
    return over_classes(entry(q, k) * entry(v, k) ** 2) - (
        over_classes(entry(q, k) * entry(v, k)) ** 2
    )


pairs = Chain(
    start=quadratic_form(v, q),
    steps=(
        (
            over_classes(over_classes(q[k] * q[l] * (v[k] - v[l]) ** 2, l)) / 2,
            "expand the square; $q$ sums to 1",
        ),
    ),
    given=(classes, simplex(q, K), real(v, K)),
)
"""The quadratic form of diag q - q q' is a sum of squares over pairs of classes."""

# Bounds. On the m classes that have counts, named first, q sums to s <= 1.
counted = (on_support[0], positive(c, support_size), total(n, c, support_size), *on_support[2:])


@quantity(r"\ell({}, {})")
def log_likelihood(c: Any, q: Any) -> Any:
    """Of counts, over the classes that have any."""
    return over_support(entry(c, k) * log(entry(q, k)))


of_counts = log_likelihood(c, q)
of_proportions = over_support(c[k] * log(c[k] / n))
proportions_maximise = Bounded(
    start=of_counts,
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=c[k],
                argument=n * q[k] / c[k],
                limits=in_the_support,
            ),
            of_proportions + over_support(n * q[k] - c[k]),
            "log t is at most t - 1, at q over the proportions",
        ),
        (
            "=",
            of_proportions + n * covered - n,
            "the counts sum to n, and q to s there",
        ),
        (Dropped(amount=n * (1 - covered)), of_proportions, "q has no more than 1 there"),
    ),
    given=counted,
    equality={q[k]: c[k] / n, covered: 1},
    mistakes={
        "add one to every count": {q[k]: (c[k] + 1) / (n + support_size), covered: 1},
        "equality everywhere": {},
        "the uniform distribution is best": over_support(c[k] * log(1 / support_size)),
    },
)
"""The proportions maximise the likelihood of counts, and nothing else does."""

log_sum_exp_is_convex = Bounded(
    start=quadratic_form(v, q),
    relation=">=",
    steps=(
        ("=", pairs.last, "expand the square; q sums to 1"),
        (Dropped(amount=pairs.last), 0 * K, "squares with positive weights"),
    ),
    given=pairs.given,
    mistakes={
        "equality everywhere": {},
        "a quarter of the squares lies below": over_classes(v[k] ** 2) / 4,
    },
)
"""The curvature of log-sum-exp along v is a variance, so never negative."""
