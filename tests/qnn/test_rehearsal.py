"""Validation of a recorded circuit before it runs."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidLayer
from qgate.qnn.rehearsal import check_data, check_recorded, number_of_results


def recorded(returned, device="local?wires=3", inputs=0.1):
    """Return a QNode and its tape."""

    def circuit(inputs):
        qg.RX(inputs, 0)
        qg.CNOT([0, 1])
        return returned()

    qnode = qg.QNode(circuit, device)
    return qnode, qnode.construct((), {"inputs": inputs})


@pytest.mark.parametrize(
    ("returned", "device", "text"),
    [
        (lambda: qg.sample(wires=0), "local?shots=10", "it returns samples"),
        (lambda: qg.counts(wires=0), "local?shots=10", "it returns counts"),
        (lambda: (qg.expval(qg.Z(0)), qg.state()), "local", "it returns complex amplitudes"),
        (lambda: qg.density_matrix(wires=0), "local", "it returns a complex matrix"),
    ],
)
def test_results_that_cannot_be_trained_through_are_refused(returned, device, text):
    qnode, tape = recorded(returned, device)

    with pytest.raises(InvalidLayer, match=text):
        check_recorded(qnode, tape, batch=None)


@pytest.mark.parametrize(("inputs", "found"), [(0.1, "none"), (np.ones(3), "an axis of 3")])
def test_a_circuit_that_does_not_take_rows_is_refused(inputs, found):
    qnode, tape = recorded(lambda: qg.expval(qg.Z(0)), inputs=inputs)

    with pytest.raises(InvalidLayer, match=rf"5 rows.*have {found}.*inputs\[\.\.\., 0\]"):
        check_recorded(qnode, tape, batch=5)


def test_a_circuit_that_takes_rows_is_fine():
    qnode, tape = recorded(lambda: qg.expval(qg.Z(0)), inputs=np.ones(5))

    check_recorded(qnode, tape, batch=5)


@pytest.mark.parametrize(
    ("returned", "count"),
    [
        (lambda: qg.expval(qg.Z(0)), 1),
        (lambda: (qg.var(qg.Z(0)), qg.probs(wires=[0, 1])), 5),
        (lambda: qg.probs(), 8),
        (lambda: qg.purity(wires=0), 1),
    ],
)
def test_the_number_of_results_is_known_before_they_are(returned, count):
    qnode, tape = recorded(returned)

    found = qnode(0.1)

    assert number_of_results(qnode, tape) == count
    assert sum(np.size(part) for part in (found if isinstance(found, tuple) else [found])) == count


def test_data_without_features_are_refused():
    with pytest.raises(InvalidLayer, match="one at least"):
        check_data("circuit", np.zeros((3, 0)), True, "PyTorch")
