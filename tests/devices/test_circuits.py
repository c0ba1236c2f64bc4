"""Circuits in the place of a quantum function."""

import pickle

import numpy as np
import pytest
from braket.circuits import Circuit
from qiskit import QuantumCircuit, qpy

import qgate as qg
from qgate.exceptions import NotACircuit

BELL = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; creg c[2]; h q[0]; cx q[0], q[1];'


def circuits(folder):
    qiskit = QuantumCircuit(2)
    qiskit.h(0)
    qiskit.cx(0, 1)
    with (folder / "bell.qpy").open("wb") as file:
        qpy.dump(qiskit, file)
    (folder / "bell.qasm").write_text(BELL)
    files = [folder / "bell.qasm", str(folder / "bell.qasm"), folder / "bell.qpy"]
    return [qiskit, Circuit().h(0).cnot(0, 1), BELL, qg.from_qasm(BELL), *files]


def test_a_circuit_without_measurements_returns_probabilities_or_counts(tmp_path):
    for circuit in circuits(tmp_path):
        node = qg.QNode(circuit, "local")

        np.testing.assert_allclose(node(), [0.5, 0, 0, 0.5], atol=1e-12)
        assert set(node(shots=20)) <= {"00", "11"}
        np.testing.assert_allclose(node(observable=qg.X(0) @ qg.X(1)), 1)
        np.testing.assert_allclose(node(measurements=[qg.expval(qg.Z(0))])[0], 0, atol=1e-12)


def test_what_a_circuit_measures_is_what_it_returns():
    node = qg.QNode(BELL + "x q[1]; measure q[1] -> c[0]; measure q[0] -> c[1];", "local")
    again = qg.QNode(BELL + "measure q[0] -> c[0]; h q[0]; measure q[1] -> c[1];", "local")

    assert set(node(shots=20)) <= {"01", "10"}
    np.testing.assert_allclose(again(), [0.5, 0, 0, 0.5], atol=1e-12)


def test_outcomes_are_values_inside_of_a_quantum_function():
    @qg.qnode("local")
    def circuit():
        first, second = qg.from_qasm(BELL + "measure q -> c;")()
        qg.cond(first, qg.X)(1)
        return qg.expval(second), qg.expval(qg.Z(1))

    np.testing.assert_allclose(circuit(), [0.5, 1.0], atol=1e-12)


def test_a_bound_circuit_can_be_pickled_and_moved():
    node = pickle.loads(pickle.dumps(qg.QNode(BELL, "local"))).update(device="qiskit:aer")

    assert set(node(shots=20)) <= {"00", "11"}


@pytest.mark.parametrize("given", [None, 3, "absent.qasm", "absent.qpy"])
def test_anything_else_is_refused(given):
    with pytest.raises(NotACircuit):
        qg.QNode(given, "local")
