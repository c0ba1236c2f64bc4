"""Calls in the background: concurrent, awaited, as completed, cancelled."""

from __future__ import annotations

import asyncio
import threading

import pytest
from shop import Busy, ShopDevice

import qgate as qg
from qgate.devices.job import JobStatus
from qgate.exceptions import CallCancelled, CallTimeout, JobCancelled, JobTimeout
from qgate.execution.execute import prepare
from qgate.tape import Tape


@pytest.fixture
def file(tmp_path):
    return str(tmp_path / "shop.db")


class Gate:
    """Holds jobs in the queue until it is opened."""

    def __init__(self):
        self.sent = threading.Event()

    def __call__(self, device, what, times):
        if what == "after send":
            device.shop.set_status(str(times), "QUEUED")
            self.sent.set()


def circuit_on(device):
    @qg.qnode(device)
    def circuit():
        return qg.expval(qg.Z(0))

    return circuit


def test_a_call_returns_at_once_and_its_result_can_be_waited_for(file, tmp_path):
    gate = Gate()
    device = ShopDevice(file, interfere=gate)

    with qg.run("background", tmp_path / "runs.db"):
        handle = qg.submit(circuit_on(device))()
        assert gate.sent.wait(240)
        assert not handle.done
        with pytest.raises(CallTimeout, match=r"no result after 0\.05 s"):
            handle.result(timeout_s=0.05)
        device.shop.set_status("1", "DONE")

        assert handle.result(timeout_s=240) == 1.0
        assert handle.status is JobStatus.DONE
        assert handle.job_ids == ["1"]


def test_calls_can_be_awaited(file, tmp_path):
    circuit = circuit_on(ShopDevice(file))

    async def both():
        return await asyncio.gather(*(_awaited(qg.submit(circuit)()) for _ in range(2)))

    with qg.run("awaited", tmp_path / "runs.db"):
        assert asyncio.run(both()) == [1.0, 1.0]


async def _awaited(handle):
    return await handle


def test_calls_come_as_they_are_done(file, tmp_path):
    gate = Gate()
    slow, quick = ShopDevice(file, interfere=gate), ShopDevice(f"{file}2")

    with qg.run("race", tmp_path / "runs.db"):
        handles = [qg.submit(circuit_on(device))() for device in (slow, quick)]
        order = qg.as_completed(handles, timeout_s=240)
        assert next(order) is handles[1]
        assert gate.sent.wait(240)
        slow.shop.set_status("1", "DONE")

        assert next(order) is handles[0]
        assert list(order) == []


@pytest.mark.parametrize("wait", ["result", "as_completed"])
@pytest.mark.parametrize("ends", [True, False], ids=["done meanwhile", "under way"])
def test_a_timeout_that_was_slept_through_asks_once_more(
    file, tmp_path, fall_asleep, monkeypatch, wait, ends
):
    monkeypatch.setattr("qgate.jobs.handles.AFTER_SLEEP_S", 30.0 if ends else 0.5)
    gate = Gate()
    device = ShopDevice(file, interfere=gate)

    def wake():  # after the timeout of the wait below
        fall_asleep()
        if ends:
            threading.Timer(1.5, device.shop.set_status, ["1", "DONE"]).start()

    with qg.run("shut", tmp_path / "runs.db"):
        handle = qg.submit(circuit_on(device))()
        assert gate.sent.wait(240)
        threading.Timer(0.2, wake).start()
        if ends and wait == "result":
            assert handle.result(timeout_s=1.0) == 1.0
        elif ends:
            assert list(qg.as_completed([handle], timeout_s=1.0)) == [handle]
        else:
            with pytest.raises(CallTimeout, match=r"no result after 1\.0 s"):
                handle.result(1.0) if wait == "result" else list(qg.as_completed([handle], 1.0))
            device.shop.set_status("1", "DONE")


def test_a_cancelled_call_cancels_its_jobs(file, tmp_path):
    gate = Gate()
    device = ShopDevice(file, interfere=gate)

    with qg.run("stopped", tmp_path / "runs.db") as run:
        handle = qg.submit(circuit_on(device))()
        assert gate.sent.wait(240)
        for _ in range(4800):
            if handle.job_ids:
                break
            threading.Event().wait(0.05)
        handle.cancel()

        with pytest.raises(JobCancelled):
            handle.result(timeout_s=240)
        assert handle.status is JobStatus.FAILED
    assert run.submissions == 0


def test_a_job_is_cancelled_though_the_first_request_for_that_fails(file):
    def busy(device, what, times):
        if what == "stop" and times == 1:
            raise Busy

    device = ShopDevice(file, interfere=busy)
    sweep, _, _ = prepare(Tape([], [qg.expval(qg.Z(0))], shots=10).sweep(), device)
    job = device.submit(sweep)

    job.cancel()

    with pytest.raises(JobCancelled, match="was cancelled"):
        job.result(timeout_s=240)


def test_errors_of_a_call_come_with_its_result():
    @qg.qnode("local")
    def wrong():
        raise ZeroDivisionError("mine")

    handle = qg.submit(wrong)()

    with pytest.raises(ZeroDivisionError, match="mine"):
        handle.result(timeout_s=240)
    assert handle.status is JobStatus.FAILED


def test_progress_tells_how_jobs_stand(file, tmp_path):
    lines = []
    gate = Gate()
    device = ShopDevice(file, interfere=gate)

    with qg.run("reported", tmp_path / "runs.db", progress=lines.append):
        handle = qg.submit(circuit_on(device))()
        assert gate.sent.wait(240)
        for _ in range(2400):
            if lines:
                break
            threading.Event().wait(0.1)
        device.shop.set_status("1", "DONE")
        handle.result(timeout_s=240)

    assert lines[0] == "reported: 0 of 1 submissions done (1 queued, queue position 3)"
    assert lines[-1] == "reported: 1 submissions, 100 shots, 0.40 USD, 0 answered from the journal"


def test_a_cancelled_call_sends_nothing_more(file, tmp_path):
    device = ShopDevice(file)
    circuit, go, waits = circuit_on(device), threading.Event(), threading.Event()

    def twice():
        first = circuit()
        waits.set()
        go.wait(240)
        return first + circuit()

    with qg.run("half", tmp_path / "runs.db"):
        handle = qg.submit(twice)()
        assert waits.wait(240)
        handle.cancel()
        go.set()

        with pytest.raises(CallCancelled, match=r"nothing more was sent for it\. The jobs 1 were"):
            handle.result(timeout_s=240)
    assert device.shop.jobs == 1


def test_a_job_can_be_waited_for_by_itself(file):
    device = ShopDevice(file, interfere=Gate())
    sweep, _, _ = prepare(Tape([], [qg.expval(qg.Z(0))], shots=10).sweep(), device)

    job = device.submit(sweep)
    with pytest.raises(JobTimeout, match=r"Job 1 on shop:one has no result after 0\.05 s"):
        job.result(timeout_s=0.05)
    assert job.describe() == {"id": "1", "status": "queued", "device": "shop:one"}
    device.shop.set_status("1", "DONE")

    ((rows,),) = job.result(timeout_s=240)
    assert rows[0].counts() == {"0": 10}
