"""Matrices of operators on their own and other wires."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate.exceptions import MatrixUndefinedError, WireError
from qgate.operations.matrices import (
    basis_vector,
    circuit_matrix,
    dense_matrix,
    is_hermitian_matrix,
    where_ones,
)
from qgate.wires import Wires

X, Z = np.array([[0, 1], [1, 0]]), np.diag([1, -1])


def test_a_circuit_multiplies_the_last_operator_to_the_left():
    matrix = circuit_matrix([qg.X(0), qg.Z(1), qg.Z(0)], Wires([1, 0]))

    assert_allclose(matrix, np.kron(Z, Z @ X))


def test_operators_without_a_matrix_have_that_of_their_decomposition():
    assert_allclose(dense_matrix(qg.BasisState([1], "a"), ["a", "b"]), np.kron(X, np.eye(2)))


def test_what_has_neither_has_none():
    with pytest.raises(MatrixUndefinedError, match="Operator has no matrix"):
        dense_matrix(qg.Operator((), 0))


def test_an_order_that_lacks_a_wire_is_refused():
    with pytest.raises(WireError, match=r"wires \[0\] cannot be written on \[1\]"):
        qg.RX(0.1, 0).matrix(wire_order=[1])


def test_rounding_does_not_make_a_matrix_less_hermitian():
    assert is_hermitian_matrix(np.array([[1.0, 1j], [-1j * (1 + 1e-12), 0.0]]))
    assert not is_hermitian_matrix(np.array([[0.0, 1.0], [1.1, 0.0]]))


def test_a_controlled_matrix_acts_where_the_controls_are_one():
    toffoli = np.eye(8)[[0, 1, 2, 3, 4, 5, 7, 6]]

    assert_allclose(where_ones(X, 2, rest=1.0), toffoli)
    assert_allclose(where_ones(X, 1, rest=0.0), np.kron(np.diag([0, 1]), X))


def test_a_controlled_diagonal_is_that_of_the_matrix():
    diagonal = np.array([1.0, 1j])

    assert_allclose(
        np.diag(where_ones(diagonal, 1, rest=1.0)), where_ones(np.diag(diagonal), 1, rest=1.0)
    )


def test_the_first_bit_of_a_basis_vector_is_the_most_significant():
    assert basis_vector((True, False)).tolist() == [0.0, 0.0, 1.0, 0.0]
    assert basis_vector(()).tolist() == [1.0]
