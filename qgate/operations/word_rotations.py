"""Product of rotations about Pauli words, each with its own angle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.operations.operator import Operator, without_recording
from qgate.operations.pauli_matrices import entries
from qgate.operations.pauli_rotations import PauliRot, word_rotation
from qgate.operations.pauli_words import from_letters
from qgate.typing import ComplexArray, FloatArray, Tensor, Wire
from qgate.wires import Wires


class WordRotations(Operator):
    """Product of exp(-i a[j] P[j] / 2), the first of them applied first.

    Parameters
    ----------
    angles : array, shape (m,)
        In radians; a leading axis is a batch.
    words : sequence of str
        m Pauli words, a letter for each wire.
    wires : wires
    """

    has_matrix = False
    has_decomposition = True
    ndim_params = (1,)

    def __init__(self, angles: Tensor, words: Sequence[str], wires: Sequence[Wire]) -> None:
        super().__init__((angles,), Wires(wires), {"words": tuple(words)})

    @property
    def words(self) -> tuple[str, ...]:
        """The Pauli words, in the order in which they are applied."""
        words: tuple[str, ...] = tuple(self.hyperparameters["words"])  # type: ignore[arg-type]
        return words

    @property
    def parameter_frequencies(self) -> list[tuple[float, ...]]:
        return [(1.0,)]  # of each angle separately: every word squares to the identity

    def decomposition(self) -> list[Operator]:
        columns = self.parameters[0].T  # a batch is the leading axis
        pairs = enumerate(self.words)
        return without_recording(
            lambda: [word_rotation(columns[j], word, self.wires, IdleRotation) for j, word in pairs]
        )


class IdleRotation(PauliRot):  # type: ignore[misc, valid-type]
    """``PauliRot`` that only a derivative needs; in the unshifted circuit its angle is 0.

    It can be removed from a circuit in which its angle is 0.
    """

    name = "PauliRot"


def rotated(vectors: ComplexArray, angles: FloatArray, words: Sequence[str]) -> ComplexArray:
    """Apply rotations about m Pauli words to the columns of a matrix, shape (2**n, c).

    The first word is applied first. Angles that are 0 cost nothing.
    """
    turning = [j for j, angle in enumerate(angles) if angle]
    rows, values = entries(*from_letters([words[j] for j in turning]))
    for j, row, value in zip(turning, rows, values, strict=True):
        flipped = np.empty_like(vectors)
        flipped[row] = value[:, None] * vectors
        vectors = np.cos(angles[j] / 2) * vectors - 1j * np.sin(angles[j] / 2) * flipped
    return vectors


def is_idle(operation: Operator) -> bool:
    """Return whether an operation can be removed where all its angles are 0."""
    return isinstance(operation, WordRotations | IdleRotation)
