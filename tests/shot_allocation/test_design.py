"""Plans in which every circuit runs."""

from __future__ import annotations

import numpy
from hypothesis import given
from hypothesis import strategies as st

import qgate as qg
from qgate.shot_allocation.allocation import ShotLimits
from qgate.shot_allocation.design import plan_all
from qgate.shot_allocation.grouping import qubit_wise
from qgate.shot_allocation.linear_estimand import LinearEstimand
from qgate.shot_allocation.parity import Representatives

WORDS = qg.PauliSum.from_words([1.0, 1.0, 1.0], ["XX", "ZI", "ZZ"], range(2))
BASES = qubit_wise(Representatives.themselves(WORDS.x, WORDS.z), numpy.ones(3), WORDS.wires)


def problem(first, second):
    """Two rows: X X has a weight in the first, Z I and Z Z in the second."""
    vectors = numpy.array([[first, 0.0, 0.0], [0.0, second, second]])
    return LinearEstimand(
        2, numpy.arange(2), vectors, numpy.ones((1, 2)), numpy.zeros(1), numpy.ones(1)
    )


@given(st.floats(0.01, 10), st.floats(0.01, 10), st.integers(0, 5000), st.integers(1, 50))
def test_each_circuit_has_the_fewest_shots_and_the_rest_goes_by_spread(first, second, shots, least):
    design = plan_all(problem(first, second), BASES, shots, ShotLimits(least=least))

    own = numpy.array([design.planned[0].max(), design.planned[1].max()])
    spreads = numpy.array([first, second * numpy.sqrt(2)])
    wanted = shots * spreads / spreads.sum()
    if wanted.min() < least:
        wanted = numpy.where(wanted < least, least, shots - least)
    assert (design.planned > 0).sum(axis=1).tolist() == [1, 1]
    assert design.certain.sum() == 2
    assert numpy.all(own >= least)
    assert numpy.all(numpy.abs(own - numpy.maximum(wanted, least)) <= 1 + 1e-6 * shots)


def test_variances_that_are_known_decide():
    variances = numpy.array([[9.0, 0.0], [0.0, 1.0]])

    design = plan_all(problem(1.0, 1.0), BASES, 400, ShotLimits(), variances)

    assert design.planned.max(axis=1).tolist() == [300, 100]


def test_circuits_of_a_set_have_equal_shots():
    design = plan_all(problem(1.0, 5.0), BASES, 1000, ShotLimits(least=10, set_size=100))

    assert set(design.planned[design.planned > 0].tolist()) == {500.0}
