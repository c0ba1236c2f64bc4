"""Classical shadows as measurements of a circuit."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import (
    InvalidParameters,
    InvalidShots,
    NotHermitian,
    TooLarge,
    UnsupportedMeasurement,
)
from qgate.transforms.shadows import _distinct

SHOTS = 4000
OBSERVABLES = [
    qg.Z(0) @ qg.Z(1),
    qg.X(0) @ qg.X(1) + 0.5 * qg.Z(0) @ qg.Z(1),
    qg.Y(0),
    2.0 * qg.I(0),
]


def turned_bell(angle):
    qg.Hadamard(0)
    qg.CNOT([0, 1])
    qg.RX(angle, wires=0)


def exact(angle):
    return np.array([np.cos(angle), 1 + 0.5 * np.cos(angle), 0.0, 2.0])


ERRORS = np.sqrt(np.array([9, 9 + 0.25 * 9, 3, 0]) / SHOTS)
"""Upper bounds of the standard errors of the estimates: the mean square of a word is 3**w."""


def snapshots_on(device, **options):
    def circuit(angle):
        turned_bell(angle)
        return qg.classical_shadow(wires=[0, 1], **options)

    return qg.QNode(circuit, device)


def estimates_on(device, **options):
    def circuit(angle):
        turned_bell(angle)
        return qg.shadow_expval(OBSERVABLES, seed=11)

    return qg.QNode(circuit, device, **options)


@pytest.mark.parametrize("name", ["local?seed=3", "qiskit:aer?seed=3", "braket:local?seed=3"])
def test_a_shadow_is_one_submission_of_the_distinct_bases(name):
    device = qg.device(name, shots=SHOTS)

    with qg.Tracker(device) as tracker:
        bits, bases = snapshots_on(device, seed=7)(0.4)

    assert tracker.totals["submissions"] == 1
    assert 9 <= tracker.totals["executions"] <= 18
    assert bits.shape == bases.shape == (SHOTS, 2)
    assert bits.dtype == bases.dtype == np.int8
    signs = (1 - 2 * bits).prod(axis=1)
    for basis, mean in (((2, 2), np.cos(0.4)), ((0, 0), 1.0), ((1, 1), -np.cos(0.4)), ((0, 2), 0)):
        shots = signs[(bases == basis).all(axis=1)]
        assert abs(shots.mean() - mean) <= 5 * np.sqrt((1 - mean**2) / len(shots)) + 1e-12


def test_bases_are_uniform_and_determined_by_the_seed():
    device = qg.device("local", shots=SHOTS)

    bases = [snapshots_on(device, seed=seed)(0.4)[1] for seed in (5, 5, 6, None, None)]

    np.testing.assert_array_equal(bases[0], bases[1])
    np.testing.assert_array_equal(bases[0], np.random.RandomState(5).randint(0, 3, (SHOTS, 2)))
    assert all((bases[i] != bases[j]).any() for i, j in ((0, 2), (2, 3), (3, 4)))
    for found in bases:
        counts = np.bincount(3 * found[:, 0] + found[:, 1], minlength=9)
        assert np.all(abs(counts - SHOTS / 9) < 5 * np.sqrt(SHOTS / 9))


def test_a_call_with_a_seed_is_repeated():
    node = snapshots_on(qg.device("local", shots=50))

    np.testing.assert_array_equal(node(0.4, seed=3), node(0.4, seed=3))


def test_estimates_are_within_five_standard_errors():
    device = qg.device("local", shots=SHOTS, seed=4)

    with qg.Tracker(device) as tracker:
        found = estimates_on(device)(0.4)

    assert np.all(abs(found - exact(0.4)) <= 5 * ERRORS)
    assert tracker.totals == {"submissions": 1, "batches": 1, "executions": 9, "shots": SHOTS}


@pytest.mark.parametrize("method", ["best", "parameter-shift", "finite-diff"])
def test_gradients_from_shots_are_within_five_standard_errors(method):
    device = qg.device("local", shots=SHOTS, seed=9)
    options = {"gradient_kwargs": {"h": 0.5}} if method == "finite-diff" else {}

    with qg.Tracker(device) as tracker:
        found = qg.jacobian(estimates_on(device, diff_method=method, **options))(
            qnp.array(0.9, requires_grad=True)
        )

    wanted = np.array([-1.0, -0.5, 0.0, 0.0]) * np.sin(0.9)
    bias = 0.5 * 0.5 if method == "finite-diff" else 0.0  # half the step times the curvature
    assert np.all(abs(found - wanted) <= 5 * ERRORS * (2 / 0.5 if bias else 1) + bias)
    assert tracker.totals["submissions"] == 1


def test_coefficients_are_trained_without_circuits_of_their_own():
    device = qg.device("local", shots=SHOTS, seed=2)

    @qg.qnode(device)
    def circuit(angle, weights):
        turned_bell(angle)
        return qg.shadow_expval(qg.Hamiltonian(weights, [qg.Z(0) @ qg.Z(1), qg.Y(1)]), seed=1)

    weights = qnp.array([1.0, 3.0], requires_grad=True)
    with qg.Tracker(device) as tracker:
        slopes = qg.grad(circuit, argnums=1)(0.4, weights)

    assert np.all(abs(slopes - [np.cos(0.4), 0]) <= 5 * np.sqrt([9 / SHOTS, 3 / SHOTS]))
    assert tracker.totals["executions"] == 9


def test_a_shadow_is_returned_beside_other_measurements_and_for_every_part_and_row():
    @qg.qnode("local?seed=1", shots=[(20, 2), 30])
    def circuit(angle):
        turned_bell(angle)
        return (
            qg.expval(qg.Z(0)),
            qg.classical_shadow([1, 0]),
            qg.shadow_expval(qg.X(0)),
            qg.counts(),
        )

    for shots, (mean, shadow, estimate, counts) in zip((20, 20, 30), circuit(0.2), strict=True):
        assert (mean.shape, shadow.shape, estimate.shape) == ((), (2, shots, 2), ())
        assert sum(counts.values()) == shots
    rows = qg.set_shots(circuit, 15)(np.array([0.1, 0.2, 0.3]))
    assert [np.shape(value) for value in rows[:3]] == [(3,), (3, 2, 15, 2), (3,)]


def test_wires_without_gates_are_measured_too():
    @qg.qnode(qg.device("local", wires=3, seed=1), shots=200)
    def circuit():
        qg.X(1)
        return qg.classical_shadow(range(3)), qg.shadow_expval([qg.Z(2), qg.Z(1), qg.X(0)], seed=3)

    (bits, bases), means = circuit()

    np.testing.assert_array_equal(bits[:, 2][bases[:, 2] == 2], 0)
    np.testing.assert_array_equal(bits[:, 1][bases[:, 1] == 2], 1)
    assert np.all(abs(means - [1, -1, 0]) < 5 * np.sqrt(3 / 200))


def test_a_plan_holds_for_its_run_and_a_repeated_run_finds_its_shadows(tmp_path):
    node = snapshots_on(qg.device("local", shots=60))

    plan = qg.plan(node)(0.4)
    assert plan.shots == 60
    assert plan.run().shape == (2, 60, 2)
    found = []
    for _ in range(2):
        with qg.run("shadows", journal=tmp_path / "runs.db"):
            found.append([node(0.4), node(0.4)])
    np.testing.assert_array_equal(found[0], found[1])
    assert (found[0][0][1] != found[0][1][1]).any()


def test_shape_and_type_are_known_beforehand():
    snapshots, means = qg.classical_shadow([0, "a"]), qg.shadow_expval(OBSERVABLES)

    assert (snapshots.shape(10), snapshots.numeric_type) == ((2, 10, 2), int)
    assert (means.shape(), qg.shadow_expval(qg.Z(0)).shape()) == ((4,), ())
    assert means.map_wires({0: "a", 1: "b"}).wires == ("a", "b")


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: qg.classical_shadow(0, seed=-1), InvalidParameters, "seed=-1"),
        (lambda: qg.classical_shadow(0, seed="a"), InvalidParameters, "seed='a'"),
        (lambda: qg.shadow_expval(qg.Z(0), k=0), InvalidParameters, "k=0"),
        (lambda: qg.shadow_expval([]), InvalidParameters, r"H=\[\]"),
        (lambda: qg.shadow_expval([qg.Z(0), 3]), InvalidParameters, "3"),
        (lambda: qg.shadow_expval(qg.Hermitian(np.eye(2), 0)), InvalidParameters, "Pauli words"),
        (lambda: qg.shadow_expval(1j * qg.Z(0)), NotHermitian, "not Hermitian"),
        (lambda: snapshots_on("local")(0.3), UnsupportedMeasurement, "shots=1000"),
        (lambda: estimates_on("local")(0.3), UnsupportedMeasurement, "shots=1000"),
    ],
)
def test_wrong_use_is_refused(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_more_parts_than_shots_are_refused_before_anything_is_sent():
    device = qg.device("local", shots=5)

    @qg.qnode(device)
    def circuit():
        return qg.shadow_expval(qg.Z(0), k=6)

    with qg.Tracker(device) as tracker, pytest.raises(InvalidShots, match="k=6"):
        circuit()
    assert not tracker.totals.get("submissions")


def test_too_many_outcomes_are_refused_before_their_bases_are_drawn():
    with pytest.raises(TooLarge, match="fewer shots"):
        snapshots_on("local?shots=1000000000000")(0.3)


def test_equal_bases_are_grouped_in_ascending_order():
    bases = np.random.default_rng(3).integers(0, 3, size=(500, 3))

    distinct, group, count = _distinct(bases)

    assert list(map(tuple, distinct.tolist())) == sorted(set(map(tuple, bases.tolist())))
    assert (distinct[group] == bases).all()
    assert (np.bincount(group) == count).all()
