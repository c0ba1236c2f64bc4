"""Values from a device, differentiable by autograd to any order.

The primitive is D(k, x), the k-th derivative of all measured values by the trained angles.
Its rule contracts with D(k + 1) in autograd operations, so one rule gives reverse and
forward mode and every order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd.extend import defjvp, defvjp, primitive
from autograd.tracer import getval, isbox

from qgate.arrays import depth
from qgate.interfaces.base import Derivatives, Interface
from qgate.typing import FloatArray, Tensor


class AutogradInterface(Interface):
    """Autograd: :func:`qgate.grad`, :func:`qgate.jacobian` and what nests them."""

    name = "autograd"
    namespace = anp

    def owns(self, value: Tensor) -> bool:
        return bool(isbox(value))

    is_traced = is_trained = owns

    def number(self, value: Tensor) -> Any:
        return getval(value)

    def tensor(self, number: Any, like: Sequence[Tensor]) -> Tensor:
        return number

    def differentiable(
        self, derivatives: Derivatives, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        x = anp.concatenate(list(parts), axis=-1)
        # Each level of tracing is one derivative that will be asked for: have all of them
        # computed together with the value, in one submission.
        derivatives(0, np.asarray(getval(x)), expect=depth(x))
        return _derivative(x, derivatives, 0)


INTERFACE = AutogradInterface()


def _compute(x: Any, derivatives: Derivatives, order: int) -> FloatArray:
    return derivatives(order, np.asarray(x))


_derivative = primitive(_compute)


def _vjp(answer: Any, x: Any, derivatives: Derivatives, order: int) -> Any:
    def contract(cotangent: Any) -> Any:
        higher = _derivative(x, derivatives, order + 1)
        rows, size = x.shape
        flat = anp.reshape(higher, (rows, -1, size))
        return anp.reshape(anp.matmul(anp.reshape(cotangent, (rows, 1, -1)), flat), (rows, size))

    return contract


def _jvp(tangent: Any, answer: Any, x: Any, derivatives: Derivatives, order: int) -> Any:
    higher = _derivative(x, derivatives, order + 1)
    rows, size = x.shape
    flat = anp.reshape(higher, (rows, -1, size))
    return anp.reshape(anp.matmul(flat, anp.reshape(tangent, (rows, size, 1))), answer.shape)


defvjp(_derivative, _vjp, argnums=(0,))
defjvp(_derivative, _jvp, argnums=(0,))
