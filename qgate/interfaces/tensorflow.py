"""TensorFlow interface: device values, differentiable eagerly and in ``tf.function``.

The primitive is D(k, x), the k-th derivative of all measured values by the trainable angles,
computed by ``numpy_function``. Its gradient contracts with D(k + 1), the primitive again.
TensorFlow requests a Jacobian once for each of its rows; the value passes a ``ticket`` (sample key)
to its derivatives, and requests with equal tickets are submitted only once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import forwardprop_util, record
from tensorflow.python.eager.polymorphic_function import polymorphic_function

from qgate.arrays import Enclosed
from qgate.bridge import Derivatives, HostFunction, States
from qgate.exceptions import DifferentiationError
from qgate.interfaces.base import EnclosingInterface
from qgate.interfaces.host import host
from qgate.interfaces.tensorflow_arrays import TensorFlowNamespace, as_tensor
from qgate.interfaces.tensorflow_operations import HostOperation, guarded
from qgate.interfaces.tensorflow_states import states_at
from qgate.typing import Nested, NumericArray, Tensor


class TensorFlowArray(Enclosed):
    """TensorFlow tensor that takes part in numpy's arithmetic."""

    __slots__ = ()


class TensorFlowInterface(EnclosingInterface):
    """TensorFlow interface: tapes, accumulators, Jacobians and ``tf.function``."""

    name = "tf"
    namespace = TensorFlowNamespace()
    wide = frozenset({tf.float64, tf.complex128})
    bare = staticmethod(as_tensor)
    to_complex = staticmethod(tf.complex)
    tree_map = staticmethod(tf.nest.map_structure)
    cast = staticmethod(tf.cast)
    detached = staticmethod(tf.stop_gradient)

    def owns(self, value: Tensor) -> bool:
        return isinstance(value, tf.Tensor | tf.Variable | TensorFlowArray)

    def is_plain(self, tensor: tf.Tensor) -> bool:
        return hasattr(tensor, "numpy") and not tf.is_symbolic_tensor(tensor)

    def to_numpy(self, tensor: tf.Tensor) -> NumericArray:
        numbers: NumericArray = tensor.numpy()
        return numbers

    def floating(self, value: Tensor) -> tf.Tensor:
        tensor = as_tensor(value)
        is_inexact = tensor.dtype.is_floating or tensor.dtype.is_complex
        return tf.identity(tensor) if is_inexact else tf.cast(tensor, tf.float64)

    def is_trained(self, value: Tensor) -> bool:
        tensor = as_tensor(value)
        if record.should_record_backprop([tensor]):
            return True
        if self.is_plain(tensor):
            return bool(forwardprop_util.pack_tangents([tensor]).tangents)
        return False

    def trained(self, values: Sequence[Tensor]) -> list[bool]:
        found = super().trained(values)
        if any(found):
            return found
        # Inside of the traced function no tape is open, but one may be open outside.
        return [self.owns(value) and not self.is_plain(as_tensor(value)) for value in values]

    def enclosed(self, value: Tensor) -> Tensor:
        if isinstance(value, TensorFlowArray):
            return value
        tensor = as_tensor(value)
        if tensor.shape.rank is None:
            raise DifferentiationError(
                "A parameter of a circuit is a TensorFlow tensor of unknown rank, so the circuit "
                "has no shape. Give its number of axes, with tf.ensure_shape or in the "
                "input_signature of tf.function; their lengths may stay unknown."
            )
        return TensorFlowArray(tensor)

    def tensor(self, number: Tensor, like: Sequence[Tensor]) -> Tensor:
        return tf.convert_to_tensor(np.asarray(number))

    def differentiable(
        self, derivatives: Derivatives, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        _refuse_xla()
        x = tf.concat([as_tensor(part) for part in parts], axis=-1)
        others = [_constant(derivatives, as_tensor(number)) for number in fixed]
        return TensorFlowArray(_value(derivatives, x, others))

    def from_states(
        self, states: States, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        _refuse_xla()
        x = tf.concat([as_tensor(part) for part in parts], axis=-1)
        others = [_constant(states, as_tensor(number)) for number in fixed]
        return TensorFlowArray(states_at(states, x, others))

    def each_row(
        self,
        function: Callable[[Sequence[Tensor]], Sequence[Tensor]],
        arrays: Sequence[Tensor],
        *,
        complexes: Sequence[bool],
    ) -> list[Tensor]:
        @tf.autograph.experimental.do_not_convert
        def of_row(row: Sequence[tf.Tensor]) -> tuple[tf.Tensor, ...]:
            return tuple(map(as_tensor, function([TensorFlowArray(value) for value in row])))

        dtypes = tuple(tf.complex128 if each else tf.float64 for each in complexes)
        tensors = [as_tensor(array) for array in arrays]
        found = tf.map_fn(of_row, tensors, fn_output_signature=dtypes)
        return [TensorFlowArray(tf.reshape(entry, (-1, *entry.shape[2:]))) for entry in found]

    def row(self, values: Sequence[Tensor]) -> Tensor:
        tensors = [tf.cast(as_tensor(value), tf.float64) for value in values]
        if all(tensor.shape.rank == 0 for tensor in tensors):
            return tf.expand_dims(tf.stack(tensors), 0)
        return tf.expand_dims(tf.concat([tf.reshape(tensor, (-1,)) for tensor in tensors], 0), 0)

    def is_argument(self, value: Tensor) -> bool:
        return bool(getattr(value, "trainable", False)) or self.is_trained(value)

    def depends_on_tracer(self, value: Tensor) -> bool:
        return self.is_trained(value)

    def real_jacobians(
        self, function: Callable[..., tuple[Tensor, ...]], args: Sequence[Nested]
    ) -> Sequence[Nested]:
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch(args)
            values = function(*args)
        return [_rows(tape, value, args) for value in values]


def _bare(
    value: TensorFlowArray,
    dtype: tf.DType | None = None,
    name: str | None = None,
    as_ref: bool = False,
) -> tf.Tensor:
    """Return the tensor; without this method TensorFlow would make a constant of its numbers."""
    if dtype is not None and not dtype.is_compatible_with(value.tensor.dtype):
        raise TypeError(f"{value!r} is no array of {dtype.name}.")
    return value.tensor


tf.register_tensor_conversion_function(TensorFlowArray, _bare)

INTERFACE = TensorFlowInterface(TensorFlowArray)

LOOPED = 64
"""Most numbers that are differentiated one by one, which is faster than compiling a loop."""


def _refuse_xla() -> None:
    """Refuse compilation by XLA, which cannot run numpy functions.

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


def _value(derivatives: Derivatives, x: tf.Tensor, fixed: Sequence[tf.Tensor]) -> tf.Tensor:
    """Return D(0) at x."""

    def compute(x: NumericArray, *fixed: NumericArray) -> tuple[NumericArray, int]:
        ticket = derivatives.new_ticket()
        (found,) = host(derivatives, [0], x, fixed, ticket=ticket)
        return found, ticket

    def gradient(
        inputs: Sequence[tf.Tensor], results: Sequence[tf.Tensor], cotangent: tf.Tensor
    ) -> list[tf.Tensor | None]:
        x, *fixed = inputs
        return _pulled(derivatives, 0, cotangent, x, results[1], fixed)

    shape = (x.shape[0], derivatives.size)
    results = [tf.TensorSpec(shape, x.dtype), tf.TensorSpec((), tf.int64)]
    return HostOperation(compute, gradient, stateful=True)([x, *fixed], results)[0]


def _derivative(
    derivatives: Derivatives,
    order: int,
    x: tf.Tensor,
    ticket: tf.Tensor,
    fixed: Sequence[tf.Tensor],
) -> tf.Tensor:
    """Return D(order) at x, for the evaluation of the value with this sample key."""

    def compute(x: NumericArray, ticket: int, *fixed: NumericArray) -> tuple[NumericArray, ...]:
        return tuple(host(derivatives, [order], x, fixed, ticket=int(ticket)))

    def gradient(
        inputs: Sequence[tf.Tensor], _: Sequence[tf.Tensor], cotangent: tf.Tensor
    ) -> list[tf.Tensor | None]:
        x, ticket, *fixed = inputs
        slope, *zeros = _pulled(derivatives, order, cotangent, x, ticket, fixed)
        return [slope, None, *zeros]

    shape = (x.shape[0], derivatives.size, *(x.shape[1],) * order)
    operation = HostOperation(compute, gradient)
    return operation([x, ticket, *fixed], [tf.TensorSpec(shape, x.dtype)])[0]


def _pulled(
    derivatives: Derivatives,
    order: int,
    cotangent: tf.Tensor,
    x: tf.Tensor,
    ticket: tf.Tensor,
    fixed: Sequence[tf.Tensor],
) -> list[tf.Tensor | None]:
    """Return a cotangent of D(k) contracted with D(k + 1), and zeros for fixed inputs."""
    derivatives.require(order + 1)
    higher = _derivative(derivatives, order + 1, x, ticket, fixed)
    flat = tf.reshape(higher, (tf.shape(x)[0], -1, x.shape[1]))
    row = tf.reshape(cotangent, (tf.shape(x)[0], 1, -1))
    slope = tf.reshape(tf.matmul(row, flat), tf.shape(x))
    return [slope, *map(tf.zeros_like, fixed)]


def _constant(computation: HostFunction, number: tf.Tensor) -> tf.Tensor:
    """Return a constant whose derivative raises an error with the reason."""
    if not tf.executing_eagerly() and number.op.type == "StopGradient":
        return number  # intended constants, e.g. an array whose entries are the angles
    return guarded(number, computation.refuse_fixed)


def _rows(tape: tf.GradientTape, value: tf.Tensor, sources: Sequence[Nested]) -> Nested:
    """Return the derivatives of a value; zeros where it does not depend on a source."""
    zero = tf.UnconnectedGradients.ZERO
    if not tf.executing_eagerly() or not 0 < int(tf.size(value)) <= LOOPED:
        return tape.jacobian(value, sources, unconnected_gradients=zero)
    units = tf.reshape(tf.eye(int(tf.size(value)), dtype=value.dtype), (-1, *value.shape))
    rows = [
        tape.gradient(value, sources, output_gradients=unit, unconnected_gradients=zero)
        for unit in units
    ]

    def together(*parts: tf.Tensor) -> tf.Tensor:
        return tf.reshape(tf.stack(parts), (*value.shape, *parts[0].shape))

    return tf.nest.map_structure(together, *rows)
