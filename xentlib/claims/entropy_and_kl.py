"""Chapter 5: entropy, Kullback-Leibler divergence and their geometry."""

from fractions import Fraction as F
from itertools import combinations
from math import lcm

import numpy as np
from sympy import Rational, log

import xentlib
from xentlib.claims._finite import arg_max, interior, lattice, normalised, power, prod
from xentlib.derivations import entropy_and_kl as derived
from xentlib.derivations.symbols import K, k, l, over_classes, p, q
from xentlib.verify import Claim
from xentlib.verify import samples as domains
from xentlib.verify.evidence import Argued, Derived, Exact, Sampled, at_least, at_most, less


def _minus_h(point, probs, m):
    """exp(-m H(p, q)) in exact arithmetic."""
    return prod(power(b, m * a) for a, b in zip(point, probs, strict=True) if a)


def _minus_kl(point, probs, m):
    """exp(-m KL(p‖q)), 0 where the divergence is infinite."""
    return _minus_h(point, probs, m) / _minus_h(point, point, m)


def _denominator(*points):
    return lcm(*(a.denominator for point in points for a in point))


def _pairs():
    return [(a, b) for size in (2, 3) for a in lattice(size, 4) for b in lattice(size, 4)]


cross_entropy_decomposition = Claim(
    title="Cross-entropy is entropy plus divergence",
    statement=r"For $p,q\in\Delta$: $H(p,q)=H(p)+\operatorname{KL}(p\,\|\,q)$, in $[0,\infty]$.",
    evidence=(
        Derived(
            part="p and q in the interior",
            chain=derived.decomposition,
            computes=lambda p, q, K: xentlib.entropy(p) + xentlib.kl_divergence(p, q),
            mistakes={
                "KL(q‖p) for KL(p‖q)": derived.entropy + over_classes(q[k] * log(q[k] / p[k])),
                "H(q) for H(p)": -over_classes(q[k] * log(q[k])) + derived.kl_divergence,
            },
        ),
        Sampled(
            part="faces, infinities among them, in floats",
            cases=dict(p=domains.simplex, q=domains.simplex),
            lhs=lambda p, q: xentlib.cross_entropy(p, q),
            rhs=lambda p, q: xentlib.entropy(p) + xentlib.kl_divergence(p, q),
            mistakes={"the entropy forgotten": lambda p, q: xentlib.kl_divergence(p, q)},
        ),
        Argued(
            part="faces",
            proof=(
                "A class with p_k = 0 adds nothing to any of the three sums. If p_k > 0 = q_k "
                "for some k, then H(p, q) and the divergence are both +∞, and H(p) is finite."
            ),
        ),
    ),
    uses=("cross_entropy.cross_entropy_definition",),
)


def _near(k):
    """A uniform distribution with a little moved from the first class to the last."""
    step = np.zeros(k)
    step[0], step[-1] = 0.02 / k, -0.02 / k
    return [np.full(k, 1 / k) + step * (k > 1)]


close_by = domains.Domain(lambda k: [*domains.simplex.corners(k), *_near(k)], domains.simplex.draw)


def _half_square(p, q):
    return np.abs(p - q).sum() ** 2 / 2


gibbs_inequality = Claim(
    title="Gibbs' inequality, its equality case, and Pinsker's bound",
    statement=(
        r"For $p,q\in\Delta$: $\operatorname{KL}(p\,\|\,q)\ge0$, with equality iff $p=q$. More "
        r"precisely $\operatorname{KL}(p\,\|\,q)\ge\tfrac12\|p-q\|_1^2$."
    ),
    evidence=(
        Derived(
            part="what log t ≤ t - 1 gives",
            chain=derived.tangent,
            mistakes={"the sums do not cancel": over_classes(q[k]) + 0 * K},
        ),
        Derived(
            part="the slope of (2t + 4)(t log t - t + 1) - 3(t - 1)²",
            chain=derived.pinsker_slope,
            mistakes={
                "the factor 2t + 4 held fixed": (2 * derived.t + 4) * log(derived.t)
                - 6 * (derived.t - 1)
            },
        ),
        Derived(
            part="its curvature",
            chain=derived.pinsker_curvature,
            mistakes={"without the 1/t": 4 * (log(derived.t) - 1)},
        ),
        Derived(
            part="the weights for Cauchy and Schwarz",
            chain=derived.pinsker_weights,
            mistakes={"weights that sum to 1": 1 + 0 * K},
        ),
        Exact(
            part="the equality case, on lattices, as powers",
            cases=_pairs,
            lhs=lambda a, b: _minus_kl(a, b, _denominator(a)) == 1,
            rhs=lambda a, b: a == b,
            mistakes={
                "equality iff the supports are the same": lambda a, b: all(
                    (x > 0) == (y > 0) for x, y in zip(a, b, strict=True)
                )
            },
        ),
        Sampled(
            part="the bound, in floats",
            cases=dict(p=close_by, q=close_by),
            lhs=lambda p, q: xentlib.kl_divergence(p, q),
            rhs=_half_square,
            mistakes={
                "constant .501": lambda p, q: 1.002 * _half_square(p, q),
                "triangle inequality": dict(
                    cases=dict(p=domains.simplex, q=domains.simplex, r=domains.simplex),
                    lhs=lambda p, q, r: xentlib.kl_divergence(p, r),
                    rhs=lambda p, q, r: xentlib.kl_divergence(p, q) + xentlib.kl_divergence(q, r),
                    relation=at_most,
                ),
            },
            relation=at_least,
        ),
        Argued(
            part="the whole",
            proof=(
                "Sum log(q_k/p_k) ≤ q_k/p_k - 1 over the support of p with weights p_k: -KL ≤ Σ "
                "q_k - 1 ≤ 0. For the bound let h(t) = (2t + 4)(t log t - t + 1) - 3(t - 1)². Its "
                "curvature is 4(log t - 1 + 1/t), and that is at least 0 by the same inequality at "
                "1/t. "
                "As h(1) = h'(1) = 0, h ≥ 0. For q in the interior put t = p_k/q_k. By Cauchy and "
                "Schwarz (Σ q|t - 1|)² ≤ Σ q (2t + 4)/3 · Σ q 3(t - 1)²/(2t + 4) ≤ 2 · Σ q (t log "
                "t - t + 1) = 2 KL. A class with q_k = 0 < p_k makes KL infinite, and one with p_k "
                "= q_k = 0 drops out. Equality in KL ≥ 0 forces p = q by the bound."
            ),
        ),
    ),
    uses=(cross_entropy_decomposition,),
)

MODELS, COINS = tuple(interior(3, 6))[::3], tuple(interior(2, 4))


def _best(label, score):
    return arg_max({model: score(label, model) for model in MODELS})


def _label_pairs():
    return [(label,) for label in lattice(3, 4)]


def _own_prediction(score):
    """The models that score best when the label is the model's own prediction."""
    return arg_max({model: score(model, model) for model in COINS})


same_minimiser = Claim(
    title="Same minimiser, other value",
    statement=(
        r"Let $p$ be fixed. Over any set of models, cross-entropy $H(p,q_\theta)$ and divergence "
        r"$\operatorname{KL}(p\,\|\,q_\theta)$ have the same minimisers; where they are finite, "
        r"the values differ by $H(p)$. "
        r"If the label depends on $\theta$ this can fail: for $p=q_\theta$ every $\theta$ has "
        r"divergence 0, while only the $q_\theta$ of least entropy minimises the cross-entropy."
    ),
    evidence=(
        Exact(
            part="a restricted model of four points, fixed labels",
            cases=_label_pairs,
            lhs=lambda label: _best(label, lambda a, b: _minus_h(a, b, 12)),
            rhs=lambda label: _best(label, lambda a, b: _minus_kl(a, b, 12)),
            mistakes={
                "the reverse divergence": lambda label: _best(
                    label, lambda a, b: _minus_kl(b, a, 12)
                )
            },
        ),
        Exact(
            part="a label that is the model's own prediction",
            cases=lambda: [()],
            lhs=lambda: (
                _own_prediction(lambda a, b: _minus_kl(a, b, 6)),
                _own_prediction(lambda a, b: _minus_h(a, b, 6)),
            ),
            rhs=lambda: (frozenset(COINS), frozenset({COINS[0], COINS[-1]})),
            mistakes={"the same minimisers there": lambda: (frozenset(COINS), frozenset(COINS))},
        ),
        Argued(
            part="in general",
            proof=(
                "For a fixed p the two differ by H(p), a finite number free of θ, and both are "
                "infinite at the same places: so they order the models in the same way. "
                "Nothing of this holds if H(p) moves with θ."
            ),
        ),
    ),
    uses=(cross_entropy_decomposition,),
)


def _middle(a, b):
    return tuple((x + y) / 2 for x, y in zip(a, b, strict=True))


def _strictness_cases():
    points = list(lattice(3, 2))
    return [
        (label, a, b)
        for label in points
        for a, b in combinations(points, 2)
        if _minus_h(label, a, 2) and _minus_h(label, b, 2)
    ]


def _strict_in_q(label, a, b):
    return _minus_h(label, _middle(a, b), 2) ** 2 > _minus_h(label, a, 2) * _minus_h(label, b, 2)


def _four():
    points = list(interior(2, 4))
    return [(a, b, c, d) for a in points for b in points for c in points for d in points]


def _joint_middle(exponential):
    """exp(-8 H) at the middle of (a, b) and (c, d), squared, with 8 a common denominator;
    log-concave means convex H.
    """
    return lambda a, b, c, d: exponential(_middle(a, c), _middle(b, d), 8) ** 2


def _joint_ends(exponential):
    return lambda a, b, c, d: exponential(a, b, 8) * exponential(c, d, 8)


convexity = Claim(
    title="What is convex",
    statement=(
        r"Let $K\ge2$. $H(p,q)$ is affine in $p$ and convex in $q$; where it is finite it is "
        r"strictly convex between $q$ and $q'$ iff these differ on the support of $p$. It is "
        r"convex in $(p,q)$ jointly near *no* interior point: along $(\alpha,\varepsilon\alpha)$ "
        r"its second derivative is negative for small $\varepsilon>0$. "
        r"$\operatorname{KL}(p\,\|\,q)$ *is* jointly convex, but not strictly."
    ),
    evidence=(
        Derived(
            part="affine in p",
            chain=derived.affine_in_p,
            mistakes={"the second label forgotten": (1 - derived.t) * derived.cross_entropy},
        ),
        Derived(
            part="the curvature of H along a line in q",
            chain=derived.curvature_in_q,
            mistakes={
                "not squared": over_classes(
                    p[k] * derived.beta[k] / (q[k] + derived.s * derived.beta[k])
                )
            },
        ),
        Derived(
            part="the curvature of H along a line in (p, q)",
            chain=derived.joint_curvature,
            mistakes={
                "without the cross term": over_classes(
                    derived.moved_p * derived.beta[k] ** 2 / derived.moved_q**2
                )
            },
        ),
        Derived(
            part="its sign along (α, εα)",
            chain=derived.bent_down,
            mistakes={
                "the sign of the cross term": derived.epsilon
                * over_classes(derived.alpha[k] ** 2 / q[k] * (2 + derived.epsilon * p[k] / q[k]))
            },
        ),
        Derived(
            part="the curvature of KL along a line in (p, q)",
            chain=derived.kl_curvature,
            mistakes={
                "the square not completed": over_classes(
                    derived.alpha[k] ** 2 / derived.moved_p
                    + derived.moved_p * derived.beta[k] ** 2 / derived.moved_q**2
                )
            },
        ),
        Exact(
            part="strictness in q at midpoints, on a lattice, as powers",
            cases=_strictness_cases,
            lhs=_strict_in_q,
            rhs=lambda label, a, b: any(x and y != z for x, y, z in zip(label, a, b, strict=True)),
            mistakes={"strict in q for every p": lambda label, a, b: True},
        ),
        Exact(
            part="KL jointly at midpoints, on a lattice, as powers",
            cases=_four,
            lhs=_joint_middle(_minus_kl),
            rhs=_joint_ends(_minus_kl),
            mistakes={
                "H jointly convex": dict(lhs=_joint_middle(_minus_h), rhs=_joint_ends(_minus_h)),
                "KL strictly jointly convex": dict(
                    cases=lambda: [case for case in _four() if case[:2] != case[2:]],
                    relation=lambda a, b: less(b, a),
                ),
            },
            relation=at_least,
        ),
        Argued(
            part="in general",
            proof=(
                "Second derivatives decide on open segments: Σ p β²/q² ≥ 0 vanishes iff β = 0 on "
                "the support of p, and a sum of squares over p makes KL convex. With α ≠ 0 and ε "
                "below 2 q_k/p_k for every k, the curvature of H along (α, εα) is negative. "
                "Faces: KL is a limit of its values inside along the segment to the centre, and "
                "limits of convex functions are convex; on the diagonal p = q it is 0, so not "
                "strict. Strictness of H on faces is read termwise, for -log is strictly convex."
            ),
        ),
    ),
    uses=(cross_entropy_decomposition,),
)


compensation = Claim(
    title="The compensation identity",
    statement=(
        r"Let $w_i\ge0$, $\sum w_i=1$ and $\bar p=\sum w_ip_i$. Then $\sum_iw_iH(p_i,q)=H(\bar "
        r"p,q)$ and "
        r"$\sum_iw_i\operatorname{KL}(p_i\,\|\,q)=\sum_iw_i\operatorname{KL}(p_i\,\|\,\bar "
        r"p)+\operatorname{KL}(\bar p\,\|\,q)$. So averaging the soft labels of one input "
        r"loses nothing for $q$."
    ),
    evidence=(
        Derived(
            part="the cross-entropies",
            chain=derived.mean_label,
            computes=lambda p, q, w, N, K: xentlib.cross_entropy(np.array(w) @ np.array(p), q),
            mistakes={"averaging logits instead": derived.averaged_logits},
        ),
        Derived(
            part="the divergences",
            chain=derived.compensation,
            computes=lambda p, q, w, N, K: np.dot(w, [xentlib.kl_divergence(row, q) for row in p]),
            mistakes={
                "KL is affine in p": over_classes(derived.mixture * log(derived.mixture / q[k]))
            },
        ),
        Argued(
            part="faces",
            proof=(
                "Classes with p_ik = 0 drop out of every sum, items with w_i = 0 too. If q_k = "
                "0 where the mean label is positive, some item with w_i > 0 is positive there, "
                "and both sides are +∞."
            ),
        ),
    ),
    uses=(cross_entropy_decomposition,),
)


def _two_labels():
    """Pairs whose geometric mean, with weights one half, is rational."""
    return [
        ((F(1, 10), F(9, 10)), (F(1, 2), F(1, 2))),
        ((F(1, 5), F(4, 5)), (F(1, 2), F(1, 2))),
        ((F(1, 10), F(9, 10)), (F(9, 10), F(1, 10))),
    ]


CANDIDATES = tuple(F(part, 60) for part in range(1, 60))


def _least(first, second, exponential):
    """The candidates that minimise the mean divergence, compared as exact powers."""
    scores = {
        (theta, 1 - theta): exponential(first, second, (theta, 1 - theta)) for theta in CANDIDATES
    }
    return arg_max(scores)


def _forward(first, second, model):
    return _minus_kl(first, model, 10) * _minus_kl(second, model, 10)


def _reverse(first, second, model):
    return _minus_kl(model, first, 60) * _minus_kl(model, second, 60)


def _arithmetic(first, second):
    return _middle(first, second)


def _geometric(first, second):
    return tuple(
        F(int(root.p), int(root.q))
        for root in (
            Rational(a.numerator, a.denominator)
            for a in normalised(power(a * b, F(1, 2)) for a, b in zip(first, second, strict=True))
        )
    )


means = Claim(
    title="Which mean",
    statement=(
        r"Let $w_i>0$, $\sum w_i=1$. Then $\sum_iw_i\operatorname{KL}(p_i\,\|\,q)$ has the one "
        r"minimiser $q=\sum w_ip_i$, the arithmetic mean. If the supports of the $p_i$ "
        r"intersect, $\sum_iw_i\operatorname{KL}(q\,\|\,p_i)$ has the one minimiser "
        r"$q\propto\prod_ip_i^{w_i}$, the geometric mean, renormalised."
    ),
    evidence=(
        Derived(
            part="the second, for any Z > 0",
            chain=derived.reverse_compensation,
            mistakes={
                "without log Z": over_classes(
                    q[k] * (log(q[k]) - log(derived.geometric / derived.Z))
                ),
                "the arithmetic mean inside": over_classes(
                    q[k] * (log(q[k]) - log(derived.mixture))
                ),
            },
        ),
        Exact(
            part="the first, two labels, 59 candidates",
            cases=_two_labels,
            lhs=lambda a, b: _least(a, b, _forward),
            rhs=lambda a, b: frozenset({_arithmetic(a, b)}),
            mistakes={
                "the geometric mean for the first": lambda a, b: frozenset({_geometric(a, b)})
            },
        ),
        Exact(
            part="the second, two labels, 59 candidates",
            cases=_two_labels,
            lhs=lambda a, b: _least(a, b, _reverse),
            rhs=lambda a, b: frozenset({_geometric(a, b)}),
            mistakes={
                "the arithmetic mean for the second": lambda a, b: frozenset({_arithmetic(a, b)}),
                "the geometric mean not renormalised": lambda a, b: frozenset(
                    {tuple(power(x * y, F(1, 2)) for x, y in zip(a, b, strict=True))}
                ),
            },
        ),
        Argued(
            part="in general",
            proof=(
                "By the compensation identity the first is a constant plus KL(mean‖q), which "
                "Gibbs' inequality minimises, only at the mean. For the second take Z = Σ_k "
                "∏_i p_ik^w_i, which is positive iff the supports intersect: the sum is "
                "KL(q‖g) - log Z for the renormalised g, and is +∞ unless q lives on the "
                "common support."
            ),
        ),
    ),
    uses=(gibbs_inequality, compensation),
)

PARTITIONS = (((0, 1), (2,)), ((0,), (1, 2)), ((0, 2), (1,)), ((0, 1, 2),))


def _merge_cases():
    return [(a, b, groups) for a in lattice(3, 3) for b in interior(3, 4) for groups in PARTITIONS]


def _grouped(point, groups):
    return tuple(sum(point[place] for place in group) for group in groups)


def _within(a, b, groups, weights=None):
    """exp(-m Σ_g p_g H(p within g, q within g)), with m = 3 (or exponents by other weights of the
    groups).
    """
    result = F(1)
    for group, total, model in zip(groups, _grouped(a, groups), _grouped(b, groups), strict=True):
        for place in group:
            if a[place]:
                share = a[place] / total * (total if weights is None else weights[group])
                result *= power(b[place] / model, 3 * share)
    return result


def _by_q(a, b, groups):
    return _minus_h(_grouped(a, groups), _grouped(b, groups), 3) * _within(
        a, b, groups, dict(zip(groups, _grouped(b, groups), strict=True))
    )


merging = Claim(
    title="Merging classes",
    statement=(
        r"Let the classes fall into groups, with group probabilities $p_g,q_g$ and conditional "
        r"ones within a group. Then $H(p,q)=H\bigl((p_g),(q_g)\bigr)+\sum_gp_gH(p_{\cdot\mid "
        r"g},q_{\cdot\mid g})$, where $0$ times an undefined conditional is $0$. Merging "
        r"classes never increases cross-entropy; what it takes away is the second sum."
    ),
    evidence=(
        Derived(
            part="K groups of L classes each",
            chain=derived.chain_rule,
            mistakes={
                "groups weighted by q": -over_classes(derived.p_group * log(derived.q_group))
                - over_classes(
                    derived.q_group
                    * derived.over_second(
                        derived.P[k, l] / derived.p_group * log(derived.Q[k, l] / derived.q_group)
                    )
                )
            },
        ),
        Exact(
            part="three classes, every grouping, as powers",
            cases=_merge_cases,
            lhs=lambda a, b, groups: _minus_h(a, b, 3),
            rhs=lambda a, b, groups: (
                _minus_h(_grouped(a, groups), _grouped(b, groups), 3) * _within(a, b, groups)
            ),
            mistakes={
                "q's weights for p's": _by_q,
                "unchanged where the conditionals agree": dict(
                    cases=lambda: [
                        ((F(1, 3), F(1, 3), F(1, 3)), (F(1, 4), F(1, 4), F(1, 2)), ((0, 1), (2,)))
                    ],
                    rhs=lambda a, b, groups: _minus_h(_grouped(a, groups), _grouped(b, groups), 3),
                ),
            },
        ),
        Sampled(
            part="merging the first two classes, in floats",
            cases=dict(p=domains.simplex, q=domains.simplex),
            lhs=lambda p, q: xentlib.cross_entropy(p, q),
            rhs=lambda p, q: xentlib.cross_entropy(
                np.append(p[:2].sum(), p[2:]), np.append(q[:2].sum(), q[2:])
            ),
            mistakes={"merging never lowers it": dict(relation=at_most)},
            relation=at_least,
            where=lambda p, q: len(p) > 1,
        ),
        Argued(
            part="in general",
            proof=(
                "Write q_k = q_g · q_{k|g} and open the logarithm; Σ_{k in g} p_k = p_g "
                "collects the first part. Groups with p_g = 0 add nothing. Each within-group "
                "cross-entropy is at least 0, and the difference is their sum with weights p_g."
            ),
        ),
    ),
    uses=(cross_entropy_decomposition,),
)


def _hardy_weinberg(theta):
    return theta**2, 2 * theta * (1 - theta), (1 - theta) ** 2


def _moment_cases():
    return [(label, F(part, 4)) for label in interior(3, 4) for part in range(1, 4)]


def _projection(label):
    return _hardy_weinberg((2 * label[0] + label[1]) / 2)


COMMON = 64  # makes every exponent whole


def _left(label, theta):
    return _minus_kl(label, _hardy_weinberg(theta), COMMON)


def _right_angle(label, theta, projection=_projection, last=_minus_kl):
    return _minus_kl(label, projection(label), COMMON) * last(
        projection(label), _hardy_weinberg(theta), COMMON
    )


pythagoras = Claim(
    title="A Pythagorean identity",
    statement=(
        r"Let $q_\theta\propto r\,e^{\langle\theta,T\rangle}$ be an exponential family on $K$ "
        r"outcomes and $q_*$ a member, or a limit of members, with "
        r"$\operatorname{E}_{q_*}T=\operatorname{E}_pT$. Then "
        r"$\operatorname{KL}(p\,\|\,q_\theta)=\operatorname{KL}(p\,\|\,q_*)+\operatorname{KL}(q_*\,\|\,q_\theta)$ "
        r"for every $\theta$. So $q_*$ is the one best approximation of $p$ in the family."
    ),
    evidence=(
        Derived(
            part="q_θ ∝ q_* exp(h) with E_p h = E_q h",
            chain=derived.pythagoras,
            mistakes={
                "the last divergence turned round": over_classes(p[k] * log(p[k] / q[k]))
                + over_classes(derived.tilted * log(derived.tilted / q[k])),
                "no right angle": over_classes(p[k] * log(p[k] / q[k])),
            },
        ),
        Exact(
            part="Hardy-Weinberg, as powers",
            cases=_moment_cases,
            lhs=_left,
            rhs=_right_angle,
            mistakes={
                "the last divergence turned round, exactly": lambda label, theta: _right_angle(
                    label, theta, last=lambda a, b, m: _minus_kl(b, a, m)
                ),
                "the same moments, off the family": lambda label, theta: _right_angle(
                    label, theta, projection=lambda a: _middle(a, _projection(a))
                ),
            },
        ),
        Argued(
            part="in general",
            proof=(
                "For a member q_* put h = ⟨θ - θ_*, T⟩: then q_θ ∝ q_* e^h, and p and q_* give h "
                "one mean. If q_* is a limit of members on a smaller support, p lives there too "
                "(else its mean of T would be another), and log(q_*/q_θ) is still the limit of "
                "affine functions of T on that support. Gibbs' inequality gives the last sentence. "
                "Faces of p: a class with p_k = 0 drops out of the two divergences from p, and the "
                "identity needs only E_p h."
            ),
        ),
    ),
    uses=(gibbs_inequality,),
)
