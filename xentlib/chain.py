"""Derivations: a first expression, and steps that each equal the one before, with a reason.

Every `=` is checked in two ways: SymPy simplifies the difference to zero, and both sides agree at random exact
points to 50 digits. What is assumed is said once, by a `Given`: it draws the points and gives the algebra its facts.
"""
from dataclasses import dataclass
from random import Random

from sympy import Add, Indexed, IndexedBase, N, Rational, Sum, Symbol, expand, expand_log, nan, oo, simplify, sympify, true, zoo
from sympy.core.relational import Relational

from xentlib._reading import reading

POINTS, DIGITS = 5, 50


class Refuted(ArithmeticError):
    """A counter-example was found; the message shows it."""


class Undecided(ArithmeticError):
    """Nothing was shown: not simplified, not a number, no case to look at, a mistake that passes."""


def exact(expression, point):
    """The value at a point: symbols first, so that a derivative is taken of the explicit sum, then the tables."""
    scalars = {s: v for s, v in point.items() if isinstance(s, Symbol)}
    known = lambda a: isinstance(a, Indexed) and a.base in point and all(i.is_Integer for i in a.indices)  # noqa: E731

    def entry(a):
        value = point[a.base]
        for i in a.indices:
            value = value[int(i) - 1]
        return sympify(value)

    expression = expression.subs(scalars)
    while (expression := expression.doit()).has(Indexed):
        looked_up = expression.replace(known, entry)
        if looked_up == expression:
            raise Undecided(f"no value for {expression}")
        expression = looked_up
    if expression.free_symbols or expression.has(nan, zoo, oo):
        raise Undecided(f"left over: {expression}")
    return N(expression, DIGITS)


def agree(a, b):
    """Equal to 45 of 50 digits."""
    return abs(a - b) <= Rational(1, 10**45) * (1 + abs(b))


def normal(expression):
    """Sums expanded one index at a time, constants taken out, bound symbols named by their depth."""
    if not expression.has(Sum):
        return expression
    if not isinstance(expression, Sum):
        return expression.func(*map(normal, expression.args))
    inner = normal(expression.function)
    for variable, low, high in expression.limits:
        terms = []
        for term in Add.make_args(expand(inner)):
            constant, rest = term.as_independent(variable, as_Add=False)
            depth = sum(str(s).startswith("_") for s in set().union(*(t.bound_symbols for t in rest.atoms(Sum))))
            bound = Symbol(f"_{depth}", integer=True, positive=True)
            terms.append(constant * Sum(rest.xreplace({variable: bound}), (bound, low, high)))
        inner = Add(*terms)
    return inner


@dataclass(frozen=True)
class Chain:
    """`start`, then `(expression, reason)` steps, under the hypotheses `given`."""
    start: object
    steps: tuple
    given: tuple

    @property
    def last(self):
        return self.steps[-1][0]

    def points(self, seed):
        """Random points that satisfy the hypotheses; sizes come before what they measure."""
        random = Random(seed)
        for _ in range(POINTS):
            point = {}
            for symbol, draw, _ in self.given:
                point[symbol] = draw(random, point)
            yield point

    def _is_zero(self, difference):
        facts = [fact for given in self.given for fact in given.facts]
        decided = {a: b for a, b in facts if isinstance(a, Relational)}
        looked_up = {(upto, y) for upto, y in facts if isinstance(y, IndexedBase)}
        equations = [(normal(a), b) for a, b in facts if isinstance(a, Sum)]

        def in_range(a):
            return isinstance(a, Relational) and any({upto, *(e.base for e in a.atoms(Indexed))} >= {upto, y} and upto in a.args for upto, y in looked_up)

        difference = expand_log(difference).doit().doit().xreplace(decided).replace(in_range, lambda a: true)
        difference = normal(difference)
        for total, value in equations:
            difference = normal(difference.subs(total, value))
        return difference == 0 or simplify(difference) == 0

    def check(self, seed=0):
        """Raise unless every `=` holds in both ways."""
        if not self.steps:
            raise Undecided("a chain without a step shows nothing")
        before = self.start
        for place, (after, reason) in enumerate(self.steps, 1):
            if before == after:
                raise Undecided(f"step {place} ({reason}) compares an expression with itself")
            for point in self.points(seed):
                if not agree(exact(before, point), exact(after, point)):
                    raise Refuted(f"step {place} ({reason}) fails at {shown(point)}: {N(exact(before, point), 6)} is not {N(exact(after, point), 6)}")
            if not self._is_zero(before - after):
                raise Undecided(f"step {place} ({reason}): SymPy does not simplify the difference to 0")
            before = after

    def refute(self, wrong, seed=0):
        """The counter-example to `start = wrong`, as text."""
        for point in self.points(seed):
            right, value = exact(self.start, point), exact(wrong, point)
            if not agree(right, value):
                return f"at {shown(point)} it gives {float(value):.4g}, not {float(right):.4g}"
        raise Undecided(f"{wrong} agrees with {self.start} wherever it was tried")

    def _repr_mimebundle_(self, include=None, exclude=None):
        rows = [rf"& {reading(self.start)}"]
        for expression, reason in self.steps:
            rows += [rf"&\quad = {reading(expression)}", rf"&\qquad\quad \small\textit{{{reason}}}"]
        text = "\n".join([str(self.start), *(f"  = {expression}    ({reason})" for expression, reason in self.steps)])
        return {"text/plain": text, "text/latex": "$$\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}$$"}


def shown(point):
    """A point as `K = 3, p = (1/2, 1/4, 1/4)`."""
    def text(value):
        return "(" + ", ".join(map(text, value)) + ")" if isinstance(value, list | tuple) else f"{value:.4g}" if isinstance(value, float) else str(value)
    return ", ".join(f"{symbol} = {text(value)}" for symbol, value in point.items())
