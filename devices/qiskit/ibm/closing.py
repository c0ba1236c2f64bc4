"""Background thread that closes batches and sessions.

A batch is closed when its device is garbage-collected. Finalizers run on any thread and interrupt
any code, so the finalizer makes no request and takes no lock: it puts the batch into a
``SimpleQueue``, whose ``put`` is reentrant. One daemon thread makes the requests. It starts when
the first batch is opened, because no thread can start while the interpreter ends.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from concurrent.futures import Future, TimeoutError
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any

from qiskit_ibm_runtime import Session

from qgate.devices.cloud.retries import ErrorClass, repeatedly
from qgate.devices.qiskit.ibm.faults import fault_of
from qgate.devices.qiskit.ibm.transport import answered_within
from qgate.forks import ForkSafeLock, Hooks, at_fork
from qgate.sealed import Sealed

CLOSE_S = 30.0
"""Time for which closing one batch is retried."""

ANSWER_S = 10.0
"""Longest wait for one response to a request that closes a batch."""

END_S = 3.0
"""Time to wait for closings when the program ends."""

Opened = Sealed[Session]


class Closer:
    """Background thread that closes batches and sessions one after the other."""

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self._forget()
        at_fork(in_child=self._forget)

    def _forget(self) -> None:
        """Start anew in a forked child: the parent closes what it opened."""
        self._waiting: SimpleQueue[tuple[Opened | None, Future[None]]] = SimpleQueue()
        self._thread: Thread | None = None
        self._at_end = Hooks()

    def start(self, hand_over: Callable[[], Any]) -> None:
        """Start the thread, before a batch or session is opened.

        Parameters
        ----------
        hand_over : callable
            Function that is called when the program ends and hands over what is open.
        """
        with self._lock:
            self._at_end.add(hand_over)
            if self._thread is None:
                self._thread = Thread(target=self._work, name="qgate-close", daemon=True)
                self._thread.start()
                atexit.register(self._end)

    def close(self, opened: Opened | None) -> Future[None]:
        """Hand over a batch or session to be closed; return a future of the end of that attempt.

        This returns at once, and may be called by a finalizer.
        """
        future: Future[None] = Future()
        self._waiting.put((opened, future))
        return future

    def _work(self) -> None:
        while True:
            opened, future = self._waiting.get()
            try:
                if opened is not None:
                    _close(opened)
                future.set_result(None)
            except Exception as error:
                future.set_exception(error)

    def _end(self) -> None:
        """Hand over what is open, and wait up to ``END_S`` seconds until it is closed."""
        if self._thread is None:
            return
        self._at_end()
        with suppress(TimeoutError):
            self.close(None).result(END_S)


def _close(opened: Opened) -> None:
    """Close a batch or session; retry transient errors."""
    with answered_within(ANSWER_S):
        repeatedly(opened.value.close, passes=_is_transient, patience_s=CLOSE_S)


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, Exception) and fault_of(error) in (
        ErrorClass.TRANSIENT,
        ErrorClass.AMBIGUOUS,
    )


CLOSER = Closer()
