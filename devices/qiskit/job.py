"""Qiskit's jobs as one job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from time import monotonic, sleep
from typing import Any

from qiskit.exceptions import QiskitError

from qgate.devices.job import Job, JobStatus, SweepResult, status_of_all
from qgate.exceptions import JobFailed, JobTimeout

STATUSES = {
    "INITIALIZING": JobStatus.QUEUED,
    "QUEUED": JobStatus.QUEUED,
    "VALIDATING": JobStatus.QUEUED,
    "RUNNING": JobStatus.RUNNING,
    "DONE": JobStatus.DONE,
    "ERROR": JobStatus.FAILED,
    "CANCELLED": JobStatus.CANCELLED,
}
"""Qiskit's names. A name that is not here is not final: the job counts as running."""

FINAL = frozenset({JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED})

FIRST_WAIT_S = 0.002
LONGEST_WAIT_S = 1.0
"""A job is asked how it stands after the first wait, then after twice that, up to the longest."""


class QiskitJob(Job):
    """The jobs of one submission.

    Parameters
    ----------
    jobs : sequence
        Qiskit's jobs: ``job_id()``, ``status()``, ``result()``, ``cancel()``.
    read : callable
        From their results to the results of the sweeps.
    device : str
        Whom to name in an error.
    """

    def __init__(
        self,
        jobs: Sequence[Any],
        read: Callable[[Sequence[Any]], tuple[SweepResult, ...]],
        *,
        device: str,
    ) -> None:
        self.jobs = tuple(jobs)
        self.id = ",".join(str(job.job_id()) for job in self.jobs)
        self.submissions = len(self.jobs)
        self._device = device
        self._read = read
        self._results: tuple[SweepResult, ...] | None = None

    @property
    def status(self) -> JobStatus:
        return status_of_all(_status(job) for job in self.jobs)

    def result(self, timeout_s: float | None = None) -> tuple[SweepResult, ...]:
        if self._results is None:
            if timeout_s is not None:
                self._wait(timeout_s)
            self._results = self._read([self._finished(job) for job in self.jobs])
        return self._results

    def cancel(self) -> None:
        for job in self.jobs:
            if _status(job) not in FINAL:
                job.cancel()

    def describe(self) -> dict[str, str]:
        return {**super().describe(), "device": self._device}

    def _wait(self, timeout_s: float) -> None:
        """Wait until all jobs are final."""
        end, pause = monotonic() + timeout_s, FIRST_WAIT_S
        for job in self.jobs:
            while _status(job) not in FINAL:
                left = end - monotonic()
                if left <= 0:
                    raise JobTimeout(device=self._device, job=self.id, timeout_s=timeout_s)
                sleep(min(pause, left))
                pause = min(2 * pause, LONGEST_WAIT_S)

    def _finished(self, job: Any) -> Any:
        """Return the vendor's result, or raise the vendor's reason."""
        try:
            result = job.result()
        except CancelledError as error:
            raise self._failed(job, "it was cancelled") from error
        except QiskitError as error:
            raise self._failed(job, str(error)) from error
        if not result.success:
            parts = [result.status, *(entry.status for entry in result.results)]
            raise self._failed(job, "; ".join(dict.fromkeys(map(str, parts))))
        return result

    def _failed(self, job: Any, reason: str) -> JobFailed:
        return JobFailed(device=self._device, job=str(job.job_id()), reason=reason)


def _status(job: Any) -> JobStatus:
    """Return how a vendor's job stands; its status is an enumeration's member or a name."""
    status = job.status()
    return STATUSES.get(getattr(status, "name", str(status)), JobStatus.RUNNING)
