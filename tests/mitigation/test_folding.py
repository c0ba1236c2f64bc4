"""Circuits whose gates are repeated before compilation."""

import numpy as np
import pytest

import qgate as qg
from qgate.mitigation.folding import folded


def pairs(operations):
    return sum(len(gate.wires) == 2 and gate.name != "Barrier" for gate in operations)


def test_gates_run_three_times_with_the_same_effect():
    gates = [qg.CRX(0.3, [0, 1]), qg.RY(0.7, 0), qg.ISWAP([1, 0]), qg.CNOT([0, 1])]
    tape = qg.tape.QuantumScript(gates, [qg.state()])
    sweep = tape.sweep()

    found = folded(sweep.structure, 3)

    operations = found.bind(sweep.rows[0], ())
    assert pairs(operations) == 9
    repeated = qg.tape.QuantumScript(operations, [qg.state()])
    assert np.allclose(qg.matrix(repeated, wire_order=[0, 1]), qg.matrix(tape, wire_order=[0, 1]))


def prepared(x):
    qg.StatePrep(np.array([0.6, 0, 0, 0.8]), wires=[0, 1])
    qg.QubitUnitary(np.diag([1, 1, 1, -1]) + 0j, wires=[0, 1])
    qg.IsingXX(x, wires=[0, 1])
    return qg.expval(qg.Z(0) + qg.X(0) @ qg.X(1))


def given(x):
    qg.BasisState([1, 0], wires=[0, 1])
    qg.CRY(x, wires=[0, 1])
    qg.PauliError("XX", 0.1, wires=[0, 1])
    return qg.expval(qg.Z(0) + qg.Z(1))


@pytest.mark.parametrize("circuit", [prepared, given])
def test_preparations_and_channels_run_once(circuit):
    node = qg.QNode(circuit, qg.device("local", seed=3), shots=qg.Budget(shots=40_000))
    found = qg.estimate(node.update(mitigation="zne"))(0.4)
    exact = qg.QNode(circuit, "local")(0.4)
    assert abs(found.value - exact) < 5 * found.standard_error
