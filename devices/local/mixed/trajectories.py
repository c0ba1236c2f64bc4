"""Circuits with channels as averages over trajectories, each of which is a pure state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qgate.devices.job import Averages
from qgate.devices.local.engine import Engine
from qgate.devices.local.mixed.errors import Event, drawn_errors, mixtures_of
from qgate.devices.local.mixed.frames import PLANNED, Framed, framed
from qgate.devices.local.mixed.paths import Follower, Path
from qgate.devices.local.mixed.readers import reader_of
from qgate.sweep import Sweep
from qgate.transforms.decomposition import freeze, needs_values
from qgate.typing import IntArray
from qgate.wires import Wires

BITS_AT_ONCE = 2**27
"""Maximum number of bits of frames, a byte each, that are moved through a circuit together."""

MOST_AT_ONCE = 2**20
"""Maximum number of trajectories that are drawn together."""


@dataclass(frozen=True, eq=False)
class RandomRows:
    """How the rows of a sweep run as trajectories.

    Parameters
    ----------
    order : Wires
        The n simulated wires, the first most significant.
    engine : Engine
    counts : array of int, shape (K,)
        Number of trajectories of each row; with shots, the shots.
    seeds : array of int, shape (K,)
        Of each row, so that results do not depend on the rows beside it.
    together : int
        Maximum number of states at a time.
    """

    order: Wires
    engine: Engine
    counts: IntArray
    seeds: IntArray
    together: int

    def __iter__(self) -> Iterator[tuple[int, np.random.Generator]]:
        """Yield the number of trajectories of each row, and their generator."""
        for count, seed in zip(self.counts.tolist(), self.seeds.tolist(), strict=True):
            yield count, np.random.default_rng(seed)


def trajectory_results(sweep: Sweep, rows: RandomRows) -> Averages:
    """Run a sweep with channels as trajectories.

    Parameters
    ----------
    sweep : Sweep
        Exact, or with shots: one measurement of ``counts`` or ``sample``.
    rows : RandomRows

    Returns
    -------
    Averages
        As ``Device.submit`` returns results, with standard errors.
    """
    sweep, order = freeze(sweep, needs_values(sweep.structure, PLANNED)), rows.order
    reader = reader_of(sweep, order, rows.engine)
    circuit = framed(sweep.structure, order, stopped=reader.needs_states)
    angles, values = circuit.angles(sweep.rows), circuit.values(sweep.rows)
    chunk = max(1, min(MOST_AT_ONCE, BITS_AT_ONCE // (len(circuit.sources) + 2 * len(order))))
    for row, (count, random) in enumerate(rows):
        mixtures = mixtures_of(circuit, angles[row], sweep.arrays)
        follower = Follower(
            rows.engine, circuit, mixtures, order, sweep.arrays, rows.together, reader.read, random
        )
        reader.begin(count, random)
        for start in range(0, count, chunk):
            drawn = drawn_errors(circuit, mixtures, len(order), min(chunk, count - start), random)
            paths = [
                Path(circuit.with_bits(values[row], changes), _sorted(events, circuit), members)
                for changes, events, members in drawn.groups()
            ]
            for value, path in follower.ends(paths):
                frames = drawn.frames[path.members]
                reader.add(value, frames, path.members + start, path.outcomes)
        reader.end()
    return Averages(*reader.results(), int(rows.counts.sum()))


def _sorted(events: Sequence[Event], circuit: Framed) -> tuple[Event, ...]:
    """Return events in the order of their cuts; those on common wires keep their order."""
    return tuple(sorted(events, key=lambda event: circuit.locations[event.place].cut))
