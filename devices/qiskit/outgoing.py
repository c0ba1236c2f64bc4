"""Circuits as circuits of Qiskit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.circuit import Parameter

from qgate.devices.qiskit.gates import ACCEPTED, BARRIER, IDENTITY, NATIVE
from qgate.interchange.outgoing import Outgoing, number, outgoing, writer
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.slots import Affine
from qgate.tape import Tape
from qgate.transforms.decomposition import GateSet
from qgate.typing import WiresLike

ACCEPTS = GateSet(frozenset(ACCEPTED))


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
                ACCEPTS,
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
    for operation in source.operations:
        _append(circuit, operation, source.wires.indices(operation.wires), parameters)
    if source.measured:
        bits = ClassicalRegister(len(source.measured), "c")
        circuit.add_register(bits)
        circuit.measure(source.wires.indices(source.measured), bits)
    return circuit


def _append(
    circuit: QuantumCircuit,
    operation: Operator,
    qubits: Any,
    parameters: Mapping[int, Parameter],
) -> None:
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
