"""Usage of a step: time, shots, submissions, dollars."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from qgate.context import active_run
from qgate.execution.tracker import Tracker


@dataclass
class Taken:
    """Usage of a block; complete when the block ends.

    Parameters
    ----------
    shots, submissions : int
        Within a run, results that were replayed from its journal count as well, so that a repeated
        training makes the same decisions.
    usd : float or None
        US dollars; None if unknown: on a paid device, outside of a run.
    seconds : float
    """

    shots: int = 0
    submissions: int = 0
    usd: float | None = None
    seconds: float = 0.0

    @classmethod
    @contextmanager
    def measured(cls, device: Any) -> Iterator[Taken]:
        """Measure the usage of a block on one device, or on all devices if ``device`` is None."""
        taken, run = cls(), active_run()
        before = None if run is None else run.asked
        started = time.perf_counter()
        with Tracker(device) as tracker:
            yield taken
        taken.seconds = time.perf_counter() - started
        taken.shots = tracker.totals["shots"]
        taken.submissions = tracker.totals["submissions"]
        if device is not None and not device.capabilities.paid:
            taken.usd = 0.0
        if run is not None and before is not None and run.asked != before:
            taken.shots = run.asked.shots - before.shots
            taken.submissions = run.asked.submissions - before.submissions
            taken.usd = round(run.asked.usd - before.usd, 8)
