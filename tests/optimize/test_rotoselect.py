"""Choices of axes and angles."""

from __future__ import annotations

import itertools

import numpy
import pytest

import qgate as qg
from qgate import numpy as np
from qgate.exceptions import InvalidOptimizerOption, UnsuitableObjective

GATES = (qg.RX, qg.RY, qg.RZ)


@qg.qnode("local")
def circuit(x, generators=None):
    generators[0](x[0], wires=0)
    generators[1](x[1], wires=1)
    qg.CNOT(wires=[0, 1])
    return qg.expval(0.7 * qg.X(0) + 0.4 * qg.Z(1) + 0.5 * qg.Y(0) @ qg.Z(1))


def test_a_gate_gets_the_best_of_all_axes_and_angles():
    x, generators = [0.3, 0.7], [qg.RX, qg.RY]

    found, chosen = qg.RotoselectOptimizer().step(circuit, x, generators)

    grid = numpy.linspace(-numpy.pi, numpy.pi, 400)
    second = min(
        float(circuit([found[0], angle], [chosen[0], kind]))
        for kind, angle in itertools.product(GATES, grid)
    )
    assert float(circuit(found, chosen)) <= second + 1e-9
    assert generators == [qg.RX, qg.RY]


def test_the_value_is_that_before_the_step():
    x, generators = np.array([0.3, 0.7]), [qg.RX, qg.RY]

    found, chosen, cost = qg.RotoselectOptimizer().step_and_cost(circuit, x, generators)

    assert cost == pytest.approx(float(circuit(x, generators)))
    assert isinstance(found, np.tensor)
    assert len(chosen) == 2


def test_steps_never_raise_the_value():
    x, generators, values = [0.3, 0.7], [qg.RZ, qg.RZ], []

    for _ in range(4):
        x, generators, cost = qg.RotoselectOptimizer().step_and_cost(circuit, x, generators)
        values.append(cost)

    assert all(after <= before + 1e-9 for before, after in itertools.pairwise(values))


def test_a_generator_that_may_not_be_chosen_stays_where_it_is_better():
    @qg.qnode("local")
    def one(x, generators=None):
        generators[0](x[0], wires=0)
        return qg.expval(qg.Z(0))

    optimizer = qg.RotoselectOptimizer(possible_generators=[qg.RZ])

    found, chosen = optimizer.step(one, [numpy.pi], [qg.RX])

    assert (found, chosen) == ([numpy.pi], [qg.RX])


def test_of_equal_generators_the_later_is_chosen():
    @qg.qnode("local")
    def one(x, generators=None):
        generators[0](x[0], wires=0)
        return qg.expval(qg.Z(0))

    _, chosen = qg.RotoselectOptimizer().step(one, [0.4], [qg.RX])

    assert chosen == [qg.RY]  # RX serves as well, and comes before


def test_as_many_generators_as_angles_are_needed():
    with pytest.raises(UnsuitableObjective, match="2 angles and 1 generators"):
        qg.RotoselectOptimizer().step(circuit, [0.1, 0.2], [qg.RX])


def test_no_generators_are_refused():
    with pytest.raises(InvalidOptimizerOption, match="possible_generators"):
        qg.RotoselectOptimizer(possible_generators=[])
