"""Kernel matrices made positive semidefinite."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qgate as qg
from qgate.exceptions import InvalidParameters, OptimizationError


def symmetric(size, seed):
    matrix = np.random.default_rng(seed).normal(size=(size, size))
    return matrix + matrix.T


CHANGES = {
    qg.kernels.threshold_matrix: lambda values: np.maximum(values, 0),
    qg.kernels.flip_matrix: abs,
    qg.kernels.displace_matrix: lambda values: values - min(values.min(), 0),
    qg.kernels.closest_psd_matrix: lambda values: np.maximum(values, 0),
}


@pytest.mark.parametrize("function", CHANGES)
@given(size=st.integers(1, 6), seed=st.integers(0, 999))
def test_eigenvalues_change_and_eigenvectors_stay(function, size, seed):
    matrix = symmetric(size, seed)
    values, vectors = np.linalg.eigh(matrix)

    found = function(matrix)

    np.testing.assert_allclose(found, (vectors * CHANGES[function](values)) @ vectors.T, atol=1e-10)


@pytest.mark.parametrize("function", CHANGES)
def test_a_positive_matrix_stays_the_same(function):
    matrix = np.array([[2, 1], [1, 2]])

    assert function(matrix) is matrix


@pytest.mark.parametrize(("size", "seed"), [(2, 0), (5, 1), (12, 2)])
def test_the_nearest_matrix_with_diagonal_one_is_that_of_alternating_projections(size, seed):
    matrix = symmetric(size, seed) / 2

    found = qg.kernels.closest_psd_matrix(matrix, fix_diagonal=True)

    np.testing.assert_allclose(np.diag(found), 1.0, atol=1e-12)
    assert np.linalg.eigvalsh(found)[0] > -1e-10
    nearest = alternating_projections(matrix)
    assert np.linalg.norm(found - matrix) <= np.linalg.norm(nearest - matrix) + 1e-6


def alternating_projections(matrix):
    """Return the nearest correlation matrix by Higham's method (IMA J. Numer. Anal. 22, 329)."""
    correction, found = np.zeros_like(matrix), matrix
    for _ in range(3000):
        shifted = found - correction
        values, vectors = np.linalg.eigh(shifted)
        positive = (vectors * values.clip(min=0)) @ vectors.T
        correction = positive - shifted
        found = positive - np.diag(np.diag(positive)) + np.eye(len(matrix))
    return found


@pytest.mark.parametrize("function", CHANGES)
@pytest.mark.parametrize("given", [3, "text", np.eye(3)[:2], [[np.nan]], [[1j]], [[1, 2], [3]]])
def test_what_is_no_matrix_is_refused(function, given):
    with pytest.raises(InvalidParameters, match="square matrix"):
        function(given)


def test_a_matrix_out_of_scale_has_no_nearest_matrix_with_a_diagonal_of_1():
    matrix = 1e12 * np.array([[1.0, 2.0, -3.0], [2.0, -1.0, 4.0], [-3.0, 4.0, 2.0]])

    with pytest.raises(OptimizationError, match=r"L-BFGS-B ended with .*Give a matrix whose"):
        qg.kernels.closest_psd_matrix(matrix, fix_diagonal=True)


@pytest.mark.parametrize("function", CHANGES)
def test_a_matrix_in_half_precision_is_corrected(function):
    found = function(np.array([[1.0, 2.0], [2.0, 1.0]], dtype=np.float16))

    assert np.linalg.eigvalsh(found)[0] > -1e-12
