"""Jobs, which are returned when sweeps are submitted to a device."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from qgate.masking import masked
from qgate.short_repr import summary

SweepResult = tuple[Any, ...]
"""One entry per measurement; see ``Device.submit``."""


class Averages(tuple[Any, ...]):
    """Result of a sweep that is an average over random trajectories, one entry per measurement.

    Parameters
    ----------
    results : tuple
    errors : tuple
        Standard errors of exact results, in the same shapes; with shots empty.
    trajectories : int
        Number of trajectories of all rows.
    """

    errors: SweepResult
    trajectories: int

    def __new__(cls, results: SweepResult, errors: SweepResult, trajectories: int) -> Averages:
        made = super().__new__(cls, results)
        made.errors, made.trajectories = errors, trajectories
        return made

    def __reduce__(self) -> tuple[type[Averages], tuple[SweepResult, SweepResult, int]]:
        return type(self), (tuple(self), self.errors, self.trajectories)


def averages_in(results: Iterable[SweepResult]) -> dict[str, Any]:
    """Return the number of trajectories of results, and their standard errors, for trackers."""
    found = [result for result in results if isinstance(result, Averages)]
    if not found:
        return {}
    errors = [error for result in found for error in result.errors]
    return {"trajectories": sum(item.trajectories for item in found), "standard_errors": errors}


class JobStatus(StrEnum):
    """Status of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RowFailure:
    """Failure of one row, which takes the place of its outcomes in a result.

    Parameters
    ----------
    reason : str
        Reason in the provider's words, with credentials masked.
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
"""Statuses that do not change any more."""


def status_of_all(statuses: Iterable[JobStatus]) -> JobStatus:
    """Return the joint status of jobs: the first of ``WORST_FIRST`` that occurs, else done."""
    known = set(statuses)
    return next((status for status in WORST_FIRST if status in known), JobStatus.DONE)


class Job(ABC):
    """Submission that may not have ended.

    Required: ``id``, ``status``, ``result``. Optional: ``cancel``, ``describe``.
    """

    id: str = ""
    submissions: int = 1
    """Number of requests to the provider that created the job."""

    @property
    @abstractmethod
    def status(self) -> JobStatus:
        """Status of the job; a failure is a status, not an exception."""

    @abstractmethod
    def result(self, timeout_s: float | None = None) -> tuple[SweepResult, ...]:
        """Wait for the results and return them, one entry per submitted sweep.

        Raises
        ------
        JobFailed
            The job ended without results; the message has the reason.
        JobTimeout
            There are no results after ``timeout_s`` seconds; the job continues.
        """

    def cancel(self) -> None:
        """Ask the provider to cancel the job; a job that has ended is left unchanged."""
        return

    def describe(self) -> dict[str, str]:
        """Return the fields that are needed to find the job again."""
        return {"id": self.id, "status": self.status.value}

    def __repr__(self) -> str:
        return summary(self, "id")


class FinishedJob(Job):
    """Job whose results were available at once."""

    def __init__(self, results: Sequence[SweepResult], *, id: str = "") -> None:
        self._results = tuple(results)
        self.id = id

    @property
    def status(self) -> JobStatus:
        return JobStatus.DONE

    def result(self, timeout_s: float | None = None) -> tuple[SweepResult, ...]:
        return self._results
