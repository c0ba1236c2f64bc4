"""Vectors of Pauli expectation values and density matrices."""

import numpy as np
from numpy.testing import assert_allclose

from qgate.devices.local.mixed.transfer import from_density
from qgate.devices.local.mixed.vectors import (
    from_density_matrices,
    to_density_matrices,
    walsh_hadamard,
)


def random_densities(num_wires):
    random = np.random.default_rng(0)
    shape = 2, 2**num_wires, 2**num_wires
    parts = random.normal(size=shape) + 1j * random.normal(size=shape)
    return (parts @ parts.conj().swapaxes(1, 2)).reshape(2, -1)


def test_density_matrices_become_vectors_and_back():
    rho = random_densities(3)

    vectors = from_density_matrices(rho, 3)

    assert_allclose(vectors[1], from_density(rho[1].reshape(8, 8)), atol=1e-12)
    assert_allclose(to_density_matrices(vectors, 3), rho, atol=1e-12)


def test_walsh_hadamard_sums_with_signs():
    values = np.arange(8.0)[None] ** 2
    signs = (-1.0) ** np.bitwise_count(np.arange(8)[:, None] & np.arange(8))

    assert_allclose(walsh_hadamard(values)[0], signs @ values[0])
