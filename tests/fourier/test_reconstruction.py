"""Circuits as functions of one parameter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import InvalidReconstruction, UnknownArgument


@qg.qnode("local", diff_method="parameter-shift")
def circuit(x, Y, f=1.0):
    qg.RX(f * x, wires=0)
    qg.RY(Y[0], wires=0)
    qg.RY(Y[1], wires=1)
    qg.CNOT(wires=[0, 1])
    qg.RY(5 * Y[1], wires=1)
    return qg.expval(qg.Z(0) @ qg.Z(1))


X, Y = 0.4, qnp.array([1.9, -0.5], requires_grad=True)
NUMS = {"x": {(): 1}, "Y": {(0,): 1, (1,): 6}}
SPECTRA = {"x": {(): [0, 1]}, "Y": {(0,): [0, 1], (1,): [0, 1, 4, 5, 6]}}
TWO = np.array([0.0, 1.0])


@pytest.mark.parametrize("known", [{"nums_frequency": NUMS}, {"spectra": SPECTRA}])
@pytest.mark.parametrize("point", [-7.0, -0.5, 0.0, 1.234, 3.0])
def test_a_reconstruction_is_the_circuit(known, point):
    found = qg.fourier.reconstruct(circuit, **known)(X, Y)

    assert found["x"][()](point) == pytest.approx(circuit(point, Y), abs=1e-10)
    assert found["Y"][0,](point) == pytest.approx(circuit(X, [point, Y[1]]), abs=1e-10)
    assert found["Y"][1,](point) == pytest.approx(circuit(X, [Y[0], point]), abs=1e-10)


@settings(max_examples=15)
@given(
    angles=st.lists(st.floats(-3, 3), min_size=4, max_size=4),
    factors=st.lists(st.sampled_from([0.7, 1.0, -2.0, 1.9]), min_size=4, max_size=4),
    point=st.floats(-6, 6),
)
def test_spectra_of_a_qnode_reconstruct_it(angles, factors, point):
    @qg.qnode("local")
    def random(x):
        qg.RX(factors[0] * x[0], 0)
        qg.CRY(factors[1] * x[1], [0, 1])
        qg.Rot(0.3, factors[2] * x[2], x[0], 1)
        qg.IsingXX(factors[3] * x[3] + x[1], [0, 1])
        return qg.expval(qg.Z(0) @ qg.Y(1))

    spectra = qg.fourier.qnode_spectrum(random)(angles)
    found = qg.fourier.reconstruct(random, spectra=spectra)(angles)["x"]

    for (at,), series in found.items():
        moved = [point if i == at else angle for i, angle in enumerate(angles)]
        assert series(point) == pytest.approx(random(moved), abs=1e-8)


@pytest.mark.parametrize("known", [{"nums_frequency": NUMS}, {"spectra": SPECTRA}])
@pytest.mark.parametrize("offset", [0.0, 0.7])
def test_derivatives_of_a_reconstruction_are_those_of_the_circuit(known, offset):
    series = qg.fourier.reconstruct(circuit, **known)(X, Y)["Y"][1,]
    point = Y + offset * TWO

    slope = qg.grad(series, 0)(float(point[1]))
    bend = qg.grad(qg.grad(series, 0), 0)(float(point[1]))

    assert slope == pytest.approx(qg.grad(circuit)(X, point)[1], abs=1e-10)
    assert bend == pytest.approx(qg.jacobian(qg.grad(circuit))(X, point)[1, 1], abs=1e-9)


def test_shifts_can_be_given_for_some_parameters():
    shifts = {"Y": {(0,): [-2.0, 0.1, 1.5]}}

    found = qg.fourier.reconstruct(circuit, spectra=SPECTRA, shifts=shifts)(X, Y)

    assert found["Y"][0,](0.3) == pytest.approx(circuit(X, [0.3, Y[1]]), abs=1e-10)
    assert found["Y"][1,](0.3) == pytest.approx(circuit(X, [Y[0], 0.3]), abs=1e-10)


def test_an_argument_with_default_can_be_reconstructed_and_frequencies_need_not_be_whole():
    spectra = {"x": {(): [2.3]}, "f": {(): [-X, 0, X]}}

    found = qg.fourier.reconstruct(circuit, spectra=spectra)(X, Y, f=2.3)

    assert found["x"][()](1.0) == pytest.approx(circuit(1.0, Y, f=2.3), abs=1e-10)
    assert found["f"][()](1.0) == pytest.approx(circuit(X, Y, f=1.0), abs=1e-10)


@pytest.mark.parametrize(
    ("ids", "keys"),
    [
        (None, {"x": [()], "Y": [(0,), (1,)]}),
        ("Y", {"Y": [(0,), (1,)]}),
        (["x"], {"x": [()]}),
        ({"Y": [(1,)]}, {"Y": [(1,)]}),
        ({"Y": ...}, {"Y": [(0,), (1,)]}),
    ],
)
def test_parameters_are_chosen_by_name_and_index(ids, keys):
    found = qg.fourier.reconstruct(circuit, ids, NUMS)(X, Y)

    assert {name: list(by_index) for name, by_index in found.items()} == keys


def test_nums_frequency_takes_precedence():
    found = qg.fourier.reconstruct(circuit, "x", NUMS, {"x": {(): [0, 3, 4]}})(X, Y)

    assert found["x"][()].frequencies.tolist() == [1.0]


# Cost --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "circuits"), [({"nums_frequency": NUMS}, 17), ({"spectra": SPECTRA}, 13)]
)
def test_all_circuits_are_one_submission_and_the_value_is_run_once(known, circuits):
    with qg.Tracker(circuit.device) as tracker:
        found = qg.fourier.reconstruct(circuit, **known)(X, Y)
        found["x"][()](0.3)

    assert (tracker.totals["submissions"], tracker.totals["executions"]) == (1, circuits)


def test_a_known_value_is_not_run_again():
    value = circuit(X, Y)

    with qg.Tracker(circuit.device) as tracker:
        found = qg.fourier.reconstruct(circuit, "x", NUMS)(X, Y, f0=value)

    assert tracker.totals["executions"] == 2
    assert found["x"][()](1.0) == pytest.approx(circuit(1.0, Y), abs=1e-10)


def test_a_known_value_that_is_not_used_brings_a_warning():
    shifts = {"x": {(): [-1.0, 0.5, 1.5]}}

    with pytest.warns(UserWarning, match="f0, the value at the given arguments, is not used for x"):
        found = qg.fourier.reconstruct(circuit, "x", None, SPECTRA, shifts)(X, Y, f0=99.0)

    assert found["x"][()](1.0) == pytest.approx(circuit(1.0, Y), abs=1e-10)


def test_a_parameter_without_frequencies_is_constant_and_runs_one_circuit():
    with qg.Tracker(circuit.device) as tracker:
        found = qg.fourier.reconstruct(circuit, nums_frequency={"f": {(): 0}})(0.0, Y)

    assert tracker.totals["executions"] == 1
    assert found["f"][()](5.0) == pytest.approx(circuit(0.0, Y))


# Results of the reconstruction -------------------------------------------------------------


def test_probabilities_are_reconstructed_all_at_once():
    @qg.qnode("local")
    def both(x):
        qg.RX(x, 0)
        qg.CRY(x, [0, 1])
        return qg.probs(wires=[0, 1])

    series = qg.fourier.reconstruct(both, spectra=qg.fourier.qnode_spectrum(both)(0.1))(0.1)

    np.testing.assert_allclose(series["x"][()](2.0), both(2.0), atol=1e-10)


def test_a_function_of_qnodes_is_reconstructed():
    def cost(x):
        return 2 * circuit(x, Y) + 1

    found = qg.fourier.reconstruct(cost, nums_frequency={"x": {(): 1}})(0.3)

    assert found["x"][()](1.7) == pytest.approx(cost(1.7), abs=1e-10)


def test_values_from_shots_are_within_five_standard_errors():
    found = qg.fourier.reconstruct(circuit, "x", NUMS)(X, Y, shots=20_000)

    error = np.sqrt(3 / 20_000)  # of three values, each with a weight of at most 1
    assert found["x"][()](1.0) == pytest.approx(circuit(1.0, Y), abs=5 * error)


def test_a_reconstruction_can_be_differentiated_by_other_arguments():
    def through(weights):
        return qg.fourier.reconstruct(circuit, "x", NUMS)(X, weights)["x"][()](1.0)

    found = qg.grad(through)(Y)

    np.testing.assert_allclose(found, qg.grad(lambda weights: circuit(1.0, weights))(Y), atol=1e-10)


# Refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({}, "neither nums_frequency nor spectra was given"),
        ({"nums_frequency": {"x": 1}}, "no mapping from arguments to mappings"),
        ({"nums_frequency": {"x": {(): 1.5}}}, "it counts frequencies"),
        ({"nums_frequency": {"x": {(): -1}}}, "it counts frequencies"),
        ({"ids": "Y", "nums_frequency": {"x": {(): 1}}}, "no frequencies are given for the arg"),
        ({"ids": {"Y": [(2,)]}, "nums_frequency": NUMS}, r"the index \(2,\) of the argument 'Y'"),
        ({"spectra": SPECTRA, "shifts": {"x": {(): [0, 1]}}}, "2 shifts"),
        ({"spectra": SPECTRA, "shifts": {"x": {(): [0, 1, 1]}}}, "do not determine a series"),
    ],
)
def test_wrong_frequencies_and_shifts_are_refused_at_once(arguments, says):
    with pytest.raises(InvalidReconstruction, match=says):
        qg.fourier.reconstruct(circuit, **arguments)


def test_an_unknown_argument_is_refused_at_once():
    with pytest.raises(UnknownArgument, match=r"no argument 'z'.*x, Y, f"):
        qg.fourier.reconstruct(circuit, nums_frequency={"z": {(): 1}})


def test_badly_chosen_shifts_bring_a_warning():
    shifts = {"Y": {(1,): np.linspace(0, 0.2, 9)}}

    with pytest.warns(UserWarning, match="condition number"):
        qg.fourier.reconstruct(circuit, {"Y": [(1,)]}, None, SPECTRA, shifts)


@pytest.mark.parametrize("index", [(), (2,), (-1,), (0, 0), 0])
def test_an_index_that_is_not_in_the_argument_is_refused(index):
    reconstruct = qg.fourier.reconstruct(circuit, nums_frequency={"Y": {index: 1}})

    with pytest.raises(InvalidReconstruction, match=r"'Y' has the shape \(2,\) and no index"):
        reconstruct(X, Y)


@pytest.mark.parametrize(
    ("returned", "says"),
    [
        (lambda: (qg.expval(qg.Z(0)), qg.expval(qg.X(0))), "a tuple"),
        (lambda: qg.state(), "complex128"),
    ],
)
def test_other_results_are_refused(returned, says):
    @qg.qnode("local")
    def other(x):
        qg.RX(x, 0)
        return returned()

    with pytest.raises(InvalidReconstruction, match=f"other returned .*{says}"):
        qg.fourier.reconstruct(other, nums_frequency={"x": {(): 1}})(0.1)
