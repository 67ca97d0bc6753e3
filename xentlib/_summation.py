"""Short pieces of numerical analysis that several modules share: sums and differences that lose no
digits.
"""

import numpy as np

from xentlib._checks import Floats

_TERMS = 20  # |s| <= 1/3 leaves s^42/43 < 3e-22 of a unit out


def atanh_tail(s: Floats) -> Floats:
    """artanh(s)/s - 1 = s^2/3 + s^4/5 + ..., for |s| <= 1/3, of arrays of any library."""
    square, total = s * s, 0.0 * s
    for n in range(_TERMS, 0, -1):
        total += 1 / (2 * n + 1)
        total *= square
    return total


def relative_entropy_terms(p: Floats, q: Floats) -> Floats:
    """p log(p/q) - p + q, entry by entry: never negative, and accurate also where p is near q.

    With s = (p - q)/(p + q) the entry is q * 2 (s^2 + (1 + s) s (artanh(s)/s - 1)) / (1 - s).
    Farther apart the logarithm of p/q is not small, and is taken as log p - log q where the
    ratio itself leaves the range of floats.
    """
    near, p, q = ((p <= 2 * q) & (q <= 2 * p) & (q > 0)), p.ravel(), q.ravel()
    terms = np.empty(p.shape)
    for chosen, of in ((near, _near_terms), (~near, _apart_terms)):
        places = np.flatnonzero(chosen)  # taken by numbers, which is quicker than by flags
        terms[places] = of(p[places], q[places])
    return terms.reshape(near.shape)


def _near_terms(p, q):
    s = (p - q) / (p + q)
    return q * 2 * (s * s + (1 + s) * s * atanh_tail(s)) / (1 - s)


def _apart_terms(p, q):
    ratio = p / q
    logarithm, extreme = np.log(ratio), np.flatnonzero(~((ratio > 1e-300) & (ratio < 1e300)))
    logarithm[extreme] = np.log(p[extreme]) - np.log(q[extreme])
    return np.where(p == 0, q, p * logarithm - (p - q))


def stirling_error(a: Floats) -> Floats:
    """log Γ(a) - ((a - 1/2) log a - a + log(2 pi)/2) for real a > 0; at whole a also log a! - ((a
    + 1/2) log a - a + log(2 pi)/2).

    The steps from a to a + 1 are artanh(s)/s - 1 at s = 1/(2a + 1); from 16 on the asymptotic
    series serves.
    """
    first, total = a, np.zeros_like(a)
    for _ in range(16):
        below, s = first < 16, 1 / (2 * first + 1)
        logarithm = np.where(first < 1e-300, -np.log(first), np.log1p(1 / first))
        step = np.where(first < 1, (first + 0.5) * logarithm - 1, atanh_tail(np.minimum(s, 1 / 3)))
        total = total + np.where(below, step, 0.0)
        first = np.where(below, first + 1, first)
    square = 1 / (first * first)
    return (
        total
        + (
            1 / 12
            - square
            * (
                1 / 360
                - square
                * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * 691 / 360360)))
            )
        )
        / first
    )


def two_product(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """a * b as an unevaluated sum of two floats (Dekker's product, of the mantissas)."""
    (a, i), (b, j) = np.frexp(a), np.frexp(b)
    high = a * b
    a_high, b_high = (c - (c - x) for x in (a, b) for c in (134217729.0 * x,))
    a_low, b_low = a - a_high, b - b_high
    low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low
    return np.ldexp(high, i + j), np.ldexp(low, i + j)


def symmetric_sum(x: Floats) -> Floats:
    """`row_sum` of sorted rows: the same, bit for bit, in whatever order the entries come."""
    return row_sum(np.sort(x, axis=-1))


def row_sum(x: Floats) -> Floats:
    """Sum over the last axis, rounded about once: halves are added pairwise and what each addition
    loses is kept. The sum of one row is a float64, which serves as an array without axes.
    """
    lost = np.zeros(x.shape[:-1])
    while x.shape[-1] > 1:
        if x.shape[-1] % 2:
            x = np.concatenate([x, np.zeros_like(x[..., :1])], axis=-1)
        a, b = x[..., ::2], x[..., 1::2]
        x = a + b
        part = x - a
        lost = lost + ((a - (x - part)) + (b - part)).sum(axis=-1)
    return x[..., 0] + np.where(np.isfinite(lost), lost, 0.0)


def two_part_sum(
    x: Floats, room: Floats, less: Floats | None = None, size: Floats | None = None
) -> tuple[Floats, Floats]:
    """Sum over the last axis, without one entry `less` of each row, as an unevaluated sum of two
    floats. No entry is negative, or `size` is the sum of the absolute values; `room`, like x, is
    written to.

    Each entry is cut on a grid so coarse that what stands on it is summed without rounding, in any
    order, and what was cut off is too small for its own rounding to count.
    """
    coarse = 2 * (np.add.reduce(x, axis=-1) if size is None else size)
    np.add(x, coarse[..., None], out=room)
    room -= coarse[..., None]
    high = np.add.reduce(room, axis=-1)
    np.subtract(x, room, out=room)
    low = np.add.reduce(room, axis=-1)
    if less is None:
        return high, low
    cut = (less + coarse) - coarse
    return high - cut, low - (less - cut)
