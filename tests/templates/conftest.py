"""Dense circuits, built from Kronecker products and matrix exponentials only."""

from __future__ import annotations

from functools import reduce
from typing import Any, Self

import numpy as np
import pytest
import scipy.linalg

from qgate.operations.operator import Operator
from qgate.operations.slots import Affine

PAULIS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}
CONSTANTS = {
    "H": (PAULIS["X"] + PAULIS["Z"]) / np.sqrt(2),
    "X": PAULIS["X"],
    "CNOT": scipy.linalg.block_diag(np.eye(2), PAULIS["X"]),
    "CZ": np.diag([1, 1, 1, -1]),
    "SWAP": np.eye(4)[[0, 2, 1, 3]],
}


class Dense:
    """A circuit on ``n`` wires as a matrix that grows gate by gate."""

    def __init__(self, n: int) -> None:
        self.n, self.matrix = n, np.eye(2**n, dtype=complex)

    def apply(self, matrix: Any, *wires: int) -> Self:
        """Apply a matrix, or a constant gate by name."""
        small = CONSTANTS[matrix] if isinstance(matrix, str) else matrix
        k = len(wires)
        state = self.matrix.reshape((2,) * self.n + (2**self.n,))
        turned = np.tensordot(small.reshape((2,) * (2 * k)), state, (range(k, 2 * k), wires))
        self.matrix = np.moveaxis(turned, range(k), wires).reshape(2**self.n, 2**self.n)
        return self

    def rotate(self, word: str, angle: float, *wires: int) -> Self:
        """Apply exp(-i angle word / 2)."""
        return self.apply(scipy.linalg.expm(-0.5j * angle * word_matrix(word)), *wires)


def word_matrix(word: str) -> Any:
    """Return the matrix of a Pauli word."""
    return reduce(np.kron, [PAULIS[letter] for letter in word])


@pytest.fixture
def dense() -> type[Dense]:
    return Dense


@pytest.fixture
def pauli_matrix() -> Any:
    return word_matrix


@pytest.fixture
def angles_of() -> Any:
    """Decompose an operator with a slot for each angle, and return the gates' angles."""

    def decompose(operator: Operator) -> list[Any]:
        count, symbols = 0, []
        for value in operator.parameters:
            slots = np.empty(np.size(value), dtype=object)
            slots[:] = [Affine.slot(count + k) for k in range(slots.size)]
            symbols.append(slots.reshape(np.shape(value)) if np.shape(value) else slots[0])
            count += slots.size
        gates = operator.with_parameters(symbols).decomposition()
        return [angle for gate in gates for angle in gate.parameters]

    return decompose
