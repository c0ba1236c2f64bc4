"""Work wires of controlled operators."""

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters

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


@pytest.mark.parametrize("values", ["1", "a", [2], [0.5], [None]])
def test_control_values_are_bits(values):
    with pytest.raises(InvalidParameters, match="0 or 1 for each control"):
        qg.ctrl(qg.S(0), 1, control_values=values)


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
