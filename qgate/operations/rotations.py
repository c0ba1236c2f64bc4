"""Rotations on one wire with one angle, and products of them."""

from __future__ import annotations

from math import pi

import numpy as np

from qgate.operations.gate import gate
from qgate.operations.gate_spec import GateSpec

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
)
PhaseShift = gate(
    "Phase exp(i phi) on the state 1.",
    GateSpec(
        "PhaseShift",
        1,
        ("phi",),
        generator=ONE,
        decomposition=lambda phi, wires: [RZ(phi, wires), GlobalPhase(-phi / 2)],
    ),
)
U1 = gate(
    "Phase exp(i phi) on the state 1.",
    GateSpec(
        "U1",
        1,
        ("phi",),
        generator=ONE,
        decomposition=lambda phi, wires: [PhaseShift(phi, wires)],
    ),
)
U2 = gate(
    "P(phi) RY(pi/2) P(delta) with the phase shift P; the rightmost acts first.",
    GateSpec(
        "U2",
        1,
        ("phi", "delta"),
        factors=lambda phi, delta, wires: [
            PhaseShift(delta, wires),
            RY(pi / 2, wires),
            PhaseShift(phi, wires),
        ],
        inverse=lambda phi, delta: (pi - delta, -pi - phi),
    ),
)
U3 = gate(
    "P(phi) RY(theta) P(delta) with the phase shift P; the rightmost acts first.",
    GateSpec(
        "U3",
        1,
        ("theta", "phi", "delta"),
        factors=lambda theta, phi, delta, wires: [
            PhaseShift(delta, wires),
            RY(theta, wires),
            PhaseShift(phi, wires),
        ],
        inverse=lambda theta, phi, delta: (-theta, -delta, -phi),
    ),
)
Rot = gate(
    "Any rotation, RZ(omega) RY(theta) RZ(phi); the rightmost acts first.",
    GateSpec(
        "Rot",
        1,
        ("phi", "theta", "omega"),
        factors=lambda phi, theta, omega, wires: [
            RZ(phi, wires),
            RY(theta, wires),
            RZ(omega, wires),
        ],
        inverse=lambda phi, theta, omega: (-omega, -theta, -phi),
    ),
)
