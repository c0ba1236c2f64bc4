"""Matrices of operators: products, and embedding in more wires; over any array namespace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from qgate.arrays import namespace
from qgate.exceptions import MatrixUndefinedError, WireError
from qgate.operations.parameters import require_finite
from qgate.sizes import check_matrix
from qgate.typing import ComplexArray, FloatArray, Namespace, Tensor, WiresLike
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.operations.operator import Operator


def dense_matrix(op: Operator, order: WiresLike | None = None, *, xp: Namespace = None) -> Tensor:
    """Return the matrix of an operator, from its decomposition if it has no other.

    Parameters
    ----------
    op : Operator
    order : wires, optional
        Wires that the matrix is to act on; default the operator's own.
    xp : module, optional
        Array namespace to compute with; default as the parameters need.
    """
    require_finite(op.name, op.parameters)
    xp = namespace(op.parameters) if xp is None else xp
    wires = op.wires if order is None else Wires(order)
    check_matrix(len(op.wires))
    try:
        return embed(op.canonical_matrix(op.parameters, xp), op.wires, wires, xp=xp)
    except MatrixUndefinedError:
        if not op.has_decomposition:
            raise
    return circuit_matrix(op.decomposition(), wires, xp=xp)


def circuit_matrix(operations: Iterable[Operator], wires: Wires, *, xp: Namespace = None) -> Tensor:
    """Return the matrix of a sequence of operators, the first applied first.

    ``wires`` are those that the matrix is to act on, among them those of every operator.
    """
    check_matrix(len(wires))
    gates = list(operations)
    xp = namespace(value for op in gates for value in op.parameters) if xp is None else xp
    matrices = (dense_matrix(op, wires, xp=xp) for op in gates)
    identity = np.eye(2 ** len(wires), dtype=complex)
    return reduce(lambda done, matrix: xp.matmul(matrix, done), matrices, identity)


def embed(matrix: Tensor, wires: Wires, order: Wires, *, xp: Namespace = np) -> Tensor:
    """Embed matrices on ``wires``, shape (..., 2**k, 2**k), as matrices on the wires ``order``.

    The first wire is the most significant. The result, shape (..., 2**n, 2**n), acts as the
    identity on the wires of ``order`` not among ``wires``.
    """
    if wires == order:
        return matrix
    check_matrix(len(order))
    rest = Wires([label for label in order if label not in set(wires)])
    if len(rest) + len(wires) != len(order):
        raise WireError(
            f"A matrix on the wires {list(wires)} cannot be written on {list(order)}. "
            "Name its own wires and any others."
        )
    batch = tuple(matrix.shape[:-2])
    eye = np.eye(2 ** len(rest))
    product = matrix[..., :, None, :, None] * eye[:, None, :]
    n = len(order)
    current = Wires(tuple(wires) + tuple(rest))
    axes = current.indices(order)
    lead = len(batch)
    permutation = (
        *range(lead),
        *(lead + axis for axis in axes),
        *(lead + n + axis for axis in axes),
    )
    tensor = xp.transpose(xp.reshape(product, (*batch, *(2,) * (2 * n))), permutation)
    return xp.reshape(tensor, (*batch, 2**n, 2**n))


def kron(matrices: Iterable[Tensor], *, xp: Namespace = np) -> Tensor:
    """Return the Kronecker product of square matrices, the first most significant."""

    def pair(left: Tensor, right: Tensor) -> Tensor:
        product = right[..., None, :, None, :] * left[..., :, None, :, None]
        size = left.shape[-1] * right.shape[-1]
        return xp.reshape(product, (*product.shape[:-4], size, size))

    return reduce(pair, matrices, np.ones((1, 1), dtype=complex))


def where_ones(matrix: ComplexArray, controls: int, *, rest: float) -> ComplexArray:
    """Return the matrix that is ``matrix`` where the first ``controls`` wires are 1.

    For other states of these it is ``rest`` times the identity. ``matrix`` and the result are both
    matrices, or both diagonals.
    """
    start = (2**controls - 1) * len(matrix)
    diagonal = np.full(start + len(matrix), rest, dtype=complex)
    whole = diagonal if matrix.ndim == 1 else np.diag(diagonal)
    whole[(slice(start, None),) * matrix.ndim] = matrix
    return whole


def basis_vector(bits: Sequence[int]) -> FloatArray:
    """Return the basis state with these bits, the first most significant, shape (2**n,)."""
    vector = np.zeros(2 ** len(bits))
    vector[int("".join(str(int(bit)) for bit in bits) or "0", 2)] = 1.0
    return vector


def dagger(matrix: Tensor, *, xp: Namespace = np) -> Tensor:
    """Return the conjugate transpose over the last two axes."""
    return xp.conj(xp.swapaxes(matrix, -1, -2))


def diagonal_of(matrix: Tensor) -> Tensor:
    """Return the diagonal, shape (..., d), of each matrix, shape (..., d, d).

    By indexing: autograd's rule for ``diagonal`` drops the imaginary part of a derivative.
    """
    entries = np.arange(matrix.shape[-1])
    return matrix[..., entries, entries]


def is_hermitian_matrix(matrix: ComplexArray) -> bool:
    """Return whether a matrix is Hermitian up to rounding."""
    return bool(np.allclose(matrix, dagger(matrix), rtol=1e-8, atol=1e-8))
