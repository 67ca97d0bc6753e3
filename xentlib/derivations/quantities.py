"""The quantities of the book by their names, and what each stands for.

`cross_entropy(p, q)` prints as H(p, q), is checked as its sum, and the library computes it. Those
of `on_support` go over the m classes where p is positive, named first; they hold on the closed
simplex, where q may have something left elsewhere.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from sympy import exp, gamma, log

import xentlib
from xentlib.derivations.lemmas import over_support
from xentlib.derivations.symbols import k, over_classes
from xentlib.verify.quantity import entry, quantity


@quantity(r"\sigma({})")
def sigmoid(x: Any) -> Any:
    """The probability whose logit is x."""
    return 1 / (1 + exp(-x))


@quantity("q_{1}")
def softmax(z: Any, j: Any) -> Any:
    """The predicted probability of a class, in the logits."""
    return exp(entry(z, j)) / over_classes(exp(entry(z, k)))


@quantity(r"\mathrm B({},{})")
def beta_function(a: Any, b: Any) -> Any:
    """What Euler's integral is."""
    return gamma(a) * gamma(b) / gamma(a + b)


class Named(NamedTuple):
    """Quantities of one kind of sum."""

    cross_entropy: Any
    entropy: Any
    divergence: Any


def named(over: Callable[[Any], Any]) -> Named:
    """The quantities as sums over all classes, or over those of a support."""

    @quantity("H({}, {})", computes=xentlib.cross_entropy)
    def cross_entropy(p, q):
        """What q costs on average, in nats, where p is true."""
        return -over(entry(p, k) * log(entry(q, k)))

    @quantity("H({})", computes=xentlib.entropy)
    def entropy(p):
        """The cross-entropy of p with itself."""
        return -over(entry(p, k) * log(entry(p, k)))

    @quantity(r"\operatorname{{KL}}({}\,\|\,{})", computes=xentlib.kl_divergence)
    def divergence(p, q):
        """What q costs beyond the entropy of p."""
        return over(entry(p, k) * log(entry(p, k) / entry(q, k)))

    return Named(cross_entropy, entropy, divergence)


cross_entropy, entropy, divergence = named(over_classes)
"""Over all classes: for p and q in the interior."""
on_support = named(over_support)
"""Over the classes where p is positive: on the closed simplex."""
