"""Values from a device, differentiable by autograd to any order.

The primitive is D(k, x), the k-th derivative of all measured values by the trained angles.
Its rule contracts with D(k + 1) in autograd operations, so one rule gives reverse and
forward mode and every order.
"""

from __future__ import annotations

from typing import Any, Protocol

import autograd.numpy as anp
import numpy as np
from autograd.extend import defjvp, defvjp, primitive

from qgate.arrays import depth, unwrap
from qgate.typing import FloatArray, Tensor


class Derivatives(Protocol):
    """Gives the k-th derivative, shape (B, M) + (n,) * k, at the angles x, shape (B, n)."""

    def __call__(self, order: int, x: FloatArray, *, expect: int = 0) -> FloatArray: ...


def differentiable(derivatives: Derivatives, x: Tensor) -> Tensor:
    """Return the values at ``x`` so that autograd can differentiate them.

    Parameters
    ----------
    derivatives : callable
        The values and their derivatives as plain numbers.
    x : traced array, shape (B, n)

    Returns
    -------
    traced array, shape (B, M)
    """
    # Each level of tracing is one derivative that will be asked for: have all of them
    # computed together with the value, in one submission.
    derivatives(0, np.asarray(unwrap(x)), expect=depth(x))
    return _derivative(x, derivatives, 0)


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
