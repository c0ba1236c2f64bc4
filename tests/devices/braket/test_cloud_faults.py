"""Jobs on Amazon Braket under faults."""

import re

import numpy as np
import pytest

import qgate as qg
from qgate.devices.cloud import retries
from qgate.devices.cloud.remote import new_token
from qgate.devices.cloud.retries import ErrorClass, repeats, with_retries
from qgate.devices.job import JobStatus
from qgate.devices.registry import device
from qgate.exceptions import (
    AccessRefused,
    DeviceOffline,
    JobCancelled,
    JobFailed,
    JobTimeout,
    RequestRefused,
    ResultMissing,
    ServiceUnavailable,
    SubmissionRefused,
    UnknownJobStatus,
    WrongResult,
)
from qgate.measurements import counts
from qgate.operations import RX, PauliX
from qgate.tape import Tape

IQM = "arn:aws:braket:eu-north-1::device/qpu/iqm"


def made(target="iqm/garnet", **options):
    return device(f"braket:{target}", s3_bucket="amazon-braket-test", **options)


def sweep(rows=2, shots=50):
    tape = Tape([RX(0.0, 0)], [counts(wires=0)], shots=shots)
    return tape.sweep().with_rows(np.full((rows, 1), np.pi), np.full(rows, shots))


def flip():
    return Tape([PauliX(0)], [counts(wires=0)], shots=50)


def bought(garnet, token=None):
    """Submit as qgate does: retry under the same token after transient errors."""
    chosen = token or new_token()
    return with_retries(garnet, lambda: garnet.send([sweep()], token=chosen))


def assert_all_ones(job):
    ((found,),) = job.result(240)
    assert [outcomes.counts() for outcomes in found] == [{"1": 50}] * 2


# Creation -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("error", {"code": "ThrottlingException"}),
        ("error", {"code": "InternalServiceException"}),
        ("error", {"code": "Unheard", "status": 503}),
        ("reset", {}),
        ("lost", {}),
        ("cut", {}),
        ("garbled", {}),
        ("truncated", {}),
    ],
)
def test_a_creation_that_fails_in_passing_buys_once(double, kind, details):
    garnet = made()
    double.fault("CreateQuantumTask", kind, times=4, **details)

    job = bought(garnet)

    assert_all_ones(job)
    assert double.ledger()["tasks_created"] == 1
    assert double.ledger()["charged_usd"] == pytest.approx(0.3 + 100 * 0.00145)


@pytest.mark.parametrize(
    ("code", "error", "text"),
    [
        ("DeviceOfflineException", DeviceOffline, "executes everyday 00:00 to 23:59 UTC"),
        ("DeviceRetiredException", DeviceOffline, "will not come back"),
        ("AccessDeniedException", AccessRefused, "AmazonBraketFullAccess"),
        ("ExpiredTokenException", AccessRefused, "aws sso login"),
        ("ServiceQuotaExceededException", SubmissionRefused, "ServiceQuotaExceededException"),
        ("ValidationException", SubmissionRefused, "ValidationException"),
    ],
)
def test_a_refusal_is_told_in_our_words_and_not_repeated(double, code, error, text):
    garnet = made()
    double.fault("CreateQuantumTask", "error", code=code, message="In its own words.")

    with pytest.raises(error, match=text) as told:
        bought(garnet)

    assert "In its own words" in str(told.value)
    assert double.ledger()["requests"]["CreateQuantumTask"] == 1


def test_what_is_wrong_with_single_programs_is_told(double):
    failures = [{"programIndex": 1, "inputsIndex": 3, "errors": ["too deep", "too wide"]}]
    double.fault(
        "CreateQuantumTask",
        "error",
        code="ValidationException",
        message="It is not valid.",
        reason="ProgramSetValidationFailed",
        programSetValidationFailures=failures,
    )

    with pytest.raises(SubmissionRefused, match=r"program 1, inputs 3: too deep, too wide"):
        bought(made())


@pytest.mark.parametrize(("name", "text"), [("Offline", "offline"), ("Retired", "retired")])
def test_a_device_that_takes_nothing_says_so(double, name, text):
    with pytest.raises(DeviceOffline, match=text):
        bought(made(f"{IQM}/{name}"))


def test_a_spending_limit_of_the_account_refuses(double):
    double.settings(limits={f"{IQM}/Garnet": "0.10"})

    with pytest.raises(SubmissionRefused, match="spending limit"):
        bought(made())


def test_a_token_with_other_circuits_is_refused(double):
    garnet, token = made(), new_token()
    bought(garnet, token)

    def other():
        return garnet.send([sweep(rows=3)], token=token)

    with pytest.raises(SubmissionRefused, match="other parameters"):
        with_retries(garnet, other)


def test_patience_ends(double):
    garnet = made(patience_s=0.3)
    double.fault("CreateQuantumTask", "error", code="InternalServiceException", times=0)

    with pytest.raises(ServiceUnavailable, match=re.escape("could not be reached for 0.3 s")):
        bought(garnet)


# Waiting --------------------------------------------------------------------------------------


def test_a_storm_of_errors_is_waited_out(double):
    garnet = made()
    double.fault("*", "error", code="InternalServiceException", times=0, probability=0.4, seed=3)

    assert_all_ones(bought(garnet))

    assert double.ledger()["tasks_created"] == 1


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServiceException"])
def test_questions_that_fail_in_passing_are_asked_again(double, code):
    double.fault("GetQuantumTask", "error", code=code, times=4)

    assert_all_ones(bought(made()))


UNREADABLE = ["", "{}", "[]", "null", '"text"', "<html>"]


@pytest.mark.parametrize("text", UNREADABLE)
def test_an_answer_about_a_task_that_cannot_be_read_is_asked_for_again(double, text):
    double.fault("GetQuantumTask", "answer", text=text, times=3)

    assert_all_ones(bought(made()))


@pytest.mark.parametrize("text", [*UNREADABLE, '{"deviceType": "QPU", "deviceCapabilities": "{}"}'])
@pytest.mark.filterwarnings("ignore:.*evice capabilities.*:UserWarning")
def test_an_answer_about_a_device_that_cannot_be_read_is_asked_for_again(double, text):
    double.fault("GetDevice", "answer", text=text, times=2)

    assert made().capabilities.max_wires == 20


def test_a_refused_question_is_no_refused_submission(double, tmp_path):
    double.fault("GetQuantumTask", "error", code="ValidationException", times=0)

    @qg.qnode(made(), shots=50)
    def circuit():
        return qg.expval(qg.Z(0))

    with (
        pytest.raises(RequestRefused, match=r"was created and continues \(jobs arn:") as told,
        qg.run("asked", tmp_path / "runs.db") as run,
    ):
        circuit()

    assert not isinstance(told.value, SubmissionRefused)
    assert run.cost == pytest.approx(0.3 + 50 * 0.00145)


@pytest.mark.parametrize("pause", ["nan", "inf", "-3", "soon"])
def test_a_pause_that_cannot_be_kept_is_not_kept(double, pause):
    double.fault(
        "CreateQuantumTask",
        "error",
        code="ThrottlingException",
        headers={"Retry-After": pause},
    )

    assert_all_ones(bought(made()))


def test_a_pause_ends_with_patience(double, monkeypatch):
    pauses = []
    monkeypatch.setattr(retries, "pause", pauses.append)
    monkeypatch.setattr(retries, "_limiters", {})  # others share the limiter, which is paused
    headers = {"Retry-After": "86400"}
    double.fault("CreateQuantumTask", "error", code="ThrottlingException", headers=headers)

    assert_all_ones(bought(made(patience_s=600.0)))

    assert max(pauses) == pytest.approx(600, abs=1)


def test_the_place_in_the_queue_is_told(double):
    double.fault("task", "queued", polls=2, position=">2000")
    job = bought(made())

    report = job.poll()

    assert (report.status, report.vendor_status) == (JobStatus.QUEUED, "QUEUED")
    assert report.queue_position == ">2000"
    assert_all_ones(job)


def test_a_timeout_leaves_the_job_as_it_is(double):
    double.fault("task", "queued", seconds=0.5)
    job = bought(made())

    with pytest.raises(JobTimeout):
        job.result(0.05)

    assert_all_ones(job)
    assert double.ledger()["tasks_created"] == 1


def test_a_status_that_nobody_knows_is_waited_for_a_while(double):
    double.fault("task", "status", value="PAUSED", polls=2)

    assert_all_ones(bought(made()))


def test_a_status_that_nobody_knows_is_reported_in_the_end(double):
    double.fault("task", "status", value="PAUSED", polls=1000)

    with pytest.raises(UnknownJobStatus, match="'PAUSED'"):
        bought(made(patience_s=0.2)).result(240)


def test_a_task_that_is_not_known_yet_is_queued(double):
    double.fault("GetQuantumTask", "error", code="ResourceNotFoundException", times=2)

    assert_all_ones(bought(made()))


def test_a_task_that_does_not_exist_is_not_waited_for(double):
    garnet = made()
    job = garnet.reopen(f"{IQM}:quantum-task/none", garnet.record([sweep()]))

    with pytest.raises(RequestRefused, match=r"ResourceNotFoundException.*Jobs that were created"):
        job.result(240)


def test_a_cancelled_task_is_reported_and_free(double):
    double.fault("task", "queued", seconds=60)
    job = bought(made())

    job.cancel()

    with pytest.raises(JobCancelled):
        job.result(240)
    assert double.ledger()["charged_usd"] == 0
    assert job.cost().high_usd == 0


def test_cancelling_what_has_ended_does_nothing(double):
    job = bought(made())

    job.cancel()

    assert_all_ones(job)


def test_a_failed_task_tells_its_reason_and_is_free(double):
    double.fault("task", "failed", reason="The laser is tired.")
    job = bought(made())

    with pytest.raises(JobFailed, match="The laser is tired"):
        job.result(240)

    assert job.status is JobStatus.FAILED
    assert double.ledger()["charged_usd"] == job.cost().high_usd == 0


def test_a_circuit_that_failed_is_bought_again_with_as_many_shots_as_a_task_must_have(
    double, tmp_path
):
    double.fault("task", "partial", executables=[1], reason="lost calibration")

    @qg.qnode(made("ionq/forte-1"), shots=40, diff_method="parameter-shift")
    def circuit(angle):
        qg.RX(angle, wires=0)
        return qg.expval(qg.Z(0))

    with qg.run("again", tmp_path / "runs.db") as run:
        gradient = qg.grad(circuit)(qg.numpy.array(np.pi / 2, requires_grad=True))

    first, second = double.ledger()["tasks"]
    assert (first["executables"], second["executables"]) == (3, 1)
    assert (first["shots"], second["shots"]) == (120, 100)
    assert run.shots == 80 + 100  # without those of the circuit that failed
    assert run.cost == pytest.approx(0.6 + (120 + 100) * 0.08)  # which may be charged
    assert run.cost == pytest.approx(double.ledger()["charged_usd"])
    assert gradient == pytest.approx(-1.0)  # both angles give certain outcomes


@pytest.mark.parametrize(
    ("target", "reason", "tasks"),
    [
        ("sv1", "ValidationException: 16 target qubits exceed the maximum of 15", 1),
        ("sv1", "The state does not fit", 1),  # a simulator fails deterministically
        ("sv1", "An internal error occurred", 3),
        ("iqm/garnet", "The gate ccnot is not supported in a verbatim box", 1),
        ("iqm/garnet", "The laser is tired", 3),
        ("iqm/garnet", "The calibration is invalid", 3),
    ],
)
def test_a_task_that_can_only_fail_again_is_created_once(double, tmp_path, target, reason, tasks):
    double.fault("task", "failed", reason=reason, times=0)

    with (
        qg.run("failing", tmp_path / "runs.db"),
        pytest.raises(JobFailed, match=re.escape(reason)),
    ):
        qg.execute([flip()], made(target))

    assert double.ledger()["tasks_created"] == tasks


def test_a_circuit_of_a_set_that_can_only_fail_again_is_created_once(double, tmp_path):
    reason = "The number of gates exceeds the maximum"
    double.fault("task", "partial", executables=[1], reason=reason, times=0)

    with qg.run("failing", tmp_path / "runs.db"), pytest.raises(JobFailed, match=reason) as failed:
        qg.execute([flip(), flip()], made())

    assert double.ledger()["tasks_created"] == 1
    assert "not submitted again" in failed.value.__notes__[0]


def test_a_run_that_is_repeated_submits_once_more_what_failed_for_good(double, tmp_path):
    double.fault("task", "failed", reason="ValidationException: no")
    with qg.run("failing", tmp_path / "runs.db"), pytest.raises(JobFailed):
        qg.execute([flip()], made())

    with qg.run("failing", tmp_path / "runs.db"):
        assert qg.execute([flip()], made()) == ({"1": 50},)

    assert double.ledger()["tasks_created"] == 2


# Results --------------------------------------------------------------------------------------


def test_a_late_result_is_waited_for(double):
    double.fault("task", "late", reads=3)

    assert_all_ones(bought(made()))


def test_a_result_that_never_comes_is_reported(double):
    double.fault("task", "late", reads=1000)

    with pytest.raises(ResultMissing, match="not submitted again"):
        bought(made(patience_s=0.2)).result(240)


@pytest.mark.parametrize("kind", ["cut", "truncated", "garbled", "reset", "error"])
def test_a_download_that_breaks_is_made_again(double, kind):
    details = {"code": "SlowDown"} if kind == "error" else {}
    double.fault("GetObject", kind, times=2, **details)

    assert_all_ones(bought(made()))


@pytest.mark.parametrize("target", ["iqm/garnet", "iqm/emerald", "sv1"])
@pytest.mark.parametrize("text", ["", "{}", "[]", '{"programResults": [{}]}', "\x00"])
def test_a_corrupt_result_is_not_used(double, target, text):
    double.fault("task", "corrupt", text=text)
    found = made(target)
    job = found.send([sweep(rows=1)], token=new_token())

    with pytest.raises(WrongResult, match="does not fit the request"):
        job.result(240)


@pytest.mark.parametrize("kind", ["short", "missing"])
@pytest.mark.parametrize("target", ["iqm/garnet", "iqm/emerald"])
def test_a_result_that_lacks_something_is_not_used(double, kind, target):
    double.fault("task", kind)

    with pytest.raises(WrongResult, match="does not fit the request"):
        bought(made(target)).result(240)


def test_a_result_without_access_says_what_to_do(double):
    double.fault("GetObject", "error", code="AccessDenied", times=0)

    with pytest.raises(AccessRefused, match="s3_bucket"):
        bought(made()).result(240)


# The table ------------------------------------------------------------------------------------


def test_errors_of_ours_and_of_programming_are_not_repeated(double):
    garnet = made()

    assert garnet.fault(KeyError("x")) is ErrorClass.UNKNOWN
    assert not repeats(garnet, KeyError("x"))
    assert garnet.translated(DeviceOffline(device="a", reason="b", remedy="c")).device == "a"


def test_a_pause_that_the_service_asks_for_is_read(double):
    garnet = made()
    double.fault(
        "CreateQuantumTask",
        "error",
        code="ThrottlingException",
        headers={"Retry-After": "3"},
        times=3,
    )

    with pytest.raises(Exception, match="Throttling") as raised:
        garnet.send([sweep()], token=new_token())

    assert garnet.retry_after_s(raised.value) == 3.0
