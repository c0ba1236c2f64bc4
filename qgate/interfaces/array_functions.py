"""Array functions with numpy's names that all frameworks share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from qgate.typing import Tensor


class ArrayFunctions(ABC):
    """Numpy's functions on a framework's arrays, with numpy's type promotion.

    Arguments are arrays of the framework, plain or enclosed, numpy arrays and numbers; results
    are enclosed. Required: ``tensor_of``, ``together``, ``cast``, ``reshape``, ``stack``,
    ``diagonal`` and ``sum``.
    """

    float64 = np.float64
    complex128 = np.complex128
    pi = np.pi
    enclose: Callable[[Any], Tensor]

    @abstractmethod
    def tensor_of(self, value: Tensor) -> Any:
        """Return a number or an array as an array of the framework."""

    @abstractmethod
    def together(self, values: Sequence[Tensor]) -> list[Any]:
        """Convert arrays to arrays of the framework with a common dtype."""

    @abstractmethod
    def cast(self, tensor: Any, dtype: np.dtype[Any]) -> Any:
        """Return an array of the framework converted to another dtype."""

    @abstractmethod
    def reshape(self, value: Tensor, shape: Any) -> Tensor:
        """Return an array reshaped."""

    @abstractmethod
    def stack(self, values: Sequence[Tensor], axis: int = 0) -> Tensor:
        """Join arrays along a new axis."""

    @abstractmethod
    def diagonal(self, value: Tensor, axis1: int = 0, axis2: int = 1) -> Tensor:
        """Return the diagonals of matrices."""

    @abstractmethod
    def sum(self, value: Tensor, axis: Any = None) -> Tensor:
        """Sum over some axes; all by default."""

    def array(self, value: Tensor, dtype: Any = None) -> Tensor:
        """Return numbers, arrays and nested sequences of them as one array."""
        if isinstance(value, list | tuple):
            value = self.stack([self.array(entry) for entry in value])
        tensor = self.tensor_of(value)
        return self.enclose(tensor if dtype is None else self.cast(tensor, np.dtype(dtype)))

    asarray = array

    def zeros(self, shape: Any, dtype: Any = float) -> Any:
        """Return zeros as a numpy array, which arithmetic of the framework accepts."""
        return np.zeros(shape, dtype=dtype)

    def ones(self, shape: Any, dtype: Any = float) -> Any:
        """Return ones as a numpy array."""
        return np.ones(shape, dtype=dtype)

    def eye(self, size: int, dtype: Any = float) -> Any:
        """Return the identity as a numpy array."""
        return np.eye(size, dtype=dtype)

    def ravel(self, value: Tensor) -> Tensor:
        """Return an array flattened to a vector."""
        return self.reshape(value, (-1,))

    def trace(self, value: Tensor, axis1: int = 0, axis2: int = 1) -> Tensor:
        """Return the traces of matrices."""
        return self.sum(self.diagonal(value, axis1, axis2), axis=-1)

    def dtype_of(self, value: Tensor) -> np.dtype[Any]:
        """Return numpy's name of the dtype."""
        kind = self.tensor_of(value).dtype
        name = getattr(kind, "name", None) or str(kind).removeprefix("torch.")
        return np.dtype("float32" if name == "bfloat16" else name)

    def result_type(self, *values: Tensor) -> np.dtype[Any]:
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

    def __init__(self, functions: ArrayFunctions, module: Any) -> None:
        self._functions, self._module = functions, module

    def eigh(self, value: Tensor) -> tuple[Tensor, Tensor]:
        """Return eigenvalues, real, and eigenvectors of Hermitian matrices."""
        values, vectors = self._module.eigh(self._functions.tensor_of(value))
        enclosed = self._functions.enclose(values)
        return enclosed.real, self._functions.enclose(vectors)

    def inv(self, value: Tensor) -> Tensor:
        """Return the inverses of matrices."""
        return self._functions.enclose(self._module.inv(self._functions.tensor_of(value)))

    def solve(self, left: Tensor, right: Tensor) -> Tensor:
        """Solve linear equations."""
        both = self._functions.together([left, right])
        return self._functions.enclose(self._module.solve(*both))


SAME_NAMES = (
    *("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sqrt", "abs", "sign", "floor"),
    *("add", "subtract", "multiply", "maximum", "minimum", "square", "less", "greater"),
    *("angle", "equal", "greater_equal", "less_equal"),
)
"""Elementwise functions that have numpy's names in other frameworks, too."""


def elementwise(module: Any, names: Mapping[str, str]) -> dict[str, Callable[..., Tensor]]:
    """Return elementwise methods by numpy's names.

    Parameters
    ----------
    module : module
        Module with the framework's functions.
    names : mapping of str to str
        Numpy's names that differ in the framework, with the framework's names.
    """
    every = {**{name: name for name in SAME_NAMES}, **names}
    return {name: _elementwise(getattr(module, theirs)) for name, theirs in every.items()}


def _elementwise(function: Callable[..., Any]) -> Callable[..., Tensor]:
    def method(self: ArrayFunctions, *values: Tensor) -> Tensor:
        return self.enclose(function(*self.together(values)))

    return method
