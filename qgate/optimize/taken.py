"""Usage of a step: time, shots, submissions, dollars."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from qgate.context import active_run
from qgate.execution.tracker import Tracker
from qgate.usage import Usage


@dataclass
class Taken:
    """Usage of a block; complete when the block ends.

    Parameters
    ----------
    usage : Usage
        Within a run, results that were replayed from its journal count as well, so that a repeated
        training makes the same decisions. The dollars of a paid device are unknown outside of a
        run.
    """

    usage: Usage = field(default_factory=Usage)

    @classmethod
    @contextmanager
    def measured(cls, device: Any) -> Iterator[Taken]:
        """Measure the usage of a block on one device, or on all devices if ``device`` is None."""
        taken, run = cls(), active_run()
        before = None if run is None else run.asked
        started = time.perf_counter()
        with Tracker(device) as tracker:
            yield taken
        seconds, counts = time.perf_counter() - started, tracker.totals
        free = device is not None and not device.capabilities.paid
        usd = 0.0 if free else None
        taken.usage = Usage(counts["submissions"], counts["shots"], usd, seconds=seconds)
        if run is not None and before is not None and run.asked != before:
            taken.usage = replace(run.asked - before, seconds=seconds)
