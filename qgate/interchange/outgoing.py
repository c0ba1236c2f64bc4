"""Circuits on their way out: a tape or quantum function as gates of a dialect.

Arguments that are texts become free parameters of the written circuit: the quantum function is
called with symbols in their place, and the angles of its gates are linear functions of these.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from math import isfinite
from typing import Any, TypeAlias

import numpy as np

from qgate.arguments import truth
from qgate.arrays import shape_of, unwrap
from qgate.exceptions import NotACircuit, QuantumFunctionError, described
from qgate.measurements import Measurement
from qgate.operations.channels import Channel
from qgate.operations.conditions import Conditional
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.operator import Operator
from qgate.operations.outcome_values import MOST_TABULATED
from qgate.operations.slots import Affine
from qgate.recording import recording
from qgate.sizes import MOST_NESTED, check_size
from qgate.tape import Tape
from qgate.transforms.decomposition import Accepts, decomposed_operations
from qgate.typing import Function, Nested, NumericArray, Wire, WiresLike
from qgate.wires import Wires


@dataclass(frozen=True, eq=False, slots=True)
class Outgoing:
    """Circuit in the gates of a dialect.

    Parameters
    ----------
    operations : tuple of Operator
        Parameters are numbers, arrays, or ``Affine`` functions of the symbols.
    wires : Wires
        The wire of each qubit.
    measured : Wires
        Measured wires, in the order of their bits.
    symbols : tuple of str
        Name of each free parameter, by its slot.
    """

    operations: tuple[Operator, ...]
    wires: Wires
    measured: Wires
    symbols: tuple[str, ...] = ()

    @property
    def places(self) -> dict[Hashable, int]:
        """Number of each mid-circuit measurement, by the identifier of its outcome."""
        made = [item for item in self.operations if isinstance(item, MidMeasure)]
        return {item.meas_uid: place for place, item in enumerate(made)}


def true_outcomes(operation: Conditional, places: Mapping[Hashable, int]) -> list[Assignment]:
    """Return the outcomes for which an operator is applied.

    Returns
    -------
    list of tuple of (int, int)
        Alternatives; each is the number of every measurement involved, with its outcome.
    """
    value = operation.meas_val
    numbers = [places[item.meas_uid] for item in value.measurements]
    remedy = "Write one condition for each outcome."
    check_size("A condition", len(numbers), MOST_TABULATED, unit="outcomes", remedy=remedy)
    return [tuple(zip(numbers, bits, strict=True)) for bits, number in value.items() if number]


@dataclass(slots=True)
class Symbols:
    """Free parameters by name, each with a slot."""

    slots: dict[str, int] = field(default_factory=dict)

    def replaced(self, value: Nested, depth: int = 0) -> Nested:
        """Return an argument with symbols in place of texts."""
        if isinstance(value, str):
            return Affine.slot(self.slots.setdefault(value, len(self.slots)))
        if isinstance(value, np.ndarray) and value.dtype.kind in "OU":
            found = np.empty(value.shape, dtype=object)
            found.ravel()[:] = [self.replaced(entry) for entry in value.ravel().tolist()]
            return found
        if isinstance(value, list | tuple):
            remedy = "Give an array, or fewer levels."
            check_size("An argument", depth, MOST_NESTED, unit="nested lists", remedy=remedy)
            return type(value)(self.replaced(entry, depth + 1) for entry in value)
        return value


Assignment: TypeAlias = tuple[tuple[int, int], ...]
"""Numbers of mid-circuit measurements, each with an outcome."""

Written: TypeAlias = Any
"""A circuit in its new form."""


def writer(circuit: Any, write: Callable[[Tape, tuple[str, ...]], Written]) -> Any:
    """Return a written tape; for a QNode or quantum function, a function from its arguments to it.

    Raises
    ------
    NotACircuit
        The circuit is neither a tape nor callable.
    """
    if isinstance(circuit, Tape):
        return write(circuit, ())
    if not callable(circuit):
        raise NotACircuit(
            given=described(circuit)[:80],
            what="circuit",
            remedy="Give a tape, a QNode or a quantum function.",
        )

    @wraps(circuit)
    def written(*args: Any, **kwargs: Any) -> Written:
        symbols = Symbols()
        args = tuple(map(symbols.replaced, args))
        kwargs = {name: symbols.replaced(value) for name, value in kwargs.items()}
        tape = _recorded(circuit, args, kwargs)
        return write(tape, tuple(symbols.slots))

    return written


def mapped(written: Written, change: Callable[[Any], Any]) -> Any:
    """Apply ``change`` to a written circuit, or to what a function of arguments returns."""
    if not callable(written):
        return change(written)

    @wraps(written)
    def then(*args: Any, **kwargs: Any) -> Any:
        return change(written(*args, **kwargs))

    return then


def _recorded(circuit: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Tape:
    if hasattr(circuit, "single_tape"):
        found: Tape = circuit.single_tape(args, kwargs, defers=False)
        return found
    function: Function = circuit
    with recording() as recorder:
        function(*args, **kwargs)
    return Tape(
        [item for item in recorder.items if isinstance(item, Operator)],
        [item for item in recorder.items if isinstance(item, Measurement)],
    )


def outgoing(
    tape: Tape,
    symbols: tuple[str, ...],
    accepts: Accepts,
    *,
    wires: WiresLike | None,
    rotations: bool,
    measure_all: bool,
    target: str,
) -> Outgoing:
    """Return a tape as a circuit in accepted gates.

    Parameters
    ----------
    tape : Tape
    symbols : tuple of str
        Names of the slots in its parameters.
    accepts : Accepts
        Gates of the dialect.
    wires : wires, optional
        The wire of each qubit; default those of the tape.
    rotations : bool
        Whether to rotate to the eigenbases of the observables at the end.
    measure_all : bool
        Whether to measure all wires, or only those of the tape's measurements.
    target : str
        Name of the dialect, for errors.

    Raises
    ------
    QuantumFunctionError
        A parameter is a batch, the wires miss one of the circuit, or the observables have no
        common basis.
    UnsupportedOperation
        A gate cannot be written in the gates of the dialect.
    InvalidParameters
        ``rotations`` or ``measure_all`` has no truth value.
    """
    rotates, all_wires = (
        truth(target, "rotations", rotations),
        truth(target, "measure_all", measure_all),
    )
    _check_numbers(tape.operations)
    order = tape.wires if wires is None else Wires(wires)
    missing = [wire for wire in tape.wires if wire not in order]
    if missing:
        raise QuantumFunctionError(
            f"The circuit uses the wires {missing}, which are not among wires={list(order)}. Name "
            "all wires of the circuit, or leave wires out."
        )
    gates = [*tape.operations, *(_basis_changes(tape.measurements) if rotates else ())]
    operations = decomposed_operations(gates, accepts, device=target)
    _check_selection(operations, target)
    wanted = [item.wires for item in tape.measurements if item.mv is None]
    measured = order if all_wires else Wires.all_wires(wanted)
    return Outgoing(tuple(operations), order, measured, symbols)


def _check_numbers(operations: Iterable[Operator]) -> None:
    """Refuse batches and infinite angles: a written circuit has one number for each angle."""
    for operation in operations:
        for value, ndim in zip(operation.parameters, operation.ndim_params, strict=True):
            if not isinstance(value, Affine) and len(shape_of(value)) > ndim:
                raise QuantumFunctionError(
                    f"{operation.name} has a batch of parameters, and a written circuit has one "
                    "number for each angle. Write one circuit for each member of the batch."
                )
            if ndim == 0 and not isinstance(value, Affine) and not isfinite(number(value)):
                raise QuantumFunctionError(
                    f"{operation.name} has the angle {number(value)}, which no circuit can have. "
                    "Give finite numbers."
                )


def _check_selection(operations: Iterable[Operator], target: str) -> None:
    for operation in operations:
        if isinstance(operation, MidMeasure) and operation.postselect is not None:
            raise QuantumFunctionError(
                f"{target} has no postselection, and the measurement of the wire "
                f"{operation.wires[0]!r} has postselect={operation.postselect}. Leave it out, and "
                "select among the outcomes of the written circuit."
            )


def _basis_changes(measurements: Sequence[Measurement]) -> list[Operator]:
    """Return the gates that rotate to the eigenbases of all observables together."""
    found: dict[Wire, tuple[str, list[Operator]]] = {}
    changes: list[Operator] = []
    for measurement in measurements:
        if measurement.obs is None:
            continue
        gates = measurement.obs.diagonalizing_gates()
        for wire in measurement.obs.wires:
            own = [gate for gate in gates if wire in gate.wires]
            known = found.setdefault(wire, (repr(own), own))
            if known[0] != repr(own):
                raise QuantumFunctionError(
                    f"The observables need two bases on wire {wire!r}. Write a circuit for each "
                    "observable, or set rotations=False."
                )
            changes += [gate for gate in own if known[1] is own and gate not in changes]
    return changes


def number(value: Any) -> float:
    """Return a concrete angle as a plain number."""
    return float(unwrap(value))


def kraus_numbers(channel: Channel, target: str) -> list[NumericArray]:
    """Return Kraus matrices of a channel on k wires as numbers, at most 4**k.

    Raises
    ------
    QuantumFunctionError
        A parameter is free; ``target`` is the name of the dialect.
    """
    if any(isinstance(value, Affine) for value in channel.parameters):
        raise QuantumFunctionError(
            f"{channel.name} has a free parameter, and {target} has channels with numbers only. "
            "Call the function with a number in its place."
        )
    given = np.array([unwrap(matrix) for matrix in channel.kraus_matrices()])
    kraus = given[given.any(axis=(1, 2))]
    size = kraus.shape[-1] ** 2
    if len(kraus) > size:  # those of the eigenvectors of the Choi matrix are linearly independent
        flat = kraus.reshape(-1, size)
        values, vectors = np.linalg.eigh(flat.T @ flat.conj())
        kraus = (np.sqrt(values.clip(0.0)) * vectors).T.reshape(-1, *kraus.shape[1:])
    return list(kraus)
