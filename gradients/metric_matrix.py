"""Symmetric matrices by the angles of a circuit, such as its metric tensor."""

from __future__ import annotations

from typing import Any

from qgate.arrays import namespace
from qgate.gradients.classical_jacobian import ClassicalPart
from qgate.gradients.qnode_transform import HybridTransform
from qgate.tape import Tape


class MatrixTransform(HybridTransform):
    """Transform of a tape to a matrix (n, n) by its trainable slots, returned by ``expand``.

    Required: ``name``, ``expand`` and ``scale``.
    """

    scale: float
    """Factor of the matrix."""

    def of_tape(self, quantum: Any, tape: Tape) -> Any:
        return quantum * self.scale

    def of_argument(self, quantum: Any, classical: ClassicalPart, index: int) -> Any:
        shape, matrix = classical.shape(index), self.matrix_of(quantum, classical, index)
        return namespace([matrix]).reshape(matrix, (*shape, *shape))

    def matrix_of(self, quantum: Any, classical: ClassicalPart, index: int) -> Any:
        """Return the matrix by the elements of one argument."""
        jacobian = classical.flat(index)
        xp = namespace([quantum, jacobian])
        return self.scale * xp.matmul(jacobian.T, xp.matmul(quantum, jacobian))
