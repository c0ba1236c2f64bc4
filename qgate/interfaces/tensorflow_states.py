"""States, differentiable once by TensorFlow in either mode.

The change of the states along a tangent and the product of a cotangent with their Jacobian
are linear, and each is the transpose of the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from qgate.bridge import States
from qgate.interfaces.host import host_jvp, host_states, host_vjp
from qgate.interfaces.tensorflow_operations import HostOperation
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

    def compute(
        x: NumericArray, cotangent: NumericArray, *fixed: NumericArray
    ) -> tuple[NumericArray]:
        return (host_vjp(states, x, cotangent, fixed),)

    def gradient(
        inputs: Sequence[tf.Tensor], _: Sequence[tf.Tensor], tangent: tf.Tensor
    ) -> list[tf.Tensor]:
        x, _, *fixed = inputs
        change = _change(states, x, tangent, fixed)
        return [tf.zeros_like(x), change, *map(tf.zeros_like, fixed)]

    operation = HostOperation(compute, gradient)
    inputs = [_differentiated_once(states, x), cotangent, *fixed]
    return operation(inputs, [tf.TensorSpec(x.shape, x.dtype)])[0]


def _change(
    states: States, x: tf.Tensor, tangent: tf.Tensor, fixed: Sequence[tf.Tensor]
) -> tf.Tensor:
    """Return the change of the states along tangents (B, n), shape (B, M)."""

    def compute(
        x: NumericArray, tangent: NumericArray, *fixed: NumericArray
    ) -> tuple[NumericArray]:
        return (host_jvp(states, x, tangent, fixed),)

    def gradient(
        inputs: Sequence[tf.Tensor], _: Sequence[tf.Tensor], cotangent: tf.Tensor
    ) -> list[tf.Tensor]:
        x, _, *fixed = inputs
        product = _product(states, x, cotangent, fixed)
        return [tf.zeros_like(x), product, *map(tf.zeros_like, fixed)]

    operation = HostOperation(compute, gradient)
    inputs = [_differentiated_once(states, x), tangent, *fixed]
    return operation(inputs, [_state_spec(states, x)])[0]


def _state_spec(states: States, x: tf.Tensor) -> tf.TensorSpec:
    return tf.TensorSpec((x.shape[0], states.size), tf.complex128)


def _differentiated_once(states: States, x: tf.Tensor) -> tf.Tensor:
    """Return the angles; a second derivative by them is refused."""

    @tf.custom_gradient
    def guard(x: tf.Tensor) -> tf.Tensor:
        def gradient(cotangent: tf.Tensor) -> tf.Tensor:
            states.require(2)
            return cotangent

        return tf.identity(x), gradient

    return guard(x)
