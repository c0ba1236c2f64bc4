"""Keras 3 layer from a quantum function, for each of its backends."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Self

import keras

from qgate.arguments import items_of
from qgate.autodiff.returns import leaves
from qgate.exceptions import InvalidLayer, described, name_of
from qgate.qnn.layer import QuantumLayer
from qgate.qnn.rehearsal import check_data, number_of_results
from qgate.qnn.saving import Config, config_of, key_of, restored
from qgate.qnn.signature import Shape, ShapeLike
from qgate.qnode import QNode, torch_compiles
from qgate.tape import Tape
from qgate.typing import Tensor

INTERFACES = {"tensorflow": "tf", "torch": "torch", "jax": "jax"}
"""Interface that differentiates for each backend of Keras."""


@keras.saving.register_keras_serializable(package="qgate")
class KerasLayer(QuantumLayer, keras.layers.Layer):
    """Keras layer whose weights are all arguments of a QNode but the data.

    Works on each of Keras's backends TensorFlow, PyTorch and JAX. The data may have any number
    of leading axes; all rows are evaluated together as one batch. The function is called with one
    array of all rows, whose last axis is that of the features: write a feature as
    ``inputs[..., 0]``; embeddings accept ``inputs`` unchanged.

    Parameters
    ----------
    qnode : QNode
        Its function has an argument ``inputs`` (see ``set_input_argument``), and the weights as
        its other arguments. Any device, any gradient method. An interface other than the
        backend's is replaced.
    weight_shapes : mapping
        From the name of each weight to its shape; a number n stands for (n,), and 1 for ().
    output_dim : int or tuple of int
        The shape of the output for one row of data; the concatenated results of the circuit are
        reshaped to it.
    weight_specs : mapping, optional
        Further arguments of ``add_weight`` for each weight: ``initializer``, ``regularizer``,
        ``constraint``, ``trainable``, ``dtype``. Default: Keras's.
    **kwargs
        Arguments of every Keras layer: ``name``, ``dtype``, ``trainable``.

    Raises
    ------
    InvalidLayer
        On construction: the arguments of the function differ from these. At the first call, before
        anything is run: the function returns samples, counts or a state, or another number of
        values than ``output_dim`` has, or does not accept a batch; or the model is compiled by
        TensorFlow's XLA.

    Notes
    -----
    Data of shape (..., F) give shape (..., *output_dim), in the layer's ``compute_dtype``; circuits
    are computed in double precision.

    Cost: a call is one submission with one circuit for each row; building a model costs nothing.

    A saved model holds the name of the quantum function, the device's string, the gradient method
    and shots. To load it, import the module of the function first, or pass the function or the
    QNode in ``custom_objects`` under the name of the function or of the layer.
    """

    def __init__(
        self,
        qnode: QNode,
        weight_shapes: Mapping[str, ShapeLike],
        output_dim: int | Sequence[int],
        weight_specs: Mapping[str, Config] | None = None,
        **kwargs: object,
    ) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        backend = keras.backend.backend()
        self._bind(qnode, weight_shapes, INTERFACES.get(backend))
        function = name_of(qnode.func)
        if qnode.shots.partitioned:
            raise InvalidLayer(
                function=function,
                reason=f"its shots are the vector {qnode.shots.parts}",
                remedy="A layer gives one output: make the QNode with a single number of shots.",
            )
        self.output_dim = _output_shape(function, output_dim)
        self.weight_specs = _checked_specs(function, self.weight_shapes, weight_specs)
        self.qnode_weights: dict[str, keras.Variable] = {}
        self.supports_jit = backend != "tensorflow"

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights."""
        for name, shape in self.weight_shapes.items():
            options = {"autocast": False, **self.weight_specs.get(name, {})}
            self.qnode_weights[name] = self.add_weight(name=name, shape=shape, **options)
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """Evaluate all rows of the data together."""
        ops = keras.ops
        has_axes = len(getattr(inputs, "shape", ())) > 0
        check_data(name_of(self.qnode.func), inputs, has_axes, "the backend")
        output_shape = (*ops.shape(inputs)[:-1], *self.output_dim)
        compiles = torch_compiles()
        if not compiles and _asks_for_shapes():
            return ops.zeros(output_shape, dtype=self.compute_dtype)
        self._refuse_xla()
        rows = inputs
        if len(inputs.shape) > 2:
            rows = ops.reshape(inputs, (-1, ops.shape(inputs)[-1]))
        if not compiles:
            self._rehearse(rows, keras.ops.concatenate)
        axes = len(rows.shape) - 1  # number of axes of a result that are those of rows
        columns = [
            ops.cast(ops.reshape(part, (-1, math.prod(part.shape[axes:]))), self.compute_dtype)
            for part in leaves(self.qnode(**self.arguments(rows)))
        ]
        numbers = columns[0] if len(columns) == 1 else ops.concatenate(columns, axis=-1)
        return ops.reshape(numbers, output_shape)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the output for data of some shape."""
        return (*input_shape[:-1], *self.output_dim)

    def construct(self, args: Sequence[Tensor], kwargs: Mapping[str, Tensor]) -> Tape:
        if not self.built:
            self.build(args[0].shape)
        return super().construct(args, kwargs)

    def get_config(self) -> dict[str, object]:
        """Return the layer's configuration as plain data."""
        specs = {name: dict(spec) for name, spec in self.weight_specs.items()}
        return {
            **super().get_config(),
            "qnode": keras.saving.serialize_keras_object(config_of(self.qnode)),
            "weight_shapes": {name: list(shape) for name, shape in self.weight_shapes.items()},
            "output_dim": list(self.output_dim),
            "weight_specs": keras.saving.serialize_keras_object(specs),
        }

    @classmethod
    def from_config(cls, config: Config, qnode: QNode | None = None) -> Self:
        """Create a layer from its configuration.

        Parameters
        ----------
        config : mapping
            As ``get_config`` returns it.
        qnode : QNode or callable, optional
            The QNode, or its function; default: the one in ``custom_objects``, else the function in
            its module.

        Raises
        ------
        CircuitNotFound
            The QNode cannot be restored from the configuration.
        """
        options = dict(config)
        description = keras.saving.deserialize_keras_object(options.pop("qnode"))
        for name in (options.get("name", ""), key_of(description)):
            if qnode is None:
                qnode = keras.saving.get_registered_object(name)
        specs = keras.saving.deserialize_keras_object(options.pop("weight_specs"))
        return cls(restored(description, qnode), weight_specs=specs, **options)

    def arguments(self, inputs: Tensor) -> dict[str, Tensor]:
        """Return the arguments of the function for some data."""
        weights = {name: weight.value for name, weight in self.qnode_weights.items()}
        return {self.input_arg: inputs, **weights}

    def _check_results(self, tape: Tape) -> None:
        found, wanted = number_of_results(self.qnode, tape), math.prod(self.output_dim)
        if found != wanted:
            raise InvalidLayer(
                function=name_of(self.qnode.func),
                reason=f"output_dim={self.output_dim} is {wanted} numbers for each row of data, "
                f"and the circuit returns {found}",
                remedy=f"Give output_dim={found}, or return other measurements.",
            )

    def _refuse_xla(self) -> None:
        if not self.supports_jit and _xla_traces():
            raise InvalidLayer(
                function=name_of(self.qnode.func),
                reason="TensorFlow's compiler XLA (jit_compile=True) cannot call a device",
                remedy="Compile the model with jit_compile=False, or use Keras on JAX or PyTorch, "
                "where compiled models may have quantum layers.",
            )


def _asks_for_shapes() -> bool:
    """Return whether Keras is calling layers with symbolic data to infer shapes."""
    with keras.SymbolicScope() as scope:
        return scope.original_scope is not None


def _xla_traces() -> bool:
    """Return whether TensorFlow is tracing a function for XLA."""
    import tensorflow as tf
    from tensorflow.python.ops import control_flow_util

    graph = tf.compat.v1.get_default_graph()
    return bool(control_flow_util.GraphOrParentsInXlaContext(graph))


def _output_shape(function: str, output_dim: object) -> Shape:
    sizes = items_of(output_dim) if isinstance(output_dim, Sequence) else [output_dim]
    if sizes is None or not all(isinstance(size, int) and size > 0 for size in sizes):
        raise InvalidLayer(
            function=function,
            reason=f"output_dim is {described(output_dim)}",
            remedy="Give the number of results for each row of data, or a tuple of axes.",
        )
    return tuple(sizes)


def _checked_specs(
    function: str, shapes: Mapping[str, Shape], given: Mapping[str, Config] | None
) -> dict[str, dict[str, object]]:
    specs = {} if given is None else given
    if not (isinstance(specs, Mapping) and all(isinstance(s, Mapping) for s in specs.values())):
        raise InvalidLayer(
            function=function,
            reason=f"weight_specs is {described(given)}",
            remedy="Give a dict from the name of a weight to a dict of arguments of add_weight.",
        )
    if unknown := sorted(map(described, set(specs) - set(shapes))):
        raise InvalidLayer(
            function=function,
            reason=f"weight_specs has {unknown[0]}, which is not a weight",
            remedy=f"The weights are: {', '.join(shapes) or 'none'}.",
        )
    return {name: dict(spec) for name, spec in specs.items()}
