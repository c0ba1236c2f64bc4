"""One structure as one parametrised Braket circuit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from braket.circuits import Circuit, FreeParameter, Gate, Instruction
from braket.circuits.serialization import IRType

from qgate.devices.braket.gates import GATES, UNREAD
from qgate.measurements import MeasurementKind
from qgate.operations.operator import Operator
from qgate.operations.slots import Affine
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.transforms.decompose import freeze
from qgate.typing import FloatArray
from qgate.wires import Wires


@dataclass(frozen=True, eq=False)
class Translation:
    """A structure as a Braket circuit, read at its end.

    Parameters
    ----------
    circuit : braket.circuits.Circuit
        Its qubits are 0, 1, ... in the order of the device's wires, those that the structure
        does not use left out. Each slot is a ``FreeParameter``.
    source : str
        The circuit in OpenQASM 3.
    slots : tuple of int
        The slots that occur in the circuit.
    qubits : tuple of tuple of int
        The qubits that each measurement reads, its first wire first.
    read : tuple of int
        All qubits that are read, in the order in which they are asked for.
    ordered : bool
        Whether the order of the shots was asked for.
    """

    circuit: Any
    source: str
    slots: tuple[int, ...]
    qubits: tuple[tuple[int, ...], ...]
    read: tuple[int, ...]
    ordered: bool

    def inputs(self, rows: FloatArray) -> dict[str, list[float]]:
        """Return the values of each parameter, one for each of the given rows."""
        return {slot_name(slot): rows[:, slot].tolist() for slot in self.slots}


def translate(sweep: Sweep, wires: Wires) -> Translation:
    """Write the structure of a sweep as a Braket circuit; once per structure.

    Parameters
    ----------
    sweep : Sweep
        In gates of the table; its matrices become constants of the circuit. Its measurements
        are ``counts`` or ``sample``, or any number of ``probs`` if it has no shots.
    wires : Wires
        The wires of the device, in its order.
    """
    frozen = freeze(sweep, frozenset(range(sweep.structure.num_arrays)))
    return _translate(frozen.structure, wires)


def slot_name(slot: int) -> str:
    """Return the name of the parameter that stands for a slot."""
    return f"slot_{slot}"


@lru_cache(maxsize=1024)
def _translate(structure: Structure, wires: Wires) -> Translation:
    used = set(structure.wires)
    order = Wires([wire for wire in wires if wire in used])
    instructions = [
        _instruction(operation, order)
        for operation in structure.operations
        if operation.name not in UNREAD
    ]
    touched = {int(qubit) for instruction in instructions for qubit in instruction.target}
    # a qubit that no gate acts on would be left out of the results, or be put last in them
    idle = [Instruction(Gate.I(), [qubit]) for qubit in range(len(order)) if qubit not in touched]
    circuit = Circuit([*instructions, *idle])
    qubits = tuple(tuple(order.indices(item.wires)) for item in structure.measurements)
    kinds = {item.kind for item in structure.measurements}
    # ascending, because the SDK (1.127) mixes up other orders of a probability's qubits
    read = tuple(sorted({qubit for targets in qubits for qubit in targets}))
    if kinds == {MeasurementKind.PROBS}:
        circuit.probability(read)
    else:
        circuit.measure(read)
    names = {parameter.name for parameter in circuit.parameters}
    return Translation(
        circuit,
        circuit.to_ir(IRType.OPENQASM).source,
        tuple(slot for slot in range(structure.num_slots) if slot_name(slot) in names),
        qubits,
        read,
        MeasurementKind.SAMPLE in kinds,
    )


def _instruction(operation: Operator, order: Wires) -> Instruction:
    parameters = [_parameter(symbol) for symbol in operation.parameters]
    gate = getattr(Gate, GATES[operation.name])(*parameters)
    return Instruction(gate, order.indices(operation.wires))


def _parameter(symbol: Any) -> Any:
    """A slot as a free parameter, a number or matrix as itself."""
    if isinstance(symbol, Affine):
        ((slot, _),) = symbol.terms
        return FreeParameter(slot_name(slot))
    return symbol if np.ndim(symbol) else float(symbol)
