"""Sweeps whose rows are simulated some at a time, so that their states fit in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from qgate.devices.job import SweepResult
from qgate.sweep import Sweep
from qgate.wires import Wires


def in_parts(
    run: Callable[[Sweep, Wires], SweepResult], sweep: Sweep, order: Wires, *, step: int
) -> SweepResult:
    """Run the rows of a sweep ``step`` at a time."""
    parts = []
    if len(sweep) <= step:
        return run(sweep, order)
    for start in range(0, len(sweep), step):
        rows = sweep.rows[start : start + step]
        shots = None if sweep.shots is None else sweep.shots[start : start + step]
        parts.append(run(sweep.with_rows(rows, shots), order))
    return tuple(_joined(entries) for entries in zip(*parts, strict=True))


def _joined(entries: Sequence[Any]) -> Any:
    """Concatenate the results of consecutive rows: lists of outcomes, or arrays."""
    if isinstance(entries[0], list):
        return [outcomes for entry in entries for outcomes in entry]
    return np.concatenate(entries) if len(entries) > 1 else entries[0]
