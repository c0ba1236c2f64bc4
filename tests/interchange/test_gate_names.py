"""Names of gates mean what they mean in Qiskit and in Braket, phases included."""

import numpy as np
import pytest
from braket.circuits import Circuit
from qiskit import qasm2, qasm3
from qiskit.circuit import library
from qiskit.quantum_info import Operator

import qgate as qg
from qgate.interchange.gate_names import BRAKET, GATE_NAMES, QISKIT, STANDARD

ANGLES = (0.4, 1.3, -0.8, 0.6)

LIBRARY = {
    "ryy": library.RYYGate,
    "rzx": library.RZXGate,
    "rcccx": library.RC3XGate,
    "cs": library.CSGate,
    "csdg": library.CSdgGate,
    "ccz": library.CCZGate,
    "r": library.RGate,
    "dcx": library.DCXGate,
}
"""Gates that are in no library of OpenQASM."""


def call(name, qubits):
    row = GATE_NAMES[name]
    angles = f"({', '.join(map(str, ANGLES[: row.angles]))})" if row.angles else ""
    return f"{name}{angles} {', '.join(f'q[{index}]' for index in range(qubits))};"


def ours(program, qubits):
    return np.asarray(qg.matrix(qg.from_qasm(program), wire_order=range(qubits))())


@pytest.mark.parametrize("modifier", ["", "ctrl @ "])
@pytest.mark.parametrize("name", sorted(STANDARD))
def test_standard_gates_are_those_of_qiskit(name, modifier):
    qubits = (STANDARD[name].qubits or 0) + bool(modifier)
    size = max(qubits, 1)
    program = f'OPENQASM 3.0; include "stdgates.inc"; qubit[{size}] q; '
    program += modifier + call(name, qubits)

    expected = Operator(qasm3.loads(program).reverse_bits()).data

    np.testing.assert_allclose(ours(program, size), expected, atol=1e-12)


@pytest.mark.parametrize("name", sorted(set(QISKIT) - set(LIBRARY) - {"u0"}))
def test_gates_of_the_old_library_are_those_of_qiskit(name):
    qubits = QISKIT[name].qubits
    program = f'OPENQASM 2.0; include "qelib1.inc"; qreg q[{qubits}]; {call(name, qubits)}'
    custom = qasm2.LEGACY_CUSTOM_INSTRUCTIONS

    expected = Operator(qasm2.loads(program, custom_instructions=custom).reverse_bits()).data

    np.testing.assert_allclose(ours(program, qubits), expected, atol=1e-12)


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_other_gates_are_those_of_the_same_name_in_qiskit(name):
    qubits = QISKIT[name].qubits
    gate = LIBRARY[name](*ANGLES[: QISKIT[name].angles])

    expected = Operator(gate).reverse_qargs().data

    program = f"qubit[{qubits}] q; {call(name, qubits)}"
    np.testing.assert_allclose(ours(program, qubits), expected, atol=1e-12)


@pytest.mark.parametrize("name", sorted(BRAKET))
def test_gates_of_braket_are_those_of_braket(name):
    qubits = BRAKET[name].qubits
    program = f"OPENQASM 3.0; qubit[{qubits}] q; {call(name, qubits)}"

    expected = Circuit.from_ir(program).to_unitary()

    np.testing.assert_allclose(ours(program, qubits), expected, atol=1e-12)


def test_the_idle_gate_with_a_length_is_the_identity():
    np.testing.assert_allclose(ours("qubit[1] q; u0(2) q[0];", 1), np.eye(2))
