"""Does a softmax regression have a fit? A linear program answers, and shows its certificate."""

from typing import NamedTuple

import numpy as np

from xentlib import _checks

SMALLEST = 1e-7  # what counts as 0, where features and directions are at most 1
UNDECIDED = "whether a fit exists could not be decided to the accuracy of the linear program"


class Existence(NamedTuple):
    """`exists`, and what shows it: `balance` (N, K), labels in the interior with the same moments;
    or `direction` (K, D), along which the loss falls for ever.
    """

    exists: bool
    balance: np.ndarray | None
    direction: np.ndarray | None


def existence(features, target_probs):
    """Whether Σ_i H(p_i, softmax(W x_i)) attains its minimum over all W, with a certificate.

    It does if and only if some r_i with all entries positive have Σ (p_i - r_i) x_iᵀ = 0; that
    is `balance`. If not, there is a `direction` D such that supp p_i lies where D x_i is
    largest, for all i, and not all D x_i are constant: from every W the loss falls strictly
    along D. Positive weights of the rows change nothing. For an intercept, let a column of x be
    1.

    Parameters
    ----------
    features : (N, D), finite
    target_probs : (N, K), distributions; hard labels through one_hot

    Returns
    -------
    Existence, its certificate checked to 1e-7 of the largest feature

    Raises
    ------
    InvalidInput
        for features that are not finite, rows that are no distributions, numbers of rows that
        differ, or no rows.
    ArithmeticError
        where neither certificate holds to that accuracy.
    ModuleNotFoundError
        without SciPy (extra: fit), unless all labels are in the interior.

    Examples
    --------
    >>> x = [[1, -2], [1, -1], [1, 1], [1, 2]]
    >>> existence(x, [[1, 0], [1, 0], [0, 1], [0, 1]]).exists
    False
    >>> existence(x, [[1, 0], [0.7, 0.3], [0.3, 0.7], [0, 1]]).exists
    True
    """
    _checks.same_names(features=features, target_probs=target_probs)
    x, p = _checks.finite("features", features), _checks.probabilities("target_probs", target_probs)
    _checks.rows_match(features=x, target_probs=p)
    _checks.some_rows("features", x)
    unit = np.abs(x).max(axis=0)
    unit[unit == 0] = 1.0
    places, groups = np.unique(x / unit, axis=0, return_inverse=True)
    groups = groups.ravel()
    merged = np.zeros((len(places), p.shape[1]))
    np.add.at(merged, groups, p)
    sizes = np.bincount(groups)
    merged /= sizes[:, None]
    if (merged > SMALLEST).all():
        return Existence(True, merged[groups], None)
    try:
        import scipy  # noqa: F401
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "existence needs SciPy, which is not installed (extra: fit)"
        ) from None
    direction = _direction(places, merged)
    if direction is not None:
        return Existence(False, None, direction / unit)
    return Existence(True, _balance(places, merged, sizes)[groups], None)


def _solved(*program, **more):
    from scipy.optimize import linprog

    found = linprog(*program, method="highs", **more)
    if found.status:
        raise ArithmeticError(f"the linear program was not solved: {found.message}")
    return found.x


def _direction(x, p):
    """A direction of recession that is no gauge, or nothing: the largest total slack over -1 ≤ D ≤
    1, the last class at 0.
    """
    from scipy.sparse import csr_array, lil_array

    (rows, dim), classes = x.shape, p.shape[1]
    support = p > 0
    anchor = p.argmax(axis=1)
    equal, below = [], []
    for i in range(rows):
        for k in range(classes):
            if k != anchor[i]:
                (equal if support[i, k] else below).append((i, k))

    def differences(pairs):
        """Rows (D x_i)_k - (D x_i)_anchor as functions of D without its last row."""
        table = lil_array((len(pairs), (classes - 1) * dim))
        for row, (i, k) in enumerate(pairs):
            for cls, sign in ((k, 1.0), (anchor[i], -1.0)):
                if cls < classes - 1:
                    table[row, cls * dim : (cls + 1) * dim] = sign * x[i]
        return csr_array(table)

    if not below:
        return None
    unequal = differences(below)
    d = _solved(
        unequal.sum(axis=0),
        A_ub=unequal,
        b_ub=np.zeros(len(below)),
        A_eq=differences(equal),
        b_eq=np.zeros(len(equal)),
        bounds=(-1, 1),
    )
    direction = np.vstack([d.reshape(classes - 1, dim), np.zeros(dim)])
    values = x @ direction.T
    slack = values.max(axis=1, keepdims=True) - values
    if slack.max() <= SMALLEST:
        return None
    if slack[support].max() > SMALLEST * slack.max():
        raise ArithmeticError(UNDECIDED)
    return direction


def _balance(x, p, sizes):
    """Interior labels with the moments of p: the least of their entries is as large as can be."""
    from scipy.sparse import csr_array, eye_array, hstack, kron, vstack

    (rows, _), classes = x.shape, p.shape[1]
    moments = kron(csr_array((sizes[:, None] * x).T), eye_array(classes))
    sums = kron(eye_array(rows), csr_array(np.ones((1, classes))))
    none = csr_array((moments.shape[0] + rows, 1))
    equal = hstack([vstack([moments, sums]), none])
    right = np.concatenate([moments @ p.ravel(), np.ones(rows)])
    least = hstack([-eye_array(rows * classes), csr_array(np.ones((rows * classes, 1)))])
    cost = np.zeros(rows * classes + 1)
    cost[-1] = -1.0
    found = _solved(
        cost, A_ub=least, b_ub=np.zeros(rows * classes), A_eq=equal, b_eq=right, bounds=(0, 1)
    )
    balance = found[:-1].reshape(rows, classes)
    if balance.min() <= SMALLEST:
        raise ArithmeticError(UNDECIDED)
    return balance
