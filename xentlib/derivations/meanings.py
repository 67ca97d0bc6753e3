"""Chapter 8: what a soft label may mean."""
from sympy import Derivative, IndexedBase, KroneckerDelta, Rational, exp, log

from xentlib.chain import Chain
from xentlib.derivations.cross_entropy import any_p
from xentlib.derivations.symbols import K, N, i, j, k, l, lse, over_classes, over_observations, p, q, softmax, z
from xentlib.given import index, number, positive, real, simplex, size

classes, chosen = size(K), index(j, K)
r, lam, w = (IndexedBase(letter, positive=True) for letter in ("r", "lambda", "w"))
a = IndexedBase("a", real=True)

spread = Chain(
    over_classes(any_p[l] * over_classes((q[k] - KroneckerDelta(k, l)) ** 2), l) - over_classes((q[k] - any_p[k]) ** 2),
    ((over_classes(any_p[k]) - over_classes(any_p[k] ** 2), "expand; an indicator is its own square"),
     (1 - over_classes(any_p[k] ** 2), "the shares sum to 1")),
    (classes, simplex(any_p, K), simplex(q, K)),
)
responsibility = lam[j] * exp(z[j]) / over_classes(lam[k] * exp(z[k]))
evidence_gradient = Chain(
    Derivative(lse - log(over_classes(lam[k] * exp(z[k]))), z[j]),
    ((softmax - responsibility, "two logarithms of sums"),),
    (classes, chosen, real(z, K), positive(lam, K)),
)
evidence = over_classes(lam[k] * q[k])
bound = over_classes(r[k] * log(q[k])) + over_classes(r[k] * log(lam[k])) - over_classes(r[k] * log(r[k]))
em_gap = Chain(
    log(evidence) - bound,
    ((over_classes(r[k] * (log(r[k]) - log(lam[k] * q[k]) + log(over_classes(lam[l] * q[l], l)))), "r sums to 1"),
     (over_classes(r[k] * log(r[k] / (lam[k] * q[k] / over_classes(lam[l] * q[l], l)))), "the divergence of the responsibilities from r")),
    (classes, simplex(r, K), simplex(q, K), positive(lam, K)),
)
curvature = Chain(
    Derivative(log(1 + exp(z[1])) - log(lam[1] * exp(z[1]) + lam[2]), (z[1], 2)),
    ((exp(z[1]) / (1 + exp(z[1])) ** 2 - lam[1] * lam[2] * exp(z[1]) / (lam[1] * exp(z[1]) + lam[2]) ** 2, "each term is a variance"),),
    (number(K, 2, 2), real(z, K), positive(lam, K)),
)

mean = over_observations(w[i] * over_classes(p[i, k] * a[i, k]))
within = over_classes(p[i, k] * a[i, k])
of_the_soft_loss = over_observations(w[i] * within**2) - mean**2
within_inputs = over_observations(w[i] * (over_classes(p[i, k] * a[i, k] ** 2) - within**2))
total_variance = Chain(
    over_observations(w[i] * over_classes(p[i, k] * a[i, k] ** 2)) - mean**2,
    ((of_the_soft_loss + within_inputs, "add and subtract the squares of the conditional means"),),
    (classes, size(N), simplex(w, N)._replace(facts=((over_observations(w[i]), Rational(1)),)), simplex(p, K, N), real(a, K, N)),
)

mass = over_classes(a[k])
unnormalised = Chain(
    mass * lse - over_classes(a[k] * z[k]),
    ((mass * (lse - over_classes(a[k] / mass * z[k])), "take the total out"),),
    (classes, real(z, K), positive(a, K)),
)
unnormalised_gradient = Chain(
    Derivative(mass * lse - over_classes(a[k] * z[k]), z[j]),
    ((mass * softmax - a[j], "differentiate the logarithm of the sum"),),
    (classes, chosen, real(z, K), real(a, K)),
)
