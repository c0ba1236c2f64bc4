"""Errors of the trajectories of a sweep: drawn, and moved through the circuit as Pauli frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from qgate.devices.local.mixed.channel_mixtures import Mixture, mixture_of, word_bits
from qgate.devices.local.mixed.frames import Clifford, Framed, Location, Stop, Turn
from qgate.structure import evaluate
from qgate.typing import BoolArray, FloatArray, IntArray, NumericArray, Tensor


@dataclass(frozen=True, slots=True)
class Event:
    """Rest of a channel, which acts on the state.

    Parameters
    ----------
    place : int
        Position among the locations of the circuit.
    frame : int
        The frame on the wires of the channel, its bits as a number.
    """

    place: int
    frame: int


@dataclass(frozen=True, eq=False)
class Errors:
    """Errors of T trajectories of one row.

    Parameters
    ----------
    changes : array of bool, shape (T, C)
        Slots of the circuit without channels that a frame changes.
    frames : array of bool, shape (T, 2n)
        Frames at the end.
    events : mapping of int to list of Event
        Of the trajectories that have some.
    """

    changes: BoolArray
    frames: BoolArray
    events: dict[int, list[Event]]

    def groups(self) -> Iterator[tuple[BoolArray, tuple[Event, ...], IntArray]]:
        """Yield the distinct changes and events, and the trajectories that have them."""
        plain = np.ones(len(self.changes), dtype=bool)
        plain[list(self.events)] = False
        quiet = np.flatnonzero(plain)
        for members in _equal(np.packbits(self.changes[quiet], axis=1)):
            yield self.changes[quiet[members[0]]], (), quiet[members]
        paths: dict[tuple[bytes, tuple[Event, ...]], list[int]] = {}
        for index, events in self.events.items():
            key = (self.changes[index].tobytes(), tuple(events))
            paths.setdefault(key, []).append(index)
        for (_, found), indices in paths.items():
            yield self.changes[indices[0]], found, np.array(indices)


def _equal(keys: NumericArray) -> list[IntArray]:
    """Return the indices of equal rows, the largest group first."""
    if not len(keys):
        return []
    rows = np.ascontiguousarray(keys).view(np.dtype((np.void, max(keys.shape[1], 1))))
    _, index = np.unique(
        rows.ravel() if keys.shape[1] else np.zeros(len(keys)), return_inverse=True
    )
    order = np.argsort(index, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(index[order])) + 1)
    return sorted(parts, key=len, reverse=True)


@dataclass(eq=False)
class _Frames:
    """Frames of T trajectories, on their way through the circuit."""

    circuit: Framed
    count: int
    width: int
    changes: BoolArray = field(init=False)
    bits: BoolArray = field(init=False)
    events: dict[int, list[Event]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.changes = np.zeros((len(self.circuit.sources), self.count), dtype=bool)
        self.bits = np.zeros((self.width, self.count), dtype=bool)

    def sum(self, bits: Sequence[int]) -> BoolArray:
        total = np.zeros(self.count, dtype=bool)
        for bit in bits:
            total ^= self.bits[bit]
        return total

    def change(self, item: Clifford) -> None:
        found = [(bit, self.sum(parts)) for bit, parts in item.changes]
        for bit, total in found:
            self.bits[bit] = total

    def stop(self, item: Stop) -> None:
        for column, bit in zip(item.columns, item.bits, strict=True):
            self.changes[column] = self.bits[bit]
            self.bits[bit] = False

    def hit(self, place: int, location: Location, mixture: Mixture, numbers: FloatArray) -> None:
        indices, words = mixture.draw(numbers)
        if not len(indices):
            return
        bits = list(location.bits)
        rest = words == len(mixture.probabilities)
        if rest.any():
            self.record(place, bits, indices[rest])
            indices, words = indices[~rest], words[~rest]
        self.bits[np.ix_(np.asarray(bits), indices)] ^= word_bits(len(bits) // 2)[words].T

    def record(self, place: int, bits: Sequence[int], indices: IntArray) -> None:
        frames = (1 << np.arange(len(bits))) @ self.bits[np.ix_(np.asarray(bits), indices)]
        for index, frame in zip(indices.tolist(), frames.tolist(), strict=True):
            self.events.setdefault(index, []).append(Event(place, frame))


def drawn_errors(
    circuit: Framed,
    mixtures: Sequence[Mixture],
    num_wires: int,
    count: int,
    random: np.random.Generator,
) -> Errors:
    """Draw the errors of the trajectories of a row.

    Parameters
    ----------
    circuit : Framed
    mixtures : sequence of Mixture
        One for each location, with the numbers of the row.
    num_wires, count : int
        n, and the number of trajectories.
    random : Generator

    Notes
    -----
    Cost: a random number for each channel and trajectory, and a few operations of numpy on arrays
    of length ``count`` for each gate.
    """
    frames, place = _Frames(circuit, count, 2 * num_wires), 0
    for item in circuit.items:
        if isinstance(item, Clifford):
            frames.change(item)
        elif isinstance(item, Turn):
            frames.changes[item.column] = frames.sum(item.bits)
        elif isinstance(item, Stop):
            frames.stop(item)
        else:
            frames.hit(place, item, mixtures[place], random.random(count))
            place += 1
    return Errors(
        np.ascontiguousarray(frames.changes.T), np.ascontiguousarray(frames.bits.T), frames.events
    )


def mixtures_of(circuit: Framed, angles: FloatArray, arrays: Sequence[Tensor]) -> list[Mixture]:
    """Return the mixtures of all channels with the numbers of a row of decomposed angles."""
    known: dict[Any, Mixture] = {}
    found = []
    for location in circuit.locations:
        key: list[Any] = []
        bound = []
        for channel in location.channels:
            numbers = [evaluate(symbol, angles, arrays) for symbol in channel.parameters]
            bound.append(channel.with_parameters(numbers) if numbers else channel)
            places = tuple(location.channels[0].wires.indices(channel.wires))
            content = tuple(np.asarray(number).tobytes() for number in numbers)
            kind: Any = type(channel)
            key.append((kind, places, *channel.hyperparameters.values(), content))
        if tuple(key) not in known:
            known[tuple(key)] = mixture_of(bound)
        found.append(known[tuple(key)])
    return found
