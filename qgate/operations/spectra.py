"""Exponentials of Hermitian matrices, and frequencies from their eigenvalues."""

from __future__ import annotations

import numpy as np

from qgate.arrays import shape_of
from qgate.typing import ComplexArray, FloatArray, Namespace, Tensor

DECIMALS = 12
"""Eigenvalues of a generator that agree to this many decimals are treated as equal."""


def frequencies(eigenvalues: FloatArray) -> tuple[float, ...]:
    """Return the distinct positive differences of a generator's eigenvalues, ascending."""
    differences = np.abs(eigenvalues[:, None] - eigenvalues[None, :]).ravel()
    distinct = np.unique(np.round(differences, DECIMALS - 2))
    return tuple(float(value) for value in distinct if value > 0)


def spectrum(generator: ComplexArray) -> tuple[FloatArray, ComplexArray]:
    """Return the distinct eigenvalues of a Hermitian matrix and the projectors on their spaces.

    Shapes (m,) and (m, d, d).
    """
    values, vectors = np.linalg.eigh(generator)
    distinct, index = np.unique(np.round(values, DECIMALS), return_inverse=True)
    projectors = [
        vectors[:, index == k] @ vectors[:, index == k].conj().T for k in range(len(distinct))
    ]
    means = [values[index == k].mean() for k in range(len(distinct))]
    return np.array(means), np.round(projectors, 15)  # so that zeros are exact, not 1e-18


def exponential(
    eigenvalues: FloatArray, projectors: Tensor, angle: Tensor, xp: Namespace
) -> Tensor:
    """Return exp(i x G) from the spectrum of G; a batch of angles gives a batch of matrices."""
    phases = xp.exp(1j * (xp.reshape(angle, (-1, 1)) * eigenvalues))
    size = projectors.shape[-1]
    flat = xp.dot(phases, projectors.reshape(len(eigenvalues), size * size))
    return xp.reshape(flat, (*shape_of(angle), size, size))


def diagonal_matrix(diagonal: Tensor) -> Tensor:
    """Return the matrices with these diagonals, shape (..., d) to (..., d, d)."""
    return diagonal[..., :, None] * np.eye(diagonal.shape[-1])
