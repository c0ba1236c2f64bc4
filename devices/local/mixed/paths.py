"""Trajectories with events, followed from event to event.

The gates between two events are one plan of the engine, run on all paths that need it. At an event
a path is split: each of its trajectories draws one of the Kraus matrices by its probability in the
state at hand, so that the trajectories are distributed exactly. Paths without events are one run
from the beginning to the end.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from qgate.devices.local.engine import Engine
from qgate.devices.local.mixed.channel_mixtures import Mixture, word_bits, word_matrices
from qgate.devices.local.mixed.errors import Event
from qgate.devices.local.mixed.frames import Framed, segment
from qgate.operations.outcome_values import evaluated
from qgate.operations.recorded import Recorded, RecordedCondition
from qgate.sweep import Sweep
from qgate.typing import ComplexArray, FloatArray, IntArray, Tensor, Wire
from qgate.wires import Wires

SPARE = 4
"""Part of the states that are simulated together where paths have events, and other states wait."""


@dataclass(frozen=True, eq=False)
class Path:
    """Trajectories with the same row and the same events.

    Parameters
    ----------
    row : array, shape (C,)
        Slots of the circuit without channels.
    events : tuple of Event
        Those that are still to come.
    members : array of int
        Numbers of the trajectories.
    outcomes : mapping of wire to int
        What was measured on the way, by classical wire.
    """

    row: FloatArray
    events: tuple[Event, ...]
    members: IntArray
    outcomes: Mapping[Wire, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Follower:
    """Runs the paths of a row of a sweep.

    Parameters
    ----------
    engine : Engine
    circuit : Framed
    mixtures : sequence of Mixture
        Of the channels, with the numbers of the row.
    order : Wires
    arrays : sequence of array
    together : int
        Maximum number of states at a time.
    read : object
        What is read at the end, see ``Engine.advance``.
    random : Generator
    """

    engine: Engine
    circuit: Framed
    mixtures: Sequence[Mixture]
    order: Wires
    arrays: Sequence[Tensor]
    together: int
    read: Any
    random: np.random.Generator

    def ends(self, paths: Sequence[Path]) -> Iterator[tuple[Any, Path]]:
        """Yield what is read at the end of each path, with the path.

        Of the branches of paths, those with the fewest trajectories are followed first, so that at
        most log2(trajectories) parts wait for their turn.
        """
        waiting: list[tuple[list[Path], int, ComplexArray | None]] = [
            (part, 0, None) for part in self._together(paths)
        ]
        last = len(self.circuit.structure.operations)
        while waiting:
            part, cut, states = waiting.pop()
            if not part[0].events:
                found = self._advance(part, cut, last, states, self.read)
                yield from zip(found, part, strict=True)
                continue
            then = self._next_cut(part[0])
            branches, reached = self._split(part, then, self._shared(part, cut, then, states))
            places = {id(branch): place for place, branch in enumerate(branches)}
            for group in self._together(branches):
                chosen = reached[[places[id(branch)] for branch in group]]
                waiting.append((group, then, chosen))

    def _together(self, paths: Sequence[Path]) -> Iterator[list[Path]]:
        """Yield paths in parts with a common next cut, those with most trajectories first."""
        by_cut: dict[int | None, list[Path]] = {}
        for path in sorted(paths, key=lambda path: -len(path.members)):
            by_cut.setdefault(self._next_cut(path) if path.events else None, []).append(path)
        for then, found in by_cut.items():
            most = self.together if then is None else max(1, self.together // SPARE)
            yield from (found[start : start + most] for start in range(0, len(found), most))

    def _next_cut(self, path: Path) -> int:
        return self.circuit.locations[path.events[0].place].cut

    def _shared(
        self, part: Sequence[Path], cut: int, then: int, initial: ComplexArray | None
    ) -> ComplexArray:
        """Return the states at a cut; those from the beginning once for equal angles before it."""
        if initial is not None:
            return np.asarray(self._advance(part, cut, then, initial, None))
        used = self.circuit.columns[then]
        first: dict[bytes, int] = {}
        index = [first.setdefault(path.row[:used].tobytes(), len(first)) for path in part]
        firsts = np.unique(index, return_index=True)[1]
        found = np.asarray(self._advance([part[i] for i in firsts], cut, then, None, None))
        return found[index]

    def _advance(
        self, part: Sequence[Path], cut: int, then: int, initial: ComplexArray | None, read: Any
    ) -> Any:
        rows = np.array([path.row for path in part])
        sweep = Sweep(segment(self.circuit, cut, then), rows, tuple(self.arrays))
        return self.engine.advance(sweep, self.order, initial, read)

    def _split(
        self, paths: Sequence[Path], cut: int, states: ComplexArray
    ) -> tuple[list[Path], ComplexArray]:
        """Return the paths after all events of a cut, and their states."""
        found, reached = list[Path](), list[ComplexArray]()
        for path, state in zip(paths, states, strict=True):
            for branch, end in self._branches(path, state, cut):
                found.append(branch)
                reached.append(end)
        return found, np.array(reached)

    def _branches(
        self, path: Path, state: ComplexArray, cut: int
    ) -> Iterable[tuple[Path, ComplexArray]]:
        if not path.events or self._next_cut(path) != cut:
            yield path, state
            return
        event, rest = path.events[0], path.events[1:]
        location = self.circuit.locations[event.place]
        operation = location.channels[0]
        if isinstance(operation, RecordedCondition) and not _holds(operation, path.outcomes):
            yield from self._branches(replace(path, events=rest), state, cut)
            return
        kraus = _in_frame(self.mixtures[event.place].rest, event.frame)
        axes = [bit // 2 for bit in location.bits[::2]]
        parts = _parts(state, axes, len(self.order))
        density = np.array([[np.vdot(right, left) for right in parts] for left in parts])
        chances = np.einsum("rij,jk,rik->r", kraus, density, kraus.conj()).real.clip(0.0)
        drawn = self.random.choice(len(kraus), len(path.members), p=chances / chances.sum())
        for outcome in np.unique(drawn):
            matrix = kraus[outcome] / np.sqrt(chances[outcome])
            known = dict(path.outcomes)
            if isinstance(operation, Recorded):
                known[operation.record] = int(outcome)
            members = path.members[drawn == outcome]
            branch = replace(path, events=rest, members=members, outcomes=known)
            yield from self._branches(branch, _applied(matrix, parts, axes, len(self.order)), cut)


def _holds(operation: RecordedCondition, outcomes: Mapping[Wire, int]) -> bool:
    """Return whether the condition of a gate is satisfied."""
    bits: dict[Hashable, IntArray] = {
        place: np.array([outcomes[wire]]) for place, wire in enumerate(operation.condition_wires)
    }
    return bool(np.all(evaluated(operation.node, bits)))


def _parts(state: ComplexArray, axes: Sequence[int], n: int) -> list[ComplexArray]:
    """Return the amplitudes for each basis state of some wires, the first most significant."""
    tensor = state.reshape((*(2,) * n, 1))  # every part is an array, also of all wires
    found = []
    for number in range(2 ** len(axes)):
        index: list[Any] = [slice(None)] * n
        for place, axis in enumerate(axes):
            index[axis] = number >> (len(axes) - 1 - place) & 1
        found.append(tensor[tuple(index)])
    return found


def _applied(
    matrix: ComplexArray, parts: Sequence[ComplexArray], axes: Sequence[int], n: int
) -> ComplexArray:
    """Return a matrix times the state with these parts."""
    state = np.zeros(2**n, dtype=complex)
    for row, target in zip(matrix, _parts(state, axes, n), strict=True):
        for entry, part in zip(row, parts, strict=True):
            if entry:
                target += entry * part
    return state


def _in_frame(kraus: ComplexArray, frame: int) -> ComplexArray:
    """Return the Kraus matrices that act on the state of which the frame is split off."""
    k = len(kraus[0]).bit_length() - 1
    word = word_matrices(k)[_words(k)[frame]]
    return np.asarray(word.conj().T @ kraus @ word)


@lru_cache(maxsize=8)
def _words(k: int) -> IntArray:
    """Return the word of each number whose bits are those of the word."""
    return np.asarray(np.argsort(word_bits(k) @ (1 << np.arange(2 * k))))
