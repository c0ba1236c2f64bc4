"""Cost of derivatives, each of which is paid once."""

import math
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.autodiff.derivatives import (
    REMEMBERED,
    DeviceDerivatives,
    ShiftDerivatives,
    ValuesOnly,
)
from qgate.autodiff.result_layout import ResultLayout
from qgate.autodiff.trainable_sweep import TrainableSweep
from qgate.exceptions import UnsupportedDiffMethod
from qgate.gradients.parameter_shift import parameter_shift
from qgate.tape import Tape

WEIGHTS = qnp.array([0.3, -0.8, 1.2, 0.5], requires_grad=True)
TWO_BASES = 0.5 * qg.Z(0) @ qg.Z(1) - 1.2 * qg.X(1)


def layered(device, measure=lambda: qg.expval(qg.Z(0) @ qg.Z(1)), **options):
    @qg.qnode(device, **options)
    def circuit(weights):
        for index, gate in enumerate((qg.RX, qg.RY, qg.RX, qg.RY)):
            gate(weights[index], index % 2)
            qg.CNOT([0, 1])
        return measure()

    return circuit


def counted(function, *args):
    with qg.Tracker() as tracker:
        function(*args)
    return tracker.totals


# Numbers of circuits ------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["best", "backprop", "adjoint", "parameter-shift"])
def test_a_value_outside_of_a_gradient_is_one_circuit(method):
    totals = counted(layered("local", diff_method=method), WEIGHTS)

    assert totals == {"submissions": 1, "batches": 1, "executions": 1, "shots": 0}


def test_value_and_shifts_of_a_gradient_are_one_submission():
    totals = counted(qg.grad(layered("local?shots=20")), WEIGHTS)

    assert totals == {"submissions": 1, "batches": 1, "executions": 9, "shots": 180}


def test_every_reading_of_a_hamiltonian_is_in_that_submission():
    totals = counted(qg.grad(layered("local?shots=20", lambda: qg.expval(TWO_BASES))), WEIGHTS)

    assert totals == {"submissions": 1, "batches": 1, "executions": 18, "shots": 360}


def test_a_hessian_is_one_submission_of_distinct_points():
    hessian = qg.jacobian(qg.grad(layered("local?shots=20")))

    totals = counted(hessian, WEIGHTS)

    # the value, two shifts of each angle, a second shift by a whole turn of each (for both
    # directions alike only up to the period), and four corners of each pair
    corners = 4 * math.comb(4, 2)
    assert totals["submissions"] == 1
    assert totals["executions"] == 1 + 2 * 4 + 2 * 4 + corners


def test_all_rows_of_a_jacobian_share_one_derivative():
    circuit = layered("local?shots=20", lambda: qg.probs(wires=[0, 1]))

    totals = counted(qg.jacobian(circuit), WEIGHTS)

    assert totals["submissions"] == 1
    assert totals["executions"] == 9


def test_several_measurements_share_their_circuits():
    circuit = layered("local?shots=20", lambda: (qg.expval(qg.Z(0)), qg.probs(wires=[1, 0])))

    totals = counted(qg.jacobian(lambda weights: qnp.hstack(circuit(weights))), WEIGHTS)

    assert totals["executions"] == 9


@pytest.mark.parametrize("method", ["adjoint", "backprop"])
def test_methods_of_the_state_run_one_circuit(method):
    totals = counted(qg.grad(layered("local", diff_method=method)), WEIGHTS)

    assert (totals["submissions"], totals["executions"]) == (1, 1)


def test_finite_differences_run_one_circuit_more_than_there_are_angles():
    totals = counted(qg.grad(layered("local", diff_method="finite-diff")), WEIGHTS)

    assert totals["executions"] == 1 + 4


def test_only_trained_angles_are_shifted():
    @qg.qnode("local", diff_method="parameter-shift")
    def circuit(trained, data):
        qg.RX(trained, 0)
        for value in data:
            qg.RY(value, 0)
        return qg.expval(qg.Z(0))

    data = qnp.array([0.1, 0.2, 0.3], requires_grad=False)

    assert counted(qg.grad(circuit), qnp.array(0.4), data)["executions"] == 3


def test_a_shared_angle_is_shifted_in_each_gate():
    @qg.qnode("local", diff_method="parameter-shift")
    def circuit(x):
        qg.RX(x, 0)
        qg.RX(x, 1)
        return qg.expval(qg.Z(0) @ qg.Z(1))

    gradient = qg.grad(circuit)

    assert gradient(qnp.array(0.4)) == pytest.approx(-np.sin(0.8))
    assert counted(gradient, qnp.array(0.4))["executions"] == 5


def test_equal_points_of_exact_circuits_are_run_once():
    @qg.qnode("local", diff_method="parameter-shift")
    def circuit(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0))

    rows = qnp.array([0.2, 0.7, 0.2, 0.2])

    assert counted(qg.jacobian(circuit), rows)["executions"] == 2 * 3


def test_a_shot_vector_runs_every_point_with_each_number_of_shots():
    circuit = layered("local?seed=1", shots=(10, 30))

    totals = counted(qg.jacobian(lambda weights: qnp.stack(circuit(weights))), WEIGHTS)

    assert totals == {"submissions": 1, "batches": 1, "executions": 18, "shots": 9 * 40}


@pytest.mark.parametrize("size", [3, 5])
def test_a_gradient_on_aer_is_one_job_and_one_transpilation(size):
    device = qg.device("qiskit:aer?shots=10&seed=1")

    @qg.qnode(device)
    def circuit(weights):
        qg.BasicEntanglerLayers(weights, wires=range(size))
        return qg.expval(qg.Z(0) @ qg.Z(1) + qg.Z(2))

    totals = counted(qg.grad(circuit), qnp.full((2, size), 0.3))

    assert (device.jobs, device.transpilations) == (1, 1)
    assert totals["submissions"] == 1
    assert totals["executions"] == 1 + 4 * size


def test_the_next_gradient_on_aer_transpiles_nothing():
    device = qg.device("qiskit:aer?shots=10&seed=1")
    gradient = qg.grad(layered(device))

    for step in range(3):
        gradient(WEIGHTS + step)

    assert (device.jobs, device.transpilations) == (3, 1)


@pytest.mark.parametrize(("angles", "sets"), [(4, 1), (49, 1), (50, 2)])
def test_a_gradient_on_braket_is_one_program_set_for_a_hundred_executables(angles, sets):
    device = qg.device("braket:local?shots=2&seed=1")

    @qg.qnode(device)
    def circuit(weights):
        for weight in weights:
            qg.RX(weight, 0)
        return qg.expval(qg.Z(0))

    totals = counted(qg.grad(circuit), qnp.full(angles, 0.3))

    assert device.submissions == sets == totals["submissions"]
    assert totals["executions"] == 1 + 2 * angles


# Derivatives ---------------------------------------------------------------------------------


def tape_derivatives(kind=ShiftDerivatives, *measurements, angles=(0.3, 0.7)):
    tape = Tape([qg.RX(angles[0], 0), qg.RY(angles[1], 0)], measurements or [qg.expval(qg.Z(0))])
    sweep, device = tape.sweep(), qg.device("local")
    options = {"method": parameter_shift, "options": {}} if kind is ShiftDerivatives else {}
    layout = ResultLayout.of(sweep, device)
    return kind(TrainableSweep(sweep, (0, 1)), device, layout=layout, **options)


@pytest.mark.parametrize("kind", [ShiftDerivatives, DeviceDerivatives])
def test_derivatives_of_order_0_and_1(kind):
    x = np.array([[0.3, 0.7], [1.1, -0.2]])
    derivatives = tape_derivatives(kind, angles=x.T)

    values, slopes = derivatives(0, x), derivatives(1, x)

    a, b = x.T
    np.testing.assert_allclose(values, (np.cos(a) * np.cos(b))[:, None], atol=1e-12)
    expected = np.stack([-np.sin(a) * np.cos(b), -np.cos(a) * np.sin(b)], axis=-1)
    np.testing.assert_allclose(slopes, expected[:, None, :], atol=1e-12)


def test_derivatives_of_higher_order_have_an_axis_for_each_angle():
    x = np.array([[0.3, 0.7]])
    a, b = x[0]

    second, third = tape_derivatives()(2, x), tape_derivatives()(3, x)

    cosines, sines = np.cos(a) * np.cos(b), np.sin(a) * np.sin(b)
    np.testing.assert_allclose(second[0, 0], [[-cosines, sines], [sines, -cosines]], atol=1e-12)
    assert third.shape == (1, 1, 2, 2, 2)
    assert third[0, 0, 0, 0, 1] == pytest.approx(np.cos(a) * np.sin(b))


def test_a_derivative_is_computed_once():
    derivatives, x = tape_derivatives(), np.array([[0.3, 0.7]])

    with qg.Tracker() as tracker:
        derivatives(0, x, expect=2)
        for order in (0, 1, 2, 1):
            derivatives(order, x)

    assert tracker.totals["batches"] == 1


def test_derivatives_long_ago_are_forgotten():
    derivatives = tape_derivatives()
    angles = [np.array([[0.3, 0.1 * step]]) for step in range(REMEMBERED + 1)]

    with qg.Tracker() as tracker:
        for x in [*angles, angles[-1], angles[0]]:
            derivatives(0, x)

    assert tracker.totals["batches"] == REMEMBERED + 2


def test_other_angles_are_another_computation():
    derivatives = tape_derivatives()

    with qg.Tracker() as tracker:
        derivatives(0, np.array([[0.3, 0.7]]))
        derivatives(0, np.array([[0.3, 0.8]]))

    assert tracker.totals["batches"] == 2


def test_values_are_split_as_the_measurements_were():
    derivatives = tape_derivatives(ShiftDerivatives, qg.expval(qg.Z(0)), qg.probs(wires=[0, 1]))

    flat = derivatives(0, np.array([[0.3, 0.7]]))
    mean, chances = derivatives.layout.split(flat, np)

    assert (mean.shape, chances.shape) == ((1,), (1, 4))
    assert chances[0, 0] - chances[0, 2] == pytest.approx(mean[0])


def test_without_a_method_there_are_values():
    x = np.array([[0.3, 0.7]])

    values = tape_derivatives(ValuesOnly)(0, x, expect=1)

    assert values == pytest.approx(np.cos(0.3) * np.cos(0.7))


def test_derivatives_for_other_numbers_are_other_objects():
    derivatives = tape_derivatives()

    by_second = derivatives.by([1])

    assert derivatives.trained.slots == (0, 1)
    assert by_second.trained.slots == (1,)
    with pytest.raises(FrozenInstanceError):
        derivatives.limits = by_second.limits


def test_the_device_gives_first_derivatives_only():
    with pytest.raises(UnsupportedDiffMethod, match="one of order 2 is being taken"):
        tape_derivatives(DeviceDerivatives)(2, np.array([[0.3, 0.7]]))
