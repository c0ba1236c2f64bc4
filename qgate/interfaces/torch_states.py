"""States, differentiable once by PyTorch in either mode.

The change of the states along a tangent and the product of a cotangent with their Jacobian
are linear, and each is the transpose of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from qgate.bridge import States
from qgate.interfaces.host import host_jvp, host_states, host_vjp
from qgate.interfaces.torch_numbers import (
    COMPILED,
    batch_first,
    below_forward_mode,
    compiled_key,
    complex_of,
    is_plain,
    to_numpy,
)


class StatesAt(torch.autograd.Function):
    """States, shape (..., B, M), at the angles x, shape (..., B, n)."""

    @staticmethod
    def forward(x: Any, states: States, *fixed: Any) -> Any:
        if is_plain(x):
            return _states(x, fixed, states)
        return torch.ops.qgate.states(x, list(fixed), compiled_key(states))

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        x, ctx.states, *fixed = inputs
        ctx.save_for_backward(x, *fixed)
        ctx.save_for_forward(x, *fixed)

    @staticmethod
    def backward(ctx: Any, cotangent: Any) -> Any:
        if any(ctx.needs_input_grad[2:]):
            ctx.states.refuse_fixed()
        x, *fixed = ctx.saved_tensors
        product = _Product.apply(x, cotangent, ctx.states, *fixed)
        return (product, None, *(None for _ in fixed))

    @staticmethod
    def jvp(ctx: Any, tangent: Any, *_: Any) -> Any:
        with below_forward_mode(ctx.saved_tensors) as (x, *fixed):
            return _Change.apply(x, tangent, ctx.states, *fixed)

    @staticmethod
    def vmap(info: Any, in_dims: Any, x: Any, states: Any, *fixed: Any) -> Any:
        x_dim, _, *fixed_dims = in_dims
        first = batch_first((x, *fixed), (x_dim, *fixed_dims), info.batch_size)
        return StatesAt.apply(first[0], states, *first[1:]), 0


class _Linear(torch.autograd.Function):
    """Function that is linear in a vector; its derivative by the angles raises."""

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        x, _, ctx.states, *fixed = inputs
        ctx.save_for_backward(x, *fixed)
        ctx.save_for_forward(x, *fixed)

    @classmethod
    def _batched(cls, info: Any, in_dims: Any, arguments: Any) -> Any:
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
    def forward(x: Any, cotangent: Any, states: States, *fixed: Any) -> Any:
        if is_plain(x) and is_plain(cotangent):
            return _product(x, cotangent, fixed, states)
        return torch.ops.qgate.states_product(x, cotangent, list(fixed), compiled_key(states))

    @staticmethod
    def backward(ctx: Any, cotangent: Any) -> Any:
        x, *fixed = ctx.saved_tensors
        if ctx.needs_input_grad[0]:
            ctx.states.require(2)
        return (None, _Change.apply(x, cotangent, ctx.states, *fixed), None, *(None for _ in fixed))

    @staticmethod
    def jvp(ctx: Any, x_tangent: Any, tangent: Any, *_: Any) -> Any:
        if x_tangent is not None:
            ctx.states.require(2)
        x, *fixed = ctx.saved_tensors
        return _Product.apply(x, tangent, ctx.states, *fixed)

    @staticmethod
    def vmap(info: Any, in_dims: Any, *arguments: Any) -> Any:
        return _Product._batched(info, in_dims, arguments)


class _Change(_Linear):
    """Map from angles and tangents (..., B, n) to the change of the states, (..., B, M)."""

    @staticmethod
    def forward(x: Any, tangent: Any, states: States, *fixed: Any) -> Any:
        numbers = [to_numpy(number) for number in fixed]
        found = host_jvp(states, to_numpy(x), to_numpy(tangent), numbers)
        return torch.as_tensor(found, dtype=complex_of(x.dtype), device=x.device)

    @staticmethod
    def backward(ctx: Any, cotangent: Any) -> Any:
        x, *fixed = ctx.saved_tensors
        if ctx.needs_input_grad[0]:
            ctx.states.require(2)
        product = _Product.apply(x, cotangent, ctx.states, *fixed)
        return (None, product, None, *(None for _ in fixed))

    @staticmethod
    def jvp(ctx: Any, x_tangent: Any, tangent: Any, *_: Any) -> Any:
        if x_tangent is not None:
            ctx.states.require(2)
        x, *fixed = ctx.saved_tensors
        return _Change.apply(x, tangent, ctx.states, *fixed)

    @staticmethod
    def vmap(info: Any, in_dims: Any, *arguments: Any) -> Any:
        return _Change._batched(info, in_dims, arguments)


def _states(x: Any, fixed: Sequence[Any], states: States) -> Any:
    found = host_states(states, to_numpy(x), [to_numpy(number) for number in fixed])
    found = np.ascontiguousarray(found)
    return torch.as_tensor(found, dtype=complex_of(x.dtype), device=x.device)


def _product(x: Any, cotangent: Any, fixed: Sequence[Any], states: States) -> Any:
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
