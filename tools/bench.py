"""How fast is it, beside others? Ratios of processor times on one thread, from pairs of runs that
alternate on this machine: make bench

Each line: a task, the median over pairs of xentlib's time over the other's, the range of the
middle half, and both medians. A ratio below 1 means that xentlib took less time. Nothing here
is a test, and no test is timed.
"""

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

# ruff: noqa: E402
import statistics
import time
from functools import partial

import numpy as np
import statsmodels.api as sm
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

import xentlib
from xentlib.fitting import SoftmaxRegression

PAIRS = 15
SIZES = {  # rows, features and classes of fits, and pairs of runs
    (1000, 5, 3): 15,
    (20_000, 10, 4): 9,
    (20_000, 50, 10): 5,
    (200_000, 50, 10): 3,
}
STEEP = 1e-8  # the largest entry of the gradient at an end, for peers
LARGEST_MNLOGIT = 100  # features times classes
MOST_REPLICATED = 200_000  # rows


def seconds(act):
    start = time.process_time()
    act()
    return time.process_time() - start


def compare(task, ours, theirs, repeat=1, pairs=PAIRS):
    """The ratio of two acts, in pairs, either first in turn."""
    ours(), theirs()
    both = []
    for pair in range(pairs):
        times = {}
        for name, act in (("ours", ours), ("theirs", theirs))[:: 1 if pair % 2 else -1]:
            times[name] = min(seconds(act) for _ in range(repeat))
        both.append((times["ours"], times["theirs"]))
    ratios = sorted(a / b for a, b in both)
    first, middle, third = statistics.quantiles(ratios, n=4)
    mine, other = (statistics.median(times) for times in zip(*both, strict=True))
    print(
        (
            f"{task:66} {middle:6.2f}  ({first:.2f} to {third:.2f})  {mine * 1e3:9.2f} ms  "
            f"{other * 1e3:9.2f} ms"
        ),
        flush=True,
    )


def fits():
    """Beside peers that are asked for the least accuracy that reaches `STEEP`, as ours does; for
    soft labels they get each row once for each class, with the label as its weight.
    """
    rng = np.random.default_rng(1)
    for (rows, columns, classes), pairs in SIZES.items():
        x = rng.normal(size=(rows, columns))
        probs = xentlib.softmax(x @ rng.normal(size=(columns, classes)) * 0.5)
        labels = (probs.cumsum(axis=1) > rng.uniform(size=(rows, 1))).argmax(axis=1)
        size = f"{rows} × {columns}, {classes} classes"
        hard, soft = partial(SoftmaxRegression().fit, x, labels), partial(_soft, x, probs)
        one_hot = xentlib.one_hot(labels, classes)
        print(f"{size}: gradient {_steepness(hard(), x, one_hot):.0e}", flush=True)
        for solver in ("newton-cg", "lbfgs"):
            peer, steep = _equally_steep(solver, x, labels, None, x, one_hot)
            compare(f"fit, {size}, beside {solver} ({steep:.0e})", hard, peer, pairs=pairs)
        if columns * classes <= LARGEST_MNLOGIT:
            peer = partial(_multinomial_logit, labels, sm.add_constant(x))
            compare(f"fit, {size}, beside MNLogit", hard, peer, pairs=pairs)
        if rows * classes <= MOST_REPLICATED:
            repeated, each = np.repeat(x, classes, axis=0), np.tile(np.arange(classes), rows)
            for solver in ("newton-cg", "lbfgs"):
                peer, steep = _equally_steep(solver, repeated, each, probs.ravel(), x, probs)
                compare(f"soft fit, {size}, beside {solver} ({steep:.0e})", soft, peer, pairs=pairs)


def _soft(x, probs):
    return SoftmaxRegression().fit_soft(x, probs)


def _steepness(model, x, probs):
    """The largest entry of the gradient of the mean loss at a fit."""
    residual = (model.predict_proba(x) - probs) / len(x)
    return np.abs(residual.T @ np.column_stack([x, np.ones(len(x))])).max()


def _equally_steep(solver, x, labels, weights, rows, probs):
    """The fit of scikit-learn with the loosest `tol` that reaches `STEEP`, and what it reaches."""
    for tol in 10.0 ** np.arange(-4, -13, -1):
        model = LogisticRegression(C=np.inf, tol=tol, max_iter=10_000, solver=solver)
        steep = _steepness(model.fit(x, labels, weights), rows, probs)
        if steep <= STEEP:
            break
    return partial(model.fit, x, labels, weights), steep


def _multinomial_logit(labels, design):
    return sm.MNLogit(labels, design).fit(disp=0, method="newton", tol=1e-9)


def _log_loss_of_logits(z, labels):
    probs, classes = np.exp(log_softmax(z, axis=1)), np.arange(z.shape[1])
    return log_loss(labels, probs, labels=classes, normalize=False)


def losses():
    rng = np.random.default_rng(2)
    for rows, classes in ((100, 3), (10_000, 10), (10_000, 100)):
        z, labels = rng.normal(size=(rows, classes)) * 3, rng.integers(0, classes, size=rows)
        p, size = rng.dirichlet(np.ones(classes), size=rows), f"{rows} × {classes}"
        compare(
            f"soft loss, {size}, beside SciPy's log_softmax",
            lambda z=z, p=p: xentlib.softmax_cross_entropy(z, p),
            lambda z=z, p=p: -(p * log_softmax(z, axis=1)).sum(axis=1),
            5,
        )
        compare(
            f"hard loss, {size}, beside scikit-learn's log_loss",
            partial(xentlib.softmax_cross_entropy_with_integer_labels, z, labels),
            partial(_log_loss_of_logits, z, labels),
            5,
        )


if __name__ == "__main__":
    print(f"{'task':66} ratio  (middle half)        xentlib          other")
    fits()
    losses()
