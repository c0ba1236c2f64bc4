"""What goes wrong between a client and the double, as a test scripts it."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from threading import Lock
from typing import Any


@dataclass
class Fault:
    """One thing that goes wrong.

    Parameters
    ----------
    at : str
        The endpoint, for example ``POST /jobs``.
    do : str
        ``status`` (answer with an error), ``lost`` (reset the connection instead of answering),
        ``half`` (reset it in the body of the answer), ``kill`` (end a process).
    when : str
        ``before`` or ``after`` the request is carried out.
    skip, times : int
        So many requests pass first, and so many meet it then.
    status : int
    headers : dict
    pid : int
    """

    at: str
    do: str = "status"
    when: str = "before"
    skip: int = 0
    times: int = 1
    status: int = 500
    message: str = "scripted"
    code: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    pid: int = 0


class Faults:
    """The faults that are still to come."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._coming: list[Fault] = []

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._coming = []

    def add(self, described: dict[str, Any]) -> None:
        """Add one, described by its fields."""
        with self._lock:
            self._coming.append(Fault(**described))

    def meeting(self, endpoint: str) -> Fault | None:
        """Return what goes wrong with this request, and count it."""
        with self._lock:
            for fault in self._coming:
                if fault.at != endpoint or fault.times <= 0:
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None


def kill(fault: Fault) -> None:
    """End the process that a fault names; the kernel does not ask it."""
    os.kill(fault.pid, signal.SIGKILL)
