"""Spectra of the arguments of QNodes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import InvalidArgnums, NoSpectrum, QuantumFunctionError, UnknownArgument

ONE = [-1.0, 0.0, 1.0]
HALVES = [-1.0, -0.5, 0.0, 0.5, 1.0]


def node(function):
    return qg.QNode(function, "local")


@node
def encoder(x, y, z, w):
    for wire in range(3):
        qg.RX(0.5 * x[wire], wires=wire)
        qg.Rot(w[0, wire, 0], w[0, wire, 1], w[0, wire, 2], wires=wire)
        qg.RY(2.3 * y[wire], wires=wire)
        qg.Rot(w[1, wire, 0], w[1, wire, 1], w[1, wire, 2], wires=wire)
        qg.RX(z, wires=wire)
    return qg.expval(qg.Z(0))


X, Y, Z = np.array([1.0, 2.0, 3.0]), qnp.array([0.1, 0.3, 0.5]), -1.8
W = np.arange(18.0).reshape(2, 3, 3)


def test_factors_scale_frequencies_and_occurrences_add_up():
    found = qg.fourier.qnode_spectrum(encoder, argnum=[0, 1, 2])(X, Y, Z, W)

    assert found == {
        "x": {(wire,): [-0.5, 0.0, 0.5] for wire in range(3)},
        "y": {(wire,): [-2.3, 0.0, 2.3] for wire in range(3)},
        "z": {(): [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]},
    }


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ({"argnum": 2}, {"z": [()]}),
        ({"encoding_args": {"y"}}, {"y": [(0,), (1,), (2,)]}),
        ({"encoding_args": "z"}, {"z": [()]}),
        ({"encoding_args": {"z": ..., "x": [(2,), (0,)]}}, {"x": [(0,), (2,)], "z": [()]}),
        ({"encoding_args": {"z": [()]}, "argnum": 0}, {"z": [()]}),
        ({"encoding_args": []}, {}),
        ({"encoding_args": {"x": []}}, {"x": []}),
    ],
)
def test_arguments_and_indices_can_be_chosen(options, keys):
    found = qg.fourier.qnode_spectrum(encoder, **options)(X, Y, Z, W)

    assert {name: list(spectra) for name, spectra in found.items()} == keys


def test_by_default_all_arguments_without_default_are_told():
    @node
    def circuit(x, y, scale=2.0, *, z=0.1):
        qg.RX(scale * x, 0)
        qg.RY(z, 0)
        return qg.probs(wires=0)

    spectrum = qg.fourier.qnode_spectrum(circuit)

    assert spectrum(0.1, np.zeros(2)) == {"x": {(): [-2, 0, 2]}, "y": {(0,): [0], (1,): [0]}}
    assert spectrum(y=0, x=1, scale=0.5)["x"] == {(): [-0.5, 0, 0.5]}


def test_an_argument_with_default_or_by_keyword_can_be_chosen():
    @node
    def circuit(x, y=0.1, *, z=0.2):
        qg.RX(y, 0)
        qg.CRX(z, [0, 1])
        return qg.expval(qg.Z(0))

    found = qg.fourier.qnode_spectrum(circuit, encoding_args={"z", "y"})("text", z=1.0)

    assert found == {"y": {(): ONE}, "z": {(): HALVES}}


@pytest.mark.parametrize(
    ("apply", "wanted"),
    [
        (lambda x: qg.CRX(x, [0, 1]), HALVES),
        (lambda x: qg.CRot(x, 0.2, 0.3, [0, 1]), HALVES),
        (lambda x: qg.U3(0.1, x, 0.3, 0), ONE),
        (lambda x: qg.Rot(x, 0.2, x, 0), [-2, -1, 0, 1, 2]),
        (lambda x: qg.MultiRZ(x, [0, 1, 2]), ONE),
        (lambda x: qg.PauliRot(3 * x, "XZY", [0, 1, 2]), [-3, 0, 3]),
        (lambda x: qg.PhaseShift(np.pi * x, 0), [-3.14159265, 0, 3.14159265]),
        (lambda x: qg.AngleEmbedding([x, 2 * x], [0, 1]), [-3, -2, -1, 0, 1, 2, 3]),
        (lambda x: qg.ctrl(qg.Rot, control=1)(0.1, x, 0.3, 0), HALVES),
        (lambda x: qg.adjoint(qg.RX)(x, 0), ONE),
        (lambda x: qg.evolve(qg.X(0) @ qg.Y(1), x), [-2, 0, 2]),
        (lambda x: qg.DoubleExcitation(x, [0, 1, 2, 3]), HALVES),
        (lambda x: qg.RX(x - x, 0), [0]),
        (lambda x: qg.GlobalPhase(x), [0]),
        (lambda x: qg.RX(0.1, 0), [0]),
        (lambda x: qg.Hadamard(0), [0]),
    ],
)
def test_gates_of_all_kinds(apply, wanted):
    @node
    def circuit(x):
        apply(x)
        return qg.expval(qg.X(0))

    assert qg.fourier.qnode_spectrum(circuit)(0.4) == {"x": {(): wanted}}


def test_a_linear_map_of_an_argument_is_followed():
    matrix = np.array([[1.0, 2.0], [0.0, -3.0]])

    @node
    def circuit(x):
        qg.AngleEmbedding(qnp.dot(matrix, x) + 0.3, wires=[0, 1])
        return qg.expval(qg.Z(0) @ qg.Z(1))

    found = qg.fourier.qnode_spectrum(circuit)([0.1, 0.2])

    assert found == {"x": {(0,): ONE, (1,): [-5, -3, -2, -1, 0, 1, 2, 3, 5]}}


def test_other_arguments_may_be_used_in_any_way_and_may_be_batches():
    @node
    def circuit(x, w):
        qg.RX(x, 0)
        qg.RY(np.sin(w) * 2, 0)
        return qg.expval(qg.Z(0))

    assert qg.fourier.qnode_spectrum(circuit, argnum=0)(0.1, np.arange(3)) == {"x": {(): ONE}}


def test_frequencies_are_rounded_to_decimals():
    @node
    def circuit(x):
        qg.RX(x / 3, 0)
        return qg.expval(qg.Z(0))

    assert qg.fourier.qnode_spectrum(circuit, decimals=2)(0.1)["x"][()] == [-0.33, 0, 0.33]


def test_nothing_is_run():
    with qg.Tracker(encoder.device) as tracker:
        qg.fourier.qnode_spectrum(encoder)(X, Y, Z, W)

    assert tracker.totals.get("submissions", 0) == 0


# Every frequency that occurs is in the spectrum --------------------------------------------

GATES = [
    lambda x: qg.RX(x, 0),
    lambda x: qg.RZ(x, 1),
    lambda x: qg.CRY(x, [0, 1]),
    lambda x: qg.Rot(0.3, x, -x, 1),
    lambda x: qg.CRot(x, 0.2, 0.1, [1, 2]),
    lambda x: qg.SingleExcitation(x, [0, 2]),
    lambda x: qg.PauliRot(x, "XYZ", [0, 1, 2]),
    lambda x: qg.MultiRZ(x, [0, 2]),
    lambda x: qg.U3(x, 0.3, x, 2),
    lambda x: qg.ctrl(qg.IsingXY, control=0)(x, [1, 2]),
    lambda x: qg.AngleEmbedding([x, 0.5 * x, 0.3], [0, 1, 2], rotation="Y"),
]
QUARTER = 0.25
"""Frequencies of these gates, with the factors below, are multiples of this."""


@settings(max_examples=25)
@given(
    gates=st.lists(
        st.tuples(st.sampled_from(GATES), st.sampled_from([0.5, 1.0, -1.0, 2.0])),
        min_size=1,
        max_size=3,
    ),
    seed=st.integers(0, 100),
)
def test_frequencies_that_occur_are_in_the_spectrum(gates, seed):
    weights = np.random.default_rng(seed).uniform(-3, 3, size=(len(gates) + 1, 3, 3))

    @node
    def circuit(x):
        qg.StronglyEntanglingLayers(weights[:1], wires=range(3))
        for layer, (gate, factor) in enumerate(gates, start=1):
            gate(factor * x)
            qg.StronglyEntanglingLayers(weights[layer : layer + 1], wires=range(3))
        return qg.expval(qg.Z(0) @ qg.X(1))

    (spectrum,) = qg.fourier.qnode_spectrum(circuit)(0.3)["x"].values()

    highest = max(spectrum)
    count = 2 * round(highest / QUARTER) + 9
    values = [circuit(x) for x in 2 * np.pi / QUARTER * np.arange(count) / count]
    sizes = np.abs(np.fft.fft(values)) / count
    occurring = np.fft.fftfreq(count)[sizes > 1e-10] * count * QUARTER
    assert set(occurring.round(6).tolist()) <= set(spectrum)


# Refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("apply", "says"),
    [
        (lambda x: qg.RX(x**2, 0), "not linear functions"),
        (lambda x: qg.RX(qnp.abs(x), 0), "not linear functions"),
        (lambda x: [qg.RX(x, 0) for _ in range(1 + (x > 1.0))], "not linear functions"),
        (lambda x: qg.QubitUnitary(qnp.eye(2) * qnp.exp(1j * x), 0), "QubitUnitary"),
        (lambda x: qg.RX(x * np.arange(3), 0), "a batch of angles"),
    ],
)
def test_circuits_without_a_spectrum_are_refused(apply, says):
    @node
    def circuit(x):
        apply(x)
        return qg.expval(qg.X(0))

    with pytest.raises(NoSpectrum, match=says):
        qg.fourier.qnode_spectrum(circuit)(0.4)


def test_a_product_of_two_arguments_is_linear_in_each_alone():
    @node
    def circuit(x):
        qg.RX(x[0] * x[1], 0)
        return qg.expval(qg.Z(0))

    with pytest.raises(NoSpectrum, match="not linear functions"):
        qg.fourier.qnode_spectrum(circuit)([2.0, 3.0])
    alone = qg.fourier.qnode_spectrum(circuit, {"x": [(0,)]})([2.0, 3.0])
    assert alone == {"x": {(0,): [-3, 0, 3]}}


def test_the_test_of_linearity_takes_options():
    @node
    def circuit(x):
        qg.RX(x + 1e-4 * x**2, 0)
        return qg.expval(qg.Z(0))

    with pytest.raises(NoSpectrum, match="not linear functions"):
        qg.fourier.qnode_spectrum(circuit)(0.0)
    loose = qg.fourier.qnode_spectrum(circuit, validation_kwargs={"atol": 0.01})(0.0)
    assert loose == {"x": {(): ONE}}


def test_a_gate_without_known_frequencies_is_refused():
    class Odd(qg.Operator):
        num_wires = 1

        def __init__(self, angle, wires):
            super().__init__((angle,), wires)

    @node
    def circuit(x, y):
        qg.RX(y, 0)
        Odd(x, 0)
        return qg.expval(qg.Z(0))

    with pytest.raises(NoSpectrum, match="frequencies of Odd are not known"):
        qg.fourier.qnode_spectrum(circuit)(0.1, 0.2)
    assert qg.fourier.qnode_spectrum(circuit, argnum=1)(0.1, 0.2) == {"y": {(): ONE}}


@pytest.mark.parametrize("returned", [qg.var, lambda op: qg.state(), qg.sample])
def test_what_is_not_linear_in_the_state_is_refused(returned):
    @node
    def circuit(x):
        qg.RX(x, 0)
        return returned(qg.Z(0))

    with pytest.raises(NoSpectrum, match="Return expectation values or probabilities"):
        qg.fourier.qnode_spectrum(circuit)(0.1)


def test_an_observable_that_depends_on_the_argument_is_refused():
    @node
    def circuit(x):
        qg.RX(x, 0)
        return qg.expval(qg.Hamiltonian([x, 1.0], [qg.Z(0), qg.X(0)]))

    with pytest.raises(NoSpectrum, match="by other than an angle"):
        qg.fourier.qnode_spectrum(circuit)(0.1)


def test_an_argument_that_is_no_number_is_refused():
    with pytest.raises(NoSpectrum, match="the argument 'x' is 'text'"):
        qg.fourier.qnode_spectrum(encoder)("text", Y, Z, W)


def test_unknown_arguments_are_refused_at_once():
    with pytest.raises(UnknownArgument, match=r"no argument 'v'.*x, y, z, w"):
        qg.fourier.qnode_spectrum(encoder, encoding_args={"v"})
    with pytest.raises(InvalidArgnums, match="no argument at position 4"):
        qg.fourier.qnode_spectrum(encoder, argnum=[0, 4])


@pytest.mark.parametrize("index", [(3,), (-1,), (), (0, 0), 0])
def test_an_index_that_is_not_there_is_refused(index):
    with pytest.raises(NoSpectrum, match=r"'x' has the shape \(3,\) and no index"):
        qg.fourier.qnode_spectrum(encoder, {"x": [index]})(X, Y, Z, W)


def test_a_function_without_device_is_refused():
    with pytest.raises(QuantumFunctionError, match="not bound to a device"):
        qg.fourier.qnode_spectrum(lambda x: qg.expval(qg.Z(0)))
