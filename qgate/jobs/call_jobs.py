"""Jobs of one call, so that its handle can report and cancel them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgate.devices.job import FINAL, JobStatus, status_of_all
from qgate.exceptions import CallCancelled
from qgate.forks import ForkSafeLock

if TYPE_CHECKING:
    from qgate.devices.job import Job


class CallJobs:
    """Jobs that a call waits for."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._lock = ForkSafeLock()
        self.cancelled = False

    def add(self, job: Job) -> None:
        """Add a job; cancel it if the call was cancelled before."""
        with self._lock:
            self._jobs.append(job)
        if self.cancelled:
            job.cancel()

    def check(self) -> None:
        """Raise ``CallCancelled`` after the call was cancelled, so that it begins no more jobs."""
        if self.cancelled:
            raise CallCancelled(jobs=self.job_ids)

    def cancel(self) -> None:
        """Cancel all jobs that are not done."""
        self.cancelled = True
        with self._lock:
            jobs = list(self._jobs)
        for job in jobs:
            if job.status not in FINAL:
                job.cancel()

    @property
    def job_ids(self) -> list[str]:
        """Ids of the jobs, in the order in which they were added."""
        with self._lock:
            return [job.id for job in self._jobs]

    @property
    def status(self) -> JobStatus:
        """Joint status of the jobs that are not done."""
        with self._lock:
            statuses = [job.status for job in self._jobs]
        unfinished = [status for status in statuses if status not in FINAL]
        return status_of_all(unfinished) if unfinished else JobStatus.RUNNING
