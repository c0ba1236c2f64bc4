"""Array functions with numpy's names for torch tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from qgate.arrays import Enclosed
from qgate.interfaces.array_functions import ArrayFunctions, LinearAlgebra, elementwise
from qgate.typing import Tensor


def as_tensor(value: Tensor, like: torch.Tensor | None = None) -> Any:
    """Return a number, a numpy array or a tensor as a tensor, on the device of another."""
    if isinstance(value, Enclosed):
        return value.tensor
    if isinstance(value, torch.Tensor):
        return value
    numbers = np.asarray(value)
    if not numbers.flags.writeable:
        numbers = numbers.copy()  # torch warns about read-only memory
    return torch.as_tensor(numbers, device=None if like is None else like.device)


def device_of(tensors: Sequence[torch.Tensor]) -> torch.device:
    """Return the common device of tensors: that of those that are not on the host."""
    elsewhere = (tensor.device for tensor in tensors if tensor.device.type != "cpu")
    return next(elsewhere, tensors[0].device)


def copied(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Move a tensor from the host to a device; torch raises for tensors on two other devices."""
    return tensor.to(device) if tensor.device.type == "cpu" else tensor


class TorchNamespace(ArrayFunctions):
    """Numpy's functions on torch tensors."""

    def __init__(self) -> None:
        self.linalg = LinearAlgebra(self, torch.linalg)

    def tensor_of(self, value: Tensor) -> Any:
        return as_tensor(value)

    def cast(self, tensor: Any, dtype: np.dtype[Any]) -> Any:
        return tensor.to(getattr(torch, dtype.name))

    def together(self, values: Sequence[Tensor]) -> list[Any]:
        tensors = [as_tensor(value) for value in values]
        kind = tensors[0].dtype
        for tensor in tensors[1:]:
            kind = torch.promote_types(kind, tensor.dtype)
        device = device_of(tensors)  # constants are created on the host
        return [copied(tensor, device).to(kind) for tensor in tensors]

    # Creation and shapes --------------------------------------------------------------

    def reshape(self, value: Tensor, shape: Any) -> Tensor:
        lengths = (shape,) if isinstance(shape, int) else tuple(int(length) for length in shape)
        return self.enclose(torch.reshape(as_tensor(value), lengths))

    def transpose(self, value: Tensor, axes: Sequence[int] | None = None) -> Tensor:
        """Return the array with permuted axes."""
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
        return self.enclose(torch.cat(self.together(values), dim=axis))

    def stack(self, values: Sequence[Tensor], axis: int = 0) -> Tensor:
        return self.enclose(torch.stack(self.together(values), dim=axis))

    def repeat(self, value: Tensor, repeats: int, axis: int = 0) -> Tensor:
        """Repeat each entry along an axis."""
        return self.enclose(torch.repeat_interleave(as_tensor(value), repeats, dim=axis))

    def take_index(self, value: Tensor, index: Any) -> Tensor:
        """Index as numpy does."""
        entries = index if isinstance(index, tuple) else (index,)
        return self.enclose(as_tensor(value)[tuple(map(_index, entries))])

    def where(self, condition: Tensor, yes: Tensor, no: Tensor) -> Tensor:
        """Choose entries by a condition."""
        tensors = [as_tensor(condition), *self.together([yes, no])]
        device = device_of(tensors)
        return self.enclose(torch.where(*(copied(tensor, device) for tensor in tensors)))

    # Arithmetic -------------------------------------------------------------------------

    def sum(self, value: Tensor, axis: Any = None) -> Tensor:
        tensor = as_tensor(value)
        return self.enclose(torch.sum(tensor) if axis is None else torch.sum(tensor, dim=axis))

    def prod(self, value: Tensor, axis: int = 0) -> Tensor:
        """Return the product along an axis."""
        return self.enclose(torch.prod(as_tensor(value), dim=axis))

    def power(self, value: Tensor, exponent: Tensor) -> Tensor:
        """Raise each number to a power."""
        base = as_tensor(value)
        if isinstance(exponent, int | float) and (base.is_floating_point() or base.is_complex()):
            # torch also differentiates by an exponent that is a tensor; the logarithm in that
            # derivative is NaN for bases that are not positive.
            return self.enclose(torch.pow(base, exponent))
        return self.enclose(torch.pow(*self.together([value, exponent])))

    def argmax(self, value: Tensor, axis: int) -> Tensor:
        """Return the index of the largest entry along an axis."""
        return self.enclose(torch.argmax(as_tensor(value), dim=axis))

    def matmul(self, left: Tensor, right: Tensor) -> Tensor:
        """Multiply matrices."""
        return self.enclose(torch.matmul(*self.together([left, right])))

    def dot(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the dot product: contract the last axis with the last but one, or only, axis."""
        first, second = self.together([left, right])
        if not first.ndim or not second.ndim:
            return self.enclose(first * second)
        return self.enclose(torch.tensordot(first, second, ([-1], [max(second.ndim - 2, 0)])))

    def tensordot(self, left: Tensor, right: Tensor, axes: Any = 2) -> Tensor:
        """Contract several axes."""
        return self.enclose(torch.tensordot(*self.together([left, right]), dims=axes))

    def outer(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the outer product of two vectors."""
        return self.enclose(torch.outer(*self.together([left, right])))

    def kron(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the Kronecker product."""
        return self.enclose(torch.kron(*self.together([left, right])))

    def einsum(self, subscripts: str, *values: Tensor) -> Tensor:
        """Contract by named axes (Einstein summation)."""
        return self.enclose(torch.einsum(subscripts, *self.together(values)))

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

    def diag(self, value: Tensor) -> Tensor:
        """Return the diagonal of a matrix, or the matrix with a given diagonal."""
        return self.enclose(torch.diag(as_tensor(value)))

    def diagonal(self, value: Tensor, axis1: int = 0, axis2: int = 1) -> Tensor:
        return self.enclose(torch.diagonal(as_tensor(value), dim1=axis1, dim2=axis2))


OTHER_NAMES = {
    **{"divide": "true_divide", "conjugate": "conj", "absolute": "abs"},
    **{"arcsin": "arcsin", "arccos": "arccos", "arctan": "arctan", "arctan2": "arctan2"},
    **{"isnan": "isnan", "equal": "eq", "greater_equal": "ge", "less_equal": "le"},
}
"""Numpy's and torch's names of elementwise functions."""

for _name, _method in elementwise(torch, OTHER_NAMES).items():
    setattr(TorchNamespace, _name, _method)


def _index(entry: Any) -> Any:
    if isinstance(entry, list | np.ndarray):
        return torch.as_tensor(np.asarray(entry))
    return entry.tensor if isinstance(entry, Enclosed) else entry
