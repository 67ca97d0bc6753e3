"""Softmax regression on hard, soft or counted labels, with covariances that soft labels need
(extra: fit, SciPy and scikit-learn), on one machine or, with the extra dask, over partitions.

The optimiser is xentlib's own, linear algebra SciPy's, the conventions scikit-learn's.
"""

from importlib.util import find_spec

if find_spec("scipy") is None or find_spec("sklearn") is None:
    raise ModuleNotFoundError("xentlib.fitting needs the extra fit: pip install 'xentlib[fit]'")

from xentlib.fitting.errors import NoFit, NotConverged, SeparatedWarning
from xentlib.fitting.inference import Covariances, Inference
from xentlib.fitting.preferences import BradleyTerry
from xentlib.fitting.regression import SoftmaxRegression
from xentlib.fitting.scorers import CrossEntropyScorer, neg_cross_entropy

__all__ = [
    "BradleyTerry",
    "Covariances",
    "CrossEntropyScorer",
    "Inference",
    "NoFit",
    "NotConverged",
    "SeparatedWarning",
    "SoftmaxRegression",
    "neg_cross_entropy",
]
