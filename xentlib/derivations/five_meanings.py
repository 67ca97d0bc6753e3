"""Chapter 8: what a soft label may mean."""

from collections.abc import Mapping
from typing import Any

from sympy import (
    Derivative,
    IndexedBase,
    KroneckerDelta,
    Matrix,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
)

from xentlib.derivations import quantities as named
from xentlib.derivations.categorical import softmax_at
from xentlib.derivations.cross_entropy import any_p
from xentlib.derivations.lemmas import (
    exponential,
    in_the_support,
    logarithm,
    on_support,
    over_support,
)
from xentlib.derivations.lemmas import m as support_size
from xentlib.derivations.lemmas import s as support_share
from xentlib.derivations.quantities import on_support as on_support_named
from xentlib.derivations.symbols import (
    K,
    N,
    i,
    j,
    k,
    l,
    lse,
    over_classes,
    over_observations,
    p,
    q,
    z,
)
from xentlib.verify import Bounded, Dropped, Termwise, support
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import (
    Given,
    Source,
    index,
    nonnegative,
    number,
    positive,
    real,
    share,
    shares,
    simplex,
    size,
)
from xentlib.verify.quantity import called, entry, quantity

classes, chosen = size(K, 1, 4), index(j, K)
r, lam, w = (IndexedBase(letter, positive=True) for letter in ("r", "lambda", "w"))
a = IndexedBase("a", real=True)

spread = Chain(
    start=called(
        r"\operatorname{E}\|q-e_Y\|^2-\|q-p\|^2",
        over_classes(any_p[l] * over_classes((q[k] - KroneckerDelta(k, l)) ** 2), l)
        - over_classes((q[k] - any_p[k]) ** 2),
    ),
    steps=(
        (
            over_classes(any_p[k]) - over_classes(any_p[k] ** 2),
            "expand; an indicator is its own square",
        ),
        (1 - over_classes(any_p[k] ** 2), "the shares sum to 1"),
    ),
    given=(classes, simplex(any_p, K), simplex(q, K)),
)
"""The trace of the covariance of the gradient q - e_Y is 1 - |p|²."""
responsibility = lam[j] * exp(z[j]) / over_classes(lam[k] * exp(z[k]))
evidence_gradient = Chain(
    start=Derivative(
        called(
            r"\bigl(-\log\langle\lambda,q\rangle\bigr)", lse - log(over_classes(lam[k] * exp(z[k])))
        ),
        z[j],
    ),
    steps=(
        (
            named.softmax(z, j) - called("r_j", responsibility),
            "two logarithms of sums; $r$ are the responsibilities",
        ),
    ),
    given=(classes, chosen, real(z, K), positive(lam, K)),
)
"""The gradient of -log Σ λ q in the logits: prediction minus responsibilities."""
evidence = over_classes(lam[k] * q[k])
bound = (
    over_classes(r[k] * log(q[k]))
    + over_classes(r[k] * log(lam[k]))
    - over_classes(r[k] * log(r[k]))
)
em_gap = Chain(
    start=called(r"\log\langle\lambda,q\rangle-B", log(evidence) - bound),
    steps=(
        (
            over_classes(
                r[k] * (log(r[k]) - log(lam[k] * q[k]) + log(over_classes(lam[l] * q[l], l)))
            ),
            "r sums to 1",
        ),
        (
            over_classes(r[k] * log(r[k] / (lam[k] * q[k] / over_classes(lam[l] * q[l], l)))),
            "the divergence of the responsibilities from r",
        ),
    ),
    given=(classes, simplex(r, K), simplex(q, K), positive(lam, K)),
)
"""What the lower bound of EM misses: the divergence of r from the responsibilities."""
curvature = Chain(
    start=Derivative(log(1 + exp(z[1])) - log(lam[1] * exp(z[1]) + lam[2]), (z[1], 2)),
    steps=(
        (
            exp(z[1]) / (1 + exp(z[1])) ** 2
            - lam[1] * lam[2] * exp(z[1]) / (lam[1] * exp(z[1]) + lam[2]) ** 2,
            "each term is a variance",
        ),
    ),
    given=(number(K, 2, 2), real(z, K), positive(lam, K)),
)
"""Two classes: the curvature of the loss of virtual evidence is a difference of variances."""

mean = over_observations(w[i] * over_classes(p[i, k] * a[i, k]))
within = over_classes(p[i, k] * a[i, k])
of_the_soft_loss = over_observations(w[i] * within**2) - mean**2
within_inputs = over_observations(w[i] * (over_classes(p[i, k] * a[i, k] ** 2) - within**2))
soft_loss = called(r"\operatorname{Var}(\text{soft loss})", of_the_soft_loss)
within_one = called(
    r"\operatorname{E}\operatorname{Var}(\text{hard loss}\mid\text{input})", within_inputs
)
total_variance = Chain(
    start=called(
        r"\operatorname{Var}(\text{hard loss})",
        over_observations(w[i] * over_classes(p[i, k] * a[i, k] ** 2)) - mean**2,
    ),
    steps=(
        (
            of_the_soft_loss + within_inputs,
            "add and subtract the squares of the conditional means",
        ),
        (
            soft_loss + within_one,
            "the mean of the scatter within the inputs, and the scatter between them",
        ),
    ),
    given=(
        classes,
        size(N, 1, 4),
        simplex(w, N)._replace(facts=((over_observations(w[i]), Rational(1)),)),
        simplex(p, K, N),
        real(a, K, N),
    ),
)
"""The variance of a hard loss: that of the soft loss, plus the mean within the inputs."""

mass = over_classes(a[k])


@quantity(r"L_{0}({1})")
def loss_of_any_label(a: Any, z: Any) -> Any:
    """Of a label that need not be a distribution, in the logits."""
    total = over_classes(entry(a, k))
    return total * log(over_classes(exp(entry(z, k)))) - over_classes(entry(a, k) * entry(z, k))


@quantity(r"s_{0}")
def total_of(a: Any) -> Any:
    """Of the entries of a label."""
    return over_classes(entry(a, k))


@quantity(r"H({0}/s_{0},\operatorname{{softmax}}({1}))")
def loss_of_the_shares(a: Any, z: Any) -> Any:
    """The cross-entropy of a label over its total, in the logits."""
    shares = entry(a, k) / over_classes(entry(a, k))
    return log(over_classes(exp(entry(z, k)))) - over_classes(shares * entry(z, k))


unnormalised = Chain(
    start=loss_of_any_label(a, z),
    steps=((total_of(a) * loss_of_the_shares(a, z), "take the total out"),),
    given=(classes, real(z, K), positive(a, K).nonzero(total_of(a))),
)
"""For a label with total s: s times the cross-entropy of the label over s."""
unnormalised_gradient = Chain(
    start=Derivative(loss_of_any_label(a, z), z[j]),
    steps=((total_of(a) * softmax_at(z, j) - a[j], "differentiate the logarithm of the sum"),),
    given=(classes, chosen, real(z, K), real(a, K)),
)
"""Its gradient in the logits: s softmax - label."""
unnormalised_hessian = Chain(
    start=Derivative(total_of(a) * softmax_at(z, j) - a[j], z[l]),
    steps=(
        (
            total_of(a) * softmax_at(z, j) * (KroneckerDelta(j, l) - softmax_at(z, l)),
            "the label is a constant; quotient rule",
        ),
    ),
    given=(classes, chosen, index(l, K), real(z, K), real(a, K)),
)
"""Its Hessian: s times that of log-sum-exp."""

# Bounds, on the m classes where r is positive; other classes add rho to the evidence
rho = Symbol("rho", nonnegative=True)
on_classes = over_support(lam[k] * q[k])
seen = on_classes + rho
lower_bound = (
    over_support(r[k] * log(q[k]))
    + over_support(r[k] * log(lam[k]))
    - over_support(r[k] * log(r[k]))
)
evidence_is_above_the_bound = Bounded(
    start=log(seen),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=r[k],
                argument=lam[k] * q[k] / (seen * r[k]),
                limits=in_the_support,
            ),
            lower_bound + rho / seen,
            "log t is at most t - 1, at the responsibility over r; r sums to 1",
        ),
        (Dropped(amount=rho / seen), lower_bound, "what other classes add is not negative"),
    ),
    given=(
        on_support[0],
        simplex(r, support_size),
        positive(lam, support_size),
        positive(q, support_size),
        number(rho, 0, 3),
    ),
    equality={r[k]: lam[k] * q[k] / seen, rho: 0},
    mistakes={
        "r is the prior prediction": {r[k]: q[k] / over_support(q[k]), rho: 0},
        "equality everywhere": {},
        "without the entropy of r, as a lower bound times two": 2 * lower_bound + 9,
    },
)
"""The evidence lower bound, tight at the responsibilities."""

virtual_evidence_is_below = Bounded(
    start=-log(over_support(p[k] * q[k])),
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=p[k],
                argument=q[k] / over_support(p[k] * q[k]),
                limits=in_the_support,
            ),
            -over_support(p[k] * log(q[k])),
            "log t is at most t - 1, at q over its mean; p sums to 1",
        ),
    ),
    given=(*on_support[:2], positive(q, support_size)),
    mistakes={
        "equality everywhere": {},
        "half the cross-entropy": -over_support(p[k] * log(q[k])) / 2 - 1,
    },
)
"""The loss of virtual evidence is at most the cross-entropy."""

not_the_same = over_classes(over_classes(any_p[k] * any_p[l] * (1 - KroneckerDelta(k, l)) ** 2, l))
sampling_costs = Bounded(
    start=1 - over_classes(any_p[k] ** 2),
    relation=">=",
    steps=(
        ("=", not_the_same, "two draws differ: all pairs, minus those of one class"),
        (Dropped(amount=not_the_same), 0 * K, "no pair counts against it"),
    ),
    given=(classes, simplex(any_p, K)),
    mistakes={"it is free": {}, "at least half": Rational(1, 2) + 0 * K},
)
"""The chance that two draws from a label differ is never negative."""

gradient_of_a_draw = Chain(
    start=over_classes(any_p[l] * (q[j] - KroneckerDelta(j, l)), l),
    steps=((q[j] - any_p[j], "the shares sum to 1; the indicator picks one of them"),),
    given=(classes, chosen, simplex(any_p, K), simplex(q, K)),
)
"""The mean of the gradient q - e_Y of a label that is drawn from p."""

some_p = any_p[i, k]
mean_of_hard = Chain(
    start=over_classes(over_observations(w[i] * some_p * a[i, k])),
    steps=((over_observations(w[i] * over_classes(some_p * a[i, k])), "exchange the sums"),),
    given=(
        classes,
        size(N, 1, 4),
        total_variance.given[2],
        simplex(any_p, K, N),
        real(a, K, N),
    ),
)
"""The hard loss, over inputs and classes, has the mean of the soft loss, over inputs."""
of_equal_shares = over_observations(w[i] * over_classes(a[i, k] / K))
any_within = over_classes(some_p * a[i, k])
any_mean = over_observations(w[i] * any_within)
any_soft_variance = over_observations(w[i] * any_within**2) - any_mean**2
any_variance_within = over_observations(
    w[i] * (over_classes(some_p * a[i, k] ** 2) - any_within**2)
)


@quantity(r"\operatorname{{Var}}\ell_{{\text{{hard}}}}")
def variance_of_the_hard_loss(p: Any, a: Any) -> Any:
    """The variance over inputs and labels."""
    row = entry(p, i, k) * entry(a, i, k)
    mean = over_observations(w[i] * over_classes(row))
    return over_observations(w[i] * over_classes(row * entry(a, i, k))) - mean**2


@quantity(r"\operatorname{{Var}}\ell_{{\text{{soft}}}}")
def variance_of_the_soft_loss(p: Any, a: Any) -> Any:
    """The variance over inputs of the mean over labels."""
    row = over_classes(entry(p, i, k) * entry(a, i, k))
    return over_observations(w[i] * row**2) - over_observations(w[i] * row) ** 2


@quantity(r"\sum_iw_i\operatorname{{Var}}(a_{{iY}}\mid i)")
def mean_variance_within(p: Any, a: Any) -> Any:
    """The mean over inputs of the variance over labels."""
    row = entry(p, i, k) * entry(a, i, k)
    return over_observations(w[i] * (over_classes(row * entry(a, i, k)) - over_classes(row) ** 2))


variance_of_hard = Chain(
    start=variance_of_the_hard_loss(any_p, a),
    steps=(
        (
            variance_of_the_soft_loss(any_p, a) + mean_variance_within(any_p, a),
            "add and subtract the squares of the conditional means",
        ),
    ),
    given=mean_of_hard.given,
)
"""The law of total variance, for labels with zeros too."""

prior = IndexedBase("varrho", positive=True)
posterior = prior[k] * lam[k] / over_classes(prior[l] * lam[l], l)
ratio_to_the_prior = posterior / prior[k]
label_of_the_posterior = Chain(
    start=ratio_to_the_prior.xreplace({k: j}) / over_classes(ratio_to_the_prior),
    steps=((lam[j] / over_classes(lam[k]), "the prior and the evidence cancel"),),
    given=(classes, chosen, positive(lam, K), positive(prior, K)),
)
"""A posterior over its prior, normalised, is the likelihood, normalised."""
any_lam = IndexedBase("lambda", nonnegative=True)
likelihood_of_evidence = Chain(
    start=over_classes(q[l] * over_classes(any_lam[k] * KroneckerDelta(k, l)), l),
    steps=((over_classes(any_lam[k] * q[k]), "given the class l it has the likelihood of l"),),
    given=(classes, simplex(q, K), nonnegative(any_lam, K)),
)
"""What an observation has as its likelihood, averaged over the class."""

# The same on the m classes where lambda is positive
some_classes, every_class = size(support_size, 1, 4), classes
any_model = positive(q, support_size)
likelihood_on_support = Chain(
    start=Sum(
        q[l] * over_support(lam[k] * KroneckerDelta(k, l)),
        (l, 1, support_size),
    ),
    steps=((on_classes, "given the class l it has the likelihood of l"),),
    given=(some_classes, any_model, positive(lam, support_size)),
)
"""What an observation has as its likelihood, averaged over the classes that can bring it about."""
posterior_on_support = prior[k] * lam[k] / Sum(prior[l] * lam[l], (l, 1, support_size))
over_its_prior = posterior_on_support / prior[k]


@quantity(r"\frac{{p_{0}/\varrho_{0}}}{{\sum_kp_k/\varrho_k}}")
def posterior_over_the_prior(place: Any) -> Any:
    """An entry of the posterior p over its prior, normalised."""
    return over_its_prior.xreplace({k: place}) / over_support(over_its_prior)


evidence_of_the_posterior = Chain(
    start=posterior_over_the_prior(j),
    steps=((lam[j] / over_support(lam[k]), "the prior and the evidence cancel"),),
    given=(
        some_classes,
        index(j, support_size),
        positive(lam, support_size),
        positive(prior, support_size),
    ),
)
"""A posterior over its prior, normalised, is the likelihood, normalised, with zeros too."""

# Where virtual evidence leads: p_k is the largest entry over 1 + a_k, on the m classes where both
# p and q are positive
largest, falls_short = Symbol("p_max", positive=True), IndexedBase("a", nonnegative=True)
evidence_of_p = over_support(largest * q[k] / (1 + falls_short[k]))
missed = over_support(q[k] * falls_short[k] / (1 + falls_short[k]))


@quantity(r"-\log\langle p,{}\rangle")
def loss_of_evidence(q: Any) -> Any:
    """Minus the logarithm of the mean of p over the prediction."""
    return -log(over_support(largest * entry(q, k) / (1 + falls_short[k])))


with_a_share = on_support[3]  # q sums to s on these classes
best_on_the_modes = Bounded(
    start=loss_of_evidence(q),
    relation=">=",
    steps=(
        (
            Termwise(lemma=logarithm, weight=1, argument=evidence_of_p / largest),
            1 - evidence_of_p / largest - log(largest),
            "log t is at most t - 1, at the mean over the largest",
        ),
        (
            "=",
            1 - support_share + missed - log(largest),
            "1/(1 + a) is 1 minus a/(1 + a); q sums to s",
        ),
        (
            Dropped(amount=1 - support_share + missed),
            -log(largest),
            "neither classes without p nor smaller entries lower it",
        ),
    ),
    given=(
        some_classes,
        share(largest),
        share(support_share),
        with_a_share,
        nonnegative(falls_short, support_size),
    ),
    mistakes={
        "every prediction does as well": {},
        "it may be lower by one nat": 1 - log(largest),
    },
)
"""The loss of virtual evidence is least on the classes of largest p."""

# A noisy channel: T[k, j] is the chance of reading j in class k; c solves T c = z, so that c[j] is
# what the corrected label of reading j gives with the logits
T, corrected = IndexedBase("T", nonnegative=True), IndexedBase("c", real=True)


def _channel(random: Source, known: Mapping) -> list[list[Any]]:
    """An invertible one with zeros: each class is read as itself more often than not."""
    return [
        [(a + 2 * (other == place)) / 3 for other, a in enumerate(_reading(random, known[K]))]
        for place in range(known[K])
    ]


def _reading(random: Source, length: int) -> list[Any]:
    at = random.randrange(length)
    vertex = [Rational(int(place == at)) for place in range(length)]
    return random.choice([vertex, shares(random, length)])


def _solution(random: Source, known: Mapping) -> list[Any]:
    return list(Matrix(known[T]).inv() * Matrix(known[z]))


channel = simplex(T, K, K)._replace(draw=_channel)
solved = Given(
    symbol=corrected,
    draw=_solution,
    facts=((Sum(T[l, j] * corrected[j], (j, 1, K)), z[l]),),
)
unbiased = Chain(
    start=Sum(T[l, j] * (lse - corrected[j]), (j, 1, K)),
    steps=(
        (lse - Sum(T[l, j] * corrected[j], (j, 1, K)), "the chances of the readings sum to 1"),
        (lse - z[l], "the inverse undoes the channel"),
    ),
    given=(every_class, index(l, K), channel, real(z, K), solved),
)
"""The mean of the corrected loss, given the class, is the clean loss."""
observed = Chain(
    start=Sum(q[l] * Sum(T[k, j] * KroneckerDelta(k, l), (k, 1, K)), (l, 1, K)),
    steps=((Sum(T[k, j] * q[k], (k, 1, K)), "given the class l it has the chance of l"),),
    given=(every_class, index(j, K), simplex(q, K), channel),
)
"""The chance of a reading: an entry of the transposed channel times the prediction."""
of_readings = Sum(corrected[j] * Sum(T[k, j] * q[k], (k, 1, K)), (j, 1, K))
of_classes = Sum(q[k] * Sum(T[k, j] * corrected[j], (j, 1, K)), (k, 1, K))
means_are_told = Chain(
    start=of_readings,
    steps=((of_classes, "exchange the sums"),),
    given=(every_class, simplex(q, K), channel, real(corrected, K)),
)
"""A mean over the readings is a mean over the classes, of c through the channel."""

change, step_along = IndexedBase("d", real=True), Symbol("varepsilon", positive=True)
change_seen = Sum(T[k, j] * change[k], (k, 1, K))
change_is_seen = Chain(
    start=Sum(change[k], (k, 1, K)),
    steps=(
        (
            Sum(change[k] * Sum(T[k, j], (j, 1, K)), (k, 1, K)),
            "the chances of the readings sum to 1",
        ),
        (Sum(change_seen, (j, 1, K)), "exchange the sums"),
    ),
    given=(every_class, channel, real(change, K)),
)
"""A change of the chances of the classes has the sum of its change of those of the readings."""
readings_of_a_change = Chain(
    start=Sum(T[k, j] * (q[k] + step_along * change[k]), (k, 1, K)),
    steps=((Sum(T[k, j] * q[k], (k, 1, K)) + step_along * change_seen, "a sum of two"),),
    given=(
        every_class,
        index(j, K),
        simplex(q, K),
        channel,
        real(change, K),
        number(step_along, 0, 1),
    ),
)
"""The readings of a distribution that is changed."""

# Labels that are no distributions
some_a = IndexedBase("r", nonnegative=True)
weighted = Chain(
    start=loss_of_any_label(some_a, z),
    steps=((total_of(some_a) * loss_of_the_shares(some_a, z), "take it out"),),
    given=(every_class, real(z, K), nonnegative(some_a, K).nonzero(total_of(some_a))),
)
"""For a label with total s, zeros in it: s times the cross-entropy of the label over s."""
more, step = Symbol("M", integer=True, nonnegative=True), Symbol("t", positive=True)
deficit = Symbol("b", positive=True)
along = more + 1 + exp(-step)  # the sum of exp z where one of M + 2 logits is -t, the others 0
unbounded_with_total_one = Bounded(
    start=log(along) - deficit * step,
    steps=(
        (
            Termwise(lemma=logarithm, weight=1, argument=along / (more + 2)),
            log(more + 2) + (exp(-step) - 1) / (more + 2) - deficit * step,
            "log t is at most t - 1",
        ),
        (
            Termwise(lemma=exponential, weight=exp(-step) / (more + 2), argument=step),
            log(more + 2) - step * exp(-step) / (more + 2) - deficit * step,
            "exp t is at least 1 + t",
        ),
        (
            Dropped(amount=step * exp(-step) / (more + 2)),
            log(more + 2) - deficit * step,
            "it is positive",
        ),
    ),
    given=(number(more, 0, 3), number(step, 0, 4), number(deficit, 0, 3)),
    mistakes={
        "at least 0, like a cross-entropy": {},
        "it falls twice as fast": log(more + 2) - 2 * deficit * step,
    },
)
"""With total 1 and an entry -b the loss falls without bound as that logit falls."""
short = Symbol("c", positive=True)
unbounded_with_a_negative_total = Bounded(
    start=-short * log(along) - deficit * step,
    steps=(
        (
            Termwise(lemma=logarithm, weight=short, argument=1 / along),
            short * (1 / along - 1) - deficit * step,
            "log t is at most t - 1, at one over the sum",
        ),
        (
            Dropped(amount=short * (more + exp(-step)) / along),
            -deficit * step,
            "the sum is at least 1",
        ),
    ),
    given=(*unbounded_with_total_one.given, number(short, 0, 3)),
    mistakes={
        "bounded by that alone": {},
        "with a negative total it falls twice as fast": -2 * deficit * step - short,
    },
)
"""With total -c below 0 as well."""

# A population: losses of data sets d, each at least the least one that it allows
least, beyond = IndexedBase("m", real=True), IndexedBase("d", nonnegative=True)


@quantity(r"\operatorname{{E}}\min_\theta \ell")
def mean_of_the_least(m: Any) -> Any:
    """The mean over data sets of the least loss."""
    return over_observations(w[i] * entry(m, i))


@quantity(r"\operatorname{{E}}\,\ell(\theta)")
def mean_at_one_parameter(m: Any, a: Any) -> Any:
    """The mean over data sets of the loss at one parameter."""
    return over_observations(w[i] * (entry(m, i) + entry(a, i)))


weights = total_variance.given[2]
least_is_below = Bounded(
    start=mean_of_the_least(least),
    steps=(
        (
            Dropped(amount=over_observations(w[i] * beyond[i])),
            mean_at_one_parameter(least, beyond),
            "a loss is at least the least one of its data",
        ),
    ),
    given=(size(N, 1, 4), weights, real(least, N), nonnegative(beyond, N)),
    mistakes={
        "the minimised loss is unbiased": {},
        "it is lower by one nat": mean_at_one_parameter(least, beyond) - 1,
    },
)
"""On average the least training loss is at most the loss at any one parameter."""


read, foreseen = IndexedBase("r", positive=True), IndexedBase("u", positive=True)
readings = support(p=read, q=foreseen, m=support_size, s=support_share)
H_of_readings, entropy_of_readings, _ = on_support_named
readings_are_matched = Bounded(
    start=H_of_readings(read, foreseen),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=read[k],
                argument=foreseen[k] / read[k],
                limits=in_the_support,
            ),
            entropy_of_readings(read) + over_support(read[k] - foreseen[k]),
            "log t is at most t - 1, at u over r",
        ),
        (
            "=",
            entropy_of_readings(read) + 1 - support_share,
            "r sums to 1, and u to s on the support of r",
        ),
        (Dropped(amount=1 - support_share), entropy_of_readings(read), "u has no more than 1"),
    ),
    given=readings,
    equality={foreseen[k]: read[k], support_share: 1},
    mistakes={
        "every prediction of the readings does": {},
        "twice the entropy lies below": 2 * entropy_of_readings(read),
    },
)
"""The loss of readings is least where their distribution is foreseen, and nowhere else."""
