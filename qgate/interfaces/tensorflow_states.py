"""States as TensorFlow differentiates them: once, in either mode.

The change of the states along a tangent and the product of a cotangent with their Jacobian
are linear, and each is the transpose of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from qgate.bridge import States
from qgate.interfaces.base import host_jvp, host_states, host_vjp
from qgate.interfaces.device_errors import marking, unmarking


def states_at(states: States, x: Any, fixed: Sequence[Any]) -> Any:
    """Return the states, shape (B, M), at the angles x, shape (B, n)."""

    @marking()
    def compute(x: Any, *fixed: Any) -> Any:
        return host_states(states, x, fixed).astype(complex)

    @tf.custom_gradient
    def function(x: Any, *fixed: Any) -> Any:
        def gradient(cotangent: Any) -> Any:
            states.require(1)
            product = _product(states, x, cotangent, fixed)
            return [product, *map(tf.zeros_like, fixed)] if fixed else product

        with unmarking():
            found = tf.numpy_function(compute, [x, *fixed], tf.complex128)
        found.set_shape((x.shape[0], states.size))
        return found, gradient

    return function(x, *fixed)


def _product(states: States, x: Any, cotangent: Any, fixed: Sequence[Any]) -> Any:
    """Return the product of cotangents (B, M) with the Jacobian, shape (B, n)."""

    @marking()
    def compute(x: Any, cotangent: Any, *fixed: Any) -> Any:
        return host_vjp(states, x, cotangent, fixed).astype(x.dtype)

    @tf.custom_gradient
    def function(x: Any, cotangent: Any) -> Any:
        def gradient(tangent: Any) -> Any:
            return tf.zeros_like(x), _change(states, x, tangent, fixed)

        with unmarking():
            found = tf.numpy_function(compute, [x, cotangent, *fixed], x.dtype)
        found.set_shape(x.shape)
        return found, gradient

    return function(_first(states, x), cotangent)


def _change(states: States, x: Any, tangent: Any, fixed: Sequence[Any]) -> Any:
    """Return the change of the states along tangents (B, n), shape (B, M)."""

    @marking()
    def compute(x: Any, tangent: Any, *fixed: Any) -> Any:
        return host_jvp(states, x, tangent, fixed).astype(complex)

    with unmarking():
        found = tf.numpy_function(compute, [tf.stop_gradient(x), tangent, *fixed], tf.complex128)
    found.set_shape((x.shape[0], states.size))
    return found


def _first(states: States, x: Any) -> Any:
    """Return the angles; a second derivative by them is refused."""

    @tf.custom_gradient
    def guard(x: Any) -> Any:
        def gradient(cotangent: Any) -> Any:
            states.require(2)
            return cotangent

        return tf.identity(x), gradient

    return guard(x)
