"""Chapter 8: five meanings of a soft label."""

from fractions import Fraction as F
from itertools import permutations, product

import numpy as np
from sympy import KroneckerDelta, Matrix, Rational, Symbol, exp, limit, log, oo

import xentlib
from xentlib.claims._finite import arg_max, interior, lattice, normalised, power, prod
from xentlib.claims._library import hessian_entry
from xentlib.derivations import five_meanings as derived
from xentlib.derivations.lemmas import m, s
from xentlib.derivations.quantities import on_support
from xentlib.derivations.symbols import K, N, k, l, over_classes, p, q, softmax
from xentlib.verify import Claim
from xentlib.verify import samples as domains
from xentlib.verify.evidence import (
    Argued,
    Derived,
    Exact,
    Sampled,
    at_least,
    equal,
    less,
)
from xentlib.verify.faces import support
from xentlib.verify.formal import Formal
from xentlib.verify.hypotheses import (
    index,
    nonnegative,
    number,
    positive,
    real,
    share,
    simplex,
    size,
)
from xentlib.verify.quantity import AtLeast, AtMost

t = Symbol("t", real=True)


def _trace_of_the_gradients(p, q, K):
    """Of the covariance of the library's gradients, for a hard label drawn from p."""
    gradients = xentlib.softmax_cross_entropy_value_and_grad(np.log([q] * K), np.eye(K))[1]
    return np.dot(p, ((gradients - np.dot(p, gradients)) ** 2).sum(axis=1))


sampled_gradient = Claim(
    title="What sampling a hard label costs",
    statement=(
        r"Draw one hard label $Y$ from $p\in\Delta$ and use the gradient $q-e_Y$ in the "
        r"logits, $q_j-\delta_{jl}$ for $Y=l$. Its mean is $q-p$: $<mean>$. The trace of"
        r" its covariance is $1-\|p\|_2^2$, whatever $q$ is: $<trace>$. It is never "
        r"negative, $<zero>$, and 0 iff no two classes have a share each: iff $p$ is a "
        r"vertex."
    ),
    relations={
        "mean": derived.gradient_of_a_draw.states,
        "trace": derived.spread.states,
        "zero": AtLeast(derived.spread.last, 0),
    },
    for_all=(size(K, 1), index(derived.j, K), simplex(derived.any_p, K), simplex(q, K)),
    evidence=(
        Derived(
            part="the trace",
            of="trace",
            chain=derived.spread,
            computes=_trace_of_the_gradients,
            mistakes={
                "the squared norm itself": over_classes(derived.any_p[k] ** 2),
                "the entropy of q": -over_classes(q[k] * log(q[k])),
                "one minus a sum of cubes": 1 - over_classes(derived.any_p[k] ** 3),
            },
        ),
        Derived(
            part="the mean",
            of="mean",
            chain=derived.gradient_of_a_draw,
            mistakes={"the label itself": derived.any_p[derived.j]},
        ),
        derived.sampling_costs.as_part("the zero", of="zero"),
        Formal(
            part="",
            of="mean",
            theorem="sampled_gradient_mean",
        ),
        Formal(
            part="",
            of="trace",
            theorem="sampled_gradient_trace",
        ),
        Formal(
            part="",
            of="zero",
            theorem="sampled_gradient_zero",
        ),
    ),
    uses=("cross_entropy.expected_log_likelihood",),
)


rao_blackwell = Claim(
    title="The Rao-Blackwell effect of soft labels",
    statement=(
        r"Of $N$ inputs with weights $w_i$ that sum to 1, let input $i$ have the label "
        r"$p_i\in\Delta$ and the finite losses $a_{ik}=-\log q_k(x_i)$. The soft loss is"
        r" $H(p_i,q(x_i))=\sum_kp_{ik}a_{ik}$; the hard loss is $a_{iY}$ with $Y$ drawn "
        r"from $p_i$. Both have one mean, $<mean>$, and the variance of the hard loss is"
        r" that of the soft loss plus the mean of the variances within the inputs: "
        r"$<variance>$."
    ),
    relations={
        "mean": derived.mean_of_hard.states,
        "variance": derived.variance_of_hard.states,
    },
    for_all=(
        size(K, 1),
        size(N, 1),
        derived.weights,
        simplex(derived.any_p, K, N),
        real(derived.a, K, N),
    ),
    meaning=(
        r"In general: let the label be $\pi(X)$ itself, or let $Y$ be drawn from $P$ "
        r"given $(X,P)$, with finite second moments; write $\pi(X)$ for $P$ in the "
        r"second case, and condition on $P$ too. Then "
        r"$\operatorname{Var}\ell_{\text{hard}}"
        r"=\operatorname{Var}\ell_{\text{soft}}"
        r"+\operatorname{E}\operatorname{Var}(-\log"
        r" q_Y\mid X)$, by the law of total variance. A teacher's label that is not "
        r"$\pi(X)$ has, in general, another mean."
    ),
    evidence=(
        Derived(
            part="one mean",
            of="mean",
            chain=derived.mean_of_hard,
            mistakes={
                "any teacher's label, such as equal shares": derived.of_equal_shares,
            },
        ),
        Derived(
            part="the variance",
            of="variance",
            chain=derived.variance_of_hard,
            mistakes={
                "the variance of the soft loss alone": derived.any_soft_variance,
                "what is within the inputs alone": derived.any_variance_within,
            },
        ),
        Formal(
            part="",
            of="mean",
            theorem="rao_blackwell_mean",
        ),
        Formal(
            part="",
            of="variance",
            theorem="rao_blackwell_variance",
        ),
    ),
    uses=(sampled_gradient,),
)


def _arithmetic(label, model):
    return sum(a * b for a, b in zip(label, model, strict=True))


def _likelihood_of_evidence(q, **named):
    """The library's likelihood of the observation, from logits."""
    return np.exp(-xentlib.virtual_evidence_loss(np.log(q), named["lambda"]))


virtual_evidence = Claim(
    title="Virtual evidence",
    statement=(
        r"Let an observation $O$ be independent of $x$ given the class, with $P(O=o\mid "
        r"Y=k)=\lambda_k$, positive on $m$ classes. Then its likelihood, $\lambda_l$ "
        r"averaged over the class $l$, is an *arithmetic* mean: $<likelihood>$. For "
        r"$p\in\Delta$ with these classes, as for $p=\lambda/\sum\lambda$, and $q>0$ on "
        r"them: $<bound>$, with equality iff $q$ is constant there. If $p$ is a "
        r"labeller's *posterior* under a prior $\varrho>0$, then $\lambda_k\propto "
        r"p_k/\varrho_k$: $<posterior>$."
    ),
    relations={
        "likelihood": derived.likelihood_on_support.states,
        "bound": AtMost(derived.virtual_evidence_is_below.start, on_support.cross_entropy(p, q)),
        "posterior": derived.evidence_of_the_posterior.states,
    },
    for_all=(
        size(m, 1),
        simplex(p, m),
        positive(q, m),
        positive(derived.lam, m),
        positive(derived.prior, m),
        index(derived.j, m),
    ),
    evidence=(
        Derived(
            part="the likelihood, of all classes",
            chain=derived.likelihood_of_evidence,
            computes=_likelihood_of_evidence,
            mistakes={
                "identified with cross-entropy": exp(over_classes(derived.any_lam[k] * log(q[k]))),
            },
        ),
        Derived(part="the likelihood", of="likelihood", chain=derived.likelihood_on_support),
        derived.virtual_evidence_is_below.as_part("the inequality and its equality", of="bound"),
        Derived(part="the posterior", of="posterior", chain=derived.evidence_of_the_posterior),
        Derived(
            part="a labeller's posterior",
            chain=derived.label_of_the_posterior,
            mistakes={"the posterior used as λ": derived.posterior.xreplace({k: derived.j})},
        ),
        Formal(
            part="",
            of="likelihood",
            theorem="virtual_evidence_likelihood",
        ),
        Formal(
            part="",
            of="bound",
            theorem="virtual_evidence_bound",
        ),
        Formal(
            part="",
            of="posterior",
            theorem="virtual_evidence_posterior",
        ),
    ),
    uses=("cross_entropy.expected_log_likelihood",),
)


def _log_shares(z):
    """log softmax by NumPy alone."""
    return z - np.logaddexp.reduce(z)


def _minimisers(label, models):
    return arg_max({model: _arithmetic(label, model) for model in models})


def _on_the_modes(label, models):
    modes = {place for place, a in enumerate(label) if a == max(label)}
    return frozenset(
        model for model in models if all(place in modes for place, b in enumerate(model) if b)
    )


GRID = tuple(lattice(3, 5))


def _second_derivative(u, a, b):
    """Of -log(p₁σ(z) + p₂σ(-z)) in z, at e^z = u: the variance of a coin of q minus that of a coin
    of r.
    """
    sigma, r = u / (1 + u), a * u / (a * u + b)
    return sigma * (1 - sigma) - r * (1 - r)


def _library_gradient(z, j, K, **named):
    """The slope of the virtual evidence loss in one logit."""
    return xentlib.virtual_evidence_loss_value_and_grad(z, named["lambda"])[1][j - 1]


def _best_vertices(label):
    """The best predictions that are vertices."""
    return frozenset(model for model in _on_the_modes(label, GRID) if max(model) == 1)


virtual_evidence_optimum = Claim(
    title="Where virtual evidence leads",
    statement=(
        r"Let $p_{\max}$ be the largest entry of $p$. On the $m$ classes where $p$ and "
        r"$q$ are positive let $p_k=p_{\max}/(1+a_k)$, $a_k\ge0$, and let $q$ sum to "
        r"$s\le1$ there: $<least>$, with equality iff $s=1$ and $a_k=0$ for all of them. "
        r"So, with $q$ free, the minimisers of $-\log\langle p,q\rangle$ are all $q$ "
        r"supported on the classes of largest $p_k$. In the logits $z$ of $q$ the "
        r"gradient, for any $\lambda>0$ in the place of $p$, is $q-r$ with "
        r"$r_j=\lambda_jq_j/\langle\lambda,q\rangle$: $<gradient>$."
    ),
    relations={
        "least": derived.best_on_the_modes.states,
        "gradient": derived.evidence_gradient.states,
    },
    for_all=(
        size(m, 1),
        share(derived.largest),
        share(s),
        derived.with_a_share,
        nonnegative(derived.falls_short, m),
        size(K, 1),
        index(derived.j, K),
        real(derived.z, K),
        positive(derived.lam, K),
    ),
    meaning=(
        r"For $p=(.5,.3,.2)$ it is only $(1,0,0)$, where cross-entropy has $q=p$. The "
        r"loss is not convex in the logits."
    ),
    evidence=(
        Exact(
            part="21 predictions, all labels on a lattice",
            cases=lambda: [(label,) for label in lattice(3, 5)],
            lhs=lambda label: _minimisers(label, GRID),
            rhs=lambda label: _on_the_modes(label, GRID),
            mistakes={
                "the minimiser is p": lambda label: frozenset({label}),
                "only vertices": _best_vertices,
            },
        ),
        Derived(
            part="",
            of="gradient",
            chain=derived.evidence_gradient,
            computes=_library_gradient,
            mistakes={
                "the gradient of cross-entropy": softmax
                - derived.lam[derived.j] / over_classes(derived.lam[k]),
                "r - q": -derived.evidence_gradient.last,
            },
        ),
        Derived(
            part="two classes: the curvature",
            chain=derived.curvature,
            mistakes={
                "the curvature of cross-entropy": exp(derived.z[1]) / (1 + exp(derived.z[1])) ** 2
            },
        ),
        Exact(
            part="its sign for p = (9/10, 1/10), at e^z = 1/20, 1/9 and 1/5",
            cases=lambda: [(F(1, 20),), (F(1, 9),), (F(1, 5),)],
            lhs=lambda u: _second_derivative(u, F(9, 10), F(1, 10)),
            rhs=lambda u: F(0),
            mistakes={"convex in the logits": dict(relation=at_least)},
            relation=less,
        ),
        derived.best_on_the_modes.as_part("", of="least"),
    ),
    uses=(virtual_evidence,),
)

ITEMS = ((F(9, 10), F(1, 10)), (F(3, 5), F(2, 5)), (F(1, 5), F(4, 5)), (F(7, 10), F(3, 10)))


def _step(theta, responsibilities=None):
    """One EM step for one coin θ that all items share: the mean responsibility."""
    responsibilities = responsibilities or [
        a * theta / (a * theta + b * (1 - theta)) for a, b in ITEMS
    ]
    return sum(responsibilities) / len(responsibilities)


def _likelihood(theta):
    return prod(a * theta + b * (1 - theta) for a, b in ITEMS)


def _path(theta, steps=4):
    path = [theta]
    for _ in range(steps):
        path.append(_step(path[-1]))
    return path


def _climb():
    return [
        (before, after)
        for start in (F(1, 10), F(1, 2), F(9, 10))
        for path in [_path(start)]
        for before, after in zip(path, path[1:], strict=False)
    ]


def _gap_to_responsibilities(r, q, K, **named):
    """KL of r from the library's responsibilities."""
    return xentlib.kl_divergence(r, xentlib.responsibilities(np.log(q), named["lambda"]))


em_step = Claim(
    title="EM: responsibilities as soft labels",
    statement=(
        r"Let $r\in\Delta$, let $\lambda$ and $q$ be positive on the $m$ classes where "
        r"$r$ is, and let $\rho\ge0$ be what the other classes add to the evidence "
        r"$\langle\lambda,q\rangle$. Then $<bound>$, with equality iff "
        r"$r_k=\lambda_kq_k/\langle\lambda,q\rangle$ for every class."
    ),
    relations={"bound": AtLeast(log(derived.seen), derived.lower_bound)},
    for_all=(
        size(m, 1),
        simplex(derived.r, m),
        positive(derived.lam, m),
        positive(q, m),
        number(derived.rho, 0, 3),
    ),
    meaning=(
        r"The right side is $-H(r,q)+\sum_kr_k\log\lambda_k+H(r)$. So cross-entropy with"
        r" the *responsibilities* as soft labels is the M-step for virtual evidence, and"
        r" a step that lowers it raises the likelihood: it raises the right side, which "
        r"was equal to the left, and is at most the left after the step. The "
        r"responsibilities move with $q$: held fixed forever they do not lead to the "
        r"maximum likelihood."
    ),
    evidence=(
        derived.evidence_is_above_the_bound.as_part("", of="bound"),
        Derived(
            part="the gap is a divergence",
            chain=derived.em_gap,
            computes=_gap_to_responsibilities,
            mistakes={
                "no entropy: -H(r, q) + Σ r log λ": log(derived.evidence)
                - over_classes(derived.r[k] * log(q[k]))
                - over_classes(derived.r[k] * log(derived.lam[k])),
                "the divergence turned round": -derived.em_gap.last,
            },
        ),
        Exact(
            part="four items that share a coin: every step climbs",
            cases=_climb,
            lhs=lambda before, after: _likelihood(after),
            rhs=lambda before, after: _likelihood(before),
            mistakes={"likelihood falls": dict(relation=less)},
            relation=at_least,
        ),
        Exact(
            part="responsibilities held fixed: after the M-step a new one climbs still",
            cases=lambda: [(F(1, 2),), (F(9, 10),), (F(1, 10),)],
            lhs=lambda start: _likelihood(_step(start)),
            rhs=lambda start: _likelihood(_step(_step(start))),
            mistakes={"r fixed forever is maximum likelihood": dict(relation=equal)},
            relation=less,
        ),
        Formal(
            part="",
            of="bound",
            theorem="em_step_bound",
        ),
    ),
    uses=(virtual_evidence, "entropy_and_kl.gibbs_inequality"),
)

CHANNEL = ((F(4, 5), F(1, 5), F(0)), (F(1, 10), F(7, 10), F(1, 5)), (F(0), F(3, 10), F(7, 10)))
BLUNT = (
    (F(1, 2), F(1, 4), F(1, 4)),
    (F(1, 4), F(1, 2), F(1, 4)),
    (F(3, 8), F(3, 8), F(1, 4)),
)  # its third row is the mean of the others

NEIGHBOURS = ((F(1, 2), F(1, 2), F(0)), (F(0), F(1, 2), F(1, 2)), (F(1, 2), F(0), F(1, 2)))


def _through(model, channel):
    """Tᵀ q: the distribution of the readings."""
    return tuple(
        sum(b * row[reading] for b, row in zip(model, channel, strict=True))
        for reading in range(len(channel))
    )


def _transposed(model, channel):
    return tuple(_arithmetic(row, model) for row in channel)


def _best_for_readings(truth, channel, predicted, step=4):
    """The predictions on a lattice that maximise the expected log-likelihood of the readings,
    compared as powers.
    """
    readings = _through(truth, channel)
    return arg_max(
        {
            model: prod(
                power(b, 80 * a) for a, b in zip(readings, predicted(model), strict=True) if a
            )
            for model in lattice(3, step)
        }
    )


LATTICE = tuple(lattice(3, 4))


def _best_through(truth, channel):
    """The best predictions when the loss knows the channel."""
    return _best_for_readings(truth, channel, lambda model: _through(model, channel))


def _same_readings(truth, channel):
    """All predictions with the readings of the truth."""
    return frozenset(
        model for model in LATTICE if _through(model, channel) == _through(truth, channel)
    )


def _best_without_channel(truth, channel):
    """The best of 45 predictions when the loss does not know the channel."""
    return _best_for_readings(truth, channel, lambda model: model, 8)


def _every_reading(z):
    """The forward-corrected loss of one prediction at each reading."""
    return xentlib.forward_corrected_loss(
        np.tile(z, (len(z), 1)), np.arange(len(z)), _leaning(len(z))
    )


def _best_transposed(truth, channel):
    """The best predictions with T in place of its transpose."""
    return _best_for_readings(truth, channel, lambda model: _normal(_transposed(model, channel)))


def _transposed_reading(z):
    return -np.log(_leaning(len(z)) @ np.exp(_log_shares(z)))


noisy_channel = Claim(
    title="A known noisy channel",
    statement=(
        r"Let the label be a reading $\tilde Y$ of the class, independent of $x$ given "
        r"the class, with $T_{kj}=P(\tilde Y=j\mid Y=k)$. The chance of the reading $j$ "
        r"is $(T^{\mathsf T}q)_j$, the average over the class $l$: $<reading>$. Let the "
        r"class have the distribution $\pi$. The expected loss is the cross-entropy of "
        r"the readings, $r=T^{\mathsf T}\pi$, to those that are foreseen, $u=T^{\mathsf "
        r"T}q$, on the $m$ readings where $r$ is positive: $<least>$, with equality iff "
        r"$T^{\mathsf T}q=T^{\mathsf T}\pi$. With $q$ free, the minimiser is $\pi$, "
        r"alone and for every $\pi$, iff $T$ has full row rank. If it has, every function "
        r"of the class is $Tc$ for some $c$, and its mean under $q$ can be read off: "
        r"$<means>$. If not, some $d\ne0$ has $T^{\mathsf T}d=0$. Its entries sum to 0, as "
        r"$<balance>$, and along it no reading changes, as $<change>$: so for small "
        r"$\varepsilon$ and $\pi$ in the interior $\pi+\varepsilon d$ is as good as $\pi$."
    ),
    meaning=(
        r"A correct and identifiable model finds its parameter if $T$ has full row rank. "
        r"Cross-entropy of $q$ itself, with the readings or their frequencies as labels, "
        r"leads to $T^{\mathsf T}\pi$."
    ),
    relations={
        "reading": derived.observed.states,
        "least": derived.readings_are_matched.states,
        "means": derived.means_are_told.states,
        "balance": derived.change_is_seen.states,
        "change": derived.readings_of_a_change.states,
    },
    for_all=(
        size(K, 1),
        index(derived.j, K),
        simplex(q, K),
        simplex(derived.T, K, K),
        *support(p=derived.read, q=derived.foreseen, m=m, s=s),
        real(derived.corrected, K),
        real(derived.change, K),
        number(derived.step_along, 0, 1),
    ),
    evidence=(
        Derived(part="", of="reading", chain=derived.observed),
        Derived(
            part="",
            of="means",
            chain=derived.means_are_told,
            mistakes={
                "as if every reading were the class": over_classes(q[k] * derived.corrected[k])
            },
        ),
        Derived(
            part="",
            of="balance",
            chain=derived.change_is_seen,
            mistakes={"the first reading has it all": derived.change_seen.subs(derived.j, 1)},
        ),
        Derived(
            part="",
            of="change",
            chain=derived.readings_of_a_change,
            mistakes={"no reading sees any change": derived.observed.last},
        ),
        Exact(
            part="the limit, 15 truths, through a channel with full rank",
            cases=lambda: [(truth, CHANNEL) for truth in LATTICE],
            lhs=_best_through,
            rhs=lambda truth, channel: frozenset({truth}),
            mistakes={
                "cross-entropy onto the readings finds π": dict(lhs=_best_without_channel),
                "T for its transpose": dict(lhs=_best_transposed),
            },
        ),
        Exact(
            part="the limit, through a channel without full rank: all with the same readings",
            cases=lambda: [(truth, BLUNT) for truth in LATTICE],
            lhs=_best_through,
            rhs=_same_readings,
            mistakes={"any channel identifies π": lambda truth, channel: frozenset({truth})},
        ),
        Exact(
            part="cross-entropy onto the readings",
            cases=lambda: [(truth, NEIGHBOURS) for truth in interior(3, 4)],
            lhs=_best_without_channel,
            rhs=lambda truth, channel: frozenset({_through(truth, channel)}),
            mistakes={"it finds π itself": lambda truth, channel: frozenset({truth})},
        ),
        Sampled(
            part="the library, for every reading",
            cases=dict(z=domains.logits),
            lhs=_every_reading,
            rhs=lambda z: -np.log(np.exp(_log_shares(z)) @ _leaning(len(z))),
            mistakes={
                "T for its transpose, in the library": _transposed_reading,
                "the channel ignored": lambda z: -_log_shares(z),
            },
            where=lambda z: np.ptp(z) < 30,
        ),
        Argued(
            part="a model, and the loss without the channel",
            of="meaning",
            proof=(
                (
                    r"A correct model has $q=\pi$ at its parameter, which is the minimiser "
                    r"over all $q$, alone: so over those of the model too."
                ),
                (
                    r"Without the channel the loss is $H(T^{\mathsf T}\pi,q)$, least at "
                    r"$q=T^{\mathsf T}\pi$ alone, by <gibbs_inequality>."
                ),
            ),
        ),
        derived.readings_are_matched.as_part("", of="least"),
        Formal(
            part="",
            of="least",
            theorem="noisy_channel_least",
        ),
        Formal(
            part="",
            of="reading",
            theorem="noisy_channel_reading",
        ),
    ),
    uses=(virtual_evidence, "entropy_and_kl.gibbs_inequality"),
)


def _normal(values):
    return normalised(values) if sum(values) else values


def _leaning(size):
    """A channel for any number of classes that is not symmetric."""
    return np.array(
        [
            normalised(1.0 + 4 * (row == column) + (column > row) for column in range(size))
            for row in range(size)
        ]
    )


def _inverse(channel):
    return Matrix([[Rational(a.numerator, a.denominator) for a in row] for row in channel]).inv()


def _mean_correction(channel, true_class, corrected):
    """E[p̃ | Y = k]: the mean over readings of the corrected label."""
    size = len(channel)
    return tuple(
        sum(
            Rational(channel[true_class][j].numerator, channel[true_class][j].denominator)
            * corrected(channel, j)[place]
            for j in range(size)
        )
        for place in range(size)
    )


def _row(channel, reading):
    return tuple(_inverse(channel)[reading, :])


def _column(channel, reading):
    return tuple(_inverse(channel)[:, reading])


def _clipped(channel, reading):
    return normalised(max(a, Rational(0)) for a in _row(channel, reading))


def _channels():
    flips = ((F(3, 4), F(1, 4)), (F(1, 10), F(9, 10)))
    turns = [
        tuple(tuple(F(int(place == target)) for place in range(3)) for target in order)
        for order in permutations(range(3))
    ]
    return [CHANNEL, flips, *turns]


def _channels_and_classes():
    """Each channel with each true class."""
    return [(channel, place) for channel in _channels() for place in range(len(channel))]


def _vertex(channel, place):
    """The label of the true class."""
    return tuple(Rational(int(place == other)) for other in range(len(channel)))


def _mean_of_corrected(q):
    """The mean, under the classes q, of the library's corrected labels."""
    return (
        _leaning(len(q))
        @ xentlib.backward_corrected_labels(np.arange(len(q)), _leaning(len(q)))
        @ q
    )


def _mean_of_transposed(q):
    """The same with the corrected labels transposed."""
    return (
        _leaning(len(q))
        @ xentlib.backward_corrected_labels(np.arange(len(q)), _leaning(len(q))).T
        @ q
    )


backward_correction = Claim(
    title="Backward correction",
    statement=(
        r"Let $T$ be invertible and give the reading $\tilde y$ the label $\tilde p=$ "
        r"row $\tilde y$ of $T^{-1}$. For logits $z$ let $c=T^{-1}z$, so that "
        r"$\langle\tilde p,z\rangle=c_{\tilde y}$. The loss "
        r"$\operatorname{lse}(z)-\langle\tilde p,z\rangle$ is unbiased for the clean "
        r"one: given the class $l$, its mean over the readings is $<unbiased>$."
    ),
    relations={"unbiased": derived.unbiased.states},
    for_all=(
        size(K, 1),
        index(l, K),
        derived.channel,
        real(derived.z, K),
        derived.solved,
    ),
    meaning=(
        r"So $\operatorname{E}[\tilde p\mid Y=k]=e_k$. The entries of $\tilde p$ sum to "
        r"1, and some entry of some $\tilde p$ is negative unless $T$ is a permutation."
    ),
    evidence=(
        Derived(
            part="",
            of="unbiased",
            chain=derived.unbiased,
            mistakes={"the loss of the reading itself": derived.lse - derived.corrected[l]},
        ),
        Exact(
            part="the mean, for eight channels",
            cases=_channels_and_classes,
            lhs=lambda channel, place: _mean_correction(channel, place, _row),
            rhs=_vertex,
            mistakes={
                "clipped and renormalised": dict(
                    lhs=lambda channel, place: _mean_correction(channel, place, _clipped)
                ),
                "a column for the row": dict(
                    lhs=lambda channel, place: _mean_correction(channel, place, _column)
                ),
            },
        ),
        Exact(
            part="its sums",
            cases=lambda: [(channel,) for channel in _channels()],
            lhs=lambda channel: tuple(sum(_row(channel, j)) for j in range(len(channel))),
            rhs=lambda channel: tuple(Rational(1) for _ in channel),
            mistakes={
                "the columns of the inverse sum to 1": dict(
                    lhs=lambda channel: tuple(sum(_column(channel, j)) for j in range(len(channel)))
                )
            },
        ),
        Exact(
            part="its signs: negative somewhere, but for permutations",
            cases=lambda: [(channel,) for channel in _channels()],
            lhs=lambda channel: bool(min(_inverse(channel)) < 0),
            rhs=lambda channel: any(0 < a < 1 for row in channel for a in row),
            mistakes={
                "never negative, like the channel": lambda channel: min(map(min, channel)) < 0,
                "only where the channel has a zero": lambda channel: min(map(min, channel)) == 0,
            },
        ),
        Sampled(
            part="the library's labels, their mean given the class",
            because="entries of 0 are sums of terms that cancel",
            cases=dict(q=domains.simplex),
            lhs=_mean_of_corrected,
            rhs=lambda q: q,
            mistakes={"the labels the other way round": dict(lhs=_mean_of_transposed)},
        ),
        Argued(
            part="sums and signs",
            of="meaning",
            proof=(
                (
                    r"$\operatorname{E}[\tilde p_i\mid Y=k]=\sum_jT_{kj}(T^{-1})_{ji}$ is"
                    r" the entry $(k,i)$ of the identity."
                ),
                (
                    r"$T\mathbf 1=\mathbf 1$ gives $T^{-1}\mathbf 1=\mathbf 1$: each row "
                    r"sums to 1."
                ),
                (
                    r"If $T^{-1}$ has no negative entry, then, as $TT^{-1}=I$ is a sum of"
                    r" products that are not negative, $T_{kj}>0$ allows "
                    r"$(T^{-1})_{ji}>0$ only for $i=k$. Row $j$ of $T^{-1}$ has a "
                    r"positive entry, so column $j$ of $T$ has at most one. The $K$ rows "
                    r"of $T$ need one each, so there is one in each row and column, and "
                    r"it is 1."
                ),
            ),
        ),
        Formal(
            part="",
            of="unbiased",
            theorem="backward_correction_unbiased",
        ),
    ),
    uses=(noisy_channel,),
)


def _slope_at_infinity(first, second):
    """Slope of lse(z) Σp - ⟨p, z⟩ along z = (t, 0) as t grows."""
    total = first + second
    return limit((total * log(1 + exp(t)) - first * t) / t, t, oo)


def _weighted_loss(z, a, K):
    """The total times the library's loss of the shares."""
    return np.sum(a) * xentlib.softmax_cross_entropy(z, np.array(a) / np.sum(a))


def _weighted_hessian(z, a, j, K, **point):
    """The total times an entry of the library's Hessian."""
    return np.sum(a) * hessian_entry(z, K, j, **point)


def _totals():
    """Labels with totals 1, 1, 1, -3/2 and 5."""
    return [
        (Rational(6, 5), Rational(-1, 5)),
        (Rational(1, 2), Rational(1, 2)),
        (Rational(2), Rational(-1)),
        (Rational(-1), Rational(-1, 2)),
        (Rational(3), Rational(2)),
    ]


signed_labels = Claim(
    title="Labels that are no distributions",
    statement=(
        r"For any real label $a$ with the total $s_a$ consider "
        r"$L_a(z)=s_a\operatorname{lse}(z)-\langle a,z\rangle$. Its gradient is "
        r"$<gradient>$, and its Hessian $<hessian>$. For a "
        r"label $r\ge0$ with a total above 0 it is the total times a cross-entropy: "
        r"$<total>$. Let $K=M+2$, let the label have an entry $-b<0$, and let its logit "
        r"be $-t$, the others 0. If the label's total is 1, its loss is $<one>$; if it is "
        r"$-c<0$, its loss is $<negative>$: both are unbounded below."
    ),
    relations={
        "gradient": derived.unnormalised_gradient.states,
        "hessian": derived.unnormalised_hessian.states,
        "total": derived.weighted.states,
        "one": derived.unbounded_with_total_one.states,
        "negative": derived.unbounded_with_a_negative_total.states,
    },
    for_all=(
        size(K, 1),
        index(derived.j, K),
        index(l, K),
        real(derived.z, K),
        real(derived.a, K),
        nonnegative(derived.some_a, K).nonzero(derived.total_of(derived.some_a)),
        number(derived.more, 0, 3),
        number(derived.step, 0, 4),
        number(derived.deficit, 0, 3),
        number(derived.short, 0, 3),
    ),
    meaning=(
        r"The Hessian is the total times that of $\operatorname{lse}$, which is convex: "
        r"so $L_a$ is convex if the total is not negative, whatever the signs, and concave"
        r" if it is negative, and then some entry is. For $(1.2,-.2)$ the slope along "
        r"$z=(t,0)$ tends to $-.2$."
    ),
    evidence=(
        Derived(part="", of="total", chain=derived.weighted),
        Derived(
            part="a total other than 1",
            chain=derived.unnormalised,
            computes=_weighted_loss,
            mistakes={
                "renormalised in silence: the cross-entropy of p/s": derived.unnormalised.last
                / derived.mass,
                "the total forgotten": derived.lse - over_classes(derived.a[k] * derived.z[k]),
            },
        ),
        Derived(
            part="",
            of="gradient",
            chain=derived.unnormalised_gradient,
            computes=lambda z, a, j, K: np.sum(a) * xentlib.softmax(z)[j - 1] - a[j - 1],
            mistakes={"q - p though the total is not 1": softmax - derived.a[derived.j]},
        ),
        Derived(
            part="",
            of="hessian",
            chain=derived.unnormalised_hessian,
            computes=_weighted_hessian,
            mistakes={
                "convex for any real p: the Hessian of cross-entropy": (
                    derived.unnormalised_hessian.last / derived.mass
                ),
                "the diagonal alone": derived.mass * softmax * KroneckerDelta(derived.j, l),
            },
        ),
        Exact(
            part="the slope at infinity, for totals 1, above and below 0",
            cases=_totals,
            lhs=_slope_at_infinity,
            rhs=lambda first, second: second,
            mistakes={
                "bounded below": lambda first, second: max(second, Rational(0)),
                "as if the total were 1": lambda first, second: 1 - first,
            },
        ),
        derived.unbounded_with_total_one.as_part("", of="one"),
        derived.unbounded_with_a_negative_total.as_part("", of="negative"),
    ),
    uses=(backward_correction,),
)

COIN, TWO_MODELS = (F(1, 3), F(2, 3)), ((F(1, 3), F(2, 3)), (F(1, 2), F(1, 2)))


def _expected_power(model, size):
    """exp(-E NLL(θ)) for so many draws from the coin, by enumeration: the product of likelihoods
    to the power of their probabilities.
    """
    result = Rational(1)
    for labels in product((0, 1), repeat=size):
        result *= power(prod(model[y] for y in labels), 3**size * prod(COIN[y] for y in labels))
    return result


def _cross_entropy_power(model, size):
    return prod(power(b, 3**size * size * a) for a, b in zip(COIN, model, strict=True))


def _least_training_loss(size):
    """exp(-3^N · N · E min_q NLL/N) with q free: each data set is fitted by its own frequencies."""
    result = Rational(1)
    for labels in product((0, 1), repeat=size):
        shares = [F(labels.count(y), size) for y in (0, 1)]
        result *= power(
            prod(power(shares[y], F(1)) for y in labels), 3**size * prod(COIN[y] for y in labels)
        )
    return result


def _one_observation(model, size):
    """The power of one cross-entropy."""
    return prod(power(b, 3**size * a) for a, b in zip(COIN, model, strict=True))


def _one_sample(model, size):
    """The power of the likelihood of one sample."""
    return power(prod(model[y] for y in (0, 1, 0, 1)[:size]), F(3**size))


population_limit = Claim(
    title="The population behind the sample",
    statement=(
        r"Let pairs $(x_i,y_i)$ be iid, $\Theta$ compact, $\log q_\theta(y\mid x)$ "
        r"continuous in $\theta$ and dominated by an integrable function. Then "
        r"$\frac1N\operatorname{NLL}(\theta)\to\operatorname{E}_xH(\pi(x),q_\theta(x))$ "
        r"uniformly in $\theta$, almost surely. For finite $N$ only the *expectations* "
        r"agree, for each fixed $\theta$; the least training loss is on average at most "
        r"the least expected loss, and in general smaller. For finitely many pairs: with "
        r"inputs $i$ of chances $w_i$, labels $p_i$ and losses $a_{ik}=-\log q_k(x_i)$, "
        r"the loss of a pair has the mean of the soft losses, $<mean>$. For finitely "
        r"many data sets $i$ of chances $w_i$, with least losses $m_i$ and losses "
        r"$m_i+d_i$ at $\theta$: $<least>$."
    ),
    relations={
        "mean": derived.mean_of_hard.states,
        "least": derived.least_is_below.states,
    },
    for_all=(
        size(K, 1),
        size(N, 1),
        derived.weights,
        simplex(derived.any_p, K, N),
        real(derived.a, K, N),
        real(derived.least, N),
        nonnegative(derived.beyond, N),
    ),
    evidence=(
        Derived(
            part="the expectation, of finitely many pairs", of="mean", chain=derived.mean_of_hard
        ),
        Exact(
            part="the expectation, 1 to 4 draws, as powers",
            cases=lambda: [(model, size) for model in TWO_MODELS for size in (1, 2, 3, 4)],
            lhs=_expected_power,
            rhs=_cross_entropy_power,
            mistakes={
                "the loss of one sample is it": dict(lhs=_one_sample),
                "without N": _one_observation,
            },
        ),
        Exact(
            part="the least training loss, 1 to 4 draws, as powers",
            cases=lambda: [(size,) for size in (1, 2, 3, 4)],
            lhs=lambda size: _cross_entropy_power(COIN, size),
            rhs=_least_training_loss,
            mistakes={
                "the minimised training loss is unbiased": dict(relation=equal),
                "it is too large": dict(relation=at_least),
            },
            relation=less,
        ),
        Argued(
            part="the uniform limit",
            proof=(
                (
                    r"For each $\theta$ the limit is the strong law of large numbers, by "
                    r"domination."
                ),
                (
                    r"For $\theta_0\in\Theta$ and a ball $B$ around it, $\sup_{\theta\in "
                    r"B}|\log q_\theta-\log q_{\theta_0}|$ tends to 0 as $B$ shrinks, by "
                    r"continuity, and is dominated: so is its expectation small for some "
                    r"ball, by dominated convergence."
                ),
                (
                    r"$\Theta$ is compact, so finitely many such balls cover it. The "
                    r"strong law holds at their centres and for the suprema on them, "
                    r"almost surely; hence the limit is uniform."
                ),
                (
                    r"For every $\theta$ the least training loss is at most that of "
                    r"$\theta$; take expectations, and then the best $\theta$."
                ),
            ),
        ),
        derived.least_is_below.as_part("the least training loss", of="least"),
    ),
    uses=(
        rao_blackwell,
        "cross_entropy.asymptotic_equipartition",
        "cross_entropy.nll_is_n_cross_entropies",
    ),
)
