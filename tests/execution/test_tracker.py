import copy
import threading

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters
from qgate.execution.tracker import COUNTED, notify


def test_a_tracker_counts_what_is_reported_while_it_is_open():
    notify(None, shots=5)
    with qg.Tracker() as tracker:
        notify(None, shots=10, submissions=1)
        notify(None, shots=20)
    notify(None, shots=40)

    assert tracker.totals == {**dict.fromkeys(COUNTED, 0), "shots": 30, "submissions": 1}
    assert tracker.history == {"shots": [10, 20], "submissions": [1]}
    assert tracker.latest == {"shots": 20}


def test_a_tracker_of_one_device_ignores_others():
    mine, other = qg.device("local"), qg.device("local")

    with qg.Tracker(mine) as tracker:
        notify(mine, executions=2)
        notify(other, executions=7)

    assert tracker.totals["executions"] == 2


def test_a_device_has_a_tracker_of_its_own():
    mine, other = qg.device("local"), qg.device("local")
    tape = qg.tape.QuantumScript([qg.X(0)], [qg.expval(qg.Z(0))])

    with mine.tracker:
        results = mine.execute([tape, tape]), mine.execute(tape), other.execute(tape)

    assert results == ((-1.0, -1.0), -1.0, -1.0)
    assert mine.tracker.history["executions"] == [2, 1]
    assert copy.copy(mine).tracker.totals["executions"] == 0


def test_what_is_no_number_is_in_the_history_only():
    tracker = qg.Tracker()

    tracker.update(shots=2, device="mine")

    assert tracker.history == {"shots": [2], "device": ["mine"]}
    assert "device" not in tracker.totals


def test_a_tracker_is_switched_on_and_off():
    tracker = qg.Tracker()

    tracker.active = True
    notify(None, shots=1)
    tracker.active = False
    notify(None, shots=2)

    assert (tracker.totals["shots"], tracker.active) == (1, False)


def test_trackers_nest():
    with qg.Tracker() as outer:
        with qg.Tracker() as inner:
            notify(None, shots=1)
        notify(None, shots=2)

    assert (inner.totals["shots"], outer.totals["shots"]) == (1, 3)


def test_the_callback_sees_every_update():
    seen = []

    with qg.Tracker(callback=lambda totals, history, latest: seen.append(latest)):
        notify(None, shots=1)
        notify(None, batches=2)

    assert seen == [{"shots": 1}, {"batches": 2}]


@pytest.mark.parametrize("callback", [3, len, lambda totals: None])
def test_a_callback_that_cannot_be_called_with_the_counts_is_refused(callback):
    with pytest.raises(InvalidParameters, match="was given callback="):
        qg.Tracker(callback=callback)


@pytest.mark.parametrize("device", ["local", 3, np.zeros((2, 2))])
def test_a_tracker_of_something_that_is_no_device_would_count_nothing_and_is_refused(device):
    with pytest.raises(InvalidParameters, match="Give a device"):
        qg.Tracker(device)


def test_reset_forgets_what_was_counted():
    with qg.Tracker() as tracker:
        notify(None, shots=1)
        tracker.reset()
        notify(None, shots=2)

    assert tracker.totals["shots"] == 2


def test_a_tracker_is_closed_after_an_error():
    with pytest.raises(ZeroDivisionError), qg.Tracker() as tracker:
        raise ZeroDivisionError

    notify(None, shots=1)

    assert tracker.totals["shots"] == 0


def test_a_tracker_counts_what_other_threads_send():
    with qg.Tracker() as tracker:
        other = threading.Thread(target=notify, args=(None,), kwargs={"shots": 1})
        other.start()
        other.join()

    assert tracker.totals["shots"] == 1


def test_rows_readings_and_shots_of_a_circuit_are_counted():
    @qg.qnode(qg.device("local", shots=50))
    def energy(x):
        qg.RX(x, 0)
        return qg.expval(qg.X(0) @ qg.X(1) + qg.Z(0))  # two bases

    with qg.Tracker() as tracker:
        energy(qg.numpy.array([0.1, 0.2, 0.3]))

    assert tracker.totals == {"submissions": 1, "batches": 1, "executions": 6, "shots": 300}


@pytest.mark.parametrize("shots", [None, 10])
def test_a_tracker_has_the_counts_of_every_circuit_that_ran(shots):
    @qg.qnode("local", shots=shots, diff_method="parameter-shift")
    def circuit(angle):
        qg.RX(angle, wires=0)
        qg.CNOT(wires=[0, 1])
        return qg.expval(qg.Z(1))

    with qg.Tracker() as tracker:
        circuit(0.1)
        qg.grad(circuit)(qg.numpy.array(0.1, requires_grad=True))

    found = tracker.history["resources"]
    assert len(found) == tracker.totals["executions"] == 1 + 3
    assert [each.gate_types for each in found] == [{"RX": 1, "CNOT": 1}] * 4
    assert tracker.latest["resources"] == found[1:]


@pytest.mark.parametrize("method", ["adjoint", "backprop"])
def test_derivatives_of_the_state_are_counted_with_their_circuit(method):
    @qg.qnode("local", diff_method=method)
    def circuit(angle):
        qg.RX(angle, wires=0)
        return qg.expval(qg.Z(0))

    with qg.Tracker() as tracker:
        qg.grad(circuit)(qg.numpy.array(0.1, requires_grad=True))

    assert [each.gate_types for each in tracker.history["resources"]] == [{"RX": 1}]


def test_a_plan_ran_no_circuits():
    circuit = qg.QNode(lambda: qg.expval(qg.Z(0)), "local", shots=10)

    with qg.Tracker() as tracker:
        qg.plan(circuit)()

    assert "resources" not in tracker.history


def test_a_further_block_begins_at_zero_unless_the_tracker_is_persistent():
    @qg.qnode("local")
    def circuit():
        return qg.expval(qg.Z(0))

    for persistent, expected in ((False, 1), (True, 2)):
        tracker = qg.Tracker(persistent=persistent)
        for _ in range(2):
            with tracker:
                assert tracker.active
                circuit()
        assert tracker.totals["executions"] == expected
        assert not tracker.active
