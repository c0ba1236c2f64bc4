"""Batches and sessions are closed in the background, within a bounded time."""

from __future__ import annotations

import gc
import time
from threading import Thread

import pytest
from children import answer, finished, start
from clouds.gate import Gate

from qgate.devices.qiskit.ibm import closing, mode, transport
from qgate.devices.qiskit.ibm.closing import CLOSER
from qgate.devices.qiskit.ibm.mode import Mode
from qgate.exceptions import ServiceUnavailable

HANG_S = 240.0

OPENS_A_BATCH = """
import qgate as qg

device = qg.device("ibm:ibm_manila?patience_s=30")
device.mode.of_next_job()
tell("open")
sys.stdin.readline()
"""


@pytest.fixture
def gate(cloud, monkeypatch):
    """The network between the client and the double."""
    opened = Gate(cloud.address)
    for name, value in cloud.environment.items():
        monkeypatch.setenv(name, value.replace(cloud.address, opened.url))
    yield opened
    opened.close()


@pytest.fixture
def hasty(monkeypatch):
    """Shorter waits for closing."""
    for module in (closing, mode):
        monkeypatch.setattr(module, "CLOSE_S", 0.2)
    monkeypatch.setattr(closing, "ANSWER_S", 0.1)


def is_open(cloud):
    return [each["accepting_jobs"] for each in cloud.ledger["sessions"]]


def all_closings():
    CLOSER.close(None).result(HANG_S)


def test_a_batch_is_closed_in_the_background_when_it_is_forgotten(make, cloud):
    batch = Mode(make().backend, "batch")
    batch.of_next_job()

    del batch
    gc.collect()
    all_closings()

    assert is_open(cloud) == [False]


def test_garbage_collection_does_not_wait_for_a_service_that_never_answers(gate, make, hasty):
    batch = Mode(make().backend, "batch")
    batch.of_next_job()
    gate.fall_silent()
    held = [batch]
    del batch

    collection = Thread(target=lambda: (held.clear(), gc.collect()), daemon=True)
    collection.start()
    collection.join(HANG_S)

    assert not collection.is_alive()
    gate.close()
    all_closings()


def test_closing_a_batch_waits_a_bounded_time(gate, make, hasty):
    device = make()
    device.mode.of_next_job()
    gate.fall_silent()

    device.close()

    gate.close()
    all_closings()


def test_a_session_that_was_perhaps_not_closed_is_reported(gate, make, hasty):
    device = make(mode="session", max_time_s=600)
    device.mode.of_next_job()
    gate.fall_silent()

    with pytest.raises(ServiceUnavailable, match="may still be open, and is charged until"):
        device.close()

    gate.close()
    all_closings()


@pytest.mark.parametrize("kind", ["batch", "session"])
def test_closing_is_retried_after_a_transient_error(make, cloud, kind):
    device = make(mode=kind)
    device.mode.of_next_job()
    endpoint = "DELETE /sessions/ID/close"
    cloud.goes_wrong(endpoint, status=503)
    cloud.goes_wrong(endpoint, "lost")

    device.close()

    assert is_open(cloud) == [False]


def test_a_batch_that_is_too_old_is_replaced_without_waiting_for_its_end(make, cloud):
    device = make(max_time_s=600)
    device.mode.of_next_job()
    device.mode._open[0] = (device.mode._open[0][0], time.monotonic() - 600)

    device.mode.of_next_job()
    all_closings()

    assert is_open(cloud) == [False, True]
    device.close()


@pytest.mark.parametrize("status", [403, 503])
def test_a_refused_job_is_reported_as_such_where_its_batch_cannot_be_asked_about(
    make, cloud, send, status
):
    device = make()
    cloud.goes_wrong("POST /jobs", status=400, code=6053, message="The circuit is not ISA")
    cloud.goes_wrong("GET /sessions/ID", status=status)

    with pytest.raises(Exception, match="The circuit is not ISA"):
        send(device)
    device.close()


def test_a_batch_that_the_service_no_longer_knows_is_replaced(make, cloud, send):
    device = make()
    send(device).result(HANG_S)
    cloud.goes_wrong("POST /jobs", status=400, code=1211, message="Session has been closed")
    cloud.goes_wrong("GET /sessions/ID", status=404)

    send(device).result(HANG_S)

    assert len({job["session"] for job in cloud.jobs}) == 2
    device.close()


def test_a_batch_is_closed_at_the_end_of_the_program(cloud):
    assert answer(OPENS_A_BATCH) == "open"
    assert is_open(cloud) == [False]


def test_a_program_ends_although_the_service_does_not_answer_its_closings(gate):
    program = start(OPENS_A_BATCH)
    assert program.stdout.readline() == '"open"\n'
    gate.fall_silent()

    _, errors = finished(program)

    assert (program.returncode, errors) == (0, "")


def test_every_request_waits_a_limited_time_for_its_response(gate, make, monkeypatch):
    device = make()
    monkeypatch.setattr(transport, "ANSWER_S", 0.1)
    gate.fall_silent()

    with pytest.raises(Exception, match="timed out"):
        device.service.jobs()
