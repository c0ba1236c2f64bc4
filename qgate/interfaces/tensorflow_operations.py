"""TensorFlow operations that compute with numpy and have a gradient, also in graphs.

``tf.custom_gradient`` does not support forward mode in graphs: it returns zeros there. Nor does it
support vectorisation of a graph, which copies operations to another graph, where tensors held by a
closure do not exist. So the gradient of an operation in a graph is registered by name, and computed
from the operation alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import record

from qgate.interfaces.device_errors import marking
from qgate.typing import NumericArray, Tensor

GRADIENT = "QgateHostOperation"
"""Name under which TensorFlow finds the gradient of an operation in a graph."""


@dataclass(frozen=True, eq=False)
class HostOperation:
    """Function that runs with numpy, and its gradient.

    Parameters
    ----------
    compute : callable
        Takes an array for each input, returns a tuple with an array for each result.
    gradient : callable
        Takes the inputs, the results and the cotangent of the first result; returns the cotangent
        of each input, None for one that has none.
    stateful : bool
        Whether each run may return other numbers.
    """

    compute: Callable[..., tuple[Tensor, ...]]
    gradient: Callable[
        [Sequence[tf.Tensor], Sequence[tf.Tensor], tf.Tensor], Sequence[tf.Tensor | None]
    ]
    stateful: bool = False

    def __call__(
        self, inputs: Sequence[tf.Tensor], results: Sequence[tf.TensorSpec]
    ) -> list[tf.Tensor]:
        """Return the results as tensors of these shapes and dtypes; record the first one."""
        run = self._run if tf.executing_eagerly() else self._in_graph
        with record.stop_recording():
            found = run(inputs, results)
        inexact = [at for at, tensor in enumerate(inputs) if _is_inexact(tensor.dtype)]

        def backward(cotangent: tf.Tensor) -> list[tf.Tensor]:
            cotangents = self.gradient(inputs, found, cotangent)
            return [cotangents[at] for at in inexact]

        record.record_operation(GRADIENT, found[:1], [inputs[at] for at in inexact], backward)
        return found

    def _run(
        self, inputs: Sequence[tf.Tensor], results: Sequence[tf.TensorSpec]
    ) -> list[tf.Tensor]:
        numbers = self.compute(*(tensor.numpy() for tensor in inputs))
        return [tf.constant(n, spec.dtype) for n, spec in zip(numbers, results, strict=True)]

    def _in_graph(
        self, inputs: Sequence[tf.Tensor], results: Sequence[tf.TensorSpec]
    ) -> list[tf.Tensor]:
        kinds = [spec.dtype for spec in results]

        @marking()
        def compute(*arrays: NumericArray) -> list[NumericArray]:
            numbers = self.compute(*arrays)
            pairs = zip(numbers, kinds, strict=True)
            return [np.asarray(number, kind.as_numpy_dtype) for number, kind in pairs]

        names = {"PyFunc": GRADIENT, "PyFuncStateless": GRADIENT}
        with tf.compat.v1.get_default_graph().gradient_override_map(names):
            # A function that is deterministic is marked stateless; otherwise vectorisation
            # would run it again for each row.
            found = list(tf.numpy_function(compute, inputs, kinds, stateful=self.stateful))
        OPERATIONS[found[0].op.get_attr("token")] = self
        for tensor, spec in zip(found, results, strict=True):
            tensor.set_shape(spec.shape)
        return found


OPERATIONS: WeakValueDictionary[bytes, HostOperation] = WeakValueDictionary()
"""Operations in graphs, by the token of the function that each calls."""


@tf.RegisterGradient(GRADIENT)
def _gradient(
    operation: tf.Operation, cotangent: tf.Tensor, *_: tf.Tensor | None
) -> Sequence[tf.Tensor | None]:
    known = OPERATIONS[operation.get_attr("token")]
    return known.gradient(list(operation.inputs), operation.outputs, cotangent)


def guarded(tensor: tf.Tensor, refuse: Callable[[], None]) -> tf.Tensor:
    """Return a tensor whose derivative calls a function, which may raise."""

    @tf.custom_gradient
    def guard(tensor: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
        def gradient(cotangent: tf.Tensor) -> tf.Tensor:
            refuse()
            return cotangent

        return tf.identity(tensor), gradient

    return guard(tensor)


def _is_inexact(kind: tf.DType) -> bool:
    return bool(kind.is_floating or kind.is_complex)
