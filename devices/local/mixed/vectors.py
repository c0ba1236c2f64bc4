"""Density matrices and vectors of Pauli expectation values: one from the other."""

from __future__ import annotations

import numpy as np

from qgate.devices.local.mixed.transfer import pauli_basis
from qgate.typing import ComplexArray, FloatArray, NumericArray


def from_density_matrices(rho: ComplexArray, num_wires: int) -> FloatArray:
    """Return the expectation values of all words, from vectors of density matrices (K, 4**n)."""
    n = num_wires
    tensor = rho.reshape(-1, *(2,) * (2 * n))
    pairs = [axis for wire in range(n) for axis in (1 + wire, 1 + n + wire)]
    return np.ascontiguousarray(_digitwise(tensor.transpose(0, *pairs), pauli_basis(1), n).real)


def to_density_matrices(vectors: FloatArray, num_wires: int) -> ComplexArray:
    """Return vectors of density matrices, row index before column index: (K, 4**n) both."""
    n, inverse = num_wires, pauli_basis(1).conj().T / 2
    tensor = _digitwise(vectors, inverse, n).reshape(-1, *(2,) * (2 * n))
    rows, columns = range(1, 2 * n, 2), range(2, 2 * n + 1, 2)
    return np.ascontiguousarray(tensor.transpose(0, *rows, *columns)).reshape(-1, 4**n)


def _digitwise(array: NumericArray, matrix: ComplexArray, num_wires: int) -> ComplexArray:
    """Multiply each of n base-4 digits of (K, 4**n) numbers by a matrix."""
    found = array.reshape(-1, 4**num_wires).astype(complex)
    for digit in range(num_wires):
        parts = found.reshape(-1, 4, 4**digit)
        found = (matrix @ parts).reshape(found.shape)
    return found


def walsh_hadamard(values: FloatArray) -> FloatArray:
    """Return the sums of values with the signs (-1)**(b & z), over z: (K, 2**k) to (K, 2**k)."""
    found = np.array(values, dtype=float)
    step = 1
    while step < values.shape[-1]:
        parts = found.reshape(len(values), -1, 2, step)
        sums, differences = parts[:, :, 0] + parts[:, :, 1], parts[:, :, 0] - parts[:, :, 1]
        found = np.stack([sums, differences], axis=2).reshape(values.shape)
        step *= 2
    return found
