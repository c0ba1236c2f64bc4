"""Array functions with numpy's names for torch tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from qgate.arrays import Enclosed
from qgate.typing import Tensor


def as_tensor(value: Tensor, like: torch.Tensor | None = None) -> Any:
    """Return a number, a numpy array or a tensor as a tensor, on the device of another."""
    if isinstance(value, Enclosed):
        return value.tensor
    if isinstance(value, torch.Tensor):
        return value
    numbers = np.asarray(value)
    if not numbers.flags.writeable:
        numbers = numbers.copy()  # torch warns of memory that it may not write to
    return torch.as_tensor(numbers, device=None if like is None else like.device)


class TorchNamespace:
    """numpy's functions on torch tensors, with numpy's rules for mixed kinds of numbers.

    Arguments are tensors, plain or enclosed, numpy arrays and numbers; results are enclosed.
    """

    float64 = np.float64
    complex128 = np.complex128
    pi = np.pi
    enclose: Callable[[Any], Tensor]

    def __init__(self) -> None:
        self.linalg = TorchLinalg(self)

    def _all(self, values: Sequence[Tensor]) -> list[Any]:
        """Return tensors of one kind of number on one device."""
        like = next((v for v in map(_own, values) if v is not None), None)
        tensors = [as_tensor(value, like) for value in values]
        kind = tensors[0].dtype
        for tensor in tensors[1:]:
            kind = torch.promote_types(kind, tensor.dtype)
        return [tensor.to(kind) for tensor in tensors]

    # Making and shaping ---------------------------------------------------------------

    def asarray(self, value: Tensor, dtype: Any = None) -> Tensor:
        """Return numbers, nested sequences of numbers and tensors included, as one array."""
        if isinstance(value, list | tuple):
            value = self.stack([self.asarray(entry) for entry in value])
        tensor = as_tensor(value)
        return self.enclose(tensor if dtype is None else tensor.to(_torch_dtype(dtype)))

    array = asarray

    def zeros(self, shape: Any, dtype: Any = float) -> Any:
        """Return zeros as numpy has them; arithmetic takes them in."""
        return np.zeros(shape, dtype=dtype)

    def ones(self, shape: Any, dtype: Any = float) -> Any:
        """Return ones as numpy has them."""
        return np.ones(shape, dtype=dtype)

    def eye(self, size: int, dtype: Any = float) -> Any:
        """Return the identity as numpy has it."""
        return np.eye(size, dtype=dtype)

    def reshape(self, value: Tensor, shape: Any) -> Tensor:
        """Return the same numbers in another shape."""
        lengths = (shape,) if isinstance(shape, int) else tuple(int(length) for length in shape)
        return self.enclose(torch.reshape(as_tensor(value), lengths))

    def ravel(self, value: Tensor) -> Tensor:
        """Return the numbers as a vector."""
        return self.reshape(value, (-1,))

    def transpose(self, value: Tensor, axes: Sequence[int] | None = None) -> Tensor:
        """Return the array with its axes in another order."""
        tensor = as_tensor(value)
        order = range(tensor.ndim)[::-1] if axes is None else axes
        return self.enclose(torch.permute(tensor, tuple(int(axis) for axis in order)))

    def swapaxes(self, value: Tensor, first: int, second: int) -> Tensor:
        """Return the array with two axes exchanged."""
        return self.enclose(torch.swapaxes(as_tensor(value), first, second))

    def moveaxis(self, value: Tensor, source: Any, destination: Any) -> Tensor:
        """Return the array with some axes moved."""
        return self.enclose(torch.movedim(as_tensor(value), source, destination))

    def concatenate(self, values: Sequence[Tensor], axis: int = 0) -> Tensor:
        """Join arrays along an axis."""
        return self.enclose(torch.cat(self._all(values), dim=axis))

    def stack(self, values: Sequence[Tensor], axis: int = 0) -> Tensor:
        """Join arrays along a new axis."""
        return self.enclose(torch.stack(self._all(values), dim=axis))

    def repeat(self, value: Tensor, repeats: int, axis: int = 0) -> Tensor:
        """Repeat each entry along an axis."""
        return self.enclose(torch.repeat_interleave(as_tensor(value), repeats, dim=axis))

    def take_index(self, value: Tensor, index: Any) -> Tensor:
        """Index as numpy does."""
        entries = index if isinstance(index, tuple) else (index,)
        return self.enclose(as_tensor(value)[tuple(map(_index, entries))])

    def where(self, condition: Tensor, yes: Tensor, no: Tensor) -> Tensor:
        """Choose elements by a condition."""
        first, second = self._all([yes, no])
        return self.enclose(torch.where(as_tensor(condition, first), first, second))

    # Arithmetic -------------------------------------------------------------------------

    def sum(self, value: Tensor, axis: Any = None) -> Tensor:
        """Add up along some axes; all by default."""
        tensor = as_tensor(value)
        return self.enclose(torch.sum(tensor) if axis is None else torch.sum(tensor, dim=axis))

    def prod(self, value: Tensor, axis: int = 0) -> Tensor:
        """Multiply along an axis."""
        return self.enclose(torch.prod(as_tensor(value), dim=axis))

    def matmul(self, left: Tensor, right: Tensor) -> Tensor:
        """Multiply matrices."""
        return self.enclose(torch.matmul(*self._all([left, right])))

    def dot(self, left: Tensor, right: Tensor) -> Tensor:
        """Contract the last axis of one with the last but one, or only, axis of the other."""
        first, second = self._all([left, right])
        if not first.ndim or not second.ndim:
            return self.enclose(first * second)
        return self.enclose(torch.tensordot(first, second, ([-1], [max(second.ndim - 2, 0)])))

    def tensordot(self, left: Tensor, right: Tensor, axes: Any = 2) -> Tensor:
        """Contract several axes."""
        return self.enclose(torch.tensordot(*self._all([left, right]), dims=axes))

    def outer(self, left: Tensor, right: Tensor) -> Tensor:
        """Multiply each number of one vector by each of another."""
        return self.enclose(torch.outer(*self._all([left, right])))

    def kron(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the Kronecker product."""
        return self.enclose(torch.kron(*self._all([left, right])))

    def einsum(self, subscripts: str, *values: Tensor) -> Tensor:
        """Contract by named axes."""
        return self.enclose(torch.einsum(subscripts, *self._all(values)))

    def real(self, value: Tensor) -> Tensor:
        """Return the real part."""
        tensor = as_tensor(value)
        return self.enclose(torch.real(tensor) if tensor.is_complex() else tensor)

    def imag(self, value: Tensor) -> Tensor:
        """Return the imaginary part."""
        tensor = as_tensor(value)
        return self.enclose(torch.imag(tensor) if tensor.is_complex() else tensor * 0.0)

    def conj(self, value: Tensor) -> Tensor:
        """Return the complex conjugate."""
        tensor = as_tensor(value)
        return self.enclose(torch.conj(tensor) if tensor.is_complex() else tensor)

    def dtype_of(self, value: Tensor) -> np.dtype[Any]:
        """Return the kind of number as numpy names it."""
        name = str(as_tensor(value).dtype).removeprefix("torch.")
        return np.dtype("float32" if name == "bfloat16" else name)

    def result_type(self, *values: Tensor) -> np.dtype[Any]:
        """Return the kind of number that all of some values go into."""
        return self.dtype_of(self._all(values)[0])

    def diag(self, value: Tensor) -> Tensor:
        """Return the diagonal of a matrix, or the matrix with a diagonal."""
        return self.enclose(torch.diag(as_tensor(value)))

    def diagonal(self, value: Tensor, axis1: int = 0, axis2: int = 1) -> Tensor:
        """Return the diagonals of matrices."""
        return self.enclose(torch.diagonal(as_tensor(value), dim1=axis1, dim2=axis2))

    def trace(self, value: Tensor, axis1: int = 0, axis2: int = 1) -> Tensor:
        """Return the traces of matrices."""
        return self.sum(self.diagonal(value, axis1, axis2), axis=-1)

    def shape(self, value: Tensor) -> tuple[int, ...]:
        """Return the length of each axis."""
        return tuple(as_tensor(value).shape)

    def ndim(self, value: Tensor) -> int:
        """Return how many axes there are."""
        return len(self.shape(value))


class TorchLinalg:
    """numpy.linalg's functions on torch tensors."""

    def __init__(self, xp: TorchNamespace) -> None:
        self._xp = xp

    def eigh(self, value: Tensor) -> tuple[Tensor, Tensor]:
        """Return eigenvalues and eigenvectors of Hermitian matrices."""
        values, vectors = torch.linalg.eigh(as_tensor(value))
        return self._xp.enclose(values), self._xp.enclose(vectors)

    def inv(self, value: Tensor) -> Tensor:
        """Return the inverses of matrices."""
        return self._xp.enclose(torch.linalg.inv(as_tensor(value)))

    def solve(self, left: Tensor, right: Tensor) -> Tensor:
        """Solve linear equations."""
        return self._xp.enclose(torch.linalg.solve(*self._xp._all([left, right])))


def _elementwise(name: str) -> Callable[..., Tensor]:
    def function(self: TorchNamespace, *values: Tensor) -> Tensor:
        return self.enclose(getattr(torch, name)(*self._all(values)))

    function.__doc__ = f"Apply torch's ``{name}`` element by element."
    return function


_FUNCTIONS = {
    **{name: name for name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{name: name for name in ("sqrt", "abs", "sign", "floor", "add", "subtract", "multiply")},
    **{name: name for name in ("maximum", "minimum", "square", "less", "greater", "isnan")},
    **{"divide": "true_divide", "power": "pow", "angle": "angle", "equal": "eq"},
    **{"greater_equal": "ge", "less_equal": "le", "arcsin": "arcsin", "arccos": "arccos"},
    **{"arctan": "arctan", "arctan2": "arctan2", "conjugate": "conj", "absolute": "abs"},
}
"""numpy's names and torch's of functions that act on each element."""

for _name, _torch_name in _FUNCTIONS.items():
    setattr(TorchNamespace, _name, _elementwise(_torch_name))


def _own(value: Tensor) -> Any:
    tensor = value.tensor if isinstance(value, Enclosed) else value
    return tensor if isinstance(tensor, torch.Tensor) else None


def _torch_dtype(dtype: Any) -> torch.dtype:
    found: torch.dtype = getattr(torch, np.dtype(dtype).name)
    return found


def _index(entry: Any) -> Any:
    if isinstance(entry, list | np.ndarray):
        return torch.as_tensor(np.asarray(entry))
    return entry.tensor if isinstance(entry, Enclosed) else entry
