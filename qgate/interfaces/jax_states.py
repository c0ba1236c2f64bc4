"""States, differentiable once by JAX in either mode.

The change of the states along a tangent and the product of a cotangent with their Jacobian
are linear, and each is the transpose of the other. JAX has no public function for such a
pair that can be batched, so they are primitives of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax.custom_derivatives import SymbolicZero
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

from qgate.bridge import States
from qgate.interfaces.device_errors import marking, unmarking
from qgate.interfaces.host import host_jvp, host_states, host_vjp
from qgate.typing import Function, Nested, NumericArray, Tensor


def is_constant(tangent: jax.Array) -> bool:
    """Return whether an input does not vary."""
    return isinstance(tangent, SymbolicZero) or tangent.dtype == jax.dtypes.float0


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def states_at(states: States, x: Tensor, fixed: tuple[Tensor, ...]) -> Tensor:
    """Return the states, shape (B, M), at the angles x, shape (B, n)."""
    kind = jnp.result_type(x.dtype, jnp.complex64)
    result = jax.ShapeDtypeStruct((x.shape[0], states.size), kind)

    @marking()
    def compute(x: jax.Array, fixed: Sequence[jax.Array]) -> NumericArray:
        return host_states(states, x, fixed).astype(kind)

    return jax.pure_callback(compute, result, x, fixed, vmap_method="broadcast_all")


def _rule(
    states: States, primals: Sequence[Nested], tangents: Sequence[Nested]
) -> tuple[jax.Array, jax.Array]:
    x, fixed = primals
    if not all(is_constant(tangent) for tangent in tangents[1]):
        states.refuse_fixed()
    states.require(1)
    value = states_at(states, x, fixed)
    if is_constant(tangents[0]):
        return value, jnp.zeros_like(value)
    return value, change_p.bind(x, tangents[0], *fixed, states=states)


states_at.defjvp(_rule, symbolic_zeros=True)


change_p = Primitive("states_change")
"""Primitive from angles and tangents (..., B, n) to the change of the states, (..., B, M)."""

product_p = Primitive("states_product")
"""Primitive from angles (..., B, n) and cotangents (..., B, M) to products, (..., B, n)."""


def _linear(
    on_host: Callable[..., NumericArray],
    states: States,
    result: jax.ShapeDtypeStruct,
    *arguments: Tensor,
) -> Tensor:
    """Call a function of angles, a vector and late inputs with numpy."""

    @marking()
    def compute(x: jax.Array, vector: jax.Array, *fixed: jax.Array) -> NumericArray:
        return on_host(states, x, vector, fixed).astype(result.dtype)

    return jax.pure_callback(compute, result, *arguments)


def _change(x: Tensor, tangent: Tensor, *fixed: Tensor, states: States) -> Tensor:
    shape = (*tangent.shape[:-1], states.size)
    result = jax.ShapeDtypeStruct(shape, jnp.result_type(x.dtype, jnp.complex64))
    return _linear(host_jvp, states, result, x, tangent, *fixed)


def _conjugate_vjp(
    states: States, x: NumericArray, cotangents: NumericArray, fixed: Sequence[NumericArray]
) -> NumericArray:
    # JAX pairs a cotangent c with a change without a conjugate: Re sum(c dpsi).
    return host_vjp(states, x, np.conj(np.asarray(cotangents)), fixed)


def _product(x: Tensor, cotangent: Tensor, *fixed: Tensor, states: States) -> Tensor:
    result = jax.ShapeDtypeStruct((*cotangent.shape[:-1], x.shape[-1]), x.dtype)
    return _linear(_conjugate_vjp, states, result, x, cotangent, *fixed)


def _define(primitive: Primitive, function: Function, transposed: Primitive) -> None:
    """Register a primitive's implementation, shapes, derivative, transpose and batching rule."""

    def differentiated(
        primals: Sequence[jax.Array], tangents: Sequence[jax.Array], *, states: States
    ) -> tuple[jax.Array, jax.Array]:
        if not isinstance(tangents[0], ad.Zero):
            states.require(2)
        if not all(isinstance(tangent, ad.Zero) for tangent in tangents[2:]):
            states.refuse_fixed()
        value = primitive.bind(*primals, states=states)
        if isinstance(tangents[1], ad.Zero):
            return value, jnp.zeros_like(value)
        return value, primitive.bind(primals[0], tangents[1], *primals[2:], states=states)

    def turned(
        cotangent: jax.Array, x: jax.Array, vector: jax.Array, *fixed: jax.Array, states: States
    ) -> list[jax.Array | None]:
        product = transposed.bind(x, cotangent, *fixed, states=states)
        return [None, product, *(None for _ in fixed)]

    def batched(
        arguments: Sequence[jax.Array], axes: Sequence[int | None], *, states: States
    ) -> tuple[jax.Array, int]:
        size = next(
            value.shape[axis]
            for value, axis in zip(arguments, axes, strict=True)
            if axis is not None
        )
        (x, vector, *fixed), (x_axis, *rest) = arguments, axes
        vector = _in_front(vector, rest[0], size)
        x, *fixed = [
            _in_front(value, axis, 1)
            for value, axis in zip((x, *fixed), (x_axis, *rest[1:]), strict=True)
        ]
        return primitive.bind(x, vector, *fixed, states=states), 0

    def shaped(*arguments: jax.core.ShapedArray, states: States) -> jax.core.ShapedArray:
        result = jax.eval_shape(partial(function, states=states), *arguments)
        return jax.core.ShapedArray(result.shape, result.dtype)

    primitive.def_impl(unmarking()(function))
    primitive.def_abstract_eval(shaped)
    mlir.register_lowering(primitive, mlir.lower_fun(function, multiple_results=False))
    ad.primitive_jvps[primitive] = differentiated
    ad.primitive_transposes[primitive] = turned
    batching.primitive_batchers[primitive] = batched


def _in_front(value: Tensor, axis: int | None, size: int) -> Tensor:
    """Return an array with its batch axis in front, or ``size`` copies of an array without one."""
    if axis is None:
        return jnp.broadcast_to(value, (size, *value.shape))
    return jnp.moveaxis(value, axis, 0)


_define(change_p, _change, product_p)
_define(product_p, _product, change_p)
