"""Entropies and their derivatives against eigenvalues, closed forms and differences."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import qgate as qg
from qgate.transforms.density import derived, entropy, partial_traces

SEEDS = st.integers(0, 10**6)


def hermitian(seed, size):
    entries = np.random.default_rng(seed).normal(size=(2, size, size))
    matrix = entries[0] + 1j * entries[1]
    return (matrix + matrix.conj().T) / 2


def state(seed, size, rank=None):
    """A random density matrix of some rank."""
    factor = hermitian(seed, size)[:, : rank or size]
    rho = factor @ factor.conj().T
    return rho / np.trace(rho).real


def rotation(seed, size, t):
    """exp(i t H), in autograd's functions, by its series."""
    generator = 1j * t * hermitian(seed, size)
    power = total = anp.eye(size) + 0j * t
    for order in range(1, 25):
        power = anp.matmul(power, generator) / order
        total = total + power
    return total


def by_eigenvalues(rho):
    values = np.linalg.eigvalsh(rho)
    values = values[values > 1e-13]
    return -np.sum(values * np.log(values))


@given(seed=SEEDS, base=st.sampled_from([None, 2, 10]))
def test_an_entropy_is_that_of_the_eigenvalues(seed, base):
    rho = np.stack([state(seed, 4), state(seed + 1, 4, rank=2)])

    found = entropy(rho, base)

    expected = [by_eigenvalues(each) / np.log(base or np.e) for each in rho]
    assert_allclose(found, expected, atol=1e-12)


@given(seed=SEEDS)
@settings(max_examples=20)
def test_derivatives_to_the_fifth_order_are_those_of_a_closed_form(seed):
    start, change = state(seed, 2), np.diag([1.0, -1.0]) / 10

    def path(t):
        return entropy(start + t * change, None, anp)

    def closed(t):  # of one qubit, from the length of its Bloch vector
        x, y = 2 * start[0, 1].real, 2 * start[0, 1].imag
        z = (start[0, 0] - start[1, 1]).real + t / 5
        length = anp.sqrt(x**2 + y**2 + z**2)
        chances = (1 + length) / 2, (1 - length) / 2
        return -sum(chance * anp.log(chance) for chance in chances)

    for _ in range(5):
        path, closed = autograd.grad(path), autograd.grad(closed)
        assert path(0.0) == pytest.approx(closed(0.0), rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("spectrum", [[0.25] * 4, [0.5, 0.5, 0, 0], [0.4, 0.4, 0.1, 0.1]])
def test_equal_eigenvalues_do_no_harm(spectrum):
    """rho(t) keeps its rank: a part of it is rotated, and the weights of the rest change."""
    weights = np.array(spectrum)
    moved = np.where(weights > 0, [0.3, -0.1, -0.2, 0.0], 0.0)
    moved = np.where(weights > 0, moved - moved.sum() / np.count_nonzero(weights), 0.0)

    def turned(t):
        unitary = rotation(3, 4, t)
        rho = anp.dot(unitary * (weights + t * moved), anp.conj(unitary.T))
        return entropy(rho, None, anp)

    def expected(t):
        chances = weights[weights > 0] + t * moved[weights > 0]
        return -anp.sum(chances * anp.log(chances))

    assert autograd.grad(turned)(0.0) == pytest.approx(autograd.grad(expected)(0.0), abs=1e-9)
    second = autograd.grad(autograd.grad(turned))(0.0)
    assert second == pytest.approx(autograd.grad(autograd.grad(expected))(0.0), abs=1e-7)


def test_a_pure_state_that_stays_pure_has_no_derivatives():
    def pure(t):
        psi = rotation(5, 4, t)[:, 0]
        return entropy(psi[:, None] * anp.conj(psi)[None, :], None, anp)

    first, second = autograd.grad(pure), autograd.grad(autograd.grad(pure))

    assert first(0.0) == pytest.approx(0.0, abs=1e-10)
    assert second(0.0) == pytest.approx(0.0, abs=1e-8)


def test_eigenvalues_that_noise_made_negative_count_as_zero():
    rho = np.diag([0.7, 0.35, -0.05]).astype(complex)

    def scaled(t):
        return entropy(rho * t, None, anp)

    assert entropy(rho) == pytest.approx(-sum(p * np.log(p) for p in (0.7, 0.35)))
    slope = -sum(p * (1 + np.log(p)) for p in (0.7, 0.35))
    assert autograd.grad(scaled)(1.0) == pytest.approx(slope)
    assert np.isfinite(autograd.grad(autograd.grad(scaled))(1.0))


@given(seed=SEEDS)
def test_partial_traces_of_a_product_are_its_factors(seed):
    left, right = state(seed, 4), state(seed + 1, 2)

    one, other = partial_traces(np.stack([np.kron(left, right)] * 2), 2)

    assert_allclose(one, [left] * 2, atol=1e-12)
    assert_allclose(other, [right] * 2, atol=1e-12)


def test_what_is_derived_from_a_bell_pair():
    bell = np.array([1, 0, 0, 1]) / np.sqrt(2)
    rho = np.outer(bell, bell) + 0j

    found = {
        "mutual_info": derived(qg.mutual_info(0, 1, log_base=2), rho, np),
        "vn_entropy": derived(qg.vn_entropy([0, 1]), rho, np),
        "purity": derived(qg.purity([0, 1]), rho, np),
    }

    assert found == pytest.approx({"mutual_info": 2.0, "vn_entropy": 0.0, "purity": 1.0}, abs=1e-12)
    assert derived(qg.density_matrix([0, 1]), rho, np) is rho
