"""Kinds of evidence, each with its grade: what it checks, and how it refutes a mistake.

`check(seed)` says what was found, or raises: `Refuted` with a counter-example, `Undecided`
where nothing was shown. `refute(mistake, seed)` runs a mistake through the same check on the
same draws and gives its counter-example; `wrong(mistake)` is what the mistake says, as
Markdown.
"""

import dis
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import numpy as np
from mpmath import mp, mpf
from sympy import Basic, Float, simplify, sympify

from xentlib.verify import samples as domains
from xentlib.verify._source import source_of
from xentlib.verify.chain import POINTS, Chain, Refuted, Undecided, exact, shown

GRADES = (
    "proved",
    "proved in small cases",
    "exact",
    "certified",
    "computed",
    "sampled",
    "simulated",
    "argued",
    "cited",
)  # from the strongest to the weakest
FEWEST_SIZES = 4  # numbers of classes, of two and more
FEWEST_DRAWS = 5  # for each number of classes but one
BIBLIOGRAPHY = Path(__file__).resolve().parents[2] / "references.bib"  # of a checkout


def equal(a, b):
    if a == b or not (isinstance(a, Basic) or isinstance(b, Basic)):
        return a == b
    return simplify(sympify(a) - sympify(b)) == 0


def at_least(a, b):
    return bool(a >= b)


def at_most(a, b):
    return bool(a <= b)


def less(a, b):
    return bool(a < b)


RELATIONS = (equal, at_least, at_most, less)
LEAST_DIGITS, WIDEST_TOLERANCE, WIDEST_WITH_A_REASON = 12, 1e-9, 1e-2
FEWEST_SIMULATED, WIDEST_INTERVAL = 1000, 0.05  # of the value, five standard errors


def _same_code(f, g):
    parts = [
        (h.__code__.co_code, h.__code__.co_consts, h.__code__.co_names, h.__closure__)
        if hasattr(h, "__code__")
        else h
        for h in (f, g)
    ]
    return f is g or parts[0] == parts[1]


def _ignores_its_arguments(function):
    """Whether a function of something is a constant: its code never looks at what it is given."""
    code = getattr(function, "__code__", None)
    if code is None or not code.co_argcount:
        return False
    looks = ("LOAD_FAST", "LOAD_DEREF", "LOAD_CLOSURE")
    return not any(step.opname.startswith(looks) for step in dis.get_instructions(code))


def _is_exact(value):
    if isinstance(value, Basic):
        return not value.has(Float)
    return (
        isinstance(value, (int, Fraction, str))
        or isinstance(value, (tuple, list, frozenset))
        and all(map(_is_exact, value))
    )


@dataclass(frozen=True, kw_only=True)
class Exact:
    """Every case, in rationals: `lhs(*case)` stands in `relation` to `rhs(*case)`. A float
    anywhere is an error. `only` says why there is but one case.
    """

    part: str
    cases: Callable[[], Iterable[tuple]]
    lhs: Callable
    rhs: Callable
    mistakes: Mapping = field(default_factory=dict)
    relation: Callable = equal
    only: str = ""
    grade: ClassVar[str] = "exact"
    fewest: ClassVar[int] = 2

    def _pairs(self, seed):
        for case in self.cases():
            left, right = self.lhs(*case), self.rhs(*case)
            if not (_is_exact(left) and _is_exact(right)):
                raise Undecided(f"{left!r} or {right!r} is not exact")
            yield ", ".join(map(_plain, case)), left, right

    def _holds(self, left, right):
        return self.relation(left, right)

    def _says(self, number):
        return f"{f'{number} cases, every one' if number > 1 else '1 case,'} in exact arithmetic"

    def check(self, seed=0):
        pairs, counter_example = self._compared(seed)
        if counter_example:
            raise Refuted(counter_example)
        self._refuse_too_little(pairs)
        return self._says(len({place for place, *_ in pairs}))

    def _compared(self, seed):
        """What was compared, up to the first counter-example, and that as text, or nothing."""
        self._refuse_what_shows_nothing()
        pairs = []
        for place, left, right in self._pairs(seed):
            pairs.append((place, left, right))
            if not self._holds(left, right):
                where = f"at {place}: " if place else ""
                return pairs, f"{where}{_plain(left)} against {_plain(right)}"
        return pairs, ""

    def _refuse_what_shows_nothing(self):
        if self.relation not in RELATIONS:
            named = ", ".join(relation.__name__ for relation in RELATIONS)
            raise Undecided(f"a relation is one of {named}, so that all know what it rejects")
        if _same_code(self.lhs, self.rhs):
            raise Undecided("a relation compares a thing with itself")

    def _refuse_too_little(self, pairs):
        number = len({place for place, *_ in pairs})
        if number < (1 if self.only else self.fewest):
            raise Undecided(
                f"{number} of at least {self.fewest} cases: one case shows nothing in general; "
                "where the statement is about one, say so with only=..."
            )

    def refute(self, mistake, seed=0):
        self._refuse_a_straw_man(mistake)
        _, counter_example = replace(self, **self._changed(mistake))._compared(seed)
        if not counter_example:
            raise Undecided("it passes the check that it should fail")
        return counter_example

    def _refuse_a_straw_man(self, mistake):
        """Where a mistake brings its own cases beside another change, the claim is true there too;
        and a right side that says one yes or no, whatever it is given, is the check negated.
        """
        changed = self._changed(mistake)
        if "cases" in changed and len(changed) > 1:
            try:
                _, trouble = replace(self, cases=changed["cases"])._compared(0)
            except (Undecided, TypeError):  # the claim says nothing of these cases
                return
            if trouble:
                raise Undecided(f"the claim fails at the mistake's own cases: {trouble}")
        elif set(changed) == {"rhs"} and _ignores_its_arguments(wrong := changed["rhs"]):
            arguments = [None] * wrong.__code__.co_argcount
            if isinstance(wrong(*arguments), bool):
                raise Undecided("it only says no for yes; name the wrong value that people take")

    def _changed(self, mistake):
        """What the mistake puts in place of what: a mapping, or another right side."""
        wrong = self.mistakes[mistake]
        return wrong if isinstance(wrong, Mapping) else {"rhs": wrong}

    def wrong(self, mistake):
        return f"```python\n{source_of(self._changed(mistake))}\n```"


class Certified(Exact):
    """As `Exact`, where a case is a certificate: a dual vector, a ray, a polynomial."""

    grade = "certified"
    fewest = 1

    def _says(self, number):
        return f"{number} certificate{'s' * (number != 1)}, checked in exact arithmetic"


@dataclass(frozen=True, kw_only=True)
class Computed(Exact):
    """A value by two methods, in 60 digits; they agree to `digits`."""

    digits: int = 40
    grade: ClassVar[str] = "computed"
    fewest: ClassVar[int] = 1

    def _refuse_what_shows_nothing(self):
        super()._refuse_what_shows_nothing()
        if self.digits < LEAST_DIGITS:
            raise Undecided(f"{self.digits} digits; two methods agree to at least {LEAST_DIGITS}")

    def _pairs(self, seed):
        with mp.workdps(60):
            for case in self.cases():
                yield ", ".join(map(_plain, case)), mpf(self.lhs(*case)), mpf(self.rhs(*case))

    def _holds(self, left, right):
        return abs(left - right) <= mpf(10) ** -self.digits * abs(right)

    def _says(self, number):
        return f"{number} value{'s' * (number != 1)} by two methods, to {self.digits} digits"


@dataclass(frozen=True, kw_only=True)
class Digits(Exact):
    """What is computed to 60 digits, printed to fewer: texts, and comparisons of values that lie
    far apart.
    """

    grade: ClassVar[str] = "computed"
    fewest: ClassVar[int] = 1

    def _pairs(self, seed):
        with mp.workdps(60):
            yield from super()._pairs(seed)

    def _says(self, number):
        return f"{number} comparison{'s' * (number != 1)} of printed digits, computed to 60"


@dataclass(frozen=True, kw_only=True)
class Sampled(Exact):
    """Draws from `cases`, a dict of domains, corners first; equal means within `tolerance` of
    |right|. `because` says why the tolerance is of 1 + |right|, or wider than 1e-9.
    """

    cases: Mapping[str, domains.Domain]
    where: Callable | None = None
    tolerance: float = 1e-12
    because: str = ""
    sizes: tuple[int, ...] = domains.SIZES
    grade: ClassVar[str] = "sampled"
    fewest: ClassVar[int] = FEWEST_DRAWS

    def _refuse_what_shows_nothing(self):
        super()._refuse_what_shows_nothing()
        widest = WIDEST_WITH_A_REASON if self.because else WIDEST_TOLERANCE
        if not 0 < self.tolerance <= widest:
            raise Undecided(
                f"a tolerance of {self.tolerance:g}; at most {widest:g}"
                + (", even with a reason" if self.because else " without a reason (because=...)")
            )

    def _refuse_too_little(self, pairs):
        """Draws are counted while they are made, for each number of classes."""

    def _pairs(self, seed):
        met = dict.fromkeys((size for size in self.sizes if size > 1), 0)
        if len(met) < FEWEST_SIZES:
            raise Undecided(f"{len(met)} of at least {FEWEST_SIZES} numbers of classes")
        for size, draw in domains.draws(self.cases, seed, self.sizes):
            if self.where is None or self.where(**draw):
                met[size] = met.get(size, 0) + 1
                left, right = np.broadcast_arrays(self.lhs(**draw), self.rhs(**draw))
                place = shown(
                    {
                        name: value.tolist() if isinstance(value, np.ndarray) else value
                        for name, value in draw.items()
                    }
                )
                for a, b in zip(np.ravel(left).tolist(), np.ravel(right).tolist(), strict=True):
                    if np.isnan(a) or np.isnan(b):
                        raise Undecided(f"at {place}: not a number")
                    yield place, a, b
        for size, number in met.items():
            if number < self.fewest:
                raise Undecided(
                    f"with {size} classes {number} of at least {self.fewest} draws met the "
                    "hypotheses"
                )

    def _holds(self, left, right):
        scale = abs(right) + bool(self.because)
        slack = self.tolerance * scale if np.isfinite(right) else 0.0
        if self.relation is equal:
            return left == right or abs(left - right) <= slack
        if self.relation is less:
            return left < right
        return left == right or self.relation(
            left, right + slack if self.relation is at_most else right - slack
        )

    def _says(self, number):
        reason = f" ({self.because})" if self.because else ""
        return (
            f"{number} draws with {', '.join(map(str, self.sizes))} classes, corners first, to "
            f"within {self.tolerance:g}{reason}"
        )


@dataclass(frozen=True, kw_only=True)
class Simulated(Exact):
    """`cases(rng)` draws independent values, as arrays; the mean of `lhs(*arrays)` is `rhs()`
    within five of its own standard errors.
    """

    grade: ClassVar[str] = "simulated"
    fewest: ClassVar[int] = 1
    errors: ClassVar[float] = 5.0

    def _pairs(self, seed):
        sample = np.asarray(self.lhs(*self.cases(np.random.default_rng(seed))), dtype=float)
        if len(sample) < FEWEST_SIMULATED:
            raise Undecided(f"{len(sample)} of at least {FEWEST_SIMULATED} draws")
        if not np.isfinite(sample).all():
            raise Undecided("the simulation is not finite")
        if np.ptp(sample) == 0:
            raise Undecided(
                f"the simulation does not vary: {sample[0]:g} in all {len(sample)} draws bounds a "
                f"share of others by {3 / len(sample):.2g} (95%), and shows no mean"
            )
        error = sample.std(ddof=1) / np.sqrt(len(sample))
        yield f"{len(sample)} draws", (float(sample.mean()), float(error)), float(self.rhs())

    def _refuse_too_little(self, pairs):
        """The interval is narrow beside the value; of a mean of 0, beside the standard deviation,
        which says how many draws there are.
        """
        ((place, (_, error), value),) = pairs
        scale = abs(value) or error * int(place.split()[0]) ** 0.5
        if self.errors * error > WIDEST_INTERVAL * scale:
            raise Undecided(
                f"five standard errors are {self.errors * error / scale:.0%} of the value; at most "
                f"{WIDEST_INTERVAL:.0%} decides anything"
            )

    def _holds(self, left, right):
        return abs(left[0] - right) <= self.errors * left[1]

    def _says(self, number):
        return f"a Monte-Carlo mean within {self.errors:g} of its own standard errors"


@dataclass(frozen=True, kw_only=True)
class Derived:
    """A chain, and the library function that computes what it ends in: `computes(**point)` at the
    chain's own points.
    """

    part: str
    chain: Chain
    computes: Callable | None = None
    mistakes: Mapping = field(default_factory=dict)
    tolerance: ClassVar[float] = 1e-12

    @property
    def grade(self):
        return "proved" if self.chain.symbolic else "exact"

    def check(self, seed=0):
        self.chain.check(seed)
        if self.computes:
            for point in self.chain.points(seed + 1):
                want = float(exact(self.chain.last, point))
                got = float(
                    self.computes(**{str(name): _floats(value) for name, value in point.items()})
                )
                if not abs(got - want) <= self.tolerance * (1 + abs(want)):
                    raise Refuted(
                        f"the library gives {got:.6g} at {shown(point)}, the derivation {want:.6g}"
                    )
        steps = len(self.chain.steps)
        bridge = (
            (
                f"; the library computes the last expression, at {POINTS} points to within "
                f"{self.tolerance:g}"
            )
            if self.computes
            else ""
        )
        return (
            f"{f'{steps} steps, each' if steps > 1 else '1 step,'} simplified to 0 and equal "
            f"at {POINTS} exact points to 50 digits{bridge}"
        )

    def refute(self, mistake, seed=0):
        return self.chain.refute(self.mistakes[mistake], seed)

    def wrong(self, mistake):
        return self.chain.wrong(self.mistakes[mistake])


@dataclass(frozen=True, kw_only=True)
class DerivedCases:
    """One chain for each of a few sizes, named in `chains`; a mistake is a pair, the name of a
    chain and a wrong end of it.
    """

    part: str
    chains: Mapping[str, Chain]
    mistakes: Mapping = field(default_factory=dict)
    grade: ClassVar[str] = "proved in small cases"

    def check(self, seed=0):
        if len(self.chains) < 2:
            raise Undecided("one case is no family")
        if len({(chain.start, chain.last) for chain in self.chains.values()}) < len(self.chains):
            raise Undecided("one chain under two names is one case")
        for name, chain in self.chains.items():
            try:
                chain.check(seed)
            except (Refuted, Undecided) as trouble:
                raise type(trouble)(f"{name}: {trouble}") from None
        return (
            f"{', '.join(self.chains)}: each simplified to 0 and equal at {POINTS} exact "
            "points to 50 digits"
        )

    def refute(self, mistake, seed=0):
        name, wrong = self.mistakes[mistake]
        return f"{name}, {self.chains[name].refute(wrong, seed)}"

    def wrong(self, mistake):
        name, wrong = self.mistakes[mistake]
        return self.chains[name].wrong(wrong)


@dataclass(frozen=True, kw_only=True)
class Argued:
    """A written proof; say in it which parts are checked elsewhere."""

    part: str
    proof: str
    grade: ClassVar[str] = "argued"
    mistakes: ClassVar[Mapping] = {}

    def check(self, seed=0):
        if len(self.proof.split()) < 8:
            raise Undecided("an argument needs words")
        return self.proof


@dataclass(frozen=True, kw_only=True)
class Cited:
    """Proved in a source of the bibliography: its key, and where in it."""

    part: str
    key: str
    place: str
    grade: ClassVar[str] = "cited"
    mistakes: ClassVar[Mapping] = {}

    def check(self, seed=0):
        if BIBLIOGRAPHY.exists() and f"{{{self.key}," not in BIBLIOGRAPHY.read_text("utf-8"):
            raise Undecided(f"the bibliography has no source {self.key}")
        return f"{{cite}}`{self.key}`, {self.place}"


def _plain(value):
    """A value as text: at most four digits of a float, for another processor prints others."""
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(map(_plain, value)) + ")"
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{_plain(key)}: {_plain(entry)}" for key, entry in value.items()) + "}"
        )
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(map(_plain, value))) + "}"
    return f"{float(value):.4g}" if isinstance(value, (float, mpf)) else str(value)


def _floats(value):
    """A drawn table as floats; whole numbers stay whole."""
    if isinstance(value, list):
        return [_floats(v) for v in value]
    return int(value) if value == int(value) and isinstance(value, int) else float(value)
