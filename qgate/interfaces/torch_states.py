"""States, differentiable once by PyTorch in either mode.

The change of the states along a tangent and the product of a cotangent with their Jacobian
are linear, and each is the transpose of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from qgate.bridge import States
from qgate.interfaces.host import host_jvp, host_states, host_vjp
from qgate.interfaces.torch_numbers import (
    COMPILED,
    BatchAxes,
    Inputs,
    batch_first,
    below_forward_mode,
    compiled_key,
    complex_of,
    is_plain,
    to_numpy,
)
from qgate.typing import Nested, Tensor

if TYPE_CHECKING:
    from torch._functorch.autograd_function import VmapInfo
    from torch.autograd.function import FunctionCtx


class StatesAt(torch.autograd.Function):
    """States, shape (..., B, M), at the angles x, shape (..., B, n)."""

    @staticmethod
    def forward(x: Tensor, states: States, *fixed: Tensor) -> Tensor:
        if is_plain(x):
            return _states(x, fixed, states)
        return torch.ops.qgate.states(x, list(fixed), compiled_key(states))

    @staticmethod
    def setup_context(ctx: FunctionCtx, inputs: Inputs, output: Tensor) -> None:
        x, ctx.states, *fixed = inputs
        ctx.save_for_backward(x, *fixed)
        ctx.save_for_forward(x, *fixed)

    @staticmethod
    def backward(ctx: FunctionCtx, cotangent: Tensor) -> Inputs:
        if any(ctx.needs_input_grad[2:]):
            ctx.states.refuse_fixed()
        x, *fixed = ctx.saved_tensors
        product = _Product.apply(x, cotangent, ctx.states, *fixed)
        return (product, None, *(None for _ in fixed))

    @staticmethod
    def jvp(ctx: FunctionCtx, tangent: Tensor, *_: None) -> Tensor:
        with below_forward_mode(ctx.saved_tensors) as (x, *fixed):
            return _Change.apply(x, tangent, ctx.states, *fixed)

    @staticmethod
    def vmap(
        info: VmapInfo, in_dims: BatchAxes, x: Tensor, states: States, *fixed: Tensor
    ) -> tuple[Tensor, int]:
        x_dim, _, *fixed_dims = in_dims
        first = batch_first((x, *fixed), (x_dim, *fixed_dims), info.batch_size)
        return StatesAt.apply(first[0], states, *first[1:]), 0


class _Linear(torch.autograd.Function):
    """Function that is linear in a vector; its derivative by the angles raises.

    Required: ``forward`` and ``transposed``, the function that is its transpose.
    """

    transposed: type[_Linear]

    @staticmethod
    def setup_context(ctx: FunctionCtx, inputs: Inputs, output: Tensor) -> None:
        x, _, ctx.states, *fixed = inputs
        ctx.save_for_backward(x, *fixed)
        ctx.save_for_forward(x, *fixed)

    @classmethod
    def backward(cls, ctx: FunctionCtx, cotangent: Tensor) -> Inputs:
        x, *fixed = ctx.saved_tensors
        if ctx.needs_input_grad[0]:
            ctx.states.require(2)
        product = cls.transposed.apply(x, cotangent, ctx.states, *fixed)
        return (None, product, None, *(None for _ in fixed))

    @classmethod
    def jvp(cls, ctx: FunctionCtx, x_tangent: Tensor | None, tangent: Tensor, *_: None) -> Tensor:
        if x_tangent is not None:
            ctx.states.require(2)
        x, *fixed = ctx.saved_tensors
        return cls.apply(x, tangent, ctx.states, *fixed)

    @classmethod
    def vmap(cls, info: VmapInfo, in_dims: BatchAxes, *arguments: Nested) -> tuple[Tensor, int]:
        x, vector, states, *fixed = arguments
        x_dim, vector_dim, _, *fixed_dims = in_dims
        (vector,) = batch_first((vector,), (vector_dim,), info.batch_size)
        x, *fixed = [
            value.unsqueeze(0) if dim is None else value.movedim(dim, 0)
            for value, dim in zip((x, *fixed), (x_dim, *fixed_dims), strict=True)
        ]
        return cls.apply(x, vector, states, *fixed), 0


class _Product(_Linear):
    """Map from angles and cotangents (..., B, M) to products with the Jacobian, (..., B, n)."""

    @staticmethod
    def forward(x: Tensor, cotangent: Tensor, states: States, *fixed: Tensor) -> Tensor:
        if is_plain(x) and is_plain(cotangent):
            return _product(x, cotangent, fixed, states)
        return torch.ops.qgate.states_product(x, cotangent, list(fixed), compiled_key(states))


class _Change(_Linear):
    """Map from angles and tangents (..., B, n) to the change of the states, (..., B, M)."""

    transposed = _Product

    @staticmethod
    def forward(x: Tensor, tangent: Tensor, states: States, *fixed: Tensor) -> Tensor:
        numbers = [to_numpy(number) for number in fixed]
        found = host_jvp(states, to_numpy(x), to_numpy(tangent), numbers)
        return torch.as_tensor(found, dtype=complex_of(x.dtype), device=x.device)


_Product.transposed = _Change


def _states(x: Tensor, fixed: Sequence[Tensor], states: States) -> Tensor:
    found = host_states(states, to_numpy(x), [to_numpy(number) for number in fixed])
    found = np.ascontiguousarray(found)
    return torch.as_tensor(found, dtype=complex_of(x.dtype), device=x.device)


def _product(x: Tensor, cotangent: Tensor, fixed: Sequence[Tensor], states: States) -> Tensor:
    numbers = [to_numpy(number) for number in fixed]
    found = np.ascontiguousarray(host_vjp(states, to_numpy(x), to_numpy(cotangent), numbers))
    return torch.as_tensor(found, dtype=x.dtype, device=x.device)


@torch.library.custom_op("qgate::states", mutates_args=())
def _states_operator(x: torch.Tensor, fixed: list[torch.Tensor], key: int) -> torch.Tensor:
    return _states(x, fixed, COMPILED[key])


@_states_operator.register_fake
def _(x: torch.Tensor, fixed: list[torch.Tensor], key: int) -> torch.Tensor:
    return x.new_empty((*x.shape[:-1], COMPILED[key].size), dtype=complex_of(x.dtype))


@torch.library.custom_op("qgate::states_product", mutates_args=())
def _product_operator(
    x: torch.Tensor, cotangent: torch.Tensor, fixed: list[torch.Tensor], key: int
) -> torch.Tensor:
    return _product(x, cotangent, fixed, COMPILED[key])


@_product_operator.register_fake
def _(
    x: torch.Tensor, cotangent: torch.Tensor, fixed: list[torch.Tensor], key: int
) -> torch.Tensor:
    return x.new_empty((*cotangent.shape[:-1], x.shape[-1]))
