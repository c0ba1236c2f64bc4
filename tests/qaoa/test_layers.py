"""Layers of quantum approximate optimization."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from scipy.linalg import expm

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import InvalidParameters

GRAPH = nx.Graph([(0, 1), (1, 2), (2, 0), (2, 3)])
COST, MIXER = qg.qaoa.maxcut(GRAPH)


@qg.qnode("local")
def energy(parameters):
    for wire in GRAPH.nodes:
        qg.Hadamard(wire)
    for gamma, alpha in parameters:
        qg.qaoa.cost_layer(gamma, COST)
        qg.qaoa.mixer_layer(alpha, MIXER)
    return qg.expval(COST)


def test_layers_are_exponentials_of_their_hamiltonians():
    parameters = [[0.3, -0.4], [0.5, 0.2]]
    cost, mixer = (qg.matrix(h, wire_order=range(4)) for h in (COST, MIXER))
    state = np.full(16, 0.25)
    for gamma, alpha in parameters:
        state = expm(-1j * alpha * mixer) @ expm(-1j * gamma * cost) @ state

    assert energy(parameters) == pytest.approx((state.conj() @ cost @ state).real)


def test_training_finds_a_large_cut():
    optimizer = qg.AdamOptimizer(0.1)
    parameters = qnp.array([[0.4, 0.4], [0.4, 0.4]], requires_grad=True)

    for _ in range(30):
        parameters = optimizer.step(energy, parameters)

    assert energy(parameters) < -2.7  # the largest cut has 3 edges, the mean of all cuts 2


def test_layers_inside_of_a_function_record_nothing_else():
    def circuit(gamma):
        cost, mixer = qg.qaoa.maxcut(GRAPH)
        qg.qaoa.cost_layer(gamma, cost)
        qg.qaoa.mixer_layer(gamma, mixer)
        return qg.expval(cost)

    tape = qg.QNode(circuit, "local").construct((0.3,), {})

    assert [operation.name for operation in tape.operations] == ["ApproxTimeEvolution"] * 2


@pytest.mark.parametrize("hamiltonian", [MIXER, qg.Z(0) + qg.X(1), qg.Hermitian(np.eye(2), 0), 3])
def test_a_cost_has_to_be_diagonal(hamiltonian):
    with pytest.raises(InvalidParameters, match="cost_layer"):
        qg.qaoa.cost_layer(0.3, hamiltonian)
