"""How fast is it, beside others? Ratios of times, from pairs of runs that alternate on this
machine: make bench

Each line: a task, the median over pairs of xentlib's time over the other's, the range of the
middle half, and both medians. A ratio below 1 means that xentlib took less time. Nothing here
is a test, and no test is timed.
"""

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


def seconds(act):
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def compare(task, ours, theirs, repeat=1):
    """The ratio of two acts, in pairs, either first in turn."""
    ours(), theirs()
    both = []
    for pair in range(PAIRS):
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
    rng = np.random.default_rng(1)
    for rows, columns, classes in ((1000, 5, 3), (20_000, 10, 4)):
        x = rng.normal(size=(rows, columns))
        probs = xentlib.softmax(x @ rng.normal(size=(columns, classes)) * 0.5)
        labels = (probs.cumsum(axis=1) > rng.uniform(size=(rows, 1))).argmax(axis=1)
        design, size = sm.add_constant(x), f"{rows} × {columns}, {classes} classes"
        model = SoftmaxRegression().fit(x, labels)
        other = _multinomial_logit(labels, design)
        newton = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000, solver="newton-cg")
        peer = newton.fit(x, labels)
        mine = model.coef_ - model.coef_[0]
        print(
            f"coefficients, {size}: at most "
            f"{np.abs(mine[1:].T - other.params[1:]).max():.1e} from MNLogit, "
            f"{np.abs(mine - (peer.coef_ - peer.coef_[0])).max():.1e} from "
            "LogisticRegression"
        )
        compare(
            f"fit, {size}, beside MNLogit (newton)",
            lambda x=x, labels=labels: SoftmaxRegression().fit(x, labels),
            lambda labels=labels, design=design: _multinomial_logit(labels, design),
        )
        compare(
            f"fit, {size}, beside LogisticRegression (newton-cg)",
            lambda x=x, labels=labels: SoftmaxRegression().fit(x, labels),
            partial(newton.fit, x, labels),
        )


def _multinomial_logit(labels, design):
    return sm.MNLogit(labels, design).fit(disp=0, method="newton", tol=1e-12)


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
