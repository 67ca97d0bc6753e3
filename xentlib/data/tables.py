"""Two published tables of votes, as data files beside this module. Tables of counts are facts, and
are retyped here with their source.
"""

from importlib.resources import files
from typing import NamedTuple

import numpy as np


class Readings(NamedTuple):
    """`grades` (45, 7), from 0 to 3, one column for each reading; `observers` (7,), who read: 0
    three times, then 1, 2, 3, 4.
    """

    grades: np.ndarray
    observers: np.ndarray


def _table(name: str) -> tuple[list[str], np.ndarray]:
    """The header after its first field, and the numbers of each row after the row's own."""
    header, *lines = files("xentlib.data").joinpath(name).read_text(encoding="utf-8").split()
    return header.split(",")[1:], np.array(
        [[int(entry) for entry in line.split(",")[1:]] for line in lines]
    )


def fleiss_1971() -> tuple[list[str], np.ndarray]:
    """How many of six psychiatrists gave each of five diagnoses to each of thirty patients; who
    they were differs by patient.

    Returns
    -------
    names of the diagnoses, and counts (30, 5)

    Source
    ------
    fleiss1971, Table 1.

    Examples
    --------
    >>> fleiss_1971()[1].sum(axis=0)
    array([26, 26, 30, 55, 43])
    """
    return _table("fleiss_1971.csv")


def dawid_skene_1979() -> Readings:
    """Five anaesthetists' assessments of 45 patients before surgery, on a scale of four grades;
    the first read each record three times.

    Returns
    -------
    Readings

    Source
    ------
    dawid1979, Table 1.

    Examples
    --------
    >>> dawid_skene_1979().grades.shape
    (45, 7)
    """
    header, grades = _table("dawid_skene_1979.csv")
    names = [column.split("_")[0] for column in header]
    return Readings(grades - 1, np.array([sorted(set(names)).index(name) for name in names]))
