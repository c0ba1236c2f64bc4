"""Array functions with numpy's names for frameworks that have names of their own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import DTypeLike

from qgate.typing import Axes, DType, Index, NumericArray, Tensor

TensorFunction: TypeAlias = Callable[..., Tensor]


class Module(Protocol):
    """Module of a framework with functions on its tensors."""

    def __getattr__(self, name: str) -> TensorFunction: ...


SAME_NAMES = (
    *("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sqrt", "abs", "sign", "floor"),
    *("add", "subtract", "multiply", "maximum", "minimum", "square", "less", "greater"),
    *("angle", "equal", "greater_equal", "less_equal"),
)
"""Elementwise functions that have numpy's names in other frameworks, too."""


class ArrayFunctions(ABC):
    """Numpy's functions on a framework's arrays, with numpy's type promotion.

    Arguments are arrays of the framework, plain or enclosed, numpy arrays and numbers; results
    are enclosed. Required: ``library``, ``permute`` and the abstract methods.

    Parameters
    ----------
    module : module
        Module with the framework's elementwise functions.
    elementwise, of_one, joining : mapping of str to callable
        The framework's functions by numpy's names: of arrays that are converted to a common dtype
        (besides those in ``SAME_NAMES``); of one array, further arguments and an axis; and of a
        sequence of arrays and an axis.
    """

    float64 = np.float64
    complex128 = np.complex128
    pi = np.pi
    library: Module
    """The framework's package."""
    permute: TensorFunction
    """The framework's function that permutes axes."""
    enclose: Callable[[Tensor], Tensor]
    concatenate: TensorFunction
    stack: TensorFunction
    sum: TensorFunction

    def __init_subclass__(
        cls,
        *,
        module: Module,
        elementwise: Mapping[str, TensorFunction],
        of_one: Mapping[str, TensorFunction],
        joining: Mapping[str, TensorFunction],
    ) -> None:
        every = {**{name: getattr(module, name) for name in SAME_NAMES}, **elementwise}
        for convert, table in ((_elementwise, every), (_of_one, of_one), (_joining, joining)):
            for name, function in table.items():
                setattr(cls, name, convert(function))

    @abstractmethod
    def tensor_of(self, value: Tensor) -> Tensor:
        """Return a number or an array as an array of the framework."""

    @abstractmethod
    def together(self, values: Sequence[Tensor]) -> list[Tensor]:
        """Convert arrays to arrays of the framework with a common dtype."""

    @abstractmethod
    def cast(self, tensor: Tensor, dtype: DType) -> Tensor:
        """Return an array of the framework converted to another dtype."""

    @abstractmethod
    def reshape(self, value: Tensor, shape: Axes) -> Tensor:
        """Return an array reshaped."""

    @abstractmethod
    def take_index(self, value: Tensor, index: Index) -> Tensor:
        """Index as numpy does."""

    # Creation and shapes --------------------------------------------------------------

    def array(self, value: Tensor, dtype: DTypeLike | None = None) -> Tensor:
        """Return numbers, arrays and nested sequences of them as one array."""
        if isinstance(value, list | tuple):
            value = self.stack([self.array(entry) for entry in value])
        tensor = self.tensor_of(value)
        return self.enclose(tensor if dtype is None else self.cast(tensor, np.dtype(dtype)))

    asarray = array

    def zeros(self, shape: Axes, dtype: DTypeLike = float) -> NumericArray:
        """Return zeros as a numpy array, which arithmetic of the framework accepts."""
        return np.zeros(shape, dtype=dtype)

    def ones(self, shape: Axes, dtype: DTypeLike = float) -> NumericArray:
        """Return ones as a numpy array."""
        return np.ones(shape, dtype=dtype)

    def eye(self, size: int, dtype: DTypeLike = float) -> NumericArray:
        """Return the identity as a numpy array."""
        return np.eye(size, dtype=dtype)

    def ravel(self, value: Tensor) -> Tensor:
        """Return an array flattened to a vector."""
        return self.reshape(value, (-1,))

    def transpose(self, value: Tensor, axes: Sequence[int] | None = None) -> Tensor:
        """Return the array with permuted axes."""
        tensor = self.tensor_of(value)
        order = range(len(tensor.shape))[::-1] if axes is None else axes
        return self.enclose(self.permute(tensor, [int(axis) for axis in order]))

    def swapaxes(self, value: Tensor, first: int, second: int) -> Tensor:
        """Return the array with two axes exchanged."""
        tensor = self.tensor_of(value)
        order = list(range(len(tensor.shape)))
        order[first], order[second] = order[second], order[first]
        return self.enclose(self.permute(tensor, order))

    def moveaxis(self, value: Tensor, source: Axes, destination: Axes) -> Tensor:
        """Return the array with some axes moved."""
        tensor = self.tensor_of(value)
        order = _moved(len(tensor.shape), source, destination)
        return self.enclose(self.permute(tensor, order))

    def where(self, condition: Tensor, yes: Tensor, no: Tensor) -> Tensor:
        """Choose entries by a condition."""
        return self.enclose(
            self.library.where(self.tensor_of(condition), *self.together([yes, no]))
        )

    @abstractmethod
    def diagonal(self, value: Tensor, axis1: int = 0, axis2: int = 1) -> Tensor:
        """Return the diagonals of matrices."""

    # Arithmetic -------------------------------------------------------------------------

    def dot(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the dot product: contract the last axis with the last but one, or only, axis."""
        first, second = self.together([left, right])
        rank, other = len(first.shape), len(second.shape)
        if not rank or not other:
            return self.enclose(first * second)
        return self.enclose(
            self.library.tensordot(first, second, [[rank - 1], [max(other - 2, 0)]])
        )

    def tensordot(self, left: Tensor, right: Tensor, axes: int | Sequence[Axes] = 2) -> Tensor:
        """Contract several axes."""
        return self.enclose(self.library.tensordot(*self.together([left, right]), axes))

    def einsum(self, subscripts: str, *values: Tensor) -> Tensor:
        """Contract by named axes (Einstein summation)."""
        return self.enclose(self.library.einsum(subscripts, *self.together(values)))

    def trace(self, value: Tensor, axis1: int = 0, axis2: int = 1) -> Tensor:
        """Return the traces of matrices."""
        return self.sum(self.diagonal(value, axis1, axis2), axis=-1)

    # Properties -------------------------------------------------------------------------

    def dtype_of(self, value: Tensor) -> DType:
        """Return numpy's name of the dtype."""
        name = dtype_name(self.tensor_of(value))
        return np.dtype("float32" if name == "bfloat16" else name)

    def result_type(self, *values: Tensor) -> DType:
        """Return the common dtype of some values."""
        return self.dtype_of(self.together(values)[0])

    def shape(self, value: Tensor) -> tuple[int, ...]:
        """Return the shape."""
        return tuple(self.tensor_of(value).shape)

    def ndim(self, value: Tensor) -> int:
        """Return the number of axes."""
        return len(self.shape(value))


class LinearAlgebra:
    """numpy.linalg's functions on a framework's arrays.

    Parameters
    ----------
    functions : ArrayFunctions
    module : module
        The framework's own ``linalg``.
    """

    def __init__(self, functions: ArrayFunctions, module: Module) -> None:
        self._functions, self._module = functions, module

    def eigh(self, value: Tensor) -> tuple[Tensor, Tensor]:
        """Return eigenvalues, real, and eigenvectors of Hermitian matrices."""
        values, vectors = self._module.eigh(self._functions.tensor_of(value))
        return self._functions.enclose(values).real, self._functions.enclose(vectors)

    def inv(self, value: Tensor) -> Tensor:
        """Return the inverses of matrices."""
        return self._functions.enclose(self._module.inv(self._functions.tensor_of(value)))

    def solve(self, left: Tensor, right: Tensor) -> Tensor:
        """Solve linear equations."""
        both = self._functions.together([left, right])
        return self._functions.enclose(self._module.solve(*both))


def dtype_name(tensor: Tensor) -> str:
    """Return the name of the dtype of a framework's array, ``float32`` for example."""
    kind = tensor.dtype
    return getattr(kind, "name", None) or str(kind).removeprefix("torch.")


def _elementwise(function: TensorFunction) -> TensorFunction:
    def method(self: ArrayFunctions, *values: Tensor) -> Tensor:
        return self.enclose(function(*self.together(values)))

    return method


def _of_one(function: TensorFunction) -> TensorFunction:
    def method(
        self: ArrayFunctions, value: Tensor, *options: int, axis: Axes | None = None
    ) -> Tensor:
        axes = () if axis is None else (axis,)
        return self.enclose(function(self.tensor_of(value), *options, *axes))

    return method


def _joining(function: TensorFunction) -> TensorFunction:
    def method(self: ArrayFunctions, values: Sequence[Tensor], axis: int = 0) -> Tensor:
        return self.enclose(function(self.together(values), axis))

    return method


def _moved(count: int, source: Axes, destination: Axes) -> list[int]:
    """Return the permutation that moves some axes."""
    taken = [int(axis) % count for axis in np.atleast_1d(source)]
    targets = [int(axis) % count for axis in np.atleast_1d(destination)]
    order = [axis for axis in range(count) if axis not in taken]
    for target, axis in sorted(zip(targets, taken, strict=True)):
        order.insert(target, axis)
    return order
