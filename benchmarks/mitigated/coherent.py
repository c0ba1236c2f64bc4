"""Coherent error: a rotation after each two-qubit gate, beside the noise of a device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import qgate as qg
from qgate.devices.emulation.native_circuit import NativeGate, Noise
from qgate.operations.operator import Operator


@dataclass(frozen=True)
class CoherentNoise:
    """Noise of a device, and exp(-i angle/2 ZZ) after each gate on two qubits.

    Parameters
    ----------
    noise : Noise
    angle : float
        In radians.
    """

    noise: Noise
    angle: float

    def around(self, gate: NativeGate) -> Sequence[Operator]:
        """Return the gate, the rotation, and the channels of the device."""
        operators = list(self.noise.around(gate))
        if len(gate.qubits) == 2:
            place = len(gate.operators)
            operators.insert(place, qg.IsingZZ(self.angle, wires=gate.qubits))
        return operators

    @property
    def digest(self) -> str:
        """Digest of the noise and the angle."""
        return f"{self.noise.digest}, ZZ {self.angle}"

    def __getattr__(self, name: str) -> Any:
        if name == "noise":  # while a copy is made
            raise AttributeError(name)
        return getattr(self.noise, name)
