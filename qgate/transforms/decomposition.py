"""Decomposition of a structure into the gates that a device, or a gradient rule, accepts.

Each structure is decomposed once: decompositions run on slots and are affine in them, so the angles
of the decomposed circuit are ``rows @ A + b``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, Protocol, TypeAlias

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.exceptions import (
    DeviceError,
    MidMeasureLeft,
    NoGateOfChannel,
    NotUnitary,
    UndefinedError,
    UnsupportedChannel,
    UnsupportedOperation,
)
from qgate.operations.conditions import Conditional
from qgate.operations.gate import GATES
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.operator import Operator
from qgate.operations.recorded import RecordedCondition
from qgate.operations.slots import Affine
from qgate.operations.symbolic import Wrapper
from qgate.recording import paused
from qgate.sizes import MOST_IN_CIRCUIT, MOST_OF_EACH, check_size
from qgate.structure import ArraySlot, Structure, map_parameters, slots_in
from qgate.sweep import Sweep
from qgate.transforms.primitive_rules import rewritten
from qgate.typing import FloatArray, IntArray, Namespace, Tensor

Symbol: TypeAlias = Any
"""Parameter in a structure: a number, an array, slots, or the slot of an array."""

MOST_LEVELS = 60
"""Maximum nesting of decompositions; deeper ones do not terminate."""

LONGEST_TEXT = 60
"""Longest text of an operator that an error shows; above it, only the name."""


MOST_CONTROLS_OF_MATRIX = 3
"""Maximum number of controls of a matrix that are made part of it: 64 times as many entries."""


class Accepts(Protocol):
    """Predicate of operators that need no decomposition; hashable, as a key of caches."""

    def __call__(self, operation: Operator) -> bool:
        """Return whether ``operation`` is accepted."""

    def __hash__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class GateSet:
    """Accepts gates by name, and gates with a matrix on at most ``matrix_wires`` wires."""

    names: frozenset[str]
    matrix_wires: int = 0

    def __call__(self, operation: Operator) -> bool:
        if operation.is_custom:  # it may have the name of a gate
            return False
        if operation.name in self.names and not _is_mostly_controls(operation):
            return True
        if not operation.wires and operation.has_decomposition:
            return False  # a barrier acts on all wires, however few it names
        small = len(operation.wires) <= self.matrix_wires
        return small and operation.has_matrix and operation.is_gate


def _is_mostly_controls(operation: Operator) -> bool:
    """Return whether a controlled matrix would be written out as a much larger matrix."""
    controls = len(operation.control_wires)
    return operation.name == "ControlledQubitUnitary" and controls > MOST_CONTROLS_OF_MATRIX


def is_elementary(operation: Operator) -> bool:
    """Return whether an operation is a gate of the table, or a wrapper around one."""
    if operation.name in GATES or not operation.has_decomposition:
        return True
    return isinstance(operation, Wrapper) and is_elementary(operation.base)


@dataclass(frozen=True, eq=False)
class AffineMap:
    """Affine map from the slots of one structure to those of another.

    Parameters
    ----------
    slots, columns, factors : array, shape (E,)
        The entries: angle ``columns[e]`` has the term ``factors[e] * slot[slots[e]]``.
    offset : array, shape (Q,)
        The constants.
    num_slots : int
        P, the number of slots of the original structure.
    """

    slots: IntArray
    columns: IntArray
    factors: FloatArray
    offset: FloatArray
    num_slots: int

    @cached_property
    def matrix(self) -> FloatArray:
        """The linear part as a dense matrix, shape (P, Q)."""
        matrix = np.zeros((self.num_slots, len(self.offset)))
        matrix[self.slots, self.columns] = self.factors
        return matrix

    @cached_property
    def _one_each(self) -> bool:
        """Whether every angle depends on exactly one slot (entries are in order of angles)."""
        return np.array_equal(self.columns, np.arange(len(self.offset)))

    def __call__(self, rows: Tensor, xp: Namespace = np) -> Tensor:
        """Map rows (..., P) to rows (..., Q)."""
        if self._one_each:
            return rows[..., self.slots] * self.factors + self.offset
        return xp.dot(rows, self.matrix) + self.offset

    def pull_back(self, derivative: FloatArray) -> FloatArray:
        """Map a derivative by the angles, shape (Q, ...), to one by the slots, shape (P, ...)."""
        result = np.zeros((self.num_slots, *derivative.shape[1:]))
        factors = self.factors.reshape(-1, *(1,) * (derivative.ndim - 1))
        np.add.at(result, self.slots, factors * derivative[self.columns])
        return result

    def push_forward(self, tangent: FloatArray) -> FloatArray:
        """Map tangents of the slots, shape (..., P), to those of the angles, shape (..., Q)."""
        result = np.zeros((len(self.offset), *tangent.shape[:-1]))
        np.add.at(result, self.columns, np.moveaxis(self.factors * tangent[..., self.slots], -1, 0))
        return np.moveaxis(result, 0, -1)


@dataclass(frozen=True)
class Decomposed:
    """A structure in accepted gates, and the map of rows to it."""

    structure: Structure
    angles: AffineMap

    @classmethod
    def unchanged(cls, structure: Structure) -> Decomposed:
        """Return a structure as its own decomposition."""
        numbers = np.arange(structure.num_slots)
        ones, zeros = np.ones(len(numbers)), np.zeros(len(numbers))
        return cls(structure, AffineMap(numbers, numbers, ones, zeros, len(numbers)))

    def sweep(self, sweep: Sweep) -> Sweep:
        """Map a sweep of the original structure to one of this structure."""
        if sweep.structure is self.structure:
            return sweep
        return replace(sweep, structure=self.structure, rows=self.angles(sweep.rows))


def decompose(sweep: Sweep, accepts: Accepts, *, device: str, names: Collection[str] = ()) -> Sweep:
    """Decompose a sweep to accepted gates; parameters and errors as for ``decomposition``."""
    frozen, decomposed = decomposition(sweep, accepts, device=device, names=names)
    return decomposed.sweep(frozen)


def decomposition(
    sweep: Sweep, accepts: Accepts, *, device: str, names: Collection[str] = ()
) -> tuple[Sweep, Decomposed]:
    """Decompose the structure of a sweep to accepted gates.

    Gates with a matrix or a state vector that are not accepted are decomposed by their values.

    Errors name the device and its gates, ``names``.

    Returns
    -------
    sweep : Sweep
        The given sweep; arrays of gates that were decomposed by value are constants of its
        structure.
    decomposed : Decomposed
        Maps that sweep.

    Raises
    ------
    UnsupportedOperation
        A gate is not accepted and does not decompose into gates that are.
    UnsupportedChannel
        The same for a noise channel.
    NotUnitary
        An operation is not a gate: it is an observable, a sum or a multiple.
    """
    try:
        frozen = freeze(sweep, needs_values(sweep.structure, accepts))
        return frozen, decompose_structure(frozen.structure, accepts)
    except _NotDecomposable as error:
        raise error.refusal(device, frozenset(names)) from error.__cause__


def freeze(sweep: Sweep, slots: frozenset[int]) -> Sweep:
    """Make some of a sweep's arrays constants of its structure."""
    if not slots:
        return sweep

    def fix(symbol: Symbol) -> Symbol:
        known = isinstance(symbol, ArraySlot) and symbol.index in slots
        return sweep.arrays[symbol.index] if known else symbol

    operations = [map_parameters(item, fix) for item in sweep.structure.operations]
    return sweep.with_structure(sweep.structure.with_operations(operations))


def freeze_matrices(sweep: Sweep) -> Sweep:
    """Make all arrays of operations, such as matrices, constants of the structure."""
    return freeze(sweep, _arrays_in(sweep.structure.operations))


def freeze_weights(sweep: Sweep) -> Sweep:
    """Make the numbers of operators that are not gates constants; they decide on unitarity."""
    return freeze(sweep, _weights(sweep.structure))


@lru_cache(maxsize=1024)
def _weights(structure: Structure) -> frozenset[int]:
    return _arrays_in(operation for operation in structure.operations if not operation.is_gate)


def _arrays_in(operations: Iterable[Operator]) -> frozenset[int]:
    symbols = (symbol for operation in operations for symbol in operation.parameters)
    return frozenset(symbol.index for symbol in symbols if isinstance(symbol, ArraySlot))


def decomposes(structure: Structure, accepts: Accepts) -> bool:
    """Return whether a structure decomposes to accepted gates, if necessary by value."""
    if needs_values(structure, accepts):
        return True
    return decomposed_without_values(structure, accepts) is not None


def decomposed_without_values(structure: Structure, accepts: Accepts) -> Decomposed | None:
    """Return a structure in accepted gates; None: impossible, or only by values of arrays."""
    if needs_values(structure, accepts):
        return None
    try:
        return decompose_structure(structure, accepts)
    except _NotDecomposable:
        return None


@lru_cache(maxsize=1024)
def needs_values(structure: Structure, accepts: Accepts) -> frozenset[int]:
    """Return the numbers of the arrays whose gates are not accepted, and decomposed by value."""
    return _arrays_in(operation for operation in structure.operations if not accepts(operation))


@sized_cache(256 * MIB)
def decompose_structure(structure: Structure, accepts: Accepts) -> Decomposed:
    """Decompose a structure to accepted gates, with a separate slot for each angle of each gate."""
    with paused():
        parts = (
            part
            for operation in structure.operations
            for part in _accepted(operation, accepts, MOST_LEVELS)
        )
        most = max(MOST_IN_CIRCUIT, MOST_OF_EACH * len(structure.operations))
        operations = list(islice(parts, most + 1))
    remedy = "Use fewer gates, lower powers, or gates that the device has."
    unit, count = "operations or more", len(operations)
    check_size("This circuit, decomposed,", count, most, unit=unit, remedy=remedy)
    renumber = _Renumbering()
    renumbered = [map_parameters(operation, renumber) for operation in operations]
    native = Structure(
        renumbered, structure.measurements, len(renumber.angles), structure.num_arrays
    )
    if native == structure:
        return Decomposed.unchanged(structure)
    return Decomposed(native, renumber.affine_map(structure.num_slots))


def decomposed_operations(
    operations: Iterable[Operator], accepts: Accepts, *, device: str
) -> list[Operator]:
    """Decompose operators one by one, with numbers or slots as their angles.

    Raises
    ------
    UnsupportedOperation, NotUnitary
        As for ``decomposition``.
    """
    try:
        with paused():
            return [part for item in operations for part in _accepted(item, accepts, MOST_LEVELS)]
    except _NotDecomposable as error:
        names: frozenset[str] = getattr(accepts, "names", frozenset())
        raise error.refusal(device, names) from error.__cause__


class _NotDecomposable(Exception):
    def __init__(self, operation: str, *, is_channel: bool = False) -> None:
        super().__init__(operation)
        self.operation, self.is_channel = operation, is_channel

    def refusal(self, device: str, names: frozenset[str]) -> DeviceError:
        """Return the error of a device with these gates."""
        if self.is_channel:
            return UnsupportedChannel(device=device, operation=self.operation)
        return UnsupportedOperation(device=device, operation=self.operation, supported=names)


def _accepted(operation: Operator, accepts: Accepts, levels: int) -> Iterator[Operator]:
    if accepts(operation):
        yield operation
        return
    if isinstance(operation, RecordedCondition):
        for part in _accepted(operation.base, accepts, levels):
            yield operation.with_base(part)
        return
    if levels == 0:
        raise _NotDecomposable(operation.name)
    for part in _parts(operation, accepts):
        yield from _accepted(part, accepts, levels - 1)


def _parts(operation: Operator, accepts: Accepts) -> Sequence[Operator]:
    """Return the decomposition of a gate, or else the device's replacement rule."""
    try:
        return operation.decomposition()
    except UndefinedError as error:
        if isinstance(operation, MidMeasure | Conditional):
            raise MidMeasureLeft(operation=_spelled(operation)) from error
        if operation.is_channel:
            raise _NotDecomposable(operation.name, is_channel=True) from error
        if isinstance(operation, Wrapper) and operation.base.is_channel:
            raise NoGateOfChannel(operation=_spelled(operation)) from error
        if not operation.is_gate:
            raise NotUnitary(operation=_spelled(operation), wires=operation.wires) from error
        parts = rewritten(operation, accepts)
        if parts is None:
            raise _NotDecomposable(operation.name) from error
        return parts


def _spelled(operation: Operator) -> str:
    """Return an operator as the user wrote it, or its name if it is long or has slots."""
    text = " ".join(repr(operation).split())
    has_slots = any(slots_in(symbol) for symbol in operation.parameters)
    return operation.name if has_slots or len(text) > LONGEST_TEXT else text


class _Renumbering:
    """Assigns a new slot to each angle that depends on slots, and records the dependence."""

    def __init__(self) -> None:
        self.angles: list[Affine] = []

    def __call__(self, symbol: Symbol) -> Symbol:
        if isinstance(symbol, np.ndarray) and symbol.dtype == object:
            flat = np.empty(symbol.size, dtype=object)
            flat[:] = [self(entry) for entry in symbol.ravel()]
            return flat.reshape(symbol.shape)
        if not isinstance(symbol, Affine):
            return symbol
        if not symbol.terms:
            return symbol.offset
        self.angles.append(symbol)
        return Affine.slot(len(self.angles) - 1)

    def affine_map(self, num_slots: int) -> AffineMap:
        entries = [
            (slot, column, factor)
            for column, angle in enumerate(self.angles)
            for slot, factor in angle.terms
        ]
        slots, columns, factors = zip(*entries, strict=True) if entries else ((), (), ())
        return AffineMap(
            np.array(slots, dtype=np.int64),
            np.array(columns, dtype=np.int64),
            np.array(factors, dtype=float),
            np.array([angle.offset for angle in self.angles], dtype=float),
            num_slots,
        )
