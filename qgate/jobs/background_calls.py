"""Calls in the background that belong to a run."""

from __future__ import annotations

import os
from concurrent.futures import Future
from typing import Any, TypeAlias

from qgate.devices.cloud.retries import Interrupted
from qgate.forks import ForkSafeLock, Hooks
from qgate.workers import GRACE_S, wait_for

BackgroundCall: TypeAlias = Future[Any]
"""Call in the background, which returns anything."""


class BackgroundCalls:
    """Calls in the background of one run, which ends after them.

    Attributes
    ----------
    interrupts : Hooks
        Called to stop what waits for jobs.
    """

    def __init__(self) -> None:
        self.interrupts = Hooks()
        self._lock = ForkSafeLock()
        self.restart()

    def restart(self) -> None:
        """Forget earlier calls, and allow new ones."""
        self._calls: list[BackgroundCall] = []
        self._closed, self._process = False, os.getpid()

    def add(self, call: BackgroundCall) -> None:
        """Add a call, which the end of the run waits for."""
        with self._lock:
            self._calls.append(call)

    def check(self) -> None:
        """Raise ``Interrupted`` after the block of the run has ended with an error."""
        if self._closed:
            raise Interrupted

    def wait(self) -> None:
        """Wait for all calls."""
        try:
            wait_for(self._here())
        except BaseException:
            self.interrupt()
            raise

    def interrupt(self) -> None:
        """Stop the calls, which leave their jobs, and wait briefly for them."""
        self._closed = True
        self.interrupts()
        wait_for(self._here(), GRACE_S)

    def _here(self) -> list[BackgroundCall]:
        """Return the calls of this process; a forked child has no threads of its parent."""
        with self._lock:
            return list(self._calls) if self._process == os.getpid() else []
