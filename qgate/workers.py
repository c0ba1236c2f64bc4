"""Background daemon threads that do not keep a program from ending.

The interpreter joins threads of ``concurrent.futures.ThreadPoolExecutor`` before it exits, however
long they wait for a job. The threads here are daemons. When the program ends they are asked to
stop, joined for a short time, and then abandoned: their submissions are in the journal, where the
next start of the program finds them.
"""

from __future__ import annotations

import atexit
import time
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import ALL_COMPLETED, Future, wait
from functools import partial
from threading import Thread
from typing import Any
from weakref import WeakSet

from qgate.forks import ForkSafeLock, Hooks, at_fork

GRACE_S = 1.0
"""Seconds to wait for calls that are asked to stop."""

END_S = 0.5
"""Seconds to wait for all threads together when the program ends."""

SIGNAL_S = 2.0
"""Longest wait, in seconds, before signals are looked for."""


class Workers:
    """Pool of a limited number of daemon threads.

    A thread is started when there is work, and ends when there is none.

    Parameters
    ----------
    most : int
        Number of threads.
    name : str
        Name of the threads.
    """

    def __init__(self, most: int, name: str) -> None:
        self.most, self.name = most, name
        self._waiting: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._running = 0
        self._lock = ForkSafeLock()
        at_fork(in_child=self._forget)

    def submit(self, call: Callable[..., Any], *args: Any) -> Future[Any]:
        """Submit a call to the pool; return a future of its result or error."""
        future: Future[Any] = Future()
        with self._lock:
            if self._running < self.most:
                self._start()
            self._waiting.append((future, partial(call, *args)))
        return future

    def _start(self) -> None:
        thread = Thread(target=self._work, name=self.name, daemon=True)
        thread.start()
        self._running += 1
        _threads.add(thread)
        atexit.unregister(_end)  # callbacks registered last are called first
        atexit.register(_end)

    def _work(self) -> None:
        while self._made_one():
            pass

    def _made_one(self) -> bool:
        """Run the call that has waited longest; return False if none waits."""
        with self._lock:
            if not self._waiting:
                self._running -= 1
                return False
            future, call = self._waiting.popleft()
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(call())
            except BaseException as error:
                future.set_exception(error)
        return True

    def _forget(self) -> None:
        """Discard the parent's threads and queue in a forked child."""
        self._waiting.clear()
        self._running = 0


def wait_for(
    futures: Collection[Future[Any]],
    timeout_s: float | None = None,
    return_when: str = ALL_COMPLETED,
) -> set[Future[Any]]:
    """Wait for futures as ``concurrent.futures.wait`` does; return those that are done.

    Python misses a signal that comes between its last check and a call that blocks, until that
    call returns. So Ctrl-C is noticed after ``SIGNAL_S`` seconds at the latest.
    """
    end = None if timeout_s is None else time.monotonic() + timeout_s
    while True:
        left_s = SIGNAL_S if end is None else min(SIGNAL_S, end - time.monotonic())
        done, open_still = wait(futures, max(0.0, left_s), return_when)
        if not open_still or (done and return_when != ALL_COMPLETED) or left_s < SIGNAL_S:
            return done


def at_end(stop: Callable[[], None]) -> None:
    """Register a method that stops background waits when the program ends.

    It is called while its object lives.
    """
    _stops.add(stop)


_stops = Hooks()
_threads: WeakSet[Thread] = WeakSet()
at_fork(in_child=_stops.clear)
at_fork(in_child=_threads.clear)


def _end() -> None:
    """Ask all threads to stop, before the objects that they use are finalized."""
    _stops()
    until = time.monotonic() + END_S
    for thread in tuple(_threads):
        thread.join(max(0.0, until - time.monotonic()))
