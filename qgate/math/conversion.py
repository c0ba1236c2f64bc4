"""Conversion of arrays between frameworks and dtypes, comparison and changes of entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from qgate.arrays import constant, enclosed, framework_of, getval, isbox, load, opened, shape_of
from qgate.arrays import unwrap as number
from qgate.exceptions import InvalidParameters, described
from qgate.math.dispatch import dispatched, namespace_of
from qgate.math.interfaces import NAMES, get_dtype_name, get_interface, is_sparse
from qgate.numpy.tensors import plain
from qgate.operations.parameters import as_array
from qgate.typing import Index, Nested, Tensor

LIBRARIES = {**{name: name for name in ("torch", "jax", "autograd")}, "tensorflow": "tf"}
"""Interface of each framework by the name that users give it."""


def array(
    values: Nested, *, like: str | Tensor | None = None, dtype: DTypeLike | None = None
) -> Tensor:
    """Return numbers as an array of a framework, on the device (CPU, GPU) of ``like``.

    Parameters
    ----------
    values : array or nested sequence
    like : str or array, optional
        Name of the framework, or an array of it; default that of the values.
    dtype : optional
        Numpy's name or type; default that of the values.
    """
    given = as_array(values)
    found = _as_framework(given, like) if like is not None else opened(given)
    if framework_of(found) is None and not isinstance(getval(found), np.ndarray):
        found = np.array(found)
    return found if dtype is None else cast(found, dtype)


def _as_framework(value: Tensor, like: str | Tensor) -> Tensor:
    """Return an array in the framework with a name, or of another array."""
    name = like if isinstance(like, str) else get_interface(like)
    if name == get_interface(value):
        return opened(value)
    if name in ("numpy", "scipy", "builtins"):
        return number(value)
    if name not in LIBRARIES and name not in NAMES:
        raise InvalidParameters(
            f"There is no framework {described(name)}. Give numpy, {', '.join(LIBRARIES)}."
        )
    if name == "autograd":
        return dispatched("array")(number(value), like="autograd")
    interface = load(LIBRARIES.get(name, name))
    near = () if isinstance(like, str) else (like,)
    return opened(interface.tensor(np.asarray(number(value)), near))


def eye(N: int, *args: Any, like: str | Tensor | None = None, **kwargs: Any) -> Tensor:
    """Return the identity of size N as an array of a framework; arguments as ``numpy.eye``."""
    return array(np.eye(N, *args, **kwargs), like=like)


def ones_like(tensor: Tensor, dtype: DTypeLike | None = None) -> Tensor:
    """Return ones in the shape, framework and dtype of an array."""
    ones = np.ones(shape_of(tensor), dtype=get_dtype_name(tensor))
    return array(ones, like=tensor, dtype=dtype)


def shape(tensor: Nested) -> tuple[int, ...]:
    """Return the shape of an array, or of nested sequences."""
    return shape_of(as_array(tensor))


def cast(tensor: Nested, dtype: DTypeLike | Tensor) -> Tensor:
    """Return an array with another dtype.

    Parameters
    ----------
    tensor : array or nested sequence
    dtype : str or dtype
        Such as "complex128", ``np.float64`` or ``torch.float32``. JAX rounds to single precision
        unless ``jax_enable_x64`` is set.
    """
    value = as_array(tensor)
    name = _name_of(dtype)
    framework = framework_of(value)
    if isbox(value) and name.startswith("complex"):
        return value * np.ones((), name)  # autograd warns about the derivative of astype
    if framework is None:
        return (value if hasattr(value, "astype") else np.asarray(value)).astype(name)
    if framework.name == "jax":
        narrow = framework.namespace.asarray(np.zeros((), name)).dtype
        return value.astype(narrow)
    return framework.namespace.cast(opened(value), np.dtype(name))


def complexes(values: Nested, c_dtype: str = "complex128") -> Tensor:
    """Return an array with a complex dtype, in the form that takes part in numpy arithmetic."""
    return enclosed(cast(plain(as_array(values)), c_dtype))


def _name_of(dtype: DTypeLike | Tensor) -> str:
    if isinstance(dtype, str):
        return dtype
    try:
        return np.dtype(dtype).name
    except TypeError:  # a dtype of PyTorch or TensorFlow
        return getattr(dtype, "name", None) or str(dtype).removeprefix("torch.")


def cast_like(tensor1: Nested, tensor2: Nested) -> Tensor:
    """Return the first array with the dtype of the second."""
    first = tensor2[0] if isinstance(tensor2, tuple) and tensor2 else tensor2
    return cast(tensor1, get_dtype_name(as_array(first)))


def convert_like(tensor1: Nested, tensor2: Tensor) -> Tensor:
    """Return the first array in the framework, and on the device, of the second."""
    if is_sparse(tensor2):
        from scipy.sparse import csr_matrix  # scipy.sparse is slow to import

        return csr_matrix(tensor1)
    return _as_framework(as_array(tensor1), tensor2)


def toarray(tensor: Tensor) -> Tensor:
    """Return the numbers behind an array as a numpy array, copied from a GPU if needed."""
    return plain(number(as_array(tensor)))


def unwrap(values: Nested, max_depth: int | None = None) -> Nested:
    """Return the numbers behind arrays, or behind each array in nested lists and tuples.

    ``max_depth`` limits the number of autograd's boxes that are opened.
    """
    if isinstance(values, list | tuple):
        found = type(values)(unwrap(value, max_depth) for value in values)
        return type(values)(_without_axes(value) for value in found)
    if max_depth is None:
        return plain(number(values))
    for _ in range(max_depth):
        values = getattr(values, "_value", values)
    return values


def _without_axes(value: Tensor) -> Tensor:
    """Return an array without axes as a Python number."""
    return value.item() if isinstance(value, np.ndarray) and not value.ndim else value


def detach(tensor: Tensor, like: str | None = None) -> Tensor:
    """Return an array without its derivatives, in the same framework; ``like`` has no effect."""
    return opened(constant(tensor))


def allclose(a: Nested, b: Nested, rtol: float = 1e-05, atol: float = 1e-08, **kwargs: Any) -> bool:
    """Return whether two arrays, of any framework or sparse, are equal within tolerances.

    Parameters as ``numpy.allclose``.
    """
    return bool(np.allclose(_dense(a), _dense(b), rtol=rtol, atol=atol, **kwargs))


def allequal(tensor1: Nested, tensor2: Nested, **kwargs: Any) -> Tensor:
    """Return whether two arrays, of any framework, are equal; keywords as ``numpy.all``."""
    return np.all(_dense(tensor1) == _dense(tensor2), **kwargs)


def _dense(value: Nested) -> Tensor:
    return value.toarray() if is_sparse(value) else np.asarray(toarray(value))


def set_index(array: Tensor, idx: Index, val: Tensor, like: str | None = None) -> Tensor:
    """Return a copy of an array with other entries at an index; ``like`` has no effect."""
    given = as_array(array)
    chosen = np.zeros(shape_of(given), dtype=bool)
    chosen[idx] = True
    return opened(namespace_of([given, val]).where(chosen, val, given))


def scatter(
    indices: Sequence[int], array: Tensor, new_dims: int | Sequence[int], like: str | None = None
) -> Tensor:
    """Return zeros of a new shape with the entries of an array at some indices of the first axis.

    ``like`` has no effect.
    """
    lengths = (new_dims,) if isinstance(new_dims, int) else tuple(new_dims)
    rows = np.eye(lengths[0])[:, np.asarray(indices)]
    given = as_array(array)
    flat = namespace_of([given]).reshape(given, (len(np.atleast_1d(indices)), -1))
    placed = namespace_of([given]).matmul(cast_like(rows, given), flat)
    return opened(namespace_of([given]).reshape(placed, lengths))


def scatter_element_add(
    tensor: Tensor,
    index: Sequence[Any],
    value: Tensor,
    like: str | None = None,
    *,
    indices_are_sorted: bool = False,
    unique_indices: bool = False,
) -> Tensor:
    """Return an array with values added at some entries.

    Parameters
    ----------
    tensor : array
    index : tuple of int, or sequence of sequences of int
        An entry; or for each axis the positions of several entries.
    value : number or array
        What is added to each of them.
    like, indices_are_sorted, unique_indices
        Accepted for compatibility with PennyLane; without effect.
    """
    given, added = as_array(tensor), as_array(value)
    lengths = shape_of(given)
    if not lengths:
        return opened(given + added)
    flat = np.atleast_1d(np.ravel_multi_index(tuple(index), lengths))
    places = np.zeros((int(np.prod(lengths)), len(flat)))
    places[flat, np.arange(len(flat))] = 1.0
    xp = namespace_of([given, added])
    moved = xp.matmul(places, xp.reshape(added * np.ones(len(flat)), (-1,)))
    return opened(given + xp.reshape(moved, lengths))
