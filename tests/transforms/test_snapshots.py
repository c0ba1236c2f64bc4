"""Measurements at points of a circuit."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate.devices.capabilities import Capabilities
from qgate.devices.local.device import LocalDevice


def bell():
    qg.Snapshot(measurement=qg.expval(qg.Z(0)))
    qg.Hadamard(0)
    qg.Snapshot("one")
    qg.CNOT([0, 1])
    qg.Snapshot()
    qg.Snapshot("samples", qg.sample(), shots=5)
    return qg.expval(qg.X(0))


ONE = np.array([1, 0, 1, 0]) / np.sqrt(2)
BELL = np.array([1, 0, 0, 1]) / np.sqrt(2)


def test_every_snapshot_has_its_result_under_its_tag_or_number():
    found = qg.snapshots(qg.QNode(bell, "local"))()

    assert list(found) == [0, "one", 2, "samples", "execution_results"]
    assert_allclose(found[0], 1.0)
    assert_allclose(found["one"], ONE, atol=1e-12)
    assert_allclose(found[2], BELL, atol=1e-12)
    assert found["samples"].shape == (5, 2)
    assert (found["samples"][:, 0] == found["samples"][:, 1]).all()
    assert_allclose(found["execution_results"], 0.0, atol=1e-12)


def test_all_snapshots_are_one_submission():
    device = qg.device("local", wires=2)

    with qg.Tracker(device) as tracker:
        qg.snapshots(qg.QNode(bell, device))()

    assert tracker.totals["submissions"] == 1
    assert tracker.totals["executions"] == 5


def test_the_state_is_exact_beside_results_from_shots():
    qnode = qg.set_shots(qg.snapshots(qg.QNode(bell, qg.device("local", wires=3))), 200)

    found = qnode()

    assert_allclose(found["one"], np.kron(ONE, [1, 0]), atol=1e-12)
    assert abs(found["execution_results"]) <= 5 / np.sqrt(200)


class Sampler(LocalDevice):
    """A device that only samples, in gates of its own."""

    capabilities = Capabilities(
        gates=frozenset({"RX", "RY", "RZ", "CNOT", "GlobalPhase"}), default_shots=4000
    )


def test_a_device_that_samples_measures_the_state_by_tomography():
    found = qg.snapshots(qg.QNode(bell, Sampler(seed=7)))()

    assert abs(np.vdot(ONE, found["one"])) ** 2 > 0.95
    assert abs(np.vdot(BELL, found[2])) ** 2 > 0.95


def test_snapshots_depend_on_arguments_and_see_outcomes():
    @qg.snapshots
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x, 0)
        outcome = qg.measure(0)
        qg.Snapshot("measured", qg.probs(wires=0))
        qg.cond(outcome, qg.X)(0)
        return qg.probs(wires=0)

    found = circuit(0.7)

    assert_allclose(found["measured"], [np.cos(0.35) ** 2, np.sin(0.35) ** 2])
    assert_allclose(found["execution_results"], [1, 0], atol=1e-12)


def test_a_tag_in_a_loop_has_all_its_values():
    @qg.snapshots
    @qg.qnode("local")
    def circuit():
        for _ in range(3):
            qg.Snapshot("step", qg.expval(qg.Z(0)))
            qg.X(0)
        return qg.expval(qg.Z(0))

    assert_allclose(circuit()["step"], [1, -1, 1])


@pytest.mark.parametrize("measurements", [(), (qg.expval(qg.X(0)),)])
def test_a_tape_becomes_one_tape_for_each_snapshot(measurements):
    operations = [qg.Snapshot(), qg.Hadamard(0), qg.Snapshot("end")]
    tape = qg.tape.QuantumScript(operations, measurements)

    tapes, read = qg.snapshots(tape)
    results = read(qg.execute(tapes, "local"))

    assert [len(part.operations) for part in tapes] == [0, 1, 1][: 2 + len(measurements)]
    assert_allclose(results[0], [1, 0])
    assert ("execution_results" in results) == bool(measurements)
