"""Five grades of sentiment, predicted for some raters from what others say: softmax regression
beside models that know the order, as the number of training words grows.

The losses and laws are xentlib's; the optimiser comes from a library.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from xentlib import (
    continuation_ratio_loss_value_and_grad,
    continuation_ratio_probs,
    cross_entropy,
    cumulative_logit_loss_value_and_grad,
    cumulative_logit_probs,
    normalize_rows,
    softmax,
    softmax_cross_entropy_value_and_grad,
)

BORDERS = (-2.5, -0.5, 0.5, 2.5)  # of the ratings from -4 to 4
GRADES = len(BORDERS) + 1
TESTED = 2000  # words, which no fit sees


class Words(NamedTuple):
    """The mean rating `x` (N,) that one half of the raters gave, and the shares of five grades
    `probs` (N, 5) among the other half.
    """

    x: np.ndarray
    probs: np.ndarray


class Model(NamedTuple):
    """What makes logits from a row of parameters and x, the `loss` with its gradient in the logits,
    and the `law` of the logits; `start` is where a fit begins.
    """

    logits: Callable[[np.ndarray, np.ndarray], np.ndarray]
    back: Callable[[np.ndarray, np.ndarray], np.ndarray]
    loss: Callable[[np.ndarray, np.ndarray], Any]
    law: Callable[[np.ndarray], np.ndarray]
    start: np.ndarray


def words_of(ratings: np.ndarray) -> Words:
    """The first five ratings of each word as a mean, the others as shares of grades."""
    half = ratings.shape[1] // 2
    grades = np.searchsorted(BORDERS, ratings[:, half:])
    shares = (grades[..., None] == np.arange(GRADES)).mean(axis=1)
    return Words(ratings[:, :half].mean(axis=1), shares)


def _own(parameters, x):
    """An intercept and a slope for each class."""
    intercepts, slopes = parameters.reshape(2, -1)
    return intercepts + np.outer(x, slopes)


def _own_back(gradient, x):
    return np.concatenate([gradient.sum(axis=0), x @ gradient])


def _shared(parameters, x):
    """An intercept for each step between grades, and one slope for all."""
    return parameters[:-1] + parameters[-1] * x[:, None]


def _shared_back(gradient, x):
    return np.append(gradient.sum(axis=0), x @ gradient.sum(axis=1))


STEPS = np.append(np.linspace(1.0, -1.0, GRADES - 1), 0.0)
MODELS = {
    "softmax": Model(
        _own, _own_back, softmax_cross_entropy_value_and_grad, softmax, np.zeros(2 * GRADES)
    ),
    "stages": Model(
        _shared,
        _shared_back,
        continuation_ratio_loss_value_and_grad,
        continuation_ratio_probs,
        0 * STEPS,
    ),
    "thresholds": Model(
        _shared, _shared_back, cumulative_logit_loss_value_and_grad, cumulative_logit_probs, STEPS
    ),
}


def fit(model: Model, words: Words) -> np.ndarray:
    """The parameters that minimise the mean loss."""

    def objective(parameters):
        loss, gradient = model.loss(model.logits(parameters, words.x), words.probs)
        return loss.mean(), model.back(gradient, words.x) / len(words.x)

    found = minimize(objective, model.start, jac=True, method="BFGS", options={"gtol": 1e-7})
    if np.abs(found.jac).max() > 1e-5:
        raise RuntimeError(f"no minimum was found: {found.message}")
    return found.x


def losses(words: Words, train: np.ndarray, test: np.ndarray) -> dict[str, np.ndarray]:
    """Of each model the cross-entropy of each test word, in nats a vote, after a fit to the
    training words.
    """
    x, probs = words.x[test], words.probs[test]
    found = {}
    for name, model in MODELS.items():
        parameters = fit(model, Words(words.x[train], words.probs[train]))
        law = normalize_rows(model.law(model.logits(parameters, x)))
        found[name] = cross_entropy(probs, law)
    return found


def learning_curve(
    words: Words, sizes: Iterable[int], draws: int, seed: int
) -> dict[int, dict[str, np.ndarray]]:
    """Of each number of training words, and of each model, the mean held-out loss of so many draws
    of training words (draws,); the test words are the same for all.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(words.x))
    test, rest = order[:TESTED], order[TESTED:]
    curve = {}
    for size in sizes:
        each = [losses(words, rng.permutation(rest)[:size], test) for _ in range(draws)]
        curve[size] = {name: np.array([one[name].mean() for one in each]) for name in MODELS}
    return curve
