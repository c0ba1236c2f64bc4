"""Array functions with numpy's names for TensorFlow tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from qgate.arrays import Enclosed
from qgate.interfaces.array_functions import ArrayFunctions, LinearAlgebra, elementwise
from qgate.typing import Tensor

ORDER = ("bool", "int32", "int64", "float16", "float32", "float64", "complex64", "complex128")
"""Dtypes, each able to represent those before it; see ``_common``."""


def as_tensor(value: Tensor) -> Any:
    """Return a number, a numpy array, a variable or a tensor as a tensor.

    Python's numbers become double precision; TensorFlow's default would be single precision.
    """
    if isinstance(value, Enclosed):
        return tf.convert_to_tensor(value.tensor)
    if isinstance(value, int | float | complex):
        value = np.asarray(value)
    return tf.convert_to_tensor(value)


def cast(tensor: Any, kind: str) -> Any:
    """Return a tensor converted to another dtype; derivatives of real ones stay real."""
    if not kind.startswith("complex") or tensor.dtype.is_complex:
        return tf.cast(tensor, kind)
    real = tf.cast(tensor, "float64" if kind == "complex128" else "float32")
    return tf.complex(real, tf.zeros_like(real))


class TensorFlowNamespace(ArrayFunctions):
    """Numpy's functions on TensorFlow tensors."""

    def __init__(self) -> None:
        self.linalg = LinearAlgebra(self, tf.linalg)

    def tensor_of(self, value: Tensor) -> Any:
        return as_tensor(value)

    def cast(self, tensor: Any, dtype: np.dtype[Any]) -> Any:
        return cast(tensor, dtype.name)

    def together(self, values: Sequence[Tensor]) -> list[Any]:
        tensors = [as_tensor(value) for value in values]
        kind = _common([tensor.dtype.name for tensor in tensors])
        return [cast(tensor, kind) for tensor in tensors]

    # Creation and shapes --------------------------------------------------------------

    def reshape(self, value: Tensor, shape: Any) -> Tensor:
        return self.enclose(tf.reshape(as_tensor(value), shape))

    def transpose(self, value: Tensor, axes: Sequence[int] | None = None) -> Tensor:
        """Return the array with permuted axes."""
        return self.enclose(tf.transpose(as_tensor(value), axes))

    def swapaxes(self, value: Tensor, first: int, second: int) -> Tensor:
        """Return the array with two axes exchanged."""
        tensor = as_tensor(value)
        order = list(range(len(tensor.shape)))
        order[first], order[second] = order[second], order[first]
        return self.enclose(tf.transpose(tensor, order))

    def moveaxis(self, value: Tensor, source: Any, destination: Any) -> Tensor:
        """Return the array with some axes moved."""
        tensor = as_tensor(value)
        return self.enclose(tf.transpose(tensor, _moved(len(tensor.shape), source, destination)))

    def concatenate(self, values: Sequence[Tensor], axis: int = 0) -> Tensor:
        """Join arrays along an axis."""
        return self.enclose(tf.concat(self.together(values), axis=axis))

    def stack(self, values: Sequence[Tensor], axis: int = 0) -> Tensor:
        return self.enclose(tf.stack(self.together(values), axis=axis))

    def repeat(self, value: Tensor, repeats: int, axis: int = 0) -> Tensor:
        """Repeat each entry along an axis."""
        return self.enclose(tf.repeat(as_tensor(value), repeats, axis=axis))

    def take_index(self, value: Tensor, index: Any) -> Tensor:
        """Index as numpy does: by numbers, slices, new axes and arrays of whole numbers."""
        tensor = as_tensor(value)
        entries = index if isinstance(index, tuple) else (index,)
        arrays = [at for at, entry in enumerate(entries) if isinstance(entry, list | np.ndarray)]
        if not arrays:
            return self.enclose(tensor[tuple(map(_plain_entry, entries))])
        return self.enclose(_gather(tensor, entries, arrays))

    def where(self, condition: Tensor, yes: Tensor, no: Tensor) -> Tensor:
        """Choose entries by a condition."""
        first, second = self.together([yes, no])
        return self.enclose(tf.where(as_tensor(condition), first, second))

    # Arithmetic -------------------------------------------------------------------------

    def sum(self, value: Tensor, axis: Any = None) -> Tensor:
        return self.enclose(tf.reduce_sum(as_tensor(value), axis=axis))

    def prod(self, value: Tensor, axis: Any = None) -> Tensor:
        """Return the product along an axis."""
        return self.enclose(tf.reduce_prod(as_tensor(value), axis=axis))

    def argmax(self, value: Tensor, axis: int) -> Tensor:
        """Return the index of the largest entry along an axis."""
        return self.enclose(tf.argmax(as_tensor(value), axis=axis))

    def matmul(self, left: Tensor, right: Tensor) -> Tensor:
        """Multiply matrices, or vectors."""
        first, second = self.together([left, right])
        if len(second.shape) == 1:
            return (
                self.enclose(tf.linalg.matvec(first, second))
                if len(first.shape) > 1
                else (self.enclose(tf.reduce_sum(first * second)))
            )
        if len(first.shape) == 1:
            return self.enclose(tf.linalg.matmul(first[None, :], second)[..., 0, :])
        return self.enclose(tf.linalg.matmul(first, second))

    def dot(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the dot product: contract the last axis with the last but one, or only, axis."""
        first, second = self.together([left, right])
        if not len(first.shape) or not len(second.shape):
            return self.enclose(first * second)
        inner = max(len(second.shape) - 2, 0)
        return self.enclose(tf.tensordot(first, second, [[len(first.shape) - 1], [inner]]))

    def tensordot(self, left: Tensor, right: Tensor, axes: Any = 2) -> Tensor:
        """Contract several axes."""
        return self.enclose(tf.tensordot(*self.together([left, right]), axes=axes))

    def outer(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the outer product of two vectors."""
        first, second = self.together([left, right])
        return self.enclose(first[:, None] * second[None, :])

    def kron(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the Kronecker product of two matrices."""
        first, second = self.together([left, right])
        product = first[:, None, :, None] * second[None, :, None, :]
        rows, columns = (first.shape[axis] * second.shape[axis] for axis in (0, 1))
        return self.enclose(tf.reshape(product, (rows, columns)))

    def einsum(self, subscripts: str, *values: Tensor) -> Tensor:
        """Contract by named axes (Einstein summation)."""
        return self.enclose(tf.einsum(subscripts, *self.together(values)))

    def real(self, value: Tensor) -> Tensor:
        """Return the real part."""
        return self.enclose(tf.math.real(as_tensor(value)))

    def imag(self, value: Tensor) -> Tensor:
        """Return the imaginary part."""
        tensor = as_tensor(value)
        return self.enclose(tf.math.imag(tensor) if tensor.dtype.is_complex else tensor * 0)

    def conj(self, value: Tensor) -> Tensor:
        """Return the complex conjugate."""
        return self.enclose(tf.math.conj(as_tensor(value)))

    def diag(self, value: Tensor) -> Tensor:
        """Return the diagonal of a matrix, or the matrix with a given diagonal."""
        tensor = as_tensor(value)
        one_axis = len(tensor.shape) == 1
        return self.enclose(tf.linalg.diag(tensor) if one_axis else tf.linalg.diag_part(tensor))

    def diagonal(self, value: Tensor, axis1: int = 0, axis2: int = 1) -> Tensor:
        moved = self.moveaxis(value, (axis1, axis2), (-2, -1))
        return self.enclose(tf.linalg.diag_part(as_tensor(moved)))


OTHER_NAMES = {
    **{"divide": "divide", "power": "pow", "conjugate": "conj", "absolute": "abs"},
    **{"arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2"},
    "isnan": "is_nan",
}
"""Numpy's and TensorFlow's names of elementwise functions."""

for _name, _method in elementwise(tf.math, OTHER_NAMES).items():
    setattr(TensorFlowNamespace, _name, _method)


def _common(kinds: Sequence[str]) -> str:
    """Return the common dtype of some dtypes."""
    highest = max(kinds, key=ORDER.index)
    if highest == "complex64" and "float64" in kinds:
        return "complex128"
    return highest


def _moved(count: int, source: Any, destination: Any) -> list[int]:
    """Return the permutation that moves some axes."""
    taken = [int(axis) % count for axis in np.atleast_1d(source)]
    targets = [int(axis) % count for axis in np.atleast_1d(destination)]
    order = [axis for axis in range(count) if axis not in taken]
    for target, axis in sorted(zip(targets, taken, strict=True)):
        order.insert(target, axis)
    return order


def _plain_entry(entry: Any) -> Any:
    if isinstance(entry, np.integer):
        return int(entry)
    return entry.tensor if isinstance(entry, Enclosed) else entry


def _gather(tensor: Any, entries: Sequence[Any], arrays: Sequence[int]) -> Any:
    """Index by adjacent arrays of whole numbers, with slices around them."""
    before = [entry for entry in entries[: arrays[0]] if entry is not None]
    axis = len(tensor.shape) - _axes(entries[arrays[0] :]) if Ellipsis in before else len(before)
    inner = [np.asarray(entries[at]) for at in arrays]
    lengths = [tensor.shape[axis + at] for at in range(len(inner))]
    flat = np.ravel_multi_index(
        tuple(np.broadcast_arrays(*(i % n for i, n in zip(inner, lengths, strict=True)))), lengths
    )
    shape = tf.shape(tensor)
    merged = tf.reshape(
        tensor, tf.concat([shape[:axis], [int(np.prod(lengths))], shape[axis + len(inner) :]], 0)
    )
    gathered = tf.gather(merged, flat, axis=axis)
    rest: list[Any] = [slice(None)] * (axis + flat.ndim)
    around = [entry if isinstance(entry, slice | int) else slice(None) for entry in before]
    if Ellipsis not in before:
        rest[: len(around)] = around
    return gathered[(*rest, *entries[arrays[-1] + 1 :])]


def _axes(entries: Sequence[Any]) -> int:
    return sum(entry is not None for entry in entries)
