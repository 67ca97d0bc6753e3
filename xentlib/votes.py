"""Raw votes: who gave which item which label. From them counts and soft labels, the groups that
standard errors need, and how far annotators agree.
"""

from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xentlib import _checks
from xentlib._checks import Floats, Values
from xentlib.labels import votes_to_probs

__all__ = [
    "Votes",
    "disagreement",
    "effective_sample_size",
    "effective_votes",
    "vote_correlation",
    "votes_from_table",
]


class Votes(NamedTuple):
    """Votes on N items by R annotators for K classes, V in all.

    `counts` (N, K) and `shares` (N, K), the votes of each item and the soft labels that they make;
    the names of `items` (N), `annotators` (R) and `classes` (K), in order; and of each vote where
    its names stand there: `item_of`, `annotator_of` and `label_of`, each (V,).
    """

    counts: NDArray[np.int64]
    shares: Floats
    items: tuple[Any, ...]
    annotators: tuple[Any, ...]
    classes: tuple[Any, ...]
    item_of: NDArray[np.int64]
    annotator_of: NDArray[np.int64]
    label_of: NDArray[np.int64]

    def frame(self) -> Any:
        """`shares` as a pandas DataFrame that keeps the names of items and classes: a fit takes
        the classes from it, and refuses rows of features that are named otherwise.

        Returns
        -------
        DataFrame (N, K)

        Raises
        ------
        ModuleNotFoundError
            where pandas is not installed.
        """
        return pandas().DataFrame(self.shares, index=list(self.items), columns=list(self.classes))


def votes_from_table(
    items: Any,
    annotators: Any,
    labels: Any,
    *,
    classes: Any = None,
    repeats: str = "refuse",
) -> Votes:
    """Counts and soft labels from a long table, one row for each vote: c_ik = Σ_rows 1{item i}
    1{label k}, and p_ik = c_ik / Σ_j c_ij.

    Items and annotators come in the order in which they are first seen, so that rows of features
    in that order are theirs: of a table that is indexed by items, `X = table.loc[[*votes.items]]`.
    Classes are sorted, as in scikit-learn, or come as `classes` has them. A table with a column for
    each annotator becomes a long one by pandas' `melt`.

    A fit to shares has one row for each item, `X` (N, features). A fit whose errors are to know
    the annotators has one row for each vote: `X[votes.item_of]`, `votes.label_of`, and the groups
    `votes.item_of` and `votes.annotator_of`.

    Parameters
    ----------
    items, annotators, labels : (V,), names: numbers or texts, in lists, arrays or tables' columns
    classes : (K,), names in the order wanted; one without a vote keeps its column
    repeats : "refuse", or "keep" where each row counts, though an annotator labelled an item before

    Returns
    -------
    Votes

    Raises
    ------
    InvalidInput
        for columns of different lengths, a missing value, an empty text among them, a label that
        `classes` lacks, or an annotator who labels an item a second time.
    TypeError
        for what is no column of names, or classes that cannot be sorted.

    Examples
    --------
    >>> votes = votes_from_table(["b", "b", "a"], ["Ann", "Bob", "Ann"], ["no", "yes", "no"])
    >>> votes.items, votes.classes
    (('b', 'a'), ('no', 'yes'))
    >>> votes.shares
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    repeats = _checks.one_of("repeats", repeats, ("refuse", "keep"))
    given = ("items", items), ("annotators", annotators), ("labels", labels)
    _checks.same_names(*((name, column, 0) for name, column in given))
    columns = {name: _checks.names(name, column) for name, column in given}
    for name in ("annotators", "labels"):
        _checks.as_many(name, columns[name], columns["items"], "items")
    if not columns["items"]:
        raise _checks.InvalidInput("items", "at least one vote is needed", says="has no rows")
    item_names, item_of = codes(columns["items"])
    annotator_names, annotator_of = codes(columns["annotators"])
    if repeats == "refuse":
        _refuse_repeats(columns, item_of, annotator_of)
    class_names = _classes(columns["labels"], classes)
    rule = f"classes are {', '.join(map(repr, class_names))}"
    label_of = _checks.places("labels", columns["labels"], class_names, rule)
    counts = np.zeros((len(item_names), len(class_names)), dtype=np.int64)
    np.add.at(counts, (item_of, label_of), 1)
    return Votes(
        counts,
        votes_to_probs(counts),
        item_names,
        annotator_names,
        class_names,
        item_of,
        annotator_of,
        label_of,
    )


def pandas() -> Any:
    """The package pandas, which nothing else needs."""
    try:
        return import_module("pandas")
    except ImportError:
        raise ModuleNotFoundError("frame needs pandas: pip install pandas") from None


def codes(column: list[Any]) -> tuple[tuple[Any, ...], NDArray[np.int64]]:
    """The names of a column as they are first seen, and for each row which of them it has.

    Examples
    --------
    >>> codes(["b", "a", "b"])
    (('b', 'a'), array([0, 1, 0]))
    """
    place: dict[Any, int] = {}
    found = np.array([place.setdefault(name, len(place)) for name in column], dtype=np.int64)
    return tuple(place), found


@np.errstate(all="ignore")
def disagreement(counts: ArrayLike) -> Values:
    """How often two of a row's votes differ, 1 - Σ_k c_k (c_k - 1) / (n (n - 1)), n = Σ_k c_k.

    Without bias for 1 - Σ_k π_k², if the votes of the row are independent and π is their law. What
    Fleiss (1971) calls the agreement on an item is 1 less this.

    Parameters
    ----------
    counts : (..., K), whole numbers, at least two votes in each row

    Returns
    -------
    (...), from 0 to 1

    Raises
    ------
    InvalidInput
        for a count that is negative or not whole, or a row with fewer than two votes.

    Examples
    --------
    >>> disagreement([[2, 1], [3, 0]]).round(6)
    array([0.666667, 0.      ])
    """
    counts = _checks.counts("counts", counts)
    number = counts.sum(axis=-1)
    rule = "two votes are compared; leave rows with fewer out"
    _checks.refuse_rows("counts", number < 2, rule, "has fewer than two votes", number)
    others = number[..., None] - counts  # no difference of nearly equal numbers follows
    return (counts / number[..., None] * (others / (number - 1)[..., None])).sum(axis=-1)[()]


@np.errstate(all="ignore")
def vote_correlation(counts: ArrayLike) -> float:
    """Correlation of two votes on one item, ρ̂ = 1 - D_within / D_between, without features.

    D_within is the mean `disagreement` of the items, D_between how often votes on two different
    items differ. If the items have something to do with the labels, ρ is above 0: votes on one
    item are alike because the item is. Where features say what the item says, the dispersion of a
    fit is asked instead.

    Parameters
    ----------
    counts : (N, K), whole numbers, at least two items, and two votes in each row

    Returns
    -------
    number, at most 1; a little below 0 where votes on one item are not alike

    Raises
    ------
    InvalidInput
        as `disagreement`, for fewer than two rows, and where all votes are for one class.

    Examples
    --------
    >>> round(vote_correlation([[3, 1], [1, 3]]), 6)  # within 1/2, between 5/8
    0.2
    """
    within = np.mean(disagreement(counts))
    shares = votes_to_probs(counts)
    if shares.ndim != 2 or len(shares) < 2:
        rule = "two items or more are compared: shape (N, K)"
        raise _checks.InvalidInput(
            "counts", rule, value=shares.shape, says=f"has shape {shares.shape}"
        )
    rest = shares.sum(axis=0) - shares  # of all items but this
    between = 1 - (shares * rest).sum() / (len(shares) * (len(shares) - 1))
    # survives: if rows are alike, any of them serves
    if (shares == shares[0]).all() and shares.max() == 1:
        rule = "votes that never differ have no correlation"
        raise _checks.InvalidInput("counts", rule, says="has votes for one class only")
    return float(1 - within / between)


@np.errstate(all="ignore")
def effective_votes(votes: ArrayLike, correlation: float) -> Values:
    """How many independent votes a share of n correlated ones is worth, n / (1 + (n - 1) ρ).

    The claim is *Votes that share an item*; 1 + (n - 1) ρ is the design effect.

    Parameters
    ----------
    votes : (...), n, at least 1
    correlation : ρ of any two votes on one item, at most 1, and above -1/(n - 1)

    Returns
    -------
    (...), from 1 at ρ = 1 to n at ρ = 0, and above n below

    Raises
    ------
    InvalidInput
        for a number of votes below 1, or a correlation that so many votes cannot have.

    Examples
    --------
    >>> effective_votes([1, 6], 0.2)
    array([1., 3.])
    """
    number = _checks.real("votes", votes)
    few = ~((number >= 1) & np.isfinite(number))
    _checks.refuse_rows("votes", few, "a share has at least one vote", values=number)
    rho = float(_checks.real("correlation", correlation))
    if not rho <= 1:
        raise _checks.InvalidInput("correlation", "a correlation is at most 1", value=rho)
    effect = 1 + (number - 1) * rho
    if (effect <= 0).any():
        most = number.max()
        rule = f"any two of {most:.10g} votes have a correlation above -1/{most - 1:.10g}"
        raise _checks.InvalidInput("correlation", rule, value=rho)
    return (number / effect)[()]


def effective_sample_size(weights: ArrayLike) -> np.float64:
    """How many rows without weights are worth rows with importance weights, (Σ w)² / Σ w².

    For rows that are equally uncertain; weights that are numbers of votes, or precisions, are
    worth their sum. The claim is *Three kinds of weights*.

    Parameters
    ----------
    weights : (N,), finite, not negative, N >= 1

    Returns
    -------
    (), from 1 to N

    Raises
    ------
    InvalidInput
        for no weights, a negative or infinite one, or a sum of 0.

    Source
    ------
    kish1992

    Examples
    --------
    >>> [round(float(effective_sample_size(w)), 3) for w in ([1.0, 1.0, 1.0], [9.0, 1.0])]
    [3.0, 1.22]
    """
    number = _checks.real("weights", weights)
    _checks.one_axis("weights", number, "weights have shape (N,)")
    number = _checks.weights("weights", number, len(number), "row")
    largest = number.max(initial=0.0)
    if largest == 0:
        raise _checks.InvalidInput("weights", "some weight is positive", value=largest)
    with np.errstate(under="ignore"):
        part = number / largest  # squares of the largest floats would overflow
        return part.sum() ** 2 / np.square(part).sum()


def _refuse_repeats(columns, item_of, annotator_of):
    first: dict[tuple[int, int], int] = {}
    # survives: the columns were found to be as long
    for row, pair in enumerate(zip(item_of.tolist(), annotator_of.tolist(), strict=True)):
        before = first.setdefault(pair, row)
        if before != row:
            who, item = columns["annotators"][row], columns["items"][row]
            raise _checks.InvalidInput(
                "annotators",
                "an annotator labels an item once, unless repeats='keep'",
                row,
                value=who,
                says=f"is {who!r}, who labelled item {item!r} in row {before}",
            )


def _classes(labels, classes):
    """The names of the classes in their order."""
    if classes is not None:
        names = _checks.names("classes", classes)
        for place, name in enumerate(names):
            if name in names[:place]:
                rule = "each class is named once"
                raise _checks.InvalidInput("classes", rule, place, value=name, says=f"is {name!r}")
        return tuple(names)
    found, _ = codes(labels)
    try:
        return tuple(sorted(found))
    except TypeError:
        kinds = " and ".join(sorted({type(name).__name__ for name in found}))
        raise TypeError(
            f"labels are of kinds that have no order, {kinds}; give classes in the order wanted"
        ) from None
