"""SciPy's entropies and logarithms, as cross-entropy is put together from them."""

import numpy as np
from scipy.special import entr, log_softmax, logsumexp, rel_entr, xlogy
from scipy.special import kl_div as divergence_terms
from scipy.stats import entropy

LIBRARY = "scipy"


def by_xlogy(q, p):
    return -xlogy(p, q).sum(axis=-1)


def both_entropies(q, p):
    return entropy(p, axis=-1) + entropy(p, q, axis=-1)


def elementwise(q, p):
    return (entr(p) + rel_entr(p, q)).sum(axis=-1)


def divergence(q, p):
    return entropy(p, q, axis=-1)


def divergence_by_terms(q, p):
    return divergence_terms(p, q).sum(axis=-1)


def by_log_softmax(z, p):
    return -(p * log_softmax(z, axis=-1)).sum(axis=-1)


def by_logsumexp(z, p):
    return logsumexp(z, axis=-1) - (p * z).sum(axis=-1)


def hard(z, y):
    return -np.take_along_axis(log_softmax(z, axis=-1), y[:, None], axis=-1)[:, 0]


SOFT = ("probs", "target_probs")
CALLS = {
    "-xlogy(p, q).sum(axis=-1)": {"loss": by_xlogy, "takes": SOFT},
    "-xlogy(p, q).sum(axis=-1), float32": {"loss": by_xlogy, "takes": SOFT, "dtype": "float32"},
    "entropy(p, axis=-1) + entropy(p, q, axis=-1)": {"loss": both_entropies, "takes": SOFT},
    "(entr(p) + rel_entr(p, q)).sum(axis=-1)": {"loss": elementwise, "takes": SOFT},
    "entropy(p, q, axis=-1)": {"loss": divergence, "takes": SOFT},
    "kl_div(p, q).sum(axis=-1)": {"loss": divergence_by_terms, "takes": SOFT},
    "-(p * log_softmax(z, axis=-1)).sum(axis=-1)": {"loss": by_log_softmax},
    "logsumexp(z, axis=-1) - (p * z).sum(axis=-1)": {"loss": by_logsumexp},
    "-log_softmax(z, axis=-1)[y]": {"loss": hard, "takes": ("logits", "labels")},
}
