"""Gates without angles on one and two wires."""

from __future__ import annotations

from math import pi, sqrt
from typing import Any, ClassVar

import numpy as np

from qgate.operations.gate import GATES, Gate, gate
from qgate.operations.gate_spec import GateSpec, Option
from qgate.operations.ising import IsingXY
from qgate.operations.operator import Operator, without_recording
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_gates import basis_gates
from qgate.operations.rotations import RX, RY, GlobalPhase, PhaseShift
from qgate.typing import FloatArray
from qgate.wires import Wires


class PauliGate(Gate):
    """A Pauli matrix, or the identity on any number of wires: a gate and an observable."""

    letter: ClassVar[str]

    @property
    def pauli_rep(self) -> PauliSum:
        return PauliSum.word(dict.fromkeys(self.wires, self.letter))

    def __eq__(self, other: object) -> bool:
        return self.pauli_rep == other if isinstance(other, PauliSum) else super().__eq__(other)

    def __hash__(self) -> int:
        return hash(self.pauli_rep)

    def eigvals(self) -> FloatArray:
        if self.letter == "I":
            return np.ones(2 ** len(self.wires))
        return np.array([1.0, -1.0])

    def diagonalizing_gates(self) -> list[Operator]:
        return basis_gates(self.letter * len(self.wires), self.wires)


class XGate(PauliGate):
    """Bit flip."""

    letter = "X"


class YGate(PauliGate):
    """Bit flip with a phase."""

    letter = "Y"


class ZGate(PauliGate):
    """Phase flip."""

    letter = "Z"


class IdentityGate(PauliGate):
    """Identity; its decomposition is empty."""

    letter = "I"


class HadamardGate(Gate):
    """Gate that is an observable without being a Pauli word."""

    def eigvals(self) -> FloatArray:
        return np.array([1.0, -1.0])

    def diagonalizing_gates(self) -> list[Operator]:
        return without_recording(lambda: [RY(-pi / 4, self.wires)])


def _nothing(wires: Wires, **options: Any) -> list[Operator]:
    return []


Identity = gate(
    "The identity on any number of wires.",
    GateSpec(
        "Identity",
        None,
        matrix=lambda n: np.ones(2**n),
        decomposition=_nothing,
        inverse="Identity",
        wireless=True,
    ),
    base=IdentityGate,
    public="I",
)
Barrier = gate(
    "The identity; compilers do not move gates past it.",
    GateSpec(
        "Barrier",
        None,
        matrix=lambda n, only_visual: np.ones(2**n),
        decomposition=_nothing,
        inverse="Barrier",
        options={
            "only_visual": Option("bool, optional", "Whether compilers may ignore it.", False)
        },
        wireless=True,
    ),
)
PauliX = gate(
    "The Pauli matrix X, the flip.",
    GateSpec(
        "PauliX",
        1,
        matrix=np.array([[0, 1], [1, 0]], dtype=complex),
        decomposition=lambda wires: [RX(pi, wires), GlobalPhase(-pi / 2)],
        inverse="PauliX",
    ),
    base=XGate,
    public="X",
)
PauliY = gate(
    "The Pauli matrix Y.",
    GateSpec(
        "PauliY",
        1,
        matrix=np.array([[0, -1j], [1j, 0]]),
        decomposition=lambda wires: [RY(pi, wires), GlobalPhase(-pi / 2)],
        inverse="PauliY",
    ),
    base=YGate,
    public="Y",
)
PauliZ = gate(
    "The Pauli matrix Z, the sign.",
    GateSpec(
        "PauliZ",
        1,
        matrix=np.array([1.0, -1.0]),
        decomposition=lambda wires: [PhaseShift(pi, wires)],
        inverse="PauliZ",
    ),
    base=ZGate,
    public="Z",
)
Hadamard = gate(
    "(X + Z) / sqrt(2).",
    GateSpec(
        "Hadamard",
        1,
        matrix=np.array([[1, 1], [1, -1]], dtype=complex) / sqrt(2),
        decomposition=lambda wires: [RY(pi / 2, wires), RX(pi, wires), GlobalPhase(-pi / 2)],
        inverse="Hadamard",
    ),
    base=HadamardGate,
    public="H",
)
S = gate(
    "Phase i on the state 1, the square root of Z.",
    GateSpec(
        "S",
        1,
        matrix=np.array([1.0, 1j]),
        decomposition=lambda wires: [PhaseShift(pi / 2, wires)],
    ),
)
T = gate(
    "Phase exp(i pi / 4) on the state 1, the square root of S.",
    GateSpec(
        "T",
        1,
        matrix=np.array([1.0, np.exp(1j * pi / 4)]),
        decomposition=lambda wires: [PhaseShift(pi / 4, wires)],
    ),
)
SX = gate(
    "The square root of X.",
    GateSpec(
        "SX",
        1,
        matrix=np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2,
        decomposition=lambda wires: [RX(pi / 2, wires), GlobalPhase(-pi / 4)],
    ),
)


def _swap(wires: Wires) -> list[Operator]:
    cnot = GATES["CNOT"]
    return [cnot(wires=wires), cnot(wires=wires[::-1]), cnot(wires=wires)]


def _iswap(wires: Wires) -> list[Operator]:
    first, second = wires
    cnot = GATES["CNOT"]
    return [
        S(first),
        S(second),
        Hadamard(first),
        cnot(wires=(first, second)),
        cnot(wires=(second, first)),
        Hadamard(second),
    ]


def _ecr(wires: Wires) -> list[Operator]:
    """Write exp(-i pi ZX / 4) as a CNOT and two rotations, then flip the first wire."""
    first, second = wires
    return [GATES["CNOT"](wires=wires), S(first), RX(pi / 2, second), PauliX(first)]


def _exchange(diagonal: complex, across: complex) -> np.ndarray[Any, Any]:
    """Return the matrix that mixes 01 and 10 and leaves 00 and 11 unchanged."""
    matrix = np.eye(4, dtype=complex)
    matrix[1:3, 1:3] = [[diagonal, across], [across, diagonal]]
    return matrix


SWAP = gate(
    "Exchange of two wires.",
    GateSpec("SWAP", 2, matrix=_exchange(0, 1), decomposition=_swap, inverse="SWAP"),
)
ISWAP = gate(
    "Exchange of two wires with phase i, exp(i pi (XX + YY) / 4).",
    GateSpec("ISWAP", 2, matrix=_exchange(0, 1j), decomposition=_iswap),
)
SISWAP = gate(
    "The square root of ISWAP, exp(i pi (XX + YY) / 8).",
    GateSpec(
        "SISWAP",
        2,
        matrix=_exchange(1 / sqrt(2), 1j / sqrt(2)),
        decomposition=lambda wires: [IsingXY(pi / 2, wires)],
    ),
)
ECR = gate(
    "Echoed cross resonance, (XI - YX) / sqrt(2).",
    GateSpec(
        "ECR",
        2,
        matrix=np.array([[0, 0, 1, 1j], [0, 0, 1j, 1], [1, -1j, 0, 0], [-1j, 1, 0, 0]]) / sqrt(2),
        decomposition=_ecr,
        inverse="ECR",
    ),
)

I, X, Y, Z, H, SQISW = Identity, PauliX, PauliY, PauliZ, Hadamard, SISWAP  # noqa: E741
