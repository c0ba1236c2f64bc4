"""A job of a vendor is a job of ours."""

from concurrent.futures import CancelledError
from types import SimpleNamespace

import pytest
from qiskit.providers import JobError
from qiskit.providers import JobStatus as VendorStatus

from qgate.devices.job import JobStatus
from qgate.devices.qiskit.job import STATUSES, QiskitJob
from qgate.exceptions import JobFailed, JobTimeout


class VendorJob:
    """Vendor job with a given status and outcome."""

    def __init__(self, status, *, outcome=None, name="j1"):
        self.stands, self.outcome, self.name, self.cancels = status, outcome, name, 0

    def job_id(self):
        return self.name

    def status(self):
        return self.stands

    def result(self):
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def cancel(self):
        self.cancels += 1


def read_of(job):
    return QiskitJob(job, lambda result: (result,), device="here")


def test_every_status_of_qiskit_has_a_meaning():
    assert set(STATUSES) == {status.name for status in VendorStatus}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("DONE", JobStatus.DONE),
        (VendorStatus.VALIDATING, JobStatus.QUEUED),
        ("a status that is new", JobStatus.RUNNING),
    ],
)
def test_names_and_members_are_understood(status, expected):
    assert read_of(VendorJob(status)).status is expected


def test_a_result_is_read():
    outcome = SimpleNamespace(success=True, name="a")

    job = read_of(VendorJob("DONE", outcome=outcome))

    assert job.result() == (outcome,)
    assert job.describe() == {"id": "j1", "status": "done", "device": "here"}


def test_the_vendors_reason_is_passed_on():
    job = read_of(VendorJob("ERROR", outcome=JobError("the cryostat is warm")))

    with pytest.raises(JobFailed, match=r"Job j1 on here failed: .*the cryostat is warm"):
        job.result()


def test_a_result_without_success_is_a_failure():
    entries = [SimpleNamespace(status="DONE"), SimpleNamespace(status="ERROR: no memory")]
    outcome = SimpleNamespace(success=False, status="PARTIAL COMPLETED", results=entries)

    with pytest.raises(JobFailed, match="PARTIAL COMPLETED; DONE; ERROR: no memory"):
        read_of(VendorJob("DONE", outcome=outcome)).result()


def test_a_cancelled_job_has_no_result():
    with pytest.raises(JobFailed, match="it was cancelled"):
        read_of(VendorJob("CANCELLED", outcome=CancelledError())).result()


def test_waiting_ends_after_the_time_given():
    with pytest.raises(JobTimeout, match=r"has no result after 0\.01 s"):
        read_of(VendorJob("QUEUED")).result(timeout_s=0.01)


def test_only_a_job_under_way_is_cancelled():
    jobs = [VendorJob("DONE"), VendorJob("QUEUED")]

    for job in jobs:
        read_of(job).cancel()

    assert [job.cancels for job in jobs] == [0, 1]
