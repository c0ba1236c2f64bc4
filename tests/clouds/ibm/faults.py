"""What goes wrong between a client and the double, as a test scripts it."""

from __future__ import annotations

import os
import random
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
        The endpoint, for example ``POST /jobs``; ``*``: any.
    do : str
        ``status`` (answer with an error), ``lost`` (reset the connection instead of answering),
        ``half`` (reset it in the body of the answer), ``answer`` (send ``text`` in its place),
        ``kill`` (end a process).
    when : str
        ``before`` or ``after`` the request is carried out.
    skip : int
        So many requests pass first.
    times : int or None
        So many meet it then; None: all.
    probability : float
        With which each of these goes wrong, drawn with ``seed``.
    status : int
    headers : dict
    pid : int
    """

    at: str
    do: str = "status"
    when: str = "before"
    skip: int = 0
    times: int | None = 1
    probability: float = 1.0
    seed: int = 0
    status: int = 500
    message: str = "scripted"
    code: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    pid: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def meets(self, endpoint: str) -> bool:
        """Count a request, and say whether it goes wrong."""
        if self.at not in (endpoint, "*") or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return self._random.random() < self.probability


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
            return next((fault for fault in self._coming if fault.meets(endpoint)), None)


def kill(fault: Fault) -> None:
    """End the process that a fault names; the kernel does not ask it."""
    os.kill(fault.pid, signal.SIGKILL)
