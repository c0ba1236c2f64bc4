"""Special unitaries against matrix exponentials."""

from __future__ import annotations

from functools import reduce
from itertools import product

import numpy as np
import pytest
import scipy.linalg

import qgate as qg
from qgate.exceptions import InvalidParameters, TooLarge

PAULIS = [np.eye(2), [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], np.diag([1, -1])]
ANGLES = np.random.default_rng(4).normal(size=15)


def words(n):
    return np.array([reduce(np.kron, letters) for letters in product(PAULIS, repeat=n)][1:])


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_matrix_is_the_exponential_of_all_words(n):
    angles = np.random.default_rng(n).normal(size=4**n - 1)
    expected = scipy.linalg.expm(1j * np.tensordot(angles, words(n), 1))

    np.testing.assert_allclose(qg.SpecialUnitary(angles, range(n)).matrix(), expected, atol=1e-12)
    np.testing.assert_allclose(qg.SpecialUnitary.compute_matrix(angles, n), expected, atol=1e-12)


def test_a_batch_is_a_batch_of_matrices():
    batch = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])

    gate = qg.SpecialUnitary(batch, wires=0)

    single = [qg.SpecialUnitary(angles, wires=0).matrix() for angles in batch]
    assert gate.batch_size == 2
    np.testing.assert_allclose(gate.matrix(), single, atol=1e-12)


def test_the_adjoint_has_the_opposite_angles():
    gate = qg.SpecialUnitary(ANGLES, wires=[0, 1])

    assert gate.adjoint() == qg.SpecialUnitary(-ANGLES, wires=[0, 1])
    np.testing.assert_allclose(gate.adjoint().matrix() @ gate.matrix(), np.eye(4), atol=1e-12)


def test_a_circuit_holds_its_matrix():
    tape = qg.tape.QuantumScript([qg.SpecialUnitary([0.1, 0.2, 0.3], wires=0)])

    assert [gate.name for gate in tape.operations] == ["QubitUnitary"]


def test_generators_are_logarithmic_derivatives():
    gate, step = qg.SpecialUnitary(ANGLES, wires=[0, 1]), 1e-6
    moved = [
        qg.SpecialUnitary(ANGLES + sign * step * row, wires=[0, 1]).matrix()
        for row in np.eye(15)
        for sign in (1, -1)
    ]
    expected = [
        gate.matrix().conj().T @ (moved[2 * k] - moved[2 * k + 1]) / (2 * step) for k in range(15)
    ]

    generators = gate.get_one_parameter_generators("autograd")

    np.testing.assert_allclose(generators, expected, atol=1e-8)
    coefficients = gate.get_one_parameter_coeffs("autograd")
    np.testing.assert_allclose(np.tensordot(coefficients.T, words(2), 1), generators, atol=1e-12)


@pytest.mark.parametrize("wrap", [lambda gate: gate, qg.adjoint, lambda gate: qg.ctrl(gate, 2)])
@pytest.mark.parametrize("method", ["parameter-shift", "adjoint", "backprop"])
def test_derivatives_by_the_angles(method, wrap):
    @qg.qnode(qg.device("local"), diff_method=method)
    def value(angles):
        qg.H(0)
        qg.RY(0.4, wires=2)
        wrap(qg.SpecialUnitary(angles, wires=[0, 1]))
        return qg.expval(qg.Z(0) @ qg.X(1) + 0.5 * qg.X(2))

    direction, step = np.random.default_rng(6).normal(size=15), 1e-5
    ends = [value(ANGLES + sign * step * direction) for sign in (1, -1)]

    slope = qg.grad(value)(qg.numpy.array(ANGLES)) @ direction
    assert slope == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-8)


def test_second_derivatives_by_shifts_are_those_of_backprop():
    def value(angles):
        qg.H(0)
        qg.SpecialUnitary(angles, wires=0)
        return qg.expval(qg.Y(0))

    def hessian(method):
        node = qg.QNode(value, qg.device("local"), diff_method=method)
        return qg.jacobian(qg.grad(node))(qg.numpy.array([0.3, -0.5, 0.9]))

    np.testing.assert_allclose(hessian("parameter-shift"), hessian("backprop"), atol=1e-10)


@pytest.mark.parametrize("theta", [0.1, [0.1, 0.2], np.ones((2, 2, 3)), ["a"] * 3])
def test_angles_of_another_shape_are_refused(theta):
    with pytest.raises(InvalidParameters):
        qg.SpecialUnitary(theta, wires=0)


def test_generators_that_are_not_known_are_refused():
    with pytest.raises(InvalidParameters, match="batch"):
        qg.SpecialUnitary(np.ones((2, 3)), 0).get_one_parameter_generators()
    with pytest.raises(InvalidParameters, match="interface"):
        qg.SpecialUnitary(np.ones(3), 0).get_one_parameter_coeffs("pandas")
    with pytest.raises(TooLarge, match="Use fewer wires"):
        qg.SpecialUnitary(np.ones(4**6 - 1), range(6)).get_one_parameter_generators()


def test_the_words_of_the_angles_have_names_and_matrices():
    special_unitary = qg.ops.qubit.special_unitary

    assert special_unitary.pauli_basis_strings(2)[:5] == ["IX", "IY", "IZ", "XI", "XX"]
    np.testing.assert_array_equal(special_unitary.pauli_basis_matrices(2), words(2))
    with pytest.raises(InvalidParameters, match="at least 1"):
        special_unitary.pauli_basis_matrices(0)
