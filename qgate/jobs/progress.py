"""Progress reports on the jobs of a run, one line of text at a time."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from qgate.arguments import require_accepts, truth
from qgate.forks import ForkSafeLock

if TYPE_CHECKING:
    from qgate.devices.cloud.remote import Report
    from qgate.jobs.runs import Run

INTERVAL_S = 0.5
"""Shortest interval in seconds between two lines, except for the last."""


STEP_S, STEP_IN_PIPES_S = 10.0, 60.0
"""Intervals in seconds between two lines on the steps of a run: in a terminal, and elsewhere."""


class Progress:
    """Reporter of the status of jobs; calls ``report`` with one line at a time.

    Parameters
    ----------
    report : callable, optional
        None: nothing is reported.
    step_s : float
        Shortest interval in seconds between two reports on steps.
    """

    def __init__(self, report: Callable[[str], None] | None, *, step_s: float = STEP_S) -> None:
        self._report, self._step_s = report, step_s
        self._last, self._reported_s = "", 0.0
        self._made_s = time.monotonic()
        self._lock = ForkSafeLock()

    @classmethod
    def silent(cls) -> Progress:
        """Return a reporter that reports nothing."""
        return cls(None)

    @classmethod
    def of(cls, wanted: bool | Callable[[str], None]) -> Progress:
        """Return the reporter for a user's ``progress``."""
        if callable(wanted):
            require_accepts("run", "progress", wanted, "a line of text")
            return cls(wanted)
        step_s = STEP_S if sys.stderr is not None and sys.stderr.isatty() else STEP_IN_PIPES_S
        return cls(_to_stderr if truth("run", "progress", wanted) else None, step_s=step_s)

    @property
    def wanted(self) -> bool:
        """Whether anything is reported."""
        return self._report is not None

    def update(self, run: Run, reports: Iterable[Report], *, done: int, total: int) -> None:
        """Report the status of the submissions of one request."""
        if self._report is None or time.monotonic() - self._reported_s < INTERVAL_S:
            return
        self._say(f"{run.name}: {done} of {total} submissions done{_standing(reports)}")

    def step(self, run: Run, step: int) -> None:
        """Report the usage of a run since it was opened, after a step of it."""
        if self._report is None:
            return
        if time.monotonic() - max(self._reported_s, self._made_s) >= self._step_s:
            self._say(f"{run.name}: step {step}, {run.asked} so far")

    def end(self, run: Run) -> None:
        """Report the usage of the run."""
        if self._report is not None:
            self._say(f"{run.name}: {run.spent}, {run.replayed} answered from the journal")

    def _say(self, line: str) -> None:
        with self._lock:
            self._reported_s = time.monotonic()
            if line != self._last and self._report is not None:
                self._last = line
                self._report(line)


def _standing(reports: Iterable[Report]) -> str:
    """Return the number of jobs by status, and the smallest queue position."""
    found = list(reports)
    counts = Counter(report.status.value for report in found)
    parts = [f"{number} {status}" for status, number in sorted(counts.items())]
    positions = [report.queue_position for report in found if report.queue_position]
    if positions:
        parts.append(f"queue position {min(positions, key=_place)}")
    return f" ({', '.join(parts)})" if parts else ""


def _place(position: str) -> tuple[bool, int, str]:
    digits = "".join(character for character in position if character.isdigit())
    return not digits, int(digits or 0), position


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
