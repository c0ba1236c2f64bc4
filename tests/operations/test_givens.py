"""Products of Givens rotations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group, unitary_group

from qgate.operations.givens import Givens, givens_rotations, signed_rotations


def product(size, turns):
    whole = np.eye(size, dtype=complex)
    for turn in turns:
        whole[:, turn.first : turn.first + 2] = whole[:, turn.first : turn.first + 2] @ turn.block()
    return whole


@given(st.integers(2, 7), st.integers(0, 10**6))
@settings(deadline=None, max_examples=20)
def test_a_unitary_is_phases_times_rotations(size, seed):
    matrix = unitary_group.rvs(size, random_state=seed)

    phases, turns = givens_rotations(matrix)

    np.testing.assert_allclose(np.diag(phases) @ product(size, turns), matrix, atol=1e-12)
    assert len(turns) == size * (size - 1) // 2


@given(st.integers(2, 7), st.integers(0, 10**6))
@settings(deadline=None, max_examples=20)
def test_an_orthogonal_matrix_is_its_determinant_times_rotations(size, seed):
    matrix = ortho_group.rvs(size, random_state=seed)

    determinant, turns = signed_rotations(matrix)

    assert determinant == pytest.approx(np.linalg.det(matrix))
    assert all(turn.phi == 0 for turn in turns)
    first = np.diag([determinant] + [1] * (size - 1))
    np.testing.assert_allclose(first @ product(size, turns), matrix, atol=1e-12)


@pytest.mark.parametrize(
    "matrix", [np.eye(4), np.eye(4)[::-1], np.diag([1, -1, -1, 1.0]), np.diag([1, 1j, -1, 1j])]
)
def test_matrices_with_zeros_have_rotations_too(matrix):
    phases, turns = givens_rotations(matrix)

    np.testing.assert_allclose(np.diag(phases) @ product(4, turns), matrix, atol=1e-12)
    if np.isrealobj(matrix):
        determinant, turns = signed_rotations(matrix)
        first = np.diag([determinant, 1, 1, 1])
        np.testing.assert_allclose(first @ product(4, turns), matrix, atol=1e-12)


def test_a_rotation_without_phase_is_real():
    np.testing.assert_allclose(Givens(0, np.pi / 2).block(real=True), [[0, -1], [1, 0]], atol=1e-12)
