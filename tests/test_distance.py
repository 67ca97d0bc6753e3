"""The linear program against what is proved about it."""

from fractions import Fraction as F
from math import comb

import numpy as np
import pytest
from mpmath import mp, mpf

from xentlib.claims._finite import to_mpf
from xentlib.claims.integer_weights import (
    CERTIFICATES,
    _from_above,
    _stays_below,
    certified_bound,
)
from xentlib.studies import distance

WIDE, ATOMS = np.linspace(-40, 40, 401), np.linspace(0, 1, 241)
ACCURACY = 1e-6  # of the program's solver


@pytest.mark.parametrize("weight", [0.1, 0.25, 0.5, 0.75, 0.9, 1.0])
def test_up_to_one_it_is_the_formula(weight):
    assert distance.least_defect(weight, np.linspace(-400, 400, 401), ATOMS)[0] == pytest.approx(
        (2 ** (1 - weight) - 1) / (2 ** (1 - weight) + 1), abs=ACCURACY
    )


@pytest.mark.parametrize("weight", [1, 2, 3, 4])
def test_at_whole_weights_it_vanishes_on_the_lattice_of_votes(weight):
    defect, masses = distance.least_defect(
        weight, np.linspace(-8, 8, 161), np.arange(weight + 1) / weight
    )
    assert defect < ACCURACY and masses == pytest.approx(
        [comb(weight, a) for a in range(weight + 1)], abs=1e-4
    )


@pytest.mark.parametrize("weight", CERTIFICATES)
def test_no_certificate_exceeds_what_the_program_finds(weight):
    found = distance.least_defect(float(weight), WIDE, np.linspace(0, 1, 2001))[0]
    assert 0.85 * found < float(certified_bound(weight)) <= found + ACCURACY


@pytest.mark.parametrize("millionths", [95000, 100000, 200000, 400000])
def test_a_larger_end_of_the_certificate_at_seven_halves_certifies_nothing(millionths):
    assert certified_bound(F(7, 2), other={14: millionths}) == 0


def test_the_certificate_at_five_halves_needs_its_last_digit():
    assert certified_bound(F(5, 2), other={0: -95750}) == 0
    assert certified_bound(F(5, 2)) > F(112, 10**5)


@pytest.mark.parametrize("weight", CERTIFICATES)
def test_the_polynomial_of_a_certificate_lies_above_what_it_stands_for(weight):
    b, _, table = CERTIFICATES[weight]
    dual = {m: F(value, 10**6) for m, value in table.items()}
    most, above = max(table), _from_above(weight, dual)
    with mp.workdps(80):
        for m in range(-most, most + 1):
            base = to_mpf(b) ** weight.denominator
            exact = to_mpf(dual.get(abs(m), F(0))) * (1 + base**m) ** -to_mpf(weight)
            assert 0 <= to_mpf(above[most + m]) - exact < mpf(10) ** -30


@pytest.mark.parametrize("height", [F(1, 10**12), F(1, 10**3)])
def test_a_narrow_dip_below_the_level_is_told_from_one_that_crosses_it(height):
    """Level 1 against 1 - ((z - 4/3)² ± height)/z, which has its top at z = 4/3."""

    def under(sign):
        return [-(F(16, 9) + sign * height), 1 + F(8, 3), F(-1)]

    assert _stays_below(under(1), 1, F(2))
    assert not _stays_below(under(-1), 1, F(2))
    assert not _stays_below(under(0), 1, F(2))  # it touches


def test_the_profile_has_its_zeros_at_whole_weights_only():
    weights, defects = distance.profile()
    assert (np.diff(weights) > 0).all() and (weights[defects == 0] == [1, 2, 3, 4]).all()
    assert weights[-1] == 4 and (defects[defects != 0] > 1e-6).all()
