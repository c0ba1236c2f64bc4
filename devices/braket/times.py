"""Bounds of simulation times, by which simulators in the cloud are charged."""

from __future__ import annotations

from collections.abc import Sequence

from qgate.sweep import Sweep

AMPLITUDES_PER_S = 1e7
"""Amplitudes that a slow simulator changes per second; a rough bound, not a measurement."""

SHOTS_PER_S = 1e4
START_S = 3.0


def simulation_s(sweeps: Sequence[Sweep], *, mixed: bool = False) -> tuple[float, float]:
    """Return the minimum and maximum time in seconds of simulating all rows.

    The minimum is 0, so that the shortest charged time applies. The maximum counts gates times
    amplitudes, and shots; a ``mixed`` state of n wires has as many amplitudes as a pure one of 2n.
    """
    most = sum(_most_s(sweep, 4.0 if mixed else 2.0) for sweep in sweeps)
    return 0.0, round(most, 3)


def _most_s(sweep: Sweep, per_wire: float) -> float:
    gates = len(sweep.structure.operations) + 1
    row_s = START_S + gates * per_wire ** len(sweep.structure.wires) / AMPLITUDES_PER_S
    shots = 0 if sweep.shots is None else int(sweep.shots.sum())
    return len(sweep) * row_s + shots / SHOTS_PER_S
