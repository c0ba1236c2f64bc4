"""States of qubits, gate by gate."""

from __future__ import annotations

import autograd
import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate.devices.qubit import apply_operation, create_initial_state, measure
from qgate.exceptions import InvalidParameters


def final_state(x):
    state = create_initial_state([0, 1], qg.BasisState([1], wires=1))
    for gate in (qg.RX(x, 0), qg.CNOT([0, 1]), qg.adjoint(qg.RY(0.4, 1))):
        state = apply_operation(gate, state)
    return state


@pytest.mark.parametrize(
    "make",
    [
        lambda: qg.expval(qg.X(1) + 0.5 * qg.Z(0)),
        lambda: qg.var(qg.Z(0) @ qg.X(1)),
        qg.probs,
        lambda: qg.purity(0),
    ],
)
def test_a_state_made_gate_by_gate_is_that_of_a_circuit(make):
    @qg.qnode(qg.device("local", wires=2))
    def circuit(x):
        qg.BasisState([1], wires=1)
        qg.RX(x, 0)
        qg.CNOT([0, 1])
        qg.RY(-0.4, 1)
        return make()

    assert_allclose(measure(make(), final_state(0.3)), circuit(0.3), atol=1e-12)


def test_the_result_is_differentiated():
    slope = autograd.grad(lambda x: measure(qg.expval(qg.Z(0)), final_state(x)))(0.3)

    assert_allclose(slope, -np.sin(0.3))


def test_batches_of_gates_and_of_states_have_a_leading_axis():
    batch = apply_operation(qg.RX(np.array([0.1, 0.2]), 0), create_initial_state([0]))

    flipped = apply_operation(qg.X(0), batch, is_state_batched=True)

    means = measure(qg.expval(qg.Z(0)), flipped, is_state_batched=True)
    assert_allclose(means, -np.cos([0.1, 0.2]))


def test_wrong_shapes_and_wires_are_refused():
    with pytest.raises(InvalidParameters, match="cannot be applied to an array"):
        apply_operation(qg.X(3), create_initial_state([0]))
    with pytest.raises(InvalidParameters, match="cannot be applied to an array"):
        apply_operation(qg.X(0), np.ones(4))
    with pytest.raises(InvalidParameters, match="has an exact value"):
        measure(qg.sample(), create_initial_state([0]))
