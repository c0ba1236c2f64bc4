"""Pauli frames: errors of a trajectory, moved to the end of the circuit.

A trajectory is P |psi>, with a Pauli word P, its frame. A Clifford gate maps P to another word. A
rotation about a Pauli word Q that anticommutes with P passes it with the opposite angle,
exp(-i x Q) P = P exp(i x Q). Other gates get P before them, as rotations by pi about X and Z. So
every trajectory is a row of angles of one circuit without channels, and a word at the end, which
flips outcomes and signs of expectation values. Trajectories whose errors differ, but whose rows do
not, share a state.

A word on n wires has 2n bits, x and z of each wire. Everything here is linear in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.devices.local.adjoint import OneAngleGates, preparations_first
from qgate.devices.local.gate_action import NOTHING
from qgate.devices.local.gates import GATES
from qgate.devices.local.mixed.conjugation import TINY, clifford, odd_bits
from qgate.operations.operator import Operator
from qgate.operations.recorded import Recorded, RecordedCondition
from qgate.operations.rotations import RX, RY, RZ
from qgate.operations.slots import Affine
from qgate.operations.unitary_synthesis import euler_angles
from qgate.recording import paused
from qgate.structure import ArraySlot, Structure, slots_of
from qgate.transforms.decomposition import AffineMap, decompose_structure
from qgate.typing import BoolArray, FloatArray, IntArray
from qgate.wires import Wires


@dataclass(frozen=True, slots=True)
class FramedGates:
    """Gate set of gates of plans, all channels, and mid-circuit measurements."""

    gates: OneAngleGates

    def __call__(self, operation: Operator) -> bool:
        if operation.is_channel or isinstance(operation, Recorded):
            return True
        return self.gates(operation)


PLANNED = FramedGates(OneAngleGates(GATES))
"""Gates of circuits that run as trajectories."""

CLIFFORD_WIRES = 3
"""Maximum number of wires of gates that are tested for being Clifford gates."""


@dataclass(frozen=True, eq=False)
class Clifford:
    """Gate that maps words to words: each changed bit is the sum of others, modulo 2."""

    changes: tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True, eq=False)
class Turn:
    """Rotation whose angle gets the opposite sign where the sum of some bits is odd."""

    column: int
    bits: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Stop:
    """Gate that no word passes: bits of the frame become angles of rotations by pi."""

    columns: tuple[int, ...]
    bits: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Location:
    """Place of channels one after another, with the bits of their wires.

    A mid-circuit measurement, and a gate under a condition, has a place of its own. ``cut`` is the
    number of gates of ``Framed`` before it.
    """

    channels: tuple[Operator, ...]
    bits: tuple[int, ...]
    cut: int

    @property
    def is_outcome(self) -> bool:
        """Whether an outcome is measured, or decides."""
        return isinstance(self.channels[0], Recorded | RecordedCondition)


Item = Clifford | Turn | Stop | Location


@dataclass(frozen=True, eq=False)
class Framed:
    """Circuit without channels, each of whose gates has slots of its own.

    Parameters
    ----------
    structure : Structure
        The gates and the measurements of the circuit.
    items : tuple of Item
        What happens to a frame, in the order of the circuit.
    locations : tuple of Location
        The channels among the items.
    angles : AffineMap
        Map from the slots of the circuit to ``decomposed`` angles.
    sources : array of int, shape (C,)
        For each slot the decomposed angle it takes; -1: its constant.
    constants : array, shape (C,)
    flips : array, shape (C,)
        Whether a bit of the frame reverses the sign; else it adds pi.
    columns : array of int
        For each number of gates, the number of slots of the first ones.
    """

    structure: Structure
    items: tuple[Item, ...]
    locations: tuple[Location, ...]
    angles: AffineMap
    sources: IntArray
    constants: FloatArray
    flips: BoolArray
    columns: IntArray

    @property
    def num_bytes(self) -> int:
        """Approximate size in bytes."""
        return self.structure.num_bytes + 500 * len(self.items)

    def values(self, rows: FloatArray) -> FloatArray:
        """Return the slots of rows of the circuit, without errors, shape (K, C)."""
        angles = np.concatenate([self.angles(rows), np.zeros((len(rows), 1))], axis=1)
        return angles[:, self.sources] + self.constants

    def with_bits(self, values: FloatArray, bits: BoolArray) -> FloatArray:
        """Return slots (C,) with the changes of frames (D, C), shape (D, C)."""
        return np.where(bits, np.where(self.flips, -values, values + np.pi), values)


@sized_cache(64 * MIB)
def framed(structure: Structure, order: Wires, *, stopped: bool = False) -> Framed:
    """Return a circuit with channels as one without, and the changes of frames on the way.

    Parameters
    ----------
    structure : Structure
        In gates of the local device.
    order : Wires
        The simulated wires.
    stopped : bool
        Whether frames become gates at the end of the circuit.
    """
    decomposed = decompose_structure(preparations_first(structure), PLANNED)
    writer = _Writer(order, decomposed.structure.num_slots)
    with paused():
        for operation in decomposed.structure.operations:
            writer.add(operation)
        if stopped:
            writer.stop(order)
    made = Structure(
        writer.operations, structure.measurements, len(writer.sources), structure.num_arrays
    )
    sources, constants = np.array(writer.sources, dtype=np.int64), np.array(writer.constants)
    return Framed(
        made,
        tuple(writer.items),
        tuple(_placed(writer.items, made.operations, order)),
        decomposed.angles,
        sources,
        constants,
        np.array(writer.flips, dtype=bool),
        np.cumsum([0, *(len(slots_of(operation)) for operation in made.operations)]),
    )


def segment(circuit: Framed, first: int, last: int) -> Structure:
    """Return the gates of a circuit between two cuts, with all of its slots."""
    return _segment(circuit.structure, first, last)


@sized_cache(64 * MIB)
def _segment(structure: Structure, first: int, last: int) -> Structure:
    return structure.with_operations(structure.operations[first:last])


@dataclass
class _Writer:
    order: Wires
    num_angles: int
    operations: list[Operator] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    constants: list[float] = field(default_factory=list)
    flips: list[bool] = field(default_factory=list)
    latest: dict[int, int] = field(default_factory=dict)
    """For each bit the last location, if no gate acted on it since."""

    def bits(self, wires: Wires) -> tuple[int, ...]:
        return tuple(bit for axis in self.order.indices(wires) for bit in (2 * axis, 2 * axis + 1))

    def column(self, source: int, constant: float, *, flips: bool) -> int:
        """Add a slot."""
        self.sources.append(source)
        self.constants.append(constant)
        self.flips.append(flips)
        return len(self.sources) - 1

    def add(self, operation: Operator) -> None:
        if operation.name in (*NOTHING, "GlobalPhase"):
            return
        if operation.is_channel:
            self.channel(operation)
            return
        if isinstance(operation, Recorded | RecordedCondition):
            self.outcome(operation)
            return
        for bit in self.bits(operation.wires):
            self.latest.pop(bit, None)
        if slots_of(operation):
            self.turn(operation)
        elif any(isinstance(symbol, ArraySlot) for symbol in operation.parameters):
            self.stopped(operation)
        else:
            self.fixed(operation)

    def channel(self, operation: Operator) -> None:
        """Add a channel; it joins an earlier one, if no gate is between them."""
        bits = self.bits(operation.wires)
        place = {self.latest.get(bit) for bit in bits}
        earlier = place.pop() if len(place) == 1 else None
        if earlier is not None:
            item = self.items[earlier]
            assert isinstance(item, Location)
            self.items[earlier] = replace(item, channels=(*item.channels, operation))
            return
        self.latest.update(dict.fromkeys(bits, len(self.items)))
        self.items.append(Location((operation,), bits, len(self.operations)))

    def outcome(self, operation: Recorded | RecordedCondition) -> None:
        """Add a measurement, or a gate whose outcomes are known only on the way."""
        if isinstance(operation, RecordedCondition):
            wires = operation.base.wires
            self.stop(wires)
        else:
            wires = operation.measured
        for bit in self.bits(wires):
            self.latest.pop(bit, None)
        self.items.append(Location((operation,), self.bits(wires), len(self.operations)))

    def turn(self, operation: Operator) -> None:
        """Add a gate exp(i x G) with an angle."""
        odd = odd_bits(operation)
        if odd is None:
            self.stop(operation.wires)
        (slot,) = slots_of(operation)
        column = self.column(slot, 0.0, flips=True)
        self.operations.append(operation.with_parameters([Affine.slot(column)]))
        if odd is not None:
            self.items.append(Turn(column, tuple(self.bits(operation.wires)[bit] for bit in odd)))

    def fixed(self, operation: Operator) -> None:
        """Add a gate with a known matrix."""
        k = len(operation.wires)
        if hasattr(operation, "canonical_state") or k > CLIFFORD_WIRES:
            self.stopped(operation)
            return
        matrix = np.asarray(operation.canonical_matrix(operation.parameters, np), dtype=complex)
        changes = clifford(matrix.tobytes(), k)
        if changes is not None:
            bits = self.bits(operation.wires)
            moved = tuple((bits[bit], tuple(bits[i] for i in parts)) for bit, parts in changes)
            self.operations.append(operation)
            if moved:
                self.items.append(Clifford(moved))
        elif k == 1:
            for gate, angle in zip((RZ, RY, RZ), euler_angles(matrix)[:3], strict=True):
                if abs(angle) < TINY:
                    continue
                column = self.column(self.num_angles, angle, flips=True)
                made = gate(Affine.slot(column), operation.wires)
                self.operations.append(made)
                odd = odd_bits(made)
                assert odd is not None
                self.items.append(Turn(column, tuple(self.bits(made.wires)[bit] for bit in odd)))
        else:
            self.stopped(operation)

    def stopped(self, operation: Operator) -> None:
        """Add a gate that no word passes."""
        if not hasattr(operation, "canonical_state"):  # nothing comes before a preparation
            self.stop(operation.wires)
        self.operations.append(operation)

    def stop(self, wires: Wires) -> None:
        """Turn the frame of some wires into gates."""
        columns = []
        for wire in wires:
            for gate in (RX, RZ):
                columns.append(self.column(self.num_angles, 0.0, flips=False))
                self.operations.append(gate(Affine.slot(columns[-1]), wire))
        self.items.append(Stop(tuple(columns), self.bits(wires)))


def _placed(
    items: Sequence[Item], operations: Sequence[Operator], order: Wires
) -> Iterator[Location]:
    """Move channels behind later gates that do not touch their wires, so that they share cuts.

    The cuts stab the intervals within which each channel can move, and are as few as possible.
    """
    found = [item for item in items if isinstance(item, Location)]
    touched = [{2 * axis for axis in order.indices(item.wires)} for item in operations]
    ends = []
    for place, item in enumerate(found):
        if item.is_outcome:
            ends.append(item.cut)
            continue
        later = (i for i in range(item.cut, len(operations)) if touched[i] & set(item.bits))
        fixed = (
            other.cut
            for other in found[place + 1 :]
            if other.is_outcome and set(other.bits) & set(item.bits)
        )
        ends.append(min(next(later, len(operations)), next(fixed, len(operations))))
    cuts = list[int]()
    for start, end in sorted(
        zip((item.cut for item in found), ends, strict=True), key=lambda pair: pair[1]
    ):
        if not cuts or cuts[-1] < start:
            cuts.append(end)
    places = np.array(cuts, dtype=np.int64)
    for item in found:
        yield Location(item.channels, item.bits, int(places[np.searchsorted(places, item.cut)]))
