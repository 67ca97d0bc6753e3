"""The chapter on language models and teachers: truncated labels, samples, temperature, reverse KL
and sequences.

A teacher gives kept class k the probability τ s_k and dropped class l the probability (1 - τ) t_l;
a student, σ a_k and (1 - σ) b_l.
"""

from typing import Any

from sympy import Derivative, IndexedBase, KroneckerDelta, Sum, Symbol, exp, log, symbols

from xentlib.derivations import quantities as named
from xentlib.derivations.cross_entropy import L, over_second
from xentlib.derivations.lemmas import each_class, logarithm, square
from xentlib.derivations.symbols import K, N, i, j, k, l, over_classes, over_observations, p, q, z
from xentlib.verify import Bounded, Expectation, Expected, Termwise
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import index, number, positive, real, simplex, size
from xentlib.verify.quantity import called, entry, quantity

s, t, a, b, r = (IndexedBase(letter, positive=True) for letter in "stabr")
tau, sigma = symbols("tau sigma", positive=True)
kept, dropped = size(K), size(L)
each_dropped = ((l, 1, L),)
teacher = (kept, dropped, number(tau, 0, 1), simplex(s, K), simplex(t, L))
student = (number(sigma, 0, 1), simplex(a, K), simplex(b, L))


@quantity(r"\operatorname{{KL}}(p\,\|\,q)")
def divergence(tau: Any, s: Any, t: Any, sigma: Any, a: Any, b: Any) -> Any:
    """Of the student from the teacher, over kept and dropped classes."""
    own = tau * entry(s, k), (1 - tau) * entry(t, l)
    other = sigma * entry(a, k), (1 - sigma) * entry(b, l)
    return over_classes(own[0] * log(own[0] / other[0])) + over_second(
        own[1] * log(own[1] / other[1])
    )


@quantity(r"\operatorname{{KL}}({}\,\|\,{})")
def divergence_of_masses(tau: Any, sigma: Any) -> Any:
    """Of two bins, kept and dropped."""
    return tau * log(tau / sigma) + (1 - tau) * log((1 - tau) / (1 - sigma))


@quantity(r"\operatorname{{KL}}({}\,\|\,{})")
def divergence_of_tails(t: Any, b: Any) -> Any:
    """Within the dropped classes."""
    return over_second(entry(t, l) * log(entry(t, l) / entry(b, l)))


whole = divergence(tau, s, t, sigma, a, b)
without_the_tail = divergence_of_masses(tau, sigma) + tau * named.divergence(s, a)
three_parts = Chain(
    start=whole,
    steps=(
        (
            over_classes(tau * s[k] * (log(tau / sigma) + log(s[k] / a[k])))
            + over_second((1 - tau) * t[l] * (log((1 - tau) / (1 - sigma)) + log(t[l] / b[l]))),
            "first kept or dropped, then the class",
        ),
        (
            without_the_tail + (1 - tau) * divergence_of_tails(t, b),
            "$s$ and $t$ sum to 1",
        ),
    ),
    given=(*teacher, *student),
)
"""The divergence: of the masses, within the kept classes, and within the dropped ones."""
bucket_is_below = Bounded(
    start=whole,
    relation=">=",
    steps=(
        ("=", three_parts.last, "in three parts"),
        (
            Termwise(
                lemma=logarithm, weight=(1 - tau) * t[l], argument=b[l] / t[l], limits=each_dropped
            ),
            without_the_tail + (1 - tau) * over_second(t[l] - b[l]),
            "$\\log x\\le x-1$, at $b$ over $t$",
        ),
        ("=", without_the_tail, "both sum to 1"),
    ),
    given=(*teacher, *student),
    equality={b[l]: t[l]},
    mistakes={
        "the bucket loses nothing": {},
        "the tails' divergence is lost whole": divergence_of_masses(tau, sigma)
        + tau * named.divergence(s, a)
        + divergence_of_tails(t, b),
    },
)
"""A bucket for the tail costs at most the whole, and as much only where the tails agree."""


@quantity(r"\sum_{{k\in S}}p_k\log(p_k/q_k)")
def kept_terms(tau: Any, s: Any, sigma: Any, a: Any) -> Any:
    """Of the divergence."""
    own = tau * entry(s, k)
    return over_classes(own * log(own / (sigma * entry(a, k))))


kept_terms_are_bounded = Bounded(
    start=kept_terms(tau, s, sigma, a),
    relation=">=",
    steps=(
        (
            "=",
            tau * log(tau / sigma) + tau * over_classes(s[k] * log(s[k] / a[k])),
            "a logarithm of a product; $s$ sums to 1",
        ),
        (
            Termwise(lemma=logarithm, weight=tau * s[k], argument=a[k] / s[k], limits=each_class),
            tau * log(tau / sigma) + tau * over_classes(s[k] - a[k]),
            "$\\log x\\le x-1$, at $a$ over $s$",
        ),
        ("=", tau * log(tau / sigma), "both sum to 1"),
    ),
    given=(kept, number(tau, 0, 1), simplex(s, K), number(sigma, 0, 1), simplex(a, K)),
    equality={a[k]: s[k]},
    mistakes={
        "a part of a divergence is not negative": 0 * tau,
        "at least the divergence of the masses": divergence_of_masses(tau, sigma),
    },
)
"""The kept terms alone are below 0 where the student keeps more than the teacher."""


@quantity(r"\ell_{{\text{{bucket}}}}")
def bucket_loss(tau: Any, s: Any, sigma: Any, a: Any) -> Any:
    """The cross-entropy where the dropped classes are one class."""
    return -over_classes(tau * entry(s, k) * log(sigma * entry(a, k))) - (1 - tau) * log(1 - sigma)


@quantity(r"H({0}\,{1},1-{0})")
def bucket_entropy(tau: Any, s: Any) -> Any:
    """Of the kept probabilities, and of the tail as one class."""
    own = tau * entry(s, k)
    return -over_classes(own * log(own)) - (1 - tau) * log(1 - tau)


bucket = Chain(
    start=bucket_loss(tau, s, sigma, a),
    steps=(
        (
            bucket_entropy(tau, s) + without_the_tail,
            "an entropy and a divergence, of one class fewer to tell apart",
        ),
    ),
    given=(kept, number(tau, 0, 1), simplex(s, K), number(sigma, 0, 1), simplex(a, K)),
)
"""The loss with a bucket is a cross-entropy: its entropy, and what it keeps of the divergence."""


@quantity(r"\operatorname{{KL}}({}\,\|\,q)")
def divergence_of_kept(r: Any, sigma: Any, a: Any) -> Any:
    """From a label on the kept classes to a prediction of all."""
    return over_classes(entry(r, k) * log(entry(r, k) / (sigma * entry(a, k))))


@quantity(r"\operatorname{{KL}}({}\,\|\,p)")
def divergence_from_the_teacher(r: Any, tau: Any, s: Any) -> Any:
    """The same, to the teacher."""
    return over_classes(entry(r, k) * log(entry(r, k) / (tau * entry(s, k))))


renormalised = Chain(
    start=divergence_of_kept(s, sigma, a),
    steps=(
        (
            over_classes(s[k] * (log(s[k] / a[k]) - log(sigma))),
            "a logarithm of a product",
        ),
        (named.divergence(s, a) - log(sigma), "$s$ sums to 1"),
    ),
    given=(kept, simplex(s, K), number(sigma, 0, 1), simplex(a, K)),
)
"""A renormalised label rewards mass on the kept classes without end."""
label_is_off = Chain(
    start=divergence_from_the_teacher(s, tau, s),
    steps=((-log(tau), "each class by the same factor; $s$ sums to 1"),),
    given=(kept, number(tau, 0, 1), simplex(s, K)),
)
"""How far the renormalised label is from the teacher."""
no_kept_label_is_nearer = Bounded(
    start=divergence_from_the_teacher(r, tau, s),
    relation=">=",
    steps=(
        (
            "=",
            over_classes(r[k] * log(r[k] / s[k])) - log(tau),
            "a logarithm of a product; $r$ sums to 1",
        ),
        (
            Termwise(lemma=logarithm, weight=r[k], argument=s[k] / r[k], limits=each_class),
            over_classes(r[k] - s[k]) - log(tau),
            "$\\log x\\le x-1$, at $s$ over $r$",
        ),
        ("=", -log(tau), "both sum to 1"),
    ),
    given=(kept, number(tau, 0, 1), simplex(s, K), simplex(r, K)),
    equality={r[k]: s[k]},
    mistakes={
        "each label on the kept classes is as near": {},
        "at least twice the mass that is dropped": 2 * (1 - tau),
    },
)
"""Of all labels on the kept classes the renormalised one is nearest, and not at 0."""
distance = Chain(
    start=called(
        r"\|\tilde p-p\|_1",
        over_classes(s[k] - tau * s[k]) + over_second((1 - tau) * t[l]),
    ),
    steps=((2 * (1 - tau), "what the dropped classes lose, the kept ones gain"),),
    given=teacher,
)
"""How far the renormalised label is from the teacher, in total."""


any_s = IndexedBase("s", nonnegative=True)  # over all classes, 0 for those that are dropped


@quantity(r"-\sum_{{k\in S}}p_k\log q_k")
def raw_loss(tau: Any, s: Any, q: Any) -> Any:
    """Of the kept probabilities as they are."""
    return -over_classes(tau * entry(s, k) * log(entry(q, k)))


@quantity(r"\ell_S({2})")
def raw_loss_of_logits(tau: Any, s: Any, z: Any) -> Any:
    """The same, in the logits."""
    return -over_classes(tau * entry(s, k) * (entry(z, k) - log(over_classes(exp(entry(z, l)), l))))


raw = Chain(
    start=raw_loss(tau, any_s, q),
    steps=((tau * named.cross_entropy(any_s, q), "take the mass out"),),
    given=(kept, number(tau, 0, 1), simplex(any_s, K), positive(q, K)),
)
"""Kept probabilities that are left as they are: the renormalised label, with the weight τ."""
raw_gradient = Chain(
    start=Derivative(raw_loss_of_logits(tau, any_s, z), z[j]),
    steps=((tau * (named.softmax(z, j) - any_s[j]), "differentiate; $s$ sums to 1"),),
    given=(kept, index(j, K), number(tau, 0, 1), simplex(any_s, K), real(z, K)),
)
"""Its gradient in the logits."""

# n classes that are drawn from the teacher, as a label
n = Symbol("n", integer=True, positive=True)
x, p_k = IndexedBase("x", real=True), Symbol("p_k", positive=True)
any_p = IndexedBase("p", nonnegative=True)
draws = Expectation(
    x=x, mean=p_k, cov=p_k * (1 - p_k) * KroneckerDelta(i, j), indices=(i, j), size=n
)
variance_of_a_share = Expected(
    E=draws,
    expression=(Sum(x[i], (i, 1, n)) / n - p_k) ** 2,
    steps=((p_k * (1 - p_k) / n, "of all pairs only those of a draw with itself count"),),
    given=(size(n, 1, 4), number(p_k, 0, 1)),
    mistakes={
        "of one draw, however many there are": p_k * (1 - p_k),
        "without the chance of the other classes": p_k / n,
    },
)
"""The variance of one class's share of n draws."""
sampled_spread = Chain(
    start=called(r"\operatorname{E}\|P-p\|_2^2", over_classes(any_p[k] * (1 - any_p[k]) / n)),
    steps=(((1 - over_classes(any_p[k] ** 2)) / n, "$p$ sums to 1"),),
    given=(size(K, 1), size(n, 1, 4), simplex(any_p, K)),
)
"""The trace of the covariance of a sampled label."""

# Classes that are drawn from another law r, with weights p / r
c = IndexedBase("c", positive=True)
mean_cost = over_classes(p[l] * c[l], l)
importance = Chain(
    start=called(
        r"\operatorname{E}\tfrac{p_Y}{r_Y}e_{Yj}",
        over_classes(r[k] * (p[k] / r[k]) * KroneckerDelta(j, k)),
    ),
    steps=((p[j], "the chance of a draw cancels"),),
    given=(kept, index(j, K), simplex(p, K), simplex(r, K)),
)
"""The weights p over r make the mean label p."""
best_proposal = Bounded(
    start=called(
        r"\operatorname{E}\bigl(\tfrac{p_Y}{r_Y}c_Y\bigr)^2",
        over_classes(r[k] * (p[k] / r[k] * c[k]) ** 2),
    ),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=square,
                weight=r[k],
                argument=p[k] * c[k] / r[k] - mean_cost,
                limits=each_class,
            ),
            mean_cost**2,
            "a variance is not negative",
        ),
    ),
    given=(kept, simplex(p, K), positive(c, K), simplex(r, K)),
    equality={r[k]: p[k] * c[k] / mean_cost},
    mistakes={
        "drawing from the teacher itself is best": {r[k]: p[k]},
        "drawing each class as often is best": {r[k]: 1 / K},
        "at least the mean square": over_classes(p[k] * c[k] ** 2),
    },
)
"""Which classes to draw: in proportion to p times the length of their gradient."""
rho, pi = (Symbol(letter, positive=True) for letter in ("rho", "pi"))  # of class 1 of two
of_both = pi / rho / (pi / rho + (1 - pi) / (1 - rho))  # of class 1, where both were drawn
self_normalised = Chain(
    start=called(
        r"\operatorname{E}\tilde P_1-\pi",
        rho**2 + 2 * rho * (1 - rho) * of_both - pi,
    ),
    steps=(
        (
            (rho - pi) * ((rho - pi) ** 2 + pi * (1 - pi)) / (pi * (1 - rho) + rho * (1 - pi)),
            "one common denominator, and a square completed",
        ),
    ),
    given=(number(pi, 0, 1), number(rho, 0, 1)),
)
"""Two draws of two classes, weights divided by their sum: how far the mean label is off."""

# One prediction for N teachers' labels at a temperature
T, c_0 = Symbol("T", positive=True), Symbol("c", real=True)
mean = IndexedBase("m", positive=True)  # the mean of the tempered labels


@quantity(r"\operatorname{{softmax}}(T\log {0}+c)_{{{1}}}")
def read_at_one(m: Any, j: Any) -> Any:
    """What a student that has learnt the tempered label m says without a temperature."""
    return exp(T * log(entry(m, j)) + c_0) / over_classes(exp(T * log(entry(m, k)) + c_0))


pool = Chain(
    start=read_at_one(mean, j),
    steps=(
        (
            exp(c_0) * mean[j] ** T / over_classes(exp(c_0) * mean[k] ** T),
            "an exponential of $T$ logarithms is a power",
        ),
        (mean[j] ** T / over_classes(mean[k] ** T), "the constant cancels"),
    ),
    given=(kept, index(j, K), positive(mean, K), number(T, 0, 4), number(c_0)),
)
"""The power T of the mean tempered label, renormalised."""
w, logits = IndexedBase("w", positive=True), IndexedBase("z", real=True)
inverse = Symbol("s", real=True)  # 1 / T
of_teacher = exp(inverse * logits[i, j]) / over_classes(exp(inverse * logits[i, k]))
mean_logit = over_classes(exp(inverse * logits[i, k]) * logits[i, k]) / over_classes(
    exp(inverse * logits[i, k])
)
slope_of_the_pool = Chain(
    start=called(
        r"\frac{\partial m_j}{\partial(1/T)}\Big|_{1/T=0}",
        over_observations(w[i] * of_teacher * (logits[i, j] - mean_logit)).subs(inverse, 0),
    ),
    steps=(
        (
            over_observations(w[i] * (logits[i, j] - over_classes(logits[i, k]) / K)) / K,
            "every class has the share $1/K$",
        ),
    ),
    given=(kept, size(N), index(j, K), positive(w, N), real(logits, K, N)),
)
"""The mean tempered label at infinite temperature moves with the mean centred logits."""

# The divergence in the other direction
of_student = exp(z[k]) / over_classes(exp(z[l]), l)


@quantity(r"\operatorname{{KL}}(q\,\|\,{1})")
def reverse_divergence(z: Any, p: Any) -> Any:
    """From a prediction with the logits z to a label."""
    own = exp(entry(z, k)) / over_classes(exp(entry(z, l)), l)
    return over_classes(own * log(own / entry(p, k)))


reverse_gradient = Chain(
    start=Derivative(reverse_divergence(z, p), z[j]),
    steps=(
        (
            named.softmax(z, j) * (log(named.softmax(z, j) / p[j]) - reverse_divergence(z, p)),
            "product rule; the slopes of $q$ sum to 0",
        ),
    ),
    given=(kept, index(j, K), real(z, K), simplex(p, K)),
)
"""Its gradient in the logits."""

x_s, x_p = symbols("x lambda", real=True)  # log-odds of student and label, of two classes
share = named.sigmoid(x_s)


@quantity(r"\operatorname{{KL}}(\sigma({0})\,\|\,\sigma({1}))")
def reverse_of_two(x: Any, y: Any) -> Any:
    """From a prediction with the log-odds x to a label with the log-odds y."""
    one, other = named.sigmoid(x).unfolded, named.sigmoid(y).unfolded
    return one * log(one / other) + (1 - one) * log((1 - one) / (1 - other))


reverse_curvature = Chain(
    start=Derivative(reverse_of_two(x_s, x_p), (x_s, 2)),
    steps=((share * (1 - share) * (1 + (1 - 2 * share) * (x_s - x_p)), "differentiate twice"),),
    given=(number(x_s), number(x_p)),
)
"""Its curvature in the log-odds, of two classes."""

reward, beta = IndexedBase("r", real=True), Symbol("beta", positive=True)
log_of_the_tilt = log(over_classes(p[l] * exp(reward[l] / beta), l))


@quantity(r"\operatorname{{E}}_{0}{2}-\beta\operatorname{{KL}}({0}\,\|\,{1})")
def objective(q: Any, p: Any, r: Any) -> Any:
    """The mean reward of a policy, less what it costs to leave the reference."""
    return over_classes(entry(q, k) * entry(r, k)) - beta * over_classes(
        entry(q, k) * log(entry(q, k) / entry(p, k))
    )


@quantity(r"\tilde p_{2}")
def tilted(p: Any, r: Any, j: Any) -> Any:
    """The reference times exp(r / β), renormalised."""
    total = over_classes(entry(p, l) * exp(entry(r, l) / beta), l)
    return entry(p, j) * exp(entry(r, j) / beta) / total


@quantity(r"\beta\log\sum_k{0}_ke^{{{1}_k/\beta}}")
def best_value(p: Any, r: Any) -> Any:
    """Of the objective."""
    return beta * log(over_classes(entry(p, k) * exp(entry(r, k) / beta)))


@quantity(r"\operatorname{{KL}}({0}\,\|\,\tilde p)")
def divergence_from_the_tilt(q: Any, p: Any, r: Any) -> Any:
    """To the tilted reference."""
    return over_classes(entry(q, k) * log(entry(q, k) / tilted(p, r, k)))


rlhf = (kept, number(beta, 0, 3), simplex(p, K), real(reward, K), simplex(q, K))
projection = Chain(
    start=objective(q, p, reward),
    steps=(
        (
            best_value(p, reward) - beta * divergence_from_the_tilt(q, p, reward),
            "complete the logarithm; $q$ sums to 1",
        ),
    ),
    given=rlhf,
)
"""A regularised reward is a constant less a divergence to a soft label."""
tilt_is_best = Bounded(
    start=objective(q, p, reward),
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=beta * q[k],
                argument=tilted(p, reward, k).unfolded / q[k],
                limits=each_class,
            ),
            best_value(p, reward) + beta * over_classes(tilted(p, reward, k).unfolded - q[k]),
            "$\\log x\\le x-1$, at the tilted label over $q$",
        ),
        ("=", best_value(p, reward), "both sum to 1"),
    ),
    given=rlhf,
    equality={q[k]: tilted(p, reward, k).unfolded},
    mistakes={
        "every policy is as good": {},
        "the reference is best": {q[k]: p[k]},
        "best at the exponential of the rewards, whatever the reference": {
            q[k]: exp(reward[k] / beta) / over_classes(exp(reward[l] / beta), l)
        },
    },
)
"""The best policy is the tilted reference."""

# One token more: prefix i has the probabilities w_i and v_i, and the next token p_i and q_i
v = IndexedBase("v", positive=True)


@quantity(r"\operatorname{{KL}}(P\,\|\,Q)")
def divergence_of_sequences(w: Any, p: Any, v: Any, q: Any) -> Any:
    """Of prefix and next token together."""
    own, other = entry(w, i) * entry(p, i, k), entry(v, i) * entry(q, i, k)
    return over_observations(over_classes(own * log(own / other)))


@quantity(r"\operatorname{{KL}}({0}\,\|\,{1})")
def divergence_of_prefixes(w: Any, v: Any) -> Any:
    """Of the prefixes alone."""
    return over_observations(entry(w, i) * log(entry(w, i) / entry(v, i)))


@quantity(r"\sum_i{0}_i\operatorname{{KL}}({1}_i\,\|\,{2}_i)")
def divergence_of_tokens(w: Any, p: Any, q: Any) -> Any:
    """Of the next token, over prefixes from w."""
    each = over_classes(entry(p, i, k) * log(entry(p, i, k) / entry(q, i, k)))
    return over_observations(entry(w, i) * each)


one_token_more = Chain(
    start=divergence_of_sequences(w, p, v, q),
    steps=(
        (
            over_observations(
                w[i] * over_classes(p[i, k] * (log(w[i] / v[i]) + log(p[i, k] / q[i, k])))
            ),
            "first the prefix, then the token",
        ),
        (
            divergence_of_prefixes(w, v) + divergence_of_tokens(w, p, q),
            "the chances of the next token sum to 1",
        ),
    ),
    given=(
        kept,
        size(N),
        simplex(w, N),
        simplex(v, N),
        simplex(p, K, N),
        simplex(q, K, N),
    ),
)
"""A token more adds its divergence, on average over prefixes of the teacher."""

# A penalty on the normaliser
lam = Symbol("lambda", positive=True)


@quantity(r"\operatorname{{lse}}({})")
def normaliser(z: Any) -> Any:
    """The logarithm of what softmax divides by."""
    return log(over_classes(exp(entry(z, l)), l))


@quantity(r"\ell_\lambda({1})")
def penalised(p: Any, z: Any) -> Any:
    """Cross-entropy in the logits, with λ times the square of the log-normaliser."""
    own = normaliser(z).unfolded
    return -over_classes(entry(p, k) * (entry(z, k) - own)) + lam * own**2


penalised_gradient = Chain(
    start=Derivative(penalised(p, z), z[j]),
    steps=(
        (
            (1 + 2 * lam * normaliser(z)) * named.softmax(z, j) - p[j],
            "the normaliser has the slope $q_j$; $p$ sums to 1",
        ),
    ),
    given=(kept, index(j, K), number(lam, 0, 2), simplex(p, K), real(z, K)),
)
"""Its gradient in the logits."""
sum_of_slopes = Chain(
    start=called(
        r"\sum_j\frac{\partial\ell_\lambda}{\partial z_j}",
        over_classes(
            (1 + 2 * lam * normaliser(z).unfolded) * exp(z[k]) / over_classes(exp(z[l]), l) - p[k]
        ),
    ),
    steps=((2 * lam * normaliser(z), "$q$ sums to 1, and $p$ too"),),
    given=(kept, number(lam, 0, 2), simplex(p, K), real(z, K)),
)
"""What moving all logits alike does."""


@quantity(r"\ell_\lambda(\log {1}+{2})")
def penalised_of_prediction(p: Any, q: Any, c: Any) -> Any:
    """The same where the logits are those of a prediction, and a shift."""
    own = log(over_classes(exp(c) * entry(q, l), l))
    return -over_classes(entry(p, k) * (log(entry(q, k)) + c - own)) + lam * own**2


prediction_and_shift = (kept, number(lam, 0, 2), simplex(p, K), simplex(q, K), number(c_0))
two_parts = Chain(
    start=penalised_of_prediction(p, q, c_0),
    steps=(
        (
            -over_classes(p[k] * log(q[k])) + lam * c_0**2,
            "$q$ sums to 1, so the normaliser is $c$",
        ),
        (named.cross_entropy(p, q) + lam * c_0**2, "a cross-entropy"),
    ),
    given=prediction_and_shift,
)
"""Prediction and shift pay apart."""
penalised_is_least = Bounded(
    start=named.cross_entropy(p, q) + lam * c_0**2,
    relation=">=",
    steps=(
        (
            Termwise(lemma=logarithm, weight=p[k], argument=q[k] / p[k], limits=each_class),
            named.entropy(p) + over_classes(p[k] - q[k]) + lam * c_0**2,
            "$\\log x\\le x-1$, at $q$ over $p$",
        ),
        ("=", named.entropy(p) + lam * c_0**2, "both sum to 1"),
        (
            Termwise(lemma=square, weight=lam, argument=c_0, limits=()),
            named.entropy(p),
            "a square is not negative",
        ),
    ),
    given=prediction_and_shift,
    equality={q[k]: p[k], c_0: 0},
    mistakes={
        "any logits with the right softmax": {q[k]: p[k]},
        "drawn to the uniform prediction": {q[k]: 1 / K, c_0: 0},
        "least at twice the entropy": 2 * named.entropy(p),
    },
)
"""Free logits: the penalty takes the shift, and leaves the prediction."""


@quantity(r"\ell_\lambda({0},0)")
def penalised_of_two(x: Any) -> Any:
    """The same of two classes, of which the second has the logit 0."""
    own = log(1 + exp(x))
    return own - pi * x + lam * own**2


pinned_gradient = Chain(
    start=Derivative(penalised_of_two(x_s), x_s),
    steps=(
        (
            share * (1 + 2 * lam * log(1 + exp(x_s))) - pi,
            "differentiate",
        ),
        (
            share * (1 - 2 * lam * log(1 - share)) - pi,
            "the second class has the share $1/(1+e^x)$",
        ),
    ),
    given=(number(x_s), number(pi, 0, 1), number(lam, 0, 2)),
)
"""A logit that is held at 0: the shift is not free, and the prediction pays."""
