"""Gates on the amplitudes of states, one operation at a time, for any array framework."""

from __future__ import annotations

from typing import Any

import numpy as np

from qgate.operations.operator import Operator
from qgate.typing import Namespace, Tensor


def apply(
    state: Tensor, operation: Operator, axes: list[int], n: int, *, xp: Namespace = np
) -> Tensor:
    """Apply an operation to some of the n wires of every row of ``state``, shape (K, 2**n)."""
    if operation.is_diagonal:
        diagonal = operation.canonical_diagonal(operation.parameters, xp)
        return apply_diagonal(state, diagonal, axes, n, xp=xp)
    matrix = operation.canonical_matrix(operation.parameters, xp)
    return apply_matrix(state, matrix, axes, n, xp=xp)


def apply_matrix(
    state: Tensor, matrix: Tensor, axes: list[int], n: int, *, xp: Namespace = np
) -> Tensor:
    """Apply a matrix (d, d), or one per row (K, d, d), to some wires of states (K, 2**n)."""
    k = len(axes)
    permutation, inverse = to_front(axes, n)
    tensor = xp.transpose(xp.reshape(state, (-1, *(2,) * n)), permutation)
    tensor = xp.matmul(matrix, xp.reshape(tensor, (-1, 2**k, 2 ** (n - k))))
    tensor = xp.transpose(xp.reshape(tensor, (-1, *(2,) * n)), inverse)
    return xp.reshape(tensor, (-1, 2**n))


def apply_diagonal(
    state: Tensor, diagonal: Tensor, axes: list[int], n: int, *, xp: Namespace = np
) -> Tensor:
    """Apply a diagonal (d,), or one per row (K, d), to some wires of states (K, 2**n)."""
    return state * diagonal[..., part_of_index(axes, n)]


def apply_projector(
    state: Tensor, vector: Tensor, axes: list[int], n: int, *, xp: Namespace = np
) -> Tensor:
    """Apply |v><v| of a vector (d,) to some wires of states (K, 2**n), without its matrix."""
    k = len(axes)
    permutation, inverse = to_front(axes, n)
    tensor = xp.transpose(xp.reshape(state, (-1, *(2,) * n)), permutation)
    tensor = xp.reshape(tensor, (-1, 2**k, 2 ** (n - k)))
    overlap = xp.sum(xp.conj(vector)[None, :, None] * tensor, axis=1)
    tensor = vector[None, :, None] * overlap[:, None, :]
    tensor = xp.transpose(xp.reshape(tensor, (-1, *(2,) * n)), inverse)
    return xp.reshape(tensor, (-1, 2**n))


def prepare(
    state: Tensor, vector: Tensor, axes: list[int], n: int, *, xp: Namespace = np
) -> Tensor:
    """Set some wires, which must be in the state 0, to a state (d,), or one per row (K, d)."""
    k = len(axes)
    permutation, inverse = to_front(axes, n)
    tensor = xp.transpose(xp.reshape(state, (-1, *(2,) * n)), permutation)
    rest = xp.reshape(tensor, (-1, 2**k, 2 ** (n - k)))[:, 0, :]
    product = xp.reshape(vector, (-1, 2**k, 1)) * rest[:, None, :]
    tensor = xp.transpose(xp.reshape(product, (-1, *(2,) * n)), inverse)
    return xp.reshape(tensor, (-1, 2**n))


def to_front(axes: list[int], n: int) -> tuple[list[int], list[int]]:
    """Return the permutation that moves these wires behind the rows, and its inverse."""
    rest = [axis for axis in range(n) if axis not in axes]
    permutation = [0, *(axis + 1 for axis in axes), *(axis + 1 for axis in rest)]
    return permutation, [int(axis) for axis in np.argsort(permutation)]


def part_of_index(axes: list[int], n: int) -> Any:
    """Return, for each basis state of all wires, its index on some of them."""
    states = np.arange(2**n)
    index = np.zeros(2**n, dtype=np.int64)
    for axis in axes:
        index = (index << 1) | ((states >> (n - 1 - axis)) & 1)
    return index
