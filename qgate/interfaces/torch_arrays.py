"""Array functions with numpy's names for torch tensors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from qgate.arrays import Enclosed
from qgate.interfaces.array_functions import ArrayFunctions, LinearAlgebra
from qgate.typing import Axes, DType, Index, IndexEntry, Tensor


def as_tensor(value: Tensor, like: torch.Tensor | None = None) -> torch.Tensor:
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


def _imag(tensor: torch.Tensor) -> torch.Tensor:
    return torch.imag(tensor) if tensor.is_complex() else tensor * 0.0


class TorchNamespace(
    ArrayFunctions,
    module=torch,
    elementwise={
        **{"divide": torch.true_divide, "conjugate": torch.conj, "absolute": torch.abs},
        **{"arcsin": torch.arcsin, "arccos": torch.arccos, "arctan": torch.arctan},
        **{"arctan2": torch.arctan2, "isnan": torch.isnan, "equal": torch.eq},
        **{"matmul": torch.matmul, "outer": torch.outer, "kron": torch.kron},
    },
    of_one={
        **{"sum": torch.sum, "prod": torch.prod, "argmax": torch.argmax},
        **{"repeat": torch.repeat_interleave, "diag": torch.diag},
        **{"real": torch.real, "imag": _imag, "conj": torch.conj},
    },
    joining={"concatenate": torch.cat, "stack": torch.stack},
):
    """Numpy's functions on torch tensors."""

    library = torch
    permute = staticmethod(torch.permute)
    tensor_of = staticmethod(as_tensor)

    def __init__(self) -> None:
        self.linalg = LinearAlgebra(self, torch.linalg)

    def cast(self, tensor: torch.Tensor, dtype: DType) -> torch.Tensor:
        return tensor.to(getattr(torch, dtype.name))

    def together(self, values: Sequence[Tensor]) -> list[torch.Tensor]:
        tensors = [as_tensor(value) for value in values]
        kind = tensors[0].dtype
        for tensor in tensors[1:]:
            kind = torch.promote_types(kind, tensor.dtype)
        return [tensor.to(kind) for tensor in _on_one_device(tensors)]

    def reshape(self, value: Tensor, shape: Axes) -> Tensor:
        lengths = (shape,) if isinstance(shape, int) else tuple(int(length) for length in shape)
        return self.enclose(torch.reshape(as_tensor(value), lengths))

    def take_index(self, value: Tensor, index: Index) -> Tensor:
        entries = index if isinstance(index, tuple) else (index,)
        return self.enclose(as_tensor(value)[tuple(map(_index, entries))])

    def where(self, condition: Tensor, yes: Tensor, no: Tensor) -> Tensor:
        tensors = _on_one_device([as_tensor(condition), *self.together([yes, no])])
        return self.enclose(torch.where(*tensors))

    def diagonal(self, value: Tensor, axis1: int = 0, axis2: int = 1) -> Tensor:
        return self.enclose(torch.diagonal(as_tensor(value), dim1=axis1, dim2=axis2))

    def power(self, value: Tensor, exponent: Tensor) -> Tensor:
        """Raise each number to a power."""
        base = as_tensor(value)
        if isinstance(exponent, int | float) and (base.is_floating_point() or base.is_complex()):
            # torch also differentiates by an exponent that is a tensor; the logarithm in that
            # derivative is NaN for bases that are not positive.
            return self.enclose(torch.pow(base, exponent))
        return self.enclose(torch.pow(*self.together([value, exponent])))


def _on_one_device(tensors: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    device = device_of(tensors)  # constants are created on the host
    return [copied(tensor, device) for tensor in tensors]


def _index(entry: IndexEntry | Enclosed) -> IndexEntry | torch.Tensor:
    if isinstance(entry, list | np.ndarray):
        return torch.as_tensor(np.asarray(entry))
    return entry.tensor if isinstance(entry, Enclosed) else entry
