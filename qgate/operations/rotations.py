"""Rotations on one wire with one angle, and products of them."""

from __future__ import annotations

from math import pi

import numpy as np

from qgate.operations.gate import Gate, decomposed, gate
from qgate.operations.gate_spec import GateSpec
from qgate.operations.operator import Operator
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires

PAULI_X = np.array([[0, 1], [1, 0]], dtype=complex)
PAULI_Y = np.array([[0, -1j], [1j, 0]])
PAULI_Z = np.array([1.0, -1.0])
"""Diagonal of the Z matrix."""
ONE = np.array([0.0, 1.0])
"""Diagonal of the projector on the state 1."""

RX = gate(
    "Rotation about x, exp(-i phi X / 2).", GateSpec("RX", 1, ("phi",), generator=-PAULI_X / 2)
)
RY = gate(
    "Rotation about y, exp(-i phi Y / 2).", GateSpec("RY", 1, ("phi",), generator=-PAULI_Y / 2)
)
RZ = gate(
    "Rotation about z, exp(-i phi Z / 2).", GateSpec("RZ", 1, ("phi",), generator=-PAULI_Z / 2)
)


class PhaseFactor(Gate):
    """Multiple of the identity."""

    def diagonalizing_gates(self) -> list[Operator]:
        return []

    @classmethod
    def compute_decomposition(
        cls, phi: Tensor, wires: WiresLike = (), id: str | None = None
    ) -> list[Operator]:
        """Return no gates, which are the identity: the phase is global."""
        return []


GlobalPhase = gate(
    "The factor exp(-i phi).",
    GateSpec(
        "GlobalPhase",
        None,
        ("phi",),
        generator=lambda n: -np.ones(2**n),
        eigenvalues=(-1.0,),
        wireless=True,
    ),
    base=PhaseFactor,
)


@decomposed(1, generator=ONE)
def PhaseShift(phi: Tensor, wires: Wires) -> list[Operator]:
    """Phase exp(i phi) on the state 1."""
    return [RZ(phi, wires), GlobalPhase(-phi / 2)]


@decomposed(1, generator=ONE)
def U1(phi: Tensor, wires: Wires) -> list[Operator]:
    """Phase exp(i phi) on the state 1."""
    return [PhaseShift(phi, wires)]


@decomposed(1, exact=True, inverse=lambda phi, delta: (pi - delta, -pi - phi))
def U2(phi: Tensor, delta: Tensor, wires: Wires) -> list[Operator]:
    """P(phi) RY(pi/2) P(delta) with the phase shift P; the rightmost acts first."""
    return [PhaseShift(delta, wires), RY(pi / 2, wires), PhaseShift(phi, wires)]


@decomposed(1, exact=True, inverse=lambda theta, phi, delta: (-theta, -delta, -phi))
def U3(theta: Tensor, phi: Tensor, delta: Tensor, wires: Wires) -> list[Operator]:
    """P(phi) RY(theta) P(delta) with the phase shift P; the rightmost acts first."""
    return [PhaseShift(delta, wires), RY(theta, wires), PhaseShift(phi, wires)]


@decomposed(1, exact=True, inverse=lambda phi, theta, omega: (-omega, -theta, -phi))
def Rot(phi: Tensor, theta: Tensor, omega: Tensor, wires: Wires) -> list[Operator]:
    """Any rotation, RZ(omega) RY(theta) RZ(phi); the rightmost acts first."""
    return [RZ(phi, wires), RY(theta, wires), RZ(omega, wires)]
