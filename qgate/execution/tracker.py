"""Tracker that counts submissions, executions and shots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgate.arguments import require_accepts
from qgate.context import active_trackers, entered
from qgate.forks import ForkSafeLock

COUNTED = ("submissions", "batches", "executions", "shots")
"""Names of the counted numbers."""

_lock = ForkSafeLock()  # frameworks run callbacks on threads of their own


class Tracker:
    """Counter of submissions, executions and shots during its ``with`` block, on any thread.

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
        ``executions`` (circuits run: rows times measurement bases) and ``shots``.
    history : dict of str to list of int
        Summands of the totals, in order.
    latest : dict of str to int
        The last summands.
    """

    def __init__(self, dev: Any = None, callback: Callable[..., None] | None = None) -> None:
        if callback is not None:
            require_accepts("Tracker", "callback", callback, totals={}, history={}, latest={})
        self.device = dev
        self.callback = callback
        self._blocks: list[entered] = []
        self.reset()

    def reset(self) -> None:
        """Reset all counts."""
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
        block = entered(tracker=self)
        block.__enter__()
        self._blocks.append(block)
        return self

    def __exit__(self, *error: object) -> None:
        self._blocks.pop().__exit__(*error)


def notify(device: Any, **numbers: int) -> None:
    """Add numbers to every active tracker for this device."""
    with _lock:
        for tracker in active_trackers():
            if tracker.device in (None, device, getattr(device, "original", None)):
                tracker.update(**numbers)
