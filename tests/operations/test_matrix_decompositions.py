"""Gates of one and of two wires from their matrices."""

import numpy as np
import pytest
from scipy.stats import unitary_group

import qgate as qg
from qgate.exceptions import InvalidParameters


def product(gates, wires):
    return qg.matrix(qg.prod(*reversed(gates)), wire_order=wires)


SPECIAL = [np.eye(2), [[0, 1], [1, 0]], [[1, 0], [0, 1j]], np.array([[1, 1], [1, -1]]) / 2**0.5]
ONE = [*SPECIAL, *unitary_group.rvs(2, size=3, random_state=1)]


@pytest.mark.parametrize("U", ONE)
@pytest.mark.parametrize("rotations", ["ZYZ", "XYX", "XZX", "ZXZ", "rot"])
def test_three_rotations_and_a_phase_make_any_gate_of_one_wire(U, rotations):
    gates = qg.ops.one_qubit_decomposition(U, "a", rotations, return_global_phase=True)

    letters = "".join(gate.name[-1] for gate in gates[:-1])
    assert letters == ("t" if rotations == "rot" else rotations)
    assert product(gates, ["a"]) == pytest.approx(np.array(U), abs=1e-9)
    assert len(qg.ops.one_qubit_decomposition(U, "a", rotations)) == len(gates) - 1


@pytest.mark.parametrize("U", [np.eye(4), *unitary_group.rvs(4, size=2, random_state=2)])
def test_a_gate_of_two_wires_is_rotations_and_cnots(U):
    gates = qg.ops.two_qubit_decomposition(U, [1, 0])

    assert {gate.name for gate in gates} <= {"RZ", "RY", "CNOT", "GlobalPhase"}
    assert product(gates, [1, 0]) == pytest.approx(U, abs=1e-9)


def test_only_the_gates_are_applied_in_a_quantum_function():
    tape = qg.tape.make_qscript(lambda: qg.ops.one_qubit_decomposition(np.eye(2), 0))()

    assert [gate.name for gate in tape.operations] == ["RZ", "RY", "RZ"]


def test_other_matrices_and_rotations_are_refused():
    with pytest.raises(InvalidParameters, match="ABC"):
        qg.ops.one_qubit_decomposition(np.eye(2), 0, "ABC")
    with pytest.raises(InvalidParameters, match="unitary"):
        qg.ops.one_qubit_decomposition(2 * np.eye(2), 0)
    with pytest.raises(InvalidParameters, match="shape"):
        qg.ops.two_qubit_decomposition(np.eye(2), 0)
