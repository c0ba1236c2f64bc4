"""Circuits as circuits of Qiskit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.classical import expr
from qiskit.quantum_info import Kraus

from qgate.devices.qiskit.gates import ACCEPTED, BARRIER, IDENTITY, NATIVE
from qgate.interchange.outgoing import (
    Assignment,
    Outgoing,
    kraus_numbers,
    number,
    outgoing,
    true_outcomes,
    writer,
)
from qgate.operations.channels import CHANNELS, Channel
from qgate.operations.conditions import Conditional
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.slots import Affine
from qgate.tape import Tape
from qgate.typing import WiresLike

NAMES = frozenset(ACCEPTED) | frozenset(CHANNELS) | {MidMeasure.name}
"""Operations that need no decomposition."""


def accepts(operation: Operator) -> bool:
    """Return whether an operation, or what it applies under a condition, needs no decomposition."""
    written = operation.base if isinstance(operation, Conditional) else operation
    return written.name in NAMES


def to_qiskit(
    circuit: Any,
    wires: WiresLike | None = None,
    rotations: bool = True,
    measure_all: bool = False,
) -> Any:
    """Return a circuit as a ``QuantumCircuit`` of Qiskit.

    Qubit ``i`` is the wire ``i`` of ``wires``; bit ``i`` receives the outcome of the ``i``-th
    measured wire. An argument of the quantum function that is a text becomes a ``Parameter`` of
    that name. The unitary is the same up to a global phase.

    Parameters
    ----------
    circuit : QNode, quantum function or QuantumScript
    wires : wires, optional
        The wire of each qubit; default those of the circuit, in order of appearance.
    rotations : bool
        Whether to rotate to the eigenbases of the observables before measuring.
    measure_all : bool
        Whether to measure all wires, or only those of the circuit's measurements.

    Returns
    -------
    QuantumCircuit, or function
        For a QNode or function: a function of its arguments that returns the circuit.

    Raises
    ------
    QuantumFunctionError
        The circuit has batches, or observables without a common basis.
    UnsupportedOperation
        A gate cannot be decomposed.

    Examples
    --------
    >>> def circuit(x):
    ...     qg.RX(2 * x, wires="a")
    >>> qg.to_qiskit(circuit)("theta").parameters
    ParameterView([Parameter(theta)])
    """

    def write(tape: Tape, symbols: tuple[str, ...]) -> QuantumCircuit:
        return _circuit(
            outgoing(
                tape,
                symbols,
                accepts,
                wires=wires,
                rotations=rotations,
                measure_all=measure_all,
                target="Qiskit",
            )
        )

    return writer(circuit, write)


def _circuit(source: Outgoing) -> QuantumCircuit:
    circuit = QuantumCircuit(len(source.wires))
    parameters = {slot: Parameter(name) for slot, name in enumerate(source.symbols)}
    places = source.places
    outcomes = ClassicalRegister(len(places), "m")
    if places:
        circuit.add_register(outcomes)
    for operation in source.operations:
        qubits = source.wires.indices(operation.wires)
        if isinstance(operation, MidMeasure):
            circuit.measure(qubits[0], outcomes[places[operation.meas_uid]])
            if operation.reset:
                circuit.reset(qubits[0])
        elif isinstance(operation, Conditional):
            chosen = true_outcomes(operation, places)
            if chosen:
                with circuit.if_test(_condition(chosen, outcomes)):
                    _append(circuit, operation.base, qubits, parameters)
        else:
            _append(circuit, operation, qubits, parameters)
    if source.measured:
        bits = ClassicalRegister(len(source.measured), "c")
        circuit.add_register(bits)
        circuit.measure(source.wires.indices(source.measured), bits)
    return circuit


def _condition(chosen: Sequence[Assignment], outcomes: ClassicalRegister) -> Any:
    """Return a condition of Qiskit that is true for the chosen outcomes."""
    if len(chosen) == 1 and len(chosen[0]) == 1:
        ((place, bit),) = chosen[0]
        return outcomes[place], bit
    alternatives = [
        reduce(
            expr.logic_and,
            [outcomes[place] if bit else expr.logic_not(outcomes[place]) for place, bit in each],
        )
        for each in chosen
    ]
    return reduce(expr.logic_or, alternatives)


def _append(
    circuit: QuantumCircuit,
    operation: Operator,
    qubits: Any,
    parameters: Mapping[int, Parameter],
) -> None:
    if isinstance(operation, Channel):
        circuit.append(Kraus(kraus_numbers(operation, "Qiskit")).to_instruction(), qubits[::-1])
        return
    kinds = zip(operation.parameters, operation.parameter_kinds, strict=True)
    angles = [_angle(value, parameters) for value, kind in kinds if kind is ParameterKind.ANGLES]
    if operation.name == "GlobalPhase":
        circuit.global_phase -= angles[0]
    elif operation.name == BARRIER:
        circuit.barrier(*qubits)
    elif operation.name == IDENTITY:
        for qubit in qubits:
            circuit.id(qubit)
    else:
        native = NATIVE[operation.name]
        order = qubits[::-1] if native.last_first else qubits
        circuit.append(native.make(operation, angles), order)


def _angle(value: Any, parameters: Mapping[int, Parameter]) -> Any:
    """Return an angle as a number, or as an expression of parameters."""
    if not isinstance(value, Affine):
        return number(value)
    total: Any = value.offset
    for slot, factor in value.terms:
        term = parameters[slot] if factor == 1.0 else factor * parameters[slot]
        total = term if isinstance(total, float) and not total else total + term
    return total
