"""statsmodels' multinomial logit, at coefficients that give the logits of each row."""

import numpy as np
from statsmodels.api import MNLogit

LIBRARY = "statsmodels"


def model_at(z, p):
    """A model with a column for each row, and the coefficients that are the logits."""
    return MNLogit(p, np.eye(len(z))), (z[:, 1:] - z[:, :1])


def each_entry(z, p):
    model, at = model_at(z, p)
    return -model.loglikeobs(at)


def each_row(z, p):
    return each_entry(z, p).sum(axis=1)


def total(z, p):
    model, at = model_at(z, p)
    return -model.loglike(at)


CALLS = {
    "-MNLogit(p, x).loglikeobs(b)": {"loss": each_entry},
    "-MNLogit(p, x).loglikeobs(b).sum(axis=1)": {"loss": each_row},
    "-MNLogit(p, x).loglike(b)": {"loss": total, "reduction": "sum"},
}
