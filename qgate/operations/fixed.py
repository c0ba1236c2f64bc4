"""Gates without angles on one and two wires."""

from __future__ import annotations

from functools import lru_cache
from math import pi, sqrt

import numpy as np

from qgate.operations.gate import GATES, Gate, decomposed
from qgate.operations.gate_spec import Option
from qgate.operations.ising import IsingXY
from qgate.operations.operator import Operator, without_recording
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_gates import basis_gates
from qgate.operations.rotations import PAULI_X, PAULI_Y, PAULI_Z, RX, RY, GlobalPhase, PhaseShift
from qgate.typing import ComplexArray, FloatArray
from qgate.wires import Wires


@lru_cache(maxsize=1024)
def word_of(letter: str, wires: Wires) -> PauliSum:
    """Return the word with the same letter on some wires; equal ones are one object."""
    return PauliSum.word(dict.fromkeys(wires, letter))


class PauliGate(Gate):
    """A Pauli matrix, or the identity on any number of wires: a gate and an observable."""

    @property
    def letter(self) -> str:
        """The letter of the matrix, which is the public name of its gate."""
        return type(self).__name__

    @property
    def pauli_rep(self) -> PauliSum:
        return word_of(self.letter, self.wires)

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


class HadamardGate(Gate):
    """Gate that is an observable without being a Pauli word."""

    def eigvals(self) -> FloatArray:
        return np.array([1.0, -1.0])

    def diagonalizing_gates(self) -> list[Operator]:
        return without_recording(lambda: [RY(-pi / 4, self.wires)])


def _ones(n: int, **options: bool) -> FloatArray:
    """Return the diagonal of the identity."""
    return np.ones(2**n)


@decomposed(None, matrix=_ones, inverse="Identity", wireless=True, base=PauliGate, public="I")
def Identity(wires: Wires) -> list[Operator]:
    """The identity on any number of wires."""
    return []


@decomposed(
    None,
    matrix=_ones,
    inverse="Barrier",
    options={"only_visual": Option("bool, optional", "Whether compilers may ignore it.", False)},
    wireless=True,
)
def Barrier(wires: Wires, only_visual: bool) -> list[Operator]:
    """The identity; compilers do not move gates past it."""
    return []


@decomposed(1, matrix=PAULI_X, base=PauliGate, public="X")
def PauliX(wires: Wires) -> list[Operator]:
    """The Pauli matrix X, the flip."""
    return [RX(pi, wires), GlobalPhase(-pi / 2)]


@decomposed(1, matrix=PAULI_Y, base=PauliGate, public="Y")
def PauliY(wires: Wires) -> list[Operator]:
    """The Pauli matrix Y."""
    return [RY(pi, wires), GlobalPhase(-pi / 2)]


@decomposed(1, matrix=PAULI_Z, base=PauliGate, public="Z")
def PauliZ(wires: Wires) -> list[Operator]:
    """The Pauli matrix Z, the sign."""
    return [PhaseShift(pi, wires)]


@decomposed(1, matrix=np.array([[1, 1], [1, -1]]) / sqrt(2), base=HadamardGate, public="H")
def Hadamard(wires: Wires) -> list[Operator]:
    """(X + Z) / sqrt(2)."""
    return [RY(pi / 2, wires), RX(pi, wires), GlobalPhase(-pi / 2)]


@decomposed(1, matrix=np.array([1.0, 1j]))
def S(wires: Wires) -> list[Operator]:
    """Phase i on the state 1, the square root of Z."""
    return [PhaseShift(pi / 2, wires)]


@decomposed(1, matrix=np.array([1.0, np.exp(1j * pi / 4)]))
def T(wires: Wires) -> list[Operator]:
    """Phase exp(i pi / 4) on the state 1, the square root of S."""
    return [PhaseShift(pi / 4, wires)]


@decomposed(1, matrix=np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2)
def SX(wires: Wires) -> list[Operator]:
    """The square root of X."""
    return [RX(pi / 2, wires), GlobalPhase(-pi / 4)]


def _exchange(diagonal: complex, across: complex) -> ComplexArray:
    """Return the matrix that mixes 01 and 10 and leaves 00 and 11 unchanged."""
    matrix = np.eye(4, dtype=complex)
    matrix[1:3, 1:3] = [[diagonal, across], [across, diagonal]]
    return matrix


@decomposed(2, matrix=_exchange(0, 1))
def SWAP(wires: Wires) -> list[Operator]:
    """Exchange of two wires."""
    cnot = GATES["CNOT"](wires=wires)
    return [cnot, GATES["CNOT"](wires=wires[::-1]), cnot]


@decomposed(2, matrix=_exchange(0, 1j))
def ISWAP(wires: Wires) -> list[Operator]:
    """Exchange of two wires with phase i, exp(i pi (XX + YY) / 4)."""
    first, second = wires
    cnots = [GATES["CNOT"](wires=wires), GATES["CNOT"](wires=wires[::-1])]
    return [S(first), S(second), Hadamard(first), *cnots, Hadamard(second)]


@decomposed(2, matrix=_exchange(1 / sqrt(2), 1j / sqrt(2)))
def SISWAP(wires: Wires) -> list[Operator]:
    """The square root of ISWAP, exp(i pi (XX + YY) / 8)."""
    return [IsingXY(pi / 2, wires)]


@decomposed(
    2, matrix=np.array([[0, 0, 1, 1j], [0, 0, 1j, 1], [1, -1j, 0, 0], [-1j, 1, 0, 0]]) / sqrt(2)
)
def ECR(wires: Wires) -> list[Operator]:
    """Echoed cross resonance, (XI - YX) / sqrt(2)."""
    first, second = wires  # exp(-i pi ZX / 4) is a CNOT and two rotations
    return [GATES["CNOT"](wires=wires), S(first), RX(pi / 2, second), PauliX(first)]


I, X, Y, Z, H, SQISW = Identity, PauliX, PauliY, PauliZ, Hadamard, SISWAP  # noqa: E741
