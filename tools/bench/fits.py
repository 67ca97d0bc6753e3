"""How long fits take, beside peers that are asked for the least accuracy that reaches ours; for
soft labels they get each row once for each class, with the label as its weight.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import statsmodels.api as sm
from pairs import Act, compare, row
from sklearn.linear_model import LogisticRegression

import xentlib
from xentlib.fitting import SoftmaxRegression

SIZES = {  # rows, features and classes of fits, and pairs of looks
    (1000, 5, 3): 9,
    (20_000, 10, 4): 7,
    (20_000, 50, 10): 3,
}
STEEP = 1e-8  # the largest entry of the gradient at an end, for peers
LARGEST_MNLOGIT = 100  # features times classes
SOLVERS = ("newton-cg", "lbfgs")


def table() -> Iterator[dict[str, Any]]:
    """Hard and soft fits of each size beside each peer."""
    rng = np.random.default_rng(1)
    for (rows, columns, classes), pairs in SIZES.items():
        x = rng.normal(size=(rows, columns))
        probs = xentlib.softmax(x @ rng.normal(size=(columns, classes)) * 0.5)
        labels = (probs.cumsum(axis=1) > rng.uniform(size=(rows, 1))).argmax(axis=1)
        size = f"{rows} × {columns}, {classes} classes"
        hard, soft = partial(SoftmaxRegression().fit, x, labels), partial(_soft, x, probs)
        one_hot = xentlib.one_hot(labels, classes)
        for solver in SOLVERS:
            peer = equally_steep(solver, x, labels, None, x, one_hot)
            times = compare(hard, peer, pairs=pairs)
            yield row("hard fit", size, "float64", f"scikit-learn, {solver}", times)
        if columns * classes <= LARGEST_MNLOGIT:
            times = compare(
                hard, partial(_multinomial_logit, labels, sm.add_constant(x)), pairs=pairs
            )
            yield row("hard fit", size, "float64", "statsmodels, MNLogit", times)
        repeated, each = np.repeat(x, classes, axis=0), np.tile(np.arange(classes), rows)
        for solver in SOLVERS:
            peer = equally_steep(solver, repeated, each, probs.ravel(), x, probs)
            times = compare(soft, peer, pairs=pairs)
            yield row("soft fit", size, "float64", f"scikit-learn, {solver}", times)


def _soft(x: np.ndarray, probs: np.ndarray) -> SoftmaxRegression:
    return SoftmaxRegression().fit_soft(x, probs)


def _steepness(model: Any, x: np.ndarray, probs: np.ndarray) -> float:
    """The largest entry of the gradient of the mean loss at a fit."""
    residual = (model.predict_proba(x) - probs) / len(x)
    return np.abs(residual.T @ np.column_stack([x, np.ones(len(x))])).max()


def equally_steep(
    solver: str,
    x: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray | None,
    rows: np.ndarray,
    probs: np.ndarray,
) -> Act:
    """The fit of scikit-learn with the loosest `tol` that reaches `STEEP`."""
    for tol in 10.0 ** np.arange(-4, -13, -1):
        model = LogisticRegression(C=np.inf, tol=tol, max_iter=10_000, solver=solver)
        if _steepness(model.fit(x, labels, weights), rows, probs) <= STEEP:
            break
    return partial(model.fit, x, labels, weights)


def _multinomial_logit(labels: np.ndarray, design: np.ndarray) -> object:
    return sm.MNLogit(labels, design).fit(disp=0, method="newton", tol=1e-9)
