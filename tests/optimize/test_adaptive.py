"""Circuits that grow."""

from __future__ import annotations

import numpy
import pytest

import qgate as qg
from qgate.exceptions import InvalidOptimizerOption, UnsuitableObjective


@qg.qnode("local")
def empty():
    qg.PauliX(2)
    return qg.expval(qg.X(0) + 2.0 * qg.X(1) + qg.Z(2))


def pool():
    return [qg.RY(0.0, wires=0), qg.RY(0.0, wires=1), qg.RZ(0.0, wires=1)]


def gates(circuit):
    return [(gate.name, list(gate.wires)) for gate in circuit.construct((), {}).operations[1:]]


def test_the_gate_with_the_steepest_slope_is_appended():
    grown, cost, slope = qg.AdaptiveOptimizer().step_and_cost(empty, pool())

    assert gates(grown) == [("RY", [1])]
    assert cost == pytest.approx(-1.0)
    assert slope == pytest.approx(2.0)  # of 2 sin(x)


def test_the_new_angle_has_gone_down_its_slope():
    angle = 0.0
    for _ in range(20):
        angle -= 0.05 * 2 * numpy.cos(angle)

    grown = qg.AdaptiveOptimizer(param_steps=20, stepsize=0.05).step(empty, pool())

    assert grown.construct((), {}).operations[-1].parameters[0] == pytest.approx(angle)
    assert float(grown()) == pytest.approx(2 * numpy.sin(angle) - 1.0)


def test_a_drained_pool_lacks_the_gates_that_are_there():
    optimizer = qg.AdaptiveOptimizer()
    grown = optimizer.step(empty, pool())

    grown, _, _ = optimizer.step_and_cost(grown, pool(), drain_pool=True)

    assert gates(grown) == [("RY", [1]), ("RY", [0])]
    assert float(grown()) == pytest.approx(-4.0, abs=1e-2)


def test_an_angle_may_start_where_the_pool_has_it():
    optimizer = qg.AdaptiveOptimizer(param_steps=0)

    grown, cost, slope = optimizer.step_and_cost(empty, [qg.RY(0.7, wires=0)], params_zero=False)

    assert float(grown()) == pytest.approx(numpy.sin(0.7) - 1.0)
    assert cost == pytest.approx(-1.0)
    assert slope == pytest.approx(numpy.cos(0.7))


def test_the_state_grows_the_circuit_again():
    first = qg.AdaptiveOptimizer()
    grown = first.step(first.step(empty, pool()), pool(), drain_pool=True)
    second = qg.AdaptiveOptimizer()

    second.from_json(first.to_json())

    assert float(second.grown(empty)()) == float(grown())
    assert gates(second.grown(empty)) == gates(grown)


def test_an_empty_pool_is_refused():
    optimizer = qg.AdaptiveOptimizer()
    grown = optimizer.step(empty, pool()[:1])

    with pytest.raises(InvalidOptimizerOption, match="operator_pool"):
        optimizer.step(grown, pool()[:1], drain_pool=True)


def test_a_function_is_refused():
    with pytest.raises(UnsuitableObjective, match="no gate can be appended"):
        qg.AdaptiveOptimizer().step(lambda: 1.0, pool())
