"""Chapter 4: from the negative log-likelihood to cross-entropy."""

from typing import Any

from sympy import (
    Derivative,
    Expr,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Product,
    Rational,
    Sum,
    Symbol,
    exp,
    expand_log,
    log,
)

from xentlib.derivations import quantities as named
from xentlib.derivations.lemmas import (
    each_class,
    exponential,
    in_the_support,
    logarithm,
    m,
    on_support,
    over_support,
)
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
from xentlib.verify import Bounded, Dropped, Induction, SameOrder, Termwise, support
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
from xentlib.verify.quantity import called, entry, quantity

L = Symbol("L", integer=True, positive=True)
P = IndexedBase("P", positive=True)  # a joint distribution on K × L outcomes
a, b = (IndexedBase(letter, positive=True) for letter in "ab")
base = Symbol("b", positive=True)

classes, rows = size(K, 1, 4), size(N, 1, 4)
any_p = IndexedBase("p", nonnegative=True)  # faces of the simplex included

expected_loss = Chain(
    start=called(
        r"\operatorname{E}_{Y\sim p}[-\log P(Y)]",
        over_classes(any_p[l] * -log(Product(q[k] ** KroneckerDelta(k, l), (k, 1, K))), l),
    ),
    steps=(
        (
            over_classes(any_p[l] * -over_classes(KroneckerDelta(k, l) * log(q[k])), l),
            "log of the product",
        ),
        (named.cross_entropy(any_p, q), "one term for each outcome"),
    ),
    given=(classes, simplex(any_p, K), simplex(q, K)),
)
"""The mean over labels from p of -log of their probability is H(p, q)."""
gradient = Chain(
    start=Derivative(over_classes(any_p[l] * (lse - z[l]), l), z[j]),
    steps=(
        (
            over_classes(any_p[l] * (softmax - KroneckerDelta(j, l)), l),
            "the loss of class l is log-sum-exp minus its logit; differentiate each",
        ),
        (softmax * over_classes(any_p[l], l) - any_p[j], "the indicator picks one share"),
        (softmax - any_p[j], "the shares sum to 1"),
    ),
    given=(classes, index(j, K), simplex(any_p, K), real(z, K)),
)
"""The mean over labels from p of the gradients q - e_Y in the logits is q - p."""
exponent = IndexedBase("y", nonnegative=True)
likelihood = Product(Product(q[i, k] ** exponent[i, k], (k, 1, K)), (i, 1, N))


@quantity("H({0}_{2},{1}_{2})")
def loss_of_row(p: Any, q: Any, i: Any) -> Any:
    """The cross-entropy of one row."""
    return -over_classes(entry(p, i, k) * log(entry(q, i, k)))


soft_nll = Chain(
    start=-log(called("L(q)", likelihood)),
    steps=(
        (-expand_log(log(likelihood)), "log of products, all factors positive"),
        (over_observations(loss_of_row(exponent, q, i)), "a cross-entropy for each observation"),
    ),
    given=(classes, rows, nonnegative(exponent, K, N), simplex(q, K, N)),
)
"""-log of a product of powers is a double sum, for all exponents that are not negative."""
hard_likelihood = Product(Product(q[i, k] ** KroneckerDelta(k, y[i]), (k, 1, K)), (i, 1, N))
hard_nll = Chain(
    start=-log(called("L(q)", hard_likelihood)),
    steps=(
        (-expand_log(log(hard_likelihood)), "log of products"),
        (-over_observations(log(q[i, y[i]])), "one term is left for each observation"),
    ),
    given=(classes, rows, labels(y, N, K), simplex(q, K, N)),
)
"""For hard labels one term is left for each observation."""
frequency = over_observations(KroneckerDelta(k, y[i])) / N


@quantity(r"H(\hat p, {})")
def cross_entropy_of_labels(q: Any) -> Any:
    """The cross-entropy of the frequencies of the labels y."""
    return -over_classes(frequency * log(entry(q, k)))


loss_of_labels = -over_observations(log(q[y[i]]))
nll_of_frequencies = Chain(
    start=called(r"-\log L(q)", loss_of_labels),
    steps=(
        (
            -over_observations(over_classes(KroneckerDelta(k, y[i]) * log(q[k]))),
            "write the label as an indicator",
        ),
        (
            -over_classes(over_observations(KroneckerDelta(k, y[i])) * log(q[k])),
            "exchange the sums: count the labels",
        ),
        (N * cross_entropy_of_labels(q), r"counts are $N$ times the frequencies $\hat p$"),
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


@quantity(r"H({0},{1}\otimes {2})")
def cross_entropy_to_a_product(P: Any, a: Any, b: Any) -> Any:
    """The cross-entropy from a joint distribution to a product of two predictions."""
    term = entry(P, k, l) * log(entry(a, k) * entry(b, l))
    return -over_classes(over_second(term))


@quantity("H({0}_1,{1})")
def cross_entropy_of_the_first(P: Any, a: Any) -> Any:
    """The cross-entropy of the first marginal."""
    return -over_classes(over_second(entry(P, k, l)) * log(entry(a, k)))


@quantity("H({0}_2,{1})")
def cross_entropy_of_the_second(P: Any, b: Any) -> Any:
    """The cross-entropy of the second marginal."""
    return -over_second(over_classes(entry(P, k, l)) * log(entry(b, l)))


additivity = Chain(
    start=cross_entropy_to_a_product(P, a, b),
    steps=(
        (-over_classes(over_second(P[k, l] * log(a[k] * b[l]))), "by definition"),
        (
            -over_classes(over_second(P[k, l] * log(a[k])))
            - over_classes(over_second(P[k, l] * log(b[l]))),
            "log of a product",
        ),
        (
            cross_entropy_of_the_first(P, a) + cross_entropy_of_the_second(P, b),
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
any_base = number(base, 2, 9).nonzero(base - 1)  # its logarithm is not 0
units = Chain(
    start=-over_classes(p[k] * log(q[k]) / log(base)),
    steps=((cross_entropy / log(base), "one common factor"),),
    given=(classes, simplex(p, K), simplex(q, K), any_base),
)
"""Cross-entropy to base b is cross-entropy in nats over ln b."""
gradient_in_a_unit = Chain(
    start=Derivative((lse - over_classes(any_p[k] * z[k])) / log(base), z[j]),
    steps=(((softmax - any_p[j]) / log(base), "the unit is one constant factor"),),
    given=(classes, index(j, K), simplex(any_p, K), real(z, K), any_base),
)
"""So is its gradient in the logits."""
perplexity = Chain(
    start=called("H_b(p,q)", -over_classes(p[k] * log(q[k]) / log(base))),
    steps=(
        (named.cross_entropy(p, q) / log(base), "one common factor"),
        (
            log(Product(q[k] ** (-p[k]), (k, 1, K))) / log(base),
            "a sum of logarithms is the logarithm of a product",
        ),
    ),
    given=(classes, simplex(p, K), simplex(q, K), any_base),
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


@quantity(r"\operatorname{{Var}}_{{Y\sim {0}}}(\log {1}_Y)")
def variance_of_the_loss(p: Any, q: Any) -> Any:
    """The mean squared distance of -log q from its mean."""
    mean = -over_classes(entry(p, l) * log(entry(q, l)), l)
    return over_classes(entry(p, k) * (-log(entry(q, k)) - mean) ** 2)


variance = Chain(
    start=variance_of_the_loss(p, q),
    steps=(
        (
            over_classes(p[k] * log(q[k]) ** 2) - over_classes(p[k] * log(q[k])) ** 2,
            "mean of squares minus square of mean",
        ),
    ),
    given=(classes, simplex(p, K), simplex(q, K)),
)
"""The variance of -log q_Y is a mean of squares minus the square of the mean."""

# Induction over the observations: a table of n observations is one of all outcomes of the first
# n - 1, and of the last
tried = Symbol("M", integer=True, positive=True)
before = Symbol("h", positive=True)  # the cross-entropy of the first N


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
    n=N,
    left=Symbol(r"{H(p,\,q_1\otimes\cdots\otimes q_N)}"),
    base=_of_one(1),
    value=before,
    step=before + _of_one(N + 1),
    right=Sum(_of_one(i), (i, 1, N)),
    unfold=one_more,
    before=of_the_first,
    reads={over_classes(any_joint[k, l]): any_p[N + 1, l], b[l]: q[N + 1, l], L: K},
    read_as=(
        "P has a row for each of the outcomes of the first N observations and a column for each "
        "class of the next one; a is the product of the first N predictions, b the next"
    ),
    given=(size(K, 1, 4), number(tried, 4, 4), simplex(any_p, K, tried), simplex(q, K, tried)),
    mistakes={
        "the mean of the cross-entropies": Sum(_of_one(i), (i, 1, N)) / N,
        "the first alone": _of_one(1) + 0 * N,
        "N times the first": N * _of_one(1),
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
    given=(*on_support, any_base),
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


two_add_up = Chain(
    start=cross_entropy_to_a_product(any_joint, a, b),
    steps=(
        (
            cross_entropy_of_the_first(any_joint, a) + cross_entropy_of_the_second(any_joint, b),
            "the logarithm of a product; each logarithm waits for its own marginal",
        ),
    ),
    given=one_more.given,
)
"""The cross-entropies of two observations add up, by name."""

# Clipping: max(q, epsilon) is q + u, or epsilon + v, with what is not negative
cap = Symbol("varepsilon", positive=True)
lift, excess = (IndexedBase(letter, nonnegative=True) for letter in "uv")
lifted, above = q[k] + lift[k], cap + excess[k]
clipping_lowers = Bounded(
    start=-over_classes(any_p[k] * log(lifted)),
    steps=(
        (
            Termwise(lemma=logarithm, weight=any_p[k], argument=q[k] / lifted, limits=each_class),
            named.cross_entropy(any_p, q) - over_classes(any_p[k] * lift[k] / lifted),
            "log t is at most t - 1, at q over what it is lifted to",
        ),
        (
            Dropped(amount=over_classes(any_p[k] * lift[k] / lifted)),
            named.cross_entropy(any_p, q),
            "nothing is lifted by less than 0",
        ),
    ),
    given=(size(K, 1, 4), simplex(any_p, K), simplex(q, K), nonnegative(lift, K)),
    mistakes={
        "clipping leaves every value as it is": {},
        "it takes ten nats off every loss": named.cross_entropy(any_p, q) - 10,
    },
)
"""A clipped loss is at most the loss."""
clipping_caps = Bounded(
    start=-over_classes(any_p[k] * log(above)),
    steps=(
        (
            Termwise(lemma=logarithm, weight=any_p[k], argument=cap / above, limits=each_class),
            -log(cap) - over_classes(any_p[k] * excess[k] / above),
            "log t is at most t - 1, at epsilon over q; p sums to 1",
        ),
        (
            Dropped(amount=over_classes(any_p[k] * excess[k] / above)),
            -log(cap),
            "what lies above is not negative",
        ),
    ),
    given=(size(K, 1, 4), simplex(any_p, K), number(cap, 0, 1), nonnegative(excess, K)),
    mistakes={
        "the cap is half of that": -log(cap) / 2,
        "every loss is at the cap": {},
    },
)
"""And at most -log epsilon."""

# Codes: the length of class k is -log q to base 2, and what rounding adds: c/(1 + c), from 0 on
# and below 1
extra = IndexedBase("c", nonnegative=True)
rounding = extra[k] / (1 + extra[k])
two = log(2)


@quantity("H_2({0},{1})")
def cross_entropy_in_bits(p: Any, q: Any) -> Any:
    """The cross-entropy with logarithms to base 2."""
    return -over_classes(entry(p, k) * log(entry(q, k))) / two


@quantity(r"\operatorname{{E}}_{0}L")
def mean_length(p: Any, q: Any) -> Any:
    """The mean length of a code for q, rounded up."""
    return over_classes(entry(p, k) * (-log(entry(q, k)) / two + rounding))


@quantity(r"\sum_k2^{{-L_k}}")
def kraft_sum(q: Any) -> Any:
    """Kraft's sum of the lengths of a code for q, rounded up."""
    return over_classes(entry(q, k) * exp(-rounding * two))


a_code = (size(K, 1, 4), simplex(any_p, K), simplex(q, K), nonnegative(extra, K))
kraft = Bounded(
    start=kraft_sum(q),
    steps=(
        (
            Termwise(
                lemma=exponential,
                weight=q[k] * exp(-rounding * two),
                argument=rounding * two,
                limits=each_class,
            ),
            over_classes(q[k] * (1 - exp(-rounding * two) * rounding * two)),
            "exp x is at least 1 + x, at what rounding adds",
        ),
        (
            Dropped(amount=over_classes(q[k] * exp(-rounding * two) * rounding * two)),
            over_classes(q[k]),
            "rounding takes nothing away",
        ),
        ("=", Integer(1), "q sums to 1"),
    ),
    given=(a_code[0], *a_code[2:]),
    mistakes={"equality always": {}, "at most a half": Rational(1, 2)},
)
"""Kraft's sum is at most 1 where lengths are rounded up."""
at_least_the_bits = Bounded(
    start=cross_entropy_in_bits(any_p, q),
    steps=(
        (
            Dropped(amount=over_classes(any_p[k] * rounding)),
            mean_length(any_p, q),
            "rounding adds what is not negative",
        ),
    ),
    given=a_code,
    mistakes={
        "no bit is ever lost": {},
        "the mean length in nats": mean_length(any_p, q) * two,
    },
)
"""A code for q costs at least the cross-entropy."""
within_a_bit = Bounded(
    start=mean_length(any_p, q),
    steps=(
        (
            Dropped(amount=over_classes(any_p[k] / (1 + extra[k]))),
            cross_entropy_in_bits(any_p, q) + 1,
            "rounding adds less than 1, and p sums to 1",
        ),
    ),
    given=a_code,
    mistakes={
        "within half a bit": cross_entropy_in_bits(any_p, q) + Rational(1, 2),
        "it costs a whole bit more": {},
    },
)
"""And less than one bit more."""
share_of_a_word = IndexedBase("r", positive=True)
of_any_code = support(p=p, q=share_of_a_word, m=m, s=share_of_support)


@quantity(r"\operatorname{{E}}_{0}L")
def mean_length_of_words(p: Any, r: Any) -> Any:
    """The mean length where class k has a word of length -log r to base 2."""
    return -over_support(entry(p, k) * log(entry(r, k))) / two


@quantity("H_2({0})")
def entropy_in_bits(p: Any) -> Any:
    """The entropy with logarithms to base 2."""
    return -over_support(entry(p, k) * log(entry(p, k))) / two


no_code_is_shorter = Bounded(
    start=mean_length_of_words(p, share_of_a_word),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=p[k] / two,
                argument=share_of_a_word[k] / p[k],
                limits=in_the_support,
            ),
            entropy_in_bits(p) + over_support(p[k] - share_of_a_word[k]) / two,
            "log t is at most t - 1, at r over p",
        ),
        (
            "=",
            entropy_in_bits(p) + (1 - share_of_support) / two,
            "p sums to 1, and Kraft's sum of these words is s",
        ),
        (
            Dropped(amount=(1 - share_of_support) / two),
            entropy_in_bits(p),
            "Kraft's sum is at most 1",
        ),
    ),
    given=of_any_code,
    equality={share_of_a_word[k]: p[k], share_of_support: 1},
    mistakes={
        "every code is as short": {},
        "twice the entropy is needed": 2 * entropy_in_bits(p),
    },
)
"""No code with Kraft's sum at most 1 is shorter than the entropy."""
