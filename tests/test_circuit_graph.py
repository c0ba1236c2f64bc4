"""Circuits as directed graphs."""

from __future__ import annotations

import pytest

import qgate as qg
from qgate.exceptions import InvalidTape


@pytest.fixture
def tape():
    with qg.QuantumTape() as tape:
        qg.RX(0.1, wires=0)
        qg.RY(0.2, wires=1)
        qg.CNOT([0, 1])
        qg.RZ(0.3, wires=2)
        qg.RX(0.4, wires=1)
        qg.expval(qg.Z(1))
        qg.probs(wires=[1, 2])
    return tape


def test_nodes_before_and_after_others_are_found(tape):
    rx, ry, cnot, rz, last = tape.operations
    value, probs = tape.measurements
    graph = tape.graph

    assert graph.ancestors([last]) == [rx, ry, cnot]
    assert graph.ancestors([probs], sort=True) == [rx, ry, cnot, rz, last, value]
    assert graph.descendants([rx]) == [cnot, last, value, probs]
    assert graph.nodes_between(rx, last) == [rx, cnot, last]
    assert graph.nodes_between(last, rx) == []
    assert graph.has_path(ry, value)
    assert not graph.has_path(rz, value)
    assert graph.has_path_idx(3, 6)
    assert graph.wire_indices(1) == [1, 2, 4, 5, 6]
    assert graph.get_depth() == 3
    assert graph.max_simultaneous_measurements == 2


def test_layers_hold_parameters_that_do_not_wait_for_each_other(tape):
    first, second = tape.graph.iterate_parametrized_layers()

    assert first.ops == [tape[0], tape[1], tape[3]]
    assert first.param_inds == (0, 1, 2)
    assert (second.ops, second.param_inds) == ([tape[4]], (3,))
    assert second.pre_ops == tape.operations[:3]
    assert second.post_ops == tape.measurements


def test_conditions_come_after_their_measurement():
    with qg.QuantumTape() as tape:
        outcome = qg.measure(0)
        qg.cond(outcome, qg.X)(1)
        qg.state()

    assert tape.graph.edges == [(0, 1), (0, 2), (1, 2)]


def test_a_graph_is_made_of_operations_too():
    graph = qg.CircuitGraph([qg.Hadamard(0)], [qg.expval(qg.Z(0))], qg.wires.Wires([0, 1]))

    assert graph.num_wires == 2
    assert str(graph).startswith("Operations\n==========\nH(0)\n\nObservables")
    assert graph.hash == qg.QuantumScript([qg.Hadamard(0)], [qg.expval(qg.Z(0))]).graph.hash


def test_nodes_have_to_be_in_the_circuit_once(tape):
    gate = qg.X(0)
    twice = qg.CircuitGraph([gate, gate], [], [0])

    with pytest.raises(InvalidTape, match="stands not in the circuit"):
        tape.graph.ancestors([gate])
    with pytest.raises(InvalidTape, match="twice or more often"):
        twice.descendants([gate])
    with pytest.raises(InvalidTape, match="single node"):
        twice.ancestors(gate)
    assert twice.descendants_of_indexes([0]) == [gate]
