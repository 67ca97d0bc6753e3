"""Losses of votes and of texts, and what clipping does to them."""

import numpy as np

import xentlib
from xentlib.exercises._kinds import Example, Number

VOTES, PREDICTED = np.repeat([0, 1, 2], [7, 2, 1]), np.array([0.6, 0.3, 0.1])
EPSILON, LOGIT, STEP = 1e-7, np.log(1e-9), 1e-3


def _clipped(logit):
    """The loss of two classes with the logits `logit` and 0, where the first is true."""
    return -np.log(max(xentlib.softmax([logit, 0])[0], EPSILON))


def _two_averages(p, q):
    return -np.log(np.dot(p, q)), xentlib.cross_entropy(p, q)


perplexity = Number(
    value=lambda: (2 * 8) ** 0.5,
    slips={
        "that is the mean of the perplexities": lambda: (2 + 8) / 2,
        "that is 2 to the power of nats": lambda: 2 ** np.log(4),
        "that is for both tokens together": lambda: 16,
    },
)


def _loss_of_ten_votes():
    predicted = PREDICTED[None].repeat(10, 0)
    return -xentlib.categorical_log_likelihood(VOTES, predicted).sum()


ten_votes = Number(
    value=_loss_of_ten_votes,
    slips={
        "that is the mean of the ten": lambda: -np.log(PREDICTED[VOTES]).mean(),
        "that is in bits": lambda: -np.log2(PREDICTED[VOTES]).sum(),
        "that is the entropy of the votes": lambda: 10 * xentlib.entropy([0.7, 0.2, 0.1]),
    },
)
expected_likelihood = Example(
    sides=_two_averages, hides=(([0, 1], [0.3, 0.7]), ([0.5, 0.5], [0.5, 0.5]))
)
clipped_slope = Number(
    value=lambda: (_clipped(LOGIT + STEP) - _clipped(LOGIT - STEP)) / (2 * STEP),
    slips={"that is the slope without clipping": lambda: 1e-9 - 1},
)
own_tokens = Number(
    value=lambda probs: np.prod(probs) ** (-1 / len(probs)),
    slips={
        "that is the mean of the perplexities": lambda probs: np.mean(1 / np.asarray(probs)),
        "that is the mean loss, in nats": lambda probs: -np.mean(np.log(probs)),
    },
    example=([0.2, 0.5, 0.05, 0.9],),
)
