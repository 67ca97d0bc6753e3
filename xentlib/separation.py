"""Does a softmax regression have a fit? A linear program answers, and shows its certificate."""

from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from xentlib import _checks
from xentlib._checks import Floats

SMALLEST = 1e-7  # what counts as 0, where features and directions are at most 1
UNDECIDED = "whether a fit exists could not be decided to the accuracy of the linear program"


class Existence(NamedTuple):
    """`exists`, and what shows it: `balance` (N, K), labels in the interior with the same moments;
    or `direction` (K, D), along which the loss falls for ever.
    """

    exists: bool
    balance: Floats | None
    direction: Floats | None


@np.errstate(all="ignore")
def existence(features: ArrayLike, target_probs: ArrayLike) -> Existence:
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
    _checks.same_names(("features", features, 0), ("target_probs", target_probs, 0))
    x, p = _checks.finite("features", features), _checks.probabilities("target_probs", target_probs)
    _checks.rows_match(features=x, target_probs=p)
    _checks.require_rows("features", x)
    p = p / p.sum(axis=1, keepdims=True)  # the programs below take sums of 1 more strictly
    # powers of two, so that no digit of a difference of features is lost
    exponents = np.frexp(np.abs(x).max(axis=0))[1] - 1
    x = np.ldexp(x, -exponents)
    constant = _constant(x)
    found = _existence(x, p) if constant is None else _centred(x, p, constant)
    if found.direction is None:
        return found
    largest = int((np.frexp(found.direction)[1] - exponents).max())
    shift = max(largest - 1023, 0)  # a direction may have any length
    return found._replace(direction=np.ldexp(found.direction, -exponents - shift))


def _constant(x):
    """Coefficients a with x a = 1 exactly, or nothing.

    Columns that are nearly constant, an offset and little else, are left to themselves: they
    give 1 only to rounding.
    """
    height, spread = np.abs(x).max(axis=0), np.ptp(x, axis=0)
    plain = (height > 0) & ((spread == 0) | (spread > 1e-3))
    unit, a = x[:, plain] / height[plain], np.zeros(x.shape[1])
    solution = np.linalg.lstsq(unit, np.ones(len(x)), rcond=None)[0].round(9)
    a[plain] = solution / height[plain]
    return a if (unit @ solution == 1).all() else None


def _centred(x, p, constant):
    """`_existence` by features minus their first row, and a constant one: with x a = 1 they span
    what the features span, and an offset costs them no digits.
    """
    origin = x[0]
    found = _existence(np.column_stack([x - origin, np.ones(len(x))]), p)
    if found.direction is None:
        return found
    slopes, height = found.direction[:, :-1], found.direction[:, -1]
    back = slopes + np.outer(height - slopes @ origin, constant)
    return found._replace(direction=back)


def _existence(x, p):
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
    if find_spec("scipy") is None:
        raise ModuleNotFoundError("existence needs the extra fit: pip install 'xentlib[fit]'")
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
    none = csr_array((x.shape[1] * classes + rows, 1))
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
