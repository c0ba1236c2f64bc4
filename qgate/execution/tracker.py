"""Tracker that counts submissions, executions and shots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.arguments import require_accepts, truth
from qgate.context import active_trackers, entered
from qgate.exceptions import InvalidParameters, described
from qgate.forks import ForkSafeLock
from qgate.short_repr import summary

if TYPE_CHECKING:
    from qgate.sweep import Sweep

COUNTED = ("submissions", "batches", "executions", "shots")
"""Names of the counted numbers."""

USD = "usd"
"""Name of the dollars of paid submissions, which are a total only where there are any."""

RESOURCES = "resources"
"""Name of the counts of circuits, in the history."""

LISTED = (RESOURCES, "standard_errors")
"""Names of lists, whose entries are added to the history."""

_lock = ForkSafeLock()  # frameworks run callbacks on threads of their own


class Tracker:
    """Counter of submissions, executions and shots during its ``with`` block, on any thread.

    Parameters
    ----------
    dev : Device, optional
        Count only what is sent to this device; default all.
    callback : callable, optional
        Called after each update with ``totals``, ``history`` and ``latest``.
    persistent : bool
        Whether counts are kept when a further ``with`` block begins; otherwise they begin at 0.

    Attributes
    ----------
    totals : dict of str to int
        ``submissions`` (requests to the provider), ``batches`` (calls of the device),
        ``executions`` (circuits run: rows times measurement bases) and ``shots``; with submissions
        to paid devices, ``usd`` too, the dollars that were paid or reserved.
    history : dict of str to list
        Summands of the totals, in order; and ``resources``, the counts of the gates of each
        circuit that ran (``SpecsResources``), in the gates of the device. Where noise channels are
        averaged over ``trajectories``, their number is a total, and ``standard_errors`` has an
        array for each measurement of a submission.
    latest : dict of str to int or list
        The last of these.

    Raises
    ------
    InvalidParameters
        ``dev`` is not a device, or ``callback`` cannot be called like this.
    """

    def __init__(
        self,
        dev: Any = None,
        callback: Callable[..., None] | None = None,
        persistent: bool = False,
    ) -> None:
        if dev is not None and not hasattr(dev, "capabilities"):  # it would count nothing
            raise InvalidParameters(
                f"Tracker was given dev={described(dev)}. Give a device, which qg.device(...) or "
                "qnode.device returns, or nothing, to count what is sent to any device."
            )
        if callback is not None:
            require_accepts("Tracker", "callback", callback, totals={}, history={}, latest={})
        self.device = dev
        self.callback = callback
        self.persistent = truth("Tracker", "persistent", persistent)
        self._blocks: list[entered] = []
        self.reset()

    def reset(self) -> None:
        """Reset all counts."""
        self.totals: dict[str, Any] = dict.fromkeys(COUNTED, 0)
        self.history: dict[str, list[Any]] = {}
        self.latest: dict[str, Any] = {}

    def update(self, **numbers: Any) -> None:
        """Add numbers to the totals, and the entries of lists to the history."""
        self.latest = numbers
        for name, number in numbers.items():
            if name in LISTED:
                self.history.setdefault(name, []).extend(number)
                continue
            total = self.totals.get(name, 0)
            if name == USD and None in (number, total):
                self.totals[name] = None
            elif isinstance(number, int | float | np.number):
                self.totals[name] = total + number
            self.history.setdefault(name, []).append(number)
        if self.callback is not None:
            self.callback(totals=self.totals, history=self.history, latest=self.latest)

    @property
    def usd(self) -> float | None:
        """US dollars that were paid or reserved; None: those of a submission are unknown."""
        dollars: float | None = self.totals.get(USD, 0.0)
        return dollars

    def __repr__(self) -> str:
        numbers = {name: self.totals.get(name, 0) for name in COUNTED}
        device = {} if self.device is None else {"device": self.device}
        return summary(self, **numbers, usd=self.usd, **device)

    @property
    def active(self) -> bool:
        """Whether it counts now; assign True or False to begin or end without a block."""
        return bool(self._blocks)

    @active.setter
    def active(self, value: bool) -> None:
        if truth("Tracker", "active", value) and not self._blocks:
            self._begin()
        while self._blocks and not value:
            self.__exit__()

    def __enter__(self) -> Tracker:
        if not (self.active or self.persistent):
            self.reset()
        self._begin()
        return self

    def _begin(self) -> None:
        block = entered(tracker=self)
        block.__enter__()
        self._blocks.append(block)

    def __exit__(self, *error: object) -> None:
        self._blocks.pop().__exit__(*error)


def notify(device: Any, sweeps: Sequence[Sweep] = (), **numbers: Any) -> None:
    """Add numbers, and the counts of circuits, to every active tracker for this device."""
    with _lock:
        for tracker in active_trackers():
            counted = tracker.device
            if counted is None or counted is device or counted is getattr(device, "original", None):
                tracker.update(**numbers, **_resources(sweeps))


def _resources(sweeps: Sequence[Sweep]) -> dict[str, list[Any]]:
    """Return the counts of each row of sweeps."""
    if not sweeps:
        return {}
    from qgate.circuit_resources import counts_of  # on use: only trackers need counts

    return {
        RESOURCES: [
            found for sweep in sweeps for found in [counts_of(sweep.structure)] * len(sweep)
        ]
    }
