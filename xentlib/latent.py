"""Losses where the class itself is hidden, and a likelihood of what was observed is known for each
class. In nats.
"""

import numpy as np
from numpy.typing import ArrayLike

from xentlib import _checks
from xentlib._checks import Floats, Values
from xentlib._summation import row_sum
from xentlib.logits import _log_probs, _log_sum, _probs, _shift_by_max
from xentlib.losses import _gradient

SMALL = 1e-280  # a sum of exponentials above it has all its digits


@np.errstate(all="ignore")
def virtual_evidence_loss(
    logits: ArrayLike,
    likelihoods: ArrayLike | None = None,
    *,
    log_likelihoods: ArrayLike | None = None,
) -> Values:
    """Negative log-likelihood of an observation of a hidden class, -log Σ_k λ_k q_k with q =
    softmax(logits).

    Virtual evidence: λ_k = P(observation | class k), known up to a common factor. It is *not* a
    cross-entropy.

    Parameters
    ----------
    logits : (..., K), -inf for a masked class
    likelihoods : same shape, λ ≥ 0, some of each row positive; rows need not sum to 1
    log_likelihoods : same shape, log λ in their place, -inf where λ = 0: a product of many
        likelihoods is too small for a float, the sum of their logarithms is not

    Returns
    -------
    (...), nats; +inf where only masked classes can give the observation

    Raises
    ------
    InvalidInput
        for a logit that is NaN or +inf, a λ that is negative or infinite, a row of zeros, or
        shapes or names that differ.
    TypeError
        unless exactly one of `likelihoods` and `log_likelihoods` is given.

    Examples
    --------
    >>> round(float(virtual_evidence_loss([0.0, 0.0], [0.9, 0.1])), 6)  # -log (.9/2 + .1/2)
    0.693147
    """
    z, log_lambda = _observed(logits, likelihoods, log_likelihoods)
    return _weighed(_shift_by_max(z), log_lambda)[0][()]


@np.errstate(all="ignore")
def virtual_evidence_loss_value_and_grad(
    logits: ArrayLike,
    likelihoods: ArrayLike | None = None,
    *,
    log_likelihoods: ArrayLike | None = None,
) -> tuple[Values, Floats]:
    """`virtual_evidence_loss` and its gradient in the logits, q - r with r the responsibilities.

    Parameters
    ----------
    logits, likelihoods, log_likelihoods : as for `virtual_evidence_loss`

    Returns
    -------
    loss : (...), nats
    gradient : (..., K), nats per unit of a logit; NaN in rows where the loss is infinite

    Raises
    ------
    InvalidInput
        as `virtual_evidence_loss`.

    Examples
    --------
    >>> virtual_evidence_loss_value_and_grad([0.0, 0.0], [0.75, 0.25])[1]
    array([-0.25,  0.25])
    """
    z, log_lambda = _observed(logits, likelihoods, log_likelihoods)
    rows = _shift_by_max(z)
    loss, weighed = _weighed(rows, log_lambda)
    gradient = _gradient(rows, _probs(weighed), np.ones_like(loss))
    return loss[()], np.where(np.isfinite(loss)[..., None], gradient, np.nan)


@np.errstate(all="ignore")
def set_label_loss(logits: ArrayLike, sets: ArrayLike) -> Values:
    """Negative log-likelihood of a label that is a set, -log Σ_{k in S} q_k with q =
    softmax(logits): the class is one of S, and no more is said.

    It is a likelihood if what is said beyond that does not depend on the class: coarsening at
    random. A class that is ruled out leaves the others, a right-censored label all later ones.

    Parameters
    ----------
    logits : (..., K), -inf for a masked class
    sets : same shape, True for the classes of S, at least one in each row

    Returns
    -------
    (...), nats; +inf where all classes of the set are masked

    Raises
    ------
    InvalidInput
        for a logit that is NaN or +inf, an empty set, or shapes or names that differ.
    TypeError
        for sets that are not of True and False.

    Source
    ------
    cour2011

    Examples
    --------
    >>> round(float(set_label_loss([0.0, 0.0, 0.0], [True, True, False])), 6)  # -log (2/3)
    0.405465
    """
    return set_label_loss_value_and_grad(logits, sets)[0]


@np.errstate(all="ignore")
def set_label_loss_value_and_grad(logits: ArrayLike, sets: ArrayLike) -> tuple[Values, Floats]:
    """`set_label_loss` and its gradient in the logits, q - r with r = q given S.

    Parameters
    ----------
    logits, sets : as for `set_label_loss`

    Returns
    -------
    loss : (...), nats
    gradient : (..., K), nats per unit of a logit; NaN in rows where the loss is infinite

    Raises
    ------
    InvalidInput, TypeError
        as `set_label_loss`.

    Examples
    --------
    >>> set_label_loss_value_and_grad([0.0, 0.0, 0.0, 0.0], [True, True, False, False])[1]
    array([-0.25, -0.25,  0.25,  0.25])
    """
    _checks.same_shape(logits=logits, sets=sets)
    z, chosen = _checks.logits("logits", logits), _checks.sets("sets", sets)
    rows, possible = _shift_by_max(z), np.any(chosen & (z > -np.inf), axis=-1, keepdims=True)
    inside, outside = (row_sum(np.where(s, rows.exponentials, 0.0)) for s in (chosen, ~chosen))
    within = _shift_by_max(np.where(possible, np.where(chosen, z, -np.inf), 0.0))
    far = _log_sum(rows) - _log_sum(within)  # where what is inside is too small for a float
    loss = np.where(inside > SMALL, np.log1p(outside / inside), far)
    rest = (outside / (1 + rows.rest))[..., None]  # 1 - q(S)
    gradient = np.where(chosen, 0.0 - rest * _probs(within), _probs(rows))
    return (
        np.where(possible[..., 0], loss, np.inf)[()],
        np.where(possible, gradient + 0.0, np.nan),
    )


@np.errstate(all="ignore")
def responsibilities(
    logits: ArrayLike,
    likelihoods: ArrayLike | None = None,
    *,
    log_likelihoods: ArrayLike | None = None,
) -> Floats:
    """The E-step: posterior distribution of the hidden class, r_k = λ_k q_k / Σ_j λ_j q_j.

    Soft labels for the M-step, which is cross-entropy. They belong to these logits and no
    others: compute them again after each step.

    Parameters
    ----------
    logits, likelihoods, log_likelihoods : as for `virtual_evidence_loss`

    Returns
    -------
    (..., K), distributions

    Raises
    ------
    InvalidInput
        as `virtual_evidence_loss`, and for a row where only masked classes can give the
        observation.

    Examples
    --------
    >>> responsibilities([0.0, 0.0], [3.0, 1.0])
    array([0.75, 0.25])
    """
    z, log_lambda = _observed(logits, likelihoods, log_likelihoods)
    _checks.refuse_rows(
        "likelihoods" if log_likelihoods is None else "log_likelihoods",
        ((z == -np.inf) | (log_lambda == -np.inf)).all(axis=-1),
        "some class that is not masked must be able to give the observation",
        "is 0 in every class that is not masked"
        if log_likelihoods is None
        else "is -inf in every class that is not masked",
    )
    return _probs(_weighed(_shift_by_max(z), log_lambda)[1])


@np.errstate(all="ignore")
def forward_corrected_loss(logits: ArrayLike, labels: ArrayLike, channel: ArrayLike) -> Values:
    """Negative log-likelihood of a noisy label, -log Σ_k q_k T_ky with T_kj = P(reading j | class
    k).

    Parameters
    ----------
    logits : (..., K)
    labels : (...), the readings, integers 0 ... K-1
    channel : (K, K), each row a distribution

    Returns
    -------
    (...), nats; +inf where no class gives the reading

    Raises
    ------
    InvalidInput
        for logits, labels or a channel that break their rules.
    TypeError
        for labels that are not integers.

    Examples
    --------
    >>> channel = [[0.9, 0.1], [0.3, 0.7]]
    >>> round(float(forward_corrected_loss([0.0, 0.0], 0, channel)), 6)  # -log (0.45 + 0.15)
    0.510826
    """
    _checks.same_names(("logits", logits, 0), ("labels", labels, 0))
    _checks.same_names(("logits", logits, -1), ("channel", channel, 0), ("channel", channel, 1))
    rows = _checks.logits("logits", logits)
    table = _checks.channel("channel", channel, rows.shape[-1])
    readings = _checks.labels("labels", labels, rows.shape[-1], like=rows, like_argument="logits")
    return _weighed(_shift_by_max(rows), np.log(table.T[readings]))[0][()]


@np.errstate(all="ignore")
def backward_corrected_labels(labels: ArrayLike, channel: ArrayLike) -> Floats:
    """Signed labels whose mean, given the true class, is its vertex: row `label` of the inverse of
    the channel.

    Their entries sum to 1, and some are negative unless the channel is a permutation: they are
    no distributions. The loss lse(z) - Σ_k p_k z_k with such labels is unbiased, but unbounded
    below.

    Parameters
    ----------
    labels : (...), the readings, integers 0 ... K-1
    channel : (K, K), T_kj = P(reading j | class k), invertible

    Returns
    -------
    (..., K)

    Raises
    ------
    InvalidInput
        for a label outside 0 ... K-1, or a channel that has no inverse.
    TypeError
        for labels that are not integers.

    Examples
    --------
    >>> backward_corrected_labels([0, 1], [[0.75, 0.25], [0.25, 0.75]])
    array([[ 1.5, -0.5],
           [-0.5,  1.5]])
    """
    _checks.same_names(("channel", channel, 0), ("channel", channel, 1))
    table = _checks.channel("channel", channel)
    readings = _checks.labels("labels", labels, len(table))
    if np.linalg.matrix_rank(table) < len(table):
        raise _checks.InvalidInput(
            "channel",
            "backward correction needs a channel with an inverse",
            says="has linearly dependent rows",
        )
    return np.asarray(np.linalg.inv(table)[readings] + 0.0, dtype=np.float64)


def _observed(logits, likelihoods, log_likelihoods):
    """Checked logits, and log λ from whichever of the two was given."""
    if (likelihoods is None) == (log_likelihoods is None):
        raise TypeError("either likelihoods or log_likelihoods must be given, and not both")
    if log_likelihoods is not None:
        _checks.same_shape(logits=logits, log_likelihoods=log_likelihoods)
        log_lambda = _checks.log_likelihoods("log_likelihoods", log_likelihoods)
    else:
        _checks.same_shape(logits=logits, likelihoods=likelihoods)
        log_lambda = np.log(_checks.likelihoods("likelihoods", likelihoods))
    return _checks.logits("logits", logits), log_lambda


def _weighed(rows, log_lambda):
    """The loss -lse(log q + log λ), and rows of log q + log λ, whose softmax is the
    responsibilities.
    """
    weighed = _log_probs(rows) + log_lambda
    possible = (weighed > -np.inf).any(axis=-1)
    weighed = _shift_by_max(np.where(possible[..., None], weighed, 0.0))
    return np.where(possible, 0.0 - _log_sum(weighed), np.inf), weighed
