"""The transform that measures at the end."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import TransformError
from qgate.operations import MidMeasure


def circuit(x, select=None):
    """Measure three wires, and apply a gate under a condition on all outcomes."""
    for wire in range(3):
        qg.RX(x, wire)
    first = qg.measure(0, postselect=select)
    second = qg.measure(1, reset=True)
    third = qg.measure(2, postselect=select)
    qg.cond(first + second + third == 1, qg.RX)(0.5, 3)
    return qg.expval(qg.Z(0) @ qg.Z(3)), qg.probs(op=[first, second])


@pytest.mark.parametrize("select", [None, 0, 1])
@pytest.mark.parametrize("reduce", [True, False])
def test_a_qnode_and_its_transform_give_the_same(select, reduce):
    node = qg.QNode(lambda x: circuit(x, select), "local")
    transformed = qg.defer_measurements(node, reduce_postselected=reduce)

    for found, expected in zip(transformed(0.6), node(0.6), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_conditions_on_selected_outcomes_are_resolved():
    def controls(**options):
        with qg.QuantumTape() as recorded:
            circuit(0.6, 0)
        (deferred,), _ = qg.defer_measurements(recorded, **options)
        return [len(op.control_wires) for op in deferred.operations if op.wires[-1] == 3]

    assert controls() == [1]
    assert controls(reduce_postselected=False) == [3, 3, 3]


def test_a_quantum_function_is_differentiated():
    def function(x):
        qg.RY(0.123, wires=0)
        qg.Hadamard(wires=1)
        outcome = qg.measure(1)
        qg.cond(outcome, qg.RY)(x, wires=0)
        return qg.expval(qg.Z(0))

    node = qg.QNode(qg.defer_measurements(function), "local")
    x = qnp.array(np.pi / 2)

    assert node(x) == pytest.approx((np.cos(0.123) + np.cos(0.123 + np.pi / 2)) / 2)
    assert qg.grad(node)(x) == pytest.approx(-np.sin(0.123 + np.pi / 2) / 2)
    assert not any(isinstance(op, MidMeasure) for op in node.construct([x], {}).operations)


def test_a_selection_that_is_not_allowed_is_refused():
    node = qg.QNode(lambda x: circuit(x, 1), "local")

    with pytest.raises(TransformError, match="allow_postselect"):
        qg.defer_measurements(node, allow_postselect=False)(0.6)
