"""Counts what is sent to devices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgate.forks import ForkSafeLock

COUNTED = ("submissions", "batches", "executions", "shots")
"""What is counted."""

_active: list[Tracker] = []

_lock = ForkSafeLock()  # frameworks run circuits on threads of their own


class Tracker:
    """Counts submissions, executions and shots while its ``with`` block runs, on any thread.

    Parameters
    ----------
    dev : Device, optional
        Count only what is sent to this device; default all.
    callback : callable, optional
        Called after each update with ``totals``, ``history`` and ``latest``.

    Attributes
    ----------
    totals : dict of str to int
        ``submissions`` (requests to the provider), ``batches`` (calls of the device),
        ``executions`` (circuits run: rows times readings) and ``shots``.
    history : dict of str to list of int
        The summands of the totals, in order.
    latest : dict of str to int
        The last summands.
    """

    def __init__(self, dev: Any = None, callback: Callable[..., None] | None = None) -> None:
        self.device = dev
        self.callback = callback
        self.reset()

    def reset(self) -> None:
        """Forget what was counted."""
        self.totals: dict[str, int] = dict.fromkeys(COUNTED, 0)
        self.history: dict[str, list[int]] = {}
        self.latest: dict[str, int] = {}

    def update(self, **numbers: int) -> None:
        """Add numbers to the totals."""
        self.latest = numbers
        for name, number in numbers.items():
            self.totals[name] = self.totals.get(name, 0) + number
            self.history.setdefault(name, []).append(number)
        if self.callback is not None:
            self.callback(totals=self.totals, history=self.history, latest=self.latest)

    def __enter__(self) -> Tracker:
        with _lock:
            _active.append(self)
        return self

    def __exit__(self, *error: object) -> None:
        with _lock:
            _active.remove(self)


def is_tracked() -> bool:
    """Say whether any tracker is open."""
    return bool(_active)


def notify(device: Any, **numbers: int) -> None:
    """Tell every tracker that is open for this device."""
    with _lock:
        for tracker in _active:
            if tracker.device is None or tracker.device is device:
                tracker.update(**numbers)


def notify_sent(device: Any, submissions: int, executions: int, shots: int) -> None:
    """Tell what one request took."""
    if _active:
        notify(device, submissions=submissions, batches=1, executions=executions, shots=shots)
