"""Axes, Euler angles and eigenbases of named gates."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import DecompositionUndefinedError
from qgate.operations.axes import AXES, ROT_ANGLES

ANGLES = (0.3, -0.8, 1.7)
PAULIS = {"X": qg.X(0), "Y": qg.Y(0), "Z": qg.Z(0)}


def made(name):
    gate = qg.GATES[name]
    return gate(*ANGLES[: gate.num_params], wires=range(gate.num_wires))


@pytest.mark.parametrize("name", ROT_ANGLES)
def test_the_angles_give_the_gate_up_to_a_phase(name):
    rotation = qg.Rot(*made(name).single_qubit_rot_angles(), wires=0).matrix()

    overlap = np.trace(rotation.conj().T @ made(name).matrix()) / 2
    assert abs(overlap) == pytest.approx(1)


@pytest.mark.parametrize("name", AXES)
def test_a_gate_commutes_with_its_axis(name):
    gate, axis = made(name).matrix(), PAULIS[made(name).basis].matrix()

    np.testing.assert_allclose(gate @ axis, axis @ gate, atol=1e-12)


def test_the_basis_of_a_controlled_gate_is_that_of_its_target():
    gates = [qg.CNOT([0, 1]), qg.CY([0, 1]), qg.CRZ(0.1, [0, 1]), qg.ctrl(qg.SX(0), 1)]

    assert [gate.basis for gate in gates] == ["X", "Y", "Z", "X"]
    assert qg.CH([0, 1]).basis is qg.SWAP([0, 1]).basis is None


def test_other_operators_have_no_angles():
    with pytest.raises(DecompositionUndefinedError, match="one_qubit_decomposition"):
        qg.CNOT([0, 1]).single_qubit_rot_angles()


def test_gates_with_angles_have_shift_rules():
    assert qg.RX.grad_method == qg.CRot(0.1, 0.2, 0.3, [0, 1]).grad_method == "A"
    assert qg.X.grad_method is qg.StatePrep([1, 0], 0).grad_method is None


CONTROLLED = [
    qg.CNOT([0, 1]),
    qg.CY([0, 1]),
    qg.CZ([0, 1]),
    qg.CH([0, 1]),
    qg.CCZ([0, 1, 2]),
    qg.Toffoli([0, 1, 2]),
    qg.MultiControlledX(wires=[0, 1, 2], control_values=[0, 1]),
]


@pytest.mark.parametrize("gate", CONTROLLED, ids=lambda gate: gate.name)
def test_controlled_observables_are_diagonal_in_their_eigenbasis(gate):
    to_basis = (
        qg.matrix(qg.tape.QuantumScript(gate.diagonalizing_gates()), wire_order=gate.wires)
        if gate.diagonalizing_gates()
        else np.eye(2 ** len(gate.wires))
    )

    diagonal = to_basis @ gate.matrix() @ to_basis.conj().T
    np.testing.assert_allclose(diagonal, np.diag(gate.eigvals()), atol=1e-12)


def test_eigenvectors_give_diagonalizing_gates():
    matrix = np.array([[1, 2j], [-2j, 3]])
    values, vectors = np.linalg.eigh(matrix)

    (gate,) = qg.Hermitian.compute_diagonalizing_gates(vectors, wires=[0])

    turned = gate.matrix() @ matrix @ gate.matrix().conj().T
    np.testing.assert_allclose(turned, np.diag(values), atol=1e-12)


def test_a_global_phase_has_no_gates():
    assert qg.GlobalPhase.compute_decomposition(0.3, wires=0) == []
    assert qg.GlobalPhase.compute_diagonalizing_gates(0.3, wires=0) == []
