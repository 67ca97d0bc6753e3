"""How certain coefficients are: errors for hard and soft labels, for rows that are independent and
for rows that share items, annotators or both (extra: fit).
"""

from dataclasses import dataclass
from textwrap import fill
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import LinAlgError, cholesky, solve_triangular
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from xentlib import _checks
from xentlib._checks import Floats
from xentlib.fitting.design import CONSTANT
from xentlib.logits import softmax
from xentlib.votes import codes, pandas

KINDS = ("sandwich", "naive", "cluster", "jackknife")
GROUPED = ("cluster", "jackknife")
WIDE = 78  # columns of what is printed
FEW = 20  # fewer groups are said to be few
DEPENDENT = CONSTANT  # features whose spread in some direction is smaller, relative to the largest
CLOSE = 0.01  # a first Newton step shorter than this is the refit, to about as much of its length:
# the unit is the root mean square of logits' moves times the square root of q (1 - q)
REFITTED, NEWTON_STEPS = 1e-9, 25  # when a refit has arrived, in that unit, and when it never will
ROUNDING = 1e-12  # of the largest eigenvalue, what is not taken for a negative one
WHOLE = 1e-6  # how far a count may be from a whole number, as the sum of a distribution may
NO_INVERSE = "the predictions are so certain that the information has no inverse"
NOT_ALONE = (
    "without group {} there is no fit, and a jackknife leaves out each group in turn; use "
    "kind='cluster'"
)


class Covariances(NamedTuple):
    """Of the coefficients less those of the first class, in the order class 1's features and
    intercept, class 2's ...: `naive`, the inverse of the information, and `sandwich`, each
    ((K-1) D, (K-1) D).
    """

    naive: Floats
    sandwich: Floats


class Fitted(NamedTuple):
    """A fit as its errors need it, with N rows, K classes and D coefficients a class.

    `design` (N, D), the standardised features and the intercept; `back` (D, D), which takes
    coefficients of the design to those of the features; the labels `p` (N, K), the predictions `q`
    (N, K), and of each row its `weight` (N,), and that over the sum of all, its `share` (N,).
    """

    design: Floats
    back: Floats
    p: Floats
    q: Floats
    weight: Floats
    share: Floats


class _Bread(NamedTuple):
    """The `scores` (N, M) of the rows and the lower `root` L (M, M) of the information L Lᵀ, both
    divided by the sum of the weights.
    """

    scores: Floats
    root: Floats

    def whitened(self, scores):
        """L⁻¹ s for each row s, in units in which the information is the identity."""
        return solve_triangular(self.root, scores.T, lower=True).T

    def covariance(self, middle):
        """L⁻ᵀ M L⁻¹."""
        half = solve_triangular(self.root, middle, lower=True, trans=1)
        return solve_triangular(self.root, half.T, lower=True, trans=1).T


# --- the information, the scores, the sandwich


def information(design: Floats, q: Floats, share: Floats) -> Floats:
    """Σ_i w_i (diag q_i - q_i q_iᵀ) ⊗ x_i x_iᵀ in the coordinates of all classes but the first."""
    classes, size = q.shape[1] - 1, design.shape[1]
    whole = np.empty((classes, size, classes, size))
    for k in range(classes):
        for j in range(k + 1):
            spread = share * q[:, k + 1] * ((k == j) - q[:, j + 1])
            block = (design * spread[:, None]).T @ design
            whole[k, :, j] = whole[j, :, k] = block
    return whole.reshape(classes * size, classes * size)


def _bread(fit):
    """What all covariances share, or the reason that there are none."""
    singular = np.linalg.svd(np.sqrt(fit.share)[:, None] * fit.design, compute_uv=False)
    if len(fit.design) < fit.design.shape[1] or singular[-1] <= DEPENDENT * singular[0]:
        raise ArithmeticError(
            "the features are linearly dependent, so their coefficients have no covariance"
        )
    rest = (fit.share[:, None] * (fit.p - fit.q))[:, 1:]
    scores = (rest[:, :, None] * fit.design[:, None, :]).reshape(len(rest), -1)
    try:
        return _Bread(scores, cholesky(information(fit.design, fit.q, fit.share), lower=True))
    except LinAlgError:
        raise ArithmeticError(NO_INVERSE) from None


def _featured(fit, covariance):
    """A covariance of the design's coefficients as one of the features' own."""
    back = np.kron(np.eye(fit.q.shape[1] - 1), fit.back)
    return back.T @ covariance @ back


def _naive(fit, bread):
    with np.errstate(over="ignore"):
        most = fit.weight.max()  # the sum of the weights may leave the range
        naive = _featured(fit, bread.covariance(np.eye(len(bread.root))))
        return naive / most / (fit.weight / most).sum()


def naive_and_sandwich(fit: Fitted) -> Covariances:
    """A⁻¹ and A⁻¹ B A⁻¹ of independent rows, each ((K-1) D, (K-1) D)."""
    bread = _bread(fit)
    white = bread.whitened(bread.scores)
    return Covariances(_naive(fit, bread), _featured(fit, bread.covariance(white.T @ white)))


# --- groups


class _Way(NamedTuple):
    """One way of grouping: the groups' `names`, which of them each row is `of`, and whether what
    they give is added or taken away, `sign`.
    """

    names: tuple[Any, ...]
    of: Any
    sign: int


def _ways(groups, kind, number):
    """One way, or the two and their intersection."""
    if (groups is None) == (kind in GROUPED):
        rule = f"kind={kind!r} {'needs groups' if groups is None else 'takes no groups'}"
        says = "is not given" if groups is None else "is given"
        raise _checks.InvalidInput("groups", rule, value=kind, says=says)
    if groups is None:
        return ()
    several = isinstance(groups, (tuple, list)) and not (groups and _is_name(groups[0]))
    columns = groups if several else (groups,)
    if len(columns) not in (1, 2):
        rule = "one column of groups, or two, are needed"
        raise _checks.InvalidInput(
            "groups", rule, value=len(columns), says=f"has {len(columns)} columns"
        )
    ways = []
    for place, column in enumerate(columns):
        argument = f"groups[{place}]" if several else "groups"
        names, of = codes(_checks.names(argument, column))
        _checks.as_many(argument, of, range(number), "X")
        ways.append(_Way(names, of, 1))
    if len(ways) == 2:
        pairs = list(zip(ways[0].of.tolist(), ways[1].of.tolist(), strict=True))
        found, of = codes(pairs)
        names = tuple((ways[0].names[a], ways[1].names[b]) for a, b in found)
        ways.append(_Way(names, of, -1))
    return tuple(ways)


def _is_name(value):
    return np.ndim(value) == 0 or isinstance(value, str)


def _kept(ways, used):
    """The ways of the rows that are used, without the groups that have none."""
    left = []
    for way in ways:
        found, of = np.unique(way.of[used], return_inverse=True)
        names = tuple(way.names[place] for place in found)
        if len(names) < 2 and way.sign > 0:
            rule = "at least two groups are needed; the rows of one say nothing of another"
            raise _checks.InvalidInput("groups", rule, value=names, says=f"has one group, {names}")
        left.append(_Way(names, of, way.sign))
    return tuple(left)


def _sums(scores, way):
    """The scores of each group, (G, M)."""
    sums = np.zeros((len(way.names), scores.shape[1]))
    np.add.at(sums, way.of, scores)
    return sums


def _clustered(bread, way):
    """G/(G-1) Σ_g s_g s_gᵀ, whitened."""
    sums, number = bread.whitened(_sums(bread.scores, way)), len(way.names)
    return number / (number - 1) * sums.T @ sums


def _left_out(fit, bread, way):
    """(G-1)/G Σ_g d_g d_gᵀ, whitened: d_g is how the fit moves when group g is left out."""
    number = len(way.names)
    sums, one = bread.whitened(_sums(bread.scores, way)), np.eye(len(bread.root))
    order = np.argsort(way.of, kind="stable")
    ends = np.cumsum(np.bincount(way.of, minlength=number))[:-1]
    moved = np.empty_like(sums)
    for place, rows in enumerate(np.split(order, ends)):
        own = bread.whitened(information(fit.design[rows], fit.q[rows], fit.share[rows]))
        own = bread.whitened(own.T)  # from both sides
        try:
            moved[place] = _newton(one - own, -sums[place])
            if np.linalg.norm(moved[place]) > CLOSE:
                moved[place] = _refitted(fit, bread, way.of != place)
        except LinAlgError:
            raise ArithmeticError(NOT_ALONE.format(repr(way.names[place]))) from None
    return (number - 1) / number * moved.T @ moved


def _newton(curvature, slope):
    """The step to the minimum of a quadratic function, whose curvature is near the identity."""
    root = cholesky(curvature, lower=True)
    if not root.diagonal().min() ** 2 > DEPENDENT:
        raise LinAlgError
    return solve_triangular(root, solve_triangular(root, slope, lower=True), lower=True, trans=1)


def _refitted(fit, bread, rows):
    """How far the fit to these rows alone is from the fit to all, whitened."""
    design, p, share = fit.design[rows], fit.p[rows], fit.share[rows]
    with np.errstate(divide="ignore"):
        logits = np.log(fit.q[rows])
    whole = np.zeros(len(bread.root))
    for _ in range(NEWTON_STEPS):
        back = solve_triangular(bread.root, whole, lower=True, trans=1).reshape(-1, design.shape[1])
        q = softmax(logits + np.column_stack([np.zeros(len(design)), design @ back.T]))
        slope = ((share[:, None] * (p - q))[:, 1:].T @ design).reshape(1, -1)
        curvature = bread.whitened(bread.whitened(information(design, q, share)).T)
        step = _newton(curvature, bread.whitened(slope)[0])
        whole = whole + step
        if np.linalg.norm(step) <= REFITTED:
            return whole
    raise LinAlgError


def _positive(middle):
    """The nearest matrix without negative eigenvalues, and whether it is another."""
    values, vectors = np.linalg.eigh((middle + middle.T) / 2)
    clipped = bool(values[0] < -ROUNDING * np.abs(values).max())
    return (vectors * np.maximum(values, 0)) @ vectors.T if clipped else middle, clipped


# --- the result


@dataclass(frozen=True, eq=False)
class Inference:
    """Coefficients with their errors: one entry for each class but the first and each feature, as
    contrasts to the first class, in nats per unit of the feature.

    `print` shows the table; `intervals` and `frame` give its numbers.

    Parameters
    ----------
    names : (M,), pairs of a class and a feature, "intercept" the last feature of a class
    coef : (M,), coefficients less those of the first class
    covariance : (M, M)
    se : (M,), standard errors; NaN where the two-way variance of a coefficient came out negative
    z : (M,), coef / se; a t with `df` degrees of freedom where these are finite
    p_values : (M,), two-sided
    df : degrees of freedom, the smaller number of groups less 1; infinite without groups
    kind : "sandwich", "naive", "cluster" or "jackknife"
    classes : (K,), the first is the one that all others are compared with
    rows : number of rows with a weight above 0
    groups : numbers of groups, one for each way of grouping
    loss : Σ_i w_i H(p_i, q_i), nats
    dispersion : Pearson's φ̂ = Σ_i w_i Σ_k (p_ik - q_ik)² / q_ik / ((K-1)(N - D)), NaN for N ≤ D
    aic : 2 loss + 2 M, or None where no likelihood was maximised
    tic : 2 loss + 2 tr(A V), A the information of the rows and V the covariance, the sandwich's
        for "naive": estimates twice the loss on as many new rows, of new groups if there are some
    qaic : 2 loss/φ̂ + 2 M
    notes : what must be known before the table is used
    """

    names: tuple[tuple[Any, str], ...]
    coef: Floats
    covariance: Floats
    se: Floats
    z: Floats
    p_values: Floats
    df: float
    kind: str
    classes: tuple[Any, ...]
    rows: int
    groups: tuple[int, ...]
    loss: float
    dispersion: float
    aic: float | None
    tic: float
    qaic: float
    notes: tuple[str, ...]

    def intervals(self, level: float = 0.95) -> Floats:
        """Confidence intervals, coef ± c · se, c the normal quantile or that of t with `df` degrees
        of freedom.

        Parameters
        ----------
        level : number above 0 and below 1

        Returns
        -------
        (M, 2), lower and upper ends

        Raises
        ------
        InvalidInput
            for another level.
        """
        level = _checks.fraction("level", level)
        if level in (0, 1):
            raise _checks.InvalidInput("level", "a level lies between 0 and 1", value=level)
        upper = (1 + level) / 2
        wide = ndtri(upper) if np.isinf(self.df) else stdtrit(self.df, upper)
        return self.coef[:, None] + self.se[:, None] * np.array([-wide, wide])

    def frame(self, level: float = 0.95) -> Any:
        """The table as a pandas DataFrame, a row for each class and feature.

        Parameters
        ----------
        level : of the intervals

        Returns
        -------
        DataFrame with columns coef, se, z, p, low, high

        Raises
        ------
        ModuleNotFoundError
            where pandas is not installed.
        """
        low, high = self.intervals(level).T
        index = pandas().MultiIndex.from_tuples(self.names, names=["class", "feature"])
        columns = {"coef": self.coef, "se": self.se, "z": self.z, "p": self.p_values}
        return pandas().DataFrame({**columns, "low": low, "high": high}, index=index)

    def __str__(self) -> str:
        """The table, a block for each class, under what it is of and above what must be known."""
        head = [("rows", str(self.rows)), ("covariance", self.kind), *self._group_lines()]
        head += [("loss", f"{self.loss:.6g} nats"), ("dispersion", f"{self.dispersion:.4g}")]
        values = np.column_stack([self.coef, self.se, self.z, self.p_values, self.intervals()])
        letter = "z" if np.isinf(self.df) else "t"
        titles = ("coef", "std err", letter, f"P>|{letter}|", "[0.025", "0.975]")
        wide = max(len(feature) for _, feature in self.names)
        wide = max(wide, *(len(_contrast(name, self.classes)) for name in self.classes[1:]))
        lines = [f"{name + ':':12}{value}" for name, value in head]
        rule = "-" * (wide + 10 * len(titles))
        for name in self.classes[1:]:
            title = "".join(f"{title:>10}" for title in titles)
            lines += ["", f"{_contrast(name, self.classes):{wide}}{title}", rule]
            for (of, feature), row in zip(self.names, values, strict=True):
                if of == name:
                    lines.append(f"{feature:{wide}}" + "".join(map(_entry, row, titles)))
        told = [
            fill(note, WIDE, initial_indent="- ", subsequent_indent="  ") for note in self.notes
        ]
        return "\n".join([*lines, "", *told])

    def _group_lines(self):
        if self.groups:
            yield "groups", " and ".join(map(str, self.groups))
            yield "reference", f"t, {self.df:g} degrees of freedom"


def _contrast(name, classes):
    return f"{name} against {classes[0]}"


def _entry(value, title):
    if title[0] == "P":
        return f"{value:10.3f}"
    return f"{value:10.3g}" if abs(value) >= 1e5 else f"{value:10.4f}"


def infer(
    fit: Fitted,
    *,
    coef: ArrayLike,
    classes: tuple[Any, ...],
    features: tuple[str, ...],
    kind: str | None = None,
    groups: Any = None,
) -> Inference:
    """Errors of a fit by cross-entropy without a penalty.

    With A the information of the rows and s_i their scores, the covariance is A⁻¹ ("naive"), or
    A⁻¹ B A⁻¹ with B = Σ_i s_i s_iᵀ ("sandwich") or B = G/(G-1) Σ_g s_g s_gᵀ over groups, s_g the
    sum of their scores ("cluster"). "jackknife" is (G-1)/G Σ_g d_g d_gᵀ, with d_g
    how far the fit moves when group g is left out: one Newton step, -(A - A_g)⁻¹ s_g, and more
    where it is long. For two ways of grouping it is
    V_a + V_b - V_ab, of which V_ab has the intersections for groups.

    Parameters
    ----------
    fit : Fitted
    coef : (K-1, D), coefficients less those of the first class
    classes : (K,)
    features : (D,)
    kind : one of the four; without one, "cluster" where there are groups, else "sandwich"
    groups : (N,), one name for each row; or a pair of such columns

    Returns
    -------
    Inference

    Raises
    ------
    InvalidInput
        for groups of another length, with a missing value, or fewer than two of them; for a kind
        that has no groups with some, and the reverse.
    ArithmeticError
        where the features are linearly dependent, the information has no inverse, or a group that
        is left out takes a feature with it.
    """
    if kind is None:
        kind = "sandwich" if groups is None else "cluster"
    kind = _checks.one_of("kind", kind, KINDS)
    ways = _ways(groups, kind, len(fit.weight))
    used = fit.weight > 0
    ways = _kept(ways, used)
    by_row = ("design", "p", "q", "weight", "share")
    fit = fit._replace(**{name: getattr(fit, name)[used] for name in by_row})
    bread = _bread(fit)
    white = bread.whitened(bread.scores)
    middle, clipped = white.T @ white, False
    if ways:
        parts = [
            way.sign * (_clustered(bread, way) if kind == "cluster" else _left_out(fit, bread, way))
            for way in ways
        ]
        middle, clipped = _positive(np.sum(parts, axis=0))
        variance = np.diag(_featured(fit, bread.covariance(np.sum(parts, axis=0))))
    covariance = _featured(fit, bread.covariance(middle))
    if kind == "naive":
        covariance = _naive(fit, bread)
    if not clipped:
        variance = np.diag(covariance)
    flat = np.ravel(np.asarray(coef, dtype=np.float64))
    numbers = tuple(len(way.names) for way in ways if way.sign > 0)
    df = float(min(numbers) - 1) if numbers else np.inf
    with np.errstate(all="ignore"):
        se = np.sqrt(np.where(variance > 0, np.diag(covariance), np.nan if clipped else 0.0))
        z = flat / se
    p_values = 2 * (ndtr(-np.abs(z)) if np.isinf(df) else stdtr(df, -np.abs(z)))
    criteria = _criteria(fit, middle, kind)
    return Inference(
        names=tuple((name, feature) for name in classes[1:] for feature in features),
        coef=flat,
        covariance=covariance,
        se=se,
        z=z,
        p_values=p_values,
        df=df,
        kind=kind,
        classes=tuple(classes),
        rows=len(fit.weight),
        groups=numbers,
        **criteria,
        notes=tuple(_notes(numbers, clipped, criteria, kind, _is_counts(fit))),
    )


def _is_counts(fit):
    """Whether weight times label is a count of votes throughout: then the loss is a likelihood's,
    by the theorem on integer weights.
    """
    votes = fit.weight[:, None] * fit.p
    return bool((np.abs(votes - np.round(votes)) <= WHOLE * np.maximum(1, votes)).all())


def pearson(p: Floats, q: Floats) -> Floats:
    """Σ_k (p_k - q_k)² / q_k of each row, (N,), with 0 where both are 0."""
    with np.errstate(all="ignore"):
        return np.where(p == q, 0.0, (p - q) ** 2 / q).sum(axis=1)


def _criteria(fit, middle, kind):
    size = len(middle)
    whole = fit.weight.sum()
    # q may be 0 beside p = 0: 0 log 0 = 0, and no scatter
    with np.errstate(all="ignore"):
        losses = np.where(fit.p > 0, -fit.p * np.log(fit.q), 0.0).sum(axis=1)
        loss = float(fit.weight @ losses)
        classes = fit.p.shape[1] - 1
        freedom = classes * len(fit.p) - size
        dispersion = float(fit.weight @ pearson(fit.p, fit.q) / freedom) if freedom > 0 else np.nan
        qaic = float(2 * np.divide(loss, dispersion) + 2 * size)
    defined = _is_counts(fit) and kind not in GROUPED
    return {
        "loss": loss,
        "dispersion": dispersion,
        "aic": 2 * loss + 2 * size if defined else None,
        "tic": float(2 * loss + 2 * whole * np.trace(middle)),
        "qaic": qaic,
    }


def _notes(numbers, clipped, criteria, kind, counts):
    few = [number for number in numbers if number < FEW]
    if few:
        rough = 1 / np.sqrt(2 * (min(few) - 1))
        yield (
            f"{min(few)} groups are few: the standard errors themselves are known to about "
            f"{rough:.0%}, and the intervals, by t with {min(few) - 1} degrees of freedom, may "
            "cover less than they say."
        )
    if clipped:
        yield (
            "The two-way covariance had negative eigenvalues, which were set to 0; standard errors "
            "whose variance was negative are nan. Use the larger of the two one-way errors."
        )
    tic, qaic = f"TIC {criteria['tic']:.6g}", f"QAIC {criteria['qaic']:.6g}"
    if criteria["aic"] is not None:
        yield f"AIC {criteria['aic']:.6g}, {tic}."
    elif counts:
        yield (
            "AIC is not defined: rows that share a group are not independent, so the loss is not "
            f"minus their log-likelihood. Compare models by {tic}, or by the cross-entropy of "
            "groups that were held out."
        )
    else:
        yield (
            "AIC is not defined: these labels are no counts, so no likelihood of them was "
            f"maximised. Compare models by {tic}, by {qaic} with the dispersion of the largest "
            "model in all of them, or by the cross-entropy of rows that were held out."
        )
