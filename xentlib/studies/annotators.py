"""The same few people label every item: many samples at once, and how often the intervals of five
kinds of standard errors cover the slope of all people and all items.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

NEWTON_STEPS = 12
NODES = 81  # of the integrals over items and people


class Panel(NamedTuple):
    """How items and annotators are drawn: `items` and `annotators` in number; the standard
    deviations of the annotators' `leniency` and `slope`, and of an item's own `difficulty`, in
    nats.

    The logit of a vote for class 1 is a_j + (1 + b_j) x_i + u_i: a_j, b_j are the annotator's, u_i
    the item's, and the feature x_i is standard normal.
    """

    items: int
    annotators: int
    leniency: float
    slope: float
    difficulty: float = 0.0


class Sample(NamedTuple):
    """The feature `x` (T, N) and the `votes` (T, N, J), 0 or 1, of T samples."""

    x: np.ndarray
    votes: np.ndarray


class Fits(NamedTuple):
    """The `fitted` slopes (T,), and the standard errors (T,) by kind, with the degrees of freedom
    that they are taken with.
    """

    fitted: np.ndarray
    errors: dict[str, np.ndarray]
    df: dict[str, float]


def draw(rng: np.random.Generator, panel: Panel, samples: int = 1) -> Sample:
    """Samples of new items and new annotators, each of whom labels every item."""
    shape = samples, panel.items, panel.annotators
    x = rng.normal(size=shape[:2])
    leniency = panel.leniency * rng.normal(size=(samples, 1, panel.annotators))
    slope = 1 + panel.slope * rng.normal(size=(samples, 1, panel.annotators))
    difficulty = panel.difficulty * rng.normal(size=(*shape[:2], 1))
    logits = leniency + slope * x[..., None] + difficulty
    return Sample(x, (rng.random(shape) < 1 / (1 + np.exp(-logits))).astype(float))


def table(sample: Sample, place: int = 0) -> tuple[np.ndarray, ...]:
    """One sample as a long table: of each vote its item, its annotator and its label; and the
    feature of each item.
    """
    votes = sample.votes[place].astype(int)
    items, annotators = np.indices(votes.shape)
    people = np.array([f"annotator {j + 1}" for j in range(votes.shape[1])])
    return items.ravel(), people[annotators.ravel()], votes.ravel(), sample.x[place]


def slope_of_all(panel: Panel) -> float:
    """What the fitted slope tends to as items and annotators both grow in number.

    The share of votes for class 1 at x is E σ(x + s ξ), with ξ standard normal and s² the sum of
    the three variances, that of the slope times x²; the slope is that of the best fit to it.
    """
    x, mass = np.polynomial.hermite_e.hermegauss(NODES)
    mass = mass / mass.sum()
    spread = np.sqrt(panel.leniency**2 + panel.difficulty**2 + (panel.slope * x) ** 2)
    share = (1 / (1 + np.exp(-(x[:, None] + np.outer(spread, x))))) @ mass
    slope = 0.0  # by symmetry the intercept is 0
    for _ in range(NEWTON_STEPS):
        q = 1 / (1 + np.exp(-slope * x))
        slope += (mass * (share - q)) @ x / ((mass * q * (1 - q)) @ x**2)
    return float(slope)


def fit_panels(sample: Sample) -> Fits:
    """Slopes with an intercept, fitted to the shares of the votes, and their errors: those that
    the library's `inference` gives for one sample.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    Fits
    """
    x, votes = sample
    items, people = votes.shape[1:]
    whole = _fit(x, votes.mean(axis=2))
    q, pull, leverage = whole.q, whole.pull, whole.leverage
    left = (votes - q[..., None]) / people  # of each vote, what its row weighs
    each = {
        "annotators": np.einsum("ti,tij->tj", pull, left),
        "items": pull * left.sum(axis=2),
        "votes": (pull[..., None] * left).reshape(len(x), -1),
    }
    moved = {
        "annotators": np.stack(
            [_fit(x, _without(votes, j).mean(axis=2)).slope for j in range(people)], axis=1
        )
        - whole.slope[:, None],
        "items": each["items"] / (1 - leverage),
        "votes": (pull[..., None] * left / (1 - leverage / people)[..., None]).reshape(len(x), -1),
    }
    added = {way: _squares(each[way], _correction(each[way])) for way in each}
    jack = {way: _squares(moved[way], 1 / _correction(moved[way])) for way in moved}
    variances = {
        "naive": whole.naive,
        "item sandwich": (each["items"] ** 2).sum(axis=1),
        "two-way cluster": added["annotators"] + added["items"] - added["votes"],
        "annotator jackknife": jack["annotators"],
        "two-way jackknife": jack["annotators"] + jack["items"] - jack["votes"],
    }
    few = min(items, people) - 1.0
    independent = ("naive", "item sandwich")
    with np.errstate(invalid="ignore"):  # a two-way variance may be negative: no error then
        errors = {kind: np.sqrt(variance) for kind, variance in variances.items()}
    df = {kind: np.inf if kind in independent else few for kind in errors}
    return Fits(whole.slope, errors, df)


def coverage(fits: Fits, slope: float, kind: str) -> float:
    """How often the 95% intervals cover a slope; an error that is none covers nothing."""
    quantile = stdtrit(fits.df[kind], 0.975)  # the normal one where df is infinite
    return float(np.mean(np.abs(fits.fitted - slope) <= quantile * fits.errors[kind]))


class _Whole(NamedTuple):
    """The `slope` (T,), its `naive` variance (T,), the predictions `q` (T, N), how much a residual
    pulls at the slope, `pull` (T, N), and the `leverage` (T, N).
    """

    slope: np.ndarray
    naive: np.ndarray
    q: np.ndarray
    pull: np.ndarray
    leverage: np.ndarray


def _fit(x, share):
    slope, intercept = np.zeros((len(x), 1)), np.zeros((len(x), 1))
    for _ in range(NEWTON_STEPS):
        q = 1 / (1 + np.exp(-(intercept + slope * x)))
        a, b, c, whole = _curvature(x, q)
        first, second = _total(share - q), _total((share - q) * x)
        intercept = intercept + (c * first - b * second) / whole
        slope = slope + (a * second - b * first) / whole
    q = 1 / (1 + np.exp(-(intercept + slope * x)))
    a, b, c, whole = _curvature(x, q)
    pull = (a * x - b) / whole
    leverage = q * (1 - q) * (x * pull + (c - b * x) / whole)
    return _Whole(slope[:, 0], (a / whole)[:, 0], q, pull, leverage)


def _curvature(x, q):
    """The information of intercept and slope, [[a, b], [b, c]], and its determinant."""
    spread = q * (1 - q)
    a, b, c = _total(spread), _total(spread * x), _total(spread * x * x)
    return a, b, c, a * c - b * b


def _without(votes, annotator):
    return np.delete(votes, annotator, axis=2)


def _total(values):
    return values.sum(axis=1, keepdims=True)


def _correction(groups):
    """G/(G - 1), for G groups on the second axis."""
    return groups.shape[1] / (groups.shape[1] - 1)


def _squares(moves, factor):
    return factor * (moves**2).sum(axis=1)
