"""The nearest pure state and its derivatives against eigenvectors and differences."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from qgate.transforms.pure_states import nearest_state


def hermitian(seed):
    entries = np.random.default_rng(seed).normal(size=(2, 4, 4))
    matrix = entries[0] + 1j * entries[1]
    return (matrix + matrix.conj().T) / 2


def positive_at_largest(vector):
    largest = vector[np.argmax(np.abs(vector))]
    return vector * np.conj(largest) / np.abs(largest)


@given(seed=st.integers(0, 10**6))
def test_it_is_the_eigenvector_of_the_largest_eigenvalue(seed):
    rho = np.stack([hermitian(seed), hermitian(seed + 1)])

    found = nearest_state(rho)

    expected = [positive_at_largest(np.linalg.eigh(each)[1][:, -1]) for each in rho]
    assert_allclose(found, expected, atol=1e-10)


@pytest.mark.parametrize("start", ["mixed", "pure"])
def test_derivatives_of_any_order_are_those_of_the_eigenvector(start):
    """Of a pure state all other eigenvalues are equal."""
    vector = np.array([0.8, 0.4j, 0.3, -0.1])
    weights = np.outer(vector, vector.conj()) + (0.1 * hermitian(3) if start == "mixed" else 0)
    change = 0.05 * hermitian(4)

    def part(t, entry=1, number=anp.imag):
        return number(nearest_state(weights + t * change, anp)[entry])

    def sampled(points):
        return np.array([nearest_state(weights + t * change)[1].imag for t in points])

    # complex-step derivatives do not apply, because states are conjugated
    points = 0.25 * np.cos(np.pi * (np.arange(24) + 0.5) / 24)
    exact = np.polynomial.Chebyshev.fit(points, sampled(points), 23, domain=[-0.25, 0.25])
    slope = part
    for order in range(1, 5):
        slope = autograd.grad(slope)
        assert slope(0.0) == pytest.approx(exact.deriv(order)(0.0), rel=1e-5, abs=1e-8)
