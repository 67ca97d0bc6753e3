"""The curvature of an objective in the coefficients, made ready to solve equations with."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from xentlib._checks import Floats
from xentlib.fitting.design import BLOCK, Rows

if TYPE_CHECKING:
    from xentlib.fitting.newton import Objective

Solver = Callable[[Floats], Floats]
LARGEST = 1500  # coefficients whose curvature is held as one matrix
SINGULAR = 1e-13  # of the largest squared pivot, or eigenvalue: a smaller one is rounding


def solver(objective: "Objective", probs: list[Floats]) -> Solver:
    """What solves curvature · V = right, for right and V that sum to 0 over the classes: exactly
    where the matrix is small, else nearly, with each class by itself, or each coefficient.
    """
    kinds = {"whole": _whole, "by class": _by_class, "one by one": _one_by_one}
    return kinds[kind_of(objective)](objective, probs)


def kind_of(objective: "Objective") -> str:
    """How much of the curvature is held: the whole, or by class, or one by one."""
    classes, size = objective.moments.shape
    if classes * size <= LARGEST:
        return "whole"
    dense = all(isinstance(block, Rows) for block in objective.blocks)
    return "by class" if dense and size <= LARGEST else "one by one"


def _whole(objective, probs):
    """From all of it. With A the rows √m q ⊗ x, whose blocks A'A are Σ m q_k q_l x x', a block on
    the diagonal is the sum of the others in its row, as the q sum to 1.
    """
    classes, size = objective.moments.shape
    joint = np.zeros((classes * size, classes * size))
    for block, mass, mass_probs in zip(objective.blocks, objective.masses, probs, strict=True):
        weights = (mass_probs / np.sqrt(mass))[:, None, :]
        for start in range(0, len(block), BLOCK):
            some = slice(start, start + BLOCK)
            rows = (weights[:, :, some] * block.some(some)).reshape(classes * size, -1)
            joint += rows @ rows.T
    curvature = -joint.reshape(classes, size, classes, size)
    of_one = np.arange(classes)
    curvature[of_one, :, of_one, :] = 0.0
    curvature[of_one, :, of_one, :] = -curvature.sum(axis=2)
    ridge = np.eye(classes) - 1 / classes
    curvature[:, np.arange(size), :, np.arange(size)] += objective.ridge[:, None, None] * ridge
    free = (classes - 1) * size  # the last class is minus the others
    solve = _positive(curvature.reshape(classes * size, -1)[:free, :free])

    def solved(right):
        others = solve(right[:-1].ravel()).reshape(classes - 1, size)
        return _centred(np.vstack([others, np.zeros(size)]))

    return solved


def _by_class(objective, probs):
    """From the blocks of each class."""
    classes, size = objective.moments.shape
    curvature = np.zeros((classes, size, size))
    for block, mass, mass_probs in zip(objective.blocks, objective.masses, probs, strict=True):
        weights = np.sqrt(mass_probs * (1 - mass_probs / mass))
        for own, weight in zip(curvature, weights, strict=True):
            rows = weight * block.columns
            own += rows @ rows.T
    curvature[:, np.arange(size), np.arange(size)] += objective.ridge
    solvers = [_positive(own) for own in curvature]

    def solved(right):
        right = _centred(right)
        return _centred(np.array([s(own) for s, own in zip(solvers, right, strict=True)]))

    return solved


def _one_by_one(objective, probs):
    """From the diagonal."""
    diagonal = objective.ridge + np.zeros_like(objective.moments)
    for block, mass, mass_probs in zip(objective.blocks, objective.masses, probs, strict=True):
        diagonal += block.squares(mass_probs * (1 - mass_probs / mass))
    diagonal = np.maximum(diagonal, SINGULAR * diagonal.max())
    return lambda right: _centred(_centred(right) / diagonal)


def _centred(V):
    """What moves all classes alike moves no prediction."""
    return V - V.mean(axis=0)


def _positive(matrix):
    """What solves equations with a matrix that has no negative eigenvalue: the shortest solution,
    where features depend on each other.
    """
    try:
        factor = cho_factor(matrix, lower=True, check_finite=False)
    except LinAlgError:
        return _shortest(matrix)
    pivots = np.diag(factor[0])
    if pivots.min() ** 2 <= SINGULAR * pivots.max() ** 2:
        return _shortest(matrix)
    return lambda right: cho_solve(factor, right, check_finite=False)


def _shortest(matrix):
    values, vectors = np.linalg.eigh(matrix)
    some = values > SINGULAR * values.max()
    values, vectors = values[some], vectors[:, some]
    return lambda right: vectors @ (right @ vectors / values)
