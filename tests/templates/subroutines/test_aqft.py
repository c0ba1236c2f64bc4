"""The approximate Fourier transform against the exact one."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters


@pytest.mark.filterwarnings("ignore:AQFT of order")
@pytest.mark.parametrize(("order", "n"), [(2, 3), (5, 3), (0, 1)])
def test_the_highest_order_is_the_exact_transform(order, n):
    expected = np.fft.ifft(np.eye(2**n), norm="ortho")

    np.testing.assert_allclose(qg.AQFT(order, wires=range(n)).matrix(), expected, atol=1e-12)


def test_a_wire_has_as_many_phases_as_the_order_says():
    gates = qg.AQFT(1, wires=range(4)).decomposition()

    phases = [gate for gate in gates if gate.name == "ControlledPhaseShift"]
    assert [list(gate.wires) for gate in phases] == [[1, 0], [2, 1], [3, 2]]
    assert {float(gate.parameters[0]) for gate in phases} == {np.pi / 2}


@pytest.mark.parametrize(
    ("order", "text"), [(1.4, "takes 1"), (0, "no controlled phases"), (2, "is exact")]
)
def test_an_order_that_is_changed_or_makes_no_difference_is_warned_of(order, text):
    with pytest.warns(UserWarning, match=text) as caught:
        qg.AQFT(order, wires=range(3))

    assert caught[0].filename == __file__


@pytest.mark.parametrize("order", [-1, "1", float("nan"), None])
def test_orders_below_zero_are_refused(order):
    with pytest.raises(InvalidParameters, match="whole number from 0 on"):
        qg.AQFT(order, wires=range(3))
