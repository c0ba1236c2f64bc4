"""States, differentiable once by TensorFlow in either mode.

The change of the states along a tangent and the product of a cotangent with their Jacobian
are linear, and each is the transpose of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf

from qgate.bridge import States
from qgate.interfaces.host import host_jvp, host_states, host_vjp
from qgate.interfaces.tensorflow_operations import HostOperation, guarded
from qgate.typing import NumericArray


def states_at(states: States, x: tf.Tensor, fixed: Sequence[tf.Tensor]) -> tf.Tensor:
    """Return the states, shape (B, M), at the angles x, shape (B, n)."""

    def compute(x: NumericArray, *fixed: NumericArray) -> tuple[NumericArray]:
        return (host_states(states, x, fixed),)

    def gradient(
        inputs: Sequence[tf.Tensor], _: Sequence[tf.Tensor], cotangent: tf.Tensor
    ) -> list[tf.Tensor]:
        states.require(1)
        x, *fixed = inputs
        return [_product(states, x, cotangent, fixed), *map(tf.zeros_like, fixed)]

    operation = HostOperation(compute, gradient)
    return operation([x, *fixed], [_state_spec(states, x)])[0]


def _product(
    states: States, x: tf.Tensor, cotangent: tf.Tensor, fixed: Sequence[tf.Tensor]
) -> tf.Tensor:
    """Return the product of cotangents (B, M) with the Jacobian, shape (B, n)."""
    result = tf.TensorSpec(x.shape, x.dtype)
    return _linear(states, x, cotangent, fixed, host_vjp, result, transposed=_change)


def _change(
    states: States, x: tf.Tensor, tangent: tf.Tensor, fixed: Sequence[tf.Tensor]
) -> tf.Tensor:
    """Return the change of the states along tangents (B, n), shape (B, M)."""
    result = _state_spec(states, x)
    return _linear(states, x, tangent, fixed, host_jvp, result, transposed=_product)


def _linear(
    states: States,
    x: tf.Tensor,
    vector: tf.Tensor,
    fixed: Sequence[tf.Tensor],
    on_host: Callable[..., NumericArray],
    result: tf.TensorSpec,
    *,
    transposed: Callable[..., tf.Tensor],
) -> tf.Tensor:
    """Return a function of a vector, whose derivative by the vector is its transpose."""

    def compute(x: NumericArray, vector: NumericArray, *fixed: NumericArray) -> tuple[NumericArray]:
        return (on_host(states, x, vector, fixed),)

    def gradient(
        inputs: Sequence[tf.Tensor], _: Sequence[tf.Tensor], cotangent: tf.Tensor
    ) -> list[tf.Tensor]:
        x, _, *fixed = inputs
        zeros = map(tf.zeros_like, fixed)
        return [tf.zeros_like(x), transposed(states, x, cotangent, fixed), *zeros]

    once = guarded(x, lambda: states.require(2))
    return HostOperation(compute, gradient)([once, vector, *fixed], [result])[0]


def _state_spec(states: States, x: tf.Tensor) -> tf.TensorSpec:
    return tf.TensorSpec((x.shape[0], states.size), tf.complex128)
