"""Templates with a user's function: structure, derivatives and frameworks."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import qgate as qg

WEIGHTS = np.array([[0.1, -0.3], [0.7, 0.2], [0.5, 1.1]])


def linear(weights, wires):
    qg.CNOT(wires=[wires[0], wires[1]])
    qg.RY(weights[0], wires=wires[0])
    qg.RX(2 * weights[1], wires=wires[1])


def squared(weights, wires):
    qg.CNOT(wires=[wires[0], wires[1]])
    qg.RY(weights[0] ** 2, wires=wires[0])
    qg.RX(qg.math.sin(weights[1]), wires=wires[1])


def network(block, weights):
    return qg.MPS(range(4), 2, block, 2, weights)


def test_linear_blocks_stay_one_operator_of_a_circuit():
    tape = qg.tape.QuantumScript([network(linear, WEIGHTS)])

    assert [operation.name for operation in tape.operations] == ["MPS"]
    again = qg.tape.QuantumScript([network(linear, 2 * WEIGHTS)])
    assert tape.operations[0].signature == again.operations[0].signature


def test_other_blocks_are_their_gates():
    tape = qg.tape.QuantumScript([network(squared, WEIGHTS)])

    assert [operation.name for operation in tape.operations] == ["CNOT", "RY", "RX"] * 3


@pytest.mark.parametrize("method", ["parameter-shift", "adjoint", "backprop"])
@pytest.mark.parametrize("block", [linear, squared])
def test_derivatives_by_the_weights(block, method):
    @qg.qnode(qg.device("local", wires=4), diff_method=method)
    def value(weights):
        network(block, weights)
        return qg.expval(qg.Z(3) @ qg.X(1))

    direction, step = np.random.default_rng(3).normal(size=WEIGHTS.shape), 1e-6
    ends = [value(WEIGHTS + sign * step * direction) for sign in (1, -1)]

    slope = np.sum(qg.grad(value)(qg.numpy.array(WEIGHTS)) * direction)
    assert slope == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-8)


def test_wrappers_of_blocks_by_value_are_gates_too():
    whole = qg.adjoint(network(squared, WEIGHTS))

    tape = qg.tape.QuantumScript([whole])

    product = qg.matrix(tape, wire_order=range(4)) @ network(squared, WEIGHTS).matrix()
    np.testing.assert_allclose(product, np.eye(16), atol=1e-12)


def test_functions_with_arguments_bound_are_blocks():
    def block(weights, wires, scale):
        qg.RX(scale * weights[0], wires=wires[0])

    bound = qg.MPS(range(2), 2, partial(block, scale=2.0), 1, [[0.3]])
    given = qg.MPS(range(2), 2, block, 1, [[0.3]], scale=2.0)

    assert bound.decomposition() == given.decomposition() == [qg.RX(0.6, 0)]
    assert given.signature != qg.MPS(range(2), 2, block, 1, [[0.3]], scale=1.0).signature
