"""The chapter on geometry: the geometry of the loss in logits, predictions and weights, and when a
fit exists.
"""

from fractions import Fraction as F
from itertools import combinations, product

import numpy as np
from sympy import Derivative, KroneckerDelta, Matrix, Rational, diag, exp, kronecker_product, zeros

from xentlib import softmax_cross_entropy_hvp, softmax_cross_entropy_value_and_grad
from xentlib.claims._finite import arg_max, lattice, prod
from xentlib.claims._library import hessian_entry, quadratic_form
from xentlib.claims._moments import (
    FIRST,
    SAME_MEAN,
    SHIFTS,
    TWO_CLASS_POWERS,
    WEIGHTS,
    divergence,
    loss,
    moved,
    predictions_of,
    scatter,
)
from xentlib.derivations import categorical as shared
from xentlib.derivations import geometry as derived
from xentlib.derivations.symbols import (
    K,
    N,
    i,
    j,
    k,
    l,
    over_classes,
    over_observations,
    p,
    q,
    v,
    z,
)
from xentlib.derivations.symbols import softmax as prediction
from xentlib.fitting import SoftmaxRegression
from xentlib.separation import existence as fit_existence
from xentlib.verify import Claim
from xentlib.verify import hypotheses as domain
from xentlib.verify.evidence import (
    Argued,
    Certified,
    Derived,
    DerivedCases,
    Exact,
    Sampled,
    equal,
    less,
)
from xentlib.verify.formal import Formal
from xentlib.verify.quantity import AtLeast, Equal
from xentlib.verify.samples import Domain, logits, simplex

label = derived.any_p


def _shares_of(z):
    """softmax by NumPy alone."""
    return np.exp(z - np.logaddexp.reduce(z))


def _less_the_likeliest_class(z, p):
    return _shares_of(z) - np.eye(len(p))[np.argmax(p)]


gradient_in_the_logits = Claim(
    title="The gradient, for any label",
    statement=(
        r"For every $p\in\Delta$, logits $z$ and class $j$: $<gradient>$. With "
        r"$q=\operatorname{softmax}(z)$ that is $q_j-p_j$."
    ),
    relations={
        "gradient": Equal(Derivative(derived.loss_of_logits(label, z), z[j]), prediction - label[j])
    },
    for_all=(domain.size(K), domain.index(j, K), domain.simplex(label, K), domain.real(z, K)),
    evidence=(
        Derived(
            part="",
            of="gradient",
            chain=derived.gradient,
            computes=lambda p, z, K, j: softmax_cross_entropy_value_and_grad(z, p)[1][j - 1],
            mistakes={
                "p - q": label[j] - prediction,
                "-p/q, the slope in q": -label[j] / prediction,
                "(q - p)/q": (prediction - label[j]) / prediction,
            },
        ),
        Sampled(
            part="logits up to ±10,000, labels on faces",
            because="q - p may cancel to 0",
            cases=dict(z=logits, p=simplex),
            lhs=lambda z, p: softmax_cross_entropy_value_and_grad(z, p)[1],
            rhs=lambda z, p: _shares_of(z) - p,
            mistakes={"prediction minus the most likely class": _less_the_likeliest_class},
        ),
        Formal(
            part="",
            of="gradient",
            theorem="gradient_in_the_logits_gradient",
        ),
    ),
    uses=("categorical.exponential_family", "cross_entropy.cross_entropy_definition"),
)

STILL = (F(1, 2), F(1, 2), F(0))
RARELY_MOVING = (
    ((F(1), STILL),),  # a label that never varies
    ((F(1, 2), STILL), (F(1, 2), (F(1, 3), F(1, 3), F(1, 3)))),
)  # laws of a label: probabilities and values
PREDICTIONS = ((F(1, 2), F(1, 4), F(1, 4)), (F(1, 3), F(1, 3), F(1, 3)))
DIRECTIONS = ((1, -1, 0), (1, 1, -2))


def _along(values, direction):
    return sum(a * d for a, d in zip(values, direction, strict=True))


def _variance_of_the_score(law, prediction, direction):
    """Of (q - P) along a direction, where P has the given law."""
    scores = [
        (mass, _along(prediction, direction) - _along(value, direction)) for mass, value in law
    ]
    mean = sum(mass * score for mass, score in scores)
    return sum(mass * (score - mean) ** 2 for mass, score in scores)


def _curvature(prediction, direction):
    """Of the loss along a direction: d' (diag q - q q') d."""
    squares = [d * d for d in direction]
    return _along(prediction, squares) - _along(prediction, direction) ** 2


def _shares_of_votes(prediction, votes):
    """The law of the shares of so many votes from q, vote by vote."""
    return [
        (
            prod(prediction[vote] for vote in drawn),
            tuple(F(drawn.count(k), votes) for k in range(len(prediction))),
        )
        for drawn in product(range(len(prediction)), repeat=votes)
    ]


def _network_curvature(p, z, v, b, **point):
    """The library's Hessian along v, and its gradient along b."""
    return np.dot(v, softmax_cross_entropy_hvp(z, v)) + np.dot(
        b, softmax_cross_entropy_value_and_grad(z, p)[1]
    )


hessian_in_the_logits = Claim(
    title="The Hessian does not depend on the label",
    statement=(
        r"For every $p\in\Delta$, let logits move along a curve, at $s=0$ from $z$ with "
        r"the velocity $v$ and the acceleration $b$. With $q$ the prediction at $s$ the "
        r"loss bends by $<curve>$. At $s=0$ that is $v^{\mathsf "
        r"T}(\operatorname{diag}q-qq^{\mathsf T})v+\sum_k(q_k-p_k)b_k$. So the Hessian "
        r"in the logits is $\operatorname{diag}q-qq^{\mathsf T}$, for any label: the "
        r"label enters only where the curve bends."
    ),
    relations={"curve": derived.in_network_weights.states},
    for_all=(
        domain.size(K),
        domain.number(derived.s),
        domain.simplex(label, K),
        domain.real(z, K),
        domain.real(v, K),
        domain.real(derived.b, K),
    ),
    meaning=(
        r"Observed and expected Hessian are one, and $n$ votes give $n$ times that. In "
        r"the weights of a network, $z=f(\theta)$, the curve bends: the term "
        r"$\sum_k(q_k-p_k)\nabla^2f_k$ is added. The *variance* of the score is another "
        r"matter: it need not be the Hessian."
    ),
    evidence=(
        Derived(
            part="in the logits",
            chain=derived.hessian,
            computes=hessian_entry,
            mistakes={
                "twice the diagonal, as some boosting takes it": 2
                * prediction
                * (1 - prediction)
                * KroneckerDelta(j, l),
                "diag p - pp'": label[j] * (KroneckerDelta(j, l) - label[l]),
                "the diagonal alone": prediction * KroneckerDelta(j, l),
            },
        ),
        Derived(
            part="",
            of="curve",
            chain=derived.in_network_weights,
            computes=_network_curvature,
            mistakes={
                "no label in it in any parametrisation": derived.in_network_weights.last
                + over_classes((label[k] - exp(derived.moved) / derived.total) * derived.b[k]),
                "the slope's sign": derived.in_network_weights.last
                + 2 * over_classes((label[k] - exp(derived.moved) / derived.total) * derived.b[k]),
            },
        ),
        Exact(
            part="the variance of the score, for shares of n votes from q: the Hessian over n",
            cases=lambda: list(product(PREDICTIONS, DIRECTIONS, (1, 2, 3))),
            lhs=lambda q, d, votes: _variance_of_the_score(_shares_of_votes(q, votes), q, d),
            rhs=lambda q, d, votes: _curvature(q, d) / votes,
            mistakes={
                "the variance of the score is the Hessian": lambda q, d, votes: _curvature(q, d),
                "n times the Hessian": lambda q, d, votes: _curvature(q, d) * votes,
            },
        ),
        Exact(
            part="a label that never varies, or hardly: less variance than curvature",
            cases=lambda: list(product(RARELY_MOVING, PREDICTIONS, DIRECTIONS)),
            lhs=_variance_of_the_score,
            rhs=lambda law, q, d: _curvature(q, d),
            mistakes={"they are equal for every law of the label": dict(relation=equal)},
            relation=less,
        ),
        Argued(
            part="n votes, several parameters",
            of="meaning",
            proof=(
                (
                    r"The loss of $n$ votes is $n$ times that of their shares, and so are its "
                    r"derivatives."
                ),
                (
                    r"Along a direction of $\theta$ the logits $f(\theta)$ of a network move "
                    r"with the velocity $\nabla f$ and the acceleration $\nabla^2f$ along it: "
                    r"that is the curve of the statement."
                ),
                r"A symmetric form is given by its values along all directions.",
            ),
        ),
    ),
    uses=(gradient_in_the_logits,),
)

hessian_in_the_prediction = Claim(
    title="In the predictions the Hessian has the label in it",
    statement=(
        r"Let $p\ge0$, $q>0$. As a function of $q$, each coordinate free, the loss bends"
        r" along $q+s\beta$, where that is positive, by $<free>$: at $s=0$ its Hessian "
        r"is $\operatorname{diag}(p_k/q_k^2)$. On the simplex, with the first $K-1$ "
        r"coordinates free, it bends by $<simplex>$: at $s=0$ the Hessian is "
        r"$\operatorname{diag}(p_k/q_k^2)_{k<K}+(p_K/q_K^2)\,\mathbf 1\mathbf 1^{\mathsf"
        r" T}$. Both depend on the label."
    ),
    relations={
        "free": derived.curvature_each_free.states,
        "simplex": derived.curvature_on_the_simplex.states,
    },
    for_all=(
        domain.size(K),
        domain.number(derived.s),
        domain.nonnegative(label, K),
        domain.positive(q, K),
        derived.any_beta.nonzero(derived.q[derived.K] - derived.s * derived.moves),
    ),
    evidence=(
        Derived(
            part="",
            of="free",
            chain=derived.curvature_each_free,
            mistakes={
                "no label in it": over_classes(derived.beta[k] ** 2 / q[k]),
                "1/q for 1/q²": over_classes(
                    label[k] * derived.beta[k] ** 2 / (q[k] + derived.s * derived.beta[k])
                ),
            },
        ),
        DerivedCases(
            part="on the simplex",
            chains=derived.reduced_hessian,
            mistakes={
                "the reduced Hessian without its last term": (
                    "K = 3, entry (1, 1)",
                    p[1] / q[1] ** 2,
                ),
                "off the diagonal what is on it": (
                    "K = 4, entry (1, 2)",
                    p[1] / q[1] ** 2 + derived.reduced_hessian["K = 4, entry (1, 2)"].last,
                ),
            },
        ),
        Derived(
            part="",
            of="simplex",
            chain=derived.curvature_on_the_simplex,
            mistakes={
                "the class that is left over forgotten": derived.over_free_classes(
                    label[k] * derived.beta[k] ** 2 / q[k] ** 2
                ),
            },
        ),
    ),
    uses=("entropy_and_kl.convexity",),
)

# designs, and weights that are logarithms of whole numbers: then predictions are rational
DESIGNS = (((1, -1), (1, 0), (1, 2)), ((1, 0), (1, 0), (1, 1)), ((1, 2), (2, 4), (3, 6)))
POWERS = (((1, 1), (1, 1), (1, 1)), ((1, 2), (3, 1), (1, 1)), ((2, 3), (1, 1), (5, 2)))


def _spread(row):
    q = Matrix([Rational(entry.numerator, entry.denominator) for entry in row])
    return diag(*q) - q * q.T


def _hessian(design, powers, swapped=False) -> Matrix:
    blocks = [
        (_spread(row), Matrix(x) * Matrix(x).T)
        for x, row in zip(design, predictions_of(design, powers), strict=True)
    ]
    return sum(
        (kronecker_product(*(block[::-1] if swapped else block)) for block in blocks),
        start=zeros(6, 6),
    )


def _form(design, powers, swapped=False):
    """The Hessian along the direction with rows (1, 2), (0, -1), (3, 1)."""
    flat = Matrix([1, 2, 0, -1, 3, 1])
    return (flat.T * _hessian(design, powers, swapped) * flat)[0]


def _variances(design, powers):
    """Σ_i Var of D x_i under the predictions, along the same direction."""
    total = 0
    for x, row in zip(design, predictions_of(design, powers), strict=True):
        moves = [a * x[0] + b * x[1] for a, b in ((1, 2), (0, -1), (3, 1))]
        mean = sum(c * m for c, m in zip(row, moves, strict=True))
        total += sum(c * (m - mean) ** 2 for c, m in zip(row, moves, strict=True))
    return total


def _cases():
    return list(product(DESIGNS, POWERS))


convex_in_the_weights = Claim(
    title="Convex in the weights",
    statement=(
        r"$W\mapsto\sum_iH(p_i,\operatorname{softmax}(Wx_i))$ is convex, for any "
        r"$p_i\in\Delta$. Along a direction $D$, with $z_i=Wx_i$ and $u_i=Dx_i$, at "
        r"$W+sD$, it bends by $<variance>$, the variance of $u_i$ under each prediction, "
        r"and $<convex>$, with equality iff every $u_i$ is constant over the classes."
    ),
    relations={
        "variance": derived.curvature_of_rows.states,
        "convex": AtLeast(derived.curvature_of_rows.start, 0),
    },
    for_all=(
        domain.size(K),
        domain.size(N),
        domain.number(derived.s),
        domain.simplex(label, K, N),
        domain.real(z, K, N),
        domain.real(derived.u, K, N),
    ),
    meaning=(
        r"With the rows of $W$ stacked, the Hessian is "
        r"$\sum_i(\operatorname{diag}q_i-q_iq_i^{\mathsf T})\otimes x_ix_i^{\mathsf T}$,"
        r" of rank $(K-1)\operatorname{rank}X$ at every $W$. So the loss is strictly "
        r"convex, up to $W\to W+\mathbf 1c^{\mathsf T}$, which changes no prediction, "
        r"iff the columns of $X$ are independent."
    ),
    evidence=(
        derived.convex_in_weights.as_part("", of="convex"),
        Derived(part="", of="variance", chain=derived.curvature_of_rows),
        Derived(
            part="the curvature along any direction, of labels in the interior",
            chain=derived.in_weights,
            computes=lambda z, u, **point: np.sum(u * softmax_cross_entropy_hvp(z, u)),
            mistakes={
                "a second moment for the variance": over_observations(
                    over_classes(exp(derived.z_moved) * derived.u[i, k] ** 2) / derived.row_total
                ),
                "with the label": derived.in_weights.last
                - over_observations(over_classes(p[i, k] * derived.u[i, k])),
            },
        ),
        Derived(
            part="a variance is a sum of squares",
            chain=shared.pairs,
            computes=quadratic_form,
            mistakes={
                "each pair twice": 2 * shared.pairs.last,
                "not symmetric": shared.pairs.last + over_classes(q[k] * v[k]),
            },
        ),
        Exact(
            part="the Kronecker product, for three designs and three weights",
            cases=_cases,
            lhs=_form,
            rhs=_variances,
            mistakes={
                "factors swapped": dict(lhs=lambda design, powers: _form(design, powers, True))
            },
        ),
        Exact(
            part="its rank",
            cases=_cases,
            lhs=lambda design, powers: _hessian(design, powers).rank(),
            rhs=lambda design, powers: 2 * Matrix(design).rank(),
            mistakes={
                "strictly convex in W": lambda design, powers: len(powers) * len(design[0]),
                "K times the rank of X": lambda design, powers: 3 * Matrix(design).rank(),
                "(K - 1) times the number of columns": lambda design, powers: 2 * len(design[0]),
            },
        ),
        Argued(
            part="rank and strict convexity",
            of="meaning",
            proof=(
                (
                    r"Along $D$ the curvature is $\sum_i\operatorname{Var}_{q_i}(Dx_i)\ge0$. "
                    r"It is 0 iff every $Dx_i$ is constant over the classes, as every "
                    r"$q_i\in\Delta^\circ$."
                ),
                (
                    r"$D\mapsto(Dx_i)_i$ has the rank $K\operatorname{rank}X$, and among its "
                    r"values those with every $Dx_i$ constant form a space of dimension "
                    r"$\operatorname{rank}X$. So the rank of the form is "
                    r"$(K-1)\operatorname{rank}X$."
                ),
                (
                    r"Its null space holds every $\mathbf 1c^{\mathsf T}$. It holds nothing "
                    r"else iff $X$ has full column rank."
                ),
            ),
        ),
    ),
    uses=(hessian_in_the_logits,),
)


def _loss_of_the_same_mean(by, powers, weights):
    """The loss of labels with the same mean only."""
    return loss(moved(by, weights, SAME_MEAN), powers, weights)


labels_act_through_their_moments = Claim(
    title="Labels act through their moments",
    statement=(
        r"For any $p_i\in\Delta$ the loss $\sum_iw_iH(p_i,\operatorname{softmax}(Wx_i))$"
        r" sees its labels through $S=\sum_iw_ip_ix_i^{\mathsf T}$ alone: $<moments>$. "
        r"So label sets with the same weights and the same $S$ give the *same function* "
        r"of $W$, and the same fits."
    ),
    relations={"moments": derived.loss_through_moments.states},
    for_all=(
        domain.size(K),
        domain.size(N),
        domain.size(derived.D, 1, 3),
        domain.positive(derived.w, N),
        domain.simplex(label, K, N),
        domain.real(derived.x, derived.D, N),
        domain.real(derived.W, derived.D, K),
    ),
    meaning=(
        r"Their divergences $\sum_iw_i\operatorname{KL}(p_i\,\|\,q_i)$ may differ, by a "
        r"constant, and so may the sandwich covariances and the dispersions."
    ),
    evidence=(
        Derived(
            part="the part with the labels",
            chain=derived.through_moments,
            mistakes={
                "through the mean label alone": over_classes(
                    derived.over_features(derived.W[k, derived.m] * over_observations(p[i, k]))
                ),
                "features and labels apart": over_classes(
                    derived.over_features(
                        derived.W[k, derived.m]
                        * over_observations(p[i, k])
                        * over_observations(derived.x[i, derived.m])
                    )
                ),
            },
        ),
        Exact(
            part=(
                "labels that moved by up to a half, with weights: the loss agrees, the "
                "divergences and the scatter do not"
            ),
            cases=lambda: list(product(SHIFTS, TWO_CLASS_POWERS, WEIGHTS)),
            lhs=lambda by, powers, weights: loss(moved(by, weights), powers, weights),
            rhs=lambda by, powers, weights: loss(FIRST, powers, weights),
            mistakes={
                "the same mean label is enough": dict(lhs=_loss_of_the_same_mean),
                "the divergences agree": dict(
                    lhs=lambda by, powers, weights: divergence(moved(by, weights), powers, weights),
                    rhs=lambda by, powers, weights: divergence(FIRST, powers, weights),
                ),
                "the standard errors agree": dict(
                    lhs=lambda by, powers, weights: scatter(moved(by, weights), powers, weights),
                    rhs=lambda by, powers, weights: scatter(FIRST, powers, weights),
                ),
            },
        ),
        Argued(
            part="divergences, sandwich and dispersion",
            of="meaning",
            proof=(
                (
                    r"The loss is $\sum_iw_i\operatorname{lse}(Wx_i)-\langle W,S\rangle$, as "
                    r"stated: the labels stand in $S$ alone."
                ),
                (
                    r"$\sum_iw_i\operatorname{KL}(p_i\,\|\,q_i)$ is the loss minus "
                    r"$\sum_iw_iH(p_i)$, in which there is no $W$."
                ),
                (
                    r"Sandwich and dispersion have squares of $q_i-p_i$ in them, which $S$ "
                    r"does not determine: the exact case has two label sets with one $S$ and "
                    r"different squares."
                ),
            ),
        ),
        Derived(
            part="",
            of="moments",
            chain=derived.loss_through_moments,
            mistakes={
                "the log-sum-exp without its weight": derived.loss_through_moments.last
                + over_observations((1 - derived.w[i]) * derived.row_lse),
            },
        ),
    ),
    uses=(gradient_in_the_logits,),
)

FEATURES = np.column_stack([np.ones(8), np.array([-2.0, -1.5, -0.5, 0.0, 0.3, 1.0, 1.2, 2.0])])
studies = Domain(
    corners=lambda classes: [np.full((8, classes), 1 / classes)],
    draw=lambda rng, classes: rng.dirichlet(np.ones(classes), size=8),
)  # a label for each row


weights_of_rows = Domain(
    corners=lambda classes: [np.ones(8)],
    draw=lambda rng, classes: rng.uniform(0.2, 3.0, size=8),
)
RIDGE = 1.0  # on the slope, for the mean of the loss


def _fit(labels, weights, penalty=0.0):
    return SoftmaxRegression(penalty).fit_soft(FEATURES[:, 1:], labels, sample_weight=weights)


def _mean_moments(labels, weights):
    """Σ w_i p_i x_i' / Σ w_i: the intercepts' column, then the slopes'."""
    return (weights[:, None] * labels).T @ FEATURES / weights.sum()


def _fitted_moments(labels, weights, penalty=0.0):
    fit = _fit(labels, weights, penalty)
    return _mean_moments(fit.predict_proba(FEATURES[:, 1:]), weights)


def _has_a_fit(labels, weights):
    return labels.shape[1] > 1 and labels.min() > 1e-3


def _best_mean(labels, weights):
    """The θ on a lattice, one for all rows, with the largest ∏ θ^(w p) (1 - θ)^(w (1 - p))."""
    return arg_max(
        {
            model: prod(
                model[0] ** int(w * 4 * p) * model[1] ** int(w * 4 * (1 - p))
                for w, p in zip(weights, labels, strict=True)
            )
            for model in lattice(2, 48)
        }
    )


def _weighted(labels, weights):
    mean = sum(w * p for w, p in zip(weights, labels, strict=True)) / F(sum(weights))
    return frozenset({(mean, 1 - mean)})


INTERCEPT_ONLY = (
    ((F(0), F(1)), (1, 3)),
    ((F(1, 4), F(3, 4)), (2, 1)),
    ((F(1, 2), F(0), F(1)), (1, 2, 3)),
)  # shares of class 0, and weights


def _missing_moments(labels, weights):
    """What predictions under a ridge lack of the moments of the labels."""
    return _mean_moments(labels, weights) - _fitted_moments(labels, weights, RIDGE)


def _ridge_times_slope(labels, weights):
    """The ridge times the slopes, and 0 for the intercepts."""
    return np.column_stack([np.zeros(labels.shape[1]), RIDGE * _fit(labels, weights, RIDGE).coef_])


def _mean_weight(labels, weights):
    """Weights, as if they were the labels."""
    return _weighted(tuple(F(w, sum(weights)) for w in weights), (1,) * len(weights))


def _twice_the_ridge(labels, weights):
    """Twice the ridge times the slopes."""
    return np.column_stack(
        [np.zeros(labels.shape[1]), 2 * RIDGE * _fit(labels, weights, RIDGE).coef_]
    )


def _unweighted_moments(labels, weights):
    return _mean_moments(labels, np.ones_like(weights))


def _unweighted_mean(labels, weights):
    return _weighted(labels, (1,) * len(weights))


score_equations = Claim(
    title="The score equations",
    statement=(
        r"Let the logits $z$ of an item with any label $p\in\Delta$ move by $v$. With "
        r"$q$ the prediction at $s$, the loss has the slope $<slope>$, and it lies above "
        r"its tangent: $<tangent>$. With $z_i=Wx_i$, $v_i=(W'-W)x_i$ and weights $w_i>0$ "
        r"these add up: from $W$ to any $W'$ the loss grows by at least its slope, "
        r"$\langle\sum_iw_i(q_i-p_i)x_i^{\mathsf T},W'-W\rangle$. So $W$ minimises "
        r"$\sum_iw_iH(p_i,\operatorname{softmax}(Wx_i))$ if and only if "
        r"$\sum_iw_i(q_i-p_i)x_i^{\mathsf T}=0$. With an intercept, the weighted mean of "
        r"the predictions of a fit is then the weighted mean of the soft labels."
    ),
    relations={
        "slope": derived.slope_along.states,
        "tangent": AtLeast(
            derived.loss_of_moved_logits(label, z, v) - derived.loss_of_logits(label, z),
            derived.tangent,
        ),
    },
    for_all=(
        domain.size(K),
        domain.number(derived.s),
        domain.simplex(label, K),
        domain.real(z, K),
        domain.real(v, K),
    ),
    meaning=(
        r"A ridge $\tfrac\lambda2\|V\|^2$ on the slopes $V$ adds $\lambda V$ to their "
        r"equations and nothing to those of the intercepts: it keeps the means, and "
        r"breaks the equations of the slopes unless $V=0$."
    ),
    evidence=(
        Derived(
            part=(
                "the derivative through the logits: any gradient u in the logits, times the feature"
            ),
            chain=derived.score,
            mistakes={
                "without the feature": over_observations(derived.u[i, j]),
                "summed over the classes": over_observations(
                    over_classes(derived.u[i, k]) * derived.x[i, derived.n]
                ),
            },
        ),
        Exact(
            part="an intercept alone: the best of 49 predictions is the weighted mean",
            cases=lambda: list(INTERCEPT_ONLY),
            lhs=_best_mean,
            rhs=_weighted,
            mistakes={
                "the mean soft label, without the weights": _unweighted_mean,
                "weights without labels": _mean_weight,
            },
        ),
        Sampled(
            part="the library's fits to eight weighted labels: predictions have their moments",
            cases=dict(labels=studies, weights=weights_of_rows),
            lhs=_fitted_moments,
            rhs=_mean_moments,
            mistakes={
                "without the weights": _unweighted_moments,
                "with a ridge on the slopes too": dict(
                    lhs=lambda labels, weights: _fitted_moments(labels, weights, RIDGE)
                ),
            },
            tolerance=1e-8,
            because="as far as a fit converges",
            sizes=(1, 2, 3, 4, 5),
            where=_has_a_fit,
        ),
        Sampled(
            part="under a ridge: the mean is kept, the slopes' equations miss by ridge · slope",
            cases=dict(labels=studies, weights=weights_of_rows),
            lhs=_missing_moments,
            rhs=_ridge_times_slope,
            mistakes={
                "by twice that, the ridge without its half": _twice_the_ridge,
            },
            tolerance=1e-8,
            because="as far as a fit converges",
            sizes=(1, 2, 3, 4, 5),
            where=_has_a_fit,
        ),
        derived.above_the_tangent.as_part("", of="tangent"),
        Derived(
            part="",
            of="slope",
            chain=derived.slope_along,
            mistakes={
                "the label minus the prediction": -derived.slope_along.last,
            },
        ),
    ),
    uses=(gradient_in_the_logits,),
)


DESIGN = (F(-2), F(-1), F(1), F(2))
HARD = (0, 0, 1, 1)


def _never_stops_falling(softened):
    """Whether some (a, b) ≠ 0 has a + b x at least 0 where the label is 1, at most 0 where 0, and
    0 where it is soft.
    """
    for x in DESIGN:
        for sign in (1, -1):
            a, b = -sign * x, F(sign)
            values = [a + b * other for other in DESIGN]
            if all(
                value == 0 if place in softened else (value >= 0 if HARD[place] else value <= 0)
                for place, value in enumerate(values)
            ):
                return True
    return False


def _balances(softened):
    """Whether p - r, orthogonal to 1 and to x, can be negative where the label is 0, positive
    where it is 1: r is then in the interior.
    """
    for a, b in product(range(-4, 5), repeat=2):
        moves = [a * one + b * two for one, two in zip((1, -1, -1, 1), (1, -2, 2, -1), strict=True)]
        if all(
            place in softened or (move > 0 if HARD[place] else move < 0)
            for place, move in enumerate(moves)
        ):
            return True
    return False


def _subsets():
    return [(frozenset(chosen),) for size in range(5) for chosen in combinations(range(4), size)]


def _balance(labels, fitted):
    """Σ (p_i - r_i) (1, x_i), which a minimiser makes 0."""
    return tuple(
        sum((a - b) * value for a, b, value in zip(labels, fitted, column, strict=True))
        for column in ((1, 1, 1, 1), DESIGN)
    )


# three classes on the design: supports of labels, and a direction D with rows for (1, x)
RAYS = (
    (({0}, {0}, {1, 2}, {1, 2}), ((0, -1), (0, 1), (0, 1))),
    (({0}, {0, 1}, {0, 1}, {0, 1}), ((1, 0), (1, 0), (0, 0))),
    (({0}, {1}, {1}, {2}), ((0, -1), (1, 0), (0, 1))),
)


def _is_ray(supports, direction):
    """Whether every label lies where D x_i is largest, and some D x_i is not constant."""
    moves = [[a + b * x for a, b in direction] for x in DESIGN]
    return all(
        move[cls] == max(move)
        for move, support in zip(moves, supports, strict=True)
        for cls in support
    ) and any(len(set(move)) > 1 for move in moves)


masks = Domain(
    corners=lambda classes: [np.array(mask) for mask in product((0, 1), repeat=4)],
    draw=lambda rng, classes: rng.integers(0, 2, size=4),
)  # which of the four labels are softened


def _library_says(softened):
    """Whether `separation` finds a fit, with a softened label at 3 : 7."""
    shares = np.where(softened, 0.3 + 0.4 * np.array(HARD), HARD)
    rows = np.column_stack([np.ones(4), np.array(DESIGN, dtype=float)])
    return fit_existence(rows, np.column_stack([1 - shares, shares])).exists


ROWS = ((0, 0), (1, 0), (0, 1), (2, -1))  # rows of D; (2, -1) is orthogonal to (1, 2)
STEPS = tuple(product(ROWS, repeat=3))
START = ((1, 2), (3, 1), (1, 1))  # W, as e^W: its own predictions are the labels


def _moved_by(step):
    """e^(W + D log 2)."""
    return tuple(
        tuple(base * F(2) ** move for base, move in zip(row, moves, strict=True))
        for row, moves in zip(START, step, strict=True)
    )


def _is_a_minimiser_too(design, step):
    """Whether Σ (q_i - p_i) x_i' = 0 at W + D, for labels that W predicts."""
    labels, rows = predictions_of(design, START), predictions_of(design, _moved_by(step))
    return all(
        sum((b[k] - a[k]) * x[m] for a, b, x in zip(labels, rows, design, strict=True)) == 0
        for k in range(3)
        for m in range(2)
    )


def _moves_no_prediction(design, step):
    """Whether all D x_i are constant."""
    return all(len({a * x[0] + b * x[1] for a, b in step}) == 1 for x in design)


def _opposite_is_ray(supports, direction):
    """Whether the opposite direction is one."""
    return _is_ray(supports, tuple((-a, -b) for a, b in direction))


def _inner_softened(softened):
    return float(softened[1] or softened[2])


existence = Claim(
    title="When a fit exists",
    statement=(
        r"Let $w_i>0$ and $L(W)=\sum_iw_iH(p_i,\operatorname{softmax}(Wx_i))$. "
        r"Equivalent are: (a) $L$ attains its minimum; (b) every $D$ with "
        r"$\operatorname{supp}p_i\subset\operatorname{arg\,max}_j(Dx_i)_j$ for all $i$ "
        r"has all $Dx_i$ constant; (c) there are $r_i\in\Delta^\circ$ with "
        r"$\sum_iw_i(p_i-r_i)x_i^{\mathsf T}=0$. Minimisers are then unique up to the "
        r"$D$ with all $Dx_i$ constant."
    ),
    in_words="an equivalence: when a minimum is attained",
    evidence=(
        Exact(
            part=(
                "x = -2, -1, 1, 2 with an intercept, hard labels 0, 0, 1, 1, some of them "
                "softened: each of 16 cases has a direction or a balance, and never both"
            ),
            cases=_subsets,
            lhs=lambda softened: not _never_stops_falling(softened),
            rhs=_balances,
            mistakes={
                "a fit exists iff some label is soft": lambda softened: len(softened) > 0,
                "only complete separation matters": lambda softened: bool(softened & {1, 2}),
            },
        ),
        Certified(
            part="directions for three classes",
            cases=lambda: list(RAYS),
            lhs=_is_ray,
            rhs=lambda supports, direction: True,
            mistakes={"the opposite direction": dict(lhs=_opposite_is_ray)},
        ),
        Sampled(
            part="the library's linear programs find the same, with its own certificates",
            cases=dict(softened=masks),
            lhs=lambda softened: float(_library_says(softened)),
            rhs=lambda softened: float(_balances(frozenset(np.flatnonzero(softened).tolist()))),
            mistakes={"a fit exists iff an inner label is soft": _inner_softened},
        ),
        Exact(
            part=(
                "other minimisers: the score vanishes at W + D iff all D x_i are constant, for "
                "three designs, one with dependent columns, and 64 D"
            ),
            cases=lambda: list(product(DESIGNS, STEPS)),
            lhs=_is_a_minimiser_too,
            rhs=_moves_no_prediction,
            mistakes={
                "unique modulo 1c', the gauge": lambda design, step: len(set(step)) == 1,
                "unique": lambda design, step: not any(map(any, step)),
            },
        ),
        derived.above_the_tangent.as_part("a minimum is where the slope is 0, for each item"),
        Argued(
            part="in general",
            proof=(
                r"For a direction $D$ let $m_i$ be the largest entry of $Dx_i$.",
                (
                    r"(a) gives (c): take for $r_i$ the fitted $q_i$; the equation is "
                    r"that of <score_equations>."
                ),
                (
                    r"(c) gives (b): let every $\operatorname{supp}p_i$ lie where $m_i$ "
                    r"is attained. The pairing of (c) with $D$ is then "
                    r"$\sum_iw_i\sum_kr_{ik}(m_i-(Dx_i)_k)=0$, a sum of nonnegative terms"
                    r" with positive weights, so every $Dx_i$ is constant."
                ),
                (
                    r"(b) gives (a): as $\operatorname{lse}z\ge\max z$, "
                    r"$L(D)\ge\rho(D)=\sum_iw_i\sum_kp_{ik}(m_i-(Dx_i)_k)\ge0$. This "
                    r"$\rho$ is continuous, and $\rho(tD)=t\rho(D)$ for $t>0$; by (b) it "
                    r"is positive on the unit sphere of the complement of $\{D:\text{all "
                    r"}Dx_i\text{ constant}\}$, so at least some $\delta>0$ there. So "
                    r"$L(D)\ge\delta\|D\|$ on the complement, and $L$ has a minimum "
                    r"there; along the rest it is constant."
                ),
                (
                    r"Uniqueness: on a segment between two minimisers $L$ is constant, so"
                    r" its curvature is 0; by <convex_in_the_weights> all $Dx_i$ are "
                    r"constant."
                ),
            ),
        ),
    ),
    uses=(convex_in_the_weights, score_equations),
)


def _enough(softened):
    """Softening both inner points, or an outer one."""
    return {1, 2} <= softened or 0 in softened or 3 in softened


def _inner_labels():
    """Shares of class 1 for the four rows."""
    return [
        ((F(1, 10), F(2, 5), F(3, 5), F(9, 10)),),
        ((F(1, 2), F(1, 3), F(2, 3), F(1, 4)),),
    ]


def _supports_and_a_lowered_logit():
    """Supports of soft labels and of hard ones, and a direction that lowers one logit."""
    return [
        (({0, 1},) * 4, ((0, 0), (0, 0), (-1, 0))),
        (({1, 2},) * 4, ((-1, 0), (0, 0), (0, 0))),
        (({0}, {1}, {1}, {0}), ((0, 0), (0, 0), (-1, 0))),
        (({0, 1}, {1, 2}, {1}, {0}), ((0, 0), (0, 0), (-1, 0))),
    ]


def _nobody_voted_for_it(supports, direction):
    """Whether the lowered class has no share in any label."""
    return direction.index((-1, 0)) not in set().union(*supports)


def _hard_balance(labels):
    """The balance of labels with their most likely classes."""
    hard = [F(round(a)) for a in labels]
    return _balance(labels, hard), all(0 <= a <= 1 for a in hard)


def _mean_balance(labels):
    """The balance of labels with their common mean."""
    return (
        _balance(labels, (sum(labels) / len(labels),) * len(labels)),
        all(0 < a < 1 for a in labels),
    )


def _all_hard(supports, direction):
    return all(len(support) == 1 for support in supports)


soft_labels_and_existence = Claim(
    title="How much softness a fit needs",
    statement=(
        r"If every $p_i$ is in the interior, a fit exists, also where hard labels are "
        r"separable: condition (c) of the last theorem holds with $r_i=p_i$. One soft "
        r"label may be enough, or not: with $x=-2,-1,1,2$, an intercept and hard labels "
        r"$0,0,1,1$ there is a fit iff an outer label is soft, or both inner ones. With "
        r"an intercept, all labels soft is not enough if a class $j$ has no share in any"
        r" of them: the score equation asks that its predictions have the weighted sum "
        r"0, but $<share>$, with equality never."
    ),
    relations={"share": AtLeast(derived.share_of_a_class, 0)},
    for_all=(
        domain.size(K),
        domain.size(N),
        domain.index(j, K),
        domain.positive(derived.w, N),
        domain.real(z, K, N),
    ),
    evidence=(
        Exact(
            part="which labels must be softened",
            cases=_subsets,
            lhs=lambda softened: not _never_stops_falling(softened),
            rhs=lambda softened: _enough(softened),
            mistakes={
                "one soft label suffices": lambda softened: len(softened) >= 1,
                "all must be soft": lambda softened: len(softened) == 4,
            },
        ),
        Certified(
            part="labels in the interior balance themselves",
            cases=_inner_labels,
            lhs=lambda labels: (_balance(labels, labels), all(0 < a < 1 for a in labels)),
            rhs=lambda labels: ((0, 0), True),
            mistakes={
                "their most likely classes balance them too": dict(lhs=_hard_balance),
                "any labels of the same mean balance them": dict(lhs=_mean_balance),
            },
        ),
        Certified(
            part=(
                "away from a class the loss never stops decreasing iff nobody voted for it, four "
                "sets of labels"
            ),
            cases=_supports_and_a_lowered_logit,
            lhs=_is_ray,
            rhs=_nobody_voted_for_it,
            mistakes={"labels with two classes are soft: a fit": _all_hard},
        ),
        derived.a_class_without_votes.as_part("a class without a share", of="share"),
        Argued(
            part="labels in the interior",
            proof=(
                (
                    r"With $r_i=p_i$ the sums that condition (c) of <existence> compares "
                    r"are the same, term by term."
                ),
                (
                    r"Every $r_{ik}=p_{ik}$ is positive, as (c) asks. So (c) holds, and "
                    r"with it (a): a fit exists."
                ),
            ),
        ),
    ),
    uses=(existence, score_equations),
)
