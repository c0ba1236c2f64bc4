"""Serialisable record of submitted circuits, from which results are read without the sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from braket.ir.openqasm import Program
from braket.ir.openqasm.program_set_v1 import ProgramSet

from qgate.devices.braket.translate import Translation, Word, slot_name
from qgate.devices.cloud.remote import Record
from qgate.sweep import Sweep


@dataclass(frozen=True, slots=True)
class Layout:
    """Record of a submitted circuit and of the places of its measurements in the measured bits.

    Parameters
    ----------
    source : str
        Circuit in OpenQASM 3.
    slots : tuple of str
        Names of its inputs.
    qubits : tuple of tuple of int
        Measured qubits of each measurement, its first wire first.
    read : tuple of int
        All measured qubits, in the order of the request.
    ordered : bool
        Whether the order of the shots is requested.
    rows : int
        Number of sets of inputs.
    words : tuple of Word
        Pauli words whose exact expectation values are requested, in place of probabilities.
    """

    source: str
    slots: tuple[str, ...]
    qubits: tuple[tuple[int, ...], ...]
    read: tuple[int, ...]
    ordered: bool
    rows: int
    words: tuple[Word, ...] = ()

    @classmethod
    def of(cls, sweep: Sweep, circuit: Translation) -> Layout:
        """Return the record of a sweep and its circuit."""
        return cls(
            circuit.source,
            tuple(map(slot_name, circuit.slots)),
            circuit.qubits,
            circuit.read,
            circuit.ordered,
            len(sweep),
            circuit.words,
        )

    @property
    def sizes(self) -> list[int]:
        """Number of executables of each of its programs in a set.

        Rows of a circuit with inputs are one program; without inputs each row is a program.
        """
        return [self.rows] if self.slots else [1] * self.rows

    def written(self) -> Record:
        """Return the record as JSON data."""
        return {
            "source": self.source,
            "slots": list(self.slots),
            "qubits": [list(qubits) for qubits in self.qubits],
            "read": list(self.read),
            "ordered": self.ordered,
            "rows": self.rows,
            "words": [[letters, list(targets)] for letters, targets in self.words],
        }

    @classmethod
    def from_written(cls, record: Record) -> Layout:
        """Return a record from the JSON data of ``written``."""
        return cls(
            record["source"],
            tuple(record["slots"]),
            tuple(map(tuple, record["qubits"])),
            tuple(record["read"]),
            record["ordered"],
            record["rows"],
            tuple((letters, tuple(targets)) for letters, targets in record.get("words", ())),
        )


def program_set(sweeps: Sequence[Sweep], circuits: Sequence[Translation]) -> ProgramSet:
    """Return rows of sweeps as a set of programs, one circuit with inputs for each structure."""
    programs: list[Program] = []
    for sweep, circuit in zip(sweeps, circuits, strict=True):
        inputs = circuit.inputs(sweep.rows)
        copies = 1 if circuit.slots else len(sweep)
        programs += [Program(source=circuit.source, inputs=inputs or None)] * copies
    return ProgramSet(programs=programs)


def single_programs(sweep: Sweep, circuit: Translation) -> list[Program]:
    """Return each row of a sweep as a program of its own."""
    inputs = circuit.inputs(sweep.rows)
    return [
        Program(
            source=circuit.source, inputs={name: column[row] for name, column in inputs.items()}
        )
        for row in range(len(sweep))
    ]
