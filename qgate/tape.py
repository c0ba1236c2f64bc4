"""Tape: the immutable record of a circuit, a structure and its numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias, TypeVar

import numpy as np

from qgate.arguments import items_of, truth
from qgate.arrays import NUMBERS, namespace, real_number, shape_of, unwrap
from qgate.exceptions import InvalidParameters, InvalidTape, described
from qgate.lazy_names import refuse_unknown
from qgate.measurements import Measurement
from qgate.operations.operator import Operator, ParameterKind
from qgate.parameter_errors import refuse_large, refuse_not_finite, refuse_not_real
from qgate.recording import Recorder, paused, recording
from qgate.shots import Shots
from qgate.sizes import MOST_NESTED, check_size
from qgate.structure import Layout, Structure
from qgate.sweep import Sweep
from qgate.tape_details import TapeDetails
from qgate.typing import (
    FloatArray,
    Function,
    IntArray,
    Namespace,
    NumericArray,
    SparseMatrix,
    Tensor,
)
from qgate.wires import Wires

INTEGER = frozenset({int})

PARAMETERS, IS_CONVERTED = attrgetter("parameters"), attrgetter("is_converted")
BY_VALUE = attrgetter("by_value")

NONE: frozenset[int] = frozenset()

Items = tuple[Operator | Measurement, ...]
Part = TypeVar("Part", Operator, Measurement)

LARGEST = np.float64(1e140)
"""Largest number of a matrix or coefficient: its square times 1e28 is finite in float64."""


class Tape(TapeDetails):
    """Operations and measurements, split into a structure and its numbers.

    The public name is ``QuantumScript``.

    Parameters
    ----------
    ops : sequence of Operator
        First applied first.
    measurements : sequence of Measurement
    shots : None, int, sequence or Shots
        Number of shots; None: exact.
    trainable_params : sequence of int, optional
        Positions in ``parameters`` to differentiate by; default all.

    Raises
    ------
    InvalidShots
        The shots are not positive.
    InvalidTape
        An operation is not an operator, a measurement not a measurement, or a position not that of
        a parameter.
    """

    def __init__(
        self,
        ops: Sequence[Operator] = (),
        measurements: Sequence[Measurement] = (),
        shots: Any = None,
        trainable_params: Sequence[int] | None = None,
    ) -> None:
        operations = _checked(ops, Operator, "operations", "operators, such as qg.X(0)")
        if True in map(BY_VALUE, operations):
            with paused():
                operations = tuple(decomposed_by_value(operations))
        self._operations: Final = operations
        self._measurements: Final = _checked(
            measurements, Measurement, "measurements", "measurements, such as qg.expval(qg.Z(0))"
        )
        items: Items = (*self._operations, *self._measurements)
        self._items: Final = items
        self.parameters: Final = tuple(chain.from_iterable(map(PARAMETERS, items)))
        """All numbers, operations first, in order of appearance."""
        self._converted: Final = _converted(self._operations)
        self.shots: Final = shots if isinstance(shots, Shots) else Shots.of(shots)
        self._trainable = None if trainable_params is None else self._positions(trainable_params)

    def _positions(self, indices: Sequence[int]) -> list[int]:
        """Return positions of parameters, ascending."""
        count = len(self.parameters)
        items = indices if isinstance(indices, tuple) else items_of(indices)
        given = [indices] if items is None else items
        plain = INTEGER.issuperset(map(type, given))
        whole = plain or all(isinstance(index, int | np.integer) for index in given)
        found = sorted(given if plain else map(int, given)) if whole else []
        if not whole or (found and not 0 <= found[0] <= found[-1] < count):
            raise InvalidTape(
                reason=f"{described(indices)} are no positions among its {count} parameters",
                remedy="Give a sequence of integers that count the parameters from 0.",
            )
        return found

    @property
    def operations(self) -> list[Operator]:
        """The operations, first applied first."""
        return list(self._operations)

    @property
    def measurements(self) -> list[Measurement]:
        """The measurements, in the order of their results."""
        return list(self._measurements)

    @property
    def observables(self) -> list[Operator | Measurement]:
        """The observable of each measurement, or the measurement where it has none."""
        return [item.obs if item.obs is not None else item for item in self._measurements]

    @cached_property
    def wires(self) -> Wires:
        """All wires, in order of first appearance."""
        return Wires.all_wires([item.wires for item in self._items])

    @property
    def num_wires(self) -> int:
        """Number of wires."""
        return len(self.wires)

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        """Kind of each parameter in the structure."""
        return self._layout.kinds

    @cached_property
    def _shapes(self) -> list[tuple[int, ...]]:
        return list(map(shape_of, self.parameters))

    @cached_property
    def _ndims(self) -> tuple[int, ...]:
        ndims = [ndim for item in self._operations for ndim in item.ndim_params]
        return (*ndims, *map(len, self._shapes[len(ndims) :]))

    @cached_property
    def batch_size(self) -> int | None:
        """Length of the batch axis (broadcast); None: no batch, -1: not known yet.

        Raises
        ------
        InvalidParameters
            Operations have batches of different lengths, or an empty one.
        """
        if not any(self._shapes):
            return None
        count = len(self.parameters) - sum([len(item.parameters) for item in self._measurements])
        pairs = list(zip(self._shapes[:count], self._ndims[:count], strict=False))
        if any(len(shape) > ndim + 1 for shape, ndim in pairs):
            raise InvalidTape(
                reason="a parameter has more than one axis beyond those of its operator",
                remedy="Give each parameter in its own shape, with one leading axis for a batch.",
            )
        sizes = {shape[0] for shape, ndim in pairs if len(shape) > ndim}
        if len(sizes) > 1:
            raise InvalidParameters(
                f"Operations of one circuit have batches of different lengths: {sorted(sizes)}. "
                "Give every batched parameter the same leading axis."
            )
        if 0 in sizes:
            raise InvalidParameters(
                "A parameter of the circuit is a batch without any member, an array of length 0. "
                "Give at least one member, or leave the call out."
            )
        return sizes.pop() if sizes else None

    # Trainable parameters ----------------------------------------------------------

    @property
    def trainable_params(self) -> list[int]:
        """Positions in ``parameters`` of the trainable parameters.

        The one attribute that can be assigned, on a tape of your own, as in PennyLane. qgate itself
        never does; it makes another tape by ``with_trainable``.
        """
        if self._trainable is None:
            return list(range(len(self.parameters)))
        return list(self._trainable)

    @trainable_params.setter
    def trainable_params(self, indices: Sequence[int]) -> None:
        self._trainable = self._positions(indices)

    @property
    def is_chosen(self) -> bool:
        """Whether trainable parameters were set; otherwise all parameters are trainable."""
        return self._trainable is not None

    @property
    def num_params(self) -> int:
        """Number of trainable parameters."""
        return len(self.trainable_params)

    def get_parameters(
        self, trainable_only: bool = True, operations_only: bool = False
    ) -> list[Tensor]:
        """Return the parameters, as PennyLane's tapes do."""
        count = sum(item.num_params for item in self._operations)
        wanted = (
            self.trainable_params
            if truth("get_parameters", "trainable_only", trainable_only)
            else range(len(self.parameters))
        )
        return [self.parameters[i] for i in wanted if not operations_only or i < count]

    def bind_new_parameters(self, params: Sequence[Tensor], indices: Sequence[int]) -> Self:
        """Return a tape with other numbers at the positions ``indices``.

        Raises
        ------
        InvalidTape
            The numbers and positions differ in length, or a position is not that of a parameter.
        """
        values = list(self.parameters)
        self._positions(indices)
        given, places = items_of(params), items_of(indices)
        if given is None or places is None:
            raise InvalidTape(
                reason=f"{described(params)} and {described(indices)} are not both sequences",
                remedy="Give a sequence of parameters and one of positions.",
            )
        if len(given) != len(places):
            raise InvalidTape(
                reason=f"{len(given)} parameters were given for {len(places)} positions",
                remedy="Give one for each position.",
            )
        for index, value in zip(places, given, strict=True):
            values[index] = value
        return self._with(values)

    def _with(self, values: Sequence[Tensor]) -> Self:
        rest = iter(values)
        operations, measurements = _bound(self._operations, rest), _bound(self._measurements, rest)
        return type(self)(operations, measurements, self.shots, self._trainable)

    def with_trainable(self, indices: Sequence[int]) -> Self:
        """Return the tape with other trainable parameters, by their positions."""
        trainable = self._positions(indices)
        if trainable == self._trainable:
            return self  # a copy would find its layout again
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, _trainable=trainable)
        return other

    def with_shots(self, shots: Any) -> Self:
        """Return the tape with other shots."""
        return type(self)(self._operations, self._measurements, shots, self._trainable)

    def with_measurements(self, measurements: Sequence[Measurement]) -> Self:
        """Return the tape with other measurements."""
        return type(self)(self._operations, measurements, self.shots)

    def with_density_matrices(self, *, always: bool) -> Self:
        """Return the tape with ``density_matrix`` in place of ``state``, if its state is mixed."""
        if not (always or self.structure.is_mixed):
            return self
        with paused():
            found = [item.mixed for item in self._measurements]
        return type(self)(self._operations, found, self.shots, self._trainable)

    # Structure and rows ------------------------------------------------------------

    @property
    def structure(self) -> Structure:
        """The structure of the tape, without its numbers; equal tapes share one object."""
        return self._layout.structure

    @cached_property
    def _layout(self) -> Layout:
        return Layout.of(self._operations, self._measurements, self.angle_shapes)

    @cached_property
    def angle_shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shape of each parameter without the batch axis."""
        shapes = self._shapes
        if self.batch_size is None:
            return tuple(shapes)
        pairs = zip(shapes, self._ndims, strict=True)
        return tuple([shape[len(shape) - ndim :] for shape, ndim in pairs])

    @property
    def arrays(self) -> tuple[Tensor, ...]:
        """Matrices, state vectors and coefficients, in order."""
        return tuple(map(self.parameters.__getitem__, self._layout.arrays))

    @property
    def kept_parameters(self) -> tuple[Tensor, ...]:
        """Parameters in the precision in which they were given."""
        if not self._converted:
            return self.parameters
        kept = enumerate(self.parameters)
        return tuple([value for index, value in kept if index not in self._converted])

    @property
    def is_plain(self) -> bool:
        """Whether all parameters are numbers in double precision, and were given as such."""
        return not self._converted and NUMBERS.issuperset(map(type, self.parameters))

    @property
    def kept_angles(self) -> tuple[Tensor, ...]:
        """Angles in the precision in which they were given."""
        if not self._converted:
            return self.angles
        kept = [index for index in self._layout.angles if index not in self._converted]
        return tuple([self.parameters[index] for index in kept])

    @property
    def angles(self) -> tuple[Tensor, ...]:
        """Parameters whose elements have slots, in order."""
        return tuple(map(self.parameters.__getitem__, self._layout.angles))

    @property
    def trainable_slots(self) -> IntArray:
        """Slots of the trainable angles, ascending."""
        trainable = set(self.trainable_params)
        slots = [slot for index in trainable for slot in self.slots_of(index)]
        return np.array(sorted(slots), dtype=np.int64)

    def slots_of(self, index: int) -> range:
        """Return the slots of a parameter; empty for an array."""
        return self._layout.slots.get(index, range(0))

    def row(self) -> Tensor:
        """Return all angles as one vector (P,), or with the batch axis, (K, P)."""
        angles = self.angles
        if not angles:
            return np.zeros((self.batch_size or 1, 0) if self.batch_size else (0,))
        xp = namespace(angles)
        if self.batch_size is None and self._layout.single:
            try:
                return xp.array(list(angles)) * 1.0
            except TypeError:
                refuse_not_real(self._operations)
                raise
        return xp.concatenate([self.columns(index, xp) for index in self._layout.angles], -1)

    def columns(self, index: int, xp: Namespace) -> Tensor:
        """Return the angles of one parameter: (size,), or (K, size) with a batch."""
        value = self.parameters[index]
        size = int(np.prod(self.angle_shapes[index]))
        if self.batch_size is None:
            return xp.reshape(value, (size,)) * 1.0
        batched = len(shape_of(value)) > self._ndims[index]
        if batched:
            return xp.reshape(value, (self.batch_size, size)) * 1.0
        return xp.reshape(value, (1, size)) * self._ones

    @cached_property
    def _ones(self) -> Tensor:
        """Column of ones, as long as the batch axis."""
        if self.batch_size is not None and self.batch_size >= 0:
            return np.ones((self.batch_size, 1))
        batched = next(
            self.parameters[index]
            for index in self._layout.angles
            if len(shape_of(self.parameters[index])) > self._ndims[index]
        )
        xp = namespace([batched])
        return xp.reshape(batched, (-1, np.prod(shape_of(batched)[1:], dtype=int)))[:, :1] * 0 + 1.0

    def sweep(self, rows: FloatArray | None = None) -> Sweep:
        """Return the plain numbers of the tape as a sweep, one row for each shot part.

        Parameters
        ----------
        rows : array, optional
            The angles as a matrix, if already computed.

        Raises
        ------
        NotFinite
            A parameter is NaN or infinite.
        """
        rows = self._plain_rows() if rows is None else rows
        arrays = tuple(map(_plain, self.arrays))
        if not (_is_finite(rows) and all(map(_can_be_squared, arrays))):
            refuse_not_finite(self._items)
            refuse_large(self.arrays, LARGEST)
        sweep = Sweep(self.structure, rows, arrays)
        if not self.shots.parts:
            return sweep
        parts = np.array(self.shots.parts, dtype=np.int64)
        repeated = sweep.repeated(len(parts))
        return repeated.with_rows(repeated.rows, np.tile(parts, len(rows)))

    def _plain_rows(self) -> FloatArray:
        """Return the angles as a matrix of real numbers; one row without a batch."""
        if self.batch_size is None and self._layout.single:
            numbers = list(map(real_number, self.angles))
            if None not in numbers:
                return np.array([numbers], dtype=float)
        try:
            rows = np.atleast_2d(np.asarray(unwrap(self.row())))
        except (TypeError, ValueError):
            refuse_not_real(self._operations)
            raise
        if rows.dtype.kind not in "iuf":
            refuse_not_real(self._operations)
        return rows.astype(float, copy=False)

    # Comparison --------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tape):
            return NotImplemented
        return self._items == other._items and self.shots == other.shots

    def __hash__(self) -> int:
        return hash(self.structure)

    def __iter__(self) -> Iterator[Operator | Measurement]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"<QuantumScript: wires={list(self.wires)}, params={len(self.parameters)}>"


QuantumScript = Tape

QuantumScriptBatch: TypeAlias = Sequence[Tape]
"""Several tapes."""

QuantumScriptOrBatch: TypeAlias = Tape | QuantumScriptBatch

QuantumTapeBatch: TypeAlias = QuantumScriptBatch


class QuantumTape(Tape):
    """Tape that records the operators created inside its ``with`` block."""

    def __enter__(self) -> Self:
        self._recording = recording()
        self._recorder: Recorder = self._recording.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._recording.__exit__(*error)
        items, shots, trainable = self._recorder.items, self.shots, self._trainable
        operations = [item for item in items if isinstance(item, Operator)]
        measurements = [item for item in items if isinstance(item, Measurement)]
        self.__dict__.clear()  # discard what was cached for the empty tape
        self.__init__(operations, measurements, shots, trainable)  # type: ignore[misc]


def make_qscript(fn: Function, shots: Any = None) -> Callable[..., Tape]:
    """Return a function that records a quantum function and returns the tape.

    Parameters
    ----------
    fn : callable
    shots : None, int, sequence or Shots

    Examples
    --------
    >>> make_qscript(lambda x: qg.RX(x, wires=0))(0.1).operations
    [RX(0.1, wires=[0])]
    """

    @functools.wraps(fn)
    def record_tape(*args: Any, **kwargs: Any) -> Tape:
        with recording() as recorder:
            fn(*args, **kwargs)
        return Tape.from_queue(recorder, shots)

    return record_tape


def _checked(given: object, kind: type[Part], what: str, needed: str) -> tuple[Part, ...]:
    """Return the parts of a tape as a tuple, all of one type."""
    items = given if isinstance(given, tuple) else items_of(given)
    remedy = f"Give a sequence of {needed}."
    if items is None:
        reason = f"its {what} are {described(given)[:80]}, and no sequence"
        raise InvalidTape(reason=reason, remedy=remedy)
    if not all(issubclass(found, kind) for found in set(map(type, items))):
        first = next(item for item in items if not isinstance(item, kind))
        reason = f"its {what} hold {described(first)[:80]}, of type {type(first).__name__}"
        raise InvalidTape(reason=reason, remedy=remedy)
    return tuple(items)


def decomposed_by_value(operations: Iterable[Operator], level: int = 0) -> Iterator[Operator]:
    """Yield the gates of operators whose decomposition depends on values, and all others."""
    for operation in operations:
        if operation.by_value:
            check_size(
                f"The decomposition of {operation.name}",
                level,
                MOST_NESTED,
                unit="levels",
                remedy="Let it end in gates.",
            )
            yield from decomposed_by_value(operation.decomposition(), level + 1)
        else:
            yield operation


def _bound(items: Sequence[Part], values: Iterator[Tensor]) -> list[Part]:
    """Return operations or measurements with the next values as their parameters."""
    return [
        item.with_parameters([next(values) for _ in item.parameters]) if item.parameters else item
        for item in items
    ]


def _converted(operations: Sequence[Operator]) -> frozenset[int]:
    """Return the positions of parameters whose precision differs from that of the given values."""
    if not any(map(IS_CONVERTED, operations)):
        return NONE
    flags = [operation.is_converted for operation in operations for _ in operation.parameters]
    return frozenset(index for index, flag in enumerate(flags) if flag)


def _is_finite(numbers: NumericArray) -> bool:
    return bool(np.logical_and.reduce(np.isfinite(numbers), axis=None))


def _can_be_squared(numbers: Tensor) -> bool:
    """Return whether numbers are finite, and small enough that variances cannot overflow."""
    entries = numbers.data if _is_sparse(numbers) else numbers
    return bool(np.logical_and.reduce(abs(entries) <= LARGEST, axis=None))


def _plain(value: Tensor) -> NumericArray | SparseMatrix:
    """Return a matrix, state or vector of coefficients as a numpy array; sparse ones unchanged."""
    return value if _is_sparse(value) else np.asarray(unwrap(value))


def _is_sparse(value: object) -> bool:
    return hasattr(value, "tocsr")


if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)
