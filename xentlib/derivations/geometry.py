"""The chapter on the geometry: the loss as a function of logits, of predictions and of weights."""

from typing import Any

from sympy import Derivative, Expr, IndexedBase, KroneckerDelta, Sum, Symbol, exp, log

from xentlib.derivations import quantities as named
from xentlib.derivations.categorical import pairs
from xentlib.derivations.cross_entropy import any_p
from xentlib.derivations.entropy_and_kl import here, s
from xentlib.derivations.lemmas import each_class, each_observation, exponential
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
from xentlib.verify import Bounded, Dropped, Rowwise, Termwise
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import index, nonnegative, number, positive, real, simplex, size
from xentlib.verify.quantity import called, entry, quantity

D, m = Symbol("D", integer=True, positive=True), Symbol("m", integer=True, positive=True)
W, x, u, b = (IndexedBase(letter, real=True) for letter in ("W", "x", "u", "b"))
n = Symbol("n", integer=True, positive=True)

classes, rows, chosen = size(K), size(N), index(j, K)


@quantity(r"H({},\operatorname{{softmax}}({}))")
def loss_of_logits(p: Any, z: Any) -> Any:
    """The cross-entropy of a prediction that is given by its logits."""
    return -over_classes(entry(p, k) * (entry(z, k) - log(over_classes(exp(entry(z, l)), l))))


def over_features(term: Expr) -> Expr:
    """Σ_m of a term."""
    return Sum(term, (m, 1, D))


q_j, q_l = named.softmax(z, j), named.softmax(z, l)
gradient = Chain(
    start=Derivative(loss_of_logits(any_p, z), z[j]),
    steps=(
        (
            over_classes(any_p[k]) * q_j - any_p[j],
            "each share pulls its own logit down, and all pull with the log-sum-exp",
        ),
        (q_j - any_p[j], "the shares sum to 1"),
    ),
    given=(classes, chosen, simplex(any_p, K), real(z, K)),
)
"""The gradient of H(p, softmax z) in the logits is q - p."""
hessian = Chain(
    start=Derivative(called(r"(q_j-p_j)", q_j - any_p[j]), z[l]),
    steps=(
        (
            q_j * KroneckerDelta(j, l) - q_j * q_l,
            "the label is a constant; quotient rule",
        ),
    ),
    given=(classes, chosen, index(l, K), simplex(any_p, K), real(z, K)),
)
"""Its Hessian is diag q - q q', with no label in it."""
moved, moved_l = (
    z[c] + s * v[c] + s**2 * b[c] / 2 for c in (k, l)
)  # logits along a curve: the derivatives are taken where it starts
total, speed = over_classes(exp(moved_l), l), v[k] + s * b[k]


def _on_the_curve(z: Any, v: Any, b: Any, index: Any = k) -> Expr:
    """One class's logit at s."""
    return entry(z, index) + s * entry(v, index) + s**2 * entry(b, index) / 2


def _prediction_there(z: Any, v: Any, b: Any) -> Expr:
    total = over_classes(exp(_on_the_curve(z, v, b, l)), l)
    return exp(_on_the_curve(z, v, b)) / total


@quantity(r"H({},\operatorname{{softmax}}({}+s{}+\tfrac{{s^2}}2{}))")
def loss_on_a_curve(p: Any, z: Any, v: Any, b: Any) -> Any:
    """Where the logits move with a velocity and an acceleration."""
    there = _on_the_curve(z, v, b)
    return log(over_classes(exp(there))) - over_classes(entry(p, k) * there)


@quantity(r"\operatorname{{Var}}_q({1}+s{2})")
def variance_on_a_curve(z: Any, v: Any, b: Any) -> Any:
    """Of the velocity, under the prediction at s."""
    share, velocity = _prediction_there(z, v, b), entry(v, k) + s * entry(b, k)
    return over_classes(share * velocity**2) - over_classes(share * velocity) ** 2


@quantity(r"\langle q-{0},{3}\rangle")
def pull_on_a_curve(p: Any, z: Any, v: Any, b: Any) -> Any:
    """Of the prediction at s minus the label, along the acceleration."""
    return over_classes((_prediction_there(z, v, b) - entry(p, k)) * entry(b, k))


in_network_weights = Chain(
    start=Derivative(loss_on_a_curve(any_p, z, v, b), (s, 2)),
    steps=(
        (
            over_classes(exp(moved) * (speed**2 + b[k])) / total
            - (over_classes(exp(moved) * speed) / total) ** 2
            - over_classes(any_p[k] * b[k]),
            "quotient rule",
        ),
        (
            variance_on_a_curve(z, v, b) + pull_on_a_curve(any_p, z, v, b),
            "the curvature in the logits, and the slope times the curvature of the logits",
        ),
    ),
    given=(classes, here, simplex(any_p, K), real(z, K), real(v, K), real(b, K)),
)
"""Along a curve of logits the curvature has a second term, with the label in it."""


def _reduced(number_of_classes):
    """The loss with the last class as what the others leave."""
    free = range(1, number_of_classes)
    last = 1 - sum(q[c] for c in free)
    return -sum(p[c] * log(q[c]) for c in free) - p[number_of_classes] * log(last), last


def _reduced_chain(number_of_classes, row, column):
    whole, last = _reduced(number_of_classes)
    own = p[row] / q[row] ** 2 if row == column else 0
    return Chain(
        start=Derivative(whole, q[row], q[column]),
        steps=(
            (
                own + p[number_of_classes] / last**2,
                "the own term, and the one of the class that is left over",
            ),
        ),
        given=(
            number(K, number_of_classes, number_of_classes),
            simplex(p, K),
            simplex(q, K).nonzero(last),
        ),
    )


reduced_hessian = {
    f"K = {c}, entry ({row}, {column})": _reduced_chain(c, row, column)
    for c in (3, 4)
    for row, column in ((1, 1), (1, 2))
}
"""On the simplex, the last class left over: entries of the Hessian in the predictions."""

z_moved, z_moved_l = z[i, k] + s * u[i, k], z[i, l] + s * u[i, l]
row_total = over_classes(exp(z_moved_l), l)
in_weights = Chain(
    start=Derivative(
        called(
            r"\sum_iH(p_i,q_i)",
            over_observations(log(over_classes(exp(z_moved))) - over_classes(p[i, k] * z_moved)),
        ),
        (s, 2),
    ),
    steps=(
        (
            over_observations(
                over_classes(exp(z_moved) * u[i, k] ** 2) / row_total
                - (over_classes(exp(z_moved) * u[i, k]) / row_total) ** 2
            ),
            "quotient rule; the label drops out",
        ),
    ),
    given=(classes, rows, here, simplex(p, K, N), real(z, K, N), real(u, K, N)),
)
"""The curvature along a direction of the weights: a variance for each row."""
through_moments = Chain(
    start=called(
        r"\sum_i\langle p_i,Wx_i\rangle",
        over_observations(over_classes(p[i, k] * over_features(W[k, m] * x[i, m]))),
    ),
    steps=(
        (
            over_classes(over_features(W[k, m] * over_observations(p[i, k] * x[i, m]))),
            "exchange the sums",
        ),
    ),
    given=(classes, rows, size(D), simplex(p, K, N), real(x, D, N), real(W, D, K)),
)
"""The part of the loss with labels in it sees them through Σ p_i x_i' alone."""
row_logit = over_features(W[k, m] * x[i, m])
score = Chain(
    start=Derivative(
        called(
            r"\sum_i\langle u_i,Wx_i\rangle", over_observations(over_classes(u[i, k] * row_logit))
        ),
        W[j, n],
    ),
    steps=(
        (over_observations(u[i, j] * x[i, n]), "one class and one feature are left of the sums"),
    ),
    given=(
        classes,
        rows,
        size(D),
        chosen,
        index(n, D),
        real(u, K, N),
        real(x, D, N),
        real(W, D, K),
    ),
)
"""The derivative through the logits: a gradient in the logits, times the feature."""

beta = IndexedBase("beta", real=True)
any_beta = real(beta, K).nonzero(q[k] + s * beta[k])
curvature_each_free = Chain(
    start=Derivative(-over_classes(any_p[k] * log(q[k] + s * beta[k])), (s, 2)),
    steps=(
        (
            over_classes(any_p[k] * beta[k] ** 2 / (q[k] + s * beta[k]) ** 2),
            "differentiate each term twice",
        ),
    ),
    given=(classes, here, nonnegative(any_p, K), positive(q, K), any_beta),
)
"""The curvature in the predictions, each coordinate free, along any direction."""


def over_free_classes(term: Expr) -> Expr:
    """Σ_k of a term, over all classes but the last."""
    return Sum(term, (k, 1, K - 1))


moves = over_free_classes(beta[k])
curvature_on_the_simplex = Chain(
    start=Derivative(
        -over_free_classes(any_p[k] * log(q[k] + s * beta[k])) - any_p[K] * log(q[K] - s * moves),
        (s, 2),
    ),
    steps=(
        (
            over_free_classes(any_p[k] * beta[k] ** 2 / (q[k] + s * beta[k]) ** 2)
            + any_p[K] * moves**2 / (q[K] - s * moves) ** 2,
            "each free class on its own; the last one loses what they gain",
        ),
    ),
    given=(
        classes,
        here,
        nonnegative(any_p, K),
        positive(q, K),
        any_beta.nonzero(q[K] - s * moves),
    ),
)
"""The curvature in the predictions with the last class left over, along any direction."""

any_row = IndexedBase("p", nonnegative=True)
shares_moved = exp(z_moved) / row_total


def _moved_row(z: Any, u: Any, index: Any = k) -> Expr:
    return entry(z, i, index) + s * entry(u, i, index)


@quantity(r"\sum_i H({0}_i,\operatorname{{softmax}}({1}_i+s{2}_i))")
def loss_of_moved_rows(p: Any, z: Any, u: Any) -> Any:
    """Of all rows, where their logits move along a line."""
    there = _moved_row(z, u)
    return over_observations(log(over_classes(exp(there))) - over_classes(entry(p, i, k) * there))


@quantity(r"\sum_i\operatorname{{Var}}_{{q_i}}({1}_i)")
def variances_of_moved_rows(z: Any, u: Any) -> Any:
    """Of the moves of each row, under its prediction at s."""
    share = exp(_moved_row(z, u)) / over_classes(exp(_moved_row(z, u, l)), l)
    return over_observations(
        over_classes(share * entry(u, i, k) ** 2) - over_classes(share * entry(u, i, k)) ** 2
    )


loss_of_rows = loss_of_moved_rows(any_row, z, u)
variances_of_rows = variances_of_moved_rows(z, u)
curvature_of_rows = Chain(
    start=Derivative(loss_of_rows, (s, 2)),
    steps=((variances_of_rows, "quotient rule; the label drops out"),),
    given=(classes, rows, here, simplex(any_row, K, N), real(z, K, N), real(u, K, N)),
)
"""The curvature along a direction of the weights, for any labels: a variance for each row."""
convex_in_weights = Bounded(
    start=Derivative(loss_of_rows, (s, 2)),
    relation=">=",
    steps=(
        (
            "=",
            variances_of_rows,
            "quotient rule; the label drops out",
        ),
        (
            Rowwise(
                lemma=pairs,
                weight=1 + 0 * K,
                row={q[k]: shares_moved, v[k]: u[i, k]},
                limits=each_observation,
            ),
            0 * K,
            "a variance is a sum of squares with positive weights",
        ),
    ),
    given=(classes, rows, here, simplex(any_row, K, N), real(z, K, N), real(u, K, N)),
    mistakes={
        "strictly, along every direction": {},
        "at least a quarter of the squares": over_observations(over_classes(u[i, k] ** 2)) / 4,
    },
)
"""The curvature along a direction of the weights: a variance for each row, so never negative."""

w = IndexedBase("w", positive=True)
row_logit_l = row_logit.xreplace({k: l})
row_lse = log(over_classes(exp(row_logit_l), l))


def _row_logit(W: Any, x: Any, index: Any = k) -> Expr:
    return over_features(entry(W, index, m) * entry(x, i, m))


@quantity(r"\sum_i w_iH({0}_i,\operatorname{{softmax}}({1}{2}_i))")
def weighted_loss(p: Any, W: Any, x: Any) -> Any:
    """Of weighted rows, given by the weights of the model."""
    lse = log(over_classes(exp(_row_logit(W, x, l)), l))
    return over_observations(w[i] * -over_classes(entry(p, i, k) * (_row_logit(W, x) - lse)))


@quantity(r"\sum_i w_i\operatorname{{lse}}({0}{1}_i)")
def weighted_lse(W: Any, x: Any) -> Any:
    """The part without labels."""
    return over_observations(w[i] * log(over_classes(exp(_row_logit(W, x, l)), l)))


@quantity(r"\langle {1},\textstyle\sum_i w_i{0}_i{2}_i^{{\mathsf T}}\rangle")
def pairing_with_moments(p: Any, W: Any, x: Any) -> Any:
    """The part with labels."""
    moments = over_observations(w[i] * entry(p, i, k) * entry(x, i, m))
    return over_classes(over_features(entry(W, k, m) * moments))


loss_through_moments = Chain(
    start=weighted_loss(any_row, W, x),
    steps=(
        (
            over_observations(w[i] * row_lse)
            - over_observations(w[i] * over_classes(any_row[i, k] * row_logit)),
            "each label sums to 1",
        ),
        (
            weighted_lse(W, x) - pairing_with_moments(any_row, W, x),
            "exchange the sums",
        ),
    ),
    given=(
        classes,
        rows,
        size(D, 1, 3),
        positive(w, N),
        simplex(any_row, K, N),
        real(x, D, N),
        real(W, D, K),
    ),
)
"""The weighted loss sees its labels through Σ w_i p_i x_i' alone."""

# The loss lies above its tangents: the logits z of one item move by v
at_start = exp(z[k]) / over_classes(exp(z[l]), l)
tilted = over_classes(at_start.xreplace({k: m}) * exp(v[m]), m)  # the mean of exp v


@quantity(r"H({},\operatorname{{softmax}}({}+{}))")
def loss_of_moved_logits(p: Any, z: Any, v: Any) -> Any:
    """The cross-entropy where the logits moved."""
    moved = entry(z, k) + entry(v, k)
    return log(over_classes(exp(moved))) - over_classes(entry(p, k) * moved)


@quantity(r"H({0},\operatorname{{softmax}}({1}+s{2}))")
def loss_on_a_line(p: Any, z: Any, v: Any) -> Any:
    """Where the logits move along a line."""
    there = entry(z, k) + s * entry(v, k)
    return log(over_classes(exp(there))) - over_classes(entry(p, k) * there)


@quantity(r"\langle q-{0},{2}\rangle")
def pull_on_a_line(p: Any, z: Any, v: Any) -> Any:
    """Of the prediction at s minus the label, along the line."""
    total = over_classes(exp(entry(z, l) + s * entry(v, l)), l)
    share = exp(entry(z, k) + s * entry(v, k)) / total
    return over_classes((share - entry(p, k)) * entry(v, k))


@quantity(r"\langle\operatorname{{softmax}}({1})-{0},{2}\rangle")
def pull_of_logits(p: Any, z: Any, v: Any) -> Any:
    """Of the prediction minus the label, along v."""
    share = exp(entry(z, k)) / over_classes(exp(entry(z, l)), l)
    return over_classes((share - entry(p, k)) * entry(v, k))


tangent = pull_of_logits(any_p, z, v)
above_the_tangent = Bounded(
    start=loss_of_moved_logits(any_p, z, v) - loss_of_logits(any_p, z),
    relation=">=",
    steps=(
        ("=", log(tilted) - over_classes(any_p[k] * v[k]), "the mean of exp v; p sums to 1"),
        (
            Termwise(
                lemma=exponential,
                weight=at_start,
                argument=v[k] - log(tilted),
                limits=each_class,
            ),
            tangent,
            "exp x is at least 1 + x, at v minus the logarithm of the mean of exp v",
        ),
    ),
    given=(classes, simplex(any_p, K), real(z, K), real(v, K)),
    mistakes={
        "the labels alone pull": -over_classes(any_p[k] * v[k]),
        "twice the slope": 2 * tangent,
    },
)
"""The loss lies above its tangent, however far the logits move: without a slope it is least."""
slope_along = Chain(
    start=Derivative(loss_on_a_line(any_p, z, v), s),
    steps=((pull_on_a_line(any_p, z, v), "the prediction minus the label, along v"),),
    given=(classes, here, simplex(any_p, K), real(z, K), real(v, K)),
)
"""The slope of the loss along a direction of the logits."""

share_of_a_class = over_observations(w[i] * exp(z[i, j]) / over_classes(exp(z[i, l]), l))
a_class_without_votes = Bounded(
    start=share_of_a_class,
    relation=">=",
    steps=((Dropped(amount=share_of_a_class), 0 * K, "every prediction is positive"),),
    given=(classes, rows, chosen, positive(w, N), real(z, K, N)),
    mistakes={
        "the fit stops where its share is 0": {},
        "at least half of the weights": over_observations(w[i]) / 2,
    },
)
"""The predictions of a class are positive, so their weighted mean is never the labels' 0."""
