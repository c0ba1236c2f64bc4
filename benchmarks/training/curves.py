"""Errors against usage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy

import qgate as qg

from .contenders import TrainableSweep
from .problems import Problem

MOST_STEPS = 250

SMALLEST = 40
"""A run ends where the error is this factor below the goal."""


@dataclass(frozen=True)
class Curve:
    """Error of one optimizer against its usage.

    Parameters
    ----------
    optimizer : str
    spent : array
        Circuits or shots before each value.
    errors : array
        The exact error there, with several seeds their median; NaN after the last step.
    """

    optimizer: str
    spent: Any
    errors: Any

    def reached(self, wanted: float) -> float:
        """Return the usage when the error first reached the goal; infinite if never."""
        good = numpy.flatnonzero(self.errors <= wanted)
        return float(self.spent[good[0]]) if len(good) else float("inf")


def curve(
    name: str,
    problem: Problem,
    run: Callable[[Problem, Any, int], TrainableSweep],
    *,
    sampled: bool,
    most: float,
    seeds: int,
) -> Curve:
    """Run an optimizer until its limit, from several seeds.

    Parameters
    ----------
    most : float
        Maximum circuits of each run, or shots if it is sampled.
    """
    grid = numpy.geomspace(most / 3000, most, 240)
    runs = [_one(problem, run, seed, grid, sampled=sampled) for seed in range(seeds)]
    return Curve(name, grid, numpy.median(runs, axis=0))


def _one(problem: Problem, run: Any, seed: int, grid: Any, *, sampled: bool) -> Any:
    shots = f"?shots={problem.shots}&seed={seed}" if sampled else ""
    device = qg.device(f"local{shots}")
    counted = "shots" if sampled else "executions"
    spent, errors = [], []
    with qg.Tracker(device) as tracker:
        for step, value in enumerate(run(problem, device, seed)):
            spent.append(tracker.totals[counted])
            errors.append(max(value - problem.least, 1e-9))
            done = errors[-1] < problem.wanted / SMALLEST
            if done or spent[-1] > grid[-1] or step >= MOST_STEPS:
                break
    at = numpy.searchsorted(spent, grid, side="right") - 1
    last = numpy.searchsorted(grid, spent[-1])  # the first point that has the last error
    return numpy.where(numpy.arange(len(grid)) <= last, numpy.array(errors)[at], numpy.nan)
