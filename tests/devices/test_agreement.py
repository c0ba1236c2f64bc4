"""Every device, named by its string, against the exact local one, within five standard errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as qnp

WIRES = 4
SHOTS = 2000
SAMPLED = ("local", "qiskit:aer", "braket:local", "braket:local/braket_dm")
EXACT = ("qiskit:aer", "braket:local", "braket:local/braket_dm")
ROTATIONS = ("RX", "RY", "RZ", "PhaseShift", "IsingXX", "IsingXY", "CRX", "CRZ", "SingleExcitation")

NAMES = sorted(
    name
    for name, gate in qg.GATES.items()
    if hasattr(gate, "spec") and not gate.spec.options and gate.num_wires is not None
)
TEMPLATES = {
    "QFT": lambda wires: qg.QFT(wires[:3]),
    "StronglyEntanglingLayers": lambda wires: qg.StronglyEntanglingLayers(
        np.linspace(-2, 3, 12).reshape(1, 4, 3), wires
    ),
    "evolve": lambda wires: qg.evolve(0.7 * qg.X(wires[0]) @ qg.Z(wires[2]), 0.9),
    "ctrl": lambda wires: qg.ctrl(qg.Rot(0.3, 0.8, -1.2, wires[0]), control=wires[1:3]),
    "adjoint": lambda wires: qg.adjoint(qg.CRot(0.3, 0.8, -1.2, wires[:2])),
    "pow": lambda wires: qg.pow(qg.ISWAP(wires[1:3]), 3),
    "MultiRZ": lambda wires: qg.MultiRZ(0.8, wires),
    "PauliRot": lambda wires: qg.PauliRot(-0.6, "XYZY", wires),
    "QubitUnitary": lambda wires: qg.QubitUnitary(qg.matrix(qg.IsingXY(0.4, [0, 1])), wires[:2]),
}


@st.composite
def circuits(draw, names=(*NAMES, *TEMPLATES), most=5):
    """Draw gates as (name, wires, angles)."""
    gates = []
    for name in draw(st.lists(st.sampled_from(names), min_size=2, max_size=most)):
        wires = draw(st.permutations(range(WIRES)))
        count = 0 if name in TEMPLATES else len(qg.GATES[name].spec.angles)
        angles = draw(st.lists(st.floats(-3, 3), min_size=count, max_size=count))
        gates.append((name, tuple(wires), tuple(angles)))
    return gates


def apply(gates, angles=None):
    """Turn every wire, so that no outcome is certain, and apply the gates."""
    for wire in range(WIRES):
        qg.RY(0.5 + 0.4 * wire, wire)
    rest = iter(() if angles is None else angles)
    for name, wires, numbers in gates:
        if name in TEMPLATES:
            TEMPLATES[name](list(wires))
            continue
        gate = qg.GATES[name]
        chosen = numbers if angles is None else [next(rest) for _ in numbers]
        gate(*chosen, wires=list(wires[: gate.num_wires]))


WORDS = [qg.Z(0), qg.X(1) @ qg.Y(2), qg.Z(3) @ qg.Z(0), qg.Y(3), qg.X(0) @ qg.X(1) @ qg.Z(2)]


def standard_errors(means, shots):
    """Standard error of expectation values of 1 and -1; at least the change by one shot."""
    return np.maximum(np.sqrt(np.maximum(1 - means**2, 0) / shots), 2 / shots)


@pytest.mark.parametrize("device", SAMPLED)
@settings(max_examples=6)
@given(gates=circuits())
def test_means_from_shots_agree(device, gates):
    def circuit():
        apply(gates)
        return [qg.expval(word) for word in WORDS]

    found = np.array(qg.QNode(circuit, f"{device}?shots={SHOTS}&seed=11")())
    exact = np.array(qg.QNode(circuit, "local")())

    assert (np.abs(found - exact) <= 5 * standard_errors(exact, SHOTS)).all()


@pytest.mark.parametrize("device", EXACT)
@settings(max_examples=6)
@given(gates=circuits())
def test_exact_values_agree(device, gates):
    def circuit():
        apply(gates)
        return [*(qg.expval(word) for word in WORDS), qg.var(WORDS[1]), qg.probs(wires=[2, 0])]

    found = np.hstack(qg.QNode(circuit, qg.device(device, shots=None))())
    exact = np.hstack(qg.QNode(circuit, "local")())

    np.testing.assert_allclose(found, exact, atol=1e-7)


@pytest.mark.parametrize("device", SAMPLED)
@settings(max_examples=4)
@given(gates=circuits(names=ROTATIONS))
def test_gradients_from_shots_agree(device, gates):
    def circuit(angles):
        apply(gates, angles)
        return qg.expval(WORDS[4])

    angles = qnp.array([angle for _, _, numbers in gates for angle in numbers])
    found = qg.grad(qg.QNode(circuit, f"{device}?shots={SHOTS}&seed=3"))(angles)
    exact = qg.grad(qg.QNode(circuit, "local"))(angles)

    # A shift rule of these gates has coefficients whose squares add up to 1/2 at most, and the
    # variance of an outcome is 1 at most.
    np.testing.assert_allclose(found, exact, atol=5 * np.sqrt(0.5 / SHOTS))


@pytest.mark.parametrize("device", SAMPLED)
def test_a_grouped_hamiltonian_agrees(device):
    coefficients = [0.4, -0.7, 0.2, 0.9, -0.3]

    def energy(x):
        qg.StronglyEntanglingLayers(x, wires=range(WIRES))
        return qg.expval(qg.dot(coefficients, WORDS))

    x = qnp.array(np.random.default_rng(5).uniform(-2, 2, (1, WIRES, 3)))
    found, exact = (
        qg.QNode(energy, name)(x) for name in (f"{device}?shots={SHOTS}&seed=8", "local")
    )
    slope, exact_slope = (
        qg.grad(qg.QNode(energy, name))(x) for name in (f"{device}?shots={SHOTS}&seed=9", "local")
    )

    # for any grouping, the error is at most that of all terms in one circuit
    error = np.abs(coefficients).sum() / np.sqrt(SHOTS)
    assert found == pytest.approx(exact, abs=5 * error)
    np.testing.assert_allclose(slope, exact_slope, atol=5 * error * np.sqrt(0.5))


@pytest.mark.parametrize("device", SAMPLED)
def test_probabilities_and_variances_from_shots_agree(device):
    def circuit(x):
        qg.RY(x[0], 0)
        qg.CRX(x[1], [0, 1])
        return qg.probs(wires=[1, 0]), qg.var(qg.Y(1))

    x = qnp.array([0.9, 1.7])
    node, exact = qg.QNode(circuit, f"{device}?shots={SHOTS}&seed=4"), qg.QNode(circuit, "local")
    by_shots = qg.jacobian(lambda x: qnp.hstack(node(x)))(x)
    true = qg.jacobian(lambda x: qnp.hstack(exact(x)))(x)

    # Var(p) <= 1/4; the slope of 1 - m**2 has -2m in front of that of the mean, and its factor m
    # has an error as well, in front of a slope of 1 at most
    error = np.sqrt(0.5 / SHOTS)
    np.testing.assert_allclose(by_shots[:4], true[:4], atol=5 * error / 2)
    np.testing.assert_allclose(by_shots[4], true[4], atol=5 * (2 * error + 2 / np.sqrt(SHOTS)))


@pytest.mark.parametrize("device", SAMPLED)
def test_second_derivatives_from_shots_agree(device):
    @qg.qnode(f"{device}?shots={SHOTS}&seed=6")
    def circuit(x):
        qg.RY(x[0], 0)
        qg.RX(x[1], 0)
        return qg.expval(qg.Z(0))

    a, b = 0.4, 1.1
    found = qg.jacobian(qg.grad(circuit))(qnp.array([a, b]))

    cosines, sines = np.cos(a) * np.cos(b), np.sin(a) * np.sin(b)
    # coefficients 1/4, -1/2, 1/4 on the diagonal, four times 1/4 beside it
    np.testing.assert_allclose(
        found, [[-cosines, sines], [sines, -cosines]], atol=5 * np.sqrt(0.375 / SHOTS)
    )
