"""Dynamic circuits: measurements in the middle of circuits of Qiskit."""

from __future__ import annotations

import numpy as np
import pytest
from branches import expectation
from qiskit.circuit import IfElseOp

import qgate as qg
from qgate import numpy as qnp

WIRES = (0, 1, 2)
X = np.array([2.0, 1.1, 0.7])
H = qg.X(0) @ qg.Z(2) + 0.5 * qg.Z(1)


def program(x, select=None):
    """Measure three times, and reuse the wires; return the outcomes."""
    qg.RY(x[0], 0)
    qg.CNOT([0, 1])
    a = qg.measure(0, reset=True)
    qg.RX(x[1], 0)
    b = qg.measure(1, postselect=select)
    qg.cond(a + b == 1, qg.RX, qg.RY)(x[2], wires=2)
    qg.cond(~a | b, qg.H)(0)
    c = qg.measure(0)
    qg.cond(c, qg.CRX)(x[0], wires=[2, 1])
    qg.RY(x[2], 0)
    return a, b, c


def recorded(select=None):
    """Return the operations and outcomes of the program."""
    with qg.QuantumTape() as tape:
        outcomes = program(X, select)
    return tape.operations, outcomes


@pytest.fixture(scope="module")
def aer():
    """Return Aer with a seed."""
    return qg.device("qiskit:aer?seed=11")


@pytest.mark.parametrize("select", [None, 1])
def test_shots_have_the_statistics_of_the_branches(aer, select):
    shots, (operations, (a, b, c)) = 3000, recorded(select)

    @qg.qnode(aer, shots=shots)
    def circuit(x):
        a, b, c = program(x, select)
        return qg.expval(H), qg.expval(a + 2 * b * c), qg.sample(op=[a, c]), qg.counts(op=b)

    with qg.Tracker() as tracker:
        mean, value, bits, counts = circuit(X)

    kept = len(bits)
    assert sum(counts.values()) == kept
    assert set(counts) == ({0.0, 1.0} if select is None else {1.0})
    assert abs(mean - expectation(operations, WIRES, H.matrix(WIRES))) < 7.5 / np.sqrt(kept)
    truth = expectation(operations, WIRES, np.eye(8), a + 2 * b * c)
    assert abs(value - truth) < 7.5 / np.sqrt(kept)
    truth = expectation(operations, WIRES, np.eye(8), a & c)
    assert abs(bits.all(axis=1).mean() - truth) < 2.5 / np.sqrt(kept)
    assert tracker.totals["submissions"] == 1


def test_derivatives_from_shots_take_the_shift_rules_of_the_angles(aer):
    def circuit(x):
        qg.RY(x[0], 0)
        outcome = qg.measure(0, postselect=1, reset=True)
        qg.RX(x[1], 0)
        second = qg.measure(0)
        qg.cond(outcome & second, qg.RY)(x[2], wires=1)
        return qg.expval(qg.Z(1))

    sampled = qg.QNode(circuit, aer, shots=2000, diff_method="parameter-shift")
    exact = qg.QNode(circuit, "local", diff_method="backprop")

    with qg.Tracker() as tracker:
        found = qg.grad(sampled)(qnp.array(X))

    np.testing.assert_allclose(found, qg.grad(exact)(qnp.array(X)), atol=0.15)
    assert tracker.totals["submissions"] == 1
    assert tracker.totals["executions"] == 7


def test_gates_are_conditional_in_the_compiled_circuit(aer):
    @qg.qnode(aer, shots=100)
    def circuit(x):
        outcome = qg.measure(0)
        qg.cond(outcome, qg.Rot)(x, 0.2, 0.3, wires=1)
        return qg.counts(wires=[1, 0])

    circuit(0.4)

    programs = list(aer._compiler._programs.values())
    kinds = [type(item.operation) for item in programs[-1].circuit]
    assert kinds.count(IfElseOp) == 1
    assert len(programs[-1].wires) == 2


def test_declared_wires_leave_room_for_outcomes_where_they_are_deferred():
    @qg.qnode(qg.device("qiskit:aer", wires=2, shots=None))
    def circuit(x):
        qg.RX(x, 0)
        qg.CNOT([0, 1])
        first = qg.measure(0)
        qg.cond(first, qg.X)(0)
        return qg.expval(qg.Z(0)), qg.expval(first), qg.probs()

    mean, first, probs = circuit(0.6)

    chance = np.sin(0.3) ** 2
    np.testing.assert_allclose([mean, first], [1.0, chance], atol=1e-12)
    np.testing.assert_allclose(probs, [1 - chance, chance, 0, 0], atol=1e-12)
