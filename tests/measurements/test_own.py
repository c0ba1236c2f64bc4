"""Measurements whose value a method of a user's class computes."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import DeviceError, QuantumFunctionError
from qgate.measurements import MeasurementProcess, SampleMeasurement, StateMeasurement

X = 1.23


class Ones(SampleMeasurement):
    def __init__(self, obs=None, wires=None, factor=1):
        self.factor = factor
        super().__init__(obs=obs, wires=wires)

    def process_samples(self, samples, wire_order, shot_range=None, bin_size=None):
        return self.factor * samples[:, wire_order.indices(self.wires)].all(axis=-1).mean()


class Chance(StateMeasurement):
    def process_state(self, state, wire_order):
        return qg.probs(wires=self.wires).process_state(state, wire_order)


class Either(SampleMeasurement, StateMeasurement):
    def process_samples(self, samples, wire_order, shot_range=None, bin_size=None):
        return len(samples)

    def process_state(self, state, wire_order):
        return 0


def pair(measurement, **options):
    @qg.qnode(qg.device("local", wires=3, seed=7), **options)
    def circuit(x):
        qg.RX(x, 0)
        qg.CNOT([0, 1])
        return measurement()

    return circuit


def test_samples_of_all_wires_are_processed_and_derivatives_are_those_of_shifts():
    shots = 40_000
    circuit = pair(lambda: Ones(wires=[1, 0], factor=3), shots=shots)

    value, slope = circuit(X), qg.grad(circuit)(qnp.array(X, requires_grad=True))

    error = 5 * 3 / np.sqrt(shots)
    assert abs(value - 3 * np.sin(X / 2) ** 2) < error
    assert abs(slope - 1.5 * np.sin(X)) < error
    assert isinstance(circuit.tape.measurements[0], Ones)


def test_an_observable_is_measured_in_its_eigenbasis():
    @qg.qnode("local", shots=[10, 20])
    def circuit(x):
        qg.RX(x, 0)
        qg.RY(x, 1)
        return Ones(obs=qg.Y(0)), Ones(obs=qg.X(1))

    assert circuit(np.pi / 2) == ((1, 0), (1, 0))
    assert circuit(-np.pi / 2) == ((0, 1), (0, 1))


def test_states_are_processed_in_the_framework_of_the_user():
    circuit = pair(lambda: (Chance(wires=1), qg.expval(qg.Z(1))))
    batch = np.array([X, 0.4])

    chances, mean = circuit(batch)
    slopes = qg.jacobian(lambda x: circuit(x)[0])(qnp.array(X, requires_grad=True))

    np.testing.assert_allclose(chances[:, 1], np.sin(batch / 2) ** 2)
    np.testing.assert_allclose(mean, np.cos(batch))
    np.testing.assert_allclose(slopes, [-np.sin(X) / 2, np.sin(X) / 2])


def test_a_class_with_both_methods_uses_samples_where_there_are_shots():
    circuit = pair(Either)

    assert circuit(X) == 0
    assert circuit(X, shots=5) == 5


def test_classes_are_those_from_which_they_derive():
    own = Chance(wires=0)

    assert isinstance(own, StateMeasurement)
    assert isinstance(own, MeasurementProcess)
    assert not isinstance(own, SampleMeasurement)
    assert issubclass(Either, SampleMeasurement)
    assert not issubclass(Chance, SampleMeasurement)
    assert own == Chance(wires=0) != Chance(wires=1)
    assert Ones(wires=0, factor=1) != Ones(wires=0, factor=2)
    assert repr(own) == "Chance(wires=[0])"


def test_mid_circuit_measurements_may_come_before():
    @qg.qnode("local", shots=100)
    def circuit():
        qg.X(0)
        qg.cond(qg.measure(0), qg.X)(1)
        return Ones(wires=[0, 1])

    assert circuit() == 1


def test_samples_without_shots_and_methods_without_shifts_are_refused():
    with pytest.raises(DeviceError, match="cannot return Ones without shots"):
        pair(lambda: Ones(wires=0))(X)
    circuit = pair(lambda: Ones(wires=0), shots=10, diff_method="hadamard")
    with pytest.raises(qg.exceptions.UnsupportedDiffMethod, match="hadamard"):
        qg.grad(circuit)(qnp.array(X, requires_grad=True))
    with pytest.raises(QuantumFunctionError, match="Give an observable, or wires"):
        Ones(obs=qg.Z(0), wires=0)


def test_a_value_after_noise_is_computed_from_the_density_matrix():
    class Coherence(StateMeasurement):
        def process_state(self, state, wire_order):
            return state[0]

        def process_density_matrix(self, density_matrix, wire_order):
            return qg.math.real(density_matrix[0, 1])

    def function(p, measured):
        qg.Hadamard(wires=0)
        qg.PhaseFlip(p, wires=0)
        return measured()

    circuit = qg.QNode(function, "local")
    p = qnp.array(0.1, requires_grad=True)

    assert circuit(p, Coherence) == pytest.approx(0.4)
    assert qg.grad(circuit)(p, Coherence) == pytest.approx(-1)
    with pytest.raises(QuantumFunctionError, match="Define its method process_density_matrix"):
        circuit(p, Chance)
