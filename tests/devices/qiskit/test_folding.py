"""Compiled circuits with repeated gates."""

from dataclasses import replace

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import Operator
from qiskit.transpiler import Target

import qgate as qg
from qgate.devices.qiskit.folding import folded_circuit, folds_gates
from qgate.execution.execute import prepare


@pytest.mark.parametrize("name", ["cx", "cy", "cz", "ecr", "swap", "rzz"])
def test_gates_run_an_odd_number_of_times_with_the_same_effect(name):
    circuit, angles = QuantumCircuit(2), [0.7] if name == "rzz" else []
    circuit.ry(0.3, 0)
    getattr(circuit, name)(*angles, 0, 1)

    found = folded_circuit(circuit, 5)

    assert found.count_ops()[name] == 5
    assert found.count_ops()["barrier"] == 4
    assert found.count_ops()["ry"] == 1
    assert Operator(found).equiv(Operator(circuit))


def test_free_angles_stay_free():
    angle = Parameter("a")
    circuit = QuantumCircuit(2)
    circuit.rzz(angle, 0, 1)
    assert set(folded_circuit(circuit, 3).parameters) == {angle}


def test_targets_whose_gates_have_native_inverses_are_folded():
    assert folds_gates(Target.from_configuration(["cz", "rz", "sx", "x"], num_qubits=2))
    assert folds_gates(Target.from_configuration(["rzz", "cz", "rz", "sx", "x"], num_qubits=2))
    assert not folds_gates(Target.from_configuration(["iswap", "rz", "sx", "x"], num_qubits=2))


def test_folded_circuits_are_compiled_once_and_keep_their_qubits():
    device = qg.device("qiskit:fake_manila")
    tape = qg.tape.QuantumScript(
        [qg.H(0), qg.CNOT([0, 1]), qg.CNOT([0, 2])], [qg.counts(wires=[0, 1, 2])], shots=10
    )
    sweep = tape.sweep()

    once, thrice = device.native_circuits([sweep, replace(sweep, folding=3)])

    pairs = [
        sum(len(gate.qubits) == 2 and gate.name != "barrier" for gate in circuit.gates)
        for circuit in (once, thrice)
    ]
    assert device.transpilations == 1
    assert once.places == thrice.places
    assert pairs[1] == 3 * pairs[0]


def test_devices_without_it_fold_before_compilation():
    x = np.array([0.3])
    tape = qg.tape.QuantumScript([qg.RX(x[0], 0), qg.CNOT([0, 1])], [qg.counts(wires=[0, 1])])
    sweep = replace(tape.sweep(), shots=np.array([10]), folding=3)
    ((part,), _, _) = prepare(sweep, qg.device("local"))

    assert part.folding == 1
    assert (
        sum(len(gate.wires) == 2 and gate.name == "CNOT" for gate in part.structure.operations) == 3
    )
