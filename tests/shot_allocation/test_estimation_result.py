"""Circuits to which a budget is allocated."""

from __future__ import annotations

import numpy
import pytest

import qgate as qg
from qgate.gradients.parameter_shift import parameter_shift
from qgate.shot_allocation.allocation import ShotLimits
from qgate.shot_allocation.design import plan
from qgate.shot_allocation.estimation_request import estimation_request, with_constants
from qgate.shot_allocation.estimation_result import designed


def asked():
    with qg.QuantumTape() as tape:
        qg.RY(0.4, wires=0)
        qg.CNOT(wires=[0, 1])
        qg.RX(-0.7, wires=1)
        qg.expval(0.5 * qg.Z(0) - 0.8 * qg.X(0) @ qg.X(1) + 0.3 * qg.Y(1))
    constant = with_constants(tape.sweep(), qg.device("local"))
    shifted = parameter_shift(constant.structure, (0, 1))
    return estimation_request(constant, shifted, values=True)


@pytest.mark.parametrize(("shots", "relied_on"), [(1000, True), (10, False)])
def test_earlier_variances_are_relied_on_where_all_circuits_run(shots, relied_on):
    request = asked()
    problem, bases = request.problem, request.bases
    planned = plan(problem, bases, 10**6, ShotLimits()).planned
    prior = numpy.where(planned > 0, numpy.arange(1.0, planned.size + 1).reshape(planned.shape), 0)

    found = designed(request, shots, ShotLimits(), prior)

    expected = plan(problem, bases, shots, ShotLimits(), prior if relied_on else None)
    assert found.planned == pytest.approx(expected.planned)
    assert found.chances == pytest.approx(expected.chances)


def test_variances_of_other_circuits_are_left_aside():
    request = asked()

    found = designed(request, 1000, ShotLimits(), numpy.ones((2, 2)))

    expected = plan(request.problem, request.bases, 1000, ShotLimits())
    assert found.planned == pytest.approx(expected.planned)
