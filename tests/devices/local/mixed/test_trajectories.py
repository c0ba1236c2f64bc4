"""Averages and shots of trajectories against density matrices."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import qgate as qg
from qgate.devices.local.device import LocalDevice
from qgate.devices.local.engine import GateByGateEngine
from qgate.devices.local.plan_engine import PlanEngine
from qgate.exceptions import InvalidOption, TooMuchMemory, UnsupportedDiffMethod

HAMILTONIAN = qg.dot([0.5, -0.3, 0.7], [qg.X(0) @ qg.Z(1), qg.Y(0) @ qg.Y(2), qg.Z(1)])
MIXED_UNITARY = [
    np.sqrt(0.9) * np.eye(4),
    np.sqrt(0.1) * np.kron([[0, 1], [1, 0]], np.diag([1, 1j])),
]
GATES = [
    lambda t, a, b: qg.CNOT([a, b]),
    lambda t, a, b: qg.ISWAP([a, b]),
    lambda t, a, b: qg.RX(t, a),
    lambda t, a, b: qg.T(a),
    lambda t, a, b: qg.IsingXY(t, [a, b]),
    lambda t, a, b: qg.CRX(t, [a, b]),
    lambda t, a, b: qg.SX(a),
    lambda t, a, b: qg.SingleExcitation(t, [a, b]),
    lambda t, a, b: qg.QubitUnitary(np.array([[0.6, 0.8j], [0.8j, 0.6]]), a),
    lambda t, a, b: qg.Toffoli([a, b, 3 - a - b]),
]
CHANNELS = [
    lambda p, a, b: qg.DepolarizingChannel(p, a),
    lambda p, a, b: qg.AmplitudeDamping(p, a),
    lambda p, a, b: qg.GeneralizedAmplitudeDamping(p, 0.3, a),
    lambda p, a, b: qg.PhaseDamping(p, a),
    lambda p, a, b: qg.BitFlip(p, a),
    lambda p, a, b: qg.PhaseFlip(p, a),
    lambda p, a, b: qg.ResetError(p, 0.1, a),
    lambda p, a, b: qg.PauliError("XY", p, [a, b]),
    lambda p, a, b: qg.ThermalRelaxationError(0.1, 1.0, 1.5, p, a),
    lambda p, a, b: qg.ThermalRelaxationError(0.1, 1.0, 0.7, p, a),
    lambda p, a, b: qg.QubitChannel(MIXED_UNITARY, [a, b]),
]


def noisy(seed):
    """Apply random gates on three wires, each followed by a random channel."""
    random = np.random.default_rng(seed)
    for wire in range(3):
        qg.RY(random.uniform(0, 3), wire)
    for _ in range(10):
        a, b = random.choice(3, 2, replace=False).tolist()
        GATES[random.integers(len(GATES))](random.uniform(-3, 3), a, b)
        CHANNELS[random.integers(len(CHANNELS))](random.uniform(0.05, 0.4), a, b)


def measured(circuit_seed, measure, **options):
    circuit = qg.QNode(lambda: (noisy(circuit_seed), measure())[1], qg.device("local", **options))
    return circuit()


@pytest.mark.parametrize("seed", range(4))
def test_averages_are_those_of_density_matrices(seed):
    def values():
        return qg.expval(HAMILTONIAN), qg.expval(qg.Z(0) @ qg.Z(2))

    exact, tracker = measured(seed, values), qg.Tracker()
    with tracker:
        found = measured(seed, values, trajectories=1500, seed=seed)
    errors = np.ravel(tracker.history["standard_errors"])
    assert tracker.totals["trajectories"] == 1500
    assert np.all(np.abs(np.subtract(found, exact)) < 5 * errors)
    assert np.all(errors < 0.05)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "measure",
    [
        lambda: qg.probs(wires=[2, 0]),
        lambda: qg.var(qg.Z(0) + 0.5 * qg.Z(1)),
        lambda: qg.expval(qg.Hermitian(np.array([[1, 2j], [-2j, 3]]), 0)),
        lambda: qg.density_matrix(wires=[0, 2]),
        qg.state,
    ],
)
def test_every_measurement_is_averaged(measure, seed):
    tracker = qg.Tracker()
    with tracker:
        found = measured(seed, measure, trajectories=1000, seed=seed)
    (errors,) = tracker.history["standard_errors"]
    assert np.all(np.abs(found - measured(seed, measure)) < 5 * errors[0] + 1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_shots_have_the_probabilities_of_density_matrices(seed):
    exact = measured(seed, lambda: qg.probs(wires=range(3)))
    device = {"trajectories": 2, "seed": seed, "shots": 3000}
    found = measured(seed, lambda: qg.probs(wires=range(3)), **device)
    assert np.all(np.abs(found - exact) < 5 * np.sqrt(exact * (1 - exact) / 3000) + 1e-9)


def test_rows_draw_the_same_errors_in_other_parts(monkeypatch):
    def run():
        @qg.qnode(qg.device("local", trajectories=50, seed=3))
        def circuit(angles):
            qg.RY(angles, 0)
            qg.AmplitudeDamping(0.3, 0)
            qg.CNOT([0, 1])
            qg.DepolarizingChannel(0.3, 1)
            return qg.probs(wires=[0, 1])

        return circuit(np.linspace(0, 3, 4))

    together = run()
    monkeypatch.setattr("qgate.devices.local.device.AMPLITUDES_AT_ONCE", 4)
    assert_array_equal(run(), together)


@pytest.mark.parametrize("engine", [PlanEngine(None), GateByGateEngine()], ids=["numpy", "gates"])
def test_other_engines_give_the_same_trajectories(engine):
    @qg.qnode(LocalDevice(trajectories=100, seed=1, engine=engine))
    def circuit():
        noisy(5)
        return qg.expval(HAMILTONIAN)

    expected = measured(5, lambda: qg.expval(HAMILTONIAN), trajectories=100, seed=1)
    assert_allclose(circuit(), expected, atol=1e-12)


def test_wide_circuits_with_shots_run_as_trajectories():
    @qg.qnode(qg.device("local", seed=1), shots=500)
    def circuit():
        qg.X(0)
        for wire in range(15):
            qg.CNOT([wire, wire + 1])
            qg.BitFlip(0.01, wire)
        return qg.expval(qg.Z(15)), qg.counts(wires=[0])

    value, counts = circuit()
    assert -1 <= value < -0.5
    assert counts["1"] > 480


def test_wide_circuits_without_shots_are_refused():
    @qg.qnode(qg.device("local"))
    def circuit():
        for wire in range(14):
            qg.Hadamard(wire)
        qg.BitFlip(0.01, 0)
        return qg.expval(qg.Z(0))

    with pytest.raises(TooMuchMemory, match="trajectories=1000"):
        circuit()


@pytest.mark.parametrize("count", [0, 1, -3, 2.5, True, "many", 10**30])
def test_other_numbers_of_trajectories_are_refused(count):
    with pytest.raises(InvalidOption, match="at least 2"):
        LocalDevice(trajectories=count)


def pauli_noise(angles):
    qg.RY(angles[0], 0)
    qg.DepolarizingChannel(0.2, 0)
    qg.CNOT([0, 1])
    qg.CRX(angles[0], [0, 1])
    qg.PhaseDamping(0.2, 1)
    qg.SingleExcitation(angles[1], [1, 0])
    qg.BitFlip(0.1, 0)
    return qg.expval(qg.Z(0) @ qg.Z(1) + 0.3 * qg.X(1))


def damped(angles):
    qg.RY(angles[0], 0)
    qg.AmplitudeDamping(0.2, 0)
    qg.IsingXX(angles[1], [0, 1])
    qg.DepolarizingChannel(0.2, 1)
    return qg.expval(qg.Z(0) @ qg.Z(1) + 0.3 * qg.X(1))


def qnode_of(function, **options):
    return qg.QNode(function, qg.device("local", **options))


@pytest.mark.parametrize("function", [pauli_noise, damped])
def test_estimates_have_the_standard_errors_of_trajectories(function):
    angles = qg.numpy.array([0.5, 0.9], requires_grad=True)
    averaged = qnode_of(function, trajectories=2000, seed=2)

    value, gradient = qg.estimate(averaged)(angles), qg.gradient_estimate(averaged)(angles)

    assert value.trajectories == 2000
    assert gradient.trajectories % 2000 == 0
    assert abs(value.value - qnode_of(function)(angles)) < 5 * value.standard_error
    assert abs(gradient.value - qnode_of(function)(angles)) < 5 * gradient.value_error
    exact = qg.grad(qnode_of(function))(angles)
    assert np.all(np.abs(gradient.gradient - exact) < 5 * gradient.standard_error)
    assert np.all(gradient.standard_error < 0.05)
    assert "trajectories" in str(gradient)


def test_estimates_of_circuits_without_noise_have_no_error():
    circuit = qnode_of(lambda: (qg.RX(0.3, 0), qg.expval(qg.Z(0)))[1], trajectories=10)
    assert qg.estimate(circuit)().standard_error == 0


@pytest.mark.parametrize(
    ("function", "method"), [(pauli_noise, "adjoint"), (damped, "parameter-shift")]
)
def test_gradients_are_those_of_density_matrices(function, method):
    angles = qg.numpy.array([0.5, 0.9], requires_grad=True)
    averaged = qnode_of(function, trajectories=3000, seed=2)

    found = qg.grad(averaged)(angles)

    assert averaged.explain(angles).method == method
    assert_allclose(found, qg.grad(qnode_of(function))(angles), atol=0.06)


@pytest.mark.parametrize(
    ("function", "method"), [(damped, "adjoint"), (damped, "backprop"), (pauli_noise, "backprop")]
)
def test_biased_derivatives_are_refused(function, method):
    device = qg.device("local", trajectories=10)
    circuit = qg.QNode(function, device, diff_method=method)
    with pytest.raises(UnsupportedDiffMethod, match="parameter-shift"):
        qg.grad(circuit)(qg.numpy.array([0.5, 0.9], requires_grad=True))


def test_trained_probabilities_are_shifted():
    def noise(p):
        qg.RX(0.4, 0)
        qg.BitFlip(p, 0)
        return qg.expval(qg.Z(0))

    p = qg.numpy.array(0.1, requires_grad=True)
    found = qg.grad(qnode_of(noise, trajectories=4000, seed=1))(p)
    assert abs(found + 2 * np.cos(0.4)) < 0.1


def measured_in_the_middle(seed):
    """Apply random gates and channels, measure in between, and condition gates on outcomes."""
    random, outcomes = np.random.default_rng(seed), []
    for wire in range(3):
        qg.RY(random.uniform(0, 3), wire)
    for step in range(8):
        a, b = random.choice(3, 2, replace=False).tolist()
        GATES[random.integers(len(GATES))](random.uniform(-3, 3), a, b)
        CHANNELS[random.integers(len(CHANNELS))](random.uniform(0.05, 0.4), a, b)
        if step % 3 == 2:
            outcomes.append(qg.measure(a, reset=bool(step % 2)))
            qg.cond(outcomes[-1], qg.CRY)(1.0, wires=[b, a])
            qg.cond(~outcomes[0], qg.PauliX)(b)
    return outcomes


@pytest.mark.parametrize("seed", range(4))
def test_outcomes_on_the_way_have_the_probabilities_of_density_matrices(seed):
    def circuit(first):
        outcomes = measured_in_the_middle(seed)
        return qg.probs(op=outcomes) if first else qg.probs(wires=[2, 0, 1])

    for first in (True, False):
        exact = qg.QNode(circuit, qg.device("local"))(first)
        device = qg.device("local", seed=seed)
        found = qg.QNode(circuit, device, shots=2000, mcm_method="one-shot")(first)
        assert np.all(np.abs(found - exact) < 5 * np.sqrt(exact * (1 - exact) / 2000) + 1e-9)


def test_wide_circuits_measure_in_the_middle_and_have_noise():
    @qg.qnode(qg.device("local", seed=1), shots=200)
    def circuit():
        outcomes = []
        for wire in range(13):
            qg.Hadamard(wire)
        for wire in (0, 3):
            outcomes.append(qg.measure(wire))
            qg.BitFlip(0.1, wire)
            qg.cond(outcomes[-1], qg.X)(wire)
        return qg.probs(wires=[3]), qg.expval(outcomes[0]), qg.counts(wires=range(13))

    flipped, mean, counts = circuit()
    assert abs(flipped[1] - 0.1) < 5 * np.sqrt(0.09 / 200)
    assert abs(mean - 0.5) < 5 * np.sqrt(0.25 / 200)
    assert sum(counts.values()) == 200


def test_selected_outcomes_keep_the_shots_that_have_them():
    def circuit():
        qg.Hadamard(0)
        qg.BitFlip(0.2, 0)
        qg.CNOT([0, 1])
        qg.measure(0, postselect=1)
        qg.AmplitudeDamping(0.3, 1)
        return qg.probs(wires=[1])

    found = qg.QNode(circuit, qg.device("local", seed=3), shots=2000, mcm_method="one-shot")()
    assert_allclose(found, [0.3, 0.7], atol=5 * np.sqrt(0.21 / 1000))


@pytest.mark.parametrize(
    "channel",
    [
        lambda: qg.QubitDensityMatrix(np.array([[0.7, 0.1], [0.1, 0.3]]), wires=0),
        lambda: qg.AmplitudeDamping(0.3, 0),
        lambda: qg.ResetError(0.3, 0.2, 0),
    ],
)
def test_channels_of_all_wires_keep_the_norm(channel):
    def circuit():
        qg.RX(0.8, 0)
        channel()
        return qg.expval(qg.Z(0) + 2 * qg.I(0))

    found = qg.estimate(qnode_of(circuit, trajectories=1000, seed=1))()
    assert abs(found.value - qnode_of(circuit)()) < 5 * found.standard_error


def test_channels_of_users_run_as_trajectories():
    class Shaken(qg.operation.Channel):
        num_wires = 1

        @staticmethod
        def compute_kraus_matrices(p):
            return [np.sqrt(1 - p) * np.eye(2), np.sqrt(p) * np.array([[1, 0], [0, 1j]])]

    def circuit():
        qg.Hadamard(0)
        Shaken(0.3, wires=0)
        return qg.expval(qg.X(0))

    found = qg.estimate(qnode_of(circuit, trajectories=1000, seed=1))()
    assert abs(found.value - 0.7) < 5 * found.standard_error
