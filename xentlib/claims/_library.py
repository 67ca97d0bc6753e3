"""What the library computes, at the places that derivations name: classes count from 1."""

import numpy as np

import xentlib


def hessian_entry(z, K, j, **point):
    """Entry (j, l) of the Hessian of cross-entropy in the logits."""
    return xentlib.softmax_cross_entropy_hvp(z, np.eye(K)[point["l"] - 1])[j - 1]


def quadratic_form(q, v, **sizes):
    """v' (diag q - q q') v, the Hessian at the logits log q along v."""
    return np.dot(v, xentlib.softmax_cross_entropy_hvp(np.log(q), v))


def of_frequencies(q, y, K, N):
    """N times the cross-entropy of the labels' frequencies."""
    votes = np.bincount(np.array(y) - 1, minlength=K)
    return N * xentlib.cross_entropy(xentlib.votes_to_probs(votes), q)


def of_the_mean_label(p, q, w, **sizes):
    """The cross-entropy of the weighted mean of labels."""
    return xentlib.cross_entropy(np.array(w) @ np.array(p), q)


def of_a_mixture(p, r, q, t, **sizes):
    """The cross-entropy of a mixture of two labels."""
    return xentlib.cross_entropy((1 - t) * np.array(p) + t * np.array(r), q)


def beta_function(a, b):
    """B(a, b), from Dirichlet's density at the centre."""
    return 0.5 ** (a + b - 2) / np.exp(xentlib.dirichlet_log_likelihood([0.5, 0.5], [a, b]))
