"""Gates that are given as matrices, and preparations of states, against those matrices."""

from functools import reduce

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import unitary_group

import qgate as qg
from qgate.exceptions import InvalidParameters
from qgate.operations.matrices import embed
from qgate.operations.operator import ParameterKind
from qgate.operations.state_preparation import mottonen_gates

SEEDS = st.integers(0, 2**31)
NATIVE = {"RX", "RY", "RZ", "CNOT", "GlobalPhase"}


def product(operations, wires):
    matrices = [embed(op.matrix(), op.wires, wires) for op in operations]
    return reduce(lambda done, matrix: matrix @ done, matrices, np.eye(2 ** len(wires)))


def random_unitary(n, seed):
    phase = np.exp(2j * np.pi * np.random.default_rng(seed).random())
    return phase * (unitary_group.rvs(2**n, random_state=seed) if n else np.eye(1))


def random_states(shape, seed):
    amplitudes = np.random.default_rng(seed).normal(size=(*shape, 2)) @ [1, 1j]
    return amplitudes / np.linalg.norm(amplitudes, axis=-1, keepdims=True)


@settings(max_examples=20)
@given(n=st.integers(0, 4), seed=SEEDS)
def test_unitaries_decompose_exactly(n, seed):
    unitary = random_unitary(n, seed)
    gate = qg.QubitUnitary(unitary, wires=range(n))

    parts = gate.decomposition()

    assert {part.name for part in parts} <= NATIVE
    assert_allclose(product(parts, gate.wires), unitary, atol=1e-9)


@pytest.mark.parametrize(
    "unitary",
    [
        np.eye(4),
        np.diag([1, 1, 1, -1]),
        np.eye(8)[[3, 1, 2, 0, 7, 6, 4, 5]],
        np.kron([[0, 1], [1, 0]], [[0, -1j], [1j, 0]]),
        np.diag([1, 1j]),
        np.array([[0, 1], [1, 0]]),
        np.array([[0, -1j], [1j, 0]]),
    ],
)
def test_unitaries_with_equal_eigenvalues_decompose_exactly(unitary):
    gate = qg.QubitUnitary(unitary, wires=range(len(unitary).bit_length() - 1))

    assert_allclose(product(gate.decomposition(), gate.wires), unitary, atol=1e-9)


def test_two_wires_take_six_cnots_and_three_wires_thirty_six():
    counts = [
        sum(
            part.name == "CNOT"
            for part in qg.QubitUnitary(random_unitary(n, 1), range(n)).decomposition()
        )
        for n in (1, 2, 3)
    ]

    assert counts == [0, 6, 36]


@pytest.mark.parametrize("n", [1, 2])
def test_a_batch_of_unitaries_is_a_batch_of_angles(n):
    unitaries = np.stack([random_unitary(n, seed) for seed in range(3)])
    gate = qg.QubitUnitary(unitaries, wires=range(n))

    parts = gate.decomposition()

    assert gate.batch_size == 3
    assert_allclose(product(parts, gate.wires), unitaries, atol=1e-9)


def test_the_adjoint_and_powers_of_a_unitary():
    unitary = random_unitary(2, 4)
    gate = qg.QubitUnitary(unitary, wires=["a", "b"])

    assert_allclose(gate.adjoint().matrix(), unitary.conj().T)
    assert_allclose((gate**3).matrix(), np.linalg.matrix_power(unitary, 3))
    root = gate**0.5
    parts = [part for each in root.decomposition() for part in each.decomposition()]
    assert_allclose(np.linalg.matrix_power(product(parts, gate.wires), 2), unitary, atol=1e-9)


def test_unitaries_are_arrays_compared_by_content():
    gate = qg.QubitUnitary([[1, 0], [0, 1j]], 0)

    assert gate.parameter_kinds == (ParameterKind.ARRAY,)
    assert gate == qg.QubitUnitary(np.diag([1, 1j]), 0)
    assert gate != qg.QubitUnitary(np.diag([1, -1j]), 0)
    assert gate.signature == qg.QubitUnitary(np.eye(2), 0).signature


@given(n=st.integers(1, 4), seed=SEEDS)
@settings(max_examples=20)
def test_diagonal_unitaries_decompose_exactly(n, seed):
    diagonal = np.exp(1j * np.random.default_rng(seed).uniform(-4, 4, size=2**n))
    gate = qg.DiagonalQubitUnitary(diagonal, wires=range(n))

    assert_allclose(gate.matrix(), np.diag(diagonal))
    assert_allclose(gate.canonical_diagonal(gate.parameters, np), diagonal)
    assert_allclose(product(gate.decomposition(), gate.wires), np.diag(diagonal), atol=1e-10)
    assert_allclose(gate.adjoint().matrix(), np.diag(diagonal.conj()))


@settings(max_examples=20)
@given(n=st.integers(0, 4), seed=SEEDS, batch=st.sampled_from([(), (3,)]))
def test_states_are_prepared_exactly(n, seed, batch):
    states = random_states((*batch, 2**n), seed)
    preparation = qg.StatePrep(states, wires=range(n))

    parts = preparation.decomposition()

    assert {part.name for part in parts} <= NATIVE
    assert_allclose(product(parts, preparation.wires)[..., 0], states, atol=1e-10)


@pytest.mark.parametrize("index", range(8))
def test_sparse_states_are_prepared_exactly(index):
    state = np.zeros(8)
    state[index], state[3] = 0.6, -0.8 if index != 3 else 1

    parts = mottonen_gates(state / np.linalg.norm(state), range(3))

    prepared = product(parts, qg.I(range(3)).wires)[:, 0]
    assert_allclose(prepared, state / np.linalg.norm(state), atol=1e-10)


def test_positive_states_take_half_the_gates():
    state = np.full(16, 0.25)
    complex_state = state * np.exp(1j * np.arange(16) ** 2)

    counts = [
        sum(part.name == "CNOT" for part in mottonen_gates(vector, range(4)))
        for vector in (np.sqrt(np.arange(16) / 120), complex_state)
    ]

    assert counts[0] == 14
    assert counts[1] <= 28


def test_short_states_are_padded_and_long_ones_normalized():
    padded = qg.StatePrep([0.6, 0.8], wires=[0, 1], pad_with=0)
    normalized = qg.StatePrep(np.array([[3.0, 4.0], [1.0, 0.0]]), wires=0, normalize=True)

    assert_allclose(padded.state_vector(), [[0.6, 0.8], [0, 0]])
    assert_allclose(normalized.state_vector(), [[0.6, 0.8], [1, 0]])


def test_padding_and_normalizing_are_differentiable():
    def amplitude(values):
        preparation = qg.StatePrep(values, wires=[0, 1], pad_with=1.0, normalize=True)
        return anp.sum(preparation.state_vector().reshape(-1) * np.array([1.0, 2.0, 3.0, 4.0]))

    values, step = np.array([0.3, 0.5]), 1e-6
    differences = [
        (amplitude(values + step * unit) - amplitude(values - step * unit)) / (2 * step)
        for unit in np.eye(2)
    ]

    assert_allclose(autograd.grad(amplitude)(values), differences, atol=1e-8)


@pytest.mark.parametrize("state", [[1, 0, 1], 5, np.array([1, 0, 1])])
def test_basis_states_flip_what_is_one(state):
    preparation = qg.BasisState(state, wires=["a", "b", "c"])

    assert preparation.decomposition() == [qg.X("a"), qg.X("c")]
    assert_allclose(preparation.state_vector().ravel(), np.eye(8)[5])
    assert preparation == qg.BasisState([1, 0, 1], wires=["a", "b", "c"])


def test_both_spellings_of_state_preparation_are_one():
    assert qg.QubitStateVector is qg.StatePrep


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: qg.QubitUnitary(np.eye(4), 0), r"\(2, 2\)"),
        (lambda: qg.QubitUnitary(np.ones((2, 2)), 0), "not unitary"),
        (lambda: qg.DiagonalQubitUnitary([1, 1, 1], [0, 1]), r"\(4,\)"),
        (lambda: qg.DiagonalQubitUnitary([1, 2], 0), "modulus 2"),
        (lambda: qg.StatePrep([1, 0, 0], [0, 1]), r"\(4,\)"),
        (lambda: qg.StatePrep([1, 1], 0), "norm 1.41421"),
        (lambda: qg.BasisState([1, 2], [0, 1]), "2 bits"),
        (lambda: qg.BasisState([1], [0, 1]), "2 bits"),
        (lambda: qg.BasisState(4, [0, 1]), "below 4"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(call, message):
    with pytest.raises(InvalidParameters, match=message):
        call()


def test_checks_can_be_left_out():
    assert qg.QubitUnitary(np.ones((2, 2)), 0, unitary_check=False).num_params == 1
    assert qg.StatePrep([1, 1], 0, validate_norm=False).num_params == 1
