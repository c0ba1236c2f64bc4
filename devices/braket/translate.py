"""Translation of a structure to one parametrised Braket circuit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from braket.circuits import Circuit, FreeParameter, Gate, Instruction, Observable
from braket.circuits.serialization import (
    IRType,
    OpenQASMSerializationProperties,
    QubitReferenceType,
)

from qgate.caches import MIB, sized_cache
from qgate.devices.braket.feed_forward import (
    conditional,
    conditional_slots,
    is_left_out,
    measured,
    with_inputs,
)
from qgate.devices.braket.gates import GATES, IDENTITY, UNREAD, Form, Step, forms, sequences
from qgate.measurements import MeasurementKind
from qgate.operations.operator import Operator
from qgate.operations.recorded import Recorded, RecordedCondition
from qgate.operations.slots import Affine
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.transforms.decomposition import freeze
from qgate.typing import FloatArray, Wire
from qgate.wires import Wires


class Placing(Enum):
    """Meaning of the qubits of a circuit."""

    FREE = "numbers; the service chooses the device's qubits"
    PHYSICAL = "the device's qubits; its gates are compiled"
    VERBATIM = "the device's qubits; what is sent is run as it is"


PHYSICAL = OpenQASMSerializationProperties(qubit_reference_type=QubitReferenceType.PHYSICAL)


@dataclass(frozen=True, slots=True)
class Style:
    """Style of circuits for a device.

    Parameters
    ----------
    placing : Placing
        Unless it is ``FREE``, wires are numbers of the device's qubits.
    native : frozenset of str
        Native gates, used in verbatim circuits.
    reads_all : bool
        Whether the device measures all qubits of a circuit or none.
    state : str
        The result type from which expectation values are computed, ``state_vector`` or
        ``density_matrix``; empty: each is a result type of its own, which SDK simulators on this
        machine take 15 ms to parse.
    """

    placing: Placing = Placing.FREE
    native: frozenset[str] = frozenset()
    reads_all: bool = False
    state: str = ""

    @property
    def forms(self) -> Mapping[str, Form]:
        """Native form of each of our gates."""
        if self.placing is Placing.VERBATIM:
            return forms(self.native)
        return {ours: Form(theirs) for ours, theirs in GATES.items()}

    @property
    def sequences(self) -> Mapping[str, tuple[Step, ...]]:
        """Gates that are written as several native gates of the device."""
        return sequences(self.native) if self.placing is Placing.VERBATIM else {}


FREE = Style()

Word = tuple[str, tuple[int, ...]]
"""Letters of a Pauli word, in lower case as in OpenQASM, and the qubit of each."""


@dataclass(frozen=True, eq=False)
class Translation:
    """Structure as a Braket circuit, with the places of its measurements.

    Parameters
    ----------
    circuit : braket.circuits.Circuit
        Its qubits are 0, 1, ... in the order of the device's wires, those that the structure
        does not use left out; or the wires themselves, where these are a device's qubits. Each
        slot is a ``FreeParameter``.
    source : str
        The circuit in OpenQASM 3.
    slots : tuple of int
        The slots that occur in the circuit.
    qubits : tuple of tuple of int
        Measured qubits of each measurement, its first wire first.
    read : tuple of int
        All measured qubits, in the order of the request.
    ordered : bool
        Whether the order of the shots is requested.
    words : tuple of Word
        Pauli words whose exact expectation values are requested, in place of probabilities.
    """

    circuit: Any
    source: str
    slots: tuple[int, ...]
    qubits: tuple[tuple[int, ...], ...]
    read: tuple[int, ...]
    ordered: bool
    words: tuple[Word, ...] = ()

    def inputs(self, rows: FloatArray) -> dict[str, list[float]]:
        """Return the values of each parameter for the given rows."""
        return {slot_name(slot): rows[:, slot].tolist() for slot in self.slots}


def translate(sweep: Sweep, wires: Wires, style: Style = FREE) -> Translation:
    """Translate the structure of a sweep to a Braket circuit; cached by structure.

    Parameters
    ----------
    sweep : Sweep
        Sweep in gates of the table; its matrices become constants of the circuit. Its measurements
        are ``counts`` or ``sample``; or, if it has no shots, any number of ``probs``, or one of
        kind ``terms``.
    wires : Wires
        The wires of the device, in its order.
    style : Style
    """
    frozen = freeze(sweep, frozenset(range(sweep.structure.num_arrays)))
    return _translate(frozen.structure, wires, style)


def slot_name(slot: int) -> str:
    """Return the parameter name of a slot."""
    return f"slot_{slot}"


@sized_cache(256 * MIB)
def _translate(structure: Structure, wires: Wires, style: Style) -> Translation:
    placed = places(structure, wires, style)
    circuit = _circuit(structure, placed, style)
    qubits = tuple(tuple(placed[wire] for wire in item.wires) for item in structure.measurements)
    kinds = {item.kind for item in structure.measurements}
    # ascending, because the SDK (1.127) mixes up other orders of a probability's qubits
    wanted = {qubit for targets in qubits for qubit in targets}
    read = tuple(sorted(placed.values() if style.reads_all else wanted))
    words: tuple[Word, ...] = ()
    if kinds == {MeasurementKind.TERMS}:
        words = _words(structure.measurements[0].observable, placed)
        _ask_for(words, circuit, style)
    elif kinds == {MeasurementKind.PROBS}:
        circuit.probability(read)
    else:
        circuit.measure(read)
    later = [slot_name(slot) for slot in conditional_slots(structure)] if structure.records else []
    names = {*(parameter.name for parameter in circuit.parameters), *later}
    return Translation(
        circuit,
        with_inputs(_source(circuit, style), later),
        tuple(slot for slot in range(structure.num_slots) if slot_name(slot) in names),
        qubits,
        read,
        MeasurementKind.SAMPLE in kinds,
        words,
    )


def _words(observable: Any, places: Mapping[Wire, int]) -> tuple[Word, ...]:
    """Return the Pauli words of a sum on the circuit's qubits, in its order."""
    qubits = [places[wire] for wire in observable.wires]
    letters = np.array([["", "z"], ["x", "y"]])[observable.x.astype(int), observable.z.astype(int)]
    return tuple(
        ("".join(row), tuple(qubit for qubit, letter in zip(qubits, row, strict=True) if letter))
        for row in letters.tolist()
    )


def _ask_for(words: Sequence[Word], circuit: Circuit, style: Style) -> None:
    """Add result types for the expectation values of Pauli words."""
    if style.state:
        getattr(circuit, style.state)()
        return
    for letters, targets in words:
        circuit.expectation(_product(letters), list(targets))


def _product(letters: str) -> Observable:
    factors = [getattr(Observable, letter.upper())() for letter in letters]
    return factors[0] if len(factors) == 1 else Observable.TensorProduct(factors)


def places(structure: Structure, wires: Wires, style: Style) -> dict[Wire, int]:
    """Return the qubit of each wire that is used."""
    used = set(structure.wires) - structure.records
    order = [wire for wire in wires if wire in used]
    if style.placing is Placing.FREE:
        return {wire: place for place, wire in enumerate(order)}
    return {wire: int(wire) for wire in order}


def _circuit(structure: Structure, places: Mapping[Wire, int], style: Style) -> Circuit:
    """Return the gates of a structure."""
    forms, steps, keys = style.forms, style.sequences, _keys(structure)
    instructions = [
        instruction
        for operation in structure.operations
        for instruction in _instructions(operation, places, forms, steps, keys)
    ]
    if style.placing is Placing.VERBATIM:
        return Circuit().add_verbatim_box(Circuit(instructions)) if instructions else Circuit()
    touched = {int(qubit) for instruction in instructions for qubit in instruction.target}
    # without an identity, the results leave out a qubit that no gate acts on, or put it last
    idle = [Instruction(Gate.I(), [place]) for place in places.values() if place not in touched]
    return Circuit([*instructions, *idle])


def _keys(structure: Structure) -> dict[Wire, int]:
    """Return the feedback key of each recorded outcome."""
    records = [item.record for item in structure.operations if isinstance(item, Recorded)]
    return {record: key for key, record in enumerate(records)}


def _source(circuit: Circuit, style: Style) -> str:
    written = None if style.placing is Placing.FREE else PHYSICAL
    return str(circuit.to_ir(IRType.OPENQASM, serialization_properties=written).source)


def _instructions(
    operation: Operator,
    places: Mapping[Wire, int],
    forms: Mapping[str, Form],
    steps: Mapping[str, tuple[Step, ...]],
    keys: Mapping[Wire, int],
) -> list[Instruction]:
    if isinstance(operation, Recorded):
        return measured(operation, places[operation.measured[0]], keys[operation.record])
    if isinstance(operation, RecordedCondition):
        if is_left_out(operation):
            return []
        angle = _parameter(operation.parameters[0]) if operation.parameters else 0.0
        return conditional(operation, angle, places[operation.base.wires[0]], keys)
    if operation.name in UNREAD:
        return []
    if operation.name == IDENTITY:
        return [Instruction(Gate.I(), [places[wire]]) for wire in operation.wires]
    if operation.name in steps:
        return [_native(step, operation, places) for step in steps[operation.name]]
    return [_instruction(operation, places, forms[operation.name])]


def _native(step: Step, operation: Operator, places: Mapping[Wire, int]) -> Instruction:
    """Return one of the native gates that a rotation is made of."""
    (angle,), (wire,) = operation.parameters, operation.wires
    turned = step.offset
    if step.factor:
        turned = step.factor * _parameter(angle) + step.offset
    return Instruction(getattr(Gate, step.gate)(turned), [places[wire]])


def _instruction(operation: Operator, places: Mapping[Wire, int], form: Form) -> Instruction:
    parameters = [*(_parameter(symbol) for symbol in operation.parameters), *form.angles]
    gate = getattr(Gate, form.gate)(*parameters)
    return Instruction(gate, [places[wire] for wire in operation.wires])


def _parameter(symbol: Any) -> Any:
    """Return a slot as a free parameter, and a number or matrix unchanged."""
    if isinstance(symbol, Affine):
        ((slot, _),) = symbol.terms
        return FreeParameter(slot_name(slot))
    return symbol if np.ndim(symbol) else float(symbol)
