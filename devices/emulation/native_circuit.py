"""Circuits as a device runs them, for a simulator, and the noise between their gates.

A device compiles a structure once, with its angles left free. The compiled circuit is again a
structure, on the device's qubits as wires, whose slots are the free angles. Channels are inserted
after its gates, and where a qubit waits for the next one, so that noisy circuits are rows of a
sweep like all others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from qgate.devices.compiled import BARRIER
from qgate.devices.emulation.calibration import Calibration, Confusion, Qubits
from qgate.devices.emulation.channels import gate_channels, idle_channels, readout_channels
from qgate.measurements import Measurement
from qgate.operations.operator import Operator
from qgate.short_repr import fields_summary
from qgate.structure import Structure
from qgate.typing import FloatArray, Wire
from qgate.wires import Wires

RowMap: TypeAlias = Callable[[FloatArray], FloatArray]
"""Map from rows of a structure to rows of its compiled circuit, (K, P) to (K, Q)."""


@dataclass(frozen=True, slots=True)
class NativeGate:
    """Gate of a compiled circuit.

    Parameters
    ----------
    name : str
        Name in the vendor's words, as in the calibration.
    qubits : tuple of int
    operators : tuple of Operator
        What it does, on wires with the numbers of the qubits; angles are functions of slots.
    """

    name: str
    qubits: Qubits
    operators: tuple[Operator, ...] = ()


@dataclass(frozen=True, eq=False)
class NativeCircuit:
    """Compiled circuit of a structure.

    Parameters
    ----------
    gates : tuple of NativeGate
        First applied first; gates named ``barrier`` keep the others in order in time.
    places : mapping of wire to int
        Qubit of each wire at the end, where it is measured.
    num_slots : int
        Number of free angles.
    rows : callable
    """

    gates: tuple[NativeGate, ...]
    places: Mapping[Wire, int]
    num_slots: int
    rows: RowMap = field(default=lambda rows: rows)

    __repr__ = fields_summary


class Noise(Protocol):
    """Noise of a device: channels after gates, of waiting qubits, and of readouts."""

    def around(self, gate: NativeGate) -> Sequence[Operator]:
        """Return the operators of a gate with its channels."""

    def during(self, qubit: int, duration_s: float) -> Sequence[Operator]:
        """Return the channels of a qubit that waits."""

    def duration_s(self, gate: NativeGate) -> float:
        """Return the duration of a gate in seconds; 0: unknown."""

    def confusion(self, qubit: int) -> Confusion:
        """Return the readout errors p(1|0) and p(0|1) of a qubit."""

    @property
    def digest(self) -> str:
        """Short text that differs for other noise."""

    @property
    def source(self) -> str:
        """Origin of the noise, for plans."""

    @property
    def names(self) -> frozenset[str]:
        """Names of the gates that have noise, in a vendor's words."""

    @property
    def by_labels(self) -> bool:
        """Whether it knows wires by their labels, and gates as they are written here."""

    @property
    def merges(self) -> bool:
        """Whether a run of gates on a qubit counts as one rotation."""


@dataclass(frozen=True, slots=True)
class CalibratedNoise:
    """Noise made from the calibration of a device.

    Parameters
    ----------
    calibration : Calibration
    idle : bool
        Whether qubits relax while they wait.
    """

    calibration: Calibration
    idle: bool = True
    _found: dict[tuple[str, Qubits], list[Operator]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def around(self, gate: NativeGate) -> Sequence[Operator]:
        key = gate.name, gate.qubits
        if key not in self._found:
            self._found[key] = gate_channels(self.calibration, *key)
        return [*gate.operators, *self._found[key]]

    @property
    def names(self) -> frozenset[str]:
        return self.calibration.gate_names

    @property
    def by_labels(self) -> bool:
        return False

    @property
    def merges(self) -> bool:
        return True

    @property
    def source(self) -> str:
        dated = f" of {self.calibration.date}" if self.calibration.date else ""
        return f"the {self.calibration.source or 'given calibration'}{dated}"

    def during(self, qubit: int, duration_s: float) -> Sequence[Operator]:
        return idle_channels(self.calibration, qubit, duration_s) if self.idle else ()

    def duration_s(self, gate: NativeGate) -> float:
        return self.calibration.duration_s(gate.name, gate.qubits) or 0.0

    def confusion(self, qubit: int) -> Confusion:
        return self.calibration.confusion(qubit)

    @property
    def digest(self) -> str:
        return self.calibration.digest if self.idle else f"{self.calibration.digest}, not idle"


def noisy_structure(
    circuit: NativeCircuit, measurements: Sequence[Measurement], noise: Noise
) -> Structure:
    """Return a compiled circuit with noise, as a structure on the device's qubits.

    Parameters
    ----------
    circuit : NativeCircuit
    measurements : sequence of Measurement
        Of wires of the original circuit.
    noise : Noise
    """
    operations: list[Operator] = []
    for gate, waiting in zip(circuit.gates, waits_s(circuit.gates, noise), strict=True):
        if gate.name != BARRIER:
            operations += noise.around(gate)
        for qubit, duration_s in waiting.items():
            operations += noise.during(qubit, duration_s)
    placed = [
        item.with_wires(Wires([circuit.places[wire] for wire in item.wires]))
        for item in measurements
    ]
    read = dict.fromkeys(qubit for item in placed for qubit in item.wires)
    for qubit in read:
        operations += readout_channels(*noise.confusion(qubit), qubit)
    return Structure(operations, placed, circuit.num_slots, 0)


def waits_s(gates: Sequence[NativeGate], noise: Noise) -> list[dict[int, float]]:
    """Return for each gate the time in seconds that its qubits wait after it.

    Every gate starts as late as possible, and all qubits are measured together at the end. Before
    its first gate a qubit is in the ground state, where it stays.
    """
    left: dict[int, float] = defaultdict(float)  # time from here to the end, by qubit
    found = []
    for gate in reversed(gates):
        end = max(left[qubit] for qubit in gate.qubits)
        found.append({qubit: end - left[qubit] for qubit in gate.qubits if end > left[qubit]})
        duration_s = 0.0 if gate.name == BARRIER else noise.duration_s(gate)
        left.update(dict.fromkeys(gate.qubits, end + duration_s))
    return found[::-1]
