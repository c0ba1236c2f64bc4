"""Circuits with mid-circuit measurements give the results of their branches."""

from __future__ import annotations

import numpy as np
import pytest
from branches import density, expectation

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import QuantumFunctionError
from qgate.transforms.deferral import deferred

X = np.array([0.3, 1.1, 0.7, -0.4, 0.9])
WIRES = (0, 1, 2)
H = qg.X(0) @ qg.Y(2) + 0.5 * qg.Z(1) + 0.3 * qg.X(1) @ qg.Z(0)


def program(x, select):
    """Measure three times, with a reset and gates under conditions; return the outcomes."""
    qg.RX(x[0], 0)
    qg.RY(x[1], 1)
    qg.CNOT([0, 1])
    a = qg.measure(0, reset=True)
    qg.RY(x[2], 0)
    qg.CNOT([0, 2])
    b = qg.measure(1, postselect=select)
    qg.cond(a + b == 1, qg.RX, qg.RZ)(x[3], wires=2)
    qg.cond(~a | b, qg.H)(0)
    c = qg.measure(0)
    qg.cond(c, qg.Rot)(x[4], x[0], x[1], wires=1)
    qg.RY(x[3], 0)
    return a, b, c


def recorded(x, select):
    """Return the operations and outcomes of the program."""
    with qg.QuantumTape() as tape:
        outcomes = program(x, select)
    return tape.operations, outcomes


def qnode(measurements, select, **options):
    """Return a QNode of the program that returns measurements of its outcomes."""
    return qg.QNode(lambda x: measurements(*program(x, select)), "local", **options)


@pytest.mark.parametrize("select", [None, 0, 1])
def test_expectation_values_and_variances_are_those_of_the_branches(select):
    operations, (a, b, c) = recorded(X, select)
    identity, matrix = np.eye(8), H.matrix(WIRES)

    found = qnode(
        lambda a, b, c: (qg.expval(H), qg.var(H), qg.expval(a + 2 * b * c), qg.var(a + c)), select
    )(X)

    mean = expectation(operations, WIRES, matrix)
    total = expectation(operations, WIRES, identity, a + c)
    expected = [
        mean,
        expectation(operations, WIRES, matrix @ matrix) - mean**2,
        expectation(operations, WIRES, identity, a + 2 * b * c),
        expectation(operations, WIRES, identity, (a + c) * (a + c)) - total**2,
    ]
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("select", [None, 1])
def test_functions_of_the_density_matrix_are_those_of_the_branches(select):
    operations, (a, _, c) = recorded(X, select)
    rho = density(operations, WIRES)
    tensor = rho.reshape((2,) * 6)
    pair = np.einsum("abcdbf->acdf", tensor).reshape(4, 4)

    found = qnode(
        lambda a, b, c: {
            "rho": qg.density_matrix([0, 2]),
            "purity": qg.purity([0, 2]),
            "entropy": qg.vn_entropy([0, 2]),
            "probs": qg.probs(),
            "turned": qg.probs(wires=[2, 0]),
            "outcomes": qg.probs(op=[a, c]),
            "eigenbasis": qg.probs(op=qg.X(0) @ qg.Z(2)),
        },
        select,
    )(X)

    levels = np.linalg.eigvalsh(pair)
    first = expectation(operations, WIRES, np.eye(8), a & c)
    np.testing.assert_allclose(found["rho"], pair, atol=1e-12)
    np.testing.assert_allclose(found["purity"], np.real(np.trace(pair @ pair)), atol=1e-12)
    np.testing.assert_allclose(found["entropy"], -np.sum(levels * np.log(levels)), atol=1e-9)
    np.testing.assert_allclose(found["probs"], np.real(np.diag(rho)), atol=1e-12)
    np.testing.assert_allclose(found["turned"], np.real(np.diag(pair)).reshape(2, 2).T.ravel())
    np.testing.assert_allclose(found["outcomes"][3], first, atol=1e-12)
    turned = np.kron(qg.H(0).matrix(), np.eye(2))
    np.testing.assert_allclose(
        found["eigenbasis"], np.real(np.diag(turned @ pair @ turned)), atol=1e-12
    )


@pytest.mark.parametrize("select", [None, 1])
@pytest.mark.parametrize(
    "method", ["best", "backprop", "adjoint", "parameter-shift", "finite-diff", "hadamard"]
)
def test_derivatives_are_those_of_the_branches(method, select):
    direction = np.array([0.3, -0.5, 0.2, 0.7, -0.1])
    circuit = qnode(
        lambda a, b, c: (qg.expval(H), qg.expval(a + 2 * b * c)), select, diff_method=method
    )

    def values(x):
        operations, (a, b, c) = recorded(x, select)
        matrix = H.matrix(WIRES)
        return np.array(
            [
                expectation(operations, WIRES, matrix),
                expectation(operations, WIRES, np.eye(8), a + 2 * b * c),
            ]
        )

    found = qg.jacobian(lambda x: qnp.stack(circuit(x)))(qnp.array(X)) @ direction

    step = 1e-4 * direction
    expected = (values(X + step) - values(X - step)) / 2e-4
    np.testing.assert_allclose(found, expected, atol=2e-7)


def test_a_gate_under_a_condition_takes_two_shifted_circuits():
    @qg.qnode("local", diff_method="parameter-shift")
    def circuit(x):
        qg.H(0)
        outcome = qg.measure(0)
        qg.cond(outcome, qg.RX)(x, wires=1)
        return qg.expval(qg.Z(1))

    with qg.Tracker() as tracker:
        gradient = qg.grad(circuit)(qnp.array(0.4))

    assert gradient == pytest.approx(-np.sin(0.4) / 2)
    assert tracker.totals["executions"] == 3  # the value, and two shifted circuits


def test_shots_have_the_statistics_of_the_branches():
    shots = 20_000
    operations, (a, _, c) = recorded(X, 1)
    dev = qg.device("local", seed=5, wires=3)

    @qg.qnode(dev, shots=shots)
    def circuit():
        a, b, c = program(X, 1)
        value = a + 2 * c
        return (
            qg.expval(qg.Z(1)),
            qg.counts(op=value),
            qg.sample(op=value),
            qg.sample(op=[a, b, c]),
            qg.counts(op=[b, c]),
            qg.sample(qg.X(2)),
        )

    mean, counts, values, bits, pairs, signs = circuit()

    kept = len(values)
    unrestricted, (_, selected, _) = recorded(X, None)
    chance = expectation(unrestricted, WIRES, np.eye(8), selected)
    assert abs(kept - shots * chance) < 5 * np.sqrt(shots * chance * (1 - chance))
    assert values.dtype == np.int64
    assert sum(counts.values()) == kept
    assert bits.shape == (kept, 3)
    assert set(bits[:, 1]) == {1}
    np.testing.assert_array_equal(bits[:, 0] + 2 * bits[:, 2], values)
    assert set(pairs) == {"10", "11"}
    assert set(signs) == {-1.0, 1.0}
    expected = expectation(operations, (0, 1, 2), np.eye(8), a + 2 * c)
    assert abs(values.mean() - expected) < 5 * 1.5 / np.sqrt(kept)
    expected = expectation(operations, WIRES, qg.Z(1).matrix(WIRES))
    assert abs(mean - expected) < 5 / np.sqrt(kept)


def test_batches_and_shot_vectors_keep_their_axes():
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x, 0)
        outcome = qg.measure(0, postselect=1)
        qg.cond(outcome, qg.RY)(x, wires=1)
        return qg.expval(qg.Z(1)), qg.probs(op=outcome)

    batch = np.array([0.3, 0.5, 1.0])
    mean, probs = circuit(batch)

    np.testing.assert_allclose(mean, np.cos(batch))
    np.testing.assert_allclose(probs, [[0, 1]] * 3)
    parts = circuit(np.array(0.3), shots=[100, 200])
    assert [len(part) for part in parts] == [2, 2]


def test_an_outcome_that_never_happens_gives_no_number():
    @qg.qnode("local")
    def circuit():
        qg.measure(0, postselect=1)
        return qg.expval(qg.Z(1)), qg.probs(wires=1)

    mean, probs = circuit()

    assert np.isnan(mean)
    assert np.isnan(probs).all()
    mean, _ = circuit(shots=10)
    assert np.isnan(mean)


def test_a_wire_that_is_not_used_again_holds_its_outcome():
    with qg.QuantumTape() as tape:
        outcome = qg.measure(0, reset=True)
        qg.cond(outcome, qg.X)(1)
        qg.expval(outcome)

    plan = deferred(tape)

    assert not plan.added
    assert plan.tape.wires == tape.wires
    assert [item.name for item in plan.tape.operations] == ["Conditional(PauliX)"]


def test_declared_wires_are_no_limit_and_trackers_count():
    dev = qg.device("local", wires=1)

    @qg.qnode(dev)
    def circuit():
        qg.H(0)
        first = qg.measure(0)
        qg.cond(first, qg.X)(0)
        second = qg.measure(0)
        qg.H(0)
        return qg.probs(), qg.expval(first + second)

    with qg.Tracker(dev) as tracker:
        probs, total = circuit()

    np.testing.assert_allclose(probs, [0.5, 0.5])
    assert total == pytest.approx(0.5)
    assert tracker.totals["executions"] == 1


def test_the_state_after_a_measurement_is_refused():
    @qg.qnode("local")
    def circuit():
        qg.measure(0)
        return qg.state()

    with pytest.raises(QuantumFunctionError, match="density_matrix"):
        circuit()
