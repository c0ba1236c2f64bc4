"""Errors for Clifford circuits that are too wide name devices that can run them."""

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import TooManyWires, TooMuchMemory
from qgate.execution.clifford_advice import CLIFFORD, is_clifford
from qgate.operations.gate import GATES
from qgate.operations.symbolic import Adjoint
from qgate.tape import Tape

PAULIS = [np.eye(2), np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])]


def words(wires):
    found = [np.eye(1)]
    for _ in range(wires):
        found = [np.kron(word, pauli) for word in found for pauli in PAULIS]
    return found


def gate(name):
    if name.startswith("Adjoint("):
        return Adjoint(GATES[name[8:-1]](0))
    if name in ("Barrier", "Identity"):
        return GATES[name]([0, 1])
    return GATES[name](wires=range(GATES[name].num_wires))


@pytest.mark.parametrize("name", sorted(CLIFFORD - {"GlobalPhase"}))
def test_each_of_them_maps_pauli_words_to_pauli_words(name):
    matrix = gate(name).matrix()
    group = words(len(gate(name).wires))

    for word in group:
        image = matrix @ word @ matrix.conj().T
        overlaps = [abs(np.trace(other.conj().T @ image)) / len(matrix) for other in group]
        assert np.isclose(max(overlaps), 1)


def test_other_gates_are_not_among_them():
    assert is_clifford(Tape([qg.H(0), qg.CNOT([0, 1])], []).structure)
    assert not is_clifford(Tape([qg.H(0), qg.T(0)], []).structure)
    assert not is_clifford(Tape([qg.RX(0.1, 0)], []).structure)


def chain(device, wires, *, turned=False):
    @qg.qnode(device)
    def circuit():
        qg.H(0)
        for wire in range(wires - 1):
            qg.CNOT([wire, wire + 1])
        if turned:
            qg.RX(0.1, 0)
        return qg.expval(qg.Z(0) @ qg.Z(wires - 1))

    return circuit


@pytest.mark.parametrize("name", ["local", "qiskit:aer?shots=100", "braket:local?shots=100"])
def test_a_wide_clifford_circuit_is_told_where_it_runs(name):
    with pytest.raises(TooManyWires, match=r"qiskit:aer\?method=stabilizer"):
        chain(qg.device(name), 50)()


def test_a_clifford_circuit_that_takes_too_much_memory_is_told_where_it_runs():
    with pytest.raises(TooMuchMemory, match=r"qiskit:aer\?method=stabilizer"):
        chain(qg.device("local", memory_gib=0.001), 24)()


@pytest.mark.parametrize(("device", "wires"), [("local", 50), ("local?memory_gib=0.001", 24)])
def test_other_circuits_are_told_nothing_that_does_not_help(device, wires):
    with pytest.raises((TooManyWires, TooMuchMemory)) as refused:
        chain(qg.device(device), wires, turned=True)()

    assert "stabilizer" not in str(refused.value)


@pytest.mark.parametrize("shots", [None, 50])
def test_what_is_advised_runs(shots):
    pytest.importorskip("qiskit_aer")
    device = qg.device("qiskit:aer?method=stabilizer", wires=50, shots=shots)

    assert float(chain(device, 50)()) == 1.0
