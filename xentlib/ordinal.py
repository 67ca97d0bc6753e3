"""Losses of ordered classes, grades 0 ... K-1, from K-1 logits, per example, in nats. Labels may be
soft.

A *continuation ratio* is the chance to stop at a grade, of those who reach it; a *cumulative* logit
is that of the chance to lie above a grade.
"""

import numpy as np
from numpy.typing import ArrayLike

from xentlib import _checks
from xentlib._checks import Floats, Values
from xentlib._summation import row_sum


def _softplus(x):
    """log(1 + exp(x)), minus the logarithm of the sigmoid at -x."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def _sigmoid(x):
    return np.exp(-_softplus(-x))


def _above(p):
    """Σ_{k>j} p_k for j = 0 ... K-2, summed from the far end."""
    return np.cumsum(p[..., :0:-1], axis=-1)[..., ::-1]


def _binary_losses(z, yes, no):
    """Σ_j yes_j (-log σ(z_j)) + no_j (-log σ(-z_j)), and its gradient."""
    loss = row_sum(yes * _softplus(-z) + no * _softplus(z))
    return loss[()], no * _sigmoid(z) - yes * _sigmoid(-z) + 0.0


@np.errstate(all="ignore")
def continuation_ratio_loss(logits: ArrayLike, target_probs: ArrayLike) -> Values:
    """Cross-entropy of the law that `continuation_ratio_probs` gives, as a sum of binary losses:
    Σ_j (p_j (-log σ(z_j)) + p_{>j} (-log σ(-z_j))), where p_{>j} is the share above grade j.

    Each stage counts for those alone who reach it. For a hard label it is a negative
    log-likelihood.

    Parameters
    ----------
    logits : (..., K-1), finite, of the chance to stop at grade j, of those who reach it
    target_probs : (..., K), distributions, the grades in order, K >= 2

    Returns
    -------
    (...), nats

    Raises
    ------
    InvalidInput
        for logits that are not finite, a row that is no distribution, one class, or K-1 that do
        not match.

    Source
    ------
    shi2021

    Examples
    --------
    >>> round(float(continuation_ratio_loss([0.0, 0.0], [0.5, 0.25, 0.25])), 6)  # 1.5 log 2
    1.039721
    """
    return continuation_ratio_loss_value_and_grad(logits, target_probs)[0]


@np.errstate(all="ignore")
def continuation_ratio_loss_value_and_grad(
    logits: ArrayLike, target_probs: ArrayLike
) -> tuple[Values, Floats]:
    """`continuation_ratio_loss` and its gradient in the logits, p_{>j} σ(z_j) - p_j σ(-z_j).

    Parameters
    ----------
    logits, target_probs : as for `continuation_ratio_loss`

    Returns
    -------
    loss : (...), nats
    gradient : (..., K-1), nats per unit of a logit

    Raises
    ------
    InvalidInput
        as `continuation_ratio_loss`.

    Examples
    --------
    >>> continuation_ratio_loss_value_and_grad([0.0, 0.0], [0.5, 0.25, 0.25])[1]
    array([0., 0.])
    """
    z, p = _checks.grades(logits=logits, target_probs=target_probs)
    return _binary_losses(z, p[..., :-1], _above(p))


@np.errstate(all="ignore")
def continuation_ratio_probs(logits: ArrayLike) -> Floats:
    """The law of one stage after the other: q_k = σ(z_k) Π_{j<k} σ(-z_j), and the last grade for
    those who pass all stages.

    Parameters
    ----------
    logits : (..., K-1), finite, of the chance to stop at grade j, of those who reach it

    Returns
    -------
    (..., K), distributions

    Raises
    ------
    InvalidInput
        for logits that are not finite, or none.

    Examples
    --------
    >>> continuation_ratio_probs([0.0, 0.0])
    array([0.5 , 0.25, 0.25])
    """
    z = _checks.finite("logits", logits)
    passed = -np.cumsum(_softplus(z), axis=-1)  # log of the chance to pass stages 0 ... j
    before = np.concatenate([np.zeros_like(z[..., :1]), passed[..., :-1]], axis=-1)
    return np.exp(np.concatenate([before - _softplus(-z), passed[..., -1:]], axis=-1))


@np.errstate(all="ignore")
def cumulative_logit_loss(logits: ArrayLike, target_probs: ArrayLike) -> Values:
    """Binary cross-entropies of all thresholds, added up: Σ_j (p_{>j} (-log σ(z_j)) + p_{<=j} (-log
    σ(-z_j))).

    Strictly proper, but no negative log-likelihood, even of a hard label, for K > 2. The
    likelihood of a cumulative logit model is `cross_entropy` of `cumulative_logit_probs`.

    Parameters
    ----------
    logits : (..., K-1), finite, of the chance to lie above grade j
    target_probs : (..., K), distributions, the grades in order, K >= 2

    Returns
    -------
    (...), nats

    Raises
    ------
    InvalidInput
        as `continuation_ratio_loss`.

    Source
    ------
    cao2020

    Examples
    --------
    >>> round(float(cumulative_logit_loss([0.0, 0.0], [1.0, 0.0, 0.0])), 6)  # 2 log 2
    1.386294
    """
    return cumulative_logit_loss_value_and_grad(logits, target_probs)[0]


@np.errstate(all="ignore")
def cumulative_logit_loss_value_and_grad(
    logits: ArrayLike, target_probs: ArrayLike
) -> tuple[Values, Floats]:
    """`cumulative_logit_loss` and its gradient in the logits, p_{<=j} σ(z_j) - p_{>j} σ(-z_j).

    Parameters
    ----------
    logits, target_probs : as for `cumulative_logit_loss`

    Returns
    -------
    loss : (...), nats
    gradient : (..., K-1), nats per unit of a logit

    Raises
    ------
    InvalidInput
        as `cumulative_logit_loss`.

    Examples
    --------
    >>> cumulative_logit_loss_value_and_grad([0.0, 0.0], [0.25, 0.25, 0.5])[1]
    array([-0.25,  0.  ])
    """
    z, p = _checks.grades(logits=logits, target_probs=target_probs)
    return _binary_losses(z, _above(p), np.cumsum(p[..., :-1], axis=-1))


@np.errstate(all="ignore")
def cumulative_logit_probs(logits: ArrayLike) -> Floats:
    """The law of a cumulative logit model, q_k = σ(z_{k-1}) - σ(z_k), with σ = 1 below the first
    logit and 0 above the last.

    Parameters
    ----------
    logits : (..., K-1), finite, of the chance to lie above grade j: none above the one before it

    Returns
    -------
    (..., K), distributions

    Raises
    ------
    InvalidInput
        for logits that are not finite, or none, or rise, which no order of the grades can have.

    Examples
    --------
    >>> cumulative_logit_probs([np.log(3.0), -np.log(3.0)])
    array([0.25, 0.5 , 0.25])
    """
    z = _checks.falling("logits", logits)
    drop = z[..., :-1] - z[..., 1:]
    inner = _sigmoid(z[..., :-1]) * _sigmoid(-z[..., 1:]) * -np.expm1(-drop)
    return np.concatenate([_sigmoid(-z[..., :1]), inner, _sigmoid(z[..., -1:])], axis=-1) + 0.0
