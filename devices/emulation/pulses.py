"""Names and pulses of gates: which calibrated gates a circuit is made of.

A rotation of one qubit is a few pulses, and turns about Z are none: they shift the phase of later
pulses. A run of gates on one qubit is one rotation, so it counts at most as many pulses as any
rotation needs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import pi
from numbers import Real

from qgate.devices.emulation.native_circuit import NativeGate
from qgate.operations.operator import Operator

NAMES: Mapping[str, Sequence[str]] = {
    "Adjoint(S)": ("sdg", "si"),
    "Adjoint(SX)": ("sxdg", "vi"),
    "Adjoint(T)": ("tdg", "ti"),
    "CNOT": ("cx", "cnot"),
    "CZ": ("cz",),
    "ECR": ("ecr",),
    "Hadamard": ("h",),
    "ISWAP": ("iswap",),
    "Identity": ("id", "i"),
    "IsingXX": ("rxx", "xx"),
    "IsingXY": ("xy",),
    "IsingYY": ("ryy", "yy"),
    "IsingZZ": ("rzz", "zz"),
    "PauliX": ("x",),
    "PauliY": ("y",),
    "PauliZ": ("z",),
    "PhaseShift": ("p", "u1", "phaseshift"),
    "RX": ("rx",),
    "RY": ("ry",),
    "RZ": ("rz",),
    "S": ("s",),
    "SWAP": ("swap",),
    "SX": ("sx", "v"),
    "T": ("t",),
    "U3": ("u", "u3"),
}
"""Names of gates in the words of vendors."""

VIRTUAL = frozenset(
    {"Adjoint(S)", "Adjoint(T)", "PauliZ", "PhaseShift", "RZ", "S", "T", "GlobalPhase"}
)
"""Gates without a pulse."""

QUARTERS = frozenset({"Adjoint(SX)", "Hadamard", "PauliX", "PauliY", "SX"})
"""Gates of one pulse, a quarter or half turn, between turns about Z."""

PULSES: Mapping[str, int] = {"prx": 1, "r": 1, "sx": 2, "rx": 2, "gpi2": 2, "u3": 1, "u": 1}
"""Number of pulses of any rotation of a qubit, by the native gate."""

NO_PULSE = "rz"
"""Name of gates without a pulse, which calibrations have as virtual."""

ANY_PULSE = ""
"""Name of a pulse where no native gate is known; a calibration has it as all gates of a qubit."""


@dataclass(frozen=True, slots=True)
class GateNames:
    """Names of the gates of a device.

    Parameters
    ----------
    own : mapping of str to str
        Names of gates that have an error of their own, by the name of the gate here.
    pulse : str
        Name of the pulses of other gates on one qubit.
    most : int
        Number of pulses of any rotation.
    """

    own: Mapping[str, str]
    pulse: str
    most: int

    @classmethod
    def among(cls, native: Collection[str]) -> GateNames:
        """Return the names of a device with some native gates, in any case."""
        known = {name.lower() for name in native}
        own = {ours: name for ours, names in NAMES.items() for name in names if name in known}
        pulse = next((name for name in PULSES if name in known), ANY_PULSE)
        return cls(own, pulse, PULSES.get(pulse, 1))

    def gates(self, operations: Sequence[Operator], *, merged: bool = True) -> Iterator[NativeGate]:
        """Yield gates on qubits with their names; further pulses of a gate have no operators.

        Parameters
        ----------
        operations : sequence of Operator
            On wires with the numbers of qubits.
        merged : bool
            Whether a run of gates on a qubit counts as one rotation.
        """
        made: dict[object, int] = defaultdict(int)
        for item in operations:
            qubits = tuple(item.wires)
            if len(qubits) != 1:
                made.update(dict.fromkeys(qubits, 0))
                yield NativeGate(self.own.get(item.name, item.name), qubits, (item,))
            elif item.name in self.own and not (merged and item.name in ("RX", "RY")):
                yield NativeGate(self.own[item.name], qubits, (item,))
            else:
                left = self.most - made[qubits[0]] if merged else self.most
                pulses = max(0, min(self._pulses(item), left))
                made[qubits[0]] += pulses
                yield NativeGate(self.pulse if pulses else NO_PULSE, qubits, (item,))
                yield from [NativeGate(self.pulse, qubits)] * (pulses - 1)

    def _pulses(self, item: Operator) -> int:
        if item.name in VIRTUAL:
            return 0
        if item.name in QUARTERS or _is_quarter(item):
            return 1
        return self.most


def _is_quarter(item: Operator) -> bool:
    """Return whether a rotation is by a constant multiple of a quarter turn."""
    (angle, *more) = (*item.parameters, None)
    if item.name not in ("RX", "RY") or len(more) != 1 or not isinstance(angle, Real):
        return False
    quarters = float(angle) / (pi / 2)
    return abs(quarters - round(quarters)) < 1e-9  # rounding of angles
