"""One loop that waits for all jobs of an account."""

from __future__ import annotations

import heapq
import random
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field
from itertools import count
from threading import Condition, Thread
from typing import TYPE_CHECKING

from qgate.arguments import seconds_to_wait
from qgate.devices.job import FINAL, JobStatus, SweepResult
from qgate.devices.patience import (
    AFTER_SLEEP_S,
    LONGEST_REQUEST_S,
    Fault,
    given_up,
    limiter_of,
    overslept,
    repeats,
)
from qgate.exceptions import (
    JobCancelled,
    JobTimeout,
    ResultMissing,
    UnknownJobStatus,
    WrongResult,
)
from qgate.forks import ForkSafeLock, at_fork
from qgate.masking import masked_error
from qgate.workers import Workers

if TYPE_CHECKING:
    from qgate.devices.remote import RemoteDevice, RemoteJob

Results = tuple[SweepResult, ...]

LONGEST_WAIT_S = 30.0
SHARE_OF_AGE = 0.15
"""A job is asked again after this share of the time that it was waited for so far."""

JITTER = 0.2
"""Waits are longer or shorter by up to this share, so that jobs are not asked all at once."""

UNKNOWN_S = 600.0
"""So long may a job have a status that is not known."""

READINGS = 3
"""Number of downloads of a result that does not fit the request."""

WORKERS = 8
"""So many requests are under way at once."""


@dataclass(order=True)
class _Followed:
    """A job that is waited for."""

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
        """Leave a time in which the machine slept out of all that is counted."""
        self.since += seconds
        if self.failing_since is not None:
            self.failing_since += seconds
        if self.unknown_since is not None:
            self.unknown_since += seconds


class Watch:
    """Asks how jobs stand and downloads their results, on threads of its own.

    The time between two questions grows with the time a job was waited for. A request that fails
    is made again as long as the device has patience; the job itself is not touched. A time in which
    the machine slept counts for neither, and no wait ends before one more question. The loop ends
    when nothing is waited for.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: list[_Followed] = []
        self._followed: dict[int, _Followed] = {}
        self._numbers = count()
        self._thread: Thread | None = None

    def follow(self, job: RemoteJob) -> Future[Results]:
        """Begin to wait for a job; its results, or what it failed of, come as a future."""
        return self._follow(job).future

    def forget(self, job: RemoteJob) -> None:
        """Stop waiting for a job, which goes on."""
        with self._changed:
            self._followed.pop(id(job), None)
            self._changed.notify_all()

    def wait(self, job: RemoteJob, timeout_s: float | None = None) -> Results:
        """Wait for one job.

        Raises
        ------
        JobTimeout
            It is not done after ``timeout_s`` seconds; it goes on.
        InvalidTimeout
            ``timeout_s`` is negative, or no number.
        JobFailed, JobCancelled, UnknownJobStatus, ResultMissing, WrongResult, ServiceUnavailable
        """
        timeout_s = seconds_to_wait(timeout_s)
        followed, begun = self._follow(job), time.monotonic()
        try:
            return followed.future.result(timeout_s)
        except NotYet:
            if followed.future.done():
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
        """Wait for one more answer, and say whether the job ended with it."""
        with self._changed:
            answered = followed.answered
            self._changed.notify_all()  # what became due meanwhile is asked now
            self._changed.wait_for(
                lambda: followed.future.done() or followed.answered > answered, AFTER_SLEEP_S
            )
            return followed.future.done()

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._loop, name="qgate-watch", daemon=True)
            self._thread.start()

    def _loop(self) -> None:
        workers = Workers(WORKERS, "qgate-watch")
        while True:
            followed = self._next()
            if followed is None:
                return
            try:
                workers.submit(self._step, followed)
            except RuntimeError:  # the interpreter ends
                return

    def _next(self) -> _Followed | None:
        """Wait until a job is due; None: nothing is waited for."""
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
        """Make one request for a job, then end or go on waiting."""
        try:
            results = self._ask(followed)
        except Exception as error:
            self._end(followed, error=error)
            return
        if results is not None:
            self._end(followed, results=results)

    def _ask(self, followed: _Followed) -> Results | None:
        """Return results if there are any; None: it was scheduled again."""
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
            if followed.cut:  # two in a row are none: then it is the requests that take so long
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
        """Schedule the next attempt after an error, or raise it where none follows."""
        device, now = followed.job.device, time.monotonic()
        if isinstance(error, WrongResult) or _is_unknown(device, error):
            followed.misread += 1
            if followed.misread >= READINGS:
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
            followed.due = now + wait_s * _chance.uniform(1 - JITTER, 1 + JITTER)
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


_chance = random.Random()  # the program's own sequence of random numbers is left alone
_watches: dict[str, Watch] = {}
_lock = ForkSafeLock()
at_fork(in_child=_watches.clear)
at_fork(in_child=_chance.seed)


def watch_of(account: str) -> Watch:
    """Return the one loop of an account in this process."""
    with _lock:
        return _watches.setdefault(account, Watch())


def _is_unknown(device: RemoteDevice, error: Exception) -> bool:
    """Return whether an error is in no table; a status request may be repeated all the same."""
    return not _is_ours(error) and device.fault(error) is Fault.UNKNOWN


def _final(device: RemoteDevice, error: Exception) -> Exception:
    """Return the error to raise where polling cannot go on."""
    return error if _is_ours(error) else given_up(device, error, question=True)


def _is_ours(error: Exception) -> bool:
    return isinstance(error, ResultMissing | WrongResult) or error.__class__.__module__.startswith(
        "qgate.exceptions"
    )
