"""Two-wire interactions exp(i x G), with G a sum of two-letter Pauli words."""

from __future__ import annotations

import numpy as np

from qgate.operations.gate import GATES, decomposed
from qgate.operations.operator import Operator
from qgate.operations.rotations import PAULI_X, PAULI_Y, PAULI_Z, RX, RY, RZ, PhaseShift
from qgate.typing import Tensor
from qgate.wires import Wires

XX, YY, ZZ = (np.kron(letter, letter) for letter in (PAULI_X, PAULI_Y, PAULI_Z))


@decomposed(2, generator=-XX / 2)
def IsingXX(phi: Tensor, wires: Wires) -> list[Operator]:
    """exp(-i phi XX / 2)."""
    cnot = GATES["CNOT"](wires=wires)
    return [cnot, RX(phi, wires[0]), cnot]


@decomposed(2, generator=-YY / 2)
def IsingYY(phi: Tensor, wires: Wires) -> list[Operator]:
    """exp(-i phi YY / 2)."""
    cy = GATES["CY"](wires=wires)
    return [cy, RY(phi, wires[0]), cy]


@decomposed(2, generator=-ZZ / 2)
def IsingZZ(phi: Tensor, wires: Wires) -> list[Operator]:
    """exp(-i phi ZZ / 2)."""
    cnot = GATES["CNOT"](wires=wires)
    return [cnot, RZ(phi, wires[1]), cnot]


@decomposed(2, generator=(XX + YY) / 4)
def IsingXY(phi: Tensor, wires: Wires) -> list[Operator]:
    """exp(i phi (XX + YY) / 4)."""
    first, second = wires  # XX + YY becomes X on the second wire minus Y on the first
    hadamard, cy = GATES["Hadamard"](wires=first), GATES["CY"](wires=wires)
    return [hadamard, cy, RY(phi / 2, first), RX(-phi / 2, second), cy, hadamard]


@decomposed(2, exact=True, inverse=lambda phi: (-phi,))
def PSWAP(phi: Tensor, wires: Wires) -> list[Operator]:
    """Exchange of two wires, with phase exp(i phi) where they differ."""
    cnot = GATES["CNOT"](wires=wires)
    return [GATES["SWAP"](wires=wires), cnot, PhaseShift(phi, wires[1]), cnot]
