"""Moves along one parameter after the other."""

from __future__ import annotations

import itertools

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as np
from qgate.exceptions import InvalidOptimizerOption, NothingTrainable, UnsuitableObjective

ANGLES = st.floats(-3.0, 3.0, width=16)


@qg.qnode("local")
def circuit(x, y):
    qg.RX(x[0], wires=0)
    qg.RY(x[1], wires=1)
    qg.CNOT(wires=[0, 1])
    qg.RY(2 * y, wires=1)
    qg.RX(y, wires=0)
    return qg.expval(qg.Z(0) @ qg.X(1) + 0.3 * qg.Z(1))


FREQUENCIES = {"x": {(0,): 1, (1,): 1}}
SPECTRUM = {"y": {(): [-3, -2, -1, 0, 1, 2, 3]}}


def start(x, y):
    return np.array(x, requires_grad=True), np.array(y, requires_grad=True)


@given(st.tuples(ANGLES, ANGLES), ANGLES)
@settings(max_examples=12)
def test_each_number_goes_to_the_least_value_along_it(x, y):
    args = start(x, y)

    found, cost, least = qg.RotosolveOptimizer().step_and_cost(
        circuit, *args, nums_frequency=FREQUENCIES, spectra=SPECTRUM, full_output=True
    )

    grid = numpy.linspace(-numpy.pi, numpy.pi, 201)
    assert cost == pytest.approx(float(circuit(*args)))
    assert least[-1] == pytest.approx(float(circuit(*found)), abs=1e-7)
    assert least[0] <= min(circuit([grid, x[1]], y)) + 1e-9
    assert least[-1] <= min(circuit(found[0], grid)) + 1e-9
    assert all(after <= before + 1e-9 for before, after in itertools.pairwise(least))


def test_the_closed_form_is_that_of_ostaszewski():
    x, y = start([0.3, -0.8], 0.5)
    shifts = numpy.array([numpy.pi / 2, -numpy.pi / 2, 0.0])
    plus, minus, middle = circuit([0.3 + shifts, -0.8], 0.5)
    turn = -numpy.pi / 2 - numpy.arctan2(2 * middle - plus - minus, plus - minus)
    turn += 2 * numpy.pi if turn <= -numpy.pi else 0.0

    found = qg.RotosolveOptimizer().step(
        circuit, x, np.array(y, requires_grad=False), nums_frequency=FREQUENCIES
    )

    assert float(found[0][0]) == pytest.approx(0.3 + turn)


@pytest.mark.parametrize("frequency", [0.5, 2.0])
def test_a_single_frequency_need_not_be_one(frequency):
    @qg.qnode("local")
    def scaled(x):
        qg.RX(frequency * x, wires=0)
        return qg.expval(qg.Z(0))

    x = qg.RotosolveOptimizer().step(
        scaled, np.array(0.4, requires_grad=True), spectra={"x": {(): [0, frequency]}}
    )

    assert float(scaled(x)) == pytest.approx(-1.0)
    assert abs(float(x) - 0.4) <= numpy.pi / frequency


def search(function, bounds, points):
    """A user-defined search that does not return the minimum."""
    grid = numpy.linspace(*bounds[0], points)
    return grid[numpy.argmin([function(x) for x in grid])], None


@pytest.mark.parametrize(
    ("optimizer", "options"),
    [("brute", {"num_steps": 3, "Ns": 50}), ("shgo", {"iters": 4}), (search, {"points": 3001})],
)
def test_a_series_of_several_frequencies_is_searched_as_asked(optimizer, options):
    x, y = start([0.3, -0.8], 0.5)

    found, least = qg.RotosolveOptimizer(optimizer, options).step(
        circuit, x, y, nums_frequency=FREQUENCIES, spectra=SPECTRUM, full_output=True
    )

    along = circuit(found[0], numpy.linspace(-numpy.pi, numpy.pi, 300))
    assert least[-1] <= min(along) + 1e-4


def test_arguments_that_are_not_trainable_stay_and_need_no_frequencies():
    x, y = np.array([0.3, -0.8], requires_grad=False), np.array(0.5, requires_grad=True)

    found = qg.RotosolveOptimizer().step(circuit, x, y, spectra=SPECTRUM)

    assert found[0] is x
    assert float(found[1]) != 0.5


def test_a_function_of_a_qnode_is_called_point_by_point():
    calls = []

    def squared(x, y):
        calls.append(x)
        return circuit(x, y) + 1.0

    x, y = start([0.3, -0.8], 0.5)
    options = {"nums_frequency": FREQUENCIES, "spectra": SPECTRUM}

    found = qg.RotosolveOptimizer().step(squared, x, y, **options)

    same = qg.RotosolveOptimizer().step(circuit, x, y, **options)
    assert numpy.allclose(found[0], same[0])
    assert len(calls) == 3 + 3 + 7


def test_a_number_without_frequencies_is_refused_with_its_name():
    x, y = start([0.3, -0.8], 0.5)

    with pytest.raises(InvalidOptimizerOption, match=r"nums_frequency\['y'\]\[\(\)\]=None"):
        qg.RotosolveOptimizer().step(circuit, x, y, nums_frequency=FREQUENCIES)


def test_nothing_trainable_is_refused():
    with pytest.raises(NothingTrainable, match="RotosolveOptimizer has nothing to optimize"):
        qg.RotosolveOptimizer().step(circuit, [0.1, 0.2], 0.3)


def test_a_list_of_arrays_is_refused():
    x = [np.array(0.1), np.array(0.2)]

    with pytest.raises(UnsuitableObjective, match="'x' is a list"):
        qg.RotosolveOptimizer().step(circuit, x, 0.3, nums_frequency=FREQUENCIES)


def test_an_unknown_search_is_refused():
    with pytest.raises(InvalidOptimizerOption, match="'brute', 'shgo' or a function"):
        qg.RotosolveOptimizer("brutal")
