"""The functions of this library for arrays of PyTorch, JAX and CuPy: the same names and arguments,
in the words of the array API standard. Results have the kind, device and dtype of what came in, and
the accuracy of that dtype; derivatives come from the library's own automatic differentiation.

The formulas are those of `logits` and `losses`. They are smooth where the place of the maximum is
fixed, and give the same whichever maximum is taken, so that derivatives of every order are right.
Where there is none, at p = 0 in p log p, or at a p = 0 that meets a masked class, it is 0, not NaN.
"""

from typing import Any, NamedTuple

import numpy as np

from xentlib import _checks, _summation
from xentlib import losses as losses_module
from xentlib._guest import Array, Guests


class _Rows(NamedTuple):
    """As `logits._Rows`, with the `gap` z - m in place of its distance. What stands at the maximum
    is constant: there gap is 0, and 0 in `others`, the exponentials, with 1 left out.
    """

    top: Array
    gap: Array
    others: Array
    rest: Array
    place: Array


def _shift_by_max(here: Guests, z: Array) -> _Rows:
    xp = here.xp
    place = xp.argmax(z, axis=-1, keepdims=True)
    top = xp.take_along_axis(z, place, axis=-1)
    gap = here.put(z - top, place, 0.0)
    others = here.put(xp.exp(gap), place, 0.0)
    return _Rows(top[..., 0], gap, others, xp.sum(others, axis=-1), place)


def _probs(here: Guests, rows: _Rows) -> Array:
    return here.put(rows.others, rows.place, 1.0) / (1 + rows.rest)[..., None]


def logsumexp(logits: Array) -> Array:
    here = Guests(logits=logits)
    z = here.logits("logits", masked=True)
    nothing = here.xp.all(z == -np.inf, axis=-1)
    rows = _shift_by_max(here, here.xp.where(nothing[..., None], 0.0, z))
    return here.back(here.xp.where(nothing, -np.inf, rows.top + here.xp.log1p(rows.rest)))


def log_softmax(logits: Array) -> Array:
    here = Guests(logits=logits)
    rows = _shift_by_max(here, here.logits("logits"))
    return here.back(rows.gap - here.xp.log1p(rows.rest)[..., None])


def softmax(logits: Array) -> Array:
    here = Guests(logits=logits)
    return here.back(_probs(here, _shift_by_max(here, here.logits("logits"))))


# --- losses


def _soft_rows(logits: Array, target_probs: Array) -> tuple[Guests, Array, _Rows]:
    here = Guests(logits=logits, target_probs=target_probs)
    _checks.same_shape(**here.given)
    z, p = here.logits("logits"), here.probabilities("target_probs")
    return here, p, _shift_by_max(here, z)


def _soft(here: Guests, p: Array, rows: _Rows) -> Array:
    xp, gap = here.xp, rows.gap
    gain = xp.sum(p * gap, axis=-1)
    if here.truth(xp.all(gain == gain)) is not True:  # 0 · inf: what has no weight costs nothing
        gain = xp.sum(p * xp.where((p == 0) & (gap == -np.inf), 0.0, gap), axis=-1)
    return xp.sum(p, axis=-1) * xp.log1p(rows.rest) - gain


def softmax_cross_entropy(logits: Array, target_probs: Array) -> Array:
    here, p, rows = _soft_rows(logits, target_probs)
    return here.back(_soft(here, p, rows))


def softmax_cross_entropy_value_and_grad(logits: Array, target_probs: Array) -> tuple[Array, Array]:
    here, p, rows = _soft_rows(logits, target_probs)
    return here.back(_soft(here, p, rows), _gradient(here, p, rows))


def _gradient(here: Guests, p: Array, rows: _Rows) -> Array:
    """As `losses._gradient`: (Σ p) q - p, at the maximum without a difference of numbers near 1."""
    xp, place = here.xp, rows.place
    total, rest = xp.sum(p, axis=-1, keepdims=True), rows.rest[..., None]
    gradient = total * _probs(here, rows) - p
    others = xp.sum(here.put(p, place, 0.0), axis=-1, keepdims=True)
    exact = others - total * (rest / (1 + rest))
    near = xp.take_along_axis(p, place, axis=-1) > total / 2
    at_top = xp.where(near, exact, xp.take_along_axis(gradient, place, axis=-1))
    return here.put(gradient, place, at_top)


def _hard_rows(logits: Array, labels: Array) -> tuple[Guests, Array, _Rows]:
    here = Guests(logits=logits, labels=labels)
    z = here.logits("logits")
    y = here.labels("labels", z.shape[-1], like="logits")
    return here, y, _shift_by_max(here, z)


def _hard(here: Guests, y: Array, rows: _Rows) -> Array:
    return here.xp.log1p(rows.rest) - here.at(rows.gap, y)


def softmax_cross_entropy_with_integer_labels(logits: Array, labels: Array) -> Array:
    here, y, rows = _hard_rows(logits, labels)
    return here.back(_hard(here, y, rows))


def softmax_cross_entropy_with_integer_labels_value_and_grad(
    logits: Array, labels: Array
) -> tuple[Array, Array]:
    here, y, rows = _hard_rows(logits, labels)
    p = here.one_hot(y, rows.gap.shape[-1])
    return here.back(_hard(here, y, rows), _gradient(here, p, rows))


def softmax_cross_entropy_hvp(logits: Array, vectors: Array) -> Array:
    here = Guests(logits=logits, vectors=vectors)
    _checks.same_shape(**here.given)
    z, v = here.logits("logits"), here.finite("vectors")
    rows, xp = _shift_by_max(here, z), here.xp
    q = _probs(here, rows)
    v = v - xp.take_along_axis(v, rows.place, axis=-1)
    return here.back(q * (v - xp.sum(q * v, axis=-1, keepdims=True)) + 0.0)


def weighted_mean(
    losses: Array, weights: Array, normalize: Any, *, where: Array | None = None
) -> Array:
    chosen = {} if where is None else {"where": where}
    here = Guests(losses=losses, weights=weights, **chosen)
    shapes = {name: tuple(value.shape) for name, value in here.given.items()}
    one_axis = all(len(shape) == 1 and shape == shapes["losses"] for shape in shapes.values())
    if not (one_axis and shapes["losses"][0]) or normalize not in ("weights", "count"):
        stand_in = {
            name: np.ones(shape, bool if name == "where" else float)
            for name, shape in shapes.items()
        }
        losses_module.weighted_mean(**stand_in, normalize=normalize)  # raises, and says why
    xp = here.xp
    values, weight = here.floats("losses", "values"), here.floats("weights", "weights")
    count: Any = shapes["losses"][0]
    if where is not None:
        kept = here.choices("where")
        values, weight = xp.where(kept, values, 0.0), xp.where(kept, weight, 0.0)
        count = xp.sum(xp.astype(kept, weight.dtype))
    cost = weight * xp.where((weight == 0) & (xp.abs(values) == np.inf), 0.0, values)
    total, divisor = xp.sum(cost), xp.sum(weight) if normalize == "weights" else count
    good = xp.all((weight >= 0) & (weight < np.inf)) & (total == total) & (divisor > 0)
    mean = total / divisor
    if (seen := here.truth(good)) is None:
        mean = xp.where(good, mean, np.nan)
    elif not seen:
        losses_module.weighted_mean(**here.plain(), normalize=normalize)
    return here.back(mean)


# --- distributions


def entropy(p: Array) -> Array:
    here = Guests(p=p)
    p = here.probabilities("p")
    return here.back(0.0 - here.xp.sum(_plogq(here, p, p), axis=-1))


def cross_entropy(p: Array, q: Array) -> Array:
    here, p, q = _both(p, q)
    return here.back(0.0 - here.xp.sum(_plogq(here, p, q), axis=-1))


def _both(p: Array, q: Array) -> tuple[Guests, Array, Array]:
    here = Guests(p=p, q=q)
    _checks.same_shape(**here.given)
    return here, here.probabilities("p"), here.probabilities("q")


def _plogq(here: Guests, p: Array, q: Array) -> Array:
    """p log q, with 0 log 0 = 0 and p log 0 = -inf."""
    return p * here.xp.log(here.xp.where((p == 0) & (q == 0), 1.0, q))


def kl_divergence(p: Array, q: Array) -> Array:
    here, p, q = _both(p, q)
    terms = _relative_entropy_terms(here, p, q)
    return here.back(here.xp.sum(terms, axis=-1) + here.xp.sum(p - q, axis=-1))


def _relative_entropy_terms(here: Guests, p: Array, q: Array) -> Array:
    """As `_summation.relative_entropy_terms`: p log(p/q) - p + q, never negative. Each branch is
    given what it can take, since derivatives go through both.
    """
    xp = here.xp
    near = (p <= 2 * q) & (q <= 2 * p) & (q > 0)
    s = xp.where(near, p - q, 0.0) / xp.where(near, p + q, 1.0)
    close = q * 2 * (s * s + (1 + s) * s * _summation.atanh_tail(s)) / (1 - s)
    idle = near | (p == 0)
    logarithm = xp.log(xp.where(idle, 1.0, p)) - xp.log(xp.where(idle, 1.0, q))
    return xp.where(near, close, p * logarithm - p + q)


# --- labels


def one_hot(labels: Array, num_classes: int) -> Array:
    num_classes = _checks.num_classes("num_classes", num_classes)
    here = Guests(labels=labels)
    return here.back(here.one_hot(here.labels("labels", num_classes), num_classes))


def smooth_labels(target_probs: Array, epsilon: float) -> Array:
    here = Guests(target_probs=target_probs)
    p = here.probabilities("target_probs")
    if not (isinstance(epsilon, float) and 0 <= epsilon <= 1):  # torch.compile traces no more
        epsilon = _checks.fraction("epsilon", epsilon)
    return here.back((1 - epsilon) * p + epsilon / p.shape[-1])


def votes_to_probs(counts: Array) -> Array:
    here = Guests(counts=counts)
    c = here.counts("counts")
    return here.back(c / here.xp.sum(c, axis=-1, keepdims=True) + 0.0)


def normalize_rows(shares: Array) -> Array:
    here = Guests(shares=shares)
    s = here.shares("shares")
    unit = s / here.xp.max(s, axis=-1, keepdims=True)  # its sum stays in the range of floats
    return here.back(unit / here.xp.sum(unit, axis=-1, keepdims=True) + 0.0)
