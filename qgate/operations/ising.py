"""Two-wire interactions exp(i x G), with G a sum of two-letter Pauli words."""

from __future__ import annotations

import numpy as np

from qgate.operations.gate import GATES, gate
from qgate.operations.gate_spec import GateSpec
from qgate.operations.operator import Operator
from qgate.operations.rotations import PAULI_X, PAULI_Y, PAULI_Z, RX, RY, RZ, PhaseShift
from qgate.typing import Tensor
from qgate.wires import Wires


def _ising_xx(phi: Tensor, wires: Wires) -> list[Operator]:
    cnot = GATES["CNOT"]
    return [cnot(wires=wires), RX(phi, wires[0]), cnot(wires=wires)]


def _ising_yy(phi: Tensor, wires: Wires) -> list[Operator]:
    cy = GATES["CY"]
    return [cy(wires=wires), RY(phi, wires[0]), cy(wires=wires)]


def _ising_zz(phi: Tensor, wires: Wires) -> list[Operator]:
    cnot = GATES["CNOT"]
    return [cnot(wires=wires), RZ(phi, wires[1]), cnot(wires=wires)]


def _ising_xy(phi: Tensor, wires: Wires) -> list[Operator]:
    """Map XX + YY to X on the second wire minus Y on the first."""
    first, second = wires
    hadamard, cy = GATES["Hadamard"], GATES["CY"]
    return [
        hadamard(wires=first),
        cy(wires=wires),
        RY(phi / 2, first),
        RX(-phi / 2, second),
        cy(wires=wires),
        hadamard(wires=first),
    ]


def _pswap(phi: Tensor, wires: Wires) -> list[Operator]:
    """Swap, then shift the phase where the two wires differ."""
    swap, cnot = GATES["SWAP"], GATES["CNOT"]
    return [swap(wires=wires), cnot(wires=wires), PhaseShift(phi, wires[1]), cnot(wires=wires)]


IsingXX = gate(
    "exp(-i phi XX / 2).",
    GateSpec(
        "IsingXX", 2, ("phi",), generator=-np.kron(PAULI_X, PAULI_X) / 2, decomposition=_ising_xx
    ),
)
IsingYY = gate(
    "exp(-i phi YY / 2).",
    GateSpec(
        "IsingYY", 2, ("phi",), generator=-np.kron(PAULI_Y, PAULI_Y) / 2, decomposition=_ising_yy
    ),
)
IsingZZ = gate(
    "exp(-i phi ZZ / 2).",
    GateSpec(
        "IsingZZ", 2, ("phi",), generator=-np.kron(PAULI_Z, PAULI_Z) / 2, decomposition=_ising_zz
    ),
)
IsingXY = gate(
    "exp(i phi (XX + YY) / 4).",
    GateSpec(
        "IsingXY",
        2,
        ("phi",),
        generator=(np.kron(PAULI_X, PAULI_X) + np.kron(PAULI_Y, PAULI_Y)) / 4,
        decomposition=_ising_xy,
    ),
)
PSWAP = gate(
    "Exchange of two wires, with phase exp(i phi) where they differ.",
    GateSpec("PSWAP", 2, ("phi",), factors=_pswap, inverse=lambda phi: (-phi,)),
)
