"""Points of a circuit at which something is measured."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate.exceptions import InvalidSnapshot, NoMeasurement, QGateError


def test_a_snapshot_keeps_its_tag_and_measurement():
    snapshot = qg.Snapshot("here", qg.expval(qg.Z("a")))
    moved = snapshot.map_wires({"a": "b"})

    assert snapshot.tag == "here"
    assert snapshot.measurement == qg.expval(qg.Z("a"))
    assert list(snapshot.wires) == ["a"]
    assert moved.measurement == qg.expval(qg.Z("b"))
    assert snapshot == qg.Snapshot("here", qg.expval(qg.Z("a"))) != qg.Snapshot("there")
    assert pickle.loads(pickle.dumps(snapshot)) == snapshot
    assert (
        repr(qg.Snapshot()) == "<Snapshot: tag=None, measurement=state(wires=[]), shots=workflow>"
    )


@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift", "hadamard"])
def test_a_snapshot_does_nothing_in_an_execution(method):
    def circuit(x):
        qg.Snapshot()
        qg.RX(x, 0)
        qg.Snapshot("middle", qg.probs(wires=[0, 1]))
        qg.CNOT([0, 1])
        qg.adjoint(qg.Snapshot)()
        return qg.expval(qg.Z(1))

    qnode = qg.QNode(circuit, "local", diff_method=method)
    x = qg.numpy.array(0.3, requires_grad=True)

    assert_allclose(qnode(x), np.cos(0.3))
    assert_allclose(qg.grad(qnode)(x), -np.sin(0.3))


def test_the_measurement_of_a_snapshot_is_not_one_of_the_circuit():
    with qg.QuantumTape() as tape:
        qg.Snapshot("one", qg.expval(qg.Z(0)))
        qg.expval(qg.X(0))

    assert tape.measurements == [qg.expval(qg.X(0))]
    with pytest.raises(NoMeasurement):
        qg.QNode(lambda: qg.Snapshot(), "local")()


def test_a_snapshot_is_drawn_on_the_wires_that_it_measures():
    def circuit():
        qg.Snapshot()
        qg.Snapshot("b", qg.probs(wires=[0, 2]))
        qg.X(1)

    lines = [line.rstrip() for line in qg.draw(circuit)().split("\n")]

    assert lines == [
        "0: ──|Snap|─╭|Snap|────┤",
        "1: ──|Snap|─│────────X─┤",
        "2: ──|Snap|─╰|Snap|────┤",
    ]


def test_the_error_says_what_a_snapshot_takes():
    with pytest.raises(InvalidSnapshot, match=r"cannot have tag=3\. It is a string, or None"):
        qg.Snapshot(3)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((3,), InvalidSnapshot),
        ((qg.counts(),), InvalidSnapshot),
        (("a", qg.Z(0)), InvalidSnapshot),
        (("a", None, 0), QGateError),
        (("a", None, "many"), QGateError),
    ],
)
def test_wrong_arguments_are_refused(arguments, error):
    with pytest.raises(error):
        qg.Snapshot(*arguments)


def test_an_operator_is_no_measurement_of_a_snapshot():
    with pytest.raises(InvalidSnapshot) as caught:
        qg.Snapshot("a", qg.Z(0))

    assert str(caught.value) == (
        "A snapshot cannot have measurement=Z(0). It is a measurement, such as "
        "qg.expval(qg.Z(0)), or None for the state."
    )
