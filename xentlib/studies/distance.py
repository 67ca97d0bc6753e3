"""How far labels of a given weight are from having a likelihood: a linear program for two classes."""

import numpy as np
from scipy.optimize import linprog


def least_defect(weight, logits, atoms):
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


def profile(most=4.45, steps=240, widest=40.0, points=401):
    """Weights from 0.01 to `most` and their least defects: by the formula up to 1, exact zeros at
    whole weights, the program between.

    Atoms at multiples of 1/steps, logits to ±widest.
    """
    below = np.linspace(0.01, 1, 50)
    above = np.unique(np.concatenate([np.arange(1.05, most, 0.05).round(2), np.arange(2, most)]))
    logits, atoms = np.linspace(-widest, widest, points), np.linspace(0, 1, steps + 1)
    heights = [
        0.0 if weight.is_integer() else least_defect(weight, logits, atoms)[0]
        for weight in above.tolist()
    ]
    return np.concatenate([below, above]), np.concatenate(
        [(2 ** (1 - below) - 1) / (2 ** (1 - below) + 1), heights]
    )
