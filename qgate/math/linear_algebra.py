"""Linear algebra on arrays of every framework, several of which may go together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import autoray
import numpy as np

from qgate.arrays import namespace, opened, shape_of
from qgate.math.conversion import complexes
from qgate.math.dispatch import dispatched, namespace_of, together
from qgate.math.interfaces import get_interface, is_sparse
from qgate.operations.matrix_functions import root
from qgate.operations.parameters import as_array
from qgate.typing import Axes, Nested, Tensor


def stack(values: Sequence[Nested], axis: int = 0, like: str | None = None) -> Tensor:
    """Return arrays joined along a new axis; ``like`` has no effect."""
    arrays = [as_array(value) for value in values]
    return opened(namespace_of(arrays).stack(arrays, axis=axis))


def concatenate(values: Sequence[Nested], axis: int | None = 0, like: str | None = None) -> Tensor:
    """Return arrays joined along an axis; None: flattened. ``like`` has no effect."""
    arrays = [as_array(value) for value in values]
    xp = namespace_of(arrays)
    if axis is None:
        arrays, axis = [xp.reshape(value, (-1,)) for value in arrays], 0
    return opened(xp.concatenate(arrays, axis=axis))


def dot(tensor1: Nested, tensor2: Nested, like: str | None = None) -> Tensor:
    """Return the dot product, as ``numpy.dot``; ``like`` has no effect."""
    if is_sparse(tensor1) or is_sparse(tensor2):
        return tensor1 * tensor2 if np.isscalar(tensor1) else tensor1.dot(tensor2)
    return together("dot", tensor1, tensor2)


def matmul(tensor1: Nested, tensor2: Nested, like: str | None = None) -> Tensor:
    """Return the matrix product; ``like`` has no effect."""
    if is_sparse(tensor1) or is_sparse(tensor2):
        return tensor1 @ tensor2
    return together("matmul", tensor1, tensor2)


def tensordot(
    tensor1: Nested, tensor2: Nested, axes: int | Sequence[Axes] = 2, like: str | None = None
) -> Tensor:
    """Contract several axes, as ``numpy.tensordot``; ``like`` has no effect."""
    return together("tensordot", tensor1, tensor2, axes=axes)


def kron(*args: Nested, like: str | None = None) -> Tensor:
    """Return the Kronecker product of matrices, dense or sparse; ``like`` has no effect."""
    if any(map(is_sparse, args)):
        from scipy.sparse import kron as sparse_kron  # scipy.sparse is slow to import

        return reduce(lambda left, right: sparse_kron(left, right, format="csr"), args)
    return reduce(lambda left, right: together("kron", left, right), args)


def einsum(
    indices: str, *operands: Nested, like: str | None = None, optimize: object = None
) -> Tensor:
    """Contract by named axes; ``like`` and ``optimize`` have no effect on the result."""
    arrays = [as_array(value) for value in operands]
    return opened(namespace_of(arrays).einsum(indices, *arrays))


def add(tensor1: Nested, tensor2: Nested, *, like: str | None = None) -> Tensor:
    """Return the sum of two arrays; ``like`` has no effect."""
    if is_sparse(tensor1) or is_sparse(tensor2):
        return tensor1 + tensor2
    return together("add", tensor1, tensor2)


def where(condition: Tensor, x: Nested = None, y: Nested = None) -> Tensor:
    """Choose entries by a condition; without ``x`` and ``y``, return where it holds.

    The positions are one array for each axis, a single one of shape (axes, N) in TensorFlow.
    """
    if x is None and y is None:
        found = dispatched("where")(condition)
        return found if get_interface(condition) != "tensorflow" else dispatched("transpose")(found)
    arrays = [as_array(value) for value in (condition, x, y)]
    return opened(namespace_of(arrays).where(*arrays))


def diag(values: Nested, k: int = 0, like: str | None = None) -> Tensor:
    """Return a matrix with a diagonal, or the k-th diagonal of a matrix; ``like`` has no effect."""
    given = as_array(values)
    lengths = shape_of(given)
    if len(lengths) > 1:
        rows, columns = np.nonzero(np.eye(lengths[0], lengths[1], k=k))
        return opened(given[rows, columns])
    square = together("multiply", given[:, None], np.eye(lengths[0]))
    return _padded(square, (max(-k, 0), max(k, 0)), (max(k, 0), max(-k, 0)))


def block_diag(values: Sequence[Nested], like: str | None = None) -> Tensor:
    """Return matrices along the diagonal of a larger one; ``like`` has no effect."""
    blocks = [as_array(value) for value in values]
    widths = [shape_of(block)[1] for block in blocks]
    rows = [
        _padded(block, (0, sum(widths[:at])), (0, sum(widths[at + 1 :])))
        for at, block in enumerate(blocks)
    ]
    return concatenate(rows, axis=0)


def _padded(block: Tensor, before: tuple[int, int], after: tuple[int, int]) -> Tensor:
    """Return a matrix with rows and columns of zeros before and after it."""
    height, _ = shape_of(block)
    sides = [np.zeros((height, width)) for width in (before[1], after[1])]
    wide = concatenate([sides[0], block, sides[1]], axis=1)
    width = shape_of(wide)[1]
    ends = [np.zeros((rows, width)) for rows in (before[0], after[0])]
    return concatenate([ends[0], wide, ends[1]], axis=0)


def norm(tensor: Nested, like: str | None = None, **kwargs: Any) -> Tensor:
    """Return the norm of an array, as ``numpy.linalg.norm``; ``like`` has no effect."""
    given = as_array(tensor)
    if is_sparse(given):
        from scipy.sparse.linalg import norm as sparse_norm  # scipy.sparse is slow to import

        return sparse_norm(given, **kwargs)
    if kwargs.get("ord") is None and kwargs.get("axis") is None:
        xp = namespace_of([given])  # differentiable in complex entries, too
        return opened(xp.sqrt(xp.sum(xp.real(given) ** 2 + xp.imag(given) ** 2)))
    if get_interface(given) == "torch" and "axis" in kwargs:
        kwargs["dim"] = kwargs.pop("axis")
    return dispatched("linalg.norm")(opened(given), **kwargs)


def svd(tensor: Tensor, like: str | None = None, **kwargs: Any) -> Tensor:
    """Return the singular value decomposition U, S, V^H; ``like`` has no effect.

    ``compute_uv=False``: only the singular values.
    """
    only_values = kwargs.pop("compute_uv", True) is False
    found = dispatched("linalg.svd")(tensor, **kwargs)
    return found[1] if only_values else found


def expm(tensor: Tensor, like: str | None = None) -> Tensor:
    """Return the exponential of a matrix; no derivatives in autograd. ``like`` has no effect."""
    return autoray.do("linalg.expm", tensor)


def frobenius_inner_product(
    A: Nested, B: Nested, normalize: bool = False, like: str | None = None
) -> Tensor:
    """Return tr(A^T B), the sum of the products of the entries of two matrices.

    ``normalize``: divided by the Frobenius norms of both. ``like`` has no effect.
    """
    one, two = as_array(A), as_array(B)
    xp = namespace_of([one, two])
    product = xp.sum(xp.multiply(one, two))
    if normalize:
        product = product / xp.sqrt(xp.sum(one * one) * xp.sum(two * two))
    return opened(product)


def sqrt_matrix(density_matrix: Nested) -> Tensor:
    """Return the square root of positive semidefinite matrices, shape (..., d, d).

    It can be differentiated to any order, with equal eigenvalues too. Eigenvalues below 0, from
    rounding, count as 0.
    """
    rho = complexes(density_matrix)
    return opened(root(rho, namespace([rho])))
