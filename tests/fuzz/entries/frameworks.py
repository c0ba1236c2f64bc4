"""Arrays and layers of PyTorch, JAX, TensorFlow and Keras."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from fuzz.circuits import DEVICE, applied, circuit
from fuzz.entry import Entry, UsersOwn

import qgate as qg

X = np.array([0.1, 0.2])


def _converted(convert: Callable[[Any], Any], value: Any) -> Any:
    """Return a value as an array of the framework, where it can be one."""
    try:
        return convert(value)
    except Exception:
        return value


def _node(interface: Any, **options: Any) -> Any:
    return qg.QNode(circuit, DEVICE, interface=interface, **options)


def _layer_function(inputs: Any, weights: Any) -> Any:
    try:
        parts = inputs[..., 0], inputs[..., 1], weights[0]
    except Exception as error:
        raise UsersOwn from error
    qg.RX(parts[0], wires=0)
    qg.RY(parts[1], wires=1)
    applied([parts[2], parts[2]])
    return [qg.expval(qg.Z(0)), qg.expval(qg.Z(1))]


def _torch(x: Any, **options: Any) -> Any:
    import torch

    value = _converted(lambda x: torch.as_tensor(x).requires_grad_(), x)
    result = _node(**options)(value)
    if isinstance(result, torch.Tensor) and result.requires_grad and result.ndim == 0:
        result.backward()
    return result


def _torch_layer(inputs: Any, weight_shapes: Any, init_method: Any) -> Any:
    import torch

    layer = qg.qnn.TorchLayer(
        qg.QNode(_layer_function, DEVICE, interface="torch"), weight_shapes, init_method
    )
    return layer(_converted(torch.as_tensor, inputs))


def _jax_array(x: Any, **options: Any) -> Any:
    """Return an array of JAX, which loses Python's count of recursions in lists of 3000 levels."""
    import jax

    return jax.numpy.asarray(np.asarray(x), **options)


def _jax(x: Any, **options: Any) -> Any:
    value = _converted(_jax_array, x)
    return _node(**options)(value)


def _jax_gradient(x: Any, **options: Any) -> Any:
    import jax

    try:
        value = _jax_array(x, dtype=float).reshape(-1)[:2]
        first, second = value
    except Exception as error:
        raise UsersOwn from error
    node = _node(**options)
    return jax.grad(lambda first: node([first, second]))(first)


def _tensorflow(x: Any, **options: Any) -> Any:
    import tensorflow as tf

    value = _converted(tf.Variable, x)
    with tf.GradientTape() as tape:
        result = _node(**options)(value)
    return tape.gradient(result, value) if isinstance(value, tf.Variable) else result


def _keras_layer(inputs: Any, **options: Any) -> Any:
    from keras import ops, tree

    try:
        data = ops.convert_to_tensor(inputs)
        tree.flatten(options)
    except Exception as error:  # Keras refuses it before the layer is called
        raise UsersOwn from error
    node = qg.QNode(_layer_function, DEVICE, interface="tf")
    return qg.qnn.KerasLayer(node, **options)(data)


def frameworks() -> list[Entry]:
    """Return entries that need a framework, whose children import it."""
    options: dict[str, Any] = {"diff_method": "best", "max_diff": 1}
    rows = np.array([[0.1, 0.2], [0.3, 0.4]], dtype=np.float32)
    shapes = {"weight_shapes": {"weights": (1,)}}
    return [
        Entry(
            "QNode of torch", _torch, {"x": X, "interface": "torch", **options}, framework="torch"
        ),
        Entry(
            "qnn.TorchLayer",
            _torch_layer,
            {"inputs": rows, **shapes, "init_method": None},
            framework="torch",
        ),
        Entry("QNode of JAX", _jax, {"x": X, "interface": "jax", **options}, framework="jax"),
        Entry(
            "QNode of JAX, differentiated",
            _jax_gradient,
            {"x": X, "interface": "jax", **options},
            framework="jax",
        ),
        Entry(
            "QNode of TensorFlow",
            _tensorflow,
            {"x": X, "interface": "tf", **options},
            framework="tensorflow",
        ),
        Entry(
            "qnn.KerasLayer",
            _keras_layer,
            {"inputs": rows, **shapes, "output_dim": 2, "weight_specs": None},
            framework="tensorflow",
        ),
    ]
