"""The chapter on language models and teachers: labels that keep few of many classes, temperature,
the divergence in the other direction, and whose prefixes a sequence is scored on.
"""

from fractions import Fraction as F
from itertools import permutations, product
from math import isqrt, lcm

import numpy as np
from mpmath import mp
from sympy import Rational, exp, integer_nthroot, log

import xentlib
from xentlib.claims._finite import arg_max, interior, normalised, power, prod, to_mpf
from xentlib.derivations import integer_weights, quantities
from xentlib.derivations import language_models as derived
from xentlib.derivations.symbols import K, N, i, j, k, l, over_classes, over_observations, p, q, z
from xentlib.sparse import (
    softmax_cross_entropy_with_sparse_labels_value_and_grad,
    softmax_cross_entropy_with_tail_bucket,
)
from xentlib.verify import Claim
from xentlib.verify import hypotheses as domain
from xentlib.verify.evidence import Argued, Derived, Digits, Exact
from xentlib.verify.quantity import AtLeast, AtMost

tau, sigma, s, t, a, b = (getattr(derived, name) for name in ("tau", "sigma", *"stab"))


def _divergence(tau, s, t, sigma, a, b, **sizes):
    """The library's, of both laws put together."""
    teacher = np.append(tau * np.array(s), (1 - tau) * np.array(t))
    student = np.append(sigma * np.array(a), (1 - sigma) * np.array(b))
    return xentlib.kl_divergence(teacher, student)


def _with_a_bucket(tau, s, sigma, a, K):
    """The library's loss, of a student whose tail is one class."""
    logits = np.log(np.append(sigma * np.array(a), 1 - sigma))
    return softmax_cross_entropy_with_tail_bucket(logits, np.arange(K), tau * np.array(s))


tail_bucket = Claim(
    title="What a truncated label keeps",
    statement=(
        r"Let a teacher $p$ give kept class $k$ the probability $\tau s_k$ and dropped class $l$ "
        r"the probability $(1-\tau)t_l$, and a student $q$ give them $\sigma a_k$ and "
        r"$(1-\sigma)b_l$, all positive. Then $<parts>$. A loss with a *tail bucket*, "
        r"$\ell_{\text{bucket}}=-\sum_{k\in S}p_k\log q_k-(1-\tau)\log(1-\sigma)$ with the kept "
        r"classes $S$, keeps two of these, and not what is within the tail: $<bucket>$, with the "
        r"entropy of the kept probabilities and the tail. It loses "
        r"$(1-\tau)\operatorname{KL}(t\,\|\,b)$, and no more: $<below>$, with equality iff $b=t$. "
        r"Without a bucket the kept terms are no divergence: $<terms>$, with equality iff $a=s$, "
        r"which is negative where $\sigma>\tau$."
    ),
    relations={
        "parts": derived.three_parts.states,
        "bucket": derived.bucket.states,
        "below": AtLeast(derived.whole, derived.without_the_tail),
        "terms": AtLeast(derived.kept_terms(tau, s, sigma, a), tau * log(tau / sigma)),
    },
    for_all=(*derived.teacher, *derived.student),
    meaning=(
        r"So the bucket is least where $q_k=p_k$ for each kept class, however the student "
        r"splits its tail. A student that shares its prediction with other rows, which keep "
        r"other classes, learns the tail from these."
    ),
    evidence=(
        Derived(
            part="",
            of="parts",
            chain=derived.three_parts,
            computes=_divergence,
            mistakes={
                "the tail weighted by the student": derived.without_the_tail
                + (1 - sigma) * derived.divergence_of_tails(t, b),
                "each part with the weight 1": derived.divergence_of_masses(tau, sigma)
                + quantities.divergence(s, a)
                + derived.divergence_of_tails(t, b),
            },
        ),
        Derived(
            part="",
            of="bucket",
            chain=derived.bucket,
            computes=_with_a_bucket,
            mistakes={
                "the tail counts nothing": -over_classes(tau * s[k] * log(sigma * a[k])),
            },
        ),
        derived.bucket_is_below.as_part("", of="below"),
        derived.kept_terms_are_bounded.as_part("", of="terms"),
        Argued(
            part="the minimiser, and shared predictions",
            of="meaning",
            proof=(
                (
                    r"Both parts that are kept are divergences, so by <gibbs_inequality> they "
                    r"are 0 iff $\sigma=\tau$ and $a=s$, which is $q_k=p_k$ on $S$. Nothing in "
                    r"them depends on $b$."
                ),
                (
                    r"If one $q$ serves several rows, a class that one row drops is kept by "
                    r"another, whose loss depends on it."
                ),
            ),
        ),
    ),
    uses=("entropy_and_kl.gibbs_inequality", "entropy_and_kl.merging"),
)

renormalised_top_k = Claim(
    title="The top k, renormalised",
    statement=(
        r"Let a teacher $p$ give kept class $k$ the probability $\tau s_k$ and dropped class $l$ "
        r"the probability $(1-\tau)t_l$, and a student $q$ give kept class $k$ the probability "
        r"$\sigma a_k$. Let the label $\tilde p$ be $s$ on the kept classes and 0 on the others. "
        r"It is off by $<off>$, and $<distance>$. No label on the kept classes is nearer to the "
        r"teacher: for any distribution $r$ on them, $<nearest>$, with equality iff $r=s$. The "
        r"student's loss is, up to the entropy of $s$, $<loss>$: it falls as long as the mass "
        r"$\sigma$ grows."
    ),
    relations={
        "off": derived.label_is_off.states,
        "distance": derived.distance.states,
        "nearest": AtLeast(derived.divergence_from_the_teacher(derived.r, tau, s), -log(tau)),
        "loss": derived.renormalised.states,
    },
    for_all=(*derived.teacher, *derived.student[:2], domain.simplex(derived.r, K)),
    meaning=(
        r"So no softmax attains the least loss of a row: it would have to give the tail nothing, "
        r"and then $\operatorname{KL}(p\,\|\,q)=\infty$. With an intercept for each class, a class "
        r"that no row keeps leaves the model without a fit."
    ),
    evidence=(
        Derived(
            part="",
            of="off",
            chain=derived.label_is_off,
            mistakes={
                "of second order in what is dropped": (1 - tau) ** 2,
                "the mass that is dropped": 1 - tau,
            },
        ),
        Derived(
            part="",
            of="distance",
            chain=derived.distance,
            mistakes={"what is dropped, counted once": 1 - tau},
        ),
        derived.no_kept_label_is_nearer.as_part("", of="nearest"),
        Derived(
            part="",
            of="loss",
            chain=derived.renormalised,
            mistakes={
                "the mass of the kept classes does not matter": quantities.divergence(s, a),
                "more mass on the kept classes costs more": quantities.divergence(s, a)
                + log(sigma),
            },
        ),
        Argued(
            part="no least loss, and classes kept nowhere",
            of="meaning",
            proof=(
                (
                    r"By <gibbs_inequality> the loss is at least $-\log\sigma$, and it comes as "
                    r"near to 0 as one likes with $a=s$ and $\sigma\to1$. A softmax has "
                    r"$\sigma<1$, so it is never 0."
                ),
                (
                    r"If no row keeps class $j$, lower its intercept: in every row $\sigma$ grows "
                    r"and $a$ stays, so from every place the loss falls. That is a direction as "
                    r"in <existence>, and there is no fit."
                ),
            ),
        ),
    ),
    uses=(tail_bucket, "entropy_and_kl.gibbs_inequality", "geometry.existence"),
)

# two teachers with three classes that keep two each, in sixteenths
TEACHERS = ((F(8, 16), F(4, 16), F(4, 16)), (F(4, 16), F(2, 16), F(10, 16)))
OTHERS = ((F(10, 16), F(5, 16), F(1, 16)), (F(1, 16), F(6, 16), F(9, 16)))
KEPT = (frozenset({0, 1}), frozenset({0, 2}))
OTHERS_KEPT = (frozenset({0, 1}), frozenset({1, 2}))


def _truncated(teachers, kept):
    return [
        [chance if place in keep else F(0) for place, chance in enumerate(row)]
        for row, keep in zip(teachers, kept, strict=True)
    ]


def _of_the_sums(rows):
    return normalised(map(sum, zip(*rows, strict=True)))


def _by_mass(teachers, kept):
    """The mean of the renormalised labels, weighted by what each row keeps."""
    return _of_the_sums(_truncated(teachers, kept))


def _each_counts_one(teachers, kept):
    return _of_the_sums(map(normalised, _truncated(teachers, kept)))


def _best_shared(teachers, kept):
    """The prediction with the least loss of kept probabilities as they are, by exact powers."""
    exponents = [16 * sum(column) for column in zip(*_truncated(teachers, kept), strict=True)]
    candidates = {
        *interior(3, 12),
        *(rule(teachers, kept) for rule in (_by_mass, _each_counts_one)),
        _of_the_sums(teachers),
    }
    (best,) = arg_max(
        {
            model: prod(power(b, e) for b, e in zip(model, exponents, strict=True))
            for model in candidates
        }
    )
    return best


def _library_gradient(tau, s, z, j, K):
    return softmax_cross_entropy_with_sparse_labels_value_and_grad(
        z, np.arange(K), tau * np.array(s)
    )[1][j - 1]


unnormalised_top_k = Claim(
    title="The top k as it is: a question of weights",
    statement=(
        r"Let $s$ be the renormalised label, 0 for classes that are dropped, so that $p_k=\tau "
        r"s_k$ on the kept classes $S$. The kept probabilities as they are cost $<weight>$. So "
        r"rows that share a prediction, with the masses $w_i$ and the renormalised labels $p_i$, "
        r"cost what their mean label costs, weighted by the masses: $<shared>$. In the logits the "
        r"slope for class $j$ is $<gradient>$, also where $s_j=0$."
    ),
    relations={
        "weight": derived.raw.states,
        "shared": integer_weights.one_loss.states,
        "gradient": derived.raw_gradient.states,
    },
    for_all=(
        domain.size(K),
        domain.index(j, K),
        domain.number(tau, 0, 1),
        domain.simplex(derived.any_s, K),
        domain.simplex(q, K),
        domain.real(z, K),
        domain.size(integer_weights.over_labels, 1),
        domain.positive(integer_weights.weight, integer_weights.over_labels),
        domain.simplex(integer_weights.some_p, K, integer_weights.over_labels),
    ),
    meaning=(
        r"Whether to renormalise is a question of weights between rows: for one row alone both "
        r"have one minimiser in $\Delta$, $\tilde p$. The best shared prediction is the mean of "
        r"the labels $\tilde p_i$, weighted by $\tau_i$ or not; neither is the mean of the "
        r"teachers."
    ),
    evidence=(
        Derived(
            part="",
            of="weight",
            chain=derived.raw,
            mistakes={
                "the renormalised label's loss": quantities.cross_entropy(derived.any_s, q),
            },
        ),
        Derived(
            part="",
            of="shared",
            chain=integer_weights.one_loss,
            mistakes={
                "each row counts one": -over_observations(
                    over_classes(integer_weights.some_p[i, k] * log(q[k]))
                ),
            },
        ),
        Derived(
            part="",
            of="gradient",
            chain=derived.raw_gradient,
            computes=_library_gradient,
            mistakes={
                "the prediction less the kept probability": quantities.softmax(z, j)
                - tau * derived.any_s[j],
                "a dropped class is left alone": -tau
                * derived.any_s[j]
                * (1 - quantities.softmax(z, j)),
            },
        ),
        Exact(
            part="the best shared prediction of two rows",
            cases=lambda: [(TEACHERS, KEPT), (OTHERS, OTHERS_KEPT)],
            lhs=_best_shared,
            rhs=_by_mass,
            mistakes={
                "the mean of the renormalised labels": _each_counts_one,
                "the mean of the teachers": lambda teachers, kept: _of_the_sums(teachers),
            },
        ),
        Argued(
            part="the minimisers",
            of="meaning",
            proof=(
                (
                    r"One row has the loss of $s$ times a positive number, so by "
                    r"<gibbs_inequality> its minimiser is $s$ either way."
                ),
                (
                    r"By <label_is_votes> rows that share $q$ cost what their weighted mean "
                    r"costs, which is least at that mean: with the weights $\tau_i$, or with "
                    r"equal ones where each label was renormalised first."
                ),
            ),
        ),
    ),
    uses=(
        renormalised_top_k,
        "entropy_and_kl.gibbs_inequality",
        "integer_weights.label_is_votes",
        "five_meanings.signed_labels",
    ),
)


def _draws(chances, n):
    """Every sequence of n independent draws, with its chance and its shares."""
    for drawn in product(range(len(chances)), repeat=n):
        shares = tuple(F(drawn.count(place), n) for place in range(len(chances)))
        yield prod(chances[place] for place in drawn), shares


def _draws_without_replacement(chances, n):
    """The same, where a class that was drawn is not drawn again."""
    for drawn in permutations(range(len(chances)), n):
        chance, left = F(1), F(1)
        for place in drawn:
            chance, left = chance * chances[place] / left, left - chances[place]
        yield chance, tuple(F(int(place in drawn), n) for place in range(len(chances)))


def _mean_and_spread(chances, n, law=_draws):
    drawn = list(law(chances, n))
    mean = tuple(
        sum(chance * shares[place] for chance, shares in drawn) for place in range(len(chances))
    )
    spread = sum(
        chance * sum((share - own) ** 2 for share, own in zip(shares, chances, strict=True))
        for chance, shares in drawn
    )
    return mean, spread


def _stated(chances, n):
    return chances, (1 - sum(chance**2 for chance in chances)) / n


def _chances_and_draws():
    return [(chances, n) for chances in tuple(interior(3, 6))[::2] for n in (1, 2, 3)]


def _of_the_draws(model, drawn):
    """The probability of classes in the order in which they were drawn."""
    return prod(model[place] for place in drawn)


def _of_the_label(model, drawn, votes=None):
    """exp(-n H(P, q)) of the shares of the draws, an exact power."""
    n = len(drawn)
    shares = [F(drawn.count(place), n) for place in range(len(model))]
    return prod(power(q, (votes or n) * share) for q, share in zip(model, shares, strict=True))


def _models_and_draws():
    return [
        (model, drawn)
        for model in tuple(interior(3, 6))[::3]
        for n in (1, 2, 3)
        for drawn in product(range(3), repeat=n)
    ]


sampled_labels_are_votes = Claim(
    title="Classes drawn from a teacher are votes",
    statement=(
        r"Let $P$ be the shares of $n$ classes, drawn independently from $p\in\Delta$, each from "
        r"all classes. Their mean is $p$, and $<spread>$. And $nH(P,q)$ is the negative "
        r"log-likelihood of the $n$ draws."
    ),
    relations={"spread": derived.sampled_spread.states},
    for_all=(domain.size(K, 1), domain.size(derived.n, 1), domain.simplex(derived.any_p, K)),
    meaning=(
        r"The loss is linear in the label, so its mean is $H(p,q)$, and its gradient's mean is "
        r"$q-p$: nothing is off, and the tail is seen as often as it is due. Given the inputs, "
        r"what holds of votes holds of a sampled label, with the weight $n$. It does not hold of "
        r"the top $k$, whose label is no random one."
    ),
    evidence=(
        Derived(
            part="",
            of="spread",
            chain=derived.sampled_spread,
            mistakes={
                "that of one draw": derived.sampled_spread.last * derived.n,
                "over the square of the number": derived.sampled_spread.last / derived.n,
            },
        ),
        derived.variance_of_a_share.as_part("one class"),
        Exact(
            part="mean and spread, of all draws",
            cases=_chances_and_draws,
            lhs=_mean_and_spread,
            rhs=_stated,
            mistakes={
                "a class that was drawn is not drawn again": dict(
                    lhs=lambda chances, n: _mean_and_spread(chances, n, _draws_without_replacement)
                ),
            },
        ),
        Exact(
            part="the likelihood of the draws",
            cases=_models_and_draws,
            lhs=_of_the_draws,
            rhs=_of_the_label,
            mistakes={
                "with the weight 1": lambda model, drawn: _of_the_label(model, drawn, votes=1)
            },
        ),
        Argued(
            part="any number of draws and classes",
            proof=(
                (
                    r"A draw is a class with the chances $p$, so its vertex $e_Y$ has the mean "
                    r"$p$, and so has the mean $P$ of $n$ of them. For class $k$ the draws are "
                    r"independent, with the variance $p_k(1-p_k)$ each, so that of the share is "
                    r"one over $n$ of that, and the spread is the sum over classes."
                ),
                (
                    r"The probability of draws $y_1,\dots,y_n$ under $q$ is "
                    r"$\prod_kq_k^{nP_k}$, by <type_identity>: that is $e^{-nH(P,q)}$."
                ),
            ),
        ),
    ),
    uses=(
        "counts.type_identity",
        "integer_weights.integer_weights",
        "five_meanings.sampled_gradient",
    ),
)


TEACHER_SAYS, DRAWN_WITH = (F(1, 5), F(1, 2)), (F(1, 3), F(1, 2), F(4, 5))  # of class 1 of two


def _mean_self_normalised(first, chance, n):
    """Of class 1 of two, after n draws: the mean share where the weights are divided by their
    sum.
    """
    laws = (first, 1 - first), (chance, 1 - chance)
    weights = [p / r for p, r in zip(*laws, strict=True)]
    return sum(
        mass * normalised(w * share for w, share in zip(weights, shares, strict=True))[0]
        for mass, shares in _draws(laws[1], n)
    )


def _mean_weighted(first, chance, n):
    """The same with the weights as they are."""
    laws = (first, 1 - first), (chance, 1 - chance)
    return sum(mass * shares[0] * first / chance for mass, shares in _draws(laws[1], n))


importance_weights = Claim(
    title="Classes drawn from another law",
    statement=(
        r"Let $Y$ be drawn from any $r$ in the interior, with the weight $p_Y/r_Y$. The weighted "
        r"draw has the mean $p$: for each class $j$, $<mean>$. Let $c_k>0$ be the length of what "
        r"class $k$ would give, such as $\|q-e_k\|$ for the gradient. The mean square of what "
        r"the draw gives is $<best>$, with equality iff $r_k=p_kc_k/\sum_lp_lc_l$. Weights that "
        r"are divided by their sum are off: of two classes with the chances $\pi,1-\pi$, drawn "
        r"twice with the chances $\rho,1-\rho$, $<self>$."
    ),
    relations={
        "mean": derived.importance.states,
        "best": AtLeast(derived.best_proposal.start, derived.mean_cost**2),
        "self": derived.self_normalised.states,
    },
    for_all=(
        domain.size(K),
        domain.index(j, K),
        domain.simplex(p, K),
        domain.positive(derived.c, K),
        domain.simplex(derived.r, K),
        domain.number(derived.pi, 0, 1),
        domain.number(derived.rho, 0, 1),
    ),
    meaning=(
        r"So the teacher itself is not the best law to draw from: classes that the student is "
        r"sure of, and the teacher too, give short gradients. With one draw the divided weight is "
        r"1, and the label is a hard one from $r$. With two the label is off unless $\rho=\pi$, by "
        r"less."
    ),
    evidence=(
        Derived(
            part="",
            of="mean",
            chain=derived.importance,
            mistakes={
                "without weights": derived.r[j],
                "the weight upside down": derived.r[j] ** 2 / p[j],
            },
        ),
        derived.best_proposal.as_part("", of="best"),
        Derived(
            part="",
            of="self",
            chain=derived.self_normalised,
            mistakes={
                "as far off as one draw": derived.rho - derived.pi,
            },
        ),
        Exact(
            part="weights as they are, n draws",
            cases=lambda: list(product(TEACHER_SAYS, DRAWN_WITH, (1, 2, 3))),
            lhs=_mean_weighted,
            rhs=lambda first, chance, n: first,
            mistakes={
                "divided by their sum": dict(lhs=_mean_self_normalised),
            },
        ),
        Argued(
            part="how far off two draws are",
            of="meaning",
            proof=(
                r"In the last relation $\rho-\pi$ has the factor $\frac{\pi(1-\pi)+(\rho-\pi)^2}"
                r"{\pi(1-\rho)+\rho(1-\pi)}$, both of whose parts are positive. It is below 1, for "
                r"the lower part less the upper one is $\rho(1-\rho)$."
            ),
        ),
    ),
    uses=(sampled_labels_are_votes,),
)


ODDS = ((1, 64), (729, 64), (64, 1))  # of two classes, with whole square and cube roots
CHANCES = ((F(1, 3), F(1, 3), F(1, 3)), (F(1, 2), F(1, 4), F(1, 4)))


def _at(T):
    """The teachers' labels at a temperature."""
    return [normalised(F(integer_nthroot(part, T)[0]) for part in odds) for odds in ODDS]


def _mean(labels, chances):
    return tuple(
        sum(w * label[place] for w, label in zip(chances, labels, strict=True))
        for place in range(len(labels[0]))
    )


def _sharpened(label, T):
    """What is said without the temperature by who has learnt a tempered label."""
    return normalised(chance**T for chance in label)


def _best_student(T, chances):
    """Of some students the one with the least loss at a temperature, by exact powers."""
    pooled = _mean(_at(T), chances)
    whole = lcm(*(chance.denominator for chance in pooled))
    candidates = {pooled, *interior(2, 12), *_at(T), *_at(1), _mean(_at(1), chances)}
    (learnt,) = arg_max(
        {
            learnt: prod(q ** int(whole * p) for q, p in zip(learnt, pooled, strict=True))
            for learnt in candidates
        }
    )
    return _sharpened(learnt, T)


def _hot_pool(rows, T):
    """The prediction at T = 1 of a student that learnt at T, equal weights, with many digits."""
    tempered = [[to_mpf(chance) ** (1 / mp.mpf(T)) for chance in row] for row in rows]
    tempered = [[chance / sum(row) for chance in row] for row in tempered]
    mean = [sum(column) / len(rows) for column in zip(*tempered, strict=True)]
    return [chance**T / sum(other**T for other in mean) for chance in mean]


def _printed(chances):
    return tuple(mp.nstr(chance, 8) for chance in chances)


def _geometric(rows):
    logs = [
        sum(mp.log(to_mpf(chance)) for chance in column) / len(rows)
        for column in zip(*rows, strict=True)
    ]
    return [mp.exp(value) / sum(map(mp.exp, logs)) for value in logs]


LABELS = (
    ((F(9, 10), F(1, 10)), (F(1, 2), F(1, 2))),
    ((F(7, 10), F(2, 10), F(1, 10)), (F(1, 10), F(1, 10), F(8, 10))),
)

temperature_is_a_pool = Claim(
    title="A temperature is a pool",
    statement=(
        r"Let one prediction answer $N$ teachers with the logits $z_i$ and weights $w_i>0$ that "
        r"sum to 1, and let $m=\sum_iw_i\operatorname{softmax}(z_i/T)$ be their mean label at the "
        r"temperature $T$. A student that says $m$ at $T$ has the logits $T\log m+c$, so without "
        r"the temperature it says $<pool>$. At $T=1$ that is the arithmetic mean of the teachers. "
        r"For large $T$ the mean $m$ moves with the mean logits: $<slope>$."
    ),
    relations={"pool": derived.pool.states, "slope": derived.slope_of_the_pool.states},
    for_all=(
        domain.size(K),
        domain.size(N),
        domain.index(j, K),
        domain.positive(derived.mean, K),
        domain.number(derived.T, 0, 4),
        domain.number(derived.c_0),
        domain.positive(derived.w, N),
        domain.real(derived.logits, K, N),
    ),
    meaning=(
        r"A student that is trained at $T$ learns $m$. "
        r"As $T\to\infty$ it tends to the geometric mean of the teachers, "
        r"renormalised: the softmax of their mean logits. So a temperature moves the target "
        r"wherever one prediction has several labels, which is wherever the student cannot follow "
        r"the teacher: then, in general, $T\ne1$ does not find the mean label."
    ),
    evidence=(
        Derived(
            part="",
            of="pool",
            chain=derived.pool,
            mistakes={
                "the temperature does not move what is learnt": derived.mean[j]
                / over_classes(derived.mean[k]),
                "the root, not the power": derived.mean[j] ** (1 / derived.T)
                / over_classes(derived.mean[k] ** (1 / derived.T)),
            },
        ),
        Derived(
            part="",
            of="slope",
            chain=derived.slope_of_the_pool,
            mistakes={
                "the mean logits, not centred": over_observations(
                    derived.w[i] * derived.logits[i, j]
                )
                / K,
            },
        ),
        Exact(
            part="three teachers at T = 1, 2, 3",
            cases=lambda: [(T, chances) for T in (1, 2, 3) for chances in CHANCES],
            lhs=_best_student,
            rhs=lambda T, chances: _sharpened(_mean(_at(T), chances), T),
            mistakes={
                "the arithmetic mean at every T": lambda T, chances: _mean(_at(1), chances),
                "the tempered mean itself": lambda T, chances: _mean(_at(T), chances),
            },
        ),
        Digits(
            part="T = 10¹²: the geometric mean, to 8 digits",
            cases=lambda: [(rows,) for rows in LABELS],
            lhs=lambda rows: _printed(_hot_pool(rows, 10**12)),
            rhs=lambda rows: _printed(_geometric(rows)),
            mistakes={
                "at T = 1 too": dict(lhs=lambda rows: _printed(_hot_pool(rows, 1))),
            },
        ),
        Argued(
            part="the limit",
            of="meaning",
            proof=(
                (
                    r"With $s=\frac1T$ the mean $m$ is $\frac1K$ at $s=0$, and by the second "
                    r"relation $m_j=\frac1K\bigl(1+s\,(\bar z_j-\bar{\bar z})+O(s^2)\bigr)$, "
                    r"where $\bar z$ are the mean logits and $\bar{\bar z}$ is their mean over "
                    r"classes; that this is the slope of $m$, each teacher's part, is in "
                    r"<temperature>."
                ),
                (
                    r"So $T\log(Km_j)\to\bar z_j-\bar{\bar z}$, and softmax is continuous: the "
                    r"student tends to $\operatorname{softmax}(\bar z)\propto"
                    r"\prod_i\operatorname{softmax}(z_i)^{w_i}$."
                ),
                (
                    r"That the student learns $m$ is <mean_label>, for its tempered prediction: "
                    r"any distribution in the interior is one."
                ),
            ),
        ),
    ),
    uses=("right_on_average.mean_label", "smoothing.temperature"),
)


def _reverse_slope(z, p, j, K):
    """Of the library's divergence, by its gradient in q and the chain rule of softmax."""
    q = xentlib.softmax(z)
    slopes = np.log(q / np.array(p)) + 1
    return (q * (slopes - np.dot(q, slopes)))[j - 1]


def _chord_is_above(c, d):
    """Whether KL(q, u) of two classes, half way between the log-odds of c and d, is at most its
    mean at these.
    """
    low, high, middle = (
        share * log(2 * share) + (1 - share) * log(2 * (1 - share))
        for share in (Rational(odds, odds + 1) for odds in (c, d, isqrt(c * d)))
    )
    return bool(middle <= (low + high) / 2)


reverse_divergence = Claim(
    title="The divergence in the other direction",
    statement=(
        r"Let $q=\operatorname{softmax}(z)$. In the logits $\operatorname{KL}(q\,\|\,p)$ has the "
        r"slopes $<gradient>$. Of two classes, with "
        r"the log-odds $x$ and $\lambda$ and $\sigma=\sigma(x)$, its curvature is "
        r"$<curvature>$."
    ),
    relations={
        "gradient": derived.reverse_gradient.states,
        "curvature": derived.reverse_curvature.states,
    },
    for_all=(
        domain.size(K),
        domain.index(j, K),
        domain.real(z, K),
        domain.simplex(p, K),
        domain.number(derived.x_s),
        domain.number(derived.x_p),
    ),
    meaning=(
        r"The slope vanishes with $q_j$, whatever $p_j$ is. "
        r"A student that has dropped a class gets no signal to take it up again; by cross-entropy "
        r"it gets $-p_j$. And the loss is not convex in the logits: as it is bounded, it flattens "
        r"where the student is far off."
    ),
    evidence=(
        Derived(
            part="",
            of="gradient",
            chain=derived.reverse_gradient,
            computes=_reverse_slope,
            mistakes={
                "the prediction less the label": quantities.softmax(z, j) - p[j],
                "the logarithm of the ratio, not centred": quantities.softmax(z, j)
                * log(quantities.softmax(z, j) / p[j]),
                "with the weight of the label": p[j]
                * (log(quantities.softmax(z, j) / p[j]) - derived.reverse_divergence(z, p)),
            },
        ),
        Derived(
            part="",
            of="curvature",
            chain=derived.reverse_curvature,
            mistakes={
                "convex, with the curvature of cross-entropy": derived.share * (1 - derived.share),
            },
        ),
        Exact(
            part="which chords lie above, at p = u",
            cases=lambda: [(1, 4), (1, 9), (4, 16), (4, 64), (16, 256)],
            lhs=_chord_is_above,
            rhs=lambda c, d: d <= 9,
            mistakes={
                "every chord does": lambda c, d: c < d,
                "none does": lambda c, d: c > d,
            },
        ),
        Argued(
            part="what vanishes",
            of="meaning",
            proof=(
                (
                    r"As $q_j\to0$ with the other shares in proportion, $q_j\log q_j\to0$ and "
                    r"$\operatorname{KL}(q\,\|\,p)$ stays finite: the slope tends to 0. That of "
                    r"cross-entropy is $q_j-p_j$, by <gradient_in_the_logits>."
                ),
                (
                    r"$\operatorname{KL}(q\,\|\,p)\le-\log\min_kp_k$ for every $q$, and a convex "
                    r"function that is bounded on a line is constant on it. This one is not."
                ),
            ),
        ),
    ),
    uses=("geometry.gradient_in_the_logits",),
)

PEAKS, OTHER_PEAKS = (
    (F(12, 25), F(1, 25), F(12, 25)),
    (F(24, 49), F(1, 49), F(24, 49)),
)  # soft labels with two peaks
FAMILY = ((F(10, 12), F(1, 12), F(1, 12)), (F(4, 12), F(4, 12), F(4, 12)))  # one peak, or none


def _to_the_label(model, label):
    """exp(12 KL) of a label from a model in twelfths, an exact power."""
    return prod(power(q / p, 12 * q) for q, p in zip(model, label, strict=True))


def _likelihood(model, label):
    """exp(-H) of a label under a model, to a power that makes it a fraction."""
    whole = lcm(*(chance.denominator for chance in label))
    return prod(power(q, whole * p) for q, p in zip(model, label, strict=True))


def _best_two_ways(label, family):
    """The models with the least divergence to the label, and from it."""
    reverse = {model: 1 / _to_the_label(model, label) for model in family}
    forward = {model: _likelihood(model, label) for model in family}
    return tuple(min(arg_max(values)) for values in (reverse, forward))


regularised_reward = Claim(
    title="A regularised reward projects on a soft label",
    statement=(
        r"Let $p$ be a reference policy, $r_k$ the reward of class $k$ and $\beta>0$, and let "
        r"$\tilde p$ be proportional to $p_ke^{r_k/\beta}$. For each policy $q$, $<projection>$. "
        r"So $<best>$, with equality iff $q=\tilde p$."
    ),
    relations={
        "projection": derived.projection.states,
        "best": AtMost(
            derived.objective(q, p, derived.reward), derived.best_value(p, derived.reward)
        ),
    },
    for_all=derived.rlhf,
    meaning=(
        r"With a uniform reference $-\operatorname{KL}(q\,\|\,p)$ is the entropy of $q$, less "
        r"$\log K$: an entropy bonus is the same. Whoever maximises a regularised reward fits the "
        r"soft label $\tilde p$, in reverse; cross-entropy from $\tilde p$ has the same minimiser "
        r"where $q$ is free, and another where the model cannot reach it."
    ),
    evidence=(
        Derived(
            part="",
            of="projection",
            chain=derived.projection,
            mistakes={
                "without the reference": derived.best_value(p, derived.reward)
                - derived.beta
                * over_classes(
                    q[k]
                    * log(
                        q[k]
                        / (
                            exp(derived.reward[k] / derived.beta)
                            / over_classes(exp(derived.reward[l] / derived.beta), l)
                        )
                    )
                ),
                "the divergence from the label, forward": derived.best_value(p, derived.reward)
                - derived.beta
                * over_classes(
                    derived.tilted(p, derived.reward, k)
                    * log(derived.tilted(p, derived.reward, k) / q[k])
                ),
            },
        ),
        derived.tilt_is_best.as_part("", of="best"),
        Exact(
            part="where a model cannot reach it, the two directions differ",
            cases=lambda: [(label, FAMILY) for label in (PEAKS, OTHER_PEAKS)],
            lhs=_best_two_ways,
            rhs=lambda label, family: (family[0], family[-1]),
            mistakes={
                "one minimiser in both": lambda label, family: (family[0], family[0]),
            },
        ),
    ),
    uses=("entropy_and_kl.same_minimiser",),
)


TOKENS = (0, 1, 2)
PREFIXES = tuple(prefix for length in (0, 1, 2) for prefix in product(TOKENS, repeat=length))


def _law(number):
    """Chances of the next token after each prefix: 1/2 for one, 1/4 for the others."""
    return {
        prefix: tuple(F(1, 2) if token == number * place % 3 else F(1, 4) for token in TOKENS)
        for place, prefix in enumerate(PREFIXES)
    }


def _bits(ratio):
    """The binary logarithm of a power of 2."""
    return ratio.numerator.bit_length() - ratio.denominator.bit_length()


def _chance(law, tokens):
    return prod(law[tokens[:place]][token] for place, token in enumerate(tokens))


def _of_sequences(one, other):
    """The divergence of sequences of three tokens, in bits."""
    teacher, student = _law(one), _law(other)
    return sum(
        _chance(teacher, tokens) * _bits(_chance(teacher, tokens) / _chance(student, tokens))
        for tokens in product(TOKENS, repeat=3)
    )


def _token_by_token(one, other, weight=lambda teacher, student, prefix: _chance(teacher, prefix)):
    """The divergences of the tokens after each prefix, weighted by the teacher's prefixes."""
    teacher, student = _law(one), _law(other)
    return sum(
        weight(teacher, student, prefix) * p * _bits(p / q)
        for prefix in PREFIXES
        for p, q in zip(teacher[prefix], student[prefix], strict=True)
    )


def _students_prefixes(one, other):
    return _token_by_token(one, other, lambda teacher, student, prefix: _chance(student, prefix))


def _equally_likely_prefixes(one, other):
    return _token_by_token(one, other, lambda teacher, student, prefix: F(1, 3 ** len(prefix)))


LENGTHS = (((0,), (1, 1, 1)), ((1, 0), (0, 0, 1, 0)), ((0, 0), (1, 1)))


def _best_of_means(texts):
    """The free prediction with the least mean over texts of the mean loss of their tokens."""
    whole = lcm(*map(len, texts))
    exponents = [sum(whole // len(text) * text.count(token) for text in texts) for token in (0, 1)]
    return arg_max(
        {
            model: prod(chance**e for chance, e in zip(model, exponents, strict=True))
            for model in {*interior(2, 12), *interior(2, 8), *interior(2, 6)}
        }
    )


def _each_text_counts_one(texts):
    return frozenset({_mean([_shares_of(text) for text in texts], [F(1, len(texts))] * len(texts))})


def _each_token_counts_one(texts):
    return frozenset({_shares_of(sum(texts, ()))})


def _shares_of(tokens):
    return tuple(F(tokens.count(token), len(tokens)) for token in (0, 1))


sequences = Claim(
    title="Sequences, and whose prefixes",
    statement=(
        r"Let a teacher give prefix $i$ the probability $w_i$ and after it token $k$ the "
        r"probability $p_{ik}$; a student, $v_i$ and $q_{ik}$. Of prefix and token together "
        r"$<step>$: the token's divergence is averaged over the *teacher's* prefixes."
    ),
    relations={"step": derived.one_token_more.states},
    for_all=derived.one_token_more.given,
    meaning=(
        r"So for sequences $\operatorname{KL}(P\,\|\,Q)=\sum_t\operatorname{E}_{\text{prefix}\sim "
        r"P}\operatorname{KL}(p_t\,\|\,q_t)$. With prefixes of the student, or of a corpus, the "
        r"sum is another objective; where the student can reach the teacher, all are least "
        r"there. The mean over texts of their mean loss gives a token of a text of $T$ tokens "
        r"the weight $\frac1T$: that is not the likelihood."
    ),
    evidence=(
        Derived(
            part="",
            of="step",
            chain=derived.one_token_more,
            mistakes={
                "the student's prefixes": derived.divergence_of_prefixes(derived.w, derived.v)
                + derived.divergence_of_tokens(derived.v, p, q),
                "each prefix alike": derived.divergence_of_prefixes(derived.w, derived.v)
                + over_observations(over_classes(p[i, k] * log(p[i, k] / q[i, k]))) / N,
            },
        ),
        Exact(
            part="three tokens of three, every sequence, in bits",
            cases=lambda: list(permutations(range(3), 2)),
            lhs=_of_sequences,
            rhs=_token_by_token,
            mistakes={
                "prefixes that the student writes": _students_prefixes,
                "prefixes of a corpus, here equally likely ones": _equally_likely_prefixes,
            },
        ),
        Exact(
            part="the mean over texts of their mean loss",
            cases=lambda: [(texts,) for texts in LENGTHS],
            lhs=_best_of_means,
            rhs=_each_text_counts_one,
            mistakes={"it is the mean over tokens": _each_token_counts_one},
        ),
        Argued(
            part="all tokens, other prefixes",
            of="meaning",
            proof=(
                (
                    r"Take the first $t$ tokens for the prefix: each token adds its own part. By "
                    r"induction on the length the sum is the divergence of the sequences."
                ),
                (
                    r"Where $q=p$ after every prefix, each part is 0, the least that it can be by "
                    r"<gibbs_inequality>, however prefixes are weighted. Where the student cannot "
                    r"be $p$ after each, the weights decide where it errs."
                ),
                (
                    r"A token's loss is exact by <product_rule>: the negative log-likelihood of a "
                    r"text is the sum over its tokens, without a factor $\frac1T$."
                ),
            ),
        ),
    ),
    uses=("many_observations.product_rule", "entropy_and_kl.gibbs_inequality"),
)


PENALTIES = (F(1, 10), F(1))
PINNED = tuple((share, penalty) for share in (F(9, 10), F(1, 2), F(1, 5)) for penalty in PENALTIES)


def _least_at(loss, low, high):
    """Where a function of one number with one valley is least, in thirds."""
    for _ in range(300):
        third = (high - low) / 3
        low, high = (
            (low, high - third) if loss(low + third) < loss(high - third) else (low + third, high)
        )
    return low


def _best_pinned(share, penalty):
    """The share of class 1 that is best where the other logit is 0, to 8 digits."""
    p, weight = to_mpf(share), to_mpf(penalty)
    normaliser = lambda x: mp.log(1 + mp.exp(x))  # noqa: E731
    loss = lambda x: normaliser(x) - p * x + weight * normaliser(x) ** 2  # noqa: E731
    return mp.nstr(1 / (1 + mp.exp(-_least_at(loss, mp.mpf(-9), mp.mpf(9)))), 8)


def _between(share, penalty):
    """A share between the label and one half."""
    return mp.nstr(to_mpf((share + penalty) / (1 + 2 * penalty)), 8)


def _root(share, penalty):
    """Where q (1 - 2 λ log(1 - q)) is the label, by halving."""
    p, weight, low, high = to_mpf(share), to_mpf(penalty), mp.mpf(0), mp.mpf(1)
    for _ in range(150):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if middle * (1 - 2 * weight * mp.log(1 - middle)) < p else (low, middle)
        )
    return mp.nstr(low, 8)


z_loss = Claim(
    title="A penalty on the normaliser",
    statement=(
        r"Let $q=\operatorname{softmax}(z)$, and add to $H(p,q)$ the penalty "
        r"$\lambda\operatorname{lse}(z)^2$ with $\lambda>0$, known as z-loss. The slope for class "
        r"$j$ is $<gradient>$, and $<sum>$. Any logits are $\log q+c$ with the normaliser $c$, and "
        r"cost $<parts>$. So with free logits $<least>$, with equality iff $q=p$ and $c=0$. Of two "
        r"classes, where the second has the logit 0 and the label the share $\pi$, with "
        r"$\sigma=\sigma(x)$: $<pinned>$."
    ),
    relations={
        "gradient": derived.penalised_gradient.states,
        "sum": derived.sum_of_slopes.states,
        "parts": derived.two_parts.states,
        "least": AtLeast(derived.penalised_is_least.start, quantities.entropy(p)),
        "pinned": derived.pinned_gradient.states,
    },
    for_all=(
        domain.size(K),
        domain.index(j, K),
        domain.number(derived.lam, 0, 2),
        domain.simplex(p, K),
        domain.real(z, K),
        domain.simplex(q, K),
        domain.number(derived.c_0),
        domain.number(derived.x_s),
        domain.number(derived.pi, 0, 1),
    ),
    meaning=(
        r"So the penalty chooses among the logits of one prediction, and asks nothing of the "
        r"prediction, where the model can add to all logits of a row a number of that row. Where "
        r"it cannot, the prediction pays: held at 0, the best share is below $\pi$, for every "
        r"$\pi$. With one intercept for each class and $N$ rows, at the minimum "
        r"$\sum_i\operatorname{lse}(z_i)=0$, and the mean prediction for class $j$ misses the "
        r"mean label by $-\frac{2\lambda}N\sum_i\operatorname{lse}(z_i)q_{ij}$."
    ),
    evidence=(
        Derived(
            part="",
            of="gradient",
            chain=derived.penalised_gradient,
            mistakes={
                "only the scale of the gradient": (1 + 2 * derived.lam * derived.normaliser(z))
                * (quantities.softmax(z, j) - p[j]),
                "the prediction less the label": quantities.softmax(z, j) - p[j],
            },
        ),
        Derived(
            part="",
            of="sum",
            chain=derived.sum_of_slopes,
            mistakes={
                "without the 2 of the square": derived.lam * derived.normaliser(z),
            },
        ),
        Derived(
            part="",
            of="parts",
            chain=derived.two_parts,
            mistakes={
                "the shift costs nothing": quantities.cross_entropy(p, q),
                "the shift is a part of the cross-entropy": quantities.cross_entropy(p, q)
                - derived.c_0
                + derived.lam * derived.c_0**2,
            },
        ),
        derived.penalised_is_least.as_part("", of="least"),
        Derived(
            part="",
            of="pinned",
            chain=derived.pinned_gradient,
            mistakes={
                "harmless here too": derived.share - derived.pi,
                "drawn to one half": derived.share
                - derived.pi
                + 2 * derived.lam * (derived.share - Rational(1, 2)),
            },
        ),
        Digits(
            part="the best share where one logit is 0, to 8 digits",
            cases=lambda: list(PINNED),
            lhs=_best_pinned,
            rhs=_root,
            mistakes={
                "the label": lambda share, penalty: mp.nstr(to_mpf(share), 8),
                "between the label and one half": _between,
            },
        ),
        Argued(
            part="which models pay",
            of="meaning",
            proof=(
                (
                    r"If a model can add to all logits of a row a number of its own, then from "
                    r"any of its predictions it can reach $\operatorname{lse}(z)=0$ without "
                    r"moving it. So the penalty is 0 at the minimum, and what is left is the "
                    r"cross-entropy."
                ),
                (
                    r"With $\sigma$ held at $\pi$ the last slope is "
                    r"$-2\lambda\pi\log(1-\pi)>0$, and it grows with $\sigma$. So it is 0 at one "
                    r"share, below $\pi$."
                ),
                (
                    r"At a minimum the slopes for an intercept sum to 0 over the rows, for each "
                    r"class: $\sum_i(q_{ij}-p_{ij})=-2\lambda\sum_i\operatorname{lse}(z_i)q_{ij}$. "
                    r"Summed over classes the left is 0, and the right "
                    r"$-2\lambda\sum_i\operatorname{lse}(z_i)$."
                ),
            ),
        ),
    ),
    uses=("entropy_and_kl.gibbs_inequality", "geometry.gradient_in_the_logits"),
)
