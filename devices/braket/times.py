"""How long a simulation may take, which is what a simulator in the cloud charges for."""

from __future__ import annotations

from collections.abc import Sequence

from qgate.sweep import Sweep

AMPLITUDES_PER_S = 1e7
"""So many amplitudes does a slow simulator change in a second; a rough bound, not a measurement."""

SHOTS_PER_S = 1e4
START_S = 3.0


def simulation_s(sweeps: Sequence[Sweep], *, mixed: bool = False) -> tuple[float, float]:
    """Return the least and the most seconds that simulating all rows may take.

    The least is nothing, so that the shortest time that is charged counts. The most counts the
    gates, the amplitudes that each changes and the shots; of a ``mixed`` state there are as many as
    of a pure one of twice the wires.
    """
    most = sum(_most_s(sweep, 4.0 if mixed else 2.0) for sweep in sweeps)
    return 0.0, round(most, 3)


def _most_s(sweep: Sweep, per_wire: float) -> float:
    gates = len(sweep.structure.operations) + 1
    row_s = START_S + gates * per_wire ** len(sweep.structure.wires) / AMPLITUDES_PER_S
    shots = 0 if sweep.shots is None else int(sweep.shots.sum())
    return len(sweep) * row_s + shots / SHOTS_PER_S
