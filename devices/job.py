"""What submitting to a device returns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from qgate.masking import masked

SweepResult = tuple[Any, ...]
"""One entry per measurement; see ``Device.submit``."""


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RowFailure:
    """Stands in a result where the readings of a row should be that the device could not run.

    Parameters
    ----------
    reason : str
        In the provider's words; credentials in them are masked.
    """

    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", masked(self.reason))


WORST_FIRST = (
    JobStatus.FAILED,
    JobStatus.CANCELLED,
    JobStatus.UNKNOWN,
    JobStatus.RUNNING,
    JobStatus.QUEUED,
)

FINAL = frozenset({JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED})
"""A job that stands there stays there."""


def status_of_all(statuses: Iterable[JobStatus]) -> JobStatus:
    """Return where several jobs stand together: at the first of ``WORST_FIRST``, else done."""
    known = set(statuses)
    return next((status for status in WORST_FIRST if status in known), JobStatus.DONE)


class Job(ABC):
    """A submission that may still be under way.

    Required: ``id``, ``status``, ``result``. Optional: ``cancel``, ``describe``.
    """

    id: str = ""
    submissions: int = 1
    """How many requests to the provider it took."""

    @property
    @abstractmethod
    def status(self) -> JobStatus:
        """Where the job stands; a failure is a status, not an exception."""

    @abstractmethod
    def result(self, timeout_s: float | None = None) -> tuple[SweepResult, ...]:
        """Wait for the results, one entry per submitted sweep.

        Raises
        ------
        JobFailed
            The job ended without results; the reason is in the text.
        JobTimeout
            There are no results after ``timeout_s`` seconds; the job goes on.
        """

    def cancel(self) -> None:
        """Ask the provider to stop the job; a job that has ended stays as it is."""
        return

    def describe(self) -> dict[str, str]:
        """Return what is needed to find the job again."""
        return {"id": self.id, "status": self.status.value}


class FinishedJob(Job):
    """A job whose results were there at once."""

    def __init__(self, results: Sequence[SweepResult], *, id: str = "") -> None:
        self._results = tuple(results)
        self.id = id

    @property
    def status(self) -> JobStatus:
        return JobStatus.DONE

    def result(self, timeout_s: float | None = None) -> tuple[SweepResult, ...]:
        return self._results
