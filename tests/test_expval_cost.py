"""Cost function of older versions of PennyLane."""

from __future__ import annotations

import numpy
import pytest

import qgate as qg
from qgate import numpy as np
from qgate.exceptions import QuantumFunctionError

H = qg.Hamiltonian([0.5, 2.0], [qg.Z("a"), qg.X("b")])


def ansatz(angles, wires):
    for angle, wire in zip(angles, wires, strict=True):
        qg.RY(angle, wires=wire)


def test_a_cost_is_an_expectation_value_on_the_wires_of_the_device():
    cost = qg.ExpvalCost(ansatz, H, qg.device("local", wires=["a", "b"]), optimize=True)
    angles = np.array([0.3, 0.4])

    assert cost(angles) == pytest.approx(0.5 * np.cos(0.3) + 2.0 * np.sin(0.4))
    slopes = [-0.5 * numpy.sin(0.3), 2.0 * numpy.cos(0.4)]
    assert qg.grad(cost)(angles) == pytest.approx(slopes)


def test_a_device_without_wires_is_refused():
    with pytest.raises(QuantumFunctionError, match="was made without wires"):
        qg.ExpvalCost(ansatz, H, qg.device("local"))
