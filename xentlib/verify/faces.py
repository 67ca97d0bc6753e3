"""Faces of the simplex: a statement about labels with zeros is one about the classes of their
support.

Name the m classes where p is positive first. There p sums to 1, and a prediction q to a share of at
most 1, for it may have mass on other classes; where q is 0 on the support, its loss is infinite. So
a bound for every m and every share holds on the closed simplex.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isinf
from typing import Any

from sympy import Indexed, IndexedBase, Rational, Sum, Symbol

from xentlib.verify._errors import Refuted
from xentlib.verify._sympy import Expression, Letter
from xentlib.verify._values import as_floats, evaluate, format_point
from xentlib.verify.hypotheses import Given, Known, Source, share, shares, simplex, size
from xentlib.verify.proof import points_of

CLASSES = (1, 2, 3, 30)
DRAWS = 8  # for each number of classes
TOLERANCE = 1e-12  # of 1 + |value|, as for every other bridge: sums of at most 30 floats


class OnTheSupport(Given):
    """What a prediction is where the label is positive: it sums to a share of at most 1."""

    def beside(self, given: Sequence[Given]) -> str:
        """Which classes these are, and that there may be others."""
        ((total, _),) = self.facts
        m = total.limits[0][2]
        sums = [said for hypothesis in given for said, _ in hypothesis.facts]
        tables = [
            entry.base
            for said in sums
            if isinstance(said, Sum) and said.limits[0][2] == m
            for entry in said.function.atoms(Indexed)
        ]
        label = next((str(table) for table in tables if table != self.symbol), "the label")
        return f"the {m} classes are those where {label} is positive: there may be others"


def support(*, p: Letter, q: Letter, m: Letter, s: Letter) -> tuple[Given, ...]:
    """The hypotheses of a label p and a prediction q on the m classes where p is positive; q sums
    to s there, 0 < s <= 1.

    Raises ValueError where p and q are not declared positive, or m is no positive integer.
    """
    for table in (p, q):
        if not table.assumptions0.get("positive"):
            raise ValueError(f"support: {table} is positive on the support, so declare it positive")
    if not (m.is_integer and m.is_positive):
        raise ValueError(f"support: {m} counts classes, so declare it integer and positive")
    k = Symbol("k", integer=True, positive=True)

    def draw(random: Source, known: Known) -> list[Expression]:
        return [known[s] * part for part in shares(random, known[m])]

    spread = OnTheSupport(symbol=q, draw=draw, facts=((Sum(q[k], (k, 1, m)), s),))
    return size(m, 1, 4), simplex(p, m), share(s), spread


def on_the_support(given: tuple[Given, ...]) -> OnTheSupport | None:
    """The hypothesis that makes a statement one about faces, if there is one."""
    return next((g for g in given if isinstance(g, OnTheSupport)), None)


def bridge(
    start: Expression, given: tuple[Given, ...], computes: Callable[..., Any], relation: str
) -> str:
    """Compare the library to an expression: on whole distributions, with zeros, where it is one on
    the support, and else at points of the hypotheses, each letter by its name.
    """
    spread = on_the_support(given)
    if spread is None:
        return _bridge_inside(start, given, computes)
    infinite = 0
    for whole, point in _draws(given, spread):
        got = float(computes(**whole))
        if point is None:
            beyond = isinf(got) and (got < 0) == (relation == "<=")
            if not beyond:
                raise Refuted(
                    f"the library gives {got:.6g} at {format_point(whole)}, where q misses p"
                )
            infinite += 1
            continue
        _compare(got, evaluate(start, point), f"{format_point(whole)}, the sum over the support")
    return (
        f"the library computes the start with {', '.join(map(str, CLASSES))} classes, zeros among "
        f"them, to within {TOLERANCE:g}, and is infinite at {infinite} draws where q is 0 on the "
        "support"
    )


def _bridge_inside(
    start: Expression, given: tuple[Given, ...], computes: Callable[..., Any]
) -> str:
    number = 0
    for point in points_of(given, seed=1):
        got = computes(**{str(name): as_floats(value) for name, value in point.items()})
        _compare(float(got), evaluate(start, point), f"{format_point(point)}, the start")
        number += 1
    return f"the library computes the start, at {number} points to within {TOLERANCE:g}"


def _compare(got: float, value: Expression, where: str) -> None:
    want = float(value)
    if not abs(got - want) <= TOLERANCE * (1 + abs(want)):
        raise Refuted(f"the library gives {got:.6g} at {where} {want:.6g}")


def _draws(
    given: tuple[Given, ...], spread: OnTheSupport
) -> Iterator[tuple[dict[str, list[float]], dict[Letter, Any] | None]]:
    """Whole distributions, and the point on their support; none where q is 0 on it."""
    random = Source(0)
    for classes in CLASSES:
        for draw in range(DRAWS):
            point = _point(given, spread, random, classes, edge=draw % 4)
            whole = _whole(given, spread, random, classes, point)
            yield whole, point
            if classes > 1 and draw < 2:
                yield _with_a_miss(spread, whole), None


def _point(
    given: tuple[Given, ...], spread: OnTheSupport, random: Source, classes: int, edge: int
) -> dict[Letter, Any]:
    """A point on a support of one class, of all classes, or of some."""
    ((total, s),) = spread.facts
    m = total.limits[0][2]
    some = {0: 1, 1: classes}.get(edge, random.randint(1, classes))
    point: dict[Letter, Any] = {m: some}
    for hypothesis in given:
        if hypothesis.symbol == s:
            all_of_it = some == classes
            point[s] = Rational(1) if all_of_it else hypothesis.draw(random, point)
        elif hypothesis.symbol != m:
            point[hypothesis.symbol] = hypothesis.draw(random, point)
    return point


def _whole(
    given: tuple[Given, ...],
    spread: OnTheSupport,
    random: Source,
    classes: int,
    point: Mapping[Letter, Any],
) -> dict[str, list[float]]:
    """The tables of a point with the classes outside the support, in a random order."""
    places = random.sample(range(classes), classes)
    whole = {}
    for table in (h.symbol for h in given if isinstance(h.symbol, IndexedBase)):
        inside = point[table]
        missing = 1 - sum(inside) if table == spread.symbol else Rational(0)
        outside = [missing * part for part in shares(random, classes - len(inside))]
        both = [*inside, *outside]
        whole[str(table)] = [float(both[place]) for place in places]
    return whole


def _with_a_miss(spread: OnTheSupport, whole: Mapping[str, Any]) -> dict[str, list[float]]:
    """The prediction moved away from the label's first class."""
    model = str(spread.symbol)
    label = next(values for name, values in whole.items() if name != model)
    missed = next(place for place, value in enumerate(label) if value > 0)
    kept = [value * (place != missed) for place, value in enumerate(whole[model])]
    total = sum(kept)
    others = [float(place != missed) / (len(kept) - 1) for place in range(len(kept))]
    return {**whole, model: [value / total for value in kept] if total else others}
