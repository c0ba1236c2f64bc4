"""Dynamic circuits of Qiskit: measurements in the middle, and gates under conditions.

An outcome that is measured at the end is recorded in its bit of the readout, others in a register
of their own, which follows. A condition is an expression of Qiskit in these bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.circuit import Clbit
from qiskit.circuit.classical import expr
from qiskit.providers import BackendV2

from qgate.devices.qiskit.bounded import bounded_gates
from qgate.devices.qiskit.gates import ACCEPTED
from qgate.measurements import Measurement
from qgate.operations.recorded import MID_MEASURE, Recorded, RecordedCondition
from qgate.operations.selected import cubes
from qgate.structure import Structure
from qgate.typing import Wire
from qgate.wires import Wires

READOUT = "readout"
"""Name of the classical register of the measured bits."""

OUTCOMES = "outcomes"
"""Name of the classical register of the outcomes that are not measured at the end."""

NEEDED = frozenset({"if_else", "measure", "reset"})
"""Operations of a target that runs dynamic circuits."""

Bits = Mapping[Wire, Clbit]
"""The classical bit of each measured wire and of each outcome."""


def accepted_by(backend: BackendV2) -> frozenset[str]:
    """Return the names of the operations that need no decomposition for a backend.

    A backend with gates whose angles have a limited range (IBM's fractional gates) runs no dynamic
    circuits with them.
    """
    target = getattr(backend, "target", None)
    if target is None or not target.operation_names >= NEEDED or bounded_gates(target):
        return ACCEPTED
    return ACCEPTED | {MID_MEASURE}


def unread_records(structure: Structure) -> int:
    """Return the number of outcomes that are recorded and not measured at the end."""
    measured = {wire for item in structure.measurements for wire in item.wires}
    return len(structure.records - measured)


def recorded_bits(circuit: QuantumCircuit, structure: Structure) -> Bits:
    """Add the classical registers of a circuit that records outcomes, and return their bits."""
    (measurement,) = structure.measurements
    records = [item.record for item in structure.operations if isinstance(item, Recorded)]
    unread = [wire for wire in records if wire not in measurement.wires]
    readout = ClassicalRegister(len(measurement.wires), READOUT)
    circuit.add_register(readout)
    bits = dict(zip(measurement.wires[::-1], readout, strict=True))
    if unread:
        others = ClassicalRegister(len(unread), OUTCOMES)
        circuit.add_register(others)
        bits |= dict(zip(unread, others, strict=True))
    return bits


def record(circuit: QuantumCircuit, operation: Recorded, bits: Bits, wires: Wires) -> None:
    """Measure a wire into the bit of its outcome."""
    qubit = wires.index(operation.measured[0])
    circuit.measure(qubit, bits[operation.record])
    if operation.reset:
        circuit.reset(qubit)


def condition(operation: RecordedCondition, bits: Bits) -> expr.Expr | tuple[Clbit, int]:
    """Return the condition of a gate: a bit and its value, or an expression of several bits."""
    controls = [bits[wire] for wire in operation.condition_wires]
    terms = [
        [(control, bit) for control, bit in zip(controls, cube, strict=True) if bit is not None]
        for cube in cubes(operation.table)
    ]
    if len(terms) == 1 and len(terms[0]) == 1:
        return terms[0][0]
    products = [reduce(expr.logic_and, [_literal(*item) for item in term]) for term in terms]
    return reduce(expr.logic_or, products)


def _literal(bit: Clbit, value: int) -> expr.Expr:
    return expr.lift(bit) if value else expr.logic_not(bit)


def read_beside(
    circuit: QuantumCircuit, measurement: Measurement, bits: Bits, wires: Wires
) -> None:
    """Measure the wires that are not recorded outcomes, at the end."""
    for wire in measurement.wires:
        if wire in wires:
            circuit.measure(wires.index(wire), bits[wire])
