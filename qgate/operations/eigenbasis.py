"""Eigenvalues of matrices, and the gate of the change to their eigenbasis."""

from __future__ import annotations

import numpy as np

from qgate.arrays import is_concrete, is_traced, namespace, unwrap
from qgate.caches import MIB, sized_cache
from qgate.exceptions import EigvalsUndefinedError
from qgate.operations.gate import GATES
from qgate.operations.matrices import dagger, is_hermitian_matrix
from qgate.operations.operator import Operator, without_recording
from qgate.typing import ComplexArray, FloatArray, Tensor
from qgate.wires import Wires


def eigensystem(matrix: Tensor) -> tuple[FloatArray | ComplexArray, ComplexArray]:
    """Return the eigenvalues of a matrix, and the eigenvectors as columns.

    Results are cached by the content of the matrix, so that equal matrices are diagonalised once.
    The eigenvalues of a Hermitian matrix are real and ascending. A batch of matrices is refused.
    """
    plain = np.ascontiguousarray(unwrap(matrix), dtype=complex)
    if plain.ndim != 2:
        raise EigvalsUndefinedError(
            f"The operator has {len(plain)} matrices, a batch. Ask for the eigenvalues of one."
        )
    return _eigensystem(plain.tobytes(), len(plain))


def to_eigenbasis(matrix: Tensor, wires: Wires) -> list[Operator]:
    """Return the gate that maps the eigenbasis of a matrix to the computational basis."""
    if is_traced(matrix) and (not is_concrete(matrix) or is_hermitian_matrix(unwrap(matrix))):
        xp = namespace([matrix])
        turn = xp.conj(xp.swapaxes(xp.linalg.eigh(matrix)[1], -1, -2))
    else:
        turn = dagger(eigensystem(matrix)[1])
    return without_recording(lambda: [GATES["QubitUnitary"](turn, wires=wires)])


@sized_cache(64 * MIB)
def _eigensystem(content: bytes, size: int) -> tuple[FloatArray | ComplexArray, ComplexArray]:
    matrix = np.frombuffer(content, dtype=complex).reshape(size, size)
    values, vectors = (
        np.linalg.eigh(matrix) if is_hermitian_matrix(matrix) else np.linalg.eig(matrix)
    )
    values.setflags(write=False)
    vectors.setflags(write=False)
    return values, vectors
