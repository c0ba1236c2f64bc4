"""Measurement plans: Pauli words that only the values need are grouped by their coefficients."""

from __future__ import annotations

import numpy

import qgate as qg
from qgate.gradients.parameter_shift import parameter_shift
from qgate.shot_allocation.estimation_request import estimation_request, with_constants


def test_words_that_only_the_value_needs_are_grouped_by_coefficients():
    with qg.QuantumTape() as tape:
        qg.RY(0.4, wires=0)
        qg.RX(-0.7, wires=1)
        qg.expval(0.1 * qg.X(1) + 0.8 * qg.Z(1) + 0.3 * qg.Y(1) + 0.5 * qg.Z(0))
    constant = with_constants(tape.sweep(), qg.device("local"))
    shifted = parameter_shift(constant.structure, (0,))

    plan = estimation_request(constant, shifted, values=True).measurement_plan

    by_coefficient = numpy.argsort(-plan.observed.coefficients[0] * ~plan.depends[0])
    first, second, third = plan.bases.home[by_coefficient[:3]]
    assert plan.bases.home[numpy.flatnonzero(plan.depends[0])[0]] == 0
    assert first == 0
    assert first < second < third
