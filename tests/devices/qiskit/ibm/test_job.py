"""Failures of a job, and their error texts."""

import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

import qgate as qg
from qgate.devices.job import JobStatus
from qgate.devices.qiskit.ibm.job import IbmJob
from qgate.exceptions import (
    AccessRefused,
    JobCancelled,
    JobFailed,
    JobTimeout,
    RequestRefused,
    ResultMissing,
    ServiceUnavailable,
    UnknownJobStatus,
    WrongResult,
)

PASSING = [
    {"do": "status", "status": 500},
    {"do": "status", "status": 503},
    {"do": "status", "status": 429, "headers": {"Retry-After": "0"}},
    {"do": "lost"},
    {"do": "half"},
    {"do": "lost", "when": "after"},
]


@pytest.mark.parametrize("at", ["GET /jobs/ID", "GET /jobs/ID/results"])
@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: str(fault.get("status", fault["do"])))
def test_questions_are_asked_again_and_the_job_is_left_alone(
    make, cloud, send, assert_flips, at, fault
):
    job = send(make())
    cloud.goes_wrong(at, times=2, **fault)

    assert_flips(job.result(240))
    assert cloud.ledger["requests"]["POST /jobs"] == 1


def test_a_poll_is_one_request(make, cloud, send):
    cloud.next_job(queued=2)
    job = send(make())

    reports = [job.poll() for _ in range(2)]

    assert [report.status for report in reports] == [JobStatus.QUEUED] * 2
    assert cloud.ledger["requests"]["GET /jobs/ID"] == 2


def test_the_place_in_the_queue_is_told_and_asked_for_now_and_then(make, cloud, send):
    cloud.next_job(queued=3)
    job = send(make())

    reports = [job.poll() for _ in range(2)]

    assert [report.queue_position for report in reports] == ["7", "7"]
    assert cloud.ledger["requests"]["GET /jobs/ID/metrics"] == 1


def test_a_place_in_the_queue_that_is_not_told_is_left_out(make, cloud, send):
    cloud.next_job(queued=3)
    cloud.goes_wrong("GET /jobs/ID/metrics", status=503)

    assert send(make()).poll().queue_position == ""


def test_progress_tells_the_place_in_the_queue(make, cloud, flips, tmp_path):
    cloud.set(held=True)
    lines = []
    circuit = qg.QNode(lambda: qg.counts(wires=0), make(shots=10))

    with qg.run("reported", tmp_path / "runs.db", progress=lines.append):
        handle = qg.submit(circuit)()
        for _ in range(300):
            if any("queue position" in line for line in lines):
                break
            threading.Event().wait(0.1)
        cloud.set(held=False)
        handle.result(timeout_s=240)

    assert "reported: 0 of 1 submissions done (1 queued, queue position 7)" in lines


def test_waiting_ends_where_a_queue_is_long_and_the_job_goes_on(make, cloud, send, assert_flips):
    cloud.next_job(queued=6)
    job = send(make())

    with pytest.raises(JobTimeout):
        job.result(0.1)

    assert_flips(job.result(240))


@pytest.mark.parametrize("seconds", [None, float("nan"), float("inf"), -1, "3"])
def test_what_is_no_number_of_seconds_leaves_the_whole_price_reserved(make, send, seconds):
    device = make()
    usage = {"qpu_charge_time_seconds": seconds, "status": "complete"}
    vendor = SimpleNamespace(metrics=lambda: {"usage": usage})

    assert IbmJob("a", device, {}, vendor).cost() is None


def test_a_failed_job_says_why_in_ibms_words(make, cloud, send):
    cloud.next_job(status="Failed", reason="The cryostat is warm", reason_code=9999)
    job = send(make())

    with pytest.raises(JobFailed, match="Error code 9999; The cryostat is warm"):
        job.result(240)
    assert job.status is JobStatus.FAILED
    assert job.cost().low_usd > 0


def test_a_failed_job_without_any_result_says_why_too(make, cloud, send):
    cloud.next_job(status="Failed", reason="The cryostat is warm", late=1000)

    with pytest.raises(JobFailed, match="The cryostat is warm"):
        send(make()).result(240)


@pytest.mark.parametrize("status", ["Failed", "Cancelled"])
def test_a_job_that_ran_too_long_has_failed(make, cloud, send, status):
    cloud.next_job(status=status, reason="Ran too long", reason_code=1305)

    with pytest.raises(JobFailed, match="1305; Ran too long"):
        send(make()).result(240)


def test_a_cancelled_job_is_reported(make, cloud, send):
    cloud.next_job(status="Cancelled", reason="by an administrator")

    with pytest.raises(JobCancelled, match="by an administrator"):
        send(make()).result(240)


def test_a_job_in_the_queue_can_be_cancelled_and_a_finished_one_stays(make, cloud, send):
    device = make()
    cloud.next_job(queued=1000)
    waiting = send(device)
    finished = send(device)
    finished.result(240)

    waiting.cancel()
    finished.cancel()

    with pytest.raises(JobCancelled):
        waiting.result(240)
    assert finished.poll().status is JobStatus.DONE


def test_an_unknown_status_is_not_waited_for_without_end(make, cloud, send):
    cloud.next_job(status="Pondering")

    with pytest.raises(UnknownJobStatus, match="PONDERING"):
        send(make(patience_s=0.3)).result(240)


def test_a_result_that_comes_late_is_waited_for(make, cloud, send, assert_flips):
    cloud.next_job(late=3)

    assert_flips(send(make()).result(240))


def test_a_result_that_never_comes_is_said_to_be_missing(make, cloud, send):
    cloud.next_job(late=1000)

    with pytest.raises(ResultMissing, match="not submitted again"):
        send(make(patience_s=0.3)).result(240)


@pytest.mark.parametrize("primitive", ["executor", "sampler"])
@pytest.mark.parametrize("how", ["cut", "empty", "noise", "other"])
def test_damaged_results_are_refused(make, cloud, send, how, primitive):
    cloud.next_job(spoil=how)

    with pytest.raises(WrongResult):
        send(make(primitive=primitive)).result(240)


@pytest.mark.parametrize("primitive", ["executor", "sampler"])
def test_too_few_shots_are_noticed(make, cloud, send, primitive):
    cloud.next_job(fewer_shots=3)

    with pytest.raises(WrongResult, match="97 shots came back, 100 were asked for"):
        send(make(primitive=primitive)).result(240)


def test_a_service_that_stays_away_is_an_error_and_the_job_can_be_had_later(
    make, cloud, send, assert_flips
):
    device = make(patience_s=0.3)
    job = send(device)
    cloud.goes_wrong("GET /jobs/ID", status=502, times=1000)

    with pytest.raises(ServiceUnavailable, match="502"):
        job.result(240)
    cloud.reset_faults()

    assert_flips(job.result(240))


def test_an_access_that_was_withdrawn_is_not_tried_again(make, cloud, send):
    job = send(make())
    cloud.set(revoked=True)

    with pytest.raises(AccessRefused, match="expired"):
        job.result(240)


def test_a_job_nobody_knows_is_an_error(make, send, flips):
    device = make()

    with pytest.raises(RequestRefused, match="Job not found"):
        device.reopen("job-0", device.record([flips()])).result(240)


PROGRAM = """
import os
from qgate.devices.registry import device
made = device("ibm:ibm_manila?mode=job")
print(os.getpid(), flush=True)
input()
import numpy as np
from qgate.measurements import counts
from qgate.operations.gate import GATES
from qgate.sweep import Sweep
from qgate.tape import Tape
structure = Tape([GATES["RX"](0.1, 0)], [counts(wires=[0])]).structure
angles = np.pi * (np.arange(4) % 2)
made.send([Sweep(structure, angles[:, None], (), np.full(4, 100))], token="a" * 64)
"""


@pytest.mark.parametrize(("when", "jobs"), [("before", 0), ("after", 1)])
def test_a_job_of_a_killed_program_is_found_by_its_token(
    make, cloud, flips, assert_flips, when, jobs
):
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    pid = int(program.stdout.readline())
    cloud.goes_wrong("POST /jobs", do="kill", when=when, pid=pid)
    program.communicate("\n", timeout=240)
    device = make()

    found = device.find("a" * 64, since=0.0)

    assert program.returncode == -9
    if jobs:
        assert_flips(device.reopen(found, device.record([flips()])).result(240))
