"""Several jobs of a vendor are one job."""

from concurrent.futures import CancelledError
from types import SimpleNamespace

import pytest
from qiskit.providers import JobError
from qiskit.providers import JobStatus as VendorStatus

from qgate.devices.job import JobStatus
from qgate.devices.qiskit.job import STATUSES, QiskitJob
from qgate.exceptions import JobFailed, JobTimeout


class VendorJob:
    """Stands where it is told to, and ends as it is told to."""

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


def together(*jobs):
    return QiskitJob(jobs, lambda results: tuple(results), device="here")


def test_every_status_of_qiskit_has_a_meaning():
    assert set(STATUSES) == {status.name for status in VendorStatus}


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["DONE", "DONE"], JobStatus.DONE),
        (["DONE", "QUEUED"], JobStatus.QUEUED),
        (["QUEUED", "RUNNING"], JobStatus.RUNNING),
        (["RUNNING", "CANCELLED"], JobStatus.CANCELLED),
        (["DONE", "ERROR"], JobStatus.FAILED),
        ([VendorStatus.VALIDATING], JobStatus.QUEUED),
        (["a status that is new"], JobStatus.RUNNING),
    ],
)
def test_jobs_stand_where_the_worst_of_them_stands(statuses, expected):
    assert together(*map(VendorJob, statuses)).status is expected


def test_results_come_in_the_order_of_the_jobs():
    first, second = (SimpleNamespace(success=True, name=name) for name in "ab")
    jobs = (VendorJob("DONE", outcome=first), VendorJob("DONE", outcome=second, name="j2"))

    job = together(*jobs)

    assert job.result() == (first, second)
    assert job.describe() == {"id": "j1,j2", "status": "done", "device": "here"}


def test_the_vendors_reason_is_passed_on():
    job = together(VendorJob("ERROR", outcome=JobError("the fridge is warm")))

    with pytest.raises(JobFailed, match=r"Job j1 on here failed: .*the fridge is warm"):
        job.result()


def test_a_result_without_success_is_a_failure():
    entries = [SimpleNamespace(status="DONE"), SimpleNamespace(status="ERROR: no memory")]
    outcome = SimpleNamespace(success=False, status="PARTIAL COMPLETED", results=entries)

    with pytest.raises(JobFailed, match="PARTIAL COMPLETED; DONE; ERROR: no memory"):
        together(VendorJob("DONE", outcome=outcome)).result()


def test_a_cancelled_job_has_no_result():
    with pytest.raises(JobFailed, match="it was cancelled"):
        together(VendorJob("CANCELLED", outcome=CancelledError())).result()


def test_waiting_ends_after_the_time_given():
    with pytest.raises(JobTimeout, match=r"has no result after 0\.01 s"):
        together(VendorJob("QUEUED")).result(timeout_s=0.01)


def test_only_jobs_under_way_are_cancelled():
    jobs = [VendorJob("DONE"), VendorJob("QUEUED")]

    together(*jobs).cancel()

    assert [job.cancels for job in jobs] == [0, 1]
