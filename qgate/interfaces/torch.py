"""PyTorch interface: device values, differentiable to any order, in either mode.

The primitive is D(k, x), the k-th derivative of all measured values by the trainable angles. Its
rule contracts with D(k + 1), which is the primitive again, so ``torch.autograd`` and ``torch.func``
nest. While ``torch.compile`` traces, the primitive is a custom operator, because Dynamo cannot
trace autograd functions with a forward-mode rule. The operator itself has no forward-mode rule, so
it is only used inside such a function.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch._C import _functorch as functorch
from torch.autograd import forward_ad
from torch.utils import _pytree as pytree

from qgate.arrays import Enclosed, opened
from qgate.bridge import Again, ComputeSlopes, Derivatives, States
from qgate.interfaces.base import EnclosingInterface
from qgate.interfaces.host import host
from qgate.interfaces.torch_arrays import TorchNamespace, as_tensor, copied, device_of
from qgate.interfaces.torch_numbers import (
    COMPILED,
    BatchAxes,
    Inputs,
    batch_first,
    below_forward_mode,
    compiled_key,
    is_plain,
    to_numpy,
)
from qgate.interfaces.torch_slopes import value_with_slopes
from qgate.interfaces.torch_states import StatesAt
from qgate.typing import Function, Nested, Tensor

if TYPE_CHECKING:
    from torch._functorch.autograd_function import VmapInfo
    from torch.autograd.function import FunctionCtx


class TorchArray(Enclosed):
    """Torch tensor that takes part in numpy's arithmetic."""

    __slots__ = ()


class TorchInterface(EnclosingInterface):
    """PyTorch interface: ``torch.autograd``, ``torch.func``, ``torch.compile``."""

    name = "torch"
    namespace = TorchNamespace()
    wide = frozenset({torch.float64, torch.complex128})
    is_plain = staticmethod(is_plain)
    to_numpy = staticmethod(to_numpy)
    to_complex = staticmethod(torch.complex)
    tree_map = staticmethod(pytree.tree_map)

    def owns(self, value: Tensor) -> bool:
        return isinstance(value, torch.Tensor | TorchArray)

    def is_trained(self, value: Tensor) -> bool:
        tensor = opened(value)
        while functorch.is_functorch_wrapped_tensor(tensor):
            if functorch.is_gradtrackingtensor(tensor):
                return True
            tensor = functorch.get_unwrapped(tensor)
        if tensor.requires_grad and torch.is_grad_enabled():
            return True
        return forward_ad._current_level >= 0 and (
            forward_ad.unpack_dual(tensor).tangent is not None
        )

    def cast(self, tensor: torch.Tensor, dtype: str) -> torch.Tensor:
        return tensor.to(getattr(torch, dtype))

    def detached(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.detach()

    def floating(self, value: Tensor) -> torch.Tensor:
        tensor = as_tensor(value)
        is_exact = not (tensor.is_floating_point() or tensor.is_complex())
        return tensor.to(torch.get_default_dtype()) if is_exact else tensor

    def enclosed(self, value: Tensor) -> Tensor:
        return value if isinstance(value, TorchArray) else TorchArray(value)

    def settle(self, value: Tensor, count: int) -> None:
        shape = opened(value).shape
        for length in shape[max(len(shape) - count, 0) :]:
            int(length)  # from here on torch.compile specialises on this length

    def tensor(self, number: Tensor, like: Sequence[Tensor]) -> Tensor:
        own = [opened(value) for value in like if self.owns(value)]
        return torch.as_tensor(np.asarray(number), device=device_of(own) if own else None)

    def differentiable(
        self, derivatives: Derivatives, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        x = torch.cat([as_tensor(part) for part in parts], dim=-1)
        others = [as_tensor(number, x) for number in fixed]
        return TorchArray(_Derivative.apply(x, derivatives, 0, *others))

    def with_slopes(
        self, slopes: ComputeSlopes, again: Again, arrays: Sequence[Tensor]
    ) -> Tensor | None:
        value = value_with_slopes(
            slopes, lambda each: opened(again(each)), list(map(opened, arrays))
        )
        return None if value is None else TorchArray(value)

    def from_states(
        self, states: States, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        x = torch.cat([as_tensor(part) for part in parts], dim=-1)
        others = [as_tensor(number, x) for number in fixed]
        return TorchArray(StatesAt.apply(x, states, *others))

    def each_row(
        self,
        function: Callable[[Sequence[Tensor]], Sequence[Tensor]],
        arrays: Sequence[Tensor],
        *,
        complexes: Sequence[bool],
    ) -> list[Tensor]:
        tensors = [as_tensor(array) for array in arrays]
        rows = int(tensors[0].shape[0])  # the compiled graph is then specialised on this number
        found = [function([TorchArray(tensor[row]) for tensor in tensors]) for row in range(rows)]
        return [self.namespace.concatenate(parts) for parts in zip(*found, strict=True)]

    def row(self, values: Sequence[Tensor]) -> Tensor:
        tensors = [as_tensor(value) for value in values]
        if any(tensor.ndim for tensor in tensors):
            joined = torch.cat([tensor.reshape(-1) for tensor in tensors])
        else:
            joined = torch.stack(tensors)
        return joined.to(torch.float64).reshape(1, -1)

    def is_argument(self, value: Tensor) -> bool:
        tensor = opened(value)
        return bool(tensor.requires_grad) or self.is_trained(tensor)

    def depends_on_tracer(self, value: Tensor) -> bool:
        tensor = opened(value)
        return functorch.is_gradtrackingtensor(tensor) and (
            functorch.maybe_get_level(tensor) == functorch.maybe_current_level()
        )

    def real_jacobians(
        self, function: Callable[..., tuple[Tensor, ...]], args: Sequence[Nested]
    ) -> Sequence[Nested]:
        found: Sequence[Nested] = torch.func.jacrev(function, tuple(range(len(args))))(*args)
        return found

    def finished(self, value: Tensor, like: Sequence[Tensor]) -> Tensor:
        own = [opened(each) for each in like if self.owns(each)]
        return super().finished(copied(opened(value), device_of(own)) if own else value, own)


INTERFACE = TorchInterface(TorchArray)


def _with_signature(function: Function) -> Function:
    """Cache the signature of a function, which torch would otherwise inspect for each call."""
    function.__dict__["__signature__"] = inspect.signature(function)
    return function


class _Derivative(torch.autograd.Function):
    """D(order, x), shape (..., B, M) + (n,) * order, for x of shape (..., B, n)."""

    @staticmethod
    @_with_signature
    def forward(x: Tensor, derivatives: Derivatives, order: int, *fixed: Tensor) -> Tensor:
        if is_plain(x):
            return _compute(x, fixed, derivatives, order, ticket=0)
        return torch.ops.qgate.derivative(x, list(fixed), compiled_key(derivatives), order)

    @staticmethod
    def setup_context(ctx: FunctionCtx, inputs: Inputs, output: Tensor) -> None:
        x, ctx.derivatives, ctx.order, *fixed = inputs
        ctx.save_for_backward(x, *fixed)
        ctx.save_for_forward(x, *fixed)

    @staticmethod
    def backward(ctx: FunctionCtx, cotangent: Tensor) -> Inputs:
        if any(ctx.needs_input_grad[3:]):
            ctx.derivatives.refuse_fixed()
        saved = ctx.saved_tensors  # read once: checkpointing cannot unpack saved tensors twice
        flat, x = _slope(ctx, saved)
        row = cotangent.reshape(*x.shape[:-1], 1, -1).to(flat.dtype)
        gradient = torch.matmul(row, flat).reshape(x.shape)
        return (gradient, None, None, *(None for _ in saved[1:]))

    @staticmethod
    def jvp(ctx: FunctionCtx, tangent: Tensor, *_: None) -> Tensor:
        with below_forward_mode(ctx.saved_tensors) as saved:
            flat, x = _slope(ctx, saved)
            size, n = ctx.derivatives.size, x.shape[-1]
            change = torch.matmul(flat, tangent.unsqueeze(-1))
            return change.reshape(*x.shape[:-1], size, *(n,) * ctx.order)

    @staticmethod
    def vmap(
        info: VmapInfo,
        in_dims: BatchAxes,
        x: Tensor,
        derivatives: Derivatives,
        order: int,
        *fixed: Tensor,
    ) -> tuple[Tensor, int]:
        x_dim, _, _, *fixed_dims = in_dims
        first = batch_first((x, *fixed), (x_dim, *fixed_dims), info.batch_size)
        return _Derivative.apply(first[0], derivatives, order, *first[1:]), 0


def _slope(ctx: FunctionCtx, saved: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Return D(order + 1), its derivative axes except the last merged with M, and x."""
    x, *fixed = saved
    ctx.derivatives.require(ctx.order + 1)
    higher = _Derivative.apply(x, ctx.derivatives, ctx.order + 1, *fixed)
    return higher.reshape(*x.shape[:-1], -1, x.shape[-1]), x


def _compute(
    x: Tensor, fixed: Sequence[Tensor], derivatives: Derivatives, order: int, *, ticket: int
) -> Tensor:
    numbers = [to_numpy(tensor) for tensor in fixed]
    (found,) = host(derivatives, [order], to_numpy(x), numbers, ticket=ticket)
    return torch.as_tensor(np.ascontiguousarray(found), dtype=x.dtype, device=x.device)


@torch.library.custom_op("qgate::derivative", mutates_args=())
def _operator(x: torch.Tensor, fixed: list[torch.Tensor], key: int, order: int) -> torch.Tensor:
    derivatives = COMPILED[key]
    return _compute(x, fixed, derivatives, order, ticket=derivatives.new_ticket())


@_operator.register_fake
def _(x: torch.Tensor, fixed: list[torch.Tensor], key: int, order: int) -> torch.Tensor:
    return x.new_empty((*x.shape[:-1], COMPILED[key].size, *(x.shape[-1],) * order))
