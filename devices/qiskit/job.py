"""Job of a Qiskit backend."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError
from time import monotonic, sleep

from qiskit.exceptions import QiskitError
from qiskit.providers import JobV1
from qiskit.result import Result

from qgate.arguments import seconds_to_wait
from qgate.devices.job import FINAL, Job, JobStatus, SweepResult
from qgate.exceptions import JobFailed, JobTimeout
from qgate.masking import masked_error
from qgate.sealed import Sealed

STATUSES = {
    "INITIALIZING": JobStatus.QUEUED,
    "QUEUED": JobStatus.QUEUED,
    "VALIDATING": JobStatus.QUEUED,
    "RUNNING": JobStatus.RUNNING,
    "DONE": JobStatus.DONE,
    "ERROR": JobStatus.FAILED,
    "CANCELLED": JobStatus.CANCELLED,
}
"""Job status by Qiskit's status. Others are not final: the job counts as running."""

FIRST_WAIT_S = 0.002
LONGEST_WAIT_S = 1.0
"""Longest wait between two status requests; the wait starts at the first and doubles."""


class QiskitJob(Job):
    """Job of a backend that runs on this machine.

    Parameters
    ----------
    job : JobV1
        Qiskit's job: ``job_id()``, ``status()``, ``result()``, ``cancel()``.
    read : callable
        Function from its result to the results of the sweeps.
    device : str
        Name of the device, for error messages.
    """

    def __init__(
        self, job: JobV1, read: Callable[[Result], tuple[SweepResult, ...]], *, device: str
    ) -> None:
        self._job, self.id = Sealed(job), str(job.job_id())
        self._device, self._read = device, read
        self._results: tuple[SweepResult, ...] | None = None

    @property
    def job(self) -> JobV1:
        """Qiskit's job."""
        return self._job.value

    @property
    def status(self) -> JobStatus:
        return STATUSES.get(vendor_status(self.job), JobStatus.RUNNING)

    def result(self, timeout_s: float | None = None) -> tuple[SweepResult, ...]:
        limit_s = seconds_to_wait(timeout_s)
        if self._results is None:
            if limit_s is not None:
                self._wait(limit_s)
            self._results = self._read(finished(self.job, device=self._device))
        return self._results

    def cancel(self) -> None:
        if self.status not in FINAL:
            self.job.cancel()

    def describe(self) -> dict[str, str]:
        return {**super().describe(), "device": self._device}

    def _wait(self, timeout_s: float) -> None:
        """Wait until the job is final."""
        end, pause = monotonic() + timeout_s, FIRST_WAIT_S
        while self.status not in FINAL:
            left = end - monotonic()
            if left <= 0:
                raise JobTimeout(device=self._device, job=self.id, timeout_s=timeout_s)
            sleep(min(pause, left))
            pause = min(2 * pause, LONGEST_WAIT_S)


def vendor_status(job: JobV1) -> str:
    """Return the vendor's status of a job: the name of an enumeration's member."""
    status = job.status()
    return str(getattr(status, "name", status))


def finished(job: JobV1, *, device: str) -> Result:
    """Return the vendor's result of a job.

    Raises
    ------
    JobFailed
        The job failed; the message has the vendor's reason.
    """
    named = {"device": device, "job": str(job.job_id())}
    try:
        result = job.result()
    except CancelledError as error:
        raise JobFailed(**named, reason="it was cancelled") from masked_error(error)
    except QiskitError as error:
        raise JobFailed(**named, reason=str(error)) from masked_error(error)
    check_success(result, **named)
    return result


def check_success(result: Result, *, job: str, device: str) -> None:
    """Raise if a result reports that the job failed.

    Raises
    ------
    JobFailed
        The job failed; the message has the vendor's reason.
    """
    if not getattr(result, "success", True):
        parts = [result.status, *(entry.status for entry in result.results)]
        reason = "; ".join(dict.fromkeys(map(str, parts)))
        raise JobFailed(device=device, job=job, reason=reason)
