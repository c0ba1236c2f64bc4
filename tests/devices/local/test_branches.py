"""Circuits with mid-circuit measurements on the local device, branch by branch."""

from __future__ import annotations

import numpy as np
import pytest
from branches import density, expectation

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import QGateError, UnsupportedMidMeasure

WIRES = (0, 1, 2)
X = np.array([0.3, 1.1, 0.7])
H = qg.X(0) @ qg.Y(2) + 0.5 * qg.Z(1)


def program(x, select=None):
    """Measure three times; return the outcomes."""
    qg.RX(x[0], 0)
    qg.RY(x[1], 1)
    qg.CNOT([0, 1])
    a = qg.measure(0, reset=True)
    qg.RY(x[2], 0)
    qg.CNOT([0, 2])
    b = qg.measure(1, postselect=select)
    qg.cond(a + b == 1, qg.RX, qg.RZ)(x[0], wires=2)
    qg.cond(a, qg.CNOT)([0, 1])
    c = qg.measure(0)
    qg.cond(c, qg.Rot)(x[2], x[0], x[1], wires=1)
    qg.RY(x[1], 0)
    return a, b, c


def recorded(select=None):
    """Return the operations and outcomes of the program."""
    with qg.QuantumTape() as tape:
        outcomes = program(X, select)
    return tape.operations, outcomes


def circuit(measurements, select=None, device="local", **options):
    """Return a QNode of the program that goes through the branches."""
    options = {"mcm_method": "tree-traversal", **options}
    return qg.QNode(lambda x: measurements(*program(x, select)), device, **options)


@pytest.mark.parametrize("select", [None, 1])
def test_exact_results_are_those_of_the_branches(select):
    operations, (a, b, c) = recorded(select)
    rho = density(operations, WIRES)

    found = circuit(
        lambda a, b, c: (
            qg.expval(H),
            qg.expval(a + 2 * b * c),
            qg.probs(),
            qg.density_matrix([1]),
            qg.var(H),
        ),
        select,
    )(X)

    mean = expectation(operations, WIRES, H.matrix(WIRES))
    square = expectation(operations, WIRES, H.matrix(WIRES) @ H.matrix(WIRES))
    one = np.einsum("abcadc->bd", rho.reshape((2,) * 6))
    total = expectation(operations, WIRES, np.eye(8), a + 2 * b * c)
    expected = (mean, total, np.real(np.diag(rho)), one, square - mean**2)
    for value, truth in zip(found, expected, strict=True):
        np.testing.assert_allclose(value, truth, atol=1e-12)


@pytest.mark.parametrize("select", [None, 1])
@pytest.mark.parametrize("method", ["parameter-shift", "finite-diff", "best"])
def test_derivatives_are_those_of_the_deferred_circuit(method, select):
    def measured(a, b, c):
        return qg.expval(H)

    found = qg.grad(circuit(measured, select, diff_method=method))(qnp.array(X))

    deferred = circuit(measured, select, mcm_method="deferred", diff_method="backprop")
    np.testing.assert_allclose(found, qg.grad(deferred)(qnp.array(X)), atol=1e-7)


@pytest.mark.parametrize(
    ("method", "mode"),
    [("one-shot", None), ("one-shot", "fill-shots"), ("deferred", "fill-shots")],
)
def test_shots_have_the_statistics_of_the_branches(method, mode):
    shots, (operations, (a, b, c)) = 20_000, recorded(1)
    sampled = circuit(
        lambda a, b, c: (
            qg.probs(op=[a, b, c]),
            qg.sample(op=a + 2 * c),
            qg.counts(wires=[2, 0]),
            qg.expval(qg.Z(1)),
        ),
        1,
        qg.device("local", seed=8),
        mcm_method=method,
        postselect_mode=mode,
        shots=shots,
    )

    probs, values, counts, mean = sampled(X)

    kept = len(values)
    assert sum(counts.values()) == kept
    assert (kept == shots) == (mode == "fill-shots")
    for index in range(8):
        bits = [index >> 2 & 1, index >> 1 & 1, index & 1]
        value = sum((outcome == bit) * 1 for outcome, bit in zip((a, b, c), bits, strict=True))
        truth = expectation(operations, WIRES, np.eye(8), value == 3)
        assert abs(probs[index] - truth) < 5 * np.sqrt(truth * (1 - truth) / kept) + 1e-12
    truth = expectation(operations, WIRES, qg.Z(1).matrix(WIRES))
    assert abs(mean - truth) < 5 / np.sqrt(kept)


def test_hundreds_of_measurements_are_sampled():
    @qg.qnode(qg.device("local", seed=4), shots=500)
    def repeated():
        total = 0
        for _ in range(200):
            qg.RX(0.5, 0)
            total = total + qg.measure(0, reset=True)
        return qg.expval(total), qg.counts(op=total)

    mean, counts = repeated()

    chance = np.sin(0.25) ** 2
    assert abs(mean - 200 * chance) < 5 * np.sqrt(200 * chance * (1 - chance) / 500)
    assert sum(counts.values()) == 500


def test_rows_of_a_batch_have_branches_of_their_own():
    batch = np.array([0.0, 0.4, np.pi])

    @qg.qnode(qg.device("local", seed=4), mcm_method="tree-traversal")
    def one(x):
        qg.RX(x, 0)
        outcome = qg.measure(0)
        qg.cond(outcome, qg.RY)(x, wires=1)
        return qg.expval(qg.Z(1))

    expected = np.cos(batch / 2) ** 2 + np.sin(batch / 2) ** 2 * np.cos(batch)
    np.testing.assert_allclose(one(batch), expected, atol=1e-12)
    np.testing.assert_allclose(one(batch, shots=10_000), expected, atol=0.05)


def test_the_seed_determines_the_shots():
    first, second = (
        circuit(
            lambda a, b, c: qg.sample(op=[a, b, c]), device=qg.device("local", seed=2), shots=50
        )(X)
        for _ in range(2)
    )

    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"mcm_method": "one-shot"}, "shots"),
        ({"mcm_method": "single-branch-statistics"}, "Catalyst"),
        ({"postselect_mode": "pad-invalid-samples", "shots": 10}, "pad-invalid-samples"),
    ],
)
def test_options_that_cannot_be_met_are_refused(options, text):
    with pytest.raises(UnsupportedMidMeasure, match=text):
        circuit(lambda a, b, c: qg.expval(c), 1, **options)(X)


def test_exact_probabilities_of_too_many_outcomes_are_refused():
    @qg.qnode("local", mcm_method="tree-traversal")
    def wide():
        outcomes = [qg.measure(0) for _ in range(30)]
        return qg.probs(op=outcomes)

    with pytest.raises(QGateError, match="30 wires"):
        wide()


def test_a_condition_may_depend_on_more_outcomes_than_a_table_has():
    @qg.qnode("local")
    def circuit():
        outcomes = []
        for _ in range(20):
            outcomes.append(qg.measure(0))
            qg.X(0)
        qg.cond(sum(outcomes) == 10, qg.RX)(0.3, wires=1)
        return qg.expval(qg.Z(1))

    assert circuit() == pytest.approx(np.cos(0.3))
