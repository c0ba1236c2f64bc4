"""Transforms that are written as quantum functions of a tape."""

from __future__ import annotations

import pytest

import qgate as qg
from qgate import numpy as np
from qgate.exceptions import InvalidParameters


@qg.qfunc_transform
def shifted(tape, shifts):
    for op in tape.operations + tape.measurements:
        if op.name == "RX":
            qg.RX(op.parameters[0] + shifts[op.wires[0]], wires=op.wires)
        else:
            qg.apply(op)


@qg.qfunc_transform
def doubled(tape):
    for op in tape.operations:
        qg.apply(op)
        qg.apply(op)


def ansatz(angle):
    qg.RX(angle, wires=0)
    qg.RX(angle, wires=1)
    qg.CNOT([0, 1])


def test_options_come_first_and_are_differentiated():
    @qg.qnode("local")
    def circuit(shifts):
        shifted(shifts)(ansatz)(0.3)
        return qg.expval(qg.Z(0)), qg.expval(qg.Z(1))

    first, second = np.cos(0.4), np.cos(0.5)
    shifts = np.array([0.1, 0.2])

    assert circuit(shifts) == pytest.approx((first, first * second))
    slopes = qg.jacobian(lambda x: np.stack(circuit(x)))(shifts)
    assert slopes[0] == pytest.approx([-np.sin(0.4), 0.0])


def test_a_qnode_keeps_its_measurements():
    circuit = qg.QNode(lambda x: (qg.RX(x, 0), qg.expval(qg.Z(0)))[1], "local")

    assert doubled(circuit)(0.3) == pytest.approx(np.cos(0.6))


def test_what_is_no_function_is_refused():
    with pytest.raises(InvalidParameters, match="qfunc_transform"):
        qg.qfunc_transform(3)
