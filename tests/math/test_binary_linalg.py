"""Bits of numbers and linear algebra modulo 2, against all combinations of rows."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qgate import math
from qgate.exceptions import InvalidParameters, SingularMatrix


@st.composite
def matrices(draw):
    shape = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    return np.random.default_rng(draw(st.integers(0, 10**6))).integers(0, 2, shape)


def span(rows):
    """Return all sums modulo 2 of some rows."""
    return {tuple(np.array(bits) @ rows % 2) for bits in product((0, 1), repeat=len(rows))}


@given(matrices())
@settings(deadline=None, max_examples=40)
def test_the_echelon_form_spans_the_same_rows(matrix):
    reduced = math.binary_finite_reduced_row_echelon(matrix)

    assert span(reduced) == span(matrix)
    leading = [np.flatnonzero(row)[0] for row in reduced if row.any()]
    assert leading == sorted(set(leading))
    assert all(reduced[:, column].sum() == 1 for column in leading)
    assert 2 ** math.binary_matrix_rank(matrix) == len(span(matrix))


@given(matrices())
@settings(deadline=None, max_examples=40)
def test_a_basis_spans_all_columns(matrix):
    basis, others = math.binary_select_basis(matrix)

    assert span(basis.T) == span(matrix.T)
    assert basis.shape[1] == math.binary_matrix_rank(matrix)
    assert basis.shape[1] + others.shape[1] == matrix.shape[1]
    assert not any(math.binary_is_independent(column, basis) for column in others.T)


def test_a_system_of_equations_is_solved_or_refused():
    matrix, right = np.array([[1, 0, 0], [0, 1, 1], [1, 0, 1]]), np.array([1, 1, 0])

    assert list(matrix @ math.binary_solve_linear_system(matrix, right) % 2) == [1, 1, 0]
    with pytest.raises(SingularMatrix, match="rank 1 with 2 rows"):
        math.binary_solve_linear_system([[1, 1], [1, 1]], [0, 1])
    assert issubclass(SingularMatrix, np.linalg.LinAlgError)


def test_a_matrix_can_be_changed_in_place():
    matrix = np.array([[1, 1], [1, 0]])

    assert math.binary_finite_reduced_row_echelon(matrix, inplace=True) is matrix
    np.testing.assert_array_equal(matrix, np.eye(2))


def test_numbers_are_written_in_bits():
    np.testing.assert_array_equal(math.int_to_binary([[1, 9]], 3), [[[0, 0, 1], [0, 0, 1]]])
    np.testing.assert_array_equal(math.binary_decimals([0.375, -0.25], 3), [[0, 1, 1], [1, 1, 0]])
    np.testing.assert_array_equal(math.binary_decimals(np.pi, 2, unit=2 * np.pi), [1, 0])
    assert [math.ceil_log2(number) for number in (1, 2, 3, 8, 9)] == [0, 1, 2, 3, 4]
    assert math.ceil_log2(2**60 + 1) == 61


@pytest.mark.parametrize(
    "call",
    [
        lambda: math.ceil_log2(0),
        lambda: math.ceil_log2(1.5),
        lambda: math.int_to_binary(0.5, 2),
        lambda: math.int_to_binary(1, -1),
        lambda: math.binary_decimals("x", 2),
        lambda: math.binary_decimals(0.1, 2, unit=0),
        lambda: math.binary_matrix_rank([[2]]),
        lambda: math.binary_matrix_rank([1, 0]),
        lambda: math.binary_is_independent([1, 0], [[1, 0, 1]]),
        lambda: math.binary_solve_linear_system([[1, 0]], [1]),
        lambda: math.binary_finite_reduced_row_echelon([[True]], inplace=True),
    ],
)
def test_arguments_that_are_no_bits_are_refused(call):
    with pytest.raises(InvalidParameters):
        call()
