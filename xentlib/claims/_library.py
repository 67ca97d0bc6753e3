"""What the library computes, at the places that derivations name: classes count from 1."""

import numpy as np

import xentlib


def hessian_entry(z, K, j, **point):
    """Entry (j, l) of the Hessian of cross-entropy in the logits."""
    return xentlib.softmax_cross_entropy_hvp(z, np.eye(K)[point["l"] - 1])[j - 1]


def of_frequencies(q, y, K, N):
    """N times the cross-entropy of the labels' frequencies."""
    votes = np.bincount(np.array(y) - 1, minlength=K)
    return N * xentlib.cross_entropy(xentlib.votes_to_probs(votes), q)
