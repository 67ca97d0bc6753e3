"""Softmax regression on hard, soft or counted labels, with covariances that soft labels need
(extra: fit, SciPy and scikit-learn).

The loss, its gradient and its Hessian-vector products are xentlib's, the optimiser SciPy's, the
conventions scikit-learn's.
"""

from importlib.util import find_spec

if find_spec("scipy") is None or find_spec("sklearn") is None:
    raise ModuleNotFoundError("xentlib.fitting needs the extra fit: pip install 'xentlib[fit]'")

from xentlib.fitting.conventions import SEPARATED_CHECKS
from xentlib.fitting.errors import NoFit, NotConverged
from xentlib.fitting.regression import Covariances, SoftmaxRegression

__all__ = ["SEPARATED_CHECKS", "Covariances", "NoFit", "NotConverged", "SoftmaxRegression"]
