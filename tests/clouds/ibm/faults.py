"""Scripted faults between a client and the double."""

from __future__ import annotations

import os
import random
import signal
from dataclasses import dataclass, field
from threading import Lock
from typing import Any


@dataclass
class Fault:
    """One fault of requests.

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
        Number of requests that pass first.
    times : int or None
        Number of requests that meet the fault after that; None: all.
    probability : float
        Probability that each of these fails, drawn with ``seed``.
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
        """Count a request, and return whether it fails."""
        if self.at not in (endpoint, "*") or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return self._random.random() < self.probability


class Faults:
    """Faults that have not occurred yet."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._coming: list[Fault] = []

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._coming = []

    def add(self, described: dict[str, Any]) -> None:
        """Add a fault, described by its fields."""
        with self._lock:
            self._coming.append(Fault(**described))

    def meeting(self, endpoint: str) -> Fault | None:
        """Count a request, and return its fault."""
        with self._lock:
            return next((fault for fault in self._coming if fault.meets(endpoint)), None)


def kill(fault: Fault) -> None:
    """Kill the process that a fault names, by SIGKILL."""
    os.kill(fault.pid, signal.SIGKILL)
