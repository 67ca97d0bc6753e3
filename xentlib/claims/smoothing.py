"""The chapter on label smoothing, distillation and temperature: recipes that move the target, and
where they move it.
"""

from fractions import Fraction as F
from itertools import product

import numpy as np
from mpmath import mp, mpf
from sympy import Derivative, log

from xentlib import (
    class_weighted_mean,
    cross_entropy,
    distillation_loss_value_and_grad,
    one_hot,
    smooth_labels,
    softmax_cross_entropy_hvp,
    softmax_cross_entropy_value_and_grad,
    undo_smoothing,
)
from xentlib.claims._finite import arg_max, interior, normalised, power, prod
from xentlib.claims._library import of_a_mixture
from xentlib.claims._moments import (
    FIRST,
    SAME_MEAN,
    SHIFTS,
    TWO_CLASS_POWERS,
    WEIGHTS,
    loss,
    moved,
)
from xentlib.derivations import entropy_and_kl as shapes
from xentlib.derivations import quantities as named
from xentlib.derivations import smoothing as derived
from xentlib.derivations.lemmas import m, on_support
from xentlib.derivations.symbols import K, N, c, j, k, over_classes, p, q, z
from xentlib.verify import Claim
from xentlib.verify import hypotheses as domain
from xentlib.verify.evidence import Argued, Derived, Digits, Exact, Sampled, at_most
from xentlib.verify.formal import Formal
from xentlib.verify.quantity import AtLeast, AtMost, Equal
from xentlib.verify.samples import Domain, simplex

label = derived.any_p


def _smoothed(truth, epsilon):
    return tuple((1 - epsilon) * a + epsilon / len(truth) for a in truth)


def _best(label, denominator):
    """The minimiser of H(label, ·) on a lattice, compared as exact powers."""
    return arg_max(
        {
            model: prod(power(b, 60 * a) for a, b in zip(label, model, strict=True))
            for model in interior(3, denominator)
        }
    )


def _squared_miss(truth, epsilon):
    """Squared distance of the best prediction on a lattice from the truth."""
    (best,) = _best(_smoothed(truth, epsilon), 30)
    return sum((a - b) ** 2 for a, b in zip(best, truth, strict=True))


def _library_gap(K, varepsilon):
    """The gap of the logits of a smoothed vertex."""
    first, second = np.log(smooth_labels(np.eye(K)[0], varepsilon))[:2]
    return first - second


def _smoothed_loss(K, y, q, varepsilon):
    """The loss of a smoothed hard label."""
    return cross_entropy(smooth_labels(one_hot([y - 1], K)[0], varepsilon), q)


def _library_prior(K, y, q, alpha):
    """(1 + α) times the loss of the label smoothed by α/(1 + α)."""
    return (1 + alpha) * _smoothed_loss(K, y, q, alpha / (1 + alpha))


def _library_gradient(K, j, p, z, T):
    """One entry of T times the gradient at the tempered logits: T² H by the chain rule."""
    return T * softmax_cross_entropy_value_and_grad(np.array(z) / T, p)[1][j - 1]


def _class_weighted(K, p, q, c):
    """The library's weighted loss of one row, divided by nothing."""
    return class_weighted_mean(np.log([q]), [p], c, normalize="count")


def _undone_by_others(p):
    return np.clip((smooth_labels(p, 0.3) - 0.3 / max(len(p) - 1, 1)) / 0.7, 0, 1)


def _miss_without_the_centre(truth, e):
    return e**2 * sum(a * a for a in truth)


def _truths_to_miss():
    return [
        *((truth, F(1, 2)) for truth in interior(3, 5)),
        ((F(1, 3), F(1, 3), F(1, 3)), F(3, 10)),
        ((F(2, 3), F(1, 3), F(0)), F(3, 10)),
    ]


def _optimum_and_back(truth, e):
    return (
        _best(_smoothed(truth, e), 30),
        tuple((b - e / 3) / (1 - e) for b in _smoothed(truth, e)),
    )


def _truths_to_smooth():
    return [(truth, F(3, 10)) for truth in interior(3, 3)] + [
        ((F(1), F(0), F(0)), F(3, 10)),
        ((F(2, 3), F(1, 3), F(0)), F(3, 10)),
    ]


label_smoothing = Claim(
    title="Where label smoothing leads",
    statement=(
        r"Let $p\in\Delta$, $0<\varepsilon<1$ and $u=(1/K,\dots,1/K)$. Among all $q$ "
        r"in the interior, the cross-entropy of the smoothed label "
        r"$(1-\varepsilon)p+\varepsilon u$ is least where $q$ is that label, and "
        r"nowhere else: $<least>$, with equality iff $q=(1-\varepsilon)p+\varepsilon "
        r"u$."
    ),
    relations={
        "least": AtLeast(
            derived.cross_entropy_of_smoothed(label, q), derived.entropy_of_smoothed(label)
        )
    },
    for_all=(
        domain.size(K),
        domain.simplex(label, K),
        domain.simplex(q, K),
        domain.number(derived.epsilon, 0, 1),
    ),
    meaning=(
        r"In the interior $H((1-\varepsilon)p+\varepsilon "
        r"u,q)=(1-\varepsilon)H(p,q)+\varepsilon\,(\log K+\operatorname{KL}(u\,\|\,q))$."
        r" With $q(x)$ free and the mean label $\pi$, the minimiser is "
        r"$(1-\varepsilon)\pi+\varepsilon u$: the most likely class is kept, calibration"
        r" only where $\pi=u$, and $\pi=(q-\varepsilon/K)/(1-\varepsilon)$. For a vertex"
        r" $\pi$ the gap between its logit and another is "
        r"$\log(1+K(1-\varepsilon)/\varepsilon)$, which is $4.5109$ for $K=10$, "
        r"$\varepsilon=.1$."
    ),
    evidence=(
        Derived(
            part="the loss",
            chain=derived.smoothing,
            computes=lambda p, q, varepsilon, **_: cross_entropy(smooth_labels(p, varepsilon), q),
            mistakes={
                "KL(q‖u): a confidence penalty": (1 - derived.epsilon) * shapes.cross_entropy
                + derived.epsilon * (log(K) + over_classes(q[k] * log(K * q[k]))),
                "without log K": derived.smoothing.last - derived.epsilon * log(K),
            },
        ),
        Derived(
            part="the gap",
            chain=derived.logit_gap,
            computes=_library_gap,
            mistakes={
                "log((K - 1)(1 - ε)/ε): the other convention": log(
                    (K - 1) * (1 - derived.epsilon) / derived.epsilon
                ),
                "log((1 - ε)/ε)": log((1 - derived.epsilon) / derived.epsilon),
            },
        ),
        Exact(
            part="the minimiser, and back",
            cases=_truths_to_smooth,
            lhs=_optimum_and_back,
            rhs=lambda truth, e: (frozenset({_smoothed(truth, e)}), truth),
            mistakes={"the target is π": lambda truth, e: (frozenset({truth}), truth)},
        ),
        Exact(
            part="the best prediction misses the truth, unless that is uniform: by how much",
            cases=_truths_to_miss,
            lhs=_squared_miss,
            rhs=lambda truth, e: e**2 * sum((a - F(1, 3)) ** 2 for a in truth),
            mistakes={
                "never calibrated, by ε at least": _miss_without_the_centre,
            },
        ),
        Sampled(
            part="undone by the library",
            because="a small share is what is left of 1 after the smoothing",
            cases=dict(p=simplex),
            lhs=lambda p: undo_smoothing(smooth_labels(p, 0.3), 0.3),
            rhs=lambda p: p,
            mistakes={"undone with ε/(K - 1)": dict(rhs=_undone_by_others)},
        ),
        Digits(
            part="the digits",
            cases=lambda: [()],
            lhs=lambda: mp.nstr(mp.log(1 + 10 * mpf(9)), 5),
            rhs=lambda: "4.5109",
            mistakes={"without the 1": lambda: mp.nstr(mp.log(10 * mpf(9)), 5)},
        ),
        Argued(
            part="with a free q(x), and undone",
            of="meaning",
            proof=(
                (
                    r"$H$ is affine in the label, and the smoothed label has the mean "
                    r"$(1-\varepsilon)\pi+\varepsilon u$. By <mean_label> this is the "
                    r"minimiser."
                ),
                (
                    r"$t\mapsto(1-\varepsilon)t+\frac\varepsilon K$ is increasing: the order "
                    r"of the classes is kept. Solved for $t$ it gives $\pi$ back."
                ),
                (
                    r"A parametric model projects the moved target, and the projection need "
                    r"not be a mixture with $u$: so the last step is for free $q$ only."
                ),
            ),
        ),
        derived.smoothed_labels_are_best.as_part("", of="least"),
    ),
    uses=("right_on_average.mean_label",),
)


COUNTS = ((3, 0, 0), (2, 1, 0), (4, 1, 1))
ALPHAS = (F(1, 2), F(3))


def _mixed(counts, epsilon):
    """The shares of the counts, smoothed."""
    return _smoothed([F(c, sum(counts)) for c in counts], epsilon)


def _slopes(counts, alpha, times, model):
    """The slopes e_k/q_k of Σ e_k log q_k at a prediction, as a set, for `times` copies of these
    hard labels, each with its own factor: e = c + n α/K. At a maximum on the simplex there is one.
    """
    exponents = [c * times + sum(counts) * times * alpha / 3 for c in counts]
    return frozenset(e / b for e, b in zip(exponents, model, strict=True))


def _scaled_distance(counts, alpha, times):
    """(n + α)(q - p̂) for the fit q under one fixed prior, n hard labels with the shares p̂."""
    n, fit = sum(counts) * times, normalised(F(c * times) + alpha / 3 for c in counts)
    return tuple((a - F(c, sum(counts))) * (n + alpha) for a, c in zip(fit, counts, strict=True))


def _pull_of_the_prior(counts, alpha, times):
    """α (1/K - p̂), for every number of labels."""
    return tuple(alpha * (F(1, 3) - F(c, sum(counts))) for c in counts)


def _slopes_at_another_share(counts, alpha, times):
    return _slopes(counts, alpha, times, _mixed(counts, alpha / (2 + alpha)))


def _slopes_at_the_fixed_prior(counts, alpha, times):
    return _slopes(counts, alpha, times, normalised(c * times + alpha / 3 for c in counts))


def _pull_that_grows(counts, alpha, times):
    return tuple(
        (sum(counts) * times + alpha) * pull for pull in _pull_of_the_prior(counts, alpha, times)
    )


def _slopes_at_the_smoothed(counts, alpha, times):
    return _slopes(counts, alpha, times, _mixed(counts, alpha / (1 + alpha)))


smoothing_is_a_prior_for_each_item = Claim(
    title="Smoothing as a prior for each item",
    statement=(
        r"Let $\alpha>0$, and give each item's prediction a factor with the shape of "
        r"the density $\operatorname{Dir}(1+\alpha/K)$, which is "
        r"$\prod_kq_{ik}^{\alpha/K}$. Let $p_i^\varepsilon$ be the label "
        r"$p_i\in\Delta$, smoothed by $\varepsilon=\alpha/(1+\alpha)$. The total loss "
        r"minus the logarithms of the factors is then $<prior>$. For hard labels the "
        r"left side is, up to a constant, the negative logarithm of likelihood times "
        r"factors."
    ),
    relations={
        "prior": Equal(
            derived.as_priors.start, (1 + derived.alpha) * derived.loss_of_smoothed_rows(q)
        )
    },
    for_all=(
        domain.size(K),
        domain.size(N),
        domain.simplex(label, K, N),
        domain.simplex(q, K, N),
        domain.number(derived.alpha, 0, 4),
    ),
    meaning=(
        r"Items that share $x$ multiply their factors: the penalty grows with the data, "
        r"so it is no prior on the parameters. With a free $q(x)$ the fit is "
        r"$(1-\varepsilon)\hat p_x+\varepsilon/K$ for every number of items; a *fixed* "
        r"Dirichlet prior on $q(x)$ washes out."
    ),
    evidence=(
        Derived(
            part="one item",
            chain=derived.as_a_prior,
            computes=_library_prior,
            mistakes={
                "ε = α": (1 + derived.alpha)
                * (
                    -(1 - derived.alpha) * log(q[derived.y])
                    - over_classes(derived.alpha / K * log(q[k]))
                ),
                "Dir(α/K) for Dir(1 + α/K)": derived.as_a_prior.last + over_classes(log(q[k])),
            },
        ),
        Exact(
            part="the fit to one to four copies of three sets of hard labels: all slopes are equal",
            cases=lambda: product(COUNTS, ALPHAS, (1, 2, 4)),
            lhs=_slopes_at_the_smoothed,
            rhs=lambda counts, alpha, times: frozenset({sum(counts) * times * (1 + alpha)}),
            mistakes={
                "it washes out with more items": dict(lhs=_slopes_at_the_fixed_prior),
                "shares mixed with ε = α/(2 + α)": dict(lhs=_slopes_at_another_share),
            },
        ),
        Exact(
            part="a fixed prior washes out: its distance from the shares, times n + α",
            cases=lambda: product(COUNTS, ALPHAS, (1, 2, 4)),
            lhs=_scaled_distance,
            rhs=_pull_of_the_prior,
            mistakes={"it stays where it is": _pull_that_grows},
        ),
        Argued(
            part="items that share x",
            of="meaning",
            proof=(
                (
                    r"Read in $q$, the density of $\operatorname{Dir}(1+\frac\alpha K)$ is "
                    r"proportional to $\prod_kq_k^{\alpha/K}$."
                ),
                (
                    r"The $n$ items at one $x$ with counts $c$ multiply to $\prod_kq_k^{e_k}$ "
                    r"with $e_k=c_k+n\frac\alpha K$."
                ),
                (
                    r"$\sum_ke_k\log q_k$ is largest at $q=e/\sum_ke_k$, by "
                    r"<proportions_maximise>. Here $\sum_ke_k=n(1+\alpha)$, so that is "
                    r"$(1-\varepsilon)\hat p_x+\frac\varepsilon K$ for every $n$."
                ),
                (
                    r"With one prior for $x$ the exponents are $c_k+\frac\alpha K$, and "
                    r"$\frac{c_k+\alpha/K}{n+\alpha}-\frac{c_k}n\to0$ as $n\to\infty$."
                ),
            ),
        ),
        Derived(
            part="",
            of="prior",
            chain=derived.as_priors,
            mistakes={"without the factor 1 + α": derived.as_priors.last / (1 + derived.alpha)},
        ),
    ),
    uses=("categorical.proportions_maximise", label_smoothing),
)


def _best_forward(observed, epsilon):
    """The prediction whose noised version fits the observed labels best: the noise-aware
    likelihood, as exact powers.
    """
    return arg_max(
        {
            model: prod(
                power(b, 60 * a) for a, b in zip(observed, _smoothed(model, epsilon), strict=True)
            )
            for model in interior(3, 7)
        }
    )


def _noisy_twice(truth, e):
    return (
        frozenset({_smoothed(truth, e)}),
        frozenset({_smoothed(truth, e)}),
    )


def _truth_twice(truth, e):
    return (
        frozenset({truth}),
        frozenset({truth}),
    )


def _two_optima(truth, e):
    return (
        _best(_smoothed(truth, e), 10),
        _best_forward(_smoothed(truth, e), e),
    )


def _truths_but_the_centre():
    return [(truth, F(3, 10)) for truth in interior(3, 7) if truth != (F(1, 3),) * 3][::2]


smoothing_as_noise = Claim(
    title="Smoothing trains as if labels were noisy",
    statement=(
        r"Let $\tilde Y=y$ with probability $1-\varepsilon$, and otherwise uniform on "
        r"all $K$ classes, and let $q$ be in the interior. Then the expected loss "
        r"$\operatorname{E}[-\log q_{\tilde Y}\mid y]$ is that of the smoothed label: "
        r"$<noise>$. Smoothing trains on clean labels *as if* they were noisy."
    ),
    relations={"noise": derived.as_noise.states},
    for_all=(
        domain.size(K),
        domain.index(derived.y, K),
        domain.simplex(q, K),
        domain.number(derived.epsilon, 0, 1),
    ),
    meaning=(
        r"The likelihood that knows of noise goes the opposite way: on noisy labels it "
        r"is best at a clean distribution in the interior, and only there, where "
        r"smoothing clean labels arrives at the noisy one."
    ),
    evidence=(
        Derived(
            part="",
            of="noise",
            chain=derived.as_noise,
            computes=_smoothed_loss,
            mistakes={
                "the noise never gives the label itself": -(1 - derived.epsilon) * log(q[derived.y])
                - derived.epsilon * (over_classes(log(q[k])) - log(q[derived.y])) / K,
                "the forward-corrected loss": -log(
                    (1 - derived.epsilon) * q[derived.y] + derived.epsilon / K
                ),
            },
        ),
        Exact(
            part="the two optima",
            cases=_truths_but_the_centre,
            lhs=_two_optima,
            rhs=lambda truth, e: (frozenset({_smoothed(truth, e)}), frozenset({truth})),
            mistakes={
                "smoothing equals forward correction": _truth_twice,
                "both see the noise": _noisy_twice,
            },
        ),
        Argued(
            part="the opposite way",
            of="meaning",
            proof=(
                r"The chances of the classes of $\tilde Y$ are the smoothed label.",
                (
                    r"A likelihood that knows of the noise gives the clean $q$ the loss $H$ "
                    r"from them to $(1-\varepsilon)q+\varepsilon u$: it is that of a channel, "
                    r"as in <noisy_channel>."
                ),
                (
                    r"By Gibbs' inequality it is least where $(1-\varepsilon)q+\varepsilon u$ "
                    r"is the noisy truth. As the map is one-to-one, that is at the clean "
                    r"truth, and only there."
                ),
            ),
        ),
        derived.forward_correction.as_part("the likelihood that knows of the noise"),
        Formal(
            part="",
            of="noise",
            theorem="smoothing_as_noise_noise",
        ),
    ),
    uses=(label_smoothing, "five_meanings.noisy_channel"),
)


def _softmaxes_apart(z, v):
    return np.exp(z) / np.exp(z).sum() - np.exp(v) / np.exp(v).sum()


def _slope_in_the_inverse(z, j, K, s=0.0):
    """Of the softmax of s z in s: the library's Hessian at these logits, along z."""
    return softmax_cross_entropy_hvp(s * np.array(z), z)[j - 1]


temperature = Claim(
    title="Temperature, and a loss with a factor T²",
    statement=(
        r"Let $T>0$, $q_T=\operatorname{softmax}(z/T)$, and $p\in\Delta$ any label of a "
        r"teacher. For each class $j$: $<gradient>$, which is $T(q_T-p)_j$."
    ),
    relations={
        "gradient": Equal(
            Derivative(derived.T**2 * derived.tempered_loss(label, z), z[j]),
            derived.T * (derived.at_temperature - label[j]),
        )
    },
    for_all=(
        domain.size(K),
        domain.index(j, K),
        domain.simplex(label, K),
        domain.real(z, K),
        domain.number(derived.T, 0, 4),
    ),
    meaning=(
        r"For a teacher with the logits $v$, so the label "
        r"$\operatorname{softmax}(v/T)$, this tends to $\tfrac1K[(z-\bar z)-(v-\bar "
        r"v)]$ as $T\to\infty$: the student matches centred logits. Without the "
        r"factor $T^2$ the limit is 0."
    ),
    evidence=(
        Derived(
            part="",
            of="gradient",
            chain=derived.tempered_gradient,
            computes=_library_gradient,
            mistakes={
                "without T²": derived.tempered_gradient.last / derived.T**2,
                "the slope of T² H with its chain rule forgotten": derived.tempered_gradient.last
                * derived.T,
                "as at temperature 1, times T": derived.T * (named.softmax(z, j) - label[j]),
            },
        ),
        Derived(
            part="the slope of a softmax in 1/T",
            chain=derived.slope_in_the_inverse,
            computes=_slope_in_the_inverse,
            mistakes={"the logits not centred": derived.cooled * z[j]},
        ),
        Derived(
            part="that slope where 1/T is 0",
            chain=derived.at_infinity,
            computes=_slope_in_the_inverse,
            mistakes={"the logit itself": z[j] / K, "without 1/K": z[j] - derived.mean_logit},
        ),
        Sampled(
            part="the library at T = 1000, to 5 in 1000",
            cases=dict(
                z=Domain(
                    corners=lambda classes: [np.zeros(classes)],
                    draw=lambda rng, classes: rng.normal(size=classes),
                ),
                v=Domain(
                    corners=lambda classes: [np.arange(classes) / 2.0],
                    draw=lambda rng, classes: rng.normal(size=classes),
                ),
            ),
            lhs=lambda z, v: distillation_loss_value_and_grad(z, v, 1000.0)[1],
            rhs=lambda z, v: ((z - z.mean()) - (v - v.mean())) / len(z),
            mistakes={
                "the limit is 0": lambda z, v: 0 * z,
                "the softmaxes' difference": _softmaxes_apart,
            },
            tolerance=5e-3,
            because="a limit, at a finite place",
        ),
        derived.temperature_keeps_the_order.as_part("the factor T² moves no minimiser"),
        Argued(
            part="the limit",
            of="meaning",
            proof=(
                r"Let $s=\frac1T$. At $s=0$ both $q_T$ and $p_T$ are uniform.",
                (
                    r"So $q_T-p_T=s\,\bigl(\tfrac{d}{ds}q_T-\tfrac{d}{ds}p_T\bigr)"
                    r"\big|_{s=0}+O(s^2)$, "
                    r"with the slopes $\tfrac1K(z-\bar z)$ and $\tfrac1K(v-\bar v)$, which are "
                    r"derived above."
                ),
                (
                    r"The gradient is $T(q_T-p_T)$, by <gradient_in_the_logits> and the factor "
                    r"$T^2$: it tends to the difference of the slopes. Without $T^2$ it is "
                    r"$\frac1{T^2}$ times that."
                ),
            ),
        ),
    ),
    uses=("geometry.gradient_in_the_logits",),
)

interior_simplex = Domain(
    corners=lambda classes: [np.full(classes, 1 / classes)],
    draw=lambda rng, classes: 0.9 * rng.dirichlet(np.ones(classes)) + 0.1 / classes,
)


def _moved_fit(error):
    """How far the slope moves if a teacher says .5 + error at x = .1, where the truth is .5."""
    share = mpf(1) / 2 + error
    return mp.log(share / (1 - share)) / (mpf(1) / 10)


def _loss_of_moved_labels(by, powers, *steps):
    """The loss of three labels with errors `by` times the steps, as an exact power."""
    return loss(moved(by, WEIGHTS[0], *steps), powers, WEIGHTS[0])


imperfect_teacher = Claim(
    title="An imperfect teacher",
    statement=(
        r"For any teacher's label $p\in\Delta$, truth $r\in\Delta$ and $q$ in the "
        r"interior, $<bound>$: the losses differ by at most $\|p-r\|_2\,\|\log q\|_2$."
    ),
    relations={
        "bound": AtMost(
            (named.cross_entropy(label, q) - named.cross_entropy(derived.any_r, q)) ** 2,
            over_classes((label[k] - derived.any_r[k]) ** 2) * over_classes(log(q[k]) ** 2),
        )
    },
    for_all=(
        domain.size(K),
        domain.simplex(label, K),
        domain.simplex(derived.any_r, K),
        domain.simplex(q, K),
    ),
    meaning=(
        r"So, if the teacher $p_t(x)$ is a fixed function of $x$, independent of the "
        r"student's sample, and $\pi(x)$ the truth, "
        r"$|\operatorname{E}H(p_t,q)-\operatorname{E}H(\pi,q)|"
        r"\le\operatorname{E}\|p_t-\pi\|_2\,\|\log"
        r" q\|_2$. This bounds the *loss*. The student tends to the projection of the "
        r"teacher, "
        r"$\operatorname{arg\,min}\operatorname{E}\operatorname{KL}(p_t\|q_\theta)$: for"
        r" small errors its coefficients move by about "
        r"$A^{-1}\operatorname{E}[(p_t-\pi)x^{\mathsf T}]$, which may be much more than "
        r"the error, or nothing."
    ),
    evidence=(
        Sampled(
            part="the bound",
            cases=dict(p=simplex, r=simplex, q=interior_simplex),
            lhs=lambda p, r, q: abs(cross_entropy(p, q) - cross_entropy(r, q)),
            rhs=lambda p, r, q: np.linalg.norm(p - r) * np.linalg.norm(np.log(q)),
            mistakes={
                "half of it": lambda p, r, q: np.linalg.norm(p - r) * np.linalg.norm(np.log(q)) / 2,
            },
            relation=at_most,
        ),
        derived.teacher_bound.as_part("", of="bound"),
        Derived(
            part="one input, two classes: how fast the slope moves",
            chain=derived.moved_coefficient,
            mistakes={
                "as fast as in a linear model": 1 / derived.x,
                "the inverse of A alone": derived.moved_coefficient.last / derived.x,
            },
        ),
        Digits(
            part="an error of .01 at x = .1 moves the slope by .4",
            cases=lambda: [()],
            lhs=lambda: mp.nstr(_moved_fit(mpf(1) / 100), 4),
            rhs=lambda: "0.4001",
            mistakes={
                "the logit moves so far, the slope no farther": dict(
                    lhs=lambda: mp.nstr(_moved_fit(mpf(1) / 100) / 10, 4)
                )
            },
        ),
        Exact(
            part="errors with no moment move nothing: three inputs, errors 1, -2, 1",
            cases=lambda: [(by, powers) for by in SHIFTS for powers in TWO_CLASS_POWERS],
            lhs=_loss_of_moved_labels,
            rhs=lambda by, powers: loss(FIRST, powers, WEIGHTS[0]),
            mistakes={
                "errors with the mean 0 move nothing": dict(
                    lhs=lambda by, powers: _loss_of_moved_labels(by, powers, SAME_MEAN)
                )
            },
        ),
        Argued(
            part="on average over x, and the student's limit",
            of="meaning",
            proof=(
                (
                    r"At each $x$ take the root of the bound of the statement; then the mean "
                    r"over $x$, whose absolute value is at most the mean of the absolute "
                    r"values."
                ),
                (
                    r"The labels of the student are $p_t(x)$. So by <misspecified> its fits "
                    r"tend to the projection of $p_t$."
                ),
                (
                    r"There $\operatorname{E}[(q_\theta-p_t)x^{\mathsf T}]=0$. The derivative "
                    r"of the left side in $\theta$ is $A$, that in $p_t$ is minus the moment: "
                    r"so by the implicit function theorem $\theta$ moves by "
                    r"$A^{-1}\operatorname{E}[(p_t-\pi)x^{\mathsf T}]$, to first order."
                ),
            ),
        ),
        Formal(
            part="",
            of="bound",
            theorem="imperfect_teacher_bound",
        ),
    ),
    uses=("right_on_average.misspecified", "geometry.labels_act_through_their_moments"),
)


def _reweighted(truth, costs):
    return normalised(a * c for a, c in zip(truth, costs, strict=True))


def _truths_and_costs():
    return [
        (truth, costs)
        for truth, costs in (
            ((F(1, 2), F(1, 3), F(1, 6)), (1, 3, 3)),
            ((F(1, 2), F(1, 4), F(1, 4)), (1, 3, 1)),
            ((F(1, 3), F(1, 3), F(1, 3)), (3, 1, 1)),
        )
    ]


mixed_and_weighted = Claim(
    title="Mixed labels and class weights",
    statement=(
        r"Let $p\in\Delta$, $c_k>0$ the weights of the classes, and $p^c$ the label "
        r"proportional to $c_kp_k$. Over the $m$ classes where $p$ is positive, which "
        r"are all that counts, the weighted loss is $<total>$. So it is least at "
        r"$q=p^c$, and only there: $<least>$, with equality iff $q=p^c$. The recipe "
        r"moves the target, unless $c$ is one number on the classes of $p$."
    ),
    relations={
        "total": Equal(
            derived.weighted_loss,
            derived.total_weight(c, p) * derived.cross_entropy_of_moved(c, p, q),
        ),
        "least": AtLeast(
            derived.weighted_loss, derived.total_weight(c, p) * derived.entropy_of_moved(c, p)
        ),
    },
    for_all=(*on_support, domain.positive(c, m)),
    meaning=(
        r"The cross-entropy of a mixed label $(1-t)p+tr$ is the mixture of the "
        r"cross-entropies of $p$ and $r$. So with $q$ free and the mean label $\pi$, "
        r"the minimisers are the mean mixed label, and the label $\propto c_k\pi_k$."
    ),
    evidence=(
        Derived(
            part="a mixed label",
            chain=shapes.affine_in_p,
            computes=of_a_mixture,
            mistakes={"the label with the larger share": -over_classes(p[k] * log(q[k]))},
        ),
        Derived(
            part="",
            of="total",
            chain=derived.weighted_on_support,
        ),
        Derived(
            part="class weights, in the interior",
            chain=derived.class_weights,
            computes=_class_weighted,
            mistakes={
                "the target stays": derived.weighted * shapes.cross_entropy,
                "the total forgotten": derived.class_weights.last / derived.weighted,
            },
        ),
        derived.class_weights_move_the_optimum.as_part("", of="least"),
        Exact(
            part="the minimiser with class weights",
            cases=_truths_and_costs,
            lhs=lambda truth, costs: _best(_reweighted(truth, costs), 60),
            rhs=lambda truth, costs: frozenset({_reweighted(truth, costs)}),
            mistakes={"the target is kept": lambda truth, costs: frozenset({truth})},
        ),
        Argued(
            part="with a free q, over items",
            of="meaning",
            proof=(
                (
                    r"$H$ is affine in the label, by <convexity>: so the loss of a mixed label "
                    r"is mixed."
                ),
                (
                    r"By <mean_label> the minimiser over items is the mean of their mixed "
                    r"labels."
                ),
                (
                    r"For weights, $\operatorname{E}[c_Ye_Y]=(c_k\pi_k)_k$. A positive factor "
                    r"without $q$ moves no minimiser, so this may be divided by its sum."
                ),
            ),
        ),
    ),
    uses=("right_on_average.mean_label", "entropy_and_kl.convexity"),
)
