"""Properties of an operator that are computed from its matrix, and an assertion of equality."""

from __future__ import annotations

import numpy as np

from qgate.arrays import unwrap
from qgate.exceptions import described
from qgate.operations.functions import equal
from qgate.operations.matrices import dagger, dense_matrix, is_hermitian_matrix
from qgate.operations.operator import Operator, require_operators
from qgate.recording import paused


def is_hermitian(op: Operator) -> bool:
    """Return whether an operator is Hermitian, by its class or by its matrix.

    Raises
    ------
    MatrixUndefinedError
        It has no matrix.
    """
    require_operators("is_hermitian", op)
    with paused():
        return op.is_hermitian or is_hermitian_matrix(unwrap(dense_matrix(op)))


def is_unitary(op: Operator) -> bool:
    """Return whether the matrix of an operator is unitary.

    Raises
    ------
    MatrixUndefinedError
        It has no matrix.
    """
    require_operators("is_unitary", op)
    with paused():
        matrix = unwrap(dense_matrix(op))
    return bool(np.allclose(matrix @ dagger(matrix), np.eye(matrix.shape[-1])))


def assert_equal(
    op1: object,
    op2: object,
    check_interface: bool = True,
    check_trainability: bool = True,
    rtol: float = 1e-5,
    atol: float = 1e-9,
) -> None:
    """Raise an ``AssertionError`` unless two operators, measurements or tapes are equal.

    Arguments as for ``equal``.
    """
    if not equal(op1, op2, check_interface, check_trainability, rtol, atol):
        raise AssertionError(f"{described(op1)} and {described(op2)} are not equal.")
