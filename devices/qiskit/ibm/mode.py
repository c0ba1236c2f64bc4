"""Execution modes of jobs: batch, session, or single jobs."""

from __future__ import annotations

import time
import weakref
from collections.abc import Mapping
from concurrent.futures import Future, wait
from contextlib import suppress

from qiskit.exceptions import QiskitError
from qiskit.providers import BackendV2
from qiskit_ibm_runtime import Batch, Session

from qgate.devices.qiskit.ibm.closing import CLOSE_S, CLOSER
from qgate.devices.qiskit.ibm.faults import status_of
from qgate.forks import ForkSafeLock, at_fork
from qgate.sealed import Sealed

MODES: Mapping[str, type[Session] | None] = {"batch": Batch, "session": Session, "job": None}

NOT_FOUND = 404

LONGEST_S = 4 * 3600.0
"""Age in seconds at which a batch is replaced; the service closes it, mostly after 8 hours."""


class Mode:
    """Execution mode, opened with the first job and closed with the device or the program.

    Jobs of a batch are queued together and charged for their running time. A session is exclusive
    and charged for the wall-clock time from its first job until it is closed.

    Parameters
    ----------
    backend : IBMBackend
    kind : str
        ``batch``, ``session`` or ``job``.
    max_time_s : int, optional
        Time in seconds after which the service closes it.
    """

    def __init__(self, backend: BackendV2, kind: str, max_time_s: int | None = None) -> None:
        self._backend, self.kind, self.max_time_s = Sealed(backend), kind, max_time_s
        self._lock = ForkSafeLock()
        self._open: list[tuple[Sealed[Session], float]] = []
        at_fork(in_child=self._forget)
        weakref.finalize(self, _hand_over, self._open).atexit = False

    def _forget(self) -> None:
        """Forget the open mode in a forked child: the parent uses and closes it."""
        self._open.clear()

    @property
    def backend(self) -> BackendV2:
        """The client's backend."""
        return self._backend.value

    def of_next_job(self) -> BackendV2 | Session:
        """Return the argument of the vendor's primitive: the backend, or a batch or session."""
        kind = MODES[self.kind]
        if kind is None:
            return self.backend
        with self._lock:
            if self._open and time.monotonic() - self._open[0][1] > self._longest_s:
                self._hand_over()
            if not self._open:
                CLOSER.start(self._hand_over)
                opened = kind(self.backend, max_time=self.max_time_s)
                self._open.append((Sealed(opened), time.monotonic()))
            return self._open[0][0].value

    @property
    def _longest_s(self) -> float:
        return LONGEST_S if self.max_time_s is None else min(LONGEST_S, 0.9 * self.max_time_s)

    def has_ended(self) -> bool:
        """Return whether the service accepts no more jobs in the open mode; forget it then."""
        with self._lock:
            if not self._open:
                return False
            ended = _has_ended(self._open[0][0].value)
            if ended:
                self._hand_over()
            return ended

    def close(self) -> bool:
        """Close the open batch or session to new jobs; its jobs continue.

        Returns
        -------
        bool
            Whether the service confirmed this within ``CLOSE_S``.
        """
        closings = self._hand_over()
        done, open_still = wait(closings, CLOSE_S)
        return not open_still and all(closing.exception() is None for closing in done)

    def _hand_over(self) -> list[Future[None]]:
        return _hand_over(self._open)


def _has_ended(opened: Session) -> bool:
    """Return whether a batch or session takes no more jobs; False if that is unknown."""
    try:
        details = opened.details() or {}
    except (QiskitError, OSError) as error:
        return status_of(error) == NOT_FOUND
    return details.get("state") == "closed" or details.get("accepting_jobs") is False


def _hand_over(held: list[tuple[Sealed[Session], float]]) -> list[Future[None]]:
    """Close the open batch or session in the background; called by finalizers, on any thread."""
    closings = []
    with suppress(IndexError):  # another thread may take the last one
        while True:
            closings.append(CLOSER.close(held.pop()[0]))
    return closings
