"""Chapter 1: posteriors, maximum a posteriori, maximum likelihood."""

from typing import Any

from sympy import (
    Derivative,
    IndexedBase,
    Integer,
    Integral,
    Rational,
    Sum,
    Symbol,
    exp,
    factorial,
    gamma,
    log,
    symbols,
)

from xentlib.derivations import quantities as named
from xentlib.derivations.cross_entropy import L
from xentlib.derivations.lemmas import logarithm
from xentlib.derivations.symbols import K, i, j, k, l, over_classes
from xentlib.verify import Bounded, Dropped, Optimum, SameOrder, Termwise
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import Given, index, number, positive, size
from xentlib.verify.quantity import called, entry, quantity

theta = Symbol("theta", positive=True)  # the probability of heads
t = Symbol("t", positive=True)  # the same under a weight
beta = Symbol("beta", real=True)
eta = Symbol("eta", real=True)
a, b = symbols("a b", positive=True)
s, f = symbols("s f", integer=True, positive=True)  # successes, failures
sigmoid = named.sigmoid(eta)

unit, weight_unit = number(theta, 0, 1), number(t, 0, 1)
whole_a, whole_b = (
    Given(
        symbol=letter,
        draw=lambda random, known: random.randint(1, 4),
    )
    for letter in (a, b)
)
flips = number(s, 1, 6), number(f, 1, 6)

# A joint law of K parameters and L data
joint = IndexedBase("P", positive=True)


@quantity(r"\varpi(\theta_{1})")
def prior(joint: Any, parameter: Any) -> Any:
    """The probability of a parameter, whatever the data."""
    return Sum(entry(joint, parameter, l), (l, 1, L))


@quantity(r"P(X_{1})")
def evidence_of(joint: Any, data: Any) -> Any:
    """The probability of the data, whatever the parameter."""
    return over_classes(entry(joint, k, data))


@quantity(r"p(X_{2}\mid\theta_{1})")
def likelihood_of(joint: Any, parameter: Any, data: Any) -> Any:
    """The conditional probability of the data."""
    return entry(joint, parameter, data) / prior(joint, parameter)


@quantity(r"p(\theta_{1}\mid X_{2})")
def posterior_of(joint: Any, parameter: Any, data: Any) -> Any:
    """The conditional probability of the parameter."""
    return entry(joint, parameter, data) / evidence_of(joint, data)


joint_law = size(K, 1), size(L, 1), positive(joint, L, K), index(i, L)
bayes_rule = Chain(
    start=log(posterior_of(joint, j, i)),
    steps=(
        (
            log(likelihood_of(joint, j, i)) + log(prior(joint, j)) - log(evidence_of(joint, i)),
            "the joint probability is that of the parameter times that of the data given it",
        ),
    ),
    given=(*joint_law, index(j, K)),
)
"""Bayes' rule as a sum of logarithms, from what a conditional probability is."""
posterior_total = Chain(
    start=over_classes(posterior_of(joint, k, i)),
    steps=((1 + 0 * K, "one evidence below all of them"),),
    given=joint_law,
)
"""The posterior sums to 1."""

beta_integral = Integral(theta ** (a - 1) * (1 - theta) ** (b - 1), (theta, 0, 1))
beta_function = named.beta_function(a, b)
beta_normaliser = Chain(
    start=beta_integral,
    steps=((beta_function, "Euler's integral"),),
    given=(whole_a, whole_b),
)
"""The integral of t^(a-1) (1-t)^(b-1) over [0, 1] is the Beta function B(a, b)."""

tosses = called(r"P(s,f\mid\theta)", theta**s * (1 - theta) ** f)
beta_prior = called(r"\varpi(\theta)", theta ** (a - 1) * (1 - theta) ** (b - 1) / beta_function)
evidence = called(r"P(s,f)", named.beta_function(a + s, b + f) / beta_function)
beta_posterior = Chain(
    start=called(r"p(\theta\mid s,f)", tosses * beta_prior / evidence),
    steps=(
        (
            tosses.unfolded
            * (theta ** (a - 1) * (1 - theta) ** (b - 1))
            / named.beta_function(a + s, b + f),
            "the evidence is Euler's integral; the prior's cancels",
        ),
        (
            theta ** (a + s - 1) * (1 - theta) ** (b + f - 1) / named.beta_function(a + s, b + f),
            "collect the powers",
        ),
    ),
    given=(unit, whole_a, whole_b, *flips),
)
"""Prior Beta(a, b), s heads and f tails: the posterior is the density of Beta(a + s, b + f)."""


@quantity(r"\operatorname{{E}}(\theta\mid {2},{3})")
def posterior_mean(a: Any, b: Any, s: Any, f: Any) -> Any:
    """The mean under Beta(a + s, b + f): Euler's integral with one power of θ more, over it."""
    return gamma(a + s + 1) * gamma(a + b + s + f) / (gamma(a + s) * gamma(a + b + s + f + 1))


coin_mean = Chain(
    start=posterior_mean(a, b, s, f),
    steps=(((a + s) / (a + b + s + f), "each quotient of Gammas leaves one factor"),),
    given=(number(a, 0, 5), number(b, 0, 5), *flips),
)
"""The posterior mean of a coin with a Beta prior."""

log_posterior = (a + s - 1) * log(theta) + (b + f - 1) * log(1 - theta)
beta_mode = Chain(
    start=Derivative(called(r"\log p(\theta\mid s,f)", log_posterior), theta),
    steps=(
        ((a + s - 1) / theta - (b + f - 1) / (1 - theta), "differentiate"),
        (((a + s - 1) - (a + b + s + f - 2) * theta) / (theta * (1 - theta)), "common denominator"),
    ),
    given=(unit, number(a, 1, 5), number(b, 1, 5), *flips),
)
"""The slope of the log-posterior of a coin in θ, whose zero is the MAP."""

logit = number(eta)
logit_score = Chain(
    start=Derivative(called(r"\log P(s,f\mid\eta)", s * log(sigmoid) + f * log(1 - sigmoid)), eta),
    steps=(
        (s - (s + f) * sigmoid, "the derivative of the sigmoid is sigmoid times (1 - sigmoid)"),
    ),
    given=(logit, *flips),
)
"""The slope of a coin's log-likelihood in its logit: heads minus expected heads."""
flat_in_theta = Chain(
    start=Derivative(s * log(theta) + f * log(1 - theta), theta),
    steps=(((s - (s + f) * theta) / (theta * (1 - theta)), "differentiate, common denominator"),),
    given=(unit, *flips),
)
"""The slope of the log-posterior in θ under a prior that is flat in θ: zero at s/(s + f)."""
flat_in_theta_read_in_the_logit = Chain(
    start=Derivative(
        called(
            r"\log p(\eta\mid s,f)",
            s * log(sigmoid) + f * log(1 - sigmoid) + log(sigmoid * (1 - sigmoid)),
        ),
        eta,
    ),
    steps=(
        (
            s * (1 - sigmoid) - f * sigmoid + 1 - 2 * sigmoid,
            "the Jacobian adds one success and one failure",
        ),
        ((s + 1) - (s + f + 2) * sigmoid, "collect"),
    ),
    given=(logit, *flips),
)
"""The same prior, as a density of the logit: its slope is zero at (s + 1)/(s + f + 2)."""
flat_in_the_logit_read_in_theta = Chain(
    start=Derivative(
        called(
            r"\log p(\theta\mid s,f)",
            s * log(theta) + f * log(1 - theta) - log(theta * (1 - theta)),
        ),
        theta,
    ),
    steps=(
        (
            s / theta - f / (1 - theta) - 1 / theta + 1 / (1 - theta),
            "the Jacobian takes one of each away",
        ),
        (((s - 1) - (s + f - 2) * theta) / (theta * (1 - theta)), "common denominator"),
    ),
    given=(unit, *flips),
)
"""A prior flat in the logit, as a density of θ: its slope is zero at (s - 1)/(s + f - 2)."""

logit_of_t = log(t / (1 - t))
sigmoid_of = 1 / (1 + exp(-beta))


@quantity(r"\sigma(\beta)^{0}(1-\sigma(\beta))^{1}\,\frac{{d\beta}}{{dt}}")
def integrand(a: Any, b: Any) -> Any:
    """Of a flat prior on a weight, over t = σ(weight)."""
    likelihood = (sigmoid_of**a * (1 - sigmoid_of) ** b).subs(beta, logit_of_t)
    return likelihood * Derivative(logit_of_t, t)


flat_weight_posterior = Chain(
    start=integrand(a, b),
    steps=(
        (
            t**a * (1 - t) ** b / (t * (1 - t)),
            r"$\beta$ is the logit of $t$, so $d\beta=dt/(t(1-t))$",
        ),
        (t ** (a - 1) * (1 - t) ** (b - 1), "collect the powers"),
    ),
    given=(weight_unit, whole_a, whole_b),
)
"""A flat prior on a weight, read in t = σ(weight): the integrand of a Beta function."""
below_one, observed = Symbol("c", nonnegative=True), Symbol("N", integer=True, positive=True)
all_labels_zero = Bounded(
    start=-observed * log(1 + 1 / (1 + below_one)),
    relation=">=",
    steps=(
        (
            Termwise(
                lemma=logarithm,
                weight=Integer(1),
                argument=(1 + 1 / (1 + below_one)) / 2,
                limits=((i, 1, observed),),
            ),
            observed * below_one / (2 * (1 + below_one)) - observed * log(2),
            "log t is at most t - 1, at half of what is below 2",
        ),
        (
            Dropped(amount=observed * below_one / (2 * (1 + below_one))),
            -observed * log(2),
            "what is left over is positive",
        ),
    ),
    given=(number(below_one, 0, 3), size(observed, 1, 4)),
    mistakes={
        "one observation": -log(2) + 0 * observed,
        "it is that low everywhere": {},
    },
)
"""Where all labels are 0, the likelihood of a weight below 0 is at least 2 to the power -N."""

# The area under one likelihood, of s heads and f tails


@quantity(r"\int_0^1\theta^{0}(1-\theta)^{1}\,d\theta")
def area_of_sequence(s: Any, f: Any) -> Any:
    """Of the probability of a sequence."""
    return Integral(theta**s * (1 - theta) ** f, (theta, 0, 1))


@quantity(r"\int_0^1\frac{{({0}+{1})!}}{{{0}!{1}!}}\theta^{0}(1-\theta)^{1}\,d\theta")
def area_of_count(s: Any, f: Any) -> Any:
    """Of the probability of a count: the coefficient times Euler's integral."""
    coefficient = gamma(s + f + 1) / (gamma(s + 1) * gamma(f + 1))
    return coefficient * gamma(s + 1) * gamma(f + 1) / gamma(s + f + 2)


@quantity(r"\operatorname{{Bin}}({0};{0}+{1},\theta)")
def binomial_likelihood(s: Any, f: Any) -> Any:
    """The probability of s heads in s + f tosses."""
    return gamma(s + f + 1) / (gamma(s + 1) * gamma(f + 1)) * theta**s * (1 - theta) ** f


@quantity(r"\operatorname{{NegBin}}({1};{0},\theta)")
def negative_binomial_likelihood(s: Any, f: Any) -> Any:
    """The probability of f tails before the s-th head."""
    return gamma(s + f) / (gamma(s) * gamma(f + 1)) * theta**s * (1 - theta) ** f


binomial_against_negative_binomial = Chain(
    start=binomial_likelihood(s, f) / negative_binomial_likelihood(s, f),
    steps=(
        (
            factorial(s + f)
            / (factorial(s) * factorial(f))
            / (factorial(s + f - 1) / (factorial(s - 1) * factorial(f))),
            r"the powers of $\theta$ cancel",
        ),
        ((s + f) / s, "so do the factorials, up to one factor each"),
    ),
    given=(unit, *flips),
)
"""Two stopping rules give likelihoods in a ratio that has no θ in it."""
sequence_area = Chain(
    start=area_of_sequence(s, f),
    steps=((gamma(s + 1) * gamma(f + 1) / gamma(s + f + 2), "Euler's integral"),),
    given=flips,
)
"""Of the probability of a sequence."""
count_area = Chain(
    start=area_of_count(s, f),
    steps=((1 / (s + f + 1), "Euler's integral; all factorials but one factor cancel"),),
    given=flips,
)
"""Of the probability of the count of heads."""
# Orders and an optimum
likelihood, posterior, x = symbols("f g x", real=True)  # at a parameter, 0 among the values
height, mass = Symbol("c", positive=True), Symbol("Z", positive=True)
flat_prior_keeps_the_order = SameOrder(
    one=likelihood,
    other=height * likelihood,
    moving=(likelihood,),
    t=x,
    through=height * x,
    reason="the prior is one positive constant",
    given=(number(height, 0, 3), number(likelihood)),
    mistakes={
        "a prior that falls with it": height / (1 + likelihood) ** 2 * likelihood,
        "the inverse": height / likelihood,
    },
)
"""A flat prior leaves the order of the likelihood as it is."""

new_names_keep_the_order = SameOrder(
    one=likelihood,
    other=height * likelihood,
    moving=(likelihood,),
    t=x,
    through=height * x,
    reason="the same value at the new name, up to one factor for all parameters",
    given=(number(height, 0, 3), number(likelihood)),
    mistakes={
        "a Jacobian, a factor that moves with the parameter": height
        / (1 + likelihood) ** 2
        * likelihood,
        "the likelihood of the old name over that of the new": 1 / (1 + likelihood**2),
    },
)
"""A likelihood under new names of the parameters has the order of the old one."""

evidence_keeps_the_order = SameOrder(
    one=posterior,
    other=posterior / mass,
    moving=(posterior,),
    t=x,
    through=x / mass,
    reason="one evidence for all parameters",
    given=(number(mass, 0, 3), number(posterior)),
    mistakes={"minus it": -posterior / mass, "its inverse": mass / posterior},
)
"""Dividing by the evidence leaves the order of parameters as it is."""

A, B = symbols("A B", positive=True)  # a + s - 1 and b + f - 1, both positive
beta_maximum = Optimum(
    kind="max",
    objective=A * log(theta) + B * log(1 - theta),
    over=number(theta, 0, 1),
    entry=theta,
    at=A / (A + B),
    given=(number(A, 0, 4), number(B, 0, 4)),
    mistakes={"the posterior mean": (A + 1) / (A + B + 2), "one half": Rational(1, 2)},
)
"""The mode of a beta density in its interior."""

logit_maximum = Optimum(
    kind="max",
    objective=A * eta - (A + B) * log(1 + exp(eta)),
    over=logit,
    entry=eta,
    at=log(A / B),
    given=(number(A, 0, 4), number(B, 0, 4)),
    mistakes={"one of each taken away": log((A + 1) / (B + 1)), "a fair coin": Rational(0)},
)
"""The mode of the same function read in the logit, sigmoid^A (1 - sigmoid)^B: A/(A + B) again."""

beta_mean = Chain(
    start=named.beta_function(a + 1, b) / beta_function,  # Euler's integral twice
    steps=((a / (a + b), "each quotient of Gammas leaves one factor"),),
    given=(whole_a, whole_b),
)
"""The mean of a Beta law is a/(a + b)."""

flat_in_theta_against_its_logit = Chain(
    start=s / (s + f) - (s + 1) / (s + f + 2),
    steps=(((s - f) / ((s + f) * (s + f + 2)), "common denominator"),),
    given=flips,
)
"""Two of the three modes differ by a multiple of heads minus tails."""
more = number(s, 2, 6), number(f, 2, 6)
flat_in_theta_against_flat_in_the_logit = Chain(
    start=(s - 1) / (s + f - 2) - s / (s + f),
    steps=(((s - f) / ((s + f) * (s + f - 2)), "common denominator"),),
    given=more,
)
"""So do the other two."""
