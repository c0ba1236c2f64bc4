"""A number whose first derivatives were computed with it, as one autograd function of torch.

Backward only multiplies. A backward pass that is recorded itself (``create_graph=True``) computes
the number again, in operations that torch differentiates to any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch._C import _functorch as functorch
from torch.autograd import forward_ad

from qgate.bridge import Again, ComputeSlopes
from qgate.interfaces.torch_numbers import Inputs, is_plain, to_numpy
from qgate.typing import FloatArray, Tensor

if TYPE_CHECKING:
    from torch.autograd.function import FunctionCtx


def value_with_slopes(
    slopes: ComputeSlopes, again: Again, arrays: Sequence[Tensor]
) -> torch.Tensor | None:
    """Return a number by tensors and plain numbers; None: torch needs the general path for it."""
    if functorch.peek_interpreter_stack() is not None or forward_ad._current_level >= 0:
        return None
    tensors = [isinstance(value, torch.Tensor) for value in arrays]
    if not all(is_plain(each) for each, one in zip(arrays, tensors, strict=True) if one):
        return None
    trained = [one and each.requires_grad for each, one in zip(arrays, tensors, strict=True)]
    by = tuple(number for number, one in enumerate(trained) if one)
    numbers = [to_numpy(each) if one else each for each, one in zip(arrays, tensors, strict=True)]
    found = slopes(by, numbers) if by else None
    if found is None:
        return None
    value: torch.Tensor = _Value.apply(found, again, by, *arrays)
    return value


class _Value(torch.autograd.Function):
    """A number; its derivatives by the arrays ``by`` are known."""

    @staticmethod
    def forward(
        ctx: FunctionCtx,
        found: tuple[float, Sequence[FloatArray]],
        again: Again,
        by: tuple[int, ...],
        *arrays: Tensor,
    ) -> torch.Tensor:
        value, ctx.slopes = found
        ctx.again, ctx.by, ctx.arrays = again, by, [*arrays]
        ctx.save_for_backward(*(arrays[at] for at in by))
        for at in by:
            ctx.arrays[at] = None  # saved by torch, which notices changes in place
        return torch.tensor(value, dtype=torch.float64)

    @staticmethod
    def backward(ctx: FunctionCtx, cotangent: torch.Tensor) -> Inputs:
        saved = ctx.saved_tensors
        found: list[Tensor] = [None] * (3 + len(ctx.arrays))
        if torch.is_grad_enabled():
            by_array = _recorded(ctx, saved, cotangent)
        else:
            by_array = [
                (cotangent * torch.from_numpy(slope)).to(array)
                for array, slope in zip(saved, ctx.slopes, strict=True)
            ]
        for at, derivative in zip(ctx.by, by_array, strict=True):
            found[3 + at] = derivative
        return tuple(found)


def _recorded(
    ctx: FunctionCtx, saved: Sequence[torch.Tensor], cotangent: torch.Tensor
) -> Sequence[torch.Tensor]:
    """Return the derivatives by the saved arrays, which can be differentiated again."""
    arrays = [*ctx.arrays]
    for at, array in zip(ctx.by, saved, strict=True):
        arrays[at] = array
    value = ctx.again(arrays)
    found: Sequence[torch.Tensor] = torch.autograd.grad(
        value, saved, cotangent.to(value), create_graph=True
    )
    return found
