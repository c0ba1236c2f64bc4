"""Linear functions of slots against the same arithmetic on numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qgate.exceptions import NotAffine
from qgate.operations.slots import Affine

NUMBERS = st.floats(-10, 10).map(lambda number: round(number, 3))
A, B = Affine.slot(0), Affine.slot(1)


def value(affine, row):
    return sum(factor * row[slot] for slot, factor in affine.terms) + affine.offset


@given(row=st.tuples(NUMBERS, NUMBERS), c=NUMBERS, d=NUMBERS.filter(bool))
def test_arithmetic_on_slots_is_arithmetic_on_their_numbers(row, c, d):
    def compute(a, b):
        return -(c * a - b / d) + (c - a) - (2 * b - 1.5) + (+b) * np.float64(d)

    assert value(compute(A, B), row) == pytest.approx(compute(*row), abs=1e-6)


def test_equal_functions_are_equal_and_hash_alike():
    left, right = 2 * A + B - A, B + A

    assert left == right
    assert hash(left) == hash(right)


def test_terms_that_vanish_are_dropped():
    assert (A + B - A).terms == ((1, 1.0),)


def test_arrays_of_slots_can_be_computed_with():
    slots = np.empty(2, dtype=object)
    slots[:] = [A, B]

    assert list(-slots / 2 + 1) == [-A / 2 + 1, -B / 2 + 1]


@pytest.mark.parametrize(
    "compute", [lambda a: a * a, lambda a: a**2, np.cos, float, bool, lambda a: 1j * a]
)
def test_what_is_not_linear_is_refused(compute):
    with pytest.raises(TypeError):
        compute(A)


def test_the_refusal_says_what_is_allowed():
    with pytest.raises(NotAffine, match="can be multiplied by numbers"):
        A * B
