"""Softmax regression with many classes, from top-k labels, beside PyTorch on the same fit: a table
for tools/bench.py. Each fit runs in a process of its own, so that its memory is its own.

    python tools/bench_heads.py [--rows N] [--columns D] [--classes K] [--torch PYTHON]
"""

import argparse
import json
import resource
import subprocess
import sys
import time

import numpy as np

ROWS, COLUMNS, CLASSES, TOP = 1024, 64, 50_257, 32
ALPHA, STEEP = 1e-4, 1e-7  # STEEP: the largest entry of a gradient at which both have to end


def data(rows, columns, classes):
    """Features; the classes (N, k) of labels and their shares; the last row has one vote of each
    class, so that all of them are used.
    """
    rng = np.random.default_rng(0)
    features = rng.normal(size=(rows, columns))
    labels = rng.zipf(1.2, size=(rows, TOP)) % classes
    return features, labels, rng.dirichlet(np.ones(TOP), size=rows)


def ours(rows, columns, classes):
    """The fit: its gradient's largest entry by its own account, seconds, and passes."""
    from scipy.sparse import csr_array

    from xentlib.fitting import SoftmaxRegression

    x, labels, shares = data(rows, columns, classes)
    ends = np.arange(rows + 1) * TOP
    p = csr_array((shares.ravel(), labels.ravel(), ends), shape=(rows, classes))
    model = SoftmaxRegression(ALPHA, tol=STEEP, fit_intercept=False)
    start = time.process_time()
    model.fit_soft(x, p)
    return time.process_time() - start, model.coef_


def theirs(rows, columns, classes):
    """torch.optim.LBFGS on all logits at once, as the same loss is mostly written."""
    import torch

    torch.set_num_threads(1)
    features, labels, shares = data(rows, columns, classes)
    x, y, p = torch.tensor(features), torch.tensor(labels), torch.tensor(shares)
    W = torch.zeros(classes, columns, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [W],
        max_iter=2000,
        tolerance_grad=STEEP,
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def closure():
        optimizer.zero_grad()
        log_q = torch.log_softmax(x @ W.T, dim=1)
        loss = -(p * log_q.gather(1, y)).sum() / rows + ALPHA / 2 * (W * W).sum()
        loss.backward()
        return loss

    start = time.process_time()
    optimizer.step(closure)
    return time.process_time() - start, W.detach().numpy()


def run(python, which, sizes):
    """What one fit needs, in a process of its own on one thread."""
    environment = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PATH": ""}
    command = [python, __file__, "--run", which, *map(str, sizes)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout)


def steepness(W, rows, columns, classes):
    """The largest entry of the gradient of the objective, in the features' own units."""
    x, labels, shares = data(rows, columns, classes)
    z = x @ W.T
    z -= z.max(axis=1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=1, keepdims=True)
    np.add.at(z, (np.arange(rows)[:, None], labels), -shares)
    return float(np.abs(z.T @ x / rows + ALPHA * W).max())


def heads(python=sys.executable, sizes=(ROWS, COLUMNS, CLASSES)):
    """Seconds of processor time, memory and gradients of both fits, `python` being one with
    torch.
    """
    print("{} rows, {} features, {} classes".format(*sizes))
    found = {
        which: run(own, which, sizes)
        for which, own in (("ours", sys.executable), ("theirs", python))
    }
    for which, name in (("ours", "xentlib"), ("theirs", "torch LBFGS")):
        print(
            "{:12} {seconds:8.1f} s {memory:6.0f} MB  gradient {gradient:.0e}".format(
                name, **found[which]
            )
        )
    print(f"ratio of times {found['ours']['seconds'] / found['theirs']['seconds']:.2f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--columns", type=int, default=COLUMNS)
    parser.add_argument("--classes", type=int, default=CLASSES)
    parser.add_argument("--torch", default=sys.executable, help="a Python that has torch")
    parser.add_argument("--run", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        which, sizes = asked.run[0], tuple(map(int, asked.run[1:]))
        seconds, W = {"ours": ours, "theirs": theirs}[which](*sizes)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(json.dumps({"seconds": seconds, "memory": memory, "gradient": steepness(W, *sizes)}))
    else:
        heads(asked.torch, (asked.rows, asked.columns, asked.classes))
