"""Translation of a structure to one parametrised circuit of Qiskit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.circuit import Instruction, Parameter, ParameterVector

from qgate.devices.qiskit.dynamic import (
    READOUT,
    condition,
    read_beside,
    record,
    recorded_bits,
)
from qgate.devices.qiskit.gates import BARRIER, IDENTITY, NATIVE, UNSEEN
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.recorded import Recorded, RecordedCondition
from qgate.operations.slots import Affine
from qgate.structure import Structure
from qgate.wires import Wires


def probabilities_label(index: int) -> str:
    """Return the name under which Aer keeps the probabilities of one measurement."""
    return f"probabilities_{index}"


def translate(
    structure: Structure, wires: Wires, *, identity: Callable[[], Instruction] | None = None
) -> QuantumCircuit:
    """Translate a structure to a circuit with a free parameter for each slot.

    Only the requested wires are measured. The first of them is stored in the last classical bit,
    which Qiskit writes first, so that its outcomes, read as numbers, have the first wire most
    significant. The order of bits is reversed here and nowhere else.

    Parameters
    ----------
    structure : Structure
        Structure in native gates, with constant matrices; each angle is a slot or a number.
    wires : Wires
        The wire of each qubit of the circuit.
    identity : callable, optional
        Function that creates the instruction for each wire of an identity; default: identities are
        left out.

    Returns
    -------
    QuantumCircuit
        Circuit in which slot ``i`` is element ``i`` of a parameter vector. A measurement of
        probabilities is saved under ``probabilities_label`` of its index.
    """
    circuit = QuantumCircuit(len(wires))
    slots = ParameterVector("slot", structure.num_slots)
    bits = recorded_bits(circuit, structure) if structure.records else {}
    for operation in structure.operations:
        if isinstance(operation, Recorded):
            record(circuit, operation, bits, wires)
        elif isinstance(operation, RecordedCondition):
            if operation.base.name not in UNSEEN:
                with circuit.if_test(condition(operation, bits)):
                    _append(circuit, operation.base, slots, wires)
        elif operation.name == IDENTITY and identity is not None:
            for qubit in wires.indices(operation.wires):
                circuit.append(identity(), [qubit])
        elif operation.name not in UNSEEN:
            _append(circuit, operation, slots, wires)
    for index, measurement in enumerate(structure.measurements):
        if bits:
            read_beside(circuit, measurement, bits, wires)
        else:
            _read(circuit, measurement, index, wires)
    return circuit


def _append(
    circuit: QuantumCircuit, operation: Operator, slots: Sequence[Parameter], wires: Wires
) -> None:
    qubits = wires.indices(operation.wires)
    if operation.name == BARRIER:
        circuit.barrier(*qubits)
        return
    native = NATIVE[operation.name]
    angles = [
        slots[symbol.terms[0][0]] if isinstance(symbol, Affine) else float(symbol)
        for symbol, kind in zip(operation.parameters, operation.parameter_kinds, strict=True)
        if kind is ParameterKind.ANGLES
    ]
    circuit.append(native.make(operation, angles), qubits[::-1] if native.last_first else qubits)


def _read(circuit: QuantumCircuit, measurement: Measurement, index: int, wires: Wires) -> None:
    last_first = wires.indices(measurement.wires)[::-1]
    if measurement.kind is MeasurementKind.PROBS:
        from qiskit_aer.library import SaveProbabilities

        label = probabilities_label(index)
        circuit.append(SaveProbabilities(len(last_first), label=label), last_first)
        return
    readout = ClassicalRegister(len(last_first), READOUT)
    circuit.add_register(readout)
    circuit.measure(last_first, readout)
