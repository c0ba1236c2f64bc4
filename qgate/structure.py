"""Structure of a circuit: gates and measurements with numbered slots in place of numbers.

Everything that is computed once per circuit (decomposition, grouping of observables, layout on a
chip) depends only on the structure and is cached by it. Calls differ in their rows of numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np

from qgate.arrays import namespace, shape_of
from qgate.exceptions import InvalidParameters
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.recorded import records_of
from qgate.operations.slots import Affine
from qgate.outcome_numbers import has_outcomes, numbered
from qgate.typing import Tensor, Wire
from qgate.wires import Wires


@dataclass(frozen=True, slots=True)
class ArraySlot:
    """Slot for a whole matrix, state vector or vector of coefficients."""

    index: int


OPERATOR_BYTES = 1000
"""Approximate size in bytes of an operator of a structure, without its arrays."""


class Structure:
    """Gates and measurements whose parameters are slots.

    Angles are ``Affine`` functions of numbered slots, the columns of a matrix of rows;
    matrices, state vectors and coefficients are ``ArraySlot``; constants of the circuit are
    numbers.

    Parameters
    ----------
    operations : sequence of Operator
        First applied first.
    measurements : sequence of Measurement
    num_slots, num_arrays : int
        Number of angles and arrays to which the slots refer.
    """

    def __init__(
        self,
        operations: Sequence[Operator],
        measurements: Sequence[Measurement],
        num_slots: int,
        num_arrays: int,
    ) -> None:
        self.operations = tuple(operations)
        self.measurements = tuple(measurements)
        self.num_slots = num_slots
        self.num_arrays = num_arrays
        self.key = (
            tuple(_key(operation) for operation in self.operations),
            tuple(_key(measurement) for measurement in self.measurements),
            num_slots,
            num_arrays,
        )
        self._hash = hash(self.key)

    @cached_property
    def wires(self) -> Wires:
        """All wires: 0, 1, ... if these are the labels, else in order of first appearance."""
        parts = [operation.wires for operation in self.operations]
        parts += [measurement.wires for measurement in self.measurements]
        wires = Wires.all_wires(parts)
        counted = Wires(range(len(wires)))
        return counted if set(counted) == set(wires) else wires

    @cached_property
    def has_outcomes(self) -> bool:
        """Whether a wire is measured in the middle of the circuit."""
        return has_outcomes(self.operations, self.measurements)

    @cached_property
    def is_mixed(self) -> bool:
        """Whether a channel acts on the state, which then is a density matrix."""
        return any(operation.is_channel for operation in self.operations)

    @cached_property
    def measures_state(self) -> bool:
        """Whether the state is a result."""
        return any(item.kind is MeasurementKind.STATE for item in self.measurements)

    @cached_property
    def is_rewritten(self) -> bool:
        """Whether it is evaluated as another circuit, or with other measurements."""
        states = self.is_mixed and self.measures_state
        return self.has_own_measurements or self.has_outcomes or states

    @cached_property
    def records(self) -> frozenset[Wire]:
        """Classical wires, on which a device records outcomes."""
        return records_of(self.operations)

    @cached_property
    def num_bytes(self) -> int:
        """Approximate size in bytes: constant arrays, and the operators."""
        items: list[Operator | Measurement] = [*self.operations, *self.measurements]
        arrays = (value for item in items for value in item.parameters)
        return OPERATOR_BYTES * len(items) + sum(getattr(value, "nbytes", 0) for value in arrays)

    @cached_property
    def is_linear(self) -> bool:
        """Whether all results are expectation values of observables without parameters."""
        kinds = {item.kind for item in self.measurements}
        fixed = not any(item.parameters for item in self.measurements)
        return fixed and kinds <= {MeasurementKind.EXPVAL}

    @cached_property
    def has_own_measurements(self) -> bool:
        """Whether users' classes compute values of measurements."""
        return any(item.is_own for item in self.measurements)

    @cached_property
    def has_shadows(self) -> bool:
        """Whether a measurement is made in random bases."""
        return any(item.is_shadow for item in self.measurements)

    def with_measurements(self, measurements: Sequence[Measurement]) -> Structure:
        """Return the same gates with other measurements."""
        return Structure(self.operations, measurements, self.num_slots, self.num_arrays)

    def with_operations(self, operations: Sequence[Operator]) -> Structure:
        """Return the same slots and measurements with other gates."""
        return Structure(operations, self.measurements, self.num_slots, self.num_arrays)

    def bind(self, rows: Tensor, arrays: Sequence[Tensor]) -> list[Operator]:
        """Return the gates with numbers in place of slots.

        Parameters
        ----------
        rows : array, shape (P,) or (K, P)
            Angles; K rows give batched gates.
        arrays : sequence of array
        """
        return [
            operation.with_parameters(
                [evaluate(symbol, rows, arrays) for symbol in operation.parameters]
            )
            for operation in self.operations
        ]

    def bind_measurements(self, arrays: Sequence[Tensor]) -> list[Measurement]:
        """Return the measurements with numbers in place of slots."""
        return [
            measurement.with_parameters(
                [evaluate(symbol, None, arrays) for symbol in measurement.parameters]
            )
            for measurement in self.measurements
        ]

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Structure) and self.key == other.key

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return (
            f"Structure({len(self.operations)} gates on {len(self.wires)} wires, "
            f"{self.num_slots} slots, {list(self.measurements)})"
        )


STRUCTURES: dict[Any, Layout] = {}
"""Layouts by everything but the numbers, so that equal circuits share one structure."""

MOST_STRUCTURES = 1024

SIGNATURE = attrgetter("signature")


@dataclass(frozen=True, eq=False, slots=True)
class Layout:
    """A structure, and the positions of a circuit's parameters in it.

    Parameters
    ----------
    structure : Structure
    kinds : tuple of ParameterKind
        Kind of each parameter.
    angles, arrays : tuple of int
        Numbers of the parameters whose elements have slots, and of those that are whole arrays.
    slots : mapping of int to range
        The slots of each parameter that has some.
    single : bool
        Whether each slot is a separate parameter.
    """

    structure: Structure
    kinds: tuple[ParameterKind, ...]
    angles: tuple[int, ...]
    arrays: tuple[int, ...]
    slots: Mapping[int, range]
    single: bool

    @classmethod
    def of(
        cls,
        operations: Sequence[Operator],
        measurements: Sequence[Measurement],
        shapes: tuple[tuple[int, ...], ...],
    ) -> Layout:
        """Return the layout of a circuit with parameters of these shapes; equal circuits share it.

        The shapes are without the broadcast axis.
        """
        items: list[Operator | Measurement] = [*operations, *measurements]
        key = (
            tuple(map(SIGNATURE, items)),
            len(operations),
            len(shapes),
            tuple(filter(None, shapes)),
        )
        found = STRUCTURES.get(key)
        if found is None and has_outcomes(operations, measurements):
            named = numbered(operations, measurements)
            if named is not None:  # equal circuits have equal numbers of their outcomes
                return cls.of(*named, shapes)
        if found is None:
            while len(STRUCTURES) >= MOST_STRUCTURES:
                STRUCTURES.pop(next(iter(STRUCTURES)), None)
            found = STRUCTURES[key] = cls._made(operations, measurements, shapes)
        return found

    @classmethod
    def _made(
        cls,
        operations: Sequence[Operator],
        measurements: Sequence[Measurement],
        shapes: tuple[tuple[int, ...], ...],
    ) -> Layout:
        counter, kinds, slots = SlotCounter(), list[ParameterKind](), dict[int, range]()

        def numbered(item: Any) -> Any:
            symbols = []
            for kind in item.parameter_kinds:
                first, index = counter.slots, len(kinds)
                symbols.append(counter.symbol(kind, shapes[index]))
                kinds.append(kind)
                if kind is ParameterKind.ANGLES:
                    slots[index] = range(first, counter.slots)
            return item.with_parameters(symbols) if symbols else item

        for item in operations:
            _check_parameters(item)
        gates, measured = list(map(numbered, operations)), list(map(numbered, measurements))
        structure = Structure(gates, measured, counter.slots, counter.arrays)
        arrays = tuple(index for index in range(len(kinds)) if index not in slots)
        single = all(shapes[index] == () for index in slots)
        return cls(structure, tuple(kinds), tuple(slots), arrays, slots, single)


WHOLE_ARRAYS = ("QubitUnitary", "DiagonalQubitUnitary", "StatePrep", "MottonenStatePreparation")
"""Operations whose array has an entry for each basis state of their wires along every axis."""


def _check_parameters(operation: Operator) -> None:
    """Refuse a number of parameters, or a size of an array, that does not fit the operation."""
    given, taken = len(operation.parameters), len(operation.parameter_kinds)
    if given != taken:
        raise InvalidParameters(
            f"{operation.name} has {given} parameter(s) and takes {taken}. Make it anew with "
            "parameters of its own."
        )
    if operation.name not in WHOLE_ARRAYS:
        return
    size = 2 ** len(operation.wires)
    for value, ndim in zip(operation.parameters, operation.ndim_params, strict=True):
        shape = shape_of(value)
        if shape[len(shape) - ndim :] != (size,) * ndim:
            raise InvalidParameters(
                f"{operation.name} on {len(operation.wires)} wire(s) has an array of shape "
                f"{shape}. Give one of {size} entries along each of {ndim} axis or axes."
            )


def evaluate(symbol: Any, rows: Tensor, arrays: Sequence[Tensor]) -> Tensor:
    """Replace slots by numbers.

    Parameters
    ----------
    symbol : Affine, ArraySlot, number, or object array of Affine
    rows : array, shape (P,) or (K, P)
    arrays : sequence of array
    """
    if isinstance(symbol, Affine):
        value: Tensor = symbol.offset
        for slot, factor in symbol.terms:
            column = rows[..., slot]
            value = value + (column if factor == 1.0 else factor * column)
        return value
    if isinstance(symbol, ArraySlot):
        return arrays[symbol.index]
    if isinstance(symbol, np.ndarray) and symbol.dtype == object:
        xp, batch = namespace([rows]), shape_of(rows)[:-1]
        if not symbol.size:
            return np.zeros((*batch, *symbol.shape))
        known = all(length >= 0 for length in batch)
        zeros = np.zeros(batch) if known else rows[..., 0] * 0.0
        flat = [evaluate(entry, rows, arrays) + zeros for entry in symbol.ravel()]
        return xp.reshape(xp.stack(flat, axis=-1), (*batch, *symbol.shape))
    return symbol


def slots_in(symbol: Any) -> list[int]:
    """Return the slots that a parameter depends on: an angle, or an array of angles."""
    if isinstance(symbol, Affine):
        return [slot for slot, _ in symbol.terms]
    if isinstance(symbol, np.ndarray) and symbol.dtype == object:
        return [slot for entry in symbol.ravel() for slot in slots_in(entry)]
    return []


def slots_of(operation: Operator) -> list[int]:
    """Return the slots that an operation depends on."""
    return [slot for symbol in operation.parameters for slot in slots_in(symbol)]


class SlotCounter:
    """Assigns numbers to slots in the order of the parameters."""

    def __init__(self) -> None:
        self.slots = 0
        self.arrays = 0

    def symbol(self, kind: ParameterKind, shape: tuple[int, ...]) -> Any:
        """Return the slot, or array of slots, for a parameter of this kind and shape."""
        if kind is not ParameterKind.ANGLES:
            self.arrays += 1
            return ArraySlot(self.arrays - 1)
        size = int(np.prod(shape))
        first, self.slots = self.slots, self.slots + size
        if shape == ():
            return Affine.slot(first)
        symbols = np.empty(size, dtype=object)
        symbols[:] = [Affine.slot(first + offset) for offset in range(size)]
        return symbols.reshape(shape)


def map_parameters(item: Any, function: Callable[[Any], Any]) -> Any:
    """Return an operation or measurement with ``function`` applied to each parameter."""
    if not item.parameters:
        return item
    return item.with_parameters([function(symbol) for symbol in item.parameters])


def _key(item: Operator | Measurement) -> Hashable:
    return (item.signature, tuple(_symbol_key(symbol) for symbol in item.parameters))


def _symbol_key(symbol: Any) -> Hashable:
    if isinstance(symbol, Affine | ArraySlot):
        return symbol
    value = np.asarray(symbol)
    if value.dtype == object:
        return (value.shape, tuple(value.ravel().tolist()))
    return (value.shape, value.dtype.str, value.tobytes())
