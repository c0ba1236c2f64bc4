"""Values from a device, differentiable by TensorFlow, eagerly and in ``tf.function``.

The primitive is D(k, x), the k-th derivative of all measured values by the trained angles,
computed by ``numpy_function``; its gradient contracts with D(k + 1), the primitive again. The
value hands a ticket to its derivatives: TensorFlow asks for a Jacobian as often as it has
rows, and equal tickets are paid for once.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import forwardprop_util, record
from tensorflow.python.eager.polymorphic_function import polymorphic_function

from qgate.arrays import Enclosed
from qgate.bridge import Computation, Derivatives, Interface, States
from qgate.exceptions import DifferentiationError
from qgate.interfaces.base import host, precision_of
from qgate.interfaces.tensorflow_arrays import TensorFlowNamespace, as_tensor
from qgate.interfaces.tensorflow_states import states_at
from qgate.typing import Tensor


class TensorFlowInterface(Interface):
    """TensorFlow: tapes, accumulators, ``jacobian``, ``batch_jacobian``, ``tf.function``."""

    name = "tf"
    namespace = TensorFlowNamespace()

    def owns(self, value: Tensor) -> bool:
        return isinstance(value, tf.Tensor | tf.Variable | TensorFlowArray)

    def is_traced(self, value: Tensor) -> bool:
        tensor = as_tensor(value)
        return not _is_plain(tensor) or self.is_trained(tensor)

    def is_trained(self, value: Tensor) -> bool:
        tensor = as_tensor(value)
        if record.should_record_backprop([tensor]):
            return True
        if not _is_plain(tensor):  # a derivative may be taken outside of the traced function
            return True
        return bool(forwardprop_util.pack_tangents([tensor]).tangents)

    def number(self, value: Tensor) -> Any:
        tensor = as_tensor(value)
        return tensor.numpy() if _is_plain(tensor) else value

    def enclosed(self, value: Tensor) -> Tensor:
        return value if isinstance(value, TensorFlowArray) else TensorFlowArray(as_tensor(value))

    def widened(self, value: Tensor) -> Tensor:
        tensor = as_tensor(value)
        if tensor.shape.rank is None:
            raise DifferentiationError(
                "A parameter of a circuit is a TensorFlow tensor of unknown rank, so the circuit "
                "has no shape. Give its number of axes, with tf.ensure_shape or in the "
                "input_signature of tf.function; their lengths may stay unknown."
            )
        return TensorFlowArray(
            tf.cast(tensor, "complex128" if tensor.dtype.is_complex else "float64")
        )

    def tensor(self, number: Any, like: Sequence[Tensor]) -> Tensor:
        return tf.convert_to_tensor(np.asarray(number))

    def differentiable(
        self, derivatives: Derivatives, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        _refuse_xla()
        x = tf.concat([as_tensor(part) for part in parts], axis=-1)
        others = [_guarded(derivatives, as_tensor(number)) for number in fixed]
        with derivatives.raising():
            value, ticket = _value(derivatives, x, others)
            return TensorFlowArray(_derivative(derivatives, 0, (value, ticket))(x, *others))

    def from_states(
        self, states: States, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        _refuse_xla()
        x = tf.concat([as_tensor(part) for part in parts], axis=-1)
        others = [_guarded(states, as_tensor(number)) for number in fixed]
        with states.raising():
            return TensorFlowArray(states_at(states, x, others))

    def finished(self, value: Tensor, like: Sequence[Tensor]) -> Tensor:
        tensor = as_tensor(value)
        precision = precision_of([as_tensor(each).dtype.name for each in like if self.owns(each)])
        if precision is None or not (tensor.dtype.is_complex or tensor.dtype.is_floating):
            return tensor
        if not tensor.dtype.is_complex:
            return tf.cast(tensor, precision)
        return tf.cast(tensor, "complex128" if precision == "float64" else "complex64")


class TensorFlowArray(Enclosed):
    """A TensorFlow tensor that takes part in numpy's arithmetic."""

    __slots__ = ()


FRAMEWORK = TensorFlowInterface()
TensorFlowArray.framework = FRAMEWORK
FRAMEWORK.namespace.enclose = TensorFlowArray

FRAMEWORK_ERROR = tf.errors.OpError
"""What TensorFlow makes of an error in a callback."""


def _refuse_xla() -> None:
    """Refuse to be compiled by XLA, which runs nothing but operations of its own.

    Raises
    ------
    DifferentiationError
    """
    if tf.executing_eagerly():
        return
    frame = inspect.currentframe()
    while frame is not None:
        caller = frame.f_locals.get("self")
        if isinstance(caller, polymorphic_function.Function) and caller._jit_compile:
            raise DifferentiationError(
                "A circuit that runs on a device cannot be compiled by XLA (jit_compile=True), "
                "which runs nothing but operations of its own. Use tf.function without "
                "jit_compile; or diff_method='backprop' on qg.device('local'), which TensorFlow "
                "can compile."
            )
        frame = frame.f_back


def _value(derivatives: Derivatives, x: Any, fixed: Sequence[Any]) -> tuple[Any, Any]:
    """Return D(0), and the ticket by which its derivatives are asked for."""

    def compute(x: Any, *fixed: Any) -> tuple[Any, Any]:
        ticket = derivatives.new_ticket()
        (found,) = host(derivatives, [0], x, fixed, ticket=ticket)
        return found.astype(x.dtype), np.int64(ticket)

    value, ticket = tf.numpy_function(compute, [x, *fixed], [x.dtype, tf.int64])
    value.set_shape((x.shape[0], derivatives.size))
    ticket.set_shape(())
    return value, ticket


def _derivative(derivatives: Derivatives, order: int, known: tuple[Any, Any]) -> Any:
    """Return the function that gives D(order) at x; ``known`` is D(0) and its ticket."""
    value, ticket = known

    @tf.custom_gradient
    def tensor(x: Any, *fixed: Any) -> Any:
        def gradient(cotangent: Any) -> Any:
            derivatives.require(order + 1)
            higher = _derivative(derivatives, order + 1, known)(x, *fixed)
            flat = tf.reshape(higher, (tf.shape(x)[0], -1, x.shape[1]))
            row = tf.reshape(cotangent, (tf.shape(x)[0], 1, -1))
            slope = tf.reshape(tf.matmul(row, flat), tf.shape(x))
            return [slope, *map(tf.zeros_like, fixed)] if fixed else slope

        if order == 0:
            return tf.identity(value), gradient

        def compute(x: Any, ticket: Any, *fixed: Any) -> Any:
            (found,) = host(derivatives, [order], x, fixed, ticket=int(ticket))
            return found.astype(x.dtype)

        found = tf.numpy_function(compute, [x, ticket, *fixed], x.dtype)
        found.set_shape((x.shape[0], derivatives.size, *(x.shape[1],) * order))
        return found, gradient

    return tensor


def _guarded(computation: Computation, number: Any) -> Any:
    """Return a number by which no derivative can be taken: asking for one says why."""

    @tf.custom_gradient
    def guard(number: Any) -> Any:
        def gradient(cotangent: Any) -> Any:
            computation.refuse_fixed()
            return cotangent

        return tf.identity(number), gradient

    return guard(number)


def _is_plain(tensor: Any) -> bool:
    return hasattr(tensor, "numpy") and not tf.is_symbolic_tensor(tensor)
