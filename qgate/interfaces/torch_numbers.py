"""Numbers behind torch tensors, and computations of compiled graphs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import torch
from torch._C import _functorch as functorch
from torch.autograd import forward_ad

from qgate.bridge import HostFunction
from qgate.typing import NumericArray, Tensor

Inputs: TypeAlias = tuple[Tensor, ...]
"""Arguments of an autograd function, or their derivatives; None for one that has none."""

BatchAxes: TypeAlias = Sequence[int | None]
"""Axis of each argument that ``vmap`` maps over."""

COMPILED: dict[int, Any] = {}
"""Computations of compiled graphs; a graph can hold only numbers and tensors."""

_KEYS = itertools.count()


def compiled_key(computation: HostFunction) -> int:
    """Register a computation for a graph that is being compiled, and return its number."""
    key = next(_KEYS)
    COMPILED[key] = computation
    return key


def is_plain(tensor: torch.Tensor) -> bool:
    """Return whether a tensor has numbers: it belongs neither to a transform nor to a compiler."""
    return type(tensor) in (torch.Tensor, torch.nn.Parameter) and not (
        functorch.is_functorch_wrapped_tensor(tensor)
    )


def to_numpy(tensor: torch.Tensor) -> NumericArray:
    """Return the numbers of a tensor, copied to the host where needed."""
    with torch._C._DisableFuncTorch():  # or an active transform would wrap them
        numbers = tensor.detach()
        if numbers.dtype == torch.bfloat16:
            numbers = numbers.to(torch.float32)
        plain: NumericArray = numbers.cpu().resolve_conj().resolve_neg().numpy()
        return plain


def complex_of(real: torch.dtype) -> torch.dtype:
    """Return the complex dtype whose real and imaginary parts have the given dtype."""
    return torch.complex128 if real == torch.float64 else torch.complex64


def batch_first(tensors: Sequence[torch.Tensor], axes: BatchAxes, size: int) -> list[torch.Tensor]:
    """Return tensors with the vmapped axis in front; those without one are copied."""
    return [
        tensor.movedim(axis, 0) if axis is not None else tensor.expand(size, *tensor.shape)
        for tensor, axis in zip(tensors, axes, strict=True)
    ]


@contextmanager
def below_forward_mode(tensors: Sequence[torch.Tensor]) -> Iterator[list[torch.Tensor]]:
    """Return tensors as seen below the forward-mode level whose rule is running.

    While a rule runs, torch disables forward mode for all nested levels, so that the levels below
    would see zero tangents. This context enables it again, for tensors of the level below.
    """
    if not any(map(functorch.is_functorch_wrapped_tensor, tensors)):
        yield list(tensors)
        return
    level = functorch.peek_interpreter_stack().level()
    below = [
        functorch.get_unwrapped(tensor)
        if functorch.is_gradtrackingtensor(tensor) and functorch.maybe_get_level(tensor) == level
        else tensor
        for tensor in tensors
    ]
    with forward_ad._set_fwd_grad_enabled(True):
        yield below
