"""Operations of compiled circuits, on physical qubits, as operators for drawings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qgate.operations.gate import GATES, ROWS
from qgate.operations.operator import Operator
from qgate.operations.recorded import Recorded, RecordedCondition
from qgate.wires import Wires

SHAPED: Mapping[str, str] = {
    "barrier": "Barrier",
    "ccx": "Toffoli",
    "ccnot": "Toffoli",
    "cnot": "CNOT",
    "cswap": "CSWAP",
    "cx": "CNOT",
    "cz": "CZ",
    "swap": "SWAP",
}
"""Gates of vendors that are drawn by signs; the others are boxes with the vendor's name."""


@dataclass(frozen=True, order=True, slots=True)
class Qubit:
    """Physical qubit, as the label of a wire."""

    number: int

    def __str__(self) -> str:
        return f"q{self.number}"


@dataclass(frozen=True, slots=True)
class Bit:
    """Classical bit, as the label of a record of outcomes."""

    number: int


class NativeGate(Operator):
    """Operation of a compiled circuit under its vendor's name."""

    has_matrix = False

    @property
    def name(self) -> str:
        return str(self.hyperparameters["name"])

    @property
    def symbol(self) -> str:
        return str(self.hyperparameters["symbol"])


class NativeMeter(Recorded):
    """Measurement whose outcome decides on later operations; it names the wire that it reads."""

    def __init__(self, qubit: Qubit, bit: Bit, symbol: str) -> None:
        self._symbol = symbol
        super().__init__(qubit, bit)

    @property
    def symbol(self) -> str:
        return self._symbol


def native_operations(circuit: Any) -> Iterator[Operator]:
    """Yield the operations of a ``CompiledCircuit``."""
    wires = {place: wire for wire, place in circuit.places}
    read = {bit for part in circuit.operations if part.is_conditional for bit in part.bits}
    for part in circuit.operations:
        if part.name == "measure":
            yield _measured(part, f"┤↗ {wires.get(part.qubits[0], '')}├", read)
        elif part.is_conditional:
            bits = Wires([Bit(number) for number in part.bits])
            yield RecordedCondition(_gate(part), bits, (False,) + (True,) * (2 ** len(bits) - 1))
        else:
            yield _gate(part)


def _gate(part: Any) -> Operator:
    qubits = list(map(Qubit, part.qubits))
    name = SHAPED.get(part.name.lower(), part.name)
    if name in ROWS and len(ROWS[name].angles) == len(part.parameters):
        gate: Operator = GATES[name](*part.parameters, wires=qubits)
        return gate
    return NativeGate(part.parameters, qubits, {"name": part.name, "symbol": part.name})


def _measured(part: Any, symbol: str, read: set[int]) -> Operator:
    bits = [bit for bit in part.bits if bit in read]
    if bits:
        return NativeMeter(Qubit(part.qubits[0]), Bit(bits[0]), symbol)
    qubits = list(map(Qubit, part.qubits))
    return NativeGate((), qubits, {"name": "MidMeasureMP", "symbol": symbol})
