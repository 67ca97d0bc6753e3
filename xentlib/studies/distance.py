"""How far labels of a given weight are from a likelihood: a linear program for two classes."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog


def least_defect(weight: float, logits: np.ndarray, atoms: ArrayLike) -> tuple[float, np.ndarray]:
    """Least ε such that some positive masses on `atoms` keep ∫ e^(-weight · H(p, q)) within ε of 1
    at all `logits` of q.

    Returns ε and the masses. A grid of q makes ε too small, a grid of p too large;
    `claims.integer_weights` holds certificates that depend on no grid.
    """
    atoms = np.asarray(atoms, dtype=float)
    loss = np.outer(np.logaddexp(0, -logits), atoms) + np.outer(np.logaddexp(0, logits), 1 - atoms)
    kernel, ones = np.exp(-weight * loss), np.ones((len(logits), 1))
    cost = np.append(np.zeros(len(atoms)), 1.0)
    found = linprog(
        cost,
        A_ub=np.block([[kernel, -ones], [-kernel, -ones]]),
        b_ub=np.append(ones, -ones),
        bounds=(0, None),
        method="highs",
    )
    if not found.success:
        raise ArithmeticError(f"the linear program for weight {weight} ended with: {found.message}")
    return float(found.fun), found.x[:-1]


NEAR = (0.01, 0.02)  # distances from a whole weight at which the cusp there is drawn


def profile(
    most: int = 4, steps: int = 240, widest: float = 40.0, points: int = 401
) -> tuple[np.ndarray, np.ndarray]:
    """Weights from 0.01 to the whole number `most` and their least defects: by the formula up to 1,
    exact zeros at whole weights, the program between. The weights are denser around whole ones.

    Atoms at multiples of 1/steps, logits to ±widest.
    """
    below = np.concatenate([np.linspace(0.01, 0.99, 50), [0.997, 0.999, 1.0]])
    whole = np.arange(1, most + 1)
    around = [whole, *(whole[:-1] + step for step in NEAR), *(whole[1:] - step for step in NEAR)]
    above = np.unique(np.concatenate([np.arange(1.05, most, 0.05), *around]).round(2))[1:]
    logits, atoms = np.linspace(-widest, widest, points), np.linspace(0, 1, steps + 1)
    heights = [
        0.0 if weight.is_integer() else least_defect(weight, logits, atoms)[0]
        for weight in above.tolist()
    ]
    return np.concatenate([below, above]), np.concatenate(
        [(2 ** (1 - below) - 1) / (2 ** (1 - below) + 1), heights]
    )
