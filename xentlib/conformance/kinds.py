"""Losses of other kinds of labels: truncated labels, sets, preferences, ordered classes; and the
calibration error. Each has its exact formula, and slips: formulas that people write in its place.

`KINDS` holds them by name. What a function must give is computed to 50 digits, as in `_exact`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xentlib.conformance import slips
from xentlib.conformance._comparison import Comparison
from xentlib.conformance._exact import DIGITS
from xentlib.conformance._run import refuse_chance
from xentlib.conformance._setting import OWN_STEPS
from xentlib.conformance._subject import Faulty, Function, called
from xentlib.conformance.report import Report, Row

Arguments = tuple[Any, ...]
Exact = Iterator[Decimal]
ONE = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A loss with its arguments: `claim` is the name of a claim of the book, `asks` the formula,
    `cases` small arguments, `exact` what must come, and `slips` wrong formulas by name.
    """

    name: str
    claim: str
    takes: tuple[str, ...]
    asks: str
    cases: tuple[Arguments, ...]
    exact: Callable[..., Exact]
    slips: dict[str, Function]
    a_number: bool = False  # one for all rows

    def compare(self, function: Function, case: Arguments) -> Comparison:
        """What a function gives beside what it must give."""
        with localcontext(prec=DIGITS):
            want = np.array([float(value) for value in self.exact(*case)])
        got = np.atleast_1d(self._called(function, case))
        scale = 1.0 + float(np.abs(want).max()) + float(np.abs(np.array(case[0])).max())
        steps = np.array(case[0]).shape[-1] + OWN_STEPS
        return Comparison(got, want, steps * float(np.finfo(float).eps) * scale)

    def _called(self, function: Function, case: Arguments) -> NDArray[np.float64]:
        arguments = [np.array(part) if isinstance(part, tuple) else part for part in case]
        shape = () if self.a_number else (len(case[0]),)
        return called(self.name, function, arguments, shape, self.takes)

    def looks_like(self, function: Function) -> str:
        """The name of the slip that gives the same in every case, or nothing."""
        own = cache(partial(self.compare, function))
        for name, slip in self.slips.items():
            same = (
                Comparison(own(case).got, self.compare(slip, case).got, own(case).tolerance)
                for case in self.cases
            )
            if all(comparison.holds for comparison in same):
                return name
        return ""

    def described(self, case: Arguments) -> str:
        """The arguments of a case, to be copied."""
        parts = zip(self.takes, case, strict=True)
        return ", ".join(f"{name}={np.array(part).tolist()}" for name, part in parts)


def _log_softmax(row: tuple[float, ...]) -> list[Decimal]:
    given = [Decimal(z) for z in row]
    total = sum((z.exp() for z in given), Decimal(0)).ln()
    return [z - total for z in given]


def _log_sigmoid(x: float) -> Decimal:
    return -(ONE + (-Decimal(x)).exp()).ln()


def _tail_bucket(logits: Any, indices: Any, sparse_probs: Any) -> Exact:
    for z, places, kept in zip(logits, indices, sparse_probs, strict=True):
        log_q, p = _log_softmax(z), [Decimal(share) for share in kept]
        rest = sum(value.exp() for k, value in enumerate(log_q) if k not in places)
        found = sum(-share * log_q[k] for share, k in zip(p, places, strict=True))
        yield found - (ONE - sum(p)) * Decimal(rest).ln()


def _set_label(logits: Any, sets: Any) -> Exact:
    for z, chosen in zip(logits, sets, strict=True):
        inside = sum(v.exp() for v, is_in in zip(_log_softmax(z), chosen, strict=True) if is_in)
        yield -Decimal(inside).ln()


def _preference(margins: Any, preferences: Any) -> Exact:
    for x, a in zip(margins, preferences, strict=True):
        yield -Decimal(a) * _log_sigmoid(x) - (ONE - Decimal(a)) * _log_sigmoid(-x)


def _stages(logits: Any, target_probs: Any) -> Exact:
    for z, p in zip(logits, target_probs, strict=True):
        passed, found = Decimal(0), Decimal(0)
        for x, share in zip(z, p[:-1], strict=True):
            found -= Decimal(share) * (passed + _log_sigmoid(x))
            passed += _log_sigmoid(-x)
        yield found - Decimal(p[-1]) * passed


def _calibration_error(target_probs: Any, probs: Any, bins: int) -> Exact:
    gaps = [Decimal(0)] * bins
    for p, q in zip(target_probs, probs, strict=True):
        best = q.index(max(q))
        gaps[min(int(q[best] * bins), bins - 1)] += Decimal(p[best]) - Decimal(q[best])
    yield sum((abs(gap) for gap in gaps), Decimal(0)) / len(probs)


ALL: tuple[Kind, ...] = (
    Kind(
        name="tail_bucket",
        claim="tail_bucket",
        takes=("logits", "indices", "sparse_probs"),
        asks="-Σ p log q over the kept classes, and -(1 - τ) log(1 - σ) for all others as one.",
        cases=(
            (((0.0, 0.0, 0.0),), ((0,),), ((0.5,),)),
            (((2.0, 1.0, 0.0), (0.0, -1.0, 3.0)), ((1,), (2,)), ((0.25,), (0.75,))),
            (((1.0, 0.0, -1.0, 2.0),), ((2, 0),), ((0.5, 0.125),)),
        ),
        exact=_tail_bucket,
        slips={
            "the tail counts nothing": slips.without_tail,
            "kept probabilities divided by their sum": slips.label_renormalised,
            "label and prediction divided by their sums": slips.both_renormalised,
            "divergence for cross-entropy": slips.divergence_with_bucket,
            "the tail spread over its classes": slips.spread_tail,
        },
    ),
    Kind(
        name="set_label",
        claim="set_labels",
        takes=("logits", "sets"),
        asks="-log of what the prediction has on the set.",
        cases=(
            (((0.0, 0.0, 0.0),), ((True, True, False),)),
            (((2.0, 1.0, 0.0), (0.0, -1.0, 3.0)), ((True, False, False), (True, True, True))),
            (((1.0, 0.0, -1.0, 2.0),), ((True, False, True, True),)),
        ),
        exact=_set_label,
        slips={
            "a uniform label on the set": slips.uniform_on_set,
            "a vote for each class of the set": slips.each_of_set,
            "the likeliest class of the set": slips.likeliest_of_set,
            "a sigmoid for each class": slips.sigmoids_of_set,
        },
    ),
    Kind(
        name="preference",
        claim="preference_is_votes",
        takes=("margins", "preferences"),
        asks="-a log σ(δ) - (1 - a) log σ(-δ), of a preference a for the first.",
        cases=(
            ((0.0,), (1.0,)),
            ((2.0, -1.0), (1.0, 0.0)),
            ((2.0, -1.0, 0.5), (0.75, 0.25, 0.875)),
        ),
        exact=_preference,
        slips={
            "the preference ignored": slips.first_is_preferred,
            "the preference rounded": slips.rounded_preference,
            "the margin turned round": slips.turned_margin,
            "corrected for the noise, not smoothed": slips.corrected_preference,
        },
    ),
    Kind(
        name="ordered_stages",
        claim="continuation_ratios",
        takes=("logits", "target_probs"),
        asks="Each stage's binary loss, weighed by the share of the label that reaches it.",
        cases=(
            (((0.0, 0.0),), ((1.0, 0.0, 0.0),)),
            (((1.0, 0.0), (-1.0, 2.0)), ((0.0, 0.0, 1.0), (0.5, 0.25, 0.25))),
            (((1.0, -2.0, 0.5),), ((0.25, 0.25, 0.125, 0.375),)),
        ),
        exact=_stages,
        slips={
            "each stage over all rows": slips.stages_of_everyone,
            "all thresholds at once": slips.thresholds,
            "the logits of going on": slips.going_on,
            "mean over the stages": slips.mean_over_stages,
        },
    ),
    Kind(
        name="calibration_error",
        claim="gap_of_a_bin",
        takes=("target_probs", "probs", "bins"),
        asks="The mean over items of their bin's |mean share of the predicted class - confidence|.",
        cases=(
            (((1.0, 0.0), (0.0, 1.0)), ((0.75, 0.25), (0.75, 0.25)), 5),
            (
                ((0.5, 0.5), (0.125, 0.875), (0.75, 0.25)),
                ((0.75, 0.25), (0.875, 0.125), (0.0625, 0.9375)),
                5,
            ),
            (
                ((0.5, 0.25, 0.25), (0.0, 0.5, 0.5), (0.25, 0.75, 0.0), (1.0, 0.0, 0.0)),
                (
                    (0.25, 0.5, 0.25),
                    (0.125, 0.625, 0.25),
                    (0.125, 0.75, 0.125),
                    (0.875, 0.125, 0.0),
                ),
                5,
            ),
        ),
        exact=_calibration_error,
        slips={
            "the likeliest class for the label": slips.error_of_the_majority,
            "root of the mean squared gap": slips.root_of_squares,
            "bins count alike": slips.bins_alike,
            "each item is its own bin": slips.without_bins,
            "the largest gap": slips.largest_gap,
            "the first class for the predicted one": slips.of_the_first_class,
        },
        a_number=True,
    ),
)
KINDS: dict[str, Kind] = {kind.name: kind for kind in ALL}


def check_kind(function: Callable[..., Any], kind: str, *, name: str = "") -> Report:
    """Whether a function is the loss of a kind of labels; if not, which slip it looks like.

    Parameters
    ----------
    function : callable of NumPy arrays, the arguments that `KINDS[kind].takes` names, N rows each;
        gives (N,) in nats. "calibration_error" takes labels and predictions (N, K) and a number of
        bins of one width, and gives a number.
    kind : one of `KINDS`: "tail_bucket", "set_label", "preference", "ordered_stages" or
        "calibration_error"
    name : how the report calls the function; its own name, if it is empty

    Returns
    -------
    Report
        of one row; see `check_loss`

    Raises
    ------
    ValueError
        for a kind that is not known.

    Examples
    --------
    >>> from xentlib import set_label_loss
    >>> print(check_kind(set_label_loss, "set_label").summary)
    set_label_loss (logits, sets): 1 of 1 hold
    >>> from xentlib.conformance.slips import uniform_on_set
    >>> print(check_kind(uniform_on_set, "set_label")["set_label"].message)
    1.09861, not 0.405465; it looks like: a uniform label on the set
    """
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; it is one of {', '.join(KINDS)}")
    asked = KINDS[kind]
    row = Row(kind, asked.claim, asked.asks, *_outcome(asked, function))
    own = name or getattr(function, "__name__", "") or type(function).__name__
    return Report(own, ", ".join(asked.takes), (row,))


def _outcome(kind: Kind, function: Function) -> tuple[str, str, str]:
    """Outcome, message and case."""
    for case in kind.cases:
        try:
            found = kind.compare(function, case)
            refuse_chance(found, kind.compare(function, case))
            if not found.holds:
                slip = kind.looks_like(function)
                message = found.says + (f"; it looks like: {slip}" if slip else "")
                return "refuted", message, kind.described(case)
        except Faulty as trouble:
            return trouble.kind, trouble.message, kind.described(case)
    return "holds", "", ""
