"""Chapter 8: what a soft label may mean."""

from sympy import Derivative, IndexedBase, KroneckerDelta, Rational, Symbol, exp, log

from xentlib.derivations.categorical import softmax_l
from xentlib.derivations.cross_entropy import any_p
from xentlib.derivations.lemmas import in_the_support, logarithm, on_support, over_support
from xentlib.derivations.lemmas import m as support_size
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
    softmax,
    z,
)
from xentlib.verify import Bounded, Dropped, Termwise
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import index, nonnegative, number, positive, real, simplex, size

classes, chosen = size(K), index(j, K)
r, lam, w = (IndexedBase(letter, positive=True) for letter in ("r", "lambda", "w"))
a = IndexedBase("a", real=True)

spread = Chain(
    start=over_classes(any_p[l] * over_classes((q[k] - KroneckerDelta(k, l)) ** 2), l)
    - over_classes((q[k] - any_p[k]) ** 2),
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
    start=Derivative(lse - log(over_classes(lam[k] * exp(z[k]))), z[j]),
    steps=((softmax - responsibility, "two logarithms of sums"),),
    given=(classes, chosen, real(z, K), positive(lam, K)),
)
"""The gradient of -log Σ λ q in the logits: prediction less responsibilities."""
evidence = over_classes(lam[k] * q[k])
bound = (
    over_classes(r[k] * log(q[k]))
    + over_classes(r[k] * log(lam[k]))
    - over_classes(r[k] * log(r[k]))
)
em_gap = Chain(
    start=log(evidence) - bound,
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
total_variance = Chain(
    start=over_observations(w[i] * over_classes(p[i, k] * a[i, k] ** 2)) - mean**2,
    steps=(
        (of_the_soft_loss + within_inputs, "add and subtract the squares of the conditional means"),
    ),
    given=(
        classes,
        size(N),
        simplex(w, N)._replace(facts=((over_observations(w[i]), Rational(1)),)),
        simplex(p, K, N),
        real(a, K, N),
    ),
)
"""The variance of a hard loss: that of the soft loss, plus the mean within the inputs."""

mass = over_classes(a[k])
unnormalised = Chain(
    start=mass * lse - over_classes(a[k] * z[k]),
    steps=((mass * (lse - over_classes(a[k] / mass * z[k])), "take the total out"),),
    given=(classes, real(z, K), positive(a, K)),
)
"""For a label with total s: s times the cross-entropy of the label over s."""
unnormalised_gradient = Chain(
    start=Derivative(mass * lse - over_classes(a[k] * z[k]), z[j]),
    steps=((mass * softmax - a[j], "differentiate the logarithm of the sum"),),
    given=(classes, chosen, real(z, K), real(a, K)),
)
"""Its gradient in the logits: s softmax - label."""
unnormalised_hessian = Chain(
    start=Derivative(mass * softmax - a[j], z[l]),
    steps=(
        (
            mass * (softmax * KroneckerDelta(j, l) - softmax * softmax_l),
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
        number(rho, 0, 1),
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
        ("=", not_the_same, "two draws differ: all pairs, less those of one class"),
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
        size(N),
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
variance_of_hard = Chain(
    start=over_observations(w[i] * over_classes(some_p * a[i, k] ** 2)) - any_mean**2,
    steps=(
        (
            any_soft_variance + any_variance_within,
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
