"""Polling of all jobs of an account by one loop.

Each job has a time at which its status is requested next; the loop takes the earliest job and hands
the request to one of ``WORKERS`` threads. The wait before the next request is ``SHARE_OF_AGE``
times the age of the job (or of its failing requests), between the device's minimum and
``LONGEST_WAIT_S``. The first requests are therefore frequent, and a long job is polled rarely.
"""

from __future__ import annotations

import heapq
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count
from threading import Condition, Thread
from typing import TYPE_CHECKING

from qgate.arguments import seconds_to_wait
from qgate.devices.cloud.retries import (
    AFTER_SLEEP_S,
    LONGEST_REQUEST_S,
    ErrorClass,
    given_up,
    limiter_of,
    overslept,
    repeats,
)
from qgate.devices.job import FINAL, JobStatus, SweepResult
from qgate.exceptions import (
    JobCancelled,
    JobTimeout,
    ResultMissing,
    UnknownJobStatus,
    WrongResult,
)
from qgate.forks import ForkSafeLock, at_fork
from qgate.jitter import random_between
from qgate.masking import masked_error
from qgate.workers import Workers, wait_for

if TYPE_CHECKING:
    from qgate.devices.cloud.remote import RemoteDevice, RemoteJob

Results = tuple[SweepResult, ...]

LONGEST_WAIT_S = 30.0
SHARE_OF_AGE = 0.15
"""Wait before the next status request, as a share of the time that the job was waited for."""

JITTER = 0.2
"""Largest random relative change of a wait, so that jobs are not polled all at once."""

UNKNOWN_S = 600.0
"""Longest time in seconds for which a job may have an unknown status."""

MAX_DOWNLOADS = 3
"""Maximum number of downloads of a result that does not match the request."""

WORKERS = 8
"""Maximum number of concurrent requests."""


@dataclass(order=True)
class _Followed:
    """A job that is polled."""

    due: float
    number: int
    job: RemoteJob = field(compare=False)
    future: Future[Results] = field(compare=False, default_factory=Future)
    since: float = field(compare=False, default_factory=time.monotonic)
    failing_since: float | None = field(compare=False, default=None)
    unknown_since: float | None = field(compare=False, default=None)
    misread: int = field(compare=False, default=0)
    answered: int = field(compare=False, default=0)
    cut: bool = field(compare=False, default=False)

    def skip(self, seconds: float) -> None:
        """Exclude time in which the machine slept from all measured times."""
        self.since += seconds
        if self.failing_since is not None:
            self.failing_since += seconds
        if self.unknown_since is not None:
            self.unknown_since += seconds


class JobPoller:
    """Poller that requests the status of jobs and downloads their results, on its own threads.

    The time between two requests grows with the time a job was waited for. A failed request is
    retried for ``patience_s`` seconds; the job itself is not affected. Time in which the machine
    slept counts for neither, and no wait ends before one more request. The loop ends when there are
    no jobs left.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: list[_Followed] = []
        self._followed: dict[int, _Followed] = {}
        self._numbers = count()
        self._thread: Thread | None = None

    def follow(self, job: RemoteJob) -> Future[Results]:
        """Start to poll a job; return a future of its results or its error."""
        return self._follow(job).future

    def forget(self, job: RemoteJob) -> None:
        """Stop polling a job; the job itself continues."""
        with self._changed:
            self._followed.pop(id(job), None)
            self._changed.notify_all()

    def wait(self, job: RemoteJob, timeout_s: float | None = None) -> Results:
        """Wait for one job and return its results.

        Raises
        ------
        JobTimeout
            The job has not ended after ``timeout_s`` seconds; it continues.
        InvalidTimeout
            ``timeout_s`` is negative or not a number.
        JobFailed, JobCancelled, UnknownJobStatus, ResultMissing, WrongResult, ServiceUnavailable
        """
        timeout_s = seconds_to_wait(timeout_s)
        followed, begun = self._follow(job), time.monotonic()
        if wait_for([followed.future], timeout_s):
            return followed.future.result()
        if overslept(begun, timeout_s) and self._answers(followed):
            return followed.future.result()
        raise JobTimeout(device=job.device.name, job=job.id, timeout_s=timeout_s or 0.0)

    def _follow(self, job: RemoteJob) -> _Followed:
        with self._changed:
            known = self._followed.get(id(job))
            if known is None:
                known = _Followed(time.monotonic(), next(self._numbers), job)
                self._followed[id(job)] = known
                heapq.heappush(self._waiting, known)
                self._start()
                self._changed.notify_all()
            return known

    def _answers(self, followed: _Followed) -> bool:
        """Wait for one more response, and return whether the job has ended."""
        with self._changed:
            answered = followed.answered
            self._changed.notify_all()  # jobs that became due meanwhile are polled now
            self._changed.wait_for(
                lambda: followed.future.done() or followed.answered > answered, AFTER_SLEEP_S
            )
            return followed.future.done()

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._loop, name="qgate-poll", daemon=True)
            self._thread.start()

    def _loop(self) -> None:
        workers = Workers(WORKERS, "qgate-poll")
        while True:
            followed = self._next()
            if followed is None:
                return
            try:
                workers.submit(self._step, followed)
            except RuntimeError:  # the interpreter ends
                return

    def _next(self) -> _Followed | None:
        """Wait until a job is due and return it; None: there are no jobs."""
        with self._changed:
            while True:
                if not self._followed:
                    self._waiting.clear()
                    self._thread = None
                    return None
                wait_s = self._waiting[0].due - time.monotonic() if self._waiting else None
                if wait_s is not None and wait_s <= 0:
                    followed = heapq.heappop(self._waiting)
                    followed.skip(-wait_s)
                    if self._followed.get(id(followed.job)) is followed:
                        return followed
                    continue
                self._changed.wait(wait_s)

    def _step(self, followed: _Followed) -> None:
        """Make one request for a job; finish the job or leave it scheduled."""
        try:
            results = self._ask(followed)
        except Exception as error:
            self._end(followed, error=error)
            return
        if results is not None:
            self._end(followed, results=results)

    def _ask(self, followed: _Followed) -> Results | None:
        """Return the results if there are any; None: the job was scheduled again."""
        job = followed.job
        limiter, begun = limiter_of(job.device), time.monotonic()
        try:
            if job.report.status not in FINAL:
                limiter.acquire()
                begun = time.monotonic()
                job.report = job.poll()
            results = self._read(followed)
        except Exception as error:
            took_s = time.monotonic() - begun
            followed.cut = not followed.cut and took_s > LONGEST_REQUEST_S
            if followed.cut:  # two long requests in a row are not sleep: the requests are slow
                followed.skip(took_s)
            self._bear(followed, error)
            return None
        followed.failing_since, followed.cut = None, False
        if results is None:
            followed.answered += 1
            self._again(followed)
        return results

    def _read(self, followed: _Followed) -> Results | None:
        job, status = followed.job, followed.job.report.status
        if status is JobStatus.UNKNOWN:
            self._bear_unknown(followed)
            return None
        followed.unknown_since = None
        if status is JobStatus.CANCELLED:
            reason = job.report.reason or job.report.vendor_status
            raise JobCancelled(device=job.device.name, job=job.id, reason=reason)
        return job.fetch() if status in FINAL else None

    def _bear(self, followed: _Followed, error: Exception) -> None:
        """Schedule the next attempt after an error, or raise the error if none follows."""
        device, now = followed.job.device, time.monotonic()
        if isinstance(error, WrongResult) or _is_unknown(device, error):
            followed.misread += 1
            if followed.misread >= MAX_DOWNLOADS:
                raise _final(device, error) from masked_error(error)
        elif not isinstance(error, ResultMissing) and not repeats(device, error):
            raise _final(device, error) from masked_error(error)
        if followed.failing_since is None:
            followed.failing_since = now
        if now - followed.failing_since > device.patience_s:
            raise _final(device, error) from masked_error(error)
        asked = device.retry_after_s(error)
        if asked is not None:
            limiter_of(device).pause(min(asked, device.patience_s))
        self._again(followed, since=followed.failing_since)

    def _bear_unknown(self, followed: _Followed) -> None:
        now, report = time.monotonic(), followed.job.report
        if followed.unknown_since is None:
            followed.unknown_since = now
        waited_s = now - followed.unknown_since
        if waited_s > min(UNKNOWN_S, followed.job.device.patience_s):
            raise UnknownJobStatus(
                device=followed.job.device.name,
                job=followed.job.id,
                status=report.vendor_status,
                waited_s=round(waited_s, 1),
            )

    def _again(self, followed: _Followed, *, since: float | None = None) -> None:
        now = time.monotonic()
        wait_s = (now - (followed.since if since is None else since)) * SHARE_OF_AGE
        wait_s = min(max(wait_s, followed.job.device.shortest_wait_s), LONGEST_WAIT_S)
        with self._changed:
            followed.due = now + wait_s * random_between(1 - JITTER, 1 + JITTER)
            heapq.heappush(self._waiting, followed)
            self._changed.notify_all()

    def _end(
        self, followed: _Followed, *, results: Results = (), error: Exception | None = None
    ) -> None:
        with self._changed:
            self._followed.pop(id(followed.job), None)
        if error is None:
            followed.future.set_result(results)
        else:
            followed.future.set_exception(error)
        with self._changed:
            self._changed.notify_all()


_pollers: dict[str, JobPoller] = {}
_lock = ForkSafeLock()
at_fork(in_child=_pollers.clear)


def poller_of(account: str) -> JobPoller:
    """Return the poller of an account in this process."""
    with _lock:
        return _pollers.setdefault(account, JobPoller())


def _is_unknown(device: RemoteDevice, error: Exception) -> bool:
    """Return whether an error is in no table; a status request is retried even then."""
    return not _is_ours(error) and device.fault(error) is ErrorClass.UNKNOWN


def _final(device: RemoteDevice, error: Exception) -> Exception:
    """Return the error to raise if polling cannot continue."""
    return error if _is_ours(error) else given_up(device, error, question=True)


def _is_ours(error: Exception) -> bool:
    return isinstance(error, ResultMissing | WrongResult) or error.__class__.__module__.startswith(
        "qgate.exceptions"
    )
