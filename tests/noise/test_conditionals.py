"""Conditions on operations and measurements."""

import pickle

import numpy as np
import pytest

import qgate as qg
from qgate.noise import meas_eq, op_eq, op_in, wires_eq, wires_in

XY, YX = qg.X(0) @ qg.Y(1), qg.Y(0) @ qg.X(1)

ALIKE = [
    (qg.X, qg.X(3)),
    ("RX", qg.RX(0.2, "a")),
    (qg.RX(0.1, 0), qg.RX(0.2, "a")),
    (qg.X(0), qg.expval(qg.X(1))),
    (qg.expval(XY), qg.X(4) @ qg.Y(2)),
    (qg.ops.Prod, XY),
    (qg.adjoint(qg.S(0)), qg.adjoint(qg.S("b"))),
    (qg.ctrl(qg.adjoint(qg.S(0)), 1), qg.ctrl(qg.adjoint(qg.S(4)), [2, 3])),
    (qg.exp(qg.X(0), 2j), qg.exp(qg.X(1), 2j)),
    (qg.pow(qg.S(0), 2), qg.pow(qg.S(1), 2)),
    (2 * qg.X(0), 2.0 * qg.X(7)),
    (qg.X(0) + qg.Y(1), qg.Y(3) + qg.X(3)),
    (qg.H(0) + 2 * qg.S(0), 2 * qg.S(1) + qg.H(1)),
    (qg.AmplitudeDamping, qg.AmplitudeDamping(0.1, 0)),
    (qg.measure, qg.ops.MidMeasure),
]

DIFFERENT = [
    (qg.X, qg.Y(0)),
    ("RX", qg.adjoint(qg.RX(0.1, 0))),
    (qg.RX, qg.CRX(0.1, [0, 1])),
    (XY, YX),
    (XY, qg.X(0)),
    (qg.adjoint(qg.S(0)), qg.adjoint(qg.T(0))),
    (qg.exp(qg.X(0), 2j), qg.exp(qg.X(0), 3j)),
    (qg.pow(qg.S(0), 2), qg.pow(qg.S(0), 3)),
    (2 * qg.X(0), 3 * qg.X(0)),
    (qg.H(0) @ qg.S(1), qg.S(0) @ qg.H(1)),
    (qg.H(0) + 2 * qg.S(0), 2 * qg.H(0) + qg.S(0)),
    (qg.X, qg.probs(wires=0)),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_operations_are_alike_on_other_wires_and_with_other_angles(one, other):
    assert op_eq(one)(other)
    assert op_eq(other)(one)
    assert op_in([qg.T, one])(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_operations_differ(one, other):
    assert not op_eq(one)(other)
    assert not op_eq(other)(one)
    assert not op_in([qg.T, one])(other)


def test_lists_are_compared_one_by_one_or_as_members():
    assert op_eq([qg.X, "RX"])([qg.X(0), qg.RX(0.1, 1)])
    assert not op_eq([qg.X, "RX"])([qg.RX(0.1, 1), qg.X(0)])
    assert not op_eq([qg.X, "RX"])(qg.X)
    assert op_in([qg.X, "RX"])([qg.RX, qg.X, qg.X])
    assert not op_in([qg.X, "RX"])([qg.RX, qg.Y])


def test_a_user_s_class_is_not_its_parent():
    class Turn(qg.ops.RX):
        pass

    assert not op_eq(qg.RX)(Turn(0.1, 0))
    assert op_eq(Turn)(Turn(0.1, 0))


@pytest.mark.parametrize(
    ("condition", "among", "equal"),
    [
        (0, True, False),
        ([1, 0], True, True),
        (qg.CNOT([1, 0]), True, True),
        (qg.X(3), False, False),
        (qg.expval(qg.Z(0) @ qg.Z(1)), True, True),
        ([qg.X(0), qg.X(1)], True, True),
        (np.array([0, 1]), True, True),
        ("a", False, False),
    ],
)
def test_wires_are_read_from_labels_operators_and_measurements(condition, among, equal):
    assert wires_in([0, 1])(condition) is among
    assert wires_eq(qg.CNOT([0, 1]))(condition) is equal


def test_measurements_are_compared_by_their_kind():
    assert meas_eq(qg.expval)(qg.expval(qg.X(0)))
    assert meas_eq(qg.expval(qg.Y(3)))(qg.measurements.ExpectationMP)
    assert not meas_eq(qg.state)(qg.density_matrix(0))
    assert not meas_eq(qg.expval)(qg.var(qg.X(0)))
    assert not meas_eq(qg.expval)(qg.X(0))
    assert meas_eq([qg.expval, qg.probs])([qg.expval(qg.X(0)), qg.probs(wires=0)])
    assert not meas_eq([qg.expval, qg.probs])(qg.expval(qg.X(0)))


def test_texts_are_those_of_pennylane():
    condition = op_eq(qg.X) & wires_in([0, 1])

    assert repr(condition) == "And(OpEq(PauliX), WiresIn([0, 1]))"
    assert str(condition | wires_eq("a")) == f"{condition!r} | WiresEq(a)"
    assert repr(op_in([qg.RX, "RY", qg.H(0)])) == "OpIn(['RX', 'RY', 'Hadamard'])"
    assert repr(meas_eq(qg.expval)) == "MeasEq('ExpectationMP')"
    assert condition.condition == ((qg.X,), {0, 1})


def test_conditions_survive_pickling():
    kept = pickle.loads(pickle.dumps((op_eq(2 * qg.X(0)) | op_in("RX")) & ~wires_in([5])))

    assert (kept(qg.RX(0.1, 0)), kept(2 * qg.X(1)), kept(qg.RX(0.1, 5))) == (True, True, False)


@pytest.mark.parametrize(
    ("make", "value", "reason"),
    [
        (op_eq, "RXX", "no operation of this name"),
        (op_in, [qg.RX, 3], "3 cannot be used"),
        (meas_eq, qg.RX, "it is no measurement"),
        (meas_eq, 3, "it is no measurement"),
    ],
)
def test_what_cannot_be_compared_is_refused(make, value, reason):
    with pytest.raises(qg.exceptions.InvalidCondition, match=reason):
        make(value)


def test_labels_that_are_none_are_refused():
    with pytest.raises(qg.exceptions.WireError):
        wires_in([[0, [1]]])
