"""Recorded contents of a quantum function."""

import threading

import pytest

import qgate as qg
from qgate.context import HERE
from qgate.exceptions import NotRecording, QuantumFunctionError
from qgate.recording import Recorder, absorb, paused, record, recording, replace


def is_recording() -> bool:
    """Return whether operators are recorded."""
    return HERE.get().recorder is not None


def test_items_are_kept_in_order_of_making():
    with recording() as recorder:
        first, second = qg.X(0), qg.RX(0.1, wires=1)

    assert recorder.items == (first, second)
    assert all(kept is made for kept, made in zip(recorder.items, (first, second), strict=True))


def test_equal_operators_are_kept_apart():
    with recording() as recorder:
        qg.X(0)
        qg.X(0)

    assert len(recorder.items) == 2


def test_nothing_is_recorded_outside():
    assert not is_recording()
    operator = qg.X(0)

    with recording() as recorder:
        assert is_recording()

    assert recorder.items == ()
    assert record(operator) is operator


def test_an_inner_recorder_keeps_its_items_from_the_outer_one():
    with recording() as outer:
        kept = qg.X(0)
        with recording() as inner:
            hidden = qg.Y(0)

    assert outer.items == (kept,)
    assert inner.items == (hidden,)


def test_nothing_is_recorded_while_paused():
    with recording() as recorder:
        with paused():
            assert not is_recording()
            qg.X(0)
        kept = qg.Z(0)

    assert recorder.items == (kept,)


@pytest.mark.parametrize("block", [recording, paused])
def test_an_error_inside_ends_the_block(block):
    with recording() as recorder:
        with pytest.raises(ZeroDivisionError), block():
            raise ZeroDivisionError
        kept = qg.X(0)

    assert recorder.items == (kept,)
    assert not is_recording()


def test_parts_of_something_else_are_taken_back():
    with recording() as recorder:
        kept = qg.X(0)
        absorb(qg.Y(0), qg.Z(0))

    assert recorder.items == (kept,)


def test_taking_back_what_is_not_there_changes_nothing():
    recorder = Recorder()
    recorder.add("kept")

    recorder.remove("never added")

    assert recorder.items == ("kept",)


def test_recording_again_moves_to_the_end():
    recorder = Recorder()
    first, second = object(), object()

    for item in (first, second, first):
        recorder.add(item)

    assert recorder.items == (second, first)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: qg.X(0) @ qg.Z(1), "PauliSum"),
        (lambda: 2 * qg.Hadamard(0) + qg.X(1), "Sum"),
        (lambda: qg.adjoint(qg.RX(0.1, wires=0)), "Adjoint(RX)"),
        (lambda: qg.ctrl(qg.RX(0.1, wires=0), 1), "CRX"),
        (lambda: qg.prod(qg.RX(0.1, wires=0), qg.S(1)), "Prod"),
    ],
)
def test_a_composite_replaces_its_parts(make, name):
    with recording() as recorder:
        made = make()

    assert recorder.items == (made,)
    assert made.name == name


def test_a_measurement_replaces_its_observable():
    with recording() as recorder:
        measured = qg.expval(qg.X(0) @ qg.Z(1) + 0.5 * qg.Y(2))

    assert recorder.items == (measured,)


def test_threads_record_for_themselves():
    seen = []

    with recording() as recorder:
        thread = threading.Thread(target=lambda: (seen.append(is_recording()), qg.X(0)))
        thread.start()
        thread.join()

    assert seen == [False]
    assert recorder.items == ()


def test_a_whole_is_recorded_in_the_place_of_its_parts():
    with recording() as recorder:
        first, second, rest = qg.X(0), qg.Z(1), qg.S(2)
        whole = replace([first, second], qg.T(3))

    assert recorder.items == (rest, whole)


def test_apply_records_an_operator_of_outside_each_time():
    gate = qg.RX(0.5, wires=0)

    with recording() as recorder:
        assert qg.apply(gate) is gate
        qg.Z(0)
        qg.apply(gate)

    assert recorder.items == (gate, qg.Z(0), gate)


def test_apply_records_measurements():
    measured = qg.expval(qg.Z(0))

    with qg.QuantumTape() as tape:
        qg.apply(measured)

    assert tape.measurements == [measured]


def test_apply_outside_of_a_quantum_function_is_refused():
    with pytest.raises(NotRecording, match="inside of a quantum function"):
        qg.apply(qg.X(0))


@pytest.mark.parametrize("context", [3, {}, "text"])
def test_operators_are_applied_to_what_records_only(context):
    with pytest.raises(QuantumFunctionError, match="context="):
        qg.apply(qg.X(0), context=context)
