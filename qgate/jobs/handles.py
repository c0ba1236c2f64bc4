"""Calls in the background: ``qg.submit`` and ``qg.as_completed``."""

from __future__ import annotations

import asyncio
import contextvars
import os
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future
from functools import partial, wraps
from typing import Generic, Never, ParamSpec, TypeVar

from qgate.arguments import require_function, seconds_to_wait, sequence_of
from qgate.context import active_run, entered
from qgate.devices.cloud.retries import AFTER_SLEEP_S, overslept
from qgate.devices.job import JobStatus
from qgate.exceptions import (
    CallTimeout,
    InvalidParameters,
    NotPicklable,
    OpenedInParent,
    described,
)
from qgate.findable import picklable
from qgate.jobs.call_jobs import CallJobs
from qgate.workers import Workers, wait_for

WORKERS = 32
"""Maximum number of calls in progress; further calls are queued."""

P = ParamSpec("P")
T = TypeVar("T")

_workers = Workers(WORKERS, "qgate-call")


class Handle(Generic[T]):
    """A call in the background; returned by ``qg.submit``.

    It can be awaited. Its submissions belong to the run that was active when it was made. A program
    that ends does not wait for it; its jobs continue, and the same program resumes them when it
    runs again.
    """

    def __init__(self, call: Callable[[], T]) -> None:
        self._following = CallJobs()
        context = contextvars.copy_context()
        self._process = os.getpid()
        self.future: Future[T] = _workers.submit(context.run, self._call, call)

    def _call(self, call: Callable[[], T]) -> T:
        with entered(call=self._following):
            return call()

    @property
    def status(self) -> JobStatus:
        """Status of the call's jobs; a failure is a status, not an exception."""
        if self.future.cancelled():
            return JobStatus.CANCELLED
        if not self.future.done():
            return self._following.status
        return JobStatus.FAILED if self.future.exception() else JobStatus.DONE

    @property
    def done(self) -> bool:
        """Whether there is a result, or an error in its place."""
        return self.future.done()

    @property
    def job_ids(self) -> list[str]:
        """The provider's ids of all jobs that the call has waited for so far."""
        return self._following.job_ids

    def result(self, timeout_s: float | None = None) -> T:
        """Wait for the call and return its result.

        Raises
        ------
        CallTimeout
            The call takes longer than ``timeout_s`` seconds; it continues. If the machine slept
            during this time, the call gets half a minute more to update the status of its jobs.
        InvalidTimeout
            ``timeout_s`` is negative, or no number.
        OpenedInParent
            This process was forked from the one that made the call.
        Exception
            Any error of the call.
        """
        self._check_process()
        limit_s = seconds_to_wait(timeout_s)
        if not _done({self.future}, limit_s):
            raise CallTimeout(jobs=self.job_ids, timeout_s=limit_s or 0.0)
        return self.future.result()

    def cancel(self) -> None:
        """Ask the providers to cancel the jobs of the call, and begin no more."""
        self._check_process()
        self.future.cancel()
        self._following.cancel()

    def _check_process(self) -> None:
        if self._process != os.getpid():
            remedy = "Wait for the call there, or make it in this process"
            raise OpenedInParent(what="The call in the background", remedy=remedy)

    def __reduce_ex__(self, protocol: object) -> Never:
        raise NotPicklable(
            what="A call in the background",
            remedy="Wait for its result() and pickle that, or open the same run in the other "
            "process and make the call there, which takes the jobs that exist",
        )

    def __await__(self) -> Generator[object, None, T]:
        self._check_process()
        return asyncio.wrap_future(self.future).__await__()

    def __repr__(self) -> str:
        return f"<qgate call: {self.status.value}, jobs {self.job_ids}>"


@picklable
def submit(function: Callable[P, T]) -> Callable[P, Handle[T]]:
    """Return a function that calls ``function`` in the background.

    Parameters
    ----------
    function : callable
        A QNode, its gradient, or any function that calls such.

    Returns
    -------
    callable
        Takes the function's arguments and returns a ``Handle`` at once.

    Examples
    --------
    >>> import qgate as qg
    >>> @qg.qnode("local")
    ... def circuit(angle):
    ...     qg.RX(angle, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> handles = [submit(circuit)(angle) for angle in (0.0, 3.141592653589793)]
    >>> [round(float(handle.result(timeout_s=60))) for handle in handles]
    [1, -1]
    """
    require_function("submit", "function", function)

    @wraps(function, updated=())
    def start(*args: P.args, **kwargs: P.kwargs) -> Handle[T]:
        run = active_run()
        if run is not None:
            run.ordered = False  # concurrent calls make their requests in no fixed order
        handle = Handle(partial(function, *args, **kwargs))
        if run is not None:
            run.background.add(handle.future)
        return handle

    return start


def as_completed(
    handles: Iterable[Handle[T]], timeout_s: float | None = None
) -> Iterator[Handle[T]]:
    """Yield handles in the order in which their calls end.

    Raises
    ------
    InvalidParameters
        They are no handles.
    CallTimeout
        Not all are done after ``timeout_s`` seconds; they continue.
    """
    given = sequence_of("as_completed", "handles", handles)
    if not all(isinstance(handle, Handle) for handle in given):
        raise InvalidParameters(
            f"as_completed was given {described(given)}. Give handles, which qg.submit returns."
        )
    waiting = {handle.future: handle for handle in given}
    for handle in waiting.values():
        handle._check_process()
    limit_s = seconds_to_wait(timeout_s)
    end = None if limit_s is None else time.monotonic() + limit_s
    while waiting:
        left_s = None if end is None else max(0.0, end - time.monotonic())
        done = _done(waiting.keys(), left_s)
        if not done:
            jobs = [job for handle in waiting.values() for job in handle.job_ids]
            raise CallTimeout(jobs=jobs, timeout_s=limit_s or 0.0)
        for future in done:
            yield waiting.pop(future)


def _done(futures: Collection[Future[T]], timeout_s: float | None) -> set[Future[T]]:
    """Wait for the first of several calls, a little longer if the machine slept meanwhile."""
    begun = time.monotonic()
    done = wait_for(futures, timeout_s, FIRST_COMPLETED)
    if not done and overslept(begun, timeout_s):
        done = wait_for(futures, AFTER_SLEEP_S, FIRST_COMPLETED)
    return done
