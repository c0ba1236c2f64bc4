"""Calibration of the readout within an estimation: preparations of known bits in its first round.

Each preparation runs together with its complement, so that every wire is 0 and 1 equally often. The
first is all zeros; further ones are random, and equal for circuits on equally many wires.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from qgate.measurements import Measurement, MeasurementKind
from qgate.operations import RX
from qgate.outcomes import Outcomes
from qgate.recording import paused
from qgate.shot_allocation.allocation import ShotLimits
from qgate.shot_allocation.design import Design
from qgate.shot_allocation.readout_errors import ReadoutErrors
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.typing import BoolArray, IntArray
from qgate.wires import Wires

PREPARATIONS = 8
"""Number of preparations where circuits have any number of shots each."""

MOST_PREPARATIONS = 64
"""Number of preparations where all circuits have the same number of shots."""

FEWEST_SHOTS = 20
"""Shots of the whole calibration below which none is run."""


def calibration_shots(share: float, shots: int, design: Design, limits: ShotLimits) -> int:
    """Return the shots of a calibration, of all ``shots``; 0: there are too few.

    Where circuits run in sets with equal shots, there are at least two preparations with the
    shots of the others.
    """
    if limits.set_size is None:
        found = int(share * shots)
        return found if found >= max(FEWEST_SHOTS, 2 * limits.least) else 0
    running = design.planned > 0
    circuits = max(1, round(float(design.chances[running].sum())))
    rows = 2 * max(1, round(share * circuits / (1 - share) / 2))
    if limits.fewest(circuits + rows) > shots:
        return 0
    found = -(-shots * rows // (circuits + rows))
    return found if found >= FEWEST_SHOTS else 0


class Calibration:
    """Preparations of known bits, which run once, beside other circuits.

    Parameters
    ----------
    wires : Wires
        Measured wires of the other circuits.
    shots : int
        Shots of all preparations together, at most.
    limits : ShotLimits
    """

    def __init__(self, wires: Wires, shots: int, limits: ShotLimits) -> None:
        self.wires, self.most, self._limits = wires, shots, limits
        self.errors: ReadoutErrors | None = None
        self.shots = self.circuits = 0

    def sweeps(self, others: Sequence[Sweep]) -> list[Sweep]:
        """Return the preparations as a sweep beside others; none if they have run."""
        if self.errors is not None or not others or not self.most:
            return []
        counts = np.concatenate([sweep.shots for sweep in others if sweep.shots is not None])
        shots, first = self._shots(counts), others[0]
        bits = self._bits(len(shots))
        with paused():
            gates = [
                RX(np.pi * bits[:, place], wires=wire) for place, wire in enumerate(self.wires)
            ]
            measured = Measurement(MeasurementKind.COUNTS, wires=self.wires)
            measured.options["all_outcomes"] = False
            sweep = Tape(gates, [measured]).sweep()
        return [replace(sweep, shots=shots, seed=first.seed, beside=first.beside)]

    def read(self, sweep: Sweep, found: Sequence[dict[str, int]]) -> None:
        """Estimate the readout errors from the counts of the preparations."""
        ones = np.zeros((len(sweep), len(self.wires)))
        places = np.arange(len(self.wires) - 1, -1, -1)
        for row, counts in enumerate(found):
            outcomes = Outcomes.from_counts(counts, len(self.wires))
            bits = ((outcomes.values[:, None] >> places) & 1).astype(float)
            ones[row] = outcomes.weights @ bits
        assert sweep.shots is not None
        self.shots, self.circuits = int(sweep.shots.sum()), len(sweep)
        prepared = np.asarray(sweep.rows > 0)
        self.errors = ReadoutErrors.from_counts(prepared, ones, sweep.shots)

    def _shots(self, others: IntArray) -> IntArray:
        """Return the shots of each preparation; with equal shots those of a circuit beside it."""
        unit = self._limits.unit
        if unit:
            return np.full(2 * (self.most // unit // 2), unit)
        if self._limits.set_size is None:
            pairs = min(PREPARATIONS, self.most // max(1, self._limits.least)) // 2
            return np.full(2 * pairs, self.most // (2 * pairs))
        levels = others[others <= self.most // 2]
        level = int(levels.max()) if len(levels) else self.most // 2
        pairs = min(MOST_PREPARATIONS, self.most // level) // 2
        return np.full(2 * pairs, level)

    def _bits(self, rows: int) -> BoolArray:
        """Return whether each wire is prepared as 1, shape (rows, n)."""
        random = np.random.default_rng(len(self.wires))
        bits = random.random((rows // 2, len(self.wires))) < 0.5
        bits[0] = False
        return np.stack([bits, ~bits], axis=1).reshape(rows, -1)
