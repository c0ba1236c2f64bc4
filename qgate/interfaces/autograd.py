"""Values from a device, differentiable by autograd to any order.

The primitive is D(k, x), the k-th derivative of all measured values by the trainable angles. Its
rule contracts with D(k + 1) in autograd operations, so one rule gives reverse and forward mode and
every order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import autograd.numpy as anp
import numpy as np
from autograd.extend import defjvp, defvjp, primitive
from autograd.tracer import getval, isbox

from qgate.arrays import depends_on_tracer, depth
from qgate.bridge import Derivatives, Interface, States
from qgate.differentiate.jacobians import jacobian
from qgate.interfaces.autograd_angles import AutogradAngles
from qgate.interfaces.autograd_rows import result, row
from qgate.typing import ComplexArray, FloatArray, Tensor


class AutogradInterface(Interface):
    """Autograd interface: :func:`qgate.grad`, :func:`qgate.jacobian` and nestings of them."""

    name = "autograd"
    namespace = anp

    def owns(self, value: Tensor) -> bool:
        return bool(isbox(value))

    is_traced = is_trained = owns

    def trained(self, values: Sequence[Tensor]) -> list[bool]:
        return list(map(isbox, values))

    def number(self, value: Tensor) -> Tensor:
        return getval(value)

    def constant(self, value: Tensor) -> Tensor:
        return getval(value)

    def tensor(self, number: Tensor, like: Sequence[Tensor]) -> Tensor:
        return number

    def differentiable(
        self, derivatives: Derivatives, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        x = parts[0] if len(parts) == 1 else anp.concatenate(list(parts), axis=-1)
        # Each level of tracing is one derivative that will be requested: compute all of them
        # together with the value, in one submission.
        derivatives(0, np.asarray(getval(x)), expect=depth(x))
        return _derivative(x, derivatives, 0)

    def from_states(
        self, states: States, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        return _states(anp.concatenate(list(parts), axis=-1), states)

    def traced_angles(self, angles: Sequence[Tensor]) -> AutogradAngles | None:
        return AutogradAngles.of(angles)

    def row(self, values: Sequence[Tensor]) -> Tensor:
        return row(values)

    def result(self, values: Tensor, start: int, shape: tuple[int, ...]) -> Tensor:
        return result(values, start, shape)

    def is_argument(self, value: Tensor) -> bool:
        return self.owns(value) or getattr(value, "requires_grad", None) is True

    def depends_on_tracer(self, value: Tensor) -> bool:
        return depends_on_tracer(value)

    def jacobian(
        self, function: Callable[..., Tensor], argnums: tuple[int, ...]
    ) -> Callable[..., tuple[Tensor, ...]]:
        return jacobian(function, argnums)


INTERFACE = AutogradInterface()


def _compute(x: Tensor, derivatives: Derivatives, order: int) -> FloatArray:
    return derivatives(order, np.asarray(x))


_derivative = primitive(_compute)


def _vjp(
    answer: Tensor, x: Tensor, derivatives: Derivatives, order: int
) -> Callable[[Tensor], Tensor]:
    def contract(cotangent: Tensor) -> Tensor:
        higher = _derivative(x, derivatives, order + 1)
        rows, size = x.shape
        if not isbox(higher) and not isbox(cotangent):
            flat = higher.reshape(rows, -1, size)
            return np.matmul(cotangent.reshape(rows, 1, -1), flat).reshape(rows, size)
        flat = anp.reshape(higher, (rows, -1, size))
        return anp.reshape(anp.matmul(anp.reshape(cotangent, (rows, 1, -1)), flat), (rows, size))

    return contract


def _jvp(
    tangent: Tensor, answer: Tensor, x: Tensor, derivatives: Derivatives, order: int
) -> Tensor:
    higher = _derivative(x, derivatives, order + 1)
    rows, size = x.shape
    flat = anp.reshape(higher, (rows, -1, size))
    return anp.reshape(anp.matmul(flat, anp.reshape(tangent, (rows, size, 1))), answer.shape)


defvjp(_derivative, _vjp, argnums=(0,))
defjvp(_derivative, _jvp, argnums=(0,))


# States -------------------------------------------------------------------------------------
#
# autograd pairs the cotangent g of a complex array with its change dpsi without a conjugate:
# Re sum(g dpsi).


def _compute_states(x: Tensor, states: States) -> ComplexArray:
    return states(np.asarray(x))


def _compute_state_vjp(cotangent: Tensor, x: Tensor, states: States) -> FloatArray:
    return np.asarray(states.vjp(np.asarray(x), np.conj(cotangent)[None])[0])


def _compute_state_jvp(tangent: Tensor, x: Tensor, states: States) -> ComplexArray:
    return np.asarray(states.jvp(np.asarray(x), np.asarray(tangent)[None])[0])


_states = primitive(_compute_states)
_state_vjp = primitive(_compute_state_vjp)
_state_jvp = primitive(_compute_state_jvp)

defvjp(_states, lambda _, x, states: lambda g: _state_vjp(g, x, states), argnums=(0,))
defjvp(_states, lambda t, _, x, states: _state_jvp(t, x, states), argnums=(0,))
# Both products are linear in their vector, and each is the transpose of the other.
defvjp(_state_vjp, lambda _, g, x, states: lambda t: _state_jvp(t, x, states), argnums=(0,))
defvjp(_state_jvp, lambda _, t, x, states: lambda g: _state_vjp(g, x, states), argnums=(0,))
defjvp(_state_vjp, "same", argnums=(0,))
defjvp(_state_jvp, "same", argnums=(0,))
