"""Density matrices from expectation values of Pauli words, against traces of dense matrices."""

from functools import reduce

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import TooManyMeasuredWires
from qgate.transforms.tomography import MOST_WIRES, density_matrix, from_means, words_of
from qgate.wires import Wires

LETTERS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}
SHOTS, COPIES = 4000, 25


def state(seed, size):
    entries = np.random.default_rng(seed).normal(size=(2, size, size))
    factor = entries[0] + 1j * entries[1]
    rho = factor @ factor.conj().T
    return rho / np.trace(rho).real


def means_of(rho, words):
    matrices = (reduce(np.kron, (LETTERS[letter] for letter in word)) for word in words)
    return np.array([np.trace(matrix @ rho).real for matrix in matrices])


@pytest.mark.parametrize("count", [1, 2, 3])
@given(seed=st.integers(0, 10**6))
def test_means_of_all_words_give_the_density_matrix(count, seed):
    words = words_of(qg.purity(0), Wires(range(count))).observable.words
    states = [state(seed + row, 2**count) for row in range(2)]

    found = density_matrix(np.stack([means_of(rho, words) for rho in states]))

    assert_allclose(found, states, atol=1e-12)


def test_what_follows_from_the_density_matrix_follows_from_the_means():
    rho = state(3, 4)
    words = words_of(qg.purity(0), Wires([0, 1])).observable.words

    found = from_means(qg.purity([0, 1]), means_of(rho, words))

    assert found == pytest.approx(np.trace(rho @ rho).real)


def test_more_wires_than_are_read_are_refused():
    wires = Wires(range(MOST_WIRES + 1))

    with pytest.raises(TooManyMeasuredWires, match="vn_entropy of 7 wires"):
        words_of(qg.vn_entropy(wires), wires)


# From shots -------------------------------------------------------------------------------

RETURNS = {
    "density_matrix": lambda: qg.density_matrix([1, 0]),
    "vn_entropy": lambda: qg.vn_entropy([0], log_base=2),
    "mutual_info": lambda: qg.mutual_info([0], [2]),
    "purity": lambda: qg.purity([2, 0]),
}


def circuit(returned, device, shots):
    @qg.qnode(device, shots=shots)
    def function(x):
        for wire in range(3):
            qg.RY(0.7 + wire, wire)
        for wire in range(3):
            qg.CRX(1.1, [wire, (wire + 1) % 3])
        qg.RX(x, 0)
        qg.IsingZZ(x, [0, 2])
        for wire in range(3):  # mixed, so that noise makes no eigenvalue negative
            qg.RY(1.2, wire + 3)
            qg.CRY(2.0, [wire + 3, wire])
        return RETURNS[returned]()

    return function


def assert_near(copies, true, bias):
    """Compare the mean of the copies; nonlinear results are biased by the variance of means."""
    values = np.array(copies)
    spread = values.real.std(axis=0) + values.imag.std(axis=0)
    error = np.abs(values.mean(axis=0) - true)
    assert (error < 5 * spread / np.sqrt(len(copies)) + bias).all()


@pytest.mark.parametrize("returned", RETURNS)
def test_values_from_shots_are_near_the_exact_ones(returned):
    x = qnp.array(0.4, requires_grad=False)

    copies = circuit(returned, qg.device("local", seed=5), ((SHOTS, COPIES),))(x)

    true = circuit(returned, "local", None)(x)
    assert len(copies) == COPIES
    assert_near(copies, true, 0.0 if returned == "density_matrix" else 20 / SHOTS)


@pytest.mark.parametrize("returned", RETURNS)
def test_gradients_from_shots_are_near_the_exact_ones(returned):
    x = qnp.array(0.4, requires_grad=True)
    sampled = circuit(returned, qg.device("local", seed=6), ((SHOTS, COPIES),))

    copies = qg.jacobian(lambda x: qnp.stack(list(sampled(x))))(x)

    true = qg.jacobian(circuit(returned, "local", None))(x)
    assert_near(copies, true, 0.0 if returned == "density_matrix" else 60 / SHOTS)


def test_aer_reads_a_density_matrix_and_its_derivative():
    x = qnp.array(0.4, requires_grad=True)
    sampled = circuit("density_matrix", "qiskit:aer?seed=7", SHOTS)

    derivative = qg.jacobian(sampled)
    found = derivative(x)

    exact = qg.jacobian(circuit("density_matrix", "local", None))
    assert_allclose(found, exact(x), atol=5 * 2 / np.sqrt(SHOTS))
    assert_allclose(derivative.forward, exact.forward, atol=5 / np.sqrt(SHOTS))


@pytest.mark.parametrize("returned", RETURNS)
def test_probabilities_of_an_exact_simulator_are_enough(returned):
    x = qnp.array(0.4, requires_grad=True)

    derivative = qg.jacobian(circuit(returned, "qiskit:aer", None))

    exact = qg.jacobian(circuit(returned, "local", None))
    assert_allclose(derivative(x), exact(x), atol=1e-10)
    assert_allclose(derivative.forward, exact.forward, atol=1e-10)


def test_rows_of_a_broadcast_are_read_one_by_one():
    x = np.array([0.1, 0.8])

    found = circuit("purity", qg.device("local", seed=8), 20000)(x)

    assert_allclose(found, circuit("purity", "local", None)(x), atol=5 * 4 / np.sqrt(20000))


# A state from shots -----------------------------------------------------------------------


def pure(device="local", shots=None, method="best"):
    @qg.qnode(device, shots=shots, diff_method=method)
    def function(x):
        qg.RY(0.7, 0)
        qg.RX(x, 1)
        qg.CRY(1.1 * x, [1, 0])
        qg.CRX(x, [0, 1])
        qg.RZ(0.8, 0)
        return qg.state()

    return function


def likeliest_positive(x):
    """The exact state with the phase convention of a state from shots."""
    amplitudes = pure()(x)
    largest = amplitudes[np.argmax(np.abs(amplitudes))]
    return amplitudes * np.conj(largest) / np.abs(largest)


def slope(x, step=1e-5):
    return (likeliest_positive(x + step) - likeliest_positive(x - step)) / (2 * step)


@pytest.mark.parametrize("device", ["local?seed=5", "qiskit:aer?seed=5"])
def test_a_state_from_shots_is_near_the_exact_one(device):
    found = pure(device, SHOTS)(0.4)

    assert np.linalg.norm(found) == pytest.approx(1.0)
    assert_allclose(found, likeliest_positive(0.4), atol=5 / np.sqrt(SHOTS))


@pytest.mark.parametrize("method", ["parameter-shift", "hadamard", "adjoint"])
@pytest.mark.filterwarnings("ignore:The values are from shots")
def test_derivatives_of_a_state_from_shots_are_near_the_exact_ones(method):
    x = qnp.array(0.4, requires_grad=True)

    found = qg.jacobian(pure("local?seed=6", SHOTS, method))(x)

    assert_allclose(found, slope(0.4), atol=5 * 2 / np.sqrt(SHOTS))


def test_rows_of_states_from_shots_have_phases_of_their_own():
    x = np.array([0.1, 2.9])

    found = pure("local?seed=9", SHOTS)(x)

    exact = [likeliest_positive(each) for each in x]
    assert len(set(np.argmax(np.abs(exact), axis=1))) == 2
    assert_allclose(found, exact, atol=5 / np.sqrt(SHOTS))


def test_a_state_within_a_budget_is_near_the_exact_one():
    found = pure("local?seed=10", qg.Budget(shots=9 * SHOTS))(0.4)

    assert_allclose(found, likeliest_positive(0.4), atol=5 / np.sqrt(SHOTS))
