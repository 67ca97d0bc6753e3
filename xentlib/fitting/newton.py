"""The minimum of a regularised softmax regression, by Newton's method.

With masses m_i (a row's share of the weight), labels p and q = softmax(W x) the objective is
Σ m_i (log Σ exp W x_i) - <S, W> + <ridge, W²>/2, with the moments S = Σ m p x' of the labels. Its
gradient is taken from m q - m p, row by row, where S would cost the last digits. A step solves
the Newton equation: directly where the curvature of all rows is cheap, else by conjugate gradients
with q kept, preconditioned by the curvature of some rows, whose own minimum is the start.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from xentlib._checks import Floats
from xentlib.fitting.curvature import Solver, kind_of, solver
from xentlib.fitting.design import BLOCK, Block, Rows, in_blocks

SAMPLE = 2000  # rows at least, and SAMPLES rows a coefficient, whose curvature preconditions
SAMPLES = 4
START = 1e-2  # the largest entry of the gradient on the sample, at which all rows take over
UNSEEN = 1e-4  # curvature for what the sample does not vary in, beside that of scaled features
STARTS = 3  # steps on the sample, at most
LOOSE = 0.3  # of the gradient's size, left by conjugate gradients far from the minimum
MANY = 12  # products after which the preconditioner is made anew
MOST_PRODUCTS = 500  # of one step
DECREASE = 1e-4  # of what the slope promises, that a step must bring
FLOOR = 1e3 * np.finfo(float).eps  # relative to the loss: a smaller fall is its rounding
STALLED = 3  # steps at the floor without a smaller gradient, after which it is the smallest
POLISHED = 1e-14  # a gradient that a last step can hardly lessen


class Place(NamedTuple):
    """Coefficients (K, D), the objective there, its gradient, and m q of the rows in blocks."""

    W: Floats
    loss: float
    gradient: Floats
    probs: list[Floats]

    @property
    def steepness(self) -> float:
        """The largest entry of the gradient."""
        return float(np.abs(self.gradient).max())


class Objective:
    """The objective of rows in blocks, with their masses (N,), their labels (N, K) and the
    penalty's curvature (D,).
    """

    blocks: list[Block]
    masses: list[Floats]
    labels: list[Floats]  # times their mass, (K, n)
    moments: Floats
    ridge: Floats

    def __init__(self, blocks: list[Block], shares: Floats, labels: Floats, ridge: Floats) -> None:
        self.blocks, self.ridge = blocks, ridge
        parts = zip(in_blocks(shares, blocks), in_blocks(labels.T, blocks), strict=True)
        self.labels = [np.multiply(share, label, order="C") for share, label in parts]
        self.masses = [label.sum(axis=0) for label in self.labels]
        pairs = zip(blocks, self.labels, strict=True)
        self.moments = sum((block.moments(label) for block, label in pairs), np.zeros(1))

    @property
    def length(self) -> int:
        """The number of rows."""
        return sum(map(len, self.blocks))

    @property
    def kind(self) -> str:
        """How much of the curvature is held."""
        return kind_of(self)

    def start(self) -> Floats:
        """Where the steps start."""
        return np.zeros_like(self.moments)

    def solver(self, place: Place) -> Solver:
        """What solves curvature · V = right there, at least nearly."""
        return solver(self, place.probs)

    @property
    def totals(self) -> Floats:
        """Each class's share of the weight."""
        return sum((label.sum(axis=1) for label in self.labels), np.zeros(1))

    def some(self, first: int, step: int) -> tuple[Floats, Floats]:
        """Some of the rows (D, n), and their labels times masses (n, K)."""
        labels = np.concatenate(self.labels, axis=1)[:, first::step].T
        pieces = []
        for block in self.blocks:
            pieces.append(block.some(slice(first, None, step)))
            first = (first - len(block)) % step
        return np.concatenate(pieces, axis=1), labels

    def at(self, W: Floats) -> Place:
        """Everything about one place."""
        loss, gradient, probs = 0.0, self.ridge * W, []
        for block, mass, label in zip(self.blocks, self.masses, self.labels, strict=True):
            z = block.times(W)
            top = z.max(axis=0)
            z -= top
            np.exp(z, out=z)
            total = z.sum(axis=0)
            z *= mass / total
            loss += mass @ (np.log(total) + top)
            gradient += block.moments(z - label)
            probs.append(z)
        loss += (self.ridge * W * W).sum() / 2 - (self.moments * W).sum()
        return Place(W, float(loss), gradient, probs)

    def times(self, place: Place, V: Floats) -> Floats:
        """The Hessian there times V: Σ m (diag q - q q') V x x' + ridge V."""
        product = self.ridge * V
        for block, mass, probs in zip(self.blocks, self.masses, place.probs, strict=True):
            u = block.times(V)
            u -= (probs * u).sum(axis=0) / mass
            u *= probs
            product += block.moments(u)
        return product

    def exactly(self, W: Floats) -> float:
        """The objective at W as a sum of terms that are not negative, so that a small one keeps its
        digits: Σ m (Σ p (top - z) + log(1 + rest)), and the penalty.
        """
        loss = (self.ridge * W * W).sum() / 2
        for block, mass, label in zip(self.blocks, self.masses, self.labels, strict=True):
            z = block.times(W)
            place = z.argmax(axis=0)[None, :]
            below = np.take_along_axis(z, place, axis=0) - z
            rest = np.exp(-below)
            np.put_along_axis(rest, place, 0.0, axis=0)
            loss += (label * below).sum() + mass @ np.log1p(rest.sum(axis=0))
        return float(loss)

    # --- what shows whether there is a minimum

    def interior(self) -> bool:
        """Whether every label gives every class some weight."""
        return all(bool((label > 0).all()) for label in self.labels)

    def moved(self, V: Floats) -> float:
        """How far apart V x moves the logits of a row, at most."""
        return max(float(np.ptp(block.times(V), axis=0).max()) for block in self.blocks)

    def square(self) -> Floats:
        """Σ m x x', (D, D)."""
        size = self.moments.shape[1]
        square = np.zeros((size, size))
        for block, mass in zip(self.blocks, self.masses, strict=True):
            for start in range(0, len(block), BLOCK):
                some = slice(start, start + BLOCK)
                columns = np.sqrt(mass[some]) * block.some(some)
                square += columns @ columns.T
        return square

    def keeps_half(self, place: Place, V: Floats) -> bool:
        """Whether q - V x keeps more than half of every q."""
        return all(
            bool((mass * block.times(V) < probs / 2).all())
            for block, mass, probs in zip(self.blocks, self.masses, place.probs, strict=True)
        )

    def slack(self, V: Floats) -> tuple[float, float]:
        """How far V x falls below its maximum, at most: of all classes, and of those that have some
        of the row's label.
        """
        most, off = 0.0, 0.0
        for block, label in zip(self.blocks, self.labels, strict=True):
            z = block.times(V)
            below = z.max(axis=0) - z
            most = max(most, float(below.max()))
            off = max(off, float(np.where(label > 0, below, 0).max()))
        return most, off


def sample_size(kind: str, classes: int, size: int) -> int:
    """The rows whose curvature preconditions."""
    return max(SAMPLE, SAMPLES * size * (classes if kind == "whole" else SAMPLES))


def sampled(objective: Objective) -> Objective | None:
    """The objective of some rows, evenly spaced, or nothing where that would be most of them."""
    classes, size = objective.moments.shape
    kind, rows = objective.kind, objective.length
    step = rows // sample_size(kind, classes, size)
    if step < 2 or kind == "one by one":
        return None
    return objective_of(*objective.some(0, step), objective.ridge)


def objective_of(columns: Floats, labels: Floats, ridge: Floats) -> Objective:
    """The objective of some rows, (D, n), with labels times masses (n, K)."""
    blocks: list[Block] = [
        Rows(np.ascontiguousarray(columns[:, start : start + BLOCK]))
        for start in range(0, len(labels), BLOCK)
    ]
    shares = np.full(len(labels), 1 / labels.sum())
    return Objective(blocks, shares, labels, ridge + UNSEEN)


class Minimum(NamedTuple):
    """Where the steps ended, how many there were, and the last one."""

    place: Place
    steps: int
    last: Floats


def minimum(
    objective: Objective,
    sample: Objective | None,
    tol: float,
    most: int,
    progress: Callable[[int, float], None],
) -> Minimum:
    """The minimum, to a gradient of at most `tol` if `most` steps reach it: look."""
    whole = objective.kind == "whole"
    direct = whole and sample is None
    some = objective if sample is None else sample
    here = objective.at(objective.start())
    if whole and sample is not None:
        there = objective.at(_start(sample))
        here = there if there.loss < here.loss else here
    solve: Solver | None = None
    steps, best, stalled, last = 0, here.steepness, 0, np.zeros_like(here.W)
    while steps < most and stalled < STALLED:
        if here.steepness <= (min(tol, POLISHED) if direct else tol):
            break
        if direct or solve is None:
            solve = some.solver(here if some is objective else some.at(here.W))
        if direct:
            step = solve(-here.gradient)
        else:
            step, products = _newton_step(objective, here, solve, tol)
            solve = solve if products <= MANY else None
        there = _searched(objective, here, step)
        if here.steepness <= tol:  # a last step, where it helps
            if there is not None and there.steepness < here.steepness:
                here, steps, last = there, steps + 1, step
                progress(steps, here.loss)
            break
        if there is None:
            break
        here, steps, last = there, steps + 1, step
        progress(steps, here.loss)
        stalled = 0 if here.steepness < best or not _at_the_floor(here, step) else stalled + 1
        best = min(best, here.steepness)
    return Minimum(here, steps, last)


def _start(sample):
    """Where the minimum of the sample nearly is."""
    here = sample.at(np.zeros_like(sample.moments))
    for _ in range(STARTS):
        if here.steepness <= START:
            break
        there = _searched(sample, here, sample.solver(here)(-here.gradient))
        here = here if there is None else there
    return here.W


def _at_the_floor(place, step):
    return abs((place.gradient * step).sum()) <= FLOOR * max(abs(place.loss), 1.0)


def _newton_step(objective, here, solve: Solver, tol):
    """A step that solves the Newton equation nearly, by preconditioned conjugate gradients, and
    how many products it took.
    """
    steep = here.steepness
    left = max(min(LOOSE, np.sqrt(steep)), 0.1 * tol / steep)
    step, residual = np.zeros_like(here.gradient), -here.gradient
    way = turned = solve(residual)
    size = (residual * turned).sum()
    goal = left**2 * size
    for products in range(MOST_PRODUCTS):
        bent = objective.times(here, way)
        curvature = (way * bent).sum()
        if not curvature > 0:
            return (step if products else way), products + 1
        step = step + size / curvature * way
        residual = residual - size / curvature * bent
        turned = solve(residual)
        before, size = size, (residual * turned).sum()
        if not size > goal:
            return step, products + 1
        way = turned + size / before * way
    return step, MOST_PRODUCTS


def _searched(objective, here, step):
    """The place after the step, or after the first part of it that lessens the objective as much as
    its slope promises. Where that is less than rounding, a smaller gradient is asked for.
    """
    slope = (here.gradient * step).sum()
    floor = FLOOR * max(abs(here.loss), 1.0)
    part = 1.0
    while part > 1e-10:
        there = objective.at(here.W + part * step)
        if there.loss <= here.loss + DECREASE * part * slope:
            return there
        if abs(part * slope) <= floor:
            return there if there.steepness < here.steepness else None
        rise = (there.gradient * step).sum() - slope
        part *= min(max(-slope / rise, 0.1), 0.5) if rise > 0 else 0.5
    return None
