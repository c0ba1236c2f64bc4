"""Products and embeddings of matrices, over any array namespace."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

import numpy as np

from qgate.typing import ComplexArray, Tensor
from qgate.wires import Wires


def embed(matrix: Tensor, wires: Wires, order: Wires, *, xp: Any = np) -> Tensor:
    """Write a matrix on ``wires`` as a matrix on the wires ``order``.

    Parameters
    ----------
    matrix : array, shape (..., 2**k, 2**k)
        First of the ``k`` wires most significant; leading axes are a batch.
    wires, order : Wires
        ``order`` contains every one of ``wires``.

    Returns
    -------
    array, shape (..., 2**n, 2**n)
        Acts as the identity on the wires of ``order`` not among ``wires``.
    """
    if wires == order:
        return matrix
    rest = Wires([label for label in order if label not in set(wires)])
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


def kron(matrices: Iterable[Tensor], *, xp: Any = np) -> Tensor:
    """Return the Kronecker product of square matrices, the first most significant."""

    def pair(left: Tensor, right: Tensor) -> Tensor:
        product = left[..., :, None, :, None] * right[..., None, :, None, :]
        size = left.shape[-1] * right.shape[-1]
        return xp.reshape(product, (*product.shape[:-4], size, size))

    return reduce(pair, matrices, np.ones((1, 1), dtype=complex))


def dagger(matrix: Tensor, *, xp: Any = np) -> Tensor:
    """Return the conjugate transpose over the last two axes."""
    return xp.conj(xp.swapaxes(matrix, -1, -2))


def diagonal_of(matrix: Tensor) -> Tensor:
    """Return the diagonal, shape (..., d), of each matrix, shape (..., d, d).

    By indexing: autograd's rule for ``diagonal`` drops the imaginary part of a derivative.
    """
    entries = np.arange(matrix.shape[-1])
    return matrix[..., entries, entries]


def is_diagonal(matrix: ComplexArray) -> bool:
    """Say whether only the diagonal of a constant matrix is occupied."""
    return not np.any(matrix - np.diag(np.diagonal(matrix)))
