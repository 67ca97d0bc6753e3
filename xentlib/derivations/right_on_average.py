"""The chapter on what soft labels estimate."""

from sympy import Derivative, IndexedBase, Symbol, log

from xentlib.derivations.entropy_and_kl import weights
from xentlib.derivations.symbols import K, N, i, k, over_classes, over_observations, p, v
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import number, real, simplex, size

w = IndexedBase("w", positive=True)
theta, phi, y, t = (Symbol(name, positive=True) for name in ("theta", "phi", "y", "t"))
classes, rows = size(K), size(N)

pi = over_observations(w[i] * p[i, k])  # the mean label
hard = over_classes(pi * v[k] ** 2) - over_classes(pi * v[k]) ** 2
soft = over_observations(w[i] * over_classes(p[i, k] * v[k]) ** 2) - over_classes(pi * v[k]) ** 2
lost = over_observations(
    w[i] * (over_classes(p[i, k] * v[k] ** 2) - over_classes(p[i, k] * v[k]) ** 2)
)
noise = Chain(
    start=hard - soft,
    steps=((lost, "the square of the mean cancels"),),
    given=(classes, rows, weights, simplex(p, K, N), real(v, K)),
)

divergence = y * log(y / theta) + (1 - y) * log((1 - y) / (1 - theta))
quasi_score = Chain(
    start=Derivative(-divergence / phi, theta),
    steps=(
        ((y / theta - (1 - y) / (1 - theta)) / phi, "differentiate"),
        ((y - theta) / (phi * theta * (1 - theta)), "the residual over the variance"),
    ),
    given=(number(theta, 0, 1), number(y, 0, 1), number(phi, 0, 2)),
)
n, rho, variance = (Symbol(name, positive=True) for name in ("n", "rho", "V"))
between = (
    rho * variance
)  # of the item's own share; what is left of the variance of a vote is within items
design_effect = Chain(
    start=between + (variance - between) / n,
    steps=(((1 + (n - 1) * rho) * variance / n, "common denominator"),),
    given=(number(rho, 0, 1), number(variance, 0, 1), number(n, 1, 9)),
)
reverse_score = Derivative(
    -(theta * log(theta / y) + (1 - theta) * log((1 - theta) / (1 - y))) / phi, theta
)
slope_of_the_logit = Chain(
    start=Derivative(log(theta / (1 - theta)), theta) ** 2 * t,
    steps=((t / (theta * (1 - theta)) ** 2, "A is θ(1 - θ), B the variance t of a label"),),
    given=(number(theta, 0, 1), number(t, 0, 1)),
)
