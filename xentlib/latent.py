"""Losses where the class itself is hidden, and a likelihood of what was observed is known for each
class. In nats.
"""

import numpy as np

from xentlib import _checks
from xentlib.logits import _shift_by_max, log_softmax, logsumexp, softmax
from xentlib.losses import _gradient


@np.errstate(all="ignore")
def virtual_evidence_loss(logits, evidence):
    """Negative log-likelihood of an observation of a hidden class, -log Σ_k λ_k q_k with q =
    softmax(logits).

    Virtual evidence: λ_k = P(observation | class k), known up to a common factor. It is *not* a
    cross-entropy.

    Parameters
    ----------
    logits : (K,) or (N, K), -inf for a masked class
    evidence : same shape, λ ≥ 0, some of each row positive; rows need not sum to 1

    Returns
    -------
    () or (N,), nats; +inf where only masked classes can give the observation

    Raises
    ------
    InvalidInput
        for a logit that is NaN or +inf, a λ that is negative or infinite, a row of zeros, or
        shapes that differ.

    Examples
    --------
    >>> round(float(virtual_evidence_loss([0.0, 0.0], [0.9, 0.1])), 6)  # -log (.9/2 + .1/2)
    0.693147
    """
    return _weighed(logits, evidence)[0][()]


@np.errstate(all="ignore")
def virtual_evidence_loss_value_and_grad(logits, evidence):
    """`virtual_evidence_loss` and its gradient in the logits, q - r with r the responsibilities.

    Parameters
    ----------
    logits, evidence : (K,) or (N, K), as for `virtual_evidence_loss`

    Returns
    -------
    loss : () or (N,), nats
    gradient : (K,) or (N, K), nats per unit of a logit; NaN in rows where the loss is infinite

    Raises
    ------
    InvalidInput
        as `virtual_evidence_loss`.

    Examples
    --------
    >>> virtual_evidence_loss_value_and_grad([0.0, 0.0], [0.75, 0.25])[1]
    array([-0.25,  0.25])
    """
    loss, weighed = _weighed(logits, evidence)
    possible = np.isfinite(loss)[..., None]
    r = softmax(np.where(possible, weighed, 0.0))
    gradient = _gradient(_shift_by_max(_checks.logits("logits", logits)), r, np.ones_like(loss))
    return loss[()], np.where(possible, gradient, np.nan)


@np.errstate(all="ignore")
def responsibilities(logits, evidence):
    """The E-step: posterior distribution of the hidden class, r_k = λ_k q_k / Σ_j λ_j q_j.

    Soft labels for the M-step, which is cross-entropy. They belong to these logits and no
    others: compute them again after each step.

    Parameters
    ----------
    logits, evidence : (K,) or (N, K), as for `virtual_evidence_loss`

    Returns
    -------
    (K,) or (N, K), distributions

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
    loss, weighed = _weighed(logits, evidence)
    _checks.no_row(
        "evidence",
        np.isposinf(loss),
        "some class that is not masked must be able to give the observation",
        "is 0 in every class that is not masked",
    )
    return softmax(weighed)


@np.errstate(all="ignore")
def forward_corrected_loss(logits, labels, channel):
    """Negative log-likelihood of a noisy label, -log Σ_k q_k T_ky with T_kj = P(reading j | class
    k).

    Parameters
    ----------
    logits : (K,) or (N, K)
    labels : () or (N,), the readings, integers 0 ... K-1
    channel : (K, K), each row a distribution

    Returns
    -------
    () or (N,), nats; +inf where no class gives the reading

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
    _checks.same_names(logits=logits, labels=labels)
    _checks.same_names(-1, 0, logits=logits, channel=channel)
    _checks.same_names(-1, logits=logits, channel=channel)
    rows = _checks.logits("logits", logits)
    table = _checks.channel("channel", channel, rows.shape[-1])
    readings = _checks.labels("labels", labels, rows.shape[-1], like=rows, like_argument="logits")
    evidence = table.T[readings]
    impossible = (evidence == 0).all(axis=-1)
    loss = _weighed(logits, np.where(impossible[..., None], 1.0, evidence))[0]
    return np.where(impossible, np.inf, loss)[()]


def backward_corrected_labels(labels, channel):
    """Signed labels whose mean, given the true class, is its vertex: row `label` of the inverse of
    the channel.

    Their entries sum to 1, and some are negative unless the channel is a permutation: they are
    no distributions. The loss lse(z) - Σ_k p_k z_k with such labels is unbiased, but unbounded
    below.

    Parameters
    ----------
    labels : () or (N,), the readings, integers 0 ... K-1
    channel : (K, K), T_kj = P(reading j | class k), invertible

    Returns
    -------
    (K,) or (N, K)

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
    table = _checks.channel("channel", channel)
    readings = _checks.labels("labels", labels, len(table))
    if np.linalg.matrix_rank(table) < len(table):
        raise _checks.InvalidInput(
            "channel",
            "backward correction needs a channel with an inverse",
            says="has linearly dependent rows",
        )
    return np.linalg.inv(table)[readings] + 0.0


def _weighed(logits, evidence):
    """The loss -lse(log q + log λ), and log q + log λ, which a softmax turns into
    responsibilities.
    """
    _checks.same_shape(logits=logits, evidence=evidence)
    weighed = log_softmax(logits) + np.log(_checks.evidence("evidence", evidence))
    possible = (weighed > -np.inf).any(axis=-1)
    loss = 0.0 - logsumexp(np.where(possible[..., None], weighed, 0.0))
    return np.where(possible, loss, np.inf), weighed
