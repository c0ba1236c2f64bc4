"""Objectives that can be minimized."""

from __future__ import annotations

import numpy
import pytest

import qgate as qg
from qgate import numpy as np
from qgate.exceptions import UndifferentiableOutput, UnsuitableObjective
from qgate.optimize.objective import Objective


def circuit(x, *, factor=1.0):
    qg.RX(factor * x, wires=0)
    return qg.expval(qg.Z(0))


def test_keyword_arguments_are_handed_to_the_function():
    node = qg.QNode(circuit, "local")

    values = Objective(node, {"factor": 2.0}, "").values([[0.1], [0.2]])

    assert values == pytest.approx(numpy.cos([0.2, 0.4]))


def test_the_shots_and_the_seed_of_a_call_are_those_of_its_circuits():
    node = qg.QNode(circuit, "local")
    objective = Objective(node, {"shots": 50, "seed": 3}, "")

    with qg.Tracker() as tracker:
        first = objective.values([[1.0], [1.0]])
        second = objective.values([[1.0], [1.0]])

    assert tracker.totals["shots"] == 200
    assert first.tolist() == second.tolist()
    assert first[0] != first[1]


def test_an_argument_named_seed_is_the_functions_own():
    node = qg.QNode(lambda seed: circuit(seed), "local")

    assert Objective(node, {}, "").values([[0.3]]) == pytest.approx(numpy.cos(0.3))


def test_a_plain_function_is_called_for_each_value():
    objective = Objective(lambda x, y=0: x + y, {"y": 1}, "")

    assert objective.values([[1.0], [2.0]]).tolist() == [2.0, 3.0]


def test_a_function_of_qnodes_is_differentiated():
    node = qg.QNode(circuit, "local")

    x, cost = qg.GradientDescentOptimizer(0.1).step_and_cost(
        lambda x: (node(x) - 0.5) ** 2, np.array(0.3)
    )

    slope = -2 * (numpy.cos(0.3) - 0.5) * numpy.sin(0.3)
    assert float(x) == pytest.approx(0.3 - 0.1 * slope)
    assert cost == pytest.approx((numpy.cos(0.3) - 0.5) ** 2)


OPTIMIZERS = [
    qg.AdamOptimizer(),
    qg.SPSAOptimizer(maxiter=5),
    qg.QNSPSAOptimizer(),
    qg.RotosolveOptimizer(),
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda optimizer: optimizer.name)
def test_what_cannot_be_called_is_refused(optimizer):
    with pytest.raises(UnsuitableObjective, match="cannot be called"):
        optimizer.step(3.0, np.array(0.1))


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda optimizer: optimizer.name)
def test_several_values_are_refused(optimizer):
    def several(x):
        qg.RX(x, wires=0)
        return qg.probs(wires=0)

    options = {"nums_frequency": {"x": {(): 1}}} if optimizer.name.startswith("Roto") else {}

    with pytest.raises((UnsuitableObjective, UndifferentiableOutput), match="one real number"):
        optimizer.step(qg.QNode(several, "local"), np.array(0.1), **options)


@pytest.mark.parametrize(
    ("optimizer", "text"),
    [
        (qg.QNGOptimizer(), "metric_tensor_fn"),
        (qg.QNSPSAOptimizer(), "overlaps of its states"),
        (qg.ShotAdaptiveOptimizer(10), "its shots cannot be chosen"),
    ],
)
def test_what_needs_a_qnode_refuses_functions(optimizer, text):
    with pytest.raises(UnsuitableObjective, match=text):
        optimizer.step(lambda x: x**2, np.array(0.1))
