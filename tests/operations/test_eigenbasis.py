"""Eigenvalues of matrices and the gate of the change to their eigenbasis."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate.exceptions import EigvalsUndefinedError
from qgate.operations.eigenbasis import eigensystem, to_eigenbasis
from qgate.wires import Wires

A = np.array([[1.0, 2.0 - 1j], [2.0 + 1j, -3.0]])


def test_equal_matrices_are_diagonalized_once():
    assert eigensystem(A)[1] is eigensystem(A.copy())[1]


def test_eigenvalues_of_hermitian_matrices_are_real_and_ascend():
    values, vectors = eigensystem(A)

    assert values.dtype == float
    assert values[0] < values[1]
    assert_allclose(A @ vectors, vectors * values, atol=1e-12)


def test_matrices_that_are_not_hermitian_have_complex_eigenvalues():
    values, vectors = eigensystem(np.diag([1, 1j]))

    assert_allclose(np.diag([1, 1j]) @ vectors, vectors * values)


def test_the_turn_makes_a_matrix_diagonal():
    (turn,) = to_eigenbasis(A, Wires("a"))

    rotated = turn.matrix() @ A @ turn.matrix().conj().T
    assert_allclose(rotated, np.diag(eigensystem(A)[0]), atol=1e-12)


def test_a_batch_of_matrices_has_no_one_eigenbasis():
    with pytest.raises(EigvalsUndefinedError, match="2 matrices"):
        (qg.RX([0.1, 0.2], 0) @ qg.S(1)).eigvals()
