"""The chapter on labels that are sets, ordered or absent."""

from typing import Any

from sympy import (
    Derivative,
    IndexedBase,
    KroneckerDelta,
    Product,
    Sum,
    Symbol,
    exp,
    log,
    symbols,
)

from xentlib.derivations import quantities as named
from xentlib.derivations.entropy_and_kl import weights
from xentlib.derivations.lemmas import (
    each_class,
    in_the_support,
    logarithm,
    m,
    on_support,
    over_support,
    s,
)
from xentlib.derivations.symbols import K, N, i, j, k, l, over_classes, p, q, softmax, z
from xentlib.verify import Bounded, Induction, Termwise
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import (
    Given,
    Known,
    Source,
    index,
    nonnegative,
    number,
    positive,
    real,
    shares,
    simplex,
    size,
)
from xentlib.verify.quantity import called, entry, quantity

classes, model = size(K), simplex(q, K)


# A set of m classes: they are named first, and the prediction has s on them


@quantity("{}(S)")
def mass(q: Any) -> Any:
    """What a prediction has on the set."""
    return over_support(entry(q, k))


@quantity(r"\operatorname{{KL}}({0}\,\|\,{1}_{{\cdot\mid S}})")
def divergence_given_the_set(p: Any, q: Any) -> Any:
    """Of a label on the set from the prediction given the set."""
    return over_support(entry(p, k) * log(entry(p, k) * mass(q) / entry(q, k)))


a_label_on_the_set = Chain(
    start=named.on_support.cross_entropy(p, q),
    steps=(
        (
            -log(mass(q)) - over_support(p[k] * log(q[k] / mass(q))),
            "a class has its share of what the set has, and the label sums to 1",
        ),
        (
            -log(mass(q)) + named.on_support.entropy(p) + divergence_given_the_set(p, q),
            "a cross-entropy is an entropy and a divergence",
        ),
    ),
    given=on_support,
)
"""What a label on the set asks for: the set, and beyond it itself within the set."""


@quantity(r"H(u_S,{})")
def cross_entropy_of_the_uniform(q: Any) -> Any:
    """Of the uniform label on the set."""
    return -over_support(log(entry(q, k)) / m)


@quantity(r"\operatorname{{KL}}(u_S\,\|\,{}_{{\cdot\mid S}})")
def divergence_of_the_uniform(q: Any) -> Any:
    """Of the uniform label on the set from the prediction given the set."""
    return over_support(log(mass(q) / (m * entry(q, k))) / m)


uniform_on_the_set = Chain(
    start=cross_entropy_of_the_uniform(q),
    steps=(
        (
            -log(mass(q)) - over_support(log(q[k] / mass(q)) / m),
            "a class has its share of what the set has",
        ),
        (
            -log(mass(q)) + log(m) + divergence_of_the_uniform(q),
            "the shares of the uniform label are 1/m",
        ),
    ),
    given=on_support,
)
"""The uniform label on the set: the same, with log m for its entropy."""
a_set_costs_least = Bounded(
    start=-log(mass(q)),
    steps=(
        (
            Termwise(
                lemma=logarithm, weight=p[k], argument=q[k] / (s * p[k]), limits=in_the_support
            ),
            named.on_support.divergence(p, q),
            "log t is at most t - 1, at the prediction given the set over the label",
        ),
    ),
    given=on_support,
    equality={q[k]: s * p[k]},
    mistakes={
        "every label on the set does as well": {},
        "the even prediction within the set": {q[k]: s / m},
        "a set costs nothing": 0 * m,
    },
)
"""The loss of a set is the least divergence of a label on the set from the prediction."""


# M sets, reported at random

M = Symbol("M", integer=True, positive=True)
c = IndexedBase("c", positive=True)  # the chance of a report of the set, for a class that it has
report = IndexedBase("b", nonnegative=True)  # the same for each class: 0 where it is not in the set
of_truth, of_model = (IndexedBase(letter, positive=True) for letter in "PQ")


def _chances(random: Source, known: Known) -> list[Any]:
    """Pairs of sets and, where one is left, the set of all classes, each pair with one chance."""
    pairs = shares(random, (known[M] + 1) // 2)
    return [pairs[place // 2] for place in range(known[M])]


def _reports(random: Source, known: Known) -> list[list[Any]]:
    """Of each pair a set and the other classes; a column for each set, with its chance."""
    rows: list[list[Any]] = []
    chances = known[c]
    for _ in range(known[K]):
        row = []
        for place in range(0, known[M] - 1, 2):
            inside = random.randint(0, 1)
            row += [inside * chances[place], (1 - inside) * chances[place + 1]]
        rows.append(row + [chances[-1]] * (known[M] % 2))
    return rows


def _masses(random: Source, known: Known) -> list[Any]:
    """What a distribution may have on sets: with their chances it sums to 1."""
    return [
        share / chance for share, chance in zip(shares(random, known[M]), known[c], strict=True)
    ]


def over_sets(term: Any) -> Any:
    """Σ_l of a term."""
    return Sum(term, (l, 1, M))


sets = (
    size(M),
    Given(symbol=c, draw=_chances),
    Given(symbol=report, draw=_reports, facts=((over_sets(report[k, l]), 1),)),
)
of_sets = tuple(
    Given(symbol=table, draw=_masses, facts=((over_sets(c[l] * table[l]), 1),))
    for table in (of_truth, of_model)
)


@quantity("{0}(S_{1})")
def mass_of(q: Any, l: Any) -> Any:  # noqa: E741
    """What a prediction has on one of the sets: b/c is 1 for its classes, and 0 for others."""
    return over_classes(report[k, l] / c[l] * entry(q, k))


reports = Chain(
    start=called(r"\sum_lP_q(S_l)", over_sets(over_classes(q[k] * report[k, l]))),
    steps=(
        (over_sets(c[l] * mass_of(q, l)), "the chance is the same for each class of the set"),
        (over_classes(q[k]), "some set is reported, whatever the class"),
        (1 + 0 * K, "q sums to 1"),
    ),
    given=(classes, *sets, model),
)
"""Coarsened at random, a report S has the probability q(S) times a constant."""


@quantity(r"\operatorname{{E}}_{{{}}}[-\log {}(S)]")
def expected_loss(P: Any, Q: Any) -> Any:
    """Of reported sets, whose masses are P under the truth and Q under the prediction."""
    return -over_sets(c[l] * entry(P, l) * log(entry(Q, l)))


sets_are_proper = Bounded(
    start=expected_loss(of_truth, of_model),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=c[l] * of_truth[l],
                argument=of_model[l] / of_truth[l],
                limits=((l, 1, M),),
            ),
            expected_loss(of_truth, of_truth) - over_sets(c[l] * of_model[l]) + 1,
            "log t is at most t - 1, at what the prediction has on a set over what it should",
        ),
        ("=", expected_loss(of_truth, of_truth), "both laws of reports sum to 1"),
    ),
    given=(*sets[:2], *of_sets),
    equality={of_model[l]: of_truth[l]},
    mistakes={
        "every prediction": {},
        "each set as likely as another": {of_model[l]: 1 / (M * c[l])},
    },
)
"""The mean loss of reported sets is least where each set has what it has under the truth."""


# A class that is ruled out

ruled_out = (1 - p[k]) / (K - 1)  # the chance that class k is named as one that it is not
shrunk = 1 / (K - 1) ** 2


@quantity(r"\operatorname{{E}}\,u_{{\ne}}({})")
def mean_of_uniform_on_others(j: Any) -> Any:
    """Of the labels that are uniform on the classes that were not ruled out, at one class."""
    return over_classes(ruled_out * (1 - KroneckerDelta(j, k)) / (K - 1))


@quantity(r"\operatorname{{E}}\,\tilde p_{}")
def mean_of_signed(j: Any) -> Any:
    """Of the signed labels 1 - (K - 1) e, at one class."""
    return over_classes(ruled_out * (1 - (K - 1) * KroneckerDelta(j, k)))


uniform_on_others = Chain(
    start=mean_of_uniform_on_others(j),
    steps=(
        (
            (1 - (1 - p[j]) / (K - 1)) / (K - 1),
            "class j is among the others unless it is itself ruled out",
        ),
        (shrunk * p[j] + (1 - shrunk) / K, "collect what multiplies the truth"),
    ),
    given=(classes, simplex(p, K), index(j, K)),
)
"""Uniform labels on the classes that are left have the mean of a smoothed truth."""
signed_complement = Chain(
    start=mean_of_signed(j),
    steps=(
        (1 - (1 - p[j]), "the chances of all reports sum to 1"),
        (p[j], "once more"),
    ),
    given=(classes, simplex(p, K), index(j, K)),
)
"""The labels 1 - (K - 1) e for a class that is ruled out have the truth for their mean."""


# Questions that are answered one after the other

J = Symbol("J", integer=True, positive=True)  # questions
answer = IndexedBase("z", real=True)  # the logit of yes
yes, no = (IndexedBase(letter, nonnegative=True) for letter in ("y", "n"))
sure, unsure = (log(named.sigmoid(sign * answer[l])) for sign in (1, -1))


def over_questions(term: Any) -> Any:
    """Σ_l of a term."""
    return Sum(term, (l, 1, J))


@quantity("H({0},q)")
def cross_entropy_of_answers(p: Any) -> Any:
    """Of a class that is the answers which lead to it."""
    answers = over_questions(yes[k, l] * sure + no[k, l] * unsure)
    return -over_classes(entry(p, k) * answers)


questions = Chain(
    start=cross_entropy_of_answers(p),
    steps=(
        (
            over_questions(
                over_classes(yes[k, l] * p[k]) * -sure + over_classes(no[k, l] * p[k]) * -unsure
            ),
            "exchange the sums: each question waits for those who are asked it",
        ),
    ),
    given=(
        classes,
        size(J),
        simplex(p, K),
        real(answer, J),
        nonnegative(yes, J, K),
        nonnegative(no, J, K),
    ),
)
"""The cross-entropy of a tree of questions is a sum of binary ones, each over those it is asked."""

n, tried = symbols("n T", integer=True, positive=True)
passes = IndexedBase("r", positive=True)  # the chance to pass a stage
stopped, passing, another = symbols("b u t", positive=True)
one_stage_more = Chain(
    start=stopped + (1 - another) * passing,
    steps=((stopped + passing - another * passing, "who passed all before stops, or passes on"),),
    given=(number(stopped, 0, 1), number(passing, 0, 1), number(another, 0, 1)),
)
"""One stage more stops some of those who have passed all before."""
stages_make_a_law = Induction(
    n=n,
    left=Symbol(r"{q_1+\cdots+q_n}"),
    base=1 - passes[1],
    value=stopped,
    step=stopped + (1 - passes[n + 1]) * Product(passes[i], (i, 1, n)),
    right=1 - Product(passes[i], (i, 1, n)),
    unfold=one_stage_more,
    before=stopped,
    reads={passing: Product(passes[i], (i, 1, n)), another: passes[n + 1]},
    read_as=(
        "b is what stopped at the first n stages, u the chance to pass them all, and t that to "
        "pass the next one"
    ),
    given=(number(tried, 4, 4), positive(passes, tried)),
    mistakes={
        "each stage may stop anyone": Sum(1 - passes[i], (i, 1, n)),
        "who passes the last stage has passed": 1 - passes[n],
    },
)
"""What stops at n stages and what passes them all sum to 1."""


# Thresholds, each with a loss of its own: N of them, with two classes each


@quantity(r"C({},{})")
def loss_of_thresholds(p: Any, q: Any) -> Any:
    """The cross-entropies of all thresholds, added."""
    return -Sum(entry(p, i, k) * log(entry(q, i, k)), (k, 1, K), (i, 1, N))


thresholds_are_proper = Bounded(
    start=loss_of_thresholds(p, q),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=p[i, k],
                argument=q[i, k] / p[i, k],
                limits=((k, 1, K), (i, 1, N)),
            ),
            loss_of_thresholds(p, p),
            "log t is at most t - 1, at each threshold; all rows sum to 1",
        ),
    ),
    given=(classes, size(N), simplex(p, K, N), simplex(q, K, N)),
    equality={q[i, k]: p[i, k]},
    mistakes={"every prediction": {}, "an even one at each threshold": {q[i, k]: 1 / K}},
)
"""The sum of the losses of all thresholds is least where each has its own share."""

c_1, c_2 = (Symbol(name, positive=True) for name in ("c_1", "c_2"))
total_mass = Chain(
    start=called(
        r"\sum_ye^{-C(e_y,c)}",
        (1 - c_1) * (1 - c_2) + c_1 * (1 - c_2) + c_1 * c_2,
    ),
    steps=(
        (1 - c_2 + c_1 * c_2, "the first two have 1 - c_2 together"),
        (1 - (1 - c_1) * c_2, "what is missing: not above the first grade, yet above the second"),
    ),
    given=(number(c_1, 0, 1), number(c_2, 0, 1)),
)
"""Three grades: the products of the thresholds' factors do not sum to 1."""


# No label


@quantity(r"\langle q,{0}\rangle")
def mean_logit(z: Any) -> Any:
    """Under the prediction."""
    return Sum(named.softmax(z, l) * entry(z, l), (l, 1, K))


@quantity("H(q)")
def entropy_of_softmax(z: Any) -> Any:
    """Of a prediction, in its logits."""
    powers = exp(entry(z, k))
    return log(over_classes(powers)) - over_classes(powers * entry(z, k)) / over_classes(powers)


all_classes = Chain(
    start=called(r"-\log\sum_jq_j", -log(over_classes(softmax, j))),
    steps=((0 * K, "the probabilities of all classes sum to 1"),),
    given=(classes, real(z, K)),
)
"""An unlabelled input has the loss 0, whatever the logits."""
slope_of_entropy = Chain(
    start=Derivative(entropy_of_softmax(z), z[j]),
    steps=(
        (
            -named.softmax(z, j) * (z[j] - mean_logit(z)),
            "differentiate; what is left is the logit less its mean",
        ),
    ),
    given=(classes, index(j, K), real(z, K)),
)
"""The slope of the entropy of a prediction in its logits."""


# Pools

group = IndexedBase("g", nonnegative=True)  # 1 where a class is in the group
update = IndexedBase("lambda", positive=True)  # the likelihoods of an observation
w = weights.symbol


@quantity(r"\sum_{{k\in g}}\sum_iw_i{0}_{{ik}}")
def group_of_the_pool(p: Any) -> Any:
    """What the linear pool has in a group of classes."""
    return over_classes(group[k] * Sum(w[i] * entry(p, i, k), (i, 1, N)))


@quantity(r"\sum_iw_i\sum_{{k\in g}}{0}_{{ik}}")
def pool_of_the_groups(p: Any) -> Any:
    """The linear pool of what each opinion has in a group of classes."""
    return Sum(w[i] * over_classes(group[k] * entry(p, i, k)), (i, 1, N))


linear_pool_merges = Chain(
    start=group_of_the_pool(p),
    steps=((pool_of_the_groups(p), "exchange the sums"),),
    given=(classes, size(N), weights, simplex(p, K, N), nonnegative(group, K)),
)
"""The linear pool of merged opinions is the merged linear pool."""

mean_of_the_groups = Sum(over_classes(group[k] * p[i, k]), (i, 1, N)) / N
evidence = over_classes(update[k] * p[i, k])
log_odds_of_the_pool = Sum(w[i] * log(p[i, j] / p[i, l]), (i, 1, N))


def _updated(entry_of: Any) -> Any:
    """The opinion i after Bayes' rule, at one class."""
    return update[entry_of] * p[i, entry_of] / evidence


logarithmic_pool_updates = Chain(
    start=called(
        r"\sum_iw_i\log\frac{p_i(j\mid o)}{p_i(l\mid o)}",
        Sum(w[i] * log(_updated(j) / _updated(l)), (i, 1, N)),
    ),
    steps=(
        (
            Sum(w[i] * (log(update[j] / update[l]) + log(p[i, j] / p[i, l])), (i, 1, N)),
            "the probability of the observation cancels",
        ),
        (
            log(update[j] / update[l]) + log_odds_of_the_pool,
            "the weights sum to 1",
        ),
    ),
    given=(
        classes,
        size(N),
        weights,
        simplex(p, K, N),
        positive(update, K),
        index(j, K),
        index(l, K),
    ),
)
"""The log-odds of the logarithmic pool of updated opinions are those of the pool, updated."""


# A set of labels: the one with the largest entropy, and another of the set

r, epsilon = IndexedBase("r", positive=True), Symbol("epsilon", positive=True)


def mixture(r: Any, p: Any, epsilon: Any) -> Any:
    """The share of class k in a mixture of two labels."""
    return (1 - epsilon) * entry(r, k) + epsilon * entry(p, k)


on_the_way = mixture(r, p, epsilon)


@quantity(r"H(r_\varepsilon)")
def entropy_on_the_way(r: Any, p: Any, epsilon: Any) -> Any:
    """Of a mixture of two labels."""
    mixed = mixture(r, p, epsilon)
    return -over_classes(mixed * log(mixed))


@quantity(r"H({1},r_\varepsilon)")
def cross_entropy_on_the_way(r: Any, p: Any, epsilon: Any) -> Any:
    """What a label costs where the prediction is that mixture."""
    return -over_classes(entry(p, k) * log(mixture(r, p, epsilon)))


a_step_from_the_top = Bounded(
    start=entropy_on_the_way(r, p, epsilon),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=(1 - epsilon) * r[k],
                argument=on_the_way / r[k],
                limits=each_class,
            ),
            -over_classes(
                (1 - epsilon) * (r[k] * log(r[k]) + on_the_way - r[k])
                + epsilon * p[k] * log(on_the_way)
            ),
            "$\\log x\\le x-1$, at the mixture over $r$",
        ),
        (
            "=",
            (1 - epsilon) * named.entropy(r) + epsilon * cross_entropy_on_the_way(r, p, epsilon),
            "mixture and $r$ both sum to 1",
        ),
    ),
    given=(classes, simplex(r, K), simplex(p, K), number(epsilon, 0, 1)),
    equality={p[k]: r[k]},
    mistakes={
        "the entropy is affine": {},
        "the entropy of the other label in place of its cost": named.entropy(r)
        + epsilon * named.entropy(p),
    },
)
"""A step towards another label gains what that label costs, less the entropy: so at the top it
costs no more.
"""
