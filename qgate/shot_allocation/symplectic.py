"""Pauli words without their signs, as integers (symplectic representation): x bits above z bits.

Two Pauli words anticommute if an odd number of wires has different letters other than the identity.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qgate.operations.pauli_decomposition import pauli_decompose
from qgate.typing import BoolArray

ONE_WORD_WITHIN = 1e-9
"""Tolerance for the weight 1 of the Pauli word to which a Clifford gate maps a Pauli word."""


def to_integers(x: BoolArray, z: BoolArray) -> NDArray[np.uint64]:
    """Return Pauli words on n <= 32 wires, shape (T,); the first wire is the highest bit."""
    bits = np.concatenate([x, z], axis=1).astype(np.uint64)
    places = np.arange(bits.shape[1] - 1, -1, -1, dtype=np.uint64)
    return np.asarray((bits << places).sum(axis=1, dtype=np.uint64))


def anticommute(words: NDArray[np.uint64], other: int, num_wires: int) -> BoolArray:
    """Return whether each Pauli word anticommutes with another one; any shape."""
    swapped = (other >> num_wires) | ((other & ((1 << num_wires) - 1)) << num_wires)
    return np.asarray(np.bitwise_count(words & np.uint64(swapped)) & 1, dtype=bool)


class Frame:
    """Images D W D^-1 of Pauli words under the Clifford gates D at the end of a circuit."""

    def __init__(self, num_wires: int) -> None:
        self.num_wires = num_wires
        self._images = [1 << bit for bit in range(2 * num_wires)]

    def __call__(self, word: int, columns: Sequence[int]) -> int:
        """Return the image of a Pauli word on some of the wires."""
        image, place = 0, 2 * len(columns) - 1
        for part in (self.num_wires, 0):  # x, then z
            for column in columns:
                if word >> place & 1:
                    image ^= self._images[part + self.num_wires - 1 - column]
                place -= 1
        return image

    def prepend(self, images: Sequence[int], columns: Sequence[int]) -> None:
        """Add a Clifford gate on some of the wires before the others.

        ``images``: its images of X on each of its wires, then of Z.
        """
        found = [self(image, columns) for image in images]
        width = len(columns)
        for place, column in enumerate(columns):
            self._images[2 * self.num_wires - 1 - column] = found[place]
            self._images[self.num_wires - 1 - column] = found[width + place]


def clifford_images(matrix: Any) -> tuple[int, ...] | None:
    """Return a gate's images of X on each of its wires, then of Z; None: no Clifford gate.

    Parameters
    ----------
    matrix : array, shape (2**n, 2**n)
        U; the image of P is U P U^-1.
    """
    dense = np.asarray(matrix, dtype=complex)
    width = len(dense).bit_length() - 1
    images = []
    for letter in "XZ":
        for wire in range(width):
            image = pauli_decompose(dense @ _on_wire(letter, wire, width) @ dense.conj().T)
            if len(image) != 1 or abs(abs(image.coefficients[0]) - 1) > ONE_WORD_WITHIN:
                return None
            on_all = image.expanded(range(width))
            images.append(int(to_integers(on_all.x, on_all.z)[0]))
    return tuple(images)


LETTERS = {"X": np.array([[0, 1], [1, 0]]), "Z": np.diag([1, -1])}


def _on_wire(letter: str, wire: int, width: int) -> Any:
    before, after = np.eye(2**wire), np.eye(2 ** (width - wire - 1))
    return np.kron(np.kron(before, LETTERS[letter]), after)
