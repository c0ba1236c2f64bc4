"""Array functions with numpy's names for TensorFlow tensors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from qgate.arrays import Enclosed
from qgate.interfaces.array_functions import ArrayFunctions, LinearAlgebra
from qgate.typing import Axes, DType, Index, IndexEntry, Tensor

ORDER = ("bool", "int32", "int64", "float16", "float32", "float64", "complex64", "complex128")
"""Dtypes, each able to represent those before it; see ``_common``."""


def as_tensor(value: Tensor) -> tf.Tensor:
    """Return a number, a numpy array, a variable or a tensor as a tensor.

    Python's numbers become double precision; TensorFlow's default would be single precision.
    """
    if isinstance(value, Enclosed):
        return tf.convert_to_tensor(value.tensor)
    if isinstance(value, int | float | complex):
        value = np.asarray(value)
    return tf.convert_to_tensor(value)


def cast(tensor: tf.Tensor, kind: str) -> tf.Tensor:
    """Return a tensor converted to another dtype; derivatives of real ones stay real."""
    if not kind.startswith("complex") or tensor.dtype.is_complex:
        return tf.cast(tensor, kind)
    real = tf.cast(tensor, "float64" if kind == "complex128" else "float32")
    return tf.complex(real, tf.zeros_like(real))


def _matmul(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """Multiply matrices, or vectors, which ``tf.linalg.matmul`` refuses."""
    if len(second.shape) > 1:
        if len(first.shape) > 1:
            return tf.linalg.matmul(first, second)
        return tf.linalg.matmul(first[None, :], second)[..., 0, :]
    if len(first.shape) > 1:
        return tf.linalg.matvec(first, second)
    return tf.reduce_sum(first * second)


def _diag(tensor: tf.Tensor) -> tf.Tensor:
    return tf.linalg.diag(tensor) if len(tensor.shape) == 1 else tf.linalg.diag_part(tensor)


def _outer(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    return first[:, None] * second[None, :]


def _kron(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """Return the Kronecker product of two matrices."""
    product = first[:, None, :, None] * second[None, :, None, :]
    return tf.reshape(product, [first.shape[axis] * second.shape[axis] for axis in (0, 1)])


def _imag(tensor: tf.Tensor) -> tf.Tensor:
    return tf.math.imag(tensor) if tensor.dtype.is_complex else tensor * 0


class TensorFlowNamespace(
    ArrayFunctions,
    module=tf.math,
    elementwise={
        **{"divide": tf.math.divide, "conjugate": tf.math.conj, "absolute": tf.math.abs},
        **{"arcsin": tf.math.asin, "arccos": tf.math.acos, "arctan": tf.math.atan},
        **{"arctan2": tf.math.atan2, "isnan": tf.math.is_nan, "power": tf.math.pow},
        **{"matmul": _matmul, "outer": _outer, "kron": _kron},
    },
    of_one={
        **{"sum": tf.reduce_sum, "prod": tf.reduce_prod, "argmax": tf.argmax},
        **{"repeat": tf.repeat, "diag": _diag},
        **{"real": tf.math.real, "imag": _imag, "conj": tf.math.conj},
    },
    joining={"concatenate": tf.concat, "stack": tf.stack},
):
    """Numpy's functions on TensorFlow tensors."""

    library = tf
    permute = staticmethod(tf.transpose)
    tensor_of = staticmethod(as_tensor)

    def __init__(self) -> None:
        self.linalg = LinearAlgebra(self, tf.linalg)

    def cast(self, tensor: tf.Tensor, dtype: DType) -> tf.Tensor:
        return cast(tensor, dtype.name)

    def together(self, values: Sequence[Tensor]) -> list[tf.Tensor]:
        tensors = [as_tensor(value) for value in values]
        kind = _common([tensor.dtype.name for tensor in tensors])
        return [cast(tensor, kind) for tensor in tensors]

    def reshape(self, value: Tensor, shape: Axes) -> Tensor:
        return self.enclose(tf.reshape(as_tensor(value), shape))

    def diagonal(self, value: Tensor, axis1: int = 0, axis2: int = 1) -> Tensor:
        moved = self.moveaxis(value, (axis1, axis2), (-2, -1))
        return self.enclose(tf.linalg.diag_part(as_tensor(moved)))

    def take_index(self, value: Tensor, index: Index) -> Tensor:
        tensor = as_tensor(value)
        entries = index if isinstance(index, tuple) else (index,)
        arrays = [at for at, entry in enumerate(entries) if isinstance(entry, list | np.ndarray)]
        if not arrays:
            return self.enclose(tensor[tuple(map(_plain_entry, entries))])
        return self.enclose(_gather(tensor, entries, arrays))


def _common(kinds: Sequence[str]) -> str:
    """Return the common dtype of some dtypes."""
    highest = max(kinds, key=ORDER.index)
    if highest == "complex64" and "float64" in kinds:
        return "complex128"
    return highest


def _plain_entry(entry: IndexEntry | Enclosed) -> IndexEntry | tf.Tensor:
    if isinstance(entry, np.integer):
        return int(entry)
    return entry.tensor if isinstance(entry, Enclosed) else entry


def _gather(tensor: tf.Tensor, entries: Sequence[IndexEntry], arrays: Sequence[int]) -> tf.Tensor:
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
    rest: list[IndexEntry] = [slice(None)] * (axis + flat.ndim)
    around = [entry if isinstance(entry, slice | int) else slice(None) for entry in before]
    if Ellipsis not in before:
        rest[: len(around)] = around
    return gathered[(*rest, *entries[arrays[-1] + 1 :])]


def _axes(entries: Sequence[IndexEntry]) -> int:
    return sum(entry is not None for entry in entries)
