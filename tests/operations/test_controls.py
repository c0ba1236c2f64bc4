"""Work wires and control values of controlled operators."""

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidCall, InvalidParameters

CALLS = [
    lambda work: qg.ctrl(qg.S(0), [1, 2], work_wires=work),
    lambda work: qg.ctrl(qg.X(0), [1, 2], work_wires=work),
    lambda work: qg.ctrl(qg.S, [1, 2], work_wires=work)(0),
    lambda work: qg.Controlled(qg.S(0), [1, 2], work_wires=work),
    lambda work: qg.ControlledQubitUnitary(np.eye(2), [1, 2, 0], work_wires=work),
    lambda work: qg.MultiControlledX([1, 2, 0], work_wires=work),
]


@pytest.mark.parametrize("call", CALLS)
def test_work_wires_are_not_used(call):
    gate = call(["a", "b"])

    assert gate == call(None)
    assert set(gate.wires) == {0, 1, 2}


@pytest.mark.parametrize("call", CALLS)
def test_work_wires_are_others_than_the_wires(call):
    with pytest.raises(InvalidParameters, match=r"work_wires=\['a', 0\]"):
        call(["a", 0])


@pytest.mark.parametrize("values", ["2", "01", "a", [2], [0.5], [None]])
def test_control_values_are_bits(values):
    with pytest.raises(InvalidParameters, match="0 or 1 for each control"):
        qg.ctrl(qg.S(0), 1, control_values=values)


def test_control_values_may_be_spelled_as_bits():
    expected = qg.ctrl(qg.S(0), [1, 2], control_values=[0, 1])

    assert qg.ctrl(qg.S(0), [1, 2], control_values="01") == expected


def test_controls_may_be_given_apart_from_the_targets():
    flip = qg.MultiControlledX(wires=2, control_wires=[0, 1], control_values="01")
    unitary = qg.ControlledQubitUnitary(np.diag([1, 1j]), control_wires=[0, 1], wires=2)

    assert flip == qg.MultiControlledX([0, 1, 2], [0, 1])
    assert flip == qg.MultiControlledX([0, 1], wires=2, control_values="01")
    assert unitary == qg.ControlledQubitUnitary(np.diag([1, 1j]), [0, 1, 2])
    with pytest.raises(InvalidCall, match="control_wires"):
        qg.MultiControlledX(control_wires=[0, 1])


def test_the_type_of_work_wires_is_checked_and_has_no_effect():
    plain = qg.ctrl(qg.RX(0.1, 2), [0, 1])

    assert qg.ctrl(qg.RX(0.1, 2), [0, 1], work_wires=3, work_wire_type="zeroed") == plain
    flip = qg.MultiControlledX([0, 1, 2], work_wires=[3], work_wire_type="zeroed")
    assert flip == qg.MultiControlledX([0, 1, 2])
    for call in (
        lambda: qg.ctrl(qg.X(0), 1, work_wire_type="dirty"),
        lambda: qg.MultiControlledX([0, 1], work_wire_type="dirty"),
        lambda: qg.ControlledQubitUnitary(np.eye(2), [0, 1], work_wire_type="dirty"),
    ):
        with pytest.raises(InvalidParameters, match="'borrowed' or 'zeroed'"):
            call()
